/* Buy-till-you-die models of any family: fits that recover what was simulated, and laws that hold for all. */
#include "models.h"

enum { CUSTOMERS = 3000 };

/* Simulated customers, who were acquired on the days of a quarter and are observed for some months. */
typedef struct world {
    size_t count;
    double *frequency, *t_x, *T, *alive, *future;
    retain_customers view;
} world;

static double *take(size_t count)
{
    double *column = calloc(count ? count : 1, sizeof *column);

    assert_non_null(column);
    return column;
}

static world make_world(size_t count)
{
    world made = {count, take(count), take(count), take(count), take(count), take(count), {0}};

    made.view = (retain_customers){.count = count, .frequency = made.frequency, .t_x = made.t_x, .T = made.T, .unit_days = 7.0};
    return made;
}

static world simulate(const retain_btyd *model, size_t count, double t, uint64_t seed)
{
    world made = make_world(count);

    for (size_t i = 0; i < count; i++)
        made.T[i] = 39.0 - (double)(i % 84) / 7.0;
    assert_int_equal(
        retain_btyd_simulate(NULL, model, made.T, NULL, count, t, seed, made.frequency, made.t_x, made.alive, made.future, NULL),
        RETAIN_OK);
    return made;
}

static void free_world(world *of)
{
    free(of->frequency);
    free(of->t_x);
    free(of->T);
    free(of->alive);
    free(of->future);
}

/* --- simulated customers -------------------------------------------------------------------------------------------------- */

static void fits_recover_the_parameters_that_customers_were_made_with(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], 60000, 0.0, 4711 + f);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_btyd model;
        double furthest = 0.0;

        assert_int_equal(retain_btyd_fit(NULL, family_models[f].family, &made.view, NULL, &model, &report), RETAIN_OK);
        for (size_t k = 0; k < report.parameters; k++) {
            double off = fabs(report.estimate[k] - parameter_of(family_models[f], k)) / report.standard_error[k];

            furthest = off > furthest ? off : furthest;
        }
        assert_true(furthest < 3.5); /* standard errors */
        assert_true(report.gradient_norm < 1e-9);
        free_world(&made);
    }
}

/* Means over many customers of what is claimed and of what happened. */
static void forecasts_come_true_for_simulated_customers(void **state)
{
    enum { MANY = 100000 };

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], MANY, 26.0, 99 + f);
        double *orders = take(MANY), *silence = take(MANY), *alive = take(MANY);
        double claimed[3] = {0.0}, happened[3] = {0.0}, spread[3] = {0.0}, x_claimed = 0.0, x_happened = 0.0, x_squares = 0.0;

        assert_int_equal(retain_btyd_orders(NULL, &family_models[f], &made.view, 26.0, orders), RETAIN_OK);
        assert_int_equal(retain_btyd_silence(NULL, &family_models[f], &made.view, 26.0, silence), RETAIN_OK);
        assert_int_equal(retain_btyd_alive(NULL, &family_models[f], &made.view, alive, NULL), RETAIN_OK);
        for (size_t i = 0; i < MANY; i++) {
            double claims[3] = {orders[i], silence[i], alive[i]},
                   truths[3] = {made.future[i], made.future[i] == 0.0, made.alive[i]}, expected;

            for (size_t k = 0; k < 3; k++) {
                claimed[k] += claims[k];
                happened[k] += truths[k];
                spread[k] += (truths[k] - claims[k]) * (truths[k] - claims[k]);
            }
            if (i % 84 == 0) { /* those with the longest T */
                assert_int_equal(retain_btyd_expected(NULL, &family_models[f], &made.T[i], 1, &expected), RETAIN_OK);
                x_claimed += expected;
                x_happened += made.frequency[i];
                x_squares += made.frequency[i] * made.frequency[i];
            }
        }
        for (size_t k = 0; k < 3; k++)
            assert_near(claimed[k], happened[k], 4.0 * sqrt(spread[k]));
        assert_near(x_claimed, x_happened, 4.0 * sqrt(x_squares));
        free(orders);
        free(silence);
        free(alive);
        free_world(&made);
    }
}

