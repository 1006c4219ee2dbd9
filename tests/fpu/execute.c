/* From an x87 encoding to the call of fpu that executes it: what an interpreter's handlers do, in one place.
 */
#include "tests/fpu/vectors.h"

#include <string.h>

enum {
    CF = 1 << 0,
    PF = 1 << 2,
    AF = 1 << 4,
    ZF = 1 << 6,
    SF = 1 << 7,
    OF = 1 << 11,
    ARITH = CF | PF | AF | ZF | SF | OF
};

static void store(struct machine *m, enum x87_type type, bool chop, bool pop)
{
    uint8_t bytes[X87_OPERAND_MAX];
    unsigned ex;
    if (x87_convert(&m->x87, type, chop, bytes, &ex)) memcpy(m->operand, bytes, x87_type_size[type]);
    x87_stored(&m->x87, ex, pop);
}

/* D8, DA, DC, DE memory forms. */
static void arith_mem(struct machine *m, enum x87_type type, unsigned op)
{
    if (op == 2 || op == 3)
        x87_fcom_mem(&m->x87, type, m->operand, op == 3);
    else
        x87_arith_mem(&m->x87, (enum x87_op)op, type, m->operand);
}

static bool control_mem(struct machine *m, unsigned op)
{
    struct x87 *x = &m->x87;
    uint16_t cw;
    switch (op) {
    case 4: x87_get_env(x, false, m->operand); return true;
    case 5:
        memcpy(&cw, m->operand, 2);
        x87_fldcw(x, cw);
        return true;
    case 6:
        x87_put_env(x, false, m->operand);
        x87_env_stored(x);
        return true;
    default: memcpy(m->operand, &x->cw, 2); return true;
    }
}

static bool state_mem(struct machine *m, unsigned op)
{
    uint16_t sw = x87_fnstsw(&m->x87);
    switch (op) {
    case 4:
        x87_get_env(&m->x87, false, m->operand);
        x87_get_regs(&m->x87, m->operand + X87_ENV32);
        return true;
    case 6:
        x87_put_env(&m->x87, false, m->operand);
        x87_put_regs(&m->x87, m->operand + X87_ENV32);
        x87_fninit(&m->x87);
        return true;
    case 7: memcpy(m->operand, &sw, 2); return true;
    default: return false;
    }
}

/* D9, DB, DD, DF memory forms: load, fisttp, store, store and pop of the first type; then each its own. */
static bool move_mem(struct machine *m, uint8_t opcode, unsigned op)
{
    static const enum x87_type types[] = {X87_F32, X87_I32, X87_F64, X87_I16};
    enum x87_type type = types[(opcode - 0xd9) / 2];
    if (op == 0) return x87_fld(&m->x87, type, m->operand), true;
    if (op == 1 && opcode == 0xd9) return false;
    if (op == 1) return store(m, opcode == 0xdd ? X87_I64 : type, true, true), true;
    if (op < 4) return store(m, type, false, op == 3), true;
    if (opcode == 0xd9) return control_mem(m, op);
    if (opcode == 0xdd) return state_mem(m, op);
    if (opcode == 0xdb && !(op & 1)) return false;
    enum x87_type wide = opcode == 0xdb ? X87_F80 : op & 1 ? X87_I64 : X87_BCD;
    if (op <= 5) return x87_fld(&m->x87, wide, m->operand), true;
    return store(m, wide, false, true), true;
}

static bool execute_mem(struct encoding e, struct machine *m)
{
    static const enum x87_type types[] = {X87_F32, X87_I32, X87_F64, X87_I16};
    if (e.opcode & 1) return move_mem(m, e.opcode, encoding_reg(e));
    arith_mem(m, types[(e.opcode - 0xd8) / 2], encoding_reg(e));
    return true;
}

static bool execute_d9(struct x87 *x, uint8_t modrm)
{
    static void (*const functions[])(struct x87 *) = {
        [0xe0 - 0xe0] = x87_fchs,    [0xe1 - 0xe0] = x87_fabs,    [0xe4 - 0xe0] = x87_ftst,
        [0xe5 - 0xe0] = x87_fxam,    [0xf0 - 0xe0] = x87_f2xm1,   [0xf1 - 0xe0] = x87_fyl2x,
        [0xf2 - 0xe0] = x87_fptan,   [0xf3 - 0xe0] = x87_fpatan,  [0xf4 - 0xe0] = x87_fxtract,
        [0xf5 - 0xe0] = x87_fprem1,  [0xf6 - 0xe0] = x87_fdecstp, [0xf7 - 0xe0] = x87_fincstp,
        [0xf8 - 0xe0] = x87_fprem,   [0xf9 - 0xe0] = x87_fyl2xp1, [0xfa - 0xe0] = x87_fsqrt,
        [0xfb - 0xe0] = x87_fsincos, [0xfc - 0xe0] = x87_frndint, [0xfd - 0xe0] = x87_fscale,
        [0xfe - 0xe0] = x87_fsin,    [0xff - 0xe0] = x87_fcos,
    };
    unsigned i = modrm & 7;
    if (modrm < 0xc8) return x87_fld_st(x, i), true;
    if (modrm < 0xd0) return x87_fxch(x, i), true;
    if (modrm < 0xd8) return modrm == 0xd0; /* fnop */
    if (modrm < 0xe0) return x87_fstpnce(x, i), true;
    if (modrm >= 0xe8 && modrm < 0xef) return x87_fldconst(x, (enum x87_const)i), true;
    if (!functions[modrm - 0xe0]) return false;
    functions[modrm - 0xe0](x);
    return true;
}

