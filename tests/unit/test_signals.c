/* Events per customer and the effect of an event: golden values, a shop whose truth is known, and what is refused. */
#include "logs.h"
#include "math/random.h"
#include "retain/signals.h"

enum { KINDS = 3, MOST = 500 };

/* --- the golden shop ---------------------------------------------------------------------------------------------------------- */

typedef struct shop {
    size_t customers;
    int64_t customer[MOST], known_since[MOST], group[MOST];
    int64_t who[MOST], day[MOST], kind[MOST], buyer[MOST], bought[MOST];
    double value[MOST], paid[MOST];
    retain_signals_events events;
    retain_orders orders;
    retain_groups groups;
} shop;

static void read_integers(const golden *table, const char *column, int64_t *into)
{
    assert_in_range(table->rows, 1, MOST);
    for (size_t i = 0; i < table->rows; i++)
        into[i] = (int64_t)golden_number(table, i, column);
}

static void read_shop(shop *all)
{
    golden customers = golden_read("signals/customers.csv"), events = golden_read("signals/events.csv"),
           orders = golden_read("signals/orders.csv");

    all->customers = customers.rows;
    read_integers(&customers, "customer", all->customer);
    read_integers(&customers, "known_since", all->known_since);
    read_integers(&customers, "group", all->group);
    read_integers(&events, "customer", all->who);
    read_integers(&events, "day", all->day);
    read_integers(&events, "kind", all->kind);
    read_integers(&orders, "customer", all->buyer);
    read_integers(&orders, "day", all->bought);
    for (size_t i = 0; i < events.rows; i++)
        all->value[i] = golden_number(&events, i, "value");
    for (size_t i = 0; i < orders.rows; i++)
        all->paid[i] = golden_number(&orders, i, "value");
    all->events = (retain_signals_events){events.rows, all->who, all->day, all->kind, all->value};
    all->orders = (retain_orders){orders.rows, all->buyer, all->bought, all->paid, NULL, NULL, NULL, NULL};
    all->groups = (retain_groups){all->customers, all->customer, all->group, 3};
    golden_free(&customers);
    golden_free(&events);
    golden_free(&orders);
}

/* --- per customer ------------------------------------------------------------------------------------------------------------- */

enum { FIGURES = 10 };
static const char *const NAMES[FIGURES] = {"exposure_days", "count", "per_year", "days_since_last", "earlier", "recent", "trend",
                                           "trend_p_value", "sum",   "mean"};

typedef struct figures {
    double column[FIGURES][MOST * KINDS];
    retain_signals_columns columns;
    retain_signals_report report;
} figures;

static void paint(figures *of)
{
    double *c[FIGURES];

    for (int f = 0; f < FIGURES; f++) {
        c[f] = of->column[f];
        for (size_t i = 0; i < MOST * KINDS; i++)
            c[f][i] = -5.0;
    }
    of->columns = (retain_signals_columns){.exposure_days = c[0],
                                           .count = c[1],
                                           .per_year = c[2],
                                           .days_since_last = c[3],
                                           .earlier = c[4],
                                           .recent = c[5],
                                           .trend = c[6],
                                           .trend_p_value = c[7],
                                           .sum = c[8],
                                           .mean = c[9]};
    of->report = (retain_signals_report){.struct_size = sizeof of->report};
}

static void figures_meet_the_golden_ones(void **state)
{
    static shop all;
    static figures got;
    golden table = golden_read("signals/per_customer.csv");

    (void)state;
    read_shop(&all);
    for (size_t row = 0; row < table.rows; row += all.customers * KINDS) {
        const retain_signals_options options = {sizeof options, (int64_t)golden_number(&table, row, "window"), KINDS};

        paint(&got);
        assert_int_equal(retain_signals_per_customer(
                             NULL, &all.events, all.customer, golden_number(&table, row, "known") > 0.0 ? all.known_since : NULL,
                             all.customers, (int64_t)golden_number(&table, row, "end"), &options, &got.columns, &got.report),
                         RETAIN_OK);
        for (size_t i = 0; i < all.customers * KINDS; i++) {
            assert_near((double)all.customer[i / KINDS], golden_number(&table, row + i, "customer"), 0.0);
            for (int f = 0; f < FIGURES; f++) {
                const double want = golden_number(&table, row + i, NAMES[f]);

                assert_near(got.column[f][f ? i : i / KINDS], want, 1e-13 * fabs(want));
            }
        }
        assert_int_equal(got.report.events,
                         got.report.used_events + got.report.late_events + got.report.stranger_events + got.report.early_events);
        assert_true(got.report.stranger_events > 0 && got.report.late_events > 0);
    }
    golden_free(&table);
}

