/* Numbers of twice the precision: an unevaluated sum high + low of two doubles, about 106 bits.
 *
 * Differences such as lgamma(x + d) - lgamma(x) lose all their digits in doubles. Carried in pairs they lose digits that nobody
 * misses, and what is rounded to a double at the end is right to the last bit or nearly so. A pair is normalised: high is the
 * double nearest to high + low.
 *
 * Nothing here knows overflow: products of numbers beyond 1e290, and quotients by numbers below 1e-290, are the caller's to
 * avoid. Sources: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18
 * (1971), 224-242; D. E. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B. Both need arithmetic that rounds to double
 * after every operation (SSE2, not x87) and a compiler that neither fuses nor reassociates. */
#ifndef RETAIN_PAIR_H
#define RETAIN_PAIR_H

#include <float.h>

_Static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 1,
               "double arithmetic must round to double (on 32-bit x86: -mfpmath=sse)");

typedef struct retain__pair {
    double high, low;
} retain__pair;

/* a + b exactly. */
static inline retain__pair retain__two_sum(double a, double b)
{
    retain__pair sum;
    double b_seen;

    sum.high = a + b;
    b_seen = sum.high - a;
    sum.low = (a - (sum.high - b_seen)) + (b - b_seen);
    return sum;
}

/* a + b exactly, when |a| >= |b| or a is 0. */
static inline retain__pair retain__quick_sum(double a, double b)
{
    retain__pair sum;

    sum.high = a + b;
    sum.low = b - (sum.high - a);
    return sum;
}

/* a * b exactly. */
static inline retain__pair retain__two_product(double a, double b)
{
    retain__pair product;
    double a_scaled = 134217729.0 * a, b_scaled = 134217729.0 * b; /* 2^27 + 1 cuts a double into two halves of 26 bits */
    double a_high = a_scaled - (a_scaled - a), b_high = b_scaled - (b_scaled - b);
    double a_low = a - a_high, b_low = b - b_high;

    product.high = a * b;
    product.low = ((a_high * b_high - product.high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return product;
}

static inline retain__pair retain__pair_of(double x)
{
    return (retain__pair){x, 0.0};
}

static inline retain__pair retain__pair_minus(retain__pair a)
{
    return (retain__pair){-a.high, -a.low};
}

static inline retain__pair retain__pair_add(retain__pair a, retain__pair b)
{
    retain__pair top = retain__two_sum(a.high, b.high), rest = retain__two_sum(a.low, b.low);

    top = retain__quick_sum(top.high, top.low + rest.high);
    return retain__quick_sum(top.high, top.low + rest.low);
}

static inline retain__pair retain__pair_plus(retain__pair a, double b)
{
    retain__pair top = retain__two_sum(a.high, b);

    return retain__quick_sum(top.high, top.low + a.low);
}

static inline retain__pair retain__pair_multiply(retain__pair a, retain__pair b)
{
    retain__pair top = retain__two_product(a.high, b.high);

    return retain__quick_sum(top.high, top.low + (a.high * b.low + a.low * b.high));
}

static inline retain__pair retain__pair_times(retain__pair a, double b)
{
    retain__pair top = retain__two_product(a.high, b);

    return retain__quick_sum(top.high, top.low + a.low * b);
}

static inline retain__pair retain__pair_divide(retain__pair a, retain__pair b)
{
    double guess = a.high / b.high;
    retain__pair back = retain__two_product(guess, b.high);
    double rest = (a.high - back.high) - back.low + (a.low - guess * b.low);

    return retain__quick_sum(guess, rest / b.high);
}

static inline double retain__pair_value(retain__pair a)
{
    return a.high + a.low;
}

/* log(x) for x > 0 and log(1 + x) for x > -1; the absolute error is below 2^-72 and, near the zero of the function, the relative
 * one too. */
retain__pair retain__log_pair(retain__pair x);
retain__pair retain__log1p_pair(retain__pair x);

#endif
