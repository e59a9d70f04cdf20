/* What the ways to tell who will be silent were worth on customers nothing had been learnt from. */
#ifndef RETAIN_RISK_CARD_H
#define RETAIN_RISK_CARD_H

#include "answers/risk_dates.h"

/* Log losses of two methods on the dates that the choice is made by. */
typedef struct retain__risk_choice {
    double rows;                      /* rows that both could tell of */
    double loss[RETAIN_RISK_METHODS]; /* sums; by method, the naive rule having none */
    double gain, gain_squared;        /* of LEARNT over RHYTHM: sums of differences row by row, and of their squares */
    size_t told[RETAIN_RISK_METHODS]; /* rows that each could tell of */
    double own_loss[RETAIN_RISK_METHODS];
} retain__risk_choice;

/* What was foretold of the rows of a date by each method, as probabilities; NaN throughout where a method could not. */
typedef struct retain__risk_foretold {
    size_t count;
    uint8_t *silent;
    double *absent;
    double *risk[RETAIN_RISK_METHODS]; /* that of the naive rule is NULL */
    int could[RETAIN_RISK_METHODS];
} retain__risk_foretold;

/* Adds what was foretold on one date to a choice. */
void retain__add_to_choice(const retain__risk_foretold *foretold, retain__risk_choice *choice);

/* RHYTHM only where its log loss is lower by more than the standard error of the difference: what is learnt today, from more dates than
 * there were then, is better than what was learnt then. */
retain_risk_method retain__choose_risk(const retain__risk_choice *choice);

/* The figures of the card. */
retain_status retain__measure_risk(retain_context *ctx, retain__scratch *scratch, const retain__risk_foretold *foretold,
                                   double level, retain_risk_card *card);

/* Adds that spending found no model, so that nobody has a value. */
void retain__say_unvalued(retain_risk_card *card);

/* The verdict, and the words for it; without figures, where there was nothing to test on, too little data. */
void retain__judge_risk(const retain__risk_job *job, retain_risk_card *card);

#endif
