/* Shims of retain/boosting.h. A model crosses as one column of numbers: columns, trees, base, and for each node column, threshold,
 * missing_left, value, cover, gain. */
#ifndef RETAIN_SHIMS_BOOSTING_H
#define RETAIN_SHIMS_BOOSTING_H

#include <stdlib.h>

#include "shims/predictors.h"

enum { BOOSTING_HEAD = 3, BOOSTING_NODE = 6 };

/* A number that is none, or beyond what the library's type holds, becomes -1 or 2^31 - 1, which it refuses. */
static int32_t view_boosting_whole(double x)
{
    return x >= -1.0 && x < 2147483647.0 ? (x == (double)(int32_t)x ? (int32_t)x : 2147483647) : 2147483647;
}

static size_t view_boosting_count(double x)
{
    return x >= 0.0 && x < 2147483647.0 && x == (double)(int32_t)x ? (size_t)x : (size_t)-1;
}

/* The model, its nodes to be freed whatever is returned. */
static int view_boosting(retain_context *ctx, in_doubles model, retain_boosting *into, retain_boosting_node **nodes)
{
    *nodes = NULL;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count < BOOSTING_HEAD || (model.count - BOOSTING_HEAD) % BOOSTING_NODE != 0)
        return refuse(ctx, "model has %zu numbers; it needs columns, trees and base, and %d for each node", model.count,
                      BOOSTING_NODE);
    *into = (retain_boosting){.columns = view_boosting_count(model.data[0]),
                              .trees = view_boosting_count(model.data[1]),
                              .nodes = (model.count - BOOSTING_HEAD) / BOOSTING_NODE,
                              .base = model.data[2]};
    if (!(*nodes = malloc((into->nodes + 1) * sizeof **nodes))) {
        ctx->status = RETAIN_ERROR_MEMORY;
        return 0;
    }
    for (size_t i = 0; i < into->nodes; i++) {
        const double *from = model.data + BOOSTING_HEAD + BOOSTING_NODE * i;
        (*nodes)[i] = (retain_boosting_node){.column = view_boosting_whole(from[0]),
                                             .threshold = from[1],
                                             .missing_left = view_boosting_whole(from[2]),
                                             .value = from[3],
                                             .cover = from[4],
                                             .gain = from[5]};
    }
    into->node = *nodes;
    return 1;
}

static void record_boosting(const retain_boosting *from, out_doubles *model)
{
    double *to = model->data;
    if (!to)
        return;
    *to++ = (double)from->columns;
    *to++ = (double)from->trees;
    *to++ = from->base;
    for (size_t i = 0; i < from->nodes; i++) {
        const retain_boosting_node *node = from->node + i;
        *to++ = node->column;
        *to++ = node->threshold;
        *to++ = node->missing_left;
        *to++ = node->value;
        *to++ = node->cover;
        *to++ = node->gain;
    }
    TRIM(model, BOOSTING_HEAD + BOOSTING_NODE * from->nodes);
}

static void record_boosting_report(record *into, const retain_boosting_report *report)
{
    record_whole(into, "rows", (int64_t)report->rows);
    record_number(into, "customers", report->customers);
    record_number(into, "events", report->events);
    record_whole(into, "trees", (int64_t)report->trees);
    record_whole(into, "nodes", (int64_t)report->nodes);
    record_number(into, "base_log_loss", report->base_log_loss);
    record_number(into, "log_loss", report->log_loss);
    record_number(into, "held_out", report->held_out);
    record_number(into, "held_out_log_loss", report->held_out_log_loss);
    record_whole(into, "at_most", report->at_most);
}

static int view_boosting_range(retain_context *ctx, const char *name, int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most
               ? 1
               : refuse(ctx, "%s is %lld; it must be %lld to %lld", name, (long long)value, (long long)least, (long long)most);
}

static int view_boosting_directions(retain_context *ctx, in_ints monotone, size_t columns, int8_t *into)
{
    if (monotone.data && monotone.count != columns)
        return refuse(ctx, "monotone has %zu numbers; predictors have %zu columns", monotone.count, columns);
    for (size_t j = 0; j < monotone.count && j < RETAIN_PREDICTORS_MOST; j++) {
        if (!view_boosting_range(ctx, "monotone", monotone.data[j], -1, 1))
            return 0;
        into[j] = (int8_t)monotone.data[j];
    }
    return 1;
}

