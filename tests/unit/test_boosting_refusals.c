/* Boosted trees refuse what they cannot learn from, and models that are none, before anything is walked or written. */
#include "retain/boosting.h"

#include "support.h"

enum { ROWS = 400, COLUMNS = 2, MOST_NODES = 4000 };

typedef struct world {
    double x[COLUMNS * ROWS], weight[ROWS];
    uint8_t outcome[ROWS];
    int64_t customer[ROWS];
    const double *column[RETAIN_PREDICTORS_MOST + 1];
    retain_predictors predictors;
    retain_boosting_node node[MOST_NODES];
    retain_boosting model;
    retain_boosting_report report;
    retain_boosting_options options;
} world;

static void make_world(world *of)
{
    uint64_t stream = 11;

    memset(of, 0, sizeof *of);
    for (size_t i = 0; i < ROWS; i++) {
        of->x[i] = (double)(random_bits(&stream) % 50);
        of->x[ROWS + i] = random_bits(&stream) % 5 == 0 ? (double)NAN : (double)(random_bits(&stream) % 7);
        of->weight[i] = 1.0;
        of->outcome[i] = random_bits(&stream) % 60 < (uint64_t)of->x[i];
        of->customer[i] = (int64_t)i / 2;
    }
    of->column[0] = of->x;
    of->column[1] = of->x + ROWS;
    of->predictors = (retain_predictors){ROWS, COLUMNS, of->column, 1};
    of->report = (retain_boosting_report){.struct_size = sizeof of->report};
    of->options = (retain_boosting_options){.struct_size = sizeof of->options, .rounds = 20};
}

static retain_status fit(retain_context *context, world *of)
{
    return retain_boosting_fit(context, &of->predictors, of->outcome, of->weight, &of->options, of->node, MOST_NODES, &of->model,
                               &of->report);
}

static void assert_refused(world *of, retain_status status, size_t row, const char *sentence)
{
    retain_context context = RETAIN_CONTEXT_INIT;
    const retain_boosting model = of->model;

    assert_int_equal(fit(&context, of), status);
    if (!strstr(context.error, sentence))
        fail_msg("'%s' is not in '%s'", sentence, context.error);
    assert_int_equal(context.row, row);
    assert_memory_equal(&of->model, &model, sizeof model);
}

static void refuses_options_that_are_none(void **state)
{
    static world of;
    static const int8_t monotone[COLUMNS] = {0, 2};

    (void)state;
#define TRY(field, value, sentence) \
    make_world(&of);                \
    of.options.field = value;       \
    assert_refused(&of, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, sentence)
    TRY(struct_size, 8, "options.struct_size is 8");
    TRY(rounds, 10001, "options.rounds is 10001; it must be 1 to 10000");
    TRY(depth, 9, "options.depth is 9; it must be 1 to 8");
    TRY(learning_rate, 1.5, "options.learning_rate is 1.5");
    TRY(learning_rate, -0.1, "options.learning_rate is -0.1");
    TRY(learning_rate, (double)NAN, "options.learning_rate is NaN");
    TRY(l2, -1.0, "options.l2 is -1");
    TRY(l2, 1e7, "options.l2 is 1e7");
    TRY(leaf_customers, -1.0, "options.leaf_customers is -1");
    TRY(leaf_hessian, (double)INFINITY, "options.leaf_hessian is infinity");
    TRY(each_outcome, -1.0, "options.each_outcome is -1");
    TRY(bins, 1, "options.bins is 1; it must be 2 to 255");
    TRY(bins, 256, "options.bins is 256");
    TRY(folds, 1, "options.folds is 1; it must be 2 to 20");
    TRY(folds, 21, "options.folds is 21");
    TRY(turns, 1, "options.turns is 1; it must be 0 to 0");
    TRY(monotone, monotone, "options.monotone[1] is 2; it must be -1, 0 or 1");
#undef TRY
}

