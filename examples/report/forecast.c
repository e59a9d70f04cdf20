/* Who is about to leave, what is at stake, and whom to write to first: buy-till-you-die models, order values, risk and lifetime value. */
#include <math.h>
#include <stdlib.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

/* Every family that an order log allows; BG/BB counts opportunities, which orders do not have. */
const char *const model_names[MODELS] = {"pareto_nbd", "bg_nbd", "mbg_nbd", "nbd", "gg_nbd", "bg_cnbd", "mbg_cnbd"};
static const retain_btyd_family families[MODELS] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_BG_NBD, RETAIN_BTYD_MBG_NBD,
                                                    RETAIN_BTYD_NBD,        RETAIN_BTYD_GG_NBD, RETAIN_BTYD_BG_CNBD,
                                                    RETAIN_BTYD_MBG_CNBD};

/* --- what is computed ------------------------------------------------------------------------------------------------------------ */

/* A model can be used when its optimum is in the interior or on a boundary or ridge: the forecasts of the latter two are those of the limiting
 * model. It cannot when there was too little to go by. */
int is_usable(const retain_fit_report *report)
{
    return report->verdict == RETAIN_FIT_CONVERGED || report->verdict == RETAIN_FIT_BOUNDARY || report->verdict == RETAIN_FIT_RIDGE;
}

/* One that ended on a boundary where the population has no mean says nothing of those who came once: the rule of retain_risk_customers(). */
int can_value(const struct figures *figures)
{
    return is_usable(&figures->spend_report) &&
           (figures->spend_report.verdict == RETAIN_FIT_CONVERGED || !isnan(retain_spend_mean(&figures->spend_model)));
}

retain_btyd_family family_of(int model)
{
    return families[model];
}

int reads_gaps(const struct report *report)
{
    retain_btyd_family family = families[report->settings.model];

    return family == RETAIN_BTYD_BG_CNBD || family == RETAIN_BTYD_MBG_CNBD;
}

static void fit_model(struct report *report, int place, const retain_customers *customers, struct fitted *fit)
{
    retain_fit_report fresh = RETAIN_FIT_REPORT_INIT;

    fit->place = place;
    fit->report = fresh;
    fit->status = retain_btyd_fit(&report->context, families[place], customers, NULL, &fit->model, &fit->report);
    if (fit->status != RETAIN_ERROR_CONVERGENCE)
        check(report, fit->status, retain_btyd_name(families[place]));
}

struct known know(struct report *report, int64_t day)
{
    const retain_orders_options options = {.struct_size = sizeof options, .unit_days = UNIT_DAYS};
    size_t n = report->figures.customers, count;
    struct known known = {.customer = must_have(n, sizeof *known.customer), .columns = new_column(4 * n)};
    retain_summary summary = {.customer = known.customer,
                              .frequency = known.columns,
                              .t_x = known.columns + n,
                              .T = known.columns + 2 * n,
                              .log_gaps = reads_gaps(report) ? known.columns + 3 * n : NULL};

    check(report, retain_orders_summary(&report->context, &report->log, day, &options, &summary, n, &count, NULL),
          "summing up customers as they were known in the past");
    known.customers = (retain_customers){.count = count,
                                         .frequency = summary.frequency,
                                         .t_x = summary.t_x,
                                         .T = summary.T,
                                         .log_gaps = summary.log_gaps,
                                         .unit_days = UNIT_DAYS};
    fit_model(report, report->settings.model, &known.customers, &known.fit);
    return known;
}

void forget(struct known *known)
{
    free(known->customer);
    free(known->columns);
}

static void fit_models(struct report *report, const retain_customers *customers)
{
    struct figures *out = &report->figures;
    retain_fit_report fresh = RETAIN_FIT_REPORT_INIT;

    for (int k = 0; k < MODELS; k++) {
        if (k >= COMPARED && k != report->settings.model)
            continue;
        struct fitted *fit = &out->fits[out->fit_count++];

        fit_model(report, k, customers, fit);
        if (k == report->settings.model && is_usable(&fit->report))
            out->chosen = fit;
    }
    out->spend_report = fresh;
    out->spend_status = retain_spend_fit(&report->context, customers, NULL, &out->spend_model, &out->spend_report, NULL);
    if (out->spend_status != RETAIN_ERROR_CONVERGENCE)
        check(report, out->spend_status, "fitting the spend model");
}

