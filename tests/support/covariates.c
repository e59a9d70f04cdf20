#include "covariates.h"

static const double purchase[COVARIATES] = {0.6, -0.3, 0.2}, lifetime[COVARIATES] = {-0.5, 0.4, 0.3};

double *take_numbers(size_t count)
{
    double *column = calloc(count ? count : 1, sizeof *column);

    assert_non_null(column);
    return column;
}

retain_btyd with_covariates(retain_btyd model, size_t covariates)
{
    model.covariates = covariates;
    for (size_t c = 0; c < covariates; c++) {
        model.purchase[c] = purchase[c];
        model.lifetime[c] = model.family == RETAIN_BTYD_NBD ? 0.0 : lifetime[c]; /* nobody leaves there */
    }
    return model;
}

covariate_world make_covariate_world(retain_btyd truth, size_t count, int continuous, uint64_t seed)
{
    covariate_world made = {.count = count,
                            .frequency = take_numbers(count),
                            .t_x = take_numbers(count),
                            .T = take_numbers(count),
                            .weight = take_numbers(count)};
    uint64_t draw = seed * 2654435761u + 1;

    made.truth = truth;
    made.columns = calloc(COVARIATES, sizeof *made.columns);
    assert_non_null(made.columns);
    for (size_t c = 0; c < COVARIATES; c++)
        made.columns[c] = made.z[c] = take_numbers(count);
    for (size_t i = 0; i < count; i++) {
        double uniform[COVARIATES];

        for (size_t c = 0; c < COVARIATES; c++) {
            draw = draw * 6364136223846793005u + 1442695040888963407u;
            uniform[c] = (double)(draw >> 11) / 9007199254740992.0;
        }
        made.T[i] = truth.family == RETAIN_BTYD_BG_BB ? 6.0 + (double)(i % 7) : 39.0 - (double)(i % 84) / 7.0;
        made.weight[i] = 1.0;
        made.z[0][i] = uniform[0] < 0.4;
        made.z[1][i] = floor(3.0 * uniform[1]);
        made.z[2][i] = continuous ? uniform[2] * 4.0 - 1.0 : uniform[2] < 0.1;
    }
    assert_int_equal(
        retain_btyd_simulate(NULL, &truth, made.T, made.columns, count, 0.0, seed, made.frequency, made.t_x, NULL, NULL, NULL),
        RETAIN_OK);
    made.view = (retain_customers){.count = count,
                                   .frequency = made.frequency,
                                   .t_x = made.t_x,
                                   .T = made.T,
                                   .unit_days = 7.0,
                                   .covariate_count = truth.covariates,
                                   .covariates = made.columns};
    return made;
}

void free_covariate_world(covariate_world *of)
{
    free(of->frequency);
    free(of->t_x);
    free(of->T);
    free(of->weight);
    free(of->columns);
    for (size_t c = 0; c < COVARIATES; c++)
        free(of->z[c]);
}

covariate_world usual_world(size_t family, size_t count, int continuous, uint64_t seed)
{
    return make_covariate_world(with_covariates(family_models[family], COVARIATES), count, continuous, seed);
}

double total_likelihood(const retain_btyd *model, const retain_customers *customers)
{
    double *values = take_numbers(customers->count), sum = 0.0;

    assert_int_equal(retain_btyd_likelihood(NULL, model, customers, values, NULL), RETAIN_OK);
    for (size_t i = 0; i < customers->count; i++)
        sum += (customers->weight ? customers->weight[i] : 1.0) * values[i];
    free(values);
    return sum;
}

static double *parameter_at(retain_btyd *model, size_t entry)
{
    double *parameters[] = {&model->r, &model->alpha, isnan(model->s) ? &model->a : &model->s,
                            isnan(model->beta) ? &model->b : &model->beta};

    return entry < 4                ? parameters[entry]
           : entry < 4 + COVARIATES ? &model->purchase[entry - 4]
                                    : &model->lifetime[entry - 4 - COVARIATES];
}

double entry_of(const retain_btyd *model, size_t entry)
{
    retain_btyd copy = *model;

    return *parameter_at(&copy, entry);
}

void move_entry(retain_btyd *model, size_t entry, double by)
{
    if (entry < 4)
        *parameter_at(model, entry) *= exp(by);
    else
        *parameter_at(model, entry) += by;
}
