/* The string functions at every length to 70 and every alignment to 16. */
#include <stdlib.h>
#include <strings.h>
#include "tests/guest/guest.h"

enum { ROOM = 256 };
static char a[ROOM], b[ROOM], c[ROOM];

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

static void fill(char *p, int letters)
{
    for (int i = 0; i < ROOM; i++)
        p[i] = 'a' + rnd() % letters;
}

static uint32_t at_alignment(int n, int x, int y)
{
    char *s = a + x, *t = b + y;
    uint32_t sum = MIX_START;
    fill(a, 2), fill(b, 2);
    memcpy(t, s, n);
    if (n && rnd() % 2) t[rnd() % n] ^= 1;
    s[n] = t[n] = 0;
    int r[] = {sign(memcmp(s, t, n)),  sign(strcmp(s, t)),  sign(strncmp(s, t, n / 2)),
               sign(strcasecmp(s, t)), (int)strlen(s),      (int)strnlen(s, n / 2),
               (int)strspn(s, "a"),    (int)strcspn(s, "b")};
    sum = MIX(sum, r);
    char *p[] = {memchr(s, 'b', n), strchr(s, 'b'),     strrchr(s, 'a'),   strstr(s, "abba"),
                 strpbrk(s, "bx"),  memrchr(s, 'b', n), strchrnul(s, 'z'), memmem(s, n, "ba", 2)};
    for (unsigned i = 0; i < sizeof p / sizeof *p; i++) {
        int at = p[i] ? (int)(p[i] - s) : -1;
        sum = MIX(sum, at);
    }
    memset(c, '-', ROOM);
    memset(c + x, '*', n);
    char *end = stpcpy(c + 80 + y, s);
    *end = '!';
    memmove(c + x + 3, c + x, n);
    memmove(c + x, c + x + 5, n);
    strncpy(c + 170, t, n / 2);
    sum = mix(sum, c, ROOM);
    strcpy(c, s), strcat(c, t), strncat(c, s, 3);
    return mix(sum, c, strlen(c));
}

int main(void)
{
    for (int n = 0; n < 70; n++) {
        uint32_t sum = MIX_START;
        for (int k = 0; k < 40; k++) {
            uint32_t one = at_alignment(n, k % 16, (k * 7 + n) % 16);
            sum = MIX(sum, one);
        }
        printf("%d %08x\n", n, sum);
    }
    char text[] = "  one,two;;three four  ", *save, *word;
    for (word = strtok_r(text, " ,;", &save); word; word = strtok_r(NULL, " ,;", &save))
        printf("<%s>", word);
    char list[] = "a::b:", *rest = list;
    while ((word = strsep(&rest, ":")))
        printf("[%s]", word);
    word = strdup("dup");
    printf("%s %s\n", word, strndup("truncated", 5));
    return 0;
}
