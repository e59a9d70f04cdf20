/* Models of single order values: checks, and what they say about one customer after the other. */
#include "models/spend_model.h"

#include <math.h>
#include <string.h>

#include "math/special.h"
#include "math/sums.h"

enum { THETA = RETAIN__SPEND_THETA, DELTA = RETAIN__SPEND_DELTA, ENTRIES = RETAIN__SPEND_ENTRIES, FAMILIES = 2 };

static const char *const names[FAMILIES][ENTRIES] = {{"p", "q", "gamma", "theta", "delta"},
                                                     {"median", "tau", "sigma", "theta", "delta"}};

const char retain__spend_alike[] = "each customer's orders all have the same value, so nothing can be said about how they differ.";

/* --- checks ---------------------------------------------------------------------------------------------------------------------- */

static retain_status check_family(retain_context *ctx, const char *name, retain_spend_family family)
{
    if ((int)family >= 0 && (int)family < FAMILIES)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %d; it must be 0, Gamma-Gamma, or 1, log-normal", name,
                        (int)family);
}

/* Checks a model and takes its numbers. */
retain_status retain__spend_take_model(retain_context *ctx, const retain_spend_model *model, retain__spend_entries *entries)
{
    if (!model)
        return retain__fail_null(ctx, "model");
    if (check_family(ctx, "model.family", model->family) != RETAIN_OK)
        return RETAIN_ERROR_ARGUMENT;
    *entries = model->family == RETAIN_SPEND_GAMMA_GAMMA
                   ? (retain__spend_entries){model->family, {model->p, model->q, model->gamma, model->theta, model->delta}}
                   : (retain__spend_entries){model->family, {model->median, model->tau, model->sigma, model->theta, model->delta}};
    for (size_t i = 0; i < ENTRIES; i++) {
        double value = entries->v[i];
        const char *name = names[model->family][i];

        if (i < THETA ? !(value > 0.0 && retain__is_finite(value)) : !retain__is_finite(value))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.%s is %g; it must be %sfinite", name, value,
                                i < THETA ? "positive and " : "");
    }
    if (model->family == RETAIN_SPEND_GAMMA_GAMMA && model->delta != 0.0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.delta is %g; Gamma-Gamma has no trend, it must be 0",
                            model->delta);
    return RETAIN_OK;
}

typedef struct column {
    const char *name;
    const double *values;
    int from;   /* 0: finite; 1: and at least 0; 2: and above 0; 3: a whole number, at least 0 */
    int always; /* also where there are no orders */
} column;

static retain_status check_value(retain_context *ctx, const column *of, size_t row)
{
    static const char *const rules[] = {"finite", "finite and at least 0", "positive and finite", "a whole number in [0, 2^53]"};
    double value = of->values[row];

    if (retain__is_finite(value) && (of->from == 0 || value >= 0.0) && (of->from != 2 || value > 0.0) &&
        (of->from != 3 || (value == floor(value) && value <= 0x1p53)))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_DATA, row, "spenders.%s[%zu] is %g; it must be %s%s", of->name, row, value,
                        rules[of->from], of->always ? "" : " where orders is above 0");
}

static retain_status check_presence(retain_context *ctx, const retain_spenders *of)
{
    const char *missing = !of->orders        ? "spenders.orders"
                          : !of->mean        ? "spenders.mean"
                          : !of->mean_log    ? "spenders.mean_log"
                          : !of->log_squares ? "spenders.log_squares"
                                             : NULL;

    if (missing && of->count)
        return retain__fail_null(ctx, missing);
    if ((of->time != NULL) != (of->time_squares != NULL) || (of->time != NULL) != (of->time_logs != NULL))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "spenders.time, time_squares and time_logs belong together; give all or none");
    return RETAIN_OK;
}

/* What no orders can have; the slack is for sums that were rounded elsewhere. */
static retain_status check_sums(retain_context *ctx, const retain_spenders *of, size_t row)
{
    double most = log(of->mean[row]), slack = 1e-9 * (1.0 + fabs(most));

    if (of->mean_log[row] > most + slack)
        return retain__fail(ctx, RETAIN_ERROR_DATA, row,
                            "spenders.mean_log[%zu] is %g; it must be at most the logarithm of the mean, %g", row,
                            of->mean_log[row], most);
    if (of->orders[row] == 1.0 && of->log_squares[row] > slack)
        return retain__fail(ctx, RETAIN_ERROR_DATA, row, "spenders.log_squares[%zu] is %g; it must be 0 where orders is 1", row,
                            of->log_squares[row]);
    if (!of->time)
        return RETAIN_OK;
    most = sqrt(of->time_squares[row]) * (sqrt(of->log_squares[row]) + slack * sqrt(of->orders[row]));
    if (fabs(of->time_logs[row]) > most * (1.0 + 1e-9))
        return retain__fail(ctx, RETAIN_ERROR_DATA, row,
                            "spenders.time_logs[%zu] is %g; its size must be at most the root of time_squares x log_squares, %g",
                            row, of->time_logs[row], most);
    return RETAIN_OK;
}

