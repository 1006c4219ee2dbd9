/* Flags that an x87 compare left: CF, PF and ZF, the others clear. As long as they follow from two FPRs that
 * hold no NaN (RECIPE_FCOM), a condition is one comparison. */
#include "interp/flags.h"
#include "jit/mips64/effects.h"
#include "jit/mips64/x87_emit.h"

/* The host's comparison whose result, or its opposite, is condition cc; NULL: cc is constant: that flag is
 * clear. */
typedef void fcompare_fn(struct code *c, unsigned a, unsigned b);

static fcompare_fn *comparison(unsigned cc)
{
    switch (cc >> 1) {
    case CC_B >> 1: return c_olt_d;
    case CC_BE >> 1: return c_ole_d;
    case CC_E >> 1:
    case CC_LE >> 1: return c_eq_d;
    default: return NULL;
    }
}

void fcom_branch(struct tr *t, unsigned cc, struct label *to)
{
    struct code *c = &t->c;
    fcompare_fn *f = comparison(cc);
    if (!f && !(cc & 1)) return;
    if (f) f(c, t->flags.x.n, t->flags.y.n);
    uint32_t slot = slot_word(c, COND_BIT);
    if (!f)
        beq(c, ZERO, ZERO, to);
    else if (cc & 1)
        bc1f(c, to);
    else
        bc1t(c, to);
    emit(c, slot);
    if (!slot) slot_open(c);
}

void fcom_truth(struct tr *t, enum reg rd, unsigned cc)
{
    struct code *c = &t->c;
    fcompare_fn *f = comparison(cc);
    li(c, rd, f ? 1 : (int)(cc & 1));
    if (!f) return;
    f(c, t->flags.x.n, t->flags.y.n);
    if (cc & 1)
        movt(c, rd, ZERO);
    else
        movf(c, rd, ZERO);
}

void fcom_bits(struct tr *t, enum reg rd)
{
    struct code *c = &t->c;
    c_olt_d(c, t->flags.x.n, t->flags.y.n);
    li(c, rd, FL_CF);
    movf(c, rd, ZERO);
    c_eq_d(c, t->flags.x.n, t->flags.y.n);
    li(c, AT, FL_ZF);
    movf(c, AT, ZERO);
    or_(c, rd, rd, AT);
}

void fcom_leave(struct tr *t, bool wanted)
{
    if (t->flags.kind != RECIPE_FCOM) return;
    if (wanted) fcom_bits(t, FLAG_A);
    t->flags =
        (struct recipe){.kind = wanted ? RECIPE_BITS : RECIPE_MEMORY, .bits = 32, .x = val_host(FLAG_A)};
}

void bits_to_memory(struct tr *t, enum reg v)
{
    struct code *c = &t->c;
    andi(c, V1, v, 1);
    dsll32(c, A0, V1, 0);
    dsll(c, V1, V1, 31);
    or_(c, V1, V1, A0);
    sd(c, V1, CPU_OFFSET(flag_carry), CPU);
    srl(c, A0, v, 6);
    ext(c, A1, v, 2, 1);
    xori(c, V1, A0, 1);
    xor_(c, A0, A0, A1); /* equal */
    dsll32(c, A0, A0, 0);
    or_(c, V1, V1, A0);
    sd(c, V1, CPU_OFFSET(flag_res), CPU);
}
