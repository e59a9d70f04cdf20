/* A backtest: what was known at each origin, the models that were fitted to it, and what every method forecast. */
#ifndef RETAIN_EVALUATION_ORIGINS_H
#define RETAIN_EVALUATION_ORIGINS_H

#include "core/core.h"
#include "core/stage.h"
#include "retain/evaluation_backtest.h"

_Static_assert(RETAIN_EVALUATION_ESTIMATES <= RETAIN_FIT_PARAMETERS, "a report holds all parameters");

/* --- what was known, and what came
 * --------------------------------------------------------------------------------------------- */

enum { RETAIN__ORDERS, RETAIN__MONEY, RETAIN__MOST_MEASURES };

/* What a report said of a fit; all NaN when the model was given. */
typedef struct retain__origin_fit {
    double log_likelihood, aic, bic;
    double estimate[RETAIN_EVALUATION_ESTIMATES];
} retain__origin_fit;

typedef struct retain__origin {
    int64_t day;
    size_t first, count;     /* rows [first, first + count) of the table */
    retain_btyd *model;      /* [families] */
    uint8_t *verdict;        /* [families] */
    retain__origin_fit *fit; /* [families] */
    retain_spend spend;
    uint8_t spend_verdict;
} retain__origin;

/* All origins. Rows of one origin are its customers, ascending. */
typedef struct retain__backtest {
    const retain_orders *orders;
    const retain_orders_options *orders_options;
    double unit_days;
    int64_t horizon_days;
    size_t families, measures, origins;
    const retain_btyd_family *family;
    retain__origin *origin; /* [origins] */
    size_t count;           /* rows of all origins */
    double *frequency, *t_x, *T, *spend;
    double *recent[RETAIN__MOST_MEASURES]; /* in the H days up to the origin */
    double *actual[RETAIN__MOST_MEASURES]; /* in the H days after it */
    size_t *unit;                          /* [count] customer, numbered among those of all origins */
    size_t units;
} retain__backtest;

/* Reads the log at each origin: `test` has everything above `origin`, which is scratch afterwards, as all columns. */
retain_status retain__read_origins(retain_context *ctx, retain__scratch *scratch, const int64_t *origins, double from, double to,
                                   retain__backtest *test);

/* Fits the families at each origin, or puts the given models there; and the spend model where money is measured. */
retain_status retain__fit_origins(retain_context *ctx, retain__scratch *scratch, const retain_btyd *models, double from, double to,
                                  retain__backtest *test);

/* What a method forecasts: families first, then baselines. `expected` [count of the origin]; `*exists` is 0 where there is no
 * forecast. Whoever asks how far the whole is hears `done` meanwhile. */
retain_status retain__forecast(retain_context *ctx, retain__scratch *scratch, const retain__backtest *test, size_t origin,
                               size_t measure, size_t method, double done, double *expected, int *exists);

/* --- figures
 * -------------------------------------------------------------------------------------------------------------------- */

enum { RETAIN__FIGURES = sizeof(retain_evaluation_backtest_columns) / sizeof(double *) };

/* A backtest that was run: `figures` is scratch, RETAIN__FIGURES of each entry, in the order of
 * retain_evaluation_backtest_columns. */
typedef struct retain__backtest_run {
    retain_evaluation_options options; /* with the defaults filled in */
    retain__backtest test;
    size_t methods, entries;
    double *figures;
} retain__backtest_run;

/* Checks everything, and runs the backtest; nothing of the caller's is written. Fails as retain_evaluation_backtest does. */
retain_status retain__run_backtest(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                   int64_t observation_end, const retain_orders_options *orders_options, const int64_t *origins,
                                   size_t origin_count, int64_t horizon_days, const retain_btyd_family *families,
                                   size_t family_count, const retain_btyd *models, const retain_evaluation_options *options,
                                   retain__backtest_run *run);

/* Writes what a run found. */
void retain__write_backtest(const retain__backtest_run *run, const retain_evaluation_backtest_columns *columns,
                            const retain_evaluation_fits *fits);

/* Figure number `figure` of an entry. */
static inline double *retain__figure(const retain__backtest_run *run, size_t entry, size_t figure)
{
    return run->figures + entry * RETAIN__FIGURES + figure;
}

/* Number of a column in retain_evaluation_backtest_columns. */
#define RETAIN__FIGURE_OF(column) (offsetof(retain_evaluation_backtest_columns, column) / sizeof(double *))

#endif
