/* What is learnt from the dates of the past, and what it says of another. */
#ifndef RETAIN_RISK_LEARNING_H
#define RETAIN_RISK_LEARNING_H

#include "answers/risk_dates.h"
#include "retain/logistic.h"

/* The share of the values of a column that is cut at either end: a few enormous orders, or mistyped ones, speak for nobody else. */
#define RETAIN__RISK_CUT 0.002

/* What a predictor was before it was cut. */
typedef struct retain__risk_uncut {
    size_t at;
    double value;
} retain__risk_uncut;

/* Rows to learn from, and the regression that was fitted to them. */
typedef struct retain__risk_learning {
    size_t columns, capacity, count, silent;
    double share;              /* of the rows that are kept: beyond some number more rows teach nothing new */
    double *predictor;         /* [columns * capacity], within `low` and `high` while a regression is fitted to them */
    double *spare;             /* [capacity] */
    retain__risk_uncut *uncut; /* what is cut, to be put back before more is learnt */
    size_t cuts;
    double low[RETAIN_PREDICTORS_MOST], high[RETAIN_PREDICTORS_MOST];
    uint8_t *outcome; /* [capacity] */
    int usable;       /* was it fitted? */
    retain_logistic model;
    retain_logistic_report report;
    double *covariance; /* [(1 + 2 columns)^2] */
} retain__risk_learning;

/* For so many customers at most, on each of so many dates. */
retain_status retain__start_learning(retain__scratch *scratch, const retain__risk_job *job, size_t customers, size_t dates,
                                     retain__risk_learning *learning);

/* Adds the rows of a date whose labels are known. */
void retain__remember_date(const retain__risk_job *job, const retain__risk_date *date, retain__risk_learning *learning);

/* Learns from all rows so far; `usable` is 0 where there are too few of an outcome. */
retain_status retain__learn_risk(retain_context *ctx, const retain__risk_job *job, double from, double to,
                                 retain__risk_learning *learning);

/* Gives back the rows, when no more is to be learnt from them. */
void retain__forget_rows(retain__scratch *scratch, retain__risk_learning *learning);

/* Cuts the predictors of a date where those were cut that were learnt from, before anything is told of it. */
void retain__cut_risk_date(const retain__risk_learning *learning, retain__risk_date *date);

/* What was learnt, told of the rows of a date; limits may be NULL. */
retain_status retain__tell_risk(retain_context *ctx, const retain__risk_job *job, const retain__risk_learning *learning,
                                const retain__risk_date *date, double *risk, double *low, double *high, double *log_odds);

/* Contributions of all columns to the log odds of rows [first, first + rows) of a date: row after row, columns + 1 each. */
retain_status retain__explain_risk(retain_context *ctx, const retain__risk_learning *learning, const retain__risk_date *date,
                                   size_t first, size_t rows, double *contribution);

/* Log odds of the average of the rows learnt from, to which contributions are added. */
double retain__base_of_risk(const retain__risk_learning *learning);

#endif
