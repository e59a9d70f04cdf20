/* Doubles as words that sort like them. */
#ifndef RETAIN_KEYS_H
#define RETAIN_KEYS_H

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

#endif
