/* Emitters of MMX instructions, in general registers, eight bytes at a time; not for the double model. MM r
 * is the significand of the x87's physical register r in struct cpu. TOP and tags, which each instruction
 * sets, are what the translator knows of the x87 (x87.c); the exponent of a register that was written has all
 * its bits set from the first write of a translation on. */
#include "jit/mips64/packed_emit.h"
#include "jit/mips64/x87_emit.h"

/* An operation on MMX registers follows the one of XMM registers that does the same, twice over. */
static unsigned of_xmm(const struct insn *i)
{
    return i->op - 1u;
}
static_assert(OP_PADDB_MM == OP_PADDB + 1 && OP_PSLLQ_MM == OP_PSLLQ + 1 && OP_PALIGNR_MM == OP_PALIGNR + 1,
              "the order of simd/ops.def");

/* --- registers --------------------------------------------------------------------------------------- */

bool mmx_ready(struct tr *t, const struct insn *i)
{
    return x87_relies(t, i) && x87_ready(t, i);
}

void mmx_enter(struct tr *t)
{
    t->x87.top = 0;
    t->x87.empty = 0;
}

void mmx_written(struct tr *t, unsigned off)
{
    struct code *c = &t->c;
    uint8_t bit = (uint8_t)(1u << off / SIMD_STRIDE);
    mmx_enter(t);
    if (t->x87.mmx & bit) return;
    t->x87.mmx |= bit;
    li(c, AT, 0xffff);
    sh(c, AT, mmx_offset(off) + (int)offsetof(struct f80, se), CPU);
}

static void get(struct tr *t, enum reg rd, unsigned off)
{
    ld(&t->c, rd, mmx_offset(off), CPU);
}

static bool put(struct tr *t, unsigned off, enum reg v)
{
    sd(&t->c, v, mmx_offset(off), CPU);
    mmx_written(t, off);
    return true;
}

/* rd = the source operand of a register or memory. Nothing can fault after it. */
static void get_source(struct tr *t, const struct insn *i, enum reg rd)
{
    if (i->form != FORM_RM)
        get(t, rd, i->src);
    else if (i->size == SIMD_B8)
        x87_load64(t, i, rd, emit_address(t, i));
    else
        emit_load_operand(t, i, rd, 8 * simd_size_bytes[i->size], true);
}

/* The destination in A0, the source in V0. */
static void get_both(struct tr *t, const struct insn *i)
{
    get_source(t, i, V0);
    get(t, A0, i->dst);
}

/* --- moves ------------------------------------------------------------------------------------------- */

/* If the store faults the interpreter does it again, which resets TOP before. */
static bool store(struct tr *t, const struct insn *i)
{
    struct address a = emit_address(t, i);
    get(t, V0, i->src);
    if (i->size == SIMD_B8)
        x87_store64(t, i, V0, a);
    else
        emit_store(t, i, V0, a, 32);
    mmx_enter(t);
    return true;
}

static bool move_quadword(struct tr *t, const struct insn *i)
{
    if (i->form == FORM_MR) return store(t, i);
    get_source(t, i, V0);
    return put(t, i->dst, V0);
}

static bool move_doubleword(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->form == FORM_MR) return store(t, i);
    if (simd_dst(i) == KIND_G) {
        enum reg d = emit_out(t, V0, i->dst, 32);
        lw(c, d, mmx_offset(i->src), CPU);
        emit_put(t, i->dst, d, 32);
        mmx_enter(t);
        return true;
    }
    enum reg v = V0;
    if (i->form == FORM_RM)
        get_source(t, i, V0);
    else
        v = emit_get_low(t, V0, i->src, 32);
    dext(c, V0, v, 0, 32);
    return put(t, i->dst, V0);
}

static bool move_to_xmm(struct tr *t, const struct insn *i)
{
    xmm_written(t, i->dst);
    get(t, V0, i->src);
    sd(&t->c, V0, packed_offset(i->dst, LOW), CPU);
    sd(&t->c, ZERO, packed_offset(i->dst, HIGH), CPU);
    mmx_enter(t);
    return true;
}

static bool move_from_xmm(struct tr *t, const struct insn *i)
{
    return put(t, i->dst, half_get(t, i->src, LOW));
}

static bool empty(struct tr *t)
{
    t->x87.top = 0;
    t->x87.empty = 0xff;
    return true;
}

/* --- lanes from elsewhere ---------------------------------------------------------------------------- */

static int word_offset(unsigned off, const struct insn *i)
{
    return mmx_offset(off) + 2 * (int)(i->imm & 3);
}

static bool insert_word(struct tr *t, const struct insn *i)
{
    enum reg v = V0;
    if (i->form == FORM_RM)
        get_source(t, i, V0);
    else
        v = emit_get_low(t, V0, i->src, 32);
    sh(&t->c, v, word_offset(i->dst, i), CPU);
    mmx_written(t, i->dst);
    return true;
}

