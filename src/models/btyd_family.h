/* What a family of buy-till-you-die models is made of: one table of functions that its source file fills.
 *
 * Everything that users call (fit, likelihood, alive, orders, silence, discounted, expected, pmf, simulate) is written once, on
 * top of this table: btyd.c, btyd_fit.c, btyd_predict.c, btyd_simulate.c. They check all input, sort and group rows, cut work
 * into blocks for threads, and turn log-odds into probabilities. A family is pure mathematics: no context, no memory, no
 * errors, no state. A new one is one source file, one row in btyd.c, and its parameters in retain_btyd.
 *
 * Conventions. `p` are the family's parameters in the order of its `parameters`, in [1e-100, 1e100]; the whole number k of a
 * regular family follows them, at p[count]. Derivatives are by the logarithms of the parameters. x is a whole number >= 0;
 * 0 <= t_x <= T; t_x = 0 where x = 0. Results must be finite (-infinity where it is the truth) and accurate for x to 1e4, times
 * to 1e5 and parameters in 1e-4 ... 1e4, and must not be NaN anywhere: a fit that runs to a boundary calls with parameters from
 * 1e-16 to 1e16. An element of a result may depend only on its own row, never on the rows beside it, so that batches, row order
 * and threads change no bit.
 *
 * All about a customer's future rests on one fact: a customer who is alive at T is again a customer of the same kind, with
 * sharper parameters. The functions of the future therefore take (p, x, T) and mean: *given that the customer is alive at T*. A
 * family whose gaps between occasions have a memory says so (`is_regular`): its future depends on how long the last occasion is
 * ago, too, and it is handed t_x. A new customer is the case x = 0, T = 0, where log_odds_dead may still be finite (MBG/NBD: a
 * customer can leave right after the first purchase). */
#ifndef RETAIN_BTYD_FAMILY_H
#define RETAIN_BTYD_FAMILY_H

#include <stddef.h>

#include "retain/btyd_future.h"

struct retain__random;

enum {
    RETAIN__BTYD_PARAMETERS = 5,                        /* most that a family has */
    RETAIN__BTYD_NUMBERS = RETAIN__BTYD_PARAMETERS + 1, /* these, and the k of a regular family */
    /* log L, its gradient (n), the upper triangle of its Hessian row by row (n (n + 1) / 2): for n = 4 that is 00 01 02 03 11 12
     * 13 22 23 33 */
    RETAIN__BTYD_SUMS = 1 + RETAIN__BTYD_PARAMETERS + RETAIN__BTYD_PARAMETERS * (RETAIN__BTYD_PARAMETERS + 1) / 2,
    RETAIN__BTYD_RUN = 256 /* most rows that a family is handed at once: scratch of that length fits the stack */
};

/* Rows of one fit that have x in common, distinct and in a canonical order. */
typedef struct retain__btyd_run {
    double x;
    size_t count; /* 1 to RETAIN__BTYD_RUN */
    const double *t_x, *T, *weight;
} retain__btyd_run;

/* What starting points are made from; all sums are weighted. */
typedef struct retain__btyd_moments {
    double customers; /* sum of the weights, > 0 */
    double repeaters; /* of those with x > 0 */
    double mean_x, mean_T;
    double k; /* of a regular family; else 1 */
} retain__btyd_moments;

/* How long a simulated customer stays and how often it buys meanwhile. */
typedef struct retain__btyd_fate {
    double rate;      /* occasions per unit of time while alive; discrete: probability of one at an opportunity */
    double lifetime;  /* age at which the customer leaves; infinite when occasions decide; discrete: opportunities until then */
    double occasions; /* repeat occasions after which the customer leaves, a whole number >= 0; infinite when time decides */
} retain__btyd_fate;

