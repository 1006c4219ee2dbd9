/* Tripwires: bytes whose accesses a debugger waits for. Owns their list, and what the host may allow on their
 * pages (host.c asks): no direct store to them and, where a load counts, none of these either. What the guest
 * does there then faults and comes through access.c, which tells. */
#include "mm/space.h"

uint8_t trip_allows(const struct mm *mm, gaddr page)
{
    uint8_t allowed = PG_R | PG_W;
    for (unsigned k = 0; k < mm->trips; k++) {
        const struct tripwire *t = &mm->trip[k];
        if (gpage_floor(t->from) > page || gpage_floor(t->from + t->len - 1) < page) continue;
        allowed &= t->kinds & MM_TRIP_READ ? 0 : PG_R;
    }
    return allowed;
}

void trip_tell(struct mm *mm, gaddr from, size_t n, bool write, bool by_insn)
{
    for (unsigned k = 0; k < mm->trips; k++) {
        const struct tripwire *t = &mm->trip[k];
        if (!(t->kinds & (write ? MM_TRIP_WRITE : MM_TRIP_READ))) continue;
        if ((uint64_t)from + n <= t->from || from >= (uint64_t)t->from + t->len) continue;
        mm->tripped(mm->tripped_ctx, from, n, write, by_insn);
        return;
    }
}

void mm_on_trip(struct mm *mm, mm_tripped *fn, void *ctx)
{
    mm->tripped = fn;
    mm->tripped_ctx = ctx;
}

static void protect(struct mm *mm, gaddr from, uint32_t len)
{
    host_protect(mm, gpage_floor(from), gpage_floor(from + len - 1) + GPAGE);
}

bool mm_set_trip(struct mm *mm, gaddr from, uint32_t len, unsigned kinds)
{
    if (mm->trips == TRIPWIRES || !mm->tripped || len == 0) return false;
    if ((uint64_t)from + len > (UINT64_C(1) << 32) - GPAGE) return false; /* nothing is mapped there */
    space_lock(mm);
    mm->trip[mm->trips++] = (struct tripwire){from, len, kinds};
    protect(mm, from, len);
    space_unlock(mm);
    return true;
}

void mm_clear_trip(struct mm *mm, gaddr from, uint32_t len, unsigned kinds)
{
    space_lock(mm);
    for (unsigned k = 0; k < mm->trips; k++) {
        struct tripwire *t = &mm->trip[k];
        if (t->from != from || t->len != len || t->kinds != kinds) continue;
        *t = mm->trip[--mm->trips];
        protect(mm, from, len);
        break;
    }
    space_unlock(mm);
}
