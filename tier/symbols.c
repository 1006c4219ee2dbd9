/* Reads symbol tables with libelf, once a file, and finds the symbol before an address. A stripped file's
 * come from its separate file of debugging information, where that is installed; functions without a name are
 * called by their address. Where files are mapped belongs to mm. */
#include "tier/symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tier/elfdata.h"
#include "tier/functions.h"
#include "tier/lines.h"
#include "tier/text.h"

enum { SEGMENTS = 16 };

struct symbol {
    uint32_t value, size;
    bool weak_choice; /* local or without a size: loses against another of the same value */
    const char *name; /* in the module's image, or `made` */
    char *made;
};

/* A whole file in memory. */
struct image {
    void *at; /* NULL: it could not be read */
    size_t bytes;
    Elf *elf;
};

struct module {
    struct module *next;
    char *path;
    struct image file, debug; /* debug: of its debugging information, where that is another file */
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
    const char *sysroot; /* NULL: none */
    struct module *modules;
};

static void read_segments(struct module *m)
{
    size_t n;
    GElf_Phdr ph;
    if (elf_getphdrnum(m->file.elf, &n)) return;
    for (size_t i = 0; i < n && m->segments < SEGMENTS && gelf_getphdr(m->file.elf, (int)i, &ph); i++)
        if (ph.p_type == PT_LOAD)
            m->segment[m->segments++] = (struct segment){ph.p_offset, ph.p_vaddr, ph.p_filesz};
}

static bool names_code_or_data(const GElf_Sym *s)
{
    unsigned type = GELF_ST_TYPE(s->st_info);
    return s->st_shndx != SHN_UNDEF && s->st_shndx != SHN_ABS && s->st_value &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE || type == STT_GNU_IFUNC);
}

static void read_table(struct module *m, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
    struct symbol *grown = n ? realloc(m->symbol, (m->symbols + n) * sizeof *grown) : NULL;
    if (!grown) return;
    m->symbol = grown;
    GElf_Sym s;
    for (size_t i = 0; i < n && gelf_getsym(data, (int)i, &s); i++) {
        const char *name = names_code_or_data(&s) ? elf_strptr(elf, header->sh_link, s.st_name) : NULL;
        if (!name || !*name) continue;
        bool weak = GELF_ST_BIND(s.st_info) == STB_LOCAL || s.st_size == 0;
        m->symbol[m->symbols++] = (struct symbol){s.st_value, s.st_size, weak, name, NULL};
    }
}

/* By value; of several with one value the best choice last, where the search ends. */
static int compare(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (int)y->weak_choice - (int)x->weak_choice;
}

static void sort(struct module *m)
{
    if (m->symbols) qsort(m->symbol, m->symbols, sizeof *m->symbol, compare);
}

static void read_symbols(struct module *m, Elf *elf)
{
    GElf_Shdr header;
    for (Elf_Scn *s = elf_nextscn(elf, NULL); s; s = elf_nextscn(elf, s))
        if (gelf_getshdr(s, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
            read_table(m, elf, s, &header);
    sort(m);
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

/* Functions that no symbol names, before they join the module's. */
struct nameless {
    const struct module *of;
    struct symbol *symbol;
    size_t n, room;
};

static void add_nameless(void *ctx, uint32_t start, uint32_t length)
{
    struct nameless *f = ctx;
    const struct symbol *known = search(f->of, start);
    if (known && (known->size || known->value == start)) return;
    if (f->n == f->room) {
        size_t room = f->room ? 2 * f->room : 256;
        struct symbol *grown = realloc(f->symbol, room * sizeof *grown);
        if (!grown) return;
        f->symbol = grown;
        f->room = room;
    }
    char *name = text_format("sub_%x", start);
    f->symbol[f->n++] = (struct symbol){start, length, false, name, name};
}

static void read_functions(struct module *m)
{
    struct nameless f = {.of = m};
    functions_find(m->file.elf, add_nameless, &f);
    struct symbol *grown = f.n ? realloc(m->symbol, (m->symbols + f.n) * sizeof *grown) : NULL;
    if (grown) {
        memcpy(grown + m->symbols, f.symbol, f.n * sizeof *grown);
        m->symbol = grown;
        m->symbols += f.n;
        sort(m);
    }
    free(f.symbol);
}

/* --- files -------------------------------------------------------------------------------------------- */

/* All of it in memory: its descriptor must not stay among the guest's. */
static bool read_image(struct image *i, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return false;
    if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
        i->bytes = (size_t)st.st_size;
        i->at = mmap(NULL, i->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        if (i->at == MAP_FAILED) i->at = NULL;
    }
    close(fd);
    i->elf = i->at ? elf_memory(i->at, i->bytes) : NULL;
    return i->elf && elf_kind(i->elf) == ELF_K_ELF;
}

static void forget_image(struct image *i)
{
    if (i->elf) elf_end(i->elf);
    if (i->at) munmap(i->at, i->bytes);
}

/* DIR/usr/lib/debug/.build-id/12/3456….debug, where Debian's -dbgsym packages have it; NULL: no such number.
 */
static char *debug_path(Elf *elf, const char *folder)
{
    enum { NOTE_HEADER = 12, GNU = 4, MOST = 32 };
    char text[2 * MOST + 1];
    Elf_Data *d = elfdata_section(elf, ".note.gnu.build-id", NULL);
    if (!d || d->d_size <= NOTE_HEADER + GNU + 1) return NULL;
    const uint8_t *id = (const uint8_t *)d->d_buf + NOTE_HEADER + GNU;
    size_t n = d->d_size - NOTE_HEADER - GNU;
    for (size_t k = 0; k < n && k < MOST; k++)
        snprintf(text + 2 * k, 3, "%02x", id[k]);
    return text_format("%s/usr/lib/debug/.build-id/%.2s/%s.debug", folder, text, text + 2);
}

static void read_debug_file(struct symbols *s, struct module *m)
{
    const char *const folders[] = {s->sysroot, ""};
    for (int k = 0; k < 2 && !m->debug.elf; k++) {
        char *path = folders[k] ? debug_path(m->file.elf, folders[k]) : NULL;
        if (path && !read_image(&m->debug, path)) {
            forget_image(&m->debug);
            m->debug = (struct image){0};
        }
        free(path);
    }
}

/* A module without an image is remembered, too: it is not tried again. */
static struct module *load(struct symbols *s, const char *path)
{
    struct module *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->path = strdup(path);
    m->next = s->modules;
    s->modules = m;
    if (!m->path || !read_image(&m->file, m->path)) return m;
    read_debug_file(s, m);
    read_segments(m);
    if (m->debug.elf) read_symbols(m, m->debug.elf);
    read_symbols(m, m->file.elf);
    read_functions(m);
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
    if (!m->lines_read && m->file.elf) m->lines = lines_read(m->debug.elf ? m->debug.elf : m->file.elf);
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

struct symbols *symbols_new(struct mm *mm, const char *sysroot)
{
    struct symbols *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    elf_version(EV_CURRENT);
    s->mm = mm;
    s->sysroot = sysroot;
    return s;
}

void symbols_free(struct symbols *s)
{
    while (s && s->modules) {
        struct module *m = s->modules;
        s->modules = m->next;
        forget_image(&m->file);
        forget_image(&m->debug);
        for (size_t k = 0; k < m->symbols; k++)
            free(m->symbol[k].made);
        free(m->symbol);
        lines_free(m->lines);
        free(m->path);
        free(m);
    }
    free(s);
}
