/* A customer's future under covariates that change with time: shared by the source files of retain/btyd_dynamic_forecast.h. */
#ifndef RETAIN_MODELS_BTYD_DYNAMIC_FUTURE_H
#define RETAIN_MODELS_BTYD_DYNAMIC_FUTURE_H

#include "models/btyd_dynamic.h"
#include "retain/btyd_dynamic_forecast.h"

/* A question about every customer, and where its answers go. */
typedef struct retain__dynamic_answers {
    const retain__dynamic *of;
    const retain__dynamic_rows *rows;
    const retain_btyd_question *question;
    int on_scale;
    size_t counts; /* 0: the question; else the distribution, P(Y = 0 ... counts - 1), is wanted */
    double *into;  /* [rows] log-odds of being dead at T, and then the answer */
    double *cells; /* [rows * counts] */
} retain__dynamic_answers;

/* A customer at T, with the window that is asked about, in days. */
typedef struct retain__dynamic_future {
    const retain__dynamic_answers *asked;
    size_t customer;
    double n, D, E, from, to;
    double later, log_later; /* E at `from`, and its logarithm over E */
} retain__dynamic_future;

/* A step through the window, at its beginning. */
typedef struct retain__dynamic_stretch {
    double width, rate[2];
    double ahead;    /* units of time since the day that `begin` was given */
    double area;     /* integral of the purchase rate since `from` */
    double E, log_E; /* log of E over what it was at T */
} retain__dynamic_stretch;

/* A walk through the window: where it starts, the next step (0: no more), and what comes after it. */
retain__dynamic_stretch retain__dynamic_start(const retain__dynamic_future *of);
int retain__dynamic_begin(retain__dynamic_walk *walk, double unit_days, retain__dynamic_stretch *at, double day);
void retain__dynamic_end(retain__dynamic_stretch *at);

/* P(an order in the window | alive at T), and 1 less that: neither is a difference where it is small. */
double retain__dynamic_return(const retain__dynamic_future *of, double *silence);

/* Checks histories, model and question. */
retain_status retain__dynamic_take_question(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                            const retain_btyd_question *given, retain__btyd_checked *checked,
                                            retain_btyd_question *question);

/* Answers of checked histories by a model; `during` is told of progress in [from, to]. */
retain_status retain__dynamic_answer(retain_context *ctx, retain_context *during, const retain_btyd *model,
                                     const retain_btyd_histories *histories, const retain_btyd_question *question, int on_scale,
                                     double from, double to, double *values);

/* --- counts and the next order (btyd_dynamic_counts.c): of a customer who is alive at T ---------------------------------------- */

/* P(just so many orders in the window), n at least 1. */
double retain__dynamic_count(const retain__dynamic_future *of, double n);

/* P(more than n orders in the window), and 1 less that. */
double retain__dynamic_more(const retain__dynamic_future *of, double n, double *at_most);

/* Expected time from T to the first order in a window that begins at T, given that there is one. */
double retain__dynamic_next_mean(const retain__dynamic_future *of);

/* The least count that is not exceeded with probability `share`, of a customer who is alive with probability `alive`. */
double retain__dynamic_count_quantile(const retain__dynamic_future *of, double alive, double dead, double share);

/* Time from T until the next order has come with probability `share`; infinite where it never comes with it, NaN where that is later than
 * covariates are known. `of` is a window that begins at T. */
double retain__dynamic_next_quantile(const retain__dynamic_future *of, double alive, double share);

#endif
