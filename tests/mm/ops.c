/* The generator of the operations; see ops.h. */
#include "tests/mm/ops.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHORT_FILE = 5 * PAGE + 100, LONG_FILE = 24 * PAGE };

static uint32_t state;
static bool fixed, unaliased;

static uint32_t rnd(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (uint32_t)(((uint64_t)state * n) >> 32);
}

static bool one_in(uint32_t n)
{
    return rnd(n) == 0;
}

static int make_file(const char *name, int pages_and_bytes)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < pages_and_bytes; i += 4) {
        uint32_t word = (uint32_t)i * 2654435761u;
        if (write(fd, &word, 4) != 4) exit(99);
    }
    return fd;
}

void open_files(int fd[FILES])
{
    fd[0] = make_file("short", SHORT_FILE);
    fd[1] = open("short", O_RDONLY);
    fd[2] = make_file("long", LONG_FILE);
    fd[3] = open("/dev/zero", O_RDWR);
    for (int i = 0; i < FILES; i++)
        if (fd[i] < 0) exit(99);
}

static uint32_t some_page(void)
{
    return ARENA + rnd(ARENA_PAGES) * PAGE;
}

/* A length that stays in the arena; now and then not a multiple of a page. */
static uint32_t some_length(uint32_t addr)
{
    uint32_t pages = 1 + rnd(one_in(4) ? 24 : 5), most = (ARENA_END - addr) / PAGE;
    pages = pages < most ? pages : most;
    return pages * PAGE - (one_in(5) ? rnd(PAGE) : 0);
}

static int some_prot(void)
{
    /* Not PROT_EXEC alone: a CPU with protection keys makes such pages unreadable. */
    static const int prots[] = {0, 1, 3, 3, 3, 5, 7, 2, 6};
    return prots[rnd(9)];
}

static void do_mmap(void)
{
    uint32_t addr = some_page(), len = some_length(addr);
    int prot = some_prot(), flags = one_in(3) ? 1 : 2, file = (int)rnd(FILES);
    uint64_t offset = (uint64_t)rnd(8) * PAGE;
    if (fixed) file = flags == 1 ? 2 : (int)rnd(2);
    if (one_in(2)) flags |= 0x20;
    if (fixed || !one_in(4))
        flags |= one_in(6) ? 0x100000 : 0x10;
    else if (one_in(2))
        addr = 0;
    if (one_in(40)) addr += 1 + rnd(PAGE - 1);
    if (one_in(60)) len = one_in(2) ? 0 : 0xfffff001;
    if (one_in(60)) flags &= ~3;
    if (one_in(80)) addr = 0xfffff000;
    if (!fixed && one_in(20)) flags |= 0x100;
    int64_t r = sys_mmap(addr, len, prot, flags, flags & 0x20 ? -1 : file, offset);
    printf("mmap %08x %x prot %d flags %x file %d at %llx = %llx\n", addr, len, prot, flags, file,
           (unsigned long long)offset, (unsigned long long)r);
}

static void do_munmap(void)
{
    uint32_t addr = some_page(), len = some_length(addr);
    if (one_in(40)) addr += 1 + rnd(PAGE - 1);
    if (one_in(60)) len = one_in(2) ? 0 : 0xf0000000;
    printf("munmap %08x %x = %lld\n", addr, len, (long long)sys_munmap(addr, len));
}

static void do_mprotect(void)
{
    uint32_t addr = some_page(), len = some_length(addr);
    int prot = some_prot();
    if (one_in(40)) addr += 1 + rnd(PAGE - 1);
    if (one_in(60)) len = one_in(2) ? 0 : 0xfffff001;
    if (one_in(60)) prot |= 0x40;
    printf("mprotect %08x %x %x = %lld\n", addr, len, prot, (long long)sys_mprotect(addr, len, prot));
}

/* One page only, so that it does not matter which neighbours the kernel has merged. */
static void do_mremap(void)
{
    uint32_t addr = some_page(), to = some_page(), old_len = one_in(12) ? 0 : PAGE, new_len = some_length(to);
    int flags = one_in(2) ? 3 : one_in(2) ? 1 : 0;
    if (unaliased) old_len = PAGE;
    if (one_in(40)) flags = (int)rnd(8);
    if (flags & 4) flags = 2;
    if (fixed && flags == 1) flags = 3;
    if (one_in(40)) to += 1 + rnd(PAGE - 1);
    if (one_in(40)) new_len = 0;
    int64_t r = sys_mremap(addr, old_len, new_len, flags, to);
    printf("mremap %08x %x %x flags %d to %08x = %llx\n", addr, old_len, new_len, flags, to,
           (unsigned long long)r);
}

