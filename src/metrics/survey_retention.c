/* What customers did after they had been asked.
 *
 * Every response is judged over the same number of days after it, and only when those days are over: a response of last week
 * has had no time to be followed by an order, and would pass for one of a customer who did not return. Responses are sorted by
 * customer and day; the visit of the order log then finds, customer by customer, the first occasion after each of them. A
 * customer whom the visit does not come by has no occasion, hence has not returned.
 *
 * Which response of a customer counts is decided by the responses alone, never by what came after: otherwise customers who
 * come back, and are asked again, would have their say twice. */
#include <math.h>
#include <string.h>

#include "data/customer_rows.h"
#include "data/dated_rows.h"
#include "metrics/rates.h"
#include "retain/survey.h"

static const double NPS_CUTS[] = {7.0, 9.0};
static const int64_t DEFAULT_HORIZON = 90;

typedef struct answers {
    const retain__dated_rows *rows; /* those whose days are over */
    int64_t horizon;
    uint8_t *returned; /* [rows->count] */
    size_t cursor[RETAIN__LOG_BLOCKS];
} answers;

static void look_for_orders(void *state, size_t block, const retain__customer *customer)
{
    answers *all = state;
    const retain__dated_rows *rows = all->rows;
    const retain__occasion *at = customer->occasion, *end = at + customer->count;

    for (size_t r = retain__find_dated(rows, customer->key, &all->cursor[block]);
         r < rows->count && rows->at[r].customer == customer->key; r++) {
        while (at < end && at->day <= rows->at[r].day)
            at++;
        all->returned[r] = at < end && at->day - rows->at[r].day <= all->horizon;
    }
}

/* --- arguments ---------------------------------------------------------------------------------------------------------------- */

static retain_status check_cuts(retain_context *ctx, const double *cuts, size_t count)
{
    if (count == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.cut_count is 0; there must be at least one cut");
    for (size_t k = 0; k < count; k++) {
        if (!retain__is_finite(cuts[k]) || (k && !(cuts[k] > cuts[k - 1])))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k,
                                "options.cuts[%zu] is %g; cuts must be finite and strictly ascending", k, cuts[k]);
    }
    return RETAIN_OK;
}

static retain_status take_options(retain_context *ctx, const retain_survey_retention_options *given,
                                  retain_survey_retention_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options->level);
    if (status != RETAIN_OK)
        return status;
    if (options->horizon_days < 0 || options->horizon_days > RETAIN__LAST_DATE)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.horizon_days is %lld; it must lie in [1, 2^40] (0 means %lld)",
                            (long long)options->horizon_days, (long long)DEFAULT_HORIZON);
    if (options->horizon_days == 0)
        options->horizon_days = DEFAULT_HORIZON;
    if (options->choice != RETAIN_SURVEY_FIRST && options->choice != RETAIN_SURVEY_LAST && options->choice != RETAIN_SURVEY_EACH)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.choice is %d; it must be a retain_survey_choice",
                            (int)options->choice);
    if (options->cuts)
        return check_cuts(ctx, options->cuts, options->cut_count);
    options->cuts = NPS_CUTS;
    options->cut_count = sizeof NPS_CUTS / sizeof *NPS_CUTS;
    return RETAIN_OK;
}

static retain_status check_scores(retain_context *ctx, const retain_survey_responses *responses, int is_nps)
{
    if (responses->count && !responses->score)
        return retain__fail_null(ctx, "responses.score");
    for (size_t i = 0; i < responses->count; i++) {
        const double score = responses->score[i];

        if (is_nps && !(score >= 0.0 && score <= 10.0 && score == floor(score)))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "responses.score[%zu] is %g; without cuts it must be a whole number from 0 to 10", i, score);
        if (!retain__is_finite(score))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "responses.score[%zu] is %g; it must be finite", i, score);
    }
    return RETAIN_OK;
}