static void a_simulated_customer_depends_on_seed_and_place_only(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world all = simulate(&family_models[f], CUSTOMERS, 10.0, 7), other = simulate(&family_models[f], CUSTOMERS, 10.0, 8);
        world few = simulate(&family_models[f], CUSTOMERS / 2, 10.0, 7), threaded = make_world(CUSTOMERS);
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = 5;
        assert_memory_equal(all.frequency, few.frequency, few.count * sizeof(double));
        assert_memory_equal(all.t_x, few.t_x, few.count * sizeof(double));
        assert_memory_not_equal(all.t_x, other.t_x, all.count * sizeof(double));
        assert_int_equal(retain_btyd_simulate(&ctx, &family_models[f], all.T, NULL, CUSTOMERS, 10.0, 7, threaded.frequency,
                                              threaded.t_x, NULL, NULL, NULL),
                         RETAIN_OK);
        assert_memory_equal(all.t_x, threaded.t_x, all.count * sizeof(double));
        for (size_t i = 0; i < CUSTOMERS; i++) {
            assert_true(all.t_x[i] >= 0.0 && all.t_x[i] <= all.T[i] && (all.frequency[i] > 0.0) == (all.t_x[i] > 0.0));
            assert_true(all.alive[i] == 1.0 || all.future[i] == 0.0);
        }
        free_world(&all);
        free_world(&few);
        free_world(&other);
        free_world(&threaded);
    }
}

/* --- laws ----------------------------------------------------------------------------------------------------------------- */

typedef struct answers {
    double alive[CUSTOMERS], log_odds[CUSTOMERS], likelihood[CUSTOMERS], gradient[5 * CUSTOMERS];
    double orders[CUSTOMERS], silence[CUSTOMERS], finite[CUSTOMERS], forever[CUSTOMERS], expected[CUSTOMERS], pmf[CUSTOMERS],
        log_pmf[CUSTOMERS];
} answers;

static void ask_everything(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, answers *to)
{
    assert_int_equal(retain_btyd_alive(ctx, model, customers, to->alive, to->log_odds), RETAIN_OK);
    assert_int_equal(retain_btyd_likelihood(ctx, model, customers, to->likelihood, to->gradient), RETAIN_OK);
    assert_int_equal(retain_btyd_orders(ctx, model, customers, 39.0, to->orders), RETAIN_OK);
    assert_int_equal(retain_btyd_silence(ctx, model, customers, 13.0, to->silence), RETAIN_OK);
    assert_int_equal(retain_btyd_discounted(ctx, model, customers, 52.0, 0.002, to->finite), RETAIN_OK);
    assert_int_equal(retain_btyd_discounted(ctx, model, customers, (double)INFINITY, 0.002, to->forever), RETAIN_OK);
    assert_int_equal(retain_btyd_expected(ctx, model, customers->T, customers->count, to->expected), RETAIN_OK);
    assert_int_equal(retain_btyd_pmf(ctx, model, 20.0, customers->frequency, customers->count, to->pmf, to->log_pmf), RETAIN_OK);
}

static void threads_change_no_bit(void **state)
{
    static answers one, many;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], CUSTOMERS, 0.0, 12);
        retain_fit_report first = RETAIN_FIT_REPORT_INIT;
        retain_btyd fitted;

        ask_everything(NULL, &family_models[f], &made.view, &one);
        retain_btyd_fit(NULL, family_models[f].family, &made.view, NULL, &fitted, &first);
        for (int threads = 2; threads <= 64; threads *= 2) {
            retain_context ctx = RETAIN_CONTEXT_INIT;
            retain_fit_report again = RETAIN_FIT_REPORT_INIT;

            ctx.threads = threads;
            ask_everything(&ctx, &family_models[f], &made.view, &many);
            assert_memory_equal(&many, &one, sizeof one);
            retain_btyd_fit(&ctx, family_models[f].family, &made.view, NULL, &fitted, &again);
            assert_memory_equal(&again, &first, sizeof first);
        }
        free_world(&made);
    }
}

