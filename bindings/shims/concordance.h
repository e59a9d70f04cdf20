/* Shims of retain/concordance.h. */
#ifndef RETAIN_SHIMS_CONCORDANCE_H
#define RETAIN_SHIMS_CONCORDANCE_H

#include "shims/survival.h"

static void concordance_pairs(retain_context *ctx, int kind, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                              in_doubles score, double level, double horizon, record *result)
{
    const retain_concordance_options options = {sizeof options, level, horizon};
    retain_concordance_report report = {.struct_size = sizeof report};
    retain_durations durations;
    if (kind != 0 && kind != 1) {
        refuse(ctx, "kind is %d; it must be 0 for Harrell's C or 1 for Uno's", kind);
        return;
    }
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !REQUIRE(ctx, score) || !MATCH(ctx, score, exit))
        return;
    if (kind == 0)
        RUN(ctx, retain_concordance_harrell(ctx, &durations, score.data, &options, &report));
    else
        RUN(ctx, retain_concordance_uno(ctx, &durations, score.data, &options, &report));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "rows", report.rows);
    record_number(result, "events", report.events);
    record_number(result, "concordant", report.concordant);
    record_number(result, "discordant", report.discordant);
    record_number(result, "tied_score", report.tied_score);
    record_number(result, "tied_time", report.tied_time);
    record_number(result, "concordance", report.concordance);
    record_number(result, "standard_error", report.standard_error);
    record_number(result, "low", report.low);
    record_number(result, "high", report.high);
}

static void concordance_auc(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                            in_doubles score, in_doubles times, double level, out_doubles *value, out_doubles *standard_error,
                            out_doubles *low, out_doubles *high, out_doubles *cases, out_doubles *controls, out_doubles *null_value)
{
    retain_durations durations;
    retain_concordance_columns columns;
    const size_t n = times.count;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !REQUIRE(ctx, score) || !MATCH(ctx, score, exit) ||
        !REQUIRE(ctx, times) || !PROVIDE(ctx, value, n) || !PROVIDE(ctx, standard_error, n) || !PROVIDE(ctx, low, n) ||
        !PROVIDE(ctx, high, n) || !PROVIDE(ctx, cases, n) || !PROVIDE(ctx, controls, n) || !PROVIDE(ctx, null_value, n))
        return;
    columns = (retain_concordance_columns){value->data, standard_error->data, low->data,       high->data,
                                           cases->data, controls->data,       null_value->data};
    RUN(ctx, retain_concordance_auc(ctx, &durations, score.data, times.data, n, level, &columns));
}

/* `survival` holds the column of the first time, then that of the second, and so on. */
static void concordance_brier(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                              in_doubles survival, in_doubles times, double level, out_doubles *value, out_doubles *standard_error,
                              out_doubles *low, out_doubles *high, out_doubles *cases, out_doubles *controls,
                              out_doubles *null_value, record *result)
{
    retain_durations durations;
    retain_concordance_columns columns;
    double whole[5] = {0.0, 0.0, 0.0, 0.0, 0.0};
    const retain_concordance_columns integrated = {whole, whole + 1, whole + 2, whole + 3, NULL, NULL, whole + 4};
    const size_t n = times.count;
    size_t cells;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !REQUIRE(ctx, survival) || !REQUIRE(ctx, times) ||
        !multiply_rows(ctx, n, exit.count, &cells))
        return;
    if (survival.count != cells) {
        refuse(ctx, "survival has %zu cells; it must have %zu, for %zu rows at %zu times", survival.count, cells, exit.count, n);
        return;
    }
    if (!PROVIDE(ctx, value, n) || !PROVIDE(ctx, standard_error, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n) ||
        !PROVIDE(ctx, cases, n) || !PROVIDE(ctx, controls, n) || !PROVIDE(ctx, null_value, n))
        return;
    columns = (retain_concordance_columns){value->data, standard_error->data, low->data,       high->data,
                                           cases->data, controls->data,       null_value->data};
    RUN(ctx, retain_concordance_brier(ctx, &durations, survival.data, times.data, n, level, &columns, &integrated));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "value", whole[0]);
    record_number(result, "standard_error", whole[1]);
    record_number(result, "low", whole[2]);
    record_number(result, "high", whole[3]);
    record_number(result, "null_value", whole[4]);
}

#endif
