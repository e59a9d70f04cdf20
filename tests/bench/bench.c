#include "bench.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

static const double PATIENCE = 20.0; /* seconds after which a task is not repeated any more */

static void stop(const char *what, const char *detail)
{
    fprintf(stderr, "%s%s\n", what, detail);
    exit(1);
}

static void stop_with_usage(const char *program)
{
    fprintf(stderr, "usage: %s [--rows N] [--threads N,N...] [--repeat N] [--write FOLDER]\n", program);
    exit(2);
}

/* A whole number, perhaps with K or M behind it; 0 when it is none. */
static size_t read_count(const char *text)
{
    char *end;
    double count = strtod(text, &end);

    if (*end == 'K' || *end == 'k')
        count *= 1e3, end++;
    else if (*end == 'M' || *end == 'm')
        count *= 1e6, end++;
    return *end == 0 && count >= 1.0 && count <= 1e12 ? (size_t)count : 0;
}

static int read_threads(const char *text, bench_plan *plan)
{
    plan->thread_counts = 0;
    for (;;) {
        char *end;
        long threads = strtol(text, &end, 10);

        if (end == text || threads < 1 || threads > 1024 || plan->thread_counts == BENCH_MOST_THREAD_COUNTS)
            return 0;
        plan->threads[plan->thread_counts++] = (int)threads;
        if (*end == 0)
            return 1;
        if (*end != ',')
            return 0;
        text = end + 1;
    }
}

bench_plan bench_begin(int argc, char **argv, size_t rows_by_default)
{
    bench_plan plan = {rows_by_default, {1}, 1, 5, NULL};

    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--rows") == 0 && (plan.rows = read_count(value)) > 0)
            continue;
        if (strcmp(argv[i], "--threads") == 0 && read_threads(value, &plan))
            continue;
        if (strcmp(argv[i], "--repeat") == 0 && (plan.repeats = (int)read_count(value)) > 0)
            continue;
        if (strcmp(argv[i], "--write") == 0 && *(plan.folder = value))
            continue;
        stop_with_usage(argv[0]);
    }
    return plan;
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Bytes that the library holds, and the most it ever held. */
typedef struct holding {
    size_t now, most;
} holding;

static void *allocate(void *user, void *old, size_t old_size, size_t new_size)
{
    holding *held = user;
    void *block = NULL;

    if (new_size == 0)
        free(old);
    else if (!(block = realloc(old, new_size)))
        return NULL;
    held->now = held->now - old_size + new_size;
    held->most = held->now > held->most ? held->now : held->most;
    return block;
}

void bench_expect(const retain_context *ctx, retain_status status)
{
    if (status != RETAIN_OK)
        stop("The library says: ", ctx->error);
}

/* --- memory that is kept --------------------------------------------------------------------------------------------------------
 *
 * A server keeps the memory that it has got from one call to the next, and so do the peers. Fresh memory must be cleared by the
 * kernel first, which takes as long as a good part of the work. */

enum { MOST_KEPT = 256, LARGE_PAGE = 1 << 21 };

typedef struct kept_block {
    void *memory;
    size_t size;
    int taken;
} kept_block;

static kept_block kept[MOST_KEPT];

/* The smallest block at hand that is large enough, and not wastefully so; NULL when there is none. */
static kept_block *find_kept(size_t size)
{
    kept_block *best = NULL;

    for (size_t i = 0; i < MOST_KEPT; i++) {
        if (kept[i].memory && !kept[i].taken && kept[i].size >= size && kept[i].size / 2 <= size &&
            (!best || kept[i].size < best->size))
            best = &kept[i];
    }
    return best;
}

static kept_block *make_kept(size_t size)
{
    size_t whole = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;

    for (size_t i = 0; i < MOST_KEPT; i++) {
        if (kept[i].memory)
            continue;
        kept[i] = (kept_block){aligned_alloc(LARGE_PAGE, whole), whole, 0};
        if (kept[i].memory)
            madvise(kept[i].memory, whole, MADV_HUGEPAGE);
        return kept[i].memory ? &kept[i] : NULL;
    }
    return NULL;
}

