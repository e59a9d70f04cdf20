/* Events per customer: how many, how often, how long ago, more or fewer lately.
 *
 * Events are sorted by customer and day once; then each customer's run of them is walked through, wherever the customer stands
 * in the caller's list. Nothing of a customer depends on another one, so blocks of customers are described side by side.
 * Values are added up as the pairs of math/sums.h: the order of the events does not show.
 *
 * The trend compares the halves of the window day for day. Given how many events there were, and that nothing changed, the
 * recent ones are binomial with the share of the days known that are recent: the conditional test of two Poisson rates (J.
 * Przyborowski, H. Wilenski, Biometrika 31 (1940), 313-323), exact for the handful of events that a customer has. */
#include "metrics/event_figures.h"

#include <math.h>

#include "math/interval.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "metrics/trend.h"

static const double DAYS_OF_A_YEAR = 365.25;

enum { BLOCK_CUSTOMERS = 1 << 12 };

/* --- one customer ------------------------------------------------------------------------------------------------------------- */

/* Events of one kind. */
typedef struct tally {
    uint64_t earlier, recent, valued;
    int64_t last;
    int has_last;
    retain__sum sum;
} tally;

static void add_event(tally *of, const retain__known_window *days, int64_t day, double value)
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

static void put_trend(const retain__event_columns *out, size_t i, const tally *of, const retain__known_window *days)
{
    const double early = (double)of->earlier, recent = (double)of->recent;
    const double trend = retain__trend(early, recent, days), share = retain__recent_days(days) / retain__known_days(days);

    retain__put(out->trend, i, trend);
    if (out->trend_p_value)
        out->trend_p_value[i] = isnan(trend) ? (double)NAN : retain__binomial_test(recent, early + recent, share);
}

static void put_kind(const retain__event_columns *out, size_t i, const tally *of, const retain__known_window *days)
{
    const double known = retain__known_days(days), count = (double)of->earlier + (double)of->recent;

    retain__put(out->count, i, count);
    retain__put(out->per_year, i, count / known * DAYS_OF_A_YEAR);
    retain__put(out->days_since_last, i, of->has_last ? (double)(days->end - of->last) : (double)NAN);
    retain__put(out->earlier, i, (double)of->earlier);
    retain__put(out->recent, i, (double)of->recent);
    retain__put(out->sum, i, retain__sum_value(of->sum));
    retain__put(out->mean, i, of->valued ? retain__sum_value(of->sum) / (double)of->valued : (double)NAN);
    put_trend(out, i, of, days);
}

static void put_nothing(const retain__event_columns *out, size_t i)
{
    double *const columns[] = {out->count, out->per_year, out->days_since_last, out->earlier,      out->recent,
                               out->sum,   out->mean,     out->trend,           out->trend_p_value};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        retain__put(columns[c], i, (double)NAN);
}

/* --- all customers ------------------------------------------------------------------------------------------------------------ */

/* What one call describes. */
typedef struct description {
    retain__event_figures *figures;
    const int64_t *customer, *known_since;
    int64_t end;
    const retain__event_columns *columns;
} description;

/* Adds the customer's events up in `of`, one tally a kind; returns the row after them. */
static size_t add_events(const description *all, size_t row, int64_t known_since, const retain__known_window *days, tally *of,
                         size_t r, size_t block)
{
    const retain__event_figures *figures = all->figures;
    const retain_events *events = figures->events;

    for (size_t k = 0; k < figures->kinds; k++)
        of[k] = (tally){0, 0, 0, 0, 0, {0.0, 0.0}};
    for (; r < figures->rows->count && figures->rows->at[r].customer == all->customer[row]; r++) {
        const retain__dated_row *at = &figures->rows->at[r];
        const int64_t kind = events->kind ? events->kind[at->row] : 0;

        if (at->day > all->end)
            continue;
        if (at->day < known_since) {
            figures->early[block]++;
            continue;
        }
        figures->used[block]++;
        if (kind >= 0 && (uint64_t)kind < figures->kinds) /* it was checked, but may have been changed since */
            add_event(&of[kind], days, at->day, events->value ? events->value[at->row] : (double)NAN);
    }
    return r;
}

static void describe_block(void *state, size_t block, size_t first, size_t last)
{
    const description *all = state;
    const size_t kinds = all->figures->kinds;
    tally *of = retain__enter_room(&all->figures->rooms);
    size_t cursor = SIZE_MAX;

    for (size_t row = first; row < last; row++) {
        const int64_t since = all->known_since ? all->known_since[row] : INT64_MIN;
        const int is_known = since <= all->end;
        const retain__known_window days = retain__open_window(since, all->figures->window_days, all->end);

        retain__find_dated(all->figures->rows, all->customer[row], &cursor);
        cursor = add_events(all, row, since, &days, of, cursor, block);
        retain__put(all->columns->exposure_days, row, is_known ? retain__known_days(&days) : (double)NAN);
        for (size_t k = 0; k < kinds; k++) {
            if (is_known)
                put_kind(all->columns, row * kinds + k, &of[k], &days);
            else
                put_nothing(all->columns, row * kinds + k);
        }
    }
    retain__leave_room(&all->figures->rooms, of);
}

retain_status retain__open_event_figures(retain_context *ctx, retain__scratch *scratch, size_t customers,
                                         retain__event_figures *figures)
{
    const size_t blocks = retain__blocks(customers, BLOCK_CUSTOMERS);

    figures->used = retain__take_zeroed(scratch, blocks, sizeof *figures->used);
    figures->early = retain__take_zeroed(scratch, blocks, sizeof *figures->early);
    if (!figures->used || !figures->early)
        return RETAIN_ERROR_MEMORY;
    return retain__open_rooms(ctx, scratch, blocks, figures->kinds, sizeof(tally), &figures->rooms);
}

void retain__describe_events(retain_context *ctx, retain__event_figures *figures, const int64_t *customer,
                             const int64_t *known_since, size_t customers, int64_t end, const retain__event_columns *columns)
{
    description all = {figures, customer, known_since, end, columns};
    retain_context quiet = RETAIN_CONTEXT_INIT;

    if (ctx)
        quiet.threads = ctx->threads;
    retain__parallel(&quiet, customers, BLOCK_CUSTOMERS, 0.0, 1.0, describe_block, &all);
}

static size_t add_up(const size_t *of_block, size_t customers)
{
    size_t sum = 0;

    for (size_t b = 0; b < retain__blocks(customers, BLOCK_CUSTOMERS); b++)
        sum += of_block[b];
    return sum;
}

size_t retain__used_events(const retain__event_figures *figures, size_t customers)
{
    return add_up(figures->used, customers);
}

size_t retain__early_events(const retain__event_figures *figures, size_t customers)
{
    return add_up(figures->early, customers);
}
