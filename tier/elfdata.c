/* Sections of ELF files for those who look into them: names, line tables, unwind records. Knows what they are
 * made of, numbers and strings, and not what they mean. */
#include "tier/elfdata.h"

#include <gelf.h>
#include <string.h>

uint64_t elfdata_take(struct elfdata *c, unsigned n)
{
    uint64_t v = 0;
    if ((size_t)(c->end - c->at) < n) {
        c->bad = true;
        c->at = c->end;
        return 0;
    }
    for (unsigned k = 0; k < n; k++)
        v |= (uint64_t)c->at[k] << 8 * (k & 7);
    c->at += n;
    return v;
}

uint64_t elfdata_leb(struct elfdata *c, bool is_signed)
{
    uint64_t v = 0;
    unsigned shift = 0, b;
    do {
        b = (unsigned)elfdata_take(c, 1);
        if (shift < 64) v |= (uint64_t)(b & 0x7f) << shift;
        shift += 7;
    } while (b & 0x80 && !c->bad);
    if (is_signed && shift < 64 && b & 0x40) v |= ~0ull << shift;
    return v;
}

const char *elfdata_string(struct elfdata *c)
{
    const char *s = (const char *)c->at;
    const uint8_t *end = memchr(c->at, 0, (size_t)(c->end - c->at));
    c->bad = c->bad || !end;
    c->at = end ? end + 1 : c->end;
    return end ? s : "";
}

static Elf_Data *bytes_of(Elf_Scn *s, const GElf_Shdr *h)
{
    if (h->sh_type == SHT_NOBITS) return NULL;
    if (h->sh_flags & SHF_COMPRESSED && elf_compress(s, 0, 0) < 0) return NULL;
    Elf_Data *d = elf_rawdata(s, NULL);
    return d && d->d_buf ? d : NULL;
}

Elf_Data *elfdata_section(Elf *elf, const char *name, uint32_t *vaddr)
{
    size_t names;
    GElf_Shdr h;
    if (elf_getshdrstrndx(elf, &names)) return NULL;
    for (Elf_Scn *s = elf_nextscn(elf, NULL); s; s = elf_nextscn(elf, s)) {
        const char *own = gelf_getshdr(s, &h) ? elf_strptr(elf, names, h.sh_name) : NULL;
        if (!own || strcmp(own, name)) continue;
        if (vaddr) *vaddr = (uint32_t)h.sh_addr;
        return bytes_of(s, &h);
    }
    return NULL;
}
