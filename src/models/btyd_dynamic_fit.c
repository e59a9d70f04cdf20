/* Fits of the Pareto/NBD with covariates that change with time.
 *
 * The fit without covariates comes first: it is a special case, and a good start, so the likelihood never ends below it. Then the search
 * goes on with Newton's method on r, alpha, s, beta and the coefficients, with the exact Hessian of btyd_dynamic_likelihood.c. Columns
 * are centred and scaled by the time that customers spend under them (btyd_scaling.h).
 *
 * What the covariates were at the occasions enters log L linearly, so their sums are taken once. Where there are no own columns,
 * customers who agree in first and last occasion, end and number of occasions are one row with a weight. */
#include <math.h>
#include <string.h>

#include "data/collapse.h"
#include "math/sums.h"
#include "models/btyd_dynamic.h"
#include "models/btyd_model.h"
#include "models/btyd_scaling.h"
#include "retain/btyd_dynamic.h"

enum { BLOCK = 512, ENTRIES = RETAIN__DYNAMIC_ENTRIES, PARAMETERS = 4 };

typedef struct dynamic_fit {
    retain__btyd_scaling scaling; /* first: it is the state of its own functions */
    retain_context *ctx;
    const retain__btyd_family *family;
    const retain__btyd_entries *entries;
    retain__dynamic of;
    retain__dynamic_rows rows; /* distinct ones, in runs of one x */
    double *weight;
    size_t runs;
    double *value, *run_weight;
    retain__btyd_moments moments;
    size_t count, entry_of[ENTRIES]; /* what a gradient has, and where that is in the report */
    size_t columns[2], column[2][RETAIN_BTYD_COVARIATES];
    double at_occasions[2][RETAIN__DYNAMIC_COLUMNS]; /* sums of the columns of the processes */
    double *sums;                                    /* [blocks * (1 + count + count^2)] */
    double begin[PARAMETERS];                        /* where the fit without covariates ended */
    double mean[RETAIN_FIT_PARAMETERS], precision[RETAIN_FIT_PARAMETERS];
} dynamic_fit;

/* --- the likelihood ------------------------------------------------------------------------------------------------------- */

typedef struct block_sums {
    const dynamic_fit *fit;
    double *sums;
} block_sums;

static void add_row(void *state, const retain__dynamic_found *found)
{
    const block_sums *into = state;
    const size_t count = into->fit->count;
    const double weight = into->fit->weight[found->row];
    double *gradient = into->sums + 1, *hessian = gradient + count;

    into->sums[0] += weight * found->log_likelihood;
    for (size_t i = 0; i < count; i++)
        gradient[i] += weight * found->gradient[i];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i; j < count; j++)
            hessian[i * count + j] += weight * found->hessian[i * count + j];
    }
}

static void sum_block(void *state, size_t block, size_t first, size_t last)
{
    const dynamic_fit *fit = state;
    const size_t numbers = 1 + fit->count + fit->count * fit->count;
    block_sums into = {fit, fit->sums + block * numbers};

    memset(into.sums, 0, numbers * sizeof *into.sums);
    retain__dynamic_find(&fit->of, &fit->rows, first, last, add_row, &into);
}

/* Takes values of the entries; 0 when rates are out of all bounds. */
static int set(dynamic_fit *fit, const double *values)
{
    const size_t m = fit->entries->covariates;

    fit->of.r = values[0];
    fit->of.s = values[2];
    for (size_t k = 0; k < 2; k++) {
        fit->of.process[k].coefficient[0] = log(values[2 * k + 1]);
        for (size_t j = 0; j < fit->columns[k]; j++)
            fit->of.process[k].coefficient[1 + j] = values[PARAMETERS + k * m + fit->column[k][j]];
    }
    return retain__dynamic_set(&fit->of);
}

/* Adds the terms in x alone, and those of the covariates at occasions. */
static void add_the_rest(const dynamic_fit *fit, double *sums)
{
    const double p[RETAIN__BTYD_NUMBERS] = {fit->of.r, 1.0, fit->of.s, 1.0};
    double counts[RETAIN__BTYD_SUMS] = {0.0};

    for (size_t run = 0; run < fit->runs; run++)
        fit->family->add_counts(fit->family, p, fit->value[run], fit->run_weight[run], counts);
    sums[0] += counts[0];
    sums[1] += counts[1];
    sums[1 + fit->count] += counts[1 + PARAMETERS];
    for (size_t j = 0; j < fit->of.process[0].columns; j++) {
        sums[0] += fit->of.process[0].coefficient[j] * fit->at_occasions[0][j];
        sums[2 + j] += fit->at_occasions[0][j];
    }
}

