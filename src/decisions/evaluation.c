/* Errors, coverage and calibration of forecasts: sums over customers, and how sure they are.
 *
 * Every error is a ratio of two sums: differences over customers, or the total forecast over the total that came. The linearised
 * error of a ratio R = sum u / sum v is the mean of what each customer contributes to it, u - R v, over the mean of v; with v = 1
 * this is the ordinary standard error of a mean, so one piece serves all. Contributions are squared as they are, in a second pass:
 * sums of squares less squares of sums would cancel where an interval has to become narrow.
 *
 * In a backtest a customer appears at several origins, and one who was misjudged once is misjudged again. Then contributions are
 * added per customer before they are squared. */
#include "retain/evaluation.h"

#include <math.h>

#include "decisions/columns.h"
#include "decisions/evaluation_rows.h"
#include "metrics/rates.h"

enum { BIAS, ABSOLUTE, SQUARE, AGGREGATE, ERRORS, MOST_GROUPS = 1000 };

static const double LARGEST_COUNT = 9007199254740992.0; /* 2^53 */

/* --- errors ------------------------------------------------------------------------------------------------------------------- */

typedef struct totals {
    retain__sum customers, expected, actual, error[AGGREGATE];
} totals;

static totals add_rows(const retain__forecasts *rows)
{
    totals sums = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {{0.0, 0.0}}};

    for (size_t i = 0; i < rows->count; i++) {
        const double w = retain__weight_of(rows->weight, i), error = rows->expected[i] - rows->actual[i];

        retain__sum_add(&sums.customers, w);
        retain__sum_add(&sums.expected, w * rows->expected[i]);
        retain__sum_add(&sums.actual, w * rows->actual[i]);
        retain__sum_add(&sums.error[BIAS], w * error);
        retain__sum_add(&sums.error[ABSOLUTE], w * fabs(error));
        retain__sum_add(&sums.error[SQUARE], w * (error * error));
    }
    return sums;
}

/* What one row contributes to the error of each figure. */
static inline void contribute(const retain__forecasts *rows, size_t i, const double *figure, double *part)
{
    const double error = rows->expected[i] - rows->actual[i];

    part[BIAS] = error - figure[BIAS];
    part[ABSOLUTE] = fabs(error) - figure[ABSOLUTE];
    part[SQUARE] = error * error - figure[SQUARE];
    part[AGGREGATE] = error - figure[AGGREGATE] * rows->actual[i];
}

/* Sums of squared contributions; `of_unit` [units * ERRORS] is zeroed room, or NULL where every row is a unit. */
static void square_contributions(const retain__forecasts *rows, const double *figure, double *of_unit, double *squares)
{
    retain__sum sums[ERRORS] = {{0.0, 0.0}};
    double part[ERRORS];

    for (size_t i = 0; i < rows->count; i++) {
        contribute(rows, i, figure, part);
        for (size_t k = 0; k < ERRORS; k++) {
            if (of_unit)
                of_unit[rows->unit[i] * ERRORS + k] += part[k];
            else
                retain__sum_add(&sums[k], retain__weight_of(rows->weight, i) * (part[k] * part[k]));
        }
    }
    for (size_t i = 0; of_unit && i < rows->units; i++) {
        for (size_t k = 0; k < ERRORS; k++)
            retain__sum_add(&sums[k], of_unit[i * ERRORS + k] * of_unit[i * ERRORS + k]);
    }
    for (size_t k = 0; k < ERRORS; k++)
        squares[k] = retain__sum_value(sums[k]);
}

static double root(double x)
{
    return x > 0.0 ? sqrt(x) : x * 0.0; /* NaN stays */
}

retain_status retain__measure_errors(retain__scratch *scratch, const retain__forecasts *rows, double level,
                                     retain_evaluation_error_report *report)
{
    const totals sums = add_rows(rows);
    const double n = retain__sum_value(sums.customers), actual = retain__sum_value(sums.actual);
    const double units = rows->unit ? (double)rows->units : n, total[ERRORS] = {n, n, n, actual > 0.0 ? actual : (double)NAN};
    double figure[ERRORS], squares[ERRORS], *of_unit = NULL;
    retain__limits limits[ERRORS];

    if (rows->unit && !(of_unit = retain__take_zeroed(scratch, rows->units, ERRORS * sizeof *of_unit)))
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < AGGREGATE; k++)
        figure[k] = retain__sum_value(sums.error[k]) / n;
    figure[AGGREGATE] = retain__sum_value(sums.error[BIAS]) / total[AGGREGATE];
    square_contributions(rows, figure, of_unit, squares);
    retain__give_back(scratch, of_unit);
    for (size_t k = 0; k < ERRORS; k++)
        limits[k] = retain__limits_of_influence(figure[k], squares[k], units, total[k], figure[k], level);
    *report = (retain_evaluation_error_report){report->struct_size,
                                               n,
                                               retain__sum_value(sums.expected),
                                               actual,
                                               figure[BIAS],
                                               limits[BIAS].low,
                                               limits[BIAS].high,
                                               figure[ABSOLUTE],
                                               limits[ABSOLUTE].low < 0.0 ? 0.0 : limits[ABSOLUTE].low,
                                               limits[ABSOLUTE].high,
                                               root(figure[SQUARE]),
                                               root(limits[SQUARE].low),
                                               root(limits[SQUARE].high),
                                               figure[AGGREGATE],
                                               limits[AGGREGATE].low,
                                               limits[AGGREGATE].high};
    return RETAIN_OK;
}

