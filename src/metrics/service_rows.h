/* What rows of service data have in common: instants of one clock, and things that have not happened yet. */
#ifndef RETAIN_SERVICE_ROWS_H
#define RETAIN_SERVICE_ROWS_H

#include "core/core.h"
#include "metrics/row_groups.h"
#include "retain/service.h"

/* Instants lie in [-RETAIN__LAST_TICK, RETAIN__LAST_TICK], so that differences of them, and sums with a span, are no problem. */
#define RETAIN__LAST_TICK ((int64_t)1 << 61)

/* Checks a column of instants, which must be there unless count is 0. */
retain_status retain__check_instants(retain_context *ctx, const char *name, const int64_t *column, size_t count);

/* Checks instants at which something happened, or did not: none may be before the one in `from`. NULL columns are fine. */
retain_status retain__check_outcomes(retain_context *ctx, const char *name, const int64_t *column, const char *from_name,
                                     const int64_t *from, size_t count);

/* Checks the last tick observed. */
retain_status retain__check_last_tick(retain_context *ctx, int64_t observation_end);

/* Has it happened by the observation end? */
static inline int retain__has_happened(const int64_t *column, size_t i, int64_t observation_end)
{
    return column && column[i] != RETAIN_SERVICE_NOT_YET && column[i] <= observation_end;
}

/* Are `span` ticks after `from` over at the observation end? Spans are not negative. */
static inline int retain__is_over(int64_t from, int64_t span, int64_t observation_end)
{
    return from <= observation_end && (uint64_t)observation_end - (uint64_t)from >= (uint64_t)span;
}

/* Parts of wholes, by group. */
typedef struct retain__group_share {
    uint64_t part, whole;
} retain__group_share;

/* Writes the shares of all groups and of their total. */
void retain__put_group_shares(const retain__group_share *cell, const retain__row_groups *groups, double level, double *whole,
                              double *part, double *rate, double *low, double *high);

#endif
