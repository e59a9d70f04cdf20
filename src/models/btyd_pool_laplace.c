/* The integral over one group's parameters, by Laplace's approximation.
 *
 * The question: how likely are a group's customers when its log-parameters theta are drawn from Normal(mu, diag(sd^2)), and what is
 * theta, given them?
 *
 * The idea: with theta = mu + S u, S = diag(sd), u is standard normal, and nothing is singular where an sd is 0. With l = log L of the
 * group, N = -l'' at the maximum and B = I + S N S,
 *
 *     log m = l(mu + S u) - u'u / 2 - log det(B) / 2          at the u where S l' = u.
 *
 * Its derivatives need those of B along the maximum as it moves, and so the third derivatives of l. With W = S B^-1 S (the covariance of
 * theta), M = I - W N, t_k = sum over i, j of W_ij l'''_ijk and q = M't,
 *
 *     d log m / d mu_k = l'_k + q_k / 2,      d log m / d sd_k = sd_k l'_k^2 - (N S B^-1)_kk + u_k q_k,
 *     d theta / d mu_k = M e_k,               d theta / d sd_k = 2 u_k M e_k,
 *
 * where l'_k and u_k = sd_k l'_k have to be told apart only where sd is 0. Families know two derivatives; the third is a central
 * difference of the second.
 *
 * What is delicate is the cost: 2 n + 1 evaluations of the likelihood for a population that the search looks at. So l is expanded to the
 * third order, and everything between two such looks is done with the expansion: it foretells where the maximum will be for the next
 * population, so well that one evaluation is enough to find it; and it is differenced for the Hessian of log m, which thereby lacks the
 * fourth derivatives of l. That makes the search a little slower, and changes nothing of where it ends. */
#include <math.h>
#include <string.h>

#include "math/linear.h"
#include "math/newton.h"
#include "models/btyd_pool.h"

enum { MOST = RETAIN__POOL_MOST, VARIABLES = RETAIN__POOL_VARIABLES, STEPS = 40, SEARCH = 100, TURNS = 4 };

static const double width = 0x1p-12;       /* of the differences of second derivatives */
static const double small_width = 0x1p-14; /* of those of the expansion's gradient */
static const double near = 0.05;           /* u is so near the maximum that a step of Newton's goes there */
static const double close = 1e-3;          /* and so near that the expansion finds the rest of the way */
static const double exact = 1e-12;         /* and so near that nothing is left */
static const double edge = 37.0;           /* logarithms of parameters go no farther: 1e16 */
static const double reach = 20.0;          /* of u, and of a group's own fit, from their starts */
static const double tail_gain = 2e-3;      /* what a group's own fit may leave unmade towards a boundary */

/* --- the expansion -------------------------------------------------------------------------------------------------------- */

static void look_at(const retain__pool_expansion *of, size_t n, const double *theta, double *value, double *gradient,
                    double *hessian)
{
    double off[MOST];

    for (size_t i = 0; i < n; i++) {
        off[i] = theta[i] - of->at[i];
        gradient[i] = of->gradient[i];
    }
    memcpy(hessian, of->hessian, n * n * sizeof *hessian);
    *value = of->value;
    for (size_t i = 0; i < n; i++) {
        *value += of->gradient[i] * off[i];
        for (size_t j = 0; j < n; j++) {
            double bend = of->hessian[i * n + j];

            for (size_t k = 0; k < n; k++) {
                double third = of->third[(k * n + i) * n + j] * off[k];

                hessian[i * n + j] += third;
                bend += third / 3.0;
                gradient[i] += 0.5 * third * off[j];
            }
            gradient[i] += of->hessian[i * n + j] * off[j];
            *value += 0.5 * off[i] * bend * off[j];
        }
    }
}

static void place(size_t n, const retain__pool_population *population, const double *u, double *theta)
{
    for (size_t i = 0; i < n; i++)
        theta[i] = population->mu[i] + population->sd[i] * u[i];
}

