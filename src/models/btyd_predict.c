/* The future of known customers: occasions to come, discounted or not, and silence.
 *
 * Given that a customer is alive at T, the future depends on x and T alone, and that is the costly part. In a shop many
 * customers have the same x and the same T, days or weeks old: a million customers make some ten thousand pairs. So pairs are
 * told apart with a hash table, the family computes each once, sorted by x because much of its work depends on x alone, and
 * every customer's P(alive) is put to the pair's value at the end. A value depends on its pair only, so neither the other
 * customers in the call nor the threads change a bit of it. Where the family is regular the future depends on t_x too, and a
 * pair is the three of them. Customers whose covariates give them other parameters share no pair. */
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "core/sort.h"
#include "math/kernels.h"
#include "models/btyd_model.h"

enum { FIRST_SLOTS = 1 << 12, BLOCK = 4096, PAIR_BLOCK = RETAIN__BTYD_RUN };

/* What is asked about each customer. */
typedef enum question { ORDERS, SILENCE, DISCOUNTED } question;

/* --- pairs ---------------------------------------------------------------------------------------------------------------- */

enum { MOST_WORDS = 4 };

/* The distinct (x, T) of some customers, with t_x where the family is regular, and the number of their pattern where there are
 * several: a key of two to four words. */
typedef struct pairs {
    retain__scratch *scratch;
    int with_t_x, with_pattern;
    size_t words;        /* of a key */
    size_t count, slots; /* slots: a power of 2, more than twice the count */
    unsigned shift;      /* of a hash, to a slot */
    size_t *slot;        /* number of a pair + 1, or 0 */
    uint64_t *key;       /* [words * (slots / 2)] bits of x, T and perhaps t_x of each pair, and its pattern */
    size_t *pair_of;     /* [customers] */
} pairs;

static uint64_t bits_of(double value)
{
    return retain__bits(value + 0.0); /* -0 becomes 0 */
}

static size_t find_slot(const pairs *of, const uint64_t *key)
{
    uint64_t hash = (key[0] * 0x9E3779B97F4A7C15u ^ key[1]) * 0xD6E8FEB86659FD93u;
    size_t at;

    for (size_t k = 2; k < of->words; k++)
        hash = ((hash ^ hash >> 32) * 0x9E3779B97F4A7C15u ^ key[k]) * 0xD6E8FEB86659FD93u;
    hash = (hash ^ hash >> 32) * 0x9E3779B97F4A7C15u;
    for (at = (size_t)(hash >> of->shift); of->slot[at]; at = (at + 1) & (of->slots - 1)) {
        const uint64_t *known = of->key + of->words * (of->slot[at] - 1);

        if (known[0] == key[0] && known[1] == key[1] && (of->words == 2 || known[2] == key[2]) &&
            (of->words < MOST_WORDS || known[3] == key[3]))
            break;
    }
    return at;
}

/* Takes a table of `slots` slots and moves the pairs into it. */
static retain_status grow(pairs *of, size_t slots)
{
    size_t *old_slot = of->slot;
    uint64_t *old_key = of->key;

    of->slot = retain__take_zeroed(of->scratch, slots, sizeof *of->slot);
    of->key = retain__take(of->scratch, slots / 2, of->words * sizeof *of->key);
    if (!of->slot || !of->key)
        return RETAIN_ERROR_MEMORY;
    of->slots = slots;
    of->shift = 64 - (retain__bits_of(slots) - 1);
    if (old_key)
        memcpy(of->key, old_key, of->words * of->count * sizeof *old_key);
    for (size_t k = 0; k < of->count; k++)
        of->slot[find_slot(of, of->key + of->words * k)] = k + 1;
    retain__give_back(of->scratch, old_slot);
    retain__give_back(of->scratch, old_key);
    return RETAIN_OK;
}

