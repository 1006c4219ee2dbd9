/* Segments that the guest makes: set_thread_area and get_thread_area (entries 12 to 14 of the GDT, as under a
 * 64-bit kernel) and modify_ldt. What a selector means to an instruction is interp's. */
#include <stdlib.h>
#include <string.h>

#include "syscalls/sys.h"

enum { CONTENTS_CODE = 2, CONTENTS_CONFORMING = 3, CONTENTS_EXPAND_DOWN = 1 };

static unsigned contents(const struct guest_user_desc *u)
{
    return (u->flags & UD_CONTENTS) >> 1;
}

static bool is_empty(const struct guest_user_desc *u) /* LDT_empty */
{
    return !u->base_addr && !u->limit && (u->flags & 0x7f) == (UD_READ_EXEC_ONLY | UD_NOT_PRESENT);
}

static bool is_zero(const struct guest_user_desc *u) /* LDT_zero */
{
    return !u->base_addr && !u->limit && !(u->flags & 0x7f);
}

static struct descriptor decode(const struct guest_user_desc *u)
{
    struct descriptor d = {
        .base = u->base_addr,
        .limit = u->limit & 0xfffff,
        .present = !(u->flags & UD_NOT_PRESENT),
        .seg32 = u->flags & UD_SEG_32BIT,
        .code = contents(u) & CONTENTS_CODE,
        .read_exec_only = u->flags & UD_READ_EXEC_ONLY,
        .limit_in_pages = u->flags & UD_LIMIT_IN_PAGES,
        .expand_down = contents(u) == CONTENTS_EXPAND_DOWN,
        .useable = u->flags & UD_USEABLE,
    };
    if (d.limit_in_pages) d.limit = d.limit << GPAGE_SHIFT | (GPAGE - 1);
    return d;
}

static struct guest_user_desc encode(uint32_t entry, const struct descriptor *d)
{
    struct guest_user_desc u = {.entry_number = entry,
                                .base_addr = d->base,
                                .limit = d->limit_in_pages ? d->limit >> GPAGE_SHIFT : d->limit};
    unsigned kind = d->code ? CONTENTS_CODE : d->expand_down ? CONTENTS_EXPAND_DOWN : 0;
    u.flags = (d->seg32 ? UD_SEG_32BIT : 0) | kind << 1 | (d->read_exec_only ? UD_READ_EXEC_ONLY : 0) |
              (d->limit_in_pages ? UD_LIMIT_IN_PAGES : 0) | (d->present ? 0 : UD_NOT_PRESENT) |
              (d->useable ? UD_USEABLE : 0);
    return u;
}

/* Registers that hold the changed selector take the new base at once (do_set_thread_area). */
static void reload(struct cpu *cpu, uint16_t selector)
{
    static const enum sreg data[] = {DS, ES, FS, GS, SS};
    for (unsigned i = 0; i < sizeof data / sizeof *data; i++)
        if ((cpu->seg[data[i]] | 3) == (selector | 3) && !cpu_load_segment(cpu, data[i], selector | 3) &&
            data[i] != SS && cpu_load_segment(cpu, data[i], 0))
            continue;
}

/* The kernel refuses TLS segments that are not plain 32-bit data (tls_desc_okay). */
static bool is_tls(const struct guest_user_desc *u)
{
    if (is_empty(u) || is_zero(u)) return true;
    return (u->flags & UD_SEG_32BIT) && contents(u) <= CONTENTS_EXPAND_DOWN && !(u->flags & UD_NOT_PRESENT);
}

static int free_slot(const struct cpu *cpu)
{
    for (int i = 0; i < TLS_SLOTS; i++)
        if (!cpu->tls[i].present) return i;
    return -G_ESRCH;
}

long tls_set_area(struct call *c, gaddr at, bool allocate)
{
    struct guest_user_desc u;
    if (mm_read(c->mm, at, &u, sizeof u)) return -G_EFAULT;
    if (!is_tls(&u)) return -G_EINVAL;
    int slot = (int)(u.entry_number - GDT_TLS_MIN);
    if (u.entry_number == UINT32_MAX && allocate) {
        slot = free_slot(c->cpu);
        if (slot < 0) return slot;
        u.entry_number = (uint32_t)slot + GDT_TLS_MIN;
        if (mm_write(c->mm, at, &u.entry_number, sizeof u.entry_number)) return -G_EFAULT;
    }
    if (slot < 0 || slot >= TLS_SLOTS) return -G_EINVAL;
    struct descriptor none = {0};
    c->cpu->tls[slot] = is_empty(&u) || is_zero(&u) ? none : decode(&u);
    reload(c->cpu, (uint16_t)(u.entry_number << 3));
    return 0;
}

