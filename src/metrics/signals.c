/* Events per customer: what is asked for, and what became of the events. The figures themselves are made in
 * metrics/event_figures.c, which other modules use too. */
#include "retain/signals.h"

#include "data/customer_list.h"
#include "metrics/event_figures.h"

static const int64_t DEFAULT_WINDOW = 365;

static retain_status take_options(retain_context *ctx, const retain_signals_options *given, retain_signals_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.window_days", DEFAULT_WINDOW, &options->window_days);
    if (options->kinds == 0)
        options->kinds = 1;
    return status;
}

/* Customers are counted by their place, and so are the cells of customers and kinds. */
static retain_status check_customers(retain_context *ctx, const int64_t *customer, const int64_t *known_since, size_t customers,
                                     size_t kinds)
{
    int fits = 1;

    if (customers && !customer)
        return retain__fail_null(ctx, "customer");
    retain__multiply(customers, kinds, &fits);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%zu customers and %zu kinds are more than columns can hold",
                            customers, kinds);
    for (size_t i = 0; known_since && i < customers; i++) {
        if (known_since[i] < -RETAIN__LAST_DATE || known_since[i] > RETAIN__LAST_DATE)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "known_since[%zu] is %lld; it must be a day number within +-2^40", i,
                                (long long)known_since[i]);
    }
    return retain__check_ascending(ctx, "customer", "", customer, customers);
}

static void put_report(const retain__event_figures *of, size_t customers, retain_signals_report *report)
{
    const retain_signals_report fresh = {.struct_size = report->struct_size, .events = of->events->count};

    *report = fresh;
    report->used_events = retain__used_events(of, customers);
    report->early_events = retain__early_events(of, customers);
    report->late_events = report->events - of->rows->count;
    report->stranger_events = of->rows->count - report->used_events - report->early_events;
}

retain_status retain_signals_per_customer(retain_context *ctx, const retain_events *events, const int64_t *customer,
                                          const int64_t *known_since, size_t customers, int64_t observation_end,
                                          const retain_signals_options *given, const retain_signals_columns *columns,
                                          retain_signals_report *report)
{
    retain_signals_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__dated_rows rows;
    retain__event_figures figures = {.events = events, .rows = &rows};
    retain__event_columns into;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__check_observation_end(ctx, observation_end);
    if (status == RETAIN_OK)
        status = retain__check_events(ctx, events, options.kinds);
    if (status == RETAIN_OK)
        status = check_customers(ctx, customer, known_since, customers, options.kinds);
    if (status == RETAIN_OK)
        status = retain__sort_dated(ctx, &scratch, events->customer, events->day, events->count, observation_end, NULL, NULL, 0.0,
                                    1.0, &rows);
    if (columns)
        into = (retain__event_columns){columns->exposure_days, columns->count,  columns->per_year, columns->days_since_last,
                                       columns->earlier,       columns->recent, columns->trend,    columns->trend_p_value,
                                       columns->sum,           columns->mean};
    figures.kinds = options.kinds;
    figures.window_days = options.window_days;
    if (status == RETAIN_OK)
        status = retain__open_event_figures(ctx, &scratch, customers, &figures);
    if (status == RETAIN_OK) {
        retain__describe_events(ctx, &figures, customer, known_since, customers, observation_end, &into);
        if (report)
            put_report(&figures, customers, report);
        retain__close_rooms(&scratch, &figures.rooms);
    }
    retain__release(&scratch);
    return status;
}
