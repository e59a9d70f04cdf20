/* BG/NBD and MBG/NBD: counts in a window that begins now or later.
 *
 * The question: with what probability does a customer who is alive at T place k orders between T + from and T + to?
 *
 * The idea: from now on it is the distribution of a new BG/NBD customer, in closed form. For a later window the purchases before it
 * are not known, and neither is whether the customer survived them. Were lambda and p known, the customer would still be there with
 * probability e^(-lambda p from); with the mean over lambda taken, that is a factor (alpha / (alpha + p from))^n, and rates that
 * are known as if after p from more units of time. What remains is the mean over p ~ Beta, a sum of positive terms that fall
 * with p: see btyd_beta.h. None at all in the window is a survival with alpha moved, so it needs no sum of its own.
 *
 * More than n orders are n after which the customer stays and one more in time, so that P(Y <= n) takes no sum over counts. */
#include <math.h>

#include "math/kernels.h"
#include "math/special.h"
#include "models/btyd_beta.h"
#include "models/btyd_bg.h"

static const double longest = 1e250; /* in units of alpha, times n: nothing happens beyond */

static double within(double ratio, double n)
{
    return ratio < longest / (n + 1.0) ? ratio : longest / (n + 1.0);
}

/* P(k > 0 occasions in a window that begins later) for known p, over the largest it can be, both over (1 - p)^(k - 1). With the
 * mean over lambda taken: alive when the window begins, and k occasions in it, none of them the last, or k or more of which the
 * k-th is the last. */
typedef struct window {
    double n, k;          /* shape of the rates; occasions */
    double before, whole; /* what comes before the window, over alpha; the window's length, over alpha */
    double log_stays;     /* log P(k occasions) at p = 0, without the chances to leave */
    double log_highest;
    int or_more; /* P(k or more) instead: those of whom the k-th may be the last or not */
} window;

static double count_in_window(const window *of, double p)
{
    double before = p * of->before;
    double stays = of->log_stays - (of->n + of->k) * retain__fast_log1p(before / (1.0 + of->whole));
    double leaves = retain__log_betainc(of->k, of->n, of->whole / (1.0 + before + of->whole)) - of->n * retain__fast_log1p(before);

    if (of->or_more)
        return retain__fast_exp(leaves - of->log_highest);
    return (1.0 - p) * retain__fast_exp(stays - of->log_highest) + p * retain__fast_exp(leaves - of->log_highest);
}

static double average_window(const retain__beta_grid *g, const window *of)
{
    double p[RETAIN__BETA_CHUNK], weight[RETAIN__BETA_CHUNK], left, right, mass, sum;

    retain__beta_tails(g, &left, &right);
    mass = left + right;
    sum = left * count_in_window(of, 0.0) + right * count_in_window(of, 1.0);
    for (double from = g->first; from <= g->last; from += RETAIN__BETA_CHUNK) {
        size_t points = g->last - from < RETAIN__BETA_CHUNK - 1 ? (size_t)(g->last - from) + 1 : RETAIN__BETA_CHUNK;

        retain__beta_fill(g, from, points, p, weight);
        for (size_t i = 0; i < points; i++) {
            mass += weight[i];
            sum += weight[i] * count_in_window(of, p[i]);
        }
    }
    return sum / mass;
}

/* log P(k > 0 occasions in (from, to]) of a new BG/NBD customer, or of k or more. */
static double log_count_later(const double *p, double from, double to, double k, int or_more)
{
    double n = p[0], alpha = p[1], a = p[2], b = p[3] + (k - 1.0), decay = n + k, log_leaves;
    window of = {
        .n = n, .k = k, .before = within(from / alpha, decay), .whole = within((to - from) / alpha, decay), .or_more = or_more};
    retain__beta_grid g =
        retain__beta_make_grid(a, b, decay - 1.0, 0, decay * of.before, decay * retain__fast_log1p(a / (a + b) * of.before));

    of.log_stays = retain__lgamma_ratio(n, k) - retain__lgamma(k + 1.0) - n * retain__fast_log1p(of.whole) -
                   k * retain__fast_log1p(1.0 / of.whole);
    log_leaves = retain__log_betainc(k, n, of.whole / (1.0 + of.whole));
    of.log_highest = of.log_stays > log_leaves && !or_more ? of.log_stays : log_leaves;
    return of.log_highest + retain__fast_log(average_window(&g, &of)) + retain__lbeta_ratio(a, p[3], k - 1.0);
}

/* And of none: dead when the window begins, or alive and silent in it, whose probability is a survival with alpha moved. */
static double log_silent_later(const double *p, double from, double to)
{
    const double zero = 0.0, moved[] = {p[0], p[1] + (to - from), p[2], p[3]};
    double alive, silent;

    retain__bg_surviving(&retain__bg_nbd, p, 0.0, NULL, &zero, 1, from, &alive);
    retain__bg_surviving(&retain__bg_nbd, moved, 0.0, NULL, &zero, 1, from, &silent);
    silent *= retain__fast_exp(-p[0] * retain__fast_log1p(within((to - from) / p[1], p[0])));
    return log1p(silent < alive ? silent - alive : 0.0);
}

void retain__bg_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                       size_t count, double from, double to, double n, double *log_pmf)
{
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double then[] = {p[0] + x, p[1] + T[i], p[2], p[3] + retain__bg_chances(family, x)};

        if (from == 0.0)
            log_pmf[i] = retain__bg_nbd.log_pmf(&retain__bg_nbd, then, to, n);
        else
            log_pmf[i] = n > 0.0 ? log_count_later(then, from, to, n, 0) : log_silent_later(then, from, to);
    }
}

/* Whoever stays after n purchases makes one more when the time suffices. */
void retain__bg_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                        size_t count, double from, double to, double n, double *probability)
{
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double then[] = {p[0] + x, p[1] + T[i], p[2], p[3] + retain__bg_chances(family, x)};
        double stays = retain__lbeta_ratio(then[2], then[3], n), more;

        if (from == 0.0) {
            probability[i] =
                exp(stays) * retain__betainc(then[0], n + 1.0, 1.0 / (1.0 + within(to / then[1], then[0]))) - expm1(stays);
        } else {
            more = log_count_later(then, from, to, n + 1.0, 1);
            probability[i] = more < 0.0 ? -expm1(more) : 0.0;
        }
    }
}
