/* The file format: JSON, version PROF_VERSION. docs/PROFILE.md describes each member. */
#include <inttypes.h>

#include "profile/json.h"
#include "profile/model.h"

static void member(FILE *out, const char *key, const char *value)
{
    fprintf(out, "  \"%s\": ", key);
    json_put_string(out, value);
    fputs(",\n", out);
}

static void counted(FILE *out, const char *key, const char *const *names, const uint64_t *n, unsigned count)
{
    bool first = true;
    fprintf(out, "\"%s\": {", key);
    for (unsigned k = 0; k < count; k++) {
        if (!n[k]) continue;
        fprintf(out, "%s\"%s\": %" PRIu64, first ? "" : ", ", names[k], n[k]);
        first = false;
    }
    fputs("}", out);
}

static void write_totals(const struct prof *p, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    fprintf(
        out,
        "  \"totals\": {\n"
        "    \"seconds\": %.6f, \"interpreted_instructions\": %.0f, \"translated_instructions\": %.0f,\n"
        "    \"system_calls\": %" PRIu64 ", \"translations\": %" PRIu64 ", \"translation_seconds\": %.6f,\n",
        p->seconds, s.interpreted, s.translated, p->system_calls, p->translations, p->translation_seconds);
    fprintf(out,
            "    \"given_up\": %" PRIu64 ", \"chained\": %" PRIu64 ", \"host_instructions\": %" PRIu64
            ", \"code_bytes\": %" PRIu64 ",\n    \"code_room\": %" PRIu64 ", \"flushes\": %" PRIu64
            ", \"decoded_blocks\": %" PRIu64 ", \"lookups\": %" PRIu64 ",\n    \"faults\": %" PRIu64
            ", \"rewritten_blocks\": %" PRIu64 "\n  },\n",
            p->dropped, p->chained, p->host_words, p->code_bytes, p->code_room, p->flushes, p->decoded,
            p->lookups, p->faults, p->rewritten);
}

static void write_calls(const struct prof *p, FILE *out)
{
    const char *comma = "";
    fputs("  \"system_calls\": [", out);
    for (unsigned k = 0; k < PROF_CALLS; k++) {
        const struct prof_call *c = &p->call[k];
        if (!c->times) continue;
        fprintf(out, "%s\n    {\"name\": ", comma);
        json_put_string(out, c->name);
        fprintf(out, ", \"times\": %" PRIu64 ", \"seconds\": %.6f}", c->times, c->seconds);
        comma = ",";
    }
    fputs("\n  ],\n", out);
}

static void write_lines(const struct prof_block *b, FILE *out)
{
    fputs(",\n     \"code\": [", out);
    for (unsigned k = 0; k < b->lines; k++) {
        fprintf(out, "%s\n      {\"eip\": \"0x%08x\", \"guest\": ", k ? "," : "", b->line[k].eip);
        json_put_string(out, b->line[k].guest);
        fputs(", \"host\": ", out);
        json_put_string(out, b->line[k].host);
        fputs("}", out);
    }
    fputs("]", out);
}

static void write_block(const struct prof *p, const struct prof_block *b, FILE *out)
{
    fprintf(out, "    {\"eip\": \"0x%08x\", \"module\": ", b->eip);
    json_put_string(out, b->module);
    fputs(", \"symbol\": ", out);
    json_put_string(out, b->symbol);
    fprintf(out, ", \"offset\": %u, \"source\": ", b->offset);
    json_put_string(out, b->source);
    fprintf(out,
            ", \"bytes\": %u, \"hash\": \"%016" PRIx64
            "\", \"instructions\": %u,\n     \"interpreted\": %" PRIu64
            ", \"translated\": %.0f, \"promotions\": %u, \"traces\": %u, \"promoted_at\": %.6f, "
            "\"promoted_after\": %.0f, \"host_bytes\": %u, \"trace_instructions\": %u,\n     ",
            b->bytes, b->hash, b->insns, b->count.interpreted, prof_translated(p, b), b->promotions,
            b->traces, b->promoted_at, b->promoted_after, b->host_bytes, b->trace_insns);
    counted(out, "deopts", prof_deopt_name, b->deopt, JIT_DEOPTS);
    fputs(", ", out);
    counted(out, "refusals", prof_refusal_name, b->refusal, JIT_REFUSALS);
    if (b->lines) write_lines(b, out);
    fputs("}", out);
}

