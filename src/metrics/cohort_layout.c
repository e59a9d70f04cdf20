/* Rows and columns of cohort tables.
 *
 * Whatever the axis, columns are cut by ascending edges, so the column of an occasion is the number of edges that it has passed, less
 * one; and the columns whose windows are over for a customer are all those before some column, since a later window ends later. For
 * ages in periods that column depends on the acquisition period only, for ages in days on the day of the first occasion. */
#include "metrics/cohort_layout.h"

#include <string.h>

/* --- checks ------------------------------------------------------------------------------------------------------------------- */

static retain_status check_choices(retain_context *ctx, const retain_cohort_layout *given)
{
    if ((int)given->rows < RETAIN_COHORT_BY_PERIOD || (int)given->rows > RETAIN_COHORT_TOGETHER)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "layout.rows is %d; it must be a retain_cohort_rows",
                            (int)given->rows);
    if ((int)given->axis < RETAIN_COHORT_AGE || (int)given->axis > RETAIN_COHORT_ROLLING)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "layout.axis is %d; it must be a retain_cohort_axis",
                            (int)given->axis);
    if (given->axis == RETAIN_COHORT_CALENDAR && (given->age_edges || given->age_edge_count))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "age_edges is given; it must be NULL where columns are calendar periods");
    if (given->axis == RETAIN_COHORT_ROLLING && !given->age_edges)
        return retain__fail(
            ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
            "age_edges is NULL; columns of days need them: 0, 1, 31, 61 make the first day, days 1 to 30, days 31 to 60");
    if (!given->age_edges && given->age_edge_count)
        return retain__fail_null(ctx, "age_edges");
    return RETAIN_OK;
}

/* Reads age edges: a copy, since what is checked must be what is used. */
static retain_status read_ages(retain_context *ctx, retain__scratch *scratch, const retain_cohort_layout *given,
                               retain__cohort_layout *layout)
{
    retain_status status = retain__read_edges(ctx, scratch, "age_edges", given->age_edges, given->age_edge_count, 0, &layout->ages);

    if (status == RETAIN_OK && layout->ages.edges[0] < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, 0, "age_edges[0] is %lld; ages begin at 0",
                            (long long)layout->ages.edges[0]);
    return status;
}

static retain_status read_groups(retain_context *ctx, const retain_groups *groups, retain__cohort_layout *layout)
{
    retain_status status;

    if (!groups)
        return retain__fail_null(ctx, "groups");
    layout->groups = *groups;
    status = retain__check_groups(ctx, "groups", &layout->groups);
    return status;
}

/* --- ages in periods ---------------------------------------------------------------------------------------------------------- */

/* Columns [0, result) have an edge `of_edge` places after their first edge that lies among the first `known` periods, for someone who
 * came in period c: a window is over when its last period is, and has begun when its first one has. */
