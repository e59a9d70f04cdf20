/* How well a forecast ranks: Gini coefficients, Spearman's correlation, gains.
 *
 * All are functions of mid-ranks, F by the forecast and G by what came, and of sums over who stands above whom. With mean(...) over
 * customers, F' = F - 1/2 and mu = mean(actual):
 *
 *     gini = 2 mean(actual F) / mu - 1      perfect = 2 mean(actual G) / mu - 1
 *     spearman = mean(F' G') / sqrt(mean(F'^2) mean(G'^2))
 *
 * Ranks depend on all customers, so one customer more moves each figure in two ways: by standing where he does, and by pushing
 * those above him up. The influence of a customer on mean(z F) is z F + above(z) - 2 mean(z F), where above(z) is the mean of z
 * over all customers, taken whole where they stand above him and half where they are tied with him, and 0 below. The figures are
 * smooth functions of such means; their influences follow by the chain rule, and the sum of their squares gives the standard error.
 * Two tours over the customers, one in each order, do it all. Sources: F. R. Hampel, JASA 69 (1974), 383-393, on influence; W.
 * Hoeffding, Annals of Mathematical Statistics 19 (1948), 293-325, on the normal limit of such statistics.
 *
 * The gains at a share p are those of a threshold that is estimated too. What a customer contributes is (actual - m) taken when
 * above the threshold, + m p - capture actual, where m is what customers at the threshold bring. */
#include <math.h>

#include "decisions/columns.h"
#include "decisions/evaluation_rows.h"
#include "metrics/rates.h"

/* --- ranking ------------------------------------------------------------------------------------------------------------------ */

typedef struct moments {
    double n, mean;           /* customers, mean of actual */
    double forecast, perfect; /* mean of actual F, of actual G */
    double both, x, y;        /* means of F' G', F'^2, G'^2 */
} moments;

static moments find_moments(const retain__forecasts *rows, const double *by_forecast, const double *by_actual)
{
    enum { ALL, ACTUAL, FORECAST, PERFECT, BOTH, X, Y, SUMS };
    retain__sum sums[SUMS] = {{0.0, 0.0}};
    double mean[SUMS];

    for (size_t i = 0; i < rows->count; i++) {
        const double w = retain__weight_of(rows->weight, i), wa = w * rows->actual[i];
        const double f = by_forecast[i] - 0.5, g = by_actual[i] - 0.5;

        if (w == 0.0)
            continue;
        retain__sum_add(&sums[ALL], w);
        retain__sum_add(&sums[ACTUAL], wa);
        retain__sum_add(&sums[FORECAST], wa * by_forecast[i]);
        retain__sum_add(&sums[PERFECT], wa * by_actual[i]);
        retain__sum_add(&sums[BOTH], w * (f * g));
        retain__sum_add(&sums[X], w * (f * f));
        retain__sum_add(&sums[Y], w * (g * g));
    }
    for (size_t k = 0; k < SUMS; k++)
        mean[k] = retain__sum_value(sums[k]) / retain__sum_value(sums[ALL]);
    return (moments){retain__sum_value(sums[ALL]), mean[ACTUAL], mean[FORECAST], mean[PERFECT], mean[BOTH], mean[X], mean[Y]};
}

/* How the two figures depend on the means: coefficients of the chain rule, 0 where a figure does not exist. */
typedef struct slopes {
    double normalised, spearman;             /* the figures */
    double on_forecast, on_perfect, on_mean; /* of normalised */
    double on_both, on_x, on_y;              /* of spearman */
} slopes;

static slopes find_slopes(const moments *m)
{
    const double gini = 2.0 * m->forecast / m->mean - 1.0, perfect = 2.0 * m->perfect / m->mean - 1.0;
    const double spread = sqrt(m->x * m->y);
    slopes s = {(double)NAN, (double)NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};

    if (m->mean > 0.0 && perfect > 1e-14) {
        s.normalised = gini / perfect;
        s.on_forecast = 2.0 / (m->mean * perfect);
        s.on_perfect = -s.normalised * s.on_forecast;
        s.on_mean = -(s.on_forecast * m->forecast + s.on_perfect * m->perfect) / m->mean;
    }
    if (spread > 0.0) {
        s.spearman = m->both / spread;
        s.on_both = 1.0 / spread;
        s.on_x = -0.5 * s.spearman / m->x;
        s.on_y = -0.5 * s.spearman / m->y;
    }
    return s;
}

/* Influences on the two figures, [count] each. */
typedef struct influences {
    double *normalised, *spearman;
} influences;

