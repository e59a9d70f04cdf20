/* Cohort tables of any layout: what the caller asked for, from the sums.
 *
 * The value of a cell is a mean over exposed customers, most of whom brought nothing: its standard error comes from the sum of squares
 * of the customers' amounts, carried in pairs, since the difference that makes a variance cancels. The cumulative value adds up the
 * means of the cells, so each age is estimated from everybody who has completed it, as a life table does it; a mean over those who have
 * completed the last age would throw the younger customers away, and would fall from one age to the next when the mixture
 * of customers changes. */
#include <math.h>

#include "metrics/cohort_bootstrap.h"
#include "metrics/cohort_sums.h"
#include "metrics/rates.h"

/* --- options ------------------------------------------------------------------------------------------------------------------ */

static retain_status take_options(retain_context *ctx, const retain_cohort_cells_options *given, const retain_cohort_layout *layout,
                                  retain_cohort_cells_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if ((int)options->kind < RETAIN_COHORT_PERIOD || (int)options->kind > RETAIN_COHORT_BRACKET)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.kind is %d; it must be a retain_cohort_kind",
                            (int)options->kind);
    if (options->kind == RETAIN_COHORT_BRACKET && layout && !layout->age_edges)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "age_edges is NULL; bracket retention needs them");
    if (options->count_running != 0 && options->count_running != 1)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.count_running is %d; it must be 0 or 1",
                            options->count_running);
    status = retain__check_replicates(ctx, options->replicates);
    if (status != RETAIN_OK)
        return status;
    return retain__take_level(ctx, "options.level", &options->level);
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

typedef struct writer {
    const retain__cohort_sums *sums;
    const retain_cohort_columns *out;
    double *exposed, *active; /* of one row */
} writer;

static void put(double *column, size_t i, int exists, double number)
{
    if (column)
        column[i] = exists ? number : (double)NAN;
}

/* Standard error of the mean of n amounts, from their sum and the sum of their squares. */
static double error_of_mean(retain__sum sum, retain__sum squares, double n)
{
    const retain__pair mean = retain__pair_divide(sum, retain__pair_of(n));
    const double spread = retain__pair_value(retain__pair_add(squares, retain__pair_minus(retain__pair_multiply(sum, mean))));

    if (n < 2.0)
        return (double)NAN;
    return sqrt((spread > 0.0 ? spread : 0.0 * spread) / (n - 1.0) / n);
}

static void write_more(const retain_cohort_columns *out, size_t i, int exists, const retain__cohort_cell *cell,
                       const retain__cohort_more *more, double exposed)
{
    retain__sum gross = cell->net;

    retain__sum_merge(&gross, retain__pair_minus(more->refunds));
    put(out->repeat, i, exists, (double)more->repeat);
    put(out->occasions, i, exists, more->occasions);
    put(out->gross, i, exists, retain__sum_value(gross));
    put(out->refunds, i, exists, retain__sum_value(more->refunds));
    put(out->margin, i, exists, retain__sum_value(more->margin));
    put(out->value, i, exists, retain__sum_value(more->margin) / exposed);
    put(out->value_error, i, exists, error_of_mean(more->margin, more->squares, exposed));
}

static void write_row(const writer *to, size_t row)
{
    static const retain__cohort_cell no_cell;
    static const retain__cohort_more no_more;
    const retain__cohort_sums *sums = to->sums;
    const retain__cohort_layout *layout = sums->layout;
    const retain_cohort_columns *out = to->out;
    retain__sum so_far = {0.0, 0.0};
    int begun = 0, broken = 0;

    retain__count_row(sums, row, to->exposed, to->active);
    for (size_t j = 0; j < layout->columns; j++) {
        const size_t i = row * layout->columns + j, slot = retain__slot_of(&sums->cells, i);
        const retain__cohort_cell *cell = slot == SIZE_MAX ? &no_cell : &sums->cell[slot];
        const retain__cohort_more *more = slot == SIZE_MAX || !sums->wants_more ? &no_more : &sums->more[slot];
        const double exposed = to->exposed[j];
        const int exists = exposed > 0.0;

        if (out->exposed)
            out->exposed[i] = exposed;
        put(out->active, i, exists, to->active[j]);
        put(out->orders, i, exists, cell->orders);
        put(out->net, i, exists, retain__sum_value(cell->net));
        write_more(out, i, exists, cell, more, exposed);
        if (exists)
            retain__sum_add(&so_far, retain__sum_value(more->margin) / exposed);
        begun |= exists;
        broken |= begun && !exists;
        put(out->cumulative, i, exists && !broken, retain__sum_value(so_far));
        if (out->complete)
            out->complete[i] = exists && j < (layout->axis == RETAIN_COHORT_CALENDAR ? layout->periods.over : sums->row[row].over);
    }
}

