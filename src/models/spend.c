/* Gamma-Gamma: how much a customer will spend on an order.
 *
 * Order values of a customer are Gamma(p, nu) with nu ~ Gamma(q, gamma), so the mean z of x orders has, with y = x z, the density (note 025, eq. 1a)
 *
 *     f(z | x) = G(p x + q) / (G(p x) G(q)) gamma^q z^(p x - 1) x^(p x) / (gamma + y)^(p x + q).
 *
 * Written with the two logarithms below nothing cancels and nothing overflows, however large x, y or the parameters:
 *
 *     log f = [log G(p x + q) - log G(p x)] - log G(q) - p x log(1 + gamma / y) - q log(1 + y / gamma) - log z.
 *
 * The conditional mean is often written as a weighted mean of z and the population mean; that form breaks down at q = 1, where the population mean is infinite but a
 * customer's is not. p (gamma + y) / (p x + q - 1) does not. */
#include <math.h>
#include <string.h>

#include "math/fit.h"
#include "math/special.h"
#include "models/spend_model.h"
#include "models/spend_rows.h"
#include "retain/spend.h"

/* --- checks ---------------------------------------------------------------------------------------------------------------------------- */

static retain_status check_model(retain_context *ctx, const retain_spend *model)
{
    static const char *const names[] = {"p", "q", "gamma"};
    double values[3];

    if (!model)
        return retain__fail_null(ctx, "model");
    values[0] = model->p;
    values[1] = model->q;
    values[2] = model->gamma;
    for (size_t i = 0; i < 3; i++) {
        if (!(values[i] > 0.0) || !retain__is_finite(values[i]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.%s is %g; it must be positive and finite",
                                names[i], values[i]);
    }
    return RETAIN_OK;
}

/* Of customers, spend models read frequency, spend and weight only. */
static retain_status check_spenders(retain_context *ctx, const retain_customers *customers)
{
    if (!customers)
        return retain__fail_null(ctx, "customers");
    if (customers->count && !customers->frequency)
        return retain__fail_null(ctx, "customers.frequency");
    if (customers->count && !customers->spend)
        return retain__fail_null(ctx, "customers.spend");
    for (size_t i = 0; i < customers->count; i++) {
        double x = customers->frequency[i], z = customers->spend[i];

        if (!(x >= 0.0) || !retain__is_finite(x) || x != floor(x))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.frequency[%zu] is %g; it must be a whole number, at least 0",
                                i, x);
        if (x > 0x1p53)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.frequency[%zu] is %g; it must be at most 2^53", i, x);
        if (x > 0.0 && (!(z > 0.0) || !retain__is_finite(z)))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "customers.spend[%zu] is %g; where frequency is above 0 it must be positive and finite", i, z);
        if (customers->weight && (!(customers->weight[i] >= 0.0) || !retain__is_finite(customers->weight[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.weight[%zu] is %g; it must be finite and at least 0", i,
                                customers->weight[i]);
    }
    return RETAIN_OK;
}

/* --- one customer ------------------------------------------------------------------------------------------------------------------------ */

static double compute_log_likelihood(const retain_spend *model, double x, double z, double *gradient)
{
    double p = model->p, q = model->q, gamma = model->gamma, px = p * x, y = x * z;
    double near_one = log1p(gamma / y), far = log1p(y / gamma), u = gamma / (gamma + y);

    if (gradient) {
        gradient[0] = px * (retain__digamma_ratio(px, q) - near_one);
        gradient[1] = q * (retain__digamma_ratio(q, px) - far);
        gradient[2] = q * (1.0 - u) - px * u;
    }
    return retain__lgamma_ratio(px, q) - retain__lgamma(q) - px * near_one - q * far - log(z);
}

retain_status retain_spend_likelihood(retain_context *ctx, const retain_spend *model, const retain_customers *customers,
                                      double *log_likelihood, double *gradient)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, model);
    if (status == RETAIN_OK)
        status = check_spenders(ctx, customers);
    if (status == RETAIN_OK && customers->count && !log_likelihood)
        status = retain__fail_null(ctx, "log_likelihood");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < customers->count; i++) {
        double *row = gradient ? gradient + 3 * i : NULL;

        if (customers->frequency[i] > 0.0) {
            log_likelihood[i] = compute_log_likelihood(model, customers->frequency[i], customers->spend[i], row);
            continue;
        }
        log_likelihood[i] = (double)NAN;
        for (size_t k = 0; row && k < 3; k++)
            row[k] = (double)NAN;
    }
    return RETAIN_OK;
}

