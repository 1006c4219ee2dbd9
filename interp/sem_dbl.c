/* x87 instructions of the double model (--x87=double). Control instructions are the same in both models and
 * stay in sem_x87.c; what is computed is in fpu/dbl.h. */
#include ENGINE_H

#include "fpu/dblfast.h"

#define MODEL(name) dbl_##name
#define QUICK(name) dbl_quick_##name
#define CONVERT     dbl_convert
#include "interp/x87_model.h" /* last: it has macros with short names */

/* --- arithmetic ---------------------------------------------------------------------------------------- */

#define LOAD_F64 dbl_value(load64(ctx, address_sib(cpu, i)))
#define LOAD_F32 dbl_from_f32(load(ctx, address_sib(cpu, i), 32))
#define LOAD_I32 (int32_t) load(ctx, address_sib(cpu, i), 32)
#define LOAD_I16 (int16_t) load(ctx, address_sib(cpu, i), 16)
#define LOAD_I64 (int64_t) load64(ctx, address_sib(cpu, i))

/* Where #P is noted already; where its absence is known; everything. */
#define ARITH_FORM(name, all, quick, ...)                      \
    X87_OP(name##_any, all)                                    \
    X87_FAST(name##_ask, name##_any, quick(__VA_ARGS__, true)) \
    X87_FAST(name, name##_ask, quick(__VA_ARGS__, false))
#define ARITH_STACK(name, op, pop) \
    ARITH_FORM(name, dbl_arith(x, op, i->dst, i->src, pop), dbl_quick_arith, x, op, i->dst, i->src, pop)
#define ARITH_MEMORY(name, op, type, value) \
    ARITH_FORM(name, (void)x; arith_mem(ctx, op, type), dbl_quick_arith_value, x, op, value)
#define ARITH(NAME, name)                                   \
    ARITH_STACK(name##_st, X87_##NAME, false)               \
    ARITH_STACK(name##_pop, X87_##NAME, true)               \
    ARITH_MEMORY(name##_f64, X87_##NAME, X87_F64, LOAD_F64) \
    ARITH_MEMORY(name##_f32, X87_##NAME, X87_F32, LOAD_F32) \
    ARITH_MEMORY(name##_i16, X87_##NAME, X87_I16, LOAD_I16) \
    ARITH_MEMORY(name##_i32, X87_##NAME, X87_I32, LOAD_I32)
ARITH_OPS(ARITH)

/* --- comparison ---------------------------------------------------------------------------------------- */

INLINE bool quick_fcom_f32(CTX, struct x87 *x, bool pop)
{
    uint32_t v = load(ctx, address_sib(cpu, i), 32);
    return dbl_quick_fcom_value(x, dbl_bits(dbl_from_f32(v)), v << 1 <= 0xffu << 24, pop);
}

X87_FAST(fcom_f64, fcom_m, dbl_quick_fcom_value(x, dbl_bits(LOAD_F64), true, 0))
X87_FAST(fcomp_f64, fcom_m, dbl_quick_fcom_value(x, dbl_bits(LOAD_F64), true, 1))
X87_FAST(fcom_f32, fcom_m, quick_fcom_f32(ctx, x, false))
X87_FAST(fcomp_f32, fcom_m, quick_fcom_f32(ctx, x, true))
X87_FAST(ftst, ftst_any, dbl_quick_fcom_value(x, 0, true, 0))

/* --- loads, stores, moves ------------------------------------------------------------------------------ */

INLINE bool quick_fld_f80(CTX, struct x87 *x)
{
    gaddr a = address_sib(cpu, i);
    uint64_t m = load64(ctx, a);
    return dbl_quick_fld_f80(x, m, load(ctx, a + 8, 16));
}

X87_FAST(fld_f64, fld_m, dbl_push(x, dbl_bits(LOAD_F64), true))
X87_FAST(fld_f32, fld_m, dbl_quick_fld_f32(x, load(ctx, address_sib(cpu, i), 32)))
X87_FAST(fld_f80, fld_m, quick_fld_f80(ctx, x))
X87_FAST(fild_i16, fld_m, dbl_quick_fild(x, LOAD_I16))
X87_FAST(fild_i32, fld_m, dbl_quick_fild(x, LOAD_I32))
X87_FAST(fild_i64, fld_m, dbl_quick_fild(x, LOAD_I64))
INLINE bool quick_fst_f64(CTX, struct x87 *x, bool pop)
{
    if (UNLIKELY(!fast_used(x, x->top) || x87_pending(x))) return false;
    store64(ctx, address_sib(cpu, i), x->d[x->top]);
    dbl_quick_stored(x, false, pop);
    return true;
}

INLINE bool quick_fst_f32(CTX, struct x87 *x, bool pop)
{
    struct dbl_single r = dbl_to_f32(x);
    if (UNLIKELY(!r.ok)) return false;
    store(ctx, address_sib(cpu, i), r.bits, 32);
    dbl_quick_stored(x, r.inexact, pop);
    return true;
}

INLINE bool quick_fist(CTX, struct x87 *x, int bits, bool pop)
{
    struct dbl_integer n = dbl_to_int(x, (unsigned)bits);
    if (UNLIKELY(!n.ok)) return false;
    store(ctx, address_sib(cpu, i), (uint32_t)n.v, bits);
    dbl_quick_stored(x, n.inexact, pop);
    return true;
}

INLINE bool quick_fistp_i64(CTX, struct x87 *x)
{
    struct dbl_integer n = dbl_to_int(x, 64);
    if (UNLIKELY(!n.ok || !dbl_simple(x, x->top))) return false;
    store64(ctx, address_sib(cpu, i), (uint64_t)n.v);
    dbl_quick_stored(x, n.inexact, true);
    return true;
}

INLINE bool quick_fstp_f80(CTX, struct x87 *x)
{
    struct f80 v;
    if (UNLIKELY(!dbl_to_f80(x, &v))) return false;
    gaddr a = address_sib(cpu, i);
    claim(cpu, i, a, 10);
    store(ctx, a + 8, v.se, 16);
    store64(ctx, a, v.m);
    fast_pop(x);
    return true;
}

X87_FAST(fst_f64, fst_m, quick_fst_f64(ctx, x, false))
X87_FAST(fstp_f64, fst_m, quick_fst_f64(ctx, x, true))
X87_FAST(fst_f32, fst_m, quick_fst_f32(ctx, x, false))
X87_FAST(fstp_f32, fst_m, quick_fst_f32(ctx, x, true))
X87_FAST(fist_i16, fst_m, quick_fist(ctx, x, 16, false))
X87_FAST(fistp_i16, fst_m, quick_fist(ctx, x, 16, true))
X87_FAST(fist_i32, fst_m, quick_fist(ctx, x, 32, false))
X87_FAST(fistp_i32, fst_m, quick_fist(ctx, x, 32, true))
X87_FAST(fstp_f80, fst_m, quick_fstp_f80(ctx, x))
X87_FAST(fistp_i64, fst_m, quick_fistp_i64(ctx, x))
/* --- operations on the top of the stack ---------------------------------------------------------------- */

X87_FAST(fchs, do_fchs, dbl_quick_sign(x, ~0ull, DBL_SIGN))
X87_FAST(fabs_top, do_fabs, dbl_quick_sign(x, ~DBL_SIGN, 0))
X87_FAST(fsqrt_top, do_fsqrt, dbl_quick_fsqrt(x))
X87_FAST(frndint, do_frndint, dbl_quick_frndint(x))
X87_FAST(fscale, do_fscale, dbl_quick_fscale(x))

/* --- choice -------------------------------------------------------------------------------------------- */

static const struct own_handlers own = {
    .arith = {ARITH_OPS(ARITH_ROWS)},
    .fld = {[F32] = fld_f32,
            [F64] = fld_f64,
            [F80] = fld_f80,
            [I16] = fild_i16,
            [I32] = fild_i32,
            [I64] = fild_i64},
    .fst = {[F32] = {fst_f32, fstp_f32},
            [F64] = {fst_f64, fstp_f64},
            [F80] = {NULL, fstp_f80},
            [I16] = {fist_i16, fistp_i16},
            [I32] = {fist_i32, fistp_i32},
            [I64] = {NULL, fistp_i64}},
    .fcom = {[F32] = {fcom_f32, fcomp_f32}, [F64] = {fcom_f64, fcomp_f64}},
    .plain = {PLAIN(FCHS, fchs), PLAIN(FABS, fabs_top), PLAIN(FTST, ftst), PLAIN(FSQRT, fsqrt_top),
              PLAIN(FRNDINT, frndint), PLAIN(FSCALE, fscale)},
};

/* NULL: the instruction is the same in both models. */
handler_fn *SEM(sem_dbl)(const struct insn *i, bool noflags)
{
    (void)noflags;
    return model_choice(i, &own);
}
