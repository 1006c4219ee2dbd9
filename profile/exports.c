/* A profile in the formats of other tools: callgrind's (callgrind_annotate, KCachegrind) and folded stacks
 * (flame graphs). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile/model.h"

static int by_function(const void *a, const void *b)
{
    const struct prof_block *x = *(struct prof_block *const *)a, *y = *(struct prof_block *const *)b;
    int c = strcmp(x->module ? x->module : "", y->module ? y->module : "");
    if (!c) c = strcmp(x->symbol ? x->symbol : "", y->symbol ? y->symbol : "");
    return c ? c : x->eip < y->eip ? -1 : x->eip > y->eip;
}

/* A copy of the list of blocks, by module and function; the caller frees it. */
static struct prof_block **in_order(const struct prof *p)
{
    struct prof_block **b = malloc((p->blocks + 1) * sizeof(struct prof_block *));
    if (!b) return NULL;
    if (p->blocks) memcpy(b, p->block, p->blocks * sizeof(struct prof_block *));
    qsort(b, p->blocks, sizeof(struct prof_block *), by_function);
    return b;
}

static const char *or_unknown(const char *s)
{
    return s && *s ? s : "???";
}

/* "file:line" as the format's own lines; returns the line. */
static unsigned put_source(const char *source, FILE *out)
{
    const char *colon = source ? strrchr(source, ':') : NULL;
    if (!colon) {
        fputs("fl=???\n", out);
        return 0;
    }
    fprintf(out, "fl=%.*s\n", (int)(colon - source), source);
    return (unsigned)strtoul(colon + 1, NULL, 10);
}

void prof_write_callgrind(const struct prof *p, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    struct prof_block **block = in_order(p);
    fprintf(out, "# callgrind format\nversion: 1\ncreator: tierrun %s\npid: %d\ncmd: %s\npart: 1\n\n",
            or_unknown(p->tierrun), p->pid, or_unknown(p->program));
    fprintf(
        out,
        "positions: instr line\nevent: Ir : Guest instructions\nevent: Interp : Interpreted instructions\n"
        "event: Native : Translated instructions\nevents: Ir Interp Native\nsummary: %.0f %.0f %.0f\n",
        s.interpreted + s.translated, s.interpreted, s.translated);
    const struct prof_block *before = NULL;
    for (size_t k = 0; block && k < p->blocks; k++) {
        const struct prof_block *b = block[k];
        double interpreted = (double)b->count.interpreted * b->insns,
               translated = prof_translated(p, b) * b->insns;
        if (interpreted + translated < 0.5) continue;
        bool same = before && !strcmp(or_unknown(before->module), or_unknown(b->module)) &&
                    !strcmp(or_unknown(before->symbol), or_unknown(b->symbol));
        if (!same) fprintf(out, "\nob=%s\n", or_unknown(b->module));
        unsigned line = put_source(b->source, out);
        if (!same) fprintf(out, "fn=%s\n", or_unknown(b->symbol));
        fprintf(out, "0x%x %u %.0f %.0f %.0f\n", b->eip, line, interpreted + translated, interpreted,
                translated);
        before = b;
    }
    fprintf(out, "\ntotals: %.0f %.0f %.0f\n", s.interpreted + s.translated, s.interpreted, s.translated);
    free(block);
}

/* A frame's name: separators become underscores. */
static void put_frame(const char *s, FILE *out)
{
    for (s = or_unknown(s); *s; s++)
        fputc(*s == ';' || *s == '\n' ? '_' : *s, out);
}

static void put_stack(const struct prof *p, const char *module, const char *symbol, const char *tier,
                      double n, FILE *out)
{
    if (n < 0.5) return;
    put_frame(p->program, out);
    fputc(';', out);
    put_frame(module, out);
    fputc(';', out);
    put_frame(symbol, out);
    fprintf(out, ";%s %.0f\n", tier, n);
}

void prof_write_folded(const struct prof *p, FILE *out)
{
    size_t n;
    struct prof_function *f = prof_functions(p, &n);
    for (size_t k = 0; f && k < n; k++) {
        put_stack(p, f[k].module, f[k].symbol, "interpreted", f[k].interpreted, out);
        put_stack(p, f[k].module, f[k].symbol, "translated", f[k].translated, out);
    }
    free(f);
}
