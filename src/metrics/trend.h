/* More or less lately: the days of a window on which a customer was known, in two halves, and the change from one to the other. */
#ifndef RETAIN_TREND_H
#define RETAIN_TREND_H

#include <math.h>
#include <stdint.h>

/* The days of the window on which the customer was known: [from, end], of which the recent ones start at `recent_from`. */
typedef struct retain__known_window {
    int64_t from, recent_from, end;
} retain__known_window;

/* The last `days` days up to `end`, known since a day at or before it. */
static inline retain__known_window retain__open_window(int64_t known_since, int64_t days, int64_t end)
{
    const int64_t from = end - days + 1, recent_from = end - days / 2 + 1;

    return (retain__known_window){from > known_since ? from : known_since, recent_from > known_since ? recent_from : known_since,
                                  end};
}

static inline double retain__known_days(const retain__known_window *window)
{
    return (double)(window->end - window->from) + 1.0;
}

static inline double retain__recent_days(const retain__known_window *window)
{
    return (double)(window->end - window->recent_from) + 1.0;
}

/* (b - a) / (b + a), a and b being `early` and `recent` per day known in each half: -1 to 1. NaN when both are 0, and for who was
 * known in one half only. Neither is negative. */
static inline double retain__trend(double early, double recent, const retain__known_window *window)
{
    const double recent_days = retain__recent_days(window), early_days = retain__known_days(window) - recent_days;
    const double before = early / early_days, now = recent / recent_days;

    return early_days > 0.0 && recent_days > 0.0 && early + recent > 0.0 ? (now - before) / (now + before) : (double)NAN;
}

#endif
