/* Customers with their days, seasons and columns, and models of such, for the fuzz targets of covariates that change with time. */
#ifndef RETAIN_FUZZ_HISTORIES_H
#define RETAIN_FUZZ_HISTORIES_H

#include <math.h>

#include "fuzz.h"
#include "retain/btyd_dynamic.h"

/* A day: now and then an odd one. */
static double fuzz_day(fuzz_input *in, double low, double high)
{
    return fuzz_below(in, 64) == 63 ? fuzz_double(in) : fuzz_within(in, low, high);
}

/* Ascending offsets, each customer with `least` or more. */
static int64_t *fuzz_offsets(fuzz_input *in, size_t count, size_t least, size_t *total)
{
    int64_t *offset = fuzz_array(in, count + 1, sizeof *offset);

    for (size_t i = 0; i < count; i++)
        offset[i + 1] = offset[i] + (int64_t)(least + fuzz_below(in, 3));
    *total = (size_t)offset[count];
    if (fuzz_below(in, 64) == 63)
        offset[fuzz_below(in, count + 1)] = (int64_t)fuzz_below(in, *total + 1);
    return offset;
}

static const double *const *fuzz_columns(fuzz_input *in, size_t columns, size_t rows)
{
    const double **column = fuzz_array(in, columns, sizeof *column);

    for (size_t c = 0; c < columns; c++) {
        double *values = fuzz_array(in, rows, sizeof *values);

        for (size_t i = 0; i < rows; i++)
            values[i] = fuzz_below(in, 64) == 63 ? fuzz_double(in) : (double)fuzz_below(in, 3) - 1.0;
        column[c] = values;
    }
    return fuzz_maybe(in, column);
}

/* Of so many customers. */
static const retain_btyd_histories *fuzz_histories(fuzz_input *in, size_t count)
{
    retain_btyd_histories *of = fuzz_array(in, 1, sizeof *of);
    size_t occasions, pieces;
    double *start, *end, *occasion, *piece_start, *calendar_start, day = -40.0;
    int64_t *first, *piece;

    of->count = count;
    of->unit_days = fuzz_below(in, 32) == 31 ? fuzz_double(in) : 7.0;
    of->calendar_pieces = fuzz_below(in, 5);
    of->calendar_columns = of->calendar_pieces ? fuzz_below(in, 3) : fuzz_below(in, 32) == 31;
    of->own_columns = fuzz_below(in, 3);
    of->known_until = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_below(in, 4) ? 1000.0 : (double)INFINITY;
    start = fuzz_array(in, of->count, sizeof *start);
    end = fuzz_array(in, of->count, sizeof *end);
    first = fuzz_offsets(in, of->count, 0, &occasions);
    piece = fuzz_offsets(in, of->count, 1, &pieces);
    occasion = fuzz_array(in, occasions, sizeof *occasion);
    piece_start = fuzz_array(in, pieces, sizeof *piece_start);
    calendar_start = fuzz_array(in, of->calendar_pieces, sizeof *calendar_start);
    for (size_t k = 0; k < of->calendar_pieces; k++)
        calendar_start[k] = day = k ? day + fuzz_day(in, 0.5, 60.0) : day;
    for (size_t i = 0; i < of->count; i++) {
        start[i] = fuzz_day(in, -30.0, 60.0);
        day = start[i];
        for (int64_t k = first[i]; k < first[i + 1] && (size_t)k < occasions; k++)
            occasion[k] = day += fuzz_day(in, 0.25, 20.0);
        end[i] = day + fuzz_day(in, 0.0, 90.0);
        day = start[i];
        for (int64_t k = piece[i]; k < piece[i + 1] && (size_t)k < pieces; k++)
            piece_start[k] = day = k > piece[i] ? day + fuzz_day(in, 0.5, 40.0) : day;
    }
    of->start = fuzz_maybe(in, start);
    of->end = fuzz_maybe(in, end);
    of->first = fuzz_maybe(in, first);
    of->occasion = fuzz_maybe(in, occasion);
    of->weight = fuzz_below(in, 4) ? NULL : start;
    of->calendar_start = fuzz_maybe(in, calendar_start);
    of->calendar = fuzz_columns(in, of->calendar_columns, of->calendar_pieces);
    of->piece = fuzz_maybe(in, piece);
    of->piece_start = fuzz_maybe(in, piece_start);
    of->own = fuzz_columns(in, of->own_columns, pieces);
    return fuzz_maybe(in, of);
}

/* Mostly with as many coefficients as they have columns. */
static const retain_btyd *fuzz_dynamic_model(fuzz_input *in, const retain_btyd_histories *histories)
{
    retain_btyd *model = fuzz_array(in, 1, sizeof *model);

    model->family = fuzz_below(in, 32) == 31 ? (retain_btyd_family)fuzz_below(in, 10) : RETAIN_BTYD_PARETO_NBD;
    model->unit_days = 7.0;
    model->r = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.05, 5.0);
    model->alpha = fuzz_within(in, 0.1, 40.0);
    model->s = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.05, 5.0);
    model->beta = fuzz_within(in, 0.1, 40.0);
    model->covariates = histories ? histories->calendar_columns + histories->own_columns : 0;
    for (size_t c = 0; c < 4; c++) {
        model->purchase[c] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, -2.0, 2.0);
        model->lifetime[c] = fuzz_within(in, -2.0, 2.0);
    }
    return fuzz_maybe(in, model);
}

#endif
