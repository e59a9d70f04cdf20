/* The product-limit estimate, walked along.
 *
 * S = product over lengths of (1 - ended / at risk). Where durations only end, between two lengths at which some are left open or
 * enter, the product telescopes to a ratio of two counts, and is computed as one: so without open durations F is the plain share,
 * correctly rounded. F is carried beside S as a sum of positive terms, so neither loses digits where it is small. Who is at risk is an
 * exact sum: weights that are no whole numbers leave nobody over when all have gone.
 *
 * Limits on the scale of log(-log S): with L = -log S, the limits of S are exp(-L e^(+-z se)), se = sqrt(var log S) / L. */
#include "math/curve.h"

#include <math.h>

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

retain__curve retain__curve_begin(const retain__duration *duration, size_t count)
{
    retain__curve curve = {.next = duration, .end = duration + count, .rest_before = 1.0, .rest = 1.0};

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

int retain__curve_pass(retain__curve *curve)
{
    const retain__duration *at = curve->next;

    if (at == curve->end)
        return 0;
    curve->next++;
    keep_at_risk(curve, at->ended + at->open);
    curve->length = at->length;
    curve->at_risk = retain__sum_value(curve->left);
    curve->ended = at->ended;
    curve->open = at->open;
    if (at->ended > 0.0) {
        retain__sum_add(&curve->left, -at->ended);
        curve->after = fmax(0.0, retain__sum_value(curve->left));
        curve->share = curve->share_before + curve->rest_before * ((curve->segment - curve->after) / curve->segment);
        curve->rest = curve->rest_before * (curve->after / curve->segment);
        curve->variance += at->ended / curve->at_risk / curve->after;
    }
    if (at->open > 0.0 || at->entered > 0.0)
        begin_segment(curve, at);
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

/* -log S */
static double find_depth(const retain__curve *curve)
{
    return curve->rest < 0.5 ? -log(curve->rest) : -log1p(-curve->share);
}

/* Limits of S, or of F = 1 - S: each on a way of its own to keep its digits. */
static void find_limits(const retain__curve *curve, const retain__curve_interval *interval, int of_rest, double *low, double *high)
{
    const double error = interval->z * sqrt(curve->variance), middle = of_rest ? curve->rest : curve->share;
    double depth, least, most;

    *low = *high = (double)NAN;
    if (!(curve->share > 0.0 && curve->rest > 0.0))
        return;
    switch (interval->scale) {
    case RETAIN__LOG_LOG:
        depth = find_depth(curve);
        least = -depth * exp(error / depth); /* logarithms of the limits of S */
        most = -depth * exp(-error / depth);
        *low = of_rest ? exp(least) : -expm1(most);
        *high = of_rest ? exp(most) : -expm1(least);
        break;
    case RETAIN__LOG:
        least = within_one(curve->rest * exp(-error));
        most = within_one(curve->rest * exp(error));
        *low = of_rest ? least : 1.0 - most;
        *high = of_rest ? most : 1.0 - least;
        break;
    default:
        *low = within_one(middle - curve->rest * error);
        *high = within_one(middle + curve->rest * error);
        break;
    }
}

void retain__curve_rest_limits(const retain__curve *curve, const retain__curve_interval *interval, double *low, double *high)
{
    find_limits(curve, interval, 1, low, high);
}

void retain__curve_limits(const retain__curve *curve, const retain__curve_interval *interval, double *low, double *high)
{
    find_limits(curve, interval, 0, low, high);
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
