/* Random order logs, and the occasions in them found by plain scanning: the second opinion for everything that is made from
 * orders. */
#ifndef RETAIN_TEST_LOGS_H
#define RETAIN_TEST_LOGS_H

#include "retain/orders.h"
#include "support.h"

/* Random whole number in [low, high]; `seed` is the state, not 0. */
int64_t random_between(uint64_t *seed, int64_t low, int64_t high);

/* Random whole number in [0, below), of a better generator. */
uint64_t random_below(uint64_t *seed, uint64_t below);

/* A log that owns its columns. */
typedef struct random_log {
    retain_orders view;
    int64_t *customer, *day, *order;
    double *value, *multiple;
    uint8_t *cancelled;
} random_log;

/* What to draw from. */
typedef struct random_log_shape {
    size_t rows;
    int64_t customers; /* customers 1 to this */
    int64_t from_day, to_day;
    int refunds;   /* 1: order ids, refunds, zeros and cancellations too */
    int multiples; /* 1: several orders in a row (no refunds then) */
} random_log_shape;

/* Draws a log; values are multiples of 1/4 below 100, so sums of them are exact. */
random_log random_log_make(uint64_t *seed, random_log_shape shape);
void random_log_free(random_log *log);

/* A context that meddles: at the `at`-th request for memory of the operation, all columns of the log but `value` are filled with
 * odd numbers, as a careless caller's other thread might. The log is worthless afterwards. */
typedef struct log_meddler {
    random_log *log;
    size_t at, requests;
} log_meddler;

retain_context meddling_context(log_meddler *meddler);

/* Swaps rows at random. */
void random_log_shuffle(random_log *log, uint64_t *seed);

/* Do rows i and j belong to one order? */
int is_same_order(const retain_orders *orders, size_t i, size_t j);

/* First day of the block of `width` days that holds `day`. */
int64_t start_of(int64_t day, int64_t width);

/* One occasion, and a list of them. */
typedef struct found_occasion {
    int64_t customer, day; /* day of its earliest order */
    double orders, value;
    double refunds; /* within its orders, zero or less */
} found_occasion;

typedef struct found_occasions {
    found_occasion *at;
    size_t count;
} found_occasions;

/* All occasions of a log in no particular order, straight from the definition and in quadratic time. Understands every column but
 * value_low. */
found_occasions find_occasions(const retain_orders *orders, int64_t observation_end, const retain_orders_options *options);

enum { CDNOW_SAMPLE_CUSTOMERS = 2357, CDNOW_SAMPLE_ROWS = 6919 };

/* The 1/10 sample of CDNOW's customers that the literature uses, from the order log of the examples. */
random_log read_cdnow(void);

#endif
