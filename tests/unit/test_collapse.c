/* Collapsing tables: every row once, in one order, whatever order they came in. */
#include "data/collapse.h"
#include "support.h"

enum { ROWS = 24000 }; /* more than the values that a column may have to be collapsed by ranks */

typedef struct table {
    double first[ROWS], second[ROWS], third[ROWS], fourth[ROWS], weight[ROWS];
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
        of->fourth[i] = floor(3.0 * uniform()) - 1.0;
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

/* A row in full, for the C library to sort. */
typedef struct row {
    double number[3], weight;
} row;

static int compare_rows(const void *left, const void *right)
{
    const row *a = left, *b = right;

    for (size_t k = 0; k < 3; k++) {
        if (a->number[k] != b->number[k])
            return a->number[k] < b->number[k] ? -1 : 1;
    }
    return 0;
}

/* The distinct rows of the table, ascending, by sorting and counting. */
static size_t count_rows(const table *of, size_t columns, int weighted, row *found)
{
    size_t count = 0, distinct = 0;

    for (size_t i = 0; i < of->rows; i++) {
        if (!weighted || of->weight[i] > 0.0)
            found[count++] = (row){{of->first[i], of->second[i], columns > 2 ? of->third[i] : 0.0}, weighted ? of->weight[i] : 1.0};
    }
    qsort(found, count, sizeof *found, compare_rows);
    for (size_t i = 0; i < count; i++) {
        if (distinct && compare_rows(&found[distinct - 1], &found[i]) == 0)
            found[distinct - 1].weight += found[i].weight;
        else
            found[distinct++] = found[i];
    }
    return distinct;
}

static void check(const table *of, size_t columns, int weighted)
{
    static row want[ROWS], found[ROWS];
    retain__scratch scratch = {NULL, NULL};
    retain__collapsed got = collapse(&scratch, of, columns, weighted);
    size_t count = count_rows(of, columns, weighted, want);

    assert_int_equal(got.count, count);
    assert_int_equal(got.first[0], 0);
    assert_int_equal(got.first[got.runs], got.count);
    for (size_t run = 0; run < got.runs; run++) {
        assert_true(run == 0 || got.value[run] > got.value[run - 1]);
        for (size_t i = got.first[run]; i < got.first[run + 1]; i++)
            found[i] = (row){{got.value[run], got.column[0][i], columns > 2 ? got.column[1][i] : 0.0}, got.weight[i]};
    }
    qsort(found, count, sizeof *found, compare_rows);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(compare_rows(&found[i], &want[i]), 0);
        assert_near(found[i].weight, want[i].weight, 0.0);
    }
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
    static const double varieties[] = {6.0, 5000.0, 1e9}, shifts[] = {0.0, 4092.0, 1e6};
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

/* Every row knows which of the distinct ones it is, with four columns, and with weights or without. */
static void rows_know_where_they_went(void **state)
{
    static const double varieties[] = {6.0, 1e9};
    static int64_t row_of[ROWS];
    static double total[ROWS];
    static table of;

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        const double *column[] = {of.first, of.second, of.third, of.fourth}, *weight = k / 2 ? of.weight : NULL;
        retain__scratch scratch = {NULL, NULL};
        retain__collapsed got;

        fill(&of, 0.0, varieties[k % 2]);
        memset(total, 0, sizeof total);
        assert_int_equal(retain__collapse(&scratch, column, 4, weight, ROWS, row_of, &got), RETAIN_OK);
        for (size_t i = 0; i < ROWS; i++) {
            size_t at = (size_t)row_of[i], run = 0;

            if (weight && weight[i] == 0.0)
                continue;
            assert_true(at < got.count);
            while (got.first[run + 1] <= at)
                run++;
            assert_true(got.value[run] == of.first[i] && got.column[0][at] == of.second[i] && got.column[1][at] == of.third[i] &&
                        got.column[2][at] == of.fourth[i]);
            total[at] += weight ? weight[i] : 1.0;
        }
        for (size_t i = 0; i < got.count; i++)
            assert_near(got.weight[i], total[i], 0.0);
        retain__release(&scratch);
    }
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
    fill(&of, 4094.0, 4000.0); /* so many values that their tables grow */
    survives_memory_exhaustion(run, NULL, &of);
    fill(&of, 4094.0, 1e9);
    survives_memory_exhaustion(run, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_there_once_with_its_weight),
        cmocka_unit_test(the_order_of_rows_changes_nothing),
        cmocka_unit_test(a_weight_is_so_many_rows),
        cmocka_unit_test(rows_know_where_they_went),
        cmocka_unit_test(no_rows_make_no_runs),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
