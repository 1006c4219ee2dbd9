/* Loops whose next turn finds XMM registers in FPRs. A translation that jumps back to itself has a second way
 * in for these jumps, behind loads of the registers that it reads first, or changes; what it changes of them
 * counts as changed there already, so a turn stores none of them. */
#include "jit/mips64/msa_emit.h"

/* --- what a trace does with registers ------------------------------------------------------------------ */

/* Sets of registers. */
struct survey {
    uint8_t seen, doubles, singles;     /* used; read first, as … */
    uint8_t changed, plain;             /* by the trace; … and not computed last */
    uint8_t last_doubles, last_singles; /* changed last by a scalar instruction with such a result */
    bool sums[2];                       /* it computes singles, doubles */
    uint8_t factors;                    /* of products of doubles */
    uint8_t cleared, high;              /* their upper half becomes 0; … or something else */
    uint8_t scalar, packed;             /* used by scalar instructions; by packed ones */
    uint8_t zeros;                      /* others are unpacked with them, or they are subtracted */
};

static void touch(struct survey *s, unsigned off, bool reads, bool is_double)
{
    uint8_t bit = (uint8_t)(1u << off / SIMD_STRIDE);
    if (reads && !(s->seen & bit)) *(is_double ? &s->doubles : &s->singles) |= bit;
    s->seen |= bit;
}

static bool makes_double(const struct insn *i, unsigned uses)
{
    if (i->op == OP_CVTSI2SD || i->op == OP_CVTSS2SD) return true;
    return uses & SSE_OF_DOUBLES && i->op != OP_CVTSD2SS;
}

/* Does i, which changes a register, leave 0 in its upper half? */
static bool clears(const struct insn *i)
{
    switch (i->op) {
    case OP_MOVSS:
    case OP_MOVSS_LD:
    case OP_MOVSD:
    case OP_MOVSD_LD: return i->form == FORM_RM;
    case OP_MOVD:
    case OP_MOVQ: return true;
    case OP_XORPS:
    case OP_XORPD:
    case OP_PXOR: return i->form == FORM_RR && i->dst == i->src;
    default: return false;
    }
}

static void change(struct survey *s, const struct insn *i, unsigned uses)
{
    uint8_t bit = (uint8_t)(1u << i->dst / SIMD_STRIDE);
    bool is_double = makes_double(i, uses);
    s->changed |= bit;
    s->plain = (uint8_t)(uses & SSE_COMPUTES ? s->plain & ~bit : s->plain | bit);
    s->last_doubles &= (uint8_t)~bit;
    s->last_singles &= (uint8_t)~bit;
    if (uses) *(is_double ? &s->last_doubles : &s->last_singles) |= bit;
    if (uses & SSE_COMPUTES) s->sums[is_double] = true;
    if (clears(i))
        s->cleared |= bit;
    else if (!(uses & SSE_SCALAR))
        s->high |= bit;
}

/* Does it cost less if its source is known to be 0? */
static bool is_less_with_zero(const struct insn *i)
{
    switch (i->op) {
    case OP_PUNPCKLBW:
    case OP_PUNPCKHBW:
    case OP_PUNPCKLWD:
    case OP_PUNPCKHWD:
    case OP_PSADBW: return true;
    default: return false;
    }
}

static void note_use(struct survey *s, const struct insn *i, bool from, bool to, unsigned uses)
{
    uint8_t set = 0;
    bool copies = i->form == FORM_RR && (i->op == OP_MOVAPS || i->op == OP_MOVAPD);
    if (copies) return;
    if (from) set |= (uint8_t)(1u << i->src / SIMD_STRIDE);
    if (to) set |= (uint8_t)(1u << i->dst / SIMD_STRIDE);
    *(uses ? &s->scalar : &s->packed) |= set;
}

/* Does i change a register? */
static bool survey_insn(struct survey *s, const struct insn *i)
{
    if (op_info[i->op].group != GROUP_simd) return false;
    unsigned u = sse_uses(i) == SSE_PACKED ? 0 : sse_uses(i);
    bool from = simd_src(i) == KIND_X && (i->form == FORM_RR || i->form == FORM_MR);
    bool to = simd_dst(i) == KIND_X && i->form != FORM_MR;
    note_use(s, i, from, to, u);
    if (i->op == OP_MULSD) s->factors |= (uint8_t)(1u << i->dst / SIMD_STRIDE);
    if (i->op == OP_MULSD && from) s->factors |= (uint8_t)(1u << i->src / SIMD_STRIDE);
    if (from && is_less_with_zero(i)) s->zeros |= (uint8_t)(1u << i->src / SIMD_STRIDE);
    if (from) touch(s, i->src, u & SSE_USES_SRC, u & SSE_OF_DOUBLES);
    if (!to) return false;
    touch(s, i->dst, u & SSE_USES_DST, u & SSE_OF_DOUBLES);
    if (u && !(u & SSE_CHANGES_DST)) return false;
    change(s, i, u);
    return true;
}

