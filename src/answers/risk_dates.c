/* What was known on a date.
 *
 * Each date is read from the log as if it ended there: summary, model of orders and features know nothing later. Only the label looks
 * ahead, H days, and it is what is to be foretold. Counts, days and money are spread over powers of ten, and what matters in them is
 * how many times more, so the regression takes their logarithms; shares and trends lie in a small range and are taken as they are. */
#include "answers/risk_dates.h"

#include <math.h>
#include <string.h>

#include "core/stage.h"

enum { UNIT_DAYS = 7 };

/* Beyond these odds the model of orders is not believed: its tails are extrapolation, and one row must not carry a regression. */
static const double MOST_LOG_ODDS = 20.0;

/* --- dates --------------------------------------------------------------------------------------------------------------------- */

/* Day of the first row that looks like an order: dates are planned by it, nothing is counted. */
static int find_first_day(const retain_orders *orders, int64_t end, int64_t *first)
{
    int found = 0;

    for (size_t i = 0; i < orders->count; i++) {
        if (orders->value[i] > 0.0 && orders->day[i] <= end && (!found || orders->day[i] < *first)) {
            *first = orders->day[i];
            found = 1;
        }
    }
    return found;
}

retain_status retain__plan_risk_dates(retain_context *ctx, const retain__risk_job *job, int64_t *day, size_t *dates)
{
    const int64_t horizon = job->options.horizon_days, end = job->observation_end;
    int64_t first = 0, most;

    (void)ctx;
    *dates = 0;
    if (!find_first_day(job->source->orders, end, &first))
        return RETAIN_OK;
    most = (end - first) / horizon - 1; /* a horizon of history before the first date, one after the last */
    if (most < 0)
        most = 0;
    *dates = (uint64_t)most < job->options.dates ? (size_t)most : job->options.dates;
    for (size_t d = 0; d < *dates; d++)
        day[d] = end - (int64_t)(*dates - d) * horizon;
    return RETAIN_OK;
}

static int is_today(const retain__risk_job *job, const retain__risk_date *date)
{
    return date->day == job->observation_end;
}

/* --- the model of orders --------------------------------------------------------------------------------------------------------- */

/* One row per customer as of a day; customers of a summary are those of a panel without active_days, and more than those with it. */
typedef struct known {
    size_t count;
    int64_t *customer;
    double *frequency, *t_x, *T, *spend, *silence;
} known;

static retain_status take_known(retain__scratch *scratch, known *rows)
{
    double **const columns[] = {&rows->frequency, &rows->t_x, &rows->T, &rows->spend, &rows->silence};

    rows->customer = retain__take(scratch, rows->count, sizeof *rows->customer);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        if (!(*columns[c] = retain__take(scratch, rows->count, sizeof(double))))
            return RETAIN_ERROR_MEMORY;
    }
    return rows->customer ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* What the model of orders was fitted to. */
static void forget_asked(retain__scratch *scratch, known *rows)
{
    double **const columns[] = {&rows->frequency, &rows->t_x, &rows->T, &rows->spend};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        retain__give_back(scratch, *columns[c]);
        *columns[c] = NULL;
    }
}

static void forget_known(retain__scratch *scratch, known *rows)
{
    forget_asked(scratch, rows);
    retain__give_back(scratch, rows->customer);
    retain__give_back(scratch, rows->silence);
}

