/* What draws tell of a number: mean, standard deviation and quantiles are read off; of chains, also whether they agree. */
#include <math.h>
#include <string.h>

#include "math/chains.h"
#include "math/draws.h"

enum { MOST = RETAIN_FIT_PARAMETERS };

static const double farthest = 230.0;

int retain__draws_is_whole(const double *row, size_t entries)
{
    double sum = 0.0;

    for (size_t i = 0; i < entries; i++)
        sum += row[i];
    return sum == sum;
}

size_t retain__draws_count_whole(const double *values, size_t draws, size_t entries)
{
    size_t count = 0;

    for (size_t draw = 0; draw < draws; draw++)
        count += (size_t)retain__draws_is_whole(values + draw * entries, entries);
    return count;
}

retain_status retain__draws_check_level(retain_context *ctx, double level)
{
    if (level > 0.0 && level < 1.0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", level);
}

retain_status retain__draws_check_rows(retain_context *ctx, const double *values, size_t draws, size_t parameters, size_t entries)
{
    if (draws && !values)
        return retain__fail_null(ctx, "values");
    for (size_t i = 0; i < draws * entries; i++) {
        int is_logarithm = i % entries < parameters;

        if (values[i] - values[i] != 0.0 ? values[i] == values[i] : is_logarithm && fabs(values[i]) > farthest)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i / entries, "values[%zu] is %g; %s", i, values[i],
                                is_logarithm ? "the logarithm of a parameter must lie in [-230, 230], or be NaN"
                                             : "a coefficient must be finite or NaN");
    }
    return RETAIN_OK;
}

void retain__draws_read_off(double *numbers, size_t count, double level, double *mean, double *deviation, double *low, double *high)
{
    retain__mean_and_deviation(numbers, count, mean, deviation);
    *low = retain__quantile(numbers, count, 0.5 * (1.0 - level));
    *high = retain__quantile(numbers, count, 0.5 + 0.5 * level);
}

/* Numbers [count] in the order of draws, in `room` for 7 each. */
static void sum_up(double *numbers, size_t count, size_t chains, size_t draws, double level, double *room, retain_drawn *drawn)
{
    retain__convergence found = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};

    if (chains && count == chains * draws)
        found = retain__find_convergence(numbers, chains, draws, room);
    retain__draws_read_off(numbers, count, level, &drawn->mean, &drawn->deviation, &drawn->low, &drawn->high);
    drawn->median = retain__quantile(numbers, count, 0.5);
    drawn->error = drawn->deviation / sqrt(chains ? found.ess_mean : (double)count);
    drawn->r_hat = found.r_hat;
    drawn->ess_bulk = found.ess_bulk;
    drawn->ess_tail = found.ess_tail;
}

static retain_status check_summary(retain_context *ctx, const double *values, size_t parameters, size_t entries, size_t chains,
                                   size_t draws, double level, const retain_drawn *drawn)
{
    retain_status status = retain__draws_check_level(ctx, level);
    int fits = 1;

    if (status != RETAIN_OK)
        return status;
    if (entries < 1 || entries > MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "entries is %zu; it must lie in [1, %d]", entries, MOST);
    if (parameters > entries)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "parameters is %zu; it must be at most entries, %zu",
                            parameters, entries);
    retain__multiply(retain__multiply(chains ? chains : 1, draws, &fits), entries * sizeof(double), &fits);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "chains * draws is beyond all memory");
    if (!drawn)
        return retain__fail_null(ctx, "drawn");
    return retain__draws_check_rows(ctx, values, (chains ? chains : 1) * draws, parameters, entries);
}

retain_status retain_draws_summary(retain_context *ctx, const double *values, size_t parameters, size_t entries, size_t chains,
                                   size_t draws, double level, retain_drawn *drawn)
{
    retain__scratch scratch = {ctx, NULL};
    size_t all = (chains ? chains : 1) * draws;
    double *numbers = NULL, *room = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_summary(ctx, values, parameters, entries, chains, draws, level, drawn);
    if (status == RETAIN_OK) {
        numbers = retain__take(&scratch, all, sizeof *numbers);
        room = retain__take(&scratch, all, 6 * sizeof *room);
        if (!numbers || !room)
            status = RETAIN_ERROR_MEMORY;
    }
    for (size_t i = 0; status == RETAIN_OK && i < entries; i++) {
        size_t count = 0;

        for (size_t draw = 0; draw < all; draw++) {
            if (retain__draws_is_whole(values + draw * entries, entries))
                numbers[count++] = i < parameters ? exp(values[draw * entries + i]) : values[draw * entries + i];
        }
        sum_up(numbers, count, chains, draws, level, room, &drawn[i]);
    }
    retain__release(&scratch);
    return status;
}
