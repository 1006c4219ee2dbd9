/* The double model's registers in FPRs. While a translation is made, a register of the x87 is a name for some
 * FPR: moves, exchanges, pushes and pops only rename.
 *
 * NaNs: an x86 quiet NaN is a signalling one to the host and the other way round, so neither operands nor
 * results that are NaNs may be left to it. But every operation that is given a NaN, or makes one, results in
 * a NaN. So records that only change x87 registers form a chain, and at the chain's end the values that are
 * left are tested, two at a time; should one be a NaN, the interpreter runs the chain again from its first
 * record. What the registers held at that point stays in its FPRs until then. */
#include "jit/mips64/x87_emit.h"

#include "jit/mips64/effects.h"

enum { TEMPORARIES = 14 }; /* f0 and so on: lost in C; those above are XMM registers' (xmm.c) */

static uint32_t bit(unsigned f)
{
    return UINT32_C(1) << f;
}

static uint32_t in_use(const struct x87_state *s)
{
    uint32_t used = s->exact && s->c1.kind == C1_OF ? bit(s->c1.a) | bit(s->c1.b) | bit(s->c1.r) : 0;
    unsigned registers = s->exact ? s->narrow & (s->stale | ~s->empty) : ~s->empty;
    for (unsigned r = 0; r < 8; r++)
        if (registers >> r & 1) used |= bit(s->at[r]);
    return used;
}

/* --- names ------------------------------------------------------------------------------------------- */

void fpr_begin(struct tr *t)
{
    t->fpr = (struct fpr_state){.open = false};
    for (unsigned r = 0; r < 8; r++)
        t->x87.at[r] = (uint8_t)FPR_HOME(r);
}

unsigned fpr_of(const struct tr *t, unsigned i)
{
    return t->x87.at[(t->x87.top + i) & 7];
}

uint32_t fpr_taken(const struct tr *t)
{
    uint32_t used = in_use(&t->x87) | t->fpr.held;
    if (t->fpr.open) used |= in_use(&t->fpr.start);
    if (t->flags.kind == RECIPE_FCOM) used |= bit(t->flags.x.n) | bit(t->flags.y.n);
    return used;
}

/* Exact: any. An FPR may hold a copy of half an XMM register. */
static unsigned any_free(struct tr *t, uint32_t used)
{
    unsigned f = (unsigned)__builtin_ctz(narrow_fprs & ~used);
    if (f < COPIES) t->copies.halves[f] = 0, t->copies.constant[f] = 0;
    return f;
}

unsigned fpr_new(struct tr *t, unsigned i)
{
    unsigned r = (t->x87.top + i) & 7, f = FPR_HOME(r);
    uint32_t used = fpr_taken(t);
    if (t->x87.exact) f = any_free(t, used);
    for (unsigned k = 0; used & bit(f) && k < TEMPORARIES; k++)
        f = k;
    t->fpr.ordered &= ~bit(f);
    t->fpr.unchecked &= ~bit(f);
    t->fpr.held |= bit(f);
    return f;
}

void fpr_name(struct tr *t, unsigned i, unsigned f)
{
    uint8_t r = (uint8_t)((t->x87.top + i) & 7), set = (uint8_t)(1u << r);
    t->x87.at[r] = (uint8_t)f;
    t->x87.empty &= (uint8_t)~set;
    t->x87.narrow |= set;
    t->x87.stale |= set;
}

void fpr_push(struct tr *t, unsigned f)
{
    t->x87.top = (t->x87.top - 1) & 7;
    fpr_name(t, 0, f);
}

/* --- chains ------------------------------------------------------------------------------------------ */

void fpr_chain(struct tr *t)
{
    t->fpr.held = 0;
    if (t->fpr.open) return;
    t->fpr.open = true;
    t->fpr.tests = false;
    t->fpr.back = NULL;
    t->fpr.first = t->k;
    t->fpr.start = t->x87;
}

/* Exact: a store after others is no assumption's. */
static bool is_after_chain(const struct tr *t)
{
    const struct insn *i = t->trace->item[t->k].rec;
    return t->x87.exact && t->k > t->fpr.first && !x87_has_wide(t, i);
}

struct label *fpr_back(struct tr *t)
{
    struct x87_state now = t->x87;
    if (!t->fpr.open) return exit_by_guard(t);
    if (!t->fpr.back) {
        t->x87 = t->fpr.start;
        exit_to_record(t, t->trace->item[t->fpr.first].rec);
        t->fpr.back = &t->stub[t->stubs - 1];
        t->x87 = now;
    }
    t->fpr.back->guard = true;
    t->fpr.back->blame = (uint16_t)t->fpr.first;
    t->fpr.back->last = (uint16_t)(t->k - is_after_chain(t));
    return &t->fpr.back->label;
}

/* Leaves for the chain's beginning if a or b is a NaN. */
static void test(struct tr *t, unsigned a, unsigned b)
{
    struct code *c = &t->c;
    struct label *back = fpr_back(t);
    c_un_d(c, a, b);
    uint32_t slot = slot_word(c, COND_BIT);
    bc1t(c, back);
    emit(c, slot);
    t->fpr.ordered |= bit(a) | bit(b);
    t->fpr.unchecked &= ~(bit(a) | bit(b));
}

void fpr_ordered(struct tr *t, unsigned f)
{
    t->fpr.ordered |= bit(f);
}