/* --- classes ------------------------------------------------------------------------------------------------------------------ */

typedef struct class_count {
    uint64_t counted, returned;
} class_count;

static int is_chosen(const retain__dated_rows *rows, size_t r, retain_survey_choice choice)
{
    switch (choice) {
    case RETAIN_SURVEY_FIRST:
        return r == 0 || rows->at[r - 1].customer != rows->at[r].customer;
    case RETAIN_SURVEY_LAST:
        return r + 1 == rows->count || rows->at[r + 1].customer != rows->at[r].customer;
    default:
        return 1;
    }
}

/* Returns how many count. */
static size_t count_classes(const answers *all, const double *score, const retain_survey_retention_options *options,
                            class_count *classes)
{
    size_t counted = 0;

    for (size_t r = 0; r < all->rows->count; r++) {
        const double given = score[all->rows->at[r].row];
        size_t c = 0;

        if (!is_chosen(all->rows, r, options->choice))
            continue;
        while (c < options->cut_count && options->cuts[c] <= given)
            c++;
        classes[c].counted++;
        classes[c].returned += all->returned[r];
        counted++;
    }
    return counted;
}

static void put_report(retain_survey_retention_report *report, size_t given, size_t judged, size_t counted,
                       const class_count *lowest, const class_count *highest, double level)
{
    const double k = (double)highest->returned, n = (double)highest->counted, of_k = (double)lowest->returned,
                 of_n = (double)lowest->counted;
    const size_t struct_size = report->struct_size;

    *report = (retain_survey_retention_report){struct_size,
                                               given,
                                               counted,
                                               given - judged,
                                               judged - counted,
                                               retain_rate_difference(k, n, of_k, of_n),
                                               retain_rate_difference_low(k, n, of_k, of_n, level),
                                               retain_rate_difference_high(k, n, of_k, of_n, level)};
}

retain_status retain_survey_retention(retain_context *ctx, const retain_survey_responses *responses, const retain_orders *orders,
                                      int64_t observation_end, const retain_orders_options *counting,
                                      const retain_survey_retention_options *given, double *counted, double *returned, double *rate,
                                      double *low, double *high, retain_survey_retention_report *report)
{
    retain_survey_retention_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__dated_rows rows;
    answers all = {.rows = &rows};
    class_count *classes = NULL;
    size_t used = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !responses)
        status = retain__fail_null(ctx, "responses");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK)
        status = check_scores(ctx, responses, options.cuts == NPS_CUTS);
    if (status == RETAIN_OK)
        status = retain__check_observation_end(ctx, observation_end);
    if (status == RETAIN_OK)
        status = retain__check_dated(ctx, "responses", responses->customer, responses->day, responses->count);
    if (status == RETAIN_OK)
        status = retain__sort_dated(ctx, &scratch, responses->customer, responses->day, responses->count,
                                    observation_end - options.horizon_days, NULL, NULL, 0.0, 0.2, &rows);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.2, 1.0, &log);
    if (status == RETAIN_OK && !((all.returned = retain__take_zeroed(&scratch, rows.count, 1)) &&
                                 (classes = retain__take_zeroed(&scratch, options.cut_count + 1, sizeof *classes))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        all.horizon = options.horizon_days;
        for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++)
            all.cursor[b] = SIZE_MAX;
        retain__visit_customers(ctx, &log, look_for_orders, &all, NULL);
        used = count_classes(&all, responses->score, &options, classes);
        for (size_t c = 0; c <= options.cut_count; c++) {
            if (counted)
                counted[c] = (double)classes[c].counted;
            if (returned)
                returned[c] = (double)classes[c].returned;
            retain__put_rate((double)classes[c].returned, (double)classes[c].counted, options.level, rate, low, high, c);
        }
        if (report)
            put_report(report, responses->count, rows.count, used, &classes[0], &classes[options.cut_count], options.level);
    }
    retain__release(&scratch);
    return status;
}
