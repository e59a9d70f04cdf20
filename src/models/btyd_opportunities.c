/* Discrete families: their rows and horizons are whole numbers of opportunities.
 *
 * An opportunity is used or not; there is nothing between two of them. A row in weeks and days, handed to a family that counts years,
 * would be read as fractions of opportunities and give a number that means nothing, so it is refused. Rows must be whole exactly, for
 * they are counts. Horizons often come from a division, days by days in an opportunity, and may miss by what that loses.
 *
 * A number of opportunities is at most a million: likelihood and silence add up one term for each. */
#include <math.h>

#include "models/btyd_model.h"

#define MOST_OPPORTUNITIES 1e6

static const double lost = 1e-9; /* by which a horizon may miss a whole number, relative where that is above 1 */

retain_status retain__btyd_check_opportunities(retain_context *ctx, const retain__btyd_family *family,
                                               const retain_customers *customers)
{
    for (size_t i = 0; family->is_discrete && i < customers->count; i++) {
        double x = customers->frequency[i], t_x = customers->t_x[i], T = customers->T[i];

        if (!(T == floor(T) && T <= MOST_OPPORTUNITIES))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "customers.T[%zu] is %.10g; under %s it must be a whole number of opportunities in [0, 1e6]", i, T,
                                family->name);
        if (t_x != floor(t_x))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "customers.t_x[%zu] is %.10g; under %s it must be a whole number of opportunities", i, t_x,
                                family->name);
        if (!(x <= t_x))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "customers.frequency[%zu] is %.10g; under %s it must lie in [0, t_x = %.10g]: one occasion an "
                                "opportunity",
                                i, x, family->name, t_x);
    }
    return RETAIN_OK;
}

retain_status retain__btyd_check_span(retain_context *ctx, const retain__btyd_family *family, const char *name, size_t row,
                                      double t)
{
    double off = fabs(t - floor(t + 0.5));

    if (!family->is_discrete || t == (double)INFINITY || (t <= MOST_OPPORTUNITIES && off <= lost * (t > 1.0 ? t : 1.0)))
        return RETAIN_OK;
    if (row == RETAIN_NO_ROW)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, row,
                            "%s is %.10g; under %s it must be a whole number of opportunities in [0, 1e6]", name, t, family->name);
    return retain__fail(ctx, RETAIN_ERROR_DATA, row,
                        "%s[%zu] is %.10g; under %s it must be a whole number of opportunities in [0, 1e6]", name, row, t,
                        family->name);
}
