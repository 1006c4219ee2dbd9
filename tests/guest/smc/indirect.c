/* Indirect jumps and calls whose target is always the same, mostly, one of two, or any of many; and what
 * becomes of such a target: its code is rewritten, unmapped, moved, put elsewhere, while signals come. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

#include "tests/guest/smc/code.h"

enum { PAGE = 4096 };
typedef uint32_t function(uint32_t);
static volatile sig_atomic_t ticks;
static sigjmp_buf jump;

static uint32_t plus(uint32_t v)
{
    return v + 1;
}
static uint32_t times(uint32_t v)
{
    return v * 3;
}
static uint32_t twist(uint32_t v)
{
    return v << 7 | v >> 25;
}
static uint32_t swap(uint32_t v)
{
    return ~v;
}

/* One site for whoever calls: it sees what they do one after the other. */
static __attribute__((noinline)) uint32_t apply(function *const *f, unsigned mask, uint32_t v, int n)
{
    for (int k = 0; k < n; k++)
        v += f[(unsigned)k & mask](v);
    return v;
}

static uint32_t targets(void)
{
    static function *const many[] = {plus, times, twist, swap, twist, plus, swap, swap};
    static function *const two[] = {times, plus, times, times};
    static function *const one[] = {swap}, *const other[] = {twist};
    uint32_t sum = 0;
    for (int round = 0; round < 3; round++) {
        sum += apply(one, 0, 1, 3000);
        sum = sum * 5 + apply(other, 0, 2, 3000);
        sum = sum * 5 + apply(two, 3, 3, 7000);
        sum = sum * 5 + apply(many, 7, 4, 7000);
    }
    return sum;
}

/* The same of jumps, with flags and x87 registers that live across them: bytecode by computed goto. */
static __attribute__((noinline)) double machine(const uint8_t *code, int n)
{
    static const void *const op[] = {&&add, &&half, &&carry, &&turn};
    uint32_t v = 1, k = 0;
    double d = 1.5;
#define NEXT                                \
    do {                                    \
        if (k == (uint32_t)n) return d + v; \
        goto *op[code[k++ & 15]];           \
    } while (0)
    NEXT;
add:
    d += 0.25;
    NEXT;
half:
    d = d * 0.5 + v % 7;
    NEXT;
carry:
    __asm__("addl %0, %0\n\tadcl $5, %0" : "+r"(v) : : "cc");
    NEXT;
turn:
    v = v >> 3 ^ v;
    NEXT;
}

static void machines(void)
{
    static const uint8_t mixed[16] = {0, 1, 2, 3, 3, 2, 0, 0, 1, 2, 1, 0, 3, 1, 2, 2},
                         same[16] = {2, 2, 2, 2, 2, 2, 2, 2};
    for (int round = 0; round < 3; round++)
        printf("%.6f %.6f\n", machine(same, 3000), machine(mixed, 3000));
}

/* A direct carry across an indirect jump. */
static __attribute__((noinline)) uint32_t carries(uint32_t v, int n)
{
    uint32_t sum = 0;
    for (int k = 0; k < n; k++) {
        uint32_t r = v;
        __asm__ volatile("movl $1f, %%ecx\n\taddl %1, %0\n\tjmp *%%ecx\n\tud2\n1:\tadcl $0, %0"
                         : "+r"(r)
                         : "r"(sum)
                         : "ecx", "cc");
        sum = r;
    }
    return sum;
}

/* --- what becomes of a target ------------------------------------------------------------------------- */

static __attribute__((noinline)) uint32_t call_often(char *f, int n)
{
    uint32_t sum = 0;
    for (int k = 0; k < n; k++)
        sum += ((uint32_t(*)(void))(uintptr_t)f)();
    return sum;
}

static void on_fault(int signo)
{
    siglongjmp(jump, signo);
}

static void on_tick(int signo)
{
    (void)signo;
    ticks++;
}

static uint32_t try_often(char *f, int n)
{
    int signo = sigsetjmp(jump, 1);
    return signo ? (uint32_t)-signo : call_often(f, n);
}

static void changes(void)
{
    char *page = code_pages(4), *beyond = page + 2 * PAGE;
    for (uint32_t round = 0; round < 3; round++) {
        put_function(page, 10 + round);
        printf("made: %u\n", call_often(page, 300));
        put_function(page, 20 + round);
        printf("rewritten: %u\n", call_often(page, 300));
        put_function(beyond, 30 + round);
        printf("elsewhere: %u\n", call_often(beyond, 3000));
        printf("back: %u\n", call_often(page, 300));
        mprotect(page, PAGE, PROT_READ);
        printf("mprotect: %u\n", try_often(page, 300)); /* fine where there is no NX bit */
        mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
        char *moved = mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page + 3 * PAGE);
        printf("unmapped: %d\n", (int)try_often(page, 300));
        printf("moved: %u\n", call_often(moved, 300));
        mmap(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        put_function(page, 40 + round);
        printf("mapped again: %u\n", call_often(page, 300));
    }
}

int main(void)
{
    struct itimerval often = {{0, 700}, {0, 700}}, never = {{0, 0}, {0, 0}};
    uint32_t sum = targets();
    printf("%u\n", sum);
    machines();
    printf("%u\n", carries(0x9e3779b9, 3000));
    signal(SIGSEGV, on_fault);
    changes();
    signal(SIGALRM, on_tick);
    setitimer(ITIMER_REAL, &often, NULL);
    while (ticks < 20)
        if (targets() != sum) printf("another sum\n");
    setitimer(ITIMER_REAL, &never, NULL);
    return 0;
}
