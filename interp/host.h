/* Guest accesses as host accesses: how the fast engine makes all of its own, and the step engine those that
 * it makes without the turn. A fault has the record run again (interp.c); so does what only the step engine
 * can do, alone. Owns atomicity and order as other threads see them: an aligned access is one access, and on
 * hosts that are weaker than x86 it is ordered as there once there are threads. */
#ifndef INTERP_HOST_H
#define INTERP_HOST_H

#include "interp/turn.h"

#include "interp/engine.h" /* last: it has macros with short names */

/* Guest operands may be misaligned: packed types make the compiler emit what its host allows. */
struct mem16 {
    uint16_t v;
} __attribute__((packed, may_alias));
struct mem32 {
    uint32_t v;
} __attribute__((packed, may_alias));
struct mem64 {
    uint64_t v;
} __attribute__((packed, may_alias));

/* Hosts without misaligned accesses make two of one. Across pages the second store may fault when the first
 * is done: there the step engine stores, which does all or nothing. */
#if defined(__mips__)
enum { SPLITS = true };
#else
enum { SPLITS = false };
#endif

#if defined(__x86_64__)
enum { WEAKER = false };
#else
enum { WEAKER = true };
#endif

static inline void host_order(const struct cpu *cpu)
{
    if (WEAKER && UNLIKELY(cpu->ordered)) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* All but a load after a store keep their order on x86. */
static inline void after_load(const struct cpu *cpu)
{
    if (WEAKER && UNLIKELY(cpu->ordered)) __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline void before_store(const struct cpu *cpu)
{
    if (WEAKER && UNLIKELY(cpu->ordered)) __atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline bool is_aligned(gaddr a, int bits)
{
    return (a & (unsigned)(bits / 8 - 1)) == 0;
}

static inline uint32_t host_load(CTX, gaddr a, int bits)
{
    const void *p = mm_host(base, a);
    uint32_t v;
    cpu->at = i;
    if (bits == 8)
        v = *(const u8_alias *)p;
    else if (bits == 16 && SPLITS && is_aligned(a, bits))
        v = *(const u16_alias *)p;
    else if (bits == 16)
        v = ((const struct mem16 *)p)->v;
    else
        v = ((const struct mem32 *)p)->v;
    after_load(cpu);
    return v;
}

static inline void check_split(struct cpu *cpu, gaddr a, int bits)
{
    if (SPLITS && UNLIKELY((a & (GPAGE - 1)) > (unsigned)(GPAGE - bits / 8))) interp_retry(cpu);
}

static inline void host_store(CTX, gaddr a, uint32_t v, int bits)
{
    void *p = mm_host(base, a);
    bool whole = SPLITS && is_aligned(a, bits);
    cpu->at = i;
    before_store(cpu);
    if (bits > 8 && !whole) check_split(cpu, a, bits);
    if (bits == 8)
        *(u8_alias *)p = (uint8_t)v;
    else if (bits == 16 && whole)
        *(u16_alias *)p = (uint16_t)v;
    else if (bits == 16)
        ((struct mem16 *)p)->v = (uint16_t)v;
    else if (whole)
        *(u32_alias *)p = v;
    else
        ((struct mem32 *)p)->v = v;
}

static inline uint64_t host_load64(CTX, gaddr a)
{
    cpu->at = i;
    uint64_t v = ((const struct mem64 *)mm_host(base, a))->v;
    after_load(cpu);
    return v;
}

static inline void host_store64(CTX, gaddr a, uint64_t v)
{
    void *p = mm_host(base, a);
    cpu->at = i;
    before_store(cpu);
    if (SPLITS && is_aligned(a, 64)) {
        *(u64_alias *)p = v;
        return;
    }
    check_split(cpu, a, 64);
    ((struct mem64 *)p)->v = v;
}

/* A misaligned operand is atomic when nobody else runs. */
static inline void check_alone(struct cpu *cpu)
{
    if (turn_is_inside(cpu)) interp_retry(cpu);
}

/* If memory holds `old`, stores `new`; says whether it did. */
static inline bool host_swap_if(CTX, gaddr a, uint32_t old, uint32_t new, int bits)
{
    void *p = mm_host(base, a);
    cpu->at = i;
    if (!is_aligned(a, bits)) {
        check_alone(cpu);
        if (host_load(ctx, a, bits) != old) return false;
        host_store(ctx, a, new, bits);
        return true;
    }
    uint8_t old8 = (uint8_t)old;
    uint16_t old16 = (uint16_t)old;
    int order = __ATOMIC_SEQ_CST;
    if (bits == 8)
        return __atomic_compare_exchange_n((u8_alias *)p, &old8, (uint8_t) new, false, order, order);
    if (bits == 16)
        return __atomic_compare_exchange_n((u16_alias *)p, &old16, (uint16_t) new, false, order, order);
    return __atomic_compare_exchange_n((u32_alias *)p, &old, new, false, order, order);
}

static inline bool host_swap_if64(CTX, gaddr a, uint64_t old, uint64_t new)
{
    void *p = mm_host(base, a);
    int order = __ATOMIC_SEQ_CST;
    cpu->at = i;
    if (is_aligned(a, 64)) return __atomic_compare_exchange_n((u64_alias *)p, &old, new, false, order, order);
    check_alone(cpu);
    if (host_load64(ctx, a) != old) return false;
    host_store64(ctx, a, new);
    return true;
}

#endif
