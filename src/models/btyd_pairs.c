/* The distinct futures among some customers.
 *
 * Given that a customer is alive at T, the future depends on x and T alone (in a few families on t_x as well), and that is the
 * costly part of every forecast. In a shop many customers have the same x and the same T, days or weeks old: a million customers
 * make some ten thousand pairs. So pairs are told apart with a hash table, and asked about sorted by x, because much of a
 * family's work depends on x alone. A value depends on its pair only, so neither the other customers in the call nor the
 * threads change a bit of it. */
#include "models/btyd_pairs.h"

#include <string.h>

#include "core/sort.h"
#include "math/kernels.h"

enum { FIRST_SLOTS = 1 << 12, MOST_WORDS = 4, BLOCK = RETAIN__BTYD_RUN };

static uint64_t bits_of(double value)
{
    return retain__bits(value + 0.0); /* -0 becomes 0 */
}

static size_t find_slot(const retain__btyd_pairs *of, const uint64_t *key)
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
static retain_status grow(retain__btyd_pairs *of, size_t slots)
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

static retain_status tell_apart(retain__btyd_pairs *of)
{
    const retain_customers *customers = &of->patterns->customers;
    size_t pattern = 0;

    for (size_t i = 0; i < customers->count; i++) {
        uint64_t key[MOST_WORDS] = {bits_of(customers->frequency[i]), bits_of(customers->T[i])};
        size_t at;

        pattern += i == of->patterns->first[pattern + 1];
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

static retain_status sort_pairs(retain__btyd_pairs *of)
{
    const retain__row_shape by_pattern_and_x = {3, 2, 0};
    uint64_t *spare = retain__take(of->scratch, of->count, 3 * sizeof *spare);

    of->sorted = retain__take(of->scratch, of->count, 3 * sizeof *of->sorted);
    if (!spare || !of->sorted)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < of->count; k++) {
        of->sorted[3 * k] = of->with_pattern ? of->key[of->words * k + of->words - 1] : 0;
        of->sorted[3 * k + 1] = of->key[of->words * k];
        of->sorted[3 * k + 2] = k;
    }
    retain__sort_rows(&by_pattern_and_x, of->sorted, spare, of->count);
    retain__give_back(of->scratch, spare);
    return RETAIN_OK;
}

retain_status retain__btyd_find_pairs(retain__scratch *scratch, const retain__btyd_family *family,
                                      const retain__btyd_patterns *patterns, retain__btyd_pairs *pairs)
{
    retain_status status;

    *pairs = (retain__btyd_pairs){
        .scratch = scratch, .patterns = patterns, .with_t_x = family->is_regular, .with_pattern = patterns->count > 1};
    pairs->words = 2 + (size_t)pairs->with_t_x + (size_t)pairs->with_pattern;
    pairs->pair_of = retain__take(scratch, patterns->customers.count, sizeof *pairs->pair_of);
    status = pairs->pair_of ? grow(pairs, FIRST_SLOTS) : RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = tell_apart(pairs);
    if (status != RETAIN_OK)
        return status;
    retain__give_back(scratch, pairs->slot);
    pairs->slot = NULL;
    return sort_pairs(pairs);
}

/* --- asking --------------------------------------------------------------------------------------------------------------- */

retain__btyd_checked retain__btyd_of_pattern(const retain__btyd_checked *model, const retain__btyd_patterns *patterns,
                                             size_t pattern)
{
    retain__btyd_checked own = *model;

    memcpy(own.p, patterns->p + pattern * RETAIN__BTYD_NUMBERS, sizeof own.p);
    return own;
}

typedef struct asking {
    const retain__btyd_pairs *pairs;
    retain__btyd_ask ask;
    const retain__btyd_asked *asked;
    double *value;
} asking;

static void ask_block(void *state, size_t block, size_t first, size_t last)
{
    const asking *of = state;
    const retain__btyd_pairs *pairs = of->pairs;

    (void)block;
    while (first < last) {
        double t_x[BLOCK], T[BLOCK], value[BLOCK];
        const uint64_t *sorted = pairs->sorted + 3 * first;
        const uint64_t pattern = sorted[0], x = sorted[1];
        const retain__btyd_checked own = retain__btyd_of_pattern(of->asked->model, pairs->patterns, (size_t)pattern);
        const retain__btyd_asked asked = {&own, of->asked->question};
        size_t count = 0;

        for (; first + count < last && sorted[3 * count] == pattern && sorted[3 * count + 1] == x; count++) {
            const uint64_t *key = pairs->key + pairs->words * sorted[3 * count + 2];

            T[count] = retain__of_bits(key[1]);
            if (pairs->with_t_x)
                t_x[count] = retain__of_bits(key[2]);
        }
        of->ask(&asked, retain__of_bits(x), pairs->with_t_x ? t_x : NULL, T, count, value);
        for (size_t k = 0; k < count; k++)
            of->value[sorted[3 * k + 2]] = value[k];
        first += count;
    }
}

retain_status retain__btyd_ask_pairs(retain_context *ctx, const retain__btyd_pairs *pairs, size_t block, double from, double to,
                                     retain__btyd_ask ask, const retain__btyd_asked *asked, double *value)
{
    asking of = {pairs, ask, asked, value};

    return retain__parallel(ctx, pairs->count, block, from, to, ask_block, &of);
}
