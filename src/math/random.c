/* The counter-based generator and the distributions that customers are simulated from.
 *
 * Delicate: gamma variates of small shape. With shape 1e-4 nearly all of them underflow, and the beta variates made of two such
 * must still be right. So gamma is drawn as a logarithm: for shape < 1 that of shape + 1 plus log(U)/shape, exact and without
 * underflow. */
#include <math.h>

#include "math/random.h"
#include "math/special.h"

void retain__philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4])
{
    uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3], k0 = key[0], k1 = key[1];

    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)0xD2511F53 * a, second = (uint64_t)0xCD9E8D57 * c;

        a = (uint32_t)(second >> 32) ^ b ^ k0;
        b = (uint32_t)second;
        c = (uint32_t)(first >> 32) ^ d ^ k1;
        d = (uint32_t)first;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
}

retain__random retain__random_start(uint64_t seed, uint64_t row)
{
    return (retain__random){.seed = seed, .row = row};
}

uint64_t retain__random_bits(retain__random *random)
{
    uint32_t counter[4], key[2], words[4];

    if (random->has_kept) {
        random->has_kept = 0;
        return random->kept;
    }
    counter[0] = (uint32_t)random->block;
    counter[1] = (uint32_t)(random->block >> 32);
    counter[2] = (uint32_t)random->row;
    counter[3] = (uint32_t)(random->row >> 32);
    key[0] = (uint32_t)random->seed;
    key[1] = (uint32_t)(random->seed >> 32);
    random->block++;
    retain__philox(counter, key, words);
    random->kept = (uint64_t)words[3] << 32 | words[2];
    random->has_kept = 1;
    return (uint64_t)words[1] << 32 | words[0];
}

double retain__random_uniform(retain__random *random)
{
    return ((double)(retain__random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

double retain__random_normal(retain__random *random)
{
    return retain__ndtri(retain__random_uniform(random));
}

double retain__random_exponential(retain__random *random, double rate)
{
    return -log(retain__random_uniform(random)) / rate;
}

/* G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000), 363-372; shape >= 1. The
 * comparisons are such that a NaN ends the loops. */
static double draw_log_gamma(retain__random *random, double shape)
{
    double d = shape - 1.0 / 3, c = 1.0 / sqrt(9.0 * d), x, v, log_v;

    do {
        do {
            x = retain__random_normal(random);
            v = 1.0 + c * x;
        } while (v <= 0.0);
        log_v = 3.0 * log(v);
        v = v * v * v;
    } while (log(retain__random_uniform(random)) >= 0.5 * x * x + d * (1.0 - v + log_v));
    return log(d) + log_v;
}

double retain__random_log_gamma(retain__random *random, double shape)
{
    if (shape < 1.0)
        return draw_log_gamma(random, shape + 1.0) + log(retain__random_uniform(random)) / shape;
    return draw_log_gamma(random, shape);
}

double retain__random_gamma(retain__random *random, double shape, double rate)
{
    return exp(retain__random_log_gamma(random, shape)) / rate;
}

double retain__random_beta(retain__random *random, double a, double b)
{
    double of_a = retain__random_log_gamma(random, a), of_b = retain__random_log_gamma(random, b);

    return 1.0 / (1.0 + exp(of_b - of_a));
}

/* log of the Poisson probability of k, for mean >= 10; from Stirling's formula in the deviation of k from the mean, since the
 * plain formula subtracts numbers of the size of the mean. */
static double measure_poisson(double k, double mean)
{
    double q = 1.0 / (k * k);

    if (k < 10.0)
        return k * log(mean) - mean - retain__lgamma(k + 1.0);
    return (k - mean) - k * log1p((k - mean) / mean) - 0.5 * log(6.283185307179586477 * k) -
           (1.0 / 12 - q * (1.0 / 360 - q * (1.0 / 1260 - q / 1680))) / k;
}

/* W. Hoermann, "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and Economics
 * 12 (1993), 39-45: algorithm PTRS, mean >= 10. */
static double reject_poisson(retain__random *random, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b, factor = 1.1239 + 1.1328 / (b - 3.4);

    for (;;) {
        double u = retain__random_uniform(random) - 0.5, v = retain__random_uniform(random), edge = 0.5 - fabs(u);
        double k = floor((2.0 * a / edge + b) * u + mean + 0.43);

        if (edge >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2.0))
            return k;
        if (k < 0.0 || (edge < 0.013 && v > edge))
            continue;
        if (log(v * factor / (a / (edge * edge) + b)) <= measure_poisson(k, mean))
            return k;
    }
}

double retain__random_poisson(retain__random *random, double mean)
{
    if (mean <
        10.0) { /* uniforms are multiplied until they fall below e^-mean: D. E. Knuth, The Art of Computer Programming 2, 3.4.1 */
        double product = retain__random_uniform(random), least = exp(-mean), k = 0.0;

        for (; product > least; k++)
            product *= retain__random_uniform(random);
        return k;
    }
    if (mean < 1e15)
        return reject_poisson(random, mean);
    return floor(mean + sqrt(mean) * retain__random_normal(random)); /* whole numbers end here, and so does the difference */
}
