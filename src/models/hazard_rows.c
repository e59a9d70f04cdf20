/* Reading the rows of a discrete-time hazard: the life table, groups of periods, who is at risk.
 *
 * Who is at risk in a period is counted from the end: those of the period after it, and those who ended or were last seen in it, less those who
 * enter after it. Weights add up with rounding, so whether anybody left, or stayed, is told by counts of rows.
 *
 * A period has a finite baseline when somebody left in it and somebody did not. Periods are added to a group until that holds, and until there
 * are events enough; what is left at the end joins the last group. With smoothing every period may stand alone. */
#include "models/hazard_rows.h"

#include <math.h>

#include "data/durations.h"
#include "data/predictors.h"
#include "metrics/rates.h"

enum { MOST_GROUPS = RETAIN_HAZARD_GROUPS, MOST_PERIODS = RETAIN_HAZARD_PERIODS, MOST_STEPS = 100 };

static const double MOST_PENALTY = 1e100;

/* --- options -------------------------------------------------------------------------------------------------------------------- */

static retain_status check_number(retain_context *ctx, const char *name, double value)
{
    if (value >= 0.0 && value <= MOST_PENALTY)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s is %g; it must lie in [0, 1e100]", name, value);
}

static retain_status check_until(retain_context *ctx, const retain_hazard_options *options)
{
    if (options->groups < 1 || options->groups > MOST_GROUPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.groups is %zu; it must be 1 to %d", options->groups,
                            MOST_GROUPS);
    for (size_t g = 0; g < options->groups; g++) {
        const double until = options->until[g], least = g ? options->until[g - 1] + 1.0 : 1.0;

        if (!(until >= least && until <= MOST_PERIODS && until == floor(until)))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "options.until[%zu] is %g; it must be a whole number from %g to %d", g, until, least, MOST_PERIODS);
    }
    return RETAIN_OK;
}

retain_status retain__hazard_check_options(retain_context *ctx, const retain_hazard_options *given, retain_hazard_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK && options->link != RETAIN_HAZARD_LOGIT && options->link != RETAIN_HAZARD_COMPLEMENTARY_LOG_LOG)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.link is %d; it must be a retain_hazard_link",
                              (int)options->link);
    if (status == RETAIN_OK)
        status = check_number(ctx, "l2", options->l2);
    if (status == RETAIN_OK)
        status = check_number(ctx, "l1", options->l1);
    if (status == RETAIN_OK)
        status = check_number(ctx, "smoothing", options->smoothing);
    if (status == RETAIN_OK)
        status = check_number(ctx, "least_events", options->least_events);
    if (status == RETAIN_OK && options->until)
        status = check_until(ctx, options);
    if (status == RETAIN_OK && options->iterations < 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.iterations is %d; it must be at least 0",
                              options->iterations);
    if (options->iterations == 0)
        options->iterations = MOST_STEPS;
    return status == RETAIN_OK ? retain__take_level(ctx, "options.level", &options->level) : status;
}

/* --- the life table ------------------------------------------------------------------------------------------------------------- */

/* Of a period: rows and weights. Who ended or was last seen in it, who enters after it. */
typedef struct period {
    double events, ended, entering;
    size_t event_rows, ended_rows, entering_rows;
} period;

static retain_status check_periods(retain_context *ctx, const retain_durations *durations)
{
    for (size_t i = 0; i < durations->count; i++) {
        const double exit = durations->exit[i], entry = durations->entry ? durations->entry[i] : 0.0;
        const int is_event = !durations->event || durations->event[i];

        if (!(exit <= MOST_PERIODS && exit == floor(exit)))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "durations.exit[%zu] is %g; it must be a whole number of periods, at most %d", i, exit,
                                MOST_PERIODS);
        if (entry != floor(entry))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "durations.entry[%zu] is %g; it must be a whole number of periods", i,
                                entry);
        if (is_event && exit == 0.0)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "durations.exit[%zu] is 0 and the row ended; who leaves in the first period has exit 1", i);
    }
    return RETAIN_OK;
}

static size_t count_table(const retain_durations *durations, period *table)
{
    size_t last = 0;

    for (size_t i = 0; i < durations->count; i++) {
        const double weight = durations->weight ? durations->weight[i] : 1.0;
        const size_t exit = (size_t)durations->exit[i], entry = durations->entry ? (size_t)durations->entry[i] : 0;
        const int is_event = !durations->event || durations->event[i];

        if (!(weight > 0.0) || exit == 0)
            continue;
        last = exit > last ? exit : last;
        table[exit].ended += weight;
        table[exit].ended_rows++;
        table[exit].events += is_event ? weight : 0.0;
        table[exit].event_rows += (size_t)is_event;
        table[entry].entering += weight;
        table[entry].entering_rows++;
    }
    return last;
}

