/* Log-normal order values: logarithms of a customer's values are normal about m with variance s2 = sigma^2, m is normal about
 * log median + theta c with variance t2 = tau^2, c = log(1 + x); and all move by delta a unit of time.
 *
 * With n orders of mean logarithm L at mean time T, residual e = L - log median - theta c - delta T and D = s2 + n t2,
 *
 *     log f = -n/2 log 2 pi - (n - 1) log sigma - 1/2 log D - S / (2 s2) - n e^2 / (2 D) - n L,
 *     S = sum of squares of (log v - L - delta (t - T)),
 *
 * -n L because densities are those of money. The first order of every sum over customers is quadratic in the three numbers that move
 * the mean, so that customers with the same n are summed up once, by means and products of deviations, and an evaluation is as many
 * terms as there are different n, however many customers. Of S only three totals remain.
 *
 * Given the orders, m is normal about its prior mean + u e with variance t2 (1 - u), u = n t2 / D: the next order is log-normal. */
#include <math.h>

#include "core/sort.h"
#include "math/kernels.h"
#include "math/sums.h"
#include "models/spend_model.h"

enum { MEDIAN, TAU, SIGMA, THETA, DELTA, ENTRIES };

static const double log_2pi = 1.8378770664093454836;

/* --- one customer ------------------------------------------------------------------------------------------------------------ */

typedef struct shares {
    double s2, t2, D, own, common; /* own = n t2 / D, common = s2 / D */
} shares;

static shares weigh(const double *entries, double n)
{
    shares of = {.s2 = entries[SIGMA] * entries[SIGMA], .t2 = entries[TAU] * entries[TAU]};

    of.D = of.s2 + n * of.t2;
    of.own = n * of.t2 / of.D;
    of.common = of.s2 / of.D;
    return of;
}

static double residual_of(const double *entries, const retain__spender *spender)
{
    return (spender->mean_log - log(entries[MEDIAN])) - entries[THETA] * spender->effect - entries[DELTA] * spender->time;
}

static double squares_of(double squares, double products, double spans, double delta)
{
    double left = squares - delta * (2.0 * products - delta * spans);

    return left > 0.0 ? left : 0.0;
}

double retain__log_normal_likelihood(const double *entries, const retain__spender *spender, double *gradient)
{
    shares of = weigh(entries, spender->n);
    double n = spender->n, e = residual_of(entries, spender), pull = n * e / of.D, score = pull * e - 1.0;
    double squares = squares_of(spender->log_squares, spender->time_logs, spender->time_squares, entries[DELTA]);

    if (gradient) {
        gradient[MEDIAN] = pull;
        gradient[TAU] = of.own * score;
        gradient[SIGMA] = squares / of.s2 - (n - 1.0) + of.common * score;
        gradient[THETA] = pull * spender->effect;
        gradient[DELTA] = pull * spender->time + (spender->time_logs - entries[DELTA] * spender->time_squares) / of.s2;
    }
    return -0.5 * (n * log_2pi + log(of.D) + squares / of.s2 + pull * e) - (n - 1.0) * log(entries[SIGMA]) - n * spender->mean_log;
}

retain__spend_value retain__log_normal_expected(const double *entries, const retain__spender *spender, double time)
{
    shares of = weigh(entries, spender->n);
    double e = spender->n > 0.0 ? residual_of(entries, spender) : 0.0, left = of.t2 * of.common;
    double past = spender->n > 0.0 ? spender->time : 0.0;

    return (retain__spend_value){.value = log(entries[MEDIAN]) + entries[THETA] * spender->effect + of.own * e +
                                          entries[DELTA] * time + 0.5 * (left + of.s2),
                                 .gradient = {of.common, 2.0 * of.own * of.common * e + left * of.common,
                                              of.s2 + left * of.own - 2.0 * of.own * of.common * e, spender->effect * of.common,
                                              time - of.own * past}};
}

double retain__log_normal_quantile(const double *entries, const retain__spender *spender, double time, double normal_quantile)
{
    shares of = weigh(entries, spender->n);
    double variance = of.t2 * of.common + of.s2;

    return exp(retain__log_normal_expected(entries, spender, time).value - 0.5 * variance + normal_quantile * sqrt(variance));
}

