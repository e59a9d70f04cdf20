/* Limits of lifetime values: customer by customer, and of sums.
 *
 * A row's gradient is known (clv_rows.c), so its standard error is one quadratic form. Of a sum the gradients are added up first: the
 * parameters' errors are common to all customers. Chance is each customer's own, so its variances are added up: of w identical
 * customers w variances. A total is the residual value moved by what is history, and has its error. */
#include "retain/clv_interval.h"

#include <math.h>
#include <string.h>

#include "decisions/clv_rows.h"
#include "decisions/columns.h"
#include "math/special.h"
#include "metrics/row_groups.h"

static retain_status check_level(retain_context *ctx, double level)
{
    if (level > 0.0 && level < 1.0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", level);
}

static retain_status check(retain_context *ctx, const retain_clv_forecast *forecast, const retain_customers *customers,
                           const double *historic, const retain_clv_terms *terms, double level, const retain_clv_columns *columns,
                           retain__clv_checked *checked)
{
    retain_status status = retain__clv_check(ctx, forecast, customers, terms, checked);

    if (status == RETAIN_OK && historic)
        status = retain__check_column(ctx, "historic", historic, customers->count, RETAIN__FINITE);
    if (status == RETAIN_OK)
        status = check_level(ctx, level);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    return status;
}

/* --- one figure ----------------------------------------------------------------------------------------------------------- */

static void put(double *column, size_t i, double value)
{
    if (column)
        column[i] = value;
}

/* A residual value on top of what is history (NaN: not given). */
typedef struct figure {
    double residual, error, variance, historic;
    int product;
} figure;

static void put_expectation(const figure *of, double quantile, size_t i, const retain_clv_columns *columns)
{
    double low, high;

    retain__clv_limits(of->residual, of->error, quantile, of->product, 0, &low, &high);
    put(columns->residual, i, of->residual);
    put(columns->standard_error, i, retain__is_finite(of->residual) ? of->error : (double)NAN);
    put(columns->residual_low, i, low);
    put(columns->residual_high, i, high);
    put(columns->total, i, of->historic + of->residual);
    put(columns->total_low, i, of->historic + low);
    put(columns->total_high, i, of->historic + high);
    put(columns->variance, i, of->variance);
}

retain_status retain_clv_interval(retain_context *ctx, const retain_clv_forecast *forecast, const retain_customers *customers,
                                  const double *historic, const retain_clv_terms *terms, double level,
                                  const retain_clv_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    retain__clv_checked checked;
    retain__clv_rows rows;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check(ctx, forecast, customers, historic, terms, level, columns, &checked);
    if (status == RETAIN_OK)
        status = retain__clv_make_rows(&scratch, &checked, customers, 1, columns->variance != NULL, &rows);
    for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++) {
        const figure one = {rows.residual[i], retain__clv_error(&checked, rows.gradient + i * rows.parameters, rows.residual[i]),
                            rows.variance ? rows.variance[i] : (double)NAN, historic ? historic[i] : (double)NAN, rows.product[i]};

        put_expectation(&one, retain__ndtri(0.5 + 0.5 * level), i, columns);
    }
    retain__release(&scratch);
    return status;
}

/* --- sums ----------------------------------------------------------------------------------------------------------------- */

typedef struct group_sum {
    retain__sum customers, residual, historic, variance;
    double infinite;                    /* what there is of values without an end */
    int positive, negative, difference; /* are there rows of that kind? */
} group_sum;

typedef struct sums {
    const retain_customers *customers;
    const double *historic;
    const retain__clv_rows *rows;
    size_t cells;
    group_sum *sum;   /* [cells + 1] */
    double *gradient; /* [(cells + 1) * parameters] */
} sums;

