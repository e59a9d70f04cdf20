/* Fits of discrete-time hazards: the search, and what is told of its end.
 *
 * The search is that of logistic regression (models/logistic_search.h), with the baselines of the groups in front, which are neither
 * penalised nor left out, and then the coordinates of the predictors, z = (x - mean) / spread. Baselines are those of a row at the means;
 * the reference customer has no missing values, though, and an indicator's mean is its share. Entries are linear in the coordinates:
 *
 *     baseline_g = point_g - sum over indicators of mean / spread point_k,   coefficient = point_k / spread
 *
 * so their covariance follows from that of the coordinates. */
#include <math.h>
#include <string.h>

#include "data/spells.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/hazard_pass.h"
#include "models/logistic_words.h"

enum { WIDTH = RETAIN__GRAM_WIDTH, SAID = 4 };

_Static_assert((int)RETAIN_HAZARD_STOPPED == (int)RETAIN__SEARCH_STOPPED, "public numbers are those of the search");

/* A fit from its beginning to its end. */
typedef struct fit {
    retain_hazard_options options;
    retain__hazard_rows rows;
    retain__hazard_passes passes;
    retain__logistic_search search;
    size_t groups, columns, entries;
    double at_risk, events; /* of all groups */
    double log_likelihood;  /* at the point, in the scale of the search */
    double *inverse;        /* [width^2] covariance of the coordinates */
    double *slope, *shift;  /* [entries] an entry is slope times its coordinate; [width] what baselines lose by each coordinate */
    double *shifted, *covariance; /* [width + 1] the inverse times shift; [entries^2] */
    int has_errors, is_begun;
} fit;

/* --- the search ----------------------------------------------------------------------------------------------------------------- */

static const double LEAST_HAZARD = 1e-12; /* where a search starts: nearer to 0 or 1 the link is beyond arithmetic */

static double times_log(double x, double y)
{
    return x > 0.0 ? x * log(y) : 0.0;
}

static double link_of(retain_hazard_link link, double hazard)
{
    return link == RETAIN_HAZARD_LOGIT ? log(hazard / (1.0 - hazard)) : log(-log1p(-hazard));
}

static void set_null(fit *of)
{
    const retain__hazard_groups *groups = &of->rows.groups;
    const double row = (of->rows.rows.class_rows[0] + of->rows.rows.class_rows[1]) / (double)of->rows.rows.used; /* its weight */
    retain__logistic_search *search = &of->search;

    search->null_value = 0.0;
    for (size_t g = 0; g < of->groups; g++) {
        const double risk = groups->at_risk[g], events = groups->events[g], rest = fmax(risk - events, 0.0);
        const double hazard =
            of->options.smoothing > 0.0 || !(rest > 0.0) ? (events + row * of->events / of->at_risk) / (risk + row) : events / risk;

        search->null_point[g] = link_of(of->options.link, fmin(fmax(hazard, LEAST_HAZARD), 1.0 - LEAST_HAZARD));
        search->null_value += of->rows.rows.scale * (times_log(events, events / risk) + times_log(rest, rest / risk));
    }
    search->most_steps = of->options.iterations;
}

static void set_penalties(fit *of)
{
    retain__logistic_search *search = &of->search;

    search->has_ridge = of->options.l2 > 0.0;
    search->has_lasso = of->options.l1 > 0.0;
    for (size_t k = of->groups; k < search->coordinates; k++) {
        const double is_there = of->rows.rows.spread[retain__logistic_coordinate(&search->source, k)] > 0.0 ? 1.0 : 0.0;

        search->ridge[k] = is_there * of->options.l2 * of->rows.rows.scale;
        search->lasso[k] = is_there * of->options.l1 * of->rows.rows.scale;
    }
}

static void count_all(fit *of)
{
    of->at_risk = of->events = 0.0;
    for (size_t g = 0; g < of->groups; g++) {
        of->at_risk += of->rows.groups.at_risk[g];
        of->events += of->rows.groups.events[g];
    }
}