static retain_status read_known(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job, int64_t day,
                                double from, double to, known *rows)
{
    retain_orders_options counting = {.struct_size = sizeof counting};
    const retain_summary nothing = {0};
    retain_summary summary = {0};
    retain__stage stage;
    retain_status status;

    if (job->counting)
        memcpy(&counting, job->counting,
               job->counting->struct_size < sizeof counting ? job->counting->struct_size : sizeof counting);
    counting.struct_size = sizeof counting;
    counting.unit_days = UNIT_DAYS;
    status = retain__end_stage(&stage,
                               retain_orders_summary(retain__begin_stage(&stage, ctx, from, (from + to) / 2.0), job->source->orders,
                                                     day, &counting, &nothing, SIZE_MAX, &rows->count, NULL));
    if (status == RETAIN_OK)
        status = take_known(scratch, rows);
    if (status != RETAIN_OK)
        return status;
    summary.customer = rows->customer;
    summary.frequency = rows->frequency;
    summary.t_x = rows->t_x;
    summary.T = rows->T;
    summary.spend = rows->spend;
    return retain__end_stage(&stage,
                             retain_orders_summary(retain__begin_stage(&stage, ctx, (from + to) / 2.0, to), job->source->orders,
                                                   day, &counting, &summary, rows->count, &rows->count, NULL));
}

