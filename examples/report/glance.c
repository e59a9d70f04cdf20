/* The shop at a glance: how many customers and orders, and how many came only once. */
#include "sections.h"

static void put_card(struct page *page, const char *figure, const char *meaning)
{
    fprintf(page->file, "<div class='card'><b>%s</b><span>", figure);
    put_safely(page->file, meaning);
    fputs("</span></div>\n", page->file);
}

static void put_cards(const struct report *report, struct page *page, double once)
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
    put_card(page, write_percent(once, text), phrase(SAY_once));
    if (figures->over != SIZE_MAX) {
        write_period(report->settings.calendar, report->settings.period, figures->edges[figures->over], period);
        put_card(page, write_percent(figures->crr.crr[figures->over], text),
                 say(meaning, SAY_retention_rate, "period", period, NULL));
    }
    if (at_risk > 0.0)
        put_card(page, write_brief(at_risk, text), phrase(SAY_value_at_risk));
    fputs("</div>\n", page->file);
}

static const char *describe_counted(const struct figures *figures, char text[TEXT])
{
    const retain_orders_report *log = &figures->log;
    double dropped = log->zero_orders + log->refunded_orders + log->unmatched_orders + log->cancelled_orders;
    char orders[TEXT], zero[TEXT], refunded[TEXT], unmatched[TEXT], cancelled[TEXT], customers[TEXT];

    if (dropped == 0.0)
        return say(text, SAY_all_counted, NULL);
    return say(text, SAY_not_counted, "orders", say_count(orders, SAY_n_orders, dropped), "zero",
               write_count(log->zero_orders, zero), "refunded", write_count(log->refunded_orders, refunded), "unmatched",
               write_count(log->unmatched_orders, unmatched), "cancelled", write_count(log->cancelled_orders, cancelled),
               "customers", write_count((double)log->lost_customers, customers), NULL);
}

void show_glance(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    char text[TEXT], customers[TEXT], orders[TEXT], revenue[TEXT], first[TEXT], last[TEXT], dates[TEXT], share[TEXT];
    double once = 0.0;

    for (size_t i = 0; i < figures->customers; i++)
        once += figures->summary.frequency[i] == 0.0;
    once /= (double)figures->customers;
    write_date(report->settings.calendar, figures->first_day, first);
    write_date(report->settings.calendar, figures->observation_end, last);
    say(dates, SAY_dates, "first", first, "last", last, NULL);
    if (page->html) {
        fputs("<p class='sub'>", page->file);
        put_safely(page->file, phrase(SAY_headline));
        fprintf(page->file, " · %s</p>\n", dates);
        put_cards(report, page, once);
        put_text(page, describe_counted(figures, text));
        put_links(report, page);
        return;
    }
    put_text(page, say(text, SAY_overview, "customers", say_count(customers, SAY_n_customers, (double)figures->customers), "orders",
                       say_count(orders, SAY_n_orders, figures->log.kept_orders), "revenue",
                       write_money(figures->log.kept_value, revenue), "dates", dates, NULL));
    put_text(page, say(text, SAY_bought_once, "share", write_percent(once, share), NULL));
    put_text(page, describe_counted(figures, text));
}
