/* The rules of event tables, for all that is made of them, and their figures per customer. */
#ifndef RETAIN_SIGNALS_EVENTS_H
#define RETAIN_SIGNALS_EVENTS_H

#include "core/rooms.h"
#include "metrics/dated_rows.h"
#include "retain/signals.h"

/* Checks all events; kinds must lie in [0, kinds), unless that is 0: then they may be any. */
retain_status retain__check_events(retain_context *ctx, const retain_signals_events *events, size_t kinds);

/* Checks a number of days, called `name` in the sentence, and puts the default in place of 0. */
retain_status retain__take_days(retain_context *ctx, const char *name, int64_t by_default, int64_t *days);

/* Figures per customer of events that were checked and sorted, up to the last day that is asked for or a later one. */
typedef struct retain__event_figures {
    const retain_signals_events *events;
    const retain__dated_rows *rows;
    size_t kinds;
    int64_t window_days;
    retain__rooms rooms;
    size_t *used, *early; /* [blocks of customers] events, added up over all that was asked */
} retain__event_figures;

/* Takes what descriptions of up to so many customers need; the rooms are to be closed. Fails for memory only. */
retain_status retain__open_event_figures(retain_context *ctx, retain__scratch *scratch, size_t customers,
                                         retain__event_figures *figures);

/* The figures of retain_signals_per_customer at `end`. Cannot fail and is not cancelled: it writes the caller's columns. */
void retain__describe_events(retain_context *ctx, retain__event_figures *figures, const int64_t *customer,
                             const int64_t *known_since, size_t customers, int64_t end, const retain_signals_columns *columns);

#endif
