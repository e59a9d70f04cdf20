/* Features and labels of all customers on twelve dates a month apart. */
#include <stdlib.h>

#include "bench.h"
#include "retain/features.h"
#include "shop.h"

enum { DATES = 12, MONTH = 30, COLUMNS = RETAIN_FEATURES_MOST, SHOWN = 6 };

typedef struct features_state {
    retain_features_source source;
    int64_t date[DATES];
    retain_features_rows rows;
    size_t capacity, count;
    retain_features_report report;
} features_state;

static retain_status fill_panel(retain_context *ctx, void *state)
{
    features_state *all = state;

    return retain_features_panel(ctx, &all->source, SHOP_LAST_DAY, all->date, DATES, NULL, NULL, &all->rows, all->capacity,
                                 &all->count, &all->report);
}

static void check_panel(void *state, bench_check *checks)
{
    const features_state *all = state;

    checks[0] = (bench_check){"rows", (double)all->count};
    checks[1] = (bench_check){"silent", (double)all->report.silent_rows};
}

int main(int argc, char **argv)
{
    static const struct {
        size_t column;
        const char *file;
    } shown[SHOWN] = {{0, "result_occasions.f64"}, {2, "result_recent.f64"}, {5, "result_since.f64"},
                      {6, "result_gap.f64"},       {8, "result_sd.f64"},     {12, "result_value.f64"}};
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    features_state all = {.source.orders = &shop.log, .report.struct_size = sizeof all.report};
    bench_check checks[3] = {{NULL, 0.0}};

    for (int d = 0; d < DATES; d++)
        all.date[d] = SHOP_LAST_DAY - 90 - (int64_t)(DATES - 1 - d) * MONTH;
    if (retain_features_panel(NULL, &all.source, SHOP_LAST_DAY, all.date, DATES, NULL, NULL, &all.rows, SIZE_MAX, &all.capacity,
                              NULL) != RETAIN_OK)
        return 1;
    all.rows = (retain_features_rows){bench_take(all.capacity), bench_take(all.capacity), bench_take(all.capacity),
                                      bench_take(COLUMNS * all.capacity)};
    bench_run(&plan, &(bench_task){"features_panel", shop.log.count, fill_panel, &all, checks, check_panel});
    shop_write(&shop, &plan, "features");
    bench_write(&plan, "features", "dates.i64", all.date, DATES);
    bench_write(&plan, "features", "result_customer.i64", all.rows.customer, all.count);
    bench_write(&plan, "features", "result_date.i64", all.rows.date, all.count);
    bench_write(&plan, "features", "result_label.f64", all.rows.label, all.count);
    for (size_t f = 0; f < SHOWN; f++)
        bench_write(&plan, "features", shown[f].file, all.rows.feature + shown[f].column * all.capacity, all.count);
    free(all.rows.customer);
    free(all.rows.date);
    free(all.rows.label);
    free(all.rows.feature);
    shop_close(&shop);
    return 0;
}
