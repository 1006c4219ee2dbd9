/* x87 instructions as functions on the register stack: moves, arithmetic, compares. Owns stack faults
 * and the masked and unmasked responses; the arithmetic itself is float80.c's and its neighbours'. */
#include "fpu/float80.h"
#include "fpu/stack.h"

#include <string.h>

bool x87_deliver(struct x87 *x, unsigned ex)
{
    unsigned unmasked = x87_unmasked(x, ex);
    bool before = unmasked & (X87_IE | X87_DE | X87_ZE); /* found before the operation: it does not happen */
    if (before) ex &= ~(unsigned)(X87_OE | X87_UE | X87_PE | (ex & X87_SF ? 0 : X87_C1));
    x->sw = (uint16_t)((x->sw & ~X87_C1) | ex | (unmasked ? X87_ES | X87_B : 0));
    return !before;
}

bool x87_push(struct x87 *x, struct f80 v, unsigned ex)
{
    if (!can_push(x) && !(ex & X87_SF)) ex = STACK_OVERFLOW;
    if (!x87_deliver(x, ex)) return false;
    x->top = (uint8_t)slot(x, 7);
    put_st(x, 0, ex & X87_SF ? f80_indefinite() : v);
    return true;
}

/* Loads */

static struct f80 quieted(struct f80 v, unsigned *ex)
{
    if (f80_class(v) != CLASS_SNAN) return v;
    *ex |= X87_IE;
    v.m |= F80_TOP >> 1;
    return v;
}

struct f80 x87_loaded(enum x87_type type, const void *operand, unsigned *ex)
{
    struct f80 v = f80_from(type, operand, ex);
    return type == X87_F80 ? v : quieted(v, ex);
}

void x87_fld(struct x87 *x, enum x87_type type, const void *operand)
{
    unsigned ex = 0;
    struct f80 v = x87_loaded(type, operand, &ex);
    if (!can_push(x)) ex = STACK_OVERFLOW;
    /* An unmasked #D is noted, but the value is loaded: so do CPUs, unlike SDM vol. 1, 8.5.2. */
    unsigned late = ex & X87_DE;
    if (x87_push(x, v, ex & ~late) && late) x87_deliver(x, late);
}

void x87_fld_st(struct x87 *x, unsigned i)
{
    if (is_empty(x, i))
        x87_push(x, f80_indefinite(), STACK_UNDERFLOW);
    else
        x87_push(x, st(x, i), 0);
}

struct f80 x87_constant(enum x87_const c, unsigned cw)
{
    /* Significands cut off at 64 bits; whether the next bit was set decides nearest. */
    static const struct {
        uint16_t exp;
        bool exact, next;
        uint64_t m;
    } table[] = {
        [X87_ONE] = {0x3fff, true, false, 0x8000000000000000},
        [X87_L2T] = {0x4000, false, false, 0xd49a784bcd1b8afe},
        [X87_L2E] = {0x3fff, false, true, 0xb8aa3b295c17f0bb},
        [X87_PI] = {0x4000, false, true, 0xc90fdaa22168c234},
        [X87_LG2] = {0x3ffd, false, true, 0x9a209a84fbcff798},
        [X87_LN2] = {0x3ffe, false, true, 0xb17217f7d1cf79ab},
        [X87_ZERO] = {0, true, false, 0},
    };
    enum f80_rc rc = f80_rc(cw);
    bool up = !table[c].exact && (rc == RC_UP || (rc == RC_NEAREST && table[c].next));
    return f80_make(false, table[c].exp, table[c].m + up);
}

void x87_fldconst(struct x87 *x, enum x87_const c)
{
    x87_push(x, x87_constant(c, x->cw), 0);
}

/* Stores */

bool x87_convert(const struct x87 *x, enum x87_type type, bool chop, void *bytes, unsigned *ex)
{
    *ex = 0;
    struct f80 v = st(x, 0);
    if (is_empty(x, 0)) {
        *ex = STACK_UNDERFLOW;
        v = f80_indefinite();
    }
    f80_to(type, v, chop ? x->cw | RC_ZERO << 10 : x->cw, bytes, ex);
    return !(x87_unmasked(x, *ex) & (X87_IE | X87_OE | X87_UE));
}

void x87_stored(struct x87 *x, unsigned ex, bool pop)
{
    bool unmasked = x87_unmasked(x, ex) & (X87_OE | X87_UE);
    if (x87_deliver(x, ex) && !unmasked && pop) x87_pop(x);
}

void x87_fst_st(struct x87 *x, unsigned i, bool pop)
{
    bool empty = is_empty(x, 0);
    if (!x87_deliver(x, empty ? STACK_UNDERFLOW : 0)) return;
    put_st(x, i, empty ? f80_indefinite() : st(x, 0));
    if (pop) x87_pop(x);
}

/* Pops an empty register without a word. */
void x87_fstpnce(struct x87 *x, unsigned i)
{
    if (!is_empty(x, 0)) put_st(x, i, st(x, 0));
    x->sw &= (uint16_t)~X87_C1;
    x87_pop(x);
}

/* Arithmetic */

