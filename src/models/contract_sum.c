/* Sums over all renewals to come: the discounted lifetime, its derivatives, and its elasticity.
 *
 * The question: sum of f(j) = u_j e^(-delta j) S(n + 1 + j) / S(n), j = 0, 1, ... For the sBG it is a hypergeometric function
 * (Fader & Hardie 2010, eq. 6: 2F1(1, b; c; v)), whose series crawls for small discount rates, and for the BdW it has no name.
 *
 * The idea: S falls fast at first and then like a power of t. The first terms are added up as they are, until either nothing is
 * left to add or f has become smooth: until it changes by less than an eighth from each term to the next, now and for ever. From
 * there the sum is an integral with corrections at its ends (Euler and Maclaurin), for which no derivatives are needed: in the
 * form of Gauss they are differences of neighbouring terms, f(N + i) - f(N - i) (F. B. Hildebrand, Introduction to Numerical
 * Analysis, 5.9). With six of them the error is below 1e-15 of the sum. The integral is taken in the logarithm of time, where a
 * power is an exponential, panel by panel with 16 nodes of Gauss-Legendre; the panels are short where S bends or the discount
 * bites, and grow without limit where all that is left is a power, so that a tail of t^-1.001 takes no longer than any other.
 *
 * Everything is positive and nothing cancels; only logarithms of f are handled before the last exponential, and so neither time
 * (1e300 renewals) nor survival (1e-300) need be within the doubles. */
#include <math.h>

#include "math/quadrature.h"
#include "models/contract_family.h"

enum {
    ENDS = 6,             /* differences at an end */
    FIRST_SMOOTH = 40,    /* no power of time is smooth before it */
    PLAIN_TERMS = 400,    /* so few are not worth an integral */
    MOST_PLAIN = 1000000, /* cliffs at enormous parameters are left to the integral in the end */
    NODES = 5             /* of retain__rules: 16 nodes */
};

static const double smooth = 0.125, quick = 0.04, nothing = 1e-20;

/* Of f(i) - f(-i): Gauss's coefficients 1/12, -11/720, 191/60480, -2497/3628800, 14797/95800320, -92427157/2615348736000 of the odd
 * central differences, gathered by i. */
static const double end_weights[ENDS] = {0.07523240913673701,  -0.025394303871718926, 0.007672233851187637,
                                         -0.00173936603994061, 0.0002539297439987751, -1.76701400711404e-05};

/* Adds factor * f at time x = n + 1 + j to the sums; returns the first part of it. `log_x` counts where j is infinite. */
static double add_term(const retain__contract_sum *of, double j, double log_x, double log_factor, double sign, double *sums)
{
    double terms[RETAIN__CONTRACT_TERMS], weight = log_factor, term;

    of->family->log_survival(of->family, of->p, of->n, 1.0 + j, log_x, of->order, terms);
    if (of->rises)
        weight += j < (double)INFINITY ? log1p(j) : log_x;
    if (of->delta > 0.0)
        weight -= of->delta * j;
    term = sign * exp(weight + terms[0]);
    sums[0] += term;
    for (size_t k = 1; of->order > 0 && k <= of->family->count; k++)
        sums[k] += term == 0.0 ? 0.0 : term * terms[k];
    return term;
}

static double log_time(const retain__contract_sum *of, double j)
{
    return log(of->n + 1.0 + j);
}

/* By how much the logarithm of f falls from x to x + 1. */
static double steepness(const retain__contract_sum *of, double x)
{
    double terms[RETAIN__CONTRACT_TERMS];

    of->family->log_survival(of->family, of->p, x, 1.0, log(x + 1.0), 0, terms);
    return of->delta - terms[0];
}

/* Does f change slowly from term j on, as long as there is anything left of it? Beyond x it falls by at most tail / x a step, but
 * for c > 1 it may bend down later than here: looked for on the way. */
