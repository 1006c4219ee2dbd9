/* Counts what the translator does and tells whoever logs it. */
#include <stdlib.h>

#include "jit/mips64/translate.h"

static struct jit_view view_of(struct block *const *blocks, unsigned n, const uint32_t *code, uint32_t words,
                               const struct jit_span *spans, uint32_t count)
{
    return (struct jit_view){.blocks = (const struct block *const *)blocks,
                             .block_count = n,
                             .code = code,
                             .words = words,
                             .spans = spans,
                             .span_count = count};
}

static void show(struct jit *j, const struct tr *t)
{
    struct jit_span span[TRACE_RECORDS + 1];
    const struct trace *trace = t->trace;
    for (unsigned k = 0; k <= trace->count; k++) {
        const struct insn *rec = k < trace->count ? trace->item[k].rec : NULL;
        span[k] = (struct jit_span){(uint32_t)(t->start[k] - t->c.begin), rec, rec && t->helped[k]};
    }
    struct jit_view v = view_of(trace->block, trace->blocks, t->c.begin, (uint32_t)(t->c.at - t->c.begin),
                                span, trace->count + 1);
    j->log->translated(j->log->self, &v);
}

static struct jit_view view_again(struct jit *j, const struct translation *tr,
                                  struct jit_span span[TRACE_RECORDS + 1])
{
    for (unsigned k = 0; k <= tr->record_count; k++)
        span[k] = (struct jit_span){tr->starts[k], k < tr->record_count ? tr->records[k] : NULL, false};
    return view_of(tr->blocks, tr->trace_blocks, j->mem.begin + tr->first, tr->end - tr->first, span,
                   tr->record_count + 1);
}

void jit_views(struct jit *j, void (*see)(void *self, const struct jit_view *v), void *self)
{
    struct jit_span span[TRACE_RECORDS + 1];
    for (size_t k = 0; k < j->count; k++) {
        if (j->all[k]->dead || !j->all[k]->starts) continue;
        struct jit_view v = view_again(j, j->all[k], span);
        see(self, &v);
    }
}

void report_difference(struct jit *j, const struct translation *tr)
{
    struct jit_span span[TRACE_RECORDS + 1];
    struct jit_view v = view_again(j, tr, span);
    if (j->log && j->log->differs)
        j->log->differs(j->log->self, &(struct jit_difference){.view = &v, .check = j->check});
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
