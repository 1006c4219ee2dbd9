/* Lanes from elsewhere, by MSA: shuffles, shifts of whole registers, inserts and extracts, extension. */
#include "jit/mips64/msa_emit.h"

/* --- shuffles ---------------------------------------------------------------------------------------- */

/* MSA shuffles the words of both halves; the other one comes back. */
static bool shuffle_words(struct tr *t, const struct insn *i, enum half h)
{
    struct code *c = &t->c;
    unsigned s;
    if (!msa_source(t, i, &s)) return false;
    unsigned r = xmm_new_result(t, i->dst), x = xmm_new(t);
    if (h == HIGH) {
        shf_h(c, r, s, i->imm);
        insve_d(c, r, LOW, s);
    } else {
        shf_h(c, x, s, i->imm);
        move_v(c, r, s);
        insve_d(c, r, LOW, x);
    }
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* Two lanes of each. */
static bool shuffle_singles(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    unsigned s;
    if (!msa_source(t, i, &s)) return false;
    unsigned d = xmm_wide(t, i->dst), r = xmm_new_result(t, i->dst), x = xmm_new(t), y = xmm_new(t);
    if (s == d) {
        shf_w(c, r, s, i->imm);
    } else {
        shf_w(c, x, d, i->imm);
        shf_w(c, y, s, i->imm >> 4);
        ilvr_d(c, r, y, x);
    }
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* One lane of each. */
static bool shuffle_doubles(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    unsigned s;
    if (!msa_source(t, i, &s)) return false;
    unsigned d = xmm_wide(t, i->dst), r = xmm_new_result(t, i->dst);
    switch (i->imm & 3) {
    case 0: ilvr_d(c, r, s, d); break;
    case 1:
        move_v(c, r, s);
        sldi_b(c, r, d, 8);
        break;
    case 2:
        move_v(c, r, s);
        insve_d(c, r, LOW, d);
        break;
    default: ilvl_d(c, r, s, d); break;
    }
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* Four lanes of one. */
static bool shuffle_doublewords(struct tr *t, const struct insn *i, unsigned lanes)
{
    unsigned s;
    if (!msa_source(t, i, &s)) return false;
    unsigned r = xmm_new_result(t, i->dst);
    shf_w(&t->c, r, s, lanes);
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* Twice the low half. */
static bool repeat_double(struct tr *t, const struct insn *i)
{
    unsigned f = i->form == FORM_RM ? xmm_new(t) : xmm_double(t, i->src);
    if (i->form == FORM_RM) sse_load(t, i, f, true);
    unsigned r = xmm_new_result(t, i->dst);
    ilvr_d(&t->c, r, f, f);
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* --- shifts of whole registers ------------------------------------------------------------------------- */

/* The destination = 16 bytes from byte n on of low, and high behind it; n is less than 16. */
static void slide(struct tr *t, const struct insn *i, unsigned high, unsigned low, unsigned n)
{
    unsigned r = xmm_new_result(t, i->dst);
    move_v(&t->c, r, n ? high : low);
    if (n) sldi_b(&t->c, r, low, n);
    xmm_set_wide(t, i->dst, r);
}

static bool shift_bytes(struct tr *t, const struct insn *i)
{
    unsigned d = xmm_wide(t, i->dst), zero = msa_zero(t), n = i->imm & 0xff;
    if (n == 0 || n > 15)
        xmm_set_wide(t, i->dst, n ? zero : d);
    else if (i->op == OP_PSLLDQ)
        slide(t, i, d, zero, 16 - n);
    else
        slide(t, i, zero, d, n);
    return true;
}

static bool align(struct tr *t, const struct insn *i)
{
    unsigned s, n = i->imm & 0xff;
    if (!msa_source(t, i, &s)) return false;
    unsigned d = xmm_wide(t, i->dst);
    if (n < 16)
        slide(t, i, d, s, n);
    else if (n < 32)
        slide(t, i, msa_zero(t), d, n - 16);
    else
        xmm_set_wide(t, i->dst, msa_zero(t));
    return true;
}

/* --- inserts and extracts ---------------------------------------------------------------------------- */

static bool insert(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned lane = i->imm & (128 / (unsigned)bits - 1);
    unsigned d = xmm_wide(t, i->dst), r = xmm_new_result(t, i->dst);
    enum reg v = V0;
    if (i->form == FORM_RM)
        emit_load_operand(t, i, V0, bits, true);
    else
        v = emit_get_low(t, V0, i->src, 32);
    move_v(c, r, d);
    (bits == 8 ? insert_b : bits == 16 ? insert_h : insert_w)(c, r, lane, v);
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* One that is in struct cpu is a load of its lane. */
static bool extract(struct tr *t, const struct insn *i, int bits)
{
    unsigned lane = i->imm & (128 / (unsigned)bits - 1);
    if (!xmm_is_wide(t, i->src)) return false;
    unsigned w = xmm_wide(t, i->src);
    enum reg d = extract_into(t, i);
    (bits == 8 ? copy_u_b : bits == 16 ? copy_u_h : copy_s_w)(&t->c, d, w, lane);
    return extract_done(t, i, d, bits);
}

bool msa_arrange(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_PSHUFD: return shuffle_doublewords(t, i, i->imm);
    case OP_MOVSLDUP: return shuffle_doublewords(t, i, 0xa0);
    case OP_MOVSHDUP: return shuffle_doublewords(t, i, 0xf5);
    case OP_MOVDDUP: return repeat_double(t, i);
    case OP_PSHUFLW: return shuffle_words(t, i, LOW);
    case OP_PSHUFHW: return shuffle_words(t, i, HIGH);
    case OP_SHUFPS: return shuffle_singles(t, i);
    case OP_SHUFPD: return shuffle_doubles(t, i);
    case OP_PSLLDQ:
    case OP_PSRLDQ: return shift_bytes(t, i);
    case OP_PALIGNR: return align(t, i);
    case OP_PINSRB: return insert(t, i, 8);
    case OP_PINSRW: return insert(t, i, 16);
    case OP_PINSRD: return insert(t, i, 32);
    case OP_PEXTRB: return extract(t, i, 8);
    case OP_PEXTRW:
    case OP_PEXTRW_ST: return extract(t, i, 16);
    case OP_PEXTRD:
    case OP_EXTRACTPS: return extract(t, i, 32);
    default: return false;
    }
}

/* --- extension --------------------------------------------------------------------------------------- */

typedef void unpack_fn(struct code *c, unsigned wd, unsigned ws, unsigned wt);
typedef void shift_fn(struct code *c, unsigned wd, unsigned ws, unsigned m);

/* Lanes that double up to three times, and how far they are shifted down in the end. */
struct extension {
    unpack_fn *step[3];
    shift_fn *shift; /* NULL: zeros are above */
    unsigned by;
};

static struct extension extension_of(unsigned op)
{
    switch (op) {
#define ROW(op, ...) \
    case OP_##op: return (struct extension){__VA_ARGS__};
        // clang-format off
        ROW(PMOVZXBW, {ilvr_b}, NULL, 0)                 ROW(PMOVSXBW, {ilvr_b}, srai_h, 8)
        ROW(PMOVZXBD, {ilvr_b, ilvr_h}, NULL, 0)         ROW(PMOVSXBD, {ilvr_b, ilvr_h}, srai_w, 24)
        ROW(PMOVZXBQ, {ilvr_b, ilvr_h, ilvr_w}, NULL, 0) ROW(PMOVSXBQ, {ilvr_b, ilvr_h, ilvr_w}, srai_d, 56)
        ROW(PMOVZXWD, {ilvr_h}, NULL, 0)                 ROW(PMOVSXWD, {ilvr_h}, srai_w, 16)
        ROW(PMOVZXWQ, {ilvr_h, ilvr_w}, NULL, 0)         ROW(PMOVSXWQ, {ilvr_h, ilvr_w}, srai_d, 48)
        ROW(PMOVZXDQ, {ilvr_w}, NULL, 0)                 ROW(PMOVSXDQ, {ilvr_w}, srai_d, 32)
    default: return (struct extension){{NULL}, NULL, 0};
        // clang-format on
#undef ROW
    }
}

/* Only the low half is read, which an FPR is. */
static unsigned part_of_memory(struct tr *t, const struct insn *i)
{
    unsigned f = xmm_new(t);
    if (i->size == SIMD_B2) {
        emit_load_operand(t, i, V0, 16, true);
        mtc1(&t->c, V0, f);
    } else {
        sse_load(t, i, f, i->size == SIMD_B8);
    }
    return f;
}

bool msa_extend(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    const struct extension e = extension_of(i->op);
    if (!e.step[0]) return false;
    unsigned w = i->form == FORM_RM ? part_of_memory(t, i) : xmm_wide(t, i->src), zero = 0;
    if (!e.shift) zero = msa_zero(t);
    for (unsigned k = 0; k < 3 && e.step[k]; k++) {
        unsigned r = xmm_new(t);
        e.step[k](c, r, e.shift ? w : zero, w);
        w = r;
    }
    if (e.shift) e.shift(c, w, w, e.by);
    xmm_set_wide(t, i->dst, w);
    return true;
}
