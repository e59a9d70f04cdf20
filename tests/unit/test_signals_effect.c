/* The effect of an event: golden values, shops whose truth is known, and what is refused. */
#include "math/random.h"
#include "signals_shop.h"

/* --- effect ------------------------------------------------------------------------------------------------------------------- */

static size_t read_edges(const char *text, int64_t *edges)
{
    size_t count = 0;

    for (char *end; *text; text = end)
        edges[count++] = strtoll(text, &end, 10);
    return count;
}

static void check_comparison(const golden *table, size_t row, const retain_signals_comparison *got)
{
    const struct {
        const char *name;
        double value;
    } fields[] = {{"occasions", got->occasions},
                  {"open", got->open},
                  {"outside", got->outside},
                  {"returned_early", got->returned_early},
                  {"exposed", got->exposed},
                  {"exposed_returned", got->exposed_returned},
                  {"unexposed", got->unexposed},
                  {"unexposed_returned", got->unexposed_returned},
                  {"crude", got->crude},
                  {"crude_low", got->crude_low},
                  {"crude_high", got->crude_high},
                  {"strata", got->strata},
                  {"matched", got->matched},
                  {"unmatched", got->unmatched},
                  {"controls", got->controls},
                  {"matched_rate", got->matched_rate},
                  {"control_rate", got->control_rate},
                  {"effect", got->effect},
                  {"standard_error", got->standard_error},
                  {"effect_low", got->effect_low},
                  {"effect_high", got->effect_high}};

    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        assert_near(fields[f].value, golden_number(table, row, fields[f].name), 1e-13);
}

static void effects_meet_the_golden_ones(void **state)
{
    static shop all;
    golden table = golden_read("signals/effects.csv");

    (void)state;
    read_shop(&all);
    for (size_t row = 0; row < table.rows; row++) {
        const retain_signals_effect_options options = {.struct_size = sizeof options,
                                                       .kind = (int64_t)golden_number(&table, row, "kind"),
                                                       .exposure_days = (int64_t)golden_number(&table, row, "exposure"),
                                                       .horizon_days = (int64_t)golden_number(&table, row, "horizon"),
                                                       .order_numbers = (size_t)golden_number(&table, row, "numbers"),
                                                       .value_classes = (size_t)golden_number(&table, row, "classes")};
        retain_signals_comparison got = {.struct_size = sizeof got};
        int64_t edges[16];
        const size_t edge_count = read_edges(golden_text(&table, row, "edges"), edges);

        for (int threads = 1; threads < 5; threads += 3) {
            retain_context ctx = RETAIN_CONTEXT_INIT;

            ctx.threads = threads;
            assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, (int64_t)golden_number(&table, row, "end"), NULL,
                                                   edge_count ? edges : NULL, edge_count,
                                                   golden_number(&table, row, "grouped") > 0.0 ? &all.groups : NULL, &options,
                                                   &got),
                             RETAIN_OK);
            check_comparison(&table, row, &got);
        }
    }
    golden_free(&table);
}

/* --- a shop whose truth is known ---------------------------------------------------------------------------------------------- */

enum { BUYERS = 4000 };

/* Small baskets are delivered late more often, and their buyers return less often anyway. Being late takes `effect` off the
 * chance to return. */
typedef struct made_shop {
    int64_t buyer[2 * BUYERS], bought[2 * BUYERS], late_buyer[BUYERS], late_day[BUYERS];
    double paid[2 * BUYERS];
    size_t orders, events;
} made_shop;

