/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_COHORT_COMPARE_H
#define RETAIN_COHORT_COMPARE_H

#include "retain/cohort_cells.h"
#include "retain/context.h"
#include "retain/orders.h"

/** @addtogroup cohort
 *  @{
 *
 *  **Are two cohorts really different?** Two rows of any cohort table, say the customers of March and of April, or of two
 *  countries: do they come back equally fast, and are they worth the same?
 *
 *      int64_t edges[] = {0, 31, 59, 90};                   // three months
 *      retain_cohort_layout layout = {sizeof layout, RETAIN_COHORT_BY_PERIOD, RETAIN_COHORT_AGE, edges, 4, NULL, 0, NULL};
 *      retain_cohort_compare_options options = {.struct_size = sizeof options, .replicates = 1000, .seed = 1};
 *      retain_cohort_comparison found = {.struct_size = sizeof found};
 *      retain_cohort_compare(NULL, &log, 89, &layout, 0, 1, 1, NULL, &options, &found);   // money up to the month after
 *      // found.difference, between found.low and found.high; found.money_p_value, found.return_p_value */

#ifdef __cplusplus
extern "C" {
#endif

/** As a column: the last one to which customers of both rows are exposed (the first, when there is none). Of two acquisition periods the
 *  younger has not reached the table's last ages. */
#define RETAIN_COHORT_LAST_COLUMN SIZE_MAX

/** What to compare. NULL or zeros after struct_size mean: margin 1, no replicates, 95 %. */
typedef struct retain_cohort_compare_options {
    size_t struct_size;             /**< sizeof(retain_cohort_compare_options) */
    double margin;                  /**< as for retain_cohort_cells, and so are the next three */
    const double *margins;          /**< optional margin of each customer */
    const int64_t *margin_customer; /**< [margin_count] strictly ascending */
    size_t margin_count;            /**< length of both */
    int replicates;                 /**< of the permutation test and of the bootstrap, at most 100000; 0 means neither: NaN */
    uint64_t seed;                  /**< of both */
    double level;                   /**< two-sided level of the interval, in (0, 1); 0 means 0.95 */
} retain_cohort_compare_options;

/** Two rows beside each other. */
typedef struct retain_cohort_comparison {
    size_t struct_size; /**< sizeof(retain_cohort_comparison) */
    /* money: customers who are exposed to the column, and what they brought in this column and those before it */
    double exposed[2];    /**< customers of each row */
    double value[2];      /**< margin x net money per customer; NaN where nobody is exposed */
    double difference;    /**< value[0] - value[1] */
    double low;           /**< lower limit of the difference by the bootstrap; NaN below 2 customers in a row */
    double high;          /**< upper limit */
    double money_p_value; /**< two-sided p of the permutation test; NaN below 2 customers in a row, and when all brought the same */
    /* time from the first occasion to the second, all customers of both rows; still waiting at the observation end: censored */
    double customers[2];   /**< customers of each row */
    double returned[2];    /**< those who came back */
    double expected[2];    /**< those who would have, if both rows were alike */
    double chi_squared;    /**< log-rank statistic, one degree of freedom; NaN when nobody came back or a row is empty */
    double return_p_value; /**< its p */
    size_t column;         /**< money is that of the columns up to this one */
} retain_cohort_comparison;

/** Compares two rows of a cohort table.
 *
 *  @param layout      as for retain_cohort_cells
 *  @param row, other  numbers of two different rows
 *  @param column      money is that of the columns up to this one; or RETAIN_COHORT_LAST_COLUMN
 *  @param options     NULL for the defaults
 *  @param comparison  receives the result
 *  @return as retain_cohort_cells; RETAIN_ERROR_ARGUMENT also for a row or column that is not in the table
 *
 *  The permutation test deals the customers of both rows out again, `replicates` times, and counts how often the two means differ
 *  as much; the difference is divided by its standard error each time (Welch's t), so that rows that differ in spread and size
 *  but not in the mean are not taken for different: A. Janssen, "Studentized permutation tests for non-i.i.d. hypotheses and the
 *  generalized Behrens-Fisher problem", Statistics & Probability Letters 36 (1997), 9-21. p = (1 + how often) / (1 + replicates).
 *  Customers are dealt in ascending order from a stream of (seed, replicate): the order of rows and threads do not show. The
 *  bootstrap is that of retain_cohort_cells. Log-rank: N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163-170.
 *
 *  Cost: as retain_cohort_cells, plus O(replicates * customers of both rows); 30 bytes of scratch a customer of the log. */
RETAIN_API retain_status retain_cohort_compare(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                               const retain_cohort_layout *layout, size_t row, size_t other, size_t column,
                                               const retain_orders_options *counting, const retain_cohort_compare_options *options,
                                               retain_cohort_comparison *comparison);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
