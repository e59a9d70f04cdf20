/* Dates, weekdays, leap years and the edges of periods, against datetime, jdatetime, ICU, the equinox and second
 * implementations. */
#include "retain/calendar.h"
#include "support.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { DAY_1800 = -62091, DAY_2201 = 84372 }; /* 1800-01-01 and 2201-01-01 */

static const retain_calendar BOTH[] = {RETAIN_CALENDAR_GREGORIAN, RETAIN_CALENDAR_JALALI};

static int64_t number_of(retain_calendar calendar, int64_t year, int64_t month, int64_t day)
{
    int64_t number = INT64_MIN;

    assert_int_equal(retain_calendar_numbers(NULL, calendar, &year, &month, &day, 1, &number), RETAIN_OK);
    return number;
}

static int64_t gregorian(int64_t year, int64_t month, int64_t day)
{
    return number_of(RETAIN_CALENDAR_GREGORIAN, year, month, day);
}

/* --- dates -------------------------------------------------------------------------------------------------------------------- */

static void agrees_with_datetime_and_jdatetime_from_1800_to_2200(void **state)
{
    golden table = golden_read("calendar/dates.csv");

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        static const char *const columns[][3] = {{"year", "month", "day"}, {"jalali_year", "jalali_month", "jalali_day"}};
        int64_t number = (int64_t)golden_number(&table, i, "number");

        assert_int_equal(retain_calendar_weekday(number), golden_number(&table, i, "weekday"));
        for (size_t c = 0; c < 2; c++) {
            int64_t year, month, day;

            assert_int_equal(retain_calendar_dates(NULL, BOTH[c], &number, 1, &year, &month, &day), RETAIN_OK);
            assert_int_equal(year, golden_number(&table, i, columns[c][0]));
            assert_int_equal(month, golden_number(&table, i, columns[c][1]));
            assert_int_equal(day, golden_number(&table, i, columns[c][2]));
            assert_int_equal(number_of(BOTH[c], year, month, day), number);
        }
    }
    golden_free(&table);
}

/* A calendar that anyone would write down: the next day is tomorrow, or the first of the next month, or the first of
 * the next year. */
static void step_one_day(int64_t *year, int *month, int *day, int length)
{
    if (++*day <= length)
        return;
    *day = 1;
    if (++*month <= 12)
        return;
    *month = 1;
    ++*year;
}

