/* What was known on a date, and what followed: the rows that everything about risk is made of. */
#ifndef RETAIN_RISK_DATES_H
#define RETAIN_RISK_DATES_H

#include "core/core.h"
#include "retain/fit.h"
#include "retain/predictors.h"
#include "retain/risk.h"
#include "retain/spend.h"

/* Columns of a panel, at most; the model of orders is one more. */
enum { RETAIN__RISK_COLUMNS = RETAIN_PREDICTORS_MOST - 1 };

/* What was asked, checked, with the defaults filled in. */
typedef struct retain__risk_job {
    const retain_features_source *source;
    const retain_orders_options *counting;
    int64_t observation_end;
    retain_risk_options options;
    retain_features_options features;
    size_t columns; /* of a panel; column `columns` of the predictors is the log odds of the rhythm */
    retain_features_column column[RETAIN__RISK_COLUMNS];
    size_t themes;
} retain__risk_job;

/* The rows of one date, in ascending order of customer. */
typedef struct retain__risk_date {
    int64_t day;
    size_t count;
    int64_t *customer;
    double *label;                       /* 1 silent, 0 not, NaN not known yet */
    double *predictor;                   /* [(columns + 1) * count] as the regression takes them, the last column being `rhythm` */
    double *rhythm;                      /* log odds of silence by the model of orders; NaN where there is none */
    double *absent;                      /* days since the last order */
    double *feature;                     /* [columns * count] as the panel gives them; this and the next of today only, else NULL */
    double *frequency, *t_x, *T, *spend; /* as the model of orders takes them */
    retain_btyd model;
    retain_fit_report report; /* of `model` */
} retain__risk_date;

/* The dates of the past, ascending, as many as there is history for: at least a horizon after the first order. `day` [options.dates]. */
retain_status retain__plan_risk_dates(retain_context *ctx, const retain__risk_job *job, int64_t *day, size_t *dates);

/* Reads a date; everything is scratch. */
retain_status retain__read_risk_date(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job, int64_t day,
                                     double from, double to, retain__risk_date *date);

/* log(p / (1 - p)), cut to where a model of orders is believed. */
double retain__log_odds_of_silence(double p);

/* Gives back what a date holds. */
void retain__forget_risk_date(retain__scratch *scratch, retain__risk_date *date);

#endif
