/* Predictors, centred and scaled.
 *
 * A search goes best, and its verdicts mean the same for all predictors, when a coefficient is the effect of a typical deviation. Predictors are
 * centred at their weighted means, which the data know best, and scaled by the size that deviations have where they count: the root of
 * the fourth moment over the second is 1 for a rare dummy, 1/2 for an even one, 1.7 standard deviations for a normal predictor.
 *
 * One pass finds means, extremes and moments around where the first rows lie, which will do for nearly all columns. Where that is too far from the mean of all
 * of them, a second pass takes moments of deviations from the mean divided by the largest, so that neither numbers of 1e100 nor a large mean
 * with small deviations (dates in seconds) lose anything; deviations that are rounding of the mean are none. */
#include "data/scaling.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "data/predictors.h"
#include "math/kernels.h"
#include "math/linear.h"

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

static double find_heaviest(const measuring *of)
{
    double heaviest = of->weight ? 0.0 : 1.0;

    for (size_t i = 0; of->weight && i < of->predictors->count; i++)
        heaviest = of->weight[i] > heaviest ? of->weight[i] : heaviest;
    return heaviest;
}

/* --- pieces of a column ----------------------------------------------------------------------------------------------------------- */

enum { ROWS = 1024, LANES = RETAIN__LANES };

/* Rows of a column that have weight, and their weights in units of the heaviest. */
typedef struct piece {
    const double *x;
    double number[ROWS], weight[ROWS];
    size_t count;
    double heaviest;
} piece;

static void begin_pieces(piece *at, double heaviest)
{
    at->heaviest = heaviest;
    for (size_t i = 0; i < ROWS; i++)
        at->weight[i] = 1.0;
}

/* The rows [first, first + ROWS) of a column, where they lie if that will do. */
static void fill(const measuring *of, size_t column, size_t first, piece *at)
{
    const retain_predictors *predictors = of->predictors;
    const size_t last = predictors->count - first < ROWS ? predictors->count : first + ROWS;

    at->x = at->number;
    at->count = 0;
    if (!of->weight && predictors->stride <= 1) {
        at->x = predictors->column[column] + first;
        at->count = last - first;
        return;
    }
    for (size_t i = first; i < last; i++) {
        const double weight = weight_of(of, i) / at->heaviest;

        if (!(weight > 0.0))
            continue;
        at->number[at->count] = retain__predictor(predictors, i, column);
        at->weight[at->count++] = weight;
    }
}

/* --- passes ------------------------------------------------------------------------------------------------------------------------ */

/* What one pass over a column finds. */
typedef struct column_sums {
    double origin, farthest; /* a value, and the largest deviation from it */
    double low, high;
    int values; /* different ones: 1, 2, or 3 for more */
    double mean;
    double second, size; /* as find_spread finds them, in the caller's units; 0 where one pass was not enough */
} column_sums;

/* In lanes: least and largest, sums of weights, of weighted deviations from a centre, and of their weighted powers in a unit. So many lanes are
 * a loop of their own, which every compiler turns into vectors. */
enum { MANY = 32 };

typedef struct first_lanes {
    double low[MANY], high[MANY], all[MANY], sum[MANY], second[MANY], third[MANY], fourth[MANY];
} first_lanes;

static RETAIN__INLINE void add_lane(first_lanes *to, size_t l, double x, double weight, double centre, double unit)
{
    const double off = x - centre, scaled = off * unit, square = weight * scaled * scaled;

    to->low[l] = x < to->low[l] ? x : to->low[l];
    to->high[l] = x > to->high[l] ? x : to->high[l];
    to->all[l] += weight;
    to->sum[l] += weight * off;
    to->second[l] += square;
    to->third[l] += square * scaled;
    to->fourth[l] += square * scaled * scaled;
}

static RETAIN__INLINE void look_body(const double *x, const double *weight, size_t count, double centre, double unit,
                                     first_lanes *lanes)
{
    first_lanes own = *lanes;
    size_t i = 0;

    for (; i + MANY <= count; i += MANY) {
        for (size_t l = 0; l < MANY; l++)
            add_lane(&own, l, x[i + l], weight[i + l], centre, unit);
    }
    for (size_t l = 0; i < count; i++, l++)
        add_lane(&own, l, x[i], weight[i], centre, unit);
    *lanes = own;
}

RETAIN__VECTORISED(static, look,
                   (const double *x, const double *weight, size_t count, double centre, double unit, first_lanes *lanes),
                   (x, weight, count, centre, unit, lanes));

static double merge_many(const double *many)
{
    double lane[LANES] = {0.0};

    for (size_t l = 0; l < MANY; l++)
        lane[l % LANES] += many[l];
    return retain__merge_lanes(lane);
}

/* How many numbers are neither? */
static RETAIN__INLINE void count_others_body(const double *x, size_t count, double low, double high, size_t *others)
{
    size_t many = 0;

    for (size_t i = 0; i < count; i++)
        many += (size_t)(x[i] != low) & (size_t)(x[i] != high);
    *others = many;
}

RETAIN__VECTORISED(static, count_others, (const double *x, size_t count, double low, double high, size_t *others),
                   (x, count, low, high, others));

/* Different values: 1, 2, or 3 for more. */
static int count_values(const measuring *of, size_t column, double low, double high, piece *at)
{
    if (low == high)
        return 1;
    for (size_t first = 0; first < of->predictors->count; first += ROWS) {
        size_t others;

        fill(of, column, first, at);
        count_others(at->x, at->count, low, high, &others);
        if (others)
            return 3;
    }
    return 2;
}

