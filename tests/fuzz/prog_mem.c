/* Memory operands: an address in the area, written in any of the ways that the registers' bounds allow; now
 * and then one that faults. */
#include "tests/fuzz/progen.h"

enum { NONE = 8 };

struct want want_ints(struct maker *m, unsigned size, bool store)
{
    struct want w = {.size = size, .from = AT_INTS, .to = AT_F64, .store = store};
    switch (rnd(m, 8)) {
    case 0:
    case 1: w.from = AT_MIDDLE, w.to = AT_F80; break;
    case 2: w.from = AT_MIDDLE + 0x1f0, w.to = AT_MIDDLE + 0x210; break; /* around the page boundary */
    case 3: w.from = AT_SMALL, w.to = AT_BCD; break;
    case 4:
        if (!store || chance(m, 20)) w.from = AT_F64, w.to = AT_MIDDLE;
        break;
    default: break;
    }
    return w;
}

static uint32_t width(const struct facts *f, unsigned reg)
{
    return reg == NONE ? 0 : f->hi[reg] - f->lo[reg];
}

/* A register whose bounds are known closely enough, and with `aligned` also its last bits, or NONE. */
static unsigned bounded(struct maker *m, uint32_t most, bool aligned)
{
    unsigned first = rnd(m, 8);
    for (unsigned k = 0; k < 8; k++) {
        unsigned r = (first + k) & 7;
        if (aligned && !(m->f.aligned >> r & 1) && width(&m->f, r)) continue;
        if (r != ESP && width(&m->f, r) <= most) return r;
    }
    return NONE;
}

static void encode(struct maker *m, struct ea *ea, unsigned base, unsigned index, unsigned scale,
                   uint32_t disp)
{
    bool small = disp + 128 < 256;
    ea->disp = disp;
    if (base == NONE) {
        ea->disp_bytes = 4;
        ea->modrm = index == NONE ? 5 : 4;
        ea->has_sib = index != NONE;
        ea->sib = (uint8_t)(scale << 6 | index << 3 | 5);
        return;
    }
    unsigned mod = disp == 0 && base != EBP && chance(m, 70) ? 0 : small && chance(m, 90) ? 1 : 2;
    ea->disp_bytes = mod == 0 ? 0 : mod == 1 ? 1 : 4;
    ea->has_sib = index != NONE || base == ESP || chance(m, 5);
    ea->modrm = (uint8_t)(mod << 6 | (ea->has_sib ? 4 : base));
    ea->sib = (uint8_t)(scale << 6 | (index == NONE ? 4 : index) << 3 | base);
}

/* An address of any value: for lea. */
static void encode_any(struct maker *m, struct ea *ea)
{
    unsigned base = rnd(m, 9), index = rnd(m, 2) ? NONE : rnd(m, 8);
    if (index == ESP) index = NONE;
    encode(m, ea, base, index, rnd(m, 4), immediate(m));
}

static uint32_t bad_address(struct maker *m, const struct want *w)
{
    uint32_t at = rnd(m, 0xf00);
    switch (rnd(m, 4)) {
    case 0: return BORDER_HOLE + at;
    case 1: return w->store ? BORDER_READ_ONLY + at : BORDER_NONE + at;
    case 2: return w->store || w->size < 2 ? BORDER_NONE : BORDER_NONE - 1 - rnd(m, w->size - 1);
    default: return BORDER_NONE + at;
    }
}

static uint32_t offset(struct maker *m, const struct want *w, uint32_t spread)
{
    uint32_t room = w->to - w->from - w->size - spread + 1, off = rnd(m, room);
    uint32_t unit = w->size == 10 ? 10 : w->size & (0 - w->size);
    if (w->aligned)
        off -= off % 16;
    else if (chance(m, 60))
        off -= off % unit;
    return w->from + off;
}

static bool on_stack(struct maker *m, const struct want *w, struct ea *ea)
{
    if (w->no_stack || 4 * m->pushed < w->size || !chance(m, 40)) return false;
    encode(m, ea, ESP, NONE, 0, rnd(m, 4 * m->pushed - w->size + 1));
    return true;
}

static void through_segment(struct maker *m, const struct want *w, struct ea *ea)
{
    ea->seg = chance(m, 50) ? 0x64 : 0x65;
    encode(m, ea, NONE, NONE, 0, offset(m, w, 0));
    if (!chance(m, 30)) return;
    ea->addr16 = true;
    ea->modrm = 6;
    ea->disp_bytes = 2;
}

void address(struct maker *m, const struct want *w, struct ea *ea)
{
    *ea = (struct ea){0};
    if (w->anywhere) {
        encode_any(m, ea);
        return;
    }
    if (!w->no_fault && rnd(m, 1000) < m->fault_share) {
        unsigned base = chance(m, 60) ? bounded(m, 0, false) : NONE;
        ea->faults = true;
        encode(m, ea, base, NONE, 0, bad_address(m, w) - (base == NONE ? 0 : m->f.lo[base]));
        return;
    }
    if (m->walker >= 0 && !w->no_fault && w->size <= 8 && (w->size <= 4 || !w->store) && chance(m, 40)) {
        uint32_t disp = w->store ? 4 * rnd(m, 4) : rnd(m, 16);
        ea->faults = true;
        encode(m, ea, (unsigned)m->walker, NONE, 0, disp);
        return;
    }
    if (on_stack(m, w, ea)) return;
    if (chance(m, 3)) {
        through_segment(m, w, ea);
        return;
    }
    uint32_t room = w->to - w->from - w->size;
    unsigned base = chance(m, 75) ? bounded(m, room, w->aligned) : NONE, index = NONE, scale = rnd(m, 4);
    uint32_t spread = width(&m->f, base), sum = base == NONE ? 0 : m->f.lo[base];
    if (chance(m, 40)) index = bounded(m, (room - spread) >> scale, w->aligned);
    if (index != NONE) {
        spread += width(&m->f, index) << scale;
        sum += m->f.lo[index] << scale;
    }
    encode(m, ea, base, index, scale, AREA + offset(m, w, spread) - sum);
    if (chance(m, 2)) ea->seg = 0x3e;
}

void put_ea_prefixes(struct maker *m, const struct ea *ea)
{
    if (ea->seg) put(m, ea->seg, 1);
    if (ea->addr16) put(m, 0x67, 1);
}

void put_ea(struct maker *m, const struct ea *ea, unsigned reg)
{
    put(m, ea->modrm | reg << 3, 1);
    if (ea->has_sib) put(m, ea->sib, 1);
    put(m, ea->disp, ea->disp_bytes);
}
