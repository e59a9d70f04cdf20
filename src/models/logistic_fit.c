/* Fits of logistic regressions: options, the search, and what is told of its end.
 *
 * The search works in coordinates z = (x - mean) / spread (models/logistic_rows.h). A model speaks of x: coefficients are divided by
 * the spread, and what the means add goes to the intercept. A missing value is 0 in its coordinate, the mean, and 1 in its indicator. All
 * of that is linear, entries = T point, so the covariance of the entries is T C T'. */
#include <math.h>
#include <string.h>

#include "math/special.h"
#include "metrics/rates.h"
#include "models/logistic_words.h"
#include "retain/logistic.h"

enum { WIDTH = RETAIN__GRAM_WIDTH, MOST_STEPS = 100 };

_Static_assert((int)RETAIN_LOGISTIC_STOPPED == (int)RETAIN__SEARCH_STOPPED &&
                   (int)RETAIN_LOGISTIC_ABSENT == (int)RETAIN__SEARCH_ABSENT,
               "public numbers are those of the search");

static const double MOST_PENALTY = 1e100, MOST_CLASS_WEIGHT = 1e6;

/* A fit from its beginning to its end. */
typedef struct fit {
    retain_logistic_options options;
    retain__logistic_rows rows;
    retain__logistic_passes passes;
    retain__logistic_search search;
    size_t columns, entries;
    double *inverse;    /* [width^2] covariance of the coordinates */
    double *transform;  /* [entries * width] */
    double *covariance; /* [entries^2] */
    int has_errors;     /* there is a theory for them */
    int is_begun;
    double slope, *bend; /* of average marginal effects */
} fit;

/* --- options ------------------------------------------------------------------------------------------------------------------------- */

static retain_status check_number(retain_context *ctx, const char *name, double value, double most)
{
    if (value >= 0.0 && value <= most)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s is %g; it must lie in [0, %g]", name, value, most);
}

static retain_status check_switch(retain_context *ctx, const char *name, int value)
{
    if (value == 0 || value == 1)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s is %d; it must be 0 or 1", name, value);
}

static retain_status take_options(retain_context *ctx, const retain_logistic_options *given, retain_logistic_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = check_number(ctx, "l2", options->l2, MOST_PENALTY);
    if (status == RETAIN_OK)
        status = check_number(ctx, "l1", options->l1, MOST_PENALTY);
    if (status == RETAIN_OK)
        status = check_switch(ctx, "unscaled", options->unscaled);
    if (status == RETAIN_OK)
        status = check_switch(ctx, "balanced", options->balanced);
    for (int c = 0; status == RETAIN_OK && c < 2; c++) {
        status = check_number(ctx, c ? "class_weight[1]" : "class_weight[0]", options->class_weight[c], MOST_CLASS_WEIGHT);
        if (status == RETAIN_OK && options->balanced && options->class_weight[c] != 0.0)
            status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                  "options.balanced is 1 and options.class_weight[%d] is %g; give one of them", c,
                                  options->class_weight[c]);
    }
    if (status == RETAIN_OK && options->missing != RETAIN_LOGISTIC_MISSING_INDICATED &&
        options->missing != RETAIN_LOGISTIC_MISSING_REFUSED)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "options.missing is %d; it must be a retain_logistic_missing", (int)options->missing);
    if (status == RETAIN_OK && options->iterations < 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.iterations is %d; it must be at least 0",
                              options->iterations);
    if (options->iterations == 0)
        options->iterations = MOST_STEPS;
    return status == RETAIN_OK ? retain__take_level(ctx, "options.level", &options->level) : status;
}

static void set_class_weights(fit *of)
{
    double weight[2];

    of->has_errors = of->options.l1 == 0.0 && !of->options.balanced;
    for (int c = 0; c < 2; c++) {
        weight[c] = of->options.class_weight[c] > 0.0 ? of->options.class_weight[c] : 1.0;
        of->has_errors = of->has_errors && weight[c] == 1.0;
    }
    for (int c = 0; of->options.balanced && c < 2; c++)
        weight[c] = 0.5 * (of->rows.class_rows[0] + of->rows.class_rows[1]) / of->rows.class_rows[c];
    retain__logistic_count_classes(&of->rows, weight);
}

