/* The decoder: bytes → struct insn. Owns the maps that encodings.def feeds and operand extraction;
 * block shape belongs to block.c, the choice of handlers to lower.c, of which the decoder remembers what it
 * was for the common encodings. */
#include "interp/decode.h"
#include "interp/sem.h"
#include "interp/simd.h"

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

enum { ENCODINGS = sizeof encodings / sizeof encodings[0] };

/* What the decoder needs of encoding k - 1, ready to use; row 0: not an encoding. */
struct row {
    uint16_t op;
    uint8_t shape, flags;
    uint8_t size[2]; /* enum size without and with an operand size prefix */
} __attribute__((aligned(8)));
enum {
    TAKES_SECOND = 1, /* byte: ModRM, or an opcode's second one */
    RELATIVE = 2,     /* its immediate is a distance to its end */
    STOPS = 4,        /* a block ends behind it */
    BY_OPCODE = 16,   /* its handler depends on what else the opcode says */
    SPECIAL = 8       /* for decode_special() */
};

enum {
    SIZE_B = S8,
    SIZE_W = S16,
    SIZE_D = S32,
    SIZE_V = S32,
    SIZE_F32 = F32,
    SIZE_F64 = F64,
    SIZE_F80 = F80,
    SIZE_I16 = I16,
    SIZE_I32 = I32,
    SIZE_I64 = I64,
    SIZE_BCD = BCD
};
#define O16_SIZE(size) (SIZE_##size == SIZE_V && SZ_##size == SZ_V ? S16 : SIZE_##size)

