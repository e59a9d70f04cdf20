/* Is one score better than another, and has a score drifted?
 *
 * Two scores of the same customers are dependent: what one gets wrong, the other mostly gets wrong too. DeLong's variance of the gain is that
 * of the customers' own gains, each customer's share of the other outcome on the right side under the second score less that under the
 * first: taken as differences customer by customer, two nearly equal scores do not lose their difference in rounding. */
#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "decisions/scoring_table.h"
#include "math/interval.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "retain/scoring.h"

enum { MOST_BINS = 1000, DEFAULT_BINS = 10 };

/* --- two scores ---------------------------------------------------------------------------------------------------------------- */

typedef struct pair_of_scores {
    const double *first, *second, *weight;
    const uint8_t *outcome;
    size_t count;
    retain__scores one, other;
    double *own; /* [count] what the second score gains each customer: more of the other outcome on the right side */
} pair_of_scores;

static double weight_of(const pair_of_scores *of, size_t i)
{
    return of->weight ? of->weight[i] : 1.0;
}

/* Adds to each customer's own gain the share under one score, times `sign`. Rows are sorted once more, with their numbers, which is
 * quicker than looking each of them up. */
static retain_status add_shares(retain__scratch *scratch, const pair_of_scores *of, const double *score,
                                const retain__scores *scores, double sign)
{
    static const retain__row_shape shape = {2, 1, 0};
    uint64_t *rows = retain__take(scratch, of->count, 2 * sizeof *rows),
             *spare = retain__take(scratch, of->count, 2 * sizeof *spare);
    size_t at = 0;

    if (!rows || !spare)
        return RETAIN_ERROR_MEMORY;
    if (scores->count == 0) /* nobody has any weight */
        return RETAIN_OK;
    for (size_t i = 0; i < of->count; i++) {
        rows[2 * i] = retain__key_of(score[i]);
        rows[2 * i + 1] = i;
    }
    retain__sort_rows(&shape, rows, spare, of->count);
    for (size_t r = 0; r < of->count; r++) {
        const size_t i = rows[2 * r + 1];

        while (at + 1 < scores->count && retain__key_of(scores->row[at].score) < rows[2 * r])
            at++;
        of->own[i] += sign * (of->outcome[i] ? scores->row[at].below : scores->row[at].above);
    }
    retain__give_back(scratch, rows);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

/* Variance of the gain in AUC. */
static double find_variance(const pair_of_scores *of, double gain)
{
    double sums[2] = {0.0, 0.0};
    const double n[2] = {of->one.negatives, of->one.positives};

    for (size_t i = 0; i < of->count; i++)
        sums[of->outcome[i] ? 1 : 0] += weight_of(of, i) * (of->own[i] - gain) * (of->own[i] - gain);
    return n[0] > 1.0 && n[1] > 1.0 ? sums[0] / (n[0] - 1.0) / n[0] + sums[1] / (n[1] - 1.0) / n[1] : (double)NAN;
}

/* What the second score takes off the squared error of one customer. */
static double gain_of(const pair_of_scores *of, size_t i)
{
    const double y = of->outcome[i] ? 1.0 : 0.0;

    return (of->first[i] - of->second[i]) * (of->first[i] + of->second[i] - 2.0 * y);
}

static void compare_brier(const pair_of_scores *of, double level, retain_scoring_comparison *comparison)
{
    const double n = of->one.positives + of->one.negatives;
    double sum = 0.0, squares = 0.0;
    retain__limits limits;

    for (size_t i = 0; i < of->count; i++)
        sum += weight_of(of, i) * gain_of(of, i);
    comparison->brier_gain = sum / n;
    for (size_t i = 0; i < of->count; i++) {
        const double off = gain_of(of, i) - comparison->brier_gain;

        squares += weight_of(of, i) * off * off;
    }
    limits = retain__mean_limits(comparison->brier_gain, squares, n, level);
    comparison->brier_low = limits.low;
    comparison->brier_high = limits.high;
}

static void write_comparison(const pair_of_scores *of, double level, retain_scoring_comparison *comparison)
{
    const double none = (double)NAN, gain = of->other.auc - of->one.auc, z = -retain__ndtri(0.5 * (1.0 - level));
    const retain_scoring_comparison empty = {
        comparison->struct_size, of->one.auc, of->other.auc, gain, none, none, none, none, none, none, none};

    *comparison = empty;
    if (of->one.count == 0)
        return;
    if (!isnan(gain))
        comparison->auc_error = sqrt(find_variance(of, gain));
    if (comparison->auc_error > 0.0) {
        const double steps = gain / comparison->auc_error;

        comparison->auc_low = gain - z * comparison->auc_error;
        comparison->auc_high = gain + z * comparison->auc_error;
        comparison->auc_p_value = retain__chi_squared_tail(steps * steps, 1);
    }
    if (retain__are_probabilities(&of->one) && retain__are_probabilities(&of->other))
        compare_brier(of, level, comparison);
}

retain_status retain_scoring_compare(retain_context *ctx, const double *first, const double *second, const uint8_t *outcome,
                                     const double *weight, size_t count, double level, retain_scoring_comparison *comparison)
{
    retain__scratch scratch = {ctx, NULL};
    pair_of_scores of = {.first = first, .second = second, .weight = weight, .outcome = outcome, .count = count};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !comparison)
        status = retain__fail_null(ctx, "comparison");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "comparison", comparison, sizeof *comparison, sizeof *comparison);
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "first", first, outcome, weight, count, &of.one);
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "second", second, outcome, weight, count, &of.other);
    if (status == RETAIN_OK) {
        of.own = retain__take_zeroed(&scratch, count, sizeof *of.own);
        status = of.own ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK)
        status = add_shares(&scratch, &of, first, &of.one, -1.0);
    if (status == RETAIN_OK)
        status = add_shares(&scratch, &of, second, &of.other, 1.0);
    if (status == RETAIN_OK)
        write_comparison(&of, level, comparison);
    retain__release(&scratch);
    return status;
}

