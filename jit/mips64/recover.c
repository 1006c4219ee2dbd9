/* From the state of translated code to struct cpu: when it left by a site, and when it faulted. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "jit/mips64/msa_recover.h"
#include "jit/mips64/translate.h"

/* Host registers as they were. */
struct regs {
    const unsigned long long *gpr; /* NULL: only the two below are known */
    uint64_t flag_a, flag_b;
    uint64_t hi, lo;
    const double *fpr; /* NULL: none is an operand */
};

static int64_t sign_extend(uint64_t v, int bits)
{
    return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

static int64_t value(const struct cpu *cpu, const struct recipe *r, const struct val *v, const struct regs *h)
{
    switch (v->kind) {
    case VAL_CONST: return v->c;
    case VAL_HOST: return (int64_t)(v->n == FLAG_A ? h->flag_a : h->flag_b);
    case VAL_ESP: return sign_extend((v->n == FLAG_A ? h->flag_a : h->flag_b) + (uint64_t)v->c, r->bits);
    case VAL_GUEST: {
        uint32_t g = cpu->gpr[v->n / 4] >> (v->n & 3) * 8;
        return sign_extend(g + (uint32_t)v->c, r->bits);
    }
    case VAL_FPR: {
        int64_t bits = 0;
        if (h->fpr) memcpy(&bits, &h->fpr[v->n], sizeof bits);
        return bits;
    }
    default: return 0;
    }
}

/* The flags as recipe r has them; RECIPE_ENTRY: as `origin` has them. */
static void apply(struct jit *j, struct cpu *cpu, const struct recipe *r, uint64_t origin,
                  const struct regs *h)
{
    if (r->kind == RECIPE_ENTRY) {
        const struct site *s = site_of_origin(j, origin);
        if (!s) return; /* entered from C: in memory */
        r = &s->flags;
    }
    bool product = r->kind >= RECIPE_MUL && r->x.kind == VAL_NONE;
    int64_t x = product ? (int64_t)h->hi : value(cpu, r, &r->x, h);
    int64_t y = product ? (int64_t)h->lo : value(cpu, r, &r->y, h);
    recipe_apply(cpu, r, x, y);
}

static void apply_fip(struct cpu *cpu, const struct site *s)
{
    if (s && s->fip_stale) cpu->x87.fip = s->fip;
}

void recover_site(struct jit *j, struct cpu *cpu, const struct site *s)
{
    apply_fip(cpu, s->fip_entry ? site_of_origin(j, cpu->jit.origin) : s);
    struct regs h = {.flag_a = cpu->jit.flag_a, .flag_b = cpu->jit.flag_b};
    apply(j, cpu, &s->flags, cpu->jit.origin, &h);
}

/* --- polls ------------------------------------------------------------------------------------------- */

static char *poll_page(const struct jit *j, struct cpu *cpu)
{
    return (char *)cpu - j->host_page;
}

/* Two threads may be at it, and a signal may come anywhere between: the page is forbidden before, and allowed
 * after what is noted; and cpu->poll, which was set before all this, is looked at after jit_resume(). */
void jit_ask_sig(void *self, struct cpu *cpu)
{
    struct jit *j = self;
    if (!cpu->jit.page_own) return; /* nothing translated has run; the interpreter looks at cpu->poll */
    mprotect(poll_page(j, cpu), j->host_page, PROT_NONE);
    cpu->jit.asked = 1;
}

/* There is a second thread: what was translated for one alone is given up. */
static void share(struct jit *j)
{
    j->shared = true;
    j->ordered = !j->in->opt.relaxed;
    translations_flush(j);
}

void jit_resume(void *self, struct cpu *cpu)
{
    struct jit *j = self;
    if (!cpu->jit.page_own) {
        /* Linux on MIPS does not survive that the page of zeros changes its protection (mm/zeropage.c). */
        *(volatile char *)poll_page(j, cpu) = 1;
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        cpu->jit.page_own = 1;
    }
    if (!j->shared && turn_is_free(j->in->turn)) share(j);
    if (!cpu->jit.asked) return;
    cpu->jit.asked = 0;
    mprotect(poll_page(j, cpu), j->host_page, PROT_READ);
}

static void take_registers(struct cpu *cpu, const ucontext_t *uc)
{
#define X(guest, host) cpu->gpr[guest] = (uint32_t)uc->uc_mcontext.gregs[host];
    HOSTREGS(X)
#undef X
    cpu->jit.ring = (void *)(uintptr_t)uc->uc_mcontext.gregs[RING];
}

/* The double model: values and flags to struct cpu. */
static void take_doubles(const struct jit *j, struct cpu *cpu, const ucontext_t *uc,
                         const struct x87_state *s)
{
    uint32_t fcsr;
    if (!j->dbl) return;
    for (unsigned r = 0; r < 8; r++)
        memcpy(&cpu->x87.d[r], &uc->uc_mcontext.fpregs.fp_r.fp_dregs[s ? s->at[r] : FPR_HOME(r)],
               sizeof(double));
    __asm__ volatile("cfc1 %0, $31" : "=r"(fcsr)); /* nothing between the fault and here computes with it */
    if (s && s->fcsr_kept) fcsr = (uint32_t)uc->uc_mcontext.gregs[FCSR_KEPT];
    unsigned flags =
        j->host.fcsr ? fcsr >> FCSR_FLAGS : (unsigned)uc->uc_mcontext.gregs[FP_CAUSES] >> FCSR_CAUSES;
    cpu->x87.sw |= cpu->jit.fp_flags[flags & 15];
}

static void take_xmm(struct cpu *cpu, const struct xmm_state *x, const ucontext_t *uc)
{
    if (x->wides & x->dirty) msa_recover(cpu, x, uc);
    xmm_recover(cpu, x, uc->uc_mcontext.fpregs.fp_r.fp_dregs, uc->uc_mcontext.gregs);
}

/* What was not in its host register. */
static void take_pending(struct cpu *cpu, const struct pending *p, unsigned n)
{
    uint32_t host[REG_SLOTS];
    memcpy(host, cpu->gpr, sizeof host);
    host[REG_ZERO] = 0;
    for (unsigned k = 0; k < n; k++)
        cpu->gpr[p[k].reg] = host[p[k].base] + (uint32_t)p[k].c;
}

static struct regs regs_of(const ucontext_t *uc)
{
    return (struct regs){.flag_a = uc->uc_mcontext.gregs[FLAG_A],
                         .flag_b = uc->uc_mcontext.gregs[FLAG_B],
                         .hi = uc->uc_mcontext.mdhi,
                         .fpr = uc->uc_mcontext.fpregs.fp_r.fp_dregs,
                         .lo = uc->uc_mcontext.mdlo};
}

static bool in_poll_page(const struct jit *j, struct cpu *cpu, const siginfo_t *info)
{
    const char *at = info->si_addr;
    return at >= poll_page(j, cpu) && at < (char *)cpu;
}

/* A jump's delay slot found the page forbidden: the jump is where the guest is left. */
static bool leave_at_poll(struct jit *j, struct cpu *cpu, const struct translation *tr, const siginfo_t *info,
                          const ucontext_t *uc)
{
    if (!in_poll_page(j, cpu, info)) return false;
    uint32_t word = (uint32_t)((const uint32_t *)(uintptr_t)uc->uc_mcontext.pc - j->mem.begin);
    const struct site *s = tr->sites;
    while (s && (s->word != word || (s->kind != SITE_EDGE && s->kind != SITE_AWAY)))
        s = s->next_of;
    if (!s) return false;
    if (j->counting) count_left((struct site *)(uintptr_t)s);
    take_registers(cpu, uc);
    take_doubles(j, cpu, uc, NULL);
    if (s->again) take_xmm(cpu, &tr->carried, uc);
    apply_fip(cpu, s);
    struct regs h = regs_of(uc);
    /* A jump that links has set ORIGIN to itself: then its own recipe says all. */
    apply(j, cpu, &s->flags, uc->uc_mcontext.gregs[ORIGIN], &h);
    cpu->eip = s->kind == SITE_EDGE ? s->to->imm : (gaddr)uc->uc_mcontext.gregs[s->target];
    cpu->exit = EXIT_POLL;
    return true;
}

/* --- faults ------------------------------------------------------------------------------------------ */

static const struct mark *mark_at(const struct translation *tr, uint32_t word)
{
    const struct mark *m = NULL;
    for (unsigned k = 0; k < tr->mark_count && tr->marks[k].word <= word; k++)
        m = &tr->marks[k];
    return m;
}

/* A push on the full return prediction, or a pop of the empty one: it begins anew. */
static bool renew_ring(struct cpu *cpu, const siginfo_t *info, ucontext_t *uc)
{
    const char *at = info->si_addr;
    if (at < cpu->jit.tables || at >= cpu->jit.tables + RING_BYTES + 2 * RING_GUARD) return false;
    uc->uc_mcontext.gregs[RING] = (uintptr_t)cpu->jit.ring_top - sizeof(struct ring_entry);
    return true;
}

enum interp_recovery jit_recover_sig(void *self, struct cpu *cpu, int signo, const siginfo_t *info,
                                     void *machine_context)
{
    struct jit *j = self;
    ucontext_t *uc = machine_context;
    const uint32_t *pc = (const uint32_t *)(uintptr_t)uc->uc_mcontext.pc;
    struct translation *tr = translation_at(j, pc);
    cpu->jit.faulted = NULL;
    if (!tr) return RECOVERY_NONE;
    if (renew_ring(cpu, info, uc)) return RECOVERY_RESUMED;
    if (leave_at_poll(j, cpu, tr, info, uc)) return RECOVERY_LEFT;
    const struct mark *m = mark_at(tr, (uint32_t)(pc - j->mem.begin));
    if (!m) return RECOVERY_NONE;
    struct insn *rec = tr->records[m->item];
    take_registers(cpu, uc);
    struct regs h = regs_of(uc);
    uint64_t origin = m->x87.origin_kept ? cpu->jit.x87_origin : uc->uc_mcontext.gregs[ORIGIN];
    apply(j, cpu, &tr->recipes[m->recipe], origin, &h);
    take_pending(cpu, &tr->pendings[m->pending], m->pendings);
    cpu->gpr[ESP] += (uint32_t)m->esp;
    take_doubles(j, cpu, uc, &m->x87);
    take_xmm(cpu, &m->xmm, uc);
    if (m->x87.fip_entry) apply_fip(cpu, site_of_origin(j, origin));
    x87_recover(cpu, &m->x87, h.fpr);
    cpu->at = rec;
    if (in_poll_page(j, cpu, info)) {
        cpu->eip = rec->eip;
        cpu->exit = EXIT_POLL;
        return RECOVERY_LEFT;
    }
    /* Beyond the end of a mapped file it is BUS_ADRERR; a kernel that was told to trap says SI_KERNEL. */
    cpu->jit.misaligned = signo == SIGBUS && info->si_code != BUS_ADRERR;
    if (cpu->jit.misaligned)
        __atomic_or_fetch(&tr->records[m->blame]->prefix, PFX_MISALIGNED, __ATOMIC_RELAXED);
    cpu->jit.faulted = tr;
    cpu->jit.accessing = tr->records[m->blame];
    cpu->jit.accessed = info->si_addr;
    return RECOVERY_RECORD;
}
