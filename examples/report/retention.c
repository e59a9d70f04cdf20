/* Do customers stay? Their coming and going from period to period, and the retention rate with its interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

static int compare_days(const void *a, const void *b)
{
    const int64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* A few customers come late even to a closed log: their first orders were of value zero, say. */
static int64_t find_newest(const struct figures *figures)
{
    size_t n = figures->customers;
    int64_t *days = must_have(n, sizeof *days), newest;

    memcpy(days, figures->summary.first_day, n * sizeof *days);
    qsort(days, n, sizeof *days, compare_days);
    newest = days[(n - 1) - (n - 1) / 100];
    free(days);
    return newest;
}

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
    while (out->settled < n && out->edges[out->settled] < out->first_day + out->window_days)
        out->settled++;
    if (out->over != SIZE_MAX)
        out->floor = fmax(0.0, 1.0 - (double)(out->edges[out->over + 1] - out->edges[out->over]) / (double)out->window_days);
    out->newest = find_newest(out);
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

/* Is this a log of customers who were all won at its beginning, and were followed from then on? */
static int is_closed(const struct figures *figures)
{
    return 2 * (figures->newest - figures->first_day) < figures->observation_end - figures->first_day &&
           figures->observation_end - figures->newest > figures->window_days && figures->crr.gained[figures->over] == 0.0;
}

static void describe_moves(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    const retain_crr_columns *crr = &figures->crr;
    size_t k = figures->over;
    char text[TEXT], start[TEXT], lost[TEXT], back[TEXT], fresh[TEXT], day[TEXT];

    say_count(start, SAY_n_active, crr->start[k]);
    say_count(lost, SAY_n_lost, crr->lost[k]);
    say_count(back, SAY_n_back, crr->reactivated[k]);
    if (!is_closed(figures)) {
        put_text(page, say(text, SAY_retention_moves, "start", start, "lost", lost, "back", back, "fresh",
                           say_count(fresh, SAY_n_fresh, crr->gained[k]), NULL));
        return;
    }
    put_text(page, say(text, SAY_retention_moves_closed, "start", start, "lost", lost, "back", back, NULL));
    put_text(page, say(text, SAY_closed, "day", write_date(report->settings.calendar, figures->newest, day), NULL));
}

/* A grade is for a rate that says something: not where hardly anybody comes back, and not for what the window alone would give. */
static int can_grade(const struct figures *figures)
{
    static const double hardly_anybody = 0.05;

    return 1.0 - figures->once >= hardly_anybody && figures->crr.crr[figures->over] > figures->floor;
}

static void describe_rate(const struct figures *figures, struct page *page)
{
    const retain_crr_columns *crr = &figures->crr;
    size_t k = figures->over;
    char text[TEXT], rate[TEXT], grade[TEXT], strict[TEXT], low[TEXT], high[TEXT], interval[TEXT], floor[TEXT], days[TEXT],
        once[TEXT];

    write_percent(crr->crr[k], rate);
    write_percent(crr->crr_strict[k], strict);
    say(interval, SAY_interval, "low", write_percent(crr->crr_strict_low[k], low), "high",
        write_percent(crr->crr_strict_high[k], high), NULL);
    if (can_grade(figures))
        put_text(page, say(text, SAY_retention_graded, "rate", rate, "grade",
                           say_item(grade, SAY_grades, (size_t)retain_crr_grade(crr->crr[k], NULL, 0)), "strict", strict,
                           "interval", interval, NULL));
    else
        put_text(page, say(text, SAY_retention_ungraded, "rate", rate, "strict", strict, "interval", interval, "days",
                           say_count(days, SAY_n_days, (double)figures->window_days), "floor", write_percent(figures->floor, floor),
                           "once", write_percent(figures->once, once), NULL));
}

/* The last period that is over, if there is one to speak of. */
static int describe(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    size_t k = figures->over;
    char text[TEXT], day[TEXT];

    if (k == SIZE_MAX || isnan(figures->crr.crr[k])) {
        put_text(page, say(text, SAY_no_retention, NULL));
        return k != SIZE_MAX;
    }
    if (k < figures->settled) {
        put_text(page, say(text, SAY_too_young, "day",
                           write_date(report->settings.calendar, figures->first_day + figures->window_days, day), NULL));
        return 0;
    }
    describe_moves(report, page);
    describe_rate(figures, page);
    return 1;
}

static void put_row(const struct report *report, struct page *page, size_t k)
{
    const retain_crr_columns *crr = &report->figures.crr;
    const double counts[] = {crr->start[k], crr->lost[k], crr->reactivated[k], crr->gained[k], crr->end[k]};
    char text[TEXT], low[TEXT], high[TEXT];

    write_period(report->settings.calendar, report->settings.period, report->figures.edges[k], text);
    put_cell(page, (struct cell){.kind = CELL_TEXT, .text = text});
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        put_number(page, write_count(counts[c], text));
    put_number(page, write_percent(crr->crr[k], text));
    put_number(page, write_percent(crr->crr_strict[k], text));
    if (isnan(crr->crr_strict_low[k]))
        text[0] = 0;
    else
        say(text, SAY_interval, "low", write_percent(crr->crr_strict_low[k], low), "high",
            write_percent(crr->crr_strict_high[k], high), NULL);
    put_number(page, text);
    put_cell(page, (struct cell){.kind = CELL_BAR, .share = crr->crr_strict[k]});
    end_row(page);
}

void show_retention(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    static const enum phrase headings[] = {SAY_period, SAY_at_start, SAY_lost,        SAY_back,       SAY_fresh,
                                           SAY_at_end, SAY_crr,      SAY_never_going, SAY_interval_95};
    size_t over = figures->over;
    char text[TEXT], days[TEXT], day[TEXT];
    int more = describe(report, page);

    put_text(page, say(text, SAY_active_means, "days", say_count(days, SAY_n_days, (double)figures->window_days), NULL));
    if (!more || figures->settled > over)
        return;
    if (figures->settled > 0)
        put_text(page, say(text, SAY_early_left_out, "day",
                           write_date(report->settings.calendar, figures->first_day + figures->window_days, day), NULL));
    if (page->html) {
        draw_retention(page->file, report);
        return;
    }
    begin_table(page, TABLE_LIST);
    for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
        put_heading(page, headings[c]);
    end_row(page);
    for (size_t k = over > figures->settled + 14 ? over - 14 : figures->settled; k <= over; k++)
        put_row(report, page, k);
    end_table(page);
}
