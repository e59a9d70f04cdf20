/* The same questions in shops around the world, at the edges of their days and months: what was counted by hand. */
#include "cohort_tables.h"
#include "retain/calendar.h"

enum { MOST_ORDERS = 8, MOST_EDGES = 40 };

/* Orders of a shop by the clock of the world: customer and Unix seconds, in the shop's zone. */
typedef struct shop {
    retain_zone zone;
    retain_calendar_options periods;
    size_t count;
    int64_t customer[MOST_ORDERS], seconds[MOST_ORDERS];
    int64_t first_day, last_day; /* by the shop's calendar on the wall: what the edges cover; the last is the observation end */
} shop;

/* The table of a shop by acquisition period, every order worth 1. */
static cell_table count_shop(const shop *of, retain_cohort_axis axis, const int64_t *ages, size_t age_edges)
{
    static const double value[MOST_ORDERS] = {1, 1, 1, 1, 1, 1, 1, 1};
    int64_t days[MOST_ORDERS], edges[MOST_EDGES];
    retain_orders log = {of->count, of->customer, days, value, NULL, NULL, NULL, NULL};
    retain_cohort_layout layout = {
        .struct_size = sizeof layout, .axis = axis, .edges = edges, .age_edges = ages, .age_edge_count = age_edges};

    assert_int_equal(retain_calendar_days(NULL, &of->zone, of->seconds, of->count, days), RETAIN_OK);
    assert_int_equal(retain_calendar_edges(NULL, of->first_day, of->last_day, &of->periods, edges, MOST_EDGES, &layout.edge_count),
                     RETAIN_OK);
    return table_of(NULL, &log, of->last_day, &layout, NULL, NULL);
}

static void check_row(const cell_table *table, size_t row, const double *active)
{
    for (size_t j = 0; j < table->columns; j++)
        assert_near(table->of.active[row * table->columns + j], active[j], 0.0);
}

/* Apia went from the evening of 29 December 2011 (UTC-10) to the morning of the 31st (UTC+14). Two orders two hours apart are two
 * days apart in the shop, and on the 30th, which never was, nobody could come. */
static void a_day_that_was_skipped_is_a_day_without_customers(void **state)
{
    static const int64_t instant[] = {1325239200}, offset[] = {50400}, ages[] = {0, 1, 2, 3};
    const shop apia = {{1, instant, offset, -36000},
                       {.struct_size = sizeof(retain_calendar_options), .period = RETAIN_PERIOD_DAY},
                       3,
                       {1, 1, 2},
                       {1325235600, 1325242800, 1325242800}, /* 29th 23:00; 31st 01:00 twice */
                       15337,                                /* 2011-12-29 */
                       15339};                               /* 2011-12-31 */
    cell_table table = count_shop(&apia, RETAIN_COHORT_AGE, NULL, 0);

    (void)state;
    check_row(&table, 0, (const double[]){1, 0, 1});
    assert_near(table.of.customers[1], 0, 0.0); /* the 30th */
    check_row(&table, 2, (const double[]){1, (double)NAN, (double)NAN});
    table_free(&table);
    table = count_shop(&apia, RETAIN_COHORT_ROLLING, ages, 4);
    check_row(&table, 0, (const double[]){1, 0, 1});
    table_free(&table);
}

/* London, 31 March 2024: half an hour before midnight by Greenwich is half past midnight on 1 April in the shop, which belongs to
 * April. 27 October had 25 hours: orders 24 hours apart are one occasion. */
static void londons_months_begin_by_the_clock_on_the_wall(void **state)
{
    static const int64_t instant[] = {1711846800, 1729990800}, offset[] = {3600, 0};
    const shop spring = {{2, instant, offset, 0},
                         {.struct_size = sizeof(retain_calendar_options), .period = RETAIN_PERIOD_MONTH},
                         3,
                         {1, 2, 2},
                         {1711927800, 1711841400, 1711927800}, /* 31 March 23:30 UTC; 30 March 23:30; 31 March 23:30 */
                         19783,                                /* 2024-03-01 */
                         19843};                               /* 2024-04-30 */
    const shop autumn = {{2, instant, offset, 0},
                         {.struct_size = sizeof(retain_calendar_options), .period = RETAIN_PERIOD_DAY},
                         3,
                         {1, 1, 1},
                         {1729985400, 1730071800, 1730073600}, /* 27 October 00:30 (summer time), 23:30; 28 October 00:00 */
                         20023,                                /* 2024-10-27 */
                         20024};
    cell_table table = count_shop(&spring, RETAIN_COHORT_AGE, NULL, 0);

    (void)state;
    check_row(&table, 0, (const double[]){1, 1}); /* customer 2 */
    check_row(&table, 1, (const double[]){1, (double)NAN});
    table_free(&table);
    table = count_shop(&autumn, RETAIN_COHORT_AGE, NULL, 0);
    check_row(&table, 0, (const double[]){1, 1});
    assert_near(table.of.orders[0], 2, 0.0);
    assert_near(table.of.occasions[0], 1, 0.0);
    assert_near(table.of.repeat[0], 0, 0.0);
    table_free(&table);
}

