/* The shape of a program: blocks of straight code, branches, loops and calls. */
#include <string.h>

#include "tests/fuzz/progen.h"

/* --- straight code ------------------------------------------------------------------------------------ */

static void instruction(struct maker *m)
{
    if (chance(m, m->x87_share)) {
        x87_insn(m);
        return;
    }
    if (chance(m, m->simd_share)) {
        simd_insn(m);
        return;
    }
    switch (m->quiet ? 9 : rnd(m, 40)) {
    case 0: string_sequence(m); break;
    case 1:
    case 2:
    case 3: stack_sequence(m); break;
    case 4:
        if (m->fault_share && m->times < 100) fault_insn(m);
        break;
    default: integer_insn(m); break;
    }
}

static void straight(struct maker *m)
{
    uint32_t saved[2];
    unsigned count = 2 + rnd(m, 10);
    bool quiet = m->quiet;
    m->quiet = quiet || chance(m, 15);
    for (unsigned k = 0; k < count; k++) {
        if (!item_begin(m, k, saved)) continue;
        instruction(m);
        item_end(m, saved);
    }
    m->quiet = quiet;
    unwind(m);
}

/* --- branches ----------------------------------------------------------------------------------------- */

static void branch(struct maker *m)
{
    unsigned skip = label_new(m), end = label_new(m);
    put_jump(m, 0x70 | defined_cond(m), skip, false);
    block(m, 1 + rnd(m, 2));
    if (chance(m, 50)) {
        label_reach(m, skip);
        label_place(m, skip);
        return;
    }
    put_jump(m, 0xeb, end, false);
    m->f = m->labels[skip].facts;
    label_place(m, skip);
    block(m, 1 + rnd(m, 2));
    label_reach(m, end);
    label_place(m, end);
}

/* Several conditions on the same flags, each with code of its own. */
static void chain(struct maker *m)
{
    unsigned ways = 2 + rnd(m, 3), to[4], end = label_new(m);
    struct facts entry[4];
    for (unsigned k = 0; k < ways; k++) {
        to[k] = label_new(m);
        put_jump(m, 0x70 | defined_cond(m), to[k], false);
        entry[k] = m->f;
    }
    block(m, rnd(m, 2));
    for (unsigned k = 0; k < ways; k++) {
        put_jump(m, 0xeb, end, false);
        m->f = entry[k];
        label_place(m, to[k]);
        block(m, rnd(m, 2));
    }
    label_reach(m, end);
    label_place(m, end);
}

/* loopne, loope, loop or jecxz forwards. */
static void put_short_count(struct maker *m, unsigned to)
{
    unsigned opcode = 0xe0 + rnd(m, 4);
    if (opcode <= 0xe1) define_flags(m, FL_ZF);
    if (opcode != 0xe3) facts_forget(&m->f, ECX);
    put(m, opcode, 1);
    put_ref(m, FIX_REL8, to);
    label_reach(m, to);
}

/* A short jump over an instruction or two: what becomes a conditional move. */
static void hop(struct maker *m)
{
    unsigned over = label_new(m);
    if (!(m->f.pinned & 1 << ECX) && chance(m, 20))
        put_short_count(m, over);
    else
        put_jump(m, 0x70 | defined_cond(m), over, true);
    integer_insn(m);
    label_reach(m, over);
    label_place(m, over);
}

/* cmp of the loop's counter with a number that it reaches once; what follows happens in that turn only. */
static void in_one_turn(struct maker *m)
{
    unsigned over = label_new(m);
    if (m->counter < 0) return;
    put(m, 0xf881 | (unsigned)m->counter << 8, 2);
    put(m, 1 + rnd(m, m->turns), 4);
    m->f.defined = FL_ARITH;
    if (m->fault_exit >= 0 && chance(m, 15)) {
        put_jump(m, 0x74, (unsigned)m->fault_exit, false);
        return;
    }
    put_jump(m, 0x75, over, false);
    unsigned times = m->times, share = m->fault_share;
    m->times = 1;
    if (share && chance(m, 60)) {
        fault_insn(m);
        m->fault_share = 1000;
    }
    integer_insn(m);
    if (chance(m, m->x87_share)) x87_insn(m);
    if (chance(m, m->simd_share)) simd_insn(m);
    m->times = times;
    m->fault_share = share;
    label_reach(m, over);
    label_place(m, over);
}

