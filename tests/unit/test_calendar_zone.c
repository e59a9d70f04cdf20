/* Moments and days: six zones against zoneinfo, odd zones against counting every second, and the ends of 64 bits. */
#include "retain/calendar.h"
#include "support.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DAY INT64_C(86400)
#define MOST_DAY INT64_C(106751991167296)

enum { MOST_CHANGES = 300 };

typedef struct zone_store {
    int64_t instant[MOST_CHANGES], offset[MOST_CHANGES];
    retain_zone zone;
} zone_store;

static const char *const NAMES[] = {"Europe/London", "Asia/Tehran",  "America/Sao_Paulo",
                                    "Pacific/Apia",  "Africa/Cairo", "Asia/Riyadh"};

static void load_zone(const golden *table, const char *name, zone_store *into)
{
    into->zone = (retain_zone){0, into->instant, into->offset, 0};
    for (size_t i = 0; i < table->rows; i++) {
        if (strcmp(golden_text(table, i, "zone"), name) != 0)
            continue;
        if (golden_blank(table, i, "instant")) {
            into->zone.initial_offset = (int64_t)golden_number(table, i, "offset");
            continue;
        }
        assert_true(into->zone.count < MOST_CHANGES);
        into->instant[into->zone.count] = (int64_t)golden_number(table, i, "instant");
        into->offset[into->zone.count++] = (int64_t)golden_number(table, i, "offset");
    }
    assert_true(into->zone.count > 0);
}

static int64_t day_of(const retain_zone *zone, int64_t moment)
{
    int64_t day = INT64_MIN;

    assert_int_equal(retain_calendar_days(NULL, zone, &moment, 1, &day), RETAIN_OK);
    return day;
}

static int64_t first_of(const retain_zone *zone, int64_t day)
{
    int64_t moment = INT64_MIN;

    assert_int_equal(retain_calendar_instants(NULL, zone, &day, 1, &moment), RETAIN_OK);
    return moment;
}

/* Rows of one zone as arrays, so that they are converted in one call. */
static size_t collect(const golden *table, const char *name, const char *column, int64_t *into)
{
    size_t count = 0;

    for (size_t i = 0; i < table->rows; i++) {
        if (strcmp(golden_text(table, i, "zone"), name) == 0)
            into[count++] = (int64_t)golden_number(table, i, column);
    }
    return count;
}

static void knows_the_day_on_both_sides_of_every_change_as_zoneinfo_does(void **state)
{
    golden zones = golden_read("calendar/zones.csv"), days = golden_read("calendar/zone_days.csv");
    int64_t *moments = calloc(days.rows, sizeof *moments), *want = calloc(days.rows, sizeof *want);
    size_t checked = 0;

    (void)state;
    assert_non_null(moments);
    assert_non_null(want);
    for (size_t z = 0; z < COUNT(NAMES); z++) {
        zone_store store;
        size_t count = collect(&days, NAMES[z], "moment", moments);

        load_zone(&zones, NAMES[z], &store);
        collect(&days, NAMES[z], "day", want);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(day_of(&store.zone, moments[i]), want[i]);
        assert_int_equal(retain_calendar_days(NULL, &store.zone, moments, count, moments), RETAIN_OK);
        assert_memory_equal(moments, want, count * sizeof *want);
        checked += count;
    }
    assert_int_equal(checked, days.rows);
    free(want);
    free(moments);
    golden_free(&days);
    golden_free(&zones);
}

static void knows_when_each_day_began_as_zoneinfo_does(void **state)
{
    golden zones = golden_read("calendar/zones.csv"), firsts = golden_read("calendar/zone_firsts.csv");
    int64_t *days = calloc(firsts.rows, sizeof *days), *want = calloc(firsts.rows, sizeof *want);
    int64_t *exists = calloc(firsts.rows, sizeof *exists), *got = calloc(firsts.rows, sizeof *got);
    size_t checked = 0, left_out = 0;

    (void)state;
    assert_true(days && want && exists && got);
    for (size_t z = 0; z < COUNT(NAMES); z++) {
        zone_store store;
        size_t count = collect(&firsts, NAMES[z], "day", days);

        load_zone(&zones, NAMES[z], &store);
        collect(&firsts, NAMES[z], "first", want);
        collect(&firsts, NAMES[z], "exists", exists);
        assert_int_equal(retain_calendar_instants(NULL, &store.zone, days, count, got), RETAIN_OK);
        assert_memory_equal(got, want, count * sizeof *want);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(first_of(&store.zone, days[i]), want[i]);
            assert_int_equal(day_of(&store.zone, want[i]) == days[i], exists[i]);
            left_out += !exists[i];
        }
        checked += count;
    }
    assert_int_equal(checked, firsts.rows);
    assert_int_equal(left_out, 1);
    free(got);
    free(exists);
    free(want);
    free(days);
    golden_free(&firsts);
    golden_free(&zones);
}

