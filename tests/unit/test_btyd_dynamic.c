/* Covariates that change with time: golden values by brute force, the model without them as a special case, derivatives, recovery of
 * what was drawn, refusals. */
#include "logs.h"
#include "models.h"
#include "models/btyd_dynamic.h"
#include "retain/btyd_dynamic.h"

enum { MOST = 4000, CHANGES = 48, OWN = 3 };

/* --- what others computed ------------------------------------------------------------------------------------------------- */

/* A golden customer: one calendar column, one own column. */
typedef struct one_history {
    double start, end, occasion[4], calendar_start[4], calendar[4], piece_start[3], own[3];
    int64_t first[2], piece[2];
    const double *columns[2];
    retain_btyd_histories view;
    retain_btyd model;
} one_history;

static double cell(const golden *table, size_t row, char letter, size_t number)
{
    const char name[] = {letter, (char)('0' + number), '\0'};

    return golden_number(table, row, name);
}

static void read_history(const golden *table, size_t row, one_history *of)
{
    memset(of, 0, sizeof *of);
    of->model = golden_model(table, row, RETAIN_BTYD_PARETO_NBD);
    of->model.covariates = 2;
    of->model.purchase[0] = golden_number(table, row, "pc");
    of->model.purchase[1] = golden_number(table, row, "po");
    of->model.lifetime[0] = golden_number(table, row, "lc");
    of->model.lifetime[1] = golden_number(table, row, "lo");
    of->start = golden_number(table, row, "start");
    of->end = golden_number(table, row, "end");
    for (size_t k = 0; k < 4; k++) {
        of->calendar_start[k] = cell(table, row, 'c', k);
        of->calendar[k] = cell(table, row, 'v', k);
        if (k < 3) {
            of->piece_start[k] = cell(table, row, 'o', k);
            of->own[k] = cell(table, row, 'w', k);
        }
        of->occasion[k] = cell(table, row, 't', k);
        of->first[1] += of->occasion[k] == of->occasion[k];
    }
    of->piece[1] = 3;
    of->columns[0] = of->calendar;
    of->columns[1] = of->own;
    of->view = (retain_btyd_histories){.count = 1,
                                       .start = &of->start,
                                       .end = &of->end,
                                       .first = of->first,
                                       .occasion = of->occasion,
                                       .unit_days = 7.0,
                                       .calendar_pieces = 4,
                                       .calendar_start = of->calendar_start,
                                       .calendar_columns = 1,
                                       .calendar = of->columns,
                                       .piece = of->piece,
                                       .piece_start = of->piece_start,
                                       .own_columns = 1,
                                       .own = of->columns + 1,
                                       .known_until = (double)INFINITY};
}

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

/* --- a shop --------------------------------------------------------------------------------------------------------------- */

/* Customers who come during two years, with two calendar columns (a dummy, and a number) and an own one. */
typedef struct shop {
    size_t count;
    double *start, *end, *occasion, *weight, *piece_start, *own;
    int64_t *first, *piece;
    double calendar_start[CHANGES], dummy[CHANGES], number[CHANGES];
    const double *calendar[2], *columns[1];
    retain_btyd_histories view;
    retain_btyd truth;
} shop;

static const retain_btyd usual = {.family = RETAIN_BTYD_PARETO_NBD,
                                  .unit_days = 7.0,
                                  .r = 0.8,
                                  .alpha = 6.0,
                                  .s = 0.7,
                                  .beta = 9.0,
                                  .covariates = 3,
                                  .purchase = {0.7, -0.2, 0.4},
                                  .lifetime = {0.0, 0.0, -0.6}};

