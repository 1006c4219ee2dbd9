#include "jit/mips64/memory.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { REGION = 256 << 20 };

static char *map(void *hint, size_t bytes, bool wx)
{
    void *p = mmap(hint, bytes, PROT_READ | PROT_EXEC | (wx ? 0 : PROT_WRITE),
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static uintptr_t region_of(const void *p)
{
    return (uintptr_t)p / REGION;
}

/* In the region of our own code, from its end downward: helpers there are within reach of a jal. NULL:
 * taken. */
static char *map_near(size_t bytes, bool wx)
{
    enum { STEP = 16 << 20 };
    uintptr_t region = region_of((const void *)(uintptr_t)codemem_new);
    for (size_t below = bytes; below <= REGION; below += STEP) {
        char *p = map((void *)((region + 1) * REGION - below), bytes, wx);
        if (!p) return NULL;
        if (region_of(p) == region && region_of(p + bytes - 1) == region) return p;
        munmap(p, bytes);
    }
    return NULL;
}

/* Anywhere: of twice as much, the part up to or from a region's border lies in one region. */
static char *map_far(size_t bytes, bool wx)
{
    char *p = map(NULL, 2 * bytes, wx);
    if (!p) return NULL;
    size_t skip = 0;
    if (region_of(p) != region_of(p + bytes - 1)) skip = REGION - (uintptr_t)p % REGION;
    if (skip) munmap(p, skip);
    if (skip < bytes) munmap(p + skip + bytes, bytes - skip);
    return p + skip;
}

static uintptr_t page_mask(void)
{
    return (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
}

bool codemem_new(struct codemem *cm, size_t bytes, bool wx)
{
    bytes = (bytes + page_mask()) & ~page_mask();
    if (!bytes || bytes > REGION) return false;
    char *p = map_near(bytes, wx);
    if (!p) p = map_far(bytes, wx);
    if (!p) return false;
    uint32_t *begin = (uint32_t *)(void *)p;
    *cm = (struct codemem){.begin = begin, .next = begin, .kept = begin, .end = begin + bytes / 4, .wx = wx};
    return true;
}

void codemem_free(struct codemem *cm)
{
    munmap(cm->begin, (size_t)((char *)cm->end - (char *)cm->begin));
    *cm = (struct codemem){0};
}

/* --- protection -------------------------------------------------------------------------------------- */

static void protect(char *from, const char *to, int prot)
{
    if (!mprotect(from, (size_t)(to - from), prot)) return;
    /* Only a kernel without memory for its own tables refuses; there is no way to go on. */
    static const char why[] = "tierrun: code memory cannot change its protection\n";
    (void)!write(STDERR_FILENO, why, sizeof why - 1);
    _exit(125);
}

/* Of [from, to), what is not writable becomes so, and what lies between it and other such pages. */
static void make_writable(struct codemem *cm, uint32_t *from, uint32_t *to)
{
    if (!cm->wx) return;
    char *low = (char *)((uintptr_t)from & ~page_mask());
    char *high = (char *)(((uintptr_t)to + page_mask()) & ~page_mask());
    if (cm->writable) {
        if (low >= cm->writable && high <= cm->written) return;
        low = low < cm->writable ? low : cm->writable;
        high = high > cm->written ? high : cm->written;
    }
    protect(low, high, PROT_READ | PROT_WRITE);
    cm->writable = low;
    cm->written = high;
}

void codemem_open(struct codemem *cm)
{
    cm->writers++;
}

void codemem_close(struct codemem *cm)
{
    assert(cm->writers);
    if (--cm->writers || !cm->writable) return;
    protect(cm->writable, cm->written, PROT_READ | PROT_EXEC);
    cm->writable = cm->written = NULL;
}

/* --- writing ----------------------------------------------------------------------------------------- */

static void flush(uint32_t *from, uint32_t *to)
{
    if (from != to) __builtin___clear_cache((char *)from, (char *)to);
}

struct code codemem_reserve(struct codemem *cm, size_t max_words)
{
    if (max_words > (size_t)(cm->end - cm->next)) return (struct code){.overflow = true};
    codemem_open(cm);
    make_writable(cm, cm->next, cm->next + max_words);
    return (struct code){.at = cm->next, .begin = cm->next, .end = cm->next + max_words};
}

void codemem_commit(struct codemem *cm, const struct code *c)
{
    assert(c->begin == cm->next && !c->overflow);
    flush(c->begin, c->at);
    cm->next = c->at;
    codemem_close(cm);
}

void codemem_abort(struct codemem *cm, const struct code *c)
{
    if (c->begin) codemem_close(cm);
}

void codemem_patch(struct codemem *cm, uint32_t *at, uint32_t word)
{
    codemem_open(cm);
    make_writable(cm, at, at + 1);
    *at = word;
    flush(at, at + 1);
    codemem_close(cm);
}

void codemem_keep(struct codemem *cm)
{
    cm->kept = cm->next;
}

void codemem_reset(struct codemem *cm)
{
    assert(!cm->writers);
    cm->next = cm->kept;
    cm->generation++;
}
