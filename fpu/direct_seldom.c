/* The functions of direct.h for all operands, by the exact functions of this folder. Zeros are not that
 * seldom, so the commonest cases with them come first. */
#include "fpu/direct.h"
#include "fpu/direct_seldom.h"
#include "fpu/fast.h"
#include "fpu/stack.h"

static void record(struct x87 *x, unsigned ex)
{
    x->sw = (uint16_t)((x->sw & ~X87_C1) | ex);
}

CORE bool put_exact(struct x87 *x, struct f80 *d, uint64_t m, unsigned se)
{
    direct_note_exact(x, 0);
    direct_put(d, m, se);
    return true;
}

/* A sum with zero is the other operand, if the precision holds it. */
CORE bool put_other(struct x87 *x, struct f80 *d, struct f80 v, unsigned cw)
{
    bool fits = cw == DIRECT_CW_64 || (cw == DIRECT_CW_53 && (v.m & 0x7ff) == 0);
    return fits && fast_normal(v) && put_exact(x, d, v.m, v.se);
}

/* One operand is zero and the other normal, or the other one zero too in a product. */
CORE bool with_zero(struct x87 *x, struct f80 *d, struct f80 a, struct f80 b, unsigned how)
{
    bool za = fast_zero(a), zb = fast_zero(b);
    unsigned sign = (a.se ^ b.se) & 0x8000u, cw = direct_how_cw(how);
    if (!za && !zb) return false;
    switch (direct_how_op(how)) {
    case X87_MUL: return (za || fast_normal(a)) && (zb || fast_normal(b)) && put_exact(x, d, 0, sign);
    case X87_DIV: return fast_normal(b) && put_exact(x, d, 0, sign);
    case X87_DIVR: return fast_normal(a) && put_exact(x, d, 0, sign);
    case X87_SUB: b.se ^= 0x8000; break;
    case X87_SUBR: a.se ^= 0x8000; break;
    case X87_ADD: break;
    }
    return put_other(x, d, za ? b : a, cw);
}

static DIRECT_COLD void op_general(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b,
                                   unsigned how)
{
    KEEP_REGISTERS;
    unsigned ex = 0;
    *d = x87_operate(direct_how_op(how), *a, *b, direct_how_cw(how), &ex);
    record(x, ex);
}

void direct_op_seldom(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b, unsigned how)
{
    if (!with_zero(x, d, *a, *b, how)) op_general(x, d, a, b, how);
}

/* An instruction with a memory operand, or where d is not a: that has been loaded before. */
void direct_mem_op_seldom(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t bits, unsigned how)
{
    KEEP_REGISTERS;
    unsigned ex = 0, cw = direct_how_cw(how);
    enum x87_op op = direct_how_op(how);
    enum x87_type type = direct_how_type(how);
    struct f80 loaded = x87_loaded(type, &bits, &ex);
    if (ex == 0 && with_zero(x, d, *a, loaded, how)) return;
    if (d == a)
        ex = 0, *d = x87_operate_mem(op, *a, type, &bits, cw, &ex);
    else
        *d = x87_operate(op, *a, loaded, cw, &ex);
    record(x, ex);
}

void fpu_direct_op_any(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b, enum x87_op op)
{
    KEEP_REGISTERS;
    direct_op_seldom(x, d, a, b, DIRECT_HOW(x->cw, X87_F80, op));
}

void fpu_direct_mem_op_any(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t bits, enum x87_op op,
                           enum x87_type type)
{
    KEEP_REGISTERS;
    direct_mem_op_seldom(x, d, a, bits, DIRECT_HOW(x->cw, type, op));
}

void direct_unary_seldom(struct x87 *x, struct f80 *d, const struct f80 *a, unsigned cw, direct_unary *f)
{
    KEEP_REGISTERS;
    unsigned ex = 0;
    *d = f(*a, cw, &ex);
    record(x, ex);
}

void fpu_direct_sqrt_any(struct x87 *x, struct f80 *d, const struct f80 *a)
{
    KEEP_REGISTERS;
    direct_unary_seldom(x, d, a, x->cw, f80_sqrt);
}

