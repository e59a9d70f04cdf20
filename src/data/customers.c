/* Rules of customer tables, and their distinct rows.
 *
 * Equal rows are brought together by grouping on a hash of the row, which spreads evenly whatever the data are, and on the numbers themselves where
 * hashes agree. The distinct rows, far fewer as a rule, are then sorted by their numbers. Numbers are compared as unsigned words: doubles that are not
 * negative are in the order of their bits, and for the others the bits are turned round. */
#include "data/customers.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/group.h"
#include "math/kernels.h"
#include "math/sums.h"

enum { MOST_NUMBERS = 4 }; /* frequency, t_x, T, spend */

#define MOST_FREQUENCY 9007199254740992.0 /* 2^53 */

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static retain_status check_row(retain_context *ctx, const retain_customers *customers, int with_spend, size_t i)
{
    double x = customers->frequency[i], t_x = customers->t_x[i], T = customers->T[i];

    if (!(x >= 0.0 && x <= MOST_FREQUENCY && x == floor(x)))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.frequency[%zu] is %g; it must be a whole number in [0, 2^53]", i,
                            x);
    if (!(T >= 0.0 && retain__is_finite(T)))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.T[%zu] is %g; it must be finite and at least 0", i, T);
    if (!(t_x >= 0.0 && t_x <= T))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.t_x[%zu] is %g; it must lie in [0, T = %g]", i, t_x, T);
    if (x == 0.0 && t_x != 0.0)
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.t_x[%zu] is %g; it must be 0 where frequency is 0", i, t_x);
    if (with_spend && x > 0.0 && !retain__is_finite(customers->spend[i]))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.spend[%zu] is %g; it must be finite where frequency is positive",
                            i, customers->spend[i]);
    if (customers->weight && !(customers->weight[i] >= 0.0 && retain__is_finite(customers->weight[i])))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.weight[%zu] is %g; it must be finite and at least 0", i,
                            customers->weight[i]);
    return RETAIN_OK;
}

/* Whether rows break a rule that does not concern the spend: the rules of check_row once more, without branches, for the millions of rows that break none. */
static RETAIN__INLINE void look_through_body(const double *frequency, const double *t_x, const double *T, size_t count,
                                             uint64_t *wrong)
{
    static const double two52 = 4503599627370496.0; /* adding it to a smaller number rounds that to a whole one */
    uint64_t found = 0;

    for (size_t i = 0; i < count; i++) {
        double x = frequency[i];
        uint64_t whole = (x + two52 - two52 == x) | (x >= two52);
        uint64_t right = whole & (x >= 0.0) & (x <= MOST_FREQUENCY) & (T[i] <= DBL_MAX) & (t_x[i] >= 0.0) & (t_x[i] <= T[i]) &
                         ((x > 0.0) | (t_x[i] <= 0.0));

        found |= right ^ 1;
    }
    *wrong = found;
}

RETAIN__VECTORISED(static, look_through,
                   (const double *frequency, const double *t_x, const double *T, size_t count, uint64_t *wrong),
                   (frequency, t_x, T, count, wrong));

static int is_clean(const retain_customers *customers, int with_spend)
{
    uint64_t wrong = 0;

    if (with_spend)
        return 0;
    look_through(customers->frequency, customers->t_x, customers->T, customers->count, &wrong);
    for (size_t i = 0; customers->weight && i < customers->count; i++)
        wrong |= !((customers->weight[i] >= 0.0) & (customers->weight[i] <= DBL_MAX));
    return wrong == 0;
}

retain_status retain__check_customers(retain_context *ctx, const retain_customers *customers, int with_spend)
{
    retain_status status = RETAIN_OK;

    if (!customers)
        return retain__fail_null(ctx, "customers");
    if (customers->count && !customers->frequency)
        return retain__fail_null(ctx, "customers.frequency");
    if (customers->count && !customers->t_x)
        return retain__fail_null(ctx, "customers.t_x");
    if (customers->count && !customers->T)
        return retain__fail_null(ctx, "customers.T");
    if (customers->count && with_spend && !customers->spend)
        return retain__fail_null(ctx, "customers.spend");
    if (!(customers->unit_days > 0.0 && retain__is_finite(customers->unit_days)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "customers.unit_days is %g; it must be positive: 7 when times are in weeks", customers->unit_days);
    if (is_clean(customers, with_spend))
        return RETAIN_OK;
    for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++)
        status = check_row(ctx, customers, with_spend, i);
    return status;
}

