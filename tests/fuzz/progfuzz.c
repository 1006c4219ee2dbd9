/* Random programs on the CPU and in tierrun:
 *
 *     progfuzz --seeds FROM-TO --engine 'COMMAND…' [--engine …]
 *
 * makes a program of each seed, runs it on this machine's CPU and under each command, and compares all states
 * that it reports. Prints the seeds that differ, each with its first difference and a smaller program that
 * still does. The last line is "N passed, N failed"; the exit status says whether there were any. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/progfuzz.h"

static const char help[] = "usage: progfuzz --seeds FROM-TO --engine 'COMMAND' [--engine 'COMMAND' ...]\n"
                           "  --runner FILE      the guest runner (default: beside this program)\n"
                           "  --reference 'CMD'  compare with this command instead of the CPU\n"
                           "  --dir DIR          where programs are written (default: the runner's folder)\n"
                           "  --bundle N         programs in one ELF file, up to 64 (default 32)\n"
                           "  --seconds N        time that a file may take (default 60)\n"
                           "  --noise            programs of random bytes; needs a --reference\n"
                           "  --no-shrink        do not look for a smaller program\n"
                           "  --write FILE       only write the programs of the seeds as one ELF file\n";

static void print_failure(const struct engine *e, uint32_t seed, const char *what)
{
    printf("FAILED: seed %u: %s\n  engine: %s\n", seed, what, e->text);
}

/* How far a result agrees; NULL: in all. */
static const char *difference(const struct prog_result *a, const struct prog_result *b)
{
    if (a->seed != b->seed || b->kind != RECORD_END) return "the output is no result";
    if (a->late || b->late || memcmp(a, b, sizeof *a) == 0) return NULL;
    if (a->checks != b->checks || a->faults != b->faults) return "other checks or faults were reached";
    return memcmp(a->digest, b->digest, sizeof a->digest) ? "a state differs"
                                                          : "the memory at the end differs";
}

/* Compares a bundle's results; returns how many programs are done: after one that did not end, others were
 * not run. */
static unsigned compare(struct fuzz *z, const struct engine *e, const uint32_t *seeds, unsigned count,
                        const struct prog_result *expected, const struct output *o)
{
    struct prog_result got[BUNDLE];
    unsigned n = results_of(o, got, count);
    for (unsigned k = 0; k < n; k++) {
        const char *what = difference(&expected[k], &got[k]);
        if (!what) {
            z->passed++;
            continue;
        }
        z->failed++;
        print_failure(e, seeds[k], what);
        report(z, e, seeds[k]);
    }
    if (n == count) return count;
    char what[80];
    if (o->status == -1)
        snprintf(what, sizeof what, "it took more than %u s", z->seconds);
    else
        snprintf(what, sizeof what, "the process ended with wait status %#x", (unsigned)o->status);
    z->failed++;
    print_failure(e, seeds[n], what);
    report(z, e, seeds[n]);
    return n + 1;
}

/* The programs behind one that did not end, in a file of their own: their addresses are others. */
static void run_rest(struct fuzz *z, const char *path, const uint32_t *seeds, unsigned count,
                     struct prog_result *expected)
{
    static struct prog last;
    if (!write_program(z, path, seeds, count, 0, NULL, 0, &last)) exit(2);
    struct output o = run_program(z, &z->reference, path);
    if (results_of(&o, expected, count) < count) exit(2);
    free(o.bytes);
}

