/* Forecasts for customers of many groups, each by the model of its group.
 *
 * Groups are answered one after the other by the functions that take one model, into scratch, and the answers put where the caller's rows
 * are. A total is more than the sum of those of its groups: with D_g the gradient of the sum of group g by its parameters, V_g their
 * covariance and A_g what is common to all groups (btyd_pool_report.c), its variance is
 *
 *     sum of [D_g' V_g D_g - |A_g' D_g|^2] + |sum of A_g' D_g|^2. */
#include <math.h>
#include <string.h>

#include "data/customers.h"
#include "math/special.h"
#include "math/sums.h"
#include "models/btyd_delta.h"
#include "models/btyd_model.h"
#include "models/btyd_pool.h"
#include "models/btyd_totals.h"

enum { MOST = RETAIN_FIT_PARAMETERS };

/* Customers of many groups, and the model of each. */
typedef struct asked {
    retain_context *ctx, copy, *inner; /* inner: of single groups, without progress */
    retain__scratch scratch;
    const retain_btyd *models;
    const retain_btyd_question *question;
    retain__pool_rows rows;
    retain__btyd_checked checked; /* the first model that is read */
    size_t entries;               /* of a covariance */
} asked;

static retain_status check_alike(retain_context *ctx, const retain_btyd *models, size_t g, const retain_btyd *first)
{
    const retain_btyd *model = &models[g];

    if (model->family != first->family || model->unit_days != first->unit_days || model->covariates != first->covariates)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "models[%zu] is not of the family, unit of time and number of covariates of the others", g);
    return RETAIN_OK;
}

/* Puts checked customers in order; what the model of a group makes wrong is told when the group is asked. */
static retain_status begin(asked *of, const retain_btyd *models, size_t groups, const retain_customers *customers,
                           const int64_t *group)
{
    retain_status status = RETAIN_OK;
    size_t first = 0;

    if (!models)
        return retain__fail_null(of->ctx, "models");
    of->models = models;
    of->scratch = (retain__scratch){of->ctx, NULL};
    status = retain__check_customers(of->ctx, customers, 0);
    if (status == RETAIN_OK) /* without covariates, which are checked after the models are */
        status = retain__pool_arrange(&of->scratch, customers, 0, group, groups, &of->rows);
    while (status == RETAIN_OK && first + 1 < groups && of->rows.first[first + 1] == 0)
        first++;
    if (status == RETAIN_OK)
        status = retain__btyd_check(of->ctx, &models[first], customers, &of->checked);
    for (size_t g = 0; status == RETAIN_OK && g < groups; g++) {
        if (of->rows.first[g + 1] > of->rows.first[g])
            status = check_alike(of->ctx, models, g, &models[first]);
    }
    if (status == RETAIN_OK && models[first].covariates)
        status = retain__pool_arrange(&of->scratch, customers, models[first].covariates, group, groups, &of->rows);
    of->entries = status == RETAIN_OK ? of->checked.family->count + 2 * models[first].covariates : 0;
    of->inner = retain__btyd_quiet(of->ctx, &of->copy);
    return status;
}

/* A group of which nobody is asked; without any customers the first one is, for the sake of what else may be wrong. */
static int is_left_out(const asked *of, size_t g)
{
    return of->rows.first[g + 1] == of->rows.first[g] && (g > 0 || of->rows.customers.count > 0);
}

static void do_nothing(void *state, size_t block, size_t first, size_t last)
{
    (void)state;
    (void)block;
    (void)first;
    (void)last;
}

/* Hands on what went wrong with a group, and asks whether to go on. */
static retain_status pass(asked *of, size_t g, retain_status status)
{
    if (status == RETAIN_OK)
        return retain__parallel(of->ctx, 1, 1, (double)g / (double)of->rows.groups, (double)(g + 1) / (double)of->rows.groups,
                                do_nothing, NULL);
    if (!of->ctx)
        return status;
    return retain__fail(of->ctx, status, RETAIN_NO_ROW, "group %zu: %s", g, of->inner->error);
}

static void hand_over(const asked *of, const double *from, double *to)
{
    for (size_t i = 0; to && i < of->rows.customers.count; i++)
        to[of->rows.row[i]] = from[i];
}

