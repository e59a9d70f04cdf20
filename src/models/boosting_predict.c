/* Forecasts of boosted trees.
 *
 * A model comes from anywhere: a file, a database, another program's memory. So it is read once, node by node, into a copy of our own in which
 * every tree is known to end and every split to have its two branches; nothing else is ever walked. Preorder makes that simple: a branch
 * is complete with its last leaf, and then the right branch of the split above begins, or that split is complete too.
 *
 * Rows are done in blocks, tree by tree, so that a tree stays in the cache while a block of rows goes through it. */
#include <math.h>
#include <string.h>

#include "math/interval.h"
#include "models/boosting_tree.h"

static const double MOST = 1e100, LEAST_COVER = 1e-100, LEAST_SHARE = 1e-12;

/* --- models read --------------------------------------------------------------------------------------------------------------------- */

static retain_status refuse_node(retain_context *ctx, size_t at, const char *field, double value, const char *rule)
{
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.node[%zu].%s is %g; it must be %s", at, field, value,
                        rule);
}

static retain_status check_node(retain_context *ctx, const retain_boosting_node *node, size_t at, size_t columns)
{
    if (node->column == RETAIN_BOOSTING_LEAF) {
        if (!(fabs(node->value) <= MOST))
            return refuse_node(ctx, at, "value", node->value, "at most 1e100 in size");
        if (!(node->cover >= LEAST_COVER && node->cover <= MOST))
            return refuse_node(ctx, at, "cover", node->cover, "1e-100 to 1e100");
        return RETAIN_OK;
    }
    if (node->column < 0 || (size_t)node->column >= columns)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "model.node[%zu].column is %d; it must be one of %zu columns, or -1 for a leaf", at, node->column,
                            columns);
    if (!(fabs(node->threshold) <= MOST))
        return refuse_node(ctx, at, "threshold", node->threshold, "at most 1e100 in size");
    if (node->missing_left != 0 && node->missing_left != 1)
        return refuse_node(ctx, at, "missing_left", node->missing_left, "0 or 1");
    return RETAIN_OK;
}

static retain_status check_counts(retain_context *ctx, const retain_boosting *model)
{
    if (!model)
        return retain__fail_null(ctx, "model");
    if (model->columns == 0 || model->columns > RETAIN_PREDICTORS_MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.columns is %zu; it must be 1 to %d", model->columns,
                            RETAIN_PREDICTORS_MOST);
    if (model->trees > RETAIN_BOOSTING_ROUNDS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.trees is %zu; it must be at most %d", model->trees,
                            RETAIN_BOOSTING_ROUNDS);
    if (model->nodes < model->trees || model->nodes > model->trees * ((2 << RETAIN_BOOSTING_DEPTH) - 1))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.nodes is %zu, which %zu trees cannot have",
                            model->nodes, model->trees);
    if (model->nodes && !model->node)
        return retain__fail_null(ctx, "model.node");
    if (!(fabs(model->base) <= MOST))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.base is %g; it must be at most 1e100 in size",
                            model->base);
    return RETAIN_OK;
}

/* Splits of the tree being read whose branches are not complete. */
typedef struct open_splits {
    uint32_t at[RETAIN_BOOSTING_DEPTH];
    size_t count;
} open_splits;

/* After a leaf: where the next node belongs. */
static void close_splits(retain__branch *node, open_splits *open, size_t next)
{
    while (open->count && node[open->at[open->count - 1]].right)
        open->count--;
    if (open->count)
        node[open->at[open->count - 1]].right = (uint32_t)next;
}

static retain_status read_nodes(retain_context *ctx, const retain_boosting *model, retain__trees *trees)
{
    open_splits open = {.count = 0};

    for (size_t i = 0; i < model->nodes; i++) {
        const retain_boosting_node node = model->node[i];
        const retain_status status = check_node(ctx, &node, i, model->columns);

        if (status != RETAIN_OK)
            return status;
        if (open.count == 0 && trees->trees == model->trees)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.node[%zu] is left over: %zu trees are complete before it", i, model->trees);
        if (open.count == 0)
            trees->root[trees->trees++] = (uint32_t)i;
        trees->node[i] = (retain__branch){node.threshold, 0.0, 0.0, 0, 0, (uint8_t)node.missing_left};
        if (node.column == RETAIN_BOOSTING_LEAF) {
            trees->node[i].value = node.value;
            trees->node[i].cover = node.cover;
            close_splits(trees->node, &open, i + 1);
        } else if (open.count == RETAIN_BOOSTING_DEPTH) {
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.node[%zu] is a split below %d others; a tree is at most so deep", i, RETAIN_BOOSTING_DEPTH);
        } else {
            trees->node[i].column = (uint16_t)node.column;
            open.at[open.count++] = (uint32_t)i;
        }
    }
    if (open.count || trees->trees < model->trees)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "model.nodes is %zu; tree %zu of %zu is not complete with them", model->nodes,
                            trees->trees - (open.count != 0), model->trees);
    return RETAIN_OK;
}

