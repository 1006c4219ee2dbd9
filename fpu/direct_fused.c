/* Several instructions in one function, of direct.h. What the common case refuses is done one by one. */
#include "fpu/direct.h"
#include "fpu/direct_core.h"

#define TO(pc) ((struct direct_to){.x = x, .d = d, .drop = DIRECT_DROP_##pc})

/* --- fld m64; op m64 ------------------------------------------------------------------------------------ */

#define X(op, pc)                                                                                         \
    static DIRECT_COLD void op##_pair_##pc(struct x87 *x, struct f80 *d, uint64_t first, uint64_t second) \
    {                                                                                                     \
        fpu_direct_fld_f64(x, d, first);                                                                  \
        fpu_direct_##op##_f64_##pc(x, d, d, second);                                                      \
    }                                                                                                     \
    DIRECT_HOT void fpu_direct_##op##_f64_f64_##pc(struct x87 *x, struct f80 *d, uint64_t first,          \
                                                   uint64_t second)                                       \
    {                                                                                                     \
        if (USUAL(direct_normal_f64(first)) && USUAL(direct_normal_f64(second)) &&                        \
            USUAL(direct_##op(TO(pc), direct_from_f64(first), direct_from_f64(second))))                  \
            return;                                                                                       \
        op##_pair_##pc(x, d, first, second);                                                              \
    }
FPU_DIRECT_MEMORY_PAIRS(X)
#undef X

/* --- op; fst m64 ---------------------------------------------------------------------------------------- */

static DIRECT_COLD uint64_t then_fst(struct x87 *x, const struct f80 *d)
{
    x->kept_sw = x->sw;
    return fpu_direct_fst_f64(x, d);
}

#define TO_F64(pc) ((struct direct_to){.x = x, .d = d, .drop = DIRECT_DROP_##pc, .f64 = &stored})

#define X(op, pc)                                                                                       \
    static DIRECT_COLD uint64_t op##_##pc##_fst(struct x87 *x, struct f80 *d, const struct f80 *a,      \
                                                const struct f80 *b)                                    \
    {                                                                                                   \
        fpu_direct_##op##_##pc(x, d, a, b);                                                             \
        return then_fst(x, d);                                                                          \
    }                                                                                                   \
    DIRECT_HOT uint64_t fpu_direct_##op##_##pc##_fst(struct x87 *x, struct f80 *d, const struct f80 *a, \
                                                     const struct f80 *b)                               \
    {                                                                                                   \
        struct direct_value va = direct_open(a), vb = direct_open(b);                                   \
        enum direct_outcome outcome = DIRECT_REFUSED;                                                   \
        uint64_t stored;                                                                                \
        if (USUAL(direct_usable(va, vb))) outcome = direct_##op(TO_F64(pc), va, vb);                    \
        if (USUAL(outcome == DIRECT_DONE)) return stored;                                               \
        return outcome == DIRECT_REFUSED ? op##_##pc##_fst(x, d, a, b) : then_fst(x, d);                \
    }
FPU_DIRECT_REGISTERS(X)
#undef X

#define X(op, type, pc)                                                                                     \
    static DIRECT_COLD uint64_t op##_##type##_##pc##_fst(struct x87 *x, struct f80 *d, const struct f80 *a, \
                                                         uint64_t bits)                                     \
    {                                                                                                       \
        fpu_direct_##op##_##type##_##pc(x, d, a, bits);                                                     \
        return then_fst(x, d);                                                                              \
    }                                                                                                       \
    DIRECT_HOT uint64_t fpu_direct_##op##_##type##_##pc##_fst(struct x87 *x, struct f80 *d,                 \
                                                              const struct f80 *a, uint64_t bits)           \
    {                                                                                                       \
        struct direct_value va = direct_open(a);                                                            \
        enum direct_outcome outcome = DIRECT_REFUSED;                                                       \
        uint64_t stored;                                                                                    \
        if (USUAL(direct_usable1(va)) && USUAL(direct_normal_##type(bits)))                                 \
            outcome = direct_##op(TO_F64(pc), va, direct_from_##type(bits));                                \
        if (USUAL(outcome == DIRECT_DONE)) return stored;                                                   \
        return outcome == DIRECT_REFUSED ? op##_##type##_##pc##_fst(x, d, a, bits) : then_fst(x, d);        \
    }
FPU_DIRECT_MEMORY_FST(X)
#undef X

/* --- products that are added ---------------------------------------------------------------------------- */

#define TO_VALUE(pc) ((struct direct_to){.drop = DIRECT_DROP_##pc, .value = &product, .kept_pe = &pe})

#define AXPY(pc)                                                                                             \
    static DIRECT_COLD uint64_t axpy_##pc(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t first, \
                                          uint64_t second)                                                   \
    {                                                                                                        \
        struct f80 loaded;                                                                                   \
        fpu_direct_fld_f64(x, &loaded, first);                                                               \
        fpu_direct_mul_##pc(x, d, &loaded, a);                                                               \
        return fpu_direct_add_f64_##pc##_fst(x, d, d, second);                                               \
    }                                                                                                        \
    DIRECT_HOT uint64_t fpu_direct_axpy_##pc(struct x87 *x, struct f80 *d, const struct f80 *a,              \
                                             uint64_t first, uint64_t second)                                \
    {                                                                                                        \
        struct direct_value va = direct_open(a), product;                                                    \
        enum direct_outcome outcome = DIRECT_REFUSED;                                                        \
        unsigned pe;                                                                                         \
        uint64_t stored;                                                                                     \
        if (USUAL(direct_usable1(va)) && USUAL(direct_normal_f64(first)) &&                                  \
            USUAL(direct_normal_f64(second))) {                                                              \
            direct_mul(TO_VALUE(pc), va, direct_from_f64(first));                                            \
            struct direct_to to = TO_F64(pc);                                                                \
            to.pe = pe;                                                                                      \
            outcome = direct_add(to, product, direct_from_f64(second));                                      \
        }                                                                                                    \
        if (USUAL(outcome == DIRECT_DONE)) return stored;                                                    \
        return outcome == DIRECT_REFUSED ? axpy_##pc(x, d, a, first, second) : then_fst(x, d);               \
    }
AXPY(64)
AXPY(53)

#define DOT(pc)                                                                                      \
    static DIRECT_COLD void dot_##pc(struct x87 *x, struct f80 *sum, struct f80 *p, uint64_t first,  \
                                     uint64_t second)                                                \
    {                                                                                                \
        fpu_direct_mul_f64_f64_##pc(x, p, first, second);                                            \
        fpu_direct_add_##pc(x, sum, sum, p);                                                         \
    }                                                                                                \
    DIRECT_HOT void fpu_direct_dot_##pc(struct x87 *x, struct f80 *d, struct f80 *p, uint64_t first, \
                                        uint64_t second)                                             \
    {                                                                                                \
        struct direct_value sum = direct_open(d), product;                                           \
        unsigned pe;                                                                                 \
        if (USUAL(direct_usable1(sum)) && USUAL(direct_normal_f64(first)) &&                         \
            USUAL(direct_normal_f64(second))) {                                                      \
            direct_mul(TO_VALUE(pc), direct_from_f64(first), direct_from_f64(second));               \
            direct_put(p, product.m, product.se);                                                    \
            struct direct_to to = TO(pc);                                                            \
            to.pe = pe;                                                                              \
            if (USUAL(direct_add(to, sum, product))) return;                                         \
        }                                                                                            \
        dot_##pc(x, d, p, first, second);                                                            \
    }
DOT(64)
DOT(53)
