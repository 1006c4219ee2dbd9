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
    for (struct native *n = first; n; n = n->next)
        if (site_fits(s, n)) return n;
    return first;
}

/* The entries of the table of jumps that are used, if they are no more than JUMPS_NOTED: behind the table. */
static uint16_t *noted_jumps(const struct cpu *cpu)
{
    return (uint16_t *)(void *)((struct jump_entry *)cpu->jit.jumps + JUMPS);
}

/* Indirect jumps to it need no look-up from now on. */
static void remember_jump(struct jit *j, struct cpu *cpu, struct native *to)
{
    gaddr eip = to->block->eip;
    if (j->counting && to->in_memory) return; /* its adapter counts nothing */
    const uint32_t *code = to->in_memory ? adapter(j, to, cpu->jit.origin) : count_way_in(j, to);
    struct jump_entry *jumps = cpu->jit.jumps;
    if (!code || to != to->block->native) return;
    struct jump_entry *e = &jumps[eip & (JUMPS - 1)];
    if (!e->code && cpu->jit.jumps_used++ < JUMPS_NOTED)
        noted_jumps(cpu)[cpu->jit.jumps_used - 1] = (uint16_t)(e - jumps);
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

/* The trace's block that has this record, and the record's bit; NULL: it has none. */
static struct block *block_with(const struct translation *tr, const struct insn *rec, uint64_t *bit)
{
    for (unsigned k = 0; k < tr->trace_blocks; k++) {
        struct block *b = tr->blocks[k];
        size_t index = (size_t)(rec - b->rec);
        if (rec < b->rec || index >= b->records || index >= 64) continue;
        *bit = UINT64_C(1) << index;
        return b;
    }
    return NULL;
}

static void leave_to_helper(struct translation *tr, const struct insn *rec)
{
    uint64_t bit;
    struct block *b = block_with(tr, rec, &bit);
    if (b) b->by_helper |= bit;
}

enum { MOST_FAILURES = 3, MOST_SELDOM = 1000 };

/* An assumption that fails repeatedly is not made again. */
static void guard_failed(struct jit *j, struct site *s)
{
    struct translation *tr = s->of;
    report_deopt(j, s->to->eip, DEOPT_GUARD);
    if (++s->failures < (s->seldom ? MOST_SELDOM : MOST_FAILURES) || tr->dead) return;
    tr->entry.block->doubts |= s->doubt;
    for (unsigned k = s->blame; k <= s->last && !s->doubt; k++)
        leave_to_helper(tr, tr->records[k]);
    translation_end(j, tr);
    jit_forget_jumps(j);
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
        if (s->guard) guard_failed(j, (struct site *)(uintptr_t)s);
        if (s->guess) guess_failed(j, s);
        *next = s->to;
        return NULL;
    case SITE_OTHER: return another(j, cpu, (struct site *)(uintptr_t)s, next);
    case SITE_ADAPTER:
        *next = s->to;
        to = may_follow(j, cpu) && !s->of->dead ? &s->of->entry : NULL;
        if (to) remember_jump(j, cpu, to);
        return to;
    case SITE_AWAY:
        b = may_follow(j, cpu) && interp_links(j->in) ? block_find(j->in, cpu->eip) : NULL;
        if (b && b->native) {
            to = b->native;
            if (!j->check) remember_jump(j, cpu, to);
            return to;
        }
        report_deopt(j, cpu->eip, cpu->poll ? DEOPT_POLL : DEOPT_LOOKUP);
        cpu->edge = NULL;
        cpu->exit = EXIT_LOOKUP;
        return NULL;
    default: /* struct cpu has it all */ report_deopt(j, cpu->eip, DEOPT_HELPER_TRAP); return NULL;
    }
}

static gaddr eip_of(const struct insn *rec)
{
    return rec->op == OP_EXIT ? rec->imm : rec->eip;
}

/* The same as after(), with the turn, which cpu has not got; and it has not got it afterwards, unless there
 * is nothing to go on with. */
