/* Hamiltonian Monte Carlo with a normal distribution split off.
 *
 * The question: the posterior distribution of a few parameters is known up to a constant, with its gradient. Draws from it are wanted, as
 * independent as can be, for one or two evaluations each.
 *
 * The idea: a shop with many customers has a posterior that is nearly normal, and a normal distribution needs no simulation: its
 * trajectories are circles. So in units in which the normal approximation is N(0, 1), -log density = |z|^2 / 2 + rest(z), and a step of
 * the integrator is half a kick by the rest, a turn of (z, p) by an angle, and half a kick (B. Shahbaba, S. Lan, W. O. Johnson,
 * R. M. Neal, "Split Hamiltonian Monte Carlo", Statistics and Computing 24 (2014)). It conserves volume and can be reversed, so accepting
 * by the error of the energy makes it exact for any density, near normal or not. A quarter turn forgets where it came from; a little more
 * is made for the sake of tails that are wider than normal. Where the rest is 0 two steps make it, whatever the dimension; where it is not, steps get shorter until 9 of 10 trajectories are accepted, by
 * the dual averaging of M. D. Hoffman, A. Gelman, "The No-U-Turn Sampler", JMLR 15 (2014), section 3.2. The angle is random, so that no
 * direction returns to itself for ever.
 *
 * The normal distribution begins as the curvature at the peak says. After a part of the warm-up its mean and covariance are those of
 * the points seen, drawn towards the first by as many observations as keep a covariance of the dimension stable.
 *
 * What is delicate: an integrator that jumps off has an energy that is infinite or no number. That is a divergence, counted, and the
 * trajectory is refused. */
#include "math/sampler.h"

#include <math.h>
#include <string.h>

#include "math/linear.h"

enum { MOST = RETAIN__NEWTON_MOST, GATHER_FROM = 100, GATHER_UNTIL = 400, MOST_STEPS = 64 };

static const double way = 1.9, longest = 1.0, wanted = 0.9, broken = 1000.0, apart = 2.0;

/* --- places --------------------------------------------------------------------------------------------------------------- */

static void leave_units(const retain__chain *of, const double *z, double *point)
{
    size_t n = of->function.count;

    for (size_t i = 0; i < n; i++) {
        point[i] = of->middle[i];
        for (size_t k = 0; k < n; k++)
            point[i] += of->root[i * n + k] * z[k];
    }
}

/* Log density at z and its gradient; -infinity where there is none. */
static double look(retain__chain *of, const double *z, double *slope)
{
    size_t n = of->function.count;
    double point[MOST], gradient[MOST], value = -(double)INFINITY;
    retain_status status;

    leave_units(of, z, point);
    of->evaluations++;
    status = of->function.evaluate(of->function.state, point, &value, gradient, NULL);
    if (status != RETAIN_OK || !(value - value == 0.0))
        return -(double)INFINITY;
    for (size_t k = 0; k < n; k++) {
        slope[k] = 0.0;
        for (size_t i = 0; i < n; i++)
            slope[k] += of->root[i * n + k] * gradient[i];
        if (!(slope[k] - slope[k] == 0.0))
            return -(double)INFINITY;
    }
    return value;
}

static double half_square(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return 0.5 * sum;
}

/* --- one iteration -------------------------------------------------------------------------------------------------------- */

/* How likely the trajectory is to be accepted; z, value and slope are moved to its end. */
static double travel(retain__chain *of, double *z, double *momentum, double *value, double *slope)
{
    size_t n = of->function.count;
    double before = half_square(momentum, n) - *value, angle = way * (0.5 + retain__random_uniform(&of->random));
    double needed = ceil(angle / of->step), steps = needed < (double)MOST_STEPS ? needed : (double)MOST_STEPS;
    double turn = needed > steps ? of->step : angle / steps, c = cos(turn), s = sin(turn), rise;

    for (double step = 0.0; step < steps; step += 1.0) {
        for (size_t k = 0; k < n; k++)
            momentum[k] += 0.5 * turn * (slope[k] + z[k]);
        for (size_t k = 0; k < n; k++) {
            double from = z[k];

            z[k] = c * from + s * momentum[k];
            momentum[k] = c * momentum[k] - s * from;
        }
        *value = look(of, z, slope);
        if (!(*value > -(double)INFINITY))
            return -1.0;
        for (size_t k = 0; k < n; k++)
            momentum[k] += 0.5 * turn * (slope[k] + z[k]);
    }
    rise = half_square(momentum, n) - *value - before;
    if (!(rise < broken))
        return -1.0;
    return rise > 0.0 ? exp(-rise) : 1.0;
}

/* Returns the chance of acceptance; negative for a divergence. */
static double iterate(retain__chain *of)
{
    size_t n = of->function.count;
    double z[MOST], momentum[MOST], slope[MOST], value = of->value, chance;

    memcpy(z, of->point, sizeof z);
    memcpy(slope, of->slope, sizeof slope);
    for (size_t k = 0; k < n; k++)
        momentum[k] = retain__random_normal(&of->random);
    chance = travel(of, z, momentum, &value, slope);
    if (retain__random_uniform(&of->random) < chance) {
        memcpy(of->point, z, sizeof z);
        memcpy(of->slope, slope, sizeof slope);
        of->value = value;
    }
    return chance;
}

