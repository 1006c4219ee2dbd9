/* printf in every conversion, flag, width and precision that matters, strtod and scanf round trips. */
#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

static void integers(void)
{
    static const char *const formats[] = {"%d",     "%5d|", "%-8d|", "%+d", "% d", "%08d", "%.6d",
                                          "%8.3d|", "%x",   "%#X",   "%#o", "%u",  "%hhd", "%hd"};
    static const int values[] = {0, 1, -1, 12345, INT32_MIN, INT32_MAX};
    for (unsigned f = 0; f < sizeof formats / sizeof *formats; f++)
        for (unsigned v = 0; v < 6; v++)
            printf(formats[f], values[v]), putchar(v == 5 ? '\n' : ' ');
    printf("%lld %llu %llx %jd %zu %td\n", INT64_MIN, UINT64_MAX, 0x123456789abcdefll, (intmax_t)-5,
           (size_t)7, (ptrdiff_t)-9);
    printf("%s|%10s|%-10s|%.2s|%c|%5c|%%|%*d|%-*.*f|\n", "text", "right", "left", "cut", 'x', 'y', 6, 42, 9,
           2, 3.14159);
    int n;
    printf("%2$s %1$s\n", "world", "hello");
    printf("counted%n\n", &n);
    printf("%d\n", n);
}

static void floats(void)
{
    static const char *const formats[] = {"%f", "%.0f", "%#.0f", "%e",      "%.15e",    "%g", "%.3g", "%#g",
                                          "%a", "%.2a", "%+.1f", "%012.4f", "%-14.3e|", "%G", "%.17g"};
    static const double values[] = {
        0.0,    -0.0,    1.0,     0.1, 2.5, 1234567.891, 1e-7,     1e22, 123456789012345680.0,
        5e-324, DBL_MAX, 1.0 / 3, 0.5, 1.5, INFINITY,    -INFINITY};
    for (unsigned f = 0; f < sizeof formats / sizeof *formats; f++)
        for (unsigned v = 0; v < sizeof values / sizeof *values; v++)
            printf(formats[f], values[v]), putchar(v % 6 == 5 ? '\n' : ' ');
    printf("\n%Lf %.25Le %Lg %La\n", 1.0L / 3, LDBL_MAX, LDBL_MIN, 1.1L);
    printf("%.60f\n%.300g\n", 0.1, 1e-300);
}

static void round_trips(void)
{
    int wrong = 0;
    uint32_t sum = MIX_START;
    for (int i = 0; i < 600; i++) {
        union {
            uint64_t bits;
            double d;
        } u = {rnd64()}, back;
        char text[64];
        if (u.d != u.d) continue;
        snprintf(text, sizeof text, i % 2 ? "%.17g" : "%.17e", u.d);
        back.d = strtod(text, NULL);
        wrong += back.bits != u.bits;
        snprintf(text, sizeof text, "%.9g", (float)u.d);
        float f = strtof(text, NULL);
        wrong += f != (float)u.d;
        long double l = u.d * 1.0000000000000001L;
        snprintf(text, sizeof text, "%.21Lg", l);
        wrong += strtold(text, NULL) != l;
        sum = mix(sum, text, strlen(text));
    }
    printf("%d wrong, %08x\n", wrong, sum);
    static const char *const hard[] = {"2.2250738585072011e-308",
                                       "1.7976931348623158e308",
                                       "1e-400",
                                       "1e400",
                                       "0x1.8p3",
                                       "0x1p-1074",
                                       "inf",
                                       "-NaN(12)",
                                       ".5e1x",
                                       "9007199254740993",
                                       "0.1e",
                                       "+",
                                       "4.9406564584124654e-325"};
    for (unsigned i = 0; i < sizeof hard / sizeof *hard; i++) {
        char *end;
        double d = strtod(hard[i], &end);
        printf("%s = %a, rest '%s'\n", hard[i], d == d ? d : 0, end);
    }
}

static void scans(void)
{
    int a, b, n;
    unsigned u;
    long long l;
    float f;
    double d;
    long double ld;
    char word[20], set[20], c;
    n = sscanf("12 -0x1f 777 99999999999 3.5 -2.5e3 1e-10 word [abcabc]rest!",
               "%d %i %o %lld %f %lf %Lf %19s [%19[abc]]%*4s%c", &a, &b, &u, &l, &f, &d, &ld, word, set, &c);
    printf("%d: %d %d %u %lld %g %g %Lg %s %s %c\n", n, a, b, u, l, f, d, ld, word, set, c);
    printf("%ld %lu %lld %ld\n", strtol("-2147483649", NULL, 10), strtoul("zz", NULL, 36),
           strtoll("9223372036854775808", NULL, 0), strtol("0777", NULL, 0));
    printf("%d %d\n", sscanf("x", "%d", &a), sscanf("", "%d", &a));
}

int main(void)
{
    printf("%s\n", setlocale(LC_ALL, "C"));
    integers();
    floats();
    round_trips();
    scans();
    return 0;
}
