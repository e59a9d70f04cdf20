/* Any log and any edges: both ledgers have the same totals, and those are the report's. */
#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/ledger.h"

enum { MONEYS = 9 };

/* Are sums of the log's doubles exact? */
static int has_quarters(const retain_orders *log)
{
    for (size_t i = 0; i < log->count; i++) {
        const double quarters = log->value[i] * 4.0;

        if (!(quarters >= -128.0 && quarters <= 127.0) || quarters != (double)(int8_t)quarters ||
            (log->value_low && log->value_low[i] != 0.0))
            return 0;
    }
    return 1;
}

static double add_up(const double *column, size_t periods)
{
    double sum = 0.0;

    for (size_t k = 0; k < periods; k++)
        sum += column[k] == column[k] ? column[k] : 0.0;
    return sum;
}

static void check_totals(double *const *column, size_t periods, const retain_ledger_totals *totals,
                         const retain_orders_report *report)
{
    fuzz_check(add_up(column[0], periods) == totals->orders && totals->orders == report->kept_orders);
    fuzz_check(totals->refunded_orders == report->refunded_orders);
    fuzz_check(add_up(column[2], periods) == totals->gross && totals->gross + totals->refunds == totals->net);
    fuzz_check(add_up(column[3], periods) == add_up(column[4], periods));
    fuzz_check(add_up(column[5], periods) == totals->net && add_up(column[6], periods) == totals->net);
    fuzz_check(totals->net == report->kept_value + report->refunded_value);
    fuzz_check(add_up(column[7], periods) == report->unmatched_value && add_up(column[8], periods) == report->cancelled_value);
    fuzz_check(totals->net + totals->unmatched + totals->cancelled == totals->money);
}

void fuzz_target(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t edge_count, periods, count = 0;
    int64_t *edges = fuzz_log_edges(in, &edge_count);
    const retain_orders *log = fuzz_log(in);
    double *column[MONEYS];
    uint8_t *complete;
    retain_ledger_totals *totals = fuzz_array(in, 1, sizeof *totals);
    retain_orders_report report = {.struct_size = sizeof report};
    const retain_summary none = {0};
    retain_ledger_columns columns;

    if (edge_count && fuzz_bits(in, 1) < 200)
        edges[0] = -30; /* before the beginning of most logs */
    periods = edge_count ? edge_count - 1 : 0;
    for (int c = 0; c < MONEYS; c++)
        column[c] = fuzz_output(in, periods, sizeof(double));
    complete = fuzz_output(in, periods, sizeof *complete);
    totals->struct_size = fuzz_bits(in, 1) < 250 ? sizeof *totals : fuzz_below(in, sizeof *totals);
    columns = (retain_ledger_columns){column[0], column[1], column[2], column[3], column[4],
                                      column[5], column[6], column[7], column[8], complete};
    if (!fuzz_outcome(in, retain_ledger_periods(ctx, log, end, fuzz_maybe(in, edges), edge_count, counting,
                                                fuzz_bits(in, 1) < 250 ? &columns : NULL, totals)))
        return;
    for (size_t k = 0; k < periods; k++) {
        fuzz_check(complete[k] <= 1 && (!complete[k] || column[2][k] == column[2][k]));
        fuzz_check(column[2][k] != column[2][k] || (column[2][k] >= 0.0 && column[3][k] <= 0.0 && column[4][k] <= 0.0));
    }
    if (!has_quarters(log))
        return;
    fuzz_check(
        fuzz_outcome(in, retain_orders_summary(fuzz_calm_context(in), log, end, counting, &none, log->count, &count, &report)));
    check_totals(column, periods, totals, &report);
}
