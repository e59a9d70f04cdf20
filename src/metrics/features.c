/* What a panel of features has for columns, how dates are parted, and whether features look ahead.
 *
 * The check for looking ahead needs no knowledge of how features were made: whoever looks ahead gets another answer when there is
 * nothing ahead. So features of a day, made from all data, are compared with those made for the same day from what was there by
 * then. The tolerance is for sums that were added up in another order, and for nothing else. */
#include "retain/features.h"

#include <math.h>

#include "data/customer_list.h"
#include "data/events.h"
#include "metrics/features_figures.h"

static const int64_t DEFAULT_WINDOWS[] = {30, 90, 365};
static const int64_t DEFAULT_TREND_DAYS = 180, DEFAULT_EVENT_DAYS = 365, DEFAULT_HORIZON_DAYS = 90;

enum { EVENT_FEATURES = 4, FIRST_EVENT_FEATURE = RETAIN_FEATURES_EVENTS };

/* --- words -------------------------------------------------------------------------------------------------------------------- */

typedef struct entry {
    const char *name, *unit;
} entry;

static const entry FEATURES[RETAIN_FEATURES_IDS] = {
    [RETAIN_FEATURES_OCCASIONS] = {"occasions", "count"},
    [RETAIN_FEATURES_OCCASIONS_IN] = {"occasions_in", "count"},
    [RETAIN_FEATURES_DAYS_SINCE_FIRST] = {"days_since_first", "days"},
    [RETAIN_FEATURES_DAYS_SINCE_LAST] = {"days_since_last", "days"},
    [RETAIN_FEATURES_GAP_MEAN] = {"gap_mean", "days"},
    [RETAIN_FEATURES_GAP_MEDIAN] = {"gap_median", "days"},
    [RETAIN_FEATURES_GAP_DEVIATION] = {"gap_deviation", "days"},
    [RETAIN_FEATURES_GAP_LAST] = {"gap_last", "days"},
    [RETAIN_FEATURES_OVERDUE_RATIO] = {"overdue_ratio", "ratio"},
    [RETAIN_FEATURES_OCCASIONS_TREND] = {"occasions_trend", "trend"},
    [RETAIN_FEATURES_VALUE] = {"value", "money"},
    [RETAIN_FEATURES_VALUE_IN] = {"value_in", "money"},
    [RETAIN_FEATURES_VALUE_MEAN] = {"value_mean", "money"},
    [RETAIN_FEATURES_VALUE_LAST] = {"value_last", "money"},
    [RETAIN_FEATURES_VALUE_MOST] = {"value_most", "money"},
    [RETAIN_FEATURES_VALUE_TREND] = {"value_trend", "trend"},
    [RETAIN_FEATURES_REFUND_SHARE] = {"refund_share", "share"},
    [RETAIN_FEATURES_DISCOUNTED_SHARE] = {"discounted_share", "share"},
    [RETAIN_FEATURES_DISCOUNT_RATE] = {"discount_rate", "share"},
    [RETAIN_FEATURES_CATEGORIES] = {"categories", "count"},
    [RETAIN_FEATURES_TOP_CATEGORY] = {"top_category", "share"},
    [RETAIN_FEATURES_EVENTS] = {"events", "count"},
    [RETAIN_FEATURES_EVENTS_SINCE_LAST] = {"events_since_last", "days"},
    [RETAIN_FEATURES_EVENTS_TREND] = {"events_trend", "trend"},
    [RETAIN_FEATURES_EVENTS_MEAN] = {"events_mean", "value"},
};

const char *retain_features_name(retain_features_id id)
{
    return (unsigned)id < RETAIN_FEATURES_IDS ? FEATURES[id].name : NULL;
}

const char *retain_features_unit(retain_features_id id)
{
    return (unsigned)id < RETAIN_FEATURES_IDS ? FEATURES[id].unit : NULL;
}

/* --- columns ------------------------------------------------------------------------------------------------------------------ */

static void add_column(retain__feature_plan *plan, retain_features_id id, int64_t days)
{
    plan->column[plan->order_columns++] = (retain_features_column){id, days, -1};
}

static void list_columns(retain__feature_plan *plan)
{
    const retain_features_source *source = plan->source;

    plan->order_columns = 0;
    for (int id = 0; id < FIRST_EVENT_FEATURE; id++) {
        const int is_windowed = id == RETAIN_FEATURES_OCCASIONS_IN || id == RETAIN_FEATURES_VALUE_IN;
        const int is_trend = id == RETAIN_FEATURES_OCCASIONS_TREND || id == RETAIN_FEATURES_VALUE_TREND;
        const int is_discount = id == RETAIN_FEATURES_DISCOUNTED_SHARE || id == RETAIN_FEATURES_DISCOUNT_RATE;
        const int is_category = id == RETAIN_FEATURES_CATEGORIES || id == RETAIN_FEATURES_TOP_CATEGORY;

        if ((is_discount && !source->discount) || (is_category && !source->category))
            continue;
        for (size_t w = 0; is_windowed && w < plan->windows; w++)
            add_column(plan, (retain_features_id)id, plan->options.windows[w]);
        if (!is_windowed)
            add_column(plan, (retain_features_id)id, is_trend ? plan->options.trend_days : 0);
    }
    plan->columns = plan->order_columns + EVENT_FEATURES * plan->kinds;
}

