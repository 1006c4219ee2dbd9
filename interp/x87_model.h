/* Handlers of x87 instructions that both models of registers have in the same form, and the choice among all
 * handlers of a model. sem_x87.c and sem_dbl.c include it after they have said what a model is:
 *
 *   MODEL(name)     the model's function for a whole instruction: x87_fcom, dbl_fcom, …
 *   QUICK(name)     the one for its common case: fast_fcom, dbl_quick_fcom, …
 *   CONVERT(…)      to a memory format
 *
 * Which further handlers a model has is in its struct own_handlers. */
#ifndef INTERP_X87_MODEL_H
#define INTERP_X87_MODEL_H

#ifndef MODEL /* so that it compiles alone */
#include "fpu/fast.h"
#define MODEL(name)                 x87_##name
#define QUICK(name)                 fast_##name
#define CONVERT(x, type, bytes, ex) x87_convert(x, type, false, bytes, ex)
#endif

#include "interp/sem.h"
#include "interp/sem_x87.h" /* last: it has macros with short names */

/* --- arithmetic ---------------------------------------------------------------------------------------- */

NOINLINE __attribute__((unused)) void arith_mem(CTX, enum x87_op op, enum x87_type type)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type, bytes);
    MODEL(arith_mem)(&cpu->x87, op, type, bytes);
}

enum { AR_ST, AR_POP, AR_F32, AR_F64, AR_I16, AR_I32, AR_FORMS };

#define ARITH_OPS(X) X(ADD, fadd) X(MUL, fmul) X(SUB, fsub) X(SUBR, fsubr) X(DIV, fdiv) X(DIVR, fdivr)

