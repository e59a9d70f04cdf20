/* Tickets, deliveries and returns: golden figures, the laws of censoring, and what is refused. */
#include "retain/rate.h"
#include "retain/service.h"
#include "support.h"

enum { GROUPS = 4, RESULTS = GROUPS + 1, QUANTILES = 3, MOST = 300 };
static const int64_t NOT_YET = RETAIN_SERVICE_NOT_YET;

/* --- the golden shop -------------------------------------------------------------------------------------------------------------- */

static size_t read_column(const golden *table, const char *name, int64_t *into)
{
    assert_in_range(table->rows, 1, MOST);
    for (size_t i = 0; i < table->rows; i++)
        into[i] = golden_blank(table, i, name) ? NOT_YET : (int64_t)golden_number(table, i, name);
    return table->rows;
}

typedef struct desk {
    size_t count;
    int64_t customer[MOST], group[MOST], opened[MOST], first_response[MOST], resolved[MOST];
    double contacts[MOST];
} desk;

static void read_desk(desk *all)
{
    golden table = golden_read("service/tickets.csv");

    all->count = read_column(&table, "customer", all->customer);
    read_column(&table, "group", all->group);
    read_column(&table, "opened", all->opened);
    read_column(&table, "first_response", all->first_response);
    read_column(&table, "resolved", all->resolved);
    for (size_t i = 0; i < all->count; i++)
        all->contacts[i] = golden_number(&table, i, "contacts");
    golden_free(&table);
}

static size_t result_of(const golden *table, size_t row)
{
    return golden_blank(table, row, "group") ? GROUPS : (size_t)golden_number(table, row, "group");
}

/* --- times ------------------------------------------------------------------------------------------------------------------------ */

enum { FIGURES = 10 };

typedef struct times {
    double quantile[3][RESULTS * QUANTILES], column[FIGURES][RESULTS];
    retain_service_times_columns columns;
} times;

static void open_times(times *of)
{
    double(*c)[RESULTS] = of->column;

    of->columns = (retain_service_times_columns){.tickets = c[0],
                                                 .ended = c[1],
                                                 .quantile = of->quantile[0],
                                                 .quantile_low = of->quantile[1],
                                                 .quantile_high = of->quantile[2],
                                                 .mean = c[2],
                                                 .mean_low = c[3],
                                                 .mean_high = c[4],
                                                 .due = c[5],
                                                 .in_time = c[6],
                                                 .share = c[7],
                                                 .share_low = c[8],
                                                 .share_high = c[9]};
}

static void check_times(const golden *table, size_t row, const times *got)
{
    static const char *const quantiles[QUANTILES][3] = {{"quantile_25", "quantile_low_25", "quantile_high_25"},
                                                        {"quantile_50", "quantile_low_50", "quantile_high_50"},
                                                        {"quantile_90", "quantile_low_90", "quantile_high_90"}};
    static const char *const names[FIGURES] = {"tickets", "ended",   "mean",  "mean_low",  "mean_high",
                                               "due",     "in_time", "share", "share_low", "share_high"};
    const size_t g = result_of(table, row);

    for (size_t q = 0; q < QUANTILES; q++) {
        for (int part = 0; part < 3; part++)
            assert_near(got->quantile[part][g * QUANTILES + q], golden_number(table, row, quantiles[q][part]), 1e-12);
    }
    for (int f = 0; f < FIGURES; f++)
        assert_near(got->column[f][g], golden_number(table, row, names[f]), 1e-12);
}

static void times_meet_the_golden_ones(void **state)
{
    static const double shares[QUANTILES] = {0.25, 0.5, 0.9};
    static desk all;
    static times got;
    golden table = golden_read("service/times.csv");

    (void)state;
    read_desk(&all);
    open_times(&got);
    for (size_t row = 0; row < table.rows; row += RESULTS) {
        const int is_response = golden_text(&table, row, "which")[2] == 's' && golden_text(&table, row, "which")[3] == 'p';
        const retain_service_times_options options = {.struct_size = sizeof options,
                                                      .unit = golden_number(&table, row, "unit"),
                                                      .quantiles = shares,
                                                      .quantile_count = QUANTILES,
                                                      .target = (int64_t)golden_number(&table, row, "target")};

        assert_int_equal(retain_service_times(NULL, all.opened, is_response ? all.first_response : all.resolved,
                                              is_response ? all.resolved : NULL, all.group, all.count, GROUPS,
                                              (int64_t)golden_number(&table, row, "end"), &options, &got.columns),
                         RETAIN_OK);
        for (size_t g = 0; g < RESULTS; g++)
            check_times(&table, row + g, &got);
    }
    golden_free(&table);
}

