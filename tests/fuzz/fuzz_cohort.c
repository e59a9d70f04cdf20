/* Any log and any edges: cells are counts of customers of their cohort, the future is NaN, and rates are shares. */
#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/cohort.h"

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static const retain_cohort_options *read_options(fuzz_input *in)
{
    retain_cohort_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->kind = (retain_cohort_kind)fuzz_below(in, odd ? 256 : 2);
    options->count_running = (int)fuzz_below(in, odd ? 256 : 2);
    return fuzz_bits(in, 1) < 100 ? NULL : options;
}

static void check_table(const double *size, const double *active, const double *orders, const uint8_t *complete, size_t periods)
{
    for (size_t i = 0; i < periods * periods; i++) {
        const size_t c = i / periods, age = i % periods;

        fuzz_check(complete[i] <= 1);
        fuzz_check(!complete[i] || active[i] == active[i]);
        fuzz_check(c + age < periods || active[i] != active[i]);
        if (active[i] != active[i])
            continue;
        fuzz_check(active[i] >= 0.0 && active[i] <= size[c]);
        fuzz_check(age > 0 || active[i] == size[c]);
        fuzz_check(orders[i] >= 0.0);
    }
}

static void check_rates(fuzz_input *in, const double *size, const double *active, size_t periods)
{
    double *retention = fuzz_output(in, periods * periods, sizeof *retention);
    double *average = fuzz_output(in, periods, sizeof *average), *customers = fuzz_output(in, periods, sizeof *customers);

    fuzz_check(fuzz_outcome(in, retain_cohort_retention(fuzz_calm_context(in), size, active, periods, 0.0, retention, NULL, NULL)));
    fuzz_check(
        fuzz_outcome(in, retain_cohort_average(fuzz_calm_context(in), size, active, periods, 0.0, average, customers, NULL, NULL)));
    for (size_t i = 0; i < periods * periods; i++)
        fuzz_check(is_share(retention[i]));
    for (size_t age = 0; age < periods; age++)
        fuzz_check(is_share(average[age]) && (average[age] == average[age]) == (customers[age] > 0.0));
}

static void try_active(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_cohort_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t edge_count, periods;
    int64_t *edges = fuzz_log_edges(in, &edge_count);
    const retain_orders *log = fuzz_log(in);
    double *size, *active, *orders, *revenue;
    uint8_t *complete;

    if (edge_count && fuzz_bits(in, 1) < 200)
        edges[0] = -30; /* before the beginning of most logs */
    periods = edge_count ? edge_count - 1 : 0;
    size = fuzz_output(in, periods, sizeof *size);
    active = fuzz_output(in, periods * periods, sizeof *active);
    orders = fuzz_output(in, periods * periods, sizeof *orders);
    revenue = fuzz_output(in, periods * periods, sizeof *revenue);
    complete = fuzz_output(in, periods * periods, sizeof *complete);
    if (!fuzz_outcome(in, retain_cohort_active(ctx, log, end, fuzz_maybe(in, edges), edge_count, counting, options,
                                               fuzz_maybe(in, size), active, orders, fuzz_maybe(in, revenue), complete)))
        return;
    check_table(size, active, orders, complete, periods);
    check_rates(in, size, active, periods);
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
    const size_t periods = fuzz_below(in, 8);
    const double level = fuzz_bits(in, 1) < 240 ? fuzz_within(in, 0.0, 0.99) : fuzz_double(in);
    const int averages = fuzz_below(in, 2) == 1;
    double *size = read_counts(in, periods, 1000.0), *active = read_counts(in, periods * periods, 2.0);
    const size_t count = averages ? periods : periods * periods;
    double *rate = fuzz_output(in, count, sizeof *rate), *low = fuzz_output(in, count, sizeof *low);
    double *high = fuzz_output(in, count, sizeof *high);
    const double *sizes = fuzz_maybe(in, size), *actives = fuzz_maybe(in, active);
    retain_status status;

    if (averages)
        status = retain_cohort_average(ctx, sizes, actives, periods, level, fuzz_maybe(in, rate), NULL, low, high);
    else
        status = retain_cohort_retention(ctx, sizes, actives, periods, level, fuzz_maybe(in, rate), low, high);
    if (!fuzz_outcome(in, status))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(is_share(rate[i]) && is_share(low[i]) && is_share(high[i]));
        fuzz_check(rate[i] != rate[i] || (low[i] <= rate[i] + 1e-12 && rate[i] <= high[i] + 1e-12)); /* equal for a level near 0 */
    }
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_active, try_rates};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
