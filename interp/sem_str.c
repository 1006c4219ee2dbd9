/* String instructions. Registers move on after each element (or copied run), so a fault in the middle of a
 * repetition leaves them as a CPU does, and the instruction can be run again from there. */
#include ENGINE_H

#include "interp/sem.h"

enum { POLL_INTERVAL = 4096 }; /* elements between looks at cpu->poll */

/* What a string instruction works with, from its prefixes. */
struct string {
    uint32_t mask;     /* 0xffff with a 16-bit address size */
    uint32_t step;     /* bytes to add to SI and DI: + or - the width */
    gaddr source_base; /* segment base of the source; ES is flat */
    bool rep;
    bool compared; /* a and b are the last elements that were compared */
    uint32_t a, b;
};

static inline struct string start(const struct cpu *cpu, const struct insn *i, int bits)
{
    enum sreg seg;
    bool override = insn_seg(i, &seg);
    return (struct string){
        .mask = i->prefix & PFX_A16 ? 0xffff : 0xffffffff,
        .step = cpu->df * (bits / 8),
        .source_base = override ? cpu->seg_base[seg] : 0,
        .rep = i->prefix & (PFX_REP | PFX_REPNE),
    };
}

static inline uint32_t masked(const struct cpu *cpu, const struct string *s, enum gpr r)
{
    return cpu->gpr[r] & s->mask;
}

static inline void set_masked(struct cpu *cpu, const struct string *s, enum gpr r, uint32_t v)
{
    cpu->gpr[r] = (cpu->gpr[r] & ~s->mask) | (v & s->mask);
}

static inline void advance(struct cpu *cpu, const struct string *s, enum gpr r)
{
    set_masked(cpu, s, r, cpu->gpr[r] + s->step);
}

/* One element. CMPS and SCAS only remember what they compared: a fault in a later element must find EFLAGS
 * as they were before the instruction (SDM vol. 2, REP). CMPS reads its destination first. */
static inline __attribute__((always_inline)) void element(CTX, enum op op, struct string *s, int bits)
{
    uint32_t a, b;
    switch (op) {
    case OP_MOVS:
        a = load(ctx, masked(cpu, s, ESI) + s->source_base, bits);
        store(ctx, masked(cpu, s, EDI), a, bits);
        break;
    case OP_STOS: store(ctx, masked(cpu, s, EDI), reg(cpu, 0, bits), bits); break;
    case OP_LODS:
        a = load(ctx, masked(cpu, s, ESI) + s->source_base, bits);
        set_reg(cpu, 0, a, bits);
        break;
    default:
        b = load(ctx, masked(cpu, s, EDI), bits);
        KEEP(b);
        a = op == OP_SCAS ? reg(cpu, 0, bits) : load(ctx, masked(cpu, s, ESI) + s->source_base, bits);
        s->a = a;
        s->b = b;
        s->compared = true;
        break;
    }
    if (op != OP_STOS && op != OP_SCAS) advance(cpu, s, ESI);
    if (op != OP_LODS) advance(cpu, s, EDI);
}

/* The flags of the last comparison. */
static inline void compare(struct cpu *cpu, const struct string *s, int bits)
{
    if (s->compared) flags_sum(cpu, s->a, s->b, (uint64_t)s->a - s->b, bits);
}

/* A run of MOVS or STOS that the host can do at once; elements done, 0 if none. */
static inline uint32_t run_of_elements(CTX, enum op op, const struct string *s, uint32_t count, int bits)
{
    uint32_t n = 0, width = bits / 8;
    if (s->mask != 0xffffffff || cpu->df < 0) return 0;
    if (op == OP_MOVS)
        n = copy_run(ctx, cpu->gpr[EDI], cpu->gpr[ESI] + s->source_base, count, width);
    else if (op == OP_STOS)
        n = fill_run(ctx, cpu->gpr[EDI], cpu->gpr[EAX], count, width);
    else
        return 0;
    cpu->gpr[EDI] += n * width;
    if (op == OP_MOVS) cpu->gpr[ESI] += n * width;
    cpu->gpr[ECX] -= n;
    return n;
}

/* With TF a repetition raises #DB after each element (SDM vol. 3, 17.3.1.4). */
static inline bool is_traced(const struct cpu *cpu)
{
    return STEPS && cpu->flag_sys & FL_TF;
}

#define STRING(op, name, bits)                                                  \
    HANDLER(name##bits)                                                         \
    {                                                                           \
        struct string s = start(cpu, i, bits);                                  \
        if (!s.rep) {                                                           \
            element(ctx, op, &s, bits);                                         \
            compare(cpu, &s, bits);                                             \
            NEXT;                                                               \
        }                                                                       \
        bool until = i->prefix & PFX_REPNE, traced = is_traced(cpu);            \
        for (uint32_t n = 1, count; (count = masked(cpu, &s, ECX)) != 0; n++) { \
            if (n % POLL_INTERVAL == 0 && cpu->poll) LEAVE(POLL, i->eip);       \
            if (!traced && run_of_elements(ctx, op, &s, count, bits)) {         \
                n |= POLL_INTERVAL - 1;                                         \
                continue;                                                       \
            }                                                                   \
            element(ctx, op, &s, bits);                                         \
            set_masked(cpu, &s, ECX, count - 1);                                \
            if (s.compared && (s.a == s.b) == until) break;                     \
            if (traced && masked(cpu, &s, ECX)) {                               \
                compare(cpu, &s, bits);                                         \
                LEAVE(LOOKUP, i->eip);                                          \
            }                                                                   \
        }                                                                       \
        compare(cpu, &s, bits);                                                 \
        NEXT;                                                                   \
    }

#define STRINGS(op, name) STRING(op, name, 8) STRING(op, name, 16) STRING(op, name, 32)
STRINGS(OP_MOVS, movs)
STRINGS(OP_CMPS, cmps)
STRINGS(OP_STOS, stos)
STRINGS(OP_LODS, lods)
STRINGS(OP_SCAS, scas)

handler_fn *SEM(sem_str)(const struct insn *i, bool noflags)
{
    static handler_fn *const handlers[][3] = {{movs8, movs16, movs32},
                                              {cmps8, cmps16, cmps32},
                                              {stos8, stos16, stos32},
                                              {lods8, lods16, lods32},
                                              {scas8, scas16, scas32}};
    static_assert(OP_SCAS == OP_MOVS + 4, "order of ops.def");
    (void)noflags;
    return handlers[i->op - OP_MOVS][i->size];
}
