/* The libraries of a dynamically linked program, as the dynamic linker lists them for debuggers: DT_DEBUG of
 * the program's dynamic section leads to struct r_debug, and that to a list of struct link_map (<link.h>). */
#include <elf.h>
#include <stdio.h>

#include "tier/gdb_inside.h"

static bool word(struct gdb *g, gaddr at, uint32_t *out)
{
    return !mm_read(g->vm->mm, at, out, sizeof *out);
}

static gaddr dynamic_section(struct gdb *g)
{
    const struct mm_image *img = &g->vm->image;
    for (uint32_t k = 0; img->phdr && k < img->phnum; k++) {
        Elf32_Phdr p;
        if (mm_read(g->vm->mm, img->phdr + k * (gaddr)sizeof p, &p, sizeof p)) return 0;
        if (p.p_type == PT_DYNAMIC) return img->bias + p.p_vaddr;
    }
    return 0;
}

static gaddr first_map(struct gdb *g)
{
    enum { MOST = 256 };
    gaddr at = dynamic_section(g);
    Elf32_Dyn d;
    uint32_t map = 0;
    for (int k = 0; at && k < MOST; k++, at += sizeof d) {
        if (mm_read(g->vm->mm, at, &d, sizeof d) || d.d_tag == DT_NULL) return 0;
        if (d.d_tag != DT_DEBUG) continue;
        return d.d_un.d_ptr && word(g, d.d_un.d_ptr + 4, &map) ? map : 0; /* after r_version */
    }
    return 0;
}

/* A name as XML text. */
static size_t put_name(char *out, size_t size, const char *name)
{
    size_t n = 0;
    for (; *name && n + 8 < size; name++) {
        unsigned char c = (unsigned char)*name;
        if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' || c < ' ')
            n += (size_t)snprintf(out + n, size - n, "&#%u;", c);
        else
            out[n++] = (char)c;
    }
    return n;
}

size_t gdb_libraries(struct gdb *g, char *out, size_t size)
{
    enum { MOST = 512, LINE = 256 };
    struct {
        uint32_t addr, name, ld, next, prev;
    } map;
    char name[4096];
    gaddr main_map = first_map(g), at = main_map;
    size_t n = (size_t)snprintf(out, size, "<library-list-svr4 version=\"1.0\"");
    if (main_map) n += (size_t)snprintf(out + n, size - n, " main-lm=\"0x%x\"", main_map);
    n += (size_t)snprintf(out + n, size - n, ">");
    for (int k = 0; at && k < MOST && n + sizeof name + LINE < size; k++, at = map.next) {
        if (mm_read(g->vm->mm, at, &map, sizeof map)) break;
        if (at == main_map || mm_read_string(g->vm->mm, map.name, name, sizeof name) <= 0) continue;
        n += (size_t)snprintf(out + n, size - n, "<library name=\"");
        n += put_name(out + n, size - n - LINE, name);
        n +=
            (size_t)snprintf(out + n, size - n, "\" lm=\"0x%x\" l_addr=\"0x%x\" l_ld=\"0x%x\" lmid=\"0x0\"/>",
                             at, map.addr, map.ld);
    }
    return n + (size_t)snprintf(out + n, size - n, "</library-list-svr4>");
}
