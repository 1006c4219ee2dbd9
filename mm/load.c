/* Puts an ELF program and its interpreter into guest memory, as binfmt_elf does.
 * Segments are mapped, not read; what a header may say is elf.c's affair. */
#include "mm/elf.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mm/space.h"

static const gaddr PIE_BASE = 0x56555000; /* where a kernel without randomisation puts them */

static int segment_prot(const struct mm *mm, const Elf32_Phdr *p)
{
    int prot =
        (p->p_flags & PF_R ? PG_R : 0) | (p->p_flags & PF_W ? PG_W : 0) | (p->p_flags & PF_X ? PG_X : 0);
    return mm->read_implies_exec && prot & PG_R ? prot | PG_X : prot;
}

static int map_anonymous(struct mm *mm, gaddr start, gaddr end, int prot)
{
    return start < end ? map_region(mm, (struct vma){.start = start, .end = end, .prot = (uint8_t)prot}, -1)
                       : 0;
}

static int zero_tail(struct mm *mm, gaddr from)
{
    static const uint8_t zeros[GPAGE];
    gaddr n = page_ceil(from) - from;
    return !n || access_force(mm, from, zeros, n) ? 0 : -G_ENOMEM;
}

static int map_segment(struct mm *mm, const struct elf_file *e, const Elf32_Phdr *p, gaddr bias)
{
    gaddr start = p->p_vaddr + bias, file_end = start + p->p_filesz, end = page_ceil(start + p->p_memsz);
    int prot = segment_prot(mm, p), err = 0;
    if (p->p_filesz == 0) return map_anonymous(mm, gpage_floor(start), end, prot);
    struct vma v = {.start = gpage_floor(start), .end = page_ceil(file_end), .prot = (uint8_t)prot};
    v.offset = p->p_offset - start % GPAGE;
    v.file = mfile_open(mm, e->fd, false, &err);
    if (!err) err = map_region(mm, v, e->fd);
    if (!err && p->p_memsz > p->p_filesz && prot & PG_W) err = zero_tail(mm, file_end); /* as elf_load() */
    if (!err) err = map_anonymous(mm, v.end, end, prot);
    return err;
}

static bool map_segments(struct mm *mm, const struct elf_file *e, gaddr bias, char *why, size_t size)
{
    for (size_t i = 0; i < e->phnum; i++) {
        const Elf32_Phdr *p = &e->phdr[i];
        if (p->p_type != PT_LOAD || p->p_memsz == 0) continue;
        if (map_segment(mm, e, p, bias)) {
            snprintf(why, size, "%s: no memory for segment %zu at %#x (%u bytes)", e->path, i,
                     p->p_vaddr + bias, p->p_memsz);
            return false;
        }
    }
    return true;
}

/* The greatest alignment that a segment asks for. */
static gaddr alignment(const struct elf_file *e)
{
    gaddr most = GPAGE;
    for (size_t i = 0; i < e->phnum; i++) {
        gaddr wanted = e->phdr[i].p_align;
        if (e->phdr[i].p_type == PT_LOAD && !(wanted & (wanted - 1)) && wanted > most) most = wanted;
    }
    return most;
}

/* Chooses the load bias. ET_EXEC has none; an interpreter, or a program without one, goes where mmap would
 * put it; other position-independent programs have an address of their own. As in the kernel, programs are
 * aligned and interpreters are not. */
static bool choose_bias(struct mm *mm, const struct elf_file *e, bool high, gaddr align, gaddr *bias,
                        char *why, size_t size)
{
    gaddr len = e->high - e->low, at = e->low;
    if (e->ehdr->e_type == ET_DYN) {
        bool small = PIE_BASE > mm->limit / 2; /* an address space of another size than the kernel's */
        at = high || small ? vma_hole(mm, high ? 0 : PIE_BASE, len, e->low_offset) : PIE_BASE;
        at &= ~(align - 1);
    }
    *bias = at - e->low;
    bool low_ok = at >= mm->lowest || geteuid() == 0;
    if (at && low_ok && len <= mm->limit && at <= mm->limit - len && !vma_any(mm, at, at + len)) return true;
    snprintf(why, size, "%s: its addresses %#x to %#x cannot be had in the guest's address space", e->path,
             e->low, e->high);
    return false;
}