/* What a row's own place does. */
static void add_own_places(const retain__forecasts *rows, const double *by_forecast, const double *by_actual, const moments *m,
                           const slopes *s, const influences *to)
{
    for (size_t i = 0; i < rows->count; i++) {
        const double a = rows->actual[i], f = by_forecast[i] - 0.5, g = by_actual[i] - 0.5;

        to->normalised[i] = s->on_forecast * (a * by_forecast[i] - 2.0 * m->forecast) +
                            s->on_perfect * (a * by_actual[i] - 2.0 * m->perfect) + s->on_mean * (a - m->mean);
        to->spearman[i] = s->on_both * (f * g - 3.0 * m->both) + s->on_x * (f * f - 3.0 * m->x) + s->on_y * (g * g - 3.0 * m->y);
    }
}

/* What it does to those above it: from the top down, above(actual) with the slope `on_gini`, and above() of the other rank with
 * on_both and of this one with twice on_own. */
static void add_those_above(const retain__forecasts *rows, const retain__order *order, const double *other, double n,
                            double on_gini, double on_both, double on_own, const influences *to)
{
    retain__sum money = {0.0, 0.0}, ranks = {0.0, 0.0};

    for (size_t g = order->groups; g-- > 0;) {
        retain__sum own_money = {0.0, 0.0}, own_ranks = {0.0, 0.0};
        double money_above, ranks_above;

        for (size_t at = order->first[g]; at < order->first[g + 1]; at++) {
            const size_t i = retain__row_at(order, at);
            const double w = retain__weight_of(rows->weight, i);

            if (w == 0.0)
                continue;
            retain__sum_add(&own_money, w * rows->actual[i]);
            retain__sum_add(&own_ranks, w * (on_both * (other[i] - 0.5) + 2.0 * on_own * (order->rank[i] - 0.5)));
        }
        money_above = on_gini * (retain__sum_value(money) + 0.5 * retain__sum_value(own_money)) / n;
        ranks_above = (retain__sum_value(ranks) + 0.5 * retain__sum_value(own_ranks)) / n;
        for (size_t at = order->first[g]; at < order->first[g + 1]; at++) {
            const size_t i = retain__row_at(order, at);

            to->normalised[i] += money_above;
            to->spearman[i] += ranks_above;
        }
        retain__sum_merge(&money, own_money);
        retain__sum_merge(&ranks, own_ranks);
    }
}

/* Limits of a figure from the influence of each row on it. */
static retain__limits limits_within(const retain__forecasts *rows, double figure, const double *influence, double n, double level,
                                    double least, double most)
{
    retain__sum squares = {0.0, 0.0};
    retain__limits limits;

    for (size_t i = 0; i < rows->count; i++) {
        const double w = retain__weight_of(rows->weight, i);

        if (w > 0.0)
            retain__sum_add(&squares, w * (influence[i] * influence[i]));
    }
    limits = retain__limits_of_influence(figure, retain__sum_value(squares), n, n, 1.0, level);
    return retain__cut_limits(limits, least, most);
}

void retain__measure_ranking(const retain__forecasts *rows, const retain__order *by_forecast, const retain__order *by_actual,
                             double level, double *of_normalised, double *of_spearman, retain_evaluation_ranking_report *report)
{
    const influences to = {of_normalised, of_spearman};
    const moments m = find_moments(rows, by_forecast->rank, by_actual->rank);
    const slopes s = find_slopes(&m);
    retain__limits normalised, spearman;

    add_own_places(rows, by_forecast->rank, by_actual->rank, &m, &s, &to);
    add_those_above(rows, by_forecast, by_actual->rank, m.n, s.on_forecast, s.on_both, s.on_x, &to);
    add_those_above(rows, by_actual, by_forecast->rank, m.n, s.on_perfect, s.on_both, s.on_y, &to);
    normalised = limits_within(rows, s.normalised, to.normalised, m.n, level, -1.0, 1.0);
    spearman = limits_within(rows, s.spearman, to.spearman, m.n, level, -1.0, 1.0);
    *report = (retain_evaluation_ranking_report){report->struct_size,
                                                 m.n,
                                                 m.mean > 0.0 ? 2.0 * m.forecast / m.mean - 1.0 : (double)NAN,
                                                 m.mean > 0.0 ? 2.0 * m.perfect / m.mean - 1.0 : (double)NAN,
                                                 s.normalised,
                                                 normalised.low,
                                                 normalised.high,
                                                 s.spearman,
                                                 spearman.low,
                                                 spearman.high};
}

