/* What tables of cells refuse, by name; rates, average rows and payback of numbers that were typed in. */
#include "cohort_tables.h"
#include "retain/rate.h"

/* --- refusals ------------------------------------------------------------------------------------------------------------------- */

static const int64_t EDGES[] = {0, 31, 59, 90}, AGES[] = {0, 1, 31}, BAD_AGES[] = {-1, 0, 31}, SAME_AGES[] = {0, 1, 1};
static const int64_t CUSTOMER[] = {1, 2, 1}, DAY[] = {2, 40, 50}, WHO[] = {1, 2}, GROUP[] = {0, 1}, FAR[] = {0, 2};
static const double VALUE[] = {1, 1, 1}, MARGINS[] = {0.5, 0.25}, ENDLESS[] = {0.5, (double)INFINITY};

/* A case is one field that is wrong. */
typedef struct wrong {
    const char *text;
    retain_status status;
    retain_cohort_layout layout;
    retain_cohort_cells_options options;
} wrong;

#define LAYOUT(...)                                                                               \
    {                                                                                             \
        .struct_size = sizeof(retain_cohort_layout), .edges = EDGES, .edge_count = 4, __VA_ARGS__ \
    }
#define OPTIONS(...)                                                    \
    {                                                                   \
        .struct_size = sizeof(retain_cohort_cells_options), __VA_ARGS__ \
    }

static void refuses_bad_arguments_by_name(void **state)
{
    static const retain_groups good = {2, WHO, GROUP, 2}, one = {1, WHO, GROUP, 2}, far = {2, WHO, FAR, 2},
                               none = {2, WHO, GROUP, 0};
    const wrong cases[] = {
        {"layout.struct_size is 1", RETAIN_ERROR_ARGUMENT, {.struct_size = 1}, OPTIONS(.kind = 0)},
        {"layout.rows is 4", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = (retain_cohort_rows)4), OPTIONS(.kind = 0)},
        {"layout.axis is 3", RETAIN_ERROR_ARGUMENT, LAYOUT(.axis = (retain_cohort_axis)3), OPTIONS(.kind = 0)},
        {"edges is NULL", RETAIN_ERROR_ARGUMENT, {.struct_size = sizeof(retain_cohort_layout)}, OPTIONS(.kind = 0)},
        {"age_edges is NULL", RETAIN_ERROR_ARGUMENT, LAYOUT(.axis = RETAIN_COHORT_ROLLING), OPTIONS(.kind = 0)},
        {"age_edges is NULL", RETAIN_ERROR_ARGUMENT, LAYOUT(.age_edge_count = 2), OPTIONS(.kind = 0)},
        {"age_edges is NULL; bracket", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0), OPTIONS(.kind = RETAIN_COHORT_BRACKET)},
        {"age_edges is given", RETAIN_ERROR_ARGUMENT,
         LAYOUT(.axis = RETAIN_COHORT_CALENDAR, .age_edges = AGES, .age_edge_count = 3), OPTIONS(.kind = 0)},
        {"age_edges[0] is -1", RETAIN_ERROR_ARGUMENT, LAYOUT(.age_edges = BAD_AGES, .age_edge_count = 3), OPTIONS(.kind = 0)},
        {"age_edges[2] is 1", RETAIN_ERROR_ARGUMENT, LAYOUT(.age_edges = SAME_AGES, .age_edge_count = 3), OPTIONS(.kind = 0)},
        {"age_edges has 1 entry", RETAIN_ERROR_ARGUMENT, LAYOUT(.age_edges = AGES, .age_edge_count = 1), OPTIONS(.kind = 0)},
        {"groups is NULL", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = RETAIN_COHORT_BY_GROUP), OPTIONS(.kind = 0)},
        {"groups.groups is 0", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = RETAIN_COHORT_BY_BOTH, .groups = &none), OPTIONS(.kind = 0)},
        {"groups.group[1] is 2", RETAIN_ERROR_DATA, LAYOUT(.rows = RETAIN_COHORT_BY_GROUP, .groups = &far), OPTIONS(.kind = 0)},
        {"orders.customer[1] is 2", RETAIN_ERROR_DATA, LAYOUT(.rows = RETAIN_COHORT_BY_GROUP, .groups = &one), OPTIONS(.kind = 0)},
        {"options.kind is 3", RETAIN_ERROR_ARGUMENT, LAYOUT(.groups = &good), OPTIONS(.kind = (retain_cohort_kind)3)},
        {"options.count_running is 2", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0), OPTIONS(.count_running = 2)},
        {"options.margin is NaN", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0), OPTIONS(.margin = (double)NAN)},
        {"options.margin_customer is NULL", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0),
         OPTIONS(.margins = MARGINS, .margin_count = 2)},
        {"options.margins[1] is infinity", RETAIN_ERROR_DATA, LAYOUT(.rows = 0),
         OPTIONS(.margins = ENDLESS, .margin_customer = WHO, .margin_count = 2)},
        {"options.margin_customer[1] is 1", RETAIN_ERROR_DATA, LAYOUT(.rows = 0),
         OPTIONS(.margins = MARGINS, .margin_customer = SAME_AGES + 1, .margin_count = 2)},
        {"orders.customer[1] is 2, who is not in options.margin_customer; every customer with an occasion needs a margin",
         RETAIN_ERROR_DATA, LAYOUT(.rows = 0), OPTIONS(.margins = MARGINS, .margin_customer = WHO, .margin_count = 1)},
        {"options.replicates is -1", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0), OPTIONS(.replicates = -1)},
        {"options.replicates is 100001", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0), OPTIONS(.replicates = 100001)},
        {"options.level is 1", RETAIN_ERROR_ARGUMENT, LAYOUT(.rows = 0), OPTIONS(.level = 1.0)},
    };
    const retain_orders log = {3, CUSTOMER, DAY, VALUE, NULL, NULL, NULL, NULL};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    cell_table table = table_make(4, 4);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const retain_status status = retain_cohort_cells(&ctx, &log, 89, &cases[i].layout, NULL, &cases[i].options, &table.of);

        if (status != cases[i].status || !strstr(ctx.error, cases[i].text))
            fail_msg("case %zu: status %d, \"%s\" does not say \"%s\"", i, (int)status, ctx.error, cases[i].text);
        assert_near(table.room[0], -5.0, 0.0);
    }
    table_free(&table);
}

