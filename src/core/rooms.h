/* Scratch for whoever works on a block right now.
 *
 * A block of work may not allocate, and often needs some room while it lasts. There are as many rooms as there can be threads; a
 * block enters one that is free and leaves it at its end. What a block computes must not depend on which room it got, nor on what
 * it finds in it. */
#ifndef RETAIN_ROOMS_H
#define RETAIN_ROOMS_H

#include <stdatomic.h>

#include "core/core.h"

typedef struct retain__rooms {
    size_t count, bytes;
    unsigned char *memory;
    atomic_int *taken;
} retain__rooms;

/* Rooms for retain__parallel over `blocks` blocks under this context, each with space for `count` elements of `size` bytes, aligned
 * to 64 bytes. */
retain_status retain__open_rooms(retain_context *ctx, retain__scratch *scratch, size_t blocks, size_t count, size_t size,
                                 retain__rooms *rooms);

/* Gives the memory back before the scratch is released. */
void retain__close_rooms(retain__scratch *scratch, retain__rooms *rooms);

/* A free room; there always is one. */
void *retain__enter_room(retain__rooms *rooms);
void retain__leave_room(retain__rooms *rooms, void *room);

#endif
