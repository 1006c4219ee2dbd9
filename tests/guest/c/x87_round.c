/* frndint in all four modes and fxam, often enough to be translated: zeros, halves, large and small numbers,
 * infinities, a NaN now and then. C1 is not looked at after frndint, nor the denormal flag: --x87=double has
 * none. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const double values[] = {0.0,     -0.0,
                                0.3,     -0.3,
                                0.5,     -0.5,
                                1.5,     2.5,
                                -2.5,    0.49999999999999994,
                                1e10,    12345678901.5,
                                0x1p52,  0x1.fffffffffffffp51,
                                -0x1p53, 1e300,
                                -1e300,  0x1p-1074,
                                -1e-310, 0x1p-1022,
                                -0.75,   -0x1.0000000000001p0};
enum { VALUES = sizeof values / sizeof values[0], DE = 2, C1 = 0x200 };

static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * UINT64_C(0x100000001b3);
}

static uint64_t round_one(double v, unsigned short *before, unsigned short *after)
{
    double r;
    uint64_t bits;
    __asm__ volatile("fnclex; fldl %3; fxam; fnstsw %1; frndint; fnstsw %2; fstpl %0"
                     : "=m"(r), "=m"(*before), "=m"(*after)
                     : "m"(v));
    memcpy(&bits, &r, sizeof bits);
    return bits;
}

int main(void)
{
    double odd[] = {__builtin_inf(), -__builtin_inf(), __builtin_nan("")};
    unsigned short before, after;
    for (unsigned mode = 0; mode < 4; mode++) {
        unsigned short control = (unsigned short)(0x27f | mode << 10);
        uint64_t sum = 0;
        __asm__ volatile("fldcw %0" : : "m"(control));
        for (unsigned k = 0; k < VALUES; k++) {
            uint64_t bits = round_one(values[k], &before, &after);
            printf("%u %a: %016llx %04x %04x\n", mode, values[k], (unsigned long long)bits, before & ~DE,
                   after & ~(C1 | DE));
        }
        for (unsigned n = 0; n < 3000; n++) {
            double v = n % 97 == 96 ? odd[n % 3] : values[n % VALUES] * (n % 7 + 1) / 3;
            sum = mix(sum, round_one(v, &before, &after));
            sum = mix(sum, before & ~DE);
            sum = mix(sum, after & ~(C1 | DE));
        }
        printf("mode %u: %016llx\n", mode, (unsigned long long)sum);
    }
    return 0;
}