static void days_are_23_and_25_hours_long_when_the_clock_changes(void **state)
{
    golden zones = golden_read("calendar/zones.csv");
    zone_store london;

    (void)state;
    load_zone(&zones, "Europe/London", &london);
    assert_int_equal(day_of(&london.zone, 1687994999), 19537);                                  /* the example in the header */
    assert_int_equal(first_of(&london.zone, 19443) - first_of(&london.zone, 19442), 23 * 3600); /* 2023-03-26 */
    assert_int_equal(first_of(&london.zone, 19660) - first_of(&london.zone, 19659), 25 * 3600); /* 2023-10-29 */
    golden_free(&zones);
}

static void the_clock_skips_an_hour_in_spring_and_repeats_one_in_autumn(void **state)
{
    static const int64_t instant[] = {1679792400, 1698541200}, offset[] = {3600, 0};
    const retain_zone london = {2, instant, offset, 0};
    int64_t moments[4] = {1679792399, 1679792400, 1698541199, 1698541200}, days[4], seconds[4];

    (void)state;
    assert_int_equal(retain_calendar_local(NULL, &london, moments, 4, days, seconds), RETAIN_OK);
    assert_true(seconds[0] == 3599 && seconds[1] == 7200); /* 00:59:59, 02:00:00 */
    assert_true(seconds[2] == 7199 && seconds[3] == 3600); /* 01:59:59, 01:00:00 */
    assert_true(days[0] == days[1] && days[2] == days[3] && days[0] == 19442);
    assert_int_equal(retain_calendar_local(NULL, &london, moments, 4, NULL, moments), RETAIN_OK); /* in place */
    assert_memory_equal(moments, seconds, sizeof seconds);
}

/* Day and clock together are the moment again, with the offset that the zone has then. */
static void day_and_clock_are_the_local_moment(void **state)
{
    golden table = golden_read("calendar/zones.csv");
    uint64_t random = 9;

    (void)state;
    for (size_t z = 0; z < COUNT(NAMES); z++) {
        zone_store store;
        int64_t moments[1000], days[1000], seconds[1000], only[1000];

        load_zone(&table, NAMES[z], &store);
        for (size_t i = 0; i < COUNT(moments); i++)
            moments[i] = (int64_t)(random_bits(&random) % 5000000000) - 2000000000;
        assert_int_equal(retain_calendar_local(NULL, &store.zone, moments, COUNT(moments), days, seconds), RETAIN_OK);
        assert_int_equal(retain_calendar_days(NULL, &store.zone, moments, COUNT(moments), only), RETAIN_OK);
        assert_memory_equal(days, only, sizeof days);
        for (size_t i = 0; i < COUNT(moments); i++) {
            int64_t want = store.zone.initial_offset;

            for (size_t k = 0; k < store.zone.count && store.zone.instant[k] <= moments[i]; k++)
                want = store.zone.offset[k];
            assert_true(seconds[i] >= 0 && seconds[i] < DAY);
            assert_true(days[i] * DAY + seconds[i] - moments[i] == want);
        }
    }
    golden_free(&table);
}

static void apia_had_no_thirtieth_of_december_2011(void **state)
{
    golden zones = golden_read("calendar/zones.csv");
    zone_store apia;

    (void)state;
    load_zone(&zones, "Pacific/Apia", &apia);
    assert_int_equal(first_of(&apia.zone, 15337) + DAY, first_of(&apia.zone, 15339)); /* 29 and 31 December */
    assert_int_equal(first_of(&apia.zone, 15338), first_of(&apia.zone, 15339));
    assert_int_equal(day_of(&apia.zone, first_of(&apia.zone, 15338)), 15339);
    golden_free(&zones);
}