retain_status retain__check_spenders(retain_context *ctx, const retain_spenders *spenders)
{
    retain_status status = spenders ? check_presence(ctx, spenders) : retain__fail_null(ctx, "spenders");

    if (status != RETAIN_OK)
        return status;
    {
        const column columns[] = {{"orders", spenders->orders, 3, 1},      {"frequency", spenders->frequency, 1, 1},
                                  {"weight", spenders->weight, 1, 1},      {"mean", spenders->mean, 2, 0},
                                  {"mean_log", spenders->mean_log, 0, 0},  {"log_squares", spenders->log_squares, 1, 0},
                                  {"time", spenders->time, 0, 0},          {"time_squares", spenders->time_squares, 1, 0},
                                  {"time_logs", spenders->time_logs, 0, 0}};

        for (size_t i = 0; i < spenders->count; i++) {
            for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
                if (columns[c].values && (columns[c].always || spenders->orders[i] > 0.0) &&
                    check_value(ctx, &columns[c], i) != RETAIN_OK)
                    return RETAIN_ERROR_DATA;
            }
            if (spenders->orders[i] > 0.0 && check_sums(ctx, spenders, i) != RETAIN_OK)
                return RETAIN_ERROR_DATA;
        }
    }
    return RETAIN_OK;
}

/* Checks that the columns are there on which the model says that values depend. */
static retain_status check_needs(retain_context *ctx, const retain__spend_entries *entries, const retain_spenders *spenders)
{
    const char *missing = entries->v[THETA] != 0.0 && !spenders->frequency ? "frequency"
                          : entries->v[DELTA] != 0.0 && !spenders->time    ? "time"
                                                                           : NULL;

    if (!missing || spenders->count == 0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "spenders.%s is NULL; the model depends on it: %s is %g",
                        missing, entries->v[THETA] != 0.0 && !spenders->frequency ? "theta" : "delta",
                        entries->v[entries->v[THETA] != 0.0 && !spenders->frequency ? THETA : DELTA]);
}

retain_status retain__spend_check(retain_context *ctx, const retain_spend_model *model, const retain_spenders *spenders,
                                  retain__spend_entries *entries)
{
    retain_status status = retain__spend_take_model(ctx, model, entries);

    if (status == RETAIN_OK)
        status = retain__check_spenders(ctx, spenders);
    return status == RETAIN_OK ? check_needs(ctx, entries, spenders) : status;
}

static retain_status check_number(retain_context *ctx, const char *name, double value, int from_zero)
{
    if (retain__is_finite(value) && (!from_zero || value >= 0.0))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %g; it must be finite%s", name, value,
                        from_zero ? " and at least 0" : "");
}

retain__spender retain__spender_of(const retain_spenders *spenders, size_t i)
{
    retain__spender one = {.n = spenders->orders[i],
                           .effect = spenders->frequency ? log1p(spenders->frequency[i]) : 0.0,
                           .weight = spenders->weight ? spenders->weight[i] : 1.0};

    if (one.n == 0.0)
        return one;
    one.mean = spenders->mean[i];
    one.mean_log = spenders->mean_log[i];
    one.log_squares = spenders->log_squares[i];
    if (spenders->time) {
        one.time = spenders->time[i];
        one.time_squares = spenders->time_squares[i];
        one.time_logs = spenders->time_logs[i];
    }
    return one;
}

/* --- likelihood ------------------------------------------------------------------------------------------------------------------ */

static double find_likelihood(const retain__spend_entries *entries, const retain__spender *one, double *gradient)
{
    if (one->n == 0.0)
        return (double)NAN;
    return entries->family == RETAIN_SPEND_GAMMA_GAMMA ? retain__gamma_gamma_likelihood(entries->v, one, gradient)
                                                       : retain__log_normal_likelihood(entries->v, one, gradient);
}

