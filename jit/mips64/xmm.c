/* Low parts of XMM registers in FPRs: which is where, and when struct cpu gets them. */
#include "jit/mips64/msa_encode.h"
#include "jit/mips64/simd_emit.h"

#include <string.h>

/* FPRs that C code does not preserve, beyond those of the x87 (x87_fpr.c, x87_exact.c), which are below; by
 * MSA they serve, too, where there is no x87. */
enum { FIRST_FPR = F14, LAST_FPR = F23, FPRS = LAST_FPR - FIRST_FPR + 1, NO_FPR = 32 };

static unsigned lower_fprs(const struct tr *t)
{
    return t->lower_fprs ? FIRST_FPR : 0;
}

unsigned xmm_most_carried(const struct tr *t)
{
    return t->lower_fprs ? 8 : 6;
}

void xmm_begin(struct tr *t)
{
    t->xmm = (struct xmm_state){.dirty = 0};
    t->xmm_held = 0;
    t->lower_fprs = t->j->host.msa;
    for (unsigned k = 0; k < t->trace->count; k++) {
        unsigned group = op_info[t->trace->item[k].rec->op].group;
        if (group == GROUP_x87 || group == GROUP_mmx) t->lower_fprs = false;
    }
}

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
    return (x->doubles | x->singles | x->wides) >> r & 1;
}

/* --- to struct cpu ----------------------------------------------------------------------------------- */

/* Of what is in FPRs, or 0. */
static void write_low(struct tr *t, unsigned r)
{
    struct code *c = &t->c;
    struct xmm_state *x = &t->xmm;
    int at = xmm_offset(r * SIMD_STRIDE);
    if (x->dirty >> r & 1)
        (x->wides >> r & 1 ? st_d : x->doubles >> r & 1 ? sdc1 : swc1)(c, x->at[r], at, CPU);
    if (x->mid_lost >> r & 1) sw(c, ZERO, at + 4, CPU);
    if (x->high_lost >> r & 1) sd(c, ZERO, at + 8, CPU);
    x->dirty &= (uint8_t)~bit(r);
    x->mid_lost &= (uint8_t)~bit(r);
    x->high_lost &= (uint8_t)~bit(r);
}

static void write_back(struct tr *t, unsigned r)
{
    write_low(t, r);
    if (halves_write(t, r * SIMD_STRIDE)) state_changed(t);
}

static void forget_low(struct xmm_state *x, unsigned r)
{
    x->doubles &= (uint8_t)~bit(r);
    x->singles &= (uint8_t)~bit(r);
    x->wides &= (uint8_t)~bit(r);
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
    half_forget(t, off, LOW);
    xmm_written_high(t, off);
}

/* Of a vector the low half, which the FPR is, stays. */
void xmm_written_high(struct tr *t, unsigned off)
{
    uint8_t b = bit(number(off));
    copies_forget(t, off);
    half_forget(t, off, HIGH);
    t->xmm.doubles |= t->xmm.wides & b;
    t->xmm.wides &= (uint8_t)~b;
    t->xmm.high_zero &= (uint8_t)~b;
    t->xmm.high_lost &= (uint8_t)~b;
}

void xmm_leave_but(struct tr *t, unsigned kept, unsigned dirty)
{
    struct xmm_state *x = &t->xmm;
    for (unsigned r = 0; r < 8; r++) {
        bool stays = x->dirty & dirty & bit(r);
        if (stays) x->dirty &= (uint8_t)~bit(r);
        write_low(t, r);
        halves_write(t, r * SIMD_STRIDE);
        if (stays) x->dirty |= bit(r);
        if (!(kept >> r & 1)) forget_low(x, r);
    }
}

void xmm_leave(struct tr *t)
{
    for (unsigned r = 0; r < 8; r++) {
        write_low(t, r);
        halves_write(t, r * SIMD_STRIDE);
    }
}

void xmm_before_c(struct tr *t)
{
    bool known = t->xmm.doubles | t->xmm.singles | t->xmm.wides || t->xmm.lost;
    xmm_leave(t);
    for (unsigned r = 0; r < 8; r++)
        forget_low(&t->xmm, r);
    t->xmm.high_zero = t->xmm.low_zero = 0;
    if (t->sse == SSE_EXACT) t->sse_known = false; /* what is to be called may lose precision */
    if (known) state_changed(t);
}

