/* Who stayed, who came, who left: the customer retention rate from counts and from the order log.
 *
 * A customer with an occasion on day d is active at the instants d + 1 to d + W, or at the edges that end a period with that day in it. Only the instants at which
 * a period begins or ends matter, so each customer becomes a few runs of consecutive edges at which he was active; flags say these runs themselves. crr_flow.c turns
 * runs into counts of who was active, acquired, gained and retained; with start and end taken from the same counts,
 *
 *     lost = start - retained,    reactivated = end - retained - gained
 *
 * in whole numbers: the identities of retain/crr.h are not approximations but the way the numbers are made. */
#include <math.h>
#include <stddef.h>

#include "data/customer_rows.h"
#include "metrics/crr_flow.h"
#include "metrics/crr_window.h"
#include "metrics/periods.h"
#include "metrics/rates.h"
#include "retain/crr.h"

static const double DEFAULT_GRADES[] = {0.15, 0.30, 0.50, 0.75};
static const double DEFAULT_QUANTILE = 0.8;

/* Longer than any time between an occasion and an observation end, and still safe to add to a day. */
#define LONGEST_WINDOW (4 * RETAIN__LAST_DAY)

enum { FLAG_BLOCK_BYTES = 1 << 18, MOST_FLAG_BLOCKS = 64 };

/* --- formulas ----------------------------------------------------------------------------------------------------------------- */

static int are_counts(double start, double end, double gained)
{
    return start > 0.0 && end >= 0.0 && gained >= 0.0 && retain__is_finite(start) && retain__is_finite(end) &&
           retain__is_finite(gained);
}

double retain_crr(double start, double end, double gained)
{
    return are_counts(start, end, gained) ? (end - gained) / start : (double)NAN;
}

double retain_crr_churn(double start, double end, double gained)
{
    retain__sum lost = {start, 0.0}; /* start - end + gained, rounded once */

    if (!are_counts(start, end, gained))
        return (double)NAN;
    retain__sum_add(&lost, -end);
    retain__sum_add(&lost, gained);
    return retain__sum_value(lost) / start;
}

double retain_crr_over(double rate, double k)
{
    return rate >= 0.0 && rate <= 1.0 && k > 0.0 && retain__is_finite(k) ? pow(rate, k) : (double)NAN;
}

double retain_crr_churn_over(double churn, double k)
{
    return churn >= 0.0 && churn <= 1.0 && k > 0.0 && retain__is_finite(k) ? -expm1(k * log1p(-churn)) : (double)NAN;
}

int retain_crr_grade(double rate, const double *cuts, size_t count)
{
    size_t grade = 0;

    if (!cuts) {
        cuts = DEFAULT_GRADES;
        count = sizeof DEFAULT_GRADES / sizeof *DEFAULT_GRADES;
    }
    if (isnan(rate))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (isnan(cuts[i]) || (i && cuts[i] < cuts[i - 1]))
            return -1;
        grade += cuts[i] <= rate;
    }
    return (int)grade;
}

/* --- counting ----------------------------------------------------------------------------------------------------------------- */

typedef struct log_flow {
    const retain__periods *periods;
    retain_crr_activity activity;
    int64_t window;
    retain__flow_table table;
} log_flow;

/* The edge after the last one at which an occasion on that day makes active; `from` is the first. */
static size_t end_of_activity(const log_flow *flow, int64_t day, size_t from)
{
    const size_t edges = flow->table.edges, span = flow->table.span;

    if (flow->activity == RETAIN_CRR_WINDOW)
        return retain__edges_passed(flow->periods, day + flow->window);
    if (from == 0)
        return 0; /* in no period */
    return from < edges - span ? from + span : edges;
}

