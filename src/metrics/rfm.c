/* Scores: where the quantiles of three columns lie, and on which side of them a customer stands.
 *
 * The score of a value is a step function of it, so all that has to be known of a million customers are the four values at
 * which it steps. Cut k is the smallest value whose mid-rank (less + equal / 2) / n is at least k / bins: in whole numbers, and
 * so without rounding, the first for which bins (2 less + equal) >= 2 n k. Let t = n k / bins: it is the value at position t of
 * the sorted column, or, when the middle of the group of values equal to it lies below t, the next larger one.
 *
 * Nothing is sorted for that but a few per cent of the column. Its keys (doubles as words that sort alike) are counted into
 * some ten thousand buckets by their leading bits. When all bits that vary are in the number of the bucket, as with occasions,
 * a bucket is a value and the counts are all that is needed. Otherwise the bucket that holds position t and the next one that
 * is not empty contain both candidates, and only these buckets are gathered and sorted.
 *
 * Recency is scored on the reversed keys: fewer days are more. */
#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "data/dated_rows.h"
#include "metrics/rfm_values.h"
#include "retain/rfm.h"

enum { MOST_CUTS = RETAIN_RFM_BINS - 1, MOST_BUCKET_BITS = 16, DEFAULT_BINS = 5, BLOCK = 512 };

#define NOT_PICKED SIZE_MAX

/* --- cuts ------------------------------------------------------------------------------------------------------------------------- */

/* Room for the selection of one column after the other. */
typedef struct selection {
    size_t count, bins, buckets;     /* customers; scores; power of two */
    uint64_t *keys, *picked, *spare; /* [count] each */
    size_t *held;                    /* [buckets] keys in it; later, keys below it that are not picked, or NOT_PICKED */
    uint64_t least;
    unsigned shift; /* the bucket of a key is (key - least) >> shift */
    int exact;      /* is every bucket one value? */
    uint64_t cut[MOST_CUTS];
    size_t found; /* cuts found so far */
} selection;

