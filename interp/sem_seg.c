/* Segment registers and what user space may learn about descriptors. */
#include ENGINE_H

#include "interp/segment.h"
#include "interp/sem.h"

/* Segment loads end their block: segment bases may be used differently from here on. */
#define GO_ON                            \
    do {                                 \
        cpu->edge = NULL;                \
        LEAVE(LOOKUP, insn_next_eip(i)); \
    } while (0)

#define LOAD_SEGMENT(s, selector)                  \
    do {                                           \
        cpu->eip = i->eip;                         \
        if (!cpu_load_segment(cpu, s, selector)) { \
            cpu->at = i;                           \
            cpu->exit = EXIT_TRAP;                 \
            return NULL;                           \
        }                                          \
    } while (0)

HANDLER(mov_from_sreg_r)
{
    set_reg(cpu, i->dst, cpu->seg[i->aux], i->size == S16 ? 16 : 32);
    NEXT;
}

HANDLER(mov_from_sreg_m)
{
    store(ctx, address_sib(cpu, i), cpu->seg[i->aux], 16);
    NEXT;
}

HANDLER(mov_to_sreg_r)
{
    LOAD_SEGMENT(i->aux, reg(cpu, i->dst, 16));
    GO_ON;
}

HANDLER(mov_to_sreg_m)
{
    LOAD_SEGMENT(i->aux, load(ctx, address_sib(cpu, i), 16));
    GO_ON;
}

HANDLER(push_sreg)
{
    /* A 32-bit push of a segment register writes 16 bits only on recent CPUs (SDM vol. 2, PUSH). */
    uint32_t esp = cpu->gpr[ESP] - (i->size == S16 ? 2 : 4);
    store(ctx, esp, cpu->seg[i->aux], 16);
    cpu->gpr[ESP] = esp;
    NEXT;
}

HANDLER(pop_sreg)
{
    uint32_t esp = cpu->gpr[ESP];
    LOAD_SEGMENT(i->aux, load(ctx, esp, 16));
    cpu->gpr[ESP] = esp + (i->size == S16 ? 2 : 4);
    GO_ON;
}

/* LDS, LES, LFS, LGS, LSS: offset, then selector. */
HANDLER(load_far_pointer)
{
    static const uint8_t sreg[] = {ES, DS, SS, FS, GS};
    int bits = i->size == S16 ? 16 : 32;
    gaddr a = address_sib(cpu, i);
    uint32_t offset = load(ctx, a, bits);
    LOAD_SEGMENT(sreg[i->op - OP_LES], load(ctx, a + bits / 8, 16));
    set_reg(cpu, i->dst, offset, bits);
    GO_ON;
}
static_assert(OP_LGS == OP_LES + 4 && OP_LSS == OP_LES + 2, "order of ops.def");

static inline uint32_t source16(CTX)
{
    return i->form == FORM_RM ? load(ctx, address_sib(cpu, i), 16) : reg(cpu, i->src, 16);
}

static inline uint32_t operand16(CTX)
{
    return i->form == FORM_M ? load(ctx, address_sib(cpu, i), 16) : reg(cpu, i->dst, 16);
}

static const struct descriptor *visible(const struct cpu *cpu, uint16_t selector)
{
    return (selector & ~3) == 0 ? NULL : cpu_descriptor(cpu, selector);
}

HANDLER(lar)
{
    const struct descriptor *d = visible(cpu, source16(ctx));
    if (d)
        set_reg(cpu, i->dst, segment_rights(d) | (d->limit >> (d->limit_in_pages ? 12 : 0) & 0xf0000),
                i->size == S16 ? 16 : 32);
    flags_set_zf(cpu, d);
    NEXT;
}

HANDLER(lsl)
{
    const struct descriptor *d = visible(cpu, source16(ctx));
    if (d) set_reg(cpu, i->dst, d->limit, i->size == S16 ? 16 : 32);
    flags_set_zf(cpu, d);
    NEXT;
}

HANDLER(verr)
{
    const struct descriptor *d = visible(cpu, operand16(ctx));
    flags_set_zf(cpu, d && (!d->code || !d->read_exec_only));
    NEXT;
}

HANDLER(verw)
{
    const struct descriptor *d = visible(cpu, operand16(ctx));
    flags_set_zf(cpu, d && !d->code && !d->read_exec_only);
    NEXT;
}

HANDLER(arpl)
{
    bool m = i->form == FORM_MR;
    gaddr a = m ? address_sib(cpu, i) : 0;
    uint32_t dst = m ? load(ctx, a, 16) : reg(cpu, i->dst, 16), src = reg(cpu, i->src, 16);
    bool raise = (dst & 3) < (src & 3);
    if (raise) dst = (dst & ~3u) | (src & 3);
    if (raise && m) store(ctx, a, dst, 16);
    if (raise && !m) set_reg(cpu, i->dst, dst, 16);
    flags_set_zf(cpu, raise);
    NEXT;
}

/* SLDT, STR, SGDT, SIDT, SMSW in user mode: 64-bit kernels enable UMIP, which makes them #GP; Linux then
 * emulates them with constants for 32-bit processes (arch/x86 umip.c). */
HANDLER(store_system)
{
    enum { SLDT = 0, STR = 1, SGDT = 8, SIDT = 9 };
    bool m = i->form == FORM_M;
    gaddr a = m ? address_sib(cpu, i) : 0;
    if (i->aux == SGDT || i->aux == SIDT) {
        store(ctx, a, 0, 16);
        store(ctx, a + 2, i->aux == SGDT ? 0xfffe0000 : 0xffff0000, 32);
        NEXT;
    }
    uint32_t cr0 = 0x80050033; /* PG, AM, WP, NE, ET, MP, PE */
    uint32_t v = i->aux == SLDT ? (cpu->ldt ? 0x50 : 0) : i->aux == STR ? 0x40 : cr0;
    if (m)
        store(ctx, a, v, 16);
    else
        set_reg(cpu, i->dst, v, i->size == S16 ? 16 : 32);
    NEXT;
}

handler_fn *SEM(sem_seg)(const struct insn *i, bool noflags)
{
    bool m = i->form == FORM_M;
    (void)noflags;
    switch (i->op) {
    case OP_MOV_FROM_SREG: return m ? mov_from_sreg_m : mov_from_sreg_r;
    case OP_MOV_TO_SREG: return m ? mov_to_sreg_m : mov_to_sreg_r;
    case OP_PUSH_SREG: return push_sreg;
    case OP_POP_SREG: return pop_sreg;
    case OP_ARPL: return arpl;
    case OP_LAR: return lar;
    case OP_LSL: return lsl;
    case OP_VERR: return verr;
    case OP_VERW: return verw;
    case OP_STORE_SYSTEM: return store_system;
    default: return load_far_pointer;
    }
}
