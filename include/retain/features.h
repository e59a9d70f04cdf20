/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_FEATURES_H
#define RETAIN_FEATURES_H

#include "retain/events.h"
#include "retain/orders.h"

/** @defgroup features Features
 *  @brief What was known of each customer on a day, and who was silent afterwards?
 *
 *  A model that tells who is about to leave learns from the past: on some day, this was known of the customer; in the next H days,
 *  an order came, or none. A **panel** has one row for each customer and each of several dates, with the features of that day and
 *  the **label**: 1 when no order followed in the H days after it.
 *
 *  **Nothing looks ahead.** On a date counts what rows dated up to it say, and nothing else: an order that was paid back later is
 *  still an order, for nobody knew. Changing, adding or taking away rows after the date changes no feature. What the log itself
 *  tells too early cannot be seen from here: a flag `cancelled` on the day of the order, set weeks later, looks ahead. Give
 *  cancellations and refunds as rows of their own, on their own days. retain_features_leaks finds features made elsewhere that
 *  look ahead.
 *
 *      int64_t customer[] = {7, 7, 7, 9}, day[] = {0, 10, 40, 5}, date[] = {30}, who[2], which[2];
 *      double value[] = {10.0, 20.0, 15.0, 8.0}, label[2], feature[2 * RETAIN_FEATURES_MOST]; size_t count;
 *      retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
 *      retain_features_source source = {0}; source.orders = &log;
 *      retain_features_rows rows = {who, which, label, feature};
 *      retain_features_panel(NULL, &source, 150, date, 1, NULL, NULL, &rows, 2, &count, NULL);
 *      // on day 30: customer 7 has 2 occasions, the last 20 days ago, label 0 (back on day 40); customer 9 has 1, label 1
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

enum {
    RETAIN_FEATURES_WINDOWS = 8, /**< most windows */
    RETAIN_FEATURES_KINDS =
        48, /**< most kinds of events: with them, too, a panel has no more columns than retain_predictors may have */
    RETAIN_FEATURES_IDS = 25, /**< kinds of features: ids are 0 to this - 1 */
    /** columns of a panel without events, at most */
    RETAIN_FEATURES_MOST = 19 + 2 * RETAIN_FEATURES_WINDOWS
};

/** What a column holds. D is the date; an occasion (retain/orders.h) is dated at its start; a window of W days is (D - W, D]. A
 *  **sale** is a row of positive value that is not cancelled, up to D, whatever became of its order; a compacted row is as many as it says. */
typedef enum retain_features_id {
    RETAIN_FEATURES_OCCASIONS = 0,        /**< occasions in all. Count */
    RETAIN_FEATURES_OCCASIONS_IN = 1,     /**< occasions in the last W days. Count, one column a window */
    RETAIN_FEATURES_DAYS_SINCE_FIRST = 2, /**< D - first occasion. Days */
    RETAIN_FEATURES_DAYS_SINCE_LAST = 3,  /**< D - last occasion. Days */
    RETAIN_FEATURES_GAP_MEAN = 4,         /**< mean gap between occasions. Days; NaN with one occasion */
    RETAIN_FEATURES_GAP_MEDIAN = 5,       /**< median gap; the mean of the middle two. Days; NaN with one occasion */
    RETAIN_FEATURES_GAP_DEVIATION = 6,    /**< standard deviation of the gaps, n - 1. Days; NaN below three occasions */
    RETAIN_FEATURES_GAP_LAST = 7,         /**< the last gap. Days; NaN with one occasion */
    RETAIN_FEATURES_OVERDUE_RATIO = 8,    /**< days since last / mean gap. Ratio; NaN with one occasion */
    /** (b - a) / (b + a), a and b being occasions per day known in the first W - W / 2 and in the last W / 2 of trend_days, known
     *  from the first occasion on: -1 to 1. Trend; NaN without any, or when known in one half only */
    RETAIN_FEATURES_OCCASIONS_TREND = 9,
    RETAIN_FEATURES_VALUE = 10,       /**< money of all occasions, refunds up to D included. Money */
    RETAIN_FEATURES_VALUE_IN = 11,    /**< money of the occasions in the last W days. Money, one column a window */
    RETAIN_FEATURES_VALUE_MEAN = 12,  /**< mean value of an occasion. Money */
    RETAIN_FEATURES_VALUE_LAST = 13,  /**< value of the last occasion. Money */
    RETAIN_FEATURES_VALUE_MOST = 14,  /**< largest value of an occasion. Money */
    RETAIN_FEATURES_VALUE_TREND = 15, /**< as OCCASIONS_TREND, with money in place of occasions. Trend; NaN when both are 0 */
    RETAIN_FEATURES_REFUND_SHARE =
        16, /**< - money of rows of negative value / money of sales, cancelled rows apart. Share; may exceed 1 */
    RETAIN_FEATURES_DISCOUNTED_SHARE = 17, /**< sales with a discount / sales. Share; only with `discount` */
    RETAIN_FEATURES_DISCOUNT_RATE = 18,    /**< discounts / (discounts + money), of sales. Share; only with `discount` */
    RETAIN_FEATURES_CATEGORIES = 19,       /**< different categories among the sales. Count; only with `category` */
    RETAIN_FEATURES_TOP_CATEGORY = 20,     /**< share of the sales in the category that has most. Share; only with `category` */
    /* of events, as retain_signals_columns defines them, window event_days, the customer known from the first occasion on; one
     * column a kind */
    RETAIN_FEATURES_EVENTS = 21,            /**< `count`. Count */
    RETAIN_FEATURES_EVENTS_SINCE_LAST = 22, /**< `days_since_last`. Days */
    RETAIN_FEATURES_EVENTS_TREND = 23,      /**< `trend`. Trend */
    RETAIN_FEATURES_EVENTS_MEAN = 24        /**< `mean`: of the values. In the unit of the values */
} retain_features_id;

