/* Counts what the translator does and tells whoever logs it. */
#include <stdlib.h>

#include "jit/mips64/translate.h"

static void show(struct jit *j, const struct tr *t)
{
    struct jit_span span[TRACE_RECORDS + 1];
    const struct trace *trace = t->trace;
    for (unsigned k = 0; k <= trace->count; k++) {
        const struct insn *rec = k < trace->count ? trace->item[k].rec : NULL;
        span[k] = (struct jit_span){(uint32_t)(t->start[k] - t->c.begin), rec};
    }
    struct jit_view v = {.blocks = (const struct block *const *)trace->block,
                         .block_count = trace->blocks,
                         .code = t->c.begin,
                         .words = (uint32_t)(t->c.at - t->c.begin),
                         .spans = span,
                         .span_count = trace->count + 1};
    j->log->translated(j->log->self, &v);
}

void report_translated(struct jit *j, const struct tr *t)
{
    struct jit_counters *n = j->counters;
    n->translations++;
    n->blocks += t->trace->blocks;
    n->guest_insns += t->trace->insns;
    n->host_words += (uint64_t)(t->c.at - t->c.begin);
    n->code_bytes = (uint64_t)(j->mem.next - j->mem.begin) * 4;
    if (j->log && j->log->translated) show(j, t);
}

void report_refused(struct jit *j, const struct block *b, enum jit_refusal why)
{
    j->counters->refusals[why]++;
    if (j->log && j->log->refused) j->log->refused(j->log->self, b, why);
}

void report_chained(struct jit *j, const struct site *s, const struct native *to)
{
    j->counters->chained++;
    if (j->log && j->log->chained) j->log->chained(j->log->self, s->of->entry.block->eip, to->block->eip);
}

void report_deopt(struct jit *j, gaddr eip, enum jit_deopt why)
{
    j->counters->deopts[why]++;
    if (j->log && j->log->deopt) j->log->deopt(j->log->self, eip, why);
}
