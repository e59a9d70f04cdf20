/* Shims of retain/service.h. Results have one row a group, and the total at their end. */
#ifndef RETAIN_SHIMS_SERVICE_H
#define RETAIN_SHIMS_SERVICE_H

#include "shims/support.h"

/* How many results there will be: `groups` and the total. */
static int view_results(retain_context *ctx, in_ints group, int64_t groups, size_t *results)
{
    if (groups < 0 || groups > INT32_MAX)
        return refuse(ctx, "groups is %lld; it must lie in [0, 2^31)", (long long)groups);
    if (groups == 0 && group.data)
        return refuse(ctx, "groups is 0 and group is given; say how many groups there are");
    *results = (size_t)groups + 1;
    return 1;
}

static void service_times(retain_context *ctx, in_ints opened, in_ints ended, in_ints closed, in_ints group, int64_t groups,
                          int64_t observation_end, double unit, in_counts quantiles, int64_t target, double level,
                          out_doubles *tickets, out_doubles *ended_tickets, out_doubles *quantile, out_doubles *quantile_low,
                          out_doubles *quantile_high, out_doubles *mean, out_doubles *mean_low, out_doubles *mean_high,
                          out_doubles *due, out_doubles *in_time, out_doubles *share, out_doubles *share_low,
                          out_doubles *share_high)
{
    retain_service_times_options options = {sizeof options, unit, quantiles.data, quantiles.count, target, level};
    retain_service_times_columns columns;
    size_t n = 0, cells = 0;
    if (!REQUIRE(ctx, opened) || !REQUIRE(ctx, ended) || !MATCH(ctx, ended, opened) || !MATCH(ctx, closed, opened) ||
        !MATCH(ctx, group, opened) || !view_results(ctx, group, groups, &n) ||
        !multiply_rows(ctx, n, quantiles.data ? quantiles.count : 1, &cells) || !PROVIDE(ctx, tickets, n) ||
        !PROVIDE(ctx, ended_tickets, n) || !PROVIDE(ctx, quantile, cells) || !PROVIDE(ctx, quantile_low, cells) ||
        !PROVIDE(ctx, quantile_high, cells) || !PROVIDE(ctx, mean, n) || !PROVIDE(ctx, mean_low, n) ||
        !PROVIDE(ctx, mean_high, n) || !PROVIDE(ctx, due, n) || !PROVIDE(ctx, in_time, n) || !PROVIDE(ctx, share, n) ||
        !PROVIDE(ctx, share_low, n) || !PROVIDE(ctx, share_high, n))
        return;
    columns =
        (retain_service_times_columns){tickets->data, ended_tickets->data, quantile->data,  quantile_low->data, quantile_high->data,
                                       mean->data,    mean_low->data,      mean_high->data, due->data,          in_time->data,
                                       share->data,   share_low->data,     share_high->data};
    RUN(ctx, retain_service_times(ctx, opened.data, ended.data, closed.data, group.data, opened.count, (size_t)groups,
                                  observation_end, &options, &columns));
}

static void service_contacts(retain_context *ctx, in_keys customer, in_keys opened, in_keys resolved, in_doubles contacts,
                             in_ints group, int64_t groups, int64_t observation_end, int64_t within, double level,
                             out_doubles *resolved_tickets, out_doubles *first_contact, out_doubles *first_contact_rate,
                             out_doubles *first_contact_rate_low, out_doubles *first_contact_rate_high, out_doubles *tickets,
                             out_doubles *repeated, out_doubles *repeat_rate, out_doubles *repeat_rate_low,
                             out_doubles *repeat_rate_high)
{
    retain_service_tickets view = {customer.count, customer.data, opened.data, resolved.data, contacts.data, group.data};
    retain_service_contacts_columns columns;
    size_t n = 0;
    if (!REQUIRE(ctx, customer) || !REQUIRE(ctx, opened) || !REQUIRE(ctx, resolved) || !MATCH(ctx, opened, customer) ||
        !MATCH(ctx, resolved, customer) || !MATCH(ctx, contacts, customer) || !MATCH(ctx, group, customer) ||
        !view_results(ctx, group, groups, &n) || !PROVIDE(ctx, resolved_tickets, n) || !PROVIDE(ctx, first_contact, n) ||
        !PROVIDE(ctx, first_contact_rate, n) || !PROVIDE(ctx, first_contact_rate_low, n) ||
        !PROVIDE(ctx, first_contact_rate_high, n) || !PROVIDE(ctx, tickets, n) || !PROVIDE(ctx, repeated, n) ||
        !PROVIDE(ctx, repeat_rate, n) || !PROVIDE(ctx, repeat_rate_low, n) || !PROVIDE(ctx, repeat_rate_high, n))
        return;
    columns = (retain_service_contacts_columns){
        resolved_tickets->data,        first_contact->data,   first_contact_rate->data, first_contact_rate_low->data,
        first_contact_rate_high->data, tickets->data,         repeated->data,           repeat_rate->data,
        repeat_rate_low->data,         repeat_rate_high->data};
    RUN(ctx, retain_service_contacts(ctx, &view, (size_t)groups, observation_end, within, level, &columns));
}

static void service_late(retain_context *ctx, in_ints promised, in_ints delivered, in_ints group, int64_t groups,
                         int64_t observation_end, double level, out_doubles *due, out_doubles *late, out_doubles *rate,
                         out_doubles *low, out_doubles *high)
{
    size_t n = 0;
    if (!REQUIRE(ctx, promised) || !REQUIRE(ctx, delivered) || !MATCH(ctx, delivered, promised) || !MATCH(ctx, group, promised) ||
        !view_results(ctx, group, groups, &n) || !PROVIDE(ctx, due, n) || !PROVIDE(ctx, late, n) || !PROVIDE(ctx, rate, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_service_late(ctx, promised.data, delivered.data, group.data, promised.count, (size_t)groups, observation_end,
                                 level, due->data, late->data, rate->data, low->data, high->data));
}

static void service_returns(retain_context *ctx, in_ints ordered, in_ints returned, in_ints group, int64_t groups,
                            int64_t observation_end, int64_t within, double level, out_doubles *orders, out_doubles *returns,
                            out_doubles *rate, out_doubles *low, out_doubles *high)
{
    size_t n = 0;
    if (!REQUIRE(ctx, ordered) || !REQUIRE(ctx, returned) || !MATCH(ctx, returned, ordered) || !MATCH(ctx, group, ordered) ||
        !view_results(ctx, group, groups, &n) || !PROVIDE(ctx, orders, n) || !PROVIDE(ctx, returns, n) || !PROVIDE(ctx, rate, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_service_returns(ctx, ordered.data, returned.data, group.data, ordered.count, (size_t)groups, observation_end,
                                    within, level, orders->data, returns->data, rate->data, low->data, high->data));
}

#endif
