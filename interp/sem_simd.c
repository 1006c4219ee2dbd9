/* MMX and SSE instructions: operands come from registers and memory, simd/ computes. */
#include ENGINE_H

#include <string.h>

#include "interp/sem.h"
#include "interp/simd.h"

static_assert(sizeof(struct f80) == SIMD_STRIDE && sizeof(union vec) == SIMD_STRIDE, "offsets of registers");

static inline union vec *xmm(struct cpu *cpu, unsigned offset)
{
    return (union vec *)((char *)cpu->simd.xmm + offset);
}

static inline unsigned mmx_number(unsigned offset)
{
    return offset / SIMD_STRIDE;
}

/* --- 16 bytes of memory -------------------------------------------------------------------------------- */

static inline void load128(CTX, gaddr a, union vec *to)
{
    uint64_t low = load64(ctx, a);
    to->u64[1] = load64(ctx, a + 8);
    to->u64[0] = low;
}

/* All or nothing, also where a page ends in between. */
static inline void store128(CTX, gaddr a, const union vec *from)
{
    claim_whole(cpu, i, a, 16);
    store64(ctx, a, from->u64[0]);
    store64(ctx, a + 8, from->u64[1]);
}

/* --- operands: `s`, from … ----------------------------------------------------------------------------- */

#define FROM_X const union vec *s = xmm(cpu, i->src);
#define OPERAND(low)                            \
    union vec *s = &cpu->simd.operand;          \
    do {                                        \
        uint64_t low_part = (low);              \
        *s = (union vec){.u64 = {low_part, 0}}; \
    } while (0);
#define FROM_G  OPERAND(reg(cpu, i->src, 32))
#define FROM_I  OPERAND(i->imm)
#define FROM_B8 OPERAND(load64(ctx, address_sib(cpu, i)))
#define FROM_B4 OPERAND(load(ctx, address_sib(cpu, i), 32))
#define FROM_B2 OPERAND(load(ctx, address_sib(cpu, i), 16))
#define FROM_B1 OPERAND(load(ctx, address_sib(cpu, i), 8))
#define FROM_U16                       \
    union vec *s = &cpu->simd.operand; \
    load128(ctx, address_sib(cpu, i), s);
#define FROM_A16                             \
    gaddr a16 = address_sib(cpu, i);         \
    if (UNLIKELY(a16 & 15)) TRAP(VEC_GP, 0); \
    union vec *s = &cpu->simd.operand;       \
    load128(ctx, a16, s);

#define SOURCES(H) H(X) H(G) H(I) H(B8) H(B4) H(B2) H(B1) H(U16) H(A16)

/* --- … to an XMM register, a general one, flags -------------------------------------------------------- */

#define COMPUTE(to)                                                                           \
    do {                                                                                      \
        if (UNLIKELY(simd_functions[i->op](&cpu->simd, to, s, i->imm) != 0)) TRAP(VEC_XM, 0); \
    } while (0)

