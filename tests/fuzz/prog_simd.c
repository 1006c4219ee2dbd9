/* MMX and SSE instructions up to SSSE3, which the default CPU has: rows of simd_encodings.def, MXCSR, FXSAVE.
 * A program has a taste: mostly scalar doubles, packed integers, … so that some have long runs of one kind.
 */
#include <string.h>

#include "interp/simd.h"
#include "tests/fuzz/progen.h"

enum { ROWS = 256 };
enum { LDMXCSR = 2, STMXCSR = 3, FXSAVE = 0, FXRSTOR = 1 }; /* digits of 0F AE */

enum kind { SCALAR_DOUBLE, SCALAR_SINGLE, PACKED_DOUBLE, PACKED_SINGLE, INTEGERS, MMX, KINDS };

static struct simd_encoding rows[KINDS][ROWS];
static unsigned row_count[KINDS];

/* --- rows --------------------------------------------------------------------------------------------- */

/* Approximations are another CPU's business; the others are made by sequences, or need what is not there. */
static bool usable(const struct simd_encoding *e)
{
    switch (e->op) {
    case OP_RCPPS:
    case OP_RCPSS:
    case OP_RSQRTPS:
    case OP_RSQRTSS:
    case OP_MASKMOVQ:
    case OP_MASKMOVDQU:
    case OP_LDMXCSR:
    case OP_FXSAVE:
    case OP_FXRSTOR: return false;
    default: return e->feature <= FEATURE_SSSE3;
    }
}

static enum kind kind_of(const struct simd_encoding *e)
{
    const char *name = op_info[e->op].mnemonic;
    if (op_info[e->op].group == GROUP_mmx) return MMX;
    if (*name == 'p') return INTEGERS;
    if (strstr(name, "sd")) return SCALAR_DOUBLE;
    if (strstr(name, "ss")) return SCALAR_SINGLE;
    if (strstr(name, "pd")) return PACKED_DOUBLE;
    return strstr(name, "ps") ? PACKED_SINGLE : INTEGERS;
}

static void setup(void)
{
    struct simd_encoding e;
    for (unsigned k = 0; simd_row(k, &e); k++) {
        enum kind kind = kind_of(&e);
        if (usable(&e) && row_count[kind] < ROWS) rows[kind][row_count[kind]++] = e;
    }
}

static const struct simd_encoding *choose(struct maker *m, enum kind *kind)
{
    unsigned sum = 0, k = 0;
    for (unsigned n = 0; n < KINDS; n++)
        sum += m->simd_taste[n];
    for (unsigned r = rnd(m, sum); r >= m->simd_taste[k]; k++)
        r -= m->simd_taste[k];
    *kind = (enum kind)k;
    return &rows[k][rnd(m, row_count[k])];
}

/* --- operands ----------------------------------------------------------------------------------------- */

static struct want want_lanes(struct maker *m, const struct simd_encoding *e, enum kind kind)
{
    unsigned size = simd_size_bytes[e->size];
    struct want w = want_ints(m, size, simd_stores(e));
    bool integers = e->reg == KIND_G || e->rm == KIND_G;
    if (!integers && (kind == SCALAR_DOUBLE || kind == PACKED_DOUBLE)) w.from = AT_F64, w.to = AT_F32;
    if (!integers && (kind == SCALAR_SINGLE || kind == PACKED_SINGLE)) w.from = AT_F32, w.to = AT_MIDDLE;
    w.aligned = w.no_stack = e->size == SIMD_A16;
    return w;
}

static unsigned field(struct maker *m, const struct simd_encoding *e, bool memory)
{
    uint16_t digits = memory ? e->digits & 0xff : e->digits >> 8;
    unsigned reg = rnd(m, 8);
    while (!(digits >> reg & 1))
        reg = (reg + 1) & 7;
    return reg;
}

/* The general register that it writes, or -1. */
static int written(const struct simd_encoding *e, unsigned reg, unsigned rm, bool memory)
{
    if (simd_stores(e)) return e->rm == KIND_G && !memory ? (int)rm : -1;
    return e->reg == KIND_G ? (int)reg : -1;
}

static void put_opcode(struct maker *m, const struct simd_encoding *e, const struct ea *ea)
{
    if (ea) put_ea_prefixes(m, ea);
    if (e->prefix) put(m, e->prefix, 1);
    put(m, 0x0f, 1);
    if (e->map != SIMD_OF) put(m, e->map == SIMD_OF38 ? 0x38 : 0x3a, 1);
    put(m, e->opcode, 1);
}

/* May it fault, whatever its operands? */
static bool may_trap(const struct maker *m, const struct simd_encoding *e, enum kind kind)
{
    if (kind == MMX && m->unmasked) return true;
    return m->simd_unmasked && *op_info[e->op].mnemonic != 'p';
}

static void after(struct maker *m, const struct simd_encoding *e, enum kind kind)
{
    if (e->op == OP_EMMS)
        m->f.depth = 0;
    else if (kind == MMX)
        m->f.depth = 8;
}

