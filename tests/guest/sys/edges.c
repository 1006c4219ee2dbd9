/* What faults in the middle of an instruction leave behind, #DB after each element of a repetition, what
 * sigreturn makes of selectors, MXCSR and alternate stacks that make no sense, and SIGSTKFLT. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "tests/guest/sys/raw.h"

static sigjmp_buf back;
static char *page, stack[32768];
static const char *name;
static int steps;
static enum { AS_IT_IS, CODE_SELECTOR, NULL_SELECTOR, MXCSR, SMALL_STACK } change;

/* Addresses in the page from its start, and others not at all. */
static int in_page(uint32_t v)
{
    int d = (int)(v - (uint32_t)page);
    return d > -65536 && d < 65536 ? d : 99999;
}

static void caught(int signo, siginfo_t *si, void *context)
{
    uint32_t *sc = (uint32_t *)&((ucontext_t *)context)->uc_mcontext;
    printf("%s: signal %d code %d err %x", name, signo, si->si_code, sc[12] == 14 ? sc[13] : 0);
    if (sc[12] == 14) printf(" cr2 %d edi %x esi %x esp %d", in_page(sc[21]), sc[4], sc[5], in_page(sc[7]));
    printf("\n");
    siglongjmp(back, 1);
}

static void stepped(int signo, siginfo_t *si, void *context)
{
    uint32_t *sc = (uint32_t *)&((ucontext_t *)context)->uc_mcontext;
    printf("%s: step %d code %d ecx %u eflags %x\n", name, steps, si->si_code, sc[10], sc[16] & 0x8d5);
    if (signo != SIGTRAP || ++steps == 5) sc[16] &= ~0x100u;
}

static void changing(int signo, siginfo_t *si, void *context)
{
    ucontext_t *uc = context;
    uint32_t *sc = (uint32_t *)&uc->uc_mcontext, *fx = (uint32_t *)(sc[19] + 112);
    (void)signo, (void)si;
    if (change == CODE_SELECTOR) sc[15] = 0x77;
    if (change == NULL_SELECTOR) sc[15] = 0;
    if (change == MXCSR) fx[6] = 0xffffffff;
    if (change == SMALL_STACK) uc->uc_stack.ss_size = 10;
}

#define TRY(label, code, ...)                                            \
    do {                                                                 \
        name = label, steps = 0;                                         \
        if (!sigsetjmp(back, 1)) __asm__ volatile(code : : __VA_ARGS__); \
    } while (0)

static void faults(void)
{
    uint32_t end = (uint32_t)page + 4096;
    memset(page, 0xa5, 4096);
    TRY("popal", "movl %0, %%esp\n popal", "r"(end - 8), "S"(1), "D"(2));
    TRY("popaw", "movl %0, %%esp\n popaw", "r"(end - 5), "S"(1), "D"(2));
    TRY("enter, its new top", "movl %0, %%esp\n enter $4096, $0", "r"(page + 8), "S"(1), "D"(2));
    TRY("iret", "movl %0, %%esp\n iret", "r"(end - 4), "S"(1), "D"(2));
    TRY("sysexit", "sysexit", "r"(0));
}

static void repetitions(void)
{
#define TRACED "pushfl\n orl $0x100, (%%esp)\n popfl\n"
    uint32_t count = 3, segment;
    __asm__("mov %%ss, %0" : "=r"(segment));
    char *from = page, *to = page + 100;
    memcpy(page, "abcdefgh", 8), memcpy(page + 100, "abxdefgh", 8);
    TRY("rep movsb", TRACED "rep movsb\n nop\n nop\n nop\n nop\n nop", "S"(from), "D"(to + 50), "c"(count)
        : "memory", "cc");
    TRY("repe cmpsb", TRACED "repe cmpsb\n nop\n nop\n nop\n nop\n nop", "S"(from), "D"(to), "c"(count + 1)
        : "memory", "cc");
    TRY("rep stosl, none", TRACED "rep stosl\n nop\n nop\n nop\n nop\n nop", "D"(to), "c"(count - 3), "a"(0)
        : "memory", "cc");
    TRY("load of SS",
        TRACED "mov %%edx, %%ss\n inc %%ecx\n push %%ss\n pop %%ss\n inc %%ecx\n nop\n nop\n nop", "c"(0),
        "d"(segment)
        : "memory", "cc");
}

static void frames(void)
{
    static const char *const names[] = {"as it is", "code selector", "null selector", "MXCSR", "small stack"};
    stack_t now;
    for (change = AS_IT_IS; change <= SMALL_STACK; change++) {
        name = names[change];
        if (sigsetjmp(back, 1)) continue;
        raise(SIGUSR1);
        sigaltstack(NULL, &now);
        printf("%s: went on, alternate stack %u\n", name, (unsigned)now.ss_size);
    }
}

int main(void)
{
    int status, faulting[] = {SIGSEGV, SIGILL, SIGBUS};
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction sa = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    setvbuf(stdout, NULL, _IOLBF, 0);
    page = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page, 4096), munmap(page + 8192, 4096);
    page += 4096;
    sigaltstack(&alternate, NULL);
    for (int i = 0; i < 3; i++)
        sigaction(faulting[i], &sa, NULL);
    sa.sa_flags = SA_SIGINFO;
    sa.sa_sigaction = stepped, sigaction(SIGTRAP, &sa, NULL);
    sa.sa_sigaction = changing, sigaction(SIGUSR1, &sa, NULL);
    faults();
    repetitions();
    frames();
    fflush(stdout);
    if (!fork()) {
        kill(getpid(), SIGSTKFLT);
        _exit(3);
    }
    wait(&status);
    printf("SIGSTKFLT: status %x\n", status);
    return 0;
}
