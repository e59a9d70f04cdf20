/* Rows of forecasts: their checks, their order, and how limits come from the contributions of units. See evaluation_rows.h. */
#include "decisions/evaluation_rows.h"

#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "decisions/columns.h"

retain_status retain__check_forecasts(retain_context *ctx, const retain__forecasts *rows, int not_negative)
{
    retain_status status = retain__check_column(ctx, "expected", rows->expected, rows->count, RETAIN__MODEST);

    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "actual", rows->actual, rows->count,
                                      not_negative ? RETAIN__MODEST_NOT_NEGATIVE : RETAIN__MODEST);
    if (status == RETAIN_OK && rows->weight)
        status = retain__check_column(ctx, "weight", rows->weight, rows->count, RETAIN__WEIGHT);
    return status;
}

/* Contributions that are nothing but rounding are none: a figure that no customer moves has no standard error. */
retain__limits retain__limits_of_influence(double figure, double squares, double units, double total, double scale, double level)
{
    static const double NOISE = 1e-24;
    const double share = units / total;

    if (!(squares * share * share > NOISE * units * scale * scale))
        squares = 0.0;
    return retain__mean_limits(figure, squares * share * share, units, level);
}

retain__limits retain__cut_limits(retain__limits limits, double least, double most)
{
    if (isnan(limits.low))
        return limits;
    return (retain__limits){fmax(least, limits.low), fmin(most, limits.high)};
}

/* --- order ------------------------------------------------------------------------------------------------------------------- */

/* Cuts sorted rows into groups of equal values, and gives each row its mid-rank. Weights of a group are added as a pair, so that
 * the order within a group does not matter. */
static size_t rank_groups(const uint64_t *row, const double *weight, size_t count, size_t *first, double *rank)
{
    retain__sum below = {0.0, 0.0};
    size_t groups = 0;
    double all;

    for (size_t i = 0; i < count;) {
        const uint64_t key = row[2 * i];
        retain__sum alike = {0.0, 0.0};
        double middle;
        size_t end = i;

        for (; end < count && row[2 * end] == key; end++)
            retain__sum_add(&alike, retain__weight_of(weight, (size_t)row[2 * end + 1]));
        middle = retain__sum_value(below) + 0.5 * retain__sum_value(alike);
        for (size_t j = i; j < end; j++)
            rank[row[2 * j + 1]] = middle;
        retain__sum_merge(&below, alike);
        first[groups++] = i;
        i = end;
    }
    first[groups] = count;
    all = retain__sum_value(below);
    for (size_t i = 0; i < count; i++)
        rank[i] /= all;
    return groups;
}

retain_status retain__order_rows_by(retain__scratch *scratch, const double *value, const double *weight, size_t count,
                                    retain__order *order)
{
    const retain__row_shape shape = {2, 1, 0};
    uint64_t *rows = retain__take(scratch, count, 2 * sizeof *rows), *spare = retain__take(scratch, count, 2 * sizeof *spare);
    size_t *first = NULL;
    double *rank = NULL;

    if (rows && spare) {
        for (size_t i = 0; i < count; i++) {
            rows[2 * i] = retain__key_of(value[i]);
            rows[2 * i + 1] = i;
        }
        retain__sort_rows(&shape, rows, spare, count);
        retain__give_back(scratch, spare);
        first = retain__take(scratch, count + 1, sizeof *first);
        rank = retain__take(scratch, count, sizeof *rank);
    }
    if (!first || !rank)
        return RETAIN_ERROR_MEMORY;
    *order = (retain__order){rank_groups(rows, weight, count, first, rank), rows, first, rank};
    return RETAIN_OK;
}
