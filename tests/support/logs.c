#include "logs.h"

static uint64_t step(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

uint64_t random_below(uint64_t *seed, uint64_t below)
{
    return (step(seed) * 0x2545F4914F6CDD1Du >> 11) % below;
}

int64_t random_between(uint64_t *seed, int64_t low, int64_t high)
{
    return low + (int64_t)((step(seed) >> 11) % ((uint64_t)(high - low) + 1));
}

static void *take(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);

    assert_non_null(memory);
    return memory;
}

static random_log make_empty(size_t rows)
{
    random_log log = {{0}, NULL, NULL, NULL, NULL, NULL, NULL};

    log.view.count = rows;
    log.view.customer = log.customer = take(rows, sizeof *log.customer);
    log.view.day = log.day = take(rows, sizeof *log.day);
    log.view.value = log.value = take(rows, sizeof *log.value);
    return log;
}

random_log random_log_make(uint64_t *seed, random_log_shape shape)
{
    random_log log = make_empty(shape.rows);

    if (shape.refunds) {
        log.view.order = log.order = take(shape.rows, sizeof *log.order);
        log.view.cancelled = log.cancelled = take(shape.rows, sizeof *log.cancelled);
    }
    if (shape.multiples && !shape.refunds)
        log.view.multiple = log.multiple = take(shape.rows, sizeof *log.multiple);
    for (size_t i = 0; i < shape.rows; i++) {
        log.customer[i] = random_between(seed, 1, shape.customers);
        log.day[i] = random_between(seed, shape.from_day, shape.to_day);
        log.value[i] = (double)random_between(seed, 1, 399) * 0.25;
        if (shape.refunds) {
            int64_t what = random_between(seed, 0, 15);

            log.order[i] = random_between(seed, 0, (int64_t)shape.rows / 2 / shape.customers + 1);
            if (what < 4)
                log.value[i] = -log.value[i];
            else if (what < 6)
                log.value[i] = 0.0;
            log.cancelled[i] = what == 15;
        }
        if (log.multiple)
            log.multiple[i] = (double)random_between(seed, 1, 3);
    }
    return log;
}

void random_log_free(random_log *log)
{
    free(log->customer);
    free(log->day);
    free(log->order);
    free(log->value);
    free(log->multiple);
    free(log->cancelled);
    memset(log, 0, sizeof *log);
}

static void *allocate_and_meddle(void *user, void *old, size_t old_size, size_t new_size)
{
    log_meddler *meddler = user;
    uint64_t seed = 77;

    (void)old_size;
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    if (++meddler->requests == meddler->at) {
        for (size_t i = 0; i < meddler->log->view.count; i++) {
            meddler->log->customer[i] = random_between(&seed, -1000000, 1000000);
            meddler->log->day[i] = random_between(&seed, -1000000, 1000000);
            if (meddler->log->order)
                meddler->log->order[i] = random_between(&seed, -1000000, 1000000);
        }
    }
    return realloc(old, new_size);
}

retain_context meddling_context(log_meddler *meddler)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    ctx.allocate = allocate_and_meddle;
    ctx.allocate_user = meddler;
    return ctx;
}

static void swap_bytes(void *column, size_t size, size_t a, size_t b)
{
    unsigned char *at = column, kept;

    for (size_t i = 0; at && i < size; i++) {
        kept = at[a * size + i];
        at[a * size + i] = at[b * size + i];
        at[b * size + i] = kept;
    }
}

void random_log_shuffle(random_log *log, uint64_t *seed)
{
    for (size_t i = log->view.count; i > 1; i--) {
        size_t j = (size_t)random_between(seed, 0, (int64_t)i - 1);

        swap_bytes(log->customer, sizeof *log->customer, i - 1, j);
        swap_bytes(log->day, sizeof *log->day, i - 1, j);
        swap_bytes(log->order, sizeof *log->order, i - 1, j);
        swap_bytes(log->value, sizeof *log->value, i - 1, j);
        swap_bytes(log->multiple, sizeof *log->multiple, i - 1, j);
        swap_bytes(log->cancelled, sizeof *log->cancelled, i - 1, j);
    }
}