void fpr_order(struct tr *t, unsigned a, unsigned b)
{
    if (t->x87.exact) return; /* fpr_settle() does it */
    if (~t->fpr.ordered & (bit(a) | bit(b))) test(t, a, b);
}

void fpr_result(struct tr *t, unsigned f)
{
    if (t->x87.exact)
        narrow_computed(t, f);
    else
        t->fpr.unchecked |= bit(f);
}

/* Exact: leaves for the chain's beginning if an operation raised another flag than that of lost precision. */
static void test_flags(struct tr *t)
{
    enum { OTHERS = 0x1e << FCSR_FLAGS };
    struct code *c = &t->c;
    if (!t->fpr.tests) return;
    cfc1(c, AT, FCSR);
    andi(c, AT, AT, OTHERS);
    bne(c, AT, ZERO, fpr_back(t));
    nop(c);
    t->fpr.tests = false;
}

void fpr_settle(struct tr *t)
{
    if (t->x87.exact && t->fpr.open) test_flags(t);
    uint32_t live = t->fpr.unchecked & in_use(&t->x87);
    while (live) {
        unsigned a = (unsigned)__builtin_ctz(live), b = a;
        live &= live - 1;
        if (live) b = (unsigned)__builtin_ctz(live);
        live &= live - 1;
        test(t, a, b);
    }
    t->fpr.unchecked = 0;
    t->fpr.open = false;
}

bool fpr_goes_on(const struct tr *t, const struct item *it)
{
    unsigned op = it->rec->op;
    if (it->role != ROLE_PLAIN || op_info[op].group != GROUP_x87 || !t->has_x87) return false;
    return op != OP_FLDCW && op != OP_FNSTSW && op != OP_FNSTSW_AX && op != OP_FNSTCW;
}

void fpr_note_causes(struct tr *t)
{
    if (t->j->host.fcsr || t->x87.exact) return;
    cfc1(&t->c, AT, FCSR);
    or_(&t->c, FP_CAUSES, FP_CAUSES, AT);
}

/* --- home, and to struct cpu and back ---------------------------------------------------------------- */

/* A register that has to move and whose home nobody needs any more; 8: none. */
static unsigned free_to_move(const struct x87_state *s)
{
    for (unsigned r = 0; r < 8; r++) {
        bool needed = false;
        if (s->empty >> r & 1 || s->at[r] == FPR_HOME(r)) continue;
        for (unsigned k = 0; k < 8; k++)
            needed |= k != r && !(s->empty >> k & 1) && s->at[k] == FPR_HOME(r);
        if (!needed) return r;
    }
    return 8;
}

void fpr_home(struct tr *t)
{
    struct x87_state *s = &t->x87;
    for (unsigned r = 0; r < 8; r++) {
        unsigned next;
        while ((next = free_to_move(s)) < 8) {
            mov_d(&t->c, FPR_HOME(next), s->at[next]);
            s->at[next] = (uint8_t)FPR_HOME(next);
        }
        if (s->empty >> r & 1) {
            s->at[r] = (uint8_t)FPR_HOME(r);
        } else if (s->at[r] != FPR_HOME(r)) { /* part of a cycle */
            unsigned f = 0;
            while (in_use(s) & bit(f))
                f++;
            mov_d(&t->c, f, s->at[r]);
            s->at[r] = (uint8_t)f;
        }
    }
}

void fpr_merge_flags(struct code *c, bool sticky)
{
    if (sticky) {
        cfc1(c, AT, FCSR);
        ext(c, AT, AT, FCSR_FLAGS, 4);
        ctc1(c, ZERO, FCSR);
    } else {
        ext(c, AT, FP_CAUSES, FCSR_CAUSES, 4);
        move(c, FP_CAUSES, ZERO);
    }
    daddu(c, AT, AT, CPU);
    lbu(c, AT, CPU_OFFSET(jit.fp_flags), AT);
    lhu(c, V0, CPU_OFFSET(x87.sw), CPU);
    or_(c, V0, V0, AT);
    sh(c, V0, CPU_OFFSET(x87.sw), CPU);
}

static bool wanted(const struct tr *t, unsigned r)
{
    return !t->x87.known || !(t->x87.empty >> r & 1);
}

void fpr_to_memory(struct tr *t)
{
    fpr_home(t);
    for (unsigned r = 0; r < 8; r++)
        if (wanted(t, r)) sdc1(&t->c, FPR_HOME(r), CPU_OFFSET(x87.d) + 8 * (int)r, CPU);
    fpr_merge_flags(&t->c, t->j->host.fcsr);
}

void fpr_from_memory(struct tr *t, unsigned registers)
{
    for (unsigned r = 0; r < 8; r++)
        if (registers >> r & 1) ldc1(&t->c, FPR_HOME(r), CPU_OFFSET(x87.d) + 8 * (int)r, CPU);
    t->fpr.ordered = 0;
}

/* --- at run time, in C ------------------------------------------------------------------------------- */

void fpr_prepare(struct cpu *cpu)
{
    static const uint8_t flags[] = {X87_PE, X87_UE, X87_OE, X87_ZE};
    for (unsigned k = 0; k < 16; k++) {
        cpu->jit.fp_flags[k] = 0;
        for (unsigned b = 0; b < 4; b++)
            if (k >> b & 1) cpu->jit.fp_flags[k] |= flags[b];
    }
}
