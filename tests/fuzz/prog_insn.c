/* Integer instructions: a row of the encodings in a random form whose operands are harmless, and what is
 * known after it. Which flags an operation leaves undefined comes from ops.def and tests/insn/rules_flags.h.
 */
#include <string.h>

#include "tests/fuzz/progen.h"
#include "tests/insn/rules_flags.h"

/* Linux makes a program wait for 10 ms and more each time that a locked access crosses a cache line. */
enum { ROWS = 1024, SPLIT_LOCKS = 20 };

static struct encoding rows[ROWS];
static unsigned row_count;
static uint16_t rows_of[OP_COUNT][64];
static uint8_t rows_of_count[OP_COUNT];
static uint16_t ops_of[GROUP_x87 + 1][64];
static uint8_t ops_of_count[GROUP_x87 + 1];

/* --- which operations --------------------------------------------------------------------------------- */

static bool usable(unsigned op)
{
    switch (op_info[op].group) {
    case GROUP_alu:
    case GROUP_shift:
    case GROUP_mul:
    case GROUP_bcd: return true;
    case GROUP_bit: return op != OP_STD;
    case GROUP_data: return op != OP_EA && op != OP_XLAT;
    case GROUP_stack: return op == OP_LAHF || op == OP_SAHF;
    default: return false;
    }
}

void insn_setup(void)
{
    if (row_count) return;
    while (row_count < ROWS && encoding_row(row_count, &rows[row_count]))
        row_count++;
    for (unsigned k = 0; k < row_count; k++) {
        unsigned op = rows[k].op;
        if (rows[k].map == 2 || !usable(op) || rows_of_count[op] == 64) continue;
        rows_of[op][rows_of_count[op]++] = (uint16_t)k;
    }
    for (unsigned op = 0; op < OP_COUNT; op++) {
        unsigned group = op_info[op].group;
        if (rows_of_count[op] && ops_of_count[group] < 64)
            ops_of[group][ops_of_count[group]++] = (uint16_t)op;
    }
}

static const struct encoding *random_row(struct maker *m)
{
    static const uint8_t groups[32] = {
        GROUP_alu,   GROUP_alu,   GROUP_alu,   GROUP_alu,  GROUP_alu,  GROUP_alu,  GROUP_alu,  GROUP_alu,
        GROUP_alu,   GROUP_alu,   GROUP_alu,   GROUP_alu,  GROUP_alu,  GROUP_data, GROUP_data, GROUP_data,
        GROUP_data,  GROUP_data,  GROUP_data,  GROUP_data, GROUP_data, GROUP_data, GROUP_data, GROUP_shift,
        GROUP_shift, GROUP_shift, GROUP_shift, GROUP_mul,  GROUP_mul,  GROUP_bit,  GROUP_bit,  GROUP_bcd,
    };
    unsigned group = groups[rnd(m, 32)];
    if (chance(m, 2)) group = GROUP_stack;
    if (m->quiet) group = GROUP_data;
    unsigned op = ops_of[group][rnd(m, ops_of_count[group])];
    if (group == GROUP_data && chance(m, 40)) op = OP_MOV;
    return &rows[rows_of[op][rnd(m, rows_of_count[op])]];
}

/* --- flags -------------------------------------------------------------------------------------------- */

uint16_t cond_flags(unsigned cc)
{
    static const uint16_t flags[8] = {FL_OF, FL_CF, FL_ZF,         FL_CF | FL_ZF,
                                      FL_SF, FL_PF, FL_SF | FL_OF, FL_ZF | FL_SF | FL_OF};
    return flags[cc >> 1];
}

void define_flags(struct maker *m, uint16_t flags)
{
    if (!(flags & ~m->f.defined)) return;
    put(m, 0xf883 | rnd(m, 8) << 8, 2); /* cmp r32, imm8 */
    put(m, rnd(m, 256), 1);
    m->f.defined = FL_ARITH;
}

unsigned defined_cond(struct maker *m)
{
    unsigned cc = rnd(m, 16);
    for (unsigned k = 0; k < 16; k++)
        if (!(cond_flags((cc + k) & 15) & ~m->f.defined)) return (cc + k) & 15;
    define_flags(m, FL_ARITH);
    return cc;
}

/* Flags whose value the instruction really looks at; others that ops.def calls read may just stay. */
static uint16_t needed_flags(unsigned op)
{
    switch (op) {
    case OP_ADC:
    case OP_SBB:
    case OP_RCL:
    case OP_RCR:
    case OP_SALC:
    case OP_CMC: return FL_CF;
    case OP_DAA:
    case OP_DAS:
    case OP_AAA:
    case OP_AAS: return FL_CF | FL_AF;
    case OP_LAHF: return FL_ARITH & ~FL_OF;
    default: return 0;
    }
}

