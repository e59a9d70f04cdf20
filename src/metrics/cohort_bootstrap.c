/* How sure is a mean of money? Draw the customers again and again, and see how far the mean strays.
 *
 * A bootstrap sample gives each customer a weight, the number of times that he was drawn; with Poisson(1) weights customers are
 * drawn independently of each other, so a weight can be computed from (seed, customer, replicate) alone. Then neither the
 * order of rows nor threads nor the way in which a log was cut and compacted can change a replicate.
 *
 * What customers brought to which cells is listed once. Then blocks of sixteen replicates go over the list, each with tables
 * of its own: the inner loops are sixteen multiplications wide, and a block's tables fit the cache. Sums are plain doubles, since what is
 * wanted of a replicate is where it lies among the others; they are added in ascending order of customers, always.
 *
 * A replicate of a cell's value is a ratio: weighted money over weighted exposed customers. Who is exposed is counted at the last
 * column that counts a customer, as in cohort_sums.c, and summed per replicate. */
#include "metrics/cohort_bootstrap.h"

#include <math.h>
#include <string.h>

#include "core/sort.h"
#include "math/random.h"

enum { WIDE = 16, FEWEST_BUYERS = 2 };

retain_status retain__check_replicates(retain_context *ctx, int replicates)
{
    if (replicates >= 0 && replicates <= RETAIN__MOST_REPLICATES)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.replicates is %d; it must lie in [0, %d]", replicates,
                        RETAIN__MOST_REPLICATES);
}

/* --- weights ------------------------------------------------------------------------------------------------------------------ */

/* 2^32 P(at most k), rounded. Beyond 11 there is less than one step of 2^-32. */
static const uint32_t THRESHOLD[] = {1580030169u, 3160060337u, 3950075422u, 4213413783u, 4279248374u, 4292415292u,
                                     4294609778u, 4294923276u, 4294962463u, 4294966817u, 4294967253u, 4294967292u};

enum { THRESHOLDS = sizeof THRESHOLD / sizeof *THRESHOLD, USUAL = 4 };

/* Nearly always one of the first: comparing all of them each time is quicker than guessing which. */
static double weigh(uint32_t bits)
{
    unsigned k = 0;

    for (size_t t = 0; t < USUAL; t++)
        k += bits >= THRESHOLD[t];
    if (k == USUAL) {
        while (k < THRESHOLDS && bits >= THRESHOLD[k])
            k++;
    }
    return (double)k;
}

