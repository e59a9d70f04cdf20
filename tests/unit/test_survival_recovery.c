/* Simulated customers: what was put in comes out, within its error, and limits hold the truth as often as they say.
 *
 * Shops are made one after the other with known coefficients. Of each it is noted whether the limits of a coefficient hold the truth, and how far the
 * estimate is from it in standard errors. Over all shops the share of the first must be the level, and the second must have mean 0 and
 * variance 1, as far as chance lets so many shops tell: four standard errors of these figures, seeds being fixed. */
#include <math.h>

#include "math/random.h"
#include "retain/accelerated.h"
#include "retain/cox.h"
#include "support.h"

enum { SHOPS = 400, ROWS = 400, MOST = 4 * ROWS, P = 2 };

static const double LEVEL = 0.95, TRUTH[P] = {0.5, -0.8};

/* --- what is noted of many shops ---------------------------------------------------------------------------------------------- */

typedef struct recovery {
    double shops, held, sum, squares;
} recovery;

static void note(recovery *of, double truth, double estimate, double error, double low, double high)
{
    const double off = (estimate - truth) / error;

    of->shops += 1.0;
    of->held += low <= truth && truth <= high ? 1.0 : 0.0;
    of->sum += off;
    of->squares += off * off;
}

static void assert_recovered(const recovery *of)
{
    const double n = of->shops, mean = of->sum / n, variance = of->squares / n - mean * mean;

    assert_near(of->held / n, LEVEL, 4.0 * sqrt(LEVEL * (1.0 - LEVEL) / n));
    assert_near(mean, 0.0, 4.0 / sqrt(n) + 0.05); /* maximum likelihood is off by some parts of an error in finite samples */
    assert_near(variance, 1.0, 4.0 * sqrt(2.0 / n));
}

/* --- shops -------------------------------------------------------------------------------------------------------------------- */

typedef struct shop {
    size_t count;
    double entry[MOST], exit[MOST], x[P][MOST];
    uint8_t event[MOST];
    int64_t stratum[MOST], customer[MOST];
    retain__random random;
} shop;

static double draw(shop *of)
{
    return retain__random_uniform(&of->random);
}

static void add_row(shop *of, double entry, double exit, int event, double a, double b, int64_t stratum, int64_t customer)
{
    const size_t i = of->count++;

    of->entry[i] = entry;
    of->exit[i] = exit;
    of->event[i] = (uint8_t)event;
    of->x[0][i] = a;
    of->x[1][i] = b;
    of->stratum[i] = stratum;
    of->customer[i] = customer;
}

/* Weibull times in strata of other shapes, watched until some day, some from a later day on: whoever left before it was never seen. */
static void make_members(shop *of, uint64_t seed, int late, int strata)
{
    of->random = retain__random_start(seed, 1);
    of->count = 0;
    while (of->count < ROWS) {
        const double a = retain__random_normal(&of->random), b = draw(of) < 0.4 ? 1.0 : 0.0;
        const int64_t stratum = strata && draw(of) < 0.5 ? 1 : 0;
        const double hazard = exp(TRUTH[0] * a + TRUTH[1] * b), age = retain__random_exponential(&of->random, hazard);
        const double time = stratum ? 3.0 * sqrt(age) : age, until = 0.5 + 2.0 * draw(of), entry = late ? 0.3 * draw(of) : 0.0;

        if (time > entry && until > entry)
            add_row(of, entry, time < until ? time : until, time < until, a, b, stratum, (int64_t)of->count);
    }
}

/* Members to whom something happens after a while: the second predictor is 0 until then, and 1 afterwards. */
static void make_histories(shop *of, uint64_t seed)
{
    of->random = retain__random_start(seed, 2);
    of->count = 0;
    for (int64_t member = 0; member < ROWS; member++) {
        const double a = retain__random_normal(&of->random), change = retain__random_exponential(&of->random, 1.0), until = 2.5;
        const double rate = exp(TRUTH[0] * a), first = retain__random_exponential(&of->random, rate);
        const double after = change + retain__random_exponential(&of->random, rate * exp(TRUTH[1]));
        const double time = first < change ? first : after, end = time < until ? time : until;

        if (end <= change)
            add_row(of, 0.0, end, time < until, a, 0.0, 0, member);
        else {
            add_row(of, 0.0, change, 0, a, 0.0, 0, member);
            add_row(of, change, end, time < until, a, 1.0, 0, member);
        }
    }
}

/* --- Cox ---------------------------------------------------------------------------------------------------------------------- */

typedef struct design {
    retain_cox_ties ties;
    int late, strata, changing, robust;
} design;

