/* Durations of which several are one customer's. */
#ifndef RETAIN_DATA_SPELLS_H
#define RETAIN_DATA_SPELLS_H

#include "core/core.h"
#include "retain/durations.h"

/* Words of a row in the order of customer and entry: customer, entry, row. */
enum { RETAIN__SPELL_WORDS = 3 };

/* Sorts checked durations [count] of customers [count]; NULL when there is no memory. */
uint64_t *retain__sort_spells(retain__scratch *scratch, const retain_durations *durations, const int64_t *customer);

/* Refuses two rows of weight above 0 of one customer that overlap. */
retain_status retain__check_spells(retain_context *ctx, const retain_durations *durations, const int64_t *customer);

#endif