static void refuses_rows_that_break_a_rule(void **state)
{
    static world of;
    retain_context context = RETAIN_CONTEXT_INIT;

    (void)state;
    make_world(&of);
    of.x[7] = (double)INFINITY;
    assert_refused(&of, RETAIN_ERROR_DATA, 7, "predictors.column[0][7] is infinity");
    make_world(&of);
    of.outcome[3] = 2;
    assert_refused(&of, RETAIN_ERROR_DATA, 3, "outcome[3] is 2; it must be 0 or 1");
    make_world(&of);
    of.weight[5] = -1.0;
    assert_refused(&of, RETAIN_ERROR_DATA, 5, "weight[5] is -1");
    make_world(&of);
    of.predictors.columns = 0;
    assert_refused(&of, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is 0");
    make_world(&of);
    of.predictors.columns = RETAIN_PREDICTORS_MOST + 1;
    assert_refused(&of, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is 257");
    make_world(&of);
    of.predictors.count = RETAIN_BOOSTING_ROWS + 1;
    assert_refused(&of, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "predictors.count is 268435457; it must be at most 268435456: take a sample");
    make_world(&of);
    of.report.struct_size = 1;
    assert_refused(&of, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "report.struct_size is 1");
    make_world(&of);
    assert_int_equal(retain_boosting_fit(&context, NULL, of.outcome, NULL, NULL, of.node, MOST_NODES, &of.model, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_fit(&context, &of.predictors, NULL, NULL, NULL, of.node, MOST_NODES, &of.model, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_fit(&context, &of.predictors, of.outcome, NULL, NULL, NULL, 5, &of.model, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_fit(&context, &of.predictors, of.outcome, NULL, NULL, of.node, 5, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static void refuses_to_learn_from_one_outcome_or_from_a_handful(void **state)
{
    static world of;

    (void)state;
    make_world(&of);
    memset(of.outcome, 1, sizeof of.outcome);
    assert_refused(&of, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "outcome is 1 for all 400 customers");
    memset(of.outcome, 0, sizeof of.outcome);
    assert_refused(&of, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "outcome is 0 for all 400 customers");
    of.outcome[0] = of.outcome[9] = 1;
    assert_refused(
        &of, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
        "outcome is 1 for 2 customers and 0 for 398; trees need at least 20 of each: with so few, use logistic regression");
    of.options.each_outcome = 1.0;
    of.options.folds = 2;
    for (size_t i = 0; i < ROWS; i++)
        of.customer[i] = of.outcome[i];
    of.options.customer = of.customer;
    of.options.seed = 3; /* either both outcomes are in one part, or each is in one of its own */
    assert_refused(&of, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "parts");
    make_world(&of);
    memset(of.customer, 0, sizeof of.customer); /* one customer, who is not in the part held out */
    of.options.customer = of.customer;
    of.options.folds = 20;
    of.options.turns = 1;
    assert_refused(&of, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "none of the 1 parts held out has a customer in it");
    make_world(&of);
    of.predictors.count = 0;
    assert_refused(&of, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "0 customers");
}

static void says_how_much_room_it_needs(void **state)
{
    static world of;
    retain_context context = RETAIN_CONTEXT_INIT;
    const retain_boosting_node nothing = {0};
    size_t needed;

    (void)state;
    make_world(&of);
    assert_int_equal(retain_boosting_fit(&context, &of.predictors, of.outcome, NULL, &of.options, NULL, 0, &of.model, NULL),
                     RETAIN_ERROR_CAPACITY);
    needed = of.model.nodes;
    assert_int_equal(
        retain_boosting_fit(&context, &of.predictors, of.outcome, NULL, &of.options, of.node, needed - 1, &of.model, NULL),
        RETAIN_ERROR_CAPACITY);
    assert_memory_equal(of.node, &nothing, sizeof nothing);
    assert_int_equal(retain_boosting_fit(&context, &of.predictors, of.outcome, NULL, &of.options, of.node, needed, &of.model, NULL),
                     RETAIN_OK);
    assert_int_equal(of.model.nodes, needed);
}

static void learns_from_columns_of_every_kind(void **state)
{
    static world of;

    (void)state;
    make_world(&of);
    for (size_t i = 0; i < ROWS; i++)
        of.x[i] = 7.0; /* constant, and then missing throughout */
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    for (size_t i = 0; i < ROWS; i++)
        of.x[i] = (double)NAN;
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    for (size_t i = 0; i < ROWS; i++)
        of.x[ROWS + i] = (double)NAN;
    assert_int_equal(fit(NULL, &of), RETAIN_OK); /* nothing to look at: leaves only */
    assert_int_equal(of.model.nodes, 20);
    for (size_t i = 0; i < ROWS; i++)
        of.x[i] = of.outcome[i] ? 1e100 : i % 2 ? -1e100 : 1e-300;
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    assert_int_equal(of.model.node[0].column, 0);
    assert_near(of.model.node[0].threshold, 5e99, 1e87);
    for (size_t i = 0; i < ROWS; i++)
        of.x[i] = of.outcome[i] ? 1.0 : (double)NAN; /* that it is missing is all that it says */
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    assert_near(of.model.node[0].threshold, 1e100, 0.0);
    assert_int_equal(of.model.node[0].missing_left, 0);
    for (size_t i = 0; i < ROWS; i++)
        of.x[i] = of.outcome[i] ? nextafter(1.0, 2.0) : 1.0; /* no number lies between */
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    assert_near(of.model.node[0].threshold, 1.0, 0.0);
    of.options.leaf_hessian = 60.0; /* of 100 in all: no two leaves can have so much */
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    assert_int_equal(of.model.nodes, 20);
    make_world(&of);
    for (size_t j = 0; j < RETAIN_PREDICTORS_MOST; j++)
        of.column[j] = of.x + (j % 2 ? ROWS : 0);
    of.predictors.columns = RETAIN_PREDICTORS_MOST;
    of.options.depth = RETAIN_BOOSTING_DEPTH;
    of.options.leaf_customers = 1e-3;
    of.options.l2 = 1e-300;
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    for (size_t i = 0; i < of.model.nodes; i++)
        assert_true(of.model.node[i].column < 2); /* of columns that say the same the first is taken */
    for (size_t i = 0; i < ROWS; i++)
        of.weight[i] = i % 3 ? 1e100 : 1e-100;
    of.options.leaf_customers = 1e50;
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
}

/* --- models ------------------------------------------------------------------------------------------------------------------------ */

static void assert_no_model(const retain_boosting *model, const char *sentence)
{
    static const double x[2] = {1.0, (double)NAN}, *const column[1] = {x};
    static const double *const two_columns[2] = {x, x};
    const retain_predictors rows = {2, model->columns == 2 ? 2 : 1, model->columns == 2 ? two_columns : column, 1};
    retain_context context = RETAIN_CONTEXT_INIT;
    double out[4] = {7.0, 7.0, 7.0, 7.0};

    assert_int_equal(retain_boosting_check(&context, model), RETAIN_ERROR_ARGUMENT);
    if (!strstr(context.error, sentence))
        fail_msg("'%s' is not in '%s'", sentence, context.error);
    assert_int_equal(retain_boosting_log_odds(&context, model, &rows, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_probability(&context, model, &rows, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_reasons(&context, model, &rows, 1, RETAIN_REASONS_EITHER, out, out, NULL, out, out),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_importance(&context, model, &rows, NULL, 0.0, out, out, out, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_dependence(&context, model, &rows, NULL, 0.0, 0, x, 2, out, out, out, out),
                     RETAIN_ERROR_ARGUMENT);
    assert_near(out[0] + out[1] + out[2] + out[3], 28.0, 0.0);
}

static void refuses_models_that_are_none(void **state)
{
    const retain_boosting_node leaf = {0.0, 0.5, 9.0, 0.0, RETAIN_BOOSTING_LEAF, 0}, split = {3.0, 0.0, 0.0, 1.0, 0, 1};
    retain_boosting_node node[2 * RETAIN_BOOSTING_DEPTH + 4];
    retain_boosting model;

    (void)state;
#define TRY(change, sentence)                                 \
    node[0] = split;                                          \
    node[1] = node[2] = node[3] = leaf;                       \
    model = (retain_boosting){2, 2, 4, node, 0.25};           \
    assert_int_equal(retain_boosting_check(NULL, &model), 0); \
    change;                                                   \
    assert_no_model(&model, sentence)
    TRY(model.columns = 0, "model.columns is 0");
    TRY(model.columns = 257, "model.columns is 257");
    TRY(model.trees = 10001, "model.trees is 10001");
    TRY(model.trees = 3, "tree 2 of 3 is not complete");
    TRY(model.trees = 1, "model.node[3] is left over: 1 trees are complete before it");
    TRY(model.nodes = 1, "model.nodes is 1, which 2 trees cannot have");
    TRY(model.nodes = 1 << 20, "model.nodes is 1048576, which 2 trees cannot have");
    TRY(model.node = NULL, "model.node");
    TRY(model.base = (double)NAN, "model.base is NaN");
    TRY(model.base = 1e101, "model.base is 1e101");
    TRY(node[0].column = 2, "model.node[0].column is 2; it must be one of 2 columns, or -1 for a leaf");
    TRY(node[0].column = -2, "model.node[0].column is -2");
    TRY(node[0].column = INT32_MIN, "model.node[0].column is -2147483648");
    TRY(node[0].threshold = (double)NAN, "model.node[0].threshold is NaN");
    TRY(node[0].threshold = -(double)INFINITY, "model.node[0].threshold is -infinity");
    TRY(node[0].missing_left = 2, "model.node[0].missing_left is 2");
    TRY(node[1].value = (double)NAN, "model.node[1].value is NaN");
    TRY(node[1].cover = 0.0, "model.node[1].cover is 0");
    TRY(node[1].cover = (double)NAN, "model.node[1].cover is NaN");
    TRY(node[1].cover = 1e-20, "a branch of model.node[0] covers 1e-20 customers of 9");
    TRY(node[3] = split, "tree 1 of 2 is not complete");
    TRY(node[0] = leaf, "model.node[2] is left over");
#undef TRY
    for (size_t i = 0; i < RETAIN_BOOSTING_DEPTH; i++)
        node[i] = split;
    for (size_t i = RETAIN_BOOSTING_DEPTH; i <= 2 * RETAIN_BOOSTING_DEPTH; i++)
        node[i] = leaf;
    model = (retain_boosting){2, 1, 2 * RETAIN_BOOSTING_DEPTH + 1, node, 0.0};
    assert_int_equal(retain_boosting_check(NULL, &model), RETAIN_OK); /* as deep as a tree may be */
    node[RETAIN_BOOSTING_DEPTH] = split;
    node[2 * RETAIN_BOOSTING_DEPTH + 1] = node[2 * RETAIN_BOOSTING_DEPTH + 2] = leaf;
    model.nodes += 2;
    assert_no_model(&model, "model.node[8] is a split below 8 others");
    assert_int_equal(retain_boosting_check(NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

static void refuses_questions_that_are_none(void **state)
{
    static world of;
    retain_context context = RETAIN_CONTEXT_INIT;
    const double grid[1] = {(double)INFINITY};
    static double out[COLUMNS * ROWS];

    (void)state;
    make_world(&of);
    assert_int_equal(fit(NULL, &of), RETAIN_OK);
    assert_int_equal(retain_boosting_probability(&context, &of.model, &of.predictors, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_probability(&context, &of.model, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(
        retain_boosting_reasons(&context, &of.model, &of.predictors, 3, RETAIN_REASONS_EITHER, NULL, NULL, NULL, NULL, NULL),
        RETAIN_ERROR_ARGUMENT);
    assert_int_equal(
        retain_boosting_reasons(&context, &of.model, &of.predictors, 1, (retain_direction)3, NULL, NULL, NULL, NULL, NULL),
        RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_importance(&context, &of.model, &of.predictors, NULL, 1.0, out, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_dependence(&context, &of.model, &of.predictors, NULL, 0.0, 2, grid, 1, out, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_dependence(&context, &of.model, &of.predictors, NULL, 0.0, 1, grid, 1, out, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_boosting_dependence(&context, &of.model, &of.predictors, NULL, 0.0, 1, NULL, 1, out, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    of.weight[0] = 0.0;
    assert_int_equal(retain_boosting_importance(&context, &of.model, &of.predictors, of.weight, 0.0, out, NULL, NULL, NULL),
                     RETAIN_OK);
    of.weight[0] = -1.0;
    assert_int_equal(retain_boosting_importance(&context, &of.model, &of.predictors, of.weight, 0.0, out, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    context.struct_size = 1;
    assert_int_equal(retain_boosting_check(&context, &of.model), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(fit(&context, &of), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_probability(&context, &of.model, &of.predictors, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_boosting_dependence(&context, &of.model, &of.predictors, NULL, 0.0, 1, NULL, 0, out, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    context.struct_size = sizeof context;
    of.predictors.columns = 1;
    assert_int_equal(retain_boosting_probability(&context, &of.model, &of.predictors, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(context.error, "predictors.columns is 1; the model reads 2");
    of.predictors.columns = 2;
    of.predictors.count = 0;
    assert_int_equal(retain_boosting_importance(&context, &of.model, &of.predictors, NULL, 0.0, out, out + 2, out + 4, NULL),
                     RETAIN_OK);
    assert_nan(out[0]);
    assert_nan(out[2]);
    assert_int_equal(retain_boosting_dependence(&context, &of.model, &of.predictors, NULL, 0.0, 1, grid, 0, out, NULL, NULL, NULL),
                     RETAIN_OK);
}

/* --- memory and patience ------------------------------------------------------------------------------------------------------------ */

static retain_status run_all(retain_context *context, void *state)
{
    static double out[COLUMNS * ROWS];
    world *of = state;
    retain_status status;

    of->options.folds = 3;
    of->options.customer = of->customer;
    if ((status = fit(context, of)) == RETAIN_OK && (status = retain_boosting_check(context, &of->model)) == RETAIN_OK &&
        (status = retain_boosting_probability(context, &of->model, &of->predictors, out)) == RETAIN_OK &&
        (status = retain_boosting_reasons(context, &of->model, &of->predictors, 1, RETAIN_REASONS_EITHER, NULL, out, NULL, NULL,
                                          NULL)) == RETAIN_OK &&
        (status = retain_boosting_importance(context, &of->model, &of->predictors, NULL, 0.0, out, NULL, NULL, NULL)) == RETAIN_OK)
        status = retain_boosting_dependence(context, &of->model, &of->predictors, NULL, 0.0, 0, out, 2, out, NULL, NULL, NULL);
    return status;
}

static void survives_running_out_of_memory(void **state)
{
    static world of;

    (void)state;
    make_world(&of);
    survives_memory_exhaustion(run_all, NULL, &of);
}

typedef struct patience {
    int left;
    double last;
} patience;

static int lose_patience(void *user, double fraction)
{
    patience *of = user;

    assert_true(fraction >= of->last - 1e-12 && fraction <= 1.0 + 1e-12);
    of->last = fraction;
    return of->left-- == 0;
}

static void can_be_cancelled_at_any_time(void **state)
{
    static world of;

    (void)state;
    make_world(&of);
    of.options.folds = 3;
    for (int after = 0; after < 2000; after = 2 * after + 1) {
        patience own = {after, 0.0};
        retain_context context = RETAIN_CONTEXT_INIT;
        retain_status status;

        context.progress = lose_patience;
        context.progress_user = &own;
        status = fit(&context, &of);
        assert_true(status == (own.left < 0 ? RETAIN_ERROR_CANCELLED : RETAIN_OK));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_options_that_are_none),
        cmocka_unit_test(refuses_rows_that_break_a_rule),
        cmocka_unit_test(refuses_to_learn_from_one_outcome_or_from_a_handful),
        cmocka_unit_test(says_how_much_room_it_needs),
        cmocka_unit_test(learns_from_columns_of_every_kind),
        cmocka_unit_test(refuses_models_that_are_none),
        cmocka_unit_test(refuses_questions_that_are_none),
        cmocka_unit_test(survives_running_out_of_memory),
        cmocka_unit_test(can_be_cancelled_at_any_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
