/* Reads symbol tables with libelf, once a file, and finds the symbol before an address.
 * Where files are mapped belongs to mm. */
#include "tier/symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tier/lines.h"

enum { SEGMENTS = 16 };

struct symbol {
    uint32_t value, size;
    bool weak_choice; /* local or without a size: loses against another of the same value */
    const char *name; /* in the module's image */
};

struct module {
    struct module *next;
    char *path;
    void *image;
    size_t bytes;
    Elf *elf;
    struct segment {
        uint32_t offset, vaddr, size;
    } segment[SEGMENTS];
    unsigned segments;
    struct symbol *symbol; /* by value */
    size_t symbols;
    bool lines_read; /* when they were asked for first */
    struct lines *lines;
};

struct symbols {
    struct mm *mm;
    struct module *modules;
};

static void read_segments(struct module *m)
{
    size_t n;
    GElf_Phdr ph;
    if (elf_getphdrnum(m->elf, &n)) return;
    for (size_t i = 0; i < n && m->segments < SEGMENTS && gelf_getphdr(m->elf, (int)i, &ph); i++)
        if (ph.p_type == PT_LOAD)
            m->segment[m->segments++] = (struct segment){ph.p_offset, ph.p_vaddr, ph.p_filesz};
}

static bool names_code_or_data(const GElf_Sym *s)
{
    unsigned type = GELF_ST_TYPE(s->st_info);
    return s->st_shndx != SHN_UNDEF && s->st_shndx != SHN_ABS && s->st_value &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE || type == STT_GNU_IFUNC);
}

static void read_table(struct module *m, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
    struct symbol *grown = n ? realloc(m->symbol, (m->symbols + n) * sizeof *grown) : NULL;
    if (!grown) return;
    m->symbol = grown;
    GElf_Sym s;
    for (size_t i = 0; i < n && gelf_getsym(data, (int)i, &s); i++) {
        const char *name = names_code_or_data(&s) ? elf_strptr(m->elf, header->sh_link, s.st_name) : NULL;
        if (!name || !*name) continue;
        bool weak = GELF_ST_BIND(s.st_info) == STB_LOCAL || s.st_size == 0;
        m->symbol[m->symbols++] = (struct symbol){s.st_value, s.st_size, weak, name};
    }
}

/* By value; of several with one value the best choice last, where the search ends. */
static int compare(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (int)y->weak_choice - (int)x->weak_choice;
}

