/* What each segment consists of, and who moved from one to another.
 *
 * First sums, then squared distances from the means, which lose no digits to cancellation. Both are carried as the pairs of
 * math/sums.h, so that no figure depends on the order of the customers.
 *
 * The share of revenue is a ratio of two sums over the same customers, R_s / R. Its variance is that of the mean of d = (y [in
 * s] - share y) / mean y (linearisation; W. G. Cochran, "Sampling Techniques", 3rd edition 1977, section 6.3): n / (n - 1)
 * times the sum of (1 - share)^2 y^2 over the segment and share^2 y^2 over the others, over R^2. The mean of d is exactly 0.
 *
 * Customers of two dates are joined by merging two ascending lists. */
#include <math.h>

#include "math/interval.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "metrics/rfm_values.h"
#include "retain/rfm.h"

enum { DAYS, OCCASIONS, REVENUE, MEASURES, MOST_SEGMENTS = 255 };

/* --- the table -------------------------------------------------------------------------------------------------------------------- */

/* One segment; the last of the table is all customers. */
typedef struct group {
    double customers, mean[MEASURES];
    retain__sum sum[MEASURES], deviations[MEASURES], squares; /* squares of revenue */
} group;

typedef struct table {
    const double *measure[MEASURES];
    const uint8_t *segment; /* a copy */
    size_t count, segments;
    group *groups; /* [segments + 1] */
    int negative;  /* is some revenue negative? */
} table;

static retain_status check_segment_count(retain_context *ctx, size_t segments)
{
    if (segments < 1 || segments > MOST_SEGMENTS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "segments is %zu; it must lie in [1, 255]", segments);
    return RETAIN_OK;
}

/* Copies what will be an index, and checks the copy. */
static retain_status take_segments(retain_context *ctx, const char *name, const uint8_t *given, size_t count, size_t segments,
                                   uint8_t *taken)
{
    if (count && !given)
        return retain__fail_null(ctx, name);
    for (size_t i = 0; i < count; i++) {
        taken[i] = given[i];
        if (taken[i] >= segments)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %d; it must be less than the number of segments, %zu", name,
                                i, taken[i], segments);
    }
    return RETAIN_OK;
}

static void sum_up(table *from)
{
    group *all = &from->groups[from->segments];

    for (size_t i = 0; i < from->count; i++)
        from->groups[from->segment[i]].customers += 1.0;
    for (int k = 0; k < MEASURES; k++) {
        for (size_t i = 0; from->measure[k] && i < from->count; i++)
            retain__sum_gather(&from->groups[from->segment[i]].sum[k], (retain__sum){from->measure[k][i], 0.0});
    }
    for (size_t s = 0; s <= from->segments; s++) {
        group *own = &from->groups[s];

        for (int k = 0; k < MEASURES; k++) {
            retain__sum_settle(&own->sum[k]);
            own->mean[k] = retain__sum_value(own->sum[k]) / own->customers; /* all: when the others have been added, last */
            if (own != all)
                retain__sum_merge(&all->sum[k], own->sum[k]);
        }
        all->customers += own != all ? own->customers : 0.0;
    }
}

/* Squared distances of one measure from the mean of its segment; and from that of all, which is farther from the customers of a
 * segment by its distance from the segment's mean. */
static void add_deviations(const table *from, int measure)
{
    group *all = &from->groups[from->segments];

    for (size_t i = 0; i < from->count; i++) {
        group *own = &from->groups[from->segment[i]];
        const double d = from->measure[measure][i] - own->mean[measure];

        retain__sum_gather(&own->deviations[measure], (retain__sum){d * d, 0.0});
    }
    for (group *own = from->groups; own < all; own++) {
        const double d = own->mean[measure] - all->mean[measure];

        retain__sum_settle(&own->deviations[measure]);
        retain__sum_merge(&all->deviations[measure], own->deviations[measure]);
        if (own->customers > 0.0)
            retain__sum_add(&all->deviations[measure], own->customers * d * d);
    }
}