static void means_exist_when_all_tickets_have_ended(void **state)
{
    static const int64_t opened[] = {0, 10, 20}, ended[] = {2, 13, 27};
    double mean, low, high, median;
    const retain_service_times_columns columns = {.mean = &mean, .mean_low = &low, .mean_high = &high, .quantile = &median};

    (void)state;
    assert_int_equal(retain_service_times(NULL, opened, ended, NULL, NULL, 3, 0, 27, NULL, &columns), RETAIN_OK);
    assert_near(mean, 4.0, 0.0);
    assert_near(low, 4.0 - 0.95 * sqrt(2.0 / 0.0975) * sqrt(7.0 / 3.0), 1e-12); /* Student's t of two degrees of freedom */
    assert_near(high, 4.0 + 0.95 * sqrt(2.0 / 0.0975) * sqrt(7.0 / 3.0), 1e-12);
    assert_near(median, 3.0, 0.0);
    assert_int_equal(retain_service_times(NULL, opened, ended, NULL, NULL, 3, 0, 26, NULL, &columns), RETAIN_OK);
    assert_nan(mean);
    assert_nan(low);
    assert_near(median, 3.0, 0.0); /* two of three have ended */
    assert_int_equal(retain_service_times(NULL, opened, ended, NULL, NULL, 3, 0, 12, NULL, &columns), RETAIN_OK);
    assert_near(median, 2.0, 0.0); /* one of two had ended then; the third did not exist */
}

static void open_tickets_make_waits_longer_than_closed_ones_alone(void **state)
{
    static const int64_t opened[] = {0, 0, 0, 0, 0}, all[] = {1, 2, 3, NOT_YET, NOT_YET}, closed_only[] = {1, 2, 3};
    double with, without;
    const retain_service_times_columns columns = {.quantile = &with}, other = {.quantile = &without};

    (void)state;
    assert_int_equal(retain_service_times(NULL, opened, all, NULL, NULL, 5, 0, 100, NULL, &columns), RETAIN_OK);
    assert_int_equal(retain_service_times(NULL, opened, closed_only, NULL, NULL, 3, 0, 100, NULL, &other), RETAIN_OK);
    assert_near(with, 3.0, 0.0);
    assert_near(without, 2.0, 0.0);
}

static void an_answer_after_closing_is_an_answer(void **state)
{
    static const int64_t opened[] = {0, 0, 0}, answered[] = {1, 5, 9}, closed[] = {NOT_YET, NOT_YET, 2};
    double ended, mean;
    const retain_service_times_columns columns = {.ended = &ended, .mean = &mean};

    (void)state;
    assert_int_equal(retain_service_times(NULL, opened, answered, closed, NULL, 3, 0, 20, NULL, &columns), RETAIN_OK);
    assert_near(ended, 3.0, 0.0);
    assert_near(mean, 5.0, 0.0);
    assert_int_equal(retain_service_times(NULL, opened, answered, closed, NULL, 3, 0, 8, NULL, &columns), RETAIN_OK);
    assert_near(ended, 2.0, 0.0); /* what is still to come is not known */
}

static void the_example_of_the_header_is_true(void **state)
{
    int64_t opened[] = {0, 3600, 7200}, answered[] = {1800, 10800, RETAIN_SERVICE_NOT_YET};
    double median[1];
    retain_service_times_options options = {sizeof options, 3600, 0, 0, 0, 0};
    retain_service_times_columns columns = {0};

    (void)state;
    columns.quantile = median;
    assert_int_equal(retain_service_times(NULL, opened, answered, NULL, NULL, 3, 0, 36000, &options, &columns), RETAIN_OK);
    assert_near(median[0], 2.0, 0.0);
}

