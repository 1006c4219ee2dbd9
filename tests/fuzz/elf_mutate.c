/* The mutations of ELF files that loader_fuzz and elf_mutants make. */
#include "tests/fuzz/elf_mutate.h"

#include <elf.h>
#include <string.h>

static uint64_t state;

void elf_mutate_seed(uint64_t seed)
{
    state = seed;
    elf_mutate_below(1);
}

uint32_t elf_mutate_below(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((state >> 32) * n) >> 32);
}

static uint32_t odd_value(void)
{
    static const uint32_t odd[] = {0,          1,          0xfff,      0x1000,     0x1001,     0x7fffffff,
                                   0x80000000, 0xffffe000, 0xfffff000, 0xffffffff, 0xbffff000, 0x08048000};
    return elf_mutate_below(3) ? odd[elf_mutate_below(sizeof odd / sizeof odd[0])]
                               : elf_mutate_below(0xffffffff);
}

/* The I-th program header, if the table is where it usually is. */
static Elf32_Phdr *header(uint8_t *bytes, uint32_t i)
{
    return (Elf32_Phdr *)(void *)(bytes + sizeof(Elf32_Ehdr) + i * sizeof(Elf32_Phdr));
}

static uint32_t headers(const uint8_t *bytes)
{
    const Elf32_Ehdr *e = (const void *)bytes;
    return e->e_phnum && e->e_phnum <= 16 ? e->e_phnum : 12;
}

static void change_field(uint8_t *bytes, size_t n, uint32_t value)
{
    uint32_t at = 16 + (elf_mutate_below(36) & ~1u), size = elf_mutate_below(2) ? 2 : 4;
    if (elf_mutate_below(3)) {
        at = 52 + elf_mutate_below(headers(bytes)) * 32 + elf_mutate_below(8) * 4;
        size = 4;
    }
    if (at + size <= n) memcpy(bytes + at, &value, size);
}

/* One segment over another, at a near address, or of another size or kind. */
static void change_segment(uint8_t *bytes)
{
    uint32_t count = headers(bytes);
    Elf32_Phdr *p = header(bytes, elf_mutate_below(count)), *q = header(bytes, elf_mutate_below(count));
    uint32_t pages = (elf_mutate_below(9) - 4) * 4096;
    switch (elf_mutate_below(8)) {
    case 0: *p = *q; break;
    case 1: p->p_vaddr = q->p_vaddr + pages; break;
    case 2: p->p_vaddr += pages + elf_mutate_below(3) - 1; break;
    case 3: p->p_offset += pages + elf_mutate_below(3) - 1; break;
    case 4: p->p_filesz += pages + elf_mutate_below(3) - 1; break;
    case 5: p->p_memsz = p->p_filesz + pages + elf_mutate_below(3) - 1; break;
    case 6: p->p_type = elf_mutate_below(9); break;
    default: p->p_flags = elf_mutate_below(8); break;
    }
}

/* Bytes of what a header leads to: the interpreter's path, the dynamic table, notes, data. */
static void change_contents(uint8_t *bytes, size_t n)
{
    const Elf32_Phdr *p = header(bytes, elf_mutate_below(headers(bytes)));
    if (p->p_offset >= n || p->p_filesz == 0 || p->p_flags & PF_X || p->p_filesz > n - p->p_offset) return;
    uint32_t at = p->p_offset + elf_mutate_below(p->p_filesz < 512 ? p->p_filesz : 512), value = odd_value();
    if (elf_mutate_below(2))
        bytes[at] ^= (uint8_t)(1u << elf_mutate_below(8));
    else if ((at & ~3u) + 4 <= n)
        memcpy(bytes + (at & ~3u), &value, 4);
}

static void enter_anywhere(uint8_t *bytes)
{
    Elf32_Ehdr *e = (void *)bytes;
    const Elf32_Phdr *p = header(bytes, elf_mutate_below(headers(bytes)));
    uint32_t size = elf_mutate_below(8) ? p->p_filesz : p->p_memsz + 4096;
    e->e_entry = elf_mutate_below(6) ? p->p_vaddr + elf_mutate_below(size + 1) : odd_value();
}

static void change(uint8_t *bytes, size_t n)
{
    uint32_t value = odd_value(), at = elf_mutate_below(ELF_HEADERS - 4);
    switch (elf_mutate_below(9)) {
    case 0: bytes[at] ^= (uint8_t)(1u << elf_mutate_below(8)); break;
    case 1: bytes[at] = (uint8_t)value; break;
    case 2: memcpy(bytes + (at & ~1u), &value, 2); break;
    case 3: enter_anywhere(bytes); break;
    case 4: change_contents(bytes, n); break;
    case 5: change_segment(bytes); break;
    default: change_field(bytes, n, value); break;
    }
}

static size_t shorter(const uint8_t *bytes, size_t n)
{
    const Elf32_Phdr *p = header((uint8_t *)bytes, elf_mutate_below(headers(bytes)));
    uint64_t edge = (uint64_t)p->p_offset + p->p_filesz + elf_mutate_below(3) - 1;
    if (elf_mutate_below(3) == 0) return elf_mutate_below(ELF_HEADERS);
    return elf_mutate_below(2) && edge < n ? (size_t)edge : elf_mutate_below((uint32_t)n);
}

size_t elf_mutate(uint8_t *bytes, size_t n)
{
    for (uint32_t changes = 1 + elf_mutate_below(4); changes > 0; changes--)
        change(bytes, n);
    return elf_mutate_below(8) ? n : shorter(bytes, n);
}
