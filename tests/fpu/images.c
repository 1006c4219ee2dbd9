/* Images of x87 state that compare.c does not reach: 16-bit environments and the x87 part of FXSAVE, stored
 * and loaded, against the host's own. Usage: x87-images [-n STATES] [-s SEED] */
#include "tests/fpu/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IMAGE = 512 };

typedef void image_fn(struct x87 *x, uint8_t *memory);

static void fnstenv16(struct x87 *x, uint8_t *memory)
{
    x87_put_env(x, true, memory);
    x87_env_stored(x);
}

static void fnsave16(struct x87 *x, uint8_t *memory)
{
    x87_put_env(x, true, memory);
    x87_put_regs(x, memory + X87_ENV16);
    x87_fninit(x);
}

static void fldenv16(struct x87 *x, uint8_t *memory)
{
    x87_get_env(x, true, memory);
}

static void frstor16(struct x87 *x, uint8_t *memory)
{
    x87_get_env(x, true, memory);
    x87_get_regs(x, memory + X87_ENV16);
}

static void fxsave(struct x87 *x, uint8_t *memory)
{
    x87_put_fx(x, memory);
}
static void fxrstor(struct x87 *x, uint8_t *memory)
{
    x87_get_fx(x, memory);
}

/* `bytes`: how much of the image is x87's; the instruction pointers are left out. */
struct image {
    const char *name;
    uint8_t insn[3], length;
    bool load;
    unsigned bytes;
    image_fn *ours;
};

static const struct image images[] = {
    {"fnstenv, 16 bits", {0x66, 0xd9, 0x32}, 3, false, X87_ENV16, fnstenv16},
    {"fnsave, 16 bits", {0x66, 0xdd, 0x32}, 3, false, X87_ENV16 + X87_REGS, fnsave16},
    {"fldenv, 16 bits", {0x66, 0xd9, 0x22}, 3, true, X87_ENV16, fldenv16},
    {"frstor, 16 bits", {0x66, 0xdd, 0x22}, 3, true, X87_ENV16 + X87_REGS, frstor16},
    {"fxsave", {0x0f, 0xae, 0x02}, 3, false, X87_FXREGS, fxsave},
    {"fxrstor", {0x0f, 0xae, 0x0a}, 3, true, X87_FXREGS, fxrstor},
};

static bool same_state(const struct x87 *a, const struct x87 *b)
{
    for (unsigned i = 0; i < 8; i++)
        if (a->reg[i].m != b->reg[i].m || a->reg[i].se != b->reg[i].se) return false;
    return a->top == b->top && a->empty == b->empty && a->cw == b->cw && a->sw == b->sw;
}

/* Clears what is not compared: instruction pointers and, in FXSAVE's, MXCSR. */
static void strip(const struct image *k, uint8_t *memory)
{
    bool fx = k->bytes == X87_FXREGS;
    memset(memory + 6, 0, fx ? 26 : 8);
}

static bool check(const struct image *k, struct rng *r)
{
    static _Alignas(16) uint8_t ours[IMAGE], host[IMAGE];
    struct machine m;
    vector_make(r, (struct encoding){0xd9, 0xd0}, &m);
    for (unsigned i = 0; i < IMAGE; i++)
        ours[i] = k->load ? (uint8_t)rng_next(r) : 0;
    if (k->load) { /* the other kind makes a loadable image of another state */
        struct machine other;
        vector_make(r, (struct encoding){0xd9, 0xd0}, &other);
        (k->bytes == X87_FXREGS ? fxsave : fnsave16)(&other.x87, ours);
        memset(ours + 24, 0, 8); /* MXCSR */
    }
    memcpy(host, ours, IMAGE);
    struct x87 a = m.x87, b = m.x87;
    k->ours(&a, ours);
    host_run(k->insn, k->length, &b, host);
    strip(k, ours);
    strip(k, host);
    if (!same_state(&a, &b)) return false;
    return k->load || memcmp(ours, host, k->bytes) == 0;
}

int main(int argc, char **argv)
{
    uint64_t states = 2000, seed = 1, passed = 0, failed = 0;
    for (int c; (c = getopt(argc, argv, "n:s:")) != -1;) {
        if (c == 'n') states = strtoull(optarg, NULL, 0);
        if (c == 's') seed = strtoull(optarg, NULL, 0);
        if (c == '?') return 2;
    }
    if (!host_has_x87()) {
        printf("x87-images: this host has no x87 to compare with\n0 passed, 0 failed\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof images / sizeof *images; i++)
        for (uint64_t n = 0; n < states; n++) {
            struct rng r = {(seed + n) * 0x9e3779b97f4a7c15ull + i};
            bool ok = check(&images[i], &r);
            passed += ok;
            failed += !ok;
            if (!ok && failed < 10)
                printf("%s differs; rerun: x87-images -n 1 -s %llu\n", images[i].name,
                       (unsigned long long)(seed + n));
        }
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)failed);
    return failed != 0;
}