/* --- contacts, deliveries, returns ------------------------------------------------------------------------------------------------- */

enum { CONTACT_FIGURES = 10 };
static const char *const CONTACT_NAMES[CONTACT_FIGURES] = {
    "resolved", "first_contact", "first_contact_rate", "first_contact_rate_low", "first_contact_rate_high",
    "tickets",  "repeated",      "repeat_rate",        "repeat_rate_low",        "repeat_rate_high"};

static void contacts_meet_the_golden_figures(void **state)
{
    static desk all;
    double c[CONTACT_FIGURES][RESULTS];
    const retain_service_contacts_columns columns = {c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9]};
    golden table = golden_read("service/contacts.csv");

    (void)state;
    read_desk(&all);
    for (size_t row = 0; row < table.rows; row++) {
        const retain_service_tickets tickets = {all.count, all.customer, all.opened, all.resolved, all.contacts, all.group};
        const size_t g = result_of(&table, row);

        assert_int_equal(retain_service_contacts(NULL, &tickets, GROUPS, (int64_t)golden_number(&table, row, "end"),
                                                 (int64_t)golden_number(&table, row, "within"), 0.0, &columns),
                         RETAIN_OK);
        for (int f = 0; f < CONTACT_FIGURES; f++)
            assert_near(c[f][g], golden_number(&table, row, CONTACT_NAMES[f]), 1e-13);
    }
    golden_free(&table);
}

static void tickets_of_one_instant_are_not_repeats_of_each_other(void **state)
{
    static const int64_t customer[] = {1, 1, 1, 2}, opened[] = {5, 5, 9, 6}, resolved[] = {6, 7, 10, 6};
    const retain_service_tickets tickets = {4, customer, opened, resolved, NULL, NULL};
    double repeated, solved, first;
    const retain_service_contacts_columns columns = {.resolved = &solved, .first_contact = &first, .repeated = &repeated};

    (void)state;
    assert_int_equal(retain_service_contacts(NULL, &tickets, 0, 100, 4, 0.0, &columns), RETAIN_OK);
    assert_near(repeated, 2.0, 0.0); /* both of instant 5, by that of instant 9 */
    assert_near(solved, 4.0, 0.0);
    assert_near(first, 2.0, 0.0);
    assert_int_equal(retain_service_contacts(NULL, &tickets, 0, 100, 3, 0.0, &columns), RETAIN_OK);
    assert_near(repeated, 0.0, 0.0);
    assert_near(first, 2.0, 0.0); /* the ticket of instant 9 is within 3 of both solutions */
}

static void shares_meet_the_golden_ones(void **state)
{
    static int64_t group[MOST], ordered[MOST], promised[MOST], delivered[MOST], returned[MOST];
    golden parcels = golden_read("service/parcels.csv"), table = golden_read("service/shares.csv");
    const size_t count = read_column(&parcels, "group", group);
    double c[5][RESULTS];

    (void)state;
    read_column(&parcels, "ordered", ordered);
    read_column(&parcels, "promised", promised);
    read_column(&parcels, "delivered", delivered);
    read_column(&parcels, "returned", returned);
    for (size_t row = 0; row < table.rows; row++) {
        const int64_t end = (int64_t)golden_number(&table, row, "end"), within = (int64_t)golden_number(&table, row, "within");
        const size_t g = result_of(&table, row);

        if (golden_text(&table, row, "which")[0] == 'l')
            assert_int_equal(
                retain_service_late(NULL, promised, delivered, group, count, GROUPS, end, 0.0, c[0], c[1], c[2], c[3], c[4]),
                RETAIN_OK);
        else
            assert_int_equal(retain_service_returns(NULL, ordered, returned, group, count, GROUPS, end, within, 0.0, c[0], c[1],
                                                    c[2], c[3], c[4]),
                             RETAIN_OK);
        assert_near(c[0][g], golden_number(&table, row, "whole"), 0.0);
        assert_near(c[1][g], golden_number(&table, row, "part"), 0.0);
        assert_near(c[2][g], golden_number(&table, row, "rate"), 1e-15);
        assert_near(c[3][g], golden_number(&table, row, "low"), 1e-13);
        assert_near(c[4][g], golden_number(&table, row, "high"), 1e-13);
    }
    golden_free(&parcels);
    golden_free(&table);
}

