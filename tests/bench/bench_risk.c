/* Who is about to leave, in one call: from the order log to risk, reasons and rank of every customer, with the test on the past. */
#include <stdlib.h>

#include "bench.h"
#include "retain/risk.h"
#include "shop.h"

enum { HORIZON = 60 };

typedef struct risk_state {
    retain_features_source source;
    size_t capacity, count;
    int64_t *customer, *rank, *reason;
    double *risk, *at_risk, *effect;
    retain_risk_card card;
} risk_state;

static const retain_risk_options options = {.struct_size = sizeof options, .horizon_days = HORIZON, .family = RETAIN_BTYD_MBG_NBD};

static retain_status score(retain_context *ctx, void *state)
{
    risk_state *of = state;
    const retain_risk_columns columns = {.customer = of->customer,
                                         .risk = of->risk,
                                         .value_at_risk = of->at_risk,
                                         .rank = of->rank,
                                         .reason = of->reason,
                                         .reason_effect = of->effect};

    return retain_risk_customers(ctx, &of->source, SHOP_LAST_DAY, NULL, &options, &columns, of->capacity, &of->count, &of->card);
}

static void check(void *state, bench_check *checks)
{
    const risk_state *of = state;

    checks[0] = (bench_check){"auc", of->card.figures[of->card.method].auc};
    checks[1] = (bench_check){"gain", of->card.figures[of->card.method].gain};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    risk_state of = {.source = {.orders = &shop.log}, .capacity = shop.log.count / 2, .card = {.struct_size = sizeof of.card}};
    bench_check checks[3] = {{NULL, 0.0}};

    of.customer = bench_take(of.capacity);
    of.rank = bench_take(of.capacity);
    of.reason = bench_take(of.capacity * RETAIN_RISK_REASONS);
    of.effect = bench_take(of.capacity * RETAIN_RISK_REASONS);
    of.risk = bench_take(of.capacity);
    of.at_risk = bench_take(of.capacity);
    bench_run(&plan, &(bench_task){"risk_customers", shop.log.count, score, &of, checks, check});
    shop_write(&shop, &plan, "risk");
    bench_write(&plan, "risk", "result_auc.f64",
                (double[]){of.card.figures[of.card.method].auc, of.card.figures[RETAIN_RISK_LONGEST_ABSENT].auc}, 2);
    free(of.customer);
    free(of.rank);
    free(of.reason);
    free(of.effect);
    free(of.risk);
    free(of.at_risk);
    shop_close(&shop);
}
