#include "tests/insn/guest/system.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <asm/unistd.h>

void restore_rt(void); /* start.S */

static long call(long number, long a, long b, long c, long d, long e)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "memory");
    return result;
}

static long map(uint32_t at, uint32_t size, int prot, int flags, int fd)
{
    struct {
        uint32_t addr, len, prot, flags, fd, offset;
    } args = {at, size, prot, flags, fd, 0};
    return call(__NR_mmap, (long)&args, 0, 0, 0, 0); /* the old call: its arguments are in memory */
}

static void die(int status)
{
    for (;;)
        call(__NR_exit, status, 0, 0, 0, 0);
}

void *sys_map_file(const char *path)
{
    long fd = call(__NR_open, (long)path, O_RDONLY, 0, 0, 0);
    if (fd < 0) return 0;
    long size = call(__NR_lseek, fd, 0, 2, 0, 0);
    long at = map(0, size, PROT_READ, MAP_PRIVATE, fd);
    return at < 0 && at > -4096 ? 0 : (void *)at;
}

int sys_create(const char *path)
{
    return call(__NR_open, (long)path, O_WRONLY | O_CREAT | O_TRUNC, 0644, 0, 0);
}

void sys_write(int fd, const void *from, uint32_t n)
{
    if (call(__NR_write, fd, (long)from, n, 0, 0) != (long)n) die(4);
}

void sys_map(uint32_t at, uint32_t size)
{
    long got = map(at, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
    if ((uint32_t)got != at) die(5);
}

void sys_protect(uint32_t at, uint32_t size, int prot)
{
    if (call(__NR_mprotect, at, size, prot, 0, 0) != 0) die(6);
}

void sys_place_code(uint32_t at, const void *from, uint32_t size)
{
    if (!size) return;
    sys_map(at, (size + 0xfff) & ~0xfffu);
    __builtin_memcpy((void *)at, from, size);
    sys_protect(at, (size + 0xfff) & ~0xfffu, PROT_READ | PROT_EXEC);
}

void sys_catch(int signo, void (*handler)(int, siginfo_t *, void *))
{
    struct {
        void *handler;
        uint32_t flags;
        void *restorer;
        uint32_t mask[2];
    } action = {handler, SA_SIGINFO | SA_ONSTACK | SA_NODEFER | 0x04000000, restore_rt, {0, 0}};
    call(__NR_rt_sigaction, signo, (long)&action, 0, 8, 0);
}

void sys_alarm(uint32_t microseconds)
{
    uint32_t timer[4] = {0, microseconds, 0, microseconds};
    call(__NR_setitimer, 1, (long)timer, 0, 0, 0); /* ITIMER_VIRTUAL */
}

void sys_catch_faults(void (*handler)(int, siginfo_t *, void *))
{
    static uint8_t stack[16384] __attribute__((aligned(16)));
    static const uint8_t caught[] = {SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGBUS};
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    call(__NR_sigaltstack, (long)&s, 0, 0, 0, 0);
    for (unsigned k = 0; k < sizeof caught; k++)
        sys_catch(caught[k], handler);
}

void sys_set_thread_area(void *descriptor)
{
    call(__NR_set_thread_area, (long)descriptor, 0, 0, 0, 0);
}

void sys_write_ldt(void *descriptor)
{
    call(__NR_modify_ldt, 0x11, (long)descriptor, 16, 0, 0);
}

/* The compiler may call these by itself. */
void *memcpy(void *to, const void *from, unsigned n)
{
    void *start = to;
    unsigned words = n / 4;
    __asm__ volatile("rep movsl\n\tmov %[tail], %%ecx\n\trep movsb"
                     : "+D"(to), "+S"(from), "+c"(words)
                     : [tail] "r"(n % 4)
                     : "memory");
    return start;
}

void *memset(void *to, int byte, unsigned n)
{
    void *start = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
    return start;
}
