/* What partial pooling found: the population and each group, with their uncertainty, in numbers and words.
 *
 * The covariance of a group is W + J C J' (Kass & Steffey 1989): W is that of theta with the population known, C the inverse information
 * about mu and the standard deviations that are not 0, J the derivatives of theta by these. With C = L L' the second part is A A', A = J L,
 * and the covariance of two groups is A_g A_h'. */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "math/fit_report.h"
#include "math/linear.h"
#include "math/special.h"
#include "math/sums.h"
#include "models/btyd_pool.h"

enum { MOST = RETAIN__POOL_MOST, VARIABLES = RETAIN__POOL_VARIABLES };

static const double nearly_all = 0.9, hardly = 0.1; /* shrinkage */

/* What is known about the population: a root of the covariance of mu and sd, row by row of (mu, sd), 0 for what is not estimated. */
typedef struct known {
    size_t columns;
    double root[VARIABLES * VARIABLES];
    int is_known;
} known;

static known find_root(const retain__pool *of)
{
    known found = {0, {0.0}, 0};
    double information[VARIABLES * VARIABLES], covariance[VARIABLES * VARIABLES];
    size_t at[VARIABLES], n = of->count, free = 0;

    for (size_t v = 0; v < of->variables; v++) {
        if (of->variable[v] < n || of->population.sd[of->variable[v] - n] > 0.0)
            at[free++] = v;
    }
    for (size_t i = 0; i < free; i++) {
        for (size_t j = 0; j < free; j++)
            information[i * free + j] = -of->hessian[at[i] * of->variables + at[j]];
    }
    found.columns = free;
    found.is_known = (of->verdict == RETAIN_FIT_CONVERGED || of->verdict == RETAIN_FIT_RIDGE) &&
                     (free == 0 || retain__cholesky(free, information, information));
    if (!found.is_known || free == 0)
        return found;
    retain__cholesky_inverse(free, information, covariance);
    found.is_known = retain__cholesky(free, covariance, covariance);
    for (size_t i = 0; found.is_known && i < free; i++) {
        for (size_t j = 0; j < free; j++)
            found.root[of->variable[at[i]] * VARIABLES + j] = covariance[i * free + j];
    }
    return found;
}

/* Sum over columns of the products of two rows. */
static double multiply(const double *a, const double *b, size_t columns)
{
    double sum = 0.0;

    for (size_t j = 0; j < columns; j++)
        sum += a[j] * b[j];
    return sum;
}

/* --- one group ------------------------------------------------------------------------------------------------------------ */

/* A group's estimate, or that of a new one. */
static int estimate(const retain__pool *of, const retain__pool_group *group, retain__pool_integral *integral)
{
    size_t n = of->count;

    if (!group->is_empty)
        return group->is_known && retain__pool_integrate(&group->expansion, n, &of->population, integral);
    memset(integral, 0, sizeof *integral);
    for (size_t i = 0; i < n; i++) {
        integral->theta[i] = of->population.mu[i];
        integral->covariance[i * n + i] = of->population.sd[i] * of->population.sd[i];
        integral->left[i] = integral->moved[i * 2 * n + i] = 1.0;
    }
    return 1;
}

/* A, and the covariance of theta with both parts. */
static void find_covariance(const known *population, size_t n, const retain__pool_integral *of, double *common, double *covariance)
{
    memset(common, 0, n * 2 * n * sizeof *common);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < population->columns; j++) {
            for (size_t v = 0; v < 2 * n; v++)
                common[i * 2 * n + j] += of->moved[i * 2 * n + v] * population->root[v * VARIABLES + j];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            covariance[i * n + j] = population->is_known
                                        ? of->covariance[i * n + j] + multiply(common + i * 2 * n, common + j * 2 * n, 2 * n)
                                        : (double)NAN;
    }
}

static retain_btyd_pool_source find_source(const retain__pool *of, const retain__pool_group *group, const double *shrinkage)
{
    double least = 1.0;

    if (group->is_empty)
        return RETAIN_BTYD_POOL_NEW;
    for (size_t k = 0; k < of->count; k++)
        least = fmin(least, shrinkage[k]);
    return least >= nearly_all ? RETAIN_BTYD_POOL_POPULATION : least < hardly ? RETAIN_BTYD_POOL_OWN : RETAIN_BTYD_POOL_BOTH;
}