static void count_customer(void *state, size_t block, const retain__customer *customer)
{
    const log_flow *flow = state;
    retain__run *runs = retain__flow_runs(&flow->table, block), current = {0, 0};
    const size_t known = retain__edges_passed(flow->periods, customer->occasion[0].day);
    size_t count = 0;

    for (size_t i = 0; i < customer->count; i++) {
        const int64_t day = customer->occasion[i].day;
        const size_t from = retain__edges_passed(flow->periods, day);

        if (from > current.end) {
            if (current.first < current.end)
                runs[count++] = current;
            current.first = from;
        }
        current.end = end_of_activity(flow, day, from);
    }
    if (current.first < current.end)
        runs[count++] = current;
    retain__count_runs(&flow->table, block, known, runs, count);
}

typedef struct flag_flow {
    const uint8_t *active;
    retain__flow_table table;
} flag_flow;

static void count_flags(void *state, size_t block, size_t first, size_t last)
{
    const flag_flow *flow = state;
    const size_t instants = flow->table.edges;
    retain__run *runs = retain__flow_runs(&flow->table, block);

    for (size_t i = first; i < last; i++) {
        const uint8_t *active = flow->active + i * instants;
        size_t count = 0;
        int before = 0;

        for (size_t k = 0; k < instants; k++) { /* each flag is read once: somebody might write to it meanwhile */
            const int now = active[k] != 0;

            if (now && !before)
                runs[count].first = k;
            if (before && !now)
                runs[count++].end = k;
            before = now;
        }
        if (before)
            runs[count++].end = instants;
        if (count)
            retain__count_runs(&flow->table, block, runs[0].first, runs, count);
    }
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

static void put(double *column, size_t k, double value)
{
    if (column)
        column[k] = value;
}

/* Customers of one result; what nobody knows is NaN. */
typedef struct headcount {
    double start, acquired, gained, retained, end;
} headcount;

static void write_period(const retain_crr_columns *columns, size_t k, headcount seen, double level)
{
    const double lost = seen.start - seen.retained, reactivated = seen.end - seen.retained - seen.gained;

    put(columns->start, k, seen.start);
    put(columns->acquired, k, seen.acquired);
    put(columns->gained, k, seen.gained);
    put(columns->retained, k, seen.retained);
    put(columns->reactivated, k, reactivated);
    put(columns->lost, k, lost);
    put(columns->end, k, seen.end);
    retain__put_rate(seen.end - seen.gained, seen.start, level, columns->crr, columns->crr_low, columns->crr_high, k);
    retain__put_rate(seen.retained, seen.start, level, columns->crr_strict, columns->crr_strict_low, columns->crr_strict_high, k);
    retain__put_rate(lost, seen.start, level, columns->churn, columns->churn_low, columns->churn_high, k);
}

/* Writes all results: the beginnings of those from `first_known` to `begun` - 1 are known, and those before `over` are over. */
static void write_periods(const retain_crr_columns *columns, const retain__flow_table *table, size_t first_known, size_t begun,
                          size_t over, double level)
{
    const double missing = (double)NAN;

    for (size_t k = 0; k < table->edges - table->span; k++) {
        const retain__flow *at = &table->flows[k];
        headcount seen = {missing, missing, missing, missing, missing};

        if (k >= first_known && k < begun)
            seen.start = (double)at->active;
        if (k < over) {
            seen.acquired = (double)at->acquired;
            seen.gained = (double)at->gained;
            seen.retained = k >= first_known ? (double)at->retained : missing;
            seen.end = (double)at[table->span].active;
        }
        write_period(columns, k, seen, level);
    }
}

/* --- the operations ------------------------------------------------------------------------------------------------------------- */

static retain_status take_options(retain_context *ctx, const retain_crr_options *given, const char *edges_name, size_t edge_count,
                                  retain_crr_options *options)
{
    retain_status status =
        retain__take_options(ctx, "options", given, offsetof(retain_crr_options, activity), sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->window_days < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.window_days is %lld; it must be positive (0 means derived from the data)",
                            (long long)options->window_days);
    if (!(options->window_quantile >= 0.0 && options->window_quantile < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.window_quantile is %g; it must lie in (0, 1) (0 means 0.8)", options->window_quantile);
    if (options->activity != RETAIN_CRR_WINDOW && options->activity != RETAIN_CRR_PERIOD)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.activity is %d; it must be a retain_crr_activity",
                            (int)options->activity);
    if (options->activity == RETAIN_CRR_PERIOD && options->window_days != 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.window_days is %lld; it must be 0 where the period says who is active",
                            (long long)options->window_days);
    if (options->span == 0)
        options->span = 1;
    if (options->span >= edge_count)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.span is %zu; it must be less than the number of %s, %zu", options->span, edges_name,
                            edge_count);
    return retain__take_level(ctx, "options.level", &options->level);
}

/* The window to use: given, or derived. */
static retain_status choose_window(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                                   const retain_crr_options *options, int64_t *window)
{
    const double quantile = options->window_quantile > 0.0 ? options->window_quantile : DEFAULT_QUANTILE;
    double derived, reached;
    retain_status status;

    *window = options->window_days;
    if (*window || options->activity == RETAIN_CRR_PERIOD)
        return RETAIN_OK;
    status = retain__find_window(ctx, scratch, log, observation_end, quantile, &derived, &reached);
    if (status != RETAIN_OK)
        return status;
    if (isnan(derived) && log->customers == 0)
        return retain__fail(
            ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
            "no activity window can be derived: nobody has an occasion up to the observation end; is that day too early? "
            "Else give options.window_days");
    if (isnan(derived))
        return retain__fail(
            ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
            "no activity window can be derived from %zu customers of whom none has come back; give options.window_days",
            log->customers);
    *window = (int64_t)derived;
    return RETAIN_OK;
}

static retain_status count_log(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, size_t span, log_flow *flow)
{
    retain_status status =
        retain__open_flow(scratch, flow->periods->count + 1, span, log->blocks, log->rows.count, log->most_occasions, &flow->table);

    if (status != RETAIN_OK)
        return status;
    retain__visit_customers(flow->table.tables > 1 ? ctx : NULL, log, count_customer, flow, NULL);
    retain__close_flow(&flow->table);
    return RETAIN_OK;
}

static void write_log(const retain_crr_columns *columns, const log_flow *flow, int64_t observation_end, double level)
{
    const retain__periods *periods = flow->periods;
    const size_t results = flow->table.edges - flow->table.span;
    size_t begun = 0;

    while (begun < results && periods->edges[begun] <= observation_end + 1)
        begun++;
    write_periods(columns, &flow->table, flow->activity == RETAIN_CRR_PERIOD ? flow->table.span : 0, begun,
                  periods->over < flow->table.span ? 0 : periods->over - flow->table.span + 1, level);
}

retain_status retain_crr_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                 size_t edge_count, const retain_orders_options *counting, const retain_crr_options *given,
                                 const retain_crr_columns *columns, int64_t *window_days)
{
    retain_crr_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    log_flow flow = {.periods = &periods};
    int64_t window = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
    if (status == RETAIN_OK)
        status = take_options(ctx, given, "edges", edge_count, &options);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = choose_window(ctx, &scratch, &log, observation_end, &options, &window);
    flow.activity = options.activity;
    flow.window = window < LONGEST_WINDOW ? window : LONGEST_WINDOW;
    if (status == RETAIN_OK)
        status = count_log(ctx, &scratch, &log, options.span, &flow);
    if (status == RETAIN_OK) {
        write_log(columns, &flow, observation_end, options.level);
        if (window_days)
            *window_days = window;
    }
    retain__release(&scratch);
    return status;
}

