/* The journal of a process whose memory is another's: what vfork() makes is a copy here, and all that it
 * changes is told, so that the other one can do the same. Owns the blocks that wait for their first store,
 * and the pages as they were before it.
 *
 * Mappings are told when they change; bytes when mm_journal_tell() is called, by comparing: so only those
 * that were changed are told, and what others write beside them stays. An armed block may not be written
 * directly, as one with code. Callers of all but the mm_ functions hold the lock. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mm/space.h"

/* A page that has been written to; `bytes`: as the other process knows it. */
struct twin {
    gaddr page;
    uint8_t *bytes; /* NULL: the page is gone */
};

/* In MM_BYTES: what follows belongs there. At most every other byte of a page begins one. */
struct run {
    uint16_t offset, n;
};
enum { RUNS_MAX = GPAGE / 2 * (sizeof(struct run) + 1) };

static void *lazy(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* --- Before a store ------------------------------------------------------------------------------------ */

static void arm(struct mm *mm, gaddr start, gaddr end)
{
    for (uint64_t b = block_floor(mm, start), last = block_ceil(mm, end); b < last; b += mm->gran)
        mm->journal.armed[b >> mm->gran_shift] = 1;
    host_protect(mm, start, end);
}

static bool read_page(struct mm *mm, gaddr page, uint8_t *to)
{
    uint8_t p = *page_of(mm, page);
    if (!(p & PG_MAPPED) || p & (PG_EMU | PG_EOF)) return false;
    if (!host_lift(mm, page, false)) return false;
    bool ok = guard_copy(to, mm_host(mm->base, page), GPAGE);
    host_lower(mm, page);
    return ok;
}

/* Without memory for it, the page's changes are not told. */
static void keep(struct mm *mm, gaddr page)
{
    struct journal *j = &mm->journal;
    uint32_t *index = &j->index[page >> GPAGE_SHIFT];
    if (*index || *block_of(mm, page) & BK_SHARED) return;
    if (j->twins == j->room) {
        size_t room = j->room ? 2 * j->room : 64;
        struct twin *more = realloc(j->twin, room * sizeof *more);
        if (!more) return;
        j->twin = more;
        j->room = room;
    }
    uint8_t *bytes = malloc(GPAGE);
    if (!bytes || !read_page(mm, page, bytes)) {
        free(bytes);
        return;
    }
    j->twin[j->twins++] = (struct twin){page, bytes};
    *index = (uint32_t)j->twins;
}

void journal_disarm(struct mm *mm, gaddr start, gaddr end)
{
    struct journal *j = &mm->journal;
    for (uint64_t b = block_floor(mm, start), last = block_ceil(mm, end); b < last; b += mm->gran) {
        if (!j->armed[b >> mm->gran_shift]) continue;
        for (gaddr i = 0; j->tell && i < mm->gran; i += GPAGE)
            keep(mm, (gaddr)b + i);
        j->armed[b >> mm->gran_shift] = 0;
        host_protect(mm, (gaddr)b, (gaddr)b + 1);
    }
}

/* --- Mappings that change ------------------------------------------------------------------------------ */

static void forget(struct journal *j, struct twin *t)
{
    j->index[t->page >> GPAGE_SHIFT] = 0;
    free(t->bytes);
    t->bytes = NULL;
}

void journal_renew(struct mm *mm, gaddr start, gaddr end)
{
    struct journal *j = &mm->journal;
    if (!j->tell) return;
    for (size_t i = 0; i < j->twins; i++)
        if (j->twin[i].bytes && j->twin[i].page >= start && j->twin[i].page < end) forget(j, &j->twin[i]);
    arm(mm, start, end);
}

void journal_call(struct mm *mm, const struct mm_change *c, int fd)
{
    if (mm->journal.tell) mm->journal.tell(mm->journal.ctx, c, NULL, fd);
}

/* --- Telling ------------------------------------------------------------------------------------------- */

/* Which bytes of `now` are not those of `old`, as runs. */
static size_t compare(const uint8_t *old, const uint8_t *now, uint8_t *out)
{
    size_t n = 0;
    for (unsigned i = 0, from; i < GPAGE; i++) {
        if (old[i] == now[i]) continue;
        for (from = i; i < GPAGE && old[i] != now[i];)
            i++;
        struct run run = {(uint16_t)from, (uint16_t)(i - from)};
        memcpy(out + n, &run, sizeof run);
        memcpy(out + n + sizeof run, now + from, run.n);
        n += sizeof run + run.n;
    }
    return n;
}

static void tell_page(struct mm *mm, const struct twin *t)
{
    uint8_t now[GPAGE], runs[RUNS_MAX];
    if (!read_page(mm, t->page, now)) return;
    struct mm_change c = {.kind = MM_BYTES, .arg = {t->page}, .n = (uint32_t)compare(t->bytes, now, runs)};
    if (!c.n) return;
    memcpy(t->bytes, now, GPAGE);
    mm->journal.tell(mm->journal.ctx, &c, runs, -1);
}

static void tell(struct mm *mm)
{
    struct journal *j = &mm->journal;
    for (size_t i = 0; j->tell && i < j->twins; i++)
        if (j->twin[i].bytes) tell_page(mm, &j->twin[i]);
}

/* Pages move as they are known to the other process, and as the host protects them without us. */
void journal_before_remap(struct mm *mm, gaddr start, gaddr end)
{
    tell(mm);
    journal_store(mm, start, end);
}

void mm_journal_tell(struct mm *mm)
{
    space_lock(mm);
    tell(mm);
    space_unlock(mm);
}

/* --- Its beginning and its end ------------------------------------------------------------------------- */

void journal_end(struct mm *mm)
{
    struct journal *j = &mm->journal;
    for (size_t i = 0; i < j->twins; i++)
        if (j->twin[i].bytes) forget(j, &j->twin[i]);
    j->twins = 0;
    j->tell = NULL;
}

void journal_free(struct mm *mm)
{
    struct journal *j = &mm->journal;
    journal_end(mm);
    free(j->twin);
    if (j->index) munmap(j->index, GPAGES * sizeof *j->index);
    if (j->armed) munmap(j->armed, GPAGES);
    memset(j, 0, sizeof *j);
}

bool mm_journal_begin(struct mm *mm, mm_tell *tell, void *ctx)
{
    struct journal *j = &mm->journal;
    space_lock(mm);
    if (!j->index) j->index = lazy(GPAGES * sizeof *j->index);
    if (!j->armed) j->armed = lazy(GPAGES);
    bool ok = j->index && j->armed;
    if (ok) {
        j->tell = tell;
        j->ctx = ctx;
        for (size_t i = 0; i < mm->vmas; i++)
            if (!(mm->vma[i].flags & VMA_SHARED)) arm(mm, mm->vma[i].start, mm->vma[i].end);
    }
    space_unlock(mm);
    return ok;
}

/* --- What another process's journal tells -------------------------------------------------------------- */

static void write_runs(struct mm *mm, gaddr page, const uint8_t *at, size_t n)
{
    struct run run;
    while (n > sizeof run) {
        memcpy(&run, at, sizeof run);
        at += sizeof run, n -= sizeof run;
        if (run.n > n || run.offset + run.n > GPAGE) return;
        if (mm_poke(mm, page + run.offset, at, run.n)) return; /* it is unmapped by now */
        at += run.n, n -= run.n;
    }
}

void mm_journal_apply(struct mm *mm, const struct mm_change *c, const void *bytes, int fd)
{
    const uint32_t *a = c->arg;
    switch (c->kind) {
    case MM_BYTES: write_runs(mm, gpage_floor(a[0]), bytes, c->n); break;
    case MM_MAP: mm_mmap(mm, a[0], a[1], (int)a[2], (int)a[3], fd, c->offset); break;
    case MM_UNMAP: mm_munmap(mm, a[0], a[1]); break;
    case MM_PROTECT: mm_mprotect(mm, a[0], a[1], (int)a[2]); break;
    case MM_REMAP: mm_mremap(mm, a[0], a[1], a[2], (int)a[3], a[4]); break;
    case MM_BRK: mm_brk(mm, a[0]); break;
    case MM_ADVISE: mm_madvise(mm, a[0], a[1], (int)a[2]); break;
    default: break;
    }
}