static void write_edges(const struct prof *p, FILE *out)
{
    const char *comma = "";
    fputs("  \"edges\": [", out);
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (const struct prof_edge *e = p->edges[k]; e; e = e->next) {
            double n = prof_edge_times(p, e);
            if (n < 0.5) continue;
            fprintf(out, "%s\n    [\"0x%08x\", \"0x%08x\", %.0f]", comma, e->from, e->to, n);
            comma = ",";
        }
    fputs("\n  ]\n", out);
}

static void write_bits(FILE *out, const char **comma, const char *key, uint64_t bits)
{
    if (!bits) return;
    fprintf(out, "%s\"%s\": [%d", *comma, key, __builtin_ctzll(bits));
    for (bits &= bits - 1; bits; bits &= bits - 1)
        fprintf(out, ", %d", __builtin_ctzll(bits));
    fputs("]", out);
    *comma = ", ";
}

static void write_number(FILE *out, const char **comma, const char *key, unsigned n)
{
    if (!n) return;
    fprintf(out, "%s\"%s\": %u", *comma, key, n);
    *comma = ", ";
}

static void write_facts(const struct prof_facts *f, FILE *out)
{
    const char *comma = ", {";
    write_bits(out, &comma, "misaligned", f->misaligned);
    write_bits(out, &comma, "by_helper", f->by_helper);
    write_number(out, &comma, "eager_flags", f->eager_flags);
    write_number(out, &comma, "setbacks", f->setbacks);
    write_number(out, &comma, "wrong_guesses", f->wrong_guesses);
    if (f->went.jumps)
        fprintf(out, "%s\"jumps_to\": [\"0x%08x\", %u, %u]", comma, f->went.to, f->went.votes, f->went.jumps);
    if (f->went.jumps || *comma != ',' || comma[2] != '{') fputs("}", out);
}

/* Read by later runs, so it comes before what is long. */
static void write_hot(const struct prof *p, FILE *out)
{
    const char *comma = "";
    fputs("  \"hot\": [", out);
    for (size_t k = 0; k < p->blocks; k++) {
        const struct prof_block *b = p->block[k];
        double n = (double)b->count.interpreted + prof_translated(p, b);
        if (n < PROF_HOT || (!b->promotions && !b->traces)) continue;
        fprintf(out, "%s[\"0x%08x\", \"%016" PRIx64 "\", %.0f", comma, b->eip, b->hash, n);
        write_facts(&b->facts, out);
        fputs("]", out);
        comma = ",\n    ";
    }
    fputs("],\n", out);
}

void prof_write_json(const struct prof *p, FILE *out)
{
    fprintf(out, "{\n  \"format\": \"tierrun-profile\", \"version\": %d,\n", PROF_VERSION);
    member(out, "program", p->program);
    member(out, "program_id", p->program_id);
    member(out, "x87", p->x87);
    write_hot(p, out);
    member(out, "tierrun", p->tierrun);
    member(out, "host", p->host);
    member(out, "tier", p->tier);
    member(out, "ended", p->ended);
    fprintf(out, "  \"pid\": %d, \"sampled\": %s,\n", p->pid, p->sampled ? "true" : "false");
    write_totals(p, out);
    fputs("  ", out);
    counted(out, "deopts", prof_deopt_name, p->deopt_total, JIT_DEOPTS);
    fputs(",\n  ", out);
    counted(out, "refusals", prof_refusal_name, p->refusal_total, JIT_REFUSALS);
    fputs(",\n", out);
    write_calls(p, out);
    fputs("  \"timeline\": [", out);
    for (unsigned k = 0; k < p->moments; k++)
        fprintf(out, "%s[%.4f, %.0f, %.0f]", k ? ", " : "", p->moment[k].seconds, p->moment[k].interpreted,
                p->moment[k].translated);
    fputs("],\n  \"blocks\": [", out);
    const char *comma = "";
    for (size_t k = 0; k < p->blocks; k++) {
        if (prof_insns(p, p->block[k]) < 0.5) continue;
        fprintf(out, "%s\n", comma);
        write_block(p, p->block[k], out);
        comma = ",";
    }
    fputs("\n  ],\n", out);
    write_edges(p, out);
    fputs("}\n", out);
}