static struct native *follow(struct jit *j, struct cpu *cpu, const struct site *s, const struct insn **next)
{
    if (s->kind == SITE_RECORD && !s->guard && !s->guess) {
        *next = s->to;
        return NULL;
    }
    gaddr eip = s->to ? eip_of(s->to) : cpu->eip;
    bool trap = s->kind == SITE_TRAP;
    interp_come_out(j->in, cpu);
    struct native *n = NULL;
    *next = NULL;
    if (block_is_known(j->in, cpu)) {
        n = after(j, cpu, s, next);
    } else if (!trap) { /* neither s nor the blocks need to be there any more */
        cpu->eip = eip;
        cpu->edge = NULL;
        cpu->exit = EXIT_LOOKUP;
    }
    if (n || *next) interp_go_in(j->in, cpu);
    return n;
}

/* The handler of a translated block's first record. */
HANDLER(run_native)
{
    struct jit *j = the_jit;
    struct native *n = __atomic_load_n((struct native **)&block_of_first(i)->native, __ATOMIC_ACQUIRE);
    const struct insn *next = NULL;
    if (!n) return block_of_first(i)->first_fn(cpu, i, base);
    if (cpu->poll) { /* it was set since the interpreter looked */
        cpu->eip = n->block->eip;
        cpu->exit = EXIT_POLL;
        return NULL;
    }
    for (const struct site *s = NULL; n;) {
        if (!jit_prepare(j, cpu)) return n->block->first_fn(cpu, &n->block->rec[0], base);
        cpu->x87.raw &= (uint8_t)~cpu->x87.empty;
        if (j->counting) n->way_in->runs++;
        s = j->check ? verified_enter(j, cpu, n, s) : j->enter(cpu, base, n->code);
        recover_site(j, cpu, s);
        if (j->counting) count_left((struct site *)(uintptr_t)s);
        n = follow(j, cpu, s, &next);
    }
    if (!next) return NULL;
    if (!block_is_known(j->in, cpu)) { /* what it knows of blocks is wrong */
        cpu->eip = eip_of(next);
        cpu->edge = NULL;
        cpu->exit = EXIT_LOOKUP;
        return NULL;
    }
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
        done = translate(j, b, key, &why);
    }
    j->counters->nanoseconds += now(j) - began;
    if (done) {
        __atomic_store_n(&b->rec[0].fn, run_native, __ATOMIC_RELEASE); /* other threads enter it */
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
    jit_forget_jumps(j);
}

/* Is the record to look at the guest's page from now on (paged.c)? Not if it does so already, or has no
 * emitter that could. */
static bool becomes_paged(struct translation *tr, const struct insn *rec)
{
    uint64_t bit;
    struct block *b = block_with(tr, rec, &bit);
    if (!b || b->by_page & bit || !paged_is_possible(rec)) return false;
    b->by_page |= bit;
    return true;
}

/* An access that faults again and again because its guest page shares a page of the host with others: to look
 * at the guest's page, or a helper that does it, costs far less than a host signal. Both the record that is
 * run again and the one whose access it was, as an emitter may have done them together. */
static bool shares_host_page(struct jit *j, struct cpu *cpu, struct translation *tr)
{
    enum { MOST_AGAIN = 4096 }; /* were a record to go on faulting, this would have no end */
    gaddr at;
    const struct insn *rec = cpu->jit.accessing;
    if (!mm_guest_of_sig(j->in->mm, cpu->jit.accessed, &at) || !mm_is_slow(j->in->mm, at) ||
        j->translated_again == MOST_AGAIN)
        return false;
    bool paged = becomes_paged(tr, rec);
    if (!paged && op_info[rec->op].traits & ENDS) return false;
    j->translated_again++;
    if (paged) return true;
    leave_to_helper(tr, rec);
    if (!(op_info[cpu->at->op].traits & ENDS)) leave_to_helper(tr, cpu->at);
    return true;
}

/* The block is translated again: after a misaligned access with that access taken apart. */
static void on_faulted(void *self, struct cpu *cpu, bool often)
{
    struct jit *j = self;
    struct translation *tr = cpu->jit.faulted;
    cpu->jit.faulted = NULL;
    if (!tr) return;
    report_deopt(j, cpu->at->eip, cpu->jit.misaligned ? DEOPT_MISALIGNED : DEOPT_FAULT);
    if (tr->dead || !(cpu->jit.misaligned || (often && shares_host_page(j, cpu, tr)))) return;
    struct block *b = tr->entry.block;
    uint32_t key = tr->entry.key;
    translation_end(j, tr);
    jit_forget_jumps(j);
    promote(j, b, key);
}

