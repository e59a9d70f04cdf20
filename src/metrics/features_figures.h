/* The features of one customer on one day, and which of them a panel has. */
#ifndef RETAIN_FEATURES_FIGURES_H
#define RETAIN_FEATURES_FIGURES_H

#include "data/customer_rows.h"
#include "retain/features.h"

/* What is asked for, with the defaults filled in. */
typedef struct retain__feature_plan {
    const retain_features_source *source;
    retain_features_options options;
    size_t windows;
    size_t kinds;                                        /* of events; 0 without any */
    size_t order_columns, columns;                       /* those of orders come first */
    retain_features_column column[RETAIN_FEATURES_MOST]; /* [order_columns] */
} retain__feature_plan;

/* Checks what features are made of, but for the orders' own columns, and lists the columns. */
retain_status retain__plan_features(retain_context *ctx, const retain_features_source *source, const retain_features_options *given,
                                    retain__feature_plan *plan);

/* Column c of those of events. */
retain_features_column retain__event_column(const retain__feature_plan *plan, size_t c);

/* Days that strictly ascend, none after `last`. */
retain_status retain__check_dates(retain_context *ctx, const int64_t *date, size_t dates, int64_t last);

/* Room that the figures of a customer need, zeroed at first and left as it was found. */
typedef struct retain__feature_room {
    uint64_t *gap, *spare; /* [most occasions of a customer] */
    double *sales;         /* [categories] all 0 */
    size_t *seen;          /* [categories] */
} retain__feature_room;

size_t retain__feature_room_words(const retain__feature_plan *plan, const retain__order_log *log);
retain__feature_room retain__cut_feature_room(const retain__feature_plan *plan, const retain__order_log *log, uint64_t *words);

/* Figures of the order columns, of a customer as he was known on `date`: see retain__visit_customers_on. With discounts or
 * categories, rows carry their place in the log as their attribute. */
void retain__find_features(const retain__feature_plan *plan, const retain__order_log *log, const retain__customer *customer,
                           int64_t date, const retain__feature_room *room, double *figure);

#endif
