/* The double model of the x87 (--x87=double): registers hold doubles, an operation is one operation of the
 * host's doubles. docs/X87.md defines what is computed and which flags appear; both tiers follow it.
 * Needs the host's FP environment as C starts it (round to nearest, nothing traps) and leaves it so, but for
 * the host's sticky flags: none of them is ever read after a function of this header has returned.
 * The common case of the hot instructions is inline in fpu/dblfast.h. */
#ifndef FPU_DBL_H
#define FPU_DBL_H

#include <string.h>

#include "fpu/float80.h"

#define DBL_SIGN       (1ull << 63)
#define DBL_INF        (0x7ffull << 52)
#define DBL_INDEFINITE 0xfff8000000000000ull /* the default NaN */

static inline double dbl_value(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
static inline uint64_t dbl_bits(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}
/* By integers: hosts with the old NaN encoding take a quiet NaN of x86 for a signalling one. */
static inline bool dbl_is_nan(uint64_t bits)
{
    return bits << 1 > DBL_INF << 1;
}
/* Neither zero, denormal, infinite nor a NaN. */
static inline bool dbl_is_normal(uint64_t bits)
{
    return (bits >> 52 & 0x7ff) - 1 < 0x7fe;
}

/* Beyond enum x87_op: the square root of the first operand. */
enum { DBL_SQRT = X87_DIVR + 1 };

/* Is everything known about the flags of r = a op b, rounded to nearest? Then it is recorded in x. `a` and
 * `b` in the order of the operation (of SUB and DIV, not their reverses). */
bool dbl_settle(struct x87 *x, unsigned op, double a, double b, double r);

/* Register r as an 80-bit value, exactly: its image if it has one. */
struct f80 dbl_image(const struct x87 *x, unsigned r);
/* Register r gets v rounded to a double as RC says, and v itself as its image unless that is the same. */
void dbl_set_image(struct x87 *x, unsigned r, struct f80 v);

/* The instructions, complete; as in fpu.h. */
void dbl_fld(struct x87 *x, enum x87_type type, const void *operand);
void dbl_fld_st(struct x87 *x, unsigned i);
void dbl_fldconst(struct x87 *x, enum x87_const c);
bool dbl_convert(const struct x87 *x, enum x87_type type, void *bytes, unsigned *ex);
void dbl_stored(struct x87 *x, unsigned ex, bool pop);
void dbl_fst_st(struct x87 *x, unsigned i, bool pop);
void dbl_fstpnce(struct x87 *x, unsigned i);
void dbl_fxch(struct x87 *x, unsigned i);
void dbl_fcmov(struct x87 *x, unsigned i, bool condition);
void dbl_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop);
void dbl_arith_mem(struct x87 *x, enum x87_op op, enum x87_type type, const void *operand);
void dbl_fcom(struct x87 *x, unsigned i, bool quiet, unsigned pops);
void dbl_fcom_mem(struct x87 *x, enum x87_type type, const void *operand, bool pop);
unsigned dbl_fcomi(struct x87 *x, unsigned i, bool quiet, bool pop);
void dbl_ftst(struct x87 *x);
void dbl_fxam(struct x87 *x);
void dbl_fchs(struct x87 *x);
void dbl_fabs(struct x87 *x);
void dbl_fsqrt(struct x87 *x);
/* frndint, fscale, fxtract, fprem and fprem1: exact operations of the 80-bit model on the doubles. */
void dbl_frndint(struct x87 *x);
void dbl_fscale(struct x87 *x);
void dbl_fxtract(struct x87 *x);
void dbl_fprem(struct x87 *x);
void dbl_fprem1(struct x87 *x);
/* The C library's functions; dblmath.c. */
void dbl_f2xm1(struct x87 *x);
void dbl_fyl2x(struct x87 *x);
void dbl_fyl2xp1(struct x87 *x);
void dbl_fptan(struct x87 *x);
void dbl_fpatan(struct x87 *x);
void dbl_fsin(struct x87 *x);
void dbl_fcos(struct x87 *x);
void dbl_fsincos(struct x87 *x);

/* For dblmath.c: runs an 80-bit instruction on ST(0) and ST(1) and makes doubles of what it leaves. `c1`: it
 * defines C1. */
void dbl_by_exact(struct x87 *x, void (*instruction)(struct x87 *), bool c1);
/* Records flags and stack faults; false: an unmasked exception keeps the destination as it was. */
bool dbl_deliver(struct x87 *x, unsigned ex);
/* ST(i) = v, without an image. */
void dbl_put(struct x87 *x, unsigned i, uint64_t v);

#endif
