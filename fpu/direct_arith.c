/* Arithmetic of direct.h: an instance of direct_core.h for each operation, kind of operand and precision. */
#include "fpu/direct.h"
#include "fpu/direct_seldom.h"

#define TYPE_f64 X87_F64
#define TYPE_f32 X87_F32
#define TYPE_int X87_I64

#define TO(pc) ((struct direct_to){.x = x, .d = d, .drop = DIRECT_DROP_##pc})

#define X(op, pc)                                                                                \
    DIRECT_HOT void fpu_direct_##op##_##pc(struct x87 *x, struct f80 *d, const struct f80 *a,    \
                                           const struct f80 *b)                                  \
    {                                                                                            \
        struct direct_value va = direct_open(a), vb = direct_open(b);                            \
        if (USUAL(direct_usable(va, vb)) && USUAL(direct_##op(TO(pc), va, vb))) return;          \
        direct_op_seldom(x, d, a, b, DIRECT_HOW(DIRECT_CW_##pc, X87_F80, FPU_DIRECT_CODE_##op)); \
    }
FPU_DIRECT_REGISTERS(X)
#undef X

#define X(op, type, pc)                                                                                     \
    DIRECT_HOT void fpu_direct_##op##_##type##_##pc(struct x87 *x, struct f80 *d, const struct f80 *a,      \
                                                    uint64_t bits)                                          \
    {                                                                                                       \
        struct direct_value va = direct_open(a);                                                            \
        if (USUAL(direct_usable1(va)) && USUAL(direct_normal_##type(bits)) &&                               \
            USUAL(direct_##op(TO(pc), va, direct_from_##type(bits))))                                       \
            return;                                                                                         \
        direct_mem_op_seldom(x, d, a, bits, DIRECT_HOW(DIRECT_CW_##pc, TYPE_##type, FPU_DIRECT_CODE_##op)); \
    }
FPU_DIRECT_MEMORY(X)
#undef X

#define SQRT(pc)                                                                            \
    DIRECT_HOT void fpu_direct_sqrt_##pc(struct x87 *x, struct f80 *d, const struct f80 *a) \
    {                                                                                       \
        struct direct_value v = direct_open(a);                                             \
        if (USUAL(direct_usable1(v) && v.se >> 15 == 0))                                    \
            direct_sqrt(TO(pc), v);                                                         \
        else                                                                                \
            direct_unary_seldom(x, d, a, DIRECT_CW_##pc, f80_sqrt);                         \
    }
SQRT(64)
SQRT(53)
