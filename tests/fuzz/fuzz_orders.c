/* Any log: every customer is sound, the report accounts for every order, and the compacted log says the same as the log. */
#include <string.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/orders.h"

enum { NUMBERS = 11 };

/* A summary in fresh arrays; columns are left out now and then. */
typedef struct summary {
    retain_summary columns;
    size_t count;
    retain_orders_report report;
} summary;

static void *maybe_output(fuzz_input *in, size_t count, int all)
{
    void *column = fuzz_output(in, count, 8);

    return all ? column : fuzz_maybe(in, column);
}

static void open_summary(fuzz_input *in, size_t capacity, int all, summary *out)
{
    void *column[3 + NUMBERS];

    for (int c = 0; c < 3 + NUMBERS; c++)
        column[c] = maybe_output(in, capacity, all);
    out->columns = (retain_summary){column[0], column[1], column[2], column[3],  column[4],  column[5],  column[6],
                                    column[7], column[8], column[9], column[10], column[11], column[12], column[13]};
    out->count = 0;
    memset(&out->report, 0, sizeof out->report);
    out->report.struct_size = sizeof out->report;
}

static int is_equal(double a, double b)
{
    return a == b || (a != a && b != b);
}

static void check_customers(const summary *out)
{
    const retain_summary *c = &out->columns;

    for (size_t i = 0; i < out->count; i++) {
        fuzz_check(i == 0 || c->customer[i] > c->customer[i - 1]);
        fuzz_check(c->first_day[i] <= c->last_day[i]);
        fuzz_check(c->occasions[i] >= 1.0 && c->orders[i] >= c->occasions[i]);
        fuzz_check(c->frequency[i] == c->occasions[i] - 1.0);
        fuzz_check(c->t_x[i] >= 0.0 && c->t_x[i] <= c->T[i]);
        fuzz_check((c->t_x[i] > 0.0) == (c->frequency[i] > 0.0));
        fuzz_check((c->spend[i] == c->spend[i]) == (c->frequency[i] > 0.0));
        fuzz_check(c->revenue[i] >= 0.0 && c->spend_all[i] >= 0.0);
        fuzz_check(c->gross[i] >= c->revenue[i] && c->refunds[i] <= 0.0);
        fuzz_check(c->frequency[i] > 0.0 ? c->log_gaps[i] - c->log_gaps[i] == 0.0 : c->log_gaps[i] == 0.0);
    }
}

static void check_report(const summary *out, const retain_orders *log)
{
    const retain_orders_report *report = &out->report;
    double orders = 0.0, occasions = 0.0;

    for (size_t i = 0; i < out->count; i++) {
        orders += out->columns.orders[i];
        occasions += out->columns.occasions[i];
    }
    fuzz_check(report->rows == log->count && report->late_rows <= report->rows);
    fuzz_check(report->customers == out->count);
    fuzz_check(report->customers + report->lost_customers <= report->rows - report->late_rows);
    fuzz_check(report->kept_orders == orders && report->occasions == occasions);
    fuzz_check(report->unmatched_value <= 0.0 && report->kept_refunds <= 0.0 && report->kept_gross >= report->kept_value);
    fuzz_check(log->order || report->kept_refunds == 0.0);
    if (!log->order && !log->multiple)
        fuzz_check(report->kept_orders + report->zero_orders + report->refunded_orders + report->unmatched_orders +
                       report->cancelled_orders ==
                   (double)(report->rows - report->late_rows));
}

static int has_ordinary_values(const retain_orders *log)
{
    for (size_t i = 0; i < log->count; i++) {
        const double quarters = log->value[i] * 4.0;

        if (quarters < -128.0 || quarters > 127.0 || quarters != (double)(int8_t)quarters ||
            (log->value_low && log->value_low[i] != 0.0))
            return 0;
    }
    return 1;
}

/* The compacted form of a good log, in arrays that live as long as the input. */
static const retain_orders *compact(fuzz_input *in, const retain_orders *log)
{
    retain_orders *shorter = fuzz_array(in, 1, sizeof *shorter);
    int64_t *customer = fuzz_array(in, log->count, 8), *day = fuzz_array(in, log->count, 8), *order = fuzz_array(in, log->count, 8);
    double *value = fuzz_array(in, log->count, 8), *low = fuzz_array(in, log->count, 8), *multiple = fuzz_array(in, log->count, 8);
    uint8_t *cancelled = fuzz_array(in, log->count, 1);
    size_t count = 0;

    fuzz_check(retain_orders_compact(fuzz_calm_context(in), log, log->count, &count, customer, day, value, low,
                                     log->order ? order : NULL, log->cancelled ? cancelled : NULL,
                                     log->order ? NULL : multiple) == RETAIN_OK);
    *shorter = (retain_orders){
        count, customer, day, value, log->order ? order : NULL, log->cancelled ? cancelled : NULL, log->order ? NULL : multiple,
        low};
    return shorter;
}

