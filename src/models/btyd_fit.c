/* Fitting buy-till-you-die models.
 *
 * The likelihood of a table of customers is a sum over its distinct rows, each times its weight (data/collapse.h), and a family
 * adds up value, gradient and Hessian in one go: terms in x alone once per distinct x, the others run by run of rows that have
 * x in common. The rows are cut into blocks, each summed by one thread, and the blocks are added in order, in doubled
 * precision: the sums, and with them the fit, do not depend on threads, on the order of customers, or on whether equal
 * customers come one by one or as a weight.
 *
 * Where there are covariates, the fit without them comes first: it is a special case, and a good start. The likelihood with them is
 * in btyd_regression.c.
 *
 * All else is general: the search and the verdict are in math/newton.c and math/fit.c. What is particular is when not to begin.
 * Without repeat occasions the data say how rarely customers return, and nothing about anything else; with fewer distinct rows
 * than parameters they cannot say enough. */
#include "retain/btyd.h"

#include <math.h>
#include <string.h>

#include "core/core.h"
#include "data/collapse.h"
#include "data/customers.h"
#include "math/fit.h"
#include "math/kernels.h"
#include "math/sums.h"
#include "models/btyd_model.h"
#include "models/btyd_regression.h"

enum {
    ROW_BLOCK = 2048,
    COUNT_BLOCK = 16,
    SHARE = 16,
    MANY = 16384,
    PARAMETERS = RETAIN__BTYD_PARAMETERS,
    SUMS = RETAIN__BTYD_SUMS
};

typedef struct likelihood {
    retain_context *ctx;
    const retain__btyd_family *family;
    retain__collapsed rows;
    retain__btyd_moments moments;
    double *run_weight; /* [runs] customers with this x */
    size_t row_blocks, count_blocks;
    double *sums; /* [(row_blocks + count_blocks) * SUMS] */
    const double *p;
    struct likelihood *sample; /* every SHARE-th row, where there are many; else NULL */
    double narrow[PARAMETERS]; /* optimum of the family that this one contains */
    int earlier;               /* evaluations that it took to find it */
    const retain__btyd_entries *entries;
    double until; /* share of all progress that this likelihood is */
} likelihood;

/* --- sums ----------------------------------------------------------------------------------------------------------------- */

