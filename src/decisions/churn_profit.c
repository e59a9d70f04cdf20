/* Whom it is worth to contact, how many leave, and what a cut of a ranking brings.
 *
 * All of it is one formula, the expected gain of contacting one customer, and sums of it: linear in the probability of leaving,
 *
 *     gain = p stake - expense,   stake = effect v + (1 - effect) incentive,   expense = cost + incentive,
 *
 * which is the formula of the header, multiplied out: the incentive is paid to all who are contacted, but for leavers who do not take it.
 *
 * Sums of gains are carried as the pairs of math/sums.h. The number who leave among n customers is Poisson binomial; its distribution is
 * built up customer by customer, and cut off at both ends where what is left is below 1e-22 a side: as many numbers as some ten
 * standard deviations hold. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/keys.h"
#include "core/sort.h"
#include "decisions/columns.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "retain/churn_plan.h"

static const double MOST_EXACT = 50000.0; /* customers whose number is found exactly */
static const double NEGLIGIBLE = 1e-22;

enum { STEP = 1 << 10 }; /* customers between two looks at the progress callback */

/* --- one customer ------------------------------------------------------------------------------------------------------------- */

static double stake_of(const retain_churn_offer *offer, double value)
{
    return offer->effect * value + (1.0 - offer->effect) * offer->incentive;
}

static double gain_of(const retain_churn_offer *offer, double risk, double value)
{
    return risk * stake_of(offer, value) - offer->incentive - offer->cost;
}

static retain_status check_offer(retain_context *ctx, const retain_churn_offer *offer)
{
    if (!offer)
        return retain__fail_null(ctx, "offer");
    if (!(offer->cost >= 0.0) || !retain__is_finite(offer->cost))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "offer.cost is %g; it must be finite and at least 0",
                            offer->cost);
    if (!(offer->incentive >= 0.0) || !retain__is_finite(offer->incentive))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "offer.incentive is %g; it must be finite and at least 0",
                            offer->incentive);
    if (!(offer->effect >= 0.0 && offer->effect <= 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "offer.effect is %g; it must lie in [0, 1]", offer->effect);
    return RETAIN_OK;
}

retain_status retain_churn_thresholds(retain_context *ctx, const double *value, size_t count, const retain_churn_offer *offer,
                                      double *threshold)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_offer(ctx, offer);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "value", value, count, RETAIN__FINITE_OR_NAN);
    if (status == RETAIN_OK && count && !threshold)
        status = retain__fail_null(ctx, "threshold");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const double stake = stake_of(offer, value[i]);

        threshold[i] = isnan(value[i]) ? (double)NAN : stake > 0.0 ? (offer->cost + offer->incentive) / stake : (double)INFINITY;
    }
    return status;
}

/* --- how many leave ----------------------------------------------------------------------------------------------------------- */

/* Probabilities of the numbers first, first + 1, ... */
typedef struct distribution {
    double *p; /* [customers + 1] of which those from `start` on are in use */
    size_t start, count;
    double first;
} distribution;

/* One customer more, who leaves with probability r. */
static void add_customer(distribution *of, double r)
{
    double *p = of->p + of->start;

    p[of->count] = 0.0;
    for (size_t n = of->count; n > 0; n--)
        p[n] = p[n] * (1.0 - r) + p[n - 1] * r;
    p[0] *= 1.0 - r;
    of->count++;
    while (of->count > 1 && of->p[of->start] < NEGLIGIBLE) {
        of->start++;
        of->count--;
        of->first += 1.0;
    }
    while (of->count > 1 && of->p[of->start + of->count - 1] < NEGLIGIBLE)
        of->count--;
}

/* Least number whose distribution function has reached `share`. */
static double quantile_of(const distribution *of, double share)
{
    double sum = 0.0;

    for (size_t n = 0; n < of->count; n++) {
        sum += of->p[of->start + n];
        if (sum >= share * (1.0 - 8.0 * DBL_EPSILON))
            return of->first + (double)n;
    }
    return of->first + (double)(of->count - 1);
}

typedef struct moments {
    double certain, doubtful; /* customers with a risk of 1, and with one that is neither 0 nor 1 */
    retain__sum mean;
    double variance, third; /* central */
} moments;

static moments add_up(const double *risk, const uint8_t *chosen, size_t count)
{
    moments of = {0.0, 0.0, {0.0, 0.0}, 0.0, 0.0};

    for (size_t i = 0; i < count; i++) {
        const double r = risk[i], spread = r * (1.0 - r);

        if (chosen && !chosen[i])
            continue;
        retain__sum_add(&of.mean, r);
        of.certain += r == 1.0;
        of.doubtful += r > 0.0 && r < 1.0;
        of.variance += spread;
        of.third += spread * (1.0 - 2.0 * r);
    }
    return of;
}

