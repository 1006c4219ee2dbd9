/* Emitters of x87 arithmetic and compares, several instructions at once where fpu/direct.h has a function for
 * them. */
#include "jit/mips64/x87_emit.h"

#include "fpu/direct.h"

enum { PC_64, PC_53, PC_ANY }; /* rounding to nearest at these widths; as the control word says */

static unsigned precision(const struct tr *t)
{
    unsigned pc = t->x87.cw >> 8 & 3, rc = t->x87.cw >> 10 & 3;
    if (rc != 0 || pc == 0) return PC_ANY;
    return pc == 2 ? PC_53 : PC_64;
}

/* By enum x87_op, then precision. */
#define F(name) (x87_fn *)fpu_direct_##name
#define BY_OP_4(suffix)                                                                                     \
    [X87_ADD] = {F(add_64##suffix), F(add_53##suffix)}, [X87_MUL] = {F(mul_64##suffix), F(mul_53##suffix)}, \
    [X87_SUB] = {F(sub_64##suffix), F(sub_53##suffix)}, [X87_DIV] = {F(div_64##suffix), F(div_53##suffix)}
#define ROW(op, type, suffix)                                    \
    {                                                            \
        F(op##_##type##_64##suffix), F(op##_##type##_53##suffix) \
    }
#define BY_OP_6(type, suffix)                                                 \
    [X87_ADD] = ROW(add, type, suffix), [X87_MUL] = ROW(mul, type, suffix),   \
    [X87_SUB] = ROW(sub, type, suffix), [X87_SUBR] = ROW(subr, type, suffix), \
    [X87_DIV] = ROW(div, type, suffix), [X87_DIVR] = ROW(divr, type, suffix)
#define PAIR(op)                               \
    {                                          \
        F(op##_f64_f64_64), F(op##_f64_f64_53) \
    }

static x87_fn *const registers[8][2] = {BY_OP_4()};
static x87_fn *const registers_fst[8][2] = {BY_OP_4(_fst)};
static x87_fn *const with_f64[8][2] = {BY_OP_6(f64, )};
static x87_fn *const with_f32[8][2] = {BY_OP_6(f32, )};
static x87_fn *const with_int[8][2] = {BY_OP_6(int, )};
static x87_fn *const with_f64_fst[8][2] = {BY_OP_6(f64, _fst)};
static x87_fn *const pairs[8][2] = {[X87_ADD] = PAIR(add),   [X87_MUL] = PAIR(mul), [X87_SUB] = PAIR(sub),
                                    [X87_SUBR] = PAIR(subr), [X87_DIV] = PAIR(div), [X87_DIVR] = PAIR(divr)};

struct x87_arith x87_arith_of(const struct insn *i)
{
    static const uint8_t popping[] = {X87_ADD, X87_MUL, X87_SUB, X87_SUBR, X87_DIV, X87_DIVR};
    struct x87_arith a = {.is = true, .dst = i->form == FORM_M ? 0 : i->dst, .src = i->src};
    if (i->op >= OP_FADD && i->op <= OP_FDIVR) {
        a.op = (uint8_t)(i->op - OP_FADD);
    } else if (i->op >= OP_FADDP && i->op <= OP_FDIVRP) {
        a.op = popping[i->op - OP_FADDP];
        a.pop = true;
    } else if (i->op >= OP_FIADD && i->op <= OP_FIDIVR) {
        a.op = (uint8_t)(i->op - OP_FIADD);
    } else {
        a.is = false;
    }
    if (a.op == 2 || a.op == 3) a.is = false; /* compares */
    return a;
}

static unsigned reverse(unsigned op)
{
    return op >= X87_SUB ? op ^ 1 : op;
}

/* --- sequences --------------------------------------------------------------------------------------- */

static bool is_m64(const struct insn *i, unsigned op)
{
    return i && i->op == op && i->form == FORM_M && i->size == F64;
}

/* Does record i store ST(0), at this precision, by a function that computed it? */
static bool is_store(const struct tr *t, const struct insn *i)
{
    return precision(t) != PC_ANY && (is_m64(i, OP_FST) || is_m64(i, OP_FSTP));
}

/* Stores V0, which the function of the item before gave. */
static void store_after(struct tr *t, const struct insn *i)
{
    item_advance(t);
    t->x87.sw_kept = true;
    x87_store_result(t, i);
    t->x87.sw_kept = false;
    x87_popped(t, i->op == OP_FSTP);
    x87_done(t, i);
}

/* Loads the operand of the record n items further on; a fault there begins at the current one again. */
static void load_ahead(struct tr *t, unsigned n, enum reg rd)
{
    const struct insn *i = item_ahead(t, n);
    struct address a = emit_address(t, i);
    t->ahead = n;
    x87_load_operand(t, i, rd, a);
    t->ahead = 0;
}

/* fld m64; fmul st(j); fadd m64; fst m64 */
static bool axpy(struct tr *t, const struct insn *i)
{
    const struct insn *mul = item_ahead(t, 1), *add = item_ahead(t, 2), *store = item_ahead(t, 3);
    if (!store || mul->op != OP_FMUL || mul->form == FORM_M || mul->dst != 0 || mul->src == 0) return false;
    if (!is_m64(add, OP_FADD) || !is_store(t, store) || !x87_used(t, mul->src - 1u)) return false;
    x87_load64(t, i, V0, emit_address(t, i));
    load_ahead(t, 2, V1);
    x87_pushed(t);
    move(&t->c, A3, V0);
    move(&t->c, A4, V1);
    x87_address(t, A1, 0);
    x87_address(t, A2, mul->src);
    x87_call(t, precision(t) == PC_64 ? F(axpy_64) : F(axpy_53));
    item_advance(t);
    item_advance(t);
    x87_done(t, add);
    store_after(t, store);
    return true;
}

/* fld m64; fmul m64; faddp */
static bool dot(struct tr *t, const struct insn *i)
{
    const struct insn *mul = item_ahead(t, 1), *add = item_ahead(t, 2);
    if (!add || !is_m64(mul, OP_FMUL) || add->op != OP_FADDP || add->dst != 1 || precision(t) == PC_ANY)
        return false;
    if (!x87_used(t, 0)) return false;
    x87_load64(t, i, V0, emit_address(t, i));
    load_ahead(t, 1, V1);
    x87_address(t, A1, 0);
    x87_address(t, A2, 7);
    move(&t->c, A3, V0);
    move(&t->c, A4, V1);
    x87_call(t, precision(t) == PC_64 ? F(dot_64) : F(dot_53));
    item_advance(t);
    item_advance(t);
    return x87_done(t, add);
}

/* fld m64; op m64 */
static bool pair(struct tr *t, const struct insn *i)
{
    const struct insn *next = item_ahead(t, 1);
    struct x87_arith a = next ? x87_arith_of(next) : (struct x87_arith){.is = false};
    if (!a.is || next->form != FORM_M || next->size != F64 || precision(t) == PC_ANY) return false;
    x87_load64(t, i, V0, emit_address(t, i));
    load_ahead(t, 1, V1);
    x87_pushed(t);
    x87_address(t, A1, 0);
    move(&t->c, A2, V0);
    move(&t->c, A3, V1);
    x87_call(t, pairs[a.op][precision(t)]);
    item_advance(t);
    return x87_done(t, next);
}

static x87_fn *memory_function(const struct tr *t, const struct insn *i, unsigned op)
{
    if (i->size == F64) return with_f64[op][precision(t)];
    return (i->size == F32 ? with_f32 : with_int)[op][precision(t)];
}

/* fld memory; op st(j) */
static bool load_and_operate(struct tr *t, const struct insn *i)
{
    const struct insn *next = item_ahead(t, 1), *store = item_ahead(t, 2);
    struct x87_arith a = next ? x87_arith_of(next) : (struct x87_arith){.is = false};
    if (!a.is || next->form == FORM_M || precision(t) == PC_ANY || i->size == F80 || i->size == BCD)
        return false;
    if (a.pop || a.dst != 0 || a.src == 0 || !x87_used(t, a.src - 1u)) return false;
    bool stores = i->size == F64 && is_store(t, store);
    x87_load_operand(t, i, A3, emit_address(t, i));
    x87_pushed(t);
    x87_address(t, A1, 0);
    x87_address(t, A2, a.src);
    x87_call(t, stores ? with_f64_fst[reverse(a.op)][precision(t)] : memory_function(t, i, reverse(a.op)));
    item_advance(t);
    x87_done(t, next);
    if (stores) store_after(t, store);
    return true;
}

/* fld st(i); op st(j) or op m64 */
static bool copy_and_operate(struct tr *t, const struct insn *i)
{
    const struct insn *next = item_ahead(t, 1);
    struct x87_arith a = next ? x87_arith_of(next) : (struct x87_arith){.is = false};
    if (!a.is || precision(t) == PC_ANY || !x87_used(t, i->dst) || a.pop || a.dst != 0) return false;
    if (next->form == FORM_M) {
        load_ahead(t, 1, A3);
        x87_push_copy(t, i->dst); /* with a copy for d, a, memory is an operand, and no load */
        x87_address(t, A1, 0);
        x87_address(t, A2, 0);
        x87_call(t, memory_function(t, next, a.op));
    } else {
        unsigned j = a.src == 0 ? i->dst : a.src - 1u;
        bool swap = a.op == X87_SUBR || a.op == X87_DIVR;
        if (!x87_used(t, j)) return false;
        x87_address(t, swap ? A3 : A2, i->dst);
        x87_address(t, swap ? A2 : A3, j);
        x87_pushed(t);
        x87_address(t, A1, 0);
        x87_call(t, registers[swap ? a.op ^ 1 : a.op][precision(t)]);
    }
    item_advance(t);
    return x87_done(t, next);
}

bool x87_fused(struct tr *t, const struct insn *i)
{
    if (x87_used(t, 7)) return false;
    if (i->op == OP_FLD && i->form != FORM_M) return copy_and_operate(t, i);
    if (is_m64(i, OP_FLD) && (axpy(t, i) || dot(t, i) || pair(t, i))) return true;
    return load_and_operate(t, i);
}

/* --- arithmetic -------------------------------------------------------------------------------------- */

static void with_memory(struct tr *t, const struct insn *i, unsigned op)
{
    const struct insn *store = i->size == F64 ? item_ahead(t, 1) : NULL;
    static const uint8_t types[] = {[F32] = X87_F32, [F64] = X87_F64, [I16] = X87_I64, [I32] = X87_I64};
    x87_load_operand(t, i, A3, emit_address(t, i));
    x87_address(t, A1, 0);
    x87_address(t, A2, 0);
    if (precision(t) == PC_ANY) {
        li(&t->c, A4, (int32_t)op);
        li(&t->c, A5, types[i->size]);
        x87_call(t, F(mem_op_any));
    } else if (is_store(t, store)) {
        x87_call(t, with_f64_fst[op][precision(t)]);
        x87_done(t, i);
        store_after(t, store);
        return;
    } else {
        x87_call(t, memory_function(t, i, op));
    }
    x87_done(t, i);
}

static void with_register(struct tr *t, const struct insn *i, const struct x87_arith *a)
{
    const struct insn *store = a->dst == a->pop ? item_ahead(t, 1) : NULL;
    bool swap = a->op == X87_SUBR || a->op == X87_DIVR;
    unsigned op = swap ? a->op ^ 1u : a->op;
    x87_fn *f;
    if (!is_store(t, store)) store = NULL;
    x87_address(t, A1, a->dst);
    x87_address(t, A2, swap ? a->src : a->dst);
    x87_address(t, A3, swap ? a->dst : a->src);
    if (precision(t) == PC_ANY) {
        li(&t->c, A4, (int32_t)op);
        f = F(op_any);
    } else {
        f = (store ? registers_fst : registers)[op][precision(t)];
    }
    x87_call(t, f);
    x87_popped(t, a->pop);
    x87_done(t, i);
    if (store) store_after(t, store);
}

static bool on_top(struct tr *t, const struct insn *i)
{
    static x87_fn *const roots[] = {F(sqrt_64), F(sqrt_53), F(sqrt_any)};
    bool nearest = (t->x87.cw & 0xc00) == 0;
    if (!x87_used(t, 0)) return false;
    x87_address(t, A1, 0);
    x87_address(t, A2, 0);
    x87_call(t, i->op == OP_FSQRT ? roots[precision(t)] : nearest ? F(rint) : F(rint_any));
    return x87_done(t, i);
}

bool x87_arithmetic(struct tr *t, const struct insn *i)
{
    struct x87_arith a = x87_arith_of(i);
    if (i->op == OP_FSQRT || i->op == OP_FRNDINT) return on_top(t, i);
    if (!a.is || !x87_used(t, a.dst)) return false;
    if (i->form == FORM_M) {
        with_memory(t, i, a.op);
        return true;
    }
    if (!x87_used(t, a.src)) return false;
    with_register(t, i, &a);
    return true;
}

/* --- compares ---------------------------------------------------------------------------------------- */

static bool compare_into_flags(struct tr *t, const struct insn *i)
{
    bool quiet = i->op == OP_FUCOMI || i->op == OP_FUCOMIP;
    if (!x87_used(t, i->src)) return false;
    x87_address(t, A1, 0);
    x87_address(t, A2, i->src);
    x87_call(t, quiet ? F(fucomi) : F(fcomi));
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    if (flags_wanted(t)) {
        move(&t->c, FLAG_A, V0);
        t->flags = (struct recipe){.kind = RECIPE_BITS, .bits = 32, .x = val_host(FLAG_A)};
    }
    x87_popped(t, i->op == OP_FCOMIP || i->op == OP_FUCOMIP);
    return x87_done(t, i);
}

static bool compare_memory(struct tr *t, const struct insn *i)
{
    x87_load_operand(t, i, A2, emit_address(t, i));
    x87_address(t, A1, 0);
    x87_call(t, i->size == F64 ? F(fcom_f64) : i->size == F32 ? F(fcom_f32) : F(fcom_int));
    x87_popped(t, i->op == OP_FCOMP || i->op == OP_FICOMP);
    return x87_done(t, i);
}

static bool compare_registers(struct tr *t, const struct insn *i)
{
    bool quiet = i->op == OP_FUCOM || i->op == OP_FUCOMP || i->op == OP_FUCOMPP;
    bool twice = i->op == OP_FCOMPP || i->op == OP_FUCOMPP;
    unsigned src = twice ? 1 : i->src;
    if (!x87_used(t, src)) return false;
    x87_address(t, A1, 0);
    x87_address(t, A2, src);
    x87_call(t, quiet ? F(fucom) : F(fcom));
    x87_popped(t, twice ? 2 : i->op == OP_FCOMP || i->op == OP_FUCOMP);
    return x87_done(t, i);
}

bool x87_compare(struct tr *t, const struct insn *i)
{
    if (!x87_used(t, 0)) return false;
    switch (i->op) {
    case OP_FCOM:
    case OP_FCOMP:
    case OP_FICOM:
    case OP_FICOMP: return i->form == FORM_M ? compare_memory(t, i) : compare_registers(t, i);
    case OP_FUCOM:
    case OP_FUCOMP:
    case OP_FCOMPP:
    case OP_FUCOMPP: return compare_registers(t, i);
    case OP_FCOMI:
    case OP_FCOMIP:
    case OP_FUCOMI:
    case OP_FUCOMIP: return compare_into_flags(t, i);
    case OP_FTST:
    case OP_FXAM:
        x87_address(t, A1, 0);
        x87_call(t, i->op == OP_FTST ? F(ftst) : F(fxam));
        return x87_done(t, i);
    default: return false;
    }
}
