/* Runs a fuzz target without a fuzzer: over the files and folders that are named, and over inputs that are made up from
 * a fixed seed, half of them at random and half by damaging the named ones. The same inputs on every machine.
 *
 *     fuzz_MODULE [-random COUNT] PATH... */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "support.h"

enum { MOST_FILES = 1000, MOST_BYTES = 4096, MOST_RANDOM_BYTES = 512 };

typedef struct sample {
    uint8_t *bytes;
    size_t size;
} sample;

typedef struct corpus {
    sample samples[MOST_FILES];
    char *names[MOST_FILES];
    size_t count;
    char at[1024]; /* name of the file that holds the input being run: it stays behind when the target dies */
    int file;
} corpus;

static void fail_with(const char *what, const char *path)
{
    fprintf(stderr, "%s: %s\n", path, what);
    exit(2);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_path(corpus *all, const char *path)
{
    size_t length = strlen(path) + 1;

    if (all->count == MOST_FILES)
        fail_with("too many inputs", path);
    all->names[all->count] = malloc(length);
    if (!all->names[all->count])
        fail_with("no memory", path);
    memcpy(all->names[all->count++], path, length);
}

static void find_files(corpus *all, const char *path)
{
    struct stat about;
    struct dirent *entry;
    DIR *folder;

    if (stat(path, &about) != 0)
        fail_with("no such file", path);
    if (!S_ISDIR(about.st_mode)) {
        add_path(all, path);
        return;
    }
    folder = opendir(path);
    if (!folder)
        fail_with("cannot be read", path);
    while ((entry = readdir(folder)) != NULL) {
        char full[2048];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
        add_path(all, full);
    }
    closedir(folder);
}

static void read_files(corpus *all)
{
    qsort(all->names, all->count, sizeof *all->names, compare_names); /* folders list in no order */
    for (size_t i = 0; i < all->count; i++) {
        FILE *file = fopen(all->names[i], "rb");

        all->samples[i].bytes = malloc(MOST_BYTES);
        if (!file || !all->samples[i].bytes)
            fail_with("cannot be read", all->names[i]);
        all->samples[i].size = fread(all->samples[i].bytes, 1, MOST_BYTES, file);
        fclose(file);
    }
}

/* The file that stays behind is padded with zeros, which mean the same to a target as the end of the input. */
static void run(const corpus *all, const uint8_t *bytes, size_t size)
{
    uint8_t padded[MOST_BYTES] = {0};

    memcpy(padded, bytes, size);
    if (pwrite(all->file, padded, sizeof padded, 0) != sizeof padded)
        fail_with("cannot be written", all->at);
    LLVMFuzzerTestOneInput(bytes, size);
}

static void run_random(const corpus *all, uint64_t *stream)
{
    uint8_t bytes[MOST_BYTES];
    size_t size;

    if (all->count > 0 && random_bits(stream) % 2) {
        const sample *from = &all->samples[random_bits(stream) % all->count];

        size = from->size;
        memcpy(bytes, from->bytes, size);
        for (uint64_t changes = 1 + random_bits(stream) % 8; changes && size; changes--)
            bytes[random_bits(stream) % size] = (uint8_t)random_bits(stream);
    } else {
        size = random_bits(stream) % (MOST_RANDOM_BYTES + 1);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)random_bits(stream);
    }
    run(all, bytes, size);
}

int main(int argc, char **argv)
{
    static corpus all;
    long random_count = 0;
    uint64_t stream = 1;

    snprintf(all.at, sizeof all.at, "%s.input", argv[0]);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-random") == 0 && i + 1 < argc)
            random_count = strtol(argv[++i], NULL, 10);
        else
            find_files(&all, argv[i]);
    }
    read_files(&all);
    all.file = open(all.at, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (all.file < 0)
        fail_with("cannot be written", all.at);
    for (size_t i = 0; i < all.count; i++)
        run(&all, all.samples[i].bytes, all.samples[i].size);
    for (long i = 0; i < random_count; i++)
        run_random(&all, &stream);
    close(all.file);
    remove(all.at);
    printf("%zu committed and %ld made-up inputs\n", all.count, random_count);
    for (size_t i = 0; i < all.count; i++) {
        free(all.samples[i].bytes);
        free(all.names[i]);
    }
    return 0;
}
