/* Emitters of multiplications and divisions. What would raise #DE is found before the division wherever it
 * can be; the interpreter raises it. */
#include "jit/mips64/translate.h"

/* The operand in memory or in the register at `off`, sign- or zero-extended; V1 is for it. */
static enum reg operand(struct tr *t, const struct insn *i, unsigned off, int bits, bool sign)
{
    if (form_has_memory(i->form)) {
        emit_load_operand(t, i, V1, bits, sign);
        return V1;
    }
    return sign ? emit_get(t, V1, off, bits) : emit_get_zx(t, V1, off, bits);
}

/* --- multiplication ---------------------------------------------------------------------------------- */

/* The flags of a product of 8 or 16 bits each, which is in A0. */
static void short_product_flags(struct tr *t, int bits, bool sign)
{
    struct code *c = &t->c;
    if (!flags_wanted(t)) return;
    emit_extend(c, FLAG_B, A0, bits);
    (sign ? sra : srl)(c, FLAG_A, A0, (unsigned)bits);
    flags_set_recipe(t, sign ? RECIPE_IMUL : RECIPE_MUL, bits, val_host(FLAG_A), val_host(FLAG_B));
}

/* AX = AL * operand, DX:AX = AX * operand. */
static void short_product(struct tr *t, const struct insn *i, int bits, bool sign)
{
    struct code *c = &t->c;
    enum reg b = operand(t, i, i->dst, bits, sign);
    enum reg a = sign ? emit_get(t, V0, 4 * EAX, bits) : emit_get_zx(t, V0, 4 * EAX, bits);
    mul(c, A0, a, b);
    emit_out(t, V0, 4 * EAX, 16);
    emit_put(t, 4 * EAX, A0, 16);
    if (bits == 16) {
        emit_out(t, V0, 4 * EDX, 16);
        srl(c, A1, A0, 16);
        emit_put(t, 4 * EDX, A1, 16);
    }
    short_product_flags(t, bits, sign);
}

/* EAX and EDX from the two halves of a product, or from quotient and remainder. */
static void take_hi_lo(struct tr *t)
{
    struct code *c = &t->c;
    emit_out(t, V0, 4 * EAX, 32);
    emit_out(t, V0, 4 * EDX, 32);
    mflo(c, hostreg(EAX));
    emit_put(t, 4 * EAX, hostreg(EAX), 32);
    mfhi(c, hostreg(EDX));
    emit_put(t, 4 * EDX, hostreg(EDX), 32);
}

/* EDX:EAX = EAX * operand. */
static void wide_product(struct tr *t, const struct insn *i, bool sign)
{
    struct code *c = &t->c;
    value_settle(t, EAX);
    enum reg b = operand(t, i, i->dst, 32, true);
    (sign ? mult : multu)(c, hostreg(EAX), b);
    take_hi_lo(t);
    if (flags_wanted(t))
        flags_set_recipe(t, sign ? RECIPE_IMUL : RECIPE_MUL, 32, (struct val){0}, (struct val){0});
}

/* IMUL with two or three operands. */
static void product_to(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    values_ready(t, i->op == OP_IMUL3 ? i->src : i->dst, i->form == FORM_RM ? i->dst : i->src);
    enum reg a = operand(t, i, i->src, bits, true), b = V0;
    if (i->op == OP_IMUL3)
        li(c, V0, bits == 16 ? (int16_t)i->imm : (int32_t)i->imm);
    else
        b = emit_get(t, V0, i->dst, bits);
    bool wanted = flags_wanted(t), in_hi_lo = wanted && bits == 32;
    enum reg d = emit_out(t, A0, i->dst, bits);
    if (in_hi_lo) {
        mult(c, a, b);
        mflo(c, d);
    } else {
        mul(c, d, a, b);
    }
    emit_put(t, i->dst, d, bits);
    if (in_hi_lo)
        flags_set_recipe(t, RECIPE_IMUL, 32, (struct val){0}, (struct val){0});
    else
        short_product_flags(t, bits, true);
}

/* --- division ---------------------------------------------------------------------------------------- */

/* Is EDX the extension of EAX for certain, because one of the last instructions made it so? */
static bool high_is_extension(const struct tr *t, bool sign)
{
    if (value_width(t, EDX) == 0 && (!sign || value_width(t, EAX) < WORD)) return true;
    for (unsigned k = t->k; k-- > 0 && t->k - k <= 4;) {
        const struct insn *i = t->trace->item[k].rec;
        bool to_edx = i->dst == 4 * EDX && i->size == S32;
        if (i->op == OP_CDQ && i->size == S32) return sign;
        if (i->op == OP_XOR && i->form == FORM_RR && to_edx && i->src == i->dst) return !sign;
        if (i->op == OP_MOV && i->form == FORM_RI && to_edx && i->imm == 0) return !sign;
        if (i->op == OP_EA) continue;
        if (i->op != OP_MOV) return false;
        if (i->form == FORM_MR || i->form == FORM_MI) continue;
        if (i->dst / 4 == EDX || (sign && i->dst / 4 == EAX)) return false;
        if (i->size == S8 && i->dst / 4 == EAX && sign) return false;
    }
    return false;
}