static void order_and_company_of_rows_change_no_bit(void **state)
{
    static answers one, other;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], CUSTOMERS, 0.0, 13), moved = make_world(CUSTOMERS);
        retain_fit_report first = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
        retain_btyd fitted;

        for (size_t i = 0; i < CUSTOMERS; i++) {
            size_t j = i * 1007 % CUSTOMERS; /* every row once */

            moved.frequency[i] = made.frequency[j];
            moved.t_x[i] = made.t_x[j];
            moved.T[i] = made.T[j];
        }
        retain_btyd_fit(NULL, family_models[f].family, &made.view, NULL, &fitted, &first);
        retain_btyd_fit(NULL, family_models[f].family, &moved.view, NULL, &fitted, &again);
        assert_memory_equal(&again, &first, sizeof first);
        ask_everything(NULL, &family_models[f], &made.view, &one);
        moved.view.count = CUSTOMERS / 3; /* fewer of them, in another order */
        ask_everything(NULL, &family_models[f], &moved.view, &other);
        for (size_t i = 0; i < moved.view.count; i++) {
            size_t j = i * 1007 % CUSTOMERS;

            assert_memory_equal(&other.alive[i], &one.alive[j], sizeof(double));
            assert_memory_equal(&other.orders[i], &one.orders[j], sizeof(double));
            assert_memory_equal(&other.silence[i], &one.silence[j], sizeof(double));
            assert_memory_equal(&other.finite[i], &one.finite[j], sizeof(double));
            assert_memory_equal(&other.forever[i], &one.forever[j], sizeof(double));
            assert_memory_equal(&other.likelihood[i], &one.likelihood[j], sizeof(double));
            for (size_t k = 0, count = retain_btyd_parameters(family_models[f].family); k < count; k++)
                assert_memory_equal(&other.gradient[count * i + k], &one.gradient[count * j + k], sizeof(double));
        }
        free_world(&made);
        free_world(&moved);
    }
}

static void a_weight_is_so_many_customers(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], CUSTOMERS, 0.0, 14), copies = make_world(3 * CUSTOMERS);
        retain_fit_report weighted = RETAIN_FIT_REPORT_INIT, copied = RETAIN_FIT_REPORT_INIT;
        double weight[CUSTOMERS];
        retain_btyd fitted;

        copies.view.count = 0;
        for (size_t i = 0; i < CUSTOMERS; i++) {
            weight[i] = (double)(i * 7 % 4);
            for (size_t w = 0; w < i * 7 % 4 && copies.view.count < copies.count; w++) {
                copies.frequency[copies.view.count] = made.frequency[i];
                copies.t_x[copies.view.count] = made.t_x[i];
                copies.T[copies.view.count++] = made.T[i];
            }
        }
        made.view.weight = weight;
        retain_btyd_fit(NULL, family_models[f].family, &made.view, NULL, &fitted, &weighted);
        retain_btyd_fit(NULL, family_models[f].family, &copies.view, NULL, &fitted, &copied);
        assert_near(weighted.customers, (double)copies.view.count, 0.0);
        weighted.rows = copied.rows;
        assert_memory_equal(&weighted, &copied, sizeof copied);
        free_world(&made);
        free_world(&copies);
    }
}

static void the_unit_of_time_changes_only_units(void **state)
{
    static answers weeks, days;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], CUSTOMERS, 0.0, 15), scaled = make_world(CUSTOMERS);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
        retain_btyd fitted, model = in_other_time(family_models[f], 7.0);

        model.unit_days = 1.0;
        scaled.view.unit_days = 1.0;
        for (size_t i = 0; i < CUSTOMERS; i++) {
            scaled.frequency[i] = made.frequency[i];
            scaled.t_x[i] = 7.0 * made.t_x[i];
            scaled.T[i] = 7.0 * made.T[i];
        }
        assert_int_equal(retain_btyd_alive(NULL, &family_models[f], &made.view, weeks.alive, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_orders(NULL, &family_models[f], &made.view, 39.0, weeks.orders), RETAIN_OK);
        assert_int_equal(retain_btyd_discounted(NULL, &family_models[f], &made.view, 39.0, 0.01, weeks.finite), RETAIN_OK);
        assert_int_equal(retain_btyd_alive(NULL, &model, &scaled.view, days.alive, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_orders(NULL, &model, &scaled.view, 273.0, days.orders), RETAIN_OK);
        assert_int_equal(retain_btyd_discounted(NULL, &model, &scaled.view, 273.0, 0.01 / 7.0, days.finite), RETAIN_OK);
        for (size_t i = 0; i < CUSTOMERS; i++) {
            assert_near(days.alive[i], weeks.alive[i], 1e-12);
            assert_near(days.orders[i], weeks.orders[i], 1e-12 * (1.0 + weeks.orders[i]));
            assert_near(days.finite[i], weeks.finite[i], 1e-12 * (1.0 + weeks.finite[i]));
        }
        assert_int_equal(retain_btyd_fit(NULL, model.family, &made.view, NULL, &fitted, &report),
                         retain_btyd_fit(NULL, model.family, &scaled.view, NULL, &model, &again));
        assert_int_equal(report.verdict, again.verdict);
        assert_near(model.unit_days, 1.0, 0.0);
        if (report.verdict == RETAIN_FIT_CONVERGED) {
            assert_near(again.estimate[0], report.estimate[0], 1e-6 * report.estimate[0]);
            assert_near(again.estimate[1], 7.0 * report.estimate[1], 1e-5 * report.estimate[1]);
        }
        free_world(&made);
        free_world(&scaled);
    }
}

