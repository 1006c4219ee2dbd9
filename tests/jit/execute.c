/* On a MIPS64 host: what is committed and patched is what runs, and instructions whose operands are easily
 * confused do what they should. */
#include "jit/mips64/features.h"
#include "jit/mips64/memory.h"
#include "tests/jit/check.h"

typedef long function(long x);

static long call(const uint32_t *code, long x)
{
    union {
        const uint32_t *code;
        function *function;
    } as = {code};
    return as.function(x);
}

/* x + k */
static uint32_t *adder(struct codemem *cm, int k)
{
    struct code c = codemem_reserve(cm, 16);
    daddiu(&c, V0, A0, k);
    jr(&c, RA);
    nop(&c);
    codemem_commit(cm, &c);
    return c.begin;
}

static void run(struct tally *t, bool wx)
{
    struct codemem cm;
    if (!codemem_new(&cm, 1 << 20, wx)) return;
    uint32_t *one = adder(&cm, 1);
    codemem_keep(&cm);
    check(t, "committed code runs", call(one, 5) == 6);
    uint32_t *two = adder(&cm, 2);
    check(t, "and more of it", call(two, 5) == 7 && call(one, 5) == 6);
    codemem_patch(&cm, one, word_i(0x19, A0, V0, 100));
    check(t, "a patch is seen", call(one, 5) == 105);
    codemem_open(&cm);
    codemem_patch(&cm, one, word_j(two));
    codemem_patch(&cm, two, word_i(0x19, A0, V0, 200));
    codemem_patch(&cm, one + 1, 0);
    codemem_close(&cm);
    check(t, "a jump that was patched in is taken", call(one, 5) == 205);
    codemem_reset(&cm);
    uint32_t *three = adder(&cm, 3);
    check(t, "a new generation overwrites the last one", three == two && call(three, 5) == 8);
    check(t, "what is kept stays", call(one, 5) == 8);

    struct code c = codemem_reserve(&cm, 64);
    li64(&c, V0, 0x123456789abcdef0);
    jr(&c, RA);
    nop(&c);
    codemem_commit(&cm, &c);
    check(t, "a constant arrives", call(c.begin, 0) == 0x123456789abcdef0);
    codemem_free(&cm);
}

/* Bit fields of 64 bits against shifts. */
static void fields(struct tally *t, struct codemem *cm)
{
    const uint64_t x = 0xfedcba9876543210, y = 0x0123456789abcdef;
    bool extracted = true, inserted = true;
    for (unsigned pos = 0; pos < 64; pos++)
        for (unsigned size = 1; pos + size <= 64; size++) {
            uint64_t mask = ~UINT64_C(0) >> (64 - size);
            struct code c = codemem_reserve(cm, 16);
            dext(&c, V0, A0, pos, size);
            jr(&c, RA);
            nop(&c);
            codemem_commit(cm, &c);
            extracted &= (uint64_t)call(c.begin, (long)x) == (x >> pos & mask);
            c = codemem_reserve(cm, 16);
            li64(&c, V0, y);
            dins(&c, V0, A0, pos, size);
            jr(&c, RA);
            nop(&c);
            codemem_commit(cm, &c);
            inserted &= (uint64_t)call(c.begin, (long)x) == ((y & ~(mask << pos)) | (x & mask) << pos);
        }
    check(t, "dext takes any field out", extracted);
    check(t, "dins puts any field in", inserted);
}

/* Loongson's accesses: which word of a pair goes where, signs of offsets. */
static void indexed(struct tally *t, struct codemem *cm)
{
    uint64_t cells[8] = {1, 2, 0xfedcba9876543210, 4, 5, 6, 7, 8};
    struct code c = codemem_reserve(cm, 64);
    li(&c, T0, 24);
    gslwx(&c, T1, -8, A0, T0); /* cells[2], its low half */
    gslbx(&c, T2, -7, A0, T0); /* 0x32 */
    gslq(&c, T9, T8, 32, A0);  /* T8 = 5, T9 = 6 */
    gssdx(&c, T1, -24, A0, T0);
    gssq(&c, T2, T8, 48, A0); /* 5, 0x32 */
    gsldxc1(&c, F2, 8, A0, T0);
    dmfc1(&c, T3, F2);
    daddu(&c, T9, T9, T3);
    sd(&c, T9, 8, A0);
    jr(&c, RA);
    nop(&c);
    codemem_commit(cm, &c);
    call(c.begin, (long)cells);
    check(t, "gslwx, gssdx: signed, at base + index + offset", cells[0] == 0x76543210);
    check(t, "gslq, gssq: rt is the first of two", cells[6] == 5 && cells[7] == 0x32);
    check(t, "gsldxc1", cells[1] == 6 + 5);
}

static void instructions(struct tally *t)
{
    struct codemem cm;
    if (!codemem_new(&cm, 1 << 20, false)) return;
    fields(t, &cm);
    if (features_detect().gs) indexed(t, &cm);
    codemem_free(&cm);
}

int main(void)
{
    struct tally t = {0};
    instructions(&t);
    run(&t, false);
    run(&t, true);
    return report(&t);
}
