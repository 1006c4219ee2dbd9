/* --stats: what happened, in ten lines. */
#include <inttypes.h>

#include "profile/model.h"

static void begin(FILE *out, const char *what, uint64_t n)
{
    fprintf(out, "  %-24s %16" PRIu64, what, n);
}

static double percent(double part, double all)
{
    return all > 0 ? 100 * part / all : 0;
}

/* The rest of a line: those that are not 0. */
static void list(FILE *out, const char *first, const char *const *text, const uint64_t *n, unsigned count)
{
    for (unsigned k = 0; k < count; k++) {
        if (!n[k]) continue;
        fprintf(out, "%s%s: %" PRIu64, first, text[k], n[k]);
        first = "; ";
    }
    fputc('\n', out);
}

/* A line with the sum, and what it is made of. */
static void reasons(FILE *out, const char *what, const char *const *text, const uint64_t *n, unsigned count)
{
    uint64_t sum = 0;
    for (unsigned k = 0; k < count; k++)
        sum += n[k];
    begin(out, what, sum);
    list(out, "  ", text, n, count);
}

static const char *const exit_text[EXIT_REASONS] = {
#define EXIT(name, text) [EXIT_##name] = text,
#include "interp/exits.def"
#undef EXIT
};

void prof_write_stats(const struct prof *p, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    double all = s.interpreted + s.translated;
    fprintf(out, "tierrun: what happened in %.3f seconds, %.3f of them in translation\n", p->seconds,
            p->translation_seconds);
    fprintf(out, "  %-24s %16.0f  %.1f %% translated; %.1f million a second%s\n", "guest instructions", all,
            percent(s.translated, all), p->seconds > 0 ? all / p->seconds / 1e6 : 0,
            p->sampled ? "; an estimate: counted some of the time" : "");
    begin(out, "blocks decoded", p->decoded);
    fprintf(out,
            "  ran: %zu; dropped, their code changed: %" PRIu64 "; look-ups: %" PRIu64
            "; host faults: %" PRIu64 "\n",
            s.executed, p->rewritten, p->lookups, p->faults);
    begin(out, "blocks hot", p->hot);
    fprintf(out, "  kept out by --nojit: %" PRIu64 "\n", p->excluded);
    begin(out, "translations", p->translations);
    fprintf(out, "  guest instructions: %" PRIu64 "; host instructions: %" PRIu64 "; given up: %" PRIu64,
            p->trace_insns, p->host_words, p->dropped);
    if (p->checked) fprintf(out, "; entries compared with the interpreter: %" PRIu64, p->checked);
    fputc('\n', out);
    begin(out, "jumps chained", p->chained);
    fprintf(out, "  ways out of translated code that stay in it: %.2f %%\n",
            p->entered ? percent((double)p->entered - (double)p->left, (double)p->entered) : 0);
    reasons(out, "back to the interpreter", prof_deopt_text, p->deopt_total, JIT_DEOPTS);
    reasons(out, "not translated", prof_refusal_text, p->refusal_total, JIT_REFUSALS);
    begin(out, "code memory, bytes", p->code_bytes);
    fprintf(out, "  of %" PRIu64 "; emptied: %" PRIu64 "\n", p->code_room, p->flushes);
    begin(out, "system calls", p->system_calls);
    fputs("  exits to the run loop: ", out);
    list(out, "", exit_text, p->exits, EXIT_REASONS);
    fflush(out);
}