static bool try_row(struct maker *m)
{
    enum kind kind;
    const struct simd_encoding *e = choose(m, &kind);
    uint16_t writes = op_info[e->op].writes;
    bool in_memory = e->digits & 0xff && e->how != SIMD_NONE, in_register = e->digits >> 8;
    bool memory = in_memory && (!in_register || chance(m, 40));
    unsigned reg = field(m, e, memory), rm = rnd(m, 8);
    int result = written(e, reg, rm, memory);
    struct want w = want_lanes(m, e, kind);
    struct ea ea = {0};
    if ((writes && m->quiet) || (result >= 0 && m->f.pinned >> result & 1)) return false;
    bool skewed = w.aligned && m->fault_share && chance(m, 3);
    if (skewed) w.aligned = false;
    if (memory) address(m, &w, &ea);
    int start = (int)m->p->size;
    put_opcode(m, e, memory ? &ea : NULL);
    if (memory)
        put_ea(m, &ea, reg);
    else if (e->how != SIMD_NONE)
        put(m, 0xc0 | reg << 3 | rm, 1);
    if (simd_has_immediate(e)) put(m, immediate(m), 1);
    struct facts before = m->f;
    bool faults = (memory && (ea.faults || skewed)) || may_trap(m, e, kind);
    if (faults) resume_next(m, start, before.defined);
    m->f.defined = (m->f.defined & ~writes) | writes;
    if (result >= 0) facts_forget(&m->f, (unsigned)result);
    after(m, e, kind);
    if (faults) facts_merge(&m->f, &before);
    return true;
}

/* --- sequences ---------------------------------------------------------------------------------------- */

static uint32_t random_mxcsr(struct maker *m)
{
    uint32_t v = 0x1f80;
    if (chance(m, 50)) v |= rnd(m, 4) << 13;
    if (chance(m, 25)) v |= 0x8000; /* FTZ */
    if (chance(m, 25)) v |= 0x40;   /* DAZ */
    if (chance(m, 30)) v |= rnd(m, 64);
    if (m->simd_unmasked && chance(m, 70)) v &= ~(0x80u << rnd(m, 6)) & ~(0x80u << rnd(m, 6));
    return v;
}

/* 0F AE /digit with an absolute address. */
static int state_insn(struct maker *m, unsigned digit, uint32_t address)
{
    int start = (int)m->p->size;
    put(m, 0x05ae0f | digit << 19, 3);
    put(m, address, 4);
    return start;
}

static void change_mxcsr(struct maker *m)
{
    uint32_t at = AREA + AT_SCRATCH + 8;
    bool refused = m->fault_share && chance(m, 10);
    put(m, 0x05c7, 2);
    put(m, at, 4);
    put(m, random_mxcsr(m) | (refused ? 0x10000u << rnd(m, 16) : 0), 4);
    int start = state_insn(m, LDMXCSR, at);
    if (refused) resume_next(m, start, m->f.defined);
}

/* What C compilers make of a conversion with a rounding of its own: MXCSR is changed for an instruction. */
static void for_a_while(struct maker *m)
{
    uint32_t at = AREA + AT_SCRATCH + 12;
    state_insn(m, STMXCSR, at);
    change_mxcsr(m);
    for (unsigned k = 1 + rnd(m, 3); k > 0; k--)
        try_row(m);
    state_insn(m, LDMXCSR, at);
}

static void save_and_restore(struct maker *m)
{
    int8_t depth = m->f.depth;
    state_insn(m, FXSAVE, AREA + AT_MORE);
    for (unsigned k = rnd(m, 4); k > 0; k--)
        try_row(m);
    state_insn(m, FXRSTOR, AREA + AT_MORE);
    m->f.depth = depth;
}

void simd_insn(struct maker *m)
{
    if (!row_count[0]) setup();
    m->spent += 3 * m->times;
    unsigned kind = rnd(m, 200);
    if (kind < 4)
        change_mxcsr(m);
    else if (kind < 6)
        for_a_while(m);
    else if (kind == 6)
        save_and_restore(m);
    else
        for (unsigned tries = 0; tries < 12 && !try_row(m); tries++)
            continue;
    if (m->f.depth == 8 && m->x87_share && chance(m, 30)) {
        int start = (int)m->p->size;
        put(m, 0x770f, 2); /* emms */
        x87_waiting(m, start);
        m->f.depth = 0;
    }
}

void simd_character(struct maker *m)
{
    static const uint8_t shares[8] = {0, 0, 0, 10, 30, 60, 80, 90};
    static const uint8_t tastes[8][KINDS] = {
        {1, 0, 0, 0, 0, 0},    {1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}, {20, 2, 6, 1, 4, 1},
        {2, 10, 2, 10, 10, 1}, {0, 0, 0, 0, 8, 1}, {0, 0, 0, 0, 1, 6}, {4, 4, 4, 4, 8, 4},
    };
    unsigned taste = rnd(m, 8);
    struct program *h = &m->p->head;
    m->simd_share = shares[rnd(m, 8)];
    m->simd_taste = tastes[taste];
    m->simd_unmasked = m->simd_share && chance(m, 20);
    h->mxcsr = chance(m, 50) ? 0x1f80 : random_mxcsr(m);
    h->lanes = taste < 2 || taste == 3    ? LANES_DOUBLE
               : taste == 2 || taste == 4 ? LANES_SINGLE
               : taste < 7                ? LANES_INT
                                          : rnd(m, LANES_KINDS);
}
