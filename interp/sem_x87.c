/* x87 instructions with 80-bit registers, and the control instructions of both models; what they compute is
 * in fpu/. The other model's handlers are in sem_dbl.c. */
#include ENGINE_H

#include <string.h>

#include "fpu/fast.h"
#include "interp/sem.h"
#include "interp/sem_x87.h" /* last: it has macros with short names */

/* --- arithmetic --------------------------------------------------------------------------------------------
 */

NOINLINE void arith_mem(CTX, enum x87_op op, enum x87_type type)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type, bytes);
    x87_arith_mem(&cpu->x87, op, type, bytes);
}

INLINE bool quick_f64(CTX, struct x87 *x, enum x87_op op, unsigned mode, unsigned drop)
{
    bool ok;
    struct fast_value v = fast_from_f64(load64(ctx, address_sib(cpu, i)), &ok);
    return fast_cw(x, mode) && fast_arith_value(x, op, v, ok, drop);
}

INLINE bool quick_f32(CTX, struct x87 *x, enum x87_op op, unsigned mode, unsigned drop)
{
    bool ok;
    struct fast_value v = fast_from_f32(load(ctx, address_sib(cpu, i), 32), &ok);
    return fast_cw(x, mode) && fast_arith_value(x, op, v, ok, drop);
}

INLINE bool quick_st(struct x87 *x, const struct insn *i, enum x87_op op, bool pop, unsigned mode,
                     unsigned drop)
{
    return fast_cw(x, mode) && fast_arith(x, op, i->dst, i->src, pop, drop);
}

