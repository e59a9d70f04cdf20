/* Simulated customers: the check of every claim about a model.
 *
 * A family draws a customer's fate: how often the customer buys while alive, and when or after how many purchases the customer
 * leaves. The rest is the same for all: purchases at random moments until then. Every customer has a stream of random numbers
 * that depends on the seed and the customer's place only. */
#include <math.h>

#include "core/core.h"
#include "math/random.h"
#include "models/btyd_model.h"

enum { BLOCK = 1024 };

static const double most_occasions = 1e7;

typedef struct simulation {
    const retain__btyd_checked *model;
    const double *T;
    const double *const *covariates;
    double t;
    uint64_t seed;
    double *frequency, *t_x, *alive, *future, *log_gaps; /* scratch */
    int with_log_gaps;
    size_t *too_many; /* [blocks] first customer with too many occasions, or RETAIN_NO_ROW */
} simulation;

/* Opportunities until one is used, that one included. */
static double skip_opportunities(retain__random *random, double chance)
{
    return 1.0 + floor(log(retain__random_uniform(random)) / log1p(-chance));
}

/* Time until the next occasion: k ticks of a clock, of which there is one where the family is not regular. */
static double draw_gap(const simulation *of, retain__random *random, double rate)
{
    const retain__btyd_checked *model = of->model;
    double ticks = model->p[model->family->count], gap = 0.0;

    for (double tick = 0.0; tick < ticks; tick += 1.0)
        gap += retain__random_exponential(random, rate);
    return gap;
}

/* One customer; 0 when there are too many occasions. */
static int simulate_customer(const simulation *of, size_t i)
{
    retain__random random = retain__random_start(of->seed, i);
    double covariates[RETAIN_BTYD_COVARIATES], p[RETAIN__BTYD_NUMBERS];
    retain__btyd_fate fate;
    double end = of->T[i] + of->t, age = 0.0, x = 0.0, t_x = 0.0, future = 0.0, log_gaps = 0.0;

    for (size_t c = 0; c < of->model->model->covariates; c++)
        covariates[c] = of->covariates[c][i];
    retain__btyd_personal(of->model, covariates, p);
    fate = of->model->family->draw(of->model->family, p, &random);
    while (x + future < fate.occasions) {
        double gap = of->model->family->is_discrete ? skip_opportunities(&random, fate.rate) : draw_gap(of, &random, fate.rate);

        age += gap;
        if (!(age <= end && age <= fate.lifetime))
            break;
        if (age <= of->T[i]) {
            x += 1.0;
            t_x = age;
            if (of->with_log_gaps)
                log_gaps += log(gap);
        } else {
            future += 1.0;
        }
        if (x + future > most_occasions)
            return 0;
    }
    of->frequency[i] = x;
    of->t_x[i] = t_x;
    of->alive[i] = fate.lifetime > of->T[i] && x < fate.occasions ? 1.0 : 0.0;
    of->future[i] = future;
    of->log_gaps[i] = log_gaps;
    return 1;
}

static void simulate_block(void *state, size_t block, size_t first, size_t last)
{
    const simulation *of = state;

    of->too_many[block] = RETAIN_NO_ROW;
    for (size_t i = first; i < last; i++) {
        if (!simulate_customer(of, i)) {
            of->too_many[block] = i;
            return;
        }
    }
}

static retain_status check_times(retain_context *ctx, const retain__btyd_family *family, const double *T, size_t count, double t)
{
    retain_status status;

    if (!(t >= 0.0 && retain__is_finite(t)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "t is %g; it must be finite and at least 0", t);
    status = retain__btyd_check_span(ctx, family, "t", RETAIN_NO_ROW, t);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!(T[i] >= 0.0 && retain__is_finite(T[i])))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "T[%zu] is %g; it must be finite and at least 0", i, T[i]);
        else
            status = retain__btyd_check_span(ctx, family, "T", i, T[i]);
    }
    return status;
}

static retain_status simulate_all(retain_context *ctx, retain__scratch *scratch, size_t count, simulation *of)
{
    size_t blocks = retain__blocks(count, BLOCK);
    retain_status status;

    of->frequency = retain__take(scratch, count, sizeof(double));
    of->t_x = retain__take(scratch, count, sizeof(double));
    of->alive = retain__take(scratch, count, sizeof(double));
    of->future = retain__take(scratch, count, sizeof(double));
    of->log_gaps = retain__take(scratch, count, sizeof(double));
    of->too_many = retain__take(scratch, blocks, sizeof *of->too_many);
    if (!of->frequency || !of->t_x || !of->alive || !of->future || !of->log_gaps || !of->too_many)
        return RETAIN_ERROR_MEMORY;
    status = retain__parallel(ctx, count, BLOCK, 0.0, 1.0, simulate_block, of);
    for (size_t k = 0; status == RETAIN_OK && k < blocks; k++) {
        if (of->too_many[k] != RETAIN_NO_ROW)
            status =
                retain__fail(ctx, RETAIN_ERROR_DATA, of->too_many[k], "customer %zu makes more than %g occasions in T + t = %g",
                             of->too_many[k], most_occasions, of->T[of->too_many[k]] + of->t);
    }
    return status;
}

static void copy(const double *from, size_t count, double *to)
{
    for (size_t i = 0; to && i < count; i++)
        to[i] = from[i];
}

retain_status retain_btyd_simulate(retain_context *ctx, const retain_btyd *model, const double *T, const double *const *covariates,
                                   size_t count, double t, uint64_t seed, double *frequency, double *t_x, double *alive,
                                   double *future, double *log_gaps)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    simulation of = {.model = &checked, .T = T, .covariates = covariates, .t = t, .seed = seed, .with_log_gaps = log_gaps != NULL};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK && count && (!T || !frequency || !t_x))
        status = retain__fail_null(ctx, !T ? "T" : !frequency ? "frequency" : "t_x");
    if (status == RETAIN_OK)
        status = check_times(ctx, checked.family, T, count, t);
    if (status == RETAIN_OK && model->covariates) {
        const retain_customers customers = {.count = count, .frequency = T, .t_x = T, .T = T, .covariates = covariates};
        retain__btyd_patterns patterns; /* for their check of all parameters */

        status = retain__btyd_check_covariates(ctx, "covariates", covariates, model->covariates, count);
        if (status == RETAIN_OK)
            status = retain__btyd_find_patterns(&scratch, &checked, &customers, &patterns);
    }
    if (status == RETAIN_OK)
        status = simulate_all(ctx, &scratch, count, &of);
    if (status == RETAIN_OK) {
        copy(of.frequency, count, frequency);
        copy(of.t_x, count, t_x);
        copy(of.alive, count, alive);
        copy(of.future, count, future);
        copy(of.log_gaps, count, log_gaps);
    }
    retain__release(&scratch);
    return status;
}
