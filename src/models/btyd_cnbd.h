/* What the source files of BG/CNBD-k and MBG/CNBD-k share. */
#ifndef RETAIN_BTYD_CNBD_H
#define RETAIN_BTYD_CNBD_H

#include "math/kernels.h"
#include "math/quadrature.h"
#include "models/btyd_bg.h"

/* Places of the parameters, and of k. */
enum { RETAIN__CNBD_R, RETAIN__CNBD_ALPHA, RETAIN__CNBD_A, RETAIN__CNBD_B, RETAIN__CNBD_K };

/* BG/NBD or MBG/NBD, which the family is when k = 1. */
static inline const retain__btyd_family *retain__cnbd_memoryless(const retain__btyd_family *family)
{
    return family->variant ? &retain__mbg_nbd : &retain__bg_nbd;
}

/* log of the sum over j < k of (n)_j / j! z^j. Since (1 - z)^n times the sum is P(fewer than k stages), it is that probability in
 * units of P(none). All terms are positive; each is added as its share of the sum so far, and nothing overflows. */
static RETAIN__INLINE double retain__cnbd_log_stages(double n, double z, double k)
{
    double sum = 0.0, share = 1.0;

    for (double j = 1.0; j < k; j += 1.0) {
        double more = share * ((n + (j - 1.0)) / j * z);

        sum += retain__fast_log1p(more);
        share = more / (1.0 + more);
    }
    return sum;
}

/* log P(first <= ticks < first + count) for ticks in t at a rate ~ Gamma(shape, age). */
double retain__cnbd_log_ticks(double shape, double age, double t, double first, double count);

/* A customer who is alive. */
typedef struct retain__cnbd_customer {
    size_t k;
    double n, a, b; /* r + k x, and the Beta distribution after all chances so far */
    double start;   /* alpha + t_x */
    double since;   /* T - t_x */
    double age;     /* alpha + T */
} retain__cnbd_customer;

retain__cnbd_customer retain__cnbd_customer_of(const retain__btyd_family *family, const double *p, double x, double t_x, double T);

/* t, or where it lies beyond all use the end of what can be used. */
static inline double retain__cnbd_within(const retain__cnbd_customer *of, double t)
{
    double longest = 1e18 * of->age;

    return t < longest ? t : longest;
}

/* P(stage j), j < k: ticks since the last purchase. */
void retain__cnbd_find_stages(const retain__cnbd_customer *of, double *stage);

/* The last tick until t that may matter, and whether they are few enough to go through them one by one. */
double retain__cnbd_last_tick(const retain__cnbd_customer *of, double t);
int retain__cnbd_are_few(const retain__cnbd_customer *of, double t);

/* Of a customer who is alive at T and in a stage that is known to be `stage`, or, where that is 0, since T - t_x: E[Y(t)], E[Y (Y - 1)],
 * P(alive at T + t). For t > 0 and few ticks. */
typedef enum retain__cnbd_mean { RETAIN__CNBD_ORDERS, RETAIN__CNBD_SECOND, RETAIN__CNBD_STAYS } retain__cnbd_mean;

double retain__cnbd_sweep(const retain__cnbd_customer *of, double t, double stage, retain__cnbd_mean mean);

/* The mean of a function of the ticks until t, m k + c of them with c < k. For t > 0 and few ticks; the function may grow as their square. */
double retain__cnbd_average(const retain__cnbd_customer *of, double t, double (*value)(const void *state, double m, double c),
                            const void *state);

/* The Gauss-Legendre rule of the family's integrals. */
enum { RETAIN__CNBD_NODES = 16 };

const retain__node *retain__cnbd_nodes(void);

/* E[Y(t)] and P(alive at T + t), for any number of ticks. */
double retain__cnbd_orders(const retain__cnbd_customer *of, double t);
double retain__cnbd_survive(const retain__cnbd_customer *of, double t);

/* E[Y (Y - 1)] until t, for any number of ticks. */
double retain__cnbd_second_now(const retain__cnbd_customer *of, double t);

/* The sum over m = 1, 2 ... of a function that is smooth for large m, as the purchases until t are many; `*end`, if not NULL, is how
 * far it went. */
double retain__cnbd_sum(const retain__cnbd_customer *of, double t, double (*term)(const void *state, double m), const void *state,
                        double *end);

/* The future of customers who are alive: btyd_cnbd_future.c, btyd_cnbd_counts.c. See retain__btyd_family. */
void retain__cnbd_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *orders);
void retain__cnbd_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *silence);
void retain__cnbd_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *orders);
void retain__cnbd_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                            size_t count, double t, double *surviving);
void retain__cnbd_second(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double *second);
void retain__cnbd_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double from, double to, double n, double *probability);
void retain__cnbd_time_alive(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *time);
double retain__cnbd_steps(const retain__btyd_family *family, const double *p, double x, double t_x, double T,
                          const retain_btyd_question *question);
void retain__cnbd_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double n, double *log_pmf);

#endif
