/* The activity window that the data themselves suggest: shared by the two functions that need it. */
#ifndef RETAIN_CRR_WINDOW_H
#define RETAIN_CRR_WINDOW_H

#include "data/customer_rows.h"

/* Smallest gap g that a share `quantile` of the gaps that close does not exceed, by the Kaplan-Meier estimate, NaN when no gap has closed; `reached` receives the share
 * of gaps that close, NaN without customers. */
retain_status retain__find_window(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                                  double quantile, double *window_days, double *reached);

#endif