static retain_status check_flags(retain_context *ctx, const uint8_t *active, size_t customers, size_t instants)
{
    int fits = 1;
    const size_t cells = retain__multiply(customers, instants, &fits);

    if (instants > SIZE_MAX / sizeof(double)) /* columns have an entry for each */
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "instants is %zu, more than an array can hold", instants);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%zu customers x %zu instants are more than an array can hold", customers, instants);
    if (cells && !active)
        return retain__fail_null(ctx, "active");
    for (size_t i = 0; i < cells; i++) {
        if (active[i] > 1)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i / instants, "active[%zu] is %d; it must be 0 or 1", i, (int)active[i]);
    }
    return RETAIN_OK;
}

static retain_status take_flag_options(retain_context *ctx, const retain_crr_options *given, size_t instants,
                                       retain_crr_options *options)
{
    retain_status status;

    if (instants < 2)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "instants is %zu; it must be at least 2, the beginning and the end of one period", instants);
    status = take_options(ctx, given, "instants", instants, options);
    if (status == RETAIN_OK &&
        (options->window_days != 0 || options->window_quantile > 0.0 || options->activity != RETAIN_CRR_WINDOW))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.window_days, window_quantile and activity must be 0: the flags say who is active");
    return status;
}

retain_status retain_crr_flags(retain_context *ctx, const uint8_t *active, size_t customers, size_t instants,
                               const retain_crr_options *given, const retain_crr_columns *columns)
{
    retain_crr_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    flag_flow flow = {.active = active};
    size_t block_size;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = take_flag_options(ctx, given, instants, &options);
    if (status == RETAIN_OK)
        status = check_flags(ctx, active, customers, instants);
    if (status != RETAIN_OK)
        return status;
    block_size = customers / MOST_FLAG_BLOCKS + FLAG_BLOCK_BYTES / instants + 1;
    status = retain__open_flow(&scratch, instants, options.span, retain__blocks(customers, block_size), customers, instants,
                               &flow.table);
    if (status == RETAIN_OK)
        status = retain__parallel(flow.table.tables > 1 ? ctx : NULL, customers, block_size, 0.0, 1.0, count_flags, &flow);
    if (status == RETAIN_OK) {
        retain__close_flow(&flow.table);
        write_periods(columns, &flow.table, 0, instants, instants, options.level);
    }
    retain__release(&scratch);
    return status;
}