static void read_symbols(struct module *m)
{
    GElf_Shdr header;
    for (Elf_Scn *s = elf_nextscn(m->elf, NULL); s; s = elf_nextscn(m->elf, s))
        if (gelf_getshdr(s, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
            read_table(m, s, &header);
    if (m->symbols) qsort(m->symbol, m->symbols, sizeof *m->symbol, compare);
}

/* The whole file in memory: its descriptor must not stay among the guest's. */
static bool read_image(struct module *m)
{
    int fd = open(m->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return false;
    m->image = MAP_FAILED;
    if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
        m->bytes = (size_t)st.st_size;
        m->image = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    return m->image != MAP_FAILED;
}

/* A module without an image is remembered, too: it is not tried again. */
static struct module *load(struct symbols *s, const char *path)
{
    struct module *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->path = strdup(path);
    m->next = s->modules;
    s->modules = m;
    if (!m->path || !read_image(m)) {
        m->image = NULL;
        return m;
    }
    m->elf = elf_memory(m->image, m->bytes);
    if (m->elf && elf_kind(m->elf) == ELF_K_ELF) {
        read_segments(m);
        read_symbols(m);
    }
    return m;
}

static struct module *module_of(struct symbols *s, const char *path)
{
    for (struct module *m = s->modules; m; m = m->next)
        if (m->path && !strcmp(m->path, path)) return m;
    return load(s, path);
}

static bool to_vaddr(const struct module *m, uint64_t file_offset, uint32_t *vaddr)
{
    for (unsigned i = 0; i < m->segments; i++) {
        const struct segment *g = &m->segment[i];
        if (file_offset < g->offset || file_offset - g->offset >= g->size) continue;
        *vaddr = g->vaddr + (uint32_t)(file_offset - g->offset);
        return true;
    }
    return false;
}

/* The last symbol at or before `vaddr`, if it reaches so far or has no size. */
static const struct symbol *search(const struct module *m, uint32_t vaddr)
{
    size_t low = 0, high = m->symbols;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->symbol[middle].value <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const struct symbol *s = &m->symbol[low - 1];
    return s->size == 0 || vaddr - s->value < s->size ? s : NULL;
}

struct place {
    const char *mapping; /* NULL: not mapped */
    gaddr start;
    uint64_t file_offset;
    const struct symbol *symbol;
    uint32_t into; /* offset in the symbol */
};

/* The file that is mapped there, and the address in it. false: none that can be read. */
static bool find_module(struct symbols *s, struct place *p, gaddr a, struct module **m, uint32_t *vaddr)
{
    gaddr end;
    uint64_t start_offset;
    p->mapping = mm_mapping_at(s->mm, a, &p->start, &end, &start_offset);
    if (!p->mapping || p->mapping[0] != '/') return false;
    p->file_offset = start_offset + (a - p->start);
    *m = module_of(s, p->mapping);
    return *m && to_vaddr(*m, p->file_offset, vaddr);
}

static struct place locate(struct symbols *s, gaddr a)
{
    struct place p = {0};
    struct module *m;
    uint32_t vaddr;
    if (!find_module(s, &p, a, &m, &vaddr)) return p;
    p.symbol = search(m, vaddr);
    if (p.symbol) p.into = vaddr - p.symbol->value;
    return p;
}

const char *symbols_at(struct symbols *s, gaddr a, uint32_t *offset)
{
    struct place p = locate(s, a);
    *offset = p.into;
    return p.symbol ? p.symbol->name : NULL;
}

static const char *short_name(const char *mapping)
{
    const char *slash = strrchr(mapping, '/');
    return slash ? slash + 1 : *mapping ? mapping : "anonymous memory";
}

const char *symbols_module(struct symbols *s, gaddr a)
{
    struct place p = locate(s, a);
    return p.mapping ? short_name(p.mapping) : NULL;
}

char *symbols_source(struct symbols *s, gaddr a)
{
    struct place p;
    struct module *m;
    uint32_t vaddr;
    unsigned line;
    char *text;
    if (!find_module(s, &p, a, &m, &vaddr)) return NULL;
    if (!m->lines_read && m->elf) m->lines = lines_read(m->elf);
    m->lines_read = true;
    const char *file = lines_find(m->lines, vaddr, &line);
    return file && asprintf(&text, "%s:%u", file, line) >= 0 ? text : NULL;
}

/* A symbol without a size reaches to the next one. */
static bool reaches(const struct module *m, const struct symbol *y, uint32_t vaddr, uint32_t length)
{
    if (length || y->size) return vaddr - y->value < (length ? length : y->size);
    const struct symbol *found = search(m, vaddr);
    return found && found->value == y->value;
}

bool symbols_cover(struct symbols *s, gaddr a, const char *name, uint32_t length)
{
    struct place p;
    struct module *m;
    uint32_t vaddr;
    if (!find_module(s, &p, a, &m, &vaddr)) return false;
    for (const struct symbol *y = m->symbol; y < m->symbol + m->symbols; y++)
        if (reaches(m, y, vaddr, length) && !strcmp(y->name, name)) return true;
    return false;
}

void symbols_describe(struct symbols *s, gaddr a, char *out, size_t size)
{
    struct place p = locate(s, a);
    if (!p.mapping) {
        snprintf(out, size, "nothing mapped there");
        return;
    }
    bool is_file = strchr(p.mapping, '/') != NULL;
    const char *module = short_name(p.mapping);
    if (p.symbol)
        snprintf(out, size, "%s+0x%x in %s", p.symbol->name, p.into, module);
    else
        snprintf(out, size, "%s+0x%llx", module,
                 (unsigned long long)(is_file ? p.file_offset : (uint64_t)(a - p.start)));
}

struct symbols *symbols_new(struct mm *mm)
{
    struct symbols *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    elf_version(EV_CURRENT);
    s->mm = mm;
    return s;
}

void symbols_free(struct symbols *s)
{
    while (s && s->modules) {
        struct module *m = s->modules;
        s->modules = m->next;
        if (m->elf) elf_end(m->elf);
        if (m->image) munmap(m->image, m->bytes);
        free(m->symbol);
        lines_free(m->lines);
        free(m->path);
        free(m);
    }
    free(s);
}
