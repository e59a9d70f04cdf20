/* What the benchmarks share: a shop's order log of any size, clocks, and the one line of JSON that each prints.
 *
 *     bench_NAME ROWS [THREADS [PREFIX]]
 *
 * makes a log of ROWS orders, runs each task a few times and prints the best times, with a check sum that must not change from run to run. With PREFIX the
 * columns are written as raw little-endian numbers to PREFIX.customer, PREFIX.day and PREFIX.value, for the peers in peers.py, which must find the same sum. */
#ifndef RETAIN_BENCH_H
#define RETAIN_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "retain/orders.h"

enum { BENCH_DAYS = 730, BENCH_FIRST_DAY = 19358, BENCH_RUNS = 5 }; /* 2023-01-01 to 2024-12-30 */

typedef struct bench_log {
    retain_orders view;
    int64_t *customer, *day;
    double *value;
    int threads;
} bench_log;

static uint64_t bench_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed * 0x2545F4914F6CDD1DULL;
}

/* A log in order of day, of rows / 5 customers most of whom buy once or twice while a few buy every week; ids are seven digits or more, as shops have them. */
static void bench_fill(bench_log *log, size_t rows)
{
    const double customers = (double)(rows / 5 + 1);
    uint64_t seed = 88172645463325252u;

    for (size_t i = 0; i < rows; i++) {
        const double u = (double)(bench_random(&seed) >> 11) * 0x1p-53;

        log->customer[i] = 1000000 + (int64_t)(customers * u * u * u); /* customer number j is drawn in proportion to j^(-2/3) */
        log->day[i] = BENCH_FIRST_DAY + (int64_t)((double)i / (double)rows * BENCH_DAYS);
        log->value[i] = (double)(100 + bench_random(&seed) % 20000) / 100.0;
    }
}

static void bench_write(const char *prefix, const char *column, const void *data, size_t rows)
{
    char path[1024];
    FILE *file;

    snprintf(path, sizeof path, "%s.%s", prefix, column);
    file = fopen(path, "wb");
    if (!file || fwrite(data, 8, rows, file) != rows || fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(1);
    }
}

/* Reads the arguments and makes the log. */
static bench_log bench_begin(int argc, char **argv)
{
    bench_log log = {{0}, NULL, NULL, NULL, 1};
    const size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;

    if (rows == 0) {
        fprintf(stderr, "usage: %s ROWS [THREADS [PREFIX]]\n", argv[0]);
        exit(2);
    }
    log.threads = argc > 2 ? atoi(argv[2]) : 1;
    log.view.count = rows;
    log.view.customer = log.customer = malloc(rows * sizeof *log.customer);
    log.view.day = log.day = malloc(rows * sizeof *log.day);
    log.view.value = log.value = malloc(rows * sizeof *log.value);
    if (!log.customer || !log.day || !log.value) {
        fprintf(stderr, "no memory for %zu rows\n", rows);
        exit(1);
    }
    bench_fill(&log, rows);
    if (argc > 3) {
        bench_write(argv[3], "customer", log.customer, rows);
        bench_write(argv[3], "day", log.day, rows);
        bench_write(argv[3], "value", log.value, rows);
    }
    return log;
}

static double bench_clock(clockid_t which)
{
    struct timespec now;

    clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The best of some runs. */
typedef struct bench_time {
    double wall, cpu; /* seconds */
} bench_time;

static bench_time bench_best(retain_status (*task)(retain_context *ctx, void *state), void *state, int threads)
{
    bench_time best = {1e300, 1e300};

    for (int run = 0; run < BENCH_RUNS; run++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        const double wall = bench_clock(CLOCK_MONOTONIC), cpu = bench_clock(CLOCK_PROCESS_CPUTIME_ID);

        ctx.threads = threads;
        if (task(&ctx, state) != RETAIN_OK) {
            fprintf(stderr, "%s\n", ctx.error);
            exit(1);
        }
        if (bench_clock(CLOCK_MONOTONIC) - wall < best.wall) {
            best.wall = bench_clock(CLOCK_MONOTONIC) - wall;
            best.cpu = bench_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        }
    }
    return best;
}

static void bench_end(bench_log *log)
{
    free(log->customer);
    free(log->day);
    free(log->value);
}

#endif
