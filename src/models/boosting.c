/* How likely is it, where effects bend, jump and depend on each other?
 *
 * One tree after the other is grown on the derivatives of the log loss (boosting_grow.c) of columns in bins (boosting_bins.c). Weights
 * become whole numbers first, units of a power of two, so that all sums over rows are exact. Held-out rows are rows of weight 0: they go down
 * every tree with the others and count for nothing.
 *
 * How many trees are enough is a property of the data and not to be guessed: with folds, each part is forecast by trees grown on the others,
 * one tree more at a time; the sums of the log loss over all parts, tree by tree, tell the number, and so many are then grown on all
 * rows. A turn ends early when its own loss has stopped falling; only as many trees can be told apart as all turns have reached. */
#include <math.h>
#include <string.h>

#include "math/random.h"
#include "models/boosting_tree.h"

enum {
    DEFAULT_ROUNDS = 100,
    DEFAULT_DEPTH = 3,
    DEFAULT_LEAST = 20,
    DEFAULT_PATIENCE = 20,
    MOST_FOLDS = 20,
    ROWS_OF_A_SUM = 1 << 12,
    UNIT_BITS = 28,
    WHOLE_BITS = 24
};

static const double MOST_WEIGHT = 1e100, LEAST_WEIGHT = 1e-100;

/* One fit. */
typedef struct fit {
    retain__scratch scratch;
    const retain_predictors *predictors;
    const uint8_t *outcome;
    const double *weight;
    retain_boosting_options options; /* nothing left to its default */
    uint32_t *units;                 /* [rows] weights in whole units */
    uint32_t *shown;                 /* [rows] the same, 0 where held out */
    uint8_t *part;                   /* [rows] */
    double unit;                     /* units of a weight of 1 */
    uint64_t sum, events;            /* in units */
    size_t rows;                     /* of weight above 0 */
    retain__bins bins;
    retain__grower grower;
    retain_boosting_node *node; /* room for those of all rounds */
    double *loss;               /* [rounds + 1] sums over the parts held out, by number of trees */
    double *block_loss;
} fit;

/* --- checks ------------------------------------------------------------------------------------------------------------------------ */

static retain_status check_size(retain_context *ctx, const char *name, size_t value, size_t least, size_t most)
{
    if (value >= least && value <= most)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s is %zu; it must be %zu to %zu", name, value, least,
                        most);
}

static retain_status check_number(retain_context *ctx, const char *name, double value, double most)
{
    if (value > 0.0 && value <= most)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s is %g; it must be above 0 and at most %g", name,
                        value, most);
}

static retain_status take_options(retain_context *ctx, const retain_boosting_options *given, retain_boosting_options *options)
{
    retain_status status;

    *options = (retain_boosting_options){.struct_size = sizeof *options};
    status = retain__take_options(ctx, "options", given, sizeof *options, sizeof *options, options);
    if (status != RETAIN_OK)
        return status;
    options->rounds = options->rounds ? options->rounds : DEFAULT_ROUNDS;
    options->depth = options->depth ? options->depth : DEFAULT_DEPTH;
    options->learning_rate = options->learning_rate == 0.0 ? 0.1 : options->learning_rate;
    options->l2 = options->l2 == 0.0 ? 1.0 : options->l2;
    options->leaf_customers = options->leaf_customers == 0.0 ? DEFAULT_LEAST : options->leaf_customers;
    options->leaf_hessian = options->leaf_hessian == 0.0 ? 0.001 : options->leaf_hessian;
    options->each_outcome = options->each_outcome == 0.0 ? DEFAULT_LEAST : options->each_outcome;
    options->bins = options->bins ? options->bins : RETAIN__MOST_BINS;
    options->patience = options->patience ? options->patience : DEFAULT_PATIENCE;
    if ((status = check_size(ctx, "rounds", options->rounds, 1, RETAIN_BOOSTING_ROUNDS)) != RETAIN_OK ||
        (status = check_size(ctx, "depth", options->depth, 1, RETAIN_BOOSTING_DEPTH)) != RETAIN_OK ||
        (status = check_number(ctx, "learning_rate", options->learning_rate, 1.0)) != RETAIN_OK ||
        (status = check_number(ctx, "l2", options->l2, 1e6)) != RETAIN_OK ||
        (status = check_number(ctx, "leaf_customers", options->leaf_customers, MOST_WEIGHT)) != RETAIN_OK ||
        (status = check_number(ctx, "leaf_hessian", options->leaf_hessian, MOST_WEIGHT)) != RETAIN_OK ||
        (status = check_number(ctx, "each_outcome", options->each_outcome, MOST_WEIGHT)) != RETAIN_OK ||
        (status = check_size(ctx, "bins", options->bins, 2, RETAIN__MOST_BINS)) != RETAIN_OK ||
        (status = check_size(ctx, "folds", options->folds, options->folds ? 2 : 0, MOST_FOLDS)) != RETAIN_OK ||
        (status = check_size(ctx, "turns", options->turns, 0, options->folds)) != RETAIN_OK)
        return status;
    options->turns = options->turns ? options->turns : options->folds;
    return RETAIN_OK;
}

