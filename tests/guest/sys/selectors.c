/* A handler puts other selectors for CS and SS into its frame; and which instructions are told apart from the
 * single steps around them. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>

static sigjmp_buf back;
static int which, value;

static void change(int signo, siginfo_t *info, void *context)
{
    ((ucontext_t *)context)->uc_mcontext.gregs[which] = value;
}

static void fault(int signo, siginfo_t *info, void *context)
{
    const greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    printf("signal %d, code %d, trap %d, error %x, cs %x, ss %x\n", signo, info->si_code, r[REG_TRAPNO],
           r[REG_ERR], r[REG_CS] & 0xffff, r[REG_SS] & 0xffff);
    siglongjmp(back, 1);
}

static void step(int signo, siginfo_t *info, void *context)
{
    const greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    printf("code %d after %x\n", info->si_code, *(unsigned char *)(r[REG_EIP] - 1));
}

static void handle(int signo, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(signo, &a, NULL);
}

int main(void)
{
    static const int registers[] = {REG_CS, REG_SS};
    static const int values[] = {0, 0x10, 0x1234, 0x23, 0x2b, 0xffff, 0x0f};
    static char stack[65536];
    stack_t alternate = {stack, 0, sizeof stack};
    sigaltstack(&alternate, NULL);
    handle(SIGUSR1, change);
    handle(SIGSEGV, fault);
    handle(SIGTRAP, step);
    for (int k = 0; k < 2; k++) {
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
            which = registers[k], value = values[i];
            printf("%s %x: ", k ? "ss" : "cs", value);
            if (sigsetjmp(back, 1)) continue;
            raise(SIGUSR1);
            puts("good");
        }
    }
    __asm__ volatile(".byte 0xf1");
    __asm__ volatile("pushf; orl $0x100, (%%esp); popf\n\t"
                     "nop; .byte 0xf1; nop\n\t"
                     "pushf; andl $~0x100, (%%esp); popf" ::
                         : "memory", "cc");
    return 0;
}
