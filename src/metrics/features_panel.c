/* Panels: who was known on each of several dates, what was known, and what followed.
 *
 * The log is grouped once, up to the last day that matters. A visit then goes through each customer's rows once a date and sees
 * those up to it (data/customer_rows.h), and once more for the day on which the label is known: the same rule, that later rows do
 * not exist, makes features and labels alike.
 *
 * Rows of the panel come by date, customers by block: a first visit counts, per date and block, who will be there, so that the
 * second one writes every row to its place from any thread. Events are described date by date, for the customers of the date, by
 * the machinery of signals. Everything that can fail is taken before the first row is written. */
#include <math.h>
#include <string.h>

#include "metrics/event_figures.h"
#include "metrics/features_figures.h"

enum { EVENT_FEATURES = 4 };

/* The row that a block has just written, for its label. */
typedef struct fresh_row {
    int64_t key;
    size_t date, row;
    int is_there;
} fresh_row;

typedef struct panel {
    const retain__feature_plan *plan;
    const retain_features_rows *out;
    const int64_t *date;
    size_t dates, labelled, capacity;
    retain__order_log log;
    retain__rooms rooms;

    size_t *first;  /* [dates + 1] where the rows of a date begin */
    size_t *next;   /* [dates * RETAIN__LOG_BLOCKS] rows counted, then the next one to be written */
    size_t *limit;  /* [dates * RETAIN__LOG_BLOCKS] the end of the block's */
    int64_t *day;   /* [dates + labelled] for the second visit: dates, each but the open ones followed by the end of its label */
    int64_t *key;   /* [rows] with events: who, and since when he is known */
    int64_t *since; /* [rows] */
    double *event;  /* [EVENT_FEATURES * rows of a date * kinds] */
    int64_t *place; /* [rows of the log] 0, 1, 2 ... with discounts or categories */
    retain__event_figures events;
    retain__dated_rows event_rows;

    size_t inactive[RETAIN__LOG_BLOCKS], silent[RETAIN__LOG_BLOCKS];
    fresh_row fresh[RETAIN__LOG_BLOCKS];
} panel;

static int is_active(const panel *all, const retain__customer *customer, int64_t date)
{
    const int64_t days = all->plan->options.active_days;

    return days == 0 || retain__occasion_start(&all->log, customer->occasion[customer->count - 1].day) > date - days;
}

/* --- first visit -------------------------------------------------------------------------------------------------------------- */

static void count_row(void *state, size_t block, const retain__customer *customer)
{
    panel *all = state;

    if (is_active(all, customer, all->date[customer->visit]))
        all->next[customer->visit * RETAIN__LOG_BLOCKS + block]++;
    else
        all->inactive[block]++;
}

/* From counts to places; returns the number of rows, and the most of a date. */
static size_t place_rows(panel *all, size_t *most)
{
    size_t row = 0;

    *most = 0;
    for (size_t d = 0; d < all->dates; d++) {
        all->first[d] = row;
        for (size_t b = d * RETAIN__LOG_BLOCKS; b < (d + 1) * RETAIN__LOG_BLOCKS; b++) {
            const size_t found = all->next[b];

            all->next[b] = row;
            row += found;
            all->limit[b] = row;
        }
        *most = row - all->first[d] > *most ? row - all->first[d] : *most;
    }
    all->first[all->dates] = row;
    return row;
}

/* --- second visit ------------------------------------------------------------------------------------------------------------- */

static void write_features(panel *all, const retain__customer *customer, int64_t date, size_t row)
{
    double figure[RETAIN_FEATURES_MOST];
    uint64_t *words = retain__enter_room(&all->rooms);
    const retain__feature_room room = retain__cut_feature_room(all->plan, &all->log, words);

    retain__find_features(all->plan, &all->log, customer, date, &room, figure);
    retain__leave_room(&all->rooms, words);
    for (size_t c = 0; c < all->plan->order_columns; c++)
        all->out->feature[c * all->capacity + row] = figure[c];
}

static void write_row(panel *all, size_t block, const retain__customer *customer, size_t d)
{
    size_t *next = &all->next[d * RETAIN__LOG_BLOCKS + block];
    const size_t row = *next;

    all->fresh[block].is_there = 0;
    /* the log may be somebody's who writes to it, when it is read again for want of memory: nobody then gets another one's place */
    if (!is_active(all, customer, all->date[d]) || row == all->limit[d * RETAIN__LOG_BLOCKS + block])
        return;
    ++*next;
    all->fresh[block] = (fresh_row){customer->key, d, row, 1};
    all->silent[block] += d < all->labelled;
    if (all->out->customer)
        all->out->customer[row] = customer->key;
    if (all->out->date)
        all->out->date[row] = (int64_t)d;
    if (all->out->label)
        all->out->label[row] = d < all->labelled ? 1.0 : (double)NAN;
    if (all->out->feature)
        write_features(all, customer, all->date[d], row);
    if (all->key) {
        all->key[row] = customer->key;
        all->since[row] = retain__occasion_start(&all->log, customer->occasion[0].day);
    }
}