retain_status retain__check_weights(retain_context *ctx, const double *weight, size_t rows)
{
    for (size_t i = 0; weight && i < rows; i++) {
        if (weight[i] != 0.0 && !(weight[i] >= LEAST_WEIGHT && weight[i] <= MOST_WEIGHT))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "weight[%zu] is %g; it must be 0, or 1e-100 to 1e100", i, weight[i]);
    }
    return RETAIN_OK;
}

static retain_status check_data(retain_context *ctx, const fit *of)
{
    const retain_predictors *predictors = of->predictors;
    retain_status status;

    if (predictors && predictors->count > RETAIN_BOOSTING_ROWS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "predictors.count is %zu; it must be at most %d: take a sample", predictors->count,
                            RETAIN_BOOSTING_ROWS);
    if ((status = retain__check_predictors(ctx, predictors, 1)) != RETAIN_OK)
        return status;
    if (predictors->columns == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is 0; trees need something to look at");
    if (predictors->count && !of->outcome)
        return retain__fail_null(ctx, "outcome");
    for (size_t i = 0; i < predictors->count; i++) {
        if (of->outcome[i] > 1)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "outcome[%zu] is %d; it must be 0 or 1", i, of->outcome[i]);
    }
    for (size_t j = 0; of->options.monotone && j < predictors->columns; j++) {
        if (of->options.monotone[j] < -1 || of->options.monotone[j] > 1)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.monotone[%zu] is %d; it must be -1, 0 or 1", j,
                                of->options.monotone[j]);
    }
    return retain__check_weights(ctx, of->weight, predictors->count);
}

/* --- weights in whole units ---------------------------------------------------------------------------------------------------------- */

static int are_whole(const double *weight, size_t rows, double sum)
{
    if (!(sum <= (double)((uint64_t)1 << UNIT_BITS)))
        return 0;
    for (size_t i = 0; i < rows; i++) {
        if (weight[i] != floor(weight[i]))
            return 0;
    }
    return 1;
}

static void count_units(fit *of)
{
    const size_t rows = of->predictors->count;
    double sum = 0.0;
    int exponent = 0;

    for (size_t i = 0; of->weight && i < rows; i++)
        sum += of->weight[i];
    of->unit = 1.0;
    if (of->weight && sum > 0.0 && !are_whole(of->weight, rows, sum)) {
        (void)frexp(sum, &exponent); /* sum < 2^exponent */
        of->unit = ldexp(1.0, UNIT_BITS - exponent);
    }
    for (size_t i = 0; i < rows; i++) {
        of->units[i] = of->weight ? (uint32_t)(of->weight[i] * of->unit + 0.5) : 1;
        of->sum += of->units[i];
        of->events += of->outcome[i] ? of->units[i] : 0;
        of->rows += of->units[i] != 0;
    }
}

static retain_status refuse_to_learn(retain_context *ctx, const fit *of)
{
    const double events = (double)of->events / of->unit, others = (double)(of->sum - of->events) / of->unit;

    if (of->events == 0 || of->events == of->sum)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "outcome is %d for all %g customers; from one outcome alone nothing can be learned", of->events != 0,
                            (double)of->sum / of->unit);
    if (fmin(events, others) >= of->options.each_outcome)
        return RETAIN_OK;
    return retain__fail(
        ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
        "outcome is 1 for %g customers and 0 for %g; trees need at least %g of each: with so few, use logistic regression", events,
        others, of->options.each_outcome);
}

/* --- log loss ------------------------------------------------------------------------------------------------------------------------ */

static double loss_of(double log_odds, int happened)
{
    const double wrong = happened ? -log_odds : log_odds;

    return wrong > 0.0 ? wrong + log1p(exp(-wrong)) : log1p(exp(wrong));
}