static void no_zone_means_utc(void **state)
{
    int64_t moments[] = {0, 86399, 86400, -1, -86400, -86401}, days[6];
    static const int64_t want[] = {0, 0, 1, -1, -1, -2};

    (void)state;
    assert_int_equal(retain_calendar_days(NULL, NULL, moments, 6, days), RETAIN_OK);
    assert_memory_equal(days, want, sizeof want);
    assert_int_equal(retain_calendar_instants(NULL, NULL, days, 6, days), RETAIN_OK);
    assert_int_equal(days[2], 86400);
    assert_int_equal(days[5], -172800);
}

/* A zone with up to four changes within four days, by any offset up to 26 hours: days are left out and come twice. */
static void make_odd_zone(uint64_t *random, zone_store *into)
{
    int64_t at = (int64_t)(random_bits(random) % (2 * DAY));

    into->zone = (retain_zone){random_bits(random) % 5, into->instant, into->offset, 0};
    into->zone.initial_offset = (int64_t)(random_bits(random) % 187201) - 93600;
    for (size_t i = 0; i < into->zone.count; i++) {
        into->instant[i] = at;
        into->offset[i] = (int64_t)(random_bits(random) % 187201) - 93600;
        at += 1 + (int64_t)(random_bits(random) % (random_bits(random) % 4 ? DAY : 60));
    }
}

/* Counts every second of twelve days and remembers when each day was met first. */
static void finds_the_first_second_of_every_day_in_zones_that_nobody_would_make(void **state)
{
    enum { BEGIN = -6, DAYS = 18 };
    uint64_t random = 20111230;
    zone_store store;

    (void)state;
    for (int round = 0; round < 60; round++) {
        int64_t met[DAYS], days[DAYS], got[DAYS], offset;
        size_t next = 0;

        make_odd_zone(&random, &store);
        offset = store.zone.initial_offset;
        for (int d = 0; d < DAYS; d++) {
            days[d] = BEGIN + d;
            met[d] = INT64_MAX;
        }
        for (int64_t second = (BEGIN - 2) * DAY; second < (BEGIN + DAYS + 2) * DAY; second++) {
            int64_t local, day;

            if (next < store.zone.count && store.instant[next] == second)
                offset = store.offset[next++];
            local = second + offset;
            day = (local - ((local % DAY) + DAY) % DAY) / DAY;
            if (local % DAY == 0 || second == (next ? store.instant[next - 1] : INT64_MIN))
                assert_int_equal(day_of(&store.zone, second), day);
            if (day >= BEGIN && day < BEGIN + DAYS && second < met[day - BEGIN])
                met[day - BEGIN] = second;
        }
        assert_int_equal(retain_calendar_instants(NULL, &store.zone, days, DAYS, got), RETAIN_OK);
        for (int d = 0; d < DAYS; d++) {
            int that = d;

            while (met[that] == INT64_MAX)
                that++;
            assert_int_equal(got[d], met[that]);
        }
    }
}

static void days_come_back_from_their_first_moment_wherever_they_existed(void **state)
{
    golden zones = golden_read("calendar/zones.csv");
    enum { FIRST = -62500, DAYS = 90000 };
    int64_t *days = calloc(DAYS, sizeof *days);

    (void)state;
    assert_non_null(days);
    for (size_t z = 0; z < COUNT(NAMES); z++) {
        zone_store store;
        size_t differing = 0;

        load_zone(&zones, NAMES[z], &store);
        for (int i = 0; i < DAYS; i++)
            days[i] = FIRST + i;
        assert_int_equal(retain_calendar_instants(NULL, &store.zone, days, DAYS, days), RETAIN_OK);
        for (int i = 1; i < DAYS; i++)
            assert_true(days[i - 1] < days[i] || (strcmp(NAMES[z], "Pacific/Apia") == 0 && days[i - 1] == days[i]));
        assert_int_equal(retain_calendar_days(NULL, &store.zone, days, DAYS, days), RETAIN_OK);
        for (int i = 0; i < DAYS; i++)
            differing += days[i] != FIRST + i;
        assert_int_equal(differing, strcmp(NAMES[z], "Pacific/Apia") == 0);
    }
    free(days);
    golden_free(&zones);
}