static int is_smooth_from(const retain__contract_sum *of, double j)
{
    double x = of->n + 1.0 + j, tail = of->family->tail(of->p), bend = of->family->bend(of->p);

    if (x < FIRST_SMOOTH || x < 8.0 * bend)
        return 0;
    if (of->delta + 1.05 * tail / x < smooth)
        return 1;
    if (!(steepness(of, x) < smooth))
        return 0;
    for (double later = x; bend > 1.0 && of->delta + 1.05 * tail / later >= smooth; later *= 1.1) {
        double terms[RETAIN__CONTRACT_TERMS];

        of->family->log_survival(of->family, of->p, of->n, later - of->n, log(later), 0, terms);
        if (terms[0] - of->delta * (later - x) < -50.0)
            break;
        if (!(steepness(of, later) < smooth))
            return 0;
    }
    return 1;
}

/* Adds what Euler-Maclaurin wants at an end of the integral: half the term, and the differences across it. */
static void add_end(const retain__contract_sum *of, double j, double side, double *sums)
{
    add_term(of, j, log_time(of, j), -0.69314718055994530942, 1.0, sums);
    for (int i = 1; i <= ENDS; i++) {
        double weight = side * end_weights[i - 1], log_weight = log(fabs(weight));

        add_term(of, j + i, log_time(of, j + i), log_weight, copysign(1.0, weight), sums);
        add_term(of, j - i, log_time(of, j - i), log_weight, -copysign(1.0, weight), sums);
    }
}

/* Integral of f from term `first` to `last`, with time x = first + scale (e^w - 1). */
static void add_integral(const retain__contract_sum *of, double first, double last, double *sums)
{
    const retain__rule *rule = &retain__rules[NODES];
    double x = of->n + 1.0 + first, tail = of->family->tail(of->p) - of->rises, bend = of->family->bend(of->p), w = 0.0, piece;
    double scale = of->delta * x > 1.0 ? 1.0 / of->delta : x, log_scale = log(scale), end = log1p((last - first) / scale);
    double settled = of->family->settled(of->p) - log_scale;

    do {
        double ahead = expm1(w < 700.0 ? w : 700.0), width; /* in units of the scale */
        double slope = 1.05 * (tail + 1.0) * (1.0 + ahead) / (x / scale + ahead) + of->delta * scale * (1.0 + ahead);

        width = fmin(fmin(0.5, 1.5 / bend), 8.0 / (1.0 + slope));
        if (of->delta == 0.0 && w > settled)
            width = fmax(width, 8.0 / fabs(tail - 1.0));
        if (!(w + width < end))
            width = end - w;
        piece = sums[0];
        for (size_t k = 0; k < rule->count; k++) {
            double at = w + width * rule->nodes[k].at, t = scale * expm1(at);
            double log_x = x + t - scale < (double)INFINITY ? log(x + t) : log_scale + at;

            add_term(of, first + t, log_x, log_scale + at + log(width * rule->nodes[k].weight), 1.0, sums);
        }
        piece = sums[0] - piece;
        w += width;
    } while (w < end && piece > 1e-18 * sums[0]);
}

void retain__contract_add_up(const retain__contract_sum *of, double *sums)
{
    double j = 0.0, next_look = ENDS + 1.0;
    int is_endless = !(of->terms < (double)INFINITY);

    for (size_t k = 0; k <= of->family->count; k++)
        sums[k] = 0.0;
    if (is_endless && of->delta == 0.0 && of->family->tail(of->p) - of->rises <= 1.0) {
        sums[0] = (double)INFINITY;
        for (size_t k = 1; k <= of->family->count; k++)
            sums[k] = (double)NAN;
        return;
    }
    for (; j < of->terms; j += 1.0) {
        double term;

        if (j >= next_look && of->terms - j > PLAIN_TERMS && of->delta < quick) {
            if (j > MOST_PLAIN || is_smooth_from(of, j))
                break;
            next_look = j < FIRST_SMOOTH ? j + 1.0 : ceil(1.3 * j);
        }
        term = add_term(of, j, log_time(of, j), 0.0, 1.0, sums);
        if (term * (of->n + 1.0 + j) < nothing * sums[0] || sums[0] == 0.0)
            return;
    }
    if (!(j < of->terms))
        return;
    add_end(of, j, -1.0, sums);
    if (!is_endless)
        add_end(of, of->terms - 1.0, 1.0, sums);
    add_integral(of, j, is_endless ? (double)INFINITY : of->terms - 1.0, sums);
}
