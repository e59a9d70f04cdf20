/* Covariates that change with time: golden values by brute force, the model without them as a special case, derivatives. */
#include "histories.h"
#include "models.h"
#include "models/btyd_dynamic.h"

/* --- what others computed ------------------------------------------------------------------------------------------------- */

static void check_value(const golden *table, size_t row, const char *name, double got)
{
    double want = golden_number(table, row, name);

    assert_near(got, want, got == want ? 0.0 : 1e-11 * (1.0 + fabs(want)));
}

static void likelihoods_and_forecasts_are_those_of_brute_force(void **state)
{
    golden table = golden_read("btyd/dynamic.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double value, t = golden_number(&table, row, "t"), edges[2];
        one_history of;

        read_history(&table, row, &of);
        assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &of.model, &of.view, &value, NULL), RETAIN_OK);
        check_value(&table, row, "log_likelihood", value);
        assert_int_equal(retain_btyd_dynamic_alive(NULL, &of.model, &of.view, edges, &value), RETAIN_OK);
        check_value(&table, row, "log_odds_dead", value);
        assert_near(edges[0], 1.0 / (1.0 + exp(value)), 1e-14);
        assert_int_equal(retain_btyd_dynamic_orders(NULL, &of.model, &of.view, t, &value), RETAIN_OK);
        check_value(&table, row, "orders", value);
        assert_int_equal(retain_btyd_dynamic_silence(NULL, &of.model, &of.view, t, &value), RETAIN_OK);
        check_value(&table, row, "silence", value);
        edges[0] = of.start;
        edges[1] = of.end + 7.0 * t;
        assert_int_equal(retain_btyd_dynamic_tracking(NULL, &of.model, &of.view, edges, 1, &value), RETAIN_OK);
        check_value(&table, row, "expected", value);
    }
    golden_free(&table);
}

/* --- special cases -------------------------------------------------------------------------------------------------------- */

static void covariates_that_never_change_give_the_static_model(void **state)
{
    enum { COUNT = 300 };
    double got[COUNT], want[COUNT], got_gradient[COUNT * 6], want_gradient[COUNT * 6], *z = calloc(COUNT, sizeof(double));
    retain_btyd model = usual;
    const double *column[] = {z};
    static_columns as;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 0, 1, 11);
    as = summarise_shop(&of);
    model.covariates = 1;
    model.purchase[0] = 0.4;
    model.lifetime[0] = -0.6;
    for (size_t i = 0; i < COUNT; i++) {
        z[i] = (double)(i % 7) / 3.0;
        for (int64_t k = of.piece[i]; k < of.piece[i + 1]; k++)
            of.own[k] = z[i];
    }
    as.view.covariate_count = 1;
    as.view.covariates = column;
    assert_int_equal(retain_btyd_likelihood(NULL, &model, &as.view, want, want_gradient), RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &model, &of.view, got, got_gradient), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++)
        assert_near(got[i], want[i], 1e-11 * (1.0 + fabs(want[i])));
    for (size_t i = 0; i < COUNT * 6; i++)
        assert_near(got_gradient[i], want_gradient[i], 1e-10 * (1.0 + fabs(want_gradient[i])));
    retain_btyd_alive(NULL, &model, &as.view, want, want_gradient);
    assert_int_equal(retain_btyd_dynamic_alive(NULL, &model, &of.view, got, got_gradient), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_near(got[i], want[i], 1e-12);
        assert_near(got_gradient[i], want_gradient[i], 1e-10 * (1.0 + fabs(want_gradient[i])));
    }
    retain_btyd_orders(NULL, &model, &as.view, 26.0, want);
    assert_int_equal(retain_btyd_dynamic_orders(NULL, &model, &of.view, 26.0, got), RETAIN_OK);
    retain_btyd_silence(NULL, &model, &as.view, 26.0, want_gradient);
    assert_int_equal(retain_btyd_dynamic_silence(NULL, &model, &of.view, 26.0, got_gradient), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_near(got[i], want[i], 1e-11 * (1.0 + want[i]));
        assert_near(got_gradient[i], want_gradient[i], 1e-11);
    }
    forget(&as);
    free(z);
    close_shop(&of);
}