/* The common case with 64 bits of precision, then with 53, then everything. */
#define ARITH_FORM(name, all, quick, ...)                                         \
    X87_OP(name##_any, all)                                                       \
    X87_FAST(name##_53, name##_any, quick(__VA_ARGS__, FAST_CW_53, FAST_DROP_53)) \
    X87_FAST(name, name##_53, quick(__VA_ARGS__, FAST_CW_64, FAST_DROP_64))

#define ARITH(name, op)                                                                       \
    ARITH_FORM(name##_st, x87_arith(x, op, i->dst, i->src, false), quick_st, x, i, op, false) \
    ARITH_FORM(name##_pop, x87_arith(x, op, i->dst, i->src, true), quick_st, x, i, op, true)  \
    ARITH_FORM(name##_f64, (void)x; arith_mem(ctx, op, X87_F64), quick_f64, ctx, x, op)       \
    ARITH_FORM(name##_f32, (void)x; arith_mem(ctx, op, X87_F32), quick_f32, ctx, x, op)       \
    X87_OP(name##_i16, (void)x; arith_mem(ctx, op, X87_I16))                                  \
    X87_OP(name##_i32, (void)x; arith_mem(ctx, op, X87_I32))
ARITH(fadd, X87_ADD)
ARITH(fmul, X87_MUL)
ARITH(fsub, X87_SUB)
ARITH(fsubr, X87_SUBR)
ARITH(fdiv, X87_DIV)
ARITH(fdivr, X87_DIVR)

/* --- comparison -------------------------------------------------------------------------------------------
 */

NOINLINE void compare_mem(CTX)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type_of(i), bytes);
    x87_fcom_mem(&cpu->x87, type_of(i), bytes, pops(i));
}

INLINE bool quick_fcom_f64(CTX, struct x87 *x, bool pop)
{
    bool ok;
    uint64_t v = load64(ctx, address_sib(cpu, i));
    struct fast_value b = fast_from_f64(v, &ok);
    return fast_fcom_value(x, fast_close(b), ok, pop);
}

INLINE bool quick_fcomi(struct cpu *cpu, const struct insn *i, bool pop)
{
    int flags = fast_fcomi(&cpu->x87, i->src, pop);
    if (flags < 0) return false;
    flags_set(cpu, (uint32_t)flags);
    return true;
}

X87_OP(fcom_m, (void)x; compare_mem(ctx))
X87_OP(fcom_st_any, x87_fcom(x, i->src, false, pops(i)))
X87_OP(fucom_st_any, x87_fcom(x, i->src, true, pops(i)))
X87_OP(fcompp_any, x87_fcom(x, 1, false, 2))
X87_OP(fucompp_any, x87_fcom(x, 1, true, 2))
X87_OP(fcomi_any, flags_set(cpu, x87_fcomi(x, i->src, false, pops(i))))
X87_OP(fucomi_any, flags_set(cpu, x87_fcomi(x, i->src, true, pops(i))))
X87_OP(ftst_any, x87_ftst(x))
X87_FAST(fcom_f64, fcom_m, quick_fcom_f64(ctx, x, false))
X87_FAST(fcomp_f64, fcom_m, quick_fcom_f64(ctx, x, true))
X87_FAST(fcom_st, fcom_st_any, fast_fcom(x, i->src, 0))
X87_FAST(fcomp_st, fcom_st_any, fast_fcom(x, i->src, 1))
X87_FAST(fucom_st, fucom_st_any, fast_fcom(x, i->src, 0))
X87_FAST(fucomp_st, fucom_st_any, fast_fcom(x, i->src, 1))
X87_FAST(fcompp, fcompp_any, fast_fcom(x, 1, 2))
X87_FAST(fucompp, fucompp_any, fast_fcom(x, 1, 2))
X87_FAST(fcomi, fcomi_any, (void)x, quick_fcomi(cpu, i, false))
X87_FAST(fcomip, fcomi_any, (void)x, quick_fcomi(cpu, i, true))
X87_FAST(fucomi, fucomi_any, (void)x, quick_fcomi(cpu, i, false))
X87_FAST(fucomip, fucomi_any, (void)x, quick_fcomi(cpu, i, true))
X87_FAST(ftst, ftst_any, fast_fcom_value(x, (struct f80){0, 0}, true, 0))

/* --- loads, stores, moves ----------------------------------------------------------------------------------
 */

NOINLINE void load_top(CTX)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type_of(i), bytes);
    x87_fld(&cpu->x87, type_of(i), bytes);
}

X87_OP(fld_m, (void)x; load_top(ctx))
X87_OP(fld_st_any, x87_fld_st(x, i->dst))
X87_OP(fld_const_any, x87_fldconst(x, (enum x87_const)(i->op - OP_FLD1)))
X87_FAST(fld_f64, fld_m, fast_fld_f64(x, load64(ctx, address_sib(cpu, i))))
X87_FAST(fld_f32, fld_m, fast_fld_f32(x, load(ctx, address_sib(cpu, i), 32)))
INLINE bool quick_fld_f80(CTX, struct x87 *x)
{
    gaddr a = address_sib(cpu, i);
    uint64_t m = load64(ctx, a);
    return fast_push(x, (struct f80){m, (uint16_t)load(ctx, a + 8, 16)}, true);
}

X87_FAST(fld_f80, fld_m, quick_fld_f80(ctx, x))
X87_FAST(fild_i32, fld_m, fast_push(x, fast_from_int((int32_t)load(ctx, address_sib(cpu, i), 32)), true))
X87_FAST(fild_i64, fld_m, fast_push(x, fast_from_int((int64_t)load64(ctx, address_sib(cpu, i))), true))
X87_FAST(fld_st, fld_st_any, fast_fld_st(x, i->dst))
X87_FAST(fld_one, fld_const_any, fast_push(x, (struct f80){F80_TOP, F80_BIAS}, true))
X87_FAST(fld_zero, fld_const_any, fast_push(x, (struct f80){0, 0}, true))

NOINLINE void store_top(CTX, gaddr a)
{
    uint8_t bytes[X87_OPERAND_MAX];
    unsigned ex;
    if (x87_convert(&cpu->x87, type_of(i), false, bytes, &ex)) {
        uint64_t v = 0;
        unsigned n = x87_type_size[type_of(i)];
        memcpy(&v, bytes, n < 8 ? n : 8);
        if (n == 8)
            store64(ctx, a, v);
        else if (n == 4)
            store(ctx, a, v, 32);
        else
            deposit(ctx, a, bytes, n);
    }
    x87_stored(&cpu->x87, ex, pops(i));
}

HANDLER(fst_m)
{
    WAIT;
    gaddr a = address_sib(cpu, i);
    store_top(ctx, a);
    done(cpu, i);
    NEXT;
}

INLINE bool quick_fst_f64(CTX, struct x87 *x, bool pop)
{
    struct fast_stored r = fast_to_f64(x);
    if (UNLIKELY(!r.ok)) return false;
    store64(ctx, address_sib(cpu, i), r.bits);
    fast_stored(x, r, pop);
    return true;
}

INLINE bool quick_fst_f32(CTX, struct x87 *x, bool pop)
{
    struct fast_stored r = fast_to_f32(x);
    if (UNLIKELY(!r.ok)) return false;
    store(ctx, address_sib(cpu, i), (uint32_t)r.bits, 32);
    fast_stored(x, r, pop);
    return true;
}

/* Any bits go out as they are. */
INLINE bool quick_fstp_f80(CTX, struct x87 *x)
{
    struct f80 v = x->reg[x->top];
    if (UNLIKELY(!fast_used(x, x->top) || x87_pending(x))) return false;
    gaddr a = address_sib(cpu, i);
    claim(cpu, i, a, 10);
    store(ctx, a + 8, v.se, 16);
    store64(ctx, a, v.m);
    fast_clear_c1(x);
    fast_pop(x);
    return true;
}

INLINE bool quick_fist_i32(CTX, struct x87 *x, bool pop)
{
    struct fast_stored r = fast_to_int(x, 32);
    if (UNLIKELY(!r.ok)) return false;
    store(ctx, address_sib(cpu, i), (uint32_t)r.bits, 32);
    fast_stored(x, r, pop);
    return true;
}

INLINE bool quick_fistp_i64(CTX, struct x87 *x)
{
    struct fast_stored r = fast_to_int(x, 64);
    if (UNLIKELY(!r.ok)) return false;
    store64(ctx, address_sib(cpu, i), r.bits);
    fast_stored(x, r, true);
    return true;
}

X87_FAST(fist_i32, fst_m, quick_fist_i32(ctx, x, false))
X87_FAST(fistp_i32, fst_m, quick_fist_i32(ctx, x, true))
X87_FAST(fistp_i64, fst_m, quick_fistp_i64(ctx, x))
X87_FAST(fst_f64, fst_m, quick_fst_f64(ctx, x, false))
X87_FAST(fstp_f64, fst_m, quick_fst_f64(ctx, x, true))
X87_FAST(fst_f32, fst_m, quick_fst_f32(ctx, x, false))
X87_FAST(fstp_f32, fst_m, quick_fst_f32(ctx, x, true))
X87_FAST(fstp_f80, fst_m, quick_fstp_f80(ctx, x))
X87_OP(fst_st_any, x87_fst_st(x, i->dst, pops(i)))
X87_FAST(fst_st, fst_st_any, fast_fst_st(x, i->dst, false))
X87_FAST(fstp_st, fst_st_any, fast_fst_st(x, i->dst, true))
X87_OP(fstpnce, x87_fstpnce(x, i->dst))
X87_OP(fxch_any, x87_fxch(x, i->dst))
X87_FAST(fxch, fxch_any, fast_fxch(x, i->dst))
X87_OP(fcmov, x87_fcmov(x, i->src, flags_cond(cpu, fcmov_condition(i))))
X87_OP(ffree, x87_ffree(x, i->dst, i->op == OP_FFREEP))

/* --- operations on the top of the stack -------------------------------------------------------------- */

#define UNARY(name) X87_OP(do_##name, x87_##name(x))
UNARY(fchs)
UNARY(fabs)
X87_FAST(fchs, do_fchs, fast_sign(x, 0, 0x8000))
X87_FAST(fabs_top, do_fabs, fast_sign(x, 0x8000, 0))
UNARY(fxam)
UNARY(fsqrt)
UNARY(frndint)
UNARY(fscale)
UNARY(fxtract)
UNARY(fprem)
UNARY(fprem1)
UNARY(f2xm1)
UNARY(fyl2x)
UNARY(fyl2xp1)
UNARY(fptan)
UNARY(fpatan)
UNARY(fsin)
UNARY(fcos)
UNARY(fsincos)
UNARY(fdecstp)
UNARY(fincstp)
X87_OP(fnop, (void)x)

/* --- control ----------------------------------------------------------------------------------------- */

#define CONTROL(name, wait, ...)   \
    HANDLER(name)                  \
    {                              \
        wait;                      \
        struct x87 *x = &cpu->x87; \
        __VA_ARGS__;               \
        NEXT;                      \
    }
CONTROL(fwait, WAIT, (void)x)
CONTROL(fninit, , x87_fninit(x))
CONTROL(fnclex, , x87_fnclex(x))
CONTROL(fnstcw, , store(ctx, address_sib(cpu, i), x->cw, 16))
CONTROL(fldcw, WAIT, x87_fldcw(x, load(ctx, address_sib(cpu, i), 16)))
CONTROL(fnstsw, , store(ctx, address_sib(cpu, i), x87_fnstsw(x), 16))
CONTROL(fnstsw_ax, , set_reg(cpu, 0, x87_fnstsw(x), 16))

static inline unsigned env_size(const struct insn *i)
{
    return i->size == S16 ? X87_ENV16 : X87_ENV32;
}

/* CPUs look at the first word of an image, then at its last byte. */
static inline void deposit_image(CTX, const uint8_t *image, unsigned n)
{
    gaddr a = address_sib(cpu, i);
    claim(cpu, i, a, i->size == S16 ? 2 : 4);
    claim(cpu, i, a + n - 1, 1);
    deposit(ctx, a, image, n);
}

static inline void fetch_image(CTX, uint8_t *image, unsigned n)
{
    gaddr a = address_sib(cpu, i);
    KEEP(load(ctx, a, i->size == S16 ? 16 : 32));
    KEEP(load(ctx, a + n - 1, 8));
    fetch(ctx, a, image, n);
}

NOINLINE void store_env(CTX)
{
    uint8_t image[X87_ENV32];
    x87_put_env(&cpu->x87, i->size == S16, image);
    deposit_image(ctx, image, env_size(i));
    x87_env_stored(&cpu->x87);
}

NOINLINE void store_state(CTX)
{
    uint8_t image[X87_ENV32 + X87_REGS];
    x87_put_env(&cpu->x87, i->size == S16, image);
    x87_put_regs(&cpu->x87, image + env_size(i));
    deposit_image(ctx, image, env_size(i) + X87_REGS);
    x87_fninit(&cpu->x87);
}

NOINLINE void load_state(CTX, bool regs)
{
    uint8_t image[X87_ENV32 + X87_REGS];
    fetch_image(ctx, image, env_size(i) + (regs ? X87_REGS : 0));
    x87_get_env(&cpu->x87, i->size == S16, image);
    if (regs) x87_get_regs(&cpu->x87, image + env_size(i));
}

CONTROL(fnstenv, , (void)x; store_env(ctx))
CONTROL(fnsave, , (void)x; store_state(ctx))
CONTROL(fldenv, WAIT, (void)x; load_state(ctx, false))
CONTROL(frstor, WAIT, (void)x; load_state(ctx, true))

/* --- choice ------------------------------------------------------------------------------------------ */

enum { AR_ST, AR_POP, AR_F32, AR_F64, AR_I16, AR_I32, AR_FORMS };
#define AR(name)                                                              \
    {                                                                         \
        name##_st, name##_pop, name##_f32, name##_f64, name##_i16, name##_i32 \
    }
static handler_fn *const adds[AR_FORMS] = AR(fadd), *const muls[AR_FORMS] = AR(fmul),
                         *const subs[AR_FORMS] = AR(fsub), *const subrs[AR_FORMS] = AR(fsubr),
                         *const divs[AR_FORMS] = AR(fdiv), *const divrs[AR_FORMS] = AR(fdivr);

static unsigned arith_form(const struct insn *i, bool pop)
{
    static const uint8_t forms[] = {[F32] = AR_F32, [F64] = AR_F64, [I16] = AR_I16, [I32] = AR_I32};
    return i->form == FORM_M ? forms[i->size] : pop ? AR_POP : AR_ST;
}

/* Memory forms with a common case; by the record's size. */
static handler_fn *load_form(const struct insn *i)
{
    static handler_fn *const forms[] = {[F32] = fld_f32,  [F64] = fld_f64,  [F80] = fld_f80, [I16] = fld_m,
                                        [I32] = fild_i32, [I64] = fild_i64, [BCD] = fld_m};
    return i->form == FORM_M ? forms[i->size] : fld_st;
}

static handler_fn *store_form(const struct insn *i)
{
    bool pop = pops(i);
    if (i->form != FORM_M) return pop ? fstp_st : fst_st;
    if (i->size == F64) return pop ? fstp_f64 : fst_f64;
    if (i->size == F32) return pop ? fstp_f32 : fst_f32;
    if (i->size == I32) return pop ? fistp_i32 : fist_i32;
    if (i->size == I64) return fistp_i64;
    return i->size == F80 ? fstp_f80 : fst_m;
}

static handler_fn *compare_form(const struct insn *i)
{
    bool pop = pops(i);
    if (i->form != FORM_M) return pop ? fcomp_st : fcom_st;
    if (i->size == F64) return pop ? fcomp_f64 : fcom_f64;
    return fcom_m;
}

handler_fn *SEM(sem_x87)(const struct insn *i, bool noflags)
{
    handler_fn *other = i->aux & AUX_DOUBLE ? SEM(sem_dbl)(i, noflags) : NULL;
    if (other) return other;
    switch (i->op) {
#define ARITH_ROWS(NAME, table)                           \
    case OP_F##NAME:                                      \
    case OP_FI##NAME: return table[arith_form(i, false)]; \
    case OP_F##NAME##P: return table[AR_POP];
        ARITH_ROWS(ADD, adds)
        ARITH_ROWS(MUL, muls)
        ARITH_ROWS(SUB, subs)
        ARITH_ROWS(SUBR, subrs)
        ARITH_ROWS(DIV, divs)
        ARITH_ROWS(DIVR, divrs)
    case OP_FCOM:
    case OP_FCOMP:
    case OP_FICOM:
    case OP_FICOMP: return compare_form(i);
    case OP_FLD:
    case OP_FILD:
    case OP_FBLD: return load_form(i);
    case OP_FST:
    case OP_FSTP:
    case OP_FIST:
    case OP_FISTP:
    case OP_FBSTP: return store_form(i);
    case OP_FFREE:
    case OP_FFREEP: return ffree;
    case OP_FUCOM: return fucom_st;
    case OP_FUCOMP: return fucomp_st;
    case OP_FCOMI: return fcomi;
    case OP_FCOMIP: return fcomip;
    case OP_FUCOMI: return fucomi;
    case OP_FUCOMIP: return fucomip;
    case OP_FLD1: return fld_one;
    case OP_FLDZ: return fld_zero;
    default: break;
    }
    if (i->op > OP_FLD1 && i->op < OP_FLDZ) return fld_const_any;
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) return fcmov;
    static handler_fn *const plain[OP_COUNT - OP_FADD] = {
#define PLAIN(NAME, handler) [OP_##NAME - OP_FADD] = handler
        PLAIN(FSTPNCE, fstpnce),     PLAIN(FXCH, fxch),          PLAIN(FNOP, fnop),
        PLAIN(FCHS, fchs),           PLAIN(FABS, fabs_top),      PLAIN(FTST, ftst),
        PLAIN(FXAM, do_fxam),        PLAIN(F2XM1, do_f2xm1),     PLAIN(FYL2X, do_fyl2x),
        PLAIN(FPTAN, do_fptan),      PLAIN(FPATAN, do_fpatan),   PLAIN(FXTRACT, do_fxtract),
        PLAIN(FPREM1, do_fprem1),    PLAIN(FDECSTP, do_fdecstp), PLAIN(FINCSTP, do_fincstp),
        PLAIN(FPREM, do_fprem),      PLAIN(FYL2XP1, do_fyl2xp1), PLAIN(FSQRT, do_fsqrt),
        PLAIN(FSINCOS, do_fsincos),  PLAIN(FRNDINT, do_frndint), PLAIN(FSCALE, do_fscale),
        PLAIN(FSIN, do_fsin),        PLAIN(FCOS, do_fcos),       PLAIN(FUCOMPP, fucompp),
        PLAIN(FCOMPP, fcompp),       PLAIN(FNINIT, fninit),      PLAIN(FNCLEX, fnclex),
        PLAIN(FNSTCW, fnstcw),       PLAIN(FLDCW, fldcw),        PLAIN(FNSTSW, fnstsw),
        PLAIN(FNSTSW_AX, fnstsw_ax), PLAIN(FNSTENV, fnstenv),    PLAIN(FLDENV, fldenv),
        PLAIN(FNSAVE, fnsave),       PLAIN(FRSTOR, frstor),      PLAIN(FWAIT, fwait),
    };
    return plain[i->op - OP_FADD];
}