static void check_same(const summary *a, const summary *b)
{
    const retain_summary *c = &a->columns, *d = &b->columns;
    const double *one[NUMBERS] = {c->orders,    c->occasions, c->frequency, c->t_x,     c->T,       c->spend,
                                  c->spend_all, c->revenue,   c->gross,     c->refunds, c->log_gaps};
    const double *other[NUMBERS] = {d->orders,    d->occasions, d->frequency, d->t_x,     d->T,       d->spend,
                                    d->spend_all, d->revenue,   d->gross,     d->refunds, d->log_gaps};

    fuzz_check(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        fuzz_check(c->customer[i] == d->customer[i] && c->first_day[i] == d->first_day[i] && c->last_day[i] == d->last_day[i]);
        for (int k = 0; k < NUMBERS; k++)
            fuzz_check(is_equal(one[k][i], other[k][i]));
    }
}

static void try_summary(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *options = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t capacity = fuzz_below(in, 4) ? FUZZ_LOG_ROWS : fuzz_below(in, FUZZ_LOG_ROWS);
    const retain_orders *log = fuzz_log(in);
    summary some, all, again;

    open_summary(in, capacity, 0, &some);
    if (!fuzz_outcome(in, retain_orders_summary(ctx, log, end, options, fuzz_bits(in, 1) < 250 ? &some.columns : NULL, capacity,
                                                &some.count, fuzz_bits(in, 1) < 128 ? &some.report : NULL)))
        return;
    ctx = fuzz_calm_context(in);
    open_summary(in, log->count, 1, &all);
    fuzz_check(fuzz_outcome(in, retain_orders_summary(ctx, log, end, options, &all.columns, log->count, &all.count, &all.report)));
    fuzz_check(all.count == some.count);
    check_customers(&all);
    check_report(&all, log);
    if (!has_ordinary_values(log))
        return;
    log = compact(in, log);
    open_summary(in, log->count, 1, &again);
    fuzz_check(
        fuzz_outcome(in, retain_orders_summary(ctx, log, end, options, &again.columns, log->count, &again.count, &again.report)));
    check_same(&again, &all);
}

static void try_holdout(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *options = fuzz_log_options(in);
    const int64_t calibration = fuzz_log_day(in), end = fuzz_log_day(in);
    const size_t customers = fuzz_below(in, 10);
    int64_t *customer = fuzz_array(in, customers, sizeof *customer);
    const retain_orders *log = fuzz_log(in);
    double *occasions = fuzz_output(in, customers, sizeof *occasions), *value = fuzz_output(in, customers, sizeof *value);

    for (size_t i = 0; i < customers; i++)
        customer[i] = fuzz_bits(in, 1) < 250 ? (int64_t)i : fuzz_integer(in);
    if (!fuzz_outcome(in, retain_orders_holdout(ctx, log, calibration, end, options, fuzz_maybe(in, customer), customers,
                                                fuzz_maybe(in, occasions), value)))
        return;
    for (size_t i = 0; i < customers; i++)
        fuzz_check(occasions[i] >= 0.0 && value[i] >= 0.0 && (occasions[i] > 0.0 || value[i] == 0.0 || options));
}

static void try_compact(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t capacity = fuzz_below(in, FUZZ_LOG_ROWS), what = fuzz_below(in, 16);
    const retain_orders *log = fuzz_log(in);
    int64_t *customer = fuzz_output(in, capacity, 8), *day = fuzz_output(in, capacity, 8), *order = fuzz_output(in, capacity, 8);
    double *value = fuzz_output(in, capacity, 8), *low = fuzz_output(in, capacity, 8), *multiple = fuzz_output(in, capacity, 8);
    uint8_t *cancelled = fuzz_output(in, capacity, 1);
    size_t count = 0;

    if (!log || !fuzz_outcome(in, retain_orders_compact(ctx, log, capacity, &count, fuzz_maybe(in, customer), fuzz_maybe(in, day),
                                                        value, low, log->order || what == 1 ? order : NULL,
                                                        log->cancelled || what == 2 ? cancelled : NULL,
                                                        !log->order || what == 3 ? multiple : NULL)))
        return;
    fuzz_check(count <= log->count);
    for (size_t i = 0; i < count; i++) {
        fuzz_check(i == 0 || customer[i] > customer[i - 1] || (customer[i] == customer[i - 1] && day[i] >= day[i - 1]));
        fuzz_check(value[i] + low[i] == value[i]);
        fuzz_check(log->order || multiple[i] >= 1.0);
    }
}