static void without_covariates_the_fit_is_that_of_btyd(void **state)
{
    retain_fit_report got = RETAIN_FIT_REPORT_INIT, want = RETAIN_FIT_REPORT_INIT;
    retain_btyd model, plain;
    static_columns as;
    shop of;

    (void)state;
    open_shop(&of, usual, 1000, 0, 0, 12);
    as = summarise_shop(&of);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &as.view, NULL, &plain, &want), RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &got), RETAIN_OK);
    assert_memory_equal(got.estimate, want.estimate, sizeof got.estimate);
    assert_memory_equal(got.covariance, want.covariance, sizeof got.covariance);
    assert_near(model.beta, plain.beta, 0.0);
    forget(&as);
    close_shop(&of);
}

static void cutting_pieces_changes_nothing(void **state)
{
    double got[200], want[200], starts[2 * CHANGES], dummy[2 * CHANGES], number[2 * CHANGES];
    const double *cut[] = {dummy, number};
    shop of;

    (void)state;
    open_shop(&of, usual, 200, 2, 1, 13);
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &usual, &of.view, want, NULL), RETAIN_OK);
    for (size_t k = 0; k < 2 * CHANGES; k++) {
        starts[k] = of.calendar_start[k / 2] + (k % 2 ? 7.0 : 0.0);
        dummy[k] = of.dummy[k / 2];
        number[k] = of.number[k / 2];
    }
    of.view.calendar_pieces = 2 * CHANGES;
    of.view.calendar_start = starts;
    of.view.calendar = cut;
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &usual, &of.view, got, NULL), RETAIN_OK);
    assert_memory_equal(got, want, sizeof got);
    close_shop(&of);
}

/* A calendar column can be told as an own one of every customer: the walk is another, the likelihood the same. */
static void calendar_columns_are_own_columns_that_all_share(void **state)
{
    enum { COUNT = 60 };
    static double starts[COUNT * CHANGES], values[COUNT * CHANGES];
    double got[COUNT], want[COUNT], got_gradient[COUNT * 6], want_gradient[COUNT * 6];
    int64_t piece[COUNT + 1] = {0};
    const double *own[] = {values};
    retain_btyd model = usual;
    shop of;

    (void)state;
    model.lifetime[0] = 0.3;
    model.covariates = 1;
    open_shop(&of, model, COUNT, 1, 0, 14);
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &model, &of.view, want, want_gradient), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++) {
        piece[i + 1] = (int64_t)((i + 1) * CHANGES);
        memcpy(starts + i * CHANGES, of.calendar_start, sizeof of.calendar_start);
        memcpy(values + i * CHANGES, of.dummy, sizeof of.dummy);
    }
    of.view.calendar_columns = 0;
    of.view.own_columns = 1;
    of.view.own = own;
    of.view.piece = piece;
    of.view.piece_start = starts;
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &model, &of.view, got, got_gradient), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++)
        assert_near(got[i], want[i], 1e-11 * (1.0 + fabs(want[i])));
    for (size_t i = 0; i < COUNT * 6; i++)
        assert_near(got_gradient[i], want_gradient[i], 1e-10 * (1.0 + fabs(want_gradient[i])));
    close_shop(&of);
}

/* --- derivatives ---------------------------------------------------------------------------------------------------------- */

static void move(retain_btyd *model, size_t entry, double by)
{
    double *const parameters[] = {&model->r, &model->alpha, &model->s, &model->beta};

    if (entry < 4)
        *parameters[entry] *= exp(by);
    else if (entry < 4 + model->covariates)
        model->purchase[entry - 4] += by;
    else
        model->lifetime[entry - 4 - model->covariates] += by;
}

