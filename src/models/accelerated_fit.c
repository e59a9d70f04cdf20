/* The fit of an accelerated failure time model.
 *
 * A row adds [log shape - log t + log h(z)] where it ended, and log S(z) at its exit less that at its entry. Searched are a = log scale and s = log shape, and
 * the coefficients of predictors that are centred and scaled. Of a function g of z the derivatives are, with k = shape and u = (1, x) for a
 * and the coefficients together,
 *
 *     d/du = -k g' u,   d/ds = z g',   d2/du2 = k^2 g'' u u',   d2/duds = -k (z g'' + g') u,   d2/ds2 = z^2 g'' + z g'
 *
 * so a row adds one multiple of u u', one of u to either vector, and three numbers; rows are added up in blocks. */
#include <math.h>
#include <string.h>

#include "data/durations.h"
#include "data/predictors.h"
#include "data/scaling.h"
#include "math/fit.h"
#include "math/sums.h"
#include "models/accelerated.h"

enum { MOST = RETAIN_ACCELERATED_PREDICTORS, POSITIVE = 2, ENTRIES = POSITIVE + MOST, ROWS = 1024, SIDE = MOST + 1 };

_Static_assert((int)ENTRIES <= (int)RETAIN_FIT_PARAMETERS && (int)MOST <= (int)RETAIN__SCALED_MOST, "a report holds every entry");

/* Sums over rows: log L; by s; by s twice; by u; by u and s; by u twice, the lower triangle. */
typedef struct sums {
    double value, by_s, by_ss, by_u[SIDE], by_us[SIDE], by_uu[SIDE * SIDE];
} sums;

typedef struct fitting {
    retain_context *ctx;
    retain_accelerated_family family;
    const retain_durations *durations;
    const retain_predictors *predictors;
    retain__scaling scaling;
    size_t columns;
    double rows, events, typical; /* weights; exponential estimate of the scale */
    double first, last;           /* times at which a row ended */
    size_t used;
    double a, k, b[MOST]; /* where it is evaluated: log scale, shape, scaled coefficients */
    sums *block;          /* [blocks] */
    int tie[ENTRIES];
    double prior_mean[ENTRIES], prior_precision[ENTRIES], reported[ENTRIES * ENTRIES];
    const char *names[ENTRIES];
} fitting;

/* Adds a function of z, of which `weight` rows are. */
static void add_curved(const fitting *of, retain__curved g, double z, double weight, const double *u, sums *to)
{
    const size_t side = of->columns + 1;
    const double k = of->k, first = -weight * k * g.first, mixed = -weight * k * (z * g.second + g.first);
    const double second = weight * k * k * g.second;

    to->value += weight * g.value;
    to->by_s += weight * z * g.first;
    to->by_ss += weight * z * (z * g.second + g.first);
    for (size_t i = 0; i < side; i++) {
        to->by_u[i] += first * u[i];
        to->by_us[i] += mixed * u[i];
        for (size_t j = 0; j <= i; j++)
            to->by_uu[i * side + j] += second * u[i] * u[j];
    }
}

static void add_row(const fitting *of, size_t i, sums *to)
{
    const retain_durations *durations = of->durations;
    const double weight = durations->weight ? durations->weight[i] : 1.0, exit = durations->exit[i];
    const double entry = durations->entry ? durations->entry[i] : 0.0;
    double u[SIDE], eta = of->a, z;
    retain__curved g;

    if (!(weight > 0.0) || !(exit > 0.0))
        return;
    u[0] = 1.0;
    for (size_t j = 0; j < of->columns; j++) {
        u[1 + j] = (retain__predictor(of->predictors, i, j) - of->scaling.mean[j]) / of->scaling.scale[j];
        eta += of->b[j] * u[1 + j];
    }
    z = of->k * (log(exit) - eta);
    g = retain__accelerated_log_survival(of->family, z);
    if (!durations->event || durations->event[i]) {
        const retain__curved h = retain__accelerated_log_hazard(of->family, z);

        g = (retain__curved){g.value + h.value + log(of->k) - log(exit), g.first + h.first, g.second + h.second};
        to->by_s += weight;
    }
    add_curved(of, g, z, weight, u, to);
    if (entry > 0.0) {
        z = of->k * (log(entry) - eta);
        g = retain__accelerated_log_survival(of->family, z);
        add_curved(of, (retain__curved){-g.value, -g.first, -g.second}, z, weight, u, to);
    }
}

