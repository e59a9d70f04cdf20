/* Walks over the rows.
 *
 * Every chunk has a record of sums of its own; afterwards the records are added up in order. Within a chunk, sums go through 256 rows at
 * a time before they are added to the record, so that errors of rounding grow with the number of blocks and not of rows.
 *
 * A row needs one exponential and one logarithm: with e = exp(-|eta|), both probabilities are quotients of 1 or e and 1 + e, neither of
 * which cancels, log L is -log(1 + e), less |eta| where the outcome is the unlikely one, and what is left of the outcome, y - p, is the
 * probability of the other one. */
#include "models/logistic_pass.h"

#include <math.h>
#include <string.h>

#include "math/kernels.h"

enum { ROWS = RETAIN__GRAM_ROWS, WIDTH = RETAIN__GRAM_WIDTH };

retain_status retain__logistic_open_passes(retain_context *ctx, retain__scratch *scratch, const retain__logistic_rows *rows,
                                           retain__logistic_passes *passes)
{
    const size_t width = rows->panels * WIDTH;

    *passes = (retain__logistic_passes){.ctx = ctx, .rows = rows, .done = 0.1};
    passes->partial_size = width * width + width + WIDTH;
    passes->partial = retain__take(scratch, rows->chunks * passes->partial_size, sizeof(double));
    if (!passes->partial)
        return RETAIN_ERROR_MEMORY;
    return retain__open_rooms(ctx, scratch, rows->chunks, RETAIN__LOGISTIC_BLOCK(rows->panels), sizeof(double), &passes->rooms);
}

retain_status retain__logistic_take_sums(retain__scratch *scratch, size_t width, retain__logistic_sums *sums)
{
    sums->value = 0.0;
    sums->gradient = retain__take(scratch, width, sizeof(double));
    sums->hessian = retain__take(scratch, width * width, sizeof(double));
    return sums->gradient && sums->hessian ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* A walk in progress. */
typedef struct walk {
    retain__logistic_passes *passes;
    const double *point;
    size_t every;
} walk;

/* Progress comes closer to the end with every walk: how many there will be is not known. */
static retain_status run(retain__logistic_passes *passes, retain__work work, walk *state)
{
    const double from = passes->done, to = from + 0.25 * (1.0 - from);

    passes->done = to;
    return retain__parallel(passes->ctx, passes->rows->predictors->count, passes->rows->chunk, from, to, work, state);
}

/* --- the likelihood ----------------------------------------------------------------------------------------------------------------- */

/* `curvature` w p (1 - p), `rest` w (y - p), `loss` -w log L. */
static RETAIN__INLINE void weigh_body(const double *restrict eta, const double *restrict outcome, const double *restrict weight,
                                      double *restrict curvature, double *restrict rest, double *restrict loss)
{
    for (size_t i = 0; i < ROWS; i++) {
        const double t = eta[i], w = weight[i], size = fabs(t), e = retain__fast_exp(-size);
        const double likely = 1.0 / (1.0 + e), unlikely = e * likely;
        const double towards = outcome[i] > 0.5 ? t : -t; /* the log odds of what happened */
        const double left = towards < 0.0 ? likely : unlikely;

        curvature[i] = w * (likely * unlikely);
        rest[i] = outcome[i] > 0.5 ? w * left : -w * left;
        loss[i] = w * (retain__fast_log1p(e) + (towards < 0.0 ? size : 0.0));
    }
}
RETAIN__VECTORISED(static, weigh,
                   (const double *eta, const double *outcome, const double *weight, double *curvature, double *rest, double *loss),
                   (eta, outcome, weight, curvature, rest, loss));

static double add_rows(const double *x)
{
    double lanes[RETAIN__LANES] = {0.0};

    for (size_t i = 0; i < ROWS; i++)
        lanes[i % RETAIN__LANES] += x[i];
    return retain__merge_lanes(lanes);
}

static void evaluate_chunk(void *state, size_t chunk, size_t first, size_t last)
{
    const walk *of = state;
    const retain__logistic_rows *rows = of->passes->rows;
    const size_t width = rows->panels * WIDTH;
    double *record = of->passes->partial + chunk * of->passes->partial_size, *gradient = record + WIDTH,
           *hessian = gradient + width;
    double *room = retain__enter_room(&of->passes->rooms);
    const retain__logistic_block block = retain__logistic_view_block(rows->panels, room);

    memset(record, 0, of->passes->partial_size * sizeof *record);
    for (size_t at = first; at < last; at += ROWS) {
        if (at / ROWS % of->every != 0)
            continue;
        retain__logistic_fill(rows, of->point, at, last - at < ROWS ? last : at + ROWS, &block);
        weigh(block.eta, block.outcome, block.weight, block.left, block.right, block.column);
        record[0] -= add_rows(block.column);
        retain__gram_sums(rows->panels, block.z, block.right, gradient);
        retain__gram_add(rows->panels, block.z, block.left, block.weighted, hessian);
    }
    retain__leave_room(&of->passes->rooms, room);
}

static void add_up(const retain__logistic_passes *passes, size_t from, size_t count, double *to)
{
    for (size_t k = 0; k < count; k++)
        to[k] = 0.0;
    for (size_t c = 0; c < passes->rows->chunks; c++)
        for (size_t k = 0; k < count; k++)
            to[k] += passes->partial[c * passes->partial_size + from + k];
}

retain_status retain__logistic_evaluate(retain__logistic_passes *passes, const double *point, size_t every,
                                        retain__logistic_sums *sums)
{
    const size_t width = passes->rows->panels * WIDTH;
    walk of = {passes, point, every};
    const retain_status status = run(passes, evaluate_chunk, &of);

    if (status != RETAIN_OK)
        return status;
    passes->evaluations += every == 1;
    add_up(passes, 0, 1, &sums->value);
    add_up(passes, WIDTH, width, sums->gradient);
    add_up(passes, WIDTH + width, width * width, sums->hessian);
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < i; j++)
            sums->hessian[j * width + i] = sums->hessian[i * width + j];
    return RETAIN_OK;
}