/* --- all customers ----------------------------------------------------------------------------------------------------------- */

enum { EFFECT, TIME, LOG, COLUMNS, PRODUCTS = 6 }; /* products: the upper triangle of deviations of the three columns */

/* Customers with the same number of orders. */
typedef struct group {
    double n, weight, mean[COLUMNS], product[PRODUCTS];
} group;

typedef struct groups {
    size_t count;
    group *group;
    double squares, products, spans;    /* within customers: of logarithms, of logarithms and times, of times */
    double logs;                        /* sum of n L */
    double weight, orders, mean, extra; /* extra: weight of the orders beyond the first of each customer */
    double between;                     /* variance of L over customers */
    double inverse;                     /* mean of 1 / n */
    int asks_theta, asks_delta;
} groups;

/* Column a, deviation of column b: place in the triangle. */
static size_t place_of(size_t a, size_t b)
{
    return a * COLUMNS - a * (a + 1) / 2 + b;
}

static double weight_of(const retain_spenders *spenders, size_t i)
{
    return spenders->weight ? spenders->weight[i] : 1.0;
}

static void read_columns(const retain_spenders *spenders, size_t i, double *column)
{
    retain__spender one = retain__spender_of(spenders, i);

    column[EFFECT] = one.effect;
    column[TIME] = one.time;
    column[LOG] = one.mean_log;
}

/* Sums up rows words[0], words[2] ... which share n. */
static group sum_up(const retain_spenders *spenders, const uint64_t *words, size_t count)
{
    retain__sum weight = {0.0, 0.0}, mean[COLUMNS] = {{0.0, 0.0}}, product[PRODUCTS] = {{0.0, 0.0}};
    group of = {.n = retain__of_bits(words[0])};
    double column[COLUMNS];

    for (size_t k = 0; k < count; k++) {
        double w = weight_of(spenders, (size_t)words[2 * k + 1]);

        read_columns(spenders, (size_t)words[2 * k + 1], column);
        retain__sum_add(&weight, w);
        for (size_t a = 0; a < COLUMNS; a++)
            retain__sum_add(&mean[a], w * column[a]);
    }
    of.weight = retain__sum_value(weight);
    for (size_t a = 0; a < COLUMNS; a++)
        of.mean[a] = retain__sum_value(mean[a]) / of.weight;
    for (size_t k = 0; k < count; k++) {
        double w = weight_of(spenders, (size_t)words[2 * k + 1]);

        read_columns(spenders, (size_t)words[2 * k + 1], column);
        for (size_t a = 0; a < COLUMNS; a++) {
            for (size_t b = a; b < COLUMNS; b++)
                retain__sum_add(&product[place_of(a, b)], w * (column[a] - of.mean[a]) * (column[b] - of.mean[b]));
        }
    }
    for (size_t s = 0; s < PRODUCTS; s++)
        of.product[s] = retain__sum_value(product[s]);
    return of;
}

static void sum_up_within(const retain_spenders *spenders, groups *into)
{
    retain__sum squares = {0.0, 0.0}, products = {0.0, 0.0}, spans = {0.0, 0.0}, logs = {0.0, 0.0};

    for (size_t i = 0; i < spenders->count; i++) {
        retain__spender one = retain__spender_of(spenders, i);

        if (one.n == 0.0 || one.weight == 0.0)
            continue;
        retain__sum_add(&squares, one.weight * one.log_squares);
        retain__sum_add(&products, one.weight * one.time_logs);
        retain__sum_add(&spans, one.weight * one.time_squares);
        retain__sum_add(&logs, one.weight * one.n * one.mean_log);
    }
    into->squares = retain__sum_value(squares);
    into->products = retain__sum_value(products);
    into->spans = retain__sum_value(spans);
    into->logs = retain__sum_value(logs);
}

/* Totals over the groups: what starts are made of. */
static void sum_up_groups(groups *of)
{
    double mean = 0.0;

    for (size_t g = 0; g < of->count; g++) {
        const group *one = &of->group[g];

        of->weight += one->weight;
        of->orders += one->weight * one->n;
        of->extra += one->weight * (one->n - 1.0);
        of->inverse += one->weight / one->n;
        mean += one->weight * one->mean[LOG];
    }
    of->mean = mean / of->weight;
    of->inverse /= of->weight;
    for (size_t g = 0; g < of->count; g++) {
        double off = of->group[g].mean[LOG] - of->mean;

        of->between += (of->group[g].weight * off * off + of->group[g].product[place_of(LOG, LOG)]) / of->weight;
    }
}

