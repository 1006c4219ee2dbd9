/* Transcendental instructions of the double model: the C library's functions where operands and results are
 * normal numbers. Everything else (NaNs, infinities, zeros, denormals, stack faults, results out of range) is
 * the 80-bit instruction, its result rounded to a double. */
#include <math.h>

#include "fpu/dbl.h"
#include "fpu/stack.h"

static void set_c2(struct x87 *x, bool c2)
{
    x->sw = (uint16_t)((x->sw & ~X87_C2) | (c2 ? X87_C2 : 0));
}

static bool normal(double v)
{
    return dbl_is_normal(dbl_bits(v));
}

/* Is ST(i) a normal number? */
static bool usable(const struct x87 *x, unsigned i)
{
    return !is_empty(x, i) && dbl_is_normal(x->d[slot(x, i)]);
}

static double get(const struct x87 *x, unsigned i)
{
    return dbl_value(x->d[slot(x, i)]);
}

/* --- angles -------------------------------------------------------------------------------------------- */

/* Beyond 2^63 the instruction only sets C2. */
static bool out_of_range(double v)
{
    return fabs(v) >= 0x1p63;
}

/* Is the instruction to be done? Says what it leaves in C2, and that it rounds. */
static bool begin_angle(struct x87 *x, double v)
{
    bool done = !out_of_range(v);
    if (done) dbl_deliver(x, X87_PE);
    set_c2(x, !done);
    return done;
}

static void on_angle(struct x87 *x, double (*f)(double), void (*exact)(struct x87 *))
{
    double v = get(x, 0);
    if (!usable(x, 0)) {
        dbl_by_exact(x, exact, false);
    } else if (begin_angle(x, v)) {
        dbl_put(x, 0, dbl_bits(f(v)));
    }
}

void dbl_fsin(struct x87 *x)
{
    on_angle(x, sin, x87_fsin);
}
void dbl_fcos(struct x87 *x)
{
    on_angle(x, cos, x87_fcos);
}

/* Of those that push a second result. */
static void pair_on_angle(struct x87 *x, void (*f)(double, double *, double *), void (*exact)(struct x87 *))
{
    double v = get(x, 0), top, pushed;
    if (!usable(x, 0) || !can_push(x)) {
        dbl_by_exact(x, exact, false);
    } else if (begin_angle(x, v)) {
        f(v, &top, &pushed);
        dbl_put(x, 0, dbl_bits(top));
        x->top = (uint8_t)slot(x, 7);
        dbl_put(x, 0, dbl_bits(pushed));
    }
}

static void sine_and_cosine(double v, double *top, double *pushed)
{
    *top = sin(v);
    *pushed = cos(v);
}

static void tangent(double v, double *top, double *pushed)
{
    *top = tan(v);
    *pushed = 1;
}

void dbl_fsincos(struct x87 *x)
{
    pair_on_angle(x, sine_and_cosine, x87_fsincos);
}
void dbl_fptan(struct x87 *x)
{
    pair_on_angle(x, tangent, x87_fptan);
}

/* --- the others ---------------------------------------------------------------------------------------- */

/* ST(i) = v and i pops, if v is a normal number; else the 80-bit instruction. */
static void finish(struct x87 *x, unsigned i, double v, void (*exact)(struct x87 *))
{
    if (!normal(v)) {
        dbl_by_exact(x, exact, false);
        return;
    }
    dbl_deliver(x, X87_PE);
    dbl_put(x, i, dbl_bits(v));
    if (i) x87_pop(x);
}

void dbl_fpatan(struct x87 *x)
{
    bool good = usable(x, 0) && usable(x, 1);
    finish(x, 1, good ? atan2(get(x, 1), get(x, 0)) : 0, x87_fpatan);
}

void dbl_fyl2x(struct x87 *x)
{
    bool good = usable(x, 0) && usable(x, 1) && get(x, 0) > 0;
    finish(x, 1, good ? get(x, 1) * log2(get(x, 0)) : 0, x87_fyl2x);
}

void dbl_fyl2xp1(struct x87 *x)
{
    bool good = usable(x, 0) && usable(x, 1) && get(x, 0) > -1;
    finish(x, 1, good ? get(x, 1) * (log1p(get(x, 0)) * M_LOG2E) : 0, x87_fyl2xp1);
}

/* a * b = *high + *low exactly (Dekker), far from the ends of the range. */
static void product(double a, double b, double *high, double *low)
{
    const double split = 0x1p27 + 1;
    double a1 = split * a - (split * a - a), b1 = split * b - (split * b - b), a2 = a - a1, b2 = b - b1;
    *high = a * b;
    *low = ((a1 * b1 - *high) + a1 * b2 + a2 * b1) + a2 * b2;
}

/* 2^v - 1 = e^(v ln 2) - 1, with the product's last bits. */
static double exp2m1(double v)
{
    const double ln2_low = 0x1.abc9e3b39803fp-56; /* what M_LN2 lacks */
    double high, low, r;
    product(v, M_LN2, &high, &low);
    r = expm1(high);
    return r + (1 + r) * (low + v * ln2_low);
}

void dbl_f2xm1(struct x87 *x)
{
    bool good = usable(x, 0) && fabs(get(x, 0)) < 1;
    finish(x, 0, good ? exp2m1(get(x, 0)) : 0, x87_f2xm1);
}
