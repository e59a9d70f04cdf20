/* The rhythm of every customer: his gaps, and how long he has been silent now. Each customer's row is written where he stands among
 * all, by whichever thread visits him. The median needs the gaps in order, and so some room for each thread. */
#include <math.h>

#include "core/rooms.h"
#include "core/sort.h"
#include "data/customer_rows.h"
#include "metrics/rates.h"
#include "retain/repeat_time.h"

typedef struct rhythm {
    const retain_repeat_time_gap_columns *columns;
    int64_t observation_end;
    size_t most; /* occasions of a customer */
    retain__rooms rooms;
} rhythm;

/* The median of `count` gaps in ascending order. */
static double find_median(const uint64_t *gap, size_t count)
{
    return 0.5 * ((double)gap[(count - 1) / 2] + (double)gap[count / 2]);
}

/* Sum of squared deviations from the mean. */
static double find_deviations(const uint64_t *gap, size_t count, double mean)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) /* in ascending order: the same for any order of the gaps */
        sum += ((double)gap[i] - mean) * ((double)gap[i] - mean);
    return sum;
}

static void write_gaps(const retain_repeat_time_gap_columns *columns, const retain__customer *customer, uint64_t *gap,
                       uint64_t *spare)
{
    const size_t row = customer->position, count = customer->count - 1;
    const double n = (double)count, days = (double)(customer->occasion[count].day - customer->occasion[0].day);
    const double missing = (double)NAN, mean = count ? days / n : missing;

    for (size_t i = 0; i < count; i++)
        gap[i] = (uint64_t)(customer->occasion[i + 1].day - customer->occasion[i].day);
    retain__sort_rows(&(retain__row_shape){1, 1, 0}, gap, spare, count);
    retain__put(columns->gaps, row, n);
    retain__put(columns->mean, row, mean);
    retain__put(columns->median, row, count ? find_median(gap, count) : missing);
    retain__put(columns->sd, row, count > 1 ? sqrt(find_deviations(gap, count, mean) / (n - 1.0)) : missing);
    retain__put(columns->longest, row, count ? (double)gap[count - 1] : missing);
}

static void visit(void *state, size_t block, const retain__customer *customer)
{
    rhythm *to = state;
    uint64_t *room = retain__enter_room(&to->rooms);

    (void)block;
    write_gaps(to->columns, customer, room, room + to->most);
    retain__leave_room(&to->rooms, room);
    if (to->columns->customer)
        to->columns->customer[customer->position] = customer->key;
    retain__put(to->columns->days_since_last, customer->position,
                (double)(to->observation_end - customer->occasion[customer->count - 1].day));
}

retain_status retain_repeat_time_gaps(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                      const retain_orders_options *counting, const retain_repeat_time_gap_columns *columns,
                                      size_t capacity, size_t *count)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    rhythm to = {.columns = columns, .observation_end = observation_end};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK && !count)
        status = retain__fail_null(ctx, "count");
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    to.most = status == RETAIN_OK ? log.most_occasions : 0;
    if (status == RETAIN_OK)
        status = retain__open_rooms(ctx, &scratch, log.blocks, 2 * to.most, sizeof(uint64_t), &to.rooms);
    if (status == RETAIN_OK) {
        *count = log.customers;
        if (log.customers > capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; the log has %zu customers", capacity,
                                  log.customers);
        else
            retain__visit_customers(ctx, &log, visit, &to, NULL);
    }
    retain__release(&scratch);
    return status;
}
