/* The host side of the window: which host mapping stands behind each block, and with which protection.
 * Owns block[] and the bits PG_SLOW, PG_EMU and PG_EOF of page[]; see space.h for the scheme. */
#include "mm/space.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static const uint64_t HALF = 0x80000000; /* host addresses are not contiguous across it */

/* End of the longest range from `a` that is contiguous in the host. */
static uint64_t contiguous_end(uint64_t a, uint64_t end)
{
    return a < HALF && end > HALF ? HALF : end;
}

static int host_prot(uint8_t bits)
{
    return (bits & PG_R ? PROT_READ : 0) | (bits & PG_W ? PROT_WRITE : 0);
}

void host_set_pages(struct mm *mm, gaddr start, gaddr end, uint8_t bits)
{
    memset(page_of(mm, start), bits, (end - start) >> GPAGE_SHIFT);
}

static void set_blocks(struct mm *mm, uint64_t start, uint64_t end, uint8_t bits)
{
    memset(&mm->block[start >> mm->gran_shift], bits, (end - start) >> mm->gran_shift);
}

/* What the host may allow on a page without letting the guest do what it must not. */
static uint8_t page_allows(uint8_t p)
{
    if (p & (PG_EMU | PG_EOF)) return 0;
    return p & (p & PG_WATCHED ? PG_R : PG_R | PG_W);
}

/* What the host may allow on a block: what each of its pages allows. Marks the pages that allow more. */
static uint8_t block_allows(struct mm *mm, uint64_t block)
{
    uint8_t *p = page_of(mm, (gaddr)block), all = PG_R | PG_W;
    unsigned n = mm->gran >> GPAGE_SHIFT;
    for (unsigned i = 0; i < n; i++)
        all &= page_allows(p[i]);
    for (unsigned i = 0; i < n; i++)
        p[i] = (uint8_t)(page_allows(p[i]) & ~all ? p[i] | PG_SLOW : p[i] & ~PG_SLOW);
    return all;
}

int host_protect(struct mm *mm, gaddr start, gaddr end)
{
    uint64_t a = block_floor(mm, start), last = block_ceil(mm, end);
    int err = 0;
    while (a < last) {
        uint8_t want = block_allows(mm, a), now = *block_of(mm, (gaddr)a);
        uint64_t run = a, stop = contiguous_end(a, last);
        do {
            run += mm->gran;
        } while (run < stop && *block_of(mm, (gaddr)run) == now && block_allows(mm, run) == want);
        if (now & BK_KIND && (now & BK_PROT) != want) {
            if (mprotect(mm_host(mm->base, (gaddr)a), run - a, host_prot(want)))
                err = guest_errno(errno);
            else
                set_blocks(mm, a, run, (now & BK_KIND) | want);
        }
        a = run;
    }
    return err;
}

bool host_lift(struct mm *mm, gaddr a, bool write)
{
    uint8_t now = *block_of(mm, a), want = write ? PG_R | PG_W : PG_R;
    if (!(now & BK_KIND)) return false;
    if ((now & want) == want) return true;
    return mprotect(mm_host(mm->base, block_floor(mm, a)), mm->gran, host_prot(want)) == 0;
}

void host_lower(struct mm *mm, gaddr a)
{
    mprotect(mm_host(mm->base, block_floor(mm, a)), mm->gran, host_prot(*block_of(mm, a)));
}

/* Maps whole blocks as they are. */
static int map_direct(struct mm *mm, const struct vma *v, uint64_t start, uint64_t end, int fd)
{
    uint8_t prot = page_rights(v->prot) & (PG_R | PG_W);
    uint8_t kind = !v->file ? BK_ANON : v->flags & VMA_SHARED ? BK_SHARED : BK_PRIVATE;
    int flags = MAP_FIXED | (kind == BK_SHARED ? MAP_SHARED : MAP_PRIVATE);
    if (!v->file) flags |= MAP_ANONYMOUS;
    if (v->flags & VMA_NORESERVE) flags |= MAP_NORESERVE;
    for (uint64_t stop; start < end; start = stop) {
        stop = contiguous_end(start, end);
        off_t at = v->file ? (off_t)(v->offset + (start - v->start)) : 0;
        void *p = mmap(mm_host(mm->base, (gaddr)start), stop - start, host_prot(prot), flags,
                       v->file ? fd : -1, at);
        if (p == MAP_FAILED) return guest_errno(errno);
        set_blocks(mm, start, stop, kind | prot);
    }
    return 0;
}

/* Saves the private pages of a file block outside of [start,end), whose backing is about to be replaced. */
static void save_copies(struct mm *mm, gaddr block, gaddr start, gaddr end)
{
    if (!host_lift(mm, block, false)) return;
    for (gaddr i = 0; i < mm->gran; i += GPAGE) {
        gaddr a = block + i;
        uint8_t *p = page_of(mm, a);
        if ((a >= start && a < end) || !(*p & PG_MAPPED)) continue;
        if (!guard_copy(mm->bounce + i, mm_host(mm->base, a), GPAGE)) *p |= PG_EOF;
    }
}