static retain_status gather(retain__scratch *scratch, const retain_spenders *spenders, groups *into, size_t *used)
{
    const retain__row_shape shape = {.width = 2, .keys = 1, .settled = 0};
    uint64_t *words = retain__take(scratch, spenders->count, 2 * sizeof *words),
             *spare = retain__take(scratch, spenders->count, 2 * sizeof *spare);
    size_t count = 0;

    if (!words || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < spenders->count; i++) {
        if (spenders->orders[i] > 0.0 && weight_of(spenders, i) > 0.0) {
            words[2 * count] = retain__bits(spenders->orders[i]);
            words[2 * count++ + 1] = i;
        }
    }
    retain__sort_rows(&shape, words, spare, count);
    retain__give_back(scratch, spare);
    for (size_t k = 0; k < count; k++)
        into->count += k == 0 || words[2 * k] != words[2 * k - 2];
    into->group = retain__take(scratch, into->count, sizeof *into->group);
    if (!into->group)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0, g = 0, next; k < count; k = next) {
        for (next = k + 1; next < count && words[2 * next] == words[2 * k]; next++)
            ;
        into->group[g++] = sum_up(spenders, words + 2 * k, next - k);
    }
    retain__give_back(scratch, words);
    sum_up_within(spenders, into);
    sum_up_groups(into);
    *used = count;
    return RETAIN_OK;
}

/* --- the fit ----------------------------------------------------------------------------------------------------------------- */

static double *at(double *hessian, size_t i, size_t j)
{
    return i < j ? &hessian[i * ENTRIES + j] : &hessian[j * ENTRIES + i];
}

/* The entries that move the mean, and the column each is multiplied by; the median has the constant 1. */
static const size_t moving[] = {MEDIAN, THETA, DELTA}, column_of[] = {COLUMNS, EFFECT, TIME};

/* Sum of weight x row of one column times one of another; COLUMNS is the constant 1. */
static double cross(const group *of, size_t a, size_t b)
{
    double means = (a == COLUMNS ? 1.0 : of->mean[a]) * (b == COLUMNS ? 1.0 : of->mean[b]);

    return of->weight * means + (a == COLUMNS || b == COLUMNS ? 0.0 : of->product[a < b ? place_of(a, b) : place_of(b, a)]);
}

/* Adds the customers with n orders. Only the upper triangle of the Hessian is written. */
static void add_group(const double *entries, const group *one, double *value, double *gradient, double *hessian)
{
    const double theta = entries[THETA], delta = entries[DELTA], n = one->n, W = one->weight;
    const double slope[] = {-theta, -delta, 1.0}; /* of the residual in its columns */
    shares of = weigh(entries, n);
    double e = one->mean[LOG] - log(entries[MEDIAN]) - theta * one->mean[EFFECT] - delta * one->mean[TIME], spread = 0.0, Q, gain;
    double lean[COLUMNS + 1]; /* sum of residual times column */

    lean[COLUMNS] = W * e;
    for (size_t a = 0; a < COLUMNS; a++) {
        double along = 0.0;

        for (size_t b = 0; b < COLUMNS; b++)
            along += slope[b] * one->product[a < b ? place_of(a, b) : place_of(b, a)];
        lean[a] = W * e * one->mean[a] + along;
        spread += slope[a] * along;
    }
    Q = n / of.D * (W * e * e + (spread > 0.0 ? spread : 0.0));
    gain = Q - W;
    *value -= 0.5 * (W * (n * log_2pi + log(of.D)) + Q) + W * (n - 1.0) * log(entries[SIGMA]);
    gradient[TAU] += of.own * gain;
    gradient[SIGMA] += of.common * gain - W * (n - 1.0);
    *at(hessian, TAU, TAU) += 2.0 * of.own * (of.common * gain - of.own * Q);
    *at(hessian, TAU, SIGMA) -= 2.0 * of.own * of.common * (gain + Q);
    *at(hessian, SIGMA, SIGMA) += 2.0 * of.common * (of.own * gain - of.common * Q);
    for (size_t i = 0; i < 3; i++) {
        double pull = n / of.D * lean[column_of[i]];

        gradient[moving[i]] += pull;
        *at(hessian, moving[i], TAU) -= 2.0 * of.own * pull;
        *at(hessian, moving[i], SIGMA) -= 2.0 * of.common * pull;
        for (size_t j = i; j < 3; j++)
            *at(hessian, moving[i], moving[j]) -= n / of.D * cross(one, column_of[i], column_of[j]);
    }
}

