/* NPS by month, and who came back after a response: every fifth order is followed by one, a week later. */
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/survey.h"
#include "shop.h"

enum { MONTHS = 24, DAYS_OF_A_MONTH = 31, RESPONSE_AFTER = 7, ORDERS_PER_RESPONSE = 5 };

typedef struct survey_state {
    const retain_orders *log;
    size_t count;
    int64_t *customer, *day, *month;
    double *score;
    double nps[MONTHS + 1], low[MONTHS + 1], high[MONTHS + 1], responses[MONTHS + 1], counted[3], returned[3];
} survey_state;

static retain_status score_months(retain_context *ctx, void *state)
{
    survey_state *survey = state;
    const retain_survey_nps_columns columns = {
        .responses = survey->responses, .nps = survey->nps, .low = survey->low, .high = survey->high};

    return retain_survey_nps_groups(ctx, survey->score, survey->month, survey->count, MONTHS, 0.0, &columns);
}

static retain_status follow_responses(retain_context *ctx, void *state)
{
    survey_state *survey = state;
    const retain_survey_responses responses = {survey->count, survey->customer, survey->day, survey->score};
    const retain_survey_retention_options options = {.struct_size = sizeof options, .choice = RETAIN_SURVEY_EACH};

    return retain_survey_retention(ctx, &responses, survey->log, SHOP_LAST_DAY, NULL, &options, survey->counted, survey->returned,
                                   NULL, NULL, NULL, NULL);
}

static void check_months(void *state, bench_check *checks)
{
    const survey_state *survey = state;

    checks[0] = (bench_check){"responses", survey->responses[MONTHS]};
    checks[1] = (bench_check){"nps", survey->nps[MONTHS]};
}

static void check_responses(void *state, bench_check *checks)
{
    const survey_state *survey = state;

    checks[0] = (bench_check){"counted", bench_sum(survey->counted, 3)};
    checks[1] = (bench_check){"returned", bench_sum(survey->returned, 3)};
}

static void ask(survey_state *survey, const shop_log *shop)
{
    survey->count = shop->log.count / ORDERS_PER_RESPONSE;
    survey->customer = bench_take(survey->count);
    survey->day = bench_take(survey->count);
    survey->month = bench_take(survey->count);
    survey->score = bench_take(survey->count);
    for (size_t i = 0; i < survey->count; i++) {
        retain__random random = retain__random_start(11, i);
        const size_t order = i * ORDERS_PER_RESPONSE;

        survey->customer[i] = shop->customer[order];
        survey->day[i] = shop->day[order] + RESPONSE_AFTER;
        survey->month[i] = (shop->day[order] - SHOP_FIRST_DAY) / DAYS_OF_A_MONTH;
        survey->score[i] = (double)(int)(11.0 * retain__random_uniform(&random));
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    survey_state survey = {.log = &shop.log};
    bench_check month_checks[3] = {{NULL, 0.0}}, response_checks[3] = {{NULL, 0.0}};

    ask(&survey, &shop);
    bench_run(&plan, &(bench_task){"survey_nps", survey.count, score_months, &survey, month_checks, check_months});
    bench_run(&plan, &(bench_task){"survey_retention", survey.count, follow_responses, &survey, response_checks, check_responses});
    shop_write(&shop, &plan, "survey");
    bench_write(&plan, "survey", "asked.i64", survey.customer, survey.count);
    bench_write(&plan, "survey", "asked_day.i64", survey.day, survey.count);
    bench_write(&plan, "survey", "month.i64", survey.month, survey.count);
    bench_write(&plan, "survey", "score.f64", survey.score, survey.count);
    bench_write(&plan, "survey", "result_responses.f64", survey.responses, MONTHS);
    bench_write(&plan, "survey", "result_nps.f64", survey.nps, MONTHS);
    bench_write(&plan, "survey", "result_counted.f64", survey.counted, 3);
    bench_write(&plan, "survey", "result_returned.f64", survey.returned, 3);
    free(survey.customer);
    free(survey.day);
    free(survey.month);
    free(survey.score);
    shop_close(&shop);
    return 0;
}