static void open_shop(shop *of, retain_btyd truth, size_t count, size_t calendar_columns, size_t own_columns, uint64_t seed)
{
    size_t occasions = 0;
    uint64_t stream = seed;

    memset(of, 0, sizeof *of);
    of->count = count;
    of->truth = truth;
    of->start = calloc(count, sizeof(double));
    of->end = calloc(count, sizeof(double));
    of->weight = calloc(count, sizeof(double));
    of->first = calloc(count + 1, sizeof(int64_t));
    of->piece = calloc(count + 1, sizeof(int64_t));
    of->piece_start = calloc(OWN * count, sizeof(double));
    of->own = calloc(OWN * count, sizeof(double));
    for (size_t k = 0; k < CHANGES; k++) {
        of->calendar_start[k] = 13990.0 + 20.0 * (double)k;
        of->dummy[k] = k % 12 == 3 || k % 12 == 4;
        of->number[k] = (double)(random_bits(&stream) >> 44) / 524288.0 - 1.0;
    }
    for (size_t i = 0; i < count; i++) {
        of->start[i] = 14000.0 + (double)(random_bits(&stream) % 300);
        of->end[i] = 14700.0;
        of->weight[i] = (double)(random_bits(&stream) % 3);
        of->piece[i + 1] = of->piece[i] + 1 + (int64_t)(random_bits(&stream) % OWN);
        for (int64_t k = of->piece[i]; k < of->piece[i + 1]; k++) {
            of->piece_start[k] =
                k == of->piece[i] ? of->start[i] : of->piece_start[k - 1] + 1.0 + (double)(random_bits(&stream) % 300);
            of->own[k] = (double)((k - of->piece[i] + (int64_t)i) % 2);
        }
    }
    of->calendar[0] = of->dummy;
    of->calendar[1] = of->number;
    of->columns[0] = of->own;
    of->view = (retain_btyd_histories){.count = count,
                                       .start = of->start,
                                       .end = of->end,
                                       .first = of->first,
                                       .unit_days = 7.0,
                                       .calendar_pieces = CHANGES,
                                       .calendar_start = of->calendar_start,
                                       .calendar_columns = calendar_columns,
                                       .calendar = of->calendar,
                                       .piece = of->piece,
                                       .piece_start = of->piece_start,
                                       .own_columns = own_columns,
                                       .own = of->columns,
                                       .known_until = 15065.0};
    of->truth.covariates = calendar_columns + own_columns;
    assert_int_equal(retain_btyd_dynamic_simulate(NULL, &of->truth, &of->view, seed, of->first, NULL, 0, &occasions, NULL),
                     RETAIN_ERROR_CAPACITY);
    of->occasion = calloc(occasions + 1, sizeof(double));
    assert_int_equal(
        retain_btyd_dynamic_simulate(NULL, &of->truth, &of->view, seed, of->first, of->occasion, occasions, &occasions, NULL),
        RETAIN_OK);
    of->view.occasion = of->occasion;
}

static void close_shop(shop *of)
{
    void *const blocks[] = {of->start, of->end, of->weight, of->first, of->piece, of->piece_start, of->own, of->occasion};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

/* The same customers without their covariates. */
typedef struct static_columns {
    double *x, *t_x, *T;
    retain_customers view;
} static_columns;

static static_columns summarise(const shop *of)
{
    static_columns as = {
        calloc(of->count, sizeof(double)), calloc(of->count, sizeof(double)), calloc(of->count, sizeof(double)), {0}};

    for (size_t i = 0; i < of->count; i++) {
        int64_t last = of->first[i + 1];

        as.x[i] = (double)(last - of->first[i]);
        as.t_x[i] = as.x[i] > 0.0 ? (of->occasion[last - 1] - of->start[i]) / 7.0 : 0.0;
        as.T[i] = (of->end[i] - of->start[i]) / 7.0;
    }
    as.view = (retain_customers){.count = of->count, .frequency = as.x, .t_x = as.t_x, .T = as.T, .unit_days = 7.0};
    return as;
}

static void forget(static_columns *as)
{
    free(as->x);
    free(as->t_x);
    free(as->T);
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
    as = summarise(&of);
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
    as = summarise(&of);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &as.view, NULL, &plain, &want), RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &got), RETAIN_OK);
    assert_memory_equal(&got, &want, sizeof got);
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

