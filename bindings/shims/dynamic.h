/* Shims of retain/btyd_dynamic.h, retain/btyd_dynamic_forecast.h and retain/orders_occasions.h. Histories cross as their columns; calendar columns, and own ones, one after
 * the other in one array, as many as fit the number of pieces. */
#ifndef RETAIN_SHIMS_DYNAMIC_H
#define RETAIN_SHIMS_DYNAMIC_H

#include <stdlib.h>

#include "shims/forecasts.h"
#include "shims/models.h"

typedef struct view_of_histories {
    retain_btyd_histories histories;
    const double *calendar[RETAIN_BTYD_COVARIATES], *own[RETAIN_BTYD_COVARIATES];
} view_of_histories;

/* `data` holds columns of `pieces` numbers. */
static int view_pieces(retain_context *ctx, in_doubles data, size_t pieces, const double **columns, size_t *count)
{
    *count = 0;
    if (!data.data || (pieces == 0 && data.count == 0))
        return 1;
    if (pieces == 0 || data.count % pieces != 0)
        return refuse(ctx, "%s has %zu numbers; it needs columns of %zu, one after the other", data.name, data.count, pieces);
    if (data.count / pieces > RETAIN_BTYD_COVARIATES)
        return refuse(ctx, "%s has %zu columns; there may be at most %d", data.name, data.count / pieces, RETAIN_BTYD_COVARIATES);
    for (*count = 0; *count < data.count / pieces; ++*count)
        columns[*count] = data.data + *count * pieces;
    return 1;
}

/* Offsets must end where their column does. */
static int view_offsets(retain_context *ctx, in_ints offsets, size_t customers, in_doubles column)
{
    if (!REQUIRE(ctx, offsets) || !REQUIRE(ctx, column))
        return 0;
    if (offsets.count != customers + 1)
        return refuse(ctx, "%s has %zu rows; it needs %zu, one more than there are customers", offsets.name, offsets.count, customers + 1);
    if (offsets.data[customers] < 0 || (uint64_t)offsets.data[customers] != column.count)
        return refuse(ctx, "%s ends with %lld; %s has %zu rows, and that is where it must end", offsets.name,
                      (long long)offsets.data[customers], column.name, column.count);
    return 1;
}

static int view_histories(retain_context *ctx, in_counts start, in_counts end, in_keys first, in_counts occasion, in_doubles weight,
                          double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                          in_counts own, double known_until, int with_occasions, view_of_histories *into)
{
    retain_btyd_histories *of = &into->histories;
    if (!REQUIRE(ctx, start) || !REQUIRE(ctx, end) || !MATCH(ctx, end, start) || !MATCH(ctx, weight, start))
        return 0;
    if (with_occasions && !view_offsets(ctx, first, start.count, occasion))
        return 0;
    if ((calendar_start.data || calendar.data) && (!REQUIRE(ctx, calendar_start) || !REQUIRE(ctx, calendar)))
        return 0;
    if ((piece.data || piece_start.data || own.data) && (!view_offsets(ctx, piece, start.count, piece_start) || !REQUIRE(ctx, own)))
        return 0;
    *of = (retain_btyd_histories){.count = start.count,
                                  .start = start.data,
                                  .end = end.data,
                                  .first = first.data,
                                  .occasion = occasion.data,
                                  .weight = weight.data,
                                  .unit_days = unit_days,
                                  .calendar_pieces = calendar_start.count,
                                  .calendar_start = calendar_start.data,
                                  .piece = piece.data,
                                  .piece_start = piece_start.data,
                                  .known_until = known_until};
    of->calendar = into->calendar;
    of->own = into->own;
    return view_pieces(ctx, calendar, calendar_start.count, into->calendar, &of->calendar_columns) &&
           view_pieces(ctx, own, piece_start.count, into->own, &of->own_columns);
}

