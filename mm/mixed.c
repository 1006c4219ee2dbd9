/* Mixed blocks: host pages that the host must protect more than some of their guest pages, because others
 * allow less. A global variable beside read-only data is one. What the guest may do there nevertheless
 * faults and is completed by access.c, and to lift the host's protection each time would cost two system
 * calls and let other threads in. So a block that is touched like this moves to a memory file that is
 * mapped twice: in the window, as protected as it must be, and here, writable, for mm's own use.
 *
 * A memory file is shared with a child of fork, private memory is not: mm_fork() first makes all of them
 * ordinary memory again. Callers hold the lock. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mm/journal.h"
#include "mm/space.h"

static const size_t ALIAS_SIZE = 64 << 20; /* address space; the file is as long as it must be */

static uint32_t block_index(const struct mm *mm, gaddr a)
{
    return a >> mm->gran_shift;
}

static uint8_t *alias_of(const struct mm *mm, gaddr a)
{
    size_t slot = mm->mixed.slot[block_index(mm, a)];
    return mm->mixed.alias + (slot << mm->gran_shift) + (a & (mm->gran - 1));
}

static void *lazy_words(size_t n)
{
    void *p = mmap(NULL, n * sizeof(uint32_t), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static bool open_file(struct mm *mm)
{
    struct mixed *m = &mm->mixed;
    size_t blocks = (size_t)1 << (32 - mm->gran_shift), slots = ALIAS_SIZE >> mm->gran_shift;
    int fd = memfd_create("tierrun mixed pages", MFD_CLOEXEC);
    if (fd < 0) return false;
    m->fd = mfile_hide(fd);
    close(fd);
    m->slot = lazy_words(blocks);
    m->owner = lazy_words(slots);
    void *p = mmap(NULL, ALIAS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, m->fd, 0);
    if (m->fd >= 0 && m->slot && m->owner && p != MAP_FAILED) {
        m->alias = p;
        return true;
    }
    if (p != MAP_FAILED) munmap(p, ALIAS_SIZE);
    mixed_close(mm);
    return false;
}

void mixed_close(struct mm *mm)
{
    struct mixed *m = &mm->mixed;
    size_t blocks = (size_t)1 << (32 - mm->gran_shift), slots = ALIAS_SIZE >> mm->gran_shift;
    if (m->alias) munmap(m->alias, ALIAS_SIZE);
    if (m->slot) munmap(m->slot, blocks * sizeof *m->slot);
    if (m->owner) munmap(m->owner, slots * sizeof *m->owner);
    if (m->fd > 0) close(m->fd);
    memset(m, 0, sizeof *m);
}

/* Slots that were given back are in a list through owner[]; the others begin at m->slots. */
static bool take_slot(struct mm *mm, uint32_t *slot)
{
    struct mixed *m = &mm->mixed;
    if (!m->alias && !open_file(mm)) return false;
    if (m->free) {
        *slot = m->free - 1;
        m->free = m->owner[*slot];
        return true;
    }
    if (m->slots == ALIAS_SIZE >> mm->gran_shift) return false;
    if (ftruncate(m->fd, (off_t)(m->slots + 1) << mm->gran_shift)) return false;
    *slot = m->slots++;
    return true;
}

static void give_slot(struct mm *mm, uint32_t slot)
{
    struct mixed *m = &mm->mixed;
    m->owner[slot] = m->free;
    m->free = slot + 1;
    m->used--;
}

/* The page table's own pages of the block; beyond the end of a file there is nothing to copy. */
static void copy_pages(struct mm *mm, gaddr block, uint8_t *to)
{
    for (gaddr i = 0; i < mm->gran; i += GPAGE) {
        uint8_t *p = page_of(mm, block + i);
        bool there = *p & PG_MAPPED && !(*p & (PG_EMU | PG_EOF));
        if (there && guard_copy(to + i, mm_host(mm->base, block + i), GPAGE)) continue;
        memset(to + i, 0, GPAGE);
        if (there) *p |= PG_EOF;
    }
}

static int protection(uint8_t bits)
{
    return (bits & PG_R ? PROT_READ : 0) | (bits & PG_W ? PROT_WRITE : 0);
}

static bool adopt(struct mm *mm, gaddr block)
{
    struct mixed *m = &mm->mixed;
    uint8_t *host = mm_host(mm->base, block), bits = *block_of(mm, block) & BK_PROT;
    uint32_t slot;
    if (!take_slot(mm, &slot)) return false;
    off_t at = (off_t)slot << mm->gran_shift;
    m->used++;
    /* Read-only while it is copied: no store of another thread gets lost, it waits for the lock. */
    bool anon = *block_of(mm, block) & BK_ANON;
    bool ok = (anon ? zeropage_mprotect(mm, host, mm->gran, protection(bits), PROT_READ)
                    : mprotect(host, mm->gran, PROT_READ)) == 0;
    if (ok) {
        copy_pages(mm, block, m->alias + at);
        ok = mmap(host, mm->gran, protection(bits), MAP_SHARED | MAP_FIXED, m->fd, at) != MAP_FAILED;
    }
    if (!ok) {
        mprotect(host, mm->gran, protection(bits));
        give_slot(mm, slot);
        return false;
    }
    m->slot[block_index(mm, block)] = slot;
    m->owner[slot] = block_index(mm, block);
    *block_of(mm, block) = BK_MIXED | bits;
    host_protect(mm, block, block + GPAGE);
    return true;
}

uint8_t *mixed_alias(struct mm *mm, gaddr a)
{
    uint8_t kind = *block_of(mm, a) & BK_KIND;
    if (kind == BK_MIXED) return alias_of(mm, a);
    if (!(kind & (BK_ANON | BK_PRIVATE)) || !(*page_of(mm, a) & PG_SLOW)) return NULL;
    return adopt(mm, block_floor(mm, a)) ? alias_of(mm, a) : NULL;
}

void mixed_forget(struct mm *mm, uint64_t start, uint64_t end)
{
    for (uint64_t a = start; mm->mixed.used && a < end; a += mm->gran)
        if (*block_of(mm, (gaddr)a) & BK_MIXED) {
            give_slot(mm, mm->mixed.slot[block_index(mm, (gaddr)a)]);
            *block_of(mm, (gaddr)a) &= (uint8_t)~BK_KIND;
        }
}

/* Makes a mixed block private memory again. */
static bool release(struct mm *mm, gaddr block)
{
    uint8_t bits = *block_of(mm, block) & BK_PROT, *host = mm_host(mm->base, block);
    uint8_t *alias = alias_of(mm, block);
    if (mprotect(host, mm->gran, PROT_READ)) return false;
    memcpy(mm->bounce, alias, mm->gran);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (mmap(host, mm->gran, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) {
        host_lower(mm, block);
        return false;
    }
    memcpy(host, mm->bounce, mm->gran);
    mixed_forget(mm, block, (uint64_t)block + mm->gran);
    *block_of(mm, block) = BK_ANON | bits;
    host_lower(mm, block);
    return true;
}

bool mixed_release(struct mm *mm, uint64_t start, uint64_t end)
{
    bool ok = true;
    for (uint64_t a = start; mm->mixed.used && a < end && ok; a += mm->gran)
        if (*block_of(mm, (gaddr)a) & BK_MIXED) ok = release(mm, (gaddr)a);
    return ok;
}

static bool release_all(struct mm *mm)
{
    struct mixed *m = &mm->mixed;
    bool ok = true;
    for (uint32_t slot = 0; slot < m->slots && m->used && ok; slot++) {
        gaddr block = m->owner[slot] << mm->gran_shift;
        if (*block_of(mm, block) & BK_MIXED && m->slot[m->owner[slot]] == slot) ok = release(mm, block);
    }
    return ok;
}

pid_t mm_fork_as(struct mm *mm, mm_make_child *make, void *ctx)
{
    space_lock(mm);
    pid_t pid = -1;
    if (release_all(mm))
        pid = make(ctx);
    else
        errno = ENOMEM;
    if (pid == 0) {
        mixed_close(mm); /* the parent's file */
        journal_end(mm); /* the parent's, too */
        space_make_lock(mm);
        return 0;
    }
    int saved = errno;
    space_unlock(mm);
    errno = saved;
    return pid;
}

static pid_t plain_fork(void *ctx)
{
    (void)ctx;
    return fork();
}

pid_t mm_fork(struct mm *mm)
{
    return mm_fork_as(mm, plain_fork, NULL);
}
