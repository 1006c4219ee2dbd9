/* Packed integers, logic, shuffles and moves by Loongson's operations on FPRs, each of which does a half of
 * an XMM register. Results go to struct cpu, and stay in FPRs for who reads them next (packed_copies.c). */
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
        ROW(PADDQ, BOTH, paddd, NULL)       ROW(PSUBQ, BOTH, psubd, NULL)
        ROW(PAND, BOTH, and_cp2, NULL)      ROW(ANDPS, BOTH, and_cp2, NULL)     ROW(ANDPD, BOTH, and_cp2, NULL)
        ROW(PANDN, BOTH, pandn, NULL)       ROW(ANDNPS, BOTH, pandn, NULL)      ROW(ANDNPD, BOTH, pandn, NULL)
        ROW(POR, BOTH, or_cp2, NULL)        ROW(ORPS, BOTH, or_cp2, NULL)       ROW(ORPD, BOTH, or_cp2, NULL)
        ROW(PXOR, BOTH, xor_cp2, NULL)      ROW(XORPS, BOTH, xor_cp2, NULL)     ROW(XORPD, BOTH, xor_cp2, NULL)
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
    default: return (struct row){NONE, NULL, NULL};
        // clang-format on
#undef ROW
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

/* FPRs: the source's and the destination's halves, and the result's. */
struct operands {
    unsigned s[2], d[2], r[2];
};

static void put(struct tr *t, const struct insn *i, const struct operands *o)
{
    xmm_written(t, i->dst);
    copies_put(t, i->dst, LOW, o->r[LOW]);
    copies_put(t, i->dst, HIGH, o->r[HIGH]);
}

static void get_destination(struct tr *t, const struct insn *i, struct operands *o)
{
    xmm_read(t, i->dst);
    for (enum half h = LOW; h <= HIGH; h++) {
        o->d[h] = copies_get(t, i->dst, h);
        o->r[h] = copies_new(t);
    }
}

/* false: a helper must do it, or general registers. */
static bool get_source(struct tr *t, const struct insn *i, struct operands *o)
{
    struct code *c = &t->c;
    struct address a;
    copies_ready(t);
    if (i->form != FORM_RM) {
        xmm_read(t, i->src);
        o->s[LOW] = copies_get(t, i->src, LOW);
        o->s[HIGH] = copies_get(t, i->src, HIGH);
        return true;
    }
    if (i->size != SIMD_A16 && i->prefix & PFX_MISALIGNED) return false;
    if (!packed_address(t, i, &a)) return false;
    state_mark(t);
    order_load(t);
    ldc1(c, o->s[LOW] = copies_new(t), a.offset, a.base);
    ldc1(c, o->s[HIGH] = copies_new(t), a.offset + 8, a.base);
    return true;
}

static bool get_both(struct tr *t, const struct insn *i, struct operands *o)
{
    if (!get_source(t, i, o)) return false;
    get_destination(t, i, o);
    return true;
}

/* --- arithmetic -------------------------------------------------------------------------------------- */

/* Negative words to 0, which packushb should do. */
static void raise_to_0(struct tr *t, struct operands *o)
{
    unsigned zero = copies_constant(t, 0), from[4] = {o->s[LOW], o->s[HIGH], o->d[LOW], o->d[HIGH]}, to[4];
    for (unsigned k = 0; k < 4; k++)
        pmaxsh(&t->c, to[k] = copies_new(t), from[k], zero);
    o->s[LOW] = to[0], o->s[HIGH] = to[1], o->d[LOW] = to[2], o->d[HIGH] = to[3];
}

static void operate(struct tr *t, const struct row *r, const struct operands *o)
{
    struct code *c = &t->c;
    switch (r->way) {
    case BOTH:
        r->f(c, o->r[LOW], o->d[LOW], o->s[LOW]);
        r->f(c, o->r[HIGH], o->d[HIGH], o->s[HIGH]);
        break;
    case PACK:
        r->f(c, o->r[LOW], o->d[LOW], o->d[HIGH]);
        r->f(c, o->r[HIGH], o->s[LOW], o->s[HIGH]);
        break;
    case UNPACK_LOW:
        r->f(c, o->r[LOW], o->d[LOW], o->s[LOW]);
        r->second(c, o->r[HIGH], o->d[LOW], o->s[LOW]);
        break;
    case UNPACK_HIGH:
        r->f(c, o->r[LOW], o->d[HIGH], o->s[HIGH]);
        r->second(c, o->r[HIGH], o->d[HIGH], o->s[HIGH]);
        break;
    default: break;
    }
}

/* An FPR with the number: all above the operation's 7 bits is as good as 64. */
static bool get_count(struct tr *t, const struct insn *i, unsigned *count)
{
    struct code *c = &t->c;
    copies_ready(t);
    if (i->form == FORM_RI) {
        *count = copies_constant(t, i->imm < 64 ? i->imm : 64);
        return true;
    }
    if (!packed_fetch(t, i)) return false;
    enum reg n = packed_source(t, i, LOW);
    sltiu(c, AT, n, 64);
    li(c, V1, 64);
    movn(c, V1, n, AT);
    mtc1(c, V1, *count = copies_new(t));
    return true;
}

