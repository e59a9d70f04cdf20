/* How long until the customer came back: durations between occasions, counted by length, for the Kaplan-Meier estimate.
 *
 * Whoever asks says which durations of a customer matter, and may sort them into classes (a group of customers, a number of the
 * occasion). */
#ifndef RETAIN_GAP_DURATIONS_H
#define RETAIN_GAP_DURATIONS_H

#include "data/customer_rows.h"
#include "math/curve.h"

enum { RETAIN__MOST_CLASSES = 1 << 16 };

/* Durations of one length and class while they are counted. */
typedef struct retain__duration_cell {
    uint64_t ended, open;
} retain__duration_cell;

/* Where they are noted: a table of lengths 0 to lengths - 1 for each class, or a list. */
typedef struct retain__duration_notes {
    retain__duration_cell *cells; /* NULL for a list */
    size_t lengths;
    uint64_t *list;
    size_t count;
} retain__duration_notes;

enum { RETAIN__CLASS_SHIFT = 44 }; /* an entry of the list: class, days, 1 when open; days fit in 42 bits */

/* From day `begin` to day `end`, where it ended or was still open. */
static inline void retain__note_duration(retain__duration_notes *notes, size_t class_number, int64_t begin, int64_t end, int ended)
{
    const uint64_t days = (uint64_t)(end - begin);
    retain__duration_cell *cell;

    if (!notes->cells) {
        notes->list[notes->count++] = (uint64_t)class_number << RETAIN__CLASS_SHIFT | days << 1 | (uint64_t)!ended;
        return;
    }
    cell = notes->cells + class_number * notes->lengths + (days < notes->lengths ? days : notes->lengths - 1);
    cell->ended += (uint64_t)ended;
    cell->open += (uint64_t)!ended;
}

/* Notes the durations of one customer: none longer than from the first day of the log to the observation end, at most as many as he
 * has occasions, of classes below the number that was announced. */
typedef void (*retain__note_durations)(const void *state, retain__duration_notes *notes, const retain__customer *customer);

/* What was counted: durations of class c are duration[first[c]] to duration[first[c + 1] - 1], ascending. */
typedef struct retain__durations {
    retain__duration *duration;
    size_t *first; /* [classes + 1] */
} retain__durations;

/* Counts the durations of all customers in `classes` classes, 1 to RETAIN__MOST_CLASSES. Fails for memory only. */
retain_status retain__count_durations(retain_context *ctx, retain__scratch *scratch, retain__order_log *log,
                                      int64_t observation_end, size_t classes, retain__note_durations note, const void *state,
                                      retain__durations *durations);

/* Notes all gaps of a customer: those between two occasions, and the one that is still open at the observation end. */
static inline void retain__note_gaps(retain__duration_notes *notes, size_t class_number, const retain__customer *customer,
                                     int64_t observation_end)
{
    const retain__occasion *at = customer->occasion, *last = at + (customer->count - 1);

    for (; at < last; at++)
        retain__note_duration(notes, class_number, at[0].day, at[1].day, 1);
    retain__note_duration(notes, class_number, last->day, observation_end, 0);
}

#endif
