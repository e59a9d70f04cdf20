/* Segment tables and migration: what adds up, and CDNOW against plain Python. */
#include "logs.h"
#include "retain/rate.h"
#include "retain/rfm.h"

enum { MOST = 400 };

typedef struct shop {
    size_t count;
    double days[MOST], occasions[MOST], revenue[MOST];
} shop;

/* Customers of any kind: few or many different values, of any size. */
static shop draw_shop(uint64_t *seed, size_t count)
{
    shop drawn = {.count = count};
    const int64_t days = random_between(seed, 1, 500), orders = random_between(seed, 1, 8);

    for (size_t i = 0; i < count; i++) {
        drawn.days[i] = (double)random_between(seed, 0, days);
        drawn.occasions[i] = (double)random_between(seed, 1, orders);
        drawn.revenue[i] = (double)random_between(seed, -100, 10000) * (random_between(seed, 0, 9) ? 0.01 : 1e6);
    }
    return drawn;
}

/* --- the table -------------------------------------------------------------------------------------------------------------------- */

typedef struct result {
    double at[17][256];
} result;

static retain_rfm_columns columns_of(result *to)
{
    retain_rfm_columns columns;

    for (size_t c = 0; c < 17; c++) {
        for (size_t i = 0; i < 256; i++)
            to->at[c][i] = -7.0;
    }
    columns = (retain_rfm_columns){to->at[0],  to->at[1],  to->at[2],  to->at[3],  to->at[4],  to->at[5],
                                   to->at[6],  to->at[7],  to->at[8],  to->at[9],  to->at[10], to->at[11],
                                   to->at[12], to->at[13], to->at[14], to->at[15], to->at[16]};
    return columns;
}

static void the_table_describes_each_segment_and_all_customers(void **state)
{
    const uint8_t segment[] = {0, 0, 2, 0};
    const double days[] = {1, 2, 30, 6}, occasions[] = {4, 4, 1, 4}, revenue[] = {10, 20, 30, 60};
    result got;
    const retain_rfm_columns c = columns_of(&got);
    const double t = 4.302652729749464,
                 half = t * sqrt(700.0 / 3.0); /* Student's t with 2 degrees; variance of 10, 20, 60 is 700 */
    const double share_half = 1.959963984540054 * sqrt(4.0 / 3.0 * (0.0625 * 4100.0 + 0.5625 * 900.0)) / 120.0;

    (void)state;
    assert_int_equal(retain_rfm_table(NULL, segment, days, occasions, revenue, 4, 3, 0.0, &c), RETAIN_OK);
    assert_memory_equal(c.customers, ((double[]){3, 0, 1, 4}), 4 * sizeof(double));
    assert_memory_equal(c.share, ((double[]){0.75, 0, 0.25, 1}), 4 * sizeof(double));
    assert_near(c.share_low[0], retain_rate_low(3, 4, 0.95), 0.0);
    assert_near(c.share_high[2], retain_rate_high(1, 4, 0.95), 0.0);
    assert_memory_equal(c.revenue, ((double[]){90, 0, 30, 120}), 4 * sizeof(double));
    assert_memory_equal(c.revenue_share, ((double[]){0.75, 0, 0.25, 1}), 4 * sizeof(double));
    assert_near(c.revenue_share_low[0], 0.75 - share_half, 1e-14);
    assert_near(c.revenue_share_high[0], 1.0, 0.0);
    assert_nan(c.revenue_share_low[1]);
    assert_near(c.revenue_share_low[2], 0.0, 0.0);
    assert_near(c.revenue_share_high[2], 0.25 + share_half, 1e-14);
    assert_near(c.revenue_share_low[3], 1.0, 0.0);
    assert_near(c.days_since_last[0], 3.0, 0.0);
    assert_near(c.occasions[0], 4.0, 0.0);
    assert_nan(c.occasions_low[0]); /* all alike */
    assert_nan(c.occasions_high[0]);
    assert_near(c.mean_revenue[0], 30.0, 0.0);
    assert_near(c.mean_revenue_low[0], 30.0 - half, 1e-12);
    assert_near(c.mean_revenue_high[0], 30.0 + half, 1e-12);
    assert_nan(c.mean_revenue[1]);
    assert_near(c.mean_revenue[2], 30.0, 0.0);
    assert_nan(c.mean_revenue_low[2]);
    assert_near(c.days_since_last[3], 9.75, 0.0);
}

