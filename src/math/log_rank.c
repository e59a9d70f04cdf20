/* The log-rank test for any number of groups.
 *
 * At each length at which any duration ended, d of the n durations that had lasted so long ended; were the groups alike, group g
 * with n_g of them would have d n_g / n of these, with the covariance of drawing d from n without replacement,
 *
 *     d (n - d) / (n - 1) * (n_g / n) (1[g = h] - n_h / n).
 *
 * Sums over lengths give expected numbers and a covariance matrix of rank groups - 1, of which one row and column are left out:
 * which one makes no difference. A group of which nothing could ever have ended has neither, and is left out too. */
#include "math/log_rank.h"

#include <math.h>
#include <string.h>

#include "math/linear.h"

/* The least length that has not been read; infinite at the end. */
static double find_next(const retain__group_durations *group, size_t groups)
{
    double next = (double)INFINITY;

    for (size_t g = 0; g < groups; g++) {
        if (group[g].next < group[g].end)
            next = fmin(next, group[g].next->length);
    }
    return next;
}

/* Adds what is expected at one length at which `ended` of `n` ended. */
static void expect(const retain__group_durations *group, size_t groups, double ended, double n, double *expected,
                   double *covariance)
{
    const double spread = n > 1.0 ? ended * ((n - ended) / (n - 1.0)) : 0.0;

    for (size_t g = 0; g < groups; g++) {
        const double share = group[g].left / n;

        expected[g] += ended * share;
        for (size_t h = 0; share > 0.0 && h <= g; h++)
            covariance[g * groups + h] += spread * share * ((g == h ? 1.0 : 0.0) - group[h].left / n);
    }
}

/* Moves rows and columns of groups with expectations to the front, without the last of them; returns their number. */
static size_t squeeze(size_t groups, const double *observed, const double *expected, double *covariance, double *difference)
{
    size_t last = groups, kept = 0;

    while (last > 0 && !(expected[last - 1] > 0.0))
        last--;
    for (size_t g = 0; g + 1 < last; g++) {
        size_t column = 0;

        if (!(expected[g] > 0.0))
            continue;
        difference[kept] = observed[g] - expected[g];
        for (size_t h = 0; h <= g; h++) {
            if (expected[h] > 0.0)
                covariance[kept * groups + column++] = covariance[g * groups + h];
        }
        kept++;
    }
    for (size_t g = 0; g < kept; g++) /* as a matrix of its own size; goes forward, as rows only move down in memory */
        memmove(covariance + g * kept, covariance + g * groups, (g + 1) * sizeof *covariance);
    return kept;
}

/* Reads one length of all groups; 0 at the end. */
static int read_length(retain__group_durations *group, size_t groups, double *observed, double *expected, double *covariance)
{
    const double length = find_next(group, groups);
    double ended = 0.0, n = 0.0;

    if (!(length < (double)INFINITY))
        return 0;
    for (size_t g = 0; g < groups; g++) {
        n += group[g].left;
        if (group[g].next < group[g].end && group[g].next->length == length) {
            ended += group[g].next->ended;
            observed[g] += group[g].next->ended;
        }
    }
    if (ended > 0.0)
        expect(group, groups, ended, n, expected, covariance);
    for (size_t g = 0; g < groups; g++) {
        if (group[g].next < group[g].end && group[g].next->length == length) {
            group[g].left -= group[g].next->ended + group[g].next->open;
            group[g].next++;
        }
    }
    return 1;
}

double retain__log_rank(retain__group_durations *group, size_t groups, double *observed, double *expected, double *room,
                        size_t *freedom)
{
    double *covariance = room, *difference = room + groups * groups, *solution = difference + groups;
    double chi_squared = 0.0;

    memset(observed, 0, groups * sizeof *observed);
    memset(expected, 0, groups * sizeof *expected);
    memset(covariance, 0, groups * groups * sizeof *covariance);
    for (size_t g = 0; g < groups; g++) {
        group[g].left = 0.0;
        for (const retain__duration *at = group[g].next; at < group[g].end; at++)
            group[g].left += at->ended + at->open;
    }
    while (read_length(group, groups, observed, expected, covariance))
        ;
    *freedom = squeeze(groups, observed, expected, covariance, difference);
    if (*freedom == 0 || !retain__cholesky(*freedom, covariance, covariance))
        return (double)NAN;
    retain__cholesky_solve(*freedom, covariance, difference, solution);
    for (size_t g = 0; g < *freedom; g++)
        chi_squared += difference[g] * solution[g];
    return chi_squared;
}
