/* Are customers content, and does it show in what they do? From the table `responses`, where the database has one. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "sections.h"

static const char *const kind_names[SURVEYS] = {"nps", "csat", "ces"};
static const enum phrase kind_labels[SURVEYS] = {SAY_nps, SAY_csat, SAY_ces};

/* --- what is computed ---------------------------------------------------------------------------------------------------------------- */

/* The survey that a response belongs to; a response that does not say is one to the NPS. */
static int kind_of(const char *text, size_t row)
{
    for (int k = 0; k < SURVEYS; k++) {
        size_t i = 0;

        while (text && text[i] && tolower((unsigned char)text[i]) == kind_names[k][i])
            i++;
        if (!text || !*text || (!text[i] && !kind_names[k][i]))
            return k;
    }
    stop("row of responses %zu has the kind \"%s\"; it must be nps, csat or ces", row + 1, text);
}

/* The period of each response; those of no period have one of their own, so that they are in the total. */
static int64_t period_of(const struct figures *figures, int64_t day)
{
    for (size_t k = 0; k < figures->periods; k++)
        if (day >= figures->edges[k] && day < figures->edges[k + 1])
            return (int64_t)k;
    return (int64_t)figures->periods;
}

static void count_scores(struct report *report, int kind, const double *score, const int64_t *group, size_t count)
{
    struct survey *out = &report->figures.surveys[kind];
    size_t groups = report->figures.periods + 1;
    retain_survey_nps_columns columns;

    out->responses = new_column(groups + 1);
    out->score = new_column(groups + 1);
    out->low = new_column(groups + 1);
    out->high = new_column(groups + 1);
    columns = (retain_survey_nps_columns){.responses = out->responses, .nps = out->score, .low = out->low, .high = out->high};
    if (kind == SURVEY_NPS)
        check(report, retain_survey_nps_groups(&report->context, score, group, count, groups, 0.0, &columns), "NPS of responses");
    else if (kind == SURVEY_CSAT)
        check(report,
              retain_survey_csat(&report->context, score, group, count, groups, NULL, out->responses, NULL, out->score, out->low,
                                 out->high),
              "CSAT of responses");
    else
        check(
            report,
            retain_survey_ces(&report->context, score, group, count, groups, NULL, out->responses, out->score, out->low, out->high),
            "CES of responses");
    out->total = groups;
}

static void follow_responses(struct report *report, const int64_t *customer, const int64_t *day, const double *score, size_t count)
{
    struct figures *out = &report->figures;
    retain_survey_responses responses = {count, customer, day, score};
    retain_survey_retention_options options = {.struct_size = sizeof options, .horizon_days = report->settings.horizon_days};

    out->came_back.report.struct_size = sizeof out->came_back.report;
    check(report,
          retain_survey_retention(&report->context, &responses, &report->log, out->observation_end, NULL, &options,
                                  out->came_back.counted, NULL, out->came_back.rate, out->came_back.low, out->came_back.high,
                                  &out->came_back.report),
          "what customers did after their response");
}

int has_survey(const struct report *report)
{
    return report->shop.responses.count > 0;
}

void compute_survey(struct report *report)
{
    const struct rows *rows = &report->shop.responses;
    double *score = new_column(rows->count);
    int64_t *group = must_have(rows->count, sizeof *group), *customer = must_have(rows->count, sizeof *customer),
            *day = must_have(rows->count, sizeof *day);

    for (int kind = 0; kind < SURVEYS; kind++) {
        size_t count = 0;

        for (size_t i = 0; i < rows->count; i++) {
            if (kind_of(rows->text[i], i) != kind)
                continue;
            score[count] = rows->value[i];
            customer[count] = rows->customer[i];
            day[count] = rows->day[i];
            group[count++] = period_of(&report->figures, rows->day[i]);
        }
        if (!count)
            continue;
        count_scores(report, kind, score, group, count);
        if (kind == SURVEY_NPS)
            follow_responses(report, customer, day, score, count);
    }
    free(score);
    free(group);
    free(customer);
    free(day);
}