static void boosting_fit(retain_context *ctx, in_doubles predictors, int by_row, in_flags outcome, in_counts weight, int64_t rounds,
                         int64_t depth, double learning_rate, double l2, double leaf_customers, double leaf_hessian, int64_t bins,
                         double each_outcome, int64_t folds, int64_t turns, int64_t patience, uint64_t seed, in_ints customer,
                         in_ints monotone, out_doubles *model, record *result)
{
    int8_t direction[RETAIN_PREDICTORS_MOST];
    predictor_columns columns;
    retain_predictors view;
    retain_boosting made;
    retain_boosting_node *nodes;
    retain_boosting_report report = {.struct_size = sizeof report};
    retain_boosting_options options = {.struct_size = sizeof options,
                                       .learning_rate = learning_rate,
                                       .l2 = l2,
                                       .leaf_customers = leaf_customers,
                                       .leaf_hessian = leaf_hessian,
                                       .each_outcome = each_outcome,
                                       .seed = seed,
                                       .customer = customer.data};
    size_t most, room;
    if (!view_boosting_range(ctx, "rounds", rounds, 1, RETAIN_BOOSTING_ROUNDS) ||
        !view_boosting_range(ctx, "depth", depth, 1, RETAIN_BOOSTING_DEPTH) || !view_boosting_range(ctx, "bins", bins, 0, 255) ||
        !view_boosting_range(ctx, "folds", folds, 0, 20) || !view_boosting_range(ctx, "turns", turns, 0, 20) ||
        !view_boosting_range(ctx, "patience", patience, 0, RETAIN_BOOSTING_ROUNDS) || !REQUIRE(ctx, outcome) ||
        !view_predictors(ctx, predictors, by_row, outcome.count, outcome.name, &columns, &view) || !MATCH(ctx, weight, outcome) ||
        !MATCH(ctx, customer, outcome) || !view_boosting_directions(ctx, monotone, view.columns, direction))
        return;
    options.rounds = (size_t)rounds;
    options.depth = (size_t)depth;
    options.bins = (size_t)bins;
    options.folds = (size_t)folds;
    options.turns = (size_t)turns;
    options.patience = (size_t)patience;
    options.monotone = monotone.data ? direction : NULL;
    most = (size_t)rounds * (((size_t)2 << depth) - 1);
    room = BOOSTING_HEAD + BOOSTING_NODE * most;
    if (!PROVIDE_UP_TO(ctx, model, room, &room))
        return;
    if (room < BOOSTING_HEAD) {
        refuse(ctx, "model has room for %zu numbers; it needs %d and %d for each node", room, BOOSTING_HEAD, BOOSTING_NODE);
        return;
    }
    if (!(nodes = malloc((most + 1) * sizeof *nodes))) {
        ctx->status = RETAIN_ERROR_MEMORY;
        return;
    }
    RUN(ctx, retain_boosting_fit(ctx, &view, outcome.data, weight.data, &options, nodes, (room - BOOSTING_HEAD) / BOOSTING_NODE,
                                 &made, &report));
    if (ctx->status == RETAIN_OK) {
        record_boosting(&made, model);
        record_boosting_report(result, &report);
    }
    free(nodes);
}

static void boosting_check(retain_context *ctx, in_doubles model)
{
    retain_boosting_node *nodes;
    retain_boosting view;
    if (view_boosting(ctx, model, &view, &nodes))
        RUN(ctx, retain_boosting_check(ctx, &view));
    free(nodes);
}

/* A model and rows for it; the nodes are to be freed whatever is returned. */
static int view_boosting_rows(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, retain_boosting *into,
                              retain_boosting_node **nodes, predictor_columns *columns, retain_predictors *view)
{
    return view_boosting(ctx, model, into, nodes) && view_predictors_of(ctx, predictors, by_row, into->columns, columns, view);
}

