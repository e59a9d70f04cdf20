/* Any rows and any nodes: trees end, contributions add up, what was grown is a model, and what is no model is walked by nobody. */
#include <math.h>

#include "fuzz.h"
#include "retain/boosting.h"

enum { ROWS = 60, COLUMNS = 4, NODES = 600, VALUES = 6 };

typedef struct rows {
    retain_predictors predictors;
    const double **column;
    double *weight;
    uint8_t *outcome;
    int64_t *customer;
    int8_t *monotone;
} rows;

static double read_number(fuzz_input *in, int odd, size_t levels)
{
    const size_t level = fuzz_below(in, levels + 1);

    return odd ? fuzz_double(in) : level == levels ? (double)NAN : (double)level;
}

static rows read_rows(fuzz_input *in)
{
    const size_t count = fuzz_below(in, ROWS), columns = 1 + fuzz_below(in, COLUMNS), levels = 1 + fuzz_below(in, 30);
    const int odd = (int)fuzz_below(in, 12), by_row = (int)fuzz_below(in, 2);
    double *numbers = fuzz_array(in, count * columns, sizeof *numbers);
    rows all = {{count, columns, NULL, by_row ? columns : 1}, fuzz_array(in, columns, sizeof *all.column), NULL, NULL, NULL, NULL};

    all.weight = fuzz_array(in, count, sizeof *all.weight);
    all.outcome = fuzz_array(in, count, sizeof *all.outcome);
    all.customer = fuzz_array(in, count, sizeof *all.customer);
    all.monotone = fuzz_array(in, columns, sizeof *all.monotone);
    for (size_t j = 0; j < columns; j++) {
        all.column[j] = by_row ? numbers + j : numbers + j * count;
        all.monotone[j] = (int8_t)((int)fuzz_below(in, 3) - 1);
    }
    for (size_t i = 0; i < count * columns; i++)
        numbers[i] = read_number(in, odd == 1, levels);
    for (size_t i = 0; i < count; i++) {
        all.weight[i] = odd == 2 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 6);
        all.outcome[i] = (uint8_t)(odd == 3 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
        all.customer[i] = fuzz_integer(in);
    }
    if (fuzz_below(in, 2))
        all.weight = NULL;
    all.predictors.column = fuzz_maybe(in, all.column);
    return all;
}

static retain_boosting_options read_options(fuzz_input *in, const rows *all)
{
    const int odd = fuzz_below(in, 12) == 11;

    return (retain_boosting_options){.struct_size = sizeof(retain_boosting_options),
                                     .rounds = odd ? (size_t)fuzz_integer(in) : 1 + fuzz_below(in, 4),
                                     .depth = odd ? fuzz_below(in, 12) : 1 + fuzz_below(in, 6),
                                     .learning_rate = odd ? fuzz_double(in) : fuzz_within(in, 0.1, 1.0),
                                     .l2 = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 2.0),
                                     .leaf_customers = odd ? fuzz_double(in) : fuzz_within(in, 0.1, 5.0),
                                     .leaf_hessian = odd ? fuzz_double(in) : 0.0,
                                     .bins = odd ? fuzz_below(in, 300) : 2 + fuzz_below(in, 30),
                                     .each_outcome = 1.0,
                                     .folds = fuzz_below(in, 4) == 3 ? fuzz_below(in, 5) : 0,
                                     .seed = fuzz_bits(in, 1),
                                     .customer = fuzz_below(in, 2) ? all->customer : NULL,
                                     .monotone = fuzz_below(in, 2) ? all->monotone : NULL};
}

