/* The partial likelihood block by block, beside the walk that goes from time to time; the order of rows, beside a sort of the C library's; and products of
 * columns, beside sums of one product after the other. */
#include "support.h"

#include <float.h>

#include "math/columns.h"
#include "math/random.h"
#include "models/cox_likelihood.h"

enum { MOST = RETAIN__COX_MOST, ROWS = 6000 };

typedef struct table {
    retain_cox_rows rows;
    const double *column[MOST];
    double exit[ROWS], weight[ROWS], x[MOST * ROWS];
    int64_t stratum[ROWS];
    uint8_t event[ROWS];
} table;

static void draw_rows(retain__random *random, size_t count, size_t columns, double unit, table *of)
{
    const size_t strata = retain__random_bits(random) % 2 ? 1 : 1 + retain__random_bits(random) % 5;
    const int has_weights = retain__random_bits(random) % 3 == 0;

    for (size_t k = 0; k < columns; k++)
        of->column[k] = of->x + k * count;
    for (size_t i = 0; i < count; i++) {
        const double exit = retain__random_exponential(random, 1.0);

        for (size_t k = 0; k < columns; k++)
            of->x[k * count + i] = retain__random_normal(random);
        of->exit[i] = unit > 0.0 ? ceil(exit / unit) * unit : exit;
        of->event[i] = retain__random_bits(random) % 4 != 0;
        of->weight[i] = (double)(retain__random_bits(random) % 4) * 0.5;
        of->stratum[i] = (int64_t)(retain__random_bits(random) % strata);
    }
    of->rows = (retain_cox_rows){.durations = {count, of->exit, of->event, NULL, has_weights ? of->weight : NULL},
                                 .predictors = {count, columns, of->column, 0},
                                 .stratum = strata > 1 ? of->stratum : NULL,
                                 .strata = strata};
}

typedef struct result {
    double value, gradient[MOST], hessian[MOST * MOST];
} result;

static void assert_alike(const result *got, const result *want, size_t columns, double events)
{
    const double tolerance = 1e-12 * (1.0 + events);

    assert_near(got->value, want->value, tolerance + 1e-12 * fabs(want->value));
    for (size_t k = 0; k < columns; k++)
        assert_near(got->gradient[k], want->gradient[k], tolerance);
    for (size_t k = 0; k < columns * columns; k++)
        assert_near(got->hessian[k], want->hessian[k], tolerance);
}

/* Ties from none to nearly all, weights and some of 0, strata, coefficients from none to risks of 1e20 beside each other. */
static void blocks_find_what_the_walk_finds(void **state)
{
    static const double units[] = {0.0, 1.0, 0.1, 0.01, 0.3}, sizes[] = {0.0, 0.5, 0.5, 6.0};
    static table of;
    static result one, two, walked;
    static double once[ROWS];

    (void)state;
    for (uint64_t trial = 0; trial < 200; trial++) {
        retain__random random = retain__random_start(1972, trial);
        const size_t count = 1 + retain__random_bits(&random) % (trial % 7 ? 300 : (uint64_t)ROWS);
        const size_t columns = 1 + retain__random_bits(&random) % (trial % 5 ? 6 : (uint64_t)MOST);
        const retain_cox_ties ties = retain__random_bits(&random) % 3 ? RETAIN_COX_EFRON : RETAIN_COX_BRESLOW;
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain__scratch scratch = {&ctx, NULL};
        retain__cox_likelihood likelihood;
        retain__cox_data data;
        double b[MOST];

        draw_rows(&random, count, columns, units[trial / 5 % 5], &of);
        for (size_t k = 0; k < columns; k++)
            b[k] = sizes[trial % 4] * retain__random_normal(&random);
        for (size_t j = 0; j < count; j++)
            once[j] = 1.0;
        ctx.threads = 3;
        assert_int_equal(retain__cox_sort(&scratch, &of.rows, &data, NULL), RETAIN_OK);
        assert_true(retain__cox_take_likelihood(&scratch, &data, ties, &likelihood));
        assert_int_equal(retain__cox_evaluate(&likelihood, b, NULL, &one.value, one.gradient, one.hessian), RETAIN_OK);
        ctx.threads = 1;
        assert_int_equal(retain__cox_evaluate(&likelihood, b, NULL, &two.value, two.gradient, two.hessian), RETAIN_OK);
        assert_memory_equal(&one, &two, sizeof one.value + columns * sizeof *one.gradient);
        assert_memory_equal(one.hessian, two.hessian, columns * columns * sizeof *one.hessian);
        assert_int_equal(retain__cox_look_back(&scratch, &likelihood), RETAIN_OK);
        assert_int_equal(retain__cox_evaluate(&likelihood, b, once, &walked.value, walked.gradient, walked.hessian), RETAIN_OK);
        assert_alike(&one, &walked, columns, data.events);
        retain__release(&scratch);
    }
}