static retain_status evaluate(void *state, int evaluation, const double *values, double *value, double *gradient, double *hessian)
{
    dynamic_fit *fit = state;
    const size_t count = fit->count, entries = fit->entries->count, numbers = 1 + count + count * count;
    const size_t blocks = retain__blocks(fit->rows.count, BLOCK);
    double done = (double)evaluation;
    retain_status status;

    memset(gradient, 0, entries * sizeof *gradient);
    memset(hessian, 0, entries * entries * sizeof *hessian);
    *value = (double)NAN;
    if (!set(fit, values))
        return RETAIN_OK;
    status = retain__parallel(fit->ctx, fit->rows.count, BLOCK, done / (done + 10.0), (done + 1.0) / (done + 11.0), sum_block, fit);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < numbers; i++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t block = 0; block < blocks; block++)
            retain__sum_add(&sum, fit->sums[block * numbers + i]);
        fit->sums[i] = retain__sum_value(sum);
    }
    add_the_rest(fit, fit->sums);
    *value = fit->sums[0];
    for (size_t i = 0; i < count; i++) {
        gradient[fit->entry_of[i]] = fit->sums[1 + i];
        for (size_t j = i; j < count; j++) {
            double curvature = fit->sums[1 + count + i * count + j];

            hessian[fit->entry_of[i] * entries + fit->entry_of[j]] = hessian[fit->entry_of[j] * entries + fit->entry_of[i]] =
                curvature;
        }
    }
    return RETAIN_OK;
}

/* --- preparation ---------------------------------------------------------------------------------------------------------- */

/* Distinct rows, whose own pieces, if there are any, make each customer one of its own. */
static retain_status collapse(retain__scratch *scratch, const retain__dynamic_rows *all, const double *weight, dynamic_fit *fit)
{
    retain__dynamic_rows *rows = &fit->rows;
    double *index = rows->customer ? retain__take(scratch, all->count, sizeof *index) : NULL;
    const double *column[] = {all->x, index ? index : all->start, all->last, all->end};
    retain__collapsed found;
    retain_status status;

    if (rows->customer && !index)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; index && i < all->count; i++)
        index[i] = (double)i;
    status = retain__collapse(scratch, column, index ? 2 : 4, weight, all->count, NULL, &found);
    if (status != RETAIN_OK)
        return status;
    rows->count = found.count;
    rows->x = retain__take(scratch, found.count, sizeof *rows->x);
    fit->run_weight = retain__take_zeroed(scratch, found.runs, sizeof *fit->run_weight);
    if (!rows->x || !fit->run_weight)
        return RETAIN_ERROR_MEMORY;
    for (size_t run = 0; run < found.runs; run++) {
        for (size_t i = found.first[run]; i < found.first[run + 1]; i++) {
            rows->x[i] = found.value[run];
            fit->run_weight[run] += found.weight[i];
        }
    }
    fit->weight = found.weight;
    fit->runs = found.runs;
    fit->value = found.value;
    if (!index) {
        rows->start = found.column[0];
        rows->last = found.column[1];
        rows->end = found.column[2];
        return RETAIN_OK;
    }
    rows->start = retain__take(scratch, found.count, sizeof *rows->start);
    rows->last = retain__take(scratch, found.count, sizeof *rows->last);
    rows->end = retain__take(scratch, found.count, sizeof *rows->end);
    rows->customer = retain__take(scratch, found.count, sizeof *rows->customer);
    if (!rows->start || !rows->last || !rows->end || !rows->customer)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < found.count; i++) {
        size_t customer = (size_t)found.column[0][i];

        rows->customer[i] = customer;
        rows->start[i] = all->start[customer];
        rows->last[i] = all->last[customer];
        rows->end[i] = all->end[customer];
    }
    return RETAIN_OK;
}

