/* What the benchmark programs share: arguments, clocks, the line of JSON that each task prints, and columns on disk for the peers.
 *
 *     bench_MODULE [--rows N] [--threads N,N...] [--repeat N] [--write FOLDER]
 *
 * N may end in K or M. A task runs --repeat times and the fastest run counts: what slows a run down is the rest of the machine. With --write the data of
 * a task and its results go into FOLDER/TASK as raw columns (name.i64, name.f64; byte order of the machine), so that the peers read the very same numbers
 * and compare what they get with what the library got. */
#ifndef RETAIN_BENCH_H
#define RETAIN_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

enum { BENCH_MOST_THREAD_COUNTS = 8 };

/* What the command line asks for. */
typedef struct bench_plan {
    size_t rows;
    int threads[BENCH_MOST_THREAD_COUNTS], thread_counts;
    int repeats;
    const char *folder; /* NULL: nothing is written */
} bench_plan;

/* Reads the arguments; ends the program with the usage when they make no sense. */
bench_plan bench_begin(int argc, char **argv, size_t rows_by_default);

/* The fastest of the runs. */
typedef struct bench_time {
    double seconds, cpu_seconds;
    double fresh;   /* seconds of a run with malloc's memory; the others keep theirs from run to run, as the peers do */
    double scratch; /* most bytes that the library held at once */
} bench_time;

/* What is measured: one or more calls of the library under `ctx`. */
typedef retain_status (*bench_work)(retain_context *ctx, void *state);

/* Runs the work `plan->repeats` times, fewer when that would take very long; ends the program when it fails, with the library's sentence. */
bench_time bench_measure(const bench_plan *plan, bench_work work, void *state, int threads);

/* A number that says what was computed. */
typedef struct bench_check {
    const char *name;
    double value;
} bench_check;

/* The line of JSON. `name` ends the list of checks with a NULL. */
void bench_print(const char *task, size_t rows, int threads, bench_time time, const bench_check *checks);

/* Measures with every number of threads that was asked for, and prints a line for each. `check`, called once after the runs, fills in the checks. */
typedef struct bench_task {
    const char *name;
    size_t rows;
    bench_work work;
    void *state;
    bench_check *checks;
    void (*check)(void *state, bench_check *checks);
} bench_task;

void bench_run(const bench_plan *plan, const bench_task *task);

/* Writes FOLDER/task/column; `column` ends in .i64 or .f64. Does nothing without a folder. */
void bench_write(const bench_plan *plan, const char *task, const char *column, const void *numbers, size_t count);

/* Memory for `count` numbers of 8 bytes, all pages touched; ends the program when there is none. */
void *bench_take(size_t count);

/* Sum of the numbers that are not NaN. */
double bench_sum(const double *numbers, size_t count);

/* Stops with the library's sentence unless the status is fine. */
void bench_expect(const retain_context *ctx, retain_status status);

#endif
