/* The MIPS64 back-end's life: attaching to the interpreter, entering translations and what follows when they
 * are left, faults, invalidation. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "interp/sem.h"
#include "jit/check.h"
#include "jit/mips64/translate.h"

#include "interp/engine_fast.h"

const char *jit_unavailable(void)
{
    return NULL;
}

/* There is one translator a process; the handler below has no other way to it. */
static struct jit *the_jit;

/* --- running ----------------------------------------------------------------------------------------- */

/* May one translation follow another without the interpreter? */
static bool may_follow(const struct jit *j, const struct cpu *cpu)
{
    return !cpu->poll && !j->in->changed;
}

/* The translation that site s leads to, if there is one; the block is found by address, as the interpreter
 * may not have made the link. */
static struct native *translated_target(struct jit *j, const struct site *s)
{
    struct block *b = interp_links(j->in) ? block_find(j->in, s->to->imm) : NULL;
    struct native *first = b ? b->native : NULL;
    for (struct native *n = first; n && s->x87_known; n = n->next)
        if (n->has_x87 && n->key == s->x87_key) return n;
    return first;
}

/* Indirect jumps to it need no look-up from now on. */
static void remember_jump(struct jit *j, struct native *to, uint64_t origin)
{
    gaddr eip = to->block->eip;
    if (j->counting && to->in_memory) return; /* its adapter counts nothing */
    const uint32_t *code = to->in_memory ? adapter(j, to, origin) : count_way_in(j, to);
    if (!code || to != to->block->native) return;
    struct jump_entry *e = &j->jumps[eip & (JUMPS - 1)];
    if (!e->code && j->jumps_used++ < JUMPS_NOTED) j->jump_used[j->jumps_used - 1] = (uint16_t)(e - j->jumps);
    *e = (struct jump_entry){(int32_t)eip, code};
}

enum { MOST_NATIVES = 8 };

/* The translation that site s of the same block's wants to be left for; made if it is not there. NULL: the
 * interpreter runs the block. */
static struct native *another(struct jit *j, struct cpu *cpu, struct site *s, const struct insn **next)
{
    struct native *n = &s->of->entry, *to = n->next;
    struct block *b = n->block;
    enum jit_refusal why;
    unsigned count = 0;
    *next = s->to;
    if (cpu->poll || j->in->changed || n->of->dead) return NULL;
    for (struct native *k = b->native; k; k = k->next)
        count++;
    if (!to && count < MOST_NATIVES) {
        report_deopt(j, b->eip, DEOPT_X87_STATE);
        if (translate(j, b, x87_key(&cpu->x87), &why)) to = n->next;
    }
    if (to) chain(j, s, to, cpu->jit.origin);
    return to;
}

static void leave_to_helper(struct translation *tr, const struct insn *rec)
{
    for (unsigned k = 0; k < tr->trace_blocks; k++) {
        struct block *b = tr->blocks[k];
        size_t index = (size_t)(rec - b->rec);
        if (rec >= b->rec && index < b->records && index < 64) b->by_helper |= UINT64_C(1) << index;
    }
}

enum { MOST_FAILURES = 3 };

/* An assumption that fails repeatedly is not made again. */
static void guard_failed(struct jit *j, struct cpu *cpu, struct site *s)
{
    struct translation *tr = s->of;
    report_deopt(j, s->to->eip, DEOPT_GUARD);
    if (++s->failures < MOST_FAILURES || tr->dead) return;
    for (unsigned k = s->blame; k <= s->last; k++)
        leave_to_helper(tr, tr->records[k]);
    translation_end(j, tr);
    jit_forget_jumps(j, cpu);
    block_set_back(j->in, tr->entry.block);
}

/* What follows site s: a translation to enter, or NULL and *next is the record to go on with (NULL: cpu->exit
 * says why). */
