/* The transcendental x87 instructions against the host's own: flags, tags and stack must be equal, C1 aside,
 * and values within one unit in the last place; prints the share of equal ones. Usage: x87-transcendental [-n
 * STATES] [-s SEED] [-v] */
#include "tests/fpu/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BIAS = 16383, SHOW_DIFFERENCES = 3 };
#define TOP (1ull << 63)

/* An instruction and where its arguments are worth measuring. */
struct function {
    const char *name;
    uint8_t modrm;
    int exp_min, exp_max;   /* of ST(0), unbiased */
    int next_min, next_max; /* of ST(1) */
    bool positive;          /* ST(0) only */
};

// clang-format off
static const struct function functions[] = {
    {"f2xm1",         0xf0, -70,  -1,    0,   0, false},
    {"fyl2x",         0xf1, -80,  80,  -40,  40, true},
    {"fyl2x near 1",  0xf1,  -1,   0,  -40,  40, true},
    {"fyl2xp1",       0xf9, -70,  -3,  -40,  40, false},
    {"fptan",         0xf2, -40,   2,    0,   0, false},
    {"fptan far",     0xf2,   3,  62,    0,   0, false},
    {"fpatan",        0xf3, -40,  40,  -40,  40, false},
    {"fpatan near 1", 0xf3,  -2,   2,   -2,   2, false},
    {"fsin",          0xfe, -40,   2,    0,   0, false},
    {"fsin far",      0xfe,   3,  62,    0,   0, false},
    {"fcos",          0xff, -40,   2,    0,   0, false},
    {"fcos far",      0xff,   3,  62,    0,   0, false},
    {"fsincos",       0xfb, -40,   2,    0,   0, false},
};
// clang-format on

struct tally {
    uint64_t states, equal, failed, max_ulp;
};

static struct f80 argument(struct rng *r, int exp_min, int exp_max, bool positive)
{
    int exp = exp_min + (int)rng_below(r, (uint64_t)(exp_max - exp_min + 1));
    uint64_t m = rng_next(r) | TOP;
    if (!(rng_next(r) & 3)) m = (m & ~0ull << 11) | TOP; /* a double */
    return (struct f80){m, (uint16_t)((BIAS + exp) | (positive ? 0 : (rng_next(r) & 0x8000)))};
}

static void make_ordinary(struct rng *r, const struct function *f, struct machine *m)
{
    memset(m, 0, sizeof *m);
    x87_fninit(&m->x87);
    m->x87.top = 3;
    m->x87.empty = 0xff & ~(3 << 3);
    m->x87.reg[3] = argument(r, f->exp_min, f->exp_max, f->positive);
    m->x87.reg[4] = argument(r, f->next_min, f->next_max, false);
}

/* Distance in units of the last place; huge when exponents are not neighbours. */
static uint64_t distance(struct f80 a, struct f80 b)
{
    if (a.m == b.m && a.se == b.se) return 0;
    if (a.se == b.se) return a.m > b.m ? a.m - b.m : b.m - a.m;
    if (a.se < b.se) {
        struct f80 t = a;
        a = b;
        b = t;
    }
    bool neighbours = a.se == b.se + 1 && a.m >> 63 && a.m - TOP < 1000;
    if (!neighbours) return UINT64_MAX;
    return b.m >> 63 ? (a.m - TOP) * 2 + (0 - b.m) : a.m - b.m;
}

static uint64_t worst_distance(const struct x87 *a, const struct x87 *b)
{
    uint64_t worst = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t d = distance(a->reg[i], b->reg[i]);
        if (d > worst) worst = d;
    }
    return worst;
}

static bool same_flags(const struct x87 *a, const struct x87 *b)
{
    return a->top == b->top && a->empty == b->empty && !((a->sw ^ b->sw) & ~X87_C1);
}

/* One of two results that differ by an ulp may be denormal or infinite and the other not: then the flags that
 * say so differ too, and with them, unmasked, the exponent. */
static bool at_range_end(const struct x87 *x)
{
    for (unsigned i = 0; i < 8; i++) {
        struct f80 v = x->reg[i];
        unsigned exp = v.se & 0x7fff;
        if ((exp == 1 && v.m == TOP) || (exp == 0x7ffe && v.m == ~0ull)) return true;
    }
    return false;
}

static bool differ_at_range_end(const struct x87 *a, const struct x87 *b)
{
    const unsigned range = X87_UE | X87_OE, summary = X87_ES | X87_B;
    unsigned differing = a->sw ^ b->sw;
    bool only_range = differing & range && !(differing & ~(range | summary | X87_C1));
    return a->top == b->top && a->empty == b->empty && only_range && (at_range_end(a) || at_range_end(b));
}

static void check(const struct function *f, const struct machine *start, uint64_t seed, struct tally *t,
                  unsigned *shown)
{
    const struct encoding e = {0xd9, f->modrm};
    struct machine ours = *start, host = *start;
    vector_execute(e, &ours);
    host_execute(e, &host);
    uint64_t d = worst_distance(&ours.x87, &host.x87);
    t->states++;
    t->equal += d == 0;
    if (differ_at_range_end(&ours.x87, &host.x87)) return;
    bool ok = same_flags(&ours.x87, &host.x87) && d <= 1;
    t->failed += !ok;
    if (d > t->max_ulp) t->max_ulp = d;
    if (ok || (*shown)++ >= SHOW_DIFFERENCES) return;
    printf("%s differs; rerun: x87-transcendental -n 1 -s %llu\n", f->name, (unsigned long long)seed);
    vector_print("start", start);
    vector_print("ours", &ours);
    vector_print("host", &host);
}

int main(int argc, char **argv)
{
    uint64_t states = 20000, seed = 1, passed = 0, failed = 0;
    bool verbose = false;
    for (int c; (c = getopt(argc, argv, "n:s:v")) != -1;) {
        if (c == 'n') states = strtoull(optarg, NULL, 0);
        if (c == 's') seed = strtoull(optarg, NULL, 0);
        if (c == 'v') verbose = true;
        if (c == '?') return 2;
    }
    if (!host_has_x87()) {
        printf("x87-transcendental: this host has no x87 to compare with\n0 passed, 0 failed\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const struct function *f = &functions[i];
        struct tally ordinary = {0}, edges = {0};
        unsigned shown = 0;
        for (uint64_t n = 0; n < states; n++) {
            struct machine m;
            struct rng r = {(seed + n) * 0x9e3779b97f4a7c15ull + f->modrm};
            make_ordinary(&r, f, &m);
            check(f, &m, seed + n, &ordinary, &shown);
            vector_make(&r, (struct encoding){0xd9, f->modrm}, &m);
            check(f, &m, seed + n, &edges, &shown);
        }
        passed += 2 * states - ordinary.failed - edges.failed;
        failed += ordinary.failed + edges.failed;
        if (verbose)
            printf("%-14s %6.2f %% equal, at most %llu ulp; at the edges %6.2f %%, %llu ulp, %llu wrong\n",
                   f->name, 100.0 * (double)ordinary.equal / (double)ordinary.states,
                   (unsigned long long)ordinary.max_ulp, 100.0 * (double)edges.equal / (double)edges.states,
                   (unsigned long long)edges.max_ulp, (unsigned long long)edges.failed);
    }
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)failed);
    return failed != 0;
}
