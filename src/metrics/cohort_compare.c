/* Two rows of a cohort table beside each other.
 *
 * Time to the second occasion is compared by the log-rank test, which knows that customers who are still waiting are not customers
 * who never come. Money has no such test: its distribution is skewed and full of zeros, so the customers' amounts themselves are dealt out
 * again. The amounts are counted from their common mean, which makes the sums of squares harmless.
 *
 * Dealing without a table of places: customers come in ascending order, and each goes to the first row with the probability that it still
 * needs him (D. E. Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S). Every way to deal is equally likely, and a
 * replicate depends on (seed, replicate) and the customers only. */
#include <math.h>

#include "math/log_rank.h"
#include "math/random.h"
#include "math/special.h"
#include "metrics/cohort_bootstrap.h"
#include "metrics/gap_durations.h"
#include "metrics/rates.h"
#include "retain/cohort_compare.h"

enum { FEWEST = 2, REPLICATES_PER_BLOCK = 16 };

/* A customer of one of the rows who is exposed to the column. */
typedef struct brought {
    int64_t key;
    double money;
    int side;
} brought;

typedef struct comparison {
    const retain__cohort_layout *layout;
    retain__margins *margins;
    size_t row[2], column;
    retain__group_search *search;
    brought *customers;
    size_t count, most;
    size_t reach[2];                    /* columns to which somebody of the row is exposed, as far as is asked for */
    double exposed[2], mean[2], centre; /* centre: mean over both rows */
    int64_t stray_key, stray_day;
    int has_stray;
} comparison;

/* --- who is compared ---------------------------------------------------------------------------------------------------------- */

/* Place of a customer, and on which side he stands: 0, 1, or -1 for neither. */
static int find_side(comparison *with, size_t block, const retain__customer *customer, retain__cohort_place *place)
{
    const size_t group = with->layout->by_group ? retain__group_of(with->search, block, customer->key) : 0;
    int64_t stray;

    if (group == RETAIN__NO_GROUP)
        return -1;
    if (!retain__cohort_place_of(with->layout, customer, group, place, &stray)) {
        if (!with->has_stray) {
            with->has_stray = 1;
            with->stray_key = customer->key;
            with->stray_day = stray;
        }
        return -1;
    }
    return place->row == with->row[0] ? 0 : place->row == with->row[1] ? 1 : -1;
}

static void note_reach(void *state, size_t block, const retain__customer *customer)
{
    comparison *with = state;
    retain__cohort_place place;
    const int side = find_side(with, block, customer, &place);

    if (side >= 0 && place.begin < place.end && place.end > with->reach[side])
        with->reach[side] = place.end;
}

/* Both rows have customers in the last column of the one that reaches less far. */
static void choose_column(retain__order_log *log, comparison *with)
{
    size_t common;

    if (with->layout->by_group)
        retain__open_groups(with->search, &with->layout->groups);
    retain__visit_customers(NULL, log, note_reach, with, NULL);
    common = with->reach[0] < with->reach[1] ? with->reach[0] : with->reach[1];
    with->column = common ? common - 1 : 0;
}

static void list_customer(void *state, size_t block, const retain__customer *customer)
{
    comparison *with = state;
    const double margin = retain__margin_of(with->margins, block, customer->key);
    retain__cohort_place place;
    retain__sum net = {0.0, 0.0};
    const int side = find_side(with, block, customer, &place);

    if (side < 0 || with->column < place.begin || with->column >= place.end || with->count == with->most)
        return;
    for (size_t i = 0; i < customer->count; i++) {
        const size_t passed = retain__cohort_passed(with->layout, &place, customer->occasion[i].day);

        if (passed > 0 && passed - 1 <= with->column)
            retain__sum_merge(&net, customer->occasion[i].value);
    }
    with->customers[with->count++] = (brought){customer->key, retain__pair_value(retain__pair_times(net, margin)), side};
}

