/* Loads and stores of every width at every alignment, across pages, packed structures, doubles and long
 * doubles at odd addresses, string copies that overlap by one. */
#include <stdlib.h>
#include <sys/mman.h>
#include "tests/guest/guest.h"

struct __attribute__((packed)) odd {
    char c;
    double d;
    short s;
    long double l;
    int i;
    float f;
    long long ll;
};

#define SIZED(type)                                                \
    static uint32_t width_##type(char *p, uint32_t sum)            \
    {                                                              \
        typedef type __attribute__((aligned(1), may_alias)) loose; \
        volatile loose *v = (loose *)p;                            \
        *v = (type)rnd64();                                        \
        *v += (type)3;                                             \
        type r = *v;                                               \
        return mix(mix(sum, &r, sizeof r), p - 3, 16);             \
    }
SIZED(int8_t)
SIZED(int16_t)
SIZED(int32_t)
SIZED(int64_t)
SIZED(double)
SIZED(float)

int main(void)
{
    char *area = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static const int around[] = {64, 4096, 8192};
    for (int a = 0; a < 3; a++)
        for (int k = -10; k < 10; k++) {
            char *p = area + around[a] + k;
            uint32_t sum = width_int8_t(p, MIX_START);
            sum = width_int16_t(p, sum), sum = width_int32_t(p, sum), sum = width_int64_t(p, sum);
            sum = width_double(p, sum), sum = width_float(p, sum);
            printf("%d%+d %08x\n", around[a], k, sum);
        }
    struct odd *o = (struct odd *)(area + 4096 - 13);
    for (int i = 0; i < 50; i++) {
        o->c += i, o->d += i * 0.5, o->s -= i, o->l = o->l * 1.5L + i, o->i ^= o->s, o->f += o->d,
                                               o->ll += o->i;
        memmove((char *)o + 1, o, sizeof *o - 1);
        memmove(o, (char *)o + 1, sizeof *o - 1);
    }
    printf("%d %a %d %La %d %a %lld\n", o->c, o->d, o->s, o->l, o->i, o->f, o->ll);
    return 0;
}