/* P(at most n) by the refined normal approximation. */
static double refined_normal(const moments *of, double n)
{
    const double sd = sqrt(of->variance), x = (n + 0.5 - retain__sum_value(of->mean)) / sd;
    const double density = exp(-0.5 * x * x) * 0.3989422804014327, skew = of->third / (of->variance * sd);

    return exp(retain__log_ndtr(x)) + skew * (1.0 - x * x) * density / 6.0;
}

static double refined_quantile(const moments *of, double share)
{
    const double sd = sqrt(of->variance);
    double n = floor(retain__sum_value(of->mean) + sd * retain__ndtri(share));

    while (refined_normal(of, n) >= share)
        n -= 1.0;
    while (refined_normal(of, n) < share)
        n += 1.0;
    return n;
}

static retain_status find_limits(retain_context *ctx, const double *risk, const uint8_t *chosen, size_t count, double level,
                                 moments *of, double *low, double *high)
{
    const double shares[] = {0.5 - 0.5 * level, 0.5 + 0.5 * level};
    retain__scratch scratch = {ctx, NULL};
    distribution numbers = {NULL, 0, 1, 0.0};
    retain_status status = RETAIN_OK;

    *of = add_up(risk, chosen, count);
    if (of->doubtful > MOST_EXACT) {
        *low = refined_quantile(of, shares[0]);
        *high = refined_quantile(of, shares[1]);
        return RETAIN_OK;
    }
    numbers.first = of->certain;
    numbers.p = retain__take(&scratch, (size_t)of->doubtful + 1, sizeof *numbers.p);
    if (!numbers.p)
        return RETAIN_ERROR_MEMORY;
    numbers.p[0] = 1.0;
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if ((!chosen || chosen[i]) && risk[i] > 0.0 && risk[i] < 1.0)
            add_customer(&numbers, risk[i]);
        if (i % STEP == 0 && ctx && ctx->progress && ctx->progress(ctx->progress_user, (double)i / (double)count))
            status = retain__fail(ctx, RETAIN_ERROR_CANCELLED, RETAIN_NO_ROW, "cancelled by the progress callback");
    }
    *low = quantile_of(&numbers, shares[0]);
    *high = quantile_of(&numbers, shares[1]);
    retain__release(&scratch);
    return status;
}

retain_status retain_churn_lost(retain_context *ctx, const double *risk, const double *value, size_t count, double level,
                                retain_churn_loss *loss)
{
    retain__sum money = {0.0, 0.0};
    double low, high, spread = 0.0, half;
    moments of;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !loss)
        status = retain__fail_null(ctx, "loss");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "loss", loss, sizeof *loss, sizeof *loss);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "risk", risk, count, RETAIN__SHARE);
    if (status == RETAIN_OK && value)
        status = retain__check_column(ctx, "value", value, count, RETAIN__MODEST);
    if (status == RETAIN_OK)
        status = find_limits(ctx, risk, NULL, count, level, &of, &low, &high);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; value && i < count; i++) {
        retain__sum_add(&money, risk[i] * value[i]);
        spread += risk[i] * (1.0 - risk[i]) * value[i] * value[i];
    }
    half = spread > 0.0 ? retain__ndtri(0.5 + 0.5 * level) * sqrt(spread) : (double)NAN;
    *loss = (retain_churn_loss){.struct_size = loss->struct_size,
                                .customers = retain__sum_value(of.mean),
                                .low = low,
                                .high = high,
                                .money = value ? retain__sum_value(money) : (double)NAN,
                                .money_low = value ? retain__sum_value(money) - half : (double)NAN,
                                .money_high = value ? retain__sum_value(money) + half : (double)NAN};
    return RETAIN_OK;
}

/* --- rows in falling order ---------------------------------------------------------------------------------------------------- */

enum { WORDS = 2 };

/* Rows with numbers that are no NaN, the largest first, equal ones in the order of the rows: pairs of key and row. */
static uint64_t *sort_falling(retain__scratch *scratch, const double *number, size_t count, size_t *kept)
{
    const retain__row_shape shape = {WORDS, 1, 0};
    uint64_t *rows = retain__take(scratch, count, WORDS * sizeof *rows);
    uint64_t *spare = retain__take(scratch, count, WORDS * sizeof *spare);

    if (!rows || !spare)
        return NULL;
    *kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(number[i]))
            continue;
        rows[WORDS * *kept] = ~retain__key_of(number[i]);
        rows[WORDS * (*kept)++ + 1] = i;
    }
    retain__sort_rows(&shape, rows, spare, *kept);
    retain__give_back(scratch, spare);
    return rows;
}