void retain__poisson_weights(uint64_t seed, int64_t key, uint64_t four, double weight[4])
{
    const uint64_t row = (uint64_t)key;
    const uint32_t counter[4] = {(uint32_t)four, (uint32_t)(four >> 32), (uint32_t)row, (uint32_t)(row >> 32)};
    const uint32_t seeds[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t words[4];

    retain__philox(counter, seeds, words);
    for (int i = 0; i < 4; i++)
        weight[i] = weigh(words[i]);
}

/* --- the list ----------------------------------------------------------------------------------------------------------------- */

/* A customer of the list: what he brought follows at runs [first, next customer's first). */
typedef struct listed {
    int64_t key;
    size_t limit, first; /* limit: number of his counter of exposure */
} listed;

typedef struct run {
    size_t cell;
    double money;
} run;

typedef struct list {
    retain__cohort_sums *sums;
    listed *customers;
    run *runs;
    size_t customer_count, run_count, most_customers, most_runs;
    uint32_t *buyers; /* [cells] customers with a run there, as far as FEWEST_BUYERS */
} list;

static void list_customer(void *state, size_t block, const retain__customer *customer)
{
    list *to = state;
    const retain__cohort_layout *layout = to->sums->layout;
    retain__cohort_place place;
    size_t group = layout->by_group ? retain__group_of(&to->sums->search, block, customer->key) : 0, before = SIZE_MAX;
    const double margin = retain__margin_of(to->sums->margins, block, customer->key);
    retain__sum net = {0.0, 0.0};
    int64_t stray;

    if (group == RETAIN__NO_GROUP || !retain__cohort_place_of(layout, customer, group, &place, &stray))
        return; /* tables that changed since they were checked */
    if (place.begin >= place.end || to->customer_count == to->most_customers || customer->count > to->most_runs - to->run_count)
        return;
    to->customers[to->customer_count++] = (listed){
        customer->key, place.row * (layout->columns + 1) + (layout->axis == RETAIN_COHORT_CALENDAR ? place.begin : place.end),
        to->run_count};
    for (size_t i = 0; i < customer->count; i++) {
        const retain__occasion *at = &customer->occasion[i];
        const size_t cell = retain__cohort_passed(layout, &place, at->day) - 1;

        if (cell >= place.end)
            continue;
        if (cell != before) {
            to->runs[to->run_count++] = (run){place.row * layout->columns + cell, 0.0};
            net = (retain__sum){0.0, 0.0};
            to->buyers[place.row * layout->columns + cell]++;
        }
        before = cell;
        retain__sum_merge(&net, at->value);
        to->runs[to->run_count - 1].money = retain__pair_value(retain__pair_times(net, margin));
    }
}

static retain_status make_list(retain__scratch *scratch, retain__order_log *log, retain__cohort_sums *sums, list *to)
{
    to->sums = sums;
    to->most_customers = log->customers;
    to->most_runs = log->rows.count;
    to->customers = retain__take(scratch, log->customers + 1, sizeof *to->customers);
    to->runs = retain__take(scratch, log->rows.count, sizeof *to->runs);
    to->buyers = retain__take_zeroed(scratch, sums->cells.numbers, sizeof *to->buyers);
    if (!to->customers || !to->runs || !to->buyers)
        return RETAIN_ERROR_MEMORY;
    if (sums->layout->by_group)
        retain__open_groups(&sums->search, &sums->layout->groups);
    if (sums->margins->of)
        retain__open_list(&sums->margins->list, sums->margins->list.customer, sums->margins->list.count);
    retain__visit_customers(NULL, log, list_customer, to, NULL); /* on one thread, and so in ascending order */
    to->customers[to->customer_count].first = to->run_count;
    return RETAIN_OK;
}

/* --- replicates --------------------------------------------------------------------------------------------------------------- */

typedef struct replicates {
    const list *from;
    uint64_t seed;
    size_t blocks, cells, limits; /* a block holds WIDE replicates */
    double *money, *exposed;      /* [blocks * cells * WIDE], [blocks * limits * WIDE] */
} replicates;

static void replicate(void *state, size_t block, size_t item, size_t items)
{
    const replicates *to = state;
    const listed *at = to->from->customers, *end = at + to->from->customer_count;
    double *money = to->money + block * to->cells * WIDE, *exposed = to->exposed + block * to->limits * WIDE;

    (void)item;
    (void)items;
    for (; at < end; at++) {
        double weight[WIDE], *there = exposed + at->limit * WIDE;

        for (size_t k = 0; k < WIDE / 4; k++)
            retain__poisson_weights(to->seed, at->key, block * (WIDE / 4) + k, weight + 4 * k);
        for (size_t k = 0; k < WIDE; k++)
            there[k] += weight[k];
        for (size_t r = at[0].first; r < at[1].first; r++) {
            const run *brought = &to->from->runs[r];
            double *sum = money + brought->cell * WIDE;

            for (size_t k = 0; k < WIDE; k++)
                sum[k] += weight[k] * brought->money;
        }
    }
}

static retain_status draw(retain_context *ctx, retain__scratch *scratch, const retain__cohort_intervals *intervals, replicates *to)
{
    int fits = 1;
    const size_t money = retain__multiply(retain__multiply(to->blocks, to->cells, &fits), WIDE, &fits);
    const size_t exposed = retain__multiply(retain__multiply(to->blocks, to->limits, &fits), WIDE, &fits);

    to->money = retain__take_zeroed(scratch, fits ? money : SIZE_MAX, sizeof *to->money);
    to->exposed = retain__take_zeroed(scratch, fits ? exposed : SIZE_MAX, sizeof *to->exposed);
    if (!to->money || !to->exposed)
        return RETAIN_ERROR_MEMORY;
    return retain__parallel(ctx, to->blocks, 1, intervals->from, intervals->to, replicate, to);
}

/* --- percentiles -------------------------------------------------------------------------------------------------------------- */

/* Numbers as words in the same order, and back. */
static uint64_t word_of(double x)
{
    uint64_t word;

    memcpy(&word, &x, sizeof word);
    return word >> 63 ? ~word : word | (uint64_t)1 << 63;
}

static double number_of(uint64_t word)
{
    double x;

    word = word >> 63 ? word & ~((uint64_t)1 << 63) : ~word;
    memcpy(&x, &word, sizeof x);
    return x;
}

/* Quantile of sorted words, between two of them in proportion. */
static double quantile(const uint64_t *words, size_t count, double share)
{
    const double at = share * (double)(count - 1);
    const size_t below = (size_t)at < count - 1 ? (size_t)at : count - 1, above = below + 1 < count ? below + 1 : below;
    const double low = number_of(words[below]), high = number_of(words[above]);

    return low + (at - (double)below) * (high - low);
}

void retain__put_percentiles(const double *numbers, size_t count, double tail, uint64_t *words, double *low, double *high)
{
    const retain__row_shape shape = {1, 1, 0};
    size_t there = 0;

    for (size_t b = 0; b < count; b++) {
        if (!isnan(numbers[b]))
            words[there++] = word_of(numbers[b]);
    }
    if (there)
        retain__sort_rows(&shape, words, words + count, there);
    *low = there ? quantile(words, there, tail) : (double)NAN;
    *high = there ? quantile(words, there, 1.0 - tail) : (double)NAN;
}

/* --- rows of the table -------------------------------------------------------------------------------------------------------- */

typedef struct reader {
    const replicates *from;
    size_t count;             /* replicates */
    double tail;              /* share of replicates below the lower limit */
    double *exposed, *so_far; /* [count] of one row, as its columns go by */
    uint64_t *words;          /* [2 * count] */
    const retain_cohort_columns *out;
} reader;

static void write_limits(const reader *by, const double *numbers, int exists, double *low, double *high, size_t i)
{
    double limits[2] = {(double)NAN, (double)NAN};

    if (exists && (low || high))
        retain__put_percentiles(numbers, by->count, by->tail, by->words, &limits[0], &limits[1]);
    if (low)
        low[i] = limits[0];
    if (high)
        high[i] = limits[1];
}

/* Weighted number of customers exposed to a column, per replicate: the row's counters before or after it. */
static void step_exposed(const reader *by, size_t limit, double sign)
{
    for (size_t b = 0; b < by->count; b++)
        by->exposed[b] += sign * by->from->exposed[(b / WIDE * by->from->limits + limit) * WIDE + b % WIDE];
}

static void begin_row(const reader *by, const retain__cohort_layout *layout, size_t row)
{
    memset(by->exposed, 0, by->count * sizeof *by->exposed);
    memset(by->so_far, 0, by->count * sizeof *by->so_far);
    for (size_t j = 0; layout->axis != RETAIN_COHORT_CALENDAR && j <= layout->columns; j++)
        step_exposed(by, row * (layout->columns + 1) + j, 1.0);
}

static void write_row(const reader *by, const retain__cohort_sums *sums, size_t row, double *exposed, double *active,
                      double *numbers)
{
    const retain__cohort_layout *layout = sums->layout;
    const int calendar = layout->axis == RETAIN_COHORT_CALENDAR;
    size_t buyers = 0; /* most in one cell so far */
    int begun = 0, broken = 0;

    retain__count_row(sums, row, exposed, active);
    begin_row(by, layout, row);
    for (size_t j = 0; j < layout->columns; j++) {
        const size_t i = row * layout->columns + j, limit = row * (layout->columns + 1) + j, here = by->from->from->buyers[i];
        const int exists = exposed[j] > 0.0;

        step_exposed(by, limit, calendar ? 1.0 : -1.0); /* those who came in this period; those whom no column from here counts */
        for (size_t b = 0; b < by->count; b++) {
            const double money = by->from->money[(b / WIDE * by->from->cells + i) * WIDE + b % WIDE];

            numbers[b] = by->exposed[b] > 0.0 ? money / by->exposed[b] : (double)NAN;
            by->so_far[b] += exists ? numbers[b] : 0.0;
        }
        begun |= exists;
        broken |= begun && !exists;
        buyers = here > buyers ? here : buyers;
        write_limits(by, numbers, exists && here >= FEWEST_BUYERS, by->out->value_low, by->out->value_high, i);
        write_limits(by, by->so_far, exists && !broken && buyers >= FEWEST_BUYERS, by->out->cumulative_low,
                     by->out->cumulative_high, i);
    }
}

/* --- all together ------------------------------------------------------------------------------------------------------------- */

static void write_nothing(const retain_cohort_columns *out, size_t cells)
{
    double *const columns[] = {out->value_low, out->value_high, out->cumulative_low, out->cumulative_high};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        for (size_t i = 0; columns[c] && i < cells; i++)
            columns[c][i] = (double)NAN;
    }
}

