/* Durations of a panel: what was known on a date, and how long it was good for.
 *
 * A row is at risk from its date on and until the next one, where another row takes over. What happens on its date itself is among what was
 * known, so it is no event of it: durations are open at their entry, as everywhere.
 *
 * Of orders only another order is an event. "Silent for S days" would be none: it is certain S days before it counts, and a regression finds that
 * whoever was silent so far goes on to be. */
#include "retain/features_durations.h"

#include <math.h>

#include "core/core.h"
#include "retain/orders_occasions.h"

static const int64_t MOST_DAYS = (int64_t)1 << 40;

/* --- durations ---------------------------------------------------------------------------------------------------------------- */

static retain_status check_lives(retain_context *ctx, const retain_features_lives *lives)
{
    if (!lives)
        return retain__fail_null(ctx, "lives");
    if (lives->count && (!lives->customer || !lives->began || !lives->ended))
        return retain__fail_null(ctx, !lives->customer ? "lives.customer" : !lives->began ? "lives.began" : "lives.ended");
    for (size_t i = 0; i < lives->count; i++) {
        if (i > 0 && lives->customer[i] <= lives->customer[i - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "lives.customer[%zu] is %lld, after %lld; customers must strictly ascend", i,
                                (long long)lives->customer[i], (long long)lives->customer[i - 1]);
        if (!(fabs(lives->began[i]) <= (double)MOST_DAYS))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "lives.began[%zu] is %g; it must be a day, at most 2^40 from 0", i,
                                lives->began[i]);
        if (!isnan(lives->ended[i]) && !(lives->ended[i] >= lives->began[i] && lives->ended[i] <= (double)MOST_DAYS))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "lives.ended[%zu] is %g; it must not be before began, %g, or be NaN", i,
                                lives->ended[i], lives->began[i]);
    }
    return RETAIN_OK;
}

static retain_status check_dates(retain_context *ctx, const int64_t *date, size_t dates, int64_t observation_end)
{
    if (dates && !date)
        return retain__fail_null(ctx, "date");
    if (observation_end < -MOST_DAYS || observation_end > MOST_DAYS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "observation_end is %lld; it must be at most 2^40 from 0",
                            (long long)observation_end);
    for (size_t d = 0; d < dates; d++) {
        if (date[d] < -MOST_DAYS || date[d] > observation_end || (d > 0 && date[d] <= date[d - 1]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, d,
                                "date[%zu] is %lld; dates must strictly ascend, and not lie after the observation end, %lld", d,
                                (long long)date[d], (long long)observation_end);
    }
    return RETAIN_OK;
}

static retain_status check_panel(retain_context *ctx, size_t dates, size_t count, const int64_t *customer, const int64_t *at)
{
    if (count && (!customer || !at))
        return retain__fail_null(ctx, customer ? "at" : "customer");
    for (size_t r = 0; r < count; r++) {
        if (at[r] < 0 || (uint64_t)at[r] >= dates)
            return retain__fail(ctx, RETAIN_ERROR_DATA, r, "at[%zu] is %lld; it must be the index of one of %zu dates", r,
                                (long long)at[r], dates);
    }
    return RETAIN_OK;
}

/* Place of a customer among ascending ones; their number for a stranger. */
static size_t find_customer(const int64_t *customers, size_t count, int64_t customer)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (customers[middle] < customer)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && customers[low] == customer ? low : count;
}

/* Where durations go; those beyond the capacity are counted. */
typedef struct writing {
    const retain_features_spans *spans;
    size_t capacity, made;
} writing;

static void write_span(writing *to, size_t row, double entry, double exit, int event)
{
    const size_t at = to->made++;

    if (at >= to->capacity)
        return;
    if (to->spans->row)
        to->spans->row[at] = (int64_t)row;
    if (to->spans->entry)
        to->spans->entry[at] = entry;
    if (to->spans->exit)
        to->spans->exit[at] = exit;
    if (to->spans->event)
        to->spans->event[at] = (uint8_t)event;
}

/* A panel, and the end of what is known. */
typedef struct panel {
    const int64_t *date, *customer, *at;
    size_t dates, count;
    int64_t end;
} panel;

static retain_status check_all(retain_context *ctx, const panel *of, const retain_features_spans *spans, const size_t *rows)
{
    retain_status status = RETAIN_OK;

    if (!spans || !rows)
        return retain__fail_null(ctx, spans ? "rows" : "spans");
    status = check_dates(ctx, of->date, of->dates, of->end);
    return status == RETAIN_OK ? check_panel(ctx, of->dates, of->count, of->customer, of->at) : status;
}

