/* Who is about to leave, in one call: on made-up shops whose truth is known. */
#include "retain/features.h"
#include "retain/risk.h"
#include "retain/scoring.h"

#include "math/random.h"
#include "support.h"

enum { MOST_ORDERS = 40000, MOST_CUSTOMERS = 3000, DAYS = 720 };

/* A shop: orders, and late deliveries. */
typedef struct shop {
    retain_orders log;
    retain_events late;
    int64_t customer[MOST_ORDERS], day[MOST_ORDERS], late_customer[MOST_ORDERS], late_day[MOST_ORDERS];
    double value[MOST_ORDERS];
} shop;

/* What drives it. */
typedef struct shop_shape {
    size_t customers;
    double leaving;  /* chance of leaving after an order */
    double offended; /* the same after a late one, of which there are one in five */
    int alike;       /* 1: nobody differs from anybody, and nobody leaves */
} shop_shape;

static shop *make_shop(uint64_t seed, shop_shape shape)
{
    shop *made = calloc(1, sizeof *made);
    size_t n = 0, late = 0;

    assert_non_null(made);
    for (size_t c = 1; c <= shape.customers; c++) {
        retain__random random = retain__random_start(seed, c);
        const double gap = shape.alike ? 40.0 : 10.0 * exp(1.2 * fabs(retain__random_normal(&random)));
        double day = floor(retain__random_uniform(&random) * 600.0);

        while (day < DAYS && n < MOST_ORDERS) {
            const int is_late = retain__random_uniform(&random) < 0.2;

            made->customer[n] = (int64_t)c;
            made->day[n] = (int64_t)day;
            made->value[n++] = floor(2000.0 * exp(0.5 * retain__random_normal(&random))) / 100.0;
            if (is_late) {
                made->late_customer[late] = (int64_t)c;
                made->late_day[late++] = (int64_t)day + 1;
            }
            if (!shape.alike && retain__random_uniform(&random) < (is_late ? shape.offended : shape.leaving))
                break;
            day += ceil(retain__random_exponential(&random, 1.0 / gap));
        }
    }
    assert_true(n < MOST_ORDERS);
    made->log = (retain_orders){.count = n, .customer = made->customer, .day = made->day, .value = made->value};
    made->late = (retain_events){.count = late, .customer = made->late_customer, .day = made->late_day};
    return made;
}

enum { END = 659, HORIZON = 60, KINDS = 1, THEMES = RETAIN_RISK_EVENTS + KINDS };

/* Everything that is said of a shop on day END. */
typedef struct answer {
    size_t count;
    retain_risk_card card;
    int64_t customer[MOST_CUSTOMERS], reason[3 * MOST_CUSTOMERS], reason_column[3 * MOST_CUSTOMERS], rank[MOST_CUSTOMERS];
    double risk[MOST_CUSTOMERS], low[MOST_CUSTOMERS], high[MOST_CUSTOMERS], log_odds[MOST_CUSTOMERS];
    double contribution[THEMES * MOST_CUSTOMERS], reason_effect[3 * MOST_CUSTOMERS], reason_value[3 * MOST_CUSTOMERS];
    double reason_typical[3 * MOST_CUSTOMERS], residual[MOST_CUSTOMERS], at_risk[MOST_CUSTOMERS], gain[MOST_CUSTOMERS];
    uint8_t band[MOST_CUSTOMERS];
} answer;

static retain_risk_columns columns_of(answer *a)
{
    return (retain_risk_columns){.customer = a->customer,
                                 .risk = a->risk,
                                 .risk_low = a->low,
                                 .risk_high = a->high,
                                 .log_odds = a->log_odds,
                                 .contribution = a->contribution,
                                 .reason = a->reason,
                                 .reason_effect = a->reason_effect,
                                 .reason_column = a->reason_column,
                                 .reason_value = a->reason_value,
                                 .reason_typical = a->reason_typical,
                                 .residual = a->residual,
                                 .value_at_risk = a->at_risk,
                                 .gain = a->gain,
                                 .rank = a->rank,
                                 .band = a->band};
}

static retain_risk_options usual(void)
{
    return (retain_risk_options){.struct_size = sizeof(retain_risk_options), .horizon_days = HORIZON, .cost = 0.5, .most = 100};
}

