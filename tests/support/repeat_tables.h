/* Tables of retain/repeat.h and retain/repeat_time.h with names to their columns. */
#ifndef RETAIN_TEST_REPEAT_TABLES_H
#define RETAIN_TEST_REPEAT_TABLES_H

#include "retain/repeat.h"
#include "retain/repeat_time.h"
#include "support.h"

enum { COLUMNS = 15, STEP_COLUMNS = 14, BAND_COLUMNS = 6, MOST_POINTS = 700 };

typedef struct named_figure {
    const char *name;
    const retain_repeat_figure *figure;
} named_figure;

enum { FIGURES = 16 };

static inline void name_figures(const retain_repeat_report *report, named_figure named[FIGURES])
{
    const named_figure all[FIGURES] = {
        {"repeat", &report->repeat},
        {"one_time", &report->one_time},
        {"orders_per_customer", &report->orders_per_customer},
        {"occasions_per_customer", &report->occasions_per_customer},
        {"revenue_per_customer", &report->revenue_per_customer},
        {"order_value", &report->order_value},
        {"occasion_value", &report->occasion_value},
        {"first_value", &report->first_value},
        {"later_value", &report->later_value},
        {"repeat_first_value", &report->repeat_first_value},
        {"one_time_revenue", &report->one_time_revenue},
        {"repeat_revenue", &report->repeat_revenue},
        {"later_share", &report->later_share},
        {"later_to_first", &report->later_to_first},
        {"later_to_own_first", &report->later_to_own_first},
        {"repeat_to_one_time", &report->repeat_to_one_time},
    };

    memcpy(named, all, sizeof all);
}

/* All columns of a table, by name. */
typedef struct named_column {
    const char *name;
    double cell[600];
} named_column;

static inline retain_repeat_columns name_periods(named_column named[COLUMNS])
{
    static const char *names[COLUMNS] = {"customers",
                                         "first_time",
                                         "returning",
                                         "repeaters",
                                         "returning_share",
                                         "returning_share_low",
                                         "returning_share_high",
                                         "repeat_within",
                                         "repeat_within_low",
                                         "repeat_within_high",
                                         "orders",
                                         "occasions",
                                         "revenue",
                                         "returning_orders",
                                         "returning_revenue"};
    double *cell[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++) {
        named[i].name = names[i];
        cell[i] = named[i].cell;
    }
    return (retain_repeat_columns){cell[0], cell[1], cell[2],  cell[3],  cell[4],  cell[5],  cell[6], cell[7],
                                   cell[8], cell[9], cell[10], cell[11], cell[12], cell[13], cell[14]};
}

static inline retain_repeat_steps name_steps(named_column named[STEP_COLUMNS])
{
    static const char *names[STEP_COLUMNS] = {"customers",  "conversion",  "conversion_low", "conversion_high", "within",
                                              "within_low", "within_high", "median_days",    "median_low",      "median_high",
                                              "value",      "value_low",   "value_high",     "continued"};
    double *cell[STEP_COLUMNS];

    for (size_t i = 0; i < STEP_COLUMNS; i++) {
        named[i].name = names[i];
        cell[i] = named[i].cell;
    }
    return (retain_repeat_steps){cell[0], cell[1], cell[2], cell[3],  cell[4],  cell[5],  cell[6],
                                 cell[7], cell[8], cell[9], cell[10], cell[11], cell[12], cell[13]};
}

static inline retain_repeat_bands name_bands(named_column named[6])
{
    static const char *names[6] = {"occasions", "customers", "revenue", "value", "value_low", "value_high"};
    double *cell[6];

    for (size_t i = 0; i < 6; i++) {
        named[i].name = names[i];
        cell[i] = named[i].cell;
    }
    return (retain_repeat_bands){cell[0], cell[1], cell[2], cell[3], cell[4], cell[5]};
}

typedef struct curve_table {
    double days[MOST_POINTS], at_risk[MOST_POINTS], events[MOST_POINTS], share[MOST_POINTS], low[MOST_POINTS], high[MOST_POINTS];
} curve_table;

static inline retain_repeat_time_columns name_points(curve_table *table)
{
    return (retain_repeat_time_columns){table->days, table->at_risk, table->events, table->share, table->low, table->high};
}

#endif
