#include "order_logs.h"

static uint64_t random_state = 0x9E3779B97F4A7C15u;

uint64_t draw(uint64_t below)
{
    return random_below(&random_state, below);
}

/* --- logs --------------------------------------------------------------------------------------------------------------------- */

retain_orders view(const log_rows *log)
{
    return (retain_orders){log->count,
                           log->customer,
                           log->day,
                           log->value,
                           log->has_order ? log->order : NULL,
                           log->has_cancelled ? log->cancelled : NULL,
                           log->has_multiple ? log->multiple : NULL,
                           log->has_low ? log->low : NULL};
}

log_rows draw_log(void)
{
    static const int64_t extremes[] = {INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MIN + 1, 1000000007};
    static const int64_t far[] = {-((int64_t)1 << 40), (int64_t)1 << 40};
    log_rows log = {.count = draw(MOST_ROWS) >> draw(8)};
    uint64_t customers = 1 + draw(12), days = 1 + draw(60), ids = 1 + draw(30), hash = draw(4) == 0 ? 0x9E3779B97F4A7C15u : 1;
    int refunds = draw(3) != 0, wild_days = draw(10) == 0, sorted = draw(3) == 0;

    log.has_order = draw(2) != 0;
    log.has_cancelled = draw(3) == 0;
    log.has_multiple = !log.has_order && draw(3) == 0;
    log.has_low = draw(4) == 0;
    for (size_t i = 0; i < log.count; i++) {
        uint64_t who = draw(customers);

        log.customer[i] = draw(20) ? (int64_t)(who * hash) - 3 : extremes[draw(7)];
        log.day[i] = wild_days && draw(5) == 0 ? far[draw(2)] : (int64_t)draw(days) - (int64_t)draw(20);
        if (sorted && i && log.day[i - 1] < far[1])
            log.day[i] = log.day[i - 1] + (int64_t)draw(2);
        log.order[i] = draw(30) ? (int64_t)(draw(ids) * hash) : extremes[draw(7)];
        log.value[i] = (double)draw(512) / 64.0 * (refunds && draw(4) == 0 ? -1.0 : 1.0);
        if (draw(10) == 0)
            log.value[i] = draw(2) ? 0.0 : -0.0;
        log.cancelled[i] = draw(8) == 0;
        log.multiple[i] = (double)(1 + draw(4));
        log.low[i] = fabs(log.value[i]) < 4.0 || draw(2) ? 0.0 : 0x1p-52;
    }
    return log;
}

retain_orders_options draw_options(void)
{
    static const int64_t widths[] = {0, 1, 2, 7, 30, (int64_t)1 << 40};
    static const double units[] = {0.0, 1.0, 7.0, 365.25};
    retain_orders_options options = {sizeof options, units[draw(4)], widths[draw(6)], (int)draw(2), (int)draw(2)};

    return options;
}

void copy_row(log_rows *to, size_t at, const log_rows *from, size_t i)
{
    to->customer[at] = from->customer[i];
    to->day[at] = from->day[i];
    to->order[at] = from->order[i];
    to->value[at] = from->value[i];
    to->multiple[at] = from->multiple[i];
    to->low[at] = from->low[i];
    to->cancelled[at] = from->cancelled[i];
}

void shuffle(log_rows *log)
{
    for (size_t i = log->count; i-- > 1;) {
        log_rows *one = test_malloc(sizeof *one);
        size_t j = draw(i + 1);

        copy_row(one, 0, log, i);
        copy_row(log, i, log, j);
        copy_row(log, j, one, 0);
        test_free(one);
    }
}

/* Prices with two decimals: no multiple of a power of two within reason, and no exact sum in one double. */
void draw_prices(log_rows *log)
{
    for (size_t i = 0; i < log->count; i++) {
        if (log->value[i] != 0.0)
            log->value[i] = (double)(1 + draw(10000000)) / 100.0 * (log->value[i] < 0.0 ? -1.0 : 1.0);
        log->low[i] = 0.0;
    }
}

/* --- the library's answer ----------------------------------------------------------------------------------------------------- */

retain_status summarise_with(retain_context *ctx, const retain_orders *orders, int64_t end, const retain_orders_options *options,
                             table *out)
{
    retain_summary summary = {out->customer,  out->first_day, out->last_day, out->orders,  out->occasions,
                              out->frequency, out->t_x,       out->T,        out->spend,   out->spend_all,
                              out->revenue,   out->gross,     out->refunds,  out->log_gaps};

    out->report.struct_size = sizeof out->report;
    return retain_orders_summary(ctx, orders, end, options, &summary, MOST_ROWS, &out->count, &out->report);
}

void summarise(const log_rows *log, int64_t end, const retain_orders_options *options, int threads, table *out)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_orders orders = view(log);

    ctx.threads = threads;
    memset(out, 0, sizeof *out);
    if (summarise_with(&ctx, &orders, end, options, out) != RETAIN_OK)
        fail_msg("%s", ctx.error);
}

/* --- the second implementation ------------------------------------------------------------------------------------------------ */

