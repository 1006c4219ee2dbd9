/* What the mappings are called and how much of them is in memory: maps, smaps and sums of /proc/self, and
 * crash reports. */
#include "mm/space.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char *name_of(const struct mm *mm, const struct vma *v)
{
    if (v->name) return v->name;
    if (v->file) return v->file->name;
    if (v->start < page_ceil(mm->areas.brk) && v->end > mm->areas.brk_start) return "[heap]";
    return vma_at(v, mm->areas.stack_start) ? "[stack]" : "";
}

/* `root` is not part of the names that the guest sees. */
static void print_line(const struct mm *mm, const struct vma *v, const char *root, FILE *out)
{
    const struct mfile *f = v->file;
    const char *name = mm_guest_path(root, name_of(mm, v));
    int n = fprintf(out, "%08x-%08x %c%c%c%c %08llx %02x:%02x %llu ", v->start, v->end,
                    v->prot & PG_R ? 'r' : '-', v->prot & PG_W ? 'w' : '-', v->prot & PG_X ? 'x' : '-',
                    v->flags & VMA_SHARED ? 's' : 'p', f ? (unsigned long long)v->offset : 0ull,
                    f ? major(f->dev) : 0, f ? minor(f->dev) : 0, f ? (unsigned long long)f->ino : 0ull);
    fprintf(out, "%*s%s\n", *name && n < 73 ? 73 - n : 0, "", name); /* names stand in column 73 */
}

void mm_print_maps(struct mm *mm, const char *root, FILE *out)
{
    space_lock(mm);
    for (size_t i = 0; i < mm->vmas; i++)
        print_line(mm, &mm->vma[i], root, out);
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

/* --- What is in memory, as the host's page map tells --------------------------------------------------- */

/* Bytes of one mapping. */
struct resident {
    uint64_t own_anonymous, own_file, shared, swapped;
};

static void count_page(struct resident *r, uint64_t entry, uint32_t bytes)
{
    const uint64_t present = 1ull << 63, swapped = 1ull << 62, of_file = 1ull << 61, alone = 1ull << 56;
    if (entry & swapped) r->swapped += bytes;
    if (!(entry & present)) return;
    if (!(entry & alone))
        r->shared += bytes;
    else if (entry & of_file)
        r->own_file += bytes;
    else
        r->own_anonymous += bytes;
}

static struct resident count_resident(const struct mm *mm, const struct vma *v, int pagemap)
{
    enum { BATCH = 512 };
    uint64_t entry[BATCH];
    const uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE);
    struct resident r = {0};
    uint64_t a = v->start;
    while (a < v->end) {
        uint64_t at = (uint64_t)(uintptr_t)mm_host(mm->base, (gaddr)a) / page,
                 want = (v->end - a - 1) / page + 1;
        size_t n = (want < BATCH ? want : BATCH) * sizeof *entry;
        ssize_t got = pread(pagemap, entry, n, (off_t)(at * sizeof *entry));
        if (got < (ssize_t)sizeof *entry) break;
        for (size_t k = 0; k < (size_t)got / sizeof *entry && a < v->end; k++) {
            uint64_t next = (a / page + 1) * page;
            if (next > v->end) next = v->end;
            count_page(&r, entry[k], (uint32_t)(next - a));
            a = next;
        }
    }
    return r;
}

static void add_usage(const struct mm *mm, const struct vma *v, const struct resident *r, gaddr entry,
                      struct mm_usage *u)
{
    uint64_t size = v->end - v->start;
    u->size += size;
    u->anonymous += r->own_anonymous;
    u->of_files += r->own_file + r->shared;
    u->swapped += r->swapped;
    if (vma_at(v, mm->areas.stack_start))
        u->stack += size;
    else if (v->prot & PG_W && !(v->flags & VMA_SHARED))
        u->data += size;
    else if (vma_at(v, entry))
        u->code += size, u->code_start = v->start, u->code_end = v->end;
    else if (v->prot & PG_X)
        u->libraries += size;
}