static void add_row(const sums *of, size_t cell, size_t i)
{
    const double weight = of->customers->weight ? of->customers->weight[i] : 1.0, residual = of->rows->residual[i];
    const size_t k = of->rows->parameters;
    group_sum *sum = &of->sum[cell];

    if (isnan(residual) || weight == 0.0)
        return;
    retain__sum_add(&sum->customers, weight);
    if (retain__is_finite(residual))
        retain__sum_add(&sum->residual, weight * residual);
    else
        sum->infinite += residual;
    if (of->historic)
        retain__sum_add(&sum->historic, weight * of->historic[i]);
    retain__sum_add(&sum->variance, weight * of->rows->variance[i]);
    sum->positive |= residual > 0.0;
    sum->negative |= residual < 0.0;
    sum->difference |= !of->rows->product[i];
    for (size_t j = 0; j < k; j++)
        of->gradient[cell * k + j] += weight * of->rows->gradient[i * k + j];
}

static double over(double value, double customers)
{
    return customers > 0.0 ? value / customers : (double)NAN;
}

static void put_sum(const retain__clv_checked *checked, const sums *of, size_t cell, double quantile,
                    const retain_clv_columns *columns)
{
    const group_sum *sum = &of->sum[cell];
    const double customers = retain__sum_value(sum->customers);
    double low, high, least, most;
    figure one = {sum->infinite == 0.0 ? retain__sum_value(sum->residual) : sum->infinite, 0.0, retain__sum_value(sum->variance),
                  of->historic ? retain__sum_value(sum->historic) : (double)NAN,
                  !sum->difference && !(sum->positive && sum->negative)};

    one.error = retain__clv_error(checked, of->gradient + cell * of->rows->parameters, one.residual);
    put_expectation(&one, quantile, cell, columns);
    retain__clv_limits(one.residual, one.error, quantile, one.product, 0, &low, &high);
    retain__clv_limits(one.residual, sqrt(one.error * one.error + one.variance), quantile, one.product, 1, &least, &most);
    put(columns->customers, cell, customers);
    put(columns->historic, cell, one.historic);
    put(columns->residual_least, cell, least);
    put(columns->residual_most, cell, most);
    put(columns->total_least, cell, one.historic + least);
    put(columns->total_most, cell, one.historic + most);
    put(columns->mean_residual, cell, over(one.residual, customers));
    put(columns->mean_residual_low, cell, over(low, customers));
    put(columns->mean_residual_high, cell, over(high, customers));
    put(columns->mean_total, cell, over(one.historic + one.residual, customers));
    put(columns->mean_total_low, cell, over(one.historic + low, customers));
    put(columns->mean_total_high, cell, over(one.historic + high, customers));
}

static retain_status add_up(retain__scratch *scratch, const retain__row_groups *groups, sums *of)
{
    const size_t k = of->rows->parameters + !of->rows->parameters;
    retain_status status = RETAIN_OK;

    of->cells = groups->groups;
    of->sum = retain__take_zeroed(scratch, of->cells + 1, sizeof *of->sum);
    of->gradient = retain__take_zeroed(scratch, of->cells + 1, k * sizeof *of->gradient);
    if (!of->sum || !of->gradient)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; status == RETAIN_OK && i < of->customers->count; i++) {
        size_t cell;

        status = retain__take_row_group(scratch->ctx, "group", groups, i, &cell);
        if (status == RETAIN_OK && groups->groups)
            add_row(of, cell, i);
        if (status == RETAIN_OK)
            add_row(of, of->cells, i);
    }
    return status;
}

retain_status retain_clv_sums(retain_context *ctx, const retain_clv_forecast *forecast, const retain_customers *customers,
                              const double *historic, const int64_t *group, size_t groups, const retain_clv_terms *terms,
                              double level, const retain_clv_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    retain__clv_checked checked;
    retain__clv_rows rows;
    retain__row_groups read;
    sums of = {.customers = customers, .historic = historic, .rows = &rows};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check(ctx, forecast, customers, historic, terms, level, columns, &checked);
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "group", group, customers->count, groups, &read);
    if (status == RETAIN_OK)
        status = retain__clv_make_rows(&scratch, &checked, customers, 1, 1, &rows);
    if (status == RETAIN_OK)
        status = add_up(&scratch, &read, &of);
    for (size_t cell = 0; status == RETAIN_OK && cell <= of.cells; cell++)
        put_sum(&checked, &of, cell, retain__ndtri(0.5 + 0.5 * level), columns);
    retain__release(&scratch);
    return status;
}
