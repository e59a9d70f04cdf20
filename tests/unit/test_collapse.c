/* Collapsing tables: every row once, in one order, whatever order they came in. */
#include "data/collapse.h"
#include "support.h"

enum { ROWS = 3000 };

typedef struct table {
    double first[ROWS], second[ROWS], third[ROWS], weight[ROWS];
    size_t rows;
} table;

static uint64_t seed;

static double uniform(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) * 0x1p-53;
}

/* Few distinct rows, many of them the same; `shift` moves the first column. */
static void fill(table *of, double shift, double variety)
{
    seed = 88172645463325252u;
    of->rows = ROWS;
    for (size_t i = 0; i < ROWS; i++) {
        of->first[i] = floor(5.0 * uniform() * uniform()) + shift;
        of->second[i] = floor(variety * uniform()) / 7.0;
        of->third[i] = floor(variety * uniform());
        of->weight[i] = floor(4.0 * uniform());
    }
    of->second[7] = -0.0;
}

static retain__collapsed collapse(retain__scratch *scratch, const table *of, size_t columns, int weighted)
{
    const double *column[] = {of->first, of->second, of->third};
    retain__collapsed collapsed;

    assert_int_equal(retain__collapse(scratch, column, columns, weighted ? of->weight : NULL, of->rows, NULL, &collapsed),
                     RETAIN_OK);
    return collapsed;
}

/* Weight of a row in the table, counted row by row. */
static double weight_of(const table *of, size_t columns, int weighted, double first, double second, double third)
{
    double sum = 0.0;

    for (size_t i = 0; i < of->rows; i++) {
        if (of->first[i] == first && of->second[i] == second && (columns == 2 || of->third[i] == third))
            sum += weighted ? of->weight[i] : 1.0;
    }
    return sum;
}

static void check(const table *of, size_t columns, int weighted)
{
    retain__scratch scratch = {NULL, NULL};
    retain__collapsed got = collapse(&scratch, of, columns, weighted);
    double total = 0.0, expected = 0.0;

    assert_int_equal(got.first[0], 0);
    assert_int_equal(got.first[got.runs], got.count);
    for (size_t run = 0; run < got.runs; run++) {
        assert_true(run == 0 || got.value[run] > got.value[run - 1]);
        for (size_t i = got.first[run]; i < got.first[run + 1]; i++) {
            assert_near(got.weight[i],
                        weight_of(of, columns, weighted, got.value[run], got.column[0][i], columns > 2 ? got.column[1][i] : 0.0),
                        0.0);
            total += got.weight[i];
        }
    }
    for (size_t i = 0; i < of->rows; i++)
        expected += weighted ? of->weight[i] : 1.0;
    assert_near(total, expected, 0.0); /* with the weights right, no row is there twice and none is missing */
    retain__release(&scratch);
}

static void every_row_is_there_once_with_its_weight(void **state)
{
    static const double shifts[] = {0.0, 4092.0, 1e6};
    static table of;

    (void)state;
    for (size_t s = 0; s < 3; s++) {
        for (size_t columns = 2; columns <= 3; columns++) {
            fill(&of, shifts[s], 6.0);
            check(&of, columns, 0);
            check(&of, columns, 1);
            fill(&of, shifts[s], 1e9);
            check(&of, columns, 1);
        }
    }
}

static void assert_same(const retain__collapsed *a, const retain__collapsed *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->runs, b->runs);
    assert_memory_equal(a->column[0], b->column[0], a->count * sizeof(double));
    assert_memory_equal(a->column[1], b->column[1], a->count * sizeof(double));
    assert_memory_equal(a->weight, b->weight, a->count * sizeof(double));
    assert_memory_equal(a->value, b->value, a->runs * sizeof(double));
    assert_memory_equal(a->first, b->first, (a->runs + 1) * sizeof(size_t));
}

static void the_order_of_rows_changes_nothing(void **state)
{
    static const double varieties[] = {6.0, 300.0, 1e9}, shifts[] = {0.0, 4092.0, 1e6};
    static table of, other;

    (void)state;
    for (size_t k = 0; k < 9; k++) {
        retain__scratch scratch = {NULL, NULL};
        retain__collapsed first, second;

        fill(&of, shifts[k % 3], varieties[k / 3]);
        for (size_t i = 0; i < ROWS; i++) {
            size_t j = i * 1007 % ROWS; /* visits every row once */

            other.first[i] = of.first[j];
            other.second[i] = of.second[j];
            other.third[i] = of.third[j];
            other.weight[i] = of.weight[j];
        }
        other.rows = ROWS;
        first = collapse(&scratch, &of, 3, 1);
        second = collapse(&scratch, &other, 3, 1);
        assert_same(&first, &second);
        retain__release(&scratch);
    }
}

static void a_weight_is_so_many_rows(void **state)
{
    static table of, copies;
    retain__scratch scratch = {NULL, NULL};
    retain__collapsed weighted, copied;

    (void)state;
    fill(&of, 0.0, 40.0);
    of.rows = ROWS / 3;
    copies.rows = 0;
    for (size_t i = 0; i < of.rows; i++) {
        for (double w = 0.0; w < of.weight[i]; w += 1.0, copies.rows++) {
            copies.first[copies.rows] = of.first[i];
            copies.second[copies.rows] = of.second[i];
            copies.third[copies.rows] = of.third[i];
        }
    }
    weighted = collapse(&scratch, &of, 3, 1);
    copied = collapse(&scratch, &copies, 3, 0);
    assert_same(&weighted, &copied);
    retain__release(&scratch);
}

static void no_rows_make_no_runs(void **state)
{
    static table of;
    retain__scratch scratch = {NULL, NULL};
    retain__collapsed got;

    (void)state;
    of.rows = 0;
    got = collapse(&scratch, &of, 3, 0);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.runs, 0);
    of.rows = 5;
    memset(of.weight, 0, sizeof of.weight);
    got = collapse(&scratch, &of, 3, 1);
    assert_int_equal(got.count, 0);
    retain__release(&scratch);
}

static retain_status run(retain_context *ctx, void *state)
{
    const table *of = state;
    const double *column[] = {of->first, of->second, of->third};
    retain__scratch scratch = {ctx, NULL};
    retain__collapsed collapsed;
    retain_status status = retain__collapse(&scratch, column, 3, of->weight, of->rows, NULL, &collapsed);

    retain__release(&scratch);
    return status;
}

static void survives_without_memory(void **state)
{
    static table of;

    (void)state;
    fill(&of, 4094.0, 6.0);
    survives_memory_exhaustion(run, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_there_once_with_its_weight),
        cmocka_unit_test(the_order_of_rows_changes_nothing),
        cmocka_unit_test(a_weight_is_so_many_rows),
        cmocka_unit_test(no_rows_make_no_runs),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
