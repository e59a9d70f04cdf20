/* Walks over rows that are at risk in many periods each.
 *
 * A row and a group of periods make a cell, with the row's eta plus the group's baseline as its linear predictor. Exponentials are taken of
 * either alone, so a cell costs a product u, one division and one logarithm: with the logit link the hazard is u / (1 + u) and what m
 * periods without an event add to log L is -m log(1 + u); with the complementary log-log link it is -m u.
 *
 * Predictors are the same in all cells of a row. So second derivatives are made of three parts: by the baselines, a diagonal; by a baseline and the
 * predictors, the sum of cell times row; by the predictors alone, where the cells of a row are added up first, the products of
 * math/gram.h. Nothing as large as rows times periods is ever stored.
 *
 * Chunks of rows have sums of their own, which are added up in order: the same bits for any number of threads. */
#include "models/hazard_pass.h"

#include <math.h>
#include <string.h>

#include "math/kernels.h"

enum { ROWS = RETAIN__GRAM_ROWS, WIDTH = RETAIN__GRAM_WIDTH, LANES = RETAIN__LANES, MOST_CHUNKS = 64, MOST_SUMS = 1 << 20 };

static const double REACH = 300.0; /* of an exponential, so that a product of two of them is a number */

static size_t round_up(size_t count)
{
    return (count + LANES - 1) / LANES * LANES;
}

/* --- memory --------------------------------------------------------------------------------------------------------------------- */

static void cut_chunks(retain__hazard_passes *passes)
{
    const size_t count = passes->rows->rows.predictors->count, blocks = retain__blocks(count, ROWS);
    size_t most = MOST_SUMS / passes->partial_size;

    most = most < 1 ? 1 : most > MOST_CHUNKS ? MOST_CHUNKS : most;
    passes->chunk = (blocks / most + (blocks % most != 0)) * ROWS;
    if (passes->chunk < 4 * ROWS)
        passes->chunk = 4 * ROWS;
    passes->chunks = retain__blocks(count, passes->chunk);
}

retain_status retain__hazard_open_passes(retain_context *ctx, retain__scratch *scratch, const retain__hazard_rows *rows,
                                         retain_hazard_link link, double smoothing, retain__hazard_passes *passes)
{
    const size_t groups = rows->groups.count, panels = rows->rows.panels, across = panels * WIDTH;
    const size_t room = RETAIN__LOGISTIC_BLOCK(panels) + ROWS + 2 * round_up(groups + LANES);

    *passes = (retain__hazard_passes){.ctx = ctx, .rows = rows, .link = link, .smoothing = smoothing, .done = 0.1};
    passes->coordinates = groups + rows->rows.coordinates - 1;
    passes->width = round_up(passes->coordinates);
    passes->padded = round_up(groups + LANES); /* a row's cells begin anywhere, and are filled up to whole lanes */
    passes->partial_size = WIDTH + 3 * passes->padded + across + groups * across + across * across;
    if (passes->partial_size < WIDTH + 6 * passes->width)
        passes->partial_size = WIDTH + 6 * passes->width;
    cut_chunks(passes);
    passes->partial = retain__take(scratch, passes->chunks * passes->partial_size, sizeof(double));
    passes->base = retain__take_zeroed(scratch, passes->padded, sizeof(double));
    passes->length = retain__take_zeroed(scratch, passes->padded, sizeof(double));
    passes->point = retain__take_zeroed(scratch, across, sizeof(double));
    if (!passes->partial || !passes->base || !passes->length || !passes->point)
        return RETAIN_ERROR_MEMORY;
    for (size_t g = 0; g < groups; g++)
        passes->length[g] = (double)(rows->groups.until[g] + 1 - retain__hazard_since(&rows->groups, g));
    return retain__open_rooms(ctx, scratch, passes->chunks, room, sizeof(double), &passes->rooms);
}

/* Sums of a chunk. */
typedef struct record {
    double *value;         /* of what events add; the rest is in `loss` */
    double *loss;          /* [padded] of a group: what periods without an event take away */
    double *by_group;      /* [padded] first derivatives */
    double *diagonal;      /* [padded] second derivatives, of -log L */
    double *by_predictor;  /* [8 panels] */
    double *mixed;         /* [groups * 8 panels] */
    double *by_predictors; /* [(8 panels)^2] */
} record;