/* Of the rows that are held out; of all when none is. */
static void sum_losses(void *state, size_t block, size_t first, size_t last)
{
    fit *of = state;
    const int all = of->grower.weight == of->units;
    double sum = 0.0;

    for (size_t i = first; i < last; i++) {
        if (all || of->shown[i] != of->units[i])
            sum += of->units[i] * loss_of(of->grower.score[i], of->outcome[i]);
    }
    of->block_loss[block] = sum / of->unit;
}

static retain_status find_loss(fit *of, double *loss)
{
    const size_t rows = of->predictors->count;
    const retain_status status =
        retain__parallel(of->scratch.ctx, rows, ROWS_OF_A_SUM, of->grower.from, of->grower.from, sum_losses, of);

    *loss = 0.0;
    for (size_t b = 0; b < retain__blocks(rows, ROWS_OF_A_SUM) && status == RETAIN_OK; b++)
        *loss += of->block_loss[b];
    return status;
}

/* --- trees --------------------------------------------------------------------------------------------------------------------------- */

static double log_odds_of(const fit *of, const uint32_t *weight)
{
    uint64_t events = 0, others = 0;

    for (size_t i = 0; i < of->predictors->count; i++) {
        if (of->outcome[i])
            events += weight[i];
        else
            others += weight[i];
    }
    return events && others ? log((double)events / (double)others) : (double)NAN;
}

/* Numbers of trees are compared by their loss on one part after the other. */
static retain_status hold_out(fit *of, size_t turn, size_t *reached)
{
    const size_t rows = of->predictors->count;
    double best = HUGE_VAL, loss, base;
    size_t best_trees = 0, nodes, trees;
    retain_status status;

    for (size_t i = 0; i < rows; i++)
        of->shown[i] = of->part[i] == turn ? 0 : of->units[i];
    base = log_odds_of(of, of->shown);
    if (isnan(base))
        return retain__fail(of->scratch.ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "one of %zu parts holds all customers of an outcome; fewer folds, or another seed, may part them",
                            of->options.folds);
    retain__start_growing(&of->grower, of->shown, base);
    for (trees = 0; trees <= *reached; trees++) {
        of->grower.from = (double)turn / (double)(of->options.turns + 1) +
                          (double)trees / (double)(*reached + 1) / (double)(of->options.turns + 1);
        nodes = 0;
        if (trees && (status = retain__grow_tree(&of->grower, of->node, &nodes)) != RETAIN_OK)
            return status;
        if ((status = find_loss(of, &loss)) != RETAIN_OK)
            return status;
        of->loss[trees] += loss;
        if (loss < best) {
            best = loss;
            best_trees = trees;
        }
        if (trees - best_trees >= of->options.patience)
            break;
    }
    if (trees < *reached)
        *reached = trees;
    return RETAIN_OK;
}

/* Cuts customers into parts, and finds out how many trees forecast the part held out best. */
static retain_status choose_rounds(fit *of, retain_boosting_report *report, size_t *rounds)
{
    const size_t rows = of->predictors->count;
    size_t reached = *rounds, best = 0;
    uint64_t held = 0;

    for (size_t i = 0; i < rows; i++) {
        const uint64_t customer = of->options.customer ? (uint64_t)of->options.customer[i] : (uint64_t)i;
        retain__random random = retain__random_start(of->options.seed, customer);

        of->part[i] = (uint8_t)(retain__random_bits(&random) % of->options.folds);
        held += of->part[i] < of->options.turns ? of->units[i] : 0;
    }
    if (held == 0)
        return retain__fail(of->scratch.ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "none of the %zu parts held out has a customer in it; hold out more of them, or take another seed",
                            of->options.turns);
    for (size_t turn = 0; turn < of->options.turns; turn++) {
        const retain_status status = hold_out(of, turn, &reached);

        if (status != RETAIN_OK)
            return status;
    }
    for (size_t trees = 1; trees <= reached; trees++) {
        if (of->loss[trees] < of->loss[best])
            best = trees;
    }
    report->held_out = (double)held / of->unit;
    report->held_out_log_loss = of->loss[best] / report->held_out;
    report->at_most = best == *rounds;
    *rounds = best;
    return RETAIN_OK;
}

static retain_status grow(fit *of, size_t rounds, retain_boosting *model, retain_boosting_report *report)
{
    const double base = log_odds_of(of, of->units);
    retain_status status = RETAIN_OK;
    double loss;

    *model = (retain_boosting){of->predictors->columns, rounds, 0, NULL, base};
    retain__start_growing(&of->grower, of->units, base);
    for (size_t t = 0; t < rounds && status == RETAIN_OK; t++) {
        of->grower.from = ((double)of->options.turns + (double)t / (double)rounds) / (double)(of->options.turns + 1);
        status = retain__grow_tree(&of->grower, of->node, &model->nodes);
    }
    if (status == RETAIN_OK)
        status = find_loss(of, &loss);
    if (status != RETAIN_OK)
        return status;
    report->log_loss = loss / report->customers;
    report->trees = rounds;
    report->nodes = model->nodes;
    return RETAIN_OK;
}

