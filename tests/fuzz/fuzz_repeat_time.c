/* Any log: curves rise from 0 to at most 1 within their limits, readings agree with them, and gaps are those of a customer. */
#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/repeat_time.h"

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static int holds(double low, double value, double high)
{
    return !(low > value + 1e-9) && !(high < value - 1e-9);
}

static const retain_repeat_time_options *read_options(fuzz_input *in)
{
    retain_repeat_time_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->kind = (retain_repeat_time_kind)fuzz_below(in, odd ? 256 : 3);
    options->occasion = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 3) + 2;
    options->level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.999);
    options->interval = (retain_repeat_time_interval)fuzz_below(in, odd ? 256 : 3);
    options->horizon_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 100);
    return fuzz_bits(in, 1) < 100 ? NULL : options;
}

static void try_curve(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_time_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t capacity = fuzz_below(in, 4) ? FUZZ_LOG_ROWS : fuzz_below(in, FUZZ_LOG_ROWS);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_time_columns *columns = fuzz_array(in, 1, sizeof *columns);
    double *cell[6];
    size_t *count = fuzz_array(in, 1, sizeof *count);

    for (size_t i = 0; i < 6; i++)
        cell[i] = fuzz_output(in, capacity, sizeof *cell[i]);
    *columns = (retain_repeat_time_columns){cell[0], cell[1], cell[2], cell[3], cell[4], cell[5]};
    if (!fuzz_outcome(in, retain_repeat_time_curve(ctx, log, end, counting, options, fuzz_maybe(in, columns), capacity,
                                                   fuzz_maybe(in, count))))
        return;
    for (size_t i = 0; i < *count; i++) {
        fuzz_check(i == 0 || (cell[0][i] > cell[0][i - 1] && cell[1][i] < cell[1][i - 1] && cell[3][i] >= cell[3][i - 1]));
        fuzz_check(cell[2][i] >= 1.0 && cell[2][i] <= cell[1][i]);
        fuzz_check(is_share(cell[3][i]) && is_share(cell[4][i]) && is_share(cell[5][i]));
        fuzz_check(holds(cell[4][i], cell[3][i], cell[5][i]));
    }
}

static void try_readings(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_time_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t count = fuzz_below(in, 8);
    const int quantiles = fuzz_below(in, 2) == 1;
    double *asked = fuzz_array(in, count, sizeof *asked);
    const retain_orders *log = fuzz_log(in);
    double *value = fuzz_output(in, count, sizeof *value), *low = fuzz_output(in, count, sizeof *low);
    double *high = fuzz_output(in, count, sizeof *high), *at_risk = fuzz_output(in, count, sizeof *at_risk);
    retain_status status;

    for (size_t i = 0; i < count; i++)
        asked[i] = fuzz_bits(in, 1) >= 250 ? fuzz_double(in)
                   : quantiles             ? fuzz_within(in, 0.001, 0.999)
                                           : fuzz_within(in, 0.0, 100.0);
    if (quantiles)
        status = retain_repeat_time_quantiles(ctx, log, end, counting, options, fuzz_maybe(in, asked), count, fuzz_maybe(in, value),
                                              low, high);
    else
        status = retain_repeat_time_within(ctx, log, end, counting, options, fuzz_maybe(in, asked), count, fuzz_maybe(in, value),
                                           low, high, at_risk);
    if (!fuzz_outcome(in, status))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(quantiles || is_share(value[i]));
        fuzz_check(quantiles || value[i] != value[i] || value[i] == 1.0 || value[i] > 1.0 - 1e-9 || at_risk[i] > 0.0);
        fuzz_check(holds(low[i], value[i], high[i]));
    }
}

