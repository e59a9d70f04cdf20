/* Shims of retain/rfm.h. */
#ifndef RETAIN_SHIMS_RFM_H
#define RETAIN_SHIMS_RFM_H

#include "shims/support.h"

static void rfm_days_since_last(retain_context *ctx, in_ints last_day, int64_t observation_end, out_doubles *days_since_last)
{
    if (!REQUIRE(ctx, last_day) || !PROVIDE(ctx, days_since_last, last_day.count))
        return;
    RUN(ctx, retain_rfm_days_since_last(ctx, last_day.data, last_day.count, observation_end, days_since_last->data));
}

static void rfm_fit(retain_context *ctx, in_doubles days_since_last, in_doubles occasions, in_doubles revenue, int bins,
                    out_doubles *recency, out_doubles *frequency, out_doubles *monetary)
{
    retain_rfm_options options = {sizeof options, bins};
    retain_rfm rfm = {0, {0.0}, {0.0}, {0.0}};
    size_t n = bins > 0 && bins <= RETAIN_RFM_BINS ? (size_t)bins - 1 : 0;
    if (!n) {
        refuse(ctx, "bins is %d; it must lie in [2, %d]", bins, RETAIN_RFM_BINS);
        return;
    }
    if (!REQUIRE(ctx, days_since_last) || !REQUIRE(ctx, occasions) || !REQUIRE(ctx, revenue) ||
        !MATCH(ctx, occasions, days_since_last) || !MATCH(ctx, revenue, days_since_last) || !PROVIDE(ctx, recency, n) ||
        !PROVIDE(ctx, frequency, n) || !PROVIDE(ctx, monetary, n))
        return;
    RUN(ctx, retain_rfm_fit(ctx, days_since_last.data, occasions.data, revenue.data, revenue.count, &options, &rfm));
    if (ctx->status != RETAIN_OK)
        return;
    if (recency->data)
        memcpy(recency->data, rfm.recency, n * sizeof *rfm.recency);
    if (frequency->data)
        memcpy(frequency->data, rfm.frequency, n * sizeof *rfm.frequency);
    if (monetary->data)
        memcpy(monetary->data, rfm.monetary, n * sizeof *rfm.monetary);
}

/* Cuts of a column, of which there is one less than there are scores. */
static int view_cuts(retain_context *ctx, in_doubles cuts, in_doubles recency, double *into)
{
    if (!REQUIRE(ctx, cuts) || !MATCH(ctx, cuts, recency))
        return 0;
    if (cuts.count < 1 || cuts.count > RETAIN_RFM_BINS - 1)
        return refuse(ctx, "%s has %zu cuts; it must have 1 to %d", cuts.name, cuts.count, RETAIN_RFM_BINS - 1);
    memcpy(into, cuts.data, cuts.count * sizeof *into);
    return 1;
}

static void rfm_scores(retain_context *ctx, in_doubles recency, in_doubles frequency, in_doubles monetary,
                       in_doubles days_since_last, in_doubles occasions, in_doubles revenue, out_bytes *r, out_bytes *f,
                       out_bytes *m)
{
    retain_rfm rfm = {(int)(recency.count < RETAIN_RFM_BINS ? recency.count + 1 : 0), {0.0}, {0.0}, {0.0}};
    size_t n = days_since_last.count;
    if (!view_cuts(ctx, recency, recency, rfm.recency) || !view_cuts(ctx, frequency, recency, rfm.frequency) ||
        !view_cuts(ctx, monetary, recency, rfm.monetary) || !REQUIRE(ctx, days_since_last) || !REQUIRE(ctx, occasions) ||
        !REQUIRE(ctx, revenue) || !MATCH(ctx, occasions, days_since_last) || !MATCH(ctx, revenue, days_since_last) ||
        !PROVIDE(ctx, r, n) || !PROVIDE(ctx, f, n) || !PROVIDE(ctx, m, n))
        return;
    RUN(ctx, retain_rfm_scores(ctx, &rfm, days_since_last.data, occasions.data, revenue.data, n, r->data, f->data, m->data));
}

static int rfm_default_segment(int r, int f, int m)
{
    return retain_rfm_default_segment(r, f, m);
}

static const char *rfm_segment_name(int segment)
{
    return retain_rfm_segment_name((retain_rfm_segment)segment);
}

/* Do segments mean anything for so many scores? */
static void rfm_check_segments(retain_context *ctx, int bins)
{
    const retain_rfm rfm = {bins, {0.0}, {0.0}, {0.0}};
    RUN(ctx, retain_rfm_check_segments(ctx, &rfm));
}

static void rfm_segments(retain_context *ctx, in_flags r, in_flags f, in_flags m, in_flags map, out_bytes *segment)
{
    if (!REQUIRE(ctx, r) || !REQUIRE(ctx, f) || !REQUIRE(ctx, m) || !MATCH(ctx, f, r) || !MATCH(ctx, m, r))
        return;
    if (map.data && map.count != RETAIN_RFM_CODES) {
        refuse(ctx, "map has %zu rows; it must have %d, one for each code", map.count, RETAIN_RFM_CODES);
        return;
    }
    if (PROVIDE(ctx, segment, r.count))
        RUN(ctx, retain_rfm_segments(ctx, r.data, f.data, m.data, r.count, map.data, segment->data));
}

/* The number of segments; 0 with an error when there cannot be so many. */
static size_t count_segments(retain_context *ctx, int segments)
{
    if (segments < 1 || segments > 255)
        refuse(ctx, "segments is %d; it must lie in [1, 255]", segments);
    return segments < 1 || segments > 255 ? 0 : (size_t)segments;
}

