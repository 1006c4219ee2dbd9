/* Faults between a register's write and its use: the handler sees each register as the CPU has it, changes
 * it, and the program goes on with that. A translator may have put the writes off, or left out those that are
 * overwritten. Each case runs often before it faults. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "tests/guest/sys/raw.h"

enum { EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX, REGS, PAGE = 4096 };
enum { IN_CONTEXT = 4, EFLAGS = 16 }; /* words of a sigcontext before EDI, and before the flags */

/* In PUSHA's order, ESP as it is within the case; and the flags. */
uint32_t in_regs[REGS], out_regs[REGS + 1], case_stack[64], saved_esp;
static char *forbidden; /* the page after two good ones */
static int noisy, faults;

/* EDI is the pointer to fault by; all others are for the code. */
#define CASE(name, code)                                                              \
    void case_##name(void);                                                           \
    __asm__(".text\ncase_" #name ":\n\tpushal\n\tpushfl\n\tmovl %esp, saved_esp\n"    \
            "\tmovl $in_regs, %esp\n\tpopal\n\tmovl $case_stack + 128, %esp\n\t" code \
            "\n\tmovl %esp, out_regs + 12\n\tmovl $out_regs + 36, %esp\n\tpushfl\n"   \
            "\tpushl %eax\n\tpushl %ecx\n\tpushl %edx\n\tpushl %ebx\n"                \
            "\tleal -4(%esp), %esp\n\tpushl %ebp\n\tpushl %esi\n\tpushl %edi\n"       \
            "\tmovl saved_esp, %esp\n\tpopfl\n\tpopal\n\tret");

CASE(constants, "movl $5, %eax\n\tmovl $0x12345678, %ecx\n\txorl %edx, %edx\n\tmovl $-1, %ebx\n\t"
                "movl (%edi), %esi\n\tmovl $6, %eax\n\tmovl %edi, %ecx\n\tmovl $7, %ecx")
CASE(copies, "movl %eax, %ecx\n\tmovl %ecx, %edx\n\tleal 8(%edx), %ebp\n\tmovl (%edi), %esi\n\t"
             "movl %ebx, %ecx\n\tmovl (%edi), %eax\n\taddl %ebp, %edx")
CASE(sums, "addl $4, %eax\n\tincl %ecx\n\tdecl %edx\n\tsubl $3, %ebx\n\tleal -7(%ebp), %ebp\n\t"
           "movl (%edi), %esi\n\taddl $0x7000, %eax\n\taddl $0x7000, %eax\n\tincl %ecx\n\t"
           "movl (%edi), %esi\n\taddl %eax, %ecx")
CASE(copy_then_sum, "movl %eax, %ecx\n\taddl $4, %eax\n\tleal 2(%eax), %edx\n\tmovl (%edi), %esi\n\t"
                    "subl %ecx, %eax\n\tmovl (%edi), %esi\n\taddl %edx, %ecx")
CASE(round, "movl %eax, %ecx\n\tmovl %edx, %eax\n\tmovl %ecx, %edx\n\tmovl (%edi), %esi\n\t"
            "movl %ebx, %ebp\n\tmovl %esi, %ebx\n\tmovl %ebp, %esi\n\tmovl (%edi), %ecx")
CASE(frame, "pushl %ebp\n\tmovl %esp, %ebp\n\tsubl $24, %esp\n\tmovl %eax, -4(%ebp)\n\tmovl (%edi), %esi\n\t"
            "leal -8(%ebp), %ecx\n\tmovl %edx, (%ecx)\n\tmovl (%edi), %esi\n\tmovl -8(%ebp), %eax\n\tleave")
CASE(flags, "cmpl %eax, %ecx\n\tmovl $7, %eax\n\tmovl %edx, %ecx\n\tmovl (%edi), %esi\n\tsetl %dl\n\t"
            "sbbl %ebx, %ebx\n\tmovl $-1, %eax\n\tincl %eax\n\tmovl (%edi), %esi\n\taddl $3, %ecx\n\t"
            "movl (%edi), %esi\n\tmovl $1, %ecx")
CASE(walk,
     "movl (%edi), %eax\n\taddl $4, %edi\n\tmovl (%edi), %ecx\n\taddl $4, %edi\n\tleal 4(%edi), %edx\n\t"
     "movl (%edi), %ebx\n\tmovl -4(%edx), %ebp")
CASE(store, "movl $3, %eax\n\tmovl %eax, %ecx\n\tmovl %ecx, (%edi)\n\tmovl $0, %eax\n\tmovl %eax, 4(%edi)\n\t"
            "movl %ebx, %eax\n\tpushl %eax\n\tpushl $9\n\tpopl %eax\n\tmovl (%edi), %ebx")
CASE(parts, "movl $0x1234, %eax\n\tmovb $5, %al\n\tmovl %eax, %edx\n\tmovl (%edi), %esi\n\tmovb %dh, %cl\n\t"
            "movw $7, %dx\n\tmovl (%edi), %esi\n\txorl %ebx, %ebx\n\tmovb $0xff, %bh\n\tmovzbl %bh, %ebp\n\t"
            "movl (%edi), %esi\n\tmovsbl %bh, %ebp")