retain_status retain_spend_orders_likelihood(retain_context *ctx, const retain_spend_model *model, const retain_spenders *spenders,
                                             double *log_likelihood, double *gradient)
{
    retain__spend_entries entries;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__spend_check(ctx, model, spenders, &entries);
    if (status == RETAIN_OK && spenders->count && !log_likelihood)
        status = retain__fail_null(ctx, "log_likelihood");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < spenders->count; i++) {
        const retain__spender one = retain__spender_of(spenders, i);
        double *row = gradient ? gradient + ENTRIES * i : NULL;

        for (size_t k = 0; row && k < ENTRIES; k++)
            row[k] = (double)NAN;
        log_likelihood[i] = find_likelihood(&entries, &one, row);
    }
    return RETAIN_OK;
}

retain_status retain_spend_orders_compare(retain_context *ctx, const retain_spend_model *first, const retain_spend_model *second,
                                          const retain_spenders *spenders, double *difference, double *statistic, double *p_value)
{
    retain__spend_entries a, b;
    retain__sum weight = {0.0, 0.0}, sum = {0.0, 0.0}, squares = {0.0, 0.0};
    double n, mean, spread;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__spend_check(ctx, first, spenders, &a);
    if (status == RETAIN_OK)
        status = retain__spend_check(ctx, second, spenders, &b);
    if (status != RETAIN_OK)
        return status;
    for (int pass = 0; pass < 2; pass++) {
        mean = pass ? retain__sum_value(sum) / retain__sum_value(weight) : 0.0;
        for (size_t i = 0; i < spenders->count; i++) {
            const retain__spender one = retain__spender_of(spenders, i);
            double ahead = find_likelihood(&a, &one, NULL) - find_likelihood(&b, &one, NULL);

            if (one.n == 0.0 || one.weight == 0.0)
                continue;
            if (pass) {
                retain__sum_add(&squares, one.weight * (ahead - mean) * (ahead - mean));
                continue;
            }
            retain__sum_add(&weight, one.weight);
            retain__sum_add(&sum, one.weight * ahead);
        }
    }
    n = retain__sum_value(weight);
    spread = sqrt(retain__sum_value(squares));
    spread = n > 1.0 && spread > 0.0 ? retain__sum_value(sum) / spread : (double)NAN;
    if (difference)
        *difference = retain__sum_value(sum);
    if (statistic)
        *statistic = spread;
    if (p_value)
        *p_value = 2.0 * exp(retain__log_ndtr(-fabs(spread)));
    return RETAIN_OK;
}

/* --- the next order ---------------------------------------------------------------------------------------------------------------- */

retain_status retain__spend_take_margins(retain_context *ctx, const retain__spend_entries *entries, const double *covariance,
                                         double level, int has_outputs, retain__spend_margins *into)
{
    into->wanted = covariance != NULL;
    if (!covariance)
        return RETAIN_OK;
    if (!(level > 0.0 && level < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", level);
    if (!has_outputs)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "low or high is NULL; both are required with a covariance");
    into->quantile = retain__ndtri(0.5 + 0.5 * level);
    for (size_t i = 0; i < ENTRIES; i++) {
        double variance = covariance[i * ENTRIES + i];

        if (variance < 0.0 || variance == (double)INFINITY)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "covariance[%zu] is %g; the variance of %s must be finite and at least 0, or NaN", i * ENTRIES + i,
                                variance, names[entries->family][i]);
        for (size_t j = 0; j < ENTRIES; j++)
            into->covariance[i * ENTRIES + j] =
                covariance[i * ENTRIES + j] / (i < THETA ? entries->v[i] : 1.0) / (j < THETA ? entries->v[j] : 1.0);
    }
    return RETAIN_OK;
}

/* Standard error of a number on the log scale; a covariance that is not known does no harm where the gradient is 0. */
static double find_error(const retain__spend_margins *of, const double *gradient)
{
    double sum = 0.0, size = 0.0;

    for (size_t i = 0; i < ENTRIES; i++) {
        for (size_t j = 0; j < ENTRIES; j++) {
            double part = gradient[i] * gradient[j] * of->covariance[i * ENTRIES + j];

            if (gradient[i] == 0.0 || gradient[j] == 0.0)
                continue;
            sum += part;
            size += fabs(part);
        }
    }
    if (sum < 0.0 && sum > -1e-9 * size) /* rounding */
        return 0.0;
    return sqrt(sum); /* NaN of what is no covariance */
}

retain__spend_value retain__spend_expected(const retain__spend_entries *entries, const retain__spender *spender, double time)
{
    return entries->family == RETAIN_SPEND_GAMMA_GAMMA ? retain__gamma_gamma_expected(entries->v, spender)
                                                       : retain__log_normal_expected(entries->v, spender, time);
}