/* Estimate, limits and standard error of parameters whose logarithms have this covariance. */
static void write_limits(size_t n, const double *theta, const double *covariance, double level, double *standard_error, double *low,
                         double *high)
{
    double quantile = retain__ndtri(0.5 + 0.5 * level);

    for (size_t k = 0; k < n; k++) {
        double error = sqrt(covariance[k * n + k]), value = exp(theta[k]);

        if (standard_error)
            standard_error[k] = value * error;
        if (low)
            low[k] = value * exp(-quantile * error);
        if (high)
            high[k] = value * exp(quantile * error);
    }
}

/* Of logarithms to of parameters. */
static void write_covariance(size_t n, const double *theta, const double *from, double *to)
{
    for (size_t i = 0; to && i < n; i++) {
        for (size_t j = 0; j < n; j++)
            to[i * n + j] = exp(theta[i] + theta[j]) * from[i * n + j];
    }
}

/* What a group's own estimate adds to the conditional log-likelihood, and to the numbers that all estimates amount to: the trace of the
 * covariance times the information of its customers. */
static void add_conditional(const retain__pool_group *group, size_t n, const double *covariance, retain_btyd_pool_report *report)
{
    if (group->is_empty)
        return;
    report->group_log_likelihood += group->expansion.value;
    for (size_t ij = 0; ij < n * n; ij++)
        report->effective -= covariance[ij] * group->expansion.hessian[ij];
}

static double *row_of(double *column, size_t g, size_t width)
{
    return column ? column + g * width : NULL;
}

static void tell_group(const retain__pool *of, const known *population, size_t g, double unit_days,
                       const retain_btyd_pool_columns *columns, retain_btyd_pool_report *report)
{
    const retain__btyd_family *family = of->whole->likelihood.family;
    const retain__pool_group *group = &of->group[g];
    retain__pool_integral integral;
    double common[MOST * VARIABLES], covariance[MOST * MOST], parameters[MOST], *rows;
    size_t n = of->count;

    if (!estimate(of, group, &integral)) {
        for (size_t i = 0; i < n; i++)
            integral.theta[i] = integral.left[i] = integral.u[i] = (double)NAN;
        for (size_t i = 0; i < n * n; i++)
            integral.covariance[i] = (double)NAN;
        memset(integral.moved, 0, sizeof integral.moved);
        if (!population->is_known) /* one model for all */
            memcpy(integral.theta, of->population.mu, n * sizeof *integral.theta);
    }
    find_covariance(population, n, &integral, common, covariance);
    add_conditional(group, n, covariance, report);
    for (size_t k = 0; k < n; k++) {
        parameters[k] = exp(integral.theta[k]);
        if (of->whole->entries.tie[k] == RETAIN__FIT_HELD && parameters[k] == parameters[k])
            parameters[k] = of->whole->entries.held[k];
        if (of->population.sd[k] == 0.0)
            integral.u[k] = 0.0 * integral.u[k];
        integral.left[k] = fmin(integral.left[k], 1.0);
    }
    if (columns->model)
        retain__btyd_fill_all(family, (int)of->whole->likelihood.k, parameters, 0, unit_days, &columns->model[g]);
    if (columns->customers)
        columns->customers[g] = group->is_empty ? 0.0 : group->likelihood.moments.customers;
    write_limits(n, integral.theta, covariance, of->level, row_of(columns->standard_error, g, n), row_of(columns->low, g, n),
                 row_of(columns->high, g, n));
    if ((rows = row_of(columns->shrinkage, g, n)))
        memcpy(rows, integral.left, n * sizeof *rows);
    if ((rows = row_of(columns->distance, g, n)))
        memcpy(rows, integral.u, n * sizeof *rows);
    write_covariance(n, integral.theta, covariance, row_of(columns->covariance, g, n * n));
    if ((rows = row_of(columns->common, g, 2 * n * n))) {
        for (size_t i = 0; i < 2 * n * n; i++)
            rows[i] = population->is_known ? parameters[i / (2 * n)] * common[i] : (double)NAN;
    }
    for (size_t k = 0; columns->own && k < n; k++)
        columns->own[g * n + k] = group->is_known ? exp(group->own[k]) : (double)NAN;
    if (columns->source)
        columns->source[g] = (uint8_t)find_source(of, group, integral.left);
}

/* --- the population ------------------------------------------------------------------------------------------------------- */