static retain_status search(retain_context *ctx, retain__scratch *scratch, fit *of)
{
    const retain__logistic_source source = {.state = &of->passes,
                                            .rows = &of->rows.rows,
                                            .leading = of->groups,
                                            .sample = 1,
                                            .evaluate = retain__hazard_evaluate,
                                            .find_margins = retain__hazard_find_margins};
    retain_status status;

    count_all(of);
    of->search.source = source;
    if (of->rows.rows.used == 0 || of->groups == 0) {
        of->search.verdict = RETAIN__SEARCH_TOO_LITTLE_DATA;
        return RETAIN_OK;
    }
    if (!(of->events > 0.0) || !(of->at_risk > of->events * (1.0 + 1e-12))) {
        of->search.verdict = RETAIN__SEARCH_ONE_CLASS;
        return RETAIN_OK;
    }
    of->has_errors = of->options.l1 == 0.0;
    status = retain__hazard_open_passes(ctx, scratch, &of->rows, of->options.link, of->options.smoothing * of->rows.rows.scale,
                                        &of->passes);
    if (status == RETAIN_OK) {
        retain__logistic_source ready = source;

        ready.width = of->passes.width;
        status = retain__logistic_open_search(scratch, &ready, &of->search);
    }
    if (status != RETAIN_OK)
        return status;
    set_penalties(of);
    set_null(of);
    of->is_begun = 1;
    return retain__logistic_find(&of->search);
}

/* --- entries -------------------------------------------------------------------------------------------------------------------- */

/* Coordinate of the search of an entry; 0 for those that have none, and for the first group, which is itself. */
static size_t coordinate_of(const fit *of, size_t entry)
{
    size_t indicator;

    if (entry < of->groups + of->columns)
        return entry;
    indicator = of->rows.rows.indicator[entry - of->groups - of->columns];
    return indicator ? of->groups + indicator - 1 : 0;
}

static retain__search_kind kind_of(const fit *of, size_t entry)
{
    const size_t k = coordinate_of(of, entry);

    if (!of->is_begun || (entry >= of->groups + of->columns && k == 0))
        return RETAIN__SEARCH_ABSENT;
    return (retain__search_kind)of->search.kind[k];
}

static double spread_of(const fit *of, size_t entry)
{
    const size_t k = coordinate_of(of, entry);

    if (entry < of->groups || (k == 0 && entry >= of->groups + of->columns))
        return (double)NAN;
    return of->rows.rows.spread[k - of->groups + 1];
}

static void set_transform(fit *of)
{
    for (size_t e = 0; e < of->entries; e++) {
        const size_t k = coordinate_of(of, e);
        const double spread = spread_of(of, e);

        of->slope[e] = e < of->groups ? 1.0 : spread > 0.0 ? 1.0 / spread : 0.0;
        if (e >= of->groups + of->columns && spread > 0.0)
            of->shift[k] = of->rows.rows.centre[k - of->groups + 1] / spread;
    }
}

static void write_model(const fit *of, retain_hazard *model)
{
    const double *point = of->search.point;
    double lost = 0.0;

    memset(model, 0, sizeof *model);
    model->link = of->options.link;
    model->groups = of->groups;
    model->columns = of->columns;
    for (size_t k = of->groups; of->is_begun && k < of->search.coordinates; k++)
        lost += of->shift[k] * point[k];
    for (size_t g = 0; g < of->groups; g++) {
        model->until[g] = (double)of->rows.groups.until[g];
        model->baseline[g] = of->is_begun ? point[g] - lost : (double)NAN;
    }
    for (size_t j = 0; j < of->columns; j++) {
        const size_t e = of->groups + j, k = coordinate_of(of, e + of->columns);

        model->coefficient[j] = of->is_begun ? of->slope[e] * point[e] : (double)NAN;
        model->missing[j] = of->is_begun && k ? of->slope[e + of->columns] * point[k] : (double)NAN;
        model->reference[j] = of->rows.rows.used ? of->rows.rows.centre[1 + j] : (double)NAN;
    }
}

