/* Control: the control and status words, and the memory images of environment and state. */
#include "fpu/dbl.h"
#include "fpu/stack.h"

#include <string.h>

/* Always-set bit 6 of the control word; the writable ones are masks, PC, RC and the old infinity control. */
enum { CW_FIXED = 0x0040, CW_WRITABLE = 0x1f3f };

/* ES and B follow flags and masks. */
static void refresh_summary(struct x87 *x)
{
    bool pending = x87_unmasked(x, x->sw);
    x->sw = (uint16_t)((x->sw & ~(X87_ES | X87_B)) | (pending ? X87_ES | X87_B : 0));
}

void x87_fninit(struct x87 *x)
{
    x->top = 0;
    x->empty = 0xff;
    x->cw = 0x037f;
    x->sw = 0;
    x->fop = 0;
    x->fip = x->fdp = 0;
    x->fcs = x->fds = 0;
}

void x87_fnclex(struct x87 *x)
{
    x->sw &= (uint16_t) ~(X87_EXCEPTIONS | X87_SF | X87_ES | X87_B);
}

void x87_fldcw(struct x87 *x, uint16_t cw)
{
    x->cw = (cw & CW_WRITABLE) | CW_FIXED;
    refresh_summary(x);
}

uint16_t x87_fnstsw(const struct x87 *x)
{
    return (uint16_t)(x->sw | x->top << 11);
}

static void set_sw(struct x87 *x, uint16_t sw)
{
    x->top = sw >> 11 & 7;
    x->sw = sw & (uint16_t) ~(7 << 11);
    refresh_summary(x);
}

/* Nobody keeps what an empty register of the double model held. */
struct f80 x87_register(const struct x87 *x, unsigned r)
{
    if (!x->dbl) return x->reg[r];
    return x->empty >> r & 1 ? f80_zero(false) : dbl_image(x, r);
}

/* Register r becomes what a memory image says. */
static void take(struct x87 *x, unsigned r, struct f80 v)
{
    if (x->dbl)
        dbl_set_image(x, r, v);
    else
        x->reg[r] = v;
}

enum tag { TAG_VALID, TAG_ZERO, TAG_SPECIAL, TAG_EMPTY };

static uint16_t full_tags(const struct x87 *x)
{
    static const uint8_t tags[] = {
        [CLASS_ZERO] = TAG_ZERO,           [CLASS_NORMAL] = TAG_VALID, [CLASS_DENORMAL] = TAG_SPECIAL,
        [CLASS_INF] = TAG_SPECIAL,         [CLASS_QNAN] = TAG_SPECIAL, [CLASS_SNAN] = TAG_SPECIAL,
        [CLASS_UNSUPPORTED] = TAG_SPECIAL,
    };
    unsigned word = 0;
    for (unsigned r = 0; r < 8; r++)
        word |= (unsigned)(x->empty >> r & 1 ? TAG_EMPTY : tags[f80_class(x87_register(x, r))]) << 2 * r;
    return (uint16_t)word;
}

/* A CPU looks only at which registers are empty. */
static void set_tags(struct x87 *x, uint16_t word)
{
    uint8_t was = x->empty;
    x->empty = 0;
    for (unsigned r = 0; r < 8; r++) {
        bool empty = (word >> 2 * r & 3) == TAG_EMPTY;
        x->empty |= (uint8_t)(empty << r);
        if (x->dbl && !empty && was >> r & 1) take(x, r, f80_zero(false));
    }
}

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v & 0xffff);
    put16(p + 2, v >> 16);
}

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}
static uint32_t get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

/* SDM vol. 1, figures 8-9 and 8-11. */
void x87_put_env(const struct x87 *x, bool op16, uint8_t *image)
{
    if (op16) {
        const uint16_t words[] = {x->cw,  x87_fnstsw(x),    full_tags(x), (uint16_t)x->fip,
                                  x->fcs, (uint16_t)x->fdp, x->fds};
        for (unsigned i = 0; i < 7; i++)
            put16(image + 2 * i, words[i]);
        return;
    }
    const uint32_t high = 0xffff0000; /* reserved halves are stored as ones */
    const uint32_t words[] = {
        high | x->cw, high | x87_fnstsw(x), high | full_tags(x), x->fip, x->fcs | (uint32_t)x->fop << 16,
        x->fdp,       high | x->fds};
    for (unsigned i = 0; i < 7; i++)
        put32(image + 4 * i, words[i]);
}

void x87_get_env(struct x87 *x, bool op16, const uint8_t *image)
{
    unsigned step = op16 ? 2 : 4;
    x->cw = (get16(image) & CW_WRITABLE) | CW_FIXED;
    set_sw(x, get16(image + step));
    set_tags(x, get16(image + 2 * step));
    x->fip = op16 ? get16(image + 6) : get32(image + 12);
    x->fdp = op16 ? get16(image + 10) : get32(image + 20);
    x->fop = op16 ? 0 : get16(image + 18) & 0x7ff;
    x->fcs = x->fds = 0; /* such a CPU neither keeps nor stores the selectors */
}

void x87_put_regs(const struct x87 *x, uint8_t *image)
{
    unsigned none = 0;
    for (unsigned i = 0; i < 8; i++)
        f80_to(X87_F80, x87_register(x, slot(x, i)), x->cw, image + 10 * i, &none);
}

void x87_get_regs(struct x87 *x, const uint8_t *image)
{
    unsigned none = 0;
    for (unsigned i = 0; i < 8; i++)
        take(x, slot(x, i), f80_from(X87_F80, image + 10 * i, &none));
}

void x87_env_stored(struct x87 *x)
{
    x->cw |= X87_EXCEPTIONS;
    refresh_summary(x);
}

void x87_put_fx(const struct x87 *x, uint8_t *image)
{
    put16(image, x->cw);
    put16(image + 2, x87_fnstsw(x));
    image[4] = (uint8_t)~x->empty;
    image[5] = 0;
    put16(image + 6, x->fop);
    put32(image + 8, x->fip);
    put32(image + 12, x->fcs);
    put32(image + 16, x->fdp);
    put32(image + 20, x->fds);
    unsigned none = 0;
    memset(image + 32, 0, X87_FXREGS - 32);
    for (unsigned i = 0; i < 8; i++)
        f80_to(X87_F80, x87_register(x, slot(x, i)), x->cw, image + 32 + 16 * i, &none);
}

void x87_get_fx(struct x87 *x, const uint8_t *image)
{
    unsigned none = 0;
    x->cw = (get16(image) & CW_WRITABLE) | CW_FIXED;
    set_sw(x, get16(image + 2));
    x->empty = (uint8_t)~image[4];
    x->fop = get16(image + 6) & 0x7ff;
    x->fip = get32(image + 8);
    x->fdp = get32(image + 16);
    x->fcs = x->fds = 0;
    for (unsigned i = 0; i < 8; i++)
        take(x, slot(x, i), f80_from(X87_F80, image + 32 + 16 * i, &none));
}
