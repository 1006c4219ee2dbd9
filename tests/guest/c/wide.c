/* Wide characters in the C locale and UTF-8 conversion by hand, ctype tables, collation, swprintf. */
#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>
#include "tests/guest/guest.h"

static int utf8(uint32_t c, unsigned char *out)
{
    if (c < 0x80) return out[0] = c, 1;
    int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--, c >>= 6)
        out[i] = 0x80 | (c & 0x3f);
    out[0] = (0xf00 >> n & 0xff) | c;
    return n;
}

int main(void)
{
    uint32_t sum = MIX_START;
    for (int c = -1; c < 128; c++) {
        int bits = !!isalpha(c) | !!isdigit(c) << 1 | !!isspace(c) << 2 | !!isupper(c) << 3 |
                   !!ispunct(c) << 4 | !!isxdigit(c) << 5 | !!iscntrl(c) << 6 | !!isgraph(c) << 7 |
                   !!isprint(c) << 8 | !!isblank(c) << 9;
        int other[] = {bits, tolower(c), toupper(c), !!iswalpha(c), (int)towupper(c)};
        sum = MIX(sum, other);
    }
    printf("ctype %08x\n", sum);
    wchar_t w[64], copy[64];
    int n = swprintf(w, 64, L"%ls %d %5.2f %lc", L"wide", 42, 3.14159, L'x');
    printf("%d %zu\n", n, wcslen(w));
    wcscpy(copy, w), wcscat(copy, L"!");
    printf("%ls %d %d %ld\n", copy, wcscmp(w, copy) < 0, wcsncmp(w, copy, 5),
           (long)(wcschr(copy, L'4') - copy));
    printf("%ld %f\n", wcstol(L"-77 rest", NULL, 10), wcstod(L"2.75", NULL));
    wmemset(w, L'z', 10), w[10] = 0;
    printf("%ls %ld\n", w, (long)wcsspn(w, L"z"));
    char back[64];
    printf("%zu %s\n", wcstombs(back, L"narrow", sizeof back), back);
    printf("%zu\n", mbstowcs(w, "widen", 64));
    printf("%d %d\n", strcoll("abc", "abd") < 0, strxfrm(back, "key", sizeof back) >= 3);
    sum = MIX_START;
    for (uint32_t c = 1; c < 0x110000; c += 997) {
        unsigned char out[4];
        int n = utf8(c, out);
        sum = mix(sum, out, n);
    }
    printf("utf-8 %08x\n", sum);
    struct lconv *l = localeconv();
    printf("[%s][%s] %s\n", l->decimal_point, l->thousands_sep,
           setlocale(LC_ALL, "xx_YY") ? "set" : "refused");
    return 0;
}
