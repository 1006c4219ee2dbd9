/* Moves what stands behind guest pages to other guest addresses: the host's part of mremap. */
#include "mm/space.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4 /* Linux 5.7 */
#endif

static bool crosses(gaddr a, gaddr len)
{
    return a < HALF && (uint64_t)a + len > HALF;
}

/* A move that leaves no hole behind, in which the host could place something else; older kernels can only do
 * it with one. */
static bool remap(struct mm *mm, gaddr from, gaddr to, gaddr len)
{
    void *old = mm_host(mm->base, from), *new = mm_host(mm->base, to);
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    if (mremap(old, len, len, flags | MREMAP_DONTUNMAP, new) != MAP_FAILED) return true;
    return mremap(old, len, len, flags, new) != MAP_FAILED;
}

/* Moves whole blocks. One guest mapping may be several host mappings, which the host refuses to move at once:
 * then each half by itself. */
static bool move_blocks(struct mm *mm, gaddr from, gaddr to, gaddr len)
{
    if (len == 0) return true;
    gaddr part = crosses(from, len) ? (gaddr)HALF - from : crosses(to, len) ? (gaddr)HALF - to : len;
    if (part == len && remap(mm, from, to, len)) {
        memcpy(block_of(mm, to), block_of(mm, from), len >> mm->gran_shift);
        memcpy(page_of(mm, to), page_of(mm, from), len >> GPAGE_SHIFT);
        return true;
    }
    if (len == mm->gran) return false;
    if (part == len) part = len / 2 & ~(mm->gran - 1);
    return move_blocks(mm, from, to, part) && move_blocks(mm, from + part, to + part, len - part);
}

/* Copies private pages that cannot move as whole blocks. */
static int copy_pages(struct mm *mm, const struct vma *v, gaddr from, gaddr to, gaddr len)
{
    struct vma anon = {.start = to, .end = to + len, .prot = PG_R | PG_W};
    uint8_t buf[GPAGE];
    int err = 0;
    for (gaddr i = 0; i < len && !err; i += GPAGE) {
        uint8_t bits = *page_of(mm, from + i) & (uint8_t)~PG_SLOW;
        *page_of(mm, from + i) |= PG_R;
        bool have = !(bits & PG_EOF) && access_piece(mm, from + i, buf, GPAGE, false);
        err = host_map(mm, &anon, to + i, to + i + GPAGE, -1);
        if (!err && have && !access_force(mm, to + i, buf, GPAGE)) err = -G_ENOMEM;
        *page_of(mm, to + i) = have || !v->file ? bits : bits | PG_EOF;
        if (!err) err = host_protect(mm, to + i, to + i + GPAGE);
    }
    return err;
}

int host_move(struct mm *mm, const struct vma *v, gaddr to, gaddr len)
{
    gaddr from = v->start, mask = mm->gran - 1;
    mm_unwatch(mm, from, len);
    if (v->file && v->file->fd >= 0 && v->flags & VMA_SHARED) {
        struct vma again = *v;
        again.start = to, again.end = to + len;
        return host_map(mm, &again, to, to + len, v->file->fd);
    }
    if (!mixed_release(mm, block_floor(mm, from), block_ceil(mm, from + len))) return -G_ENOMEM;
    gaddr first = (gaddr)block_ceil(mm, from), last = (from + len) & ~mask;
    if ((from ^ to) & mask || first >= last) return copy_pages(mm, v, from, to, len);
    int err = copy_pages(mm, v, from, to, first - from);
    if (!err && !move_blocks(mm, first, first + (to - from), last - first)) err = -G_ENOMEM;
    if (!err) err = copy_pages(mm, v, last, last + (to - from), from + len - last);
    return err;
}

/* Without a descriptor only the host can make a file mapping longer, and only into a hole. */
static int extend_in_host(struct mm *mm, const struct vma *v, gaddr start)
{
    gaddr len = v->end - start, last = start - mm->gran;
    if (crosses(last, len + mm->gran)) return -G_ENOMEM;
    munmap(mm_host(mm->base, start), len);
    if (mremap(mm_host(mm->base, last), mm->gran, mm->gran + len, 0) == MAP_FAILED) {
        host_unmap(mm, start, v->end);
        return -G_ENOMEM;
    }
    memset(block_of(mm, start), *block_of(mm, last), len >> mm->gran_shift);
    host_set_pages(mm, start, v->end, page_rights(v->prot));
    return 0;
}

int host_extend(struct mm *mm, const struct vma *v, gaddr start)
{
    if (start == v->end) return 0;
    if (v->file && v->file->fd < 0) return extend_in_host(mm, v, start);
    int err = host_map(mm, v, start, v->end, v->file ? v->file->fd : -1);
    if (err) host_unmap(mm, start, v->end);
    return err;
}

int host_alias(struct mm *mm, const struct vma *v, gaddr to, gaddr len)
{
    struct vma again = *v;
    again.start = to, again.end = to + len;
    if (v->file->fd >= 0) return host_map(mm, &again, to, to + len, v->file->fd);
    if (crosses(to, len)) return -G_ENOMEM;
    void *p =
        mremap(mm_host(mm->base, v->start), 0, len, MREMAP_MAYMOVE | MREMAP_FIXED, mm_host(mm->base, to));
    if (p == MAP_FAILED) return guest_errno(errno);
    memset(block_of(mm, to), *block_of(mm, v->start), len >> mm->gran_shift);
    host_set_pages(mm, to, to + len, page_rights(v->prot));
    return 0;
}
