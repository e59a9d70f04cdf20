/* Shims of retain/ledger.h. */
#ifndef RETAIN_SHIMS_LEDGER_H
#define RETAIN_SHIMS_LEDGER_H

#include "shims/metrics.h"

static void ledger_periods(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t observation_end, in_keys edges, int count_zero_orders,
                           out_doubles *orders, out_doubles *refunded_orders, out_doubles *gross, out_doubles *refunds_by_order,
                           out_doubles *refunds_by_day, out_doubles *net_by_order, out_doubles *net_by_day, out_doubles *unmatched,
                           out_doubles *cancelled_value, out_bytes *complete, record *result)
{
    retain_orders_options counting = view_counting(0.0, 0, count_zero_orders);
    retain_ledger_totals totals = {.struct_size = sizeof totals};
    retain_ledger_columns columns;
    retain_orders log;
    size_t n = count_periods(edges);
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, edges) ||
        !PROVIDE(ctx, orders, n) || !PROVIDE(ctx, refunded_orders, n) || !PROVIDE(ctx, gross, n) ||
        !PROVIDE(ctx, refunds_by_order, n) || !PROVIDE(ctx, refunds_by_day, n) || !PROVIDE(ctx, net_by_order, n) ||
        !PROVIDE(ctx, net_by_day, n) || !PROVIDE(ctx, unmatched, n) || !PROVIDE(ctx, cancelled_value, n) ||
        !PROVIDE(ctx, complete, n))
        return;
    columns = (retain_ledger_columns){orders->data,          refunded_orders->data, gross->data,      refunds_by_order->data,
                                      refunds_by_day->data,  net_by_order->data,    net_by_day->data, unmatched->data,
                                      cancelled_value->data, complete->data};
    RUN(ctx, retain_ledger_periods(ctx, &log, observation_end, edges.data, edges.count, &counting, &columns, &totals));
    record_number(result, "orders", totals.orders);
    record_number(result, "refunded_orders", totals.refunded_orders);
    record_number(result, "gross", totals.gross);
    record_number(result, "refunds", totals.refunds);
    record_number(result, "net", totals.net);
    record_number(result, "unmatched", totals.unmatched);
    record_number(result, "cancelled", totals.cancelled);
    record_number(result, "money", totals.money);
}

#endif