retain_status retain_evaluation_ranking(retain_context *ctx, const double *expected, const double *actual, const double *weight,
                                        size_t count, double level, retain_evaluation_ranking_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    const retain__forecasts rows = {count, expected, actual, weight, NULL, 0};
    retain__order x, y;
    double *normalised, *spearman;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !report)
        status = retain__fail_null(ctx, "report");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK)
        status = retain__check_forecasts(ctx, &rows, 1);
    if (status == RETAIN_OK) {
        normalised = retain__take(&scratch, count, sizeof *normalised);
        spearman = retain__take(&scratch, count, sizeof *spearman);
        status = normalised && spearman ? retain__order_rows_by(&scratch, expected, weight, count, &x) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK)
        status = retain__order_rows_by(&scratch, actual, weight, count, &y);
    if (status == RETAIN_OK)
        retain__measure_ranking(&rows, &x, &y, level, normalised, spearman, report);
    retain__release(&scratch);
    return status;
}

/* --- gains -------------------------------------------------------------------------------------------------------------------- */

/* The concentration curve from the top: customers and what they bring, up to and with group g, counted from the best. */
typedef struct curve {
    const retain__order *order;
    double *customers, *brought, *squares; /* [groups]; squares are of what each brings */
    double n, total;
} curve;

static retain_status make_curve(retain__scratch *scratch, const retain__forecasts *rows, const retain__order *order, curve *to)
{
    retain__sum customers = {0.0, 0.0}, brought = {0.0, 0.0}, squares = {0.0, 0.0};

    *to = (curve){.order = order};
    to->customers = retain__take(scratch, order->groups, sizeof *to->customers);
    to->brought = retain__take(scratch, order->groups, sizeof *to->brought);
    to->squares = retain__take(scratch, order->groups, sizeof *to->squares);
    if (!to->customers || !to->brought || !to->squares)
        return RETAIN_ERROR_MEMORY;
    for (size_t g = 0; g < order->groups; g++) {
        const size_t from = order->first[order->groups - 1 - g], end = order->first[order->groups - g];
        retain__sum own_customers = {0.0, 0.0}, own_brought = {0.0, 0.0}, own_squares = {0.0, 0.0};

        for (size_t at = from; at < end; at++) {
            const size_t i = retain__row_at(order, at);
            const double w = retain__weight_of(rows->weight, i), a = rows->actual[i];

            retain__sum_add(&own_customers, w);
            retain__sum_add(&own_brought, w * a);
            retain__sum_add(&own_squares, w * (a * a));
        }
        retain__sum_merge(&customers, own_customers);
        retain__sum_merge(&brought, own_brought);
        retain__sum_merge(&squares, own_squares);
        to->customers[g] = retain__sum_value(customers);
        to->brought[g] = retain__sum_value(brought);
        to->squares[g] = retain__sum_value(squares);
    }
    to->n = retain__sum_value(customers);
    to->total = retain__sum_value(brought);
    return RETAIN_OK;
}

static double step_of(const double *column, size_t g)
{
    return g ? column[g] - column[g - 1] : column[0];
}