/* Leaves if the divisor is 0, or (signed) -1: then only some dividends overflow, and it is rare. The delay
 * slot is open. */
static void check_divisor(struct tr *t, enum reg by, bool sign)
{
    struct code *c = &t->c;
    if (!sign) {
        beq(c, by, ZERO, exit_by_guard(t));
        return;
    }
    addiu(c, SCRATCH, by, 1);
    sltiu(c, SCRATCH, SCRATCH, 2);
    bne(c, SCRATCH, ZERO, exit_by_guard(t));
}

/* Leaves if the quotient in V0, which is `check` when extended from the operand's size, does not fit. */
static void check_quotient(struct tr *t, enum reg check)
{
    bne(&t->c, check, V0, exit_by_guard(t));
    nop(&t->c);
}

static void put_quotient(struct tr *t, int bits)
{
    unsigned rest = bits == 8 ? 1 : 4 * EDX; /* AH */
    emit_out(t, A0, 4 * EAX, bits);
    emit_out(t, A0, rest, bits);
    emit_put(t, 4 * EAX, V0, bits);
    emit_put(t, rest, A1, bits);
}

/* EAX, whose extension is in EDX. checked: the divisor is neither 0 nor -1. */
static void divide_single(struct tr *t, enum reg by, bool sign, bool checked)
{
    struct code *c = &t->c;
    if (!checked) {
        check_divisor(t, by, sign);
        nop(c);
    }
    (sign ? div_ : divu)(c, hostreg(EAX), by);
    take_hi_lo(t);
}

/* EDX:EAX. The unsigned quotient fits if EDX is below the divisor. */
static void divide_double(struct tr *t, enum reg by, bool sign)
{
    struct code *c = &t->c;
    if (sign) {
        check_divisor(t, by, true);
        dsll32(c, A0, hostreg(EDX), 0);
        dins(c, A0, hostreg(EAX), 0, 32);
        ddiv(c, A0, by);
        mflo(c, V0);
        sll(c, A1, V0, 0);
        check_quotient(t, A1);
        mfhi(c, A1);
    } else {
        sltu(c, SCRATCH, hostreg(EDX), by);
        beq(c, SCRATCH, ZERO, exit_by_guard(t));
        dsll32(c, A0, hostreg(EDX), 0);
        dins(c, A0, hostreg(EAX), 0, 32);
        dext(c, A1, by, 0, 32);
        ddivu(c, A0, A1);
        mflo(c, V0);
        sll(c, V0, V0, 0);
        mfhi(c, A1);
        sll(c, A1, A1, 0);
    }
    put_quotient(t, 32);
}

/* AX by 8 bits, DX:AX by 16. */
static void divide_short(struct tr *t, enum reg by, int bits, bool sign)
{
    struct code *c = &t->c;
    if (bits == 8) {
        enum reg a = (sign ? emit_get : emit_get_zx)(t, A0, 4 * EAX, 16);
        if (a != A0) move(c, A0, a);
    } else {
        sll(c, A0, hostreg(EDX), 16);
        ins(c, A0, hostreg(EAX), 0, 16);
    }
    if (sign) {
        check_divisor(t, by, true);
        nop(c);
    } else {
        srl(c, A1, A0, (unsigned)bits);
        sltu(c, SCRATCH, A1, by);
        beq(c, SCRATCH, ZERO, exit_by_guard(t));
        nop(c);
    }
    (sign ? div_ : divu)(c, A0, by);
    mflo(c, V0);
    if (sign) {
        emit_extend(c, A1, V0, bits);
        check_quotient(t, A1);
    }
    mfhi(c, A1);
    put_quotient(t, bits);
}

static void divide(struct tr *t, const struct insn *i, int bits)
{
    bool sign = i->op == OP_IDIV, single = bits == 32 && high_is_extension(t, sign);
    int32_t k;
    bool checked = !form_has_memory(i->form) && value_is_constant(t, i->dst, bits, &k) && k != 0 && k != -1;
    value_settle(t, EAX);
    if (!single) value_settle(t, EDX);
    enum reg by = operand(t, i, i->dst, bits, sign);
    if (t->flags.kind >= RECIPE_MUL) t->flags = flags_to_registers(t, t->flags); /* HI and LO change */
    if (bits != 32)
        divide_short(t, by, bits, sign);
    else if (single)
        divide_single(t, by, sign, checked);
    else
        divide_double(t, by, sign);
}

bool emit_mul(struct tr *t, const struct insn *i)
{
    int bits = insn_bits(i);
    switch (i->op) {
    case OP_MUL:
    case OP_IMUL:
        if (bits == 32)
            wide_product(t, i, i->op == OP_IMUL);
        else
            short_product(t, i, bits, i->op == OP_IMUL);
        break;
    case OP_IMUL2:
    case OP_IMUL3: product_to(t, i, bits); break;
    default: divide(t, i, bits); break;
    }
    return true;
}
