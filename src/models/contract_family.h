/* What a family of contract models is made of: one table of functions that its source file fills.
 *
 * Everything that users call is written once, on top of this table: contract.c (curves and likelihood), contract_fit.c,
 * contract_value.c with contract_sum.c (infinite sums), contract_simulate.c. A family is pure mathematics: no context, no memory,
 * no errors, no state.
 *
 * Conventions. `p` are the family's parameters in the order of its `parameters`. Derivatives are by their logarithms. `terms`
 * receives a value, for order >= 1 its gradient (count), for order 2 the upper triangle of its Hessian row by row. Survival is
 * defined for real times, because sums over renewals are integrals in disguise. Results must not be NaN anywhere: a fit that runs
 * to a boundary calls with parameters from 1e-16 to 1e16. */
#ifndef RETAIN_CONTRACT_FAMILY_H
#define RETAIN_CONTRACT_FAMILY_H

#include <stddef.h>

#include "core/core.h"
#include "retain/contract.h"

struct retain__random;

enum {
    RETAIN__CONTRACT_PARAMETERS = 3,                  /* most that a family has */
    RETAIN__CONTRACT_TERMS = 1 + 3 + 3 * (3 + 1) / 2, /* value, gradient, Hessian */
    RETAIN__CONTRACT_BLOCK = 1024
};

/* What starting points are made from; sums are weighted. */
typedef struct retain__contract_moments {
    double churn;       /* share that left, of all decisions seen */
    double first_churn; /* of all first decisions */
} retain__contract_moments;

typedef struct retain__contract_family {
    retain_contract_family family;
    const char *name;
    size_t count; /* of its parameters */
    const char *parameters[RETAIN__CONTRACT_PARAMETERS];

    /* log(S(n + t) / S(n)) for real n, t >= 0. `log_x` is log(n + t), which counts where t is infinite. */
    void (*log_survival)(const struct retain__contract_family *family, const double *p, double n, double t, double log_x, int order,
                         double *terms);

    /* log of the probability of leaving at decision t >= 1 of who is there. */
    void (*log_hazard)(const struct retain__contract_family *family, const double *p, double t, int order, double *terms);

    /* S(t) falls as t^-tail in the end; it is that power to 1e-9 from log t = settled on. As a function of log t it is smooth over
     * lengths of 1 / bend. */
    double (*tail)(const double *p);
    double (*settled)(const double *p);
    double (*bend)(const double *p);

    /* The `attempt`-th start of a fit, 0 being the best guess; 0 when there are no more. */
    int (*start)(const retain__contract_moments *moments, int attempt, double *p);

    /* What it says about a shop when the likelihood rises as parameters go to 0 (way -1) or infinity (way 1); "" when nothing
     * plain can be said. Static text. */
    const char *(*meaning)(const int *way);

    /* Draws the decision at which a customer leaves, a whole number >= 1, at most 2^53. */
    double (*draw)(const double *p, struct retain__random *random);

    const struct retain__contract_family *smaller; /* the family that it contains, and whose optimum it is searched from */
    void (*enlarge)(double *p);                    /* parameters of the smaller family into the same model of this one */
} retain__contract_family;

extern const retain__contract_family retain__contract_sbg, retain__contract_bdw;

/* The row of a family; NULL for a value that is none. */
const retain__contract_family *retain__contract_find(retain_contract_family family);

/* log P(T = n + t) / S(n), for whole n >= 0 and t >= 1. */
void retain__contract_log_pmf(const retain__contract_family *family, const double *p, double n, double t, int order, double *terms);

/* A model with its family's table, its parameters in the table's order. */
typedef struct retain__contract_checked {
    const retain__contract_family *family;
    double p[RETAIN__CONTRACT_PARAMETERS];
} retain__contract_checked;

retain_status retain__contract_check(retain_context *ctx, const retain_contract *model, retain__contract_checked *checked);

/* A model of a family from its parameters; what the family does not have is NaN. */
void retain__contract_fill(const retain__contract_family *family, const double *p, double period_days, retain_contract *model);

/* The first row of `column` that is no whole number in [least, 2^53] is an error; NULL is none. */
retain_status retain__contract_check_whole(retain_context *ctx, const char *name, const double *column, size_t count, double least);

/* The tables of customers, checked: row by row, and cohort by cohort. */
retain_status retain__contract_check_customers(retain_context *ctx, const retain_contract_customers *customers);
retain_status retain__contract_check_cohorts(retain_context *ctx, const retain_contract_cohorts *cohorts);

/* --- limits ------------------------------------------------------------------------------------------------------------------- */

/* How sure the logarithms of a model's parameters are. */
typedef struct retain__contract_doubt {
    double covariance[RETAIN__CONTRACT_PARAMETERS * RETAIN__CONTRACT_PARAMETERS];
    double quantile;
} retain__contract_doubt;

/* Takes it from a report, when limits are wanted. */
retain_status retain__contract_doubt_of(retain_context *ctx, const retain__contract_checked *model, const retain_fit_report *report,
                                        double level, int wanted, retain__contract_doubt *doubt);

/* Half the width of the interval of a number with this gradient; NaN where it is not known. */
double retain__contract_width(const retain__contract_doubt *doubt, const double *gradient, size_t count);

/* --- values ------------------------------------------------------------------------------------------------------------------- */

/* Which value of a customer: see retain_contract_discounted. */
typedef struct retain__contract_terms_of_value {
    retain_contract_moment moment;
    double t;     /* decisions ahead; may be infinite */
    double delta; /* log(1 + d) */
    int is_elasticity;
} retain__contract_terms_of_value;

/* Refuses what makes no value; `ahead` is the name of t. */
retain_status retain__contract_check_terms(retain_context *ctx, const char *ahead, retain_contract_moment moment, double t,
                                           double d);

/* The values of customers who have survived n[i] renewals, ascending, and (unless NULL) their variances by chance, `stride` apart;
 * infinite where sums diverge. */
void retain__contract_worths(const retain__contract_checked *model, const retain__contract_terms_of_value *terms, const double *n,
                             size_t count, size_t stride, double *value, double *variance);

/* --- sums ----------------------------------------------------------------------------------------------------------------------- */

/* Sum over j = 0 ... terms - 1 of u_j e^(-delta j) S(n + 1 + j) / S(n), u_j being 1 or, when it `rises`, j + 1. */
typedef struct retain__contract_sum {
    const retain__contract_family *family;
    const double *p;
    double n, terms; /* terms may be infinite */
    double delta;
    int rises, order; /* order 1: the gradient too */
} retain__contract_sum;

/* The sum, and for order 1 its gradient after it; infinite where it diverges. */
void retain__contract_add_up(const retain__contract_sum *of, double *sums);

#endif
