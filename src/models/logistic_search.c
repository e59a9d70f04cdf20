/* Newton's method for logistic regression, and whatever else is as smooth and concave.
 *
 * The objective is convex, its second derivatives cost little more than its first ones (math/gram.h), and near the optimum every step
 * doubles the number of right digits: 4 to 8 walks over the rows, where methods that know first derivatives only need dozens. On
 * hundreds of thousands of rows the first steps need not look at all of them: the search begins with one block of rows in sixteen,
 * whose optimum is so near to that of all that three walks over all of them are left.
 *
 * With an l1 penalty a step minimises the quadratic model plus the penalty, coordinate by coordinate (Friedman, Hastie and Tibshirani
 * 2010), which needs no further walk.
 *
 * Without an l2 penalty there may be no optimum. Two ways out are told apart from a search that merely takes long:
 *
 *  - Columns that are combinations of others show as a pivot of 0 in the factorisation of the second derivatives, at the first point,
 *    where all rows still count. They are left out.
 *  - Separation (A. Albert, J. Anderson, Biometrika 71(1) (1984)): a direction exists in which every row's log odds move towards its
 *    outcome or stay. Newton's steps then become such a direction, of constant length (each adds 1 to the margins) with ever smaller
 *    gain. So when a step is long and gains next to nothing, it is tried as a proof: if no row's margin is negative, the likelihood
 *    has no maximum. */
#include "models/logistic_search.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "math/linear.h"

enum { SAMPLE_STEPS = 12, HALVINGS = 40, SWEEPS = 20000 };

static const double SETTLED =
    1e-26; /* squared length of a step, in standard errors, per row: second derivatives are then settled too */
static const double SETTLED_LARGE =
    1e-13;                         /* the same, of many rows: the last step is taken without another walk all the same, which leaves
                                              coefficients 1e-10 standard errors off, and these right to 6 digits */
static const double STUCK = 1e-12; /* the same, in all: shorter steps may fail because of rounding */
static const double NEARLY = 1e-4; /* the same, for the sample */
static const double SINGULAR = 1e-11;   /* share of a column that others do not explain, below which it is a combination of them */
static const double LITTLE_GAIN = 1e-6; /* of log L: steps that gain less and are long may lead to infinity */
static const double LONG_STEP = 0.1;    /* per standard deviation */
static const double NO_MARGIN = 1e-6;   /* share of the largest margin that counts as none */
static const double LEADING = 0.01;     /* share of the longest component of a direction, below which a column has no part in it */

retain_status retain__logistic_open_search(retain__scratch *scratch, const retain__logistic_source *source,
                                           retain__logistic_search *search)
{
    const size_t width = source->width;
    double **const vectors[] = {&search->ridge, &search->lasso,  &search->point,     &search->trial,
                                &search->step,  &search->vector, &search->null_point};
    retain_status status;

    search->source = *source;
    search->width = width;
    search->coordinates = source->leading + source->rows->coordinates - 1;
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        *vectors[v] = retain__take_zeroed(scratch, width, sizeof(double));
        if (!*vectors[v])
            return RETAIN_ERROR_MEMORY;
    }
    search->matrix = retain__take(scratch, width * width, sizeof(double));
    search->factor = retain__take(scratch, width * width, sizeof(double));
    search->kind = retain__take_zeroed(scratch, width, 1);
    search->involved = retain__take_zeroed(scratch, width, 1);
    search->active = retain__take(scratch, width, sizeof *search->active);
    if (!search->matrix || !search->factor || !search->kind || !search->involved || !search->active)
        return RETAIN_ERROR_MEMORY;
    status = retain__logistic_take_sums(scratch, width, &search->at);
    return status == RETAIN_OK ? retain__logistic_take_sums(scratch, width, &search->there) : status;
}

/* --- the objective ---------------------------------------------------------------------------------------------------------------------- */

static double add_penalties(const retain__logistic_search *search, const double *point, double share, double value)
{
    double sum = 0.0;

    for (size_t k = 0; k < search->width; k++)
        sum += 0.5 * search->ridge[k] * point[k] * point[k] + search->lasso[k] * fabs(point[k]);
    return share * sum - value;
}

/* Derivative of what is smooth about the objective. */
static double slope_at(const retain__logistic_search *search, size_t k, double share)
{
    return share * search->ridge[k] * search->point[k] - search->at.gradient[k];
}

double retain__logistic_violation(const retain__logistic_search *search)
{
    double largest = 0.0;

    for (size_t k = 0; k < search->width; k++) {
        double slope = slope_at(search, k, 1.0);

        if (search->kind[k] != RETAIN__SEARCH_ESTIMATED)
            continue;
        if (search->point[k] != 0.0)
            slope += copysign(search->lasso[k], search->point[k]);
        else
            slope = fmax(0.0, fabs(slope) - search->lasso[k]);
        largest = fmax(largest, fabs(slope));
    }
    return largest;
}

