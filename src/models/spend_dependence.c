/* Does spend go with how often a customer buys? Three measures, each with its assumptions (retain/spend_orders.h).
 *
 * Delicate is what is measured of spend: the logarithm of a mean of n skewed values grows with n, and would show a dependence of its own
 * making; the mean of their logarithms has the same expectation for every n, only another variance. Ranks and slope are of the latter.
 *
 * A row of weight w is w customers, so ranks count weights, and n is their sum. */
#include <math.h>

#include "core/sort.h"
#include "math/interval.h"
#include "math/kernels.h"
#include "math/special.h"
#include "math/sums.h"
#include "models/spend_model.h"

/* Two columns of customers, with their weights. */
typedef struct pairs {
    size_t count;
    double *x, *y, *weight;
} pairs;

/* Sums of squares and products of deviations from the means. */
typedef struct moments {
    double n, mean_x, mean_y, xx, xy, yy;
} moments;

static moments find_moments(const pairs *of, const double *x, const double *y)
{
    retain__sum weight = {0.0, 0.0}, sum[2] = {{0.0, 0.0}}, product[3] = {{0.0, 0.0}};
    moments found;

    for (size_t i = 0; i < of->count; i++) {
        retain__sum_add(&weight, of->weight[i]);
        retain__sum_add(&sum[0], of->weight[i] * x[i]);
        retain__sum_add(&sum[1], of->weight[i] * y[i]);
    }
    found.n = retain__sum_value(weight);
    found.mean_x = retain__sum_value(sum[0]) / found.n;
    found.mean_y = retain__sum_value(sum[1]) / found.n;
    for (size_t i = 0; i < of->count; i++) {
        double dx = x[i] - found.mean_x, dy = y[i] - found.mean_y;

        retain__sum_add(&product[0], of->weight[i] * dx * dx);
        retain__sum_add(&product[1], of->weight[i] * dx * dy);
        retain__sum_add(&product[2], of->weight[i] * dy * dy);
    }
    found.xx = retain__sum_value(product[0]);
    found.xy = retain__sum_value(product[1]);
    found.yy = retain__sum_value(product[2]);
    return found;
}

/* Chance of a Student's t at least so far from 0. */
static double find_chance(double t, double degrees)
{
    return retain__betainc(0.5 * degrees, 0.5, degrees / (degrees + t * t));
}

/* A correlation, Fisher's z of which has the variance share / (n - 3). */
static retain_spend_measure correlate(const moments *of, double share, double quantile)
{
    retain_spend_measure found = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    double r = of->xy / sqrt(of->xx) / sqrt(of->yy), left, reach;

    if (!(of->n > 2.0) || !(of->xx > 0.0) || !(of->yy > 0.0))
        return found;
    r = r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
    left = (1.0 - r) * (1.0 + r);
    found.value = r;
    found.p_value = left > 0.0 ? find_chance(r * sqrt((of->n - 2.0) / left), of->n - 2.0) : 0.0;
    if (of->n > 3.0 && left > 0.0) {
        reach = quantile * sqrt(share / (of->n - 3.0));
        found.low = tanh(atanh(r) - reach);
        found.high = tanh(atanh(r) + reach);
    }
    return found;
}

/* Least squares of y on x. */
static retain_spend_measure regress(const pairs *of, const moments *sums, double level)
{
    retain_spend_measure found = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    const double degrees = sums->n - 2.0;
    retain__sum meat = {0.0, 0.0};
    double error, reach;

    if (!(degrees > 0.0) || !(sums->xx > 0.0))
        return found;
    found.value = sums->xy / sums->xx;
    for (size_t i = 0; i < of->count; i++) {
        double dx = of->x[i] - sums->mean_x, left = of->y[i] - sums->mean_y - found.value * dx;

        retain__sum_add(&meat, of->weight[i] * left * left * dx * dx);
    }
    error = sqrt(retain__sum_value(meat) * sums->n / degrees) / sums->xx;
    if (!(error > 0.0)) /* a line through all points would claim that there is no doubt */
        return found;
    reach = retain__student_quantile(level, degrees) * error;
    found.low = found.value - reach;
    found.high = found.value + reach;
    found.p_value = find_chance(found.value / error, degrees);
    return found;
}

