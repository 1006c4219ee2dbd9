/* x87 instructions with 80-bit registers, and the control instructions of both models; what they compute is
 * in fpu/. The other model's handlers are in sem_dbl.c. */
#include ENGINE_H

#include "fpu/fast.h"

#define MODEL(name)                 x87_##name
#define QUICK(name)                 fast_##name
#define CONVERT(x, type, bytes, ex) x87_convert(x, type, false, bytes, ex)
#include "interp/x87_model.h" /* last: it has macros with short names */

/* --- arithmetic ---------------------------------------------------------------------------------------- */

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

#define ARITH(NAME, name)                                                                                    \
    ARITH_FORM(name##_st, x87_arith(x, X87_##NAME, i->dst, i->src, false), quick_st, x, i, X87_##NAME,       \
               false)                                                                                        \
    ARITH_FORM(name##_pop, x87_arith(x, X87_##NAME, i->dst, i->src, true), quick_st, x, i, X87_##NAME, true) \
    ARITH_FORM(name##_f64, (void)x; arith_mem(ctx, X87_##NAME, X87_F64), quick_f64, ctx, x, X87_##NAME)      \
    ARITH_FORM(name##_f32, (void)x; arith_mem(ctx, X87_##NAME, X87_F32), quick_f32, ctx, x, X87_##NAME)      \
    X87_OP(name##_i16, (void)x; arith_mem(ctx, X87_##NAME, X87_I16))                                         \
    X87_OP(name##_i32, (void)x; arith_mem(ctx, X87_##NAME, X87_I32))
ARITH_OPS(ARITH)

/* --- comparison ---------------------------------------------------------------------------------------- */

INLINE bool quick_fcom_f64(CTX, struct x87 *x, bool pop)
{
    bool ok;
    uint64_t v = load64(ctx, address_sib(cpu, i));
    struct fast_value b = fast_from_f64(v, &ok);
    return fast_fcom_value(x, fast_close(b), ok, pop);
}

X87_FAST(fcom_f64, fcom_m, quick_fcom_f64(ctx, x, false))
X87_FAST(fcomp_f64, fcom_m, quick_fcom_f64(ctx, x, true))
X87_FAST(ftst, ftst_any, fast_fcom_value(x, (struct f80){0, 0}, true, 0))

/* --- loads, stores, moves ------------------------------------------------------------------------------ */

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
X87_FAST(fld_one, fld_const, fast_push(x, (struct f80){F80_TOP, F80_BIAS}, true))
X87_FAST(fld_zero, fld_const, fast_push(x, (struct f80){0, 0}, true))

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
X87_OP(ffree, x87_ffree(x, i->dst, i->op == OP_FFREEP))

/* --- operations on the top of the stack ---------------------------------------------------------------- */

X87_FAST(fchs, do_fchs, fast_sign(x, 0, 0x8000))
X87_FAST(fabs_top, do_fabs, fast_sign(x, 0x8000, 0))
X87_OP(fdecstp, x87_fdecstp(x))
X87_OP(fincstp, x87_fincstp(x))
X87_OP(fnop, (void)x)

/* --- control ------------------------------------------------------------------------------------------- */

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

/* --- choice -------------------------------------------------------------------------------------------- */

static const struct own_handlers own = {
    .arith = {ARITH_OPS(ARITH_ROWS)},
    .fld = {[F32] = fld_f32, [F64] = fld_f64, [F80] = fld_f80, [I32] = fild_i32, [I64] = fild_i64},
    .fst = {[F32] = {fst_f32, fstp_f32},
            [F64] = {fst_f64, fstp_f64},
            [F80] = {NULL, fstp_f80},
            [I32] = {fist_i32, fistp_i32},
            [I64] = {NULL, fistp_i64}},
    .fcom = {[F64] = {fcom_f64, fcomp_f64}},
    .plain = {PLAIN(FCHS, fchs),       PLAIN(FABS, fabs_top),       PLAIN(FTST, ftst),
              PLAIN(FLD1, fld_one),    PLAIN(FLDZ, fld_zero),       PLAIN(FFREE, ffree),
              PLAIN(FFREEP, ffree),    PLAIN(FDECSTP, fdecstp),     PLAIN(FINCSTP, fincstp),
              PLAIN(FNOP, fnop),       PLAIN(FNINIT, fninit),       PLAIN(FNCLEX, fnclex),
              PLAIN(FNSTCW, fnstcw),   PLAIN(FLDCW, fldcw),         PLAIN(FNSTSW, fnstsw),
              PLAIN(FNSTENV, fnstenv), PLAIN(FNSTSW_AX, fnstsw_ax), PLAIN(FLDENV, fldenv),
              PLAIN(FNSAVE, fnsave),   PLAIN(FRSTOR, frstor),       PLAIN(FWAIT, fwait)},
};

handler_fn *SEM(sem_x87)(const struct insn *i, bool noflags)
{
    handler_fn *other = i->aux & AUX_DOUBLE ? SEM(sem_dbl)(i, noflags) : NULL;
    return other ? other : model_choice(i, &own);
}
