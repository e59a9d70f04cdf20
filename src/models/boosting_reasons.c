/* Why a row has the probability that it has: exact Shapley values of trees.
 *
 * A leaf is a rule: each column that its path asks about must lie in an interval (or may be missing), whatever the number of
 * splits on it. In the game of Shapley a column that is known either meets its condition or not, one_j = 1 or 0; a column that is not known
 * meets it with the share z_j of customers that went that way at its splits. A leaf of value v and d columns is then worth
 *
 *     v * product over known j of one_j * product over unknown j of z_j,
 *
 * and a column's Shapley value averages what knowing it changes over all subsets of the others, by their number k with the weight
 * k! (d-1-k)! / d!. Subsets need not be listed: the sum over those of k columns is the coefficient of t^k of the product of (z_j + one_j t)
 * over the others. One product serves all columns of a leaf: dividing by (z_i + t) takes column i out, from the highest coefficient
 * downwards, where no digits are lost since z_i <= 1; and for every column that does not meet its condition the result is the same,
 * -v times the whole product. Sums over leaves and trees are then the sums of Shapley values of the model, since the value is linear in
 * the game. The idea of the recursion over subset sizes is that of TreeSHAP (Lundberg et al. 2020, algorithm 2). */
#include <math.h>
#include <string.h>

#include "math/interval.h"
#include "models/boosting_tree.h"
#include "models/reasons.h"

/* What a leaf asks of one column: low < x <= high, or missing where it may be. */
typedef struct condition {
    double low, high, share;
    uint16_t column;
    uint8_t may_miss;
} condition;

typedef struct rule {
    double value;
    uint32_t first; /* of its conditions */
    uint32_t count;
} rule;

typedef struct rules {
    retain__trees trees;
    size_t count, columns;
    rule *rule;
    condition *condition;
    double base;
    double weight[RETAIN_BOOSTING_DEPTH + 1][RETAIN_BOOSTING_DEPTH]; /* [d][k] k! (d-1-k)! / d! */
} rules;

/* --- leaves into rules --------------------------------------------------------------------------------------------------------------- */

/* Follows a branch: the condition on the column of a split becomes narrower, or there is one more. */
static size_t narrow(condition *path, size_t count, const retain__branch *split, const retain__branch *branch, int left)
{
    size_t at = 0;

    while (at < count && path[at].column != split->column)
        at++;
    if (at == count)
        path[count++] = (condition){-HUGE_VAL, HUGE_VAL, 1.0, split->column, 1};
    if (left)
        path[at].high = fmin(path[at].high, split->threshold);
    else
        path[at].low = fmax(path[at].low, split->threshold);
    path[at].may_miss = (uint8_t)(path[at].may_miss && split->missing_left == left);
    path[at].share *= branch->cover / split->cover;
    return count;
}

/* Every branch writes down its path below that of its split; a leaf makes a rule of it. */
typedef struct path {
    condition condition[RETAIN_BOOSTING_DEPTH];
    size_t count;
} path;

static void add_rule(rules *all, const retain__branch *leaf, const path *from)
{
    const size_t first = all->count ? all->rule[all->count - 1].first + all->rule[all->count - 1].count : 0;
    double expected = leaf->value;

    for (size_t c = 0; c < from->count; c++) {
        all->condition[first + c] = from->condition[c];
        expected *= from->condition[c].share;
    }
    all->rule[all->count++] = (rule){leaf->value, (uint32_t)first, (uint32_t)from->count};
    all->base += expected;
}

/* Deeper by one split with each call, RETAIN_BOOSTING_DEPTH at most. */
static void follow(rules *all, const retain__branch *node, size_t at, const path *from)
{
    const retain__branch *split = node + at;

    if (!split->right) {
        add_rule(all, split, from);
        return;
    }
    for (int left = 1; left >= 0; left--) {
        const size_t next = left ? at + 1 : split->right;
        path to = *from;

        to.count = narrow(to.condition, to.count, split, node + next, left);
        follow(all, node, next, &to);
    }
}

static retain_status make_rules(retain__scratch *scratch, const retain_boosting *model, rules *all)
{
    const path nothing = {.count = 0};
    size_t leaves = 0;
    retain__trees trees;
    const retain_status status = retain__read_trees(scratch, model, &trees);

    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < trees.nodes; i++)
        leaves += trees.node[i].right == 0;
    *all = (rules){.trees = trees, .columns = trees.columns, .base = trees.base};
    all->rule = retain__take(scratch, leaves, sizeof *all->rule);
    all->condition = retain__take(scratch, leaves * RETAIN_BOOSTING_DEPTH, sizeof *all->condition);
    if (!all->rule || !all->condition)
        return RETAIN_ERROR_MEMORY;
    for (size_t t = 0; t < trees.trees; t++)
        follow(all, trees.node, trees.root[t], &nothing);
    for (size_t d = 1; d <= RETAIN_BOOSTING_DEPTH; d++) {
        double binomial = 1.0; /* (d-1 choose k) */

        for (size_t k = 0; k < d; k++) {
            all->weight[d][k] = 1.0 / ((double)d * binomial);
            binomial = binomial * (double)(d - 1 - k) / (double)(k + 1);
        }
    }
    return RETAIN_OK;
}