static void add_squares(table *from)
{
    const double *revenue = from->measure[REVENUE];

    for (size_t i = 0; i < from->count; i++) {
        retain__sum_gather(&from->groups[from->segment[i]].squares, (retain__sum){revenue[i] * revenue[i], 0.0});
        from->negative |= revenue[i] < 0.0;
    }
    for (size_t s = 0; s < from->segments; s++) {
        retain__sum_settle(&from->groups[s].squares);
        retain__sum_merge(&from->groups[from->segments].squares, from->groups[s].squares);
    }
}

static void put(double *column, size_t i, double value)
{
    if (column)
        column[i] = value;
}

static void put_mean(const table *from, const group *of, int measure, double level, double *mean, double *low, double *high,
                     size_t i)
{
    const double centre = from->measure[measure] ? of->mean[measure] : (double)NAN;
    const retain__limits limits = retain__mean_limits(centre, retain__sum_value(of->deviations[measure]), of->customers, level);

    put(mean, i, centre);
    put(low, i, limits.low);
    put(high, i, limits.high);
}

static void put_revenue(const table *from, const group *of, double level, const retain_rfm_columns *out, size_t i)
{
    const group *all = &from->groups[from->segments];
    const double total = retain__sum_value(all->sum[REVENUE]), own = retain__sum_value(of->sum[REVENUE]), n = all->customers;
    const double share = from->measure[REVENUE] && total > 0.0 ? own / total : (double)NAN;
    const double inside = retain__sum_value(of->squares);
    retain__sum outside = all->squares;
    double half;

    retain__sum_merge(&outside, (retain__sum){-of->squares.high, -of->squares.low});
    half = sqrt(n / (n - 1.0) * ((1.0 - share) * (1.0 - share) * inside + share * share * retain__sum_value(outside))) / total;
    half = n > 1.0 && of->customers > 0.0 ? -retain__ndtri(0.5 * (1.0 - level)) * half : (double)NAN;
    put(out->revenue, i, from->measure[REVENUE] ? own : (double)NAN);
    put(out->revenue_share, i, share);
    put(out->revenue_share_low, i, from->negative || !(share - half < 0.0) ? share - half : 0.0);
    put(out->revenue_share_high, i, from->negative || !(share + half > 1.0) ? share + half : 1.0);
}

static void write_columns(const table *from, double level, const retain_rfm_columns *out)
{
    const double all = from->groups[from->segments].customers;

    for (size_t i = 0; i <= from->segments; i++) {
        const group *of = &from->groups[i];

        put(out->customers, i, of->customers);
        retain__put_rate(of->customers, all, level, out->share, out->share_low, out->share_high, i);
        put_revenue(from, of, level, out, i);
        put_mean(from, of, DAYS, level, out->days_since_last, out->days_since_last_low, out->days_since_last_high, i);
        put_mean(from, of, OCCASIONS, level, out->occasions, out->occasions_low, out->occasions_high, i);
        put_mean(from, of, REVENUE, level, out->mean_revenue, out->mean_revenue_low, out->mean_revenue_high, i);
    }
}

static retain_status read_table(retain_context *ctx, retain__scratch *scratch, const uint8_t *segment, table *from)
{
    static const char *const names[] = {"days_since_last", "occasions", "revenue"};
    uint8_t *copy;
    retain_status status = RETAIN_OK;

    for (int k = 0; status == RETAIN_OK && k < MEASURES; k++) {
        if (from->measure[k])
            status = retain__check_values(ctx, names[k], from->measure[k], from->count, RETAIN__MODEST);
    }
    if (status != RETAIN_OK)
        return status;
    copy = retain__take(scratch, from->count, sizeof *copy);
    from->segment = copy;
    from->groups = retain__take_zeroed(scratch, from->segments + 1, sizeof *from->groups);
    if (!copy || !from->groups)
        return RETAIN_ERROR_MEMORY;
    return take_segments(ctx, "segment", segment, from->count, from->segments, copy);
}

static int are_wanted(const double *measure, const double *low, const double *high)
{
    return measure && (low || high);
}