/* A factor of B = I - S l'' S; 0 when it is not positive definite. */
static int factor_curvature(size_t n, const double *sd, const double *hessian, double *factor)
{
    double curvature[MOST * MOST] = {0.0};

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            curvature[i * n + j] = (i == j ? 1.0 : 0.0) - sd[i] * hessian[i * n + j] * sd[j];
    }
    return retain__cholesky(n, curvature, factor);
}

/* Newton's step towards the maximum, in u; its largest part. */
static double step_to_top(size_t n, const double *sd, const double *gradient, const double *factor, const double *u, double *step)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        step[i] = sd[i] * gradient[i] - u[i];
    retain__cholesky_solve(n, factor, step, step);
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(step[i]));
    return largest;
}

/* --- the integral --------------------------------------------------------------------------------------------------------- */

/* What follows from derivatives at the maximum. */
static void differentiate(const retain__pool_expansion *expansion, size_t n, const double *sd, const double *gradient,
                          const double *hessian, const double *factor, retain__pool_integral *of)
{
    double inverse[MOST * MOST], moved[MOST * MOST], weighed[MOST];

    retain__cholesky_inverse(n, factor, inverse);
    for (size_t i = 0; i < n; i++) {
        of->left[i] = inverse[i * n + i];
        for (size_t j = 0; j < n; j++)
            of->covariance[i * n + j] = sd[i] * inverse[i * n + j] * sd[j];
    }
    for (size_t k = 0; k < n; k++) {
        weighed[k] = 0.0;
        for (size_t ij = 0; ij < n * n; ij++)
            weighed[k] += of->covariance[ij] * expansion->third[k * n * n + ij];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            moved[i * n + j] = i == j ? 1.0 : 0.0;
            for (size_t k = 0; k < n; k++)
                moved[i * n + j] += of->covariance[i * n + k] * hessian[k * n + j];
        }
    }
    for (size_t k = 0; k < n; k++) {
        double drift = 0.0, curved = 0.0; /* q, and the diagonal of l'' S B^-1 */

        for (size_t i = 0; i < n; i++) {
            drift += weighed[i] * moved[i * n + k];
            curved += hessian[k * n + i] * sd[i] * inverse[i * n + k];
            of->moved[i * 2 * n + k] = moved[i * n + k];
            of->moved[i * 2 * n + n + k] = 2.0 * of->u[k] * moved[i * n + k];
        }
        of->gradient[k] = gradient[k] + 0.5 * drift;
        of->gradient[n + k] = gradient[k] * of->u[k] + curved + of->u[k] * drift;
    }
}

int retain__pool_integrate(const retain__pool_expansion *expansion, size_t n, const retain__pool_population *population,
                           retain__pool_integral *of)
{
    double gradient[MOST], hessian[MOST * MOST], factor[MOST * MOST], step[MOST], squares = 0.0;

    for (size_t i = 0; i < n; i++)
        of->u[i] = population->sd[i] != 0.0 ? (expansion->at[i] - population->mu[i]) / population->sd[i] : 0.0;
    for (size_t i = 0; i < n; i++) { /* an expansion for another population may lie anywhere by the measure of this one */
        if (!(fabs(of->u[i]) < reach))
            of->u[i] = 0.0;
    }
    for (int count = 0;; count++) {
        double left;

        place(n, population, of->u, of->theta);
        look_at(expansion, n, of->theta, &of->value, gradient, hessian);
        if (count == STEPS || !factor_curvature(n, population->sd, hessian, factor))
            return 0;
        left = step_to_top(n, population->sd, gradient, factor, of->u, step);
        if (!(left <= reach))
            return 0;
        if (left <= exact)
            break;
        for (size_t i = 0; i < n; i++)
            of->u[i] += step[i];
    }
    for (size_t i = 0; i < n; i++)
        squares += of->u[i] * of->u[i];
    of->value -= 0.5 * (squares + retain__cholesky_log_determinant(n, factor));
    differentiate(expansion, n, population->sd, gradient, hessian, factor, of);
    return 1;
}

/* --- the likelihood ------------------------------------------------------------------------------------------------------- */