static double find_last_exit(const retain_durations *durations)
{
    double last = 0.0;

    for (size_t i = 0; i < durations->count; i++)
        last = durations->exit[i] > last ? durations->exit[i] : last;
    return last;
}

/* --- groups --------------------------------------------------------------------------------------------------------------------- */

/* A group in the making. */
typedef struct pool {
    double at_risk, events;
    size_t since, event_rows, staying_rows;
} pool;

static void close_group(retain__hazard_groups *groups, const pool *of, size_t until)
{
    const size_t g = groups->count++;

    groups->until[g] = until;
    groups->at_risk[g] = of->at_risk;
    groups->events[g] = of->events;
}

static retain_status refuse_group(retain_context *ctx, const pool *of, size_t g, size_t until)
{
    return retain__fail(
        ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
        "%s in periods %zu to %zu, group %zu, so it has no finite baseline; make the group longer, leave the groups "
        "to the fit, or give smoothing",
        of->event_rows ? "nobody stayed" : "nobody left", of->since, until, g);
}

static retain_status refuse_many(retain_context *ctx, size_t periods)
{
    return retain__fail(
        ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
        "there are %zu periods and more than %d groups of them; give least_events or until, or count in longer periods", periods,
        MOST_GROUPS);
}

/* Is the group complete with period j? */
static int is_complete(const retain_hazard_options *options, const retain__hazard_groups *groups, const pool *of, size_t j)
{
    if (options->until)
        return (double)j == options->until[groups->count];
    if (options->smoothing > 0.0)
        return of->events >= options->least_events * (1.0 - 1e-12);
    return of->event_rows > 0 && of->staying_rows > 0 && of->events >= options->least_events * (1.0 - 1e-12);
}

/* Who is at risk in period j, from those of the period after it. */
static void step_back(const period *table, size_t j, double *weight, size_t *rows)
{
    *rows += table[j].ended_rows - table[j].entering_rows;
    *weight = *rows ? fmax(*weight + table[j].ended - table[j].entering, 0.0) : 0.0;
}

/* Walks through the periods; `risk` and `risk_rows` are those of each. */
static retain_status cut_groups(retain_context *ctx, const retain_hazard_options *options, const period *table, const double *risk,
                                const size_t *risk_rows, retain__hazard_groups *groups)
{
    const size_t last = options->until ? (size_t)options->until[options->groups - 1] : groups->periods;
    pool of = {.since = 1};

    for (size_t j = 1; j <= last; j++) {
        const int is_there = j <= groups->periods;

        of.at_risk += is_there ? risk[j] : 0.0;
        of.events += is_there ? table[j].events : 0.0;
        of.event_rows += is_there ? table[j].event_rows : 0;
        of.staying_rows += is_there ? risk_rows[j] - table[j].event_rows : 0;
        if (!is_complete(options, groups, &of, j))
            continue;
        if (options->until && !(options->smoothing > 0.0) && !(of.event_rows > 0 && of.staying_rows > 0))
            return refuse_group(ctx, &of, groups->count, j);
        if (groups->count == MOST_GROUPS)
            return refuse_many(ctx, groups->periods);
        close_group(groups, &of, j);
        of = (pool){.since = j + 1};
    }
    if (of.since <= last && groups->count == 0) {
        close_group(groups, &of, last);
    } else if (of.since <= last) {
        const size_t g = groups->count - 1;

        groups->until[g] = last;
        groups->at_risk[g] += of.at_risk;
        groups->events[g] += of.events;
    }
    return RETAIN_OK;
}