/* --- blocks ------------------------------------------------------------------------------------------- */

static void part(struct maker *m)
{
    unsigned kind = rnd(m, m->depth > 8 ? 8 : 22);
    if (m->budget == 0) kind = 0;
    if (m->budget) m->budget--;
    switch (kind) {
    case 6: hop(m); break;
    case 7:
        if (m->times < 400) put_check(m);
        break;
    case 8:
    case 9: branch(m); break;
    case 10: chain(m); break;
    case 11:
    case 12:
    case 13: make_loop(m); break;
    case 14:
    case 15: make_call(m); break;
    case 16: make_switch(m); break;
    case 17:
    case 18: in_one_turn(m); break;
    case 19:
    case 20: make_loop(m); break;
    default: straight(m); break;
    }
}

void block(struct maker *m, unsigned items)
{
    uint32_t saved[2], first = rnd(m, 1u << 30);
    for (unsigned k = 0; k < items; k++) {
        if (m->p->size > PROG_CODE - 6000) return;
        if (!item_begin(m, first + k, saved)) continue;
        part(m);
        item_end(m, saved);
    }
}

/* --- the whole ---------------------------------------------------------------------------------------- */

static void choose_character(struct maker *m)
{
    static const uint8_t x87[8] = {0, 0, 0, 8, 15, 40, 70, 90}, faults[8] = {0, 0, 0, 5, 20, 60, 120, 250};
    struct program *h = &m->p->head;
    m->x87_share = x87[rnd(m, 8)];
    m->fault_share = faults[rnd(m, 8)];
    m->budget = 10 + rnd(m, 80);
    for (unsigned r = 0; r < 8; r++)
        h->gpr[r] = immediate(m);
    h->gpr[ESP] = STACK_START;
    h->eflags = 0x202 | (rnd(m, 0x10000) & FL_ARITH);
    m->unmasked = m->x87_share && chance(m, 30);
    h->control = x87_control(m,
                             chance(m, 60)   ? 3
                             : chance(m, 60) ? 2
                                             : rnd(m, 4),
                             chance(m, 60) ? 0 : rnd(m, 4));
    h->depth = (uint16_t)rnd(m, 5);
    simd_character(m);
}

static void begin_main(struct maker *m)
{
    static const uint8_t pins[] = {EBX, ESI, EDI, EBP};
    for (unsigned r = 0; r < 8; r++)
        m->f.lo[r] = m->f.hi[r] = m->p->head.gpr[r];
    facts_forget(&m->f, ESP);
    m->f.defined = FL_ARITH;
    m->f.depth = (int8_t)m->p->head.depth;
    m->f.pinned = 1 << ESP;
    for (unsigned k = rnd(m, 3); k > 0; k--) {
        unsigned r = pins[rnd(m, 4)];
        set_register(m, r, AREA + rnd(m, 0x600));
        m->f.pinned |= 1 << r;
    }
}

void prog_make(struct prog *p, uint32_t seed, uint32_t base, const uint32_t *dropped, unsigned dropped_count)
{
    static struct maker maker;
    struct maker *m = &maker;
    memset(p, 0, offsetof(struct prog, code));
    p->size = p->resume_count = p->item_count = 0;
    memset(m, 0, offsetof(struct maker, labels));
    *m = (struct maker){.p = p, .base = base, .item = seed, .rng = seed * 2654435761u + 1, .times = 1};
    m->dropped = dropped;
    m->dropped_count = dropped_count;
    m->fault_exit = m->walker = m->counter = -1;
    insn_setup();
    p->head.seed = seed;
    choose_character(m);
    make_subs(m);
    p->head.entry = here(m);
    begin_main(m);
    for (unsigned k = 0; k < 5; k++) {
        uint32_t saved[2];
        block(m, 1 + rnd(m, 4));
        if (!item_begin(m, k, saved)) continue;
        make_loop(m);
        item_end(m, saved);
    }
    put_check(m);
    put(m, 0xe9, 1);
    put(m, STUB_LEAVE - (here(m) + 4), 4);
    resolve(m);
}
