/* Memory that neither mmap nor a file brings: System V segments, attached at a guest address and detached
 * again. Each attachment has a struct mfile of its own, so that neighbours stay apart. What lies behind it is
 * the host's affair: a callback attaches. */
#include <stdlib.h>
#include <string.h>

#include "mm/space.h"

/* Where it goes: whole blocks, which the host can map directly. 0: nowhere. */
static gaddr place(struct mm *mm, gaddr addr, gaddr len, bool replace)
{
    gaddr mask = mm->gran - 1;
    if (addr) {
        if (addr & mask || addr < mm->lowest || addr > mm->limit - len) return 0;
        return replace || !vma_any(mm, addr, addr + len) ? addr : 0;
    }
    gaddr at = vma_hole(mm, 0, len + mask, 0);
    return at ? (at + mask) & ~mask : 0;
}

static struct mfile *make_file(struct mm *mm, const char *name)
{
    struct mfile *f = calloc(1, sizeof *f);
    char *copy = strdup(name);
    if (!f || !copy) {
        free(f);
        free(copy);
        return NULL;
    }
    *f =
        (struct mfile){.next = mm->files, .refs = 1, .fd = -1, .device = true, .segment = true, .name = copy};
    f->writable = true;
    mm->files = f;
    return f;
}

static int64_t attach_locked(struct mm *mm, gaddr addr, gaddr len, int prot, bool replace, const char *name,
                             mm_attacher *attach, void *ctx)
{
    gaddr at = place(mm, addr, len, replace);
    if (!at) return addr ? -G_EINVAL : -G_ENOMEM;
    if (at < HALF && (uint64_t)at + len > HALF) return -G_ENOMEM; /* not contiguous on the host */
    struct vma v = {.start = at, .end = at + len, .prot = (uint8_t)prot, .flags = VMA_SHARED};
    if (!quota_allows_mapping(mm, &v)) return -G_ENOMEM;
    v.file = vma_room(mm, 3) ? make_file(mm, name) : NULL;
    if (!v.file) return -G_ENOMEM;
    map_remove(mm, at, at + len);
    int err = attach(ctx, mm_host(mm->base, at));
    if (err) {
        mfile_drop(mm, v.file);
        return err;
    }
    host_set_blocks(mm, at, (uint64_t)at + len, BK_SHARED | (page_rights(prot) & (PG_R | PG_W)));
    host_set_pages(mm, at, at + len, page_rights(prot));
    vma_insert(mm, v);
    return at;
}

int64_t mm_attach(struct mm *mm, gaddr addr, uint32_t len, int prot, bool replace, const char *name,
                  mm_attacher *attach, void *ctx)
{
    gaddr whole = (gaddr)block_ceil(mm, len);
    if (len == 0 || whole < len || whole > mm->limit) return len ? -G_ENOMEM : -G_EINVAL;
    space_lock(mm);
    int64_t r = attach_locked(mm, addr, whole, prot, replace, name, attach, ctx);
    space_unlock(mm);
    return r;
}

/* Whatever is left of it, as shmdt has it: `addr` is where it began. */
int mm_detach(struct mm *mm, gaddr addr)
{
    int err = -G_EINVAL;
    space_lock(mm);
    struct mfile *f = NULL;
    for (size_t i = 0; i < mm->vmas && !f; i++)
        if (mm->vma[i].file && mm->vma[i].file->segment &&
            mm->vma[i].start - (gaddr)mm->vma[i].offset == addr)
            f = mfile_ref(mm->vma[i].file);
    for (size_t i = 0; f && i < mm->vmas;) {
        if (mm->vma[i].file != f) {
            i++;
            continue;
        }
        map_remove(mm, mm->vma[i].start, mm->vma[i].end);
        err = 0;
    }
    mfile_drop(mm, f);
    space_unlock(mm);
    return err;
}
