/* From an x87 encoding to the common case of fpu/fast.h, as the interpreter's fast handlers use it. */
#include <string.h>

#include "fpu/fast.h"
#include "tests/fpu/vectors.h"

static bool quick_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop)
{
    if (fast_cw(x, FAST_CW_64)) return fast_arith(x, op, dst, src, pop, FAST_DROP_64);
    return fast_cw(x, FAST_CW_53) && fast_arith(x, op, dst, src, pop, FAST_DROP_53);
}

static bool quick_arith_mem(struct machine *m, unsigned op, bool wide)
{
    struct x87 *x = &m->x87;
    uint32_t v32;
    uint64_t v64;
    bool ok;
    memcpy(&v32, m->operand, 4);
    memcpy(&v64, m->operand, 8);
    struct fast_value v = wide ? fast_from_f64(v64, &ok) : fast_from_f32(v32, &ok);
    if (op == 2 || op == 3) return fast_fcom_value(x, fast_close(v), ok, op == 3);
    if (fast_cw(x, FAST_CW_64)) return fast_arith_value(x, (enum x87_op)op, v, ok, FAST_DROP_64);
    return fast_cw(x, FAST_CW_53) && fast_arith_value(x, (enum x87_op)op, v, ok, FAST_DROP_53);
}

static bool quick_store(struct machine *m, struct fast_stored r, unsigned size, bool pop)
{
    if (!r.ok) return false;
    memcpy(m->operand, &r.bits, size);
    fast_stored(&m->x87, r, pop);
    return true;
}

static bool quick_mem(struct encoding e, struct machine *m)
{
    unsigned op = encoding_reg(e);
    int32_t i32;
    uint32_t v32;
    uint64_t v64;
    memcpy(&i32, m->operand, 4);
    memcpy(&v32, m->operand, 4);
    memcpy(&v64, m->operand, 8);
    if (e.opcode == 0xd8 || e.opcode == 0xdc) return quick_arith_mem(m, op, e.opcode == 0xdc);
    if (e.opcode == 0xdb && op == 0) return fast_push(&m->x87, fast_from_int(i32), true);
    if (e.opcode == 0xdf && op == 5) return fast_push(&m->x87, fast_from_int((int64_t)v64), true);
    if (e.opcode == 0xd9 && op == 0) return fast_fld_f32(&m->x87, v32);
    if (e.opcode == 0xdd && op == 0) return fast_fld_f64(&m->x87, v64);
    if (e.opcode == 0xdf && op == 7) return quick_store(m, fast_to_int(&m->x87, 64), 8, true);
    if (op != 2 && op != 3) return false;
    switch (e.opcode) {
    case 0xd9: return quick_store(m, fast_to_f32(&m->x87), 4, op == 3);
    case 0xdb: return quick_store(m, fast_to_int(&m->x87, 32), 4, op == 3);
    case 0xdd: return quick_store(m, fast_to_f64(&m->x87), 8, op == 3);
    default: return false;
    }
}

static bool quick_fcomi(struct machine *m, unsigned i, bool pop)
{
    int flags = fast_fcomi(&m->x87, i, pop);
    if (flags >= 0) m->eflags = (uint32_t)flags;
    return flags >= 0;
}

static bool quick_d9(struct x87 *x, uint8_t modrm)
{
    unsigned i = modrm & 7;
    if (modrm < 0xc8) return fast_fld_st(x, i);
    if (modrm < 0xd0) return fast_fxch(x, i);
    switch (modrm) {
    case 0xe0: return fast_sign(x, 0, 0x8000);
    case 0xe1: return fast_sign(x, 0x8000, 0);
    case 0xe4: return fast_fcom_value(x, (struct f80){0, 0}, true, 0);
    case 0xe8: return fast_push(x, (struct f80){F80_TOP, F80_BIAS}, true);
    case 0xee: return fast_push(x, (struct f80){0, 0}, true);
    default: return false;
    }
}

bool vector_quick(struct encoding e, struct machine *m)
{
    if (encoding_memory(e)) return quick_mem(e, m);
    struct x87 *x = &m->x87;
    unsigned op = encoding_reg(e), i = e.modrm & 7;
    bool compare = op == 2 || op == 3, pop = e.opcode == 0xde;
    switch (e.opcode) {
    case 0xd8: return compare ? fast_fcom(x, i, op == 3) : quick_arith(x, (enum x87_op)op, 0, i, false);
    case 0xd9: return quick_d9(x, e.modrm);
    case 0xda: return e.modrm == 0xe9 && fast_fcom(x, 1, 2);
    case 0xdb: return (op == 5 || op == 6) && quick_fcomi(m, i, false);
    case 0xdf: return (op == 5 || op == 6) && quick_fcomi(m, i, true);
    case 0xdd:
        if (compare) return fast_fst_st(x, i, op == 3);
        return (op == 4 || op == 5) && fast_fcom(x, i, op == 5);
    default: return !compare && quick_arith(x, (enum x87_op)(op < 4 ? op : op ^ 1), i, 0, pop);
    }
}