/* Does spend go with frequency? Asked of single orders, by ranks and logarithms: a few large customers decide Pearson's correlation of means. */
static void find_dependence(struct report *report)
{
    struct figures *out = &report->figures;
    size_t n = out->customers, known;
    double *frequency = new_column(n), *orders = new_column(n), *mean = new_column(n), *mean_log = new_column(n),
           *squares = new_column(n);
    retain_spend_columns columns = {
        .frequency = frequency, .orders = orders, .mean = mean, .mean_log = mean_log, .log_squares = squares};
    retain_spenders spenders = {
        .orders = orders, .mean = mean, .mean_log = mean_log, .log_squares = squares, .frequency = frequency};

    check(report, retain_spend_orders(&report->context, &report->log, out->observation_end, NULL, 0, &columns, n, &known),
          "summing up order values");
    spenders.count = known;
    out->spend_goes_with.struct_size = sizeof out->spend_goes_with;
    check(report, retain_spend_orders_dependence(&report->context, &spenders, 0.95, &out->spend_goes_with),
          "the dependence of spend");
    free(frequency);
    free(orders);
    free(mean);
    free(mean_log);
    free(squares);
}

/* Forecasts per customer; they stay NaN when the chosen model cannot be used. */
static void forecast(struct report *report, const retain_customers *customers)
{
    struct figures *out = &report->figures;
    const struct settings *settings = &report->settings;
    retain_context *ctx = &report->context;
    retain_churn_options horizon = {.struct_size = sizeof horizon, .horizon_days = (double)settings->horizon_days};
    retain_clv_options valuation = {sizeof valuation, settings->clv_days, settings->annual_rate, settings->margin};
    const retain_btyd *model = out->chosen ? &out->chosen->model : NULL;
    size_t n = out->customers;

    out->alive = new_column(n);
    out->expected = new_column(n);
    out->risk = new_column(n);
    out->order_value = new_column(n);
    out->clv = new_column(n);
    out->at_risk = new_column(n);
    out->band = must_have(n, sizeof *out->band);
    for (size_t i = 0; i < n; i++)
        out->alive[i] = out->expected[i] = out->risk[i] = out->order_value[i] = out->clv[i] = out->at_risk[i] = (double)NAN;
    if (!model)
        return;
    check(report, retain_btyd_alive(ctx, model, customers, out->alive, NULL), "P(alive)");
    check(report, retain_btyd_orders(ctx, model, customers, (double)settings->horizon_days / UNIT_DAYS, out->expected),
          "expected orders");
    check(report, retain_churn_risk(ctx, model, customers, &horizon, out->risk), "churn risk");
    check(report, retain_churn_bands(ctx, out->risk, n, NULL, 0, out->band), "risk bands");
    if (!can_value(out))
        return;
    check(report, retain_spend_expected(ctx, &out->spend_model, customers, out->order_value), "expected value of an order");
    check(report, retain_clv_residual(ctx, model, customers, out->order_value, NULL, &valuation, out->clv),
          "customer lifetime value");
    check(report, retain_clv_at_risk(ctx, out->risk, out->clv, n, out->at_risk, NULL), "value at risk");
}

/* Would the forecast have been right? The chosen family is fitted to the log without its last `horizon_days`, and what it expects of them is compared
 * with what came. NaN when there was too little to go by so early. */
