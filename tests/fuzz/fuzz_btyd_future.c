/* Any question about any customers: probabilities are probabilities, nothing is negative, and nothing is NaN that has a number. */
#include "fuzz_forecasts.h"

static int is_probability(double x)
{
    return x >= 0.0 && x <= 1.0 + 1e-12;
}

static void try_forecast(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_forecast_model(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    const retain_btyd_question *question = fuzz_question(in);
    size_t count = customers ? customers->count : 1;
    double *values = fuzz_output(in, count, sizeof *values);

    if (!fuzz_outcome(in, retain_btyd_forecast(ctx, model, customers, question, fuzz_maybe(in, values))))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(fuzz_is_answer(model, question, values[i]));
        if (question->quantity >= RETAIN_BTYD_SILENCE && question->quantity <= RETAIN_BTYD_AT_MOST)
            fuzz_check(is_probability(values[i]));
        if (question->quantity == RETAIN_BTYD_NEXT_MEAN)
            fuzz_check(values[i] <= question->to * (1.0 + 1e-9));
    }
}

static void try_distribution(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_forecast_model(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    size_t rows = customers ? customers->count : 1, counts = fuzz_below(in, 8);
    double from = fuzz_below(in, 2) ? 0.0 : fuzz_within(in, 0.0, 30.0), to = fuzz_within(in, 0.0, 100.0);
    double *cells = fuzz_output(in, rows * counts, sizeof *cells);

    if (!fuzz_outcome(in, retain_btyd_distribution(ctx, model, customers, from, to, counts, fuzz_maybe(in, cells))))
        return;
    for (size_t i = 0; i < rows; i++) {
        double sum = 0.0;

        for (size_t n = 0; n < counts; n++) {
            fuzz_check(is_probability(cells[i * counts + n]));
            sum += cells[i * counts + n];
        }
        fuzz_check(sum <= 1.0 + 1e-9);
    }
}

static void try_history(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_forecast_model(in);
    size_t orders = fuzz_below(in, 6), count = fuzz_below(in, 6);
    double *ages = fuzz_array(in, orders, sizeof *ages), *instants = fuzz_array(in, count, sizeof *instants), age = 0.0;
    double *alive = fuzz_output(in, count, sizeof *alive);

    for (size_t i = 0; i < orders; i++)
        ages[i] = age = fuzz_below(in, 32) == 31 ? fuzz_double(in) : age + fuzz_within(in, 0.0, 20.0);
    for (size_t i = 0; i < count; i++)
        instants[i] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.0, 100.0);
    if (!fuzz_outcome(in, retain_btyd_history(ctx, model, ages, orders, instants, count, fuzz_maybe(in, alive))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(is_probability(alive[i]));
}

static void try_tracking(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_forecast_model(in);
    size_t customers = fuzz_below(in, 6), count = fuzz_below(in, 6);
    double *births = fuzz_array(in, customers, sizeof *births), *weight = fuzz_array(in, customers, sizeof *weight),
           *times = fuzz_array(in, count, sizeof *times), *expected = fuzz_output(in, count, sizeof *expected);

    for (size_t i = 0; i < customers; i++) {
        births[i] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, -50.0, 50.0);
        weight[i] = (double)(fuzz_bits(in, 1) % 5);
    }
    for (size_t i = 0; i < count; i++)
        times[i] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, -50.0, 100.0);
    if (!fuzz_outcome(in, retain_btyd_tracking(ctx, model, births, fuzz_below(in, 2) ? weight : NULL, customers, times, count,
                                               fuzz_maybe(in, expected))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(expected[i] >= 0.0);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_forecast, try_forecast, try_distribution, try_history, try_tracking};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
