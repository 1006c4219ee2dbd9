/* --stats: the counters of a run in a few lines. */
#include <inttypes.h>
#include <time.h>

#include "profile/profile.h"

static const char *const exit_text[EXIT_REASONS] = {
#define EXIT(name, text) [EXIT_##name] = text,
#include "interp/exits.def"
#undef EXIT
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void profile_start(struct profile *p)
{
    p->started = now();
}

static void line(FILE *out, const char *what, uint64_t n)
{
    fprintf(out, "  %-44s %16" PRIu64 "\n", what, n);
}

void profile_print_stats(const struct profile *p, const struct interp *in, const struct cpu *cpu,
                         uint64_t system_calls, FILE *out)
{
    double seconds = (double)(now() - p->started) / 1e9;
    struct interp_stats s;
    interp_stats(in, &s);
    fprintf(out, "tierrun: what happened\n");
    fprintf(out, "  %-44s %16.3f\n", "seconds", seconds);
    line(out, "guest instructions (interpreter)", cpu->insns);
    if (seconds > 0)
        fprintf(out, "  %-44s %16.1f\n", "million guest instructions a second",
                (double)cpu->insns / seconds / 1e6);
    line(out, "system calls", system_calls);
    line(out, "blocks decoded", s.blocks);
    line(out, "instructions decoded", s.insns_decoded);
    line(out, "blocks dropped: their code changed", s.blocks_dropped);
    line(out, "block table look-ups", s.lookups);
    line(out, "host faults tried again exactly", s.faults_retried);
    for (int i = 0; i < EXIT_REASONS; i++) {
        char what[64];
        snprintf(what, sizeof what, "exits: %s", exit_text[i]);
        if (p->exits[i]) line(out, what, p->exits[i]);
    }
    fflush(out);
}