static void measure_moments(dynamic_fit *fit)
{
    retain__sum customers = {0.0, 0.0}, repeaters = {0.0, 0.0}, x_sum = {0.0, 0.0}, T_sum = {0.0, 0.0};

    for (size_t i = 0; i < fit->rows.count; i++) {
        const double weight = fit->weight[i];

        retain__sum_add(&customers, weight);
        retain__sum_add(&repeaters, fit->rows.x[i] > 0.0 ? weight : 0.0);
        retain__sum_add(&x_sum, weight * fit->rows.x[i]);
        retain__sum_add(&T_sum, weight * ((fit->rows.end[i] - fit->rows.start[i]) / fit->of.from->unit_days));
    }
    fit->moments.customers = retain__sum_value(customers);
    fit->moments.repeaters = retain__sum_value(repeaters);
    fit->moments.mean_x = retain__sum_value(x_sum) / fit->moments.customers;
    fit->moments.mean_T = retain__sum_value(T_sum) / fit->moments.customers;
}

/* Time that customers spend under each calendar piece and each own one. */
static void expose(const dynamic_fit *fit, double *under_calendar, double *under_own)
{
    for (size_t i = 0; i < fit->rows.count; i++) {
        retain__dynamic_walk walk =
            retain__dynamic_set_out(&fit->of, fit->rows.customer ? fit->rows.customer[i] : 0, fit->rows.start[i], fit->rows.end[i]);
        size_t piece, own;

        while (retain__dynamic_step(&walk, &piece, &own)) {
            under_calendar[piece] += fit->weight[i] * walk.width;
            if (fit->rows.customer)
                under_own[own] += fit->weight[i] * walk.width;
        }
    }
}

static void line_up(const double *const *column, size_t columns, const size_t *row, size_t rows, double *z)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t c = 0; c < columns; c++)
            z[i * columns + c] = column[c][row ? row[i] : i];
    }
}

/* Centres and scales of the columns. */
static retain_status measure(retain__scratch *scratch, dynamic_fit *fit)
{
    const retain_btyd_histories *from = fit->of.from;
    const size_t shared = from->calendar_columns, personal = from->own_columns;
    const size_t pieces = personal ? (size_t)from->piece[from->count] : 0;
    double *under_calendar = retain__take_zeroed(scratch, fit->of.pieces, sizeof *under_calendar);
    double *under_own = retain__take_zeroed(scratch, pieces, sizeof *under_own);
    double *calendar = retain__take(scratch, fit->of.pieces, (shared + 1) * sizeof *calendar);
    double *own = retain__take(scratch, pieces, (personal + 1) * sizeof *own);
    retain_status status = under_calendar && under_own && calendar && own ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (int k = 0; status == RETAIN_OK && k < 2; k++)
        status = retain__dynamic_take_columns(scratch, &fit->of, k, NULL, 0, NULL, NULL, 0);
    if (status != RETAIN_OK)
        return status;
    retain__dynamic_set(&fit->of);
    expose(fit, under_calendar, under_own);
    line_up(from->calendar, shared, fit->of.row, fit->of.pieces, calendar);
    line_up(from->own, personal, NULL, pieces, own);
    retain__btyd_measure_covariates(&fit->scaling, 0, shared, calendar, fit->of.pieces, under_calendar);
    retain__btyd_measure_covariates(&fit->scaling, shared, personal, own, pieces, under_own);
    retain__btyd_centre(&fit->scaling, fit->family, fit->entries);
    fit->scaling.constant = "at all times that customers lived through";
    retain__give_back(scratch, under_own);
    retain__give_back(scratch, own);
    return RETAIN_OK;
}

/* Gives each process the columns that can have an effect in it. */
static retain_status choose_columns(retain__scratch *scratch, dynamic_fit *fit)
{
    const retain__btyd_entries *entries = fit->entries;
    retain_status status = RETAIN_OK;

    for (size_t k = 0; status == RETAIN_OK && k < 2; k++) {
        fit->entry_of[fit->count++] = 2 * k;
        fit->entry_of[fit->count++] = 2 * k + 1;
        for (size_t c = 0; c < entries->covariates; c++) {
            size_t entry = PARAMETERS + k * entries->covariates + c;

            if (entries->tie[entry] == RETAIN__FIT_HELD && entries->held[entry] == 0.0)
                continue;
            fit->column[k][fit->columns[k]++] = c;
            fit->entry_of[fit->count++] = entry;
        }
        status = retain__dynamic_take_columns(scratch, &fit->of, (int)k, fit->column[k], fit->columns[k], fit->scaling.centre,
                                              fit->scaling.scale, 2);
    }
    return status;
}