static void what_is_promised_for_later_is_not_counted(void **state)
{
    static const int64_t promised[] = {10, 10, 10, 20, 20}, delivered[] = {10, 11, NOT_YET, 5, 15};
    double due, late;

    (void)state;
    assert_int_equal(retain_service_late(NULL, promised, delivered, NULL, 5, 0, 12, 0.0, &due, &late, NULL, NULL, NULL), RETAIN_OK);
    assert_near(due, 3.0, 0.0);
    assert_near(late, 2.0, 0.0);
    assert_int_equal(retain_service_late(NULL, promised, delivered, NULL, 5, 0, 10, 0.0, &due, &late, NULL, NULL, NULL), RETAIN_OK);
    assert_near(late, 2.0, 0.0); /* at the end of day 10 it is clear that one will come late, though not when */
    assert_int_equal(retain_service_late(NULL, promised, delivered, NULL, 5, 0, 9, 0.0, &due, &late, NULL, NULL, NULL), RETAIN_OK);
    assert_near(due, 0.0, 0.0);
}

/* --- rules ------------------------------------------------------------------------------------------------------------------------ */

static void bad_rows_are_refused_by_name(void **state)
{
    static const int64_t opened[] = {5, 9}, before[] = {6, 8}, far[] = {6, INT64_MAX}, not_yet[] = {NOT_YET, NOT_YET},
                         codes[] = {0, 2};
    static const double none[] = {1, 0.5}, half[] = {1, 1.9}, quantiles[] = {0.5, 1.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double tickets[3] = {-5, -5, -5};
    const retain_service_times_columns columns = {.tickets = tickets};
    const retain_service_contacts_columns contact_columns = {.tickets = tickets};
    retain_service_times_options options = {sizeof options, 0, quantiles, 2, 0, 0};
    retain_service_tickets view = {2, opened, opened, before, NULL, NULL};

    (void)state;
    assert_int_equal(retain_service_times(&ctx, opened, before, NULL, NULL, 2, 0, 50, NULL, &columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "ended[1] is 8; it must not lie before opened[1] = 9");
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, before, NULL, 2, 0, 50, NULL, &columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "closed[1] is 8; it must not lie before opened[1] = 9");
    assert_int_equal(retain_service_times(&ctx, opened, far, NULL, NULL, 2, 0, 50, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_service_times(&ctx, far, not_yet, NULL, NULL, 2, 0, 50, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, codes, 2, 2, 50, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_service_times(&ctx, NULL, not_yet, NULL, NULL, 2, 0, 50, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_times(&ctx, opened, NULL, NULL, NULL, 2, 0, 50, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, NULL, 2, 0, 50, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, NULL, 2, 0, INT64_MAX, NULL, &columns),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, NULL, 2, 0, 50, &options, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.quantiles[1] is 1; it must lie in (0, 1)");
    options = (retain_service_times_options){sizeof options, -1, NULL, 0, 0, 0};
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, NULL, 2, 0, 50, &options, &columns), RETAIN_ERROR_ARGUMENT);
    options = (retain_service_times_options){sizeof options, 0, NULL, 0, -1, 0};
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, NULL, 2, 0, 50, &options, &columns), RETAIN_ERROR_ARGUMENT);
    options = (retain_service_times_options){sizeof options, 0, NULL, 0, 0, 1};
    assert_int_equal(retain_service_times(&ctx, opened, not_yet, NULL, NULL, 2, 0, 50, &options, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_contacts(&ctx, &view, 0, 50, 5, 0.0, &contact_columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "tickets.resolved[1] is 8; it must not lie before tickets.opened[1] = 9");
    view.resolved = opened;
    view.contacts = none;
    assert_int_equal(retain_service_contacts(&ctx, &view, 0, 50, 5, 0.0, &contact_columns), RETAIN_ERROR_DATA);
    view.contacts = half;
    assert_int_equal(retain_service_contacts(&ctx, &view, 0, 50, 5, 0.0, &contact_columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "tickets.contacts[1] is 1.9; it must be a whole number from 1 on");
    view.contacts = NULL;
    view.group = codes;
    assert_int_equal(retain_service_contacts(&ctx, &view, 2, 0, 5, 0.0, &contact_columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_service_contacts(&ctx, &view, 3, 50, 0, 0.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_contacts(&ctx, &view, 3, 50, 5, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_contacts(&ctx, NULL, 3, 50, 5, 0.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_contacts(&ctx, &view, 3, 50, 5, 7.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    view.customer = NULL;
    assert_int_equal(retain_service_contacts(&ctx, &view, 3, 50, 5, 0.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    view.customer = opened;
    view.resolved = NULL;
    assert_int_equal(retain_service_contacts(&ctx, &view, 3, 50, 5, 0.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_late(&ctx, opened, NULL, NULL, 2, 0, 50, 0.0, tickets, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_late(&ctx, opened, before, NULL, 2, 0, 50, 0.0, tickets, NULL, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_service_returns(&ctx, opened, before, NULL, 2, 0, 50, 0, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_service_returns(&ctx, opened, NULL, NULL, 2, 0, 50, 0, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_returns(&ctx, opened, not_yet, NULL, 2, 0, 50, -1, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static void a_context_of_no_size_is_refused(void **state)
{
    const retain_service_tickets none = {0, NULL, NULL, NULL, NULL, NULL};
    const retain_service_times_columns columns = {0};
    const retain_service_contacts_columns contact_columns = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    ctx.struct_size = 1;
    assert_int_equal(retain_service_times(&ctx, NULL, NULL, NULL, NULL, 0, 0, 9, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_contacts(&ctx, &none, 0, 9, 1, 0.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_late(&ctx, NULL, NULL, NULL, 0, 0, 9, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_returns(&ctx, NULL, NULL, NULL, 0, 0, 9, 0, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static void odd_arguments_are_refused(void **state)
{
    static const int64_t opened[] = {5}, far[] = {INT64_MIN + 1}, not_yet[] = {NOT_YET}, code[] = {4};
    static const double endless[] = {(double)INFINITY}, zero[] = {0.0};
    const retain_service_times_columns columns = {0};
    const retain_service_contacts_columns contact_columns = {0};
    retain_service_times_options options = {sizeof options, 1e300, NULL, 0, 0, 0};
    retain_service_tickets tickets = {1, opened, opened, not_yet, endless, NULL};

    (void)state;
    assert_int_equal(retain_service_times(NULL, opened, not_yet, NULL, NULL, 1, 0, 9, &options, &columns), RETAIN_ERROR_ARGUMENT);
    options = (retain_service_times_options){sizeof options, 0, zero, 1, 0, 0};
    assert_int_equal(retain_service_times(NULL, opened, not_yet, NULL, NULL, 1, 0, 9, &options, &columns), RETAIN_ERROR_ARGUMENT);
    options = (retain_service_times_options){sizeof options, 0, NULL, 0, INT64_MAX, 0};
    assert_int_equal(retain_service_times(NULL, opened, not_yet, NULL, NULL, 1, 0, 9, &options, &columns), RETAIN_ERROR_ARGUMENT);
    options.struct_size = 2;
    assert_int_equal(retain_service_times(NULL, opened, not_yet, NULL, NULL, 1, 0, 9, &options, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_times(NULL, far, not_yet, NULL, NULL, 1, 0, 9, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_service_times(NULL, opened, not_yet, NULL, NULL, 1, 0, 9, NULL, &columns), RETAIN_OK);
    assert_int_equal(retain_service_late(NULL, opened, not_yet, code, 1, 4, 9, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_service_returns(NULL, opened, not_yet, NULL, 1, 0, 9, INT64_MAX, 0.0, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_service_contacts(NULL, &tickets, 0, 9, 1, 0.0, &contact_columns), RETAIN_ERROR_DATA);
    tickets.contacts = NULL;
    assert_int_equal(retain_service_contacts(NULL, &tickets, 0, 9, INT64_MAX, 0.0, &contact_columns), RETAIN_ERROR_ARGUMENT);
    tickets.opened = far;
    assert_int_equal(retain_service_contacts(NULL, &tickets, 0, 9, 1, 0.0, &contact_columns), RETAIN_ERROR_DATA);
    tickets.count = 0;
    assert_int_equal(retain_service_contacts(NULL, &tickets, 0, 9, 1, 0.0, &contact_columns), RETAIN_OK);
}

static void each_limit_can_be_had_alone(void **state)
{
    static const int64_t opened[] = {0, 0, 0, 0, 0, 0}, ended[] = {1, 2, 3, 4, 5, 6};
    double low, high;
    const retain_service_times_columns lower = {.quantile_low = &low}, upper = {.quantile_high = &high};

    (void)state;
    assert_int_equal(retain_service_times(NULL, opened, ended, NULL, NULL, 6, 0, 9, NULL, &lower), RETAIN_OK);
    assert_int_equal(retain_service_times(NULL, opened, ended, NULL, NULL, 6, 0, 9, NULL, &upper), RETAIN_OK);
    assert_true(low >= 1.0 && low <= 3.0 && (isnan(high) || high >= 3.0));
}

static void no_rows_make_no_figures(void **state)
{
    double tickets, median, mean, due, rate;
    const retain_service_times_columns columns = {.tickets = &tickets, .quantile = &median, .mean = &mean};

    (void)state;
    assert_int_equal(retain_service_times(NULL, NULL, NULL, NULL, NULL, 0, 0, 50, NULL, &columns), RETAIN_OK);
    assert_near(tickets, 0.0, 0.0);
    assert_nan(median);
    assert_nan(mean);
    assert_int_equal(retain_service_late(NULL, NULL, NULL, NULL, 0, 0, 50, 0.0, &due, NULL, &rate, NULL, NULL), RETAIN_OK);
    assert_near(due, 0.0, 0.0);
    assert_nan(rate);
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

typedef struct office {
    desk all;
    times got;
    double column[RESULTS];
} office;

static retain_status run_everything(retain_context *ctx, void *state)
{
    office *of = state;
    const retain_service_tickets tickets = {of->all.count, of->all.customer, of->all.opened, of->all.resolved, NULL, of->all.group};
    const retain_service_contacts_columns columns = {.tickets = of->column};
    const retain_service_times_options options = {.struct_size = sizeof options, .target = 3600};
    retain_status status = retain_service_contacts(ctx, &tickets, GROUPS, 1800000, 3600, 0.0, &columns);

    if (status == RETAIN_OK)
        status = retain_service_times(ctx, of->all.opened, of->all.resolved, NULL, of->all.group, of->all.count, GROUPS, 1800000,
                                      &options, &of->got.columns);
    return status == RETAIN_OK ? retain_service_late(ctx, of->all.opened, of->all.resolved, of->all.group, of->all.count, GROUPS,
                                                     1800000, 0.0, of->column, NULL, NULL, NULL, NULL)
                               : status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static office of;

    (void)state;
    read_desk(&of.all);
    open_times(&of.got);
    survives_memory_exhaustion(run_everything, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_meet_the_golden_ones),
        cmocka_unit_test(means_exist_when_all_tickets_have_ended),
        cmocka_unit_test(open_tickets_make_waits_longer_than_closed_ones_alone),
        cmocka_unit_test(an_answer_after_closing_is_an_answer),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(contacts_meet_the_golden_figures),
        cmocka_unit_test(tickets_of_one_instant_are_not_repeats_of_each_other),
        cmocka_unit_test(shares_meet_the_golden_ones),
        cmocka_unit_test(what_is_promised_for_later_is_not_counted),
        cmocka_unit_test(bad_rows_are_refused_by_name),
        cmocka_unit_test(a_context_of_no_size_is_refused),
        cmocka_unit_test(odd_arguments_are_refused),
        cmocka_unit_test(each_limit_can_be_had_alone),
        cmocka_unit_test(no_rows_make_no_figures),
        cmocka_unit_test(memory_exhaustion_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
