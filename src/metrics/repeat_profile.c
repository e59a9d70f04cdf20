/* When do customers order: orders by day of the week and hour.
 *
 * Which rows make an order, and whether it counts, is decided where it always is (data/customer_rows.h), by days. So that the hour
 * of an order is not lost on the way, hours are passed for days: hour 24 d + h for hour h of day d, and orders of one hour make an
 * "occasion". Nothing else changes, since what is counted are orders, and netting looks at rows of one order wherever they lie. */
#include <string.h>

#include "data/customer_rows.h"
#include "retain/calendar.h"
#include "retain/repeat.h"

enum { DAYS = 7, HOURS = 24, SECONDS = 86400 };

#define FARTHEST_DAY ((int64_t)1 << 35) /* times 24 is within 2^40 */

typedef struct profile_cell {
    double orders;
    retain__sum revenue;
} profile_cell;

typedef struct profile {
    int hours; /* 24, or 1 for days alone */
    profile_cell (*cells)[DAYS * HOURS];
} profile;

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    const profile *table = state;
    profile_cell *cells = table->cells[block];

    for (size_t i = 0; i < customer->count; i++) {
        const retain__occasion *at = &customer->occasion[i];
        const int64_t start = retain__start_of_days(at->day, table->hours);
        const int64_t hour = at->day - start;
        const int weekday = retain_calendar_weekday(start / table->hours) - 1;
        profile_cell *into = &cells[weekday * table->hours + hour];

        into->orders += at->orders;
        retain__sum_merge(&into->revenue, at->value);
    }
}

/* Checks days and seconds, and writes hours of rows up to the observation end; later ones stay late. */
static retain_status make_hours(retain_context *ctx, const retain_orders *orders, const int64_t *second_of_day, int64_t *hour)
{
    for (size_t i = 0; i < orders->count; i++) {
        const int64_t day = orders->day[i], second = second_of_day[i];

        if (day < -FARTHEST_DAY || day > FARTHEST_DAY)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.day[%zu] is %lld; with second_of_day it must lie within +-2^35",
                                i, (long long)day);
        if (second < 0 || second >= SECONDS)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "second_of_day[%zu] is %lld; it must lie in [0, 86399]", i,
                                (long long)second);
        hour[i] = day * HOURS + second / (SECONDS / HOURS);
    }
    return RETAIN_OK;
}

/* The same orders with hours for days. */
static retain_status turn_to_hours(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                   const int64_t *second_of_day, int64_t *observation_end, retain_orders *hourly)
{
    int64_t *hour;

    if (!orders)
        return retain__fail_null(ctx, "orders");
    if (orders->count && !orders->day)
        return retain__fail_null(ctx, "orders.day");
    if (*observation_end < -FARTHEST_DAY || *observation_end > FARTHEST_DAY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "observation_end is %lld; with second_of_day it must lie within +-2^35", (long long)*observation_end);
    hour = retain__take(scratch, orders->count, sizeof *hour);
    if (!hour)
        return RETAIN_ERROR_MEMORY;
    *hourly = *orders;
    hourly->day = hour;
    *observation_end = *observation_end * HOURS + HOURS - 1;
    return make_hours(ctx, orders, second_of_day, hour);
}

/* Orders of different days never make one occasion here. */
static retain_status take_counting(retain_context *ctx, const retain_orders_options *given, retain_orders_options *counting)
{
    retain_status status = retain__take_orders_options(ctx, "counting", given, counting);

    counting->struct_size = sizeof *counting;
    counting->occasion_days = 1;
    return status;
}

static void write_profile(const profile *table, size_t blocks, double *orders_placed, double *revenue)
{
    for (int k = 0; k < DAYS * table->hours; k++) {
        profile_cell sum = {0.0, {0.0, 0.0}};

        for (size_t b = 0; b < blocks; b++) {
            sum.orders += table->cells[b][k].orders;
            retain__sum_merge(&sum.revenue, table->cells[b][k].revenue);
        }
        if (orders_placed)
            orders_placed[k] = sum.orders;
        if (revenue)
            revenue[k] = retain__sum_value(sum.revenue);
    }
}

retain_status retain_repeat_profile(retain_context *ctx, const retain_orders *orders, const int64_t *second_of_day,
                                    int64_t observation_end, const retain_orders_options *given, double *orders_placed,
                                    double *revenue)
{
    profile table = {second_of_day ? HOURS : 1, NULL};
    retain__scratch scratch = {ctx, NULL};
    retain_orders hourly;
    retain_orders_options counting;
    retain__order_log log;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_counting(ctx, given, &counting);
    if (status == RETAIN_OK && second_of_day) {
        status = turn_to_hours(ctx, &scratch, orders, second_of_day, &observation_end, &hourly);
        orders = &hourly;
    }
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", &counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        table.cells = retain__take_zeroed(&scratch, log.blocks, sizeof *table.cells);
        status = table.cells ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        retain__visit_customers(ctx, &log, add_customer, &table, NULL);
        write_profile(&table, log.blocks, orders_placed, revenue);
    }
    retain__release(&scratch);
    return status;
}