static record view_record(const retain__hazard_passes *passes, double *at)
{
    const size_t across = passes->rows->rows.panels * WIDTH;
    record of = {.value = at, .loss = at + WIDTH};

    of.by_group = of.loss + passes->padded;
    of.diagonal = of.by_group + passes->padded;
    of.by_predictor = of.diagonal + passes->padded;
    of.mixed = of.by_predictor + across;
    of.by_predictors = of.mixed + passes->rows->groups.count * across;
    return of;
}

/* --- cells ---------------------------------------------------------------------------------------------------------------------- */

/* Cells of one row: groups in whole lanes, beyond the last one without periods. */
typedef struct cells {
    size_t count;
    double risk;        /* exp(eta) */
    const double *base; /* exp(baseline) */
    double *periods;    /* at risk in each, weights counting */
    double *second;     /* receives the second derivative of each */
    double *loss, *first, *diagonal;
    double *both; /* [2] receives what the cells add to first and second derivatives by the row's eta */
} cells;

static RETAIN__INLINE void add_logit_body(const cells *of)
{
    const double risk = of->risk, *restrict base = of->base, *restrict periods = of->periods;
    double *restrict second = of->second, *restrict loss = of->loss, *restrict first = of->first, *restrict diagonal = of->diagonal;
    double firsts[LANES] = {0.0}, seconds[LANES] = {0.0};

    for (size_t g = 0; g < of->count; g += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            const double u = risk * base[g + l], over = 1.0 / (1.0 + u), hazard = u * over;
            const double slope = periods[g + l] * hazard, bend = slope * over;

            loss[g + l] += periods[g + l] * retain__fast_log1p(u);
            first[g + l] -= slope;
            diagonal[g + l] += bend;
            second[g + l] = bend;
            firsts[l] -= slope;
            seconds[l] += bend;
        }
    }
    of->both[0] = retain__merge_lanes(firsts);
    of->both[1] = retain__merge_lanes(seconds);
}
RETAIN__VECTORISED(static, add_logit, (const cells *of), (of));

static RETAIN__INLINE void add_log_log_body(const cells *of)
{
    const double risk = of->risk, *restrict base = of->base, *restrict periods = of->periods;
    double *restrict second = of->second, *restrict loss = of->loss, *restrict first = of->first, *restrict diagonal = of->diagonal;
    double sums[LANES] = {0.0};

    for (size_t g = 0; g < of->count; g += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            const double u = periods[g + l] * (risk * base[g + l]);

            loss[g + l] += u;
            first[g + l] -= u;
            diagonal[g + l] += u;
            second[g + l] = u;
            sums[l] += u;
        }
    }
    of->both[1] = retain__merge_lanes(sums);
    of->both[0] = -of->both[1];
}
RETAIN__VECTORISED(static, add_log_log, (const cells *of), (of));

/* Adds cell times row to what is mixed, a panel at a time. */
static RETAIN__INLINE void add_mixed_body(const double *restrict second, size_t count, const double *restrict row, size_t across,
                                          double *restrict mixed)
{
    double z[WIDTH];

    memcpy(z, row, sizeof z);
    for (size_t g = 0; g < count; g++)
        for (size_t k = 0; k < WIDTH; k++)
            mixed[g * across + k] += second[g] * z[k];
}
RETAIN__VECTORISED(static, add_mixed, (const double *second, size_t count, const double *row, size_t across, double *mixed),
                   (second, count, row, across, mixed));

