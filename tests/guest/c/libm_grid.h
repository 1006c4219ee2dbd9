/* Every function of libm on a grid. The includer says in which type: REAL, its functions' names FN(sin), how
 * to note a result: note(sum, value), how to print one: SHOW, and the largest and smallest numbers of the
 * grid, HUGE and TINY. */
#ifndef TESTS_GUEST_C_LIBM_GRID_H
#define TESTS_GUEST_C_LIBM_GRID_H

#include <math.h>
#include "tests/guest/guest.h"

#ifndef REAL
#error "an includer says which type"
#endif

// clang-format off
#define ONE(f)   {#f, FN(f), 0, 0}
#define TWO(f)   {#f, 0, FN(f), 0}
#define ROUGH(f) {#f, 0, FN(f), 1}
// clang-format on
static const struct {
    const char *name;
    REAL (*one)(REAL);
    REAL (*two)(REAL, REAL);
    int rough;
} functions[] = {
    ONE(sin),       ONE(cos),  ONE(tan),       ONE(asin),  ONE(acos),      ONE(atan),     ONE(sinh),
    ONE(cosh),      ONE(tanh), ONE(asinh),     ONE(acosh), ONE(atanh),     ONE(exp),      ONE(exp2),
    ONE(expm1),     ONE(log),  ONE(log2),      ONE(log10), ONE(log1p),     ONE(sqrt),     ONE(cbrt),
    ONE(floor),     ONE(ceil), ONE(trunc),     ONE(round), ONE(rint),      ONE(fabs),     ONE(erf),
    ONE(nearbyint), ONE(erfc), ONE(j0),        ONE(j1),    ONE(tgamma),    ONE(lgamma),   ONE(y0),
    ONE(y1),        ONE(logb), TWO(atan2),     ROUGH(pow), TWO(fmod),      TWO(copysign), TWO(hypot),
    TWO(fdim),      TWO(fmax), TWO(remainder), TWO(fmin),  TWO(nextafter),
};

static const REAL grid[] = {
    0.0,  TINY, 1e-20,     1e-8, 0.001,   0.1,   0.25, 0.3333333333333333, 0.5, 0.7,  0.785398163397448,
    0.9,  1.0,  1.0000001, 1.1,  1.5,     2.0,   3.0,  2.718281828459045,  4.5, 7.25, 3.141592653589793,
    10.0, 22.0, 50.5,      86.0, 123.456, 700.0, 1e3,  12345.678,          1e6, 1e10, 1e17,
    1e22, 1e30, HUGE,
};
enum { POINTS = sizeof grid / sizeof *grid };

/* glibc's pow() loses as many bits as its result's exponent has: what the last bit of fyl2x was, which
 * differs from CPU to CPU (SDM vol. 1, 8.3.10), shows in large results. */
static uint32_t note_roughly(uint32_t sum, long double v)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%.9La", v);
    return mix(sum, text, n);
}

static void every_function(void)
{
    for (unsigned f = 0; f < sizeof functions / sizeof *functions; f++) {
        uint32_t sum = MIX_START;
        for (int i = 0; i < 2 * POINTS; i++) {
            volatile REAL x = i & 1 ? -grid[i / 2] : grid[i / 2];
            if (functions[f].one) {
                REAL r = functions[f].one(x);
                sum = note(sum, r);
                if (i % 24 == 10) printf("%s(" SHOW ") = " SHOW "\n", functions[f].name, x, r);
            } else
                for (int j = 0; j < POINTS; j += 3) {
                    REAL r = functions[f].two(x, j & 1 ? -grid[j] : grid[j]);
                    sum = functions[f].rough ? note_roughly(sum, r != r ? 0 : r) : note(sum, r);
                }
        }
        printf("%s %08x\n", functions[f].name, sum);
    }
}

static void other_signatures(void)
{
    uint32_t sum = MIX_START;
    for (int i = 0; i < POINTS; i++) {
        volatile REAL x = grid[i];
        int e = 0, q = 0, exponent = FN(ilogb)(x);
        REAL part, s, c;
        sum = note(sum, FN(frexp)(x, &e)), sum = MIX(sum, e);
        sum = note(sum, FN(modf)(x, &part)), sum = note(sum, part);
        sum = note(sum, FN(remquo)(x, (REAL)0.7, &q)), q &= 7, sum = MIX(sum, q);
        sum = note(sum, FN(ldexp)(x, i * 7 - 100)), sum = note(sum, FN(scalbn)(x, -i));
        sum = note(sum, FN(fma)(x, (REAL)1.1, -x)), sum = note(sum, FN(jn)(3, x < 1000 ? x : 2));
        FN(sincos)(x, &s, &c);
        sum = note(sum, s), sum = note(sum, c), sum = MIX(sum, exponent);
    }
    printf("the rest %08x\n", sum);
}

int main(void)
{
    every_function();
    other_signatures();
    return 0;
}

#endif
