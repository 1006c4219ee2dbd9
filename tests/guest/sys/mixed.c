/* @variants: O2
 * Hot accesses of each kind to pages that may share a page of a host with others of less rights: rights,
 * values and faults are those of the guest's pages. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, HOST = 65536, TIMES = 400 };

static uint8_t *const area = (uint8_t *)0x50000000;
static sigjmp_buf after_fault;
static volatile unsigned faults, last;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)context;
    faults++;
    last = (unsigned)((uint8_t *)info->si_addr - area);
    siglongjmp(after_fault, 1);
}

static void print_faults(const char *what)
{
    printf("%s: %u faults, the last one at %x\n", what, faults, last);
    faults = last = 0;
}

/* Loads and stores of n items from p on; no inlining, so that each is one translation. */
#define ACCESSES(type)                                                                   \
    static __attribute__((noinline)) unsigned sum_##type(const type *p, int n)           \
    {                                                                                    \
        unsigned sum = 0;                                                                \
        while (n--)                                                                      \
            sum = sum * 3 + (unsigned)(int64_t) * (const volatile type *)p++;            \
        return sum;                                                                      \
    }                                                                                    \
    static __attribute__((noinline)) void fill_##type(type *p, int n, unsigned v)        \
    {                                                                                    \
        while (n--)                                                                      \
            *(volatile type *)p++ = (type)(v += 0x01234567);                             \
    }                                                                                    \
    static __attribute__((noinline)) void change_##type(type *p, int n)                  \
    {                                                                                    \
        while (n--) {                                                                    \
            *(volatile type *)p += 77;                                                   \
            *(volatile type *)p++ -= 5;                                                  \
        }                                                                                \
    }                                                                                    \
    static void all_##type(uint8_t *at, const char *where)                               \
    {                                                                                    \
        fill_##type((type *)(void *)at, TIMES, 1);                                       \
        change_##type((type *)(void *)at, TIMES);                                        \
        printf("%s of " #type ": %08x\n", where, sum_##type((type *)(void *)at, TIMES)); \
    }

ACCESSES(int8_t)
ACCESSES(uint8_t)
ACCESSES(int16_t)
ACCESSES(uint16_t)
ACCESSES(uint32_t)
ACCESSES(uint64_t)
ACCESSES(float)
ACCESSES(double)

static void each_type(uint8_t *at, const char *where)
{
    all_int8_t(at, where);
    all_uint8_t(at, where);
    all_int16_t(at, where);
    all_uint16_t(at, where);
    all_uint32_t(at, where);
    all_uint64_t(at, where);
    all_float(at, where);
    all_double(at, where);
}

static int twice(int v)
{
    return 2 * v;
}

static int next(int v)
{
    return v + 1;
}

/* Calls through memory, and a stack there. */
static void calls(uint8_t *at)
{
    int (*volatile * table)(int) = (int (*volatile *)(int))(void *)at;
    unsigned sum = 0;
    table[0] = twice;
    table[1] = next;
    for (int k = 0; k < TIMES; k++)
        sum = sum * 5 + (unsigned)table[k & 1](k);
    for (int k = 0; k < TIMES; k++) {
        unsigned a = (unsigned)k, top = (unsigned)(uintptr_t)(at + 2048);
        __asm__ volatile("xchgl %%esp, %1\n\t"
                         "pushl %0\n\tpushl $7\n\tcall 1f\n\tjmp 2f\n"
                         "1:\taddl $3, 4(%%esp)\n\tret\n"
                         "2:\tpopl %0\n\taddl %0, (%%esp)\n\tpopl %0\n\t"
                         "xchgl %%esp, %1"
                         : "+r"(a), "+r"(top)
                         :
                         : "memory", "cc");
        sum = sum * 5 + a;
    }
    printf("calls: %08x\n", sum);
}

/* Every so often the pointer is one that faults. */
static __attribute__((noinline)) unsigned may_fault(uint8_t *good, uint8_t *bad, int stores)
{
    volatile unsigned sum = 0;
    for (volatile int k = 0; k < TIMES; k++) {
        if (sigsetjmp(after_fault, 1)) continue;
        volatile uint32_t *p = (volatile uint32_t *)(void *)((k & 15) == 9 ? bad : good);
        if (stores)
            *p = (uint32_t)k;
        else
            sum += *p;
    }
    return sum;
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    sigaction(SIGSEGV, &sa, NULL);
    if (mmap(area, HOST, PROT_READ | PROT_WRITE, flags, -1, 0) != area) return 1;
    munmap(area + 2 * PAGE, 2 * PAGE);                       /* a library's end */
    mprotect(area + 4 * PAGE, PAGE, PROT_READ);              /* constants before variables */
    mprotect(area + 11 * PAGE, PAGE, PROT_NONE);             /* the guard of what is before it */
    mprotect(area + 12 * PAGE, PAGE, PROT_READ | PROT_EXEC); /* code beside variables */
    each_type(area + PAGE / 2, "before nothing");
    each_type(area + 6 * PAGE - 999, "after constants, misaligned");
    each_type(area + 9 * PAGE, "before a guard");
    each_type(area + 14 * PAGE - 3, "beside code, over pages");
    calls(area + PAGE);
    calls(area + 7 * PAGE);
    printf("sum %08x\n", may_fault(area + 2 * PAGE - 4, area + 2 * PAGE, 0));
    print_faults("load behind the end");
    printf("sum %08x\n", may_fault(area + 2 * PAGE - 8, area + 2 * PAGE - 2, 0));
    print_faults("load over the end");
    printf("sum %08x\n", may_fault(area + 5 * PAGE, area + 5 * PAGE - 4, 1));
    print_faults("store to constants");
    printf("sum %08x\n", may_fault(area + 10 * PAGE, area + 11 * PAGE + 8, 1));
    print_faults("store to a guard");
    mprotect(area + PAGE, PAGE, PROT_READ); /* what was allowed is not any more, and is again */
    printf("sum %08x\n", may_fault(area + PAGE / 2, area + PAGE + 16, 1));
    print_faults("store to what became constant");
    mprotect(area + PAGE, PAGE, PROT_READ | PROT_WRITE);
    printf("sum %08x\n", may_fault(area + PAGE / 2, area + PAGE + 16, 1));
    print_faults("store to what is variable again");
    each_type(area + PAGE / 2, "again");
    return 0;
}
