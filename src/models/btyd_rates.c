/* What the data say about one customer's own rate of buying and inclination to leave.
 *
 * The idea: multiplied by its variable, a Gamma density is a Gamma density with a shape greater by 1, and so is a Beta density. So
 * the mean of lambda given the data, the integral of lambda times prior times likelihood over that of prior times likelihood, is
 *
 *     E[lambda | data] = (r / alpha) L(r + 1, alpha) / L(r, alpha),
 *
 * two values of the likelihood of the family, and the same holds for mu with s and beta, and for p with a and b, a / (a + b) in
 * front. It holds for every family whose parameters are those of such a distribution, whatever else is in it. Where customers are
 * regular lambda is the rate of the clock, and purchases are every k-th tick. */
#include <math.h>
#include <string.h>

#include "models/btyd_forecast.h"

/* A distribution over customers, by the names of its parameters. */
typedef struct mixing {
    const char *shape, *other;
    retain_btyd_quantity of;
    int is_beta;
} mixing;

static const mixing mixings[] = {{"r", "alpha", RETAIN_BTYD_RATE, 0},
                                 {"alpha", "beta", RETAIN_BTYD_RATE, 1}, /* BG/BB: no r */
                                 {"s", "beta", RETAIN_BTYD_LEAVING, 0},
                                 {"a", "b", RETAIN_BTYD_LEAVING, 1},
                                 {"gamma", "delta", RETAIN_BTYD_LEAVING, 1}};

static size_t find_parameter(const retain__btyd_family *family, const char *name)
{
    size_t k = 0;

    while (k < family->count && strcmp(family->parameters[k], name) != 0)
        k++;
    return k;
}

static void find_likelihoods(const retain__btyd_family *family, const double *p, const retain_customers *customers, size_t first,
                             size_t count, double *values)
{
    family->log_likelihood(family, p, customers->frequency + first, customers->t_x + first, customers->T + first, count, values,
                           NULL);
    for (size_t i = 0; i < count; i++) {
        double terms[1 + RETAIN__BTYD_PARAMETERS];

        family->count_terms(family, p, customers->frequency[first + i], terms);
        values[i] += terms[0];
    }
}

static void find_means(const retain__btyd_checked *model, const mixing *by, const retain_customers *customers, size_t first,
                       size_t count, double *answers)
{
    const retain__btyd_family *family = model->family;
    const size_t shape = find_parameter(family, by->shape), other = find_parameter(family, by->other);
    const double mean = model->p[shape] / (by->is_beta ? model->p[shape] + model->p[other] : model->p[other]);
    const double prior = by->of == RETAIN_BTYD_RATE && family->is_regular ? mean / model->p[family->count] : mean;
    double p[RETAIN__BTYD_NUMBERS], with[RETAIN__BTYD_RUN];

    memcpy(p, model->p, sizeof p);
    p[shape] += 1.0;
    find_likelihoods(family, model->p, customers, first, count, answers);
    find_likelihoods(family, p, customers, first, count, with);
    for (size_t i = 0; i < count; i++)
        answers[i] = prior * exp(with[i] - answers[i]);
}

void retain__btyd_rates(const retain__btyd_checked *model, const retain_customers *customers, retain_btyd_quantity quantity,
                        size_t first, size_t last, double *answers)
{
    const retain__btyd_family *family = model->family;

    for (size_t k = 0; k < sizeof mixings / sizeof *mixings; k++) {
        if (mixings[k].of == quantity && find_parameter(family, mixings[k].shape) < family->count &&
            find_parameter(family, mixings[k].other) < family->count) {
            find_means(model, &mixings[k], customers, first, last - first, answers);
            return;
        }
    }
    for (size_t i = first; i < last; i++)
        answers[i - first] = (double)NAN;
}