static retain_status list_customers(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                    retain__order_log *log, comparison *with)
{
    retain__sum sum[2] = {{0.0, 0.0}, {0.0, 0.0}};
    retain_status status;

    with->most = log->customers;
    with->customers = retain__take(scratch, with->most, sizeof *with->customers);
    with->search = retain__take(scratch, 1, sizeof *with->search);
    if (!with->customers || !with->search)
        return RETAIN_ERROR_MEMORY;
    if (with->column == RETAIN_COHORT_LAST_COLUMN)
        choose_column(log, with);
    if (with->layout->by_group)
        retain__open_groups(with->search, &with->layout->groups);
    retain__visit_customers(NULL, log, list_customer, with, NULL); /* on one thread, and so in ascending order */
    if (with->has_stray)
        return retain__refuse_stray(ctx, orders, &with->layout->periods, with->stray_key, with->stray_day);
    status = with->layout->by_group ? retain__check_strangers(ctx, "groups", with->search, orders) : RETAIN_OK;
    if (status == RETAIN_OK)
        status = retain__check_margins(ctx, with->margins, orders, log->blocks);
    for (size_t i = 0; i < with->count; i++) {
        retain__sum_add(&sum[with->customers[i].side], with->customers[i].money);
        with->exposed[with->customers[i].side] += 1.0;
    }
    for (int side = 0; side < 2; side++)
        with->mean[side] = with->exposed[side] > 0.0 ? retain__sum_value(sum[side]) / with->exposed[side] : (double)NAN;
    retain__sum_merge(&sum[0], sum[1]);
    with->centre = retain__sum_value(sum[0]) / (with->exposed[0] + with->exposed[1]);
    return status;
}

/* --- money -------------------------------------------------------------------------------------------------------------------- */

typedef struct replicates {
    const comparison *with;
    uint64_t seed;
    double sum, squares, least; /* of all amounts from their centre; the statistic to be reached */
    double *difference;         /* [replicates] of the bootstrap */
    uint8_t *reached;           /* [replicates] of the permutation test */
} replicates;

/* Welch's statistic of the first row's sum and sum of squares; infinite when nobody differs from his row. */
static double welch(const replicates *by, double sum, double squares)
{
    const double n = by->with->exposed[0], m = by->with->exposed[1], others = by->sum - sum;
    const double spread = (squares - sum * sum / n) / (n - 1.0) / n + (by->squares - squares - others * others / m) / (m - 1.0) / m;

    return fabs(sum / n - others / m) / sqrt(spread > 0.0 ? spread : 0.0);
}

static int deal(const replicates *by, size_t replicate)
{
    const comparison *with = by->with;
    retain__random random = retain__random_start(by->seed, replicate);
    double needed = with->exposed[0], left = (double)with->count, sum = 0.0, squares = 0.0;

    for (size_t i = 0; needed > 0.0; i++, left -= 1.0) {
        if (retain__random_uniform(&random) * left < needed) {
            const double amount = with->customers[i].money - with->centre;

            sum += amount;
            squares += amount * amount;
            needed -= 1.0;
        }
    }
    return welch(by, sum, squares) >= by->least;
}

/* Means of four bootstrap samples. */
static void sample(const replicates *by, size_t four, double difference[4])
{
    const comparison *with = by->with;
    double money[2][4] = {{0.0}}, there[2][4] = {{0.0}};

    for (size_t i = 0; i < with->count; i++) {
        const brought *customer = &with->customers[i];
        double weight[4];

        retain__poisson_weights(by->seed, customer->key, four, weight);
        for (int k = 0; k < 4; k++) {
            money[customer->side][k] += weight[k] * (customer->money - with->centre);
            there[customer->side][k] += weight[k];
        }
    }
    for (int k = 0; k < 4; k++)
        difference[k] =
            there[0][k] > 0.0 && there[1][k] > 0.0 ? money[0][k] / there[0][k] - money[1][k] / there[1][k] : (double)NAN;
}

