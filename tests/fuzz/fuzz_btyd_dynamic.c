/* Any histories under any seasons: probabilities are probabilities, nothing is negative, and what is drawn can be asked about. */
#include "retain/btyd_dynamic_forecast.h"
#include <math.h>

#include "fuzz.h"

enum { CUSTOMERS = 6, PIECES = 5, COLUMNS = 2 };

static int is_probability(double x)
{
    return x >= 0.0 && x <= 1.0 + 1e-12;
}

/* A day: now and then an odd one. */
static double read_day(fuzz_input *in, double low, double high)
{
    return fuzz_below(in, 64) == 63 ? fuzz_double(in) : fuzz_within(in, low, high);
}

/* Ascending offsets, each customer with `least` or more. */
static int64_t *read_offsets(fuzz_input *in, size_t count, size_t least, size_t *total)
{
    int64_t *offset = fuzz_array(in, count + 1, sizeof *offset);

    for (size_t i = 0; i < count; i++)
        offset[i + 1] = offset[i] + (int64_t)(least + fuzz_below(in, 3));
    *total = (size_t)offset[count];
    if (fuzz_below(in, 64) == 63)
        offset[fuzz_below(in, count + 1)] = (int64_t)fuzz_below(in, *total + 1);
    return offset;
}

static const double *const *read_columns(fuzz_input *in, size_t columns, size_t rows)
{
    const double **column = fuzz_array(in, columns, sizeof *column);

    for (size_t c = 0; c < columns; c++) {
        double *values = fuzz_array(in, rows, sizeof *values);

        for (size_t i = 0; i < rows; i++)
            values[i] = fuzz_below(in, 64) == 63 ? fuzz_double(in) : (double)fuzz_below(in, 3) - 1.0;
        column[c] = values;
    }
    return fuzz_maybe(in, column);
}

static const retain_btyd_histories *read_histories(fuzz_input *in)
{
    retain_btyd_histories *of = fuzz_array(in, 1, sizeof *of);
    size_t occasions, pieces;
    double *start, *end, *occasion, *piece_start, *calendar_start, day = -40.0;
    int64_t *first, *piece;

    of->count = fuzz_below(in, CUSTOMERS);
    of->unit_days = fuzz_below(in, 32) == 31 ? fuzz_double(in) : 7.0;
    of->calendar_pieces = fuzz_below(in, PIECES);
    of->calendar_columns = of->calendar_pieces ? fuzz_below(in, COLUMNS + 1) : fuzz_below(in, 32) == 31;
    of->own_columns = fuzz_below(in, COLUMNS + 1);
    of->known_until = fuzz_below(in, 16) == 15 ? fuzz_double(in) : 1000.0;
    start = fuzz_array(in, of->count, sizeof *start);
    end = fuzz_array(in, of->count, sizeof *end);
    first = read_offsets(in, of->count, 0, &occasions);
    piece = read_offsets(in, of->count, 1, &pieces);
    occasion = fuzz_array(in, occasions, sizeof *occasion);
    piece_start = fuzz_array(in, pieces, sizeof *piece_start);
    calendar_start = fuzz_array(in, of->calendar_pieces, sizeof *calendar_start);
    for (size_t k = 0; k < of->calendar_pieces; k++)
        calendar_start[k] = day = k ? day + read_day(in, 0.5, 60.0) : day;
    for (size_t i = 0; i < of->count; i++) {
        start[i] = read_day(in, -30.0, 60.0);
        day = start[i];
        for (int64_t k = first[i]; k < first[i + 1] && (size_t)k < occasions; k++)
            occasion[k] = day += read_day(in, 0.25, 20.0);
        end[i] = day + read_day(in, 0.0, 90.0);
        day = start[i];
        for (int64_t k = piece[i]; k < piece[i + 1] && (size_t)k < pieces; k++)
            piece_start[k] = day = k > piece[i] ? day + read_day(in, 0.5, 40.0) : day;
    }
    of->start = fuzz_maybe(in, start);
    of->end = fuzz_maybe(in, end);
    of->first = fuzz_maybe(in, first);
    of->occasion = fuzz_maybe(in, occasion);
    of->weight = fuzz_below(in, 4) ? NULL : start;
    of->calendar_start = fuzz_maybe(in, calendar_start);
    of->calendar = read_columns(in, of->calendar_columns, of->calendar_pieces);
    of->piece = fuzz_maybe(in, piece);
    of->piece_start = fuzz_maybe(in, piece_start);
    of->own = read_columns(in, of->own_columns, pieces);
    return fuzz_maybe(in, of);
}

static const retain_btyd *read_model(fuzz_input *in, const retain_btyd_histories *histories)
{
    retain_btyd *model = fuzz_array(in, 1, sizeof *model);

    model->family = fuzz_below(in, 32) == 31 ? (retain_btyd_family)fuzz_below(in, 10) : RETAIN_BTYD_PARETO_NBD;
    model->unit_days = 7.0;
    model->r = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.05, 5.0);
    model->alpha = fuzz_within(in, 0.1, 40.0);
    model->s = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.05, 5.0);
    model->beta = fuzz_within(in, 0.1, 40.0);
    model->covariates = histories ? histories->calendar_columns + histories->own_columns : 0;
    for (size_t c = 0; c < 4; c++) {
        model->purchase[c] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, -2.0, 2.0);
        model->lifetime[c] = fuzz_within(in, -2.0, 2.0);
    }
    return fuzz_maybe(in, model);
}