static void try_last_day(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *options = fuzz_log_options(in);
    const retain_orders *log = fuzz_log(in);
    int64_t *day = fuzz_output(in, 1, sizeof *day), found = 0;
    summary all;

    if (!fuzz_outcome(in, retain_orders_last_day(ctx, log, options, fuzz_maybe(in, day))))
        return;
    while (found < (int64_t)log->count && log->day[found] != *day)
        found++;
    fuzz_check(found < (int64_t)log->count);
    open_summary(in, log->count, 1, &all);
    fuzz_check(fuzz_outcome(
        in, retain_orders_summary(fuzz_calm_context(in), log, *day, options, &all.columns, log->count, &all.count, &all.report)));
    for (size_t i = 0; i < all.count; i++)
        fuzz_check(all.columns.last_day[i] <= *day);
}

static void try_first(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *options = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t capacity = fuzz_below(in, 4) ? FUZZ_LOG_ROWS : fuzz_below(in, FUZZ_LOG_ROWS);
    const retain_orders *log = fuzz_log(in);
    const size_t rows = log ? log->count : 0;
    int64_t *attribute = fuzz_array(in, rows, sizeof *attribute);
    int64_t *customer = fuzz_output(in, capacity, sizeof *customer), *first = fuzz_output(in, capacity, sizeof *first);
    size_t count = 0;

    for (size_t i = 0; i < rows; i++)
        attribute[i] = fuzz_bits(in, 1) < 250 ? (int64_t)fuzz_below(in, 5) : fuzz_integer(in);
    if (!fuzz_outcome(in,
                      retain_orders_first(ctx, log, fuzz_maybe(in, attribute), end, options, capacity, &count, customer, first)))
        return;
    for (size_t i = 0; i < count; i++) {
        size_t row = 0;

        while (row < rows && (log->customer[row] != customer[i] || attribute[row] != first[i]))
            row++;
        fuzz_check(row < rows && (i == 0 || customer[i] > customer[i - 1]));
    }
}

static void try_distinct(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t rows = fuzz_below(in, 50), capacity = fuzz_below(in, 4) ? rows : fuzz_below(in, 50), odd = fuzz_below(in, 16);
    const size_t columns = fuzz_below(in, 4);
    double *x = fuzz_array(in, rows, 8), *t_x = fuzz_array(in, rows, 8), *T = fuzz_array(in, rows, 8);
    double *spend = fuzz_array(in, rows, 8), *weight = fuzz_array(in, rows, 8), *out[5], total = 0.0, total_out = 0.0;
    int64_t *row_of = fuzz_output(in, rows, sizeof *row_of);
    retain_customers *customers = fuzz_array(in, 1, sizeof *customers);
    size_t count = 0;

    for (size_t i = 0; i < rows; i++) {
        x[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, 4);
        T[i] = odd == 2 ? fuzz_double(in) : 10.0 + (double)fuzz_below(in, 3);
        t_x[i] = odd == 3 ? fuzz_double(in) : x[i] > 0.0 ? (double)fuzz_below(in, 3) : 0.0;
        spend[i] = odd == 4 ? fuzz_double(in) : (double)fuzz_below(in, 3);
        weight[i] = odd == 5 ? fuzz_double(in) : (double)fuzz_below(in, 3);
    }
    *customers = (retain_customers){.count = rows,
                                    .frequency = x,
                                    .t_x = t_x,
                                    .T = T,
                                    .spend = columns & 1 ? spend : NULL,
                                    .weight = columns & 2 ? weight : NULL,
                                    .unit_days = odd == 6 ? fuzz_double(in) : 7.0};
    for (int c = 0; c < 5; c++)
        out[c] = fuzz_output(in, capacity, sizeof(double));
    if (!fuzz_outcome(in, retain_customers_distinct(ctx, fuzz_maybe(in, customers), capacity, &count, fuzz_maybe(in, out[0]),
                                                    out[1], out[2], columns & 1 ? out[3] : NULL, out[4], NULL, row_of)))
        return;
    fuzz_check(count <= rows);
    for (size_t i = 0; i < rows; i++) {
        const size_t d = (size_t)row_of[i];

        fuzz_check(d < count && out[0][d] == x[i] && out[1][d] == t_x[i] && out[2][d] == T[i]);
        total += columns & 2 ? weight[i] : 1.0;
    }
    for (size_t d = 0; d < count; d++)
        total_out += out[4][d];
    fuzz_check(odd == 5 || total == total_out);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_summary, try_holdout, try_compact, try_last_day, try_distinct, try_first};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