static void replicate(void *state, size_t block, size_t first, size_t last)
{
    const replicates *by = state;
    double difference[4] = {0.0};

    (void)block;
    for (size_t b = first; b < last; b++) { /* blocks are whole fours */
        if (b % 4 == 0)
            sample(by, b / 4, difference);
        by->difference[b] = difference[b % 4];
        by->reached[b] = (uint8_t)deal(by, b);
    }
}

static retain_status compare_money(retain_context *ctx, retain__scratch *scratch, const comparison *with,
                                   const retain_cohort_compare_options *options, retain_cohort_comparison *found)
{
    const size_t count = (size_t)options->replicates;
    replicates by = {.with = with, .seed = options->seed};
    double sum = 0.0, squares = 0.0;
    size_t reached = 0;
    uint64_t *words;
    retain_status status;

    if (!count || !(with->exposed[0] >= FEWEST && with->exposed[1] >= FEWEST))
        return RETAIN_OK;
    for (size_t i = 0; i < with->count; i++) {
        const double amount = with->customers[i].money - with->centre;

        by.sum += amount;
        by.squares += amount * amount;
        sum += with->customers[i].side == 0 ? amount : 0.0;
        squares += with->customers[i].side == 0 ? amount * amount : 0.0;
    }
    if (!(by.squares > 0.0))
        return RETAIN_OK;                               /* all brought the same */
    by.least = welch(&by, sum, squares) * (1.0 - 1e-9); /* the same customers in another order of addition */
    by.difference = retain__take(scratch, count, sizeof *by.difference);
    by.reached = retain__take(scratch, count, sizeof *by.reached);
    words = retain__take(scratch, 2 * count, sizeof *words);
    if (!by.difference || !by.reached || !words)
        return RETAIN_ERROR_MEMORY;
    status = retain__parallel(ctx, count, REPLICATES_PER_BLOCK, 0.5, 1.0, replicate, &by);
    if (status != RETAIN_OK)
        return status;
    for (size_t b = 0; b < count; b++)
        reached += by.reached[b];
    found->money_p_value = ((double)reached + 1.0) / ((double)count + 1.0);
    retain__put_percentiles(by.difference, count, 0.5 * (1.0 - options->level), words, &found->low, &found->high);
    return RETAIN_OK;
}

/* --- coming back -------------------------------------------------------------------------------------------------------------- */

typedef struct waiting {
    const int8_t *side; /* by position: 0, 1, or -1 */
    int64_t observation_end;
} waiting;

static void note_wait(const void *state, retain__duration_notes *notes, const retain__customer *customer)
{
    const waiting *with = state;
    const int side = with->side[customer->position];
    const retain__occasion *first = customer->occasion;

    if (side >= 0)
        retain__note_duration(notes, (size_t)side, first->day, customer->count > 1 ? first[1].day : with->observation_end,
                              customer->count > 1);
}

typedef struct siding {
    comparison *with;
    int8_t *side;
} siding;

static void note_side(void *state, size_t block, const retain__customer *customer)
{
    const siding *to = state;
    retain__cohort_place place;

    to->side[customer->position] = (int8_t)find_side(to->with, block, customer, &place);
}

