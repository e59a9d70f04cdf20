/* Models and rows that an operation was handed, checked; and groups of rows. Shared by the source files of btyd. */
#ifndef RETAIN_BTYD_MODEL_H
#define RETAIN_BTYD_MODEL_H

#include "core/core.h"
#include "models/btyd_family.h"

/* A model with its family's table, its parameters in the table's order, and after them k where the family is regular. */
typedef struct retain__btyd_checked {
    const retain__btyd_family *family;
    double p[RETAIN__BTYD_NUMBERS];
    const retain_btyd *model; /* for its covariates */
} retain__btyd_checked;

/* Customers in the order of their patterns, which are the distinct rows of their covariates, each with its parameters. Without
 * covariates, or with coefficients of 0 only, there is one pattern and the order is the caller's. */
typedef struct retain__btyd_patterns {
    size_t count;
    const size_t *first;        /* [count + 1] */
    const double *p;            /* [count * RETAIN__BTYD_NUMBERS] */
    const size_t *row;          /* [customers] the caller's row; NULL for the caller's order */
    retain_customers customers; /* in this order: frequency, t_x, T */
    size_t whole[2];            /* `first` of a single pattern */
} retain__btyd_patterns;

/* Checks a model alone, and a model with the customers whom it is applied to. */
retain_status retain__btyd_check_model(retain_context *ctx, const retain_btyd *model, retain__btyd_checked *checked);
retain_status retain__btyd_check(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                 retain__btyd_checked *checked);

/* Checks `count` columns of covariates of `rows` rows; `name` is what sentences call them. */
retain_status retain__btyd_check_covariates(retain_context *ctx, const char *name, const double *const *covariates, size_t count,
                                            size_t rows);

/* Refuses a covariate whose values are so far from 0 that the parameters of a fit, which are those of a customer whose covariates are
 * all 0, would be nobody's. `name`[c] is what sentences call it. */
retain_status retain__btyd_check_reach(retain_context *ctx, const char *name, size_t c, const double *z, size_t count);

/* Refuses a model with covariates where there is no customer to have them. */
retain_status retain__btyd_check_bare(retain_context *ctx, const retain_btyd *model);

/* The patterns of checked customers; scratch. Fails when a parameter of a customer leaves [1e-100, 1e100]. */
retain_status retain__btyd_find_patterns(retain__scratch *scratch, const retain__btyd_checked *model,
                                         const retain_customers *customers, retain__btyd_patterns *patterns);

/* The parameters of one customer with these covariates, [RETAIN__BTYD_NUMBERS]. */
void retain__btyd_personal(const retain__btyd_checked *model, const double *covariates, double *p);

/* The pattern of the row at `row` of the order of patterns. */
size_t retain__btyd_pattern_at(const retain__btyd_patterns *patterns, size_t row);

/* Which of the rows from `first` to `last` are of the pattern: the end of them. */
static inline size_t retain__btyd_pattern_end(const retain__btyd_patterns *patterns, size_t pattern, size_t last)
{
    return patterns->first[pattern + 1] < last ? patterns->first[pattern + 1] : last;
}

/* The caller's row. */
static inline size_t retain__btyd_row(const retain__btyd_patterns *patterns, size_t at)
{
    return patterns->row ? patterns->row[at] : at;
}

/* The rules of opportunities, for discrete families (btyd_opportunities.c): of rows that obey the rules of all customers; and of an
 * age or horizon that is finite or infinite and >= 0, called `name`, or `name`[row]. Others pass. */
retain_status retain__btyd_check_opportunities(retain_context *ctx, const retain__btyd_family *family,
                                               const retain_customers *customers);
retain_status retain__btyd_check_span(retain_context *ctx, const retain__btyd_family *family, const char *name, size_t row,
                                      double t);

/* A model of a family from its parameters, without covariates; what the family does not have is NaN. */
void retain__btyd_fill(const retain__btyd_family *family, const double *p, double unit_days, retain_btyd *model);

/* Log-odds of being dead of rows [first, last) of the order of patterns; `log_odds` is that of row `first`. */
void retain__btyd_log_odds(const retain__btyd_family *family, const retain__btyd_patterns *patterns, size_t first, size_t last,
                           double *log_odds);

/* Checks options.k, and the gaps of the customers where it takes them. */
retain_status retain__btyd_check_k(retain_context *ctx, const retain__btyd_family *family, const retain_customers *customers,
                                   int k);

/* Sum of the logarithms of all gaps of checked customers. */
double retain__btyd_add_log_gaps(const retain_customers *customers);

/* The context without its progress callback, for work that writes the caller's arrays: it cannot be cancelled half-way. */
retain_context *retain__btyd_quiet(retain_context *ctx, retain_context *copy);

#endif