/* All values of drawn logs are multiples of 2^-52, and together less than 2^11: 64-bit integers add them exactly. */
exact exact_of(const log_rows *log, size_t i)
{
    return (exact)(log->value[i] * 0x1p52) + (log->has_low ? (exact)(log->low[i] * 0x1p52) : 0);
}

double rounded(exact sum)
{
    return (double)sum * 0x1p-52;
}

/* The order whose first row of the log is `i`: 'k'ept, 'z'ero, 'r'efunded, 'u'nmatched, 'c'ancelled, 0 for no order of its own. */
char judge(const log_rows *log, size_t i, int64_t end, int zero_counts, exact *value, int64_t *day)
{
    const retain_orders orders = view(log);
    int returns = 0, cancelled = 0;
    exact gains = 0;

    *value = 0;
    *day = INT64_MAX;
    for (size_t j = 0; j < log->count; j++) {
        if (log->day[j] > end || !is_same_order(&orders, i, j))
            continue;
        if (j < i)
            return 0;
        gains += log->value[j] > 0.0 ? exact_of(log, j) : 0;
        returns |= log->value[j] < 0.0;
        cancelled |= log->has_cancelled && log->cancelled[j];
        *value += exact_of(log, j);
        *day = log->day[j] < *day ? log->day[j] : *day;
    }
    if (log->day[i] > end)
        return 0;
    if (cancelled)
        return 'c';
    if (gains > 0)
        return returns && *value <= gains >> 40 ? 'r' : 'k';
    if (returns)
        return 'u';
    return zero_counts ? 'k' : 'z';
}

/* Negative rows of the order whose first row of the log is `i`. */
static exact refunds_of(const log_rows *log, size_t i, int64_t end)
{
    const retain_orders orders = view(log);
    exact refunds = 0;

    for (size_t j = 0; j < log->count; j++)
        refunds += log->day[j] <= end && is_same_order(&orders, i, j) && log->value[j] < 0.0 ? exact_of(log, j) : 0;
    return refunds;
}

static int compare_keys(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Kept orders of a customer in ascending day, orders of one day in the order of the log; returns their number. */
size_t list_orders(const log_rows *log, int64_t customer, int64_t end, int zero_counts, int64_t *day, exact *value,
                   double *multiple)
{
    size_t count = 0;

    for (size_t i = 0; i < log->count; i++) {
        exact its_value;
        int64_t its_day;
        size_t at = count;

        if (log->customer[i] != customer || judge(log, i, end, zero_counts, &its_value, &its_day) != 'k')
            continue;
        for (; at > 0 && day[at - 1] > its_day; at--) {
            day[at] = day[at - 1];
            value[at] = value[at - 1];
            multiple[at] = multiple[at - 1];
        }
        day[at] = its_day;
        value[at] = its_value;
        multiple[at] = log->has_multiple ? log->multiple[i] : 1.0;
        count++;
    }
    return count;
}

static size_t list_customers(const log_rows *log, int64_t end, int64_t *customers)
{
    size_t rows = 0, count = 0;

    for (size_t i = 0; i < log->count; i++) {
        if (log->day[i] <= end)
            customers[rows++] = log->customer[i];
    }
    qsort(customers, rows, sizeof *customers, compare_keys);
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || customers[i] != customers[i - 1])
            customers[count++] = customers[i];
    }
    return count;
}

static void report_slowly(const log_rows *log, int64_t end, int zero_counts, retain_orders_report *report)
{
    exact kept = 0, refunds = 0, refunded = 0, unmatched = 0, cancelled = 0;

    memset(report, 0, sizeof *report);
    report->struct_size = sizeof *report;
    report->rows = log->count;
    for (size_t i = 0; i < log->count; i++) {
        double orders = log->has_multiple ? log->multiple[i] : 1.0;
        exact value;
        int64_t day;

        report->late_rows += log->day[i] > end;
        if (log->day[i] > end)
            continue;
        switch (judge(log, i, end, zero_counts, &value, &day)) {
        case 'k':
            report->kept_orders += orders;
            kept += value;
            refunds += refunds_of(log, i, end);
            break;
        case 'z':
            report->zero_orders += orders;
            break;
        case 'r':
            report->refunded_orders += orders;
            refunded += value;
            break;
        case 'u':
            report->unmatched_orders += orders;
            unmatched += value;
            break;
        case 'c':
            report->cancelled_orders += orders;
            cancelled += value;
            break;
        default:
            break;
        }
    }
    report->kept_value = rounded(kept);
    report->refunded_value = rounded(refunded);
    report->unmatched_value = rounded(unmatched);
    report->cancelled_value = rounded(cancelled);
    report->kept_gross = rounded(kept - refunds);
    report->kept_refunds = rounded(refunds);
}

static double log_of(double x)
{
    return log(x);
}