/* The customer as he was known when the H days were over. */
static void write_label(panel *all, size_t block, const retain__customer *customer, size_t d)
{
    const fresh_row *fresh = &all->fresh[block];

    if (!fresh->is_there || fresh->key != customer->key || fresh->date != d ||
        customer->occasion[customer->count - 1].last_day <= all->date[d])
        return;
    all->silent[block]--;
    if (all->out->label)
        all->out->label[fresh->row] = 0.0;
}

static void visit_row(void *state, size_t block, const retain__customer *customer)
{
    panel *all = state;
    const size_t k = customer->visit;

    if (k >= 2 * all->labelled)
        write_row(all, block, customer, k - all->labelled);
    else if (k % 2 == 0)
        write_row(all, block, customer, k / 2);
    else
        write_label(all, block, customer, k / 2);
}

/* --- events ------------------------------------------------------------------------------------------------------------------- */

static void write_events(retain_context *ctx, panel *all, size_t most)
{
    const size_t kinds = all->plan->kinds, cells = most * kinds;
    const retain__event_columns columns = {.count = all->event,
                                           .days_since_last = all->event + cells,
                                           .trend = all->event + 2 * cells,
                                           .mean = all->event + 3 * cells};
    double *feature = all->out->feature + all->plan->order_columns * all->capacity;

    for (size_t d = 0; d < all->dates; d++) {
        const size_t first = all->first[d], count = all->first[d + 1] - first;

        retain__describe_events(ctx, &all->events, all->key + first, all->since + first, count, all->date[d], &columns);
        for (size_t f = 0; f < EVENT_FEATURES; f++) {
            for (size_t k = 0; k < kinds; k++) {
                double *to = feature + (f * kinds + k) * all->capacity + first;

                for (size_t i = 0; i < count; i++)
                    to[i] = all->event[f * cells + i * kinds + k];
            }
        }
    }
}

static retain_status open_events(retain_context *ctx, retain__scratch *scratch, panel *all, size_t rows, size_t most)
{
    const retain_events *events = all->plan->source->events;
    int fits = 1;
    const size_t cells = retain__multiply(most, EVENT_FEATURES * all->plan->kinds, &fits);
    retain_status status;

    all->events = (retain__event_figures){
        .events = events, .rows = &all->event_rows, .kinds = all->plan->kinds, .window_days = all->plan->options.event_days};
    all->key = retain__take_zeroed(scratch, rows, sizeof *all->key);
    all->since = retain__take_zeroed(scratch, rows, sizeof *all->since);
    all->event = fits ? retain__take(scratch, cells, sizeof *all->event) : NULL;
    if (!all->key || !all->since || !all->event)
        return retain__fail(ctx, RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "there is no memory for %zu rows of %zu kinds of events", most,
                            all->plan->kinds);
    status = retain__sort_dated(ctx, scratch, events->customer, events->day, events->count, all->date[all->dates - 1], NULL, NULL,
                                0.8, 1.0, &all->event_rows);
    return status == RETAIN_OK ? retain__open_event_figures(ctx, scratch, most, &all->events) : status;
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

retain_status retain__check_dates(retain_context *ctx, const int64_t *date, size_t dates, int64_t last)
{
    for (size_t i = 0; i < dates; i++) {
        if (date[i] < -RETAIN__LAST_DATE || date[i] > RETAIN__LAST_DATE)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "date[%zu] is %lld; it must be a day number within +-2^40", i,
                                (long long)date[i]);
        if (i && date[i] <= date[i - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "date[%zu] is %lld; it must be larger than the one before, %lld", i,
                                (long long)date[i], (long long)date[i - 1]);
        if (date[i] > last)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "date[%zu] is %lld; what happened until then is not known, for the observation ends on day %lld", i,
                                (long long)date[i], (long long)last);
    }
    return RETAIN_OK;
}

/* Lists the days of the second visit; the last day of the log that matters is the return value. */
static int64_t list_days(panel *all, int64_t observation_end)
{
    const int64_t horizon = all->plan->options.horizon_days;
    int64_t last = all->date[all->dates - 1];
    size_t count = 0;

    for (size_t d = 0; d < all->dates; d++) {
        all->day[count++] = all->date[d];
        if (all->date[d] + horizon > observation_end)
            continue;
        all->labelled++;
        all->day[count++] = all->date[d] + horizon;
        last = all->date[d] + horizon > last ? all->date[d] + horizon : last;
    }
    return last;
}

