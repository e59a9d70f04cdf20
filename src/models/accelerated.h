/* Families of accelerated failure time. */
#ifndef RETAIN_MODELS_ACCELERATED_H
#define RETAIN_MODELS_ACCELERATED_H

#include "core/core.h"
#include "retain/accelerated.h"

/* A function of z, and two derivatives. */
typedef struct retain__curved {
    double value, first, second;
} retain__curved;

/* log S and the logarithm of the hazard in z, -d log S / dz. */
retain__curved retain__accelerated_log_survival(retain_accelerated_family family, double z);
retain__curved retain__accelerated_log_hazard(retain_accelerated_family family, double z);

/* The z at which log S has this value below 0. */
double retain__accelerated_find_z(retain_accelerated_family family, double log_survival);

retain_status retain__accelerated_check_family(retain_context *ctx, const char *name, retain_accelerated_family family);

#endif