static int length_of_gregorian_month(int64_t year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return lengths[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
}

/* Is a Jalali year a leap year? The algorithm as Borkowski's paper has it, in its own letters. */
static int borkowski_leap(int jy)
{
    static const int breaks[] = {-61,  9,    38,   199,  426,  686,  756,  818,  1111, 1181,
                                 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178};
    int i = 1, jump, n, leap;

    while (breaks[i] <= jy)
        i++;
    jump = breaks[i] - breaks[i - 1];
    n = jy - breaks[i - 1];
    if (jump - n < 6)
        n = n - jump + (jump + 4) / 33 * 33;
    leap = ((n + 1) % 33 - 1) % 4;
    return leap == 0;
}

static int length_of_jalali_month(int64_t year, int month)
{
    return month <= 6 ? 31 : month <= 11 || borkowski_leap((int)year) ? 30 : 29;
}

/* Walks day by day from a date to `end` and compares everything on the way, there and back. */
static void walk(retain_calendar calendar, int64_t year, int month, int day, int64_t begin, int64_t end,
                 int (*length)(int64_t year, int month))
{
    for (int64_t number = begin; number < end; number++) {
        int64_t want[3] = {year, month, day}, got[3], back;

        assert_int_equal(retain_calendar_dates(NULL, calendar, &number, 1, &got[0], &got[1], &got[2]), RETAIN_OK);
        assert_memory_equal(got, want, sizeof want);
        assert_int_equal(retain_calendar_numbers(NULL, calendar, &got[0], &got[1], &got[2], 1, &back), RETAIN_OK);
        assert_int_equal(back, number);
        step_one_day(&year, &month, &day, length(year, month));
    }
}

static void every_day_follows_the_day_before_in_the_gregorian_calendar(void **state)
{
    (void)state;
    walk(RETAIN_CALENDAR_GREGORIAN, 1800, 1, 1, DAY_1800, DAY_2201, length_of_gregorian_month);
    walk(RETAIN_CALENDAR_GREGORIAN, -401, 1, 1, gregorian(-401, 1, 1), gregorian(2, 1, 1), length_of_gregorian_month);
    walk(RETAIN_CALENDAR_GREGORIAN, -1000000, 1, 1, -365962028, -365962028 + 1000, length_of_gregorian_month);
    walk(RETAIN_CALENDAR_GREGORIAN, 999998, 1, 1, gregorian(999998, 1, 1), 364523338, length_of_gregorian_month);
}

static void every_day_follows_the_day_before_in_the_jalali_calendar(void **state)
{
    (void)state;
    walk(RETAIN_CALENDAR_JALALI, 1, 1, 1, -492267, 668107, length_of_jalali_month);
}

static void four_hundred_gregorian_years_are_146097_days(void **state)
{
    (void)state;
    for (int64_t year = -1000000; year + 400 <= 1000000; year += 397)
        assert_int_equal(gregorian(year + 400, 2, 28) - gregorian(year, 2, 28), 146097);
}

/* The law that introduced the calendar is of 11 Farvardin 1304 (31 March 1925); the rest are days of Iran's recent
 * history and new year's days as celebrated. */
static void meets_dates_that_are_known_in_both_calendars(void **state)
{
    static const int known[][6] = {
        {1304, 1, 11, 1925, 3, 31}, {1354, 1, 1, 1975, 3, 21},   {1357, 11, 22, 1979, 2, 11}, {1358, 1, 12, 1979, 4, 1},
        {1358, 8, 13, 1979, 11, 4}, {1370, 1, 1, 1991, 3, 21},   {1375, 1, 1, 1996, 3, 20},   {1376, 1, 1, 1997, 3, 21},
        {1379, 1, 1, 2000, 3, 20},  {1380, 1, 1, 2001, 3, 21},   {1387, 1, 1, 2008, 3, 20},   {1388, 1, 1, 2009, 3, 21},
        {1391, 1, 1, 2012, 3, 20},  {1391, 12, 30, 2013, 3, 20}, {1392, 1, 1, 2013, 3, 21},   {1395, 1, 1, 2016, 3, 20},
        {1396, 1, 1, 2017, 3, 21},  {1397, 1, 1, 2018, 3, 21},   {1398, 1, 1, 2019, 3, 21},   {1399, 1, 1, 2020, 3, 20},
        {1400, 1, 1, 2021, 3, 21},  {1401, 1, 1, 2022, 3, 21},   {1402, 1, 1, 2023, 3, 21},   {1403, 1, 1, 2024, 3, 20},
        {1404, 1, 1, 2025, 3, 21}};

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        assert_int_equal(number_of(RETAIN_CALENDAR_JALALI, known[i][0], known[i][1], known[i][2]),
                         gregorian(known[i][3], known[i][4], known[i][5]));
}

/* The leap years from 1206 to 1498 as published by the Calendar Center of the University of Tehran. */
static void has_the_leap_years_of_the_official_list(void **state)
{
    static const int listed[] = {1210, 1214, 1218, 1222, 1226, 1230, 1234, 1238, 1243, 1247, 1251, 1255, 1259, 1263, 1267,
                                 1271, 1276, 1280, 1284, 1288, 1292, 1296, 1300, 1304, 1309, 1313, 1317, 1321, 1325, 1329,
                                 1333, 1337, 1342, 1346, 1350, 1354, 1358, 1362, 1366, 1370, 1375, 1379, 1383, 1387, 1391,
                                 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441, 1445, 1449, 1453,
                                 1457, 1461, 1465, 1469, 1474, 1478, 1482, 1486, 1490, 1494, 1498};
    size_t next = 0;

    (void)state;
    for (int year = 1206; year <= 1498; year++) {
        int leap = next < COUNT(listed) && listed[next] == year;

        next += leap != 0;
        assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_JALALI, year), leap);
    }
    assert_int_equal(next, COUNT(listed));
}

/* convertdate differs in seven years, six of them by an error of its own: see generate_calendar.py. */
static void begins_the_jalali_year_where_equinox_jdatetime_and_icu_do(void **state)
{
    golden table = golden_read("calendar/nowruz.csv");
    size_t differing = 0;

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        int64_t number = number_of(RETAIN_CALENDAR_JALALI, (int64_t)golden_number(&table, i, "jalali_year"), 1, 1);

        assert_int_equal(number, golden_number(&table, i, "equinox"));
        assert_int_equal(number, golden_number(&table, i, "jdatetime"));
        assert_int_equal(number, golden_number(&table, i, "icu"));
        differing += (double)number != golden_number(&table, i, "convertdate");
    }
    assert_int_equal(differing, 7);
    golden_free(&table);
}

