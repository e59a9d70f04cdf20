/* Rows of a Cox regression, sorted by time, and the times at which anything happens. */
#ifndef RETAIN_COX_ROWS_H
#define RETAIN_COX_ROWS_H

#include "core/core.h"
#include "data/scaling.h"
#include "retain/cox.h"

enum {
    RETAIN__COX_MOST = RETAIN_COX_PREDICTORS,
    RETAIN__COX_ROWS_PER_BLOCK = 4096,
    RETAIN__COX_SAMPLE = 16 /* one row in so many is in a sample */
};

/* Of a row: it is at risk at no event. */
#define RETAIN__COX_NEVER ((size_t)-1)

/* A time at which rows of a stratum end. Those that leave the risk sets from then on to the next such time are rows begin ... end - 1;
 * the first `ended` of them end at the time itself. */
typedef struct retain__cox_time {
    size_t begin, end, ended;
    double weight; /* of those that end */
} retain__cox_time;

/* All is scratch. Rows ascend by stratum and by exit; those without weight are not there. */
typedef struct retain__cox_data {
    const double *exit; /* of the caller's rows */
    size_t count, columns;
    uint64_t *row;           /* [count] of the caller */
    double *x;               /* [columns * count] centred and scaled, one column after the other */
    double *weight;          /* [count], or NULL: 1 each */
    size_t *last;            /* [count] last time at which it is at risk, or RETAIN__COX_NEVER */
    int has_last;            /* is that listed? */
    unsigned char *opens;    /* [count] 1 for the first row of a time, otherwise 0 */
    unsigned char *ends;     /* [count] 1 for a row that ends with an event, otherwise 0 */
    size_t *since;           /* [count] first such time; NULL when no row enters late */
    size_t *latecomer, late; /* [late] rows by descending `since`, but those that are there from the first time on */
    retain__cox_time *time;  /* [times] ascending by stratum and time */
    size_t times;
    size_t *first, *begin; /* [strata + 1] first time and row of each stratum */
    size_t strata;
    double rows, events;     /* weights of rows, and of those that ended */
    retain__scaling scaling; /* from the caller's numbers to x: (number - mean) / scale */
} retain__cox_data;

static inline double retain__cox_weight(const retain__cox_data *data, size_t i)
{
    return data->weight ? data->weight[i] : 1.0;
}

/* The rules of retain_cox_rows. Needs scratch for a while where rows have customers. */
retain_status retain__cox_check_rows(retain_context *ctx, const retain_cox_rows *rows);

/* The rules of retain_cox. */
retain_status retain__cox_check_model(retain_context *ctx, const retain_cox *model);

/* Rows of the regression that a model is of. */
retain_status retain__cox_check_both(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model);

static inline double retain__cox_time_at(const retain__cox_data *data, size_t time)
{
    return data->exit[data->row[data->time[time].begin]] + 0.0; /* -0 becomes 0 */
}

/* The order of checked rows, and their times: of the data, and of a sample of them (which may be NULL), all but columns, scaling, x and what is
 * about entries. */
retain_status retain__cox_order(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data,
                                retain__cox_data *sample);

/* Lists `last`, if it is not there yet. */
void retain__cox_list_last(retain__cox_data *data);

/* Sorts checked rows. With a sample (not NULL), every RETAIN__COX_SAMPLE-th of them in that order too, scaled alike; of rows that enter late there is
 * none, and it is left without rows. Takes scratch, and fails only for memory and when cancelled. */
retain_status retain__cox_sort(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data,
                               retain__cox_data *sample);

/* Numbers the customers of checked rows: `*number` [rows] counts from 0, each row its own without customers. */
retain_status retain__cox_number_customers(retain__scratch *scratch, const retain_cox_rows *rows, size_t **number,
                                           size_t *customers);

#endif