/* Gamma-Gamma: the customer's rate is Gamma(a, b), the mean p / rate. Log-normal: the logarithm of the customer's median is normal with
 * the variance 1 / (1 / tau^2 + n / sigma^2). */
void retain__spend_spread(const retain__spend_entries *entries, const retain__spender *spender, double *square, double *within)
{
    const double *v = entries->v;

    if (entries->family == RETAIN_SPEND_GAMMA_GAMMA) {
        const double a = v[0] * spender->n + v[1];

        *square = a > 2.0 ? (a - 1.0) / (a - 2.0) : (double)NAN;
        *within = *square / v[0];
    } else {
        *square = exp(1.0 / (1.0 / (v[1] * v[1]) + spender->n / (v[2] * v[2])));
        *within = *square * expm1(v[2] * v[2]);
    }
}

void retain__spend_write_expected(const retain__spend_entries *entries, const retain__spender *one, double time,
                                  const retain__spend_margins *margin, double *expected, double *low, double *high)
{
    retain__spend_value found = retain__spend_expected(entries, one, time);
    double reach;

    *expected = exp(found.value);
    reach = margin->wanted ? margin->quantile * find_error(margin, found.gradient) : (double)NAN;
    if (low)
        *low = exp(found.value - reach);
    if (high)
        *high = exp(found.value + reach);
}

retain_status retain_spend_orders_expected(retain_context *ctx, const retain_spend_model *model, const double *covariance,
                                           const retain_spenders *spenders, double time, double level, double *expected,
                                           double *low, double *high)
{
    retain__spend_entries entries;
    retain__spend_margins margin;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__spend_check(ctx, model, spenders, &entries);
    if (status == RETAIN_OK)
        status = check_number(ctx, "time", time, 0);
    if (status == RETAIN_OK)
        status = retain__spend_take_margins(ctx, &entries, covariance, level, (low && high) || spenders->count == 0, &margin);
    if (status == RETAIN_OK && spenders->count && !expected)
        status = retain__fail_null(ctx, "expected");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < spenders->count; i++) {
        const retain__spender one = retain__spender_of(spenders, i);

        retain__spend_write_expected(&entries, &one, time, &margin, &expected[i], low ? &low[i] : NULL, high ? &high[i] : NULL);
    }
    return RETAIN_OK;
}

retain_status retain_spend_orders_mean(retain_context *ctx, const retain_spend_model *model, const double *covariance,
                                       double frequency, double time, double level, double *mean, double *low, double *high)
{
    retain__spend_entries entries;
    retain__spend_margins margin;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__spend_take_model(ctx, model, &entries);
    if (status == RETAIN_OK)
        status = check_number(ctx, "frequency", frequency, 1);
    if (status == RETAIN_OK)
        status = check_number(ctx, "time", time, 0);
    if (status == RETAIN_OK)
        status = retain__spend_take_margins(ctx, &entries, covariance, level, low && high, &margin);
    if (status == RETAIN_OK && !mean)
        status = retain__fail_null(ctx, "mean");
    if (status == RETAIN_OK)
        retain__spend_write_expected(&entries, &(retain__spender){.effect = log1p(frequency)}, time, &margin, mean, low, high);
    return status;
}

/* Quantiles of Gamma-Gamma depend on n but for a factor: those of small n are searched once. */
enum { SMALL = 256 };

void retain__spend_quantiles(const double *entries, retain__spender (*customer)(const void *state, size_t i), const void *state,
                             size_t count, double probability, double *quantile)
{
    double small[SMALL], last = -1.0, odds = 0.0;

    for (size_t n = 0; n < SMALL; n++)
        small[n] = (double)NAN;
    for (size_t i = 0; i < count; i++) {
        const retain__spender one = customer(state, i);
        double *place = one.n < SMALL ? &small[(size_t)one.n] : &odds;

        if (one.n < SMALL ? *place != *place : one.n != last) {
            *place = retain__gamma_gamma_log_odds(entries, one.n, probability);
            last = one.n < SMALL ? last : one.n;
        }
        quantile[i] = exp(*place + retain__gamma_gamma_log_scale(entries, &one));
    }
}

static retain__spender read_spender(const void *spenders, size_t i)
{
    return retain__spender_of(spenders, i);
}

