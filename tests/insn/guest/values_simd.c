/* Operands of MMX and SSE instructions: packed values, MXCSR, whole states. */
#include "tests/insn/guest/values.h"

static uint8_t last[16];

static void put32(uint8_t *to, uint32_t v)
{
    __builtin_memcpy(to, &v, 4);
}

static void integers(uint8_t to[16])
{
    static const uint8_t edges[] = {0, 0x80, 0x7f, 0xff, 1, 0xfe, 0x81, 0x40};
    uint32_t r = values_bits();
    switch (r >> 29) {
    case 0:
        for (unsigned k = 0; k < 16; k++)
            to[k] = edges[values_bits() >> 9 & 7];
        break;
    case 1: /* a byte or two beside the last one: compares find something equal */
        __builtin_memcpy(to, last, 16);
        to[r & 15] ^= 1 << (r >> 8 & 7);
        break;
    case 2: /* a small number: a shift's count */
        __builtin_memset(to, 0, 16);
        to[0] = r >> 8 & 0x7f;
        break;
    default:
        for (unsigned k = 0; k < 16; k += 4)
            put32(to + k, r & 1 ? values_bits() : values_number());
        break;
    }
}

static void text(uint8_t to[16])
{
    uint32_t r = values_bits();
    for (unsigned k = 0; k < 16; k++)
        to[k] = r & 0x100 ? values_bits() >> 13 & 3 : values_bits() >> 7 & 0x83;
    if (r & 0x200) __builtin_memcpy(to, last, r & 15);
}

void values_lanes(uint8_t to[16], unsigned kind)
{
    switch (kind) {
    case CONTENT_LANES_F32:
        for (unsigned k = 0; k < 16; k += 4)
            values_f32(to + k);
        break;
    case CONTENT_LANES_F64:
        for (unsigned k = 0; k < 16; k += 8)
            values_f64(to + k);
        break;
    case CONTENT_LANES_TEXT: text(to); break;
    default: integers(to); break;
    }
    __builtin_memcpy(last, to, 16);
}

/* Rounding follows the run. */
uint32_t values_mxcsr(unsigned run, int unmasked)
{
    uint32_t r = values_bits(), v = 0x1f80 | (run & 3) << 13;
    if ((r & 3) == 0) v |= 0x8000;    /* FTZ */
    if ((r >> 2 & 3) == 0) v |= 0x40; /* DAZ */
    if (r & 0x10) v |= r >> 8 & 0x3f; /* flags */
    if (unmasked && r & 0x60) v &= ~(r >> 16 & 0x3f) << 7 | 0x607f | 0x8000;
    return v;
}

void values_fx(uint8_t image[512], const uint8_t x87[108], unsigned run, unsigned kind, unsigned traits)
{
    __builtin_memset(image, 0, FX_XMM);
    image[0] = 0x7f;
    image[1] = 3;
    if (traits & TRIAL_X87) {
        uint32_t tags = x87[8] | x87[9] << 8;
        __builtin_memcpy(image, x87, 2);
        __builtin_memcpy(image + 2, x87 + 4, 2);
        for (unsigned r = 0; r < 8; r++) {
            if ((tags >> 2 * r & 3) != 3) image[4] |= 1 << r;
            __builtin_memcpy(image + FX_ST + 16 * r, x87 + 28 + 10 * r, 10);
        }
        __builtin_memcpy(image + 8, x87 + 12, 4);
    }
    put32(image + FX_MXCSR, values_mxcsr(run, traits & TRIAL_UNMASKED));
    for (unsigned r = 0; r < 8; r++)
        values_lanes(image + FX_XMM + 16 * r, kind);
}
