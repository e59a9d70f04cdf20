/* Doubles as words that sort like them, and sorting such words. */
#ifndef RETAIN_KEYS_H
#define RETAIN_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Order-preserving: a < b as numbers exactly when their keys are so as unsigned words; -0 is 0. Not for NaN. */
static inline uint64_t retain__key_of(double x)
{
    const uint64_t sign = (uint64_t)1 << 63;
    uint64_t bits;

    x += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

/* The number whose key it is. */
static inline double retain__number_of(uint64_t key)
{
    const uint64_t sign = (uint64_t)1 << 63;
    double x;

    key = key & sign ? key ^ sign : ~key;
    memcpy(&x, &key, sizeof x);
    return x;
}

/* Sorts keys in place by all of their bits but the `low` lowest, which travel along; `spare` is as large. O(count) for numbers of ordinary
 * variety, O(count log count) for any. */
void retain__sort_keys(uint64_t *keys, uint64_t *spare, size_t count, unsigned low);

#endif
