/* Gamma-Gamma from single orders. With n orders of mean z, y = n z, and d = n (log z - mean of the logarithms) >= 0,
 *
 *     log f(values) = log f(z | n) + log z + K(n, p) - p d - n (mean of the logarithms),
 *     K(n, p) = log G(p n) - n log G(p) - p n log n:
 *
 * the likelihood of the mean (models/spend_rows.c), and that of how the total is divided among the orders, which is Dirichlet(p, ..., p)
 * and knows nothing of q and gamma. So p is told by how much one customer's orders differ, and not by how much means do.
 *
 * Delicate is K for large p, where each part is of the size of n p log p and K itself of (n - 1)/2 log p. With the remainder of
 * Stirling's formula, R(y) = log G(y) - (y - 1/2) log y + y - 1/2 log 2 pi, which falls as 1 / 12 y, what is large cancels on paper:
 *
 *     K(n, p) = (n - 1)/2 (log p - log 2 pi) - 1/2 log n + R(p n) - n R(p).
 *
 * The next order is (gamma + y) B / (1 - B) with B ~ Beta(p, p n + q). Its quantile is searched as log(B / (1 - B)), where neither end
 * of (0, 1) is near. */
#include <math.h>

#include "core/sort.h"
#include "math/gamma.h"
#include "math/special.h"
#include "math/sums.h"
#include "models/spend_model.h"
#include "models/spend_rows.h"

enum { P, Q, GAMMA, THETA, DELTA, ENTRIES };

static const double log_2pi = 1.8378770664093454836;

/* --- how the total is divided ---------------------------------------------------------------------------------------------------- */

/* R(y), y R'(y) and y^2 R''(y). */
static void find_remainder(double y, double *remainder)
{
    double square = 1.0 / (y * y), tail[3] = {0.0, 0.0, 0.0};

    if (y < RETAIN__STIRLING_FROM) {
        remainder[0] = retain__lgamma(y) - (y - 0.5) * log(y) + y - 0.5 * log_2pi;
        remainder[1] = y * (retain__digamma(y) - log(y)) + 0.5;
        remainder[2] = y * (y * retain__trigamma(y) - 1.0) - 0.5;
        return;
    }
    for (size_t k = RETAIN__STIRLING_TERMS; k-- > 0;) {
        tail[0] = tail[0] * square + retain__lgamma_tail[k];
        tail[1] = tail[1] * square + retain__digamma_tail[k];
        tail[2] = tail[2] * square + retain__trigamma_tail[k];
    }
    remainder[0] = (1.0 / 12.0 + square * tail[0]) / y;
    remainder[1] = -(1.0 / 12.0 + square * tail[1]) / y;
    remainder[2] = (1.0 / 6.0 + square * tail[2]) / y;
}

/* K(n, p) and its two derivatives by log p. */
static void find_division(double n, double p, double *division)
{
    double all[3], one[3];

    division[0] = division[1] = division[2] = 0.0;
    if (n == 1.0)
        return;
    find_remainder(n * p, all);
    find_remainder(p, one);
    division[0] = 0.5 * (n - 1.0) * (log(p) - log_2pi) - 0.5 * log(n) + (all[0] - n * one[0]);
    division[1] = 0.5 * (n - 1.0) + (all[1] - n * one[1]);
    division[2] = (all[2] - n * one[2]) + (all[1] - n * one[1]);
}

/* d: how far the values are from being equal. */
static double find_unevenness(double n, double mean, double mean_log)
{
    double uneven = n * (log(mean) - mean_log);

    return n > 1.0 && uneven > 0.0 ? uneven : 0.0;
}

/* --- one customer ------------------------------------------------------------------------------------------------------------------ */

static double scale_of(const double *entries, const retain__spender *spender)
{
    return entries[THETA] == 0.0 || spender->effect == 0.0 ? entries[GAMMA]
                                                           : entries[GAMMA] * exp(entries[THETA] * spender->effect);
}

