#include <math.h>
/* Distinct rows of customer tables, against a search through all pairs of rows; and the rules of such tables. */
#include "data/customers.h"
#include "order_logs.h"

enum { MOST_CUSTOMERS = 400 };

typedef struct customer_table {
    size_t count;
    int has_spend, has_weight;
    double frequency[MOST_CUSTOMERS], t_x[MOST_CUSTOMERS], T[MOST_CUSTOMERS], spend[MOST_CUSTOMERS], weight[MOST_CUSTOMERS];
} customer_table;

static customer_table draw_table(void)
{
    customer_table of = {.count = draw(MOST_CUSTOMERS) >> draw(6), .has_spend = (int)draw(2), .has_weight = (int)draw(2)};
    uint64_t kinds = 1 + draw(6);

    for (size_t i = 0; i < of.count; i++) {
        of.frequency[i] = draw(10) ? (double)draw(kinds) : 0x1p53;
        of.T[i] = draw(10) ? (double)draw(kinds) / 7.0 + 1.0 : 1e300;
        of.t_x[i] = of.frequency[i] > 0.0 ? of.T[i] / (double)(1 + draw(kinds)) : (draw(2) ? 0.0 : -0.0);
        of.spend[i] = of.frequency[i] > 0.0 ? (double)draw(kinds) - 2.0 : (double)NAN;
        of.weight[i] = (double)draw(5) / 4.0;
    }
    return of;
}

static retain_customers view_table(const customer_table *of)
{
    return (retain_customers){.count = of->count,
                              .frequency = of->frequency,
                              .t_x = of->t_x,
                              .T = of->T,
                              .spend = of->has_spend ? of->spend : NULL,
                              .weight = of->has_weight ? of->weight : NULL,
                              .unit_days = 7.0};
}

/* -1, 0, 1 by frequency, t_x, T, spend; spend counts where there is a repeat occasion. */
static int compare(const customer_table *a, size_t i, const customer_table *b, size_t j)
{
    double differences[] = {a->frequency[i] - b->frequency[j], a->t_x[i] - b->t_x[j], a->T[i] - b->T[j],
                            a->has_spend && a->frequency[i] > 0.0 ? a->spend[i] - b->spend[j] : 0.0};

    for (size_t k = 0; k < 4; k++) {
        if (differences[k] != 0.0)
            return differences[k] < 0.0 ? -1 : 1;
    }
    return 0;
}

static void distinct_rows_are_the_rows_each_once(void **state)
{
    (void)state;
    for (int n = 0; n < 1500; n++) {
        customer_table all = draw_table(), few = {.has_spend = all.has_spend};
        retain_customers customers = view_table(&all);
        int64_t row_of[MOST_CUSTOMERS];

        assert_int_equal(retain_customers_distinct(NULL, &customers, MOST_CUSTOMERS, &few.count, few.frequency, few.t_x, few.T,
                                                   few.has_spend ? few.spend : NULL, few.weight, NULL, draw(5) ? row_of : NULL),
                         RETAIN_OK);
        assert_int_equal(retain_customers_distinct(NULL, &customers, all.count, &few.count, few.frequency, few.t_x, few.T,
                                                   few.has_spend ? few.spend : NULL, few.weight, NULL, row_of),
                         RETAIN_OK);
        for (size_t d = 0; d < few.count; d++) {
            double weight = 0.0;
            size_t rows = 0;

            assert_true(d == 0 || compare(&few, d - 1, &few, d) < 0);
            for (size_t i = 0; i < all.count; i++) {
                if (compare(&few, d, &all, i) != 0)
                    continue;
                weight += all.has_weight ? all.weight[i] : 1.0;
                rows++;
                assert_int_equal(row_of[i], d);
            }
            assert_true(rows > 0);
            assert_near(few.weight[d], weight, 0.0);
            assert_true(!few.has_spend || few.frequency[d] > 0.0 || isnan(few.spend[d]));
        }
        for (size_t i = 0; i < all.count; i++)
            assert_true(row_of[i] >= 0 && row_of[i] < (int64_t)few.count);
    }
}

