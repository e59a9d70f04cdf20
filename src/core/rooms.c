/* One flag per room. A thread tries the rooms in turn; there are no fewer rooms than threads, so one is free or about to be. */
#include "core/rooms.h"

enum { LINE = 64 };

retain_status retain__open_rooms(retain_context *ctx, retain__scratch *scratch, size_t blocks, size_t count, size_t size,
                                 retain__rooms *rooms)
{
    size_t threads = ctx && ctx->threads > 1 ? (size_t)ctx->threads : 1;
    int ok = 1;

    rooms->count = threads < blocks ? threads : blocks;
    rooms->bytes = retain__multiply(count, size, &ok);
    if (!ok || rooms->bytes > SIZE_MAX - LINE)
        return retain__fail(ctx, RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "no memory for %zu elements of %zu bytes", count, size);
    rooms->bytes = rooms->bytes ? (rooms->bytes + LINE - 1) / LINE * LINE : LINE;
    rooms->memory = retain__take(scratch, rooms->count, rooms->bytes);
    rooms->taken = retain__take(scratch, rooms->count, sizeof *rooms->taken);
    if (!rooms->memory || !rooms->taken)
        return RETAIN_ERROR_MEMORY;
    for (size_t r = 0; r < rooms->count; r++)
        atomic_init(&rooms->taken[r], 0);
    return RETAIN_OK;
}

void retain__close_rooms(retain__scratch *scratch, retain__rooms *rooms)
{
    retain__give_back(scratch, rooms->memory);
    retain__give_back(scratch, rooms->taken);
    rooms->memory = NULL;
    rooms->taken = NULL;
}

void *retain__enter_room(retain__rooms *rooms)
{
    for (size_t r = 0;; r = (r + 1) % rooms->count) {
        int free = 0;

        if (atomic_compare_exchange_strong_explicit(&rooms->taken[r], &free, 1, memory_order_acquire, memory_order_relaxed))
            return rooms->memory + r * rooms->bytes;
    }
}

void retain__leave_room(retain__rooms *rooms, void *room)
{
    size_t r = (size_t)((unsigned char *)room - rooms->memory) / rooms->bytes;

    atomic_store_explicit(&rooms->taken[r], 0, memory_order_release);
}
