/* Any risks, values, offers, scores and logs: chances are chances, choices are the best ones, and curves add up. */
#include <math.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/churn_plan.h"

enum { PEOPLE = 30 };

static double *read_shares(fuzz_input *in, size_t count)
{
    const int odd = fuzz_below(in, 16) == 15;
    double *share = fuzz_array(in, count, sizeof *share);

    for (size_t i = 0; i < count; i++)
        share[i] = odd ? fuzz_double(in) : (double)fuzz_below(in, 9) / 8.0;
    return share;
}

static double *read_values(fuzz_input *in, size_t count)
{
    const int odd = fuzz_below(in, 8) == 7;
    double *value = fuzz_array(in, count, sizeof *value);

    for (size_t i = 0; i < count; i++)
        value[i] = odd ? fuzz_double(in) : (double)fuzz_below(in, 50) - 5.0;
    return value;
}

static const retain_churn_offer *read_offer(fuzz_input *in)
{
    retain_churn_offer *offer = fuzz_array(in, 1, sizeof *offer);
    const int odd = fuzz_below(in, 16) == 15;

    *offer =
        (retain_churn_offer){odd ? fuzz_double(in) : (double)fuzz_below(in, 5), odd ? fuzz_double(in) : (double)fuzz_below(in, 3),
                             odd ? fuzz_double(in) : (double)fuzz_below(in, 9) / 8.0};
    return fuzz_maybe(in, offer);
}

static double read_level(fuzz_input *in)
{
    return fuzz_below(in, 8) ? 0.0 : fuzz_double(in);
}

static void try_select(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, PEOPLE), most = fuzz_below(in, PEOPLE);
    const double *risk = read_shares(in, count), *value = read_values(in, count);
    const retain_churn_offer *offer = read_offer(in);
    const double level = read_level(in);
    uint8_t *chosen = fuzz_output(in, count, sizeof *chosen);
    double *gain = fuzz_output(in, count, sizeof *gain), worst = INFINITY, best = -INFINITY;
    retain_churn_selection *found = fuzz_array(in, 1, sizeof *found);
    size_t sum = 0;

    found->struct_size = sizeof *found;
    if (!fuzz_outcome(in, retain_churn_select(ctx, risk, value, count, offer, most, level, chosen, gain, found)))
        return;
    for (size_t i = 0; i < count; i++) {
        sum += chosen[i];
        worst = chosen[i] && gain[i] < worst ? gain[i] : worst;
        best = !chosen[i] && gain[i] > best ? gain[i] : best;
    }
    fuzz_check(sum == found->chosen && sum <= most && (sum == 0 || worst > 0.0) && (sum == 0 || worst >= best));
    fuzz_check(sum == most || !(best > 0.0));
    fuzz_check(found->tied_chosen <= found->tied && found->tied_chosen <= sum);
    fuzz_check(found->lost_low <= found->lost_high && found->lost_high <= (double)sum);
}

static void try_thresholds(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, PEOPLE);
    const double *value = read_values(in, count);
    const retain_churn_offer *offer = read_offer(in);
    double *threshold = fuzz_output(in, count, sizeof *threshold);

    if (!fuzz_outcome(in, retain_churn_thresholds(ctx, value, count, offer, threshold)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check((threshold[i] != threshold[i]) == (value[i] != value[i]) && !(threshold[i] < 0.0));
}

static void try_lost(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, PEOPLE);
    const double *risk = read_shares(in, count), *value = fuzz_below(in, 2) ? read_values(in, count) : NULL;
    const double level = read_level(in);
    retain_churn_loss *loss = fuzz_array(in, 1, sizeof *loss);

    loss->struct_size = sizeof *loss;
    if (fuzz_outcome(in, retain_churn_lost(ctx, risk, value, count, level, loss)))
        fuzz_check(0.0 <= loss->low && loss->low <= loss->high && loss->high <= (double)count && loss->customers <= (double)count);
}