double retain__gamma_gamma_likelihood(const double *entries, const retain__spender *spender, double *gradient)
{
    double p = entries[P], q = entries[Q], gamma = scale_of(entries, spender), n = spender->n, pn = p * n, y = n * spender->mean;
    double near_one = log1p(gamma / y), far = log1p(y / gamma), u = 1.0 / (1.0 + y / gamma), division[3];
    double uneven = find_unevenness(n, spender->mean, spender->mean_log);

    find_division(n, p, division);
    if (gradient) {
        gradient[P] = pn * (retain__digamma_ratio(pn, q) - near_one) + division[1] - p * uneven;
        gradient[Q] = q * (retain__digamma_ratio(q, pn) - far);
        gradient[GAMMA] = q * (1.0 / (1.0 + gamma / y)) - pn * u;
        gradient[THETA] = spender->effect * gradient[GAMMA];
        gradient[DELTA] = 0.0;
    }
    return retain__lgamma_ratio(pn, q) - retain__lgamma(q) - pn * near_one - q * far + division[0] - p * uneven -
           n * spender->mean_log;
}

double retain__gamma_gamma_log_scale(const double *entries, const retain__spender *spender)
{
    double scale = scale_of(entries, spender);

    return log(spender->n > 0.0 ? scale + spender->n * spender->mean : scale);
}

retain__spend_value retain__gamma_gamma_expected(const double *entries, const retain__spender *spender)
{
    double p = entries[P], q = entries[Q], gamma = scale_of(entries, spender), pn = p * spender->n;
    double shape = pn + (q - 1.0), u = spender->n > 0.0 ? 1.0 / (1.0 + spender->n * spender->mean / gamma) : 1.0;

    if (!(shape > 0.0))
        return (retain__spend_value){.value = (double)NAN};
    return (retain__spend_value){.value = log(p) + retain__gamma_gamma_log_scale(entries, spender) - log(shape),
                                 .gradient = {(q - 1.0) / shape, -q / shape, u, spender->effect * u, 0.0}};
}

/* --- quantiles --------------------------------------------------------------------------------------------------------------------- */

/* log P(log-odds of Beta(a, b) < w). Where the odds are beyond doubles, the first term of the series is all there is. */
static double find_log_lower(double a, double b, double w)
{
    if (w < -600.0)
        return a * w - log(a) - retain__lbeta(a, b);
    if (w <= 0.0)
        return retain__log_betainc(a, b, exp(w) / (1.0 + exp(w)));
    if (w <= 600.0)
        return retain__log_betainc_complement(b, a, 1.0 / (1.0 + exp(w)));
    return log1p(-exp(-b * w - log(b) - retain__lbeta(a, b)));
}

/* By Newton steps kept within a bracket; the smaller tail is the one that is met. */
double retain__gamma_gamma_log_odds(const double *entries, double n, double probability)
{
    double a = entries[P], b = entries[P] * n + entries[Q], sign = probability < 0.5 ? 1.0 : -1.0;
    double target = probability < 0.5 ? log(probability) : log1p(-probability), low, high, w, step = 1.0;

    if (sign < 0.0) { /* the upper tail of w is the lower one of -w */
        double other = a;

        a = b;
        b = other;
    }
    w = low = high = log(a) - log(b);
    for (; find_log_lower(a, b, low) > target && step < 1e300; step *= 2.0)
        low -= step;
    for (step = 1.0; find_log_lower(a, b, high) < target && step < 1e300; step *= 2.0)
        high += step;
    for (int i = 0; i < 200; i++) {
        double found = find_log_lower(a, b, w), next;
        double density = w < 0.0 ? a * w - (a + b) * log1p(exp(w)) : -b * w - (a + b) * log1p(exp(-w));

        if (found < target)
            low = w;
        else
            high = w;
        next = w - (found - target) / exp(density - retain__lbeta(a, b) - found);
        if (!(next > low && next < high))
            next = low + 0.5 * (high - low);
        if (fabs(next - w) <= 1e-15 * (1.0 + fabs(w)) || high - low <= 1e-15 * (1.0 + fabs(w))) {
            w = next;
            break;
        }
        w = next;
    }
    return sign * w;
}

