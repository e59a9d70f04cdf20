/* The rules of event tables, for all that is made of them. */
#ifndef RETAIN_DATA_EVENTS_H
#define RETAIN_DATA_EVENTS_H

#include "data/dated_rows.h"
#include "retain/events.h"

/* Checks all events; kinds must lie in [0, kinds), unless that is 0: then they may be any. */
retain_status retain__check_events(retain_context *ctx, const retain_events *events, size_t kinds);

/* Checks a number of days, called `name` in the sentence, and puts the default in place of 0. */
retain_status retain__take_days(retain_context *ctx, const char *name, int64_t by_default, int64_t *days);

#endif
