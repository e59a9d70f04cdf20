/* Buy-till-you-die models: what every family has in common.
 *
 * The families are a table of functions each (btyd_family.h); here is the list of them, the checking of models, and the
 * operations that look at one row at a time. Fitting is in btyd_fit.c, the future of known customers in btyd_predict.c,
 * simulation in btyd_simulate.c.
 *
 * Rows are handed to a family in blocks, on as many threads as the context has; what a family computes for a row depends on
 * that row alone, so nothing depends on the blocks. Where a computation can be cancelled it goes to scratch first, so that a
 * failed call leaves the outputs alone. */
#include "retain/btyd.h"

#include <math.h>
#include <string.h>

#include "core/core.h"
#include "data/customers.h"
#include "math/kernels.h"
#include "models/btyd_model.h"

enum { BLOCK = 4096, NEAR = 512, SLOW_BLOCK = RETAIN__BTYD_RUN, PARAMETERS = RETAIN__BTYD_PARAMETERS, SMALL_COUNTS = 64 };

static const retain__btyd_family *const families[] = {&retain__pareto_nbd, &retain__bg_nbd, &retain__mbg_nbd, &retain__nbd,
                                                      &retain__gg_nbd,     &retain__bg_bb,  &retain__bg_cnbd, &retain__mbg_cnbd};

/* --- families and models -------------------------------------------------------------------------------------------------- */

const retain__btyd_family *retain__btyd_find(retain_btyd_family family)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (families[i]->family == family)
            return families[i];
    }
    return NULL;
}

const char *retain_btyd_name(retain_btyd_family family)
{
    const retain__btyd_family *found = retain__btyd_find(family);

    return found ? found->name : "unknown";
}

const char *retain_btyd_parameter(retain_btyd_family family, size_t index)
{
    const retain__btyd_family *found = retain__btyd_find(family);

    return found && index < found->count ? found->parameters[index] : "";
}

size_t retain_btyd_parameters(retain_btyd_family family)
{
    const retain__btyd_family *found = retain__btyd_find(family);

    return found ? found->count : 0;
}

int retain_btyd_is_regular(retain_btyd_family family)
{
    const retain__btyd_family *found = retain__btyd_find(family);

    return found && found->is_regular;
}

/* The fields of a model that hold parameters. */
static const struct {
    const char *name;
    size_t offset;
} fields[] = {{"r", offsetof(retain_btyd, r)},         {"alpha", offsetof(retain_btyd, alpha)}, {"s", offsetof(retain_btyd, s)},
              {"beta", offsetof(retain_btyd, beta)},   {"a", offsetof(retain_btyd, a)},         {"b", offsetof(retain_btyd, b)},
              {"gamma", offsetof(retain_btyd, gamma)}, {"delta", offsetof(retain_btyd, delta)}};

enum { FIELDS = sizeof fields / sizeof *fields };

static double *field_at(retain_btyd *model, size_t i)
{
    return (double *)(void *)((char *)model + fields[i].offset);
}

/* The field that holds the parameter of this name. */
static double *field_of(retain_btyd *model, const char *name)
{
    size_t i = 0;

    while (strcmp(fields[i].name, name) != 0)
        i++;
    return field_at(model, i);
}

void retain__btyd_fill(const retain__btyd_family *family, const double *p, double unit_days, retain_btyd *model)
{
    model->family = family->family;
    model->unit_days = unit_days;
    for (size_t i = 0; i < FIELDS; i++)
        *field_at(model, i) = (double)NAN;
    for (size_t k = 0; k < family->count; k++)
        *field_of(model, family->parameters[k]) = p[k];
    model->k = family->is_regular ? (int)p[family->count] : 0;
    model->covariates = 0;
    for (size_t c = 0; c < RETAIN_BTYD_COVARIATES; c++)
        model->purchase[c] = model->lifetime[c] = 0.0;
}