/* --- fits ----------------------------------------------------------------------------------------------------------------- */

static void a_fit_recovers_what_was_drawn(void **state)
{
    static const uint8_t lifetime[] = {0, 0, 1};
    const retain_fit_options options = {.struct_size = sizeof options, .lifetime = lifetime};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, plain = RETAIN_FIT_REPORT_INIT, other = RETAIN_FIT_REPORT_INIT;
    retain_context two = RETAIN_CONTEXT_INIT;
    retain_btyd model, again;
    static_columns as;
    double statistic, p_value;
    size_t degrees;
    shop of;

    (void)state;
    open_shop(&of, usual, MOST, 2, 1, 17);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report), RETAIN_OK);
    for (size_t i = 0; i < report.parameters; i++) {
        retain_btyd truth = usual;
        double want = i < 4   ? (const double[]){truth.r, truth.alpha, truth.s, truth.beta}[i]
                      : i < 7 ? truth.purchase[i - 4]
                              : truth.lifetime[i - 7];

        assert_near(report.estimate[i], want, 3.0 * report.standard_error[i]);
        if (i < 4)
            assert_true(report.standard_error[i] > 0.0);
    }
    assert_near(model.purchase[0], report.estimate[4], 0.0);

    as = summarise(&of);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &as.view, NULL, &again, &plain), RETAIN_OK);
    assert_true(report.log_likelihood > plain.log_likelihood);
    assert_int_equal(retain_fit_likelihood_ratio(NULL, &plain, &report, &statistic, &degrees, &p_value), RETAIN_OK);
    assert_int_equal(degrees, 4);
    assert_near(statistic, 2.0 * (report.log_likelihood - plain.log_likelihood), 1e-6);
    assert_true(p_value < 1e-10);

    two.threads = 2;
    assert_int_equal(retain_btyd_dynamic_fit(&two, &of.view, &options, &again, &other), RETAIN_OK);
    assert_memory_equal(&model, &again, sizeof model);
    assert_memory_equal(&report, &other, sizeof report);
    forget(&as);
    close_shop(&of);
}

static void a_fit_ends_where_the_likelihood_of_its_model_is(void **state)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double sum = 0.0, slope[10] = {0.0}, *value, *gradient;
    retain_btyd model;
    shop of;

    (void)state;
    open_shop(&of, usual, 1500, 2, 1, 18);
    of.view.weight = of.weight;
    value = calloc(of.count, sizeof *value);
    gradient = calloc(of.count, 10 * sizeof *gradient);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &model, &of.view, value, gradient), RETAIN_OK);
    for (size_t i = 0; i < of.count; i++) {
        sum += of.weight[i] * value[i];
        for (size_t k = 0; k < 10; k++)
            slope[k] += of.weight[i] * gradient[i * 10 + k];
    }
    assert_near(sum, report.log_likelihood, 1e-8 * fabs(sum));
    for (size_t k = 0; k < 10; k++)
        assert_near(slope[k], 0.0, 1e-4);
    free(value);
    free(gradient);
    close_shop(&of);
}

