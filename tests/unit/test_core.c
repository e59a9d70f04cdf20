/* The ground everything stands on: error sentences, struct sizes, scratch memory, blocks of work on threads. */
#include "core/core.h"
#include "support.h"

static void says_what_is_wrong_with_field_row_value_and_rule(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain__begin(&ctx), RETAIN_OK);
    assert_int_equal(
        retain__fail(&ctx, RETAIN_ERROR_DATA, 1, "customers.t_x[%zu] is %g; it must lie in [0, T = %g]", (size_t)1, 40.0, 38.86),
        RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customers.t_x[1] is 40; it must lie in [0, T = 38.86]");
    assert_int_equal(ctx.row, 1);
    assert_int_equal(ctx.status, RETAIN_ERROR_DATA);
}

static void prints_numbers_as_a_person_writes_them(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.0, "0"},
                 {-0.0, "-0"},
                 {1.0, "1"},
                 {-1.5, "-1.5"},
                 {100.0, "100"},
                 {123456.0, "123456"},
                 {0.1, "0.1"},
                 {0.00015, "0.00015"},
                 {1e-7, "1e-7"},
                 {1234567.0, "1.23457e6"},
                 {999999.9, "1e6"},
                 {38.86, "38.86"},
                 {1e300, "1e300"},
                 {5e-324, "4.94066e-324"},
                 {0.3, "0.3"},
                 {(double)INFINITY, "infinity"},
                 {-(double)INFINITY, "-infinity"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        retain__fail(&ctx, RETAIN_ERROR_DATA, 0, "%g", cases[i].value);
        assert_string_equal(ctx.error, cases[i].text);
    }
}

