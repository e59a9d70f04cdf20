/* The column forms of the kernels; see kernels.h. */
#include "math/kernels.h"

#define COLUMN(name)                                                                                       \
    static RETAIN__INLINE void retain__##name##_column_body(const double *x, size_t count, double *result) \
    {                                                                                                      \
        for (size_t i = 0; i < count; i++)                                                                 \
            result[i] = retain__fast_##name(x[i]);                                                         \
    }                                                                                                      \
    RETAIN__VECTORISED(, retain__##name##_column, (const double *x, size_t count, double *result), (x, count, result))

COLUMN(log);
COLUMN(log1p);
COLUMN(exp);
COLUMN(expm1);
