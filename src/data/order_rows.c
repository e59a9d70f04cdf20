/* Checking, measuring and packing an order log.
 *
 * One pass over the columns checks every row and finds the range of every field; it decides only whether all is well, and a second
 * look at the block in which it is not names the first bad row. The fields are then laid out from the highest bits of the first
 * word down, so that comparing words compares customers first. Rows that came in ascending order of day, as logs do, need not be
 * sorted by day again. */
#include "data/order_rows.h"

#include "data/order_source.h"

/* Largest size of a money amount: sums of any number of them stay finite. */
#define MOST_VALUE 1e280

/* Most orders in a log, so that counts of orders are exact. */
#define MOST_ORDERS 9007199254740992.0 /* 2^53 */

enum { MOST_BLOCKS = 64, BLOCK_ROWS = 1 << 12, MOST_FIELDS = 4 };

/* What a block of rows is like. */
typedef struct row_survey {
    int bad;                    /* some row breaks a rule */
    int positive;               /* every value is above 0 */
    size_t late;                /* rows after the observation end; all that follows is about the others */
    int64_t least[3], most[3];  /* customer, order, day */
    int64_t first[3], final[3]; /* of the first and of the last row */
    int ascending[3];           /* they come in ascending order; not looked at for customers */
    double orders;              /* sum of multiple */
} row_survey;

enum { CUSTOMER, ORDER, DAY };

static const row_survey NOTHING_SEEN = {.positive = 1,
                                        .least = {INT64_MAX, INT64_MAX, INT64_MAX},
                                        .most = {INT64_MIN, INT64_MIN, INT64_MIN},
                                        .first = {INT64_MAX, INT64_MAX, INT64_MAX},
                                        .final = {INT64_MIN, INT64_MIN, INT64_MIN},
                                        .ascending = {1, 1, 1}};

typedef struct log_inspection {
    const retain_orders *orders;
    int64_t observation_end;
    row_survey of_block[MOST_BLOCKS];
} log_inspection;

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

retain_status retain__take_orders_options(retain_context *ctx, const char *name, const retain_orders_options *given,
                                          retain_orders_options *options)
{
    retain_status status;

    memset(options, 0, sizeof *options);
    status = retain__take_options(ctx, name, given, offsetof(retain_orders_options, low_memory), sizeof *options, options);
    if (status != RETAIN_OK)
        return status;
    if (options->unit_days == 0.0)
        options->unit_days = 1.0;
    if (options->occasion_days == 0)
        options->occasion_days = 1;
    if (!(options->unit_days >= 1e-9 && options->unit_days <= 1e9))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s.unit_days is %g; it must lie in [1e-9, 1e9], or be 0 for 1 day", name, options->unit_days);
    if (options->occasion_days < 1 || options->occasion_days > RETAIN__LAST_DAY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s.occasion_days is %lld; it must lie in [1, 2^40], or be 0 for 1 day", name,
                            (long long)options->occasion_days);
    return RETAIN_OK;
}

static retain_status check_columns(retain_context *ctx, const retain_orders *orders, int64_t observation_end)
{
    if (!orders)
        return retain__fail_null(ctx, "orders");
    if (orders->count && !orders->customer)
        return retain__fail_null(ctx, "orders.customer");
    if (orders->count && !orders->day)
        return retain__fail_null(ctx, "orders.day");
    if (orders->count && !orders->value)
        return retain__fail_null(ctx, "orders.value");
    if (orders->order && orders->multiple)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "orders.order and orders.multiple are both given; a row with an order id is a part of one order");
    if (observation_end < -RETAIN__LAST_DAY || observation_end > RETAIN__LAST_DAY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "observation_end is %lld; it must lie in [-2^40, 2^40]",
                            (long long)observation_end);
    return RETAIN_OK;
}

static int is_good_day(int64_t day)
{
    return day >= -RETAIN__LAST_DAY && day <= RETAIN__LAST_DAY;
}

static int is_good_value(double value)
{
    return value >= -MOST_VALUE && value <= MOST_VALUE;
}

