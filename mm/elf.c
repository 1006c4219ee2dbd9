/* ELF headers, read through libelf: what is accepted, and one sentence about what is not.
 * Maps nothing; load.c does. */
#include "mm/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PHDRS = 65536 / sizeof(Elf32_Phdr) }; /* the kernel's limit */

static const struct {
    unsigned machine;
    const char *name;
} machines[] = {
    {EM_X86_64, "x86-64"},     {EM_MIPS, "MIPS"},       {EM_ARM, "Arm"},        {EM_AARCH64, "Arm64"},
    {EM_PPC, "PowerPC"},       {EM_PPC64, "PowerPC64"}, {EM_RISCV, "RISC-V"},   {258, "LoongArch"},
    {EM_S390, "S/390"},        {EM_SPARC, "SPARC"},     {EM_SPARCV9, "SPARC"},  {EM_68K, "m68k"},
    {EM_IA_64, "Itanium"},     {EM_ALPHA, "Alpha"},     {EM_PARISC, "PA-RISC"}, {EM_SH, "SuperH"},
    {EM_SPARC32PLUS, "SPARC"}, {EM_386, "i386"},
};

/* `why` is "PATH: …". */
__attribute__((format(printf, 4, 5))) static bool refuse(const char *path, char *why, size_t size,
                                                         const char *format, ...)
{
    va_list ap;
    int n = snprintf(why, size, "%s: ", path);
    va_start(ap, format);
    if (n >= 0 && (size_t)n < size) vsnprintf(why + n, size - (size_t)n, format, ap);
    va_end(ap);
    return false;
}

/* The identification is read by hand: libelf knows only whole headers of machines it knows. */
static bool check_machine(const char *path, const uint8_t *h, ssize_t n, char *why, size_t size)
{
    if (n < 20 || memcmp(h, ELFMAG, SELFMAG) != 0)
        return refuse(path, why, size,
                      "not an ELF program and not a script (it starts with neither \\177ELF nor #!)");
    bool big = h[EI_DATA] == ELFDATA2MSB, wide = h[EI_CLASS] == ELFCLASS64;
    unsigned machine = big ? h[18] << 8 | h[19] : h[18] | h[19] << 8;
    if ((machine == EM_386 || machine == EM_IAMCU) && !big) {
        bool good = h[EI_CLASS] == ELFCLASS32 && h[EI_DATA] == ELFDATA2LSB && h[EI_VERSION] == EV_CURRENT;
        return good || refuse(path, why, size,
                              "broken ELF header: class %u, byte order %u, version %u in an i386 program",
                              h[EI_CLASS], h[EI_DATA], h[EI_VERSION]);
    }
    char number[32];
    snprintf(number, sizeof number, "machine number %u", machine);
    const char *name = number;
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine) name = machines[i].name;
    return refuse(path, why, size,
                  "a program for %s (%s-bit%s), but tierrun runs 32-bit x86 (i386) programs only", name,
                  wide ? "64" : "32", big ? ", big-endian" : "");
}

static bool read_headers(struct elf_file *e, char *why, size_t size)
{
    elf_version(EV_CURRENT);
    /* Not mapped as a whole: libelf reads just the headers then. */
    e->elf = elf_begin(e->fd, ELF_C_READ, NULL);
    e->ehdr = e->elf ? elf32_getehdr(e->elf) : NULL;
    if (!e->ehdr) return refuse(e->path, why, size, "broken ELF header: %s", elf_errmsg(-1));
    if (e->ehdr->e_type != ET_EXEC && e->ehdr->e_type != ET_DYN)
        return refuse(e->path, why, size, "an ELF file, but not an executable (type %u)", e->ehdr->e_type);
    if (e->ehdr->e_phentsize != sizeof(Elf32_Phdr))
        return refuse(e->path, why, size, "broken ELF header: program headers of %u bytes instead of %zu",
                      e->ehdr->e_phentsize, sizeof(Elf32_Phdr));
    if (elf_getphdrnum(e->elf, &e->phnum) || e->phnum == 0 || e->phnum > MAX_PHDRS)
        return refuse(e->path, why, size, "broken ELF header: an impossible number of program headers");
    e->phdr = elf32_getphdr(e->elf);
    if (!e->phdr) return refuse(e->path, why, size, "broken ELF header: %s", elf_errmsg(-1));
    return true;
}