/* --- all customers ----------------------------------------------------------------------------------------------------------------- */

/* Customers with the same n, for K. */
typedef struct alike {
    double n, weight;
} alike;

typedef struct search {
    retain_context *ctx;
    retain__spend_rows rows;
    alike *alike;
    size_t count;
    double uneven, logs, log_z; /* sums of weight x d, n x mean logarithm, log z */
    double extra, squares;      /* orders beyond the first of each customer, and their squared deviations */
    double mean_log, between;   /* over customers */
} search;

static double *at(double *hessian, size_t i, size_t j)
{
    return &hessian[i * ENTRIES + j];
}

static retain_status evaluate(void *state, int evaluation, const double *entries, double *value, double *gradient, double *hessian)
{
    const search *of = state;
    double sums[RETAIN__SPEND_SUMS];
    retain_status status = retain__spend_evaluate(of->ctx, &of->rows, entries, entries[THETA], sums);
    size_t entry = 4;

    (void)evaluation;
    for (size_t i = 0; i < ENTRIES * ENTRIES; i++)
        hessian[i] = 0.0;
    *value = sums[0] + of->log_z - entries[P] * of->uneven - of->logs;
    for (size_t i = 0; i < 3; i++) {
        gradient[i] = sums[1 + i];
        for (size_t j = i; j < 3; j++, entry++)
            *at(hessian, i, j) = *at(hessian, j, i) = sums[entry];
        *at(hessian, i, THETA) = *at(hessian, THETA, i) = sums[11 + i];
    }
    gradient[THETA] = sums[10];
    gradient[DELTA] = 0.0;
    *at(hessian, THETA, THETA) = sums[14];
    gradient[P] -= entries[P] * of->uneven;
    *at(hessian, P, P) -= entries[P] * of->uneven;
    for (size_t k = 0; k < of->count; k++) {
        double division[3];

        find_division(of->alike[k].n, entries[P], division);
        *value += of->alike[k].weight * division[0];
        gradient[P] += of->alike[k].weight * division[1];
        *at(hessian, P, P) += of->alike[k].weight * division[2];
    }
    return status;
}

static double within(double x, double low, double high)
{
    return x > low ? x < high ? x : high : low;
}

/* The variance of the logarithm of a gamma variable of shape s is about 1 / (s - 1/2); then the mean logarithm gives gamma. */
static int start(void *state, int attempt, double *entries)
{
    static const double shapes[][2] = {{0.0, 0.0}, {2.0, 3.0}, {10.0, 3.0}, {1.0, 1.5}, {50.0, 20.0}};
    const search *of = state;
    double inside = of->extra > 0.0 ? of->squares / of->extra : of->between;

    if (attempt >= (int)(sizeof shapes / sizeof *shapes))
        return 0;
    entries[P] = attempt ? shapes[attempt][0] : within(0.5 + 1.0 / within(inside, 1e-6, 1e6), 0.1, 1e6);
    entries[Q] = attempt ? shapes[attempt][1] : within(0.5 + 1.0 / within(of->between, 1e-6, 1e6), 0.5, 1e6);
    entries[GAMMA] = exp(within(of->mean_log - retain__digamma(entries[P]) + retain__digamma(entries[Q]), -36.0, 36.0));
    entries[THETA] = entries[DELTA] = 0.0;
    return 1;
}

static const char *explain(const void *state, const int *way)
{
    (void)state;
    if (way[P] > 0)
        return "each customer's orders all have the same value";
    if (way[Q] > 0)
        return "customers do not differ in what they spend beyond chance";
    if (way[P] < 0)
        return "order values vary beyond what the model can describe";
    return "";
}

