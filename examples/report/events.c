/* What drives customers away? From the table `events` (tickets, returns, late deliveries ...), where the database has one: who came back after an
 * event, against customers alike to whom it did not happen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "sections.h"

static int compare_kinds(const void *a, const void *b)
{
    const struct event_kind *x = a, *y = b;

    return x->events != y->events ? (x->events < y->events ? 1 : -1) : strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The kinds of events, the most frequent first. */
static void list_kinds(const struct rows *rows, struct figures *out)
{
    char **sorted = must_have(rows->count, sizeof *sorted);

    memcpy(sorted, rows->text, rows->count * sizeof *sorted);
    qsort(sorted, rows->count, sizeof *sorted, compare_names);
    out->kinds = must_have(rows->count, sizeof *out->kinds);
    for (size_t i = 0; i < rows->count; i++) {
        if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
            out->kinds[out->kind_count++].name = sorted[i];
        out->kinds[out->kind_count - 1].events++;
    }
    qsort(out->kinds, out->kind_count, sizeof *out->kinds, compare_kinds);
    free(sorted);
}

int has_events(const struct report *report)
{
    return report->shop.events.count > 0;
}

void compute_events(struct report *report)
{
    const struct rows *rows = &report->shop.events;
    struct figures *out = &report->figures;
    int64_t *customer = must_have(rows->count, sizeof *customer), *day = must_have(rows->count, sizeof *day);

    list_kinds(rows, out);
    for (size_t k = 0; k < out->kind_count && k < EVENT_KINDS; k++) {
        retain_signals_effect_options options = {.struct_size = sizeof options, .horizon_days = report->settings.horizon_days};
        struct event_kind *kind = &out->kinds[k];
        retain_events events = {.customer = customer, .day = day};

        for (size_t i = 0; i < rows->count; i++) {
            if (strcmp(rows->text[i], kind->name) != 0)
                continue;
            customer[events.count] = rows->customer[i];
            day[events.count++] = rows->day[i];
        }
        kind->effect.struct_size = sizeof kind->effect;
        check(report,
              retain_signals_effect(&report->context, &events, &report->log, out->observation_end, NULL, out->edges,
                                    out->periods + 1, NULL, &options, &kind->effect),
              "the effect of events");
    }
    out->kind_count = out->kind_count < EVENT_KINDS ? out->kind_count : EVENT_KINDS;
    free(customer);
    free(day);
}

void write_events(const struct report *report, FILE *csv)
{
    fputs("kind,events,exposed,matched,matched_rate,control_rate,effect,effect_low,effect_high\n", csv);
    for (size_t k = 0; k < report->figures.kind_count; k++) {
        const struct event_kind *kind = &report->figures.kinds[k];
        const double columns[] = {kind->events,
                                  kind->effect.exposed,
                                  kind->effect.matched,
                                  kind->effect.matched_rate,
                                  kind->effect.control_rate,
                                  kind->effect.effect,
                                  kind->effect.effect_low,
                                  kind->effect.effect_high};

        put_csv_text(csv, kind->name);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_csv_number(csv, columns[c]);
        fputc('\n', csv);
    }
}

static const char *write_points(double share, char text[TEXT])
{
    return isnan(share) ? strcpy(text, "-") : write_number(round(1000.0 * share) / 10.0, 3, text);
}

static void put_kind(struct page *page, const struct event_kind *kind)
{
    char text[TEXT], low[TEXT], high[TEXT];

    put_cell(page, (struct cell){.kind = CELL_NAME, .text = kind->name});
    put_number(page, write_count(kind->events, text));
    put_number(page, write_percent(kind->effect.matched_rate, text));
    put_number(page, write_percent(kind->effect.control_rate, text));
    put_number(page, write_points(kind->effect.effect, text));
    text[0] = 0;
    if (!isnan(kind->effect.effect_low))
        say(text, SAY_interval, "low", write_points(kind->effect.effect_low, low), "high",
            write_points(kind->effect.effect_high, high), NULL);
    put_number(page, text);
    end_row(page);
}

/* Names of the kinds after which fewer come back, by more than chance. */
static void put_verdict(const struct figures *figures, struct page *page)
{
    char text[TEXT], names[TEXT] = "";
    size_t length = 0;

    for (size_t k = 0; k < figures->kind_count; k++) {
        if (figures->kinds[k].effect.effect_high < 0.0 && length < TEXT / 2)
            length += (size_t)snprintf(names + length, TEXT / 2 - length, "%s%s", length ? phrase(SAY_list_comma) : "",
                                       figures->kinds[k].name);
    }
    put_text(page, length ? say(text, SAY_events_drive, "kinds", names, NULL) : phrase(SAY_events_none));
}

void show_events(const struct report *report, struct page *page)
{
    static const enum phrase headings[] = {SAY_event, SAY_event_count, SAY_came_back, SAY_expected, SAY_points, SAY_interval_95};
    const struct figures *figures = &report->figures;
    char text[TEXT], days[TEXT];

    put_text(page, say(text, SAY_events_text, "days", say_count(days, SAY_n_days, (double)report->settings.horizon_days), NULL));
    begin_table(page, TABLE_LIST);
    for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
        put_heading(page, headings[c]);
    end_row(page);
    for (size_t k = 0; k < figures->kind_count; k++)
        put_kind(page, &figures->kinds[k]);
    end_table(page);
    put_verdict(figures, page);
}
