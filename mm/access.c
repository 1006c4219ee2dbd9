/* Checked accesses: one operand of an instruction, or one page of a longer copy.
 * Exact whatever the host's protection is; knows when a page must go through its file. */
#include "mm/space.h"

#include <assert.h>
#include <string.h>

static bool fault(struct mm_fault *f, gaddr a, bool write, bool present, bool bus)
{
    *f = (struct mm_fault){.addr = a, .write = write, .present = present, .bus = bus};
    return false;
}

bool access_plain(const struct mm *mm, gaddr a, bool write)
{
    uint8_t p = *page_of(mm, a), must = write ? PG_W : PG_R;
    uint8_t not = PG_SLOW | PG_EMU | PG_EOF | (write ? PG_WATCHED : 0);
    return (p & (must | not )) == must && !(write && journal_armed(mm, a));
}

bool mm_is_slow(const struct mm *mm, gaddr a)
{
    return *page_of(mm, a) & (PG_SLOW | PG_EMU | PG_EOF);
}

/* Is there a byte of the file behind this page? */
static bool in_file(struct mm *mm, gaddr a)
{
    space_lock(mm);
    uint8_t p = *page_of(mm, a);
    struct vma *v = vma_find(mm, a);
    bool ok = true;
    if (v && v->file && p & PG_EMU) {
        uint64_t size = mfile_size(v->file, v->file->fd);
        ok = v->offset + (gpage_floor(a) - v->start) < size;
        if (ok) host_promote(mm, v, a, size);
    } else if (v && v->file && p & PG_EOF) {
        ok = host_fetch_grown(mm, v, a);
    }
    space_unlock(mm);
    return ok;
}

static bool page_ready(struct mm *mm, gaddr a, bool write, struct mm_fault *f)
{
    uint8_t p = *page_of(mm, a);
    if (!(p & PG_MAPPED)) {
        if (!mm_grow_stack(mm, a)) return fault(f, a, write, false, false);
        p = *page_of(mm, a);
    }
    if (!(p & (write ? PG_W : PG_R))) return fault(f, a, write, true, false);
    if (p & (PG_EMU | PG_EOF) && !in_file(mm, a)) return fault(f, a, write, true, true);
    return true;
}

bool access_ready(struct mm *mm, gaddr a, size_t n, bool write, struct mm_fault *f)
{
    uint64_t end = (uint64_t)a + n;
    for (uint64_t p = a; p < end; p = (p | (GPAGE - 1)) + 1) {
        if (p > UINT32_MAX) return fault(f, 0, write, false, false);
        if (!page_ready(mm, (gaddr)p, write, f)) return false;
    }
    return true;
}

static bool emulated(struct mm *mm, gaddr a, void *buf, size_t n, bool write)
{
    struct vma *v = vma_find(mm, a);
    if (!v || !v->file || v->file->fd < 0) return false;
    uint64_t at = v->offset + (a - v->start);
    return write ? mfile_write(v->file->fd, at, buf, n) : mfile_read(v->file->fd, at, buf, n);
}

static bool lifted(struct mm *mm, gaddr a, void *buf, size_t n, bool write)
{
    if (!host_lift(mm, a, write)) return false;
    void *host = mm_host(mm->base, a);
    bool ok = write ? guard_copy(host, buf, n) : guard_copy(buf, host, n);
    host_lower(mm, a);
    return ok;
}

static bool aliased(struct mm *mm, gaddr a, void *buf, size_t n, bool write)
{
    uint8_t *alias = mixed_alias(mm, a);
    if (!alias) return lifted(mm, a, buf, n, write);
    copy_operand(write ? alias : buf, write ? buf : alias, n); /* mm's own memory: it is there */
    return true;
}

bool mm_mixed_access(struct mm *mm, gaddr a, void *value, unsigned n, bool write)
{
    uint8_t must = write ? PG_W : PG_R, not = PG_EMU | PG_EOF | (write ? PG_WATCHED : 0);
    if (mm->trips || within_page(a, n) < n) return false;
    space_lock(mm);
    bool ok = (*page_of(mm, a) & (must | not )) == must && !(write && journal_armed(mm, a));
    uint8_t *alias = ok ? mixed_alias(mm, a) : NULL;
    if (alias) copy_operand(write ? alias : value, write ? value : alias, n);
    space_unlock(mm);
    return alias != NULL;
}

const uint8_t *mm_page_bytes(const struct mm *mm)
{
    return mm->page;
}

static_assert(MM_PAGE_SLOW == (PG_SLOW | PG_EMU | PG_EOF), "what mm_is_slow() looks for");

