/* Boosted trees against plain Python that tries every split, and against what must hold of them. */
#include "retain/boosting.h"

#include "support.h"

enum { MOST_ROWS = 2000, COLUMNS = 3, MOST_NODES = 1 << 16 };

typedef struct world {
    double x[COLUMNS * MOST_ROWS], weight[MOST_ROWS];
    uint8_t outcome[MOST_ROWS];
    int64_t customer[MOST_ROWS];
    const double *column[COLUMNS];
    retain_predictors predictors;
} world;

static retain_boosting_node nodes[MOST_NODES], other_nodes[MOST_NODES];

static void view(world *of, size_t rows)
{
    for (size_t j = 0; j < COLUMNS; j++)
        of->column[j] = of->x + j * rows;
    of->predictors = (retain_predictors){rows, COLUMNS, of->column, 1};
}

/* A shop in which risk bends with the first column, depends on the second where the third is large, and much is missing. */
static void make_shop(world *of, size_t rows, uint64_t seed)
{
    uint64_t stream = seed;

    view(of, rows);
    for (size_t i = 0; i < rows; i++) {
        double a = (double)(random_bits(&stream) % 1000) / 100.0, b = (double)(random_bits(&stream) % 400) / 100.0,
               c = (double)(random_bits(&stream) % 5), odds;

        odds = fabs(a - 5.0) - 2.5 + (c > 2.0 ? b - 2.0 : 0.0);
        of->x[i] = random_bits(&stream) % 10 == 0 ? (double)NAN : a;
        of->x[rows + i] = b;
        of->x[2 * rows + i] = c;
        of->outcome[i] = (double)(random_bits(&stream) % 100000) / 100000.0 < 1.0 / (1.0 + exp(-odds));
        of->weight[i] = (double)(random_bits(&stream) % 4);
        of->customer[i] = (int64_t)(i / 3);
    }
}

static retain_boosting fit(const world *of, const double *weight, const retain_boosting_options *options,
                           retain_boosting_node *node, retain_boosting_report *report)
{
    retain_boosting model;

    assert_int_equal(retain_boosting_fit(NULL, &of->predictors, of->outcome, weight, options, node, MOST_NODES, &model, report),
                     RETAIN_OK);
    return model;
}

static void assert_same(const retain_boosting *one, const retain_boosting *two)
{
    assert_int_equal(one->nodes, two->nodes);
    assert_memory_equal(one->node, two->node, one->nodes * sizeof *one->node);
    assert_memory_equal(&one->base, &two->base, sizeof one->base);
}

/* --- golden ------------------------------------------------------------------------------------------------------------------------ */

static size_t read_rows(const golden *table, double number, size_t *first)
{
    size_t rows = 0;

    for (size_t i = table->rows; i-- > 0;) {
        if (golden_number(table, i, "case") == number) {
            rows++;
            *first = i;
        }
    }
    return rows;
}

static void read_world(const golden *table, size_t first, size_t rows, world *into)
{
    static const char *const name[COLUMNS] = {"x0", "x1", "x2"};

    view(into, rows);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < COLUMNS; j++)
            into->x[j * rows + i] = golden_number(table, first + i, name[j]);
        into->outcome[i] = golden_number(table, first + i, "outcome") > 0.0;
        into->weight[i] = golden_number(table, first + i, "weight");
    }
}

static void assert_nodes(const retain_boosting *model, const golden *table, size_t first, size_t count)
{
    assert_int_equal(model->nodes, count);
    for (size_t i = 0; i < count; i++) {
        const retain_boosting_node *node = model->node + i;

        assert_int_equal(node->column, (int)golden_number(table, first + i, "column"));
        assert_near(node->threshold, golden_number(table, first + i, "threshold"), 0.0);
        assert_int_equal(node->missing_left, (int)golden_number(table, first + i, "missing_left"));
        assert_near(node->value, golden_number(table, first + i, "value"), 1e-11);
        assert_near(node->cover, golden_number(table, first + i, "cover"), 0.0);
        assert_near(node->gain, golden_number(table, first + i, "gain"), 1e-11);
    }
}

