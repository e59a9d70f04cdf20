/* Events per customer: how many, how often, how long ago, more or fewer lately.
 *
 * Events are sorted by customer and day once; then each customer's run of them is walked through, wherever the customer stands
 * in the caller's list. Nothing of a customer depends on another one, so blocks of customers are described side by side.
 * Values are added up as the pairs of math/sums.h: the order of the events does not show.
 *
 * The trend compares the halves of the window day for day. Given how many events there were, and that nothing changed, the
 * recent ones are binomial with the share of the days known that are recent: the conditional test of two Poisson rates (J.
 * Przyborowski, H. Wilenski, Biometrika 31 (1940), 313-323), exact for the handful of events that a customer has. */
#include <math.h>

#include "core/rooms.h"
#include "data/customer_list.h"
#include "math/interval.h"
#include "math/sums.h"
#include "metrics/dated_rows.h"
#include "metrics/signals_events.h"

static const int64_t DEFAULT_WINDOW = 365;
static const double DAYS_OF_A_YEAR = 365.25;

enum { BLOCK_CUSTOMERS = 1 << 12 };

/* --- one customer ------------------------------------------------------------------------------------------------------------- */

/* The days of the window on which the customer was known: [from, end], of which the recent ones start at `recent_from`. */
typedef struct window {
    int64_t from, recent_from, end;
    int64_t known_since;
    int is_known;
} window;

static int64_t latest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static window open_window(const int64_t *known_since, size_t row, int64_t days, int64_t end)
{
    const int64_t since = known_since ? known_since[row] : INT64_MIN, from = end - days + 1;

    return (window){latest(from, since), latest(end - days / 2 + 1, since), end, since, since <= end};
}

/* Events of one kind. */
typedef struct tally {
    uint64_t earlier, recent, valued;
    int64_t last;
    int has_last;
    retain__sum sum;
} tally;

static void add_event(tally *of, const window *days, int64_t day, double value)
{
    of->last = day;
    of->has_last = 1;
    if (day < days->from)
        return;
    if (day < days->recent_from)
        of->earlier++;
    else
        of->recent++;
    if (!isnan(value)) {
        of->valued++;
        retain__sum_add(&of->sum, value);
    }
}

static void put(double *column, size_t i, double value)
{
    if (column)
        column[i] = value;
}

static void put_trend(const retain_signals_columns *out, size_t i, const tally *of, double days_early, double days_recent)
{
    const double early = (double)of->earlier, recent = (double)of->recent;
    const double before = early / days_early, now = recent / days_recent;
    const int exists = days_early > 0.0 && days_recent > 0.0 && early + recent > 0.0;

    put(out->trend, i, exists ? (now - before) / (now + before) : (double)NAN);
    if (out->trend_p_value)
        out->trend_p_value[i] =
            exists ? retain__binomial_test(recent, early + recent, days_recent / (days_early + days_recent)) : (double)NAN;
}

static void put_kind(const retain_signals_columns *out, size_t i, const tally *of, const window *days)
{
    const double known = (double)(days->end - days->from) + 1.0, recent_days = (double)(days->end - days->recent_from) + 1.0;
    const double count = (double)of->earlier + (double)of->recent;

    put(out->count, i, count);
    put(out->per_year, i, count / known * DAYS_OF_A_YEAR);
    put(out->days_since_last, i, of->has_last ? (double)(days->end - of->last) : (double)NAN);
    put(out->earlier, i, (double)of->earlier);
    put(out->recent, i, (double)of->recent);
    put(out->sum, i, retain__sum_value(of->sum));
    put(out->mean, i, of->valued ? retain__sum_value(of->sum) / (double)of->valued : (double)NAN);
    put_trend(out, i, of, known - recent_days, recent_days);
}

static void put_nothing(const retain_signals_columns *out, size_t i)
{
    double *const columns[] = {out->count, out->per_year, out->days_since_last, out->earlier,      out->recent,
                               out->sum,   out->mean,     out->trend,           out->trend_p_value};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        put(columns[c], i, (double)NAN);
}

/* --- all customers ------------------------------------------------------------------------------------------------------------ */

typedef struct description {
    const retain_signals_events *events;
    const retain__dated_rows *rows;
    const int64_t *customer, *known_since;
    int64_t end, window_days;
    size_t kinds;
    const retain_signals_columns *columns;
    retain__rooms rooms;
    size_t *used, *early; /* [blocks] */
} description;