static retain_status check_coefficients(retain_context *ctx, const retain__btyd_family *family, const retain_btyd *model)
{
    const int leaves = retain__btyd_has_process(family->lifetime, family->count);

    if (model->covariates > RETAIN_BTYD_COVARIATES)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.covariates is %zu; it must be at most %d",
                            model->covariates, RETAIN_BTYD_COVARIATES);
    for (size_t c = 0; c < model->covariates; c++) {
        if (!retain__is_finite(model->purchase[c]) || !retain__is_finite(model->lifetime[c]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.%s[%zu] is %g; it must be finite",
                                retain__is_finite(model->purchase[c]) ? "lifetime" : "purchase", c,
                                retain__is_finite(model->purchase[c]) ? model->lifetime[c] : model->purchase[c]);
        if (!leaves && model->lifetime[c] != 0.0)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.lifetime[%zu] is %g; it must be 0: %s has no lifetime process", c, model->lifetime[c],
                                family->name);
    }
    return RETAIN_OK;
}

retain_status retain__btyd_check_model(retain_context *ctx, const retain_btyd *model, retain__btyd_checked *checked)
{
    retain_btyd copy;

    if (!model)
        return retain__fail_null(ctx, "model");
    checked->family = retain__btyd_find(model->family);
    if (!checked->family)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.family is %d; it must be a retain_btyd_family",
                            (int)model->family);
    if (!(model->unit_days > 0.0 && retain__is_finite(model->unit_days)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "model.unit_days is %g; it must be positive and finite: 7 when times are in weeks", model->unit_days);
    copy = *model;
    for (size_t k = 0; k < checked->family->count; k++) {
        const char *name = checked->family->parameters[k];

        checked->p[k] = *field_of(&copy, name);
        if (!(checked->p[k] >= 1e-100 && checked->p[k] <= 1e100))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.%s is %g; it must lie in [1e-100, 1e100]", name,
                                checked->p[k]);
    }
    checked->p[checked->family->count] = 1.0;
    if (checked->family->is_regular) {
        if (model->k < 1 || model->k > RETAIN_BTYD_MOST_K)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.k is %d; it must lie in [1, %d]", model->k,
                                RETAIN_BTYD_MOST_K);
        checked->p[checked->family->count] = (double)model->k;
    }
    checked->model = model;
    return check_coefficients(ctx, checked->family, model);
}

retain_status retain__btyd_check(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                 retain__btyd_checked *checked)
{
    retain_status status = retain__btyd_check_model(ctx, model, checked);

    if (status == RETAIN_OK)
        status = retain__check_customers(ctx, customers, 0);
    if (status == RETAIN_OK && customers->unit_days != model->unit_days)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "customers.unit_days is %.17g; it must be that of the model, %.17g: the times are in other units",
                              customers->unit_days, model->unit_days);
    if (status == RETAIN_OK && model->covariates && customers->covariate_count != model->covariates)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "customers.covariate_count is %zu; it must be that of the model, %zu", customers->covariate_count,
                              model->covariates);
    if (status == RETAIN_OK && model->covariates)
        status =
            retain__btyd_check_covariates(ctx, "customers.covariates", customers->covariates, model->covariates, customers->count);
    if (status == RETAIN_OK)
        status = retain__btyd_check_opportunities(ctx, checked->family, customers);
    return status;
}

retain_context *retain__btyd_quiet(retain_context *ctx, retain_context *copy)
{
    if (!ctx)
        return NULL;
    *copy = *ctx;
    copy->progress = NULL;
    return copy;
}

/* --- P(alive) ------------------------------------------------------------------------------------------------------------- */

static RETAIN__INLINE void alive_of_body(const double *log_odds, size_t count, double *alive)
{
    for (size_t i = 0; i < count; i++) {
        double u = log_odds[i], e = retain__fast_exp(u > 0.0 ? -u : u);

        alive[i] = (u > 0.0 ? e : 1.0) / (1.0 + e);
    }
}

