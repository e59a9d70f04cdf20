/* Families of accelerated failure time, as functions of z.
 *
 * What differs between them is how log S falls with z = shape (log t - log scale - b'x), and how the hazard runs: two functions of one number, with two
 * derivatives. At the far ends they are what they tend to: 1 + e^z is 1 there or e^z, and the normal hazard runs along z. */
#include "models/accelerated.h"

#include <math.h>

#include "math/special.h"

static const double half_log_two_pi = 0.91893853320467274178;

/* 1 / (1 + e^-z). */
static double squash(double z)
{
    return z >= 0.0 ? 1.0 / (1.0 + exp(-z)) : exp(z) / (1.0 + exp(z));
}

/* log(1 + e^z). */
static double soften(double z)
{
    return z > 0.0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

/* The hazard of the normal distribution, and how far it is above z; far out from its expansion. */
static double normal_hazard(double z, double *above)
{
    double hazard;

    if (z > 1e4) {
        *above = 1.0 / z;
        return z + 1.0 / z;
    }
    hazard = exp(-0.5 * z * z - half_log_two_pi - retain__log_ndtr(-z));
    *above = z > 50.0 ? (1.0 - 2.0 / (z * z) + 10.0 / (z * z * z * z)) / z : hazard - z;
    return z > 50.0 ? z + *above : hazard;
}

retain__curved retain__accelerated_log_survival(retain_accelerated_family family, double z)
{
    double power, share, hazard, above;

    switch (family) {
    case RETAIN_ACCELERATED_LOG_LOGISTIC:
        share = squash(z);
        return (retain__curved){-soften(z), -share, -share * squash(-z)};
    case RETAIN_ACCELERATED_LOG_NORMAL:
        hazard = normal_hazard(z, &above);
        return (retain__curved){retain__log_ndtr(-z), -hazard, -hazard * above};
    case RETAIN_ACCELERATED_WEIBULL:
    case RETAIN_ACCELERATED_EXPONENTIAL:
        break;
    }
    power = exp(z);
    return (retain__curved){-power, -power, -power};
}

retain__curved retain__accelerated_log_hazard(retain_accelerated_family family, double z)
{
    double share, hazard, above;

    switch (family) {
    case RETAIN_ACCELERATED_LOG_LOGISTIC:
        share = squash(-z);
        return (retain__curved){-soften(-z), share, -share * squash(z)};
    case RETAIN_ACCELERATED_LOG_NORMAL:
        hazard = normal_hazard(z, &above);
        return (retain__curved){log(hazard), above, -1.0 + hazard * above};
    case RETAIN_ACCELERATED_WEIBULL:
    case RETAIN_ACCELERATED_EXPONENTIAL:
        break;
    }
    return (retain__curved){z, 1.0, 0.0};
}

double retain__accelerated_find_z(retain_accelerated_family family, double log_survival)
{
    switch (family) {
    case RETAIN_ACCELERATED_LOG_LOGISTIC:
        return log_survival > -30.0 ? log(expm1(-log_survival)) : -log_survival;
    case RETAIN_ACCELERATED_LOG_NORMAL:
        return -retain__ndtri(exp(log_survival));
    case RETAIN_ACCELERATED_WEIBULL:
    case RETAIN_ACCELERATED_EXPONENTIAL:
        break;
    }
    return log(-log_survival);
}

retain_status retain__accelerated_check_family(retain_context *ctx, const char *name, retain_accelerated_family family)
{
    if (!(family >= RETAIN_ACCELERATED_WEIBULL && family <= RETAIN_ACCELERATED_LOG_NORMAL))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %d; it must be a retain_accelerated_family", name,
                            (int)family);
    return RETAIN_OK;
}
