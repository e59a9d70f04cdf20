/* From the tables of a database to the columns that libretain wants.
 *
 * Orders, responses of surveys and events have one shape: who, when, a number and a text. Tickets and deliveries have another: who, and
 * moments. All but the orders are read where the database has such tables. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "times.h"

void stop(const char *format, ...)
{
    va_list arguments;

    fputs("retention_report: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void *must_have(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        stop("no memory for %zu x %zu bytes", count, size);
    return memory;
}

/* --- one table ----------------------------------------------------------------------------------------------------------------- */

/* What is read, and what it is called in sentences. */
struct source {
    const char *rows, *number, *text; /* such as "row", "value", "order id" */
    int number_may_be_missing, text_may_be_missing;
};

static const struct source order_source = {"row", "value", "order id", 0, 0};
static const struct source response_source = {"row of responses", "score", "kind", 0, 1};
static const struct source event_source = {"row of events", "value", "kind", 1, 0};

struct reader {
    const struct settings *settings;
    const struct source *source;
    struct rows *rows;
    size_t capacity;
    char **customer;
    uint8_t *is_instant;
};

static void grow(void **column, size_t capacity, size_t size)
{
    void *larger = realloc(*column, capacity * size);

    if (!larger)
        stop("no memory for %zu rows", capacity);
    *column = larger;
}

static void make_room(struct reader *reader)
{
    struct rows *rows = reader->rows;

    if (rows->count < reader->capacity)
        return;
    reader->capacity = reader->capacity ? reader->capacity * 2 : 65536;
    grow((void **)&rows->day, reader->capacity, sizeof *rows->day);
    grow((void **)&rows->value, reader->capacity, sizeof *rows->value);
    grow((void **)&rows->text, reader->capacity, sizeof *rows->text);
    grow((void **)&reader->customer, reader->capacity, sizeof *reader->customer);
    grow((void **)&reader->is_instant, reader->capacity, sizeof *reader->is_instant);
}

static char *copy_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    char *copy = text ? strdup((const char *)text) : NULL;

    if (text && !copy)
        stop("no memory for the texts of the database");
    return copy;
}

static void take_time(const struct settings *settings, sqlite3_stmt *statement, int column, const char *name, size_t row,
                      int64_t *time, int64_t *second, uint8_t *is_instant)
{
    const char *text;
    char advice[TEXT];

    *second = -1;
    if (sqlite3_column_type(statement, column) == SQLITE_INTEGER) {
        *time = sqlite3_column_int64(statement, column);
        *is_instant = 1;
        return;
    }
    text = (const char *)sqlite3_column_text(statement, column);
    if (text && parse_time(text, settings->dates, time, second, is_instant))
        return;
    advise_time(text ? text : "", advice);
    stop("%s %zu has the time \"%s\"; %s", name, row + 1, text ? text : "", advice);
}

static void read_time(struct reader *reader, sqlite3_stmt *statement)
{
    struct rows *rows = reader->rows;
    size_t row = rows->count;
    int64_t second;

    take_time(reader->settings, statement, 1, reader->source->rows, row, &rows->day[row], &second, &reader->is_instant[row]);
}

static double read_number(struct reader *reader, sqlite3_stmt *statement)
{
    const struct source *source = reader->source;
    size_t row = reader->rows->count;
    const char *text;
    double number;
    char *end;

    switch (sqlite3_column_type(statement, 2)) {
    case SQLITE_NULL:
        if (!source->number_may_be_missing)
            stop("%s %zu has no %s; it must be a number", source->rows, row + 1, source->number);
        return (double)NAN;
    case SQLITE_TEXT:
        text = (const char *)sqlite3_column_text(statement, 2);
        number = strtod(text, &end);
        if (end == text || *end)
            stop("%s %zu has the %s \"%s\"; it must be a number", source->rows, row + 1, source->number, text);
        return number;
    default:
        return sqlite3_column_double(statement, 2);
    }
}

static void read_row(struct reader *reader, sqlite3_stmt *statement, int columns)
{
    struct rows *rows = reader->rows;
    const struct source *source = reader->source;
    size_t row = rows->count;

    make_room(reader);
    reader->customer[row] = copy_text(statement, 0);
    if (!reader->customer[row] || !*reader->customer[row])
        stop("%s %zu has no customer; leave such rows out%s", source->rows, row + 1,
             source == &order_source ? " with --query" : "");
    read_time(reader, statement);
    rows->value[row] = read_number(reader, statement);
    rows->text[row] = columns > 3 ? copy_text(statement, 3) : NULL;
    if (columns > 3 && !rows->text[row] && !source->text_may_be_missing)
        stop("%s %zu has no %s; leave such rows out%s", source->rows, row + 1, source->text,
             source == &order_source ? " with --query, or do not select order ids" : "");
    rows->count++;
}