long call_set_thread_area(struct call *c)
{
    return tls_set_area(c, c->arg[0], true);
}

long call_get_thread_area(struct call *c)
{
    struct guest_user_desc u;
    if (mm_read(c->mm, c->arg[0], &u.entry_number, sizeof u.entry_number)) return -G_EFAULT;
    uint32_t slot = u.entry_number - GDT_TLS_MIN;
    if (slot >= TLS_SLOTS) return -G_EINVAL;
    struct descriptor *d = &c->cpu->tls[slot];
    u = encode(u.entry_number, d);
    if (!d->present) u.flags = UD_READ_EXEC_ONLY | UD_NOT_PRESENT;
    return mm_write(c->mm, c->arg[0], &u, sizeof u);
}

/* --- modify_ldt ---------------------------------------------------------------------------------------- */

/* The descriptor's eight bytes as the hardware has them (fill_ldt, with DPL 3). */
static uint64_t pack(const struct descriptor *d)
{
    if (!d->present && !d->limit && !d->base) return 0;
    uint64_t limit = d->limit_in_pages ? d->limit >> GPAGE_SHIFT : d->limit;
    uint64_t type = 1u | !d->read_exec_only << 1 | (uint64_t)d->expand_down << 2 | (uint64_t)d->code << 3;
    uint64_t access = type | 1u << 4 | 3u << 5 | (uint64_t)d->present << 7;
    uint64_t flags = (uint64_t)d->useable | (uint64_t)d->seg32 << 2 | (uint64_t)d->limit_in_pages << 3;
    return (limit & 0xffff) | (uint64_t)(d->base & 0xffffff) << 16 | access << 40 |
           (limit >> 16 & 0xf) << 48 | flags << 52 | (uint64_t)(d->base >> 24) << 56;
}

/* Entries that were never made read as zeros. */
static long read_ldt(struct call *c)
{
    enum { ENTRY = 8 };
    uint32_t size = c->arg[2] < LDT_ENTRIES * ENTRY ? c->arg[2] : LDT_ENTRIES * ENTRY;
    if (!c->cpu->ldt) return 0;
    for (uint32_t at = 0; at < size; at += ENTRY) {
        uint64_t d = pack(&c->cpu->ldt[at / ENTRY]);
        if (mm_write(c->mm, c->arg[1] + at, &d, size - at < ENTRY ? size - at : ENTRY)) return -G_EFAULT;
    }
    return (long)size;
}

static long write_ldt(struct call *c, bool old)
{
    struct guest_user_desc u;
    if (c->arg[2] != sizeof u) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[1], &u, sizeof u)) return -G_EFAULT;
    if (u.entry_number >= LDT_ENTRIES) return -G_EINVAL;
    if (contents(&u) == CONTENTS_CONFORMING && (old || !(u.flags & UD_NOT_PRESENT))) return -G_EINVAL;
    bool clear = (old && !u.base_addr && !u.limit) || is_empty(&u);
    if (!clear && !(u.flags & UD_SEG_32BIT)) return -G_EINVAL; /* 16-bit segments: as a kernel without them */
    if (!c->cpu->ldt) c->cpu->ldt = calloc(LDT_ENTRIES, sizeof *c->cpu->ldt);
    if (!c->cpu->ldt) return -G_ENOMEM;
    struct descriptor d = {0};
    if (!clear) d = decode(&u);
    if (old) d.useable = false;
    c->cpu->ldt[u.entry_number] = d;
    reload(c->cpu, (uint16_t)(u.entry_number << 3 | 4));
    return 0;
}

long call_modify_ldt(struct call *c)
{
    enum { READ, WRITE_OLD, READ_DEFAULT, WRITE = 0x11, DEFAULT_SIZE = 128 };
    switch (c->arg[0]) {
    case READ: return read_ldt(c);
    case WRITE_OLD: return write_ldt(c, true);
    case READ_DEFAULT: {
        uint32_t size = c->arg[2] < DEFAULT_SIZE ? c->arg[2] : DEFAULT_SIZE;
        return mm_zero(c->mm, c->arg[1], size) ? -G_EFAULT : (long)size;
    }
    case WRITE: return write_ldt(c, false);
    default: return -G_ENOSYS;
    }
}
