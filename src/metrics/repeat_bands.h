/* Mean value of occasions in bands: by order number, by age of the customer. */
#ifndef RETAIN_REPEAT_BANDS_H
#define RETAIN_REPEAT_BANDS_H

#include "data/customer_rows.h"
#include "metrics/repeat_figures.h"

/* The band of the i-th occasion of a customer, from 0 on; the number of bands or more when it is in none. Must not descend as i
 * ascends, but for occasions in none. */
typedef size_t (*retain__band_of)(const void *state, const retain__customer *customer, size_t i);

typedef struct retain__band {
    double customers, occasions;
    double per_occasion, per_value; /* 1 / the sums below */
    retain__sum value, squares;
} retain__band;

/* Fills `bands` bands, scratch. Fails for memory only. */
retain_status retain__fill_bands(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, size_t bands,
                                 retain__band_of band_of, const void *state, retain__band **filled);

/* The mean value of band k into columns any of which may be NULL. */
void retain__put_band_value(const retain__band *band, double level, double *value, double *low, double *high, size_t k);

#endif
