#include "models.h"

const retain_btyd family_models[FAMILIES] = {
    {.family = RETAIN_BTYD_PARETO_NBD,
     .unit_days = 7.0,
     .r = 0.553,
     .alpha = 10.578,
     .s = 0.606,
     .beta = 11.669,
     .a = (double)NAN,
     .b = (double)NAN},
    {.family = RETAIN_BTYD_BG_NBD,
     .unit_days = 7.0,
     .r = 0.243,
     .alpha = 4.414,
     .s = (double)NAN,
     .beta = (double)NAN,
     .a = 0.793,
     .b = 2.426},
    {.family = RETAIN_BTYD_MBG_NBD,
     .unit_days = 7.0,
     .r = 0.525,
     .alpha = 6.183,
     .s = (double)NAN,
     .beta = (double)NAN,
     .a = 0.891,
     .b = 1.614},
    {.family = RETAIN_BTYD_GG_NBD, .unit_days = 7.0, .r = 0.9, .alpha = 5.0, .s = 0.8, .beta = 20.0, .a = (double)NAN, .b = 0.15},
};

#include "logs.h"
#include "models/btyd_family.h"
#include "retain/orders.h"

enum { LONGEST = 5 };

/* --- golden rows ---------------------------------------------------------------------------------------------------------- */

/* The parameter of this name. */
static double *field_of(retain_btyd *model, const char *name)
{
    static const char *const names[] = {"r", "alpha", "s", "beta", "a", "b", "gamma", "delta"};
    double *const fields[] = {&model->r, &model->alpha, &model->s,     &model->beta,
                              &model->a, &model->b,     &model->gamma, &model->delta};
    size_t i = 0;

    while (strcmp(names[i], name) != 0)
        i++;
    return fields[i];
}

retain_btyd golden_model(const golden *table, size_t row, retain_btyd_family family)
{
    retain_btyd model = {.family = family, .unit_days = 7.0};

    for (size_t k = 0; k < retain_btyd_parameters(family); k++)
        *field_of(&model, retain_btyd_parameter(family, k)) = golden_number(table, row, retain_btyd_parameter(family, k));
    if (retain_btyd_is_regular(family))
        model.k = (int)golden_number(table, row, "k");
    return model;
}

double parameter_of(retain_btyd model, size_t k)
{
    return *field_of(&model, retain_btyd_parameter(model.family, k));
}

retain_btyd in_other_time(retain_btyd model, double factor)
{
    model.alpha *= factor;
    if (model.family == RETAIN_BTYD_PARETO_NBD)
        model.beta *= factor;
    if (model.family == RETAIN_BTYD_GG_NBD)
        model.b /= factor;
    return model;
}

static int has_column(const golden *table, const char *column)
{
    for (size_t c = 0; c < table->columns; c++) {
        if (strcmp(table->names[c], column) == 0)
            return 1;
    }
    return 0;
}

void golden_customer(const golden *table, size_t row, one_customer *customer)
{
    customer->frequency = golden_number(table, row, "x");
    customer->t_x = golden_number(table, row, "t_x");
    customer->T = golden_number(table, row, "T");
    customer->view = (retain_customers){
        .count = 1, .frequency = &customer->frequency, .t_x = &customer->t_x, .T = &customer->T, .unit_days = 7.0};
    if (has_column(table, "log_gaps")) {
        customer->log_gaps = golden_number(table, row, "log_gaps");
        customer->view.log_gaps = &customer->log_gaps;
    }
}

double golden_tolerance(const golden *table, size_t row, double want)
{
    int stress = strcmp(golden_text(table, row, "kind"), "stress") == 0;
    double cond;

    if (has_column(table, "scale"))
        return (stress ? 1e-13 : 1e-14) * golden_number(table, row, "scale");
    if (!has_column(table, "cond"))
        return (stress ? 1e-9 : 1e-12) * fabs(want);
    cond = golden_blank(table, row, "cond") ? 0.0 : golden_number(table, row, "cond");
    return (stress ? 100.0 : 1.0) * (1e-12 + 1e-14 * cond) * fabs(want);
}