bool xmm_same_dirty(const struct xmm_state *a, const struct xmm_state *b)
{
    for (unsigned r = 0; r < 8; r++)
        if (a->dirty >> r & 1 &&
            (a->at[r] != b->at[r] || ((a->doubles ^ b->doubles) | (a->wides ^ b->wides)) >> r & 1))
            return false;
    return a->lost == b->lost && a->spread == b->spread && a->dirty == b->dirty &&
           a->mid_lost == b->mid_lost && a->high_lost == b->high_lost;
}

/* The half that place p of the state has. */
static uint64_t recover_half(const struct xmm_state *x, unsigned n, unsigned p, const unsigned long long *gpr)
{
    uint64_t v = p == XMM_PLACE_ZERO ? 0 : gpr[cache_reg(p - 1)], words = 0;
    if (!(x->spread >> n & 1)) return v;
    for (unsigned k = 0; k < 4; k++)
        words |= (v >> (32 * (n & 1) + 8 * k) & 0xff) << 16 * k;
    return words;
}

void xmm_recover(struct cpu *cpu, const struct xmm_state *x, const double *fpr, const unsigned long long *gpr)
{
    for (unsigned r = 0; r < 8; r++) {
        union vec *v = &cpu->simd.xmm[r];
        if (x->dirty >> r & 1) memcpy(v, &fpr[x->at[r]], x->singles >> r & 1 ? 4 : 8);
        if (x->mid_lost >> r & 1) v->u32[1] = 0;
        if (x->high_lost >> r & 1) v->u64[1] = 0;
        for (unsigned n = 2 * r; n <= 2 * r + 1; n++) {
            unsigned place = x->lost >> 4 * n & XMM_PLACE_ZERO;
            if (place) v->u64[n & 1] = recover_half(x, n, place, gpr);
        }
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
    for (unsigned k = 0; k < FPRS + lower_fprs(t); k++) {
        unsigned f = k < FPRS ? FIRST_FPR + k : k - FPRS;
        if (used >> f & 1) continue;
        hold(t, f);
        return f;
    }
    return NO_FPR;
}

unsigned xmm_new(struct tr *t)
{
    unsigned f = first_but(t, in_use(t) | homes(t));
    if (f == NO_FPR) f = first_but(t, in_use(t));
    if (f != NO_FPR) return f;
    evict(t);
    return first_but(t, in_use(t));
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
    if (!((*of_kind | x->wides) >> r & 1)) {
        if (is_cached(x, r)) {
            write_back(t, r);
            forget_low(x, r);
        }
        unsigned f = xmm_new(t), off = r * SIMD_STRIDE;
        if (half_is_known(t, off, LOW))
            (is_double ? dmtc1 : mtc1)(&t->c, half_get(t, off, LOW), f);
        else
            (is_double ? ldc1 : lwc1)(&t->c, f, xmm_offset(off), CPU);
        x->at[r] = (uint8_t)f;
        *of_kind |= bit(r);
        if (x->low_zero >> r & 1) xmm_know(t, f, XMM_SANE);
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

bool xmm_half_to(struct tr *t, enum reg rd, unsigned off, enum half h)
{
    const struct xmm_state *x = &t->xmm;
    unsigned r = number(off);
    if (h == HIGH) {
        if (x->wides >> r & 1) write_low(t, r);
        return false;
    }
    if ((x->doubles | x->wides) >> r & 1) {
        dmfc1(&t->c, rd, x->at[r]);
        return true;
    }
    if (!(x->singles & x->mid_zero & bit(r))) {
        write_low(t, r);
        return false;
    }
    mfc1(&t->c, rd, x->at[r]);
    dext(&t->c, rd, rd, 0, 32);
    return true;
}

void xmm_give_up(struct tr *t, unsigned off, enum half h)
{
    if (t->xmm.wides >> number(off) & 1)
        write_low(t, number(off));
    else if (h == HIGH)
        return;
    forget_low(&t->xmm, number(off));
}

/* --- new values -------------------------------------------------------------------------------------- */

unsigned xmm_knowledge(const struct tr *t, unsigned f)
{
    const struct xmm_state *x = &t->xmm;
    for (unsigned r = 0; r < 8; r++)
        if ((x->doubles | x->singles) >> r & 1 && x->at[r] == f)
            return (x->sane >> r & 1 ? XMM_SANE : 0) | (x->whole >> r & 1 ? XMM_WHOLE : 0) |
                   (x->modest >> r & 1 ? XMM_MODEST : 0);
    return 0;
}

void xmm_know(struct tr *t, unsigned f, unsigned knowledge)
{
    struct xmm_state *x = &t->xmm;
    for (unsigned r = 0; r < 8; r++) {
        if (!((x->doubles | x->singles) >> r & 1) || x->at[r] != f) continue;
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
    half_forget(t, r * SIMD_STRIDE, LOW);
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
    if (!is_double && x->doubles >> r & 1) write_low(t, r); /* bits 32 to 63 */
    if (!is_double) half_write(t, off, LOW);
    if (x->wides >> r & 1) write_back(t, r);
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
    half_forget(t, off, HIGH);
    if (!high) x->high_lost |= bit(r);
    x->high_zero |= bit(r);
    if (is_double) return;
    if (!mid) x->mid_lost |= bit(r);
    x->mid_zero |= bit(r);
}

/* --- vectors ----------------------------------------------------------------------------------------- */

bool xmm_is_wide(const struct tr *t, unsigned off)
{
    return t->xmm.wides >> number(off) & 1;
}

/* A low half in an FPR, and zeros. */
static void widen(struct tr *t, unsigned r)
{
    struct xmm_state *x = &t->xmm;
    unsigned f = xmm_new(t);
    bool changed = (x->dirty | x->high_lost) >> r & 1;
    ldi_b(&t->c, f, 0);
    insve_d(&t->c, f, 0, x->at[r]);
    forget_low(x, r);
    x->at[r] = (uint8_t)f;
    x->wides |= bit(r);
    x->high_lost &= (uint8_t)~bit(r);
    if (changed) x->dirty |= bit(r);
}

unsigned xmm_wide(struct tr *t, unsigned off)
{
    unsigned r = number(off);
    struct xmm_state *x = &t->xmm;
    if ((x->doubles & x->high_zero) >> r & 1) {
        hold(t, x->at[r]);
        widen(t, r);
    } else if (!(x->wides >> r & 1)) {
        write_back(t, r);
        forget_low(x, r);
        unsigned f = xmm_new(t);
        ld_d(&t->c, f, xmm_offset(off), CPU);
        x->at[r] = (uint8_t)f;
        x->wides |= bit(r);
    }
    hold(t, x->at[r]);
    return x->at[r];
}

unsigned xmm_update(struct tr *t, unsigned off)
{
    const struct xmm_state *x = &t->xmm;
    unsigned own = number(off), f = x->at[own];
    bool elsewhere = t->again && is_cached(&t->carried, own) && t->carried.at[own] != f;
    bool shared = t->flags.kind == RECIPE_FCOM && (t->flags.x.n == f || t->flags.y.n == f);
    for (unsigned r = 0; r < 8; r++)
        shared |= r != own && is_cached(x, r) && x->at[r] == f;
    return xmm_is_wide(t, off) && !shared && !elsewhere ? f : xmm_new_result(t, off);
}

void xmm_set_wide(struct tr *t, unsigned off, unsigned f)
{
    xmm_written(t, off);
    t->xmm.at[number(off)] = (uint8_t)f;
    t->xmm.wides |= bit(number(off));
    t->xmm.dirty |= bit(number(off));
}

/* --- copies ------------------------------------------------------------------------------------------ */

void xmm_set_high_zero(struct tr *t, unsigned off, bool zero)
{
    struct xmm_state *x = &t->xmm;
    uint8_t b = bit(number(off));
    if (zero && !(x->high_zero & b))
        x->high_lost |= b;
    else if (!zero)
        x->high_lost &= (uint8_t)~b;
    x->high_zero = (uint8_t)(zero ? x->high_zero | b : x->high_zero & ~b);
}

void xmm_copy(struct tr *t, unsigned dst, unsigned src, bool packed)
{
    unsigned d = number(dst), s = number(src);
    struct xmm_state *x = &t->xmm;
    bool single = x->singles >> s & 1 && x->mid_zero >> s & 1;
    if (d == s) return;
    if (x->wides >> s & 1) {
        xmm_set_wide(t, dst, x->at[s]);
        return;
    }
    half_put(t, dst, HIGH, half_get(t, src, HIGH));
    if (!is_cached(x, s) && (packed || half_is_known(t, src, LOW))) {
        half_put(t, dst, LOW, half_get(t, src, LOW));
        return;
    }
    unsigned f = single ? x->at[s] : xmm_double(t, src);
    take(t, d, f, !single);
    if (single) {
        x->mid_zero |= bit(d);
        x->mid_lost |= bit(d);
    }
}
