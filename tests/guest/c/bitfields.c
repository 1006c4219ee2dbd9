/* Bit fields of odd widths, signed and unsigned, and the masks and shifts that the compiler makes of them. */
#include "tests/guest/guest.h"

struct fields {
    unsigned a : 1, b : 3, c : 7;
    signed d : 5, e : 11;
    unsigned long long f : 37;
    signed long long g : 27;
    unsigned char h : 6, i : 2;
};

int main(void)
{
    struct fields s;
    uint32_t sum = MIX_START;
    memset(&s, 0, sizeof s);
    for (int n = 0; n < 2000; n++) {
        uint64_t v = rnd64();
        s.a += v, s.b -= v >> 3, s.c ^= v >> 5, s.d = v >> 9, s.e += s.d * 3;
        s.f += v * s.c, s.g = s.f >> s.b, s.h = s.g ^ s.e, s.i++;
        long long all[] = {s.a, s.b, s.c, s.d, s.e, s.f, s.g, s.h, s.i};
        sum = MIX(sum, all);
        if (n % 200 == 0)
            printf("%d %u %u %d %d %llu %lld %u %u\n", s.a, s.b, s.c, s.d, s.e, (unsigned long long)s.f,
                   (long long)s.g, s.h, s.i);
    }
    printf("%zu bytes, %08x\n", sizeof s, sum);
    return 0;
}
