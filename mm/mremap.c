/* mremap, as Linux has it: which mappings may grow, shrink or move, and what is left behind. */
#include "mm/space.h"

/* The part [from, from+len) of v as a mapping of its own, holding its own reference. */
static struct vma part_of(const struct vma *v, gaddr from, gaddr len)
{
    struct vma part = *v;
    part.start = from;
    part.end = from + len;
    if (part.file) part.offset += from - v->start;
    part.flags &= (uint8_t) ~(VMA_HEAP | VMA_STACK);
    mfile_ref(part.file);
    return part;
}

/* vma_to_resize() and what move_vma() adds: may [old, old+old_len) become new_len bytes long? */
static int check_resize(const struct vma *v, gaddr old, gaddr old_len, int flags)
{
    if (!v) return -G_EFAULT;
    if (old_len == 0 && !(v->flags & VMA_SHARED)) return -G_EINVAL;
    if (flags & GMREMAP_DONTUNMAP && v->file) return -G_EINVAL;
    return old_len > v->end - old ? -G_EFAULT : 0;
}

/* Moves [old, old+old_len) to the free range [to, to+new_len), new_len >= old_len. */
static int64_t move(struct mm *mm, gaddr old, gaddr old_len, gaddr to, gaddr new_len, int flags)
{
    if (!vma_room(mm, 4)) return -G_ENOMEM;
    watch_report(mm, old, old + old_len);
    struct vma from = part_of(vma_find(mm, old), old, old_len), moved = from;
    moved.start = to;
    moved.end = to + new_len;
    int err;
    if (old_len == 0) {
        err = host_alias(mm, &from, to, new_len);
    } else {
        err = host_move(mm, &from, to, old_len);
        if (!err) err = host_extend(mm, &moved, to + old_len);
    }
    if (err) {
        host_unmap(mm, to, to + new_len);
        mfile_drop(mm, from.file);
        return err;
    }
    if (flags & GMREMAP_DONTUNMAP) {
        err = host_map(mm, &from, old, old + old_len, -1);
    } else if (old_len) {
        host_unmap(mm, old, old + old_len);
        vma_cut(mm, old, old + old_len);
    }
    vma_insert(mm, moved);
    return err ? err : (int64_t)to;
}

/* mremap_to(): with MREMAP_FIXED or MREMAP_DONTUNMAP. */
static int64_t remap_to(struct mm *mm, gaddr old, gaddr old_len, gaddr new_len, int flags, gaddr to)
{
    if (to % GPAGE || new_len > mm->limit || to > mm->limit - new_len) return -G_EINVAL;
    if ((uint64_t)old + old_len > to && (uint64_t)to + new_len > old) return -G_EINVAL;
    if (!vma_room(mm, 6)) return -G_ENOMEM;
    gaddr len = old_len < new_len ? old_len : new_len;
    int err = check_resize(vma_find(mm, old), old, len, flags);
    if (err) return err;
    if (flags & GMREMAP_FIXED) map_remove(mm, to, to + new_len);
    if (old_len > len) map_remove(mm, old + len, old + old_len);
    old_len = len;
    err = check_resize(vma_find(mm, old), old, old_len, flags); /* an empty range may lie in the target */
    if (err) return err;
    gaddr more = flags & GMREMAP_DONTUNMAP ? new_len : new_len - old_len;
    if (!quota_allows(mm, vma_find(mm, old), more)) return -G_ENOMEM;
    if (!(flags & GMREMAP_FIXED)) {
        to = vma_hole(mm, to, new_len, 0);
        if (!to) return -G_ENOMEM;
    }
    return move(mm, old, old_len, to, new_len, flags);
}

static bool can_extend(const struct mm *mm, const struct vma *v, gaddr old_end, gaddr more)
{
    return v->end == old_end && more <= mm->limit - v->end && !vma_any(mm, v->end, v->end + more);
}

static int64_t resize(struct mm *mm, gaddr old, gaddr old_len, gaddr new_len, int flags)
{
    struct vma *v = vma_find(mm, old);
    if (!v) return -G_EFAULT;
    if (!vma_room(mm, 4)) return -G_ENOMEM;
    v = vma_find(mm, old);
    if (old_len >= new_len) {
        if (old_len > new_len) {
            if (old_len > mm->limit - old) return -G_EINVAL;
            map_remove(mm, old + new_len, old + old_len);
        }
        return old;
    }
    int err = check_resize(v, old, old_len, flags);
    if (err) return err;
    gaddr more = new_len - old_len;
    if (!quota_allows(mm, v, more)) return -G_ENOMEM;
    if (old_len && can_extend(mm, v, old + old_len, more)) {
        struct vma longer = *v;
        longer.end += more;
        err = host_extend(mm, &longer, v->end);
        if (!err) v->end = longer.end;
        if (!err) vma_join(mm, v->start, v->end);
        if (!err || !(flags & GMREMAP_MAYMOVE)) return err ? err : (int64_t)old;
    }
    if (!(flags & GMREMAP_MAYMOVE)) return -G_ENOMEM;
    if (new_len > mm->limit) return -G_ENOMEM;
    uint64_t offset = v->file ? v->offset + (old - v->start) : old; /* keeps whole blocks movable */
    gaddr to = vma_hole(mm, 0, new_len, offset);
    return to ? move(mm, old, old_len, to, new_len, flags) : -G_ENOMEM;
}

static void tell_remap(struct mm *mm, gaddr old, gaddr old_len, gaddr new_len, int flags, gaddr to)
{
    struct mm_change told = {.kind = MM_REMAP, .arg = {old, old_len, new_len, 0, to}};
    if (to != old) told.arg[3] = GMREMAP_MAYMOVE | GMREMAP_FIXED | ((uint32_t)flags & GMREMAP_DONTUNMAP);
    journal_renew(mm, to, to + new_len);
    if (flags & GMREMAP_DONTUNMAP) journal_renew(mm, old, old + old_len);
    journal_call(mm, &told, -1);
}

int64_t mm_mremap(struct mm *mm, gaddr old, uint32_t old_len, uint32_t new_len, int flags, gaddr to)
{
    if (flags & ~(GMREMAP_MAYMOVE | GMREMAP_FIXED | GMREMAP_DONTUNMAP)) return -G_EINVAL;
    if (flags & (GMREMAP_FIXED | GMREMAP_DONTUNMAP) && !(flags & GMREMAP_MAYMOVE)) return -G_EINVAL;
    if (flags & GMREMAP_DONTUNMAP && old_len != new_len) return -G_EINVAL;
    if (old % GPAGE || new_len == 0) return -G_EINVAL;
    /* Lengths within the last page of 4 GiB cannot be those of any mapping. */
    if (new_len > (uint32_t)-GPAGE) return flags & GMREMAP_FIXED ? -G_EINVAL : -G_ENOMEM;
    if (old_len > (uint32_t)-GPAGE) return -G_EINVAL;
    old_len = page_ceil(old_len);
    new_len = page_ceil(new_len);
    space_lock(mm);
    journal_before_remap(mm, old, old + old_len);
    int64_t r = flags & (GMREMAP_FIXED | GMREMAP_DONTUNMAP) ? remap_to(mm, old, old_len, new_len, flags, to)
                                                            : resize(mm, old, old_len, new_len, flags);
    if (r >= 0) tell_remap(mm, old, old_len, new_len, flags, (gaddr)r);
    space_unlock(mm);
    return r;
}
