/* Halves of XMM registers in general registers: slots of the cache of addresses and constants (operand.c).
 * Owns which half is in which slot; what struct cpu lacks of them is part of struct xmm_state, since it must
 * be known at faults. A slot with a half is never changed while that is known, so several halves may share
 * it. */
#include "jit/mips64/packed_emit.h"

#include "jit/mips64/effects.h"

enum { HALVES = 16, PLACE_BITS = 4 };

static unsigned number_of(unsigned off, enum half h)
{
    return off / 8 + h;
}

static unsigned place(const struct xmm_state *x, unsigned n)
{
    return x->lost >> PLACE_BITS * n & XMM_PLACE_ZERO;
}

static void set_place(struct xmm_state *x, unsigned n, uint64_t p)
{
    x->lost &= ~((uint64_t)XMM_PLACE_ZERO << PLACE_BITS * n);
    x->lost |= p << PLACE_BITS * n;
}

/* --- to struct cpu ----------------------------------------------------------------------------------- */

static bool store(struct tr *t, unsigned n)
{
    unsigned p = place(&t->xmm, n);
    if (!p) return false;
    sd(&t->c, p == XMM_PLACE_ZERO ? ZERO : cache_reg(p - 1), packed_offset(8 * (n & ~1u), n & 1), CPU);
    set_place(&t->xmm, n, 0);
    return true;
}

bool halves_write(struct tr *t, unsigned off)
{
    bool low = store(t, number_of(off, LOW)), high = store(t, number_of(off, HIGH));
    return low || high;
}

void half_write(struct tr *t, unsigned off, enum half h)
{
    if (store(t, number_of(off, h))) state_changed(t);
}

void halves_evict(struct tr *t, unsigned slot)
{
    for (unsigned n = 0; n < HALVES; n++)
        if (place(&t->xmm, n) == slot + 1 && store(t, n)) state_changed(t);
}

void halves_leave(struct tr *t)
{
    bool changed = false;
    for (unsigned n = 0; n < HALVES; n++)
        changed |= store(t, n);
    if (changed) state_changed(t);
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        if (t->cache[k].reg == REG_HALVES) t->cache[k].reg = REG_SLOTS;
}

/* --- which is where ---------------------------------------------------------------------------------- */

void half_forget(struct tr *t, unsigned off, enum half h)
{
    unsigned n = number_of(off, h);
    set_place(&t->xmm, n, 0);
    if (h == LOW) t->xmm.low_zero &= (uint8_t) ~(1u << off / SIMD_STRIDE);
    for (unsigned k = 0; k < CACHE_SIZE; k++) {
        struct cached *e = &t->cache[k];
        if (e->reg != REG_HALVES || !(e->c >> n & 1)) continue;
        e->c &= ~(1u << n);
        if (!e->c) e->reg = REG_SLOTS;
    }
}

/* The slot of the half; CACHE_SIZE: none. */
static unsigned slot_of(const struct tr *t, unsigned n)
{
    unsigned k = 0;
    while (k < CACHE_SIZE && !(t->cache[k].reg == REG_HALVES && t->cache[k].c >> n & 1))
        k++;
    return k;
}

static bool is_zero(const struct tr *t, unsigned off, enum half h)
{
    return (h == LOW ? t->xmm.low_zero : t->xmm.high_zero) >> off / SIMD_STRIDE & 1;
}

bool half_is_known(const struct tr *t, unsigned off, enum half h)
{
    return is_zero(t, off, h) || slot_of(t, number_of(off, h)) < CACHE_SIZE;
}

enum reg half_get(struct tr *t, unsigned off, enum half h)
{
    unsigned n = number_of(off, h), k = slot_of(t, n);
    if (is_zero(t, off, h)) return ZERO;
    if (k == CACHE_SIZE) {
        k = cache_take(t);
        if (!xmm_half_to(t, cache_reg(k), off, h)) ld(&t->c, cache_reg(k), packed_offset(off, h), CPU);
        t->cache[k] = (struct cached){REG_HALVES, 1u << n, 0};
    }
    t->cache[k].used = ++t->clock;
    return cache_reg(k);
}

enum reg half_new(struct tr *t)
{
    unsigned k = cache_take(t);
    t->cache[k] = (struct cached){REG_HALVES, 0, ++t->clock};
    return cache_reg(k);
}

enum reg half_instead(struct tr *t, unsigned off, enum half h, enum reg v)
{
    unsigned n = number_of(off, h), k = slot_of(t, n);
    bool alone = k < CACHE_SIZE && cache_reg(k) == v && t->cache[k].c == 1u << n;
    return alone ? v : half_new(t);
}

void half_put(struct tr *t, unsigned off, enum half h, enum reg v)
{
    struct code *c = &t->c;
    unsigned n = number_of(off, h), k = 0;
    while (v != ZERO && cache_reg(k) != v)
        k++;
    struct cached e = t->cache[k];
    half_forget(t, off, h);
    copies_forget(t, off);
    xmm_give_up(t, off, h);
    if (h == HIGH) xmm_set_high_zero(t, off, v == ZERO);
    if (v == ZERO) {
        if (h == LOW) set_place(&t->xmm, n, XMM_PLACE_ZERO);
        if (h == LOW) t->xmm.low_zero |= (uint8_t)(1u << off / SIMD_STRIDE);
        return;
    }
    t->cache[k] = (struct cached){REG_HALVES, e.c | 1u << n, ++t->clock};
    set_place(&t->xmm, n, k + 1);
    /* From now on a fault, and the other way of a branch, may need it. */
    c->scratch &= ~REG_BIT(v);
    c->idle &= ~REG_BIT(v);
}
