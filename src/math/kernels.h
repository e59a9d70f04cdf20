/* Logarithms and exponentials of whole columns: the budget of every fit.
 *
 * The C library's log and exp take one number at a time, about 6 ns each. These are written without branches, so that a
 * compiler turns a loop over them into vector instructions, and a number costs about 1 ns. A loop that wants them is written
 * once, as an inline body, and RETAIN__VECTORISED compiles it for the instructions that every machine has, for AVX2 and for
 * AVX-512, and picks at run time. Only additions, multiplications, divisions and integer work on the bits of single elements occur,
 * each rounded as IEEE 754 says (no fused multiply-add: -ffp-contract=off), so all give the same bits, and so do compilers,
 * optimisation levels and processors.
 *
 * Sums are kept in RETAIN__LANES lanes, element i in lane i % RETAIN__LANES, and added up in one fixed order at the end: a
 * compiler may not reorder a plain running sum, and then cannot vectorise it; lanes by index leave nothing to reorder.
 *
 * Errors, in units in the last place of the result, tested against the long double functions of the C library: log and log1p
 * below 1, exp and expm1 below 1.5. Sources of the method: fdlibm (Sun Microsystems, 1993) for the logarithms; exp is the
 * classical reduction by multiples of log 2 with a minimax polynomial for (e^r - 1 - r) / r^2 on |r| <= log(2) / 2, whose error
 * is below 1e-18. */
#ifndef RETAIN_KERNELS_H
#define RETAIN_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define RETAIN__INLINE inline __attribute__((always_inline))
#else
#define RETAIN__INLINE inline
#endif

/* The widest vectors, in bits, that are compiled beside what every machine has: 512, 256 or 0. Less may be asked for, so that a machine
 * can test what others will use. Where nothing is optimised, nothing becomes a vector, and one path is enough. */
#ifndef RETAIN_VECTOR_BITS
#define RETAIN_VECTOR_BITS 512
#endif
#if !(defined(__GNUC__) && defined(__x86_64__) && !defined(__AVX2__) && defined(__OPTIMIZE__)) || RETAIN_VECTOR_BITS < 256
#define RETAIN__VECTOR_BITS 0
#elif defined(__clang__) || __GNUC__ < 8 || RETAIN_VECTOR_BITS < 512 /* which have no attribute that asks for whole ones */
#define RETAIN__VECTOR_BITS 256
#else
#define RETAIN__VECTOR_BITS 512
#endif

#if RETAIN__VECTOR_BITS >= 256
#define RETAIN__FOR_256 __attribute__((target("avx2")))
#endif
#if RETAIN__VECTOR_BITS >= 512
#define RETAIN__FOR_512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")))
#endif

/* The widest vectors that were compiled and that this machine has, in bits; 0: none. */
static RETAIN__INLINE int retain__vector_bits(void)
{
#if RETAIN__VECTOR_BITS >= 512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return 512;
#endif
#if RETAIN__VECTOR_BITS >= 256
    if (__builtin_cpu_supports("avx2"))
        return 256;
#endif
    return 0;
}

/* Makes `linkage void NAME parameters` out of the inline function NAME_body with the same parameters. */
#if RETAIN__VECTOR_BITS >= 512
#define RETAIN__VECTORISED(linkage, name, parameters, arguments) \
    RETAIN__FOR_256 static void name##_avx2 parameters           \
    {                                                            \
        name##_body arguments;                                   \
    }                                                            \
    RETAIN__FOR_512 static void name##_avx512 parameters         \
    {                                                            \
        name##_body arguments;                                   \
    }                                                            \
    linkage void name parameters                                 \
    {                                                            \
        const int bits = retain__vector_bits();                  \
                                                                 \
        if (bits == 512)                                         \
            name##_avx512 arguments;                             \
        else if (bits == 256)                                    \
            name##_avx2 arguments;                               \
        else                                                     \
            name##_body arguments;                               \
    }                                                            \
    _Static_assert(1, "a semicolon follows")
#elif RETAIN__VECTOR_BITS >= 256
#define RETAIN__VECTORISED(linkage, name, parameters, arguments) \
    RETAIN__FOR_256 static void name##_avx2 parameters           \
    {                                                            \
        name##_body arguments;                                   \
    }                                                            \
    linkage void name parameters                                 \
    {                                                            \
        if (retain__vector_bits() == 256)                        \
            name##_avx2 arguments;                               \
        else                                                     \
            name##_body arguments;                               \
    }                                                            \
    _Static_assert(1, "a semicolon follows")
#else
#define RETAIN__VECTORISED(linkage, name, parameters, arguments) \
    linkage void name parameters                                 \
    {                                                            \
        name##_body arguments;                                   \
    }                                                            \
    _Static_assert(1, "a semicolon follows")
#endif

