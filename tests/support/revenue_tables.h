/* The columns of a revenue bridge in one array. */
#ifndef RETAIN_TEST_REVENUE_TABLES_H
#define RETAIN_TEST_REVENUE_TABLES_H

#include "retain/revenue.h"

enum { MOST_PERIODS = 400, COLUMNS = 21 };

enum column {
    START,
    ACQUIRED,
    REACTIVATED,
    EXPANSION,
    CONTRACTION,
    LOST,
    END,
    START_CUSTOMERS,
    ACQUIRED_CUSTOMERS,
    REACTIVATED_CUSTOMERS,
    RETAINED_CUSTOMERS,
    EXPANDED_CUSTOMERS,
    CONTRACTED_CUSTOMERS,
    LOST_CUSTOMERS,
    END_CUSTOMERS,
    GRR,
    GRR_LOW,
    GRR_HIGH,
    NRR,
    NRR_LOW,
    NRR_HIGH
};

/* All columns in one array, in the order of the struct. */
typedef struct revenue_table {
    double cell[COLUMNS][MOST_PERIODS];
} revenue_table;

static inline retain_revenue_columns columns_of(revenue_table *table)
{
    double(*cell)[MOST_PERIODS] = table->cell;

    return (retain_revenue_columns){cell[START],
                                    cell[ACQUIRED],
                                    cell[REACTIVATED],
                                    cell[EXPANSION],
                                    cell[CONTRACTION],
                                    cell[LOST],
                                    cell[END],
                                    cell[START_CUSTOMERS],
                                    cell[ACQUIRED_CUSTOMERS],
                                    cell[REACTIVATED_CUSTOMERS],
                                    cell[RETAINED_CUSTOMERS],
                                    cell[EXPANDED_CUSTOMERS],
                                    cell[CONTRACTED_CUSTOMERS],
                                    cell[LOST_CUSTOMERS],
                                    cell[END_CUSTOMERS],
                                    cell[GRR],
                                    cell[GRR_LOW],
                                    cell[GRR_HIGH],
                                    cell[NRR],
                                    cell[NRR_LOW],
                                    cell[NRR_HIGH]};
}

#endif
