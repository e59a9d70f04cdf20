/* RFM scores and segments of --rows customers, the segment table, and how concentrated their revenue is.
 *
 * The customers are those of a shop in which half bought once: days since the last occasion, occasions and revenue have ties as in real shops, revenue is in
 * cents and very unequal. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/rfm.h"

typedef struct rfm_state {
    size_t count;
    double *days, *occasions, *revenue;
    uint8_t *r, *f, *m, *segment, *tier;
    retain_rfm cuts;
    double customers[RETAIN_RFM_SEGMENTS + 1], money[RETAIN_RFM_SEGMENTS + 1], low[RETAIN_RFM_SEGMENTS + 1];
    double gini[3], share[3];
} rfm_state;

static void *take_bytes(size_t count)
{
    return bench_take((count + 7) / 8);
}

static rfm_state open_state(size_t count)
{
    rfm_state rfm = {.count = count, .days = bench_take(count), .occasions = bench_take(count), .revenue = bench_take(count)};

    rfm.r = take_bytes(count);
    rfm.f = take_bytes(count);
    rfm.m = take_bytes(count);
    rfm.segment = take_bytes(count);
    rfm.tier = take_bytes(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(6, i);
        const double rate = retain__random_gamma(&random, 0.6, 0.5), repeats = retain__random_poisson(&random, rate);

        rfm.occasions[i] = 1.0 + repeats;
        rfm.days[i] = floor(730.0 * retain__random_uniform(&random) / (1.0 + 0.3 * repeats));
        rfm.revenue[i] = ceil(100.0 * retain__random_gamma(&random, 2.0 * (1.0 + repeats), 0.05)) / 100.0;
    }
    return rfm;
}

/* --- tasks ------------------------------------------------------------------------------------------------------------------------ */

static retain_status score(retain_context *ctx, void *state)
{
    rfm_state *rfm = state;
    retain_status status = retain_rfm_fit(ctx, rfm->days, rfm->occasions, rfm->revenue, rfm->count, NULL, &rfm->cuts);

    if (status == RETAIN_OK)
        status = retain_rfm_scores(ctx, &rfm->cuts, rfm->days, rfm->occasions, rfm->revenue, rfm->count, rfm->r, rfm->f, rfm->m);
    return status;
}

static void check_scores(void *state, bench_check *checks)
{
    const rfm_state *rfm = state;
    double sum = 0.0;

    for (size_t i = 0; i < rfm->count; i++)
        sum += 100.0 * rfm->r[i] + 10.0 * rfm->f[i] + rfm->m[i];
    checks[0] = (bench_check){"codes", sum};
}

static retain_status tabulate(retain_context *ctx, void *state)
{
    rfm_state *rfm = state;
    retain_rfm_columns columns = {0};
    retain_status status = retain_rfm_segments(ctx, rfm->r, rfm->f, rfm->m, rfm->count, NULL, rfm->segment);

    columns.customers = rfm->customers;
    columns.revenue = rfm->money;
    columns.mean_revenue_low = rfm->low;
    if (status == RETAIN_OK)
        status = retain_rfm_table(ctx, rfm->segment, rfm->days, rfm->occasions, rfm->revenue, rfm->count, RETAIN_RFM_SEGMENTS, 0.0,
                                  &columns);
    return status;
}

static void check_table(void *state, bench_check *checks)
{
    const rfm_state *rfm = state;

    checks[0] = (bench_check){"champions", rfm->customers[RETAIN_RFM_CHAMPIONS]};
    checks[1] = (bench_check){"revenue", rfm->money[RETAIN_RFM_SEGMENTS]};
}

static retain_status concentrate(retain_context *ctx, void *state)
{
    rfm_state *rfm = state;
    const double p = 0.2;
    retain_status status = retain_rfm_gini(ctx, rfm->revenue, rfm->count, 0.0, &rfm->gini[0], &rfm->gini[1], &rfm->gini[2]);

    if (status == RETAIN_OK)
        status = retain_rfm_top_share(ctx, rfm->revenue, rfm->count, &p, 1, 0.0, &rfm->share[0], &rfm->share[1], &rfm->share[2]);
    if (status == RETAIN_OK)
        status = retain_rfm_tiers(ctx, rfm->revenue, rfm->count, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, rfm->tier);
    return status;
}

static void check_concentration(void *state, bench_check *checks)
{
    const rfm_state *rfm = state;

    checks[0] = (bench_check){"gini", rfm->gini[0]};
    checks[1] = (bench_check){"top_share", rfm->share[0]};
}

/* Bytes are written as the other numbers are, so that the peers can read them. */
static void write_bytes(const bench_plan *plan, const char *task, const char *column, const uint8_t *bytes, size_t count)
{
    double *wide = bench_take(count);

    for (size_t i = 0; i < count; i++)
        wide[i] = bytes[i];
    bench_write(plan, task, column, wide, count);
    free(wide);
}

static void run_task(const bench_plan *plan, const rfm_state *rfm, const bench_task *task)
{
    bench_run(plan, task);
    bench_write(plan, task->name, "days.f64", rfm->days, rfm->count);
    bench_write(plan, task->name, "occasions.f64", rfm->occasions, rfm->count);
    bench_write(plan, task->name, "revenue.f64", rfm->revenue, rfm->count);
    if (task->work == score) {
        write_bytes(plan, task->name, "result_r.f64", rfm->r, rfm->count);
        write_bytes(plan, task->name, "result_f.f64", rfm->f, rfm->count);
        write_bytes(plan, task->name, "result_m.f64", rfm->m, rfm->count);
    }
    if (task->work == tabulate) {
        write_bytes(plan, task->name, "segment.f64", rfm->segment, rfm->count);
        bench_write(plan, task->name, "result_customers.f64", rfm->customers, RETAIN_RFM_SEGMENTS);
        bench_write(plan, task->name, "result_money.f64", rfm->money, RETAIN_RFM_SEGMENTS);
    }
    if (task->work == concentrate) {
        write_bytes(plan, task->name, "result_tier.f64", rfm->tier, rfm->count);
        bench_write(plan, task->name, "result_gini.f64", rfm->gini, 1);
        bench_write(plan, task->name, "result_share.f64", rfm->share, 1);
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    rfm_state rfm = open_state(plan.rows);
    bench_check checks[3] = {{NULL, 0.0}}, codes[2] = {{NULL, 0.0}}, shares[3] = {{NULL, 0.0}};
    const bench_task scoring = {"rfm_scores", rfm.count, score, &rfm, codes, check_scores};
    const bench_task tables = {"rfm_table", rfm.count, tabulate, &rfm, checks, check_table};
    const bench_task concentration = {"rfm_concentration", rfm.count, concentrate, &rfm, shares, check_concentration};

    run_task(&plan, &rfm, &scoring);
    run_task(&plan, &rfm, &tables);
    run_task(&plan, &rfm, &concentration);
    free(rfm.days);
    free(rfm.occasions);
    free(rfm.revenue);
    free(rfm.r);
    free(rfm.f);
    free(rfm.m);
    free(rfm.segment);
    free(rfm.tier);
    return 0;
}