/* --- choosing ----------------------------------------------------------------------------------------------------------------- */

static void put_selection(const double *gain, const uint64_t *rows, size_t kept, retain_churn_selection *into)
{
    retain__sum sum = {0.0, 0.0};
    const size_t chosen = into->chosen;

    for (size_t k = 0; k < chosen; k++)
        retain__sum_add(&sum, gain[rows[WORDS * k + 1]]);
    into->gain = retain__sum_value(sum);
    into->marginal_gain = chosen ? gain[rows[WORDS * (chosen - 1) + 1]] : (double)NAN;
    into->next_gain = chosen < kept ? gain[rows[WORDS * chosen + 1]] : (double)NAN;
    for (size_t k = 0; chosen && k < kept; k++) {
        const int is_tied = gain[rows[WORDS * k + 1]] == into->marginal_gain;

        into->tied += (size_t)is_tied;
        into->tied_chosen += (size_t)(is_tied && k < chosen);
    }
}

static retain_status check_selection(retain_context *ctx, const double *risk, const double *value, size_t count,
                                     const retain_churn_offer *offer, double *level, const uint8_t *chosen,
                                     const retain_churn_selection *selection)
{
    retain_status status = check_offer(ctx, offer);

    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "selection", selection, sizeof *selection, sizeof *selection);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", level);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "risk", risk, count, RETAIN__SHARE);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "value", value, count, RETAIN__FINITE_OR_NAN);
    return status == RETAIN_OK && count && !chosen ? retain__fail_null(ctx, "chosen") : status;
}

retain_status retain_churn_select(retain_context *ctx, const double *risk, const double *value, size_t count,
                                  const retain_churn_offer *offer, size_t most, double level, uint8_t *chosen, double *gain,
                                  retain_churn_selection *selection)
{
    retain__scratch scratch = {ctx, NULL};
    retain_churn_selection found = {.struct_size = selection ? selection->struct_size : 0};
    uint64_t *rows = NULL;
    uint8_t *flags = NULL;
    double *gains = NULL;
    size_t kept = 0;
    moments of;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_selection(ctx, risk, value, count, offer, &level, chosen, selection);
    if (status == RETAIN_OK) {
        gains = retain__take(&scratch, count, sizeof *gains);
        flags = retain__take_zeroed(&scratch, count, sizeof *flags);
        for (size_t i = 0; gains && i < count; i++)
            gains[i] = gain_of(offer, risk[i], value[i]);
        rows = gains && flags ? sort_falling(&scratch, gains, count, &kept) : NULL;
        status = rows ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        while (found.paying < kept && gains[rows[WORDS * found.paying + 1]] > 0.0)
            found.paying++;
        found.chosen = found.paying < most ? found.paying : most;
        for (size_t k = 0; k < found.chosen; k++)
            flags[rows[WORDS * k + 1]] = 1;
        put_selection(gains, rows, kept, &found);
        if (selection)
            status = find_limits(ctx, risk, flags, count, level, &of, &found.lost_low, &found.lost_high);
    }
    if (status == RETAIN_OK && count) {
        memcpy(chosen, flags, count * sizeof *flags);
        if (gain)
            memcpy(gain, gains, count * sizeof *gains);
    }
    if (status == RETAIN_OK && selection) {
        found.lost = retain__sum_value(of.mean);
        found.kept = offer->effect * found.lost;
        *selection = found;
    }
    retain__release(&scratch);
    return status;
}

/* --- the curve ---------------------------------------------------------------------------------------------------------------- */

typedef struct curve {
    const double *score, *left, *value;
    const uint64_t *rows;
    size_t count;
    const retain_churn_offer *offer;
    double z;
    int is_realised; /* every `left` is 0 or 1 */
    retain_churn_best best;
} curve;

/* What was contacted so far. */
typedef struct running {
    retain__sum cost, profit;
    double squares, spread;
} running;

static void add_contact(const curve *all, size_t i, running *to)
{
    const double p = all->left[i], effect = all->offer->effect, gain = gain_of(all->offer, p, all->value[i]);
    const double stake = stake_of(all->offer, all->value[i]);

    retain__sum_add(&to->cost, all->offer->cost + (1.0 - p * (1.0 - effect)) * all->offer->incentive);
    retain__sum_add(&to->profit, gain);
    to->squares += gain * gain;
    to->spread += p * (1.0 - p) * stake * stake;
}

