/* The rules of tables with one row per customer. */
#ifndef RETAIN_CUSTOMERS_H
#define RETAIN_CUSTOMERS_H

#include "core/core.h"
#include "retain/orders.h"

/* Checks a table of customers against the rules of retain_customers and names the first bad row. `with_spend`: the column is
 * required, and finite wherever frequency > 0. */
retain_status retain__check_customers(retain_context *ctx, const retain_customers *customers, int with_spend);

/* Checks the column log_gaps, which is required, of a table whose other columns are checked. */
retain_status retain__check_log_gaps(retain_context *ctx, const retain_customers *customers);

#endif
