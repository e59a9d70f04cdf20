/* Draws, looked at.
 *
 * The question: several Markov chains were to draw from one distribution. Did they, and how many independent draws are theirs worth?
 *
 * The idea of R-hat: if every chain, and every half of a chain, has seen the same distribution, then the variance between the means of
 * halves is what that within them explains. Draws are replaced by normal scores of their ranks, so that distributions without moments
 * can be judged too; and by those of their distance to the median, so that chains of the same mean and another width are told apart.
 *
 * The idea of the effective sample size: the variance of a mean of n draws is that of n / tau independent ones, tau being the sum of
 * all autocorrelations. They are estimated from all chains together, so chains that disagree count for little; summed in pairs, whose
 * sums are positive and falling for any reversible chain (C. J. Geyer, Statistical Science 7 (1992)), until noise takes over. */
#include "math/chains.h"

#include <math.h>
#include <string.h>

#include "core/sort.h"
#include "math/kernels.h"
#include "math/special.h"

/* --- order ---------------------------------------------------------------------------------------------------------------- */

/* Moves the k-th smallest to place k, smaller ones before and larger ones behind it (C. A. R. Hoare's FIND). */
static void select_place(double *numbers, size_t count, size_t k)
{
    size_t low = 0, high = count - 1;

    while (low < high) {
        double pivot = numbers[low + (high - low) / 2];
        size_t i = low, j = high;

        for (;;) {
            double other;

            while (numbers[i] < pivot)
                i++;
            while (pivot < numbers[j])
                j--;
            if (i >= j)
                break;
            other = numbers[i];
            numbers[i++] = numbers[j];
            numbers[j--] = other;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
}

double retain__quantile(double *numbers, size_t count, double share)
{
    double place = share * (double)(count - 1), below = floor(place), next = (double)INFINITY;
    size_t at = (size_t)below;

    if (count == 0)
        return (double)NAN;
    select_place(numbers, count, at);
    if (place == below)
        return numbers[at];
    for (size_t i = at + 1; i < count; i++)
        next = numbers[i] < next ? numbers[i] : next;
    return next == numbers[at] ? next : numbers[at] + (place - below) * (next - numbers[at]);
}

void retain__mean_and_deviation(const double *numbers, size_t count, double *mean, double *deviation)
{
    double middle = 0.0, squares = 0.0;

    for (size_t i = 0; i < count; i++) {
        double off = numbers[i] - middle;

        if (numbers[i] == (double)INFINITY) {
            *mean = numbers[i];
            *deviation = (double)NAN;
            return;
        }
        middle += off / (double)(i + 1);
        squares += off * (numbers[i] - middle);
    }
    *mean = count ? middle : (double)NAN;
    *deviation = count > 1 ? sqrt(squares / (double)(count - 1)) : (double)NAN;
}

/* Bits that sort as the numbers do. */
static uint64_t sorted_bits(double x)
{
    uint64_t bits = retain__bits(x + 0.0);

    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* Normal scores of the ranks of `count` numbers; equal ones share theirs. `words` is room for 4 a number. */
static void score(const double *numbers, size_t count, uint64_t *words, double *scores)
{
    const retain__row_shape shape = {.width = 2, .keys = 1};

    for (size_t i = 0; i < count; i++) {
        words[2 * i] = sorted_bits(numbers[i]);
        words[2 * i + 1] = i;
    }
    retain__sort_rows(&shape, words, words + 2 * count, count);
    for (size_t first = 0, last; first < count; first = last) {
        double rank, value;

        for (last = first + 1; last < count && words[2 * last] == words[2 * first]; last++)
            ;
        rank = 0.5 * (double)(first + 1 + last);
        value = retain__ndtri((rank - 0.375) / ((double)count + 0.25));
        for (size_t i = first; i < last; i++)
            scores[words[2 * i + 1]] = value;
    }
}

/* --- chains --------------------------------------------------------------------------------------------------------------- */

static double mean_of(const double *numbers, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum / (double)count;
}

/* Sum over a chain of products of deviations, `lag` apart, divided by its length. */
static double covary(const double *chain, size_t draws, double mean, size_t lag)
{
    double sum = 0.0;

    for (size_t i = 0; i + lag < draws; i++)
        sum += (chain[i] - mean) * (chain[i + lag] - mean);
    return sum / (double)draws;
}

/* Variance within chains and an estimate of that of the distribution, which counts what lies between chains too. */
typedef struct variances {
    const double *numbers;
    size_t chains, draws;
    double within, all;
} variances;

static variances compare(const double *numbers, size_t chains, size_t draws)
{
    variances of = {numbers, chains, draws, 0.0, 0.0};
    double middle = 0.0, squares = 0.0;

    for (size_t chain = 0; chain < chains; chain++) {
        const double *own = numbers + chain * draws;
        double mean = mean_of(own, draws), off = mean - middle;

        of.within += covary(own, draws, mean, 0) * (double)draws / (double)(draws - 1) / (double)chains;
        middle += off / (double)(chain + 1);
        squares += off * (mean - middle);
    }
    of.all = of.within * (double)(draws - 1) / (double)draws + (chains > 1 ? squares / (double)(chains - 1) : 0.0);
    return of;
}

static double find_r_hat(const double *numbers, size_t chains, size_t draws)
{
    variances of = compare(numbers, chains, draws);

    return of.within > 0.0 ? sqrt(of.all / of.within) : (double)NAN;
}

static double correlate(const variances *of, size_t lag)
{
    double sum = 0.0;

    for (size_t chain = 0; chain < of->chains; chain++) {
        const double *own = of->numbers + chain * of->draws;

        sum += covary(own, of->draws, mean_of(own, of->draws), lag);
    }
    return 1.0 - (of->within - sum / (double)of->chains) / of->all;
}

static double find_effective(const double *numbers, size_t chains, size_t draws)
{
    variances of = compare(numbers, chains, draws);
    double count = (double)chains * (double)draws, even = 1.0, odd, tau, last = (double)INFINITY;

    if (!(of.within > 0.0))
        return (double)NAN;
    odd = correlate(&of, 1);
    tau = -1.0;
    for (size_t lag = 2; lag + 2 < draws && even + odd > 0.0; lag += 2) { /* pairs of lags, no larger than the pair before */
        last = even + odd < last ? even + odd : last;
        tau += 2.0 * last;
        even = correlate(&of, lag);
        odd = correlate(&of, lag + 1);
    }
    tau += even > 0.0 ? even : 0.0;
    return count / (tau > 1.0 / log10(count) ? tau : 1.0 / log10(count));
}

/* Every chain as two; of an odd number of draws the one in the middle is left out. */
static void split(const double *numbers, size_t chains, size_t draws, double *halves)
{
    size_t half = draws / 2;

    for (size_t chain = 0; chain < chains; chain++) {
        memcpy(halves + 2 * chain * half, numbers + chain * draws, half * sizeof *halves);
        memcpy(halves + (2 * chain + 1) * half, numbers + chain * draws + (draws - half), half * sizeof *halves);
    }
}

/* Effective sample size of the share of draws up to a quantile. */
static double find_tail(const double *halves, size_t chains, size_t draws, double quantile, double *marks)
{
    for (size_t i = 0; i < chains * draws; i++)
        marks[i] = halves[i] <= quantile ? 1.0 : 0.0;
    return find_effective(marks, chains, draws);
}

retain__convergence retain__find_convergence(const double *numbers, size_t chains, size_t draws, double *room)
{
    size_t half = draws / 2, count = 2 * chains * half, all = chains * draws;
    double *halves = room, *scores = room + all, folded, median, low, high;
    uint64_t *words = (uint64_t *)(void *)(room + 2 * all);
    retain__convergence of = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};

    if (half < 2)
        return of;
    memcpy(scores, numbers, all * sizeof *scores);
    low = retain__quantile(scores, all, 0.05);
    high = retain__quantile(scores, all, 0.95);
    split(numbers, chains, draws, halves);
    memcpy(scores, halves, count * sizeof *scores);
    median = retain__quantile(scores, count, 0.5);
    of.ess_mean = find_effective(halves, 2 * chains, half);
    of.ess_tail = fmin(find_tail(halves, 2 * chains, half, low, scores), find_tail(halves, 2 * chains, half, high, scores));
    score(halves, count, words, scores);
    of.ess_bulk = find_effective(scores, 2 * chains, half);
    of.r_hat = find_r_hat(scores, 2 * chains, half);
    for (size_t i = 0; i < count; i++)
        halves[i] = fabs(halves[i] - median);
    score(halves, count, words, scores);
    folded = find_r_hat(scores, 2 * chains, half);
    of.r_hat = folded > of.r_hat ? folded : of.r_hat;
    return of;
}