/* The event of a row with the complementary log-log link: log(1 - e^-u), by eta once, and by eta twice with the sign turned. */
static double log_log_event(double u, double *slope, double *bend)
{
    const double share = u < 1e-8 ? 1.0 - 0.5 * u : u > 700.0 ? 0.0 : u / expm1(u);
    const double rest = u < 1e-3 ? u * (-0.5 - u / 12.0) : 1.0 - u - share;

    *slope = share;
    *bend = -share * rest;
    return u < 1e-8 ? log(u) - 0.5 * u : log(-expm1(-u));
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------- */

/* Where a row is at risk. */
typedef struct risk_of_row {
    size_t from, to, since, until; /* groups; periods */
    int is_event;
} risk_of_row;

static int find_risk(const retain__hazard_rows *rows, size_t i, risk_of_row *of)
{
    const retain_durations *durations = rows->durations;
    const double entry = durations->entry ? durations->entry[i] : 0.0, exit = durations->exit[i];

    if (!(exit > entry && exit <= (double)rows->groups.periods && entry >= 0.0))
        return 0;
    of->since = (size_t)entry + 1;
    of->until = (size_t)exit;
    of->from = rows->groups.of[of->since];
    of->to = rows->groups.of[of->until];
    of->is_event = rows->rows.outcome[i] == 1;
    return 1;
}

/* Periods at risk in each group, times the weight; beyond the last group nothing. */
static void count_periods(const retain__hazard_passes *passes, const risk_of_row *of, double weight, double *periods, size_t padded)
{
    const retain__hazard_groups *groups = &passes->rows->groups;
    const size_t count = of->to - of->from + 1;

    for (size_t g = 0; g < count; g++)
        periods[g] = weight * passes->length[of->from + g];
    for (size_t g = count; g < padded; g++)
        periods[g] = 0.0;
    periods[0] -= weight * (double)(of->since - retain__hazard_since(groups, of->from));
    periods[count - 1] -= weight * (double)(groups->until[of->to] - of->until);
    if (of->is_event && passes->link == RETAIN_HAZARD_COMPLEMENTARY_LOG_LOG)
        periods[count - 1] -= weight; /* the period of the event counts for itself */
}

static double within_reach(double x)
{
    return x > REACH ? REACH : x < -REACH ? -REACH : x;
}

/* The same reach as of exp(baseline) and exp(eta), or an event would be more than certain. */
static void add_event(const retain__hazard_passes *passes, size_t group, double eta, double weight, double baseline,
                      const cells *of, const record *to)
{
    const size_t last = group;
    double slope, bend, value;

    if (passes->link == RETAIN_HAZARD_LOGIT) {
        to->value[0] += weight * (within_reach(baseline) + within_reach(eta));
        to->by_group[last] += weight;
        of->both[0] += weight;
        return;
    }
    value = log_log_event(of->risk * passes->base[group], &slope, &bend);
    to->value[0] += weight * value;
    to->by_group[last] += weight * slope;
    to->diagonal[last] += weight * bend;
    of->both[0] += weight * slope;
    of->both[1] += weight * bend;
}

/* A walk in progress. */
typedef struct walk {
    retain__hazard_passes *passes;
    const double *point;
} walk;

static void add_row(const walk *of, const retain__logistic_block *block, const double *risk, size_t i, const risk_of_row *at,
                    double *room, const record *to)
{
    const retain__hazard_passes *passes = of->passes;
    const size_t count = at->to - at->from + 1, padded = round_up(count), panels = passes->rows->rows.panels;
    double both[2] = {0.0, 0.0};
    const cells row = {.count = padded,
                       .risk = risk[i],
                       .base = passes->base + at->from,
                       .periods = room,
                       .second = room + passes->padded,
                       .loss = to->loss + at->from,
                       .first = to->by_group + at->from,
                       .diagonal = to->diagonal + at->from,
                       .both = both};

    count_periods(passes, at, block->weight[i], row.periods, padded);
    if (passes->link == RETAIN_HAZARD_LOGIT)
        add_logit(&row);
    else
        add_log_log(&row);
    if (at->is_event) {
        const double before = to->diagonal[at->to];

        add_event(passes, at->to, block->eta[i], block->weight[i], of->point[at->to], &row, to);
        row.second[count - 1] += to->diagonal[at->to] - before;
    }
    block->right[i] = both[0];
    block->left[i] = both[1];
    for (size_t p = 0; p < panels && passes->rows->rows.coordinates > 1; p++)
        add_mixed(row.second, count, block->z + p * RETAIN__GRAM_PANEL + i * WIDTH, panels * WIDTH,
                  to->mixed + at->from * panels * WIDTH + p * WIDTH);
}

static void evaluate_chunk(void *state, size_t chunk, size_t first, size_t last)
{
    const walk *of = state;
    retain__hazard_passes *passes = of->passes;
    const retain__logistic_rows *rows = &passes->rows->rows;
    double *own = passes->partial + chunk * passes->partial_size, *memory = retain__enter_room(&passes->rooms);
    double *risk = memory + RETAIN__LOGISTIC_BLOCK(rows->panels);
    const retain__logistic_block block = retain__logistic_view_block(rows->panels, memory);
    const record to = view_record(passes, own);

    memset(own, 0, passes->partial_size * sizeof *own);
    for (size_t at = first; at < last; at += ROWS) {
        const size_t end = last - at < ROWS ? last : at + ROWS;

        retain__logistic_fill(rows, passes->point, at, end, &block);
        for (size_t i = 0; i < ROWS; i++)
            risk[i] = within_reach(block.eta[i]);
        retain__exp_column(risk, ROWS, risk);
        for (size_t i = 0; i < ROWS; i++) {
            risk_of_row where;

            block.left[i] = block.right[i] = 0.0;
            if (block.weight[i] > 0.0 && find_risk(passes->rows, at + i, &where))
                add_row(of, &block, risk, i, &where, risk + ROWS, &to);
        }
        if (rows->coordinates == 1)
            continue;
        retain__gram_sums(rows->panels, block.z, block.right, to.by_predictor);
        retain__gram_add(rows->panels, block.z, block.left, block.weighted, to.by_predictors);
    }
    retain__leave_room(&passes->rooms, memory);
}

/* --- all of them ---------------------------------------------------------------------------------------------------------------- */

static retain_status run(retain__hazard_passes *passes, retain__work work, walk *state)
{
    const double from = passes->done, to = from + 0.25 * (1.0 - from);

    passes->done = to;
    return retain__parallel(passes->ctx, passes->rows->rows.predictors->count, passes->chunk, from, to, work, state);
}

static void place_point(retain__hazard_passes *passes, const double *point)
{
    const size_t groups = passes->rows->groups.count;

    for (size_t g = 0; g < groups; g++)
        passes->base[g] = exp(within_reach(point[g]));
    for (size_t k = 1; k < passes->rows->rows.coordinates; k++)
        passes->point[k] = point[groups + k - 1];
}

/* What differences of neighbouring baselines cost at a point. */
static double find_roughness(const retain__hazard_passes *passes, const double *point)
{
    double sum = 0.0;

    for (size_t g = 1; g < passes->rows->groups.count; g++)
        sum += (point[g] - point[g - 1]) * (point[g] - point[g - 1]);
    return 0.5 * passes->smoothing * sum;
}

static void add_roughness(const retain__hazard_passes *passes, const double *point, retain__logistic_sums *sums)
{
    const size_t width = passes->width;

    sums->value -= find_roughness(passes, point);
    for (size_t g = 1; g < passes->rows->groups.count; g++) {
        const double pull = passes->smoothing * (point[g] - point[g - 1]);

        sums->gradient[g] -= pull;
        sums->gradient[g - 1] += pull;
        sums->hessian[g * width + g] += passes->smoothing;
        sums->hessian[(g - 1) * width + g - 1] += passes->smoothing;
        sums->hessian[g * width + g - 1] -= passes->smoothing;
        sums->hessian[(g - 1) * width + g] -= passes->smoothing;
    }
}

/* What a chunk found, to where the search has it. */
static void add_record(const retain__hazard_passes *passes, const record *of, retain__logistic_sums *sums)
{
    const size_t groups = passes->rows->groups.count, width = passes->width, across = passes->rows->rows.panels * WIDTH;
    const size_t predictors = passes->rows->rows.coordinates - 1;

    sums->value += of->value[0];
    for (size_t g = 0; g < groups; g++) {
        sums->value -= of->loss[g];
        sums->gradient[g] += of->by_group[g];
        sums->hessian[g * width + g] += of->diagonal[g];
        for (size_t k = 0; k < predictors; k++)
            sums->hessian[(groups + k) * width + g] += of->mixed[g * across + 1 + k];
    }
    for (size_t k = 0; k < predictors; k++) {
        sums->gradient[groups + k] += of->by_predictor[1 + k];
        for (size_t m = 0; m <= k; m++)
            sums->hessian[(groups + k) * width + groups + m] += of->by_predictors[(1 + k) * across + 1 + m];
    }
}

retain_status retain__hazard_evaluate(void *state, const double *point, size_t every, retain__logistic_sums *sums)
{
    retain__hazard_passes *passes = state;
    const size_t width = passes->width;
    walk of = {passes, point};
    retain_status status;

    (void)every;
    place_point(passes, point);
    status = run(passes, evaluate_chunk, &of);
    if (status != RETAIN_OK)
        return status;
    passes->evaluations++;
    sums->value = 0.0;
    memset(sums->gradient, 0, width * sizeof(double));
    memset(sums->hessian, 0, width * width * sizeof(double));
    for (size_t c = 0; c < passes->chunks; c++) {
        const record from = view_record(passes, passes->partial + c * passes->partial_size);

        add_record(passes, &from, sums);
    }
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < i; j++)
            sums->hessian[j * width + i] = sums->hessian[i * width + j];
    if (passes->smoothing > 0.0)
        add_roughness(passes, point, sums);
    return RETAIN_OK;
}

