/* The made-up answers of tests/golden/survey, and the orders of those who gave them. */
#ifndef RETAIN_TEST_SURVEY_ANSWERS_H
#define RETAIN_TEST_SURVEY_ANSWERS_H

#include "retain/survey.h"
#include "support.h"

enum { GROUPS = 5, MOST = 400 };

typedef struct answers {
    size_t count;
    int64_t customer[MOST], day[MOST], group[MOST];
    double nps[MOST], csat[MOST], ces[MOST];
} answers;

static inline answers read_answers(void)
{
    golden table = golden_read("survey/responses.csv");
    answers all = {.count = table.rows};

    assert_in_range(table.rows, 1, MOST);
    for (size_t i = 0; i < table.rows; i++) {
        all.customer[i] = (int64_t)golden_number(&table, i, "customer");
        all.day[i] = (int64_t)golden_number(&table, i, "day");
        all.group[i] = (int64_t)golden_number(&table, i, "group");
        all.nps[i] = golden_number(&table, i, "nps");
        all.csat[i] = golden_number(&table, i, "csat");
        all.ces[i] = golden_number(&table, i, "ces");
    }
    golden_free(&table);
    return all;
}

typedef struct order_columns {
    int64_t customer[MOST], day[MOST];
    double value[MOST];
    retain_orders view;
} order_columns;

static inline void read_order_columns(order_columns *orders)
{
    golden table = golden_read("survey/orders.csv");

    assert_in_range(table.rows, 1, MOST);
    for (size_t i = 0; i < table.rows; i++) {
        orders->customer[i] = (int64_t)golden_number(&table, i, "customer");
        orders->day[i] = (int64_t)golden_number(&table, i, "day");
        orders->value[i] = golden_number(&table, i, "value");
    }
    orders->view = (retain_orders){table.rows, orders->customer, orders->day, orders->value, NULL, NULL, NULL, NULL};
    golden_free(&table);
}

#endif