/* --- drift --------------------------------------------------------------------------------------------------------------------- */

static retain_status check_values(retain_context *ctx, const char *name, const double *value, size_t count)
{
    if (count && !value)
        return retain__fail_null(ctx, name);
    for (size_t i = 0; i < count; i++) {
        if (!retain__is_finite(value[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must be finite", name, i, value[i]);
    }
    return RETAIN_OK;
}

/* Cuts sorted values into at most `bins` bins of about equal numbers; returns how many. */
static size_t cut_bins(const uint64_t *key, size_t count, size_t bins, double *edge, double *before)
{
    size_t used = 0, begin = 0;

    for (size_t b = 1; b <= bins && begin < count; b++) {
        size_t end = b == bins ? count : (size_t)((double)count * ((double)b / (double)bins) + 0.5);

        if (end <= begin)
            continue;
        while (end < count && key[end] == key[end - 1])
            end++;
        edge[used] = retain__number_of(key[end - 1]);
        before[used++] = (double)(end - begin);
        begin = end;
    }
    if (used > 0)
        edge[used - 1] = (double)INFINITY;
    return used;
}

static void count_after(const double *after, size_t count, const double *edge, size_t used, double *number)
{
    for (size_t i = 0; i < count; i++) {
        size_t low = 0, high = used - 1;

        while (low < high) {
            const size_t middle = low + (high - low) / 2;

            if (edge[middle] < after[i])
                low = middle + 1;
            else
                high = middle;
        }
        number[low] += 1.0;
    }
}

/* Numbers become shares, each with half a customer more; returns the index. */
static double find_psi(double *before, double n, double *after, double m, size_t used)
{
    const double more = 0.5 * (double)used;
    double psi = 0.0;

    for (size_t b = 0; b < used; b++) {
        before[b] = (before[b] + 0.5) / (n + more);
        after[b] = (after[b] + 0.5) / (m + more);
        psi += (after[b] - before[b]) * log(after[b] / before[b]);
    }
    return psi;
}

/* What is found, in scratch. */
typedef struct drift {
    double *edge, *before, *after, psi;
    size_t used;
} drift;

static retain_status find_drift(retain__scratch *scratch, const double *before, size_t n, const double *after, size_t m,
                                size_t bins, drift *found)
{
    uint64_t *key = retain__take(scratch, n, sizeof *key), *spare = retain__take(scratch, n, sizeof *spare);

    found->edge = retain__take(scratch, bins, sizeof *found->edge);
    found->before = retain__take_zeroed(scratch, bins, sizeof *found->before);
    found->after = retain__take_zeroed(scratch, bins, sizeof *found->after);
    if (!key || !spare || !found->edge || !found->before || !found->after)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++)
        key[i] = retain__key_of(before[i]);
    retain__sort_keys(key, spare, n, 0);
    found->used = cut_bins(key, n, bins, found->edge, found->before);
    found->psi = (double)NAN;
    if (found->used == 0 || m == 0) {
        found->used = 0;
        return RETAIN_OK;
    }
    count_after(after, m, found->edge, found->used, found->after);
    found->psi = find_psi(found->before, (double)n, found->after, (double)m, found->used);
    if (found->used == 1)
        found->psi = (double)NAN;
    return RETAIN_OK;
}

retain_status retain_scoring_drift(retain_context *ctx, const double *before, size_t before_count, const double *after,
                                   size_t after_count, size_t bins, double *edge, double *before_share, double *after_share,
                                   size_t *used, double *psi, double *p_value)
{
    retain__scratch scratch = {ctx, NULL};
    drift found = {NULL, NULL, NULL, 0.0, 0};
    retain_status status = retain__begin(ctx);

    bins = bins == 0 ? DEFAULT_BINS : bins;
    if (status == RETAIN_OK && (bins < 2 || bins > MOST_BINS))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "bins is %zu; it must be 2 to 1000 (0 means 10)", bins);
    if (status == RETAIN_OK)
        status = check_values(ctx, "before", before, before_count);
    if (status == RETAIN_OK)
        status = check_values(ctx, "after", after, after_count);
    if (status == RETAIN_OK)
        status = find_drift(&scratch, before, before_count, after, after_count, bins, &found);
    if (status == RETAIN_OK) {
        const double scale = 1.0 / (double)before_count + 1.0 / (double)after_count;

        for (size_t b = 0; b < bins; b++) {
            retain__put(edge, b, b < found.used ? found.edge[b] : (double)NAN);
            retain__put(before_share, b, b < found.used ? found.before[b] : (double)NAN);
            retain__put(after_share, b, b < found.used ? found.after[b] : (double)NAN);
        }
        if (used)
            *used = found.used;
        retain__put(psi, 0, found.psi);
        retain__put(p_value, 0, isnan(found.psi) ? (double)NAN : retain__chi_squared_tail(found.psi / scale, found.used - 1));
    }
    retain__release(&scratch);
    return status;
}