struct choice {
    const struct encoding *row;
    unsigned bytes, opcode, reg, rm;
    bool memory;
    uint32_t imm;
};

static uint16_t shift_defined(const struct maker *m, const struct choice *f)
{
    unsigned op = f->row->op;
    bool rotate = op == OP_ROL || op == OP_ROR || op == OP_RCL || op == OP_RCR;
    bool two = op == OP_SHLD || op == OP_SHRD || op == OP_SHLD_CL || op == OP_SHRD_CL;
    bool by_cl = f->row->shape == SHAPE_ECL || op == OP_SHLD_CL || op == OP_SHRD_CL;
    struct trial t = {.rule = rotate                 ? RULE_ROTATE_CL
                              : two && f->bytes == 2 ? RULE_DOUBLE_CL16
                              : f->bytes == 1        ? RULE_COUNT_CL8
                              : f->bytes == 2        ? RULE_COUNT_CL16
                                                     : RULE_COUNT_CL32};
    unsigned first = f->row->shape == SHAPE_E1 ? 1 : f->imm & 31, last = first;
    uint16_t defined = FL_ARITH;
    if (by_cl) {
        first = 0, last = 31;
        if (m->f.hi[ECX] < 32) first = m->f.lo[ECX], last = m->f.hi[ECX];
    }
    for (unsigned count = first; count <= last; count++) {
        uint16_t writes = op_info[op].writes;
        uint16_t kept = count == 0 ? FL_ARITH : FL_ARITH & ~writes;
        defined &= (m->f.defined & kept) | (count == 0 ? 0 : writes & trial_flag_mask(&t, count));
    }
    return defined;
}

static uint16_t flags_after(const struct maker *m, const struct choice *f)
{
    const struct op_info *info = &op_info[f->row->op];
    uint16_t after = (m->f.defined & ~(info->writes | info->undefined)) | (info->writes & ~info->undefined);
    return info->group == GROUP_shift ? shift_defined(m, f) : after;
}

/* --- registers ---------------------------------------------------------------------------------------- */

int free_register(struct maker *m)
{
    unsigned first = rnd(m, 8);
    for (unsigned k = 0; k < 8; k++) {
        unsigned r = (first + k) & 7;
        if (!(m->f.pinned >> r & 1)) return (int)r;
    }
    return -1;
}

uint32_t immediate(struct maker *m)
{
    static const uint32_t edges[] = {0,      1,          2,          4,          7,         8,
                                     0x7f,   0x80,       0xff,       0x100,      0x7fff,    0x8000,
                                     0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0};
    if (chance(m, 40)) return edges[rnd(m, 17)];
    uint32_t v = rnd(m, 0xffffffff);
    return chance(m, 30) ? v & 0xff : v;
}

void set_register(struct maker *m, unsigned reg, uint32_t value)
{
    put(m, 0xb8 | reg, 1);
    put(m, value, 4);
    m->f.lo[reg] = m->f.hi[reg] = value;
    m->f.aligned = (m->f.aligned & ~(1u << reg)) | ((value & 15) == 0) << reg;
}

static bool writes_rm(const struct choice *f)
{
    switch (f->row->op) {
    case OP_CMP:
    case OP_TEST:
    case OP_BT:
    case OP_MUL:
    case OP_IMUL:
    case OP_DIV:
    case OP_IDIV:
    case OP_NOP_E:
    case OP_PREFETCH:
    case OP_ENDBR32: return false;
    case OP_XCHG:
    case OP_XADD: return true;
    default: break;
    }
    return f->row->shape != SHAPE_GE && f->row->shape != SHAPE_GEI && f->row->shape != SHAPE_GEIB;
}

static bool writes_reg(const struct choice *f)
{
    if (f->row->op == OP_XCHG || f->row->op == OP_XADD) return true;
    if (f->row->op == OP_CMP || f->row->op == OP_TEST) return false;
    return f->row->shape == SHAPE_GE || f->row->shape == SHAPE_GEI || f->row->shape == SHAPE_GEIB;
}

