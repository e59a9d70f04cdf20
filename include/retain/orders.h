/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_ORDERS_H
#define RETAIN_ORDERS_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/** @defgroup orders Orders
 *  @brief From an order log, in any order and of any size, to one row per customer.
 *
 *  An **order log** is the shop's list of orders: who, when, how much. Rows may be whole orders, or lines and refunds of orders
 *  when an order id is given: rows of one customer with the same order id are added up to one order, dated at its earliest row.
 *  Times are day numbers (see retain/calendar.h): whoever has Unix seconds turns them into the shop's days first.
 *
 *  What counts: an order **makes an occasion** when its value is positive and it is not cancelled. All orders of a customer on one
 *  day are one occasion, and their values are summed. Orders that make no occasion are counted by reason in the report. A partial
 *  refund reduces the value of its order. An order with refunds of which less than 2^-40 (a million-millionth) of what was paid is
 *  left counts as fully refunded: 0.1 + 0.2 - 0.3 is not quite 0 in doubles.
 *
 *      int64_t customer[] = {7, 7, 9, 7}, day[] = {0, 14, 3, 14};
 *      double value[] = {10.0, 20.0, 5.0, 4.0};
 *      retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
 *      int64_t id[2]; double frequency[2], t_x[2], T[2], spend[2]; size_t count;
 *      retain_summary out = {0}; out.customer = id; out.frequency = frequency; out.t_x = t_x; out.T = T; out.spend = spend;
 *      retain_orders_summary(NULL, &log, 28, NULL, &out, 2, &count, NULL);
 *      // customer 7: frequency 1, t_x 14, T 28, spend 24;   customer 9: frequency 0, t_x 0, T 25, spend NaN
 *
 *  Value is money in any one currency. Sums of money are carried with a second, correcting double and rounded once, so they do not
 *  depend on the order of rows, on threads, or on how the log was cut in pieces. (Exactly so while all values are multiples of one
 *  power of two, and the sum of their sizes times the orders of the busiest customer is less than 2^106 times it, which holds for
 *  prices by a wide margin.)
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** An order log: a view of the caller's arrays, one entry per row. Optional columns may be NULL. */
typedef struct retain_orders {
    size_t count;             /**< number of rows */
    const int64_t *customer;  /**< [count] who: any 64-bit key */
    const int64_t *day;       /**< [count] when: day number in the shop, within +-2^40 */
    const double *value;      /**< [count] money, finite and at most 1e280 in size; negative for a refund */
    const int64_t *order;     /**< optional [count] order id, unique within a customer: rows that share it are one order */
    const uint8_t *cancelled; /**< optional [count] 1 when this row cancels its whole order, else 0 */
    /** optional [count] so many orders are in this row, a whole number >= 1, all together at most 2^53; NULL means 1. For
     *  compacted logs; not together with `order` */
    const double *multiple;
    /** optional [count] the part of `value` below its last digit, as retain_orders_compact returns it; NULL means 0 */
    const double *value_low;
} retain_orders;

/** What to count. NULL or zeros after struct_size mean: orders of positive value; times in days. */
typedef struct retain_orders_options {
    size_t struct_size; /**< sizeof(retain_orders_options) */
    double unit_days;   /**< days in the unit of t_x and T, in [1e-9, 1e9]: 7 for weeks; 0 means 1, days */
    /** orders within one such block of days (counted from day 0) are one occasion, dated at the beginning of the block; at
     *  most 2^40; 0 means 1: one day */
    int64_t occasion_days;
    int count_zero_orders; /**< 1: an order of zero rows only makes an occasion too, as in the literature's CDNOW figures */
    /** 1: group the log with at most 8 bytes of scratch a row (of the usual 16 to 40) beside a constant, a part of the customers at
     *  a time, reading the log several times. The results are the same; only a single customer's rows must fit in one part */
    int low_memory;
} retain_orders_options;

/** What became of the rows of a log. Every order up to the observation end is in exactly one of the `..._orders` fields, and the
 *  values add up to the sum of all rows up to the observation end. */
typedef struct retain_orders_report {
    size_t struct_size;     /**< sizeof(retain_orders_report) */
    size_t rows;            /**< rows read, late ones included */
    size_t late_rows;       /**< rows after the observation end: not used */
    size_t customers;       /**< customers with at least one occasion: the rows of the summary */
    size_t lost_customers;  /**< customers with rows up to the observation end but without any occasion: not in the summary */
    double kept_orders;     /**< orders that make an occasion */
    double zero_orders;     /**< orders of zero rows only, unless they count */
    double refunded_orders; /**< orders with positive and negative rows of which nothing is left, or less */
    /** orders without a positive row but with a negative one: refunds that belong to no order of the log */
    double unmatched_orders;
    double cancelled_orders; /**< orders with a cancelled row */
    double occasions;        /**< occasions of all customers */
    double kept_value;       /**< money of the kept orders: the revenue of the summary */
    double refunded_value;   /**< money of the refunded orders (zero or less, but for the last digits) */
    double unmatched_value;  /**< money of the unmatched orders (less than zero) */
    double cancelled_value;  /**< money of the cancelled orders */
    double kept_gross;       /**< money of the kept orders before refunds */
    double kept_refunds;     /**< refunds within the kept orders, zero or less: kept_gross + kept_refunds = kept_value */
} retain_orders_report;

