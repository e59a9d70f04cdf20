/* Do customers stay? Their coming and going from period to period, and the retention rate with its interval. */
#include <math.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

void compute_retention(struct report *report)
{
    struct figures *out = &report->figures;
    retain_crr_options options = {.struct_size = sizeof options, .window_days = report->settings.window_days};
    size_t n = out->periods;

    out->crr = (retain_crr_columns){.start = new_column(n),
                                    .acquired = new_column(n),
                                    .gained = new_column(n),
                                    .retained = new_column(n),
                                    .reactivated = new_column(n),
                                    .lost = new_column(n),
                                    .end = new_column(n),
                                    .crr = new_column(n),
                                    .crr_low = new_column(n),
                                    .crr_high = new_column(n),
                                    .crr_strict = new_column(n),
                                    .crr_strict_low = new_column(n),
                                    .crr_strict_high = new_column(n),
                                    .churn = new_column(n)};
    check(report,
          retain_crr_periods(&report->context, &report->log, out->observation_end, out->edges, n + 1, NULL, &options, &out->crr,
                             &out->window_days),
          "following customers from period to period");
}

void write_retention(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;
    const retain_crr_columns *crr = &figures->crr;
    const double *columns[] = {
        crr->start, crr->gained,  crr->retained, crr->reactivated, crr->lost,           crr->end,
        crr->crr,   crr->crr_low, crr->crr_high, crr->crr_strict,  crr->crr_strict_low, crr->crr_strict_high};
    char text[TEXT];

    fputs("period,start,new,retained,reactivated,lost,end,crr,crr_low,crr_high,crr_strict,crr_strict_low,crr_strict_high\n", csv);
    for (size_t k = 0; k < figures->periods; k++) {
        fputs(write_iso(figures->edges[k], text), csv);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_csv_number(csv, is_over(figures, k) ? columns[c][k] : (double)NAN);
        fputc('\n', csv);
    }
}

static void describe(const struct figures *figures, struct page *page)
{
    const retain_crr_columns *crr = &figures->crr;
    char text[TEXT], start[TEXT], lost[TEXT], back[TEXT], fresh[TEXT], rate[TEXT], grade[TEXT], strict[TEXT];
    size_t k = figures->over;

    if (k == SIZE_MAX || isnan(crr->crr[k])) {
        put_text(page, say(text, SAY_no_retention, NULL));
        return;
    }
    put_text(page, say(text, SAY_retention_moves, "start", say_count(start, SAY_n_active, crr->start[k]), "lost",
                       say_count(lost, SAY_n_lost, crr->lost[k]), "back", say_count(back, SAY_n_back, crr->reactivated[k]), "fresh",
                       say_count(fresh, SAY_n_fresh, crr->gained[k]), NULL));
    put_text(page, say(text, SAY_retention_graded, "rate", write_percent(crr->crr[k], rate), "grade",
                       say_item(grade, SAY_grades, (size_t)retain_crr_grade(crr->crr[k], NULL, 0)), "strict",
                       write_percent(crr->crr_strict[k], strict), NULL));
}

static void put_row(const struct report *report, struct page *page, size_t k)
{
    const retain_crr_columns *crr = &report->figures.crr;
    const double counts[] = {crr->start[k], crr->lost[k], crr->retained[k], crr->reactivated[k], crr->gained[k], crr->end[k]};
    char text[TEXT], low[TEXT], high[TEXT];

    write_period(report->settings.calendar, report->settings.period, report->figures.edges[k], text);
    put_cell(page, (struct cell){.kind = CELL_TEXT, .text = text});
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        put_number(page, write_count(counts[c], text));
    put_number(page, write_percent(crr->crr[k], text));
    if (isnan(crr->crr_low[k]))
        text[0] = 0;
    else
        say(text, SAY_interval, "low", write_percent(crr->crr_low[k], low), "high", write_percent(crr->crr_high[k], high), NULL);
    put_number(page, text);
    put_cell(page, (struct cell){.kind = CELL_BAR, .share = crr->crr[k]});
    end_row(page);
}

void show_retention(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    static const enum phrase headings[] = {SAY_period, SAY_at_start, SAY_lost, SAY_retained,   SAY_back,
                                           SAY_fresh,  SAY_at_end,   SAY_crr,  SAY_interval_95};
    size_t over = figures->over;
    char text[TEXT], days[TEXT];

    describe(figures, page);
    put_text(page, say(text, SAY_active_means, "days", say_count(days, SAY_n_days, (double)figures->window_days), NULL));
    if (page->html) {
        draw_retention(page->file, report);
        return;
    }
    if (over == SIZE_MAX)
        return;
    begin_table(page, TABLE_LIST);
    for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
        put_heading(page, headings[c]);
    end_row(page);
    for (size_t k = over > 14 ? over - 14 : 0; k <= over; k++)
        put_row(report, page, k);
    end_table(page);
}
