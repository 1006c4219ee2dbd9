/* The transcendental instructions: special operands, ranges, flags and rounding around kernels.c.
 * Results are those of the exact functions rounded once; a CPU's own are within an ulp (docs/X87.md). */
#include "fpu/kernels.h"
#include "fpu/stack.h"

/* Rounds a result known to about 120 bits; unless it is exact, the rest is not zero. A CPU calls it inexact
 * always. */
static struct f80 rounded(struct wide w, bool exact, unsigned cw, unsigned *ex)
{
    struct f80 r = f80_round(w.sign, w.exp, (uint64_t)(w.m >> 64), (uint64_t)w.m | !exact, F80_FULL(cw), ex);
    *ex |= X87_PE | (f80_exp(r) == 0 ? X87_UE : 0);
    return r;
}

static struct f80 with_sign(struct f80 a, bool sign)
{
    return f80_make(sign, f80_exp(a), a.m);
}

static void note_denormal(struct f80 a, unsigned *ex)
{
    if (f80_class(a) == CLASS_DENORMAL) *ex |= X87_DE;
}

/* 2^a - 1 */
static struct f80 f2xm1(struct f80 a, unsigned cw, unsigned *ex)
{
    const struct f80 one = {F80_TOP, F80_BIAS};
    enum f80_class c = f80_class(a);
    if (c >= CLASS_QNAN) return f80_nan(a, a, ex);
    if (c == CLASS_ZERO) return a;
    if (c == CLASS_INF) return f80_sign(a) ? with_sign(one, true) : a;
    note_denormal(a, ex);
    bool is_one = f80_exp(a) == F80_BIAS && a.m == F80_TOP;
    if (f80_exp(a) >= F80_BIAS && !is_one) { /* out of range, but a CPU is consistent here */
        *ex |= X87_PE;
        return a;
    }
    return rounded(kernel_exp2m1(wide_from(a)), is_one, cw, ex);
}

void x87_f2xm1(struct x87 *x)
{
    x87_on_top(x, f2xm1);
}

typedef struct f80 binary_fn(struct f80 top, struct f80 next, unsigned cw, unsigned *ex);

/* ST(1) = f(ST(0), ST(1)), and pop. */
static void on_two(struct x87 *x, binary_fn *f)
{
    unsigned ex = STACK_UNDERFLOW;
    struct f80 r = f80_indefinite();
    if (!is_empty(x, 0) && !is_empty(x, 1)) {
        ex = 0;
        r = f(st(x, 0), st(x, 1), x->cw, &ex);
    }
    if (!x87_deliver(x, ex)) return;
    put_st(x, 1, r);
    x87_pop(x);
}

/* y times a logarithm that is infinite, zero, or of sign `below` (of the argument's side of 1). */
static struct f80 times_infinite_log(struct f80 y, bool log_negative, unsigned *ex)
{
    enum f80_class c = f80_class(y);
    if (c == CLASS_ZERO) return f80_invalid(ex);
    if (log_negative && c != CLASS_INF)
        *ex |= X87_ZE;
    else
        note_denormal(y, ex);
    return f80_inf(f80_sign(y) != log_negative);
}

static struct f80 times_log(struct f80 y, struct wide log, bool exact, unsigned cw, unsigned *ex)
{
    enum f80_class c = f80_class(y);
    bool sign = f80_sign(y) != log.sign;
    if (c == CLASS_INF) return log.m ? f80_inf(sign) : f80_invalid(ex);
    if (c == CLASS_ZERO || log.m == 0) return f80_zero(sign);
    return rounded(wide_mul(log, wide_from(y)), exact, cw, ex);
}

/* y log2(a) */
static struct f80 fyl2x(struct f80 a, struct f80 y, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cy = f80_class(y);
    if (ca >= CLASS_QNAN || cy >= CLASS_QNAN) return f80_nan(a, y, ex);
    if (ca == CLASS_ZERO) return times_infinite_log(y, true, ex);
    if (f80_sign(a)) return f80_invalid(ex);
    note_denormal(a, ex);
    if (ca == CLASS_INF) return times_infinite_log(y, false, ex);
    struct wide w = wide_from(a);
    struct wide log = kernel_log2(w);
    if (cy == CLASS_INF && log.m == 0) return f80_invalid(ex);
    note_denormal(y, ex);
    return times_log(y, log, w.m << 1 == 0, cw, ex);
}

void x87_fyl2x(struct x87 *x)
{
    on_two(x, fyl2x);
}

/* y log2(1 + a) */
static struct f80 fyl2xp1(struct f80 a, struct f80 y, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cy = f80_class(y);
    if (ca >= CLASS_QNAN || cy >= CLASS_QNAN) return f80_nan(a, y, ex);
    if (ca == CLASS_INF) return f80_sign(a) ? f80_invalid(ex) : times_infinite_log(y, false, ex);
    if (ca == CLASS_ZERO && cy == CLASS_INF) return f80_invalid(ex);
    note_denormal(a, ex);
    note_denormal(y, ex);
    struct wide w = wide_from(a);
    if (w.m == 0 || cy == CLASS_ZERO || cy == CLASS_INF) return times_log(y, w, false, cw, ex);
    if (f80_sign(a) && f80_exp(a) >= F80_BIAS) { /* a logarithm of nothing: a CPU leaves the argument */
        *ex |= X87_PE;
        return a;
    }
    return times_log(y, kernel_log2p1(w), false, cw, ex);
}

void x87_fyl2xp1(struct x87 *x)
{
    on_two(x, fyl2xp1);
}

static struct f80 quarters_of_pi(unsigned n, bool sign, unsigned cw, unsigned *ex)
{
    struct wide w = kernel_pi_quarters(n);
    w.sign = sign;
    return rounded(w, false, cw, ex);
}

