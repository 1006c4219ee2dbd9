/* What stands behind each block: a direct mapping, anonymous memory with copies, or nothing because its
 * pages live in their file only. Owns the kinds in block[] and the bits PG_EMU and PG_EOF of page[]. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "mm/space.h"

/* Maps whole blocks as they are. */
static int map_direct(struct mm *mm, const struct vma *v, uint64_t start, uint64_t end, int fd)
{
    uint8_t bits = page_rights(v->prot) & (PG_R | PG_W);
    int prot = (bits & PG_R ? PROT_READ : 0) | (bits & PG_W ? PROT_WRITE : 0);
    uint8_t kind = !v->file ? BK_ANON : v->flags & VMA_SHARED ? BK_SHARED : BK_PRIVATE;
    int flags = MAP_FIXED | (kind == BK_SHARED ? MAP_SHARED : MAP_PRIVATE);
    if (!v->file) flags |= MAP_ANONYMOUS;
    if (v->flags & VMA_NORESERVE) flags |= MAP_NORESERVE;
    for (uint64_t stop; start < end; start = stop) {
        stop = host_run_end(start, end);
        off_t at = v->file ? (off_t)(v->offset + (start - v->start)) : 0;
        mixed_forget(mm, start, stop);
        void *p = mmap(mm_host(mm->base, (gaddr)start), stop - start, prot, flags, v->file ? fd : -1, at);
        if (p == MAP_FAILED) return guest_errno(errno);
        host_set_blocks(mm, start, stop, kind | bits);
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
    if (kind & (BK_ANON | BK_MIXED) && !whole) {
        if (!host_lift(mm, block, true)) return guest_errno(errno);
        memset(host + from, 0, to - from);
    } else {
        mixed_forget(mm, block, (uint64_t)block + mm->gran);
        memset(mm->bounce, 0, mm->gran);
        if (kind == BK_PRIVATE && !whole) save_copies(mm, block, start, end);
        if (kind == BK_SHARED && !whole) mark_emulated(mm, block, start, end);
        void *p =
            mmap(host, mm->gran, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (p == MAP_FAILED) return guest_errno(errno);
        if (kind == BK_PRIVATE && !whole) memcpy(host, mm->bounce, mm->gran);
        kind = BK_ANON;
    }
    *block_of(mm, block) = kind | PG_R | PG_W;
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

/* Pages without anything in the window: shared ones are read and written in their file, private ones lie
 * beyond its end. */
static int map_absent(struct mm *mm, const struct vma *v, uint64_t start, uint64_t end)
{
    uint8_t why = v->flags & VMA_SHARED ? PG_EMU : PG_EOF;
    host_reserve(mm, start, end);
    host_set_pages(mm, (gaddr)start, (gaddr)end, page_rights(v->prot) | why);
    return 0;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) & ~(unit - 1);
}

/* End of the run of blocks from `a` that can be mapped directly; `a` itself if none. The block in which the
 * file ends is none of them: it would give the guest the pages after the end, too. */
static uint64_t direct_end(const struct mm *mm, const struct vma *v, uint64_t a, uint64_t end, uint64_t size)
{
    uint64_t mask = mm->gran - 1, last = end & ~mask;
    if (a & mask || last <= a) return a;
    if (!v->file || mm->gran == GPAGE) return last;
    uint64_t at = v->offset + (a - v->start), eof = round_up(size, GPAGE) & ~mask;
    if (at & mask || at >= eof) return a;
    return last - a < eof - at ? last : a + (eof - at);
}

/* End of the run of blocks from `a`, which cannot be mapped directly, that need nothing in the window. */
static uint64_t absent_end(const struct mm *mm, const struct vma *v, uint64_t a, uint64_t end, uint64_t size)
{
    uint64_t mask = mm->gran - 1, last = end & ~mask;
    if (a & mask || last <= a || !v->file || v->file->device) return a;
    uint64_t at = v->offset + (a - v->start);
    if (at >= size) return last;
    if (!(v->flags & VMA_SHARED)) return a;
    return at & mask ? last : a + mm->gran; /* the offset never fits, or it is the file's last block */
}

int host_map(struct mm *mm, const struct vma *v, gaddr start, gaddr end, int fd)
{
    uint64_t size = v->file && mm->gran > GPAGE ? mfile_size(v->file, fd) : 0;
    host_set_pages(mm, start, end, page_rights(v->prot));
    int err = 0;
    for (uint64_t a = start, stop; a < end && !err; a = stop) {
        if ((stop = direct_end(mm, v, a, end, size)) > a) {
            err = map_direct(mm, v, a, stop, fd);
        } else if ((stop = absent_end(mm, v, a, end, size)) > a) {
            err = map_absent(mm, v, a, stop);
        } else {
            stop = block_ceil(mm, (gaddr)a + 1);
            stop = stop < end ? stop : end;
            err = map_copy(mm, v, (gaddr)a, (gaddr)stop, fd, size);
        }
    }
    return err;
}

/* --- files that change their size ---------------------------------------------------------------------- */

bool host_fetch_grown(struct mm *mm, const struct vma *v, gaddr a)
{
    gaddr page = gpage_floor(a), block = block_floor(mm, a);
    uint64_t at = v->offset + (page - v->start);
    if (v->file->fd < 0 || at >= mfile_size(v->file, v->file->fd)) return false;
    bool none = !(*block_of(mm, a) & BK_KIND);
    if (none ? back_anonymously(mm, block, block, block) != 0 : !host_lift(mm, page, true)) return false;
    bool ok = mfile_read(v->file->fd, at, mm_host(mm->base, page), GPAGE);
    if (ok) *page_of(mm, page) &= (uint8_t)~PG_EOF;
    host_lower(mm, page);
    host_protect(mm, page, page + GPAGE);
    return ok;
}

void host_promote(struct mm *mm, const struct vma *v, gaddr a, uint64_t size)
{
    uint64_t block = block_floor(mm, a), end = block + mm->gran;
    if (block < v->start || end > v->end || direct_end(mm, v, block, end, size) == block) return;
    for (uint64_t p = block; p < end; p += GPAGE)
        if (*page_of(mm, (gaddr)p) & PG_WATCHED) return;
    if (host_map(mm, v, (gaddr)block, (gaddr)end, v->file->fd)) map_absent(mm, v, block, end);
}

/* A private mapping's pages from `start` on are beyond the end of their file now, even those written to. */
static void cut_private(struct mm *mm, const struct vma *v, gaddr start)
{
    gaddr block = block_floor(mm, start), next = block_floor(mm, v->end);
    uint64_t first_end = block_ceil(mm, start);
    gaddr stop = first_end < v->end ? (gaddr)first_end : v->end;
    if (start < stop && *block_of(mm, start) & BK_PRIVATE && back_anonymously(mm, block, start, stop)) return;
    for (gaddr a = start; a < v->end; a += GPAGE)
        *page_of(mm, a) |= PG_EOF;
    if (first_end < next) host_reserve(mm, first_end, next);
    host_protect(mm, start, v->end);
}

static void resized(struct mm *mm, const struct stat *st)
{
    uint64_t pages = round_up((uint64_t)st->st_size, GPAGE);
    space_lock(mm);
    for (size_t i = 0; i < mm->vmas; i++) {
        struct vma *v = &mm->vma[i];
        if (!v->file || v->file->device || v->file->dev != st->st_dev || v->file->ino != st->st_ino) continue;
        uint64_t have = pages > v->offset ? pages - v->offset : 0;
        if (v->flags & VMA_SHARED) {
            watch_report(mm, v->start, v->end);
            if (host_map(mm, v, v->start, v->end, v->file->fd)) map_absent(mm, v, v->start, v->end);
        } else if (have < v->end - v->start) {
            watch_report(mm, v->start + (gaddr)have, v->end);
            cut_private(mm, v, v->start + (gaddr)have);
        }
    }
    space_unlock(mm);
}

/* With pages of 4 KiB the host knows by itself where a file ends. */
void mm_file_resized(struct mm *mm, int fd)
{
    struct stat st;
    if (mm->gran > GPAGE && fstat(fd, &st) == 0) resized(mm, &st);
}

void mm_path_resized(struct mm *mm, const char *path)
{
    struct stat st;
    if (mm->gran > GPAGE && stat(path, &st) == 0) resized(mm, &st);
}
