/* How good is the service? From the tables `tickets` and `deliveries`, where the database has them. */
#include <math.h>
#include <string.h>

#include "csv.h"
#include "sections.h"

enum { HOUR = 3600, DAY_LENGTH = 86400, AGAIN = 7 * DAY_LENGTH };

int has_service(const struct report *report)
{
    return report->shop.tickets.count + report->shop.deliveries.count > 0;
}

/* The last second of the last day observed. */
static int64_t last_tick(const struct figures *figures)
{
    return (figures->observation_end + 1) * DAY_LENGTH - 1;
}

static void measure_times(struct report *report, const int64_t *ended, const int64_t *closed, struct service *out)
{
    const struct moments *tickets = &report->shop.tickets;
    retain_service_times_options options = {.struct_size = sizeof options, .unit = HOUR};
    retain_service_times_columns columns = {
        .tickets = &out->among, .quantile = &out->value, .quantile_low = &out->low, .quantile_high = &out->high};

    check(report,
          retain_service_times(&report->context, tickets->at[0], ended, closed, NULL, tickets->count, 0,
                               last_tick(&report->figures), &options, &columns),
          "the times of tickets");
}

static void measure_contacts(struct report *report)
{
    const struct moments *moments = &report->shop.tickets;
    struct service *first = &report->figures.service[FIRST_CONTACT], *again = &report->figures.service[REPEAT_CONTACT];
    retain_service_tickets tickets = {
        .count = moments->count, .customer = moments->customer, .opened = moments->at[0], .resolved = moments->at[2]};
    retain_service_contacts_columns columns = {.resolved = &first->among,
                                               .first_contact_rate = &first->value,
                                               .first_contact_rate_low = &first->low,
                                               .first_contact_rate_high = &first->high,
                                               .tickets = &again->among,
                                               .repeat_rate = &again->value,
                                               .repeat_rate_low = &again->low,
                                               .repeat_rate_high = &again->high};

    check(report, retain_service_contacts(&report->context, &tickets, 0, last_tick(&report->figures), AGAIN, 0.0, &columns),
          "contacts of tickets");
}

void compute_service(struct report *report)
{
    const struct moments *tickets = &report->shop.tickets, *deliveries = &report->shop.deliveries;
    struct service *service = report->figures.service, *late = &service[LATE_DELIVERY];

    for (int k = 0; k < SERVICE_FIGURES; k++)
        service[k] = (struct service){(double)NAN, (double)NAN, (double)NAN, 0.0};
    if (tickets->count) {
        measure_times(report, tickets->at[1], tickets->at[2], &service[FIRST_RESPONSE]);
        measure_times(report, tickets->at[2], NULL, &service[RESOLUTION]);
        measure_contacts(report);
    }
    if (deliveries->count)
        check(report,
              retain_service_late(&report->context, deliveries->at[0], deliveries->at[1], NULL, deliveries->count, 0,
                                  last_tick(&report->figures), 0.0, &late->among, NULL, &late->value, &late->low, &late->high),
              "late deliveries");
}

void write_service(const struct report *report, FILE *csv)
{
    static const char *const names[SERVICE_FIGURES] = {"first_response_hours", "resolution_hours", "first_contact_rate",
                                                       "repeat_contact_rate", "late_delivery_rate"};

    fputs("figure,value,low,high,among\n", csv);
    for (int k = 0; k < SERVICE_FIGURES; k++) {
        const struct service *service = &report->figures.service[k];

        if (service->among == 0.0)
            continue;
        fputs(names[k], csv);
        put_csv_number(csv, service->value);
        put_csv_number(csv, service->low);
        put_csv_number(csv, service->high);
        put_csv_number(csv, service->among);
        fputc('\n', csv);
    }
}

static const char *write_result(int figure, double value, char text[TEXT])
{
    char hours[TEXT];

    if (isnan(value))
        return strcpy(text, "-");
    if (figure > RESOLUTION)
        return write_percent(value, text);
    return say(text, SAY_hours, "hours", write_number(value, value < 100.0 ? 2 : 6, hours), NULL);
}

void show_service(const struct report *report, struct page *page)
{
    char text[TEXT], low[TEXT], high[TEXT];

    put_text(page, phrase(SAY_service_text));
    begin_table(page, TABLE_LIST);
    put_heading(page, SAY_figure);
    put_heading(page, SAY_result);
    put_heading(page, SAY_interval_95);
    put_heading(page, SAY_among);
    end_row(page);
    for (int k = 0; k < SERVICE_FIGURES; k++) {
        const struct service *service = &report->figures.service[k];

        if (service->among == 0.0)
            continue;
        put_cell(page, (struct cell){.kind = CELL_TEXT, .text = say_item(text, SAY_service_figures, (size_t)k)});
        put_number(page, write_result(k, service->value, text));
        text[0] = 0;
        if (!isnan(service->low) && !isnan(service->high))
            say(text, SAY_interval, "low", write_result(k, service->low, low), "high", write_result(k, service->high, high), NULL);
        put_number(page, text);
        put_number(page, write_count(service->among, text));
        end_row(page);
    }
    end_table(page);
}
