/* The shortest log that says the same.
 *
 * Rows are grouped by customer, day and order id. Within such a group there are at most six kinds of rows (cancelled or not;
 * negative, zero or positive), and each kind becomes one row whose value is the exact sum, as a pair. An exact sum is the same
 * however the rows are cut into parts that are added first: that is why compacting compacted logs again gives the bits of the
 * whole. */
#include "core/group.h"
#include "data/order_rows.h"
#include "retain/orders.h"

enum { KINDS = 6 };

typedef struct columns {
    int64_t *customer, *day;
    double *value, *value_low;
    int64_t *order;
    uint8_t *cancelled;
    double *multiple;
} columns;

/* One kind of rows of a group. */
typedef struct kind {
    double orders; /* 0 when there is no such row */
    retain__sum value;
} kind;

static size_t kind_of(const retain__order_rows *rows, const uint64_t *row)
{
    double value = retain__double_at(row, rows->value);

    return (size_t)(retain__is_cancelled(rows, row) * 3 + (value < 0.0 ? 0 : value > 0.0 ? 2 : 1));
}

/* Do two rows agree in customer, day and order id, that is, in all key words but for the flag? */
static int is_same_group(const retain__order_rows *rows, const uint64_t *a, const uint64_t *b)
{
    uint64_t differences = (a[rows->cancelled.word] ^ b[rows->cancelled.word]) & ~(rows->cancelled.mask << rows->cancelled.shift);

    for (size_t k = 0; k < rows->cancelled.word; k++)
        differences |= a[k] ^ b[k];
    return differences == 0;
}

static void write_kind(const retain__order_rows *rows, const uint64_t *row, size_t k, const kind *sum, const columns *out,
                       size_t at)
{
    out->customer[at] = retain__customer_of(rows, row);
    out->day[at] = retain__day_of(rows, row);
    out->value[at] = sum->value.high;
    out->value_low[at] = sum->value.low;
    if (out->order)
        out->order[at] = retain__order_of(rows, row);
    if (out->cancelled)
        out->cancelled[at] = k >= KINDS / 2;
    if (out->multiple)
        out->multiple[at] = sum->orders;
}

/* Goes through the groups of all rows; writes unless `out` is NULL. Returns the number of rows of the compacted log. */
static size_t compact_rows(const retain__order_rows *rows, const columns *out)
{
    const uint64_t *row = rows->rows, *end = row + rows->loaded * rows->width;
    size_t count = 0;

    while (row < end) {
        const uint64_t *first = row;
        kind kinds[KINDS] = {{0.0, {0.0, 0.0}}};

        for (; row < end && is_same_group(rows, first, row); row += rows->width) {
            kind *sum = &kinds[kind_of(rows, row)];

            sum->orders += retain__multiple_of(rows, row);
            retain__sum_merge(&sum->value, retain__value_of(rows, row));
        }
        for (size_t k = 0; k < KINDS; k++) {
            if (kinds[k].orders == 0.0)
                continue;
            if (out)
                write_kind(rows, first, k, &kinds[k], out, count);
            count++;
        }
    }
    return count;
}

/* A column must be given if, and only if, `wanted`. */
static retain_status check_column(retain_context *ctx, const char *name, const void *column, int wanted, const char *reason)
{
    if (wanted == (column != NULL))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %s; it must be %s, as orders.%s", name,
                        column ? "given" : "NULL", wanted ? "given" : "NULL", reason);
}

static retain_status check_outputs(retain_context *ctx, const retain_orders *orders, const size_t *count, const columns *out)
{
    retain_status status;

    if (!orders)
        return retain__fail_null(ctx, "orders");
    if (!count || !out->customer || !out->day || !out->value || !out->value_low)
        return retain__fail_null(ctx, !count           ? "count"
                                      : !out->customer ? "customer"
                                      : !out->day      ? "day"
                                      : !out->value    ? "value"
                                                       : "value_low");
    status = check_column(ctx, "order", out->order, orders->order != NULL, orders->order ? "order is given" : "order is NULL");
    if (status == RETAIN_OK)
        status = check_column(ctx, "cancelled", out->cancelled, orders->cancelled != NULL,
                              orders->cancelled ? "cancelled is given" : "cancelled is NULL");
    if (status == RETAIN_OK)
        status =
            check_column(ctx, "multiple", out->multiple, orders->order == NULL, orders->order ? "order is given" : "order is NULL");
    return status;
}

retain_status retain_orders_compact(retain_context *ctx, const retain_orders *orders, size_t capacity, size_t *count,
                                    int64_t *customer, int64_t *day, double *value, double *value_low, int64_t *order,
                                    uint8_t *cancelled, double *multiple)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_rows rows;
    columns out = {customer, day, value, value_low, order, cancelled, multiple};
    size_t needed = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_outputs(ctx, orders, count, &out);
    if (status == RETAIN_OK)
        status = retain__survey_orders(ctx, orders, NULL, RETAIN__LAST_DAY, RETAIN__BY_DAY_AND_ORDER, 0.0, 0.1, &rows);
    if (status == RETAIN_OK)
        status = retain__load_orders(ctx, &scratch, &rows, 0.1, 1.0);
    if (status == RETAIN_OK)
        *count = needed = compact_rows(&rows, NULL);
    if (status == RETAIN_OK && needed > capacity)
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; the compacted log has %zu rows",
                              capacity, needed);
    if (status == RETAIN_OK)
        compact_rows(&rows, &out);
    retain__release(&scratch);
    return status;
}
