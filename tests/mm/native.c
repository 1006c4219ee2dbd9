/* The operations of ops.c with the real kernel, as a 32-bit x86 process without address randomisation.
 * usage: native SEED COUNT MODE [LAYOUT]; LAYOUT gets the mappings at the start. */
#include "tests/mm/ops.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fds[FILES];
static sigjmp_buf recover;
static volatile int fault_signal, fault_code;
static volatile uint32_t fault_at;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)context;
    fault_signal = signo;
    fault_code = info->si_code;
    fault_at = (uint32_t)(uintptr_t)info->si_addr;
    siglongjmp(recover, 1);
}

static int64_t result(long r)
{
    return r == -1 ? -errno : (int64_t)(uint32_t)r;
}

int64_t sys_mmap(uint32_t addr, uint32_t len, int prot, int flags, int file, uint64_t offset)
{
    return result(
        syscall(SYS_mmap2, addr, len, prot, flags, file < 0 ? -1 : fds[file], (long)(offset / PAGE)));
}

int64_t sys_munmap(uint32_t addr, uint32_t len)
{
    return result(syscall(SYS_munmap, addr, len));
}

int64_t sys_mprotect(uint32_t addr, uint32_t len, int prot)
{
    return result(syscall(SYS_mprotect, addr, len, prot));
}

int64_t sys_mremap(uint32_t old, uint32_t old_len, uint32_t new_len, int flags, uint32_t to)
{
    return result(syscall(SYS_mremap, old, old_len, new_len, flags, to));
}

int64_t sys_madvise(uint32_t addr, uint32_t len, int advice)
{
    return result(syscall(SYS_madvise, addr, len, advice));
}

int64_t sys_msync(uint32_t addr, uint32_t len, int flags)
{
    return result(syscall(SYS_msync, addr, len, flags));
}

int64_t sys_brk(uint32_t addr)
{
    return result(syscall(SYS_brk, addr));
}

static enum ended ended(uint32_t *at)
{
    *at = fault_at;
    return fault_signal == SIGBUS ? BEYOND_FILE : fault_code == SEGV_MAPERR ? UNMAPPED : FORBIDDEN;
}

enum ended load(uint32_t addr, void *to, unsigned n, uint32_t *at)
{
    if (sigsetjmp(recover, 1)) return ended(at);
    if (n != 4) abort();
    uint32_t word = *(volatile uint32_t *)(uintptr_t)addr;
    memcpy(to, &word, 4);
    return DONE;
}

enum ended store(uint32_t addr, const void *from, unsigned n, uint32_t *at)
{
    uint32_t word;
    memcpy(&word, from, 4);
    if (sigsetjmp(recover, 1)) return ended(at);
    switch (n) {
    case 1: *(volatile uint8_t *)(uintptr_t)addr = (uint8_t)word; break;
    case 2: *(volatile uint16_t *)(uintptr_t)addr = (uint16_t)word; break;
    case 4: *(volatile uint32_t *)(uintptr_t)addr = word; break;
    default: abort();
    }
    return DONE;
}

int file_fd(int file)
{
    return fds[file];
}

int resize_file(int file, int64_t size)
{
    return ftruncate(fds[file], (off_t)size);
}

static void copy_maps(const char *to)
{
    static char buf[65536];
    FILE *in = fopen("/proc/self/maps", "r"), *out = fopen(to, "w");
    size_t n = fread(buf, 1, sizeof buf, in);
    fwrite(buf, 1, n, out);
    fclose(in);
    fclose(out);
}

int main(int argc, char **argv)
{
    static char buffer[1 << 22]; /* so that stdio maps nothing */
    static char stack[65536];
    if (argc < 4) return 2;
    if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
        personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE);
        execv("/proc/self/exe", argv);
        return 2;
    }
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    open_files(fds);
    if (argc > 4) copy_maps(argv[4]);
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    run_ops((uint32_t)atoi(argv[1]), atoi(argv[2]), argv[3]);
    fflush(stdout);
    _exit(0);
}