static void probabilities_are_probabilities(void **state)
{
    static answers of;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        world made = simulate(&family_models[f], CUSTOMERS, 0.0, 16);

        ask_everything(NULL, &family_models[f], &made.view, &of);
        for (size_t i = 0; i < CUSTOMERS; i++) {
            assert_true(of.alive[i] >= 0.0 && of.alive[i] <= 1.0);
            assert_true(of.silence[i] >= 1.0 - of.alive[i] - 1e-15 && of.silence[i] <= 1.0);
            assert_true(of.orders[i] >= 0.0 && of.finite[i] >= 0.0 && of.finite[i] <= of.forever[i]);
            assert_near(of.pmf[i], exp(of.log_pmf[i]), 1e-15);
        }
        free_world(&made);
    }
}

/* --- fits that cannot be trusted ------------------------------------------------------------------------------------------ */

static retain_fit_report fit_badly(retain_btyd_family family, const retain_customers *customers, retain_fit_verdict verdict,
                                   retain_btyd *model)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    assert_int_equal(retain_btyd_fit(&ctx, family, customers, NULL, model, &report), RETAIN_ERROR_CONVERGENCE);
    print_message("%s\n", report.explanation);
    assert_int_equal(report.verdict, verdict);
    assert_true(strlen(report.explanation) > 20 && strlen(report.explanation) < RETAIN_FIT_EXPLANATION - 1);
    assert_memory_equal(ctx.error, report.explanation, RETAIN_ERROR_LENGTH - 1);
    assert_int_equal(model->family, family);
    return report;
}

static void too_little_data_is_said_and_nothing_computed(void **state)
{
    double x[5] = {0.0, 0.0, 0.0, 0.0, 0.0}, t_x[5] = {0.0}, T[5] = {10.0, 20.0, 30.0, 40.0, 50.0}, none[5] = {0.0};
    retain_customers customers = {.count = 5, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    retain_btyd model;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        retain_btyd_family family = family_models[f].family;

        customers.count = 5;
        fit_badly(family, &customers, RETAIN_FIT_TOO_LITTLE_DATA, &model);
        assert_nan(model.r);
        assert_near(model.unit_days, 7.0, 0.0);
        customers.count = 0;
        fit_badly(family, &customers, RETAIN_FIT_TOO_LITTLE_DATA, &model);
        customers.count = 3;
        x[0] = 2.0;
        t_x[0] = 5.0;
        fit_badly(family, &customers, RETAIN_FIT_TOO_LITTLE_DATA, &model);
        customers.count = 5;
        customers.weight = none;
        fit_badly(family, &customers, RETAIN_FIT_TOO_LITTLE_DATA, &model);
        customers.weight = NULL;
        customers.T = none;
        customers.t_x = none;
        fit_badly(family, &customers, RETAIN_FIT_TOO_LITTLE_DATA, &model);
        customers.t_x = t_x;
        customers.T = T;
        x[0] = t_x[0] = 0.0;
    }
}