static void distinct_rows_of_a_large_table_do_not_depend_on_threads(void **state)
{
    enum { COUNT = 300000, OUTPUTS = 4 };
    double *x = test_calloc(COUNT, sizeof *x), *t_x = test_calloc(COUNT, sizeof *x), *T = test_calloc(COUNT, sizeof *x);
    double *first = test_calloc(OUTPUTS * COUNT, sizeof *x), *next = test_calloc(OUTPUTS * COUNT, sizeof *x), weight = 0.0;
    retain_customers customers = {.count = COUNT, .frequency = x, .t_x = t_x, .T = T, .unit_days = 1.0};
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)(draw(2) * draw(20));
        T[i] = (double)draw(700);
        t_x[i] = x[i] > 0.0 ? (double)draw(1 + (uint64_t)T[i]) : 0.0;
    }
    for (int threads = 1; threads <= 3; threads++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        double *to = threads == 1 ? first : next;

        ctx.threads = threads;
        assert_int_equal(retain_customers_distinct(&ctx, &customers, COUNT, &count, to, to + COUNT, to + (size_t)2 * COUNT, NULL,
                                                   to + (size_t)3 * COUNT, NULL, NULL),
                         RETAIN_OK);
        if (threads > 1)
            assert_memory_equal(next, first, OUTPUTS * COUNT * sizeof *x);
    }
    for (size_t d = 0; d < count; d++)
        weight += first[(size_t)3 * COUNT + d];
    assert_near(weight, COUNT, 0.0);
    test_free(x);
    test_free(t_x);
    test_free(T);
    test_free(first);
    test_free(next);
}

static void assert_refused(const customer_table *of, size_t row, const char *sentence)
{
    retain_customers customers = view_table(of);
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double out[5] = {5.0, 5.0, 5.0, 5.0, 5.0};
    size_t count = 9;

    assert_int_equal(
        retain_customers_distinct(&ctx, &customers, 5, &count, out, out, out, of->has_spend ? out : NULL, out, NULL, NULL),
        RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, sentence);
    assert_int_equal(ctx.row, row);
    assert_int_equal(count, 9);
    assert_near(out[0], 5.0, 0.0);
}

static void names_the_customer_that_breaks_a_rule(void **state)
{
    customer_table good = {2, 1, 1, {3.0, 0.0}, {5.0, 0.0}, {9.0, 9.0}, {1.0, (double)NAN}, {1.0, 0.0}}, bad;

    (void)state;
    bad = good, bad.frequency[1] = 1.5;
    assert_refused(&bad, 1, "customers.frequency[1] is 1.5; it must be a whole number in [0, 2^53]");
    bad = good, bad.frequency[1] = -1.0;
    assert_refused(&bad, 1, "customers.frequency[1] is -1; it must be a whole number in [0, 2^53]");
    bad = good, bad.frequency[0] = (double)NAN;
    assert_refused(&bad, 0, "customers.frequency[0] is NaN; it must be a whole number in [0, 2^53]");
    bad = good, bad.t_x[0] = 40.0, bad.T[0] = 38.86;
    assert_refused(&bad, 0, "customers.t_x[0] is 40; it must lie in [0, T = 38.86]");
    bad = good, bad.t_x[0] = -1.0;
    assert_refused(&bad, 0, "customers.t_x[0] is -1; it must lie in [0, T = 9]");
    bad = good, bad.t_x[1] = 2.0;
    assert_refused(&bad, 1, "customers.t_x[1] is 2; it must be 0 where frequency is 0");
    bad = good, bad.T[1] = (double)INFINITY;
    assert_refused(&bad, 1, "customers.T[1] is infinity; it must be finite and at least 0");
    bad = good, bad.T[1] = -1.0;
    assert_refused(&bad, 1, "customers.T[1] is -1; it must be finite and at least 0");
    bad = good, bad.spend[0] = (double)NAN;
    assert_refused(&bad, 0, "customers.spend[0] is NaN; it must be finite where frequency is positive");
    bad = good, bad.weight[1] = -1.0;
    assert_refused(&bad, 1, "customers.weight[1] is -1; it must be finite and at least 0");
    bad = good, bad.weight[1] = (double)INFINITY;
    assert_refused(&bad, 1, "customers.weight[1] is infinity; it must be finite and at least 0");
}

