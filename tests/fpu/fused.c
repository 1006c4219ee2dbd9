/* The functions of fpu/direct.h that do several instructions, against the interpreter's functions and, where
 * there is one, the host's x87 doing them one by one. Usage: fused [-n STATES] [-s SEED]   (states for each
 * sequence) */
#include "fpu/direct.h"
#include "tests/fpu/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST, SECOND, OPERANDS };
enum { MOST_STEPS = 4 };

/* A sequence: `operand` of each instruction is FIRST, SECOND or none; the last one may store. */
struct step {
    struct encoding e;
    int operand;
};

union function {
    fpu_direct_pair_op *pair;
    fpu_direct_mem_op *memory;
    fpu_direct_op_fst *op_fst;
    fpu_direct_mem_op_fst *memory_fst;
    fpu_direct_axpy *axpy;
    fpu_direct_dot *dot;
};

enum shape { LOAD_MEMORY, LOAD_REGISTER, OP_STORE, MEMORY_STORE, AXPY, DOT };

struct sequence {
    const char *name;
    enum shape shape;
    uint16_t cw;
    union function call;
    struct step steps[MOST_STEPS];
};

#define CW_64 0x37f
#define CW_53 0x27f
#define FLD(operand)          \
    {                         \
        {0xdd, 0x00}, operand \
    }
#define FST                  \
    {                        \
        {0xdd, 0x10}, SECOND \
    }
#define FSTP                 \
    {                        \
        {0xdd, 0x18}, SECOND \
    }
#define MEM(op, n)           \
    {                        \
        {0xdc, (op) << 3}, n \
    }
#define REG(op, i)                         \
    {                                      \
        {0xd8, 0xc0 | (op) << 3 | (i)}, -1 \
    }
#define FADDP            \
    {                    \
        {0xde, 0xc1}, -1 \
    }
#define SWAPPED_add  X87_ADD
#define SWAPPED_sub  X87_SUBR
#define SWAPPED_subr X87_SUB
#define SWAPPED_mul  X87_MUL
#define SWAPPED_div  X87_DIVR
#define SWAPPED_divr X87_DIV

