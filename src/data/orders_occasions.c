/* The days on which customers bought.
 *
 * The log is grouped once and visited twice: to count, and, when there is room, to write. */
#include "retain/orders_occasions.h"

#include "data/customer_rows.h"

typedef struct listing {
    const retain__order_log *log;
    int64_t *count; /* [customers + 1] repeat occasions, then offsets */
    int64_t *customer, *first;
    double *start, *occasion;
} listing;

static void count_occasions(void *state, size_t block, const retain__customer *customer)
{
    const listing *into = state;

    (void)block;
    into->count[customer->position + 1] = (int64_t)customer->count - 1;
}

static void list_occasions(void *state, size_t block, const retain__customer *customer)
{
    const listing *into = state;
    double *occasion = into->occasion + into->count[customer->position];

    (void)block;
    if (into->customer)
        into->customer[customer->position] = customer->key;
    into->start[customer->position] = (double)retain__occasion_start(into->log, customer->occasion[0].day);
    into->first[customer->position] = into->count[customer->position];
    for (size_t k = 1; k < customer->count; k++)
        *occasion++ = (double)retain__occasion_start(into->log, customer->occasion[k].day);
}

static retain_status check(retain_context *ctx, size_t capacity, const size_t *customers, const double *start, const int64_t *first,
                           size_t occasion_capacity, const size_t *occasions, const double *occasion)
{
    if (!customers || !occasions)
        return retain__fail_null(ctx, customers ? "occasions" : "customers");
    if (!first || (capacity && !start))
        return retain__fail_null(ctx, first ? "start" : "first");
    return occasion_capacity && !occasion ? retain__fail_null(ctx, "occasion") : RETAIN_OK;
}

retain_status retain_orders_occasions(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                      const retain_orders_options *options, size_t capacity, size_t *customers, int64_t *customer,
                                      double *start, int64_t *first, size_t occasion_capacity, size_t *occasions, double *occasion)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    listing into = {.log = &log, .customer = customer, .first = first, .start = start, .occasion = occasion};
    size_t found = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check(ctx, capacity, customers, start, first, occasion_capacity, occasions, occasion);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "options", options, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK && !(into.count = retain__take_zeroed(&scratch, log.customers + 1, sizeof *into.count)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        retain__visit_customers(ctx, &log, count_occasions, &into, NULL);
        for (size_t i = 0; i < log.customers; i++)
            into.count[i + 1] += into.count[i];
        found = (size_t)into.count[log.customers];
        *customers = log.customers;
        *occasions = found;
        if (log.customers > capacity || found > occasion_capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW,
                                  "there is room for %zu customers and %zu occasions; there are %zu and %zu", capacity,
                                  occasion_capacity, log.customers, found);
    }
    if (status == RETAIN_OK) {
        retain__visit_customers(ctx, &log, list_occasions, &into, NULL);
        first[log.customers] = (int64_t)found;
    }
    retain__release(&scratch);
    return status;
}
