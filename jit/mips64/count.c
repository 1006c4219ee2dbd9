/* Counting translated code for a profile. Owns the counters of the ways out, the code that counts them, and
 * what follows from them. Hot code has no counters: each way out has a detour in the cold, which counts and
 * jumps on, and only while counting is on its jump leads there. An indirect jump finds the detour of its
 * target in the table. How often each block of a trace ran follows: as often as the trace was entered, less
 * what left before. */
#include <string.h>

#include "jit/mips64/translate.h"

/* --- code -------------------------------------------------------------------------------------------- */

/* Between translations V0 and AT are free; flags of the guest are in no need of them. */
static void emit_count(struct tr *t, struct site *s)
{
    struct code *c = &t->c;
    code_fence(c);
    s->detour = (uint32_t)(c->at - t->j->mem.begin);
    emit_pointer(t, AT, &s->runs);
    ld(c, V0, 0, AT);
    daddiu(c, V0, V0, 1);
    sd(c, V0, 0, AT);
    s->onward = (uint32_t)(c->at - t->j->mem.begin);
}

void count_site(struct tr *t, struct site *s)
{
    if (!t->j->counts || !s) return;
    emit_count(t, s);
    emit(&t->c, word_j(t->c.at));
    nop(&t->c);
}

void count_entries(struct tr *t)
{
    struct recipe none = {.kind = RECIPE_MEMORY};
    if (!t->j->counts) return;
    struct site *s = new_site(t, SITE_ENTRY, NULL, false, &none);
    t->way_in = s;
    if (!s) return;
    emit_count(t, s);
    emit(&t->c, word_j(t->entry));
    nop(&t->c);
}

/* --- on and off -------------------------------------------------------------------------------------- */

static void lead(struct jit *j, struct site *s)
{
    const uint32_t *to = j->counting && s->detour ? j->mem.begin + s->detour : s->goal;
    codemem_patch(&j->mem, j->mem.begin + s->word, jump_word(to, s->links));
}

void count_chain(struct jit *j, struct site *s)
{
    if (s->detour) codemem_patch(&j->mem, j->mem.begin + s->onward, word_j(s->goal));
    lead(j, s);
}

const uint32_t *count_way_in(const struct jit *j, const struct native *n)
{
    return j->counting ? j->mem.begin + n->way_in->detour : n->code;
}

void jit_count(struct jit *j, bool on)
{
    if (!j->counts || j->counting == on) return;
    j->counting = on;
    codemem_open(&j->mem);
    for (size_t k = 0; k < j->count; k++)
        for (struct site *s = j->all[k]->dead ? NULL : j->all[k]->sites; s; s = s->next_of)
            if (s->chain) lead(j, s);
    codemem_close(&j->mem);
    jit_forget_jumps(j);
}

/* --- what follows ------------------------------------------------------------------------------------ */

/* The block of the trace that s leaves; -1: it is entered there, or left in the middle of a block. */
static int block_left(const struct translation *tr, const struct site *s)
{
    const struct block *b = NULL;
    if (s->kind == SITE_EDGE && !s->returns) b = block_of_exit(s->to);
    if (s->kind == SITE_RECORD) b = block_of(s->to);
    for (unsigned k = 0; b && k < tr->trace_blocks; k++)
        if (tr->blocks[k] == b) return (int)k;
    return -1;
}

/* What site s counted goes to where it leads. */
static void pass_on(struct jit *j, struct site *s)
{
    uint64_t n = s->runs - s->told, all = n + s->by_c;
    s->told = s->runs;
    j->counters->left += s->by_c;
    s->by_c = 0;
    if (s->chain) s->chain->way_in->runs += n;
    if (all && (s->kind == SITE_EDGE || s->kind == SITE_LANDING) && j->log->edge)
        j->log->edge(j->log->self, block_of_exit(s->to)->eip, s->to->imm, all);
}

static void tell_blocks(struct jit *j, struct translation *tr)
{
    uint64_t left[TRACE_BLOCKS] = {0}, other = 0;
    for (struct site *s = tr->sites; s; s = s->next_of) {
        int k = block_left(tr, s);
        if (k >= 0) left[k] += s->runs;
        if (s->kind == SITE_OTHER || s->kind == SITE_ADAPTER) other += s->runs; /* and came again */
        if (s->kind != SITE_ENTRY) s->runs = s->told = 0;
    }
    uint64_t n = tr->entry.way_in->runs;
    tr->entry.way_in->runs = 0;
    j->counters->entered += n;
    n -= other < n ? other : n;
    for (unsigned k = 0; k < tr->trace_blocks && n; k++) {
        if (j->log->ran) j->log->ran(j->log->self, tr->blocks[k], tr->blocks[0], n);
        n -= left[k] < n ? left[k] : n;
    }
}

void count_end(struct jit *j, struct translation *tr)
{
    if (!j->counts) return;
    for (struct site *s = tr->entry.in; s; s = s->next_in)
        pass_on(j, s);
    for (struct site *s = tr->sites; s; s = s->next_of)
        if (s->kind != SITE_ENTRY) pass_on(j, s);
    tell_blocks(j, tr);
}

void jit_counted(struct jit *j)
{
    if (!j->counts) return;
    for (size_t k = 0; k < j->count; k++)
        for (struct site *s = j->all[k]->dead ? NULL : j->all[k]->sites; s; s = s->next_of)
            if (s->kind != SITE_ENTRY) pass_on(j, s);
    for (size_t k = 0; k < j->count; k++)
        if (!j->all[k]->dead) tell_blocks(j, j->all[k]);
}