static void add_block(void *state, size_t block, size_t first, size_t last)
{
    const fitting *of = state;

    memset(&of->block[block], 0, sizeof *of->block);
    for (size_t i = first; i < last; i++)
        add_row(of, i, &of->block[block]);
}

/* A sum over blocks of what lies `offset` doubles into each. */
static double total(const fitting *of, size_t offset)
{
    const size_t blocks = retain__blocks(of->durations->count, ROWS);
    retain__sum sum = {0.0, 0.0};

    for (size_t block = 0; block < blocks; block++)
        retain__sum_add(&sum, ((const double *)&of->block[block])[offset]);
    return retain__sum_value(sum);
}

static size_t entry_of(size_t i)
{
    return i == 0 ? 0 : 1 + i; /* of u: scale, then the coefficients behind the shape */
}

static retain_status evaluate(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                              double *hessian)
{
    fitting *of = state;
    const size_t side = of->columns + 1, n = POSITIVE + of->columns;
    const double done = (double)evaluation;
    retain_status status;

    of->a = log(parameters[0]);
    of->k = parameters[1];
    memcpy(of->b, parameters + POSITIVE, of->columns * sizeof *parameters);
    status =
        retain__parallel(of->ctx, of->durations->count, ROWS, done / (done + 10.0), (done + 1.0) / (done + 11.0), add_block, of);
    if (status != RETAIN_OK)
        return status;
    *value = total(of, offsetof(sums, value) / sizeof(double));
    gradient[1] = total(of, offsetof(sums, by_s) / sizeof(double));
    hessian[n + 1] = total(of, offsetof(sums, by_ss) / sizeof(double));
    for (size_t i = 0; i < side; i++) {
        const size_t at = entry_of(i);

        gradient[at] = total(of, offsetof(sums, by_u) / sizeof(double) + i);
        hessian[at * n + 1] = hessian[n + at] = total(of, offsetof(sums, by_us) / sizeof(double) + i);
        for (size_t j = 0; j <= i; j++)
            hessian[at * n + entry_of(j)] = hessian[entry_of(j) * n + at] =
                total(of, offsetof(sums, by_uu) / sizeof(double) + i * side + j);
    }
    return RETAIN_OK;
}

static int start(void *state, int attempt, double *parameters)
{
    static const double shapes[] = {1.0, 2.0, 0.5};
    const fitting *of = state;
    const int attempts = of->family == RETAIN_ACCELERATED_EXPONENTIAL ? 1 : 3;

    if (attempt >= attempts)
        return 0;
    parameters[0] = of->typical;
    parameters[1] = shapes[attempt];
    memset(parameters + POSITIVE, 0, of->columns * sizeof *parameters);
    return 1;
}

static const char *find_reason(void *state, const int *loose)
{
    fitting *of = state;

    return retain__explain_open_predictors(&of->scaling, of->predictors, of->durations->weight, loose + POSITIVE);
}

static retain_status check_rows(retain_context *ctx, const retain_durations *durations, const retain_predictors *predictors)
{
    retain_status status = retain__check_durations(ctx, durations);

    if (status == RETAIN_OK)
        status = retain__check_predictors(ctx, predictors, 0);
    if (status != RETAIN_OK)
        return status;
    if (predictors->columns > MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; it must be at most %d",
                            predictors->columns, MOST);
    if (predictors->columns && predictors->count != durations->count)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "predictors.count is %zu, durations.count is %zu; they must be the same", predictors->count,
                            durations->count);
    for (size_t i = 0; i < durations->count; i++) {
        if (durations->exit[i] == 0.0 && (!durations->event || durations->event[i]) &&
            (!durations->weight || durations->weight[i] > 0.0))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "durations.exit[%zu] is 0; nothing may end at 0", i);
    }
    return RETAIN_OK;
}

/* How many rows, how many ended, and how long it takes one to end. */
static void count_rows(fitting *of)
{
    const retain_durations *durations = of->durations;
    retain__sum time = {0.0, 0.0}, rows = {0.0, 0.0}, events = {0.0, 0.0};

    of->first = (double)INFINITY;
    for (size_t i = 0; i < durations->count; i++) {
        const double weight = durations->weight ? durations->weight[i] : 1.0;
        const int event = !durations->event || durations->event[i];

        if (!(weight > 0.0))
            continue;
        of->used++;
        of->first = event && durations->exit[i] < of->first ? durations->exit[i] : of->first;
        of->last = event && durations->exit[i] > of->last ? durations->exit[i] : of->last;
        retain__sum_add(&rows, weight);
        retain__sum_add(&events, event ? weight : 0.0);
        retain__sum_add(&time, weight * (durations->exit[i] - (durations->entry ? durations->entry[i] : 0.0)));
    }
    of->rows = retain__sum_value(rows);
    of->events = retain__sum_value(events);
    of->typical = retain__sum_value(time) / of->events;
}

