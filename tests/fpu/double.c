/* The double model against the host's own x87 with 53 bits of precision: where the CPU's result is a normal
 * double, zero, infinite or a NaN, ours has the same bits, flags, stack and memory; the common case does what
 * the complete functions do; transcendental instructions are within a few ulps. Usage: x87-double [-n STATES]
 * [-s SEED] [-e HEX]; -H prints a hash of all results instead, to compare hosts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fpu/dbl.h"
#include "tests/fpu/double.h"

struct totals {
    uint64_t passed, failed, skipped, quick, hash;
};

/* --- states -------------------------------------------------------------------------------------------- */

static uint64_t fraction(struct rng *r)
{
    uint64_t v = rng_next(r);
    switch (rng_below(r, 6)) {
    case 0: return 0;
    case 1: return ~0ull << rng_below(r, 52);
    case 2: return v & ~0ull << rng_below(r, 52);
    case 3: return v & rng_next(r) & rng_next(r);
    default: return v;
    }
}

/* Of any magnitude. Drawn one after the other: all hosts and compilers are to get the same. */
static int64_t some_integer(struct rng *r)
{
    uint64_t bits = rng_next(r);
    return (int64_t)(bits >> rng_below(r, 64));
}

static uint64_t value(struct rng *r)
{
    static const uint16_t borders[] = {0,    1,    2,    52,   53,   896,  897,  1022, 1023,
                                       1038, 1054, 1075, 1086, 1150, 2045, 2046, 2047};
    unsigned exp = (unsigned)(1023 + rng_below(r, 80) - 40);
    unsigned kind = (unsigned)rng_below(r, 16);
    if (kind < 3) exp = borders[rng_below(r, sizeof borders / sizeof *borders)];
    if (kind == 3) exp = (unsigned)rng_below(r, 2048);
    uint64_t v = (fraction(r) & ((1ull << 52) - 1)) | (uint64_t)exp << 52 | (rng_next(r) & DBL_SIGN);
    if (kind == 4) v &= DBL_SIGN;
    if (kind == 5) v = dbl_bits((double)some_integer(r));
    return v;
}

/* Near the first, to meet it at an edge. */
static uint64_t partner(struct rng *r, uint64_t a)
{
    switch (rng_below(r, 6)) {
    case 0: a ^= rng_next(r) & 3; return a ^ (rng_next(r) & DBL_SIGN);
    case 1: return (a & ~(DBL_INF >> 1)) | (fraction(r) & 0xffff);
    case 2: return value(r) ^ (a & DBL_INF);
    default: return value(r);
    }
}

static void memory_operand(struct rng *r, struct machine *m, uint64_t like)
{
    uint64_t v = partner(r, like);
    uint64_t single = value(r);
    float f = dbl_is_nan(single) ? 1 : (float)dbl_value(single); /* hosts differ in NaNs */
    int64_t n = some_integer(r);
    memcpy(m->operand, &v, 8);
    if (rng_below(r, 3) == 0) memcpy(m->operand, &f, 4);
    if (rng_below(r, 3) == 0) memcpy(m->operand, &n, 8);
    uint16_t se = (uint16_t)(16383 + rng_below(r, 100) - 50);
    memcpy(m->operand + 8, &se, 2);
    m->operand[7] |= 0x80 & (uint8_t)rng_next(r);
}

static void make_state(struct rng *r, struct encoding e, struct machine *m)
{
    memset(m, 0, sizeof *m);
    struct x87 *x = &m->x87;
    unsigned i = encoding_memory(e) ? 1 : e.modrm & 7;
    x->dbl = true;
    x->cw = (uint16_t)(0x27f | (rng_below(r, 2) ? rng_next(r) & 0xc00 : 0));
    x->sw = (uint16_t)(rng_next(r) & X87_CC & ~X87_SF);
    if (rng_below(r, 2)) x->sw |= X87_PE;
    x->top = rng_next(r) & 7;
    x->empty = rng_below(r, 16) ? 1u << ((x->top + 7) & 7) : (uint8_t)rng_next(r);
    if (i == 7 && rng_below(r, 16)) x->empty = 0;
    uint64_t a = value(r);
    for (unsigned k = 0; k < 8; k++)
        x->d[k] = partner(r, a);
    x->d[x->top] = a;
    m->eflags = (uint32_t)rng_next(r) & 0x8d5;
    memory_operand(r, m, a);
}

/* As the exact model has it, for the host and for reports. */
static struct machine as_exact(const struct machine *m)
{
    struct machine exact = *m;
    for (unsigned k = 0; k < 8; k++)
        exact.x87.reg[k] = x87_register(&m->x87, k);
    exact.x87.dbl = false;
    exact.x87.raw = 0;
    return exact;
}

/* --- comparing ----------------------------------------------------------------------------------------- */

enum { RESULT_FLAGS = X87_OE | X87_UE | X87_PE };