retain_status retain__bootstrap_cohorts(retain_context *ctx, retain__scratch *scratch, retain__order_log *log,
                                        retain__cohort_sums *sums, const retain__cohort_intervals *intervals)
{
    const retain__cohort_layout *layout = sums->layout;
    const size_t count = (size_t)intervals->replicates;
    list customers = {0};
    replicates drawn = {&customers, intervals->seed, retain__blocks(count, WIDE), sums->cells.numbers, sums->limits.numbers, NULL,
                        NULL};
    reader by = {&drawn, count, 0.5 * (1.0 - intervals->level), NULL, NULL, NULL, intervals->out};
    double *room;
    retain_status status;

    if (!count) {
        write_nothing(intervals->out, sums->cells.numbers);
        return RETAIN_OK;
    }
    status = make_list(scratch, log, sums, &customers);
    if (status != RETAIN_OK)
        return status;
    room = retain__take(scratch, 3 * count + 2 * layout->columns, sizeof *room);
    by.words = retain__take(scratch, 2 * count, sizeof *by.words);
    if (!room || !by.words)
        return RETAIN_ERROR_MEMORY;
    by.exposed = room;
    by.so_far = room + count;
    status = draw(ctx, scratch, intervals, &drawn);
    for (size_t r = 0; status == RETAIN_OK && r < layout->rows; r++)
        write_row(&by, sums, r, room + 3 * count, room + 3 * count + layout->columns, room + 2 * count);
    return status;
}
