/* Copies of halves of XMM registers, and of constants, in FPRs. Owns which FPR has what. Struct cpu has all
 * of it as well, so a copy is forgotten at no cost: where the register changes otherwise, before C code, and
 * at every way in. An FPR with a copy is never changed, so several halves may share it. */
#include "jit/mips64/packed_emit.h"
#include "jit/mips64/x87_emit.h"

#include <string.h>

static unsigned half_of(unsigned off, enum half h)
{
    return off / 8 + h;
}

void copies_forget_all(struct tr *t)
{
    memset(&t->copies, 0, sizeof t->copies);
}

void copies_forget(struct tr *t, unsigned off)
{
    for (unsigned f = 0; f < COPIES; f++)
        t->copies.halves[f] &= (uint16_t) ~(3u << half_of(off, LOW));
}

void copies_ready(struct tr *t)
{
    const struct recipe *r = &t->flags;
    if (t->j->dbl && t->has_x87) {
        fpr_home(t);
        copies_forget_all(t);
    }
    if (t->x87.exact) x87_to_memory(t);
    if (r->kind == RECIPE_FCOM && (r->x.n < COPIES || r->y.n < COPIES)) flags_to_memory(t);
}

static unsigned hold(struct tr *t, unsigned f)
{
    t->copies.used[f] = (uint16_t)(t->k + 1);
    return f;
}

unsigned copies_new(struct tr *t)
{
    struct copies *s = &t->copies;
    unsigned best = COPIES;
    for (unsigned f = 0; f < COPIES; f++) {
        if (s->used[f] == t->k + 1) continue;
        if (!s->halves[f] && !s->constant[f]) {
            best = f;
            break;
        }
        if (best == COPIES || s->used[f] < s->used[best]) best = f;
    }
    s->halves[best] = 0;
    s->constant[best] = 0;
    s->sane &= (uint16_t) ~(1u << best);
    return hold(t, best);
}

/* The copy that there is; or a new one, not yet written. */
static bool find(struct tr *t, unsigned off, enum half h, unsigned *f)
{
    unsigned bit = 1u << half_of(off, h);
    for (*f = 0; *f < COPIES; ++*f) {
        if (!(t->copies.halves[*f] & bit)) continue;
        hold(t, *f);
        return true;
    }
    *f = copies_new(t);
    t->copies.halves[*f] = (uint16_t)bit;
    return false;
}

unsigned copies_get(struct tr *t, unsigned off, enum half h)
{
    unsigned f;
    if (!find(t, off, h, &f)) ldc1(&t->c, f, packed_offset(off, h), CPU);
    return f;
}

unsigned copies_take(struct tr *t, unsigned off, enum half h)
{
    unsigned f;
    if (find(t, off, h, &f)) return f;
    if (half_is_known(t, off, h)) {
        dmtc1(&t->c, half_get(t, off, h), f);
    } else {
        xmm_read(t, off);
        ldc1(&t->c, f, packed_offset(off, h), CPU);
    }
    return f;
}

void copies_share(struct tr *t, unsigned off, enum half h, unsigned f)
{
    t->copies.halves[f] |= (uint16_t)(1u << half_of(off, h));
}

void copies_put(struct tr *t, unsigned off, enum half h, unsigned f)
{
    sdc1(&t->c, f, packed_offset(off, h), CPU);
    copies_share(t, off, h, f);
}

bool copies_are_sane(const struct tr *t, unsigned f)
{
    return t->copies.sane >> f & 1;
}

void copies_know_sane(struct tr *t, unsigned f)
{
    t->copies.sane |= (uint16_t)(1u << f);
}

unsigned copies_constant(struct tr *t, unsigned n)
{
    for (unsigned f = 0; f < COPIES; f++)
        if (t->copies.constant[f] == n + 1) return hold(t, f);
    unsigned f = copies_new(t);
    enum reg r = ZERO;
    if (n) li(&t->c, r = V0, (int32_t)n);
    dmtc1(&t->c, r, f);
    t->copies.constant[f] = (uint8_t)(n + 1);
    return f;
}
