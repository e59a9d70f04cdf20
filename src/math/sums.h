/* Sums of money that do not depend on the order in which they are added.
 *
 * A plain running sum of doubles forgets a little with every addition, and what it forgets depends on the order: two threads, two
 * batches or a shuffled order log give totals that differ in the last bits, and a shop that sees two totals trusts neither. Here
 * the sum is carried as an unevaluated pair high + low, about 106 bits. Amounts are doubles whose last bit is some fixed fraction
 * of a cent, so the exact sum of any realistic ledger fits into the pair, every addition is exact, and order cannot matter.
 * (Amounts whose sizes span more than some 30 decimal digits within one sum lose the digits below that; the error is then still
 * about 1e-32 of the largest partial sum.)
 *
 * The pair is kept normalised, high = the double nearest to high + low, so equal exact sums have equal bits. A sum starts as {0,
 * 0}. Sums that overflow the doubles become NaN. */
#ifndef RETAIN_SUMS_H
#define RETAIN_SUMS_H

#include "math/pair.h"

typedef retain__pair retain__sum;

/* Adds one number. */
static inline void retain__sum_add(retain__sum *sum, double x)
{
    retain__sum top = retain__two_sum(sum->high, x);

    *sum = retain__two_sum(top.high, top.low + sum->low);
}

/* Adds another sum: the partial sums of blocks and batches. */
static inline void retain__sum_merge(retain__sum *sum, retain__sum other)
{
    retain__sum top, rest;

    if (other.low == 0.0) { /* a single amount, mostly: the same result in half the time */
        retain__sum_add(sum, other.high);
        return;
    }
    top = retain__two_sum(sum->high, other.high);
    rest = retain__two_sum(sum->low, other.low);
    top = retain__two_sum(top.high, top.low + rest.high);
    *sum = retain__two_sum(top.high, top.low + rest.low);
}

/* Adds in a hurry, for short sums in inner loops: a third of the waiting. Leaves the sum unfinished until retain__sum_settle.
 * Exact, and then the same bits as above, as long as the number of terms times the largest partial sum is less than 2^106 times the
 * last bit of the terms. */
static inline void retain__sum_gather(retain__sum *sum, retain__sum term)
{
    double high = sum->high + term.high, seen = high - sum->high;

    sum->low += ((sum->high - (high - seen)) + (term.high - seen)) + term.low;
    sum->high = high;
}

/* Makes an unfinished sum a normalised one. */
static inline void retain__sum_settle(retain__sum *sum)
{
    *sum = retain__two_sum(sum->high, sum->low);
}

/* The sum rounded to a double. */
static inline double retain__sum_value(retain__sum sum)
{
    return sum.high + sum.low;
}

#endif
