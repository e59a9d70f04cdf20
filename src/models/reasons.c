/* Which of the contributions to a row's log odds to tell.
 *
 * A few of many: each is inserted where it belongs among those chosen so far. */
#include "models/reasons.h"

#include <math.h>

static int is_reason(double contribution, int direction)
{
    return direction == RETAIN__RAISING    ? contribution > 0.0
           : direction == RETAIN__LOWERING ? contribution < 0.0
                                           : fabs(contribution) > 0.0;
}

void retain__choose_reasons(const double *contribution, size_t columns, size_t most, int direction, int64_t *reason, double *share)
{
    size_t chosen = 0;

    for (size_t j = 0; j < columns; j++) {
        const double size = fabs(contribution[j]);
        size_t at;

        if (!is_reason(contribution[j], direction) || (chosen == most && (most == 0 || size <= fabs(share[most - 1]))))
            continue;
        for (at = chosen < most ? chosen++ : most - 1; at > 0 && size > fabs(share[at - 1]); at--) {
            share[at] = share[at - 1];
            reason[at] = reason[at - 1];
        }
        share[at] = contribution[j];
        reason[at] = (int64_t)j;
    }
    for (; chosen < most; chosen++) {
        share[chosen] = (double)NAN;
        reason[chosen] = -1;
    }
}
