/* What the mappings are called: /proc/self/maps and crash reports. */
#include "mm/space.h"

#include <sys/sysmacros.h>

static const char *name_of(const struct mm *mm, const struct vma *v)
{
    if (v->name) return v->name;
    if (v->file) return v->file->name;
    if (v->start < page_ceil(mm->areas.brk) && v->end > mm->areas.brk_start) return "[heap]";
    return vma_at(v, mm->areas.stack_start) ? "[stack]" : "";
}

void mm_print_maps(struct mm *mm, FILE *out)
{
    space_lock(mm);
    for (size_t i = 0; i < mm->vmas; i++) {
        const struct vma *v = &mm->vma[i];
        const struct mfile *f = v->file;
        const char *name = name_of(mm, v);
        int n = fprintf(out, "%08x-%08x %c%c%c%c %08llx %02x:%02x %llu ", v->start, v->end,
                        v->prot & PG_R ? 'r' : '-', v->prot & PG_W ? 'w' : '-', v->prot & PG_X ? 'x' : '-',
                        v->flags & VMA_SHARED ? 's' : 'p', f ? (unsigned long long)v->offset : 0ull,
                        f ? major(f->dev) : 0, f ? minor(f->dev) : 0, f ? (unsigned long long)f->ino : 0ull);
        fprintf(out, "%*s%s\n", *name && n < 73 ? 73 - n : 0, "", name); /* names stand in column 73 */
    }
    space_unlock(mm);
}

const char *mm_mapping_at(struct mm *mm, gaddr a, gaddr *start, gaddr *end, uint64_t *file_offset)
{
    space_lock(mm);
    const struct vma *v = vma_find(mm, a);
    const char *name = NULL;
    if (v) {
        name = name_of(mm, v);
        *start = v->start;
        *end = v->end;
        *file_offset = v->file ? v->offset : 0;
    }
    space_unlock(mm);
    return name;
}
