/* Scores: where the quantiles of three columns lie, and on which side of them a customer stands.
 *
 * The score of a value is a step function of it, so all that has to be known of a million customers are the four values at which it
 * steps. Cut k is the smallest value whose mid-rank (less + equal / 2) / n is at least k / bins. Let t = n k / bins: the group of
 * equal values that covers position t of the sorted column is the cut if its middle lies at t or above, otherwise the next larger
 * value is. In whole numbers: bins (2 less + equal) >= 2 n k, without rounding.
 *
 * Nothing is sorted for that but a few per cent of the column. Its keys (doubles as words that sort alike) are counted into some
 * ten thousand buckets by their leading bits; the bucket that holds position t and the next one that is not empty contain both
 * candidates; only these buckets are gathered and sorted. Many customers with the same value make one full bucket, which is then found
 * to be sorted already.
 *
 * Recency is scored on the reversed keys: fewer days are more. */
#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "metrics/rfm_values.h"
#include "retain/rfm.h"

enum { MOST_CUTS = RETAIN_RFM_BINS - 1, MOST_BUCKET_BITS = 16, DEFAULT_BINS = 5 };

/* --- cuts ------------------------------------------------------------------------------------------------------------------------- */

/* Room for the selection of one column after the other. */
typedef struct selection {
    size_t count, buckets; /* customers; power of two */
    int bins;
    uint64_t *keys, *picked, *spare; /* [count] each */
    size_t *held;                    /* [buckets] keys in each bucket; then, of a bucket that is not picked, SIZE_MAX */
} selection;

/* The part of the column that holds all candidates for cuts. */
typedef struct pick {
    size_t bucket[MOST_CUTS]; /* of the group at the position of cut k */
    size_t below[MOST_CUTS];  /* keys below that bucket that are not picked */
    size_t index[MOST_CUTS];  /* of the key at that position among all keys */
    size_t count;
} pick;

