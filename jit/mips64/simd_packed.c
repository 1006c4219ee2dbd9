/* Arithmetic, compares, packing and unpacking of packed integers by Loongson's operations on FPRs, each of
 * which does a half of an XMM register. */
#include "jit/mips64/packed_emit.h"

typedef void packed_fn(struct code *c, unsigned fd, unsigned fs, unsigned ft);

/* What becomes of the destination's and the source's halves: */
enum way {
    NONE,
    BOTH, /* low with low, high with high */
    PACK, /* the destination's two, the source's two */
    UNPACK_LOW,
    UNPACK_HIGH, /* their low ones, or high ones, by two operations */
    SHIFT,       /* by a number */
};

struct row {
    uint8_t way;
    packed_fn *f, *second;
};

/* MMX's operations of 64-bit registers, under the names of Loongson's manual: h is 16 bits, w is 32. */
static struct row row_of(const struct insn *i)
{
    switch (i->op) {
#define ROW(op, ...) \
    case OP_##op: return (struct row){__VA_ARGS__};
        // clang-format off
        ROW(PADDB, BOTH, paddb, NULL)       ROW(PADDW, BOTH, paddh, NULL)       ROW(PADDD, BOTH, paddw, NULL)
        ROW(PSUBB, BOTH, psubb, NULL)       ROW(PSUBW, BOTH, psubh, NULL)       ROW(PSUBD, BOTH, psubw, NULL)
        ROW(PADDSB, BOTH, paddsb, NULL)     ROW(PADDSW, BOTH, paddsh, NULL)
        ROW(PADDUSB, BOTH, paddusb, NULL)   ROW(PADDUSW, BOTH, paddush, NULL)
        ROW(PSUBSB, BOTH, psubsb, NULL)     ROW(PSUBSW, BOTH, psubsh, NULL)
        ROW(PSUBUSB, BOTH, psubusb, NULL)   ROW(PSUBUSW, BOTH, psubush, NULL)
        ROW(PMULLW, BOTH, pmullh, NULL)     ROW(PMULHW, BOTH, pmulhh, NULL)     ROW(PMULHUW, BOTH, pmulhuh, NULL)
        ROW(PMADDWD, BOTH, pmaddhw, NULL)   ROW(PMULUDQ, BOTH, pmuluw, NULL)
        ROW(PAVGB, BOTH, pavgb, NULL)       ROW(PAVGW, BOTH, pavgh, NULL)
        ROW(PMINUB, BOTH, pminub, NULL)     ROW(PMAXUB, BOTH, pmaxub, NULL)
        ROW(PMINSW, BOTH, pminsh, NULL)     ROW(PMAXSW, BOTH, pmaxsh, NULL)
        ROW(PCMPEQB, BOTH, pcmpeqb, NULL)   ROW(PCMPEQW, BOTH, pcmpeqh, NULL)   ROW(PCMPEQD, BOTH, pcmpeqw, NULL)
        ROW(PCMPGTB, BOTH, pcmpgtb, NULL)   ROW(PCMPGTW, BOTH, pcmpgth, NULL)   ROW(PCMPGTD, BOTH, pcmpgtw, NULL)
        ROW(PACKSSWB, PACK, packsshb, NULL) ROW(PACKSSDW, PACK, packsswh, NULL) ROW(PACKUSWB, PACK, packushb, NULL)
        ROW(PUNPCKLBW, UNPACK_LOW, punpcklbh, punpckhbh)
        ROW(PUNPCKLWD, UNPACK_LOW, punpcklhw, punpckhhw)
        ROW(PUNPCKLDQ, UNPACK_LOW, punpcklwd, punpckhwd)
        ROW(UNPCKLPS,  UNPACK_LOW, punpcklwd, punpckhwd)
        ROW(PUNPCKHBW, UNPACK_HIGH, punpcklbh, punpckhbh)
        ROW(PUNPCKHWD, UNPACK_HIGH, punpcklhw, punpckhhw)
        ROW(PUNPCKHDQ, UNPACK_HIGH, punpcklwd, punpckhwd)
        ROW(UNPCKHPS,  UNPACK_HIGH, punpcklwd, punpckhwd)
        ROW(PSLLW, SHIFT, psllh, NULL)     ROW(PSLLD, SHIFT, psllw, NULL)
        ROW(PSRLW, SHIFT, psrlh, NULL)     ROW(PSRLD, SHIFT, psrlw, NULL)
        ROW(PSRAW, SHIFT, psrah, NULL)     ROW(PSRAD, SHIFT, psraw, NULL)
        // clang-format on
#undef ROW
                                                                                    default
            : return (struct row){NONE, NULL, NULL};
    }
}