/* --- the search ------------------------------------------------------------------------------------------------------------------------ */

static double times_log(double x, double y)
{
    return x > 0.0 ? x * log(y) : 0.0;
}

static void set_penalties(fit *of)
{
    retain__logistic_search *search = &of->search;

    search->has_ridge = of->options.l2 > 0.0;
    search->has_lasso = of->options.l1 > 0.0;
    for (size_t k = 1; k < of->rows.coordinates; k++) {
        const double spread = of->options.unscaled ? of->rows.spread[k] : 1.0;

        search->ridge[k] = of->rows.spread[k] > 0.0 ? of->options.l2 * of->rows.scale / spread / spread : 0.0;
        search->lasso[k] = of->rows.spread[k] > 0.0 ? of->options.l1 * of->rows.scale / spread : 0.0;
    }
}

static void set_null(fit *of)
{
    const double no = of->rows.class_rows[0] * of->rows.factor[0], yes = of->rows.class_rows[1] * of->rows.factor[1];

    of->search.null_point[0] = log(yes / no);
    of->search.null_value = times_log(yes, yes / (no + yes)) + times_log(no, no / (no + yes));
    of->search.most_steps = of->options.iterations;
}

static retain_status evaluate(void *passes, const double *point, size_t every, retain__logistic_sums *sums)
{
    return retain__logistic_evaluate(passes, point, every, sums);
}

static retain_status find_margins(void *passes, const double *direction, retain__logistic_margins *margins)
{
    return retain__logistic_find_margins(passes, direction, margins);
}

static retain__logistic_source make_source(fit *of)
{
    return (retain__logistic_source){.state = &of->passes,
                                     .rows = &of->rows,
                                     .leading = 1,
                                     .width = of->rows.panels * WIDTH,
                                     .sample = of->rows.predictors->count < RETAIN__LOGISTIC_MANY ? 1 : RETAIN__LOGISTIC_SAMPLE,
                                     .evaluate = evaluate,
                                     .find_margins = find_margins};
}

static retain_status search(retain_context *ctx, retain__scratch *scratch, fit *of)
{
    const retain__logistic_source source = make_source(of);
    retain_status status;

    if (of->rows.used == 0) {
        of->search.verdict = RETAIN__SEARCH_TOO_LITTLE_DATA;
    } else if (of->rows.class_rows[0] == 0.0 || of->rows.class_rows[1] == 0.0) {
        of->search.verdict = RETAIN__SEARCH_ONE_CLASS;
    } else if (of->options.l2 == 0.0 && of->options.l1 == 0.0 && of->rows.used <= of->rows.coordinates) {
        of->search.verdict = RETAIN__SEARCH_TOO_LITTLE_DATA;
    } else {
        set_class_weights(of);
        status = retain__logistic_open_passes(ctx, scratch, &of->rows, &of->passes);
        if (status == RETAIN_OK)
            status = retain__logistic_open_search(scratch, &source, &of->search);
        if (status != RETAIN_OK)
            return status;
        set_penalties(of);
        set_null(of);
        of->is_begun = 1;
        return retain__logistic_find(&of->search);
    }
    of->search.source = source;
    of->search.coordinates = of->rows.coordinates;
    return RETAIN_OK;
}

/* --- entries ---------------------------------------------------------------------------------------------------------------------------- */

/* Coordinate of an entry; 0 for those that have none, and for the intercept. */
static size_t coordinate_of(const fit *of, size_t entry)
{
    return entry <= of->columns ? entry : of->rows.indicator[entry - 1 - of->columns];
}

static retain_logistic_kind kind_of(const fit *of, size_t entry)
{
    const size_t k = coordinate_of(of, entry);

    if (entry > of->columns && k == 0)
        return RETAIN_LOGISTIC_ABSENT;
    return entry == 0 ? RETAIN_LOGISTIC_ESTIMATED : (retain_logistic_kind)of->search.kind[k];
}

static void set_transform(fit *of)
{
    const size_t width = of->search.width;

    of->transform[0] = 1.0;
    for (size_t e = 1; e < of->entries; e++) {
        const size_t k = coordinate_of(of, e);

        if (k == 0 || of->rows.spread[k] <= 0.0)
            continue;
        of->transform[e * width + k] = 1.0 / of->rows.spread[k];
        of->transform[k] = -of->rows.centre[k] / of->rows.spread[k];
    }
}

