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

static void reason(FILE *out, const char *what, const char *why, uint64_t n)
{
    char text[128];
    snprintf(text, sizeof text, "%s: %s", what, why);
    if (n) line(out, text, n);
}

static void print_jit(const struct jit_counters *c, FILE *out)
{
    line(out, "translations", c->translations);
    line(out, "  blocks in them", c->blocks);
    line(out, "  guest instructions in them", c->guest_insns);
    line(out, "  host instructions in them", c->host_words);
    line(out, "translations given up", c->dropped);
    line(out, "jumps chained", c->chained);
    if (c->checked) line(out, "entries compared with the interpreter", c->checked);
    line(out, "code memory used, bytes", c->code_bytes);
    line(out, "code memory flushes", c->flushes);
#define REFUSAL(name, text) reason(out, "not translated", text, c->refusals[REFUSE_##name]);
#define DEOPT(name, text)   reason(out, "back", text, c->deopts[DEOPT_##name]);
#include "jit/reasons.def"
#undef REFUSAL
#undef DEOPT
}

void profile_print_stats(const struct profile *p, const struct interp *in, uint64_t insns,
                         uint64_t system_calls, FILE *out)
{
    double seconds = (double)(now() - p->started) / 1e9;
    struct interp_stats s;
    interp_stats(in, &s);
    fprintf(out, "tierrun: what happened\n");
    fprintf(out, "  %-44s %16.3f\n", "seconds", seconds);
    if (insns) line(out, "guest instructions (interpreter)", insns);
    if (insns && seconds > 0)
        fprintf(out, "  %-44s %16.1f\n", "million guest instructions a second",
                (double)insns / seconds / 1e6);
    line(out, "system calls", system_calls);
    line(out, "blocks decoded", s.blocks);
    line(out, "instructions decoded", s.insns_decoded);
    line(out, "blocks dropped: their code changed", s.blocks_dropped);
    line(out, "block table look-ups", s.lookups);
    line(out, "host faults tried again exactly", s.faults_retried);
    for (int i = 0; i < EXIT_REASONS; i++)
        reason(out, "exits", exit_text[i], p->exits[i]);
    if (s.hot) line(out, "blocks hot", s.hot);
    if (s.excluded) line(out, "blocks hot but kept out by --nojit", s.excluded);
    if (p->jit.translations) print_jit(&p->jit, out);
    fflush(out);
}
