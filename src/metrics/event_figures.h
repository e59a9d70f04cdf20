/* Figures of customers made from their events, for all modules that show them. */
#ifndef RETAIN_EVENT_FIGURES_H
#define RETAIN_EVENT_FIGURES_H

#include "core/rooms.h"
#include "data/events.h"

/* The columns of retain_signals_columns (retain/signals.h says what they hold). Those that are NULL are not written. */
typedef struct retain__event_columns {
    double *exposure_days;                                                                              /* [customers] */
    double *count, *per_year, *days_since_last, *earlier, *recent, *trend, *trend_p_value, *sum, *mean; /* [customers * kinds] */
} retain__event_columns;

/* Events that were checked and sorted, up to the last day that is asked for or a later one. */
typedef struct retain__event_figures {
    const retain_events *events;
    const retain__dated_rows *rows;
    size_t kinds;
    int64_t window_days;
    retain__rooms rooms;
    size_t *used, *early; /* [blocks of customers] events, added up over all that was asked */
} retain__event_figures;

/* Takes what descriptions of up to so many customers need; the rooms are to be closed. Fails for memory only. */
retain_status retain__open_event_figures(retain_context *ctx, retain__scratch *scratch, size_t customers,
                                         retain__event_figures *figures);

/* The figures at `end` of customers, strictly ascending; known_since [customers] may be NULL. Cannot fail and is not cancelled: it
 * writes the caller's columns. */
void retain__describe_events(retain_context *ctx, retain__event_figures *figures, const int64_t *customer,
                             const int64_t *known_since, size_t customers, int64_t end, const retain__event_columns *columns);

/* Events that were used, and those before their customers were known, so far. */
size_t retain__used_events(const retain__event_figures *figures, size_t customers);
size_t retain__early_events(const retain__event_figures *figures, size_t customers);

#endif
