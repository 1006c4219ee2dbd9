/* x87: the public face of fpu. Owns 80-bit values, their arithmetic in integers, the x87 register
 * stack with its control, status and tag words, and the x87 instructions as functions on that state.
 * Knows nothing of guest memory or decoding: operands come in and go out as values or bytes.
 * docs/X87.md says what a CPU does and how we know. */
#ifndef FPU_FPU_H
#define FPU_FPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An 80-bit extended value: explicit-integer-bit significand, sign and biased exponent. */
struct f80 {
    uint64_t m;
    uint16_t se; /* bit 15: sign; bits 14..0: exponent, bias 16383 */
};

struct x87 {
    struct f80 reg[8]; /* physical registers; ST(i) is reg[(top + i) & 7] */
    uint8_t top;       /* TOP, 0..7; not kept in sw */
    uint8_t empty;     /* bit r: physical register r is empty */
    uint16_t cw;       /* control word */
    uint16_t sw;       /* status word with a TOP field of 0 */
    uint16_t fop;      /* last opcode, 11 bits, as a CPU that records it on unmasked exceptions only */
    uint32_t fip;      /* offset of the last non-control x87 instruction */
    uint32_t fdp;      /* its operand's offset */
    uint16_t fcs, fds;
    /* The double model (docs/X87.md) only. Physical register r is the double d[r]; if bit r of `raw` is set,
     * reg[r] is the exact value that it was loaded from. */
    uint64_t d[8];
    uint8_t raw;
    bool dbl;         /* this model is in use: set once, before the guest runs */
    uint16_t kept_sw; /* the status word before the last fst that translated code did */
};

/* Status word; the first six are also the mask bits of the control word. */
enum x87_sw {
    X87_IE = 1 << 0,
    X87_DE = 1 << 1,
    X87_ZE = 1 << 2,
    X87_OE = 1 << 3,
    X87_UE = 1 << 4,
    X87_PE = 1 << 5,
    X87_SF = 1 << 6,
    X87_ES = 1 << 7,
    X87_C0 = 1 << 8,
    X87_C1 = 1 << 9,
    X87_C2 = 1 << 10,
    X87_C3 = 1 << 14,
    X87_B = 1 << 15,
    X87_EXCEPTIONS = 0x3f,
    X87_CC = X87_C0 | X87_C1 | X87_C2 | X87_C3,
};

enum { X87_CHOP = 3 << 10 }; /* rounding control: towards zero */

/* Memory operands. */
enum x87_type { X87_F32, X87_F64, X87_F80, X87_I16, X87_I32, X87_I64, X87_BCD };
enum { X87_OPERAND_MAX = 10 };
extern const uint8_t x87_type_size[]; /* bytes, by enum x87_type */

/* The order of opcode bits 5..3 in D8 (and of DA, DC, DE memory forms); 2 and 3 are fcom and fcomp. */
enum x87_op { X87_ADD, X87_MUL, X87_SUB = 4, X87_SUBR, X87_DIV, X87_DIVR };

/* The order of D9 E8..EE. */
enum x87_const { X87_ONE, X87_L2T, X87_L2E, X87_PI, X87_LG2, X87_LN2, X87_ZERO };

/* An unmasked exception waits: a waiting instruction must raise #MF instead of doing anything. */
static inline bool x87_pending(const struct x87 *x)
{
    return x->sw & X87_ES;
}

/* What an instruction with exception flags `ex` would leave pending (0: nothing). Those of invalid
 * operation, denormal operand and zero divide keep the destination and the stack as they were. */
static inline unsigned x87_unmasked(const struct x87 *x, unsigned ex)
{
    return ex & ~x->cw & X87_EXCEPTIONS;
}

/* Loads. Operands are the bytes in memory. */
void x87_fld(struct x87 *x, enum x87_type type, const void *operand);
void x87_fld_st(struct x87 *x, unsigned i);
void x87_fldconst(struct x87 *x, enum x87_const c);
struct f80 x87_constant(enum x87_const c, unsigned cw); /* what it loads */

/* Stores to memory, in two steps because writing guest memory may fault and must then leave no trace:
 * x87_convert makes the bytes and tells whether memory is to be written at all; after the
 * write, or without it, x87_stored records *ex and pops. `chop` is fisttp's. */