static void sum_occasions(dynamic_fit *fit)
{
    const retain_btyd_histories *from = fit->of.from;
    retain__sum sums[RETAIN__DYNAMIC_COLUMNS] = {{0.0, 0.0}};

    for (size_t i = 0; i < from->count; i++) {
        double values[RETAIN__DYNAMIC_COLUMNS] = {0.0};

        retain__dynamic_add_occasions(&fit->of, RETAIN__PURCHASE, i, values);
        for (size_t j = 0; j < fit->of.process[0].columns; j++)
            retain__sum_add(&sums[j], (from->weight ? from->weight[i] : 1.0) * values[j]);
    }
    for (size_t j = 0; j < fit->of.process[0].columns; j++)
        fit->at_occasions[0][j] = retain__sum_value(sums[j]);
}

/* --- the fit -------------------------------------------------------------------------------------------------------------- */

/* First where the fit without covariates ended, then as one begins. */
static int start(void *state, int attempt, double *values)
{
    const dynamic_fit *fit = state;
    const retain__btyd_entries *entries = fit->entries;
    int more = 1;

    for (size_t i = PARAMETERS; i < entries->count; i++)
        values[i] = 0.0;
    for (size_t k = 0; k < PARAMETERS; k++)
        values[k] = fit->begin[k] > 1e-16 ? fit->begin[k] < 1e16 ? fit->begin[k] : 1e16 : 1e-16;
    if (attempt > 0)
        more = fit->family->start(fit->family, &fit->moments, attempt - 1, values);
    retain__btyd_hold(entries, entries->count, values);
    for (size_t i = PARAMETERS; i < entries->count; i++)
        values[i] *= fit->scaling.scale[(i - PARAMETERS) % entries->covariates];
    return more;
}

static const char *find_meaning(const void *state, const int *way)
{
    const dynamic_fit *fit = state;
    const char *meaning = fit->family->meaning(fit->family, way);

    for (size_t i = PARAMETERS; !*meaning && i < fit->entries->count; i++) {
        if (way[i])
            meaning = "a covariate tells times or customers apart without exception";
    }
    return meaning;
}

/* The fit without covariates. */
static retain_status fit_plain(retain_context *ctx, retain__scratch *scratch, const retain_btyd_histories *from,
                               const retain__dynamic_rows *rows, const retain_fit_options *given, retain_btyd *model,
                               int report_is_ours, retain_fit_report *report)
{
    retain_context quiet, *run = ctx;
    double *t_x = retain__take(scratch, from->count, sizeof *t_x), *T = retain__take(scratch, from->count, sizeof *T);
    const retain_customers customers = {
        .count = from->count, .frequency = rows->x, .t_x = t_x, .T = T, .weight = from->weight, .unit_days = from->unit_days};
    retain_fit_options options = *given;
    retain_status status;

    if (!t_x || !T)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < from->count; i++) {
        t_x[i] = (rows->last[i] - rows->start[i]) / from->unit_days;
        T[i] = (rows->end[i] - rows->start[i]) / from->unit_days;
    }
    options.purchase = options.lifetime = options.equal = NULL;
    if (report_is_ours)
        run = retain__btyd_quiet(ctx, &quiet);
    status = retain_btyd_fit(run, RETAIN_BTYD_PARETO_NBD, &customers, &options, model, report);
    if (run != ctx && status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return retain__fail(ctx, status, RETAIN_NO_ROW, "%s", quiet.error);
    return status;
}

