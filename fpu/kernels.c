/* Series and tables in 128-bit fixed point. Each function reduces its argument so that about a dozen terms
 * reach 2^-126, and keeps small results as floating values so that they are as precise relatively. */
#include "fpu/kernels.h"

#include "fpu/digit.h"
#include "fpu/round.h"
#include "fpu/tables.h"

/* Fixed point has 127 fractional bits ("q127", up to 2) or 128 ("q128", below 1). */
#define ONE_127 ((u128)1 << 127)

/* The upper half of a product, at most 2 too small: the product of the low halves is left out. */
static u128 mul_high(u128 a, u128 b)
{
    uint64_t ah = (uint64_t)(a >> 64), al = (uint64_t)a, bh = (uint64_t)(b >> 64), bl = (uint64_t)b;
    u128 m1 = (u128)ah * bl, m2 = (u128)al * bh;
    return (u128)ah * bh + (m1 >> 64) + (m2 >> 64);
}

/* c[0] + c[1] z + c[2] z^2 ... of at most `terms` terms, those that matter; signs alternate when `alternate`.
 * z is q128, c and the result are q127. */
static u128 series(const u128 *c, unsigned terms, u128 z, bool alternate)
{
    unsigned zeros = z ? (unsigned)clz128(z) : 128, needed = 128 / (zeros + 1) + 2;
    if (needed < terms) terms = needed;
    unsigned i = terms - 1;
    u128 sum = c[i];
    if (i * zeros >= 64) { /* the terms in which 64 bits are enough */
        uint64_t head = (uint64_t)(sum >> 64), high = (uint64_t)(z >> 64);
        for (; i > 0 && (i - 1) * zeros >= 64; i--) {
            uint64_t part = (uint64_t)((u128)head * high >> 64), next = (uint64_t)(c[i - 1] >> 64);
            head = alternate ? next - part : next + part;
        }
        sum = (u128)head << 64;
    }
    while (i-- > 0) {
        u128 part = mul_high(sum, z);
        sum = alternate ? c[i] - part : c[i] + part;
    }
    return sum;
}

static struct wide normalized(bool sign, int32_t exp, u128 m)
{
    if (m == 0) return (struct wide){sign, 0, 0};
    int lead = clz128(m);
    return (struct wide){sign, exp - lead, m << lead};
}

/* A q127 number. */
static struct wide from_fixed(bool sign, u128 v)
{
    return normalized(sign, F80_BIAS, v);
}

/* |a| < 1 as q128. */
static u128 to_q128(struct wide a)
{
    int32_t shift = F80_BIAS - 1 - a.exp;
    return shift >= 128 ? 0 : a.m >> shift;
}

/* |a| < 2 as q127. */
static u128 to_q127(struct wide a)
{
    int32_t shift = F80_BIAS - a.exp;
    return shift >= 128 ? 0 : a.m >> shift;
}

struct wide wide_from(struct f80 a)
{
    if (a.m == 0) return (struct wide){f80_sign(a), 0, 0};
    struct f80_parts p = f80_unpack(a);
    return (struct wide){p.sign, p.exp, (u128)p.m << 64};
}

struct wide wide_mul(struct wide a, struct wide b)
{
    return normalized(a.sign != b.sign, a.exp + b.exp - F80_BIAS + 1, mul_high(a.m, b.m));
}

/* Floor of n * 2^128 / d for n < d, d normalized. */
static u128 divide(u128 n, u128 d)
{
    uint64_t d1 = (uint64_t)(d >> 64), d0 = (uint64_t)d, digits[2];
    for (int i = 0; i < 2; i++) { /* Knuth's algorithm D with 64-bit digits */
        uint64_t high = (uint64_t)(n >> 64), low = (uint64_t)n, q = UINT64_MAX, r = low + d1;
        bool over = high >= d1 && r < d1;
        if (high < d1) q = digit_64(high, low, d1, &r);
        while (!over && (u128)q * d0 > ((u128)r << 64)) {
            q--;
            r += d1;
            over = r < d1;
        }
        n = (n << 64) - q * d; /* modulo 2^128: the remainder is below d */
        digits[i] = q;
    }
    return (u128)digits[0] << 64 | digits[1];
}

struct wide wide_div(struct wide a, struct wide b)
{
    bool big = a.m >= b.m;
    u128 q = divide(big ? a.m >> 1 : a.m, b.m); /* the bit that falls out of a.m >> 1 is below 2^-126 */
    return normalized(a.sign != b.sign, a.exp - b.exp + F80_BIAS - 1 + big, q);
}

