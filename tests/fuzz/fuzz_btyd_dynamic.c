/* Any histories under any seasons: probabilities are probabilities, nothing is negative, and what is drawn can be asked about. */
#include "retain/btyd_dynamic_forecast.h"

#include "fuzz_histories.h"

enum { CUSTOMERS = 6 };

static int is_probability(double x)
{
    return x >= 0.0 && x <= 1.0 + 1e-12;
}

static const retain_btyd_histories *read_histories(fuzz_input *in)
{
    return fuzz_histories(in, fuzz_below(in, CUSTOMERS));
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
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
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
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
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

/* The next order may lie beyond what is known, or not be there. */
static int is_answer(const retain_btyd_question *question, double value)
{
    return value >= 0.0 || (isnan(value) && question->quantity >= RETAIN_BTYD_NEXT_QUANTILE);
}

/* Questions with limits, and their total. */
static void try_limits(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
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
            fuzz_check(is_answer(&question, value[i]));
    }
    if (fuzz_outcome(in, retain_btyd_dynamic_interval(ctx, model, fuzz_maybe(in, covariance), histories, &question, 0.9, value, low,
                                                      fuzz_maybe(in, high)))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(!(low[i] > high[i]));
    }
    if (fuzz_outcome(in, retain_btyd_dynamic_total(ctx, model, covariance, histories, &question, NULL, 0.9, &sum)))
        fuzz_check(!(sum.low > sum.high) && !(sum.least > sum.most));
}

/* Counts: no more than certain together; n of a thousand and more too. */
static void try_distribution(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
    const size_t count = histories ? histories->count : 1, counts = fuzz_below(in, 64) == 63 ? 1200 : fuzz_below(in, 12);
    const double from = fuzz_below(in, 2) ? fuzz_within(in, 0.0, 10.0) : 0.0;
    const double to = fuzz_below(in, 16) == 15 ? fuzz_double(in) : from + fuzz_within(in, 0.0, 30.0);
    double *probabilities = fuzz_output(in, count * counts, sizeof *probabilities);

    if (!fuzz_outcome(in, retain_btyd_dynamic_distribution(ctx, model, histories, from, to, counts, fuzz_maybe(in, probabilities))))
        return;
    for (size_t i = 0; i < count; i++) {
        double sum = 0.0;

        for (size_t n = 0; n < counts; n++) {
            fuzz_check(is_probability(probabilities[i * counts + n]));
            sum += probabilities[i * counts + n];
        }
        fuzz_check(sum <= 1.0 + 1e-9);
    }
}

/* Answers are those of the forecast; */
static void try_gradient(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
    const size_t count = histories ? histories->count : 1, entries = 4 + 2 * (model ? model->covariates : 0);
    double *values = fuzz_output(in, count, sizeof *values), *gradient = fuzz_output(in, count * entries, sizeof *gradient);
    double again[CUSTOMERS];
    retain_btyd_question question = {.struct_size = sizeof question, .quantity = (retain_btyd_quantity)fuzz_below(in, 16)};

    question.from = fuzz_below(in, 2) ? fuzz_within(in, 0.0, 10.0) : 0.0;
    question.to = fuzz_below(in, 16) == 15 ? fuzz_double(in) : question.from + fuzz_within(in, 0.0, 30.0);
    question.delta = fuzz_within(in, 0.0, 0.1);
    question.n = (double)fuzz_below(in, 8);
    question.share = fuzz_within(in, 0.01, 0.9);
    if (!fuzz_outcome(in, retain_btyd_dynamic_gradient(ctx, model, histories, &question, fuzz_below(in, 2) ? values : NULL,
                                                       fuzz_maybe(in, gradient))))
        return;
    fuzz_check(retain_btyd_dynamic_forecast(fuzz_calm_context(in), model, histories, &question, again) == RETAIN_OK);
    for (size_t i = 0; i < count; i++)
        fuzz_check(is_answer(&question, again[i]));
}

static void try_tracking(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd_histories *histories = read_histories(in);
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
    size_t periods = fuzz_below(in, 5);
    double *edges = fuzz_array(in, periods + 1, sizeof *edges), *expected = fuzz_output(in, periods, sizeof *expected), day = -60.0;

    for (size_t k = 0; k <= periods; k++)
        edges[k] = day += fuzz_day(in, 0.0, 60.0);
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
    const retain_btyd *model = fuzz_dynamic_model(in, histories);
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
    static void (*const tries[])(fuzz_input * in) = {try_fit,    try_past,         try_past,     try_future,   try_future,
                                                     try_limits, try_distribution, try_gradient, try_tracking, try_simulation};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
