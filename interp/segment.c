/* Segments as a Linux i386 process on a 64-bit kernel sees them: the flat user selectors, three TLS
 * entries in the GDT and a private LDT. */
#include "interp/segment.h"

#define FLAT .limit = 0xffffffff, .present = true, .limit_in_pages = true
static const struct descriptor user_code = {FLAT, .seg32 = true, .code = true};
static const struct descriptor user_data = {FLAT, .seg32 = true};
static const struct descriptor user_code64 = {FLAT, .code = true};

/* An entry that was never set, or cleared, is all zero: no segment, where one that is not present is one. */
static bool is_made(const struct descriptor *d)
{
    return d->present || d->limit;
}

const struct descriptor *cpu_descriptor(const struct cpu *cpu, uint16_t selector)
{
    unsigned index = selector >> 3;
    if (selector & 4) return cpu->ldt && is_made(&cpu->ldt[index]) ? &cpu->ldt[index] : NULL;
    if (index == SEL_USER_CS >> 3) return &user_code;
    if (index == SEL_USER_DS >> 3) return &user_data;
    if (index == SEL_USER_CS64 >> 3) return &user_code64;
    if (index >= GDT_TLS_MIN && index < GDT_TLS_MIN + TLS_SLOTS) {
        const struct descriptor *d = &cpu->tls[index - GDT_TLS_MIN];
        return is_made(d) ? d : NULL;
    }
    return NULL;
}

static bool refuse(struct cpu *cpu, enum vector v, uint16_t selector)
{
    cpu_trap(cpu, v, selector & 0xfffc);
    return false;
}

bool cpu_load_segment(struct cpu *cpu, enum sreg s, uint16_t selector)
{
    if ((selector & ~3) == 0) {
        if (s == SS) return refuse(cpu, VEC_GP, 0);
        cpu->seg[s] = selector;
        cpu->seg_base[s] = 0;
        return true;
    }
    const struct descriptor *d = cpu_descriptor(cpu, selector);
    bool writable = d && !d->code && !d->read_exec_only, readable = d && (!d->code || !d->read_exec_only);
    if (s == SS ? !writable || (selector & 3) != 3 : !readable) return refuse(cpu, VEC_GP, selector);
    if (!d->present) return refuse(cpu, s == SS ? VEC_SS : VEC_NP, selector);
    cpu->seg[s] = selector;
    cpu->seg_base[s] = d->base;
    return true;
}

bool segment_code_ok(struct cpu *cpu, uint16_t selector, bool is_return)
{
    if ((selector & ~3) == 0) return refuse(cpu, VEC_GP, 0);
    const struct descriptor *d = cpu_descriptor(cpu, selector);
    if (!d || !d->code || !d->seg32 || d->base) return refuse(cpu, VEC_GP, selector);
    if (is_return && (selector & 3) != 3) return refuse(cpu, VEC_GP, selector);
    if (!d->present) return refuse(cpu, VEC_NP, selector);
    return true;
}

uint32_t segment_rights(const struct descriptor *d)
{
    unsigned type = 1 | (d->code ? 8 : d->expand_down ? 4 : 0) | (d->read_exec_only ? 0 : 2);
    uint32_t rights = type << 8 | 1 << 12 | 3 << 13 | (uint32_t)d->present << 15;
    rights |= (uint32_t)d->useable << 20 | (uint32_t)d->seg32 << 22 | (uint32_t)d->limit_in_pages << 23;
    if (d == &user_code64) rights |= 1 << 21;
    return rights;
}
