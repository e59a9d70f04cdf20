/* Who came back, and what did it bring: the figures of a whole log.
 *
 * All figures are ratios of sums over customers of a few numbers: 1, orders, occasions, money of the first and of later occasions,
 * for all, for one-time and for repeat customers. So there is a table of these numbers, and a table that says which is divided by
 * which; intervals are as metrics/repeat_figures.h explains. A ratio of two means, (A / B) / (C / D), has the relative error e(A /
 * B) - e(C / D), customer by customer, which takes care of customers who have a part in both; its interval is symmetric for the
 * logarithm. */
#include <math.h>
#include <string.h>

#include "data/customer_rows.h"
#include "metrics/repeat_figures.h"

enum { DEFAULT_HORIZON = 90 };

/* What is summed over customers. */
typedef enum feature {
    CUSTOMERS,
    ORDERS,
    OCCASIONS,
    REVENUE,
    FIRST,
    LATER,
    LATER_OCCASIONS,
    REPEATERS,
    REPEATERS_FIRST,
    REPEATERS_REVENUE,
    ONE_TIMERS,
    ONE_TIMERS_REVENUE,
    FEATURES
} feature;

/* Means: numerator / denominator, over how many customers, and where they go. */
typedef struct mean_rule {
    feature numerator, denominator, customers;
    size_t field;
} mean_rule;

enum mean {
    ORDERS_PER_CUSTOMER,
    OCCASIONS_PER_CUSTOMER,
    REVENUE_PER_CUSTOMER,
    ORDER_VALUE,
    OCCASION_VALUE,
    FIRST_VALUE,
    LATER_VALUE,
    REPEAT_FIRST_VALUE,
    ONE_TIME_REVENUE,
    REPEAT_REVENUE,
    LATER_SHARE,
    MEANS
};

static const mean_rule MEAN[MEANS] = {
    {ORDERS, CUSTOMERS, CUSTOMERS, offsetof(retain_repeat_report, orders_per_customer)},
    {OCCASIONS, CUSTOMERS, CUSTOMERS, offsetof(retain_repeat_report, occasions_per_customer)},
    {REVENUE, CUSTOMERS, CUSTOMERS, offsetof(retain_repeat_report, revenue_per_customer)},
    {REVENUE, ORDERS, CUSTOMERS, offsetof(retain_repeat_report, order_value)},
    {REVENUE, OCCASIONS, CUSTOMERS, offsetof(retain_repeat_report, occasion_value)},
    {FIRST, CUSTOMERS, CUSTOMERS, offsetof(retain_repeat_report, first_value)},
    {LATER, LATER_OCCASIONS, REPEATERS, offsetof(retain_repeat_report, later_value)},
    {REPEATERS_FIRST, REPEATERS, REPEATERS, offsetof(retain_repeat_report, repeat_first_value)},
    {ONE_TIMERS_REVENUE, ONE_TIMERS, ONE_TIMERS, offsetof(retain_repeat_report, one_time_revenue)},
    {REPEATERS_REVENUE, REPEATERS, REPEATERS, offsetof(retain_repeat_report, repeat_revenue)},
    {LATER, REVENUE, CUSTOMERS, offsetof(retain_repeat_report, later_share)},
};

/* Ratios of two means. */
typedef struct ratio_rule {
    enum mean above, below;
    size_t field;
} ratio_rule;

enum { RATIOS = 3 };

static const ratio_rule RATIO[RATIOS] = {
    {LATER_VALUE, FIRST_VALUE, offsetof(retain_repeat_report, later_to_first)},
    {LATER_VALUE, REPEAT_FIRST_VALUE, offsetof(retain_repeat_report, later_to_own_first)},
    {REPEAT_REVENUE, ONE_TIME_REVENUE, offsetof(retain_repeat_report, repeat_to_one_time)},
};

/* --- sums --------------------------------------------------------------------------------------------------------------------- */

/* Sums over one-time or repeat customers. */
typedef struct group_sums {
    double customers, orders, occasions;
    retain__sum first, later;
} group_sums;

