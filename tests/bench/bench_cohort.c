/* Cohort table with money, by month and by day, and the flow of customers by month. */
#include "bench.h"
#include "retain/calendar.h"
#include "retain/cohort.h"
#include "retain/crr.h"

enum { MOST_PERIODS = BENCH_DAYS };

typedef struct cohort_task {
    const retain_orders *orders;
    int64_t edges[MOST_PERIODS + 1];
    size_t periods;
    double *size, *active, *placed, *revenue;
} cohort_task;

static retain_status run_cohort(retain_context *ctx, void *state)
{
    cohort_task *task = state;

    return retain_cohort_active(ctx, task->orders, task->edges[task->periods] - 1, task->edges, task->periods + 1, NULL, NULL,
                                task->size, task->active, task->placed, task->revenue, NULL);
}

static retain_status run_crr(retain_context *ctx, void *state)
{
    cohort_task *task = state;
    const retain_crr_columns columns = {.start = task->size, .crr = task->active};

    return retain_crr_periods(ctx, task->orders, task->edges[task->periods] - 1, task->edges, task->periods + 1, NULL, NULL,
                              &columns, NULL);
}

static cohort_task make_task(const bench_log *log, retain_period period)
{
    const retain_calendar_options options = {.struct_size = sizeof options, .period = period};
    cohort_task task = {.orders = &log->view};
    const size_t most = (size_t)MOST_PERIODS * MOST_PERIODS;
    size_t count;

    task.size = malloc((MOST_PERIODS + 3 * most) * sizeof(double));
    if (!task.size || retain_calendar_edges(NULL, BENCH_FIRST_DAY, BENCH_FIRST_DAY + BENCH_DAYS - 1, &options, task.edges,
                                            MOST_PERIODS + 1, &count) != RETAIN_OK) {
        fprintf(stderr, "cannot set up\n");
        exit(1);
    }
    task.periods = count - 1;
    task.active = task.size + MOST_PERIODS;
    task.placed = task.active + most;
    task.revenue = task.placed + most;
    return task;
}

/* Sum of all cells that exist. */
static double add_up(const double *table, size_t cells)
{
    double sum = 0.0;

    for (size_t i = 0; i < cells; i++)
        sum += table[i] == table[i] ? table[i] : 0.0;
    return sum;
}

int main(int argc, char **argv)
{
    bench_log log = bench_begin(argc, argv);
    cohort_task months = make_task(&log, RETAIN_PERIOD_MONTH), days = make_task(&log, RETAIN_PERIOD_DAY);
    const bench_time cohort = bench_best(run_cohort, &months, log.threads);
    const double active = add_up(months.active, months.periods * months.periods);
    const double revenue = add_up(months.revenue, months.periods * months.periods);
    const bench_time daily = bench_best(run_cohort, &days, log.threads), crr = bench_best(run_crr, &months, log.threads);

    printf("{\"bench\":\"cohort\",\"rows\":%zu,\"threads\":%d,\"months_wall\":%.4f,\"months_cpu\":%.4f,\"active\":%.0f,\"revenue\":"
           "%.2f,"
           "\"days_wall\":%.4f,\"days_cpu\":%.4f,\"crr_wall\":%.4f,\"crr_cpu\":%.4f}\n",
           log.view.count, log.threads, cohort.wall, cohort.cpu, active, revenue, daily.wall, daily.cpu, crr.wall, crr.cpu);
    free(months.size);
    free(days.size);
    bench_end(&log);
    return 0;
}
