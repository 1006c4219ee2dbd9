/* Instructions on ST(0) and its neighbours without memory operands: sign, root, rounding, scaling,
 * remainders, exchanges and the stack pointer. */
#include "fpu/stack.h"

void x87_fchs(struct x87 *x)
{
    bool empty = is_empty(x, 0);
    struct f80 v = st(x, 0);
    v.se ^= 0x8000;
    if (x87_deliver(x, empty ? STACK_UNDERFLOW : 0)) put_st(x, 0, empty ? f80_indefinite() : v);
}

void x87_fabs(struct x87 *x)
{
    bool empty = is_empty(x, 0);
    struct f80 v = st(x, 0);
    v.se &= 0x7fff;
    if (x87_deliver(x, empty ? STACK_UNDERFLOW : 0)) put_st(x, 0, empty ? f80_indefinite() : v);
}

void x87_on_top(struct x87 *x, x87_unary_fn *f)
{
    unsigned ex = STACK_UNDERFLOW;
    struct f80 r = f80_indefinite();
    if (!is_empty(x, 0)) {
        ex = 0;
        r = f(st(x, 0), x->cw, &ex);
    }
    if (x87_deliver(x, ex)) put_st(x, 0, r);
}

void x87_fsqrt(struct x87 *x)
{
    x87_on_top(x, f80_sqrt);
}
void x87_frndint(struct x87 *x)
{
    x87_on_top(x, f80_rint);
}

void x87_fscale(struct x87 *x)
{
    unsigned ex = STACK_UNDERFLOW;
    struct f80 r = f80_indefinite();
    if (!is_empty(x, 0) && !is_empty(x, 1)) {
        ex = 0;
        r = f80_scale(st(x, 0), st(x, 1), x->cw, &ex);
    }
    if (x87_deliver(x, ex)) put_st(x, 0, r);
}

static void remainder_of_top(struct x87 *x, bool nearest)
{
    unsigned ex = STACK_UNDERFLOW;
    int cc = F80_CC_KEPT;
    struct f80 r = f80_indefinite();
    if (!is_empty(x, 0) && !is_empty(x, 1)) {
        ex = 0;
        r = f80_rem(st(x, 0), st(x, 1), nearest, x->cw, &ex, &cc);
    }
    if (x87_deliver(x, ex))
        put_st(x, 0, r);
    else
        cc = F80_CC_KEPT;
    /* Without a quotient C0 and C3 stay; C2 says that the reduction is complete. */
    x->sw &= (uint16_t) ~(cc == F80_CC_KEPT ? X87_C2 : X87_CC);
    if (cc != F80_CC_KEPT) x->sw |= (uint16_t)cc;
}

void x87_fprem(struct x87 *x)
{
    remainder_of_top(x, false);
}
void x87_fprem1(struct x87 *x)
{
    remainder_of_top(x, true);
}

/* Exponent and significand of v. */
static void extract(struct f80 v, struct f80 *exponent, struct f80 *significand, unsigned *ex)
{
    enum f80_class c = f80_class(v);
    if (c >= CLASS_QNAN) {
        *exponent = *significand = f80_nan(v, v, ex);
        return;
    }
    *significand = v;
    if (c == CLASS_INF) {
        *exponent = f80_inf(false);
        return;
    }
    if (c == CLASS_ZERO) {
        *ex |= X87_ZE;
        *exponent = f80_inf(true);
        return;
    }
    if (c == CLASS_DENORMAL) *ex |= X87_DE;
    struct f80_parts p = f80_unpack(v);
    int32_t e = p.exp - F80_BIAS;
    *significand = f80_make(p.sign, F80_BIAS, p.m);
    unsigned none = 0;
    *exponent = f80_from(X87_I32, &e, &none);
}

void x87_fxtract(struct x87 *x)
{
    unsigned ex = 0;
    struct f80 exponent, significand;
    exponent = significand = f80_indefinite();
    if (is_empty(x, 0))
        ex = STACK_UNDERFLOW;
    else if (!is_empty(x, 7))
        ex = STACK_OVERFLOW;
    else
        extract(st(x, 0), &exponent, &significand, &ex);
    if (!x87_deliver(x, ex)) return;
    put_st(x, 0, exponent);
    x->top = (uint8_t)slot(x, 7);
    put_st(x, 0, significand);
}

void x87_fxch(struct x87 *x, unsigned i)
{
    struct f80 a = is_empty(x, 0) ? f80_indefinite() : st(x, 0);
    struct f80 b = is_empty(x, i) ? f80_indefinite() : st(x, i);
    if (!x87_deliver(x, is_empty(x, 0) || is_empty(x, i) ? STACK_UNDERFLOW : 0)) return;
    put_st(x, 0, b);
    put_st(x, i, a);
}

void x87_fcmov(struct x87 *x, unsigned i, bool condition)
{
    bool empty = is_empty(x, 0) || is_empty(x, i);
    if (empty) {
        if (x87_deliver(x, STACK_UNDERFLOW)) put_st(x, 0, f80_indefinite());
    } else if (condition) {
        put_st(x, 0, st(x, i)); /* C1 stays */
    }
}

void x87_ffree(struct x87 *x, unsigned i, bool pop)
{
    x->empty |= (uint8_t)(1u << slot(x, i));
    x->sw &= (uint16_t)~X87_C1;
    if (pop) x87_pop(x);
}

void x87_fincstp(struct x87 *x)
{
    x->top = (x->top + 1) & 7;
    x->sw &= (uint16_t)~X87_C1;
}

void x87_fdecstp(struct x87 *x)
{
    x->top = (x->top - 1) & 7;
    x->sw &= (uint16_t)~X87_C1;
}