/* The run that a row is in. */
static size_t find_run(const retain__collapsed *rows, size_t row)
{
    size_t low = 0, high = rows->runs;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (rows->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void add_row_block(const likelihood *of, size_t first, size_t last, double *sums)
{
    const retain__collapsed *rows = &of->rows;

    for (size_t run = find_run(rows, first); first < last; run++) {
        size_t end = rows->first[run + 1] < last ? rows->first[run + 1] : last;

        while (first < end) {
            size_t count = end - first < RETAIN__BTYD_RUN ? end - first : RETAIN__BTYD_RUN;
            retain__btyd_run part = {rows->value[run], count, rows->column[0] + first, rows->column[1] + first,
                                     rows->weight + first};

            of->family->add_rows(of->family, of->p, &part, sums);
            first += count;
        }
    }
}

/* The first blocks are blocks of rows, the others of distinct counts. */
static void sum_block(void *state, size_t block, size_t first, size_t last)
{
    const likelihood *of = state;
    double *sums = of->sums + block * SUMS;
    size_t rows = of->rows.count, runs = of->rows.runs;

    (void)first;
    (void)last;
    for (size_t k = 0; k < SUMS; k++)
        sums[k] = 0.0;
    if (block < of->row_blocks) {
        first = block * ROW_BLOCK;
        add_row_block(of, first, rows - first < ROW_BLOCK ? rows : first + ROW_BLOCK, sums);
        return;
    }
    first = (block - of->row_blocks) * COUNT_BLOCK;
    last = runs - first < COUNT_BLOCK ? runs : first + COUNT_BLOCK;
    for (size_t run = first; run < last; run++)
        of->family->add_counts(of->family, of->p, of->rows.value[run], of->run_weight[run], sums);
}

static retain_status evaluate(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                              double *hessian)
{
    likelihood *of = state;
    const size_t blocks = of->row_blocks + of->count_blocks, count = of->family->count;
    double total[SUMS] = {0.0},
           done = (double)(of->earlier + evaluation); /* of an unknown number: progress slows down towards its end */
    retain_status status;

    of->p = parameters;
    status = retain__parallel(of->ctx, blocks, 1, of->until * done / (done + 10.0), of->until * (done + 1.0) / (done + 11.0),
                              sum_block, of);
    if (status != RETAIN_OK)
        return status;
    for (size_t k = 0; k < 1 + count + count * (count + 1) / 2; k++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t block = 0; block < blocks; block++)
            retain__sum_add(&sum, of->sums[block * SUMS + k]);
        total[k] = retain__sum_value(sum);
    }
    *value = total[0];
    for (size_t i = 0, k = 1 + count; i < count; i++) {
        gradient[i] = total[1 + i];
        for (size_t j = i; j < count; j++, k++)
            hessian[i * count + j] = hessian[j * count + i] = total[k];
    }
    return RETAIN_OK;
}

static retain_status evaluate_sample(void *state, const double *parameters, double *value, double *gradient, double *hessian)
{
    const likelihood *of = state;

    return evaluate(of->sample, 0, parameters, value, gradient, hessian);
}

static int start(void *state, int attempt, double *parameters)
{
    const likelihood *of = state;
    int more = 1;

    if (of->family->contains && attempt-- == 0)
        of->family->widen(of->family, &of->moments, of->narrow, parameters);
    else
        more = of->family->start(of->family, &of->moments, attempt, parameters);
    if (of->entries)
        retain__btyd_hold(of->entries, of->family->count, parameters);
    return more;
}

static const char *find_meaning(const void *state, const int *way)
{
    const likelihood *of = state;

    return of->family->meaning(of->family, way);
}

/* --- preparation ---------------------------------------------------------------------------------------------------------- */

/* Weights per x, and the moments that starts are made from. */
static void measure(likelihood *of)
{
    const retain__collapsed *rows = &of->rows;
    retain__sum customers = {0.0, 0.0}, repeaters = {0.0, 0.0}, x_sum = {0.0, 0.0}, T_sum = {0.0, 0.0};

    for (size_t run = 0; run < rows->runs; run++) {
        retain__sum weight = {0.0, 0.0};

        for (size_t i = rows->first[run]; i < rows->first[run + 1]; i++) {
            retain__sum_add(&weight, rows->weight[i]);
            retain__sum_add(&T_sum, rows->weight[i] * rows->column[1][i]);
        }
        of->run_weight[run] = retain__sum_value(weight);
        retain__sum_merge(&customers, weight);
        if (rows->value[run] > 0.0)
            retain__sum_merge(&repeaters, weight);
        retain__sum_add(&x_sum, of->run_weight[run] * rows->value[run]);
    }
    of->moments.customers = retain__sum_value(customers);
    of->moments.repeaters = retain__sum_value(repeaters);
    of->moments.mean_x = retain__sum_value(x_sum) / of->moments.customers;
    of->moments.mean_T = retain__sum_value(T_sum) / of->moments.customers;
}

/* What is computed once the rows are there. */
static retain_status complete(retain__scratch *scratch, likelihood *of)
{
    of->row_blocks = retain__blocks(of->rows.count, ROW_BLOCK);
    of->count_blocks = retain__blocks(of->rows.runs, COUNT_BLOCK);
    of->sums = retain__take(scratch, of->row_blocks + of->count_blocks, SUMS * sizeof *of->sums);
    of->run_weight = retain__take(scratch, of->rows.runs, sizeof *of->run_weight);
    if (!of->sums || !of->run_weight)
        return RETAIN_ERROR_MEMORY;
    measure(of);
    return RETAIN_OK;
}

/* Every SHARE-th of the distinct rows, from the middle of the first SHARE on. They are in an order, so all corners of the table
 * have their share. */
static retain_status take_sample(retain__scratch *scratch, const likelihood *of, likelihood *sample)
{
    const retain__collapsed *from = &of->rows;
    retain__collapsed *to = &sample->rows;
    size_t most = from->count / SHARE + 1;

    to->column[0] = retain__take(scratch, most, sizeof(double));
    to->column[1] = retain__take(scratch, most, sizeof(double));
    to->weight = retain__take(scratch, most, sizeof *to->weight);
    to->value = retain__take(scratch, from->runs, sizeof *to->value);
    to->first = retain__take(scratch, from->runs + 1, sizeof *to->first);
    if (!to->column[0] || !to->column[1] || !to->weight || !to->value || !to->first)
        return RETAIN_ERROR_MEMORY;
    for (size_t run = 0, row = SHARE / 2; run < from->runs; run++) {
        to->value[to->runs] = from->value[run];
        to->first[to->runs] = to->count;
        for (; row < from->first[run + 1]; row += SHARE, to->count++) {
            to->column[0][to->count] = from->column[0][row];
            to->column[1][to->count] = from->column[1][row];
            to->weight[to->count] = from->weight[row];
        }
        to->runs += to->count > to->first[to->runs];
    }
    to->first[to->runs] = to->count;
    return complete(scratch, sample);
}

static retain_status prepare(retain__scratch *scratch, const retain_customers *customers, likelihood *of)
{
    const double *columns[] = {customers->frequency, customers->t_x, customers->T};
    retain_status status = retain__collapse(scratch, columns, 3, customers->weight, customers->count, NULL, &of->rows);

    if (status == RETAIN_OK)
        status = complete(scratch, of);
    if (status == RETAIN_OK && of->rows.count >= MANY)
        status = take_sample(scratch, of, of->sample);
    else
        of->sample = NULL;
    return status;
}

/* Fits the family that this one contains, whatever the verdict: that is where the search begins, so that the larger model never
 * ends below the smaller. */
static retain_status fit_narrow(likelihood *of, const retain__fit_problem *wide, const retain_fit_options *options)
{
    likelihood sample = *(of->sample ? of->sample : of), narrow = *of;
    retain__fit_problem problem = *wide;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_status status;

    sample.family = narrow.family = of->family->contains;
    narrow.sample = of->sample ? &sample : NULL;
    narrow.entries = NULL; /* nothing is held in it */
    problem.state = &narrow;
    problem.model = narrow.family->name;
    problem.parameters = narrow.family->count;
    problem.names = narrow.family->parameters;
    problem.tie = NULL;
    problem.prior_precision = NULL;
    status = retain__fit(NULL, &problem, options, of->narrow, &report);
    of->earlier = report.evaluations;
    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

/* Why a fit cannot even begin; NULL when it can. */
static const char *find_lack(const likelihood *of)
{
    if (of->rows.count == 0)
        return "there are no customers.";
    if (of->moments.repeaters == 0.0)
        return "no customer has a repeat occasion, so nothing can be said about how often customers buy and when they leave.";
    if (of->moments.mean_T == 0.0)
        return "no customer was observed for any time.";
    if (of->rows.count < of->family->count)
        return "there are fewer distinct customers than parameters.";
    return NULL;
}

/* A number for the customers of a fit and its family: equal for equal ones. */
static uint64_t identify(const likelihood *of)
{
    const double numbers[] = {of->moments.customers, of->moments.repeaters, of->moments.mean_x, of->moments.mean_T};
    uint64_t hash = (uint64_t)of->family->family;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        hash = (hash ^ retain__bits(numbers[i])) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return hash >> 11 | 1;
}

/* --- fits ----------------------------------------------------------------------------------------------------------------- */

/* The fit of a family whose parameters all customers have. */
static retain__fit_problem pose(likelihood *of, const retain_customers *customers, const retain_fit_options *options)
{
    const retain__btyd_entries *entries = of->entries;
    retain__fit_problem problem = {.state = of,
                                   .model = of->family->name,
                                   .parameters = of->family->count,
                                   .names = of->family->parameters,
                                   .rows = customers->count,
                                   .customers = of->moments.customers,
                                   .meaning = find_meaning,
                                   .evaluate = evaluate,
                                   .start = start,
                                   .evaluate_sample = of->sample ? evaluate_sample : NULL,
                                   .extreme = "frequency",
                                   .largest = of->rows.runs ? of->rows.value[of->rows.runs - 1] : 0.0};

    problem.tie = entries->is_tied ? entries->tie : NULL;
    problem.prior_mean = entries->mean;
    problem.prior_precision = options->prior_sd > 0.0 ? entries->precision : NULL;
    problem.data = identify(of);
    return problem;
}

/* With covariates. */
typedef struct covariate_fit {
    retain__btyd_regression regression; /* first: it is the state of its own functions */
    const likelihood *plain;
    double begin[RETAIN_FIT_PARAMETERS]; /* where the fit without them ended; NaN where it did not begin */
    double mean[RETAIN_FIT_PARAMETERS], precision[RETAIN_FIT_PARAMETERS];
} covariate_fit;

/* First where the fit without covariates ended, then as it began. */
static int start_with_covariates(void *state, int attempt, double *values)
{
    const covariate_fit *of = state;
    const retain__btyd_entries *entries = of->plain->entries;
    size_t n = entries->parameters;
    int more = 1;

    for (size_t i = n; i < entries->count; i++)
        values[i] = 0.0;
    for (size_t k = 0; k < n; k++)
        values[k] = of->begin[k] > 1e-16 ? of->begin[k] < 1e16 ? of->begin[k] : 1e16 : 1e-16;
    if (attempt > 0)
        more = of->plain->family->start(of->plain->family, &of->plain->moments, attempt - 1, values);
    retain__btyd_hold(entries, entries->count, values);
    for (size_t i = n; i < entries->count; i++)
        values[i] *= of->regression.scale[(i - n) % entries->covariates];
    return more;
}

static const char *find_meaning_with_covariates(const void *state, const int *way)
{
    const covariate_fit *of = state;
    const retain__btyd_entries *entries = of->plain->entries;
    const char *meaning = of->plain->family->meaning(of->plain->family, way);

    for (size_t i = entries->parameters; !*meaning && i < entries->count; i++) {
        if (way[i])
            meaning = "a covariate tells customers apart without exception";
    }
    return meaning;
}

/* The prior on what is searched: scaled otherwise than what the caller thinks of. */
static void scale_prior(covariate_fit *of)
{
    const retain__btyd_entries *entries = of->plain->entries;
    size_t n = entries->parameters;

    for (size_t i = 0; i < entries->count; i++) {
        double share =
            i < n ? 1.0
                  : of->regression.spread[(i - n) % entries->covariates] / of->regression.scale[(i - n) % entries->covariates];

        of->mean[i] = i < n ? entries->mean[i] : 0.0;
        of->precision[i] = i < n ? entries->precision[i] : entries->coefficient_precision * share * share;
        if (entries->tie[i] != (int)i)
            of->precision[i] = 0.0;
    }
}

/* Values that are held come out as they went in. */
static void restore_held(const retain__btyd_entries *entries, double *values, retain_fit_report *report)
{
    retain__btyd_hold(entries, entries->count, values);
    if (report) {
        retain__btyd_hold(entries, entries->count, report->estimate);
        retain__btyd_hold(entries, entries->count, report->low);
        retain__btyd_hold(entries, entries->count, report->high);
    }
}

/* `plain` is the fit without covariates, ended at `begin`. */
static retain_status fit_covariates(retain_context *ctx, retain__scratch *scratch, const retain_customers *customers,
                                    const retain__fit_problem *plain, const retain_fit_options *options, const double *begin,
                                    double *values, retain_fit_report *report)
{
    const likelihood *of = plain->state;
    covariate_fit *fit = retain__take_zeroed(scratch, 1, sizeof *fit);
    retain__fit_problem problem = *plain;
    retain_status status;

    if (!fit)
        return RETAIN_ERROR_MEMORY;
    fit->plain = of;
    fit->regression.ctx = ctx;
    fit->regression.family = of->family;
    fit->regression.entries = of->entries;
    memcpy(fit->begin, begin, of->family->count * sizeof *begin);
    status = retain__btyd_gather(scratch, customers, &fit->regression);
    if (status != RETAIN_OK)
        return status;
    scale_prior(fit);
    problem.state = fit;
    problem.parameters = of->entries->count;
    problem.coefficients = 2 * of->entries->covariates;
    problem.names = of->entries->names;
    problem.meaning = find_meaning_with_covariates;
    problem.evaluate = retain__btyd_evaluate;
    problem.evaluate_sample = NULL;
    problem.start = start_with_covariates;
    problem.prior_mean = fit->mean;
    problem.prior_precision = of->entries->has_prior ? fit->precision : NULL;
    problem.reported = fit->regression.reported;
    problem.reason = retain__btyd_find_reason;
    return retain__fit(ctx, &problem, options, values, report);
}

/* All of it, once the rows are there. */
static retain_status fit(retain_context *ctx, retain__scratch *scratch, const retain_customers *customers, likelihood *of,
                         const retain_fit_options *options, double *values, retain_fit_report *report)
{
    retain__fit_problem problem = pose(of, customers, options);
    const char *lack = find_lack(of);
    double begin[PARAMETERS];
    retain_status status;

    if (lack) {
        problem.parameters = of->entries->count;
        problem.coefficients = 2 * of->entries->covariates;
        return retain__fit_too_little(ctx, &problem, lack, values, report);
    }
    if (of->family->contains) {
        status = fit_narrow(of, &problem, options);
        if (status != RETAIN_OK)
            return status;
    }
    if (of->entries->covariates == 0)
        return retain__fit(ctx, &problem, options, values, report);
    status = retain__fit(NULL, &problem, options, begin, NULL);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return status;
    return fit_covariates(ctx, scratch, customers, &problem, options, begin, values, report);
}

/* A model with its coefficients. */
static void fill(const likelihood *of, const double *values, double unit_days, retain_btyd *model)
{
    size_t n = of->entries->parameters, m = of->entries->covariates;

    retain__btyd_fill(of->family, values, unit_days, model);
    model->covariates = m;
    for (size_t c = 0; c < m; c++) {
        model->purchase[c] = values[n + c];
        model->lifetime[c] = values[n + m + c];
    }
}

static retain_status check_covariates(retain_context *ctx, const retain_customers *customers)
{
    if (customers->covariate_count > RETAIN_BTYD_COVARIATES)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "customers.covariate_count is %zu; it must be at most %d",
                            customers->covariate_count, RETAIN_BTYD_COVARIATES);
    return retain__btyd_check_covariates(ctx, "customers.covariates", customers->covariates, customers->covariate_count,
                                         customers->count);
}

retain_status retain_btyd_fit(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                              const retain_fit_options *given, retain_btyd *model, retain_fit_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain_context quiet;
    retain__btyd_entries entries;
    likelihood sample = {.ctx = retain__btyd_quiet(ctx, &quiet), .family = retain__btyd_find(family), .entries = &entries};
    likelihood of = {.ctx = ctx, .family = sample.family, .sample = &sample, .entries = &entries};
    retain_fit_options options;
    double values[RETAIN_FIT_PARAMETERS];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !of.family)
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "family is %d; it must be a retain_btyd_family", (int)family);
    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK)
        status = retain__check_customers(ctx, customers, 0);
    if (status == RETAIN_OK)
        status = retain__btyd_check_opportunities(ctx, of.family, customers);
    if (status == RETAIN_OK)
        status = check_covariates(ctx, customers);
    if (status == RETAIN_OK)
        status = retain__btyd_enter(ctx, of.family, &options, customers->covariate_count, &entries);
    if (status == RETAIN_OK)
        status = prepare(&scratch, customers, &of);
    if (status == RETAIN_OK) {
        of.until = sample.until = customers->covariate_count ? 0.5 : 1.0;
        retain__btyd_centre_prior(of.family, &options, of.moments.mean_T, &entries);
        status = fit(ctx, &scratch, customers, &of, &options, values, report);
    }
    retain__release(&scratch);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE) {
        restore_held(&entries, values, report);
        fill(&of, values, customers->unit_days, model);
    }
    return status;
}
