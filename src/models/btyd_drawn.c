/* What draws tell about customers and totals.
 *
 * The question: every draw is a model that could be true. What do they say together?
 *
 * The idea: every draw answers the question, and the answers are draws of the answer; mean, standard deviation and quantiles are read
 * off. Customers go in parts, so that the answers of all draws fit into some memory; without covariates the customers of a part are
 * looked at once, and only the parameters change from draw to draw.
 *
 * A total is summed within a draw before anything is read off, since all customers share the draw's parameters. What will happen is
 * then a mixture: of a draw by chance, of all draws by what is not known (math/mixture.c). */
#include <math.h>
#include <string.h>

#include "math/chains.h"
#include "math/draws.h"
#include "math/mixture.h"
#include "math/special.h"
#include "models/btyd_totals.h"
#include "retain/btyd_draws.h"

enum { CELLS = 1 << 22, LOOKS = 16, BLOCK = 64 };

/* --- answers -------------------------------------------------------------------------------------------------------------- */

/* A model that takes one draw after the other. */
typedef struct asking {
    retain_context *ctx; /* without progress */
    retain__btyd_checked checked;
    retain_btyd model;
    retain_btyd_question question;
    const double *values;
    size_t draws, entries;
    retain__scratch scratch; /* of the part of customers that is asked about */
    retain__btyd_forecast forecast;
    int is_prepared;
} asking;

static void take_draw(asking *of, size_t draw)
{
    const double *row = of->values + draw * of->entries;
    size_t n = of->checked.family->count, m = of->model.covariates;

    for (size_t k = 0; k < n; k++)
        of->checked.p[k] = exp(row[k]);
    for (size_t c = 0; c < m; c++) {
        of->model.purchase[c] = row[n + c];
        of->model.lifetime[c] = row[n + m + c];
    }
}

/* Answers of one draw about some customers. */
static retain_status ask(asking *of, const retain_customers *customers, size_t draw, double *answers)
{
    retain_status status = RETAIN_OK;

    take_draw(of, draw);
    if (!of->is_prepared || of->model.covariates) {
        retain__release(&of->scratch);
        status = retain__btyd_prepare(&of->scratch, &of->checked, customers, &of->question, &of->forecast);
        of->is_prepared = 1;
    }
    return status == RETAIN_OK ? retain__btyd_answer(of->ctx, &of->checked, &of->forecast, 0.0, 1.0, answers) : status;
}

static retain_status begin_asking(retain_context *ctx, const retain_btyd *model, const double *values, size_t draws,
                                  const retain_customers *customers, const retain_btyd_question *question, retain_context *quiet,
                                  asking *of)
{
    int fits = 1;
    retain_status status = retain__btyd_check(ctx, model, customers, &of->checked);

    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, question, of->checked.family, &of->question);
    if (status != RETAIN_OK)
        return status;
    of->model = *model;
    of->checked.model = &of->model;
    of->ctx = retain__btyd_quiet(ctx, quiet);
    of->scratch.ctx = ctx;
    of->values = values;
    of->draws = draws;
    of->entries = of->checked.family->count + 2 * model->covariates;
    retain__multiply(draws, of->entries * sizeof(double), &fits);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "draws is %zu: beyond all memory", draws);
    return retain__draws_check_rows(ctx, values, draws, of->checked.family->count, of->entries);
}

static retain_status tell_progress(retain_context *ctx, double share)
{
    if (ctx && ctx->progress && ctx->progress(ctx->progress_user, share) != 0)
        return retain__fail(ctx, RETAIN_ERROR_CANCELLED, RETAIN_NO_ROW, "cancelled by the progress callback");
    return RETAIN_OK;
}

/* --- one by one ----------------------------------------------------------------------------------------------------------- */

/* What is read off, in the order of the caller's outputs; those that are not wanted are NULL. */
typedef struct readings {
    double *cells; /* [part * count] answers, customer by customer */
    size_t count;  /* of whole draws */
    double level;
    double *out[4]; /* of the part: mean, deviation, low, high */
} readings;