static void write_model(const fit *of, retain_logistic *model)
{
    const double *point = of->search.point;

    memset(model, 0, sizeof *model);
    model->columns = of->columns;
    model->intercept = of->is_begun ? 0.0 : (double)NAN;
    for (size_t k = 0; of->is_begun && k < of->rows.coordinates; k++)
        model->intercept += of->transform[k] * point[k];
    for (size_t j = 0; j < of->columns; j++) {
        const size_t k = of->rows.indicator[j];

        model->coefficient[j] = of->is_begun ? of->transform[(1 + j) * of->search.width + 1 + j] * point[1 + j] : (double)NAN;
        model->missing[j] =
            of->is_begun && k ? of->transform[(1 + of->columns + j) * of->search.width + k] * point[k] : (double)NAN;
        model->reference[j] = of->rows.centre[1 + j];
    }
}

/* --- what is known of them ------------------------------------------------------------------------------------------------------------------ */

static int is_known(const fit *of, size_t entry)
{
    const int is_open =
        of->search.verdict == RETAIN__SEARCH_SEPARATED || (entry == 0 && of->search.verdict == RETAIN__SEARCH_QUASI_SEPARATED);

    return of->is_begun && of->has_errors && !is_open && kind_of(of, entry) == RETAIN_LOGISTIC_ESTIMATED;
}

/* Left out, and therefore without doubt of its own. */
static int is_left_out(const fit *of, size_t entry)
{
    const retain_logistic_kind kind = kind_of(of, entry);

    return of->is_begun && (kind == RETAIN_LOGISTIC_CONSTANT || kind == RETAIN_LOGISTIC_COMBINED || kind == RETAIN_LOGISTIC_ABSENT);
}

/* T C T', where both entries are known. An entry is made of two coordinates at most, but for the intercept. */
static void set_covariance(fit *of)
{
    const size_t width = of->search.width, n = of->entries;
    double *row = of->bend; /* free until the slopes are found */

    for (size_t a = 0; a < n; a++) {
        for (size_t k = 0; k < width; k++)
            row[k] = 0.0;
        for (size_t i = 0; i < width; i++) {
            if (of->transform[a * width + i] == 0.0)
                continue;
            for (size_t k = 0; k < width; k++)
                row[k] += of->transform[a * width + i] * of->inverse[i * width + k];
        }
        for (size_t b = 0; b <= a; b++) {
            double sum = 0.0;

            for (size_t k = 0; k < width; k++)
                sum += row[k] * of->transform[b * width + k];
            if (is_left_out(of, a) || is_left_out(of, b))
                sum = 0.0;
            else if (!is_known(of, a) || !is_known(of, b))
                sum = (double)NAN;
            of->covariance[a * n + b] = of->covariance[b * n + a] = sum;
        }
    }
}

/* Rows count `scale` times what they count for the caller. */
static void find_inverse(fit *of)
{
    const size_t cells = of->search.width * of->search.width;

    if (!of->has_errors || !retain__logistic_invert(&of->search, of->inverse)) {
        of->has_errors = 0;
        memset(of->inverse, 0, cells * sizeof *of->inverse);
    }
    for (size_t c = 0; c < cells; c++)
        of->inverse[c] *= of->rows.scale;
}

static void set_nothing_known(fit *of)
{
    for (size_t c = 0; c < of->entries * of->entries; c++)
        of->covariance[c] = (double)NAN;
}

/* --- reports --------------------------------------------------------------------------------------------------------------------------------- */

static double count_degrees(const fit *of)
{
    const retain__logistic_search *from = &of->search;
    double degrees = 0.0;

    for (size_t k = 0; k < of->rows.coordinates; k++) {
        if (from->kind[k] != RETAIN__SEARCH_ESTIMATED)
            continue;
        if (from->has_lasso)
            degrees += k == 0 || from->point[k] != 0.0;
        else
            degrees += 1.0 - from->ridge[k] * of->inverse[k * from->width + k] / of->rows.scale;
    }
    return fmax(degrees, 0.0); /* rounding */
}

