/* The x87's registers as MMX registers: register r's significand is MM r, whatever TOP is. */
#include "fpu/dbl.h"

/* In the double model each register then has its image, so that reg[] holds what MMX instructions see; of an
 * empty one nobody keeps what it held. */
void x87_enter_mmx(struct x87 *x)
{
    if (x->dbl && (x->raw != 0xff || x->empty)) {
        for (unsigned r = 0; r < 8; r++) {
            x->reg[r] = x87_register(x, r);
            if (x->empty >> r & 1) x->d[r] = 0;
        }
        x->raw = 0xff;
    }
    x->top = 0;
    x->empty = 0;
}

uint64_t x87_mmx(const struct x87 *x, unsigned r)
{
    return x87_register(x, r).m;
}

void x87_set_mmx(struct x87 *x, unsigned r, uint64_t v)
{
    struct f80 f = {v, 0xffff};
    x->reg[r] = f;
    if (!x->dbl) return;
    dbl_set_image(x, r, f);
    x->reg[r] = f;
    x->raw |= (uint8_t)(1u << r);
}

void x87_emms(struct x87 *x)
{
    x->top = 0;
    x->empty = 0xff;
    x->raw = 0; /* nothing in them is worth an image */
}