/* --- what is known of them ------------------------------------------------------------------------------------------------------ */

static int is_known(const fit *of, size_t entry)
{
    const int is_open = of->search.verdict == RETAIN__SEARCH_SEPARATED ||
                        (entry < of->groups && of->search.verdict == RETAIN__SEARCH_QUASI_SEPARATED);

    return of->has_errors && !is_open && kind_of(of, entry) == RETAIN__SEARCH_ESTIMATED;
}

static int is_left_out(const fit *of, size_t entry)
{
    const retain__search_kind kind = kind_of(of, entry);

    return of->is_begun && (kind == RETAIN__SEARCH_CONSTANT || kind == RETAIN__SEARCH_COMBINED || kind == RETAIN__SEARCH_ABSENT);
}

static double covariance_of(const fit *of, size_t a, size_t b)
{
    const size_t width = of->search.width, i = coordinate_of(of, a), j = coordinate_of(of, b);
    double sum = of->inverse[i * width + j];

    if (is_left_out(of, a) || is_left_out(of, b))
        return 0.0;
    if (!is_known(of, a) || !is_known(of, b))
        return (double)NAN;
    if (a < of->groups)
        sum -= of->shifted[j];
    if (b < of->groups)
        sum -= of->shifted[i];
    if (a < of->groups && b < of->groups)
        sum += of->shifted[width];
    return of->slope[a] * of->slope[b] * sum;
}

static void set_covariance(fit *of)
{
    const size_t width = of->search.width;

    if (of->has_errors && !retain__logistic_invert(&of->search, of->inverse))
        of->has_errors = 0;
    for (size_t c = 0; of->has_errors && c < width * width; c++)
        of->inverse[c] *= of->rows.rows.scale;
    of->shifted[width] = 0.0;
    for (size_t i = 0; of->has_errors && i < width; i++) {
        of->shifted[i] = 0.0;
        for (size_t k = 0; k < width; k++)
            of->shifted[i] += of->inverse[i * width + k] * of->shift[k];
        of->shifted[width] += of->shift[i] * of->shifted[i];
    }
    for (size_t a = 0; a < of->entries; a++)
        for (size_t b = 0; b <= a; b++)
            of->covariance[a * of->entries + b] = of->covariance[b * of->entries + a] = covariance_of(of, a, b);
}

/* Trace of H (H + penalty)^-1; what the smoothing takes comes from the differences of neighbours. */
static double count_degrees(const fit *of)
{
    const retain__logistic_search *from = &of->search;
    const double over = 1.0 / of->rows.rows.scale;
    double degrees = 0.0;

    for (size_t k = 0; k < from->coordinates; k++) {
        if (from->kind[k] != RETAIN__SEARCH_ESTIMATED)
            continue;
        if (from->has_lasso)
            degrees += k < of->groups || from->point[k] != 0.0;
        else
            degrees += 1.0 - over * from->ridge[k] * of->inverse[k * from->width + k];
    }
    for (size_t g = 1; g < of->groups && of->has_errors; g++) {
        const double *here = of->inverse + g * from->width, *before = here - from->width;

        degrees -= over * of->passes.smoothing * (here[g] - 2.0 * here[g - 1] + before[g - 1]);
    }
    return of->has_errors || from->has_lasso ? fmax(degrees, 0.0) : (double)NAN;
}

/* --- reports -------------------------------------------------------------------------------------------------------------------- */