retain_status retain_rfm_table(retain_context *ctx, const uint8_t *segment, const double *days_since_last, const double *occasions,
                               const double *revenue, size_t count, size_t segments, double level,
                               const retain_rfm_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    table from = {.measure = {days_since_last, occasions, revenue}, .count = count, .segments = segments};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_segment_count(ctx, segments);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = read_table(ctx, &scratch, segment, &from);
    if (status == RETAIN_OK) {
        sum_up(&from);
        if (are_wanted(days_since_last, columns->days_since_last_low, columns->days_since_last_high))
            add_deviations(&from, DAYS);
        if (are_wanted(occasions, columns->occasions_low, columns->occasions_high))
            add_deviations(&from, OCCASIONS);
        if (are_wanted(revenue, columns->mean_revenue_low, columns->mean_revenue_high))
            add_deviations(&from, REVENUE);
        if (are_wanted(revenue, columns->revenue_share_low, columns->revenue_share_high))
            add_squares(&from);
        write_columns(&from, level, columns);
    }
    retain__release(&scratch);
    return status;
}

/* --- migration ---------------------------------------------------------------------------------------------------------------------- */

/* The customers of one date. */
typedef struct census {
    const char *name, *segment_name;
    const int64_t *customer;
    const uint8_t *segment; /* a copy */
    size_t count;
} census;

static retain_status read_census(retain_context *ctx, retain__scratch *scratch, size_t segments, const uint8_t *segment, census *of)
{
    uint8_t *copy;

    if (of->count && !of->customer)
        return retain__fail_null(ctx, of->name);
    for (size_t i = 1; i < of->count; i++) {
        if (of->customer[i] <= of->customer[i - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %lld; it must be greater than the customer before, %lld",
                                of->name, i, (long long)of->customer[i], (long long)of->customer[i - 1]);
    }
    of->segment = copy = retain__take(scratch, of->count, sizeof *copy);
    if (!copy)
        return RETAIN_ERROR_MEMORY;
    return take_segments(ctx, of->segment_name, segment, of->count, segments, copy);
}

/* Counts every customer in one cell of (segments + 1) x (segments + 1). */
static void join(const census *before, const census *after, size_t segments, double *cells)
{
    const size_t width = segments + 1;
    size_t b = 0, a = 0;

    while (b < before->count || a < after->count) {
        const int some = b < before->count, others = a < after->count;
        const int64_t x = some ? before->customer[b] : 0, y = others ? after->customer[a] : 0;
        const int then = some && (!others || x <= y), now = others && (!some || y <= x);

        cells[(then ? before->segment[b] : segments) * width + (now ? after->segment[a] : segments)] += 1.0;
        b += (size_t)then;
        a += (size_t)now;
    }
}

retain_status retain_rfm_migration(retain_context *ctx, const int64_t *before, const uint8_t *before_segment, size_t before_count,
                                   const int64_t *after, const uint8_t *after_segment, size_t after_count, size_t segments,
                                   double level, double *customers, double *share, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    census earlier = {"before", "before_segment", before, NULL, before_count};
    census later = {"after", "after_segment", after, NULL, after_count};
    const size_t width = segments + 1;
    double *cells = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_segment_count(ctx, segments);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !customers)
        status = retain__fail_null(ctx, "customers");
    if (status == RETAIN_OK)
        status = read_census(ctx, &scratch, segments, before_segment, &earlier);
    if (status == RETAIN_OK)
        status = read_census(ctx, &scratch, segments, after_segment, &later);
    if (status == RETAIN_OK && !(cells = retain__take_zeroed(&scratch, width * width, sizeof *cells)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        join(&earlier, &later, segments, cells);
        for (size_t row = 0; row < width; row++) {
            double sum = 0.0;

            for (size_t column = 0; column < width; column++)
                sum += cells[row * width + column];
            for (size_t i = row * width; i < (row + 1) * width; i++) {
                customers[i] = cells[i];
                retain__put_rate(cells[i], sum, level, share, low, high, i);
            }
        }
    }
    retain__release(&scratch);
    return status;
}
