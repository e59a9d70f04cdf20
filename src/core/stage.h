/* One operation within another: it has a context of its own, so that what it says of itself does not show, tells its progress as a part
 * of the whole, and its failure becomes that of the whole. */
#ifndef RETAIN_CORE_STAGE_H
#define RETAIN_CORE_STAGE_H

#include "core/core.h"

typedef struct retain__stage {
    retain_context *outer, inner;
    double from, to;
} retain__stage;

/* The context for the inner operation, which is so much of the whole; NULL where the outer one is. */
retain_context *retain__begin_stage(retain__stage *stage, retain_context *ctx, double from, double to);

/* Returns `status`, that of the inner operation, whose error becomes the outer one's. */
retain_status retain__end_stage(retain__stage *stage, retain_status status);

#endif
