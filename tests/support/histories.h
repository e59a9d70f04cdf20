/* A shop with seasons and with a covariate of each customer's own, for the tests of retain/btyd_dynamic.h. */
#ifndef RETAIN_TEST_HISTORIES_H
#define RETAIN_TEST_HISTORIES_H

#include "retain/btyd_dynamic.h"
#include "support.h"

enum { CHANGES = 48, OWN = 3 };

/* Customers who come during two years, with two calendar columns (a dummy, and a number) and an own one. */
typedef struct shop {
    size_t count;
    double *start, *end, *occasion, *weight, *piece_start, *own;
    int64_t *first, *piece;
    double calendar_start[CHANGES], dummy[CHANGES], number[CHANGES];
    const double *calendar[2], *columns[1];
    retain_btyd_histories view;
    retain_btyd truth;
} shop;

/* A model with coefficients for all three. */
extern const retain_btyd usual;

/* Customers drawn from a model, with so many of the calendar columns and of the own ones. */
void open_shop(shop *of, retain_btyd truth, size_t count, size_t calendar_columns, size_t own_columns, uint64_t seed);
void close_shop(shop *of);

/* The same customers without their covariates. */
typedef struct static_columns {
    double *x, *t_x, *T;
    retain_customers view;
} static_columns;

static_columns summarise_shop(const shop *of);
void forget(static_columns *as);

/* A golden customer: one calendar column, one own column. */
typedef struct one_history {
    double start, end, occasion[4], calendar_start[4], calendar[4], piece_start[3], own[3];
    int64_t first[2], piece[2];
    const double *columns[2];
    retain_btyd_histories view;
    retain_btyd model;
} one_history;

/* The golden customer of a row, in columns r ... beta, pc, po, lc, lo, start, end, t0 ... t3, c0 ... c3, v0 ... v3, o0 ... o2, w0 ... w2. */
void read_history(const golden *table, size_t row, one_history *of);

/* Bit for bit. */
void assert_same_model(const retain_btyd *a, const retain_btyd *b);

#endif