static RETAIN__INLINE uint64_t retain__bits(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static RETAIN__INLINE double retain__of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* --- logarithms ----------------------------------------------------------------------------------------------------------- */

/* x = 2^exponent * (1 + fraction), sqrt(1/2) <= 1 + fraction < sqrt(2), for x positive and normal. */
static RETAIN__INLINE void retain__split(double x, double *exponent, double *fraction)
{
    static const uint64_t one = 0x3ff0000000000000u, root_half = 0x3fe6a09e00000000u, two52 = 0x4330000000000000u;
    uint64_t bits = retain__bits(x) + (one - root_half);

    *exponent = retain__of_bits((bits >> 52) | two52) - 4503599627371519.0; /* 2^52 + 1023 */
    *fraction = retain__of_bits((bits & 0x000fffffffffffffu) + root_half) - 1.0;
}

/* exponent * log 2 + log(1 + fraction) + rest, for a tiny `rest`. */
static RETAIN__INLINE double retain__join_log(double exponent, double fraction, double rest)
{
    double half = 0.5 * fraction * fraction, s = fraction / (2.0 + fraction), z = s * s, w = z * z;
    double odd = 3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01);
    double even = (6.666666666666735130e-01 + w * 2.857142874366239149e-01) +
                  w * w * (1.818357216161805012e-01 + w * 1.479819860510158591e-01);

    return exponent * 6.93147180369123816490e-01 +
           (fraction - (half - (s * (half + (w * odd + z * even)) + (exponent * 1.90821492927058770002e-10 + rest))));
}

/* log x for x positive, normal and finite. */
static RETAIN__INLINE double retain__fast_log(double x)
{
    double exponent, fraction;

    retain__split(x, &exponent, &fraction);
    return retain__join_log(exponent, fraction, 0.0);
}

/* log(1 + x) for -1/2 <= x finite. What 1 + x loses by rounding comes back as a correction of first order. */
static RETAIN__INLINE double retain__fast_log1p(double x)
{
    double sum = 1.0 + x, back = sum - 1.0, lost = x < 1.0 ? x - back : 1.0 - (sum - x), exponent, fraction;

    retain__split(sum, &exponent, &fraction);
    return retain__join_log(exponent, fraction, lost / sum);
}

/* --- exponentials --------------------------------------------------------------------------------------------------------- */

/* x = count * log 2 + rest, |rest| <= log(2) / 2, for |x| < 2^31. The low bits of `shifted` hold the count. */
static RETAIN__INLINE double retain__reduce(double x, double *count, uint64_t *shifted)
{
    static const double shift = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to a whole number */
    double moved = x * 1.44269504088896338700e+00 + shift;

    *shifted = retain__bits(moved);
    *count = moved - shift;
    return (x - *count * 6.93147180369123816490e-01) - *count * 1.90821492927058770002e-10;
}

/* (e^r - 1 - r) for |r| <= log(2) / 2. */
static RETAIN__INLINE double retain__exp_tail(double r)
{
    double s = r * r;
    double even =
        0.5 +
        s * (0x1.5555555555556p-5 +
             s * (0x1.6c16c16c162ccp-10 + s * (0x1.a01a01a6dcaffp-16 + s * (0x1.27e4db57442fbp-22 + s * 0x1.1f731ea5352cap-29))));
    double odd = 0x1.5555555555557p-3 +
                 s * (0x1.11111111100cep-7 + s * (0x1.a01a01abef415p-13 + s * (0x1.71de021a90822p-19 + s * 0x1.af4e196027428p-26)));

    return s * (even + r * odd);
}

/* e^x for x <= 709, -infinity included. */
static RETAIN__INLINE double retain__fast_exp(double x)
{
    double count, rest, half;
    uint64_t whole, first;

    x = x < -746.0 ? -746.0 : x;
    rest = retain__reduce(x, &count, &whole);
    /* 2^count as a product of two powers, so that a result below the normal doubles is rounded once and correctly */
    half = count * 0.5 + 6755399441055744.0;
    first = retain__bits(half);
    return (1.0 + (rest + retain__exp_tail(rest))) * retain__of_bits((first + 1023) << 52) *
           retain__of_bits((whole - first + 1023) << 52);
}

/* e^x - 1 for x <= 0, -infinity included. */
static RETAIN__INLINE double retain__fast_expm1(double x)
{
    double count, rest, power;
    uint64_t whole;

    x = x < -60.0 ? -60.0 : x;
    rest = retain__reduce(x, &count, &whole);
    power = retain__of_bits((whole + 1023) << 52);
    return power * (rest + retain__exp_tail(rest)) + (power - 1.0);
}

/* e^x, and e^x - 1, where e^x is a normal number: -708 < x < 709. */
static RETAIN__INLINE double retain__exp_normal(double x)
{
    double count, rest;
    uint64_t whole;

    rest = retain__reduce(x, &count, &whole);
    return (1.0 + (rest + retain__exp_tail(rest))) * retain__of_bits((whole + 1023) << 52);
}

static RETAIN__INLINE double retain__expm1_normal(double x)
{
    double count, rest, power;
    uint64_t whole;

    rest = retain__reduce(x, &count, &whole);
    power = retain__of_bits((whole + 1023) << 52);
    return power * (rest + retain__exp_tail(rest)) + (power - 1.0);
}

/* --- whole columns -------------------------------------------------------------------------------------------------------- */

/* result[i] = f(x[i]); `result` may be `x`. */
void retain__log_column(const double *x, size_t count, double *result);
void retain__log1p_column(const double *x, size_t count, double *result);
void retain__exp_column(const double *x, size_t count, double *result);
void retain__expm1_column(const double *x, size_t count, double *result);

/* --- sums ----------------------------------------------------------------------------------------------------------------- */

enum { RETAIN__LANES = 8 };

/* Sum of the lanes, in pairs. */
static RETAIN__INLINE double retain__merge_lanes(const double *lanes)
{
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

#endif
