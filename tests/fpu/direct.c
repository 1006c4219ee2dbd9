/* fpu/direct.h against the interpreter's functions and, where there is one, the host's x87: every function
 * through the encodings that translated code uses it for, on random states at the edges.
 * Usage: direct [-n STATES] [-s SEED] [-e HEX]   (states for each encoding; -e d8c1: one encoding only) */
#include "fpu/direct.h"
#include "tests/fpu/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The instruction by fpu/direct.h. `apart`: the result goes to a register of its own first. */
struct run {
    struct machine *m;
    bool apart, sound;
};

static struct f80 *st(struct run *r, unsigned i)
{
    return &r->m->x87.reg[(r->m->x87.top + i) & 7];
}

static void pop(struct run *r, unsigned n)
{
    for (struct x87 *x = &r->m->x87; n; n--) {
        x->empty |= (uint8_t)(1u << x->top);
        x->top = (x->top + 1) & 7;
    }
}

static struct f80 *push(struct run *r)
{
    struct x87 *x = &r->m->x87;
    x->top = (x->top - 1) & 7;
    x->empty &= (uint8_t) ~(1u << x->top);
    return &x->reg[x->top];
}

/* The operand as a MIPS load leaves it. */
static int64_t operand(const struct run *r, enum x87_type type)
{
    int64_t v = 0;
    unsigned unused = 64 - 8u * x87_type_size[type];
    memcpy(&v, r->m->operand, x87_type_size[type]);
    return (int64_t)((uint64_t)v << unused) >> unused;
}

static void store(struct run *r, enum x87_type type, int64_t v)
{
    memcpy(r->m->operand, &v, x87_type_size[type]);
    r->sound &= v == operand(r, type);
}

enum precision { PC_64, PC_53, PC_ANY };

static enum precision precision(uint16_t cw)
{
    if (cw & 0xc00) return PC_ANY;
    return (cw >> 8 & 1) ? PC_64 : (cw >> 8 & 3) == 2 ? PC_53 : PC_ANY;
}

static void arith(struct run *r, enum x87_op op, unsigned dst, unsigned src)
{
    static fpu_direct_op *const functions[][2] = {
        [X87_ADD] = {fpu_direct_add_64, fpu_direct_add_53},
        [X87_MUL] = {fpu_direct_mul_64, fpu_direct_mul_53},
        [X87_SUB] = {fpu_direct_sub_64, fpu_direct_sub_53},
        [X87_SUBR] = {fpu_direct_sub_64, fpu_direct_sub_53},
        [X87_DIV] = {fpu_direct_div_64, fpu_direct_div_53},
        [X87_DIVR] = {fpu_direct_div_64, fpu_direct_div_53},
    };
    struct x87 *x = &r->m->x87;
    struct f80 *a = st(r, dst), *b = st(r, src), *d = a, scratch = {0, 0};
    if (r->apart) d = &scratch;
    if (op == X87_SUBR || op == X87_DIVR) a = st(r, src), b = st(r, dst);
    enum precision pc = precision(x->cw);
    if (pc == PC_ANY)
        fpu_direct_op_any(x, d, a, b, op == X87_SUBR ? X87_SUB : op == X87_DIVR ? X87_DIV : op);
    else
        functions[op][pc](x, d, a, b);
    if (r->apart) *st(r, dst) = scratch;
}

static void arith_mem(struct run *r, enum x87_op op, enum x87_type type)
{
#define PAIR(op, type)                                               \
    {                                                                \
        fpu_direct_##op##_##type##_64, fpu_direct_##op##_##type##_53 \
    }
#define ROWS(type)                                                                                 \
    {                                                                                              \
        [X87_ADD] = PAIR(add, type), [X87_MUL] = PAIR(mul, type), [X87_SUB] = PAIR(sub, type),     \
        [X87_SUBR] = PAIR(subr, type), [X87_DIV] = PAIR(div, type), [X87_DIVR] = PAIR(divr, type), \
    }
    static fpu_direct_mem_op *const functions[][8][2] = {
        [X87_F32] = ROWS(f32), [X87_F64] = ROWS(f64), [X87_I16] = ROWS(int), [X87_I32] = ROWS(int)};
    struct x87 *x = &r->m->x87;
    struct f80 *d = st(r, 0);
    uint64_t bits = (uint64_t)operand(r, type);
    enum precision pc = precision(x->cw);
    if (pc == PC_ANY)
        fpu_direct_mem_op_any(x, d, d, bits, op, type);
    else
        functions[type][op][pc](x, d, d, bits);
}

