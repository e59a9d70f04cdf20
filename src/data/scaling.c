/* Predictors, centred and scaled.
 *
 * A search goes best, and its verdicts mean the same for all predictors, when a coefficient is the effect of a typical deviation. Predictors are
 * centred at their weighted means, which the data know best, and scaled by the size that deviations have where they count: the root of
 * the fourth moment over the second is 1 for a rare dummy, 1/2 for an even one, 1.7 standard deviations for a normal predictor.
 *
 * Moments are taken of deviations from the first row's value divided by the largest of them, so that neither numbers of 1e100 nor a large mean with small
 * deviations (dates in seconds) lose anything; deviations that are rounding of the mean are none. */
#include "data/scaling.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "data/predictors.h"
#include "math/linear.h"
#include "math/sums.h"

enum { MOST = RETAIN__SCALED_MOST };

static const double collinear = 1e-10; /* smallest share of the variance that predictors have for themselves */
static const double rounding = 1e-12;  /* deviations beside the number that they deviate from */

typedef struct measuring {
    const retain_predictors *predictors;
    const double *weight;
    retain__scaling *scaling;
} measuring;

static double weight_of(const measuring *of, size_t i)
{
    return of->weight ? of->weight[i] : 1.0;
}

/* What one pass over a column finds. */
typedef struct column_sums {
    double origin, farthest; /* a value, and the largest deviation from it */
    double low, high;
    int values; /* different ones: 1, 2, or 3 for more */
} column_sums;

static column_sums look_through(const measuring *of, size_t column)
{
    column_sums seen = {0.0, 0.0, 0.0, 0.0, 0};

    for (size_t i = 0; i < of->predictors->count; i++) {
        const double x = retain__predictor(of->predictors, i, column);

        if (!(weight_of(of, i) > 0.0))
            continue;
        if (seen.values == 0) {
            seen = (column_sums){x, 0.0, x, x, 1};
        } else if (x < seen.low || x > seen.high) {
            seen.values = seen.values == 1 ? 2 : 3;
            seen.low = x < seen.low ? x : seen.low;
            seen.high = x > seen.high ? x : seen.high;
        } else if (x != seen.low && x != seen.high) {
            seen.values = 3;
        }
    }
    seen.farthest = fmax(seen.high - seen.origin, seen.origin - seen.low);
    return seen;
}

static double find_heaviest(const measuring *of)
{
    double heaviest = of->weight ? 0.0 : 1.0;

    for (size_t i = 0; of->weight && i < of->predictors->count; i++)
        heaviest = of->weight[i] > heaviest ? of->weight[i] : heaviest;
    return heaviest;
}

/* Sums over rows in lanes, which wait for each other less; i goes to lane i % LANES. */
enum { LANES = 4 };