static retain_status evaluate(void *state, int evaluation, const double *entries, double *value, double *gradient, double *hessian)
{
    const groups *of = state;
    const double s2 = entries[SIGMA] * entries[SIGMA], delta = entries[DELTA];
    const double squares = squares_of(of->squares, of->products, of->spans, delta), lean = of->products - delta * of->spans;

    (void)evaluation;
    *value = -0.5 * squares / s2 - of->logs;
    for (size_t i = 0; i < ENTRIES * ENTRIES; i++)
        hessian[i] = 0.0;
    for (size_t i = 0; i < ENTRIES; i++)
        gradient[i] = 0.0;
    gradient[SIGMA] = squares / s2;
    gradient[DELTA] = lean / s2;
    *at(hessian, SIGMA, SIGMA) = -2.0 * squares / s2;
    *at(hessian, SIGMA, DELTA) = -2.0 * lean / s2;
    *at(hessian, DELTA, DELTA) = -of->spans / s2;
    for (size_t g = 0; g < of->count; g++)
        add_group(entries, &of->group[g], value, gradient, hessian);
    for (size_t i = 0; i < ENTRIES; i++) {
        for (size_t j = 0; j < i; j++)
            hessian[i * ENTRIES + j] = hessian[j * ENTRIES + i];
    }
    return RETAIN_OK;
}

static double within(double x, double low, double high)
{
    return x > low ? x < high ? x : high : low;
}

/* Moments first; then other ways to share the variety between customers and orders. */
static int start(void *state, int attempt, double *entries)
{
    static const double parts[] = {0.0, 0.5, 0.1, 0.9};
    const groups *of = state;
    double inside = of->extra > 0.0 ? of->squares / of->extra : 0.0, all = within(of->between + inside, 1e-12, 1e12);
    double outside = within(of->between - inside * of->inverse, 0.01 * all, all);

    if (attempt >= (int)(sizeof parts / sizeof *parts))
        return 0;
    if (attempt > 0) {
        outside = parts[attempt] * all;
        inside = all - outside;
    }
    entries[MEDIAN] = exp(within(of->mean, -36.0, 36.0));
    entries[TAU] = sqrt(outside);
    entries[SIGMA] = sqrt(within(inside, 0.01 * all, 1e12));
    entries[THETA] = entries[DELTA] = 0.0;
    return 1;
}

static const char *explain(const void *state, const int *way)
{
    (void)state;
    if (way[TAU] < 0)
        return "customers do not differ in what they spend beyond chance";
    if (way[SIGMA] < 0)
        return "each customer's orders all have the same value";
    return "";
}

retain_status retain__log_normal_pose(retain__scratch *scratch, const retain_spenders *spenders, retain__fit_problem *problem,
                                      const char **lack)
{
    groups *of = retain__take_zeroed(scratch, 1, sizeof *of);
    retain_status status = of ? gather(scratch, spenders, of, &problem->rows) : RETAIN_ERROR_MEMORY;

    if (status != RETAIN_OK)
        return status;
    problem->customers = of->weight;
    problem->state = of;
    problem->evaluate = evaluate;
    problem->start = start;
    problem->meaning = explain;
    if (of->extra == 0.0)
        *lack = "no customer has two orders, so how much customers differ and how much a customer's orders differ cannot be told "
                "apart.";
    else if (problem->rows < 3)
        *lack = "there are fewer than three customers with orders.";
    else if (of->squares <= RETAIN__SPEND_ALIKE * of->extra)
        *lack = retain__spend_alike;
    return RETAIN_OK;
}