static void a_weight_is_so_many_customers_in_any_order(void **state)
{
    enum { HALF = 700 };
    static const uint8_t none[] = {0, 0};
    const retain_fit_options options = {.struct_size = sizeof options, .lifetime = none};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, other = RETAIN_FIT_REPORT_INIT;
    static double start[2 * HALF], end[2 * HALF];
    static int64_t first[2 * HALF + 1];
    double *occasion;
    retain_btyd model, again;
    shop of;

    (void)state;
    open_shop(&of, usual, HALF, 2, 0, 19);
    occasion = calloc((size_t)of.first[HALF] * 2 + 1, sizeof *occasion);
    for (size_t i = 0; i < 2 * HALF; i++) { /* the last customer first, each twice */
        size_t from = HALF - 1 - i % HALF, many = (size_t)(of.first[from + 1] - of.first[from]);

        start[i] = of.start[from];
        end[i] = of.end[from];
        first[i + 1] = first[i] + (int64_t)many;
        if (many)
            memcpy(occasion + first[i], of.occasion + of.first[from], many * sizeof *occasion);
        of.weight[from] = 2.0;
    }
    of.view.weight = of.weight;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report), RETAIN_OK);
    of.view.count = 2 * HALF;
    of.view.start = start;
    of.view.end = end;
    of.view.first = first;
    of.view.occasion = occasion;
    of.view.weight = NULL;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &again, &other), RETAIN_OK);
    assert_memory_equal(&model, &again, sizeof model);
    assert_near(other.customers, report.customers, 0.0);
    free(occasion);
    close_shop(&of);
}

static void columns_that_tell_nothing_are_named(void **state)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    shop of;

    (void)state;
    open_shop(&of, usual, 600, 2, 0, 20);
    for (size_t k = 0; k < CHANGES; k++)
        of.number[k] = 3.0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_non_null(strstr(report.explanation, "covariates[1] is the same at all times"));
    for (size_t k = 0; k < CHANGES; k++)
        of.number[k] = 2.0 * of.dummy[k] - 1.0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_non_null(strstr(report.explanation, "covariates[0], [1] follows from the others"));
    for (size_t i = 0; i <= of.count; i++)
        of.first[i] = 0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_nan(model.alpha);
    close_shop(&of);
}

static void priors_and_held_values_are_kept(void **state)
{
    double fixed[8];
    const uint8_t equal[] = {1, 0};
    retain_fit_options options = {
        .struct_size = sizeof options, .prior_sd = 1.5, .coefficient_sd = 0.5, .fixed = fixed, .equal = equal};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    shop of;

    (void)state;
    for (size_t i = 0; i < 8; i++)
        fixed[i] = (double)NAN;
    fixed[3] = 9.0;
    fixed[5] = -0.2;
    open_shop(&of, usual, 60, 2, 0, 21);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report), RETAIN_OK);
    assert_near(model.beta, 9.0, 0.0);
    assert_near(model.purchase[1], -0.2, 0.0);
    assert_near(model.purchase[0], model.lifetime[0], 0.0);
    assert_true(report.has_prior && report.objective < report.log_likelihood);
    close_shop(&of);
}

/* --- forecasts ------------------------------------------------------------------------------------------------------------ */

static void simulated_customers_do_what_is_expected(void **state)
{
    double edges[7], expected[6], seen[6] = {0.0}, mean[6] = {0.0}, alive = 0.0, *drawn, *probability;
    shop of;

    (void)state;
    open_shop(&of, usual, MOST, 2, 1, 22);
    drawn = calloc(of.count, sizeof *drawn);
    probability = calloc(of.count, sizeof *probability);
    for (size_t k = 0; k < 7; k++)
        edges[k] = 14000.0 + 700.0 / 6.0 * (double)k;
    assert_int_equal(retain_btyd_dynamic_tracking(NULL, &usual, &of.view, edges, 6, expected), RETAIN_OK);
    for (int64_t j = 0; j < of.first[of.count]; j++) {
        for (size_t k = 0; k < 6; k++)
            seen[k] += of.occasion[j] >= edges[k] && of.occasion[j] < edges[k + 1];
    }
    for (size_t k = 0; k < 6; k++) {
        mean[k] = expected[k];
        assert_near(seen[k], mean[k], 6.0 * sqrt(6.0 * mean[k])); /* customers differ: counts vary by more than chance */
    }
    assert_int_equal(retain_btyd_dynamic_simulate(NULL, &usual, &of.view, 22, of.first, of.occasion, (size_t)of.first[of.count],
                                                  &(size_t){0}, drawn),
                     RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_alive(NULL, &usual, &of.view, probability, NULL), RETAIN_OK);
    for (size_t i = 0; i < of.count; i++)
        alive += drawn[i] - probability[i];
    assert_near(alive, 0.0, 3.0 * sqrt((double)of.count) / 2.0);
    free(drawn);
    free(probability);
    close_shop(&of);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static retain_status try(shop *of, const char *sentence)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double orders[8] = {-7.0, -7.0, -7.0, -7.0, -7.0, -7.0, -7.0, -7.0};
    retain_status status = retain_btyd_dynamic_orders(&ctx, &usual, &of->view, 2.0, orders);

    if (!strstr(ctx.error, sentence))
        print_message("%s\n", ctx.error);
    assert_non_null(strstr(ctx.error, sentence));
    assert_near(orders[0], -7.0, 0.0);
    return status;
}