typedef struct summing {
    group_sums of_block[RETAIN__LOG_BLOCKS][2]; /* one-time, repeat */
    double total[FEATURES], per[FEATURES];
    retain__sum squares[RETAIN__LOG_BLOCKS][MEANS + RATIOS];
} summing;

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    summing *sums = state;
    group_sums *group = &sums->of_block[block][customer->count > 1];
    const retain__occasion *at = customer->occasion, *end = at + customer->count;

    group->customers += 1.0;
    group->occasions += (double)customer->count;
    retain__sum_merge(&group->first, at->value);
    group->orders += at->orders;
    while (++at < end) {
        group->orders += at->orders;
        retain__sum_merge(&group->later, at->value);
    }
}

static void add_group(group_sums *to, const group_sums *from)
{
    to->customers += from->customers;
    to->orders += from->orders;
    to->occasions += from->occasions;
    retain__sum_merge(&to->first, from->first);
    retain__sum_merge(&to->later, from->later);
}

static double sum_of(retain__sum a, retain__sum b)
{
    retain__sum_merge(&a, b);
    return retain__sum_value(a);
}

static void add_up(summing *sums)
{
    group_sums *one_time = &sums->of_block[0][0], *repeat = &sums->of_block[0][1];
    double *total = sums->total;

    for (size_t b = 1; b < RETAIN__LOG_BLOCKS; b++) {
        add_group(one_time, &sums->of_block[b][0]);
        add_group(repeat, &sums->of_block[b][1]);
    }
    total[CUSTOMERS] = one_time->customers + repeat->customers;
    total[ORDERS] = one_time->orders + repeat->orders;
    total[OCCASIONS] = one_time->occasions + repeat->occasions;
    total[FIRST] = sum_of(one_time->first, repeat->first);
    total[LATER] = retain__sum_value(repeat->later);
    total[LATER_OCCASIONS] = repeat->occasions - repeat->customers;
    total[REPEATERS] = repeat->customers;
    total[REPEATERS_FIRST] = retain__sum_value(repeat->first);
    total[REPEATERS_REVENUE] = sum_of(repeat->first, repeat->later);
    total[ONE_TIMERS] = one_time->customers;
    total[ONE_TIMERS_REVENUE] = retain__sum_value(one_time->first);
    retain__sum_merge(&repeat->later, repeat->first);
    total[REVENUE] = sum_of(one_time->first, repeat->later);
    for (int k = 0; k < FEATURES; k++)
        sums->per[k] = retain__per(total[k]);
}

/* --- squares ------------------------------------------------------------------------------------------------------------------ */

static void describe(const retain__customer *customer, double number[FEATURES])
{
    const retain__occasion *at = customer->occasion;
    const double repeats = customer->count > 1 ? 1.0 : 0.0;
    retain__sum later = {0.0, 0.0}, all = at->value;

    number[ORDERS] = at->orders;
    for (size_t i = 1; i < customer->count; i++) {
        number[ORDERS] += at[i].orders;
        retain__sum_merge(&later, at[i].value);
    }
    retain__sum_merge(&all, later);
    number[CUSTOMERS] = 1.0;
    number[OCCASIONS] = (double)customer->count;
    number[REVENUE] = retain__sum_value(all);
    number[FIRST] = retain__sum_value(at->value);
    number[LATER] = retain__sum_value(later);
    number[LATER_OCCASIONS] = (double)(customer->count - 1);
    number[REPEATERS] = repeats;
    number[REPEATERS_FIRST] = repeats * number[FIRST];
    number[REPEATERS_REVENUE] = repeats * number[REVENUE];
    number[ONE_TIMERS] = 1.0 - repeats;
    number[ONE_TIMERS_REVENUE] = (1.0 - repeats) * number[REVENUE];
}