/* Ranks from 1; equal values share the mean of theirs. `words` and `spare` hold two words a row. */
static void rank(const pairs *of, const double *values, uint64_t *words, uint64_t *spare, double *ranks)
{
    const retain__row_shape shape = {.width = 2, .keys = 1, .settled = 0};
    double before = 0.0;

    for (size_t i = 0; i < of->count; i++) {
        uint64_t bits = retain__bits(values[i] + 0.0); /* -0 becomes 0 */

        words[2 * i] = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63; /* sorts like the number */
        words[2 * i + 1] = i;
    }
    retain__sort_rows(&shape, words, spare, of->count);
    for (size_t i = 0, next; i < of->count; i = next) {
        double tied = 0.0;

        for (next = i; next < of->count && words[2 * next] == words[2 * i]; next++)
            tied += of->weight[words[2 * next + 1]];
        for (size_t k = i; k < next; k++)
            ranks[words[2 * k + 1]] = before + 0.5 * (tied + 1.0);
        before += tied;
    }
}

static retain_status measure(retain__scratch *scratch, const retain_spenders *spenders, double level,
                             retain_spend_dependence *dependence)
{
    const size_t most = spenders->count;
    const double quantile = retain__ndtri(0.5 + 0.5 * level);
    pairs of = {0, retain__take(scratch, most, sizeof *of.x), retain__take(scratch, most, sizeof *of.y),
                retain__take(scratch, most, sizeof *of.weight)};
    double *ranks_x = retain__take(scratch, most, sizeof *ranks_x), *ranks_y = retain__take(scratch, most, sizeof *ranks_y);
    uint64_t *words = retain__take(scratch, most, 2 * sizeof *words), *spare = retain__take(scratch, most, 2 * sizeof *spare);
    moments found;

    if (!of.x || !of.y || !of.weight || !ranks_x || !ranks_y || !words || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < most; i++) {
        const retain__spender one = retain__spender_of(spenders, i);

        if (one.n == 0.0 || one.weight == 0.0)
            continue;
        of.x[of.count] = spenders->frequency[i];
        of.y[of.count] = one.mean;
        of.weight[of.count++] = one.weight;
    }
    found = find_moments(&of, of.x, of.y);
    dependence->customers = found.n;
    dependence->pearson = correlate(&found, 1.0, quantile);
    rank(&of, of.x, words, spare, ranks_x);
    for (size_t i = 0, k = 0; i < most; i++) {
        const retain__spender one = retain__spender_of(spenders, i);

        if (one.n == 0.0 || one.weight == 0.0)
            continue;
        of.x[k] = one.effect;
        of.y[k++] = one.mean_log;
    }
    rank(&of, of.y, words, spare, ranks_y);
    found = find_moments(&of, ranks_x, ranks_y);
    dependence->spearman = correlate(&found, 1.06, quantile);
    found = find_moments(&of, of.x, of.y);
    dependence->slope = regress(&of, &found, level);
    return RETAIN_OK;
}

retain_status retain_spend_orders_dependence(retain_context *ctx, const retain_spenders *spenders, double level,
                                             retain_spend_dependence *dependence)
{
    retain__scratch scratch = {ctx, NULL};
    retain_spend_dependence found = {.struct_size = sizeof found};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__check_spenders(ctx, spenders);
    if (status == RETAIN_OK && spenders->count && !spenders->frequency)
        status = retain__fail_null(ctx, "spenders.frequency");
    if (status == RETAIN_OK && !(level > 0.0 && level < 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", level);
    if (status == RETAIN_OK && !dependence)
        status = retain__fail_null(ctx, "dependence");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "dependence", dependence, sizeof *dependence, sizeof *dependence);
    if (status != RETAIN_OK)
        return status;
    status = measure(&scratch, spenders, level, &found);
    if (status == RETAIN_OK) {
        found.struct_size = dependence->struct_size;
        *dependence = found;
    }
    retain__release(&scratch);
    return status;
}
