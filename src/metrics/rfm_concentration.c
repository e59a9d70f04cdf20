/* How unequally the customers bring it: tiers, Lorenz curve, Gini coefficient.
 *
 * All start from the values in ascending order and their running sums, which are carried as pairs and rounded once. Intervals
 * are those of the influence function: how much one customer more of value y moves the figure. Its values over the customers
 * have the mean zero, and the figure's standard error is the root of the sum of their squares, over n. They are squared as they
 * are, in a pass of their own: closed formulas from sums of squares would cancel when the customers are nearly alike, just
 * where an interval has to become narrow. The Lorenz curve has many points, and does use such formulas, in pairs, where what
 * cancels is not missed. */
#include <math.h>

#include "core/keys.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "metrics/rfm_values.h"
#include "retain/rfm.h"

/* --- values in order ---------------------------------------------------------------------------------------------------------------- */

typedef struct ranking {
    size_t count;
    const double *value;   /* [count] ascending */
    const double *through; /* [count] sum of the values up to and with this one */
    double total;
} ranking;

/* Sorts a copy of the values into scratch. */
static retain_status sort_values(retain_context *ctx, retain__scratch *scratch, const double *value, size_t count, ranking *ranks)
{
    retain_status status = retain__check_values(ctx, "value", value, count, RETAIN__MODEST_NOT_NEGATIVE);
    uint64_t *keys, *spare;
    double *sorted;

    if (status != RETAIN_OK)
        return status;
    keys = retain__take(scratch, count, sizeof *keys);
    spare = retain__take(scratch, count, sizeof *spare);
    if (!keys || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        keys[i] = retain__key_of(value[i]);
    retain__sort_keys(keys, spare, count, 0);
    sorted = (double *)spare; /* the same room, written anew */
    for (size_t i = 0; i < count; i++)
        sorted[i] = retain__number_of(keys[i]);
    retain__give_back(scratch, keys);
    *ranks = (ranking){count, sorted, NULL, 0.0};
    return RETAIN_OK;
}

/* The same with running sums. */
static retain_status rank_values(retain_context *ctx, retain__scratch *scratch, const double *value, size_t count, ranking *ranks)
{
    retain__sum sum = {0.0, 0.0};
    retain_status status = sort_values(ctx, scratch, value, count, ranks);
    double *through;

    if (status != RETAIN_OK)
        return status;
    ranks->through = through = retain__take(scratch, count, sizeof *through);
    if (!through)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        retain__sum_add(&sum, ranks->value[i]);
        through[i] = retain__sum_value(sum);
    }
    ranks->total = retain__sum_value(sum);
    return RETAIN_OK;
}

/* --- tiers -------------------------------------------------------------------------------------------------------------------------- */

static retain_status take_cuts(retain_context *ctx, retain_rfm_tier_kind kind, const double **cuts, size_t *count)
{
    static const double by_value[] = {0.8, 0.95}, by_customers[] = {0.01, 0.05, 0.2};

    if (kind != RETAIN_RFM_TIERS_BY_VALUE && kind != RETAIN_RFM_TIERS_BY_CUSTOMERS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "kind is %d; it must be a retain_rfm_tier_kind", (int)kind);
    if (!*cuts) {
        *cuts = kind == RETAIN_RFM_TIERS_BY_VALUE ? by_value : by_customers;
        *count =
            kind == RETAIN_RFM_TIERS_BY_VALUE ? sizeof by_value / sizeof *by_value : sizeof by_customers / sizeof *by_customers;
    }
    if (*count > 254)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "cut_count is %zu; it must be at most 254", *count);
    for (size_t i = 0; i < *count; i++) {
        if (!((*cuts)[i] > 0.0 && (*cuts)[i] < 1.0))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i, "cuts[%zu] is %g; it must lie in (0, 1)", i, (*cuts)[i]);
        if (i && !((*cuts)[i] > (*cuts)[i - 1]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i, "cuts[%zu] is %g; it must be greater than the cut before it, %g", i,
                                (*cuts)[i], (*cuts)[i - 1]);
    }
    return RETAIN_OK;
}

