/* Contributions to a row's log odds, and which of them to tell.
 *
 * A few of many: each is inserted where it belongs among those chosen so far. */
#include "models/reasons.h"

#include <math.h>

#include "core/rooms.h"
#include "data/predictors.h"
#include "math/kernels.h"

enum { ROWS = 256, CHUNK = 32 * ROWS };

static int is_reason(double contribution, retain_direction direction)
{
    if (direction == RETAIN_REASONS_RAISING)
        return contribution > 0.0;
    if (direction == RETAIN_REASONS_LOWERING)
        return contribution < 0.0;
    return contribution > 0.0 || contribution < 0.0;
}

/* Sorts column j in among `count` columns that were chosen, of which there may be `most`; returns how many there are then. */
static size_t insert_reason(size_t *chosen, size_t count, size_t most, size_t j, const double *contribution, size_t stride)
{
    const double size = fabs(contribution[j * stride]);
    size_t at = count;

    while (at > 0 && size > fabs(contribution[chosen[at - 1] * stride]))
        at--;
    if (at == most)
        return count;
    count += count < most;
    for (size_t k = count - 1; k > at; k--)
        chosen[k] = chosen[k - 1];
    chosen[at] = j;
    return count;
}

void retain__tell_reasons(const retain__reasons *of, size_t row, const double *contribution, size_t stride)
{
    size_t chosen[RETAIN_PREDICTORS_MOST], count = 0;

    for (size_t j = 0; j < of->columns; j++) {
        if (is_reason(contribution[j * stride], of->direction))
            count = insert_reason(chosen, count, of->most, j, contribution, stride);
    }
    for (size_t k = 0; k < of->most; k++) {
        const size_t at = row * of->most + k;

        if (of->reason)
            of->reason[at] = k < count ? (int64_t)chosen[k] : -1;
        if (of->share)
            of->share[at] = k < count ? contribution[chosen[k] * stride] : (double)NAN;
        if (of->value)
            of->value[at] = k < count ? retain__predictor(of->predictors, row, chosen[k]) : (double)NAN;
    }
}

/* --- contributions ------------------------------------------------------------------------------------------------------------------------ */

static RETAIN__INLINE void contribute_body(const double *x, size_t stride, size_t count, double coefficient, double reference,
                                           double missing, double *to)
{
    for (size_t i = 0; i < count; i++) {
        const double value = x[i * stride];

        to[i] = value == value ? coefficient * (value - reference) : missing;
    }
}
RETAIN__VECTORISED(static, contribute,
                   (const double *x, size_t stride, size_t count, double coefficient, double reference, double missing, double *to),
                   (x, stride, count, coefficient, reference, missing, to));

void retain__find_contributions(const retain__linear *linear, const retain_predictors *predictors, size_t j, size_t first,
                                size_t count, double *to)
{
    const size_t stride = predictors->stride ? predictors->stride : 1;

    contribute(predictors->column[j] + first * stride, stride, count, linear->coefficient[j], linear->reference[j],
               linear->missing[j], to);
}

/* --- all rows ----------------------------------------------------------------------------------------------------------------------------- */

retain_context *retain__make_quiet(const retain_context *ctx, retain_context *quiet)
{
    if (!ctx)
        return NULL;
    *quiet = *ctx;
    quiet->progress = NULL;
    return quiet;
}

retain_status retain__check_reasons(retain_context *ctx, const retain__linear *linear, size_t most, retain_direction direction)
{
    if (most > linear->columns)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "most is %zu; it must lie in [0, columns = %zu]", most,
                            linear->columns);
    if (direction < RETAIN_REASONS_EITHER || direction > RETAIN_REASONS_LOWERING)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "direction is %d; it must be a retain_direction",
                            (int)direction);
    return RETAIN_OK;
}

typedef struct writing {
    const retain__linear *linear;
    const retain__reasons *reasons;
    double *contribution;
    retain__rooms rooms;
} writing;

static void write_chunk(void *state, size_t block, size_t first, size_t last)
{
    writing *of = state;
    const size_t columns = of->linear->columns;
    double *room = retain__enter_room(&of->rooms);

    (void)block;
    for (size_t at = first; at < last; at += ROWS) {
        const size_t count = last - at < ROWS ? last - at : ROWS;

        for (size_t j = 0; j < columns; j++) {
            retain__find_contributions(of->linear, of->reasons->predictors, j, at, count, room + j * ROWS);
            for (size_t i = 0; of->contribution && i < count; i++)
                of->contribution[(at + i) * columns + j] = room[j * ROWS + i];
        }
        for (size_t i = 0; of->reasons->most && i < count; i++)
            retain__tell_reasons(of->reasons, at + i, room + i, ROWS);
    }
    retain__leave_room(&of->rooms, room);
}

retain_status retain__write_contributions(retain_context *ctx, const retain__linear *linear, retain__reasons *reasons,
                                          double *contribution)
{
    const size_t count = reasons->predictors->count;
    retain__scratch scratch = {ctx, NULL};
    writing of = {.linear = linear, .reasons = reasons, .contribution = contribution};
    retain_context quiet;
    retain_status status;

    if (!contribution && !reasons->most)
        return RETAIN_OK;
    reasons->columns = linear->columns;
    status = retain__open_rooms(ctx, &scratch, retain__blocks(count, CHUNK), linear->columns * ROWS, sizeof(double), &of.rooms);
    if (status == RETAIN_OK)
        status = retain__parallel(retain__make_quiet(ctx, &quiet), count, CHUNK, 0.0, 1.0, write_chunk, &of);
    retain__release(&scratch);
    return status;
}
