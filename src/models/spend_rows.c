/* The Gamma-Gamma likelihood over a whole customer base.
 *
 * A customer's term is (note 025, eq. 1a), with y = x z,
 *
 *     log G(p x + q) - log G(p x) - log G(q) + q log gamma + p x log y - log z - (p x + q) log(gamma + y).
 *
 * Where spend may depend on how often a customer buys, gamma is gamma e^(theta effect), effect = log(1 + frequency).
 *
 * Gamma functions depend on x alone, so they are computed once per distinct x. Per row there remain one logarithm and one division: rows are sorted by x
 * and cut into runs, and a run is summed in vector lanes. The order of rows is canonical (by x, then z), so that the caller's order changes no bit. */
#include <math.h>
#include <string.h>

#include "core/sort.h"
#include "math/kernels.h"
#include "math/special.h"
#include "math/sums.h"
#include "models/spend_rows.h"

enum { RUN = 1024, RUNS_A_BLOCK = 16 };

/* --- gathering --------------------------------------------------------------------------------------------------------------------- */

/* Sorts rows of (x, effect if there is one, z, weight) and adds up the weights of equal ones, the smallest first whatever order they
 * came in; returns the number of distinct ones. Doubles that are not negative sort like their bits. */
static size_t merge_equal(uint64_t *words, uint64_t *spare, size_t count, size_t width)
{
    const retain__row_shape shape = {.width = width, .keys = width, .settled = 0};
    const size_t weight = width - 1;
    size_t distinct = 0;

    retain__sort_rows(&shape, words, spare, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t *row = words + width * i, *last = words + width * (distinct ? distinct - 1 : 0);

        if (distinct && memcmp(row, last, weight * sizeof *row) == 0)
            last[weight] = retain__bits(retain__of_bits(last[weight]) + retain__of_bits(row[weight]));
        else
            memmove(words + width * distinct++, row, width * sizeof *row);
    }
    return distinct;
}

/* Rows of a run agree in all but z and weight. */
static size_t count_runs(const uint64_t *words, size_t count, size_t width)
{
    size_t runs = 0, length = 0;

    for (size_t i = 0; i < count; i++) {
        const uint64_t *row = words + width * i;

        if (i == 0 || memcmp(row, row - width, (width - 2) * sizeof *row) != 0 || length == RUN) {
            runs++;
            length = 0;
        }
        length++;
    }
    return runs;
}

/* Fills rows and runs from the sorted words, and the moments on the way. */
static void fill(retain__spend_rows *rows, const uint64_t *words, size_t width)
{
    retain__spend_run *run = NULL;
    double mean_x = 0.0, xx = 0.0, xz = 0.0, zz = 0.0;

    for (size_t i = 0; i < rows->count; i++) {
        const uint64_t *row = words + width * i;
        double x = retain__of_bits(row[0]), effect = width > 3 ? retain__of_bits(row[1]) : 0.0;
        double z = retain__of_bits(row[width - 2]), w = retain__of_bits(row[width - 1]);
        double dx = x - mean_x, dz = z - rows->mean, log_z = log(z);

        if (!run || run->x != x || run->effect != effect || run->count == RUN) {
            run = &rows->runs[rows->run_count++];
            *run = (retain__spend_run){.x = x, .effect = effect, .first = i};
        }
        rows->y[i] = x * z;
        rows->weight[i] = w;
        run->count++;
        run->weight += w;
        run->log_sum += w * log(x * z);
        rows->log_z += w * log_z;
        rows->customers += w; /* West 1979: weighted moments in one pass */
        mean_x += dx * w / rows->customers;
        rows->mean += dz * w / rows->customers;
        xx += w * dx * (x - mean_x);
        xz += w * dx * (z - rows->mean);
        zz += w * dz * (z - rows->mean);
    }
    rows->correlation = rows->used > 1 && xx > 0.0 && zz > 0.0 ? fmin(fmax(xz / sqrt(xx) / sqrt(zz), -1.0), 1.0) : (double)NAN;
}

retain_status retain__spend_gather(retain__scratch *scratch, const retain_customers *customers, const double *effect,
                                   retain__spend_rows *rows)
{
    const size_t width = effect ? 4 : 3;
    uint64_t *words, *spare;
    size_t used = 0, runs;

    *rows = (retain__spend_rows){.correlation = (double)NAN};
    for (size_t i = 0; i < customers->count; i++)
        used += customers->frequency[i] > 0.0 && (!customers->weight || customers->weight[i] > 0.0);
    words = retain__take(scratch, used, width * sizeof *words);
    spare = retain__take(scratch, used, width * sizeof *spare);
    if (!words || !spare)
        return RETAIN_ERROR_MEMORY;
    rows->used = used;
    used = 0;
    for (size_t i = 0; i < customers->count; i++) {
        double weight = customers->weight ? customers->weight[i] : 1.0;
        uint64_t *row = words + width * used;

        if (customers->frequency[i] > 0.0 && weight > 0.0) {
            row[0] = retain__bits(customers->frequency[i]);
            if (effect)
                row[1] = retain__bits(effect[i]);
            row[width - 2] = retain__bits(customers->spend[i]);
            row[width - 1] = retain__bits(weight);
            used++;
        }
    }
    rows->count = merge_equal(words, spare, used, width);
    retain__give_back(scratch, spare);
    runs = count_runs(words, rows->count, width);
    rows->y = retain__take(scratch, rows->count, sizeof *rows->y);
    rows->weight = retain__take(scratch, rows->count, sizeof *rows->weight);
    rows->runs = retain__take(scratch, runs, sizeof *rows->runs);
    rows->sums = retain__take(scratch, runs, 3 * sizeof *rows->sums);
    if (!rows->y || !rows->weight || !rows->runs || !rows->sums)
        return RETAIN_ERROR_MEMORY;
    fill(rows, words, width);
    retain__give_back(scratch, words);
    return RETAIN_OK;
}

