/* 64-bit constants in registers, in the fewest instructions: a search, because shifts, masks and sums give
 * short forms that no fixed order finds. */
#include "jit/mips64/encode.h"

enum { MOST = 6 }; /* lui, ori, dsll, ori, dsll, ori make any value */

/* Fills w[0..n) with exactly n instructions that put v into rt, if a way is known. The last one is undone
 * in each way there is, and the rest is a smaller problem. */
static bool build(uint32_t *w, unsigned n, enum reg rt, int64_t v)
{
    struct code c = {.at = w, .begin = w, .end = w + n};
    bool is_word = v >= INT32_MIN && v <= INT32_MAX;
    if (n <= 2 && is_word) {
        li(&c, rt, (int32_t)v);
        return !c.overflow && c.at == c.end;
    }
    if (n <= 1) return false;
    c.at = c.end - 1;
    int low = (int16_t)v;
    if ((v & 0xffff) && build(w, n - 1, rt, v & ~INT64_C(0xffff))) {
        ori(&c, rt, rt, low & 0xffff);
        return true;
    }
    int64_t rest = (int64_t)((uint64_t)v - (uint64_t)(int64_t)low);
    if (low < 0 && build(w, n - 1, rt, rest)) {
        daddiu(&c, rt, rt, low);
        return true;
    }
    unsigned zeros = v ? (unsigned)__builtin_ctzll((uint64_t)v) : 0;
    if (zeros && build(w, n - 1, rt, v >> zeros)) {
        zeros < 32 ? dsll(&c, rt, rt, zeros) : dsll32(&c, rt, rt, zeros - 32);
        return true;
    }
    /* Ones shifted in from the left, then zeros from the left: masks. */
    zeros = v > 0 ? (unsigned)__builtin_clzll((uint64_t)v) : 0;
    if (zeros && build(w, n - 1, rt, (int64_t)((uint64_t)v << zeros | ((1ull << zeros) - 1)))) {
        zeros < 32 ? dsrl(&c, rt, rt, zeros) : dsrl32(&c, rt, rt, zeros - 32);
        return true;
    }
    return false;
}

void li64(struct code *c, enum reg rt, uint64_t v)
{
    uint32_t words[MOST];
    unsigned n = 1;
    while (n < MOST && !build(words, n, rt, (int64_t)v))
        n++;
    if (n == MOST) build(words, n, rt, (int64_t)v);
    for (unsigned k = 0; k < n; k++)
        emit(c, words[k]);
}
