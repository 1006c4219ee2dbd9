/* Constants: what li and li64 emit is executed here, and counted. Prints the lane's part of the result. */
#include <stdio.h>

#include "jit/mips64/encode.h"
#include "tests/jit/check.h"

/* The register's value after words that compute a constant. */
static uint64_t run(const uint32_t *w, const uint32_t *end, bool *known)
{
    uint64_t r[32] = {0};
    for (*known = true; w < end; w++) {
        uint64_t *rs = &r[*w >> 21 & 31], *rt = &r[*w >> 16 & 31], *rd = &r[*w >> 11 & 31];
        unsigned sa = *w >> 6 & 31;
        int64_t imm = (int16_t)*w;
        switch (*w >> 26) {
        case 0x09: *rt = (uint64_t)(int32_t)(*rs + (uint64_t)imm); break; /* addiu */
        case 0x19: *rt = *rs + (uint64_t)imm; break;                      /* daddiu */
        case 0x0d: *rt = *rs | (*w & 0xffff); break;                      /* ori */
        case 0x0f: *rt = (uint64_t)(int32_t)(*w << 16); break;            /* lui */
        case 0x00:
            switch (*w & 63) {
            case 0x38: *rd = *rt << sa; break;
            case 0x3a: *rd = *rt >> sa; break;
            case 0x3c: *rd = *rt << (sa + 32); break;
            case 0x3e: *rd = *rt >> (sa + 32); break;
            default: *known = false;
            }
            break;
        default: *known = false;
        }
    }
    return r[T0];
}

/* li, or li64 where more than two instructions are allowed or needed. */
static bool arrives(uint64_t v, size_t most)
{
    uint32_t words[8];
    struct code c = {.at = words, .begin = words, .end = words + 8};
    if ((int64_t)v == (int32_t)v && most <= 2)
        li(&c, T0, (int32_t)v);
    else
        li64(&c, T0, v);
    bool known;
    uint64_t got = run(words, c.at, &known);
    size_t n = (size_t)(c.at - words);
    if (known && got == v && n <= most && !c.overflow) return true;
    printf("%llx in %zu instructions (at most %zu expected): %llx\n", (unsigned long long)v, n, most,
           (unsigned long long)got);
    return false;
}

int main(void)
{
    static const struct {
        uint64_t value;
        size_t most;
    } known[] = {
        {0, 1},
        {1, 1},
        {~0ull, 1},
        {0x7fff, 1},
        {0xffff, 1},
        {0x8000, 1},
        {0xffffffffffff8000, 1},
        {0x10000, 1},
        {0x12340000, 1},
        {0xffffffff80000000, 1},
        {0x12345678, 2},
        {0xffffffff87654321, 2},
        {0xffffffff, 2},
        {0x80000000, 2},
        {0x8000000000000000, 2},
        {0x7fffffffffffffff, 2},
        {0x3ff0000000000000, 2}, /* 1.0 */
        {0x4000000000000000, 2}, /* 2.0 */
        {0xbff0000000000000, 2}, /* -1.0 */
        {0x000fffffffffffff, 2}, /* the fraction of a double */
        {0x7ff0000000000000, 2}, /* its exponent */
        {0x7ff8000000000000, 2},
        {0x43e0000000000000, 2}, /* 2^63 */
        {0xffffffff00000000, 2},
        {0x0000ffffffffffff, 2},
        {0x0000000100000001, 3},
        {0x4059000000000000, 2}, /* 100.0 */
        {0x3fb999999999999a, 6}, /* 0.1 */
        {0x123456789abcdef0, 6},
        {0xfedcba9876543210, 6},
    };
    struct tally t = {0};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        check(&t, "a constant in the fewest instructions", arrives(known[k].value, known[k].most));
    uint64_t x = 88172645463325252;
    bool all = true;
    for (int k = 0; k < 20000; k++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        all &= arrives(x, 6) && arrives((uint64_t)(int32_t)x, 2);
        all &= arrives(x >> (x & 63), 6) && arrives(x << (x & 63), 6);
    }
    check(&t, "random constants", all);
    return report(&t);
}
