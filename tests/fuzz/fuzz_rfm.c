/* Any customers and any cuts: scores are mid-ranks, every customer is in one segment, tables and migrations add up, shares are
 * shares. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "retain/rfm.h"

enum { MOST_COLUMNS = 17 };

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

/* Mostly whole numbers of few values, so that there are ties; now and then anything. */
static double *read_column(fuzz_input *in, size_t count)
{
    const int odd = fuzz_below(in, 8) == 7;
    const size_t kinds = 1 + fuzz_below(in, 40);
    double *column = fuzz_array(in, count, sizeof *column);

    for (size_t i = 0; i < count; i++)
        column[i] = odd ? fuzz_double(in) : (double)fuzz_below(in, kinds) * 0.25;
    return column;
}

static uint8_t *read_bytes(fuzz_input *in, size_t count, size_t least, size_t limit)
{
    const int odd = fuzz_below(in, 16) == 15;
    uint8_t *bytes = fuzz_array(in, count, sizeof *bytes);

    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(odd ? fuzz_bits(in, 1) : least + fuzz_below(in, limit - least));
    return bytes;
}

static double read_level(fuzz_input *in)
{
    return fuzz_below(in, 4) == 3 ? fuzz_double(in) : fuzz_within(in, 0.0, 0.999);
}

/* --- scores ----------------------------------------------------------------------------------------------------------------------- */

static void check_scores(const double *column, size_t count, int fewer, int bins, const uint8_t *score)
{
    for (size_t i = 0; i < count; i++) {
        size_t worse = 0, equal = 0;

        for (size_t j = 0; j < count; j++) {
            worse += fewer ? column[j] > column[i] : column[j] < column[i];
            equal += column[j] == column[i];
        }
        fuzz_check(score[i] == 1 + (size_t)bins * (2 * worse + equal) / (2 * count));
    }
}

static void try_fit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_rfm_options *options = fuzz_array(in, 1, sizeof *options);
    const size_t count = fuzz_below(in, 80);
    const double *days, *occasions, *revenue;
    retain_rfm *rfm = fuzz_output(in, 1, sizeof *rfm);
    retain_rfm fitted;
    uint8_t *r, *f, *m;

    options->struct_size = fuzz_below(in, 16) == 15 ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->bins = (int)fuzz_below(in, 12);
    days = read_column(in, count);
    occasions = read_column(in, count);
    revenue = read_column(in, count);
    if (!fuzz_outcome(in, retain_rfm_fit(ctx, days, occasions, revenue, count, options, fuzz_maybe(in, rfm))))
        return;
    fitted = *rfm;
    r = fuzz_output(in, count, 1);
    f = fuzz_output(in, count, 1);
    m = fuzz_output(in, count, 1);
    fuzz_check((retain_rfm_check_segments(NULL, &fitted) == RETAIN_OK) == (fitted.bins == 5));
    fuzz_check(fuzz_outcome(in, retain_rfm_scores(fuzz_calm_context(in), &fitted, days, occasions, revenue, count, r, f, m)));
    check_scores(days, count, 1, fitted.bins, r);
    check_scores(occasions, count, 0, fitted.bins, f);
    check_scores(revenue, count, 0, fitted.bins, m);
}

static void try_scores(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_rfm *rfm = fuzz_array(in, 1, sizeof *rfm);
    const size_t count = fuzz_below(in, 20);
    uint8_t *r = fuzz_output(in, count, 1), *f = fuzz_output(in, count, 1), *m = fuzz_output(in, count, 1);

    rfm->bins = (int)fuzz_below(in, 12);
    for (size_t k = 0; k < RETAIN_RFM_BINS - 1; k++) {
        rfm->recency[k] = (double)k + fuzz_within(in, 0.0, 1.01);
        rfm->frequency[k] = (double)k + fuzz_within(in, 0.0, 1.01);
        rfm->monetary[k] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : (double)k;
    }
    if (!fuzz_outcome(in, retain_rfm_scores(ctx, fuzz_maybe(in, rfm), fuzz_maybe(in, read_column(in, count)),
                                            read_column(in, count), read_column(in, count), count, fuzz_maybe(in, r), f, m)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(f[i] >= 1 && f[i] <= rfm->bins && m[i] >= 1 && m[i] <= rfm->bins);
}

static void try_days(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 20);
    const int64_t end = fuzz_integer(in), *last_day = fuzz_integers(in, count);
    double *days = fuzz_output(in, count, sizeof *days);

    if (!fuzz_outcome(
            in, retain_rfm_days_since_last(ctx, fuzz_maybe(in, (void *)(uintptr_t)last_day), count, end, fuzz_maybe(in, days))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(days[i] >= 0.0);
}

/* --- segments --------------------------------------------------------------------------------------------------------------------- */

static void try_segments(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40);
    const int own_map = fuzz_below(in, 2) == 1;
    uint8_t *segment = fuzz_output(in, count, 1);
    const uint8_t *r = read_bytes(in, count, 1, 6), *f = read_bytes(in, count, 1, 6), *m = read_bytes(in, count, 1, 6);
    const uint8_t *map = own_map ? read_bytes(in, RETAIN_RFM_CODES, 0, 20) : NULL;

    if (!fuzz_outcome(in, retain_rfm_segments(ctx, r, f, m, count, map, fuzz_maybe(in, segment))))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(map || (int)segment[i] == retain_rfm_default_segment(r[i], f[i], m[i]));
        fuzz_check(map || strcmp(retain_rfm_segment_name((retain_rfm_segment)segment[i]), "unknown") != 0);
    }
}

static void try_table(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40), segments = fuzz_below(in, 16) == 15 ? fuzz_below(in, 300) : 1 + fuzz_below(in, 12);
    const double level = read_level(in);
    double *out[MOST_COLUMNS], customers = 0.0;
    const uint8_t *segment = read_bytes(in, count, 0, segments ? segments : 1);
    const double *days = fuzz_maybe(in, read_column(in, count)), *occasions = fuzz_maybe(in, read_column(in, count));
    const double *revenue = fuzz_maybe(in, read_column(in, count));
    retain_rfm_columns columns;

    for (size_t c = 0; c < MOST_COLUMNS; c++)
        out[c] = fuzz_output(in, segments + 1, sizeof **out);
    columns = (retain_rfm_columns){out[0], out[1],  out[2],  out[3],  out[4],  out[5],  out[6],  out[7], out[8],
                                   out[9], out[10], out[11], out[12], out[13], out[14], out[15], out[16]};
    if (!fuzz_outcome(in, retain_rfm_table(ctx, segment, days, occasions, revenue, count, segments, level, &columns)))
        return;
    for (size_t s = 0; s < segments; s++) {
        customers += out[0][s];
        fuzz_check(is_share(out[1][s]) && is_share(out[2][s]) && is_share(out[3][s]));
        fuzz_check(!(out[9][s] > out[8][s]) && !(out[10][s] < out[8][s]));
    }
    fuzz_check(customers == (double)count && out[0][segments] == (double)count);
}