/* Checks one value, and keeps the largest share of the tolerance that was used. */
static void check_value(const golden *table, size_t row, const char *column, double got, double tolerance, double *worst)
{
    double want = golden_number(table, row, column), off = fabs(got - want);

    if (got == want)
        return;
    if (!(off <= tolerance))
        fail_msg("%s of %s is %.17g, not %.17g (off by %.3g, allowed %.3g)", column, golden_text(table, row, "id"), got, want, off,
                 tolerance);
    if (off > *worst * tolerance)
        *worst = off / tolerance;
}

static golden read_table(const char *name, const char *quantity)
{
    char path[100];

    snprintf(path, sizeof path, "btyd/%s_%s.csv", name, quantity);
    return golden_read(path);
}

static void finish(golden *table, const char *name, const char *quantity, double worst)
{
    print_message("%s_%s: %zu rows, at most %.2g of the tolerance\n", name, quantity, table->rows, worst);
    golden_free(table);
}

void check_golden_likelihood(const char *name, retain_btyd_family family)
{
    golden table = read_table(name, "loglik");
    double worst = 0.0;

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family);
        one_customer customer;
        double value, gradient[LONGEST], tolerance = golden_tolerance(&table, i, 0.0);

        golden_customer(&table, i, &customer);
        assert_int_equal(retain_btyd_likelihood(NULL, &model, &customer.view, &value, gradient), RETAIN_OK);
        check_value(&table, i, "loglik", value, tolerance, &worst);
        for (size_t k = 0; k < retain_btyd_parameters(family); k++) {
            char column[20];

            snprintf(column, sizeof column, "d_log_%s", retain_btyd_parameter(family, k));
            check_value(&table, i, column, gradient[k], tolerance, &worst);
        }
    }
    finish(&table, name, "loglik", worst);
}

void check_golden_alive(const char *name, retain_btyd_family family)
{
    golden table = read_table(name, "palive");
    double worst = 0.0;

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family);
        one_customer customer;
        double alive, log_odds;

        golden_customer(&table, i, &customer);
        assert_int_equal(retain_btyd_alive(NULL, &model, &customer.view, &alive, &log_odds), RETAIN_OK);
        check_value(&table, i, "p_alive", alive, golden_tolerance(&table, i, golden_number(&table, i, "p_alive")), &worst);
        /* an error of the log-odds is a relative error of the odds */
        check_value(&table, i, "log_odds_dead", log_odds, golden_tolerance(&table, i, 1.0), &worst);
        check_value(&table, i, "p_dead", 1.0 / (1.0 + exp(-log_odds)),
                    golden_tolerance(&table, i, golden_number(&table, i, "p_dead")), &worst);
    }
    finish(&table, name, "palive", worst);
}

void check_golden_expected(const char *name, retain_btyd_family family)
{
    golden table = read_table(name, "expected");
    double worst = 0.0;

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family);
        double t = golden_number(&table, i, "t"), expected;

        assert_int_equal(retain_btyd_expected(NULL, &model, &t, 1, &expected), RETAIN_OK);
        check_value(&table, i, "expected", expected, golden_tolerance(&table, i, golden_number(&table, i, "expected")), &worst);
    }
    finish(&table, name, "expected", worst);
}

void check_golden_conditional(const char *name, retain_btyd_family family)
{
    golden table = read_table(name, "conditional");
    double worst = 0.0;

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family);
        one_customer customer;
        double t = golden_number(&table, i, "t"), orders, silence;

        golden_customer(&table, i, &customer);
        assert_int_equal(retain_btyd_orders(NULL, &model, &customer.view, t, &orders), RETAIN_OK);
        assert_int_equal(retain_btyd_silence(NULL, &model, &customer.view, t, &silence), RETAIN_OK);
        check_value(&table, i, "expected", orders, golden_tolerance(&table, i, golden_number(&table, i, "expected")), &worst);
        check_value(&table, i, "p_zero", silence, golden_tolerance(&table, i, golden_number(&table, i, "p_zero")), &worst);
    }
    finish(&table, name, "conditional", worst);
}

