/* The made-up shop of tests/golden/signals: customers, events and orders. */
#ifndef RETAIN_TEST_SIGNALS_SHOP_H
#define RETAIN_TEST_SIGNALS_SHOP_H

#include "retain/signals.h"
#include "support.h"

enum { KINDS = 3, MOST = 500 };

typedef struct shop {
    size_t customers;
    int64_t customer[MOST], known_since[MOST], group[MOST];
    int64_t who[MOST], day[MOST], kind[MOST], buyer[MOST], bought[MOST];
    double value[MOST], paid[MOST];
    retain_events events;
    retain_orders orders;
    retain_groups groups;
} shop;

static inline void read_integers(const golden *table, const char *column, int64_t *into)
{
    assert_in_range(table->rows, 1, MOST);
    for (size_t i = 0; i < table->rows; i++)
        into[i] = (int64_t)golden_number(table, i, column);
}

static inline void read_shop(shop *all)
{
    golden customers = golden_read("signals/customers.csv"), events = golden_read("signals/events.csv"),
           orders = golden_read("signals/orders.csv");

    all->customers = customers.rows;
    read_integers(&customers, "customer", all->customer);
    read_integers(&customers, "known_since", all->known_since);
    read_integers(&customers, "group", all->group);
    read_integers(&events, "customer", all->who);
    read_integers(&events, "day", all->day);
    read_integers(&events, "kind", all->kind);
    read_integers(&orders, "customer", all->buyer);
    read_integers(&orders, "day", all->bought);
    for (size_t i = 0; i < events.rows; i++)
        all->value[i] = golden_number(&events, i, "value");
    for (size_t i = 0; i < orders.rows; i++)
        all->paid[i] = golden_number(&orders, i, "value");
    all->events = (retain_events){events.rows, all->who, all->day, all->kind, all->value};
    all->orders = (retain_orders){orders.rows, all->buyer, all->bought, all->paid, NULL, NULL, NULL, NULL};
    all->groups = (retain_groups){all->customers, all->customer, all->group, 3};
    golden_free(&customers);
    golden_free(&events);
    golden_free(&orders);
}

#endif
