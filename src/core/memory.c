/* Scratch memory: a chain of blocks from the caller's allocator, so that an operation gives everything back in one call, whatever
 * went wrong. Every block starts with a header of one cache line; the header is where the chain lives.
 *
 * Large blocks of malloc's are recommended to the kernel for large pages where there are such: an order log of ten million rows
 * otherwise spends a quarter of its time on being handed pages of 4 KiB and on looking up where they are. */
#if defined(__linux__)
#define _DEFAULT_SOURCE /* for madvise */
#include <sys/mman.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"

enum { LINE = 64, LARGE_PAGE = 1 << 21 };

/* Only advice: nothing is different when it is not taken. */
static void advise_large_pages(void *block, size_t size)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    uintptr_t begin = ((uintptr_t)block + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    uintptr_t end = ((uintptr_t)block + size) / LARGE_PAGE * LARGE_PAGE;

    if (block && size >= 2 * (size_t)LARGE_PAGE)
        madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
    (void)block;
    (void)size;
#endif
}

typedef struct block {
    struct block *next, *previous;
    void *raw;   /* what the allocator returned */
    size_t size; /* what it was asked for */
} block;

_Static_assert(sizeof(block) <= LINE, "a block header fits one cache line");

void *retain__call_allocator(retain_context *ctx, void *old, size_t old_size, size_t new_size)
{
    if (ctx && ctx->allocate)
        return ctx->allocate(ctx->allocate_user, old, old_size, new_size);
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    old = realloc(old, new_size);
    advise_large_pages(old, new_size);
    return old;
}

size_t retain__multiply(size_t a, size_t b, int *ok)
{
    if (b && a > SIZE_MAX / b) {
        *ok = 0;
        return 0;
    }
    return a * b;
}

void *retain__take(retain__scratch *scratch, size_t count, size_t size)
{
    int ok = 1;
    size_t bytes = retain__multiply(count, size, &ok);
    unsigned char *raw = NULL;
    block *header;

    if (ok && bytes <= SIZE_MAX - 2 * LINE)
        raw = retain__call_allocator(scratch->ctx, NULL, 0, bytes + 2 * LINE);
    if (!raw) {
        retain__fail(scratch->ctx, RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "no memory for %zu elements of %zu bytes", count, size);
        return NULL;
    }
    header = (block *)(raw + (LINE - (uintptr_t)raw % LINE) % LINE);
    header->raw = raw;
    header->size = bytes + 2 * LINE;
    header->previous = NULL;
    header->next = scratch->blocks;
    if (header->next)
        header->next->previous = header;
    scratch->blocks = header;
    return (unsigned char *)header + LINE;
}

void *retain__take_zeroed(retain__scratch *scratch, size_t count, size_t size)
{
    void *memory = retain__take(scratch, count, size);

    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

void retain__give_back(retain__scratch *scratch, void *memory)
{
    block *header;

    if (!memory)
        return;
    header = (block *)((unsigned char *)memory - LINE);
    if (header->previous)
        header->previous->next = header->next;
    else
        scratch->blocks = header->next;
    if (header->next)
        header->next->previous = header->previous;
    retain__call_allocator(scratch->ctx, header->raw, header->size, 0);
}

void retain__release(retain__scratch *scratch)
{
    while (scratch->blocks)
        retain__give_back(scratch, (unsigned char *)scratch->blocks + LINE);
}
