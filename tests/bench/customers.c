#include "customers.h"

#include <math.h>
#include <stdlib.h>

#include "math/random.h"

enum { FEWEST_DAYS = 182, ARRIVAL_DAYS = 364 };

retain_btyd cdnow_model(retain_btyd_family family)
{
    if (family == RETAIN_BTYD_PARETO_NBD)
        return (retain_btyd){.family = family, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669};
    if (family == RETAIN_BTYD_BG_NBD)
        return (retain_btyd){.family = family, .unit_days = 7.0, .r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426};
    if (family == RETAIN_BTYD_GG_NBD) /* CDNOW's customers do not age; these do */
        return (retain_btyd){.family = family, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.6, .beta = 3.0, .b = 0.06};
    if (family == RETAIN_BTYD_NBD)
        return (retain_btyd){.family = family, .unit_days = 7.0, .r = 0.385, .alpha = 12.07};
    if (family == RETAIN_BTYD_BG_BB) /* the donors', by the month */
        return (retain_btyd){.family = family, .unit_days = 30.0, .alpha = 1.204, .beta = 0.750, .gamma = 0.657, .delta = 2.783};
    if (family == RETAIN_BTYD_MBG_CNBD) /* a grocer's */
        return (retain_btyd){.family = family, .unit_days = 7.0, .r = 1.73, .alpha = 1.93, .a = 0.07, .b = 2.7, .k = 2};
    return (retain_btyd){.family = family, .unit_days = 7.0, .r = 0.525, .alpha = 6.183, .a = 0.891, .b = 1.614};
}

retain_spend cdnow_spend(void)
{
    return (retain_spend){6.25, 3.74, 15.45};
}

double cdnow_spend_of(size_t row, double x)
{
    const retain_spend model = cdnow_spend();
    retain__random random = retain__random_start(5, row);
    const double rate = retain__random_gamma(&random, model.q, model.gamma);

    return x > 0.0 ? ceil(100.0 * retain__random_gamma(&random, model.p * x, rate * x)) / 100.0 : 0.0;
}

sample sample_open(const retain_btyd *model, size_t count)
{
    sample made = {.frequency = bench_take(count), .t_x = bench_take(count), .T = bench_take(count), .log_gaps = bench_take(count)};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(3, i);

        made.T[i] = (double)(FEWEST_DAYS + (int)(retain__random_uniform(&random) * ARRIVAL_DAYS)) / model->unit_days;
        if (model->family == RETAIN_BTYD_BG_BB)
            made.T[i] = floor(made.T[i]);
    }
    bench_expect(
        &ctx, retain_btyd_simulate(&ctx, model, made.T, NULL, count, 0.0, 4, made.frequency, made.t_x, NULL, NULL, made.log_gaps));
    for (size_t i = 0; i < count; i++)
        made.t_x[i] = fmin(made.T[i], ceil(made.t_x[i] * model->unit_days) / model->unit_days);
    made.view = (retain_customers){.count = count,
                                   .frequency = made.frequency,
                                   .t_x = made.t_x,
                                   .T = made.T,
                                   .unit_days = model->unit_days,
                                   .log_gaps = made.log_gaps};
    return made;
}

void sample_write(const sample *customers, const bench_plan *plan, const char *folder)
{
    bench_write(plan, folder, "frequency.f64", customers->frequency, customers->view.count);
    bench_write(plan, folder, "t_x.f64", customers->t_x, customers->view.count);
    bench_write(plan, folder, "T.f64", customers->T, customers->view.count);
}

void sample_close(sample *customers)
{
    free(customers->frequency);
    free(customers->t_x);
    free(customers->T);
    free(customers->log_gaps);
}
