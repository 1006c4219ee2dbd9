/* Sequences whose registers are prepared: string instructions, pushes and pops, faults on purpose. */
#include "tests/fuzz/progen.h"

static bool are_free(const struct maker *m, unsigned regs)
{
    return !(m->f.pinned & regs);
}

/* --- strings ------------------------------------------------------------------------------------------ */

static void forget(struct maker *m, unsigned regs)
{
    for (unsigned r = 0; r < 8; r++)
        if (regs >> r & 1) facts_forget(&m->f, r);
}

/* A start from which `bytes` lie in the area, or (faulting) run into the border. Elements do not cross it. */
static uint32_t string_start(struct maker *m, uint32_t bytes, uint32_t unit, bool backward, bool fault)
{
    if (fault) return backward ? BORDER + 0x3000 - unit : BORDER_NONE - unit * (1 + rnd(m, 8));
    uint32_t from = AREA + AT_INTS, room = AT_F64 - bytes - 16, at = from + 8 + rnd(m, room);
    if (chance(m, 50)) at &= ~3u;
    return backward ? at + bytes - unit : at;
}

static void look_up(struct maker *m)
{
    if (!are_free(m, 1 << EAX | 1 << EBX)) return;
    set_register(m, EBX, AREA + rnd(m, AT_F64 - 256));
    put(m, 0xd7, 1); /* xlatb */
    facts_forget(&m->f, EAX);
    m->spent += 2 * m->times;
}

void string_sequence(struct maker *m)
{
    if (chance(m, 10)) {
        look_up(m);
        return;
    }
    static const uint8_t opcodes[] = {0xa4, 0xa6, 0xaa, 0xac, 0xae};
    unsigned which = rnd(m, 5), wide = rnd(m, 2), half = wide && chance(m, 25);
    unsigned unit = !wide ? 1 : half ? 2 : 4, count = rnd(m, chance(m, 20) ? 60 : 12);
    bool compares = which == 1 || which == 4, backward = chance(m, 25);
    bool fault = rnd(m, 1000) < 2 * m->fault_share;
    unsigned regs = 1 << ECX | 1 << ESI | 1 << EDI | (which == 3 ? 1 << EAX : 0);
    if (!are_free(m, regs)) return;
    unsigned rep = rnd(m, 4);
    set_register(m, ESI, string_start(m, 4 * count, unit, backward, fault && chance(m, 50)));
    set_register(m, EDI, string_start(m, 4 * count, unit, backward, fault && chance(m, 50)));
    if (rep) set_register(m, ECX, count);
    put(m, backward ? 0xfd : 0xfc, 1);
    struct facts before = m->f;
    int start = (int)m->p->size;
    if (rep) put(m, compares && rep == 1 ? 0xf2 : 0xf3, 1);
    if (half) put(m, 0x66, 1);
    put(m, opcodes[which] + wide, 1);
    forget(m, regs);
    if (compares) m->f.defined = 0;
    resume_next(m, start, m->f.defined);
    if (compares) m->f.defined = rep && count == 0 ? before.defined : FL_ARITH;
    if (fault && compares) m->f.defined = 0;
    if (backward) put(m, 0xfc, 1);
    m->spent += (8 + count) * m->times;
}

/* --- the stack ---------------------------------------------------------------------------------------- */

void unwind(struct maker *m)
{
    while (m->pushed) {
        unsigned words = 1 + rnd(m, m->pushed);
        int r = free_register(m);
        if (r >= 0 && chance(m, 60)) {
            words = 1;
            put(m, 0x58 | (unsigned)r, 1);
            facts_forget(&m->f, (unsigned)r);
        } else if (chance(m, 50)) {
            put(m, 0xc483, 2); /* add esp, imm8 */
            put(m, 4 * words, 1);
            m->f.defined = FL_ARITH;
        } else {
            put(m, 0x24648d, 3); /* lea esp, [esp + disp8] */
            put(m, 4 * words, 1);
        }
        m->pushed -= words;
    }
}

static void push_memory(struct maker *m)
{
    struct want w = want_ints(m, 4, false);
    struct ea ea;
    address(m, &w, &ea);
    int start = (int)m->p->size;
    put_ea_prefixes(m, &ea);
    put(m, 0xff, 1);
    put_ea(m, &ea, 6);
    m->pushed++;
    if (!ea.faults) return;
    resume_next(m, start, m->f.defined); /* then it has not pushed: the push is made up for */
    m->pushed--;
    struct resume *r = &m->p->resumes[m->p->resume_count - 1];
    unsigned after = label_new(m);
    put_jump(m, 0xeb, after, true);
    if (r->to == here(m) - 2) r->to = here(m);
    put(m, 0x50, 1);
    label_place(m, after);
    m->pushed++;
}