/* --- margins -------------------------------------------------------------------------------------------------------------------- */

static void note_margin(double *own, double margin)
{
    own[0] = margin < own[0] ? margin : own[0];
    own[1] = margin > own[1] ? margin : own[1];
}

static void note_extremes(const retain__logistic_block *block, size_t row, size_t coordinates, double *least, double *largest)
{
    for (size_t k = 1; k < coordinates; k++) {
        const double z = block->z[k / WIDTH * RETAIN__GRAM_PANEL + row * WIDTH + k % WIDTH];

        least[k - 1] = z < least[k - 1] ? z : least[k - 1];
        largest[k - 1] = z > largest[k - 1] ? z : largest[k - 1];
    }
}

/* A record: least and largest margin, then of cells without and with an event the least and the largest of each coordinate. */
static void margin_chunk(void *state, size_t chunk, size_t first, size_t last)
{
    const walk *of = state;
    retain__hazard_passes *passes = of->passes;
    const retain__logistic_rows *rows = &passes->rows->rows;
    const size_t width = passes->width, groups = passes->rows->groups.count;
    double *own = passes->partial + chunk * passes->partial_size, *memory = retain__enter_room(&passes->rooms);
    const retain__logistic_block block = retain__logistic_view_block(rows->panels, memory);

    for (size_t k = 0; k < 2 + 4 * width; k++)
        own[k] = k < 2 ? (k ? -INFINITY : INFINITY) : (k - 2) / width % 2 ? -INFINITY : INFINITY;
    for (size_t at = first; at < last; at += ROWS) {
        retain__logistic_fill(rows, passes->point, at, last - at < ROWS ? last : at + ROWS, &block);
        for (size_t i = 0; i < ROWS; i++) {
            double *extremes = own + 2 + groups;
            risk_of_row where;

            if (!(block.weight[i] > 0.0) || !find_risk(passes->rows, at + i, &where))
                continue;
            for (size_t j = where.since; j + (size_t)where.is_event <= where.until; j++)
                note_margin(own, -block.eta[i] - of->point[passes->rows->groups.of[j]]);
            if (where.since + (size_t)where.is_event <= where.until)
                note_extremes(&block, i, rows->coordinates, extremes, extremes + width);
            if (where.is_event) {
                note_margin(own, block.eta[i] + of->point[where.to]);
                note_extremes(&block, i, rows->coordinates, extremes + 2 * width, extremes + 3 * width);
            }
        }
    }
    retain__leave_room(&passes->rooms, memory);
}

retain_status retain__hazard_find_margins(void *state, const double *direction, retain__logistic_margins *margins)
{
    retain__hazard_passes *passes = state;
    const size_t width = passes->width;
    walk of = {passes, direction};
    retain_status status;

    place_point(passes, direction);
    status = run(passes, margin_chunk, &of);
    if (status == RETAIN_OK)
        retain__logistic_merge_margins(passes->partial, passes->chunks, passes->partial_size, width, margins);
    return status;
}