static void boosting_log_odds(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, out_doubles *log_odds)
{
    predictor_columns columns;
    retain_predictors rows;
    retain_boosting_node *nodes;
    retain_boosting view;
    if (view_boosting_rows(ctx, model, predictors, by_row, &view, &nodes, &columns, &rows) && PROVIDE(ctx, log_odds, rows.count))
        RUN(ctx, retain_boosting_log_odds(ctx, &view, &rows, log_odds->data));
    free(nodes);
}

static void boosting_probability(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, out_doubles *probability)
{
    predictor_columns columns;
    retain_predictors rows;
    retain_boosting_node *nodes;
    retain_boosting view;
    if (view_boosting_rows(ctx, model, predictors, by_row, &view, &nodes, &columns, &rows) && PROVIDE(ctx, probability, rows.count))
        RUN(ctx, retain_boosting_probability(ctx, &view, &rows, probability->data));
    free(nodes);
}

static void boosting_reasons(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, int64_t most, int direction,
                             out_doubles *contribution, out_ints *reason, out_doubles *share, out_doubles *value, record *result)
{
    predictor_columns columns;
    retain_predictors rows;
    retain_boosting_node *nodes;
    retain_boosting view;
    double base = 0.0;
    size_t all = 0, chosen = 0;
    if (view_boosting_rows(ctx, model, predictors, by_row, &view, &nodes, &columns, &rows) &&
        view_boosting_range(ctx, "most", most, 0, (int64_t)view.columns) && multiply_rows(ctx, rows.count, view.columns, &all) &&
        multiply_rows(ctx, rows.count, (size_t)most, &chosen) && PROVIDE(ctx, contribution, all) && PROVIDE(ctx, reason, chosen) &&
        PROVIDE(ctx, share, chosen) && PROVIDE(ctx, value, chosen)) {
        RUN(ctx, retain_boosting_reasons(ctx, &view, &rows, (size_t)most, (retain_direction)direction, &base,
                                         contribution->data, reason->data, share->data, value->data));
        if (ctx->status == RETAIN_OK)
            record_number(result, "base", base);
    }
    free(nodes);
}

static int match_boosting_rows(retain_context *ctx, in_counts weight, size_t rows)
{
    return !weight.data || weight.count == rows
               ? 1
               : refuse(ctx, "%s has %zu rows, predictors have %zu; they must have as many", weight.name, weight.count, rows);
}

static void boosting_importance(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, in_counts weight,
                                double level, out_doubles *mean, out_doubles *low, out_doubles *high, out_doubles *gain)
{
    predictor_columns columns;
    retain_predictors rows;
    retain_boosting_node *nodes;
    retain_boosting view;
    if (view_boosting_rows(ctx, model, predictors, by_row, &view, &nodes, &columns, &rows) &&
        match_boosting_rows(ctx, weight, rows.count) && PROVIDE(ctx, mean, view.columns) && PROVIDE(ctx, low, view.columns) &&
        PROVIDE(ctx, high, view.columns) && PROVIDE(ctx, gain, view.columns))
        RUN(ctx, retain_boosting_importance(ctx, &view, &rows, weight.data, level, mean->data, low->data, high->data, gain->data));
    free(nodes);
}

static void boosting_dependence(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, in_counts weight,
                                double level, int64_t column, in_doubles value, out_doubles *log_odds, out_doubles *probability,
                                out_doubles *low, out_doubles *high)
{
    predictor_columns columns;
    retain_predictors rows;
    retain_boosting_node *nodes;
    retain_boosting view;
    if (view_boosting_rows(ctx, model, predictors, by_row, &view, &nodes, &columns, &rows) &&
        match_boosting_rows(ctx, weight, rows.count) && view_boosting_range(ctx, "column", column, 0, RETAIN_PREDICTORS_MOST) &&
        REQUIRE(ctx, value) && PROVIDE(ctx, log_odds, value.count) && PROVIDE(ctx, probability, value.count) &&
        PROVIDE(ctx, low, value.count) && PROVIDE(ctx, high, value.count))
        RUN(ctx, retain_boosting_dependence(ctx, &view, &rows, weight.data, level, (size_t)column, value.data, value.count,
                                            log_odds->data, probability->data, low->data, high->data));
    free(nodes);
}

#endif