/* The 66-bit pi/2 of Intel's CPUs, in units of 2^-67 (SDM vol. 1, 8.3.8). */
#define CPU_HALF_PI ((u128)0xc << 64 | 0x90fdaa22168c234c)

struct wide kernel_reduce(struct wide x, unsigned *quadrant)
{
    *quadrant = 0;
    if (x.exp < F80_BIAS - 1) return x; /* below 1/2 */
    /* |x| in units of 2^-67 is its 64-bit significand shifted left; taken in two steps to stay in 128 bits.
     */
    bool negative = x.sign;
    int shift = x.exp - F80_BIAS + 4, first = shift < 60 ? shift : 60;
    u128 v = (x.m >> 64) << first;
    uint64_t q = (uint64_t)(v / CPU_HALF_PI);
    u128 r = v - q * CPU_HALF_PI;
    v = r << (shift - first);
    uint64_t more = (uint64_t)(v / CPU_HALF_PI);
    r = v - more * CPU_HALF_PI;
    q = (q << (shift - first)) + more;
    if (2 * r > CPU_HALF_PI) {
        r = CPU_HALF_PI - r;
        x.sign = !x.sign;
        q++;
    }
    *quadrant = (unsigned)(negative ? 0 - q : q) & 3;
    return normalized(x.sign, F80_BIAS + 60, r);
}

/* x * f(x^2), where f in q127 is just below one at 0; it stays below, so that directed rounding sees it. */
static struct wide odd_function(struct wide x, u128 f)
{
    if (f >= ONE_127) f = ONE_127 - 1;
    return normalized(x.sign, x.exp + 1, mul_high(x.m, f));
}

static u128 square(struct wide x)
{
    u128 v = to_q128(x);
    return mul_high(v, v);
}

struct wide kernel_sin(struct wide x)
{
    enum { TERMS = sizeof sine_terms / sizeof *sine_terms };
    return odd_function(x, series(sine_terms, TERMS, square(x), true));
}

struct wide kernel_cos(struct wide x)
{
    enum { TERMS = sizeof cosine_terms / sizeof *cosine_terms };
    u128 c = series(cosine_terms, TERMS, square(x), true);
    return from_fixed(false, c < ONE_127 ? c : ONE_127 - 1);
}

struct wide kernel_pi_quarters(unsigned n)
{
    return normalized(false, F80_BIAS + 2, (HALF_PI >> 3) * n);
}

/* atan of n/d, 0 < n <= d: nearest i/32 from a table, and the rest
 * t = (n/d - i/32) / (1 + n/d * i/32) = (32n - id) / (32d + in). */
static struct wide atan_ratio(struct wide n, struct wide d)
{
    enum { TERMS = sizeof inverse_odd / sizeof *inverse_odd, POINTS_LOG2 = 5, NEAR = 7 };
    int32_t gap = d.exp - n.exp;
    if (gap >= NEAR) {
        struct wide t = wide_div(n, d);
        return odd_function(t, series(inverse_odd, TERMS, square(t), true));
    }
    /* Both in units of n's last place: below 2^(64+6), and 2^(64+6+5+1) below. */
    u128 un = n.m >> 64, ud = (d.m >> 64) << gap;
    unsigned i = (unsigned)(((un >> 16 << (POINTS_LOG2 + 1)) / (ud >> 16) + 1) >> 1);
    u128 left = un << POINTS_LOG2, right = ud * i;
    bool below = left < right;
    struct wide top = normalized(below, 0, below ? right - left : left - right);
    struct wide bottom = normalized(false, 0, (ud << POINTS_LOG2) + un * i);
    if (top.m == 0) return from_fixed(false, atan_points[i]);
    struct wide t = wide_div(top, bottom);
    struct wide part = odd_function(t, series(inverse_odd, TERMS, square(t), true));
    if (i == 0) return part;
    u128 v = to_q127(part);
    return from_fixed(false, below ? atan_points[i] - v : atan_points[i] + v);
}

/* pi/2 * halves - a, or + a, for 0 < a < pi/2. */
static struct wide from_axis(unsigned halves, bool minus, struct wide a)
{
    u128 axis = (HALF_PI >> 1) * halves, v = to_q127(a) >> 1;
    if (v == 0) v = 1; /* just beside the axis */
    return normalized(false, F80_BIAS + 1, minus ? axis - v : axis + v);
}

struct wide kernel_atan2(struct wide y, struct wide x)
{
    bool sign = y.sign, left = x.sign;
    x.sign = y.sign = false;
    bool steep = y.exp != x.exp ? y.exp > x.exp : y.m > x.m;
    struct wide r = steep ? atan_ratio(x, y) : atan_ratio(y, x);
    if (steep)
        r = from_axis(1, !left, r);
    else if (left)
        r = from_axis(2, true, r);
    r.sign = sign;
    return r;
}