static void assert_forecasts(const retain_boosting *model, const world *of, const golden *table, size_t first, double expected)
{
    static const char *const by[COLUMNS] = {"by_x0", "by_x1", "by_x2"};
    const size_t rows = of->predictors.count;
    double log_odds[MOST_ROWS], probability[MOST_ROWS], contribution[COLUMNS * MOST_ROWS], base;

    assert_int_equal(retain_boosting_log_odds(NULL, model, &of->predictors, log_odds), RETAIN_OK);
    assert_int_equal(retain_boosting_probability(NULL, model, &of->predictors, probability), RETAIN_OK);
    assert_int_equal(
        retain_boosting_reasons(NULL, model, &of->predictors, 0, RETAIN_REASONS_EITHER, &base, contribution, NULL, NULL, NULL),
        RETAIN_OK);
    assert_near(base, expected, 1e-11);
    for (size_t i = 0; i < rows; i++) {
        const double want = golden_number(table, first + i, "log_odds");

        assert_near(log_odds[i], want, 1e-11);
        assert_near(probability[i], 1.0 / (1.0 + exp(-want)), 1e-11);
        for (size_t j = 0; j < COLUMNS; j++)
            assert_near(contribution[i * COLUMNS + j], golden_number(table, first + i, by[j]), 1e-11);
    }
}

static void grows_the_trees_that_trying_every_split_finds(void **state)
{
    golden cases = golden_read("boosting/cases.csv"), rows = golden_read("boosting/rows.csv"),
           all = golden_read("boosting/nodes.csv");

    (void)state;
    for (size_t c = 0; c < cases.rows; c++) {
        static world of;
        const double number = golden_number(&cases, c, "case");
        const int8_t monotone[COLUMNS] = {(int8_t)golden_number(&cases, c, "monotone0"),
                                          (int8_t)golden_number(&cases, c, "monotone1"),
                                          (int8_t)golden_number(&cases, c, "monotone2")};
        const retain_boosting_options options = {.struct_size = sizeof options,
                                                 .rounds = (size_t)golden_number(&cases, c, "rounds"),
                                                 .depth = (size_t)golden_number(&cases, c, "depth"),
                                                 .learning_rate = golden_number(&cases, c, "learning_rate"),
                                                 .l2 = golden_number(&cases, c, "l2"),
                                                 .leaf_customers = golden_number(&cases, c, "leaf_customers"),
                                                 .leaf_hessian = golden_number(&cases, c, "leaf_hessian"),
                                                 .bins = (size_t)golden_number(&cases, c, "bins"),
                                                 .each_outcome = 1.0,
                                                 .monotone = monotone};
        retain_boosting_report report = {.struct_size = sizeof report};
        size_t first_row = 0, first_node = 0, count = read_rows(&rows, number, &first_row), node_count;
        retain_boosting model;

        read_world(&rows, first_row, count, &of);
        node_count = read_rows(&all, number, &first_node);
        model = fit(&of, of.weight, &options, nodes, &report);
        assert_near(model.base, golden_number(&cases, c, "base"), 1e-14);
        assert_near(report.base_log_loss, golden_number(&cases, c, "base_log_loss"), 1e-14);
        assert_near(report.log_loss, golden_number(&cases, c, "log_loss"), 1e-11);
        assert_nodes(&model, &all, first_node, node_count);
        assert_forecasts(&model, &of, &rows, first_row, golden_number(&cases, c, "expected"));
    }
    golden_free(&cases);
    golden_free(&rows);
    golden_free(&all);
}

/* --- laws -------------------------------------------------------------------------------------------------------------------------- */