/* Options whose length follows from the number of covariates. */
static int view_entries(retain_context *ctx, const char *name, const void *data, size_t count, size_t wanted, const view_of_histories *view,
                        in_doubles calendar, in_doubles own)
{
    const retain_btyd_histories *of = &view->histories;
    if (!data || count == wanted)
        return 1;
    return refuse(ctx, "%s has %zu entries; it needs %zu: calendar has %zu numbers, which is %zu columns, and own %zu, which is %zu", name, count,
                  wanted, calendar.count, of->calendar_columns, own.count, of->own_columns);
}

static void orders_occasions(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                             in_counts multiple, in_doubles value_low, int64_t observation_end, int64_t occasion_days,
                             int count_zero_orders, out_ints *customers, out_doubles *start, out_ints *first, out_doubles *occasion,
                             record *result)
{
    retain_orders_options options = view_counting(1.0, occasion_days, count_zero_orders);
    retain_orders log;
    size_t n = customer.count, capacity = n, offsets = n + 1, room = n, count = 0, occasions = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !PROVIDE_UP_TO(ctx, customers, n, &capacity) || !PROVIDE_UP_TO(ctx, start, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, first, n + 1, &offsets) || !PROVIDE_UP_TO(ctx, occasion, n, &room))
        return;
    if (!start->data || !first->data || !occasion->data || offsets == 0) {
        refuse(ctx, "start, first and occasion are required");
        return;
    }
    if (offsets - 1 < capacity)
        capacity = offsets - 1;
    RUN(ctx, retain_orders_occasions(ctx, &log, observation_end, &options, capacity, &count, customers->data, start->data,
                                     first->data, room, &occasions, occasion->data));
    if (ctx->status != RETAIN_OK)
        return;
    record_whole(result, "customers", (int64_t)count);
    record_whole(result, "occasions", (int64_t)occasions);
    TRIM(customers, count);
    TRIM(start, count);
    TRIM(first, count + 1);
    TRIM(occasion, occasions);
}

static void btyd_dynamic_fit(retain_context *ctx, in_counts start, in_counts end, in_keys first, in_counts occasion, in_doubles weight,
                             double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                             in_counts own, double known_until, in_bytes purchase, in_bytes lifetime, in_bytes equal, in_doubles fixed,
                             double prior_sd, double coefficient_sd, in_doubles prior_centre, int iterations, double level,
                             out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options,
                                  .iterations = iterations,
                                  .level = level,
                                  .prior_sd = prior_sd,
                                  .coefficient_sd = coefficient_sd,
                                  .prior_centre = prior_centre.data,
                                  .fixed = fixed.data,
                                  .purchase = purchase.data,
                                  .lifetime = lifetime.data,
                                  .equal = equal.data};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    view_of_histories view;
    retain_btyd fitted;
    size_t m;
    if (!view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view))
        return;
    m = view.histories.calendar_columns + view.histories.own_columns;
    if (m > RETAIN_BTYD_COVARIATES) {
        refuse(ctx, "there are %zu covariates; there may be at most %d", m, RETAIN_BTYD_COVARIATES);
        return;
    }
    if (!view_length(ctx, "prior_centre", prior_centre.data, prior_centre.count, 4) ||
        !view_entries(ctx, "fixed", fixed.data, fixed.count, 4 + 2 * m, &view, calendar, own) || !view_entries(ctx, "purchase", purchase.data, purchase.count, m, &view, calendar, own) ||
        !view_entries(ctx, "lifetime", lifetime.data, lifetime.count, m, &view, calendar, own) || !view_entries(ctx, "equal", equal.data, equal.count, m, &view, calendar, own) ||
        !PROVIDE(ctx, model, 6 + 2 * m))
        return;
    RUN(ctx, retain_btyd_dynamic_fit(ctx, &view.histories, &options, &fitted, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE))
        record_btyd(&fitted, model);
    record_fit(ctx, result, &report);
}