static void write_report(const fit *of, double degrees, retain_logistic_report *to)
{
    retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
    const double scale = of->rows.scale;
    retain__words words = {.text = report.explanation,
                           .size = sizeof report.explanation,
                           .customers = of->rows.class_rows[0] + of->rows.class_rows[1],
                           .events = of->rows.class_rows[1]};

    report.struct_size = to->struct_size;
    report.verdict = (retain_logistic_verdict)of->search.verdict;
    report.rows = of->rows.used;
    report.customers = of->rows.class_rows[0] + of->rows.class_rows[1];
    report.events = of->rows.class_rows[1];
    report.missing = of->rows.missing;
    report.iterations = of->search.iterations;
    report.evaluations = of->passes.evaluations;
    report.log_likelihood = of->is_begun ? of->search.at.value / scale : (double)NAN;
    report.null_log_likelihood = of->is_begun ? of->search.null_value / scale : (double)NAN;
    report.deviance_explained = of->is_begun ? 1.0 - of->search.at.value / of->search.null_value : (double)NAN;
    report.objective = of->is_begun ? of->search.objective / scale : (double)NAN;
    report.gradient_norm = of->is_begun ? retain__logistic_violation(&of->search) / (double)of->rows.used : (double)NAN;
    report.degrees = degrees;
    retain__logistic_explain(&of->search, &words);
    memcpy(to, &report, sizeof report);
}

static void put(double *column, size_t entry, double value)
{
    if (column)
        column[entry] = value;
}

/* Variance of the average marginal effect of an entry: its derivatives by the coordinates are the slope times the entry's own, and
 * the entry times the bend. */
static double marginal_variance(const fit *of, size_t entry, double coefficient, double *derivative)
{
    const size_t width = of->search.width;
    double variance = 0.0;

    for (size_t k = 0; k < width; k++)
        derivative[k] = of->slope * of->transform[entry * width + k] + coefficient * of->bend[k];
    for (size_t i = 0; i < width; i++)
        for (size_t k = 0; k < width; k++)
            variance += derivative[i] * of->inverse[i * width + k] * derivative[k];
    return variance;
}

static void write_marginal(const fit *of, size_t entry, double coefficient, double quantile, double *room,
                           const retain_logistic_effects *to)
{
    const int is_one = entry > 0 && of->is_begun && kind_of(of, entry) == RETAIN_LOGISTIC_ESTIMATED;
    const double effect = is_one ? of->slope * coefficient : (double)NAN;
    const double error = is_one && is_known(of, entry) ? sqrt(marginal_variance(of, entry, coefficient, room)) : (double)NAN;

    put(to->marginal, entry, effect);
    put(to->marginal_error, entry, error);
    put(to->marginal_low, entry, effect - quantile * error);
    put(to->marginal_high, entry, effect + quantile * error);
}

static void write_effects(fit *of, const retain_logistic *model, const retain_logistic_effects *to)
{
    const double quantile = -retain__ndtri(0.5 * (1.0 - of->options.level));

    for (size_t e = 0; e < of->entries; e++) {
        const size_t j = e <= of->columns ? e - 1 : e - 1 - of->columns, k = coordinate_of(of, e);
        const double coefficient = e == 0 ? model->intercept : e <= of->columns ? model->coefficient[j] : model->missing[j];
        const double error = is_known(of, e) ? sqrt(of->covariance[e * of->entries + e]) : (double)NAN;
        const int is_estimated = of->is_begun && kind_of(of, e) == RETAIN_LOGISTIC_ESTIMATED;
        const double scale = e > 0 && k > 0 ? of->rows.spread[k] : (double)NAN;

        if (to->kind)
            to->kind[e] = (uint8_t)(of->is_begun ? kind_of(of, e) : RETAIN_LOGISTIC_ABSENT);
        put(to->coefficient, e, coefficient);
        put(to->standard_error, e, error);
        put(to->low, e, coefficient - quantile * error);
        put(to->high, e, coefficient + quantile * error);
        put(to->p_value, e, erfc(fabs(coefficient / error) * 0.70710678118654752440));
        put(to->scale, e, scale);
        put(to->odds_ratio, e, is_estimated ? exp(coefficient) : (double)NAN);
        put(to->odds_ratio_scale, e, is_estimated ? exp(coefficient * scale) : (double)NAN);
        write_marginal(of, e, coefficient, quantile, of->search.trial, to);
    }
}