static int is_good_low(double value, double low)
{
    return value + low == value && (value != 0.0 || low == 0.0);
}

static int is_good_multiple(double multiple)
{
    return multiple >= 1.0 && multiple <= MOST_ORDERS && multiple == (double)(int64_t)multiple;
}

/* The sentence for the first bad row of [first, last). */
static retain_status name_bad_row(retain_context *ctx, const retain_orders *orders, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        if (!is_good_day(orders->day[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.day[%zu] is %lld; it must lie in [-2^40, 2^40]", i,
                                (long long)orders->day[i]);
        if (!is_good_value(orders->value[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.value[%zu] is %g; it must be finite, at most 1e280 in size", i,
                                orders->value[i]);
        if (orders->cancelled && orders->cancelled[i] > 1)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.cancelled[%zu] is %d; it must be 0 or 1", i,
                                orders->cancelled[i]);
        if (orders->value_low && !is_good_low(orders->value[i], orders->value_low[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "orders.value_low[%zu] is %g; it must lie below the last digit of orders.value[%zu] = %.17g", i,
                                orders->value_low[i], i, orders->value[i]);
        if (orders->multiple && !is_good_multiple(orders->multiple[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.multiple[%zu] is %g; it must be a whole number in [1, 2^53]", i,
                                orders->multiple[i]);
    }
    return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
}

/* --- the survey --------------------------------------------------------------------------------------------------------------- */

static int survey_optional_columns(const retain_orders *orders, size_t first, size_t last, double *sum)
{
    int good = 1;

    for (size_t i = first; orders->cancelled && i < last; i++)
        good &= orders->cancelled[i] <= 1;
    for (size_t i = first; orders->value_low && i < last; i++)
        good &= is_good_low(orders->value[i], orders->value_low[i]);
    *sum = 0.0;
    for (size_t i = first; orders->multiple && good && i < last; i++) {
        good = is_good_multiple(orders->multiple[i]);
        *sum += orders->multiple[i];
    }
    return good;
}

static void widen(row_survey *survey, int field, int64_t x)
{
    survey->least[field] = x < survey->least[field] ? x : survey->least[field];
    survey->most[field] = x > survey->most[field] ? x : survey->most[field];
}

/* Takes the next number of a field whose order matters. */
static void follow(row_survey *survey, int field, int64_t x)
{
    survey->ascending[field] &= x >= survey->final[field];
    survey->final[field] = x;
    widen(survey, field, x);
}

/* All rows of [first, last), as if none of them was late. Returns 0 when a day or a value is bad. */
static int survey_rows(const retain_orders *orders, size_t first, size_t last, row_survey *to)
{
    row_survey seen = NOTHING_SEEN;
    int good = 1;

    seen.first[DAY] = orders->day[first];
    for (size_t i = first; i < last; i++) {
        good &= is_good_value(orders->value[i]);
        seen.positive &= orders->value[i] > 0.0;
        follow(&seen, DAY, orders->day[i]);
        widen(&seen, CUSTOMER, orders->customer[i]);
    }
    if (orders->order)
        seen.first[ORDER] = orders->order[first];
    for (size_t i = first; orders->order && i < last; i++)
        follow(&seen, ORDER, orders->order[i]);
    *to = seen;
    return good && is_good_day(seen.least[DAY]) && is_good_day(seen.most[DAY]);
}

/* The rows of [first, last) that are not late. */
static void survey_early_rows(const retain_orders *orders, int64_t observation_end, size_t first, size_t last, row_survey *to)
{
    row_survey seen = NOTHING_SEEN;
    size_t early = 0;

    for (size_t i = first; i < last; i++) {
        int64_t order = orders->order ? orders->order[i] : 0;

        if (orders->day[i] > observation_end)
            continue;
        seen.positive &= orders->value[i] > 0.0;
        if (early++ == 0) {
            seen.first[DAY] = orders->day[i];
            seen.first[ORDER] = order;
        }
        follow(&seen, DAY, orders->day[i]);
        follow(&seen, ORDER, order);
        widen(&seen, CUSTOMER, orders->customer[i]);
    }
    seen.late = last - first - early;
    *to = seen;
}

static void survey_block(void *state, size_t block, size_t first, size_t last)
{
    log_inspection *inspection = state;
    const retain_orders *orders = inspection->orders;
    row_survey seen;
    int good = survey_rows(orders, first, last, &seen);

    if (good && seen.most[DAY] > inspection->observation_end)
        survey_early_rows(orders, inspection->observation_end, first, last, &seen);
    good &= survey_optional_columns(orders, first, last, &seen.orders);
    seen.bad = !good;
    inspection->of_block[block] = seen;
}

/* Adds up the blocks; fails for a bad row. */
static retain_status survey_orders(retain_context *ctx, const retain_orders *orders, int64_t observation_end, double from,
                                   double to, row_survey *all)
{
    log_inspection inspection = {.orders = orders, .observation_end = observation_end};
    size_t block_rows = orders->count / MOST_BLOCKS + 1, blocks;
    retain_status status;

    if (block_rows < BLOCK_ROWS)
        block_rows = BLOCK_ROWS;
    blocks = retain__blocks(orders->count, block_rows);
    status = retain__parallel(ctx, orders->count, block_rows, from, to, survey_block, &inspection);
    if (status != RETAIN_OK)
        return status;
    *all = NOTHING_SEEN;
    for (size_t b = 0; b < blocks; b++) {
        const row_survey *block = &inspection.of_block[b];
        size_t first = b * block_rows;

        if (block->bad)
            return name_bad_row(ctx, orders, first, orders->count - first < block_rows ? orders->count : first + block_rows);
        for (int field = CUSTOMER; field <= DAY; field++) {
            all->least[field] = block->least[field] < all->least[field] ? block->least[field] : all->least[field];
            all->most[field] = block->most[field] > all->most[field] ? block->most[field] : all->most[field];
            all->ascending[field] &= block->ascending[field] && block->first[field] >= all->final[field];
            all->final[field] = block->final[field] > all->final[field] ? block->final[field] : all->final[field];
        }
        all->positive &= block->positive;
        all->late += block->late;
        all->orders += block->orders;
    }
    if (all->orders > MOST_ORDERS)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "orders.multiple adds up to %g orders; at most 2^53 can be counted", all->orders);
    return RETAIN_OK;
}

/* --- packing ------------------------------------------------------------------------------------------------------------------ */

/* Lays the fields out in this order; returns the number of key words. */
static size_t lay_out_fields(retain__field *const *fields, size_t count)
{
    size_t word = 0, begin = 0;
    unsigned used = 0;

    for (size_t f = 0; f <= count; f++) {
        if (f == count || used + fields[f]->bits > 64) {
            for (size_t g = begin; g < f; g++) { /* now it is known what stands below each of them */
                used -= fields[g]->bits;
                fields[g]->shift = fields[g]->bits ? used : 0;
            }
            begin = f;
            word += f < count;
        }
        if (f < count) {
            fields[f]->word = word;
            used += fields[f]->bits;
        }
    }
    return word + 1;
}

static void measure(retain__field *field, uint64_t least, uint64_t most)
{
    field->least = least;
    field->bits = retain__bits_of(most - least);
    field->mask = field->bits ? UINT64_MAX >> (64 - field->bits) : 0;
}

/* Decides what a row looks like. */
static retain__row_shape lay_out(retain__order_rows *rows, const row_survey *survey, retain__row_order row_order,
                                 unsigned *first_bits)
{
    const retain_orders *orders = rows->orders;
    int by_order = row_order == RETAIN__BY_ORDER_AND_DAY;
    retain__field *fields[MOST_FIELDS] = {&rows->customer, by_order ? &rows->order : &rows->day,
                                          by_order ? &rows->day : &rows->order, &rows->cancelled};
    retain__row_shape shape = {0, 0, 0};

    if (rows->count) {
        measure(&rows->customer, retain__word_of(survey->least[CUSTOMER]), retain__word_of(survey->most[CUSTOMER]));
        measure(&rows->day, retain__word_of(survey->least[DAY]), retain__word_of(survey->most[DAY]));
        if (orders->order)
            measure(&rows->order, retain__word_of(survey->least[ORDER]), retain__word_of(survey->most[ORDER]));
        rows->first_day = survey->least[DAY];
        rows->last_day = survey->most[DAY];
    }
    measure(&rows->cancelled, 0, orders->cancelled != NULL);
    rows->has_order = orders->order != NULL;
    rows->width = shape.keys = lay_out_fields(fields, MOST_FIELDS);
    rows->value = rows->width++;
    rows->low = orders->value_low ? rows->width++ : 0;
    rows->multiple = orders->multiple ? rows->width++ : 0;
    rows->attribute = rows->attributes ? rows->width++ : 0;
    shape.width = rows->width;
    rows->is_plain = !orders->order && !orders->cancelled && !rows->low && !rows->multiple && !rows->attribute;
    rows->all_kept = rows->is_plain && survey->positive;
    rows->below_customer = rows->customer.bits ? ((uint64_t)1 << rows->customer.shift) - 1 : UINT64_MAX;
    *first_bits = 0;
    for (size_t f = 0; f < MOST_FIELDS; f++)
        *first_bits += fields[f]->word == 0 ? fields[f]->bits : 0;
    /* Fields that ascend from row to row need no sorting by, from the last one up; the flag does not matter. */
    shape.settled = rows->cancelled.bits;
    for (size_t f = MOST_FIELDS - 1;
         f-- > 1 && fields[f]->word == rows->cancelled.word && survey->ascending[fields[f] == &rows->day ? DAY : ORDER];)
        shape.settled += fields[f]->bits;
    if (shape.settled > 63)
        shape.settled = 63; /* all of the last word ascends: looking at one bit of it does no harm */
    return shape;
}

retain_status retain__survey_orders(retain_context *ctx, const retain_orders *orders, const int64_t *attributes,
                                    int64_t observation_end, retain__row_order row_order, double from, double to,
                                    retain__order_rows *rows)
{
    row_survey survey;
    retain_status status = check_columns(ctx, orders, observation_end);

    if (status == RETAIN_OK)
        status = survey_orders(ctx, orders, observation_end, from, to, &survey);
    if (status != RETAIN_OK)
        return status;
    memset(rows, 0, sizeof *rows);
    rows->orders = orders;
    rows->attributes = attributes;
    rows->observation_end = observation_end;
    rows->most_customer = UINT64_MAX;
    rows->late_rows = survey.late;
    rows->count = orders->count - survey.late;
    rows->shape = lay_out(rows, &survey, row_order, &rows->first_bits);
    return RETAIN_OK;
}

retain_status retain__load_orders(retain_context *ctx, retain__scratch *scratch, retain__order_rows *rows, double from, double to)
{
    const retain__row_source source = retain__choose_source(rows);
    const unsigned bits = rows->first_bits ? rows->first_bits : 1;

    if (rows->room) {
        rows->rows = rows->room;
        return retain__group_rows_in(ctx, scratch, rows->orders->count, source, rows, &rows->shape, bits, from, to, rows->room,
                                     rows->room_rows, &rows->loaded);
    }
    return retain__group_rows(ctx, scratch, rows->orders->count, source, rows, &rows->shape, bits, from, to, &rows->rows,
                              &rows->loaded);
}

void retain__count_customers(const retain__order_rows *rows, uint64_t least, unsigned bits, unsigned down, size_t *count)
{
    const retain_orders *orders = rows->orders;

    for (size_t i = 0; i < orders->count; i++) {
        const uint64_t key = retain__word_of(orders->customer[i]) - rows->customer.least - least;

        if (orders->day[i] <= rows->observation_end && key >> (bits - 1) >> 1 == 0)
            count[key >> down]++;
    }
}