/* Which groups were made longer so that somebody left in each, and somebody did not. */
static void explain_groups(const fit *of, retain__words *to)
{
    const retain__hazard_groups *groups = &of->rows.groups;
    size_t pooled = 0, said = 0;

    for (size_t g = 0; g < of->groups; g++)
        pooled += groups->until[g] > retain__hazard_since(groups, g);
    if (of->options.until || of->options.least_events > 0.0 || pooled == 0)
        return;
    retain__say(to, " Periods ");
    for (size_t g = 0; g < of->groups && said < SAID; g++) {
        if (groups->until[g] == retain__hazard_since(groups, g))
            continue;
        retain__say(to, "%s%zu to %zu",
                    said == 0            ? ""
                    : said + 1 == pooled ? " and "
                                         : ", ",
                    retain__hazard_since(groups, g), groups->until[g]);
        said++;
    }
    if (pooled > said)
        retain__say(to, " and %zu others", pooled - said);
    retain__say(to, " share a hazard%s, because nobody left in one of them, or everybody.", pooled > 1 ? " each" : "");
}

static void explain(const fit *of, retain_hazard_report *report)
{
    retain__words words = {
        .text = report->explanation, .size = sizeof report->explanation, .customers = of->at_risk, .events = of->events};

    report->explanation[0] = '\0';
    if (of->search.verdict == RETAIN__SEARCH_TOO_LITTLE_DATA) {
        retain__say(&words, "No row of weight above 0 was at risk in any period.");
    } else if (of->search.verdict == RETAIN__SEARCH_ONE_CLASS) {
        retain__say(&words, of->events > 0.0 ? "Everybody at risk left in the first period: nothing can be learnt of staying."
                                             : "Nobody left: nothing can be learnt of leaving.");
    } else {
        retain__logistic_explain(&of->search, &words);
        explain_groups(of, &words);
    }
}

static void write_report(const fit *of, double degrees, retain_hazard_report *to)
{
    const double over = 1.0 / of->rows.rows.scale, nothing = of->is_begun ? 0.0 : (double)NAN;
    retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;

    report.struct_size = to->struct_size;
    report.verdict = (retain_hazard_verdict)of->search.verdict;
    report.rows = of->rows.rows.used;
    report.customers = of->rows.rows.class_rows[0] + of->rows.rows.class_rows[1];
    report.periods = of->at_risk;
    report.events = of->events;
    report.missing = of->rows.rows.missing;
    report.iterations = of->search.iterations;
    report.evaluations = of->passes.evaluations;
    report.log_likelihood = of->log_likelihood * over + nothing;
    report.null_log_likelihood = of->search.null_value * over + nothing;
    report.objective = of->search.objective * over + nothing;
    report.gradient_norm = of->is_begun ? retain__logistic_violation(&of->search) / (double)of->rows.rows.used : (double)NAN;
    report.degrees = degrees;
    explain(of, &report);
    memcpy(to, &report, sizeof report);
}

static double entry_of(const retain_hazard *model, size_t entry)
{
    if (entry < model->groups)
        return model->baseline[entry];
    entry -= model->groups;
    return entry < model->columns ? model->coefficient[entry] : model->missing[entry - model->columns];
}

static void write_effects(const fit *of, const retain_hazard *model, const retain_hazard_effects *to)
{
    const double quantile = retain__ndtri(0.5 + 0.5 * of->options.level);

    for (size_t e = 0; e < of->entries; e++) {
        const int is_baseline = e < of->groups, is_estimated = kind_of(of, e) == RETAIN__SEARCH_ESTIMATED;
        const double coefficient = entry_of(model, e);
        const double error = is_known(of, e) ? sqrt(of->covariance[e * of->entries + e]) : (double)NAN;

        if (to->kind)
            to->kind[e] = (uint8_t)kind_of(of, e);
        retain__put(to->coefficient, e, coefficient);
        retain__put(to->standard_error, e, error);
        retain__put(to->low, e, coefficient - quantile * error);
        retain__put(to->high, e, coefficient + quantile * error);
        retain__put(to->p_value, e, is_baseline ? (double)NAN : erfc(fabs(coefficient / error) * 0.70710678118654752440));
        retain__put(to->scale, e, of->is_begun ? spread_of(of, e) : (double)NAN);
        retain__put(to->ratio, e, !is_baseline && is_estimated ? exp(coefficient) : (double)NAN);
    }
}