/* What is known at a day must not change when the log goes on. */
static void events_after_the_observation_end_do_not_exist(void **state)
{
    static shop all;
    static figures whole, cut;
    const retain_signals_options options = {sizeof options, 120, KINDS};
    size_t kept = 0;

    (void)state;
    read_shop(&all);
    paint(&whole);
    paint(&cut);
    assert_int_equal(retain_signals_per_customer(NULL, &all.events, all.customer, all.known_since, all.customers, 200, &options,
                                                 &whole.columns, NULL),
                     RETAIN_OK);
    for (size_t i = 0; i < all.events.count; i++) {
        if (all.day[i] > 200)
            continue;
        all.who[kept] = all.who[i];
        all.day[kept] = all.day[i];
        all.kind[kept] = all.kind[i];
        all.value[kept++] = all.value[i];
    }
    assert_in_range(kept, 1, all.events.count - 1);
    all.events.count = kept;
    assert_int_equal(retain_signals_per_customer(NULL, &all.events, all.customer, all.known_since, all.customers, 200, &options,
                                                 &cut.columns, NULL),
                     RETAIN_OK);
    for (int f = 0; f < FIGURES; f++)
        assert_memory_equal(whole.column[f], cut.column[f], sizeof whole.column[f]);
}

static void without_kinds_and_values_all_events_are_alike(void **state)
{
    static shop all;
    static figures got;
    const retain_signals_options options = {sizeof options, 365, 1};

    (void)state;
    read_shop(&all);
    all.events.kind = NULL;
    all.events.value = NULL;
    paint(&got);
    assert_int_equal(
        retain_signals_per_customer(NULL, &all.events, all.customer, NULL, all.customers, 300, &options, &got.columns, &got.report),
        RETAIN_OK);
    for (size_t c = 0; c < all.customers; c++) {
        double count = 0.0;

        for (size_t i = 0; i < all.events.count; i++)
            count += all.who[i] == all.customer[c] && all.day[i] <= 300 && all.day[i] > -65;
        assert_near(got.column[1][c], count, 0.0);
        assert_near(got.column[8][c], 0.0, 0.0);
        assert_nan(got.column[9][c]);
    }
}

