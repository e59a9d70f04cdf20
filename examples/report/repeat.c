/* How many buy again, and how soon? The funnel of order numbers, and the time to the second order. */
#include <math.h>
#include <stdlib.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

static void follow_funnel(struct report *report)
{
    struct figures *out = &report->figures;
    retain_repeat_options options = {.struct_size = sizeof options, .horizon_days = report->settings.horizon_days};

    out->steps = (retain_repeat_steps){.customers = new_column(FUNNEL),
                                       .continued = new_column(FUNNEL),
                                       .conversion = new_column(FUNNEL),
                                       .conversion_low = new_column(FUNNEL),
                                       .conversion_high = new_column(FUNNEL),
                                       .within = new_column(FUNNEL),
                                       .within_low = new_column(FUNNEL),
                                       .within_high = new_column(FUNNEL),
                                       .median_days = new_column(FUNNEL),
                                       .median_low = new_column(FUNNEL),
                                       .median_high = new_column(FUNNEL),
                                       .value = new_column(FUNNEL),
                                       .value_low = new_column(FUNNEL),
                                       .value_high = new_column(FUNNEL)};
    out->repeat.struct_size = sizeof out->repeat;
    check(report, retain_repeat_summary(&report->context, &report->log, out->observation_end, NULL, &options, &out->repeat),
          "repeat customers");
    check(report, retain_repeat_funnel(&report->context, &report->log, out->observation_end, FUNNEL, NULL, &options, &out->steps),
          "the funnel of orders");
}

static void follow_second_order(struct report *report)
{
    struct figures *out = &report->figures;
    retain_repeat_time_columns none = {0};
    size_t days = 0;
    retain_status status =
        retain_repeat_time_curve(&report->context, &report->log, out->observation_end, NULL, NULL, &none, 0, &days);

    if (status != RETAIN_ERROR_CAPACITY)
        check(report, status, "the time to the second order");
    out->second = (retain_repeat_time_columns){.days = new_column(days),
                                               .at_risk = new_column(days),
                                               .events = new_column(days),
                                               .share = new_column(days),
                                               .low = new_column(days),
                                               .high = new_column(days)};
    check(report,
          retain_repeat_time_curve(&report->context, &report->log, out->observation_end, NULL, NULL, &out->second, days,
                                   &out->second_days),
          "the time to the second order");
}

void compute_repeat(struct report *report)
{
    follow_funnel(report);
    follow_second_order(report);
}

void write_repeat(const struct report *report, FILE *csv)
{
    const retain_repeat_steps *steps = &report->figures.steps;
    const double *columns[] = {steps->customers,       steps->continued,  steps->conversion,  steps->conversion_low,
                               steps->conversion_high, steps->within,     steps->within_low,  steps->within_high,
                               steps->median_days,     steps->median_low, steps->median_high, steps->value,
                               steps->value_low,       steps->value_high};

    fputs("order,customers,continued,conversion,conversion_low,conversion_high,within,within_low,within_high,"
          "median_days,median_low,median_high,value,value_low,value_high\n",
          csv);
    for (size_t k = 0; k < FUNNEL; k++) {
        fprintf(csv, "%zu", k + 1);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_csv_number(csv, columns[c][k]);
        fputc('\n', csv);
    }
}

void write_second_order(const struct report *report, FILE *csv)
{
    const retain_repeat_time_columns *second = &report->figures.second;

    fputs("days,at_risk,events,share,low,high\n", csv);
    for (size_t k = 0; k < report->figures.second_days; k++) {
        fprintf(csv, "%.0f", second->days[k]);
        put_csv_number(csv, second->at_risk[k]);
        put_csv_number(csv, second->events[k]);
        put_csv_number(csv, second->share[k]);
        put_csv_number(csv, second->low[k]);
        put_csv_number(csv, second->high[k]);
        fputc('\n', csv);
    }
}

static void describe(const struct report *report, struct page *page)
{
    const retain_repeat_report *repeat = &report->figures.repeat;
    char text[TEXT], share[TEXT], within[TEXT], days[TEXT], times[TEXT], low[TEXT], high[TEXT], interval[TEXT];

    put_text(page, say(text, SAY_came_again, "share", write_percent(repeat->repeat.value, share), NULL));
    if (!isnan(report->figures.steps.within[0]))
        put_text(page, say(text, SAY_within_horizon, "within", write_percent(report->figures.steps.within[0], within), "days",
                           say_count(days, SAY_n_days, (double)report->settings.horizon_days), NULL));
    if (isnan(repeat->repeat_to_one_time.low))
        return;
    say(interval, SAY_interval, "low", write_number(repeat->repeat_to_one_time.low, 2, low), "high",
        write_number(repeat->repeat_to_one_time.high, 2, high), NULL);
    put_text(page, say(text, SAY_repeat_brings, "times", write_number(repeat->repeat_to_one_time.value, 2, times), "interval",
                       interval, NULL));
}

void show_repeat(const struct report *report, struct page *page)
{
    const retain_repeat_steps *steps = &report->figures.steps;
    char text[TEXT], days[TEXT];

    describe(report, page);
    if (page->html && report->figures.second_days > 1)
        draw_second_order(page->file, report);
    begin_table(page, TABLE_LIST);
    put_heading(page, SAY_order_number);
    put_heading(page, SAY_customers);
    put_heading(page, SAY_went_on);
    say(text, SAY_within, "days", say_count(days, SAY_n_days, (double)report->settings.horizon_days), NULL);
    put_cell(page, (struct cell){.kind = CELL_HEADING, .text = text});
    put_heading(page, SAY_half_within);
    put_heading(page, SAY_mean_value);
    end_row(page);
    for (size_t k = 0; k < FUNNEL && steps->customers[k] > 0.0; k++) {
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = write_count((double)k + 1.0, text)});
        put_number(page, write_count(steps->customers[k], text));
        put_number(page, write_percent(steps->conversion[k], text));
        put_number(page, write_percent(steps->within[k], text));
        put_number(page, isnan(steps->median_days[k]) ? "-" : say_count(text, SAY_n_days, steps->median_days[k]));
        put_number(page, write_money(steps->value[k], text));
        end_row(page);
    }
    end_table(page);
}