void jit_hand_on(struct jit *j, bool on)
{
    (void)j;
    features_trap_misaligned(!on);
}

/* --- beginning --------------------------------------------------------------------------------------- */

static void *map(size_t n, int prot)
{
    void *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

enum { JUMPS_BYTES = JUMPS * sizeof(struct jump_entry), BEFORE_JUMPS = RING_BYTES + 2 * RING_GUARD };
enum { TABLES_BYTES = BEFORE_JUMPS + 2 * JUMPS_BYTES + JUMPS_NOTED * sizeof(uint16_t) };

/* The return prediction between its guards, then the table of jumps, aligned to its size, so that an index is
 * inserted into its address. */
static bool tables_new(struct cpu *cpu)
{
    char *p = map(TABLES_BYTES, PROT_READ | PROT_WRITE);
    if (!p) return false;
    if (mprotect(p, RING_GUARD, PROT_NONE) || mprotect(p + RING_GUARD + RING_BYTES, RING_GUARD, PROT_NONE)) {
        munmap(p, TABLES_BYTES);
        return false;
    }
    cpu->jit.tables = p;
    p += BEFORE_JUMPS;
    cpu->jit.jumps = p + (-(uintptr_t)p & (JUMPS_BYTES - 1));
    cpu->jit.jumps_used = 0;
    cpu->jit.pages = mm_page_bytes(cpu->mm);
    fpr_prepare(cpu);
    return true;
}

/* Zeroed entries match address 0 only, so only that one's need another value. */
static void tables_clear(const struct jit *j, struct cpu *cpu)
{
    struct ring_entry *top = (struct ring_entry *)(void *)(cpu->jit.tables + RING_GUARD + RING_BYTES) - 1;
    struct jump_entry *jumps = cpu->jit.jumps;
    unsigned used = cpu->jit.jumps_used;
    if (used > JUMPS_NOTED) memset(jumps, 0, JUMPS * sizeof *jumps);
    for (unsigned k = 0; k < used && used <= JUMPS_NOTED; k++)
        jumps[noted_jumps(cpu)[k]] = (struct jump_entry){0};
    cpu->jit.jumps_used = 0;
    jumps[0].eip = INT64_MAX;
    top->eip = INT64_MAX;
    cpu->jit.ring = cpu->jit.ring_top = top;
    cpu->jit.epoch = j->epoch;
}

bool jit_prepare(struct jit *j, struct cpu *cpu)
{
    if (cpu->jit.tables && cpu->jit.epoch == j->epoch) return true;
    if (!cpu->jit.tables && !tables_new(cpu)) return false;
    tables_clear(j, cpu);
    return true;
}

void jit_forget_jumps(struct jit *j)
{
    struct cpu *cpu = j->in->cpu;
    j->epoch++;
    if (cpu && cpu->jit.tables) tables_clear(j, cpu); /* it may be in a helper, and go on from there */
}

void jit_forget_cpu(void *self, struct cpu *cpu)
{
    (void)self;
    if (cpu->jit.tables) munmap(cpu->jit.tables, TABLES_BYTES);
    cpu->jit.tables = NULL;
}

/* What is large: mapped, it costs nothing to be zero, and nothing where it is not used. */
struct tables {
    struct tr tr;
    struct trace trace;
};

static bool large_new(struct jit *j, size_t code_bytes)
{
    enum { SMALLEST = 32 }; /* bytes of a translation */
    struct tables *large = map(sizeof *large, PROT_READ | PROT_WRITE);
    j->room = code_bytes / SMALLEST;
    j->all = map(j->room * sizeof(struct translation *), PROT_READ | PROT_WRITE);
    if (!large || !j->all) return false;
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
    if (!j || !large_new(j, opt->code_bytes) || (opt->check && !(j->check = check_new())) ||
        !codemem_new(&j->mem, opt->code_bytes, opt->wx) || !trampolines_new(j)) {
        *why = "no memory for translated code; a smaller --code-cache or --tier=interp may do";
        free(j);
        return NULL;
    }
    features_trap_misaligned(true);
    j->in = in;
    j->epoch = 1;
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
                                      .forget = jit_forget_cpu,
                                      .self = j};
    return j;
}
