/* Emitters of the two- and one-operand integer operations. Values of 8 and 16 bits are computed
 * zero-extended, of 32 bits sign-extended; flags go to the two words that interp/cpu.h describes. */
#include "jit/mips64/jit.h"

/* Carry vector of r = a ± b to memory, and the sign-extended result. T1 is free; a, b, r stay. */
static void sum_flags(struct tr *t, enum reg a, enum reg b, enum reg r, int bits)
{
    struct code *c = &t->c;
    xor_(c, T1, a, b);
    xor_(c, T1, T1, r);
    if (bits < 32) { /* AF stays at bit 4, the carries move up to bits 31 and 32 */
        andi(c, T9, T1, 0x10);
        if (bits == 8)
            dsll(c, T1, T1, 24);
        else
            dsll(c, T1, T1, 16);
        or_(c, T1, T1, T9);
    }
    sd(c, T1, CPU_OFFSET(flag_carry), CPU);
}

static void result_flag(struct tr *t, enum reg r, int bits)
{
    struct code *c = &t->c;
    if (bits == 8)
        seb(c, T9, r);
    else if (bits == 16)
        seh(c, T9, r);
    sd(c, bits == 32 ? r : T9, CPU_OFFSET(flag_res), CPU);
}

/* INC and DEC keep CF: where the new carry differs from the old in bit 32, bits 31 and 32 are flipped. The
 * old carry is in T2, the new one in memory. */
static void keep_carry(struct tr *t)
{
    struct code *c = &t->c;
    xor_(c, T9, T1, T2);
    dsrl32(c, T9, T9, 0);
    andi(c, T9, T9, 1);
    dsll(c, T2, T9, 31);
    xor_(c, T1, T1, T2);
    dsll32(c, T9, T9, 0);
    xor_(c, T1, T1, T9);
    sd(c, T1, CPU_OFFSET(flag_carry), CPU);
}

static bool is_logic(unsigned op)
{
    return op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_TEST;
}

/* T0 = a op b, in 64 bits for sums. With flags they are set, all but CF of INC and DEC right. */
static bool compute(struct tr *t, unsigned op, enum reg a, enum reg b, int bits, bool flags)
{
    struct code *c = &t->c;
    switch (op) {
    case OP_ADD:
    case OP_INC: daddu(c, T0, a, b); break;
    case OP_SUB:
    case OP_CMP:
    case OP_DEC:
    case OP_NEG: dsubu(c, T0, a, b); break;
    case OP_AND:
    case OP_TEST: and_(c, T0, a, b); break;
    case OP_OR: or_(c, T0, a, b); break;
    case OP_XOR: xor_(c, T0, a, b); break;
    case OP_NOT: nor(c, T0, a, ZERO); return true;
    case OP_ADC:
    case OP_SBB:
        lw(c, T9, CPU_OFFSET(flag_carry) + 4, CPU);
        andi(c, T9, T9, 1);
        if (op == OP_ADC) {
            daddu(c, T0, a, b);
            daddu(c, T0, T0, T9);
        } else {
            dsubu(c, T0, a, b);
            dsubu(c, T0, T0, T9);
        }
        break;
    default: return false;
    }
    if (flags && is_logic(op)) {
        sd(c, ZERO, CPU_OFFSET(flag_carry), CPU);
    } else if (flags) {
        bool step = op == OP_INC || op == OP_DEC;
        if (step) ld(c, T2, CPU_OFFSET(flag_carry), CPU);
        sum_flags(t, a, b, T0, bits);
        if (step) keep_carry(t);
    }
    if (bits == 32 && !is_logic(op)) sll(c, T0, T0, 0);
    if (flags) result_flag(t, T0, bits);
    return true;
}

