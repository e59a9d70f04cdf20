/* Shims of retain/survey.h. Results have one row a group, and the total at their end. */
#ifndef RETAIN_SHIMS_SURVEY_H
#define RETAIN_SHIMS_SURVEY_H

#include "shims/orders.h"

/* Rows with or without groups, and how many results there will be: `groups` and the total. */
static int view_scores(retain_context *ctx, in_doubles score, in_ints group, int64_t groups, size_t *results)
{
    if (!REQUIRE(ctx, score) || !MATCH(ctx, group, score))
        return 0;
    if (groups < 0 || groups > INT32_MAX)
        return refuse(ctx, "groups is %lld; it must lie in [0, 2^31)", (long long)groups);
    if (groups == 0 && group.data)
        return refuse(ctx, "groups is 0 and group is given; say how many groups there are");
    *results = (size_t)groups + 1;
    return 1;
}

static double survey_nps(double promoters, double detractors, double responses)
{
    return retain_survey_nps(promoters, detractors, responses);
}

static double survey_nps_low(double promoters, double detractors, double responses, double level)
{
    return retain_survey_nps_low(promoters, detractors, responses, level);
}

static double survey_nps_high(double promoters, double detractors, double responses, double level)
{
    return retain_survey_nps_high(promoters, detractors, responses, level);
}

static void survey_nps_groups(retain_context *ctx, in_doubles score, in_ints group, int64_t groups, double level,
                              out_doubles *responses, out_doubles *promoters, out_doubles *passives, out_doubles *detractors,
                              out_doubles *nps, out_doubles *low, out_doubles *high)
{
    retain_survey_nps_columns columns;
    size_t n = 0;
    if (!view_scores(ctx, score, group, groups, &n) || !PROVIDE(ctx, responses, n) || !PROVIDE(ctx, promoters, n) ||
        !PROVIDE(ctx, passives, n) || !PROVIDE(ctx, detractors, n) || !PROVIDE(ctx, nps, n) || !PROVIDE(ctx, low, n) ||
        !PROVIDE(ctx, high, n))
        return;
    columns = (retain_survey_nps_columns){responses->data, promoters->data, passives->data, detractors->data,
                                          nps->data,       low->data,       high->data};
    RUN(ctx, retain_survey_nps_groups(ctx, score.data, group.data, score.count, (size_t)groups, level, &columns));
}

static void survey_nps_difference(retain_context *ctx, in_doubles promoters, in_doubles detractors, in_doubles responses,
                                  in_doubles of_promoters, in_doubles of_detractors, in_doubles of_responses, double level,
                                  out_doubles *difference, out_doubles *low, out_doubles *high)
{
    if (!REQUIRE(ctx, promoters) || !REQUIRE(ctx, detractors) || !REQUIRE(ctx, responses) || !REQUIRE(ctx, of_promoters) ||
        !REQUIRE(ctx, of_detractors) || !REQUIRE(ctx, of_responses) || !MATCH(ctx, detractors, promoters) ||
        !MATCH(ctx, responses, promoters) || !MATCH(ctx, of_promoters, promoters) || !MATCH(ctx, of_detractors, promoters) ||
        !MATCH(ctx, of_responses, promoters) || !PROVIDE(ctx, difference, promoters.count) || !PROVIDE(ctx, low, promoters.count) ||
        !PROVIDE(ctx, high, promoters.count))
        return;
    RUN(ctx,
        retain_survey_nps_difference(ctx, promoters.data, detractors.data, responses.data, of_promoters.data, of_detractors.data,
                                     of_responses.data, promoters.count, level, difference->data, low->data, high->data));
}

static void survey_csat(retain_context *ctx, in_doubles score, in_ints group, int64_t groups, double lowest, double highest,
                        double top, double level, out_doubles *responses, out_doubles *satisfied, out_doubles *csat,
                        out_doubles *low, out_doubles *high)
{
    retain_survey_scale scale = {sizeof scale, lowest, highest, top, level};
    size_t n = 0;
    if (!view_scores(ctx, score, group, groups, &n) || !PROVIDE(ctx, responses, n) || !PROVIDE(ctx, satisfied, n) ||
        !PROVIDE(ctx, csat, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_survey_csat(ctx, score.data, group.data, score.count, (size_t)groups, &scale, responses->data, satisfied->data,
                                csat->data, low->data, high->data));
}

static void survey_ces(retain_context *ctx, in_doubles score, in_ints group, int64_t groups, double lowest, double highest,
                       double level, out_doubles *responses, out_doubles *ces, out_doubles *low, out_doubles *high)
{
    retain_survey_scale scale = {sizeof scale, lowest, highest, 0.0, level};
    size_t n = 0;
    if (!view_scores(ctx, score, group, groups, &n) || !PROVIDE(ctx, responses, n) || !PROVIDE(ctx, ces, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_survey_ces(ctx, score.data, group.data, score.count, (size_t)groups, &scale, responses->data, ces->data,
                               low->data, high->data));
}

static void survey_response(retain_context *ctx, in_doubles responses, in_doubles invited, double level, out_doubles *rate,
                            out_doubles *low, out_doubles *high)
{
    size_t n = responses.count + 1;
    if (!REQUIRE(ctx, responses) || !REQUIRE(ctx, invited) || !MATCH(ctx, invited, responses) || !PROVIDE(ctx, rate, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_survey_response(ctx, responses.data, invited.data, responses.count, level, rate->data, low->data, high->data));
}

static void survey_retention(retain_context *ctx, in_keys responses_customer, in_keys responses_day, in_doubles score,
                             in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled, in_counts multiple,
                             in_doubles value_low, int64_t observation_end, int64_t occasion_days, int count_zero_orders,
                             int64_t horizon_days, in_counts cuts, int choice, double level, out_doubles *counted,
                             out_doubles *returned, out_doubles *rate, out_doubles *low, out_doubles *high, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_survey_retention_options options = {sizeof options, horizon_days, cuts.data, cuts.count, (retain_survey_choice)choice,
                                               level};
    retain_survey_retention_report report = {sizeof report, 0, 0, 0, 0, 0, 0, 0};
    retain_survey_responses responses = {responses_customer.count, responses_customer.data, responses_day.data, score.data};
    retain_orders log;
    size_t n = (cuts.data ? cuts.count : 2) + 1;
    if (!REQUIRE(ctx, responses_customer) || !REQUIRE(ctx, responses_day) || !REQUIRE(ctx, score) ||
        !MATCH(ctx, responses_day, responses_customer) || !MATCH(ctx, score, responses_customer) ||
        !view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !PROVIDE(ctx, counted, n) ||
        !PROVIDE(ctx, returned, n) || !PROVIDE(ctx, rate, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_survey_retention(ctx, &responses, &log, observation_end, &counting, &options, counted->data, returned->data,
                                     rate->data, low->data, high->data, &report));
    record_whole(result, "responses", (int64_t)report.responses);
    record_whole(result, "counted", (int64_t)report.counted);
    record_whole(result, "open_responses", (int64_t)report.open_responses);
    record_whole(result, "repeat_responses", (int64_t)report.repeat_responses);
    record_number(result, "difference", report.difference);
    record_number(result, "difference_low", report.difference_low);
    record_number(result, "difference_high", report.difference_high);
}

#endif
