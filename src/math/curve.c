/* The product-limit estimate, walked along.
 *
 * S = product over lengths of (1 - ended / at risk). Where durations only end, between two lengths at which some are left open or
 * enter, the product telescopes to a ratio of two counts, and is computed as one: so without open durations F is the plain share,
 * correctly rounded. F is carried beside S as a sum of positive terms, so neither loses digits where it is small. Who is at risk is an
 * exact sum: weights that are no whole numbers leave nobody over when all have gone.
 *
 * Limits on the scale of log(-log S): with L = -log S, the limits of S are exp(-L e^(+-z se)), se = sqrt(var log S) / L. */
#include "math/curve.h"

#include <float.h>
#include <math.h>

#include "math/kernels.h"

/* A share counts as reached when rounding may have kept it from being: far below the weight of one duration. */
static const double TOLERANCE = 1e-12;

retain__sum retain__curve_beginners(const retain__duration *duration, size_t count)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < count; i++) {
        const retain__sum here = retain__two_sum(duration[i].ended, duration[i].open);

        retain__sum_gather(&sum, here);
        if (duration[i].entered > 0.0)
            retain__sum_gather(&sum, (retain__sum){-duration[i].entered, 0.0});
    }
    retain__sum_settle(&sum);
    return sum;
}

/* Is it 0 or a whole number, if it is below 2^51? */
static int is_whole(double x)
{
    return (x + 0x1p52) - 0x1p52 == x;
}

/* Whether all numbers are whole and their sums too small to be rounded; then also the sum that retain__curve_beginners gives. */
static int count_beginners(const retain__duration *duration, size_t count, double *beginners)
{
    double gone = 0.0, entered = 0.0;
    int whole = 1;

    for (size_t i = 0; i < count; i++) {
        whole &= is_whole(duration[i].ended) & is_whole(duration[i].open) & is_whole(duration[i].entered);
        gone += duration[i].ended + duration[i].open;
        entered += duration[i].entered;
    }
    *beginners = gone - entered;
    return whole && gone < 0x1p51 && entered < 0x1p51;
}

retain__curve retain__curve_begin(const retain__duration *duration, size_t count)
{
    retain__curve curve = {.next = duration, .end = duration + count, .rest_before = 1.0, .rest = 1.0};

    curve.is_whole = count_beginners(duration, count, &curve.left.high);
    if (!curve.is_whole)
        curve.left = retain__curve_beginners(duration, count);
    curve.segment = retain__sum_value(curve.left);
    return curve;
}

static void begin_segment(retain__curve *curve, const retain__duration *at)
{
    if (at->open > 0.0)
        retain__sum_add(&curve->left, -at->open);
    if (at->entered > 0.0)
        retain__sum_add(&curve->left, at->entered);
    curve->segment = retain__sum_value(curve->left);
    curve->share_before = curve->share;
    curve->rest_before = curve->rest;
}

/* Weights of very different sizes (30 digits) lose the small ones in their sum: at least those who end or are left open were there. */
static void keep_at_risk(retain__curve *curve, double least)
{
    if (retain__sum_value(curve->left) < least) {
        curve->left = (retain__sum){least, 0.0};
        curve->segment = fmax(curve->segment, least);
    }
}

static void pass_any(retain__curve *curve, const retain__duration *at)
{
    keep_at_risk(curve, at->ended + at->open);
    curve->at_risk = retain__sum_value(curve->left);
    if (at->ended > 0.0) {
        retain__sum_add(&curve->left, -at->ended);
        curve->after = fmax(0.0, retain__sum_value(curve->left));
        curve->share = curve->share_before + curve->rest_before * ((curve->segment - curve->after) / curve->segment);
        curve->rest = curve->rest_before * (curve->after / curve->segment);
        curve->variance += at->ended / curve->at_risk / curve->after;
    }
    if (at->open > 0.0 || at->entered > 0.0)
        begin_segment(curve, at);
}

/* The same where numbers are whole: every sum is exact at once, and nobody waits for one of 106 bits. */
static void pass_whole(retain__curve *curve, const retain__duration *at)
{
    const double left = curve->left.high, after = left - at->ended;

    curve->at_risk = left;
    if (at->ended > 0.0) {
        curve->after = after;
        curve->share = curve->share_before + curve->rest_before * ((curve->segment - after) / curve->segment);
        curve->rest = curve->rest_before * (after / curve->segment);
        curve->variance += at->ended / left / after;
    }
    curve->left.high = after - at->open + at->entered;
    if (at->open + at->entered > 0.0) {
        curve->segment = curve->left.high;
        curve->share_before = curve->share;
        curve->rest_before = curve->rest;
    }
}

int retain__curve_pass(retain__curve *curve)
{
    const retain__duration *at = curve->next;

    if (at == curve->end)
        return 0;
    curve->next++;
    curve->length = at->length;
    curve->ended = at->ended;
    curve->open = at->open;
    if (curve->is_whole)
        pass_whole(curve, at);
    else
        pass_any(curve, at);
    return 1;
}

int retain__curve_step(retain__curve *curve)
{
    while (retain__curve_pass(curve)) {
        if (curve->ended > 0.0)
            return 1;
    }
    return 0;
}

static double within_one(double share)
{
    return fmin(1.0, fmax(0.0, share));
}