/* --- the call ------------------------------------------------------------------------------------------------------------------- */

static retain_status take_room(retain__scratch *scratch, fit *of)
{
    const size_t width = of->search.width ? of->search.width : WIDTH, entries = of->entries ? of->entries : 1;

    of->inverse = retain__take_zeroed(scratch, width * width, sizeof(double));
    of->slope = retain__take_zeroed(scratch, entries, sizeof(double));
    of->shift = retain__take_zeroed(scratch, width, sizeof(double));
    of->shifted = retain__take_zeroed(scratch, width + 1, sizeof(double));
    of->covariance = retain__take(scratch, entries * entries, sizeof(double));
    return of->inverse && of->slope && of->shift && of->shifted && of->covariance ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* The likelihood without its smoothing: what was taken from it cannot be added again where it was larger by many orders. */
static retain_status find_likelihood(fit *of)
{
    const double smoothing = of->passes.smoothing;
    retain_status status = RETAIN_OK;

    of->log_likelihood = of->search.at.value;
    if (smoothing > 0.0) {
        of->passes.smoothing = 0.0;
        status = retain__hazard_evaluate(&of->passes, of->search.point, 1, &of->search.there);
        of->log_likelihood = of->search.there.value;
        of->passes.smoothing = smoothing;
    }
    if (of->log_likelihood > 0.0) /* rounding */
        of->log_likelihood = 0.0;
    return status;
}

static retain_status conclude(fit *of, double *degrees)
{
    *degrees = (double)NAN;
    if (!of->is_begun) {
        for (size_t c = 0; c < of->entries * of->entries; c++)
            of->covariance[c] = (double)NAN;
        return RETAIN_OK;
    }
    set_transform(of);
    set_covariance(of);
    *degrees = count_degrees(of);
    return find_likelihood(of);
}

static retain_status fit_rows(retain_context *ctx, retain__scratch *scratch, fit *of, retain_hazard *model,
                              retain_hazard_report *report, const retain_hazard_effects *effects, double *covariance)
{
    retain_hazard_report own = RETAIN_HAZARD_REPORT_INIT;
    double degrees = (double)NAN;
    retain_status status = search(ctx, scratch, of);

    if (status == RETAIN_OK)
        status = take_room(scratch, of);
    if (status == RETAIN_OK)
        status = conclude(of, &degrees);
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

retain_status retain_hazard_fit(retain_context *ctx, const retain_durations *durations, const retain_predictors *predictors,
                                const int64_t *customer, const retain_hazard_options *options, retain_hazard *model,
                                retain_hazard_report *report, const retain_hazard_effects *effects, double *covariance)
{
    retain__scratch scratch = {ctx, NULL};
    retain_status status = retain__begin(ctx);
    fit of;

    memset(&of, 0, sizeof of);
    if (status == RETAIN_OK)
        status = retain__hazard_check_options(ctx, options, &of.options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK && report)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK)
        status = retain__hazard_read_rows(ctx, &scratch, durations, predictors, &of.options, &of.rows);
    if (status == RETAIN_OK && customer)
        status = retain__check_spells(ctx, durations, customer);
    if (status == RETAIN_OK) {
        of.groups = of.rows.groups.count;
        of.columns = predictors->columns;
        of.entries = of.groups + 2 * of.columns;
        status = fit_rows(ctx, &scratch, &of, model, report, effects, covariance);
    }
    retain__release(&scratch);
    return status;
}

const char *retain_hazard_verdict_name(retain_hazard_verdict verdict)
{
    static const char *const names[] = {"none",      "converged", "separated",       "quasi-separated",
                                        "collinear", "one class", "too little data", "stopped"};

    return verdict >= RETAIN_HAZARD_NONE && verdict <= RETAIN_HAZARD_STOPPED ? names[verdict] : "unknown";
}
