/* A profile for people: what ran, which functions and blocks took the instructions, what came back and why.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile/model.h"

enum { EDGES_SHOWN = 15 };

static double percent(double part, double all)
{
    return all > 0 ? 100 * part / all : 0;
}

static void write_head(const struct prof *p, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    double all = s.interpreted + s.translated;
    fprintf(out, "profile of %s (process %d), by tierrun %s\n", p->program ? p->program : "?", p->pid,
            p->tierrun ? p->tierrun : "?");
    fprintf(out, "%s; --tier=%s, --x87=%s; %.3f seconds\n\n", p->ended ? p->ended : "not ended yet",
            p->tier ? p->tier : "?", p->x87 ? p->x87 : "?", p->seconds);
    fprintf(out, "%20.0f guest instructions, of them\n", all);
    fprintf(out, "%20.0f interpreted (%.1f %%)\n", s.interpreted, percent(s.interpreted, all));
    fprintf(out, "%20.0f translated (%.1f %%)%s\n", s.translated, percent(s.translated, all),
            p->sampled ? ", an estimate: counted some of the time" : "");
    fprintf(out, "%20zu blocks ran, of %" PRIu64 " decoded; %" PRIu64 " were dropped as their code changed\n",
            s.executed, p->decoded, p->rewritten);
    fprintf(out,
            "%20" PRIu64 " translations, %" PRIu64 " given up; %" PRIu64 " host instructions; %.3f seconds\n",
            p->translations, p->dropped, p->host_words, p->translation_seconds);
    fprintf(out, "%20" PRIu64 " bytes of translated code, room for %" PRIu64 ", emptied %" PRIu64 " times\n",
            p->code_bytes, p->code_room, p->flushes);
    fprintf(out, "%20" PRIu64 " jumps chained, %" PRIu64 " block look-ups, %" PRIu64 " host faults\n",
            p->chained, p->lookups, p->faults);
    fprintf(out, "%20" PRIu64 " system calls\n", p->system_calls);
}

static void write_functions(const struct prof *p, unsigned top, FILE *out)
{
    size_t n;
    struct prof_sum s = prof_sum(p);
    double all = s.interpreted + s.translated, so_far = 0;
    struct prof_function *f = prof_functions(p, &n);
    fprintf(out, "\nFunctions, by guest instructions\n%7s %7s %18s %11s %8s  %s\n", "%", "sum %",
            "instructions", "translated", "deopts", "function, module");
    for (size_t k = 0; f && k < n && (!top || k < top); k++) {
        double own = f[k].interpreted + f[k].translated;
        if (own < 0.5) break;
        so_far += own;
        fprintf(out, "%7.2f %7.2f %18.0f %9.1f %% %8" PRIu64 "  %s, %s\n", percent(own, all),
                percent(so_far, all), own, percent(f[k].translated, own), f[k].deopts, f[k].symbol,
                f[k].module);
    }
    free(f);
}

static void write_reasons(const struct prof_block *b, FILE *out)
{
    for (unsigned k = 0; k < JIT_DEOPTS; k++)
        if (b->deopt[k])
            fprintf(out, "%29s%" PRIu64 " times back: %s\n", "", b->deopt[k], prof_deopt_text[k]);
    for (unsigned k = 0; k < JIT_REFUSALS; k++)
        if (b->refusal[k])
            fprintf(out, "%29s%" PRIu64 " times not translated: %s\n", "", b->refusal[k],
                    prof_refusal_text[k]);
}

static void write_blocks(const struct prof *p, unsigned top, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    double all = s.interpreted + s.translated, so_far = 0;
    fprintf(out, "\nBlocks, by guest instructions\n%7s %7s %14s %14s %5s %6s %9s  %s\n", "%", "sum %",
            "interpreted", "translated", "insns", "bytes", "promoted", "address, name");
    for (size_t k = 0; k < p->blocks && (!top || k < top); k++) {
        const struct prof_block *b = p->block[k];
        char name[256], when[32] = "";
        double own = prof_insns(p, b);
        if (own < 0.5) break;
        so_far += own;
        if (b->promotions) snprintf(when, sizeof when, "%.3f s", b->promoted_at);
        fprintf(out, "%7.2f %7.2f %14" PRIu64 " %14.0f %5u %6u %9s  0x%08x %s", percent(own, all),
                percent(so_far, all), b->count.interpreted, prof_translated(p, b), b->insns, b->host_bytes,
                when, b->eip, b->symbol ? prof_name(b, name, sizeof name) : "");
        fprintf(out, "%s%s%s\n", b->module ? ", " : "", b->module ? b->module : "", b->source ? "" : "");
        if (b->source) fprintf(out, "%29s%s\n", "", b->source);
        write_reasons(b, out);
    }
}

static void write_totals(const char *title, const char *const *text, const uint64_t *n, unsigned count,
                         FILE *out)
{
    bool any = false;
    for (unsigned k = 0; k < count; k++) {
        if (n[k] && !any) fprintf(out, "\n%s\n", title);
        if (n[k]) fprintf(out, "%16" PRIu64 "  %s\n", n[k], text[k]);
        any = any || n[k];
    }
}

static int by_seconds(const void *a, const void *b)
{
    const struct prof_call *x = *(const struct prof_call *const *)a, *y = *(const struct prof_call *const *)b;
    return x->seconds < y->seconds ? 1 : x->seconds > y->seconds ? -1 : 0;
}

static void write_calls(const struct prof *p, FILE *out)
{
    const struct prof_call *call[PROF_CALLS];
    unsigned n = 0;
    for (unsigned k = 0; k < PROF_CALLS; k++)
        if (p->call[k].times) call[n++] = &p->call[k];
    if (!n) return;
    qsort(call, n, sizeof *call, by_seconds);
    fprintf(out, "\nSystem calls\n%16s %12s  %s\n", "times", "seconds", "name");
    for (unsigned k = 0; k < n; k++)
        fprintf(out, "%16" PRIu64 " %12.6f  %s\n", call[k]->times, call[k]->seconds,
                call[k]->name ? call[k]->name : "?");
}

static const struct prof *edges_of;

static int by_times(const void *a, const void *b)
{
    double d = prof_edge_times(edges_of, *(const struct prof_edge *const *)b) -
               prof_edge_times(edges_of, *(const struct prof_edge *const *)a);
    return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static void write_name(const struct prof *p, gaddr a, FILE *out)
{
    char name[256];
    const struct prof_block *b = prof_block_at(p, a);
    fprintf(out, "%s", b && b->eip == a ? prof_name(b, name, sizeof name) : "");
    if (!b || b->eip != a) fprintf(out, "0x%08x", a);
}

static void write_edges(const struct prof *p, FILE *out)
{
    size_t n = 0, room = 0;
    const struct prof_edge **edge = NULL;
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (const struct prof_edge *e = p->edges[k]; e; e = e->next) {
            if (n == room) {
                const struct prof_edge **grown = realloc(edge, (room = 2 * room + 64) * sizeof *grown);
                if (!grown) break;
                edge = grown;
            }
            edge[n++] = e;
        }
    edges_of = p;
    if (n) qsort(edge, n, sizeof *edge, by_times);
    if (n) fprintf(out, "\nWays from one translation to another\n");
    for (size_t k = 0; k < n && k < EDGES_SHOWN; k++) {
        fprintf(out, "%20.0f  ", prof_edge_times(p, edge[k]));
        write_name(p, edge[k]->from, out);
        fputs(" to ", out);
        write_name(p, edge[k]->to, out);
        fputc('\n', out);
    }
    free(edge);
}

void prof_write_text(const struct prof *p, unsigned top, FILE *out)
{
    write_head(p, out);
    write_functions(p, top, out);
    write_blocks(p, top, out);
    write_totals("Back from translated code", prof_deopt_text, p->deopt_total, JIT_DEOPTS, out);
    write_totals("Not translated", prof_refusal_text, p->refusal_total, JIT_REFUSALS, out);
    write_edges(p, out);
    write_calls(p, out);
}

/* --- the life of a block ----------------------------------------------------------------------------- */