static void mark_emulated(struct mm *mm, gaddr block, gaddr start, gaddr end)
{
    for (gaddr i = 0; i < mm->gran; i += GPAGE) {
        gaddr a = block + i;
        if ((a < start || a >= end) && *page_of(mm, a) & PG_MAPPED) *page_of(mm, a) |= PG_EMU;
    }
}

/* Makes a block anonymous memory, readable and writable; its pages outside of [start,end) keep their
 * contents, those inside are zero. */
static int back_anonymously(struct mm *mm, gaddr block, gaddr start, gaddr end)
{
    uint8_t *host = mm_host(mm->base, block), kind = *block_of(mm, block) & BK_KIND;
    gaddr from = start > block ? start - block : 0;
    gaddr to = (uint64_t)end < (uint64_t)block + mm->gran ? end - block : mm->gran;
    bool whole = from == 0 && to == mm->gran;
    if (kind == BK_ANON && !whole) {
        if (mprotect(host, mm->gran, PROT_READ | PROT_WRITE)) return guest_errno(errno);
        memset(host + from, 0, to - from);
    } else {
        memset(mm->bounce, 0, mm->gran);
        if (kind == BK_PRIVATE && !whole) save_copies(mm, block, start, end);
        if (kind == BK_SHARED && !whole) mark_emulated(mm, block, start, end);
        void *p =
            mmap(host, mm->gran, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (p == MAP_FAILED) return guest_errno(errno);
        if (kind == BK_PRIVATE && !whole) memcpy(host, mm->bounce, mm->gran);
    }
    *block_of(mm, block) = BK_ANON | PG_R | PG_W;
    return 0;
}

/* Fills pages with their bytes of the file; those wholly beyond its end get none. */
static void copy_from_file(struct mm *mm, const struct vma *v, gaddr start, gaddr end, int fd, uint64_t size)
{
    uint64_t at = v->offset + (start - v->start), left = at < size ? size - at : 0;
    gaddr have = left < end - start ? start + page_ceil((gaddr)left) : end;
    if (!mfile_read(fd, at, mm_host(mm->base, start), have - start)) have = start;
    for (gaddr a = have; a < end; a += GPAGE)
        *page_of(mm, a) |= PG_EOF;
}

/* Maps a part of one block that cannot be mapped directly. */
static int map_copy(struct mm *mm, const struct vma *v, gaddr start, gaddr end, int fd, uint64_t size)
{
    int err = back_anonymously(mm, block_floor(mm, start), start, end);
    if (err) return err;
    if (v->file && v->flags & VMA_SHARED)
        host_set_pages(mm, start, end, page_rights(v->prot) | PG_EMU);
    else if (v->file)
        copy_from_file(mm, v, start, end, fd, size);
    return host_protect(mm, start, end);
}

/* End of the run of blocks from block start `a` that can be mapped directly; `a` itself if none. */
static uint64_t direct_end(const struct mm *mm, const struct vma *v, uint64_t a, uint64_t end, uint64_t size)
{
    uint64_t last = end & ~(uint64_t)(mm->gran - 1);
    if (a & (mm->gran - 1) || last <= a) return a;
    if (!v->file) return last;
    uint64_t at = v->offset + (a - v->start);
    if (at & (mm->gran - 1)) return a;
    /* The block in which the file ends would give the guest the pages after the end, too. */
    uint64_t pages = (size + GPAGE - 1) & ~(uint64_t)(GPAGE - 1), eof = pages & ~(uint64_t)(mm->gran - 1);
    if (eof == pages || at > eof) return last;
    return last - a < eof - at ? last : a + (eof - at);
}

int host_map(struct mm *mm, const struct vma *v, gaddr start, gaddr end, int fd)
{
    uint64_t size = v->file && mm->gran > GPAGE ? mfile_size(v->file, fd) : 0;
    host_set_pages(mm, start, end, page_rights(v->prot));
    int err = 0;
    for (uint64_t a = start, stop; a < end && !err; a = stop) {
        stop = direct_end(mm, v, a, end, size);
        if (stop > a) {
            err = map_direct(mm, v, a, stop, fd);
        } else {
            stop = block_ceil(mm, (gaddr)a + 1);
            stop = stop < end ? stop : end;
            err = map_copy(mm, v, (gaddr)a, (gaddr)stop, fd, size);
        }
    }
    return err;
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
    for (uint64_t stop; a < last; a = stop) {
        stop = contiguous_end(a, last);
        mmap(mm_host(mm->base, (gaddr)a), stop - a, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        set_blocks(mm, a, stop, 0);
    }
}
