/* Models, customers and questions for the fuzz targets of forecasts: mostly such as shops have, with now and then something odd. */
#ifndef RETAIN_FUZZ_FORECASTS_H
#define RETAIN_FUZZ_FORECASTS_H

#include <math.h>

#include "fuzz.h"
#include "retain/btyd_future.h"

static double fuzz_size(fuzz_input *in)
{
    return fuzz_below(in, 32) == 31 ? fuzz_double(in) : exp(fuzz_within(in, -3.0, 4.0));
}

/* Of the first so many families below. */
static inline const retain_btyd *fuzz_model_of(fuzz_input *in, size_t kinds)
{
    static const retain_btyd_family families[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_BG_NBD,  RETAIN_BTYD_MBG_NBD,
                                                  RETAIN_BTYD_GG_NBD,     RETAIN_BTYD_NBD,     RETAIN_BTYD_BG_BB,
                                                  RETAIN_BTYD_BG_CNBD,    RETAIN_BTYD_MBG_CNBD};
    retain_btyd *model = fuzz_array(in, 1, sizeof *model);

    *model = (retain_btyd){.family = families[fuzz_below(in, kinds)], .unit_days = 7.0};
    model->r = fuzz_size(in);
    model->alpha = fuzz_size(in);
    model->s = fuzz_size(in);
    model->beta = fuzz_size(in);
    model->a = fuzz_size(in);
    model->b = fuzz_size(in);
    model->gamma = fuzz_size(in);
    model->delta = fuzz_size(in);
    model->k = fuzz_below(in, 4) == 3 ? (int)fuzz_below(in, 66) : 1 + (int)fuzz_below(in, 6);
    return fuzz_below(in, 64) == 63 ? NULL : model;
}

/* Of any family. */
static inline const retain_btyd *fuzz_forecast_model(fuzz_input *in)
{
    return fuzz_model_of(in, 8);
}

/* Of a family that answers quickly: for calls that ask a hundred times. A customer of a regular family may take a second. */
static inline const retain_btyd *fuzz_quick_model(fuzz_input *in)
{
    return fuzz_model_of(in, 6);
}

static inline const retain_customers *fuzz_forecast_customers(fuzz_input *in)
{
    retain_customers *customers = fuzz_array(in, 1, sizeof *customers);
    size_t count = fuzz_below(in, 4);
    double *x = fuzz_array(in, count, sizeof *x), *t_x = fuzz_array(in, count, sizeof *t_x), *T = fuzz_array(in, count, sizeof *T);
    double *weight = fuzz_array(in, count, sizeof *weight);
    int odd = fuzz_below(in, 32) == 31, whole = fuzz_below(in, 2) == 1; /* opportunities are whole */

    for (size_t i = 0; i < count; i++) {
        x[i] = odd ? fuzz_double(in) : (double)(fuzz_bits(in, 1) % 16);
        T[i] = fuzz_within(in, 0.0, 100.0);
        t_x[i] = odd ? fuzz_double(in) : x[i] > 0.0 ? fuzz_within(in, 0.0, 1.0) * T[i] : 0.0;
        if (whole && !odd) {
            T[i] = floor(T[i]) + 16.0;
            t_x[i] = x[i] > 0.0 ? fmax(x[i], floor(t_x[i])) : 0.0;
        }
        weight[i] = odd ? fuzz_double(in) : (double)(fuzz_bits(in, 1) % 5);
    }
    *customers = (retain_customers){
        .count = count, .frequency = x, .t_x = t_x, .T = T, .weight = fuzz_below(in, 2) ? weight : NULL, .unit_days = 7.0};
    return fuzz_below(in, 64) == 63 ? NULL : customers;
}

static inline const retain_btyd_question *fuzz_question(fuzz_input *in)
{
    retain_btyd_question *question = fuzz_array(in, 1, sizeof *question);
    int odd = fuzz_below(in, 16) == 15;

    question->struct_size = odd && fuzz_below(in, 2) ? fuzz_below(in, sizeof *question) : sizeof *question;
    question->quantity = (retain_btyd_quantity)(odd ? (int)fuzz_bits(in, 1) : 1 + (int)fuzz_below(in, 15));
    question->from = odd ? fuzz_double(in) : fuzz_below(in, 2) ? 0.0 : fuzz_within(in, 0.0, 50.0);
    question->to = odd ? fuzz_double(in) : question->from + fuzz_within(in, 0.0, 100.0);
    if (!odd && fuzz_below(in, 2)) {
        question->from = floor(question->from);
        question->to = floor(question->to);
    }
    question->delta = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.1);
    question->n = odd ? (double)(fuzz_bits(in, 1) % 8) : (double)(fuzz_bits(in, 1) % 16);
    question->share = odd ? fuzz_double(in) : fuzz_within(in, 0.01, 0.9);
    return question;
}

/* Where nobody leaves there is no inclination to. */
static inline int fuzz_is_answer(const retain_btyd *model, const retain_btyd_question *question, double value)
{
    return model->family == RETAIN_BTYD_NBD && question->quantity == RETAIN_BTYD_LEAVING ? value != value : value >= 0.0;
}

#endif
