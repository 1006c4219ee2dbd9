/* x87 operands: numbers in each memory format, whole states, environments. */
#include "tests/insn/guest/values.h"

static void put(uint8_t *to, uint64_t v, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        to[k] = v >> 8 * k;
}

/* A significand of n bits with long runs of equal bits: those are near rounding boundaries. */
static uint64_t significand(void)
{
    uint32_t r = values_bits();
    uint64_t m = (uint64_t)values_bits() << 32 | values_bits();
    switch (r & 7) {
    case 0: return m << (r >> 8 & 63);
    case 1: return 0;
    case 2: return ~0ull >> (r >> 8 & 63);
    case 3: return ~0ull << (r >> 8 & 63);
    case 4: return 1ull << (r >> 8 & 63);
    case 5: return (m & 0xffffffffull << 32) | 0x80000000u;
    case 6: return m << 40;
    default: return m;
    }
}

/* Exponent and significand of a format with `ebits` and `mbits`; edges, numbers near 1, anything. */
static uint64_t narrow(unsigned ebits, unsigned mbits)
{
    uint32_t r = values_bits(), emax = (1u << ebits) - 1, e;
    switch (r & 7) {
    case 0: e = 0; break;
    case 1: e = emax; break;
    case 2: e = r & 8 ? 1 : emax - 1; break;
    case 3: e = values_bits() & emax; break;
    default: e = emax / 2 + (r >> 16 & 31) - 12; break;
    }
    uint64_t m = significand() >> (64 - mbits);
    return (uint64_t)(r >> 4 & 1) << (ebits + mbits) | (uint64_t)e << mbits | m;
}

void values_f32(uint8_t *to)
{
    put(to, narrow(8, 23), 4);
}

void values_f64(uint8_t *to)
{
    put(to, narrow(11, 52), 8);
}

struct extended {
    uint64_t m;
    uint16_t se;
};

/* What else the format can hold: pseudo-denormals, unnormals, pseudo-infinities and pseudo-NaNs among them.
 */
static const struct extended edges[32] = {
    {0, 0},
    {0, 0x8000},
    {1ull << 63, 0x3fff},
    {1ull << 63, 0xbfff},
    {1ull << 63, 0x7fff},
    {1ull << 63, 0xffff},
    {3ull << 62, 0xffff},
    {3ull << 62 | 0x1234, 0x7fff},
    {5ull << 61, 0x7fff},
    {1ull << 63 | 1, 0xffff},
    {1, 0},
    {1, 0x8000},
    {~0ull >> 1, 0},
    {1ull << 63, 0},
    {~0ull, 0x8000},
    {1ull << 63, 1},
    {~0ull, 0x7ffe},
    {~0ull, 0xfffe},
    {1ull << 62, 0x4000},
    {0, 0x4000},
    {0, 0x7fff},
    {1, 0x7fff},
    {1ull << 63, 0x4000},
    {1ull << 63, 0x3ffe},
    {3ull << 62, 0x3fff},
    {0xc90fdaa22168c235, 0x4000},
    {0xfffffffffffffffe, 0x3ffe},
    {1ull << 63 | 1, 0x3fff},
    {1ull << 63, 0x403e},
    {~0ull, 0x403d},
    {1ull << 63, 0xc03e},
    {0xfffffffe00000000, 0x401d},
};

static struct extended last_extended;

static struct extended extended(void)
{
    uint32_t r = values_bits();
    struct extended x = last_extended;
    switch (r >> 28) {
    case 0:
    case 1:
    case 2: x = edges[r & 31]; break;
    case 3: x.se ^= r & 0x8000; break;
    case 4: x.m ^= 1ull << (r & 63); break;
    case 5: x.se += (r & 7) - 3; break;
    case 6: x = (struct extended){values_bits() | (uint64_t)values_bits() << 32, values_bits()}; break;
    case 7:
        x = (struct extended){significand() | 1ull << 63,
                              (r & 0x8000) + ((r & 16) ? 1 + (r & 15) : 0x7ffe - (r & 127))};
        break;
    case 8:
        x = (struct extended){1ull << 63 | (uint64_t)values_bits() << 44, (r & 0x8000) + 0x3fff + (r & 15)};
        break;
    case 9: x = (struct extended){significand() | 1ull << 63, (r & 0x8000) + 0x3fff + (r & 127) - 64}; break;
    default: x = (struct extended){significand() | 1ull << 63, (r & 0x8000) + 0x3fff + (r & 15) - 8}; break;
    }
    last_extended = x;
    return x;
}

