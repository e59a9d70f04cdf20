/* The revenue bridge by month, with intervals; and from a matrix of monthly amounts as large as the log. */
#include <stdlib.h>

#include "bench.h"
#include "retain/calendar.h"
#include "retain/revenue.h"
#include "shop.h"

enum { MOST_PERIODS = 60, COLUMNS = 11, MONTHS = 24 };

typedef struct revenue_state {
    const retain_orders *log;
    const double *amounts;
    size_t customers;
    int64_t edges[MOST_PERIODS + 1];
    size_t periods;
    double column[COLUMNS][MOST_PERIODS];
} revenue_state;

static const char *const names[COLUMNS] = {"start", "acquired", "reactivated", "expansion", "contraction", "lost",
                                           "end",   "grr",      "grr_low",     "nrr",       "nrr_high"};

static retain_revenue_columns columns_of(revenue_state *state)
{
    double(*column)[MOST_PERIODS] = state->column;

    return (retain_revenue_columns){.start = column[0],
                                    .acquired = column[1],
                                    .reactivated = column[2],
                                    .expansion = column[3],
                                    .contraction = column[4],
                                    .lost = column[5],
                                    .end = column[6],
                                    .grr = column[7],
                                    .grr_low = column[8],
                                    .nrr = column[9],
                                    .nrr_high = column[10]};
}

static retain_status bridge_months(retain_context *ctx, void *state)
{
    revenue_state *revenue = state;
    const retain_revenue_columns columns = columns_of(revenue);

    return retain_revenue_bridge(ctx, revenue->log, SHOP_LAST_DAY, revenue->edges, revenue->periods + 1, NULL, NULL, &columns);
}

static retain_status bridge_amounts(retain_context *ctx, void *state)
{
    revenue_state *revenue = state;
    const retain_revenue_columns columns = columns_of(revenue);

    return retain_revenue_amounts(ctx, revenue->amounts, revenue->customers, MONTHS, NULL, &columns);
}

static void check_bridge(void *state, bench_check *checks)
{
    const revenue_state *revenue = state;

    checks[0] = (bench_check){"end", bench_sum(revenue->column[6], revenue->periods)};
    checks[1] = (bench_check){"lost", bench_sum(revenue->column[5], revenue->periods)};
    checks[2] = (bench_check){"nrr", bench_sum(revenue->column[9], revenue->periods)};
}

/* Amounts of customers who come in some month, stay for a while, and change what they pay now and then. */
static double *make_amounts(size_t customers)
{
    double *amounts = bench_take(customers * MONTHS);
    uint64_t stream = 1;

    for (size_t i = 0; i < customers; i++) {
        double amount = 0.0;

        for (size_t k = 0; k < MONTHS; k++) {
            stream = stream * 6364136223846793005u + 1442695040888963407u;
            if (stream >> 60 == 0)
                amount = amount > 0.0 && stream >> 57 & 1 ? 0.0 : (double)(stream >> 40 & 0xffff) / 100.0;
            amounts[i * MONTHS + k] = amount;
        }
    }
    return amounts;
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    revenue_state revenue = {.log = &shop.log};
    bench_check checks[4] = {{NULL, 0.0}};
    const bench_task months = {"revenue_months", shop.log.count, bridge_months, &revenue, checks, check_bridge};
    const bench_task matrix = {"revenue_amounts", plan.rows, bridge_amounts, &revenue, checks, check_bridge};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double *amounts;
    size_t count;

    bench_expect(&ctx, retain_calendar_edges(&ctx, SHOP_FIRST_DAY, SHOP_LAST_DAY, NULL, revenue.edges, MOST_PERIODS + 1, &count));
    revenue.periods = count - 1;
    bench_run(&plan, &months);
    shop_write(&shop, &plan, months.name);
    bench_write(&plan, months.name, "edges.i64", revenue.edges, count);
    for (size_t c = 0; c < COLUMNS; c++) {
        char name[64] = "result_";
        size_t length = 7;

        for (const char *at = names[c]; *at; at++)
            name[length++] = *at;
        for (const char *at = ".f64"; *at; at++)
            name[length++] = *at;
        bench_write(&plan, months.name, name, revenue.column[c], revenue.periods);
    }
    revenue.customers = plan.rows / MONTHS;
    revenue.amounts = amounts = make_amounts(revenue.customers);
    revenue.periods = MONTHS;
    bench_run(&plan, &matrix);
    free(amounts);
    shop_close(&shop);
    return 0;
}