static void columns_that_are_not_given_do_not_exist(void **state)
{
    const uint8_t segment[] = {0, 1};
    const double revenue[] = {-10.0, 30.0}, debts[] = {-10.0, -30.0};
    result got;
    retain_rfm_columns c = columns_of(&got), none = {0};

    (void)state;
    assert_int_equal(retain_rfm_table(NULL, segment, NULL, NULL, revenue, 2, 2, 0.9, &c), RETAIN_OK);
    assert_nan(c.days_since_last[0]);
    assert_nan(c.occasions_high[2]);
    assert_near(c.revenue_share[0], -0.5, 0.0);
    assert_true(c.revenue_share_high[1] > 1.0 && c.revenue_share_low[0] < -0.5); /* shares of a sum with negative parts */
    assert_int_equal(retain_rfm_table(NULL, segment, NULL, NULL, NULL, 2, 2, 0.9, &c), RETAIN_OK);
    assert_nan(c.revenue[0]);
    assert_nan(c.revenue_share[2]);
    assert_nan(c.mean_revenue[2]);
    assert_int_equal(retain_rfm_table(NULL, NULL, NULL, NULL, NULL, 0, 1, 0.9, &c), RETAIN_OK);
    assert_near(c.customers[1], 0.0, 0.0);
    assert_nan(c.share[0]);
    assert_int_equal(retain_rfm_table(NULL, segment, revenue, revenue, revenue, 2, 2, 0.9, &none), RETAIN_OK);
    none.mean_revenue_high = c.mean_revenue_high; /* one limit alone */
    none.revenue_share_high = c.revenue_share_high;
    none.days_since_last_high = c.days_since_last_high;
    assert_int_equal(retain_rfm_table(NULL, segment, revenue, NULL, debts, 2, 1 + 1, 0.9, &none), RETAIN_OK);
    assert_nan(none.revenue_share_high[0]); /* a share of less than nothing */
    assert_nan(none.mean_revenue_high[0]);
    assert_true(none.mean_revenue_high[2] > 0.0);
}

static void totals_add_up_to_the_base_whatever_the_order_of_the_customers(void **state)
{
    uint64_t seed = 17;

    (void)state;
    for (int round = 0; round < 50; round++) {
        shop drawn = draw_shop(&seed, (size_t)random_between(&seed, 1, MOST)), turned = drawn;
        uint8_t segment[MOST], back[MOST];
        result got, again;
        const retain_rfm_columns c = columns_of(&got), d = columns_of(&again);
        const size_t segments = (size_t)random_between(&seed, 1, 255);
        double customers = 0.0, share = 0.0, money = 0.0, part = 0.0;

        for (size_t i = 0; i < drawn.count; i++)
            segment[i] = (uint8_t)random_between(&seed, 0, (int64_t)segments - 1);
        for (size_t i = 0; i < drawn.count; i++) {
            const size_t j = drawn.count - 1 - i;

            back[i] = segment[j];
            turned.days[i] = drawn.days[j];
            turned.occasions[i] = drawn.occasions[j];
            turned.revenue[i] = drawn.revenue[j];
        }
        assert_int_equal(
            retain_rfm_table(NULL, segment, drawn.days, drawn.occasions, drawn.revenue, drawn.count, segments, 0.0, &c), RETAIN_OK);
        assert_int_equal(
            retain_rfm_table(NULL, back, turned.days, turned.occasions, turned.revenue, turned.count, segments, 0.0, &d),
            RETAIN_OK);
        assert_memory_equal(&got, &again, sizeof got);
        for (size_t s = 0; s < segments; s++) {
            customers += c.customers[s];
            share += c.share[s];
            money += c.revenue[s];
            part += isnan(c.revenue_share[s]) ? 0.0 : c.revenue_share[s];
        }
        assert_near(customers, (double)drawn.count, 0.0);
        assert_near(c.customers[segments], (double)drawn.count, 0.0);
        assert_near(share, 1.0, 1e-12);
        assert_near(money, c.revenue[segments], 1e-9 * (1.0 + fabs(c.revenue[segments])));
        if (c.revenue[segments] > 0.0)
            assert_near(part, 1.0, 1e-6);
    }
}