double retain_spend_mean(const retain_spend *model)
{
    return model && model->q > 1.0 ? model->p * model->gamma / (model->q - 1.0) : (double)NAN;
}

retain_status retain_spend_expected(retain_context *ctx, const retain_spend *model, const retain_customers *customers,
                                    double *expected)
{
    double mean;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, model);
    if (status == RETAIN_OK)
        status = check_spenders(ctx, customers);
    if (status == RETAIN_OK && customers->count && !expected)
        status = retain__fail_null(ctx, "expected");
    if (status != RETAIN_OK)
        return status;
    mean = retain_spend_mean(model);
    for (size_t i = 0; i < customers->count; i++) {
        double x = customers->frequency[i], denominator = model->p * x + (model->q - 1.0);

        if (x == 0.0)
            expected[i] = mean;
        else
            expected[i] = denominator > 0.0 ? model->p / denominator * (model->gamma + x * customers->spend[i]) : (double)NAN;
    }
    return RETAIN_OK;
}

/* --- limits and quantiles: those of the model of single orders, of whom only the mean is read ------------------------------------- */

static retain__spend_entries entries_of(const retain_spend *model)
{
    return (retain__spend_entries){RETAIN_SPEND_GAMMA_GAMMA, {model->p, model->q, model->gamma}};
}

/* Limits from the covariance of three parameters. */
static retain_status take_margins(retain_context *ctx, const retain__spend_entries *entries, const double *covariance, double level,
                                  int has_outputs, retain__spend_margins *into)
{
    double whole[RETAIN__SPEND_ENTRIES * RETAIN__SPEND_ENTRIES] = {0.0};

    if (!covariance)
        return retain__fail_null(ctx, "covariance");
    for (size_t i = 0; i < 9; i++)
        whole[i / 3 * RETAIN__SPEND_ENTRIES + i % 3] = covariance[i];
    return retain__spend_take_margins(ctx, entries, whole, level, has_outputs, into);
}

static retain__spender read_customer(const void *state, size_t i)
{
    const retain_customers *customers = state;
    double x = customers->frequency[i];

    return (retain__spender){.n = x, .mean = x > 0.0 ? customers->spend[i] : 0.0};
}

retain_status retain_spend_interval(retain_context *ctx, const retain_spend *model, const double *covariance,
                                    const retain_customers *customers, double level, double *expected, double *low, double *high)
{
    retain__spend_entries entries;
    retain__spend_margins margins;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, model);
    if (status == RETAIN_OK)
        status = check_spenders(ctx, customers);
    if (status != RETAIN_OK)
        return status;
    entries = entries_of(model);
    status = take_margins(ctx, &entries, covariance, level, (low && high) || customers->count == 0, &margins);
    for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++) {
        const retain__spender one = read_customer(customers, i);
        double value;

        retain__spend_write_expected(&entries, &one, 0.0, &margins, expected ? &expected[i] : &value, &low[i], &high[i]);
    }
    return status;
}

retain_status retain_spend_mean_interval(retain_context *ctx, const retain_spend *model, const double *covariance, double level,
                                         double *low, double *high)
{
    retain__spend_entries entries;
    retain__spend_margins margins;
    double mean;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, model);
    if (status != RETAIN_OK)
        return status;
    entries = entries_of(model);
    status = take_margins(ctx, &entries, covariance, level, low && high, &margins);
    if (status == RETAIN_OK)
        retain__spend_write_expected(&entries, &(retain__spender){.n = 0.0}, 0.0, &margins, &mean, low, high);
    return status;
}

retain_status retain_spend_quantile(retain_context *ctx, const retain_spend *model, const retain_customers *customers,
                                    double probability, double *quantile)
{
    retain__spend_entries entries;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, model);
    if (status == RETAIN_OK)
        status = check_spenders(ctx, customers);
    if (status == RETAIN_OK && !(probability > 0.0 && probability < 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "probability is %g; it must lie in (0, 1)", probability);
    if (status == RETAIN_OK && customers->count && !quantile)
        status = retain__fail_null(ctx, "quantile");
    if (status != RETAIN_OK)
        return status;
    entries = entries_of(model);
    retain__spend_quantiles(entries.v, read_customer, customers, customers->count, probability, quantile);
    return RETAIN_OK;
}

