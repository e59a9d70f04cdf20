/* Fixed blocks, any number of threads, one result.
 *
 * The cut into blocks depends only on the number of items, and each block is done by exactly one thread, so whatever a block computes
 * does not depend on the threads. Threads live as long as the call: nothing is started at load time and nothing is kept, which makes the library
 * safe to fork (PHP-FPM, multiprocessing, Spark). */
#include <pthread.h>
#include <stdatomic.h>

#include "core/core.h"

typedef struct job {
    retain__work work;
    void *state;
    size_t count, block_size, blocks;
    atomic_size_t next; /* block that nobody has taken yet */
    atomic_int stop;
} job;

size_t retain__blocks(size_t count, size_t block_size)
{
    return count / block_size + (count % block_size != 0);
}

/* Takes one block and does it; 0 when there is none left. */
static int do_block(job *task)
{
    size_t at, first, last;

    if (atomic_load_explicit(&task->stop, memory_order_relaxed))
        return 0;
    at = atomic_fetch_add_explicit(&task->next, 1, memory_order_relaxed);
    if (at >= task->blocks)
        return 0;
    first = at * task->block_size;
    last = task->count - first < task->block_size ? task->count : first + task->block_size;
    task->work(task->state, at, first, last);
    return 1;
}

static void *help(void *argument)
{
    while (do_block(argument))
        ;
    return NULL;
}

retain_status retain__parallel(retain_context *ctx, size_t count, size_t block_size, double from, double to, retain__work work,
                               void *state)
{
    pthread_t helpers[RETAIN__MOST_THREADS];
    size_t wanted, started = 0;
    int cancelled = 0;
    job task = {.work = work, .state = state, .count = count, .block_size = block_size};

    task.blocks = retain__blocks(count, block_size);
    atomic_init(&task.next, 0);
    atomic_init(&task.stop, 0);
    wanted = ctx && ctx->threads > 1 ? (size_t)ctx->threads - 1 : 0;
    if (wanted > RETAIN__MOST_THREADS)
        wanted = RETAIN__MOST_THREADS;
    if (task.blocks < 2)
        wanted = 0;
    else if (wanted > task.blocks - 1)
        wanted = task.blocks - 1;
    while (started < wanted && pthread_create(&helpers[started], NULL, help, &task) == 0)
        started++;
    while (!cancelled && do_block(&task)) {
        if (ctx && ctx->progress) {
            size_t taken = atomic_load_explicit(&task.next, memory_order_relaxed);
            double share = taken < task.blocks ? (double)taken / (double)task.blocks : 1.0;

            cancelled = ctx->progress(ctx->progress_user, from + (to - from) * share) != 0;
        }
    }
    if (cancelled)
        atomic_store_explicit(&task.stop, 1, memory_order_relaxed);
    while (started)
        pthread_join(helpers[--started], NULL);
    if (cancelled)
        return retain__fail(ctx, RETAIN_ERROR_CANCELLED, RETAIN_NO_ROW, "cancelled by the progress callback");
    return RETAIN_OK;
}