CASE(helper, "movl $9, %eax\n\tmovl %edx, %ecx\n\taddl $2, %ebx\n\tboundl %eax, (%edi)\n\tmovl $1, %ebx\n\t"
             "daa\n\taddl %ecx, %ebx")
CASE(index, "movl $2, %ecx\n\tmovl %edi, %ebx\n\tmovl 4(%ebx,%ecx,4), %esi\n\tincl %ecx\n\t"
            "movl (%ebx,%ecx,2), %esi\n\tmovl %ecx, %eax\n\tmovl -6(%eax,%ebx), %edx")
CASE(inside,
     "movl $4, %eax\n\tcall 1f\n\taddl $5, %eax\n\tjmp 2f\n1:\tmovl %ecx, %edx\n\tmovl (%edi), %esi\n\t"
     "addl $1, %eax\n\tmovl $8, %ecx\n\tret\n2:\tmovl (%edi), %ecx")
CASE(aside, "movl $3, %ecx\n\tmovl %eax, %ebx\n\taddl $1, %ebx\n\ttestl %edx, %edx\n\tjne 1f\n\t"
            "movl (%edi), %ecx\n1:\tmovl (%edi), %esi\n\tcmpl $3, %ecx\n\tjne 1f\n\taddl %ecx, %ebx\n1:")
CASE(overflow, "addl $4, %ecx\n\tsubl $3, %ebp\n\tmovl %ebx, %edx\n\tmovl (%edi), %eax\n\t"
               "addl $0x10000, %eax\n\tinto\n\taddl %ecx, %edx\n\tmovl $1, %ecx")
CASE(carry, "movl %edx, %ebx\n\taddl %eax, %ecx\n\tadcb $5, %dl\n\tmovl %ecx, %esi\n\tmovl (%edi), %ebp\n\t"
            "sbbl %eax, %ecx")

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
#define ROW(name)          \
    {                      \
#name, case_##name \
    }
    ROW(constants), ROW(copies), ROW(sums),     ROW(copy_then_sum), ROW(round),  ROW(frame),
    ROW(flags),     ROW(walk),   ROW(store),    ROW(parts),         ROW(helper), ROW(index),
    ROW(inside),    ROW(aside),  ROW(overflow), ROW(carry),
};

/* Pointers into the pages and the stack are told by their distance. */
static uint32_t plain(uint32_t v)
{
    uint32_t page = (uint32_t)forbidden, top = (uint32_t)case_stack;
    if (v - page + 2 * PAGE < 3 * PAGE) return 0x50000000 + v - page;
    if (v - top < sizeof case_stack) return 0x60000000 + v - top;
    return v;
}

static void handler(int signo, siginfo_t *si, void *context)
{
    ucontext_t *uc = context;
    uint32_t *context_words = (uint32_t *)&uc->uc_mcontext, *g = context_words + IN_CONTEXT;
    static const int shown[] = {EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI};
    (void)si;
    printf("  signal %d:", signo);
    for (int k = 0; k < 8; k++)
        printf(" %x", plain(g[shown[k]]));
    printf(" flags %x\n", context_words[EFLAGS] & 0x8d5);
    if (faults++ > 200) _exit(1);
    if (plain(g[EDI]) < 0x4fffffc0) g[EDI] = (uint32_t)forbidden - PAGE + 256; /* BOUND */
    for (int k = 0; k < 8; k++) {
        uint32_t *r = &g[shown[k]];
        uint32_t v = *r;
        if (plain(v) != v && plain(v) >= 0x4fffffc0 && plain(v) < 0x50000000 + PAGE)
            *r -= PAGE; /* back to where it may */
        else if (k < 4 && v > 15 && plain(v) == v)
            *r += 0x01010101u * (unsigned)(k + 1);
    }
    context_words[EFLAGS] ^= 0xc1;
}

static void run(unsigned k, char *at)
{
    static const uint32_t values[REGS] = {0, 0x5150, 0xeb9, 0, 0xb0b0, 0xd0d0d0d0, 0x0c0c0c0c, 0xa0a0a0};
    memcpy(in_regs, values, sizeof in_regs);
    in_regs[EDI] = (uint32_t)at;
    memset(case_stack, 0, sizeof case_stack);
    cases[k].run();
    if (!noisy) return;
    printf("  after:");
    for (int r = EAX; r >= 0; r--)
        printf(" %x", plain(out_regs[r]));
    printf(" flags %x\n", out_regs[REGS] & 0x8d5);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    setvbuf(stdout, NULL, _IOLBF, 0);
    static char handlers[65536];
    stack_t own = {.ss_sp = handlers, .ss_size = sizeof handlers};
    sigaltstack(&own, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    forbidden = pages + 2 * PAGE;
    mprotect(forbidden, PAGE, PROT_NONE);
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        printf("%s\n", cases[k].name);
        for (int n = 0; n < 2 * PAGE; n += 4)
            *(int *)(pages + n) = n & 4 ? 0x7fffffff - n : 5;
        for (int n = 0; n < 100; n++)
            run(k, pages + 256);
        noisy = 1;
        run(k, pages + 256);
        run(k, forbidden + 64);
        run(k, forbidden - 4);
        run(k, forbidden - 8);
        noisy = 0;
    }
    return 0;
}
