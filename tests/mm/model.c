/* The operations of ops.c with mm. usage: model SEED COUNT MODE LAYOUT HOST_PAGE; LAYOUT is what the
 * native run had mapped at its start, HOST_PAGE the page size that mm shall work with. */
#include "tests/mm/ops.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mm/space.h"

static int fds[FILES];
static struct mm *mm;
static sigjmp_buf recover;
static volatile sig_atomic_t direct; /* the host access of host_allows() is on its way */

int64_t sys_mmap(uint32_t addr, uint32_t len, int prot, int flags, int file, uint64_t offset)
{
    return mm_mmap(mm, addr, len, prot, flags, file < 0 ? -1 : fds[file], offset);
}

int64_t sys_munmap(uint32_t addr, uint32_t len)
{
    return mm_munmap(mm, addr, len);
}

int64_t sys_mprotect(uint32_t addr, uint32_t len, int prot)
{
    return mm_mprotect(mm, addr, len, prot);
}

int64_t sys_mremap(uint32_t old, uint32_t old_len, uint32_t new_len, int flags, uint32_t to)
{
    return mm_mremap(mm, old, old_len, new_len, flags, to);
}

int64_t sys_madvise(uint32_t addr, uint32_t len, int advice)
{
    return mm_madvise(mm, addr, len, advice);
}

int64_t sys_msync(uint32_t addr, uint32_t len, int flags)
{
    return mm_msync(mm, addr, len, flags);
}

int64_t sys_brk(uint32_t addr)
{
    return mm_brk(mm, addr);
}

static enum ended ended(const struct mm_fault *f, uint32_t *at)
{
    *at = f->addr;
    return f->bus ? BEYOND_FILE : f->present ? FORBIDDEN : UNMAPPED;
}

static bool host_allows(uint32_t addr, bool is_store);

/* The tiers access memory without asking mm: what is forbidden must fault in the host, too. */
static enum ended outcome(bool ok, const struct mm_fault *f, bool is_store, uint32_t *at)
{
    if (ok) return DONE;
    if (host_allows(f->addr, is_store)) printf("the host allows what is forbidden: %08x\n", f->addr);
    return ended(f, at);
}

enum ended load(uint32_t addr, void *to, unsigned n, uint32_t *at)
{
    struct mm_fault f;
    return outcome(mm_load(mm, addr, to, n, &f), &f, false, at);
}

enum ended store(uint32_t addr, const void *from, unsigned n, uint32_t *at)
{
    struct mm_fault f;
    return outcome(mm_store(mm, addr, from, n, &f), &f, true, at);
}

int file_fd(int file)
{
    return fds[file];
}

int resize_file(int file, int64_t size)
{
    int r = ftruncate(fds[file], (off_t)size);
    mm_file_resized(mm, fds[file]);
    return r;
}

static void on_fault(int signo)
{
    mm_host_fault_sig();
    if (!direct) signal(signo, SIG_DFL);
    siglongjmp(recover, 1);
}

static bool host_allows(uint32_t addr, bool is_store)
{
    volatile uint8_t *p = mm_host(mm_base(mm), addr);
    if (sigsetjmp(recover, 1)) {
        direct = 0;
        return false;
    }
    direct = 1;
    uint8_t byte = *p;
    if (is_store) *p = byte;
    direct = 0;
    return true;
}

/* What the native process had: it limits where mappings can go. Shared memory never merges. */
static void lay_out(const char *path)
{
    FILE *in = fopen(path, "r");
    char line[512], perms[8];
    unsigned start, end;
    while (in && fgets(line, sizeof line, in)) {
        if (sscanf(line, "%x-%x %7s", &start, &end, perms) != 3) continue;
        bool stack = strstr(line, "[stack]");
        if (strstr(line, "[heap]")) {
            mm->areas.brk_start = mm->areas.brk = start;
            mm_brk(mm, end);
            continue;
        }
        mm_mmap(mm, start, end - start, 0, stack ? 0x132 : 0x31, -1, 0);
    }
    if (in) fclose(in);
}

int main(int argc, char **argv)
{
    if (argc != 6) return 2;
    struct mm_options opt = {.host_page = (uint32_t)atoi(argv[5])};
    const char *why;
    mm = mm_new(&opt, &why);
    if (!mm) {
        puts(why);
        return 1;
    }
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    open_files(fds);
    lay_out(argv[4]);
    run_ops((uint32_t)atoi(argv[1]), atoi(argv[2]), argv[3]);
    mm_free(mm);
    return 0;
}