static retain_status add_covers(retain_context *ctx, retain__trees *trees)
{
    for (size_t i = trees->nodes; i-- > 0;) {
        retain__branch *node = trees->node + i;
        double left, right;

        if (!node->right)
            continue;
        left = node[1].cover;
        right = trees->node[node->right].cover;
        node->cover = left + right;
        if (fmin(left, right) < LEAST_SHARE * node->cover)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "a branch of model.node[%zu] covers %g customers of %g; it must cover at least 1e-12 of them", i,
                                fmin(left, right), node->cover);
    }
    return RETAIN_OK;
}

retain_status retain__read_trees(retain__scratch *scratch, const retain_boosting *model, retain__trees *trees)
{
    retain_status status = check_counts(scratch->ctx, model);

    if (status != RETAIN_OK)
        return status;
    *trees = (retain__trees){model->columns, 0, model->nodes, model->base, NULL, NULL};
    trees->node = retain__take(scratch, model->nodes, sizeof *trees->node);
    trees->root = retain__take(scratch, model->trees, sizeof *trees->root);
    if (!trees->node || !trees->root)
        return RETAIN_ERROR_MEMORY;
    status = read_nodes(scratch->ctx, model, trees);
    return status == RETAIN_OK ? add_covers(scratch->ctx, trees) : status;
}

retain_status retain_boosting_check(retain_context *ctx, const retain_boosting *model)
{
    retain__scratch scratch = {.ctx = ctx};
    retain__trees trees;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__read_trees(&scratch, model, &trees);
    retain__release(&scratch);
    return status;
}

retain_status retain__check_reads(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors)
{
    const retain_status status = retain__check_predictors(ctx, predictors, 1);

    if (status != RETAIN_OK || predictors->columns == model->columns)
        return status;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model reads %zu",
                        predictors->columns, model->columns);
}

/* --- rows through trees -------------------------------------------------------------------------------------------------------------- */

/* One column may be held at a value for all rows. */
typedef struct walking {
    const retain__trees *trees;
    const retain_predictors *predictors;
    size_t held;
    double value;
    double *log_odds;
    int as_probability;
} walking;

static double find_leaf(const walking *of, const retain__branch *node, size_t root, size_t row)
{
    const retain__branch *at = node + root;

    while (at->right) {
        const double x = at->column == of->held ? of->value : retain__predictor(of->predictors, row, at->column);

        at = retain__goes_left(at, x) ? at + 1 : node + at->right;
    }
    return at->value;
}

static double probability_of(double log_odds)
{
    return log_odds < 0.0 ? exp(log_odds) / (1.0 + exp(log_odds)) : 1.0 / (1.0 + exp(-log_odds));
}

static void walk_rows(void *state, size_t block, size_t first, size_t last)
{
    const walking *of = state;

    (void)block;
    for (size_t i = first; i < last; i++)
        of->log_odds[i] = of->trees->base;
    for (size_t t = 0; t < of->trees->trees; t++) {
        for (size_t i = first; i < last; i++)
            of->log_odds[i] += find_leaf(of, of->trees->node, of->trees->root[t], i);
    }
    for (size_t i = first; i < last && of->as_probability; i++)
        of->log_odds[i] = probability_of(of->log_odds[i]);
}

/* Into scratch first: who cancels finds his numbers as they were. */
static retain_status forecast(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors,
                              const char *name, int as_probability, double *result)
{
    retain__scratch scratch = {.ctx = ctx};
    retain__trees trees;
    walking of = {&trees, predictors, RETAIN_PREDICTORS_MOST, 0.0, NULL, as_probability};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__read_trees(&scratch, model, &trees);
    if (status == RETAIN_OK)
        status = retain__check_reads(ctx, model, predictors);
    if (status == RETAIN_OK && predictors->count && !result)
        status = retain__fail_null(ctx, name);
    if (status == RETAIN_OK) {
        of.log_odds = retain__take(&scratch, predictors->count, sizeof *of.log_odds);
        status = of.log_odds ? retain__parallel(ctx, predictors->count, RETAIN__ROWS_PER_BLOCK, 0.0, 1.0, walk_rows, &of)
                             : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK && predictors->count)
        memcpy(result, of.log_odds, predictors->count * sizeof *result);
    retain__release(&scratch);
    return status;
}

