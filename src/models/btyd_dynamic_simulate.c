/* Customers drawn from the Pareto/NBD with covariates that change with time.
 *
 * In the time of its own rate each process is as simple as ever: gaps between purchases are exponential, and so is the lifetime. A walk
 * through the pieces says which day such a time is. Every customer is drawn twice, once to count and once to write; the random numbers
 * depend on the seed and the row only. */
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "math/random.h"
#include "models/btyd_dynamic.h"
#include "models/btyd_model.h"

enum { BLOCK = 1024 };

static const double most_occasions = 1e7;

typedef struct simulation {
    const retain__dynamic *of;
    uint64_t seed;
    double *count; /* [customers] occasions, above most_occasions where there are too many */
    double *alive;
    const int64_t *first;
    double *occasion; /* NULL while they are counted */
} simulation;

static void simulate_customer(const simulation *into, size_t i)
{
    const retain__dynamic *of = into->of;
    const double start = of->from->start[i], end = of->from->end[i], unit = of->from->unit_days;
    retain__random random = retain__random_start(into->seed, i);
    const double rate = retain__random_gamma(&random, of->r, 1.0), log_slowness = -retain__random_log_gamma(&random, of->s);
    double death = retain__random_exponential(&random, 1.0), next, A = 0.0, C = 0.0, count = 0.0, from = start;
    retain__dynamic_walk walk = retain__dynamic_set_out(of, i, start, end);
    size_t piece, own;
    int is_alive = 1;

    death = log_slowness < 709.0 ? death * retain__fast_exp(log_slowness) : (double)INFINITY;
    next = retain__random_exponential(&random, rate);
    while (is_alive && count <= most_occasions && retain__dynamic_step(&walk, &piece, &own)) {
        const double p = walk.rate[RETAIN__PURCHASE], q = walk.rate[RETAIN__LIFETIME], left = (death - C) / q;
        const double lived = left < walk.width ? left : walk.width;

        is_alive = !(left < walk.width);
        for (; next <= A + p * lived && count <= most_occasions; count += 1.0) {
            double day = from + (next - A) / p * unit;

            day = day > walk.at ? walk.at : day > start ? day : nextafter(start, (double)INFINITY);
            if (into->occasion)
                into->occasion[into->first[i] + (int64_t)count] = day;
            next += retain__random_exponential(&random, rate);
        }
        A += p * walk.width;
        C += q * walk.width;
        from = walk.at;
    }
    into->count[i] = count;
    if (into->alive)
        into->alive[i] = is_alive ? 1.0 : 0.0;
}

static void simulate_block(void *state, size_t block, size_t first, size_t last)
{
    const simulation *into = state;

    (void)block;
    for (size_t i = first; i < last; i++)
        simulate_customer(into, i);
}

/* Offsets from counts. */
static retain_status add_up(retain_context *ctx, const double *counts, size_t customers, int64_t *first)
{
    first[0] = 0;
    for (size_t i = 0; i < customers; i++) {
        if (counts[i] > most_occasions)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customer %zu makes more than %g occasions", i, most_occasions);
        first[i + 1] = first[i] + (int64_t)counts[i];
    }
    return RETAIN_OK;
}

retain_status retain_btyd_dynamic_simulate(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                           uint64_t seed, int64_t *first, double *occasion, size_t capacity, size_t *occasions,
                                           double *alive)
{
    retain__scratch scratch = {ctx, NULL};
    retain_context quiet;
    retain__dynamic of;
    simulation into = {.of = &of, .seed = seed};
    int64_t *offsets = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__dynamic_check(ctx, histories, 0, 1);
    if (status == RETAIN_OK && (!first || !occasions || (capacity && !occasion)))
        status = retain__fail_null(ctx, !first ? "first" : !occasions ? "occasions" : "occasion");
    if (status == RETAIN_OK)
        status = retain__dynamic_open(ctx, &scratch, model, histories, 0, &of);
    if (status == RETAIN_OK) {
        into.count = retain__take(&scratch, histories->count, sizeof *into.count);
        offsets = retain__take(&scratch, histories->count + 1, sizeof *offsets);
        status = into.count && offsets ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, histories->count, BLOCK, 0.0, 1.0, simulate_block, &into);
    if (status == RETAIN_OK)
        status = add_up(ctx, into.count, histories->count, offsets);
    if (status == RETAIN_OK && (size_t)offsets[histories->count] > capacity) {
        *occasions = (size_t)offsets[histories->count];
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu occasions", capacity,
                              *occasions);
    }
    if (status == RETAIN_OK) {
        into.first = offsets;
        into.occasion = occasion;
        into.alive = alive;
        status = retain__parallel(retain__btyd_quiet(ctx, &quiet), histories->count, BLOCK, 0.0, 1.0, simulate_block, &into);
        memcpy(first, offsets, (histories->count + 1) * sizeof *first);
        *occasions = (size_t)offsets[histories->count];
    }
    retain__release(&scratch);
    return status;
}
