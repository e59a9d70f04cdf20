/* The frame around fuzz targets: see fuzz.h. */
#include "fuzz.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { MOST_BLOCKS = 256, PAINT = 0xA5 };

struct fuzz_input {
    const uint8_t *data;
    size_t size;
    void *blocks[MOST_BLOCKS]; /* borrowed for this input */
    size_t block_count;
    struct {
        const unsigned char *bytes;
        size_t size;
    } outputs[MOST_BLOCKS]; /* painted, since the last outcome */
    size_t output_count;
    retain_context context;
    int has_context;
    counting_allocator allocator;
    unsigned patience; /* progress calls until the callback cancels; 0: never */
};

void fuzz_die(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: fuzz check failed: %s\n", file, line, condition);
    abort();
}

uint64_t fuzz_bits(fuzz_input *in, int bytes)
{
    uint64_t bits = 0;

    for (int i = 0; i < bytes; i++) {
        bits |= (uint64_t)(in->size ? *in->data : 0) << (8 * i);
        in->data += in->size > 0;
        in->size -= in->size > 0;
    }
    return bits;
}

size_t fuzz_below(fuzz_input *in, size_t limit)
{
    return (size_t)fuzz_bits(in, limit <= 256 ? 1 : 2) % limit;
}

int64_t fuzz_integer(fuzz_input *in)
{
    unsigned kind = (unsigned)fuzz_bits(in, 1);

    if (kind < 128)
        return (int64_t)kind - 32;
    switch (kind % 8) {
    case 0:
    case 1:
    case 2:
        return (int16_t)fuzz_bits(in, 2);
    case 3:
    case 4:
        return (int32_t)fuzz_bits(in, 4);
    case 5:
        return INT64_MAX - (int64_t)fuzz_bits(in, 3);
    case 6:
        return INT64_MIN + (int64_t)fuzz_bits(in, 3);
    default:
        return (int64_t)fuzz_bits(in, 8);
    }
}

double fuzz_double(fuzz_input *in)
{
    static const double odd[] = {
        0.0,    -0.0,        (double)NAN,       (double)INFINITY,  -(double)INFINITY, DBL_MAX, -DBL_MAX, DBL_MIN,
        5e-324, DBL_EPSILON, 1.0 - DBL_EPSILON, 1.0 + DBL_EPSILON, 0x1p53 + 2.0,      1e-300,  1e300,    -1e-300,
        0.5,    -1.0};
    unsigned kind = (unsigned)fuzz_bits(in, 1);
    uint64_t bits;
    double value;

    if (kind < 96)
        return kind;
    if (kind < 192)
        return (double)fuzz_bits(in, 2) / 256.0;
    if (kind < 224)
        return ldexp(1.0 + (double)fuzz_bits(in, 1) / 256.0, (int)(kind - 192) * 4 - 64);
    if (kind < 250)
        return odd[fuzz_below(in, sizeof odd / sizeof *odd)];
    bits = fuzz_bits(in, 8);
    memcpy(&value, &bits, sizeof value);
    return value;
}

double fuzz_within(fuzz_input *in, double low, double high)
{
    double share = (double)fuzz_bits(in, 2) / 65535.0;

    return share >= 1.0 ? high : low + (high - low) * share;
}

void *fuzz_array(fuzz_input *in, size_t count, size_t size)
{
    void *block = count ? calloc(count, size) : malloc(0);

    fuzz_check(in->block_count < MOST_BLOCKS);
    fuzz_check(block || count == 0);
    in->blocks[in->block_count++] = block;
    return block;
}

int64_t *fuzz_integers(fuzz_input *in, size_t count)
{
    int64_t *array = fuzz_array(in, count, sizeof *array);

    for (size_t i = 0; i < count; i++)
        array[i] = fuzz_integer(in);
    return array;
}

double *fuzz_doubles(fuzz_input *in, size_t count)
{
    double *array = fuzz_array(in, count, sizeof *array);

    for (size_t i = 0; i < count; i++)
        array[i] = fuzz_double(in);
    return array;
}

void *fuzz_output(fuzz_input *in, size_t count, size_t size)
{
    void *array = fuzz_array(in, count, size);

    if (count)
        memset(array, PAINT, count * size);
    fuzz_check(in->output_count < MOST_BLOCKS);
    in->outputs[in->output_count].bytes = array;
    in->outputs[in->output_count++].size = count * size;
    return array;
}

void *fuzz_maybe(fuzz_input *in, void *pointer)
{
    return fuzz_bits(in, 1) >= 240 ? NULL : pointer;
}

static int lose_patience(void *user, double fraction)
{
    fuzz_input *in = user;

    fuzz_check(fraction >= 0.0 && fraction <= 1.0);
    return in->patience > 0 && --in->patience == 0;
}

retain_context *fuzz_calm_context(fuzz_input *in)
{
    memset(&in->allocator, 0, sizeof in->allocator);
    in->context = (retain_context)RETAIN_CONTEXT_INIT;
    in->context.allocate = counting_allocate;
    in->context.allocate_user = &in->allocator;
    in->patience = 0;
    in->has_context = 1;
    return &in->context;
}

retain_context *fuzz_context(fuzz_input *in)
{
    static const int threads[] = {1, 0, 2, 5};
    unsigned choice = (unsigned)fuzz_bits(in, 1);

    fuzz_calm_context(in);
    in->context.threads = threads[choice % 4];
    if ((choice & 0x30) == 0x30) {
        in->allocator.fail_at = 1 + fuzz_below(in, 32);
        in->allocator.sticky = choice >= 128;
    } else if ((choice & 0x30) == 0x20) {
        in->context.progress = lose_patience;
        in->context.progress_user = in;
        in->patience = (unsigned)fuzz_below(in, 8);
    }
    in->has_context = (choice & 0x4c) != 0x4c;
    return in->has_context ? &in->context : NULL;
}

int fuzz_outcome(fuzz_input *in, retain_status status)
{
    fuzz_check((int)status >= RETAIN_OK && (int)status <= RETAIN_ERROR_CANCELLED);
    if (in->has_context) {
        fuzz_check(in->context.status == status);
        fuzz_check((in->context.error[0] != 0) == (status != RETAIN_OK));
        fuzz_check(memchr(in->context.error, 0, sizeof in->context.error) != NULL);
        fuzz_check(status != RETAIN_OK || in->context.row == RETAIN_NO_ROW);
        fuzz_check(in->allocator.live == 0);
    }
    for (size_t i = 0; status != RETAIN_OK && i < in->output_count; i++) {
        for (size_t b = 0; b < in->outputs[i].size; b++)
            fuzz_check(in->outputs[i].bytes[b] == PAINT);
    }
    in->output_count = 0;
    return status == RETAIN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[1];
    fuzz_input in = {.data = size ? data : nothing, .size = size};

    fuzz_target(&in);
    while (in.block_count)
        free(in.blocks[--in.block_count]);
    return 0;
}
