/* The likelihood of customers with covariates.
 *
 * The idea: a family gives log L, gradient and Hessian by the logarithms of its parameters. With covariates these logarithms are
 * linear in the entries that are searched: log p_k + w_k u + v_k w, with u and w the customer's sums of coefficient times covariate.
 * So a pattern, a distinct row of covariates, needs one sum over its customers, as a fit without covariates does over all, and the
 * chain rule spreads it over the entries: the gradient by coefficient c is z_c times a mixture of the family's gradient, and there
 * are no second derivatives of the linear part to care for. Rows are in runs of one pattern and one x, cut into blocks for threads;
 * the blocks are added in order and in doubled precision, so nothing depends on threads or on the order of customers. */
#include "models/btyd_regression.h"

#include <math.h>
#include <string.h>

#include "data/patterns.h"
#include "math/sums.h"

enum { BLOCK = 2048, SUMS = RETAIN__BTYD_SUMS };

/* --- the sums of one pattern ---------------------------------------------------------------------------------------------- */

/* What a pattern's sums become by the chain rule: derivatives by the parameters and by u and w. */
typedef struct mixture {
    double gradient[2], by_parameter[2][RETAIN__BTYD_PARAMETERS], hessian[2][2];
} mixture;

static mixture mix(const retain__btyd_family *family, const double *sums)
{
    const double *const moves[] = {family->purchase, family->lifetime}, *h = sums + 1 + family->count;
    mixture of = {{0.0}, {{0.0}}, {{0.0}}};

    for (size_t k = 0; k < family->count; k++) {
        for (size_t l = k; l < family->count; l++, h++) {
            for (size_t process = 0; process < 2; process++) {
                of.by_parameter[process][k] += moves[process][l] * *h;
                if (l > k)
                    of.by_parameter[process][l] += moves[process][k] * *h;
            }
        }
    }
    for (size_t k = 0; k < family->count; k++) {
        for (size_t process = 0; process < 2; process++) {
            of.gradient[process] += moves[process][k] * sums[1 + k];
            for (size_t other = 0; other < 2; other++)
                of.hessian[process][other] += moves[other][k] * of.by_parameter[process][k];
        }
    }
    return of;
}

/* Adds a pattern to the sums of a block: value, gradient, and the upper triangle of the Hessian row by row. */
static void spread(const retain__btyd_regression *of, size_t pattern, const double *sums, double *total)
{
    size_t n = of->entries->parameters, m = of->entries->covariates;
    const double *z = of->z + pattern * m, *h = sums + 1 + n;
    mixture mixed = mix(of->family, sums);

    *total++ += sums[0];
    for (size_t k = 0; k < n; k++)
        *total++ += sums[1 + k];
    for (size_t process = 0; process < 2; process++) {
        for (size_t c = 0; c < m; c++)
            *total++ += z[c] * mixed.gradient[process];
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t l = k; l < n; l++)
            *total++ += *h++;
        for (size_t process = 0; process < 2; process++) {
            for (size_t c = 0; c < m; c++)
                *total++ += z[c] * mixed.by_parameter[process][k];
        }
    }
    for (size_t process = 0; process < 2; process++) {
        for (size_t c = 0; c < m; c++) {
            for (size_t d = c; d < m; d++)
                *total++ += z[c] * z[d] * mixed.hessian[process][process];
            for (size_t d = 0; process == 0 && d < m; d++)
                *total++ += z[c] * z[d] * mixed.hessian[0][1];
        }
    }
}

/* --- all customers -------------------------------------------------------------------------------------------------------- */

/* Parameters of a pattern; 0 where they are out of all bounds. */
static int find_parameters(const retain__btyd_regression *of, size_t pattern, double *p)
{
    size_t n = of->entries->parameters, m = of->entries->covariates;
    const double *z = of->z + pattern * m, *purchase = of->values + n, *lifetime = purchase + m;
    double u = 0.0, w = 0.0;
    int fine = 1;

    for (size_t c = 0; c < m; c++) {
        u += purchase[c] * z[c];
        w += lifetime[c] * z[c];
    }
    for (size_t k = 0; k < n; k++) {
        p[k] = of->values[k] * exp(of->family->purchase[k] * u + of->family->lifetime[k] * w);
        fine &= p[k] >= 1e-60 && p[k] <= 1e60;
    }
    return fine;
}

