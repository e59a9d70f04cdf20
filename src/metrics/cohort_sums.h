/* The sums of a cohort table: filled by one visit of the customers, read row by row.
 *
 * Tables of many cells are mostly empty: ten years by day make 13 million cells, and a log of a million orders reaches a few hundred
 * thousand of them. A table with more cells than the log can pay for is therefore visited twice: first to mark which cells are
 * reached, in a bit each, then to fill those. */
#ifndef RETAIN_COHORT_SUMS_H
#define RETAIN_COHORT_SUMS_H

#include "metrics/cohort_layout.h"

/* What every table has in a cell, and what only some want. */
typedef struct retain__cohort_cell {
    retain__sum net;
    double orders;
    uint64_t customers; /* active in the window; for UNBOUNDED, whose last active column this is */
} retain__cohort_cell;

typedef struct retain__cohort_more {
    retain__sum refunds, margin, squares; /* squares of the customers' margins */
    double occasions;
    uint64_t repeat; /* customers with two occasions or more in the window */
} retain__cohort_more;

/* A row's customers, and the columns that are over for every one of them. */
typedef struct retain__cohort_row {
    uint64_t customers;
    size_t over;
} retain__cohort_row;

/* Where the n-th of many numbers stands, all of them or only those that are marked. */
typedef struct retain__slots {
    size_t numbers, count; /* `count` slots */
    uint64_t *marks;       /* NULL: number n has slot n */
    size_t *before;        /* marked numbers before each word of marks */
} retain__slots;

/* Margin of each customer: a share for all, or the caller's table. */
typedef struct retain__margins {
    double share;
    const double *of;
    retain__customer_list list;
    int64_t stranger[RETAIN__LOG_BLOCKS];
    int has_stranger[RETAIN__LOG_BLOCKS];
} retain__margins;

typedef struct retain__cohort_sums {
    const retain__cohort_layout *layout;
    retain_cohort_kind kind;
    retain__margins *margins; /* with wants_more only */
    int wants_more;
    size_t tables;
    retain__slots cells, limits; /* limits: row * (columns + 1) + the first or last column that counts a customer */
    retain__cohort_cell *cell;
    retain__cohort_more *more;
    uint64_t *limit;
    retain__cohort_row *row;
    retain__group_search search;
    int64_t stray_key[RETAIN__LOG_BLOCKS], stray_day[RETAIN__LOG_BLOCKS];
    int has_stray[RETAIN__LOG_BLOCKS];
} retain__cohort_sums;

/* Fills layout, kind, margins and wants_more in before; refuses occasions outside the edges and customers without a group or margin. */
retain_status retain__fill_cohorts(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                   retain__order_log *log, retain__cohort_sums *sums);

/* Is the table acquisition period by age, with a place for everybody and nothing to look for beyond the rows? */
int retain__is_plain_square(const retain__order_log *log, const retain__cohort_sums *sums);

/* Fills such a table: a short cut of retain__fill_cohorts. */
retain_status retain__fill_square(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, retain__cohort_sums *sums);

/* Exposed and active customers of a row by column. */
void retain__count_row(const retain__cohort_sums *sums, size_t row, double *exposed, double *active);

/* Slot of a number, or SIZE_MAX when it was not marked. */
size_t retain__slot_of(const retain__slots *slots, size_t number);

/* Checks the fields of that name of an `options`, and opens them; a margin of 0 is 1. */
retain_status retain__read_margins(retain_context *ctx, double margin, const double *of, const int64_t *customer, size_t count,
                                   retain__margins *margins);

/* Every customer who was visited had a margin, or the first who had none is named. */
retain_status retain__check_margins(retain_context *ctx, const retain__margins *margins, const retain_orders *orders,
                                    size_t blocks);

/* Margin of the customer who is visited; NaN, and he is noted, when the caller's table does not know him. */
double retain__margin_of(retain__margins *margins, size_t block, int64_t key);

#endif
