/* x87 instructions, all but the transcendental ones, whose last bit is not the CPU's (docs/X87.md). The
 * stack's depth is followed, so that most instructions find operands; now and then one over- or underflows.
 */
#include "tests/fuzz/progen.h"

enum { ROWS = 256 };

/* How the depth changes, and what it must be for registers to be there. */
struct effect {
    uint16_t op;
    int8_t change;
    uint8_t need;
};

// clang-format off
static const struct effect effects[] = {
    {OP_FADD, 0, 1},    {OP_FMUL, 0, 1},    {OP_FCOM, 0, 1},    {OP_FCOMP, -1, 1},  {OP_FSUB, 0, 1},    {OP_FSUBR, 0, 1},
    {OP_FDIV, 0, 1},    {OP_FDIVR, 0, 1},   {OP_FADDP, -1, 2},  {OP_FMULP, -1, 2},  {OP_FSUBP, -1, 2},  {OP_FSUBRP, -1, 2},
    {OP_FDIVP, -1, 2},  {OP_FDIVRP, -1, 2}, {OP_FIADD, 0, 1},   {OP_FIMUL, 0, 1},   {OP_FICOM, 0, 1},   {OP_FICOMP, -1, 1},
    {OP_FISUB, 0, 1},   {OP_FISUBR, 0, 1},  {OP_FIDIV, 0, 1},   {OP_FIDIVR, 0, 1},  {OP_FLD, 1, 0},     {OP_FST, 0, 1},
    {OP_FSTP, -1, 1},   {OP_FSTPNCE, -1, 1}, {OP_FILD, 1, 0},   {OP_FIST, 0, 1},    {OP_FISTP, -1, 1},  {OP_FBLD, 1, 0},
    {OP_FBSTP, -1, 1},  {OP_FXCH, 0, 1},    {OP_FNOP, 0, 0},    {OP_FCHS, 0, 1},    {OP_FABS, 0, 1},    {OP_FTST, 0, 1},
    {OP_FXAM, 0, 0},    {OP_FLD1, 1, 0},    {OP_FLDL2T, 1, 0},  {OP_FLDL2E, 1, 0},  {OP_FLDPI, 1, 0},   {OP_FLDLG2, 1, 0},
    {OP_FLDLN2, 1, 0},  {OP_FLDZ, 1, 0},    {OP_FXTRACT, 1, 1}, {OP_FPREM1, 0, 2},  {OP_FPREM, 0, 2},   {OP_FSQRT, 0, 1},
    {OP_FRNDINT, 0, 1}, {OP_FSCALE, 0, 2},  {OP_FCMOVB, 0, 1},  {OP_FCMOVE, 0, 1},  {OP_FCMOVBE, 0, 1}, {OP_FCMOVU, 0, 1},
    {OP_FCMOVNB, 0, 1}, {OP_FCMOVNE, 0, 1}, {OP_FCMOVNBE, 0, 1}, {OP_FCMOVNU, 0, 1}, {OP_FUCOM, 0, 1},  {OP_FUCOMP, -1, 1},
    {OP_FUCOMPP, -2, 2}, {OP_FCOMPP, -2, 2}, {OP_FCOMI, 0, 1},  {OP_FCOMIP, -1, 1}, {OP_FUCOMI, 0, 1},  {OP_FUCOMIP, -1, 1},
    {OP_FNSTSW, 0, 0},  {OP_FNSTSW_AX, 0, 0}, {OP_FNSTCW, 0, 0}, {OP_FWAIT, 0, 0},  {OP_FNCLEX, 0, 0},  {OP_FFREEP, -1, 1},
    {OP_FFREE, 0, 1},   {OP_FNINIT, 0, 0},
};
// clang-format on

static struct encoding rows[ROWS];
static const struct effect *row_effect[ROWS];
static unsigned row_count;

