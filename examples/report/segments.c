/* Who the customers are: segments by recency, frequency and money, what to do about each, and how concentrated the revenue is. */
#include <math.h>
#include <stdlib.h>

#include "csv.h"
#include "sections.h"

static const double best = 0.2; /* "the best 20 % of the customers" */

static const double mostly = 0.8; /* buy once: then frequency hardly tells customers apart, docs/rfm.md */

static retain_rfm_columns make_columns(size_t entries)
{
    return (retain_rfm_columns){.customers = new_column(entries),
                                .share = new_column(entries),
                                .share_low = new_column(entries),
                                .share_high = new_column(entries),
                                .revenue = new_column(entries),
                                .revenue_share = new_column(entries),
                                .revenue_share_low = new_column(entries),
                                .revenue_share_high = new_column(entries),
                                .days_since_last = new_column(entries),
                                .occasions = new_column(entries),
                                .mean_revenue = new_column(entries),
                                .mean_revenue_low = new_column(entries),
                                .mean_revenue_high = new_column(entries)};
}

void compute_segments(struct report *report)
{
    struct figures *out = &report->figures;
    const retain_summary *summary = &out->summary;
    retain_context *ctx = &report->context;
    size_t n = out->customers;
    double *since = new_column(n);
    retain_rfm cuts;

    out->r = must_have(n, 1);
    out->f = must_have(n, 1);
    out->m = must_have(n, 1);
    out->segment = must_have(n, 1);
    out->segments = make_columns(RETAIN_RFM_SEGMENTS + 1);
    check(report, retain_rfm_days_since_last(ctx, summary->last_day, n, out->observation_end, since), "days since the last order");
    check(report, retain_rfm_fit(ctx, since, summary->occasions, summary->revenue, n, NULL, &cuts), "RFM cuts");
    check(report, retain_rfm_scores(ctx, &cuts, since, summary->occasions, summary->revenue, n, out->r, out->f, out->m),
          "RFM scores");
    check(report, retain_rfm_segments(ctx, out->r, out->f, out->m, n, NULL, out->segment), "RFM segments");
    check(report,
          retain_rfm_table(ctx, out->segment, since, summary->occasions, summary->revenue, n, RETAIN_RFM_SEGMENTS, 0.0,
                           &out->segments),
          "the segment table");
    check(report,
          retain_rfm_top_share(ctx, summary->revenue, n, &best, 1, 0.0, &out->top_share, &out->top_share_low, &out->top_share_high),
          "the share of the best customers");
    free(since);
}

void write_segments(const struct report *report, FILE *csv)
{
    const retain_rfm_columns *all = &report->figures.segments;
    const double *columns[] = {all->customers,        all->share,         all->share_low,         all->share_high,
                               all->revenue,          all->revenue_share, all->revenue_share_low, all->revenue_share_high,
                               all->days_since_last,  all->occasions,     all->mean_revenue,      all->mean_revenue_low,
                               all->mean_revenue_high};

    fputs("segment,customers,share,share_low,share_high,revenue,revenue_share,revenue_share_low,revenue_share_high,days_since_last,"
          "occasions,mean_revenue,mean_revenue_low,mean_revenue_high\n",
          csv);
    for (size_t s = 0; s <= RETAIN_RFM_SEGMENTS; s++) {
        fputs(s < RETAIN_RFM_SEGMENTS ? retain_rfm_segment_name((retain_rfm_segment)s) : "all", csv);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_csv_number(csv, columns[c][s]);
        fputc('\n', csv);
    }
}

void write_rfm(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;

    fputs("customer,r,f,m,segment\n", csv);
    for (size_t i = 0; i < figures->customers; i++) {
        put_csv_text(csv, report->shop.name[figures->summary.customer[i]]);
        fprintf(csv, ",%d,%d,%d,%s\n", figures->r[i], figures->f[i], figures->m[i],
                retain_rfm_segment_name((retain_rfm_segment)figures->segment[i]));
    }
}

static void describe(const struct figures *figures, struct page *page)
{
    char text[TEXT], share[TEXT], money[TEXT], low[TEXT], high[TEXT], interval[TEXT];

    put_text(page, phrase(SAY_segments_text));
    if (figures->once > mostly)
        put_text(page, say(text, SAY_segments_once, "share", write_percent(figures->once, share), NULL));
    if (isnan(figures->top_share_low))
        return;
    say(interval, SAY_interval, "low", write_percent(figures->top_share_low, low), "high",
        write_percent(figures->top_share_high, high), NULL);
    put_text(page, say(text, SAY_top_share, "share", write_percent(best, share), "money", write_percent(figures->top_share, money),
                       "interval", interval, NULL));
}

void show_segments(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    char text[TEXT];

    describe(figures, page);
    begin_table(page, TABLE_LIST);
    put_heading(page, SAY_segment);
    put_heading(page, SAY_customers);
    put_heading(page, SAY_revenue_share);
    if (page->html)
        put_heading(page, SAY_mean_revenue);
    put_cell(page, (struct cell){.kind = CELL_TEXT_HEADING, .text = phrase(SAY_what_to_do)});
    end_row(page);
    for (size_t s = 0; s < RETAIN_RFM_SEGMENTS; s++) {
        if (figures->segments.customers[s] == 0.0)
            continue;
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = say_item(text, SAY_segment_names, s)});
        put_number(page, write_count(figures->segments.customers[s], text));
        put_number(page, write_percent(figures->segments.revenue_share[s], text));
        if (page->html)
            put_number(page, write_money(figures->segments.mean_revenue[s], text));
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = say_item(text, SAY_segment_advice, s)});
        end_row(page);
    }
    end_table(page);
}