static retain_status open_selection(retain__scratch *scratch, size_t count, int bins, selection *select)
{
    unsigned bits = retain__bits_of(count);

    select->count = count;
    select->bins = bins;
    select->buckets = (size_t)1 << (bits < MOST_BUCKET_BITS ? bits : MOST_BUCKET_BITS);
    select->keys = retain__take(scratch, count, sizeof *select->keys);
    select->picked = retain__take(scratch, count, sizeof *select->picked);
    select->spare = retain__take(scratch, count, sizeof *select->spare);
    select->held = retain__take(scratch, select->buckets, sizeof *select->held);
    return select->keys && select->picked && select->spare && select->held ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* Copies the column as keys from 0 on, and says how many bits a key must lose to be the number of a bucket. What was checked before may
 * have been changed by somebody since: keys are what counts from here on. */
static unsigned make_keys(const selection *select, const double *column, int reversed, uint64_t *least)
{
    const uint64_t flip = reversed ? ~(uint64_t)0 : 0;
    uint64_t low = ~(uint64_t)0, high = 0;
    unsigned bits, bucket_bits;

    for (size_t i = 0; i < select->count; i++) {
        const uint64_t key = retain__key_of(column[i]) ^ flip;

        select->keys[i] = key;
        low = key < low ? key : low;
        high = key > high ? key : high;
    }
    *least = low;
    bits = retain__bits_of(high - low);
    bucket_bits = retain__bits_of(select->buckets) - 1;
    return bits > bucket_bits ? bits - bucket_bits : 0;
}

/* Finds the buckets of the candidates, and marks all others. */
static pick choose_buckets(const selection *select)
{
    pick chosen = {.count = 0};
    size_t k = 1, before = 0, skipped = 0, bins = (size_t)select->bins;
    int next_wanted = 0;

    for (size_t b = 0; b < select->buckets; b++) {
        const size_t held = select->held[b];
        int wanted = next_wanted && held > 0;

        next_wanted = next_wanted && held == 0;
        for (; k < bins; k++) {
            const size_t index =
                select->count / bins * k + (select->count % bins * k + bins - 1) / bins - 1; /* of position n k / bins */

            if (index >= before + held)
                break;
            chosen.bucket[k - 1] = b;
            chosen.index[k - 1] = index;
            chosen.below[k - 1] = skipped;
            wanted = next_wanted = 1;
        }
        before += held;
        if (wanted)
            chosen.count += held;
        else {
            skipped += held;
            select->held[b] = SIZE_MAX;
        }
    }
    return chosen;
}

static void gather(const selection *select, uint64_t least, unsigned shift)
{
    size_t count = 0;

    for (size_t i = 0; i < select->count; i++) {
        select->picked[count] = select->keys[i];
        count += select->held[(select->keys[i] - least) >> shift] != SIZE_MAX;
    }
}

/* Number of sorted keys that are less than `key`, or (with `or_equal`) not more. */
static size_t count_below(const uint64_t *sorted, size_t count, uint64_t key, int or_equal)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (sorted[middle] < key || (or_equal && sorted[middle] == key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Cut k, as a key, from the sorted picks; 0 in `*there` when nobody scores more than k. */
static uint64_t find_cut(const selection *select, const pick *chosen, size_t k, int *there)
{
    const size_t bins = (size_t)select->bins;
    const uint64_t key = select->picked[chosen->index[k - 1] - chosen->below[k - 1]];
    const size_t first = count_below(select->picked, chosen->count, key, 0);
    const size_t end = count_below(select->picked, chosen->count, key, 1);

    *there = 1;
    if (bins * (2 * (chosen->below[k - 1] + first) + (end - first)) >= 2 * select->count * k)
        return key;
    *there = end < chosen->count;
    return *there ? select->picked[end] : 0;
}

/* Writes the cuts of a column in ascending order. */
static void fit_column(const selection *select, const double *column, int reversed, double *cuts)
{
    static const retain__row_shape alone = {1, 1, 0};
    uint64_t least;
    const unsigned shift = make_keys(select, column, reversed, &least);
    pick chosen;

    memset(select->held, 0, select->buckets * sizeof *select->held);
    for (size_t i = 0; i < select->count; i++)
        select->held[(select->keys[i] - least) >> shift]++;
    chosen = choose_buckets(select);
    gather(select, least, shift);
    retain__sort_rows(&alone, select->picked, select->spare, chosen.count);
    for (size_t k = 1; k < (size_t)select->bins; k++) {
        int there;
        const uint64_t key = find_cut(select, &chosen, k, &there);

        if (reversed)
            cuts[(size_t)select->bins - 1 - k] = there ? retain__number_of(~key) : -(double)INFINITY;
        else
            cuts[k - 1] = there ? retain__number_of(key) : (double)INFINITY;
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

/* Checks the cuts of one column and copies them, followed by cuts that nobody passes. */
static retain_status take_cuts(retain_context *ctx, const char *name, const double *given, int bins, double *cuts)
{
    const size_t count = (size_t)bins - 1;

    for (size_t k = 0; k < MOST_CUTS; k++)
        cuts[k] = k < count ? given[k] : (double)INFINITY;
    for (size_t k = 0; k < count; k++) {
        if (isnan(cuts[k]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "rfm.%s[%zu] is NaN; it must be a number, or infinite", name, k);
        if (k && cuts[k] < cuts[k - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "rfm.%s[%zu] is %g; it must not be less than the cut before it, %g",
                                name, k, cuts[k], cuts[k - 1]);
    }
    return RETAIN_OK;
}

/* Always all eight comparisons, and no branch: a vector of customers at a time. */
static void score_more(const double *value, size_t count, const double *cuts, uint8_t *score)
{
    for (size_t i = 0; i < count; i++) {
        const double x = value[i];

        score[i] = (uint8_t)(1 + (cuts[0] <= x) + (cuts[1] <= x) + (cuts[2] <= x) + (cuts[3] <= x) + (cuts[4] <= x) +
                             (cuts[5] <= x) + (cuts[6] <= x) + (cuts[7] <= x));
    }
}

static void score_fewer(const double *value, size_t count, const double *cuts, int bins, uint8_t *score)
{
    for (size_t i = 0; i < count; i++) {
        const double x = value[i];

        score[i] = (uint8_t)(bins - (cuts[0] < x) - (cuts[1] < x) - (cuts[2] < x) - (cuts[3] < x) - (cuts[4] < x) - (cuts[5] < x) -
                             (cuts[6] < x) - (cuts[7] < x));
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
        score_fewer(days_since_last, count, recency, bins, r);
    if (f)
        score_more(occasions, count, frequency, f);
    if (m)
        score_more(revenue, count, monetary, m);
    return RETAIN_OK;
}

retain_status retain_rfm_days_since_last(retain_context *ctx, const int64_t *last_day, size_t count, int64_t observation_end,
                                         double *days_since_last)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && count && (!last_day || !days_since_last))
        status = retain__fail_null(ctx, last_day ? "days_since_last" : "last_day");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (last_day[i] > observation_end)
            status =
                retain__fail(ctx, RETAIN_ERROR_DATA, i, "last_day[%zu] is %lld; it must not be after the observation end, %lld", i,
                             (long long)last_day[i], (long long)observation_end);
    }
    for (size_t i = 0; status == RETAIN_OK && i < count; i++)
        days_since_last[i] = (double)((uint64_t)observation_end - (uint64_t)last_day[i]);
    return status;
}
