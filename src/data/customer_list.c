/* Where a block of customers begins in a list of customers. */
#include "data/customer_list.h"

#include <string.h>

retain_status retain__check_ascending(retain_context *ctx, const char *table, const char *column, const int64_t *customer,
                                      size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (customer[i] <= customer[i - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s%s[%zu] is %lld; it must be larger than the one before, %lld", table,
                                column, i, (long long)customer[i], (long long)customer[i - 1]);
    }
    return RETAIN_OK;
}

retain_status retain__refuse_stranger(retain_context *ctx, const retain_orders *orders, int64_t key, const char *table,
                                      const char *column, const char *what)
{
    size_t row = 0;

    while (row < orders->count && orders->customer[row] != key)
        row++;
    if (row == orders->count)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
    return retain__fail(ctx, RETAIN_ERROR_DATA, row,
                        "orders.customer[%zu] is %lld, who is not in %s%s; every customer with an occasion needs a %s", row,
                        (long long)key, table, column, what);
}

void retain__open_list(retain__customer_list *list, const int64_t *customer, size_t count)
{
    memset(list, 0, sizeof *list);
    list->customer = customer;
    list->count = count;
}

size_t retain__search_list(const retain__customer_list *list, int64_t key)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list->customer[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