static void gives_the_same_bits_for_any_threads_and_any_order_of_rows(void **state)
{
    static world shop, turned;
    const retain_boosting_options options = {.struct_size = sizeof options, .rounds = 20, .depth = 4};
    retain_boosting one, two;

    (void)state;
    make_shop(&shop, MOST_ROWS, 1);
    one = fit(&shop, shop.weight, &options, nodes, NULL);
    for (int threads = 2; threads <= 8; threads += 3) {
        retain_context context = RETAIN_CONTEXT_INIT;

        context.threads = threads;
        assert_int_equal(retain_boosting_fit(&context, &shop.predictors, shop.outcome, shop.weight, &options, other_nodes,
                                             MOST_NODES, &two, NULL),
                         RETAIN_OK);
        assert_same(&one, &two);
    }
    view(&turned, MOST_ROWS);
    for (size_t i = 0; i < MOST_ROWS; i++) {
        const size_t from = i * 1001 % MOST_ROWS; /* 1001 and 2000 have no common factor */

        for (size_t j = 0; j < COLUMNS; j++)
            turned.x[j * MOST_ROWS + i] = shop.x[j * MOST_ROWS + from];
        turned.outcome[i] = shop.outcome[from];
        turned.weight[i] = shop.weight[from];
    }
    two = fit(&turned, turned.weight, &options, other_nodes, NULL);
    assert_same(&one, &two);
}

static void counts_a_customer_of_weight_three_as_three(void **state)
{
    static world shop, many;
    const size_t few = MOST_ROWS / 4;
    const retain_boosting_options options = {.struct_size = sizeof options, .rounds = 10, .bins = 16, .each_outcome = 5.0};
    retain_boosting one, two;
    size_t count = 0;

    (void)state;
    make_shop(&shop, few, 2);
    for (size_t i = 0; i < few; i++)
        count += (size_t)shop.weight[i];
    view(&many, count);
    count = 0;
    for (size_t i = 0; i < few; i++) {
        for (size_t k = 0; k < (size_t)shop.weight[i]; k++, count++) {
            for (size_t j = 0; j < COLUMNS; j++)
                many.x[j * many.predictors.count + count] = shop.x[j * few + i];
            many.outcome[count] = shop.outcome[i];
        }
    }
    one = fit(&shop, shop.weight, &options, nodes, NULL);
    two = fit(&many, NULL, &options, other_nodes, NULL);
    assert_same(&one, &two);
    for (size_t i = 0; i < few; i++)
        shop.weight[i] *= 0x1p-40; /* no whole numbers any more, but the same shares; penalties scale with them */
    one = fit(&shop, shop.weight,
              &(retain_boosting_options){.struct_size = sizeof options,
                                         .rounds = 10,
                                         .bins = 16,
                                         .l2 = 0x1p-40,
                                         .leaf_customers = 20 * 0x1p-40,
                                         .leaf_hessian = 0.001 * 0x1p-40,
                                         .each_outcome = 5 * 0x1p-40},
              nodes, NULL);
    assert_int_equal(one.nodes, two.nodes);
    for (size_t i = 0; i < one.nodes; i++) {
        assert_int_equal(one.node[i].column, two.node[i].column);
        assert_near(one.node[i].value, two.node[i].value, 1e-6);
    }
}

