/* Loops whose next turn finds XMM registers in FPRs. A translation that jumps back to itself has a second way
 * in for these jumps, behind loads of the registers that it reads first; what it changes of them counts as
 * changed there already, so a turn stores none of them. */
#include "jit/mips64/simd_emit.h"

/* --- what a trace does with registers ------------------------------------------------------------------ */

/* Sets of registers. */
struct survey {
    uint8_t seen, doubles, singles; /* used; read first, as … */
    uint8_t changed, plain;         /* by the trace; … and not computed last */
};

static void touch(struct survey *s, unsigned off, bool reads, bool is_double)
{
    uint8_t bit = (uint8_t)(1u << off / SIMD_STRIDE);
    if (reads && !(s->seen & bit)) *(is_double ? &s->doubles : &s->singles) |= bit;
    s->seen |= bit;
}

static void change(struct survey *s, unsigned off, bool computes)
{
    uint8_t bit = (uint8_t)(1u << off / SIMD_STRIDE);
    s->changed |= bit;
    s->plain = (uint8_t)(computes ? s->plain & ~bit : s->plain | bit);
}

static void survey_insn(struct survey *s, const struct insn *i)
{
    if (op_info[i->op].group != GROUP_simd) return;
    unsigned u = sse_uses(i);
    bool from = simd_src(i) == KIND_X && (i->form == FORM_RR || i->form == FORM_MR);
    bool to = simd_dst(i) == KIND_X && i->form != FORM_MR;
    if (from) touch(s, i->src, u & SSE_USES_SRC, u & SSE_OF_DOUBLES);
    if (!to) return;
    touch(s, i->dst, u & SSE_USES_DST, u & SSE_OF_DOUBLES);
    if (!u || u & SSE_CHANGES_DST) change(s, i->dst, u & SSE_COMPUTES);
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

/* --- the way in ---------------------------------------------------------------------------------------- */

void xmm_loop_begin(struct tr *t)
{
    struct survey s = {.seen = 0};
    t->again = NULL;
    if (t->sse == SSE_NONE || !is_loop(t->trace)) return;
    for (unsigned k = 0; k < t->trace->count; k++)
        survey_insn(&s, t->trace->item[k].rec);
    if (!(s.doubles | s.singles)) return;
    for (unsigned r = 0; r < 8; r++) {
        bool is_double = s.doubles >> r & 1;
        if (!((s.doubles | s.singles) >> r & 1)) continue;
        unsigned f = xmm_low(t, r * SIMD_STRIDE, is_double);
        if (!(s.plain >> r & 1) && !xmm_knowledge(t, f)) {
            sse_check_whole(t, f, is_double);
            t->stub[t->stubs - 1].guard = false; /* the first item has nothing to do with it */
        }
    }
    t->xmm.dirty = s.changed & (s.doubles | s.singles);
    t->xmm_held = 0;
    t->carried = t->xmm;
    t->again = t->c.at;
    code_fence(&t->c);
}

/* --- the way back -------------------------------------------------------------------------------------- */

static bool same_place(const struct xmm_state *a, const struct xmm_state *b, unsigned r)
{
    return a->at[r] == b->at[r];
}

/* Is all that the way in relies on in some FPR? */
static bool is_ready(const struct tr *t)
{
    const struct xmm_state *x = &t->xmm, *want = &t->carried;
    return !(want->doubles & ~x->doubles) && !(want->singles & ~x->singles) && !(want->whole & ~x->whole);
}

/* A register that has to move to an FPR that no other one is in; 8: none. */
static unsigned free_to_move(const struct tr *t)
{
    const struct xmm_state *x = &t->xmm, *want = &t->carried;
    uint8_t carried = want->doubles | want->singles;
    for (unsigned r = 0; r < 8; r++) {
        bool needed = false;
        if (!(carried >> r & 1) || same_place(x, want, r)) continue;
        for (unsigned k = 0; k < 8; k++)
            needed |= carried >> k & 1 && !same_place(x, want, k) && x->at[k] == want->at[r];
        if (!needed) return r;
    }
    return 8;
}

/* One of those that only change places moves to an FPR that is free. */
static bool move_aside(struct tr *t)
{
    struct xmm_state *x = &t->xmm;
    const struct xmm_state *want = &t->carried;
    for (unsigned r = 0; r < 8; r++) {
        bool is_double = want->doubles >> r & 1;
        if (!((want->doubles | want->singles) >> r & 1) || same_place(x, want, r)) continue;
        unsigned f = xmm_new(t);
        (is_double ? mov_d : mov_s)(&t->c, f, x->at[r]);
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
    if (!t->again || !is_ready(t)) return false;
    xmm_leave_but(t, want->doubles | want->singles, want->dirty);
    do {
        for (; (r = free_to_move(t)) < 8; x->at[r] = want->at[r])
            (want->doubles >> r & 1 ? mov_d : mov_s)(&t->c, want->at[r], x->at[r]);
    } while (move_aside(t));
    *x = *want;
    return true;
}