/* Where the first rows lie, and one over the farthest of them: near enough to all of them, mostly, to take the moments from there. */
static double find_centre(const piece *at, double *unit)
{
    double sum = 0.0, all = 0.0, most = 0.0;

    for (size_t i = 0; i < at->count; i++) {
        sum += at->weight[i] * (at->x[i] - at->x[0]);
        all += at->weight[i];
    }
    for (size_t i = 0; i < at->count; i++)
        most = fmax(most, fabs(at->x[i] - (at->x[0] + sum / all)));
    *unit = most > 0.0 ? 1.0 / most : 1.0;
    return at->x[0] + sum / all;
}

/* Moments around the mean from those around the centre, unless it lies so far out that they would lose digits, or something is beyond
 * arithmetic. */
static void move_moments(const first_lanes *lanes, double all, double off, double unit, column_sums *seen)
{
    const double second = merge_many(lanes->second) / all, third = merge_many(lanes->third) / all;
    const double fourth = merge_many(lanes->fourth) / all, d = off * unit, m2 = second - d * d;
    const double m4 = fourth - 4.0 * d * third + 6.0 * d * d * second - 3.0 * d * d * d * d;

    if (!(m2 > 1e-100 && m4 > 1e-200 && m4 < 1e200 && d * d <= 4.0 * m2))
        return;
    seen->second = sqrt(m2) / unit;
    seen->size = sqrt(m4 / m2) / unit;
}

static column_sums look_through(const measuring *of, size_t column, piece *at)
{
    column_sums seen = {.values = 0};
    double centre = 0.0, unit = 1.0, all, off;
    first_lanes lanes;
    int begun = 0;

    memset(&lanes, 0, sizeof lanes);
    for (size_t first = 0; first < of->predictors->count; first += ROWS) {
        fill(of, column, first, at);
        if (at->count == 0)
            continue;
        if (!begun) {
            centre = find_centre(at, &unit);
            seen.origin = at->x[0];
            for (size_t l = 0; l < MANY; l++)
                lanes.low[l] = lanes.high[l] = seen.origin;
        }
        begun = 1;
        look(at->x, at->weight, at->count, centre, unit, &lanes);
    }
    if (!begun)
        return seen;
    seen.low = seen.high = seen.origin;
    for (size_t l = 0; l < MANY; l++) {
        seen.low = lanes.low[l] < seen.low ? lanes.low[l] : seen.low;
        seen.high = lanes.high[l] > seen.high ? lanes.high[l] : seen.high;
    }
    seen.farthest = fmax(seen.high - seen.origin, seen.origin - seen.low);
    all = merge_many(lanes.all);
    off = merge_many(lanes.sum) / all;
    seen.mean = centre + off;
    seen.values = count_values(of, column, seen.low, seen.high, at);
    move_moments(&lanes, all, off, unit, &seen);
    return seen;
}

/* In lanes: sums of weights, and of weighted squares and fourth powers of deviations from the mean. */
typedef struct second_lanes {
    double all[LANES], squares[LANES], fourths[LANES];
} second_lanes;

static RETAIN__INLINE void spread_body(const double *x, const double *weight, size_t count, double origin, double unit, double mean,
                                       second_lanes *lanes)
{
    second_lanes own = *lanes;
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            const double off = (x[i + l] - origin) * unit - mean, square = weight[i + l] * off * off;

            own.all[l] += weight[i + l];
            own.squares[l] += square;
            own.fourths[l] += square * off * off;
        }
    }
    for (size_t l = 0; i < count; i++, l++) {
        const double off = (x[i] - origin) * unit - mean, square = weight[i] * off * off;

        own.all[l] += weight[i];
        own.squares[l] += square;
        own.fourths[l] += square * off * off;
    }
    *lanes = own;
}

RETAIN__VECTORISED(static, spread,
                   (const double *x, const double *weight, size_t count, double origin, double unit, double mean,
                    second_lanes *lanes),
                   (x, weight, count, origin, unit, mean, lanes));

/* The root of the mean square of deviations from the mean, and the root of their mean fourth power over it. */
static void find_spread(const measuring *of, size_t column, piece *at, column_sums *seen)
{
    second_lanes lanes = {{0.0}, {0.0}, {0.0}};
    const double unit = 1.0 / seen->farthest, mean = (seen->mean - seen->origin) * unit;

    for (size_t first = 0; first < of->predictors->count; first += ROWS) {
        fill(of, column, first, at);
        spread(at->x, at->weight, at->count, seen->origin, unit, mean, &lanes);
    }
    seen->second = sqrt(retain__merge_lanes(lanes.squares) / retain__merge_lanes(lanes.all)) * seen->farthest;
    seen->size = sqrt(retain__merge_lanes(lanes.fourths) / retain__merge_lanes(lanes.squares)) * seen->farthest;
}

static void measure_columns(void *state, size_t block, size_t first, size_t last)
{
    const measuring *of = state;
    retain__scaling *into = of->scaling;
    piece at;

    (void)block;
    begin_pieces(&at, find_heaviest(of));
    for (size_t j = first; j < last; j++) {
        column_sums seen = look_through(of, j, &at);

        into->mean[j] = seen.origin;
        into->deviation[j] = into->spread[j] = 0.0;
        into->scale[j] = 1.0;
        if (!(seen.farthest > rounding * fmax(fabs(seen.low), fabs(seen.high))))
            continue;
        if (seen.second == 0.0)
            find_spread(of, j, &at, &seen);
        into->mean[j] = seen.mean;
        into->deviation[j] = seen.second;
        into->scale[j] = seen.size;
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
