/* Arithmetic of the double model: one operation on doubles under the guest's rounding control, NaNs and flags
 * as x86 has them. */
#include <math.h>

#include "fpu/dbl.h"
#include "fpu/stack.h"

/* --- one operation ------------------------------------------------------------------------------------- */

/* As an FPU of doubles does it, by integers: some hosts' rounding and flags cannot be had (docs/X87.md). The
 * 80-bit result, cut off, has 11 bits more than a double; when the last one tells of what was lost, the
 * rounding to a double is the only one. Neither operand is a NaN. */
static uint64_t operate_exactly(unsigned op, uint64_t a, uint64_t b, unsigned cw, unsigned *ex)
{
    enum { CUT_OFF = X87_EXCEPTIONS | 0x300 | RC_ZERO << 10, FOUND = X87_OE | X87_UE | X87_PE };
    unsigned none = 0, first = 0, second = 0;
    struct f80 x = f80_from(X87_F64, &a, &none), y = f80_from(X87_F64, &b, &none), r;
    uint64_t bits;
    r = op == DBL_SQRT ? f80_sqrt(x, CUT_OFF, &first) : x87_operate((enum x87_op)op, x, y, CUT_OFF, &first);
    *ex |= first & (X87_IE | X87_ZE);
    if (first & X87_IE) return DBL_INDEFINITE;
    if (first & X87_PE) r.m |= 1;
    if (r.m == 0 && op != DBL_SQRT)
        r = x87_operate((enum x87_op)op, x, y, cw | X87_EXCEPTIONS, &none); /* sign */
    f80_to(X87_F64, r, cw | X87_EXCEPTIONS, &bits, &second);
    if ((cw & 0x300) == 0) { /* precision control: 24 bits */
        uint32_t single;
        f80_to(X87_F32, f80_from(X87_F64, &bits, &none), cw | X87_EXCEPTIONS, &single, &second);
        f80_to(X87_F64, f80_from(X87_F32, &single, &none), cw | X87_EXCEPTIONS, &bits, &none);
    }
    *ex |= second & FOUND;
    return bits;
}

static uint64_t nan_of(uint64_t a, uint64_t b, unsigned *ex)
{
    unsigned none = 0;
    struct f80 r = f80_nan(f80_from(X87_F64, &a, &none), f80_from(X87_F64, &b, &none), ex);
    uint64_t bits;
    f80_to(X87_F64, r, X87_EXCEPTIONS, &bits, &none);
    return bits;
}

static uint64_t operate(unsigned op, uint64_t a, uint64_t b, unsigned cw, unsigned *ex)
{
    if (dbl_is_nan(a) || dbl_is_nan(b)) return nan_of(a, b, ex);
    return operate_exactly(op, a, b, cw, ex);
}

/* --- flags without asking the host ---------------------------------------------------------------------- */

/* Bits from the first one to the last one of the significand. */
static unsigned width(double v)
{
    uint64_t bits = dbl_bits(v), m = bits & ((1ull << 52) - 1);
    if (bits >> 52 & 0x7ff) m |= 1ull << 52;
    return m ? 64 - (unsigned)__builtin_clzll(m) - (unsigned)__builtin_ctzll(m) : 0;
}

enum exactness { EXACT, INEXACT, UNKNOWN };

static bool moderate(double v)
{
    return (dbl_bits(v) >> 52 & 0x7ff) - 2 < 0x7fb;
}

/* What a + b lost, by Knuth's sum of two. */
static enum exactness sum_exactness(double a, double b, double r)
{
    if (!moderate(r) || (a != 0 && !moderate(a)) || (b != 0 && !moderate(b))) return UNKNOWN;
    double part = r - a, lost = (a - (r - part)) + (b - part);
    return lost == 0 ? EXACT : INEXACT;
}

/* Is `product` = a * b exactly, as the widths tell? */
static enum exactness product_exactness(double a, double b, double product)
{
    unsigned bits = width(a) + width(b);
    if (bits > 54) return INEXACT;
    if (bits == 54 || !moderate(product)) return UNKNOWN;
    return a * b == product ? EXACT : INEXACT;
}

/* r is the normal result of a op b. */
static enum exactness exactness(unsigned op, double a, double b, double r)
{
    switch (op) {
    case X87_ADD: return sum_exactness(a, b, r);
    case X87_SUB: return sum_exactness(a, -b, r);
    case X87_MUL: return product_exactness(a, b, r);
    case X87_DIV: return product_exactness(r, b, a);
    default: return product_exactness(r, r, a);
    }
}

static bool exact_zero(unsigned op, double a, double b)
{
    switch (op) {
    case X87_MUL: return a == 0 || b == 0;
    case X87_DIV: return a == 0;
    default: return true;
    }
}

bool dbl_settle(struct x87 *x, unsigned op, double a, double b, double r)
{
    uint64_t bits = dbl_bits(r);
    if (bits << 1 == 0) return exact_zero(op, a, b);
    if ((bits >> 52 & 0x7ff) - 2 >= 0x7fd) return false; /* the smallest exponent may hide an underflow */
    enum exactness e = x->sw & X87_PE ? INEXACT : exactness(op, a, b, r);
    if (e == INEXACT) x->sw |= X87_PE;
    return e != UNKNOWN;
}

