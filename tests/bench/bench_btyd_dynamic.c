/* Seasons and covariates that change with time: fits of --rows customers of two years with twelve months of which eleven are columns,
 * without and with a column of each customer's own that changes once; P(alive) and expected orders; and of a tenth of
 * them orders with limits, one by one and in total. There is no peer that can be
 * installed here: CLVTools, which has the model, is R. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "retain/btyd_dynamic.h"
#include "retain/btyd_dynamic_forecast.h"

enum { MONTHS = 11, PIECES = 36, COLUMNS = MONTHS + 1 };

typedef struct dynamic_state {
    retain_btyd truth, fitted;
    retain_fit_report report;
    retain_btyd_histories histories;
    retain_btyd_sum sum;
    double start_of_piece[PIECES], month[MONTHS][PIECES], *start, *end, *occasion, *piece_start, *card, *values, *low, *high;
    int64_t *first, *piece;
    const double *calendar[MONTHS], *own[1];
    uint8_t lifetime[COLUMNS];
} dynamic_state;

static void open_histories(dynamic_state *of, size_t count, size_t own_columns)
{
    size_t occasions = 0;

    for (size_t k = 0; k < PIECES; k++)
        of->start_of_piece[k] = 14600.0 + 30.0 * (double)k;
    of->truth = (retain_btyd){.family = RETAIN_BTYD_PARETO_NBD,
                              .unit_days = 7.0,
                              .r = 0.553,
                              .alpha = 10.58,
                              .s = 0.606,
                              .beta = 11.67,
                              .covariates = MONTHS};
    for (size_t m = 0; m < MONTHS; m++) {
        for (size_t k = 0; k < PIECES; k++)
            of->month[m][k] = k % 12 == m + 1;
        of->calendar[m] = of->month[m];
        of->truth.purchase[m] = 0.1 * (double)m - 0.3;
    }
    of->truth.covariates += own_columns;
    of->truth.purchase[MONTHS] = 0.4;
    of->truth.lifetime[MONTHS] = -0.3;
    of->lifetime[MONTHS] = 1;
    of->start = bench_take(count);
    of->end = bench_take(count);
    of->first = bench_take(count + 1);
    of->piece = bench_take(count + 1);
    of->piece_start = bench_take(2 * count);
    of->card = bench_take(2 * count);
    of->values = bench_take(count);
    of->low = bench_take(count);
    of->high = bench_take(count);
    of->piece[0] = 0;
    for (size_t i = 0; i < count; i++) {
        of->start[i] = 14600.0 + (double)(i * 7919 % 360);
        of->end[i] = 15330.0;
        of->piece[i + 1] = 2 * (int64_t)(i + 1);
        of->piece_start[2 * i] = of->start[i];
        of->piece_start[2 * i + 1] = of->start[i] + 1.0 + (double)(i * 104729 % 400);
        of->card[2 * i] = 0.0;
        of->card[2 * i + 1] = 1.0;
    }
    of->own[0] = of->card;
    of->histories = (retain_btyd_histories){.count = count,
                                            .start = of->start,
                                            .end = of->end,
                                            .first = of->first,
                                            .unit_days = 7.0,
                                            .calendar_pieces = PIECES,
                                            .calendar_start = of->start_of_piece,
                                            .calendar_columns = MONTHS,
                                            .calendar = of->calendar,
                                            .piece = of->piece,
                                            .piece_start = of->piece_start,
                                            .own_columns = own_columns,
                                            .own = of->own,
                                            .known_until = 15680.0};
    (void)retain_btyd_dynamic_simulate(NULL, &of->truth, &of->histories, 7, of->first, NULL, 0, &occasions, NULL);
    of->occasion = bench_take(occasions + 1);
    bench_expect(NULL, retain_btyd_dynamic_simulate(NULL, &of->truth, &of->histories, 7, of->first, of->occasion, occasions,
                                                    &occasions, NULL));
    for (size_t j = 0; j < occasions; j++) { /* shops know days */
        double day = (double)(int64_t)of->occasion[j];

        of->occasion[j] = day;
    }
    for (size_t i = 0; i < count; i++) {
        for (int64_t j = of->first[i]; j < of->first[i + 1]; j++)
            of->occasion[j] = of->occasion[j] > of->start[i] ? of->occasion[j] : of->start[i] + 1.0;
    }
    of->histories.occasion = of->occasion;
}

