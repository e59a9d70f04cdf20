/* The rules of tables that give each customer a group, and the sentence for a customer of the log whom the table forgot. */
#include "data/groups.h"

#include <string.h>

retain_status retain__check_groups(retain_context *ctx, const char *name, const retain_groups *groups)
{
    if (!groups)
        return retain__fail_null(ctx, name);
    if (groups->groups == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.groups is 0; there must be at least one group", name);
    if (groups->count && !groups->customer)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.customer is NULL; it is required", name);
    if (groups->count && !groups->group)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.group is NULL; it is required", name);
    for (size_t i = 0; i < groups->count; i++) {
        if (groups->group[i] < 0 || (uint64_t)groups->group[i] >= groups->groups)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s.group[%zu] is %lld; it must lie in [0, %s.groups = %zu)", name, i,
                                (long long)groups->group[i], name, groups->groups);
    }
    return retain__check_ascending(ctx, name, ".customer", groups->customer, groups->count);
}

void retain__open_groups(retain__group_search *search, const retain_groups *groups)
{
    memset(search, 0, sizeof *search);
    search->groups = groups;
    retain__open_list(&search->list, groups->customer, groups->count);
}

void retain__note_stranger(retain__group_search *search, size_t block, int64_t key)
{
    if (!search->has_stranger[block])
        search->stranger[block] = key;
    search->has_stranger[block] = 1;
}

retain_status retain__check_strangers(retain_context *ctx, const char *name, const retain__group_search *search,
                                      const retain_orders *orders)
{
    size_t block = 0;

    while (block < RETAIN__LOG_BLOCKS && !search->has_stranger[block])
        block++;
    return block == RETAIN__LOG_BLOCKS ? RETAIN_OK
                                       : retain__refuse_stranger(ctx, orders, search->stranger[block], name, ".customer", "group");
}

static void look_up(void *state, size_t block, const retain__customer *customer)
{
    retain__group_of(state, block, customer->key);
}

retain_status retain__match_groups(retain_context *ctx, const char *name, const retain_groups *groups, const retain_orders *orders,
                                   retain__order_log *log)
{
    retain__group_search search;

    retain__open_groups(&search, groups);
    retain__visit_customers(ctx, log, look_up, &search, NULL);
    return retain__check_strangers(ctx, name, &search, orders);
}