/* Reads a query of three or four columns; returns how many it had. */
static int read_rows(sqlite3 *database, const char *query, struct reader *reader)
{
    const char *name = reader->settings->database;
    sqlite3_stmt *statement = NULL;
    int step, columns;

    if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) != SQLITE_OK)
        stop("the database %s does not understand \"%s\": %s", name, query, sqlite3_errmsg(database));
    columns = sqlite3_column_count(statement);
    if (columns < 3 || columns > 4)
        stop("the query must select customer, time, value and, if you like, an order id; \"%s\" selects %d columns", query,
             columns);
    while ((step = sqlite3_step(statement)) == SQLITE_ROW)
        read_row(reader, statement, columns);
    if (step != SQLITE_DONE)
        stop("reading the database %s failed: %s", name, sqlite3_errmsg(database));
    sqlite3_finalize(statement);
    settle_days(reader->settings, reader->rows->day, reader->is_instant, reader->rows->count);
    free(reader->is_instant);
    return columns;
}

static int has_table(sqlite3 *database, const char *name)
{
    sqlite3_stmt *statement = NULL;
    int found;

    if (sqlite3_prepare_v2(database, "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", -1, &statement,
                           NULL) != SQLITE_OK)
        stop("reading the database failed: %s", sqlite3_errmsg(database));
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    found = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return found;
}

/* --- a table of moments --------------------------------------------------------------------------------------------------------- */

/* Counts the rows of a table, or of a query. */
static size_t count_rows(sqlite3 *database, const char *query)
{
    sqlite3_stmt *statement = NULL;
    size_t rows = 0;

    if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) != SQLITE_OK)
        stop("the database does not understand \"%s\": %s", query, sqlite3_errmsg(database));
    while (sqlite3_step(statement) == SQLITE_ROW)
        rows++;
    sqlite3_finalize(statement);
    return rows;
}

/* Reads customer and up to three moments, in seconds of the shop's clock; all but the first may be missing. With `whole_days` a date as the
 * first one stands for its last second. */
static void read_moments(const struct settings *settings, sqlite3 *database, const char *query, const char *name, int whole_days,
                         struct moments *moments, char ***customer)
{
    size_t count = count_rows(database, query);
    sqlite3_stmt *statement = NULL;
    uint8_t *is_instant = must_have(count, MOMENTS);
    int columns;

    sqlite3_prepare_v2(database, query, -1, &statement, NULL);
    columns = sqlite3_column_count(statement) - 1;
    *customer = must_have(count, sizeof **customer);
    for (int c = 0; c < columns; c++)
        moments->at[c] = must_have(count, sizeof *moments->at[c]);
    while (moments->count < count && sqlite3_step(statement) == SQLITE_ROW) {
        size_t row = moments->count++;

        (*customer)[row] = copy_text(statement, 0);
        if (!(*customer)[row] || !*(*customer)[row])
            stop("%s %zu has no customer; leave such rows out", name, row + 1);
        for (int c = 0; c < columns; c++) {
            uint8_t *instant = &is_instant[(size_t)c * count + row];
            int64_t second;

            moments->at[c][row] = RETAIN_SERVICE_NOT_YET;
            if (c > 0 && sqlite3_column_type(statement, c + 1) == SQLITE_NULL)
                continue;
            take_time(settings, statement, c + 1, name, row, &moments->at[c][row], &second, instant);
            if (!*instant)
                moments->at[c][row] = moments->at[c][row] * DAY + (second >= 0 ? second : c == 0 && whole_days ? DAY - 1 : 0);
        }
    }
    sqlite3_finalize(statement);
    for (int c = 0; c < columns; c++)
        settle_clock(settings, moments->at[c], is_instant + (size_t)c * count, moments->count);
    free(is_instant);
}

/* --- what is left out -------------------------------------------------------------------------------------------------------- */

