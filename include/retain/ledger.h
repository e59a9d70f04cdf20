/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_LEDGER_H
#define RETAIN_LEDGER_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup ledger Ledger
 *  @brief How much was sold and paid back in each period, and does it add up to the books?
 *
 *  A refund has two dates: the day of the order that it takes back, which tells how good that month's sales were, and its own day,
 *  on which the money left the till. Both ledgers are here, side by side. Their totals are the same: what moves between the two is
 *  only the period.
 *
 *  Every row of the log up to the observation end is in exactly one column: `gross` and `refunds` of the orders that count (and of
 *  those paid back in full, which were sold once), `unmatched` for refunds of orders that are not in the log, `cancelled` for
 *  orders that never were. So net + unmatched + cancelled is the plain sum of all rows; and the totals are those of
 *  retain_orders_report: net = kept_value + refunded_value.
 *
 *      const int64_t customer[] = {1, 2, 1}, day[] = {5, 20, 40}, month[] = {0, 31, 59};
 *      const double value[] = {30, 12, 25};
 *      const retain_orders log = {.count = 3, .customer = customer, .day = day, .value = value};
 *      retain_context context = RETAIN_CONTEXT_INIT;
 *      double gross[2], by_order[2], by_day[2];
 *      retain_ledger_columns out = {0}; out.gross = gross; out.net_by_order = by_order; out.net_by_day = by_day;
 *      retain_ledger_periods(&context, &log, 58, month, 3, NULL, &out, NULL);
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The ledger: the caller's arrays to be filled, one entry per period. Columns that are NULL are not written. Periods that have not
 *  begun get NaN. */
typedef struct retain_ledger_columns {
    double *orders;           /**< [periods] orders that make an occasion */
    double *refunded_orders;  /**< [periods] orders that were paid back in full */
    double *gross;            /**< [periods] money of both before refunds */
    double *refunds_by_order; /**< [periods] refunds of the orders of the period, zero or less, whenever they were paid */
    double *refunds_by_day;   /**< [periods] refunds paid in the period, zero or less, whatever order they belong to */
    double *net_by_order;     /**< [periods] gross + refunds_by_order */
    double *net_by_day;       /**< [periods] gross + refunds_by_day */
    double *unmatched;        /**< [periods] refunds, each on its own day, of orders that are not in the log: zero or less */
    double *cancelled;        /**< [periods] money of cancelled orders, refunds included, on the day of the order */
    uint8_t *complete;        /**< [periods] 1 where the period is over, 0 where it holds what was booked so far, or nothing */
} retain_ledger_columns;

/** All periods together. */
typedef struct retain_ledger_totals {
    size_t struct_size;     /**< sizeof(retain_ledger_totals) */
    double orders;          /**< orders that make an occasion */
    double refunded_orders; /**< orders that were paid back in full */
    double gross;           /**< money of both before refunds */
    double refunds;         /**< zero or less: the same for refunds by order and by day */
    double net;             /**< gross + refunds */
    double unmatched;       /**< refunds of orders that are not in the log */
    double cancelled;       /**< money of cancelled orders */
    double money;           /**< net + unmatched + cancelled: the sum of all rows up to the observation end */
} retain_ledger_totals;

/** Money by period, refunds dated both ways.
 *
 *  An order lies in the period of its earliest row, its gross with it. Each cell, and each total, is added up exactly and rounded
 *  once, as all money is (retain/orders.h): no figure depends on the order of the rows or on threads.
 *
 *  @param observation_end  last day observed, itself included; later rows are not used. A refund that is paid later is not in the
 *                          books yet, and its order still counts
 *  @param edges            [edge_count] strictly ascending day numbers (retain_calendar_edges); every row up to the observation end
 *                          must lie in [edges[0], edges[edge_count - 1]): a ledger leaves nothing out
 *  @param counting         count_zero_orders and low_memory matter; NULL for the defaults
 *  @param columns          columns to fill
 *  @param totals           all periods together; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for bad edges or options; RETAIN_ERROR_DATA for a bad row, or one outside the edges;
 *          RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary, plus O(periods) time and 96 bytes of scratch a period, and at most 8 bytes a row more to let
 *  threads work side by side. */
RETAIN_API retain_status retain_ledger_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                               const int64_t *edges, size_t edge_count, const retain_orders_options *counting,
                                               const retain_ledger_columns *columns, retain_ledger_totals *totals);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