static size_t find_run(const retain__collapsed *rows, size_t row)
{
    size_t low = 0, high = rows->runs;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (rows->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The rows [first, last) of a run; the terms in x alone are taken where the run begins. */
static void add_run(const retain__btyd_regression *of, const double *p, size_t run, size_t first, size_t last, double *sums)
{
    const retain__collapsed *rows = &of->rows;

    if (first == rows->first[run])
        of->family->add_counts(of->family, p, of->x[run], of->weight[run], sums);
    while (first < last) {
        size_t count = last - first < RETAIN__BTYD_RUN ? last - first : RETAIN__BTYD_RUN;
        retain__btyd_run part = {of->x[run], count, rows->column[0] + first, rows->column[1] + first, rows->weight + first};

        of->family->add_rows(of->family, p, &part, sums);
        first += count;
    }
}

static void sum_block(void *state, size_t block, size_t first, size_t last)
{
    const retain__btyd_regression *of = state;
    const retain__collapsed *rows = &of->rows;
    double *total = of->sums + block * of->sums_of_block;

    memset(total, 0, of->sums_of_block * sizeof *total);
    for (size_t run = find_run(rows, first); first < last;) {
        size_t pattern = of->pattern[run];
        double p[RETAIN__BTYD_NUMBERS], sums[SUMS] = {0.0};

        if (!find_parameters(of, pattern, p)) {
            total[0] = (double)NAN;
            return;
        }
        p[of->family->count] = of->k;
        for (; first < last && of->pattern[run] == pattern; run++) {
            size_t end = rows->first[run + 1] < last ? rows->first[run + 1] : last;

            add_run(of, p, run, first, end, sums);
            first = end;
        }
        spread(of, pattern, sums, total);
    }
}

retain_status retain__btyd_evaluate(void *regression, int evaluation, const double *values, double *value, double *gradient,
                                    double *hessian)
{
    retain__btyd_regression *of = regression;
    size_t count = of->entries->count, sum = 0;
    double done = (double)evaluation; /* the first half is the fit without covariates */
    retain_status status;

    of->values = values;
    status = retain__parallel(of->ctx, of->rows.count, BLOCK, 0.5 + 0.5 * done / (done + 10.0),
                              0.5 + 0.5 * (done + 1.0) / (done + 11.0), sum_block, of);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < 1 + count + count * (count + 1) / 2; i++) {
        retain__sum all = {0.0, 0.0};

        for (size_t block = 0; block < of->blocks; block++)
            retain__sum_add(&all, of->sums[block * of->sums_of_block + i]);
        of->sums[i] = retain__sum_value(all);
    }
    *value = of->sums[sum++] + of->constant;
    for (size_t i = 0; i < count; i++)
        gradient[i] = of->sums[sum++];
    for (size_t i = 0; hessian && i < count; i++) {
        for (size_t j = i; j < count; j++)
            hessian[i * count + j] = hessian[j * count + i] = of->sums[sum++];
    }
    return RETAIN_OK;
}

/* --- preparation ---------------------------------------------------------------------------------------------------------- */

/* The same customers with a number in place of x that tells pattern and x. */
static retain_status collapse(retain__scratch *scratch, const retain_customers *customers, const retain__patterns *found,
                              retain__btyd_regression *of)
{
    double *key = retain__take(scratch, customers->count, sizeof *key), span = 1.0;
    const double *column[] = {key, customers->t_x, customers->T};
    retain_status status;

    if (!key)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < customers->count; i++)
        span = customers->frequency[i] >= span ? customers->frequency[i] + 1.0 : span;
    if (span * (double)found->count > 9007199254740992.0)
        return retain__fail(scratch->ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "customers.frequency is up to %g; with %zu distinct rows of covariates it must be below 2^53 / %zu",
                            span - 1.0, found->count, found->count);
    for (size_t i = 0; i < customers->count; i++)
        key[i] = (double)found->of[i] * span + customers->frequency[i];
    status = retain__collapse(scratch, column, 3, customers->weight, customers->count, NULL, &of->rows);
    retain__give_back(scratch, key);
    if (status != RETAIN_OK)
        return status;
    of->pattern = retain__take(scratch, of->rows.runs, sizeof *of->pattern);
    of->x = retain__take(scratch, of->rows.runs, sizeof *of->x);
    of->weight = retain__take(scratch, of->rows.runs, sizeof *of->weight);
    if (!of->pattern || !of->x || !of->weight)
        return RETAIN_ERROR_MEMORY;
    for (size_t run = 0; run < of->rows.runs; run++) {
        retain__sum weight = {0.0, 0.0};

        for (size_t i = of->rows.first[run]; i < of->rows.first[run + 1]; i++)
            retain__sum_add(&weight, of->rows.weight[i]);
        of->weight[run] = retain__sum_value(weight);
        of->pattern[run] = (size_t)(of->rows.value[run] / span);
        of->x[run] = of->rows.value[run] - (double)of->pattern[run] * span;
    }
    return RETAIN_OK;
}

static void standardise(retain__btyd_regression *of)
{
    const retain__btyd_scaling *scaling = &of->scaling;
    size_t m = of->entries->covariates;

    for (size_t k = 0; k < of->patterns; k++) {
        for (size_t c = 0; c < m; c++)
            of->z[k * m + c] = scaling->spread[c] > 0.0 ? (of->z[k * m + c] - scaling->centre[c]) / scaling->scale[c] : 0.0;
    }
}

retain_status retain__btyd_gather(retain__scratch *scratch, const retain_customers *customers, retain__btyd_regression *of)
{
    size_t m = of->entries->covariates, numbers = 1 + of->entries->count + of->entries->count * (of->entries->count + 1) / 2;
    double *weight;
    retain__patterns found;
    retain_status status = retain__find_patterns(scratch, customers->covariates, m, customers->count, &found);

    if (status != RETAIN_OK)
        return status;
    of->patterns = found.count;
    of->z = retain__take(scratch, found.count, m * sizeof *of->z);
    weight = retain__take_zeroed(scratch, found.count, sizeof *weight);
    if (!of->z || !weight)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < found.count; k++) {
        for (size_t c = 0; c < m; c++)
            of->z[k * m + c] = customers->covariates[c][found.example[k]];
    }
    status = collapse(scratch, customers, &found, of);
    if (status != RETAIN_OK)
        return status;
    for (size_t run = 0; run < of->rows.runs; run++)
        weight[of->pattern[run]] += of->weight[run];
    retain__btyd_measure_covariates(&of->scaling, 0, m, of->z, of->patterns, weight);
    retain__btyd_centre(&of->scaling, of->family, of->entries);
    standardise(of);
    of->blocks = retain__blocks(of->rows.count, BLOCK);
    of->sums_of_block = numbers;
    of->sums = retain__take(scratch, of->blocks, numbers * sizeof *of->sums);
    return of->sums ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}
