/* Memory within the limit of the process. PHP ends a process that asks its own allocator for more than memory_limit; a request that has to show a
 * page cannot afford that. So every request is compared with the limit first, and the refusal travels as a status. Scratch comes
 * from malloc: it is freed before the call returns, and must survive nothing. */
#include "extension.h"

#include <stdlib.h>

/* PHP's allocator takes memory in chunks. A block of some size may need a fresh one, whatever is still free in pieces of the others; a small one finds a
 * place. */
enum { CHUNK = 2 << 20, SMALL_BLOCK = 64 << 10 };

static int has_room(size_t bytes)
{
    const size_t limit = (size_t)PG(memory_limit), used = zend_memory_usage(bytes >= SMALL_BLOCK);

    if (bytes >= SMALL_BLOCK && bytes < CHUNK)
        bytes = CHUNK;
    return used < limit && bytes <= limit - used;
}

/* Chunks that PHP keeps for later count as used, and after a large list was made there are many: they are given up before anything is refused. */
int retain_php_room(size_t bytes)
{
    return PG(memory_limit) <= 0 || has_room(bytes) || (zend_mm_gc(zend_mm_get_heap()) > 0 && has_room(bytes));
}

void *retain_php_allocate(void *user, void *old, size_t old_size, size_t new_size)
{
    size_t *scratch = user;
    void *fresh;

    if (new_size == 0) {
        free(old);
        *scratch -= old_size;
        return NULL;
    }
    if (new_size > old_size && (*scratch > SIZE_MAX - new_size || !retain_php_room(*scratch - old_size + new_size)))
        return NULL;
    fresh = realloc(old, new_size);
    if (fresh)
        *scratch += new_size - old_size;
    return fresh;
}
