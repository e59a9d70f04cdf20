/* Who stayed, who came, who left: the customer retention rate from counts and from the order log.
 *
 * A customer with an occasion on day d is active at the instants d + 1 to d + W. Only the instants at which a period begins or ends matter, so each
 * customer becomes a few runs of consecutive edges at which he was active. A run that starts after the first edge is an arrival in the period before it: gained when
 * his first occasion lies in that period, reactivated otherwise. A run that stops before the last edge is a loss in the period after it. Adding up arrivals and
 * losses over customers, and rolling the number of active customers forward from the first edge,
 *
 *     end = start - lost + gained + reactivated,
 *
 * gives all columns in whole numbers; the identities of retain/crr.h are then not approximations but the way the numbers are made. */
#include <math.h>

#include "data/customer_rows.h"
#include "metrics/crr_window.h"
#include "metrics/periods.h"
#include "metrics/rates.h"
#include "retain/crr.h"

static const double DEFAULT_GRADES[] = {0.15, 0.30, 0.50, 0.75};
static const double DEFAULT_QUANTILE = 0.8;

/* Longer than any time between an occasion and an observation end, and still safe to add to a day. */
#define LONGEST_WINDOW (4 * RETAIN__LAST_DAY)

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
    while (grade < count && cuts[grade] <= rate)
        grade++;
    return (int)grade;
}

/* --- counting ----------------------------------------------------------------------------------------------------------------- */

/* What happened in one period. */
typedef struct flow {
    uint64_t acquired, gained, reactivated, lost;
} flow;

typedef struct flow_table {
    const retain__periods *periods;
    int64_t window;
    size_t tables,
        length; /* `length` flows a table: one a period, and a last one whose `gained` is the number active at the first edge */
    flow *flows;
} flow_table;

/* Counts a run of edges [first, end) at which a customer was active, who was known at edge `known` and not before. */
static void count_run(const retain__periods *periods, flow *flows, size_t known, size_t first, size_t end)
{
    if (first == end)
        return; /* active only between two edges */
    if (first == 0)
        flows[periods->count].gained++;
    else if (first == known)
        flows[first - 1].gained++;
    else
        flows[first - 1].reactivated++;
    if (end <= periods->count)
        flows[end - 1].lost++;
}

static void count_customer(void *state, size_t block, const retain__customer *customer)
{
    const flow_table *table = state;
    const retain__periods *periods = table->periods;
    flow *flows = table->flows + (table->tables > 1 ? block * table->length : 0);
    const size_t known = retain__edges_passed(periods, customer->occasion[0].day);
    size_t first = known, end = known;

    if (known >= 1 && known <= periods->count)
        flows[known - 1].acquired++;
    for (size_t i = 0; i < customer->count; i++) {
        const int64_t day = customer->occasion[i].day;
        const size_t from = retain__edges_passed(periods, day);

        if (from > end) {
            count_run(periods, flows, known, first, end);
            first = from;
        }
        end = retain__edges_passed(periods, day + table->window);
    }
    count_run(periods, flows, known, first, end);
}

/* Adds the tables up in the first one. */
static void add_up(const flow_table *table)
{
    for (size_t i = table->length; i < table->tables * table->length; i++) {
        flow *sum = &table->flows[i % table->length];

        sum->acquired += table->flows[i].acquired;
        sum->gained += table->flows[i].gained;
        sum->reactivated += table->flows[i].reactivated;
        sum->lost += table->flows[i].lost;
    }
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

static void put(double *column, size_t k, double value)
{
    if (column)
        column[k] = value;
}

/* Writes period k, of which `start` is known; `seen` is NULL when it was not over. */
static void write_period(const retain_crr_columns *columns, size_t k, double start, const flow *seen, double level)
{
    const double missing = (double)NAN;
    const double acquired = seen ? (double)seen->acquired : missing, gained = seen ? (double)seen->gained : missing;
    const double reactivated = seen ? (double)seen->reactivated : missing, lost = seen ? (double)seen->lost : missing;
    const double retained = start - lost;

    put(columns->start, k, start);
    put(columns->acquired, k, acquired);
    put(columns->gained, k, gained);
    put(columns->retained, k, retained);
    put(columns->reactivated, k, reactivated);
    put(columns->lost, k, lost);
    put(columns->end, k, retained + gained + reactivated);
    retain__put_rate(retained + reactivated, start, level, columns->crr, columns->crr_low, columns->crr_high, k);
    retain__put_rate(retained, start, level, columns->crr_strict, columns->crr_strict_low, columns->crr_strict_high, k);
    retain__put_rate(lost, start, level, columns->churn, columns->churn_low, columns->churn_high, k);
}

static void write_periods(const retain_crr_columns *columns, const flow_table *table, int64_t observation_end, double level)
{
    const retain__periods *periods = table->periods;
    double active = (double)table->flows[periods->count].gained;

    for (size_t k = 0; k < periods->count; k++) {
        const flow *seen = k < periods->over ? &table->flows[k] : NULL;

        if (periods->edges[k] > observation_end + 1)
            active = (double)NAN;
        write_period(columns, k, active, seen, level);
        if (seen)
            active += (double)seen->gained + (double)seen->reactivated - (double)seen->lost;
    }
}

/* --- the operation -------------------------------------------------------------------------------------------------------------- */

static retain_status take_options(retain_context *ctx, const retain_crr_options *given, retain_crr_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->window_days < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.window_days is %lld; it must be positive (0 means derived from the data)",
                            (long long)options->window_days);
    if (!(options->window_quantile >= 0.0 && options->window_quantile < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.window_quantile is %g; it must lie in (0, 1) (0 means 0.8)", options->window_quantile);
    if (options->window_quantile == 0.0)
        options->window_quantile = DEFAULT_QUANTILE;
    return retain__take_level(ctx, "options.level", &options->level);
}

/* The window to use: given, or derived. */
static retain_status choose_window(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                                   const retain_crr_options *options, int64_t *window)
{
    double derived, reached;
    retain_status status;

    *window = options->window_days;
    if (*window)
        return RETAIN_OK;
    status = retain__find_window(ctx, scratch, log, observation_end, options->window_quantile, &derived, &reached);
    if (status != RETAIN_OK)
        return status;
    if (isnan(derived))
        return retain__fail(
            ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
            "no activity window can be derived from %zu customers of whom none has come back; give options.window_days",
            log->customers);
    *window = (int64_t)derived;
    return RETAIN_OK;
}

static retain_status count_flows(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, flow_table *table)
{
    table->length = table->periods->count + 1;
    table->tables = retain__accumulators(log->blocks, log->rows.count, table->length);
    table->flows = retain__take_zeroed(scratch, table->tables * table->length, sizeof *table->flows);
    if (!table->flows)
        return RETAIN_ERROR_MEMORY;
    retain__visit_customers(table->tables > 1 ? ctx : NULL, log, count_customer, table, NULL);
    add_up(table);
    return RETAIN_OK;
}

retain_status retain_crr_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                 size_t edge_count, const retain_orders_options *counting, const retain_crr_options *given,
                                 const retain_crr_columns *columns, int64_t *window_days)
{
    retain_crr_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    flow_table table = {.periods = &periods};
    int64_t window = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = choose_window(ctx, &scratch, &log, observation_end, &options, &window);
    table.window = window < LONGEST_WINDOW ? window : LONGEST_WINDOW;
    if (status == RETAIN_OK)
        status = count_flows(ctx, &scratch, &log, &table);
    if (status == RETAIN_OK) {
        write_periods(columns, &table, observation_end, options.level);
        if (window_days)
            *window_days = window;
    }
    retain__release(&scratch);
    return status;
}
