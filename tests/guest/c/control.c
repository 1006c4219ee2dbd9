/* Control flow: dense and sparse switches, computed goto, tables of function pointers, deep recursion, mutual
 * recursion, setjmp through many frames, alloca and variable-length arrays.
 * @variants: O0 O1 O2 O3 Os mdyn */
#include <alloca.h>
#include <setjmp.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

static int dense(int n)
{
    switch (n) {
    case 0: return 11;
    case 1: return 7;
    case 2: return -3;
    case 3: return n * 5;
    case 4:
    case 5: return 19;
    case 6: return n ^ 255;
    case 7: return 1000;
    case 8: return dense(n - 3);
    default: return -1;
    }
}

static const char *sparse(unsigned n)
{
    switch (n) {
    case 3: return "three";
    case 1000: return "thousand";
    case 70000: return "many";
    case 0x80000000u: return "half";
    case 0xffffffffu: return "all";
    default: return n >= 90 && n <= 110 ? "about a hundred" : "else";
    }
}

/* A little machine whose instructions are labels. */
static int machine(const char *program)
{
    static const void *const op[] = {&&add, &&twice, &&swap, &&drop, &&loop, &&end};
    int a = 1, b = 2, left = 1000;
    const char *pc = program;
#define NEXT goto *op[*pc++ - 'a']
    NEXT;
add:
    a += b;
    NEXT;
twice:
    b *= 2;
    NEXT;
swap:
    a ^= b, b ^= a, a ^= b;
    NEXT;
drop:
    a = a % 1000003, b %= 999;
    NEXT;
loop:
    if (--left) pc = program;
    NEXT;
end:
    return a * 31 + b;
}

static int is_odd(int n);
static __attribute__((noinline)) int is_even(int n)
{
    return n == 0 ? 1 : is_odd(n - 1);
}
static __attribute__((noinline)) int is_odd(int n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0) return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static jmp_buf top;
static void dive(int depth, int value)
{
    volatile char pad[64];
    pad[depth % 64] = 1;
    if (depth == 0) longjmp(top, value);
    dive(depth - 1, value + pad[depth % 64]);
}

static unsigned scratch(int n)
{
    unsigned char *p = alloca(n), v[n * 2];
    for (int i = 0; i < n; i++)
        p[i] = i * 3, v[i] = p[i] ^ n, v[n + i] = ~p[i];
    return mix(mix(MIX_START, p, n), v, sizeof v);
}

int main(void)
{
    int sum = 0;
    for (int i = -2; i < 12; i++)
        printf("%d ", dense(i));
    static const unsigned keys[] = {3, 4, 95, 1000, 70000, 0x80000000u, 0xffffffffu};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        printf("%s%c", sparse(keys[i]), i == 6 ? '\n' : ' ');
    printf("machine %d\n", machine("abcdacbef"));
    printf("even %d odd %d\n", is_even(30001), is_odd(30001));
    printf("ackermann %u\n", ackermann(2, 200) + ackermann(3, 4));
    for (int i = 0; i < 50; i++) {
        int got = setjmp(top);
        if (!got) dive(i * 20, i + 1);
        sum = sum * 17 + got;
    }
    printf("longjmp %d\n", sum);
    unsigned total = 0;
    for (int i = 1; i < 200; i++)
        total = total * 31 + scratch(i);
    printf("alloca %08x\n", total);
    return 0;
}