/* Small blocks are malloc's, which keeps them anyway. */
static void *allocate_kept(void *user, void *old, size_t old_size, size_t new_size)
{
    kept_block *block;

    (void)user;
    if (old && old_size < LARGE_PAGE)
        free(old);
    for (size_t i = 0; old && i < MOST_KEPT; i++)
        kept[i].taken &= kept[i].memory != old;
    if (new_size < LARGE_PAGE)
        return new_size ? malloc(new_size) : NULL;
    block = find_kept(new_size);
    if (!block)
        block = make_kept(new_size);
    if (!block)
        return NULL;
    block->taken = 1;
    return block->memory;
}

static void give_kept_back(void)
{
    for (size_t i = 0; i < MOST_KEPT; i++)
        free(kept[i].memory);
    memset(kept, 0, sizeof kept);
}

/* --- measuring ------------------------------------------------------------------------------------------------------------------ */

/* One more run, not timed, with an allocator that counts. */
static double measure_scratch(bench_work work, void *state, int threads)
{
    holding held = {0, 0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    ctx.threads = threads;
    ctx.allocate = allocate;
    ctx.allocate_user = &held;
    bench_expect(&ctx, work(&ctx, state));
    return (double)held.most;
}

bench_time bench_measure(const bench_plan *plan, bench_work work, void *state, int threads)
{
    bench_time best = {INFINITY, INFINITY, INFINITY, 0.0};
    double spent = 0.0;

    /* The runs with memory that is kept, of which the first has to get it; the last one with malloc's. */
    for (int run = 0, is_fresh = 0; !is_fresh; run++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        double wall, cpu;

        is_fresh = run >= plan->repeats || (run > 1 && spent > PATIENCE);

        ctx.threads = threads;
        ctx.allocate = is_fresh ? NULL : allocate_kept;
        wall = seconds_of(CLOCK_MONOTONIC);
        cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        bench_expect(&ctx, work(&ctx, state));
        wall = seconds_of(CLOCK_MONOTONIC) - wall;
        cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        spent += wall;
        if (is_fresh) {
            best.fresh = wall;
        } else {
            best.seconds = fmin(best.seconds, wall);
            best.cpu_seconds = fmin(best.cpu_seconds, cpu);
        }
    }
    give_kept_back();
    best.scratch = measure_scratch(work, state, threads);
    return best;
}

static void print_number(const char *name, double value)
{
    printf(isfinite(value) ? "\"%s\": %.17g" : "\"%s\": null", name, value);
}

void bench_print(const char *task, size_t rows, int threads, bench_time time, const bench_check *checks)
{
    printf("{\"task\": \"%s\", \"by\": \"libretain\", \"rows\": %zu, \"threads\": %d, \"seconds\": %.6f, \"cpu_seconds\": %.6f, "
           "\"fresh_seconds\": %.6f, \"bytes_per_row\": %.1f, \"checks\": {",
           task, rows, threads, time.seconds, time.cpu_seconds, time.fresh, time.scratch / (double)rows);
    for (const bench_check *check = checks; check && check->name; check++) {
        printf("%s", check == checks ? "" : ", ");
        print_number(check->name, check->value);
    }
    printf("}}\n");
    fflush(stdout);
}

void bench_run(const bench_plan *plan, const bench_task *task)
{
    for (int i = 0; i < plan->thread_counts; i++) {
        bench_time time = bench_measure(plan, task->work, task->state, plan->threads[i]);

        task->check(task->state, task->checks);
        bench_print(task->name, task->rows, plan->threads[i], time, task->checks);
    }
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        stop("cannot make the folder ", path);
}

void bench_write(const bench_plan *plan, const char *task, const char *column, const void *numbers, size_t count)
{
    char path[4096];
    FILE *file;
    int complete;

    if (!plan->folder)
        return;
    make_folder(plan->folder);
    snprintf(path, sizeof path, "%s/%s", plan->folder, task);
    make_folder(path);
    snprintf(path, sizeof path, "%s/%s/%s", plan->folder, task, column);
    file = fopen(path, "wb");
    complete = file && fwrite(numbers, 8, count, file) == count;
    if ((file && fclose(file) != 0) || !complete)
        stop("cannot write ", path);
}

void *bench_take(size_t count)
{
    void *memory = malloc(count * 8 + 8);

    if (!memory)
        stop("not enough memory for that many rows", "");
    memset(memory, 1, count * 8 + 8);
    return memory;
}

double bench_sum(const double *numbers, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += isnan(numbers[i]) ? 0.0 : numbers[i];
    return sum;
}