/* What goes where mmap would put it is put there by its first segment's mapping. */
static bool check_first(const struct elf_file *e, bool high, char *why, size_t size)
{
    size_t i = 0;
    while (e->phdr[i].p_type != PT_LOAD || e->phdr[i].p_memsz == 0)
        i++;
    if (e->ehdr->e_type != ET_DYN || !high || e->phdr[i].p_filesz) return true;
    snprintf(why, size, "%s: broken segment %zu: the first one, and nothing of it is in the file", e->path,
             i);
    return false;
}

static bool load_file(struct mm *mm, const struct elf_file *e, bool high, gaddr align, gaddr *bias, char *why,
                      size_t size)
{
    space_lock(mm);
    bool ok = check_first(e, high, why, size) && choose_bias(mm, e, high, align, bias, why, size) &&
              map_segments(mm, e, *bias, why, size);
    space_unlock(mm);
    return ok;
}

/* AT_PHDR: where the program headers lie in memory. As the kernel has it: in the last segment that holds
 * them; what PT_PHDR says does not matter. */
static gaddr phdr_address(const struct elf_file *e, gaddr bias)
{
    gaddr at = bias;
    for (size_t i = 0; i < e->phnum; i++) {
        const Elf32_Phdr *p = &e->phdr[i];
        if (p->p_type == PT_LOAD && p->p_offset <= e->ehdr->e_phoff &&
            e->ehdr->e_phoff - p->p_offset < p->p_filesz)
            at = p->p_vaddr + bias + (e->ehdr->e_phoff - p->p_offset);
    }
    return at;
}

static enum mm_load_status load_interp(struct mm *mm, const struct elf_file *prog, const char *sysroot,
                                       struct mm_image *img, char *why, size_t size)
{
    static const char advice[] =
        "install the program's 32-bit libraries, or name the directory that holds them "
        "with -L DIR (or TIERRUN_LD_PREFIX)";
    bool musl = strstr(img->interp, "ld-musl");
    char path[sizeof img->interp + 4096];
    struct elf_file e;
    gaddr bias;
    mm_sysroot_path(sysroot, img->interp, path, sizeof path);
    if (access(path, F_OK)) {
        snprintf(why, size,
                 "%s: its program interpreter %s is not there%s%s; %s. Debian has it in the package %s:i386; "
                 "\"tierrun-sysroot DIR\" makes such a directory",
                 prog->path, img->interp, sysroot ? ", nor is it under " : "", sysroot ? sysroot : "", advice,
                 musl ? "musl" : "libc6");
        return MM_LOAD_NOT_FOUND;
    }
    enum mm_load_status status = elf_open(&e, path, why, size);
    if (status != MM_LOAD_OK) return status;
    if (!load_file(mm, &e, true, GPAGE, &bias, why, size)) status = MM_LOAD_NO_MEMORY;
    img->interp_base = bias;
    img->entry = e.ehdr->e_entry + bias;
    elf_close(&e);
    return status;
}

static void start_brk(struct mm *mm, const struct elf_file *e, gaddr bias)
{
    gaddr end = e->high + bias;
    /* Away from the mmap area, where it could not grow: load_elf_binary() does so for static-PIE and ld.so.
     */
    if (e->ehdr->e_type == ET_DYN && !e->interp[0]) end = PIE_BASE;
    mm->areas.brk_start = mm->areas.brk = end;
}

enum mm_load_status mm_load_elf(struct mm *mm, const char *path, const char *sysroot, struct mm_image *img,
                                char *why, size_t why_size)
{
    struct elf_file e;
    memset(img, 0, sizeof *img);
    enum mm_load_status status = elf_open(&e, path, why, why_size);
    if (status != MM_LOAD_OK) return status;
    if (!elf_find_interp(&e, why, why_size)) {
        elf_close(&e);
        return MM_LOAD_NOT_EXEC;
    }
    mm->read_implies_exec = img->read_implies_exec = e.read_implies_exec;
    img->exec_stack = e.exec_stack;
    if (load_file(mm, &e, !e.interp[0], alignment(&e), &img->bias, why, why_size)) {
        img->exec_entry = img->entry = e.ehdr->e_entry + img->bias;
        img->phdr = phdr_address(&e, img->bias);
        img->phnum = (uint32_t)e.phnum;
        start_brk(mm, &e, img->bias);
        memcpy(img->interp, e.interp, sizeof img->interp);
        if (e.interp[0]) status = load_interp(mm, &e, sysroot, img, why, why_size);
    } else {
        status = MM_LOAD_NO_MEMORY;
    }
    elf_close(&e);
    return status;
}