void fpu_direct_rint_any(struct x87 *x, struct f80 *d, const struct f80 *a)
{
    KEEP_REGISTERS;
    direct_unary_seldom(x, d, a, x->cw, f80_rint);
}

struct f80 fpu_direct_of_f64(uint64_t bits)
{
    unsigned ex = 0;
    return x87_loaded(X87_F64, &bits, &ex);
}

bool fpu_direct_rounds_up(enum x87_op op, uint64_t a, uint64_t b)
{
    unsigned ex = 0;
    x87_operate(op, fpu_direct_of_f64(a), fpu_direct_of_f64(b), DIRECT_CW_53, &ex);
    return ex & X87_C1;
}

/* C1 is the caller's business. */
void direct_load_seldom(struct x87 *x, struct f80 *d, uint64_t bits, enum x87_type type)
{
    KEEP_REGISTERS;
    unsigned ex = 0;
    *d = x87_loaded(type, &bits, &ex);
    x->sw |= (uint16_t)ex;
}

static int64_t store_general(struct x87 *x, const struct f80 *a, unsigned how)
{
    unsigned ex = 0, unused = 64 - 8u * x87_type_size[direct_how_type(how)];
    uint64_t v = 0;
    f80_to(direct_how_type(how), *a, direct_how_cw(how), &v, &ex);
    record(x, ex);
    return (int64_t)(v << unused) >> unused;
}

int64_t direct_store_seldom(struct x87 *x, const struct f80 *a, unsigned how)
{
    KEEP_REGISTERS;
    enum x87_type type = direct_how_type(how);
    unsigned exp = a->se & 0x7fffu;
    if ((a->m | exp) == 0) {
        direct_note_exact(x, 0);
        if (type == X87_F64) return (int64_t)((uint64_t)(a->se >> 15) << 63);
        return type == X87_F32 ? -(int64_t)(a->se >> 15) * (1LL << 31) : 0;
    }
    if (type >= X87_I16 && exp < F80_BIAS && a->m >> 63) { /* a fraction gives 0, or 1 if above a half */
        unsigned one = direct_how_cw(how) == DIRECT_CW_64 && exp == F80_BIAS - 1 && a->m > F80_TOP;
        direct_note_inexact(x, one);
        return a->se >> 15 ? -(int64_t)one : one;
    }
    return store_general(x, a, how);
}

uint64_t fpu_direct_fst_any(struct x87 *x, const struct f80 *a, enum x87_type type)
{
    KEEP_REGISTERS;
    return (uint64_t)store_general(x, a, DIRECT_HOW(x->cw, type, 0));
}

static unsigned finish_compare(struct x87 *x, unsigned cc, unsigned ex, unsigned kind)
{
    if (kind & DIRECT_EFLAGS)
        x->sw |= (uint16_t)ex;
    else
        x->sw = (uint16_t)((x->sw & ~X87_CC) | cc | ex);
    return cc >> 8;
}

static DIRECT_COLD unsigned compare_general(struct x87 *x, const struct f80 *a, const struct f80 *b,
                                            unsigned kind)
{
    KEEP_REGISTERS;
    unsigned ex = 0, cc = f80_compare(*a, *b, kind & DIRECT_QUIET, &ex);
    return finish_compare(x, cc, ex, kind);
}

unsigned direct_compare_seldom(struct x87 *x, const struct f80 *a, const struct f80 *b, unsigned kind)
{
    int order = fast_order(*a, *b);
    if (order < 0) return compare_general(x, a, b, kind);
    return finish_compare(x, (unsigned)order, 0, kind);
}

unsigned direct_compare_mem_seldom(struct x87 *x, const struct f80 *a, uint64_t bits, enum x87_type type)
{
    KEEP_REGISTERS;
    unsigned ex = 0, cc = x87_compare_mem(*a, type, &bits, &ex);
    return finish_compare(x, cc, ex, 0);
}

unsigned fpu_direct_fxam(struct x87 *x, const struct f80 *a)
{
    KEEP_REGISTERS;
    return finish_compare(x, x87_examine(*a), 0, 0);
}
