/* Which of the contributions to a row's log odds to tell.
 *
 * A few of many: each is inserted where it belongs among those chosen so far. */
#include "models/reasons.h"

#include <math.h>

#include "data/predictors.h"

static int is_reason(double contribution, int direction)
{
    if (direction == RETAIN__RAISING)
        return contribution > 0.0;
    if (direction == RETAIN__LOWERING)
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