static retain_status take_tables(retain__scratch *scratch, panel *all)
{
    const retain_features_source *source = all->plan->source;

    all->first = retain__take(scratch, all->dates + 1, sizeof *all->first);
    all->next = retain__take_zeroed(scratch, all->dates, RETAIN__LOG_BLOCKS * sizeof *all->next);
    all->limit = retain__take(scratch, all->dates, RETAIN__LOG_BLOCKS * sizeof *all->limit);
    all->day = retain__take(scratch, all->dates, 2 * sizeof *all->day);
    if (!all->first || !all->next || !all->limit || !all->day)
        return RETAIN_ERROR_MEMORY;
    if (!source->discount && !source->category)
        return RETAIN_OK;
    all->place = retain__take(scratch, source->orders->count, sizeof *all->place);
    for (size_t i = 0; all->place && i < source->orders->count; i++)
        all->place[i] = (int64_t)i;
    return all->place ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static retain_status open_rooms(retain_context *ctx, retain__scratch *scratch, panel *all)
{
    retain_status status = retain__open_rooms(ctx, scratch, all->log.blocks, retain__feature_room_words(all->plan, &all->log),
                                              sizeof(uint64_t), &all->rooms);

    if (status == RETAIN_OK)
        memset(all->rooms.memory, 0, all->rooms.count * all->rooms.bytes);
    return status;
}

static void put_report(const panel *all, retain_features_report *report)
{
    *report = (retain_features_report){.struct_size = report->struct_size,
                                       .rows = all->first[all->dates],
                                       .open_rows = all->first[all->dates] - all->first[all->labelled]};
    for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++) {
        report->inactive_rows += all->inactive[b];
        report->silent_rows += all->silent[b];
    }
}

/* The panel of a plan, with at least one date. */
static retain_status fill_panel(retain_context *ctx, retain__scratch *scratch, panel *all, int64_t observation_end,
                                const retain_orders_options *counting, size_t *count, retain_features_report *report)
{
    retain_status status = take_tables(scratch, all);
    size_t most = 0;
    int fits = 1;

    if (status == RETAIN_OK)
        status = retain__read_orders_with(ctx, scratch, all->plan->source->orders, all->place, "counting", counting,
                                          list_days(all, observation_end), 0.0, 0.8, &all->log);
    if (status != RETAIN_OK)
        return status;
    retain__visit_customers_on(ctx, &all->log, all->date, all->dates, count_row, all);
    *count = place_rows(all, &most);
    if (*count > all->capacity)
        return retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "there is room for %zu rows; there are %zu", all->capacity,
                            *count);
    if (all->out->feature)
        retain__multiply(all->capacity, all->plan->columns, &fits);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "capacity is %zu; so many rows do not fit in memory",
                            all->capacity);
    status = open_rooms(ctx, scratch, all);
    if (status == RETAIN_OK && all->plan->kinds && all->out->feature)
        status = open_events(ctx, scratch, all, *count, most);
    if (status != RETAIN_OK)
        return status;
    if (report || all->out->customer || all->out->date || all->out->label || all->out->feature)
        retain__visit_customers_on(ctx, &all->log, all->day, all->dates + all->labelled, visit_row, all);
    if (all->key) {
        write_events(ctx, all, most);
        retain__close_rooms(scratch, &all->events.rooms);
    }
    if (report)
        put_report(all, report);
    return RETAIN_OK;
}

retain_status retain_features_panel(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                                    const int64_t *date, size_t dates, const retain_orders_options *counting,
                                    const retain_features_options *options, const retain_features_rows *rows, size_t capacity,
                                    size_t *count, retain_features_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__feature_plan plan;
    panel *all;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK && (!count || !rows))
        status = retain__fail_null(ctx, count ? "rows" : "count");
    if (status == RETAIN_OK)
        status = retain__plan_features(ctx, source, options, &plan);
    if (status == RETAIN_OK)
        status = retain__check_observation_end(ctx, observation_end);
    if (status == RETAIN_OK && !date)
        status = retain__fail_null(ctx, "date");
    if (status == RETAIN_OK && dates == 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "dates is 0; there must be at least one date");
    if (status == RETAIN_OK)
        status = retain__check_dates(ctx, date, dates, observation_end);
    if (status != RETAIN_OK)
        return status;
    all = retain__take_zeroed(&scratch, 1, sizeof *all);
    if (all) {
        all->plan = &plan;
        all->out = rows;
        all->date = date;
        all->dates = dates;
        all->capacity = capacity;
        status = fill_panel(ctx, &scratch, all, observation_end, counting, count, report);
    } else {
        status = RETAIN_ERROR_MEMORY;
    }
    retain__release(&scratch);
    return status;
}