static void survey_item(struct tr *t, struct survey *s, unsigned k)
{
    const struct insn *i = t->trace->item[k].rec;
    if (survey_insn(s, i)) t->changed_last[i->dst / SIMD_STRIDE] = (uint16_t)k;
}

/* Does a jump of the trace lead to its beginning? */
static bool is_loop(const struct trace *trace)
{
    gaddr start = trace->item[0].rec->eip;
    for (unsigned k = 0; k < trace->count; k++) {
        const struct item *it = &trace->item[k];
        const struct insn *exit = &it->block->rec[it->block->records];
        if (it->role != ROLE_BRANCH && it->role != ROLE_END) continue;
        if (exit[EXIT_TAKEN].imm == start || exit[EXIT_FALL].imm == start) return true;
    }
    return false;
}

/* Those that are changed before they are read are in FPRs at the end, too: then no turn stores them. */
static void add_changed(struct survey *s)
{
    enum { MOST = 6 }; /* of ten FPRs */
    uint8_t first = s->doubles | s->singles;
    if (__builtin_popcount(first | s->last_doubles | s->last_singles) > MOST) return;
    s->doubles |= s->last_doubles & ~first;
    s->singles |= s->last_singles & ~first;
}

/* Registers that stay in MSA's vectors from turn to turn: those of packed instructions alone. */
static uint8_t choose_wides(const struct tr *t, const struct survey *s)
{
    uint8_t wides = s->packed & ~s->scalar;
    if (!t->j->host.msa ||
        (unsigned)__builtin_popcount(wides | s->doubles | s->singles) > xmm_most_carried(t))
        return 0;
    return wides;
}

/* Registers that are taken to be 0: no turn changes them. */
static uint8_t choose_zeros(const struct tr *t, const struct survey *s)
{
    bool in_halves = !t->j->host.msa && !t->j->host.mmi;
    return in_halves && !(t->trace->block[0]->doubts & DOUBT_ZEROS) ? s->zeros & ~s->changed : 0;
}

/* --- the way in ---------------------------------------------------------------------------------------- */

/* What is taken for granted of the whole block. */
static void doubt_last_stub(struct tr *t, enum doubt doubt)
{
    t->stub[t->stubs - 1].guard = doubt != DOUBT_NONE;
    t->stub[t->stubs - 1].doubt = (uint8_t)doubt;
}

/* Register r, which is read first and not changed by something that does not compute, is tested. */
static void test_entry(struct tr *t, const struct survey *s, unsigned r, unsigned f, bool is_double)
{
    bool factor = (s->factors & ~s->changed) >> r & 1 && is_double;
    if (xmm_knowledge(t, f)) return;
    if (!factor || t->trace->block[0]->doubts & DOUBT_FACTORS) {
        sse_check_whole(t, f, is_double);
        doubt_last_stub(t, DOUBT_NONE); /* the first item has nothing to do with it */
        return;
    }
    sse_test_modest(t, f);
    sse_branch(t, (struct check_of){.f = (uint8_t)f, .is_double = true});
    doubt_last_stub(t, DOUBT_FACTORS);
    xmm_know(t, f, XMM_MODEST);
}

/* Leaves unless these halves are 0. */
static void test_halves(struct tr *t, uint8_t low, uint8_t high, enum doubt doubt)
{
    struct code *c = &t->c;
    unsigned n = 0;
    if (!(low | high)) return;
    for (unsigned r = 0; r < 8; r++) {
        for (enum half h = LOW; h <= HIGH; h++) {
            if (!((h == LOW ? low : high) >> r & 1)) continue;
            ld(c, n ? AT : V0, xmm_offset(r * SIMD_STRIDE) + 8 * (int)h, CPU);
            if (n++) or_(c, V0, V0, AT);
        }
    }
    struct label *out = exit_by_guard(t);
    bne(c, V0, ZERO, out);
    nop(c);
    doubt_last_stub(t, doubt);
    t->xmm.low_zero |= low;
    t->xmm.high_zero |= high;
}

/* Upper halves that a turn leaves 0 are, before the first one: then none has to store that. */
static void test_upper_halves(struct tr *t, const struct survey *s)
{
    uint8_t zero = s->cleared & ~s->high & ~t->xmm.wides;
    if (!(t->trace->block[0]->doubts & DOUBT_HIGH)) test_halves(t, 0, zero, DOUBT_HIGH);
}