static void assert_cox_recovers(const design *how)
{
    static shop of;
    recovery each[P] = {{0}};

    for (uint64_t seed = 0; seed < SHOPS; seed++) {
        const double *const column[] = {of.x[0], of.x[1]};
        const retain_cox_options options = {.struct_size = sizeof options, .ties = how->ties, .robust = how->robust};
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_cox_rows rows;
        retain_cox model;

        if (how->changing)
            make_histories(&of, seed);
        else
            make_members(&of, seed, how->late, how->strata);
        rows = (retain_cox_rows){.durations = {of.count, of.exit, of.event, how->late || how->changing ? of.entry : NULL, NULL},
                                 .predictors = {of.count, P, column, 0},
                                 .stratum = how->strata ? of.stratum : NULL,
                                 .strata = 2,
                                 .customer = how->changing ? of.customer : NULL};
        assert_int_equal(retain_cox_fit(NULL, &rows, &options, &model, &report, NULL), RETAIN_OK);
        for (size_t k = 0; k < P; k++)
            note(&each[k], TRUTH[k], model.coefficient[k], report.standard_error[k], report.low[k], report.high[k]);
    }
    for (size_t k = 0; k < P; k++)
        assert_recovered(&each[k]);
}

static void cox_recovers_hazard_ratios_by_efron(void **state)
{
    (void)state;
    assert_cox_recovers(&(design){.ties = RETAIN_COX_EFRON});
}

static void cox_recovers_hazard_ratios_by_breslow(void **state)
{
    (void)state;
    assert_cox_recovers(&(design){.ties = RETAIN_COX_BRESLOW, .robust = 1});
}

static void cox_recovers_hazard_ratios_within_strata_and_with_late_entry(void **state)
{
    (void)state;
    assert_cox_recovers(&(design){.late = 1, .strata = 1});
}

static void cox_recovers_what_changes_with_time(void **state)
{
    (void)state;
    assert_cox_recovers(&(design){.changing = 1});
    assert_cox_recovers(&(design){.changing = 1, .robust = 1});
}

/* --- accelerated failure time ------------------------------------------------------------------------------------------------- */

/* W of the family: log T = log scale + b'x + W / shape. */
static double draw_w(shop *of, retain_accelerated_family family)
{
    const double u = draw(of);

    if (family == RETAIN_ACCELERATED_LOG_NORMAL)
        return retain__random_normal(&of->random);
    return family == RETAIN_ACCELERATED_LOG_LOGISTIC ? log(u / (1.0 - u)) : log(-log(u));
}

static void assert_family_recovers(retain_accelerated_family family)
{
    static shop of;
    const double scale = 3.0, shape = family == RETAIN_ACCELERATED_EXPONENTIAL ? 1.0 : 1.7;
    recovery each[P] = {{0}}, of_shape = {0};

    for (uint64_t seed = 0; seed < SHOPS; seed++) {
        const double *const column[] = {of.x[0], of.x[1]};
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_accelerated model;
        retain_durations durations;
        retain_predictors predictors;

        of.random = retain__random_start(seed, 3 + (uint64_t)family);
        of.count = 0;
        while (of.count < ROWS) {
            const double a = retain__random_normal(&of.random), b = draw(&of) < 0.4 ? 1.0 : 0.0;
            const double time = scale * exp(TRUTH[0] * a + TRUTH[1] * b + draw_w(&of, family) / shape);
            const double until = 1.0 + 8.0 * draw(&of), entry = draw(&of) < 0.3 ? 0.5 : 0.0;

            if (time > entry)
                add_row(&of, entry, time < until ? time : until, time < until, a, b, 0, 0);
        }
        durations = (retain_durations){of.count, of.exit, of.event, of.entry, NULL};
        predictors = (retain_predictors){of.count, P, column, 0};
        assert_int_equal(retain_accelerated_fit(NULL, family, &durations, &predictors, NULL, &model, &report), RETAIN_OK);
        for (size_t k = 0; k < P; k++)
            note(&each[k], TRUTH[k], model.coefficient[k], report.standard_error[2 + k], report.low[2 + k], report.high[2 + k]);
        if (family != RETAIN_ACCELERATED_EXPONENTIAL)
            note(&of_shape, shape, model.shape, report.standard_error[1], report.low[1], report.high[1]);
    }
    for (size_t k = 0; k < P; k++)
        assert_recovered(&each[k]);
    if (family != RETAIN_ACCELERATED_EXPONENTIAL)
        assert_near(of_shape.held / of_shape.shops, LEVEL, 4.0 * sqrt(LEVEL * (1.0 - LEVEL) / SHOPS));
}

static void accelerated_failure_time_recovers_time_ratios_of_each_family(void **state)
{
    (void)state;
    assert_family_recovers(RETAIN_ACCELERATED_WEIBULL);
    assert_family_recovers(RETAIN_ACCELERATED_EXPONENTIAL);
    assert_family_recovers(RETAIN_ACCELERATED_LOG_LOGISTIC);
    assert_family_recovers(RETAIN_ACCELERATED_LOG_NORMAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cox_recovers_hazard_ratios_by_efron),
        cmocka_unit_test(cox_recovers_hazard_ratios_by_breslow),
        cmocka_unit_test(cox_recovers_hazard_ratios_within_strata_and_with_late_entry),
        cmocka_unit_test(cox_recovers_what_changes_with_time),
        cmocka_unit_test(accelerated_failure_time_recovers_time_ratios_of_each_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
