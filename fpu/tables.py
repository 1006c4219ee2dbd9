#!/usr/bin/env python3
"""Writes fpu/tables.h: the constants of fpu/kernels.c, computed in integers with 256 bits to spare.

Usage: python3 fpu/tables.py > fpu/tables.h
"""

BITS = 384  # working precision, as integers scaled by 2^BITS
ONE = 1 << BITS


def atan_series(num, den, sign):
    """atan (sign -1) or atanh (sign +1) of num/den by its power series."""
    term, total, k = ONE * num // den, 0, 0
    while term:
        total += (sign**k) * term // (2 * k + 1)
        term = term * num * num // (den * den)
        k += 1
    return total


def atan(num, den):
    """atan(num/den), 0 <= num <= den, by halving the distance to pi/4 first where that is shorter."""
    if 2 * num > den:  # atan(q) = pi/4 - atan((1-q)/(1+q))
        return PI // 4 - atan_series(den - num, den + num, -1)
    return atan_series(num, den, -1)


PI = 16 * atan_series(1, 5, -1) - 4 * atan_series(1, 239, -1)
LN2 = 2 * atan_series(1, 3, 1)


def exp(x):
    term, total, k = ONE, 0, 1
    while term:
        total += term
        term = term * x // ONE // k
        k += 1
    return total


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def words(value, fraction):
    """value (scaled by ONE) rounded to `fraction` fractional bits, as a WIDE(hi, lo) initializer."""
    v = (value + (ONE >> fraction >> 1)) >> (BITS - fraction)
    assert 0 <= v < 1 << 128
    return "WIDE(0x%016x, 0x%016x)" % (v >> 64, v & (1 << 64) - 1)


def table(name, comment, values, fraction=127):
    print("\n/* %s */" % comment)
    print("static const u128 %s[] = {" % name)
    for v in values:
        print("    %s," % words(v, fraction))
    print("};")


def log2_table():
    """|log2(i/64)|; the sign is that of i - 64."""
    return [2 * atan_series(abs(i - 64), i + 64, 1) * ONE // LN2 for i in range(45, 92)]


print("/* Constants of kernels.c. Made by fpu/tables.py: change that. */")
print("// clang-format off")
print('#ifndef FPU_TABLES_H\n#define FPU_TABLES_H\n\n#include "fpu/float80.h"\n')
print("#define WIDE(hi, lo) ((u128)(hi) << 64 | (lo))")
table("inverse_odd", "1/(2k+1), 127 fractional bits.", [ONE // (2 * k + 1) for k in range(12)])
table("sine_terms", "1/(2k+1)!", [ONE // factorial(2 * k + 1) for k in range(17)])
table("cosine_terms", "1/(2k)!", [ONE // factorial(2 * k) for k in range(17)])
table("exp_terms", "1/(k+1)!", [ONE // factorial(k + 1) for k in range(16)])
table("atan_points", "atan(i/32), i = 0..32.", [atan(i, 32) for i in range(33)])
table("log2_points", "|log2(i/64)|, i = 45..91.", log2_table())
table("exp2_points", "2^(i/32), i = 0..31.", [exp(LN2 * i // 32) for i in range(32)])

print("\n/* pi/2 with 127, ln 2 with 128 and 2/ln 2 with 126 fractional bits. */")
print("#define HALF_PI %s" % words(PI // 2, 127))
print("#define LN_2 %s" % words(LN2, 128))
print("#define TWO_OVER_LN_2 %s" % words(2 * ONE * ONE // LN2, 126))
print("\n#endif")
