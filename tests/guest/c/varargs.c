/* Variable arguments of every class, forwarded, copied and read twice; structures by value of sizes 1 to 40,
 * passed and returned. */
#include <stdarg.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

static double walk(const char *types, va_list ap)
{
    double sum = 0;
    for (; *types; types++)
        switch (*types) {
        case 'i': sum = sum * 3 + va_arg(ap, int); break;
        case 'l': sum = sum * 3 + (double)va_arg(ap, long long); break;
        case 'd': sum = sum * 3 + va_arg(ap, double); break;
        case 'L': sum = sum * 3 + (double)va_arg(ap, long double); break;
        case 's': sum = sum * 3 + (double)strlen(va_arg(ap, const char *)); break;
        }
    return sum;
}

static void show(const char *types, ...)
{
    va_list ap, copy;
    va_start(ap, types);
    va_copy(copy, ap);
    double first = walk(types, ap), second = walk(types, copy);
    va_end(copy);
    va_end(ap);
    printf("%s %.17g %s\n", types, first, first == second ? "twice" : "differs");
}

#define SIZED(n)                                                                               \
    struct s##n {                                                                              \
        unsigned char at[n];                                                                   \
    };                                                                                         \
    static __attribute__((noinline)) struct s##n turn##n(struct s##n a, int by, struct s##n b) \
    {                                                                                          \
        for (int i = 0; i < n; i++)                                                            \
            a.at[i] = a.at[i] * by + b.at[n - 1 - i];                                          \
        return a;                                                                              \
    }                                                                                          \
    static void try##n(void)                                                                   \
    {                                                                                          \
        struct s##n a, b;                                                                      \
        for (int i = 0; i < n; i++)                                                            \
            a.at[i] = rnd(), b.at[i] = rnd();                                                  \
        struct s##n (*volatile f)(struct s##n, int, struct s##n) = turn##n;                    \
        for (int i = 0; i < 10; i++)                                                           \
            a = f(b, i, f(a, 3, b));                                                           \
        printf("%d bytes: %08x\n", n, mix(MIX_START, &a, sizeof a));                           \
    }
SIZED(1)
SIZED(2)
SIZED(3)
SIZED(4)
SIZED(5)
SIZED(7)
SIZED(8)
SIZED(12)
SIZED(16)
SIZED(17)
SIZED(40)

struct mixed {
    char c;
    double d;
    float f;
    long long l;
    long double x;
};

static __attribute__((noinline)) struct mixed twist(struct mixed m, float f, double d, long double x)
{
    return (struct mixed){m.c + 1, m.d * d, m.f + f, m.l * 7, m.x - x};
}

int main(void)
{
    show("i", 1);
    show("idl", 5, 2.5, 1ll << 40);
    show("sLsid", "abc", 1.25L, "", -7, 1e10);
    show("llddii", -1ll, 2ll, 0.5, -0.25, 1, 2);
    show("dddddddddddd", 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.);
    try1(), try2(), try3(), try4(), try5(), try7(), try8(), try12(), try16(), try17(), try40();
    struct mixed m = {'a', 1.5, 2.25f, 1ll << 33, 3.125L};
    for (int i = 0; i < 5; i++)
        m = twist(m, 0.5f, 1.5, 0.0625L);
    printf("%c %a %a %lld %La\n", m.c, m.d, m.f, m.l, m.x);
    return 0;
}