/* --- instructions --------------------------------------------------------------------------------------- */

void dbl_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop)
{
    unsigned ex = STACK_UNDERFLOW;
    uint64_t r = DBL_INDEFINITE;
    if (!is_empty(x, dst) && !is_empty(x, src)) {
        ex = 0;
        r = operate(op, x->d[slot(x, dst)], x->d[slot(x, src)], x->cw, &ex);
    }
    if (!dbl_deliver(x, ex)) return;
    dbl_put(x, dst, r);
    if (pop) x87_pop(x);
}

void dbl_arith_mem(struct x87 *x, enum x87_op op, enum x87_type type, const void *operand)
{
    unsigned ex = STACK_UNDERFLOW, none = 0;
    uint64_t r = DBL_INDEFINITE, v;
    struct f80 wide = f80_from(type, operand, &none);
    if (!is_empty(x, 0)) {
        ex = 0;
        if (f80_class(wide) == CLASS_SNAN) { /* a conversion would make it quiet before it is seen */
            struct f80 a = f80_from(X87_F64, &x->d[x->top], &none);
            wide = f80_nan(a, wide, &ex);
            f80_to(X87_F64, wide, X87_EXCEPTIONS, &r, &none);
        } else {
            f80_to(X87_F64, wide, X87_EXCEPTIONS, &v, &none);
            r = operate(op, x->d[x->top], v, x->cw, &ex);
        }
    }
    if (dbl_deliver(x, ex)) dbl_put(x, 0, r);
}

static bool negative(uint64_t v)
{
    return v & DBL_SIGN && v << 1;
}

void dbl_fsqrt(struct x87 *x)
{
    unsigned ex = STACK_UNDERFLOW;
    uint64_t r = DBL_INDEFINITE, v = x->d[x->top];
    if (!is_empty(x, 0)) {
        ex = 0;
        if (negative(v) && !dbl_is_nan(v))
            ex = X87_IE;
        else
            r = operate(DBL_SQRT, v, v, x->cw, &ex);
    }
    if (dbl_deliver(x, ex)) dbl_put(x, 0, r);
}

static void set_sign(struct x87 *x, uint64_t keep, uint64_t flip)
{
    bool empty = is_empty(x, 0);
    uint64_t v = (x->d[x->top] & keep) ^ flip;
    if (dbl_deliver(x, empty ? STACK_UNDERFLOW : 0)) dbl_put(x, 0, empty ? DBL_INDEFINITE : v);
}

void dbl_fchs(struct x87 *x)
{
    set_sign(x, ~0ull, DBL_SIGN);
}
void dbl_fabs(struct x87 *x)
{
    set_sign(x, ~DBL_SIGN, 0);
}

/* --- operations whose 80-bit results are doubles, or become one by a single rounding of the exponent --- */

/* Register r of the 80-bit run, as a double. */
static void take_back(struct x87 *x, const struct x87 *run, unsigned i, unsigned *ex)
{
    uint64_t v;
    f80_to(X87_F64, run->reg[slot(x, i)], x->cw | X87_EXCEPTIONS, &v, ex);
    dbl_put(x, i, v);
}

void dbl_by_exact(struct x87 *x, void (*instruction)(struct x87 *), bool c1)
{
    enum { FOUND_LATER = X87_DE | X87_OE | X87_UE | X87_PE, FLAGS = X87_EXCEPTIONS | X87_SF };
    struct x87 run = *x;
    unsigned none = 0, old_top = x->top;
    for (unsigned i = 0; i < 2; i++)
        run.reg[slot(x, i)] = f80_from(X87_F64, &x->d[slot(x, i)], &none);
    run.cw |= FOUND_LATER;
    run.sw &= (uint16_t) ~(FLAGS | X87_C1);
    instruction(&run);
    unsigned ex = run.sw & FLAGS & ~(unsigned)X87_DE;
    bool fault = ex & X87_SF;
    x->sw = (uint16_t)((x->sw & ~(X87_C0 | X87_C2 | X87_C3)) | (run.sw & (X87_C0 | X87_C2 | X87_C3)));
    if (!x87_unmasked(x, ex & (X87_IE | X87_ZE))) {
        x->top = run.top;
        x->empty = run.empty;
        take_back(x, &run, 0, &ex);
        if (x->top == ((old_top - 1) & 7)) take_back(x, &run, 1, &ex);
    }
    unsigned old_c1 = x->sw & X87_C1;
    x87_deliver(x, ex & FLAGS);
    x->sw |= (uint16_t)(fault || c1 ? run.sw & X87_C1 : old_c1);
}

void dbl_frndint(struct x87 *x)
{
    dbl_by_exact(x, x87_frndint, false);
}
void dbl_fscale(struct x87 *x)
{
    dbl_by_exact(x, x87_fscale, false);
}
void dbl_fxtract(struct x87 *x)
{
    dbl_by_exact(x, x87_fxtract, false);
}
void dbl_fprem(struct x87 *x)
{
    dbl_by_exact(x, x87_fprem, true);
}
void dbl_fprem1(struct x87 *x)
{
    dbl_by_exact(x, x87_fprem1, true);
}
