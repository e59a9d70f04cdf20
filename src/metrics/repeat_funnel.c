/* First, second, third occasion: how many get there, how soon, and what they spend.
 *
 * The share that has gone on so far is a plain count, and too low in a growing shop, for many have only just arrived. The share
 * that goes on within a horizon is the Kaplan-Meier estimate over one duration a customer and step: closed by the next occasion, or
 * open at the observation end. */
#include "metrics/gap_durations.h"
#include "metrics/repeat_bands.h"

static size_t find_step(const void *state, const retain__customer *customer, size_t i)
{
    (void)state;
    (void)customer;
    return i;
}

typedef struct funnel {
    size_t steps;
    int64_t observation_end;
} funnel;

static void note_steps(const void *state, retain__duration_notes *notes, const retain__customer *customer)
{
    const funnel *steps = state;
    const retain__occasion *at = customer->occasion;

    for (size_t k = 0; k < customer->count && k < steps->steps; k++) {
        const int ended = k + 1 < customer->count;

        retain__note_duration(notes, k, at[k].day, ended ? at[k + 1].day : steps->observation_end, ended);
    }
}

static void write_step(const retain_repeat_steps *columns, size_t k, const retain__duration *gaps, size_t count,
                       const retain_repeat_options *options)
{
    const retain__curve_interval interval = {-retain__ndtri(0.5 * (1.0 - options->level)), RETAIN__LOG_LOG};
    const retain__curve_reading within = retain__curve_share(gaps, count, (double)options->horizon_days, &interval);
    const retain__curve_reading median = retain__curve_quantile(gaps, count, 0.5, &interval);
    double reached = 0.0, went_on = 0.0;

    for (size_t i = 0; i < count; i++) {
        reached += gaps[i].ended + gaps[i].open;
        went_on += gaps[i].ended;
    }
    retain__put(columns->customers, k, reached);
    retain__put(columns->continued, k, went_on);
    retain__put_rate(went_on, reached, options->level, columns->conversion, columns->conversion_low, columns->conversion_high, k);
    retain__put(columns->within, k, within.value);
    retain__put(columns->within_low, k, within.low);
    retain__put(columns->within_high, k, within.high);
    retain__put(columns->median_days, k, median.value);
    retain__put(columns->median_low, k, median.low);
    retain__put(columns->median_high, k, median.high);
}

retain_status retain_repeat_funnel(retain_context *ctx, const retain_orders *orders, int64_t observation_end, size_t steps,
                                   const retain_orders_options *counting, const retain_repeat_options *given,
                                   const retain_repeat_steps *columns)
{
    const funnel shape = {steps, observation_end};
    retain_repeat_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__durations gaps = {NULL, NULL};
    retain__band *bands = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_options(ctx, given, &options);
    if (status == RETAIN_OK && (steps < 1 || steps > RETAIN__MOST_CLASSES))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "steps is %zu; it must lie in [1, 65536]", steps);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = retain__count_durations(ctx, &scratch, &log, observation_end, steps, note_steps, &shape, &gaps);
    if (status == RETAIN_OK)
        status = retain__fill_bands(ctx, &scratch, &log, steps, find_step, NULL, &bands);
    for (size_t k = 0; status == RETAIN_OK && k < steps; k++) {
        write_step(columns, k, gaps.duration + gaps.first[k], gaps.first[k + 1] - gaps.first[k], &options);
        retain__put_band_value(&bands[k], options.level, columns->value, columns->value_low, columns->value_high, k);
    }
    retain__release(&scratch);
    return status;
}
