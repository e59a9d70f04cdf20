/* Covariates that change with time: customers, the pieces they live through, and the likelihood along them. Shared by the source
 * files of retain/btyd_dynamic.h. */
#ifndef RETAIN_MODELS_BTYD_DYNAMIC_H
#define RETAIN_MODELS_BTYD_DYNAMIC_H

#include "core/core.h"
#include "models/btyd_model.h"
#include "retain/btyd_dynamic.h"

enum {
    RETAIN__PURCHASE,
    RETAIN__LIFETIME,
    RETAIN__DYNAMIC_COLUMNS = RETAIN_BTYD_COVARIATES + 1, /* with the constant -1 */
    RETAIN__DYNAMIC_NUMBERS = 1 + RETAIN__DYNAMIC_COLUMNS + RETAIN__DYNAMIC_COLUMNS * (RETAIN__DYNAMIC_COLUMNS + 1) / 2,
    RETAIN__DYNAMIC_ENTRIES = 2 + 2 * RETAIN__DYNAMIC_COLUMNS
};

/* One process, of purchases or of deaths. Its first column is the constant -1, whose coefficient is log alpha or log beta: rates
 * come out divided by alpha or beta, and these are parameters like all others. A state is D = 1 + the integral of the rate, then its
 * derivatives by the coefficients, then the second ones (upper triangle, row by row), as far as `order` goes. */
typedef struct retain__dynamic_process {
    size_t columns, shared, numbers; /* columns; of them those of the calendar, the constant included; numbers of a state */
    int order;                       /* of derivatives: 0, 1, 2 */
    double coefficient[RETAIN__DYNAMIC_COLUMNS];
    double largest[RETAIN__DYNAMIC_COLUMNS]; /* of the own values */
    double *calendar;                        /* [pieces * shared] values */
    double *own;                             /* [own pieces * (columns - shared)] values */
    double *rate;                            /* [pieces] under a calendar piece, own columns apart */
    double *before; /* [pieces * (numbers of `shared` columns)] integrals from the second piece on to the start of each */
} retain__dynamic_process;

/* Customers, each once; or distinct ones with their weight. */
typedef struct retain__dynamic_rows {
    size_t count;
    double *x, *start, *last, *end;
    size_t *customer; /* whose own pieces these are; NULL where there are none */
} retain__dynamic_rows;

typedef struct retain__dynamic {
    const retain_btyd_histories *from;
    size_t pieces; /* of the calendar, at least 1; neighbours that are equal are one */
    double *start; /* [pieces] days, the first one -infinity */
    size_t *row;   /* [pieces] of the caller's columns */
    retain__dynamic_process process[2];
    double r, s;
} retain__dynamic;

/* --- preparation (btyd_dynamic_data.c) ------------------------------------------------------------------------------------ */

/* Checks histories; without `with_occasions` first and occasion are not read, and without `with_ends` nor is `end`. */
retain_status retain__dynamic_check(retain_context *ctx, const retain_btyd_histories *histories, int with_occasions, int with_ends);

/* Checks that covariates are known at days up to `ahead` units after each customer's end. */
retain_status retain__dynamic_check_horizon(retain_context *ctx, const retain_btyd_histories *histories, double ahead);

/* The calendar of checked histories, and a row for every customer. Scratch. */
retain_status retain__dynamic_take_calendar(retain__scratch *scratch, const retain_btyd_histories *histories, retain__dynamic *of);
retain_status retain__dynamic_take_rows(retain__scratch *scratch, const retain_btyd_histories *histories,
                                        retain__dynamic_rows *rows);

/* Gives a process the columns `column` (of the model's), each less `centre` and divided by `scale` where these are not NULL. */
retain_status retain__dynamic_take_columns(retain__scratch *scratch, retain__dynamic *of, int process, const size_t *column,
                                           size_t count, const double *centre, const double *scale, int order);

/* Do own columns leave rates within bounds? */
int retain__dynamic_is_tame(const retain__dynamic_process *process);

/* Checks a model, and that it is one of checked histories. */
retain_status retain__dynamic_check_model(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                          retain__btyd_checked *checked);

/* A model with its histories, checked, all columns in both processes, and set. */
retain_status retain__dynamic_open(retain_context *ctx, retain__scratch *scratch, const retain_btyd *model,
                                   const retain_btyd_histories *histories, int order, retain__dynamic *of);

/* --- pieces (btyd_dynamic_walk.c) ----------------------------------------------------------------------------------------- */

/* Computes rates and integrals from the coefficients; 0 when a rate is out of all bounds. */
int retain__dynamic_set(retain__dynamic *of);

/* A walk through the pieces of a customer's life, of both kinds at once. */
typedef struct retain__dynamic_walk {
    const retain__dynamic *of;
    double at, to;         /* days */
    size_t piece;          /* of the calendar, at `at` */
    size_t own, own_end;   /* own piece at `at`, and the end of the customer's */
    double own_rate[2];    /* what the own piece makes of rates */
    double width, rate[2]; /* of the step: in units of time */
} retain__dynamic_walk;

/* Sets out. The columns of `piece` and `own` are those of the step that retain__dynamic_step goes; 0 at the end of the way. */
retain__dynamic_walk retain__dynamic_set_out(const retain__dynamic *of, size_t customer, double from, double to);
int retain__dynamic_step(retain__dynamic_walk *walk, size_t *piece, size_t *own);

/* Adds the integral over [from, to] of a customer's life to the states of both processes, with derivatives up to `order`. */
void retain__dynamic_integrate(const retain__dynamic *of, int order, size_t customer, double from, double to, double *const *state);

/* Adds the values that the columns of a process have at a customer's repeat occasions; sums [columns]. */
void retain__dynamic_add_occasions(const retain__dynamic *of, int process, size_t customer, double *sums);

/* Adds a step to a state, its values being those of retain__dynamic_values. */
void retain__dynamic_add(const retain__dynamic_process *process, const double *values, double area, double *state);
void retain__dynamic_values(const retain__dynamic_process *process, size_t piece, size_t own, double *values);

/* --- the future (btyd_dynamic_forecast.c) ----------------------------------------------------------------------------------- */

/* The integral of (E_0 / E)^s dA on the way from one day to another, over alpha: E is what it is at the beginning, log_E the
 * logarithm of it over E_0; both go on. */
double retain__dynamic_expect(const retain__dynamic *of, size_t customer, double from, double to, double *E, double *log_E);

/* --- the likelihood (btyd_dynamic_likelihood.c) --------------------------------------------------------------------------- */

/* What is known of one row. The likelihood is without the terms in x alone and those of the covariates at occasions. Entries of the
 * gradient and the Hessian: log r, the purchase columns, log s, the lifetime columns. */
typedef struct retain__dynamic_found {
    size_t row;
    double log_likelihood, log_dead, log_alive; /* of the ways to be silent since t_x, relative to that moment */
    const double *gradient, *hessian;           /* [entries], [entries * entries] upper triangle; by `order` */
} retain__dynamic_found;

typedef void (*retain__dynamic_take)(void *state, const retain__dynamic_found *found);

/* Finds it for the rows [first, last), in their order. */
void retain__dynamic_find(const retain__dynamic *of, const retain__dynamic_rows *rows, size_t first, size_t last,
                          retain__dynamic_take take, void *state);

#endif
