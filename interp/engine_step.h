/* The step engine: runs one record with every access checked at 4 KiB granularity by mm, and never
 * follows a link. It runs what the fast engine faulted on, single-steps, and is what translated code
 * calls for operations without an emitter. A failed access leaves by step_fault(). */
#ifndef INTERP_ENGINE_STEP_H
#define INTERP_ENGINE_STEP_H

#include <string.h>

#include "interp/host.h"

#define SEM(name) name##_step
#define STEPS     true

#define DISPATCH(rec) return (rec)
#define NEXT          return i + 1

#define JUMP(link, target)     \
    do {                       \
        cpu->edge = NULL;      \
        LEAVE(LOOKUP, target); \
    } while (0)
#define FOLLOW(link, target)       JUMP(link, target)
#define JUMP_TO(target)            JUMP(NULL, target)
#define JUMP_AWAY(target)          JUMP_TO(target)
#define RETURN_TO(target)          JUMP(NULL, target)
#define REMEMBER_RETURN(eip_after) (void)(eip_after)

/* In a helper of translated code that runs without the turn accesses are the host's. What faults there is run
 * again, with the turn. */

/* Raises the page fault of record i; resumes in interp_step's caller. */
_Noreturn void step_fault(struct cpu *cpu, const struct insn *i, const struct mm_fault *f);

/* Does it change its memory operand? CPUs read such an operand with the intent to write: the error code of
 * a page fault says so. */
static inline bool step_updates(const struct insn *i)
{
    bool destination = i->form == FORM_M || i->form == FORM_MR || i->form == FORM_MI;
    return destination && (op_info[i->op].traits & LOCK || op_info[i->op].group == GROUP_shift);
}

/* Raises #AC of record i, likewise. */
_Noreturn void step_misaligned(struct cpu *cpu, const struct insn *i);

/* With EFLAGS.AC an operand lies at a multiple of its size, those of 10 bytes of 8 (SDM vol. 3, 6.15, #AC).
 */
static inline void step_align(struct cpu *cpu, const struct insn *i, gaddr a, unsigned n)
{
    if (cpu->flag_sys & FL_AC && n <= 8 && a & (n - 1)) step_misaligned(cpu, i);
}

static inline void step_load(struct cpu *cpu, const struct insn *i, gaddr a, void *to, unsigned n)
{
    struct mm_fault f;
    cpu->at = i;
    if (turn_is_inside(cpu)) {
        memcpy(to, mm_host(cpu->base, a), n);
        after_load(cpu);
        return;
    }
    step_align(cpu, i, a, n);
    if (cpu->watch) cpu->watch->load(cpu->watch, cpu, a, n);
    if (mm_load(cpu->mm, a, to, n, &f)) return;
    f.write = step_updates(i);
    step_fault(cpu, i, &f);
}

static inline void step_store(struct cpu *cpu, const struct insn *i, gaddr a, const void *from, unsigned n)
{
    struct mm_fault f;
    cpu->at = i;
    if (turn_is_inside(cpu)) {
        before_store(cpu);
        memcpy(mm_host(cpu->base, a), from, n);
        return;
    }
    step_align(cpu, i, a, n);
    if (cpu->watch) cpu->watch->store(cpu->watch, cpu, a, n);
    if (!mm_store(cpu->mm, a, from, n, &f)) step_fault(cpu, i, &f);
}

/* All of [a, a + n) can be stored to, or the first byte that cannot is the fault. */
static inline void claim(struct cpu *cpu, const struct insn *i, gaddr a, unsigned n)
{
    struct mm_fault f;
    if (turn_is_inside(cpu)) {
        cpu->at = i;
        if ((a & (GPAGE - 1)) > GPAGE - n) interp_retry(cpu);
        return;
    }
    if (!mm_probe(cpu->mm, a, n, true, &f)) step_fault(cpu, i, &f);
}

static inline void claim_whole(struct cpu *cpu, const struct insn *i, gaddr a, unsigned n)
{
    claim(cpu, i, a, n);
}

static inline uint32_t load(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a, int bits)
{
    uint32_t v = 0;
    if (turn_is_inside(cpu)) return host_load(ctx, a, bits);
    step_load(cpu, i, a, &v, bits / 8);
    return v;
}

static inline void store(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a, uint32_t v, int bits)
{
    if (turn_is_inside(cpu))
        host_store(ctx, a, v, bits);
    else
        step_store(cpu, i, a, &v, bits / 8);
}

static inline uint64_t load64(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a)
{
    uint64_t v;
    if (turn_is_inside(cpu)) return host_load64(ctx, a);
    step_load(cpu, i, a, &v, 8);
    return v;
}

static inline void store64(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a, uint64_t v)
{
    if (turn_is_inside(cpu))
        host_store64(ctx, a, v);
    else
        step_store(cpu, i, a, &v, 8);
}

/* n bytes, of which the last 16 or fewer are more than 8. False: not done here. */
static inline bool load_whole(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a, void *to,
                              unsigned n)
{
    (void)base;
    if (turn_is_inside(cpu)) return false;
    step_align(cpu, i, a, 2);
    for (unsigned k = 0; k < n; k += 16)
        step_load(cpu, i, a + k, (char *)to + k, n - k < 16 ? n - k : 16);
    return true;
}

/* From the last bytes on. */
static inline bool store_whole(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a,
                               const void *from, unsigned n)
{
    (void)base;
    if (turn_is_inside(cpu)) return false;
    step_align(cpu, i, a, 2);
    for (unsigned end = n, k; end > 0; end = k) {
        k = (end - 1) & ~15u;
        step_store(cpu, i, a + k, (const char *)from + k, end - k);
    }
    return true;
}

/* If memory holds `old`, stores `new`; says whether it did. */
static inline bool swap_if(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a, uint32_t old,
                           uint32_t new, int bits)
{
    if (turn_is_inside(cpu)) return host_swap_if(ctx, a, old, new, bits);
    if (load(cpu, i, base, a, bits) != old) return false;
    store(cpu, i, base, a, new, bits);
    return true;
}

static inline bool swap_if64(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr a, uint64_t old,
                             uint64_t new)
{
    if (turn_is_inside(cpu)) return host_swap_if64(ctx, a, old, new);
    if (load64(cpu, i, base, a) != old) return false;
    store64(cpu, i, base, a, new);
    return true;
}

/* Runs of string elements go element by element here: none is done at once. */
static inline uint32_t copy_run(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr to, gaddr from,
                                uint32_t count, uint32_t width)
{
    (void)cpu, (void)i, (void)base, (void)to, (void)from, (void)count, (void)width;
    return 0;
}

static inline uint32_t fill_run(struct cpu *cpu, const struct insn *i, uint8_t *base, gaddr to, uint32_t v,
                                uint32_t count, uint32_t width)
{
    return copy_run(cpu, i, base, to, v, count, width);
}

#endif
