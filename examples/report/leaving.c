/* Whom to act on first, and why: the risk that was learnt from this shop's own past, tested on customers it had not seen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

/* --- what is computed ------------------------------------------------------------------------------------------------------------ */

/* Codes of the kinds of events, in the order of events.c; rarer kinds than those that it lists are left out. */
static retain_events code_events(const struct report *report, int64_t *customer, int64_t *day, int64_t *kind)
{
    const struct rows *rows = &report->shop.events;
    retain_events events = {.customer = customer, .day = day, .kind = kind};

    for (size_t i = 0; i < rows->count; i++) {
        for (size_t k = 0; k < report->figures.kind_count; k++) {
            if (strcmp(rows->text[i], report->figures.kinds[k].name) != 0)
                continue;
            customer[events.count] = rows->customer[i];
            day[events.count] = rows->day[i];
            kind[events.count++] = (int64_t)k;
        }
    }
    return events;
}

static void take_leaving(struct leaving *out, size_t customers)
{
    double **const columns[] = {&out->risk, &out->low, &out->high, &out->residual, &out->at_risk, &out->foretold};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        *columns[c] = new_column(customers);
    out->effect = new_column(customers * RETAIN_RISK_REASONS);
    out->customer = must_have(customers, sizeof *out->customer);
    out->rank = must_have(customers, sizeof *out->rank);
    out->reason = must_have(customers * RETAIN_RISK_REASONS, sizeof *out->reason);
    out->silent = must_have(customers, sizeof *out->silent);
    out->by_rank = must_have(customers, sizeof *out->by_rank);
}

static void score(struct report *report, const retain_features_source *source, const retain_risk_options *options)
{
    struct leaving *out = &report->figures.leaving;
    const int64_t end = report->figures.observation_end;
    const size_t room = report->figures.customers;
    const retain_risk_columns columns = {.customer = out->customer,
                                         .risk = out->risk,
                                         .risk_low = out->low,
                                         .risk_high = out->high,
                                         .reason = out->reason,
                                         .reason_effect = out->effect,
                                         .residual = out->residual,
                                         .value_at_risk = out->at_risk,
                                         .rank = out->rank};
    const retain_risk_test test = {.risk = out->foretold, .silent = out->silent};
    retain_status status =
        retain_risk_customers(&report->context, source, end, NULL, options, &columns, room, &out->count, &out->card);

    if (status == RETAIN_ERROR_CONVERGENCE)
        return;
    check(report, status, "who is about to leave");
    status = retain_risk_tested(&report->context, source, end, NULL, options, &test, room, &out->test_count, &out->card);
    check(report, status, "the test of who is about to leave");
    for (size_t i = 0; i < out->count; i++)
        out->by_rank[out->rank[i] - 1] = i;
    out->scored = 1;
    out->ranked = out->count > 0 && !isnan(out->at_risk[out->by_rank[0]]);
}

void compute_leaving(struct report *report)
{
    const struct settings *settings = &report->settings;
    const struct rows *rows = &report->shop.events;
    struct leaving *out = &report->figures.leaving;
    const retain_btyd_family family = family_of(settings->model);
    const retain_risk_options options = {.struct_size = sizeof options,
                                         .horizon_days = settings->horizon_days,
                                         .family = retain_btyd_is_regular(family) ? RETAIN_BTYD_PARETO_NBD : family,
                                         .value_days = settings->clv_days,
                                         .annual_rate = settings->annual_rate,
                                         .margin = settings->margin};
    int64_t *customer = must_have(rows->count, sizeof *customer), *day = must_have(rows->count, sizeof *day);
    int64_t *kind = must_have(rows->count, sizeof *kind);
    const retain_events events = code_events(report, customer, day, kind);
    const retain_features_source source = {
        .orders = &report->log, .events = events.count ? &events : NULL, .kinds = report->figures.kind_count};

    out->card.struct_size = sizeof out->card;
    take_leaving(out, report->figures.customers);
    score(report, &source, &options);
    free(customer);
    free(day);
    free(kind);
}

/* --- files for programs ---------------------------------------------------------------------------------------------------------- */

/* The name of a theme; that of a kind of event is the shop's. */
static const char *name_theme(const struct report *report, int64_t theme)
{
    if (theme < 0)
        return "";
    return theme < RETAIN_RISK_EVENTS ? retain_risk_theme_name((retain_risk_theme)theme)
                                      : report->figures.kinds[theme - RETAIN_RISK_EVENTS].name;
}

