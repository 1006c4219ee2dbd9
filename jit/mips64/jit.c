/* The MIPS64 back-end's life: attaching to the interpreter, entering translations, chaining, faults. */
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <ucontext.h>

#include "interp/sem.h"
#include "jit/mips64/translate.h"

#include "interp/engine_fast.h"

const char *jit_unavailable(void)
{
    return NULL;
}

/* There is one translator a process; the handler below has no other way to it. */
static enter_fn *enter;

/* The handler of a translated block's first record. */
HANDLER(run_native)
{
    const struct insn *next = enter(cpu, base, block_of_first(i)->native);
    if (!next) return NULL;
    DISPATCH(next);
}

/* --- chaining ---------------------------------------------------------------------------------------- */

static void chain(struct jit *j, const struct insn *edge, const struct block *to)
{
    uint32_t *site = j->mem.begin + edge->disp;
    codemem_patch(&j->mem, site, word_j(to->native));
}

static void unchain(struct jit *j, const struct insn *edge)
{
    codemem_patch(&j->mem, j->mem.begin + edge->disp, 0);
}

/* Has this edge a place in its block's translation? Edges of calls and the like have none. */
static bool has_site(const struct insn *edge)
{
    return edge->disp != 0;
}

static void on_linked(void *self, struct insn *edge, struct block *to)
{
    if (has_site(edge)) chain(self, edge, to);
}

static void on_hot(void *self, struct block *b)
{
    struct jit *j = self;
    struct insn *exits = &b->rec[b->records];
    if (!translate(j, b)) return;
    b->rec[0].fn = run_native;
    for (unsigned k = 0; k < b->in_count; k++)
        if (block_of_exit(b->in[k])->native && has_site(b->in[k])) chain(j, b->in[k], b);
    const struct insn *links[EXIT_RECORDS] = {exits[EXIT_FALL].to, b->rec[b->records - 1].to};
    for (unsigned k = 0; k < EXIT_RECORDS; k++)
        if (links[k] != &exits[k] && has_site(&exits[k]) && block_of_first(links[k])->native)
            chain(j, &exits[k], block_of_first(links[k]));
}

static struct translation *find(struct jit *j, const uint32_t *pc)
{
    if (!codemem_has(&j->mem, pc) || j->translation_count == 0) return NULL;
    uint32_t word = (uint32_t)(pc - j->mem.begin);
    size_t low = 0, high = j->translation_count;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (j->translations[mid].first <= word)
            low = mid;
        else
            high = mid;
    }
    struct translation *t = &j->translations[low];
    return word >= t->first && word < t->end ? t : NULL;
}

static void on_dropped(void *self, struct block *b)
{
    struct jit *j = self;
    struct translation *t = find(j, b->native);
    if (t) t->block = NULL;
    for (unsigned k = 0; k < b->in_count; k++)
        if (has_site(b->in[k])) unchain(j, b->in[k]);
    b->rec[b->records + EXIT_FALL].disp = b->rec[b->records + EXIT_TAKEN].disp = 0;
    b->native = NULL;
    b->rec[0].fn = sem_fast(&b->rec[0], false);
}

/* --- faults ------------------------------------------------------------------------------------------ */

static const struct insn *record_at(struct jit *j, const struct translation *t, uint32_t word)
{
    unsigned k = t->mark_count - 1;
    while (k > 0 && j->marks[t->marks + k].word > word)
        k--;
    return &t->block->rec[j->marks[t->marks + k].rec];
}

static bool recover_sig(void *self, struct cpu *cpu, int signo, void *machine_context)
{
    struct jit *j = self;
    ucontext_t *uc = machine_context;
    const uint32_t *pc = (const uint32_t *)(uintptr_t)uc->uc_mcontext.pc;
    struct translation *t = find(j, pc);
    if (!t || !t->block) return false;
    struct insn *rec = (struct insn *)(uintptr_t)record_at(j, t, (uint32_t)(pc - j->mem.begin));
#define X(guest, host) cpu->gpr[guest] = (uint32_t)uc->uc_mcontext.gregs[host];
    HOSTREGS(X)
#undef X
    cpu->at = rec;
    if (signo == SIGBUS) rec->prefix |= PFX_MISALIGNED;
    j->faulted = signo == SIGBUS ? t : NULL;
    return true;
}

/* A misaligned access: the block is translated again, with that access taken apart. */
static void on_faulted(void *self)
{
    struct jit *j = self;
    struct block *b = j->faulted ? j->faulted->block : NULL;
    j->faulted = NULL;
    if (!b || !b->native) return;
    on_dropped(j, b);
    on_hot(j, b);
}

struct jit *jit_new(struct interp *in, const struct jit_options *opt, const char **why)
{
    struct jit *j = calloc(1, sizeof *j);
    if (!j || !codemem_new(&j->mem, opt->code_bytes, opt->wx) || !trampolines_new(j)) {
        *why = "no memory for translated code; a smaller --code-cache or --tier=interp may do";
        free(j);
        return NULL;
    }
    enter = j->enter;
    j->in = in;
    in->hooks = (struct interp_hooks){on_hot, on_linked, on_dropped, recover_sig, on_faulted, j};
    return j;
}
