/* Halves of XMM registers in general registers: slots of the cache of addresses and constants (operand.c).
 * Owns which half is in which slot; what struct cpu lacks of them is part of struct xmm_state, since it must
 * be known at faults. A slot with a half is never changed while that is known, so several halves may share
 * it. A half of zero-extended bytes need not be made: it is spread, that is, its slot has the bytes. */
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
    x->spread &= (uint16_t) ~(1u << n);
}

static bool is_spread(const struct xmm_state *x, unsigned n)
{
    return x->spread >> n & 1;
}

/* --- to struct cpu ----------------------------------------------------------------------------------- */

/* Without any other register: r is turned round, and as before at the end. */
static void store_bytes(struct code *c, enum reg r, int to, enum half h)
{
    sd(c, ZERO, to, CPU);
    if (h == HIGH) drotr32(c, r, r, 0);
    for (int k = 0; k < 4; k++) {
        sb(c, r, to + 2 * k, CPU);
        drotr(c, r, r, 8);
    }
    if (h == LOW) drotr32(c, r, r, 0);
}

static bool store(struct tr *t, unsigned n)
{
    unsigned p = place(&t->xmm, n);
    int to = packed_offset(8 * (n & ~1u), n & 1);
    if (!p) return false;
    if (is_spread(&t->xmm, n))
        store_bytes(&t->c, cache_reg(p - 1), to, n & 1);
    else
        sd(&t->c, p == XMM_PLACE_ZERO ? ZERO : cache_reg(p - 1), to, CPU);
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

/* Does struct cpu lack a half, other than n, that slot k has? */
static bool is_needed(const struct tr *t, unsigned k, unsigned n)
{
    for (unsigned m = 0; m < HALVES; m++)
        if (m != n && place(&t->xmm, m) == k + 1) return true;
    return false;
}

void half_forget(struct tr *t, unsigned off, enum half h)
{
    unsigned n = number_of(off, h);
    set_place(&t->xmm, n, 0);
    if (t->loaded.off == off) t->loaded.base = REG_SLOTS;
    if (h == LOW) t->xmm.low_zero &= (uint8_t) ~(1u << off / SIMD_STRIDE);
    for (unsigned k = 0; k < CACHE_SIZE; k++) {
        struct cached *e = &t->cache[k];
        if (e->reg != REG_HALVES) continue;
        e->c &= ~(1u << n);
        if (!e->c && !e->fresh && !is_needed(t, k, n)) e->reg = REG_SLOTS;
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
    unsigned n = number_of(off, h);
    return is_zero(t, off, h) || is_spread(&t->xmm, n) || slot_of(t, n) < CACHE_SIZE;
}

/* A fault, and the other way of a branch, may need what is in r from now on. */
static void keep(struct tr *t, enum reg r)
{
    t->c.scratch &= ~REG_BIT(r);
    t->c.idle &= ~REG_BIT(r);
}

/* Half n, which is spread, is made in slot k. */
static void make(struct tr *t, unsigned n, unsigned k, unsigned from)
{
    lanes_spread(&t->c, cache_reg(k), cache_reg(from), 32 * (n & 1));
    half_forget(t, 8 * (n & ~1u), n & 1);
    set_place(&t->xmm, n, k + 1);
    keep(t, cache_reg(k));
    state_changed(t);
}

enum reg half_get(struct tr *t, unsigned off, enum half h)
{
    unsigned n = number_of(off, h), k = slot_of(t, n), from = place(&t->xmm, n) - 1;
    if (is_zero(t, off, h)) return ZERO;
    if (k == CACHE_SIZE) {
        if (is_spread(&t->xmm, n)) t->cache[from].used = ++t->clock;
        k = cache_take(t);
        if (is_spread(&t->xmm, n))
            make(t, n, k, from);
        else if (!xmm_half_to(t, cache_reg(k), off, h))
            ld(&t->c, cache_reg(k), packed_offset(off, h), CPU);
        t->cache[k] = (struct cached){.reg = REG_HALVES, .c = 1u << n};
    }
    t->cache[k].used = ++t->clock;
    return cache_reg(k);
}

bool half_bytes(struct tr *t, unsigned off, enum half h, enum reg *r)
{
    unsigned n = number_of(off, h), from = place(&t->xmm, n) - 1;
    if (!is_spread(&t->xmm, n)) return false;
    t->cache[from].used = ++t->clock;
    *r = cache_reg(from);
    return true;
}

enum reg half_new(struct tr *t)
{
    unsigned k = cache_take(t);
    t->cache[k] = (struct cached){.reg = REG_HALVES, .fresh = true, .used = ++t->clock};
    return cache_reg(k);
}

/* CACHE_SIZE: it is none of a slot. */
static unsigned slot_with(enum reg v)
{
    unsigned k = 0;
    while (k < CACHE_SIZE && cache_reg(k) != v)
        k++;
    return k;
}

enum reg half_instead(struct tr *t, unsigned off, enum half h, enum reg v)
{
    unsigned n = number_of(off, h), k = slot_of(t, n);
    bool alone = k < CACHE_SIZE && cache_reg(k) == v && t->cache[k].c == 1u << n && !is_needed(t, k, n);
    if (alone) t->cache[k].narrow = false;
    return alone ? v : half_new(t);
}

/* What the rest of the trace does with a register. */
enum { NEVER = TRACE_RECORDS };
struct future {
    unsigned read; /* so many items further on; NEVER: not before it is overwritten */
    bool changes;
};

static struct future future_of(const struct tr *t, unsigned r)
{
    struct future f = {.read = NEVER};
    for (unsigned k = t->k + 1; k < t->trace->count && !f.changes; k++) {
        const struct insn *i = t->trace->item[k].rec;
        if (op_info[i->op].group != GROUP_simd) continue;
        bool from = simd_src(i) == KIND_X && (i->form == FORM_RR || i->form == FORM_MR);
        f.changes = simd_dst(i) == KIND_X && i->form != FORM_MR && i->dst / SIMD_STRIDE == r;
        bool read = (from && i->src / SIMD_STRIDE == r) || (f.changes && !is_move128(i->op));
        if (read && f.read == NEVER) f.read = k - t->k;
    }
    return f;
}

unsigned halves_can_wait(const struct tr *t, unsigned slot)
{
    unsigned read = NEVER, cost = 1;
    for (unsigned n = 0; n < HALVES; n++) {
        bool lost = place(&t->xmm, n) == slot + 1;
        if (!(t->cache[slot].c >> n & 1) && !lost) continue;
        const struct future f = future_of(t, n / 2);
        if (f.read < read) read = f.read;
        if (lost && f.changes) cost = 2; /* it would not have to be stored */
    }
    if (read == NEVER && !is_needed(t, slot, HALVES)) read++;
    return read * CACHE_COST / cost;
}

enum reg half_over(struct tr *t, unsigned off, enum half h, enum reg v)
{
    unsigned n = number_of(off, h), k = slot_with(v);
    if (k == CACHE_SIZE || is_needed(t, k, n)) return ZERO;
    for (unsigned m = 0; m < HALVES; m++)
        if (m != n && t->cache[k].c >> m & 1 && future_of(t, m / 2).read < NEVER) return ZERO;
    t->cache[k].c &= 1u << n;
    t->cache[k].narrow = false;
    t->cache[k].fresh = true;
    return v;
}

void half_narrow(struct tr *t, enum reg v)
{
    t->cache[slot_with(v)].narrow = true;
}

bool half_is_narrow(const struct tr *t, enum reg v)
{
    unsigned k = slot_with(v);
    return k < CACHE_SIZE && t->cache[k].narrow;
}

/* What both kinds of new values have in common. */
static void change(struct tr *t, unsigned off, enum half h, bool zero)
{
    half_forget(t, off, h);
    copies_forget(t, off);
    xmm_give_up(t, off, h);
    if (h == HIGH) xmm_set_high_zero(t, off, zero);
}

void half_put(struct tr *t, unsigned off, enum half h, enum reg v)
{
    unsigned n = number_of(off, h);
    if (v == ZERO) {
        change(t, off, h, true);
        if (h == LOW) set_place(&t->xmm, n, XMM_PLACE_ZERO);
        if (h == LOW) t->xmm.low_zero |= (uint8_t)(1u << off / SIMD_STRIDE);
        return;
    }
    unsigned k = slot_with(v);
    struct cached e = t->cache[k];
    change(t, off, h, false);
    t->cache[k] =
        (struct cached){.reg = REG_HALVES, .narrow = e.narrow, .c = e.c | 1u << n, .used = ++t->clock};
    set_place(&t->xmm, n, k + 1);
    keep(t, v);
}

void half_put_bytes(struct tr *t, unsigned off, enum half h, enum reg v)
{
    if (v == ZERO) {
        half_put(t, off, h, ZERO);
        return;
    }
    unsigned n = number_of(off, h), k = slot_with(v);
    struct cached e = t->cache[k];
    change(t, off, h, false);
    e.c &= ~(1u << n);
    e.fresh = false;
    e.used = ++t->clock;
    t->cache[k] = e;
    set_place(&t->xmm, n, k + 1);
    t->xmm.spread |= (uint16_t)(1u << n);
    keep(t, v);
}
