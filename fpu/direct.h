/* x87 instructions as leaf functions for translated code, which knows while it is made what the interpreter
 * finds out each time: TOP, which registers are empty, and the control word.
 *
 * Contract. All exceptions are masked, so nothing is pending. Registers are passed by address, `&x->reg[r]`,
 * and hold values. Neither TOP, tags nor the control word are read or written, unless a function says so: the
 * rounding is in its name (`64`, `53`: precision; nearest everywhere, but for `chop`). Of struct x87 only
 * the registers given and `sw` change, to what the interpreter's instruction leaves there, for every
 * operand. `d`, `a` and `b` may be the same register, so d = a op b also does `fld st(i)` and an operation at
 * once.
 *
 * A memory operand is passed as its bits, m32 and integers of 16 and 32 bits sign-extended to 64 bits as MIPS
 * loads leave them.
 *
 * Instructions that need no function, with C1 cleared (fpu_direct_clear_c1) where nobody else sets it before
 * somebody can look: fld m80, fstp m80, fld st, fst st and fxch copy m and se; fchs flips and fabs clears
 * bit 15 of se; fld1 and its kin load x87_constant(). */
#ifndef FPU_DIRECT_H
#define FPU_DIRECT_H

#include "fpu/fpu.h"

/* --- arithmetic ----------------------------------------------------------------------------------------- */

/* d = a op b:  fpu_direct_add_64, …_sub_64, …_mul_64, …_div_64 and …_53. For fsubr and fdivr swap a and b. */
#define FPU_DIRECT_REGISTERS(X) \
    X(add, 64) X(sub, 64) X(mul, 64) X(div, 64) X(add, 53) X(sub, 53) X(mul, 53) X(div, 53)

#define FPU_DIRECT_CODE_add  X87_ADD
#define FPU_DIRECT_CODE_sub  X87_SUB
#define FPU_DIRECT_CODE_subr X87_SUBR
#define FPU_DIRECT_CODE_mul  X87_MUL
#define FPU_DIRECT_CODE_div  X87_DIV
#define FPU_DIRECT_CODE_divr X87_DIVR

typedef void fpu_direct_op(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b);
#define X(op, pc) fpu_direct_op fpu_direct_##op##_##pc;
FPU_DIRECT_REGISTERS(X)
#undef X

/* d = a op memory:  fpu_direct_mul_f64_64 and so on; `int` serves m16int and m32int. With `d` other than `a`
 * they are a load of memory to `d` and an operation with the register `a`: `fld m64; fsub st(1)` is subr. */
#define FPU_DIRECT_MEMORY_OPS(X, type, pc) \
    X(add, type, pc) X(mul, type, pc) X(sub, type, pc) X(subr, type, pc) X(div, type, pc) X(divr, type, pc)
#define FPU_DIRECT_MEMORY(X)          \
    FPU_DIRECT_MEMORY_OPS(X, f64, 64) \
    FPU_DIRECT_MEMORY_OPS(X, f32, 64) \
    FPU_DIRECT_MEMORY_OPS(X, int, 64) \
    FPU_DIRECT_MEMORY_OPS(X, f64, 53) \
    FPU_DIRECT_MEMORY_OPS(X, f32, 53) \
    FPU_DIRECT_MEMORY_OPS(X, int, 53)

typedef void fpu_direct_mem_op(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t bits);
#define X(op, type, pc) fpu_direct_mem_op fpu_direct_##op##_##type##_##pc;
FPU_DIRECT_MEMORY(X)
#undef X

/* Under any control word, x->cw, with all exceptions masked: for 24 bits and for rounding other than to
 * nearest. */
void fpu_direct_op_any(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b,
                       enum x87_op op);
void fpu_direct_mem_op_any(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t bits, enum x87_op op,
                           enum x87_type type);

void fpu_direct_sqrt_64(struct x87 *x, struct f80 *d, const struct f80 *a);
void fpu_direct_sqrt_53(struct x87 *x, struct f80 *d, const struct f80 *a);
/* By x->cw, as above. */
void fpu_direct_sqrt_any(struct x87 *x, struct f80 *d, const struct f80 *a);
void fpu_direct_rint_any(struct x87 *x, struct f80 *d, const struct f80 *a);
void fpu_direct_rint(struct x87 *x, struct f80 *d, const struct f80 *a); /* to nearest */

/* --- loads and stores ----------------------------------------------------------------------------------- */

static inline void fpu_direct_clear_c1(struct x87 *x)
{
    x->sw &= (uint16_t)~X87_C1;
}

/* fld and fild. The second of each pair leaves C1 as it was where the load raises nothing: for a load that is
 * followed by an instruction that sets C1. */
void fpu_direct_fld_f64(struct x87 *x, struct f80 *d, uint64_t bits);
void fpu_direct_put_f64(struct x87 *x, struct f80 *d, uint64_t bits);
void fpu_direct_fld_f32(struct x87 *x, struct f80 *d, uint64_t bits);
void fpu_direct_put_f32(struct x87 *x, struct f80 *d, uint64_t bits);
void fpu_direct_fild(struct x87 *x, struct f80 *d, int64_t value); /* of 16, 32 or 64 bits */
void fpu_direct_put_int(struct x87 *x, struct f80 *d, int64_t value);

/* fst m64, m32; fist m16, m32, m64 to nearest and cut off (RC = zero, or fisttp). They give the bits to be
 * stored, m32 and m16 sign-extended, and record the flags: if the store can fault, keep x->sw as it was. */