/** The summary: the caller's arrays to be filled, one entry per customer, in ascending order of customer. Columns that are NULL are
 *  not written. */
typedef struct retain_summary {
    int64_t *customer;  /**< who */
    int64_t *first_day; /**< day of the first occasion (of its earliest order) */
    int64_t *last_day;  /**< day of the last occasion (of its latest order) */
    double *orders;     /**< orders that made an occasion */
    double *occasions;  /**< occasions, the first included */
    double *frequency;  /**< x: repeat occasions, occasions - 1 */
    double *t_x;        /**< age of the customer at the last occasion, in units; 0 when frequency is 0 */
    double *T;          /**< age of the customer at the observation end, in units */
    double *spend;      /**< mean value of a repeat occasion; NaN when frequency is 0 */
    double *spend_all;  /**< mean value of an occasion */
    double *revenue;    /**< sum of the values of all occasions */
    double *gross;      /**< the same before refunds */
    double *refunds;    /**< refunds within the orders of the occasions, zero or less: gross + refunds = revenue */
    double *log_gaps;   /**< sum of the logarithms of the gaps between successive occasions, in units; 0 when frequency is 0 */
} retain_summary;

/** One row per customer, as models and metrics need it: also a view of the caller's arrays. */
typedef struct retain_customers {
    size_t count;            /**< number of rows */
    const double *frequency; /**< [count] x, a whole number in [0, 2^53] */
    const double *t_x;       /**< [count] in [0, T]; 0 where frequency is 0 */
    const double *T;         /**< [count] finite, >= 0 */
    const double *spend;     /**< optional [count] mean value of a repeat occasion, finite; read only where frequency > 0 */
    const double *weight;    /**< optional [count] finite, >= 0: the row stands for so many identical customers; NULL means 1 */
    double unit_days;        /**< days in the unit of t_x and T: 7 for weeks. Must be positive: time units are never guessed */
    size_t covariate_count;  /**< number of covariates (retain/btyd.h), at most 16 */
    /** optional [covariate_count] columns of [count] finite numbers, each a column like the others: nothing needs to be copied, and
     *  who has them in one block points into it */
    const double *const *covariates;
    /** optional [count] sum of the logarithms of the x gaps that make up t_x, finite, at most x log(t_x / x), and 0 where frequency
     *  is 0: how even a customer's gaps are. Read only by families of regular customers with k > 1, which require it */
    const double *log_gaps;
} retain_customers;

/** An attribute of each customer, such as country, channel or first product: also a view of the caller's arrays. Metrics that take
 *  one need it for every customer who has an occasion; customers whom the log does not know do no harm. */
typedef struct retain_groups {
    size_t count;            /**< number of customers */
    const int64_t *customer; /**< [count] strictly ascending */
    const int64_t *group;    /**< [count] code of the customer's group, in [0, groups) */
    size_t groups;           /**< number of groups; those without a customer count too */
} retain_groups;

/** One row per customer from an order log.
 *
 *  @param observation_end  last day that was observed, itself included, within +-2^40. Give the day up to which the log is
 *                          complete, not "today"; a shop's quiet tail is data. retain_orders_last_day helps when nothing better is
 *                          known. Rows after it, orders or refunds, are not used
 *  @param options          NULL for the defaults
 *  @param summary          columns to fill
 *  @param capacity         length of every column that is not NULL
 *  @param count            receives the number of customers
 *  @param report           what was dropped and why; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; RETAIN_ERROR_DATA for a row that breaks a
 *          rule of retain_orders; RETAIN_ERROR_ARGUMENT, also when `order` and `multiple` are both given; RETAIN_ERROR_MEMORY;
 *          RETAIN_ERROR_CANCELLED
 *
 *  t_x = (start of last occasion - start of first occasion) / unit_days, T = (observation_end - start of first occasion) /
 *  unit_days: instants are day starts and nothing is added for the last day, as in every published likelihood (Fader, Hardie & Lee
 *  2005, Marketing Science 24(2)).
 *
 *  Cost: O(rows) time for ordinary logs in any order, O(rows log rows) for any log. Scratch: 16 bytes a row when customer, order id
 *  and day together vary in at most 64 bits, else 24 (32 with order ids), 8 more for value_low and for multiple; some megabytes;
 *  and up to 90 bytes for each row of the customer who has most, for each thread. */
RETAIN_API retain_status retain_orders_summary(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                               const retain_orders_options *options, const retain_summary *summary, size_t capacity,
                                               size_t *count, retain_orders_report *report);