/* From the date of a row to the next. */
static void find_dates(const panel *of, size_t row, double *date, double *next)
{
    const size_t d = (size_t)of->at[row];

    *date = (double)of->date[d];
    *next = (double)(d + 1 < of->dates ? of->date[d + 1] : of->end);
}

/* Pieces are counted, and written when they fit. */
typedef void (*write_row)(const panel *of, const void *state, size_t row, writing *to);

static retain_status write_all(retain_context *ctx, const panel *of, write_row write, const void *state,
                               const retain_features_spans *spans, size_t capacity, size_t *rows)
{
    for (int pass = 0; pass < 2; pass++) {
        writing to = {spans, pass ? capacity : 0, 0};

        for (size_t r = 0; r < of->count; r++)
            write(of, state, r, &to);
        *rows = to.made;
        if (to.made > capacity)
            return retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu durations", capacity,
                                to.made);
    }
    return RETAIN_OK;
}

static void write_life(const panel *of, const void *state, size_t row, writing *to)
{
    const retain_features_lives *lives = state;
    const size_t life = find_customer(lives->customer, lives->count, of->customer[row]);
    double date, next, began, ended;

    find_dates(of, row, &date, &next);
    if (life == lives->count)
        return;
    began = lives->began[life];
    ended = lives->ended[life];
    if (ended <= date || next <= date || next <= began || ended <= began)
        return;
    write_span(to, row, date > began ? date - began : 0.0, (ended <= next ? ended : next) - began, ended <= next);
}

retain_status retain_features_durations(retain_context *ctx, const retain_features_lives *lives, int64_t observation_end,
                                        const int64_t *date, size_t dates, size_t count, const int64_t *customer, const int64_t *at,
                                        const retain_features_spans *spans, size_t capacity, size_t *rows)
{
    const panel of = {date, customer, at, dates, count, observation_end};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_lives(ctx, lives);
    if (status == RETAIN_OK)
        status = check_all(ctx, &of, spans, rows);
    return status == RETAIN_OK ? write_all(ctx, &of, write_life, lives, spans, capacity, rows) : status;
}

/* --- returns ------------------------------------------------------------------------------------------------------------------ */

typedef struct occasions {
    size_t customers, repeats;
    int64_t *customer, *first;
    double *start, *repeat;
} occasions;

static retain_status list_occasions(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders, int64_t end,
                                    const retain_orders_options *counting, occasions *of)
{
    const size_t rows = orders ? orders->count : 0;

    of->customer = retain__take(scratch, rows, sizeof *of->customer);
    of->first = retain__take(scratch, rows + 1, sizeof *of->first);
    of->start = retain__take(scratch, rows, sizeof *of->start);
    of->repeat = retain__take(scratch, rows, sizeof *of->repeat);
    if (!of->customer || !of->first || !of->start || !of->repeat)
        return RETAIN_ERROR_MEMORY;
    return retain_orders_occasions(ctx, orders, end, counting, rows, &of->customers, of->customer, of->start, of->first, rows,
                                   &of->repeats, of->repeat);
}

static void write_returns(const panel *of, const void *state, size_t row, writing *to)
{
    const occasions *all = state;
    const size_t who = find_customer(all->customer, all->customers, of->customer[row]);
    double date, next, began, from;

    find_dates(of, row, &date, &next);
    if (who == all->customers || next <= all->start[who])
        return;
    began = all->start[who];
    from = date > began ? date : began;
    for (int64_t k = all->first[who]; k < all->first[who + 1] && all->repeat[k] <= next; k++) {
        if (all->repeat[k] > from) {
            write_span(to, row, from - began, all->repeat[k] - began, 1);
            from = all->repeat[k];
        }
    }
    if (next > from)
        write_span(to, row, from - began, next - began, 0);
}

retain_status retain_features_returns(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                      const retain_orders_options *counting, const int64_t *date, size_t dates, size_t count,
                                      const int64_t *customer, const int64_t *at, const retain_features_spans *spans,
                                      size_t capacity, size_t *rows)
{
    const panel of = {date, customer, at, dates, count, observation_end};
    retain__scratch scratch = {ctx, NULL};
    occasions all = {0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_all(ctx, &of, spans, rows);
    if (status == RETAIN_OK)
        status = list_occasions(ctx, &scratch, orders, observation_end, counting, &all);
    if (status == RETAIN_OK)
        status = write_all(ctx, &of, write_returns, &all, spans, capacity, rows);
    retain__release(&scratch);
    return status;
}
