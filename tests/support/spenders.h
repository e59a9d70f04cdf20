/* Customers whose orders are drawn from a model of spend, for the tests of retain/spend_orders.h. */
#ifndef SUPPORT_SPENDERS_H
#define SUPPORT_SPENDERS_H

#include "retain/spend_orders.h"

enum { DRAWN = 5000, ENTRIES = RETAIN_SPEND_ENTRIES, COLUMNS = 9 };

typedef struct base {
    double orders[DRAWN], mean[DRAWN], mean_log[DRAWN], squares[DRAWN], frequency[DRAWN], time[DRAWN], spans[DRAWN],
        products[DRAWN], weight[DRAWN];
} base;

/* Two models, one of each family, with all effects. */
extern const retain_spend_model gamma_truth, normal_truth;

/* Cleared; to be given to free. */
base *new_base(void);

/* The first `count` customers, with all columns but weight; the same without the columns of effects. */
retain_spenders view_base(base *of, size_t count);
retain_spenders without_effects(retain_spenders spenders);

/* The columns one after the other, weight being the last. */
double *column_of(base *of, size_t column);

/* Makes row i of n orders. */
void sum_up_orders(base *into, size_t i, const double *values, const double *times, size_t n);

/* Draws customers of 1 to 40 orders; every fifth has none. frequency is the number of orders. */
retain_spenders draw_base(base *into, const retain_spend_model *truth, uint64_t seed, size_t count);

#endif