/* --- steps --------------------------------------------------------------------------------------------------------------------------------- */

/* The second derivatives of the coordinates that are searched, each divided by the roots of its two diagonal elements; those roots in
 * `vector`. Returns how many there are. */
static size_t scale_matrix(retain__logistic_search *search, double share)
{
    const size_t width = search->width;
    size_t n = 0;

    for (size_t k = 0; k < width; k++) {
        const double own = search->at.hessian[k * width + k] + share * search->ridge[k];

        if (search->kind[k] == RETAIN__SEARCH_ESTIMATED && own > 0.0) {
            search->vector[n] = sqrt(own);
            search->active[n++] = k;
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const size_t a = search->active[i], b = search->active[j];
            const double ridge = a == b ? share * search->ridge[a] : 0.0;
            const double x = (search->at.hessian[a * width + b] + ridge) / search->vector[i] / search->vector[j];

            search->matrix[i * n + j] = search->matrix[j * n + i] = x;
        }
    return n;
}

static int find_newton_step(retain__logistic_search *search, double share)
{
    const size_t n = scale_matrix(search, share);
    double *b = search->trial; /* free until the step is tried */

    if (!retain__cholesky(n, search->matrix, search->factor))
        return 0;
    memset(search->step, 0, search->width * sizeof *search->step);
    for (size_t i = 0; i < n; i++)
        b[i] = -slope_at(search, search->active[i], share) / search->vector[i];
    retain__cholesky_solve(n, search->factor, b, b);
    for (size_t i = 0; i < n; i++)
        search->step[search->active[i]] = b[i] / search->vector[i];
    return 1;
}

/* Least point of (x - wanted)^2 / 2 + lasso |x|. */
static double threshold(double wanted, double lasso)
{
    return fabs(wanted) <= lasso ? 0.0 : wanted - copysign(lasso, wanted);
}

/* Coordinate descent on the quadratic model plus the penalty, in units in which every coordinate's curvature is 1; `slope` is that of
 * the model at the step so far. */
static int find_lasso_step(retain__logistic_search *search, double share)
{
    const size_t n = scale_matrix(search, share);
    double *slope = search->trial, longest = INFINITY;

    memset(search->step, 0, search->width * sizeof *search->step);
    for (size_t i = 0; i < n; i++)
        slope[i] = slope_at(search, search->active[i], share) / search->vector[i];
    for (int s = 0; s < SWEEPS && longest > 1e-13; s++) {
        longest = 0.0;
        for (size_t i = 0; i < n; i++) {
            const size_t k = search->active[i];
            const double unit = search->vector[i], here = unit * (search->point[k] + search->step[k]);
            const double there = threshold(here - slope[i], share * search->lasso[k] / unit), moved = there - here;

            if (moved == 0.0)
                continue;
            for (size_t j = 0; j < n; j++)
                slope[j] += moved * search->matrix[i * n + j];
            search->step[k] = there == 0.0 ? -search->point[k] : search->step[k] + moved / unit;
            longest = fmax(longest, fabs(moved));
        }
    }
    return 1;
}

/* Squared length of the step, in the curvature at hand. */
static double measure_step(const retain__logistic_search *search, double share)
{
    const size_t width = search->width;
    double sum = 0.0;

    for (size_t i = 0; i < width; i++) {
        double row = share * search->ridge[i] * search->step[i];

        if (search->step[i] == 0.0)
            continue;
        for (size_t j = 0; j < width; j++)
            row += search->at.hessian[i * width + j] * search->step[j];
        sum += search->step[i] * row;
    }
    return sum;
}

/* --- combinations -------------------------------------------------------------------------------------------------------------------------- */

/* The columns of which coordinate `k` is a combination, the first n active ones having the factor. */
static void note_combination(retain__logistic_search *search, size_t n, size_t stride, const double *row)
{
    double *share = search->step;

    for (size_t i = 0; i < n; i++)
        share[i] = row[i]; /* L^-1 of the column: solve with L' */
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            share[i] -= search->factor[j * stride + i] * share[j];
        share[i] /= search->factor[i * stride + i];
        search->involved[search->active[i]] = fabs(share[i]) > 1e-6;
    }
}