/* Keeps finite numbers where the instruction's result is defined (SDM vol. 2: F2XM1, FYL2XP1) or worthwhile.
 */
static struct extended confine(struct extended x, unsigned domain)
{
    unsigned e = x.se & 0x7fff, sign = x.se & 0x8000;
    unsigned limit = domain == DOMAIN_UNIT ? 0x3ffe : domain == DOMAIN_NEAR_ZERO ? 0x3ffc : 0x403f;
    if (domain == DOMAIN_ANY || e == 0x7fff || e <= limit) return x;
    if (domain == DOMAIN_UNIT && e == 0x3fff && x.m == 1ull << 63) return x;
    x.se = sign | (limit - (e & 31));
    return x;
}

void values_f80(uint8_t *to, unsigned domain)
{
    struct extended x = confine(extended(), domain);
    put(to, x.m, 8);
    put(to + 8, x.se, 2);
}

void values_bcd(uint8_t *to)
{
    uint32_t odd = values_bits();
    for (unsigned k = 0; k < 9; k++) {
        uint32_t r = values_bits();
        to[k] = r % 10 | (r >> 8) % 10 << 4;
        if (odd & 1 && k < (odd >> 8 & 15)) to[k] = 0;
    }
    if ((odd & 0xf0) == 0) to[odd >> 12 & 7] = odd >> 16; /* digits that are none */
    to[9] = odd >> 24 & (odd & 2 ? 0x80 : 0xff);
}

/* Control and status words. Rounding and precision follow the run; TOP, C0..C3 and flags are random. */
static void words(unsigned run, int unmasked, uint16_t *cw, uint16_t *sw)
{
    uint32_t r = values_bits();
    uint32_t masks = unmasked && (r & 3) == 0 ? r >> 24 & 0x3f : 0x3f;
    uint32_t flags = r >> 4 & 1 ? r >> 8 & 0x7f : 0;
    if ((r >> 5 & 7) != 0) flags &= masks | 0x40; /* else an exception may be pending */
    *cw = 0x40 | masks | (run & 3) << 10 | (run >> 2 & 3) << 8;
    *sw = flags | (r >> 16 & 0xff) << 8;
}

/* Full most of the time; an empty register now and then. */
static uint16_t tags(void)
{
    uint32_t r = values_bits();
    uint16_t tw = 0;
    if (r & 1) return 0;
    if ((r & 14) == 0) return r >> 16;
    for (unsigned k = 0; k < 8; k++)
        if ((r >> (4 + 3 * k) & 7) == 0) tw |= 3 << 2 * k;
    return tw;
}

void values_x87_env(uint8_t *image, unsigned run, int wide, int unmasked)
{
    uint16_t cw, sw;
    words(run, unmasked, &cw, &sw);
    unsigned n = wide ? 4 : 2;
    put(image, cw, n);
    put(image + n, sw, n);
    put(image + 2 * n, tags(), n);
    put(image + 3 * n, values_bits(), n);
    put(image + 4 * n, wide ? values_bits() & 0x7ff0000 : 0, n); /* opcode; a null selector */
    put(image + 5 * n, values_bits(), n);
    put(image + 6 * n, 0, n);
}

void values_x87_state(uint8_t image[108], unsigned run, unsigned domain, int unmasked)
{
    values_x87_env(image, run, 1, unmasked);
    for (unsigned k = 0; k < 8; k++)
        values_f80(image + 28 + 10 * k, k == 0 ? domain : DOMAIN_ANY);
}
