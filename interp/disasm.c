/* Disassembly: the bytes of one instruction → Intel syntax, as `objdump -M intel` writes it. Owns the wording
 * of operands; what the bytes are comes from decode() and the rows of encodings.def, so there is no second
 * list of opcodes here. Names that the tables do not tell apart (hlt and cli are both "privileged") stay so.
 */
#include "interp/insn.h"
#include "interp/interp.h"
#include "interp/simd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum width { W8, W16, W32, W48, W64, W80, W_NONE, W128, W_XMM, W_MMX };

/* One instruction on its way to text. */
struct view {
    const uint8_t *bytes;
    unsigned len, at; /* at: next byte to read */
    gaddr eip;
    enum op op;
    struct encoding row;
    bool extension; /* `simd` is its row instead */
    struct simd_encoding simd;
    bool op16, addr16, lock;
    bool seg_shown; /* the override appeared in an operand */
    int seg;        /* -1: none */
    uint8_t rep;    /* 0, 0xf2, 0xf3 */
    uint8_t opcode, modrm;
    char *out;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct view *v, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(v->out + v->used, v->size - v->used, format, ap);
    va_end(ap);
    if (n > 0) v->used += (size_t)n < v->size - v->used ? (size_t)n : v->size - v->used - 1;
}

/* --- bytes ------------------------------------------------------------------------------------------- */

static uint32_t take(struct view *v, unsigned n)
{
    uint32_t value = 0;
    for (unsigned k = 0; k < n && v->at < v->len; k++)
        value |= (uint32_t)v->bytes[v->at++] << 8 * k;
    return value;
}

static uint32_t take_signed8(struct view *v)
{
    return (uint32_t)(int8_t)take(v, 1);
}

static void take_prefixes(struct view *v)
{
    for (; v->at < v->len; v->at++) {
        switch (v->bytes[v->at]) {
        case 0x26: v->seg = ES; break;
        case 0x2e: v->seg = CS; break;
        case 0x36: v->seg = SS; break;
        case 0x3e: v->seg = DS; break;
        case 0x64: v->seg = FS; break;
        case 0x65: v->seg = GS; break;
        case 0x66: v->op16 = true; break;
        case 0x67: v->addr16 = true; break;
        case 0xf0: v->lock = true; break;
        case 0xf2:
        case 0xf3: v->rep = v->bytes[v->at]; break;
        default: return;
        }
    }
}

static bool row_matches(const struct encoding *row, const struct view *v, unsigned map)
{
    if (row->map != map) return false;
    if (map == 2) return row->escape == v->opcode && row->first <= v->modrm && v->modrm <= row->last;
    if (v->opcode < row->first || row->last < v->opcode) return false;
    if (row->prefix && row->prefix != v->rep) return false;
    unsigned digit = (v->modrm >> 3 & 7) + (v->modrm >= 0xc0 ? 8 : 0);
    return row->digits == 0xffff || row->digits >> digit & 1;
}

static bool is_extension(const struct view *v)
{
    unsigned group = op_info[v->op].group;
    return group == GROUP_simd || group == GROUP_mmx || group == GROUP_ext;
}

/* The row of simd_encodings.def; 0F and the byte behind it were read. */
static bool find_extension(struct view *v)
{
    unsigned map = v->opcode == 0x38 ? SIMD_OF38 : v->opcode == 0x3a ? SIMD_OF3A : SIMD_OF;
    if (map != SIMD_OF) v->opcode = (uint8_t)take(v, 1);
    v->modrm = v->at < v->len ? v->bytes[v->at] : 0;
    const struct simd_encoding *e = simd_find(map, v->rep ? v->rep : v->op16 ? 0x66 : 0, v->opcode, v->modrm);
    if (!e) e = simd_find(map, 0, v->opcode, v->modrm); /* 66 is an operand size */
    if (!e) return false;
    v->extension = true;
    v->simd = *e;
    v->row = (struct encoding){.prefix = e->prefix, .size = e->size == SIMD_V ? SZ_V : SZ_D};
    return true;
}