/* Sums that depend on no parameter, as pairs: their order changes nothing. */
static void sum_up(const retain_spenders *spenders, search *of)
{
    retain__sum uneven = {0.0, 0.0}, logs = {0.0, 0.0}, extra = {0.0, 0.0}, squares = {0.0, 0.0}, mean = {0.0, 0.0},
                between = {0.0, 0.0}, weight = {0.0, 0.0};

    for (size_t i = 0; i < spenders->count; i++) {
        retain__spender one = retain__spender_of(spenders, i);

        if (one.n == 0.0 || one.weight == 0.0)
            continue;
        retain__sum_add(&uneven, one.weight * find_unevenness(one.n, one.mean, one.mean_log));
        retain__sum_add(&logs, one.weight * one.n * one.mean_log);
        retain__sum_add(&extra, one.weight * (one.n - 1.0));
        retain__sum_add(&squares, one.weight * one.log_squares);
        retain__sum_add(&mean, one.weight * one.mean_log);
        retain__sum_add(&weight, one.weight);
    }
    of->uneven = retain__sum_value(uneven);
    of->logs = retain__sum_value(logs);
    of->extra = retain__sum_value(extra);
    of->squares = retain__sum_value(squares);
    of->mean_log = retain__sum_value(mean) / retain__sum_value(weight);
    for (size_t i = 0; i < spenders->count; i++) {
        retain__spender one = retain__spender_of(spenders, i);

        if (one.n > 0.0)
            retain__sum_add(&between, one.weight * (one.mean_log - of->mean_log) * (one.mean_log - of->mean_log));
    }
    of->between = retain__sum_value(between) / retain__sum_value(weight);
    of->log_z = of->rows.log_z;
}

/* Runs share n, and those of the same n follow each other. */
static retain_status gather_alike(retain__scratch *scratch, search *of)
{
    const retain__spend_rows *rows = &of->rows;

    of->alike = retain__take(scratch, rows->run_count, sizeof *of->alike);
    if (!of->alike)
        return RETAIN_ERROR_MEMORY;
    for (size_t r = 0; r < rows->run_count; r++) {
        if (r == 0 || rows->runs[r].x != rows->runs[r - 1].x)
            of->alike[of->count++] = (alike){.n = rows->runs[r].x};
        of->alike[of->count - 1].weight += rows->runs[r].weight;
    }
    return RETAIN_OK;
}

retain_status retain__gamma_gamma_pose(retain__scratch *scratch, const retain_spenders *spenders, retain__fit_problem *problem,
                                       const char **lack)
{
    const retain_customers customers = {
        .count = spenders->count, .frequency = spenders->orders, .spend = spenders->mean, .weight = spenders->weight};
    search *of = retain__take_zeroed(scratch, 1, sizeof *of);
    double *effect = spenders->frequency && of ? retain__take(scratch, spenders->count, sizeof *effect) : NULL;
    retain_status status;

    if (!of || (spenders->frequency && !effect))
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; effect && i < spenders->count; i++)
        effect[i] = log1p(spenders->frequency[i]);
    status = retain__spend_gather(scratch, &customers, effect, &of->rows);
    retain__give_back(scratch, effect);
    if (status == RETAIN_OK)
        status = gather_alike(scratch, of);
    if (status != RETAIN_OK)
        return status;
    sum_up(spenders, of);
    of->ctx = scratch->ctx;
    problem->rows = of->rows.used;
    problem->customers = of->rows.customers;
    problem->state = of;
    problem->evaluate = evaluate;
    problem->start = start;
    problem->meaning = explain;
    if (of->rows.count < 3)
        *lack = "fewer than three customers differ in their spend.";
    else if (of->extra > 0.0 && of->squares <= RETAIN__SPEND_ALIKE * of->extra)
        *lack = retain__spend_alike;
    return RETAIN_OK;
}
