/* What --coverage is made of: the operations of each block, which of them translated code calls a function
 * for, and how many host instructions it has for each. What is written of it belongs to profile/coverage.c.
 */
#include <stdlib.h>

#include "tier/profiler.h"

/* No instruction of the guest, but a part of one. */
static bool is_part(const struct insn *i)
{
    return op_info[i->op].mnemonic[0] == '(';
}

struct prof_block *coverage_fact(const struct block *b)
{
    return (struct prof_block *)(void *)b->fact; /* its first member */
}

void coverage_block(struct prof_block *pb, const struct block *b)
{
    unsigned n = 0;
    pb->op = calloc(b->insns + 1, sizeof *pb->op);
    pb->words = calloc(b->insns + 1, sizeof *pb->words);
    for (unsigned k = 0; pb->op && k < b->records && n < b->insns; k++)
        if (!is_part(&b->rec[k])) pb->op[n++] = b->rec[k].op;
}

static void note(const struct jit_span *s, uint64_t words)
{
    const struct block *b = block_of(s->rec);
    struct prof_block *pb = coverage_fact(b);
    unsigned n = 0;
    for (const struct insn *i = b->rec; i < s->rec; i++)
        if (!is_part(i)) n++;
    if (!pb || !pb->op || !pb->words || n >= pb->insns) return;
    pb->words[n] = words < UINT16_MAX ? (uint16_t)words : UINT16_MAX;
    if (s->helped) pb->op[n] |= PROF_HELPED;
}

/* An instruction's parts come before it, and are counted with it. */
void coverage_translation(const struct jit_view *v)
{
    uint64_t words = 0;
    for (uint32_t k = 0; k < v->span_count; k++) {
        const struct jit_span *s = &v->spans[k];
        if (!s->rec || s->rec->op == OP_EXIT) continue;
        words += (k + 1 < v->span_count ? s[1].word : v->words) - s->word;
        if (is_part(s->rec)) continue;
        note(s, words);
        words = 0;
    }
}
