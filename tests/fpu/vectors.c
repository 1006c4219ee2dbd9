/* Random machine states whose operands lie where the x87 changes its mind. */
#include "tests/fpu/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t rng_next(struct rng *r) /* splitmix64 */
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static bool chance(struct rng *r, unsigned percent)
{
    return rng_below(r, 100) < percent;
}

enum { BIAS = 16383, EXP_MAX = 0x7fff };
#define TOP (1ull << 63)

/* Random, sparse, runs of ones, or bits at the rounding positions of 64, 53, 24 and integer formats. */
static uint64_t significand(struct rng *r)
{
    uint64_t v = rng_next(r);
    switch (rng_below(r, 8)) {
    case 0: return v;
    case 1: return TOP;
    case 2: return ~0ull;
    case 3: return v & rng_next(r) & rng_next(r) & rng_next(r);
    case 4: return ~0ull << rng_below(r, 64);
    case 5: return (v & ~0ull << 11) | ((uint64_t)rng_below(r, 5) << 9);  /* about m64 */
    case 6: return (v & ~0ull << 40) | ((uint64_t)rng_below(r, 5) << 38); /* about m32 */
    default: return ~0ull << rng_below(r, 64) ^ 1ull << rng_below(r, 64);
    }
}

static unsigned exponent(struct rng *r)
{
    static const uint16_t borders[] = {
        0,    64,        BIAS - 16382 + 2, BIAS - 1022, BIAS - 1074, BIAS - 126, BIAS - 149,  BIAS - 66,
        BIAS, BIAS + 15, BIAS + 31,        BIAS + 59,   BIAS + 63,   BIAS + 127, BIAS + 1023, EXP_MAX - 1};
    unsigned near = borders[rng_below(r, sizeof borders / sizeof *borders)];
    switch (rng_below(r, 4)) {
    case 0: return BIAS + rng_below(r, 80) - 40;
    case 1: return (near + rng_below(r, 5) - 2) & EXP_MAX;
    case 2: return BIAS + rng_below(r, 6) - 3;
    default: return rng_below(r, 8) ? BIAS + rng_below(r, 200) - 100 : rng_below(r, EXP_MAX + 1);
    }
}

static struct f80 value(struct rng *r)
{
    struct f80 v = {significand(r) | TOP, (uint16_t)exponent(r)};
    unsigned kind = (unsigned)rng_below(r, 64);
    if (kind < 2) v = (struct f80){0, 0};
    if (kind == 2) v = (struct f80){TOP, EXP_MAX};
    if (kind == 3) v = (struct f80){significand(r) | TOP, EXP_MAX};
    if (kind == 4) v.m &= ~TOP; /* unnormal */
    if (kind == 5) v = (struct f80){significand(r), 0};
    if (kind == 6) v = (struct f80){significand(r) & ~TOP, 0};
    if (kind == 7) v = (struct f80){significand(r), EXP_MAX};
    if (kind == 8) v = (struct f80){TOP, (uint16_t)exponent(r)}; /* a power of two */
    if (kind == 9) v = (struct f80){TOP | rng_below(r, 3) << 62, EXP_MAX};
    v.se |= (uint16_t)(rng_next(r) & 0x8000);
    return v;
}