static bool check_segment(const struct elf_file *e, size_t i, uint64_t file_size, char *why, size_t size)
{
    const Elf32_Phdr *p = &e->phdr[i];
    uint64_t end = (uint64_t)p->p_vaddr + p->p_memsz;
    if (p->p_filesz > p->p_memsz)
        return refuse(e->path, why, size, "broken segment %zu: larger in the file than in memory", i);
    if (end > 0xfffff000u)
        return refuse(e->path, why, size, "broken segment %zu: reaches beyond the end of the address space",
                      i);
    if (p->p_filesz && (p->p_vaddr ^ p->p_offset) % GPAGE)
        return refuse(e->path, why, size, "broken segment %zu: file offset %#x does not fit address %#x", i,
                      p->p_offset, p->p_vaddr);
    if ((uint64_t)p->p_offset + p->p_filesz > file_size && p->p_filesz)
        return refuse(e->path, why, size, "truncated: segment %zu ends beyond the end of the file", i);
    for (size_t j = 0; j < i; j++) {
        const Elf32_Phdr *q = &e->phdr[j];
        if (q->p_type == PT_LOAD && e->ehdr->e_type == ET_DYN && p->p_vaddr < q->p_vaddr)
            return refuse(e->path, why, size, "broken: segment %zu lies below segment %zu", i, j);
        if (q->p_type == PT_LOAD && p->p_vaddr < (uint64_t)q->p_vaddr + q->p_memsz && q->p_vaddr < end)
            return refuse(e->path, why, size, "broken: segments %zu and %zu overlap", j, i);
    }
    return true;
}

static bool check_segments(struct elf_file *e, char *why, size_t size)
{
    struct stat st;
    if (fstat(e->fd, &st)) return refuse(e->path, why, size, "%s", strerror(errno));
    gaddr low = UINT32_MAX, high = 0;
    e->exec_stack = e->read_implies_exec = true; /* without PT_GNU_STACK */
    for (size_t i = 0; i < e->phnum; i++) {
        const Elf32_Phdr *p = &e->phdr[i];
        if (p->p_type == PT_GNU_STACK) {
            e->exec_stack = p->p_flags & PF_X;
            e->read_implies_exec = false;
        }
        if (p->p_type != PT_LOAD || (p->p_memsz | p->p_filesz) == 0) continue;
        if (!check_segment(e, i, (uint64_t)st.st_size, why, size)) return false;
        gaddr end = (p->p_vaddr + p->p_memsz + GPAGE - 1) & ~(gaddr)(GPAGE - 1);
        if (p->p_vaddr < low) low = p->p_vaddr, e->low_offset = p->p_offset;
        if (end > high) high = end;
    }
    if (high == 0) return refuse(e->path, why, size, "broken: no segment to load");
    e->low = gpage_floor(low);
    e->high = high;
    return true;
}

static enum mm_load_status open_file(struct elf_file *e, char *why, size_t size)
{
    struct stat st;
    e->fd = open(e->path, O_RDONLY | O_CLOEXEC);
    if (e->fd < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        refuse(e->path, why, size, missing ? "no such program" : "cannot be opened: %s", strerror(errno));
        return missing ? MM_LOAD_NOT_FOUND : MM_LOAD_NOT_EXEC;
    }
    if (fstat(e->fd, &st) == 0 && S_ISREG(st.st_mode)) return MM_LOAD_OK;
    refuse(e->path, why, size, "not a program but %s",
           S_ISDIR(st.st_mode) ? "a directory" : "a special file");
    close(e->fd);
    return MM_LOAD_NOT_EXEC;
}

enum mm_load_status elf_open(struct elf_file *e, const char *path, char *why, size_t why_size)
{
    uint8_t head[20];
    *e = (struct elf_file){.path = path};
    enum mm_load_status status = open_file(e, why, why_size);
    if (status != MM_LOAD_OK) return status;
    if (check_machine(path, head, pread(e->fd, head, sizeof head, 0), why, why_size) &&
        read_headers(e, why, why_size) && check_segments(e, why, why_size))
        return MM_LOAD_OK;
    elf_close(e);
    return MM_LOAD_NOT_EXEC;
}

bool elf_find_interp(struct elf_file *e, char *why, size_t why_size)
{
    for (size_t i = 0; i < e->phnum; i++) {
        const Elf32_Phdr *p = &e->phdr[i];
        if (p->p_type != PT_INTERP) continue;
        if (p->p_filesz >= 2 && p->p_filesz <= sizeof e->interp &&
            pread(e->fd, e->interp, p->p_filesz, p->p_offset) == (ssize_t)p->p_filesz && e->interp[0] &&
            e->interp[p->p_filesz - 1] == 0)
            return true;
        return refuse(e->path, why, why_size, "broken PT_INTERP: no valid path of a program interpreter");
    }
    return true;
}

void elf_close(struct elf_file *e)
{
    elf_end(e->elf);
    close(e->fd);
}
