/* Searches of quantiles: the time at which a probability is reached, and the count. */
#ifndef RETAIN_BTYD_SEARCH_H
#define RETAIN_BTYD_SEARCH_H

/* The time at which a hazard, the -log of a probability of silence that falls from 1, is that of `share`; infinite where it is later than
 * `farthest`. `rate` is about that of the hazard at 0, to begin with. */
double retain__btyd_search_time(double (*hazard)(const void *state, double t), const void *state, double share, double rate,
                                double farthest);

/* The least whole number that is enough, above `low`, which is not: by steps that double, and then halve. Infinite beyond 10^6. */
double retain__btyd_search_count(int (*is_enough)(const void *state, double n), const void *state, double low);

#endif
