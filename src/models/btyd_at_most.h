/* P(at most n occasions in a window) of the families whose customers leave at a time of their own: see the table in btyd_family.h.
 * The first two parameters are the shape and the rate of the purchase rates. */
#ifndef RETAIN_BTYD_AT_MOST_H
#define RETAIN_BTYD_AT_MOST_H

#include "models/btyd_family.h"

void retain__btyd_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double from, double to, double n, double *probability);

#endif