/* Could v be a double's result, far enough from the ends of its range? */
static bool comparable(struct f80 v)
{
    unsigned exp = v.se & 0x7fff;
    if (exp == 0 && v.m == 0) return true;
    bool inside = exp > 16383 - 1022 && exp <= 16383 + 1022;
    return (inside || exp == 0x7fff) && (v.m & 0x7ff) == 0;
}

/* Instructions that move bits which a CPU would look at (a signalling NaN), or whose result has 64 bits. */
static bool differs_by_design(struct encoding e, const struct machine *start)
{
    uint64_t v;
    memcpy(&v, start->operand, 8);
    bool moves_m64 = e.opcode == 0xdd && encoding_memory(e);
    bool constant = e.opcode == 0xd9 && e.modrm > 0xe8 && e.modrm < 0xee;
    bool loads = moves_m64 && encoding_reg(e) == 0;
    if (moves_m64 && !loads) v = start->x87.d[start->x87.top];
    return constant || (moves_m64 && dbl_is_nan(v) && !(v & 1ull << 51));
}

static bool defines_c1(struct encoding e)
{
    unsigned op = encoding_reg(e);
    bool compare = (op == 2 || op == 3) && (e.opcode == 0xd8 || e.opcode == 0xdc || e.opcode == 0xde);
    if (encoding_memory(e)) return (e.opcode & 1) == 0 && (op == 2 || op == 3);
    if (e.opcode == 0xd9) return e.modrm == 0xe4 || e.modrm == 0xe5 || e.modrm == 0xf5 || e.modrm == 0xf8;
    return compare || (e.opcode == 0xda && e.modrm == 0xe9) || (e.opcode == 0xdd && op >= 4);
}

/* What the host's status word would be in our model. */
static uint16_t expected_sw(struct encoding e, const struct machine *start, const struct machine *host)
{
    unsigned sw = host->x87.sw & ~(unsigned)X87_DE;
    bool fault = host->x87.sw & X87_SF; /* it was clear before */
    if (!fault && !defines_c1(e)) sw = (sw & ~(unsigned)X87_C1) | (start->x87.sw & X87_C1);
    return (uint16_t)sw;
}

/* What the host's instruction wrote. */
static bool registers_comparable(const struct machine *start, const struct machine *host)
{
    bool all = true;
    for (unsigned k = 0; k < 8; k++) {
        struct f80 v = host->x87.reg[k], before = x87_register(&start->x87, k);
        bool written = v.m != before.m || v.se != before.se;
        all &= !written || comparable(v);
    }
    return all;
}

static bool same_registers(const struct machine *a, const struct machine *b)
{
    for (unsigned k = 0; k < 8; k++) {
        struct f80 v = a->x87.reg[k], w = b->x87.reg[k];
        if (!(b->x87.empty >> k & 1) && (v.m != w.m || v.se != w.se)) return false;
    }
    return a->x87.top == b->x87.top && a->x87.empty == b->x87.empty;
}

static bool same_memory(const struct machine *a, const struct machine *b)
{
    return a->eflags == b->eflags && !memcmp(a->operand, b->operand, X87_OPERAND_MAX);
}

/* Distance in units of a double's last place. */
static bool near(struct f80 v, struct f80 w)
{
    int64_t distance = (int64_t)(v.m - w.m);
    return v.se == w.se && llabs(distance) <= 8 << 11;
}

static bool agrees(struct encoding e, const struct machine *start, const struct machine *ours,
                   const struct machine *host)
{
    struct machine shown = as_exact(ours);
    if (vector_inexact(e)) {
        unsigned top = host->x87.top;
        return shown.x87.top == top && near(shown.x87.reg[top], host->x87.reg[top]);
    }
    return same_registers(&shown, host) && same_memory(&shown, host) &&
           shown.x87.sw == expected_sw(e, start, host);
}

/* Arguments for which the C library and the CPU compute the same function of moderate size. */
static bool tame(struct encoding e, const struct machine *start)
{
    double a = dbl_value(start->x87.d[start->x87.top]), b = dbl_value(start->x87.d[(start->x87.top + 1) & 7]);
    bool one = e.modrm == 0xf0 || e.modrm == 0xf2 || e.modrm >= 0xfb;
    return a > 0x1p-20 && a < 0.25 && (one || (b > 0x1p-20 && b < 0x1p20)) && start->x87.cw == 0x27f;
}

static bool identical(const struct machine *a, const struct machine *b)
{
    const struct x87 *x = &a->x87, *y = &b->x87;
    bool same = x->top == y->top && x->empty == y->empty && x->sw == y->sw && same_memory(a, b);
    for (unsigned k = 0; k < 8; k++)
        same &= x->empty >> k & 1 || (x->d[k] == y->d[k] && (x->raw >> k & 1) == (y->raw >> k & 1));
    return same;
}