retain_status retain_spend_orders_quantile(retain_context *ctx, const retain_spend_model *model, const retain_spenders *spenders,
                                           double time, double probability, double *quantile)
{
    retain__spend_entries entries;
    double reach;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__spend_check(ctx, model, spenders, &entries);
    if (status == RETAIN_OK)
        status = check_number(ctx, "time", time, 0);
    if (status == RETAIN_OK && !(probability > 0.0 && probability < 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "probability is %g; it must lie in (0, 1)", probability);
    if (status == RETAIN_OK && spenders->count && !quantile)
        status = retain__fail_null(ctx, "quantile");
    if (status != RETAIN_OK)
        return status;
    reach = retain__ndtri(probability);
    if (entries.family == RETAIN_SPEND_GAMMA_GAMMA) {
        retain__spend_quantiles(entries.v, read_spender, spenders, spenders->count, probability, quantile);
        return RETAIN_OK;
    }
    for (size_t i = 0; i < spenders->count; i++) {
        const retain__spender one = retain__spender_of(spenders, i);

        quantile[i] = retain__log_normal_quantile(entries.v, &one, time, reach);
    }
    return RETAIN_OK;
}

/* --- the fit ----------------------------------------------------------------------------------------------------------------------- */

/* A number for the order values of a fit and its family, whatever else there is in the columns: equal for equal ones, in any order. */
static uint64_t identify(retain_spend_family family, const retain_spenders *spenders)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < spenders->count; i++) {
        const retain__spender one = retain__spender_of(spenders, i);
        const double numbers[] = {one.n, one.mean, one.mean_log, one.log_squares, one.weight};
        uint64_t hash = (uint64_t)family + 1;

        if (one.n == 0.0 || one.weight == 0.0)
            continue;
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            uint64_t bits;

            memcpy(&bits, &numbers[k], sizeof bits);
            hash = (hash ^ bits) * 0x9E3779B97F4A7C15u;
            hash ^= hash >> 32;
        }
        sum += hash;
    }
    return sum >> 11 | 1;
}

static retain_status fit(retain_context *ctx, retain_spend_family family, const retain_spenders *given,
                         const retain_fit_options *options, double *entries, retain_fit_report *report)
{
    static const char *const models[FAMILIES] = {"Gamma-Gamma", "the log-normal model"};
    const int is_log_normal = family == RETAIN_SPEND_LOG_NORMAL;
    retain__scratch scratch = {ctx, NULL};
    retain_spenders spenders = *given;
    const int tie[ENTRIES] = {0, 1, 2, spenders.frequency ? THETA : RETAIN__FIT_HELD,
                              spenders.time && is_log_normal ? DELTA : RETAIN__FIT_HELD};
    retain__fit_problem problem = {
        .model = models[family], .parameters = ENTRIES, .names = names[family], .coefficients = 2, .tie = tie};
    const char *lack = NULL;
    retain__spend_unit unit;
    retain_status status;

    if (!is_log_normal)
        spenders.time = spenders.time_squares = spenders.time_logs = NULL;
    problem.data = identify(family, &spenders);
    status = retain__spend_choose_unit(&scratch, &spenders, &unit);
    if (status == RETAIN_OK)
        status = is_log_normal ? retain__log_normal_pose(&scratch, &spenders, &problem, &lack)
                               : retain__gamma_gamma_pose(&scratch, &spenders, &problem, &lack);
    if (status == RETAIN_OK)
        status = lack ? retain__fit_too_little(ctx, &problem, lack, entries, report)
                      : retain__fit(ctx, &problem, options, entries, report);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        retain__spend_leave_unit(&unit, is_log_normal ? 0 : 2, entries, report);
    retain__release(&scratch);
    return status;
}

retain_status retain_spend_orders_fit(retain_context *ctx, retain_spend_family family, const retain_spenders *spenders,
                                      const retain_fit_options *given, retain_spend_model *model, retain_fit_report *report)
{
    retain_fit_options options;
    double v[ENTRIES];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_family(ctx, "family", family);
    if (status == RETAIN_OK)
        status = retain__check_spenders(ctx, spenders);
    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, &options);
    if (status == RETAIN_OK)
        status = retain__fit_no_extras(ctx, "retain_spend_orders_fit", &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status != RETAIN_OK)
        return status;
    status = fit(ctx, family, spenders, &options, v, report);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return status;
    *model = (retain_spend_model){.family = family,
                                  .theta = spenders->frequency ? v[THETA] : 0.0,
                                  .delta = spenders->time && family == RETAIN_SPEND_LOG_NORMAL ? v[DELTA] : 0.0};
    if (family == RETAIN_SPEND_GAMMA_GAMMA) {
        model->p = v[0];
        model->q = v[1];
        model->gamma = v[2];
    } else {
        model->median = v[0];
        model->tau = v[1];
        model->sigma = v[2];
    }
    return status;
}