/* Customers who are seen buying to the last day: the likelihood rises as the probability of leaving falls to 0. */
static void customers_who_never_leave_make_a_boundary(void **state)
{
    world made = simulate(&family_models[1], 20000, 0.0, 21);
    size_t kept = 0;

    (void)state;
    for (size_t i = 0; i < made.count; i++) {
        if (made.frequency[i] > 0.0) {
            made.frequency[kept] = made.frequency[i];
            made.t_x[kept] = made.T[kept] = made.t_x[i];
            kept++;
        }
    }
    made.view.count = kept;
    for (size_t f = 0; f < FAMILIES; f++) {
        retain_btyd model;
        retain_fit_report report = fit_badly(family_models[f].family, &made.view, RETAIN_FIT_BOUNDARY, &model);

        assert_non_null(strstr(report.explanation, "no customer seems ever to leave"));
        assert_true(report.standard_error[0] > 0.0 && report.standard_error[1] > 0.0); /* what can be known is */
        assert_true(isnan(report.standard_error[2]) || isnan(report.standard_error[3]));
        assert_true(odds_of(model, 5.0, 10.0, 20.0) < -8.0);
    }
    free_world(&made);
}

/* Customers who are all alike: a and b, or r and alpha, grow together. */
static void customers_who_are_all_alike_make_a_boundary(void **state)
{
    static const retain_btyd alike[] = {
        {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.5, .alpha = 5.0, .a = 3e5, .b = 7e5},
        {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 1e6, .alpha = 1e7, .a = 0.8, .b = 2.4}};
    const char *const words[] = {"a and b grow together without limit: all customers leave with the same probability",
                                 "r and alpha grow together without limit: all customers buy at the same rate"};
    int seen[2] = {0, 0};

    (void)state;
    for (uint64_t seed = 0; seed < 12 && !(seen[0] && seen[1]);
         seed++) { /* chance decides on which side of the boundary the maximum is */
        for (size_t k = 0; k < 2; k++) {
            world made = simulate(&alike[k], 4000, 0.0, 31 + seed);
            retain_fit_report report = RETAIN_FIT_REPORT_INIT;
            retain_btyd model;

            if (retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &made.view, NULL, &model, &report) == RETAIN_ERROR_CONVERGENCE &&
                report.verdict == RETAIN_FIT_BOUNDARY) {
                print_message("%s\n", report.explanation);
                assert_non_null(strstr(report.explanation, words[k]));
                assert_nan(report.standard_error[k ? 0 : 2]);
                assert_nan(report.standard_error[k ? 1 : 3]);
                assert_true(report.standard_error[k ? 2 : 0] > 0.0);
                if (k == 0)
                    assert_near(model.a / (model.a + model.b), 0.3, 0.05);
                else
                    assert_near(model.r / model.alpha, 0.1, 0.01);
                seen[k] = 1;
            }
            free_world(&made);
        }
    }
    assert_true(seen[0] && seen[1]);
}

static void a_fit_that_may_not_take_enough_steps_says_so(void **state)
{
    world made = simulate(&family_models[1], CUSTOMERS, 0.0, 41);
    retain_fit_options options = {.struct_size = sizeof options, .iterations = 1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;

    (void)state;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &made.view, &options, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_STOPPED);
    assert_true(model.r > 0.0);
    free_world(&made);
}

/* --- memory and progress -------------------------------------------------------------------------------------------------- */

typedef struct attempt {
    world made;
    int what;
    double out[5 * CUSTOMERS], second[5 * CUSTOMERS];
    retain_btyd model;
} attempt;

static void paint(attempt *of)
{
    for (size_t i = 0; i < 5 * CUSTOMERS; i++)
        of->out[i] = of->second[i] = -1.0;
    of->model.r = -1.0;
}

static retain_status run(retain_context *ctx, void *state)
{
    attempt *of = state;
    const retain_customers *customers = &of->made.view;
    const retain_btyd *model = &family_models[of->what % FAMILIES];

    paint(of);
    switch (of->what / FAMILIES) {
    case 0: { /* a verdict is a result, too */
        retain_status status = retain_btyd_fit(ctx, model->family, customers, NULL, &of->model, NULL);

        return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
    }
    case 1:
        return retain_btyd_likelihood(ctx, model, customers, of->out, of->second);
    case 2:
        return retain_btyd_alive(ctx, model, customers, of->out, of->second);
    case 3:
        return retain_btyd_orders(ctx, model, customers, 10.0, of->out);
    case 4:
        return retain_btyd_discounted(ctx, model, customers, (double)INFINITY, 0.01, of->out);
    case 5:
        return retain_btyd_expected(ctx, model, customers->T, customers->count, of->out);
    case 6:
        return retain_btyd_pmf(ctx, model, 10.0, customers->frequency, customers->count, of->out, of->second);
    default:
        return retain_btyd_simulate(ctx, model, customers->T, NULL, customers->count, 1.0, 3, of->out, of->second, NULL, NULL,
                                    NULL);
    }
}

