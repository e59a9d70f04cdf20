/* Shims of retain/contract_draws.h. Draws cross as one array, row by row, beside the number of their family. */
#ifndef RETAIN_SHIMS_CONTRACT_DRAWS_H
#define RETAIN_SHIMS_CONTRACT_DRAWS_H

#include "shims/contract.h"
#include "shims/draws.h"

static int view_chains(retain_context *ctx, int64_t chains, int64_t draws)
{
    if (chains < 1 || chains > 64)
        return refuse(ctx, "chains is %lld; it must lie in [1, 64]", (long long)chains);
    return (draws >= 4 && draws <= 1000000) || refuse(ctx, "draws is %lld; it must lie in [4, 10^6]", (long long)draws);
}

static int view_refits(retain_context *ctx, int64_t draws)
{
    return (draws >= 1 && draws <= 1000000) || refuse(ctx, "draws is %lld; it must lie in [1, 10^6]", (long long)draws);
}

/* Room for a model and its draws, and the prior. */
static int view_contract_draws(retain_context *ctx, int family, double prior_sd, in_doubles prior_centre, int64_t chains, int64_t draws,
                               out_doubles *model, out_doubles *values, retain_fit_options *options)
{
    const size_t n = retain_contract_parameters((retain_contract_family)family);
    const retain_fit_options given = {.struct_size = sizeof given, .prior_sd = prior_sd, .prior_centre = prior_centre.data};
    size_t cells = 0;
    *options = given;
    return (!n || view_length(ctx, "prior_centre", prior_centre.data, prior_centre.count, n)) &&
           view_draws(ctx, chains, draws, n, &cells) && PROVIDE(ctx, model, 2 + n) && PROVIDE(ctx, values, cells);
}

static void record_contract_draws(retain_context *ctx, const retain_contract *drawn, const retain_draws_report *report, out_doubles *model, record *result)
{
    record_contract_model(ctx, drawn, model);
    record_draws(ctx, result, report);
}

static void contract_posterior(retain_context *ctx, int family, in_counts periods, in_flags left, in_doubles weight, double period_days,
                               double prior_sd, in_doubles prior_centre, uint64_t seed, int64_t chains, int64_t draws,
                               out_doubles *model, out_doubles *values, record *result)
{
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_contract_customers customers;
    retain_fit_options options;
    retain_contract mode;
    if (!view_chains(ctx, chains, draws) || !view_contract_customers(ctx, periods, left, weight, period_days, &customers) ||
        !view_contract_draws(ctx, family, prior_sd, prior_centre, chains, draws, model, values, &options))
        return;
    RUN(ctx, retain_contract_posterior(ctx, (retain_contract_family)family, &customers, &options, seed, (size_t)chains, (size_t)draws,
                                       &mode, values->data, &report));
    record_contract_draws(ctx, &mode, &report, model, result);
}

static void contract_posterior_cohorts(retain_context *ctx, int family, in_counts survivors, int64_t cohorts, double period_days,
                                       double prior_sd, in_doubles prior_centre, uint64_t seed, int64_t chains, int64_t draws,
                                       out_doubles *model, out_doubles *values, record *result)
{
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_contract_cohorts table;
    retain_fit_options options;
    retain_contract mode;
    if (!view_chains(ctx, chains, draws) || !view_contract_cohorts(ctx, survivors, cohorts, period_days, &table) ||
        !view_contract_draws(ctx, family, prior_sd, prior_centre, chains, draws, model, values, &options))
        return;
    RUN(ctx, retain_contract_posterior_cohorts(ctx, (retain_contract_family)family, &table, &options, seed, (size_t)chains,
                                               (size_t)draws, &mode, values->data, &report));
    record_contract_draws(ctx, &mode, &report, model, result);
}

static void contract_bootstrap(retain_context *ctx, int family, in_counts periods, in_flags left, in_doubles weight, double period_days,
                               uint64_t seed, int64_t draws, out_doubles *model, out_doubles *values, record *result)
{
    in_doubles none = {NULL, 0, "prior_centre"};
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_contract_customers customers;
    retain_fit_options options;
    retain_contract whole;
    if (!view_refits(ctx, draws) || !view_contract_customers(ctx, periods, left, weight, period_days, &customers) ||
        !view_contract_draws(ctx, family, 0.0, none, 1, draws, model, values, &options))
        return;
    RUN(ctx, retain_contract_bootstrap(ctx, (retain_contract_family)family, &customers, &options, seed, (size_t)draws, &whole,
                                       values->data, &report));
    record_contract_draws(ctx, &whole, &report, model, result);
}