static retain_status ask(retain_context *ctx, const shop *of, const retain_risk_options *options, int with_events, answer *a)
{
    const retain_features_source source = {.orders = &of->log, .events = with_events ? &of->late : NULL, .kinds = KINDS};
    const retain_risk_columns columns = columns_of(a);

    memset(a, 0, sizeof *a);
    a->card.struct_size = sizeof a->card;
    return retain_risk_customers(ctx, &source, END, NULL, options, &columns, MOST_CUSTOMERS, &a->count, &a->card);
}

static const shop_shape ordinary = {2500, 0.1, 0.1, 0}, touchy = {2500, 0.06, 0.6, 0};

/* --- the card ---------------------------------------------------------------------------------------------------------------------- */

static void earns_its_keep_in_an_ordinary_shop(void **state)
{
    shop *made = make_shop(1, ordinary);
    answer *a = malloc(sizeof *a);
    const retain_risk_options options = usual();
    const retain_risk_figures *figures;

    (void)state;
    assert_int_equal(ask(NULL, made, &options, 0, a), RETAIN_OK);
    assert_int_equal(a->card.verdict, RETAIN_RISK_EARNED);
    assert_int_equal(a->card.test_date, END - HORIZON);
    assert_int_equal(a->card.dates, 8);
    assert_true(a->card.choice_dates == 2);
    figures = &a->card.figures[a->card.method];
    assert_true(figures->gain_low > 0.0);
    assert_near(figures->auc - a->card.figures[RETAIN_RISK_LONGEST_ABSENT].auc, figures->gain, 1e-12);
    assert_true(fabs(figures->expected - (double)a->card.test_silent) < 3.5 * sqrt((double)a->card.test_customers) / 2.0);
    assert_true(figures->slope > 0.8 && figures->slope < 1.25);
    assert_non_null(strstr(a->card.explanation, "longest absent first"));
    free(a);
    free(made);
}

static void figures_of_the_card_are_those_of_the_test_rows(void **state)
{
    shop *made = make_shop(2, ordinary);
    const retain_features_source source = {.orders = &made->log};
    const retain_risk_options options = usual();
    static int64_t customer[MOST_CUSTOMERS];
    static double risk[MOST_CUSTOMERS], absent[MOST_CUSTOMERS];
    static uint8_t silent[MOST_CUSTOMERS];
    const retain_risk_test test = {customer, risk, absent, silent};
    retain_scoring_report report = {.struct_size = sizeof report};
    retain_risk_card card = {.struct_size = sizeof card};
    size_t count, ordered = 0;

    (void)state;
    assert_int_equal(retain_risk_tested(NULL, &source, END, NULL, &options, &test, MOST_CUSTOMERS, &count, &card), RETAIN_OK);
    assert_int_equal(count, card.test_customers);
    assert_int_equal(retain_scoring_measures(NULL, risk, silent, NULL, count, NULL, &report), RETAIN_OK);
    assert_near(report.auc, card.figures[card.method].auc, 0.0);
    assert_near(report.brier, card.figures[card.method].brier, 0.0);
    assert_near(report.positives, (double)card.test_silent, 0.0);
    assert_int_equal(retain_scoring_measures(NULL, absent, silent, NULL, count, NULL, &report), RETAIN_OK);
    assert_near(report.auc, card.figures[RETAIN_RISK_LONGEST_ABSENT].auc, 0.0);
    for (size_t i = 0; i < count; i++) { /* labels and absence, straight from the log */
        int64_t last = -1;
        int back = 0;

        for (size_t r = 0; r < made->log.count; r++) {
            if (made->customer[r] != customer[i])
                continue;
            if (made->day[r] <= card.test_date && made->day[r] > last)
                last = made->day[r];
            back |= made->day[r] > card.test_date && made->day[r] <= END;
        }
        assert_int_equal(silent[i], !back);
        assert_near(absent[i], (double)(card.test_date - last), 0.0);
        ordered += last >= 0;
    }
    assert_int_equal(ordered, count);
    free(made);
}

static void says_so_where_the_naive_rule_is_as_good(void **state)
{
    shop *made = make_shop(3, (shop_shape){1500, 0.0, 0.0, 1}); /* everybody alike: nothing tells them apart */
    answer *a = malloc(sizeof *a);
    const retain_risk_options options = usual();

    (void)state;
    assert_int_equal(ask(NULL, made, &options, 0, a), RETAIN_OK);
    assert_int_equal(a->card.verdict, RETAIN_RISK_NOT_BETTER);
    assert_non_null(strstr(a->card.explanation, "absent longest"));
    free(a);
    free(made);
}