static void square_customer(void *state, size_t block, const retain__customer *customer)
{
    summing *sums = state;
    retain__sum *squares = sums->squares[block];
    double number[FEATURES], error[MEANS];

    describe(customer, number);
    for (int k = 0; k < FEATURES; k++)
        number[k] *= sums->per[k];
    for (int m = 0; m < MEANS; m++) {
        error[m] = number[MEAN[m].numerator] - number[MEAN[m].denominator];
        retain__sum_gather(&squares[m], (retain__sum){error[m] * error[m], 0.0});
    }
    for (int r = 0; r < RATIOS; r++) {
        const double e = error[RATIO[r].above] - error[RATIO[r].below];

        retain__sum_gather(&squares[MEANS + r], (retain__sum){e * e, 0.0});
    }
}

static double add_squares(summing *sums, int k)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++) {
        retain__sum_settle(&sums->squares[b][k]);
        retain__sum_merge(&sum, sums->squares[b][k]);
    }
    return retain__sum_value(sum);
}

/* --- the report --------------------------------------------------------------------------------------------------------------- */

static retain_repeat_figure *figure_at(retain_repeat_report *report, size_t field)
{
    return (retain_repeat_figure *)(void *)((char *)report + field);
}

static retain_repeat_figure make_share(double part, double whole, double level)
{
    retain_repeat_figure figure = {.numerator = part, .denominator = whole};

    retain__put_rate(part, whole, level, &figure.value, &figure.low, &figure.high, 0);
    return figure;
}

static void write_report(summing *sums, double level, retain_repeat_report *report)
{
    const double *total = sums->total;

    report->repeat = make_share(total[REPEATERS], total[CUSTOMERS], level);
    report->one_time = make_share(total[ONE_TIMERS], total[CUSTOMERS], level);
    for (int m = 0; m < MEANS; m++) {
        retain_repeat_figure *figure = figure_at(report, MEAN[m].field);
        const double margin = retain__margin(add_squares(sums, m), total[MEAN[m].customers], level);

        figure->numerator = total[MEAN[m].numerator];
        figure->denominator = total[MEAN[m].denominator];
        figure->value = figure->denominator > 0.0 ? figure->numerator / figure->denominator : (double)NAN;
        figure->low = figure->value - figure->value * margin;
        figure->high = figure->value + figure->value * margin;
    }
    for (int r = 0; r < RATIOS; r++) {
        const mean_rule *above = &MEAN[RATIO[r].above], *below = &MEAN[RATIO[r].below];
        retain_repeat_figure *figure = figure_at(report, RATIO[r].field);
        const double customers = fmin(total[above->customers], total[below->customers]);
        const double margin = retain__margin(add_squares(sums, MEANS + r), customers, level);

        figure->numerator = figure_at(report, above->field)->value;
        figure->denominator = figure_at(report, below->field)->value;
        figure->value = figure->denominator > 0.0 ? figure->numerator / figure->denominator : (double)NAN;
        figure->low = figure->value * exp(-margin);
        figure->high = figure->value * exp(margin);
    }
}

/* --- operations --------------------------------------------------------------------------------------------------------------- */

retain_status retain__take_repeat_options(retain_context *ctx, const retain_repeat_options *given, retain_repeat_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->horizon_days < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.horizon_days is %lld; it must be positive (0 means 90)", (long long)options->horizon_days);
    if (options->horizon_days == 0)
        options->horizon_days = DEFAULT_HORIZON;
    return retain__take_level(ctx, "options.level", &options->level);
}

retain_status retain_repeat_summary(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                    const retain_orders_options *counting, const retain_repeat_options *given,
                                    retain_repeat_report *report)
{
    retain_repeat_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    summing *sums = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_options(ctx, given, &options);
    if (status == RETAIN_OK && !report)
        status = retain__fail_null(ctx, "report");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        sums = retain__take_zeroed(&scratch, 1, sizeof *sums);
        status = sums ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        retain__visit_customers(ctx, &log, add_customer, sums, NULL);
        add_up(sums);
        retain__visit_customers(ctx, &log, square_customer, sums, NULL);
        write_report(sums, options.level, report);
    }
    retain__release(&scratch);
    return status;
}