void check_golden_pmf(const char *name, retain_btyd_family family)
{
    golden table = read_table(name, "pmf");
    double worst = 0.0;

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family);
        double n = golden_number(&table, i, "n"), pmf, log_pmf, want = golden_number(&table, i, "pmf");
        double relative = golden_tolerance(&table, i, 1.0);

        assert_int_equal(retain_btyd_pmf(NULL, &model, golden_number(&table, i, "t"), &n, 1, &pmf, &log_pmf), RETAIN_OK);
        /* an error of the logarithm is a relative error of the value */
        check_value(&table, i, "log_pmf", log_pmf, relative * (1.0 + fabs(golden_number(&table, i, "log_pmf"))), &worst);
        check_value(&table, i, "pmf", pmf, relative * (1.0 + fabs(log_pmf)) * want, &worst);
    }
    finish(&table, name, "pmf", worst);
}

/* --- one customer --------------------------------------------------------------------------------------------------------- */

double likelihood_of(retain_btyd model, double x, double t_x, double T)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = model.unit_days};
    double value;

    assert_int_equal(retain_btyd_likelihood(NULL, &model, &one, &value, NULL), RETAIN_OK);
    return value;
}

double odds_of(retain_btyd model, double x, double t_x, double T)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = model.unit_days};
    double alive, log_odds;

    assert_int_equal(retain_btyd_alive(NULL, &model, &one, &alive, &log_odds), RETAIN_OK);
    return log_odds;
}

double alive_of(retain_btyd model, double x, double t_x, double T)
{
    return 1.0 / (1.0 + exp(odds_of(model, x, t_x, T)));
}

double orders_of(retain_btyd model, double x, double t_x, double T, double t)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = model.unit_days};
    double orders;

    assert_int_equal(retain_btyd_orders(NULL, &model, &one, t, &orders), RETAIN_OK);
    return orders;
}

double silence_of(retain_btyd model, double x, double t_x, double T, double t)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = model.unit_days};
    double silence;

    assert_int_equal(retain_btyd_silence(NULL, &model, &one, t, &silence), RETAIN_OK);
    return silence;
}

double discounted_of(retain_btyd model, double x, double t_x, double T, double t, double delta)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = model.unit_days};
    double orders;

    assert_int_equal(retain_btyd_discounted(NULL, &model, &one, t, delta, &orders), RETAIN_OK);
    return orders;
}

double expected_of(retain_btyd model, double t)
{
    double expected;

    assert_int_equal(retain_btyd_expected(NULL, &model, &t, 1, &expected), RETAIN_OK);
    return expected;
}

double log_pmf_of(retain_btyd model, double t, double n)
{
    double pmf, log_pmf;

    assert_int_equal(retain_btyd_pmf(NULL, &model, t, &n, 1, &pmf, &log_pmf), RETAIN_OK);
    return log_pmf;
}

/* --- derivatives ---------------------------------------------------------------------------------------------------------- */

enum { RECORDS = 8 };

static const double records[RECORDS][3] = {{0.0, 0.0, 0.0},   {0.0, 0.0, 38.86},   {1.0, 1.71, 38.86},    {2.0, 30.43, 38.86},
                                           {7.0, 29.4, 29.4}, {26.0, 30.86, 31.0}, {300.0, 199.0, 220.0}, {1.0, 1e-3, 4e3}};
static const double discrete[RECORDS][3] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 39.0},   {1.0, 1.0, 39.0},      {2.0, 30.0, 39.0},
                                            {6.0, 6.0, 6.0}, {26.0, 30.0, 31.0}, {150.0, 199.0, 220.0}, {1.0, 2.0, 4e3}};

/* Sums of a fit over one customer. */
static void sum_one(const retain__btyd_family *family, const double *p, const double *record, double *sums)
{
    double weight = 1.0;
    retain__btyd_run run = {record[0], 1, &record[1], &record[2], &weight};

    memset(sums, 0, RETAIN__BTYD_SUMS * sizeof *sums);
    family->add_counts(family, p, record[0], weight, sums);
    family->add_rows(family, p, &run, sums);
}