/* Value at and below which a customer is past cut k; -1 where nobody is. What stands above a group of equal values is summed
 * from the top, so that the best customers' sums are not differences of large numbers. */
static void find_limits(const ranking *ranks, retain_rfm_tier_kind kind, const double *cuts, size_t cut_count, double *limit)
{
    const size_t n = ranks->count;
    retain__sum above = {0.0, 0.0}, total = {0.0, 0.0};
    size_t k = 0;

    for (size_t i = n; i-- > 0;)
        retain__sum_add(&total, ranks->value[i]);
    for (size_t at = n; at > 0 && k < cut_count;) {
        const double value = ranks->value[at - 1];
        const double share =
            kind == RETAIN_RFM_TIERS_BY_VALUE ? retain__sum_value(above) / retain__sum_value(total) : (double)(n - at) / (double)n;

        while (k < cut_count && !(share < cuts[k])) /* NaN when there is no value at all: past every cut */
            limit[k++] = value;
        while (at > 0 && ranks->value[at - 1] == value)
            retain__sum_add(&above, ranks->value[--at]);
    }
    while (k < cut_count)
        limit[k++] = -1.0;
}

static uint8_t find_tier(double value, const double *limit, size_t count)
{
    size_t low = 0, high = count; /* limits descend */

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (value <= limit[middle])
            low = middle + 1;
        else
            high = middle;
    }
    return (uint8_t)low;
}

retain_status retain_rfm_tiers(retain_context *ctx, const double *value, size_t count, retain_rfm_tier_kind kind,
                               const double *cuts, size_t cut_count, uint8_t *tier)
{
    retain__scratch scratch = {ctx, NULL};
    double limit[254];
    ranking ranks;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_cuts(ctx, kind, &cuts, &cut_count);
    if (status == RETAIN_OK && count && !tier)
        status = retain__fail_null(ctx, "tier");
    if (status == RETAIN_OK)
        status = sort_values(ctx, &scratch, value, count, &ranks);
    if (status == RETAIN_OK) {
        find_limits(&ranks, kind, cuts, cut_count, limit);
        for (size_t i = 0; i < count; i++)
            tier[i] = find_tier(value[i], limit, cut_count);
    }
    retain__release(&scratch);
    return status;
}

/* --- Lorenz curve ------------------------------------------------------------------------------------------------------------------- */

typedef struct estimate {
    double value, low, high;
} estimate;

/* value +- half, cut to [0, 1]; NaN stays NaN. */
static estimate with_limits(double value, double half)
{
    const double low = value - half, high = value + half;

    return (estimate){value, low < 0.0 ? 0.0 : low, high > 1.0 ? 1.0 : high};
}

/* Where all are alike the standard error is 0 but for rounding, and an interval of no width would say that there is no doubt. */
static int do_differ(const ranking *ranks)
{
    return ranks->count > 1 && ranks->value[0] < ranks->value[ranks->count - 1];
}

static double positive_or_nan(double half)
{
    return half > 0.0 ? half : (double)NAN;
}

static double normal_quantile(double level)
{
    return -retain__ndtri(0.5 * (1.0 - level));
}

/* Running sums of values and of their squares. */
typedef struct moments {
    retain__sum values, squares;
} moments;

enum { STRIDE = 64 }; /* running sums are kept of so many values, and so many are added up again for a point */

/* The values, scaled near 1 by a power of two lest their squares underflow, with running sums before every STRIDE-th. */
typedef struct curve {
    const ranking *ranks;
    double scale;
    const moments *before; /* [count / STRIDE + 1]; NULL without limits */
    moments all;
} curve;

static void add_moments(const curve *of, size_t first, size_t last, moments *sum)
{
    for (size_t i = first; i < last; i++) {
        const double y = of->scale * of->ranks->value[i];

        retain__sum_gather(&sum->values, retain__pair_of(y));
        retain__sum_gather(&sum->squares, retain__two_product(y, y));
    }
    retain__sum_settle(&sum->values);
    retain__sum_settle(&sum->squares);
}

