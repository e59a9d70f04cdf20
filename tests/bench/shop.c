#include "shop.h"

#include <math.h>
#include <stdlib.h>

#include "math/random.h"

static const double ROWS_PER_CUSTOMER = 4.4;

/* What becomes of one order: counted, or put in its place. */
typedef void (*order_visitor)(void *state, size_t customer, int64_t day, double value);

/* The orders of one customer; told twice, it is the same story. */
static void visit_customer(size_t customer, size_t customers, order_visitor visit, void *state)
{
    retain__random random = retain__random_start(1, customer);
    double day = (double)SHOP_DAYS * ((double)customer / (double)customers);
    const double gap = 10.0 * exp(3.0 * retain__random_uniform(&random));
    const double usual = 20.0 * exp(0.8 * retain__random_normal(&random));

    for (;;) {
        const double price = ceil(100.0 * usual * (0.5 + retain__random_uniform(&random))) / 100.0;
        const double luck = retain__random_uniform(&random);

        visit(state, customer, SHOP_FIRST_DAY + (int64_t)day, price);
        if (luck < 0.15)
            return;
        if (luck > 0.95)
            continue;
        day += retain__random_exponential(&random, 1.0 / gap);
        if (!(day < (double)SHOP_DAYS))
            return;
    }
}

/* next[d]: where the next order of day d goes; first of all, how many orders there are up to day d - 1. */
typedef struct places {
    shop_log *shop;
    size_t next[SHOP_DAYS + 1];
} places;

static void count_order(void *state, size_t customer, int64_t day, double value)
{
    places *filling = state;

    (void)customer;
    (void)value;
    filling->next[day - SHOP_FIRST_DAY + 1]++;
}

static void place_order(void *state, size_t customer, int64_t day, double value)
{
    places *filling = state;
    const size_t row = filling->next[day - SHOP_FIRST_DAY]++;

    filling->shop->customer[row] = 1000000 + (int64_t)customer;
    filling->shop->day[row] = day;
    filling->shop->value[row] = value;
}

shop_log shop_open(size_t rows)
{
    const size_t customers = (size_t)((double)rows / ROWS_PER_CUSTOMER) + 1;
    shop_log made = {{0}, NULL, NULL, NULL};
    places filling = {&made, {0}};

    for (size_t customer = 0; customer < customers; customer++)
        visit_customer(customer, customers, count_order, &filling);
    for (int day = 0; day < SHOP_DAYS; day++)
        filling.next[day + 1] += filling.next[day];
    made.log.count = filling.next[SHOP_DAYS];
    made.log.customer = made.customer = bench_take(made.log.count);
    made.log.day = made.day = bench_take(made.log.count);
    made.log.value = made.value = bench_take(made.log.count);
    for (size_t customer = 0; customer < customers; customer++)
        visit_customer(customer, customers, place_order, &filling);
    return made;
}

void shop_shuffle(shop_log *shop)
{
    retain__random random = retain__random_start(2, 0);

    for (size_t i = 0; i < shop->log.count; i++)
        shop->customer[i] = (int64_t)((uint64_t)shop->customer[i] * 0x9E3779B97F4A7C15u);
    for (size_t i = shop->log.count; i-- > 1;) {
        const size_t j = (size_t)(retain__random_bits(&random) % (i + 1));
        const int64_t customer = shop->customer[i], day = shop->day[i];
        const double value = shop->value[i];

        shop->customer[i] = shop->customer[j];
        shop->customer[j] = customer;
        shop->day[i] = shop->day[j];
        shop->day[j] = day;
        shop->value[i] = shop->value[j];
        shop->value[j] = value;
    }
}

void shop_write(const shop_log *shop, const bench_plan *plan, const char *task)
{
    bench_write(plan, task, "customer.i64", shop->customer, shop->log.count);
    bench_write(plan, task, "day.i64", shop->day, shop->log.count);
    bench_write(plan, task, "value.f64", shop->value, shop->log.count);
}

void shop_close(shop_log *shop)
{
    free(shop->customer);
    free(shop->day);
    free(shop->value);
}