/* --- order ------------------------------------------------------------------------------------------------------------------------ */

static const table *sorted;

static int compare_rows(const void *a, const void *b)
{
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;

    if (sorted->stratum[i] != sorted->stratum[j])
        return sorted->stratum[i] < sorted->stratum[j] ? -1 : 1;
    if (sorted->exit[i] != sorted->exit[j])
        return sorted->exit[i] < sorted->exit[j] ? -1 : 1;
    if (sorted->event[i] != sorted->event[j])
        return sorted->event[i] ? -1 : 1;
    return i < j ? -1 : 1;
}

/* Exits that are easy to tell apart, and some that are not: next to each other beside one that is far away, of all sizes, nearly all 0. */
static double draw_exit(retain__random *random, size_t kind)
{
    const double u = retain__random_uniform(random);

    switch (kind) {
    case 0:
        return u;
    case 1:
        return floor(u * 30.0);
    case 2:
        return 1e9 + floor(u * 50.0) * 1e-6;
    case 3:
        return u < 0.01 ? 0.0 : 1.0 + u * 1e-12;
    case 4:
        return exp(400.0 * (u - 0.5));
    case 5:
        return u < 0.3 ? 0.0 : u < 0.6 ? 1e-300 * u : 1e100 * u;
    case 6:
        return 7.0;
    default:
        return u < 0.5 ? 0.0 : -0.0;
    }
}

/* Times of sorted rows, by their definition. */
static void assert_times(const retain__cox_data *data, const table *of)
{
    size_t j = 0;

    for (size_t i = 0; i < data->count; i++) {
        const size_t here = data->row[i], before = i ? data->row[i - 1] : 0;
        const int is_next = i == 0 || of->stratum[here] != of->stratum[before];
        const int opens = of->event[here] && (is_next || !of->event[before] || of->exit[here] != of->exit[before]);

        assert_int_equal(data->opens[i], opens);
        assert_int_equal(data->ends[i], of->event[here]);
        if (opens) {
            const retain__cox_time *time = data->time + j++;
            size_t ended = 0, end = i;

            while (end < data->count && of->stratum[data->row[end]] == of->stratum[here] && (end == i || !data->opens[end]))
                ended += data->ends[end++];
            assert_int_equal(time->begin, i);
            assert_int_equal(time->end, end);
            assert_int_equal(time->ended, ended);
            assert_near(time->weight, (double)ended, 0.0);
        }
    }
    assert_int_equal(data->times, j);
    assert_int_equal(data->first[data->strata], j);
}