/* A second operand that meets the first at an edge: near it, near its reciprocal, far below. */
static struct f80 partner(struct rng *r, struct f80 a)
{
    static const int16_t distances[] = {0,  1,  2,  23, 24, 31, 32, 52,  53,  62,
                                        63, 64, 65, 66, 67, 95, 96, 127, 128, 129};
    struct f80 v = value(r);
    unsigned exp = a.se & EXP_MAX, sign = v.se & 0x8000u;
    int distance = distances[rng_below(r, sizeof distances / sizeof *distances)];
    switch (rng_below(r, 8)) {
    case 0: v.se = (uint16_t)((exp + rng_below(r, 3) - 1) & EXP_MAX); break;
    case 1: v.m = a.m + rng_below(r, 5) - 2, v.se = (uint16_t)exp; break;
    case 2: v.se = (uint16_t)((exp - (unsigned)distance) & EXP_MAX); break;
    case 3: v.se = (uint16_t)((exp + (unsigned)distance) & EXP_MAX); break;
    case 4:
        v.se = (uint16_t)((BIAS - exp + rng_below(r, 70) - 35) & EXP_MAX);
        break; /* products about 2^-16383 */
    case 5: v.se = (uint16_t)((3 * BIAS + 1 - exp + rng_below(r, 5) - 2) & EXP_MAX); break; /* 2^16384 */
    case 6:
        v.se = (uint16_t)((exp + (rng_next(r) & 1 ? BIAS : 0x4000) + rng_below(r, 70) - 35) & EXP_MAX);
        break;
    default: return v;
    }
    if (chance(r, 97) && (v.se & EXP_MAX)) v.m |= TOP;
    v.se |= (uint16_t)sign;
    return v;
}

/* The ends of each class, so that every pair of them meets. */
static struct f80 special(struct rng *r)
{
    static const struct f80 table[] = {
        {0, 0}, /* zero */
        {1, 0}, /* denormals */
        {TOP >> 1, 0},
        {TOP - 1, 0},
        {TOP, 0}, /* pseudo-denormals */
        {~0ull, 0},
        {TOP, 1}, /* normal numbers */
        {~0ull, 1},
        {TOP, 64},
        {TOP, BIAS - 1},
        {TOP, BIAS},
        {TOP | 1, BIAS},
        {3ull << 62, BIAS},
        {0xc90fdaa22168c235, BIAS + 1},
        {TOP, BIAS + 63},
        {TOP, EXP_MAX - 1},
        {~0ull, EXP_MAX - 1},
        {TOP, EXP_MAX},     /* infinity */
        {TOP | 1, EXP_MAX}, /* NaNs */
        {~0ull, EXP_MAX},
        {3ull << 62, EXP_MAX},
        {TOP - 1, BIAS}, /* unnormal, pseudo-infinity, pseudo-NaN */
        {0, EXP_MAX},
        {TOP >> 1, EXP_MAX},
    };
    struct f80 v = table[rng_below(r, sizeof table / sizeof *table)];
    v.se |= (uint16_t)(rng_next(r) & 0x8000);
    return v;
}

static void control(struct rng *r, struct x87 *x)
{
    unsigned cw = 0x40 | (unsigned)(rng_next(r) & 0xf00);
    if ((cw >> 8 & 3) == 1 && chance(r, 90)) cw |= 0x300;
    cw |= chance(r, 60) ? X87_EXCEPTIONS : (unsigned)(rng_next(r) & X87_EXCEPTIONS);
    if (chance(r, 25)) cw = chance(r, 70) ? 0x37f : 0x27f; /* what programs use */
    x->cw = (uint16_t)cw;
    unsigned sticky = (unsigned)(rng_next(r) & cw & X87_EXCEPTIONS);
    x->sw = (uint16_t)(sticky | (rng_next(r) & (X87_CC | X87_SF)));
}

/* m32, m64 and integers: from a value near the edges, or any bits. */
static void memory_operand(struct rng *r, struct machine *m, struct encoding e, struct f80 like)
{
    for (unsigned i = 0; i < OPERAND_SIZE; i += 8) {
        uint64_t v = significand(r);
        memcpy(m->operand + i, &v, 8);
    }
    struct machine scratch = *m;
    scratch.x87.reg[scratch.x87.top] = chance(r, 60) ? partner(r, like) : value(r);
    scratch.x87.empty = 0;
    scratch.x87.cw |= X87_EXCEPTIONS;
    struct encoding store = {e.opcode | 1, (uint8_t)(e.opcode == 0xdb && encoding_reg(e) == 5 ? 0x38 : 0x10)};
    if (chance(r, 80) && vector_execute(store, &scratch))
        memcpy(m->operand, scratch.operand, X87_OPERAND_MAX);
    if (e.opcode == 0xdf && encoding_reg(e) == 4 && chance(r, 90)) /* packed decimal: mostly decimal digits */
        for (unsigned i = 0; i < 9; i++)
            m->operand[i] = (uint8_t)(rng_below(r, 10) << 4 | rng_below(r, 10));
    if (e.opcode == 0xd9 && encoding_reg(e) == 5) m->operand[0] |= X87_EXCEPTIONS;
}

