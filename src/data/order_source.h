/* Where the rows of a log come from: the caller's columns, packed on the way. */
#ifndef RETAIN_ORDER_SOURCE_H
#define RETAIN_ORDER_SOURCE_H

#include "core/group.h"
#include "data/order_rows.h"

/* Makes the rows that are wanted (day <= observation_end, customers [least_customer, most_customer]) of a log whose rows have been
 * laid out. Its state is the retain__order_rows; it is asked for the first word of rows, or for all of them. */
retain__row_source retain__choose_source(const retain__order_rows *rows);

#endif
