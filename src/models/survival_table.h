/* How every function about survival begins. */
#ifndef RETAIN_SURVIVAL_TABLE_H
#define RETAIN_SURVIVAL_TABLE_H

#include "data/durations.h"
#include "retain/survival.h"

/* What every function begins with: context, options (defaults put in, but for the horizon), the interval, rows, codes if there is a
 * group, and the table. */
retain_status retain__begin_survival(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                     const int64_t *group, size_t groups, const retain_survival_options *given,
                                     retain_survival_options *options, retain__curve_interval *interval, retain__lengths *lengths);

#endif
