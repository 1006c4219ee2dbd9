/* The watch on pages that hold translated code: who is told, and which host pages are kept read-only. */
#include "mm/space.h"

void mm_set_watcher(struct mm *mm, mm_code_changed *fn, void *ctx)
{
    mm->watcher = fn;
    mm->watcher_ctx = ctx;
}

static uint64_t pages_end(gaddr from, uint32_t len)
{
    uint64_t end = ((uint64_t)from + len + GPAGE - 1) & ~(uint64_t)(GPAGE - 1);
    return end < (1ull << 32) ? end : (1ull << 32) - GPAGE; /* the last page is never mapped */
}

void mm_watch(struct mm *mm, gaddr from, uint32_t len)
{
    gaddr start = gpage_floor(from), end = (gaddr)pages_end(from, len);
    bool all = true;
    for (gaddr a = start; a < end && all; a += GPAGE)
        all = *page_of(mm, a) & PG_WATCHED;
    if (all) return;
    space_lock(mm);
    for (gaddr a = start; a < end; a += GPAGE)
        if (*page_of(mm, a) & PG_MAPPED) *page_of(mm, a) |= PG_WATCHED;
    host_protect(mm, start, end);
    space_unlock(mm);
}

void mm_unwatch(struct mm *mm, gaddr from, uint32_t len)
{
    gaddr start = gpage_floor(from), end = (gaddr)pages_end(from, len);
    if (start >= end) return;
    space_lock(mm);
    for (gaddr a = start; a < end; a += GPAGE)
        *page_of(mm, a) &= (uint8_t)~PG_WATCHED;
    host_protect(mm, start, end);
    space_unlock(mm);
}

bool mm_is_watched(const struct mm *mm, gaddr a)
{
    return *page_of(mm, a) & PG_WATCHED;
}

bool mm_is_shared(struct mm *mm, gaddr from, uint32_t len)
{
    if (!mm->any_shared) return false;
    space_lock(mm);
    const struct vma *first = vma_find(mm, from), *last = vma_find(mm, from + (len ? len - 1 : 0));
    bool shared = (first && first->flags & VMA_SHARED) || (last && last->flags & VMA_SHARED);
    space_unlock(mm);
    return shared;
}

/* Tells the watcher of each run of watched bytes in [start,end). */
void watch_report(struct mm *mm, gaddr start, gaddr end)
{
    gaddr from = 0, to = 0;
    for (gaddr a = start; a < end; a = gpage_floor(a) + GPAGE) {
        if (!(*page_of(mm, a) & PG_WATCHED)) continue;
        gaddr stop = gpage_floor(a) + GPAGE < end ? gpage_floor(a) + GPAGE : end;
        if (to != a || from == to) {
            if (from != to && mm->watcher) mm->watcher(mm->watcher_ctx, from, to - from);
            from = a;
        }
        to = stop;
    }
    if (from != to && mm->watcher) mm->watcher(mm->watcher_ctx, from, to - from);
}
