/* With doubles in the x87 registers: copies of 64-bit integers and 80-bit values keep their bits, arithmetic
 * and its limits are a double's, the C library's functions print the same everywhere. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static int copies(void)
{
    int lost = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t from = next(), to, m = next() | 1ull << 63;
        uint16_t se = next() & 0xffff;
        unsigned char before[10], after[10];
        __asm__ volatile("fildll %1\n\tfld %%st(0)\n\tfxch\n\tfstp %%st(1)\n\tfistpll %0"
                         : "=m"(to)
                         : "m"(from));
        lost += from != to;
        memcpy(before, &m, 8), memcpy(before + 8, &se, 2);
        __asm__ volatile("fldt %1\n\tfldz\n\tfxch\n\tfstpt %0\n\tfstp %%st(0)" : "=m"(after) : "m"(before));
        lost += memcmp(before, after, 10) != 0;
    }
    return lost;
}

/* As Kahan's PARANOIA asks: radix, precision, guard digit, underflow. */
static void arithmetic(void)
{
    volatile double w = 1, one = 1, x, y;
    while (((w + one) - w) - one == 0)
        w += w;
    x = one;
    while ((w + x) - w == 0)
        x += x;
    printf("w %a radix %g\n", w, (double)((w + x) - w));
    x = one, y = one;
    while (y + x != y)
        x /= 2;
    printf("rounds away %a epsilon %a\n", x, DBL_EPSILON);
    x = one;
    while (x / 2 > 0)
        x /= 2;
    printf("smallest %a\n", x);
    x = 4.0 / 3 - 1, y = x * 3 - 1;
    printf("4/3 %a\n", y);
    for (int mode = 0; mode < 4; mode++) {
        static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
        fesetround(modes[mode]);
        feclearexcept(FE_ALL_EXCEPT);
        x = one / 3, y = sqrt(2 * one);
        volatile double big = DBL_MAX * 2 * one, tiny = DBL_MIN * one / 3;
        int flags = fetestexcept(FE_ALL_EXCEPT & ~0x02);
        fesetround(FE_TONEAREST);
        printf("mode %d: %a %a %a %a %x\n", mode, x, y, big, tiny, flags);
    }
}

int main(void)
{
    printf("%d lost\n", copies());
    arithmetic();
    for (int i = 1; i <= 200; i++) {
        double v = i * 0.37 + i * i * 1e-3;
        printf("%.17g %.17g %.17g %.17g %.17g %.17g %.17g\n", sin(v), cos(v), tan(v), atan(v), exp(v / 10),
               log(v), pow(v, 1.7));
    }
    return 0;
}