/* --- running ------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * 0x100000001b3ull;
}

static uint64_t hash_machine(uint64_t h, const struct machine *m)
{
    for (unsigned k = 0; k < 8; k++)
        h = mix(h, m->x87.empty >> k & 1 ? 0 : m->x87.d[k]);
    h = mix(mix(mix(h, x87_fnstsw(&m->x87)), m->x87.empty), m->eflags);
    for (unsigned k = 0; k < X87_OPERAND_MAX; k++)
        h = mix(h, m->operand[k]);
    return h;
}

static bool report(const char *what, struct encoding e, uint64_t seed, const struct machine *start,
                   const struct machine *ours, const struct machine *other)
{
    struct machine shown[2] = {as_exact(start), as_exact(ours)};
    printf("%02x %02x: %s differs; rerun: x87-double -e %02x%02x -n 1 -s %llu\n", e.opcode, e.modrm, what,
           e.opcode, e.modrm, (unsigned long long)seed);
    vector_print("start", &shown[0]);
    vector_print("ours", &shown[1]);
    vector_print(what, other);
    return false;
}

static bool test_state(struct encoding e, uint64_t seed, const struct machine *start,
                       const struct machine *ours, struct totals *t)
{
    struct machine other = *start;
    if (double_quick(e, &other)) {
        t->quick++;
        if (!identical(ours, &other)) {
            struct machine shown = as_exact(&other);
            return report("the common case", e, seed, start, ours, &shown);
        }
    }
    if (!host_has_x87()) return true;
    other = as_exact(start);
    host_execute(e, &other);
    bool skip = vector_inexact(e) ? !tame(e, start) || other.x87.sw & (X87_IE | X87_SF)
                                  : !registers_comparable(start, &other) || ours->x87.sw & (X87_OE | X87_UE);
    bool narrows = encoding_memory(e) && (e.opcode & 1);
    if (narrows && !differs_by_design(e, start)) skip = !registers_comparable(start, &other);
    if (skip || differs_by_design(e, start)) {
        t->skipped++;
        return true;
    }
    return agrees(e, start, ours, &other) || report("host", e, seed, start, ours, &other);
}

static void test_encoding(struct encoding e, const struct vector_options *o, struct totals *t)
{
    struct machine start, ours;
    unsigned failed = 0;
    for (uint64_t n = 0; n < o->states && failed < 3; n++) {
        struct rng r = {(o->seed + n) * 0x2545f4914f6cdd1dull ^ (uint64_t)e.opcode << 8 ^ e.modrm};
        make_state(&r, e, &start);
        ours = start;
        if (!double_execute(e, &ours)) return;
        if (!vector_inexact(e)) t->hash = hash_machine(t->hash, &ours);
        if (o->hash) continue;
        bool good = test_state(e, o->seed + n, &start, &ours, t);
        failed += !good;
        t->passed += good;
    }
    t->failed += failed;
}

/* Integers and 80-bit values that are no doubles go through registers with every bit. */
static void test_images(const struct vector_options *o, struct totals *t)
{
    static const struct encoding pairs[][2] = {{{0xdf, 0x28}, {0xdf, 0x38}}, {{0xdb, 0x28}, {0xdb, 0x38}}};
    static const struct encoding between[] = {{0xd9, 0xc0}, {0xd9, 0xc9}, {0xdd, 0xd1}, {0xda, 0xc1}};
    for (uint64_t n = 0; n < o->states; n++) {
        struct rng r = {o->seed + n};
        unsigned k = (unsigned)rng_below(&r, 2);
        struct machine m;
        make_state(&r, pairs[k][0], &m);
        m.x87.empty = 0xff;
        uint64_t v = rng_next(&r);
        uint8_t before[X87_OPERAND_MAX];
        if (k == 0) memcpy(m.operand, &v, 8);
        memcpy(before, m.operand, sizeof before);
        bool good = double_execute(pairs[k][0], &m) && double_execute((struct encoding){0xd9, 0xc0}, &m);
        for (unsigned steps = (unsigned)rng_below(&r, 4); steps; steps--)
            good = good && double_execute(between[rng_below(&r, 4)], &m);
        memset(m.operand, 0, X87_OPERAND_MAX);
        m.eflags = 0;
        good = good && double_execute(pairs[k][1], &m) && !memcmp(before, m.operand, k ? 10 : 8);
        if (!good) printf("an image lost bits: seed %llu\n", (unsigned long long)(o->seed + n));
        t->passed += good;
        t->failed += !good;
    }
}

int main(int argc, char **argv)
{
    struct vector_options o = vector_options(argc, argv);
    struct totals t = {.hash = 0xcbf29ce484222325ull};
    for (unsigned opcode = 0xd8; opcode <= 0xdf; opcode++)
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            struct encoding e = {(uint8_t)opcode, (uint8_t)modrm};
            bool wanted = o.only < 0 ? !encoding_memory(e) || (modrm & 0xc7) == 0
                                     : (int)(opcode << 8 | modrm) == o.only;
            if (wanted) test_encoding(e, &o, &t);
        }
    if (o.only < 0) test_images(&o, &t);
    if (o.hash)
        printf("%016llx\n", (unsigned long long)t.hash);
    else
        printf("double model: %llu by the common case, %llu not comparable\n%llu passed, %llu failed\n",
               (unsigned long long)t.quick, (unsigned long long)t.skipped, (unsigned long long)t.passed,
               (unsigned long long)t.failed);
    return t.failed != 0;
}
