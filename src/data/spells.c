/* Durations of which several are one customer's: what is known of customers changes, and each row says what was known while it lasted. Sorted by customer and
 * entry, rows that overlap are neighbours. */
#include "data/spells.h"

#include "core/keys.h"
#include "core/sort.h"

enum { WORDS = RETAIN__SPELL_WORDS };

static const size_t NOBODY = (size_t)-1;

static double entry_of(const retain_durations *durations, size_t i)
{
    return durations->entry ? durations->entry[i] : 0.0;
}

uint64_t *retain__sort_spells(retain__scratch *scratch, const retain_durations *durations, const int64_t *customer)
{
    const retain__row_shape shape = {WORDS, 2, 0};
    uint64_t *words = retain__take(scratch, durations->count, WORDS * sizeof *words);
    uint64_t *spare = retain__take(scratch, durations->count, WORDS * sizeof *spare);

    if (!words || !spare)
        return NULL;
    for (size_t i = 0; i < durations->count; i++) {
        words[WORDS * i] = (uint64_t)customer[i] ^ ((uint64_t)1 << 63);
        words[WORDS * i + 1] = retain__key_of(entry_of(durations, i));
        words[WORDS * i + 2] = i;
    }
    retain__sort_rows(&shape, words, spare, durations->count);
    retain__give_back(scratch, spare);
    return words;
}

static retain_status refuse_overlap(retain_context *ctx, const retain_durations *durations, const int64_t *customer, size_t a,
                                    size_t b)
{
    return retain__fail(ctx, RETAIN_ERROR_DATA, b,
                        "rows[%zu] and rows[%zu] are both of customer %lld, from %g to %g and from %g to %g; they must not overlap",
                        a, b, (long long)customer[b], entry_of(durations, a), durations->exit[a], entry_of(durations, b),
                        durations->exit[b]);
}

retain_status retain__check_spells(retain_context *ctx, const retain_durations *durations, const int64_t *customer)
{
    retain__scratch scratch = {ctx, NULL};
    const uint64_t *words = retain__sort_spells(&scratch, durations, customer);
    retain_status status = words ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    size_t before = NOBODY;

    for (size_t k = 0; status == RETAIN_OK && k < durations->count; k++) {
        const size_t i = (size_t)words[WORDS * k + 2];

        if (durations->weight && !(durations->weight[i] > 0.0))
            continue;
        if (before != NOBODY && customer[before] == customer[i] && entry_of(durations, i) < durations->exit[before])
            status = refuse_overlap(ctx, durations, customer, before, i);
        before = i;
    }
    retain__release(&scratch);
    return status;
}