static void try_fit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_fit_options options = {.struct_size = sizeof options, .iterations = 1 + (int)fuzz_below(in, 8), .prior_sd = 1.0};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;

    (void)fuzz_outcome(in, retain_btyd_dynamic_fit(ctx, histories, fuzz_below(in, 2) ? &options : NULL, &model, &report));
}

static void try_past(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = read_model(in, histories);
    size_t count = histories ? histories->count : 1, entries = 4 + 2 * (model ? model->covariates : 0);
    double *value = fuzz_output(in, count, sizeof *value), *second = fuzz_output(in, count * entries, sizeof *second);

    if (fuzz_below(in, 2)) {
        if (!fuzz_outcome(in, retain_btyd_dynamic_likelihood(ctx, model, histories, value, fuzz_below(in, 2) ? second : NULL)))
            return;
        for (size_t i = 0; i < count; i++)
            fuzz_check(value[i] == value[i]);
        return;
    }
    if (!fuzz_outcome(in,
                      retain_btyd_dynamic_alive(ctx, model, histories, fuzz_maybe(in, value), fuzz_below(in, 2) ? second : NULL)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(is_probability(value[i]));
}

static void try_future(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = read_model(in, histories);
    size_t count = histories ? histories->count : 1;
    double *value = fuzz_output(in, count, sizeof *value),
           t = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 30.0);

    if (fuzz_below(in, 2)) {
        if (!fuzz_outcome(in, retain_btyd_dynamic_silence(ctx, model, histories, t, fuzz_maybe(in, value))))
            return;
        for (size_t i = 0; i < count; i++)
            fuzz_check(is_probability(value[i]));
        return;
    }
    if (!fuzz_outcome(in, retain_btyd_dynamic_orders(ctx, model, histories, t, fuzz_maybe(in, value))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(value[i] >= 0.0);
}

/* Questions with limits, and their total. */
static void try_limits(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = read_model(in, histories);
    size_t count = histories ? histories->count : 1, entries = 4 + 2 * (model ? model->covariates : 0);
    double *covariance = fuzz_array(in, entries * entries, sizeof *covariance), *value = fuzz_output(in, count, sizeof *value);
    double *low = fuzz_output(in, count, sizeof *low), *high = fuzz_output(in, count, sizeof *high);
    retain_btyd_question question = {.struct_size = sizeof question, .quantity = (retain_btyd_quantity)fuzz_below(in, 16)};
    retain_btyd_sum sum = {.struct_size = sizeof sum};

    question.from = fuzz_below(in, 2) ? fuzz_within(in, 0.0, 10.0) : 0.0;
    question.to = fuzz_below(in, 16) == 15 ? fuzz_double(in) : question.from + fuzz_within(in, 0.0, 30.0);
    question.delta = fuzz_within(in, 0.0, 0.1);
    question.share = 0.5;
    for (size_t k = 0; k < entries; k++)
        covariance[k * entries + k] = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 0.2);
    if (fuzz_outcome(in, retain_btyd_dynamic_forecast(ctx, model, histories, &question, fuzz_maybe(in, value)))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(value[i] >= 0.0 ||
                       (isnan(value[i]) && question.quantity >= RETAIN_BTYD_NEXT_QUANTILE)); /* not known, or not there */
    }
    if (fuzz_outcome(in, retain_btyd_dynamic_interval(ctx, model, fuzz_maybe(in, covariance), histories, &question, 0.9, value, low,
                                                      fuzz_maybe(in, high)))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(!(low[i] > high[i]));
    }
    if (fuzz_outcome(in, retain_btyd_dynamic_total(ctx, model, covariance, histories, &question, NULL, 0.9, &sum)))
        fuzz_check(!(sum.low > sum.high) && !(sum.least > sum.most));
}

static void try_tracking(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = read_model(in, histories);
    size_t periods = fuzz_below(in, 5);
    double *edges = fuzz_array(in, periods + 1, sizeof *edges), *expected = fuzz_output(in, periods, sizeof *expected), day = -60.0;

    for (size_t k = 0; k <= periods; k++)
        edges[k] = day += read_day(in, 0.0, 60.0);
    if (!fuzz_outcome(
            in, retain_btyd_dynamic_tracking(ctx, model, histories, fuzz_maybe(in, edges), periods, fuzz_maybe(in, expected))))
        return;
    for (size_t k = 0; k < periods; k++)
        fuzz_check(expected[k] >= 0.0 || (histories && histories->weight));
}

static void try_simulation(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = read_model(in, histories);
    size_t count = histories ? histories->count : 1, room = fuzz_below(in, 200), drawn = 0;
    int64_t *first = fuzz_output(in, count + 1, sizeof *first);
    double *occasion = fuzz_output(in, room, sizeof *occasion), *alive = fuzz_output(in, count, sizeof *alive), value[CUSTOMERS];
    retain_btyd_histories again;

    if (!fuzz_outcome(in, retain_btyd_dynamic_simulate(ctx, model, histories, fuzz_bits(in, 8), fuzz_maybe(in, first), occasion,
                                                       room, &drawn, fuzz_below(in, 2) ? alive : NULL)))
        return;
    again = *histories;
    again.first = first;
    again.occasion = occasion;
    again.weight = NULL;
    fuzz_check(drawn <= room && (size_t)first[count] == drawn);
    fuzz_check(retain_btyd_dynamic_alive(fuzz_calm_context(in), model, &again, value, NULL) == RETAIN_OK);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_fit,    try_past,   try_past,     try_future,
                                                     try_future, try_limits, try_tracking, try_simulation};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