void summarise_slowly(const log_rows *log, int64_t end, const retain_orders_options *options, table *out)
{
    int64_t customers[MOST_ROWS], day[MOST_ROWS], width = options->occasion_days ? options->occasion_days : 1;
    exact value[MOST_ROWS];
    double multiple[MOST_ROWS], unit = options->unit_days > 0.0 ? options->unit_days : 1.0;
    size_t candidates = list_customers(log, end, customers);

    memset(out, 0, sizeof *out);
    report_slowly(log, end, options->count_zero_orders, &out->report);
    for (size_t c = 0; c < candidates; c++) {
        size_t orders = list_orders(log, customers[c], end, options->count_zero_orders, day, value, multiple), k = out->count;
        exact first = 0, all = 0, refunds = 0;

        if (orders == 0) {
            out->report.lost_customers++;
            continue;
        }
        out->count++;
        out->report.customers++;
        out->customer[k] = customers[c];
        out->first_day[k] = day[0];
        out->last_day[k] = day[orders - 1];
        for (size_t i = 0; i < orders; i++) {
            out->orders[k] += multiple[i];
            out->occasions[k] += i == 0 || start_of(day[i], width) != start_of(day[i - 1], width);
            if (i && start_of(day[i], width) != start_of(day[i - 1], width))
                out->log_gaps[k] += log_of((double)(start_of(day[i], width) - start_of(day[i - 1], width)) / unit);
            first += start_of(day[i], width) == start_of(day[0], width) ? value[i] : 0;
            all += value[i];
        }
        out->report.occasions += out->occasions[k];
        out->frequency[k] = out->occasions[k] - 1.0;
        out->t_x[k] = (double)(start_of(day[orders - 1], width) - start_of(day[0], width)) / unit;
        out->T[k] = (double)(end - start_of(day[0], width)) / unit;
        out->spend[k] = out->frequency[k] > 0.0 ? rounded(all - first) / out->frequency[k] : (double)NAN;
        out->spend_all[k] = rounded(all) / out->occasions[k];
        out->revenue[k] = rounded(all);
        for (size_t i = 0; i < log->count; i++) {
            if (log->customer[i] == customers[c] && judge(log, i, end, options->count_zero_orders, &value[0], &day[0]) == 'k')
                refunds += refunds_of(log, i, end);
        }
        out->gross[k] = rounded(all - refunds);
        out->refunds[k] = rounded(refunds);
    }
}

/* --- comparisons -------------------------------------------------------------------------------------------------------------- */

void assert_same_numbers(const char *name, const double *got, const double *want, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (got[i] != want[i] && !(isnan(got[i]) && isnan(want[i])))
            fail_msg("%s[%zu] is %.17g, not %.17g", name, i, got[i], want[i]);
    }
}

void assert_same_keys(const char *name, const int64_t *got, const int64_t *want, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (got[i] != want[i])
            fail_msg("%s[%zu] is %lld, not %lld", name, i, (long long)got[i], (long long)want[i]);
    }
}

void assert_same_report(const retain_orders_report *got, const retain_orders_report *want)
{
    assert_int_equal(got->customers, want->customers);
    assert_int_equal(got->lost_customers, want->lost_customers);
    assert_near(got->kept_orders, want->kept_orders, 0.0);
    assert_near(got->zero_orders, want->zero_orders, 0.0);
    assert_near(got->refunded_orders, want->refunded_orders, 0.0);
    assert_near(got->unmatched_orders, want->unmatched_orders, 0.0);
    assert_near(got->cancelled_orders, want->cancelled_orders, 0.0);
    assert_near(got->occasions, want->occasions, 0.0);
    assert_near(got->kept_value, want->kept_value, 0.0);
    assert_near(got->refunded_value, want->refunded_value, 0.0);
    assert_near(got->unmatched_value, want->unmatched_value, 0.0);
    assert_near(got->cancelled_value, want->cancelled_value, 0.0);
    assert_near(got->kept_gross, want->kept_gross, 0.0);
    assert_near(got->kept_refunds, want->kept_refunds, 0.0);
}

void assert_same_table(const table *got, const table *want)
{
    assert_int_equal(got->count, want->count);
    assert_same_keys("customer", got->customer, want->customer, want->count);
    assert_same_keys("first_day", got->first_day, want->first_day, want->count);
    assert_same_keys("last_day", got->last_day, want->last_day, want->count);
    assert_same_numbers("orders", got->orders, want->orders, want->count);
    assert_same_numbers("occasions", got->occasions, want->occasions, want->count);
    assert_same_numbers("frequency", got->frequency, want->frequency, want->count);
    assert_same_numbers("t_x", got->t_x, want->t_x, want->count);
    assert_same_numbers("T", got->T, want->T, want->count);
    assert_same_numbers("spend", got->spend, want->spend, want->count);
    assert_same_numbers("spend_all", got->spend_all, want->spend_all, want->count);
    assert_same_numbers("revenue", got->revenue, want->revenue, want->count);
    assert_same_numbers("gross", got->gross, want->gross, want->count);
    assert_same_numbers("refunds", got->refunds, want->refunds, want->count);
    for (size_t i = 0; i < want->count; i++)
        assert_near(got->log_gaps[i], want->log_gaps[i], 1e-14 * want->occasions[i] * (1.0 + fabs(want->log_gaps[i])));
    assert_same_report(&got->report, &want->report);
}