/* --- what is learned in the warm-up --------------------------------------------------------------------------------------- */

static void begin_to_adapt(retain__chain *of)
{
    of->adapted = 0;
    of->mean_error = 0.0;
    of->target_log_step = log(longest);
    of->mean_log_step = log(of->step);
}

static void adapt_step(retain__chain *of, double chance)
{
    double count = (double)++of->adapted, share = 1.0 / (count + 10.0), log_step;

    of->mean_error = (1.0 - share) * of->mean_error + share * (wanted - chance);
    log_step = of->target_log_step - sqrt(count) / 0.05 * of->mean_error;
    log_step = log_step < log(longest) ? log_step : log(longest);
    share = pow(count, -0.75);
    of->mean_log_step = share * log_step + (1.0 - share) * of->mean_log_step;
    of->step = exp(log_step > -12.0 ? log_step : -12.0);
}

static void gather(retain__chain *of)
{
    size_t n = of->function.count;
    double point[MOST];

    leave_units(of, of->point, point);
    of->gathered++;
    for (size_t i = 0; i < n; i++) {
        double off = point[i] - of->sum[i]; /* the mean so far */

        of->sum[i] += off / (double)of->gathered;
        for (size_t j = 0; j <= i; j++)
            of->products[i * n + j] += off * (point[j] - of->sum[j]);
    }
}

/* Compares with another normal distribution from now on. */
static void take_units(retain__chain *of, const double *middle, const double *covariance)
{
    size_t n = of->function.count;
    double point[MOST], factor[MOST * MOST], z[MOST];

    leave_units(of, of->point, point);
    if (!retain__cholesky(n, covariance, factor))
        return;
    memcpy(of->root, factor, n * n * sizeof *factor);
    memcpy(of->middle, middle, n * sizeof *middle);
    for (size_t i = 0; i < n; i++) {
        z[i] = point[i] - middle[i];
        for (size_t k = 0; k < i; k++)
            z[i] -= factor[i * n + k] * z[k];
        z[i] /= factor[i * n + i];
    }
    memcpy(of->point, z, n * sizeof *z);
    of->value = look(of, of->point, of->slope);
}

static void learn_units(retain__chain *of)
{
    size_t n = of->function.count;
    double count = (double)of->gathered, share = count / (count + 10.0 * (double)n), covariance[MOST * MOST] = {0.0};

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++)
            covariance[i * n + j] = share * of->products[i * n + j] / (count - 1.0) + (1.0 - share) * of->start[i * n + j];
    }
    take_units(of, of->sum, covariance);
    begin_to_adapt(of);
}

static void warm_up(retain__chain *of)
{
    double chance = iterate(of);

    adapt_step(of, chance > 0.0 ? chance : 0.0);
    if (of->iteration >= GATHER_FROM && of->iteration < GATHER_UNTIL)
        gather(of);
    if (of->iteration == GATHER_UNTIL - 1)
        learn_units(of);
    if (of->iteration == RETAIN__WARM_UP - 1)
        of->step = exp(of->mean_log_step);
}

/* --- a chain -------------------------------------------------------------------------------------------------------------- */

void retain__chain_begin(retain__chain *chain, const retain__function *function, const retain__newton *peak, uint64_t seed,
                         uint64_t number)
{
    size_t n = function->count;
    double distance = apart;

    memset(chain, 0, sizeof *chain);
    chain->function = *function;
    chain->random = retain__random_start(seed, number);
    chain->step = 0.5;
    begin_to_adapt(chain);
    memcpy(chain->middle, peak->point, n * sizeof *chain->middle);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; k < n; k++)
                chain->start[i * n + j] += peak->direction[k * n + i] * peak->direction[k * n + j] / peak->curvature[k];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            chain->root[i * n + k] = peak->direction[k * n + i] / sqrt(peak->curvature[k]);
    }
    for (size_t k = 0; k < n; k++)
        chain->point[k] = distance * retain__random_normal(&chain->random);
    chain->value = look(chain, chain->point, chain->slope);
    for (; !(chain->value > -(double)INFINITY) && distance > 1e-6; distance *= 0.5) { /* nearer to where there is a density */
        for (size_t k = 0; k < n; k++)
            chain->point[k] *= 0.5;
        chain->value = look(chain, chain->point, chain->slope);
    }
}

void retain__chain_advance(retain__chain *chain, int iterations, double *draws)
{
    for (int i = 0; i < iterations; i++, chain->iteration++) {
        double chance;

        if (chain->iteration < RETAIN__WARM_UP) {
            warm_up(chain);
            continue;
        }
        chance = iterate(chain);
        chain->divergences += chance < 0.0;
        chain->acceptance += chance > 0.0 ? chance : 0.0;
        leave_units(chain, chain->point, draws + (size_t)(chain->iteration - RETAIN__WARM_UP) * chain->function.count);
    }
}
