/* The decoder: bytes → struct insn. Owns the maps that encodings.def feeds and operand extraction;
 * block shape belongs to block.c, the choice of handlers to lower.c. */
#include <string.h>

#include "interp/insn.h"

/* --- tables ------------------------------------------------------------------------------------------ */

#define NATIVE JIT_NATIVE
#define HELPER JIT_HELPER
#define NEVER  JIT_NEVER
const struct op_info op_info[OP_COUNT] = {
#define OP(name, mnemonic, group, jit, reads, writes, undefined, traits) \
    [OP_##name] = {#name, mnemonic, GROUP_##group, jit, traits, reads, writes, undefined},
#include "interp/ops.def"
#undef OP
};

enum { ONE, OF, X87MAP };
enum { NP = 0, F3 = 0xf3, F2 = 0xf2 };
#define ALL   0xffff
#define MEM   0x00ff
#define REG   0xff00
#define D(n)  (1 << (n) | 0x100 << (n))
#define DM(n) (1 << (n))
#define DR(n) (0x100 << (n))

static const struct encoding encodings[] = {
#define ENC(map, prefix, first, last, ext, op, shape, size) \
    {map, prefix, 0, first, last, (uint16_t)(ext), OP_##op, SHAPE_##shape, SZ_##size},
#include "interp/encodings.def"
#undef ENC
#define ENC_X87(escape, first, last, op, shape) \
    {X87MAP, NP, escape, first, last, ALL, OP_##op, SHAPE_##shape, SZ_D},
#include "interp/x87_encodings.def"
#undef ENC_X87
};
#undef D /* the names below are registers and fields again */

enum { ENCODINGS = sizeof encodings / sizeof encodings[0] };

bool encoding_row(unsigned k, struct encoding *out)
{
    if (k >= ENCODINGS) return false;
    *out = encodings[k];
    return true;
}

/* Row number + 1 of each opcode, 0: no such encoding. [opcode][digit, + 8 for a register operand] */
static uint16_t one_map[256][16], of_map[256][16], of_f3_map[256][16], x87_map[8][64];

static void enter(uint16_t cells[16], uint16_t digits, uint16_t value)
{
    uint64_t four = value * 0x0001000100010001u;
    if (digits == ALL) {
        for (unsigned d = 0; d < 16; d += 4)
            memcpy(&cells[d], &four, sizeof four);
        return;
    }
    for (unsigned d = 0; d < 16; d++)
        if (digits >> d & 1) cells[d] = value;
}

__attribute__((constructor)) static void build_maps(void)
{
    for (unsigned k = 0; k < ENCODINGS; k++) {
        const struct encoding *e = &encodings[k];
        for (unsigned c = e->first; c <= e->last; c++) {
            if (e->map == X87MAP)
                x87_map[e->escape & 7][c & 63] = k + 1;
            else if (e->map == ONE)
                enter(one_map[c], e->digits, k + 1);
            else
                enter(e->prefix == F3 ? of_f3_map[c] : of_map[c], e->digits, k + 1);
        }
    }
}

/* Shapes that have a ModRM byte. */
static const bool has_modrm[SHAPE_SI + 1] = {
    [SHAPE_EG] = true,   [SHAPE_GE] = true, [SHAPE_EI] = true,  [SHAPE_EIB] = true,  [SHAPE_EI8] = true,
    [SHAPE_E] = true,    [SHAPE_E1] = true, [SHAPE_ECL] = true, [SHAPE_EGI8] = true, [SHAPE_GEI] = true,
    [SHAPE_GEIB] = true, [SHAPE_M] = true,  [SHAPE_ES] = true,  [SHAPE_SE] = true,
};

/* --- the byte stream --------------------------------------------------------------------------------- */

/* Instruction bytes, followed by padding that may be read (whether too much was taken is seen at the end). */
struct stream {
    const uint8_t *at;
};

static inline uint32_t take1(struct stream *s)
{
    return *s->at++;
}

static inline uint32_t take2(struct stream *s)
{
    uint16_t v;
    memcpy(&v, s->at, 2); /* hosts are little-endian */
    s->at += 2;
    return v;
}

static inline uint32_t take4(struct stream *s)
{
    uint32_t v;
    memcpy(&v, s->at, 4);
    s->at += 4;
    return v;
}

static inline uint32_t take1_signed(struct stream *s)
{
    return (uint32_t)(int8_t)take1(s);
}

/* An immediate of the operand's size, sign-extended. */
static inline uint32_t take_sized(struct stream *s, unsigned size)
{
    if (size == S32) return take4(s);
    return size == S16 ? (uint32_t)(int16_t)take2(s) : take1_signed(s);
}

/* --- operands ---------------------------------------------------------------------------------------- */

struct state {
    struct stream s;
    struct insn *out; /* the instruction's own record */
    uint8_t opcode, modrm;
    bool o16, a16;
    bool memory;           /* the r/m operand is memory */
    const uint16_t *cells; /* the map's cells for the opcode, if it was looked up there */
};

static uint8_t reg_offset(unsigned r, unsigned size)
{
    return size == S8 ? (r & 3) * 4 + (r >> 2) : r * 4;
}

static void address32(struct state *d)
{
    struct insn *i = d->out;
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    i->rbase = rm * 4;
    if (rm == 4) {
        unsigned sib = take1(&d->s);
        i->rbase = (sib & 7) * 4;
        if ((sib >> 3 & 7) != 4) {
            i->rindex = (sib >> 3 & 7) * 4;
            i->scale = sib >> 6;
        }
        rm = sib & 7;
    }
    if (mod == 0 && rm == 5) {
        i->rbase = REG_ZERO * 4;
        i->disp = take4(&d->s);
    } else if (mod == 1) {
        i->disp = take1_signed(&d->s);
    } else if (mod == 2) {
        i->disp = take4(&d->s);
    }
}

static void address16(struct state *d)
{
    static const uint8_t base[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
    static const uint8_t index[8] = {ESI, EDI, ESI, EDI, REG_ZERO, REG_ZERO, REG_ZERO, REG_ZERO};
    struct insn *i = d->out;
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    i->rbase = base[rm] * 4;
    i->rindex = index[rm] * 4;
    if (mod == 0 && rm == 6) {
        i->rbase = REG_ZERO * 4;
        i->disp = take2(&d->s);
    } else if (mod == 1) {
        i->disp = take1_signed(&d->s);
    } else if (mod == 2) {
        i->disp = (uint32_t)(int16_t)take2(&d->s);
    }
}

/* The r/m operand: a register goes to *reg, memory to the record's address fields. */
static void take_rm(struct state *d, uint8_t *reg, unsigned size)
{
    d->memory = d->modrm < 0xc0;
    if (!d->memory)
        *reg = reg_offset(d->modrm & 7, size);
    else if (d->a16)
        address16(d);
    else
        address32(d);
}

static void set_form(struct state *d, unsigned with_register, unsigned with_memory)
{
    d->out->form = d->memory ? with_memory : with_register;
}

static unsigned source_size(const struct insn *i)
{
    if (i->op == OP_MOVZX8 || i->op == OP_MOVSX8) return S8;
    return i->size;
}

/* Operands with a ModRM byte. */
static void operands_modrm(struct state *d, unsigned shape)
{
    struct insn *i = d->out;
    unsigned reg = d->modrm >> 3 & 7;
    switch (shape) {
    case SHAPE_EG:
    case SHAPE_EGI8:
        take_rm(d, &i->dst, i->size);
        i->src = reg_offset(reg, i->size);
        set_form(d, FORM_RR, FORM_MR);
        if (shape == SHAPE_EGI8) i->imm = take1(&d->s);
        break;
    case SHAPE_GE:
    case SHAPE_GEI:
    case SHAPE_GEIB:
        take_rm(d, &i->src, source_size(i));
        i->dst = reg_offset(reg, i->size);
        set_form(d, FORM_RR, FORM_RM);
        if (shape == SHAPE_GEI) i->imm = take_sized(&d->s, i->size);
        if (shape == SHAPE_GEIB) i->imm = take1_signed(&d->s);
        break;
    case SHAPE_EI:
    case SHAPE_EIB:
    case SHAPE_EI8:
    case SHAPE_E1:
        take_rm(d, &i->dst, i->size);
        set_form(d, FORM_RI, FORM_MI);
        i->imm = shape == SHAPE_E1    ? 1
                 : shape == SHAPE_EI8 ? take1(&d->s)
                                      : take_sized(&d->s, shape == SHAPE_EI ? i->size : S8);
        break;
    case SHAPE_ECL:
        take_rm(d, &i->dst, i->size);
        i->src = reg_offset(ECX, S8);
        set_form(d, FORM_RR, FORM_MR);
        break;
    case SHAPE_ES:
    case SHAPE_SE:
        i->aux = reg;
        if (reg > GS || (shape == SHAPE_SE && reg == CS)) i->op = OP_INVALID;
        /* fall through */
    default: /* E, M */
        take_rm(d, &i->dst, i->size);
        set_form(d, FORM_R, FORM_M);
        break;
    }
}

static void operands(struct state *d, unsigned shape)
{
    struct insn *i = d->out;
    uint8_t z = reg_offset(d->opcode & 7, i->size);
    switch (shape) {
    case SHAPE_NONE:
    case SHAPE_STR: break;
    case SHAPE_AI:
        i->form = FORM_RI; /* dst 0 is AL, AX or EAX */
        i->imm = take_sized(&d->s, i->size);
        break;
    case SHAPE_ZI:
        i->form = FORM_RI;
        i->dst = z;
        i->imm = take_sized(&d->s, i->size);
        break;
    case SHAPE_Z:
        i->form = FORM_R;
        i->dst = z;
        break;
    case SHAPE_ZA:
        i->form = FORM_RR;
        i->dst = z;
        break;
    case SHAPE_I:
    case SHAPE_IB:
        i->form = FORM_I;
        i->imm = take_sized(&d->s, shape == SHAPE_I ? i->size : S8);
        break;
    case SHAPE_I8:
    case SHAPE_I16:
        i->form = FORM_I;
        i->imm = shape == SHAPE_I8 ? take1(&d->s) : take2(&d->s);
        break;
    case SHAPE_I16I8:
        i->form = FORM_I;
        i->imm = take2(&d->s);
        i->disp = take1(&d->s);
        break;
    case SHAPE_J:
    case SHAPE_JB:
        i->form = FORM_I;
        i->imm = take_sized(&d->s, shape == SHAPE_J ? i->size : S8);
        break; /* made absolute when the length is known */
    case SHAPE_AO:
    case SHAPE_OA:
        i->form = shape == SHAPE_AO ? FORM_RM : FORM_MR;
        i->disp = d->a16 ? take2(&d->s) : take4(&d->s);
        d->memory = true;
        break;
    case SHAPE_SREG: i->aux = d->opcode >> 3 & 7; break;
    case SHAPE_AP:
        i->form = FORM_I;
        i->imm = i->size == S16 ? take2(&d->s) : take4(&d->s);
        i->disp = take2(&d->s);
        break;
    default: operands_modrm(d, shape);
    }
}

static void operands_x87(struct insn *i, unsigned shape, unsigned st)
{
    i->form = shape == SHAPE_NONE ? FORM_NONE : shape == SHAPE_SI ? FORM_R : FORM_RR;
    if (shape == SHAPE_S0I)
        i->src = st;
    else
        i->dst = st;
    if (shape == SHAPE_NONE) i->dst = 0;
}

/* --- the instruction --------------------------------------------------------------------------------- */

static const bool is_prefix[256] = {
    [0x26] = true, [0x2e] = true, [0x36] = true, [0x3e] = true, [0x64] = true, [0x65] = true,
    [0x66] = true, [0x67] = true, [0xf0] = true, [0xf2] = true, [0xf3] = true};

static __attribute__((noinline)) void take_prefixes(struct state *d)
{
    struct insn *i = d->out;
    for (const uint8_t *limit = d->s.at + INSN_MAX; d->s.at < limit; d->s.at++) {
        unsigned seg;
        switch (*d->s.at) {
        case 0x26: seg = ES; break;
        case 0x2e: seg = CS; break;
        case 0x36: seg = SS; break;
        case 0x3e: seg = DS; break;
        case 0x64: seg = FS; break;
        case 0x65: seg = GS; break;
        case 0x66: d->o16 = true; continue;
        case 0x67:
            d->a16 = true;
            i->prefix |= PFX_A16;
            continue;
        case 0xf0: i->prefix |= PFX_LOCK; continue;
        case 0xf2: i->prefix = (i->prefix & ~PFX_REP) | PFX_REPNE; continue;
        case 0xf3: i->prefix = (i->prefix & ~PFX_REPNE) | PFX_REP; continue;
        default: return;
        }
        i->prefix = (i->prefix & ~PFX_SEG) | (seg + 1) << PFX_SEG_SHIFT;
    }
}

/* The row of a map for the opcode, looking at the byte after it for the digit. NULL: not an encoding. */
static inline __attribute__((always_inline)) const struct encoding *find_row(struct state *d,
                                                                             const uint16_t cells[16])
{
    unsigned modrm = *d->s.at, k = cells[(modrm >> 3 & 7) | (modrm >= 0xc0 ? 8 : 0)];
    d->cells = cells;
    if (k == 0) return NULL;
    const struct encoding *e = &encodings[k - 1];
    if (has_modrm[e->shape] || e->digits != ALL) {
        d->modrm = modrm;
        d->s.at++;
    }
    return e;
}

static const struct encoding *find_encoding(struct state *d)
{
    d->opcode = take1(&d->s);
    if (d->opcode == 0x0f) {
        d->opcode = take1(&d->s);
        bool f3 = d->out->prefix & PFX_REP && of_f3_map[d->opcode][0];
        return find_row(d, f3 ? of_f3_map[d->opcode] : of_map[d->opcode]);
    }
    if ((d->opcode & 0xf8) == 0xd8 && *d->s.at >= 0xc0) {
        d->modrm = take1(&d->s);
        unsigned k = x87_map[d->opcode & 7][d->modrm & 63];
        return k ? &encodings[k - 1] : NULL;
    }
    return find_row(d, one_map[d->opcode]);
}

/* Without a row: would a byte that is not there decide? */
static bool undecided(const struct state *d, const uint8_t *end)
{
    bool some = false;
    for (unsigned k = 0; d->cells && k < 16; k++)
        some |= d->cells[k] != 0;
    return d->s.at > end || (d->s.at == end && some);
}

static unsigned size_of(const struct state *d, unsigned enc_size)
{
    static const uint8_t fixed[] = {
        [SZ_B] = S8,    [SZ_W] = S16,   [SZ_D] = S32,   [SZ_F32] = F32, [SZ_F64] = F64,
        [SZ_F80] = F80, [SZ_I16] = I16, [SZ_I32] = I32, [SZ_I64] = I64, [SZ_BCD] = BCD};
    return enc_size == SZ_V ? (d->o16 ? S16 : S32) : fixed[enc_size];
}

/* What the encoding's row cannot say: LOCK and REP, a digit as operand, targets relative to the end. */
static void refine(struct state *d)
{
    struct insn *i = d->out;
    unsigned traits = op_info[i->op].traits;
    if (i->prefix) {
        bool dst_memory = i->form == FORM_M || i->form == FORM_MR || i->form == FORM_MI;
        if (i->prefix & PFX_LOCK && !(traits & LOCK && dst_memory)) i->op = OP_INVALID;
        if (i->op == OP_NOP && i->prefix & PFX_REP) i->op = OP_PAUSE;
    }
    if (i->op == OP_STORE_SYSTEM) i->aux = (d->modrm >> 3 & 7) | (d->opcode == 1 ? 8 : 0);
    if (traits & DIRECT) {
        i->imm += i->eip + i->len;
        if (i->size == S16) i->imm &= 0xffff;
    }
}

/* An address with a segment base or 16-bit wrap is computed by a record of its own. */
static unsigned split_address(struct state *d, struct insn out[2])
{
    struct insn *i = d->out;
    bool override = i->prefix & PFX_SEG && i->op != OP_LEA;
    if (!d->memory || !(override || d->a16)) return 1;
    out[1] = *i;
    out[0].op = OP_EA;
    out[0].form = FORM_NONE;
    if (!override) out[0].prefix &= ~PFX_SEG;
    out[1].rbase = REG_EA * 4;
    out[1].rindex = REG_ZERO * 4;
    out[1].scale = 0;
    out[1].disp = 0;
    return 2;
}

unsigned decode_padded(const uint8_t *bytes, unsigned n, gaddr eip, struct insn out[2])
{
    struct state d = {.s = {bytes}, .out = out};
    out[0] = (struct insn){.eip = eip, .rbase = REG_ZERO * 4, .rindex = REG_ZERO * 4, .form = FORM_NONE};
    if (is_prefix[*bytes]) take_prefixes(&d);
    const struct encoding *e = find_encoding(&d);
    if (e) {
        out->op = e->op;
        out->aux = d.opcode & 15; /* the condition of Jcc, SETcc, CMOVcc */
        out->size = size_of(&d, e->size);
        if (e->map == X87MAP)
            operands_x87(out, e->shape, d.modrm & 7);
        else
            operands(&d, e->shape);
        if (op_info[e->op].traits & X87) out->imm = d.opcode << 8 | d.modrm; /* what FNSTENV may show */
    } else {
        out->op = OP_INVALID;
        if (undecided(&d, bytes + n)) return 0;
    }
    out->len = d.s.at - bytes;
    if (out->len > INSN_MAX && n >= INSN_MAX) {
        out->op = OP_PRIVILEGED; /* longer than 15 bytes: #GP(0), SDM vol. 2, 2.3.11 */
        return 1;
    }
    if (out->len > n) return 0;
    refine(&d);
    return split_address(&d, out);
}

unsigned decode(const uint8_t *bytes, unsigned n, gaddr eip, struct insn out[2])
{
    uint8_t padded[DECODE_PADDING] = {0};
    if (n > INSN_MAX) n = INSN_MAX;
    memcpy(padded, bytes, n);
    return decode_padded(padded, n, eip, out);
}
