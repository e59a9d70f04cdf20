/* The first step of everything: from the order log to customers, and from time to periods. */
#include <stdlib.h>

#include "report.h"
#include "words.h"

void check(const struct report *report, retain_status status, const char *doing)
{
    if (status != RETAIN_OK)
        stop("%s: %s", doing, report->context.error);
}

double *new_column(size_t count)
{
    return must_have(count, sizeof(double));
}

/* The sum of all customers' rows, up to the last day that has an order. */
static void summarise(struct report *report)
{
    retain_orders_options options = {.struct_size = sizeof options, .unit_days = UNIT_DAYS};
    struct figures *out = &report->figures;
    retain_summary *summary = &out->summary;
    size_t names = report->shop.names;

    if (retain_orders_last_day(&report->context, &report->log, &options, &out->observation_end) != RETAIN_OK)
        stop("no order in the log has a positive value, or all were refunded: there is nothing to report (%s)",
             report->context.error);
    summary->customer = must_have(names, sizeof *summary->customer);
    summary->first_day = must_have(names, sizeof *summary->first_day);
    summary->last_day = must_have(names, sizeof *summary->last_day);
    summary->orders = new_column(names);
    summary->occasions = new_column(names);
    summary->frequency = new_column(names);
    summary->t_x = new_column(names);
    summary->T = new_column(names);
    summary->spend = new_column(names);
    summary->spend_all = new_column(names);
    summary->revenue = new_column(names);
    summary->log_gaps = reads_gaps(report) ? new_column(names) : NULL;
    out->log.struct_size = sizeof out->log;
    check(report,
          retain_orders_summary(&report->context, &report->log, out->observation_end, &options, summary, names, &out->customers,
                                &out->log),
          "summing up customers");
}

/* Nobody means a log of more than a hundred years, or one of more periods than fit on a page: mostly a year is mistyped. */
static void refuse_centuries(const struct report *report, int64_t first, size_t periods)
{
    const struct rows *orders = &report->shop.orders;
    const int64_t last = report->figures.observation_end;
    char from[TEXT], to[TEXT];
    size_t early = 0, late = 0;

    if (last - first <= 36525 && periods <= 2000)
        return;
    while (early + 1 < orders->count && orders->day[early] != first)
        early++;
    while (late + 1 < orders->count && orders->day[late] != last)
        late++;
    stop("the log runs from %s (an order of customer %s) to %s (customer %s): %zu periods. Is a year mistyped? If it is not, "
         "choose a "
         "longer --period (at most 2000, and a hundred years, fit on a page)",
         write_iso(first, from), report->shop.name[orders->customer[early]], write_iso(last, to),
         report->shop.name[orders->customer[late]], periods);
}

static void cut_periods(struct report *report)
{
    struct figures *out = &report->figures;
    retain_calendar_options options = {.struct_size = sizeof options,
                                       .calendar = report->settings.calendar,
                                       .period = report->settings.period,
                                       .first_weekday = report->settings.first_weekday};
    int64_t first = out->summary.first_day[0];
    size_t edges;

    for (size_t i = 1; i < out->customers; i++)
        first = out->summary.first_day[i] < first ? out->summary.first_day[i] : first;
    out->first_day = first;
    if (retain_calendar_edges(&report->context, first, out->observation_end, &options, NULL, 0, &edges) != RETAIN_ERROR_CAPACITY)
        stop("cutting the log into periods: %s", report->context.error);
    refuse_centuries(report, first, edges - 1);
    out->edges = must_have(edges, sizeof *out->edges);
    check(report, retain_calendar_edges(&report->context, first, out->observation_end, &options, out->edges, edges, &edges),
          "cutting the log into periods");
    out->periods = edges - 1;
}

int is_over(const struct figures *figures, size_t k)
{
    return figures->edges[k + 1] <= figures->observation_end + 1;
}

/* The last order, and the last day before it that has one: a mistyped year shows there. */
static void look_at_end(struct report *report)
{
    const struct rows *orders = &report->shop.orders;
    struct figures *out = &report->figures;

    out->day_before = INT64_MIN;
    for (size_t i = 0; i < orders->count; i++) {
        if (!(orders->value[i] > 0.0))
            continue;
        if (orders->day[i] == out->observation_end)
            out->last_row = i;
        else if (orders->day[i] < out->observation_end && orders->day[i] > out->day_before)
            out->day_before = orders->day[i];
    }
    if (out->day_before == INT64_MIN)
        out->day_before = out->observation_end;
}

void compute_base(struct report *report)
{
    struct figures *out = &report->figures;

    report->log = (retain_orders){.count = report->shop.orders.count,
                                  .customer = report->shop.orders.customer,
                                  .day = report->shop.orders.day,
                                  .value = report->shop.orders.value,
                                  .order = report->shop.order};
    summarise(report);
    cut_periods(report);
    look_at_end(report);
    for (size_t i = 0; i < out->customers; i++)
        out->once += out->summary.frequency[i] == 0.0;
    out->once /= (double)out->customers;
    out->over = SIZE_MAX;
    for (size_t k = 0; k < out->periods && is_over(out, k); k++)
        out->over = k;
}