static void bad_histories_are_named(void **state)
{
    shop good, of;

    (void)state;
    open_shop(&good, usual, 8, 2, 1, 23);
#define REFUSED(change, status, sentence) \
    of = good;                            \
    change;                               \
    assert_int_equal(try(&of, sentence), status)

    REFUSED(of.view.known_until = 14700.0, RETAIN_ERROR_DATA,
            "customer 0 are needed until day 14714; histories.known_until is 14700");
    REFUSED(of.view.known_until = (double)NAN, RETAIN_ERROR_ARGUMENT, "known_until is NaN");
    REFUSED(of.view.unit_days = 1.0, RETAIN_ERROR_ARGUMENT, "histories.unit_days is 1; the model's unit is 7 days");
    REFUSED(of.view.unit_days = 0.0, RETAIN_ERROR_ARGUMENT, "unit_days is 0");
    REFUSED(of.view.own_columns = 0, RETAIN_ERROR_ARGUMENT, "model has 3 covariates; histories have 2 calendar columns and 0 own");
    REFUSED(of.view.own_columns = 15, RETAIN_ERROR_ARGUMENT, "at most 16 together");
    REFUSED(of.view.start = NULL, RETAIN_ERROR_ARGUMENT, "histories.start is NULL");
    REFUSED(of.view.end = NULL, RETAIN_ERROR_ARGUMENT, "histories.end is NULL");
    REFUSED(of.view.first = NULL, RETAIN_ERROR_ARGUMENT, "histories.first is NULL");
    REFUSED(of.view.calendar = NULL, RETAIN_ERROR_ARGUMENT, "histories.calendar is NULL");
    REFUSED(of.view.calendar_start = NULL, RETAIN_ERROR_ARGUMENT, "histories.calendar_start is NULL");
    REFUSED(of.view.calendar_pieces = 0, RETAIN_ERROR_ARGUMENT, "calendar_pieces is 0");
    REFUSED(of.view.piece = NULL, RETAIN_ERROR_ARGUMENT, "histories.piece is NULL");
    REFUSED((of.view.calendar_start = of.calendar_start + 20, of.view.calendar_pieces = 20), RETAIN_ERROR_DATA,
            "the calendar pieces begin later");
#define BROKEN(place, value, status, sentence)        \
    do {                                              \
        double kept = (double)(place);                \
        (place) = (value);                            \
        of = good;                                    \
        assert_int_equal(try(&of, sentence), status); \
        (place) = (__typeof__(place))kept;            \
    } while (0)
    BROKEN(good.end[3], 13000.0, RETAIN_ERROR_DATA, "histories.end[3] is 13000; it must be at least histories.start[3]");
    BROKEN(good.start[2], (double)NAN, RETAIN_ERROR_DATA, "histories.start[2]");
    BROKEN(good.first[1], -1, RETAIN_ERROR_DATA, "histories.first[1] is -1");
    BROKEN(good.piece[1], 0, RETAIN_ERROR_DATA, "customer 0 has no own piece");
    BROKEN(good.piece_start[0], 14650.0, RETAIN_ERROR_DATA, "customer 0 has no own piece at histories.start[0]");
    BROKEN(good.own[1], (double)INFINITY, RETAIN_ERROR_DATA, "histories.own[0][1] is inf");
    BROKEN(good.occasion[0], 13000.0, RETAIN_ERROR_DATA, "occasions must ascend and lie in (start, end]");
    good.view.calendar_start = good.calendar_start;
    good.calendar_start[5] = good.calendar_start[4];
    assert_int_equal(try(&good, "histories.calendar_start[5]"), RETAIN_ERROR_DATA);
    close_shop(&good);
}