static void compare(struct run *r, bool quiet, unsigned i, unsigned pops)
{
    unsigned cc = (quiet ? fpu_direct_fucom : fpu_direct_fcom)(&r->m->x87, st(r, 0), st(r, i));
    r->sound &= cc == (r->m->x87.sw >> 8 & 0x45u);
    pop(r, pops);
}

static void compare_mem(struct run *r, enum x87_type type, bool pops)
{
    uint64_t bits = (uint64_t)operand(r, type);
    unsigned cc = (type == X87_F64   ? fpu_direct_fcom_f64
                   : type == X87_F32 ? fpu_direct_fcom_f32
                                     : fpu_direct_fcom_int)(&r->m->x87, st(r, 0), bits);
    r->sound &= cc == (r->m->x87.sw >> 8 & 0x45u);
    pop(r, pops);
}

static void load(struct run *r, enum x87_type type)
{
    struct x87 *x = &r->m->x87;
    int64_t v = operand(r, type);
    struct f80 *d = push(r);
    if (r->apart) fpu_direct_clear_c1(x);
    if (type == X87_F64)
        (r->apart ? fpu_direct_put_f64 : fpu_direct_fld_f64)(x, d, (uint64_t)v);
    else if (type == X87_F32)
        (r->apart ? fpu_direct_put_f32 : fpu_direct_fld_f32)(x, d, (uint64_t)v);
    else
        (r->apart ? fpu_direct_put_int : fpu_direct_fild)(x, d, v);
}

static void store_top(struct run *r, enum x87_type type, bool chop, bool pops)
{
    typedef int64_t store_int(struct x87 * x, const struct f80 *a);
    static store_int *const ints[][2] = {[X87_I16] = {fpu_direct_fist_i16, fpu_direct_chop_i16},
                                         [X87_I32] = {fpu_direct_fist_i32, fpu_direct_chop_i32},
                                         [X87_I64] = {fpu_direct_fist_i64, fpu_direct_chop_i64}};
    struct x87 *x = &r->m->x87;
    unsigned rc = x->cw >> 10 & 3;
    chop |= rc == 3 && type >= X87_I16;
    if (rc && !chop)
        store(r, type, (int64_t)fpu_direct_fst_any(x, st(r, 0), type));
    else if (type == X87_F64)
        store(r, type, (int64_t)fpu_direct_fst_f64(x, st(r, 0)));
    else if (type == X87_F32)
        store(r, type, (int64_t)fpu_direct_fst_f32(x, st(r, 0)));
    else
        store(r, type, ints[type][chop](x, st(r, 0)));
    pop(r, pops);
}

static bool run_mem(struct encoding e, struct run *r)
{
    static const uint8_t types[] = {X87_F32, X87_F32, X87_I32, X87_I32, X87_F64, X87_F64, X87_I16, X87_I16};
    unsigned op = encoding_reg(e);
    enum x87_type type = types[e.opcode & 7];
    if (!(e.opcode & 1)) {
        if (op == 2 || op == 3)
            compare_mem(r, type, op == 3);
        else
            arith_mem(r, (enum x87_op)op, type);
        return true;
    }
    if (e.opcode == 0xdf && (op == 5 || op == 7)) type = X87_I64;
    if (e.opcode == 0xdd && op == 1) type = X87_I64;
    if (op == 0 || (op == 5 && e.opcode == 0xdf))
        load(r, type);
    else if (op == 1 && e.opcode != 0xd9)
        store_top(r, type, true, true);
    else if (op == 2 || op == 3 || (op == 7 && e.opcode == 0xdf))
        store_top(r, type, false, op != 2);
    else
        return false;
    return true;
}

static bool run_d9(uint8_t modrm, struct run *r)
{
    struct x87 *x = &r->m->x87;
    struct f80 *top = st(r, 0);
    switch (modrm) {
    case 0xe4: fpu_direct_ftst(x, top); return true;
    case 0xe5: fpu_direct_fxam(x, top); return true;
    case 0xfa:
        if (precision(x->cw) == PC_ANY)
            fpu_direct_sqrt_any(x, top, top);
        else
            (precision(x->cw) == PC_64 ? fpu_direct_sqrt_64 : fpu_direct_sqrt_53)(x, top, top);
        return true;
    case 0xfc: (x->cw & 0xc00 ? fpu_direct_rint_any : fpu_direct_rint)(x, top, top); return true;
    default: break;
    }
    if (modrm < 0xe8 || modrm > 0xee) return false;
    *push(r) = x87_constant((enum x87_const)(modrm - 0xe8), x->cw);
    fpu_direct_clear_c1(x);
    return true;
}

static void compare_eflags(struct run *r, bool quiet, unsigned i, bool pops)
{
    r->m->eflags = (quiet ? fpu_direct_fucomi : fpu_direct_fcomi)(&r->m->x87, st(r, 0), st(r, i));
    pop(r, pops);
}