static struct native *after(struct jit *j, struct cpu *cpu, const struct site *s, const struct insn **next)
{
    struct native *to;
    struct block *b;
    *next = NULL;
    switch (s->kind) {
    case SITE_EDGE:
    case SITE_LANDING:
        to = may_follow(j, cpu) ? translated_target(j, s) : NULL;
        if (to) chain(j, (struct site *)(uintptr_t)s, to, cpu->jit.origin);
        if (to && !s->chain && !j->check) report_deopt(j, s->to->imm, DEOPT_FLAGS);
        *next = s->to;
        return to;
    case SITE_RECORD:
        if (s->guard) guard_failed(j, cpu, (struct site *)(uintptr_t)s);
        if (s->guess) guess_failed(j, cpu, s);
        *next = s->to;
        return NULL;
    case SITE_OTHER: return another(j, cpu, (struct site *)(uintptr_t)s, next);
    case SITE_ADAPTER:
        *next = s->to;
        to = may_follow(j, cpu) && !s->of->dead ? &s->of->entry : NULL;
        if (to) remember_jump(j, to, cpu->jit.origin);
        return to;
    case SITE_AWAY:
        b = may_follow(j, cpu) && interp_links(j->in) ? block_find(j->in, cpu->eip) : NULL;
        if (b && b->native) {
            to = b->native;
            if (!j->check) remember_jump(j, to, cpu->jit.origin);
            return to;
        }
        report_deopt(j, cpu->eip, cpu->poll ? DEOPT_POLL : DEOPT_LOOKUP);
        cpu->edge = NULL;
        cpu->exit = EXIT_LOOKUP;
        return NULL;
    default: /* struct cpu has it all */ report_deopt(j, cpu->at->eip, DEOPT_HELPER_TRAP); return NULL;
    }
}

/* The handler of a translated block's first record. */
HANDLER(run_native)
{
    struct jit *j = the_jit;
    struct native *n = block_of_first(i)->native;
    const struct insn *next = NULL;
    if (!cpu->jit.jumps) {
        jit_forget_jumps(j, cpu);
        fpr_prepare(cpu);
    }
    if (cpu->poll) { /* it was set since the interpreter looked */
        cpu->eip = n->block->eip;
        cpu->exit = EXIT_POLL;
        return NULL;
    }
    for (const struct site *s = NULL; n;) {
        cpu->x87.raw &= (uint8_t)~cpu->x87.empty;
        if (j->counting) n->way_in->runs++;
        s = j->check ? verified_enter(j, cpu, n, s) : j->enter(cpu, base, n->code);
        recover_site(j, cpu, s);
        if (j->counting) count_left((struct site *)(uintptr_t)s);
        n = after(j, cpu, s, &next);
    }
    if (!next) return NULL;
    /* A translation may leave at its first record for the interpreter to run that: it must not come back. */
    if (next->fn == run_native) return block_of_first(next)->first_fn(cpu, next, base);
    DISPATCH(next);
}

/* --- what the interpreter tells ---------------------------------------------------------------------- */

