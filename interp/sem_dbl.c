/* x87 instructions of the double model (--x87=double). Control instructions are the same in both models and
 * stay in sem_x87.c; what is computed is in fpu/dbl.h. */
#include ENGINE_H

#include <string.h>

#include "fpu/dblfast.h"
#include "interp/sem.h"
#include "interp/sem_x87.h" /* last: it has macros with short names */

/* --- arithmetic ---------------------------------------------------------------------------------------- */

NOINLINE void arith_mem(CTX, enum x87_op op, enum x87_type type)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type, bytes);
    dbl_arith_mem(&cpu->x87, op, type, bytes);
}

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
#define ARITH(name, op)                             \
    ARITH_STACK(name##_st, op, false)               \
    ARITH_STACK(name##_pop, op, true)               \
    ARITH_MEMORY(name##_f64, op, X87_F64, LOAD_F64) \
    ARITH_MEMORY(name##_f32, op, X87_F32, LOAD_F32) \
    ARITH_MEMORY(name##_i16, op, X87_I16, LOAD_I16) \
    ARITH_MEMORY(name##_i32, op, X87_I32, LOAD_I32)
ARITH(fadd, X87_ADD)
ARITH(fmul, X87_MUL)
ARITH(fsub, X87_SUB)
ARITH(fsubr, X87_SUBR)
ARITH(fdiv, X87_DIV)
ARITH(fdivr, X87_DIVR)

/* --- comparison ---------------------------------------------------------------------------------------- */

NOINLINE void compare_mem(CTX)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type_of(i), bytes);
    dbl_fcom_mem(&cpu->x87, type_of(i), bytes, pops(i));
}

INLINE bool quick_fcom_f32(CTX, struct x87 *x, bool pop)
{
    uint32_t v = load(ctx, address_sib(cpu, i), 32);
    return dbl_quick_fcom_value(x, dbl_bits(dbl_from_f32(v)), v << 1 <= 0xffu << 24, pop);
}

INLINE bool quick_fcomi(struct cpu *cpu, const struct insn *i, bool pop)
{
    int flags = dbl_quick_fcomi(&cpu->x87, i->src, pop);
    if (flags < 0) return false;
    flags_set(cpu, (uint32_t)flags);
    return true;
}

X87_OP(fcom_m, (void)x; compare_mem(ctx))
X87_OP(fcom_st_any, dbl_fcom(x, i->src, false, pops(i)))
X87_OP(fucom_st_any, dbl_fcom(x, i->src, true, pops(i)))
X87_OP(fcompp_any, dbl_fcom(x, 1, false, 2))
X87_OP(fucompp_any, dbl_fcom(x, 1, true, 2))
X87_OP(fcomi_any, flags_set(cpu, dbl_fcomi(x, i->src, false, pops(i))))
X87_OP(fucomi_any, flags_set(cpu, dbl_fcomi(x, i->src, true, pops(i))))
X87_OP(ftst_any, dbl_ftst(x))
X87_FAST(fcom_f64, fcom_m, dbl_quick_fcom_value(x, dbl_bits(LOAD_F64), true, 0))
X87_FAST(fcomp_f64, fcom_m, dbl_quick_fcom_value(x, dbl_bits(LOAD_F64), true, 1))
X87_FAST(fcom_f32, fcom_m, quick_fcom_f32(ctx, x, false))
X87_FAST(fcomp_f32, fcom_m, quick_fcom_f32(ctx, x, true))
X87_FAST(fcom_st, fcom_st_any, dbl_quick_fcom(x, i->src, 0))
X87_FAST(fcomp_st, fcom_st_any, dbl_quick_fcom(x, i->src, 1))
X87_FAST(fucom_st, fucom_st_any, dbl_quick_fcom(x, i->src, 0))
X87_FAST(fucomp_st, fucom_st_any, dbl_quick_fcom(x, i->src, 1))
X87_FAST(fcompp, fcompp_any, dbl_quick_fcom(x, 1, 2))
X87_FAST(fucompp, fucompp_any, dbl_quick_fcom(x, 1, 2))
X87_FAST(fcomi, fcomi_any, (void)x, quick_fcomi(cpu, i, false))
X87_FAST(fcomip, fcomi_any, (void)x, quick_fcomi(cpu, i, true))
X87_FAST(fucomi, fucomi_any, (void)x, quick_fcomi(cpu, i, false))
X87_FAST(fucomip, fucomi_any, (void)x, quick_fcomi(cpu, i, true))
X87_FAST(ftst, ftst_any, dbl_quick_fcom_value(x, 0, true, 0))

/* --- loads, stores, moves ------------------------------------------------------------------------------ */

NOINLINE void load_top(CTX)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type_of(i), bytes);
    dbl_fld(&cpu->x87, type_of(i), bytes);
}

INLINE bool quick_fld_f80(CTX, struct x87 *x)
{
    gaddr a = address_sib(cpu, i);
    uint64_t m = load64(ctx, a);
    return dbl_quick_fld_f80(x, m, load(ctx, a + 8, 16));
}

X87_OP(fld_m, (void)x; load_top(ctx))
X87_OP(fld_st_any, dbl_fld_st(x, i->dst))
X87_OP(fld_const, dbl_fldconst(x, (enum x87_const)(i->op - OP_FLD1)))
X87_FAST(fld_f64, fld_m, dbl_push(x, dbl_bits(LOAD_F64), true))
X87_FAST(fld_f32, fld_m, dbl_quick_fld_f32(x, load(ctx, address_sib(cpu, i), 32)))
X87_FAST(fld_f80, fld_m, quick_fld_f80(ctx, x))
X87_FAST(fild_i16, fld_m, dbl_quick_fild(x, LOAD_I16))
X87_FAST(fild_i32, fld_m, dbl_quick_fild(x, LOAD_I32))
X87_FAST(fild_i64, fld_m, dbl_quick_fild(x, LOAD_I64))
X87_FAST(fld_st, fld_st_any, dbl_quick_fld_st(x, i->dst))

NOINLINE void store_top(CTX, gaddr a)
{
    uint8_t bytes[X87_OPERAND_MAX];
    unsigned ex;
    if (dbl_convert(&cpu->x87, type_of(i), bytes, &ex)) {
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
    dbl_stored(&cpu->x87, ex, pops(i));
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
X87_OP(fst_st_any, dbl_fst_st(x, i->dst, pops(i)))
X87_FAST(fst_st, fst_st_any, dbl_quick_fst_st(x, i->dst, false))
X87_FAST(fstp_st, fst_st_any, dbl_quick_fst_st(x, i->dst, true))
X87_OP(fstpnce, dbl_fstpnce(x, i->dst))
X87_OP(fxch_any, dbl_fxch(x, i->dst))
X87_FAST(fxch, fxch_any, dbl_quick_fxch(x, i->dst))
X87_OP(fcmov, dbl_fcmov(x, i->src, flags_cond(cpu, fcmov_condition(i))))

/* --- operations on the top of the stack ---------------------------------------------------------------- */

#define UNARY(name) X87_OP(do_##name, dbl_##name(x))
UNARY(fchs)
UNARY(fabs)
UNARY(fsqrt)
UNARY(frndint)
UNARY(fscale)
UNARY(fxam)
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
X87_FAST(fchs, do_fchs, dbl_quick_sign(x, ~0ull, DBL_SIGN))
X87_FAST(fabs_top, do_fabs, dbl_quick_sign(x, ~DBL_SIGN, 0))
X87_FAST(fsqrt_top, do_fsqrt, dbl_quick_fsqrt(x))
X87_FAST(frndint, do_frndint, dbl_quick_frndint(x))
X87_FAST(fscale, do_fscale, dbl_quick_fscale(x))

/* --- choice -------------------------------------------------------------------------------------------- */

enum { AR_ST, AR_POP, AR_F32, AR_F64, AR_I16, AR_I32, AR_FORMS };
#define ARITH_ROWS(NAME, name)                                                                        \
    [OP_F##NAME - OP_FADD] = {name##_st, name##_pop, name##_f32, name##_f64, name##_i16, name##_i32}, \
                  [OP_FI##NAME - OP_FADD] = {NULL, NULL, NULL, NULL, name##_i16, name##_i32},         \
                  [OP_F##NAME##P - OP_FADD] = {NULL, name##_pop}

static handler_fn *arithmetic(const struct insn *i)
{
    static handler_fn *const handlers[OP_COUNT - OP_FADD][AR_FORMS] = {
        ARITH_ROWS(ADD, fadd),   ARITH_ROWS(MUL, fmul), ARITH_ROWS(SUB, fsub),
        ARITH_ROWS(SUBR, fsubr), ARITH_ROWS(DIV, fdiv), ARITH_ROWS(DIVR, fdivr)};
    static const uint8_t memory[] = {[F32] = AR_F32, [F64] = AR_F64, [I16] = AR_I16, [I32] = AR_I32};
    handler_fn *const *row = handlers[i->op - OP_FADD];
    if (i->form == FORM_M && i->size < sizeof memory) return row[memory[i->size]];
    return row[AR_ST] ? row[AR_ST] : row[AR_POP];
}

/* Memory forms by the record's size. */
static handler_fn *load_form(const struct insn *i)
{
    static handler_fn *const forms[] = {[F32] = fld_f32,  [F64] = fld_f64,  [F80] = fld_f80, [I16] = fild_i16,
                                        [I32] = fild_i32, [I64] = fild_i64, [BCD] = fld_m};
    return i->form == FORM_M ? forms[i->size] : fld_st;
}

static handler_fn *store_form(const struct insn *i)
{
    bool pop = pops(i);
    if (i->form != FORM_M) return pop ? fstp_st : fst_st;
    switch (i->size) {
    case F64: return pop ? fstp_f64 : fst_f64;
    case F32: return pop ? fstp_f32 : fst_f32;
    case I16: return pop ? fistp_i16 : fist_i16;
    case I32: return pop ? fistp_i32 : fist_i32;
    case I64: return fistp_i64;
    case F80: return fstp_f80;
    default: return fst_m;
    }
}

static handler_fn *compare_form(const struct insn *i)
{
    bool pop = pops(i);
    if (i->form != FORM_M) return pop ? fcomp_st : fcom_st;
    if (i->size == F64) return pop ? fcomp_f64 : fcom_f64;
    if (i->size == F32) return pop ? fcomp_f32 : fcom_f32;
    return fcom_m;
}

/* NULL: the instruction is the same in both models. */
handler_fn *SEM(sem_dbl)(const struct insn *i, bool noflags)
{
    (void)noflags;
    switch (i->op) {
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
    default: break;
    }
    if (i->op >= OP_FLD1 && i->op <= OP_FLDZ) return fld_const;
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) return fcmov;
    static handler_fn *const plain[OP_COUNT - OP_FADD] = {
#define PLAIN(NAME, handler) [OP_##NAME - OP_FADD] = handler
        PLAIN(FUCOM, fucom_st),     PLAIN(FUCOMP, fucomp_st),   PLAIN(FCOMI, fcomi),
        PLAIN(FCOMIP, fcomip),      PLAIN(FUCOMI, fucomi),      PLAIN(FUCOMIP, fucomip),
        PLAIN(FSTPNCE, fstpnce),    PLAIN(FXCH, fxch),          PLAIN(FCHS, fchs),
        PLAIN(FABS, fabs_top),      PLAIN(FTST, ftst),          PLAIN(FXAM, do_fxam),
        PLAIN(F2XM1, do_f2xm1),     PLAIN(FYL2X, do_fyl2x),     PLAIN(FPTAN, do_fptan),
        PLAIN(FPATAN, do_fpatan),   PLAIN(FXTRACT, do_fxtract), PLAIN(FPREM1, do_fprem1),
        PLAIN(FPREM, do_fprem),     PLAIN(FYL2XP1, do_fyl2xp1), PLAIN(FSQRT, fsqrt_top),
        PLAIN(FSINCOS, do_fsincos), PLAIN(FRNDINT, frndint),    PLAIN(FSCALE, fscale),
        PLAIN(FSIN, do_fsin),       PLAIN(FCOS, do_fcos),       PLAIN(FUCOMPP, fucompp),
        PLAIN(FCOMPP, fcompp),
    };
    handler_fn *other = plain[i->op - OP_FADD];
    return other ? other : arithmetic(i);
}
