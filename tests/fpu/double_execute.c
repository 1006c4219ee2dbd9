/* From an x87 encoding to the call of the double model that executes it, as the interpreter's handlers do. */
#include "tests/fpu/double.h"

#include <string.h>

#include "fpu/dblfast.h"

enum { CF = 1 << 0, PF = 1 << 2, ZF = 1 << 6 };

/* --- complete ------------------------------------------------------------------------------------------ */

static bool store(struct machine *m, enum x87_type type, bool pop)
{
    uint8_t bytes[X87_OPERAND_MAX];
    unsigned ex;
    if (dbl_convert(&m->x87, type, bytes, &ex)) memcpy(m->operand, bytes, x87_type_size[type]);
    dbl_stored(&m->x87, ex, pop);
    return true;
}

/* The memory operand of D8 and D9, DA and DB, and so on. */
static enum x87_type type_of(struct encoding e)
{
    static const enum x87_type types[] = {X87_F32, X87_I32, X87_F64, X87_I16};
    return types[(e.opcode - 0xd8) / 2];
}

static bool execute_mem(struct encoding e, struct machine *m)
{
    unsigned op = encoding_reg(e);
    enum x87_type wide = e.opcode == 0xdb ? X87_F80 : op & 1 ? X87_I64 : X87_BCD;
    if (!(e.opcode & 1)) {
        if (op == 2 || op == 3)
            dbl_fcom_mem(&m->x87, type_of(e), m->operand, op == 3);
        else
            dbl_arith_mem(&m->x87, (enum x87_op)op, type_of(e), m->operand);
        return true;
    }
    if (op == 0) return dbl_fld(&m->x87, type_of(e), m->operand), true;
    if (op == 2 || op == 3) return store(m, type_of(e), op == 3);
    if (op == 1 || e.opcode == 0xd9 || e.opcode == 0xdd || (e.opcode == 0xdb && !(op & 1))) return false;
    if (op <= 5) return dbl_fld(&m->x87, wide, m->operand), true;
    return store(m, wide, true);
}

static bool execute_d9(struct x87 *x, uint8_t modrm)
{
    static void (*const functions[])(struct x87 *) = {
        [0xe0 - 0xe0] = dbl_fchs,   [0xe1 - 0xe0] = dbl_fabs,    [0xe4 - 0xe0] = dbl_ftst,
        [0xe5 - 0xe0] = dbl_fxam,   [0xf0 - 0xe0] = dbl_f2xm1,   [0xf1 - 0xe0] = dbl_fyl2x,
        [0xf2 - 0xe0] = dbl_fptan,  [0xf3 - 0xe0] = dbl_fpatan,  [0xf4 - 0xe0] = dbl_fxtract,
        [0xf5 - 0xe0] = dbl_fprem1, [0xf8 - 0xe0] = dbl_fprem,   [0xf9 - 0xe0] = dbl_fyl2xp1,
        [0xfa - 0xe0] = dbl_fsqrt,  [0xfb - 0xe0] = dbl_fsincos, [0xfc - 0xe0] = dbl_frndint,
        [0xfd - 0xe0] = dbl_fscale, [0xfe - 0xe0] = dbl_fsin,    [0xff - 0xe0] = dbl_fcos,
    };
    unsigned i = modrm & 7;
    if (modrm < 0xc8) return dbl_fld_st(x, i), true;
    if (modrm < 0xd0) return dbl_fxch(x, i), true;
    if (modrm < 0xe0) return false;
    if (modrm >= 0xe8 && modrm < 0xef) return dbl_fldconst(x, (enum x87_const)i), true;
    if (!functions[modrm - 0xe0]) return false;
    functions[modrm - 0xe0](x);
    return true;
}

static bool cmov(struct machine *m, unsigned which, unsigned i, bool negate)
{
    static const uint32_t flags[] = {CF, ZF, CF | ZF, PF};
    bool condition = m->eflags & flags[which];
    dbl_fcmov(&m->x87, i, condition != negate);
    return true;
}

static bool comi(struct machine *m, unsigned i, bool quiet, bool pop)
{
    m->eflags = dbl_fcomi(&m->x87, i, quiet, pop);
    return true;
}

/* D8, DC, DE: ST(0) or ST(i) is the destination. */
static bool execute_arith(struct encoding e, struct x87 *x, unsigned op, unsigned i)
{
    bool reversed = e.opcode != 0xd8, pop = e.opcode == 0xde;
    if (op == 3 && pop && i != 1) return false;
    if (op == 2 || op == 3)
        dbl_fcom(x, i, false, op == 3 ? 1 + (unsigned)pop : pop);
    else if (reversed)
        dbl_arith(x, (enum x87_op)(op < 4 ? op : op ^ 1), i, 0, pop);
    else
        dbl_arith(x, (enum x87_op)op, 0, i, false);
    return true;
}