void mm_usage(struct mm *mm, gaddr entry, struct mm_usage *out)
{
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    *out = (struct mm_usage){0};
    space_lock(mm);
    for (size_t i = 0; i < mm->vmas; i++) {
        struct resident r = count_resident(mm, &mm->vma[i], pagemap);
        add_usage(mm, &mm->vma[i], &r, entry, out);
    }
    space_unlock(mm);
    if (pagemap >= 0) close(pagemap);
}

static void print_size(FILE *out, const char *title, uint64_t bytes)
{
    fprintf(out, "%-16s%8llu kB\n", title, (unsigned long long)(bytes / 1024));
}

/* Which pages were written the page map does not tell: anonymous ones were, those of files were not. */
static void print_resident(FILE *out, const struct resident *r)
{
    uint64_t own = r->own_anonymous + r->own_file;
    print_size(out, "Rss:", own + r->shared);
    print_size(out, "Pss:", own + r->shared / 2);
    print_size(out, "Pss_Dirty:", r->own_anonymous);
    print_size(out, "Shared_Clean:", r->shared);
    print_size(out, "Shared_Dirty:", 0);
    print_size(out, "Private_Clean:", r->own_file);
    print_size(out, "Private_Dirty:", r->own_anonymous);
    print_size(out, "Referenced:", own + r->shared);
    print_size(out, "Anonymous:", r->own_anonymous);
    for (const char *const *none =
             (const char *const[]){"LazyFree:", "AnonHugePages:", "ShmemPmdMapped:", "FilePmdMapped:",
                                   "Shared_Hugetlb:", "Private_Hugetlb:", NULL};
         *none; none++)
        print_size(out, *none, 0);
    print_size(out, "Swap:", r->swapped);
    print_size(out, "SwapPss:", r->swapped);
    print_size(out, "Locked:", 0);
}

static void print_flags(FILE *out, const struct vma *v)
{
    bool shared = v->flags & VMA_SHARED;
    fprintf(out, "THPeligible:    0\nVmFlags:%s%s%s%s mr%s me%s%s%s \n", v->prot & PG_R ? " rd" : "",
            v->prot & PG_W ? " wr" : "", v->prot & PG_X ? " ex" : "", shared ? " sh" : "",
            v->flags & VMA_NO_WRITE ? "" : " mw", shared ? " ms" : "", v->flags & VMA_GROWSDOWN ? " gd" : "",
            shared ? "" : " ac");
}

void mm_print_smaps(struct mm *mm, const char *root, FILE *out)
{
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    space_lock(mm);
    for (size_t i = 0; i < mm->vmas; i++) {
        const struct vma *v = &mm->vma[i];
        struct resident r = count_resident(mm, v, pagemap);
        print_line(mm, v, root, out);
        print_size(out, "Size:", v->end - v->start);
        print_size(out, "KernelPageSize:", GPAGE);
        print_size(out, "MMUPageSize:", GPAGE);
        print_resident(out, &r);
        print_flags(out, v);
    }
    space_unlock(mm);
    if (pagemap >= 0) close(pagemap);
}

void mm_print_smaps_rollup(struct mm *mm, FILE *out)
{
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    struct resident sum = {0};
    gaddr first = 0, last = 0;
    space_lock(mm);
    for (size_t i = 0; i < mm->vmas; i++) {
        struct resident r = count_resident(mm, &mm->vma[i], pagemap);
        sum.own_anonymous += r.own_anonymous;
        sum.own_file += r.own_file;
        sum.shared += r.shared;
        sum.swapped += r.swapped;
    }
    if (mm->vmas) first = mm->vma[0].start, last = mm->vma[mm->vmas - 1].end;
    space_unlock(mm);
    if (pagemap >= 0) close(pagemap);
    fprintf(out, "%08x-%08x ---p 00000000 00:00 0 %*s[rollup]\n", first, last, 73 - 40, "");
    print_resident(out, &sum);
}