/* --- Shapley values ------------------------------------------------------------------------------------------------------------------ */

static int is_met(const condition *of, double x)
{
    return (x > of->low && x <= of->high) || (isnan(x) && of->may_miss);
}

/* The weighted sum of the coefficients 0 ... `most` of the product, or of the product without the factor (z + t). */
static double weigh(const double *product, size_t most, const double *weight)
{
    double sum = 0.0;

    for (size_t k = 0; k <= most; k++)
        sum += product[k] * weight[k];
    return sum;
}

static double weigh_without(const double *product, size_t most, double z, const double *weight)
{
    double sum = 0.0, rest = 0.0;

    for (size_t k = most; k > 0; k--) {
        rest = product[k] - z * rest;
        sum += rest * weight[k - 1];
    }
    return sum;
}

static void add_rule_of_row(const rules *all, const rule *leaf, const retain_predictors *predictors, size_t row,
                            double *contribution)
{
    const condition *of = all->condition + leaf->first;
    const double *weight = all->weight[leaf->count];
    double product[RETAIN_BOOSTING_DEPTH + 1] = {leaf->value}, of_less_one[RETAIN_BOOSTING_DEPTH + 1], unmet;
    uint8_t met[RETAIN_BOOSTING_DEPTH];
    size_t count = 0;

    for (size_t c = 0; c < leaf->count; c++) {
        met[c] = (uint8_t)is_met(of + c, retain__predictor(predictors, row, of[c].column));
        for (size_t k = 0; k <= count; k++)
            of_less_one[k] = product[k];
        for (size_t k = 0; k <= count; k++)
            product[k] *= of[c].share;
        if (!met[c])
            continue;
        product[++count] = 0.0;
        for (size_t k = 1; k <= count; k++)
            product[k] += of_less_one[k - 1];
    }
    unmet = count < leaf->count ? -weigh(product, count, weight) : 0.0;
    for (size_t c = 0; c < leaf->count; c++)
        contribution[of[c].column] += met[c] ? (1.0 - of[c].share) * weigh_without(product, count, of[c].share, weight) : unmet;
}

static void find_contributions(const rules *all, const retain_predictors *predictors, size_t row, double *contribution)
{
    for (size_t j = 0; j < all->columns; j++)
        contribution[j] = 0.0;
    for (size_t r = 0; r < all->count; r++)
        add_rule_of_row(all, all->rule + r, predictors, row, contribution);
}

/* --- reasons ------------------------------------------------------------------------------------------------------------------------- */

typedef struct telling {
    const rules *rules;
    double *contribution;
    retain__reasons reasons;
} telling;

static void tell_rows(void *state, size_t block, size_t first, size_t last)
{
    const telling *of = state;
    const size_t columns = of->rules->columns;
    double own[RETAIN_PREDICTORS_MOST];

    (void)block;
    for (size_t i = first; i < last; i++) {
        find_contributions(of->rules, of->reasons.predictors, i, own);
        for (size_t j = 0; j < columns && of->contribution; j++)
            of->contribution[i * columns + j] = own[j];
        retain__tell_reasons(&of->reasons, i, own, 1);
    }
}

/* What is wanted goes into scratch first, so that who cancels finds his numbers as they were. */
enum { OUTPUTS = 4 };
typedef struct output {
    void *wanted, *room;
    size_t bytes;
} output;

static retain_status take_room(retain__scratch *scratch, output *outputs, size_t rows, const size_t *width)
{
    int ok = 1;

    for (size_t k = 0; k < OUTPUTS; k++) {
        outputs[k].bytes = retain__multiply(retain__multiply(rows, width[k], &ok), sizeof(double), &ok);
        if (outputs[k].wanted && (!ok || !(outputs[k].room = retain__take(scratch, outputs[k].bytes, 1))))
            return ok ? RETAIN_ERROR_MEMORY
                      : retain__fail(scratch->ctx, RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "%zu rows are more than memory can hold",
                                     rows);
    }
    return RETAIN_OK;
}

static retain_status tell(retain__scratch *scratch, telling *of, output *outputs)
{
    const size_t rows = of->reasons.predictors->count, most = of->reasons.most,
                 width[OUTPUTS] = {of->rules->columns, most, most, most};
    retain_status status = take_room(scratch, outputs, rows, width);

    if (status != RETAIN_OK)
        return status;
    of->contribution = outputs[0].room;
    of->reasons.reason = outputs[1].room;
    of->reasons.share = outputs[2].room;
    of->reasons.value = outputs[3].room;
    status = retain__parallel(scratch->ctx, rows, RETAIN__ROWS_PER_BLOCK, 0.0, 1.0, tell_rows, of);
    for (size_t k = 0; k < OUTPUTS && status == RETAIN_OK; k++) {
        if (outputs[k].wanted && outputs[k].bytes)
            memcpy(outputs[k].wanted, outputs[k].room, outputs[k].bytes);
    }
    return status;
}