/* Reads opcode and ModRM byte and finds their row; a row with a mandatory prefix wins. */
static bool find_row(struct view *v)
{
    unsigned map = 0;
    v->opcode = take(v, 1);
    if (v->opcode == 0x0f) {
        map = 1;
        v->opcode = take(v, 1);
    }
    if (is_extension(v)) return find_extension(v);
    v->modrm = v->at < v->len ? v->bytes[v->at] : 0;
    if (map == 0 && v->opcode >= 0xd8 && v->opcode <= 0xdf && v->modrm >= 0xc0) map = 2;
    bool found = false;
    struct encoding row;
    for (unsigned k = 0; encoding_row(k, &row); k++) {
        if (!row_matches(&row, v, map) || (found && !row.prefix)) continue;
        v->row = row;
        found = true;
    }
    if (map == 2) v->at++;
    return found;
}

/* --- operands ---------------------------------------------------------------------------------------- */

static const char *const regs8[] = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
static const char *const regs16[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
static const char *const regs32[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
static const char *const sregs[] = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};
static const char *const pointers[] = {
    [W8] = "BYTE PTR ",   [W16] = "WORD PTR ",  [W32] = "DWORD PTR ", [W48] = "FWORD PTR ",
    [W64] = "QWORD PTR ", [W80] = "TBYTE PTR ", [W_NONE] = "",        [W128] = "XMMWORD PTR ",
};

static void put_reg(struct view *v, unsigned r, enum width w)
{
    if (w == W_XMM || w == W_MMX) {
        put(v, "%smm%u", w == W_XMM ? "x" : "", r & 7);
        return;
    }
    put(v, "%s", (w == W8 ? regs8 : w == W16 ? regs16 : regs32)[r & 7]);
}

/* Width of the row's operands in general. */
static enum width row_width(const struct view *v)
{
    switch (v->row.size) {
    case SZ_B: return W8;
    case SZ_W:
    case SZ_I16: return W16;
    case SZ_V: return v->op16 ? W16 : W32;
    case SZ_F64:
    case SZ_I64: return W64;
    case SZ_F80:
    case SZ_BCD: return W80;
    default: return W32;
    }
}

/* The same of an extension's register, and of its operand in memory. */
static enum width kind_width(const struct view *v, unsigned kind)
{
    if (kind == KIND_G) return v->simd.size == SIMD_V && v->op16 ? W16 : W32;
    return kind == KIND_M ? W_MMX : W_XMM;
}

static enum width memory_width(const struct view *v)
{
    static const uint8_t widths[] = {
        [SIMD_A16] = W128, [SIMD_U16] = W128, [SIMD_B8] = W64,     [SIMD_B4] = W32,
        [SIMD_B2] = W16,   [SIMD_B1] = W8,    [SIMD_A512] = W_NONE};
    return v->simd.size == SIMD_V ? kind_width(v, KIND_G) : (enum width)widths[v->simd.size];
}

/* Width of the r/m operand, which some operations have different from the other one. */
static enum width rm_width(const struct view *v, bool memory)
{
    if (v->extension) return memory ? memory_width(v) : v->op == OP_CRC32_8 ? W8 : kind_width(v, v->simd.rm);
    switch (v->op) {
    case OP_MOVZX8:
    case OP_MOVSX8: return W8;
    case OP_MOVZX16:
    case OP_MOVSX16: return W16;
    case OP_MOV_FROM_SREG:
    case OP_LAR:
    case OP_LSL: return memory ? W16 : row_width(v);
    case OP_MOV_TO_SREG: return memory || v->op16 ? W16 : W32;
    case OP_BOUND: return v->op16 ? W32 : W64;
    case OP_LES:
    case OP_LDS:
    case OP_LSS:
    case OP_LFS:
    case OP_LGS:
    case OP_CALL_FAR_M:
    case OP_JMP_FAR_M: return v->op16 ? W32 : W48;
    case OP_CMPXCHG8B: return W64;
    case OP_LEA:
    case OP_FLDENV:
    case OP_FNSTENV:
    case OP_FRSTOR:
    case OP_FNSAVE: return W_NONE;
    default: return row_width(v);
    }
}

static void put_displacement(struct view *v, uint32_t disp, bool first)
{
    if (first)
        put(v, "0x%x", disp);
    else if ((int32_t)disp < 0)
        put(v, "-0x%x", -disp);
    else
        put(v, "+0x%x", disp);
}

/* The segment in front of an address: an override, or `forced` (an address of digits only shows ds). */
static void put_segment(struct view *v, int forced)
{
    int s = v->seg >= 0 ? v->seg : forced;
    if (s >= 0) put(v, "%s:", sregs[s]);
    v->seg_shown = true;
}

/* SDM vol. 2, table 2-1. */
static void put_address16(struct view *v)
{
    static const char *const bases[] = {"bx+si", "bx+di", "bp+si", "bp+di", "si", "di", "bp", "bx"};
    unsigned mod = v->modrm >> 6, rm = v->modrm & 7;
    if (mod == 0 && rm == 6) {
        put_segment(v, DS);
        put(v, "0x%x", take(v, 2));
        return;
    }
    put_segment(v, -1);
    put(v, "[%s", bases[rm]);
    if (mod == 1) put_displacement(v, take_signed8(v), false);
    if (mod == 2) put_displacement(v, (uint32_t)(int16_t)take(v, 2), false);
    put(v, "]");
}

/* SDM vol. 2, tables 2-2 and 2-3. */
static void put_address32(struct view *v)
{
    unsigned mod = v->modrm >> 6, base = v->modrm & 7, index = 4, scale = 0;
    if (base == 4) {
        unsigned sib = take(v, 1);
        base = sib & 7;
        index = sib >> 3 & 7;
        scale = sib >> 6;
    }
    bool no_base = mod == 0 && base == 5, no_index = index == 4;
    uint32_t disp = mod == 1 ? take_signed8(v) : mod == 2 || no_base ? take(v, 4) : 0;
    if (no_base && no_index) {
        put_segment(v, DS);
        put(v, "0x%x", disp);
        return;
    }
    put_segment(v, -1);
    put(v, "[");
    if (!no_base) put(v, "%s", regs32[base]);
    if (!no_index) put(v, "%s%s*%u", no_base ? "" : "+", regs32[index], 1u << scale);
    if (mod != 0 || no_base) put_displacement(v, disp, false);
    put(v, "]");
}

static void put_rm(struct view *v)
{
    v->at++; /* the ModRM byte */
    if (v->modrm >= 0xc0) {
        put_reg(v, v->modrm & 7, rm_width(v, false));
        return;
    }
    put(v, "%s", pointers[rm_width(v, true)]);
    if (v->addr16)
        put_address16(v);
    else
        put_address32(v);
}

static void put_immediate(struct view *v, uint32_t value, enum width w)
{
    put(v, "0x%x", w == W8 ? value & 0xff : w == W16 ? value & 0xffff : value);
}

static unsigned immediate_bytes(enum width w)
{
    return w == W8 ? 1 : w == W16 ? 2 : 4;
}

static void put_target(struct view *v, uint32_t displacement)
{
    uint32_t to = v->eip + v->len + displacement;
    put(v, "0x%x", v->op16 ? to & 0xffff : to);
}

static void put_moffs(struct view *v)
{
    put_segment(v, DS);
    put(v, "0x%x", take(v, v->addr16 ? 2 : 4));
}

/* SDM vol. 2, A.2: the segment registers of one-byte push and pop opcodes lie in bits 5..3. */
static void put_sreg_of_opcode(struct view *v)
{
    put(v, "%s", sregs[v->opcode >> 3 & 7 & (v->row.map ? 7 : 3)]);
}

static void put_string_operands(struct view *v)
{
    static const struct {
        const char *di, *si;
    } names[] = {{"edi", "esi"}, {"di", "si"}};
    const char *di = names[v->addr16].di, *si = names[v->addr16].si, *p = pointers[row_width(v)];
    const char *acc = (const char *[]){"al", "ax", "eax"}[row_width(v)];
    const char *ds = sregs[v->seg >= 0 ? v->seg : DS];
    switch (v->op) {
    case OP_MOVS: put(v, "%ses:[%s],%s%s:[%s]", p, di, p, ds, si); break;
    case OP_CMPS: put(v, "%s%s:[%s],%ses:[%s]", p, ds, si, p, di); break;
    case OP_STOS: put(v, "%ses:[%s],%s", p, di, acc); return;
    case OP_LODS: put(v, "%s,%s%s:[%s]", acc, p, ds, si); break;
    default: put(v, "%s,%ses:[%s]", acc, p, di); return;
    }
    v->seg_shown = true;
}

/* --- shapes ------------------------------------------------------------------------------------------ */

static void put_reg_and_rm(struct view *v)
{
    put_reg(v, v->modrm >> 3, row_width(v));
    put(v, ",");
    put_rm(v);
}

static void put_rm_and_reg(struct view *v)
{
    put_rm(v);
    put(v, ",");
    put_reg(v, v->modrm >> 3, row_width(v));
}

/* Register and r/m in their order, an immediate; shifts have r/m and immediate only, the state's have r/m. */
static void put_extension(struct view *v)
{
    const struct simd_encoding *e = &v->simd;
    if (e->how == SIMD_NONE) return;
    bool reg = e->reg != KIND_N && e->how != SIMD_SHI;
    if (reg && !simd_stores(e)) {
        put_reg(v, v->modrm >> 3, kind_width(v, e->reg));
        put(v, ",");
    }
    put_rm(v);
    if (reg && simd_stores(e)) {
        put(v, ",");
        put_reg(v, v->modrm >> 3, kind_width(v, e->reg));
    }
    if (simd_has_immediate(e)) put(v, ",0x%x", take(v, 1));
}

static void put_far_target(struct view *v)
{
    uint32_t offset = take(v, v->op16 ? 2 : 4);
    put(v, "0x%x:0x%x", take(v, 2), offset);
}

/* Comparisons that leave the flags in the status word do not name ST(0). */
static bool compares_with_top(enum op op)
{
    return op == OP_FCOM || op == OP_FCOMP || op == OP_FUCOM || op == OP_FUCOMP;
}

/* Shapes without a ModRM byte. */
static void put_plain(struct view *v, enum width w)
{
    switch (v->row.shape) {
    case SHAPE_NONE:
        if (v->op == OP_FNSTSW_AX) put(v, "ax");
        if (v->op != OP_XLAT) break;
        put(v, "BYTE PTR ");
        put_segment(v, DS);
        put(v, "[%s]", v->addr16 ? "bx" : "ebx");
        break;
    case SHAPE_AI:
        put_reg(v, EAX, w);
        put(v, ",");
        put_immediate(v, take(v, immediate_bytes(w)), w);
        break;
    case SHAPE_Z: put_reg(v, v->opcode, w); break;
    case SHAPE_ZI:
        put_reg(v, v->opcode, w);
        put(v, ",");
        put_immediate(v, take(v, immediate_bytes(w)), w);
        break;
    case SHAPE_ZA:
        put_reg(v, v->opcode, w);
        put(v, ",");
        put_reg(v, EAX, w);
        break;
    case SHAPE_I: put_immediate(v, take(v, immediate_bytes(w)), w); break;
    case SHAPE_IB: put_immediate(v, take_signed8(v), w); break;
    case SHAPE_I8: put_immediate(v, take(v, 1), W8); break;
    case SHAPE_I16: put_immediate(v, take(v, 2), W16); break;
    case SHAPE_I16I8:
        put_immediate(v, take(v, 2), W16);
        put(v, ",");
        put_immediate(v, take(v, 1), W8);
        break;
    case SHAPE_J: put_target(v, take(v, immediate_bytes(w))); break;
    case SHAPE_JB: put_target(v, take_signed8(v)); break;
    case SHAPE_AO:
        put_reg(v, EAX, w);
        put(v, ",");
        put_moffs(v);
        break;
    case SHAPE_OA:
        put_moffs(v);
        put(v, ",");
        put_reg(v, EAX, w);
        break;
    case SHAPE_SREG: put_sreg_of_opcode(v); break;
    case SHAPE_AP: put_far_target(v); break;
    case SHAPE_STR: put_string_operands(v); break;
    case SHAPE_S0I: put(v, "%sst(%u)", compares_with_top(v->op) ? "" : "st,", v->modrm & 7); break;
    case SHAPE_SI0: put(v, "st(%u),st", v->modrm & 7); break;
    case SHAPE_SI: put(v, "st(%u)", v->modrm & 7); break;
    default: break;
    }
}

/* Shapes with a ModRM byte; false: it is none of them. */
static bool put_modrm_shape(struct view *v, enum width w)
{
    switch (v->row.shape) {
    case SHAPE_E:
    case SHAPE_M: put_rm(v); break;
    case SHAPE_EG:
        put_rm_and_reg(v);
        if (v->op == OP_SHLD_CL || v->op == OP_SHRD_CL) put(v, ",cl");
        break;
    case SHAPE_GE: put_reg_and_rm(v); break;
    case SHAPE_EI:
        put_rm(v);
        put(v, ",");
        put_immediate(v, take(v, immediate_bytes(w)), w);
        break;
    case SHAPE_EIB:
        put_rm(v);
        put(v, ",");
        put_immediate(v, take_signed8(v), w);
        break;
    case SHAPE_EI8:
        put_rm(v);
        put(v, ",0x%x", take(v, 1));
        break;
    case SHAPE_E1:
        put_rm(v);
        put(v, ",1");
        break;
    case SHAPE_ECL:
        put_rm(v);
        put(v, ",cl");
        break;
    case SHAPE_EGI8:
        put_rm_and_reg(v);
        put(v, ",0x%x", take(v, 1));
        break;
    case SHAPE_GEI:
        put_reg_and_rm(v);
        put(v, ",");
        put_immediate(v, take(v, immediate_bytes(w)), w);
        break;
    case SHAPE_GEIB:
        put_reg_and_rm(v);
        put(v, ",");
        put_immediate(v, take_signed8(v), w);
        break;
    case SHAPE_ES:
        put_rm(v);
        put(v, ",%s", sregs[v->modrm >> 3 & 7]);
        break;
    case SHAPE_SE:
        put(v, "%s,", sregs[v->modrm >> 3 & 7]);
        put_rm(v);
        break;
    default: return false;
    }
    return true;
}

/* --- mnemonics --------------------------------------------------------------------------------------- */

/* Does the 16-bit form of the operation show only in its name? */
static bool needs_word_suffix(const struct view *v)
{
    switch (v->row.shape) {
    case SHAPE_NONE:
    case SHAPE_I:
    case SHAPE_IB:
    case SHAPE_I16:
    case SHAPE_I16I8:
    case SHAPE_SREG: return op_info[v->op].group != GROUP_data && op_info[v->op].group != GROUP_x87;
    case SHAPE_J:
    case SHAPE_JB: return v->op == OP_CALL || v->op == OP_JMP;
    case SHAPE_M: return rm_width(v, true) == W_NONE;
    default: return false;
    }
}

static void put_mnemonic(struct view *v)
{
    static const char *const conditions[] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                             "s", "ns", "p", "np", "l", "ge", "le", "g"};
    bool word = v->op16 && v->row.size == SZ_V && !v->extension;
    if (v->op == OP_CWDE && word)
        put(v, "cbw");
    else if (v->op == OP_CDQ && word)
        put(v, "cwd");
    else if (v->op == OP_JECXZ && v->addr16)
        put(v, "jcxz");
    else
        put(v, "%s", op_info[v->op].mnemonic);
    if (v->op == OP_JCC || v->op == OP_SETCC || v->op == OP_CMOV) put(v, "%s", conditions[v->opcode & 15]);
    if (word && needs_word_suffix(v)) put(v, "w");
}

