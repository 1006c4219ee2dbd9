/* Loops whose instructions go on meeting what translated code is seldom made for: quotients that do not fit,
 * divisors of -1, accesses across pages, strings that run downwards, NaNs, infinities and integers out of
 * range in x87 arithmetic, control words that change. What is computed must not depend on how often.
 * @variants: O2 pie */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

enum { ROUNDS = 400, PAGE = 4096 };
static _Alignas(PAGE) unsigned char pages[3 * PAGE];
static sigjmp_buf back;

static void on_signal(int signo)
{
    siglongjmp(back, signo);
}

static uint32_t divisions(void)
{
    uint32_t sum = MIX_START;
    volatile int minus = -1;
    for (int n = 1; n <= ROUNDS; n++) {
        volatile int a = (int)rnd();
        int q = n % 3 ? a / minus : a / n, r = n % 3 ? a % minus : a % n;
        MIX(sum, q);
        MIX(sum, r);
    }
    return sum;
}

/* Every other one raises SIGFPE. */
static uint32_t overflows(void)
{
    volatile uint32_t sum = MIX_START;
    for (volatile int n = 0; n < 60; n++) {
        int signo = sigsetjmp(back, 1);
        if (signo) {
            sum = (sum ^ (uint32_t)signo) * 16777619u;
            continue;
        }
        uint32_t low = rnd(), high = n & 1 ? 100 : 3, by = 7;
        __asm__ volatile("divl %2" : "+a"(low), "+d"(high) : "r"(by) : "cc");
        sum = (sum ^ low ^ high) * 16777619u;
    }
    return sum;
}

static uint32_t straddling(void)
{
    uint32_t sum = MIX_START;
    for (unsigned n = 0; n < ROUNDS; n++) {
        unsigned char *p = pages + PAGE - 3 + n % 2;
        *(volatile uint32_t *)p += rnd();
        *(volatile uint16_t *)(pages + 2 * PAGE - 1) ^= (uint16_t)rnd();
        if (n % 32 == 0) __sync_fetch_and_add((uint16_t *)(pages + PAGE - 1), 3); /* Linux makes it wait */
        volatile double *d = (volatile double *)(pages + 2 * PAGE - 4);
        *d = n * 0.5;
        volatile long double *l = (volatile long double *)(pages + PAGE - 6);
        *l = *d + 1;
        sum ^= *(volatile uint32_t *)p;
    }
    return mix(sum, pages, sizeof pages);
}

static uint32_t downwards(void)
{
    uint32_t sum = MIX_START;
    for (unsigned n = 0; n < ROUNDS; n++) {
        void *to = pages + 2000, *from = pages + 1990 - n % 7;
        unsigned count = 40 + n % 9, value = rnd();
        __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(count)::"memory");
        to = pages + 900;
        count = n % 5;
        __asm__ volatile("std; rep stosl; cld" : "+D"(to), "+c"(count) : "a"(value) : "memory");
        MIX(sum, count);
    }
    return mix(sum, pages, sizeof pages);
}

static uint32_t specials(void)
{
    static const uint64_t values[] = {0x7ff8000000000000, 0x7ff0000000000000, 0xfff4000000000001,
                                      0x3ff8000000000000, 0x7fe0000000000000, 0x0000000000000001,
                                      0xc1f0000000000000, 0x8000000000000000};
    enum { COUNT = sizeof values / sizeof *values };
    uint32_t sum = MIX_START;
    for (unsigned n = 0; n < ROUNDS; n++) {
        double a, b, r;
        memcpy(&a, &values[n % COUNT], sizeof a);
        memcpy(&b, &values[n / COUNT % COUNT], sizeof b);
        __asm__ volatile("fmul %%st(1); fsub %%st(1)" : "=t"(r) : "0"(a), "u"(b));
        MIX(sum, r);
        __asm__ volatile("fdiv %%st(1); fchs" : "=t"(r) : "0"(a), "u"(b));
        MIX(sum, r);
        unsigned char flags;
        __asm__ volatile("fucomi %%st(1); setbe %0" : "=q"(flags) : "t"(a), "u"(b) : "cc");
        MIX(sum, flags);
        int64_t wide = (int64_t)(((uint64_t)rnd() << 32 | rnd()) >> n % 64), other;
        int narrow;
        short shortest;
        __asm__ volatile("fildll %3; fistl %0; fists %1; fistpll %2"
                         : "=m"(narrow), "=m"(shortest), "=m"(other)
                         : "m"(wide));
        MIX(sum, narrow);
        MIX(sum, shortest);
        MIX(sum, other);
    }
    return sum;
}

static uint32_t control_words(void)
{
    static const unsigned short words[] = {0x37f, 0x27f, 0xf7f, 0x77f, 0x07f, 0xb7f, 0x37f};
    uint32_t sum = MIX_START;
    for (unsigned n = 0; n < ROUNDS; n++) {
        double a = rnd() / 3.0, b = rnd() / 7.0, r;
        int narrow;
        unsigned short old;
        __asm__ volatile("fnstcw %0; fldcw %1" : "=m"(old) : "m"(words[n % 7]));
        __asm__ volatile("fdiv %%st(1); fistl %1" : "=t"(r), "=m"(narrow) : "0"(a), "u"(b));
        __asm__ volatile("fldcw %0" ::"m"(old));
        float single = (float)r;
        MIX(sum, single);
        MIX(sum, narrow);
    }
    return sum;
}

int main(void)
{
    unsigned short sw;
    signal(SIGFPE, on_signal);
    printf("divisions %08x\n", divisions());
    printf("overflows %08x\n", overflows());
    printf("straddling %08x\n", straddling());
    printf("downwards %08x\n", downwards());
    printf("specials %08x\n", specials());
    __asm__ volatile("fnstsw %0; fnclex" : "=m"(sw));
    printf("status %04x\n", sw & ~0x200);
    printf("control words %08x\n", control_words());
    __asm__ volatile("fnstsw %0" : "=m"(sw));
    printf("status %04x\n", sw & ~0x200);
}
