/* An instruction that stores what the one before it computed, and faults: the status word is as the
 * arithmetic left it, C1 and PE with it, and the store says nothing. Fused, loaded with it, and one by one.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>

static double *page;
static unsigned words, repairs;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    (void)signo;
    (void)info;
    words = words * 31 + (uc->uc_mcontext.fpregs->sw & 0x7fff);
    if (repairs < 12) printf("%04lx\n", uc->uc_mcontext.fpregs->sw & 0x7fff);
    repairs++;
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static volatile double third = 1.0 / 3, seventh = 1.0 / 7, one = 1, big = 3e9;

/* The status word begins without flags; PE and C1 come from `code`, whose last instruction stores to %0. */
#define TRY(name, code)                                                                       \
    static void name(const volatile double *a, const volatile double *b)                      \
    {                                                                                         \
        __asm__ volatile("fldl %2\n fldl %1\n fnclex\n" code "\n fstp %%st(0)\n fstp %%st(0)" \
                         : "=m"(*page)                                                        \
                         : "m"(*a), "m"(*b)                                                   \
                         : "st", "st(1)", "st(2)");                                           \
    }
TRY(sum, "fadd %%st(1),%%st\n fstl %0")
TRY(difference, "fsubr %%st(1),%%st\n fstl %0")
TRY(product, "fmull %2\n fstl %0")
TRY(quotient, "fdivl %2\n fstl %0")
TRY(axpy, "fldl %1\n fmul %%st(2),%%st\n faddl %2\n fstpl %0")
TRY(loaded, "fldl %2\n fmul %%st(1),%%st\n fstpl %0")
TRY(apart, "fadd %%st(1),%%st\n fxch %%st(1)\n fxch %%st(1)\n fstl %0")

int main(void)
{
    static void (*const all[])(const volatile double *, const volatile double *) = {
        sum, difference, product, quotient, axpy, loaded, apart};
    const volatile double *const operands[][2] = {
        {&third, &seventh}, {&seventh, &third}, {&big, &third}, {&one, &big}, {&third, &third}};
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &sa, NULL);
    for (int round = 0; round < 60; round++)
        for (unsigned k = 0; k < sizeof all / sizeof *all; k++)
            for (unsigned o = 0; o < sizeof operands / sizeof *operands; o++) {
                if (round % 4 == 3) mprotect(page, 4096, PROT_READ);
                all[k](operands[o][0], operands[o][1]);
                if (round == 59) printf("%u %u %a\n", k, o, *page);
            }
    printf("%u faults %08x\n", repairs, words);
    return 0;
}
