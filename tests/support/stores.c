#include "stores.h"

const retain_btyd typical_store = {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 6.0, .a = 0.8, .b = 2.5};
const double typical_differences[NUMBERS] = {0.3, 0.4, 0.0, 0.0, 0.0};

static double uniform(uint64_t *stream)
{
    return ((double)(random_bits(stream) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *stream)
{
    return sqrt(-2.0 * log(uniform(stream))) * cos(6.283185307179586 * uniform(stream));
}

double *parameter_in(retain_btyd *model, size_t k)
{
    const char *name = retain_btyd_parameter(model->family, k);

    return !strcmp(name, "r")       ? &model->r
           : !strcmp(name, "alpha") ? &model->alpha
           : !strcmp(name, "s")     ? &model->s
           : !strcmp(name, "beta")  ? &model->beta
           : !strcmp(name, "a")     ? &model->a
           : !strcmp(name, "b")     ? &model->b
           : !strcmp(name, "gamma") ? &model->gamma
                                    : &model->delta;
}

void open_stores(shop *of, const retain_btyd *centre, const double *sd, size_t groups, size_t customers, uint64_t seed)
{
    uint64_t stream = seed;
    size_t count = 0;

    for (size_t g = 0; g < groups; g++) {
        retain_btyd model = *centre;
        size_t size = customers * (1 + g % 4) / 2;

        for (size_t k = 0; k < retain_btyd_parameters(centre->family); k++)
            *parameter_in(&model, k) *= exp(sd[k] * normal(&stream));
        assert_true(count + size <= MOST);
        for (size_t i = 0; i < size; i++) {
            of->T[count + i] = (double)(20 + random_bits(&stream) % 60);
            of->group[count + i] = (int64_t)g;
            if (centre->family == RETAIN_BTYD_BG_BB)
                of->T[count + i] = 6.0;
        }
        assert_int_equal(retain_btyd_simulate(NULL, &model, of->T + count, NULL, size, 0.0, seed + g, of->x + count,
                                              of->t_x + count, NULL, NULL, of->gaps + count),
                         RETAIN_OK);
        count += size;
    }
    of->groups = groups;
    of->view = (retain_customers){
        .count = count, .frequency = of->x, .t_x = of->t_x, .T = of->T, .log_gaps = of->gaps, .unit_days = centre->unit_days};
}

void prepare(told *of, int with_own)
{
    memset(of, 0, sizeof *of);
    of->report = (retain_btyd_pool_report)RETAIN_BTYD_POOL_REPORT_INIT;
    of->columns = (retain_btyd_pool_columns){of->model,     of->customers, of->error,      of->low,    of->high,
                                             of->shrinkage, of->distance,  of->covariance, of->common, with_own ? of->own : NULL,
                                             of->source};
}

retain_status pool(retain_context *ctx, retain_btyd_family family, const shop *of, const uint8_t *varies,
                   const retain_fit_options *options, told *into)
{
    return retain_btyd_pool_fit(ctx, family, &of->view, of->group, of->groups, varies, options, &into->report, &into->columns);
}
