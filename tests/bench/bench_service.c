/* Resolution times of tickets by agent, with open ones censored; repeat contacts within a week; late parcels. */
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/service.h"

enum { AGENTS = 100, HOUR = 3600, DAY = 24 * HOUR, TICKETS_PER_CUSTOMER = 3, YEAR = 365 };

typedef struct service_state {
    size_t count;
    int64_t *customer, *opened, *resolved, *agent;
    double median[AGENTS + 1], low[AGENTS + 1], high[AGENTS + 1], share[AGENTS + 1], first[AGENTS + 1], repeated[AGENTS + 1],
        late[AGENTS + 1];
} service_state;

static const int64_t END = (int64_t)YEAR * DAY;

static retain_status time_tickets(retain_context *ctx, void *state)
{
    service_state *of = state;
    const retain_service_times_options options = {.struct_size = sizeof options, .unit = HOUR, .target = DAY};
    const retain_service_times_columns columns = {
        .quantile = of->median, .quantile_low = of->low, .quantile_high = of->high, .share = of->share};

    return retain_service_times(ctx, of->opened, of->resolved, NULL, of->agent, of->count, AGENTS, END, &options, &columns);
}

static retain_status count_contacts(retain_context *ctx, void *state)
{
    service_state *of = state;
    const retain_service_tickets tickets = {of->count, of->customer, of->opened, of->resolved, NULL, of->agent};
    const retain_service_contacts_columns columns = {.first_contact = of->first, .repeated = of->repeated};

    return retain_service_contacts(ctx, &tickets, AGENTS, END, 7 * DAY, 0.0, &columns);
}

static retain_status count_late(retain_context *ctx, void *state)
{
    service_state *of = state;

    return retain_service_late(ctx, of->opened, of->resolved, of->agent, of->count, AGENTS, END, 0.0, NULL, of->late, NULL, NULL,
                               NULL);
}

static void check_times(void *state, bench_check *checks)
{
    const service_state *of = state;

    checks[0] = (bench_check){"median", of->median[AGENTS]};
    checks[1] = (bench_check){"share", of->share[AGENTS]};
}

static void check_contacts(void *state, bench_check *checks)
{
    const service_state *of = state;

    checks[0] = (bench_check){"first_contact", of->first[AGENTS]};
    checks[1] = (bench_check){"repeated", of->repeated[AGENTS]};
}

static void check_late(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"late", ((const service_state *)state)->late[AGENTS]};
}

static void make_tickets(service_state *of, size_t count)
{
    of->count = count;
    of->customer = bench_take(count);
    of->opened = bench_take(count);
    of->resolved = bench_take(count);
    of->agent = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(13, i);

        of->opened[i] = (int64_t)((double)END * retain__random_uniform(&random));
        of->resolved[i] = of->opened[i] + (int64_t)retain__random_exponential(&random, 1.0 / (40.0 * HOUR));
        if (retain__random_uniform(&random) < 0.05 || of->resolved[i] > END)
            of->resolved[i] = RETAIN_SERVICE_NOT_YET;
        of->customer[i] = (int64_t)(retain__random_bits(&random) % (count / TICKETS_PER_CUSTOMER + 1));
        of->agent[i] = (int64_t)(retain__random_bits(&random) % AGENTS);
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    service_state of = {.count = 0};
    bench_check time_checks[3] = {{NULL, 0.0}}, contact_checks[3] = {{NULL, 0.0}}, late_checks[2] = {{NULL, 0.0}};

    make_tickets(&of, plan.rows);
    bench_run(&plan, &(bench_task){"service_times", of.count, time_tickets, &of, time_checks, check_times});
    bench_run(&plan, &(bench_task){"service_contacts", of.count, count_contacts, &of, contact_checks, check_contacts});
    bench_run(&plan, &(bench_task){"service_late", of.count, count_late, &of, late_checks, check_late});
    bench_write(&plan, "service", "customer.i64", of.customer, of.count);
    bench_write(&plan, "service", "opened.i64", of.opened, of.count);
    bench_write(&plan, "service", "resolved.i64", of.resolved, of.count);
    bench_write(&plan, "service", "agent.i64", of.agent, of.count);
    bench_write(&plan, "service", "result_median.f64", of.median, AGENTS);
    bench_write(&plan, "service", "result_share.f64", of.share, AGENTS);
    bench_write(&plan, "service", "result_first.f64", of.first, AGENTS);
    bench_write(&plan, "service", "result_repeated.f64", of.repeated, AGENTS);
    bench_write(&plan, "service", "result_late.f64", of.late, AGENTS);
    free(of.customer);
    free(of.opened);
    free(of.resolved);
    free(of.agent);
    return 0;
}