static void btyd_dynamic_likelihood(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first,
                                    in_counts occasion, double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece,
                                    in_counts piece_start, in_counts own, double known_until, out_doubles *log_likelihood,
                                    out_doubles *gradient)
{
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    size_t cells = 0;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !view_entries(ctx, "model", model.data, model.count, 6 + 2 * (view.histories.calendar_columns + view.histories.own_columns), &view,
                      calendar, own) ||
        !multiply_rows(ctx, start.count, 4 + 2 * m.covariates, &cells) || !PROVIDE(ctx, log_likelihood, start.count) ||
        !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_btyd_dynamic_likelihood(ctx, &m, &view.histories, log_likelihood->data, gradient->data));
}

static void btyd_dynamic_alive(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first, in_counts occasion,
                               double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                               in_counts own, double known_until, out_doubles *alive, out_doubles *log_odds_dead)
{
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !PROVIDE(ctx, alive, start.count) || !PROVIDE(ctx, log_odds_dead, start.count))
        return;
    RUN(ctx, retain_btyd_dynamic_alive(ctx, &m, &view.histories, alive->data, log_odds_dead->data));
}

static void btyd_dynamic_orders(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first, in_counts occasion,
                                double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                                in_counts own, double known_until, double t, out_doubles *orders)
{
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !PROVIDE(ctx, orders, start.count))
        return;
    RUN(ctx, retain_btyd_dynamic_orders(ctx, &m, &view.histories, t, orders->data));
}

static void btyd_dynamic_silence(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first, in_counts occasion,
                                 double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                                 in_counts own, double known_until, double t, out_doubles *silence)
{
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !PROVIDE(ctx, silence, start.count))
        return;
    RUN(ctx, retain_btyd_dynamic_silence(ctx, &m, &view.histories, t, silence->data));
}

static void btyd_dynamic_forecast(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first, in_counts occasion,
                                  double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                                  in_counts own, double known_until, int quantity, double since, double until, double delta, double n,
                                  double share, out_doubles *values)
{
    retain_btyd_question question = view_question(quantity, since, until, delta, n, share);
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !PROVIDE(ctx, values, start.count))
        return;
    RUN(ctx, retain_btyd_dynamic_forecast(ctx, &m, &view.histories, &question, values->data));
}

static void btyd_dynamic_interval(retain_context *ctx, in_doubles model, in_doubles covariance, in_counts start, in_counts end, in_keys first,
                                  in_counts occasion, double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece,
                                  in_counts piece_start, in_counts own, double known_until, int quantity, double since, double until, double delta,
                                  double n, double share, double level, out_doubles *values, out_doubles *low, out_doubles *high)
{
    retain_btyd_question question = view_question(quantity, since, until, delta, n, share);
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !REQUIRE(ctx, covariance) || !view_covariance(ctx, covariance, &m) || !PROVIDE(ctx, values, start.count) ||
        !PROVIDE(ctx, low, start.count) || !PROVIDE(ctx, high, start.count))
        return;
    RUN(ctx, retain_btyd_dynamic_interval(ctx, &m, covariance.data, &view.histories, &question, level, values->data, low->data, high->data));
}

static void btyd_dynamic_total(retain_context *ctx, in_doubles model, in_doubles covariance, in_counts start, in_counts end, in_keys first,
                               in_counts occasion, in_doubles weight, double unit_days, in_counts calendar_start, in_counts calendar,
                               in_keys piece, in_counts piece_start, in_counts own, double known_until, int quantity, double since, double until,
                               double delta, double n, double share, in_doubles worth, double level, record *result)
{
    retain_btyd_question question = view_question(quantity, since, until, delta, n, share);
    retain_btyd_sum sum = {sizeof sum, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !MATCH(ctx, worth, start) || !view_covariance(ctx, covariance, &m))
        return;
    RUN(ctx, retain_btyd_dynamic_total(ctx, &m, covariance.data, &view.histories, &question, worth.data, level, &sum));
    record_sum(result, &sum);
}

