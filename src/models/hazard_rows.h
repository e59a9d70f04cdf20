/* Rows of a discrete-time hazard: periods, their groups, and predictors in the coordinates of models/logistic_rows.h. */
#ifndef RETAIN_MODELS_HAZARD_ROWS_H
#define RETAIN_MODELS_HAZARD_ROWS_H

#include "models/logistic_rows.h"
#include "retain/hazard.h"

/* Groups of periods: group g has the periods after until[g - 1] up to until[g]. */
typedef struct retain__hazard_groups {
    size_t count, periods;                /* groups; last period at risk */
    size_t until[RETAIN_HAZARD_GROUPS];   /* [count] */
    double at_risk[RETAIN_HAZARD_GROUPS]; /* [count] weighted periods of rows */
    double events[RETAIN_HAZARD_GROUPS];  /* [count] */
    uint16_t *of;                         /* [until of the last + 1] group of a period; NULL where not asked for */
} retain__hazard_groups;

typedef struct retain__hazard_rows {
    const retain_durations *durations;
    retain__hazard_groups groups;
    retain__logistic_rows rows; /* their outcome is the event; rows that are never at risk weigh 0 */
} retain__hazard_rows;

retain_status retain__hazard_check_options(retain_context *ctx, const retain_hazard_options *given, retain_hazard_options *options);

/* Checks durations and forms groups; the numbers are those of checked options. */
retain_status retain__hazard_form_groups(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                         const retain_hazard_options *options, retain__hazard_groups *groups);

/* Checks and reads everything. */
retain_status retain__hazard_read_rows(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                       const retain_predictors *predictors, const retain_hazard_options *options,
                                       retain__hazard_rows *rows);

/* The first period of a group. */
static inline size_t retain__hazard_since(const retain__hazard_groups *groups, size_t g)
{
    return g == 0 ? 1 : groups->until[g - 1] + 1;
}

#endif