enum { OPERATIONS = 8 };

static void untouched(void *state)
{
    attempt *of = state;

    for (size_t i = 0; i < 5 * CUSTOMERS; i++)
        assert_true(of->out[i] == -1.0 && of->second[i] == -1.0);
    assert_true(of->model.r == -1.0);
}

static void survives_without_memory(void **state)
{
    static attempt of;

    (void)state;
    of.made = simulate(&family_models[1], CUSTOMERS, 0.0, 51);
    for (size_t i = 0; i < CUSTOMERS; i++)
        of.made.T[i] += 1e-6 * (double)i; /* so many pairs that their table has to grow */
    for (of.what = 0; of.what < OPERATIONS * FAMILIES; of.what++)
        survives_memory_exhaustion(run, untouched, &of);
    free_world(&of.made);
}

static retain_status fit_one_step(retain_context *ctx, void *state)
{
    const retain_fit_options options = {.struct_size = sizeof options, .iterations = 1};
    attempt *of = state;
    retain_status status = retain_btyd_fit(ctx, RETAIN_BTYD_BG_NBD, &of->made.view, &options, &of->model, NULL);

    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

/* A table that is large enough for a sample to be taken of it. */
static void large_fits_survive_without_memory(void **state)
{
    static attempt of;

    (void)state;
    of.made = simulate(&family_models[1], 50000, 0.0, 52);
    survives_memory_exhaustion(fit_one_step, NULL, &of);
    free_world(&of.made);
}

static int stop_soon(void *user, double fraction)
{
    double *last = user;

    if (!(fraction >= last[0] && fraction <= 1.0))
        last[1] = fraction; /* went back */
    last[0] = fraction;
    return --last[2] <= 0.0;
}

static void cancelled_operations_leave_the_outputs_alone(void **state)
{
    static attempt of;

    (void)state;
    of.made = simulate(&family_models[1], CUSTOMERS, 0.0, 52);
    for (of.what = 0; of.what < OPERATIONS * FAMILIES; of.what++) {
        for (double left = 1.0; left < 6.0; left += 2.0) {
            double told[3] = {0.0, -1.0, left};
            retain_context ctx = RETAIN_CONTEXT_INIT;
            retain_status status;

            ctx.progress = stop_soon;
            ctx.progress_user = told;
            status = run(&ctx, &of);
            assert_near(told[1], -1.0, 0.0);
            if (of.what / FAMILIES == 2 || (told[2] > 0.0 && status == RETAIN_OK))
                continue; /* P(alive) takes no time worth a question; or it was over before */
            assert_int_equal(status, RETAIN_ERROR_CANCELLED);
            untouched(&of);
        }
    }
    free_world(&of.made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_recover_the_parameters_that_customers_were_made_with),
        cmocka_unit_test(forecasts_come_true_for_simulated_customers),
        cmocka_unit_test(a_simulated_customer_depends_on_seed_and_place_only),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(order_and_company_of_rows_change_no_bit),
        cmocka_unit_test(a_weight_is_so_many_customers),
        cmocka_unit_test(the_unit_of_time_changes_only_units),
        cmocka_unit_test(probabilities_are_probabilities),
        cmocka_unit_test(too_little_data_is_said_and_nothing_computed),
        cmocka_unit_test(customers_who_never_leave_make_a_boundary),
        cmocka_unit_test(customers_who_are_all_alike_make_a_boundary),
        cmocka_unit_test(a_fit_that_may_not_take_enough_steps_says_so),
        cmocka_unit_test(survives_without_memory),
        cmocka_unit_test(large_fits_survive_without_memory),
        cmocka_unit_test(cancelled_operations_leave_the_outputs_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