/* Adds the customer's events up in `of`, one tally a kind; returns the row after them. */
static size_t add_events(const description *all, size_t row, const window *days, tally *of, size_t r, size_t block)
{
    for (size_t k = 0; k < all->kinds; k++)
        of[k] = (tally){0, 0, 0, 0, 0, {0.0, 0.0}};
    for (; r < all->rows->count && all->rows->at[r].customer == all->customer[row]; r++) {
        const retain__dated_row *at = &all->rows->at[r];
        const int64_t kind = all->events->kind ? all->events->kind[at->row] : 0;

        if (at->day < days->known_since) {
            all->early[block]++;
            continue;
        }
        all->used[block]++;
        if (kind >= 0 && (uint64_t)kind < all->kinds) /* it was checked, but may have been changed since */
            add_event(&of[kind], days, at->day, all->events->value ? all->events->value[at->row] : (double)NAN);
    }
    return r;
}

static void describe_block(void *state, size_t block, size_t first, size_t last)
{
    description *all = state;
    tally *of = retain__enter_room(&all->rooms);
    size_t cursor = SIZE_MAX;

    for (size_t row = first; row < last; row++) {
        const window days = open_window(all->known_since, row, all->window_days, all->end);

        retain__find_dated(all->rows, all->customer[row], &cursor);
        cursor = add_events(all, row, &days, of, cursor, block);
        put(all->columns->exposure_days, row, days.is_known ? (double)(days.end - days.from) + 1.0 : (double)NAN);
        for (size_t k = 0; k < all->kinds; k++) {
            if (days.is_known)
                put_kind(all->columns, row * all->kinds + k, &of[k], &days);
            else
                put_nothing(all->columns, row * all->kinds + k);
        }
    }
    retain__leave_room(&all->rooms, of);
}

/* Cannot be cancelled: it writes the caller's columns. */
static void describe_all(retain_context *ctx, description *all, size_t customers)
{
    retain_context quiet = RETAIN_CONTEXT_INIT;

    if (ctx)
        quiet.threads = ctx->threads;
    retain__parallel(&quiet, customers, BLOCK_CUSTOMERS, 0.0, 1.0, describe_block, all);
}

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

static retain_status open_description(retain_context *ctx, retain__scratch *scratch, description *all, size_t customers)
{
    const size_t blocks = retain__blocks(customers, BLOCK_CUSTOMERS);

    all->used = retain__take_zeroed(scratch, blocks, sizeof *all->used);
    all->early = retain__take_zeroed(scratch, blocks, sizeof *all->early);
    if (!all->used || !all->early)
        return RETAIN_ERROR_MEMORY;
    return retain__open_rooms(ctx, scratch, blocks, all->kinds, sizeof(tally), &all->rooms);
}

static void put_report(const description *all, size_t customers, retain_signals_report *report)
{
    const retain_signals_report fresh = {.struct_size = report->struct_size, .events = all->events->count};

    *report = fresh;
    for (size_t b = 0; b < retain__blocks(customers, BLOCK_CUSTOMERS); b++) {
        report->used_events += all->used[b];
        report->early_events += all->early[b];
    }
    report->late_events = report->events - all->rows->count;
    report->stranger_events = all->rows->count - report->used_events - report->early_events;
}

retain_status retain_signals_per_customer(retain_context *ctx, const retain_signals_events *events, const int64_t *customer,
                                          const int64_t *known_since, size_t customers, int64_t observation_end,
                                          const retain_signals_options *given, const retain_signals_columns *columns,
                                          retain_signals_report *report)
{
    retain_signals_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__dated_rows rows;
    description all = {.events = events,
                       .rows = &rows,
                       .customer = customer,
                       .known_since = known_since,
                       .end = observation_end,
                       .columns = columns};
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
    all.kinds = options.kinds;
    all.window_days = options.window_days;
    if (status == RETAIN_OK)
        status = open_description(ctx, &scratch, &all, customers);
    if (status == RETAIN_OK) {
        describe_all(ctx, &all, customers);
        if (report)
            put_report(&all, customers, report);
        retain__close_rooms(&scratch, &all.rooms);
    }
    retain__release(&scratch);
    return status;
}
