/* Money by month with refunds dated both ways: the shop's log with order ids, of which every tenth is paid back in part or in full. */
#include <stdlib.h>

#include "bench.h"
#include "retain/calendar.h"
#include "retain/ledger.h"
#include "shop.h"

enum { EVERY = 10, MOST_MONTHS = 40 };

typedef struct ledger_state {
    retain_orders log;
    int64_t *customer, *day, *order;
    double *value;
    int64_t edges[MOST_MONTHS];
    size_t periods;
    double gross[MOST_MONTHS], by_order[MOST_MONTHS], by_day[MOST_MONTHS];
    retain_ledger_totals totals;
} ledger_state;

static retain_status keep_books(retain_context *ctx, void *state)
{
    ledger_state *ledger = state;
    const retain_ledger_columns columns = {.gross = ledger->gross, .net_by_order = ledger->by_order, .net_by_day = ledger->by_day};

    ledger->totals.struct_size = sizeof ledger->totals;
    return retain_ledger_periods(ctx, &ledger->log, SHOP_LAST_DAY, ledger->edges, ledger->periods + 1, NULL, &columns,
                                 &ledger->totals);
}

static void check_books(void *state, bench_check *checks)
{
    const ledger_state *ledger = state;

    checks[0] = (bench_check){"orders", ledger->totals.orders};
    checks[1] = (bench_check){"gross", ledger->totals.gross};
    checks[2] = (bench_check){"net", ledger->totals.net};
}

/* Every tenth order gets a row that takes half of it back, or all, up to 29 days later. */
static void add_refunds(const shop_log *shop, ledger_state *ledger)
{
    const size_t orders = shop->log.count, rows = orders + orders / EVERY;

    ledger->customer = bench_take(rows);
    ledger->day = bench_take(rows);
    ledger->order = bench_take(rows);
    ledger->value = bench_take(rows);
    for (size_t i = 0; i < rows; i++) {
        const size_t order = i < orders ? i : (i - orders) * EVERY;
        const int64_t day = shop->day[order] + (i < orders ? 0 : (int64_t)(order / EVERY % 30));

        ledger->customer[i] = shop->customer[order];
        ledger->day[i] = day < SHOP_LAST_DAY ? day : SHOP_LAST_DAY;
        ledger->order[i] = (int64_t)order;
        ledger->value[i] = i < orders ? shop->value[order] : -shop->value[order] * (order / EVERY % 2 ? 1.0 : 0.5);
    }
    ledger->log = (retain_orders){rows, ledger->customer, ledger->day, ledger->value, ledger->order, NULL, NULL, NULL};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    const retain_calendar_options months = {.struct_size = sizeof months};
    shop_log shop = shop_open(plan.rows);
    retain_context ctx = RETAIN_CONTEXT_INIT;
    ledger_state ledger = {.periods = 0};
    bench_check checks[4] = {{NULL, 0.0}};
    size_t edges;

    add_refunds(&shop, &ledger);
    shop_close(&shop);
    bench_expect(&ctx, retain_calendar_edges(&ctx, SHOP_FIRST_DAY, SHOP_LAST_DAY, &months, ledger.edges, MOST_MONTHS, &edges));
    ledger.periods = edges - 1;
    {
        const bench_task task = {"ledger_months", ledger.log.count, keep_books, &ledger, checks, check_books};

        bench_run(&plan, &task);
        bench_write(&plan, task.name, "customer.i64", ledger.customer, ledger.log.count);
        bench_write(&plan, task.name, "day.i64", ledger.day, ledger.log.count);
        bench_write(&plan, task.name, "value.f64", ledger.value, ledger.log.count);
        bench_write(&plan, task.name, "order.i64", ledger.order, ledger.log.count);
        bench_write(&plan, task.name, "result_gross.f64", ledger.gross, ledger.periods);
        bench_write(&plan, task.name, "result_net_by_order.f64", ledger.by_order, ledger.periods);
        bench_write(&plan, task.name, "result_net_by_day.f64", ledger.by_day, ledger.periods);
    }
    free(ledger.customer);
    free(ledger.day);
    free(ledger.order);
    free(ledger.value);
    return 0;
}
