/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_COHORT_CELLS_H
#define RETAIN_COHORT_CELLS_H

#include "retain/cohort.h"
#include "retain/context.h"
#include "retain/orders.h"

/** @addtogroup cohort
 *  @{
 *
 *  **Any cohort table.** retain_cohort_active answers one question in one shape. Here rows are acquisition periods, groups of
 *  customers (country, channel, first product), or both; columns are ages in periods, calendar periods (the "layer cake"), or
 *  ages in days that every customer counts from the own first order. Cells hold customers, orders and money.
 *
 *  A cell of a customer is a **window** of days; he is **exposed** to it when the window is over at the observation end. Every
 *  cell has its own denominator, the exposed customers of its row, and counts nobody else: with ages in days nobody waits for
 *  the rest of his cohort. A cell to which nobody is exposed is NaN.
 *
 *      int64_t edges[] = {0, 31, 59, 90}, ages[] = {0, 1, 31, 61};      // the first day, days 1 to 30, days 31 to 60
 *      double exposed[9], active[9], brought[9];
 *      retain_cohort_layout layout = {sizeof layout, RETAIN_COHORT_BY_PERIOD, RETAIN_COHORT_ROLLING, edges, 4, ages, 4, NULL};
 *      retain_cohort_columns columns = {0}; columns.exposed = exposed; columns.active = active; columns.value = brought;
 *      retain_cohort_cells(NULL, &log, 89, &layout, NULL, NULL, &columns);
 *      // active[0 * 3 + 1] of exposed[0 * 3 + 1] customers of the first month came back within 30 days
 *
 *  **What adds up.** Rows by both to rows by period and to rows by group; those to the one row of all; with count_running, money
 *  to the kept value of retain_orders_report. Tables of disjoint customers add up cell by cell: counts exactly (a NaN of one
 *  part is 0, its exposed is 0), money but for the last digits, since cells are rounded; for the very same bits append the
 *  compacted logs (retain_orders_compact) and make one table of the whole. Replicates of the bootstrap belong to customers and
 *  not to rows of the log: neither their order, nor threads, nor compaction changes an interval. */

