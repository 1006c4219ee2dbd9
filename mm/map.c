/* mmap, munmap, mprotect, brk and the growing stack, as Linux has them for an i386 process.
 * Decides what the list of mappings shall be; host.c makes it so. */
#include "mm/space.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int map_region(struct mm *mm, struct vma v, int fd)
{
    int err = -G_ENOMEM;
    if (vma_room(mm, 3)) {
        watch_report(mm, v.start, v.end);
        err = host_map(mm, &v, v.start, v.end, fd);
        if (err) host_unmap(mm, v.start, v.end);
        vma_cut(mm, v.start, v.end);
    }
    if (err)
        mfile_drop(mm, v.file);
    else
        vma_insert(mm, v);
    if (!err && !(v.flags & VMA_SHARED)) journal_renew(mm, v.start, v.end);
    return err;
}

void map_remove(struct mm *mm, gaddr start, gaddr end)
{
    if (!vma_any(mm, start, end)) return;
    watch_report(mm, start, end);
    host_unmap(mm, start, end);
    vma_cut(mm, start, end);
}

/* --- mmap --------------------------------------------------------------------------------------------- */

/* Where a mapping goes; get_unmapped_area(). */
static int64_t place(const struct mm *mm, gaddr addr, gaddr len, int flags, uint64_t offset)
{
    if (len > mm->limit) return -G_ENOMEM;
    if (!(flags & (GMAP_FIXED | GMAP_FIXED_NOREPLACE))) {
        gaddr at = vma_hole(mm, addr, len, offset);
        return at ? (int64_t)at : -G_ENOMEM;
    }
    if (addr > mm->limit - len) return -G_ENOMEM;
    if (addr % GPAGE) return -G_EINVAL;
    if (addr < mm->lowest && geteuid() != 0) return -G_EPERM;
    if (flags & GMAP_FIXED_NOREPLACE && vma_any(mm, addr, addr + len)) return -G_EEXIST;
    return addr;
}

/* The host's own word on whether an unusual file can be mapped at all. */
static int try_mapping(int fd, bool shared)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *p = mmap(NULL, page, PROT_READ, shared ? MAP_SHARED : MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return guest_errno(errno);
    munmap(p, page);
    return 0;
}

/* The checks of do_mmap() on a file, in its order. */
static int check_file(int fd, int prot, int flags, uint8_t *vma_flags)
{
    struct stat st;
    struct statvfs fs;
    int mode = fcntl(fd, F_GETFL), type = flags & GMAP_TYPE;
    if (mode < 0 || mode & O_PATH || fstat(fd, &st)) return -G_EBADF;
    bool shared = type == GMAP_SHARED || type == GMAP_SHARED_VALIDATE;
    if (!shared && type != GMAP_PRIVATE) return -G_EINVAL;
    if (type == GMAP_SHARED_VALIDATE && flags & ~GMAP_LEGACY_MASK) return -G_EOPNOTSUPP;
    if (shared && prot & PG_W && (mode & O_ACCMODE) != O_RDWR) return -G_EACCES;
    if ((mode & O_ACCMODE) == O_WRONLY) return -G_EACCES;
    if (fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_NOEXEC) {
        if (prot & PG_X) return -G_EPERM;
        *vma_flags |= VMA_NO_EXEC;
    }
    if (S_ISDIR(st.st_mode) || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) return -G_ENODEV;
    if (flags & GMAP_GROWSDOWN) return -G_EINVAL;
    if (shared) *vma_flags |= VMA_SHARED;
    if (shared && (mode & O_ACCMODE) != O_RDWR) *vma_flags |= VMA_NO_WRITE;
    bool usual = (S_ISREG(st.st_mode) && st.st_size > 0) || S_ISBLK(st.st_mode);
    return usual ? 0 : try_mapping(fd, shared);
}

/* A device can only be mapped by the host itself, in whole blocks. */
static bool unmappable(const struct mm *mm, const struct vma *v)
{
    gaddr mask = mm->gran - 1;
    return v->file && v->file->device && ((v->start | v->end) & mask || (v->start - (gaddr)v->offset) & mask);
}

/* Gives v its file. *fd becomes the descriptor to map from; *own says whether it must be closed. */
static int back(struct mm *mm, struct vma *v, int flags, int *fd, bool *own)
{
    int err = 0;
    bool shared = (flags & GMAP_TYPE) != GMAP_PRIVATE;
    if (!(flags & GMAP_ANONYMOUS)) {
        v->file = mfile_open(mm, *fd, shared, &err);
    } else if (shared) {
        v->offset = 0;
        v->file = mfile_memory(mm, v->end - v->start, fd, &err);
        *own = v->file;
    } else {
        v->offset = 0;
    }
    if (!err && unmappable(mm, v)) {
        mfile_drop(mm, v->file);
        err = -G_ENODEV;
    }
    return err;
}

