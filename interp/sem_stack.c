/* The stack: push, pop and their families, ENTER and LEAVE, the flags register. The stack segment is
 * 32-bit and flat, as every Linux process has it. */
#include ENGINE_H

#include "interp/sem.h"

static inline void push(CTX, uint32_t v, int bits)
{
    uint32_t esp = cpu->gpr[ESP] - bits / 8;
    store(ctx, esp, v, bits);
    cpu->gpr[ESP] = esp;
}

#define PUSHES(bits)                                                                \
    HANDLER(push##bits##_r)                                                         \
    {                                                                               \
        push(ctx, reg(cpu, i->dst, bits), bits);                                    \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(push##bits##_i)                                                         \
    {                                                                               \
        push(ctx, i->imm, bits);                                                    \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(push##bits##_m)                                                         \
    {                                                                               \
        push(ctx, load(ctx, address_sib(cpu, i), bits), bits);                      \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(pop##bits##_r)                                                          \
    {                                                                               \
        uint32_t v = load(ctx, cpu->gpr[ESP], bits);                                \
        cpu->gpr[ESP] += bits / 8;                                                  \
        set_reg(cpu, i->dst, v, bits); /* pop esp: the value wins */                \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(pop##bits##_m)                                                          \
    {                                                                               \
        uint32_t esp = cpu->gpr[ESP], v = load(ctx, esp, bits);                     \
        bool by_esp = i->rbase == 4 * ESP; /* addressed with the incremented ESP */ \
        store(ctx, address_sib(cpu, i) + (by_esp ? bits / 8 : 0), v, bits);         \
        cpu->gpr[ESP] = esp + bits / 8;                                             \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(pusha##bits)                                                            \
    {                                                                               \
        uint32_t esp = cpu->gpr[ESP];                                               \
        for (unsigned r = EAX; r <= EDI; r++)                                       \
            store(ctx, esp - (r + 1) * (bits / 8), cpu->gpr[r], bits);              \
        cpu->gpr[ESP] = esp - 8 * (bits / 8);                                       \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(popa##bits)                                                             \
    {                                                                               \
        /* A CPU keeps what it read before a fault: nothing that it reads again. */ \
        uint32_t esp = cpu->gpr[ESP];                                               \
        for (unsigned k = 0; k < 8; k++) {                                          \
            uint32_t v = load(ctx, esp + k * (bits / 8), bits);                     \
            KEEP(v);                                                                \
            if (EDI - k != ESP) set_reg(cpu, 4 * (EDI - k), v, bits);               \
        }                                                                           \
        cpu->gpr[ESP] = esp + 8 * (bits / 8);                                       \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(pushf##bits)                                                            \
    {                                                                               \
        push(ctx, cpu_eflags(cpu) & ~FL_RF, bits);                                  \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(popf##bits)                                                             \
    {                                                                               \
        uint32_t v = load(ctx, cpu->gpr[ESP], bits);                                \
        cpu->gpr[ESP] += bits / 8;                                                  \
        cpu_set_eflags(cpu, v, user_flags(bits));                                   \
        LEAVE(LOOKUP, insn_next_eip(i)); /* TF may be on now */                     \
    }                                                                               \
    HANDLER(leave##bits)                                                            \
    {                                                                               \
        uint32_t v = load(ctx, cpu->gpr[EBP], bits);                                \
        cpu->gpr[ESP] = cpu->gpr[EBP] + bits / 8;                                   \
        set_reg(cpu, 4 * EBP, v, bits);                                             \
        NEXT;                                                                       \
    }                                                                               \
    HANDLER(enter##bits)                                                            \
    {                                                                               \
        unsigned level = i->disp & 31, step = bits / 8;                             \
        uint32_t esp = cpu->gpr[ESP], ebp = cpu->gpr[EBP], frame = esp - step;      \
        store(ctx, frame, ebp, bits);                                               \
        esp = frame;                                                                \
        for (unsigned k = 1; k < level; k++)                                        \
            store(ctx, esp -= step, load(ctx, ebp - k * step, bits), bits);         \
        if (level) store(ctx, esp -= step, frame, bits);                            \
        esp -= i->imm;                                                              \
        claim(cpu, i, esp, step);                                                   \
        /* The new top must be writable (SDM vol. 2, ENTER). */                     \
        store(ctx, esp, load(ctx, esp, bits), bits);                                \
        cpu->gpr[ESP] = esp;                                                        \
        set_reg(cpu, 4 * EBP, frame, bits);                                         \
        NEXT;                                                                       \
    }

/* What POPF changes with CPL 3 and IOPL 0: not IF, not IOPL, silently. */
static inline uint32_t user_flags(int bits)
{
    uint32_t mask = FL_ARITH | FL_TF | FL_DF | FL_NT | FL_AC | FL_ID;
    return bits == 16 ? mask & 0xffff : mask;
}

PUSHES(16)
PUSHES(32)

HANDLER(lahf)
{
    set_reg(cpu, 1, cpu_eflags(cpu), 8);
    NEXT;
}

HANDLER(sahf)
{
    uint32_t mask = FL_ARITH & ~FL_OF;
    flags_set(cpu, (flags_get(cpu) & FL_OF) | (reg(cpu, 1, 8) & mask));
    NEXT;
}

#define WIDE(h)      \
    {                \
        h##16, h##32 \
    }
static handler_fn *const pushes[2][3] = {{push16_r, push16_m, push16_i}, {push32_r, push32_m, push32_i}};
static handler_fn *const pops[2][2] = {{pop16_r, pop16_m}, {pop32_r, pop32_m}};
static handler_fn *const others[][2] = {
    [OP_PUSHA - OP_PUSHA] = WIDE(pusha), [OP_POPA - OP_PUSHA] = WIDE(popa),
    [OP_PUSHF - OP_PUSHA] = WIDE(pushf), [OP_POPF - OP_PUSHA] = WIDE(popf),
    [OP_LAHF - OP_PUSHA] = {lahf, lahf}, [OP_SAHF - OP_PUSHA] = {sahf, sahf},
    [OP_ENTER - OP_PUSHA] = WIDE(enter), [OP_LEAVE - OP_PUSHA] = WIDE(leave),
};

handler_fn *SEM(sem_stack)(const struct insn *i, bool noflags)
{
    bool wide = i->size == S32;
    (void)noflags;
    if (i->op == OP_PUSH) return pushes[wide][i->form == FORM_I ? 2 : i->form == FORM_M];
    if (i->op == OP_POP) return pops[wide][i->form == FORM_M];
    return others[i->op - OP_PUSHA][wide];
}