void write_survey(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;
    char text[TEXT];

    fputs("period,kind,responses,score,low,high\n", csv);
    for (int kind = 0; kind < SURVEYS; kind++) {
        const struct survey *survey = &figures->surveys[kind];

        for (size_t k = 0; survey->responses && k <= survey->total; k++) {
            if (survey->responses[k] == 0.0)
                continue;
            fprintf(csv, "%s,%s",
                    k == survey->total     ? "total"
                    : k < figures->periods ? write_iso(figures->edges[k], text)
                                           : "other",
                    kind_names[kind]);
            put_csv_number(csv, survey->responses[k]);
            put_csv_number(csv, survey->score[k]);
            put_csv_number(csv, survey->low[k]);
            put_csv_number(csv, survey->high[k]);
            fputc('\n', csv);
        }
    }
}

/* --- what is shown ------------------------------------------------------------------------------------------------------------------- */

/* An NPS is told times 100, a CSAT in percent, a CES as it is. */
static const char *write_score(int kind, double score, char text[TEXT])
{
    if (isnan(score))
        return strcpy(text, "-");
    if (kind == SURVEY_CSAT)
        return write_percent(score, text);
    return kind == SURVEY_NPS ? write_count(100.0 * score, text) : write_number(round(100.0 * score) / 100.0, 3, text);
}

static void put_score(struct page *page, int kind, const struct survey *survey, size_t k)
{
    char text[TEXT], low[TEXT], high[TEXT];

    put_number(page, write_count(survey->responses[k], text));
    put_number(page, write_score(kind, survey->score[k], text));
    text[0] = 0;
    if (!isnan(survey->low[k]))
        say(text, SAY_interval, "low", write_score(kind, survey->low[k], low), "high", write_score(kind, survey->high[k], high),
            NULL);
    put_number(page, text);
}

static void put_score_headings(struct page *page, enum phrase first, enum phrase second)
{
    put_heading(page, first);
    put_heading(page, SAY_responses);
    put_heading(page, second);
    put_heading(page, SAY_interval_95);
    end_row(page);
}

static void put_totals(const struct figures *figures, struct page *page)
{
    begin_table(page, TABLE_LIST);
    put_score_headings(page, SAY_question, SAY_score);
    for (int kind = 0; kind < SURVEYS; kind++) {
        if (!figures->surveys[kind].responses)
            continue;
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = phrase(kind_labels[kind])});
        put_score(page, kind, &figures->surveys[kind], figures->surveys[kind].total);
        end_row(page);
    }
    end_table(page);
}

static void put_periods(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    const struct survey *nps = &figures->surveys[SURVEY_NPS];
    size_t first = figures->periods, shown = 0;
    char text[TEXT];

    while (first > 0 && shown < 12)
        shown += nps->responses[--first] > 0.0;
    begin_table(page, TABLE_LIST);
    put_score_headings(page, SAY_period, SAY_nps_short);
    for (size_t k = first; k < figures->periods; k++) {
        if (nps->responses[k] == 0.0)
            continue;
        write_period(report->settings.calendar, report->settings.period, figures->edges[k], text);
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = text});
        put_score(page, SURVEY_NPS, nps, k);
        end_row(page);
    }
    end_table(page);
}

static void put_came_back(const struct report *report, struct page *page)
{
    const struct came_back *back = &report->figures.came_back;
    double low = back->report.difference_low, high = back->report.difference_high;
    char text[TEXT], days[TEXT], low_text[TEXT], high_text[TEXT];

    put_text(page, say(text, SAY_came_back_text, "days", say_count(days, SAY_n_days, (double)report->settings.horizon_days), NULL));
    begin_table(page, TABLE_LIST);
    put_score_headings(page, SAY_answer, SAY_came_back);
    for (size_t c = 3; c-- > 0;) {
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = say_item(text, SAY_nps_classes, c)});
        put_number(page, write_count(back->counted[c], text));
        put_number(page, write_percent(back->rate[c], text));
        text[0] = 0;
        if (!isnan(back->low[c]))
            say(text, SAY_interval, "low", write_percent(back->low[c], low_text), "high", write_percent(back->high[c], high_text),
                NULL);
        put_number(page, text);
        end_row(page);
    }
    end_table(page);
    put_text(page, phrase(isnan(low)   ? SAY_came_back_unknown
                          : low > 0.0  ? SAY_came_back_more
                          : high < 0.0 ? SAY_came_back_less
                                       : SAY_came_back_alike));
}

void show_survey(const struct report *report, struct page *page)
{
    put_text(page, phrase(SAY_survey_text));
    put_totals(&report->figures, page);
    if (report->figures.surveys[SURVEY_NPS].responses) {
        put_periods(report, page);
        put_came_back(report, page);
    }
}