static void prepare_entries(fitting *of, const retain_fit_options *options)
{
    const size_t n = POSITIVE + of->columns;

    of->names[0] = "scale";
    of->names[1] = "shape";
    for (size_t i = 0; i < n; i++) {
        const size_t j = i - POSITIVE;
        const double scale = i < POSITIVE ? 1.0 : of->scaling.scale[j];
        const double share = i < POSITIVE ? 0.0 : of->scaling.spread[j] > 0.0 ? of->scaling.spread[j] / scale : 1.0;

        if (i >= POSITIVE)
            of->names[i] = of->scaling.names[j];
        of->tie[i] = i == 1 && of->family == RETAIN_ACCELERATED_EXPONENTIAL ? RETAIN__FIT_HELD : (int)i;
        of->prior_mean[i] = 0.0;
        of->prior_precision[i] =
            options->coefficient_sd > 0.0 ? share * share / (options->coefficient_sd * options->coefficient_sd) : 0.0;
        of->reported[i * n + i] = 1.0 / scale;
    }
}

static void write_model(const fitting *of, const double *entries, retain_accelerated *model)
{
    memset(model, 0, sizeof *model);
    model->family = of->family;
    model->predictors = of->columns;
    model->scale = entries[0];
    model->shape = entries[1];
    for (size_t j = 0; j < of->columns; j++) {
        model->coefficient[j] = entries[POSITIVE + j];
        model->reference[j] = of->scaling.mean[j];
    }
}

/* Why no fit is begun, as a sentence, or NULL. */
static const char *find_lack(const fitting *of)
{
    if (of->used == 0)
        return "there are no rows.";
    if (!(of->events > 0.0) || !(of->typical > 0.0))
        return "nobody left.";
    if (of->first == of->last && of->family != RETAIN_ACCELERATED_EXPONENTIAL)
        return "all who left did so at the same time, and say nothing of the shape.";
    return NULL;
}

static retain_status search(retain_context *ctx, fitting *of, const retain_fit_options *options, double *entries,
                            retain_fit_report *report)
{
    static const char *const names[] = {"the Weibull model", "the exponential model", "the log-logistic model",
                                        "the log-normal model"};
    retain__fit_problem problem = {.model = names[of->family],
                                   .parameters = POSITIVE + of->columns,
                                   .coefficients = of->columns,
                                   .names = of->names,
                                   .rows = of->used,
                                   .customers = of->rows,
                                   .state = of,
                                   .evaluate = evaluate,
                                   .start = start,
                                   .tie = of->tie,
                                   .reported = of->columns ? of->reported : NULL,
                                   .reason = find_reason};

    if (options->coefficient_sd > 0.0 && of->columns) {
        problem.prior_mean = of->prior_mean;
        problem.prior_precision = of->prior_precision;
    }
    if (find_lack(of))
        return retain__fit_too_little(ctx, &problem, find_lack(of), entries, report);
    return retain__fit(ctx, &problem, options, entries, report);
}

retain_status retain_accelerated_fit(retain_context *ctx, retain_accelerated_family family, const retain_durations *durations,
                                     const retain_predictors *predictors, const retain_fit_options *given,
                                     retain_accelerated *model, retain_fit_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    fitting of = {.ctx = ctx, .family = family, .durations = durations, .predictors = predictors};
    retain_fit_options options;
    double entries[ENTRIES];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, &options);
    if (status == RETAIN_OK)
        status = retain__accelerated_check_family(ctx, "family", family);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK && (options.prior_sd > 0.0 || options.fixed || options.purchase || options.lifetime || options.equal))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "options has prior_sd, held values or covariates; retain_accelerated_fit takes coefficient_sd alone");
    if (status == RETAIN_OK)
        status = check_rows(ctx, durations, predictors);
    if (status == RETAIN_OK) {
        of.columns = predictors->columns;
        of.block = retain__take(&scratch, retain__blocks(durations->count, ROWS), sizeof *of.block);
        status = of.block ? retain__measure_predictors(ctx, predictors, durations->weight, &of.scaling) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        count_rows(&of);
        prepare_entries(&of, &options);
        status = search(ctx, &of, &options, entries, report);
    }
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        write_model(&of, entries, model);
    retain__release(&scratch);
    return status;
}
