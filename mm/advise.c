/* msync, madvise and mincore: advice about pages that are there. */
#include "mm/space.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { G_MS_ASYNC = 1, G_MS_INVALIDATE = 2, G_MS_SYNC = 4 };
/* i386 numbers; MIPS has the same ones. */
enum { ADV_DONTNEED = 4, ADV_FREE = 8, ADV_DONTFORK = 10, ADV_DOFORK = 11 };

static int range_end(gaddr addr, uint32_t len, uint64_t *end)
{
    if (addr % GPAGE) return -G_EINVAL;
    *end = addr + (((uint64_t)len + GPAGE - 1) & ~(uint64_t)(GPAGE - 1));
    return 0;
}

/* Calls `each` for the mapped parts of [start,end); -G_ENOMEM at the end if there were holes. */
typedef int part_fn(struct mm *mm, struct vma *v, gaddr start, gaddr end, int arg);

static int for_parts(struct mm *mm, gaddr start, uint64_t end, part_fn *each, int arg)
{
    int err = 0, holes = 0;
    uint64_t at = start;
    for (size_t i = vma_index(mm, start); !err && at < end; i++) {
        if (i == mm->vmas || mm->vma[i].start >= end) break;
        struct vma *v = &mm->vma[i];
        if (v->start > at) holes = -G_ENOMEM, at = v->start;
        gaddr stop = v->end < end ? v->end : (gaddr)end;
        err = each(mm, v, (gaddr)at, stop, arg);
        at = stop;
    }
    return err ? err : at < end ? -G_ENOMEM : holes;
}

/* Whole blocks of [start,end) that are contiguous in the host, one call each. */
static int host_advise(struct mm *mm, gaddr start, gaddr end, int advice)
{
    uint64_t a = block_ceil(mm, start), last = end & ~(uint64_t)(mm->gran - 1);
    while (a < last) {
        uint64_t stop = host_run_end(a, last);
        if (madvise(mm_host(mm->base, (gaddr)a), stop - a, advice)) return guest_errno(errno);
        a = stop;
    }
    return 0;
}

static int sync_part(struct mm *mm, struct vma *v, gaddr start, gaddr end, int flags)
{
    if (!v->file || !(v->flags & VMA_SHARED) || !(flags & G_MS_SYNC)) return 0;
    if (v->file->fd >= 0) return fdatasync(v->file->fd) && errno == EIO ? -G_EIO : 0;
    for (uint64_t a = start, stop; a < end; a = stop) {
        stop = host_run_end(a, end);
        if (msync(mm_host(mm->base, (gaddr)a), stop - a, MS_SYNC)) return guest_errno(errno);
    }
    return 0;
}

int mm_msync(struct mm *mm, gaddr addr, uint32_t len, int flags)
{
    uint64_t end;
    if (flags & ~(G_MS_ASYNC | G_MS_INVALIDATE | G_MS_SYNC)) return -G_EINVAL;
    if (addr % GPAGE || (flags & G_MS_ASYNC && flags & G_MS_SYNC)) return -G_EINVAL;
    int err = range_end(addr, len, &end);
    if (err || end == addr) return err;
    space_lock(mm);
    err = for_parts(mm, addr, end, sync_part, flags);
    space_unlock(mm);
    return err;
}

/* MADV_DONTNEED on private memory: as freshly mapped. Pages that are no whole blocks are done by hand. */
static int drop_part(struct mm *mm, struct vma *v, gaddr start, gaddr end, int advice)
{
    if (advice == ADV_FREE && v->file) return -G_EINVAL;
    if (v->flags & VMA_SHARED) return 0;
    watch_report(mm, start, end);
    int err = mm->gran == GPAGE ? host_advise(mm, start, end, MADV_DONTNEED)
                                : host_map(mm, v, start, end, v->file ? v->file->fd : -1);
    journal_renew(mm, start, end);
    return err;
}

static int hint_part(struct mm *mm, struct vma *v, gaddr start, gaddr end, int advice)
{
    (void)v;
    host_advise(mm, start, end, advice); /* a hint that the host cannot follow changes nothing */
    return 0;
}

int mm_madvise(struct mm *mm, gaddr addr, uint32_t len, int advice)
{
    static const uint32_t hints =
        0xf | 1u << ADV_DONTFORK | 1u << ADV_DOFORK | 0xfu << 12 | 1u << 16 | 1u << 17 | 3u << 20;
    uint64_t end;
    bool drop = advice == ADV_DONTNEED || advice == ADV_FREE;
    if (!drop && (advice < 0 || advice > 31 || !(hints >> advice & 1))) return -G_EINVAL;
    int err = range_end(addr, len, &end);
    if (err || end == addr) return err;
    space_lock(mm);
    err = for_parts(mm, addr, end, drop ? drop_part : hint_part, advice);
    struct mm_change told = {.kind = MM_ADVISE, .arg = {addr, len, (uint32_t)advice}};
    if (drop) journal_call(mm, &told, -1);
    space_unlock(mm);
    return err;
}

/* One byte a guest page. What is not asked of the host (emulated pages, copies) is resident. */
int mm_mincore(struct mm *mm, gaddr addr, uint32_t len, gaddr vec)
{
    uint64_t end;
    int err = range_end(addr, len, &end);
    if (err) return err;
    if (end > mm->limit) return -G_ENOMEM;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (gaddr a = addr; a < end; a += GPAGE, vec++) {
        if (!(*page_of(mm, a) & PG_MAPPED)) return -G_ENOMEM;
        unsigned char in = 1;
        uintptr_t host = (uintptr_t)mm_host(mm->base, a) & ~(uintptr_t)(page - 1);
        if (!(*page_of(mm, a) & (PG_EMU | PG_EOF)) && mincore((void *)host, 1, &in)) in = 1;
        in &= 1;
        if (mm_write(mm, vec, &in, 1)) return -G_EFAULT;
    }
    return 0;
}