static uint64_t now(const struct jit *j)
{
    struct timespec t = {0};
    if (j->timed) clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void promote(struct jit *j, struct block *b, uint32_t key)
{
    enum jit_refusal why;
    uint64_t began = now(j);
    bool done = translate(j, b, key, &why);
    if (!done && why == REFUSE_CODE_FULL) { /* called by the interpreter: nobody is inside */
        translations_flush(j);
        jit_forget_jumps(j, j->in->cpu);
        done = translate(j, b, key, &why);
    }
    j->counters->nanoseconds += now(j) - began;
    if (done) {
        b->rec[0].fn = run_native;
        return;
    }
    report_refused(j, b, why);
    if (why != REFUSE_POINTLESS) block_set_back(j->in, b);
}

static void on_hot(void *self, struct block *b)
{
    struct jit *j = self;
    promote(j, b, x87_key(&j->in->cpu->x87));
}

static void on_dropped(void *self, struct block *b)
{
    struct jit *j = self;
    if (b->translations) report_deopt(j, b->eip, DEOPT_CODE_WRITTEN);
    while (b->translations)
        translation_end(j, ((struct member *)b->translations)->of);
    jit_forget_jumps(j, j->in->cpu);
}

/* After a misaligned access the block is translated again, with that access taken apart. */
static void on_faulted(void *self)
{
    struct jit *j = self;
    struct translation *tr = j->faulted;
    j->faulted = NULL;
    if (!tr) return;
    report_deopt(j, j->in->cpu->at->eip, j->misaligned ? DEOPT_MISALIGNED : DEOPT_FAULT);
    if (!j->misaligned || tr->dead) return;
    struct block *b = tr->entry.block;
    uint32_t key = tr->entry.key;
    translation_end(j, tr);
    jit_forget_jumps(j, j->in->cpu);
    promote(j, b, key);
}

void jit_hand_on(struct jit *j, bool on)
{
    (void)j;
    features_trap_misaligned(!on);
}

/* --- beginning --------------------------------------------------------------------------------------- */

/* Zeroed entries match address 0 only, so only that one's need another value. */
void jit_forget_ways(struct jit *j)
{
    if (j->jumps_used > JUMPS_NOTED) memset(j->jumps, 0, JUMPS * sizeof *j->jumps);
    for (unsigned k = 0; k < j->jumps_used && j->jumps_used <= JUMPS_NOTED; k++)
        j->jumps[j->jump_used[k]] = (struct jump_entry){0};
    j->jumps_used = 0;
    j->jumps[0].eip = INT64_MAX;
}

void jit_forget_jumps(struct jit *j, struct cpu *cpu)
{
    struct ring_entry *top = (struct ring_entry *)(void *)(j->ring_low + RING_GUARD + RING_BYTES) - 1;
    jit_forget_ways(j);
    top->eip = INT64_MAX;
    if (!cpu) return;
    cpu->jit.ring = cpu->jit.ring_top = top;
    cpu->jit.jumps = j->jumps;
}

/* What is large: mapped, it costs nothing to be zero, and nothing where it is not used. The table of jumps is
 * aligned to its size, so that an index is inserted into its address. */
struct tables {
    struct jump_entry jumps[2 * JUMPS];
    struct tr tr;
    struct trace trace;
};

static void *map(size_t n, int prot)
{
    void *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static bool tables_new(struct jit *j)
{
    size_t n = RING_BYTES + 2 * RING_GUARD;
    void *p = map(n, PROT_NONE);
    struct tables *large = map(sizeof *large, PROT_READ | PROT_WRITE);
    if (!p || !large) return false;
    j->ring_low = p;
    j->ring_high = j->ring_low + n;
    if (mprotect(j->ring_low + RING_GUARD, RING_BYTES, PROT_READ | PROT_WRITE)) return false;
    uintptr_t size = JUMPS * sizeof *j->jumps, first = ((uintptr_t)large->jumps + size - 1) & -size;
    j->jumps = (struct jump_entry *)first;
    j->tr = &large->tr;
    j->tr->trace = &large->trace;
    return true;
}

struct jit *jit_new(struct interp *in, const struct jit_options *opt, const char **why)
{
    struct jit *j = calloc(1, sizeof *j);
    if (j) {
        j->host = features_detect();
        j->dbl = opt->x87_double;
    }
    if (!j || !tables_new(j) || (opt->check && !(j->check = check_new())) ||
        !codemem_new(&j->mem, opt->code_bytes, opt->wx) || !trampolines_new(j)) {
        *why = "no memory for translated code; a smaller --code-cache or --tier=interp may do";
        free(j);
        return NULL;
    }
    features_trap_misaligned(true);
    j->in = in;
    j->host_page = (size_t)sysconf(_SC_PAGESIZE);
    j->check_each = opt->check;
    j->counters = opt->counters;
    j->log = opt->log;
    j->timed = opt->timed;
    j->counts = j->counting = opt->counts;
    the_jit = j;
    in->hooks = (struct interp_hooks){.hot = on_hot,
                                      .dropped = on_dropped,
                                      .recover_sig = jit_recover_sig,
                                      .ask_sig = jit_ask_sig,
                                      .resume = jit_resume,
                                      .faulted = on_faulted,
                                      .self = j};
    return j;
}