/* --- the fit ------------------------------------------------------------------------------------------------------------------------------- */

struct search {
    retain_context *ctx;
    const retain__spend_rows *rows;
};

static retain_status evaluate(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                              double *hessian)
{
    const struct search *search = state;
    double sums[RETAIN__SPEND_SUMS];
    retain_status status = retain__spend_evaluate(search->ctx, search->rows, parameters, 0.0, sums);
    size_t entry = 4;

    (void)evaluation;
    *value = sums[0];
    for (size_t i = 0; i < RETAIN__SPEND_PARAMETERS; i++) {
        gradient[i] = sums[1 + i];
        for (size_t j = i; j < RETAIN__SPEND_PARAMETERS; j++, entry++)
            hessian[i * RETAIN__SPEND_PARAMETERS + j] = hessian[j * RETAIN__SPEND_PARAMETERS + i] = sums[entry];
    }
    return status;
}

/* Starts with the mean right and various degrees of variety between and within customers. */
static int start(void *state, int attempt, double *parameters)
{
    static const double shapes[][2] = {{2.0, 3.0}, {10.0, 3.0}, {1.0, 1.5}, {50.0, 20.0}};
    const struct search *search = state;

    if (attempt >= (int)(sizeof shapes / sizeof *shapes))
        return 0;
    parameters[0] = shapes[attempt][0];
    parameters[1] = shapes[attempt][1];
    parameters[2] = search->rows->mean * (parameters[1] - 1.0) / parameters[0];
    return 1;
}

static const char *explain(const void *state, const int *way)
{
    (void)state;
    if (way[0] > 0)
        return "each customer's orders all have the same value";
    if (way[1] > 0)
        return "all customers spend alike on average";
    if (way[0] < 0)
        return "order values vary beyond what the model can describe";
    return "";
}

/* Copies a sentence to the end of the explanation, as far as it fits. */
static void add_words(retain_fit_report *report, const char *words)
{
    size_t length = strlen(report->explanation), more = strlen(words);

    if (length + more < sizeof report->explanation)
        memcpy(report->explanation + length, words, more + 1);
}

static retain_status fit(retain_context *ctx, const retain_customers *customers, const retain_fit_options *options,
                         double *parameters, retain_fit_report *report, double *correlation)
{
    static const char *const names[] = {"p", "q", "gamma"};
    retain__scratch scratch = {ctx, NULL};
    retain__spend_rows rows;
    struct search search = {ctx, &rows};
    retain__fit_problem problem = {.model = "Gamma-Gamma",
                                   .parameters = RETAIN__SPEND_PARAMETERS,
                                   .names = names,
                                   .state = &search,
                                   .meaning = explain,
                                   .evaluate = evaluate,
                                   .start = start};
    retain_status status = retain__spend_gather(&scratch, customers, NULL, &rows);

    if (status == RETAIN_OK) {
        problem.rows = rows.used;
        problem.customers = rows.customers;
        if (rows.count < RETAIN__SPEND_PARAMETERS)
            status = retain__fit_too_little(
                ctx, &problem, "fewer than three customers with repeat occasions differ in their spend.", parameters, report);
        else
            status = retain__fit(ctx, &problem, options, parameters, report);
    }
    if (correlation && (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE))
        *correlation = rows.correlation;
    retain__release(&scratch);
    return status;
}

retain_status retain_spend_fit(retain_context *ctx, const retain_customers *customers, const retain_fit_options *given,
                               retain_spend *model, retain_fit_report *report, double *correlation)
{
    retain_fit_options options;
    double parameters[RETAIN__SPEND_PARAMETERS];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_spenders(ctx, customers);
    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, &options);
    if (status == RETAIN_OK)
        status = retain__fit_no_extras(ctx, "retain_spend_fit", &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status != RETAIN_OK)
        return status;
    status = fit(ctx, customers, &options, parameters, report, correlation);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        *model = (retain_spend){parameters[0], parameters[1], parameters[2]};
    if (report && status == RETAIN_OK && model->q <= 1.0)
        add_words(report,
                  " q is not above 1, so the population's mean order value is infinite: customers without repeat orders get no "
                  "expected value.");
    return status;
}
