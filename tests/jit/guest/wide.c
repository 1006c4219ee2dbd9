/* A guest with more code than the smallest --code-cache holds: 4096 functions, called in turn, some rounds.
 * Prints one number. */
#include <stdio.h>

#define FUNCTION(n)                                                    \
    static __attribute__((noinline)) unsigned f##n(unsigned x, int *m) \
    {                                                                  \
        x ^= 0x##n##u * 2654435761u;                                   \
        m[x & 7] += (int)(x >> 3);                                     \
        return x & 1 ? x * 3 + (unsigned)m[(x >> 5) & 7] : x + 0x##n;  \
    }
#define NAME(n) f##n,
/* Each digit is a macro of its own, because none expands within itself. */
#define DIGIT_0(what, n) \
    what(n##0) what(n##1) what(n##2) what(n##3) what(n##4) what(n##5) what(n##6) what(n##7)
#define DIGIT_1(what, n) \
    DIGIT_0(what, n##0)  \
    DIGIT_0(what, n##1)  \
    DIGIT_0(what, n##2)  \
    DIGIT_0(what, n##3) DIGIT_0(what, n##4) DIGIT_0(what, n##5) DIGIT_0(what, n##6) DIGIT_0(what, n##7)
#define DIGIT_2(what, n) \
    DIGIT_1(what, n##0)  \
    DIGIT_1(what, n##1)  \
    DIGIT_1(what, n##2)  \
    DIGIT_1(what, n##3) DIGIT_1(what, n##4) DIGIT_1(what, n##5) DIGIT_1(what, n##6) DIGIT_1(what, n##7)
#define EVERY(what)  \
    DIGIT_2(what, 1) \
    DIGIT_2(what, 2) \
    DIGIT_2(what, 3) DIGIT_2(what, 4) DIGIT_2(what, 5) DIGIT_2(what, 6) DIGIT_2(what, 7) DIGIT_2(what, 8)

EVERY(FUNCTION)

static unsigned (*const all[])(unsigned, int *) = {EVERY(NAME)};

int main(void)
{
    int m[8] = {0};
    unsigned x = 1;
    for (int round = 0; round < 5; round++)
        for (unsigned k = 0; k < sizeof all / sizeof *all; k++)
            x = all[k](x, m);
    printf("%zu functions: %08x\n", sizeof all / sizeof *all, x ^ (unsigned)m[3]);
    return 0;
}