static bool shift(struct tr *t, const struct insn *i, const struct row *r)
{
    struct code *c = &t->c;
    struct operands o;
    unsigned count;
    if (!get_count(t, i, &count)) return false;
    get_destination(t, i, &o);
    r->f(c, o.r[LOW], o.d[LOW], count);
    r->f(c, o.r[HIGH], o.d[HIGH], count);
    put(t, i, &o);
    return true;
}

/* Sums of eight differences each. */
static bool sum_differences(struct tr *t, const struct insn *i)
{
    struct operands o;
    if (!get_both(t, i, &o)) return false;
    for (enum half h = LOW; h <= HIGH; h++) {
        pasubub(&t->c, o.r[h], o.d[h], o.s[h]);
        biadd(&t->c, o.r[h], o.r[h]);
    }
    put(t, i, &o);
    return true;
}

static bool mask_of_bytes(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct operands o;
    get_source(t, i, &o);
    enum reg d = emit_out(t, V0, i->dst, 32);
    for (enum half h = LOW; h <= HIGH; h++)
        pmovmskb(c, o.r[h] = copies_new(t), o.s[h]);
    mfc1(c, d, o.r[LOW]);
    mfc1(c, V1, o.r[HIGH]);
    ins(c, d, V1, 8, 8);
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 16);
    return true;
}

/* --- moves and shuffles ------------------------------------------------------------------------------ */

static bool move128(struct tr *t, const struct insn *i)
{
    struct operands o;
    if (i->form == FORM_MR || !get_source(t, i, &o)) return false;
    o.r[LOW] = o.s[LOW];
    o.r[HIGH] = o.s[HIGH];
    put(t, i, &o);
    return true;
}

static bool unpack_quadwords(struct tr *t, const struct insn *i, enum half h)
{
    struct operands o;
    if (!get_both(t, i, &o)) return false;
    o.r[LOW] = o.d[h];
    o.r[HIGH] = o.s[h];
    put(t, i, &o);
    return true;
}

/* An FPR with lane a of x (0 or 1), and b of y above it. */
static unsigned join(struct tr *t, unsigned x, unsigned a, unsigned y, unsigned b)
{
    enum { SWAP = 0x4e };
    struct code *c = &t->c;
    if (x == y && a == 0 && b == 1) return x;
    unsigned f = copies_new(t);
    if (a == b) {
        (a ? punpckhwd : punpcklwd)(c, f, x, y);
        return f;
    }
    unsigned swap = copies_constant(t, SWAP);
    if (a) {
        pshufh(c, f, x, swap);
        if (x != y) punpcklwd(c, f, f, y);
    } else {
        pshufh(c, f, y, swap);
        punpcklwd(c, f, x, f);
    }
    return f;
}

/* The low half from lanes of x, the high one from those of y. */
static bool shuffle(struct tr *t, const struct insn *i, const unsigned x[2], const unsigned y[2])
{
    unsigned n = i->imm;
    struct operands o;
    o.r[LOW] = join(t, x[n >> 1 & 1], n & 1, x[n >> 3 & 1], n >> 2 & 1);
    if (x == y && (n & 15) == (n >> 4 & 15))
        o.r[HIGH] = o.r[LOW];
    else
        o.r[HIGH] = join(t, y[n >> 5 & 1], n >> 4 & 1, y[n >> 7 & 1], n >> 6 & 1);
    put(t, i, &o);
    return true;
}

static bool arrange(struct tr *t, const struct insn *i)
{
    struct operands o;
    switch (i->op) {
    case OP_MOVAPS:
    case OP_MOVAPD:
    case OP_MOVUPS:
    case OP_MOVUPD:
    case OP_MOVDQA:
    case OP_MOVDQU:
    case OP_LDDQU: return move128(t, i);
    case OP_PUNPCKLQDQ:
    case OP_UNPCKLPD: return unpack_quadwords(t, i, LOW);
    case OP_PUNPCKHQDQ:
    case OP_UNPCKHPD: return unpack_quadwords(t, i, HIGH);
    case OP_PSHUFD: return get_source(t, i, &o) && shuffle(t, i, o.s, o.s);
    case OP_SHUFPS: return get_both(t, i, &o) && shuffle(t, i, o.d, o.s);
    default: return false;
    }
}

bool simd_packed(struct tr *t, const struct insn *i)
{
    struct operands o;
    if (!t->j->host.mmi || t->j->host.msa) return false; /* MSA's vectors may be in these FPRs */
    if (i->op == OP_PSADBW) return sum_differences(t, i);
    if (i->op == OP_PMOVMSKB) return mask_of_bytes(t, i);
    const struct row r = row_of(i);
    if (r.way == NONE) return arrange(t, i);
    if (relies_on_orders(i) && !t->j->host.mmi_orders) return false;
    if (r.way == SHIFT) return shift(t, i, &r);
    if (!get_both(t, i, &o)) return false;
    if (i->op == OP_PACKUSWB && !t->j->host.mmi_orders) raise_to_0(t, &o);
    operate(t, &r, &o);
    put(t, i, &o);
    return true;
}