static retain_status find_slopes(fit *of, const retain_logistic_effects *effects)
{
    const int wanted = effects && (effects->marginal || effects->marginal_error || effects->marginal_low || effects->marginal_high);

    of->slope = (double)NAN;
    memset(of->bend, 0, of->search.width * sizeof *of->bend);
    return wanted ? retain__logistic_slopes(&of->passes, of->search.point, &of->slope, of->bend) : RETAIN_OK;
}

static retain_status take_room(retain__scratch *scratch, fit *of)
{
    const size_t width = of->search.width ? of->search.width : WIDTH;

    of->inverse = retain__take(scratch, width * width, sizeof(double));
    of->transform = retain__take_zeroed(scratch, of->entries * width, sizeof(double));
    of->covariance = retain__take(scratch, of->entries * of->entries, sizeof(double));
    of->bend = retain__take_zeroed(scratch, width, sizeof(double));
    if (!of->search.trial) /* the search was not begun */
        of->search.trial = of->bend;
    return of->inverse && of->transform && of->covariance && of->bend ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* Everything that has to be computed, before anything is written. */
static retain_status conclude(fit *of, const retain_logistic_effects *effects, double *degrees)
{
    retain_status status;

    *degrees = (double)NAN;
    if (!of->is_begun) {
        set_nothing_known(of);
        return RETAIN_OK;
    }
    set_transform(of);
    find_inverse(of);
    set_covariance(of);
    status = find_slopes(of, effects);
    if (of->has_errors || of->search.has_lasso)
        *degrees = count_degrees(of);
    return status;
}

static retain_status fit_rows(retain_context *ctx, retain__scratch *scratch, fit *of, retain_logistic *model,
                              retain_logistic_report *report, const retain_logistic_effects *effects, double *covariance)
{
    retain_logistic_report own = RETAIN_LOGISTIC_REPORT_INIT;
    double degrees;
    retain_status status = search(ctx, scratch, of);

    if (status == RETAIN_OK)
        status = take_room(scratch, of);
    if (status == RETAIN_OK)
        status = conclude(of, effects, &degrees);
    if (status != RETAIN_OK)
        return status;
    write_model(of, model);
    write_report(of, degrees, report ? report : &own);
    if (effects)
        write_effects(of, model, effects);
    if (covariance)
        memcpy(covariance, of->covariance, of->entries * of->entries * sizeof *covariance);
    if (of->search.verdict == RETAIN__SEARCH_CONVERGED)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", report ? report->explanation : own.explanation);
}

retain_status retain_logistic_fit(retain_context *ctx, const retain_predictors *predictors, const uint8_t *outcome,
                                  const double *weight, const retain_logistic_options *options, retain_logistic *model,
                                  retain_logistic_report *report, const retain_logistic_effects *effects, double *covariance)
{
    retain__scratch scratch = {ctx, NULL};
    retain_status status = retain__begin(ctx);
    fit of;

    memset(&of, 0, sizeof of);
    if (status == RETAIN_OK)
        status = take_options(ctx, options, &of.options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK && report)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK && predictors && predictors->columns == 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is 0; it must be at least 1");
    if (status == RETAIN_OK)
        status = retain__logistic_read_rows(ctx, &scratch, predictors, outcome, weight,
                                            of.options.missing == RETAIN_LOGISTIC_MISSING_INDICATED, &of.rows);
    if (status == RETAIN_OK) {
        of.columns = predictors->columns;
        of.entries = 1 + 2 * predictors->columns;
        status = fit_rows(ctx, &scratch, &of, model, report, effects, covariance);
    }
    retain__release(&scratch);
    return status;
}

const char *retain_logistic_verdict_name(retain_logistic_verdict verdict)
{
    static const char *const names[] = {"none",      "converged", "separated",       "quasi-separated",
                                        "collinear", "one class", "too little data", "stopped"};

    return verdict >= RETAIN_LOGISTIC_NONE && verdict <= RETAIN_LOGISTIC_STOPPED ? names[verdict] : "unknown";
}
