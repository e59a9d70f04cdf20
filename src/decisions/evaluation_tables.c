/* Frequency fit and tracking curve: what a model says of customers about whom nothing is known but when they came.
 *
 * Both are sums of one function of age over all customers. The function is costly, ages are few: customers are counted by T, or by
 * first day, and the function is computed once for each age. Counts are added as pairs, so that weights may come in any order. */
#include <math.h>
#include <string.h>

#include "data/customer_rows.h"
#include "data/customers.h"
#include "decisions/evaluation_origins.h"
#include "decisions/evaluation_rows.h"
#include "retain/evaluation_backtest.h"

/* --- frequency fit
 * ------------------------------------------------------------------------------------------------------------- */

enum { MOST_CLASSES = 1000 };

typedef struct fit_table {
    size_t classes;
    double *n, *pmf;                /* [classes] 0, 1, 2 ... and their probabilities at one age */
    retain__sum *actual, *expected; /* [classes] */
} fit_table;

static retain_status take_table(retain__scratch *scratch, size_t classes, fit_table *table)
{
    *table = (fit_table){classes, retain__take(scratch, classes, sizeof(double)), retain__take(scratch, classes, sizeof(double)),
                         retain__take_zeroed(scratch, classes, sizeof(retain__sum)),
                         retain__take_zeroed(scratch, classes, sizeof(retain__sum))};
    if (!table->n || !table->pmf || !table->actual || !table->expected)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < classes; k++)
        table->n[k] = (double)k;
    return RETAIN_OK;
}

/* The customers of one age: what they did, and what they should have done. */
static retain_status add_age(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                             const retain__order *order, size_t g, fit_table *table)
{
    const size_t last = table->classes - 1;
    retain__sum alike = {0.0, 0.0};
    double rest = 1.0;
    retain_status status =
        retain_btyd_pmf(ctx, model, customers->T[retain__row_at(order, order->first[g])], table->n, last, table->pmf, NULL);

    if (status != RETAIN_OK)
        return status;
    for (size_t at = order->first[g]; at < order->first[g + 1]; at++) {
        const size_t i = retain__row_at(order, at);
        const double x = customers->frequency[i], w = retain__weight_of(customers->weight, i);

        retain__sum_add(&table->actual[x < (double)last ? (size_t)x : last], w);
        retain__sum_add(&alike, w);
    }
    for (size_t k = 0; k < last; k++) {
        retain__sum_add(&table->expected[k], retain__sum_value(alike) * table->pmf[k]);
        rest -= table->pmf[k];
    }
    retain__sum_add(&table->expected[last], retain__sum_value(alike) * fmax(0.0, rest));
    return RETAIN_OK;
}

static double find_distance(const fit_table *table)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t k = 0; k < table->classes; k++) {
        const double actual = retain__sum_value(table->actual[k]), expected = retain__sum_value(table->expected[k]);

        if (actual != expected)
            retain__sum_add(&sum, (actual - expected) * (actual - expected) / expected);
    }
    return retain__sum_value(sum);
}

static retain_status fit_frequencies(retain_context *ctx, retain__scratch *scratch, const retain_btyd *model,
                                     const retain_customers *customers, fit_table *table)
{
    const double zero = 0.0;
    retain__stage stage;
    retain__order order;
    double unused;
    retain_status status = retain__order_rows_by(scratch, customers->T, customers->weight, customers->count, &order);

    if (status == RETAIN_OK) /* a bad model is refused, with or without customers */
        status = retain__end_stage(
            &stage, retain_btyd_pmf(retain__begin_stage(&stage, ctx, 0.0, 0.0), model, 0.0, &zero, 1, &unused, NULL));
    for (size_t g = 0; status == RETAIN_OK && g < order.groups; g++) {
        retain_context *inner =
            retain__begin_stage(&stage, ctx, (double)g / (double)order.groups, (double)(g + 1) / (double)order.groups);

        status = retain__end_stage(&stage, add_age(inner, model, customers, &order, g, table));
    }
    return status;
}

retain_status retain_evaluation_frequency(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                          size_t classes, double *actual, double *expected, double *chi_squared)
{
    retain__scratch scratch = {ctx, NULL};
    fit_table table;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK)
        status = retain__check_customers(ctx, customers, 0);
    if (status == RETAIN_OK && customers->unit_days != model->unit_days)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "customers.unit_days is %.17g; it must be that of the model, %.17g: the times are in other units",
                              customers->unit_days, model->unit_days);
    if (status == RETAIN_OK && !(classes >= 2 && classes <= MOST_CLASSES))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "classes is %zu; it must lie in [2, %d]", classes,
                              MOST_CLASSES);
    if (status == RETAIN_OK && (!actual || !expected))
        status = retain__fail_null(ctx, actual ? "expected" : "actual");
    if (status == RETAIN_OK)
        status = take_table(&scratch, classes, &table);
    if (status == RETAIN_OK)
        status = fit_frequencies(ctx, &scratch, model, customers, &table);
    if (status == RETAIN_OK) {
        for (size_t k = 0; k < classes; k++) {
            actual[k] = retain__sum_value(table.actual[k]);
            expected[k] = retain__sum_value(table.expected[k]);
        }
        if (chi_squared)
            *chi_squared = find_distance(&table);
    }
    retain__release(&scratch);
    return status;
}

/* --- tracking curve
 * ------------------------------------------------------------------------------------------------------------ */

enum { MOST_DAYS = 1000000, LONGEST_STEP = 100000 };

/* Days are counted from the first customer's, steps from the one that holds it. */
typedef struct tracking {
    const retain__order_log *log;
    int64_t calibration_end, observation_end, step_days, origin;
    size_t days, steps;
    double *came;    /* [days] customers by first day */
    double *repeats; /* [steps] */
} tracking;