static retain_status find_pairs(const retain__btyd_patterns *patterns, pairs *of)
{
    const retain_customers *customers = &patterns->customers;
    size_t pattern = 0;
    retain_status status;

    of->words = 2 + (size_t)of->with_t_x + (size_t)of->with_pattern;
    status = grow(of, FIRST_SLOTS);

    of->pair_of = retain__take(of->scratch, customers->count, sizeof *of->pair_of);
    if (status != RETAIN_OK || !of->pair_of)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < customers->count; i++) {
        uint64_t key[MOST_WORDS] = {bits_of(customers->frequency[i]), bits_of(customers->T[i])};
        size_t at;

        pattern += i == patterns->first[pattern + 1];
        key[2] = of->with_t_x ? bits_of(customers->t_x[i]) : pattern;
        key[3] = pattern;
        at = find_slot(of, key);
        if (!of->slot[at]) {
            memcpy(of->key + of->words * of->count, key, of->words * sizeof *key);
            of->slot[at] = ++of->count;
            of->pair_of[i] = of->count - 1;
            if (2 * of->count >= of->slots && grow(of, 4 * of->slots) != RETAIN_OK)
                return RETAIN_ERROR_MEMORY;
        } else {
            of->pair_of[i] = of->slot[at] - 1;
        }
    }
    return RETAIN_OK;
}

/* --- values of pairs ------------------------------------------------------------------------------------------------------ */

typedef struct forecast {
    const retain__btyd_family *family;
    const retain_customers *customers; /* the caller's */
    const retain__btyd_patterns *patterns;
    question asked;
    double t, delta;
    uint64_t *sorted; /* [3 * pairs] pattern, x, and number of the pair, by pattern and x */
    const pairs *pairs;
    double *value;  /* [pairs] given that the customer is alive */
    double *result; /* [customers] */
} forecast;

/* Asks the family about pairs that have pattern and x in common. */
static void ask(const forecast *of, const double *p, double x, const double *t_x, const double *T, size_t count, double *value)
{
    const retain__btyd_family *family = of->family;

    if (of->asked == SILENCE)
        family->silent(family, p, x, t_x, T, count, of->t, value);
    else if (of->asked == ORDERS || (of->delta == 0.0 && retain__is_finite(of->t)))
        family->expected(family, p, x, t_x, T, count, of->t, value);
    else
        family->discounted(family, p, x, t_x, T, count, of->t, of->delta, value);
}

static void value_block(void *state, size_t block, size_t first, size_t last)
{
    const forecast *of = state;

    (void)block;
    while (first < last) {
        double t_x[PAIR_BLOCK], T[PAIR_BLOCK], value[PAIR_BLOCK];
        const uint64_t *sorted = of->sorted + 3 * first;
        uint64_t pattern = sorted[0], x = sorted[1];
        size_t count = 0;

        for (; first + count < last && sorted[3 * count] == pattern && sorted[3 * count + 1] == x; count++) {
            const uint64_t *key = of->pairs->key + of->pairs->words * sorted[3 * count + 2];

            T[count] = retain__of_bits(key[1]);
            if (of->pairs->with_t_x)
                t_x[count] = retain__of_bits(key[2]);
        }
        ask(of, of->patterns->p + pattern * RETAIN__BTYD_NUMBERS, retain__of_bits(x), of->pairs->with_t_x ? t_x : NULL, T, count,
            value);
        for (size_t k = 0; k < count; k++)
            of->value[sorted[3 * k + 2]] = value[k];
        first += count;
    }
}

static retain_status compute_values(retain_context *ctx, retain__scratch *scratch, forecast *of)
{
    const retain__row_shape by_pattern_and_x = {3, 2, 0};
    size_t count = of->pairs->count, words = of->pairs->words;
    uint64_t *spare = retain__take(scratch, count, 3 * sizeof *spare);
    retain_status status;

    of->sorted = retain__take(scratch, count, 3 * sizeof *of->sorted);
    of->value = retain__take(scratch, count, sizeof *of->value);
    if (!spare || !of->sorted || !of->value)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < count; k++) {
        of->sorted[3 * k] = of->pairs->with_pattern ? of->pairs->key[words * k + words - 1] : 0;
        of->sorted[3 * k + 1] = of->pairs->key[words * k];
        of->sorted[3 * k + 2] = k;
    }
    retain__sort_rows(&by_pattern_and_x, of->sorted, spare, count);
    retain__give_back(scratch, spare);
    status = retain__parallel(ctx, count, PAIR_BLOCK, 0.0, 1.0, value_block, of);
    return status;
}

