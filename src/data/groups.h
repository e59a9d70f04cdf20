/* Which group does a customer belong to? The caller's table (retain_groups), checked once, and asked during a visit of a log.
 *
 *     status = retain__check_groups(ctx, "groups", groups);
 *     ... retain__read_orders ...
 *     retain__open_groups(&search, groups);
 *     retain__visit_customers(ctx, &log, add_customer, &state, NULL);      // add_customer asks retain__group_of
 *     status = retain__check_strangers(ctx, "groups", &search, orders);    // before anything is written
 *
 * A visit that writes the caller's outputs at once cannot take anything back: retain__match_groups looks at all customers
 * beforehand, in a visit of its own. */
#ifndef RETAIN_GROUPS_H
#define RETAIN_GROUPS_H

#include "data/customer_list.h"

#define RETAIN__NO_GROUP SIZE_MAX

typedef struct retain__group_search {
    const retain_groups *groups;
    retain__customer_list list;
    int64_t stranger[RETAIN__LOG_BLOCKS]; /* first customer of a block who has no group */
    int has_stranger[RETAIN__LOG_BLOCKS];
} retain__group_search;

/* The rules of the table, which is called `name` in sentences. */
retain_status retain__check_groups(retain_context *ctx, const char *name, const retain_groups *groups);

/* To be called before a visit. */
void retain__open_groups(retain__group_search *search, const retain_groups *groups);

/* Notes a customer without a group. */
void retain__note_stranger(retain__group_search *search, size_t block, int64_t key);

/* Fails, naming the customer and the first row of his in `orders`, when the visit came across somebody without a group. */
retain_status retain__check_strangers(retain_context *ctx, const char *name, const retain__group_search *search,
                                      const retain_orders *orders);

/* The same without a visit of the caller's own. */
retain_status retain__match_groups(retain_context *ctx, const char *name, const retain_groups *groups, const retain_orders *orders,
                                   retain__order_log *log);

/* The group of the customer who is visited, or RETAIN__NO_GROUP when the table does not know him. The table's memory may belong to
 * somebody who writes to it in the meantime: a code that is none is nobody's. */
static inline size_t retain__group_of(retain__group_search *search, size_t block, int64_t key)
{
    size_t at = retain__find_in_list(&search->list, block, key);
    uint64_t group = at < search->list.count ? (uint64_t)search->groups->group[at] : UINT64_MAX;

    if (group < search->groups->groups)
        return (size_t)group;
    retain__note_stranger(search, block, key);
    return RETAIN__NO_GROUP;
}

#endif