static void try_gaps(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t capacity = fuzz_below(in, 4) ? FUZZ_LOG_ROWS : fuzz_below(in, 8);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_time_gap_columns *columns = fuzz_array(in, 1, sizeof *columns);
    int64_t *customer = fuzz_output(in, capacity, sizeof *customer);
    double *cell[6];
    size_t *count = fuzz_array(in, 1, sizeof *count);

    for (size_t i = 0; i < 6; i++)
        cell[i] = fuzz_output(in, capacity, sizeof *cell[i]);
    *columns = (retain_repeat_time_gap_columns){customer, cell[0], cell[1], cell[2], cell[3], cell[4], cell[5]};
    if (!fuzz_outcome(in,
                      retain_repeat_time_gaps(ctx, log, end, counting, fuzz_maybe(in, columns), capacity, fuzz_maybe(in, count))))
        return;
    for (size_t i = 0; i < *count; i++) {
        fuzz_check(i == 0 || customer[i] > customer[i - 1]);
        fuzz_check((cell[1][i] == cell[1][i]) == (cell[0][i] > 0.0) && (cell[3][i] == cell[3][i]) == (cell[0][i] > 1.0));
        fuzz_check(!(cell[1][i] > cell[4][i]) && !(cell[2][i] > cell[4][i]));
        fuzz_check(cell[5][i] >= 0.0);
    }
}

static void try_regularity(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const double level = fuzz_below(in, 8) ? 0.95 : fuzz_double(in);
    const retain_orders *log = fuzz_log(in);
    retain_repeat_time_rhythm *rhythm = fuzz_array(in, 1, sizeof *rhythm);

    rhythm->struct_size = fuzz_below(in, 16) ? sizeof *rhythm : fuzz_below(in, sizeof *rhythm);
    if (!fuzz_outcome(in, retain_repeat_time_regularity(ctx, log, end, counting, level, fuzz_maybe(in, rhythm))))
        return;
    fuzz_check(rhythm->pairs >= rhythm->customers && (rhythm->k == rhythm->k) == (rhythm->pairs > 0.0));
    fuzz_check(!(rhythm->k < 0.0) && !(rhythm->variance >= 0.25) && !(rhythm->low > rhythm->high));
}

static void try_compare(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_repeat_time_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t known = fuzz_below(in, 4) ? 8 : fuzz_below(in, 8), count = fuzz_below(in, 5);
    int64_t *customer = fuzz_array(in, known, sizeof *customer), *group = fuzz_array(in, known, sizeof *group);
    const retain_orders *log = fuzz_log(in);
    retain_groups *groups = fuzz_array(in, 1, sizeof *groups);
    retain_repeat_time_group_columns *columns = fuzz_array(in, 1, sizeof *columns);
    double *cell[9], *test = fuzz_output(in, 3, sizeof *test);

    for (size_t i = 0; i < known; i++) {
        customer[i] = fuzz_bits(in, 1) < 254 ? (int64_t)i : fuzz_integer(in);
        group[i] = fuzz_bits(in, 1) < 254 ? (int64_t)fuzz_below(in, count + 1) % (int64_t)(count ? count : 1) : fuzz_integer(in);
    }
    for (size_t i = 0; i < 9; i++)
        cell[i] = fuzz_output(in, count, sizeof *cell[i]);
    *groups = (retain_groups){known, fuzz_maybe(in, customer), fuzz_maybe(in, group), count};
    *columns = (retain_repeat_time_group_columns){cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[6], cell[7], cell[8]};
    if (!fuzz_outcome(in, retain_repeat_time_compare(ctx, log, fuzz_maybe(in, groups), end, counting, options,
                                                     fuzz_maybe(in, columns), &test[0], &test[1], &test[2])))
        return;
    fuzz_check(test[0] != test[0] || test[0] >= 0.0);
    fuzz_check(is_share(test[2]) && (test[2] == test[2]) == (test[0] == test[0]));
    for (size_t g = 0; g < count; g++) {
        fuzz_check(cell[1][g] <= cell[0][g] && cell[2][g] >= 0.0);
        fuzz_check(is_share(cell[3][g]) && holds(cell[4][g], cell[3][g], cell[5][g]));
    }
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_curve, try_readings, try_gaps, try_compare, try_regularity};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
