/* x87 instructions that compilers rarely emit: stack exchange and rotation, constants, BCD, fprem, fscale,
 * fxam, fnsave/frstor, fcmov, fcomi, fistp in each width and direction.
 * @variants: O0 O2 */
#include "tests/guest/guest.h"

typedef long double real;

static uint32_t bits(real v)
{
    return mix(MIX_START, &v, 10);
}

static void constants(void)
{
#define CONSTANT(insn)                    \
    do {                                  \
        real v;                           \
        __asm__ volatile(insn : "=t"(v)); \
        printf(insn " %La\n", v);         \
    } while (0)
    CONSTANT("fld1");
    CONSTANT("fldz");
    CONSTANT("fldpi");
    CONSTANT("fldl2e");
    CONSTANT("fldl2t");
    CONSTANT("fldlg2");
    CONSTANT("fldln2");
}

static void classes(void)
{
    static const struct {
        uint64_t mantissa;
        uint16_t top;
    } raw[] = {
        {0, 0},
        {0, 0x8000},
        {1, 0},
        {1ull << 63, 0},
        {1ull << 63, 0x3fff},
        {1ull << 62, 0x3fff},
        {0, 0x3fff},
        {1ull << 63, 0x7fff},
        {1ull << 63, 0xffff},
        {3ull << 62, 0x7fff},
        {(1ull << 63) + 1, 0x7fff},
        {0, 0x7fff},
    };
    for (unsigned i = 0; i < sizeof raw / sizeof *raw; i++) {
        unsigned char v[10];
        unsigned short status;
        memcpy(v, &raw[i].mantissa, 8), memcpy(v + 8, &raw[i].top, 2);
        __asm__ volatile("fnclex\n\tfldt %1\n\tfxam\n\tfnstsw %0\n\tfstp %%st(0)"
                         : "=a"(status)
                         : "m"(v)
                         : "st");
        printf("fxam %u: %04x\n", i, status & 0x4700);
        __asm__ volatile("fnclex\n\tfldt %1\n\tfadds %2\n\tfnstsw %0\n\tfstpt %1"
                         : "=a"(status), "+m"(v)
                         : "m"((float){1})
                         : "st");
        printf("plus one: %04x %08x\n", status & 0xff, mix(MIX_START, v, 10));
    }
}

static void bcd(void)
{
    static const real values[] = {0,   1,      -1,   123456789012345678.0L, -999999999999999999.0L, 0.5,
                                  2.5, -1e18L, 1e30L};
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        unsigned char out[10];
        unsigned short status;
        real back;
        __asm__ volatile("fnclex\n\tfldt %2\n\tfbstp %0\n\tfnstsw %1"
                         : "=m"(out), "=a"(status)
                         : "m"(values[i])
                         : "st");
        printf("fbstp ");
        for (int k = 9; k >= 0; k--)
            printf("%02x", out[k]);
        printf(" %02x", status & 0xff);
        if (status & 1)
            printf(" invalid\n");
        else {
            __asm__ volatile("fbld %1" : "=t"(back) : "m"(out));
            printf(" %.0Lf\n", back);
        }
    }
}

static void remainders(void)
{
    static const real pairs[][2] = {{10, 3},   {-10, 3},        {1e18L, 7}, {1e300L, 3},
                                    {5, 0.1L}, {1e4000L, 1.7L}, {3, 1e9L}};
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        real r = pairs[i][0];
        unsigned short status;
        int steps = 0;
        do
            __asm__ volatile("fprem\n\tfnstsw %1" : "+t"(r), "=a"(status) : "u"(pairs[i][1]));
        while (status & 0x400 && ++steps < 1000);
        printf("fprem %u: %La %04x %d", i, r, status & 0x4700, steps);
        r = pairs[i][0], steps = 0;
        do
            __asm__ volatile("fprem1\n\tfnstsw %1" : "+t"(r), "=a"(status) : "u"(pairs[i][1]));
        while (status & 0x400 && ++steps < 1000);
        printf(" fprem1: %La %04x %d\n", r, status & 0x4700, steps);
    }
}

static void scales(void)
{
    static const real by[] = {0, 1, -1, 3.99L, -16000, 16000, 40000, -40000};
    for (unsigned i = 0; i < sizeof by / sizeof *by; i++) {
        real v = 1.75L, e;
        __asm__ volatile("fscale" : "+t"(v) : "u"(by[i]));
        printf("fscale %La", v);
        __asm__ volatile("fxtract" : "=t"(v), "=u"(e) : "0"(v));
        printf(" fxtract %La %La\n", v, e);
    }
}

static void integers(void)
{
    static const real values[] = {0.5L,      -1.5L,         2.5L,           32767.4L, 32768,
                                  -32768.6L, 2147483647.5L, -2147483648.0L, 1e18L,    1e19L};
    for (int direction = 0; direction < 4; direction++) {
        unsigned short cw = 0x37f | direction << 10, old;
        __asm__ volatile("fnstcw %0\n\tfldcw %1" : "=m"(old) : "m"(cw));
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
            int16_t s;
            int32_t l;
            int64_t q;
            __asm__ volatile("fldt %3\n\tfist %0\n\tfistl %1\n\tfistpll %2"
                             : "=m"(s), "=m"(l), "=m"(q)
                             : "m"(values[i])
                             : "st");
            printf("%d %d %lld%c", s, l, (long long)q, i % 5 == 4 ? '\n' : ' ');
        }
        __asm__ volatile("fldcw %0" : : "m"(old));
    }
}

static void whole_state(void)
{
    unsigned char image[108], environment[28];
    real a, b, c;
    __asm__ volatile(
        "fninit\n\tfld1\n\tfldpi\n\tfldl2e\n\tfxch %%st(2)\n\tfincstp\n\tfdecstp\n\tffree %%st(1)\n\t"
        "fnstenv %1\n\tfldenv %1\n\tfnsave %0\n\tfrstor %0\n\tfstp %%st(0)\n\tfstp %%st(0)\n\tfstp %%st(0)"
        : "=m"(image), "=m"(environment)
        :
        : "st", "memory");
    printf("control %04x status %04x tags %04x\n", image[0] | image[1] << 8, image[4] | image[5] << 8,
           image[8] | image[9] << 8);
    printf("registers %08x\n", mix(MIX_START, image + 28, 80));
    __asm__ volatile(
        "fninit\n\tfld1\n\tfldz\n\tfcomi %%st(1)\n\tfcmovb %%st(1), %%st\n\tfstpt %0\n\tfstp %%st(0)\n\t"
        "fldpi\n\tfld1\n\tfucomip %%st(1)\n\tfldz\n\tfcmovnbe %%st(1), %%st\n\tfstpt %1\n\tfstpt %2"
        : "=m"(a), "=m"(b), "=m"(c)
        :
        : "st", "cc");
    printf("fcmov %La %La %La\n", a, b, c);
}

int main(void)
{
    constants();
    classes();
    bcd();
    remainders();
    scales();
    integers();
    whole_state();
    real f = 0.3L, g;
    for (int i = 0; i < 40; i++) {
        __asm__ volatile("fsqrt" : "+t"(f));
        __asm__ volatile("fld %%st(0)\n\tfmulp\n\tfchs\n\tfabs\n\tfrndint" : "=t"(g) : "0"(f * 1000));
        f += g / 77;
        if (i % 10 == 0) printf("%08x %08x\n", bits(f), bits(g));
    }
    return 0;
}