static retain_status take_answers(asked *of, double **answers)
{
    *answers = retain__take(&of->scratch, of->rows.customers.count, sizeof **answers);
    return *answers ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* --- answers -------------------------------------------------------------------------------------------------------------- */

retain_status retain_btyd_pool_forecast(retain_context *ctx, const retain_btyd *models, size_t groups,
                                        const retain_customers *customers, const int64_t *group,
                                        const retain_btyd_question *question, double *values)
{
    asked of = {.ctx = ctx, .question = question};
    double *answers = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = begin(&of, models, groups, customers, group);
    if (status == RETAIN_OK && customers->count && !values)
        status = retain__fail_null(ctx, "values");
    if (status == RETAIN_OK)
        status = take_answers(&of, &answers);
    for (size_t g = 0; status == RETAIN_OK && g < groups; g++) {
        retain__pool_part part;

        if (is_left_out(&of, g))
            continue;
        retain__pool_part_of(&of.rows, g, &part);
        status = pass(&of, g, retain_btyd_forecast(of.inner, &models[g], &part.customers, question, answers + of.rows.first[g]));
    }
    if (status == RETAIN_OK)
        hand_over(&of, answers, values);
    retain__release(&of.scratch);
    return status;
}

retain_status retain_btyd_pool_interval(retain_context *ctx, const retain_btyd *models, const double *covariance, size_t groups,
                                        const retain_customers *customers, const int64_t *group,
                                        const retain_btyd_question *question, double level, double *values, double *low,
                                        double *high)
{
    asked of = {.ctx = ctx, .question = question};
    double *answers = NULL, *lows = NULL, *highs = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = begin(&of, models, groups, customers, group);
    if (status == RETAIN_OK && (!covariance || (customers->count && (!low || !high))))
        status = retain__fail_null(ctx, !covariance ? "covariance" : !low ? "low" : "high");
    if (status == RETAIN_OK)
        status = take_answers(&of, &answers);
    if (status == RETAIN_OK)
        status = take_answers(&of, &lows);
    if (status == RETAIN_OK)
        status = take_answers(&of, &highs);
    for (size_t g = 0; status == RETAIN_OK && g < groups; g++) {
        size_t first = of.rows.first[g];
        retain__pool_part part;

        if (is_left_out(&of, g))
            continue;
        retain__pool_part_of(&of.rows, g, &part);
        status = pass(&of, g,
                      retain_btyd_interval(of.inner, &models[g], covariance + g * of.entries * of.entries, &part.customers,
                                           question, level, answers + first, lows + first, highs + first));
    }
    if (status == RETAIN_OK) {
        hand_over(&of, answers, values);
        hand_over(&of, lows, low);
        hand_over(&of, highs, high);
    }
    retain__release(&of.scratch);
    return status;
}

/* --- totals --------------------------------------------------------------------------------------------------------------- */

typedef struct total {
    const double *covariance, *common, *worth; /* worth in the order of the groups */
    double level;
    retain__sum value, chance, whole, variance;
    double shared[2 * MOST]; /* sum of A_g' D_g */
    double *gradient;        /* [customers of the largest group * entries] */
} total;

/* Gradient of the sum over customers, from those of each. */
static void sum_gradients(const total *of, const retain_customers *customers, const double *worth, size_t entries, double *sums)
{
    for (size_t k = 0; k < entries; k++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t i = 0; i < customers->count; i++) {
            double share = (customers->weight ? customers->weight[i] : 1.0) * (worth ? worth[i] : 1.0);

            if (share > 0.0)
                retain__sum_add(&sum, share * of->gradient[i * entries + k]);
        }
        sums[k] = retain__sum_value(sum);
    }
}

static void add_variance(total *of, size_t g, size_t n, const double *gradient)
{
    const double *covariance = of->covariance + g * n * n, *common = of->common ? of->common + g * 2 * n * n : NULL;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; gradient[i] != 0.0 && j < n; j++) {
            if (gradient[j] != 0.0)
                retain__sum_add(&of->variance, gradient[i] * gradient[j] * covariance[i * n + j]);
        }
    }
    for (size_t c = 0; common && c < 2 * n; c++) {
        double along = 0.0;

        for (size_t i = 0; i < n; i++)
            along += gradient[i] != 0.0 ? gradient[i] * common[i * 2 * n + c] : 0.0;
        retain__sum_add(&of->variance, -along * along);
        of->shared[c] += along;
    }
}