static void other_families_and_bad_horizons_are_refused(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model = usual;
    double out[8], edges[] = {14000.0, 13999.0, 16000.0};
    size_t occasions;
    shop of;

    (void)state;
    open_shop(&of, usual, 8, 2, 1, 24);
    model.family = RETAIN_BTYD_GG_NBD;
    model.b = 0.1;
    assert_int_equal(retain_btyd_dynamic_alive(&ctx, &model, &of.view, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "for the Pareto/NBD"));
    assert_int_equal(retain_btyd_dynamic_orders(&ctx, &usual, &of.view, -1.0, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_orders(&ctx, &usual, NULL, 1.0, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_orders(&ctx, &usual, &of.view, 1.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_tracking(&ctx, &usual, &of.view, edges, 1, out), RETAIN_ERROR_DATA);
    assert_int_equal(retain_btyd_dynamic_tracking(&ctx, &usual, &of.view, edges + 1, 1, out), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "histories.known_until is 15065"));
    assert_int_equal(retain_btyd_dynamic_simulate(&ctx, &usual, &of.view, 1, NULL, NULL, 0, &occasions, NULL),
                     RETAIN_ERROR_ARGUMENT);
    model = usual;
    model.purchase[2] = 400.0;
    assert_int_equal(retain_btyd_dynamic_alive(&ctx, &model, &of.view, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "beyond all bounds"));
    close_shop(&of);
}

static retain_status fit_it(retain_context *ctx, void *state)
{
    shop *of = state;
    retain_btyd model;

    return retain_btyd_dynamic_fit(ctx, &of->view, NULL, &model, NULL);
}

static retain_status ask_it(retain_context *ctx, void *state)
{
    shop *of = state;
    double out[400];

    return retain_btyd_dynamic_silence(ctx, &usual, &of->view, 3.0, out);
}

static retain_status track_it(retain_context *ctx, void *state)
{
    shop *of = state;
    const double edges[] = {14000.0, 14100.0, 14200.0};
    double out[2];

    return retain_btyd_dynamic_tracking(ctx, &usual, &of->view, edges, 2, out);
}

static retain_status draw_it(retain_context *ctx, void *state)
{
    shop *of = state;
    size_t occasions;

    return retain_btyd_dynamic_simulate(ctx, &usual, &of->view, 25, of->first, of->occasion, (size_t)of->first[of->count],
                                        &occasions, NULL);
}

static void survives_running_out_of_memory(void **state)
{
    shop of;

    (void)state;
    open_shop(&of, usual, 400, 2, 1, 25);
    survives_memory_exhaustion(fit_it, NULL, &of);
    survives_memory_exhaustion(ask_it, NULL, &of);
    survives_memory_exhaustion(track_it, NULL, &of);
    survives_memory_exhaustion(draw_it, NULL, &of);
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
        cmocka_unit_test(a_fit_recovers_what_was_drawn),
        cmocka_unit_test(a_fit_ends_where_the_likelihood_of_its_model_is),
        cmocka_unit_test(a_weight_is_so_many_customers_in_any_order),
        cmocka_unit_test(columns_that_tell_nothing_are_named),
        cmocka_unit_test(priors_and_held_values_are_kept),
        cmocka_unit_test(simulated_customers_do_what_is_expected),
        cmocka_unit_test(bad_histories_are_named),
        cmocka_unit_test(other_families_and_bad_horizons_are_refused),
        cmocka_unit_test(survives_running_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