retain_status retain_boosting_log_odds(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors,
                                       double *log_odds)
{
    return forecast(ctx, model, predictors, "log_odds", 0, log_odds);
}

retain_status retain_boosting_probability(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors,
                                          double *probability)
{
    return forecast(ctx, model, predictors, "probability", 1, probability);
}

/* --- shape of a column --------------------------------------------------------------------------------------------------------------- */

typedef struct shape {
    double log_odds, probability;
    retain__limits limits;
} shape;

/* Means over the rows, from their log odds. */
static shape average_rows(double *log_odds, const double *weight, size_t rows, double level)
{
    const double none = (double)NAN;
    double n = 0.0, squares = 0.0;
    shape mean = {0.0, 0.0, {none, none}};

    for (size_t i = 0; i < rows; i++) {
        const double w = weight ? weight[i] : 1.0;

        n += w;
        mean.log_odds += w * log_odds[i];
        log_odds[i] = probability_of(log_odds[i]);
        mean.probability += w * log_odds[i];
    }
    mean.log_odds /= n;
    mean.probability /= n;
    for (size_t i = 0; i < rows; i++) {
        const double off = log_odds[i] - mean.probability;

        squares += (weight ? weight[i] : 1.0) * off * off;
    }
    mean.limits = retain__mean_limits(mean.probability, squares, n, level);
    return mean;
}

static retain_status check_grid(retain_context *ctx, const retain_boosting *model, size_t column, const double *value,
                                size_t values)
{
    if (column >= model->columns)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "column is %zu; the model reads %zu, the first of them 0",
                            column, model->columns);
    if (values && !value)
        return retain__fail_null(ctx, "value");
    for (size_t v = 0; v < values; v++) {
        if (!isnan(value[v]) && !(fabs(value[v]) <= MOST))
            return retain__fail(ctx, RETAIN_ERROR_DATA, v, "value[%zu] is %g; it must be at most 1e100 in size, or NaN", v,
                                value[v]);
    }
    return RETAIN_OK;
}

retain_status retain__take_level(retain_context *ctx, double *level)
{
    *level = *level == 0.0 ? 0.95 : *level;
    if (*level > 0.0 && *level < 1.0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", *level);
}

/* Four numbers for each value. */
static retain_status find_shape(retain__scratch *scratch, walking *of, const double *weight, double level, const double *value,
                                size_t values, double *found)
{
    const size_t rows = of->predictors->count;
    retain_status status = RETAIN_OK;

    of->log_odds = retain__take(scratch, rows, sizeof *of->log_odds);
    if (!of->log_odds)
        return RETAIN_ERROR_MEMORY;
    for (size_t v = 0; v < values && status == RETAIN_OK; v++) {
        shape mean;

        of->value = value[v];
        status = retain__parallel(scratch->ctx, rows, RETAIN__ROWS_PER_BLOCK, (double)v / (double)values,
                                  (double)(v + 1) / (double)values, walk_rows, of);
        if (status == RETAIN_OK) {
            mean = average_rows(of->log_odds, weight, rows, level);
            found[4 * v] = mean.log_odds;
            found[4 * v + 1] = mean.probability;
            found[4 * v + 2] = mean.limits.low;
            found[4 * v + 3] = mean.limits.high;
        }
    }
    return status;
}

retain_status retain_boosting_dependence(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors,
                                         const double *weight, double level, size_t column, const double *value, size_t values,
                                         double *log_odds, double *probability, double *low, double *high)
{
    double *const into[4] = {log_odds, probability, low, high};
    retain__scratch scratch = {.ctx = ctx};
    retain__trees trees;
    walking of = {.trees = &trees, .predictors = predictors, .held = column};
    double *found = NULL;
    retain_status status = retain__begin(ctx);

    if (status != RETAIN_OK)
        return status;
    if ((status = retain__take_level(ctx, &level)) == RETAIN_OK &&
        (status = retain__read_trees(&scratch, model, &trees)) == RETAIN_OK &&
        (status = retain__check_reads(ctx, model, predictors)) == RETAIN_OK &&
        (status = retain__check_weights(ctx, weight, predictors->count)) == RETAIN_OK &&
        (status = check_grid(ctx, model, column, value, values)) == RETAIN_OK) {
        found = retain__take(&scratch, values, 4 * sizeof *found);
        status = found ? find_shape(&scratch, &of, weight, level, value, values, found) : RETAIN_ERROR_MEMORY;
    }
    for (size_t v = 0; v < values && status == RETAIN_OK; v++) {
        for (size_t k = 0; k < 4; k++) {
            if (into[k])
                into[k][v] = found[4 * v + k];
        }
    }
    retain__release(&scratch);
    return status;
}