static void tell_spread(const retain__pool *of, const known *population, size_t k, retain_btyd_pool_report *report)
{
    double quantile = retain__ndtri(0.5 + 0.5 * of->level), sd = of->population.sd[k], error;
    const double *row = population->root + (of->count + k) * VARIABLES;

    report->sd[k] = sd;
    report->sd_low[k] = report->sd_high[k] = 0.0;
    if (!of->varies[k])
        return;
    report->sd_statistic[k] = 0.0;
    report->sd_p_value[k] = 1.0;
    if (sd > 0.0) {
        error = population->is_known ? sqrt(multiply(row, row, population->columns)) : (double)NAN;
        report->sd_standard_error[k] = error;
        report->sd_statistic[k] = of->statistic[k];
        report->sd_p_value[k] = 0.5 * retain__chi_squared_tail(of->statistic[k], 1);
        if (of->statistic[k] > quantile * quantile) {
            report->sd_low[k] = sd * exp(-quantile * error / sd);
            report->sd_high[k] = sd * exp(quantile * error / sd);
        } else {
            report->sd_high[k] = sqrt(sd * (sd + 2.0 * quantile * error));
        }
        return;
    }
    for (size_t v = 0; v < of->variables; v++) {
        if (of->variable[v] == of->count + k)
            report->sd_high[k] = quantile / sqrt(-of->hessian[v * of->variables + v]);
    }
}

/* P(statistic at least so large) of the mixture of chi-squared distributions with 0 to q degrees of freedom. */
static double find_p_value(double statistic, size_t q)
{
    double sum = 0.0, share = pow(0.5, (double)q); /* C(q, i) / 2^q */

    for (size_t i = 0; i <= q; i++) {
        sum += share * (i ? retain__chi_squared_tail(statistic, i) : statistic > 0.0 ? 0.0 : 1.0);
        share *= (double)(q - i) / (double)(i + 1);
    }
    return sum;
}

static void compare(const retain__pool *of, size_t filled, retain_btyd_pool_report *report)
{
    size_t varying = 0;
    double largest = 0.0;

    report->estimated = of->variables;
    for (size_t k = 0; k < of->count; k++) {
        varying += of->varies[k];
        largest = fmax(largest, of->population.sd[k]);
    }
    report->own_estimated = filled * (of->variables - varying);
    report->log_likelihood = of->value + retain__pool_penalty(of, of->population.mu);
    if (largest > 0.0)
        report->statistic = fmax(0.0, 2.0 * (report->log_likelihood - report->complete_log_likelihood));
    else /* one model for all: what is left of the difference is rounding, and the chance of so much is 1, not one half */
        report->statistic = 0.0;
    if (!of->whole->entries.has_prior)
        report->p_value = find_p_value(report->statistic, varying);
    if (of->with_own) {
        retain__sum sum = {0.0, 0.0};

        for (size_t g = 0; g < of->groups; g++) {
            if (!of->group[g].is_empty)
                retain__sum_add(&sum, of->group[g].own_value);
        }
        report->own_log_likelihood = retain__sum_value(sum);
    }
}

static void tell_population(const retain__pool *of, const known *population, retain_btyd_pool_report *report)
{
    retain__pool_integral integral;
    const retain__pool_group new_group = {.is_empty = 1};
    double common[MOST * VARIABLES], covariance[MOST * MOST];
    size_t n = of->count;

    (void)estimate(of, &new_group, &integral);
    for (size_t k = 0; k < n; k++)
        report->estimate[k] =
            of->whole->entries.tie[k] == RETAIN__FIT_HELD ? of->whole->entries.held[k] : exp(of->population.mu[k]);
    find_covariance(population, n, &integral, common, covariance);
    write_covariance(n, integral.theta, covariance, report->new_covariance);
    memset(integral.covariance, 0, sizeof integral.covariance);
    find_covariance(population, n, &integral, common, covariance);
    write_covariance(n, integral.theta, covariance, report->covariance);
    write_limits(n, integral.theta, covariance, of->level, report->standard_error, report->low, report->high);
}

/* --- words ---------------------------------------------------------------------------------------------------------------- */