/* --- the fit -------------------------------------------------------------------------------------------------------------------------- */

/* Nodes that trees may have: twice the leaves, which are no more than depth and customers allow. */
static size_t most_nodes(const fit *of)
{
    const double most_leaves = (double)of->sum / of->unit / of->options.leaf_customers;
    size_t leaves = (size_t)1 << of->options.depth;

    if (most_leaves < (double)leaves)
        leaves = most_leaves < 1.0 ? 1 : (size_t)most_leaves;
    return 2 * leaves - 1;
}

static retain_status take_memory(fit *of)
{
    const size_t rows = of->predictors->count;

    of->node = retain__take(&of->scratch, of->options.rounds * most_nodes(of), sizeof *of->node);
    of->block_loss = retain__take(&of->scratch, retain__blocks(rows, ROWS_OF_A_SUM), sizeof *of->block_loss);
    if (!of->node || !of->block_loss)
        return RETAIN_ERROR_MEMORY;
    if (of->options.folds) {
        of->shown = retain__take(&of->scratch, rows, sizeof *of->shown);
        of->part = retain__take(&of->scratch, rows, sizeof *of->part);
        of->loss = retain__take_zeroed(&of->scratch, of->options.rounds + 1, sizeof *of->loss);
        if (!of->shown || !of->part || !of->loss)
            return RETAIN_ERROR_MEMORY;
    }
    return RETAIN_OK;
}

static retain_status make_model(fit *of, retain_boosting *model, retain_boosting_report *report)
{
    retain_context *ctx = of->scratch.ctx;
    size_t rounds = of->options.rounds;
    double share;
    retain_status status;

    of->units = retain__take(&of->scratch, of->predictors->count, sizeof *of->units);
    if (!of->units)
        return RETAIN_ERROR_MEMORY;
    count_units(of);
    if ((status = refuse_to_learn(ctx, of)) != RETAIN_OK || (status = take_memory(of)) != RETAIN_OK ||
        (status = retain__cut_into_bins(&of->scratch, of->predictors, of->units, of->options.bins, &of->bins)) != RETAIN_OK ||
        (status = retain__prepare_grower(&of->scratch, &of->bins, &of->options, of->outcome, of->unit,
                                         of->unit == 1.0 && (!of->weight || of->sum >> WHOLE_BITS == 0), &of->grower)) != RETAIN_OK)
        return status;
    share = (double)of->events / (double)of->sum;
    report->rows = of->rows;
    report->customers = (double)of->sum / of->unit;
    report->events = (double)of->events / of->unit;
    report->base_log_loss = -share * log(share) - (1.0 - share) * log1p(-share);
    if (of->options.folds)
        status = choose_rounds(of, report, &rounds);
    return status == RETAIN_OK ? grow(of, rounds, model, report) : status;
}

retain_status retain_boosting_fit(retain_context *ctx, const retain_predictors *predictors, const uint8_t *outcome,
                                  const double *weight, const retain_boosting_options *options, retain_boosting_node *node,
                                  size_t capacity, retain_boosting *model, retain_boosting_report *report)
{
    fit of = {.scratch = {.ctx = ctx}, .predictors = predictors, .outcome = outcome, .weight = weight};
    retain_boosting_report found = {.struct_size = sizeof found, .held_out_log_loss = (double)NAN};
    retain_boosting made;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && report)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK && (!model || (capacity && !node)))
        status = retain__fail_null(ctx, model ? "node" : "model");
    if (status != RETAIN_OK || (status = take_options(ctx, options, &of.options)) != RETAIN_OK ||
        (status = check_data(ctx, &of)) != RETAIN_OK)
        return status;
    status = make_model(&of, &made, &found);
    if (status == RETAIN_OK && made.nodes > capacity) {
        model->nodes = made.nodes;
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "node has room for %zu nodes; the model has %zu", capacity,
                              made.nodes);
    } else if (status == RETAIN_OK) {
        if (made.nodes)
            memcpy(node, of.node, made.nodes * sizeof *node);
        made.node = node;
        *model = made;
        if (report) {
            found.struct_size = report->struct_size;
            *report = found;
        }
    }
    retain__release(&of.scratch);
    return status;
}