uint64_t fpu_direct_fst_f64(struct x87 *x, const struct f80 *a);
uint64_t fpu_direct_fst_f32(struct x87 *x, const struct f80 *a);
int64_t fpu_direct_fist_i16(struct x87 *x, const struct f80 *a);
int64_t fpu_direct_fist_i32(struct x87 *x, const struct f80 *a);
int64_t fpu_direct_fist_i64(struct x87 *x, const struct f80 *a);
int64_t fpu_direct_chop_i16(struct x87 *x, const struct f80 *a);
int64_t fpu_direct_chop_i32(struct x87 *x, const struct f80 *a);
int64_t fpu_direct_chop_i64(struct x87 *x, const struct f80 *a);
/* Rounding by x->cw. */
uint64_t fpu_direct_fst_any(struct x87 *x, const struct f80 *a, enum x87_type type);

/* --- doubles ------------------------------------------------------------------------------------------- */

/* A finite double as it is in a register: no load, no flags. */
struct f80 fpu_direct_of_f64(uint64_t bits);
/* Is the magnitude of a op b, finite doubles, rounded up to 53 bits? */
bool fpu_direct_rounds_up(enum x87_op op, uint64_t a, uint64_t b);

/* --- several instructions at once ----------------------------------------------------------------------- */

/* The same bits and flags as the instructions one by one. What `fst` stores is returned; should that store
 * fault, PE and C1 are those that it would have set, and it sets them again when it is repeated. The popped
 * register of a sequence that ends in fstp or faddp holds what it would hold. */

/* `fld m64; op m64`, d = first op second, or as fsubr and fdivr do:  fpu_direct_mul_f64_f64_64 and so on. */
#define FPU_DIRECT_PAIRS_OF(X, pc) X(add, pc) X(mul, pc) X(sub, pc) X(subr, pc) X(div, pc) X(divr, pc)
#define FPU_DIRECT_MEMORY_PAIRS(X) FPU_DIRECT_PAIRS_OF(X, 64) FPU_DIRECT_PAIRS_OF(X, 53)
typedef void fpu_direct_pair_op(struct x87 *x, struct f80 *d, uint64_t first, uint64_t second);
#define X(op, pc) fpu_direct_pair_op fpu_direct_##op##_f64_f64_##pc;
FPU_DIRECT_MEMORY_PAIRS(X)
#undef X

/* d = a op b or a op memory, and `fst m64` of d:  fpu_direct_add_64_fst and fpu_direct_add_f64_64_fst and so
 * on. x->kept_sw is the status word between the two: what it is to be if the store faults. */
typedef uint64_t fpu_direct_op_fst(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b);
typedef uint64_t fpu_direct_mem_op_fst(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t bits);
#define X(op, pc) fpu_direct_op_fst fpu_direct_##op##_##pc##_fst;
FPU_DIRECT_REGISTERS(X)
#undef X
#define FPU_DIRECT_MEMORY_FST(X) FPU_DIRECT_MEMORY_OPS(X, f64, 64) FPU_DIRECT_MEMORY_OPS(X, f64, 53)
#define X(op, type, pc)          fpu_direct_mem_op_fst fpu_direct_##op##_##type##_##pc##_fst;
FPU_DIRECT_MEMORY_FST(X)
#undef X

/* The inner loops of linear algebra. `fld m64; fmul st(i); fadd m64; fst m64`: d = first * a + second. */
typedef uint64_t fpu_direct_axpy(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t first,
                                 uint64_t second);
fpu_direct_axpy fpu_direct_axpy_64, fpu_direct_axpy_53;
/* `fld m64; fmul m64; faddp`: product = first * second, sum += product. */
typedef void fpu_direct_dot(struct x87 *x, struct f80 *sum, struct f80 *product, uint64_t first,
                            uint64_t second);
fpu_direct_dot fpu_direct_dot_64, fpu_direct_dot_53;

/* --- compares ------------------------------------------------------------------------------------------- */

/* All give CF (C0), PF (C2) and ZF (C3) in the places of EFLAGS, which are those of AH after fnstsw %ax but
 * for TOP: 0 a > b, 0x01 a < b, 0x40 equal, 0x45 unordered. fcomi and fucomi leave the condition codes alone,
 * the others set them. */
enum { FPU_DIRECT_LESS = 0x01, FPU_DIRECT_EQUAL = 0x40, FPU_DIRECT_UNORDERED = 0x45 };
unsigned fpu_direct_fcom(struct x87 *x, const struct f80 *a, const struct f80 *b);
unsigned fpu_direct_fucom(struct x87 *x, const struct f80 *a, const struct f80 *b);
unsigned fpu_direct_fcomi(struct x87 *x, const struct f80 *a, const struct f80 *b);
unsigned fpu_direct_fucomi(struct x87 *x, const struct f80 *a, const struct f80 *b);
unsigned fpu_direct_fcom_f64(struct x87 *x, const struct f80 *a, uint64_t bits);
unsigned fpu_direct_fcom_f32(struct x87 *x, const struct f80 *a, uint64_t bits);
unsigned fpu_direct_fcom_int(struct x87 *x, const struct f80 *a, uint64_t bits);
unsigned fpu_direct_ftst(struct x87 *x, const struct f80 *a);
/* fxam: also the class, C0 C2 C3 in the same places and C1 as 0x02. */
unsigned fpu_direct_fxam(struct x87 *x, const struct f80 *a);

#endif