static void refuses_what_is_missing(void **state)
{
    const retain_cohort_layout layout = LAYOUT(.rows = 0), late = {.struct_size = sizeof late, .edges = EDGES + 1, .edge_count = 3};
    const retain_orders log = {3, CUSTOMER, DAY, VALUE, NULL, NULL, NULL, NULL};
    const retain_cohort_columns nothing = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t rows, columns;

    (void)state;
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, NULL, NULL, NULL, &nothing), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "layout is NULL; it is required");
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &layout, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "columns is NULL; it is required");
    assert_int_equal(retain_cohort_cells(&ctx, NULL, 89, &layout, NULL, NULL, &nothing), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_cells(NULL, &log, 89, &layout, NULL, NULL, &nothing), RETAIN_OK);
    assert_int_equal(retain_cohort_shape(&ctx, &layout, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_shape(&ctx, &layout, &rows, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_shape(&ctx, &layout, &rows, &columns), RETAIN_OK);
    assert_int_equal(rows * columns, 9);
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &late, NULL, NULL, &nothing), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 0);
    ctx.struct_size = 1;
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &layout, NULL, NULL, &nothing), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_shape(&ctx, &layout, &rows, &columns), RETAIN_ERROR_ARGUMENT);
}

static void a_first_order_outside_the_edges_is_refused_and_a_later_one_is_not_when_days_are_counted(void **state)
{
    static const int64_t early[] = {31, 59};
    const retain_orders log = {3, CUSTOMER, DAY, VALUE, NULL, NULL, NULL, NULL};
    const retain_cohort_columns nothing = {0};
    retain_cohort_layout layout = LAYOUT(.axis = RETAIN_COHORT_ROLLING, .age_edges = AGES, .age_edge_count = 3);
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    layout.edge_count = 2; /* customer 2 came on day 40 */
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &layout, NULL, NULL, &nothing), RETAIN_ERROR_DATA);
    assert_int_equal(retain_cohort_cells(&ctx, &log, 39, &layout, NULL, NULL, &nothing), RETAIN_OK);
    layout.edges = early;
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &layout, NULL, NULL, &nothing), RETAIN_ERROR_DATA);
    layout.rows = RETAIN_COHORT_TOGETHER; /* edges are not read */
    layout.edges = NULL;
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &layout, NULL, NULL, &nothing), RETAIN_OK);
    layout = (retain_cohort_layout)LAYOUT(.axis = RETAIN_COHORT_ROLLING, .age_edges = AGES, .age_edge_count = 3);
    layout.edges = (const int64_t[]){0, 45};
    layout.edge_count = 2; /* customer 1 came again on day 50 */
    assert_int_equal(retain_cohort_cells(&ctx, &log, 89, &layout, NULL, NULL, &nothing), RETAIN_OK);
}

/* --- rates and payback ---------------------------------------------------------------------------------------------------------- */

static const double EXPOSED[] = {10, 4, 0, 100, 50, 0}, ACTIVE[] = {10, 1, (double)NAN, 100, 25, (double)NAN};

