/* Sums of a product and a number of any kind: which exceptions MXCSR tells of, and results, in loops whose
 * registers stay in the host's.
 * @cpu: pentium4
 * @cflags: -msse2 -mfpmath=sse
 * @variants: O2 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { KINDS = 24 };

/* Zeros, denormals, the least normal numbers and those around 2^-959 and 2^961, infinities, NaNs, plain ones.
 */
static const uint64_t kinds[KINDS] = {
    0,
    0x8000000000000000,
    1,
    0x800fffffffffffff,
    0x0010000000000000,
    0x8020000000000001,
    0x0008000000000000,
    0x03f0000000000000,
    0x03ffffffffffffff,
    0x0400000000000000,
    0x8400000000000001,
    0x7bf0000000000000,
    0x7c00000000000000,
    0x7fefffffffffffff,
    0x7ff0000000000000,
    0xfff0000000000000,
    0x7ff8000000000001,
    0x7ff0000000000002,
    0x3ff0000000000000,
    0xbff0000000000001,
    0x4340000000000000,
    0x3ca0000000000000,
    0x400921fb54442d18,
    0x0000000000000003,
};

static uint64_t mix(uint64_t sum, uint64_t v)
{
    return (sum ^ v) * 0x100000001b3 + (sum >> 29);
}

static uint32_t flags_of(uint32_t set)
{
    uint32_t was;
    __asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=m"(was) : "m"(set) : "memory");
    return was;
}

static uint64_t bits(double v)
{
    uint64_t u;
    memcpy(&u, &v, sizeof u);
    return u;
}

/* A form of a sum in a loop of its own, so that one translation sees all kinds. */
#define LOOP(name, ...)                                                            \
    static uint64_t name(const double *x, const double *y, double s, uint32_t set) \
    {                                                                              \
        uint64_t sum = 0;                                                          \
        for (int k = 0; k < KINDS; k++) {                                          \
            double r = (__VA_ARGS__);                                              \
            __asm__ volatile("" : "+x"(r));                                        \
            sum = mix(sum, bits(r));                                               \
        }                                                                          \
        return mix(sum, flags_of(set));                                            \
    }

LOOP(plus, x[k] * s + y[k])
LOOP(minus, x[k] * s - y[k])
LOOP(less, y[k] - x[k] * s)
LOOP(twice, x[k] * s + y[k] + x[KINDS - 1 - k])

int main(void)
{
    static double x[KINDS], y[KINDS];
    static const double by[] = {1, -0.5, 0x1p-960, 0x1p960, 0x1p-60};
    for (uint32_t set = 0x1f80; set <= 0x1fa0; set += 0x20) {
        uint64_t sum = 0;
        flags_of(set);
        for (unsigned turn = 0; turn < KINDS * KINDS; turn++) {
            for (unsigned k = 0; k < KINDS; k++) {
                memcpy(&x[k], &kinds[turn % KINDS], sizeof x[k]); /* mostly one kind: its flags are seen */
                memcpy(&y[k], &kinds[turn / KINDS], sizeof y[k]);
                if (k % 8 != turn % 8) x[k] = 1.25 + k, y[k] = 3 - (double)k;
            }
            double s = by[turn % 5];
            flags_of(set);
            sum = mix(sum, plus(x, y, s, set));
            sum = mix(sum, minus(x, y, s, set));
            sum = mix(sum, less(x, y, s, set));
            sum = mix(sum, twice(x, y, s, set));
            if (turn % KINDS == KINDS - 1)
                printf("%x %u %016llx\n", (unsigned)set, turn, (unsigned long long)sum);
        }
    }
    return 0;
}
