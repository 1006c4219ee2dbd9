/* Functions from .eh_frame: compilers write a record of where each function begins and ends, and how to
 * unwind its frame, which strip leaves in the file. What does not look like gcc's and clang's is passed over.
 */
#include "tier/functions.h"

#include "tier/elfdata.h"

/* How an address is written: low digit its type, high digit what it is relative to (DWARF's DW_EH_PE). */
enum {
    PE_ABSOLUTE = 0x00,
    PE_UDATA4 = 0x03,
    PE_SDATA4 = 0x0b,
    PE_TYPE = 0x0f,
    PE_PCREL = 0x10,
    PE_NONE = 0xff
};

static bool is_four_bytes(unsigned encoding)
{
    unsigned type = encoding & PE_TYPE;
    return encoding != PE_NONE && (type == PE_ABSOLUTE || type == PE_UDATA4 || type == PE_SDATA4);
}

/* The encoding of addresses that a common record gives to those that refer to it. */
static unsigned encoding_of(struct elfdata c)
{
    unsigned version = (unsigned)elfdata_take(&c, 1), of_personality;
    const char *augmentation = elfdata_string(&c);
    elfdata_leb(&c, false);
    elfdata_leb(&c, true);
    if (version == 1)
        elfdata_take(&c, 1);
    else
        elfdata_leb(&c, false);
    if (*augmentation != 'z') return *augmentation ? PE_NONE : PE_ABSOLUTE;
    elfdata_leb(&c, false);
    while (*++augmentation && !c.bad)
        switch (*augmentation) {
        case 'R': return (unsigned)elfdata_take(&c, 1);
        case 'L': elfdata_take(&c, 1); break;
        case 'P':
            of_personality = (unsigned)elfdata_take(&c, 1);
            if (!is_four_bytes(of_personality)) return PE_NONE;
            elfdata_take(&c, 4);
            break;
        case 'S':
        case 'B': break;
        default: return PE_NONE;
        }
    return PE_ABSOLUTE;
}

/* The next record from *all: its identity's place and the rest of it. false: there is none. */
static bool next_record(struct elfdata *all, struct elfdata *record)
{
    uint64_t length = elfdata_take(all, 4);
    if (all->bad || length < 4 || length > (size_t)(all->end - all->at)) return false;
    *record = (struct elfdata){.at = all->at, .end = all->at + length};
    all->at += length;
    return true;
}

void functions_find(Elf *elf, functions_fn *each, void *ctx)
{
    uint32_t vaddr;
    Elf_Data *d = elfdata_section(elf, ".eh_frame", &vaddr);
    if (!d) return;
    const uint8_t *start = d->d_buf;
    struct elfdata all = {.at = start, .end = start + d->d_size}, record, common;
    while (next_record(&all, &record)) {
        const uint8_t *identity = record.at;
        uint64_t back = elfdata_take(&record, 4);
        if (back == 0 || back > (size_t)(identity - start)) continue;
        common = (struct elfdata){.at = identity - back, .end = all.end};
        struct elfdata body;
        if (!next_record(&common, &body) || elfdata_take(&body, 4) != 0) continue;
        unsigned encoding = encoding_of(body), relative = encoding & 0xf0;
        if (!is_four_bytes(encoding) || (relative != 0 && relative != PE_PCREL)) continue;
        uint32_t from = relative ? vaddr + (uint32_t)(record.at - start) : 0;
        from += (uint32_t)elfdata_take(&record, 4);
        uint32_t length = (uint32_t)elfdata_take(&record, 4);
        if (!record.bad && length) each(ctx, from, length);
    }
}