/** Name of a feature in the plain form that tables use, such as "days_since_last"; NULL for a value that is none. */
RETAIN_API const char *retain_features_name(retain_features_id id);

/** Its unit: "count", "days", "ratio", "share", "trend" (-1 to 1), "money" or "value" (whatever the events' values are); NULL for a value that is none. */
RETAIN_API const char *retain_features_unit(retain_features_id id);

/** What features are made of: a view of the caller's arrays. All but the orders may be missing. */
typedef struct retain_features_source {
    const retain_orders *orders; /**< the order log */
    const double *discount;      /**< [orders->count] money taken off the price of the row, finite and >= 0 */
    const int64_t *category;     /**< [orders->count] code of what was bought, in [0, categories) */
    size_t categories;           /**< number of categories */
    const retain_events *events; /**< tickets, returns, late deliveries, visits ... */
    size_t kinds;                /**< kinds of events, at most RETAIN_FEATURES_KINDS; 0 means 1 */
} retain_features_source;

/** NULL or zeros after struct_size mean: windows of 30, 90 and 365 days; trends over 180 days, events over 365; everybody who ever
 *  bought; labels over 90 days. All from 1 to 2^40. */
typedef struct retain_features_options {
    size_t struct_size;                       /**< sizeof(retain_features_options) */
    int64_t windows[RETAIN_FEATURES_WINDOWS]; /**< W of each window, strictly ascending; the first 0 ends the list */
    int64_t trend_days;                       /**< W of the trends, at least 2 */
    int64_t event_days;                       /**< W of the events */
    int64_t active_days;                      /**< A: only customers with an occasion in (D - A, D]; 0 means all */
    int64_t horizon_days;                     /**< H of the labels */
} retain_features_options;

/** A column of a panel. */
typedef struct retain_features_column {
    retain_features_id id; /**< what it holds */
    int64_t days;          /**< its W in days; 0 where there is no window */
    int64_t kind;          /**< kind of the events; -1 where there are none */
} retain_features_column;

/** The columns that a panel has: those of orders in ascending id (of one id by window), then those of events in ascending id, kind by kind.
 *
 *  @param capacity  length of `columns`
 *  @param count     receives the number of columns
 *  @param columns   [capacity] receives them
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set; RETAIN_ERROR_ARGUMENT. Cost: O(columns). */
RETAIN_API retain_status retain_features_columns(retain_context *ctx, const retain_features_source *source,
                                                 const retain_features_options *options, size_t capacity, size_t *count,
                                                 retain_features_column *columns);

/** A panel: the caller's arrays to be filled, one entry per row. Rows come date by date, those of a date in ascending customer.
 *  Columns that are NULL are not written. */
typedef struct retain_features_rows {
    int64_t *customer; /**< who */
    int64_t *date;     /**< index of the date */
    double *label;     /**< 1: no order in the H days after the date; 0: one or more; NaN: the H days are not over */
    /** [columns * capacity] column f of row r at f * capacity + r: as predictors, column f begins at feature + f * capacity */
    double *feature;
} retain_features_rows;

