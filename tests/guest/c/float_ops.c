/* Floating point, operation by operation: float, double and long double on edge and random operands,
 * conversions to and from every integer width, comparisons with NaNs, to the last bit.
 * @variants: O0 O1 O2 O3 Os musl dyn */
#include <math.h>
#include "tests/guest/guest.h"

static const double edges[] = {
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    -2.5,
    3.0,
    1e-310,
    4.9406564584124654e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    1e300,
    -1e-300,
    16777217.0,
    4294967295.0,
    4294967296.5,
    -2147483648.5,
    9007199254740993.0,
    0.1,
    INFINITY,
    -INFINITY,
    NAN,
};
enum { EDGES = sizeof edges / sizeof *edges, OPERANDS = EDGES + 24 };

static double operand(int i)
{
    if (i < EDGES) return edges[i];
    union {
        uint64_t bits;
        double d;
    } u = {rnd64()};
    if (i % 2) u.bits = (u.bits & ~(0x7ffull << 52)) | (uint64_t)(1023 + i % 60 - 30) << 52;
    return u.d != u.d ? 1.25 : u.d;
}

/* The sign of a NaN that an operation makes is the CPU's affair, but which bits a program sees also depends
 * on the compiler's operand order: print its presence only. */
static uint32_t mix_double(uint32_t sum, double v)
{
    if (v != v) v = 1e99;
    return mix(sum, &v, sizeof v);
}

static uint32_t mix_long_double(uint32_t sum, long double v)
{
    if (v != v) v = 1e99;
    return mix(sum, &v, 10);
}

static uint32_t doubles(uint32_t sum, double x, double y)
{
    volatile double a = x, b = y, r;
    r = a + b, sum = mix_double(sum, r);
    r = a - b, sum = mix_double(sum, r);
    r = a * b, sum = mix_double(sum, r);
    r = a / b, sum = mix_double(sum, r);
    r = -a, sum = mix_double(sum, r);
    r = fabs(b), sum = mix_double(sum, r);
    r = sqrt(fabs(a)), sum = mix_double(sum, r);
    int order = (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | !!isgreater(a, b) << 4 |
                !!isunordered(a, b) << 5 | !!islessgreater(a, b) << 6 | fpclassify(a) << 8;
    return MIX(sum, order);
}

static uint32_t floats(uint32_t sum, float x, float y)
{
    volatile float a = x, b = y, r;
    r = a + b, sum = mix_double(sum, r);
    r = a - b, sum = mix_double(sum, r);
    r = a * b, sum = mix_double(sum, r);
    r = a / b, sum = mix_double(sum, r);
    r = sqrtf(fabsf(a)), sum = mix_double(sum, r);
    return sum;
}

static uint32_t long_doubles(uint32_t sum, long double x, long double y)
{
    volatile long double a = x * 1.0000000000000001L, b = y, r;
    r = a + b, sum = mix_long_double(sum, r);
    r = a - b, sum = mix_long_double(sum, r);
    r = a * b, sum = mix_long_double(sum, r);
    r = a / b, sum = mix_long_double(sum, r);
    r = sqrtl(fabsl(a)), sum = mix_long_double(sum, r);
    return sum;
}

static uint32_t conversions(uint32_t sum, double x)
{
    volatile double a = x;
    volatile float f = a;
    volatile long double l = a;
    sum = mix_double(sum, f), sum = mix_long_double(sum, l);
    if (fabs(x) < 2e9) {
        volatile int i = a;
        volatile short s = i;
        volatile double back = i + s;
        sum = mix_double(sum, back);
    }
    if (fabs(x) < 9e18) {
        volatile long long i = a;
        volatile unsigned long long u = fabs(a);
        volatile double back = i;
        volatile float fback = u;
        volatile unsigned w = fabs(x) < 4e9 ? fabs(a) : 0;
        sum = mix_double(sum, back), sum = mix_double(sum, fback), sum = mix_double(sum, w);
        i = l, sum = mix_double(sum, i);
    }
    return sum;
}

int main(void)
{
    for (int i = 0; i < OPERANDS; i++) {
        uint32_t d = MIX_START, f = MIX_START, l = MIX_START, c;
        double v = operand(i);
        c = conversions(MIX_START, v);
        for (int j = 0; j < OPERANDS; j++) {
            double w = operand(j);
            d = doubles(d, v, w), f = floats(f, v, w), l = long_doubles(l, v, w);
        }
        printf("%a: %08x %08x %08x %08x\n", v, d, f, l, c);
    }
    return 0;
}
