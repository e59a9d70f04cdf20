/* Any log, any dates, any events: a panel keeps its own rules, and what comes after the last date changes none of its features. */
#include <string.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/features.h"
#include "retain/features_durations.h"

enum { DATES = 4, ROWS = 8 * DATES, KINDS = 3, CATEGORIES = 3 };

static const retain_events *read_events(fuzz_input *in)
{
    retain_events *events = fuzz_array(in, 1, sizeof *events);
    const size_t count = fuzz_below(in, 30), odd = fuzz_below(in, 16), columns = fuzz_below(in, 4);
    int64_t *customer = fuzz_array(in, count, sizeof *customer), *day = fuzz_array(in, count, sizeof *day);
    int64_t *kind = fuzz_array(in, count, sizeof *kind);
    double *value = fuzz_array(in, count, sizeof *value);

    for (size_t i = 0; i < count; i++) {
        customer[i] = (int64_t)fuzz_below(in, 8);
        day[i] = odd == 1 ? fuzz_integer(in) : (int64_t)fuzz_bits(in, 1) - 20;
        kind[i] = odd == 2 ? fuzz_integer(in) : (int64_t)fuzz_below(in, KINDS);
        value[i] = odd == 3 ? fuzz_double(in) : (double)(int8_t)fuzz_bits(in, 1);
    }
    *events = (retain_events){count, customer, day, columns & 1 ? kind : NULL, columns & 2 ? value : NULL};
    return events;
}

static const retain_features_options *read_options(fuzz_input *in)
{
    retain_features_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    memset(options, 0, sizeof *options);
    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    for (size_t w = 0, days = 0; w < fuzz_below(in, 4); w++)
        options->windows[w] = odd ? fuzz_integer(in) : (int64_t)(days += 1 + fuzz_below(in, 40));
    options->trend_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 40) * 2;
    options->event_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 60);
    options->active_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 100);
    options->horizon_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 60);
    return fuzz_bits(in, 1) < 100 ? NULL : options;
}

static retain_features_source *read_source(fuzz_input *in)
{
    retain_features_source *source = fuzz_array(in, 1, sizeof *source);
    const retain_orders *orders = fuzz_log(in);
    const size_t rows = orders ? orders->count : 0, columns = fuzz_below(in, 8), odd = fuzz_below(in, 16);
    double *discount = fuzz_array(in, rows, sizeof *discount);
    int64_t *category = fuzz_array(in, rows, sizeof *category);

    for (size_t i = 0; i < rows; i++) {
        discount[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, 5);
        category[i] = odd == 2 ? fuzz_integer(in) : (int64_t)fuzz_below(in, CATEGORIES);
    }
    *source = (retain_features_source){.orders = orders,
                                       .discount = columns & 1 ? discount : NULL,
                                       .category = columns & 2 ? category : NULL,
                                       .categories = CATEGORIES};
    if (columns & 4) {
        source->events = read_events(in);
        source->kinds = odd == 3 ? (size_t)fuzz_integer(in) : KINDS;
    }
    return source;
}

static int64_t *read_dates(fuzz_input *in, size_t *count)
{
    int64_t *date = fuzz_array(in, DATES, sizeof *date), at = fuzz_log_day(in);
    const int odd = fuzz_below(in, 16) == 15;

    *count = fuzz_below(in, DATES + 1);
    for (size_t d = 0; d < *count; d++) {
        date[d] = odd ? fuzz_integer(in) : at;
        at = at < INT64_MAX - 100 ? at + 1 + (int64_t)fuzz_below(in, 60) : at;
    }
    return date;
}

static void check_panel(const retain_features_rows *rows, size_t count, size_t dates, const retain_features_report *report)
{
    size_t silent = 0, open = 0;

    fuzz_check(report->rows == count);
    for (size_t r = 0; r < count; r++) {
        const double *label = &rows->label[r];

        fuzz_check(rows->date[r] >= 0 && (uint64_t)rows->date[r] < dates);
        fuzz_check(r == 0 || rows->date[r] > rows->date[r - 1] ||
                   (rows->date[r] == rows->date[r - 1] && rows->customer[r] > rows->customer[r - 1]));
        fuzz_check(*label != *label || *label == 0.0 || *label == 1.0);
        silent += *label == 1.0;
        open += *label != *label;
        fuzz_check(rows->feature[r] >= 1.0); /* occasions */
    }
    fuzz_check(report->silent_rows == silent && report->open_rows == open);
}

static void try_panel(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_features_source *source = read_source(in);
    const retain_features_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    retain_features_report *report = fuzz_array(in, 1, sizeof *report);
    size_t dates, columns = 0, *count = fuzz_array(in, 1, sizeof *count);
    const int64_t *date = read_dates(in, &dates);
    retain_features_column column[RETAIN_FEATURES_MOST + 4 * RETAIN_FEATURES_KINDS];
    retain_features_rows rows;

    report->struct_size = sizeof *report;
    if (retain_features_columns(NULL, source, options, sizeof column / sizeof *column, &columns, column) != RETAIN_OK)
        columns = 1;
    rows = (retain_features_rows){fuzz_output(in, ROWS, sizeof(int64_t)), fuzz_output(in, ROWS, sizeof(int64_t)),
                                  fuzz_output(in, ROWS, sizeof(double)), fuzz_output(in, columns * ROWS, sizeof(double))};
    if (!fuzz_outcome(in, retain_features_panel(ctx, source, end, date, dates, counting, options, &rows, ROWS, count, report)))
        return;
    for (size_t c = 0; c < columns; c++)
        fuzz_check(retain_features_name(column[c].id) && retain_features_unit(column[c].id));
    check_panel(&rows, *count, dates, report);
}