static void adds_contributions_up_to_the_log_odds(void **state)
{
    static world shop;
    static double contribution[COLUMNS * MOST_ROWS], log_odds[MOST_ROWS], share[2 * MOST_ROWS], value[2 * MOST_ROWS];
    static int64_t reason[2 * MOST_ROWS];
    const retain_boosting_options options = {.struct_size = sizeof options, .rounds = 8, .depth = 8, .leaf_customers = 2.0};
    retain_boosting model;
    double base;

    (void)state;
    make_shop(&shop, MOST_ROWS, 3);
    model = fit(&shop, NULL, &options, nodes, NULL);
    assert_int_equal(retain_boosting_log_odds(NULL, &model, &shop.predictors, log_odds), RETAIN_OK);
    for (int direction = RETAIN_REASONS_EITHER; direction <= RETAIN_REASONS_LOWERING; direction++) {
        assert_int_equal(retain_boosting_reasons(NULL, &model, &shop.predictors, 2, (retain_direction)direction, &base,
                                                 contribution, reason, share, value),
                         RETAIN_OK);
        for (size_t i = 0; i < MOST_ROWS; i++) {
            const double *own = contribution + COLUMNS * i;
            const size_t at = 2 * i;

            assert_near(base + own[0] + own[1] + own[2], log_odds[i], 1e-12);
            for (size_t k = 0; k < 2; k++) {
                if (reason[at + k] < 0) {
                    assert_nan(share[at + k]);
                    assert_nan(value[at + k]);
                    continue;
                }
                assert_near(share[at + k], own[reason[at + k]], 0.0);
                assert_near(value[at + k], shop.x[(size_t)reason[at + k] * MOST_ROWS + i], 0.0);
                assert_true(direction == RETAIN_REASONS_EITHER || (share[at + k] > 0.0) == (direction == RETAIN_REASONS_RAISING));
            }
            assert_true(reason[at] < 0 || reason[at + 1] < 0 || fabs(share[at]) >= fabs(share[at + 1]));
        }
    }
}

static void never_falls_where_it_may_only_rise(void **state)
{
    static world shop;
    static double log_odds[MOST_ROWS], before[MOST_ROWS];
    const int8_t monotone[COLUMNS] = {-1, 1, 0};
    const retain_boosting_options options = {
        .struct_size = sizeof options, .rounds = 25, .depth = 5, .leaf_customers = 3.0, .monotone = monotone};
    retain_boosting model;

    (void)state;
    make_shop(&shop, MOST_ROWS, 4);
    model = fit(&shop, NULL, &options, nodes, NULL);
    for (int step = 0; step <= 20; step++) {
        for (size_t i = 0; i < MOST_ROWS; i++)
            shop.x[i] = 0.5 * step;
        assert_int_equal(retain_boosting_log_odds(NULL, &model, &shop.predictors, log_odds), RETAIN_OK);
        for (size_t i = 0; i < MOST_ROWS; i++)
            assert_true(step == 0 || log_odds[i] <= before[i] + 1e-12);
        memcpy(before, log_odds, sizeof before);
    }
    for (int step = 0; step <= 20; step++) {
        for (size_t i = 0; i < MOST_ROWS; i++)
            shop.x[MOST_ROWS + i] = 0.2 * step;
        assert_int_equal(retain_boosting_log_odds(NULL, &model, &shop.predictors, log_odds), RETAIN_OK);
        for (size_t i = 0; i < MOST_ROWS; i++)
            assert_true(step == 0 || log_odds[i] >= before[i] - 1e-12);
        memcpy(before, log_odds, sizeof before);
    }
}

static void chooses_the_number_of_trees_on_customers_held_out(void **state)
{
    static world shop;
    const retain_boosting_options few = {.struct_size = sizeof few, .rounds = 5, .folds = 4, .customer = shop.customer};
    retain_boosting_options many = few;
    retain_boosting_report report = {.struct_size = sizeof report};
    retain_boosting model, again;

    (void)state;
    make_shop(&shop, MOST_ROWS, 5);
    model = fit(&shop, NULL, &few, nodes, &report);
    assert_int_equal(report.at_most, 1); /* five trees are too few for this shop */
    assert_int_equal(model.trees, 5);
    many.rounds = 1000;
    model = fit(&shop, NULL, &many, nodes, &report);
    assert_int_equal(report.at_most, 0);
    assert_int_equal(report.trees, model.trees);
    assert_int_equal(report.nodes, model.nodes);
    assert_in_range(model.trees, 15, 200);
    assert_near(report.held_out, MOST_ROWS, 0.0);
    assert_true(report.log_loss < report.held_out_log_loss && report.held_out_log_loss < report.base_log_loss);
    many = (retain_boosting_options){.struct_size = sizeof many, .rounds = model.trees};
    again = fit(&shop, NULL, &many, other_nodes, NULL);
    assert_same(&model, &again); /* so many trees, grown on all */
    many = (retain_boosting_options){.struct_size = sizeof many, .rounds = 100, .folds = 10, .turns = 1, .seed = 7};
    model = fit(&shop, NULL, &many, nodes, &report);
    assert_in_range((size_t)report.held_out, MOST_ROWS / 13, MOST_ROWS / 8);
}