static void make_shop(made_shop *all, uint64_t seed, double effect)
{
    all->orders = all->events = 0;
    for (int64_t c = 0; c < BUYERS; c++) {
        retain__random random = retain__random_start(seed, (uint64_t)c);
        const int is_small = retain__random_uniform(&random) < 0.5,
                  is_late = retain__random_uniform(&random) < (is_small ? 0.5 : 0.1);
        const double chance = (is_small ? 0.2 : 0.6) - (is_late ? effect : 0.0);
        const int64_t day = (int64_t)(100.0 * retain__random_uniform(&random));

        all->buyer[all->orders] = c;
        all->bought[all->orders] = day;
        all->paid[all->orders++] = is_small ? 10.0 : 100.0;
        if (is_late) {
            all->late_buyer[all->events] = c;
            all->late_day[all->events++] = day + 1 + (int64_t)(14.0 * retain__random_uniform(&random));
        }
        if (retain__random_uniform(&random) < chance) {
            all->buyer[all->orders] = c;
            all->bought[all->orders] = day + 15 + (int64_t)(60.0 * retain__random_uniform(&random));
            all->paid[all->orders++] = 10.0;
        }
    }
}

static retain_signals_comparison compare_shop(const made_shop *all, size_t classes)
{
    const retain_events events = {all->events, all->late_buyer, all->late_day, NULL, NULL};
    const retain_orders orders = {all->orders, all->buyer, all->bought, all->paid, NULL, NULL, NULL, NULL};
    const retain_signals_effect_options options = {
        .struct_size = sizeof options, .exposure_days = 14, .horizon_days = 60, .order_numbers = 2, .value_classes = classes};
    retain_signals_comparison got = {.struct_size = sizeof got};

    assert_int_equal(retain_signals_effect(NULL, &events, &orders, 174, NULL, NULL, 0, NULL, &options, &got), RETAIN_OK);
    return got;
}

static void a_known_effect_is_found_where_the_crude_difference_is_biased(void **state)
{
    enum { SHOPS = 200 };
    static const double effects[] = {0.0, 0.15};
    static made_shop all;

    (void)state;
    for (int e = 0; e < 2; e++) {
        double crude = 0.0, matched = 0.0, held = 0.0, crude_held = 0.0, unmatched_strata = 0.0;

        for (uint64_t seed = 1; seed <= SHOPS; seed++) {
            retain_signals_comparison got;

            make_shop(&all, seed, effects[e]);
            got = compare_shop(&all, 2);
            crude += got.crude / SHOPS;
            matched += got.effect / SHOPS;
            held += got.effect_low <= -effects[e] && -effects[e] <= got.effect_high;
            crude_held += got.crude_low <= -effects[e] && -effects[e] <= got.crude_high;
            unmatched_strata += got.unmatched;
        }
        print_message("effect -%.2f: matched %.4f, in the interval in %.1f %% of shops; crude %.4f, in %.1f %%\n", effects[e],
                      matched, 100.0 * held / SHOPS, crude, 100.0 * crude_held / SHOPS);
        assert_near(matched, -effects[e], 0.005);
        assert_true(held / SHOPS > 0.91 && held / SHOPS < 0.99);
        assert_true(crude < -effects[e] - 0.05);
        assert_true(crude_held / SHOPS < 0.05);
        assert_near(unmatched_strata, 0.0, 0.0);
    }
}

/* Events happen to whoever waits long enough before the next order: without the landmark that alone would look like an effect. */
static void waiting_for_an_event_is_not_taken_for_its_effect(void **state)
{
    static made_shop all;
    double effect = 0.0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        all.orders = all.events = 0;
        for (int64_t c = 0; c < BUYERS; c++) {
            retain__random random = retain__random_start(seed, (uint64_t)c);
            const int64_t next = 1 + (int64_t)retain__random_exponential(&random, 1.0 / 40.0),
                          event = 1 + (int64_t)retain__random_exponential(&random, 1.0 / 10.0);

            all.buyer[all.orders] = c;
            all.bought[all.orders] = 0;
            all.paid[all.orders++] = 10.0;
            if (next < 170) {
                all.buyer[all.orders] = c;
                all.bought[all.orders] = next;
                all.paid[all.orders++] = 10.0;
            }
            if (event <= next && event <= 14) { /* an event after the order would belong to that one */
                all.late_buyer[all.events] = c;
                all.late_day[all.events++] = event;
            }
        }
        effect += compare_shop(&all, 1).effect / 40.0;
    }
    assert_near(effect, 0.0, 0.01);
}

/* --- rules ------------------------------------------------------------------------------------------------------------------------ */

