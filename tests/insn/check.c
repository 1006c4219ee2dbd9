/* The instruction tests' driver: generates a batch, has it run by the CPU and by tierrun, compares.
 *     check [-s SEED] [-p PERCENT] [-d DIR] [-t TRIAL] [-v N] [-m] RUNNER EMULATOR [ARG…]
 * -x: MMX, SSE and later only. -p scales the number of runs; -t reports one trial; -v sets how many
 * differences of a row are shown; -m is for hosts without misaligned stores, where a store across pages that
 * faults may have been done in part. Digests are compared first; trials whose digests differ are run again
 * for their states. */
#include "interp/features.h"
#include "interp/interp.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/insn/compare.h"

extern char **environ;

enum { LIST = 400, RESTARTS = 50 };

struct check {
    struct gen *gen;
    char *runner, **emulator; /* emulator: words in front of the runner's command line */
    const char *dir;
    uint32_t seed;
    unsigned percent, shown, show;
    long only; /* -1: all */
    bool torn, simd_only;
    char batch[512], results[512];
    uint32_t *list; /* trials whose digests differ */
    unsigned listed;
    unsigned *failed_rows;
    unsigned failed;
};

/* --- running the guest -------------------------------------------------------------------------------- */

/* Runs `command`; returns its wait status, or -1 with errno when it cannot be started. */
static int run(char **command)
{
    pid_t pid;
    int status, error = posix_spawn(&pid, command[0], NULL, NULL, command, environ);
    if (error) {
        errno = error;
        return -1;
    }
    if (waitpid(pid, &status, 0) != pid) return -1;
    return status;
}

static int run_guest(struct check *c, bool emulated, char **arguments, unsigned n)
{
    char *command[LIST + 16];
    unsigned k = 0;
    for (char **w = c->emulator; emulated && *w; w++)
        command[k++] = *w;
    command[k++] = c->runner;
    command[k++] = c->batch;
    command[k++] = c->results;
    for (unsigned a = 0; a < n; a++)
        command[k++] = arguments[a];
    command[k] = NULL;
    return run(command);
}

static void *read_results(struct check *c, size_t unit, size_t *count)
{
    FILE *in = fopen(c->results, "rb");
    *count = 0;
    if (!in) return NULL;
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    void *data = malloc(size + 1);
    if (data) *count = fread(data, unit, size / unit, in);
    fclose(in);
    return data;
}