static void a_batch_gives_what_single_moments_give(void **state)
{
    golden zones = golden_read("calendar/zones.csv");
    uint64_t random = 7;
    zone_store store;

    (void)state;
    load_zone(&zones, "Africa/Cairo", &store);
    for (int round = 0; round < 2000; round++) {
        int64_t moments[20], days[20], back[20], spread = INT64_C(1) << (random_bits(&random) % 33);
        int64_t middle = store.instant[random_bits(&random) % store.zone.count];
        size_t count = 1 + random_bits(&random) % 20;

        for (size_t i = 0; i < count; i++)
            moments[i] = middle + (int64_t)(random_bits(&random) % (uint64_t)(2 * spread)) - spread;
        assert_int_equal(retain_calendar_days(NULL, &store.zone, moments, count, days), RETAIN_OK);
        assert_int_equal(retain_calendar_instants(NULL, &store.zone, days, count, back), RETAIN_OK);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(days[i], day_of(&store.zone, moments[i]));
            assert_int_equal(back[i], first_of(&store.zone, days[i]));
            assert_true(back[i] <= moments[i]);
            assert_int_equal(day_of(&store.zone, back[i]), days[i]);
        }
    }
    golden_free(&zones);
}

static void refuses_moments_whose_local_time_leaves_64_bits(void **state)
{
    int64_t instant[] = {0}, offset[] = {3600};
    retain_zone zone = {1, instant, offset, -3600};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t high[] = {0, INT64_MAX - 3600, INT64_MAX - 3599}, low[] = {0, INT64_MIN + 3600, INT64_MIN + 3599},
            days[] = {77, 77, 77};

    (void)state;
    assert_int_equal(retain_calendar_days(&ctx, &zone, high, 3, days), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "seconds[2] is 9223372036854772208; with the zone's offset of 3600 it leaves the 64-bit range");
    assert_int_equal(ctx.row, 2);
    assert_int_equal(retain_calendar_days(&ctx, &zone, low, 3, days), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 2);
    assert_int_equal(days[0], 77);
    assert_int_equal(retain_calendar_days(&ctx, &zone, high, 2, days), RETAIN_OK);
    assert_int_equal(days[1], INT64_MAX / DAY);
    assert_int_equal(retain_calendar_days(&ctx, &zone, low, 2, days), RETAIN_OK);
    assert_int_equal(days[1], INT64_MIN / DAY - 1);
    assert_int_equal(day_of(NULL, INT64_MAX), INT64_MAX / DAY);
    assert_int_equal(day_of(NULL, INT64_MIN), INT64_MIN / DAY - 1);
}

static void goes_there_and_back_near_the_ends_of_64_bits(void **state)
{
    static const int64_t offsets[] = {-93600, -3600, 0, 1, 93600};
    uint64_t random = 64;

    (void)state;
    for (size_t o = 0; o < COUNT(offsets); o++) {
        int64_t instant[] = {INT64_MIN, 0, INT64_MAX}, offset[] = {offsets[o], -offsets[o], offsets[o]};
        retain_zone zone = {3, instant, offset, 50000};

        for (int i = 0; i < 2000; i++) {
            int64_t day = i < 10   ? MOST_DAY - i
                          : i < 20 ? -MOST_DAY + i - 10
                                   : (int64_t)(random_bits(&random) % (uint64_t)(2 * MOST_DAY)) - MOST_DAY;

            assert_int_equal(day_of(&zone, first_of(&zone, day)), day);
            assert_int_equal(day_of(&zone, first_of(&zone, day) - 1), day - 1);
        }
    }
}

static void refuses_days_whose_moments_leave_64_bits(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t days[] = {0, MOST_DAY + 1}, seconds[] = {77, 77};

    (void)state;
    assert_int_equal(retain_calendar_instants(&ctx, NULL, days, 2, seconds), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "days[1] is 106751991167297; it must lie within 106751991167296 days of 1970");
    assert_int_equal(ctx.row, 1);
    days[1] = INT64_MIN;
    assert_int_equal(retain_calendar_instants(&ctx, NULL, days, 2, seconds), RETAIN_ERROR_DATA);
    assert_int_equal(seconds[0], 77);
}