void write_leaving(const struct report *report, FILE *csv)
{
    const struct leaving *leaving = &report->figures.leaving;

    fputs("customer,risk,risk_low,risk_high,residual,value_at_risk,rank,reason_1,effect_1,reason_2,effect_2,reason_3,effect_3\n",
          csv);
    for (size_t i = 0; leaving->scored && i < leaving->count; i++) {
        put_csv_text(csv, report->shop.name[leaving->customer[i]]);
        put_csv_number(csv, leaving->risk[i]);
        put_csv_number(csv, leaving->low[i]);
        put_csv_number(csv, leaving->high[i]);
        put_csv_number(csv, leaving->residual[i]);
        put_csv_number(csv, leaving->at_risk[i]);
        fprintf(csv, ",%lld", (long long)leaving->rank[i]);
        for (size_t j = 0; j < RETAIN_RISK_REASONS; j++) {
            const size_t at = j * report->figures.customers + i;

            fputc(',', csv);
            fputs(name_theme(report, leaving->reason[at]), csv);
            put_csv_number(csv, leaving->effect[at]);
        }
        fputc('\n', csv);
    }
}

/* --- what is shown ----------------------------------------------------------------------------------------------------------------- */

static void put_card(const struct report *report, struct page *page)
{
    const retain_risk_card *card = &report->figures.leaving.card;
    const retain_risk_figures *own = &card->figures[card->method];
    char text[TEXT], date[TEXT], customers[TEXT], silent[TEXT], days[TEXT], expected[TEXT], auc[TEXT], naive[TEXT];

    say_count(days, SAY_n_days, (double)card->horizon_days);
    write_date(report->settings.calendar, card->test_date, date);
    put_text(page, say(text, SAY_leaving_test, "date", date, "customers",
                       say_count(customers, SAY_n_customers, (double)card->test_customers), "days", days, "silent",
                       write_count((double)card->test_silent, silent), "expected", write_count(own->expected, expected), NULL));
    write_count(100.0 * own->auc, auc);
    write_count(100.0 * card->figures[RETAIN_RISK_LONGEST_ABSENT].auc, naive);
    put_text(page, say(text, card->verdict == RETAIN_RISK_EARNED ? SAY_leaving_earned : SAY_leaving_not_better, "auc", auc, "naive",
                       naive, NULL));
}

/* The themes that raise a customer's risk, as a list; a dash where there are none. */
static const char *list_reasons(const struct report *report, size_t i, char list[TEXT])
{
    const struct leaving *leaving = &report->figures.leaving;
    size_t length = 0;
    char word[TEXT];

    list[0] = 0;
    for (size_t j = 0; j < RETAIN_RISK_REASONS && length < TEXT / 2; j++) {
        const int64_t theme = leaving->reason[j * report->figures.customers + i];

        if (theme < 0 || (j > 0 && leaving->effect[j * report->figures.customers + i] < 0.1))
            break;
        length +=
            (size_t)snprintf(list + length, TEXT - length, "%s%s", length ? phrase(SAY_list_comma) : "",
                             theme < RETAIN_RISK_EVENTS ? say_item(word, SAY_themes, (size_t)theme) : name_theme(report, theme));
    }
    return length ? list : "\xe2\x80\x93";
}

static void put_row(const struct report *report, struct page *page, size_t i)
{
    const struct leaving *leaving = &report->figures.leaving;
    const retain_summary *summary = &report->figures.summary;
    const double risk = leaving->risk[i];
    size_t row = 0;
    char text[TEXT];

    while (summary->customer[row] != leaving->customer[i])
        row++;
    put_cell(page, (struct cell){.kind = CELL_NAME, .text = report->shop.name[leaving->customer[i]]});
    put_number(page, write_count(summary->orders[row], text));
    put_number(page, write_date(report->settings.calendar, summary->last_day[row], text));
    put_cell(page, (struct cell){.kind = CELL_LEVEL,
                                 .text = write_percent(risk, text),
                                 .level = risk < 0.5   ? 0
                                          : risk < 0.8 ? 1
                                                       : 2});
    put_number(page, write_money(leaving->residual[i], text));
    put_number(page, write_money(leaving->at_risk[i], text));
    put_cell(page, (struct cell){.kind = CELL_TEXT, .text = list_reasons(report, i, text)});
    end_row(page);
}

void show_leaving(const struct report *report, struct page *page)
{
    static const enum phrase headings[] = {SAY_customer, SAY_orders, SAY_last_order, SAY_risk, SAY_value, SAY_value_at_risk};
    const struct leaving *leaving = &report->figures.leaving;

    if (!leaving->scored) {
        put_text(page, phrase(SAY_leaving_thin));
        put_detail(page, leaving->card.explanation);
        return;
    }
    put_card(report, page);
    if (page->html) {
        put_text(page, phrase(SAY_reliability_text));
        draw_reliability(page->file, report);
    }
    if (!leaving->ranked) {
        put_text(page, phrase(SAY_leaving_unvalued));
        return;
    }
    put_text(page, phrase(SAY_leaving_text));
    begin_table(page, TABLE_LIST);
    for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
        put_heading(page, headings[c]);
    put_cell(page, (struct cell){.kind = CELL_TEXT_HEADING, .text = phrase(SAY_leaving_reasons)});
    end_row(page);
    for (size_t place = 0; place < (page->html ? 20 : 12) && place < leaving->count; place++) {
        if (isnan(leaving->at_risk[leaving->by_rank[place]]))
            break;
        put_row(report, page, leaving->by_rank[place]);
    }
    end_table(page);
}