/* --- customers ------------------------------------------------------------------------------------------------------------ */

static void result_block(void *state, size_t block, size_t first, size_t last)
{
    const forecast *of = state;
    double alive[BLOCK];

    (void)block;
    retain__btyd_log_odds(of->family, of->patterns, first, last, alive);
    if (of->asked == SILENCE) {
        double dead[BLOCK];

        for (size_t i = 0; i < last - first; i++)
            dead[i] = -alive[i];
        retain__btyd_alive(dead, last - first, dead);
        retain__btyd_alive(alive, last - first, alive);
        for (size_t i = first; i < last; i++)
            of->result[retain__btyd_row(of->patterns, i)] = dead[i - first] + alive[i - first] * of->value[of->pairs->pair_of[i]];
        return;
    }
    retain__btyd_alive(alive, last - first, alive);
    for (size_t i = first; i < last; i++) {
        double value = of->value[of->pairs->pair_of[i]];

        of->result[retain__btyd_row(of->patterns, i)] = value < (double)INFINITY ? alive[i - first] * value : value;
    }
}

static retain_status predict(retain_context *ctx, const retain_btyd *model, forecast *of, const char *name)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain__btyd_patterns patterns;
    retain_context quiet;
    pairs found = {.scratch = &scratch};
    retain_status status = retain__btyd_check(ctx, model, of->customers, &checked);

    of->patterns = &patterns;
    of->pairs = &found;
    if (status == RETAIN_OK && of->customers->count && !of->result)
        status = retain__fail_null(ctx, name);
    if (status == RETAIN_OK)
        status = retain__btyd_find_patterns(&scratch, &checked, of->customers, &patterns);
    if (status == RETAIN_OK) {
        of->family = checked.family;
        found.with_t_x = checked.family->is_regular;
        found.with_pattern = patterns.count > 1;
        status = find_pairs(&patterns, &found);
    }
    if (status == RETAIN_OK)
        status = compute_values(ctx, &scratch, of);
    if (status == RETAIN_OK)
        status = retain__parallel(retain__btyd_quiet(ctx, &quiet), of->customers->count, BLOCK, 0.0, 1.0, result_block, of);
    retain__release(&scratch);
    return status;
}

static retain_status check_horizon(retain_context *ctx, double t)
{
    if (t >= 0.0 && retain__is_finite(t))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "t is %g; it must be finite and at least 0", t);
}

retain_status retain_btyd_orders(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double t,
                                 double *orders)
{
    forecast of = {.customers = customers, .asked = ORDERS, .t = t, .result = orders};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_horizon(ctx, t);
    return status == RETAIN_OK ? predict(ctx, model, &of, "orders") : status;
}

retain_status retain_btyd_silence(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double t,
                                  double *silence)
{
    forecast of = {.customers = customers, .asked = SILENCE, .t = t, .result = silence};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_horizon(ctx, t);
    return status == RETAIN_OK ? predict(ctx, model, &of, "silence") : status;
}

retain_status retain_btyd_discounted(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double t,
                                     double delta, double *discounted)
{
    forecast of = {.customers = customers, .asked = DISCOUNTED, .t = t, .delta = delta, .result = discounted};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !(t >= 0.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "t is %g; it must be at least 0, and may be infinite", t);
    if (status == RETAIN_OK && !(delta >= 0.0 && retain__is_finite(delta)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "delta is %g; it must be finite and at least 0", delta);
    return status == RETAIN_OK ? predict(ctx, model, &of, "discounted") : status;
}