/* A report that is required, and of a size that this library knows. */
static retain_status check_report(retain_context *ctx, const void *report, size_t size)
{
    return report ? retain__check_struct(ctx, "report", report, size, size) : retain__fail_null(ctx, "report");
}

retain_status retain_evaluation_errors(retain_context *ctx, const double *expected, const double *actual, const double *weight,
                                       size_t count, double level, retain_evaluation_error_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    const retain__forecasts rows = {count, expected, actual, weight, NULL, 0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = check_report(ctx, report, sizeof *report);
    if (status == RETAIN_OK)
        status = retain__check_forecasts(ctx, &rows, 0);
    if (status == RETAIN_OK)
        status = retain__measure_errors(&scratch, &rows, level, report);
    return status;
}

/* --- coverage ----------------------------------------------------------------------------------------------------------------- */

static retain_status check_limits(retain_context *ctx, const double *low, const double *high, size_t count)
{
    retain_status status = retain__check_column(ctx, "low", low, count, RETAIN__MODEST);

    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "high", high, count, RETAIN__MODEST);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (high[i] < low[i])
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "high[%zu] is %g; it must not be below low[%zu] = %g", i, high[i], i,
                                  low[i]);
    }
    return status;
}

retain_status retain_evaluation_coverage(retain_context *ctx, const double *low, const double *high, const double *actual,
                                         const double *weight, size_t count, double level,
                                         retain_evaluation_coverage_report *report)
{
    enum { COVERED, BELOW, ABOVE, WIDTH, SUMS };
    retain__sum sums[SUMS] = {{0.0, 0.0}}, all = {0.0, 0.0};
    retain_status status = retain__begin(ctx);
    double n, covered;

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = check_report(ctx, report, sizeof *report);
    if (status == RETAIN_OK)
        status = check_limits(ctx, low, high, count);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "actual", actual, count, RETAIN__MODEST);
    if (status == RETAIN_OK && weight)
        status = retain__check_column(ctx, "weight", weight, count, RETAIN__WEIGHT);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        const double w = retain__weight_of(weight, i);

        retain__sum_add(&sums[actual[i] < low[i] ? BELOW : actual[i] > high[i] ? ABOVE : COVERED], w);
        retain__sum_add(&sums[WIDTH], w * (high[i] - low[i]));
        retain__sum_add(&all, w);
    }
    n = retain__sum_value(all);
    covered = retain__sum_value(sums[COVERED]);
    *report = (retain_evaluation_coverage_report){report->struct_size,
                                                  n,
                                                  covered,
                                                  retain__sum_value(sums[BELOW]),
                                                  retain__sum_value(sums[ABOVE]),
                                                  covered / n,
                                                  retain_rate_low(covered, n, level),
                                                  retain_rate_high(covered, n, level),
                                                  retain__sum_value(sums[WIDTH]) / n};
    return RETAIN_OK;
}

/* --- groups ------------------------------------------------------------------------------------------------------------------- */

typedef struct group_sums {
    retain__sum customers, expected, actual, squares;
    double least, most, mean;
} group_sums;

static void write_group(const retain_evaluation_columns *out, size_t g, const group_sums *sums, double level,
                        retain__students *known)
{
    const double n = retain__sum_value(sums->customers);
    const retain__limits limits = retain__group_mean_limits(sums->mean, retain__sum_value(sums->squares), n, level, known);
    const int there = n > 0.0;

    retain__put(out->customers, g, n);
    retain__put(out->expected, g, retain__sum_value(sums->expected) / n);
    retain__put(out->actual, g, sums->mean);
    retain__put(out->actual_low, g, limits.low);
    retain__put(out->actual_high, g, limits.high);
    retain__put(out->least, g, there ? sums->least : (double)NAN);
    retain__put(out->most, g, there ? sums->most : (double)NAN);
}