#define INTO(source)                                          \
    HANDLER(x_##source)                                       \
    {                                                         \
        FROM_##source COMPUTE(xmm(cpu, i->dst));              \
        NEXT;                                                 \
    }                                                         \
    HANDLER(g_##source)                                       \
    {                                                         \
        FROM_##source COMPUTE(&cpu->simd.result);             \
        set_reg(cpu, i->dst, cpu->simd.result.u32[0], 32);    \
        NEXT;                                                 \
    }                                                         \
    HANDLER(f_##source)                                       \
    {                                                         \
        FROM_##source cpu->simd.length[0] = cpu->gpr[EAX];    \
        cpu->simd.length[1] = cpu->gpr[EDX];                  \
        COMPUTE(xmm(cpu, i->dst));                            \
        flags_set(cpu, cpu->simd.flags);                      \
        if (leaves_index(i)) cpu->gpr[ECX] = cpu->simd.index; \
        NEXT;                                                 \
    }

static inline bool leaves_index(const struct insn *i)
{
    return i->op == OP_PCMPESTRI || i->op == OP_PCMPISTRI;
}

SOURCES(INTO)

/* --- … from an XMM register to memory ------------------------------------------------------------------ */

HANDLER(store_a16)
{
    gaddr a = address_sib(cpu, i);
    if (UNLIKELY(a & 15)) TRAP(VEC_GP, 0);
    store128(ctx, a, xmm(cpu, i->src));
    NEXT;
}
HANDLER(store_u16)
{
    store128(ctx, address_sib(cpu, i), xmm(cpu, i->src));
    NEXT;
}
HANDLER(store_b8)
{
    FROM_X COMPUTE(&cpu->simd.result);
    store64(ctx, address_sib(cpu, i), cpu->simd.result.u64[0]);
    NEXT;
}

#define STORES(name, bits)                                              \
    HANDLER(name)                                                       \
    {                                                                   \
        FROM_X COMPUTE(&cpu->simd.result);                              \
        store(ctx, address_sib(cpu, i), cpu->simd.result.u32[0], bits); \
        NEXT;                                                           \
    }
STORES(store_b4, 32)
STORES(store_b2, 16)
STORES(store_b1, 8)

/* --- MMX ----------------------------------------------------------------------------------------------- */

/* As for the x87's instructions: an unmasked exception that waits comes first. */
#define WAIT \
    if (UNLIKELY(x87_pending(&cpu->x87))) TRAP(VEC_MF, 0)

/* The source operand, whatever it is, in cpu->simd.operand. */
static inline void fetch_any(CTX, gaddr a)
{
    union vec *s = &cpu->simd.operand;
    *s = (union vec){.u64 = {0, 0}};
    if (i->form == FORM_RI) {
        s->u64[0] = i->imm;
    } else if (i->form == FORM_RM) {
        if (i->size == SIMD_A16)
            load128(ctx, a, s);
        else if (i->size == SIMD_B8)
            s->u64[0] = load64(ctx, a);
        else
            s->u64[0] = load(ctx, a, i->size == SIMD_B4 ? 32 : 16);
    } else if (simd_src(i) == KIND_X) {
        *s = *xmm(cpu, i->src);
    } else if (simd_src(i) == KIND_G) {
        s->u64[0] = reg(cpu, i->src, 32);
    }
}

static inline void enter_mmx(struct cpu *cpu, const struct insn *i)
{
    if (!simd_uses_mmx(i)) return;
    x87_enter_mmx(&cpu->x87);
    if (simd_src(i) == KIND_M && i->form == FORM_RR)
        cpu->simd.operand.u64[0] = cpu->x87.reg[mmx_number(i->src)].m;
}

/* The destination as it is. */
static inline union vec *destination(struct cpu *cpu, const struct insn *i)
{
    if (simd_dst(i) == KIND_X) return xmm(cpu, i->dst);
    if (simd_dst(i) == KIND_M) cpu->simd.result.u64[0] = cpu->x87.reg[mmx_number(i->dst)].m;
    return &cpu->simd.result;
}

HANDLER(mmx)
{
    if (simd_uses_mmx(i)) WAIT;
    gaddr a = address_sib(cpu, i);
    if (i->form == FORM_RM && i->size == SIMD_A16 && a & 15) TRAP(VEC_GP, 0);
    fetch_any(ctx, a);
    enter_mmx(cpu, i);
    if (UNLIKELY(simd_functions[i->op](&cpu->simd, destination(cpu, i), &cpu->simd.operand, i->imm) != 0))
        TRAP(VEC_XM, 0);
    if (simd_dst(i) == KIND_M) x87_set_mmx(&cpu->x87, mmx_number(i->dst), cpu->simd.result.u64[0]);
    if (simd_dst(i) == KIND_G) set_reg(cpu, i->dst, cpu->simd.result.u32[0], 32);
    NEXT;
}

HANDLER(mmx_store)
{
    WAIT;
    uint64_t v = x87_mmx(&cpu->x87, mmx_number(i->src));
    cpu->x87.top = 0; /* even if the store faults; tags are not valid before it is done */
    if (i->size == SIMD_B8)
        store64(ctx, address_sib(cpu, i), v);
    else
        store(ctx, address_sib(cpu, i), (uint32_t)v, 32);
    x87_enter_mmx(&cpu->x87);
    NEXT;
}

HANDLER(emms)
{
    WAIT;
    x87_emms(&cpu->x87);
    NEXT;
}

/* --- masked stores ------------------------------------------------------------------------------------- */

/* Where EDI and the segment override say. */
static inline gaddr masked_address(const struct cpu *cpu, const struct insn *i)
{
    enum sreg seg;
    gaddr a = cpu->gpr[EDI];
    if (i->prefix & PFX_A16) a &= 0xffff;
    if (insn_seg(i, &seg)) a += cpu->seg_base[seg];
    return a;
}

/* The bytes whose mask has its sign bit. All are claimed first: a store is done whole or not at all. */
static inline void store_masked(CTX, const uint8_t *bytes, const uint8_t *mask, unsigned n)
{
    gaddr a = masked_address(cpu, i);
    if (!STEPS) claim_whole(cpu, i, a, n);
    for (unsigned k = 0; k < n; k++)
        if (mask[k] & 0x80) claim(cpu, i, a + k, 1);
    for (unsigned k = 0; k < n; k++)
        if (mask[k] & 0x80) store(ctx, a + k, bytes[k], 8);
}

HANDLER(maskmovdqu)
{
    store_masked(ctx, xmm(cpu, i->dst)->u8, xmm(cpu, i->src)->u8, 16);
    NEXT;
}

HANDLER(maskmovq)
{
    WAIT;
    cpu->simd.mm[0].u64[0] = x87_mmx(&cpu->x87, mmx_number(i->dst));
    cpu->simd.mm[1].u64[0] = x87_mmx(&cpu->x87, mmx_number(i->src));
    store_masked(ctx, cpu->simd.mm[0].u8, cpu->simd.mm[1].u8, 8);
    x87_enter_mmx(&cpu->x87);
    NEXT;
}

/* --- state --------------------------------------------------------------------------------------------- */

HANDLER(ldmxcsr)
{
    uint32_t v = load(ctx, address_sib(cpu, i), 32);
    if (v & ~(uint32_t)MXCSR_VALID) TRAP(VEC_GP, 0);
    cpu->simd.mxcsr = v;
    NEXT;
}

HANDLER(stmxcsr)
{
    store(ctx, address_sib(cpu, i), cpu->simd.mxcsr, 32);
    NEXT;
}

enum { FX_SIZE = 512, FX_LAST = 511, FX_WRITTEN = 288, FX_AT_MXCSR = 24, FX_AT_XMM = 160 };

static __attribute__((noinline)) void save_state(CTX, gaddr a)
{
    uint64_t image[FX_WRITTEN / 8] = {0};
    uint32_t words[2] = {cpu->simd.mxcsr, MXCSR_VALID};
    unsigned n = features_has(FEATURE_SSE) ? FX_WRITTEN : FX_AT_XMM;
    x87_put_fx(&cpu->x87, (uint8_t *)image);
    memcpy((uint8_t *)image + FX_AT_MXCSR, words, sizeof words);
    memcpy((uint8_t *)image + FX_AT_XMM, cpu->simd.xmm, sizeof cpu->simd.xmm);
    claim_whole(cpu, i, a + FX_LAST, 1); /* where a CPU looks first */
    claim_whole(cpu, i, a, FX_SIZE);
    for (unsigned k = 0; k < n; k += 8)
        store64(ctx, a + k, image[k / 8]);
}

/* false: its MXCSR is none. */
static __attribute__((noinline)) bool restore_state(CTX, gaddr a)
{
    uint64_t image[FX_SIZE / 8];
    uint32_t mxcsr;
    uint32_t last = load(ctx, a + FX_LAST, 8);
    KEEP(last);
    for (unsigned k = 0; k < FX_SIZE; k += 8)
        image[k / 8] = load64(ctx, a + k);
    memcpy(&mxcsr, (uint8_t *)image + FX_AT_MXCSR, sizeof mxcsr);
    if (features_has(FEATURE_SSE)) {
        if (mxcsr & ~(uint32_t)MXCSR_VALID) return false;
        cpu->simd.mxcsr = mxcsr;
        memcpy(cpu->simd.xmm, (uint8_t *)image + FX_AT_XMM, sizeof cpu->simd.xmm);
    }
    x87_get_fx(&cpu->x87, (uint8_t *)image);
    return true;
}

HANDLER(fxsave)
{
    gaddr a = address_sib(cpu, i);
    if (a & 15) TRAP(VEC_GP, 0);
    save_state(ctx, a);
    NEXT;
}

HANDLER(fxrstor)
{
    gaddr a = address_sib(cpu, i);
    if (a & 15) TRAP(VEC_GP, 0);
    if (!restore_state(ctx, a)) TRAP(VEC_GP, 0);
    NEXT;
}

/* It reads, as far as faults go. */
HANDLER(clflush)
{
    uint32_t v = load(ctx, address_sib(cpu, i), 8);
    KEEP(v);
    NEXT;
}

/* --- choice -------------------------------------------------------------------------------------------- */

static handler_fn *store_choice(const struct insn *i)
{
    static handler_fn *const stores[] = {
        [SIMD_A16] = store_a16, [SIMD_U16] = store_u16, [SIMD_B8] = store_b8,
        [SIMD_B4] = store_b4,   [SIMD_B2] = store_b2,   [SIMD_B1] = store_b1,
    };
    return stores[i->size];
}

enum { TO_X, TO_G, TO_FLAGS };
#define PICK(source)                       \
    {                                      \
        x_##source, g_##source, f_##source \
    }
/* From an XMM register, a general one, an immediate; then from memory by size. */
static handler_fn *const registers[][3] = {PICK(X), PICK(G), PICK(I)};
static handler_fn *const memory[][3] = {
    [SIMD_A16] = PICK(A16), [SIMD_U16] = PICK(U16), [SIMD_B8] = PICK(B8),
    [SIMD_B4] = PICK(B4),   [SIMD_B2] = PICK(B2),   [SIMD_B1] = PICK(B1),
};

handler_fn *SEM(sem_simd)(const struct insn *i, bool noflags)
{
    (void)noflags;
    switch (i->op) {
    case OP_EMMS: return emms;
    case OP_MASKMOVQ: return maskmovq;
    case OP_MASKMOVDQU: return maskmovdqu;
    case OP_LDMXCSR: return ldmxcsr;
    case OP_STMXCSR: return stmxcsr;
    case OP_FXSAVE: return fxsave;
    case OP_FXRSTOR: return fxrstor;
    case OP_CLFLUSH: return clflush;
    default: break;
    }
    if (op_info[i->op].group == GROUP_mmx) return i->form == FORM_MR ? mmx_store : mmx;
    if (i->form == FORM_MR) return store_choice(i);
    unsigned to = op_info[i->op].writes ? TO_FLAGS : simd_dst(i) == KIND_G ? TO_G : TO_X;
    if (i->form == FORM_RM) return memory[i->size][to];
    return registers[i->form == FORM_RI ? 2 : simd_src(i) == KIND_G][to];
}