static void refuses_a_call_that_makes_no_sense(void **state)
{
    customer_table good = {2, 1, 1, {3.0, 0.0}, {5.0, 0.0}, {9.0, 9.0}, {1.0, (double)NAN}, {1.0, 0.0}};
    retain_customers customers = view_table(&good), bad;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double a[2], b[2], c[2], d[2], e[2];
    size_t count = 9;

    (void)state;
    assert_int_equal(retain_customers_distinct(&ctx, NULL, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    bad = customers, bad.frequency = NULL;
    assert_int_equal(retain_customers_distinct(&ctx, &bad, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    bad = customers, bad.t_x = NULL;
    assert_int_equal(retain_customers_distinct(&ctx, &bad, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    bad = customers, bad.T = NULL;
    assert_int_equal(retain_customers_distinct(&ctx, &bad, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    bad = customers, bad.unit_days = 0.0;
    assert_int_equal(retain_customers_distinct(&ctx, &bad, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "customers.unit_days is 0; it must be positive: 7 when times are in weeks");
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, NULL, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, &count, NULL, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, &count, a, NULL, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, &count, a, b, NULL, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, &count, a, b, c, d, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, &count, a, b, c, NULL, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spend is NULL; customers.spend is given: give both or none");
    bad = customers, bad.spend = NULL;
    assert_int_equal(retain_customers_distinct(&ctx, &bad, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spend is given; customers.spend is NULL: give both or none");
    assert_int_equal(count, 9);
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 1, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_CAPACITY);
    assert_string_equal(ctx.error, "capacity is 1; there are 2 distinct rows");
    assert_int_equal(count, 2);
    assert_int_equal(retain__check_customers(&ctx, &bad, 1), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "customers.spend is NULL; it is required");
    bad = (retain_customers){.unit_days = 1.0};
    assert_int_equal(retain_customers_distinct(&ctx, &bad, 0, &count, a, b, c, NULL, e, NULL, NULL), RETAIN_OK);
    assert_int_equal(count, 0);
    ctx.struct_size = 0;
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 2, &count, a, b, c, d, e, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

static void distinct_rows_have_the_mean_of_their_log_gaps(void **state)
{
    double x[] = {2.0, 0.0, 2.0, 2.0, 0.0}, t_x[] = {6.0, 0.0, 6.0, 6.0, 0.0}, T[] = {9.0, 9.0, 9.0, 9.0, 9.0};
    double log_gaps[] = {2.0, 0.0, 1.5, -3.0, 0.0}, weight[] = {1.0, 0.0, 2.0, 4.0, 0.0}, a[5], b[5], c[5], w[5], g[5];
    retain_customers customers = {
        .count = 5, .frequency = x, .t_x = t_x, .T = T, .weight = weight, .unit_days = 7.0, .log_gaps = log_gaps};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count;

    (void)state;
    assert_int_equal(retain_customers_distinct(NULL, &customers, 5, &count, a, b, c, NULL, w, g, NULL), RETAIN_OK);
    assert_int_equal(count, 2);
    assert_near(g[0], 0.0, 0.0);
    assert_near(g[1], -1.0, 0.0);
    assert_near(w[1] * g[1], -7.0, 0.0);
    customers.weight = NULL;
    assert_int_equal(retain_customers_distinct(NULL, &customers, 5, &count, a, b, c, NULL, w, g, NULL), RETAIN_OK);
    assert_near(g[1], 0.5 / 3.0, 1e-16);
    log_gaps[2] = 2.5;
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 5, &count, a, b, c, NULL, w, g, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error,
                        "customers.log_gaps[2] is 2.5; it must be at most x log(t_x / x) = 2.19722: are its gaps in units of t_x?");
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 5, &count, a, b, c, NULL, w, NULL, NULL), RETAIN_OK);
    customers.log_gaps = NULL;
    assert_int_equal(retain_customers_distinct(&ctx, &customers, 5, &count, a, b, c, NULL, w, g, NULL), RETAIN_ERROR_ARGUMENT);
}

static retain_status run_distinct(retain_context *ctx, void *state)
{
    customer_table *of = state;
    retain_customers customers = view_table(of);
    double out[4][MOST_CUSTOMERS], log_gaps[MOST_CUSTOMERS] = {0.0};
    size_t count;
    int with_log_gaps = 1;

    for (size_t i = 0; i < of->count; i++) {
        log_gaps[i] = of->frequency[i] > 0.0 ? of->frequency[i] * log(of->t_x[i] / of->frequency[i]) : 0.0;
        with_log_gaps &= of->t_x[i] > 0.0 || of->frequency[i] == 0.0;
    }
    customers.log_gaps = with_log_gaps ? log_gaps : NULL;
    return retain_customers_distinct(ctx, &customers, MOST_CUSTOMERS, &count, out[0], out[1], out[2], of->has_spend ? out[3] : NULL,
                                     out[3], with_log_gaps ? out[3] : NULL, NULL);
}

static void survives_memory_exhaustion_in_distinct(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        customer_table of = draw_table();

        survives_memory_exhaustion(run_distinct, NULL, &of);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distinct_rows_are_the_rows_each_once),
        cmocka_unit_test(distinct_rows_of_a_large_table_do_not_depend_on_threads),
        cmocka_unit_test(distinct_rows_have_the_mean_of_their_log_gaps),
        cmocka_unit_test(names_the_customer_that_breaks_a_rule),
        cmocka_unit_test(refuses_a_call_that_makes_no_sense),
        cmocka_unit_test(survives_memory_exhaustion_in_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