static int check_anonymous(int flags, uint8_t *vma_flags)
{
    int type = flags & GMAP_TYPE;
    if (type != GMAP_SHARED && type != GMAP_PRIVATE) return -G_EINVAL;
    if (type == GMAP_SHARED && flags & GMAP_GROWSDOWN) return -G_EINVAL;
    if (type == GMAP_SHARED) *vma_flags |= VMA_SHARED;
    if (flags & GMAP_GROWSDOWN) *vma_flags |= VMA_GROWSDOWN;
    return 0;
}

static void tell_map(struct mm *mm, const struct vma *v, int flags, int fd)
{
    struct mm_change told = {.kind = MM_MAP, .arg = {v->start, v->end - v->start, v->prot}};
    told.offset = v->offset;
    told.arg[3] = (uint32_t)((flags | GMAP_FIXED) & ~GMAP_FIXED_NOREPLACE);
    journal_call(mm, &told, fd);
}

static int64_t map_locked(struct mm *mm, gaddr addr, gaddr len, int prot, int flags, int fd, uint64_t offset)
{
    struct vma v = {.offset = offset};
    int64_t at = place(mm, addr, len, flags, flags & GMAP_ANONYMOUS ? 0 : offset);
    if (at < 0) return at;
    v.start = (gaddr)at, v.end = (gaddr)at + len;
    int err =
        flags & GMAP_ANONYMOUS ? check_anonymous(flags, &v.flags) : check_file(fd, prot, flags, &v.flags);
    if (err) return err;
    if (flags & GMAP_NORESERVE) v.flags |= VMA_NORESERVE;
    if (mm->read_implies_exec && prot & PG_R && !(v.flags & VMA_NO_EXEC)) prot |= PG_X;
    v.prot = prot & PG_PROT;
    if (!quota_allows_mapping(mm, &v)) return -G_ENOMEM;
    bool own = false;
    err = back(mm, &v, flags, &fd, &own);
    if (!err) err = map_region(mm, v, fd);
    if (own) flags &= ~GMAP_ANONYMOUS;
    if (!err) tell_map(mm, &v, flags, fd);
    if (own) close(fd);
    return err ? err : at;
}

int64_t mm_mmap(struct mm *mm, gaddr addr, uint32_t len, int prot, int flags, int fd, uint64_t offset)
{
    if (offset % GPAGE) return -G_EINVAL;
    if (!(flags & GMAP_ANONYMOUS) && fcntl(fd, F_GETFD) < 0) return -G_EBADF;
    if (flags & GMAP_HUGETLB) return flags & GMAP_ANONYMOUS ? -G_ENOMEM : -G_EINVAL;
    if (len == 0) return -G_EINVAL;
    len = page_ceil(len);
    if (len == 0) return -G_ENOMEM;
    space_lock(mm);
    int64_t r = map_locked(mm, addr, len, prot, flags, fd, offset);
    space_unlock(mm);
    return r;
}

int mm_munmap(struct mm *mm, gaddr addr, uint32_t len)
{
    if (addr % GPAGE || addr > mm->limit || len > mm->limit - addr) return -G_EINVAL;
    len = page_ceil(len);
    if (len == 0) return -G_EINVAL;
    space_lock(mm);
    int err = vma_room(mm, 2) ? 0 : -G_ENOMEM;
    if (!err) map_remove(mm, addr, addr + len);
    if (!err) journal_call(mm, &(struct mm_change){.kind = MM_UNMAP, .arg = {addr, len}}, -1);
    space_unlock(mm);
    return err;
}

/* --- mprotect
 * ------------------------------------------------------------------------------------------------ */

/* Protects the part of one mapping that lies in [start,end). */
static int protect_part(struct mm *mm, size_t i, gaddr start, gaddr end, int prot)
{
    struct vma *v = &mm->vma[i];
    if (mm->read_implies_exec && prot & PG_R && !(v->flags & VMA_NO_EXEC)) prot |= PG_X;
    if (prot & PG_W && v->flags & VMA_NO_WRITE) return -G_EACCES;
    if (prot & PG_X && v->flags & VMA_NO_EXEC) return -G_EACCES;
    if (v->prot == (prot & PG_PROT)) return 0;
    if (!vma_room(mm, 2)) return -G_ENOMEM;
    watch_report(mm, start, end);
    vma_split(mm, start);
    vma_split(mm, end);
    vma_find(mm, start)->prot = prot & PG_PROT;
    for (gaddr a = start; a < end; a += GPAGE) {
        uint8_t *p = page_of(mm, a);
        *p = (uint8_t)((*p & ~PG_PROT) | page_rights(prot));
    }
    return host_protect(mm, start, end);
}

