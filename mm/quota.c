/* What the guest's RLIMIT_AS and RLIMIT_DATA leave to it, as may_expand_vm() counts. The host's own limits
 * stay as they are: tierrun needs more than a 32-bit process does. */
#include "mm/space.h"

static bool is_data(const struct vma *v)
{
    return v->prot & PG_W && !(v->flags & (VMA_SHARED | VMA_GROWSDOWN));
}

bool quota_allows(const struct mm *mm, const struct vma *like, uint64_t more)
{
    if (mm->most == UINT64_MAX && mm->most_data == UINT64_MAX) return true;
    uint64_t all = more, data = more;
    for (size_t i = 0; i < mm->vmas; i++) {
        const struct vma *v = &mm->vma[i];
        all += v->end - v->start;
        if (is_data(v)) data += v->end - v->start;
    }
    return all <= mm->most && (!is_data(like) || data <= mm->most_data);
}

bool quota_allows_mapping(const struct mm *mm, const struct vma *v)
{
    uint64_t more = v->end - v->start;
    for (size_t i = 0; i < mm->vmas; i++) { /* what it replaces */
        const struct vma *old = &mm->vma[i];
        gaddr from = old->start > v->start ? old->start : v->start,
              to = old->end < v->end ? old->end : v->end;
        if (from < to) more -= to - from;
    }
    return quota_allows(mm, v, more);
}

void mm_set_quota(struct mm *mm, uint64_t address_space, uint64_t data)
{
    mm->most = address_space;
    mm->most_data = data;
}
