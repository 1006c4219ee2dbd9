/* The window itself: reserves it, frees it, and knows where its ends are. */
#include "mm/space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MAX_GRAN = 65536 };
/* Translated code adds base, index and displacement in 64 bits: sums that would wrap end in the guard. */
static const uint64_t WINDOW = 1ull << 32, GUARD = (1ull << 32) + (1 << 20), BASE_ALIGN = 1ull << 32,
                      FIRST_BASE = 1ull << 36, LAST_BASE = 1ull << 39;
/* Of an i386 process on a 64-bit kernel, and if execve() was told so by personality(ADDR_LIMIT_3GB). */
static const gaddr TASK_SIZE = 0xffffe000, TASK_SIZE_3GB = 0xc0000000;

void space_lock(struct mm *mm)
{
    pthread_mutex_lock(&mm->lock);
}

void space_unlock(struct mm *mm)
{
    pthread_mutex_unlock(&mm->lock);
}

int guest_errno(int host_errno)
{
    /* Up to ERANGE all Linux hosts agree; beyond, MIPS has numbers of its own. */
    if (host_errno > 0 && host_errno <= ERANGE) return -host_errno;
    return host_errno == EOVERFLOW ? -G_EOVERFLOW : host_errno == EOPNOTSUPP ? -G_EOPNOTSUPP : -G_EINVAL;
}

void space_make_lock(struct mm *mm)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mm->lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