enum {
#define OP(name, mnemonic, group, jit, reads, writes, undefined, traits) TRAITS_##name = (traits),
#include "interp/ops.def"
#undef OP
};
#define FLAGS_OF(op)                                                                     \
    ((TRAITS_##op & DIRECT ? RELATIVE : 0) | (TRAITS_##op & (ENDS | LAST) ? STOPS : 0) | \
     (OP_##op == OP_JCC ? BY_OPCODE : 0) | (TRAITS_##op & X87 || OP_##op == OP_STORE_SYSTEM ? SPECIAL : 0))
#define SHAPE_FLAGS(shape)                                    \
    ((SHAPE_##shape < SHAPES_WITH_MODRM ? TAKES_SECOND : 0) | \
     (SHAPE_##shape == SHAPE_ES || SHAPE_##shape == SHAPE_SE ? SPECIAL : 0))

static const struct row rows[1 + ENCODINGS] = {
    {.op = OP_INVALID, .shape = SHAPE_NONE, .flags = STOPS | SPECIAL},
#define ENC(map, prefix, first, last, ext, op, shape, size)                           \
    {OP_##op,                                                                         \
     SHAPE_##shape,                                                                   \
     ((uint16_t)(ext) != ALL ? TAKES_SECOND : 0) | SHAPE_FLAGS(shape) | FLAGS_OF(op), \
     {SIZE_##size, O16_SIZE(size)}},
#include "interp/encodings.def"
#undef ENC
#define ENC_X87(escape, first, last, op, shape) \
    {OP_##op, SHAPE_##shape, TAKES_SECOND | FLAGS_OF(op), {S32, S32}},
#include "interp/x87_encodings.def"
#undef ENC_X87
};

/* At most so many opcodes have rows that depend on ModRM. */
enum {
    DIGIT_ROWS = 0
#define ENC(map, prefix, first, last, ext, op, shape, size) +((uint16_t)(ext) != ALL) * ((last) - (first) + 1)
#include "interp/encodings.def"
#undef ENC
};
#undef D /* the names below are registers and fields again */

bool encoding_row(unsigned k, struct encoding *out)
{
    if (k >= ENCODINGS) return false;
    *out = encodings[k];
    return true;
}

/* Which row an opcode has; 0: none. With BY_DIGIT, ModRM says more: the rest is an index of by_digit, whose
 * cells are as the bits of an encoding's digits. */
enum { CELLS = 16, BY_DIGIT = 0x8000 };
static uint16_t one_map[256], of_map[256], of_f3_map[256], x87_map[8][64];
static uint16_t by_digit[DIGIT_ROWS][CELLS];

static inline unsigned row_of(uint16_t cell, unsigned modrm)
{
    unsigned digit = (modrm >> 3 & 7) | (modrm >= 0xc0 ? 8 : 0);
    return cell & BY_DIGIT ? by_digit[cell & ~BY_DIGIT][digit] : cell;
}

/* Later encodings take from earlier ones what both have. Returns how many of by_digit are in use. */
static unsigned enter(uint16_t *cell, unsigned digits, uint16_t row, unsigned in_use)
{
    if (digits == ALL) {
        *cell = row;
        return in_use;
    }
    if (!(*cell & BY_DIGIT)) {
        for (unsigned d = 0; *cell && d < CELLS; d++)
            by_digit[in_use][d] = *cell;
        *cell = BY_DIGIT | in_use++;
    }
    for (uint16_t *at = by_digit[*cell & ~BY_DIGIT]; digits; at++, digits >>= 1)
        if (digits & 1) *at = row;
    return in_use;
}

__attribute__((constructor)) static void build_maps(void)
{
    unsigned in_use = 0;
    for (unsigned k = 0; k < ENCODINGS; k++) {
        const struct encoding *e = &encodings[k];
        uint16_t *map = e->map == ONE ? one_map : e->prefix == F3 ? of_f3_map : of_map;
        for (unsigned c = e->first; c <= e->last; c++) {
            if (e->map == X87MAP)
                x87_map[e->escape & 7][c & 63] = k + 1;
            else
                in_use = enter(&map[c], e->digits, k + 1, in_use);
        }
    }
}

/* --- the byte stream --------------------------------------------------------------------------------- */

/* An immediate of the operand's size, sign-extended. */
static inline uint32_t take_sized(struct stream *s, unsigned size)
{
    if (size == S32) return take4(s);
    return size == S16 ? (uint32_t)(int16_t)take2(s) : take1_signed(s);
}

/* --- operands ---------------------------------------------------------------------------------------- */

/* Lives in registers: what gets a pointer to it is inlined. */
struct state {
    struct stream s;
    struct insn *out; /* the instruction's own record */
    uint8_t opcode, modrm;
    bool o16, a16;
    bool memory; /* an operand is memory */
    uint8_t rm;  /* offset of the register that is the r/m operand otherwise */
};
#define PART static inline __attribute__((always_inline))

PART uint8_t reg_offset(unsigned r, unsigned size)
{
    return size == S8 ? (r & 3) * 4 + (r >> 2) : r * 4;
}

PART void address32(struct state *d)
{
    struct insn *i = d->out;
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    if (rm == 4) {
        unsigned sib = take1(&d->s);
        rm = sib & 7;
        if ((sib >> 3 & 7) != 4) {
            i->rindex = (sib >> 3 & 7) * 4;
            i->scale = sib >> 6;
        }
    }
    if (mod == 0 && rm == 5) { /* no base: as the record is */
        i->disp = take4(&d->s);
        return;
    }
    i->rbase = rm * 4;
    if (mod == 1) i->disp = take1_signed(&d->s);
    if (mod == 2) i->disp = take4(&d->s);
}

static uint32_t address16(struct insn *i, unsigned modrm, const uint8_t *at)
{
    static const uint8_t base[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
    static const uint8_t index[8] = {ESI, EDI, ESI, EDI, REG_ZERO, REG_ZERO, REG_ZERO, REG_ZERO};
    struct stream s = {at};
    unsigned mod = modrm >> 6, rm = modrm & 7;
    i->rbase = base[rm] * 4;
    i->rindex = index[rm] * 4;
    if (mod == 0 && rm == 6) {
        i->rbase = REG_ZERO * 4;
        i->disp = take2(&s);
    } else if (mod == 1) {
        i->disp = take1_signed(&s);
    } else if (mod == 2) {
        i->disp = (uint32_t)(int16_t)take2(&s);
    }
    return s.at - at;
}

const uint8_t *decode_address(struct insn *i, unsigned modrm, const uint8_t *at, bool a16)
{
    struct state d = {.s = {at}, .out = i, .modrm = (uint8_t)modrm};
    if (a16) return at + address16(i, modrm, at);
    address32(&d);
    return d.s.at;
}

/* The r/m operand, of the instruction's size but for MOVZX and MOVSX: memory goes to the record's address
 * fields. */
PART void take_rm(struct state *d)
{
    struct insn *i = d->out;
    d->memory = d->modrm < 0xc0;
    if (!d->memory)
        d->rm = reg_offset(d->modrm & 7, i->op == OP_MOVZX8 || i->op == OP_MOVSX8 ? S8 : i->size);
    else if (d->a16)
        d->s.at += address16(i, d->modrm, d->s.at);
    else
        address32(d);
}

PART void set_form(struct state *d, unsigned with_register, unsigned with_memory)
{
    d->out->form = d->memory ? with_memory : with_register;
}

/* Operand 1 is r/m, operand 2 a register; and the other way round. */
PART void rm_reg(struct state *d, uint8_t reg)
{
    set_form(d, FORM_RR, FORM_MR);
    d->out->src = reg;
    if (!d->memory) d->out->dst = d->rm;
}

PART void reg_rm(struct state *d)
{
    set_form(d, FORM_RR, FORM_RM);
    d->out->dst = reg_offset(d->modrm >> 3 & 7, d->out->size);
    if (!d->memory) d->out->src = d->rm;
}

PART void rm_imm(struct state *d, uint32_t imm)
{
    set_form(d, FORM_RI, FORM_MI);
    d->out->imm = imm;
    if (!d->memory) d->out->dst = d->rm;
}

PART void rm_only(struct state *d)
{
    set_form(d, FORM_R, FORM_M);
    if (!d->memory) d->out->dst = d->rm;
}

PART void moffs(struct state *d, unsigned form)
{
    d->out->form = form;
    d->out->disp = d->a16 ? take2(&d->s) : take4(&d->s);
    d->memory = true;
}

PART void imm_only(struct state *d, uint32_t imm)
{
    d->out->form = FORM_I;
    d->out->imm = imm;
}

PART void segment_register(struct state *d, bool writes)
{
    struct insn *i = d->out;
    rm_only(d);
    i->aux = d->modrm >> 3 & 7;
    if (i->aux > GS || (writes && i->aux == CS)) i->op = OP_INVALID;
}

PART void operands(struct state *d, unsigned shape)
{
    struct insn *i = d->out;
    unsigned size = i->size;
    if (shape_has_modrm(shape)) take_rm(d);
    switch (shape) {
    case SHAPE_NONE:
    case SHAPE_STR: break;
    case SHAPE_EG: rm_reg(d, reg_offset(d->modrm >> 3 & 7, size)); break;
    case SHAPE_ECL: rm_reg(d, reg_offset(ECX, S8)); break;
    case SHAPE_EGI8:
        rm_reg(d, reg_offset(d->modrm >> 3 & 7, size));
        i->imm = take1(&d->s);
        break;
    case SHAPE_GE: reg_rm(d); break;
    case SHAPE_GEI:
        reg_rm(d);
        i->imm = take_sized(&d->s, size);
        break;
    case SHAPE_GEIB:
        reg_rm(d);
        i->imm = take1_signed(&d->s);
        break;
    case SHAPE_EI: rm_imm(d, take_sized(&d->s, size)); break;
    case SHAPE_EIB: rm_imm(d, take1_signed(&d->s)); break;
    case SHAPE_EI8: rm_imm(d, take1(&d->s)); break;
    case SHAPE_E1: rm_imm(d, 1); break;
    case SHAPE_E:
    case SHAPE_M: rm_only(d); break;
    case SHAPE_ES: segment_register(d, false); break;
    case SHAPE_SE: segment_register(d, true); break;
    case SHAPE_ZI: i->dst = reg_offset(d->opcode & 7, size); /* fall through */
    case SHAPE_AI:
        i->form = FORM_RI; /* dst 0 is AL, AX or EAX */
        i->imm = take_sized(&d->s, size);
        break;
    case SHAPE_Z:
    case SHAPE_ZA:
        i->form = shape == SHAPE_Z ? FORM_R : FORM_RR;
        i->dst = reg_offset(d->opcode & 7, size);
        break;
    case SHAPE_I:
    case SHAPE_J: imm_only(d, take_sized(&d->s, size)); break; /* J: made absolute when the length is known */
    case SHAPE_IB:
    case SHAPE_JB: imm_only(d, take1_signed(&d->s)); break;
    case SHAPE_I8: imm_only(d, take1(&d->s)); break;
    case SHAPE_I16: imm_only(d, take2(&d->s)); break;
    case SHAPE_I16I8:
        imm_only(d, take2(&d->s));
        i->disp = take1(&d->s);
        break;
    case SHAPE_AO: moffs(d, FORM_RM); break;
    case SHAPE_OA: moffs(d, FORM_MR); break;
    case SHAPE_S0I:
        i->form = FORM_RR;
        i->src = d->modrm & 7;
        break;
    case SHAPE_SI0:
    case SHAPE_SI:
        i->form = shape == SHAPE_SI0 ? FORM_RR : FORM_R;
        i->dst = d->modrm & 7;
        break;
    case SHAPE_SREG: i->aux = d->opcode >> 3 & 7; break;
    case SHAPE_AP:
        imm_only(d, size == S16 ? take2(&d->s) : take4(&d->s));
        i->disp = take2(&d->s);
        break;
    }
}

/* --- the instruction --------------------------------------------------------------------------------- */

/* What the bytes before the operands say. */
struct found {
    const uint8_t *at; /* the byte after the opcode: ModRM if there is one */
    unsigned row;
    uint16_t cell; /* what the map has for the opcode */
    uint8_t opcode, modrm, prefix;
    bool o16, a16;
    bool escaped; /* the opcode is one behind 0F */
};

static const uint8_t *take_prefixes(struct found *f, const uint8_t *at)
{
    for (const uint8_t *limit = at + INSN_MAX; at < limit; at++) {
        unsigned seg;
        switch (*at) {
        case 0x26: seg = ES; break;
        case 0x2e: seg = CS; break;
        case 0x36: seg = SS; break;
        case 0x3e: seg = DS; break;
        case 0x64: seg = FS; break;
        case 0x65: seg = GS; break;
        case 0x66: f->o16 = true; continue;
        case 0x67:
            f->a16 = true;
            f->prefix |= PFX_A16;
            continue;
        case 0xf0: f->prefix |= PFX_LOCK; continue;
        case 0xf2: f->prefix = (f->prefix & ~PFX_REP) | PFX_REPNE; continue;
        case 0xf3: f->prefix = (f->prefix & ~PFX_REPNE) | PFX_REP; continue;
        default: return at;
        }
        f->prefix = (f->prefix & ~PFX_SEG) | (seg + 1) << PFX_SEG_SHIFT;
    }
    return at;
}

/* All that is not a one-byte opcode without prefixes. */
static __attribute__((noinline)) struct found find_row(const uint8_t *bytes)
{
    struct found f = {0};
    const uint8_t *at = take_prefixes(&f, bytes);
    f.opcode = *at++;
    f.cell = one_map[f.opcode];
    if (f.opcode == 0x0f) {
        f.opcode = *at++;
        f.cell = f.prefix & PFX_REP && of_f3_map[f.opcode] ? of_f3_map[f.opcode] : of_map[f.opcode];
        f.escaped = true;
    }
    f.at = at;
    f.modrm = *at;
    if (f.escaped && f.prefix & PFX_REP && simd_known(SIMD_OF, F3, f.opcode)) return f;
    bool x87_register = !f.escaped && (f.opcode & 0xf8) == 0xd8 && f.modrm >= 0xc0;
    f.row = x87_register ? x87_map[f.opcode & 7][f.modrm & 63] : row_of(f.cell, f.modrm);
    return f;
}

/* Without a row: would a byte that is not there decide? */
static bool undecided(const struct found *f, const uint8_t *end)
{
    return f->at > end || (f->at == end && f->cell);
}

/* What the encoding's row cannot say: LOCK and REP, a digit as operand, targets relative to the end, the
 * opcode that FNSTENV may show. */
static void refine(struct insn *i, unsigned opcode, unsigned modrm)
{
    unsigned traits = op_info[i->op].traits;
    if (i->prefix) {
        bool dst_memory = i->form == FORM_M || i->form == FORM_MR || i->form == FORM_MI;
        if (i->prefix & PFX_LOCK && !(traits & LOCK && dst_memory)) i->op = OP_INVALID;
        if (i->op == OP_NOP && i->prefix & PFX_REP) i->op = OP_PAUSE;
    }
    if (i->op == OP_STORE_SYSTEM) i->aux = (modrm >> 3 & 7) | (opcode == 1 ? 8 : 0);
    if (traits & X87) i->imm = opcode << 8 | modrm;
    if (decode_masked(i->op)) i->op = OP_INVALID;
    if (traits & DIRECT) {
        i->imm += i->eip + i->len;
        if (i->size == S16) i->imm &= 0xffff;
    }
}

/* An address with a segment base or 16-bit wrap is computed by a record of its own. */
static unsigned split_address(struct insn out[2], bool a16)
{
    bool override = out->prefix & PFX_SEG && out->op != OP_LEA;
    if (!(override || a16)) return 1;
    out[1] = out[0];
    out[0].op = OP_EA;
    out[0].form = FORM_NONE;
    if (!override) out[0].prefix &= ~PFX_SEG;
    out[1].rbase = REG_EA * 4;
    out[1].rindex = REG_ZERO * 4;
    out[1].scale = 0;
    out[1].disp = 0;
    return 2;
}

enum { NO_RECORD = 3 };

/* An instruction of a later extension, or NO_RECORD; otherwise as decode(). */
static __attribute__((noinline)) unsigned decode_extension(const uint8_t *bytes, unsigned n,
                                                           const struct found *f, struct insn out[2])
{
    struct extension x = {.at = f->at, .end = bytes + n, .opcode = f->opcode, .o16 = f->o16, .a16 = f->a16};
    out->prefix = f->prefix;
    if (!f->escaped || !decode_simd(&x, out)) return x.open && n < INSN_MAX ? 0 : NO_RECORD;
    out->len = (uint8_t)(x.at - bytes);
    if (out->len > INSN_MAX && n >= INSN_MAX) {
        out->op = OP_PRIVILEGED;
        return 1;
    }
    if (out->len > n) return 0;
    refine(out, f->opcode, f->modrm);
    return x.memory ? split_address(out, x.a16) : 1;
}

/* A record without an address. */
static inline void blank(struct insn *i, gaddr eip)
{
    *i = (struct insn){.eip = eip, .rbase = REG_ZERO * 4, .rindex = REG_ZERO * 4, .form = FORM_NONE};
}

/* What has prefixes, 0F, or needs more than its row says. */
static __attribute__((noinline)) unsigned decode_special(const uint8_t *bytes, unsigned n, gaddr eip,
                                                         struct insn out[2])
{
    blank(out, eip);
    struct found f = find_row(bytes);
    struct state d = {
        .s = {f.at}, .out = out, .opcode = f.opcode, .modrm = f.modrm, .o16 = f.o16, .a16 = f.a16};
    if (f.row == 0) {
        unsigned records = decode_extension(bytes, n, &f, out);
        if (records != NO_RECORD) return records;
        if (undecided(&f, bytes + (n < INSN_MAX ? n : INSN_MAX))) {
            if (n < INSN_MAX) return 0;
            d.s.at = bytes + INSN_MAX + 1;
        }
    }
    const struct row *r = &rows[f.row];
    out->prefix = f.prefix;
    out->op = r->op;
    out->aux = d.opcode & 15;
    out->size = r->size[d.o16];
    d.s.at += r->flags & TAKES_SECOND;
    operands(&d, r->shape);
    out->len = d.s.at - bytes;
    if (out->len > INSN_MAX && n >= INSN_MAX) {
        out->op = OP_PRIVILEGED; /* longer than 15 bytes: #GP(0), SDM vol. 2, 2.3.11 */
        return 1;
    }
    if (out->len > n) return 0;
    refine(out, d.opcode, d.modrm);
    return out->prefix && d.memory ? split_address(out, d.a16) : 1;
}

/* The handlers of each row's instructions without prefixes, by operand; NULL: not needed yet. */
enum { REGISTERS, MEMORY, INDEXED_MEMORY, OPERAND_KINDS = 4 };
static handler_fn *handlers[1 + ENCODINGS][OPERAND_KINDS];

PART handler_fn *handler_of(const struct state *d, unsigned row)
{
    if (rows[row].flags & BY_OPCODE) return sem_fast(d->out, false);
    unsigned kind = !d->memory ? REGISTERS : d->out->rindex == REG_ZERO * 4 ? MEMORY : INDEXED_MEMORY;
    handler_fn **known = &handlers[row][kind];
    if (!*known) *known = sem_fast(d->out, false);
    return *known;
}

/* An opcode of one byte without prefixes, which the row describes. Whether there were as many bytes as it
 * took its length tells. */
PART void decode_plain(const uint8_t *bytes, unsigned row, gaddr eip, struct insn *out)
{
    const struct row *r = &rows[row];
    struct state d = {
        .s = {bytes + 1 + (r->flags & TAKES_SECOND)}, .out = out, .opcode = bytes[0], .modrm = bytes[1]};
    blank(out, eip);
    out->op = r->op;
    out->aux = d.opcode & 15; /* the condition of Jcc, SETcc, CMOVcc */
    out->size = r->size[0];
    operands(&d, r->shape);
    out->len = d.s.at - bytes;
    if (r->flags & RELATIVE) out->imm += eip + out->len;
    out->fn = handler_of(&d, row);
}

unsigned decode_run(struct decode_run *run)
{
    const uint8_t *at = run->at;
    struct insn *out = run->out;
    gaddr eip = run->eip;
    unsigned left = run->left;
    bool ended = false;
    for (; left && !ended; left--) {
        unsigned n = run->end - at;
        unsigned row = row_of(one_map[at[0]], at[1]);
        if (rows[row].flags & SPECIAL) {
            unsigned records = decode_special(at, n, eip, out);
            if (records == 0) break;
            struct insn *last = &out[records - 1];
            unsigned traits = op_info[last->op].traits;
            if (traits & X87) last->aux |= run->x87;
            for (; records; records--, out++)
                out->fn = sem_fast(out, false);
            ended = traits & (ENDS | LAST);
        } else {
            decode_plain(at, row, eip, out);
            if (out->len > n) break;
            out++;
            ended = rows[row].flags & STOPS;
        }
        at += out[-1].len;
        eip += out[-1].len;
    }
    unsigned insns = run->left - left;
    *run = (struct decode_run){
        .at = at, .end = run->end, .eip = eip, .out = out, .left = left, .x87 = run->x87, .ended = ended};
    return insns;
}

unsigned decode(const uint8_t *bytes, unsigned n, gaddr eip, struct insn out[2])
{
    uint8_t padded[DECODE_PADDING] = {0};
    if (n > INSN_MAX) n = INSN_MAX;
    memcpy(padded, bytes, n);
    struct decode_run run = {.at = padded, .end = padded + n, .eip = eip, .out = out, .left = 1};
    decode_run(&run);
    return run.out - out;
}