static void look_back(struct report *report)
{
    struct figures *out = &report->figures;
    const struct settings *settings = &report->settings;
    const retain_orders_options options = {.struct_size = sizeof options, .unit_days = UNIT_DAYS};
    int64_t then = out->observation_end - settings->horizon_days;
    struct known known = know(report, then);
    size_t n = known.customers.count;
    double *expected = new_column(n), *came = new_column(n);

    out->foreseen = out->happened = (double)NAN;
    if (is_usable(&known.fit.report)) {
        check(report,
              retain_btyd_orders(&report->context, &known.fit.model, &known.customers, (double)settings->horizon_days / UNIT_DAYS,
                                 expected),
              "the look back");
        check(report,
              retain_orders_holdout(&report->context, &report->log, then, out->observation_end, &options, known.customer, n, came,
                                    NULL),
              "the look back");
        out->foreseen = out->happened = 0.0;
        for (size_t i = 0; i < n; i++) {
            out->foreseen += expected[i];
            out->happened += came[i];
        }
    }
    forget(&known);
    free(expected);
    free(came);
}

static const double *sort_key;

static int most_first(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    double x = sort_key[i], y = sort_key[j];

    if (isnan(x) || isnan(y))
        return isnan(x) != isnan(y) ? (isnan(x) ? 1 : -1) : (i > j) - (i < j);
    return x != y ? (x < y ? 1 : -1) : (i > j) - (i < j);
}

void compute_forecast(struct report *report)
{
    struct figures *out = &report->figures;
    retain_customers customers = {.count = out->customers,
                                  .frequency = out->summary.frequency,
                                  .t_x = out->summary.t_x,
                                  .T = out->summary.T,
                                  .spend = out->summary.spend,
                                  .log_gaps = out->summary.log_gaps,
                                  .unit_days = UNIT_DAYS};

    fit_models(report, &customers);
    find_dependence(report);
    forecast(report, &customers);
    look_back(report);
    out->by_value_at_risk = must_have(out->customers, sizeof *out->by_value_at_risk);
    for (size_t i = 0; i < out->customers; i++)
        out->by_value_at_risk[i] = i;
    sort_key = out->at_risk;
    qsort(out->by_value_at_risk, out->customers, sizeof *out->by_value_at_risk, most_first);
}

void write_customers(const struct report *report, FILE *csv)
{
    static const char *const bands[BANDS] = {"low", "medium", "high"};
    const struct figures *figures = &report->figures;
    const retain_summary *summary = &figures->summary;
    char first[TEXT], last[TEXT];

    fputs("customer,orders,occasions,first_day,last_day,frequency,t_x,T,spend,revenue,p_alive,expected_orders,risk,band,clv,"
          "value_at_risk,next_order\n",
          csv);
    for (size_t i = 0; i < figures->customers; i++) {
        put_csv_text(csv, report->shop.name[summary->customer[i]]);
        put_csv_number(csv, summary->orders[i]);
        put_csv_number(csv, summary->occasions[i]);
        fprintf(csv, ",%s,%s", write_iso(summary->first_day[i], first), write_iso(summary->last_day[i], last));
        put_csv_number(csv, summary->frequency[i]);
        put_csv_number(csv, summary->t_x[i]);
        put_csv_number(csv, summary->T[i]);
        put_csv_number(csv, summary->spend[i]);
        put_csv_number(csv, summary->revenue[i]);
        put_csv_number(csv, figures->alive[i]);
        put_csv_number(csv, figures->expected[i]);
        put_csv_number(csv, figures->risk[i]);
        fprintf(csv, ",%s", isnan(figures->risk[i]) ? "" : bands[figures->band[i]]);
        put_csv_number(csv, figures->clv[i]);
        put_csv_number(csv, figures->at_risk[i]);
        fprintf(csv, ",%s\n", day_of_next_order(figures, i) == INT64_MIN ? "" : write_iso(day_of_next_order(figures, i), last));
    }
}

/* --- what is shown ----------------------------------------------------------------------------------------------------------------- */