/* The second operand in a register: V1 is free for it. */
static enum reg second(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    uint32_t imm = bits == 32 ? i->imm : i->imm & ((1u << bits) - 1);
    switch (i->op) {
    case OP_INC:
    case OP_DEC: li(c, V1, 1); return V1;
    case OP_NOT: return ZERO;
    default: break;
    }
    if (i->form == FORM_RI || i->form == FORM_MI) {
        if (imm == 0) return ZERO;
        li(c, V1, (int32_t)imm);
        return V1;
    }
    return emit_get(t, V1, i->src, bits);
}

static bool writes(unsigned op)
{
    return op != OP_CMP && op != OP_TEST;
}

/* Flags are set after the store, which may fault: without flags first, then again with. */
static bool to_memory(struct tr *t, const struct insn *i, int bits, bool flags)
{
    int offset = emit_address(t, i);
    emit_load(t, i, V0, offset, bits);
    enum reg a = V0, b = second(t, i, bits);
    if (i->op == OP_NEG) {
        b = V0;
        a = ZERO;
    }
    if (writes(i->op)) {
        compute(t, i->op, a, b, bits, false);
        emit_store(t, T0, offset, bits);
    }
    if (flags && i->op != OP_NOT) compute(t, i->op, a, b, bits, true);
    return true;
}

/* The short forms without flags: one instruction. */
static bool short_form(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    enum reg d = hostreg(i->dst / 4), s = i->form == FORM_RR ? hostreg(i->src / 4) : ZERO;
    int32_t imm = (int32_t)i->imm;
    bool reg_form = i->form == FORM_RR, imm_form = i->form == FORM_RI;
    bool fits = imm > INT16_MIN && imm <= INT16_MAX, unsigned_fits = imm >= 0 && imm <= 0xffff;
    switch (i->op) {
    case OP_ADD:
        if (reg_form) addu(c, d, d, s);
        if (imm_form && fits) addiu(c, d, d, imm);
        return reg_form || (imm_form && fits);
    case OP_SUB:
        if (reg_form) subu(c, d, d, s);
        if (imm_form && fits) addiu(c, d, d, -imm);
        return reg_form || (imm_form && fits);
    case OP_AND:
        if (reg_form) and_(c, d, d, s);
        if (imm_form && unsigned_fits) andi(c, d, d, imm);
        return reg_form || (imm_form && unsigned_fits);
    case OP_OR:
        if (reg_form) or_(c, d, d, s);
        if (imm_form && unsigned_fits) ori(c, d, d, imm);
        return reg_form || (imm_form && unsigned_fits);
    case OP_XOR:
        if (reg_form) xor_(c, d, d, s);
        if (imm_form && unsigned_fits) xori(c, d, d, imm);
        return reg_form || (imm_form && unsigned_fits);
    case OP_INC: addiu(c, d, d, 1); return true;
    case OP_DEC: addiu(c, d, d, -1); return true;
    case OP_NEG: subu(c, d, ZERO, d); return true;
    case OP_NOT: nor(c, d, d, ZERO); return true;
    default: return false;
    }
}

bool emit_alu(struct tr *t, const struct insn *i, bool flags)
{
    int bits = insn_bits(i);
    if (i->op > OP_NOT) return false; /* XADD, CMPXCHG */
    if (!flags && !writes(i->op) && !form_has_memory(i->form)) return true;
    if (i->form == FORM_M || i->form == FORM_MR || i->form == FORM_MI) return to_memory(t, i, bits, flags);
    if (!flags && bits == 32 && i->form != FORM_RM && short_form(t, i)) return true;
    enum reg b;
    if (i->form == FORM_RM) {
        int offset = emit_address(t, i);
        emit_load(t, i, V1, offset, bits);
        b = V1;
    } else {
        b = second(t, i, bits);
    }
    enum reg a = emit_get(t, V0, i->dst, bits);
    if (i->op == OP_NEG) {
        b = a;
        a = ZERO;
    }
    compute(t, i->op, a, b, bits, flags);
    if (writes(i->op)) emit_set(t, i->dst, T0, bits);
    return true;
}