static int is_within(size_t n, const double *theta)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(theta[i]) <= edge))
            return 0;
    }
    return 1;
}

/* log L and two derivatives; NaN too far out. */
static void evaluate(retain__pool_group *group, size_t n, const double *theta, double *value, double *gradient, double *hessian)
{
    double parameters[MOST] = {0.0};

    *value = (double)NAN;
    if (!is_within(n, theta))
        return;
    for (size_t i = 0; i < n; i++)
        parameters[i] = exp(theta[i]);
    (void)retain__btyd_sum(&group->likelihood, 0, parameters, value, gradient, hessian); /* without a context nothing ends it */
}

typedef struct top {
    retain__pool_group *group;
    const retain__pool_population *population;
    size_t count;
} top;

/* What is integrated, by u; for retain__function. */
static retain_status evaluate_integrand(void *state, const double *u, double *value, double *gradient, double *hessian)
{
    const top *of = state;
    const double *sd = of->population->sd;
    double theta[MOST];
    size_t n = of->count;

    memset(gradient, 0, n * sizeof *gradient);
    memset(hessian, 0, n * n * sizeof *hessian);
    place(n, of->population, u, theta);
    evaluate(of->group, n, theta, value, gradient, hessian);
    for (size_t i = 0; i < n; i++) {
        *value -= 0.5 * u[i] * u[i];
        gradient[i] = sd[i] * gradient[i] - u[i];
        for (size_t j = 0; j < n; j++)
            hessian[i * n + j] = sd[i] * hessian[i * n + j] * sd[j] - (i == j ? 1.0 : 0.0);
    }
    return RETAIN_OK;
}

/* Climbs to the maximum from u, however far that is. */
static void climb(retain__pool_group *group, size_t n, const retain__pool_population *population, double *u)
{
    top of = {group, population, n};
    const retain__function function = {n, evaluate_integrand, &of, group->likelihood.moments.customers, 0.0};
    retain__newton search;

    memcpy(search.point, u, n * sizeof *u);
    (void)retain__newton_maximise(&function, SEARCH, reach, &search);
    if (search.end != RETAIN__NEWTON_NOWHERE)
        memcpy(u, search.point, n * sizeof *u);
}

/* Third derivatives, those by logarithms that are the same in all groups being needed only together with two others. */
static void difference(retain__pool_group *group, size_t n, const uint8_t *varies)
{
    retain__pool_expansion *of = &group->expansion;
    double value, gradient[MOST], above[MOST * MOST] = {0.0}, below[MOST * MOST] = {0.0}, theta[MOST];

    memset(of->third, 0, sizeof of->third);
    memcpy(theta, of->at, sizeof theta);
    for (size_t k = 0; k < n; k++) {
        if (!varies[k])
            continue;
        theta[k] = of->at[k] + width;
        evaluate(group, n, theta, &value, gradient, above);
        theta[k] = of->at[k] - width;
        evaluate(group, n, theta, &value, gradient, below);
        theta[k] = of->at[k];
        for (size_t ij = 0; ij < n * n; ij++)
            of->third[k * n * n + ij] = (above[ij] - below[ij]) / (2.0 * width);
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; !varies[k] && i < n; i++) {
            for (size_t j = 0; varies[i] && j < n; j++) {
                of->third[(k * n + i) * n + j] = of->third[(i * n + k) * n + j];
                of->third[(k * n + j) * n + i] = of->third[(i * n + k) * n + j];
            }
        }
    }
}

/* Expands at the maximum, or so near it that the expansion knows the rest of the way. */
static void expand(retain__pool_group *group, size_t n, const retain__pool_population *population, const uint8_t *varies, double *u)
{
    retain__pool_expansion *of = &group->expansion;
    double factor[MOST * MOST], step[MOST];

    for (int turn = 0; turn < TURNS; turn++) {
        double left = reach;

        place(n, population, u, of->at);
        evaluate(group, n, of->at, &of->value, of->gradient, of->hessian);
        if (of->value - of->value == 0.0 && factor_curvature(n, population->sd, of->hessian, factor))
            left = step_to_top(n, population->sd, of->gradient, factor, u, step);
        if (left <= close || turn == TURNS - 1)
            break;
        if (left > near) {
            climb(group, n, population, u);
        } else {
            for (size_t i = 0; i < n; i++)
                u[i] += step[i];
        }
    }
    group->is_known = of->value - of->value == 0.0;
    if (group->is_known)
        difference(group, n, varies);
}

