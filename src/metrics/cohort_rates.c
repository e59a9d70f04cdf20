/* From counts to rates, average rows and payback: what needs no log any more. */
#include "metrics/cohort_rates.h"

#include "metrics/rates.h"
#include "retain/cohort_cells.h"

static double whole_of(const retain__cohort_counts *counts, size_t row, size_t column)
{
    return counts->whole[row * counts->row_step + column * counts->column_step];
}

static retain_status check_size(retain_context *ctx, size_t rows, size_t columns)
{
    int fits = 1;

    (void)retain__multiply(retain__multiply(rows, columns, &fits), sizeof(double), &fits);
    return fits ? RETAIN_OK
                : retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%zu rows x %zu columns are more than an array can hold",
                               rows, columns);
}

static retain_status check_cells(retain_context *ctx, const retain__cohort_counts *counts)
{
    for (size_t r = 0; r < counts->rows; r++) {
        for (size_t j = 0; j < counts->columns; j++) {
            const size_t i = r * counts->columns + j, at = r * counts->row_step + j * counts->column_step;
            const double whole = counts->whole[at], active = counts->active[i];

            if (!isnan(whole) && !(whole >= 0.0 && retain__is_finite(whole)))
                return retain__fail(ctx, RETAIN_ERROR_DATA, r, "%s[%zu] is %g; it must be a count, finite and not negative",
                                    counts->whole_name, at, whole);
            if (!isnan(active) && !(active >= 0.0 && active <= whole))
                return retain__fail(ctx, RETAIN_ERROR_DATA, r, "active[%zu] is %g; it must lie in [0, %s[%zu] = %g] or be NaN", i,
                                    active, counts->whole_name, at, whole);
        }
    }
    return RETAIN_OK;
}

retain_status retain__check_counts(retain_context *ctx, const retain__cohort_counts *counts, double *level,
                                   const char *written_name, const double *written)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", level);
    if (status == RETAIN_OK)
        status = check_size(ctx, counts->rows, counts->columns);
    if (status != RETAIN_OK || counts->rows == 0 || counts->columns == 0)
        return status;
    if (!counts->whole)
        return retain__fail_null(ctx, counts->whole_name);
    if (!counts->active)
        return retain__fail_null(ctx, "active");
    if (!written)
        return retain__fail_null(ctx, written_name);
    return check_cells(ctx, counts);
}

void retain__put_shares(const retain__cohort_counts *counts, double level, double *share, double *low, double *high)
{
    for (size_t r = 0; r < counts->rows; r++) {
        for (size_t j = 0; j < counts->columns; j++) {
            const size_t i = r * counts->columns + j;

            retain__put_rate(counts->active[i], whole_of(counts, r, j), level, share, low, high, i);
        }
    }
}

void retain__put_overall(const retain__cohort_counts *counts, double level, double *overall, double *customers, double *low,
                         double *high)
{
    for (size_t j = 0; j < counts->columns; j++) {
        double came = 0.0, stayed = 0.0;

        for (size_t r = 0; r < counts->rows; r++) {
            if (!isnan(counts->active[r * counts->columns + j])) {
                came += whole_of(counts, r, j);
                stayed += counts->active[r * counts->columns + j];
            }
        }
        if (customers)
            customers[j] = came;
        retain__put_rate(stayed, came, level, overall, low, high, j);
    }
}

/* --- public functions --------------------------------------------------------------------------------------------------------- */

retain_status retain_cohort_share(retain_context *ctx, const double *exposed, const double *active, size_t cells, double level,
                                  double *share, double *low, double *high)
{
    const retain__cohort_counts counts = {"exposed", exposed, active, 1, cells, 0, 1};
    retain_status status = retain__check_counts(ctx, &counts, &level, "share", share);

    if (status == RETAIN_OK)
        retain__put_shares(&counts, level, share, low, high);
    return status;
}

retain_status retain_cohort_overall(retain_context *ctx, const double *exposed, const double *active, size_t rows, size_t columns,
                                    double level, double *overall, double *customers, double *low, double *high)
{
    const retain__cohort_counts counts = {"exposed", exposed, active, rows, columns, columns, 1};
    retain_status status = retain__check_counts(ctx, &counts, &level, "overall", overall);

    if (status == RETAIN_OK)
        retain__put_overall(&counts, level, overall, customers, low, high);
    return status;
}

static retain_status check_ages(retain_context *ctx, const int64_t *age_edges, size_t columns)
{
    if (!age_edges)
        return RETAIN_OK;
    if (age_edges[0] < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, 0, "age_edges[0] is %lld; ages begin at 0", (long long)age_edges[0]);
    for (size_t j = 1; j <= columns; j++) {
        if (age_edges[j] <= age_edges[j - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, j,
                                "age_edges[%zu] is %lld; it must be later than the edge before it, %lld", j,
                                (long long)age_edges[j], (long long)age_edges[j - 1]);
    }
    return RETAIN_OK;
}

static retain_status check_payback(retain_context *ctx, const double *cumulative, size_t rows, size_t columns,
                                   const int64_t *age_edges, const double *cost, const double *payback)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_size(ctx, rows, columns);
    if (status != RETAIN_OK || rows == 0)
        return status;
    if (!cumulative || !cost || !payback)
        return retain__fail_null(ctx, !cumulative ? "cumulative" : !cost ? "cost" : "payback");
    for (size_t r = 0; r < rows; r++) {
        if (!isnan(cost[r]) && !(cost[r] >= 0.0 && retain__is_finite(cost[r])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, r, "cost[%zu] is %g; it must be finite and not negative, or NaN", r,
                                cost[r]);
    }
    return check_ages(ctx, age_edges, columns);
}

/* First column at which the cost is earned back, `columns` when there is none; `known` receives the columns with a value. */
static size_t find_payback(const double *cumulative, size_t columns, double cost, size_t *first, size_t *known)
{
    *first = *known = columns;
    for (size_t j = 0; j < columns; j++) {
        if (isnan(cumulative[j]))
            continue;
        *first = *first < columns ? *first : j;
        *known = j;
        if (cumulative[j] >= cost)
            return j;
    }
    return columns;
}

retain_status retain_cohort_payback(retain_context *ctx, const double *cumulative, size_t rows, size_t columns,
                                    const int64_t *age_edges, const double *cost, double *payback, uint8_t *outcome)
{
    retain_status status = check_payback(ctx, cumulative, rows, columns, age_edges, cost, payback);

    for (size_t r = 0; status == RETAIN_OK && r < rows; r++) {
        size_t first, known;
        const size_t j = find_payback(cumulative + r * columns, columns, cost[r], &first, &known);

        payback[r] = j == columns ? (double)NAN : age_edges ? (double)age_edges[j + 1] - 1.0 : (double)j;
        if (!outcome)
            continue;
        if (isnan(cost[r]) || first == columns)
            outcome[r] = RETAIN_PAYBACK_NONE;
        else if (j < columns)
            outcome[r] = RETAIN_PAYBACK_REACHED;
        else
            outcome[r] = known + 1 == columns ? RETAIN_PAYBACK_MISSED : RETAIN_PAYBACK_OPEN;
    }
    return status;
}