RETAIN__VECTORISED(static, alive_of, (const double *log_odds, size_t count, double *alive), (log_odds, count, alive));

void retain__btyd_alive(const double *log_odds, size_t count, double *alive)
{
    alive_of(log_odds, count, alive);
}

typedef struct rows {
    const retain__btyd_family *family;
    const retain__btyd_patterns *patterns;
    double *first, *second; /* outputs */
} rows;

void retain__btyd_log_odds(const retain__btyd_family *family, const retain__btyd_patterns *patterns, size_t first, size_t last,
                           double *log_odds)
{
    const retain_customers *customers = &patterns->customers;
    size_t begin = first;

    for (size_t pattern = retain__btyd_pattern_at(patterns, first), end; first < last; first = end, pattern++) {
        end = retain__btyd_pattern_end(patterns, pattern, last);
        family->log_odds_dead(family, patterns->p + pattern * RETAIN__BTYD_NUMBERS, customers->frequency + first,
                              customers->t_x + first, customers->T + first, end - first, log_odds + (first - begin));
    }
}

/* Where rows are in the caller's order, results go straight to the caller. */
static void find_alive(const rows *of, const double *p, size_t first, size_t last)
{
    const retain__btyd_family *family = of->family;
    const retain_customers *customers = &of->patterns->customers;
    const double *x = customers->frequency + first, *t_x = customers->t_x + first, *T = customers->T + first;
    double odds[BLOCK], alive[BLOCK];
    int in_order = !of->patterns->row;
    double *to_alive = in_order ? of->first + first : alive, *to_odds = in_order && of->second ? of->second + first : odds;

    if (of->second || !family->alive)
        family->log_odds_dead(family, p, x, t_x, T, last - first, to_odds);
    if (family->alive)
        family->alive(family, p, x, t_x, T, last - first, to_alive);
    else
        alive_of(to_odds, last - first, to_alive);
    for (size_t i = first; !in_order && i < last; i++) {
        of->first[of->patterns->row[i]] = alive[i - first];
        if (of->second)
            of->second[of->patterns->row[i]] = odds[i - first];
    }
}

/* The quick way is quickest in runs that stay in the nearest cache; the others look for equal rows in a run, the longer the better. */
static void alive_block(void *state, size_t block, size_t first, size_t last)
{
    rows *of = state;
    size_t run = of->family->alive ? NEAR : BLOCK;

    (void)block;
    for (size_t pattern = retain__btyd_pattern_at(of->patterns, first), end; first < last; first = end) {
        size_t whole = retain__btyd_pattern_end(of->patterns, pattern, last);

        end = whole - first < run ? whole : first + run;
        find_alive(of, of->patterns->p + pattern * RETAIN__BTYD_NUMBERS, first, end);
        pattern += end == whole;
    }
}

retain_status retain_btyd_alive(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double *alive,
                                double *log_odds_dead)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain__btyd_patterns patterns;
    retain_context quiet;
    rows state = {NULL, &patterns, alive, log_odds_dead};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK && customers->count && !alive)
        status = retain__fail_null(ctx, "alive");
    if (status == RETAIN_OK)
        status = retain__btyd_find_patterns(&scratch, &checked, customers, &patterns);
    if (status == RETAIN_OK) {
        state.family = checked.family;
        status = retain__parallel(retain__btyd_quiet(ctx, &quiet), customers->count, BLOCK, 0.0, 1.0, alive_block, &state);
    }
    retain__release(&scratch);
    return status;
}

/* --- likelihood ----------------------------------------------------------------------------------------------------------- */

/* The terms in x alone are costly, and in a shop nearly all x are small: for these they are computed once. */
typedef struct likelihoods {
    const retain__btyd_checked *model;
    const retain_customers *customers;
    const retain__btyd_patterns *patterns;
    double *values, *gradient; /* in the caller's order */
    size_t entries;            /* of a gradient */
    double known[SMALL_COUNTS][1 + PARAMETERS];
    double small;    /* x below it are known: none where there are several patterns */
    double evenness; /* k - 1 */
} likelihoods;