static double half_width(const curve *all, const running *so_far)
{
    const double n = (double)all->count, profit = retain__sum_value(so_far->profit);
    const double sampled = n > 1.0 ? (so_far->squares - profit * profit / n) * n / (n - 1.0) : 0.0;
    const double variance = all->is_realised ? sampled : so_far->spread;

    return variance > 1e-14 * so_far->squares ? all->z * sqrt(variance) : (double)NAN;
}

static void put_point(const retain_churn_profit_columns *columns, size_t at, double score, double customers, const running *so_far,
                      double half)
{
    const double profit = retain__sum_value(so_far->profit);

    if (!columns)
        return;
    retain__put(columns->score, at, score);
    retain__put(columns->customers, at, customers);
    retain__put(columns->cost, at, retain__sum_value(so_far->cost));
    retain__put(columns->profit, at, profit);
    retain__put(columns->low, at, profit - half);
    retain__put(columns->high, at, profit + half);
}

static size_t count_points(const curve *all)
{
    size_t points = 0;

    for (size_t k = 0; k < all->count; k++)
        points += k == 0 || all->rows[WORDS * k] != all->rows[WORDS * (k - 1)];
    return points;
}

/* Walks down the ranking. */
static void walk(curve *all, const retain_churn_profit_columns *columns)
{
    running so_far = {{0.0, 0.0}, {0.0, 0.0}, 0.0, 0.0};
    size_t at = 0;

    for (size_t k = 0; k < all->count; k++) {
        const size_t i = (size_t)all->rows[WORDS * k + 1];
        const double customers = (double)k + 1.0;

        add_contact(all, i, &so_far);
        if (k + 1 < all->count && all->rows[WORDS * (k + 1)] == all->rows[WORDS * k])
            continue;
        put_point(columns, at++, all->score[i], customers, &so_far, columns ? half_width(all, &so_far) : (double)NAN);
        if (retain__sum_value(so_far.profit) > all->best.profit) {
            const double half = half_width(all, &so_far);

            all->best.score = all->score[i];
            all->best.customers = customers;
            all->best.profit = retain__sum_value(so_far.profit);
            all->best.low = all->best.profit - half;
            all->best.high = all->best.profit + half;
        }
    }
    all->best.profit_of_all = retain__sum_value(so_far.profit);
}

static retain_status check_curve(retain_context *ctx, curve *all, double *level, const size_t *points,
                                 const retain_churn_best *best)
{
    retain_status status = check_offer(ctx, all->offer);

    if (status == RETAIN_OK && !points)
        status = retain__fail_null(ctx, "points");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "best", best, sizeof *best, sizeof *best);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", level);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "score", all->score, all->count, RETAIN__FINITE);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "left", all->left, all->count, RETAIN__SHARE);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "value", all->value, all->count, RETAIN__MODEST);
    all->is_realised = 1;
    for (size_t i = 0; status == RETAIN_OK && i < all->count; i++)
        all->is_realised &= all->left[i] == 0.0 || all->left[i] == 1.0;
    return status;
}

retain_status retain_churn_profit(retain_context *ctx, const double *score, const double *left, const double *value, size_t count,
                                  const retain_churn_offer *offer, double level, const retain_churn_profit_columns *columns,
                                  size_t capacity, size_t *points, retain_churn_best *best)
{
    const retain_churn_best none = {.score = INFINITY, .low = NAN, .high = NAN};
    retain__scratch scratch = {ctx, NULL};
    curve all = {.score = score, .left = left, .value = value, .count = count, .offer = offer, .best = none};
    size_t kept;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_curve(ctx, &all, &level, points, best);
    if (status == RETAIN_OK && !(all.rows = sort_falling(&scratch, score, count, &kept)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        all.z = retain__ndtri(0.5 + 0.5 * level);
        *points = count_points(&all);
        if (columns && *points > capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "there is room for %zu points; there are %zu",
                                  capacity, *points);
    }
    if (status == RETAIN_OK)
        walk(&all, columns);
    if (status == RETAIN_OK && best) {
        const size_t size = best->struct_size;

        *best = all.best;
        best->struct_size = size;
        best->share = count ? best->customers / (double)count : (double)NAN;
        best->per_customer = count ? best->profit / (double)count : (double)NAN;
    }
    retain__release(&scratch);
    return status;
}
