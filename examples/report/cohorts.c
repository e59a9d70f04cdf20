/* Do they come back? Of the customers won in a period, how many bought again so many periods later. */
#include <math.h>

#include "csv.h"
#include "sections.h"

void compute_cohorts(struct report *report)
{
    struct figures *out = &report->figures;
    size_t n = out->periods, cells = n * n;
    retain_context *ctx = &report->context;

    out->size = new_column(n);
    out->active = new_column(cells);
    out->orders = new_column(cells);
    out->revenue = new_column(cells);
    out->complete = must_have(cells, sizeof *out->complete);
    out->retention = new_column(cells);
    out->retention_low = new_column(cells);
    out->retention_high = new_column(cells);
    out->average = new_column(n);
    out->average_low = new_column(n);
    out->average_high = new_column(n);
    check(report,
          retain_cohort_active(ctx, &report->log, out->observation_end, out->edges, n + 1, NULL, NULL, out->size, out->active,
                               out->orders, out->revenue, out->complete),
          "following cohorts");
    check(report,
          retain_cohort_retention(ctx, out->size, out->active, n, 0.0, out->retention, out->retention_low, out->retention_high),
          "cohort retention");
    check(report,
          retain_cohort_average(ctx, out->size, out->active, n, 0.0, out->average, NULL, out->average_low, out->average_high),
          "average retention");
    for (size_t c = 0; c < n; c++)
        for (size_t age = 1; c + age < n; age++)
            out->comes_back |= out->complete[c * n + age] && out->active[c * n + age] > 0.0;
}

void write_cohorts(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;
    size_t n = figures->periods;
    char text[TEXT];

    fputs("cohort,age,size,active,retention,retention_low,retention_high,orders,revenue,complete\n", csv);
    for (size_t c = 0; c < n; c++) {
        for (size_t age = 0; c + age < n; age++) {
            size_t cell = c * n + age;
            const double columns[] = {figures->active[cell],         figures->retention[cell], figures->retention_low[cell],
                                      figures->retention_high[cell], figures->orders[cell],    figures->revenue[cell]};

            fprintf(csv, "%s,%zu", write_iso(figures->edges[c], text), age);
            put_csv_number(csv, figures->size[c]);
            for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
                put_csv_number(csv, figures->complete[cell] ? columns[k] : (double)NAN);
            fprintf(csv, ",%d\n", figures->complete[cell]);
        }
    }
}

/* What is shown: the last cohorts that have customers, and as many ages as have an average. */
struct window {
    size_t first, ages;
    double deepest;
};

static struct window choose_window(const struct figures *figures, size_t rows, size_t ages)
{
    size_t n = figures->periods, shown = 0;
    struct window window = {.ages = n < ages ? n : ages};

    for (size_t c = 0; c < n; c++)
        for (size_t age = 1; c + age < n; age++)
            window.deepest = fmax(window.deepest, isnan(figures->retention[c * n + age]) ? 0.0 : figures->retention[c * n + age]);
    for (size_t c = n; c-- > 0 && shown < rows;) {
        if (is_over(figures, c) && figures->size[c] > 0.0) {
            window.first = c;
            shown++;
        }
    }
    while (window.ages > 2 && isnan(figures->average[window.ages - 1]))
        window.ages--;
    return window;
}

static const char *write_rate(double rate, char text[TEXT])
{
    return write_number(round(100.0 * rate), 3, text);
}

static void put_cohort(const struct report *report, struct page *page, const struct window *window, size_t c)
{
    const struct figures *figures = &report->figures;
    size_t n = figures->periods;
    char text[TEXT], low[TEXT], high[TEXT], count[TEXT], customers[TEXT], interval[TEXT], note[TEXT];

    write_period(report->settings.calendar, report->settings.period, figures->edges[c], text);
    put_cell(page, (struct cell){.kind = CELL_TEXT, .text = text});
    put_number(page, write_count(figures->size[c], text));
    for (size_t age = 1; age < window->ages && c + age < n; age++) {
        size_t cell = c * n + age;

        if (isnan(figures->retention[cell]))
            break;
        say(interval, SAY_interval, "low", write_percent(figures->retention_low[cell], low), "high",
            write_percent(figures->retention_high[cell], high), NULL);
        say(note, SAY_cell_note, "count", write_count(figures->active[cell], count), "customers",
            say_count(customers, SAY_n_customers, figures->size[c]), "interval", interval, NULL);
        put_cell(page, (struct cell){.kind = CELL_HEAT,
                                     .text = write_rate(figures->retention[cell], text),
                                     .note = note,
                                     .share = window->deepest > 0.0 ? figures->retention[cell] / window->deepest : 0.0});
    }
    end_row(page);
}

static void put_average(const struct figures *figures, struct page *page, const struct window *window)
{
    char text[TEXT], low[TEXT], high[TEXT], note[TEXT];

    put_cell(page, (struct cell){.kind = CELL_TEXT, .text = phrase(SAY_average)});
    put_number(page, "");
    for (size_t age = 1; age < window->ages && !isnan(figures->average[age]); age++) {
        say(note, SAY_interval, "low", write_percent(figures->average_low[age], low), "high",
            write_percent(figures->average_high[age], high), NULL);
        put_cell(page, (struct cell){.text = write_rate(figures->average[age], text), .note = note});
    }
    end_row(page);
}

void show_cohorts(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    struct window window = choose_window(figures, page->html ? 24 : 18, page->html ? 19 : 13);
    char text[TEXT], ahead[TEXT];

    if (figures->over == SIZE_MAX) {
        put_text(page, phrase(SAY_no_cohorts));
        return;
    }
    if (!figures->comes_back) {
        put_text(page, phrase(SAY_nobody_again));
        return;
    }
    put_text(page, phrase(SAY_cohorts_text));
    if (page->html)
        put_text(page, phrase(SAY_cohorts_pointer));
    begin_table(page, TABLE_HEAT);
    put_heading(page, SAY_won_in);
    put_heading(page, SAY_customers);
    for (size_t age = 1; age < window.ages; age++) {
        snprintf(ahead, sizeof ahead, "+%s", write_number((double)age, 3, text));
        put_cell(page, (struct cell){.kind = CELL_HEADING, .text = ahead});
    }
    end_row(page);
    for (size_t c = window.first; c < figures->periods && is_over(figures, c); c++) {
        if (figures->size[c] > 0.0)
            put_cohort(report, page, &window, c);
    }
    put_average(figures, page, &window);
    end_table(page);
}
