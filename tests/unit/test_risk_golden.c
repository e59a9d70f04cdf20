/* A made-up shop, scored by a second implementation (tests/golden/generate/generate_risk.py). */
#include "retain/risk.h"

#include "support.h"

enum { ROWS = 4000, CUSTOMERS = 700, THEMES = RETAIN_RISK_EVENTS + 2, END = 479 };

typedef struct shop {
    retain_orders log;
    retain_events events;
    retain_features_source source;
    int64_t customer[ROWS], day[ROWS], category[ROWS], who[ROWS], when[ROWS], kind[ROWS];
    double value[ROWS], discount[ROWS], worth[ROWS];
} shop;

static shop *read_shop(void)
{
    golden orders = golden_read("risk/orders.csv"), events = golden_read("risk/events.csv");
    shop *made = calloc(1, sizeof *made);

    assert_non_null(made);
    assert_true(orders.rows <= ROWS && events.rows <= ROWS);
    for (size_t i = 0; i < orders.rows; i++) {
        made->customer[i] = (int64_t)golden_number(&orders, i, "customer");
        made->day[i] = (int64_t)golden_number(&orders, i, "day");
        made->value[i] = golden_number(&orders, i, "value");
        made->discount[i] = golden_number(&orders, i, "discount");
        made->category[i] = (int64_t)golden_number(&orders, i, "category");
    }
    for (size_t i = 0; i < events.rows; i++) {
        made->who[i] = (int64_t)golden_number(&events, i, "customer");
        made->when[i] = (int64_t)golden_number(&events, i, "day");
        made->kind[i] = (int64_t)golden_number(&events, i, "kind");
        made->worth[i] = golden_number(&events, i, "value");
    }
    made->log = (retain_orders){.count = orders.rows, .customer = made->customer, .day = made->day, .value = made->value};
    made->events = (retain_events){events.rows, made->who, made->when, made->kind, made->worth};
    made->source = (retain_features_source){&made->log, made->discount, made->category, 4, &made->events, 2};
    golden_free(&orders);
    golden_free(&events);
    return made;
}

static const retain_risk_options asked = {.struct_size = sizeof asked,
                                          .horizon_days = 45,
                                          .dates = 5,
                                          .family = RETAIN_BTYD_NBD,
                                          .value_days = 180.0,
                                          .margin = 0.5,
                                          .cost = 0.25,
                                          .effect = 0.2,
                                          .most = 30,
                                          .fewest = 20};

static void assert_close(double got, double want)
{
    assert_near(got, want, 1e-7 * fmax(1.0, fabs(want)));
}

static double card_number(const golden *card, const char *name)
{
    for (size_t i = 0; i < card->rows; i++) {
        if (strcmp(golden_text(card, i, "name"), name) == 0)
            return golden_number(card, i, "value");
    }
    fail_msg("card.csv has no %s", name);
    return NAN;
}

static void check_card(const retain_risk_card *card)
{
    golden table = golden_read("risk/card.csv");
    const retain_risk_figures *learnt = &card->figures[RETAIN_RISK_LEARNT], *rhythm = &card->figures[RETAIN_RISK_RHYTHM];
    const struct {
        const char *name;
        double got;
    } figures[] = {{"test_date", (double)card->test_date},
                   {"dates", (double)card->dates},
                   {"choice_dates", (double)card->choice_dates},
                   {"training_rows", (double)card->training_rows},
                   {"training_silent", (double)card->training_silent},
                   {"test_customers", (double)card->test_customers},
                   {"test_silent", (double)card->test_silent},
                   {"choice_loss_rhythm", rhythm->choice_loss},
                   {"choice_loss_learnt", learnt->choice_loss},
                   {"auc_absent", card->figures[RETAIN_RISK_LONGEST_ABSENT].auc},
                   {"auc_rhythm", rhythm->auc},
                   {"auc_learnt", learnt->auc},
                   {"gain", learnt->gain},
                   {"gain_low", learnt->gain_low},
                   {"gain_high", learnt->gain_high},
                   {"brier", learnt->brier},
                   {"brier_skill", learnt->brier_skill},
                   {"log_loss", learnt->log_loss},
                   {"expected", learnt->expected},
                   {"base", card->base},
                   {"silent_expected", card->silent_expected},
                   {"at_risk", card->at_risk}};

    assert_int_equal(card->method, RETAIN_RISK_LEARNT);
    assert_int_equal(card->verdict, RETAIN_RISK_EARNED);
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
        assert_close(figures[k].got, card_number(&table, figures[k].name));
    golden_free(&table);
}

