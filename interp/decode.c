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

struct stream {
    const uint8_t *at, *end;
    bool short_of_bytes;
};

static uint32_t take(struct stream *s, unsigned n)
{
    uint32_t v = 0;
    if ((size_t)(s->end - s->at) < n) {
        s->short_of_bytes = true;
        s->at = s->end;
        return 0;
    }
    memcpy(&v, s->at, n); /* hosts are little-endian */
    s->at += n;
    return v;
}

static uint32_t take_signed(struct stream *s, unsigned n)
{
    uint32_t v = take(s, n);
    if (n == 1) return (uint32_t)(int8_t)v;
    if (n == 2) return (uint32_t)(int16_t)v;
    return v;
}

/* --- operands ---------------------------------------------------------------------------------------- */

struct state {
    struct stream s;
    struct insn *out; /* the instruction's own record */
    uint8_t opcode, modrm;
    bool o16, a16;
    bool memory; /* the r/m operand is memory */
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
        unsigned sib = take(&d->s, 1);
        i->rbase = (sib & 7) * 4;
        if ((sib >> 3 & 7) != 4) {
            i->rindex = (sib >> 3 & 7) * 4;
            i->scale = sib >> 6;
        }
        rm = sib & 7;
    }
    if (mod == 0 && rm == 5) {
        i->rbase = REG_ZERO * 4;
        i->disp = take(&d->s, 4);
    } else if (mod == 1) {
        i->disp = take_signed(&d->s, 1);
    } else if (mod == 2) {
        i->disp = take(&d->s, 4);
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
        i->disp = take(&d->s, 2);
    } else if (mod == 1) {
        i->disp = take_signed(&d->s, 1);
    } else if (mod == 2) {
        i->disp = take_signed(&d->s, 2);
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
    unsigned reg = d->modrm >> 3 & 7, wide = i->size == S8 ? 1 : i->size == S16 ? 2 : 4;
    switch (shape) {
    case SHAPE_EG:
    case SHAPE_EGI8:
        take_rm(d, &i->dst, i->size);
        i->src = reg_offset(reg, i->size);
        set_form(d, FORM_RR, FORM_MR);
        if (shape == SHAPE_EGI8) i->imm = take(&d->s, 1);
        break;
    case SHAPE_GE:
    case SHAPE_GEI:
    case SHAPE_GEIB:
        take_rm(d, &i->src, source_size(i));
        i->dst = reg_offset(reg, i->size);
        set_form(d, FORM_RR, FORM_RM);
        if (shape == SHAPE_GEI) i->imm = take_signed(&d->s, wide);
        if (shape == SHAPE_GEIB) i->imm = take_signed(&d->s, 1);
        break;
    case SHAPE_EI:
    case SHAPE_EIB:
    case SHAPE_EI8:
    case SHAPE_E1:
        take_rm(d, &i->dst, i->size);
        set_form(d, FORM_RI, FORM_MI);
        i->imm = shape == SHAPE_E1    ? 1
                 : shape == SHAPE_EI8 ? take(&d->s, 1)
                                      : take_signed(&d->s, shape == SHAPE_EI ? wide : 1);
        break;
    case SHAPE_ECL:
        take_rm(d, &i->dst, i->size);
        i->src = reg_offset(ECX, S8);
        set_form(d, FORM_RR, FORM_MR);
        break;
    case SHAPE_ES:
    case SHAPE_SE: i->aux = reg; /* fall through */
    default:                     /* E, M */
        take_rm(d, &i->dst, i->size);
        set_form(d, FORM_R, FORM_M);
        break;
    }
}