/* Registers that the operation changes without naming them. */
static uint8_t implied_writes(const struct choice *f)
{
    switch (f->row->op) {
    case OP_MUL:
    case OP_IMUL:
    case OP_DIV:
    case OP_IDIV:
    case OP_CMPXCHG8B: return 1 << EAX | 1 << EDX;
    case OP_CDQ: return 1 << EDX;
    case OP_CMPXCHG:
    case OP_CWDE:
    case OP_LAHF:
    case OP_SALC: return 1 << EAX;
    case OP_CMP:
    case OP_TEST: return 0;
    default: break;
    }
    if (op_info[f->row->op].group == GROUP_bcd) return 1 << EAX;
    switch (f->row->shape) {
    case SHAPE_AI:
    case SHAPE_AO:
    case SHAPE_ZA: return 1 << EAX;
    default: return 0;
    }
}

/* The registers that operand number `reg` stands for. */
static unsigned parent(unsigned reg, unsigned bytes)
{
    return bytes == 1 ? reg & 3 : reg;
}

static bool opcode_register(const struct choice *f)
{
    return f->row->shape == SHAPE_Z || f->row->shape == SHAPE_ZI || f->row->shape == SHAPE_ZA;
}

/* Are the operands in a ModRM byte that may name any register? */
static bool has_modrm(unsigned shape)
{
    return shape_has_modrm(shape) && shape != SHAPE_ES && shape != SHAPE_SE;
}

static uint8_t written(const struct choice *f)
{
    uint8_t w = implied_writes(f);
    unsigned source_bytes = f->row->op == OP_MOVZX8 || f->row->op == OP_MOVSX8 ? 1 : f->bytes;
    if (has_modrm(f->row->shape)) {
        if (!f->memory && writes_rm(f)) w |= 1 << parent(f->rm, source_bytes);
        if (writes_reg(f)) w |= 1 << parent(f->reg, f->bytes);
    }
    if (opcode_register(f)) w |= 1 << parent(f->opcode & 7, f->bytes);
    return w;
}

/* --- a form ------------------------------------------------------------------------------------------- */

static unsigned digit_of(struct maker *m, const struct encoding *row, bool memory)
{
    uint16_t digits = memory ? row->digits & 0xff : row->digits >> 8;
    unsigned reg = rnd(m, 8);
    for (unsigned k = 0; k < 8; k++)
        if (digits >> ((reg + k) & 7) & 1) return (reg + k) & 7;
    return reg;
}

static bool choose_form(struct maker *m, const struct encoding *row, struct choice *f)
{
    *f = (struct choice){.row = row};
    f->bytes = row->size == SZ_B ? 1 : row->size == SZ_W ? 2 : row->size == SZ_D ? 4 : chance(m, 20) ? 2 : 4;
    f->opcode = row->first + rnd(m, row->last - row->first + 1u);
    if (row->op == OP_SETCC || row->op == OP_CMOV) f->opcode = row->first + defined_cond(m);
    bool memory = row->digits & 0xff, reg = row->digits >> 8;
    f->memory = memory && (!reg || chance(m, 45));
    if (row->op == OP_XCHG && m->times >= SPLIT_LOCKS) f->memory = false;
    f->reg = digit_of(m, row, f->memory);
    f->rm = rnd(m, 8);
    f->imm = immediate(m);
    if (op_info[row->op].group == GROUP_shift) f->imm = rnd(m, 34);
    if (row->op == OP_AAM && chance(m, 90)) f->imm |= 1;
    if ((row->op == OP_SHLD || row->op == OP_SHRD) && f->bytes == 2) f->imm = rnd(m, 17);
    if ((row->op == OP_SHLD_CL || row->op == OP_SHRD_CL) && f->bytes == 2 && m->f.hi[ECX] > 16) f->bytes = 4;
    if (row->op == OP_BSWAP) f->bytes = 4; /* of a 16-bit register it is undefined */
    return true;
}

static unsigned immediate_bytes(const struct choice *f)
{
    switch (f->row->shape) {
    case SHAPE_EI:
    case SHAPE_AI:
    case SHAPE_ZI:
    case SHAPE_GEI: return f->bytes;
    case SHAPE_EIB:
    case SHAPE_EI8:
    case SHAPE_I8:
    case SHAPE_EGI8:
    case SHAPE_GEIB: return 1;
    default: return 0;
    }
}

/* A bit number in a register, for memory: it must not lead out of the area. */
static bool bit_string(struct maker *m, struct choice *f, struct want *w)
{
    const struct encoding *row = f->row;
    if (op_info[row->op].group != GROUP_bit || row->shape != SHAPE_EG || !f->memory) return true;
    int r = free_register(m);
    if (r < 0) return false;
    f->reg = (unsigned)r;
    uint32_t most = chance(m, 50) ? 0xff : 0x7f;
    put(m, 0xe081 | f->reg << 8, 2); /* and r32, imm32 */
    put(m, most, 4);
    facts_forget(&m->f, (unsigned)r);
    m->f.hi[r] = most;
    m->f.defined = FL_ARITH & ~FL_AF;
    w->from = AT_INTS;
    w->to = AT_F64 - 0x20;
    w->no_stack = true;
    return true;
}