void vector_make(struct rng *r, struct encoding e, struct machine *m)
{
    enum { ARITH = 0x8d5 };
    memset(m, 0, sizeof *m);
    struct x87 *x = &m->x87;
    control(r, x);
    x->top = rng_next(r) & 7;
    unsigned i = encoding_memory(e) ? 1 : e.modrm & 7;
    for (unsigned k = 0; k < 8; k++)
        x->reg[k] = value(r);
    struct f80 a = x->reg[x->top];
    x->reg[(x->top + 1) & 7] = partner(r, a);
    if (i) x->reg[(x->top + i) & 7] = partner(r, a);
    if (chance(r, 8)) {
        x->reg[x->top] = special(r);
        x->reg[(x->top + 1) & 7] = special(r);
        if (i) x->reg[(x->top + i) & 7] = special(r);
    }
    x->empty = (uint8_t)(rng_next(r) & rng_next(r));
    if (chance(r, 92))
        x->empty &= (uint8_t) ~(1u << x->top | 1u << ((x->top + i) & 7) | 1u << ((x->top + 1) & 7));
    if (chance(r, 92)) x->empty |= (uint8_t)(1u << ((x->top + 7) & 7));
    if (i == 7 && chance(r, 90)) x->empty &= (uint8_t) ~(1u << ((x->top + 7) & 7));
    m->eflags = (uint32_t)rng_next(r) & ARITH;
    m->ax = (uint16_t)rng_next(r);
    memory_operand(r, m, e, a);
}

void vector_print(const char *title, const struct machine *m)
{
    const struct x87 *x = &m->x87;
    printf("  %-7s cw %04x sw %04x empty %02x eflags %03x ax %04x operand", title, x->cw, x87_fnstsw(x),
           x->empty, (unsigned)m->eflags, m->ax);
    for (unsigned i = X87_OPERAND_MAX; i-- > 0;)
        printf("%s%02x", i == 7 ? " " : i == 9 ? " " : "", m->operand[i]);
    printf("\n         ");
    for (unsigned i = 0; i < 8; i++) {
        struct f80 v = x->reg[(x->top + i) & 7];
        printf(" %04x.%016llx", v.se, (unsigned long long)v.m);
    }
    printf("\n");
}

bool vector_same(const struct machine *a, const struct machine *b)
{
    const struct x87 *x = &a->x87, *y = &b->x87;
    bool regs = true;
    for (unsigned i = 0; i < 8; i++)
        regs &= x->reg[i].m == y->reg[i].m && x->reg[i].se == y->reg[i].se;
    return regs && x->top == y->top && x->empty == y->empty && x->cw == y->cw && x->sw == y->sw &&
           a->eflags == b->eflags && a->ax == b->ax && !memcmp(a->operand, b->operand, X87_OPERAND_MAX);
}

struct vector_options vector_options(int argc, char **argv)
{
    struct vector_options o = {.states = 4000, .seed = 1, .only = -1};
    int c;
    while ((c = getopt(argc, argv, "n:s:e:H")) != -1) {
        if (c == 'n') o.states = strtoull(optarg, NULL, 0);
        if (c == 's') o.seed = strtoull(optarg, NULL, 0);
        if (c == 'e') o.only = (int)strtol(optarg, NULL, 16);
        if (c == 'H') o.hash = true;
        if (c == '?') exit(2);
    }
    return o;
}