/* Tehran (UTC+3:30): the year 1403 began on 20 March 2024. Weeks begin on Saturday: 23 March. */
static void tehrans_year_and_weeks_begin_at_its_own_midnight(void **state)
{
    shop tehran = {{0, NULL, NULL, 12600},
                   {.struct_size = sizeof(retain_calendar_options),
                    .calendar = RETAIN_CALENDAR_JALALI,
                    .period = RETAIN_PERIOD_MONTH,
                    .first_weekday = RETAIN_SATURDAY},
                   4,
                   {1, 2, 1, 2},
                   {1710880140, 1710880260, 1710880260, 1713558660}, /* 19 March 20:29, 20:31, 20:31; 19 April 20:31 UTC */
                   19801,                                            /* 2024-03-19, 29 Esfand 1402 */
                   19863};                                           /* 2024-05-20, 31 Ordibehesht 1403 */
    cell_table table = count_shop(&tehran, RETAIN_COHORT_AGE, NULL, 0);

    (void)state;
    check_row(&table, 0, (const double[]){1, 1, 0});           /* Esfand: came back in the first minute of Farvardin */
    check_row(&table, 1, (const double[]){1, 1, (double)NAN}); /* Farvardin: back in the first minute of Ordibehesht */
    table_free(&table);
    tehran.periods.period = RETAIN_PERIOD_WEEK;
    tehran.seconds[0] = 1711139340; /* Friday 22 March 20:29 UTC, 23:59 in the shop */
    tehran.seconds[1] = 1711139460; /* 20:31: Saturday 00:01 */
    tehran.seconds[2] = 1711139460;
    tehran.seconds[3] = 1711744200; /* Friday 29 March 20:30: Saturday 00:00 */
    tehran.first_day = 19801;       /* a Tuesday: the week from Saturday 16 March */
    tehran.last_day = 19818;        /* Friday 5 April */
    table = count_shop(&tehran, RETAIN_COHORT_AGE, NULL, 0);
    assert_int_equal(table.columns, 3);
    check_row(&table, 0, (const double[]){1, 1, 0});
    check_row(&table, 1, (const double[]){1, 1, (double)NAN});
    table_free(&table);
}

/* Sao Paulo put its clocks back at midnight: half past eleven came twice on 17 February 2018, and on 4 November the day began at
 * one. */
static void sao_paulos_midnights_come_twice_or_not_at_all(void **state)
{
    static const int64_t instant[] = {1518919200, 1541300400}, offset[] = {-10800, -7200};
    const retain_calendar_options daily = {.struct_size = sizeof daily, .period = RETAIN_PERIOD_DAY};
    const shop back = {{2, instant, offset, -7200},
                       daily,
                       3,
                       {1, 1, 1},
                       {1518917400, 1518921000, 1518922800}, /* 23:30, 23:30 again, and 00:00 */
                       17579,                                /* 2018-02-17 */
                       17580};
    const shop forth = {{2, instant, offset, -7200},
                        daily,
                        2,
                        {1, 1},
                        {1541300399, 1541300400}, /* 3 November 23:59:59, and the next second, 4 November 01:00 */
                        17838,                    /* 2018-11-03 */
                        17839};
    cell_table table = count_shop(&back, RETAIN_COHORT_AGE, NULL, 0);

    (void)state;
    check_row(&table, 0, (const double[]){1, 1});
    assert_near(table.of.orders[0], 2, 0.0);
    assert_near(table.of.occasions[0], 1, 0.0);
    table_free(&table);
    table = count_shop(&forth, RETAIN_COHORT_AGE, NULL, 0);
    check_row(&table, 0, (const double[]){1, 1});
    table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_that_was_skipped_is_a_day_without_customers),
        cmocka_unit_test(londons_months_begin_by_the_clock_on_the_wall),
        cmocka_unit_test(tehrans_year_and_weeks_begin_at_its_own_midnight),
        cmocka_unit_test(sao_paulos_midnights_come_twice_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