static retain_status open_moments(retain__scratch *scratch, curve *of)
{
    const size_t count = of->ranks->count;
    moments *before = retain__take(scratch, count / STRIDE + 1, sizeof *before), sum = {{0.0, 0.0}, {0.0, 0.0}};
    int exponent;

    if (!before)
        return RETAIN_ERROR_MEMORY;
    (void)frexp(of->ranks->total / (double)count, &exponent);
    of->scale = ldexp(1.0, exponent < -1000 ? 1000 : -exponent);
    for (size_t i = 0; i <= count / STRIDE; i++) {
        const size_t first = i * STRIDE;

        before[i] = sum;
        add_moments(of, first, count - first < STRIDE ? count : first + STRIDE, &sum);
    }
    of->before = before;
    of->all = sum;
    return RETAIN_OK;
}

/* Sum of (a y - b)^2 over n values: a^2 sum y^2 - 2 a b sum y + n b^2. */
static retain__pair sum_of_squares(const moments *of, double n, retain__pair a, retain__pair b)
{
    const retain__pair inner = retain__pair_add(retain__pair_multiply(a, of->squares),
                                                retain__pair_minus(retain__pair_times(retain__pair_multiply(b, of->values), 2.0)));

    return retain__pair_add(retain__pair_multiply(a, inner), retain__pair_times(retain__pair_multiply(b, b), n));
}

static retain__sum subtract(retain__sum a, retain__sum b)
{
    return retain__pair_add(a, retain__pair_minus(b));
}

/* Root of the sum of squared influences on L(p) = share, over n. The first `below` values lie below or at the quantile q of p, where
 * mu d = (1 - L) y - (1 - p) q; for the others mu d = p q - L y. */
static double lorenz_error(const curve *of, size_t below, double p, double share)
{
    const double n = (double)of->ranks->count, q = of->scale * of->ranks->value[below], mean = of->scale * of->ranks->total / n;
    moments low = of->before[below / STRIDE], high;
    double squares;

    add_moments(of, below / STRIDE * STRIDE, below, &low);
    high = (moments){subtract(of->all.values, low.values), subtract(of->all.squares, low.squares)};
    squares = retain__pair_value(retain__pair_add(
        sum_of_squares(&low, (double)below, retain__two_sum(1.0, -share), retain__pair_times(retain__two_sum(1.0, -p), q)),
        sum_of_squares(&high, n - (double)below, retain__pair_of(share), retain__two_product(p, q))));
    return squares > 0.0 ? sqrt(squares) / mean / n : 0.0;
}

static estimate lorenz_at(const curve *of, double p, double quantile)
{
    const ranking *ranks = of->ranks;
    const double n = (double)ranks->count, position = p * n;
    size_t whole = (size_t)position; /* customers who are below altogether */
    double part, share, half = (double)NAN;

    if (!(ranks->total > 0.0))
        return (estimate){(double)NAN, (double)NAN, (double)NAN};
    if (whole >= ranks->count)
        whole = ranks->count - 1;
    part = position - (double)whole;
    share = ((whole ? ranks->through[whole - 1] : 0.0) + part * ranks->value[whole]) / ranks->total;
    share = share < 1.0 ? share : 1.0;
    if (p == 0.0 || p == 1.0)
        half = of->before && ranks->count > 1 ? 0.0 : half; /* exact, whoever the customers are */
    else if (of->before && do_differ(ranks))
        half = positive_or_nan(quantile * lorenz_error(of, whole, p, share));
    return with_limits(share, half);
}

/* Copies the points, since results may be written over them, and checks the copy. */
static retain_status take_points(retain_context *ctx, retain__scratch *scratch, const double *p, size_t points, double **taken)
{
    double *copy = retain__take(scratch, points, sizeof *copy);

    if (!copy)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < points; i++) {
        copy[i] = p[i];
        if (!(copy[i] >= 0.0 && copy[i] <= 1.0))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i, "p[%zu] is %g; it must lie in [0, 1]", i, copy[i]);
    }
    *taken = copy;
    return RETAIN_OK;
}

