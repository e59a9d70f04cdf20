/* Where did the revenue come from, and where did it go? The bridge from one period to the next, customer by customer. */
#include <math.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

void compute_revenue(struct report *report)
{
    struct figures *out = &report->figures;
    size_t n = out->periods;

    out->bridge = (retain_revenue_columns){.start = new_column(n),
                                           .acquired = new_column(n),
                                           .reactivated = new_column(n),
                                           .expansion = new_column(n),
                                           .contraction = new_column(n),
                                           .lost = new_column(n),
                                           .end = new_column(n),
                                           .start_customers = new_column(n),
                                           .acquired_customers = new_column(n),
                                           .reactivated_customers = new_column(n),
                                           .expanded_customers = new_column(n),
                                           .contracted_customers = new_column(n),
                                           .lost_customers = new_column(n),
                                           .end_customers = new_column(n),
                                           .grr = new_column(n),
                                           .grr_low = new_column(n),
                                           .grr_high = new_column(n),
                                           .nrr = new_column(n),
                                           .nrr_low = new_column(n),
                                           .nrr_high = new_column(n)};
    check(report,
          retain_revenue_bridge(&report->context, &report->log, out->observation_end, out->edges, n + 1, NULL, NULL, &out->bridge),
          "the revenue bridge");
    out->bridge_unit = 1.0;
    for (size_t k = 0; k < n; k++)
        while (out->bridge.end[k] >= 1e7 * out->bridge_unit && out->bridge_unit < 1e9)
            out->bridge_unit *= 1000.0;
}

void write_revenue(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;
    const retain_revenue_columns *bridge = &figures->bridge;
    const double *columns[] = {bridge->start,
                               bridge->acquired,
                               bridge->reactivated,
                               bridge->expansion,
                               bridge->contraction,
                               bridge->lost,
                               bridge->end,
                               bridge->start_customers,
                               bridge->acquired_customers,
                               bridge->reactivated_customers,
                               bridge->expanded_customers,
                               bridge->contracted_customers,
                               bridge->lost_customers,
                               bridge->end_customers,
                               bridge->grr,
                               bridge->grr_low,
                               bridge->grr_high,
                               bridge->nrr,
                               bridge->nrr_low,
                               bridge->nrr_high};
    char text[TEXT];

    fputs(
        "period,start,acquired,reactivated,expansion,contraction,lost,end,start_customers,acquired_customers,reactivated_customers,"
        "expanded_customers,contracted_customers,lost_customers,end_customers,grr,grr_low,grr_high,nrr,nrr_low,nrr_high\n",
        csv);
    for (size_t k = 0; k < figures->periods; k++) {
        fputs(write_iso(figures->edges[k], text), csv);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_csv_number(csv, is_over(figures, k) ? columns[c][k] : (double)NAN);
        fputc('\n', csv);
    }
}

static const char *write_interval(double low, double high, char text[TEXT])
{
    char low_text[TEXT], high_text[TEXT];

    return say(text, SAY_interval, "low", write_percent(low, low_text), "high", write_percent(high, high_text), NULL);
}

static void describe(const struct report *report, struct page *page)
{
    double unit = report->figures.bridge_unit;
    const retain_revenue_columns *bridge = &report->figures.bridge;
    size_t k = report->figures.over;
    char text[TEXT], period[TEXT], grr[TEXT], nrr[TEXT], grr_interval[TEXT], nrr_interval[TEXT];

    put_text(page, phrase(SAY_revenue_text));
    if (unit > 1.0)
        put_text(page, say_item(text, SAY_amounts_in, unit < 1e6 ? 0 : unit < 1e9 ? 1 : 2));
    if (isnan(bridge->grr_low[k]) || isnan(bridge->nrr_low[k]))
        return;
    write_period(report->settings.calendar, report->settings.period, report->figures.edges[k], period);
    if (bridge->nrr[k] == 0.0) {
        put_text(page, say(text, SAY_revenue_gone, "period", period, NULL));
        return;
    }
    put_text(page,
             say(text, SAY_revenue_kept, "period", period, "grr", write_percent(bridge->grr[k], grr), "grr_interval",
                 write_interval(bridge->grr_low[k], bridge->grr_high[k], grr_interval), "nrr", write_percent(bridge->nrr[k], nrr),
                 "nrr_interval", write_interval(bridge->nrr_low[k], bridge->nrr_high[k], nrr_interval), NULL));
}

void show_revenue(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    const retain_revenue_columns *bridge = &figures->bridge;
    const double *columns[] = {bridge->start,       bridge->lost,     bridge->contraction, bridge->expansion,
                               bridge->reactivated, bridge->acquired, bridge->end};
    size_t over = figures->over;
    char text[TEXT];

    if (over == SIZE_MAX || over == 0) {
        put_text(page, phrase(SAY_no_revenue));
        return;
    }
    if (!figures->comes_back) {
        put_text(page, phrase(SAY_revenue_all_new));
        return;
    }
    describe(report, page);
    if (page->html)
        draw_bridge(page->file, report);
    begin_table(page, TABLE_LIST);
    put_heading(page, SAY_period);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        put_cell(page, (struct cell){.kind = CELL_HEADING, .text = say_item(text, SAY_bridge, c)});
    put_heading(page, SAY_grr);
    put_heading(page, SAY_nrr);
    end_row(page);
    for (size_t k = over > 12 ? over - 11 : 1; k <= over; k++) {
        write_period(report->settings.calendar, report->settings.period, figures->edges[k], text);
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = text});
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_number(page, write_count(columns[c][k] / figures->bridge_unit, text));
        put_number(page, write_percent(bridge->grr[k], text));
        put_number(page, write_percent(bridge->nrr[k], text));
        end_row(page);
    }
    end_table(page);
}