static void grows_no_tree_from_noise(void **state)
{
    static world shop;
    const retain_boosting_options options = {.struct_size = sizeof options, .rounds = 60, .folds = 3};
    retain_boosting_report report = {.struct_size = sizeof report};
    uint64_t stream = 9;
    double probability[1];
    retain_boosting model;

    (void)state;
    make_shop(&shop, MOST_ROWS, 6);
    for (size_t i = 0; i < MOST_ROWS; i++)
        shop.outcome[i] = random_bits(&stream) % 4 == 0;
    model = fit(&shop, NULL, &options, nodes, &report);
    assert_in_range(model.trees, 0, 3);
    model = (retain_boosting){.columns = COLUMNS, .base = 0.0}; /* a model without trees is one */
    shop.predictors.count = 1;
    assert_int_equal(retain_boosting_probability(NULL, &model, &shop.predictors, probability), RETAIN_OK);
    assert_near(probability[0], 0.5, 0.0);
}

static void shows_the_shape_of_a_column(void **state)
{
    static world shop;
    const double grid[5] = {0.0, 5.0, 10.0, (double)NAN, -1e100};
    double log_odds[5], probability[5], low[5], high[5], mean[COLUMNS], down[COLUMNS], up[COLUMNS], gain[COLUMNS], total = 0.0;
    static double all[MOST_ROWS];
    retain_boosting model;

    (void)state;
    make_shop(&shop, MOST_ROWS, 7);
    model = fit(&shop, NULL, NULL, nodes, NULL);
    assert_int_equal(
        retain_boosting_dependence(NULL, &model, &shop.predictors, shop.weight, 0.9, 0, grid, 5, log_odds, probability, low, high),
        RETAIN_OK);
    assert_true(probability[0] > probability[1] + 0.2 && probability[2] > probability[1] + 0.2); /* it bends */
    assert_near(log_odds[4], log_odds[0], 0.0);
    for (size_t v = 0; v < 5; v++) {
        double sum = 0.0, n = 0.0;

        assert_true(low[v] < probability[v] && probability[v] < high[v]);
        for (size_t i = 0; i < MOST_ROWS; i++)
            shop.x[i] = grid[v];
        assert_int_equal(retain_boosting_probability(NULL, &model, &shop.predictors, all), RETAIN_OK);
        for (size_t i = 0; i < MOST_ROWS; i++) {
            sum += shop.weight[i] * all[i];
            n += shop.weight[i];
        }
        assert_near(probability[v], sum / n, 1e-12);
    }
    make_shop(&shop, MOST_ROWS, 7);
    assert_int_equal(retain_boosting_importance(NULL, &model, &shop.predictors, NULL, 0.0, mean, down, up, gain), RETAIN_OK);
    assert_true(mean[0] > mean[1] && mean[1] > 0.0 && mean[2] > 0.0);
    for (size_t j = 0; j < COLUMNS; j++)
        assert_true(down[j] < mean[j] && mean[j] < up[j]);
    for (size_t i = 0; i < model.nodes; i++)
        total += model.node[i].gain;
    assert_near(gain[0] + gain[1] + gain[2], total, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_the_trees_that_trying_every_split_finds),
        cmocka_unit_test(gives_the_same_bits_for_any_threads_and_any_order_of_rows),
        cmocka_unit_test(counts_a_customer_of_weight_three_as_three),
        cmocka_unit_test(adds_contributions_up_to_the_log_odds),
        cmocka_unit_test(never_falls_where_it_may_only_rise),
        cmocka_unit_test(chooses_the_number_of_trees_on_customers_held_out),
        cmocka_unit_test(grows_no_tree_from_noise),
        cmocka_unit_test(shows_the_shape_of_a_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
