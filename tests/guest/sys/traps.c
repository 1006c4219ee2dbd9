/* Faults of the guest as signals: si_code, si_addr, trapno, err, cr2 and eip for each kind, and going on
 * after the faulting instruction. */
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "tests/guest/sys/raw.h"

extern char at_null[], at_readonly[], at_noexec[], at_div[], at_ud2[], at_int3[], at_hlt[], at_fpe[],
    at_overflow[], at_bound[], at_bus[], at_high[];

static struct {
    const char *name;
    char *at;
    int skip; /* bytes to the next instruction */
} expected;

static char *readonly_page, *bus_page;

static void handler(int signo, siginfo_t *si, void *context)
{
    ucontext_t *uc = context;
    uint32_t *sc = (uint32_t *)&uc->uc_mcontext;
    uint32_t addr = (uint32_t)si->si_addr;
    const char *where = addr == sc[14]                      ? "eip"
                        : addr == (uint32_t)readonly_page   ? "the read-only page"
                        : addr == (uint32_t)bus_page + 8192 ? "beyond the file"
                                                            : "";
    printf("%s: signal %d code %d addr %x%s trapno %u err %x eip+%d", expected.name, signo, si->si_code,
           *where ? 0 : addr, where, sc[12], sc[13], (int)(sc[14] - (uint32_t)expected.at));
    if (sc[12] == 14) printf(" cr2 %s", sc[21] == addr ? "the same" : "other");
    printf("\n");
    sc[14] = (uint32_t)expected.at + expected.skip;
}

#define TRY(label, size, code)                                                                   \
    do {                                                                                         \
        expected.name = #label, expected.at = label, expected.skip = size;                       \
        __asm__ volatile(#label ":\n\t" code ::"b"(readonly_page), "c"(bus_page), "a"(0), "d"(0) \
                         : "memory", "cc");                                                      \
    } while (0)

int main(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    for (int i = 0; i < 5; i++)
        sigaction(signals[i], &sa, NULL);
    readonly_page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)*(volatile char *)readonly_page; /* so that it is there */
    enter_scratch();
    FILE *f = fopen("short", "w+");
    fputs("abc", f);
    fflush(f);
    bus_page = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0);
    TRY(at_null, 2, "movl (%%eax), %%edx");
    TRY(at_readonly, 2, "movl %%edx, (%%ebx)");
    TRY(at_bus, 6, "movb %%dl, 8192(%%ecx)");
    TRY(at_high, 6, "movl 0xfffff000(%%eax), %%edx");
    TRY(at_div, 2, "divl %%edx");
    TRY(at_ud2, 2, "ud2");
    TRY(at_int3, 1, "int3");
    TRY(at_hlt, 1, "hlt");
    expected.name = "into", expected.at = at_overflow, expected.skip = 1;
    __asm__ volatile("movb $0x7f, %%al\n\tincb %%al\n\tat_overflow: into" ::: "eax", "cc", "memory");
    int pair[2] = {1, 2};
    expected.name = "bound", expected.at = at_bound, expected.skip = 2;
    __asm__ volatile("at_bound: boundl %%eax, (%%ecx)" ::"a"(9), "c"(pair) : "memory");
    unsigned short cw = 0x37b; /* zero divide not masked */
    expected.name = "fpe", expected.at = at_fpe, expected.skip = 1;
    __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tat_fpe: fwait\n\tfninit" ::"m"(cw)
                     : "memory");
    leave_scratch();
    return 0;
}