/** What the customers of a calibration summary did next: the check of a forecast.
 *
 *  For each customer in `customer`, counts what lies in (calibration_end, observation_end]. Orders are netted as
 *  retain_orders_summary does it up to `observation_end`; an order belongs to the side on which its earliest row lies. An occasion
 *  that began before (occasion_days > 1) is not counted again; the money of its later orders is. Customers without orders there get
 *  0.
 *
 *  @param calibration_end    last day of the calibration, before observation_end
 *  @param customer           [customers] strictly ascending, as in a summary up to `calibration_end`
 *  @param holdout_occasions  [customers] receives occasions in the holdout
 *  @param holdout_value      [customers] receives the money of orders in the holdout; may be NULL
 *  @return as retain_orders_summary; RETAIN_ERROR_DATA when `customer` is not strictly ascending; RETAIN_ERROR_ARGUMENT when the
 *          calibration does not end before the observation. Cost: as the summary, plus O(customers). */
RETAIN_API retain_status retain_orders_holdout(retain_context *ctx, const retain_orders *orders, int64_t calibration_end,
                                               int64_t observation_end, const retain_orders_options *options,
                                               const int64_t *customer, size_t customers, double *holdout_occasions,
                                               double *holdout_value);

/** The same log, as short as it can be without losing anything: the mergeable form.
 *
 *  Rows that agree in customer, day, order id, sign of the value and cancelled flag become one row. The result is an order log
 *  again: append the compacted logs of two halves, in any order and however the log was cut, compact once more, and get bit for bit
 *  the compacted log of the whole; every function of the library gives the same result on a log and on its compacted form (only the
 *  report's `rows` and `late_rows` count what is there). That serves daily increments, parallel workers and the partitions of an
 *  engine. Nothing is dropped: cancelled, zero and refunded orders are still there.
 *
 *  Rows are sorted by customer, day, order id, cancelled flag (0 first) and sign (negative, zero, positive). The outputs may be the
 *  log's own arrays.
 *
 *  @param capacity   length of every output column; orders->count is always enough
 *  @param count      receives the number of rows
 *  @param customer, day, value, value_low  [capacity] receive the columns of the compacted log
 *  @param order      [capacity] receives order ids; NULL exactly when the log has none
 *  @param cancelled  [capacity] receives flags; NULL exactly when the log has none
 *  @param multiple   [capacity] receives the number of orders in a row; NULL exactly when the log has order ids
 *  @return as retain_orders_summary. Cost: as retain_orders_summary. */
RETAIN_API retain_status retain_orders_compact(retain_context *ctx, const retain_orders *orders, size_t capacity, size_t *count,
                                               int64_t *customer, int64_t *day, double *value, double *value_low, int64_t *order,
                                               uint8_t *cancelled, double *multiple);

/** Day of the last order that makes an occasion under `options` (the day of its earliest row, that is); the usual stand-in for an
 *  observation end that nobody wrote down.
 *
 *  @param day  receives the day number
 *  @return as retain_orders_summary; RETAIN_ERROR_DATA when no order makes an occasion. Cost: as retain_orders_summary. */
RETAIN_API retain_status retain_orders_last_day(retain_context *ctx, const retain_orders *orders,
                                                const retain_orders_options *options, int64_t *day);

/** An attribute of each customer's first order that makes an occasion, such as its product, coupon or country: what retain_groups
 *  takes, when the codes are in [0, groups).
 *
 *  @param attribute  [orders->count] a code for each row
 *  @param capacity   length of both output columns
 *  @param count      receives the number of customers, as in the summary
 *  @param customer   [capacity] receives who, ascending; may be NULL
 *  @param first      [capacity] receives the code (may be NULL): the smallest of the rows of positive value of the orders on the
 *          customer's first day (of all their rows, when zero orders count and none is positive): the order of rows has no say
 *  @return as retain_orders_summary. Cost: as retain_orders_summary, with 8 bytes of scratch a row more. */
RETAIN_API retain_status retain_orders_first(retain_context *ctx, const retain_orders *orders, const int64_t *attribute,
                                             int64_t observation_end, const retain_orders_options *options, size_t capacity,
                                             size_t *count, int64_t *customer, int64_t *first);

/** Equal rows of a customer table, each once, with their number as weight: likelihoods then cost one evaluation per distinct row,
 *  and sums over customers stay exactly the same.
 *
 *  @param customers  equal means equal frequency, t_x and T (and spend, when that column is given). A row may already have a weight
 *  @param capacity   length of the output columns; customers->count is always enough
 *  @param count      receives the number of distinct rows, sorted by frequency, then t_x, T, spend
 *  @param frequency, t_x, T, weight  [capacity] receive the distinct rows and the sum of their weights
 *  @param spend      [capacity] receives spend, NaN where frequency is 0; NULL exactly when the customers have none
 *  @param log_gaps   [capacity] receives the mean of log_gaps, by weight: log L of regular families stays the same, to rounding; may be
 *                    NULL, and must be where the customers have none
 *  @param row_of     [customers->count] receives, for each customer, the index of its distinct row; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; RETAIN_ERROR_DATA for a row that breaks a
 *          rule of retain_customers; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED. Cost: O(count) plus O(d
 *          log d) for d distinct rows; about 50 bytes of scratch a row. */
RETAIN_API retain_status retain_customers_distinct(retain_context *ctx, const retain_customers *customers, size_t capacity,
                                                   size_t *count, double *frequency, double *t_x, double *T, double *spend,
                                                   double *weight, double *log_gaps, int64_t *row_of);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