static void comi(struct machine *m, unsigned i, bool quiet, bool pop)
{
    m->eflags = x87_fcomi(&m->x87, i, quiet, pop);
}

/* DA and DB C0..DF: fcmovcc on CF, ZF, CF or ZF, PF, and their negations. */
static void cmov(struct machine *m, unsigned which, unsigned i, bool negate)
{
    static const uint32_t flags[] = {CF, ZF, CF | ZF, PF};
    bool condition = m->eflags & flags[which];
    x87_fcmov(&m->x87, i, condition != negate);
}

static bool execute_db(struct machine *m, uint8_t modrm)
{
    if (modrm < 0xe0) return cmov(m, encoding_reg((struct encoding){0, modrm}), modrm & 7, true), true;
    if (modrm == 0xe2) return x87_fnclex(&m->x87), true;
    if (modrm == 0xe3) return x87_fninit(&m->x87), true;
    if (modrm < 0xe5) return true; /* feni, fdisi, fsetpm: nothing since the 387 */
    if (modrm < 0xe8) return false;
    if (modrm >= 0xf8) return false;
    comi(m, modrm & 7, modrm < 0xf0, false);
    return true;
}

/* DC and DE C0..FF: ST(i) is the destination; sub and div trade places with their reverses. */
static void arith_reversed(struct machine *m, unsigned op, unsigned i, bool pop)
{
    if (op == 2 || op == 3)
        x87_fcom(&m->x87, i, false, op == 3 ? 1 + (unsigned)pop : pop);
    else
        x87_arith(&m->x87, (enum x87_op)(op < 4 ? op : op ^ 1), i, 0, pop);
}

static bool execute_dd(struct x87 *x, unsigned op, unsigned i)
{
    switch (op) {
    case 0: x87_ffree(x, i, false); return true;
    case 1: x87_fxch(x, i); return true;
    case 2:
    case 3: x87_fst_st(x, i, op == 3); return true;
    case 4:
    case 5: x87_fcom(x, i, true, op == 5); return true;
    default: return false;
    }
}

static bool execute_df(struct machine *m, unsigned op, unsigned i)
{
    switch (op) {
    case 0: x87_ffree(&m->x87, i, true); return true;
    case 1: x87_fxch(&m->x87, i); return true;
    case 2:
    case 3: x87_fst_st(&m->x87, i, true); return true;
    case 4:
        if (i == 0) m->ax = x87_fnstsw(&m->x87);
        return i == 0;
    case 5:
    case 6: comi(m, i, op == 5, true); return true;
    default: return false;
    }
}

bool vector_execute(struct encoding e, struct machine *m)
{
    if (encoding_memory(e)) return execute_mem(e, m);
    struct x87 *x = &m->x87;
    unsigned op = encoding_reg(e), i = e.modrm & 7;
    switch (e.opcode) {
    case 0xd8:
        if (op == 2 || op == 3)
            x87_fcom(x, i, false, op == 3);
        else
            x87_arith(x, (enum x87_op)op, 0, i, false);
        return true;
    case 0xd9: return execute_d9(x, e.modrm);
    case 0xda:
        if (op < 4) return cmov(m, op, i, false), true;
        if (e.modrm == 0xe9) x87_fcom(x, 1, true, 2);
        return e.modrm == 0xe9;
    case 0xdb: return execute_db(m, e.modrm);
    case 0xdc: arith_reversed(m, op, i, false); return true;
    case 0xdd: return execute_dd(x, op, i);
    case 0xde:
        if (op == 3 && i != 1) return false;
        arith_reversed(m, op, i, true);
        return true;
    default: return execute_df(m, op, i);
    }
}

bool vector_inexact(struct encoding e)
{
    bool group = e.opcode == 0xd9 && e.modrm >= 0xf0;
    return group && (e.modrm <= 0xf3 || e.modrm == 0xf9 || e.modrm == 0xfb || e.modrm >= 0xfe);
}
