#include "spenders.h"

#include "math/random.h"
#include "math/special.h"
#include "support.h"

const retain_spend_model gamma_truth = {.family = RETAIN_SPEND_GAMMA_GAMMA, .p = 4.0, .q = 5.0, .gamma = 30.0, .theta = 0.2},
                         normal_truth = {.family = RETAIN_SPEND_LOG_NORMAL,
                                         .median = 30.0,
                                         .tau = 0.5,
                                         .sigma = 0.7,
                                         .theta = -0.15,
                                         .delta = 0.02};

double *column_of(base *of, size_t column)
{
    double *const columns[COLUMNS] = {of->orders, of->mean,  of->mean_log, of->squares, of->frequency,
                                      of->time,   of->spans, of->products, of->weight};

    return columns[column];
}

retain_spenders view_base(base *of, size_t count)
{
    return (retain_spenders){.count = count,
                             .orders = of->orders,
                             .mean = of->mean,
                             .mean_log = of->mean_log,
                             .log_squares = of->squares,
                             .frequency = of->frequency,
                             .time = of->time,
                             .time_squares = of->spans,
                             .time_logs = of->products};
}

retain_spenders without_effects(retain_spenders spenders)
{
    spenders.frequency = spenders.time = spenders.time_squares = spenders.time_logs = NULL;
    return spenders;
}

static double draw_normal(retain__random *random)
{
    double u = retain__random_uniform(random);

    return retain__ndtri(u > 0.0 ? u : 0.5);
}

enum { MOST_ORDERS = 40 };

void sum_up_orders(base *into, size_t i, const double *values, const double *times, size_t n)
{
    double logs = 0.0, sum = 0.0, when = 0.0;

    for (size_t k = 0; k < n; k++) {
        sum += values[k];
        logs += log(values[k]);
        when += times[k];
    }
    into->orders[i] = (double)n;
    into->mean[i] = sum / (double)n;
    into->mean_log[i] = logs / (double)n;
    into->time[i] = when / (double)n;
    into->squares[i] = into->spans[i] = into->products[i] = 0.0;
    for (size_t k = 0; k < n; k++) {
        double a = log(values[k]) - into->mean_log[i], b = times[k] - into->time[i];

        into->squares[i] += n > 1 ? a * a : 0.0;
        into->spans[i] += n > 1 ? b * b : 0.0;
        into->products[i] += n > 1 ? a * b : 0.0;
    }
}

retain_spenders draw_base(base *into, const retain_spend_model *truth, uint64_t seed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(seed, i);
        size_t n = i % 5 ? 1 + (size_t)(retain__random_gamma(&random, 0.8, 0.3)) % MOST_ORDERS : 0;
        double values[MOST_ORDERS], times[MOST_ORDERS], effect = truth->theta * log1p((double)n), own;

        own = truth->family == RETAIN_SPEND_GAMMA_GAMMA ? retain__random_gamma(&random, truth->q, truth->gamma * exp(effect))
                                                        : log(truth->median) + effect + truth->tau * draw_normal(&random);
        for (size_t k = 0; k < n; k++) {
            times[k] = -10.0 * retain__random_uniform(&random);
            values[k] = truth->family == RETAIN_SPEND_GAMMA_GAMMA
                            ? retain__random_gamma(&random, truth->p, own)
                            : exp(own + truth->delta * times[k] + truth->sigma * draw_normal(&random));
        }
        into->frequency[i] = (double)n;
        into->orders[i] = 0.0;
        into->mean[i] = into->mean_log[i] = into->squares[i] = into->time[i] = into->spans[i] = into->products[i] = (double)NAN;
        if (n)
            sum_up_orders(into, i, values, times, n);
    }
    return view_base(into, count);
}

base *new_base(void)
{
    base *made = calloc(1, sizeof *made);

    assert_non_null(made);
    return made;
}
