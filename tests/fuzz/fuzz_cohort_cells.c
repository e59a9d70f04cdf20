/* Any log and any layout: cells count exposed customers of their row, the future is NaN, and rates are shares. */
#include "fuzz.h"
#include "fuzz_cohort_layout.h"
#include "retain/cohort_cells.h"

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static const retain_cohort_cells_options *read_options(fuzz_input *in)
{
    retain_cohort_cells_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->kind = (retain_cohort_kind)fuzz_below(in, odd ? 256 : 3);
    options->count_running = (int)fuzz_below(in, odd ? 256 : 2);
    options->margin = odd ? fuzz_double(in) : fuzz_within(in, -0.5, 1.0);
    options->replicates = (int)fuzz_below(in, odd ? 65536 : 40) - (odd ? 100 : 0);
    options->replicates = options->replicates > 60 ? 60 : options->replicates;
    options->seed = fuzz_bits(in, 8);
    options->level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.99);
    if (fuzz_below(in, 2))
        fuzz_margins(in, odd, &options->margins, &options->margin_customer, &options->margin_count);
    return fuzz_bits(in, 1) < 100 ? NULL : options;
}

static void check_cell(const retain_cohort_columns *of, size_t i, double customers)
{
    const double exposed = of->exposed[i];

    fuzz_check(exposed >= 0.0 && exposed <= customers);
    fuzz_check(of->complete[i] <= 1 && (!of->complete[i] || exposed > 0.0));
    fuzz_check((of->active[i] == of->active[i]) == (exposed > 0.0));
    if (exposed == 0.0)
        return;
    fuzz_check(of->active[i] >= 0.0 && of->active[i] <= exposed);
    fuzz_check(of->repeat[i] >= 0.0 && of->repeat[i] <= exposed);
    fuzz_check(of->orders[i] >= of->occasions[i]);
    fuzz_check(!(of->refunds[i] > 0.0));
    fuzz_check(!(of->value_low[i] > of->value_high[i]) && !(of->cumulative_low[i] > of->cumulative_high[i]));
}

static void check_rates(fuzz_input *in, const retain_cohort_columns *of, size_t rows, size_t columns)
{
    double *share = fuzz_output(in, rows * columns, sizeof *share), *overall = fuzz_output(in, columns, sizeof *overall);

    fuzz_check(fuzz_outcome(
        in, retain_cohort_share(fuzz_calm_context(in), of->exposed, of->active, rows * columns, 0.0, share, NULL, NULL)));
    fuzz_check(fuzz_outcome(
        in, retain_cohort_overall(fuzz_calm_context(in), of->exposed, of->active, rows, columns, 0.0, overall, NULL, NULL, NULL)));
    for (size_t i = 0; i < rows * columns; i++)
        fuzz_check(is_share(share[i]));
    for (size_t j = 0; j < columns; j++)
        fuzz_check(is_share(overall[j]));
}

static double *take_cells(fuzz_input *in, size_t cells)
{
    return fuzz_output(in, cells, sizeof(double));
}

static void try_cells(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_cohort_layout *layout = fuzz_layout(in);
    const retain_cohort_cells_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const retain_orders *log = fuzz_log(in);
    size_t rows = 0, columns = 0, n;
    retain_cohort_columns of;
    double *customers;

    if (!fuzz_outcome(in, retain_cohort_shape(ctx, layout, &rows, &columns)))
        rows = columns = 0; /* then the table is refused, or fails for the same want of memory */
    if (rows > 4096 || columns > 4096)
        return;
    n = rows * columns;
    customers = take_cells(in, rows);
    of = (retain_cohort_columns){customers,         take_cells(in, n), take_cells(in, n),
                                 take_cells(in, n), take_cells(in, n), take_cells(in, n),
                                 take_cells(in, n), take_cells(in, n), fuzz_below(in, 8) ? take_cells(in, n) : NULL,
                                 take_cells(in, n), take_cells(in, n), take_cells(in, n),
                                 take_cells(in, n), take_cells(in, n), take_cells(in, n),
                                 take_cells(in, n), take_cells(in, n), fuzz_output(in, n, 1)};
    if (!rows || !fuzz_outcome(in, retain_cohort_cells(ctx, log, end, layout, counting, options, &of)))
        return;
    for (size_t i = 0; i < n; i++)
        check_cell(&of, i, customers[i / columns] == customers[i / columns] ? customers[i / columns] : 0.0);
    check_rates(in, &of, rows, columns);
}

/* Counts of which most can be. */
static double *read_counts(fuzz_input *in, size_t count, double most)
{
    double *counts = fuzz_array(in, count, sizeof *counts);

    for (size_t i = 0; i < count; i++)
        counts[i] = fuzz_bits(in, 1) < 250 ? fuzz_within(in, 0.0, most) : fuzz_double(in);
    return counts;
}

static void try_rates(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t rows = fuzz_below(in, 8), columns = fuzz_below(in, 8), cells = rows * columns;
    const double level = fuzz_bits(in, 1) < 240 ? fuzz_within(in, 0.0, 0.99) : fuzz_double(in);
    const int averages = fuzz_below(in, 2) == 1;
    const double *exposed = fuzz_maybe(in, read_counts(in, cells, 1000.0)), *active = fuzz_maybe(in, read_counts(in, cells, 2.0));
    const size_t count = averages ? columns : cells;
    double *rate = take_cells(in, count), *low = take_cells(in, count), *high = take_cells(in, count);
    retain_status status;

    if (averages)
        status = retain_cohort_overall(ctx, exposed, active, rows, columns, level, fuzz_maybe(in, rate), NULL, low, high);
    else
        status = retain_cohort_share(ctx, exposed, active, cells, level, fuzz_maybe(in, rate), low, high);
    if (!fuzz_outcome(in, status) || !cells)
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(is_share(rate[i]) && is_share(low[i]) && is_share(high[i]));
}

static void try_payback(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t rows = fuzz_below(in, 8), columns = fuzz_below(in, FUZZ_AGE_EDGES);
    const double *cumulative = fuzz_maybe(in, read_counts(in, rows * columns, 100.0)),
                 *cost = fuzz_maybe(in, read_counts(in, rows, 100.0));
    int64_t *ages = fuzz_integers(in, columns + 1);
    double *payback = take_cells(in, rows);
    uint8_t *outcome = fuzz_output(in, rows, 1);

    if (!fuzz_outcome(in, retain_cohort_payback(ctx, cumulative, rows, columns, fuzz_maybe(in, ages), cost, fuzz_maybe(in, payback),
                                                outcome)))
        return;
    for (size_t r = 0; r < rows; r++)
        fuzz_check(outcome[r] <= RETAIN_PAYBACK_MISSED && (payback[r] == payback[r]) == (outcome[r] == RETAIN_PAYBACK_REACHED));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_cells, try_cells, try_rates, try_payback};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