static void operands(struct state *d, unsigned shape)
{
    struct insn *i = d->out;
    unsigned wide = i->size == S8 ? 1 : i->size == S16 ? 2 : 4;
    uint8_t z = reg_offset(d->opcode & 7, i->size);
    switch (shape) {
    case SHAPE_NONE:
    case SHAPE_STR: break;
    case SHAPE_AI:
        i->form = FORM_RI; /* dst 0 is AL, AX or EAX */
        i->imm = take_signed(&d->s, wide);
        break;
    case SHAPE_ZI:
        i->form = FORM_RI;
        i->dst = z;
        i->imm = take_signed(&d->s, wide);
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
        i->imm = take_signed(&d->s, shape == SHAPE_I ? wide : 1);
        break;
    case SHAPE_I8:
    case SHAPE_I16:
        i->form = FORM_I;
        i->imm = take(&d->s, shape == SHAPE_I8 ? 1 : 2);
        break;
    case SHAPE_I16I8:
        i->form = FORM_I;
        i->imm = take(&d->s, 2);
        i->disp = take(&d->s, 1);
        break;
    case SHAPE_J:
    case SHAPE_JB:
        i->form = FORM_I;
        i->imm = take_signed(&d->s, shape == SHAPE_J ? wide : 1);
        break; /* made absolute when the length is known */
    case SHAPE_AO:
    case SHAPE_OA:
        i->form = shape == SHAPE_AO ? FORM_RM : FORM_MR;
        i->disp = take(&d->s, d->a16 ? 2 : 4);
        d->memory = true;
        break;
    case SHAPE_SREG: i->aux = d->opcode >> 3 & 7; break;
    case SHAPE_AP:
        i->form = FORM_I;
        i->imm = take(&d->s, wide);
        i->disp = take(&d->s, 2);
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

static void take_prefixes(struct state *d)
{
    struct insn *i = d->out;
    for (;; d->s.at++) {
        unsigned seg;
        if (d->s.at == d->s.end) return;
        switch (*d->s.at) {
        case 0x26: seg = ES; break;
        case 0x2e: seg = CS; break;
        case 0x36: seg = SS; break;
        case 0x3e: seg = DS; break;
        case 0x64: seg = FS; break;
        case 0x65: seg = GS; break;
        case 0x66: d->o16 = true; continue;
        case 0x67: d->a16 = true; continue;
        case 0xf0: i->prefix |= PFX_LOCK; continue;
        case 0xf2: i->prefix = (i->prefix & ~PFX_REP) | PFX_REPNE; continue;
        case 0xf3: i->prefix = (i->prefix & ~PFX_REPNE) | PFX_REP; continue;
        default: return;
        }
        i->prefix = (i->prefix & ~PFX_SEG) | (seg + 1) << PFX_SEG_SHIFT;
    }
}

/* The row of a map for the opcode, looking at the byte after it for the digit. NULL: not an encoding, or
 * (short_of_bytes) that byte is needed and not there. */
static const struct encoding *find_row(struct state *d, const uint16_t cells[16])
{
    unsigned digit = 0;
    bool there = d->s.at < d->s.end;
    if (there) {
        d->modrm = *d->s.at;
        digit = (d->modrm >> 3 & 7) | (d->modrm >= 0xc0 ? 8 : 0);
    }
    for (unsigned k = 0; !there && cells[0] == 0 && k < 16; k++)
        if (cells[k]) digit = k;
    if (cells[digit] == 0) return NULL;
    const struct encoding *e = &encodings[cells[digit] - 1];
    if (has_modrm[e->shape] || e->digits != ALL) {
        d->s.short_of_bytes = !there;
        d->s.at += there;
    }
    return e;
}

static const struct encoding *find_encoding(struct state *d)
{
    d->opcode = take(&d->s, 1);
    if (d->s.short_of_bytes) return NULL;
    if (d->opcode == 0x0f) {
        d->opcode = take(&d->s, 1);
        if (d->s.short_of_bytes) return NULL;
        bool f3 = d->out->prefix & PFX_REP && of_f3_map[d->opcode][0];
        return find_row(d, f3 ? of_f3_map[d->opcode] : of_map[d->opcode]);
    }
    if ((d->opcode & 0xf8) == 0xd8 && d->s.at < d->s.end && *d->s.at >= 0xc0) {
        d->modrm = take(&d->s, 1);
        unsigned k = x87_map[d->opcode & 7][d->modrm & 63];
        return k ? &encodings[k - 1] : NULL;
    }
    return find_row(d, one_map[d->opcode]);
}

static unsigned size_of(const struct state *d, unsigned enc_size)
{
    static const uint8_t fixed[] = {
        [SZ_B] = S8,    [SZ_W] = S16,   [SZ_D] = S32,   [SZ_F32] = F32, [SZ_F64] = F64,
        [SZ_F80] = F80, [SZ_I16] = I16, [SZ_I32] = I32, [SZ_I64] = I64, [SZ_BCD] = BCD};
    return enc_size == SZ_V ? (d->o16 ? S16 : S32) : fixed[enc_size];
}

/* What the encoding's row cannot say: reserved register numbers, LOCK, aliases by prefix. */
static void refine(struct state *d)
{
    struct insn *i = d->out;
    bool dst_memory = i->form == FORM_M || i->form == FORM_MR || i->form == FORM_MI;
    /* XCHG reg, mem is encoded once; the memory operand is the destination (EG). */
    if (i->prefix & PFX_LOCK && !(op_info[i->op].traits & LOCK && dst_memory)) i->op = OP_INVALID;
    if (i->op == OP_NOP && i->prefix & PFX_REP) i->op = OP_PAUSE;
    if (i->op == OP_MOV_TO_SREG && (i->aux == CS || i->aux > GS)) i->op = OP_INVALID;
    if (i->op == OP_MOV_FROM_SREG && i->aux > GS) i->op = OP_INVALID;
    if (i->op == OP_JCC || i->op == OP_CMOV || i->op == OP_SETCC) i->aux = d->opcode & 15;
    if (i->op == OP_STORE_SYSTEM) i->aux = (d->modrm >> 3 & 7) | (d->opcode == 1 ? 8 : 0);
    if (op_info[i->op].traits & DIRECT) {
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

unsigned decode(const uint8_t *bytes, unsigned n, gaddr eip, struct insn out[2])
{
    struct state d = {.s = {bytes, bytes + (n > 15 ? 15 : n), false}, .out = out};
    out[0] = (struct insn){.eip = eip, .rbase = REG_ZERO * 4, .rindex = REG_ZERO * 4, .form = FORM_NONE};
    take_prefixes(&d);
    if (d.a16) out->prefix |= PFX_A16;
    const struct encoding *e = find_encoding(&d);
    out->op = OP_INVALID;
    if (e) {
        out->op = e->op;
        out->size = size_of(&d, e->size);
        if (e->map == X87MAP)
            operands_x87(out, e->shape, d.modrm & 7);
        else
            operands(&d, e->shape);
    }
    out->len = d.s.at - bytes;
    if (d.s.short_of_bytes) {
        if (n < 15) return 0;
        out->op = OP_PRIVILEGED; /* longer than 15 bytes: #GP(0), SDM vol. 2, 2.3.11 */
        return 1;
    }
    refine(&d);
    return split_address(&d, out);
}
