/* Reading a log, in one pass or in several.
 *
 * Customers are counted before they are visited, by the rules of data/order_fate.h and without adding up money more than needed, so
 * that a visit knows the position of each.
 *
 * Several passes: rows are counted by the leading digits of the customer's key, and neighbouring digits are put together as long as
 * their rows fit the memory of one pass. A digit that does not fit alone is looked at again by its next digits; what is a single
 * customer in the end has to fit somehow. A pass is grouped like a log of its own, in memory that was measured and taken when the
 * log was read: a tour cannot fail. The caller's columns may belong to somebody who writes to them in the meantime; a pass that is
 * not what it was when the customers were counted is left out: the result would be worthless anyway. */
#include "data/order_log.h"

#include "data/order_fate.h"

enum {
    BLOCK_ROWS = 1 << 12,
    DIGIT_BITS = 12,
    DIGITS = 1 << DIGIT_BITS,
    PASS_BYTES_A_ROW = 8,  /* of the whole log, for one pass: */
    BESIDE_ROWS = 32,      /* its rows, but for this part of them, which is for what grouping takes beside */
    FEWEST_BYTES = 1 << 20 /* a log whose rows take no more is read in one pass */
};

/* --- blocks ------------------------------------------------------------------------------------------------------------------- */

/* First row after `row` (an index) that belongs to another customer; rows are sorted. */
static size_t next_customer(const retain__order_rows *rows, size_t row)
{
    size_t width = rows->width, low = row, high = rows->loaded;
    uint64_t most = rows->rows[row * width] | rows->below_customer;

    while (high - low > 1) { /* row `low` is of the customer, row `high` is not */
        size_t middle = low + (high - low) / 2;

        if (rows->rows[middle * width] <= most)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Cuts the pass at hand from block `block` on; returns the number of blocks. All passes together have at most RETAIN__LOG_BLOCKS. */
static size_t cut_blocks(retain__order_log *log, size_t block)
{
    const size_t count = log->rows.loaded, first_block = block;
    size_t block_rows = log->rows.count / (RETAIN__LOG_BLOCKS - (log->passes - 1)) + 1, at = 0;

    if (block_rows < BLOCK_ROWS)
        block_rows = BLOCK_ROWS;
    for (; at < count && block < RETAIN__LOG_BLOCKS; block++) {
        log->first[block] = at;
        at = count - at <= block_rows ? count : next_customer(&log->rows, at + block_rows - 1);
        log->end[block] = at;
    }
    return block - first_block;
}

/* --- counting customers ------------------------------------------------------------------------------------------------------- */

typedef struct census {
    const retain__order_log *log;
    size_t customers[RETAIN__LOG_BLOCKS], lost[RETAIN__LOG_BLOCKS], most_rows[RETAIN__LOG_BLOCKS];
} census;

/* Every row is an order that counts. No branch depends on where customers end, which nobody can foresee. */
static void count_kept_rows(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end, size_t *customers,
                            size_t *most_rows)
{
    size_t width = rows->width, found = 0, longest = 0, run = 0;
    uint64_t most = 0;

    for (int is_first = 1; row < end; row += width, is_first = 0) {
        size_t is_new = (size_t)(is_first | (row[0] > most));

        found += is_new;
        run = is_new ? 1 : run + 1;
        longest = run > longest ? run : longest;
        most = row[0] | rows->below_customer;
    }
    *customers = found;
    *most_rows = longest;
}

/* Is any order of the customer kept? */
static int has_kept(const retain__order_log *log, const uint64_t *row, const uint64_t *end)
{
    if (log->rows.is_plain && retain__double_at(row, log->rows.value) > 0.0)
        return 1; /* mostly */
    while (row < end) {
        const uint64_t *next = retain__end_of_order(&log->rows, row, end);
        retain__worth money;

        if (retain__judge_order(&log->rows, row, next, log->options.count_zero_orders, &money) == RETAIN__KEPT)
            return 1;
        row = next;
    }
    return 0;
}

static void count_block(void *state, size_t block, const uint64_t *row, const uint64_t *end)
{
    census *counts = state;
    const retain__order_log *log = counts->log;
    size_t width = log->rows.width;

    if (log->rows.all_kept) {
        count_kept_rows(&log->rows, row, end, &counts->customers[block], &counts->most_rows[block]);
        return;
    }
    while (row < end) {
        const uint64_t *next = retain__end_of_customer(&log->rows, row, end);
        size_t rows = (size_t)(next - row) / width;

        if (has_kept(log, row, next))
            counts->customers[block]++;
        else
            counts->lost[block]++;
        if (rows > counts->most_rows[block])
            counts->most_rows[block] = rows;
        row = next;
    }
}

/* --- one pass ----------------------------------------------------------------------------------------------------------------- */

typedef struct errand {
    retain__order_log *log;
    size_t first_block;
    retain__block_work work;
    void *state;
} errand;

static void do_block(void *state, size_t block, size_t item, size_t items)
{
    const errand *job = state;
    const retain__order_log *log = job->log;
    size_t at = job->first_block + block, width = log->rows.width;

    (void)item;
    (void)items;
    job->work(job->state, at, log->rows.rows + log->first[at] * width, log->rows.rows + log->end[at] * width);
}

static retain_status do_pass(retain_context *ctx, retain__order_log *log, size_t first_block, size_t blocks, double from, double to,
                             retain__block_work work, void *state)
{
    errand job = {log, first_block, work, state};

    return retain__parallel(ctx, blocks, 1, from, to, do_block, &job);
}

/* An allocator that passes requests on, and remembers how much was asked for in all. */
typedef struct meter {
    retain_context *ctx;
    size_t asked;
} meter;

enum { ROUNDING = 64 };

static size_t round_up(size_t size)
{
    return (size + ROUNDING - 1) / ROUNDING * ROUNDING;
}

static void *allocate_measured(void *user, void *old, size_t old_size, size_t new_size)
{
    meter *measured = user;

    measured->asked += round_up(new_size);
    return retain__call_allocator(measured->ctx, old, old_size, new_size);
}

/* An allocator that cuts what is asked for from one piece, and takes nothing back. */
typedef struct pantry {
    unsigned char *memory;
    size_t size, used;
} pantry;

static void *allocate_from_pantry(void *user, void *old, size_t old_size, size_t new_size)
{
    pantry *from = user;
    size_t size = round_up(new_size);

    (void)old;
    (void)old_size;
    if (new_size == 0 || size > from->size - from->used)
        return NULL;
    from->used += size;
    return from->memory + (from->used - size);
}

/* Groups the rows of a pass. The context is the caller's but for the allocator. */
static retain_status load_pass(retain_context *ctx, retain__order_log *log, size_t p, retain_allocate allocate, void *user,
                               double from, double to)
{
    retain_context own = RETAIN_CONTEXT_INIT;
    retain__scratch scratch = {&own, NULL};
    retain_status status;

    if (ctx) {
        own.threads = ctx->threads;
        own.progress = ctx->progress;
        own.progress_user = ctx->progress_user;
    }
    own.allocate = allocate;
    own.allocate_user = user;
    log->loaded = p;
    log->rows.least_customer = log->pass[p].least;
    log->rows.most_customer = log->pass[p].most;
    status = retain__load_orders(&own, &scratch, &log->rows, from, to);
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return retain__fail(ctx, status, own.row, "%s", own.error);
    if (log->rows.loaded != log->pass[p].rows)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
    return RETAIN_OK;
}

/* Is the pass what it was when its customers were counted? */
static int is_unchanged(retain_context *ctx, retain__order_log *log, const retain__pass *pass)
{
    census counts = {.log = log};

    if (cut_blocks(log, pass->first_block) != pass->blocks)
        return 0;
    do_pass(ctx, log, pass->first_block, pass->blocks, 0.0, 1.0, count_block, &counts);
    for (size_t b = pass->first_block; b < pass->first_block + pass->blocks; b++) {
        if (counts.customers[b] != log->kept[b] || counts.most_rows[b] > log->most_rows)
            return 0;
    }
    return 1;
}

/* Loads the pass unless it is at hand. */
static int is_ready(retain_context *ctx, retain__order_log *log, size_t p)
{
    pantry spare = {log->spare, log->spare_size, 0};

    if (log->loaded == p)
        return 1;
    if (load_pass(ctx, log, p, allocate_from_pantry, &spare, 0.0, 1.0) == RETAIN_OK && is_unchanged(ctx, log, &log->pass[p]))
        return 1;
    log->loaded = log->passes;
    return 0;
}

void retain__tour_blocks(retain_context *ctx, retain__order_log *log, retain__block_work work, void *state)
{
    const size_t at_hand = log->loaded < log->passes ? log->loaded : 0;
    retain_context quiet = RETAIN_CONTEXT_INIT;

    if (ctx)
        quiet.threads = ctx->threads;
    for (size_t k = 0; k < log->passes; k++) {
        const size_t p = k == 0 ? at_hand : k <= at_hand ? k - 1 : k;

        if (is_ready(&quiet, log, p))
            do_pass(&quiet, log, log->pass[p].first_block, log->pass[p].blocks, 0.0, 1.0, work, state);
    }
}

/* --- passes ------------------------------------------------------------------------------------------------------------------- */

typedef struct key_cutter {
    retain__order_log *log;
    size_t limit; /* rows of a pass */
} key_cutter;

/* Adds the rows of the next keys, from `least` on. */
static void add_keys(key_cutter *cutter, uint64_t least, size_t rows)
{
    retain__order_log *log = cutter->log;
    retain__pass *pass = &log->pass[log->passes - 1];

    if (pass->rows && pass->rows + rows > cutter->limit && log->passes < RETAIN__MOST_PASSES) {
        pass->most = least - 1;
        *++pass = (retain__pass){least, UINT64_MAX, 0, 0, 0};
        log->passes++;
    }
    pass->rows += rows;
}

/* Deals out the customers of `bits` bits of key from `least` on. Calls itself at most five times deep. */
static retain_status cut_keys(retain__scratch *scratch, key_cutter *cutter, uint64_t least, unsigned bits)
{
    const unsigned down = bits > DIGIT_BITS ? bits - DIGIT_BITS : 0;
    size_t *count = retain__take_zeroed(scratch, DIGITS, sizeof *count);
    retain_status status = RETAIN_OK;

    if (!count)
        return RETAIN_ERROR_MEMORY;
    retain__count_customers(&cutter->log->rows, least, bits, down, count);
    for (size_t d = 0; status == RETAIN_OK && d < DIGITS; d++) {
        const uint64_t key = least + ((uint64_t)d << down);

        if (count[d] > cutter->limit && down)
            status = cut_keys(scratch, cutter, key, down);
        else if (count[d])
            add_keys(cutter, key, count[d]);
    }
    retain__give_back(scratch, count);
    return status;
}

static retain_status choose_passes(retain__scratch *scratch, retain__order_log *log)
{
    const size_t row_bytes = log->rows.shape.width * sizeof(uint64_t);
    const size_t bytes = log->rows.count > FEWEST_BYTES / PASS_BYTES_A_ROW ? log->rows.count * PASS_BYTES_A_ROW : FEWEST_BYTES;
    key_cutter cutter = {log, (bytes - bytes / BESIDE_ROWS) / row_bytes};
    size_t most = 0;
    retain_status status;

    log->passes = 1;
    log->pass[0] = (retain__pass){0, UINT64_MAX, log->rows.count, 0, 0};
    if (!log->options.low_memory || log->rows.count <= cutter.limit || log->rows.customer.bits == 0)
        return RETAIN_OK;
    log->pass[0].rows = 0;
    status = cut_keys(scratch, &cutter, 0, log->rows.customer.bits);
    if (status != RETAIN_OK || log->passes == 1)
        return status;
    for (size_t p = 0; p < log->passes; p++)
        most = log->pass[p].rows > most ? log->pass[p].rows : most;
    log->rows.room = retain__take(scratch, most, row_bytes);
    log->rows.room_rows = most;
    return log->rows.room ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

/* Groups all rows, or those of each pass in turn. Leaves the counts of each block in `counts`. */
static retain_status load_passes(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, double from, double to,
                                 census *counts)
{
    const double step = (to - from) / (double)log->passes;
    meter measured = {ctx, 0};
    retain_status status = RETAIN_OK;

    for (size_t p = 0; status == RETAIN_OK && p < log->passes; p++, from += step) {
        retain__pass *pass = &log->pass[p];

        if (log->passes == 1) {
            status = retain__load_orders(ctx, scratch, &log->rows, from, from + 0.9 * step);
            log->rows.count = log->rows.loaded;
        } else {
            measured.asked = 0;
            status = load_pass(ctx, log, p, allocate_measured, &measured, from, from + 0.9 * step);
            log->spare_size = measured.asked > log->spare_size ? measured.asked : log->spare_size;
        }
        if (status != RETAIN_OK)
            return status;
        pass->first_block = log->blocks;
        pass->blocks = cut_blocks(log, log->blocks);
        log->blocks += pass->blocks;
        status = do_pass(ctx, log, pass->first_block, pass->blocks, from + 0.9 * step, from + step, count_block, counts);
    }
    if (status == RETAIN_OK && log->passes > 1) {
        log->spare = retain__take(scratch, log->spare_size, 1);
        status = log->spare ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    return status;
}

/* Adds up the counts, pass by pass in ascending key. */
static void rank_customers(retain__order_log *log, const census *counts)
{
    const uint64_t days = log->rows.day.mask / (uint64_t)log->options.occasion_days + 2;

    for (size_t p = 0; p < log->passes; p++) {
        for (size_t k = 0; k < log->pass[p].blocks; k++) {
            const size_t b = log->pass[p].first_block + k;

            log->position[b] = log->customers;
            log->kept[b] = counts->customers[b];
            log->customers += counts->customers[b];
            log->lost_customers += counts->lost[b];
            if (counts->most_rows[b] > log->most_rows)
                log->most_rows = counts->most_rows[b];
        }
    }
    log->most_occasions = log->most_rows < days ? log->most_rows : (size_t)days;
}

retain_status retain__read_order_log(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                     const int64_t *attribute, const char *options_name, const retain_orders_options *options,
                                     int64_t observation_end, double from, double to, retain__order_log *log)
{
    const double start = from + 0.1 * (to - from);
    census counts = {.log = log};
    retain_status status;

    memset(log, 0, sizeof *log);
    status = retain__take_orders_options(ctx, options_name, options, &log->options);
    if (status == RETAIN_OK)
        status = retain__survey_orders(ctx, orders, attribute, observation_end, RETAIN__BY_ORDER_AND_DAY, from, start, &log->rows);
    if (status == RETAIN_OK)
        status = choose_passes(scratch, log);
    if (status == RETAIN_OK)
        status = load_passes(ctx, scratch, log, start, to, &counts);
    if (status == RETAIN_OK)
        rank_customers(log, &counts);
    return status;
}