static void pop_memory(struct maker *m)
{
    struct want w = want_ints(m, 4, true);
    struct ea ea;
    w.no_stack = w.no_fault = true;
    address(m, &w, &ea);
    put_ea_prefixes(m, &ea);
    put(m, 0x8f, 1);
    put_ea(m, &ea, 0);
    m->pushed--;
}

static void pop_something(struct maker *m)
{
    int r = free_register(m);
    if (m->pushed == 0) return;
    if (r < 0 || chance(m, 15)) {
        pop_memory(m);
        return;
    }
    put(m, 0x58 | (unsigned)r, 1);
    facts_forget(&m->f, (unsigned)r);
    m->pushed--;
}

static void all_registers(struct maker *m)
{
    put(m, 0x60, 1);
    if (chance(m, 50)) {
        put(m, 0x61, 1);
        return;
    }
    m->pushed += 8;
}

/* popf of chosen arithmetic flags; pushf when all are defined. */
static void flags_register(struct maker *m)
{
    if (chance(m, 50)) {
        put(m, 0x68, 1);
        put(m, rnd(m, 0x10000) & FL_ARITH, 4);
        put(m, 0x9d, 1);
        m->f.defined = FL_ARITH;
        return;
    }
    define_flags(m, FL_ARITH);
    put(m, 0x9c, 1);
    m->pushed++;
}

/* A frame around a few instructions: enter … leave. */
static void frame(struct maker *m)
{
    if (!are_free(m, 1 << EBP)) return;
    unsigned words = rnd(m, 8), outside = m->pushed;
    int exit = m->fault_exit;
    struct facts before = m->f;
    m->fault_exit = -1;
    put(m, 0xc8, 1);
    put(m, 4 * words, 2);
    put(m, 0, 1);
    m->f.pinned |= 1 << EBP;
    facts_forget(&m->f, EBP);
    m->pushed = words;
    for (unsigned k = 1 + rnd(m, 4); k > 0; k--)
        integer_insn(m);
    put(m, 0xc9, 1);
    m->f.pinned = before.pinned;
    m->f.lo[EBP] = before.lo[EBP];
    m->f.hi[EBP] = before.hi[EBP];
    m->pushed = outside;
    m->fault_exit = exit;
}

void stack_sequence(struct maker *m)
{
    m->spent += 2 * m->times;
    switch (rnd(m, 10)) {
    case 0:
    case 1:
    case 2:
        put(m, 0x50 | rnd(m, 8), 1);
        m->pushed++;
        break;
    case 3:
        put(m, 0x68, 1);
        put(m, immediate(m), 4);
        m->pushed++;
        break;
    case 4: push_memory(m); break;
    case 5: all_registers(m); break;
    case 6: flags_register(m); break;
    case 7: frame(m); break;
    default: pop_something(m); break;
    }
}

/* --- faults on purpose -------------------------------------------------------------------------------- */

/* bound r32, m64: memory is any pair of numbers, so it mostly faults. */
static void bound(struct maker *m)
{
    struct want w = want_ints(m, 8, false);
    struct ea ea;
    address(m, &w, &ea);
    int start = (int)m->p->size;
    put_ea_prefixes(m, &ea);
    put(m, 0x62, 1);
    put_ea(m, &ea, rnd(m, 8));
    resume_next(m, start, m->f.defined);
}

/* The trap's eip is that of the next instruction. */
static void trap(struct maker *m, uint32_t opcode, unsigned bytes)
{
    put(m, opcode, bytes);
    int start = (int)m->p->size;
    put(m, 0x90, 1);
    resume_next(m, start, m->f.defined);
}

static void refused(struct maker *m, uint32_t opcode, unsigned bytes)
{
    int start = (int)m->p->size;
    put(m, opcode, bytes);
    resume_next(m, start, m->f.defined);
}

void fault_insn(struct maker *m)
{
    switch (rnd(m, 6)) {
    case 0: refused(m, 0x0b0f, 2); break; /* ud2 */
    case 1: refused(m, 0xf4, 1); break;   /* hlt */
    case 2: trap(m, 0xcc, 1); break;
    case 3:
        define_flags(m, FL_OF);
        trap(m, 0xce, 1); /* into */
        break;
    default: bound(m); break;
    }
    m->spent += 200 * m->times;
}