/* --- CDNOW ------------------------------------------------------------------------------------------------------------------------ */

/* Segments of the sample's customers on a day, by cuts of their own. */
typedef struct census {
    size_t count;
    int64_t customer[CDNOW_SAMPLE_CUSTOMERS], last_day[CDNOW_SAMPLE_CUSTOMERS];
    double days[CDNOW_SAMPLE_CUSTOMERS], occasions[CDNOW_SAMPLE_CUSTOMERS], revenue[CDNOW_SAMPLE_CUSTOMERS];
    uint8_t r[CDNOW_SAMPLE_CUSTOMERS], f[CDNOW_SAMPLE_CUSTOMERS], m[CDNOW_SAMPLE_CUSTOMERS], segment[CDNOW_SAMPLE_CUSTOMERS];
} census;

static census take_census(int64_t end)
{
    static census of; /* too large for the stack */
    random_log log = read_cdnow();
    retain_summary columns = {0};
    retain_rfm rfm;

    columns.customer = of.customer;
    columns.last_day = of.last_day;
    columns.occasions = of.occasions;
    columns.revenue = of.revenue;
    assert_int_equal(retain_orders_summary(NULL, &log.view, end, NULL, &columns, CDNOW_SAMPLE_CUSTOMERS, &of.count, NULL),
                     RETAIN_OK);
    random_log_free(&log);
    assert_int_equal(retain_rfm_days_since_last(NULL, of.last_day, of.count, end, of.days), RETAIN_OK);
    assert_int_equal(retain_rfm_fit(NULL, of.days, of.occasions, of.revenue, of.count, NULL, &rfm), RETAIN_OK);
    assert_int_equal(retain_rfm_scores(NULL, &rfm, of.days, of.occasions, of.revenue, of.count, of.r, of.f, of.m), RETAIN_OK);
    assert_int_equal(retain_rfm_segments(NULL, of.r, of.f, of.m, of.count, NULL, of.segment), RETAIN_OK);
    return of;
}

enum { CDNOW_END = 10407, CDNOW_CALIBRATION_END = 10134 }; /* 1998-06-30, 1997-09-30 */

static void customers_of_cdnow_have_the_codes_and_segments_that_plain_python_finds(void **state)
{
    const census of = take_census(CDNOW_END);
    golden codes = golden_read("rfm/cdnow_codes.csv"), segments = golden_read("rfm/cdnow_segments.csv");
    result got;
    const retain_rfm_columns c = columns_of(&got);

    (void)state;
    for (size_t row = 0; row < codes.rows; row++) {
        double customers = 0.0, money = 0.0;

        for (size_t i = 0; i < of.count; i++) {
            if (of.r[i] == golden_number(&codes, row, "r") && of.f[i] == golden_number(&codes, row, "f") &&
                of.m[i] == golden_number(&codes, row, "m")) {
                customers += 1.0;
                money += of.revenue[i];
            }
        }
        assert_near(customers, golden_number(&codes, row, "customers"), 0.0);
        assert_near(money, golden_number(&codes, row, "cents") / 100.0, 1e-8);
    }
    assert_int_equal(retain_rfm_table(NULL, of.segment, of.days, of.occasions, of.revenue, of.count, RETAIN_RFM_SEGMENTS, 0.0, &c),
                     RETAIN_OK);
    for (size_t s = 0; s < segments.rows; s++) {
        const double customers = golden_number(&segments, s, "customers");

        assert_string_equal(retain_rfm_segment_name((retain_rfm_segment)s), golden_text(&segments, s, "segment"));
        assert_near(c.customers[s], customers, 0.0);
        assert_near(c.revenue[s], golden_number(&segments, s, "cents") / 100.0, 1e-9);
        assert_near(c.days_since_last[s], golden_number(&segments, s, "days_since_last") / customers, 1e-12 * 1000.0);
        assert_near(c.occasions[s], golden_number(&segments, s, "occasions") / customers, 1e-12 * 10.0);
    }
    golden_free(&codes);
    golden_free(&segments);
}