static bool extract_word(struct tr *t, const struct insn *i)
{
    enum reg d = emit_out(t, V0, i->dst, 32);
    lhu(&t->c, d, word_offset(i->src, i), CPU);
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 16);
    mmx_enter(t);
    return true;
}

/* Signs in bits 0, 8 …; then pairs come together, fours, and all. */
static bool mask_of_bytes(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    enum reg high = emit_word_twice(t, 0x80808080);
    get(t, V0, i->src);
    and_(c, V0, V0, high);
    dsrl(c, V0, V0, 7);
    for (unsigned n = 7; n <= 28; n *= 2) {
        dsrl(c, AT, V0, n);
        or_(c, V0, V0, AT);
    }
    enum reg d = emit_out(t, A0, i->dst, 32);
    andi(c, d, V0, 0xff);
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 8);
    mmx_enter(t);
    return true;
}

static bool shuffle_words(struct tr *t, const struct insn *i)
{
    get_source(t, i, V0);
    lanes_shuffle_words(t, A0, V0, i->imm);
    return put(t, i->dst, A0);
}

/* The destination above the source, shifted right by bytes. */
static bool align(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    unsigned n = i->imm < 16 ? i->imm : 16;
    get_both(t, i);
    if (n > 8) {
        lanes_shift(t, OP_PSRLQ, A0, A0, 8 * (n - 8));
    } else if (n < 8) {
        lanes_shift(t, OP_PSRLQ, V0, V0, 8 * n);
        lanes_shift(t, OP_PSLLQ, A0, A0, 64 - 8 * n);
        or_(c, A0, A0, V0);
    }
    return put(t, i->dst, A0);
}

static bool unpack_doublewords(struct tr *t, const struct insn *i, enum half h)
{
    struct code *c = &t->c;
    get_both(t, i);
    if (h == LOW) {
        dins(c, A0, V0, 32, 32);
        return put(t, i->dst, A0);
    }
    dsrl32(c, A0, A0, 0);
    dins(c, V0, A0, 0, 32);
    return put(t, i->dst, V0);
}

static bool unpack(struct tr *t, const struct insn *i, enum half h)
{
    get_both(t, i);
    lanes_unpack(t, of_xmm(i), ADDRESS, A0, V0, h);
    return put(t, i->dst, ADDRESS);
}

/* --- logic, arithmetic, shifts ----------------------------------------------------------------------- */

static bool operate(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    logic_fn *logic = logic_of(of_xmm(i));
    struct lanes lanes = lanes_of(of_xmm(i));
    if (!lanes.f) lanes = narrow_of(of_xmm(i));
    if (!logic && !lanes.f) return false;
    if (i->op == OP_PXOR_MM && i->form == FORM_RR && i->dst == i->src) return put(t, i->dst, ZERO);
    get_source(t, i, V0);
    if (lanes.f) lanes_ready(t, &lanes);
    get(t, V1, i->dst);
    enum reg rd = half_new(t);
    if (logic)
        logic(c, rd, V1, V0);
    else
        lanes.f(t, rd, V1, V0, lanes.bits);
    return put(t, i->dst, rd);
}

static bool shift(struct tr *t, const struct insn *i)
{
    unsigned op = of_xmm(i);
    if (!lanes_shifts(op)) return false;
    if (i->form == FORM_RI) {
        get(t, A0, i->dst);
        lanes_shift(t, op, A0, A0, i->imm);
        return put(t, i->dst, A0);
    }
    if (op != OP_PSLLQ && op != OP_PSRLQ) return false;
    get_both(t, i);
    lanes_shift_all(t, op, A0, A0, V0);
    return put(t, i->dst, A0);
}

/* --- choice ------------------------------------------------------------------------------------------ */

bool emit_mmx(struct tr *t, const struct insn *i)
{
    if (!mmx_ready(t, i)) return false;
    switch (i->op) {
    case OP_EMMS: return empty(t);
    case OP_MOVD_MM: return move_doubleword(t, i);
    case OP_MOVQ_MM:
    case OP_MOVNTQ: return move_quadword(t, i);
    case OP_MOVQ2DQ: return move_to_xmm(t, i);
    case OP_MOVDQ2Q: return move_from_xmm(t, i);
    case OP_PINSRW_MM: return insert_word(t, i);
    case OP_PEXTRW_MM: return extract_word(t, i);
    case OP_PMOVMSKB_MM: return mask_of_bytes(t, i);
    case OP_PSHUFW: return shuffle_words(t, i);
    case OP_PALIGNR_MM: return align(t, i);
    case OP_PUNPCKLBW_MM:
    case OP_PUNPCKLWD_MM: return unpack(t, i, LOW);
    case OP_PUNPCKHBW_MM:
    case OP_PUNPCKHWD_MM: return unpack(t, i, HIGH);
    case OP_PUNPCKLDQ_MM: return unpack_doublewords(t, i, LOW);
    case OP_PUNPCKHDQ_MM: return unpack_doublewords(t, i, HIGH);
    default: return operate(t, i) || shift(t, i);
    }
}