static void setup(void)
{
    struct encoding e;
    for (unsigned k = 0; encoding_row(k, &e); k++)
        for (unsigned n = 0; n < sizeof effects / sizeof effects[0]; n++)
            if (effects[n].op == e.op && row_count < ROWS) {
                rows[row_count] = e;
                row_effect[row_count++] = &effects[n];
            }
}

static struct want want_float(const struct encoding *row)
{
    bool store = row->op == OP_FST || row->op == OP_FSTP || row->op == OP_FIST || row->op == OP_FISTP ||
                 row->op == OP_FBSTP || row->op == OP_FNSTSW || row->op == OP_FNSTCW;
    switch (row->size) {
    case SZ_F32: return (struct want){.size = 4, .from = AT_F32, .to = AT_MIDDLE, .store = store};
    case SZ_F64: return (struct want){.size = 8, .from = AT_F64, .to = AT_F32, .store = store};
    case SZ_F80: return (struct want){.size = 10, .from = AT_F80, .to = AT_F80 + 510, .store = store};
    case SZ_I64: return (struct want){.size = 8, .from = AT_SMALL, .to = AT_BCD, .store = store};
    case SZ_I32: return (struct want){.size = 4, .from = AT_SMALL, .to = AT_BCD, .store = store};
    case SZ_BCD: return (struct want){.size = 10, .from = AT_BCD, .to = AT_BCD + 250, .store = store};
    default: return (struct want){.size = 2, .from = AT_SMALL, .to = AT_BCD, .store = store};
    }
}

static const struct effect *choose(struct maker *m, struct encoding *row)
{
    for (unsigned tries = 0;; tries++) {
        unsigned k = rnd(m, row_count);
        const struct effect *e = row_effect[k];
        *row = rows[k];
        if (tries == 40 || chance(m, 1)) return e;
        if (m->f.depth < e->need || m->f.depth + e->change > 8) continue;
        if (row->map != 2 && chance(m, 30)) continue;
        if ((e->op == OP_FXAM || e->op == OP_FNCLEX || e->op == OP_FNOP || e->op == OP_FFREEP ||
             e->op == OP_FFREE || e->op == OP_FNINIT) &&
            chance(m, 80))
            continue;
        if (e->change > 0 && m->f.depth > 4 && chance(m, 70)) continue;
        if (e->change < 0 && m->f.depth < 3 && chance(m, 50)) continue;
        return e;
    }
}

void x87_waiting(struct maker *m, int start)
{
    if (m->unmasked) resume_next(m, start, m->f.defined);
}

/* An x87 instruction with an absolute address. */
static void absolute(struct maker *m, uint32_t opcode, uint32_t address)
{
    int start = (int)m->p->size;
    put(m, opcode, 2);
    put(m, address, 4);
    x87_waiting(m, start);
}

uint16_t x87_control(struct maker *m, uint32_t precision, uint32_t rounding)
{
    uint32_t masks = m->unmasked && chance(m, 70) ? 0x7f & ~(1u << rnd(m, 6)) & ~(1u << rnd(m, 6)) : 0x7f;
    return (uint16_t)(masks | precision << 8 | rounding << 10);
}

/* Any rounding; each precision, also the reserved one. */
static void control_word(struct maker *m)
{
    uint32_t at = AREA + AT_SCRATCH, precision = chance(m, 90) ? (rnd(m, 2) ? 3 : 2) : rnd(m, 4);
    put(m, 0x05c766, 3);
    put(m, at, 4);
    put(m, x87_control(m, precision, chance(m, 50) ? 0 : rnd(m, 4)), 2);
    absolute(m, 0x2dd9, at);
}

/* fnsave and frstor, or fnstenv and fldenv, of one image; a few instructions between. */
static void image(struct maker *m)
{
    uint32_t at = AREA + AT_SCRATCH + 16;
    bool all = chance(m, 50);
    absolute(m, all ? 0x35dd : 0x35d9, at);
    for (unsigned k = rnd(m, 3); k > 0; k--)
        integer_insn(m);
    absolute(m, all ? 0x25dd : 0x25d9, at);
}