/* --- public in the module ------------------------------------------------------------------------------------------------- */

static int add_differences(retain__pool_group *group, size_t n, const retain__pool_population *population, const size_t *variable,
                           size_t variables)
{
    for (size_t v = 0; v < variables; v++) {
        retain__pool_population moved = *population;
        retain__pool_integral above, below;
        double *entry = variable[v] < n ? &moved.mu[variable[v]] : &moved.sd[variable[v] - n], at = *entry;

        *entry = at + small_width;
        if (!retain__pool_integrate(&group->expansion, n, &moved, &above))
            return 0;
        *entry = at - small_width;
        if (!retain__pool_integrate(&group->expansion, n, &moved, &below))
            return 0;
        for (size_t w = 0; w < variables; w++)
            group->hessian[v * variables + w] = (above.gradient[variable[w]] - below.gradient[variable[w]]) / (2.0 * small_width);
    }
    return 1;
}

void retain__pool_visit(retain__pool_group *group, size_t n, const retain__pool_population *population, const uint8_t *varies,
                        const size_t *variable, size_t variables)
{
    retain__pool_integral integral;

    group->value = (double)NAN;
    if (!group->is_known || !retain__pool_integrate(&group->expansion, n, population, &integral))
        memset(integral.u, 0, sizeof integral.u);
    expand(group, n, population, varies, integral.u);
    if (!group->is_known || !retain__pool_integrate(&group->expansion, n, population, &integral) ||
        !add_differences(group, n, population, variable, variables))
        return;
    group->value = integral.value;
    for (size_t v = 0; v < variables; v++)
        group->gradient[v] = integral.gradient[variable[v]];
}

typedef struct alone {
    retain__pool_group *group;
    size_t count, searched, entry[MOST];
    double theta[MOST]; /* with what is held */
} alone;

static retain_status evaluate_alone(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    alone *of = state;
    double whole_gradient[MOST] = {0.0}, whole_hessian[MOST * MOST] = {0.0};

    for (size_t i = 0; i < of->searched; i++)
        of->theta[of->entry[i]] = point[i];
    evaluate(of->group, of->count, of->theta, value, whole_gradient, whole_hessian);
    for (size_t i = 0; i < of->searched; i++) {
        gradient[i] = whole_gradient[of->entry[i]];
        for (size_t j = 0; j < of->searched; j++)
            hessian[i * of->searched + j] = whole_hessian[of->entry[i] * of->count + of->entry[j]];
    }
    return RETAIN_OK;
}

void retain__pool_fit_alone(retain__pool_group *group, size_t n, const int *tie)
{
    alone of = {.group = group, .count = n};
    retain__function function = {0, evaluate_alone, &of, group->likelihood.moments.customers, tail_gain};
    retain__newton search;
    int is_maximum;

    memcpy(of.theta, group->expansion.at, n * sizeof *of.theta);
    for (size_t i = 0; i < n; i++) {
        if (tie[i] != RETAIN__FIT_HELD) {
            search.point[of.searched] = of.theta[i];
            of.entry[of.searched++] = i;
        }
    }
    function.count = of.searched;
    (void)retain__newton_maximise(&function, SEARCH, reach, &search);
    is_maximum = search.end == RETAIN__NEWTON_SETTLED && (of.searched == 0 || search.curvature[0] >= RETAIN__NEWTON_FLAT);
    for (size_t i = 0; i < of.searched; i++)
        of.theta[of.entry[i]] = search.point[i];
    group->own_value = search.value;
    for (size_t i = 0; i < n; i++)
        group->own[i] = is_maximum ? of.theta[i] : (double)NAN;
}