/* --- migration ---------------------------------------------------------------------------------------------------------------------- */

enum { WIDTH = RETAIN_RFM_SEGMENTS + 1, CELLS = WIDTH * WIDTH };

static void customers_of_cdnow_moved_as_plain_python_says(void **state)
{
    const census before = take_census(CDNOW_CALIBRATION_END), after = take_census(CDNOW_END);
    golden moves = golden_read("rfm/cdnow_moves.csv");
    double customers[CELLS], share[CELLS], low[CELLS], high[CELLS];

    (void)state;
    assert_int_equal(retain_rfm_migration(NULL, before.customer, before.segment, before.count, after.customer, after.segment,
                                          after.count, RETAIN_RFM_SEGMENTS, 0.0, customers, share, low, high),
                     RETAIN_OK);
    assert_int_equal(moves.rows, CELLS);
    for (size_t i = 0; i < CELLS; i++) {
        double row = 0.0;

        for (size_t k = 0; k < WIDTH; k++)
            row += customers[i / WIDTH * WIDTH + k];
        assert_near(customers[i], golden_number(&moves, i, "customers"), 0.0);
        assert_near(share[i], row > 0.0 ? customers[i] / row : (double)NAN, 0.0);
        assert_near(low[i], retain_rate_low(customers[i], row, 0.95), 0.0);
        assert_near(high[i], retain_rate_high(customers[i], row, 0.95), 0.0);
    }
    golden_free(&moves);
}

static void migration_counts_everybody_once(void **state)
{
    const int64_t before[] = {INT64_MIN, 3, 5, 9}, after[] = {3, 4, 9, INT64_MAX};
    const uint8_t was[] = {0, 1, 1, 0}, is[] = {1, 0, 0, 1};
    double customers[9];

    (void)state;
    assert_int_equal(retain_rfm_migration(NULL, before, was, 4, after, is, 4, 2, 0.0, customers, NULL, NULL, NULL), RETAIN_OK);
    /* from 0: one stays, one is gone; from 1: one stays, one is gone; new: one each */
    assert_memory_equal(customers, ((double[]){1, 0, 1, 0, 1, 1, 1, 1, 0}), sizeof customers);
    assert_int_equal(retain_rfm_migration(NULL, NULL, NULL, 0, after, is, 4, 2, 0.0, customers, NULL, NULL, NULL), RETAIN_OK);
    assert_memory_equal(customers, ((double[]){0, 0, 0, 0, 0, 0, 2, 2, 0}), sizeof customers);
    assert_int_equal(retain_rfm_migration(NULL, before, was, 4, NULL, NULL, 0, 2, 0.0, customers, NULL, NULL, NULL), RETAIN_OK);
    assert_memory_equal(customers, ((double[]){0, 0, 2, 0, 0, 2, 0, 0, 0}), sizeof customers);
}

/* --- refusals ----------------------------------------------------------------------------------------------------------------------- */

#define REFUSES(call, status, sentence)           \
    do {                                          \
        assert_int_equal((call), (status));       \
        assert_string_equal(ctx.error, sentence); \
    } while (0)