/* What compilers made of comparisons: the status word's flags as EFLAGS. */
static void compare_old(struct maker *m)
{
    if (m->f.pinned & 1 << EAX) return;
    int start = (int)m->p->size;
    put(m, 0xd0d8 | rnd(m, m->f.depth > 0 ? (uint32_t)m->f.depth : 1) << 8, 2);
    x87_waiting(m, start);
    put(m, 0xe0df, 2);
    facts_forget(&m->f, EAX);
    if (chance(m, 60)) {
        put(m, 0x9e, 1);
        m->f.defined = (m->f.defined & FL_OF) | (FL_ARITH & ~FL_OF);
    } else {
        put(m, 0xc4f6, 2); /* test ah, imm8 */
        put(m, chance(m, 50) ? 0x45 : 5, 1);
        m->f.defined = FL_ARITH & ~FL_AF;
    }
}

static void move_top(struct maker *m)
{
    int start = (int)m->p->size;
    put(m, chance(m, 50) ? 0xf6d9 : 0xf7d9, 2); /* fdecstp, fincstp */
    x87_waiting(m, start);
}

static unsigned stack_index(struct maker *m)
{
    return m->f.depth > 0 && chance(m, 96) ? rnd(m, (uint32_t)m->f.depth) : rnd(m, 8);
}

static void plain(struct maker *m)
{
    struct encoding row;
    struct ea ea = {0};
    const struct effect *e = choose(m, &row);
    if (row.op == OP_FNSTSW_AX && m->f.pinned & 1 << EAX) return;
    define_flags(m, op_info[row.op].writes ? 0 : op_info[row.op].reads);
    struct want w = want_float(&row);
    bool memory = row.map != 2 && row.op != OP_FWAIT;
    if (memory) address(m, &w, &ea);
    int start = (int)m->p->size;
    if (memory) {
        put_ea_prefixes(m, &ea);
        put(m, row.first, 1);
        unsigned digit = 0;
        while (!(row.digits >> digit & 1))
            digit++;
        put_ea(m, &ea, digit);
    } else if (row.map == 2) {
        put(m, row.escape, 1);
        put(m,
            row.last - row.first == 7 ? row.first + stack_index(m)
                                      : row.first + rnd(m, row.last - row.first + 1u),
            1);
    } else {
        put(m, row.first, 1);
    }
    if (memory && ea.faults) {
        resume_next(m, start, m->f.defined);
        return;
    }
    uint16_t before = m->f.defined, writes = op_info[row.op].writes;
    x87_waiting(m, start);
    m->f.defined = (before & ~writes) | (writes & ~op_info[row.op].undefined);
    if (m->unmasked) m->f.defined &= before;
    if (row.op == OP_FNSTSW_AX) facts_forget(&m->f, EAX);
    int depth = m->f.depth + e->change;
    m->f.depth = (int8_t)(depth < 0 ? 0 : depth > 8 ? 8 : depth);
}

void x87_insn(struct maker *m)
{
    if (!row_count) setup();
    m->spent += 4 * m->times;
    unsigned kind = rnd(m, 100);
    if (kind < 2)
        control_word(m);
    else if (kind == 2)
        image(m);
    else if (kind < 8)
        compare_old(m);
    else if (kind == 8 && chance(m, 20))
        move_top(m);
    else
        plain(m);
}

/* Brings the stack to `depth`, so that a loop leaves it as it was. */
void x87_balance(struct maker *m, int depth)
{
    while (m->f.depth > depth) {
        int start = (int)m->p->size;
        put(m, 0xd8dd, 2); /* fstp st(0) */
        x87_waiting(m, start);
        m->f.depth--;
    }
    while (m->f.depth < depth) {
        absolute(m, 0x05dd, AREA + AT_F64 + 8 * rnd(m, 100)); /* fld m64 */
        m->f.depth++;
    }
}
