/* What the tests of mm share: an address space for each host page size, and its fault handler. */
#ifndef TESTS_UNIT_MM_KIT_H
#define TESTS_UNIT_MM_KIT_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mm/mm.h"

enum { PAGE = GPAGE, R = 1, W = 2, RW = 3, X = 4, RX = 5, ANON = GMAP_ANONYMOUS | GMAP_PRIVATE };
static const gaddr AT = 0x10000000;

static inline void kit_on_fault(int signo)
{
    if (!mm_host_fault_sig()) signal(signo, SIG_DFL);
}

static inline struct mm *kit_new(uint32_t host_page)
{
    struct sigaction act = {.sa_handler = kit_on_fault, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    const char *why = "";
    struct mm *mm = mm_new(&(struct mm_options){.host_page = host_page}, &why);
    cr_assert(mm, "%s", why);
    return mm;
}

/* Runs the block that follows once for each host page size. */
#define EACH_HOST_PAGE(mm)                                  \
    for (uint32_t page_ = 4096; page_ <= 65536; page_ *= 4) \
        for (struct mm *mm = kit_new(page_); mm; mm_free(mm), mm = NULL)

static inline int64_t map_at(struct mm *mm, gaddr at, int pages, int prot, int flags)
{
    return mm_mmap(mm, at, (uint32_t)pages * PAGE, prot, flags | GMAP_FIXED | GMAP_ANONYMOUS, -1, 0);
}

/* How an access of one byte ends: 'w' writable, 'r' readable only, '-' forbidden, '.' unmapped, 'b' SIGBUS.
 */
static inline char access_at(struct mm *mm, gaddr a)
{
    struct mm_fault f;
    uint8_t byte;
    if (mm_load(mm, a, &byte, 1, &f)) return mm_probe(mm, a, 1, true, &f) ? 'w' : 'r';
    return f.bus ? 'b' : f.present ? '-' : '.';
}

/* access_at() of `n` pages, as a string. */
static inline const char *accesses(struct mm *mm, gaddr a, int n)
{
    static char out[256];
    for (int i = 0; i < n; i++)
        out[i] = access_at(mm, a + (gaddr)i * PAGE);
    out[n] = 0;
    return out;
}

/* A temporary file of `size` bytes, the byte at i being i / PAGE + 1. Open for reading and writing. */
static inline int kit_file(int size)
{
    char name[] = "/tmp/tierrun-unit-XXXXXX";
    int fd = mkstemp(name);
    cr_assert(fd >= 0);
    unlink(name);
    for (int at = 0; at < size; at += PAGE) {
        uint8_t page[PAGE];
        memset(page, at / PAGE + 1, sizeof page);
        size_t n = size - at < PAGE ? (size_t)(size - at) : sizeof page;
        cr_assert(pwrite(fd, page, n, at) == (ssize_t)n);
    }
    return fd;
}

static inline uint8_t byte_at(struct mm *mm, gaddr a)
{
    uint8_t b = 0;
    cr_assert(mm_read(mm, a, &b, 1) == 0, "%#x cannot be read", a);
    return b;
}

#endif
