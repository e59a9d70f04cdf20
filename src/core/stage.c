/* Operations within operations. */
#include "core/stage.h"

#include <string.h>

static int tell_outer(void *user, double fraction)
{
    const retain__stage *stage = user;

    return stage->outer->progress(stage->outer->progress_user, stage->from + fraction * (stage->to - stage->from));
}

retain_context *retain__begin_stage(retain__stage *stage, retain_context *ctx, double from, double to)
{
    stage->outer = ctx;
    stage->from = from;
    stage->to = to;
    if (!ctx)
        return NULL;
    stage->inner = *ctx;
    if (ctx->progress) {
        stage->inner.progress = tell_outer;
        stage->inner.progress_user = stage;
    }
    return &stage->inner;
}

retain_status retain__end_stage(retain__stage *stage, retain_status status)
{
    if (status != RETAIN_OK && stage->outer &&
        stage->inner.status != RETAIN_OK) { /* else it was the outer one's scratch that failed */
        stage->outer->status = stage->inner.status;
        stage->outer->row = stage->inner.row;
        memcpy(stage->outer->error, stage->inner.error, sizeof stage->outer->error);
    }
    return status;
}
