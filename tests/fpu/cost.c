/* Calls one function of fpu/direct.h over and over, for tests/fpu/cost.sh to count instructions.
 * Usage: cost   (lists the functions)
 *        cost NAME CALLS   (operands are random normal numbers between 2^-4 and 2^4) */
#include "fpu/direct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum shape {
    REGISTERS,
    MEMORY,
    UNARY,
    LOAD,
    LOAD_INT,
    STORE,
    STORE_INT,
    COMPARE,
    COMPARE_MEMORY,
    TEST,
    PAIR,
    OP_FST,
    MEMORY_FST,
    SUM_OF_PRODUCT,
    SUM
};

union function {
    fpu_direct_op *registers;
    fpu_direct_mem_op *memory;
    void (*unary)(struct x87 *, struct f80 *, const struct f80 *);
    void (*load)(struct x87 *, struct f80 *, uint64_t);
    void (*load_int)(struct x87 *, struct f80 *, int64_t);
    uint64_t (*store)(struct x87 *, const struct f80 *);
    int64_t (*store_int)(struct x87 *, const struct f80 *);
    unsigned (*compare)(struct x87 *, const struct f80 *, const struct f80 *);
    unsigned (*compare_memory)(struct x87 *, const struct f80 *, uint64_t);
    unsigned (*test)(struct x87 *, const struct f80 *);
    fpu_direct_pair_op *pair;
    fpu_direct_op_fst *op_fst;
    fpu_direct_mem_op_fst *memory_fst;
    fpu_direct_axpy *axpy;
    fpu_direct_dot *dot;
};

struct subject {
    const char *name;
    enum shape shape;
    union function call;
    const char *operand; /* in memory */
};

static const struct subject subjects[] = {
#define X(op, pc) {#op "_" #pc, REGISTERS, {.registers = fpu_direct_##op##_##pc}, ""},
    FPU_DIRECT_REGISTERS(X)
#undef X
#define X(op, type, pc) {#op "_" #type "_" #pc, MEMORY, {.memory = fpu_direct_##op##_##type##_##pc}, #type},
        FPU_DIRECT_MEMORY(X)
#undef X
            {"sqrt_64", UNARY, {.unary = fpu_direct_sqrt_64}, ""},
    {"sqrt_53", UNARY, {.unary = fpu_direct_sqrt_53}, ""},
    {"rint", UNARY, {.unary = fpu_direct_rint}, ""},
    {"fld_f64", LOAD, {.load = fpu_direct_fld_f64}, "f64"},
    {"put_f64", LOAD, {.load = fpu_direct_put_f64}, "f64"},
    {"fld_f32", LOAD, {.load = fpu_direct_fld_f32}, "f32"},
    {"fild", LOAD_INT, {.load_int = fpu_direct_fild}, "int"},
    {"fst_f64", STORE, {.store = fpu_direct_fst_f64}, ""},
    {"fst_f32", STORE, {.store = fpu_direct_fst_f32}, ""},
    {"fist_i32", STORE_INT, {.store_int = fpu_direct_fist_i32}, ""},
    {"chop_i32", STORE_INT, {.store_int = fpu_direct_chop_i32}, ""},
    {"fcom", COMPARE, {.compare = fpu_direct_fcom}, ""},
    {"fcomi", COMPARE, {.compare = fpu_direct_fcomi}, ""},
    {"fcom_f64", COMPARE_MEMORY, {.compare_memory = fpu_direct_fcom_f64}, "f64"},
    {"ftst", TEST, {.test = fpu_direct_ftst}, ""},
#define X(op, pc) {#op "_f64_f64_" #pc, PAIR, {.pair = fpu_direct_##op##_f64_f64_##pc}, "f64"},
    FPU_DIRECT_MEMORY_PAIRS(X)
#undef X
#define X(op, pc) {#op "_" #pc "_fst", OP_FST, {.op_fst = fpu_direct_##op##_##pc##_fst}, ""},
        FPU_DIRECT_REGISTERS(X)
#undef X
#define X(op, type, pc) \
    {#op "_" #type "_" #pc "_fst", MEMORY_FST, {.memory_fst = fpu_direct_##op##_##type##_##pc##_fst}, #type},
            FPU_DIRECT_MEMORY_FST(X)
#undef X
                {"axpy_64", SUM_OF_PRODUCT, {.axpy = fpu_direct_axpy_64}, "f64"},
    {"axpy_53", SUM_OF_PRODUCT, {.axpy = fpu_direct_axpy_53}, "f64"},
    {"dot_64", SUM, {.dot = fpu_direct_dot_64}, "f64"},
    {"dot_53", SUM, {.dot = fpu_direct_dot_53}, "f64"},
};

enum { OPERANDS = 1000 };
struct operands {
    struct f80 a[OPERANDS], b[OPERANDS];
    uint64_t bits[OPERANDS];
};

static uint64_t random64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    return z ^ z >> 27;
}