static const struct sequence sequences[] = {
#define X(op, pc)                              \
    {"fld m64; " #op " m64, " #pc,             \
     LOAD_MEMORY,                              \
     CW_##pc,                                  \
     {.pair = fpu_direct_##op##_f64_f64_##pc}, \
     {FLD(FIRST), MEM(FPU_DIRECT_CODE_##op, SECOND)}},
    FPU_DIRECT_MEMORY_PAIRS(X)
#undef X
#define X(op, pc)                              \
    {#op "; fst m64, " #pc,                    \
     OP_STORE,                                 \
     CW_##pc,                                  \
     {.op_fst = fpu_direct_##op##_##pc##_fst}, \
     {REG(FPU_DIRECT_CODE_##op, 1), FST}},
        FPU_DIRECT_REGISTERS(X)
#undef X
#define X(op, type, pc)                                     \
    {#op " m64; fst m64, " #pc,                             \
     MEMORY_STORE,                                          \
     CW_##pc,                                               \
     {.memory_fst = fpu_direct_##op##_##type##_##pc##_fst}, \
     {MEM(FPU_DIRECT_CODE_##op, FIRST), FST}},              \
        {"fld m64; " #op " st(1), swapped, " #pc,           \
         LOAD_REGISTER,                                     \
         CW_##pc,                                           \
         {.memory = fpu_direct_##op##_##type##_##pc},       \
         {FLD(FIRST), REG(SWAPPED_##op, 1)}},
            FPU_DIRECT_MEMORY_FST(X)
#undef X
#define X(pc)                                                    \
    {"axpy, " #pc,                                               \
     AXPY,                                                       \
     CW_##pc,                                                    \
     {.axpy = fpu_direct_axpy_##pc},                             \
     {FLD(FIRST), REG(X87_MUL, 1), MEM(X87_ADD, SECOND), FSTP}}, \
        {"dot, " #pc,                                            \
         DOT,                                                    \
         CW_##pc,                                                \
         {.dot = fpu_direct_dot_##pc},                           \
         {FLD(FIRST), MEM(X87_MUL, SECOND), FADDP}},
                X(64) X(53)
#undef X
};

static void one_by_one(const struct sequence *s, const uint64_t *operands,
                       void (*execute)(struct encoding e, struct machine *m), struct machine *m)
{
    for (unsigned i = 0; i < MOST_STEPS && s->steps[i].e.opcode; i++) {
        if (s->steps[i].operand >= 0) memcpy(m->operand, &operands[s->steps[i].operand], 8);
        execute(s->steps[i].e, m);
    }
}

static void interpret(struct encoding e, struct machine *m)
{
    vector_execute(e, m);
}

static void at_once(const struct sequence *s, const uint64_t *operands, struct machine *m)
{
    struct x87 *x = &m->x87;
    uint64_t first = operands[FIRST], second = operands[SECOND], stored = second;
    struct f80 *top = &x->reg[x->top], *next = &x->reg[(x->top + 1) & 7], *above = &x->reg[(x->top - 1) & 7];
    bool pushes = false;
    switch (s->shape) {
    case LOAD_MEMORY: s->call.pair(x, above, first, second), pushes = true; break;
    case LOAD_REGISTER: s->call.memory(x, above, top, first), stored = first, pushes = true; break;
    case OP_STORE: stored = s->call.op_fst(x, top, top, next); break;
    case MEMORY_STORE: stored = s->call.memory_fst(x, top, top, first); break;
    case AXPY: stored = s->call.axpy(x, above, top, first, second); break;
    case DOT: s->call.dot(x, top, above, first, second); break;
    }
    memcpy(m->operand, &stored, 8);
    if (!pushes) return;
    x->top = (x->top - 1) & 7;
    x->empty &= (uint8_t) ~(1u << x->top);
}

/* --- states --------------------------------------------------------------------------------------------- */

static void make(struct rng *r, const struct sequence *s, struct machine *m, uint64_t *operands)
{
    const struct encoding fadd_m64 = {0xdc, 0x00};
    for (unsigned i = 0; i < OPERANDS; i++) {
        vector_make(r, fadd_m64, m);
        memcpy(&operands[i], m->operand, 8);
    }
    struct x87 *x = &m->x87;
    x->cw = s->cw;
    x->empty = (uint8_t)(1u << ((x->top - 1) & 7));
    if (rng_below(r, 2)) return;
    for (unsigned i = 0; i < 8; i++) /* doubles near 1 */
        x->reg[i] = (struct f80){rng_next(r) << 11 | 1ull << 63,
                                 (uint16_t)(rng_below(r, 2) << 15 | (16383 - 4 + rng_below(r, 8)))};
    for (unsigned i = 0; i < OPERANDS; i++)
        operands[i] = (rng_next(r) & ~(0x7ffull << 52)) | (1023 - 4 + rng_below(r, 8)) << 52;
}

static bool check(const struct sequence *s, uint64_t seed)
{
    struct rng r = {seed * 0x2545f4914f6cdd1dull ^ (uint64_t)(s - sequences)};
    struct machine start, interpreted, direct, host;
    uint64_t operands[OPERANDS];
    make(&r, s, &start, operands);
    interpreted = direct = host = start;
    at_once(s, operands, &direct);
    one_by_one(s, operands, interpret, &interpreted);
    if (host_has_x87()) one_by_one(s, operands, host_execute, &host);
    if (vector_same(&direct, &interpreted) && (!host_has_x87() || vector_same(&direct, &host))) return true;
    printf("%s differs with seed %llu, operands %016llx %016llx\n", s->name, (unsigned long long)seed,
           (unsigned long long)operands[FIRST], (unsigned long long)operands[SECOND]);
    vector_print("start", &start);
    vector_print("interp", &interpreted);
    vector_print("direct", &direct);
    if (host_has_x87()) vector_print("host", &host);
    return false;
}

int main(int argc, char **argv)
{
    struct vector_options o = vector_options(argc, argv);
    uint64_t passed = 0, failed = 0;
    for (unsigned i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        uint64_t wrong = 0;
        for (uint64_t n = 0; n < o.states && wrong < 3; n++)
            wrong += !check(&sequences[i], o.seed + n);
        failed += wrong;
        passed += o.states - wrong;
    }
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)failed);
    return failed != 0;
}