static void read_off(void *state, size_t block, size_t first, size_t last)
{
    const readings *of = state;

    (void)block;
    for (size_t i = first; i < last; i++) {
        retain__draws_read_off(of->cells + i * of->count, of->count, of->level, &of->out[0][i], &of->out[1][i], &of->out[2][i],
                               &of->out[3][i]);
    }
}

static retain_customers take_part(const retain_customers *customers, size_t first, size_t count, const double **columns)
{
    retain_customers part = *customers;

    part.count = count;
    part.frequency += first;
    part.t_x += first;
    part.T += first;
    part.weight = part.spend = NULL;
    for (size_t c = 0; c < customers->covariate_count && c < RETAIN_BTYD_COVARIATES; c++)
        columns[c] = customers->covariates[c] + first;
    part.covariates = columns;
    return part;
}

static retain_status ask_part(asking *of, const retain_customers *part, double *answers, readings *read)
{
    retain_status status = RETAIN_OK;
    size_t at = 0;

    of->is_prepared = 0;
    for (size_t draw = 0; status == RETAIN_OK && draw < of->draws; draw++) {
        if (!retain__draws_is_whole(of->values + draw * of->entries, of->entries))
            continue;
        status = ask(of, part, draw, answers);
        for (size_t i = 0; status == RETAIN_OK && i < part->count; i++)
            read->cells[i * read->count + at] = answers[i];
        at++;
    }
    retain__release(&of->scratch);
    return status == RETAIN_OK ? retain__parallel(of->ctx, part->count, BLOCK, 0.0, 1.0, read_off, read) : status;
}

/* out[4 * customers] receives all that is read off. */
static retain_status ask_all(retain_context *ctx, retain__scratch *scratch, asking *of, const retain_customers *customers,
                             double level, double *out)
{
    readings read = {.count = retain__draws_count_whole(of->values, of->draws, of->entries), .level = level};
    size_t rows = customers->count, most = read.count ? CELLS / read.count + 1 : rows;
    size_t part = most < rows ? most : rows;
    double *answers = retain__take(scratch, part, sizeof *answers);
    const double *columns[RETAIN_BTYD_COVARIATES];
    retain_status status = RETAIN_OK;

    read.cells = retain__take(scratch, part, (read.count ? read.count : 1) * sizeof *read.cells);
    if (!answers || !read.cells)
        return RETAIN_ERROR_MEMORY;
    for (size_t first = 0; status == RETAIN_OK && first < rows; first += part) {
        retain_customers some = take_part(customers, first, rows - first < part ? rows - first : part, columns);

        for (size_t k = 0; k < 4; k++)
            read.out[k] = out + k * rows + first;
        status = ask_part(of, &some, answers, &read);
        if (status == RETAIN_OK)
            status = tell_progress(ctx, (double)(first + some.count) / (double)rows);
    }
    return status;
}

