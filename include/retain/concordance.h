/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CONCORDANCE_H
#define RETAIN_CONCORDANCE_H

#include <stddef.h>

#include "retain/context.h"
#include "retain/durations.h"

/** @defgroup concordance Concordance
 *  @brief Do those with the larger score leave sooner, when not all have left yet?
 *
 *  A score was given to each customer, larger meaning that they leave sooner; later it is known of some when they left, and of the
 *  others how long they have stayed so far (retain/durations.h). Leaving out who is still there, or counting them as staying for
 *  ever, judges the score by whom one happened to watch for how long.
 *
 *      double months[] = {1, 3, 3, 8, 12, 12}, risk[] = {0.9, 0.7, 0.2, 0.8, 0.1, 0.3};
 *      uint8_t left[] = {1, 1, 0, 1, 0, 0};
 *      retain_durations durations = {.count = 6, .exit = months, .event = left};
 *      retain_concordance_report report = {.struct_size = sizeof report};
 *      retain_concordance_harrell(NULL, &durations, risk, NULL, &report);       // 10 pairs of 11 are the right way round
 *
 *  - **Harrell's C**: of two customers of whom it is known who left first, the chance that this one had the larger score, equal
 *    scores counting half. Known is a pair where one left at t and the other was there longer (was last seen at t or later, or left
 *    later). F. E. Harrell et al., JAMA 247 (1982), 2543-2546. With late entry both must be under watch at t. What it estimates
 *    depends on how long customers were watched
 *  - **Uno's C**: the same, each pair counting 1 / G(t-)^2, with G the Kaplan-Meier estimate of not yet being censored: what would
 *    have been seen had nobody been lost from sight. It needs a horizon at which enough are still watched. H. Uno et al.,
 *    Statistics in Medicine 30 (2011), 1105-1117
 *  - **AUC at time t** (cumulative / dynamic): of two customers of whom one has left by t and the other has not, the chance that the
 *    first has the larger score; who left at u counts 1 / G(u-). H. Uno et al., JASA 102 (2007), 527-537; H. Hung, C.-T. Chiang,
 *    Canadian Journal of Statistics 38 (2010), 8-26
 *  - **Brier score at time t**: mean of (probability of still being there at t - whether they were)^2, of those who left at u <= t
 *    weighted by 1 / G(u-), of those still there by 1 / G(t). E. Graf et al., Statistics in Medicine 18 (1999), 2529-2545
 *
 *  Weighting takes for granted that being lost from sight has nothing to do with the score or with leaving, as when customers merely
 *  joined at different times. Events precede censorings of the same time, so who left at t was not censored before: G(t-).
 *
 *  **Standard errors** are by the infinitesimal jackknife: the root of the sum over customers of the squared change of the figure with
 *  their weight, that of G included. For Harrell's C these are those of R's survival::concordance (T. M. Therneau, D. A. Watson, 2015) of
 *  rows without weights, or of each row as many times as its weight says; R's own weights are those of a sample, and give others.
 *  Limits of C and AUC are symmetric in the logit, those of Brier scores on their own scale.
 *
 *  Weights count customers: one of weight 3 is three. Common errors: RETAIN_ERROR_DATA for a row that breaks a rule, with its number;
 *  RETAIN_ERROR_ARGUMENT for a bad option, and for late entry where it is not allowed; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What to change. NULL or zeros after struct_size mean 95 % limits, and all events. */
typedef struct retain_concordance_options {
    size_t struct_size; /**< sizeof(retain_concordance_options) */
    double level;       /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    double horizon;     /**< tau: only who left before it counts as having left first; finite, > 0; 0 means no horizon */
} retain_concordance_options;

/** How well a score ranks durations. */
typedef struct retain_concordance_report {
    size_t struct_size;    /**< sizeof(retain_concordance_report) */
    double rows;           /**< sum of the weights */
    double events;         /**< of those who left (before the horizon) */
    double concordant;     /**< pairs, of who left first had the larger score; Uno: as they count */
    double discordant;     /**< pairs, the smaller */
    double tied_score;     /**< pairs, an equal one */
    double tied_time;      /**< pairs who left at the same time: they tell nothing */
    double concordance;    /**< (concordant + tied_score / 2) / (all three); NaN without such pairs */
    double standard_error; /**< its standard error; NaN likewise */
    double low;            /**< its limits; NaN where the error is 0 */
    double high;           /**< upper limit */
} retain_concordance_report;

/** Harrell's C.
 *
 *  @param durations  rows; those of weight 0 are not there
 *  @param score      [durations->count] finite; larger: leaves sooner
 *  @param options    NULL for the defaults
 *  @param report     receives the figures; struct_size is to be set
 *  Cost: O(count log count); 176 bytes of scratch a row. */
RETAIN_API retain_status retain_concordance_harrell(retain_context *ctx, const retain_durations *durations, const double *score,
                                                    const retain_concordance_options *options, retain_concordance_report *report);

/** Uno's C. The same but for the weights of pairs; entries must be NULL or 0. */
RETAIN_API retain_status retain_concordance_uno(retain_context *ctx, const retain_durations *durations, const double *score,
                                                const retain_concordance_options *options, retain_concordance_report *report);

/** One entry per time: the caller's arrays. Columns that are NULL are not written. */
typedef struct retain_concordance_columns {
    double *value;          /**< AUC, or Brier score */
    double *standard_error; /**< its standard error */
    double *low;            /**< its limits; NaN where the error is 0 */
    double *high;           /**< upper limit */
    double *cases;          /**< rows that had left by then */
    double *controls;       /**< rows that were still there afterwards */
    double *null_value; /**< the same for a score that says nothing: 1/2, or S (1 - S) with the Kaplan-Meier estimate S for all */
} retain_concordance_columns;

/** AUC at given times.
 *
 *  @param durations  rows; entries must be NULL or 0
 *  @param score      [durations->count] finite; larger: leaves sooner. Scores that differ by time are asked for one time at a time
 *  @param time       [times] finite, >= 0, in any order
 *  @param level      two-sided, in (0, 1); 0 means 0.95
 *  @param columns    [times] each; value NaN where nobody had left by then, or nobody was watched longer
 *  Cost: O(count) to sort, and O(count) a time; 176 bytes of scratch a row. */
RETAIN_API retain_status retain_concordance_auc(retain_context *ctx, const retain_durations *durations, const double *score,
                                                const double *time, size_t times, double level,
                                                const retain_concordance_columns *columns);

/** Brier scores at given times, and their mean over time.
 *
 *  @param durations   rows; entries must be NULL or 0
 *  @param survival    [times * durations->count] in [0, 1]: at [k * durations->count + i] the probability, forecast for row i, of still
 *                     being there after time[k]
 *  @param time        [times] finite, >= 0, ascending
 *  @param level       two-sided, in (0, 1); 0 means 0.95
 *  @param columns     [times] each; value NaN where nobody was watched longer, unless all had left by then
 *  @param integrated  receives the mean over the times, by the trapezoidal rule, as one entry of columns; NaN for fewer than two
 *                     times, or where one of them is NaN; cases and controls are not written; may be NULL
 *  Cost: O(count) to sort, and O(count) a time; 176 bytes of scratch a row. */
RETAIN_API retain_status retain_concordance_brier(retain_context *ctx, const retain_durations *durations, const double *survival,
                                                  const double *time, size_t times, double level,
                                                  const retain_concordance_columns *columns,
                                                  const retain_concordance_columns *integrated);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
