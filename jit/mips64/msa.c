/* Operands of SSE's packed instructions in MSA's vectors, and which emitter an instruction has. */
#include "jit/mips64/msa_emit.h"

/* --- memory ------------------------------------------------------------------------------------------ */

typedef void access_fn(struct code *c, unsigned wd, int offset, enum reg base);

/* Offsets count lanes; of any size, they may lie anywhere. */
static void access_memory(struct tr *t, access_fn *const by_lanes[4], unsigned w, struct address a)
{
    struct code *c = &t->c;
    for (int df = 3; df >= 0; df--) {
        int most = 512 << df;
        if (a.offset & ((1 << df) - 1) || a.offset < -most || a.offset >= most) continue;
        by_lanes[df](c, w, a.offset, a.base);
        return;
    }
    daddiu(c, SCRATCH, a.base, a.offset);
    by_lanes[3](c, w, 0, SCRATCH);
}

bool msa_load(struct tr *t, const struct insn *i, unsigned w)
{
    static access_fn *const loads[] = {ld_b, ld_h, ld_w, ld_d};
    struct address a;
    if (!packed_address(t, i, &a)) return false;
    state_mark(t);
    order_load(t);
    access_memory(t, loads, w, a);
    return true;
}

void msa_store(struct tr *t, unsigned w, struct address a)
{
    static access_fn *const stores[] = {st_b, st_h, st_w, st_d};
    state_mark(t);
    order_store(t);
    access_memory(t, stores, w, a);
}

/* --- operands ---------------------------------------------------------------------------------------- */

bool msa_source(struct tr *t, const struct insn *i, unsigned *w)
{
    if (i->form == FORM_RM) return msa_load(t, i, *w = xmm_new(t));
    *w = xmm_wide(t, i->src);
    return true;
}

unsigned msa_zero(struct tr *t)
{
    unsigned w = xmm_new(t);
    ldi_b(&t->c, w, 0);
    return w;
}

/* --- choice ------------------------------------------------------------------------------------------ */

bool msa_is_packed_next(const struct tr *t, unsigned off)
{
    for (unsigned k = t->k + 1; k < t->trace->count; k++) {
        const struct insn *i = t->trace->item[k].rec;
        if (op_info[i->op].group != GROUP_simd) continue;
        bool from = simd_src(i) == KIND_X && (i->form == FORM_RR || i->form == FORM_MR) && i->src == off;
        bool to = simd_dst(i) == KIND_X && i->form != FORM_MR && i->dst == off;
        if (from || to) return !sse_uses(i);
    }
    return false;
}

static bool is_clear(const struct insn *i)
{
    return i->form == FORM_RR && i->dst == i->src &&
           (i->op == OP_PXOR || i->op == OP_XORPS || i->op == OP_XORPD);
}

bool emit_msa(struct tr *t, const struct insn *i)
{
    if (!t->j->host.msa) return false;
    if (is_clear(i) && !msa_is_packed_next(t, i->dst)) return false;
    return msa_move(t, i) || msa_lanes(t, i) || msa_shift(t, i) || msa_arrange(t, i) || msa_extend(t, i) ||
           msa_choose(t, i);
}