/* --- distinct rows ------------------------------------------------------------------------------------------------------------ */

typedef struct table {
    const retain_customers *customers;
    size_t numbers; /* that make a row: 3, or 4 with spend */
} table;

static uint64_t word_of(double x)
{
    uint64_t bits;

    x += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double number_of(uint64_t word)
{
    double x;

    word = word >> 63 ? word ^ (uint64_t)1 << 63 : ~word;
    memcpy(&x, &word, sizeof x);
    return x;
}

/* Words of a row; without a repeat occasion the spend is not read, and 0 stands for NaN. */
static void read_numbers(const table *from, size_t i, uint64_t *numbers)
{
    const retain_customers *customers = from->customers;

    numbers[0] = word_of(customers->frequency[i]);
    numbers[1] = word_of(customers->t_x[i]);
    numbers[2] = word_of(customers->T[i]);
    if (from->numbers == MOST_NUMBERS)
        numbers[3] = customers->frequency[i] > 0.0 ? word_of(customers->spend[i]) : 0;
}

/* Multiply, fold and add: every bit of every number reaches the top bits. */
static uint64_t hash_of(const uint64_t *numbers, size_t count)
{
    uint64_t hash = 0x243F6A8885A308D3u; /* digits of pi */

    for (size_t k = 0; k < count; k++) {
        hash = (hash ^ numbers[k]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return hash * 0xD6E8FEB86659FD93u;
}

/* A retain__row_source: hash, numbers, index. */
static size_t make_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *rows)
{
    const table *from = state;

    for (size_t i = first; i < last; i++, rows += words) {
        uint64_t numbers[MOST_NUMBERS];

        read_numbers(from, i, numbers);
        rows[0] = hash_of(numbers, from->numbers);
        if (words == 1)
            continue;
        memcpy(rows + 1, numbers, from->numbers * sizeof *numbers);
        rows[from->numbers + 1] = i;
    }
    return last - first;
}

static int is_equal(const uint64_t *a, const uint64_t *b, size_t keys)
{
    return memcmp(a, b, keys * sizeof *a) == 0;
}

/* Takes the columns; `found` rows are sorted by their numbers, followed by the first and last of the grouped rows that they stand for. */
static retain_status write_distinct(retain__scratch *scratch, const table *from, const uint64_t *grouped, const uint64_t *found,
                                    retain__distinct *distinct)
{
    size_t numbers = from->numbers, count = distinct->count;

    distinct->frequency = retain__take(scratch, count, sizeof(double));
    distinct->t_x = retain__take(scratch, count, sizeof(double));
    distinct->T = retain__take(scratch, count, sizeof(double));
    distinct->weight = retain__take(scratch, count, sizeof(double));
    distinct->row_of = retain__take(scratch, from->customers->count, sizeof *distinct->row_of);
    distinct->spend = numbers == MOST_NUMBERS ? retain__take(scratch, count, sizeof(double)) : NULL;
    if (!distinct->frequency || !distinct->t_x || !distinct->T || !distinct->weight || !distinct->row_of ||
        (numbers == MOST_NUMBERS && !distinct->spend))
        return RETAIN_ERROR_MEMORY;
    for (size_t d = 0; d < count; d++, found += numbers + 2) {
        retain__sum weight = {0.0, 0.0};

        for (size_t r = (size_t)found[numbers]; r < (size_t)found[numbers + 1]; r++) {
            size_t i = (size_t)grouped[r * (numbers + 2) + numbers + 1];

            retain__sum_add(&weight, from->customers->weight ? from->customers->weight[i] : 1.0);
            distinct->row_of[i] = (int64_t)d;
        }
        distinct->frequency[d] = number_of(found[0]);
        distinct->t_x[d] = number_of(found[1]);
        distinct->T[d] = number_of(found[2]);
        distinct->weight[d] = retain__sum_value(weight);
        if (distinct->spend)
            distinct->spend[d] = found[3] ? number_of(found[3]) : (double)NAN;
    }
    return RETAIN_OK;
}

retain_status retain__find_distinct(retain_context *ctx, retain__scratch *scratch, const retain_customers *customers,
                                    int with_spend, double from, double to, retain__distinct *distinct)
{
    table rows_of = {customers, with_spend ? MOST_NUMBERS : MOST_NUMBERS - 1};
    size_t numbers = rows_of.numbers, width = numbers + 2, rows = 0;
    retain__row_shape by_hash = {width, numbers + 1, 0}, by_numbers = {width, numbers, 0};
    uint64_t *grouped = NULL, *found, *at;
    retain_status status;

    memset(distinct, 0, sizeof *distinct);
    status = retain__group_rows(ctx, scratch, customers->count, make_rows, &rows_of, &by_hash, 64, from, to, &grouped, &rows);
    if (status != RETAIN_OK)
        return status;
    for (size_t r = 0; r < rows; r++)
        distinct->count += r == 0 || !is_equal(grouped + r * width, grouped + (r - 1) * width, numbers + 1);
    found = retain__take(scratch, distinct->count, 2 * width * sizeof *found);
    if (!found)
        return RETAIN_ERROR_MEMORY;
    at = found;
    for (size_t r = 0, first = 0; r < rows; r++) {
        if (r + 1 < rows && is_equal(grouped + r * width, grouped + (r + 1) * width, numbers + 1))
            continue;
        memcpy(at, grouped + r * width + 1, numbers * sizeof *at);
        at[numbers] = first;
        at[numbers + 1] = first = r + 1;
        at += width;
    }
    retain__sort_rows(&by_numbers, found, found + distinct->count * width, distinct->count);
    status = write_distinct(scratch, &rows_of, grouped, found, distinct);
    retain__give_back(scratch, found);
    retain__give_back(scratch, grouped);
    return status;
}

/* --- the public form ----------------------------------------------------------------------------------------------------------- */

retain_status retain_customers_distinct(retain_context *ctx, const retain_customers *customers, size_t capacity, size_t *count,
                                        double *frequency, double *t_x, double *T, double *spend, double *weight, int64_t *row_of)
{
    retain__scratch scratch = {ctx, NULL};
    retain__distinct distinct;
    retain_status status = retain__begin(ctx);
    int with_spend = customers && customers->spend;

    if (status == RETAIN_OK)
        status = retain__check_customers(ctx, customers, with_spend);
    if (status == RETAIN_OK && (!count || !frequency || !t_x || !T || !weight))
        status = retain__fail_null(ctx, !count ? "count" : !frequency ? "frequency" : !t_x ? "t_x" : !T ? "T" : "weight");
    if (status == RETAIN_OK && with_spend != (spend != NULL))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "spend is %s; customers.spend is %s: give both or none",
                              spend ? "given" : "NULL", with_spend ? "given" : "NULL");
    if (status == RETAIN_OK)
        status = retain__find_distinct(ctx, &scratch, customers, with_spend, 0.0, 1.0, &distinct);
    if (status == RETAIN_OK)
        *count = distinct.count;
    if (status == RETAIN_OK && distinct.count > capacity)
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu distinct rows", capacity,
                              distinct.count);
    if (status == RETAIN_OK) {
        memcpy(frequency, distinct.frequency, distinct.count * sizeof *frequency);
        memcpy(t_x, distinct.t_x, distinct.count * sizeof *t_x);
        memcpy(T, distinct.T, distinct.count * sizeof *T);
        memcpy(weight, distinct.weight, distinct.count * sizeof *weight);
        if (spend)
            memcpy(spend, distinct.spend, distinct.count * sizeof *spend);
        if (row_of)
            memcpy(row_of, distinct.row_of, customers->count * sizeof *row_of);
    }
    retain__release(&scratch);
    return status;
}