bool x87_convert(const struct x87 *x, enum x87_type type, bool chop, void *bytes, unsigned *ex);
void x87_stored(struct x87 *x, unsigned ex, bool pop);
void x87_fst_st(struct x87 *x, unsigned i, bool pop);
void x87_fstpnce(struct x87 *x, unsigned i); /* D9 D8+i: fstp without stack underflow */

/* ST(dst) = ST(dst) op ST(src); ST(0) = ST(0) op operand. SUBR and DIVR swap the two. */
void x87_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop);
void x87_arith_mem(struct x87 *x, enum x87_op op, enum x87_type type, const void *operand);

/* Compares of ST(0). `quiet`: fucom, where only signalling NaNs are invalid. */
void x87_fcom(struct x87 *x, unsigned i, bool quiet, unsigned pops);
void x87_fcom_mem(struct x87 *x, enum x87_type type, const void *operand, bool pop);
/* ZF, PF and CF as EFLAGS bits, also when an exception is unmasked; OF, SF and AF become 0. */
unsigned x87_fcomi(struct x87 *x, unsigned i, bool quiet, bool pop);
void x87_ftst(struct x87 *x);
void x87_fxam(struct x87 *x);

/* Instructions on the top of the stack. */
void x87_fchs(struct x87 *x);
void x87_fabs(struct x87 *x);
void x87_fsqrt(struct x87 *x);
void x87_frndint(struct x87 *x);
void x87_fscale(struct x87 *x);
void x87_fxtract(struct x87 *x);
void x87_fprem(struct x87 *x);
void x87_fprem1(struct x87 *x);
void x87_f2xm1(struct x87 *x);
void x87_fyl2x(struct x87 *x);
void x87_fyl2xp1(struct x87 *x);
void x87_fptan(struct x87 *x);
void x87_fpatan(struct x87 *x);
void x87_fsin(struct x87 *x);
void x87_fcos(struct x87 *x);
void x87_fsincos(struct x87 *x);

/* Register moves. */
void x87_fxch(struct x87 *x, unsigned i);
void x87_fcmov(struct x87 *x, unsigned i, bool condition);
void x87_ffree(struct x87 *x, unsigned i, bool pop);
void x87_fincstp(struct x87 *x);
void x87_fdecstp(struct x87 *x);

/* Control and state. */
void x87_fninit(struct x87 *x);
void x87_fnclex(struct x87 *x);
void x87_fldcw(struct x87 *x, uint16_t cw);
uint16_t x87_fnstsw(const struct x87 *x); /* the status word with TOP */

/* MMX: every MMX instruction but emms empties no register and sets TOP to 0; MM r is then reg[r].m. */
void x87_enter_mmx(struct x87 *x);
uint64_t x87_mmx(const struct x87 *x, unsigned r); /* before or after entering */
void x87_set_mmx(struct x87 *x, unsigned r, uint64_t v);
void x87_emms(struct x87 *x);

/* Physical register r as memory images show it, in either model. */
struct f80 x87_register(const struct x87 *x, unsigned r);

enum { X87_ENV16 = 14, X87_ENV32 = 28, X87_REGS = 80, X87_FXREGS = 160 };
/* Environment images in the protected mode formats, 16-bit (14 bytes) or 32-bit (28 bytes). The images
 * of fnsave and frstor are followed by the eight registers, ST(0) first (80 bytes). Storing is in two
 * steps as above: fnstenv then masks all exceptions, fnsave then does fninit. */
void x87_put_env(const struct x87 *x, bool op16, uint8_t *image);
void x87_get_env(struct x87 *x, bool op16, const uint8_t *image);
void x87_put_regs(const struct x87 *x, uint8_t *image);
void x87_get_regs(struct x87 *x, const uint8_t *image);
void x87_env_stored(struct x87 *x);
/* The first 24 and the register part (bytes 32..159) of an FXSAVE image; MXCSR's 8 bytes stay as they are. */
void x87_put_fx(const struct x87 *x, uint8_t *image);
void x87_get_fx(struct x87 *x, const uint8_t *image);

#endif