static void refuses_where_there_is_too_little(void **state)
{
    shop *small = make_shop(4, (shop_shape){40, 0.1, 0.1, 0}), *made = make_shop(4, ordinary);
    const retain_features_source source = {.orders = &made->log};
    answer *a = malloc(sizeof *a), before;
    retain_risk_options options = usual();
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_risk_columns columns = columns_of(a);

    (void)state;
    assert_int_equal(ask(&ctx, small, &options, 0, a), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(a->card.verdict, RETAIN_RISK_TOO_LITTLE_DATA);
    assert_non_null(strstr(a->card.explanation, "the test needs 50 of each. There are too few customers for a test."));
    assert_string_equal(ctx.error, a->card.explanation);
    memset(&before, 0, sizeof before);
    assert_memory_equal(a->risk, before.risk, sizeof before.risk); /* nothing but the card is written */
    assert_int_equal(a->count, 0);

    a->card = (retain_risk_card){.struct_size = sizeof a->card}; /* no history of a horizon and another one to test on */
    assert_int_equal(retain_risk_customers(&ctx, &source, 100, NULL, &options, &columns, MOST_CUSTOMERS, &a->count, &a->card),
                     RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(a->card.dates, 0);
    assert_non_null(strstr(a->card.explanation, "it takes 60 days of history"));

    a->card = (retain_risk_card){.struct_size = sizeof a->card}; /* a log that ended long before the day asked about */
    assert_int_equal(retain_risk_customers(&ctx, &source, 9000, NULL, &options, &columns, MOST_CUSTOMERS, &a->count, &a->card),
                     RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(a->card.explanation, "None of them ordered: is the log complete up to the observation end?"));
    free(a);
    free(small);
    free(made);
}

static void says_all_that_there_is_to_say(void **state)
{
    shop *made = make_shop(3, (shop_shape){1500, 0.0, 0.0, 1}); /* no better than the naive rule */
    answer *a = calloc(1, sizeof *a);
    const retain_risk_options options = {
        .struct_size = sizeof options, .horizon_days = HORIZON, .dates = 2}; /* nothing to choose by */
    const retain_orders_options counting = {.struct_size = sizeof counting, .count_zero_orders = 1};
    const retain_features_source source = {.orders = &made->log};
    const retain_risk_columns columns = columns_of(a);

    (void)state;
    for (size_t i = 0; i < made->log.count; i += 2)
        made->value[i] = 0.0; /* and nobody to be valued */
    a->card.struct_size = sizeof a->card;
    assert_int_equal(retain_risk_customers(NULL, &source, END, &counting, &options, &columns, MOST_CUSTOMERS, &a->count, &a->card),
                     RETAIN_OK);
    assert_int_equal(a->card.verdict, RETAIN_RISK_NOT_BETTER);
    assert_non_null(strstr(a->card.explanation, "it flatters a little. Nobody could be valued"));
    assert_non_null(strstr(a->card.explanation, "Ranks go by risk alone."));
    free(a);
    free(made);
}

/* --- what is said of each ------------------------------------------------------------------------------------------------------------ */

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double quantile_of(const double *numbers, size_t count, double share)
{
    static double sorted[MOST_CUSTOMERS];
    const double place = share * (double)(count - 1);
    const size_t at = (size_t)place;

    memcpy(sorted, numbers, count * sizeof *numbers);
    qsort(sorted, count, sizeof *sorted, ascending);
    return sorted[at] + (place - (double)at) * (sorted[at + 1] - sorted[at]);
}

static void contributions_compare_with_those_who_bring_the_money(void **state)
{
    shop *made = make_shop(5, touchy);
    answer *a = malloc(sizeof *a);
    retain_risk_options options = usual();
    double most;

    (void)state;
    options.way = 1 + RETAIN_RISK_LEARNT;
    assert_int_equal(ask(NULL, made, &options, 1, a), RETAIN_OK);
    most = quantile_of(a->residual, a->count, 0.998);
    for (size_t t = 0; t < THEMES; t++) {
        double sum = 0.0, size = 0.0;

        for (size_t i = 0; i < a->count; i++) {
            const double weight = fmin(a->residual[i], most);

            sum += weight * a->contribution[t * MOST_CUSTOMERS + i];
            size += weight * fabs(a->contribution[t * MOST_CUSTOMERS + i]);
        }
        assert_true(fabs(sum) <= 1e-12 * size);
    }
    free(a);
    free(made);
}

static void contributions_add_up(void **state)
{
    shop *made = make_shop(5, touchy);
    answer *a = malloc(sizeof *a);

    (void)state;
    for (int way = 1 + RETAIN_RISK_RHYTHM; way <= 1 + RETAIN_RISK_LEARNT; way++) {
        retain_risk_options options = usual();

        options.way = way;
        assert_int_equal(ask(NULL, made, &options, 1, a), RETAIN_OK);
        assert_int_equal(a->card.method, way - 1);
        assert_int_equal(a->card.themes, THEMES);
        for (size_t i = 0; i < a->count; i++) {
            double sum = a->card.base;

            for (size_t t = 0; t < THEMES; t++)
                sum += a->contribution[t * MOST_CUSTOMERS + i];
            assert_near(sum, a->log_odds[i], 1e-9);
            assert_near(1.0 / (1.0 + exp(-a->log_odds[i])), a->risk[i], 3e-9); /* the rhythm is believed up to log odds of 20 */
            assert_true(isnan(a->low[i]) || (a->low[i] <= a->risk[i] && a->risk[i] <= a->high[i]));
            for (size_t j = 0; j < 3; j++) {
                const size_t at = j * MOST_CUSTOMERS + i;

                if (a->reason[at] < 0) {
                    assert_nan(a->reason_effect[at]);
                    continue;
                }
                assert_near(a->reason_effect[at], a->contribution[(size_t)a->reason[at] * MOST_CUSTOMERS + i], 0.0);
                assert_true(a->reason_effect[at] >= 0.01);
                assert_true(j == 0 || a->reason_effect[at] <= a->reason_effect[at - MOST_CUSTOMERS]);
            }
        }
    }
    free(a);
    free(made);
}

static void finds_that_late_deliveries_drive_customers_away(void **state)
{
    shop *made = make_shop(6, touchy);
    answer *with = malloc(sizeof *with), *without = malloc(sizeof *without);
    const retain_risk_options options = usual();
    double late = 0.0, raised = 0.0;

    (void)state;
    assert_int_equal(ask(NULL, made, &options, 1, with), RETAIN_OK);
    assert_int_equal(ask(NULL, made, &options, 0, without), RETAIN_OK);
    assert_int_equal(with->card.method, RETAIN_RISK_LEARNT);
    assert_true(with->card.figures[RETAIN_RISK_LEARNT].auc > without->card.figures[RETAIN_RISK_LEARNT].auc);
    for (size_t i = 0; i < with->count; i++) {
        int is_late = 0;

        for (size_t r = 0; r < made->late.count; r++)
            is_late |= made->late_customer[r] == with->customer[i] && made->late_day[r] <= END && made->late_day[r] > END - 60;
        late += is_late;
        raised += is_late && with->contribution[RETAIN_RISK_EVENTS * MOST_CUSTOMERS + i] > 0.0;
    }
    assert_true(late > 50.0 && raised > 0.9 * late);
    free(with);
    free(without);
    free(made);
}

static void says_that_nobody_could_be_valued_and_ranks_by_risk(void **state)
{
    shop *made = make_shop(7, ordinary);
    answer *a = calloc(1, sizeof *a);
    const retain_risk_options options = usual();
    const retain_orders_options counting = {.struct_size = sizeof counting, .count_zero_orders = 1};
    const retain_features_source source = {.orders = &made->log};
    const retain_risk_columns columns = columns_of(a);
    static size_t at[MOST_CUSTOMERS + 1];

    (void)state;
    for (size_t i = 0; i < made->log.count; i += 2)
        made->value[i] = 0.0; /* samples that cost nothing */
    a->card.struct_size = sizeof a->card;
    assert_int_equal(retain_risk_customers(NULL, &source, END, &counting, &options, &columns, MOST_CUSTOMERS, &a->count, &a->card),
                     RETAIN_OK);
    assert_non_null(strstr(a->card.explanation, "Nobody could be valued"));
    assert_nan(a->card.at_risk);
    for (size_t i = 0; i < a->count; i++) {
        assert_nan(a->residual[i]);
        at[a->rank[i]] = i;
    }
    for (size_t place = 2; place <= a->count; place++)
        assert_true(a->risk[at[place]] <= a->risk[at[place - 1]]);
    free(a);
    free(made);
}

static void ranks_by_value_at_risk_and_acts_where_it_pays(void **state)
{
    shop *made = make_shop(7, ordinary);
    answer *a = malloc(sizeof *a);
    retain_risk_options options = usual();
    static size_t at[MOST_CUSTOMERS + 1];
    double sum = 0.0, expected = 0.0;
    size_t acted = 0;

    (void)state;
    options.margin = 0.4;
    assert_int_equal(ask(NULL, made, &options, 0, a), RETAIN_OK);
    for (size_t i = 0; i < a->count; i++)
        at[a->rank[i]] = i;
    for (size_t place = 1; place <= a->count; place++) {
        const size_t i = at[place];

        assert_near(a->at_risk[i], a->risk[i] * a->residual[i], 0.0);
        assert_near(a->gain[i], 0.1 * a->at_risk[i] - 0.5, 1e-12);
        assert_true(place == 1 || a->at_risk[i] <= a->at_risk[at[place - 1]]);
        assert_int_equal(a->band[i], !(a->gain[i] > 0.0) ? RETAIN_RISK_LEAVE_ALONE
                                     : place <= 100      ? RETAIN_RISK_ACT
                                                         : RETAIN_RISK_WORTH);
        acted += a->band[i] == RETAIN_RISK_ACT;
        sum += a->at_risk[i];
        expected += a->risk[i];
    }
    assert_true(acted > 0 && acted <= 100);
    assert_near(a->card.at_risk, sum, 1e-9 * sum);
    assert_near(a->card.silent_expected, expected, 1e-9 * expected);
    free(a);
    free(made);
}

static void leaves_out_who_has_long_been_gone(void **state)
{
    shop *made = make_shop(13, ordinary);
    answer *all = malloc(sizeof *all), *active = malloc(sizeof *active);
    retain_risk_options options = usual();
    size_t at = 0;

    (void)state;
    assert_int_equal(ask(NULL, made, &options, 1, all), RETAIN_OK);
    options.active_days = 200;
    assert_int_equal(ask(NULL, made, &options, 1, active), RETAIN_OK);
    assert_true(active->count < all->count && active->card.test_customers < all->card.test_customers);
    for (size_t r = 0; r < made->log.count; r++) { /* everybody with an order in the 200 days is there */
        int found = 0;

        for (at = 0; at < active->count; at++)
            found |= active->customer[at] == made->customer[r];
        assert_true(found || made->day[r] <= END - 200 || made->day[r] > END);
    }
    assert_true(active->card.figures[active->card.method].slope > 0.7 && active->card.figures[active->card.method].slope < 1.4);
    free(all);
    free(active);
    free(made);
}

/* --- nothing looks ahead, nothing depends on how it is run --------------------------------------------------------------------------- */

static void knows_nothing_after_the_observation_end(void **state)
{
    shop *made = make_shop(8, touchy);
    answer *whole = malloc(sizeof *whole), *cut = malloc(sizeof *cut);
    const retain_risk_options options = usual();
    size_t n = 0, late = 0;

    (void)state;
    assert_int_equal(ask(NULL, made, &options, 1, whole), RETAIN_OK);
    for (size_t r = 0; r < made->log.count; r++) {
        if (made->day[r] <= END) {
            made->customer[n] = made->customer[r];
            made->day[n] = made->day[r];
            made->value[n++] = made->value[r];
        }
    }
    for (size_t r = 0; r < made->late.count; r++) {
        if (made->late_day[r] <= END) {
            made->late_customer[late] = made->late_customer[r];
            made->late_day[late++] = made->late_day[r];
        }
    }
    assert_true(n < made->log.count && late < made->late.count);
    made->log.count = n;
    made->late.count = late;
    assert_int_equal(ask(NULL, made, &options, 1, cut), RETAIN_OK);
    assert_memory_equal(whole, cut, sizeof *cut);
    free(whole);
    free(cut);
    free(made);
}

static void does_not_depend_on_threads(void **state)
{
    shop *made = make_shop(9, touchy);
    answer *one = malloc(sizeof *one), *many = malloc(sizeof *many);
    const retain_risk_options options = usual();
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    ctx.threads = 1;
    assert_int_equal(ask(&ctx, made, &options, 1, one), RETAIN_OK);
    ctx.threads = 3;
    assert_int_equal(ask(&ctx, made, &options, 1, many), RETAIN_OK);
    assert_memory_equal(one, many, sizeof *one);
    free(one);
    free(many);
    free(made);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------------------ */

static void refuses_bad_options(void **state)
{
    shop *made = make_shop(10, (shop_shape){60, 0.1, 0.1, 0});
    answer *a = malloc(sizeof *a);
    const struct {
        retain_risk_options options;
        const char *says;
    } bad[] = {{{.horizon_days = -1}, "options.horizon_days is -1"},
               {{.active_days = -5}, "options.active_days"},
               {{.dates = 1}, "options.dates is 1"},
               {{.way = 1}, "options.way is 1"},
               {{.way = 4}, "options.way is 4"},
               {{.family = RETAIN_BTYD_BG_BB}, "options.family"},
               {{.value_days = -1.0}, "options.value_days is -1; it must be 0 to 1e6"},
               {{.annual_rate = NAN}, "options.annual_rate"},
               {{.margin = INFINITY}, "options.margin"},
               {{.margin = -1.0}, "options.margin is -1; it must be 0 to 1e6 (0 means 1)"},
               {{.cost = -1.0}, "options.cost"},
               {{.effect = 1.5}, "options.effect is 1.5"},
               {{.level = 1.0}, "options.level is 1"},
               {{.l2 = -1.0}, "options.l2 is -1; it must be 0 to 1e12"}};

    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        retain_risk_options options = bad[k].options;
        retain_context ctx = RETAIN_CONTEXT_INIT;

        options.struct_size = sizeof options;
        assert_int_equal(ask(&ctx, made, &options, 0, a), RETAIN_ERROR_ARGUMENT);
        assert_non_null(strstr(ctx.error, bad[k].says));
    }
    free(a);
    free(made);
}

static void tells_what_capacity_it_needs(void **state)
{
    shop *made = make_shop(11, ordinary);
    const retain_features_source source = {.orders = &made->log};
    const retain_risk_options options = usual();
    const retain_risk_columns nothing = {0};
    const retain_risk_test none = {0};
    retain_risk_card card = {.struct_size = sizeof card};
    size_t count = 0;

    (void)state;
    assert_int_equal(retain_risk_customers(NULL, &source, END, NULL, &options, &nothing, 10, &count, &card), RETAIN_ERROR_CAPACITY);
    assert_true(count > 1000);
    assert_int_equal(card.verdict, RETAIN_RISK_NONE);
    assert_int_equal(retain_risk_customers(NULL, &source, END, NULL, &options, &nothing, count, &count, &card), RETAIN_OK);
    assert_int_equal(retain_risk_tested(NULL, &source, END, NULL, &options, &none, 10, &count, &card), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, card.test_customers);
    free(made);
}

/* --- memory -------------------------------------------------------------------------------------------------------------------------- */

static retain_status ask_small(retain_context *ctx, void *state)
{
    const shop *made = state;
    const retain_features_source source = {.orders = &made->log, .events = &made->late, .kinds = KINDS};
    const retain_risk_options options = {
        .struct_size = sizeof options, .horizon_days = HORIZON, .dates = 3, .fewest = 10, .family = RETAIN_BTYD_NBD};
    static double risk[MOST_CUSTOMERS];
    const retain_risk_columns columns = {.risk = risk};
    retain_risk_card card = {.struct_size = sizeof card};
    size_t count;

    return retain_risk_customers(ctx, &source, END, NULL, &options, &columns, MOST_CUSTOMERS, &count, &card);
}

static void survives_without_memory(void **state)
{
    shop *made = make_shop(12, (shop_shape){150, 0.1, 0.1, 0});

    (void)state;
    survives_memory_exhaustion(ask_small, NULL, made);
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(earns_its_keep_in_an_ordinary_shop),
        cmocka_unit_test(figures_of_the_card_are_those_of_the_test_rows),
        cmocka_unit_test(says_so_where_the_naive_rule_is_as_good),
        cmocka_unit_test(refuses_where_there_is_too_little),
        cmocka_unit_test(contributions_add_up),
        cmocka_unit_test(contributions_compare_with_those_who_bring_the_money),
        cmocka_unit_test(finds_that_late_deliveries_drive_customers_away),
        cmocka_unit_test(ranks_by_value_at_risk_and_acts_where_it_pays),
        cmocka_unit_test(says_all_that_there_is_to_say),
        cmocka_unit_test(says_that_nobody_could_be_valued_and_ranks_by_risk),
        cmocka_unit_test(leaves_out_who_has_long_been_gone),
        cmocka_unit_test(knows_nothing_after_the_observation_end),
        cmocka_unit_test(does_not_depend_on_threads),
        cmocka_unit_test(refuses_bad_options),
        cmocka_unit_test(tells_what_capacity_it_needs),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
