/* The flags that a fault shows, when what they follow from has been overwritten in between: the instruction
 * that faults would replace them all, but has not. */
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "tests/guest/sys/raw.h"

enum { FLAGS = 0x8d5, EFLAGS = 16 }; /* its index among gregs[] */

static sigjmp_buf back;
static unsigned seen;

static void on_fault(int signo, siginfo_t *si, void *context)
{
    seen = (unsigned)((ucontext_t *)context)->uc_mcontext.gregs[EFLAGS] & FLAGS;
    siglongjmp(back, signo);
}

/* 2 - 3 leaves flags that follow from di and bx; then edi changes. */
#define TRY(change, fault)                                                                          \
    do {                                                                                            \
        seen = 0;                                                                                   \
        if (!sigsetjmp(back, 1))                                                                    \
            __asm__ volatile("mov $3, %%ebx; mov $2, %%edi; sub %%bx, %%di\n\t" change "\n\t" fault \
                             :                                                                      \
                             : "a"(4), "c"(5), "S"(3)                                               \
                             : "ebx", "edi", "edx", "memory", "cc");                                \
        printf("%s; %s: %x\n", change, fault, seen);                                                \
    } while (0)
#define EACH(change)                            \
    TRY(change, "xadd %%eax, (%%edi)");         \
    TRY(change, "xadd %%al, 64(%%eax)");        \
    TRY(change, "lock xadd %%edi, (%%eax)");    \
    TRY(change, "lock cmpxchg %%edi, (%%eax)"); \
    TRY(change, "add %%ecx, (,%%edi,4)");       \
    TRY(change, "sub (%%edi,%%eax,2), %%edi");  \
    TRY(change, "imul (%%eax,%%edi,2), %%edi"); \
    TRY(change, "btsl %%edi, (%%eax)");         \
    TRY(change, "shll %%cl, (%%edi)");          \
    TRY(change, "shldl $3, %%edi, (%%edi)");    \
    TRY(change, "adcl %%edi, (%%edi)");         \
    TRY(change, "cmpsb");                       \
    TRY(change, "idivl (%%edi)");               \
    TRY(change, "lock decl (%%edi)")

int main(void)
{
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &sa, NULL);
    for (int turn = 0; turn < 3; turn++) {
        EACH("mov $0x43, %%edi");
        EACH("lea 5(%%eax), %%edi");
        EACH("mov %%eax, %%edi");
        EACH("lea (%%eax,%%ecx), %%edi");
    }
    return 0;
}