void xmm_loop_begin(struct tr *t)
{
    struct survey s = {.seen = 0};
    t->again = NULL;
    if ((t->sse == SSE_NONE && t->j->host.mmi && !t->j->host.msa) || !is_loop(t->trace)) return;
    for (unsigned k = 0; k < t->trace->count; k++)
        survey_item(t, &s, k);
    if (t->sse == SSE_NONE) s.doubles = s.singles = s.last_doubles = s.last_singles = s.cleared = 0;
    uint8_t read = s.doubles | s.singles, wides = choose_wides(t, &s);
    uint8_t zeros = choose_zeros(t, &s);
    add_changed(&s);
    if (!(s.doubles | s.singles | wides | zeros)) return;
    for (unsigned r = 0; r < 8; r++) {
        bool is_double = s.doubles >> r & 1;
        if (wides >> r & 1) xmm_wide(t, r * SIMD_STRIDE);
        if (!((s.doubles | s.singles) >> r & 1)) continue;
        unsigned f = xmm_low(t, r * SIMD_STRIDE, is_double);
        if (read >> r & 1 && !(s.plain >> r & 1)) test_entry(t, &s, r, f, is_double);
    }
    test_upper_halves(t, &s);
    test_halves(t, zeros, zeros, DOUBT_ZEROS);
    t->xmm.dirty = s.changed & (s.doubles | s.singles | wides);
    t->xmm_held = 0;
    t->carried = t->xmm;
    t->again_word = s.sums[true] ? sse_sane_word(true) : s.sums[false] ? sse_sane_word(false) : 0;
    if (t->again_word) t->again_reg = emit_word(t, t->again_word);
    t->again = t->c.at;
    t->again_kept = true;
    code_fence(&t->c);
}

/* --- the way back -------------------------------------------------------------------------------------- */

static bool same_place(const struct xmm_state *a, const struct xmm_state *b, unsigned r)
{
    return a->at[r] == b->at[r];
}

/* Is all that the way in relies on in some FPR, or known? */
static bool is_ready(const struct tr *t)
{
    const struct xmm_state *x = &t->xmm, *want = &t->carried;
    return !(want->doubles & ~x->doubles) && !(want->singles & ~x->singles) && !(want->whole & ~x->whole) &&
           !(want->wides & ~x->wides) && !(want->modest & ~x->modest) && !(want->high_zero & ~x->high_zero) &&
           !(want->low_zero & ~x->low_zero);
}

/* A register that has to move to an FPR that no other one is in; 8: none. */
static unsigned free_to_move(const struct tr *t)
{
    const struct xmm_state *x = &t->xmm, *want = &t->carried;
    uint8_t carried = want->doubles | want->singles | want->wides;
    for (unsigned r = 0; r < 8; r++) {
        bool needed = false;
        if (!(carried >> r & 1) || same_place(x, want, r)) continue;
        for (unsigned k = 0; k < 8; k++)
            needed |= carried >> k & 1 && !same_place(x, want, k) && x->at[k] == want->at[r];
        if (!needed) return r;
    }
    return 8;
}

/* Register r's value to vector, or FPR, f, in the way that is wanted. */
static void move_as(struct tr *t, unsigned r, unsigned f)
{
    const struct xmm_state *want = &t->carried;
    (want->wides >> r & 1 ? move_v : want->doubles >> r & 1 ? mov_d : mov_s)(&t->c, f, t->xmm.at[r]);
}

/* One of those that only change places moves to an FPR that is free. */
static bool move_aside(struct tr *t)
{
    struct xmm_state *x = &t->xmm;
    const struct xmm_state *want = &t->carried;
    for (unsigned r = 0; r < 8; r++) {
        if (!((want->doubles | want->singles | want->wides) >> r & 1) || same_place(x, want, r)) continue;
        unsigned f = xmm_new(t);
        move_as(t, r, f);
        x->at[r] = (uint8_t)f;
        return true;
    }
    return false;
}

bool xmm_loop_back(struct tr *t)
{
    struct xmm_state *x = &t->xmm;
    const struct xmm_state *want = &t->carried;
    unsigned r;
    if (!t->again) return false;
    for (r = 0; r < 8; r++)
        if (want->wides >> r & 1) xmm_wide(t, r * SIMD_STRIDE);
    if (!is_ready(t)) return false;
    xmm_leave_but(t, want->doubles | want->singles | want->wides, want->dirty);
    do {
        for (; (r = free_to_move(t)) < 8; x->at[r] = want->at[r])
            move_as(t, r, want->at[r]);
    } while (move_aside(t));
    *x = *want;
    if (t->again_word && !t->again_kept) li(&t->c, t->again_reg, (int32_t)t->again_word);
    return true;
}