/* -log S, for all S below 1/2, or for all others: either way keeps its digits. */
static RETAIN__INLINE void find_depths_body(size_t count, const double *rest, const double *share, int is_low, double *depth)
{
    for (size_t i = 0; i < count; i++)
        depth[i] = is_low ? -retain__fast_log(rest[i] > DBL_MIN ? rest[i] : DBL_MIN)
                          : -retain__fast_log1p(share[i] < 0.5 ? -share[i] : -0.5);
}

RETAIN__VECTORISED(static, find_depths, (size_t count, const double *rest, const double *share, int is_low, double *depth),
                   (count, rest, share, is_low, depth));

/* Limits on the scale of log(-log S), of S or of F = 1 - S. */
static RETAIN__INLINE void limit_depths_body(size_t count, const double *depth, const double *deviation, double z, int of_rest,
                                             double *low, double *high)
{
    for (size_t i = 0; i < count; i++) {
        const double ratio = z * deviation[i] / depth[i], growth = retain__fast_exp(ratio < 709.0 ? ratio : 709.0);
        const double least = -depth[i] * growth, most = -depth[i] / growth; /* logarithms of the limits of S */

        low[i] = of_rest ? retain__fast_exp(least) : -retain__fast_expm1(most);
        high[i] = of_rest ? retain__fast_exp(most) : -retain__fast_expm1(least);
    }
}

RETAIN__VECTORISED(static, limit_depths,
                   (size_t count, const double *depth, const double *deviation, double z, int of_rest, double *low, double *high),
                   (count, depth, deviation, z, of_rest, low, high));

/* S falls from place to place, so that few of them are beside others on the other side of 1/2. */
static void find_limits(size_t count, const double *rest, const double *share, const double *deviation, double z, int of_rest,
                        double *low, double *high)
{
    enum { ROWS = 256 };
    double depth[ROWS];

    for (size_t first = 0, last; first < count; first = last) {
        const int is_low = rest[first] < 0.5;

        for (last = first + 1; last < count && last - first < ROWS && (rest[last] < 0.5) == is_low; last++)
            ;
        find_depths(last - first, rest + first, share + first, is_low, depth);
        limit_depths(last - first, depth, deviation + first, z, of_rest, low + first, high + first);
    }
}

static void limit_logarithm(double rest, double error, int of_rest, double *low, double *high)
{
    const double least = within_one(rest * exp(-error)), most = within_one(rest * exp(error));

    *low = of_rest ? least : 1.0 - most;
    *high = of_rest ? most : 1.0 - least;
}

void retain__curve_limit_columns(size_t count, const double *rest, const double *share, const double *deviation,
                                 const retain__curve_interval *interval, int of_rest, double *low, double *high)
{
    if (interval->scale == RETAIN__LOG_LOG)
        find_limits(count, rest, share, deviation, interval->z, of_rest, low, high);
    for (size_t i = 0; i < count; i++) {
        const double error = interval->z * deviation[i], middle = of_rest ? rest[i] : share[i];

        if (!(share[i] > 0.0 && rest[i] > 0.0)) {
            low[i] = high[i] = (double)NAN;
        } else if (interval->scale == RETAIN__LOG) {
            limit_logarithm(rest[i], error, of_rest, &low[i], &high[i]);
        } else if (interval->scale == RETAIN__PLAIN) {
            low[i] = within_one(middle - rest[i] * error);
            high[i] = within_one(middle + rest[i] * error);
        }
    }
}

void retain__curve_limits(const retain__curve *curve, const retain__curve_interval *interval, double *low, double *high)
{
    const double deviation = sqrt(curve->variance);

    retain__curve_limit_columns(1, &curve->rest, &curve->share, &deviation, interval, 0, low, high);
}

retain__curve_reading retain__curve_share(const retain__duration *duration, size_t count, double length,
                                          const retain__curve_interval *interval)
{
    const retain__curve_reading missing = {(double)NAN, (double)NAN, (double)NAN, 0.0};
    retain__curve curve = retain__curve_begin(duration, count), there = curve;
    retain__curve_reading reading = missing;
    size_t first = 0;

    while (first < count && duration[first].length < length)
        first++;
    reading.at_risk = retain__sum_value(retain__curve_beginners(duration + first, count - first));
    while (retain__curve_step(&curve) && curve.length <= length)
        there = curve;
    if (count == 0 || (reading.at_risk == 0.0 && there.rest > 0.0))
        return missing;
    reading.value = there.share;
    retain__curve_limits(&there, interval, &reading.low, &reading.high);
    return reading;
}

retain__curve_reading retain__curve_quantile(const retain__duration *duration, size_t count, double share,
                                             const retain__curve_interval *interval)
{
    retain__curve_reading reading = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    retain__curve curve = retain__curve_begin(duration, count);

    while (isnan(reading.high) && retain__curve_step(&curve)) {
        double low, high;

        retain__curve_limits(&curve, interval, &low, &high);
        if (isnan(reading.value) && curve.share + TOLERANCE >= share)
            reading.value = curve.length;
        if (isnan(reading.low) && (high + TOLERANCE >= share || !isnan(reading.value)))
            reading.low = curve.length;
        if (low >= share)
            reading.high = curve.length;
    }
    return reading;
}