static void tables_and_migrations_refuse_bad_input_by_name_and_write_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const double good[] = {1.0, 2.0}, huge[] = {1.0, 1e141};
    const uint8_t segment[] = {0, 2};
    const int64_t ids[] = {1, 2}, twice[] = {1, 1};
    double cells[16] = {-7.0};
    result got;
    const retain_rfm_columns c = columns_of(&got);

    (void)state;
    REFUSES(retain_rfm_table(&ctx, segment, good, good, good, 2, 2, 0.0, &c), RETAIN_ERROR_DATA,
            "segment[1] is 2; it must be less than the number of segments, 2");
    REFUSES(retain_rfm_table(&ctx, segment, good, good, huge, 2, 3, 0.0, &c), RETAIN_ERROR_DATA,
            "revenue[1] is 1e141; it must lie in [-1e140, 1e140]");
    REFUSES(retain_rfm_table(&ctx, segment, good, good, good, 2, 0, 0.0, &c), RETAIN_ERROR_ARGUMENT,
            "segments is 0; it must lie in [1, 255]");
    assert_int_equal(retain_rfm_table(&ctx, segment, good, good, good, 2, 256, 0.0, &c), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_table(&ctx, segment, good, good, good, 2, 3, 1.0, &c), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_table(&ctx, NULL, good, good, good, 2, 3, 0.0, &c), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_table(&ctx, segment, good, good, good, 2, 3, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(c.customers[0], -7.0, 0.0);
    REFUSES(retain_rfm_migration(&ctx, ids, segment, 2, twice, segment, 2, 3, 0.0, cells, NULL, NULL, NULL), RETAIN_ERROR_DATA,
            "after[1] is 1; it must be greater than the customer before, 1");
    REFUSES(retain_rfm_migration(&ctx, ids, segment, 2, ids, segment, 2, 2, 0.0, cells, NULL, NULL, NULL), RETAIN_ERROR_DATA,
            "before_segment[1] is 2; it must be less than the number of segments, 2");
    assert_int_equal(retain_rfm_migration(&ctx, NULL, segment, 2, ids, segment, 2, 3, 0.0, cells, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_migration(&ctx, ids, segment, 2, ids, segment, 2, 256, 0.0, cells, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_migration(&ctx, ids, segment, 2, ids, segment, 2, 3, -1.0, cells, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_migration(&ctx, ids, segment, 2, ids, segment, 2, 3, 0.0, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_near(cells[0], -7.0, 0.0);
}

static void refuses_contexts_of_another_size(void **state)
{
    retain_context ctx = {.struct_size = 3};
    const uint8_t segment = 0;
    const int64_t id = 1;
    double cells[4] = {-7.0};
    result got;
    const retain_rfm_columns c = columns_of(&got);

    (void)state;
    assert_int_equal(retain_rfm_table(&ctx, &segment, NULL, NULL, NULL, 1, 1, 0.0, &c), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_migration(&ctx, &id, &segment, 1, &id, &segment, 1, 1, 0.0, cells, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_true(c.customers[0] == -7.0 && cells[0] == -7.0);
}

static retain_status do_all(retain_context *ctx, void *state)
{
    const double days[] = {5, 6, 7}, occasions[] = {1, 1, 3}, revenue[] = {5, 50, 500};
    const uint8_t segment[] = {0, 1, 1};
    const int64_t ids[] = {1, 2, 3};
    double cells[9];
    result got;
    const retain_rfm_columns c = columns_of(&got);
    retain_status status = retain_rfm_table(ctx, segment, days, occasions, revenue, 3, 2, 0.0, &c);

    (void)state;
    if (status == RETAIN_OK)
        status = retain_rfm_migration(ctx, ids, segment, 3, ids, segment, 3, 2, 0.0, cells, NULL, NULL, NULL);
    return status;
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(do_all, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_describes_each_segment_and_all_customers),
        cmocka_unit_test(columns_that_are_not_given_do_not_exist),
        cmocka_unit_test(totals_add_up_to_the_base_whatever_the_order_of_the_customers),
        cmocka_unit_test(customers_of_cdnow_have_the_codes_and_segments_that_plain_python_finds),
        cmocka_unit_test(customers_of_cdnow_moved_as_plain_python_says),
        cmocka_unit_test(migration_counts_everybody_once),
        cmocka_unit_test(tables_and_migrations_refuse_bad_input_by_name_and_write_nothing),
        cmocka_unit_test(refuses_contexts_of_another_size),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