static retain_status open_selection(retain__scratch *scratch, size_t count, int bins, selection *select)
{
    unsigned bits = retain__bits_of(count);

    select->count = count;
    select->bins = (size_t)bins;
    select->buckets = (size_t)1 << (bits < MOST_BUCKET_BITS ? bits : MOST_BUCKET_BITS);
    select->keys = retain__take(scratch, count, sizeof *select->keys);
    select->picked = retain__take(scratch, count, sizeof *select->picked);
    select->spare = retain__take(scratch, count, sizeof *select->spare);
    select->held = retain__take(scratch, select->buckets, sizeof *select->held);
    return select->keys && select->picked && select->spare && select->held ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* Copies the column as keys and describes its buckets. What was checked before may have been changed by somebody since: keys
 * are what counts from here on. */
static void make_keys(selection *select, const double *column, int reversed)
{
    const uint64_t flip = reversed ? ~(uint64_t)0 : 0, first = retain__key_of(column[0]) ^ flip;
    const unsigned bucket_bits = retain__bits_of(select->buckets) - 1;
    uint64_t low = first, high = first, differ = 0;
    unsigned bits, still = 0; /* bits of the range; low bits that are the same in all keys */

    for (size_t i = 0; i < select->count; i++) {
        const uint64_t key = retain__key_of(column[i]) ^ flip;

        select->keys[i] = key;
        low = key < low ? key : low;
        high = key > high ? key : high;
        differ |= key ^ first;
    }
    while (differ && !(differ >> still & 1))
        still++;
    bits = retain__bits_of(high - low);
    select->least = low;
    select->exact = bits <= bucket_bits + still;
    select->shift = select->exact ? still : bits - bucket_bits;
}

static size_t bucket_of(const selection *select, uint64_t key)
{
    return (size_t)((key - select->least) >> select->shift);
}

/* Groups of equal keys come in ascending order; those that are no candidates may be left out. */
static void take_group(selection *select, uint64_t key, size_t less, size_t equal)
{
    while (select->found + 1 < select->bins && select->bins * (2 * less + equal) >= 2 * select->count * (select->found + 1))
        select->cut[select->found++] = key;
}

/* Finds the buckets of the candidates, marks all others, and returns the number of keys to be picked. */
static size_t choose_buckets(selection *select)
{
    const size_t whole = select->count / select->bins, rest = select->count % select->bins;
    size_t k = 1, before = 0, picked = 0;
    int next_wanted = 0;

    for (size_t b = 0; b < select->buckets; b++) {
        const size_t held = select->held[b];
        int wanted = next_wanted && held > 0;

        next_wanted = next_wanted && held == 0;
        while (k < select->bins &&
               whole * k + (rest * k + select->bins - 1) / select->bins <= before + held) { /* position n k / bins */
            wanted = next_wanted = 1;
            k++;
        }
        select->held[b] = wanted ? before - picked : NOT_PICKED;
        before += held;
        picked += wanted ? held : 0;
    }
    return picked;
}

static void gather(const selection *select)
{
    size_t count = 0;

    for (size_t i = 0; i < select->count; i++) {
        if (select->held[bucket_of(select, select->keys[i])] != NOT_PICKED)
            select->picked[count++] = select->keys[i];
    }
}

static void find_cuts_among_keys(selection *select)
{
    const size_t count = choose_buckets(select);
    size_t end;

    gather(select);
    retain__sort_keys(select->picked, select->spare, count, 0);
    for (size_t at = 0; at < count; at = end) {
        const uint64_t key = select->picked[at];

        for (end = at + 1; end < count && select->picked[end] == key; end++)
            ;
        take_group(select, key, select->held[bucket_of(select, key)] + at, end - at);
    }
}

static void find_cuts_among_buckets(selection *select)
{
    size_t before = 0;

    for (size_t b = 0; b < select->buckets; b++) {
        if (select->held[b])
            take_group(select, select->least + ((uint64_t)b << select->shift), before, select->held[b]);
        before += select->held[b];
    }
}

/* Writes the cuts of a column in ascending order. */
static void fit_column(selection *select, const double *column, int reversed, double *cuts)
{
    make_keys(select, column, reversed);
    memset(select->held, 0, select->buckets * sizeof *select->held);
    for (size_t i = 0; i < select->count; i++)
        select->held[bucket_of(select, select->keys[i])]++;
    select->found = 0;
    if (select->exact)
        find_cuts_among_buckets(select);
    else
        find_cuts_among_keys(select);
    for (size_t k = 0; k + 1 < select->bins; k++) {
        const int there = k < select->found;

        if (reversed)
            cuts[select->bins - 2 - k] = there ? retain__number_of(~select->cut[k]) : -(double)INFINITY;
        else
            cuts[k] = there ? retain__number_of(select->cut[k]) : (double)INFINITY;
    }
}

static retain_status take_bins(retain_context *ctx, const retain_rfm_options *given, int *bins)
{
    retain_rfm_options options = {sizeof options, 0};
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, &options);

    if (status == RETAIN_OK && options.bins != 0 && (options.bins < 2 || options.bins > RETAIN_RFM_BINS))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.bins is %d; it must lie in [2, 9] (0 means 5)",
                            options.bins);
    *bins = options.bins ? options.bins : DEFAULT_BINS;
    return status;
}

retain_status retain_rfm_fit(retain_context *ctx, const double *days_since_last, const double *occasions, const double *revenue,
                             size_t count, const retain_rfm_options *given, retain_rfm *rfm)
{
    retain__scratch scratch = {ctx, NULL};
    selection select;
    int bins = DEFAULT_BINS;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_bins(ctx, given, &bins);
    if (status == RETAIN_OK && !rfm)
        status = retain__fail_null(ctx, "rfm");
    if (status == RETAIN_OK && count == 0)
        status = retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "count is 0; quantiles need customers");
    if (status == RETAIN_OK)
        status = retain__check_values(ctx, "days_since_last", days_since_last, count, RETAIN__NOT_NEGATIVE);
    if (status == RETAIN_OK)
        status = retain__check_values(ctx, "occasions", occasions, count, RETAIN__NOT_NEGATIVE);
    if (status == RETAIN_OK)
        status = retain__check_values(ctx, "revenue", revenue, count, RETAIN__ANY_FINITE);
    if (status == RETAIN_OK)
        status = open_selection(&scratch, count, bins, &select);
    if (status == RETAIN_OK) {
        *rfm = (retain_rfm){.bins = bins};
        fit_column(&select, days_since_last, 1, rfm->recency);
        fit_column(&select, occasions, 0, rfm->frequency);
        fit_column(&select, revenue, 0, rfm->monetary);
    }
    retain__release(&scratch);
    return status;
}

/* --- scores ----------------------------------------------------------------------------------------------------------------------- */

