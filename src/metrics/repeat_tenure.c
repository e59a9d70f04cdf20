/* Do customers spend more, the longer they have been with the shop? Occasions by the customer's age, in bands of days. */
#include "metrics/periods.h"
#include "metrics/repeat_bands.h"

static size_t find_age(const void *state, const retain__customer *customer, size_t i)
{
    /* Before the first edge: 0 - 1, which is no band. */
    return retain__edges_passed(state, customer->occasion[i].day - customer->occasion[0].day) - 1;
}

static retain_status read_ages(retain_context *ctx, retain__scratch *scratch, const int64_t *ages, size_t age_count,
                               retain__periods *periods)
{
    if (!ages)
        return retain__fail_null(ctx, "ages");
    if (age_count < 2)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "age_count is %zu; it must be at least 2, the beginning and the end of one band", age_count);
    if (ages[0] < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, 0, "ages[0] is %lld; it must not be negative", (long long)ages[0]);
    for (size_t k = 1; k < age_count; k++) {
        if (ages[k] <= ages[k - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "ages[%zu] is %lld; it must be more than the age before it, %lld", k,
                                (long long)ages[k], (long long)ages[k - 1]);
    }
    return retain__read_periods(ctx, scratch, ages, age_count, INT64_MAX, periods);
}

retain_status retain_repeat_tenure(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *ages,
                                   size_t age_count, const retain_orders_options *counting, const retain_repeat_options *given,
                                   const retain_repeat_bands *columns)
{
    retain_repeat_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    retain__band *bands = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_options(ctx, given, &options);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = read_ages(ctx, &scratch, ages, age_count, &periods);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = retain__fill_bands(ctx, &scratch, &log, periods.count, find_age, &periods, &bands);
    for (size_t k = 0; status == RETAIN_OK && k < periods.count; k++) {
        retain__put(columns->occasions, k, bands[k].occasions);
        retain__put(columns->customers, k, bands[k].customers);
        retain__put(columns->revenue, k, retain__sum_value(bands[k].value));
        retain__put_band_value(&bands[k], options.level, columns->value, columns->value_low, columns->value_high, k);
    }
    retain__release(&scratch);
    return status;
}
