/* Customers that a caller lists in ascending order, found one after the other while a log is visited.
 *
 * The customers of a block come in ascending order too (data/customer_rows.h): one binary search finds where a block begins in the
 * list, and from there on it is steps. */
#ifndef RETAIN_CUSTOMER_LIST_H
#define RETAIN_CUSTOMER_LIST_H

#include "core/core.h"
#include "data/customer_rows.h"

typedef struct retain__customer_list {
    const int64_t *customer; /* [count] strictly ascending */
    size_t count;
    size_t next[RETAIN__LOG_BLOCKS]; /* first customer of the list that a block has not passed */
    int begun[RETAIN__LOG_BLOCKS];
} retain__customer_list;

/* Fails when the customers, called `table` and `column` in sentences, do not strictly ascend. */
retain_status retain__check_ascending(retain_context *ctx, const char *table, const char *column, const int64_t *customer,
                                      size_t count);

/* Fails, naming the customer and the first row of his in `orders`: he has an occasion, and the list `table``column` does not know
 * him, so that his `what` is missing. */
retain_status retain__refuse_stranger(retain_context *ctx, const retain_orders *orders, int64_t key, const char *table,
                                      const char *column, const char *what);

/* To be called before a visit. */
void retain__open_list(retain__customer_list *list, const int64_t *customer, size_t count);

/* Index of the first customer of the list with this key or a larger one. */
size_t retain__search_list(const retain__customer_list *list, int64_t key);

/* Index of the customer with this key, or `count` when there is none. Keys of one block must ascend. */
static inline size_t retain__find_in_list(retain__customer_list *list, size_t block, int64_t key)
{
    size_t at = list->begun[block] ? list->next[block] : retain__search_list(list, key);

    list->begun[block] = 1;
    while (at < list->count && list->customer[at] < key)
        at++;
    list->next[block] = at;
    return at < list->count && list->customer[at] == key ? at : list->count;
}

#endif