static void knows_leap_years(void **state)
{
    (void)state;
    for (int64_t year = -2000; year <= 4000; year++)
        assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_GREGORIAN, year), length_of_gregorian_month(year, 2) == 29);
    for (int year = 1; year <= 3177; year++)
        assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_JALALI, year), borkowski_leap(year));
    assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_JALALI, 0), 0);
    assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_JALALI, 3178), 0);
    assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_GREGORIAN, 1000004), 0);
    assert_int_equal(retain_calendar_is_leap(RETAIN_CALENDAR_GREGORIAN, INT64_MIN), 0);
    assert_int_equal(retain_calendar_is_leap((retain_calendar)2, 2000), 0);
}

static void knows_the_weekday_of_any_day_number(void **state)
{
    (void)state;
    assert_int_equal(retain_calendar_weekday(0), RETAIN_THURSDAY);
    assert_int_equal(retain_calendar_weekday(gregorian(2024, 2, 29)), RETAIN_THURSDAY);
    assert_int_equal(retain_calendar_weekday(gregorian(1925, 3, 22)), RETAIN_SUNDAY);
    for (int64_t day = -100; day < 100; day++)
        assert_int_equal(retain_calendar_weekday(day + 1), retain_calendar_weekday(day) % 7 + 1);
    assert_int_equal(retain_calendar_weekday(INT64_MAX), retain_calendar_weekday(INT64_MAX - 7));
    assert_int_equal(retain_calendar_weekday(INT64_MIN + 1), retain_calendar_weekday(INT64_MIN) % 7 + 1);
    assert_int_equal(retain_calendar_weekday(INT64_MIN), retain_calendar_weekday(INT64_MIN + 7));
}

static void gives_only_the_parts_of_a_date_that_are_asked_for(void **state)
{
    int64_t numbers[] = {0, -1}, year[2], month[2], day[2];

    (void)state;
    assert_int_equal(retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, numbers, 2, year, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, numbers, 2, NULL, month, NULL), RETAIN_OK);
    assert_int_equal(retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, numbers, 2, NULL, NULL, day), RETAIN_OK);
    assert_int_equal(retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, numbers, 2, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(year[1], 1969);
    assert_int_equal(month[1], 12);
    assert_int_equal(day[1], 31);
}