struct f80 x87_operate(enum x87_op op, struct f80 a, struct f80 b, unsigned cw, unsigned *ex)
{
    switch (op) {
    case X87_ADD: return f80_add(a, b, cw, ex);
    case X87_MUL: return f80_mul(a, b, cw, ex);
    case X87_SUB: return f80_sub(a, b, cw, ex);
    case X87_SUBR: return f80_sub(b, a, cw, ex);
    case X87_DIV: return f80_div(a, b, cw, ex);
    case X87_DIVR: return f80_div(b, a, cw, ex);
    }
    return a;
}

void x87_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop)
{
    unsigned ex = 0;
    struct f80 r = f80_indefinite();
    if (is_empty(x, dst) || is_empty(x, src))
        ex = STACK_UNDERFLOW;
    else
        r = x87_operate(op, st(x, dst), st(x, src), x->cw, &ex);
    if (!x87_deliver(x, ex)) return;
    put_st(x, dst, r);
    if (pop) x87_pop(x);
}

struct f80 x87_operate_mem(enum x87_op op, struct f80 a, enum x87_type type, const void *operand, unsigned cw,
                           unsigned *ex)
{
    unsigned from = 0;
    struct f80 v = f80_from(type, operand, &from), r = x87_operate(op, a, v, cw, ex);
    if (!(*ex & X87_ZE)) *ex |= denormal_matters(a) ? from : 0;
    return r;
}

void x87_arith_mem(struct x87 *x, enum x87_op op, enum x87_type type, const void *operand)
{
    unsigned ex = 0;
    struct f80 r = f80_indefinite();
    if (is_empty(x, 0))
        ex = STACK_UNDERFLOW;
    else
        r = x87_operate_mem(op, st(x, 0), type, operand, x->cw, &ex);
    if (x87_deliver(x, ex)) put_st(x, 0, r);
}

/* Compares */

static void finish_compare(struct x87 *x, unsigned cc, unsigned ex, unsigned pops)
{
    bool delivered = x87_deliver(x, ex);
    x->sw = (uint16_t)((x->sw & ~X87_CC) | cc); /* also when the exception is unmasked */
    if (!delivered) return;
    for (; pops; pops--)
        x87_pop(x);
}

enum { UNORDERED = X87_C3 | X87_C2 | X87_C0 };

void x87_fcom(struct x87 *x, unsigned i, bool quiet, unsigned pops)
{
    unsigned ex = STACK_UNDERFLOW, cc = UNORDERED;
    if (!is_empty(x, 0) && !is_empty(x, i)) {
        ex = 0;
        cc = f80_compare(st(x, 0), st(x, i), quiet, &ex);
    }
    finish_compare(x, cc, ex, pops);
}

unsigned x87_compare_mem(struct f80 a, enum x87_type type, const void *operand, unsigned *ex)
{
    unsigned from = 0;
    struct f80 v = f80_from(type, operand, &from);
    *ex |= denormal_matters(a) ? from : 0;
    return f80_compare(a, v, false, ex);
}

void x87_fcom_mem(struct x87 *x, enum x87_type type, const void *operand, bool pop)
{
    unsigned ex = STACK_UNDERFLOW, cc = UNORDERED;
    if (!is_empty(x, 0)) {
        ex = 0;
        cc = x87_compare_mem(st(x, 0), type, operand, &ex);
    }
    finish_compare(x, cc, ex, pop);
}

unsigned x87_fcomi(struct x87 *x, unsigned i, bool quiet, bool pop)
{
    enum { ZF = 1 << 6, PF = 1 << 2, CF = 1 << 0 };
    unsigned ex = STACK_UNDERFLOW, cc = UNORDERED;
    if (!is_empty(x, 0) && !is_empty(x, i)) {
        ex = 0;
        cc = f80_compare(st(x, 0), st(x, i), quiet, &ex);
    }
    unsigned c1 = ex & X87_SF ? 0 : x->sw & X87_C1; /* stays, unlike with fcom */
    bool delivered = x87_deliver(x, ex);
    x->sw |= (uint16_t)c1;
    if (delivered && pop) x87_pop(x);
    return (cc & X87_C3 ? ZF : 0) | (cc & X87_C2 ? PF : 0) | (cc & X87_C0 ? CF : 0);
}

void x87_ftst(struct x87 *x)
{
    unsigned ex = STACK_UNDERFLOW, cc = UNORDERED;
    if (!is_empty(x, 0)) {
        ex = 0;
        cc = f80_compare(st(x, 0), f80_zero(false), false, &ex);
    }
    finish_compare(x, cc, ex, 0);
}

unsigned x87_examine(struct f80 a)
{
    static const uint16_t codes[] = {
        [CLASS_UNSUPPORTED] = 0,
        [CLASS_QNAN] = X87_C0,
        [CLASS_SNAN] = X87_C0,
        [CLASS_NORMAL] = X87_C2,
        [CLASS_INF] = X87_C2 | X87_C0,
        [CLASS_ZERO] = X87_C3,
        [CLASS_DENORMAL] = X87_C3 | X87_C2,
    };
    return codes[f80_class(a)] | (f80_sign(a) ? X87_C1 : 0);
}

void x87_fxam(struct x87 *x)
{
    unsigned cc = x87_examine(st(x, 0));
    if (is_empty(x, 0)) cc = X87_C3 | X87_C0 | (cc & X87_C1);
    x->sw = (uint16_t)((x->sw & ~X87_CC) | cc);
}