static void bad_comparisons_are_refused(void **state)
{
    static shop all;
    static const int64_t edges[] = {5, 5}, somebody[] = {1}, none[] = {0};
    const retain_groups few = {1, somebody, none, 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_signals_effect_options options = {.struct_size = sizeof options};
    retain_signals_comparison got = {.struct_size = sizeof got};

    (void)state;
    read_shop(&all);
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, edges, 2, NULL, NULL, &got),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 2, NULL, NULL, &got),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, &few, NULL, &got),
                     RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "not in groups.customer"));
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_effect(&ctx, NULL, &all.orders, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_effect(&ctx, &all.events, NULL, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_ERROR_ARGUMENT);
    options.order_numbers = 1001;
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, NULL, &options, &got),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.order_numbers is 1001; it must be at most 1000 (0 means 4)");
    options = (retain_signals_effect_options){.struct_size = sizeof options, .value_classes = 2000};
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, NULL, &options, &got),
                     RETAIN_ERROR_ARGUMENT);
    options = (retain_signals_effect_options){.struct_size = sizeof options, .exposure_days = -3};
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, NULL, &options, &got),
                     RETAIN_ERROR_ARGUMENT);
    options = (retain_signals_effect_options){.struct_size = sizeof options, .level = -3};
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, NULL, &options, &got),
                     RETAIN_ERROR_ARGUMENT);
    got.struct_size = 3;
    assert_int_equal(retain_signals_effect(&ctx, &all.events, &all.orders, 400, NULL, NULL, 0, NULL, NULL, &got),
                     RETAIN_ERROR_ARGUMENT);
}

/* When all are alike there is nothing to tell how sure the difference is. */
static void without_any_spread_there_is_no_interval(void **state)
{
    static const int64_t who[] = {1, 2, 3, 4}, day[] = {0, 0, 0, 0}, when[] = {3, 4};
    static const double paid[] = {5, 5, 5, 5};
    const retain_orders orders = {4, who, day, paid, NULL, NULL, NULL, NULL};
    const retain_events events = {2, who, when, NULL, NULL};
    retain_signals_comparison got = {.struct_size = sizeof got};

    (void)state;
    assert_int_equal(retain_signals_effect(NULL, &events, &orders, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_OK);
    assert_near(got.effect, 0.0, 0.0);
    assert_near(got.standard_error, 0.0, 0.0);
    assert_nan(got.effect_low);
    assert_nan(got.effect_high);
    assert_near(got.crude, 0.0, 0.0);
}

static void where_nobody_can_be_compared_there_is_no_effect(void **state)
{
    static const int64_t who[] = {1, 2}, day[] = {0, 0}, when[] = {3, 4};
    static const double paid[] = {5, 5};
    const retain_orders orders = {2, who, day, paid, NULL, NULL, NULL, NULL},
                        no_orders = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const retain_events events = {2, who, when, NULL, NULL}, none = {0, NULL, NULL, NULL, NULL};
    retain_signals_comparison got = {.struct_size = sizeof got};

    (void)state;
    assert_int_equal(retain_signals_effect(NULL, &events, &orders, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_OK);
    assert_near(got.exposed, 2.0, 0.0);
    assert_near(got.unmatched, 2.0, 0.0);
    assert_nan(got.effect);
    assert_nan(got.crude);
    assert_int_equal(retain_signals_effect(NULL, &none, &orders, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_OK);
    assert_near(got.unexposed, 2.0, 0.0);
    assert_nan(got.effect_low);
    assert_int_equal(retain_signals_effect(NULL, &events, &no_orders, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_OK);
    assert_near(got.occasions, 0.0, 0.0);
    assert_nan(got.matched_rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_meet_the_golden_ones),
        cmocka_unit_test(a_known_effect_is_found_where_the_crude_difference_is_biased),
        cmocka_unit_test(waiting_for_an_event_is_not_taken_for_its_effect),
        cmocka_unit_test(bad_comparisons_are_refused),
        cmocka_unit_test(without_any_spread_there_is_no_interval),
        cmocka_unit_test(where_nobody_can_be_compared_there_is_no_effect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
