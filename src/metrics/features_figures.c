/* The features of one customer on one day.
 *
 * They come from two readings of what was known on that day: the occasions, already netted as they were known then, and the plain
 * rows, for what was in the basket whatever became of the order. Money is added up as the pairs of math/sums.h, so that the order
 * of the rows does not show.
 *
 * Discounts and categories are the caller's columns, looked up by the place that each row carries. They may be written to by
 * somebody meanwhile: a code is used only where it is one. */
#include "metrics/features_figures.h"

#include <math.h>

#include "metrics/trend.h"

static int has_basket(const retain__feature_plan *plan)
{
    return plan->source->discount || plan->source->category;
}

/* --- room --------------------------------------------------------------------------------------------------------------------- */

size_t retain__feature_room_words(const retain__feature_plan *plan, const retain__order_log *log)
{
    return 2 * log->most_occasions + (plan->source->category ? 2 * plan->source->categories : 0);
}

retain__feature_room retain__cut_feature_room(const retain__feature_plan *plan, const retain__order_log *log, uint64_t *words)
{
    uint64_t *after = words + 2 * log->most_occasions;

    if (!plan->source->category)
        return (retain__feature_room){words, words + log->most_occasions, NULL, NULL};
    return (retain__feature_room){words, words + log->most_occasions, (double *)after,
                                  (size_t *)(after + plan->source->categories)};
}

/* --- occasions ---------------------------------------------------------------------------------------------------------------- */

static int64_t start_of(const retain__order_log *log, const retain__customer *customer, size_t k)
{
    return retain__occasion_start(log, customer->occasion[k].day);
}

static void find_gaps(const retain__order_log *log, const retain__customer *customer, int64_t date,
                      const retain__feature_room *room, double *of)
{
    const size_t last = customer->count - 1;
    const double n = (double)last, since = (double)(date - start_of(log, customer, last));
    const double mean = (double)(start_of(log, customer, last) - start_of(log, customer, 0)) / n;
    double squares = 0.0;

    for (size_t k = 0; k < last; k++)
        room->gap[k] = (uint64_t)(start_of(log, customer, k + 1) - start_of(log, customer, k));
    of[RETAIN_FEATURES_GAP_LAST] = last ? (double)room->gap[last - 1] : (double)NAN;
    retain__sort_rows(&(retain__row_shape){1, 1, 0}, room->gap, room->spare, last);
    for (size_t k = 0; k < last; k++)
        squares += ((double)room->gap[k] - mean) * ((double)room->gap[k] - mean);
    of[RETAIN_FEATURES_GAP_MEAN] = last ? mean : (double)NAN;
    of[RETAIN_FEATURES_GAP_MEDIAN] = last ? 0.5 * ((double)room->gap[(last - 1) / 2] + (double)room->gap[last / 2]) : (double)NAN;
    of[RETAIN_FEATURES_GAP_DEVIATION] = last > 1 ? sqrt(squares / (n - 1.0)) : (double)NAN;
    of[RETAIN_FEATURES_OVERDUE_RATIO] = last ? since / mean : (double)NAN;
}

static void find_trends(const retain__feature_plan *plan, const retain__order_log *log, const retain__customer *customer,
                        int64_t date, double *of)
{
    const retain__known_window window = retain__open_window(start_of(log, customer, 0), plan->options.trend_days, date);
    retain__sum early = {0.0, 0.0}, recent = {0.0, 0.0};
    double earlier = 0.0, later = 0.0;

    for (size_t k = customer->count; k > 0 && start_of(log, customer, k - 1) >= window.from; k--) {
        const int is_recent = start_of(log, customer, k - 1) >= window.recent_from;

        retain__sum_merge(is_recent ? &recent : &early, customer->occasion[k - 1].value);
        later += is_recent;
        earlier += !is_recent;
    }
    of[RETAIN_FEATURES_OCCASIONS_TREND] = retain__trend(earlier, later, &window);
    of[RETAIN_FEATURES_VALUE_TREND] = retain__trend(retain__sum_value(early), retain__sum_value(recent), &window);
}

static void find_values(const retain__customer *customer, double *of)
{
    const size_t last = customer->count - 1;
    retain__sum sum = {0.0, 0.0};
    double most = -INFINITY;

    for (size_t k = 0; k <= last; k++) {
        const double value = retain__sum_value(customer->occasion[k].value);

        retain__sum_merge(&sum, customer->occasion[k].value);
        most = value > most ? value : most;
    }
    of[RETAIN_FEATURES_VALUE] = retain__sum_value(sum);
    of[RETAIN_FEATURES_VALUE_MEAN] = of[RETAIN_FEATURES_VALUE] / (double)customer->count;
    of[RETAIN_FEATURES_VALUE_LAST] = retain__sum_value(customer->occasion[last].value);
    of[RETAIN_FEATURES_VALUE_MOST] = most;
}

