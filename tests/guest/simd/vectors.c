/* XMM registers as signal handlers see them: at a fault amid packed instructions, and in a loop that computes
 * with them.
 * @cpu: max
 * @cflags: -msse2
 * @variants: O2 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

enum { IMAGE = 112, XMM = 160 }; /* in a frame: of FXSAVE, behind what FNSAVE has; of the registers, in it */

static uint32_t seen[8][4];
static volatile sig_atomic_t signals, wrong;
static sigjmp_buf back;

static void look(void *context)
{
    ucontext_t *uc = context;
    memcpy(seen, (const char *)uc->uc_mcontext.fpregs + IMAGE + XMM, sizeof seen);
}

static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)signo, (void)info;
    look(context);
    siglongjmp(back, 1);
}

extern const char loop_begin[], loop_end[];

static void on_timer(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    uintptr_t at = (uintptr_t)uc->uc_mcontext.gregs[REG_EIP];
    (void)signo, (void)info;
    if (at < (uintptr_t)loop_begin || at >= (uintptr_t)loop_end) return;
    look(context);
    signals++;
    for (int r = 0; r < 3; r++)
        for (int k = 1; k < 4; k++)
            wrong += seen[r][k] != seen[r][0];
    wrong += seen[2][0] != 2 * seen[0][0] && seen[2][0] != 2 * seen[0][0] - 2 && seen[2][0] != seen[0][0];
}

/* Each register has been computed, some share a value, one is scalar; then `at` is read. */
static void compute(const uint32_t *values, const void *at)
{
    __asm__ volatile("movdqu (%0), %%xmm0\n\t"
                     "movdqu 16(%0), %%xmm1\n\t"
                     "movdqa %%xmm0, %%xmm2\n\t"
                     "paddd %%xmm1, %%xmm2\n\t"
                     "movdqa %%xmm2, %%xmm3\n\t"
                     "pcmpeqd %%xmm4, %%xmm4\n\t"
                     "psubd %%xmm4, %%xmm3\n\t"
                     "pshufd $27, %%xmm3, %%xmm5\n\t"
                     "movdqa %%xmm5, %%xmm6\n\t"
                     "movd 4(%0), %%xmm7\n\t"
                     "punpckldq %%xmm1, %%xmm7\n\t"
                     "movsd 8(%0), %%xmm6\n\t"
                     "movhps 4(%0), %%xmm5\n\t"
                     "por (%1), %%xmm0"
                     :
                     : "r"(values), "r"(at)
                     : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
}

static void faults(void)
{
    static const uint32_t values[8] = {0x01234567, 0x89abcdef, 0x02468ace, 0x13579bdf,
                                       0x11111111, 0x22222222, 0x33333333, 0x44444444};
    static uint32_t good[8] __attribute__((aligned(16)));
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &sa, NULL);
    for (int turn = 0; turn < 40; turn++)
        compute(values, good);
    for (int turn = 0; turn < 2; turn++)
        if (!sigsetjmp(back, 1)) compute(values, turn ? (const char *)good + 4 : (const void *)16);
    for (int r = 0; r < 8; r++)
        printf("xmm%d %08x %08x %08x %08x\n", r, seen[r][0], seen[r][1], seen[r][2], seen[r][3]);
}

static void turns(void)
{
    struct sigaction sa = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &sa, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    __asm__ volatile("pxor %%xmm0, %%xmm0\n\t"
                     "pxor %%xmm2, %%xmm2\n\t"
                     "pcmpeqd %%xmm1, %%xmm1\n"
                     "loop_begin: psubd %%xmm1, %%xmm0\n\t"
                     "movdqa %%xmm0, %%xmm2\n\t"
                     "paddd %%xmm0, %%xmm2\n\t"
                     "cmpl $30, %0\n\t"
                     "jb loop_begin\n"
                     "loop_end:"
                     :
                     : "m"(signals)
                     : "memory", "xmm0", "xmm1", "xmm2");
    setitimer(ITIMER_REAL, &never, NULL);
    printf("%d wrong\n", (int)wrong);
}

int main(void)
{
    faults();
    turns();
    return 0;
}