static void try_split(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    size_t dates;
    const int64_t *date = read_dates(in, &dates);
    const int64_t horizon = fuzz_log_day(in), embargo = fuzz_log_day(in), first = fuzz_log_day(in), end = fuzz_log_day(in);
    uint8_t *part = fuzz_output(in, dates, sizeof *part);

    if (!fuzz_outcome(in, retain_features_split(ctx, date, dates, horizon, embargo, first, end, part)))
        return;
    for (size_t d = 0; d < dates; d++) {
        const int64_t last = date[d] + (horizon ? horizon : 90);

        fuzz_check(part[d] <= RETAIN_FEATURES_OPEN);
        fuzz_check(part[d] != RETAIN_FEATURES_TRAIN || (last + embargo <= first && last <= end));
        fuzz_check(part[d] != RETAIN_FEATURES_TEST || (date[d] >= first && last <= end));
    }
}

static const retain_features_table *read_table(fuzz_input *in, size_t columns)
{
    retain_features_table *table = fuzz_array(in, 1, sizeof *table);
    const size_t count = fuzz_below(in, 10);
    int64_t *customer = fuzz_array(in, count, sizeof *customer);
    double *feature = fuzz_array(in, count * columns, sizeof *feature);

    for (size_t i = 0; i < count; i++)
        customer[i] = (i ? customer[i - 1] : 0) + (int64_t)fuzz_below(in, 3);
    for (size_t i = 0; i < count * columns; i++)
        feature[i] = fuzz_bits(in, 1) < 200 ? (double)fuzz_below(in, 3) : fuzz_double(in);
    *table = (retain_features_table){count, fuzz_maybe(in, customer), fuzz_maybe(in, feature)};
    return fuzz_maybe(in, table);
}

static void try_leaks(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t columns = fuzz_below(in, 4);
    const retain_features_table *whole = read_table(in, columns), *cut = read_table(in, columns);
    const double tolerance = fuzz_below(in, 2) ? 0.0 : fuzz_double(in);
    int64_t *leaks = fuzz_output(in, columns, sizeof *leaks), *example = fuzz_output(in, columns, sizeof *example);
    size_t *strangers = fuzz_output(in, 1, sizeof *strangers);

    if (!fuzz_outcome(in, retain_features_leaks(ctx, whole, cut, columns, tolerance, leaks, example, strangers)))
        return;
    fuzz_check(*strangers <= whole->count + cut->count);
    for (size_t f = 0; f < columns; f++) {
        fuzz_check(2 * (size_t)leaks[f] + *strangers <= whole->count + cut->count);
        fuzz_check((leaks[f] > 0) == (example[f] >= 0));
    }
}

/* Pieces of a row do not overlap, lie one behind the other, and end by the observation end. */
static void try_durations(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders *log = fuzz_log(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t dates, count = fuzz_below(in, 9), *rows = fuzz_array(in, 1, sizeof *rows);
    const int64_t *date = read_dates(in, &dates);
    int64_t *who = fuzz_array(in, count, sizeof *who), *at = fuzz_array(in, count, sizeof *at);
    double *began = fuzz_array(in, count, sizeof *began), *ended = fuzz_array(in, count, sizeof *ended);
    const size_t capacity = 4 * ROWS;
    const retain_features_lives lives = {count, who, began, ended};
    const retain_features_spans spans = {fuzz_output(in, capacity, sizeof(int64_t)), fuzz_output(in, capacity, sizeof(double)),
                                         fuzz_output(in, capacity, sizeof(double)), fuzz_output(in, capacity, 1)};
    const int of_orders = fuzz_below(in, 2) == 1;

    for (size_t r = 0; r < count; r++) {
        who[r] = of_orders ? (int64_t)fuzz_below(in, 8) : (int64_t)r;
        at[r] = (int64_t)fuzz_below(in, DATES);
        began[r] = fuzz_below(in, 16) ? (double)fuzz_below(in, 60) - 20.0 : fuzz_double(in);
        ended[r] = fuzz_below(in, 4) ? began[r] + (double)fuzz_below(in, 90) : fuzz_double(in);
    }
    if (!fuzz_outcome(
            in, of_orders ? retain_features_returns(ctx, log, end, counting, date, dates, count, who, at, &spans, capacity, rows)
                          : retain_features_durations(ctx, &lives, end, date, dates, count, who, at, &spans, capacity, rows)))
        return;
    for (size_t k = 0; k < *rows; k++) {
        fuzz_check(spans.entry[k] >= 0.0 && spans.exit[k] > spans.entry[k] && spans.event[k] <= 1);
        fuzz_check((uint64_t)spans.row[k] < count && (k == 0 || spans.row[k] >= spans.row[k - 1]));
        fuzz_check(k == 0 || spans.row[k] != spans.row[k - 1] || (spans.entry[k] == spans.exit[k - 1] && spans.event[k - 1]));
    }
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_panel, try_panel, try_split, try_leaks, try_durations};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