static void says_of_each_customer_what_the_second_implementation_says(void **state)
{
    static int64_t customer[CUSTOMERS], reason[3 * CUSTOMERS], column[3 * CUSTOMERS], rank[CUSTOMERS];
    static double number[8][CUSTOMERS], contribution[THEMES * CUSTOMERS], effect[3 * CUSTOMERS], held[3 * CUSTOMERS];
    static double typical[3 * CUSTOMERS];
    static uint8_t band[CUSTOMERS];
    static const char *const name[] = {"risk", "low", "high", "log_odds", "residual", "value_at_risk", "gain"};
    const retain_risk_columns columns = {.customer = customer,
                                         .risk = number[0],
                                         .risk_low = number[1],
                                         .risk_high = number[2],
                                         .log_odds = number[3],
                                         .contribution = contribution,
                                         .reason = reason,
                                         .reason_effect = effect,
                                         .reason_column = column,
                                         .reason_value = held,
                                         .reason_typical = typical,
                                         .residual = number[4],
                                         .value_at_risk = number[5],
                                         .gain = number[6],
                                         .rank = rank,
                                         .band = band};
    golden table = golden_read("risk/customers.csv");
    shop *made = read_shop();
    retain_risk_card card = {.struct_size = sizeof card};
    size_t count;

    (void)state;
    assert_int_equal(retain_risk_customers(NULL, &made->source, END, NULL, &asked, &columns, CUSTOMERS, &count, &card), RETAIN_OK);
    check_card(&card);
    assert_int_equal(count, table.rows);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(customer[i], golden_number(&table, i, "customer"));
        for (size_t c = 0; c < sizeof name / sizeof *name; c++)
            assert_close(number[c][i], golden_number(&table, i, name[c]));
        for (size_t t = 0; t < THEMES; t++) {
            char theme[16];

            (void)snprintf(theme, sizeof theme, "theme_%zu", t);
            assert_close(contribution[t * CUSTOMERS + i], golden_number(&table, i, theme));
        }
        assert_int_equal(rank[i], golden_number(&table, i, "rank"));
        assert_int_equal(band[i], golden_number(&table, i, "band"));
        for (size_t j = 0; j < 3; j++) {
            const size_t at = j * CUSTOMERS + i;
            const struct {
                const char *what;
                double got;
            } reasons[] = {{"reason", (double)reason[at]},
                           {"effect", effect[at]},
                           {"column", (double)column[at]},
                           {"value", held[at]},
                           {"typical", typical[at]}};

            for (size_t k = 0; k < sizeof reasons / sizeof *reasons; k++) {
                char cell[16];

                (void)snprintf(cell, sizeof cell, "%s_%zu", reasons[k].what, j);
                assert_close(reasons[k].got, golden_number(&table, i, cell));
            }
        }
    }
    golden_free(&table);
    free(made);
}

static void foretells_the_test_as_the_second_implementation_does(void **state)
{
    static int64_t customer[CUSTOMERS];
    static double risk[CUSTOMERS], absent[CUSTOMERS];
    static uint8_t silent[CUSTOMERS];
    const retain_risk_test test = {customer, risk, absent, silent};
    golden table = golden_read("risk/tested.csv");
    shop *made = read_shop();
    retain_risk_card card = {.struct_size = sizeof card};
    size_t count;

    (void)state;
    assert_int_equal(retain_risk_tested(NULL, &made->source, END, NULL, &asked, &test, CUSTOMERS, &count, &card), RETAIN_OK);
    assert_int_equal(count, table.rows);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(customer[i], golden_number(&table, i, "customer"));
        assert_close(risk[i], golden_number(&table, i, "risk"));
        assert_near(absent[i], golden_number(&table, i, "absent"), 0.0);
        assert_int_equal(silent[i], golden_number(&table, i, "silent"));
    }
    golden_free(&table);
    free(made);
}

static void takes_the_memory_that_its_header_says(void **state)
{
    const retain_risk_columns nothing = {0};
    retain_features_options features = {.struct_size = sizeof features};
    retain_features_column column[RETAIN_FEATURES_MOST];
    retain_risk_card card = {.struct_size = sizeof card};
    counting_allocator allocator = {0};
    retain_context ctx = counting_context(&allocator);
    shop *made = read_shop();
    size_t count, columns;
    double numbers;

    (void)state;
    assert_int_equal(retain_risk_features(NULL, &asked, &features), RETAIN_OK);
    assert_int_equal(retain_features_columns(NULL, &made->source, &features, RETAIN_FEATURES_MOST, &columns, column), RETAIN_OK);
    assert_int_equal(retain_risk_customers(&ctx, &made->source, END, NULL, &asked, &nothing, CUSTOMERS, &count, &card), RETAIN_OK);
    numbers = (double)(columns + 1) * (double)(count * card.dates + count) + 80.0 * (double)count + 8.0 * (double)made->log.count;
    assert_true((double)allocator.peak_bytes < 8.0 * numbers);
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_of_each_customer_what_the_second_implementation_says),
        cmocka_unit_test(foretells_the_test_as_the_second_implementation_does),
        cmocka_unit_test(takes_the_memory_that_its_header_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
