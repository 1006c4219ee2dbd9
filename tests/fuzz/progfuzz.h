/* The driver of the program fuzzer, shared by its files.
 *   progfuzz.c     command line, bundles of seeds, the count
 *   prog_run.c     programs as ELF files; running them; what they wrote
 *   prog_report.c  the first difference, the listing, the smallest program that still differs */
#ifndef TESTS_FUZZ_PROGFUZZ_H
#define TESTS_FUZZ_PROGFUZZ_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/fuzz/progen.h"

enum { BUNDLE = 64, ENGINES = 16, WORDS = 24 };

/* How programs are executed: the words of a command, to which the program's path is added. No word: by the
 * CPU. */
struct engine {
    char *text;
    char *words[WORDS];
    unsigned count;
};

struct fuzz {
    const char *runner, *dir;
    struct engine reference, engines[ENGINES];
    unsigned engine_count, seconds, bundle;
    bool shrink, noise;
    unsigned long passed, failed;
};

struct output {
    uint8_t *bytes;
    size_t n;
    int status; /* as wait gives it; -1: it took too long */
};

/* prog_run.c */
bool write_program(const struct fuzz *z, const char *path, const uint32_t *seeds, unsigned count,
                   uint32_t options, const uint32_t *dropped, unsigned dropped_count, struct prog *last);
struct output run_program(const struct fuzz *z, const struct engine *e, const char *path);
unsigned results_of(const struct output *o, struct prog_result *to, unsigned most); /* not verbose */
bool engine_parse(struct engine *e, char *text);

/* prog_report.c */
void report(struct fuzz *z, const struct engine *e, uint32_t seed);

#endif
