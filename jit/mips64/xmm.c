/* Low parts of XMM registers in FPRs: which is where, and when struct cpu gets them. */
#include "jit/mips64/simd_emit.h"

#include <string.h>

/* FPRs that C code does not preserve, beyond those of the x87's double model (x87_fpr.c). */
enum { FIRST_FPR = F14, LAST_FPR = F23 };

static unsigned number(unsigned off)
{
    return off / SIMD_STRIDE;
}

static uint8_t bit(unsigned r)
{
    return (uint8_t)(1u << r);
}

static bool is_cached(const struct xmm_state *x, unsigned r)
{
    return (x->doubles | x->singles) >> r & 1;
}

/* --- to struct cpu ----------------------------------------------------------------------------------- */

static void write_back(struct tr *t, unsigned r)
{
    struct code *c = &t->c;
    struct xmm_state *x = &t->xmm;
    int at = xmm_offset(r * SIMD_STRIDE);
    if (x->dirty >> r & 1) (x->doubles >> r & 1 ? sdc1 : swc1)(c, x->at[r], at, CPU);
    if (x->mid_lost >> r & 1) sw(c, ZERO, at + 4, CPU);
    if (x->high_lost >> r & 1) sd(c, ZERO, at + 8, CPU);
    x->dirty &= (uint8_t)~bit(r);
    x->mid_lost &= (uint8_t)~bit(r);
    x->high_lost &= (uint8_t)~bit(r);
}

static void forget_low(struct xmm_state *x, unsigned r)
{
    x->doubles &= (uint8_t)~bit(r);
    x->singles &= (uint8_t)~bit(r);
    x->dirty &= (uint8_t)~bit(r);
    x->mid_zero &= (uint8_t)~bit(r);
    x->mid_lost &= (uint8_t)~bit(r);
    x->sane &= (uint8_t)~bit(r);
    x->whole &= (uint8_t)~bit(r);
    x->modest &= (uint8_t)~bit(r);
}

void xmm_read(struct tr *t, unsigned off)
{
    write_back(t, number(off));
}

void xmm_written(struct tr *t, unsigned off)
{
    forget_low(&t->xmm, number(off));
    xmm_written_high(t, off);
}

void xmm_written_high(struct tr *t, unsigned off)
{
    copies_forget(t, off);
    t->xmm.high_zero &= (uint8_t)~bit(number(off));
    t->xmm.high_lost &= (uint8_t)~bit(number(off));
}

void xmm_leave_but(struct tr *t, unsigned kept, unsigned dirty)
{
    struct xmm_state *x = &t->xmm;
    for (unsigned r = 0; r < 8; r++) {
        bool stays = x->dirty & dirty & bit(r);
        if (stays) x->dirty &= (uint8_t)~bit(r);
        write_back(t, r);
        if (stays) x->dirty |= bit(r);
        if (!(kept >> r & 1)) forget_low(x, r);
    }
}

void xmm_leave(struct tr *t)
{
    for (unsigned r = 0; r < 8; r++)
        write_back(t, r);
}

void xmm_before_c(struct tr *t)
{
    bool known = t->xmm.doubles | t->xmm.singles;
    xmm_leave(t);
    for (unsigned r = 0; r < 8; r++)
        forget_low(&t->xmm, r);
    t->xmm.high_zero = 0;
    if (t->sse == SSE_EXACT) t->sse_known = false; /* what is to be called may lose precision */
    if (known) state_changed(t);
}

bool xmm_same_dirty(const struct xmm_state *a, const struct xmm_state *b)
{
    for (unsigned r = 0; r < 8; r++)
        if (a->dirty >> r & 1 && (a->at[r] != b->at[r] || (a->doubles ^ b->doubles) >> r & 1)) return false;
    return a->dirty == b->dirty && a->mid_lost == b->mid_lost && a->high_lost == b->high_lost;
}

void xmm_recover(struct cpu *cpu, const struct xmm_state *x, const double *fpr)
{
    for (unsigned r = 0; r < 8; r++) {
        union vec *v = &cpu->simd.xmm[r];
        if (x->dirty >> r & 1) memcpy(v, &fpr[x->at[r]], x->doubles >> r & 1 ? 8 : 4);
        if (x->mid_lost >> r & 1) v->u32[1] = 0;
        if (x->high_lost >> r & 1) v->u64[1] = 0;
    }
}

/* --- FPRs -------------------------------------------------------------------------------------------- */

static void hold(struct tr *t, unsigned f)
{
    if (t->xmm_item != t->k) t->xmm_held = 0;
    t->xmm_item = t->k;
    t->xmm_held |= UINT32_C(1) << f;
}

static uint32_t in_use(const struct tr *t)
{
    uint32_t used = t->xmm_item == t->k ? t->xmm_held : 0;
    for (unsigned r = 0; r < 8; r++)
        if (is_cached(&t->xmm, r)) used |= UINT32_C(1) << t->xmm.at[r];
    if (t->flags.kind == RECIPE_FCOM) used |= UINT32_C(1) << t->flags.x.n | UINT32_C(1) << t->flags.y.n;
    return used;
}

/* Registers in an FPR that the current record has not taken are given up. */
static void evict(struct tr *t)
{
    uint32_t held = t->xmm_item == t->k ? t->xmm_held : 0;
    for (unsigned r = 0; r < 8; r++) {
        if (!is_cached(&t->xmm, r) || held >> t->xmm.at[r] & 1) continue;
        write_back(t, r);
        forget_low(&t->xmm, r);
    }
}

