/* Covariates, centred and scaled.
 *
* What is searched is not what is reported. Covariates are centred: the parameters are then those of the average customer, which the
 * data know best, and hardly depend on the coefficients. And they are scaled, by the size that their deviations have where they count:
 * the root of the fourth moment over the second is 1 for a rare dummy, 1/2 for an even one, 1.7 standard deviations for a normal
 * covariate. Coefficients are thereby effects on the logarithms of parameters, and what is flat means the same for all. A parameter
 * that is held is that of a customer whose covariates are 0, so then nothing is centred. */
#include "models/btyd_scaling.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "math/linear.h"
#include "math/sums.h"

static const double collinear = 1e-10; /* smallest share of the variance that covariates have for themselves */

/* Rows of covariates and the weight of each. */
typedef struct table {
    const double *z, *weight; /* [rows * columns], [rows] */
    size_t rows, columns;
} table;

/* Weighted sum over rows of (z_c - mean_c)^a (z_d - mean_d)^b. */
static double find_moment(const table *of, const double *mean, size_t c, int a, size_t d, int b)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t k = 0; k < of->rows; k++) {
        double term = of->weight[k];

        for (int i = 0; i < a; i++)
            term *= of->z[k * of->columns + c] - mean[c];
        for (int i = 0; i < b; i++)
            term *= of->z[k * of->columns + d] - mean[d];
        retain__sum_add(&sum, term);
    }
    return retain__sum_value(sum);
}

/* Has a covariate two values, in rows with a weight? Then their difference, otherwise 0. */
static double find_step(const table *of, size_t c)
{
    double low = (double)INFINITY, high = -(double)INFINITY;

    for (size_t k = 0; k < of->rows; k++) {
        double value = of->z[k * of->columns + c];

        if (of->weight[k] > 0.0) {
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    for (size_t k = 0; k < of->rows; k++) {
        if (of->weight[k] > 0.0 && of->z[k * of->columns + c] != low && of->z[k * of->columns + c] != high)
            return 0.0;
    }
    return high > low ? high - low : 0.0;
}

void retain__btyd_measure_covariates(retain__btyd_scaling *into, size_t first, size_t columns, const double *z, size_t rows,
                                     const double *weight)
{
    const table of = {z, weight, rows, columns};
    double *mean = into->mean + first, *scale = into->scale + first, *spread = into->spread + first;
    double all = find_moment(&of, mean, 0, 0, 0, 0), second[RETAIN_BTYD_COVARIATES];

    for (size_t c = 0; c < columns; c++) {
        double fourth, step = find_step(&of, c);

        mean[c] = 0.0;
        mean[c] = all > 0.0 ? find_moment(&of, mean, c, 1, c, 0) / all : 0.0;
        second[c] = find_moment(&of, mean, c, 2, c, 0);
        fourth = find_moment(&of, mean, c, 4, c, 0);
        /* deviations that are rounding of the mean are none */
        spread[c] = second[c] > 1e-24 * all * mean[c] * mean[c] ? 2.0 * sqrt(second[c] / all) : 0.0;
        scale[c] = spread[c] > 0.0 && fourth > 0.0 && fourth < (double)INFINITY ? sqrt(fourth / second[c]) : 1.0;
        spread[c] = spread[c] > 0.0 && step > 0.0 ? step : spread[c];
    }
    for (size_t c = 0; c < columns; c++) {
        for (size_t d = 0; d < columns; d++)
            into->correlation[(first + c) * RETAIN_BTYD_COVARIATES + first + d] =
                spread[c] > 0.0 && spread[d] > 0.0 ? find_moment(&of, mean, c, 1, d, 1) / (sqrt(second[c]) * sqrt(second[d]))
                                                   : (double)(c == d);
    }
}

static int is_centred(const retain__btyd_family *family, const retain__btyd_entries *entries)
{
    int centred = 1;

    for (size_t k = 0; k < entries->parameters; k++) {
        if (entries->tie[k] == RETAIN__FIT_HELD && (family->purchase[k] != 0.0 || family->lifetime[k] != 0.0))
            centred = 0;
    }
    return centred;
}

void retain__btyd_centre(retain__btyd_scaling *of, const retain__btyd_family *family, const retain__btyd_entries *entries)
{
    size_t n = entries->parameters, m = entries->covariates, count = entries->count;

    of->parameters = n;
    of->covariates = m;
    for (size_t c = 0; c < m; c++)
        of->centre[c] = is_centred(family, entries) ? of->mean[c] : 0.0;
    memset(of->reported, 0, sizeof of->reported);
    for (size_t k = 0; k < n; k++) {
        of->reported[k * count + k] = 1.0;
        for (size_t c = 0; c < m; c++) {
            of->reported[k * count + n + c] = -family->purchase[k] * of->centre[c] / of->scale[c];
            of->reported[k * count + n + m + c] = -family->lifetime[k] * of->centre[c] / of->scale[c];
        }
    }
    for (size_t i = n; i < count; i++)
        of->reported[i * count + i] = 1.0 / of->scale[(i - n) % m];
}

void retain__btyd_scale_prior(const retain__btyd_scaling *of, const retain__btyd_entries *entries, double *mean, double *precision)
{
    size_t n = entries->parameters;

    for (size_t i = 0; i < entries->count; i++) {
        double share = i < n ? 1.0 : of->spread[(i - n) % entries->covariates] / of->scale[(i - n) % entries->covariates];

        mean[i] = i < n ? entries->mean[i] : 0.0;
        precision[i] = i < n ? entries->precision[i] : entries->coefficient_precision * share * share;
        if (entries->tie[i] != (int)i)
            precision[i] = 0.0;
    }
}

/* --- words ---------------------------------------------------------------------------------------------------------------- */

static void say(retain__btyd_scaling *of, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(retain__btyd_scaling *of, const char *format, ...)
{
    size_t length = strlen(of->reason);
    va_list arguments;

    va_start(arguments, format);
    retain__format(of->reason + length, sizeof of->reason - length, format, arguments);
    va_end(arguments);
}

/* Do these covariates depend on each other, linearly? */
static int depend(const retain__btyd_scaling *of, const size_t *covariate, size_t count)
{
    double matrix[RETAIN_BTYD_COVARIATES * RETAIN_BTYD_COVARIATES], values[RETAIN_BTYD_COVARIATES];

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            matrix[i * count + j] = of->correlation[covariate[i] * RETAIN_BTYD_COVARIATES + covariate[j]];
    }
    retain__eigen(count, matrix, values, NULL);
    return count > 1 && values[0] < collinear;
}

const char *retain__btyd_find_reason(void *scaling, const int *loose)
{
    retain__btyd_scaling *of = scaling;
    size_t n = of->parameters, m = of->covariates, covariate[RETAIN_BTYD_COVARIATES] = {0}, count = 0;

    of->reason[0] = '\0';
    for (size_t c = 0; c < m; c++) {
        if (!loose[n + c] && !loose[n + m + c])
            continue;
        if (of->spread[c] == 0.0) {
            say(of, " covariates[%zu] is the same %s.", c, of->constant);
            return of->reason;
        }
        covariate[count++] = c;
    }
    if (depend(of, covariate, count)) {
        say(of, " One of covariates");
        for (size_t i = 0; i < count; i++)
            say(of, i ? ", [%zu]" : "[%zu]", covariate[i]);
        say(of, " follows from the others.");
    }
    return of->reason;
}