#ifdef __cplusplus
extern "C" {
#endif

/** What a row of the table is. */
typedef enum retain_cohort_rows {
    RETAIN_COHORT_BY_PERIOD = 0, /**< acquisition period: rows = edge_count - 1 */
    RETAIN_COHORT_BY_GROUP = 1,  /**< group of customers: rows = groups->groups */
    RETAIN_COHORT_BY_BOTH = 2,   /**< both: row group * periods + period */
    /** all customers: one row, the average row of every other table. For money it is the only way to an average with an
     *  interval */
    RETAIN_COHORT_TOGETHER = 3
} retain_cohort_rows;

/** What a column of the table is. */
typedef enum retain_cohort_axis {
    RETAIN_COHORT_AGE = 0,      /**< periods since the acquisition period, 0 being that period itself */
    RETAIN_COHORT_CALENDAR = 1, /**< calendar periods: columns = edge_count - 1. Exposed are those acquired by then */
    RETAIN_COHORT_ROLLING = 2   /**< days since the customer's own first occasion, 0 being its day: columns from age_edges */
} retain_cohort_axis;

/** Rows and columns. Zeros but for the edges mean: acquisition period by age, as retain_cohort_active. */
typedef struct retain_cohort_layout {
    size_t struct_size;      /**< sizeof(retain_cohort_layout) */
    retain_cohort_rows rows; /**< what a row is */
    retain_cohort_axis axis; /**< what a column is */
    const int64_t *edges; /**< [edge_count] of periods, as for retain_cohort_active. Not read when neither rows nor axis need it */
    size_t edge_count;    /**< periods + 1 */
    /** [age_edge_count] strictly ascending, from 0 on: column j holds ages in [age_edges[j], age_edges[j + 1]), in days for
     *  ROLLING and in periods for AGE, where NULL means each age by itself. Uneven edges make bracket retention */
    const int64_t *age_edges;
    size_t age_edge_count;       /**< columns + 1; 0 with NULL */
    const retain_groups *groups; /**< for BY_GROUP and BY_BOTH: a group for every customer with an occasion; else not read */
} retain_cohort_layout;

/** What to compute. NULL or zeros after struct_size mean: N-period, in windows that are over, margin 1, no replicates. */
typedef struct retain_cohort_cells_options {
    size_t struct_size;      /**< sizeof(retain_cohort_cells_options) */
    retain_cohort_kind kind; /**< meaning of `active`; BRACKET needs age_edges and otherwise counts as PERIOD */
    int count_running;       /**< 1: exposed are customers whose window has begun; counted is what lies in it so far. For money
                              *   that adds up; take rates from tables without it */
    double margin;           /**< share of net money that is profit, finite; 0 means 1. Not read where margins are given */
    /** optional: margin of each customer, finite, for every customer with an occasion */
    const double *margins;
    const int64_t *margin_customer; /**< [margin_count] strictly ascending: whose margins they are */
    size_t margin_count;            /**< length of both */
    int replicates;                 /**< of the bootstrap, at most 100000: 1000 are plenty; 0 means no intervals of money */
    uint64_t seed;                  /**< of the bootstrap: the same seed gives the same intervals */
    double level;                   /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
} retain_cohort_cells_options;

/** Result: the caller's arrays to be filled. Columns that are NULL are not written. All but the first have rows * columns
 *  entries, cell (r, j) at [r * columns + j]; NaN where exposed is 0. Money and orders are those of exposed customers. */
typedef struct retain_cohort_columns {
    double *customers;   /**< [rows] customers of each row so far, exposed or not; NaN for a period that has not begun */
    double *exposed;     /**< customers of the row whose window is over: the denominator. Never NaN */
    double *active;      /**< of these, with an occasion in the window (PERIOD, BRACKET), or in it or later (UNBOUNDED) */
    double *repeat;      /**< of these, with two occasions or more in the window */
    double *orders;      /**< orders that made an occasion */
    double *occasions;   /**< occasions */
    double *gross;       /**< their money before refunds */
    double *refunds;     /**< refunds within their orders, zero or less, on the day of the order (by their own: ledger.h) */
    double *net;         /**< gross + refunds, rounded once: revenue */
    double *margin;      /**< sum of margin x net */
    double *value;       /**< margin / exposed: what an acquired customer brings in this cell */
    double *value_error; /**< standard error of `value` by the spread between exposed customers; NaN below 2 of them */
    double *value_low;   /**< lower limit of `value` by the bootstrap; NaN below 2 active customers, and without replicates */
    double *value_high;  /**< upper limit */
    /** sum of `value` over the cells up to this one: each age from all customers who have completed it. In a row whose
     *  customers are all exposed alike it is their mean money so far. NaN from the first NaN on; for CALENDAR the sum begins
     *  where the row does */
    double *cumulative;
    double *cumulative_low;  /**< lower limit of `cumulative` by the bootstrap */
    double *cumulative_high; /**< upper limit */
    uint8_t *complete;       /**< 1 where somebody is exposed, and all of the row so far are (CALENDAR: the period is over) */
} retain_cohort_columns;

/** Size of the table that a layout makes.
 *
 *  @param rows, columns  receive the two factors of every output length
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for a layout that is none; RETAIN_ERROR_DATA for a bad row of its groups;
 *          RETAIN_ERROR_MEMORY. Cost: O(edges + groups->count). */
RETAIN_API retain_status retain_cohort_shape(retain_context *ctx, const retain_cohort_layout *layout, size_t *rows,
                                             size_t *columns);

/** A cohort table of any layout.
 *
 *  @param observation_end  last day observed, itself included. A window [a, b) is over when b <= observation_end + 1
 *  @param layout           rows and columns
 *  @param counting         which orders make an occasion; NULL for the defaults
 *  @param options          NULL for the defaults
 *  @param columns          what to fill, see above
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for a bad layout or options; RETAIN_ERROR_DATA for a bad row, a first occasion
 *          outside the edges (any occasion, unless the axis is ROLLING), or a customer without a group or margin;
 *          RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *
 *  The bootstrap draws, for every customer and replicate, a Poisson(1) weight from (seed, customer, replicate), and takes the
 *  percentiles of the weighted means: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7
 *  (1979), 1-26; the Poisson form: J. A. Hanley, B. MacGibbon, "Creating non-parametric bootstrap samples using Poisson
 *  frequencies", Computer Methods and Programs in Biomedicine 83 (2006), 57-62.
 *
 *  Cost: as retain_orders_summary, plus O(rows * columns) time; a table of many more cells than a quarter of the log's rows is
 *  visited twice. Scratch beside that: some megabytes, 8 bytes a row, 32 bytes for each cell that holds anything (100 with
 *  measures beyond active, orders and net), and half a byte for each cell that does not. With replicates: O(replicates *
 *  (customers + occasions)) time, some 12 ns of one thread a customer and replicate; 40 bytes of scratch a row, and 16 bytes for
 *  each replicate and cell. */
RETAIN_API retain_status retain_cohort_cells(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                             const retain_cohort_layout *layout, const retain_orders_options *counting,
                                             const retain_cohort_cells_options *options, const retain_cohort_columns *columns);

/** Shares of any counts with their Wilson intervals: active / exposed, repeat / exposed, cell by cell.
 *
 *  @param exposed    [cells] denominators
 *  @param active     [cells] numerators, NaN where there is none
 *  @param level      two-sided level of the Wilson intervals; 0 means 0.95
 *  @param share      [cells] receives fractions; NaN where active is NaN or exposed is 0. May be the array `active` itself
 *  @param low, high  [cells] receive the limits; each may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a count below 0 or above its denominator; RETAIN_ERROR_ARGUMENT. Cost: O(cells). */
RETAIN_API retain_status retain_cohort_share(retain_context *ctx, const double *exposed, const double *active, size_t cells,
                                             double level, double *share, double *low, double *high);

/** The average row of any counts: sum of active / sum of exposed, column by column, over cells that are not NaN.
 *
 *  @param exposed, active  [rows * columns] as for retain_cohort_share
 *  @param level      two-sided level of the Wilson intervals; 0 means 0.95
 *  @param overall    [columns] receives fractions; NaN where nobody is exposed
 *  @param customers  [columns] receives the denominators; may be NULL
 *  @param low, high  [columns] receive Wilson limits; each may be NULL
 *  @return as retain_cohort_share. Cost: O(rows * columns). */
RETAIN_API retain_status retain_cohort_overall(retain_context *ctx, const double *exposed, const double *active, size_t rows,
                                               size_t columns, double level, double *overall, double *customers, double *low,
                                               double *high);

/** What became of the cost of acquiring a row's customers. */
typedef enum retain_payback {
    RETAIN_PAYBACK_NONE = 0,    /**< the cost is not known (NaN), or the row has no value at all */
    RETAIN_PAYBACK_REACHED = 1, /**< earned back */
    RETAIN_PAYBACK_OPEN = 2,    /**< not yet: later columns are not over */
    RETAIN_PAYBACK_MISSED = 3   /**< all columns are over, and it was not enough */
} retain_payback;

/** At which age a row has earned back what its customers cost.
 *
 *  @param cumulative  [rows * columns] margin so far per acquired customer, NaN where it is not known yet
 *  @param age_edges   [columns + 1] the layout's, strictly ascending, not negative; NULL for single ages from 0 on
 *  @param cost        [rows] cost of acquiring one customer of the row, finite and not negative; NaN where it is not known
 *  @param payback     [rows] receives the last age of the first column whose cumulative value is not below the cost: by the end
 *          of that age the customers have paid back. NaN when none is
 *  @param outcome     [rows] receives a retain_payback; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad cost; RETAIN_ERROR_ARGUMENT, also for bad edges. Cost: O(rows * columns). */
RETAIN_API retain_status retain_cohort_payback(retain_context *ctx, const double *cumulative, size_t rows, size_t columns,
                                               const int64_t *age_edges, const double *cost, double *payback, uint8_t *outcome);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
