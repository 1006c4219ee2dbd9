/* The decoder for simd_encodings.def: which row, by prefixes and opcode, and its operands. */
#include "interp/decode.h"
#include "interp/simd.h"

enum { NP = 0, P66 = 0x66, F3 = 0xf3, F2 = 0xf2 };

static uint8_t offset_of(unsigned r, unsigned kind, unsigned size)
{
    if (kind != KIND_G) return (uint8_t)(SIMD_STRIDE * r);
    return (uint8_t)(size == SIMD_B1 ? (r & 3) * 4 + (r >> 2) : r * 4);
}

static void take_operands(struct extension *x, const struct simd_encoding *e, struct insn *i)
{
    unsigned modrm = *x->at++, rm = modrm & 7, reg = modrm >> 3 & 7;
    bool store = simd_stores(e);
    x->memory = modrm < 0xc0;
    if (x->memory) x->at = decode_address(i, modrm, x->at, x->a16);
    uint8_t in_reg = offset_of(reg, e->reg, SIMD_B4);
    uint8_t in_rm = x->memory ? 0 : offset_of(rm, e->rm, e->op == OP_CRC32_8 ? SIMD_B1 : SIMD_B4);
    i->size = e->size == SIMD_V ? (x->o16 ? SIMD_B2 : SIMD_B4) : e->size;
    i->dst = store ? in_rm : in_reg;
    i->src = store ? in_reg : in_rm;
    i->aux = (uint8_t)(store ? simd_aux((enum operand_kind)e->rm, (enum operand_kind)e->reg)
                             : simd_aux((enum operand_kind)e->reg, (enum operand_kind)e->rm));
    i->form = x->memory ? (store ? FORM_MR : FORM_RM) : FORM_RR;
    if (e->reg == KIND_N) i->form = FORM_M;
    if (e->how == SIMD_SHI) {
        i->form = FORM_RI;
        i->dst = in_rm;
    }
    if (simd_has_immediate(e)) i->imm = *x->at++;
}

/* F2 and F3 come before 66, which is no mandatory prefix where it is an operand size. */
static const struct simd_encoding *find_row(const struct extension *x, unsigned prefixes, unsigned map,
                                            unsigned opcode, bool *known)
{
    unsigned prefix = prefixes & PFX_REP ? F3 : prefixes & PFX_REPNE ? F2 : x->o16 ? P66 : NP;
    const struct simd_encoding *e = simd_find(map, prefix, opcode, *x->at);
    *known = simd_known(map, prefix, opcode);
    if (e || prefix != P66) return e;
    e = simd_find(map, NP, opcode, *x->at);
    if (e && e->size != SIMD_V) return NULL;
    *known |= e != NULL;
    return e;
}

bool decode_simd(struct extension *x, struct insn *i)
{
    if (!features_any()) return false;
    bool known;
    unsigned map = x->opcode == 0x38 ? SIMD_OF38 : x->opcode == 0x3a ? SIMD_OF3A : SIMD_OF;
    unsigned opcode = map == SIMD_OF ? x->opcode : *x->at++;
    const struct simd_encoding *e = find_row(x, i->prefix, map, opcode, &known);
    x->open = (map != SIMD_OF && x->at > x->end) || (known && x->at >= x->end);
    if (!e) return false;
    i->op = e->op;
    if (e->how != SIMD_NONE) take_operands(x, e, i); /* else EMMS */
    return true;
}

bool decode_masked(enum op op)
{
    switch (op) {
    case OP_SFENCE: return !features_has(FEATURE_SSE);
    case OP_LFENCE:
    case OP_MFENCE: return !features_has(FEATURE_SSE2);
    case OP_FISTTP: return !features_has(FEATURE_SSE3);
    default: return false;
    }
}