static void gradients_are_differences_of_likelihoods(void **state)
{
    enum { COUNT = 40 };
    const double step = 1e-4;
    double gradient[COUNT * 10], value[4][COUNT];
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 15);
    of.truth.lifetime[0] = -0.5;
    of.truth.lifetime[1] = 0.25;
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &of.truth, &of.view, value[0], gradient), RETAIN_OK);
    for (size_t entry = 0; entry < 10; entry++) {
        for (size_t k = 0; k < 4; k++) {
            static const double at[] = {-2.0, -1.0, 1.0, 2.0};
            retain_btyd moved = of.truth;

            move(&moved, entry, step * at[k]);
            assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &moved, &of.view, value[k], NULL), RETAIN_OK);
        }
        for (size_t i = 0; i < COUNT; i++)
            assert_near((value[0][i] - 8.0 * value[1][i] + 8.0 * value[2][i] - value[3][i]) / (12.0 * step),
                        gradient[i * 10 + entry], 1e-9 * (1.0 + fabs(value[0][i])));
    }
    close_shop(&of);
}

/* All that is found of a few customers, added up. */
typedef struct total {
    double gradient[RETAIN__DYNAMIC_ENTRIES], hessian[RETAIN__DYNAMIC_ENTRIES * RETAIN__DYNAMIC_ENTRIES];
    size_t entries;
} total;

static void add_up(void *state, const retain__dynamic_found *found)
{
    total *into = state;

    for (size_t i = 0; i < into->entries; i++) {
        into->gradient[i] += found->gradient[i];
        for (size_t j = i; j < into->entries; j++)
            into->hessian[i * into->entries + j] += found->hessian[i * into->entries + j];
    }
}

static total find_total(const shop *of, const retain_btyd *model)
{
    retain__scratch scratch = {NULL, NULL};
    retain__dynamic_rows rows;
    retain__dynamic dynamic;
    total sum = {.entries = 10};

    assert_int_equal(retain__dynamic_open(NULL, &scratch, model, &of->view, 2, &dynamic), RETAIN_OK);
    assert_int_equal(retain__dynamic_take_rows(&scratch, &of->view, &rows), RETAIN_OK);
    retain__dynamic_find(&dynamic, &rows, 0, rows.count, add_up, &sum);
    retain__release(&scratch);
    return sum;
}

static void the_hessian_is_differences_of_gradients(void **state)
{
    static const size_t entry_of[] = {0, 1, 4, 5, 6, 2, 3, 7, 8, 9}; /* of the entries that are found */
    const double step = 1e-4;
    total here;
    shop of;

    (void)state;
    open_shop(&of, usual, 40, 2, 1, 16);
    of.truth.lifetime[0] = -0.5;
    of.truth.lifetime[1] = 0.25;
    here = find_total(&of, &of.truth);
    for (size_t i = 0; i < 10; i++) {
        static const double at[] = {-2.0, -1.0, 1.0, 2.0};
        total there[4];

        for (size_t k = 0; k < 4; k++) {
            retain_btyd moved = of.truth;

            move(&moved, entry_of[i], step * at[k]);
            there[k] = find_total(&of, &moved);
        }
        for (size_t j = i; j < 10; j++)
            assert_near((there[0].gradient[j] - 8.0 * there[1].gradient[j] + 8.0 * there[2].gradient[j] - there[3].gradient[j]) /
                            (12.0 * step),
                        here.hessian[i * 10 + j], 1e-8 * (1.0 + fabs(here.hessian[i * 10 + j])));
    }
    close_shop(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihoods_and_forecasts_are_those_of_brute_force),
        cmocka_unit_test(covariates_that_never_change_give_the_static_model),
        cmocka_unit_test(without_covariates_the_fit_is_that_of_btyd),
        cmocka_unit_test(cutting_pieces_changes_nothing),
        cmocka_unit_test(calendar_columns_are_own_columns_that_all_share),
        cmocka_unit_test(gradients_are_differences_of_likelihoods),
        cmocka_unit_test(the_hessian_is_differences_of_gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