/** What the rows are. */
typedef struct retain_features_report {
    size_t struct_size;   /**< sizeof(retain_features_report) */
    size_t rows;          /**< rows of the panel */
    size_t inactive_rows; /**< customers and dates left out: no occasion in the last A days */
    size_t open_rows;     /**< rows whose H days are not over: no label. They are the last ones */
    size_t silent_rows;   /**< rows with label 1 */
} retain_features_report;

/** Who was known on each date, what was known, and what followed.
 *
 *  In the panel of a date is who had an occasion by then, as it was known then. A label looks at the H days (D, D + H] and at nothing
 *  later: an order on one of them that was not taken back by D + H makes it 0. It exists when D + H <= observation_end. Rows of
 *  dates less than H apart share days of their labels; retain_features_split keeps training and test apart.
 *
 *  @param observation_end  last day observed, itself included: what the log is complete up to
 *  @param date             [dates] strictly ascending day numbers, at most observation_end
 *  @param counting         what makes an occasion; NULL for the defaults. unit_days is not read
 *  @param options          NULL for the defaults
 *  @param rows             columns to fill
 *  @param capacity         length of the columns
 *  @param count            receives the number of rows
 *  @param report           may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; RETAIN_ERROR_DATA for a bad row;
 *          RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: orders and events are grouped once, as retain_orders_summary and retain_signals_per_customer do it; each date then takes
 *  O(orders + events). 16 bytes of scratch a row more with discounts or
 *  categories, 16 + 32 * kinds a row of the panel with events, and 16 a category for each thread. */
RETAIN_API retain_status retain_features_panel(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                                               const int64_t *date, size_t dates, const retain_orders_options *counting,
                                               const retain_features_options *options, const retain_features_rows *rows,
                                               size_t capacity, size_t *count, retain_features_report *report);

/** What a date is for. */
typedef enum retain_features_part {
    RETAIN_FEATURES_TRAIN = 0, /**< training: its label was known on the first test date, `embargo_days` before it at least */
    RETAIN_FEATURES_TEST = 1,  /**< test: from first_test on, with a label */
    RETAIN_FEATURES_GAP = 2,   /**< neither: its label overlaps with the test, or lies within the embargo */
    RETAIN_FEATURES_OPEN = 3   /**< no label yet: what the model is for */
} retain_features_part;

/** Parts dates into training and test, so that nothing that is trained on reaches into the test: training are the dates with
 *  D + H + embargo_days <= first_test.
 *
 *  @param date          [dates] strictly ascending
 *  @param horizon_days  H, as in the panel; 0 means 90
 *  @param embargo_days  so many days more between the last day of a training label and the first test date; from 0 to 2^40
 *  @param first_test    first date of the test
 *  @param part          [dates] receives a retain_features_part for each date
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_DATA for dates that do not ascend. Cost: O(dates). */
RETAIN_API retain_status retain_features_split(retain_context *ctx, const int64_t *date, size_t dates, int64_t horizon_days,
                                               int64_t embargo_days, int64_t first_test, int64_t observation_end, uint8_t *part);

/** One version of a table of features, from wherever: a view. */
typedef struct retain_features_table {
    size_t count;            /**< rows */
    const int64_t *customer; /**< [count] strictly ascending */
    const double *feature;   /**< [columns * count] column by column; NaN for missing */
} retain_features_table;

/** Do features look ahead? Compares those made from all data with those made for the same date after everything later was taken
 *  away. Any difference is a leak: a customer who is there in one version only, or a feature that differs.
 *
 *  @param whole, cut  the two versions
 *  @param columns     number of columns of both
 *  @param tolerance   differences up to this times the larger size are none, for sums added up in another order; in [0, 1)
 *  @param leaks       [columns] receives the number of customers in both versions whose feature differs (also: missing in one version only)
 *  @param example     [columns] receives the first such customer's row in `whole`, or -1; may be NULL
 *  @param strangers   receives the number of customers who are in one version only; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_DATA for customers that do not strictly ascend. Cost: O(columns * rows). */
RETAIN_API retain_status retain_features_leaks(retain_context *ctx, const retain_features_table *whole,
                                               const retain_features_table *cut, size_t columns, double tolerance, int64_t *leaks,
                                               int64_t *example, size_t *strangers);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