/* Leaves out columns that are combinations of those before them. Returns how many. */
static size_t drop_combinations(retain__logistic_search *search)
{
    const size_t width = search->width;
    size_t kept = 0, dropped = 0, n = scale_matrix(search, 1.0);
    double *row = search->vector;

    for (size_t i = 0; i < n; i++) { /* the factor grows by a row for each column that is kept; `matrix` is n by n */
        const size_t k = search->active[i];
        double pivot = 1.0;

        for (size_t j = 0; j < kept; j++) {
            row[j] = search->matrix[i * n + (size_t)search->trial[j]];
            for (size_t m = 0; m < j; m++)
                row[j] -= row[m] * search->factor[j * width + m];
            row[j] /= search->factor[j * width + j];
            pivot -= row[j] * row[j];
        }
        if (pivot <= SINGULAR) {
            search->kind[k] = RETAIN__SEARCH_COMBINED;
            if (search->combined == 0 && k < search->source.leading + search->source.rows->predictors->columns) {
                search->combined = k;
                note_combination(search, kept, width, row);
            }
            dropped++;
            continue;
        }
        memcpy(search->factor + kept * width, row, kept * sizeof *row);
        search->factor[kept * width + kept] = sqrt(pivot);
        search->active[kept] = k;
        search->trial[kept++] = (double)i;
    }
    return dropped;
}

/* --- separation ---------------------------------------------------------------------------------------------------------------------------- */

static int is_long(const retain__logistic_search *search)
{
    double longest = 0.0;

    for (size_t k = 0; k < search->width; k++)
        longest = fmax(longest, fabs(search->step[k]));
    return longest > LONG_STEP;
}

/* Does coordinate k alone tell outcomes apart: 2 all of them, 1 some, 0 no? */
static int separates(const retain__logistic_margins *margins, size_t k)
{
    const double *const *least = (const double *const *)margins->least, *const *largest = (const double *const *)margins->largest;

    if (least[0][k] > largest[1][k] || least[1][k] > largest[0][k])
        return 2;
    return (least[0][k] == largest[1][k] || least[1][k] == largest[0][k]) &&
           fmin(least[0][k], least[1][k]) < fmax(largest[0][k], largest[1][k]);
}

static void mark_separating(retain__logistic_search *search, const retain__logistic_margins *margins)
{
    double longest = 0.0;
    int any = 0;

    for (size_t k = search->source.leading; k < search->coordinates; k++) {
        longest = fmax(longest, fabs(search->step[k]));
        if (search->kind[k] == RETAIN__SEARCH_ESTIMATED && separates(margins, k)) {
            search->kind[k] = RETAIN__SEARCH_SEPARATING;
            any = 1;
        }
    }
    for (size_t k = search->source.leading; !any && k < search->coordinates; k++) {
        if (search->kind[k] == RETAIN__SEARCH_ESTIMATED && fabs(search->step[k]) > LEADING * longest)
            search->kind[k] = RETAIN__SEARCH_SEPARATING;
    }
}

/* Is the last step a direction of separation? */
static retain_status look_for_separation(retain__logistic_search *search, int *is_separated)
{
    const size_t width = search->width;
    retain__logistic_margins margins = {.least = {search->matrix, search->matrix + width},
                                        .largest = {search->factor, search->factor + width}};
    const retain_status status = search->source.find_margins(search->source.state, search->step, &margins);

    *is_separated = 0;
    if (status != RETAIN_OK || !(margins.high > 0.0 && margins.low >= -NO_MARGIN * margins.high))
        return status;
    *is_separated = 1;
    search->verdict = margins.low > NO_MARGIN * margins.high ? RETAIN__SEARCH_SEPARATED : RETAIN__SEARCH_QUASI_SEPARATED;
    mark_separating(search, &margins);
    return RETAIN_OK;
}

/* --- the search ---------------------------------------------------------------------------------------------------------------------------- */

/* Goes to the nearest point along the step that is no higher; 0 when there is none. */
static retain_status follow(retain__logistic_search *search, size_t every, double share, int *moved)
{
    const double room = 1e-13 * (fabs(search->objective) + 1.0);
    double part = 1.0;

    *moved = 0;
    for (int h = 0; h < HALVINGS; h++, part *= 0.5) {
        retain_status status;
        double objective;

        for (size_t k = 0; k < search->width; k++)
            search->trial[k] = search->point[k] + part * search->step[k];
        status = search->source.evaluate(search->source.state, search->trial, every, &search->there);
        if (status != RETAIN_OK)
            return status;
        objective = add_penalties(search, search->trial, share, search->there.value);
        if (objective <= search->objective + room) {
            const retain__logistic_sums old = search->at;

            memcpy(search->point, search->trial, search->width * sizeof *search->point);
            search->at = search->there;
            search->there = old;
            search->objective = objective;
            *moved = 1;
            return RETAIN_OK;
        }
    }
    return RETAIN_OK;
}

static void begin_at_null(retain__logistic_search *search)
{
    memset(search->point, 0, search->width * sizeof *search->point);
    memcpy(search->point, search->null_point, search->source.leading * sizeof *search->point);
}

