/* How regular customers are, from pairs of gaps.
 *
 * Of two successive gaps, the first is on average half of their sum; how far from half it strays tells how regular the customer is,
 * and the customer's own pace cancels. When gaps are Gamma with shape k, as Erlang-k gaps are, the share M of the first is
 * Beta(k, k), of mean 1/2 and variance 1 / (4 (2 k + 1)), whatever the pace (Wheat & Morrison 1990). So
 *
 *     v = mean of (M - 1/2)^2,      k = (1 - 4 v) / (8 v).
 *
 * Pairs do not overlap and are counted back from a customer's last gap. As customers may differ in k, the pairs of one of them are no
 * independent draws; the standard error of v takes customers as the units: the residuals of a customer are added up before they are
 * squared. By the delta method that of k is that of v over 8 v^2, and limits are symmetric in log k. */
#include <math.h>

#include "data/customer_rows.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "retain/repeat_time.h"

/* Sums over customers: of their pairs n and squares s. */
typedef struct tally {
    double customers, pairs, pairs_squared;
    retain__sum squares, squares_squared, products;
} tally;

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    tally *to = (tally *)state + block;
    double pairs = 0.0, squares = 0.0;

    for (size_t last = customer->count; last >= 3; last -= 2, pairs += 1.0) {
        const retain__occasion *at = &customer->occasion[last - 3];
        double apart = (double)(at[1].day - at[0].day) / (double)(at[2].day - at[0].day) - 0.5;

        squares += apart * apart;
    }
    if (pairs == 0.0)
        return;
    to->customers += 1.0;
    to->pairs += pairs;
    to->pairs_squared += pairs * pairs;
    retain__sum_add(&to->squares, squares);
    retain__sum_add(&to->squares_squared, squares * squares);
    retain__sum_add(&to->products, pairs * squares);
}

static void merge(const tally *from, tally *to)
{
    to->customers += from->customers;
    to->pairs += from->pairs;
    to->pairs_squared += from->pairs_squared;
    retain__sum_merge(&to->squares, from->squares);
    retain__sum_merge(&to->squares_squared, from->squares_squared);
    retain__sum_merge(&to->products, from->products);
}

static void write_rhythm(const tally *all, double level, retain_repeat_time_rhythm *rhythm)
{
    const double missing = (double)NAN, v = retain__sum_value(all->squares) / all->pairs, n = all->customers;
    const double residuals =
        retain__sum_value(all->squares_squared) - 2.0 * v * retain__sum_value(all->products) + v * v * all->pairs_squared;
    const double quantile = -retain__ndtri(0.5 * (1.0 - level));
    double k = missing, error = missing, spread;

    if (all->pairs > 0.0)
        k = v > 0.0 ? (1.0 - 4.0 * v) / (8.0 * v) : (double)INFINITY;
    if (n > 1.0 && v > 0.0)
        error = sqrt((residuals > 0.0 ? residuals : 0.0) * (n / (n - 1.0))) / all->pairs / (8.0 * v * v);
    spread = quantile * (error / k);
    rhythm->customers = n;
    rhythm->pairs = all->pairs;
    rhythm->variance = all->pairs > 0.0 ? v : missing;
    rhythm->k = k;
    rhythm->standard_error = error;
    rhythm->low = k * exp(-spread);
    rhythm->high = k * exp(spread);
}

retain_status retain_repeat_time_regularity(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                            const retain_orders_options *counting, double level, retain_repeat_time_rhythm *rhythm)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    tally *blocks = NULL, all = {0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !rhythm)
        status = retain__fail_null(ctx, "rhythm");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "rhythm", rhythm, sizeof *rhythm, sizeof *rhythm);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK && !(blocks = retain__take_zeroed(&scratch, log.blocks, sizeof *blocks)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        retain__visit_customers(ctx, &log, add_customer, blocks, NULL);
        for (size_t b = 0; b < log.blocks; b++)
            merge(&blocks[b], &all);
        write_rhythm(&all, level, rhythm);
    }
    retain__release(&scratch);
    return status;
}