static struct want want_for(struct maker *m, const struct choice *f)
{
    unsigned op = f->row->op;
    unsigned size = op == OP_CMPXCHG8B ? 8 : op == OP_MOVZX8 || op == OP_MOVSX8 ? 1 : f->bytes;
    if (op == OP_MOVZX16 || op == OP_MOVSX16) size = 2;
    struct want w = want_ints(m, size, writes_rm(f));
    w.anywhere = op == OP_LEA || op == OP_NOP_E || op == OP_PREFETCH || op == OP_ENDBR32;
    return w;
}

static void put_opcode(struct maker *m, const struct choice *f, const struct ea *ea)
{
    bool lockable =
        op_info[f->row->op].traits & LOCK && f->memory && writes_rm(f) && has_modrm(f->row->shape);
    if (lockable && m->times < SPLIT_LOCKS && chance(m, 8)) put(m, 0xf0, 1);
    if (ea) put_ea_prefixes(m, ea);
    if (f->bytes == 2 && f->row->size == SZ_V) put(m, 0x66, 1);
    if (f->row->prefix) put(m, f->row->prefix, 1);
    if (f->row->map == 1) put(m, 0x0f, 1);
    put(m, f->opcode, 1);
}

static void learn(struct maker *m, const struct choice *f, uint8_t regs)
{
    for (unsigned r = 0; r < 8; r++)
        if (regs >> r & 1) facts_forget(&m->f, r);
    if (f->row->op == OP_MOVZX8 && f->bytes == 4) m->f.hi[f->reg] = 0xff;
    if (f->row->op == OP_MOVZX16 && f->bytes == 4) m->f.hi[f->reg] = 0xffff;
    if (f->row->op == OP_MOV && f->row->shape == SHAPE_ZI && f->bytes == 4)
        m->f.lo[f->opcode & 7] = m->f.hi[f->opcode & 7] = f->imm;
    if (f->row->op == OP_AND && f->row->shape == SHAPE_EI && !f->memory && f->bytes == 4)
        m->f.hi[f->rm] = f->imm;
}

static bool try_row(struct maker *m, const struct encoding *row)
{
    struct choice f;
    struct ea ea;
    choose_form(m, row, &f);
    bool modrm = has_modrm(row->shape);
    struct want w = want_for(m, &f);
    for (unsigned tries = 0; written(&f) & m->f.pinned; tries++) {
        if (tries == 6) return false;
        if (opcode_register(&f)) f.opcode = row->first + rnd(m, row->last - row->first + 1u);
        f.rm = rnd(m, 8);
        if (row->digits == 0xffff || row->digits == 0xff) f.reg = rnd(m, 8);
    }
    define_flags(m, needed_flags(row->op));
    if (!bit_string(m, &f, &w)) return false;
    if (modrm && f.memory) address(m, &w, &ea);
    int start = (int)m->p->size;
    put_opcode(m, &f, modrm && f.memory ? &ea : NULL);
    if (modrm && f.memory)
        put_ea(m, &ea, f.reg);
    else if (modrm)
        put(m, 0xc0 | f.reg << 3 | f.rm, 1);
    if (row->shape == SHAPE_AO || row->shape == SHAPE_OA)
        put(m, AREA + rnd(m, AT_F64 - 4), 4);
    else
        put(m, f.imm, immediate_bytes(&f));
    bool divides = row->op == OP_DIV || row->op == OP_IDIV || (row->op == OP_AAM && (f.imm & 0xff) == 0);
    bool faults = divides || (modrm && f.memory && ea.faults);
    struct facts before = m->f;
    if (faults) resume_next(m, start, before.defined & ~op_info[row->op].undefined);
    m->f.defined = flags_after(m, &f);
    learn(m, &f, written(&f));
    if (faults) facts_merge(&m->f, &before);
    return true;
}

void integer_insn(struct maker *m)
{
    for (unsigned tries = 0; tries < 12; tries++)
        if (try_row(m, random_row(m))) break;
    m->spent += m->times;
}

void put_check(struct maker *m)
{
    put(m, 0x68, 1);
    put(m, (m->checks++ & 0xffff) << CHECK_SHIFT | (m->f.defined & FL_ARITH) | FL_DF, 4);
    put(m, 0xe8, 1);
    put(m, STUB_CHECK - (here(m) + 4), 4);
    m->spent += 600 * m->times;
}
