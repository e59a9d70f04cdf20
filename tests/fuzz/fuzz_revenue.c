/* Any log, any amounts, any plan: money does not appear from nowhere, and gross retention is a share. */
#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/revenue.h"

enum { COLUMNS = 21 };

/* A number in [0, 1], or NaN. */
static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static int is_equal(double a, double b)
{
    return a == b || (a != a && b != b);
}

static retain_revenue_columns make_columns(fuzz_input *in, size_t periods, double ***all)
{
    double **c = fuzz_array(in, COLUMNS, sizeof *c);

    for (int i = 0; i < COLUMNS; i++)
        c[i] = fuzz_output(in, periods, sizeof **c);
    *all = c;
    return (retain_revenue_columns){c[0],  c[1],  c[2],  c[3],  c[4],  c[5],  c[6],  c[7],  c[8],  c[9], c[10],
                                    c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20]};
}

static const retain_revenue_options *read_options(fuzz_input *in, size_t *lag)
{
    retain_revenue_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->lag = odd ? (size_t)fuzz_bits(in, 8) : fuzz_below(in, 6);
    options->level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.99);
    options = fuzz_maybe(in, options);
    *lag = options && options->lag ? options->lag : 1;
    return options;
}

/* `exact`: sums of this money are exact in doubles. */
static void check_bridge(double *const *c, size_t periods, size_t lag, int exact)
{
    for (size_t k = 0; k < periods; k++) {
        for (int i = 0; i < 15; i++)
            fuzz_check(c[i][k] != c[i][k] || c[i][k] >= 0.0);
        for (int i = 15; i < 18; i++)
            fuzz_check(is_share(c[i][k]));
        fuzz_check(k < lag ? c[0][k] != c[0][k] : c[6][k] != c[6][k] || is_equal(c[0][k], c[6][k - lag]));
        fuzz_check(c[18][k] != c[18][k] || c[15][k] <= c[18][k]);
        if (c[1][k] != c[1][k])
            continue;
        fuzz_check(c[7][k] == c[10][k] + c[13][k] && c[14][k] == c[10][k] + c[8][k] + c[9][k]);
        fuzz_check(c[11][k] + c[12][k] <= c[10][k]);
        fuzz_check(!exact || c[0][k] + c[1][k] + c[2][k] + c[3][k] - c[4][k] - c[5][k] == c[6][k]);
    }
}

static void try_bridge(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    size_t lag, edge_count, periods;
    const retain_revenue_options *options = read_options(in, &lag);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    int64_t *edges = fuzz_log_edges(in, &edge_count);
    const retain_orders *log = fuzz_log(in);
    double **c;
    retain_revenue_columns columns;

    periods = edge_count ? edge_count - 1 : 0;
    columns = make_columns(in, periods, &c);
    if (fuzz_outcome(in, retain_revenue_bridge(ctx, log, end, fuzz_maybe(in, edges), edge_count, counting, options,
                                               fuzz_bits(in, 1) < 250 ? &columns : NULL))) {
        for (size_t k = 0; k < periods; k++) /* money of an odd log may be beyond what adds up */
            fuzz_check(is_share(c[15][k]) && (c[1][k] != c[1][k] || c[7][k] == c[10][k] + c[13][k]));
    }
}

static void try_amounts(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    size_t lag;
    const retain_revenue_options *options = read_options(in, &lag);
    const size_t customers = fuzz_below(in, 10), periods = fuzz_below(in, 10), odd = fuzz_below(in, 16);
    double *amounts = fuzz_array(in, customers * periods, sizeof *amounts), **c;
    const retain_revenue_columns columns = make_columns(in, periods, &c);

    for (size_t i = 0; i < customers * periods; i++)
        amounts[i] = odd == 1 ? fuzz_double(in) : 0.25 * (double)(fuzz_bits(in, 1) >> (fuzz_bits(in, 1) & 7));
    if (fuzz_outcome(in, retain_revenue_amounts(ctx, fuzz_maybe(in, amounts), customers, periods, options,
                                                fuzz_bits(in, 1) < 250 ? &columns : NULL)))
        check_bridge(c, odd == 1 ? 0 : periods, lag, 1);
}

static void try_profit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_revenue_plan *plan = fuzz_array(in, 1, sizeof *plan);
    const size_t count = fuzz_below(in, 6), odd = fuzz_below(in, 8);
    double *retention = fuzz_array(in, count, sizeof *retention);
    double *profit = fuzz_output(in, count, sizeof *profit), *customers = fuzz_output(in, count, sizeof *customers);
    double *change = fuzz_output(in, count, sizeof *change);

    plan->struct_size = odd == 1 ? fuzz_below(in, sizeof *plan) : sizeof *plan;
    plan->customers = odd == 2 ? fuzz_double(in) : fuzz_within(in, 0.0, 1000.0);
    plan->acquired = odd == 2 ? fuzz_double(in) : fuzz_within(in, 0.0, 100.0);
    plan->margin = odd == 3 ? fuzz_double(in) : fuzz_within(in, 1.0, 10.0);
    plan->retention_cost = odd == 3 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    plan->acquisition_cost = odd == 4 ? fuzz_double(in) : fuzz_within(in, 0.0, 50.0);
    plan->annual_rate = odd == 4 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    plan->periods_per_year = odd == 5 ? fuzz_double(in) : fuzz_within(in, 0.0, 366.0);
    plan->base_retention = odd == 5 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    plan->periods = fuzz_below(in, 60);
    for (size_t i = 0; i < count; i++)
        retention[i] = odd == 6 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    if (!fuzz_outcome(in, retain_revenue_profit(ctx, fuzz_maybe(in, plan), fuzz_maybe(in, retention), count, fuzz_maybe(in, profit),
                                                customers, change)))
        return;
    for (size_t i = 0; i < count && odd == 0; i++) {
        fuzz_check(customers[i] >= plan->acquired);
        fuzz_check(change[i] != change[i] || profit[i] == profit[i]);
    }
}

static void try_formulas(fuzz_input *in)
{
    const double a = fuzz_double(in), b = fuzz_double(in), c = fuzz_double(in), d = fuzz_double(in);
    const double cost = retain_revenue_cost_per_customer(a, b), ratio = retain_revenue_cost_ratio(a, b, c, d);
    const double value = retain_revenue_lifetime_value(a, fuzz_within(in, 0.0, 1.0), c, d);

    fuzz_check(cost != cost || cost >= 0.0);
    fuzz_check(ratio != ratio || ratio >= 0.0);
    fuzz_check(value != value || (value >= 0.0) == (a >= 0.0) || value == 0.0);
    (void)retain_revenue_lifetime_value(a, b, c, d);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_bridge, try_amounts, try_profit, try_formulas};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
