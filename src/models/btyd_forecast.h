/* Forecasts of the same customers by one model after the other: what public forecasts, intervals and totals are made of. */
#ifndef RETAIN_BTYD_FORECAST_H
#define RETAIN_BTYD_FORECAST_H

#include "models/btyd_pairs.h"
#include "retain/btyd_future.h"

enum { RETAIN__BTYD_FEW_COUNTS = 64 }; /* whose probabilities are added up rather than asked for all together */

/* The scale on which a forecast is about normally distributed when parameters are uncertain. */
typedef enum retain__btyd_scale { RETAIN__BTYD_PLAIN, RETAIN__BTYD_LOG, RETAIN__BTYD_LOGIT } retain__btyd_scale;

/* Where the answers are wanted: LOG for counts and times, LOGIT for probabilities. */
retain__btyd_scale retain__btyd_scale_of(retain_btyd_quantity quantity);

/* Customers as one model sees them, and their futures told apart. */
typedef struct retain__btyd_forecast {
    retain__btyd_patterns patterns;
    const retain_btyd_question *question;
    int on_scale; /* answers are given on the scale of the quantity */
    retain__btyd_pairs pairs;
    double *value, *second; /* [pairs] given that the customer is alive */
} retain__btyd_forecast;

/* Checks a caller's question against its rules, and copies it. */
retain_status retain__btyd_take_question(retain_context *ctx, const retain_btyd_question *given, const retain__btyd_family *family,
                                         retain_btyd_question *question);

/* Refuses, with the row, what would take minutes for one customer when it is asked `times` times. */
retain_status retain__btyd_check_steps(retain_context *ctx, const retain__btyd_checked *model,
                                       const retain__btyd_patterns *patterns, const retain_btyd_question *question, size_t times);

/* Prepares to answer. `forecast` holds a pointer to the question; on_scale is left alone. */
retain_status retain__btyd_prepare(retain__scratch *scratch, const retain__btyd_checked *model, const retain_customers *customers,
                                   const retain_btyd_question *question, retain__btyd_forecast *forecast);

/* Answers: answers[customers->count], in the caller's order. Only what is done before the first write can be cancelled; progress is scaled
 * into [from, to]. */
retain_status retain__btyd_answer(retain_context *ctx, const retain__btyd_checked *model, retain__btyd_forecast *forecast,
                                  double from, double to, double *answers);

/* --- pieces of it, in files of their own: customers [first, last) of one pattern, answers from answers[0] on ------------------------- */

/* RETAIN_BTYD_COUNT_QUANTILE, RETAIN_BTYD_NEXT_QUANTILE. */
void retain__btyd_quantiles(const retain__btyd_checked *model, const retain_customers *customers,
                            const retain_btyd_question *question, size_t first, size_t last, double *answers);

/* RETAIN_BTYD_RATE, RETAIN_BTYD_LEAVING. */
void retain__btyd_rates(const retain__btyd_checked *model, const retain_customers *customers, retain_btyd_quantity quantity,
                        size_t first, size_t last, double *answers);

/* Of pairs: E[Y (Y - 1)] in the window, and the expected time of the next order. Both given that the customer is alive at T. */
void retain__btyd_ask_second(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                             double *value);
void retain__btyd_ask_next_mean(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                double *value);

/* Of pairs, given that the customer is alive at T: discounted occasions in the window; the expected square of their random sum; and the
 * discounted time alive. */
void retain__btyd_ask_discounted(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                 double *value);
void retain__btyd_ask_discounted_square(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                        double *value);
void retain__btyd_ask_lifetime(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                               double *value);

#endif