bool access_piece(struct mm *mm, gaddr a, void *buf, size_t n, bool write)
{
    if (access_plain(mm, a, write)) {
        void *host = mm_host(mm->base, a);
        return write ? guard_copy(host, buf, n) : guard_copy(buf, host, n);
    }
    space_lock(mm);
    if (write) {
        journal_store(mm, a, a + (gaddr)n);
        watch_report(mm, a, a + (gaddr)n);
    }
    uint8_t p = *page_of(mm, a);
    bool ok;
    if (!(p & (write ? PG_W : PG_R)))
        ok = false; /* another thread was quicker */
    else if (p & PG_EMU)
        ok = emulated(mm, a, buf, n, write);
    else
        ok = aliased(mm, a, buf, n, write);
    space_unlock(mm);
    return ok;
}

bool access_force(struct mm *mm, gaddr a, const void *from, size_t n)
{
    const uint8_t *p = from;
    bool ok = true;
    space_lock(mm);
    while (n && ok) {
        size_t part = within_page(a, n);
        ok = *page_of(mm, a) & PG_MAPPED && lifted(mm, a, (void *)p, part, true);
        a += (gaddr)part, p += part, n -= part;
    }
    space_unlock(mm);
    return ok;
}

/* A piece failed although the page table allows it: the file behind it is shorter now, or another thread has
 * changed the mapping. */
static bool piece_fault(struct mm *mm, gaddr a, size_t n, bool write, struct mm_fault *f)
{
    return access_ready(mm, a, n, write, f) ? fault(f, a, write, true, true) : false;
}

bool mm_load(struct mm *mm, gaddr from, void *to, unsigned n, struct mm_fault *f)
{
    uint8_t tmp[16] __attribute__((aligned(16)));
    unsigned done = 0;
    trip_check(mm, from, n, false, true);
    while (done < n) {
        gaddr a = from + done;
        size_t part = within_page(a, n - done);
        if (a < from) return fault(f, 0, false, false, false);
        if (!access_ready(mm, a, part, false, f)) return false;
        if (!access_piece(mm, a, tmp + done, part, false)) return piece_fault(mm, a, part, false, f);
        done += (unsigned)part;
    }
    memcpy(to, tmp, n);
    return true;
}

/* Two pages: nothing may be stored into the first if the second one cannot take its part. Bytes are
 * stored from the second one on for that. */
bool mm_store(struct mm *mm, gaddr to, const void *from, unsigned n, struct mm_fault *f)
{
    uint8_t tmp[16] __attribute__((aligned(16)));
    trip_check(mm, to, n, true, true);
    size_t first = within_page(to, n);
    if (first < n ? !mm_probe(mm, to, n, true, f) : !access_ready(mm, to, n, true, f)) return false;
    memcpy(tmp, from, n);
    gaddr next = to + (gaddr)first;
    if (first < n && !access_piece(mm, next, tmp + first, n - first, true))
        return piece_fault(mm, next, n - first, true, f);
    if (!access_piece(mm, to, tmp, first, true)) return piece_fault(mm, to, first, true, f);
    return true;
}

/* The page table does not know where a directly mapped file ends; a byte read there does. */
static bool page_there(struct mm *mm, gaddr a)
{
    uint8_t byte;
    return access_piece(mm, a, &byte, 1, false);
}

bool mm_probe(struct mm *mm, gaddr a, unsigned n, bool write, struct mm_fault *f)
{
    uint64_t end = (uint64_t)a + n;
    for (uint64_t p = a; p < end; p = (p | (GPAGE - 1)) + 1) {
        if (!access_ready(mm, (gaddr)p, 1, write, f)) return false;
        if (!page_there(mm, (gaddr)p)) return piece_fault(mm, (gaddr)p, 1, write, f);
    }
    return true;
}

/* Is the byte executable? Otherwise *f says why not. */
static bool page_executable(struct mm *mm, gaddr a, struct mm_fault *f)
{
    if (!page_ready(mm, a, false, f)) return false;
    return *page_of(mm, a) & PG_X || fault(f, a, false, true, false);
}

unsigned mm_fetch(struct mm *mm, gaddr from, void *to, unsigned n, struct mm_fault *f)
{
    unsigned done = 0;
    while (done < n) {
        gaddr a = from + done;
        unsigned part = (unsigned)within_page(a, n - done);
        if (a < from) {
            fault(f, 0, false, false, false);
            return done;
        }
        if (!(access_plain(mm, a, false) && *page_of(mm, a) & PG_X) && !page_executable(mm, a, f))
            return done;
        if (!access_piece(mm, a, (uint8_t *)to + done, part, false)) {
            piece_fault(mm, a, part, false, f);
            return done;
        }
        done += part;
    }
    return done;
}
