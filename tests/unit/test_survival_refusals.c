/* What survival curves refuse, and with which words. */
#include "retain/survival.h"

#include "support.h"

static void bad_rows_and_options_are_refused_by_name(void **state)
{
    static const struct {
        double exit, entry, weight;
        uint8_t event;
        const char *sentence;
    } bad[] = {
        {-1, 0, 1, 0, "durations.exit[1] is -1; it must be 0 to 1e100"},
        {(double)NAN, 0, 1, 0, "durations.exit[1] is NaN; it must be 0 to 1e100"},
        {5, (double)INFINITY, 1, 0, "durations.entry[1] is infinity; it must be 0 to 1e100"},
        {5, 5, 1, 0, "durations.entry[1] is 5; it must lie before exit, 5"},
        {5, 0, 1, 2, "durations.event[1] is 2; it must be 0 or 1"},
        {5, 0, -2, 1, "durations.weight[1] is -2; it must be 0, or 1e-100 to 1e100"},
    };
    static const struct {
        retain_survival_options options;
        const char *sentence;
    } odd[] = {
        {{.level = 1.0}, "options.level is 1; it must lie in (0, 1) (0 means 0.95)"},
        {{.interval = (retain_survival_interval)3}, "options.interval is 3; it must be a retain_survival_interval"},
        {{.start = -1}, "options.start is -1; it must be finite and at least 0"},
        {{.start = 5, .horizon = 5},
         "options.horizon is 5; it must be finite and above options.start, 5 (0 means as long as was watched)"},
        {{.rho = 11}, "options.rho is 11; it must lie in [0, 10]"},
    };
    static const double share[] = {0.5, 1.0}, time[] = {7.0, 4.0};
    const retain_survival_options later = {.struct_size = sizeof later, .start = 5};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double exit[] = {3, 5}, entry[] = {0, 0}, weight[] = {1, 1}, got[2] = {-7, -7};
    int64_t group[] = {0, 2};
    uint8_t event[] = {1, 1};
    const retain_durations durations = {.count = 2, .exit = exit, .event = event, .entry = entry, .weight = weight};
    const retain_survival_groups columns = {.mean = got};

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        retain_survival_options options = odd[i].options;

        options.struct_size = sizeof options;
        assert_int_equal(retain_survival_mean(&ctx, &durations, &options, got, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        assert_string_equal(ctx.error, odd[i].sentence);
    }
    assert_int_equal(retain_survival_quantiles(&ctx, &durations, NULL, share, 2, got, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "shares[1] is 1; it must lie in (0, 1)");
    assert_int_equal(retain_survival_at(&ctx, &durations, &later, time, 2, got, NULL, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "time[1] is 4; it must be finite and at least options.start, 5");
    assert_int_equal(retain_survival_compare(&ctx, &durations, group, 2, NULL, &columns, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "group[1] is 2; it must lie in [0, groups = 2)");
    assert_int_equal(retain_survival_compare(&ctx, &durations, group, 1025, NULL, &columns, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "groups is 1025; it must be 1 to 1024");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        exit[1] = bad[i].exit;
        entry[1] = bad[i].entry;
        weight[1] = bad[i].weight;
        event[1] = bad[i].event;
        assert_int_equal(retain_survival_mean(&ctx, &durations, NULL, got, NULL, NULL, NULL), RETAIN_ERROR_DATA);
        assert_string_equal(ctx.error, bad[i].sentence);
        assert_int_equal(ctx.row, 1);
    }
    assert_near(got[0], -7, 0.0);
}

static void what_is_missing_is_named(void **state)
{
    static const double exit[] = {3, 5};
    const retain_durations durations = {.count = 2, .exit = exit}, hollow = {.count = 2};
    const retain_survival_columns columns = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count;

    (void)state;
    assert_int_equal(retain_survival_curve(&ctx, NULL, NULL, &columns, 2, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_curve(&ctx, &hollow, NULL, &columns, 2, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_curve(&ctx, &durations, NULL, NULL, 2, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_curve(&ctx, &durations, NULL, &columns, 2, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_at(&ctx, &durations, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_quantiles(&ctx, &durations, NULL, NULL, 1, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_compare(&ctx, &durations, NULL, 2, NULL, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survival_curve(&ctx, &durations, NULL, &columns, 1, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_rows_and_options_are_refused_by_name),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