static retain_status compare_returns(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, comparison *with,
                                     retain_cohort_comparison *found)
{
    int8_t *side = retain__take_zeroed(scratch, log->customers, sizeof *side);
    siding to = {with, side};
    waiting state = {side, with->layout->observation_end};
    retain__group_durations group[2];
    retain__durations durations;
    double room[2 * (2 + 2)];
    size_t freedom = 0;
    retain_status status;

    if (!side)
        return RETAIN_ERROR_MEMORY;
    if (with->layout->by_group)
        retain__open_groups(with->search, &with->layout->groups);
    retain__visit_customers(NULL, log, note_side, &to, NULL);
    status = retain__count_durations(ctx, scratch, log, with->layout->observation_end, 2, note_wait, &state, &durations);
    if (status != RETAIN_OK)
        return status;
    for (size_t g = 0; g < 2; g++) {
        group[g] = (retain__group_durations){
            durations.duration + durations.first[g], durations.duration + durations.first[g + 1], {0.0, 0.0}};
        found->customers[g] = retain__sum_value(retain__curve_beginners(group[g].next, (size_t)(group[g].end - group[g].next)));
    }
    found->chi_squared = retain__log_rank(group, 2, 0.0, found->returned, found->expected, room, &freedom);
    found->return_p_value = freedom ? retain__chi_squared_tail(found->chi_squared, freedom) : (double)NAN;
    return RETAIN_OK;
}

/* --- all together ------------------------------------------------------------------------------------------------------------- */

static retain_status take_options(retain_context *ctx, const retain_cohort_compare_options *given,
                                  retain_cohort_compare_options *options, retain__margins *margins)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = retain__check_replicates(ctx, options->replicates);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options->level);
    if (status == RETAIN_OK)
        status =
            retain__read_margins(ctx, options->margin, options->margins, options->margin_customer, options->margin_count, margins);
    return status;
}

static retain_status check_rows(retain_context *ctx, const retain__cohort_layout *layout, size_t row, size_t other, size_t column)
{
    if (row >= layout->rows || other >= layout->rows)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %zu; the table has %zu rows",
                            row >= layout->rows ? "row" : "other", row >= layout->rows ? row : other, layout->rows);
    if (row == other)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "row and other are %zu; they must be two different rows",
                            row);
    if (column >= layout->columns && column != RETAIN_COHORT_LAST_COLUMN)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "column is %zu; the table has %zu columns", column,
                            layout->columns);
    return RETAIN_OK;
}

static retain_status compare(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders, retain__order_log *log,
                             const retain_cohort_compare_options *options, comparison *with, retain_cohort_comparison *found)
{
    retain_status status = list_customers(ctx, scratch, orders, log, with);

    if (status != RETAIN_OK)
        return status;
    for (int side = 0; side < 2; side++) {
        found->exposed[side] = with->exposed[side];
        found->value[side] = with->mean[side];
    }
    found->column = with->column;
    found->difference = found->value[0] - found->value[1];
    found->low = found->high = found->money_p_value = (double)NAN;
    status = compare_returns(ctx, scratch, log, with, found);
    return status == RETAIN_OK ? compare_money(ctx, scratch, with, options, found) : status;
}

retain_status retain_cohort_compare(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                    const retain_cohort_layout *layout, size_t row, size_t other, size_t column,
                                    const retain_orders_options *counting, const retain_cohort_compare_options *given,
                                    retain_cohort_comparison *comparison_out)
{
    retain_cohort_compare_options options = {.struct_size = sizeof options};
    retain_cohort_comparison found = {.struct_size = sizeof found};
    retain__scratch scratch = {ctx, NULL};
    retain__cohort_layout checked;
    retain__order_log log;
    retain__margins margins = {.share = 1.0};
    comparison with = {.layout = &checked, .margins = &margins, .row = {row, other}, .column = column};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options, &margins);
    if (status == RETAIN_OK && !comparison_out)
        status = retain__fail_null(ctx, "comparison");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "comparison", comparison_out, sizeof found, sizeof found);
    if (status == RETAIN_OK)
        status = retain__read_layout(ctx, &scratch, layout, observation_end, 0, &checked);
    if (status == RETAIN_OK)
        status = check_rows(ctx, &checked, row, other, column);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 0.5, &log);
    if (status == RETAIN_OK)
        status = compare(ctx, &scratch, orders, &log, &options, &with, &found);
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    found.struct_size = comparison_out->struct_size;
    *comparison_out = found;
    return RETAIN_OK;
}