retain_status retain__hazard_form_groups(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                         const retain_hazard_options *options, retain__hazard_groups *groups)
{
    retain_status status = retain__check_durations(ctx, durations);
    size_t periods, rows = 0, *risk_rows;
    double weight = 0.0, *risk;
    period *table;

    *groups = (retain__hazard_groups){.count = 0};
    if (status == RETAIN_OK)
        status = check_periods(ctx, durations);
    if (status != RETAIN_OK)
        return status;
    periods = (size_t)find_last_exit(durations);
    table = retain__take_zeroed(scratch, periods + 1, sizeof *table);
    risk = retain__take(scratch, periods + 1, sizeof *risk);
    risk_rows = retain__take(scratch, periods + 1, sizeof *risk_rows);
    if (!table || !risk || !risk_rows)
        return RETAIN_ERROR_MEMORY;
    groups->periods = count_table(durations, table);
    for (size_t j = groups->periods; j > 0; j--) {
        step_back(table, j, &weight, &rows);
        risk[j] = weight;
        risk_rows[j] = rows;
    }
    if (options->until && (double)groups->periods > options->until[options->groups - 1])
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "options.until ends with period %g; rows are at risk until period %zu",
                            options->until[options->groups - 1], groups->periods);
    status = cut_groups(ctx, options, table, risk, risk_rows, groups);
    retain__give_back(scratch, table);
    retain__give_back(scratch, risk);
    retain__give_back(scratch, risk_rows);
    return status;
}

retain_status retain_hazard_periods(retain_context *ctx, const retain_durations *durations, const retain_hazard_options *given,
                                    size_t *groups, double *until, double *at_risk, double *events)
{
    retain__scratch scratch = {ctx, NULL};
    retain_status status = retain__begin(ctx);
    retain_hazard_options options = {.struct_size = sizeof options};
    retain__hazard_groups of;

    if (status == RETAIN_OK)
        status = retain__hazard_check_options(ctx, given, &options);
    if (status == RETAIN_OK && !groups)
        status = retain__fail_null(ctx, "groups");
    if (status == RETAIN_OK)
        status = retain__hazard_form_groups(ctx, &scratch, durations, &options, &of);
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    *groups = of.count;
    for (size_t g = 0; g < of.count; g++) {
        retain__put(until, g, (double)of.until[g]);
        retain__put(at_risk, g, of.at_risk[g]);
        retain__put(events, g, of.events[g]);
    }
    return RETAIN_OK;
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------- */

static retain_status index_groups(retain__scratch *scratch, retain__hazard_groups *groups)
{
    const size_t periods = groups->count ? groups->until[groups->count - 1] : 0;

    groups->of = retain__take(scratch, periods + 1, sizeof *groups->of);
    if (!groups->of)
        return RETAIN_ERROR_MEMORY;
    groups->of[0] = 0;
    for (size_t g = 0; g < groups->count; g++)
        for (size_t j = retain__hazard_since(groups, g); j <= groups->until[g]; j++)
            groups->of[j] = (uint16_t)g;
    return RETAIN_OK;
}

/* Events where all rows ended, and weights where some are never at risk. */
static retain_status fill_columns(retain__scratch *scratch, const retain_durations *durations, const uint8_t **event,
                                  const double **weight)
{
    size_t idle = 0;

    *event = durations->event;
    *weight = durations->weight;
    for (size_t i = 0; i < durations->count; i++)
        idle += durations->exit[i] == 0.0;
    if (!durations->event) {
        uint8_t *all = retain__take(scratch, durations->count, 1);

        if (!all)
            return RETAIN_ERROR_MEMORY;
        for (size_t i = 0; i < durations->count; i++)
            all[i] = 1;
        *event = all;
    }
    if (idle) {
        double *all = retain__take(scratch, durations->count, sizeof *all);

        if (!all)
            return RETAIN_ERROR_MEMORY;
        for (size_t i = 0; i < durations->count; i++)
            all[i] = durations->exit[i] == 0.0 ? 0.0 : durations->weight ? durations->weight[i] : 1.0;
        *weight = all;
    }
    return RETAIN_OK;
}

retain_status retain__hazard_read_rows(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                       const retain_predictors *predictors, const retain_hazard_options *options,
                                       retain__hazard_rows *rows)
{
    static const double alike[2] = {1.0, 1.0};
    const uint8_t *event = NULL;
    const double *weight = NULL;
    retain_status status = retain__hazard_form_groups(ctx, scratch, durations, options, &rows->groups);

    rows->durations = durations;
    if (status == RETAIN_OK)
        status = retain__check_predictor_table(ctx, predictors);
    if (status == RETAIN_OK && predictors->count != durations->count)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "predictors.count is %zu, durations.count is %zu; they must be the same", predictors->count,
                              durations->count);
    if (status == RETAIN_OK)
        status = index_groups(scratch, &rows->groups);
    if (status == RETAIN_OK)
        status = fill_columns(scratch, durations, &event, &weight);
    if (status == RETAIN_OK)
        status = retain__logistic_read_rows(ctx, scratch, predictors, event, weight, 1, &rows->rows);
    if (status == RETAIN_OK)
        retain__logistic_count_classes(&rows->rows, alike);
    return status;
}
