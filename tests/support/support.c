#include "support.h"

void assert_near_at(double got, double want, double tolerance, const char *text, const char *file, int line)
{
    if (isnan(want) ? isnan(got) : got == want || (isfinite(want) && isfinite(got) && fabs(got - want) <= tolerance))
        return;
    print_error("%s is %.17g, not %.17g (off by %.3g, allowed %.3g)\n", text, got, want, fabs(got - want), tolerance);
    _fail(file, line);
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;

    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        text = malloc((size_t)size + 1);
        if (text && fread(text, 1, (size_t)size, file) == (size_t)size) {
            text[size] = 0;
        } else {
            free(text);
            text = NULL;
        }
    }
    if (file)
        fclose(file);
    return text;
}

golden golden_read(const char *path)
{
    golden table = {0};
    char full[1024], *at;
    size_t lines = 0, cell = 0;

    snprintf(full, sizeof full, "%s/%s", RETAIN_GOLDEN, path);
    table.text = read_whole(full);
    if (!table.text)
        fail_msg("cannot read golden vectors %s", full);
    table.columns = 1;
    for (at = table.text; *at && *at != '\n'; at++)
        table.columns += *at == ',';
    for (at = table.text; *at; at++)
        lines += *at == '\n' || (at[1] == 0);
    if (lines < 2)
        fail_msg("no golden vectors in %s", full);
    table.rows = lines - 1;
    table.cells = calloc(lines * table.columns, sizeof *table.cells);
    assert_non_null(table.cells);
    for (at = table.text; *at; cell++) {
        if (cell >= lines * table.columns)
            fail_msg("ragged rows in %s", full);
        table.cells[cell] = at;
        at += strcspn(at, ",\r\n");
        while (*at == '\r')
            *at++ = 0;
        if (*at == '\n' && (cell + 1) % table.columns != 0)
            fail_msg("row %zu of %s is short", cell / table.columns, full);
        if (*at)
            *at++ = 0;
    }
    table.names = table.cells;
    table.cells += table.columns;
    return table;
}

void golden_free(golden *table)
{
    free(table->names);
    free(table->text);
    memset(table, 0, sizeof *table);
}

const char *golden_text(const golden *table, size_t row, const char *column)
{
    for (size_t c = 0; c < table->columns; c++) {
        if (strcmp(table->names[c], column) == 0) {
            const char *text = table->cells[row * table->columns + c];
            return text ? text : "";
        }
    }
    fail_msg("no golden column %s", column);
    return "";
}

double golden_number(const golden *table, size_t row, const char *column)
{
    const char *text = golden_text(table, row, column);

    return *text ? strtod(text, NULL) : (double)NAN;
}

int golden_blank(const golden *table, size_t row, const char *column)
{
    return *golden_text(table, row, column) == 0;
}

uint64_t random_bits(uint64_t *stream)
{
    uint64_t z = *stream += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void *counting_allocate(void *user, void *old, size_t old_size, size_t new_size)
{
    counting_allocator *counter = user;
    void *fresh;

    if (new_size == 0) {
        if (old) {
            counter->live--;
            counter->live_bytes -= old_size;
        }
        free(old);
        return NULL;
    }
    counter->requests++;
    if (counter->fail_at && (counter->requests == counter->fail_at || (counter->sticky && counter->requests > counter->fail_at)))
        return NULL;
    fresh = realloc(old, new_size);
    if (!fresh)
        return NULL;
    if (!old)
        counter->live++;
    counter->live_bytes += new_size - (old ? old_size : 0);
    if (counter->live_bytes > counter->peak_bytes)
        counter->peak_bytes = counter->live_bytes;
    return fresh;
}

retain_context counting_context(counting_allocator *allocator)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    ctx.allocate = counting_allocate;
    ctx.allocate_user = allocator;
    return ctx;
}

void survives_memory_exhaustion(retain_status (*operation)(retain_context *ctx, void *state), void (*untouched)(void *state),
                                void *state)
{
    for (int sticky = 0; sticky < 2; sticky++) {
        for (size_t k = 1;; k++) {
            counting_allocator allocator = {.fail_at = k, .sticky = sticky};
            retain_context ctx = counting_context(&allocator);
            retain_status status = operation(&ctx, state);

            assert_int_equal(allocator.live, 0);
            if (allocator.requests < k) { /* nothing was refused any more */
                assert_int_equal(status, RETAIN_OK);
                break;
            }
            assert_int_equal(status, RETAIN_ERROR_MEMORY);
            assert_true(ctx.error[0] != 0);
            if (untouched)
                untouched(state);
        }
    }
}
