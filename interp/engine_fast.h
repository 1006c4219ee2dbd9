/* The fast engine: guest accesses are host accesses, a fault is a host signal (interp.c takes the record
 * from cpu->at and runs it again in the step engine). Handlers tail-call each other; builds that cannot
 * (ENGINE_LOOP: sanitizers, -O0) return to a loop in interp.c instead. */
#ifndef INTERP_ENGINE_FAST_H
#define INTERP_ENGINE_FAST_H

#include <string.h>

#include "interp/host.h" /* last: with macros that have short names */

#define SEM(name) name##_fast
#define STEPS     false

#if defined(__clang__) && !defined(ENGINE_LOOP)
#define TAIL __attribute__((musttail)) return
#else
#define TAIL return
#endif

#if defined(ENGINE_LOOP)
#define DISPATCH(rec) return (rec)
#else
#define DISPATCH(rec)                           \
    do {                                        \
        const struct insn *next_rec = (rec);    \
        TAIL next_rec->fn(cpu, next_rec, base); \
    } while (0)
#endif

/* Lets another handler run this record. */
#define RUN_AS(handler) TAIL(handler)(cpu, i, base)

#define NEXT DISPATCH(i + 1)

/* Follows a link: a taken branch is also where a request to stop is seen. */
#define JUMP(link, target)                            \
    do {                                              \
        if (UNLIKELY(cpu->poll)) LEAVE(POLL, target); \
        DISPATCH(link);                               \
    } while (0)

#define JUMP_TO(target)                                                            \
    do {                                                                           \
        gaddr to_eip = (target);                                                   \
        const struct jump_cache_entry *seen = &cpu->jump_cache[jump_hash(to_eip)]; \
        if (LIKELY(seen->eip == to_eip && !cpu->poll)) DISPATCH(seen->rec);        \
        cpu->edge = NULL;                                                          \
        LEAVE(LOOKUP, to_eip);                                                     \
    } while (0)

/* A jump of the guest's own whose target a translator may want to know. */
#define JUMP_AWAY(target)         \
    do {                          \
        gaddr away = (target);    \
        block_note_jump(i, away); \
        JUMP_TO(away);            \
    } while (0)

#define FOLLOW(link, target) DISPATCH(link)

/* A call leaves where it returns to; a return that goes there needs no look-up. */
#define REMEMBER_RETURN(eip_after)                              \
    do {                                                        \
        unsigned top = (cpu->ret_top + 1) & (RETURN_STACK - 1); \
        cpu->ret[top].eip = (eip_after);                        \
        cpu->ret[top].rec = i + 1;                              \
        cpu->ret_top = top;                                     \
    } while (0)
#define RETURN_TO(target)                                                \
    do {                                                                 \
        gaddr ret_eip = (target);                                        \
        const struct jump_cache_entry *newest = &cpu->ret[cpu->ret_top]; \
        if (LIKELY(newest->eip == ret_eip)) {                            \
            cpu->ret_top = (cpu->ret_top - 1) & (RETURN_STACK - 1);      \
            DISPATCH(newest->rec->to);                                   \
        }                                                                \
        JUMP_TO(ret_eip);                                                \
    } while (0)

static inline uint32_t load(CTX, gaddr a, int bits)
{
    return host_load(ctx, a, bits);
}

/* A fault of any of an instruction's stores makes the step engine run it, which looks at all of it first. */
static inline void claim(struct cpu *cpu, const struct insn *i, gaddr a, unsigned n)
{
    (void)cpu, (void)i, (void)a, (void)n;
}

/* For stores of which an earlier one could be done when a later one faults: across pages the step engine
 * makes them. */
static inline void claim_whole(struct cpu *cpu, const struct insn *i, gaddr a, unsigned n)
{
    cpu->at = i;
    if (UNLIKELY((a & (GPAGE - 1)) > GPAGE - n)) interp_retry(cpu);
}

static inline void store(CTX, gaddr a, uint32_t v, int bits)
{
    host_store(ctx, a, v, bits);
}

static inline uint64_t load64(CTX, gaddr a)
{
    return host_load64(ctx, a);
}

static inline void store64(CTX, gaddr a, uint64_t v)
{
    host_store64(ctx, a, v);
}

/* False: not done here. */
static inline bool load_whole(CTX, gaddr a, void *to, unsigned n)
{
    (void)cpu, (void)i, (void)base, (void)a, (void)to, (void)n;
    return false;
}

static inline bool store_whole(CTX, gaddr a, const void *from, unsigned n)
{
    (void)cpu, (void)i, (void)base, (void)a, (void)from, (void)n;
    return false;
}

/* If memory holds `old`, stores `new`; says whether it did. */
static inline bool swap_if(CTX, gaddr a, uint32_t old, uint32_t new, int bits)
{
    return host_swap_if(ctx, a, old, new, bits);
}

static inline bool swap_if64(CTX, gaddr a, uint64_t old, uint64_t new)
{
    return host_swap_if64(ctx, a, old, new);
}

/* --- runs of string elements ------------------------------------------------------------------------- */

enum { RUN_LIMIT = 1 << 20 }; /* bytes: so that a request to stop is seen soon */

/* How many of n bytes from `a` on lie in one piece of the host's window. */
static inline uint32_t contiguous(gaddr a, uint32_t n)
{
    uint32_t room = 0x80000000u - (a & 0x7fffffffu);
    return n < room ? n : room;
}

/* Copies leading elements whose source and destination do not overlap; returns how many. A fault in the
 * middle is harmless: the run is done again from its start. */
static inline uint32_t copy_run(CTX, gaddr to, gaddr from, uint32_t count, uint32_t width)
{
    uint32_t distance = to > from ? to - from : from - to;
    uint32_t bytes = count < RUN_LIMIT / width ? count * width : RUN_LIMIT;
    if (distance < bytes) bytes = distance;
    bytes = contiguous(to, contiguous(from, bytes)) & ~(width - 1);
    if (bytes < 16) return 0;
    cpu->at = i;
    host_order(cpu);
    memcpy(mm_host(base, to), mm_host(base, from), bytes);
    host_order(cpu);
    return bytes / width;
}

/* Stores the low `width` bytes of v to leading elements; returns how many. */
static inline uint32_t fill_run(CTX, gaddr to, uint32_t v, uint32_t count, uint32_t width)
{
    uint32_t bytes = count < RUN_LIMIT / width ? count * width : RUN_LIMIT;
    bytes = contiguous(to, bytes) & ~(width - 1);
    if (bytes < 16) return 0;
    unsigned char *p = mm_host(base, to);
    cpu->at = i;
    host_order(cpu);
    if (width == 1) {
        memset(p, v, bytes);
    } else {
        for (uint32_t k = 0; k < bytes; k += width)
            memcpy(p + k, &v, width);
    }
    return bytes / width;
}

#endif
