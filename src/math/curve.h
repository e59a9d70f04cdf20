/* The Kaplan-Meier estimate: which share of durations has ended by a given time, when some were still open when last seen.
 *
 * Durations are given counted: for each length that occurs, in ascending order, how many ended and how many were still open at it.
 * Ending precedes being left open at the same length. Written for the share that HAS ended, F = 1 - S, without cancellation where
 * that is small. Sources: E. L. Kaplan, P. Meier, JASA 53 (1958), 457-481; variance by M. Greenwood (1926); intervals of quantiles
 * by R. Brookmeyer, J. Crowley, Biometrics 38 (1982), 29-41. */
#ifndef RETAIN_CURVE_H
#define RETAIN_CURVE_H

#include <stddef.h>

#include "math/sums.h"

/* Durations of one length. Those who enter come under watch at it and are at risk at greater lengths only; where there are any, every
 * duration that begins at 0 is one that never entered. */
typedef struct retain__duration {
    double length, ended, open, entered;
} retain__duration;

/* The scale on which the interval of S is symmetric. */
typedef enum retain__curve_scale { RETAIN__LOG_LOG, RETAIN__LOG, RETAIN__PLAIN } retain__curve_scale;

/* Half the width of intervals in standard errors, and their scale. */
typedef struct retain__curve_interval {
    double z;
    retain__curve_scale scale;
} retain__curve_interval;

/* A walk along the curve, from one length to the next. */
typedef struct retain__curve {
    const retain__duration *next, *end;
    int is_whole;                     /* are all numbers of durations whole? Then every sum of them is exact as it is */
    retain__sum left;                 /* durations that have entered and have not been passed */
    double segment;                   /* the same after others than ended ones last came or went */
    double share_before, rest_before; /* F and S there */
    /* where it stands */
    double length, at_risk, ended, open;
    double after;       /* at risk less those who ended */
    double share, rest; /* F and S */
    double variance;    /* of log S, by Greenwood; infinite when S is 0 */
} retain__curve;

/* How many of all durations are at risk before the first of these lengths, which are the last ones. */
retain__sum retain__curve_beginners(const retain__duration *duration, size_t count);

/* Stands before the first length: F is 0. */
retain__curve retain__curve_begin(const retain__duration *duration, size_t count);

/* Goes on to the next length; 0 when there is none. */
int retain__curve_pass(retain__curve *curve);

/* Goes on to the next length at which something ended; 0 when there is none, the curve then standing at the last length. */
int retain__curve_step(retain__curve *curve);

/* Limits of F where the curve stands; both NaN where F or S is 0. */
void retain__curve_limits(const retain__curve *curve, const retain__curve_interval *interval, double *low, double *high);

/* The same at many places [count] at once, from S, F and the standard deviation of log S: limits of F or, with `of_rest`, of S, which have all their
 * digits where F is nearly 1. */
void retain__curve_limit_columns(size_t count, const double *rest, const double *share, const double *deviation,
                                 const retain__curve_interval *interval, int of_rest, double *low, double *high);

/* A number and its limits. */
typedef struct retain__curve_reading {
    double value, low, high;
    double at_risk; /* durations of at least this length */
} retain__curve_reading;

/* F at a length. NaN where no duration was watched so long, unless all have ended by then, and without durations. */
retain__curve_reading retain__curve_share(const retain__duration *duration, size_t count, double length,
                                          const retain__curve_interval *interval);

/* The least length at which F reaches a share, and the least lengths at which the upper and the lower limit of F reach it. NaN
 * for what is not reached. at_risk is not set. */
retain__curve_reading retain__curve_quantile(const retain__duration *duration, size_t count, double share,
                                             const retain__curve_interval *interval);

#endif
