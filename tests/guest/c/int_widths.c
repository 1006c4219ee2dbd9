/* Integer arithmetic of every width and signedness on edge and random operands, stored and reloaded so that
 * the compiler emits byte, word, long and 64-bit forms.
 * @variants: O0 O1 O2 O3 Os musl */
#include "tests/guest/guest.h"

static const uint64_t edges[] = {
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000ull,
    0x7fffffffffffffffull,
    0x8000000000000000ull,
    0xffffffffffffffffull,
};
enum { EDGES = sizeof edges / sizeof *edges, OPERANDS = EDGES + 40 };

static uint64_t operand(int i)
{
    return i < EDGES ? edges[i] : rnd64() >> (i % 60);
}

/* U and S are the same width; every sum goes through a volatile of that width. */
#define EXERCISE(U, S)                                                                                     \
    static uint32_t exercise_##U(uint32_t sum, uint64_t x, uint64_t y)                                     \
    {                                                                                                      \
        volatile U a = (U)x, b = (U)y, r;                                                                  \
        volatile S c = (S)x, d = (S)y, s;                                                                  \
        unsigned n = (unsigned)y % (8 * sizeof(U));                                                        \
        r = a + b, sum = mix(sum, (const void *)&r, sizeof r);                                             \
        r = a - b, sum = mix(sum, (const void *)&r, sizeof r);                                             \
        r = a * b, sum = mix(sum, (const void *)&r, sizeof r);                                             \
        r = (a & b) ^ (a | ~b), sum = mix(sum, (const void *)&r, sizeof r);                                \
        r = a << n, sum = mix(sum, (const void *)&r, sizeof r);                                            \
        r = a >> n, sum = mix(sum, (const void *)&r, sizeof r);                                            \
        s = c >> n, sum = mix(sum, (const void *)&s, sizeof s);                                            \
        r = (U)(a << n | a >> (8 * sizeof(U) - n) % (8 * sizeof(U))),                                      \
        sum = mix(sum, (const void *)&r, sizeof r);                                                        \
        if (b) r = a / b, sum = mix(sum, (const void *)&r, sizeof r);                                      \
        if (b) r = a % b, sum = mix(sum, (const void *)&r, sizeof r);                                      \
        if (d != 0 && d != -1) s = c / d, sum = mix(sum, (const void *)&s, sizeof s);                      \
        if (d != 0 && d != -1) s = c % d, sum = mix(sum, (const void *)&s, sizeof s);                      \
        r++, a--, sum = mix(sum, (const void *)&r, sizeof r), sum = mix(sum, (const void *)&a, sizeof a);  \
        int order = (a < b) | (a <= b) << 1 | (c < d) << 2 | (c <= d) << 3 | (a == b) << 4 | (c > d) << 5; \
        return MIX(sum, order);                                                                            \
    }

EXERCISE(uint8_t, int8_t)
EXERCISE(uint16_t, int16_t)
EXERCISE(uint32_t, int32_t)
EXERCISE(uint64_t, int64_t)

int main(void)
{
    uint32_t sum[4] = {MIX_START, MIX_START, MIX_START, MIX_START};
    for (int i = 0; i < OPERANDS; i++) {
        for (int j = 0; j < OPERANDS; j++) {
            uint64_t x = operand(i), y = operand(j);
            sum[0] = exercise_uint8_t(sum[0], x, y);
            sum[1] = exercise_uint16_t(sum[1], x, y);
            sum[2] = exercise_uint32_t(sum[2], x, y);
            sum[3] = exercise_uint64_t(sum[3], x, y);
        }
        printf("%2d: %08x %08x %08x %08x\n", i, sum[0], sum[1], sum[2], sum[3]);
    }
    return 0;
}