static void rows_lie_in_the_order_of_their_exits(void **state)
{
    static table of;
    static size_t want[ROWS];

    (void)state;
    for (uint64_t trial = 0; trial < 160; trial++) {
        retain__random random = retain__random_start(1973, trial);
        const size_t count = 1 + retain__random_bits(&random) % (trial % 9 ? 400 : (uint64_t)ROWS);
        const size_t strata = trial % 3 ? 1 : 1 + retain__random_bits(&random) % 1024;
        retain__scratch scratch = {NULL, NULL};
        retain__cox_data data;

        draw_rows(&random, count, 1, 0.0, &of);
        for (size_t i = 0; i < count; i++) {
            of.exit[i] = draw_exit(&random, trial % 8);
            of.stratum[i] = (int64_t)(retain__random_bits(&random) % strata);
            want[i] = i;
        }
        of.rows.durations.weight = NULL;
        of.rows.stratum = of.stratum;
        of.rows.strata = strata;
        sorted = &of;
        qsort(want, count, sizeof *want, compare_rows);
        assert_int_equal(retain__cox_sort(&scratch, &of.rows, &data, NULL), RETAIN_OK);
        assert_int_equal(data.count, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(data.row[i], want[i]);
        assert_times(&data, &of);
        retain__release(&scratch);
    }
}

/* One row in sixteen, with the same predictors. */
static void a_sample_is_of_all_times_and_strata(void **state)
{
    static table of;

    (void)state;
    for (uint64_t trial = 0; trial < 48; trial++) {
        retain__random random = retain__random_start(1978, trial);
        const size_t count = 1 + retain__random_bits(&random) % (uint64_t)ROWS, strata = trial % 3 ? 1 : 1 + trial;
        retain__scratch scratch = {NULL, NULL};
        retain__cox_data data, sample;

        draw_rows(&random, count, 2, 0.0, &of);
        for (size_t i = 0; i < count; i++) {
            of.exit[i] = draw_exit(&random, trial % 8);
            of.stratum[i] = (int64_t)(retain__random_bits(&random) % strata);
        }
        of.rows.durations.weight = NULL;
        of.rows.stratum = of.stratum;
        of.rows.strata = strata;
        assert_int_equal(retain__cox_sort(&scratch, &of.rows, &data, &sample), RETAIN_OK);
        assert_times(&data, &of);
        assert_times(&sample, &of);
        assert_int_equal(sample.count, (count + RETAIN__COX_SAMPLE / 2 - 1) / RETAIN__COX_SAMPLE);
        for (size_t i = 0; i < sample.count; i++) {
            const size_t at = i * RETAIN__COX_SAMPLE + RETAIN__COX_SAMPLE / 2;

            assert_int_equal(sample.row[i], data.row[at]);
            for (size_t k = 0; k < 2; k++)
                assert_near(sample.x[k * sample.count + i], data.x[k * data.count + at], 0.0);
        }
        retain__release(&scratch);
    }
}

/* --- columns ---------------------------------------------------------------------------------------------------------------------- */

static void columns_are_multiplied_whatever_their_number(void **state)
{
    enum { COLUMNS = 19, STRIDE = 40 };
    static double x[COLUMNS * STRIDE], weighted[COLUMNS * STRIDE], weight[STRIDE], b[COLUMNS], row[STRIDE];
    static double sums[COLUMNS], products[COLUMNS * (COLUMNS + 1) / 2], same[COLUMNS * (COLUMNS + 1) / 2];
    retain__random random = retain__random_start(1974, 0);

    (void)state;
    for (size_t i = 0; i < COLUMNS * STRIDE; i++)
        x[i] = retain__random_normal(&random);
    for (size_t i = 0; i < STRIDE; i++)
        weight[i] = retain__random_uniform(&random);
    for (size_t k = 0; k < COLUMNS; k++)
        b[k] = retain__random_normal(&random);
    for (size_t columns = 1; columns <= COLUMNS; columns++) {
        for (size_t rows = 0; rows <= 37; rows++) {
            memset(sums, 0, sizeof sums);
            memset(products, 0, sizeof products);
            memset(same, 0, sizeof same);
            retain__columns_combine(columns, x, STRIDE, b, rows, row);
            retain__columns_weigh(columns, x, STRIDE, weight, rows, weighted, rows);
            retain__columns_sum(columns, x, STRIDE, weight, rows, sums);
            retain__columns_multiply(columns, x, STRIDE, weight, rows, products);
            retain__columns_multiply_weighted(columns, weighted, rows, x, STRIDE, rows, same);
            assert_memory_equal(same, products, sizeof same);
            for (size_t i = 0; i < rows; i++) {
                double want = 0.0;

                for (size_t k = 0; k < columns; k++)
                    want += x[k * STRIDE + i] * b[k];
                assert_near(row[i], want, 1e-14);
            }
            for (size_t k = 0; k < columns; k++) {
                double want = 0.0;

                for (size_t i = 0; i < rows; i++)
                    want += weight[i] * x[k * STRIDE + i];
                assert_near(sums[k], want, 1e-13);
                for (size_t m = 0; m <= k; m++) {
                    double product = 0.0;

                    for (size_t i = 0; i < rows; i++)
                        product += weight[i] * x[k * STRIDE + i] * x[m * STRIDE + i];
                    assert_near(products[k * (k + 1) / 2 + m], product, 1e-13);
                }
            }
        }
    }
}

static void running_sums_stop_at_marked_rows(void **state)
{
    enum { COLUMNS = 11, COUNT = 23 };
    static double x[COLUMNS * COUNT], to[COLUMNS * (COUNT + 1)], sum[COLUMNS];
    static unsigned char mark[COUNT];
    retain__random random = retain__random_start(1975, 0);
    size_t marked = 0, at = 0;

    (void)state;
    for (size_t i = 0; i < COLUMNS * COUNT; i++)
        x[i] = retain__random_normal(&random);
    for (size_t i = 0; i < COUNT; i++)
        marked += mark[i] = retain__random_bits(&random) % 3 == 0;
    for (size_t k = 0; k < COLUMNS; k++)
        sum[k] = (double)k;
    retain__columns_run(COLUMNS, x, COUNT, mark, COUNT, sum, to, COUNT + 1, marked);
    for (size_t i = 0; i < COUNT; i++) {
        at += mark[i];
        for (size_t k = 0; mark[i] && k < COLUMNS; k++) {
            double want = (double)k;

            for (size_t r = i; r < COUNT; r++)
                want += x[k * COUNT + r];
            assert_near(to[k * (COUNT + 1) + at], want, 1e-13);
        }
    }
    assert_int_equal(at, marked);
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

static retain_status fit_in_blocks(retain_context *ctx, void *state)
{
    const retain_cox_options options = {.struct_size = sizeof options, .robust = 1};
    const table *of = state;
    retain_cox model;

    return retain_cox_fit(ctx, &of->rows, &options, &model, NULL, NULL);
}

/* Three passes, for many predictors, over rows whose exits are next to each other beside one far away. */
static void memory_may_run_out_anywhere(void **state)
{
    enum { COUNT = 100, COLUMNS = 9 };
    retain__random random = retain__random_start(1977, 0);
    static table of;

    (void)state;
    draw_rows(&random, COUNT, COLUMNS, 0.0, &of);
    for (size_t i = 0; i < COUNT; i++) {
        of.exit[i] = i ? 1.0 + (double)(i * 37 % COUNT) * DBL_EPSILON : 1e100;
        of.event[i] = 1;
    }
    of.rows = (retain_cox_rows){.durations = {COUNT, of.exit, of.event, NULL, NULL}, .predictors = {COUNT, COLUMNS, of.column, 0}};
    survives_memory_exhaustion(fit_in_blocks, NULL, &of);
}

/* --- a start from a sample -------------------------------------------------------------------------------------------------------- */

enum { MANY = 70000 };

typedef struct large_table {
    retain_cox_rows rows;
    const double *column[2];
    double exit[MANY], weight[MANY], x[2][MANY];
    int64_t stratum[MANY];
    uint8_t event[MANY];
} large_table;

/* Kinds: distinct times; days; months, weights and strata; hardly anybody leaves; a predictor that knows who leaves next. */
enum { DISTINCT, DAYS, GROUPED, RARE, KNOWING, KINDS };

static void draw_many(int kind, large_table *of)
{
    retain__random random = retain__random_start(1979, (uint64_t)kind);

    for (size_t i = 0; i < MANY; i++) {
        double exit;

        of->x[0][i] = (double)(retain__random_bits(&random) % 2);
        of->x[1][i] = retain__random_normal(&random);
        exit = retain__random_exponential(&random, 0.01 * exp(0.5 * of->x[0][i] - 0.3 * of->x[1][i]));
        of->exit[i] = kind == DAYS ? ceil(exit) : kind == GROUPED ? 30.0 * ceil(exit / 30.0) : exit;
        of->event[i] = retain__random_uniform(&random) < (kind == RARE ? 1e-3 : 0.7);
        of->weight[i] = (double)(retain__random_bits(&random) % 3);
        of->stratum[i] = (int64_t)(retain__random_bits(&random) % 7);
        if (kind == KNOWING)
            of->x[1][i] = -of->exit[i];
    }
    of->column[0] = of->x[0];
    of->column[1] = of->x[1];
    of->rows = (retain_cox_rows){.durations = {MANY, of->exit, of->event, NULL, kind == GROUPED ? of->weight : NULL},
                                 .predictors = {MANY, 2, of->column, 0},
                                 .stratum = kind == GROUPED ? of->stratum : NULL,
                                 .strata = kind == GROUPED ? 7 : 1};
}

/* Who asks for a summary wants the likelihood at 0, and then the search begins there. */
static void a_start_from_a_sample_comes_to_the_same_end(void **state)
{
    static large_table of;

    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_fit_report whole = RETAIN_FIT_REPORT_INIT, sampled = RETAIN_FIT_REPORT_INIT;
        retain_cox_summary summary = {.struct_size = sizeof summary};
        retain_cox model, other;
        retain_status status;

        draw_many(kind, &of);
        status = retain_cox_fit(&ctx, &of.rows, NULL, &model, &whole, &summary);
        assert_int_equal(status, kind == KNOWING ? RETAIN_ERROR_CONVERGENCE : RETAIN_OK);
        assert_int_equal(retain_cox_fit(&ctx, &of.rows, NULL, &other, &sampled, NULL), status);
        assert_int_equal(sampled.verdict, whole.verdict);
        if (kind == DISTINCT || kind == DAYS || kind == GROUPED)
            assert_true(sampled.evaluations < whole.evaluations);
        assert_near(sampled.log_likelihood, whole.log_likelihood, 1e-12 * fabs(whole.log_likelihood));
        for (size_t k = 0; k < 2 && kind != KNOWING; k++) {
            assert_near(other.coefficient[k], model.coefficient[k], 1e-12);
            assert_near(sampled.standard_error[k], whole.standard_error[k], 1e-12 * whole.standard_error[k]);
        }
    }
}

static retain_status fit_many(retain_context *ctx, void *state)
{
    retain_cox model;

    return retain_cox_fit(ctx, &((large_table *)state)->rows, NULL, &model, NULL, NULL);
}

static void memory_may_run_out_with_a_sample(void **state)
{
    static large_table of;

    (void)state;
    draw_many(GROUPED, &of);
    survives_memory_exhaustion(fit_many, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_find_what_the_walk_finds),
        cmocka_unit_test(rows_lie_in_the_order_of_their_exits),
        cmocka_unit_test(a_sample_is_of_all_times_and_strata),
        cmocka_unit_test(columns_are_multiplied_whatever_their_number),
        cmocka_unit_test(running_sums_stop_at_marked_rows),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(a_start_from_a_sample_comes_to_the_same_end),
        cmocka_unit_test(memory_may_run_out_with_a_sample),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