static void the_example_of_the_header_is_true(void **state)
{
    int64_t who[] = {7, 7, 9}, day[] = {10, 95, 40}, customer[] = {5, 7, 9};
    double count[3], since[3];
    retain_signals_events events = {3, who, day, NULL, NULL};
    retain_signals_options options = {sizeof options, 90, 1};
    retain_signals_columns columns = {0};

    (void)state;
    columns.count = count;
    columns.days_since_last = since;
    assert_int_equal(retain_signals_per_customer(NULL, &events, customer, NULL, 3, 100, &options, &columns, NULL), RETAIN_OK);
    assert_near(count[0], 0.0, 0.0);
    assert_near(count[1], 1.0, 0.0); /* the window begins on day 11 */
    assert_near(count[2], 1.0, 0.0);
    assert_nan(since[0]);
    assert_near(since[1], 5.0, 0.0);
    assert_near(since[2], 60.0, 0.0);
}

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
    const retain_signals_events events = {all->events, all->late_buyer, all->late_day, NULL, NULL};
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

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void bad_events_and_customers_are_refused_by_row(void **state)
{
    static const int64_t who[] = {1, 2}, day[] = {0, 5}, far[] = {0, INT64_MIN}, kind[] = {0, 3}, falling[] = {2, 1};
    static const double value[] = {1, (double)NAN}, huge[] = {1, (double)INFINITY};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_signals_events events = {2, who, far, NULL, NULL};
    retain_signals_options options = {sizeof options, 10, 3};
    double count[6];
    const retain_signals_columns columns = {.count = count};

    (void)state;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    events = (retain_signals_events){2, who, day, kind, value};
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "events.kind[1] is 3; it must lie in [0, options.kinds = 3)");
    options.kinds = 4;
    events.value = huge;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 0, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "events.value[1] is infinity; it must be NaN or at most 1e280 in size");
    events.value = value;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, falling, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customer[1] is 1; it must be larger than the one before, 2");
    assert_int_equal(retain_signals_per_customer(&ctx, &events, NULL, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, NULL, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, INT64_MAX, &options, &columns, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, SIZE_MAX, 9, &options, &columns, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options.window_days = -1;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.window_days is -1; it must lie in [1, 2^40] (0 means 365)");
}

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

static void a_context_of_no_size_is_refused(void **state)
{
    const retain_signals_events none = {0, NULL, NULL, NULL, NULL};
    const retain_orders no_orders = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const retain_signals_columns columns = {0};
    retain_signals_comparison got = {.struct_size = sizeof got};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_signals_per_customer(&ctx, &none, NULL, NULL, 0, 9, NULL, &columns, NULL), RETAIN_OK);
    ctx.struct_size = 1;
    assert_int_equal(retain_signals_per_customer(&ctx, &none, NULL, NULL, 0, 9, NULL, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_effect(&ctx, &none, &no_orders, 9, NULL, NULL, 0, NULL, NULL, &got), RETAIN_ERROR_ARGUMENT);
}

static void odd_options_are_refused(void **state)
{
    static const int64_t who[] = {1}, day[] = {0}, kind[] = {-1};
    const retain_signals_events events = {1, who, day, kind, NULL};
    const retain_signals_columns columns = {0};
    retain_signals_options options = {sizeof options, ((int64_t)1 << 40) + 1, 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 1, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 1, 9, NULL, &columns, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 0);
    options.struct_size = 4;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 1, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
}

/* When all are alike there is nothing to tell how sure the difference is. */
static void without_any_spread_there_is_no_interval(void **state)
{
    static const int64_t who[] = {1, 2, 3, 4}, day[] = {0, 0, 0, 0}, when[] = {3, 4};
    static const double paid[] = {5, 5, 5, 5};
    const retain_orders orders = {4, who, day, paid, NULL, NULL, NULL, NULL};
    const retain_signals_events events = {2, who, when, NULL, NULL};
    retain_signals_comparison got = {.struct_size = sizeof got};

    (void)state;
    assert_int_equal(retain_signals_effect(NULL, &events, &orders, 400, NULL, NULL, 0, NULL, NULL, &got), RETAIN_OK);
    assert_near(got.effect, 0.0, 0.0);
    assert_near(got.standard_error, 0.0, 0.0);
    assert_nan(got.effect_low);
    assert_nan(got.effect_high);
    assert_near(got.crude, 0.0, 0.0);
}

/* An allocator that writes into the caller's kinds while the library works, as another thread might. */
typedef struct vandal {
    int64_t *kind;
    size_t count, requests;
} vandal;

static void *allocate_and_scribble(void *user, void *old, size_t old_size, size_t new_size)
{
    vandal *of = user;

    (void)old_size;
    of->requests++;
    for (size_t i = 0; i < of->count; i++)
        of->kind[i] = i % 2 ? INT64_MIN : INT64_MAX;
    if (new_size)
        return realloc(old, new_size);
    free(old);
    return NULL;
}

static void kinds_that_change_meanwhile_do_no_harm(void **state)
{
    static shop all;
    static figures got;
    const retain_signals_options options = {sizeof options, 365, KINDS};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    vandal of;

    (void)state;
    read_shop(&all);
    paint(&got);
    of = (vandal){all.kind, all.events.count, 0};
    ctx.allocate = allocate_and_scribble;
    ctx.allocate_user = &of;
    assert_int_equal(
        retain_signals_per_customer(&ctx, &all.events, all.customer, NULL, all.customers, 300, &options, &got.columns, NULL),
        RETAIN_OK);
    assert_true(of.requests > 0);
    assert_near(got.column[1][0], 0.0, 0.0);
}

static void where_nobody_can_be_compared_there_is_no_effect(void **state)
{
    static const int64_t who[] = {1, 2}, day[] = {0, 0}, when[] = {3, 4};
    static const double paid[] = {5, 5};
    const retain_orders orders = {2, who, day, paid, NULL, NULL, NULL, NULL},
                        no_orders = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const retain_signals_events events = {2, who, when, NULL, NULL}, none = {0, NULL, NULL, NULL, NULL};
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

/* --- memory and threads ------------------------------------------------------------------------------------------------------- */

typedef struct run {
    shop all;
    figures got;
    retain_signals_comparison comparison;
} run;

static retain_status run_everything(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {-200, 100, 500};
    run *of = state;
    const retain_signals_options options = {sizeof options, 91, KINDS};
    retain_status status =
        retain_signals_effect(ctx, &of->all.events, &of->all.orders, 400, NULL, edges, 3, &of->all.groups, NULL, &of->comparison);

    return status == RETAIN_OK ? retain_signals_per_customer(ctx, &of->all.events, of->all.customer, of->all.known_since,
                                                             of->all.customers, 300, &options, &of->got.columns, &of->got.report)
                               : status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static run of;

    (void)state;
    read_shop(&of.all);
    paint(&of.got);
    of.comparison.struct_size = sizeof of.comparison;
    survives_memory_exhaustion(run_everything, NULL, &of);
}

static void threads_change_nothing(void **state)
{
    enum { MANY = 20000 };
    static int64_t customer[MANY], who[3 * MANY], day[3 * MANY];
    static double count[2][MANY], trend[2][MANY];
    const retain_signals_events events = {3 * MANY, who, day, NULL, NULL};
    uint64_t seed = 5;

    (void)state;
    for (int64_t i = 0; i < MANY; i++)
        customer[i] = 3 * i;
    for (size_t i = 0; i < 3 * MANY; i++) {
        who[i] = random_between(&seed, 0, 3 * MANY);
        day[i] = random_between(&seed, 0, 365);
    }
    for (int turn = 0; turn < 2; turn++) {
        const retain_signals_columns columns = {.count = count[turn], .trend = trend[turn]};
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = turn ? 7 : 1;
        assert_int_equal(retain_signals_per_customer(&ctx, &events, customer, NULL, MANY, 365, NULL, &columns, NULL), RETAIN_OK);
    }
    assert_memory_equal(count[0], count[1], sizeof count[0]);
    assert_memory_equal(trend[0], trend[1], sizeof trend[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_meet_the_golden_ones),
        cmocka_unit_test(events_after_the_observation_end_do_not_exist),
        cmocka_unit_test(without_kinds_and_values_all_events_are_alike),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(effects_meet_the_golden_ones),
        cmocka_unit_test(a_known_effect_is_found_where_the_crude_difference_is_biased),
        cmocka_unit_test(waiting_for_an_event_is_not_taken_for_its_effect),
        cmocka_unit_test(bad_events_and_customers_are_refused_by_row),
        cmocka_unit_test(bad_comparisons_are_refused),
        cmocka_unit_test(a_context_of_no_size_is_refused),
        cmocka_unit_test(odd_options_are_refused),
        cmocka_unit_test(without_any_spread_there_is_no_interval),
        cmocka_unit_test(kinds_that_change_meanwhile_do_no_harm),
        cmocka_unit_test(where_nobody_can_be_compared_there_is_no_effect),
        cmocka_unit_test(memory_exhaustion_is_survived),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
