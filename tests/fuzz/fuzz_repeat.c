/* Any log: shares are shares, parts add up, intervals hold their values, and a running period has no figures. */
#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/repeat.h"

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

/* low <= value <= high, as far as they exist; a little room for a level near 0. */
static int holds(double low, double value, double high)
{
    const double room = 1e-9 * (value < 0.0 ? -value : value) + 1e-12;

    return !(low > value + room) && !(high < value - room);
}

static const retain_repeat_options *read_options(fuzz_input *in)
{
    retain_repeat_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.999);
    options->horizon_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 100);
    return fuzz_bits(in, 1) < 100 ? NULL : options;
}

static void try_summary(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_report *report = fuzz_array(in, 1, sizeof *report);
    const retain_repeat_figure *means[11];

    report->struct_size = fuzz_below(in, 64) ? sizeof *report : fuzz_below(in, sizeof *report);
    if (!fuzz_outcome(in, retain_repeat_summary(ctx, log, end, counting, options, fuzz_maybe(in, report))))
        return;
    fuzz_check(report->repeat.numerator + report->one_time.numerator == report->repeat.denominator);
    fuzz_check(is_share(report->repeat.value) && is_share(report->one_time.value));
    fuzz_check(holds(report->repeat.low, report->repeat.value, report->repeat.high));
    means[0] = &report->orders_per_customer;
    means[1] = &report->occasions_per_customer;
    means[2] = &report->revenue_per_customer;
    means[3] = &report->order_value;
    means[4] = &report->occasion_value;
    means[5] = &report->first_value;
    means[6] = &report->later_value;
    means[7] = &report->repeat_first_value;
    means[8] = &report->later_share;
    means[9] = &report->later_to_first;
    means[10] = &report->repeat_to_one_time;
    for (size_t i = 0; i < 11; i++)
        fuzz_check(holds(means[i]->low, means[i]->value, means[i]->high));
    fuzz_check(report->occasions_per_customer.value != report->occasions_per_customer.value ||
               report->orders_per_customer.value >= report->occasions_per_customer.value);
}

static void try_periods(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t edge_count, periods;
    int64_t *edges = fuzz_log_edges(in, &edge_count);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_columns *columns = fuzz_array(in, 1, sizeof *columns);
    double *cell[8];

    periods = edge_count ? edge_count - 1 : 0;
    for (size_t i = 0; i < 8; i++)
        cell[i] = fuzz_output(in, periods, sizeof *cell[i]);
    *columns = (retain_repeat_columns){.customers = cell[0],
                                       .first_time = cell[1],
                                       .returning = cell[2],
                                       .repeaters = cell[3],
                                       .returning_share = cell[4],
                                       .repeat_within = cell[5],
                                       .repeat_within_low = cell[6],
                                       .repeat_within_high = cell[7]};
    if (!fuzz_outcome(in, retain_repeat_periods(ctx, log, end, fuzz_maybe(in, edges), edge_count, counting, options,
                                                fuzz_maybe(in, columns))))
        return;
    for (size_t k = 0; k < periods; k++) {
        fuzz_check((cell[0][k] != cell[0][k]) == (edges[k + 1] - 1 > end));
        fuzz_check(cell[0][k] != cell[0][k] || cell[0][k] == cell[1][k] + cell[2][k]);
        fuzz_check(!(cell[3][k] > cell[0][k]));
        fuzz_check(is_share(cell[4][k]) && is_share(cell[5][k]));
        fuzz_check(holds(cell[6][k], cell[5][k], cell[7][k]));
    }
}

static void try_funnel(fuzz_input *in)
{
    enum { COLUMNS = 14 };
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t steps = fuzz_below(in, 12);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_steps *columns = fuzz_array(in, 1, sizeof *columns);
    double *cell[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++)
        cell[i] = fuzz_output(in, steps, sizeof *cell[i]);
    *columns = (retain_repeat_steps){cell[0], cell[1], cell[2], cell[3],  cell[4],  cell[5],  cell[6],
                                     cell[7], cell[8], cell[9], cell[10], cell[11], cell[12], cell[13]};
    if (!fuzz_outcome(in, retain_repeat_funnel(ctx, log, end, steps, counting, options, fuzz_maybe(in, columns))))
        return;
    for (size_t k = 0; k < steps; k++) {
        fuzz_check(k == 0 || cell[0][k] <= cell[0][k - 1]);
        fuzz_check(k == 0 || cell[0][k - 1] == 0.0 || cell[1][k - 1] == cell[0][k] / cell[0][k - 1]);
        fuzz_check(is_share(cell[1][k]) && is_share(cell[4][k]) && is_share(cell[5][k]) && is_share(cell[6][k]));
        fuzz_check(cell[13][k] <= cell[0][k] && (k == 0 || cell[13][k - 1] == cell[0][k]));
        for (size_t i = 1; i + 2 < COLUMNS; i += 3) {
            const int median = i == 7; /* its lower limit may exist where it does not */

            fuzz_check(median ? !(cell[8][k] > cell[7][k]) && !(cell[9][k] < cell[7][k])
                              : holds(cell[i + 1][k], cell[i][k], cell[i + 2][k]));
        }
    }
}

static void try_tenure(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t age_count, bands;
    int64_t *ages = fuzz_log_edges(in, &age_count);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_bands *columns = fuzz_array(in, 1, sizeof *columns);
    double *cell[6];

    if (age_count && fuzz_bits(in, 1) < 200)
        ages[0] = 0;
    bands = age_count ? age_count - 1 : 0;
    for (size_t i = 0; i < 6; i++)
        cell[i] = fuzz_output(in, bands, sizeof *cell[i]);
    *columns = (retain_repeat_bands){cell[0], cell[1], cell[2], cell[3], cell[4], cell[5]};
    if (!fuzz_outcome(
            in, retain_repeat_tenure(ctx, log, end, fuzz_maybe(in, ages), age_count, counting, options, fuzz_maybe(in, columns))))
        return;
    for (size_t k = 0; k < bands; k++) {
        fuzz_check(cell[1][k] <= cell[0][k]);
        fuzz_check((cell[3][k] == cell[3][k]) == (cell[0][k] > 0.0));
        fuzz_check(holds(cell[4][k], cell[3][k], cell[5][k]));
    }
}

static void try_profile(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const int hours = fuzz_below(in, 2) == 1;
    const size_t cells = hours ? 7 * 24 : 7;
    int64_t *second = fuzz_array(in, FUZZ_LOG_ROWS, sizeof *second);
    double *orders = fuzz_output(in, cells, sizeof *orders), *revenue = fuzz_output(in, cells, sizeof *revenue);

    for (size_t i = 0; i < FUZZ_LOG_ROWS; i++)
        second[i] = fuzz_bits(in, 1) < 254 ? (int64_t)fuzz_below(in, 65536) : fuzz_integer(in);
    if (!fuzz_outcome(in, retain_repeat_profile(ctx, fuzz_log(in), hours ? second : NULL, end, counting, fuzz_maybe(in, orders),
                                                fuzz_maybe(in, revenue))))
        return;
    (void)orders;
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_summary, try_periods, try_funnel, try_tenure, try_profile};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
