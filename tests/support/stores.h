/* Stores whose customers are alike in some respects and differ in others, and all that is told of a pool of them. */
#ifndef RETAIN_TEST_STORES_H
#define RETAIN_TEST_STORES_H

#include "models.h"
#include "retain/btyd_pool.h"

enum { MOST = 6000, MOST_GROUPS = 40, NUMBERS = 5 };

/* A shop of many stores. */
typedef struct shop {
    double x[MOST], t_x[MOST], T[MOST], gaps[MOST];
    int64_t group[MOST];
    retain_customers view;
    size_t groups;
} shop;

/* Everything that a fit tells. */
typedef struct told {
    retain_btyd model[MOST_GROUPS + 1];
    double customers[MOST_GROUPS + 1], error[(MOST_GROUPS + 1) * NUMBERS], low[(MOST_GROUPS + 1) * NUMBERS],
        high[(MOST_GROUPS + 1) * NUMBERS], shrinkage[(MOST_GROUPS + 1) * NUMBERS], distance[(MOST_GROUPS + 1) * NUMBERS],
        covariance[(MOST_GROUPS + 1) * NUMBERS * NUMBERS], common[(MOST_GROUPS + 1) * 2 * NUMBERS * NUMBERS],
        own[(MOST_GROUPS + 1) * NUMBERS];
    uint8_t source[MOST_GROUPS + 1];
    retain_btyd_pool_report report;
    retain_btyd_pool_columns columns;
} told;

/* A BG/NBD shop, and how much its stores differ: in r and alpha. */
extern const retain_btyd typical_store;
extern const double typical_differences[NUMBERS];

/* Stores of 20 customers and more whose parameters are about `centre`; those of `sd` differ. */
void open_stores(shop *of, const retain_btyd *centre, const double *sd, size_t groups, size_t customers, uint64_t seed);

/* The parameter of that number in the order of reports. */
double *parameter_in(retain_btyd *model, size_t k);

void prepare(told *of, int with_own);
retain_status pool(retain_context *ctx, retain_btyd_family family, const shop *of, const uint8_t *varies,
                   const retain_fit_options *options, told *into);

#endif