static void btyd_dynamic_gradient(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first, in_counts occasion,
                                  double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                                  in_counts own, double known_until, int quantity, double since, double until, double delta, double n,
                                  double share, out_doubles *values, out_doubles *gradient)
{
    retain_btyd_question question = view_question(quantity, since, until, delta, n, share);
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    size_t cells = 0;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view) ||
        !view_entries(ctx, "model", model.data, model.count, 6 + 2 * (view.histories.calendar_columns + view.histories.own_columns), &view,
                      calendar, own) ||
        !multiply_rows(ctx, start.count, 4 + 2 * m.covariates, &cells) || !PROVIDE(ctx, values, start.count) ||
        !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_btyd_dynamic_gradient(ctx, &m, &view.histories, &question, values->data, gradient->data));
}

static void btyd_dynamic_distribution(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_keys first,
                                      in_counts occasion, double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece,
                                      in_counts piece_start, in_counts own, double known_until, double since, double until, int64_t counts,
                                      out_doubles *probabilities)
{
    in_doubles weight = {NULL, 0, "weight"};
    view_of_histories view;
    retain_btyd m;
    size_t cells = 0;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &view))
        return;
    if (counts < 1 || counts > 1000001) {
        refuse(ctx, "counts is %lld; it must lie in [1, 10^6 + 1]", (long long)counts);
        return;
    }
    if (!multiply_rows(ctx, start.count, (size_t)counts, &cells) || !PROVIDE(ctx, probabilities, cells))
        return;
    RUN(ctx, retain_btyd_dynamic_distribution(ctx, &m, &view.histories, since, until, (size_t)counts, probabilities->data));
}

static void btyd_dynamic_tracking(retain_context *ctx, in_doubles model, in_counts start, in_counts end, in_doubles weight,
                                  double unit_days, in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start,
                                  in_counts own, double known_until, in_counts edges, out_doubles *expected)
{
    in_ints first = {NULL, 0, "first"};
    in_doubles occasion = {NULL, 0, "occasion"};
    view_of_histories view;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 0,
                        &view) ||
        !REQUIRE(ctx, edges))
        return;
    if (edges.count == 0) {
        refuse(ctx, "edges is empty; n periods have n + 1 edges");
        return;
    }
    if (!PROVIDE(ctx, expected, edges.count - 1))
        return;
    RUN(ctx, retain_btyd_dynamic_tracking(ctx, &m, &view.histories, edges.data, edges.count - 1, expected->data));
}

/* The number of occasions is known when they have been drawn once; who does not want them may want the rest. */
static void btyd_dynamic_simulate(retain_context *ctx, in_doubles model, in_counts start, in_counts end, double unit_days,
                                  in_counts calendar_start, in_counts calendar, in_keys piece, in_counts piece_start, in_counts own,
                                  double known_until, uint64_t seed, out_ints *first, out_doubles *occasion, out_doubles *alive,
                                  record *result)
{
    in_ints offsets = {NULL, 0, "first"};
    in_doubles none = {NULL, 0, "occasion"};
    view_of_histories view;
    retain_btyd m;
    size_t occasions = 0, capacity;
    double *drawn, *spare = NULL;
    if (!view_btyd(ctx, model, &m) ||
        !view_histories(ctx, start, end, offsets, none, none, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 0,
                        &view) ||
        !PROVIDE(ctx, first, start.count + 1) || !PROVIDE(ctx, alive, start.count))
        return;
    RUN(ctx, retain_btyd_dynamic_simulate(ctx, &m, &view.histories, seed, first->data, NULL, 0, &occasions, NULL));
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CAPACITY)
        return;
    ctx->status = RETAIN_OK;
    capacity = occasions;
    record_whole(result, "occasions", (int64_t)occasions);
    if (!PROVIDE_UP_TO(ctx, occasion, occasions, &capacity))
        return;
    drawn = occasion->data;
    if (!drawn && !(spare = malloc((occasions + 1) * sizeof *spare))) {
        ctx->status = RETAIN_ERROR_MEMORY;
        return;
    }
    RUN(ctx, retain_btyd_dynamic_simulate(ctx, &m, &view.histories, seed, first->data, drawn ? drawn : spare, capacity, &occasions, alive->data));
    free(spare);
    if (ctx->status == RETAIN_OK && drawn)
        TRIM(occasion, occasions);
}

#endif
