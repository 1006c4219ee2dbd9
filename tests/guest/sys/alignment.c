/* Alignment checks: with EFLAGS.AC a misaligned operand raises SIGBUS, whatever reads or writes it. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

enum { AC = 1 << 18 };

static sigjmp_buf back;
static volatile int signo, code, trapno, err, had_ac;
static void *volatile where;

static void on_bus(int n, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    signo = n;
    code = info->si_code;
    where = info->si_addr;
    trapno = u->uc_mcontext.gregs[REG_TRAPNO];
    err = u->uc_mcontext.gregs[REG_ERR];
    had_ac = (u->uc_mcontext.gregs[REG_EFL] & AC) != 0;
    __asm__ volatile("pushf; andl $~0x40000, (%%esp); popf" ::: "memory", "cc");
    siglongjmp(back, 1);
}

static _Alignas(64) unsigned char memory[256];

#define CHECKED(what, ...)                                                                                  \
    do {                                                                                                    \
        signo = code = trapno = err = had_ac = 0;                                                           \
        where = NULL;                                                                                       \
        if (!sigsetjmp(back, 1)) {                                                                          \
            __asm__ volatile("pushf; orl $0x40000, (%%esp); popf\n\t" what "\n\t"                           \
                             "pushf; andl $~0x40000, (%%esp); popf"                                         \
                             :                                                                              \
                             : "r"(at), ##__VA_ARGS__                                                       \
                             : "memory", "cc", "eax", "edx");                                               \
        }                                                                                                   \
        printf("%s at %d: signal %d code %d trap %d error %d address %p AC %d\n", what, (int)(at - memory), \
               signo, code, trapno, err, where, had_ac);                                                    \
    } while (0)

int main(void)
{
    struct sigaction act = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &act, NULL);
    for (int k = 0; k < 9; k++) {
        unsigned char *at = memory + 64 + k;
        CHECKED("movb (%0), %%al");
        CHECKED("movw (%0), %%ax");
        CHECKED("movl (%0), %%eax");
        CHECKED("movw %%ax, (%0)");
        CHECKED("movl %%eax, (%0)");
        CHECKED("addl $1, (%0)");
        CHECKED("lock; addw $1, (%0)");
        CHECKED("xchgl %%eax, (%0)");
        CHECKED("pushl (%0); popl %%eax");
        CHECKED("fldz; fstps (%0)");
        CHECKED("fldz; fstpl (%0); fldl (%0); fstp %%st(0)");
        CHECKED("fldz; fstpt (%0); fldt (%0); fstp %%st(0)");
        CHECKED("fildll (%0); fistpll (%0)");
        CHECKED("fnstcw (%0)");
    }
    int sum = 0;
    for (int k = 0; k < 1000; k++) /* nothing of it is left */
        sum += *(volatile int *)(memory + 64 + (k & 3));
    __asm__ volatile("fninit");
    printf("without AC: %d\n", sum);
    return 0;
}
