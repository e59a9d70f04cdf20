/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_COHORT_H
#define RETAIN_COHORT_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup cohort Cohorts
 *  @brief Of the customers won in January, how many bought again in February, in March, ...?
 *
 *  A customer belongs to the **cohort** of the period that holds the first occasion. The **age** of a period counts from
 *  there: 0 is the acquisition period itself, in which everyone is active by definition. Tables are square, `periods` x
 *  `periods`, row by cohort, column by age: cell (c, a) is at [c * periods + a] and speaks of calendar period c + a. A cell
 *  whose period is not over, or would lie beyond the last period, is NaN and not complete: never 0. An occasion lies on the
 *  day of its earliest order.
 *
 *      int64_t edges[] = {0, 31, 59, 90};                   // three months
 *      double size[3], active[9], retention[9];
 *      retain_cohort_active(NULL, &log, 89, edges, 4, NULL, NULL, size, active, NULL, NULL, NULL);
 *      retain_cohort_retention(NULL, size, active, 3, 0, retention, NULL, NULL);
 *      // retention[0 * 3 + 1]: share of the first month's customers who came back in the second
 *
 *  Counts of disjoint groups of customers add up: tables of partitions by customer can be summed before rates are taken.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What "retained at age a" means. */
typedef enum retain_cohort_kind {
    RETAIN_COHORT_PERIOD = 0, /**< N-period: an occasion in exactly that period */
    /** Unbounded: an occasion in that period or a later one up to the observation end. Biased down in the latest periods,
     *  where "later" has hardly begun: read them with care */
    RETAIN_COHORT_UNBOUNDED = 1,
    /** Bracket: an occasion in a range of ages, such as days 8 to 30. For retain_cohort_cells, which takes such ranges */
    RETAIN_COHORT_BRACKET = 2
} retain_cohort_kind;

/** How to count. NULL or zeros after struct_size mean: N-period, in periods that are over. */
typedef struct retain_cohort_options {
    size_t struct_size;      /**< sizeof(retain_cohort_options) */
    retain_cohort_kind kind; /**< meaning of `active`: PERIOD or UNBOUNDED */
    /** 1: cells of the period that is running at the observation end hold what was counted so far, instead of NaN; they stay
     *  marked as not complete. For money that adds up; take rates from tables without it */
    int count_running;
} retain_cohort_options;

/** Customers, orders and money by cohort and age.
 *
 *  @param observation_end  last day observed, itself included: period k is over when edges[k + 1] <= observation_end + 1
 *  @param edges            [edge_count] strictly ascending day numbers (retain_calendar_edges); edges[0] must not be later
 *                          than the first occasion of the log, so that no customer's beginning is missed. periods =
 *                          edge_count - 1, any number
 *  @param counting         which orders make an occasion; NULL for the defaults
 *  @param options          NULL for the defaults
 *  @param size             [periods] receives the customers acquired in each period: so far, when the period is running at
 *                          the observation end; NaN when it has not begun
 *  @param active           [periods * periods] receives active customers; may be NULL, as may all that follow
 *  @param orders_placed    [periods * periods] receives orders that made an occasion
 *  @param revenue          [periods * periods] receives their money, each cell rounded once. With count_running the cells add
 *                          up to the kept value of retain_orders_report
 *  @param complete         [periods * periods] receives 1 where the cell's period is over, else 0
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for bad edges or options; RETAIN_ERROR_DATA for a bad row, or one that makes an
 *          occasion before the first edge or not before the last; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary, plus O(periods^2) time; scratch as for retain_cohort_cells, of which this is the plainest
 *  table. */
RETAIN_API retain_status retain_cohort_active(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                              const int64_t *edges, size_t edge_count, const retain_orders_options *counting,
                                              const retain_cohort_options *options, double *size, double *active,
                                              double *orders_placed, double *revenue, uint8_t *complete);

/** Retention with its interval: active / size, cell by cell.
 *
 *  @param size       [periods], NaN where the period has not begun
 *  @param active     [periods * periods], NaN where the cell does not exist: nothing else keeps a cell out
 *  @param level      two-sided level of the Wilson interval; 0 means 0.95
 *  @param retention  [periods * periods] receives fractions; NaN where active is NaN or the cohort is empty. May be the array
 *          `active` itself
 *  @param low, high  [periods * periods] receive the limits; each may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a count below 0 or above its cohort; RETAIN_ERROR_ARGUMENT. Cost: O(periods^2). */
RETAIN_API retain_status retain_cohort_retention(retain_context *ctx, const double *size, const double *active, size_t periods,
                                                 double level, double *retention, double *low, double *high);

/** The average row: retention by age over all cohorts that have reached that age.
 *
 *  Weighted: sum of active over sum of size, over the cells that exist (that are not NaN). A plain mean of the rows would let
 *  a cohort of ten customers count as much as one of ten thousand.
 *
 *  @param size, active  as for retain_cohort_retention
 *  @param level      two-sided level of the Wilson intervals; 0 means 0.95
 *  @param average    [periods] receives fractions by age; NaN at ages that no cohort has reached, or only empty ones
 *  @param customers  [periods] receives the denominators: customers of the cohorts that have reached that age; may be NULL
 *  @param low, high  [periods] receive Wilson limits; each may be NULL
 *  @return as retain_cohort_retention. Cost: O(periods^2). */
RETAIN_API retain_status retain_cohort_average(retain_context *ctx, const double *size, const double *active, size_t periods,
                                               double level, double *average, double *customers, double *low, double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