static void find_first_day(void *state, size_t block, const retain__customer *customer)
{
    tracking *job = state;
    const int64_t start = retain__occasion_start(job->log, customer->occasion[0].day);

    (void)block;
    if (customer->occasion[0].day <= job->calibration_end && start < job->origin)
        job->origin = start;
}

static void track_customer(void *state, size_t block, const retain__customer *customer)
{
    tracking *job = state;

    (void)block;
    if (customer->occasion[0].day > job->calibration_end)
        return;
    job->came[retain__occasion_start(job->log, customer->occasion[0].day) - job->origin] += 1.0;
    for (size_t k = 1; k < customer->count; k++) {
        const int64_t left = job->observation_end - retain__occasion_start(job->log, customer->occasion[k].day);

        job->repeats[job->steps - 1 - (size_t)(left / job->step_days)] += 1.0;
    }
}

static retain_status read_tracking(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, tracking *job)
{
    job->log = log;
    job->origin = INT64_MAX;
    retain__visit_customers(NULL, log, find_first_day, job, NULL);
    if (job->origin == INT64_MAX)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "no customer came up to calibration_end = %lld",
                            (long long)job->calibration_end);
    if (job->observation_end - job->origin > MOST_DAYS)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "the first customer came on day %lld; it must lie within %d days of observation_end = %lld",
                            (long long)job->origin, MOST_DAYS, (long long)job->observation_end);
    job->days = (size_t)(job->observation_end - job->origin) + 1;
    job->steps = (job->days - 1) / (size_t)job->step_days + 1;
    job->came = retain__take_zeroed(scratch, job->days, sizeof *job->came);
    job->repeats = retain__take_zeroed(scratch, job->steps, sizeof *job->repeats);
    if (!job->came || !job->repeats)
        return RETAIN_ERROR_MEMORY;
    retain__visit_customers(NULL, log, track_customer, job, NULL);
    return RETAIN_OK;
}

/* Expected repeat occasions of one customer at each age in days. */
static retain_status expect_ages(retain_context *ctx, retain__scratch *scratch, const retain_btyd *model, size_t days,
                                 double **expected)
{
    retain__stage stage;
    double *ages = retain__take(scratch, days, sizeof *ages);

    *expected = retain__take(scratch, days, sizeof **expected);
    if (!ages || !*expected)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < days; i++)
        ages[i] = (double)i / model->unit_days;
    return retain__end_stage(&stage,
                             retain_btyd_expected(retain__begin_stage(&stage, ctx, 0.9, 1.0), model, ages, days, *expected));
}

static double expect_up_to(const tracking *job, const double *expected, size_t day)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t first = 0; first <= day; first++) {
        if (job->came[first] > 0.0)
            retain__sum_add(&sum, job->came[first] * expected[day - first]);
    }
    return retain__sum_value(sum);
}

typedef struct tracking_columns {
    int64_t *day;
    double *actual, *expected, *actual_total, *expected_total;
} tracking_columns;

static void write_tracking(const tracking *job, const double *expected_at, const tracking_columns *out)
{
    double expected_before = 0.0, actual = 0.0;

    for (size_t k = 0; k < job->steps; k++) {
        const size_t left = (job->steps - 1 - k) * (size_t)job->step_days;
        const double expected = expect_up_to(job, expected_at, job->days - 1 - left);

        actual += job->repeats[k];
        if (out->day)
            out->day[k] = job->observation_end - (int64_t)left;
        if (out->actual)
            out->actual[k] = job->repeats[k];
        if (out->expected)
            out->expected[k] = expected - expected_before;
        if (out->actual_total)
            out->actual_total[k] = actual;
        if (out->expected_total)
            out->expected_total[k] = expected;
        expected_before = expected;
    }
}

static retain_status check_tracking(retain_context *ctx, const retain_btyd *model, const size_t *count, const tracking *job)
{
    if (!model || !count)
        return retain__fail_null(ctx, model ? "count" : "model");
    if (job->calibration_end > job->observation_end)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "calibration_end is %lld; it must not lie after observation_end = %lld",
                            (long long)job->calibration_end, (long long)job->observation_end);
    if (!(job->step_days >= 1 && job->step_days <= LONGEST_STEP))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "step_days is %lld; it must lie in [1, %d]",
                            (long long)job->step_days, LONGEST_STEP);
    return RETAIN_OK;
}

retain_status retain_evaluation_tracking(retain_context *ctx, const retain_btyd *model, const retain_orders *orders,
                                         int64_t calibration_end, int64_t observation_end, const retain_orders_options *options,
                                         int64_t step_days, size_t capacity, size_t *count, int64_t *day, double *actual,
                                         double *expected, double *actual_total, double *expected_total)
{
    const tracking_columns out = {day, actual, expected, actual_total, expected_total};
    tracking job = {.calibration_end = calibration_end, .observation_end = observation_end, .step_days = step_days};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    double *expected_at = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_tracking(ctx, model, count, &job);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "options", options, observation_end, 0.0, 0.9, &log);
    if (status == RETAIN_OK)
        status = read_tracking(ctx, &scratch, &log, &job);
    if (status == RETAIN_OK)
        status = expect_ages(ctx, &scratch, model, job.days, &expected_at);
    if (status == RETAIN_OK)
        *count = job.steps;
    if (status == RETAIN_OK && job.steps > capacity)
        status =
            retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu steps", capacity, job.steps);
    if (status == RETAIN_OK)
        write_tracking(&job, expected_at, &out);
    retain__release(&scratch);
    return status;
}