static void read_left_out(sqlite3 *database, struct left_out *left_out)
{
    static const char query[] = "SELECT reason, rows, value FROM left_out WHERE rows > 0";
    size_t count = count_rows(database, query);
    sqlite3_stmt *statement = NULL;

    left_out->reason = must_have(count, sizeof *left_out->reason);
    left_out->rows = must_have(count, sizeof *left_out->rows);
    left_out->value = must_have(count, sizeof *left_out->value);
    sqlite3_prepare_v2(database, query, -1, &statement, NULL);
    while (left_out->count < count && sqlite3_step(statement) == SQLITE_ROW) {
        size_t row = left_out->count++;

        left_out->reason[row] = copy_text(statement, 0);
        if (!left_out->reason[row])
            stop("row %zu of left_out has no reason", row + 1);
        left_out->rows[row] = sqlite3_column_double(statement, 1);
        left_out->value[row] = sqlite3_column_type(statement, 2) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, 2);
    }
    sqlite3_finalize(statement);
}

/* --- numbers for texts ---------------------------------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

/* Numbers texts in their sorted order; returns how many are distinct and keeps one of each in *distinct (when wanted). */
static size_t number_texts(char **text, size_t count, int64_t *number, char ***distinct)
{
    char ***sorted = must_have(count, sizeof *sorted);
    size_t names = 0;

    if (distinct)
        *distinct = must_have(count, sizeof **distinct);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &text[i];
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(*sorted[i - 1], *sorted[i]) != 0) {
            if (distinct)
                (*distinct)[names] = *sorted[i];
            names++;
        }
        number[sorted[i] - text] = (int64_t)names - 1;
    }
    free(sorted);
    return names;
}

/* The customers of a table, and where their numbers go. */
struct customers {
    size_t count;
    char **text;
    int64_t **number;
};

/* One numbering of the customers of all tables. */
static void number_customers(struct shop *shop, struct customers *tables, size_t count)
{
    size_t total = 0, at = 0;
    char **text;
    int64_t *number;

    for (size_t t = 0; t < count; t++)
        total += tables[t].count;
    text = must_have(total, sizeof *text);
    number = must_have(total, sizeof *number);
    for (size_t t = 0; t < count; at += tables[t++].count)
        if (tables[t].count)
            memcpy(text + at, tables[t].text, tables[t].count * sizeof *text);
    shop->names = number_texts(text, total, number, &shop->name);
    at = 0;
    for (size_t t = 0; t < count; at += tables[t++].count) {
        *tables[t].number = number + at;
        free(tables[t].text);
    }
    free(text);
}

/* --- the database ----------------------------------------------------------------------------------------------------------------- */

void load_shop(const struct settings *settings, struct shop *shop)
{
    struct reader readers[] = {{.settings = settings, .source = &order_source, .rows = &shop->orders},
                               {.settings = settings, .source = &response_source, .rows = &shop->responses},
                               {.settings = settings, .source = &event_source, .rows = &shop->events}};
    char **ticket_customer = NULL, **delivery_customer = NULL;
    sqlite3 *database = NULL;

    if (sqlite3_open_v2(settings->database, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        stop("cannot open the database %s: %s", settings->database, sqlite3_errmsg(database));
    if (read_rows(database, settings->query, &readers[0]) > 3) {
        shop->order = must_have(shop->orders.count, sizeof *shop->order);
        number_texts(shop->orders.text, shop->orders.count, shop->order, NULL);
    }
    if (shop->orders.count == 0)
        stop("the database %s has no orders: \"%s\" gives no rows", settings->database, settings->query);
    if (has_table(database, "responses"))
        read_rows(database, "SELECT customer, time, score, kind FROM responses", &readers[1]);
    if (has_table(database, "events"))
        read_rows(database, "SELECT customer, time, value, kind FROM events", &readers[2]);
    if (has_table(database, "tickets"))
        read_moments(settings, database, "SELECT customer, opened, answered, resolved FROM tickets", "row of tickets", 0,
                     &shop->tickets, &ticket_customer);
    if (has_table(database, "deliveries"))
        read_moments(settings, database, "SELECT customer, promised, delivered FROM deliveries", "row of deliveries", 1,
                     &shop->deliveries, &delivery_customer);
    if (has_table(database, "left_out"))
        read_left_out(database, &shop->left_out);
    sqlite3_close(database);
    number_customers(shop,
                     (struct customers[]){{shop->orders.count, readers[0].customer, &shop->orders.customer},
                                          {shop->responses.count, readers[1].customer, &shop->responses.customer},
                                          {shop->events.count, readers[2].customer, &shop->events.customer},
                                          {shop->tickets.count, ticket_customer, &shop->tickets.customer},
                                          {shop->deliveries.count, delivery_customer, &shop->deliveries.customer}},
                     5);
}