static void explain_death(const struct check *c, size_t trial, int status)
{
    char text[160] = "?";
    if (trial < c->gen->count)
        disasm(gen_code(c->gen, trial), 16, c->gen->trials[trial].code, true, text, sizeof text);
    printf("the emulator died (%s %d) in trial %zu: %s\n", WIFSIGNALED(status) ? "signal" : "exit status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), trial, text);
}

/* One digest a trial. When the emulator dies, the trial it died in has failed and the next one goes on. */
static struct digest *digests(struct check *c, bool emulated)
{
    struct digest *all = calloc(c->gen->count, sizeof *all);
    size_t done = 0;
    for (unsigned deaths = 0; all && done < c->gen->count; deaths++) {
        char from[24], *argument = from;
        snprintf(from, sizeof from, "-%zu", done);
        unlink(c->results);
        int status = run_guest(c, emulated, &argument, 1);
        if (status == -1) break;
        size_t n;
        struct digest *part = read_results(c, sizeof *part, &n);
        if (part && n <= c->gen->count - done) memcpy(all + done, part, n * sizeof *part);
        free(part);
        done += n;
        if (status == 0) break;
        explain_death(c, done, status);
        if (!emulated || deaths == RESTARTS) break;
        done++;
    }
    if (done >= c->gen->count) return all;
    printf("only %zu of %u trials ran %s: %s\n", done, c->gen->count,
           emulated ? "in the emulator" : "on the CPU", strerror(errno));
    free(all);
    return NULL;
}

/* --- comparing states --------------------------------------------------------------------------------- */

static struct record *records(struct check *c, bool emulated, unsigned from, unsigned n, size_t *count)
{
    static char words[LIST][12];
    char *arguments[LIST];
    for (unsigned k = 0; k < n; k++) {
        snprintf(words[k], sizeof words[k], "%u", c->list[from + k]);
        arguments[k] = words[k];
    }
    unlink(c->results);
    run_guest(c, emulated, arguments, n);
    return read_results(c, sizeof(struct record), count);
}

static void fail(struct check *c, uint32_t trial, const struct record *cpu, const struct record *emulator)
{
    const struct trial *t = &c->gen->trials[trial];
    unsigned row = t->row < GEN_ROWS ? t->row : GEN_ROWS;
    c->failed++;
    if (c->failed_rows[row]++ >= c->show || c->shown >= 40) return;
    c->shown++;
    if (cpu && emulator) compare_report(t, gen_code(c->gen, trial), cpu, emulator);
    printf("    again: %s -s %u -p %u -t %u %s", "build/tests/insn/check", c->seed, c->percent, trial,
           c->runner);
    for (char **w = c->emulator; *w; w++)
        printf(" %s", *w);
    printf("\n");
}

/* The first run of the trial that differs fails it; runs are consecutive records. */
static void compare_trial(struct check *c, uint32_t trial, const struct record *a, size_t na,
                          const struct record *b, size_t nb)
{
    const struct trial *t = &c->gen->trials[trial];
    for (size_t k = 0; k < na; k++) {
        if (k >= nb || b[k].trial != trial || b[k].run != a[k].run) {
            fail(c, trial, NULL, NULL);
            return;
        }
        if (compare_records(t, &a[k], &b[k], c->torn)) continue;
        fail(c, trial, &a[k], &b[k]);
        return;
    }
}

static void compare_part(struct check *c, unsigned from, unsigned n)
{
    size_t na, nb, at_a = 0, at_b = 0;
    struct record *a = records(c, false, from, n, &na), *b = records(c, true, from, n, &nb);
    for (unsigned k = 0; k < n; k++) {
        uint32_t trial = c->list[from + k];
        size_t in_a = 0, in_b = 0;
        while (at_a + in_a < na && a[at_a + in_a].trial == trial)
            in_a++;
        while (at_b + in_b < nb && b[at_b + in_b].trial == trial)
            in_b++;
        compare_trial(c, trial, a + at_a, in_a, b + at_b, in_b);
        at_a += in_a;
        at_b += in_b;
    }
    free(a);
    free(b);
}

static void summarize(const struct check *c)
{
    unsigned op, map, opcode;
    for (unsigned k = 0; k < GEN_ROWS; k++)
        if (c->failed_rows[k] && gen_row(k, &op, &map, &opcode))
            printf("  %-12s %s%02x: %u of %u trials differ\n", op_info[op].name, map == 1 ? "0f " : "",
                   opcode, c->failed_rows[k], c->gen->tested[k]);
    if (c->failed_rows[GEN_ROWS]) printf("  special cases: %u trials differ\n", c->failed_rows[GEN_ROWS]);
}

/* Records are big: a few trials at a time. */
static void compare_listed(struct check *c)
{
    for (unsigned from = 0; from < c->listed;) {
        unsigned n = 0, runs = 0;
        while (n < LIST && from + n < c->listed && (n == 0 || runs < 40000))
            runs += c->gen->trials[c->list[from + n++]].runs;
        compare_part(c, from, n);
        from += n;
    }
}

/* --- the whole ---------------------------------------------------------------------------------------- */

/* Each row of the table must have been tried; a new row without a trial fails here. */
static unsigned untested_rows(const struct gen *g, unsigned from)
{
    unsigned missing = 0, op, map, opcode;
    for (unsigned k = from; k < GEN_ROWS; k++) {
        if (g->tested[k] || !gen_row(k, &op, &map, &opcode)) continue;
        printf("FAILED: encoding row %u (%s) has no trial\n", k, op_info[op].name);
        missing++;
    }
    return missing;
}

static bool list_differences(struct check *c)
{
    c->list = calloc(c->gen->count, sizeof *c->list);
    if (c->only >= 0) {
        c->list[c->listed++] = c->only;
        return true;
    }
    struct digest *a = digests(c, false), *b = digests(c, true);
    for (unsigned k = 0; a && b && k < c->gen->count; k++)
        if (memcmp(&a[k], &b[k], sizeof *a) != 0) c->list[c->listed++] = k;
    bool ok = a && b;
    free(a);
    free(b);
    return ok;
}

static int check(struct check *c)
{
    unsigned long runs = 0;
    c->gen = gen_new(c->seed);
    c->failed_rows = calloc(GEN_ROWS + 1, sizeof *c->failed_rows);
    if (!c->simd_only) gen_walk(c->gen);
    gen_simd(c->gen);
    if (!c->simd_only) gen_special(c->gen), gen_random(c->gen, 4000);
    for (unsigned k = 0; k < c->gen->count; k++) {
        struct trial *t = &c->gen->trials[k];
        t->runs = ((uint64_t)t->runs * c->percent + 99) / 100;
        runs += t->runs;
    }
    snprintf(c->batch, sizeof c->batch, "%s/batch", c->dir);
    snprintf(c->results, sizeof c->results, "%s/results", c->dir);
    unsigned missing = untested_rows(c->gen, c->simd_only ? GEN_SIMD : 0);
    if (!gen_write(c->gen, c->batch)) {
        printf("cannot write %s: %s\n0 passed, 1 failed\n", c->batch, strerror(errno));
        return 1;
    }
    if (!list_differences(c)) {
        printf("0 passed, 1 failed\n");
        return 1;
    }
    compare_listed(c);
    summarize(c);
    unsigned tried = c->only >= 0 ? 1 : c->gen->count;
    printf("%lu operations in %u trials (seed %u); %u trials compared state by state\n", runs, tried, c->seed,
           c->listed);
    printf("%u passed, %u failed\n", tried - c->failed, c->failed + missing);
    return c->failed + missing != 0;
}

int main(int argc, char **argv)
{
    struct check c = {.dir = ".", .seed = 1, .percent = 100, .show = 2, .only = -1};
    int option;
    /* Random instructions may hit whatever is mapped: the CPU's run has its stack where tierrun's is. */
    personality(ADDR_NO_RANDOMIZE);
    while ((option = getopt(argc, argv, "+s:p:d:t:v:mx")) != -1) {
        switch (option) {
        case 's': c.seed = strtoul(optarg, NULL, 0); break;
        case 'p': c.percent = strtoul(optarg, NULL, 0); break;
        case 'd': c.dir = optarg; break;
        case 't': c.only = strtoul(optarg, NULL, 0); break;
        case 'v': c.show = strtoul(optarg, NULL, 0); break;
        case 'm': c.torn = true; break;
        case 'x': c.simd_only = true; break;
        default: return 2;
        }
    }
    if (argc - optind < 2) {
        fprintf(
            stderr,
            "usage: check [-s SEED] [-p PERCENT] [-d DIR] [-t TRIAL] [-v N] [-m] RUNNER EMULATOR [ARG...]\n");
        return 2;
    }
    c.runner = argv[optind];
    c.emulator = argv + optind + 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    char unused[8];
    features_choose("max", unused, sizeof unused); /* for the disassembly */
    return check(&c);
}