/* log2((1+s)/(1-s)) = 2/ln 2 * atanh(s). */
static struct wide log2_ratio(struct wide s)
{
    enum { TERMS = sizeof inverse_odd / sizeof *inverse_odd };
    u128 f = mul_high(series(inverse_odd, TERMS, square(s), false), TWO_OVER_LN_2);
    return normalized(s.sign, s.exp + 3, mul_high(s.m, f)); /* f has 125 fractional bits */
}

enum { LOG_POINT_MIN = 45, LOG_POINT_ONE = 64 };

/* log2 of m, q127, 0.7 < m < 1.42, as a signed q127 magnitude. */
static struct wide log2_near_one(u128 m)
{
    unsigned i = (unsigned)((m >> 120) + 1) >> 1; /* the nearest i/64 */
    u128 point = (u128)i << 121;
    bool below = m < point;
    struct wide top = from_fixed(below, below ? point - m : m - point);
    struct wide rest = {0};
    if (top.m) rest = log2_ratio(wide_div(top, normalized(false, F80_BIAS + 1, (m >> 1) + (point >> 1))));
    if (i == LOG_POINT_ONE) return rest;
    u128 table = log2_points[i - LOG_POINT_MIN], v = to_q127(rest);
    bool negative = i < LOG_POINT_ONE;
    return from_fixed(negative, negative == below ? table + v : table - v);
}

struct wide kernel_log2(struct wide x)
{
    const uint64_t root_half = 0xb504f333f9de6484; /* 2^-1/2 */
    int32_t e = x.exp - F80_BIAS;
    u128 m = x.m;
    if ((uint64_t)(m >> 64) > root_half) {
        m >>= 1;
        e++;
    }
    struct wide fraction = log2_near_one(m);
    if (e == 0) return fraction;
    bool negative = e < 0;
    uint64_t magnitude = (uint64_t)(negative ? -e : e);
    u128 whole = (u128)magnitude << 112, v = to_q127(fraction) >> 15; /* 112 fractional bits, and 16 above */
    return normalized(negative, F80_BIAS + 15, fraction.sign == negative ? whole + v : whole - v);
}

struct wide kernel_log2p1(struct wide x)
{
    int32_t e = x.exp - F80_BIAS;
    if (e >= -2) { /* as log2 of the sum, with a bit of headroom */
        int top = e > 0 ? e : 0;
        u128 one = top < 127 ? ONE_127 >> 1 >> top : 1, v = x.m >> 1 >> (top - e);
        return kernel_log2(normalized(false, F80_BIAS + top + 1, x.sign ? one - v : one + v));
    }
    u128 v = to_q127(x);
    if (e >= -7) return log2_near_one(x.sign ? ONE_127 - v : ONE_127 + v);
    /* x / (2 + x) */
    v = (v + 1) >> 1;
    return log2_ratio(wide_div(x, normalized(false, F80_BIAS + 1, x.sign ? ONE_127 - v : ONE_127 + v)));
}

/* 2^x = 2^(i/32) * e^u with u = (x - i/32) ln 2 for the nearest i/32; of that, less one. */
struct wide kernel_exp2m1(struct wide x)
{
    enum { TERMS = sizeof exp_terms / sizeof *exp_terms, POINTS = 32 };
    u128 v = to_q127(x); /* exact where i > 0, as x has 64 bits */
    unsigned i = (unsigned)((v >> 121) + 1) >> 1;
    u128 point = (u128)i << 122;
    bool over = v < point; /* i/32 lies beyond x */
    struct wide d = i ? from_fixed(x.sign != over, over ? point - v : v - point) : x;
    struct wide u = normalized(d.sign, d.exp, mul_high(d.m, LN_2));
    u128 growth = series(exp_terms, TERMS, to_q128(u), u.sign); /* (e^u - 1) / u */
    struct wide part = normalized(u.sign, u.exp + 1, mul_high(u.m, growth));
    if (i == 0) return part;
    /* 2^(i/32) in q126 for both signs of i, then times (1 + part), less one. */
    bool negative = x.sign;
    unsigned index = negative ? POINTS - i : i;
    u128 scale = exp2_points[index % POINTS] >> (index < POINTS ? 1 : 0) >> (negative ? 1 : 0);
    u128 change = mul_high(scale, to_q128(part));
    u128 power = part.sign ? scale - change : scale + change;
    const u128 one = ONE_127 >> 1;
    return normalized(negative, F80_BIAS + 1, negative ? one - power : power - one);
}