/* --- marginal effects ------------------------------------------------------------------------------------------------------------------ */

static void slope_chunk(void *state, size_t chunk, size_t first, size_t last)
{
    const walk *of = state;
    const retain__logistic_rows *rows = of->passes->rows;
    const double over = 1.0 / (rows->class_rows[0] + rows->class_rows[1]);
    double *record = of->passes->partial + chunk * of->passes->partial_size;
    double *room = retain__enter_room(&of->passes->rooms);
    const retain__logistic_block block = retain__logistic_view_block(rows->panels, room);

    memset(record, 0, (WIDTH + rows->panels * WIDTH) * sizeof *record);
    for (size_t at = first; at < last; at += ROWS) {
        retain__logistic_fill(rows, of->point, at, last - at < ROWS ? last : at + ROWS, &block);
        for (size_t i = 0; i < ROWS; i++)
            block.weight[i] = at + i < last ? (rows->weight ? rows->weight[at + i] : 1.0) * over : 0.0;
        weigh(block.eta, block.outcome, block.weight, block.left, block.right, block.column);
        for (size_t i = 0; i < ROWS; i++)
            block.right[i] = -block.left[i] * tanh(0.5 * block.eta[i]); /* 1 - 2 p */
        record[0] += add_rows(block.left);
        retain__gram_sums(rows->panels, block.z, block.right, record + WIDTH);
    }
    retain__leave_room(&of->passes->rooms, room);
}

retain_status retain__logistic_slopes(retain__logistic_passes *passes, const double *point, double *slope, double *bend)
{
    walk of = {passes, point, 1};
    const retain_status status = run(passes, slope_chunk, &of);

    if (status != RETAIN_OK)
        return status;
    add_up(passes, 0, 1, slope);
    add_up(passes, WIDTH, passes->rows->panels * WIDTH, bend);
    return RETAIN_OK;
}

/* --- margins --------------------------------------------------------------------------------------------------------------------------- */

static void note_extremes(const retain__logistic_block *block, size_t row, size_t width, double *least, double *largest)
{
    for (size_t k = 0; k < width; k++) {
        const double z = block->z[k / WIDTH * RETAIN__GRAM_PANEL + row * WIDTH + k % WIDTH];

        least[k] = z < least[k] ? z : least[k];
        largest[k] = z > largest[k] ? z : largest[k];
    }
}

/* A record: least and largest margin, then for either outcome the least and the largest of each coordinate. */
static void margin_chunk(void *state, size_t chunk, size_t first, size_t last)
{
    const walk *of = state;
    const retain__logistic_rows *rows = of->passes->rows;
    const size_t width = rows->panels * WIDTH;
    double *record = of->passes->partial + chunk * of->passes->partial_size;
    double *room = retain__enter_room(&of->passes->rooms);
    const retain__logistic_block block = retain__logistic_view_block(rows->panels, room);

    for (size_t k = 0; k < 2 + 4 * width; k++)
        record[k] = k < 2 ? (k ? -INFINITY : INFINITY) : (k - 2) / width % 2 ? -INFINITY : INFINITY;
    for (size_t at = first; at < last; at += ROWS) {
        retain__logistic_fill(rows, of->point, at, last - at < ROWS ? last : at + ROWS, &block);
        for (size_t i = 0; i < ROWS; i++) {
            const double margin = block.outcome[i] > 0.5 ? block.eta[i] : -block.eta[i];
            double *extremes = record + 2 + (block.outcome[i] > 0.5 ? 2 * width : 0);

            if (!(block.weight[i] > 0.0))
                continue;
            record[0] = margin < record[0] ? margin : record[0];
            record[1] = margin > record[1] ? margin : record[1];
            note_extremes(&block, i, width, extremes, extremes + width);
        }
    }
    retain__leave_room(&of->passes->rooms, room);
}

void retain__logistic_merge_margins(const double *partial, size_t chunks, size_t partial_size, size_t width,
                                    retain__logistic_margins *margins)
{
    margins->low = INFINITY;
    margins->high = -INFINITY;
    for (size_t c = 0; c < chunks; c++) {
        const double *record = partial + c * partial_size;

        margins->low = fmin(margins->low, record[0]);
        margins->high = fmax(margins->high, record[1]);
        for (size_t k = 0; k < 2 * width; k++) {
            double *least = &margins->least[k / width][k % width], *largest = &margins->largest[k / width][k % width];
            const double *of_class = record + 2 + k / width * 2 * width;

            *least = c == 0 ? of_class[k % width] : fmin(*least, of_class[k % width]);
            *largest = c == 0 ? of_class[width + k % width] : fmax(*largest, of_class[width + k % width]);
        }
    }
}

retain_status retain__logistic_find_margins(retain__logistic_passes *passes, const double *direction,
                                            retain__logistic_margins *margins)
{
    walk of = {passes, direction, 1};
    const retain_status status = run(passes, margin_chunk, &of);

    if (status == RETAIN_OK)
        retain__logistic_merge_margins(passes->partial, passes->rows->chunks, passes->partial_size, passes->rows->panels * WIDTH,
                                       margins);
    return status;
}
