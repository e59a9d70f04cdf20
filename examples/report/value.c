/* What customers are worth: so far, and still, by the period of their first order. */
#include <math.h>
#include <stdlib.h>

#include "csv.h"
#include "sections.h"

/* --- what is computed ------------------------------------------------------------------------------------------------------------ */

/* The period in which each customer came. */
static int64_t *find_cohorts(const struct figures *figures)
{
    int64_t *cohort = must_have(figures->customers, sizeof *cohort);

    for (size_t i = 0; i < figures->customers; i++) {
        size_t low = 0, high = figures->periods;

        while (high - low > 1) {
            size_t middle = (low + high) / 2;

            if (figures->summary.first_day[i] < figures->edges[middle])
                high = middle;
            else
                low = middle;
        }
        cohort[i] = (int64_t)low;
    }
    return cohort;
}

void compute_value(struct report *report)
{
    struct figures *out = &report->figures;
    const struct settings *settings = &report->settings;
    const retain_clv_options margin = {.struct_size = sizeof margin, .margin = settings->margin};
    const retain_clv_terms terms = {.struct_size = sizeof terms,
                                    .horizon_days = settings->clv_days,
                                    .annual_rate = settings->annual_rate,
                                    .margin = settings->margin};
    const retain_customers customers = {.count = out->customers,
                                        .frequency = out->summary.frequency,
                                        .t_x = out->summary.t_x,
                                        .T = out->summary.T,
                                        .spend = out->summary.spend,
                                        .unit_days = UNIT_DAYS};
    retain_clv_columns *value = &out->value;
    double **columns[] = {&value->customers,         &value->historic,           &value->residual,      &value->residual_low,
                          &value->residual_high,     &value->residual_least,     &value->residual_most, &value->mean_residual,
                          &value->mean_residual_low, &value->mean_residual_high, &value->mean_total,    &value->mean_total_low,
                          &value->mean_total_high};
    retain_clv_forecast forecast = {.spend = &out->spend_model, .spend_covariance = out->spend_report.covariance};
    double *historic;
    int64_t *cohort;

    if (!out->chosen || !can_value(out))
        return;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        *columns[c] = new_column(out->periods + 1);
    forecast.model = &out->chosen->model;
    forecast.covariance = out->chosen->report.covariance;
    cohort = find_cohorts(out);
    historic = new_column(out->customers);
    check(report, retain_clv_historic(&report->context, out->summary.revenue, NULL, out->customers, &margin, historic),
          "value so far");
    check(report, retain_clv_sums(&report->context, &forecast, &customers, historic, cohort, out->periods, &terms, 0.95, value),
          "value of cohorts");
    out->valued = 1;
    free(cohort);
    free(historic);
}

/* --- files for programs ---------------------------------------------------------------------------------------------------------- */

void write_value(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;
    const retain_clv_columns *value = &figures->value;
    const double *columns[] = {value->customers,         value->historic,           value->residual,      value->residual_low,
                               value->residual_high,     value->residual_least,     value->residual_most, value->mean_residual,
                               value->mean_residual_low, value->mean_residual_high, value->mean_total,    value->mean_total_low,
                               value->mean_total_high};
    char first[TEXT];

    fputs("cohort,customers,historic,residual,residual_low,residual_high,residual_least,residual_most,mean_residual,"
          "mean_residual_low,mean_residual_high,mean_total,mean_total_low,mean_total_high\n",
          csv);
    for (size_t k = 0; figures->valued && k <= figures->periods; k++) {
        if (value->customers[k] == 0.0)
            continue;
        fputs(k < figures->periods ? write_iso(figures->edges[k], first) : "all", csv);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_csv_number(csv, columns[c][k]);
        fputc('\n', csv);
    }
}

/* --- what is shown ----------------------------------------------------------------------------------------------------------------- */

static void put_all(const struct report *report, struct page *page)
{
    const retain_clv_columns *value = &report->figures.value;
    size_t all = report->figures.periods;
    char text[TEXT], days[TEXT], historic[TEXT], residual[TEXT], least[TEXT], most[TEXT];

    say_count(days, SAY_n_days, report->settings.clv_days);
    write_brief(value->historic[all], historic);
    write_brief(value->residual[all], residual);
    if (isnan(value->residual_least[all]))
        put_text(page, say(text, SAY_worth_all_only, "historic", historic, "days", days, "residual", residual, NULL));
    else
        put_text(page,
                 say(text, SAY_worth_all, "historic", historic, "days", days, "residual", residual, "least",
                     write_brief(value->residual_least[all], least), "most", write_brief(value->residual_most[all], most), NULL));
}

static void put_row(const struct report *report, struct page *page, size_t k, const char *name)
{
    const retain_clv_columns *value = &report->figures.value;
    char text[TEXT], low[TEXT], high[TEXT];

    (void)report;
    put_cell(page, (struct cell){.kind = CELL_TEXT, .text = name});
    put_number(page, write_count(value->customers[k], text));
    put_number(page, write_money(value->historic[k] / value->customers[k], text));
    put_number(page, write_money(value->mean_residual[k], text));
    if (isnan(value->mean_residual_low[k]))
        put_number(page, "-");
    else
        put_number(page, say(text, SAY_interval, "low", write_money(value->mean_residual_low[k], low), "high",
                             write_money(value->mean_residual_high[k], high), NULL));
    put_number(page, write_money(value->mean_total[k], text));
    end_row(page);
}

void show_value(const struct report *report, struct page *page)
{
    static const enum phrase headings[] = {SAY_worth_cohort,  SAY_customers,   SAY_worth_so_far,
                                           SAY_worth_to_come, SAY_interval_95, SAY_worth_total};
    const struct figures *figures = &report->figures;
    size_t shown = page->html ? 24 : 12, first = figures->periods;
    char text[TEXT];

    if (!figures->valued) {
        put_text(page, phrase(SAY_outlook_none));
        return;
    }
    put_all(report, page);
    put_text(page, phrase(SAY_worth_text));
    for (; first > 0 && shown > 0; first--)
        shown -= figures->value.customers[first - 1] > 0.0;
    begin_table(page, TABLE_LIST);
    for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
        put_heading(page, headings[c]);
    end_row(page);
    for (size_t k = first; k < figures->periods; k++) {
        if (figures->value.customers[k] > 0.0)
            put_row(report, page, k, write_period(report->settings.calendar, report->settings.period, figures->edges[k], text));
    }
    put_row(report, page, figures->periods, phrase(SAY_worth_everybody));
    end_table(page);
}
