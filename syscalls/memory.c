/* Memory calls: argument forms; the address space itself is mm's, which takes the guest's constants. */
#include "syscalls/sys.h"

static long map(struct call *c, const uint32_t a[5], uint64_t offset)
{
    int fd = a[3] & GMAP_ANONYMOUS ? -1 : fd_usable(c->s, a[4]);
    return (long)mm_mmap(c->mm, a[0], a[1], (int)a[2], (int)a[3], fd, offset);
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
    return mm_mprotect(c->mm, c->arg[0], c->arg[1], (int)c->arg[2]);
}

long call_mremap(struct call *c)
{
    return (long)mm_mremap(c->mm, c->arg[0], c->arg[1], c->arg[2], (int)c->arg[3], c->arg[4]);
}

long call_brk(struct call *c)
{
    return (long)mm_brk(c->mm, c->arg[0]);
}

long call_msync(struct call *c)
{
    return mm_msync(c->mm, c->arg[0], c->arg[1], (int)c->arg[2]);
}

long call_madvise(struct call *c)
{
    return mm_madvise(c->mm, c->arg[0], c->arg[1], (int)c->arg[2]);
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

long call_mlock2(struct call *c)
{
    enum { ONFAULT = 1 };
    return c->arg[2] & ~(uint32_t)ONFAULT ? -G_EINVAL : call_mlock(c);
}

long call_mlockall(struct call *c)
{
    (void)c;
    return 0;
}