bool double_execute(struct encoding e, struct machine *m)
{
    struct x87 *x = &m->x87;
    unsigned op = encoding_reg(e), i = e.modrm & 7;
    if (encoding_memory(e)) return execute_mem(e, m);
    switch (e.opcode) {
    case 0xd8:
    case 0xdc:
    case 0xde: return execute_arith(e, x, op, i);
    case 0xd9: return execute_d9(x, e.modrm);
    case 0xda:
        if (op < 4) return cmov(m, op, i, false);
        if (e.modrm == 0xe9) dbl_fcom(x, 1, true, 2);
        return e.modrm == 0xe9;
    case 0xdb:
        if (op < 4) return cmov(m, op, i, true);
        return (op == 5 || op == 6) && comi(m, i, op == 5, false);
    case 0xdd:
        if (op == 2 || op == 3) return dbl_fst_st(x, i, op == 3), true;
        if (op == 4 || op == 5) return dbl_fcom(x, i, true, op == 5), true;
        return false;
    default: return (op == 5 || op == 6) && comi(m, i, op == 5, true);
    }
}

/* --- the common case ----------------------------------------------------------------------------------- */

static bool quick_store(struct machine *m, uint64_t v, unsigned bytes, bool ok, bool inexact, bool pop)
{
    if (!ok) return false;
    memcpy(m->operand, &v, bytes);
    dbl_quick_stored(&m->x87, inexact, pop);
    return true;
}

static bool quick_fist(struct machine *m, unsigned bits, bool pop)
{
    struct dbl_integer n = dbl_to_int(&m->x87, bits);
    bool simple = bits < 64 || dbl_simple(&m->x87, m->x87.top);
    return quick_store(m, (uint64_t)n.v, bits / 8, n.ok && simple, n.inexact, pop);
}

static bool quick_fstp_f80(struct machine *m)
{
    struct f80 v;
    if (!dbl_to_f80(&m->x87, &v)) return false;
    memcpy(m->operand + 8, &v.se, 2);
    return quick_store(m, v.m, 8, true, false, true);
}

static bool quick_mem(struct encoding e, struct machine *m)
{
    struct x87 *x = &m->x87;
    unsigned op = encoding_reg(e);
    uint64_t v64;
    uint32_t v32;
    uint16_t v16, se;
    memcpy(&v64, m->operand, 8);
    memcpy(&v32, m->operand, 4);
    memcpy(&v16, m->operand, 2);
    memcpy(&se, m->operand + 8, 2);
    struct dbl_single single = dbl_to_f32(x);
    double values[] = {dbl_from_f32(v32), (int32_t)v32, dbl_value(v64), (int16_t)v16};
    if (!(e.opcode & 1)) {
        double v = values[(e.opcode - 0xd8) / 2];
        if (op != 2 && op != 3) return dbl_quick_arith_value(x, (enum x87_op)op, v, true);
        return e.opcode == 0xdc && dbl_quick_fcom_value(x, v64, true, op == 3);
    }
    if (op == 0) {
        if (e.opcode == 0xd9) return dbl_quick_fld_f32(x, v32);
        if (e.opcode == 0xdd) return dbl_push(x, v64, true);
        return dbl_quick_fild(x, e.opcode == 0xdb ? (int32_t)v32 : (int16_t)v16);
    }
    if (e.opcode == 0xdb && op == 5) return dbl_quick_fld_f80(x, v64, se);
    if (e.opcode == 0xdb && op == 7) return quick_fstp_f80(m);
    if (e.opcode == 0xdf && op == 5) return dbl_quick_fild(x, (int64_t)v64);
    if (e.opcode == 0xdf && op == 7) return quick_fist(m, 64, true);
    if (op != 2 && op != 3) return false;
    switch (e.opcode) {
    case 0xd9: return quick_store(m, single.bits, 4, single.ok, single.inexact, op == 3);
    case 0xdd: return quick_store(m, x->d[x->top], 8, fast_used(x, x->top), false, op == 3);
    default: return quick_fist(m, e.opcode == 0xdb ? 32 : 16, op == 3);
    }
}

static bool quick_d9(struct x87 *x, uint8_t modrm)
{
    if (modrm < 0xc8) return dbl_quick_fld_st(x, modrm & 7);
    if (modrm < 0xd0) return dbl_quick_fxch(x, modrm & 7);
    switch (modrm) {
    case 0xe0: return dbl_quick_sign(x, ~0ull, DBL_SIGN);
    case 0xe1: return dbl_quick_sign(x, ~DBL_SIGN, 0);
    case 0xe4: return dbl_quick_fcom_value(x, 0, true, 0);
    case 0xfa: return dbl_quick_fsqrt(x);
    case 0xfc: return dbl_quick_frndint(x);
    case 0xfd: return dbl_quick_fscale(x);
    default: return false;
    }
}

bool double_quick(struct encoding e, struct machine *m)
{
    struct x87 *x = &m->x87;
    unsigned op = encoding_reg(e), i = e.modrm & 7;
    if (encoding_memory(e)) return quick_mem(e, m);
    bool compare = op == 2 || op == 3, reversed = e.opcode != 0xd8, pop = e.opcode == 0xde;
    switch (e.opcode) {
    case 0xd8:
    case 0xdc:
    case 0xde:
        if (compare) return e.opcode == 0xd8 && dbl_quick_fcom(x, i, op == 3);
        if (!reversed) return dbl_quick_arith(x, (enum x87_op)op, 0, i, false, true);
        return dbl_quick_arith(x, (enum x87_op)(op < 4 ? op : op ^ 1), i, 0, pop, true);
    case 0xd9: return quick_d9(x, e.modrm);
    case 0xdd: return compare && dbl_quick_fst_st(x, i, op == 3);
    default: return false;
    }
}