static double merge(const double *lanes)
{
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

/* Deviations from the origin in units of the farthest, weights in units of the largest. */
static double find_mean(const measuring *of, size_t column, const column_sums *seen, double heaviest)
{
    const double unit = 1.0 / seen->farthest;
    double sum[LANES] = {0.0}, all[LANES] = {0.0};

    for (size_t i = 0; i < of->predictors->count; i++) {
        const double weight = weight_of(of, i) / heaviest;

        all[i % LANES] += weight;
        sum[i % LANES] += weight > 0.0 ? weight * ((retain__predictor(of->predictors, i, column) - seen->origin) * unit) : 0.0;
    }
    return merge(sum) / merge(all);
}

/* The mean square, and the mean square over the mean fourth power, of what is left beside the mean. */
static void find_spread(const measuring *of, size_t column, const column_sums *seen, double mean, double heaviest, double *second,
                        double *size)
{
    const double unit = 1.0 / seen->farthest;
    double all[LANES] = {0.0}, squares[LANES] = {0.0}, fourths[LANES] = {0.0};

    for (size_t i = 0; i < of->predictors->count; i++) {
        const double weight = weight_of(of, i) / heaviest;
        const double off = (retain__predictor(of->predictors, i, column) - seen->origin) * unit - mean;
        const double square = weight > 0.0 ? weight * off * off : 0.0;

        all[i % LANES] += weight;
        squares[i % LANES] += square;
        fourths[i % LANES] += square * off * off;
    }
    *second = merge(squares) / merge(all);
    *size = merge(fourths) / merge(squares);
}

static void measure_columns(void *state, size_t block, size_t first, size_t last)
{
    const measuring *of = state;
    retain__scaling *into = of->scaling;
    const double heaviest = find_heaviest(of);

    (void)block;
    for (size_t j = first; j < last; j++) {
        const column_sums seen = look_through(of, j);
        double mean, second, size;

        into->mean[j] = seen.origin;
        into->deviation[j] = into->spread[j] = 0.0;
        into->scale[j] = 1.0;
        if (!(seen.farthest > rounding * fmax(fabs(seen.low), fabs(seen.high))))
            continue;
        mean = find_mean(of, j, &seen, heaviest);
        find_spread(of, j, &seen, mean, heaviest, &second, &size);
        into->mean[j] = seen.origin + mean * seen.farthest;
        into->deviation[j] = sqrt(second) * seen.farthest;
        into->scale[j] = sqrt(size) * seen.farthest;
        into->spread[j] = seen.values == 2 ? seen.high - seen.low : 2.0 * into->deviation[j];
    }
}

static void name_columns(retain__scaling *scaling)
{
    for (size_t j = 0; j < MOST; j++) {
        char *name = scaling->name[j];

        *name++ = 'x';
        if (j >= 10)
            *name++ = (char)('0' + j / 10);
        *name++ = (char)('0' + j % 10);
        *name = '\0';
        scaling->names[j] = scaling->name[j];
    }
}

retain_status retain__measure_predictors(retain_context *ctx, const retain_predictors *predictors, const double *weight,
                                         retain__scaling *scaling)
{
    measuring of = {predictors, weight, scaling};

    scaling->columns = predictors->columns;
    scaling->reason[0] = '\0';
    name_columns(scaling);
    return retain__parallel(ctx, predictors->columns, 1, 0.0, 0.1, measure_columns, &of);
}

/* --- words ----------------------------------------------------------------------------------------------------------------------- */

static void say(retain__scaling *of, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(retain__scaling *of, const char *format, ...)
{
    const size_t length = strlen(of->reason);
    va_list arguments;

    va_start(arguments, format);
    retain__format(of->reason + length, sizeof of->reason - length, format, arguments);
    va_end(arguments);
}

/* Do these columns depend on each other, linearly? */
static int depend(const measuring *of, const size_t *column, size_t count)
{
    const retain__scaling *scaling = of->scaling;
    double matrix[MOST * MOST] = {0.0}, values[MOST], heaviest = find_heaviest(of);

    for (size_t row = 0; row < of->predictors->count; row++) {
        double off[MOST];

        for (size_t i = 0; i < count; i++)
            off[i] = (retain__predictor(of->predictors, row, column[i]) - scaling->mean[column[i]]) / scaling->deviation[column[i]];
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j <= i; j++)
                matrix[i * count + j] += weight_of(of, row) / heaviest * off[i] * off[j];
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++)
            matrix[i * count + j] = matrix[j * count + i] =
                matrix[i * count + j] / (sqrt(matrix[i * count + i]) * sqrt(matrix[j * count + j]));
    }
    for (size_t i = 0; i < count; i++)
        matrix[i * count + i] = 1.0;
    retain__eigen(count, matrix, values, NULL);
    return count > 1 && values[0] < collinear;
}

const char *retain__explain_open_predictors(retain__scaling *scaling, const retain_predictors *predictors, const double *weight,
                                            const int *loose)
{
    const measuring of = {predictors, weight, scaling};
    size_t column[MOST] = {0}, count = 0;

    scaling->reason[0] = '\0';
    for (size_t j = 0; j < scaling->columns; j++) {
        if (!loose[j])
            continue;
        if (scaling->deviation[j] == 0.0) {
            say(scaling, " %s is the same in every row.", scaling->names[j]);
            return scaling->reason;
        }
        column[count++] = j;
    }
    if (depend(&of, column, count)) {
        say(scaling, " One of");
        for (size_t i = 0; i < count; i++)
            say(scaling, i ? ", %s" : " %s", scaling->names[column[i]]);
        say(scaling, " follows from the others.");
    }
    return scaling->reason;
}