/* Are they as host.mmi_orders says? */
static bool relies_on_orders(const struct insn *i)
{
    switch (i->op) {
    case OP_PCMPGTB:
    case OP_PCMPGTW:
    case OP_PCMPGTD:
    case OP_PSUBUSB:
    case OP_PSUBUSW:
    case OP_PMINUB:
    case OP_PMAXUB: return true;
    default: return false;
    }
}

/* S: source, D: destination, R: result. */
enum { S_LOW = F0, S_HIGH, D_LOW, D_HIGH, R_LOW, R_HIGH, COUNT };

static void put(struct tr *t, const struct insn *i)
{
    packed_put_f(t, i->dst, LOW, R_LOW);
    packed_put_f(t, i->dst, HIGH, R_HIGH);
}

/* Negative words to 0, which packushb should do. */
static void raise_to_0(struct code *c)
{
    dmtc1(c, ZERO, R_LOW);
    for (unsigned f = S_LOW; f <= D_HIGH; f++)
        pmaxsh(c, f, f, R_LOW);
}

static void operate(struct tr *t, const struct row *r)
{
    struct code *c = &t->c;
    switch (r->way) {
    case BOTH:
        r->f(c, R_LOW, D_LOW, S_LOW);
        r->f(c, R_HIGH, D_HIGH, S_HIGH);
        break;
    case PACK:
        r->f(c, R_LOW, D_LOW, D_HIGH);
        r->f(c, R_HIGH, S_LOW, S_HIGH);
        break;
    case UNPACK_LOW:
        r->f(c, R_LOW, D_LOW, S_LOW);
        r->second(c, R_HIGH, D_LOW, S_LOW);
        break;
    case UNPACK_HIGH:
        r->f(c, R_LOW, D_HIGH, S_HIGH);
        r->second(c, R_HIGH, D_HIGH, S_HIGH);
        break;
    default: break;
    }
}

/* COUNT = by how much: all above the operation's 7 bits is as good as 64. */
static bool get_count(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->form == FORM_RI) {
        li(c, V0, i->imm < 64 ? (int32_t)i->imm : 64);
    } else {
        if (!packed_source(t, i, V0, V1)) return false;
        sltiu(c, AT, V0, 64);
        li(c, V1, 64);
        movz(c, V0, V1, AT);
    }
    mtc1(c, V0, COUNT);
    return true;
}

static bool shift(struct tr *t, const struct insn *i, const struct row *r)
{
    struct code *c = &t->c;
    packed_fprs(t);
    if (!get_count(t, i)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get_f(t, D_LOW, i->dst, LOW);
    packed_get_f(t, D_HIGH, i->dst, HIGH);
    r->f(c, R_LOW, D_LOW, COUNT);
    r->f(c, R_HIGH, D_HIGH, COUNT);
    put(t, i);
    return true;
}

/* Sums of eight differences each. */
static bool sum_differences(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    packed_fprs(t);
    if (!packed_source_f(t, i, S_LOW, S_HIGH)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get_f(t, D_LOW, i->dst, LOW);
    packed_get_f(t, D_HIGH, i->dst, HIGH);
    pasubub(c, R_LOW, D_LOW, S_LOW);
    pasubub(c, R_HIGH, D_HIGH, S_HIGH);
    biadd(c, R_LOW, R_LOW);
    biadd(c, R_HIGH, R_HIGH);
    put(t, i);
    return true;
}

static bool mask_of_bytes(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    packed_fprs(t);
    packed_source_f(t, i, S_LOW, S_HIGH);
    enum reg d = emit_out(t, V0, i->dst, 32);
    pmovmskb(c, S_LOW, S_LOW);
    pmovmskb(c, S_HIGH, S_HIGH);
    mfc1(c, d, S_LOW);
    mfc1(c, V1, S_HIGH);
    ins(c, d, V1, 8, 8);
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 16);
    return true;
}

bool simd_packed(struct tr *t, const struct insn *i)
{
    if (!t->j->host.mmi) return false;
    if (i->op == OP_PSADBW) return sum_differences(t, i);
    if (i->op == OP_PMOVMSKB) return mask_of_bytes(t, i);
    const struct row r = row_of(i);
    if (r.way == NONE || (relies_on_orders(i) && !t->j->host.mmi_orders)) return false;
    if (r.way == SHIFT) return shift(t, i, &r);
    packed_fprs(t);
    if (!packed_source_f(t, i, S_LOW, S_HIGH)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    if (r.way != UNPACK_HIGH) packed_get_f(t, D_LOW, i->dst, LOW);
    if (r.way != UNPACK_LOW) packed_get_f(t, D_HIGH, i->dst, HIGH);
    if (i->op == OP_PACKUSWB && !t->j->host.mmi_orders) raise_to_0(&t->c);
    operate(t, &r);
    put(t, i);
    return true;
}
