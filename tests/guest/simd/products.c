/* Products of doubles of any kind, alone and with a number added to them, in loops in which one factor and
 * the upper halves of registers stay as they are: results, which exceptions MXCSR tells of, and all of the
 * registers afterwards.
 * @cpu: pentium4
 * @cflags: -msse2 -mfpmath=sse
 * @variants: O2 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { KINDS = 28, EACH = 5 };

/* Zeros, denormals, the least normal numbers and those around 2^-895, 2^-959, 2^63 and 2^897, infinities,
 * NaNs, plain ones. */
static const uint64_t kinds[KINDS] = {
    0,
    0x8000000000000000,
    1,
    0x800fffffffffffff,
    0x0010000000000000,
    0x801fffffffffffff,
    0x0008000000000000,
    0x0020000000000000,
    0x03ffffffffffffff,
    0x0400000000000001,
    0x07ffffffffffffff,
    0x8800000000000000,
    0x0490000000000001,
    0x77ffffffffffffff,
    0xf800000000000000,
    0x7fefffffffffffff,
    0x7ff0000000000000,
    0xfff0000000000000,
    0x7ff8000000000001,
    0x7ff0000000000002,
    0x3ff0000000000000,
    0xbff0000000000001,
    0x43dfffffffffffff,
    0x43e0000000000000,
    0xc3e0000000000001,
    0x3ca0000000000000,
    0x3c00000000000001,
    0x400921fb54442d18,
};

struct data {
    uint64_t x[EACH], y[EACH], out[EACH], other[EACH];
    uint64_t before[4][2], after[4][2]; /* xmm0 … */
};

static uint64_t mix(uint64_t sum, uint64_t v)
{
    return (sum ^ v) * 0x100000001b3 + (sum >> 29);
}

/* A turn has x in xmm1; what it leaves there and in xmm2 is stored. A system call (getpid) ends a
 * translation: so the first turn is one as the others. */
#define LOOP(name, ...)                                                                        \
    static __attribute__((noinline)) uint32_t name(struct data *d, uint32_t set)               \
    {                                                                                          \
        uint32_t k = 0, call = 20, flags;                                                      \
        __asm__ volatile("ldmxcsr %[set]\n\t"                                                  \
                         "movupd 160(%[d]), %%xmm0\n\tmovupd 176(%[d]), %%xmm1\n\t"            \
                         "movupd 192(%[d]), %%xmm2\n\tmovupd 208(%[d]), %%xmm3\n\t"            \
                         "int $0x80\n"                                                         \
                         "1:\n\tmovsd (%[d],%[k],8), %%xmm1\n\t" __VA_ARGS__ "\n\t"            \
                         "movsd %%xmm1, 80(%[d],%[k],8)\n\tmovsd %%xmm2, 120(%[d],%[k],8)\n\t" \
                         "inc %[k]\n\tcmp %[n], %[k]\n\tjne 1b\n\t"                            \
                         "stmxcsr %[flags]\n\t"                                                \
                         "movupd %%xmm0, 224(%[d])\n\tmovupd %%xmm1, 240(%[d])\n\t"            \
                         "movupd %%xmm2, 256(%[d])\n\tmovupd %%xmm3, 272(%[d])"                \
                         : [k] "+r"(k), "+a"(call), [flags] "=m"(flags)                        \
                         : [d] "r"(d), [n] "i"(EACH), [set] "m"(set)                           \
                         : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3");                    \
        return flags;                                                                          \
    }
#define Y "40(%[d],%[k],8)"

LOOP(alone, "mulsd %%xmm0, %%xmm1")
LOOP(with_memory, "mulsd " Y ", %%xmm1")
LOOP(square, "mulsd %%xmm1, %%xmm1")
LOOP(plus_memory, "mulsd %%xmm0, %%xmm1\n\taddsd " Y ", %%xmm1")
LOOP(plus_register, "movsd " Y ", %%xmm3\n\tmulsd %%xmm0, %%xmm1\n\taddsd %%xmm3, %%xmm1")
LOOP(square_plus, "mulsd %%xmm1, %%xmm1\n\taddsd " Y ", %%xmm1")
LOOP(minus_memory, "mulsd %%xmm0, %%xmm1\n\tsubsd " Y ", %%xmm1")
LOOP(to_register, "movsd " Y ", %%xmm2\n\tmulsd %%xmm0, %%xmm1\n\taddsd %%xmm1, %%xmm2")
LOOP(from_register, "movsd " Y ", %%xmm2\n\tmulsd %%xmm0, %%xmm1\n\tsubsd %%xmm1, %%xmm2")
LOOP(to_sum, "mulsd " Y ", %%xmm1\n\taddsd %%xmm1, %%xmm2")
LOOP(from_sum, "mulsd %%xmm0, %%xmm1\n\tsubsd %%xmm1, %%xmm2")
LOOP(twice, "mulsd %%xmm0, %%xmm1\n\taddsd %%xmm1, %%xmm1")

static uint32_t (*const loops[])(struct data *, uint32_t) = {
    alone,        with_memory, square,        plus_memory, plus_register, square_plus,
    minus_memory, to_register, from_register, to_sum,      from_sum,      twice};

/* What a translation may take for granted until it is seen to be wrong: factors that are zero or normal
 * numbers below 2^63, and upper halves of 0. */
static uint64_t plain_factor(unsigned n)
{
    static const uint64_t plain[] = {0x43dfffffffffffff, 0x3ff8000000000000, 0xbc00000000000001, 0,
                                     0xc3d0000000000001, 0x0400000000000001, 0x3ff0000000000000};
    return plain[n % (sizeof plain / sizeof *plain)];
}

enum { PLAIN_PASSES = 4, PASSES = 6 }; /* the last one: no exception so far */

static uint64_t run(struct data *d, unsigned pass, unsigned turn, unsigned n)
{
    int plain = pass < PLAIN_PASSES && turn < KINDS * KINDS * 7 / 8;
    uint64_t sum;
    for (unsigned r = 0; r < 4; r++) {
        d->before[r][0] = 0x3fe8000000000000;
        d->before[r][1] = turn / 3 % 4 || plain ? 0 : turn + r;
    }
    unsigned by = turn * 5 + n + turn / KINDS + pass * 2;
    d->before[0][0] = plain ? plain_factor(by) : kinds[by % KINDS];
    if (!plain && turn % 3 == 0) d->before[0][0] = 0x48b0000000000000; /* 2^140 */
    sum = mix(0, loops[n](d, pass == PASSES - 1 ? 0x1f80 : 0x1fa0));
    for (unsigned k = 0; k < EACH; k++)
        sum = mix(mix(sum, d->out[k]), d->other[k]);
    for (unsigned r = 0; r < 4; r++)
        sum = mix(mix(sum, d->after[r][0]), d->after[r][1]);
    return sum;
}

int main(void)
{
    static struct data d;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        uint64_t sum = 0;
        for (unsigned turn = 0; turn < KINDS * KINDS; turn++) {
            for (unsigned k = 0; k < EACH; k++) {
                int plain = turn % EACH != k;
                d.x[k] = kinds[turn % KINDS];
                d.y[k] = kinds[turn / KINDS];
                if (plain) d.x[k] = 0x3ff4000000000000 + k, d.y[k] = 0x4008000000000000 - k;
            }
            for (unsigned n = 0; n < sizeof loops / sizeof *loops; n++)
                sum = mix(sum, run(&d, pass, turn, n));
            if (turn % KINDS == KINDS - 1)
                printf("%u %u %016llx\n", pass, turn / KINDS, (unsigned long long)sum);
        }
    }
    return 0;
}
