/* The easy door: acquisition period by age, as a square.
 *
 * The counting is that of every cohort table (cohort_sums.c). What is special is how the square speaks of cells: one that lies in a
 * period that is over exists, also for a cohort without customers, and the running period may be shown as far as it has come. */
#include <math.h>

#include "metrics/cohort_rates.h"
#include "metrics/cohort_sums.h"
#include "retain/cohort.h"

/* --- the square ------------------------------------------------------------------------------------------------------------------- */

typedef struct square {
    double *size, *active, *orders, *money;
    uint8_t *complete;
} square;

static void put(double *column, size_t i, int exists, double number)
{
    if (column)
        column[i] = exists ? number : (double)NAN;
}

/* Writes the row of cohort c; `exposed` and `active` are room for one row. */
static void write_row(const square *out, const retain__cohort_sums *sums, size_t c, size_t shown, double *exposed, double *active)
{
    static const retain__cohort_cell no_cell;
    const retain__periods *periods = &sums->layout->periods;

    retain__count_row(sums, c, exposed, active);
    for (size_t age = 0; age < periods->count; age++) {
        const size_t i = c * periods->count + age, slot = retain__slot_of(&sums->cells, i);
        const retain__cohort_cell *cell = slot == SIZE_MAX ? &no_cell : &sums->cell[slot];
        const int exists = age < shown && c < shown - age;

        put(out->active, i, exists, active[age]);
        put(out->orders, i, exists, cell->orders);
        put(out->money, i, exists, retain__sum_value(cell->net));
        if (out->complete)
            out->complete[i] = age < periods->over && c < periods->over - age;
    }
}

static void write_square(const square *out, const retain__cohort_sums *sums, double *room)
{
    const retain__periods *periods = &sums->layout->periods;
    const size_t shown = sums->layout->count_running ? periods->begun : periods->over;

    for (size_t c = 0; c < periods->count; c++) {
        put(out->size, c, c < periods->begun, (double)sums->row[c].customers);
        write_row(out, sums, c, shown, room, room + periods->count);
    }
}

static retain_status take_options(retain_context *ctx, const retain_cohort_options *given, retain_cohort_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->kind != RETAIN_COHORT_PERIOD && options->kind != RETAIN_COHORT_UNBOUNDED)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.kind is %d; it must be a retain_cohort_kind",
                            (int)options->kind);
    if (options->count_running != 0 && options->count_running != 1)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.count_running is %d; it must be 0 or 1",
                            options->count_running);
    return RETAIN_OK;
}

retain_status retain_cohort_active(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                   size_t edge_count, const retain_orders_options *counting, const retain_cohort_options *given,
                                   double *size, double *active, double *orders_placed, double *revenue, uint8_t *complete)
{
    const square out = {size, active, orders_placed, revenue, complete};
    const retain_cohort_layout by_age = {.struct_size = sizeof by_age, .edges = edges, .edge_count = edge_count};
    retain_cohort_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__cohort_layout layout;
    retain__cohort_sums sums = {.layout = &layout};
    double *room = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !size)
        status = retain__fail_null(ctx, "size");
    if (status == RETAIN_OK)
        status = retain__read_layout(ctx, &scratch, &by_age, observation_end, options.count_running, &layout);
    sums.kind = options.kind;
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        room = retain__take(&scratch, 2 * layout.columns, sizeof *room);
        status = room ? retain__fill_cohorts(ctx, &scratch, orders, &log, &sums) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK)
        write_square(&out, &sums, room);
    retain__release(&scratch);
    return status;
}

/* --- rates ------------------------------------------------------------------------------------------------------------------------ */

retain_status retain_cohort_retention(retain_context *ctx, const double *size, const double *active, size_t periods, double level,
                                      double *retention, double *low, double *high)
{
    const retain__cohort_counts counts = {"size", size, active, periods, periods, 1, 0};
    retain_status status = retain__check_counts(ctx, &counts, &level, "retention", retention);

    if (status == RETAIN_OK)
        retain__put_shares(&counts, level, retention, low, high);
    return status;
}

retain_status retain_cohort_average(retain_context *ctx, const double *size, const double *active, size_t periods, double level,
                                    double *average, double *customers, double *low, double *high)
{
    const retain__cohort_counts counts = {"size", size, active, periods, periods, 1, 0};
    retain_status status = retain__check_counts(ctx, &counts, &level, "average", average);

    if (status == RETAIN_OK)
        retain__put_overall(&counts, level, average, customers, low, high);
    return status;
}
