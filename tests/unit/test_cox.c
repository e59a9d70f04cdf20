/* Cox regression against exact arithmetic and against R: oracles, and the lung and rossi data. */
#include "retain/cox.h"

#include "support.h"

enum { MOST = 500, COLUMNS = 7 };

typedef struct table {
    double exit[MOST], entry[MOST], x[COLUMNS][MOST];
    uint8_t event[MOST];
    const double *column[COLUMNS];
    size_t count;
    retain_cox_rows rows;
} table;

/* Rows of a data set (all where it is NULL) in which no predictor is blank. */
static void read_table(const char *path, const char *dataset, const char *exit, const char *event, const char *entry,
                       size_t columns, const char *const *names, table *into)
{
    golden data = golden_read(path);

    into->count = 0;
    for (size_t row = 0; row < data.rows; row++) {
        const size_t i = into->count;
        int blank = dataset && strcmp(golden_text(&data, row, "dataset"), dataset) != 0;

        for (size_t j = 0; j < columns; j++)
            blank |= golden_blank(&data, row, names[j]);
        if (blank)
            continue;
        assert_true(into->count++ < MOST);
        into->exit[i] = golden_number(&data, row, exit);
        into->event[i] = golden_number(&data, row, event) > 0.0;
        into->entry[i] = entry ? golden_number(&data, row, entry) : 0.0;
        for (size_t j = 0; j < columns; j++)
            into->x[j][i] = golden_number(&data, row, names[j]);
    }
    golden_free(&data);
    for (size_t j = 0; j < columns; j++)
        into->column[j] = into->x[j];
    into->rows = (retain_cox_rows){.durations = {into->count, into->exit, into->event, entry ? into->entry : NULL, NULL},
                                   .predictors = {into->count, columns, into->column, 0}};
}

static retain_cox_summary fit(const table *of, const retain_cox_options *options, retain_cox *model, retain_fit_report *report)
{
    retain_cox_summary summary = {.struct_size = sizeof summary};

    *report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    assert_int_equal(retain_cox_fit(NULL, &of->rows, options, model, report, &summary), RETAIN_OK);
    assert_int_equal(report->verdict, RETAIN_FIT_CONVERGED);
    return summary;
}

static void assert_close(double got, double want, double relative)
{
    assert_near(got, want, relative * fabs(want));
}

/* --- oracles ---------------------------------------------------------------------------------------------------------------------- */

static void coefficients_are_those_of_exact_arithmetic(void **state)
{
    static const char *const names[] = {"x1", "x2", "x3"};
    golden want = golden_read("cox/cox.csv");
    static table of;

    (void)state;
    for (size_t row = 0; row < want.rows; row++) {
        const char *dataset = golden_text(&want, row, "dataset");
        const size_t j = (size_t)(golden_text(&want, row, "covariate")[1] - '1');
        const double tolerance = strcmp(golden_text(&want, row, "kind"), "stress") == 0 ? 1e-9 : 1e-12;
        const retain_cox_options options = {.struct_size = sizeof options,
                                            .ties = strcmp(golden_text(&want, row, "ties"), "efron") == 0 ? RETAIN_COX_EFRON
                                                                                                          : RETAIN_COX_BRESLOW};
        const size_t columns = strcmp(dataset, "hand_ties") == 0 ? 1 : strcmp(dataset, "mid3_ties") == 0 ? 3 : 2;
        retain_fit_report report;
        retain_cox_summary summary;
        retain_cox model;

        read_table("cox/cox_data.csv", dataset, "exit", "event", "entry", columns, names, &of);
        summary = fit(&of, &options, &model, &report);
        assert_close(model.coefficient[j], golden_number(&want, row, "coef"), tolerance);
        assert_close(report.standard_error[j], golden_number(&want, row, "se"), tolerance);
        assert_close(summary.log_likelihood_null, golden_number(&want, row, "loglik_null"), tolerance);
        assert_close(summary.log_likelihood, golden_number(&want, row, "loglik"), tolerance);
        assert_close(summary.score, golden_number(&want, row, "score_test"), tolerance);
    }
    golden_free(&want);
}

/* Values of R's survival 3.5; the row without ph.ecog is left out there too. */
static void the_lung_figures_are_those_of_r(void **state)
{
    static const char *const names[] = {"age", "sex", "ecog"};
    static const double efron[] = {.0110667646, -.5526123957, .4637284754}, error[] = {.0092674110, .1677390538, .1135772662},
                        breslow[] = {.0110411363, -.5518895698, .4629470406};
    const retain_cox_options options = {.struct_size = sizeof options, .ties = RETAIN_COX_BRESLOW};
    static table of;
    retain_fit_report report;
    retain_cox_summary summary;
    retain_cox model;

    (void)state;
    read_table("cox/lung.csv", NULL, "time", "event", NULL, 3, names, &of);
    assert_int_equal(of.count, 227);
    summary = fit(&of, NULL, &model, &report);
    for (size_t j = 0; j < 3; j++) {
        assert_near(model.coefficient[j], efron[j], 1e-9);
        assert_near(report.standard_error[j], error[j], 1e-9);
        assert_near(summary.hazard_ratio[j], exp(efron[j]), 1e-9);
    }
    assert_near(summary.log_likelihood_null, -744.480456, 1e-6);
    assert_near(summary.log_likelihood, -729.230121, 1e-6);
    assert_near(summary.concordance, .637135493, 1e-9);
    assert_near(summary.events, 164.0, 0.0);
    fit(&of, &options, &model, &report);
    for (size_t j = 0; j < 3; j++)
        assert_near(model.coefficient[j], breslow[j], 1e-9);
}

static void the_rossi_figures_are_those_of_r(void **state)
{
    static const char *const names[] = {"fin", "age", "race", "wexp", "mar", "paro", "prio"};
    static const double want[] = {-.3794222, -.0574377, .3138998, -.1497957, -.4337039, -.0848711, .0914971},
                        error[] = {.1913795, .0219995, .3079928, .2122243, .3818681, .1957567, .0286486};
    static table of;
    retain_fit_report report;
    retain_cox_summary summary;
    retain_cox model;

    (void)state;
    read_table("cox/rossi.csv", NULL, "week", "arrest", NULL, 7, names, &of);
    summary = fit(&of, NULL, &model, &report);
    for (size_t j = 0; j < 7; j++) {
        assert_near(model.coefficient[j], want[j], 1e-7);
        assert_near(report.standard_error[j], error[j], 1e-7);
    }
    assert_near(summary.log_likelihood_null, -675.380632, 1e-6);
    assert_near(summary.log_likelihood, -658.747659, 1e-6);
    assert_near(summary.concordance, .640329247, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_those_of_exact_arithmetic),
        cmocka_unit_test(the_lung_figures_are_those_of_r),
        cmocka_unit_test(the_rossi_figures_are_those_of_r),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