static void write_code(const struct prof_block *b, FILE *out)
{
    for (unsigned k = 0; k < b->lines; k++) {
        if (b->line[k].guest)
            fprintf(out, "    0x%08x  %s\n", b->line[k].eip, b->line[k].guest);
        else
            fprintf(out, "    ways in and out\n");
        for (const char *s = b->line[k].host; s && *s;) {
            const char *end = s;
            while (*end && *end != '\n')
                end++;
            fprintf(out, "                    %.*s\n", (int)(end - s), s);
            s = *end ? end + 1 : end;
        }
    }
}

void prof_write_why(const struct prof *p, const struct prof_block *b, FILE *out)
{
    char name[256];
    struct prof_sum s = prof_sum(p);
    double times = prof_translated(p, b);
    fprintf(out, "Block 0x%08x%s%s%s%s%s%s: %u instructions in %u bytes.\n", b->eip, b->symbol ? ", " : "",
            b->symbol ? prof_name(b, name, sizeof name) : "", b->module ? " in " : "",
            b->module ? b->module : "", b->source ? ", " : "", b->source ? b->source : "", b->insns,
            b->bytes);
    fprintf(out,
            "  It ran %" PRIu64
            " times in the interpreter and%s %.0f times in translated code: %.2f %% of all "
            "instructions.\n",
            b->count.interpreted, p->sampled && times > 0 ? " about" : "", times,
            percent(prof_insns(p, b), s.interpreted + s.translated));
    if (b->promotions)
        fprintf(out,
                "  It became hot after %.0f executions, %.3f seconds after the start, and begins a "
                "translation of "
                "%u guest instructions in %u bytes%s.\n",
                b->promoted_after, b->promoted_at, b->trace_insns, b->host_bytes,
                b->promotions > 1 ? ", the last of several" : "");
    else if (b->traces)
        fprintf(
            out,
            "  It was never translated by itself, only as a part of %u translation%s of blocks before it.\n",
            b->traces, b->traces > 1 ? "s" : "");
    else
        fprintf(out, "  It was never translated.\n");
    if (b->promotions && b->traces > b->promotions)
        fprintf(out, "  It is part of %u other translations, too.\n", b->traces - b->promotions);
    for (unsigned k = 0; k < JIT_REFUSALS; k++)
        if (b->refusal[k])
            fprintf(out, "  A translation was refused %" PRIu64 " times: %s.\n", b->refusal[k],
                    prof_refusal_text[k]);
    for (unsigned k = 0; k < JIT_DEOPTS; k++)
        if (b->deopt[k])
            fprintf(out, "  Translated code gave control back here %" PRIu64 " times: %s.\n", b->deopt[k],
                    prof_deopt_text[k]);
    write_code(b, out);
}

static bool is_at(const struct prof_block *b, const char *place)
{
    char *end;
    gaddr a = (gaddr)strtoul(place, &end, 16);
    if (!*end && place[0] == '0' && (place[1] | 32) == 'x') return a - b->eip < (b->bytes ? b->bytes : 1);
    return b->symbol && !strcmp(b->symbol, place);
}

bool prof_write_whys(const struct prof *p, const char *place, FILE *out)
{
    bool any = false;
    for (size_t k = 0; k < p->blocks; k++) {
        if (!is_at(p->block[k], place) || prof_insns(p, p->block[k]) < 0.5) continue;
        prof_write_why(p, p->block[k], out);
        any = true;
    }
    return any;
}