/* Checks the cuts of one column and copies them. */
static retain_status take_cuts(retain_context *ctx, const char *name, const double *given, int bins, double *cuts)
{
    const size_t count = (size_t)bins - 1;

    memcpy(cuts, given, count * sizeof *cuts);
    for (size_t k = 0; k < count; k++) {
        if (isnan(cuts[k]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "rfm.%s[%zu] is NaN; it must be a number, or infinite", name, k);
        if (k && cuts[k] < cuts[k - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "rfm.%s[%zu] is %g; it must not be less than the cut before it, %g",
                                name, k, cuts[k], cuts[k - 1]);
    }
    return RETAIN_OK;
}

/* score = 1 + number of cuts with sign * cut <= sign * value. A block of customers at a time, cut by cut, in doubles: that is
 * done by vectors of them. */
static void score_column(const double *value, size_t count, double sign, const double *cuts, int bins, uint8_t *score)
{
    double x[BLOCK], sum[BLOCK];

    for (size_t at = 0; at < count; at += BLOCK) {
        const size_t length = count - at < BLOCK ? count - at : BLOCK;

        for (size_t i = 0; i < length; i++) {
            x[i] = sign * value[at + i];
            sum[i] = 1.0;
        }
        for (int k = 0; k < bins - 1; k++) {
            const double cut = sign * cuts[k];

            for (size_t i = 0; i < length; i++)
                sum[i] += cut <= x[i] ? 1.0 : 0.0;
        }
        for (size_t i = 0; i < length; i++)
            score[at + i] = (uint8_t)(int)sum[i];
    }
}

retain_status retain_rfm_scores(retain_context *ctx, const retain_rfm *rfm, const double *days_since_last, const double *occasions,
                                const double *revenue, size_t count, uint8_t *r, uint8_t *f, uint8_t *m)
{
    double recency[MOST_CUTS], frequency[MOST_CUTS], monetary[MOST_CUTS];
    int bins = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !rfm)
        status = retain__fail_null(ctx, "rfm");
    if (status == RETAIN_OK) {
        bins = rfm->bins;
        if (bins < 2 || bins > RETAIN_RFM_BINS)
            status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "rfm.bins is %d; it must lie in [2, 9]", bins);
    }
    if (status == RETAIN_OK)
        status = take_cuts(ctx, "recency", rfm->recency, bins, recency);
    if (status == RETAIN_OK)
        status = take_cuts(ctx, "frequency", rfm->frequency, bins, frequency);
    if (status == RETAIN_OK)
        status = take_cuts(ctx, "monetary", rfm->monetary, bins, monetary);
    if (status == RETAIN_OK && r)
        status = retain__check_values(ctx, "days_since_last", days_since_last, count, RETAIN__NOT_NEGATIVE);
    if (status == RETAIN_OK && f)
        status = retain__check_values(ctx, "occasions", occasions, count, RETAIN__NOT_NEGATIVE);
    if (status == RETAIN_OK && m)
        status = retain__check_values(ctx, "revenue", revenue, count, RETAIN__ANY_FINITE);
    if (status != RETAIN_OK)
        return status;
    if (r)
        score_column(days_since_last, count, -1.0, recency, bins, r);
    if (f)
        score_column(occasions, count, 1.0, frequency, bins, f);
    if (m)
        score_column(revenue, count, 1.0, monetary, bins, m);
    return RETAIN_OK;
}

retain_status retain_rfm_days_since_last(retain_context *ctx, const int64_t *last_day, size_t count, int64_t observation_end,
                                         double *days_since_last)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && count && (!last_day || !days_since_last))
        status = retain__fail_null(ctx, last_day ? "days_since_last" : "last_day");
    if (status == RETAIN_OK)
        status = retain__check_observation_end(ctx, observation_end);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (last_day[i] < -RETAIN__LAST_DATE)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "last_day[%zu] is %lld; it must be a day number within +-2^40", i,
                                (long long)last_day[i]);
        if (last_day[i] > observation_end)
            status =
                retain__fail(ctx, RETAIN_ERROR_DATA, i, "last_day[%zu] is %lld; it must not be after the observation end, %lld", i,
                             (long long)last_day[i], (long long)observation_end);
    }
    for (size_t i = 0; status == RETAIN_OK && i < count; i++)
        days_since_last[i] = (double)((uint64_t)observation_end - (uint64_t)last_day[i]);
    return status;
}