static void names_what_is_wrong_with_a_zone(void **state)
{
    int64_t good[] = {0, 10, 20}, unsorted[] = {0, 10, 10}, offset[] = {0, 3600, 0}, wild[] = {0, -93601, 0},
            late[] = {0, 0, 93601};
    const struct {
        retain_zone zone;
        const char *sentence;
    } cases[] = {
        {{3, unsorted, offset, 0}, "zone.instant[2] is 10; it must be greater than zone.instant[1] = 10"},
        {{3, good, wild, 0}, "zone.offset[1] is -93601; it must lie in [-93600, 93600] seconds"},
        {{3, good, late, 0}, "zone.offset[2] is 93601; it must lie in [-93600, 93600] seconds"},
        {{0, NULL, NULL, 93601}, "zone.initial_offset is 93601; it must lie in [-93600, 93600] seconds"},
        {{0, NULL, NULL, INT64_MIN}, "zone.initial_offset is -9223372036854775808; it must lie in [-93600, 93600] seconds"},
        {{1, NULL, offset, 0}, "zone.instant is NULL; it is required"},
        {{1, good, NULL, 0}, "zone.offset is NULL; it is required"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        int64_t in = 5, out = 77;

        assert_int_equal(retain_calendar_days(&ctx, &cases[i].zone, &in, 1, &out), RETAIN_ERROR_ARGUMENT);
        assert_string_equal(ctx.error, cases[i].sentence);
        assert_int_equal(retain_calendar_instants(&ctx, &cases[i].zone, &in, 1, &out), RETAIN_ERROR_ARGUMENT);
        assert_string_equal(ctx.error, cases[i].sentence);
        assert_int_equal(retain_calendar_days(&ctx, &cases[i].zone, NULL, 0, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(out, 77);
    }
}

static void refuses_missing_arrays(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t one = 1;

    (void)state;
    assert_int_equal(retain_calendar_days(&ctx, NULL, NULL, 1, &one), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "seconds is NULL; it is required");
    assert_int_equal(retain_calendar_days(&ctx, NULL, &one, 1, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "days is NULL; it is required");
    assert_int_equal(retain_calendar_instants(&ctx, NULL, NULL, 1, &one), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "days is NULL; it is required");
    assert_int_equal(retain_calendar_instants(&ctx, NULL, &one, 1, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "seconds is NULL; it is required");
    assert_int_equal(retain_calendar_local(&ctx, NULL, NULL, 1, &one, &one), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "seconds is NULL; it is required");
    assert_int_equal(retain_calendar_local(&ctx, NULL, &one, 1, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_calendar_days(&ctx, NULL, NULL, 0, NULL), RETAIN_OK);
    assert_int_equal(retain_calendar_local(&ctx, NULL, NULL, 0, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_calendar_instants(&ctx, NULL, NULL, 0, NULL), RETAIN_OK);
    one = INT64_MAX;
    assert_int_equal(retain_calendar_local(&ctx, &(retain_zone){0, NULL, NULL, 3600}, &one, 1, &one, NULL), RETAIN_ERROR_DATA);
    assert_true(one == INT64_MAX);
    assert_int_equal(retain_calendar_local(&ctx, &(retain_zone){0, NULL, NULL, 93601}, &one, 1, &one, NULL), RETAIN_ERROR_ARGUMENT);
    ctx.struct_size = 0;
    assert_int_equal(retain_calendar_local(&ctx, NULL, &one, 1, &one, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calendar_days(&ctx, NULL, &one, 1, &one), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calendar_instants(&ctx, NULL, &one, 1, &one), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_day_on_both_sides_of_every_change_as_zoneinfo_does),
        cmocka_unit_test(knows_when_each_day_began_as_zoneinfo_does),
        cmocka_unit_test(days_are_23_and_25_hours_long_when_the_clock_changes),
        cmocka_unit_test(the_clock_skips_an_hour_in_spring_and_repeats_one_in_autumn),
        cmocka_unit_test(day_and_clock_are_the_local_moment),
        cmocka_unit_test(apia_had_no_thirtieth_of_december_2011),
        cmocka_unit_test(no_zone_means_utc),
        cmocka_unit_test(finds_the_first_second_of_every_day_in_zones_that_nobody_would_make),
        cmocka_unit_test(days_come_back_from_their_first_moment_wherever_they_existed),
        cmocka_unit_test(a_batch_gives_what_single_moments_give),
        cmocka_unit_test(refuses_moments_whose_local_time_leaves_64_bits),
        cmocka_unit_test(goes_there_and_back_near_the_ends_of_64_bits),
        cmocka_unit_test(refuses_days_whose_moments_leave_64_bits),
        cmocka_unit_test(names_what_is_wrong_with_a_zone),
        cmocka_unit_test(refuses_missing_arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