static bool run_reg(struct encoding e, struct run *r)
{
    unsigned op = encoding_reg(e), i = e.modrm & 7;
    bool compares = op == 2 || op == 3;
    switch (e.opcode) {
    case 0xd8:
        if (compares)
            compare(r, false, i, op == 3);
        else
            arith(r, (enum x87_op)op, 0, i);
        return true;
    case 0xd9: return run_d9(e.modrm, r);
    case 0xda:
        if (e.modrm == 0xe9) compare(r, true, 1, 2);
        return e.modrm == 0xe9;
    case 0xdb:
    case 0xdf:
        if (op == 5 || op == 6) compare_eflags(r, op == 5, i, e.opcode == 0xdf);
        return op == 5 || op == 6;
    case 0xdd:
        if (op == 4 || op == 5) compare(r, true, i, op == 5);
        return op == 4 || op == 5;
    default:
        if (compares && e.modrm == 0xd9) compare(r, false, 1, 2);
        if (compares) return e.modrm == 0xd9 && e.opcode == 0xde;
        arith(r, (enum x87_op)(op < 4 ? op : op ^ 1), i, 0);
        pop(r, e.opcode == 0xde);
        return true;
    }
}

/* --- states --------------------------------------------------------------------------------------------- */

/* What translated code has made sure of. A third of the values are doubles near 1, the usual case. */
static void make(struct rng *r, struct encoding e, struct machine *m)
{
    static const uint16_t words[] = {0x37f, 0x37f, 0x37f, 0x27f, 0x27f, 0xf7f, 0xe7f, 0};
    vector_make(r, e, m);
    struct x87 *x = &m->x87;
    uint16_t cw = words[rng_below(r, 8)];
    x->cw = cw ? cw : (uint16_t)(0x7f | (rng_next(r) & 0xf00));
    x->empty = (uint8_t)(1u << ((x->top - 1) & 7));
    if ((e.modrm & 7) == 7 && !encoding_memory(e)) x->empty = 0;
    if (rng_below(r, 3)) return;
    for (unsigned i = 0; i < 8; i++)
        x->reg[i] = (struct f80){rng_next(r) << 11 | 1ull << 63,
                                 (uint16_t)(rng_below(r, 2) << 15 | (16383 - 4 + rng_below(r, 8)))};
}

struct totals {
    uint64_t passed, failed;
};

static bool check(struct encoding e, uint64_t seed, bool apart)
{
    struct rng r = {seed * 0x2545f4914f6cdd1dull ^ (uint64_t)e.opcode << 8 ^ e.modrm};
    struct machine start, interpreted, direct, host;
    make(&r, e, &start);
    interpreted = direct = host = start;
    struct run run = {&direct, apart, true};
    if (!(encoding_memory(e) ? run_mem(e, &run) : run_reg(e, &run))) return true;
    vector_execute(e, &interpreted);
    if (host_has_x87()) host_execute(e, &host);
    bool ok =
        run.sound && vector_same(&direct, &interpreted) && (!host_has_x87() || vector_same(&direct, &host));
    if (ok) return true;
    printf("%02x %02x differs; rerun: direct -e %02x%02x -n 1 -s %llu\n", e.opcode, e.modrm, e.opcode,
           e.modrm, (unsigned long long)seed);
    vector_print("start", &start);
    vector_print("interp", &interpreted);
    vector_print("direct", &direct);
    if (host_has_x87()) vector_print("host", &host);
    return false;
}

static void test_encoding(struct encoding e, uint64_t states, uint64_t seed, struct totals *t)
{
    uint64_t failed = 0;
    for (uint64_t n = 0; n < states && failed < 3; n++)
        failed += !check(e, seed + n, (seed + n) & 1);
    t->failed += failed;
    t->passed += states - failed;
}

static bool wanted(struct encoding e)
{
    struct machine m = {0};
    struct run r = {&m, false, true};
    if (encoding_memory(e)) return (e.modrm & 0xc7) == 0 && run_mem(e, &r);
    return run_reg(e, &r);
}

int main(int argc, char **argv)
{
    struct vector_options o = vector_options(argc, argv);
    struct totals t = {0};
    for (unsigned opcode = 0xd8; opcode <= 0xdf; opcode++)
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            struct encoding e = {(uint8_t)opcode, (uint8_t)modrm};
            if (o.only >= 0 ? o.only == (int)(opcode << 8 | modrm) : wanted(e))
                test_encoding(e, o.states, o.seed, &t);
        }
    printf("%llu passed, %llu failed\n", (unsigned long long)t.passed, (unsigned long long)t.failed);
    return t.failed != 0;
}