/* --- change ------------------------------------------------------------------------------------------------------------------------ */

static retain_status check_shares(retain_context *ctx, const double *part, const double *whole, size_t periods)
{
    if (periods && !part)
        return retain__fail_null(ctx, "part");
    if (periods && !whole)
        return retain__fail_null(ctx, "whole");
    for (size_t k = 0; k < periods; k++) {
        if (!isnan(whole[k]) && !(whole[k] >= 0.0 && retain__is_finite(whole[k])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, k, "whole[%zu] is %g; it must be a count, finite and not negative, or NaN",
                                k, whole[k]);
        if (!isnan(part[k]) && !(part[k] >= 0.0 && (part[k] <= whole[k] || isnan(whole[k]))))
            return retain__fail(ctx, RETAIN_ERROR_DATA, k, "part[%zu] is %g; it must lie in [0, whole[%zu] = %g] or be NaN", k,
                                part[k], k, whole[k]);
    }
    return RETAIN_OK;
}

retain_status retain_crr_change(retain_context *ctx, const double *part, const double *whole, size_t periods, size_t lag,
                                double level, double *change, double *low, double *high, double *p_value)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && lag == 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "lag is 0; it must be at least 1");
    if (status == RETAIN_OK && lag > 1 && lag >= periods)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "lag is %zu; it must be less than the number of periods, %zu", lag, periods);
    if (status == RETAIN_OK && periods && !change)
        status = retain__fail_null(ctx, "change");
    if (status == RETAIN_OK)
        status = check_shares(ctx, part, whole, periods);
    if (status != RETAIN_OK)
        return status;
    for (size_t k = 0; k < periods; k++) {
        const int compared = k >= lag;
        const double now = part[k], all_now = whole[k];
        const double then = compared ? part[k - lag] : (double)NAN, all_then = compared ? whole[k - lag] : (double)NAN;

        change[k] = retain_rate_difference(now, all_now, then, all_then);
        put(low, k, retain_rate_difference_low(now, all_now, then, all_then, level));
        put(high, k, retain_rate_difference_high(now, all_now, then, all_then, level));
        put(p_value, k, retain_rate_difference_p_value(now, all_now, then, all_then));
    }
    return RETAIN_OK;
}