static void say(retain_btyd_pool_report *report, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(retain_btyd_pool_report *report, const char *format, ...)
{
    size_t length = strlen(report->explanation);
    va_list arguments;

    va_start(arguments, format);
    retain__format(report->explanation + length, sizeof report->explanation - length, format, arguments);
    va_end(arguments);
}

/* Names of the parameters that may vary and do, with how much, or do not: 0 is between the limits. */
static size_t list(const retain__pool *of, const retain_btyd_pool_report *told, int differ, retain_btyd_pool_report *report)
{
    size_t listed = 0;

    for (size_t k = 0; k < of->count; k++) {
        if (!of->varies[k] || (told->sd_low[k] > 0.0) != differ)
            continue;
        if (report && differ)
            say(report, "%s%s (sd %.2g)", listed ? ", " : "", of->whole->entries.names[k], of->population.sd[k]);
        else if (report)
            say(report, "%s%s", listed ? ", " : "", of->whole->entries.names[k]);
        listed++;
    }
    return listed;
}

static void explain_success(const retain__pool *of, retain_btyd_pool_report *report)
{
    if (!list(of, report, 0, NULL) && !list(of, report, 1, NULL)) {
        say(report, "One model for all %zu groups: no parameter may vary between them.", report->groups);
        return;
    }
    if (list(of, report, 1, NULL)) {
        say(report, "%zu groups differ in ", report->groups);
        (void)list(of, report, 1, report);
        say(report, list(of, report, 0, NULL) ? ", not measurably in " : "");
    } else {
        say(report, "%zu groups do not differ measurably%s", report->groups, list(of, report, 0, NULL) ? " in " : "");
    }
    (void)list(of, report, 0, report);
    if (report->p_value == report->p_value)
        say(report,
            report->p_value < 1e-4 ? ". One model for all is rejected (p < 0.0001)." : ". Against one model for all: p = %.2g.",
            report->p_value);
    else
        say(report, ".");
}

static void explain(const retain__pool *of, retain_btyd_pool_report *report)
{
    const char *name = of->whole->likelihood.family->name;

    if (of->verdict == RETAIN_FIT_CONVERGED)
        explain_success(of, report);
    else if (report->groups < RETAIN_BTYD_POOL_GROUPS)
        say(report,
            "%zu groups have customers; at least %d are needed to tell how much groups differ. Fit each alone, or all as one.",
            report->groups, RETAIN_BTYD_POOL_GROUPS);
    else if (of->verdict == RETAIN_FIT_RIDGE)
        say(report,
            "The customers of %zu groups leave open what %s is in the median group, or how much groups differ in it: hold a "
            "parameter, let fewer vary, or give a prior.",
            report->groups, name);
    else if (of->steps == 0)
        say(report, "All groups take one model for all, for that one is no maximum to start from. %s", of->complete.explanation);
    else
        say(report, "The search for the population of %zu groups ended at no maximum after %d steps.", report->groups, of->steps);
}

/* --- public in the module ------------------------------------------------------------------------------------------------- */

static void clear(retain_btyd_pool_report *report)
{
    double *const arrays[] = {report->estimate,     report->standard_error,    report->low,    report->high,
                              report->sd,           report->sd_standard_error, report->sd_low, report->sd_high,
                              report->sd_statistic, report->sd_p_value};

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        for (size_t k = 0; k < MOST; k++)
            arrays[i][k] = (double)NAN;
    }
    for (size_t i = 0; i < MOST * MOST; i++)
        report->covariance[i] = report->new_covariance[i] = (double)NAN;
    report->log_likelihood = report->own_log_likelihood = report->statistic = report->p_value = (double)NAN;
}

void retain__pool_tell(retain__pool *of, double unit_days, retain_btyd_pool_report *report, const retain_btyd_pool_columns *columns)
{
    known population = find_root(of);
    int is_searched = of->steps > 0 || of->verdict == RETAIN_FIT_CONVERGED; /* no step is needed where nothing may vary */

    clear(report);
    report->verdict = of->verdict;
    report->parameters = of->count;
    report->customers = of->whole->likelihood.moments.customers;
    report->iterations = of->steps;
    report->k = of->whole->likelihood.family->is_regular ? (int)of->whole->likelihood.k : 0;
    report->complete_log_likelihood = of->complete.log_likelihood;
    memcpy(report->varies, of->varies, sizeof report->varies);
    for (size_t g = 0; g < of->groups; g++)
        report->groups += !of->group[g].is_empty;
    if (of->verdict == RETAIN_FIT_TOO_LITTLE_DATA) {
        for (size_t k = 0; k < of->count; k++)
            of->population.mu[k] = (double)NAN;
    } else {
        tell_population(of, &population, report);
    }
    for (size_t k = 0; is_searched && k < of->count; k++)
        tell_spread(of, &population, k, report);
    if (is_searched)
        compare(of, report->groups, report);
    for (size_t g = 0; g < of->groups; g++)
        tell_group(of, &population, g, unit_days, columns, report);
    if (!is_searched)
        report->group_log_likelihood = report->effective = (double)NAN;
    explain(of, report);
}

const char *retain_btyd_pool_source_name(retain_btyd_pool_source source)
{
    static const char *const names[] = {"the population's: it has no customers", "nearly the population's",
                                        "its own and the population's", "nearly its own alone"};

    return (unsigned)source < sizeof names / sizeof *names ? names[source] : "unknown";
}