/* Windows ascend, so that each goes on where the one before it ended. */
static void find_windows(const retain__feature_plan *plan, const retain__order_log *log, const retain__customer *customer,
                         int64_t date, double *occasions, double *value)
{
    retain__sum sum = {0.0, 0.0};
    size_t k = customer->count;

    for (size_t w = 0; w < plan->windows; w++) {
        for (; k > 0 && start_of(log, customer, k - 1) > date - plan->options.windows[w]; k--)
            retain__sum_merge(&sum, customer->occasion[k - 1].value);
        occasions[w] = (double)(customer->count - k);
        value[w] = retain__sum_value(sum);
    }
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

/* What was in the customer's baskets. */
typedef struct basket {
    double sales, discounted;
    retain__sum gross, refunds, discounts;
    size_t categories;
} basket;

static void add_sale(const retain__feature_plan *plan, size_t row, double sales, const retain__feature_room *room, basket *to)
{
    to->sales += sales;
    if (plan->source->discount && plan->source->discount[row] > 0.0) {
        to->discounted += sales;
        retain__sum_add(&to->discounts, plan->source->discount[row]);
    }
    if (plan->source->category) {
        const uint64_t code = (uint64_t)plan->source->category[row];

        if (code >= plan->source->categories)
            return;
        if (room->sales[code] == 0.0)
            room->seen[to->categories++] = (size_t)code;
        room->sales[code] += sales;
    }
}

static void fill_basket(const retain__feature_plan *plan, const retain__order_log *log, const retain__customer *customer,
                        int64_t date, const retain__feature_room *room, basket *to)
{
    const retain__order_rows *rows = &log->rows;

    for (const uint64_t *row = customer->row; row < customer->end; row += rows->width) {
        const retain__sum value = retain__value_of(rows, row);

        if (retain__day_of(rows, row) > date || retain__is_cancelled(rows, row))
            continue;
        if (value.high < 0.0)
            retain__sum_merge(&to->refunds, value);
        if (!(value.high > 0.0))
            continue;
        retain__sum_merge(&to->gross, value);
        if (has_basket(plan))
            add_sale(plan, (size_t)retain__attribute_of(rows, row), retain__multiple_of(rows, row), room, to);
    }
}

/* The most sales of a category; empties the room. */
static double take_top_category(const retain__feature_room *room, const basket *of)
{
    double most = 0.0;

    for (size_t c = 0; c < of->categories; c++) {
        double *sales = &room->sales[room->seen[c]];

        most = *sales > most ? *sales : most;
        *sales = 0.0;
    }
    return most;
}

static double divide(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

static void find_basket(const retain__feature_plan *plan, const retain__order_log *log, const retain__customer *customer,
                        int64_t date, const retain__feature_room *room, double *of)
{
    basket all = {0};
    double gross, discounts;

    if (log->rows.all_kept) { /* nothing is ever taken back */
        of[RETAIN_FEATURES_REFUND_SHARE] = 0.0;
        return;
    }
    fill_basket(plan, log, customer, date, room, &all);
    gross = retain__sum_value(all.gross);
    discounts = retain__sum_value(all.discounts);
    of[RETAIN_FEATURES_REFUND_SHARE] = divide(0.0 - retain__sum_value(all.refunds), gross);
    of[RETAIN_FEATURES_DISCOUNTED_SHARE] = divide(all.discounted, all.sales);
    of[RETAIN_FEATURES_DISCOUNT_RATE] = divide(discounts, discounts + gross);
    of[RETAIN_FEATURES_CATEGORIES] = (double)all.categories;
    of[RETAIN_FEATURES_TOP_CATEGORY] = divide(take_top_category(room, &all), all.sales);
}

/* ------------------------------------------------------------------------------------------------------------------------------ */

void retain__find_features(const retain__feature_plan *plan, const retain__order_log *log, const retain__customer *customer,
                           int64_t date, const retain__feature_room *room, double *figure)
{
    double of[RETAIN_FEATURES_IDS], occasions[RETAIN_FEATURES_WINDOWS], value[RETAIN_FEATURES_WINDOWS];
    size_t counted = 0, valued = 0;

    of[RETAIN_FEATURES_OCCASIONS] = (double)customer->count;
    of[RETAIN_FEATURES_DAYS_SINCE_FIRST] = (double)(date - start_of(log, customer, 0));
    of[RETAIN_FEATURES_DAYS_SINCE_LAST] = (double)(date - start_of(log, customer, customer->count - 1));
    find_gaps(log, customer, date, room, of);
    find_trends(plan, log, customer, date, of);
    find_values(customer, of);
    find_basket(plan, log, customer, date, room, of);
    find_windows(plan, log, customer, date, occasions, value);
    for (size_t c = 0; c < plan->order_columns; c++) {
        const retain_features_id id = plan->column[c].id;

        if (id == RETAIN_FEATURES_OCCASIONS_IN)
            figure[c] = occasions[counted++];
        else if (id == RETAIN_FEATURES_VALUE_IN)
            figure[c] = value[valued++];
        else
            figure[c] = of[id];
    }
}
