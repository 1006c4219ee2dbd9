/* Bytes, labels, resume points, random numbers, and the merging of what is known. */
#include <string.h>

#include "tests/fuzz/progen.h"

/* --- random numbers ----------------------------------------------------------------------------------- */

static uint32_t mix(uint32_t a, uint32_t b)
{
    uint32_t x = a * 0x9e3779b1u ^ (b + 0x7f4a7c15u) * 0x85ebca6bu;
    x ^= x >> 15;
    x *= 0x2c1b3c6du;
    x ^= x >> 12;
    x *= 0x297a2d39u;
    return x ^ x >> 15;
}

uint32_t rnd(struct maker *m, uint32_t n)
{
    m->rng = m->rng * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)mix(m->rng, 1) * n >> 32);
}

bool chance(struct maker *m, unsigned percent)
{
    return rnd(m, 100) < percent;
}

/* --- items -------------------------------------------------------------------------------------------- */

bool item_begin(struct maker *m, unsigned ordinal, uint32_t saved[2])
{
    uint32_t id = mix(m->item, ordinal);
    for (unsigned k = 0; k < m->dropped_count; k++)
        if (m->dropped[k] == id) return false;
    saved[0] = m->item;
    saved[1] = m->rng;
    m->item = id;
    m->rng = mix(id, 77);
    if (m->p->item_count < PROG_ITEMS)
        m->p->items[m->p->item_count++] = (struct prog_item){id, m->depth, m->p->size};
    m->depth++;
    return true;
}

void item_end(struct maker *m, const uint32_t saved[2])
{
    m->item = saved[0];
    m->rng = saved[1];
    m->depth--;
}

/* --- bytes -------------------------------------------------------------------------------------------- */

void put(struct maker *m, uint32_t value, unsigned bytes)
{
    for (unsigned k = 0; k < bytes && m->p->size < PROG_CODE; k++)
        m->p->code[m->p->size++] = (uint8_t)(value >> 8 * k);
}

uint32_t here(const struct maker *m)
{
    return m->base + m->p->size;
}

/* --- facts -------------------------------------------------------------------------------------------- */

void facts_forget(struct facts *f, unsigned reg)
{
    f->lo[reg] = 0;
    f->hi[reg] = 0xffffffff;
    f->aligned &= ~(1 << reg);
}

void facts_merge(struct facts *f, const struct facts *other)
{
    for (unsigned r = 0; r < 8; r++) {
        if (other->lo[r] < f->lo[r]) f->lo[r] = other->lo[r];
        if (other->hi[r] > f->hi[r]) f->hi[r] = other->hi[r];
    }
    f->defined &= other->defined;
    f->aligned &= other->aligned;
    if (other->depth < f->depth) f->depth = other->depth;
}

/* --- labels ------------------------------------------------------------------------------------------- */

unsigned label_new(struct maker *m)
{
    if (m->label_count < PROG_LABELS - 1) m->label_count++;
    m->labels[m->label_count - 1] = (struct label){.at = -1};
    return m->label_count - 1;
}

void label_reach(struct maker *m, unsigned label)
{
    struct label *l = &m->labels[label];
    if (l->at >= 0) return;
    if (l->reached)
        facts_merge(&l->facts, &m->f);
    else
        l->facts = m->f;
    l->reached = true;
}

/* The place where the pinned registers are those of here: what was pinned on the way does not count. */
void label_place(struct maker *m, unsigned label)
{
    struct label *l = &m->labels[label];
    uint8_t pinned = m->f.pinned;
    if (l->reached) m->f = l->facts;
    m->f.pinned = pinned;
    l->at = (int)m->p->size;
}

void put_ref(struct maker *m, unsigned kind, unsigned label)
{
    if (m->fix_count < 2 * PROG_LABELS) m->fixes[m->fix_count++] = (struct fix){kind, label, m->p->size};
    put(m, 0, kind == FIX_REL8 ? 1 : 4);
}

void put_jump(struct maker *m, unsigned opcode, unsigned label, bool near_by)
{
    const struct label *l = &m->labels[label];
    bool conditional = opcode < 0x80, call = opcode == 0xe8;
    if (l->at >= 0) near_by = (int)m->p->size - l->at < 120 && chance(m, 80);
    label_reach(m, label);
    if (near_by && !call) {
        put(m, opcode, 1);
        put_ref(m, FIX_REL8, label);
        return;
    }
    if (conditional)
        put(m, 0x800f | (opcode & 15) << 8, 2);
    else
        put(m, call ? 0xe8 : 0xe9, 1);
    put_ref(m, FIX_REL32, label);
}

void resume_next(struct maker *m, int start, uint32_t flags)
{
    struct prog *p = m->p;
    if (p->resume_count == PROG_RESUMES) return;
    struct resume *r = &p->resumes[p->resume_count];
    *r = (struct resume){m->base + (uint32_t)start, here(m), flags | FL_DF};
    if (m->fault_exit >= 0 && m->pushed == 0 && chance(m, 40)) {
        label_reach(m, (unsigned)m->fault_exit);
        if (m->fix_count < 2 * PROG_LABELS)
            m->fixes[m->fix_count++] = (struct fix){FIX_RESUME, (unsigned)m->fault_exit, p->resume_count};
    }
    p->resume_count++;
}

static void put_at(struct prog *p, unsigned where, uint32_t value, unsigned bytes)
{
    for (unsigned k = 0; k < bytes && where + k < PROG_CODE; k++)
        p->code[where + k] = (uint8_t)(value >> 8 * k);
}

void resolve(struct maker *m)
{
    for (unsigned k = 0; k < m->fix_count; k++) {
        const struct fix *x = &m->fixes[k];
        uint32_t to = (uint32_t)m->labels[x->label].at;
        switch (x->kind) {
        case FIX_REL8: put_at(m->p, x->where, to - (x->where + 1), 1); break;
        case FIX_REL32: put_at(m->p, x->where, to - (x->where + 4), 4); break;
        case FIX_ABSOLUTE: put_at(m->p, x->where, m->base + to, 4); break;
        default: m->p->resumes[x->where].to = m->base + to; break;
        }
    }
}