/* --- occasions by scanning ---------------------------------------------------------------------------------------------------- */

int is_same_order(const retain_orders *orders, size_t i, size_t j)
{
    return i == j || (orders->order && orders->customer[i] == orders->customer[j] && orders->order[i] == orders->order[j]);
}

/* The order of row i, netted over all its rows; 1 when it is kept and row i is the first of them in the log. */
static int net_order_of(const retain_orders *orders, size_t i, int64_t end, int count_zero, found_occasion *order)
{
    double gains = 0.0, returns = 0.0;
    int cancelled = 0;

    *order = (found_occasion){orders->customer[i], orders->day[i], orders->multiple ? orders->multiple[i] : 1.0, 0.0, 0.0};
    if (orders->day[i] > end)
        return 0;
    for (size_t j = 0; j < orders->count; j++) {
        if (!is_same_order(orders, i, j) || orders->day[j] > end)
            continue;
        if (j < i)
            return 0;
        gains += orders->value[j] > 0.0 ? orders->value[j] : 0.0;
        returns -= orders->value[j] < 0.0 ? orders->value[j] : 0.0;
        cancelled |= orders->cancelled && orders->cancelled[j];
        order->day = orders->day[j] < order->day ? orders->day[j] : order->day;
    }
    order->value = gains - returns;
    order->refunds = -returns;
    return !cancelled && (order->value > 0.0 || (gains == 0.0 && returns == 0.0 && count_zero));
}

int64_t start_of(int64_t day, int64_t width)
{
    int64_t block = day / width;

    return (block * width > day ? block - 1 : block) * width;
}

found_occasions find_occasions(const retain_orders *orders, int64_t observation_end, const retain_orders_options *options)
{
    const int64_t width = options && options->occasion_days ? options->occasion_days : 1;
    found_occasions found = {take(orders->count, sizeof *found.at), 0};

    for (size_t i = 0; i < orders->count; i++) {
        found_occasion order;
        size_t o = 0;

        if (!net_order_of(orders, i, observation_end, options && options->count_zero_orders, &order))
            continue;
        while (o < found.count &&
               (found.at[o].customer != order.customer || start_of(found.at[o].day, width) != start_of(order.day, width)))
            o++;
        if (o == found.count) {
            found.at[found.count++] = order;
        } else {
            found.at[o].day = order.day < found.at[o].day ? order.day : found.at[o].day;
            found.at[o].orders += order.orders;
            found.at[o].value += order.value;
            found.at[o].refunds += order.refunds;
        }
    }
    return found;
}

/* --- real data ---------------------------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a Gregorian date, by counting. */
static int64_t count_days(int year, int month, int day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t days = before[month - 1] + day - 1;

    for (int y = 1970; y < year; y++)
        days += 365 + (y % 4 == 0);
    return days + (year % 4 == 0 && month > 2);
}

random_log read_cdnow(void)
{
    static char in_sample[23571];
    random_log log = make_empty(CDNOW_SAMPLE_ROWS);
    golden ids = golden_read("orders/cdnow_sample_ids.csv");
    FILE *file = popen("gzip -dc '" RETAIN_GOLDEN "/../../examples/data/cdnow.csv.gz'", "r");
    char line[256];
    size_t rows = 0;

    if (!file)
        fail_msg("cannot start gzip");
    for (size_t i = 0; i < ids.rows; i++)
        in_sample[(int)golden_number(&ids, i, "customer_id")] = 1;
    golden_free(&ids);
    for (int header = fgets(line, sizeof line, file) != NULL; header && fgets(line, sizeof line, file);) {
        int customer, year, month, day;
        double dollars;

        if (sscanf(line, "%d,%d-%d-%d,%*d,%lf", &customer, &year, &month, &day, &dollars) != 5)
            fail_msg("cannot read %s", line);
        if (!in_sample[customer])
            continue;
        assert_true(rows < CDNOW_SAMPLE_ROWS);
        log.customer[rows] = customer;
        log.day[rows] = count_days(year, month, day);
        log.value[rows++] = dollars;
    }
    pclose(file);
    assert_int_equal(rows, CDNOW_SAMPLE_ROWS);
    return log;
}