static void cuts_a_long_sentence_without_overrunning(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    char name[1000];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    retain__fail(&ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %d of %lld %%", name, 1, -9223372036854775807LL - 1);
    assert_int_equal(strlen(ctx.error), RETAIN_ERROR_LENGTH - 1);
    retain__fail(&ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%lld %d%%", -9223372036854775807LL - 1, -7);
    assert_string_equal(ctx.error, "-9223372036854775808 -7%");
}

struct sample_options {
    size_t struct_size;
    double level;
    int flag;
};

static void refuses_a_forgotten_struct_size(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    struct sample_options given = {0}, taken = {sizeof taken, 0.95, 0};

    (void)state;
    assert_int_equal(retain__take_options(&ctx, "options", &given, sizeof given, sizeof given, &taken), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "options.struct_size is 0"));
    assert_near(taken.level, 0.95, 0.0);
}

static void accepts_a_newer_struct_only_when_its_unknown_fields_are_zero(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    struct {
        struct sample_options known;
        double unknown;
    } newer = {{sizeof newer, 0.5, 1}, 0.0};
    struct sample_options taken = {0};

    (void)state;
    assert_int_equal(retain__take_options(&ctx, "options", &newer, sizeof taken, sizeof taken, &taken), RETAIN_OK);
    assert_near(taken.level, 0.5, 0.0);
    newer.unknown = 2.0;
    assert_int_equal(retain__take_options(&ctx, "options", &newer, sizeof taken, sizeof taken, &taken), RETAIN_ERROR_ARGUMENT);
}

static void scratch_is_aligned_and_all_given_back(void **state)
{
    counting_allocator counter = {0};
    retain_context ctx = counting_context(&counter);
    retain__scratch scratch = {&ctx, NULL};
    unsigned char *a = retain__take(&scratch, 3, 7), *b = retain__take_zeroed(&scratch, 100, 1), *c = retain__take(&scratch, 0, 8);

    (void)state;
    assert_int_equal((uintptr_t)a % 64, 0);
    assert_int_equal((uintptr_t)b % 64, 0);
    assert_int_equal(b[99], 0);
    assert_non_null(c);
    retain__give_back(&scratch, b);
    assert_int_equal(counter.live, 2);
    retain__release(&scratch);
    assert_int_equal(counter.live, 0);
    assert_int_equal(counter.live_bytes, 0);
}

static void refuses_sizes_that_overflow(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain__scratch scratch = {&ctx, NULL};

    (void)state;
    assert_null(retain__take(&scratch, SIZE_MAX / 2, 3));
    assert_null(retain__take(&scratch, SIZE_MAX - 10, 1));
    assert_int_equal(ctx.status, RETAIN_ERROR_MEMORY);
}

struct sums {
    double of_block[1000];
    size_t seen[1000];
};

static void add_up(void *state, size_t block, size_t first, size_t last)
{
    struct sums *sums = state;

    sums->seen[block] += last - first;
    for (size_t i = first; i < last; i++)
        sums->of_block[block] += 1.0 / (double)(i + 1);
}

static void more_threads_than_ever_start_are_refused(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    ctx.threads = 256;
    assert_int_equal(retain__begin(&ctx), RETAIN_OK);
    ctx.threads = 257;
    assert_int_equal(retain__begin(&ctx), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "context.threads is 257; it must lie in [0, 256]");
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    double first = 0.0;

    (void)state;
    for (int threads = 0; threads <= 64; threads = threads ? threads * 2 : 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        struct sums *sums = calloc(1, sizeof *sums);
        double total = 0.0;
        size_t items = 0;

        assert_non_null(sums);
        ctx.threads = threads;
        assert_int_equal(retain__parallel(&ctx, 99999, 100, 0.0, 1.0, add_up, sums), RETAIN_OK);
        for (size_t b = 0; b < retain__blocks(99999, 100); b++) {
            total += sums->of_block[b];
            items += sums->seen[b];
        }
        assert_int_equal(items, 99999);
        if (threads == 0)
            first = total;
        assert_memory_equal(&total, &first, sizeof total);
        free(sums);
    }
}

static int stop_at_half(void *user, double fraction)
{
    *(double *)user = fraction;
    return fraction >= 0.5;
}

static void progress_is_told_and_can_cancel(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    struct sums *sums = calloc(1, sizeof *sums);
    double last = -1.0;

    (void)state;
    assert_non_null(sums);
    ctx.progress = stop_at_half;
    ctx.progress_user = &last;
    assert_int_equal(retain__parallel(&ctx, 1000, 10, 0.0, 1.0, add_up, sums), RETAIN_ERROR_CANCELLED);
    assert_int_equal(ctx.status, RETAIN_ERROR_CANCELLED);
    assert_true(last >= 0.5 && last < 0.6);
    assert_int_equal(sums->seen[99], 0);
    free(sums);
}

static void nothing_to_do_is_fine(void **state)
{
    (void)state;
    assert_int_equal(retain__parallel(NULL, 0, 16, 0.0, 1.0, add_up, NULL), RETAIN_OK);
    assert_int_equal(retain__blocks(0, 16), 0);
    assert_int_equal(retain__blocks(17, 16), 2);
}

static void the_version_is_that_of_the_headers(void **state)
{
    int major, minor, patch;

    (void)state;
    assert_int_equal(sscanf(retain_version(), "%d.%d.%d", &major, &minor, &patch), 3);
}

static void statuses_have_names(void **state)
{
    static const struct {
        retain_status status;
        const char *name;
    } names[] = {{RETAIN_OK, "ok"},
                 {RETAIN_ERROR_ARGUMENT, "argument"},
                 {RETAIN_ERROR_DATA, "data"},
                 {RETAIN_ERROR_CAPACITY, "capacity"},
                 {RETAIN_ERROR_MEMORY, "memory"},
                 {RETAIN_ERROR_CONVERGENCE, "convergence"},
                 {RETAIN_ERROR_CANCELLED, "cancelled"},
                 {(retain_status)99, "unknown"}};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(retain_status_name(names[i].status), names[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong_with_field_row_value_and_rule),
        cmocka_unit_test(prints_numbers_as_a_person_writes_them),
        cmocka_unit_test(cuts_a_long_sentence_without_overrunning),
        cmocka_unit_test(refuses_a_forgotten_struct_size),
        cmocka_unit_test(accepts_a_newer_struct_only_when_its_unknown_fields_are_zero),
        cmocka_unit_test(scratch_is_aligned_and_all_given_back),
        cmocka_unit_test(refuses_sizes_that_overflow),
        cmocka_unit_test(more_threads_than_ever_start_are_refused),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(progress_is_told_and_can_cancel),
        cmocka_unit_test(nothing_to_do_is_fine),
        cmocka_unit_test(the_version_is_that_of_the_headers),
        cmocka_unit_test(statuses_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
