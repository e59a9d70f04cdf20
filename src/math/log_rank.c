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

/* What is summed over lengths. */
typedef struct ranking {
    double rho, rest; /* weight, and the share of all groups together that is left */
    double *observed, *expected, *difference, *covariance;
} ranking;

static int is_next(const retain__group_durations *group, double length)
{
    return group->next < group->end && group->next->length == length;
}

/* Those at risk in a group; weights of very different sizes may have lost digits, see math/curve.c. */
static double at_risk_of(const retain__group_durations *group, double length)
{
    const double least = is_next(group, length) ? group->next->ended + group->next->open : 0.0;

    return fmax(least, retain__sum_value(group->left));
}

/* Adds what is expected at one length at which `ended` of `n` ended. */
static void expect(const retain__group_durations *group, size_t groups, double length, double ended, double n, ranking *sums)
{
    const double weight = sums->rho == 0.0 ? 1.0 : pow(sums->rest, sums->rho);
    const double spread = n > 1.0 ? weight * weight * ended * ((n - ended) / (n - 1.0)) : 0.0;

    for (size_t g = 0; g < groups; g++) {
        const double share = at_risk_of(group + g, length) / n;

        sums->expected[g] += ended * share;
        sums->difference[g] -= weight * (ended * share);
        for (size_t h = 0; share > 0.0 && h <= g; h++)
            sums->covariance[g * groups + h] += spread * share * ((g == h ? 1.0 : 0.0) - at_risk_of(group + h, length) / n);
    }
}

/* Moves rows and columns of groups with expectations to the front, without the last of them; returns their number. */
static size_t squeeze(size_t groups, ranking *sums)
{
    const double *expected = sums->expected;
    double *covariance = sums->covariance;
    size_t last = groups, kept = 0;

    while (last > 0 && !(expected[last - 1] > 0.0))
        last--;
    for (size_t g = 0; g + 1 < last; g++) {
        size_t column = 0;

        if (!(expected[g] > 0.0))
            continue;
        sums->difference[kept] = sums->difference[g];
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

/* Adds what ended in each group at one length; returns how many in all, and who was at risk in `n`. */
static double observe(const retain__group_durations *group, size_t groups, double length, ranking *sums, double *n)
{
    const double weight = sums->rho == 0.0 ? 1.0 : pow(sums->rest, sums->rho);
    double ended = 0.0;

    *n = 0.0;
    for (size_t g = 0; g < groups; g++) {
        *n += at_risk_of(group + g, length);
        if (is_next(group + g, length)) {
            ended += group[g].next->ended;
            sums->observed[g] += group[g].next->ended;
            sums->difference[g] += weight * group[g].next->ended;
        }
    }
    return ended;
}

static void pass_length(retain__group_durations *group)
{
    const retain__duration *at = group->next;

    if (retain__sum_value(group->left) < at->ended + at->open)
        group->left = (retain__sum){at->ended + at->open, 0.0};
    retain__sum_add(&group->left, -at->ended);
    retain__sum_add(&group->left, -at->open);
    retain__sum_add(&group->left, at->entered);
    group->next++;
}

/* Reads one length of all groups; 0 at the end. */
static int read_length(retain__group_durations *group, size_t groups, ranking *sums)
{
    const double length = find_next(group, groups);
    double ended, n;

    if (!(length < (double)INFINITY))
        return 0;
    ended = observe(group, groups, length, sums, &n);
    if (ended > 0.0) {
        expect(group, groups, length, ended, n, sums);
        sums->rest *= fmax(0.0, n - ended) / n;
    }
    for (size_t g = 0; g < groups; g++) {
        if (is_next(group + g, length))
            pass_length(group + g);
    }
    return 1;
}

double retain__log_rank(retain__group_durations *group, size_t groups, double rho, double *observed, double *expected, double *room,
                        size_t *freedom)
{
    ranking sums = {rho, 1.0, observed, expected, room + groups * groups, room};
    double *solution = sums.difference + groups;
    double chi_squared = 0.0;

    memset(observed, 0, groups * sizeof *observed);
    memset(expected, 0, groups * sizeof *expected);
    memset(room, 0, groups * (groups + 1) * sizeof *room);
    for (size_t g = 0; g < groups; g++)
        group[g].left = retain__curve_beginners(group[g].next, (size_t)(group[g].end - group[g].next));
    while (read_length(group, groups, &sums))
        ;
    *freedom = squeeze(groups, &sums);
    if (*freedom == 0 || !retain__cholesky(*freedom, sums.covariance, sums.covariance))
        return (double)NAN;
    retain__cholesky_solve(*freedom, sums.covariance, sums.difference, solution);
    for (size_t g = 0; g < *freedom; g++)
        chi_squared += sums.difference[g] * solution[g];
    return chi_squared;
}