static void try_profit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, PEOPLE), capacity = fuzz_below(in, 4) ? PEOPLE : fuzz_below(in, PEOPLE);
    const double *score = read_values(in, count), *left = read_shares(in, count), *value = read_values(in, count);
    const retain_churn_offer *offer = read_offer(in);
    const double level = read_level(in);
    retain_churn_best *best = fuzz_array(in, 1, sizeof *best);
    size_t *points = fuzz_array(in, 1, sizeof *points);
    double *column[6];
    retain_churn_profit_columns columns;

    for (int f = 0; f < 6; f++)
        column[f] = fuzz_output(in, capacity, sizeof **column);
    columns = (retain_churn_profit_columns){column[0], column[1], column[2], column[3], column[4], column[5]};
    best->struct_size = sizeof *best;
    if (!fuzz_outcome(in, retain_churn_profit(ctx, score, left, value, count, offer, level, &columns, capacity, points, best)))
        return;
    fuzz_check(*points <= count && (*points == 0 || column[1][*points - 1] == (double)count));
    for (size_t k = 0; k < *points; k++) {
        fuzz_check(k == 0 || (column[0][k] < column[0][k - 1] && column[1][k] > column[1][k - 1]));
        fuzz_check(column[3][k] <= best->profit && column[2][k] >= 0.0);
        fuzz_check(!(column[4][k] > column[5][k]));
    }
    fuzz_check(best->profit >= 0.0 && best->customers <= (double)count);
}

static void try_overdue(fuzz_input *in)
{
    static const retain_btyd_family families[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_MBG_NBD,  RETAIN_BTYD_NBD,
                                                  RETAIN_BTYD_GG_NBD,     RETAIN_BTYD_MBG_CNBD, RETAIN_BTYD_BG_BB};
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, PEOPLE);
    const int odd = fuzz_below(in, 8) == 7;
    retain_btyd *model = fuzz_array(in, 1, sizeof *model);
    double *x = fuzz_array(in, count, sizeof *x), *t_x = fuzz_array(in, count, sizeof *t_x), *T = fuzz_array(in, count, sizeof *T);
    retain_customers *customers = fuzz_array(in, 1, sizeof *customers);
    double *p_value = fuzz_output(in, count, sizeof *p_value);

    *model = (retain_btyd){.family = families[fuzz_below(in, 6)],
                           .unit_days = 7.0,
                           .r = fuzz_within(in, 0.01, 5.0),
                           .alpha = fuzz_within(in, 0.01, 50.0),
                           .s = 0.5,
                           .beta = fuzz_within(in, 0.01, 50.0),
                           .a = 0.5,
                           .b = 2.0,
                           .gamma = 0.5,
                           .delta = 2.0,
                           .k = 1 + (int)fuzz_below(in, 8)};
    for (size_t i = 0; i < count; i++) {
        x[i] = odd ? fuzz_double(in) : (double)fuzz_below(in, 10);
        t_x[i] = odd ? fuzz_double(in) : x[i] > 0.0 ? x[i] + (double)fuzz_below(in, 30) : 0.0;
        T[i] = odd ? fuzz_double(in) : t_x[i] + (double)fuzz_below(in, 100);
    }
    *customers = (retain_customers){.count = count, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    if (!fuzz_outcome(in, retain_churn_overdue(ctx, fuzz_maybe(in, model), fuzz_maybe(in, customers), p_value)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(p_value[i] >= 0.0 && p_value[i] <= 1.0 && (T[i] > t_x[i] || p_value[i] == 1.0));
}

static void try_gaps(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders *log = fuzz_log(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const double prior = fuzz_below(in, 4) ? fuzz_within(in, 0.0, 9.0) : fuzz_double(in);
    size_t *count = fuzz_array(in, 1, sizeof *count);
    int64_t *customer = fuzz_output(in, FUZZ_LOG_ROWS, sizeof *customer);
    double *column[5];
    retain_churn_gap_columns columns;

    for (int f = 0; f < 5; f++)
        column[f] = fuzz_output(in, FUZZ_LOG_ROWS, sizeof **column);
    columns = (retain_churn_gap_columns){customer, column[0], column[1], column[2], column[3], column[4]};
    if (!fuzz_outcome(in, retain_churn_gaps(ctx, log, end, counting, prior, &columns, FUZZ_LOG_ROWS, count)))
        return;
    for (size_t i = 0; i < *count; i++) {
        fuzz_check(i == 0 || customer[i] > customer[i - 1]);
        fuzz_check(column[0][i] >= 0.0 && column[1][i] >= 0.0 && (column[1][i] > 0.0) == (column[2][i] == column[2][i]));
        fuzz_check(column[4][i] != column[4][i] || (column[4][i] >= 0.0 && column[4][i] <= 1.0 + 1e-15));
    }
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_select, try_thresholds, try_lost, try_profit, try_overdue, try_gaps};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