/* --- evaluating -------------------------------------------------------------------------------------------------------------------- */

/* Adds up w log(gamma + y), w u and w u (1 - u) with u = gamma / (gamma + y). */
static RETAIN__INLINE void add_run_body(const double *y, const double *weight, size_t count, double gamma, double *sums)
{
    double lanes[3][RETAIN__LANES] = {{0.0}};
    size_t i = 0;

    for (; i + RETAIN__LANES <= count; i += RETAIN__LANES) {
        for (size_t k = 0; k < RETAIN__LANES; k++) {
            double both = gamma + y[i + k], w = weight[i + k], u = gamma / both;

            lanes[0][k] += w * retain__fast_log(both);
            lanes[1][k] += w * u;
            lanes[2][k] += w * u * (y[i + k] / both);
        }
    }
    for (; i < count; i++) {
        double both = gamma + y[i], w = weight[i], u = gamma / both;

        lanes[0][i % RETAIN__LANES] += w * retain__fast_log(both);
        lanes[1][i % RETAIN__LANES] += w * u;
        lanes[2][i % RETAIN__LANES] += w * u * (y[i] / both);
    }
    for (size_t s = 0; s < 3; s++)
        sums[s] = retain__merge_lanes(lanes[s]);
}

RETAIN__VECTORISED(static, add_run, (const double *y, const double *weight, size_t count, double gamma, double *sums),
                   (y, weight, count, gamma, sums));

struct job {
    const retain__spend_rows *rows;
    double gamma, theta;
};

/* gamma of customers with this effect. */
static double scale_of(double gamma, double theta, double effect)
{
    return theta == 0.0 || effect == 0.0 ? gamma : gamma * exp(theta * effect);
}

static void add_runs(void *state, size_t block, size_t first, size_t last)
{
    const struct job *job = state;

    (void)block;
    for (size_t r = first; r < last; r++) {
        const retain__spend_run *run = &job->rows->runs[r];

        add_run(job->rows->y + run->first, job->rows->weight + run->first, run->count,
                scale_of(job->gamma, job->theta, run->effect), job->rows->sums + 3 * r);
    }
}

/* Adds the terms of all rows that share x and effect. `row_sums` are theirs: sums of w log(gamma + y), w u, w u (1 - u). */
static void add_alike(const double *parameters, double theta, const retain__spend_run *alike, const double *row_sums, double *sums)
{
    double x = alike->x, weight = alike->weight, log_sum = alike->log_sum, effect = alike->effect;
    double p = parameters[0], q = parameters[1], px = p * x, logs = row_sums[0], u = row_sums[1];
    double log_gamma = log(parameters[2]) + (theta == 0.0 ? 0.0 : theta * effect);
    double by_p = x * (weight * retain__digamma_ratio(px, q) + log_sum - logs);
    double by_q = weight * (retain__digamma_ratio(q, px) + log_gamma) - logs;
    double by_gamma = q * weight - (q + px) * u, twice_by_gamma = -(q + px) * row_sums[2];

    sums[0] += weight * (retain__lgamma_ratio(px, q) - retain__lgamma(q) + q * log_gamma) + px * log_sum - (px + q) * logs;
    sums[1] += p * by_p;
    sums[2] += q * by_q;
    sums[3] += by_gamma;
    sums[4] += p * p * x * x * weight * retain__trigamma_ratio(px, q) + p * by_p;
    sums[5] += p * q * x * weight * retain__trigamma(px + q);
    sums[6] -= px * u;
    sums[7] += q * q * weight * retain__trigamma_ratio(q, px) + q * by_q;
    sums[8] += q * (weight - u);
    sums[9] += twice_by_gamma;
    sums[10] += effect * by_gamma;
    sums[11] -= effect * px * u;
    sums[12] += effect * q * (weight - u);
    sums[13] += effect * twice_by_gamma;
    sums[14] += effect * effect * twice_by_gamma;
}

retain_status retain__spend_evaluate(retain_context *ctx, const retain__spend_rows *rows, const double *parameters, double theta,
                                     double *sums)
{
    struct job job = {rows, parameters[2], theta};
    retain_status status = retain__parallel(ctx, rows->run_count, RUNS_A_BLOCK, 0.0, 1.0, add_runs, &job);

    for (size_t s = 0; s < RETAIN__SPEND_SUMS; s++)
        sums[s] = 0.0;
    sums[0] = -rows->log_z;
    for (size_t r = 0; status == RETAIN_OK && r < rows->run_count;) {
        retain__spend_run alike = {.x = rows->runs[r].x, .effect = rows->runs[r].effect};
        double row_sums[3] = {0.0, 0.0, 0.0};

        for (; r < rows->run_count && rows->runs[r].x == alike.x && rows->runs[r].effect == alike.effect; r++) {
            alike.weight += rows->runs[r].weight;
            alike.log_sum += rows->runs[r].log_sum;
            for (size_t s = 0; s < 3; s++)
                row_sums[s] += rows->sums[3 * r + s];
        }
        add_alike(parameters, theta, &alike, row_sums, sums);
    }
    return status;
}