static void put_prefixes(struct view *v)
{
    if (v->lock) put(v, "lock ");
    if (!v->rep || v->row.prefix || v->op == OP_PAUSE) return;
    bool compares = v->op == OP_CMPS || v->op == OP_SCAS;
    if (v->rep == 0xf2)
        put(v, "repnz ");
    else
        put(v, compares || !(op_info[v->op].traits & REP) ? "repz " : "rep ");
}

static bool has_hidden_operands(const struct view *v)
{
    bool endbr = v->op == OP_ENDBR32 && v->modrm == 0xfb;
    return endbr || v->op == OP_LFENCE || v->op == OP_MFENCE || v->op == OP_SFENCE || v->op == OP_PRIVILEGED;
}

unsigned disasm(const uint8_t *code, unsigned n, gaddr eip, bool code32, char *out, size_t size)
{
    struct insn records[2];
    unsigned count = decode(code, n, eip, records);
    char text[160];
    struct view v = {.bytes = code, .eip = eip, .seg = -1, .out = text, .size = sizeof text};
    if (count) v.len = records[count - 1].len, v.op = records[count - 1].op;
    bool whole = count && v.len <= n && v.len <= INSN_MAX; /* else #GP for its length */
    if (whole) take_prefixes(&v);
    if (!code32 || !whole || v.op == OP_INVALID || !find_row(&v)) {
        snprintf(out, size, "(bad)");
        return 0;
    }
    put_prefixes(&v);
    put_mnemonic(&v);
    size_t name_end = v.used;
    put(&v, " ");
    if (v.extension)
        put_extension(&v);
    else if (!has_hidden_operands(&v) && !put_modrm_shape(&v, row_width(&v)))
        put_plain(&v, row_width(&v));
    if (v.used == name_end + 1) v.used = name_end;
    text[v.used] = 0;
    /* An override that no operand shows is still part of the instruction. */
    if (v.seg >= 0 && !v.seg_shown)
        snprintf(out, size, "%s %s", sregs[v.seg], text);
    else
        snprintf(out, size, "%s", text);
    return v.len;
}
