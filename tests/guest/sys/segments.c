/* set_thread_area, get_thread_area and modify_ldt: which entries, what they refuse, and that loads through
 * the selectors reach the right bytes. */
#include <asm/ldt.h>
#include <signal.h>
#include <setjmp.h>

#include "tests/guest/sys/raw.h"

static char area[64] = "0123456789abcdef";
static jmp_buf back;

static void handler(int signo)
{
    siglongjmp(back, signo);
}

static void show(const char *title, long r, const struct user_desc *u)
{
    printf(
        "%s: %s entry %d base right %d limit %x 32bit %d contents %d ro %d pages %d absent %d useable %d\n",
        title, result(r), (int)u->entry_number, u->base_addr == (unsigned)area, u->limit, u->seg_32bit,
        u->contents, u->read_exec_only, u->limit_in_pages, u->seg_not_present, u->useable);
}

/* The byte at es:offset, or the signal that the attempt raised. */
static int peek(unsigned selector, unsigned offset)
{
    int v = 0, s = sigsetjmp(back, 1);
    if (s) return -s;
    __asm__ volatile("pushl %%es\n\tmovl %1, %%es\n\tmovzbl %%es:(%2), %0\n\tpopl %%es"
                     : "=&r"(v)
                     : "r"(selector), "r"(offset)
                     : "memory");
    return v;
}

static int poke(unsigned selector, unsigned offset)
{
    int s = sigsetjmp(back, 1);
    if (s) return -s;
    __asm__ volatile("pushl %%es\n\tmovl %0, %%es\n\tmovb $0x21, %%es:(%1)\n\tpopl %%es" ::"r"(selector),
                     "r"(offset)
                     : "memory");
    return area[offset];
}

int main(void)
{
    signal(SIGSEGV, handler);
    struct user_desc u = {.entry_number = -1,
                          .base_addr = (unsigned)area,
                          .limit = 15,
                          .seg_32bit = 1,
                          .useable = 1},
                     g;
    show("allocate", raw(SYS_set_thread_area, &u), &u);
    int first = u.entry_number;
    printf("peek %d %d\n", peek(first * 8 + 3, 3), peek(first * 8 + 3, 15));
    printf("poke %d\n", poke(first * 8 + 3, 5));
    g.entry_number = first;
    show("get", raw(SYS_get_thread_area, &g), &g);
    g.entry_number = 11;
    show("get 11", raw(SYS_get_thread_area, &g), &u);
    g.entry_number = 14;
    long r = raw(SYS_get_thread_area, &g);
    printf("get 14: %s absent %d ro %d\n", result(r), g.seg_not_present, g.read_exec_only);
    u.entry_number = -1;
    show("another", raw(SYS_set_thread_area, &u), &u);
    u.entry_number = -1;
    show("too many", raw(SYS_set_thread_area, &u), &u);
    u.entry_number = first;
    u.limit = 3, u.limit_in_pages = 1, u.read_exec_only = 1;
    show("read-only, pages", raw(SYS_set_thread_area, &u), &u);
    g.entry_number = first;
    show("get", raw(SYS_get_thread_area, &g), &g);
    printf("peek %d\n", peek(first * 8 + 3, 3));
    u.entry_number = 20;
    show("20", raw(SYS_set_thread_area, &u), &u);
    u.entry_number = first;
    u.seg_32bit = 0;
    show("16 bits", raw(SYS_set_thread_area, &u), &u);
    u.seg_32bit = 1, u.contents = 2;
    show("code", raw(SYS_set_thread_area, &u), &u);
    memset(&u, 0, sizeof u);
    u.entry_number = first, u.read_exec_only = 1, u.seg_not_present = 1;
    r = raw(SYS_set_thread_area, &u);
    printf("clear: %s, peek %d\n", result(r), peek(first * 8 + 3, 3));

    char ldt[64];
    SHOW(raw(SYS_modify_ldt, 0, ldt, sizeof ldt));
    SHOW(raw(SYS_modify_ldt, 2, ldt, sizeof ldt));
    struct user_desc d = {
        .entry_number = 2, .base_addr = (unsigned)area, .limit = 7, .seg_32bit = 1, .useable = 1};
    SHOW(raw(SYS_modify_ldt, 0x11, &d, sizeof d));
    printf("peek %d\n", peek(2 * 8 + 7, 7));
    long n = raw(SYS_modify_ldt, 0, ldt, sizeof ldt);
    printf("read %ld:", n);
    uint64_t raw_desc;
    memcpy(&raw_desc, ldt + 16, 8);
    raw_desc &= ~0x00ff00ffffff0000ull | 0; /* without the base */
    printf(" %016llx\n", (unsigned long long)(raw_desc & ~(1ull << 40)));
    SHOW(raw(SYS_modify_ldt, 1, &d, sizeof d));
    SHOW(raw(SYS_modify_ldt, 0x11, &d, 8));
    d.entry_number = 8192;
    SHOW(raw(SYS_modify_ldt, 0x11, &d, sizeof d));
    SHOW(raw(SYS_modify_ldt, 5, &d, sizeof d));
    d.entry_number = 1, d.contents = 3;
    SHOW(raw(SYS_modify_ldt, 0x11, &d, sizeof d));
    memset(&d, 0, sizeof d);
    d.entry_number = 2, d.read_exec_only = 1, d.seg_not_present = 1;
    SHOW(raw(SYS_modify_ldt, 0x11, &d, sizeof d));
    printf("peek %d\n", peek(2 * 8 + 7, 7));
    return 0;
}
