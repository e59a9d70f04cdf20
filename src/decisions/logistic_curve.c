/* What share stands behind a score, when its logit is a line?
 *
 * Rows are distinct scores with their numbers of either outcome, so that a pass is short when scores repeat. Log L is concave; Newton's
 * method finds its highest point in some six steps. Numbers are divided by that of all customers: weights of any size do not overflow.
 *
 * Coefficients that may not be negative are held at 0 while log L rises towards less than 0 only: the gradient decides again after every
 * step, and ascent at every step rules out going in circles. Where the step from the edge would leave at once although the gradient
 * points inwards, features are so alike that one stands in for the other; that one goes first.
 *
 * What is delicate is log(1 + e^eta), and p (1 - p) at a p near 1: both are made from e^-|eta|, which never overflows. */
#include "decisions/logistic_curve.h"

#include <math.h>
#include <string.h>

#include "math/linear.h"

enum { MOST = RETAIN__LOGISTIC_MOST, MOST_STEPS = 200 };
static const double SETTLED = 1e-26; /* of log L: nothing more is to be gained */
static const double CLOSE = 1e-9;    /* so little that Newton's step is right, and rounding in log L says more than the step */

typedef struct slope_at {
    double value, gradient[MOST], information[MOST * MOST];
} slope_at;

static size_t entries_of(const retain__logistic *of)
{
    return of->features + 1;
}

/* Log L per customer, with its gradient and information. */
static void evaluate(const retain__logistic *of, const double *coefficient, slope_at *at)
{
    const size_t k = of->features;
    const double n = of->scores->positives + of->scores->negatives;

    memset(at, 0, sizeof *at);
    for (size_t i = 0; i < of->scores->count; i++) {
        const retain__scored *row = of->scores->row + i;
        const double x[MOST] = {of->feature[0][i], k > 1 ? of->feature[1][i] : 1.0, 1.0};
        const double here = row->positives / n + row->negatives / n;
        const double hits = row->positives / n * of->target[1] + row->negatives / n * of->target[0];
        double eta = coefficient[k], tail, larger, p, v;

        for (size_t j = 0; j < k; j++)
            eta += coefficient[j] * x[j];
        tail = exp(-fabs(eta));
        larger = 1.0 / (1.0 + tail);
        p = eta > 0.0 ? larger : tail * larger;
        v = here * tail * larger * larger;
        at->value += hits * eta - here * (fmax(eta, 0.0) + log1p(tail));
        for (size_t j = 0; j <= k; j++) {
            at->gradient[j] += (hits - here * p) * x[j == k ? 2 : j];
            for (size_t l = 0; l <= j; l++)
                at->information[j * (k + 1) + l] += v * x[j == k ? 2 : j] * x[l == k ? 2 : l];
        }
    }
}

/* The information with rows and columns of held entries taken out: 1 on the diagonal instead. */
static int factorise(const retain__logistic *of, const slope_at *at, const int *held, double *factor)
{
    const size_t k = entries_of(of);

    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j <= i; j++)
            factor[i * k + j] = held[i] || held[j] ? (double)(i == j) : at->information[i * k + j];
    }
    return retain__cholesky(k, factor, factor);
}

/* Newton's step, and what it expects to gain; NaN where there is none. Entries at the edge that would leave are held. */
static double find_move(const retain__logistic *of, const slope_at *at, int *held, double *move)
{
    const size_t k = entries_of(of);
    double factor[MOST * MOST], gain = 0.0;
    int is_settled;

    for (size_t i = 0; i < k; i++)
        held[i] = of->is_bounded && i < of->features && of->coefficient[i] == 0.0 && at->gradient[i] <= 0.0;
    do {
        double slope[MOST];

        is_settled = 1;
        if (!factorise(of, at, held, factor))
            return (double)NAN;
        for (size_t i = 0; i < k; i++)
            slope[i] = held[i] ? 0.0 : at->gradient[i];
        retain__cholesky_solve(k, factor, slope, move);
        for (size_t i = 0; is_settled && of->is_bounded && i < of->features; i++) {
            if (!held[i] && of->coefficient[i] == 0.0 && move[i] < 0.0) {
                held[i] = 1;
                is_settled = 0;
            }
        }
    } while (!is_settled);
    for (size_t i = 0; i < k; i++)
        gain += held[i] ? 0.0 : move[i] * at->gradient[i];
    return gain;
}

/* Goes as far along the step as log L does not fall and no bound is crossed; 0 when nowhere. */
static int go(retain__logistic *of, const double *move, double gain, slope_at *at)
{
    const size_t k = entries_of(of);
    const double before = at->value;

    for (double length = 1.0; length > 1e-10; length *= 0.5) {
        double there[MOST], reach = length;
        size_t edge = k;

        for (size_t i = 0; of->is_bounded && i < of->features; i++) {
            if (of->coefficient[i] + reach * move[i] < 0.0) {
                reach = of->coefficient[i] / -move[i];
                edge = i;
            }
        }
        for (size_t i = 0; i < k; i++)
            there[i] = i == edge ? 0.0 : of->coefficient[i] + reach * move[i];
        evaluate(of, there, at);
        if (gain < CLOSE * fabs(before) || at->value >= before - 1e-14 * fabs(before)) {
            memcpy(of->coefficient, there, k * sizeof *there);
            return 1;
        }
    }
    return 0;
}

double retain__logistic_likelihood(const retain__logistic *of, const double *coefficient)
{
    slope_at at;

    evaluate(of, coefficient, &at);
    return at.value * (of->scores->positives + of->scores->negatives);
}

int retain__fit_logistic(retain__logistic *of)
{
    const size_t k = entries_of(of);
    const double n = of->scores->positives + of->scores->negatives;
    double move[MOST], factor[MOST * MOST], inverse[MOST * MOST], last = (double)INFINITY;
    int held[MOST] = {0, 0, 0};
    slope_at at;

    evaluate(of, of->coefficient, &at);
    for (of->steps = 0; of->steps < MOST_STEPS; of->steps++) {
        const double gain = find_move(of, &at, held, move);

        if (!retain__is_finite(gain))
            return 0;
        if (gain <= SETTLED * fabs(at.value) || (gain < CLOSE * fabs(at.value) && gain >= last))
            break;
        last = gain;
        if (!go(of, move, gain, &at))
            return 0;
    }
    if (of->steps == MOST_STEPS || !factorise(of, &at, held, factor))
        return 0;
    retain__cholesky_inverse(k, factor, inverse);
    for (size_t i = 0; i < k * k; i++)
        of->covariance[i] = held[i / k] || held[i % k] ? 0.0 : inverse[i] / n;
    of->log_likelihood = at.value * n;
    return 1;
}

int retain__outcomes_overlap(const retain__scores *scores)
{
    double bounds[2][2] = {{(double)INFINITY, -(double)INFINITY}, {(double)INFINITY, -(double)INFINITY}};

    for (size_t i = 0; i < scores->count; i++) {
        for (int y = 0; y < 2; y++) {
            if ((y ? scores->row[i].positives : scores->row[i].negatives) > 0.0) {
                bounds[y][0] = fmin(bounds[y][0], scores->row[i].score);
                bounds[y][1] = fmax(bounds[y][1], scores->row[i].score);
            }
        }
    }
    return bounds[1][0] < bounds[0][1] && bounds[0][0] < bounds[1][1];
}