retain_features_column retain__event_column(const retain__feature_plan *plan, size_t c)
{
    const retain_features_id id = (retain_features_id)(FIRST_EVENT_FEATURE + (int)(c / plan->kinds));

    return (retain_features_column){id, id == RETAIN_FEATURES_EVENTS_SINCE_LAST ? 0 : plan->options.event_days,
                                    (int64_t)(c % plan->kinds)};
}

/* --- checks ------------------------------------------------------------------------------------------------------------------- */

static retain_status take_windows(retain_context *ctx, retain__feature_plan *plan)
{
    int64_t *windows = plan->options.windows;

    if (windows[0] == 0) {
        plan->windows = sizeof DEFAULT_WINDOWS / sizeof *DEFAULT_WINDOWS;
        for (size_t w = 0; w < plan->windows; w++)
            windows[w] = DEFAULT_WINDOWS[w];
        return RETAIN_OK;
    }
    for (plan->windows = 0; plan->windows < RETAIN_FEATURES_WINDOWS && windows[plan->windows] != 0; plan->windows++) {
        const size_t w = plan->windows;

        if (windows[w] < 1 || windows[w] > RETAIN__LAST_DATE)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.windows[%zu] is %lld; it must lie in [1, 2^40]",
                                w, (long long)windows[w]);
        if (w && windows[w] <= windows[w - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "options.windows[%zu] is %lld; it must be larger than the one before, %lld", w,
                                (long long)windows[w], (long long)windows[w - 1]);
    }
    return RETAIN_OK;
}

static retain_status take_options(retain_context *ctx, const retain_features_options *given, retain__feature_plan *plan)
{
    retain_features_options *options = &plan->options;
    retain_status status;

    options->struct_size = sizeof *options;
    status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);
    if (status == RETAIN_OK)
        status = take_windows(ctx, plan);
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.trend_days", DEFAULT_TREND_DAYS, &options->trend_days);
    if (status == RETAIN_OK && options->trend_days < 2)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.trend_days is 1; one day has no halves");
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.event_days", DEFAULT_EVENT_DAYS, &options->event_days);
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.active_days", 0, &options->active_days); /* 0: all */
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.horizon_days", DEFAULT_HORIZON_DAYS, &options->horizon_days);
    return status;
}

static retain_status check_basket(retain_context *ctx, const retain_features_source *source)
{
    const size_t count = source->orders->count;

    if (source->category && source->categories == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "source.categories is 0; there must be at least one category");
    if (source->category && source->categories > SIZE_MAX / 1024)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "source.categories is %zu; so many do not fit in memory",
                            source->categories);
    for (size_t i = 0; source->discount && i < count; i++) {
        if (!(source->discount[i] >= 0.0) || !retain__is_finite(source->discount[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "source.discount[%zu] is %g; it must be finite and at least 0", i,
                                source->discount[i]);
    }
    for (size_t i = 0; source->category && i < count; i++) {
        if (source->category[i] < 0 || (uint64_t)source->category[i] >= source->categories)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "source.category[%zu] is %lld; it must lie in [0, source.categories = %zu)", i,
                                (long long)source->category[i], source->categories);
    }
    return RETAIN_OK;
}

retain_status retain__plan_features(retain_context *ctx, const retain_features_source *source, const retain_features_options *given,
                                    retain__feature_plan *plan)
{
    const retain__feature_plan fresh = {.source = source};
    retain_status status;

    *plan = fresh;
    if (!source || !source->orders)
        return retain__fail_null(ctx, source ? "source.orders" : "source");
    status = take_options(ctx, given, plan);
    if (status == RETAIN_OK)
        status = check_basket(ctx, source);
    if (status != RETAIN_OK)
        return status;
    plan->kinds = !source->events ? 0 : source->kinds ? source->kinds : 1;
    if (plan->kinds > RETAIN_FEATURES_KINDS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "source.kinds is %zu; it must be at most %d", plan->kinds,
                            RETAIN_FEATURES_KINDS);
    list_columns(plan);
    return plan->kinds ? retain__check_events(ctx, source->events, plan->kinds) : RETAIN_OK;
}

