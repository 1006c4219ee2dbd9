/* mprotect of private memory, without what makes Linux on MIPS fall. There a page that was only ever read is
 * the one shared page of zeros, and mprotect forgets that it is (pte_modify() drops _PAGE_SPECIAL; measured
 * with Debian's 6.1 kernel for Loongson 3: "Bad page map", then a free list that holds the page twice). A
 * program that reads fresh memory, protects it and writes to it does that to the kernel. So on these hosts
 * no page is the page of zeros any more when its protection changes. */
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "mm/space.h"

enum { AT_ONCE = 64 };

bool zeropage_forgotten(void)
{
    struct utsname u;
    return uname(&u) == 0 && strncmp(u.machine, "mips", 4) == 0;
}

/* Replaces a page that may only be read by one of its own with the same bytes. */
static void replace(struct mm *mm, uint8_t *page, size_t size)
{
    memcpy(mm->zero_bounce, page, size);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (mmap(page, size, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED)
        memcpy(page, mm->zero_bounce, size);
}

/* Gives the resident pages memory of their own. What may not even be read came through here when it lost
 * that right, or was never read. */
static void settle(struct mm *mm, uint8_t *host, size_t len, int now)
{
    unsigned char resident[AT_ONCE];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), step = page * AT_ONCE;
    if (!(now & PROT_READ)) return;
    for (size_t at = 0; at < len; at += step) {
        size_t part = len - at < step ? len - at : step;
        if (mincore(host + at, part, resident)) continue;
        for (size_t i = 0; i < part / page; i++) {
            uint8_t *p = host + at + i * page;
            if (!(resident[i] & 1)) continue;
            if (now & PROT_WRITE)
                __atomic_fetch_or(p, 0, __ATOMIC_RELAXED);
            else
                replace(mm, p, page);
        }
    }
}

int zeropage_mprotect(struct mm *mm, void *host, size_t len, int now, int prot)
{
    if (mm->zero_forgotten) settle(mm, host, len, now);
    return mprotect(host, len, prot);
}