/* The Lorenz curve, or with `from_top` the share of those above. */
static retain_status draw_curve(retain_context *ctx, const double *value, size_t count, const double *p, size_t points,
                                double level, int from_top, const char *name, double *share, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    double *at = NULL, quantile = 0.0;
    ranking ranks;
    curve of = {.ranks = &ranks};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && points && (!p || !share))
        status = retain__fail_null(ctx, p ? name : "p");
    if (status == RETAIN_OK)
        status = take_points(ctx, &scratch, p, points, &at);
    if (status == RETAIN_OK)
        status = rank_values(ctx, &scratch, value, count, &ranks);
    if (status == RETAIN_OK)
        quantile = normal_quantile(level);
    if (status == RETAIN_OK && (low || high) && ranks.total > 0.0)
        status = open_moments(&scratch, &of);
    for (size_t i = 0; status == RETAIN_OK && i < points; i++) {
        estimate found = lorenz_at(&of, from_top ? 1.0 - at[i] : at[i], quantile);

        if (from_top)
            found = (estimate){1.0 - found.value, 1.0 - found.high, 1.0 - found.low};
        share[i] = found.value;
        if (low)
            low[i] = found.low;
        if (high)
            high[i] = found.high;
    }
    retain__release(&scratch);
    return status;
}

retain_status retain_rfm_lorenz(retain_context *ctx, const double *value, size_t count, const double *p, size_t points,
                                double level, double *lorenz, double *low, double *high)
{
    return draw_curve(ctx, value, count, p, points, level, 0, "lorenz", lorenz, low, high);
}

retain_status retain_rfm_top_share(retain_context *ctx, const double *value, size_t count, const double *p, size_t points,
                                   double level, double *share, double *low, double *high)
{
    return draw_curve(ctx, value, count, p, points, level, 1, "share", share, low, high);
}

/* --- Gini coefficient ----------------------------------------------------------------------------------------------------------------- */

static double gini_of(const ranking *ranks)
{
    const double n = (double)ranks->count;
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < ranks->count; i++)
        retain__sum_add(&sum, (2.0 * (double)i + 1.0 - n) * ranks->value[i]); /* 2 i - n - 1, counted from 1 */
    return ranks->total > 0.0 ? retain__sum_value(sum) / (n * ranks->total) : (double)NAN;
}

/* Davidson's Z of the i-th value, counted from 0, but for a constant. His sum of the values up to y_i takes half of y_i itself
 * here: then Z is the derivative of G by the weight of a customer exactly, not only in the limit of many customers. */
static double influence(const ranking *ranks, double gini, size_t i)
{
    const double n = (double)ranks->count, before = i ? ranks->through[i - 1] : 0.0;

    return (2.0 * (double)i / n - (gini + 1.0)) * ranks->value[i] - 2.0 / n * before;
}

static double gini_error(const ranking *ranks, double gini)
{
    const double n = (double)ranks->count;
    retain__sum sum = {0.0, 0.0}, squares = {0.0, 0.0};
    double mean;

    for (size_t i = 0; i < ranks->count; i++)
        retain__sum_gather(&sum, (retain__sum){influence(ranks, gini, i), 0.0});
    retain__sum_settle(&sum);
    mean = retain__sum_value(sum) / n;
    for (size_t i = 0; i < ranks->count; i++) {
        const double d = influence(ranks, gini, i) - mean;

        retain__sum_gather(&squares, (retain__sum){d * d, 0.0});
    }
    retain__sum_settle(&squares);
    return sqrt(retain__sum_value(squares)) / ranks->total;
}

retain_status retain_rfm_gini(retain_context *ctx, const double *value, size_t count, double level, double *gini, double *low,
                              double *high)
{
    retain__scratch scratch = {ctx, NULL};
    ranking ranks;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !gini)
        status = retain__fail_null(ctx, "gini");
    if (status == RETAIN_OK)
        status = rank_values(ctx, &scratch, value, count, &ranks);
    if (status == RETAIN_OK) {
        const double g = gini_of(&ranks);
        const int with_interval = low || high;
        const double half =
            with_interval && do_differ(&ranks) ? positive_or_nan(normal_quantile(level) * gini_error(&ranks, g)) : (double)NAN;
        const estimate found = with_limits(g, half);

        *gini = found.value;
        if (low)
            *low = found.low;
        if (high)
            *high = found.high;
    }
    retain__release(&scratch);
    return status;
}