static retain_status evaluate_here(retain__logistic_search *search, size_t every, double share)
{
    const retain_status status = search->source.evaluate(search->source.state, search->point, every, &search->at);

    search->objective = add_penalties(search, search->point, share, search->at.value);
    return status;
}

/* One step; how it went in *size: its squared length, NaN when there is none, 0 when it is too short to be worth a walk. */
static retain_status take_step(retain__logistic_search *search, size_t every, double share, double enough, double *size)
{
    int moved = 0;
    retain_status status = RETAIN_OK;

    if (!(search->has_lasso ? find_lasso_step(search, share) : find_newton_step(search, share))) {
        *size = (double)NAN;
        return RETAIN_OK;
    }
    *size = measure_step(search, share);
    if (*size > enough)
        status = follow(search, every, share, &moved);
    if (status == RETAIN_OK && *size > enough && !moved && *size > STUCK)
        *size = (double)NAN;
    else if (status == RETAIN_OK && !moved)
        *size = 0.0; /* also where rounding is all that is left */
    return status;
}

/* A start from a sample of the rows, unless it is a worse one. */
static retain_status sample(retain__logistic_search *search)
{
    const size_t every = search->source.sample;
    const double share = 1.0 / (double)every;
    double size = INFINITY;
    retain_status status;

    begin_at_null(search);
    if (every == 1)
        return RETAIN_OK;
    status = evaluate_here(search, every, share);
    for (int i = 0; status == RETAIN_OK && i < SAMPLE_STEPS && size > NEARLY; i++)
        status = take_step(search, every, share, NEARLY, &size);
    if (status == RETAIN_OK && !(size <= NEARLY))
        begin_at_null(search);
    return status;
}

static retain_status begin(retain__logistic_search *search)
{
    retain_status status = sample(search);

    if (status == RETAIN_OK)
        status = evaluate_here(search, 1, 1.0);
    if (status == RETAIN_OK && search->source.sample > 1 && !(search->objective <= -search->null_value * (1.0 - 1e-9))) {
        begin_at_null(search);
        status = evaluate_here(search, 1, 1.0);
    }
    if (status == RETAIN_OK && !search->has_ridge && !search->has_lasso && drop_combinations(search)) {
        begin_at_null(search);
        status = evaluate_here(search, 1, 1.0);
    }
    return status;
}

/* The last step, of a tiny part of a standard error, costs nothing; what another walk would find is known well enough. */
static void polish(retain__logistic_search *search)
{
    for (size_t k = 0; k < search->width; k++)
        search->point[k] += search->step[k];
}

retain_status retain__logistic_find(retain__logistic_search *search)
{
    const retain__logistic_rows *rows = search->source.rows;
    const double enough = (rows->used < RETAIN__LOGISTIC_MANY ? SETTLED : SETTLED_LARGE) * (double)rows->used;
    double size = INFINITY;
    retain_status status;

    for (size_t k = search->source.leading; k < search->width; k++)
        search->kind[k] = k < search->coordinates && rows->spread[retain__logistic_coordinate(&search->source, k)] > 0.0
                              ? RETAIN__SEARCH_ESTIMATED
                              : RETAIN__SEARCH_CONSTANT;
    status = begin(search);
    search->verdict = search->combined ? RETAIN__SEARCH_COLLINEAR : RETAIN__SEARCH_CONVERGED;
    while (status == RETAIN_OK) {
        int is_separated = 0;

        if (search->iterations >= search->most_steps || !retain__is_finite(search->objective)) {
            search->verdict = RETAIN__SEARCH_STOPPED;
            break;
        }
        status = take_step(search, 1, 1.0, enough, &size);
        if (status != RETAIN_OK)
            break;
        if (size == 0.0) {
            polish(search);
            break;
        }
        search->iterations++;
        if (!search->has_ridge && !search->has_lasso && !(size > LITTLE_GAIN) && is_long(search)) {
            status = look_for_separation(search, &is_separated);
            if (is_separated)
                break;
        }
        if (size != size) {
            search->verdict = RETAIN__SEARCH_STOPPED;
            break;
        }
    }
    return status;
}

int retain__logistic_invert(retain__logistic_search *search, double *inverse)
{
    const size_t width = search->width, n = scale_matrix(search, 1.0);

    memset(inverse, 0, width * width * sizeof *inverse);
    if (!retain__cholesky(n, search->matrix, search->factor))
        return 0;
    retain__cholesky_inverse(n, search->factor, search->matrix);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            inverse[search->active[i] * width + search->active[j]] =
                search->matrix[i * n + j] / search->vector[i] / search->vector[j];
    return 1;
}