static void *lazy_bytes(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* Around the window nothing may lie within GUARD. In the middle of the address space, far from where
 * programs, libraries, stacks and mappings without an address go, nothing does; there the window alone is
 * taken, which is far cheaper where pages are counted one by one (under qemu-user). */
static bool reserve_apart(struct mm *mm)
{
    const uint64_t edge = MAX_GRAN, size = WINDOW + 2 * edge;
    for (uint64_t base = FIRST_BASE; base <= LAST_BASE; base += FIRST_BASE) {
        void *want = (void *)(uintptr_t)(base - WINDOW / 2 - edge);
        void *p = mmap(want, size, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (p == MAP_FAILED) continue;
        if (p != want) { /* an old kernel, or qemu-user: the address was a hint */
            munmap(p, size);
            continue;
        }
        mm->reserve = p;
        mm->reserve_size = size;
        mm->base = (uint8_t *)(uintptr_t)base;
        return true;
    }
    return false;
}

/* [base - 2 GiB, base + 2 GiB), all of it inaccessible. The base's low 32 bits are 0: so the low half of a
 * host address within is the guest address. */
static bool reserve_window(struct mm *mm)
{
    if (reserve_apart(mm)) return true;
    size_t size = WINDOW + 2 * GUARD + BASE_ALIGN;
    void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return false;
    mm->reserve = p;
    mm->reserve_size = size;
    uintptr_t least = (uintptr_t)p + GUARD + WINDOW / 2;
    mm->base = (uint8_t *)((least + BASE_ALIGN - 1) & ~(uintptr_t)(BASE_ALIGN - 1));
    return true;
}

/* RLIMIT_STACK as Linux takes it for the stack's reach and for where mappings start. */
static gaddr stack_limit(const struct mm_options *opt)
{
    struct rlimit r;
    if (opt->stack_size) return page_ceil(opt->stack_size);
    if (getrlimit(RLIMIT_STACK, &r) || r.rlim_cur > 0xc0000000) return 0xc0000000;
    return gpage_floor((gaddr)r.rlim_cur);
}

/* mmap_base() of arch/x86/mm/mmap.c without the random part: the gap for the stack is its limit, its greatest
 * random offset and the guard gap, clamped to [128 MiB, 5/6 of the address space]. */
static void lay_out(struct mm *mm, const struct mm_options *opt)
{
    int persona = personality(0xffffffff);
    uint64_t limit = persona != -1 && persona & ADDR_LIMIT_3GB ? TASK_SIZE_3GB : TASK_SIZE;
    if (opt->reserved_va && opt->reserved_va < limit) limit = opt->reserved_va;
    mm->limit = gpage_floor((gaddr)limit);
    mm->stack_limit = stack_limit(opt);
    uint64_t gap = (uint64_t)mm->stack_limit + 0x7ff000 + GUARD_GAP;
    uint64_t max = mm->limit / 6 * 5ull, min = 128u << 20;
    gap = gap < min ? min : gap;
    gap = gap > max ? max : gap;
    mm->mmap_base = page_ceil((gaddr)(mm->limit - gap));
    mm->bottom_up_base = page_ceil(mm->limit / 3);
    mm->lowest = 65536; /* vm.mmap_min_addr */
}

/* The least multiple at which this host maps all that we map: its page size, but where the data cache would
 * hold shared memory twice (MIPS with 4 KiB pages) shared mappings are refused at other multiples than its
 * ways' size. */
static uint32_t host_granularity(const struct mm *mm)
{
    uint32_t gran = (uint32_t)sysconf(_SC_PAGESIZE);
    for (; gran < MAX_GRAN; gran *= 2) {
        uint8_t *at = mm->base + gran;
        int fixed = MAP_ANONYMOUS | MAP_FIXED;
        void *p = mmap(at, gran, PROT_NONE, MAP_SHARED | fixed, -1, 0);
        if (p == MAP_FAILED && errno == EINVAL) continue;
        if (p == at) mmap(at, gran, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE | fixed, -1, 0);
        break;
    }
    return gran;
}

static bool set_granularity(struct mm *mm, uint32_t wanted, const char **why)
{
    uint32_t host = host_granularity(mm);
    mm->gran = wanted ? wanted : host;
    if (mm->gran & (mm->gran - 1) || mm->gran < GPAGE || mm->gran > MAX_GRAN) {
        *why = "the host page size must be 4096, 8192, 16384, 32768 or 65536 bytes";
        return false;
    }
    if (mm->gran < host) {
        *why = "--host-page cannot be smaller than this host's own pages or, on some, than the ways of its "
               "data cache";
        return false;
    }
    mm->gran_shift = (uint32_t)__builtin_ctz(mm->gran);
    return true;
}

struct mm *mm_new(const struct mm_options *opt, const char **why)
{
    struct mm *mm = lazy_bytes(sizeof *mm);
    if (!mm) {
        *why = "no memory for the guest's page table";
        return NULL;
    }
    mm->page = lazy_bytes(GPAGES);
    mm->block = lazy_bytes(GPAGES);
    if (!mm->page || !mm->block || !reserve_window(mm)) {
        *why = "cannot reserve 4 GiB of address space for the guest (see ulimit -v)";
        mm_free(mm);
        return NULL;
    }
    if (!set_granularity(mm, opt->host_page, why)) {
        mm_free(mm);
        return NULL;
    }
    space_make_lock(mm);
    mm->stores_unwatched = opt->stores_unwatched;
    mm->most = mm->most_data = UINT64_MAX;
    mm->zero_forgotten = zeropage_forgotten();
    lay_out(mm, opt);
    return mm;
}

void mm_free(struct mm *mm)
{
    if (!mm) return;
    if (mm->vmas) vma_cut(mm, 0, mm->limit);
    if (mm->mixed.alias) mixed_close(mm);
    journal_free(mm);
    if (mm->reserve) munmap(mm->reserve, mm->reserve_size);
    if (mm->page) munmap(mm->page, GPAGES);
    if (mm->block) munmap(mm->block, GPAGES);
    free(mm->vma);
    munmap(mm, sizeof *mm);
}

uint32_t mm_host_page(const struct mm *mm)
{
    return mm->gran;
}

uint8_t *mm_base(const struct mm *mm)
{
    return mm->base;
}

bool mm_guest_of_sig(const struct mm *mm, const void *host, gaddr *out)
{
    if ((const uint8_t *)host < mm->reserve || (const uint8_t *)host >= mm->reserve + mm->reserve_size)
        return false;
    /* The guard above the window continues it: an access at 0x7fffffff that crosses ends at 0x80000000. */
    *out = (gaddr)((const uint8_t *)host - mm->base);
    return true;
}

int mm_page_prot(const struct mm *mm, gaddr a)
{
    uint8_t p = *page_of(mm, a);
    return p & PG_MAPPED ? p & PG_PROT : -1;
}

void mm_areas(const struct mm *mm, struct mm_areas *out)
{
    *out = mm->areas;
}

void mm_set_read_implies_exec(struct mm *mm, bool on)
{
    mm->read_implies_exec = on;
}