static void contract_bootstrap_cohorts(retain_context *ctx, int family, in_counts survivors, int64_t cohorts, double period_days,
                                       uint64_t seed, int64_t draws, out_doubles *model, out_doubles *values, record *result)
{
    in_doubles none = {NULL, 0, "prior_centre"};
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_contract_cohorts table;
    retain_fit_options options;
    retain_contract whole;
    if (!view_refits(ctx, draws) || !view_contract_cohorts(ctx, survivors, cohorts, period_days, &table) ||
        !view_contract_draws(ctx, family, 0.0, none, 1, draws, model, values, &options))
        return;
    RUN(ctx, retain_contract_bootstrap_cohorts(ctx, (retain_contract_family)family, &table, &options, seed, (size_t)draws, &whole,
                                               values->data, &report));
    record_contract_draws(ctx, &whole, &report, model, result);
}

/* Rows of draws of a family. */
static int view_contract_values(retain_context *ctx, int family, in_doubles values, int64_t draws)
{
    const size_t n = retain_contract_parameters((retain_contract_family)family);
    size_t cells = 0;
    return (n || refuse(ctx, "family is %d; it must be that of a contract model", family)) && REQUIRE(ctx, values) &&
           view_draws(ctx, 1, draws, n, &cells) &&
           (values.count == cells || refuse(ctx, "values has %zu numbers; %lld draws need %zu", values.count, (long long)draws, cells));
}

/* summary[9 * parameters], as btyd_draws_summary. */
static void contract_draws_summary(retain_context *ctx, int family, in_doubles values, int64_t draws, int64_t chains, double level,
                                   out_doubles *summary)
{
    const size_t n = retain_contract_parameters((retain_contract_family)family);
    if (view_contract_values(ctx, family, values, draws))
        record_summary(ctx, values, n, n, draws, chains, level, summary);
}

static void contract_draws_interval(retain_context *ctx, int family, in_doubles values, int64_t draws, int quantity, int moment,
                                    double ahead, double d, in_counts survived, in_counts t, double level, out_doubles *mean,
                                    out_doubles *deviation, out_doubles *low, out_doubles *high)
{
    const retain_contract_question question = {.struct_size = sizeof question,
                                               .quantity = (retain_contract_quantity)quantity,
                                               .moment = (retain_contract_moment)moment,
                                               .periods = ahead,
                                               .d = d};
    if (!view_contract_values(ctx, family, values, draws) || !REQUIRE(ctx, survived) || !REQUIRE(ctx, t) || !MATCH(ctx, t, survived) ||
        !PROVIDE(ctx, mean, t.count) || !PROVIDE(ctx, deviation, t.count) || !PROVIDE(ctx, low, t.count) || !PROVIDE(ctx, high, t.count))
        return;
    RUN(ctx, retain_contract_draws_interval(ctx, (retain_contract_family)family, values.data, (size_t)draws, &question, survived.data,
                                            t.data, t.count, level, mean->data, deviation->data, low->data, high->data));
}

static void contract_draws_total(retain_context *ctx, int family, in_doubles values, int64_t draws, int quantity, int moment, double ahead,
                                 double d, in_counts survived, in_counts t, in_doubles worth, double level, record *result)
{
    const retain_contract_question question = {.struct_size = sizeof question,
                                               .quantity = (retain_contract_quantity)quantity,
                                               .moment = (retain_contract_moment)moment,
                                               .periods = ahead,
                                               .d = d};
    retain_contract_sum sum = {.struct_size = sizeof sum};
    if (!view_contract_values(ctx, family, values, draws) || !REQUIRE(ctx, survived) || !REQUIRE(ctx, t) || !MATCH(ctx, t, survived) ||
        !MATCH(ctx, worth, survived))
        return;
    RUN(ctx, retain_contract_draws_total(ctx, (retain_contract_family)family, values.data, (size_t)draws, &question, survived.data,
                                         t.data, t.count, worth.data, level, &sum));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "value", sum.value);
    record_number(result, "standard_error", sum.standard_error);
    record_number(result, "low", sum.low);
    record_number(result, "high", sum.high);
    record_number(result, "variance", sum.variance);
    record_number(result, "least", sum.least);
    record_number(result, "most", sum.most);
}

#endif
