/* One walk over the rows of a discrete-time hazard. */
#ifndef RETAIN_MODELS_HAZARD_PASS_H
#define RETAIN_MODELS_HAZARD_PASS_H

#include "core/rooms.h"
#include "models/hazard_rows.h"
#include "models/logistic_pass.h"

typedef struct retain__hazard_passes {
    retain_context *ctx;
    const retain__hazard_rows *rows;
    retain_hazard_link link;
    double smoothing; /* as rows count */
    size_t coordinates, width, padded, chunk, chunks;
    retain__rooms rooms;
    double *partial; /* [chunks * partial_size] */
    size_t partial_size;
    double *base, *length; /* [padded] of groups: exponentials of their coordinates, periods */
    double *point;         /* [8 panels] of the predictors, as the rows see it */
    double done;           /* for the progress callback */
    int evaluations;
} retain__hazard_passes;

/* Memory for walks, the scratch's. */
retain_status retain__hazard_open_passes(retain_context *ctx, retain__scratch *scratch, const retain__hazard_rows *rows,
                                         retain_hazard_link link, double smoothing, retain__hazard_passes *passes);

/* As retain__logistic_source wants them: log L less the roughness, with derivatives; and margins. */
retain_status retain__hazard_evaluate(void *passes, const double *point, size_t every, retain__logistic_sums *sums);
retain_status retain__hazard_find_margins(void *passes, const double *direction, retain__logistic_margins *margins);

#endif