/* Derivatives by the coefficients, after those by the parameters of the customer. */
static void add_coefficients(const likelihoods *of, size_t row)
{
    const retain__btyd_family *family = of->model->family;
    size_t covariates = of->model->model->covariates;
    double *gradient = of->gradient + row * of->entries, *coefficients = gradient + family->count;
    double purchase = 0.0, lifetime = 0.0;

    for (size_t k = 0; k < family->count; k++) {
        purchase += family->purchase[k] * gradient[k];
        lifetime += family->lifetime[k] * gradient[k];
    }
    for (size_t c = 0; c < covariates; c++) {
        coefficients[c] = of->customers->covariates[c][row] * purchase;
        coefficients[covariates + c] = of->customers->covariates[c][row] * lifetime;
    }
}

/* Rows of one pattern. */
static void find_likelihoods(const likelihoods *of, const double *p, size_t first, size_t last)
{
    const retain__btyd_family *family = of->model->family;
    const retain_customers *customers = &of->patterns->customers;
    const double *x = customers->frequency;
    double values[SLOW_BLOCK], gradient[SLOW_BLOCK * PARAMETERS];

    family->log_likelihood(family, p, x + first, customers->t_x + first, customers->T + first, last - first, values,
                           of->gradient ? gradient : NULL);
    for (size_t i = first; i < last; i++) {
        size_t row = retain__btyd_row(of->patterns, i);
        double own[1 + PARAMETERS];
        const double *terms = own;

        if (x[i] < of->small)
            terms = of->known[(size_t)x[i]];
        else
            family->count_terms(family, p, x[i], own);
        of->values[row] = values[i - first] + terms[0];
        if (of->evenness > 0.0)
            of->values[row] += of->evenness * of->customers->log_gaps[row];
        for (size_t k = 0; of->gradient && k < family->count; k++)
            of->gradient[row * of->entries + k] = gradient[(i - first) * family->count + k] + terms[1 + k];
        if (of->gradient)
            add_coefficients(of, row);
    }
}

static void likelihood_block(void *state, size_t block, size_t first, size_t last)
{
    const likelihoods *of = state;

    (void)block;
    for (size_t pattern = retain__btyd_pattern_at(of->patterns, first), end; first < last; first = end, pattern++) {
        end = retain__btyd_pattern_end(of->patterns, pattern, last);
        find_likelihoods(of, of->patterns->p + pattern * RETAIN__BTYD_NUMBERS, first, end);
    }
}

static void know_small_counts(likelihoods *of)
{
    of->small = of->customers->count > SLOW_BLOCK && of->patterns->count == 1 ? SMALL_COUNTS : 0.0;
    for (double x = 0.0; x < of->small; x += 1.0)
        of->model->family->count_terms(of->model->family, of->patterns->p, x, of->known[(size_t)x]);
}