/* The group in which the share p ends, and which part of it is within. */
static size_t find_group(const curve *of, double p, double *part)
{
    const double wanted = p * of->n;
    size_t low = 0, high = of->order->groups - 1;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (of->customers[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    *part = step_of(of->customers, low) > 0.0 ? (wanted - (low ? of->customers[low - 1] : 0.0)) / step_of(of->customers, low) : 0.0;
    *part = fmin(1.0, fmax(0.0, *part));
    return low;
}

static double read_curve(const curve *of, double p)
{
    double part;
    size_t g;

    if (!(of->total > 0.0))
        return (double)NAN;
    g = find_group(of, p, &part);
    return ((g ? of->brought[g - 1] : 0.0) + part * step_of(of->brought, g)) / of->total;
}

/* What a customer near the threshold brings: the mean over the group that it cuts, and over as many as sqrt(n) on each side. */
static double find_margin(const curve *of, size_t g)
{
    const double reach = sqrt(of->n);
    double customers = step_of(of->customers, g), brought = step_of(of->brought, g);

    for (int side = -1; side <= 1; side += 2) {
        double left = reach;

        for (size_t at = g + (size_t)side; left > 0.0 && at < of->order->groups; at += (size_t)side) { /* below 0 it wraps */
            const double there = step_of(of->customers, at), taken = there < left ? there : left;

            if (there > 0.0)
                brought += step_of(of->brought, at) * (taken / there);
            customers += taken;
            left -= taken;
        }
    }
    return brought / customers;
}

static void find_influences(const retain__forecasts *rows, const curve *of, double p, double capture, double *influence)
{
    const double mean = of->total / of->n;
    double part, margin;
    const size_t cut = find_group(of, p, &part);

    margin = find_margin(of, cut);
    for (size_t g = 0; g < of->order->groups; g++) {
        const size_t from = of->order->first[of->order->groups - 1 - g], end = of->order->first[of->order->groups - g];
        const double within = g < cut ? 1.0 : g == cut ? part : 0.0;

        for (size_t at = from; at < end; at++) {
            const size_t i = retain__row_at(of->order, at);
            const double a = rows->actual[i];

            influence[i] = ((a - margin) * within + margin * p - capture * a) / mean;
        }
    }
}

/* Sum of (x a + y)^2 over customers of whom there are n, who bring s, and whose squares add up to q; and how large its terms
 * are. */
static void add_part(double x, double y, double n, double s, double q, double *sum, double *size)
{
    *sum += x * x * q + 2.0 * x * y * s + y * y * n;
    *size += x * x * q + 2.0 * fabs(x * y) * s + y * y * n;
}

/* Sum of the squared influences without looking at customers: what each contributes is linear in what he brings, above the
 * threshold, at it, and below. What is nothing but rounding is none. */
static double square_influences(const curve *of, double p, double capture)
{
    static const double NOISE = 1e-12;
    const size_t last = of->order->groups - 1;
    double part, margin, sum = 0.0, size = 0.0;
    const size_t cut = find_group(of, p, &part);

    margin = find_margin(of, cut);
    if (cut)
        add_part(1.0 - capture, -margin * (1.0 - p), of->customers[cut - 1], of->brought[cut - 1], of->squares[cut - 1], &sum,
                 &size);
    add_part(part - capture, margin * (p - part), step_of(of->customers, cut), step_of(of->brought, cut), step_of(of->squares, cut),
             &sum, &size);
    add_part(-capture, margin * p, of->customers[last] - of->customers[cut], of->brought[last] - of->brought[cut],
             of->squares[last] - of->squares[cut], &sum, &size);
    return sum > NOISE * size ? sum / (of->total / of->n) / (of->total / of->n) : 0.0;
}

retain_status retain__measure_gains(retain__scratch *scratch, const retain__forecasts *rows, const retain__order *by_forecast,
                                    const retain__order *by_actual, const double *share, size_t points, double level,
                                    double *influence, double *capture, double *low, double *high, double *perfect)
{
    curve forecast, best;
    retain_status status = make_curve(scratch, rows, by_forecast, &forecast);

    if (status == RETAIN_OK && perfect)
        status = make_curve(scratch, rows, by_actual, &best);
    if (status != RETAIN_OK)
        return status;
    for (size_t k = 0; k < points; k++) {
        const double p = share[k], captured = read_curve(&forecast, p);
        retain__limits limits = {captured, captured};

        if (perfect)
            perfect[k] = read_curve(&best, p);
        capture[k] = captured;
        if (!isnan(captured) && p > 0.0 && p < 1.0 && (low || high)) {
            limits = retain__limits_of_influence(captured, square_influences(&forecast, p, captured), forecast.n, forecast.n, 1.0,
                                                 level);
            limits = retain__cut_limits(limits, 0.0, 1.0);
        }
        if (!isnan(captured) && p > 0.0 && p < 1.0 && influence)
            find_influences(rows, &forecast, p, captured, influence);
        retain__put(low, k, limits.low);
        retain__put(high, k, limits.high);
    }
    return RETAIN_OK;
}

retain_status retain_evaluation_gains(retain_context *ctx, const double *expected, const double *actual, const double *weight,
                                      size_t count, const double *share, size_t points, double level, double *capture, double *low,
                                      double *high, double *perfect)
{
    retain__scratch scratch = {ctx, NULL};
    const retain__forecasts rows = {count, expected, actual, weight, NULL, 0};
    retain__order x, y;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "share", share, points, RETAIN__SHARE);
    if (status == RETAIN_OK && points && !capture)
        status = retain__fail_null(ctx, "capture");
    if (status == RETAIN_OK)
        status = retain__check_forecasts(ctx, &rows, 1);
    if (status == RETAIN_OK)
        status = retain__order_rows_by(&scratch, expected, weight, count, &x);
    if (status == RETAIN_OK && perfect)
        status = retain__order_rows_by(&scratch, actual, weight, count, &y);
    if (status == RETAIN_OK)
        status = retain__measure_gains(&scratch, &rows, &x, &y, share, points, level, NULL, capture, low, high, perfect);
    retain__release(&scratch);
    return status;
}