static retain_status add_group(asked *of, size_t g, total *to)
{
    const double *worth = to->worth ? to->worth + of->rows.first[g] : NULL;
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    retain__pool_part part;
    double gradient[MOST], scaled[MOST * MOST];
    retain_status status;

    retain__pool_part_of(&of->rows, g, &part);
    status = retain_btyd_total(of->inner, &of->models[g], NULL, &part.customers, of->question, worth, to->level, &sum);
    if (status == RETAIN_OK && to->covariance) /* what is wrong in it, in the words of a total of one model */
        status = retain__delta_take_covariance(of->inner, &of->checked, to->covariance + g * of->entries * of->entries, scaled);
    if (status == RETAIN_OK && to->covariance)
        status = retain_btyd_gradient(of->inner, &of->models[g], &part.customers, of->question, NULL, to->gradient);
    if (status != RETAIN_OK)
        return status;
    retain__sum_add(&to->value, sum.value);
    retain__sum_add(&to->chance, sum.variance);
    retain__sum_add(&to->whole, retain__btyd_add_up_worth(&part.customers, worth));
    if (to->covariance) {
        sum_gradients(to, &part.customers, worth, of->entries, gradient);
        add_variance(to, g, of->entries, gradient);
    }
    return RETAIN_OK;
}

static retain_status arrange_worth(asked *of, const double *given, total *to)
{
    double *worth;

    if (!given)
        return RETAIN_OK;
    worth = retain__take(&of->scratch, of->rows.customers.count, sizeof *worth);
    if (!worth)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < of->rows.customers.count; i++)
        worth[i] = given[of->rows.row[i]];
    to->worth = worth;
    return RETAIN_OK;
}

static retain_status take_gradient(asked *of, total *to)
{
    size_t most = 0;

    for (size_t g = 0; g < of->rows.groups; g++) {
        size_t count = of->rows.first[g + 1] - of->rows.first[g];

        most = count > most ? count : most;
    }
    to->gradient = retain__take(&of->scratch, most, of->entries * sizeof *to->gradient);
    return to->gradient ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static void finish(const asked *of, const total *from, retain_btyd_sum *sum)
{
    double quantile = retain__ndtri(0.5 + 0.5 * from->level), whole = retain__sum_value(from->whole),
           variance = retain__sum_value(from->variance);
    retain__btyd_scale scale = retain__btyd_scale_of(of->question->quantity);

    for (size_t c = 0; c < 2 * of->entries; c++)
        variance += from->shared[c] * from->shared[c];
    sum->value = retain__sum_value(from->value);
    sum->variance = retain__sum_value(from->chance);
    sum->standard_error =
        sum->value == (double)INFINITY ? (double)NAN : sqrt(variance > 0.0 || variance != variance ? variance : 0.0);
    retain__btyd_limit_total(scale, sum->value, whole, sum->standard_error, quantile, 0, &sum->low, &sum->high);
    retain__btyd_limit_total(scale, sum->value, whole, sqrt(sum->standard_error * sum->standard_error + sum->variance), quantile, 1,
                             &sum->least, &sum->most);
}

retain_status retain_btyd_pool_total(retain_context *ctx, const retain_btyd *models, const double *covariance, const double *common,
                                     size_t groups, const retain_customers *customers, const int64_t *group,
                                     const retain_btyd_question *question, const double *worth, double level, retain_btyd_sum *sum)
{
    asked of = {.ctx = ctx, .question = question};
    total all = {.covariance = covariance, .common = common, .level = level};
    retain_btyd_sum found = {.struct_size = sizeof found};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = begin(&of, models, groups, customers, group);
    if (status == RETAIN_OK && !sum)
        status = retain__fail_null(ctx, "sum");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "sum", sum, sizeof *sum, sizeof *sum);
    if (status == RETAIN_OK)
        status = retain__btyd_check_worth(ctx, customers, worth);
    if (status == RETAIN_OK)
        status = arrange_worth(&of, worth, &all);
    if (status == RETAIN_OK)
        status = take_gradient(&of, &all);
    for (size_t g = 0; status == RETAIN_OK && g < groups; g++) {
        if (!is_left_out(&of, g))
            status = pass(&of, g, add_group(&of, g, &all));
    }
    if (status == RETAIN_OK) {
        finish(&of, &all, &found);
        found.struct_size = sum->struct_size;
        *sum = found;
    }
    retain__release(&of.scratch);
    return status;
}
