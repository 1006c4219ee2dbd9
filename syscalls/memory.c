/* Memory calls: argument forms and constants; the address space itself is mm's. */
#include <sys/mman.h>

#include "syscalls/sys.h"

/* mmap with flags of the guest; unknown bits are ignored, as by the kernel. Type 0 must stay an error. */
static long map(struct call *c, const uint32_t a[5], uint64_t offset)
{
    int flags = (int)flags_to_host(FT_MAP, a[3]);
    int prot = (int)flags_to_host(FT_PROT, a[2]);
    bool anonymous = flags & MAP_ANONYMOUS;
    int fd = anonymous ? -1 : fd_usable(c->s, a[4]);
    return (long)mm_mmap(c->mm, a[0], a[1], prot, flags, fd, offset);
}

long call_mmap(struct call *c) /* old_mmap: one pointer to six words */
{
    uint32_t a[6];
    if (mm_read(c->mm, c->arg[0], a, sizeof a)) return -G_EFAULT;
    if (a[5] & (GPAGE - 1)) return -G_EINVAL;
    return map(c, a, a[5]);
}

long call_mmap2(struct call *c) /* offset in pages */
{
    return map(c, c->arg, (uint64_t)c->arg[5] << GPAGE_SHIFT);
}

long call_munmap(struct call *c)
{
    return mm_munmap(c->mm, c->arg[0], c->arg[1]);
}

long call_mprotect(struct call *c)
{
    if (!flags_known(FT_PROT, c->arg[2])) return -G_EINVAL;
    return mm_mprotect(c->mm, c->arg[0], c->arg[1], (int)flags_to_host(FT_PROT, c->arg[2]));
}

long call_mremap(struct call *c)
{
    if (!flags_known(FT_MREMAP, c->arg[3])) return -G_EINVAL;
    int flags = (int)flags_to_host(FT_MREMAP, c->arg[3]);
    return (long)mm_mremap(c->mm, c->arg[0], c->arg[1], c->arg[2], flags, c->arg[4]);
}

long call_brk(struct call *c)
{
    return (long)mm_brk(c->mm, c->arg[0]);
}

long call_msync(struct call *c)
{
    if (!flags_known(FT_MSYNC, c->arg[2])) return -G_EINVAL;
    return mm_msync(c->mm, c->arg[0], c->arg[1], (int)flags_to_host(FT_MSYNC, c->arg[2]));
}

long call_madvise(struct call *c)
{
    int advice = value_to_host(FT_MADV, c->arg[2]);
    if (advice < 0) return -G_EINVAL;
    return mm_madvise(c->mm, c->arg[0], c->arg[1], advice);
}

long call_mincore(struct call *c)
{
    return mm_mincore(c->mm, c->arg[0], c->arg[1], c->arg[2]);
}

/* Locking is advice here: the pages are there, whether they stay is the host's decision. */
long call_mlock(struct call *c)
{
    uint64_t end = (uint64_t)c->arg[0] + c->arg[1];
    for (uint64_t a = gpage_floor(c->arg[0]); a < end; a += GPAGE)
        if (mm_page_prot(c->mm, (gaddr)a) < 0) return -G_ENOMEM;
    return 0;
}

long call_mlockall(struct call *c)
{
    (void)c;
    return 0;
}