static size_t count_columns(const retain__cohort_layout *layout, size_t c, size_t known, size_t of_edge)
{
    size_t low = 0, high = layout->columns;

    if (!layout->passed_at_age) { /* single ages: column j ends with period c + j */
        known = known > c ? known - c : 0;
        return known < high ? known : high;
    }
    while (low < high) { /* the edges ascend */
        const size_t middle = low + (high - low) / 2;
        const uint64_t age = (uint64_t)layout->ages.edges[middle + of_edge];
        const uint64_t needed = of_edge ? age : age + 1; /* periods from c on that must be known */

        if (c <= known && needed <= known - c)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static retain_status tabulate_ages(retain__scratch *scratch, retain__cohort_layout *layout, int in_ranges)
{
    const size_t periods = layout->periods.count;
    size_t *passed = NULL, *over = retain__take(scratch, periods, sizeof *over),
           *begun = retain__take(scratch, periods, sizeof *begun);

    if (in_ranges)
        passed = retain__take(scratch, periods, sizeof *passed);
    if (!over || !begun || (in_ranges && !passed))
        return RETAIN_ERROR_MEMORY;
    for (size_t age = 0; passed && age < periods; age++)
        passed[age] = retain__edges_passed(&layout->ages, (int64_t)age);
    layout->passed_at_age = passed;
    for (size_t c = 0; c < periods; c++) {
        over[c] = count_columns(layout, c, layout->periods.over, 1);
        begun[c] = count_columns(layout, c, layout->periods.begun, 0);
    }
    layout->over = over;
    layout->begun = begun;
    return RETAIN_OK;
}

size_t retain__rolling_columns(const retain__cohort_layout *layout, int64_t first_day, int begun)
{
    const int64_t lived = layout->observation_end - first_day; /* the last age that was seen */
    size_t passed;

    if (begun) {
        passed = retain__edges_passed(&layout->ages, lived);
        return passed < layout->columns ? passed : layout->columns;
    }
    passed = retain__edges_passed(&layout->ages, lived + 1);
    return passed ? passed - 1 : 0;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

static size_t number_of_columns(const retain__cohort_layout *layout, const retain_cohort_layout *given)
{
    if (layout->axis == RETAIN_COHORT_ROLLING || given->age_edges)
        return layout->ages.count;
    return layout->periods.count;
}

retain_status retain__read_layout(retain_context *ctx, retain__scratch *scratch, const retain_cohort_layout *given,
                                  int64_t observation_end, int count_running, retain__cohort_layout *layout)
{
    retain_cohort_layout copy = {.struct_size = sizeof copy};
    retain_status status;
    size_t cells;
    int fits = 1;

    if (!given)
        return retain__fail_null(ctx, "layout");
    memset(layout, 0, sizeof *layout);
    status = retain__take_options(ctx, "layout", given, sizeof copy, sizeof copy, &copy);
    if (status == RETAIN_OK)
        status = check_choices(ctx, &copy);
    if (status != RETAIN_OK)
        return status;
    layout->axis = copy.axis;
    layout->by_period = copy.rows == RETAIN_COHORT_BY_PERIOD || copy.rows == RETAIN_COHORT_BY_BOTH;
    layout->by_group = copy.rows == RETAIN_COHORT_BY_GROUP || copy.rows == RETAIN_COHORT_BY_BOTH;
    layout->has_periods = layout->by_period || copy.axis != RETAIN_COHORT_ROLLING;
    layout->observation_end = observation_end;
    layout->count_running = count_running;
    if (layout->has_periods)
        status = retain__read_periods(ctx, scratch, copy.edges, copy.edge_count, observation_end, &layout->periods);
    if (status == RETAIN_OK && copy.age_edges)
        status = read_ages(ctx, scratch, &copy, layout);
    if (status == RETAIN_OK && layout->by_group)
        status = read_groups(ctx, copy.groups, layout);
    if (status != RETAIN_OK)
        return status;
    layout->columns = number_of_columns(layout, &copy);
    layout->rows =
        retain__multiply(layout->by_group ? layout->groups.groups : 1, layout->by_period ? layout->periods.count : 1, &fits);
    cells = retain__multiply(retain__multiply(layout->rows, layout->columns + 1, &fits), sizeof(double), &fits);
    if (!fits || cells > SIZE_MAX / 2)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "layout makes more cells than an array can hold");
    return layout->axis == RETAIN_COHORT_AGE ? tabulate_ages(scratch, layout, copy.age_edges != NULL) : RETAIN_OK;
}

retain_status retain__refuse_stray(retain_context *ctx, const retain_orders *orders, const retain__periods *periods, int64_t key,
                                   int64_t day)
{
    const int64_t first = periods->edges[0], end = periods->edges[periods->count];
    size_t i = 0;

    while (i < orders->count && (orders->customer[i] != key || orders->day[i] != day))
        i++; /* an occasion has the day of one of its rows */
    if (i == orders->count)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
    if (day < first)
        return retain__fail(
            ctx, RETAIN_ERROR_DATA, i,
            "orders.day[%zu] is %lld; it must not lie before edges[0] = %lld, or the customer's cohort is not known", i,
            (long long)day, (long long)first);
    return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                        "orders.day[%zu] is %lld; up to the observation end it must lie before the last edge, edges[%zu] = %lld", i,
                        (long long)day, periods->count, (long long)end);
}