static void run_bundle(struct fuzz *z, const uint32_t *seeds, unsigned count)
{
    static struct prog last;
    struct prog_result first[BUNDLE], expected[BUNDLE];
    char path[512];
    snprintf(path, sizeof path, "%s/bundle-%d", z->dir, (int)getpid());
    if (!write_program(z, path, seeds, count, 0, NULL, 0, &last)) exit(2);
    struct output o = run_program(z, &z->reference, path);
    unsigned n = results_of(&o, first, count);
    free(o.bytes);
    for (unsigned k = 0; k < n; k++)
        if (first[k].stray && !z->noise)
            print_failure(&z->reference, seeds[k], "the program itself is wrong: a stray fault");
    if (n < count) {
        print_failure(&z->reference, seeds[n], "the program itself is wrong, or cannot run here");
        z->failed++;
        return;
    }
    for (unsigned k = 0; k < z->engine_count; k++) {
        memcpy(expected, first, sizeof expected);
        for (unsigned from = 0; from < count;) {
            if (from) run_rest(z, path, seeds + from, count - from, expected + from);
            o = run_program(z, &z->engines[k], path);
            from += compare(z, &z->engines[k], seeds + from, count - from, expected + from, &o);
            free(o.bytes);
            if (from == count && count > 1) write_program(z, path, seeds, count, 0, NULL, 0, &last);
        }
    }
    unlink(path);
}

static void run_all(struct fuzz *z, uint32_t from, uint32_t to)
{
    uint32_t seeds[BUNDLE];
    for (uint64_t next = from; next <= to;) {
        unsigned count = 0;
        while (count < z->bundle && next <= to)
            seeds[count++] = (uint32_t)next++;
        run_bundle(z, seeds, count);
    }
}

static int only_write(struct fuzz *z, const char *path, uint32_t from, uint32_t to)
{
    static struct prog last;
    uint32_t seeds[BUNDLE];
    unsigned count = 0;
    while (count < BUNDLE && from + count <= to) {
        seeds[count] = from + count;
        count++;
    }
    return write_program(z, path, seeds, count, 0, NULL, 0, &last) ? 0 : 2;
}

static const char *beside(const char *program, const char *name, char *to, size_t room)
{
    const char *slash = strrchr(program, '/');
    snprintf(to, room, "%.*s%s", slash ? (int)(slash - program + 1) : 0, program, name);
    return to;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seeds", 1, NULL, 's'},     {"engine", 1, NULL, 'e'},    {"runner", 1, NULL, 'r'},
        {"reference", 1, NULL, 'c'}, {"dir", 1, NULL, 'd'},       {"bundle", 1, NULL, 'b'},
        {"seconds", 1, NULL, 't'},   {"no-shrink", 0, NULL, 'n'}, {"write", 1, NULL, 'w'},
        {"noise", 0, NULL, 'x'},     {NULL, 0, NULL, 0}};
    char runner[512], dir[512], cpu[] = "";
    const char *write_to = NULL;
    unsigned long from = 1, to = 64;
    struct fuzz z = {.seconds = 60, .bundle = 32, .shrink = true};
    z.runner = beside(argv[0], "runner", runner, sizeof runner);
    z.dir = beside(argv[0], ".", dir, sizeof dir);
    engine_parse(&z.reference, cpu);
    z.reference.text = "this CPU";
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            if (sscanf(optarg, "%lu-%lu", &from, &to) == 1) to = from;
            break;
        case 'e':
            if (z.engine_count == ENGINES || !engine_parse(&z.engines[z.engine_count++], optarg)) {
                fputs("progfuzz: too many engines, or too many words in one\n", stderr);
                return 2;
            }
            break;
        case 'r': z.runner = optarg; break;
        case 'c': engine_parse(&z.reference, optarg); break;
        case 'd': z.dir = optarg; break;
        case 'b': z.bundle = (unsigned)atoi(optarg); break;
        case 't': z.seconds = (unsigned)atoi(optarg); break;
        case 'n': z.shrink = false; break;
        case 'w': write_to = optarg; break;
        case 'x': z.noise = true; break;
        default: fputs(help, stderr); return 2;
        }
    }
    if (optind != argc || z.bundle == 0 || z.bundle > BUNDLE || to > 0xffffffff) {
        fputs(help, stderr);
        return 2;
    }
    if (write_to) return only_write(&z, write_to, (uint32_t)from, (uint32_t)to);
    run_all(&z, (uint32_t)from, (uint32_t)to);
    printf("%lu passed, %lu failed\n", z.passed, z.failed);
    return z.failed != 0;
}