/* Why there are no forecasts, as a shop owner would want to know it. */
static void explain_nothing(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    double back = 0.0;
    char text[TEXT], count[TEXT];

    for (size_t i = 0; i < figures->customers; i++)
        back += figures->summary.frequency[i] > 0.0;
    for (int k = 0; k < figures->fit_count; k++) {
        const struct fitted *fit = &figures->fits[k];

        if (fit->place != report->settings.model || fit->report.verdict == RETAIN_FIT_TOO_LITTLE_DATA)
            continue;
        put_text(page, say(text, SAY_no_answer, "model", retain_btyd_name(families[fit->place]), "other",
                           model_names[fit->place ? 0 : COMPARED - 1], NULL));
        return;
    }
    put_text(page, back == 0.0 ? phrase(SAY_nobody_back) : say(text, SAY_few_back, "count", write_count(back, count), NULL));
}

static void put_bands(const struct figures *figures, int valued, struct page *page)
{
    double customers[BANDS] = {0.0}, clv[BANDS] = {0.0}, at_risk[BANDS] = {0.0};
    char text[TEXT];

    for (size_t i = 0; i < figures->customers; i++) {
        customers[figures->band[i]]++;
        clv[figures->band[i]] += isnan(figures->clv[i]) ? 0.0 : figures->clv[i];
        at_risk[figures->band[i]] += isnan(figures->at_risk[i]) ? 0.0 : figures->at_risk[i];
    }
    begin_table(page, TABLE_LIST);
    put_heading(page, SAY_risk);
    put_heading(page, SAY_customers);
    if (valued) {
        put_heading(page, SAY_value);
        put_heading(page, SAY_value_at_risk);
    }
    end_row(page);
    for (int b = BANDS - 1; b >= 0; b--) {
        put_cell(page, (struct cell){.kind = CELL_LEVEL, .text = say_item(text, SAY_bands, (size_t)b), .level = b});
        put_number(page, write_count(customers[b], text));
        if (valued) {
            put_number(page, write_money(clv[b], text));
            put_number(page, write_money(at_risk[b], text));
        }
        end_row(page);
    }
    end_table(page);
}

static void put_first_calls(const struct report *report, struct page *page)
{
    static const enum phrase headings[] = {SAY_customer, SAY_orders, SAY_last_order,   SAY_revenue,
                                           SAY_risk,     SAY_value,  SAY_value_at_risk};
    const struct figures *figures = &report->figures;
    const retain_summary *summary = &figures->summary;
    char text[TEXT];

    put_title(page, SAY_first_title);
    put_text(page, phrase(SAY_first_text));
    begin_table(page, TABLE_LIST);
    for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
        put_heading(page, headings[c]);
    end_row(page);
    for (size_t rank = 0; rank < (page->html ? 20 : 12) && rank < figures->customers; rank++) {
        size_t i = figures->by_value_at_risk[rank];

        if (isnan(figures->at_risk[i]))
            break;
        put_cell(page, (struct cell){.kind = CELL_NAME, .text = report->shop.name[summary->customer[i]]});
        put_number(page, write_count(summary->orders[i], text));
        put_number(page, write_date(report->settings.calendar, summary->last_day[i], text));
        put_number(page, write_money(summary->revenue[i], text));
        put_cell(page, (struct cell){.kind = CELL_LEVEL, .text = write_percent(figures->risk[i], text), .level = figures->band[i]});
        put_number(page, write_money(figures->clv[i], text));
        put_number(page, write_money(figures->at_risk[i], text));
        end_row(page);
    }
    end_table(page);
}

void show_forecast(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    const struct settings *settings = &report->settings;
    char text[TEXT], days[TEXT], year[TEXT], rate[TEXT];
    int valued = figures->chosen && can_value(figures);

    if (!figures->chosen) {
        explain_nothing(report, page);
        return;
    }
    put_text(page, say(text, SAY_risk_means, "days", say_count(days, SAY_n_days, (double)settings->horizon_days), "year",
                       say_count(year, SAY_n_days, settings->clv_days), "rate", write_percent(settings->annual_rate, rate), NULL));
    if (!valued)
        put_text(page, phrase(SAY_no_value));
    else if (page->html) {
        put_text(page, phrase(SAY_circles));
        draw_risk(page->file, report);
    }
    put_bands(figures, valued, page);
    if (valued && !figures->leaving.ranked)
        put_first_calls(report, page);
}