/* A mapping of several pages, written to, and moved, shrunk or grown as one. */
static void do_map_and_move(void)
{
    uint32_t addr = some_page(), to = some_page(), len = some_length(addr), new_len = some_length(to), at;
    int flags = one_in(2) && !fixed ? 1 : 3, shared = one_in(3);
    int file = shared ? 2 : (int)rnd(2);
    int map = 0x10 | (shared ? 1 : 2) | (one_in(2) ? 0x20 : 0);
    len = (len + PAGE - 1) & ~(PAGE - 1u);
    int64_t r = sys_mmap(addr, len, 3, map, map & 0x20 ? -1 : file, (uint64_t)rnd(3) * PAGE);
    for (uint32_t a = addr; a < addr + len; a += PAGE)
        store(a + 8, &a, 4, &at);
    int64_t s = sys_mremap(addr, len, new_len, flags, to);
    printf("map %08x %x flags %x = %llx, move to %08x %x flags %d = %llx\n", addr, len, map,
           (unsigned long long)r, to, new_len, flags, (unsigned long long)s);
}

static void do_store(void)
{
    static const unsigned sizes[] = {1, 2, 4, 8};
    uint32_t addr = ARENA + rnd(ARENA_PAGES * PAGE - 8), at = 0, word[2] = {rnd(0xffffffff), rnd(0xffffffff)};
    if (one_in(3)) addr = some_page() - 1 - rnd(3); /* crossing into the next page */
    unsigned n = sizes[rnd(3)];
    enum ended e = store(addr, word, n, &at);
    printf("store %u at %08x: %d %08x\n", n, addr, e, e == DONE ? 0 : at);
}

static void do_file(void)
{
    uint32_t word = rnd(0xffffffff);
    off_t at = (off_t)rnd(LONG_FILE - 4);
    if (fixed) at |= PAGE - 4;
    if (fixed) at &= ~3;
    printf("pwrite %lx = %d\n", (long)at, (int)pwrite(file_fd(2), &word, 4, at));
}

static void do_advice(void)
{
    uint32_t addr = some_page(), len = some_length(addr);
    if (one_in(20)) addr += 1 + rnd(PAGE - 1);
    if (one_in(2))
        printf("madvise %08x %x = %lld\n", addr, len, (long long)sys_madvise(addr, len, 4));
    else
        printf("msync %08x %x = %lld\n", addr, len, (long long)sys_msync(addr, len, 4));
}

static void do_brk(void)
{
    static uint32_t start, now;
    if (!start) start = now = (uint32_t)sys_brk(0);
    now = (uint32_t)sys_brk(one_in(10) ? rnd(0xffffffff) : start + rnd(20 * PAGE));
    printf("brk + %x\n", now - start);
}

static void do_truncate(void)
{
    int file = one_in(2) ? 0 : 2;
    long size = (long)rnd(file ? LONG_FILE : 9 * PAGE);
    if (fixed) size &= -PAGE;
    printf("resize file %d to %lx = %d\n", file, size, resize_file(file, size));
}

/* What each page of the arena allows, and what is in it. */
static void look(void)
{
    char seen[ARENA_PAGES + 1] = "";
    uint32_t hash = 0, at, word;
    for (int i = 0; i < ARENA_PAGES; i++) {
        uint32_t page = ARENA + (uint32_t)i * PAGE;
        enum ended e = load(page + 8, &word, 4, &at);
        seen[i] = ".?nb"[e];
        if (e == DONE) {
            hash = hash * 31 + word;
            load(page + PAGE - 4, &word, 4, &at);
            hash = hash * 31 + word;
            seen[i] = store(page + PAGE - 4, &word, 4, &at) == DONE ? 'w' : 'r';
        } else if (e == UNMAPPED) {
            seen[i] = '.';
        }
    }
    printf("  %s %08x\n", seen, hash);
}

void run_ops(uint32_t seed, int count, const char *mode)
{
    fixed = !strcmp(mode, "fixed");
    unaliased = fixed || !strcmp(mode, "unaliased");
    state = seed * 2654435761u + 1;
    for (int i = 0; i < count; i++) {
        switch (rnd(12)) {
        case 0:
        case 1:
        case 2: do_mmap(); break;
        case 3: do_munmap(); break;
        case 4:
        case 5: do_mprotect(); break;
        case 6: do_mremap(); break;
        case 7: do_map_and_move(); break;
        case 8:
        case 9: do_store(); break;
        case 10: one_in(2) ? do_file() : do_brk(); break;
        case 11: one_in(3) ? do_truncate() : do_advice(); break;
        }
        look();
    }
}
