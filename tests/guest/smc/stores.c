/* Stores to code: the next instruction, an earlier one, over the end of a page, of all widths; functions on
 * the stack; code that is rewritten before each call; a handler that rewrites what it interrupted. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>

#include "tests/guest/smc/code.h"

static uint32_t apply(uint32_t (*fn)(uint32_t), uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += fn(i);
    return sum;
}

/* The nested function is called through code on the stack. */
static uint32_t on_stack(uint32_t k)
{
    uint32_t calls = 0;
    uint32_t nested(uint32_t i)
    {
        calls++;
        return i * k + calls;
    }
    return apply(nested, 100) + calls;
}

static char *spin_at;

static void patch(int signo)
{
    spin_at[0] = (char)0xc3; /* ret, over the jump to itself */
}

int main(void)
{
    char *page = code_pages(3);
    /* mov byte [next+1], imm8 changes the immediate of the mov eax after it. */
    unsigned char own[] = {0x8b, 0x44, 0x24, 0x04,    /* mov eax, [esp+4] */
                           0xa2, 0,    0,    0,    0, /* mov [1f], al */
                           0xb8, 0,    0,    0,    0, /* mov eax, … */
                           0xc3};
    uint32_t (*self)(uint32_t) = (void *)(page + 64);
    char *target = page + 64 + 10;
    memcpy(own + 5, &target, 4);
    memcpy(page + 64, own, sizeof own);
    uint32_t bad = 0;
    for (uint32_t i = 0; i < 300; i++)
        bad += self(i & 255) != (i & 255);
    printf("its own next instruction: %u wrong\n", bad);

    bad = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        put_function(page + 512, i);
        bad += call_function(page + 512) != i;
    }
    printf("before each call: %u wrong\n", bad);

    bad = 0;
    char *across = page + 4096 - 3; /* half of the immediate lies in the next page */
    put_function(across, 0x1234);
    for (uint32_t i = 0; i < 300; i++) {
        *(volatile uint8_t *)(page + 4096) = (uint8_t)i;
        bad += call_function(across) != (0x1234 | (i & 255) << 16);
        *(volatile uint8_t *)(page + 4095) = (uint8_t)i;
        bad += call_function(across) != (0x34 | (i & 255) << 8 | (i & 255) << 16);
        *(volatile uint8_t *)(page + 4095) = 0x12;
    }
    printf("across pages: %u wrong\n", bad);

    put_function(page + 1000, 0);
    bad = 0;
    for (uint32_t i = 0; i < 200; i++) {
        *(volatile uint8_t *)(page + 1001) = (uint8_t)i;
        bad += (call_function(page + 1000) & 255) != (i & 255);
        *(volatile uint16_t *)(page + 1002) = (uint16_t)i;
        bad += (call_function(page + 1000) >> 8 & 0xffff) != (i & 0xffff);
        __asm__ volatile("lock; addl $1, (%0)" : : "r"(page + 1001) : "memory");
        call_function(page + 1000);
        uint64_t wide = 0xc300000000b8ull | (uint64_t)i << 8;
        __asm__ volatile("fildll %1; fistpll %0" : "=m"(*(uint64_t *)(page + 1000)) : "m"(wide));
        bad += call_function(page + 1000) != i;
        char copy[FUNCTION], *from = copy, *to = page + 1000;
        unsigned n = FUNCTION;
        put_function(copy, ~i);
        __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(n) : : "memory");
        bad += call_function(page + 1000) != ~i;
    }
    printf("of all widths: %u wrong\n", bad);

    uint32_t sum = 0;
    for (uint32_t k = 0; k < 50; k++)
        sum = sum * 3 + on_stack(k);
    printf("on the stack: %u\n", sum);

    spin_at = page + 2000;
    struct itimerval soon = {{0, 0}, {0, 3000}};
    signal(SIGALRM, patch);
    for (int i = 0; i < 5; i++) {
        spin_at[0] = (char)0xeb, spin_at[1] = (char)0xfe; /* 1: jmp 1b */
        setitimer(ITIMER_REAL, &soon, NULL);
        ((void (*)(void))spin_at)();
    }
    printf("by a handler: left 5 times\n");
    return 0;
}