static struct f80 number(uint64_t v, uint64_t more)
{
    return (struct f80){v | 1ull << 63, (uint16_t)((more & 0x8000) | (16383 - 4 + (more & 7)))};
}

static void fill(struct operands *o, const char *type)
{
    uint64_t state = 1;
    for (unsigned i = 0; i < OPERANDS; i++) {
        uint64_t v = random64(&state), exp = 3 - (v >> 32 & 7);
        o->a[i] = number(random64(&state), random64(&state));
        o->b[i] = number(random64(&state), random64(&state));
        o->bits[i] = (v & ~(0x7ffull << 52)) | (1023 + exp) << 52;
        if (!strcmp(type, "f32")) o->bits[i] = (uint64_t)(int32_t)((v & 0x807fffff) | (127 + exp) << 23);
        if (!strcmp(type, "int")) o->bits[i] = (uint64_t)(int32_t)v;
    }
}

static void call(const struct subject *s, struct x87 *x, const struct operands *o, unsigned i)
{
    struct f80 *d = &x->reg[0];
    switch (s->shape) {
    case REGISTERS: s->call.registers(x, d, &o->a[i], &o->b[i]); break;
    case MEMORY: s->call.memory(x, d, &o->a[i], o->bits[i]); break;
    case UNARY: *d = o->a[i], d->se &= 0x7fff, s->call.unary(x, d, d); break;
    case LOAD: s->call.load(x, d, o->bits[i]); break;
    case LOAD_INT: s->call.load_int(x, d, (int64_t)o->bits[i]); break;
    case STORE_INT: s->call.store_int(x, &o->a[i]); break;
    case STORE: s->call.store(x, &o->a[i]); break;
    case COMPARE: s->call.compare(x, &o->a[i], &o->b[i]); break;
    case COMPARE_MEMORY: s->call.compare_memory(x, &o->a[i], o->bits[i]); break;
    case PAIR: s->call.pair(x, d, o->bits[i], o->bits[OPERANDS - 1 - i]); break;
    case OP_FST: s->call.op_fst(x, d, &o->a[i], &o->b[i]); break;
    case MEMORY_FST: s->call.memory_fst(x, d, &o->a[i], o->bits[i]); break;
    case SUM_OF_PRODUCT: s->call.axpy(x, d, &o->a[i], o->bits[i], o->bits[OPERANDS - 1 - i]); break;
    case SUM: *d = o->a[i], s->call.dot(x, d, &x->reg[1], o->bits[i], o->bits[OPERANDS - 1 - i]); break;
    case TEST: s->call.test(x, &o->a[i]); break;
    }
}

int main(int argc, char **argv)
{
    static struct operands operands;
    static struct x87 x = {.cw = 0x37f};
    for (unsigned n = 0; n < sizeof subjects / sizeof *subjects; n++) {
        const struct subject *s = &subjects[n];
        if (argc < 3) puts(s->name);
        if (argc < 3 || strcmp(s->name, argv[1]) != 0) continue;
        fill(&operands, s->operand);
        for (unsigned calls = (unsigned)strtoul(argv[2], NULL, 0); calls; calls--)
            call(s, &x, &operands, calls % OPERANDS);
    }
    return 0;
}