typedef struct retain__btyd_family {
    retain_btyd_family family;
    const char *name;
    size_t count; /* of its parameters */
    const char *parameters[RETAIN__BTYD_PARAMETERS];
    int variant; /* for a source file that serves two families */

    /* --- the past: (x, t_x, T) is known --- */

    /* log L of `count` customers (at most RETAIN__BTYD_RUN) without the terms in x alone; their `count` derivatives,
     * customer by customer, unless `gradient` is NULL. */
    void (*log_likelihood)(const struct retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                           const double *T, size_t count, double *values, double *gradient);

    /* The terms in x alone, and their derivatives. */
    void (*count_terms)(const struct retain__btyd_family *family, const double *p, double x, double *terms);

    /* log(P(dead) / P(alive)) of `count` customers, -infinity where nobody can be dead. */
    void (*log_odds_dead)(const struct retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                          const double *T, size_t count, double *log_odds);

    /* P(alive) of `count` customers, where there is a quicker way than by the log-odds; else NULL. */
    void (*alive)(const struct retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                  size_t count, double *alive);

    /* The sums of a fit, in two parts: adds to `sums` the terms of log L in x alone, of `weight` customers; called once per
     * distinct x. */
    void (*add_counts)(const struct retain__btyd_family *family, const double *p, double x, double weight, double *sums);

    /* The rest: adds all other terms of the rows of a run, each times its weight. Speed comes first here. */
    void (*add_rows)(const struct retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums);

    /* Where a fit may start: the `attempt`-th point, 0 being the best guess. Returns 0 when there are no more. */
    int (*start)(const struct retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p);

    /* A family that is the limit of this one, or NULL; and where a fit starts from its optimum, before all other starts. */
    const struct retain__btyd_family *contains;
    void (*widen)(const struct retain__btyd_family *family, const retain__btyd_moments *moments, const double *narrow, double *p);

    /* --- the future of customers who are alive at T and have x in common; T has `count` entries, and so has
     * t_x where the family is regular; else it is NULL --- */

    /* Expected occasions in (T, T + t]; 0 <= t < infinity. */
    void (*expected)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                     size_t count, double t, double *orders);

    /* P(no occasion in (T, T + t]). */
    void (*silent)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                   size_t count, double t, double *silence);

    /* Expected occasions in (T, T + t], each times e^(-delta (its time - T)); t may be infinite, delta is >= 0; infinite where
     * the integral diverges. The case of finite t and delta = 0 does not come here. */
    void (*discounted)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                       size_t count, double t, double delta, double *orders);

    /* P(alive at T + t), 0 < t < infinity. NULL while nobody has written it: it cannot be asked for then. */
    void (*surviving)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                      size_t count, double t, double *surviving);

    /* log P(n occasions in (T + from, T + to]), 0 <= from < to < infinity, n a whole number. May be NULL, too. */
    void (*counts)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                   size_t count, double from, double to, double n, double *log_pmf);

    /* P(at most n occasions in the same window), at a cost that does not grow with n. NULL where there are no more than some thousand
     * counts, which can be added up. */
    void (*at_most)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                    size_t count, double from, double to, double n, double *probability);

    /* E[Y (Y - 1)], Y the occasions in the same window. NULL where it is made from `expected` or the counts. */
    void (*second)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                   size_t count, double from, double to, double *second);

    /* Time alive in (T, T + t], each instant u after T times e^(-delta u); t may be infinite. NULL where it is made from `surviving`. */
    void (*time_alive)(const struct retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                       size_t count, double t, double delta, double *time);

    /* About how many steps, of some nanoseconds each, an answer about one customer takes, where that has no bound; else NULL. */
    double (*steps)(const struct retain__btyd_family *family, const double *p, double x, double t_x, double T,
                    const retain_btyd_question *question);

    /* Discrete families only, of one customer: the first opportunity by which the next occasion has come with probability `share`,
     * infinite where there is none; and the mean of that opportunity, given that it is among the next `to`. */
    double (*next)(const struct retain__btyd_family *family, const double *p, double x, double T, double share);
    double (*next_mean)(const struct retain__btyd_family *family, const double *p, double x, double T, double to);

    /* --- a new customer --- */

    /* log P(X(t) = n) for a whole number n >= 0. */
    double (*log_pmf)(const struct retain__btyd_family *family, const double *p, double t, double n);

    /* Draws a fate. */
    retain__btyd_fate (*draw)(const struct retain__btyd_family *family, const double *p, struct retain__random *random);

    /* --- words --- */

    /* What it says about a shop when the likelihood rises as parameters go to 0 (way -1) or infinity (way 1), such as "no
     * customer seems ever to leave"; "" when nothing plain can be said. Static text. */
    const char *(*meaning)(const struct retain__btyd_family *family, const int *way);

    /* 1: while alive, customers buy at random at any time, at a constant personal rate: the variance of counts follows from
     * `expected`. 0: it is made from `counts` */
    int is_poisson;

    /* 1: the gaps between occasions are Erlang-k, with k at p[count]. They have a memory, so the future depends on (x, t_x, T)
     * and not on (x, T) alone */
    int is_regular;

    /* 1: times are counted in opportunities: t_x, T and horizons are whole numbers (horizons nearly so), x <= t_x, and alive at
     * T means: there when the next opportunity comes */
    int is_discrete;

    /* --- covariates --- */

    /* What they do: parameter k of a customer is that of the model times exp(purchase[k] u + lifetime[k] v), where u and v are the
     * sums of coefficient times covariate of the two processes. Signs such that positive coefficients mean more purchases and
     * leaving faster; all 0 where the family has no such process */
    double purchase[RETAIN__BTYD_PARAMETERS], lifetime[RETAIN__BTYD_PARAMETERS];

    /* The power of the unit of time that each parameter is in, 0 for shapes: where a prior has its centre */
    int time[RETAIN__BTYD_PARAMETERS];
} retain__btyd_family;

/* The families, each in its own source file. */
extern const retain__btyd_family retain__pareto_nbd, retain__bg_nbd, retain__mbg_nbd, retain__nbd, retain__gg_nbd, retain__bg_bb,
    retain__bg_cnbd, retain__mbg_cnbd;

/* The row of a family; NULL for a value that is none. */
const retain__btyd_family *retain__btyd_find(retain_btyd_family family);

/* Has the family a process that covariates enter by these exponents, `purchase` or `lifetime`? */
static inline int retain__btyd_has_process(const double *moves, size_t count)
{
    int any = 0;

    for (size_t k = 0; k < count; k++)
        any |= moves[k] != 0.0;
    return any;
}

/* P(alive) from the log-odds of being dead; `alive` may be `log_odds`. */
void retain__btyd_alive(const double *log_odds, size_t count, double *alive);

#endif
