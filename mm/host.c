/* The host side of the window: with which protection each block stands there, and when it goes away.
 * Owns the bit PG_SLOW of page[]; see space.h for the scheme. What stands behind a block is back.c's. */
#include "mm/space.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

uint64_t host_run_end(uint64_t a, uint64_t end)
{
    return a < HALF && end > HALF ? HALF : end;
}

static int block_prot(uint8_t bits)
{
    return (bits & PG_R ? PROT_READ : 0) | (bits & PG_W ? PROT_WRITE : 0);
}

void host_set_pages(struct mm *mm, gaddr start, gaddr end, uint8_t bits)
{
    memset(page_of(mm, start), bits, (end - start) >> GPAGE_SHIFT);
}

void host_set_blocks(struct mm *mm, uint64_t start, uint64_t end, uint8_t bits)
{
    memset(&mm->block[start >> mm->gran_shift], bits, (end - start) >> mm->gran_shift);
}

/* What the host may allow on a page without letting the guest do what it must not. */
static uint8_t page_allows(const struct mm *mm, uint8_t p, bool armed)
{
    if (p & (PG_EMU | PG_EOF)) return 0;
    bool read_only = armed || (p & PG_WATCHED && !mm->stores_unwatched);
    return p & (read_only ? PG_R : PG_R | PG_W);
}

/* What tripwires leave of it. */
static uint8_t untripped(const struct mm *mm, uint64_t block)
{
    uint8_t all = PG_R | PG_W;
    for (gaddr a = 0; mm->trips && a < mm->gran; a += GPAGE)
        all &= trip_allows(mm, (gaddr)block + a);
    return all;
}

/* What the host may allow on a block: what each of its pages allows. Marks the pages that allow more. */
static uint8_t block_allows(struct mm *mm, uint64_t block)
{
    uint8_t *p = page_of(mm, (gaddr)block), all = untripped(mm, block);
    unsigned n = mm->gran >> GPAGE_SHIFT;
    bool armed = journal_armed(mm, (gaddr)block);
    for (unsigned i = 0; i < n; i++)
        all &= page_allows(mm, p[i], armed);
    for (unsigned i = 0; i < n; i++)
        p[i] = (uint8_t)(page_allows(mm, p[i], armed) & ~all ? p[i] | PG_SLOW : p[i] & ~PG_SLOW);
    return all;
}

/* mprotect of whole blocks that are alike. */
static int protect(struct mm *mm, gaddr a, size_t len, uint8_t now, uint8_t want)
{
    void *host = mm_host(mm->base, a);
    if (*block_of(mm, a) & BK_ANON)
        return zeropage_mprotect(mm, host, len, block_prot(now), block_prot(want));
    return mprotect(host, len, block_prot(want));
}

int host_protect(struct mm *mm, gaddr start, gaddr end)
{
    uint64_t a = block_floor(mm, start), last = block_ceil(mm, end);
    int err = 0;
    while (a < last) {
        uint8_t want = block_allows(mm, a), now = *block_of(mm, (gaddr)a);
        uint64_t run = a, stop = host_run_end(a, last);
        do {
            run += mm->gran;
        } while (run < stop && *block_of(mm, (gaddr)run) == now && block_allows(mm, run) == want);
        if (now & BK_KIND && (now & BK_PROT) != want) {
            if (protect(mm, (gaddr)a, run - a, now, want))
                err = guest_errno(errno);
            else
                host_set_blocks(mm, a, run, (now & BK_KIND) | want);
        }
        a = run;
    }
    return err;
}

/* What a lifted block allows; files may not be open for writing. */
static uint8_t lifted_to(uint8_t now, bool write)
{
    return write || now & BK_ANON ? PG_R | PG_W : PG_R;
}

bool host_lift(struct mm *mm, gaddr a, bool write)
{
    uint8_t now = *block_of(mm, a), want = lifted_to(now, write);
    if (!(now & BK_KIND)) return false;
    if ((now & want) == want) return true;
    return protect(mm, block_floor(mm, a), mm->gran, now, want) == 0;
}

void host_lower(struct mm *mm, gaddr a)
{
    uint8_t bits = *block_of(mm, a);
    protect(mm, block_floor(mm, a), mm->gran, lifted_to(bits, false), bits);
}

void host_reserve(struct mm *mm, uint64_t start, uint64_t end)
{
    mixed_forget(mm, start, end);
    for (uint64_t stop; start < end; start = stop) {
        stop = host_run_end(start, end);
        mmap(mm_host(mm->base, (gaddr)start), stop - start, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        host_set_blocks(mm, start, stop, 0);
    }
}

static bool block_empty(const struct mm *mm, gaddr block)
{
    for (gaddr i = 0; i < mm->gran; i += GPAGE)
        if (*page_of(mm, block + i) & PG_MAPPED) return false;
    return true;
}

void host_unmap(struct mm *mm, gaddr start, gaddr end)
{
    host_set_pages(mm, start, end, 0);
    uint64_t a = block_floor(mm, start), last = block_ceil(mm, end);
    if (!block_empty(mm, (gaddr)a)) host_protect(mm, (gaddr)a, (gaddr)a + GPAGE), a += mm->gran;
    if (last > a && !block_empty(mm, (gaddr)(last - mm->gran)))
        last -= mm->gran, host_protect(mm, (gaddr)last, end);
    host_reserve(mm, a, last);
}