/* Fits the model of orders and asks it; silence is NaN throughout where it has no parameters. */
static retain_status ask_model(retain_context *ctx, const retain__risk_job *job, known *rows, double from, double to,
                               retain__risk_date *date)
{
    const retain_customers customers = {
        .count = rows->count, .frequency = rows->frequency, .t_x = rows->t_x, .T = rows->T, .unit_days = UNIT_DAYS};
    const double middle = from + 0.9 * (to - from);
    retain__stage stage;
    retain_status status;

    memset(&date->report, 0, sizeof date->report);
    date->report.struct_size = sizeof date->report;
    status = retain_btyd_fit(retain__begin_stage(&stage, ctx, from, middle), job->options.family, &customers, NULL, &date->model,
                             &date->report);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return retain__end_stage(&stage, status);
    if (date->report.verdict != RETAIN_FIT_CONVERGED && date->report.verdict != RETAIN_FIT_BOUNDARY &&
        date->report.verdict != RETAIN_FIT_RIDGE) {
        for (size_t i = 0; i < rows->count; i++)
            rows->silence[i] = NAN;
        return RETAIN_OK;
    }
    return retain__end_stage(&stage, retain_btyd_silence(retain__begin_stage(&stage, ctx, middle, to), &date->model, &customers,
                                                         (double)job->options.horizon_days / UNIT_DAYS, rows->silence));
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------ */

double retain__log_odds_of_silence(double p)
{
    const double odds = log(p) - log1p(-p);

    return isnan(p) ? p : fmin(fmax(odds, -MOST_LOG_ODDS), MOST_LOG_ODDS);
}

/* Puts what the model of orders says beside the panel's rows: both ascend by customer. Who is counted by one and not by the other had a
 * first order that was taken back on the same day. */
static void merge_known(const known *rows, retain__risk_date *date)
{
    size_t k = 0;

    for (size_t i = 0; i < date->count; i++) {
        int found;

        while (k < rows->count && rows->customer[k] < date->customer[i])
            k++;
        found = k < rows->count && rows->customer[k] == date->customer[i];
        date->rhythm[i] = found ? retain__log_odds_of_silence(rows->silence[k]) : (double)NAN;
        if (!date->spend)
            continue;
        date->frequency[i] = found ? rows->frequency[k] : 0.0;
        date->t_x[i] = found ? rows->t_x[k] : 0.0;
        date->T[i] = found ? rows->T[k] : 0.0;
        date->spend[i] = found ? rows->spend[k] : (double)NAN;
    }
}

static int is_spread(retain_features_id id)
{
    switch (id) {
    case RETAIN_FEATURES_OCCASIONS_TREND:
    case RETAIN_FEATURES_VALUE_TREND:
    case RETAIN_FEATURES_REFUND_SHARE:
    case RETAIN_FEATURES_DISCOUNTED_SHARE:
    case RETAIN_FEATURES_DISCOUNT_RATE:
    case RETAIN_FEATURES_TOP_CATEGORY:
    case RETAIN_FEATURES_EVENTS_TREND:
    case RETAIN_FEATURES_EVENTS_MEAN:
        return 0;
    default:
        return 1;
    }
}

/* Makes predictors of features, where they stand. */
static void make_predictors(const retain__risk_job *job, retain__risk_date *date)
{
    const size_t n = date->count;

    if (date->feature)
        memcpy(date->feature, date->predictor, n * job->columns * sizeof *date->feature);
    for (size_t c = 0; c < job->columns; c++) {
        double *const x = date->predictor + c * n;

        if (job->column[c].id == RETAIN_FEATURES_DAYS_SINCE_LAST)
            memcpy(date->absent, x, n * sizeof *x);
        for (size_t i = 0; is_spread(job->column[c].id) && i < n; i++)
            x[i] = copysign(log1p(fabs(x[i])), x[i]);
    }
    memcpy(date->predictor + job->columns * n, date->rhythm, n * sizeof(double));
}

/* What only those of today are told or valued by is not kept of dates of the past: memory is the limit of a plugin. */
static retain_status take_date(retain__scratch *scratch, const retain__risk_job *job, retain__risk_date *date)
{
    double **const columns[] = {&date->label, &date->rhythm, &date->absent, &date->frequency, &date->t_x, &date->T, &date->spend};
    const size_t wanted = is_today(job, date) ? sizeof columns / sizeof *columns : 3;

    for (size_t c = 0; c < wanted; c++) {
        if (!(*columns[c] = retain__take(scratch, date->count, sizeof(double))))
            return RETAIN_ERROR_MEMORY;
    }
    date->customer = retain__take(scratch, date->count, sizeof *date->customer);
    date->predictor = retain__take(scratch, date->count, (job->columns + 1) * sizeof *date->predictor);
    if (is_today(job, date) && !(date->feature = retain__take(scratch, date->count, job->columns * sizeof *date->feature)))
        return RETAIN_ERROR_MEMORY;
    return date->customer && date->predictor ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static retain_status read_panel(retain_context *ctx, const retain__risk_job *job, double from, double to, retain__risk_date *date)
{
    const retain_features_rows rows = {.customer = date->customer, .label = date->label, .feature = date->predictor};
    const size_t room = date->count;
    retain__stage stage;
    const retain_status status = retain__end_stage(
        &stage, retain_features_panel(retain__begin_stage(&stage, ctx, from, to), job->source, job->observation_end, &date->day, 1,
                                      job->counting, &job->features, &rows, date->count, &date->count, NULL));

    for (size_t c = 1; status == RETAIN_OK && c < job->columns; c++) /* fewer rows than there was room for: columns move up */
        memmove(date->predictor + c * date->count, date->predictor + c * room, date->count * sizeof *date->predictor);
    return status;
}

retain_status retain__read_risk_date(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job, int64_t day,
                                     double from, double to, retain__risk_date *date)
{
    const double third = (to - from) / 3.0;
    known rows = {0};
    retain_status status;

    memset(date, 0, sizeof *date);
    date->day = day;
    status = read_known(ctx, scratch, job, day, from, from + third, &rows);
    if (status == RETAIN_OK)
        status = ask_model(ctx, job, &rows, from + third, from + 2.0 * third, date);
    if (!is_today(job, date))
        forget_asked(scratch, &rows);
    date->count = rows.count; /* no more are in the panel */
    if (status == RETAIN_OK)
        status = take_date(scratch, job, date);
    if (status == RETAIN_OK)
        status = read_panel(ctx, job, from + 2.0 * third, to, date);
    if (status == RETAIN_OK) {
        merge_known(&rows, date);
        make_predictors(job, date);
    }
    forget_known(scratch, &rows);
    return status;
}

void retain__forget_risk_date(retain__scratch *scratch, retain__risk_date *date)
{
    void *const columns[] = {date->label, date->rhythm, date->absent,   date->frequency, date->t_x,
                             date->T,     date->spend,  date->customer, date->feature,   date->predictor};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        retain__give_back(scratch, columns[c]);
    date->count = 0;
}