static void write_cells(const writer *to)
{
    const retain__cohort_layout *layout = to->sums->layout;

    for (size_t r = 0; r < layout->rows; r++) {
        const size_t period = layout->by_period ? r % layout->periods.count : 0;
        const int begun = !layout->by_period || period < layout->periods.begun;

        write_row(to, r);
        put(to->out->customers, r, begun, (double)to->sums->row[r].customers);
    }
}

/* Is anything wanted beyond customers, orders and net money? */
static int wants_more(const retain_cohort_columns *out)
{
    return out->repeat || out->occasions || out->gross || out->refunds || out->margin || out->value || out->value_error ||
           out->value_low || out->value_high || out->cumulative || out->cumulative_low || out->cumulative_high;
}

static int wants_intervals(const retain_cohort_columns *out)
{
    return out->value_low || out->value_high || out->cumulative_low || out->cumulative_high;
}

/* --- public functions --------------------------------------------------------------------------------------------------------- */

static retain_status read_all(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders, int64_t observation_end,
                              const retain_orders_options *counting, const retain_cohort_layout *given,
                              const retain_cohort_cells_options *options, retain__cohort_layout *layout, retain__order_log *log)
{
    retain_status status = retain__read_layout(ctx, scratch, given, observation_end, options->count_running, layout);

    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, scratch, orders, "counting", counting, observation_end, 0.0,
                                     options->replicates ? 0.3 : 1.0, log);
    return status;
}

retain_status retain_cohort_cells(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                  const retain_cohort_layout *layout, const retain_orders_options *counting,
                                  const retain_cohort_cells_options *given, const retain_cohort_columns *columns)
{
    retain_cohort_cells_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__cohort_layout checked;
    retain__order_log log;
    retain__margins margins = {.share = 1.0};
    retain__cohort_sums sums = {.layout = &checked, .margins = &margins};
    retain__cohort_intervals intervals = {0};
    writer to = {&sums, columns, NULL, NULL};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, layout, &options);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status =
            retain__read_margins(ctx, options.margin, options.margins, options.margin_customer, options.margin_count, &margins);
    if (status == RETAIN_OK)
        status = read_all(ctx, &scratch, orders, observation_end, counting, layout, &options, &checked, &log);
    if (status == RETAIN_OK) {
        sums.kind = options.kind;
        sums.wants_more = wants_more(columns);
        to.exposed = retain__take(&scratch, checked.columns, sizeof *to.exposed);
        to.active = retain__take(&scratch, checked.columns, sizeof *to.active);
        status = to.exposed && to.active ? retain__fill_cohorts(ctx, &scratch, orders, &log, &sums) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK && wants_intervals(columns)) {
        intervals = (retain__cohort_intervals){options.replicates, options.seed, options.level, columns, 0.3, 1.0};
        status = retain__bootstrap_cohorts(ctx, &scratch, &log, &sums, &intervals);
    }
    if (status == RETAIN_OK)
        write_cells(&to);
    retain__release(&scratch);
    return status;
}

retain_status retain_cohort_shape(retain_context *ctx, const retain_cohort_layout *layout, size_t *rows, size_t *columns)
{
    retain__scratch scratch = {ctx, NULL};
    retain__cohort_layout checked;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && (!rows || !columns))
        status = retain__fail_null(ctx, rows ? "columns" : "rows");
    if (status == RETAIN_OK)
        status = retain__read_layout(ctx, &scratch, layout, 0, 0, &checked);
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    *rows = checked.rows;
    *columns = checked.columns;
    return RETAIN_OK;
}
