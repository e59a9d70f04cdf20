/* Where in a cohort table a customer stands: his row, and the columns in which his occasions lie. */
#ifndef RETAIN_COHORT_LAYOUT_H
#define RETAIN_COHORT_LAYOUT_H

#include "data/groups.h"
#include "metrics/periods.h"
#include "retain/cohort_cells.h"

/* A layout that was checked. Borrows the scratch it was read into, and the columns of groups. */
typedef struct retain__cohort_layout {
    retain_cohort_axis axis;
    int by_period, by_group, has_periods;
    size_t rows, columns;
    retain__periods periods; /* of acquisition, when there are any */
    retain__periods ages;    /* days, for RETAIN_COHORT_ROLLING */
    /* [periods.count] for RETAIN_COHORT_AGE: age edges passed at each age, or NULL when ages are single; and by acquisition period
     * the columns whose windows are over, and those whose windows have begun */
    const size_t *passed_at_age, *over, *begun;
    retain_groups groups;
    int64_t observation_end;
    int count_running;
} retain__cohort_layout;

/* A customer's row and the columns [begin, end) whose cells count him. */
typedef struct retain__cohort_place {
    size_t row, first_passed;
    int64_t first_day;
    size_t begin, end;
    size_t over; /* windows of the columns [begin, over) are over */
} retain__cohort_place;

/* Checks a layout, called `layout` in sentences, and prepares it. */
retain_status retain__read_layout(retain_context *ctx, retain__scratch *scratch, const retain_cohort_layout *given,
                                  int64_t observation_end, int count_running, retain__cohort_layout *layout);

/* Columns whose windows are over, or have begun, for someone who came on `first_day`: the ages run in days. */
size_t retain__rolling_columns(const retain__cohort_layout *layout, int64_t first_day, int begun);

/* Names the row of an occasion, on `day` of customer `key`, that leaves the edges. */
retain_status retain__refuse_stray(retain_context *ctx, const retain_orders *orders, const retain__periods *periods, int64_t key,
                                   int64_t day);

/* Finds the place of a customer of group `group` (0 when the layout has none). Returns 0, with the day in `stray`, when an
 * occasion leaves the edges. */
static inline int retain__cohort_place_of(const retain__cohort_layout *layout, const retain__customer *customer, size_t group,
                                          retain__cohort_place *place, int64_t *stray)
{
    const retain__occasion *first = customer->occasion, *last = first + (customer->count - 1);
    const retain__periods *periods = &layout->periods;
    size_t period = 0;

    place->first_day = first->day;
    place->first_passed = 0;
    place->begin = 0;
    if (layout->has_periods) {
        place->first_passed = retain__edges_passed(periods, first->day);
        *stray = place->first_passed == 0 ? first->day : last->day;
        if (place->first_passed == 0 || place->first_passed > periods->count)
            return 0;
        if (layout->axis != RETAIN_COHORT_ROLLING && last->day >= periods->edges[periods->count])
            return 0;
        period = place->first_passed - 1;
    }
    switch (layout->axis) {
    case RETAIN_COHORT_AGE:
        place->over = layout->over[period];
        place->end = layout->count_running ? layout->begun[period] : place->over;
        break;
    case RETAIN_COHORT_CALENDAR:
        place->begin = period;
        place->over = periods->over;
        place->end = layout->count_running ? periods->begun : place->over;
        break;
    default:
        place->over = retain__rolling_columns(layout, first->day, 0);
        place->end = layout->count_running ? retain__rolling_columns(layout, first->day, 1) : place->over;
        break;
    }
    place->row = layout->by_group ? group : 0;
    if (layout->by_period)
        place->row = place->row * periods->count + period;
    return 1;
}

/* Columns that have begun for the customer on `day`: his occasion on that day lies in the column of that number less one, when
 * that is one. The day is that of an occasion. */
static inline size_t retain__cohort_passed(const retain__cohort_layout *layout, const retain__cohort_place *place, int64_t day)
{
    size_t passed;

    if (layout->axis == RETAIN_COHORT_ROLLING)
        return retain__edges_passed(&layout->ages, day - place->first_day);
    passed = retain__edges_passed(&layout->periods, day);
    if (layout->axis == RETAIN_COHORT_CALENDAR)
        return passed;
    passed -= place->first_passed;
    return layout->passed_at_age ? layout->passed_at_age[passed] : passed + 1;
}

#endif
