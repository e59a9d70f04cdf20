/* Tables of predictors cross as one block of numbers: one column after the other, or, with `by_row`, row after row. How many columns it
 * has follows from its length and that of another column, or from the model that reads it. */
#ifndef RETAIN_SHIMS_PREDICTORS_H
#define RETAIN_SHIMS_PREDICTORS_H

#include "shims/support.h"

typedef struct predictor_columns {
    const double *column[RETAIN_PREDICTORS_MOST];
} predictor_columns;

static int view_predictor_block(retain_context *ctx, in_doubles predictors, size_t rows, size_t columns, int by_row,
                                predictor_columns *into, retain_predictors *view)
{
    if (columns > RETAIN_PREDICTORS_MOST)
        return refuse(ctx, "%s has %zu columns; it may have at most %d", predictors.name, columns, RETAIN_PREDICTORS_MOST);
    for (size_t j = 0; j < columns; j++)
        into->column[j] = predictors.data + (by_row ? j : j * rows);
    *view = (retain_predictors){rows, columns, into->column, by_row ? columns : 1};
    return 1;
}

/* A table with as many rows as another column has. */
static int view_predictors(retain_context *ctx, in_doubles predictors, int by_row, size_t rows, const char *other,
                           predictor_columns *into, retain_predictors *view)
{
    if (!REQUIRE(ctx, predictors))
        return 0;
    if (rows == 0 ? predictors.count != 0 : predictors.count % rows != 0)
        return refuse(ctx, "%s has %zu numbers, %s has %zu rows; there must be as many numbers in every row", predictors.name,
                      predictors.count, other, rows);
    return view_predictor_block(ctx, predictors, rows, rows ? predictors.count / rows : 0, by_row, into, view);
}

/* A table with as many columns as a model reads, which are not none. */
static int view_predictors_of(retain_context *ctx, in_doubles predictors, int by_row, size_t columns, predictor_columns *into,
                              retain_predictors *view)
{
    if (!REQUIRE(ctx, predictors))
        return 0;
    if (columns == 0 || predictors.count % columns != 0)
        return refuse(ctx, "%s has %zu numbers; the model reads %zu columns, and every row must have them all", predictors.name,
                      predictors.count, columns);
    return view_predictor_block(ctx, predictors, predictors.count / columns, columns, by_row, into, view);
}

/* Rows that a model of durations is asked about: how many follows from its predictors, or without any from how long they have lasted. */
static int view_rows_asked_about(retain_context *ctx, in_doubles predictors, int by_row, size_t columns, in_doubles lasted,
                                 predictor_columns *into, retain_predictors *view)
{
    if (columns == 0) {
        *view = (retain_predictors){lasted.count, 0, NULL, 0};
        return predictors.count == 0 ? 1 : refuse(ctx, "predictors has %zu numbers; the model reads none", predictors.count);
    }
    return view_predictors_of(ctx, predictors, by_row, columns, into, view) &&
           match_length(ctx, lasted.data, lasted.count, lasted.name, view->count, predictors.name);
}

#endif