retain_status retain_features_columns(retain_context *ctx, const retain_features_source *source,
                                      const retain_features_options *options, size_t capacity, size_t *count,
                                      retain_features_column *columns)
{
    retain__feature_plan plan;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && (!count || (capacity && !columns)))
        status = retain__fail_null(ctx, count ? "columns" : "count");
    if (status == RETAIN_OK)
        status = retain__plan_features(ctx, source, options, &plan);
    if (status != RETAIN_OK)
        return status;
    *count = plan.columns;
    if (plan.columns > capacity)
        return retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "there is room for %zu columns; there are %zu", capacity,
                            plan.columns);
    for (size_t c = 0; c < plan.columns; c++)
        columns[c] = c < plan.order_columns ? plan.column[c] : retain__event_column(&plan, c - plan.order_columns);
    return RETAIN_OK;
}

/* --- training and test -------------------------------------------------------------------------------------------------------- */

static retain_features_part part_of(int64_t date, int64_t horizon, int64_t embargo, int64_t first_test, int64_t observation_end)
{
    if (date + horizon > observation_end)
        return RETAIN_FEATURES_OPEN;
    if (date >= first_test)
        return RETAIN_FEATURES_TEST;
    return date + horizon + embargo <= first_test ? RETAIN_FEATURES_TRAIN : RETAIN_FEATURES_GAP;
}

retain_status retain_features_split(retain_context *ctx, const int64_t *date, size_t dates, int64_t horizon_days,
                                    int64_t embargo_days, int64_t first_test, int64_t observation_end, uint8_t *part)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && dates && (!date || !part))
        status = retain__fail_null(ctx, date ? "part" : "date");
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "horizon_days", DEFAULT_HORIZON_DAYS, &horizon_days);
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "embargo_days", 0, &embargo_days);
    if (status == RETAIN_OK)
        status = retain__check_observation_end(ctx, observation_end);
    if (status == RETAIN_OK)
        status = retain__check_dates(ctx, date, dates, RETAIN__LAST_DATE);
    for (size_t i = 0; status == RETAIN_OK && i < dates; i++)
        part[i] = (uint8_t)part_of(date[i], horizon_days, embargo_days, first_test, observation_end);
    return status;
}

/* --- looking ahead ------------------------------------------------------------------------------------------------------------ */

static retain_status check_table(retain_context *ctx, const char *name, const retain_features_table *table, size_t columns)
{
    int fits = 1;

    if (!table)
        return retain__fail_null(ctx, name);
    if (table->count && (!table->customer || (columns && !table->feature)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.%s is NULL; it is required", name,
                            table->customer ? "feature" : "customer");
    retain__multiply(table->count, columns, &fits);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s has %zu rows of %zu columns, more than memory can hold",
                            name, table->count, columns);
    return retain__check_ascending(ctx, name, ".customer", table->customer, table->count);
}

static int is_other(double a, double b, double tolerance)
{
    const double size = fabs(a) > fabs(b) ? fabs(a) : fabs(b);

    if (isnan(a) || isnan(b))
        return isnan(a) != isnan(b);
    return a != b && !(fabs(a - b) <= tolerance * size && isfinite(size));
}

/* Walks over the customers of both; returns how many are in one only. With a column, counts those who differ in it. */
static size_t compare(const retain_features_table *whole, const retain_features_table *cut, const double *mine, const double *other,
                      double tolerance, int64_t *leaks, int64_t *example)
{
    size_t strangers = 0, i = 0, j = 0;

    while (i < whole->count || j < cut->count) {
        if (j == cut->count || (i < whole->count && whole->customer[i] < cut->customer[j])) {
            strangers++;
            i++;
        } else if (i == whole->count || cut->customer[j] < whole->customer[i]) {
            strangers++;
            j++;
        } else {
            if (mine && is_other(mine[i], other[j], tolerance)) {
                if (example && *leaks == 0)
                    *example = (int64_t)i;
                ++*leaks;
            }
            i++;
            j++;
        }
    }
    return strangers;
}

retain_status retain_features_leaks(retain_context *ctx, const retain_features_table *whole, const retain_features_table *cut,
                                    size_t columns, double tolerance, int64_t *leaks, int64_t *example, size_t *strangers)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && columns && !leaks)
        status = retain__fail_null(ctx, "leaks");
    if (status == RETAIN_OK && !(tolerance >= 0.0 && tolerance < 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "tolerance is %g; it must lie in [0, 1)", tolerance);
    if (status == RETAIN_OK)
        status = check_table(ctx, "whole", whole, columns);
    if (status == RETAIN_OK)
        status = check_table(ctx, "cut", cut, columns);
    if (status != RETAIN_OK)
        return status;
    for (size_t f = 0; f < columns; f++) {
        leaks[f] = 0;
        if (example)
            example[f] = -1;
        compare(whole, cut, whole->count ? whole->feature + f * whole->count : NULL,
                cut->feature ? cut->feature + f * cut->count : NULL, tolerance, &leaks[f], example ? &example[f] : NULL);
    }
    if (strangers)
        *strangers = compare(whole, cut, NULL, NULL, 0.0, NULL, NULL);
    return RETAIN_OK;
}
