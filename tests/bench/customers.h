/* Customers drawn from a model, as a shop's summary would show them: the data of the benchmarks of models.
 *
 * The parameters are the published ones of CDNOW in weeks. The customers arrived on any day of one year, half a year before the observation ended at the latest, and
 * their last purchase is known to the day: that is why some of them are equal. */
#ifndef RETAIN_BENCH_CUSTOMERS_H
#define RETAIN_BENCH_CUSTOMERS_H

#include "bench.h"
#include "retain/btyd.h"
#include "retain/spend.h"

/* CDNOW's parameters of a family (Fader, Hardie & Lee 2005; Batislam, Denizel & Filiztekin 2007); of a discrete one the donors'
 * (Fader, Hardie & Shang 2010). */
retain_btyd cdnow_model(retain_btyd_family family);

/* CDNOW's Gamma-Gamma model (Fader & Hardie 2013, note 025), and what the `row`-th customer spends on average over x repeat purchases, in
 * whole cents; 0 where there are none. */
retain_spend cdnow_spend(void);
double cdnow_spend_of(size_t row, double x);

typedef struct sample {
    retain_customers view;
    double *frequency, *t_x, *T, *log_gaps;
} sample;

/* `count` customers of the model, the same every time; ends the program without memory. */
sample sample_open(const retain_btyd *model, size_t count);
void sample_write(const sample *customers, const bench_plan *plan, const char *folder);
void sample_close(sample *customers);

#endif