/* Central difference by log p[k], of fourth order. */
static double differentiate(const retain__btyd_family *family, const double *p, const double *record, size_t k, size_t of)
{
    static const double step = 2e-3, places[] = {-2.0, -1.0, 1.0, 2.0}, weights[] = {1.0, -8.0, 8.0, -1.0};
    double sum = 0.0;

    for (size_t i = 0; i < 4; i++) {
        double moved[RETAIN__BTYD_NUMBERS], sums[RETAIN__BTYD_SUMS];

        memcpy(moved, p, (family->count + (size_t)family->is_regular) * sizeof *moved);
        moved[k] *= exp(places[i] * step);
        sum_one(family, moved, record, sums);
        sum += weights[i] * sums[of];
    }
    return sum / (12.0 * step);
}

void check_derivatives(retain_btyd_family id, const double *points, size_t count)
{
    const retain__btyd_family *family = retain__btyd_find(id);

    for (size_t i = 0; i < count * RECORDS; i++) {
        const double *p = points + i / RECORDS * (family->count + (size_t)family->is_regular);
        const double *record = (family->is_discrete ? discrete : records)[i % RECORDS];
        double sums[RETAIN__BTYD_SUMS], gradient[RETAIN__BTYD_PARAMETERS], terms[1 + RETAIN__BTYD_PARAMETERS], value, scale;
        size_t place = 1 + family->count;

        family->log_likelihood(family, p, &record[0], &record[1], &record[2], 1, &value, gradient);
        family->count_terms(family, p, record[0], terms);
        value += terms[0];
        for (size_t k = 0; k < family->count; k++)
            gradient[k] += terms[1 + k];
        scale = 1.0 + fabs(value) + record[0];
        sum_one(family, p, record, sums);
        assert_near(sums[0], value, 1e-12 * scale);
        for (size_t k = 0; k < family->count; k++) {
            assert_near(sums[1 + k], gradient[k], 1e-12 * scale);
            assert_near(gradient[k], differentiate(family, p, record, k, 0), 1e-8 * scale);
            for (size_t j = k; j < family->count; j++, place++) {
                assert_near(sums[place], differentiate(family, p, record, k, 1 + j), 1e-8 * scale);
                assert_near(sums[place], differentiate(family, p, record, j, 1 + k), 1e-8 * scale);
            }
        }
    }
}

/* --- real data ------------------------------------------------------------------------------------------------------------ */

void cdnow_customers(cdnow *customers)
{
    const int64_t first_of_1997 = 9862, calibration_end = first_of_1997 + 272, observation_end = calibration_end + 273;
    retain_orders_options options = {.struct_size = sizeof options,
                                     .unit_days = 7.0,
                                     .count_zero_orders = 1}; /* as the literature counts: zero orders are occasions */
    static int64_t id[CDNOW_SAMPLE_CUSTOMERS];
    retain_summary summary = {
        .customer = id, .frequency = customers->frequency, .t_x = customers->t_x, .T = customers->T, .spend = customers->spend};
    size_t count;
    random_log log = read_cdnow();

    assert_int_equal(
        retain_orders_summary(NULL, &log.view, calibration_end, &options, &summary, CDNOW_SAMPLE_CUSTOMERS, &count, NULL),
        RETAIN_OK);
    assert_int_equal(count, CDNOW_SAMPLE_CUSTOMERS);
    assert_int_equal(
        retain_orders_holdout(NULL, &log.view, calibration_end, observation_end, &options, id, count, customers->holdout, NULL),
        RETAIN_OK);
    random_log_free(&log);
    customers->view = (retain_customers){.count = count,
                                         .frequency = customers->frequency,
                                         .t_x = customers->t_x,
                                         .T = customers->T,
                                         .spend = customers->spend,
                                         .unit_days = 7.0};
}