retain_status retain_btyd_likelihood(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                     double *log_likelihood, double *gradient)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain__btyd_patterns patterns;
    likelihoods state = {.model = &checked, .customers = customers, .patterns = &patterns};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK && customers->count && !log_likelihood)
        status = retain__fail_null(ctx, "log_likelihood");
    if (status == RETAIN_OK && checked.family->is_regular)
        state.evenness = checked.p[checked.family->count] - 1.0;
    if (status == RETAIN_OK && state.evenness > 0.0)
        status = retain__check_log_gaps(ctx, customers);
    if (status == RETAIN_OK) {
        state.entries = checked.family->count + 2 * model->covariates;
        status = retain__btyd_find_patterns(&scratch, &checked, customers, &patterns);
    }
    if (status == RETAIN_OK && !(state.values = retain__take(&scratch, customers->count, sizeof(double))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK && gradient &&
        !(state.gradient = retain__take(&scratch, customers->count, state.entries * sizeof(double))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        know_small_counts(&state);
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, customers->count, SLOW_BLOCK, 0.0, 1.0, likelihood_block, &state);
    if (status == RETAIN_OK && customers->count) {
        memcpy(log_likelihood, state.values, customers->count * sizeof *log_likelihood);
        if (gradient)
            memcpy(gradient, state.gradient, customers->count * state.entries * sizeof *gradient);
    }
    retain__release(&scratch);
    return status;
}

/* --- new customers -------------------------------------------------------------------------------------------------------- */

typedef struct newcomers {
    const retain__btyd_checked *model;
    const double *given; /* ages, or counts */
    double t;
    double *result;
} newcomers;

/* A new customer is one with x = 0 at T = 0, who may have left already. */
static void expected_block(void *state, size_t block, size_t first, size_t last)
{
    newcomers *of = state;
    const retain__btyd_checked *model = of->model;
    const double zero = 0.0;
    double log_odds, alive;

    (void)block;
    model->family->log_odds_dead(model->family, model->p, &zero, &zero, &zero, 1, &log_odds);
    alive_of(&log_odds, 1, &alive);
    for (size_t i = first; i < last; i++) {
        model->family->expected(model->family, model->p, 0.0, &zero, &zero, 1, of->given[i], &of->result[i]);
        of->result[i] *= alive;
    }
}

static void pmf_block(void *state, size_t block, size_t first, size_t last)
{
    newcomers *of = state;

    (void)block;
    for (size_t i = first; i < last; i++)
        of->result[i] = of->model->family->log_pmf(of->model->family, of->model->p, of->t, of->given[i]);
}

static retain_status check_age(retain_context *ctx, const char *name, double t)
{
    if (t >= 0.0 && retain__is_finite(t))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %g; it must be finite and at least 0", name, t);
}

retain_status retain_btyd_expected(retain_context *ctx, const retain_btyd *model, const double *t, size_t count, double *expected)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    newcomers state = {&checked, t, 0.0, NULL};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_bare(ctx, model);
    if (status == RETAIN_OK && count && (!t || !expected))
        status = retain__fail_null(ctx, t ? "expected" : "t");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!(t[i] >= 0.0 && retain__is_finite(t[i])))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "t[%zu] is %g; it must be finite and at least 0", i, t[i]);
        else
            status = retain__btyd_check_span(ctx, checked.family, "t", i, t[i]);
    }
    if (status == RETAIN_OK && !(state.result = retain__take(&scratch, count, sizeof(double))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, count, SLOW_BLOCK, 0.0, 1.0, expected_block, &state);
    if (status == RETAIN_OK && count)
        memcpy(expected, state.result, count * sizeof *expected);
    retain__release(&scratch);
    return status;
}

retain_status retain_btyd_pmf(retain_context *ctx, const retain_btyd *model, double t, const double *n, size_t count, double *pmf,
                              double *log_pmf)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    newcomers state = {&checked, n, t, NULL};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_bare(ctx, model);
    if (status == RETAIN_OK)
        status = check_age(ctx, "t", t);
    if (status == RETAIN_OK)
        status = retain__btyd_check_span(ctx, checked.family, "t", RETAIN_NO_ROW, t);
    if (status == RETAIN_OK && count && (!n || !pmf))
        status = retain__fail_null(ctx, n ? "pmf" : "n");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!(n[i] >= 0.0 && n[i] <= 9007199254740992.0 && n[i] == floor(n[i])))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "n[%zu] is %g; it must be a whole number in [0, 2^53]", i, n[i]);
    }
    if (status == RETAIN_OK && !(state.result = retain__take(&scratch, count, sizeof(double))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, count, SLOW_BLOCK, 0.0, 1.0, pmf_block, &state);
    if (status == RETAIN_OK && count) {
        retain__exp_column(state.result, count, pmf);
        if (log_pmf)
            memcpy(log_pmf, state.result, count * sizeof *log_pmf);
    }
    retain__release(&scratch);
    return status;
}