/* The FPRs in which a loop's next turn expects registers. */
static uint32_t homes(const struct tr *t)
{
    uint32_t set = 0;
    for (unsigned r = 0; r < 8 && t->again; r++)
        if (is_cached(&t->carried, r)) set |= UINT32_C(1) << t->carried.at[r];
    return set;
}

static unsigned first_but(struct tr *t, uint32_t used)
{
    for (unsigned f = FIRST_FPR; f <= LAST_FPR; f++) {
        if (used >> f & 1) continue;
        hold(t, f);
        return f;
    }
    return 0;
}

unsigned xmm_new(struct tr *t)
{
    unsigned f = first_but(t, in_use(t) | homes(t));
    while (!f && !(f = first_but(t, in_use(t))))
        evict(t);
    return f;
}

unsigned xmm_new_result(struct tr *t, unsigned off)
{
    unsigned r = number(off), home = t->carried.at[r];
    if (!t->again || !is_cached(&t->carried, r) || t->changed_last[r] != t->k + t->ahead ||
        in_use(t) >> home & 1)
        return xmm_new(t);
    hold(t, home);
    return home;
}

static unsigned low(struct tr *t, unsigned r, bool is_double)
{
    struct xmm_state *x = &t->xmm;
    uint8_t *of_kind = is_double ? &x->doubles : &x->singles;
    if (!(*of_kind >> r & 1)) {
        if (is_cached(x, r)) {
            write_back(t, r);
            forget_low(x, r);
        }
        unsigned f = xmm_new(t);
        (is_double ? ldc1 : lwc1)(&t->c, f, xmm_offset(r * SIMD_STRIDE), CPU);
        x->at[r] = (uint8_t)f;
        *of_kind |= bit(r);
    }
    hold(t, x->at[r]);
    return x->at[r];
}

unsigned xmm_double(struct tr *t, unsigned off)
{
    return low(t, number(off), true);
}

unsigned xmm_single(struct tr *t, unsigned off)
{
    return low(t, number(off), false);
}

/* --- new values -------------------------------------------------------------------------------------- */

unsigned xmm_knowledge(const struct tr *t, unsigned f)
{
    const struct xmm_state *x = &t->xmm;
    for (unsigned r = 0; r < 8; r++)
        if (is_cached(x, r) && x->at[r] == f)
            return (x->sane >> r & 1 ? XMM_SANE : 0) | (x->whole >> r & 1 ? XMM_WHOLE : 0) |
                   (x->modest >> r & 1 ? XMM_MODEST : 0);
    return 0;
}

void xmm_know(struct tr *t, unsigned f, unsigned knowledge)
{
    struct xmm_state *x = &t->xmm;
    for (unsigned r = 0; r < 8; r++) {
        if (!is_cached(x, r) || x->at[r] != f) continue;
        if (knowledge & XMM_SANE) x->sane |= bit(r);
        if (knowledge) x->whole |= bit(r);
        if (knowledge & XMM_MODEST) x->modest |= bit(r);
    }
}

static void take(struct tr *t, unsigned r, unsigned f, bool is_double)
{
    struct xmm_state *x = &t->xmm;
    unsigned known = xmm_knowledge(t, f);
    forget_low(x, r);
    copies_forget(t, r * SIMD_STRIDE);
    *(is_double ? &x->doubles : &x->singles) |= bit(r);
    x->dirty |= bit(r);
    x->at[r] = (uint8_t)f;
    xmm_know(t, f, known);
}

void xmm_set(struct tr *t, unsigned off, unsigned f, bool is_double)
{
    unsigned r = number(off);
    struct xmm_state *x = &t->xmm;
    uint8_t mid_zero = x->mid_zero & bit(r), mid_lost = x->mid_lost & bit(r);
    if (!is_double && x->doubles >> r & 1) write_back(t, r); /* bits 32 to 63 */
    take(t, r, f, is_double);
    if (is_double) return;
    x->mid_zero |= mid_zero;
    x->mid_lost |= mid_lost;
}

void xmm_set_clear(struct tr *t, unsigned off, unsigned f, bool is_double)
{
    unsigned r = number(off);
    struct xmm_state *x = &t->xmm;
    bool mid = x->mid_zero >> r & 1 && !(x->mid_lost >> r & 1);
    bool high = x->high_zero >> r & 1 && !(x->high_lost >> r & 1);
    take(t, r, f, is_double);
    if (!high) x->high_lost |= bit(r);
    x->high_zero |= bit(r);
    if (is_double) return;
    if (!mid) x->mid_lost |= bit(r);
    x->mid_zero |= bit(r);
}

/* --- copies ------------------------------------------------------------------------------------------ */

static void copy_high(struct tr *t, unsigned d, unsigned s)
{
    struct xmm_state *x = &t->xmm;
    x->high_lost &= (uint8_t)~bit(d);
    x->high_zero &= (uint8_t)~bit(d);
    if (x->high_zero >> s & 1) {
        x->high_zero |= bit(d);
        x->high_lost |= bit(d);
        return;
    }
    ld(&t->c, V0, xmm_offset(s * SIMD_STRIDE) + 8, CPU);
    sd(&t->c, V0, xmm_offset(d * SIMD_STRIDE) + 8, CPU);
}

void xmm_copy(struct tr *t, unsigned dst, unsigned src)
{
    unsigned d = number(dst), s = number(src);
    struct xmm_state *x = &t->xmm;
    bool single = x->singles >> s & 1 && x->mid_zero >> s & 1;
    if (d == s) return;
    unsigned f = single ? x->at[s] : xmm_double(t, src);
    take(t, d, f, !single);
    if (single) {
        x->mid_zero |= bit(d);
        x->mid_lost |= bit(d);
    }
    copy_high(t, d, s);
}