static void names_a_date_that_does_not_exist(void **state)
{
    static const struct {
        retain_calendar calendar;
        int64_t year, month, day;
        const char *sentence;
    } cases[] = {
        {RETAIN_CALENDAR_GREGORIAN, 2023, 2, 29, "day[1] is 29; month 2 of year 2023 has 28 days"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 2, 30, "day[1] is 30; month 2 of year 2024 has 29 days"},
        {RETAIN_CALENDAR_GREGORIAN, 1900, 2, 29, "day[1] is 29; month 2 of year 1900 has 28 days"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 4, 31, "day[1] is 31; month 4 of year 2024 has 30 days"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 12, 32, "day[1] is 32; month 12 of year 2024 has 31 days"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 1, 0, "day[1] is 0; month 1 of year 2024 has 31 days"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 1, INT64_MIN, "day[1] is -9223372036854775808; month 1 of year 2024 has 31 days"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 13, 1, "month[1] is 13; it must lie in [1, 12]"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, 0, 1, "month[1] is 0; it must lie in [1, 12]"},
        {RETAIN_CALENDAR_GREGORIAN, 2024, INT64_C(1) << 32, 1, "month[1] is 4294967296; it must lie in [1, 12]"},
        {RETAIN_CALENDAR_GREGORIAN, 1000001, 1, 1, "year[1] is 1000001; it must lie in [-1000000, 1000000]"},
        {RETAIN_CALENDAR_JALALI, 1402, 12, 30, "day[1] is 30; month 12 of year 1402 has 29 days"},
        {RETAIN_CALENDAR_JALALI, 1403, 12, 31, "day[1] is 31; month 12 of year 1403 has 30 days"},
        {RETAIN_CALENDAR_JALALI, 1403, 7, 31, "day[1] is 31; month 7 of year 1403 has 30 days"},
        {RETAIN_CALENDAR_JALALI, 1403, 6, 32, "day[1] is 32; month 6 of year 1403 has 31 days"},
        {RETAIN_CALENDAR_JALALI, 0, 1, 1, "year[1] is 0; it must lie in [1, 3177]"},
        {RETAIN_CALENDAR_JALALI, 3178, 1, 1, "year[1] is 3178; it must lie in [1, 3177]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        int64_t year[] = {1400, cases[i].year}, month[] = {1, cases[i].month}, day[] = {1, cases[i].day}, days[] = {77, 77};

        assert_int_equal(retain_calendar_numbers(&ctx, cases[i].calendar, year, month, day, 2, days), RETAIN_ERROR_DATA);
        assert_string_equal(ctx.error, cases[i].sentence);
        assert_int_equal(ctx.row, 1);
        assert_int_equal(days[0], 77);
    }
}

static void names_a_day_outside_the_calendar(void **state)
{
    static const int64_t outside[][2] = {{-365962029, 364523338}, {-492268, 668107}};

    (void)state;
    for (size_t c = 0; c < 2; c++) {
        for (size_t side = 0; side < 2; side++) {
            retain_context ctx = RETAIN_CONTEXT_INIT;
            int64_t numbers[] = {0, outside[c][side]}, year[] = {77, 77};

            assert_int_equal(retain_calendar_dates(&ctx, BOTH[c], numbers, 2, year, NULL, NULL), RETAIN_ERROR_DATA);
            assert_non_null(strstr(ctx.error, "days[1] is "));
            assert_int_equal(ctx.row, 1);
            assert_int_equal(year[0], 77);
            numbers[1] += side ? -1 : 1;
            assert_int_equal(retain_calendar_dates(&ctx, BOTH[c], numbers, 2, year, NULL, NULL), RETAIN_OK);
        }
    }
}

static void refuses_missing_arrays_and_unknown_calendars(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t one = 1;

    (void)state;
    assert_int_equal(retain_calendar_dates(&ctx, RETAIN_CALENDAR_JALALI, NULL, 1, &one, &one, &one), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "days is NULL; it is required");
    for (int missing = 0; missing < 4; missing++) {
        assert_int_equal(retain_calendar_numbers(&ctx, RETAIN_CALENDAR_JALALI, missing == 0 ? NULL : &one,
                                                 missing == 1 ? NULL : &one, missing == 2 ? NULL : &one, 1,
                                                 missing == 3 ? NULL : &one),
                         RETAIN_ERROR_ARGUMENT);
        assert_non_null(strstr(ctx.error, " is NULL; it is required"));
    }
    assert_int_equal(retain_calendar_dates(&ctx, (retain_calendar)2, &one, 1, &one, &one, &one), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "calendar is 2; it must be 0 (Gregorian) or 1 (Jalali)");
    assert_int_equal(retain_calendar_numbers(&ctx, (retain_calendar)-1, &one, &one, &one, 1, &one), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calendar_dates(&ctx, RETAIN_CALENDAR_JALALI, NULL, 0, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_calendar_numbers(&ctx, RETAIN_CALENDAR_JALALI, NULL, NULL, NULL, 0, NULL), RETAIN_OK);
    ctx.struct_size = 0;
    assert_int_equal(retain_calendar_dates(&ctx, RETAIN_CALENDAR_JALALI, &one, 1, &one, &one, &one), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calendar_numbers(&ctx, RETAIN_CALENDAR_JALALI, &one, &one, &one, 1, &one), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calendar_edges(&ctx, 0, 1, NULL, &one, 1, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(one, 1);
}

/* --- edges -------------------------------------------------------------------------------------------------------------------- */

static void makes_gregorian_months_when_nothing_is_said(void **state)
{
    int64_t edges[4];
    size_t count;

    (void)state;
    assert_int_equal(retain_calendar_edges(NULL, gregorian(2023, 12, 31), gregorian(2024, 2, 1), NULL, edges, 4, &count),
                     RETAIN_OK);
    assert_int_equal(count, 4);
    assert_int_equal(edges[0], gregorian(2023, 12, 1));
    assert_int_equal(edges[1], gregorian(2024, 1, 1));
    assert_int_equal(edges[2], gregorian(2024, 2, 1));
    assert_int_equal(edges[3], gregorian(2024, 3, 1));
}

static void makes_jalali_quarters(void **state)
{
    retain_calendar_options options = {
        .struct_size = sizeof options, .calendar = RETAIN_CALENDAR_JALALI, .period = RETAIN_PERIOD_QUARTER};
    int64_t edges[6];
    size_t count;

    (void)state;
    assert_int_equal(retain_calendar_edges(NULL, gregorian(2024, 3, 20), gregorian(2025, 3, 21), &options, edges, 6, &count),
                     RETAIN_OK);
    assert_int_equal(count, 6);
    assert_int_equal(edges[0], gregorian(2024, 3, 20));  /* Nowruz 1403 */
    assert_int_equal(edges[1], gregorian(2024, 6, 21));  /* 1 Tir */
    assert_int_equal(edges[2], gregorian(2024, 9, 22));  /* 1 Mehr */
    assert_int_equal(edges[3], gregorian(2024, 12, 21)); /* 1 Dey */
    assert_int_equal(edges[4], gregorian(2025, 3, 21));  /* Nowruz 1404 */
    assert_int_equal(edges[5], gregorian(2025, 6, 22));
}

static void makes_weeks_from_any_day_of_the_week(void **state)
{
    (void)state;
    for (int first = 0; first <= 7; first++) {
        for (int64_t day = -10; day < 10; day++) {
            retain_calendar_options options = {.struct_size = sizeof options, .period = RETAIN_PERIOD_WEEK, .first_weekday = first};
            int64_t edges[3];
            size_t count;

            assert_int_equal(retain_calendar_edges(NULL, day, day + 6, &options, edges, 3, &count), RETAIN_OK);
            assert_int_equal(retain_calendar_weekday(edges[0]), first ? first : RETAIN_MONDAY);
            assert_true(edges[0] <= day && day < edges[0] + 7);
            assert_int_equal(edges[1], edges[0] + 7);
            assert_int_equal(count, edges[0] == day ? 2 : 3);
        }
    }
}

/* Is a day the beginning of a period of one step? */
static int begins_period(const retain_calendar_options *options, int64_t day)
{
    int64_t month, of_month;

    if (options->period == RETAIN_PERIOD_DAY)
        return 1;
    if (options->period == RETAIN_PERIOD_WEEK)
        return retain_calendar_weekday(day) == (options->first_weekday ? options->first_weekday : RETAIN_MONDAY);
    assert_int_equal(retain_calendar_dates(NULL, options->calendar, &day, 1, NULL, &month, &of_month), RETAIN_OK);
    return of_month == 1 &&
           (options->period == RETAIN_PERIOD_MONTH || (month - 1) % (options->period == RETAIN_PERIOD_QUARTER ? 3 : 12) == 0);
}

/* For many spans of days and all options: ascending, the first period holds the first day and the last one the last
 * day, every edge begins a period, and exactly `step` periods begin from one edge to the next. */
static void periods_tile_the_days_they_cover(void **state)
{
    uint64_t random = 20240320;
    int64_t edges[700];

    (void)state;
    for (int round = 0; round < 4000; round++) {
        retain_calendar_options options = {.struct_size = sizeof options};
        int64_t first = DAY_1800 + (int64_t)(random_bits(&random) % (DAY_2201 - DAY_1800));
        int64_t last = first + (int64_t)(random_bits(&random) % 600);
        size_t count, step;

        options.calendar = BOTH[random_bits(&random) % 2];
        options.period = (retain_period)(random_bits(&random) % 5);
        options.step = (int)(random_bits(&random) % 4);
        options.first_weekday = (int)(random_bits(&random) % 8);
        step = options.step ? (size_t)options.step : 1;
        assert_int_equal(retain_calendar_edges(NULL, first, last, &options, edges, COUNT(edges), &count), RETAIN_OK);
        assert_true(count >= 2);
        assert_true(edges[0] <= first && first < edges[1]);
        assert_true(edges[count - 2] <= last && last < edges[count - 1]);
        for (size_t k = 0; k + 1 < count; k++) {
            size_t begun = 0;

            assert_true(edges[k] < edges[k + 1]);
            assert_true(begins_period(&options, edges[k]));
            for (int64_t day = edges[k]; day < edges[k + 1]; day++)
                begun += begins_period(&options, day) != 0;
            assert_int_equal(begun, step);
        }
        for (int64_t day = edges[0] + 1; day <= first; day++)
            assert_true(!begins_period(&options, day) || options.step > 1);
        assert_true(begins_period(&options, edges[count - 1]));
    }
}

static void counts_periods_from_the_one_that_holds_the_first_day(void **state)
{
    retain_calendar_options options = {.struct_size = sizeof options, .period = RETAIN_PERIOD_WEEK, .step = 2};
    int64_t monday = gregorian(2024, 1, 1), edges[3];
    size_t count;

    (void)state;
    assert_int_equal(retain_calendar_edges(NULL, monday + 9, monday + 21, &options, edges, 3, &count), RETAIN_OK);
    assert_int_equal(count, 3);
    assert_int_equal(edges[0], monday + 7);
    assert_int_equal(edges[1], monday + 21);
    assert_int_equal(edges[2], monday + 35);
}

static void makes_periods_before_the_year_0(void **state)
{
    retain_calendar_options options = {.struct_size = sizeof options, .period = RETAIN_PERIOD_QUARTER};
    int64_t edges[3];
    size_t count;

    (void)state;
    assert_int_equal(retain_calendar_edges(NULL, gregorian(-44, 3, 15), gregorian(-44, 4, 1), &options, edges, 3, &count),
                     RETAIN_OK);
    assert_int_equal(count, 3);
    assert_int_equal(edges[0], gregorian(-44, 1, 1));
    assert_int_equal(edges[1], gregorian(-44, 4, 1));
    assert_int_equal(edges[2], gregorian(-44, 7, 1));
    assert_int_equal(retain_calendar_edges(NULL, gregorian(-44, 12, 31), gregorian(-44, 12, 31), &options, edges, 3, &count),
                     RETAIN_OK);
    assert_int_equal(edges[0], gregorian(-44, 10, 1));
    assert_int_equal(edges[1], gregorian(-43, 1, 1));
}

static void says_how_much_room_the_edges_need(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t edges[] = {77, 77};
    size_t count = 0;

    (void)state;
    assert_int_equal(retain_calendar_edges(&ctx, 0, 31, NULL, edges, 2, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 3);
    assert_int_equal(edges[0], 77);
    assert_string_equal(ctx.error, "edges has room for 2; 3 are needed");
    count = 0;
    assert_int_equal(retain_calendar_edges(&ctx, -365962028, 364523337, NULL, NULL, 0, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 12 * 2000001 + 1);
}

static void reaches_both_ends_of_the_calendars(void **state)
{
    static const int64_t ends[][2] = {{-365962028, 364523337}, {-492267, 668106}};

    (void)state;
    for (size_t c = 0; c < 2; c++) {
        retain_calendar_options options = {.struct_size = sizeof options, .calendar = BOTH[c], .period = RETAIN_PERIOD_YEAR};
        int64_t edges[2];
        size_t count;

        assert_int_equal(retain_calendar_edges(NULL, ends[c][0], ends[c][0], &options, edges, 2, &count), RETAIN_OK);
        assert_int_equal(edges[0], ends[c][0]);
        assert_int_equal(retain_calendar_edges(NULL, ends[c][1], ends[c][1], &options, edges, 2, &count), RETAIN_OK);
        assert_int_equal(edges[1], ends[c][1] + 1);
        options.step = 2;
        assert_int_equal(retain_calendar_edges(NULL, ends[c][1], ends[c][1], &options, edges, 2, &count), RETAIN_ERROR_ARGUMENT);
        options.step = INT32_MAX;
        options.period = RETAIN_PERIOD_WEEK;
        assert_int_equal(retain_calendar_edges(NULL, ends[c][1], ends[c][1], &options, edges, 2, &count), RETAIN_OK);
        assert_int_equal(edges[1] - edges[0], INT64_C(7) * INT32_MAX);
    }
}

static void refuses_periods_that_make_no_sense(void **state)
{
    static const struct {
        int64_t first, last;
        retain_calendar_options options;
        const char *sentence;
    } cases[] = {
        {5, 4, {sizeof(retain_calendar_options), 0, 0, 0, 0}, "first_day is 5; it must not be after last_day = 4"},
        {0,
         1,
         {sizeof(retain_calendar_options), (retain_calendar)7, 0, 0, 0},
         "options.calendar is 7; it must be 0 (Gregorian) or 1 (Jalali)"},
        {0,
         1,
         {sizeof(retain_calendar_options), 0, (retain_period)5, 0, 0},
         "options.period is 5; it must be 0 (month), 1 (day), 2 (week), 3 (quarter) or 4 (year)"},
        {0,
         1,
         {sizeof(retain_calendar_options), 0, (retain_period)-1, 0, 0},
         "options.period is -1; it must be 0 (month), 1 (day), 2 (week), 3 (quarter) or 4 (year)"},
        {0,
         1,
         {sizeof(retain_calendar_options), 0, 0, -1, 0},
         "options.step is -1; it must be positive, or 0 for one period at a time"},
        {0,
         1,
         {sizeof(retain_calendar_options), 0, 0, 0, 8},
         "options.first_weekday is 8; it must lie in [1, 7] for Monday to Sunday, or be 0 for Monday"},
        {0,
         1,
         {sizeof(retain_calendar_options), 0, 0, 0, -1},
         "options.first_weekday is -1; it must lie in [1, 7] for Monday to Sunday, or be 0 for Monday"},
        {0,
         1,
         {sizeof(retain_calendar_options) - 1, 0, 0, 0, 0},
         "options.struct_size is 23; set it to sizeof(*options), at least 24"},
        {0,
         1,
         {sizeof(retain_calendar_options), 0, 4, INT32_MAX, 0},
         "the last period would end after year 1000000, the last of the calendar; take a smaller options.step"},
        {INT64_MIN,
         1,
         {sizeof(retain_calendar_options), 0, 1, 0, 0},
         "first_day is -9223372036854775808; the calendar knows days in [-365962028, 364523338)"},
        {0,
         INT64_MAX,
         {sizeof(retain_calendar_options), 1, 2, 0, 0},
         "last_day is 9223372036854775807; the calendar knows days in [-492267, 668107)"},
        {668107,
         668108,
         {sizeof(retain_calendar_options), 1, 2, 0, 0},
         "first_day is 668107; the calendar knows days in [-492267, 668107)"},
    };
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t edges[] = {77, 77};
    size_t count = 77;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(retain_calendar_edges(&ctx, cases[i].first, cases[i].last, &cases[i].options, edges, 2, &count),
                         RETAIN_ERROR_ARGUMENT);
        assert_string_equal(ctx.error, cases[i].sentence);
    }
    assert_int_equal(retain_calendar_edges(&ctx, 0, 1, NULL, NULL, 2, &count), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "edges is NULL; it is required");
    assert_int_equal(retain_calendar_edges(&ctx, 0, 1, NULL, edges, 2, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "count is NULL; it is required");
    assert_int_equal(edges[0], 77);
    assert_int_equal(count, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_datetime_and_jdatetime_from_1800_to_2200),
        cmocka_unit_test(every_day_follows_the_day_before_in_the_gregorian_calendar),
        cmocka_unit_test(every_day_follows_the_day_before_in_the_jalali_calendar),
        cmocka_unit_test(four_hundred_gregorian_years_are_146097_days),
        cmocka_unit_test(meets_dates_that_are_known_in_both_calendars),
        cmocka_unit_test(has_the_leap_years_of_the_official_list),
        cmocka_unit_test(begins_the_jalali_year_where_equinox_jdatetime_and_icu_do),
        cmocka_unit_test(knows_leap_years),
        cmocka_unit_test(knows_the_weekday_of_any_day_number),
        cmocka_unit_test(gives_only_the_parts_of_a_date_that_are_asked_for),
        cmocka_unit_test(names_a_date_that_does_not_exist),
        cmocka_unit_test(names_a_day_outside_the_calendar),
        cmocka_unit_test(refuses_missing_arrays_and_unknown_calendars),
        cmocka_unit_test(makes_gregorian_months_when_nothing_is_said),
        cmocka_unit_test(makes_jalali_quarters),
        cmocka_unit_test(makes_weeks_from_any_day_of_the_week),
        cmocka_unit_test(periods_tile_the_days_they_cover),
        cmocka_unit_test(counts_periods_from_the_one_that_holds_the_first_day),
        cmocka_unit_test(makes_periods_before_the_year_0),
        cmocka_unit_test(says_how_much_room_the_edges_need),
        cmocka_unit_test(reaches_both_ends_of_the_calendars),
        cmocka_unit_test(refuses_periods_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