static void rfm_table(retain_context *ctx, in_flags segment, in_doubles days_since_last, in_doubles occasions, in_doubles revenue,
                      int segments, double level, out_doubles *customers, out_doubles *share, out_doubles *share_low,
                      out_doubles *share_high, out_doubles *total_revenue, out_doubles *revenue_share,
                      out_doubles *revenue_share_low, out_doubles *revenue_share_high, out_doubles *mean_days,
                      out_doubles *mean_days_low, out_doubles *mean_days_high, out_doubles *mean_occasions,
                      out_doubles *mean_occasions_low, out_doubles *mean_occasions_high, out_doubles *mean_revenue,
                      out_doubles *mean_revenue_low, out_doubles *mean_revenue_high)
{
    retain_rfm_columns columns;
    size_t known = count_segments(ctx, segments), n = known + 1;
    if (!known || !REQUIRE(ctx, segment) || !MATCH(ctx, days_since_last, segment) || !MATCH(ctx, occasions, segment) ||
        !MATCH(ctx, revenue, segment) || !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, share, n) || !PROVIDE(ctx, share_low, n) ||
        !PROVIDE(ctx, share_high, n) || !PROVIDE(ctx, total_revenue, n) || !PROVIDE(ctx, revenue_share, n) ||
        !PROVIDE(ctx, revenue_share_low, n) || !PROVIDE(ctx, revenue_share_high, n) || !PROVIDE(ctx, mean_days, n) ||
        !PROVIDE(ctx, mean_days_low, n) || !PROVIDE(ctx, mean_days_high, n) || !PROVIDE(ctx, mean_occasions, n) ||
        !PROVIDE(ctx, mean_occasions_low, n) || !PROVIDE(ctx, mean_occasions_high, n) || !PROVIDE(ctx, mean_revenue, n) ||
        !PROVIDE(ctx, mean_revenue_low, n) || !PROVIDE(ctx, mean_revenue_high, n))
        return;
    columns = (retain_rfm_columns){customers->data,          share->data,
                                   share_low->data,          share_high->data,
                                   total_revenue->data,      revenue_share->data,
                                   revenue_share_low->data,  revenue_share_high->data,
                                   mean_days->data,          mean_days_low->data,
                                   mean_days_high->data,     mean_occasions->data,
                                   mean_occasions_low->data, mean_occasions_high->data,
                                   mean_revenue->data,       mean_revenue_low->data,
                                   mean_revenue_high->data};
    RUN(ctx, retain_rfm_table(ctx, segment.data, days_since_last.data, occasions.data, revenue.data, segment.count, known, level,
                              &columns));
}

static void rfm_migration(retain_context *ctx, in_keys before, in_flags before_segment, in_keys after, in_flags after_segment,
                          int segments, double level, out_doubles *customers, out_doubles *share, out_doubles *low,
                          out_doubles *high)
{
    size_t known = count_segments(ctx, segments), cells = (known + 1) * (known + 1);
    if (!known || !REQUIRE(ctx, before) || !REQUIRE(ctx, before_segment) || !REQUIRE(ctx, after) || !REQUIRE(ctx, after_segment) ||
        !MATCH(ctx, before_segment, before) || !MATCH(ctx, after_segment, after) || !PROVIDE(ctx, customers, cells) ||
        !PROVIDE(ctx, share, cells) || !PROVIDE(ctx, low, cells) || !PROVIDE(ctx, high, cells))
        return;
    RUN(ctx, retain_rfm_migration(ctx, before.data, before_segment.data, before.count, after.data, after_segment.data, after.count,
                                  known, level, customers->data, share->data, low->data, high->data));
}

static void rfm_tiers(retain_context *ctx, in_doubles value, int kind, in_doubles cuts, out_bytes *tier)
{
    if (!REQUIRE(ctx, value) || !PROVIDE(ctx, tier, value.count))
        return;
    RUN(ctx, retain_rfm_tiers(ctx, value.data, value.count, (retain_rfm_tier_kind)kind, cuts.data, cuts.count, tier->data));
}

static void rfm_lorenz(retain_context *ctx, in_doubles value, in_doubles p, double level, out_doubles *lorenz, out_doubles *low,
                       out_doubles *high)
{
    if (!REQUIRE(ctx, value) || !REQUIRE(ctx, p) || !PROVIDE(ctx, lorenz, p.count) || !PROVIDE(ctx, low, p.count) ||
        !PROVIDE(ctx, high, p.count))
        return;
    RUN(ctx, retain_rfm_lorenz(ctx, value.data, value.count, p.data, p.count, level, lorenz->data, low->data, high->data));
}

static void rfm_top_share(retain_context *ctx, in_doubles value, in_doubles p, double level, out_doubles *share, out_doubles *low,
                          out_doubles *high)
{
    if (!REQUIRE(ctx, value) || !REQUIRE(ctx, p) || !PROVIDE(ctx, share, p.count) || !PROVIDE(ctx, low, p.count) ||
        !PROVIDE(ctx, high, p.count))
        return;
    RUN(ctx, retain_rfm_top_share(ctx, value.data, value.count, p.data, p.count, level, share->data, low->data, high->data));
}

static void rfm_gini(retain_context *ctx, in_doubles value, double level, record *result)
{
    double gini = 0.0, low = 0.0, high = 0.0;
    if (!REQUIRE(ctx, value))
        return;
    RUN(ctx, retain_rfm_gini(ctx, value.data, value.count, level, &gini, &low, &high));
    record_number(result, "gini", gini);
    record_number(result, "low", low);
    record_number(result, "high", high);
}

#endif