/* Handlers name_st, name_pop, … as those of an operation's three names. */
#define ARITH_ROWS(NAME, name)                                                                        \
    [OP_F##NAME - OP_FADD] = {name##_st, name##_pop, name##_f32, name##_f64, name##_i16, name##_i32}, \
                  [OP_FI##NAME - OP_FADD] = {NULL, NULL, NULL, NULL, name##_i16, name##_i32},         \
                  [OP_F##NAME##P - OP_FADD] = {NULL, name##_pop},

/* --- comparison ---------------------------------------------------------------------------------------- */

NOINLINE void compare_mem(CTX)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type_of(i), bytes);
    MODEL(fcom_mem)(&cpu->x87, type_of(i), bytes, pops(i));
}

INLINE bool quick_fcomi(struct cpu *cpu, const struct insn *i, bool pop)
{
    int flags = QUICK(fcomi)(&cpu->x87, i->src, pop);
    if (flags < 0) return false;
    flags_set(cpu, (uint32_t)flags);
    return true;
}

X87_OP(fcom_m, (void)x; compare_mem(ctx))
X87_OP(fcom_st_any, MODEL(fcom)(x, i->src, false, pops(i)))
X87_OP(fucom_st_any, MODEL(fcom)(x, i->src, true, pops(i)))
X87_OP(fcompp_any, MODEL(fcom)(x, 1, false, 2))
X87_OP(fucompp_any, MODEL(fcom)(x, 1, true, 2))
X87_OP(fcomi_any, flags_set(cpu, MODEL(fcomi)(x, i->src, false, pops(i))))
X87_OP(fucomi_any, flags_set(cpu, MODEL(fcomi)(x, i->src, true, pops(i))))
X87_OP(ftst_any, MODEL(ftst)(x))
X87_FAST(fcom_st, fcom_st_any, QUICK(fcom)(x, i->src, 0))
X87_FAST(fcomp_st, fcom_st_any, QUICK(fcom)(x, i->src, 1))
X87_FAST(fucom_st, fucom_st_any, QUICK(fcom)(x, i->src, 0))
X87_FAST(fucomp_st, fucom_st_any, QUICK(fcom)(x, i->src, 1))
X87_FAST(fcompp, fcompp_any, QUICK(fcom)(x, 1, 2))
X87_FAST(fucompp, fucompp_any, QUICK(fcom)(x, 1, 2))
X87_FAST(fcomi, fcomi_any, (void)x, quick_fcomi(cpu, i, false))
X87_FAST(fcomip, fcomi_any, (void)x, quick_fcomi(cpu, i, true))
X87_FAST(fucomi, fucomi_any, (void)x, quick_fcomi(cpu, i, false))
X87_FAST(fucomip, fucomi_any, (void)x, quick_fcomi(cpu, i, true))

/* --- loads, stores, moves ------------------------------------------------------------------------------ */

NOINLINE void load_top(CTX)
{
    uint8_t bytes[X87_OPERAND_MAX];
    operand(ctx, type_of(i), bytes);
    MODEL(fld)(&cpu->x87, type_of(i), bytes);
}

NOINLINE void store_top(CTX, gaddr a)
{
    uint8_t bytes[X87_OPERAND_MAX];
    unsigned ex;
    uint16_t cw = cpu->x87.cw;
    if (i->op == OP_FISTTP) cpu->x87.cw |= X87_CHOP;
    bool stores = CONVERT(&cpu->x87, type_of(i), bytes, &ex);
    cpu->x87.cw = cw;
    if (stores) {
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
    MODEL(stored)(&cpu->x87, ex, pops(i));
}

HANDLER(fst_m)
{
    WAIT;
    gaddr a = address_sib(cpu, i);
    store_top(ctx, a);
    done(cpu, i);
    NEXT;
}

X87_OP(fld_m, (void)x; load_top(ctx))
X87_OP(fld_st_any, MODEL(fld_st)(x, i->dst))
X87_OP(fld_const, MODEL(fldconst)(x, (enum x87_const)(i->op - OP_FLD1)))
X87_FAST(fld_st, fld_st_any, QUICK(fld_st)(x, i->dst))
X87_OP(fst_st_any, MODEL(fst_st)(x, i->dst, pops(i)))
X87_FAST(fst_st, fst_st_any, QUICK(fst_st)(x, i->dst, false))
X87_FAST(fstp_st, fst_st_any, QUICK(fst_st)(x, i->dst, true))
X87_OP(fstpnce, MODEL(fstpnce)(x, i->dst))
X87_OP(fxch_any, MODEL(fxch)(x, i->dst))
X87_FAST(fxch, fxch_any, QUICK(fxch)(x, i->dst))
X87_OP(fcmov, MODEL(fcmov)(x, i->src, flags_cond(cpu, fcmov_condition(i))))

/* --- operations on the top of the stack ---------------------------------------------------------------- */

#define UNARY(name) X87_OP(do_##name, MODEL(name)(x))
UNARY(fchs)
UNARY(fabs)
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

/* --- choice -------------------------------------------------------------------------------------------- */

/* What a model has beyond the above. Memory forms are by the record's size, [1] pops; NULL: no common case.
 */
struct own_handlers {
    handler_fn *arith[OP_COUNT - OP_FADD][AR_FORMS];
    handler_fn *fld[BCD + 1], *fst[BCD + 1][2], *fcom[BCD + 1][2];
    handler_fn *plain[OP_COUNT - OP_FADD]; /* of all other operations; preferred to those above */
};
#define PLAIN(NAME, handler) [OP_##NAME - OP_FADD] = handler

static inline handler_fn *arith_choice(const struct insn *i, const struct own_handlers *own)
{
    static const uint8_t memory[] = {[F32] = AR_F32, [F64] = AR_F64, [I16] = AR_I16, [I32] = AR_I32};
    handler_fn *const *row = own->arith[i->op - OP_FADD];
    if (i->form == FORM_M && i->size < sizeof memory) return row[memory[i->size]];
    return row[AR_ST] ? row[AR_ST] : row[AR_POP];
}

/* The handler in memory, else the one of any memory form; of a register form the one that pops or not. */
static inline handler_fn *form_choice(const struct insn *i, handler_fn *memory, handler_fn *any_memory,
                                      handler_fn *const reg[2])
{
    if (i->form != FORM_M) return reg[pops(i)];
    return memory ? memory : any_memory;
}

/* NULL: the model has none. */
static inline handler_fn *model_choice(const struct insn *i, const struct own_handlers *own)
{
    static handler_fn *const fld_reg[] = {fld_st, fld_st}, *const fst_reg[] = {fst_st, fstp_st},
                             *const fcom_reg[] = {fcom_st, fcomp_st};
    static handler_fn *const plain[OP_COUNT - OP_FADD] = {
        PLAIN(FUCOM, fucom_st),     PLAIN(FUCOMP, fucomp_st), PLAIN(FCOMI, fcomi),
        PLAIN(FCOMIP, fcomip),      PLAIN(FUCOMI, fucomi),    PLAIN(FUCOMIP, fucomip),
        PLAIN(FCOMPP, fcompp),      PLAIN(FUCOMPP, fucompp),  PLAIN(FSTPNCE, fstpnce),
        PLAIN(FXCH, fxch),          PLAIN(FCHS, do_fchs),     PLAIN(FABS, do_fabs),
        PLAIN(FTST, ftst_any),      PLAIN(FXAM, do_fxam),     PLAIN(F2XM1, do_f2xm1),
        PLAIN(FYL2X, do_fyl2x),     PLAIN(FPTAN, do_fptan),   PLAIN(FPATAN, do_fpatan),
        PLAIN(FXTRACT, do_fxtract), PLAIN(FPREM1, do_fprem1), PLAIN(FPREM, do_fprem),
        PLAIN(FYL2XP1, do_fyl2xp1), PLAIN(FSQRT, do_fsqrt),   PLAIN(FSINCOS, do_fsincos),
        PLAIN(FRNDINT, do_frndint), PLAIN(FSCALE, do_fscale), PLAIN(FSIN, do_fsin),
        PLAIN(FCOS, do_fcos),
    };
    unsigned op = i->op - OP_FADD;
    switch (i->op) {
    case OP_FCOM:
    case OP_FCOMP:
    case OP_FICOM:
    case OP_FICOMP: return form_choice(i, own->fcom[i->size][pops(i)], fcom_m, fcom_reg);
    case OP_FLD:
    case OP_FILD:
    case OP_FBLD: return form_choice(i, own->fld[i->size], fld_m, fld_reg);
    case OP_FST:
    case OP_FSTP:
    case OP_FIST:
    case OP_FISTP:
    case OP_FBSTP: return form_choice(i, own->fst[i->size][pops(i)], fst_m, fst_reg);
    case OP_FISTTP: return fst_m;
    default: break;
    }
    if (own->plain[op]) return own->plain[op];
    if (i->op >= OP_FLD1 && i->op <= OP_FLDZ) return fld_const;
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) return fcmov;
    return plain[op] ? plain[op] : arith_choice(i, own);
}

#endif