static void add_to_group(const retain__forecasts *rows, size_t i, group_sums *to)
{
    const double w = retain__weight_of(rows->weight, i), e = rows->expected[i];

    if (w == 0.0)
        return;
    retain__sum_add(&to->customers, w);
    retain__sum_add(&to->expected, w * e);
    retain__sum_add(&to->actual, w * rows->actual[i]);
    to->least = e < to->least ? e : to->least;
    to->most = e > to->most ? e : to->most;
}

/* The table, from the number of each row's group. */
static void write_groups(const retain__forecasts *rows, const uint32_t *group, size_t groups, double level,
                         const retain_evaluation_columns *out, group_sums *sums)
{
    retain__students known = {{0.0}};

    for (size_t g = 0; g < groups; g++)
        sums[g] = (group_sums){.least = (double)INFINITY, .most = (double)-INFINITY};
    for (size_t i = 0; i < rows->count; i++)
        add_to_group(rows, i, &sums[group[i]]);
    for (size_t g = 0; g < groups; g++)
        sums[g].mean = retain__sum_value(sums[g].actual) / retain__sum_value(sums[g].customers);
    for (size_t i = 0; i < rows->count; i++) {
        const double far = rows->actual[i] - sums[group[i]].mean;

        if (retain__weight_of(rows->weight, i) > 0.0)
            retain__sum_add(&sums[group[i]].squares, retain__weight_of(rows->weight, i) * (far * far));
    }
    for (size_t g = 0; g < groups; g++)
        write_group(out, g, &sums[g], level, &known);
}

static retain_status check_groups(retain_context *ctx, const char *name, size_t groups, double *level,
                                  const retain__forecasts *rows, const retain_evaluation_columns *columns)
{
    retain_status status = retain__take_level(ctx, "level", level);

    if (status == RETAIN_OK && !(groups >= 1 && groups <= MOST_GROUPS))
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %zu; it must lie in [1, %d]", name, groups, MOST_GROUPS);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    return status == RETAIN_OK ? retain__check_forecasts(ctx, rows, 0) : status;
}

retain_status retain_evaluation_calibration(retain_context *ctx, const double *expected, const double *actual, const double *weight,
                                            size_t count, size_t groups, double level, const retain_evaluation_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    const retain__forecasts rows = {count, expected, actual, weight, NULL, 0};
    retain__order order;
    group_sums *sums;
    uint32_t *group;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_groups(ctx, "groups", groups, &level, &rows, columns);
    if (status != RETAIN_OK)
        return status;
    sums = retain__take(&scratch, groups, sizeof *sums);
    group = retain__take(&scratch, count, sizeof *group);
    status = sums && group ? retain__order_rows_by(&scratch, expected, weight, count, &order) : RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        for (size_t i = 0; i < count; i++) { /* NaN when all weights are 0, 1 for a last row of weight 0: in no group that counts */
            const double at = floor(order.rank[i] * (double)groups);

            group[i] = at < (double)groups ? (uint32_t)at : (uint32_t)groups - 1;
        }
        write_groups(&rows, group, groups, level, columns, sums);
    }
    retain__release(&scratch);
    return status;
}

static retain_status check_frequency(retain_context *ctx, const double *frequency, size_t count)
{
    if (count && !frequency)
        return retain__fail_null(ctx, "frequency");
    for (size_t i = 0; i < count; i++) {
        if (!(frequency[i] >= 0.0 && frequency[i] <= LARGEST_COUNT && frequency[i] == floor(frequency[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "frequency[%zu] is %g; it must be a whole number in [0, 2^53]", i,
                                frequency[i]);
    }
    return RETAIN_OK;
}

retain_status retain_evaluation_by_frequency(retain_context *ctx, const double *frequency, const double *expected,
                                             const double *actual, const double *weight, size_t count, size_t classes, double level,
                                             const retain_evaluation_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    const retain__forecasts rows = {count, expected, actual, weight, NULL, 0};
    group_sums *sums;
    uint32_t *group;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_frequency(ctx, frequency, count);
    if (status == RETAIN_OK)
        status = check_groups(ctx, "classes", classes, &level, &rows, columns);
    if (status != RETAIN_OK)
        return status;
    sums = retain__take(&scratch, classes, sizeof *sums);
    group = retain__take(&scratch, count, sizeof *group);
    if (sums && group) {
        for (size_t i = 0; i < count; i++)
            group[i] = frequency[i] < (double)classes ? (uint32_t)frequency[i] : (uint32_t)classes - 1;
        write_groups(&rows, group, classes, level, columns, sums);
    }
    retain__release(&scratch);
    return sums && group ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}