retain_status retain_boosting_reasons(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors,
                                      size_t most, retain_direction direction, double *base, double *contribution, int64_t *reason,
                                      double *share, double *value)
{
    retain__scratch scratch = {.ctx = ctx};
    output outputs[OUTPUTS] = {{contribution, NULL, 0}, {reason, NULL, 0}, {share, NULL, 0}, {value, NULL, 0}};
    rules all;
    telling of = {.rules = &all, .reasons = {.predictors = predictors, .most = most, .direction = direction}};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = make_rules(&scratch, model, &all);
    if (status == RETAIN_OK)
        status = retain__check_reads(ctx, model, predictors);
    if (status == RETAIN_OK && most > model->columns)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "most is %zu; the model reads %zu columns", most,
                              model->columns);
    if (status == RETAIN_OK && (of.reasons.direction < RETAIN_REASONS_EITHER || of.reasons.direction > RETAIN_REASONS_LOWERING))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "direction is %d; it must be a retain_direction",
                              (int)direction);
    if (status == RETAIN_OK) {
        of.reasons.columns = all.columns;
        status = tell(&scratch, &of, outputs);
    }
    if (status == RETAIN_OK && base)
        *base = all.base;
    retain__release(&scratch);
    return status;
}

/* --- importance ---------------------------------------------------------------------------------------------------------------------- */

/* Mean, and sum of squared deviations from it, of the sizes of a column's contributions in a block of rows. */
typedef struct sizes {
    double n, mean, squares;
} sizes;

typedef struct weighing {
    const rules *rules;
    const retain_predictors *predictors;
    const double *weight;
    sizes *sizes; /* [blocks * columns] */
} weighing;

/* Chan, Golub & LeVeque 1983: from any two parts to the whole, without the difference of two large sums. */
static void add_sizes(sizes *to, sizes part)
{
    const double n = to->n + part.n, off = part.mean - to->mean;

    if (!(part.n > 0.0))
        return;
    to->mean += off * (part.n / n);
    to->squares += part.squares + off * off * (to->n / n) * part.n;
    to->n = n;
}

static void weigh_rows(void *state, size_t block, size_t first, size_t last)
{
    const weighing *of = state;
    const size_t columns = of->rules->columns;
    sizes *own = of->sizes + block * columns;
    double contribution[RETAIN_PREDICTORS_MOST];

    for (size_t i = first; i < last; i++) {
        find_contributions(of->rules, of->predictors, i, contribution);
        for (size_t j = 0; j < columns; j++)
            add_sizes(own + j, (sizes){of->weight ? of->weight[i] : 1.0, fabs(contribution[j]), 0.0});
    }
}

static void write_sizes(const sizes *all, size_t blocks, size_t columns, double level, double *mean, double *low, double *high)
{
    for (size_t j = 0; j < columns; j++) {
        sizes whole = {0.0, 0.0, 0.0};
        retain__limits limits;

        for (size_t b = 0; b < blocks; b++)
            add_sizes(&whole, all[b * columns + j]);
        limits = retain__mean_limits(whole.mean, whole.squares, whole.n, level);
        if (mean)
            mean[j] = whole.n > 0.0 ? whole.mean : (double)NAN;
        if (low)
            low[j] = limits.low < 0.0 ? 0.0 : limits.low;
        if (high)
            high[j] = limits.high;
    }
}

retain_status retain_boosting_importance(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors,
                                         const double *weight, double level, double *mean, double *low, double *high, double *gain)
{
    retain__scratch scratch = {.ctx = ctx};
    rules all;
    weighing of = {&all, predictors, weight, NULL};
    size_t blocks = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, &level);
    if (status == RETAIN_OK)
        status = make_rules(&scratch, model, &all);
    if (status == RETAIN_OK)
        status = retain__check_reads(ctx, model, predictors);
    if (status == RETAIN_OK)
        status = retain__check_weights(ctx, weight, predictors->count);
    if (status == RETAIN_OK) {
        blocks = retain__blocks(predictors->count, RETAIN__ROWS_PER_BLOCK);
        of.sizes = retain__take_zeroed(&scratch, blocks * all.columns, sizeof *of.sizes);
        status = of.sizes ? retain__parallel(ctx, predictors->count, RETAIN__ROWS_PER_BLOCK, 0.0, 1.0, weigh_rows, &of)
                          : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        write_sizes(of.sizes, blocks, all.columns, level, mean, low, high);
        for (size_t j = 0; j < all.columns && gain; j++)
            gain[j] = 0.0;
        for (size_t i = 0; i < all.trees.nodes && gain; i++) {
            if (all.trees.node[i].right)
                gain[all.trees.node[i].column] += model->node[i].gain;
        }
    }
    retain__release(&scratch);
    return status;
}
