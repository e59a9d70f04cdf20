/* Random numbers that depend on (seed, row) and nothing else.
 *
 * A generator with a running state gives every customer another fate when the batch or the number of threads changes. A
 * counter-based one computes the n-th draw of a row from the numbers (seed, row, n), so row 17 draws the same whatever was drawn
 * before it, on any thread, on any machine. The generator is Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC11), which passes the BigCrush battery. Not for secrets. */
#ifndef RETAIN_RANDOM_H
#define RETAIN_RANDOM_H

#include <stdint.h>

/* The draws of one row; put it on the stack. */
typedef struct retain__random {
    uint64_t seed, row, block;
    uint64_t kept; /* second half of the block drawn last */
    int has_kept;
} retain__random;

/* Ten rounds of Philox: four words from a counter of four and a key of two. */
void retain__philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);

/* The stream of `row` under `seed`. */
retain__random retain__random_start(uint64_t seed, uint64_t row);

/* 64 random bits. */
uint64_t retain__random_bits(retain__random *random);

/* Uniform in (0, 1), both ends excluded, in steps of 2^-52. */
double retain__random_uniform(retain__random *random);

/* Standard normal, by inversion: one draw each. */
double retain__random_normal(retain__random *random);

/* Exponential with mean 1 / rate. */
double retain__random_exponential(retain__random *random, double rate);

/* Gamma with mean shape / rate, and the logarithm of one with rate 1, which does not underflow when shape is small. shape > 0. */
double retain__random_gamma(retain__random *random, double shape, double rate);
double retain__random_log_gamma(retain__random *random, double shape);

/* Beta with mean a / (a + b); may come out as exactly 0 or 1 when a or b is small. */
double retain__random_beta(retain__random *random, double a, double b);

/* Poisson count with the given mean >= 0, as a double. */
double retain__random_poisson(retain__random *random, double mean);

#endif
