/* Customers who are alike, found among those beside them.
 *
 * The question: P(alive) of a million customers, by an integral each, but how many different ones? In a shop most customers never
 * came back: they differ by T alone, and many are of the same day.
 *
 * The idea: among some thousands of rows a small table of those seen last finds the greater part of those that were already
 * computed. It fits the stack, and what a row gets is what it would get alone. */
#include "models/btyd_alike.h"

#include "math/kernels.h"
#include "models/btyd_family.h"

enum {
    BLOCK = 4096,   /* rows among which equal ones are looked for */
    SLOT_BITS = 11, /* of the table in which they are found */
    SLOTS = 1 << SLOT_BITS
};

/* At most BLOCK rows. */
static void find_odds_of_block(retain__btyd_odds find, const double *p, const double *x, const double *t_x, const double *T,
                               size_t count, double *log_odds)
{
    uint16_t seen[SLOTS] = {0}, same_as[BLOCK], chosen[RETAIN__BTYD_RUN];
    size_t waiting = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t hash = (retain__bits(x[i]) * 0x9E3779B97F4A7C15u ^ retain__bits(t_x[i])) * 0xD6E8FEB86659FD93u;
        size_t slot = (size_t)(((hash ^ hash >> 32 ^ retain__bits(T[i])) * 0x9E3779B97F4A7C15u) >> (64 - SLOT_BITS));
        size_t last = seen[slot]; /* one more than the row; 0 for none */

        if (last && x[last - 1] == x[i] && t_x[last - 1] == t_x[i] && T[last - 1] == T[i]) {
            same_as[i] = (uint16_t)(last - 1);
            continue;
        }
        seen[slot] = (uint16_t)(i + 1);
        same_as[i] = chosen[waiting++] = (uint16_t)i;
        if (waiting == RETAIN__BTYD_RUN) {
            find(p, x, t_x, T, chosen, waiting, log_odds);
            waiting = 0;
        }
    }
    find(p, x, t_x, T, chosen, waiting, log_odds);
    for (size_t i = 0; i < count; i++)
        log_odds[i] = log_odds[same_as[i]];
}

void retain__btyd_odds_of_alike(retain__btyd_odds find, const double *p, const double *x, const double *t_x, const double *T,
                                size_t count, double *log_odds)
{
    for (size_t first = 0; first < count; first += BLOCK)
        find_odds_of_block(find, p, x + first, t_x + first, T + first, count - first < BLOCK ? count - first : BLOCK,
                           log_odds + first);
}