static int64_t *read_customers(fuzz_input *in, size_t count)
{
    const int odd = fuzz_below(in, 16) == 15;
    int64_t *customers = fuzz_array(in, count, sizeof *customers), key = -5;

    for (size_t i = 0; i < count; i++)
        customers[i] = odd ? fuzz_integer(in) : (key += 1 + (int64_t)fuzz_below(in, 3));
    return customers;
}

static void try_migration(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t before = fuzz_below(in, 40), after = fuzz_below(in, 40);
    const size_t segments = fuzz_below(in, 16) == 15 ? fuzz_below(in, 300) : 1 + fuzz_below(in, 12);
    const size_t cells = (segments + 1) * (segments + 1), limit = segments ? segments : 1;
    const double level = read_level(in);
    double *customers = fuzz_output(in, cells, sizeof *customers), *share = fuzz_output(in, cells, sizeof *share), sum = 0.0,
           later = 0.0;
    const int64_t *ids = read_customers(in, before), *later_ids = read_customers(in, after);
    const uint8_t *was = read_bytes(in, before, 0, limit), *is = read_bytes(in, after, 0, limit);

    if (!fuzz_outcome(
            in, retain_rfm_migration(ctx, ids, was, before, later_ids, is, after, segments, level, customers, share, NULL, NULL)))
        return;
    for (size_t i = 0; i < cells; i++) {
        fuzz_check(is_share(share[i]));
        sum += i / (segments + 1) < segments ? customers[i] : 0.0;
        later += i % (segments + 1) < segments ? customers[i] : 0.0;
    }
    fuzz_check(sum == (double)before && later == (double)after && customers[cells - 1] == 0.0);
}

/* --- concentration ------------------------------------------------------------------------------------------------------------------ */

static void try_tiers(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40), cut_count = fuzz_below(in, 6);
    const retain_rfm_tier_kind kind = (retain_rfm_tier_kind)fuzz_below(in, fuzz_below(in, 8) == 7 ? 9 : 2);
    uint8_t *tier = fuzz_output(in, count, 1);
    double *cuts = fuzz_array(in, cut_count, sizeof *cuts);
    const double *value;

    for (size_t k = 0; k < cut_count; k++)
        cuts[k] = ((double)k + fuzz_within(in, 0.01, 1.01)) / (double)(cut_count + 1);
    value = read_column(in, count);
    if (!fuzz_outcome(in, retain_rfm_tiers(ctx, value, count, kind, fuzz_maybe(in, cuts), cut_count, fuzz_maybe(in, tier))))
        return;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            fuzz_check(!(value[i] > value[j]) || tier[i] <= tier[j]);
    }
}

static void try_curve(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const int top = fuzz_below(in, 2) == 1;
    const size_t count = fuzz_below(in, 40), points = fuzz_below(in, 10);
    const double level = read_level(in);
    double *share = fuzz_output(in, points, sizeof *share), *low = fuzz_output(in, points, sizeof *low);
    double *high = fuzz_output(in, points, sizeof *high), *p = fuzz_array(in, points, sizeof *p);
    const double *value = read_column(in, count);
    retain_status status;

    for (size_t i = 0; i < points; i++)
        p[i] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    status = (top ? retain_rfm_top_share : retain_rfm_lorenz)(ctx, value, count, fuzz_maybe(in, p), points, level, share,
                                                              fuzz_maybe(in, low), high);
    if (!fuzz_outcome(in, status))
        return;
    for (size_t i = 0; i < points; i++) {
        fuzz_check(is_share(share[i]) && is_share(high[i]) && !(high[i] < share[i]));
        fuzz_check(share[i] != share[i] || (top ? share[i] >= p[i] - 1e-12 : share[i] <= p[i] + 1e-12));
    }
}

static void try_gini(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40);
    const double level = read_level(in);
    double *gini = fuzz_output(in, 1, sizeof *gini), *low = fuzz_output(in, 1, sizeof *low),
           *high = fuzz_output(in, 1, sizeof *high);
    const double *value = read_column(in, count);

    if (!fuzz_outcome(in, retain_rfm_gini(ctx, value, count, level, fuzz_maybe(in, gini), low, high)))
        return;
    fuzz_check(is_share(*gini) && is_share(*low) && is_share(*high) && !(*low > *gini) && !(*high < *gini));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input *) = {try_fit,       try_scores, try_days,  try_segments, try_table,
                                                  try_migration, try_tiers,  try_curve, try_gini};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