static retain_status fit_dynamic(retain_context *ctx, retain__scratch *scratch, const retain_fit_options *options,
                                 retain__btyd_entries *entries, dynamic_fit *fit, const retain_fit_report *plain, double *values,
                                 retain_fit_report *report)
{
    retain__fit_problem problem = {.state = fit,
                                   .model = fit->family->name,
                                   .parameters = entries->count,
                                   .coefficients = 2 * entries->covariates,
                                   .names = entries->names,
                                   .rows = fit->of.from->count,
                                   .customers = plain->customers,
                                   .meaning = find_meaning,
                                   .evaluate = evaluate,
                                   .start = start,
                                   .extreme = "number of occasions",
                                   .tie = entries->is_tied ? entries->tie : NULL,
                                   .reported = fit->scaling.reported,
                                   .reason = retain__btyd_find_reason,
                                   .data = plain->data};
    const size_t numbers = 1 + 2 + 2 * RETAIN__DYNAMIC_COLUMNS;
    retain_status status;

    if (plain->verdict == RETAIN_FIT_TOO_LITTLE_DATA)
        return retain__fit_too_little(ctx, &problem, "there are too few different customers, or none who came back.", values,
                                      report);
    memcpy(fit->begin, plain->estimate, sizeof fit->begin);
    measure_moments(fit);
    retain__btyd_centre_prior(fit->family, options, fit->moments.mean_T, entries);
    status = measure(scratch, fit);
    if (status == RETAIN_OK)
        status = choose_columns(scratch, fit);
    if (status != RETAIN_OK)
        return status;
    sum_occasions(fit);
    retain__btyd_scale_prior(&fit->scaling, entries, fit->mean, fit->precision);
    problem.prior_mean = fit->mean;
    problem.prior_precision = entries->has_prior ? fit->precision : NULL;
    problem.largest = fit->runs ? fit->value[fit->runs - 1] : 0.0;
    fit->sums = retain__take(scratch, retain__blocks(fit->rows.count, BLOCK), (numbers + fit->count * fit->count) * sizeof(double));
    return fit->sums ? retain__fit(ctx, &problem, options, values, report) : RETAIN_ERROR_MEMORY;
}

retain_status retain_btyd_dynamic_fit(retain_context *ctx, const retain_btyd_histories *histories, const retain_fit_options *given,
                                      retain_btyd *model, retain_fit_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__dynamic_rows rows;
    retain__btyd_entries entries;
    retain_fit_options options;
    retain_fit_report plain = RETAIN_FIT_REPORT_INIT;
    retain_btyd fitted;
    double values[RETAIN_FIT_PARAMETERS];
    size_t m = 0;
    dynamic_fit *fit = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK)
        status = retain__dynamic_check(ctx, histories, 1, 1);
    for (size_t c = 0; status == RETAIN_OK && c < histories->calendar_columns; c++)
        status = retain__btyd_check_reach(ctx, "histories.calendar", c, histories->calendar[c], histories->calendar_pieces);
    for (size_t c = 0; status == RETAIN_OK && c < histories->own_columns; c++)
        status = retain__btyd_check_reach(ctx, "histories.own", c, histories->own[c], (size_t)histories->piece[histories->count]);
    if (status == RETAIN_OK) {
        m = histories->calendar_columns + histories->own_columns;
        status = retain__btyd_enter(ctx, retain__btyd_find(RETAIN_BTYD_PARETO_NBD), &options, m, &entries);
    }
    if (status == RETAIN_OK)
        status = retain__dynamic_take_rows(&scratch, histories, &rows);
    if (status == RETAIN_OK) {
        status = fit_plain(ctx, &scratch, histories, &rows, &options, &fitted, m > 0, m ? &plain : report);
        if (m == 0) {
            if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
                *model = fitted;
            retain__release(&scratch);
            return status;
        }
        if (status == RETAIN_ERROR_CONVERGENCE)
            status = RETAIN_OK;
    }
    if (status == RETAIN_OK && !(fit = retain__take_zeroed(&scratch, 1, sizeof *fit)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        fit->ctx = ctx;
        fit->family = retain__btyd_find(RETAIN_BTYD_PARETO_NBD);
        fit->entries = &entries;
        status = retain__dynamic_take_calendar(&scratch, histories, &fit->of);
    }
    if (status == RETAIN_OK) {
        fit->rows.customer = rows.customer;
        status = collapse(&scratch, &rows, histories->weight, fit);
    }
    if (status == RETAIN_OK)
        status = fit_dynamic(ctx, &scratch, &options, &entries, fit, &plain, values, report);
    retain__release(&scratch);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE) {
        retain__btyd_restore(&entries, values, report);
        retain__btyd_fill(retain__btyd_find(RETAIN_BTYD_PARETO_NBD), values, histories->unit_days, model);
        model->covariates = m;
        memcpy(model->purchase, values + PARAMETERS, m * sizeof *values);
        memcpy(model->lifetime, values + PARAMETERS + m, m * sizeof *values);
    }
    return status;
}