static void close_histories(dynamic_state *of)
{
    void *const blocks[] = {of->start, of->end,    of->first, of->piece, of->piece_start,
                            of->card,  of->values, of->low,   of->high,  of->occasion};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

static retain_status fit(retain_context *ctx, void *state)
{
    dynamic_state *of = state;
    const retain_fit_options options = {.struct_size = sizeof options, .lifetime = of->lifetime};

    of->report.struct_size = sizeof of->report;
    return retain_btyd_dynamic_fit(ctx, &of->histories, &options, &of->fitted, &of->report);
}

static retain_status find_alive(retain_context *ctx, void *state)
{
    dynamic_state *of = state;

    return retain_btyd_dynamic_alive(ctx, &of->truth, &of->histories, of->values, NULL);
}

static retain_status find_orders(retain_context *ctx, void *state)
{
    dynamic_state *of = state;

    return retain_btyd_dynamic_orders(ctx, &of->truth, &of->histories, 26.0, of->values);
}

/* Orders of the half year after a quarter, with limits from the covariance of the fit. */
static const retain_btyd_question half_year = {
    .struct_size = sizeof half_year, .quantity = RETAIN_BTYD_ORDERS, .from = 13.0, .to = 39.0};

static retain_status find_limits(retain_context *ctx, void *state)
{
    dynamic_state *of = state;

    return retain_btyd_dynamic_interval(ctx, &of->fitted, of->report.covariance, &of->histories, &half_year, 0.95, of->values,
                                        of->low, of->high);
}

static retain_status find_total(retain_context *ctx, void *state)
{
    dynamic_state *of = state;

    of->sum.struct_size = sizeof of->sum;
    return retain_btyd_dynamic_total(ctx, &of->fitted, of->report.covariance, &of->histories, &half_year, NULL, 0.95, &of->sum);
}

static void check_fit(void *state, bench_check *checks)
{
    const dynamic_state *of = state;

    checks[0] = (bench_check){"log_likelihood", of->report.log_likelihood};
    checks[1] = (bench_check){"evaluations", (double)of->report.evaluations};
    checks[2] = (bench_check){"last_month", of->fitted.purchase[MONTHS - 1]};
}

static void check_values(void *state, bench_check *checks)
{
    const dynamic_state *of = state;

    checks[0] = (bench_check){"sum", bench_sum(of->values, of->histories.count)};
}

static void check_limits(void *state, bench_check *checks)
{
    const dynamic_state *of = state;

    check_values(state, checks);
    checks[1] = (bench_check){"low", bench_sum(of->low, of->histories.count)};
}

static void check_total(void *state, bench_check *checks)
{
    const dynamic_state *of = state;

    checks[0] = (bench_check){"least", of->sum.least};
    checks[1] = (bench_check){"value", of->sum.value};
    checks[2] = (bench_check){"most", of->sum.most};
}

/* Of a tenth of the customers, for a forecast is made for every way to bend the parameters. */
static void run_limits(const bench_plan *plan, dynamic_state *of, const char *const names[2])
{
    const size_t part = of->histories.count / 10;
    bench_check limit_checks[3] = {{NULL, 0.0}}, total_checks[4] = {{NULL, 0.0}};
    const bench_task limits = {names[0], part, find_limits, of, limit_checks, check_limits};
    const bench_task total = {names[1], part, find_total, of, total_checks, check_total};

    of->histories.count = part;
    bench_run(plan, &limits);
    bench_run(plan, &total);
}

int main(int argc, char **argv)
{
    static const char *const names[2][3] = {{"seasons_fit", "seasons_alive", "seasons_orders"},
                                            {"seasons_and_own_fit", "seasons_and_own_alive", "seasons_and_own_orders"}};
    static const char *const limited[2][2] = {{"seasons_orders_limits", "seasons_total"},
                                              {"seasons_and_own_orders_limits", "seasons_and_own_total"}};
    const bench_plan plan = bench_begin(argc, argv, 100000);

    for (size_t own = 0; own < 2; own++) {
        static dynamic_state of;
        bench_check checks[4] = {{NULL, 0.0}}, alive_checks[2] = {{NULL, 0.0}}, order_checks[2] = {{NULL, 0.0}};
        const bench_task fits = {names[own][0], plan.rows, fit, &of, checks, check_fit};
        const bench_task alive = {names[own][1], plan.rows, find_alive, &of, alive_checks, check_values};
        const bench_task orders = {names[own][2], plan.rows, find_orders, &of, order_checks, check_values};

        open_histories(&of, plan.rows, own);
        bench_run(&plan, &fits);
        bench_run(&plan, &alive);
        bench_run(&plan, &orders);
        run_limits(&plan, &of, limited[own]);
        close_histories(&of);
    }
    return 0;
}
