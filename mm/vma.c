/* The sorted list of mappings: finding, cutting, joining, and choosing addresses as Linux does.
 * Owns struct vma and nothing of the host; callers hold the lock. */
#include "mm/space.h"

#include <stdlib.h>
#include <string.h>

size_t vma_index(const struct mm *mm, gaddr a)
{
    size_t lo = 0, hi = mm->vmas;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (mm->vma[mid].end > a)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

struct vma *vma_find(struct mm *mm, gaddr a)
{
    size_t i = vma_index(mm, a);
    return i < mm->vmas && mm->vma[i].start <= a ? &mm->vma[i] : NULL;
}

bool vma_any(const struct mm *mm, gaddr start, gaddr end)
{
    size_t i = vma_index(mm, start);
    return i < mm->vmas && mm->vma[i].start < end;
}

bool vma_covered(const struct mm *mm, gaddr start, gaddr end)
{
    for (size_t i = vma_index(mm, start); start < end; i++) {
        if (i == mm->vmas || mm->vma[i].start > start) return false;
        start = mm->vma[i].end;
    }
    return true;
}

bool vma_room(struct mm *mm, size_t more)
{
    if (mm->vmas + more > MAX_MAPPINGS) return false;
    if (mm->vmas + more <= mm->vma_cap) return true;
    size_t cap = mm->vma_cap ? mm->vma_cap * 2 : 32;
    struct vma *v = realloc(mm->vma, cap * sizeof *v);
    if (!v) return false;
    mm->vma = v;
    mm->vma_cap = cap;
    return true;
}

static void open_slot(struct mm *mm, size_t at)
{
    memmove(&mm->vma[at + 1], &mm->vma[at], (mm->vmas - at) * sizeof mm->vma[0]);
    mm->vmas++;
}

static void close_slots(struct mm *mm, size_t from, size_t to)
{
    memmove(&mm->vma[from], &mm->vma[to], (mm->vmas - to) * sizeof mm->vma[0]);
    mm->vmas -= to - from;
}

/* Needs room for one more. */
void vma_split(struct mm *mm, gaddr at)
{
    size_t i = vma_index(mm, at);
    if (i == mm->vmas || mm->vma[i].start >= at) return;
    open_slot(mm, i);
    struct vma *low = &mm->vma[i], *high = &mm->vma[i + 1];
    if (high->file) {
        mfile_ref(high->file);
        high->offset += at - low->start;
    }
    low->end = high->start = at;
}

/* Needs room for two more. */
void vma_cut(struct mm *mm, gaddr start, gaddr end)
{
    vma_split(mm, start);
    vma_split(mm, end);
    size_t first = vma_index(mm, start), last = first;
    for (; last < mm->vmas && mm->vma[last].start < end; last++)
        mfile_drop(mm, mm->vma[last].file);
    close_slots(mm, first, last);
}

static bool alike(const struct vma *a, const struct vma *b)
{
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags && a->file == b->file &&
           a->name == b->name && (!a->file || a->offset + (a->end - a->start) == b->offset);
}

/* Joins mapping i with the one before it. */
static bool join_before(struct mm *mm, size_t i)
{
    if (i == 0 || i >= mm->vmas || !alike(&mm->vma[i - 1], &mm->vma[i])) return false;
    mm->vma[i - 1].end = mm->vma[i].end;
    mfile_drop(mm, mm->vma[i].file);
    close_slots(mm, i, i + 1);
    return true;
}

void vma_join(struct mm *mm, gaddr start, gaddr end)
{
    size_t i = vma_index(mm, start ? start - 1 : 0);
    for (; i < mm->vmas && mm->vma[i].start <= end; i++)
        while (join_before(mm, i))
            ;
}

/* Needs room for one more. */
void vma_insert(struct mm *mm, struct vma v)
{
    if (v.flags & VMA_SHARED) mm->any_shared = true;
    size_t i = vma_index(mm, v.start);
    open_slot(mm, i);
    mm->vma[i] = v;
    join_before(mm, i + 1);
    join_before(mm, i);
}

gaddr vma_low(const struct vma *v)
{
    if (!(v->flags & VMA_GROWSDOWN)) return v->start;
    return v->start > GUARD_GAP ? v->start - GUARD_GAP : 0;
}

/* With large host pages, an address at which whole blocks can be mapped directly: `a` or a little lower. */
static gaddr fitting(const struct mm *mm, gaddr a, uint64_t offset)
{
    return a - ((a - gpage_floor((gaddr)offset)) & (mm->gran - 1));
}

static gaddr search_down(const struct mm *mm, gaddr len, uint64_t offset)
{
    gaddr high = mm->mmap_base;
    for (size_t i = vma_index(mm, high - 1);; i--) {
        if (i < mm->vmas && vma_low(&mm->vma[i]) < high) high = vma_low(&mm->vma[i]);
        gaddr low = i ? mm->vma[i - 1].end : mm->lowest;
        if (low < mm->lowest) low = mm->lowest;
        if (high >= low && high - low >= len) {
            gaddr at = fitting(mm, high - len, offset);
            return at >= low && at < high ? at : high - len;
        }
        if (i == 0) return 0;
    }
}

static gaddr search_up(const struct mm *mm, gaddr len)
{
    gaddr low = mm->bottom_up_base;
    for (size_t i = vma_index(mm, low);; i++) {
        gaddr high = i < mm->vmas ? vma_low(&mm->vma[i]) : mm->limit;
        if (high > low && high - low >= len) return low;
        if (i >= mm->vmas) return 0;
        if (mm->vma[i].end > low) low = mm->vma[i].end;
    }
}

/* arch_get_unmapped_area_topdown(): the hint if it is free, else the highest hole below mmap_base, else the
 * lowest one above a third of the address space. */
gaddr vma_hole(const struct mm *mm, gaddr hint, gaddr len, uint64_t offset)
{
    hint = gpage_floor(hint);
    if (hint && hint < mm->lowest) hint = mm->lowest;
    if (hint && hint <= mm->limit - len) {
        size_t i = vma_index(mm, hint);
        if (i == mm->vmas || hint + len <= vma_low(&mm->vma[i])) return hint;
    }
    gaddr at = search_down(mm, len, offset);
    return at ? at : search_up(mm, len);
}
