/* What is said of the customers of today. */
#ifndef RETAIN_RISK_TODAY_H
#define RETAIN_RISK_TODAY_H

#include "answers/risk_learning.h"

/* Fills the columns, and the sums of the card; all is scratch until the last step, which cannot fail. */
retain_status retain__say_risk(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                               const retain__risk_learning *learning, retain__risk_date *today, const retain_risk_columns *columns,
                               size_t capacity, retain_risk_card *card);

#endif