/* The angle of the point (a, y). */
static struct f80 fpatan(struct f80 a, struct f80 y, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cy = f80_class(y);
    bool sign = f80_sign(y), left = f80_sign(a);
    if (ca >= CLASS_QNAN || cy >= CLASS_QNAN) return f80_nan(a, y, ex);
    note_denormal(a, ex);
    note_denormal(y, ex);
    if (cy == CLASS_INF) return quarters_of_pi(ca != CLASS_INF ? 2 : left ? 3 : 1, sign, cw, ex);
    if (cy == CLASS_ZERO || ca == CLASS_INF) return left ? quarters_of_pi(4, sign, cw, ex) : f80_zero(sign);
    if (ca == CLASS_ZERO) return quarters_of_pi(2, sign, cw, ex);
    return rounded(kernel_atan2(wide_from(y), wide_from(a)), false, cw, ex);
}

void x87_fpatan(struct x87 *x)
{
    on_two(x, fpatan);
}

/* The sine of r + quadrant * pi/2; with one quadrant more, the cosine. */
static struct wide sine(struct wide r, unsigned quadrant)
{
    struct wide v = quadrant & 1 ? kernel_cos(r) : kernel_sin(r);
    v.sign ^= quadrant >> 1 & 1;
    return v;
}

/* Beyond 2^63 the instruction only sets C2. */
static bool out_of_range(struct f80 a)
{
    return f80_class(a) == CLASS_NORMAL && f80_exp(a) >= F80_BIAS + 63;
}

/* NaNs, infinities and zeros; true if *sin and *cos are the results. */
static bool special_angle(struct f80 a, struct f80 *sin, struct f80 *cos, unsigned *ex)
{
    enum f80_class c = f80_class(a);
    if (c == CLASS_NORMAL || c == CLASS_DENORMAL) {
        note_denormal(a, ex);
        return false;
    }
    if (c == CLASS_ZERO) {
        *sin = a;
        *cos = f80_make(false, F80_BIAS, F80_TOP);
        return true;
    }
    *sin = *cos = c == CLASS_INF ? f80_invalid(ex) : f80_nan(a, a, ex);
    return true;
}

/* C2 says whether the argument was out of range, if the instruction came to look at it. */
static void set_c2(struct x87 *x, bool c2)
{
    x->sw = (uint16_t)((x->sw & ~X87_C2) | (c2 ? X87_C2 : 0));
}

static void sine_or_cosine(struct x87 *x, bool cosine)
{
    unsigned ex = STACK_UNDERFLOW;
    struct f80 r[2] = {f80_indefinite(), f80_indefinite()};
    bool far = !is_empty(x, 0) && out_of_range(st(x, 0));
    if (!is_empty(x, 0)) {
        ex = 0;
        if (!far && !special_angle(st(x, 0), &r[0], &r[1], &ex)) {
            unsigned quadrant;
            struct wide v = kernel_reduce(wide_from(st(x, 0)), &quadrant);
            r[cosine] = rounded(sine(v, quadrant + cosine), false, x->cw, &ex);
        }
    }
    bool delivered = x87_deliver(x, ex);
    set_c2(x, far);
    if (delivered && !far) put_st(x, 0, r[cosine]);
}

void x87_fsin(struct x87 *x)
{
    sine_or_cosine(x, false);
}
void x87_fcos(struct x87 *x)
{
    sine_or_cosine(x, true);
}

/* fsincos and fptan replace ST(0) and push another value. */
typedef void pair_fn(struct f80 a, struct f80 *top, struct f80 *pushed, unsigned cw, unsigned *ex);

static void on_angle(struct x87 *x, pair_fn *f)
{
    unsigned ex = 0;
    struct f80 top = f80_indefinite(), pushed = f80_indefinite();
    bool far = false;
    if (is_empty(x, 0))
        ex = STACK_UNDERFLOW;
    else if (!can_push(x))
        ex = STACK_OVERFLOW;
    else if (!(far = out_of_range(st(x, 0))))
        f(st(x, 0), &top, &pushed, x->cw, &ex);
    bool delivered = x87_deliver(x, ex);
    set_c2(x, far);
    if (!delivered || far) return;
    put_st(x, 0, top);
    x->top = (uint8_t)slot(x, 7);
    put_st(x, 0, pushed);
}

static void sine_and_cosine_of(struct f80 a, struct f80 *top, struct f80 *pushed, unsigned cw, unsigned *ex)
{
    if (special_angle(a, top, pushed, ex)) return;
    unsigned quadrant;
    struct wide v = kernel_reduce(wide_from(a), &quadrant);
    *top = rounded(sine(v, quadrant), false, cw, ex);
    *ex &= ~(unsigned)X87_C1; /* C1 is the second rounding's */
    *pushed = rounded(sine(v, quadrant + 1), false, cw, ex);
}

static void tangent(struct f80 a, struct f80 *top, struct f80 *pushed, unsigned cw, unsigned *ex)
{
    struct f80 cos;
    bool special = special_angle(a, top, &cos, ex);
    *pushed = f80_class(*top) == CLASS_ZERO ? cos : *top;
    if (special) return;
    unsigned quadrant;
    struct wide v = kernel_reduce(wide_from(a), &quadrant);
    bool tiny = f80_exp(a) < F80_BIAS - 62; /* the tangent is just above the angle */
    *top = rounded(tiny ? v : wide_div(sine(v, quadrant), sine(v, quadrant + 1)), false, cw, ex);
    *pushed = f80_make(false, F80_BIAS, F80_TOP);
}

void x87_fsincos(struct x87 *x)
{
    on_angle(x, sine_and_cosine_of);
}
void x87_fptan(struct x87 *x)
{
    on_angle(x, tangent);
}