static int protect_locked(struct mm *mm, gaddr start, uint64_t end, int prot)
{
    size_t i = vma_index(mm, start);
    if (i == mm->vmas) return -G_ENOMEM;
    gaddr from = start;
    if (prot & GPROT_GROWSDOWN) {
        if (mm->vma[i].start >= end) return -G_ENOMEM;
        if (!(mm->vma[i].flags & VMA_GROWSDOWN)) return -G_EINVAL;
        start = from = mm->vma[i].start;
    }
    int err = 0;
    while (!err && from < end) {
        i = vma_index(mm, from);
        if (i == mm->vmas || mm->vma[i].start > from) {
            err = -G_ENOMEM;
            break;
        }
        gaddr stop = mm->vma[i].end < end ? mm->vma[i].end : (gaddr)end;
        err = protect_part(mm, i, from, stop, prot);
        from = stop;
    }
    vma_join(mm, start, from);
    return err;
}

int mm_mprotect(struct mm *mm, gaddr addr, uint32_t len, int prot)
{
    if ((prot & GPROT_GROWSDOWN && prot & GPROT_GROWSUP) || addr % GPAGE) return -G_EINVAL;
    if (len == 0) return 0;
    uint64_t end = addr + (((uint64_t)len + GPAGE - 1) & ~(uint64_t)(GPAGE - 1));
    if (prot & ~(PG_PROT | GPROT_SEM | GPROT_GROWSDOWN | GPROT_GROWSUP) || prot & GPROT_GROWSUP)
        return -G_EINVAL;
    space_lock(mm);
    int err = protect_locked(mm, addr, end, prot);
    journal_call(mm, &(struct mm_change){.kind = MM_PROTECT, .arg = {addr, len, (uint32_t)prot}}, -1);
    space_unlock(mm);
    return err;
}

/* --- brk and the stack
 * ---------------------------------------------------------------------------------------- */

static gaddr brk_locked(struct mm *mm, gaddr addr)
{
    gaddr now = mm->areas.brk, old_end = page_ceil(now), end = page_ceil(addr);
    if (addr < mm->areas.brk_start || addr > mm->limit - GPAGE || !vma_room(mm, 3)) return now;
    if (end < old_end) {
        map_remove(mm, end, old_end);
    } else if (end > old_end) {
        size_t i = vma_index(mm, old_end);
        if (i < mm->vmas && vma_low(&mm->vma[i]) < end + GPAGE) return now;
        struct vma v = {.start = old_end, .end = end, .prot = PG_R | PG_W, .flags = VMA_HEAP};
        if (mm->read_implies_exec) v.prot |= PG_X;
        if (!quota_allows(mm, &v, end - old_end) || map_region(mm, v, -1)) return now;
    }
    return mm->areas.brk = addr;
}

gaddr mm_brk(struct mm *mm, gaddr addr)
{
    space_lock(mm);
    gaddr r = brk_locked(mm, addr);
    journal_call(mm, &(struct mm_change){.kind = MM_BRK, .arg = {r}}, -1);
    space_unlock(mm);
    return r;
}

enum { STACK_STEP = 32 * GPAGE };

/* expand_downwards(): stays clear of what lies below, and within the stack's limit. */
static bool may_grow(const struct mm *mm, size_t i, gaddr to)
{
    const struct vma *v = &mm->vma[i], *below = i ? v - 1 : NULL;
    if (to < mm->lowest || v->end - to > mm->stack_limit || !quota_allows(mm, v, v->start - to)) return false;
    if (!below || below->end > to) return !below;
    return below->flags & VMA_GROWSDOWN || !below->prot || to - below->end >= GUARD_GAP;
}

static bool grow_locked(struct mm *mm, gaddr a)
{
    if (*page_of(mm, a) & PG_MAPPED) return true; /* another thread was quicker */
    size_t i = vma_index(mm, a);
    if (i == mm->vmas || !(mm->vma[i].flags & VMA_GROWSDOWN)) return false;
    gaddr to = gpage_floor(a), start = mm->vma[i].start;
    if (!may_grow(mm, i, to)) return false;
    /* The main stack grows in steps, since each one costs a host fault. */
    gaddr step = block_floor(mm, to > STACK_STEP ? to - STACK_STEP : to);
    if (mm->vma[i].flags & VMA_STACK && may_grow(mm, i, step)) to = step;
    struct vma v = mm->vma[i];
    v.start = to;
    if (host_map(mm, &v, to, start, -1)) {
        host_unmap(mm, to, start);
        return false;
    }
    mm->vma[i].start = to;
    journal_renew(mm, to, start);
    return true;
}

bool mm_grow_stack(struct mm *mm, gaddr a)
{
    space_lock(mm);
    bool grown = grow_locked(mm, a);
    space_unlock(mm);
    return grown;
}

void mm_set_stack_limit(struct mm *mm, uint64_t bytes)
{
    mm->stack_limit = bytes > 0xc0000000 ? 0xc0000000 : gpage_floor((gaddr)bytes);
}
