/* The shop at a glance: how many customers and orders, how many came only once, and what is not counted. */
#include <math.h>
#include <string.h>

#include "sections.h"

static void put_card(struct page *page, const char *figure, const char *meaning)
{
    fprintf(page->file, "<div class='card'><b>%s</b><span>", figure);
    put_safely(page->file, meaning);
    fputs("</span></div>\n", page->file);
}

static void put_cards(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    double at_risk = 0.0;
    char text[TEXT], period[TEXT], meaning[TEXT];

    for (size_t i = 0; i < figures->customers; i++)
        at_risk += figures->at_risk[i] > 0.0 ? figures->at_risk[i] : 0.0;
    fputs("<div class='cards'>\n", page->file);
    put_card(page, write_count((double)figures->customers, text), phrase(SAY_customers));
    put_card(page, write_count(figures->log.kept_orders, text), phrase(SAY_orders));
    put_card(page, write_brief(figures->log.kept_value, text), phrase(SAY_revenue));
    put_card(page, write_percent(figures->once, text), phrase(SAY_once));
    if (figures->over != SIZE_MAX && figures->over >= figures->settled) {
        write_period(report->settings.calendar, report->settings.period, figures->edges[figures->over], period);
        put_card(page, write_percent(figures->crr.crr[figures->over], text),
                 say(meaning, SAY_retention_rate, "period", period, NULL));
    }
    if (at_risk > 0.0)
        put_card(page, write_brief(at_risk, text), phrase(SAY_value_at_risk));
    fputs("</div>\n", page->file);
}

static void describe_counted(const struct report *report, struct page *page)
{
    const retain_orders_report *log = &report->figures.log;
    double dropped = log->zero_orders + log->refunded_orders + log->unmatched_orders + log->cancelled_orders;
    char text[TEXT], orders[TEXT], zero[TEXT], refunded[TEXT], unmatched[TEXT], cancelled[TEXT], customers[TEXT];

    if (dropped > 0.0)
        put_text(page,
                 say(text, SAY_not_counted, "orders", say_count(orders, SAY_n_orders, dropped), "zero",
                     write_count(log->zero_orders, zero), "refunded", write_count(log->refunded_orders, refunded), "unmatched",
                     write_count(log->unmatched_orders, unmatched), "cancelled", write_count(log->cancelled_orders, cancelled),
                     "customers", write_count((double)log->lost_customers, customers), NULL));
    else if (report->shop.left_out.count == 0)
        put_text(page, phrase(SAY_all_counted));
}

/* What run.sh calls them, in the order of the phrase. */
enum { CANCELLED = 1, REASONS = 3 };
static const char *const reasons[REASONS] = {"no customer", "cancelled invoice", "total not positive"};

static int which_reason(const char *reason)
{
    for (int k = 0; k < REASONS; k++)
        if (strcmp(reason, reasons[k]) == 0)
            return k;
    return REASONS;
}

/* Rows that never came among the orders. */
static void show_left_out(const struct report *report, struct page *page)
{
    const struct left_out *left_out = &report->shop.left_out;
    double rows = 0.0;
    int cancelled = 0;
    char text[TEXT], count[TEXT];

    if (left_out->count == 0)
        return;
    for (size_t k = 0; k < left_out->count; k++)
        rows += left_out->rows[k];
    put_text(page, say(text, SAY_left_out, "rows", say_count(count, SAY_n_rows, rows), NULL));
    begin_table(page, TABLE_LIST);
    put_cell(page, (struct cell){.kind = CELL_TEXT_HEADING, .text = phrase(SAY_reason)});
    put_heading(page, SAY_rows);
    put_heading(page, SAY_their_money);
    end_row(page);
    for (size_t k = 0; k < left_out->count; k++) {
        int reason = which_reason(left_out->reason[k]);

        cancelled |= reason == CANCELLED;
        if (reason < REASONS)
            put_cell(page, (struct cell){.kind = CELL_TEXT, .text = say_item(text, SAY_reasons, (size_t)reason)});
        else
            put_cell(page, (struct cell){.kind = CELL_NAME, .text = left_out->reason[k]});
        put_number(page, write_count(left_out->rows[k], text));
        put_number(page, isnan(left_out->value[k]) ? "" : write_money(left_out->value[k], text));
        end_row(page);
    }
    end_table(page);
    if (cancelled)
        put_text(page, phrase(SAY_cancelled_money));
}

/* Everything is counted up to the last order, so a mistyped year empties the page. */
static void warn_of_end(const struct report *report, struct page *page)
{
    enum { LONG = 366 };
    const struct figures *figures = &report->figures;
    char text[TEXT], last[TEXT], before[TEXT];

    if (figures->observation_end - figures->day_before <= LONG)
        return;
    put_text(page, say(text, SAY_last_alone, "last", write_date(report->settings.calendar, figures->observation_end, last),
                       "customer", report->shop.name[report->shop.orders.customer[figures->last_row]], "before",
                       write_date(report->settings.calendar, figures->day_before, before), NULL));
}

static void show_cautions(const struct report *report, struct page *page)
{
    warn_of_end(report, page);
    describe_counted(report, page);
    show_left_out(report, page);
}

void show_glance(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    char text[TEXT], customers[TEXT], orders[TEXT], revenue[TEXT], first[TEXT], last[TEXT], dates[TEXT], share[TEXT];

    write_date(report->settings.calendar, figures->first_day, first);
    write_date(report->settings.calendar, figures->observation_end, last);
    say(dates, SAY_dates, "first", first, "last", last, NULL);
    if (page->html) {
        fputs("<p class='sub'>", page->file);
        put_safely(page->file, phrase(SAY_headline));
        fprintf(page->file, " · %s</p>\n", dates);
        put_cards(report, page);
        show_cautions(report, page);
        put_links(report, page);
        return;
    }
    put_text(page, say(text, SAY_overview, "customers", say_count(customers, SAY_n_customers, (double)figures->customers), "orders",
                       say_count(orders, SAY_n_orders, figures->log.kept_orders), "revenue",
                       write_money(figures->log.kept_value, revenue), "dates", dates, NULL));
    put_text(page, say(text, SAY_bought_once, "share", write_percent(figures->once, share), NULL));
    show_cautions(report, page);
}