retain_status retain_btyd_draws_interval(retain_context *ctx, const retain_btyd *model, const double *values, size_t draws,
                                         const retain_customers *customers, const retain_btyd_question *question, double level,
                                         double *mean, double *deviation, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain_context quiet;
    asking of = {.ctx = NULL};
    double *const wanted[] = {mean, deviation, low, high}, *out = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = begin_asking(ctx, model, values, draws, customers, question, &quiet, &of);
    if (status == RETAIN_OK)
        status = retain__draws_check_level(ctx, level);
    if (status == RETAIN_OK && !(out = retain__take(&scratch, customers->count, 4 * sizeof *out)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = ask_all(ctx, &scratch, &of, customers, level, out);
    for (size_t k = 0; status == RETAIN_OK && k < 4; k++) {
        if (wanted[k] && customers->count)
            memcpy(wanted[k], out + k * customers->count, customers->count * sizeof *out);
    }
    retain__release(&of.scratch);
    retain__release(&scratch);
    return status;
}

/* --- all together --------------------------------------------------------------------------------------------------------- */

/* The variance of orders in proportion to their number, from up to LOOKS of the draws. */
static retain_status find_dispersion(asking *of, const retain_customers *customers, const double *worth, double *answers,
                                     double *dispersion)
{
    asking chance = *of;
    size_t stride = of->draws / LOOKS + 1;
    double total = 0.0, variance = 0.0;
    int looked = 0;
    retain_status status = RETAIN_OK;

    chance.scratch.blocks = NULL;
    chance.checked.model = &chance.model;
    *dispersion = (double)NAN;
    if (of->question.quantity != RETAIN_BTYD_ORDERS || (!of->checked.family->is_poisson && !of->checked.family->counts))
        return RETAIN_OK;
    for (size_t draw = stride / 2; status == RETAIN_OK && draw < of->draws; draw += stride) {
        if (!retain__draws_is_whole(of->values + draw * of->entries, of->entries))
            continue;
        chance.is_prepared = 0;
        chance.question.quantity = RETAIN_BTYD_ORDERS;
        status = ask(&chance, customers, draw, answers);
        total += retain__btyd_add_up(customers, worth, answers);
        chance.is_prepared = 0;
        chance.question.quantity = RETAIN_BTYD_VARIANCE;
        if (status == RETAIN_OK)
            status = ask(&chance, customers, draw, answers);
        variance += retain__btyd_add_up_chance(customers, worth, answers, 1);
        looked = 1;
    }
    retain__release(&chance.scratch);
    if (looked)
        *dispersion = total > 0.0 ? variance / total : 0.0;
    return status;
}

static retain_status ask_totals(retain_context *ctx, asking *of, const retain_customers *customers, const double *worth,
                                double *answers, retain__mixture *mixed)
{
    double dispersion = (double)NAN;
    retain_status status = RETAIN_OK;

    if (!mixed->is_number)
        status = find_dispersion(of, customers, worth, answers, &dispersion);
    of->is_prepared = 0;
    for (size_t draw = 0; status == RETAIN_OK && draw < of->draws; draw++) {
        if (!retain__draws_is_whole(of->values + draw * of->entries, of->entries))
            continue;
        status = ask(of, customers, draw, answers);
        if (status != RETAIN_OK)
            return status;
        mixed->total[mixed->count] = retain__btyd_add_up(customers, worth, answers);
        mixed->variance[mixed->count] =
            mixed->is_number ? retain__btyd_add_up_chance(customers, worth, answers, 0) : dispersion * mixed->total[mixed->count];
        mixed->count++;
        status = tell_progress(ctx, (double)(draw + 1) / (double)of->draws);
    }
    return status;
}

retain_status retain_btyd_draws_total(retain_context *ctx, const retain_btyd *model, const double *values, size_t draws,
                                      const retain_customers *customers, const retain_btyd_question *question, const double *worth,
                                      double level, retain_btyd_sum *sum)
{
    retain__scratch scratch = {ctx, NULL};
    retain_context quiet;
    asking of = {.ctx = NULL};
    retain__mixture mixed = {.count = 0};
    double *answers = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = begin_asking(ctx, model, values, draws, customers, question, &quiet, &of);
    if (status == RETAIN_OK)
        status = retain__btyd_check_total(ctx, of.question.quantity, level, sum);
    if (status == RETAIN_OK)
        status = retain__btyd_check_worth(ctx, customers, worth);
    if (status == RETAIN_OK) {
        mixed.is_number = retain__btyd_scale_of(of.question.quantity) == RETAIN__BTYD_LOGIT;
        mixed.whole = retain__btyd_add_up_worth(customers, worth);
        mixed.total = retain__take(&scratch, draws, 3 * sizeof *mixed.total);
        answers = retain__take(&scratch, customers->count, sizeof *answers);
        if (!mixed.total || !answers)
            status = RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        mixed.variance = mixed.total + draws;
        mixed.spare = mixed.variance + draws;
        status = ask_totals(ctx, &of, customers, worth, answers, &mixed);
    }
    if (status == RETAIN_OK) {
        retain__mixed told = retain__mixture_tell(&mixed, level);

        *sum = (retain_btyd_sum){.struct_size = sum->struct_size,
                                 .value = told.value,
                                 .standard_error = told.standard_error,
                                 .low = told.low,
                                 .high = told.high,
                                 .variance = told.variance,
                                 .least = told.least,
                                 .most = told.most};
    }
    retain__release(&of.scratch);
    retain__release(&scratch);
    return status;
}
