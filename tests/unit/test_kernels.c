/* Logarithms and exponentials of columns: how far they are from the truth, and that every path gives the same bits. */
#include "math/kernels.h"
#include "support.h"

enum { POINTS = 200000, ODD = 1237 };

static uint64_t seed;

static double uniform(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) * 0x1p-53;
}

/* Distance in units in the last place of `want`. */
static double ulps(double got, long double want)
{
    double size = fabs((double)want);

    return fabs((double)(((long double)got - want) / (long double)(nextafter(size, INFINITY) - size)));
}

typedef struct range {
    double low, high; /* exponents of two; the sign is that of the column's domain */
} range;

typedef struct kernel {
    const char *name;
    void (*column)(const double *x, size_t count, double *result);
    long double (*truth)(long double x);
    double sign, bound;
    range ranges[4];
} kernel;

static const kernel kernels[] = {
    {"log", retain__log_column, logl, 1.0, 1.0, {{-1022.0, 1023.9}, {-2.0, 2.0}, {-0.01, 0.01}, {-1e-9, 1e-9}}},
    {"log1p", retain__log1p_column, log1pl, 1.0, 1.0, {{-1074.0, 1023.9}, {-8.0, 8.0}, {-1.0, 1.0}, {-60.0, -40.0}}},
    {"log1p of negative numbers",
     retain__log1p_column,
     log1pl,
     -1.0,
     1.0,
     {{-1074.0, -1.0}, {-8.0, -1.0}, {-1.1, -1.0}, {-60.0, -40.0}}},
    {"exp", retain__exp_column, expl, -1.0, 1.5, {{-60.0, 9.4}, {-5.0, 3.0}, {-1.6, -1.5}, {9.4, 9.5}}},
    {"exp of positive numbers", retain__exp_column, expl, 1.0, 1.5, {{-60.0, 9.4}, {-5.0, 3.0}, {-1.6, -1.5}, {9.4, 9.46}}},
    {"expm1", retain__expm1_column, expm1l, -1.0, 1.5, {{-1000.0, 8.0}, {-5.0, 3.0}, {-2.0, 1.0}, {-1.6, -1.5}}},
};

static void kernels_are_within_their_stated_bounds(void **state)
{
    double *x = malloc(POINTS * sizeof *x), *got = malloc(POINTS * sizeof *got);

    (void)state;
    assert_true(x && got);
    seed = 88172645463325252u;
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        const kernel *one = &kernels[k];
        double worst = 0.0, worst_x = 0.0;

        for (size_t r = 0; r < 4; r++) {
            for (size_t i = 0; i < POINTS; i++)
                x[i] = one->sign * exp2(one->ranges[r].low + (one->ranges[r].high - one->ranges[r].low) * uniform());
            one->column(x, POINTS, got);
            for (size_t i = 0; i < POINTS; i++) {
                double error = ulps(got[i], one->truth((long double)x[i]));

                if (!(error <= worst)) {
                    worst = error;
                    worst_x = x[i];
                }
            }
        }
        print_message("%s: %.3f ulp at %.17g\n", one->name, worst, worst_x);
        assert_true(worst < one->bound);
    }
    free(x);
    free(got);
}

static void ends_of_the_domains_give_the_limits(void **state)
{
    static const double exponents[] = {-(double)INFINITY, -1e300, -800.0, -0.0, 0.0};
    double got[5], zeros[] = {0.0, 5e-324};

    (void)state;
    retain__exp_column(exponents, 5, got);
    for (size_t i = 0; i < 5; i++)
        assert_near(got[i], i < 3 ? 0.0 : 1.0, 0.0);
    retain__expm1_column(exponents, 5, got);
    for (size_t i = 0; i < 5; i++)
        assert_near(got[i], i < 3 ? -1.0 : 0.0, 0.0);
    retain__log1p_column(zeros, 2, got);
    assert_near(got[0], 0.0, 0.0);
    assert_near(got[1], 5e-324, 0.0);
}

/* This file is compiled for the plainest machine, the columns for whatever is at hand: the same bits all the same, at every
 * place of a column. */
static void every_path_gives_the_same_bits(void **state)
{
    static double x[ODD], minus[ODD], got[ODD], one[ODD];

    (void)state;
    seed = 123456789;
    for (size_t i = 0; i < ODD; i++) {
        x[i] = exp2(60.0 * uniform() - 50.0);
        minus[i] = -x[i];
    }
#define COMPARE(name, from)                                                       \
    for (size_t first = 0; first < 9; first++) {                                  \
        for (size_t i = 0; i < ODD; i++)                                          \
            one[i] = retain__fast_##name((from)[i]);                              \
        retain__##name##_column((from) + first, ODD - first, got + first);        \
        assert_memory_equal(got + first, one + first, (ODD - first) * sizeof *x); \
    }
    COMPARE(log, x)
    COMPARE(log1p, x)
    COMPARE(exp, minus)
    COMPARE(expm1, minus)
#undef COMPARE
    memcpy(got, x, sizeof x);
    retain__log_column(got, ODD, got); /* in place */
    for (size_t i = 0; i < ODD; i++)
        assert_near(got[i], retain__fast_log(x[i]), 0.0);
}

/* All four in one column, made for whatever vectors there are. */
static RETAIN__INLINE void fill_body(size_t count, const double *x, double *result)
{
    for (size_t i = 0; i < count; i++)
        result[i] = retain__fast_log(x[i]) + retain__fast_log1p(x[i]) * retain__fast_exp(-x[i]) - retain__fast_expm1(-x[i]);
}

RETAIN__VECTORISED(static, fill, (size_t count, const double *x, double *result), (count, x, result));

/* Not only the path that this machine would take. */
static void every_width_gives_the_same_bits(void **state)
{
    static double x[ODD], plain[ODD], chosen[ODD], wide[ODD], widest[ODD];

    (void)state;
    seed = 987654321;
    for (size_t i = 0; i < ODD; i++)
        x[i] = exp2(60.0 * uniform() - 50.0);
    for (size_t first = 0; first < 9; first++) {
        const size_t count = ODD - first;

        fill_body(count, x + first, plain);
        fill(count, x + first, chosen);
        memcpy(wide, plain, sizeof wide);
        memcpy(widest, plain, sizeof widest);
#if RETAIN__VECTOR_BITS >= 256
        if (retain__vector_bits() >= 256)
            fill_avx2(count, x + first, wide);
#endif
#if RETAIN__VECTOR_BITS >= 512
        if (retain__vector_bits() >= 512)
            fill_avx512(count, x + first, widest);
#endif
        assert_memory_equal(chosen, plain, count * sizeof *x);
        assert_memory_equal(wide, plain, count * sizeof *x);
        assert_memory_equal(widest, plain, count * sizeof *x);
    }
}

static void lanes_are_added_in_one_order(void **state)
{
    static const double lanes[RETAIN__LANES] = {1e16, 1.0, -1e16, 2.0, 3.0, 4.0, 5.0, 6.0};

    (void)state;
    assert_near(retain__merge_lanes(lanes), ((1e16 + 3.0) + (-1e16 + 5.0)) + ((1.0 + 4.0) + (2.0 + 6.0)), 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_within_their_stated_bounds),
        cmocka_unit_test(ends_of_the_domains_give_the_limits),
        cmocka_unit_test(every_path_gives_the_same_bits),
        cmocka_unit_test(every_width_gives_the_same_bits),
        cmocka_unit_test(lanes_are_added_in_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
