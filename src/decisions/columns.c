/* Checks of columns of numbers: see columns.h. */
#include "decisions/columns.h"

static int obeys(double x, retain__column_rule rule)
{
    switch (rule) {
    case RETAIN__FINITE:
        return retain__is_finite(x);
    case RETAIN__FINITE_OR_NAN:
        return retain__is_finite(x) || x != x;
    case RETAIN__SHARE:
        return x >= 0.0 && x <= 1.0;
    case RETAIN__SHARE_OR_NAN:
        return (x >= 0.0 && x <= 1.0) || x != x;
    case RETAIN__MODEST:
        return x >= -1e60 && x <= 1e60;
    case RETAIN__MODEST_NOT_NEGATIVE:
        return x >= 0.0 && x <= 1e60;
    case RETAIN__WEIGHT:
        return x >= 0.0 && x <= 9007199254740992.0;
    }
    return 0;
}

retain_status retain__check_column(retain_context *ctx, const char *name, const double *column, size_t count,
                                   retain__column_rule rule)
{
    static const char *const words[] = {
        "be finite",        "be finite or NaN", "lie in [0, 1]", "lie in [0, 1] or be NaN", "lie in [-1e60, 1e60]",
        "lie in [0, 1e60]", "lie in [0, 2^53]"};

    if (count && !column)
        return retain__fail_null(ctx, name);
    for (size_t i = 0; i < count; i++) {
        if (!obeys(column[i], rule))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must %s", name, i, column[i], words[rule]);
    }
    return RETAIN_OK;
}

double retain__loss(double risk, double residual)
{
    return risk == 0.0 && residual == residual ? 0.0 : risk * residual;
}
