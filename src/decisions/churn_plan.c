/* Who is overdue by his own measure.
 *
 * With a model: the current silence against the gaps that this customer would make. Given x gaps in t_x, and that he was there all
 * the while, a customer's rate is Gamma(r + x, alpha + t_x) in every family, for leaving has nothing to do with the rate; and that
 * he is there still takes leaving out of the silence as well. What is left is a Pareto distribution of the gap; with k ticks to
 * a gap the chance of fewer than k ticks, whose terms are built up in logarithms, for the first of them underflows long before
 * their sum does.
 *
 * Without one: the shop's gaps are counted by length (metrics/gap_durations.h), and each customer's own gaps and the shop's are
 * weighed together as a beta prior and data would be. */
#include "retain/churn_plan.h"

#include <math.h>

#include "math/special.h"
#include "metrics/gap_durations.h"
#include "metrics/rates.h"
#include "models/btyd_model.h"

static const double DEFAULT_PRIOR_GAPS = 4.0;

/* --- with a model ------------------------------------------------------------------------------------------------------------- */

/* P(fewer than k ticks in s), ticks coming at a rate that is Gamma(shape, rate). */
static double few_ticks(double shape, double rate, double s, int k)
{
    const double log_miss = -shape * log1p(s / rate), log_hit = log(s / (rate + s));
    double log_term = log_miss, sum = exp(log_miss);

    for (int j = 1; j < k && s > 0.0; j++) {
        log_term += log((shape + (double)j - 1.0) / (double)j) + log_hit;
        sum += exp(log_term);
    }
    return sum < 1.0 ? sum : 1.0;
}

static double gap_chance(const retain__btyd_family *family, const double *p, double x, double t_x, double T)
{
    if (family->is_discrete)
        return exp(retain__lbeta_ratio(p[0] + x, p[1] + (t_x - x), T - t_x));
    if (family->is_regular)
        return few_ticks(p[0] + p[family->count] * x, p[1] + t_x, T - t_x, (int)p[family->count]);
    return few_ticks(p[0] + x, p[1] + t_x, T - t_x, 1);
}

retain_status retain_churn_overdue(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                   double *p_value)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain__btyd_patterns patterns;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && (!model || !customers))
        status = retain__fail_null(ctx, model ? "customers" : "model");
    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK && customers->count && !p_value)
        status = retain__fail_null(ctx, "p_value");
    if (status == RETAIN_OK)
        status = retain__btyd_find_patterns(&scratch, &checked, customers, &patterns);
    for (size_t g = 0; status == RETAIN_OK && g < patterns.count; g++) {
        const retain_customers *rows = &patterns.customers;

        for (size_t at = patterns.first[g]; at < patterns.first[g + 1]; at++)
            p_value[retain__btyd_row(&patterns, at)] =
                gap_chance(checked.family, patterns.p + g * RETAIN__BTYD_NUMBERS, rows->frequency[at], rows->t_x[at], rows->T[at]);
    }
    retain__release(&scratch);
    return status;
}

/* --- without one -------------------------------------------------------------------------------------------------------------- */

/* Gaps of the shop that have ended: how many are at least as long as each length. */
typedef struct shop_gaps {
    const retain__duration *duration;
    double *at_least; /* [lengths] */
    size_t lengths;
    double all;
} shop_gaps;

typedef struct listing {
    const retain_churn_gap_columns *columns;
    int64_t observation_end;
    double prior_gaps;
    shop_gaps shop;
} listing;

static void note_ended_gaps(const void *state, retain__duration_notes *notes, const retain__customer *customer)
{
    (void)state;
    for (size_t k = 1; k < customer->count; k++)
        retain__note_duration(notes, 0, customer->occasion[k - 1].day, customer->occasion[k].day, 1);
}

static double shop_share(const shop_gaps *shop, double silence)
{
    size_t low = 0, high = shop->lengths; /* lengths below `low` are shorter, those from `high` on are not */

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (shop->duration[middle].length < silence)
            low = middle + 1;
        else
            high = middle;
    }
    return shop->all > 0.0 ? (low < shop->lengths ? shop->at_least[low] : 0.0) / shop->all : (double)NAN;
}

static void list_customer(void *state, size_t block, const retain__customer *customer)
{
    const listing *to = state;
    const size_t row = customer->position, gaps = customer->count - 1;
    const int64_t silence = to->observation_end - customer->occasion[gaps].day;
    const double n = (double)gaps, m = to->prior_gaps, shop = shop_share(&to->shop, (double)silence);
    double longer = 0.0;

    (void)block;
    for (size_t k = 1; k <= gaps; k++)
        longer += customer->occasion[k].day - customer->occasion[k - 1].day >= silence;
    if (to->columns->customer)
        to->columns->customer[row] = customer->key;
    retain__put(to->columns->silence, row, (double)silence);
    retain__put(to->columns->gaps, row, n);
    retain__put(to->columns->own_share, row, gaps ? longer / n : (double)NAN);
    retain__put(to->columns->shop_share, row, shop);
    retain__put(to->columns->p_value, row, (longer + m * shop) / (n + m));
}

/* Counts the shop's gaps from the longest one down. */
static retain_status count_gaps(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                                shop_gaps *shop)
{
    retain__durations durations;
    retain_status status = retain__count_durations(ctx, scratch, log, observation_end, 1, note_ended_gaps, NULL, &durations);

    if (status != RETAIN_OK)
        return status;
    shop->duration = durations.duration;
    shop->lengths = durations.first[1];
    shop->at_least = retain__take(scratch, shop->lengths, sizeof *shop->at_least);
    if (!shop->at_least)
        return RETAIN_ERROR_MEMORY;
    shop->all = 0.0;
    for (size_t k = shop->lengths; k > 0; k--)
        shop->at_least[k - 1] = shop->all += shop->duration[k - 1].ended;
    return RETAIN_OK;
}

retain_status retain_churn_gaps(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                const retain_orders_options *counting, double prior_gaps, const retain_churn_gap_columns *columns,
                                size_t capacity, size_t *count)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    listing to = {columns, observation_end, prior_gaps == 0.0 ? DEFAULT_PRIOR_GAPS : prior_gaps, {NULL, NULL, 0, 0.0}};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && (!columns || !count))
        status = retain__fail_null(ctx, columns ? "count" : "columns");
    if (status == RETAIN_OK && (!(to.prior_gaps > 0.0) || !retain__is_finite(to.prior_gaps)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "prior_gaps is %g; it must be positive and finite (0 means 4)", prior_gaps);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        *count = log.customers;
        if (log.customers > capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "there is room for %zu customers; there are %zu",
                                  capacity, log.customers);
    }
    if (status == RETAIN_OK)
        status = count_gaps(ctx, &scratch, &log, observation_end, &to.shop);
    if (status == RETAIN_OK)
        retain__visit_customers(ctx, &log, list_customer, &to, NULL);
    retain__release(&scratch);
    return status;
}
