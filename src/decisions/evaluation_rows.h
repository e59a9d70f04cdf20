/* Forecasts beside what came of them: the rows from which every figure of retain/evaluation.h is made, and the figures themselves
 * without the checks, for a backtest that has rows of its own making. */
#ifndef RETAIN_EVALUATION_ROWS_H
#define RETAIN_EVALUATION_ROWS_H

#include "core/core.h"
#include "math/interval.h"
#include "math/sums.h"
#include "retain/evaluation.h"

/* What was forecast for whom. In a backtest a customer has a row at each of several origins: rows with the same unit stray
 * together. */
typedef struct retain__forecasts {
    size_t count;
    const double *expected, *actual; /* [count] */
    const double *weight;            /* [count], or NULL: 1. Not together with unit */
    const size_t *unit;              /* [count] in [0, units), or NULL: every row is a customer of its own */
    size_t units;
} retain__forecasts;

/* Checks the columns against the rules of the header. */
retain_status retain__check_forecasts(retain_context *ctx, const retain__forecasts *rows, int not_negative);

/* The errors; fails for memory only. */
retain_status retain__measure_errors(retain__scratch *scratch, const retain__forecasts *rows, double level,
                                     retain_evaluation_error_report *report);

/* Rows in ascending order of `value`: their indices, and where groups of equal values begin, and the mid-rank of each in (0, 1). */
typedef struct retain__order {
    size_t groups;
    const uint64_t *row; /* [count] pairs of words, the second of which is the index of a row */
    const size_t *first; /* [groups + 1] */
    const double *rank;  /* [count] by index: (weight below + half the weight alike) / all weight */
} retain__order;

retain_status retain__order_rows_by(retain__scratch *scratch, const double *value, const double *weight, size_t count,
                                    retain__order *order);

/* The ranking of rows whose orders are known; units are not looked at. `of_normalised` and `of_spearman` [count] receive how each
 * row moves the two figures: their mean is 0. */
void retain__measure_ranking(const retain__forecasts *rows, const retain__order *by_forecast, const retain__order *by_actual,
                             double level, double *of_normalised, double *of_spearman, retain_evaluation_ranking_report *report);

/* The gains; by_actual is read for `perfect` only. `influence` [count] receives what each row does to the capture of the
 * last share in (0, 1); may be NULL. Fails for memory only. */
retain_status retain__measure_gains(retain__scratch *scratch, const retain__forecasts *rows, const retain__order *by_forecast,
                                    const retain__order *by_actual, const double *share, size_t points, double level,
                                    double *influence, double *capture, double *low, double *high, double *perfect);

/* Limits of a figure from the squares of what each unit contributes to its error: `units` independent ones, `total` being what the
 * contributions are divided by (the number of customers for a mean), `scale` the size of figures of this kind, beside which
 * rounding is nothing. */
retain__limits retain__limits_of_influence(double figure, double squares, double units, double total, double scale, double level);

/* Limits cut to [least, most]; NaN stays. */
retain__limits retain__cut_limits(retain__limits limits, double least, double most);

/* Index of the row at `place` of an order. */
static inline size_t retain__row_at(const retain__order *order, size_t place)
{
    return (size_t)order->row[2 * place + 1];
}

/* Weight of a row. */
static inline double retain__weight_of(const double *weight, size_t row)
{
    return weight ? weight[row] : 1.0;
}

#endif
