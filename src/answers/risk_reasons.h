/* Why a customer is at risk: contributions that add up, the reasons among them, and what is typical. */
#ifndef RETAIN_RISK_REASONS_H
#define RETAIN_RISK_REASONS_H

#include "answers/risk_learning.h"

enum { RETAIN__RISK_NO_COLUMN = -1 };

/* The columns before they are the caller's. */
typedef struct retain__risk_said {
    double *risk, *low, *high, *log_odds, *residual, *at_risk, *gain;
    double *weight;       /* of the customer in what is typical */
    double *contribution; /* [themes * count], theme by theme */
    int64_t *rank, *reason, *reason_column;
    double *reason_effect; /* reasons: [RETAIN_RISK_REASONS * count] */
    uint8_t *band;
} retain__risk_said;

/* How much each customer counts in what is typical; risk and residual are known. */
void retain__weigh_risk(const retain__risk_date *today, retain__risk_said *out);

/* The median of each column; that of the model of orders, as a probability, is the last. */
retain_status retain__find_typical_risk(retain__scratch *scratch, const retain__risk_job *job, const retain__risk_date *today,
                                        const retain__risk_said *out, double *typical);

/* Contributions and reasons of what was learnt, against the mean of today, whose log odds are `base`. */
retain_status retain__reason_as_learnt(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                       const retain__risk_learning *learning, const retain__risk_date *today, double *base,
                                       retain__risk_said *out);

/* Log odds, contributions and reasons of the model of orders, against a customer who has the medians, whose log odds are `base`. */
retain_status retain__reason_by_rhythm(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                       const retain__risk_date *today, double *base, retain__risk_said *out);

#endif
