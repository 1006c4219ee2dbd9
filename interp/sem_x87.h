/* What the handlers of both x87 models share: operands from guest memory, the pending-exception check, the
 * instruction pointers. */
#ifndef INTERP_SEM_X87_H
#define INTERP_SEM_X87_H

#include <string.h>

#ifndef ENGINE_H /* so that it compiles alone */
#define ENGINE_H "interp/engine_step.h"
#endif
#include ENGINE_H

/* Waiting instructions first deliver an unmasked exception that waits (SDM vol. 1, 8.7). */
#define WAIT \
    if (UNLIKELY(x87_pending(&cpu->x87))) TRAP(VEC_MF, 0)

/* Guest memory to and from bytes, n of them, an even number: as a whole if the engine can. */
static inline void fetch(CTX, gaddr a, void *to, unsigned n)
{
    if (load_whole(ctx, a, to, n)) return;
    for (unsigned k = 0; k < n; k += 2) {
        uint16_t v = load(ctx, a + k, 16);
        memcpy((char *)to + k, &v, 2);
    }
}

/* Its last bytes first: if they cannot be stored, nothing has been. */
static inline void deposit(CTX, gaddr a, const void *from, unsigned n)
{
    claim(cpu, i, a, n);
    if (store_whole(ctx, a, from, n)) return;
    for (unsigned k = n; k > 0; k -= 2) {
        uint16_t v;
        memcpy(&v, (const char *)from + k - 2, 2);
        store(ctx, a + k - 2, v, 16);
    }
}

/* A memory operand of the record's format. */
static inline void operand(CTX, enum x87_type type, void *to)
{
    gaddr a = address_sib(cpu, i);
    uint64_t v;
    if (type == X87_F64 || type == X87_I64) {
        v = load64(ctx, a);
        memcpy(to, &v, 8);
    } else if (type == X87_F32 || type == X87_I32) {
        v = load(ctx, a, 32);
        memcpy(to, &v, 4);
    } else {
        fetch(ctx, a, to, x87_type_size[type]);
    }
}

/* A CPU whose CPUID says so (leaf 7, EBX bits 6 and 13) records the opcode and the operand's offset only
 * with an unmasked exception, and selectors never. */
static __attribute__((noinline, unused)) void note_exception(struct cpu *cpu, const struct insn *i)
{
    enum sreg s;
    cpu->x87.fop = i->imm & 0x7ff;
    if (i->form == FORM_M) cpu->x87.fdp = address_sib(cpu, i) - (insn_seg(i, &s) ? cpu->seg_base[s] : 0);
}

/* A non-control instruction leaves its address. */
static inline void done(struct cpu *cpu, const struct insn *i)
{
    cpu->x87.fip = i->eip;
    if (UNLIKELY(x87_pending(&cpu->x87))) note_exception(cpu, i);
}

/* What needs a buffer is not part of its handler: a local whose address is taken would keep the handler
 * from ending in a tail call. */
#define NOINLINE static __attribute__((noinline))
#define INLINE   static inline __attribute__((always_inline))

/* The whole instruction by the common case of fpu/fast.h, if it applies; else by handler `otherwise`. */
#define X87_FAST(name, otherwise, ...)      \
    __attribute__((noinline)) HANDLER(name) \
    {                                       \
        struct x87 *x = &cpu->x87;          \
        if (STEPS) WAIT;                    \
        if (UNLIKELY(!(__VA_ARGS__))) {     \
            return otherwise(cpu, i, base); \
        }                                   \
        x->fip = i->eip;                    \
        NEXT;                               \
    }

#define X87_OP(name, ...)                   \
    __attribute__((noinline)) HANDLER(name) \
    {                                       \
        WAIT;                               \
        struct x87 *x = &cpu->x87;          \
        __VA_ARGS__;                        \
        done(cpu, i);                       \
        NEXT;                               \
    }

/* What the record's size says about its memory operand. */
static inline enum x87_type type_of(const struct insn *i)
{
    static const uint8_t types[] = {[F32] = X87_F32, [F64] = X87_F64, [F80] = X87_F80, [I16] = X87_I16,
                                    [I32] = X87_I32, [I64] = X87_I64, [BCD] = X87_BCD};
    return types[i->size];
}

INLINE bool pops(const struct insn *i)
{
    return i->op == OP_FCOMP || i->op == OP_FICOMP || i->op == OP_FUCOMP || i->op == OP_FCOMIP ||
           i->op == OP_FUCOMIP || i->op == OP_FSTP || i->op == OP_FISTP || i->op == OP_FBSTP ||
           i->op == OP_FISTTP;
}

static_assert(OP_FLDZ == OP_FLD1 + X87_ZERO, "order of ops.def");

static inline unsigned fcmov_condition(const struct insn *i)
{
    static const uint8_t cc[] = {CC_B, CC_E, CC_BE, CC_P, CC_AE, CC_NE, CC_A, CC_NP};
    static_assert(OP_FCMOVNU == OP_FCMOVB + 7, "order of ops.def");
    return cc[i->op - OP_FCMOVB];
}

#endif