/* Nodes that were never grown, of which few are trees. */
static retain_boosting read_model(fuzz_input *in, size_t columns)
{
    const size_t count = fuzz_below(in, 24);
    const int odd = fuzz_below(in, 4) == 3;
    retain_boosting_node *node = fuzz_array(in, count, sizeof *node);
    size_t wanted = 0, trees = 0;

    for (size_t i = 0; i < count; i++) {
        const int is_leaf = fuzz_below(in, 2) || (!odd && wanted + i + 2 >= count);

        if (wanted == 0) {
            trees++;
            wanted = 1;
        }
        wanted = is_leaf ? wanted - 1 : wanted + 1;
        node[i].column = is_leaf ? RETAIN_BOOSTING_LEAF : odd ? (int32_t)fuzz_integer(in) : (int32_t)fuzz_below(in, columns);
        node[i].threshold = odd ? fuzz_double(in) : (double)fuzz_below(in, 10);
        node[i].value = odd ? fuzz_double(in) : fuzz_within(in, -1.0, 1.0);
        node[i].cover = odd ? fuzz_double(in) : 1.0 + (double)fuzz_below(in, 20);
        node[i].missing_left = odd ? (int32_t)fuzz_integer(in) : (int32_t)fuzz_below(in, 2);
    }
    return (retain_boosting){columns, odd ? fuzz_below(in, 5) : trees, count, fuzz_maybe(in, node), 0.0};
}

static void ask(fuzz_input *in, const retain_boosting *model, const rows *all)
{
    const size_t count = all->predictors.count, columns = all->predictors.columns;
    double *log_odds = fuzz_output(in, count, sizeof *log_odds), *probability = fuzz_output(in, count, sizeof *probability);
    double *contribution = fuzz_output(in, count * columns, sizeof *contribution), *base = fuzz_output(in, 1, sizeof *base);
    int64_t *reason = fuzz_output(in, count, sizeof *reason);
    double *share = fuzz_output(in, count, sizeof *share), *mean = fuzz_output(in, columns, sizeof *mean);
    double *value = fuzz_array(in, VALUES, sizeof *value), *shape = fuzz_output(in, VALUES, sizeof *shape);

    for (size_t v = 0; v < VALUES; v++)
        value[v] = read_number(in, fuzz_below(in, 12) == 11, 20);
    if (!fuzz_outcome(in, retain_boosting_log_odds(fuzz_context(in), model, &all->predictors, log_odds)) ||
        !fuzz_outcome(in, retain_boosting_probability(fuzz_context(in), model, &all->predictors, probability)) ||
        !fuzz_outcome(in, retain_boosting_reasons(fuzz_context(in), model, &all->predictors, 1,
                                                  (retain_direction)fuzz_below(in, 4), base, contribution, reason, share,
                                                  NULL)))
        return;
    for (size_t i = 0; i < count; i++) {
        double sum = *base, size = fabs(*base) + fabs(log_odds[i]);

        for (size_t j = 0; j < columns; j++) {
            sum += contribution[i * columns + j];
            size += fabs(contribution[i * columns + j]);
        }
        fuzz_check(probability[i] >= 0.0 && probability[i] <= 1.0);
        fuzz_check(fabs(sum - log_odds[i]) <= 1e-9 * (1.0 + size) || size > 1e30);
        fuzz_check(reason[i] < (int64_t)columns);
    }
    (void)fuzz_outcome(
        in, retain_boosting_importance(fuzz_context(in), model, &all->predictors, all->weight, 0.0, mean, NULL, NULL, NULL));
    (void)fuzz_outcome(in, retain_boosting_dependence(fuzz_context(in), model, &all->predictors, all->weight, 0.9,
                                                      fuzz_below(in, COLUMNS), value, VALUES, shape, NULL, NULL, NULL));
}

void fuzz_target(fuzz_input *in)
{
    const int grown = (int)fuzz_below(in, 2);
    const rows all = read_rows(in);
    const retain_boosting_options options = read_options(in, &all);
    retain_boosting_node *node = fuzz_output(in, NODES, sizeof *node);
    retain_boosting_report report = {.struct_size = sizeof report};
    retain_boosting model;

    if (!grown) {
        model = read_model(in, all.predictors.columns);
        (void)fuzz_outcome(in, retain_boosting_check(fuzz_context(in), &model));
        ask(in, &model, &all);
        return;
    }
    if (!fuzz_outcome(in, retain_boosting_fit(fuzz_context(in), &all.predictors, all.outcome, all.weight, &options, node, NODES,
                                              &model, &report)))
        return;
    fuzz_check(report.nodes == model.nodes && report.trees == model.trees);
    fuzz_check(report.log_loss <= report.base_log_loss + 1e-9 || options.learning_rate > 0.5 || options.l2 < 0.5);
    fuzz_check(retain_boosting_check(NULL, &model) == RETAIN_OK);
    ask(in, &model, &all);
}
