/* SIMD emitters in general registers: loads and stores of whole XMM registers, and bitwise logic. Copies from
 * register to register, and clearing, are sse_move.c's. */
#include "jit/mips64/packed_emit.h"

/* --- 16 bytes ---------------------------------------------------------------------------------------- */

static bool store128(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a;
    bool apart = i->size != SIMD_A16 && i->prefix & PFX_MISALIGNED;
    if (!packed_address(t, i, &a)) return false;
    enum reg lo = half_get(t, i->src, LOW);
    bool slot = !half_is_known(t, i->src, HIGH);
    if (!slot) half_get(t, i->src, HIGH);
    /* Of two pages either may refuse, and then nothing must have been done, so the interpreter does it. */
    if (i->size != SIMD_A16) {
        emit_within_page(t, a, 16, exit_to_record(t, t->trace->item[t->k].rec));
        if (!slot) nop(c);
    }
    enum reg hi = half_get(t, i->src, HIGH);
    state_mark(t);
    order_store(t);
    if (apart) {
        sdr(c, lo, a.offset, a.base);
        sdl(c, lo, a.offset + 7, a.base);
        sdr(c, hi, a.offset + 8, a.base);
        sdl(c, hi, a.offset + 15, a.base);
    } else {
        sd(c, lo, a.offset, a.base);
        sd(c, hi, a.offset + 8, a.base);
    }
    return true;
}

/* Can nothing come between the item's effect and the one before, as seen by memory? */
static bool is_local(const struct item *it)
{
    const struct insn *i = it->rec;
    unsigned group = op_info[i->op].group;
    if (it->role != ROLE_PLAIN || i->op == OP_MASKMOVDQU) return false;
    if (group != GROUP_simd && group != GROUP_alu && group != GROUP_data) return false;
    return i->form == FORM_R || i->form == FORM_RR || i->form == FORM_RI;
}

/* Compilers load the same bytes once more rather than copy them: the first access stands for both, if there
 * is no other one in between. */
static bool is_loaded(const struct tr *t, const struct insn *i)
{
    const struct loaded *l = &t->loaded;
    struct value v;
    if (l->base == REG_SLOTS || t->j->shared || i->size == SIMD_A16) return false;
    for (unsigned k = l->item + 1; k < t->k; k++)
        if (!is_local(&t->trace->item[k])) return false;
    return address_value(t, i, &v) && v.base == l->base && (uint32_t)v.c == l->c;
}

static void note_loaded(struct tr *t, const struct insn *i)
{
    struct value v;
    if (address_value(t, i, &v)) t->loaded = (struct loaded){v.base, (uint32_t)v.c, i->dst, t->k};
}

static bool move128(struct tr *t, const struct insn *i)
{
    struct address a;
    if (i->form == FORM_MR) return store128(t, i);
    if (is_loaded(t, i)) {
        xmm_copy(t, i->dst, t->loaded.off, true);
        t->loaded.item = t->k;
        return true;
    }
    if (!packed_address(t, i, &a)) return false;
    enum reg lo = half_new(t), hi = half_new(t);
    packed_load(t, i, a, lo, hi);
    half_put(t, i->dst, LOW, lo);
    half_put(t, i->dst, HIGH, hi);
    note_loaded(t, i);
    return true;
}

bool is_move128(unsigned op)
{
    switch (op) {
    case OP_MOVAPS:
    case OP_MOVAPD:
    case OP_MOVUPS:
    case OP_MOVUPD:
    case OP_MOVDQA:
    case OP_MOVDQU:
    case OP_LDDQU:
    case OP_MOVNTDQA:
    case OP_MOVNTPS:
    case OP_MOVNTPD:
    case OP_MOVNTDQ: return true;
    default: return false;
    }
}

bool simd_move(struct tr *t, const struct insn *i)
{
    return is_move128(i->op) && move128(t, i);
}

/* --- logic ------------------------------------------------------------------------------------------- */

static void and_not(struct code *c, enum reg rd, enum reg rs, enum reg rt)
{
    nor(c, AT, rs, ZERO);
    and_(c, rd, AT, rt);
}

logic_fn *logic_of(unsigned op)
{
    switch (op) {
    case OP_PAND:
    case OP_ANDPS:
    case OP_ANDPD: return and_;
    case OP_PANDN:
    case OP_ANDNPS:
    case OP_ANDNPD: return and_not;
    case OP_POR:
    case OP_ORPS:
    case OP_ORPD: return or_;
    case OP_PXOR:
    case OP_XORPS:
    case OP_XORPD: return xor_;
    default: return NULL;
    }
}

bool simd_logic(struct tr *t, const struct insn *i)
{
    logic_fn *f = logic_of(i->op);
    if (!f) return false;
    bool zero = i->form == FORM_RR && i->dst == i->src && (f == and_not || f == xor_);
    if (!packed_fetch(t, i)) return false;
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg d = ZERO;
        if (!zero) {
            enum reg s = packed_source(t, i, h), old = half_get(t, i->dst, h);
            f(&t->c, d = half_instead(t, i->dst, h, old), old, s);
        }
        half_put(t, i->dst, h, d);
    }
    return true;
}