static void every_cell_has_its_own_denominator(void **state)
{
    double share[6], low[6], high[6], overall[3], customers[3];

    (void)state;
    assert_int_equal(retain_cohort_share(NULL, EXPOSED, ACTIVE, 6, 0, share, low, high), RETAIN_OK);
    assert_near(share[1], 0.25, 0.0);
    assert_near(low[1], retain_rate_low(1, 4, 0.95), 0.0);
    assert_near(high[4], retain_rate_high(25, 50, 0.95), 0.0);
    assert_nan(share[2]);
    assert_nan(low[5]);
    assert_int_equal(retain_cohort_overall(NULL, EXPOSED, ACTIVE, 2, 3, 0.9, overall, customers, low, high), RETAIN_OK);
    assert_near(overall[1], 26.0 / 54.0, 1e-16);
    assert_near(customers[1], 54, 0.0);
    assert_near(low[1], retain_rate_low(26, 54, 0.9), 0.0);
    assert_nan(overall[2]);
    assert_near(customers[2], 0, 0.0);
    assert_int_equal(retain_cohort_share(NULL, NULL, NULL, 0, 0, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_cohort_overall(NULL, NULL, NULL, 0, 3, 0, NULL, NULL, NULL, NULL), RETAIN_OK);
}

static void shares_refuse_counts_that_cannot_be(void **state)
{
    static const double minus[] = {-1}, one[] = {1}, two[] = {2};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double share[1] = {-5};

    (void)state;
    assert_int_equal(retain_cohort_share(&ctx, minus, one, 1, 0, share, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "exposed[0] is -1; it must be a count, finite and not negative");
    assert_int_equal(retain_cohort_overall(&ctx, one, two, 1, 1, 0, share, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "active[0] is 2; it must lie in [0, exposed[0] = 1] or be NaN");
    assert_int_equal(retain_cohort_share(&ctx, NULL, one, 1, 0, share, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_share(&ctx, one, NULL, 1, 0, share, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_share(&ctx, one, one, 1, 0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_share(&ctx, one, one, 1, 2, share, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(share[0], -5, 0.0);
}

static void payback_is_reached_or_open_or_missed(void **state)
{
    static const double cumulative[] = {5,           10,          15,          /* reached at the second age */
                                        5,           10,          (double)NAN, /* not yet */
                                        5,           6,           7,           /* missed */
                                        (double)NAN, 10,          15,          /* a calendar: begins later */
                                        (double)NAN, (double)NAN, (double)NAN, /* nothing known */
                                        5,           10,          15,          /* cost not known */
                                        5,           10,          15};         /* costs nothing */
    static const double cost[] = {10, 12, 12, 12, 12, (double)NAN, 0}, refused[] = {10, -1, 12, 12, 12, 12, 12};
    static const int64_t ages[] = {0, 1, 31, 61};
    static const uint8_t want[] = {RETAIN_PAYBACK_REACHED, RETAIN_PAYBACK_OPEN, RETAIN_PAYBACK_MISSED, RETAIN_PAYBACK_REACHED,
                                   RETAIN_PAYBACK_NONE,    RETAIN_PAYBACK_NONE, RETAIN_PAYBACK_REACHED};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double payback[7];
    uint8_t outcome[7];

    (void)state;
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, NULL, cost, payback, outcome), RETAIN_OK);
    assert_memory_equal(outcome, want, sizeof want);
    assert_near(payback[0], 1, 0.0);
    assert_nan(payback[1]);
    assert_nan(payback[2]);
    assert_near(payback[3], 2, 0.0);
    assert_near(payback[6], 0, 0.0);
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, ages, cost, payback, NULL), RETAIN_OK);
    assert_near(payback[0], 30, 0.0); /* by the end of day 30 */
    assert_near(payback[6], 0, 0.0);
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, ages, refused, payback, outcome), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, (int64_t[]){0, 5, 5, 9}, cost, payback, outcome),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "age_edges[2] is 5; it must be later than the edge before it, 5");
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, (int64_t[]){-1, 5, 6, 9}, cost, payback, outcome),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, SIZE_MAX / 2, 3, ages, cost, payback, outcome), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "columns are more than an array can hold"));
    assert_int_equal(retain_cohort_overall(&ctx, EXPOSED, ACTIVE, SIZE_MAX / 2, 4, 0, payback, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_payback(&ctx, NULL, 7, 3, ages, cost, payback, outcome), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, ages, NULL, payback, outcome), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_payback(&ctx, cumulative, 7, 3, ages, cost, NULL, outcome), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_payback(&ctx, NULL, 0, 3, NULL, NULL, NULL, NULL), RETAIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_bad_arguments_by_name),
        cmocka_unit_test(refuses_what_is_missing),
        cmocka_unit_test(a_first_order_outside_the_edges_is_refused_and_a_later_one_is_not_when_days_are_counted),
        cmocka_unit_test(every_cell_has_its_own_denominator),
        cmocka_unit_test(shares_refuse_counts_that_cannot_be),
        cmocka_unit_test(payback_is_reached_or_open_or_missed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
