/* Emitters of shifts and rotates. A count of 0 changes nothing: where the count is in CL, the flags from
 * before go to memory and the recipe says so. */
#include "jit/mips64/translate.h"

/* rd = a shifted by n (a constant, or in register `by`). */
static void shift(struct code *c, unsigned op, enum reg rd, enum reg a, unsigned n, enum reg by,
                  bool variable)
{
    if (variable) {
        switch (op) {
        case OP_SHL: sllv(c, rd, a, by); break;
        case OP_SHR: srlv(c, rd, a, by); break;
        default: srav(c, rd, a, by); break;
        }
    } else {
        switch (op) {
        case OP_SHL: sll(c, rd, a, n); break;
        case OP_SHR: srl(c, rd, a, n); break;
        default: sra(c, rd, a, n); break;
        }
    }
}

static enum recipe_kind recipe_of(unsigned op)
{
    return op == OP_SHL ? RECIPE_SHL : op == OP_SHR ? RECIPE_SHR : RECIPE_SAR;
}

/* SHL, SHR, SAR. */
static bool emit_simple(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    bool variable = i->form == FORM_RR || i->form == FORM_MR,
         memory = i->form == FORM_MR || i->form == FORM_MI;
    unsigned n = i->imm & 31;
    bool wanted = flags_wanted(t);
    struct address at = {ZERO, 0};
    struct val y = val_const((int32_t)n);
    if (!variable && n == 0 && !memory) return true;
    if (!variable && (n == 0 || n >= (unsigned)bits)) return false;
    if (variable && wanted && !flags_to_memory(t)) return false;
    enum reg a = V0, rd = A0;
    bool zx = i->op == OP_SHR;
    if (memory) {
        at = emit_address(t, i);
        emit_load(t, i, V0, at, bits, !zx);
    } else {
        a = zx ? emit_get_zx(t, V0, i->dst, bits) : emit_get(t, V0, i->dst, bits);
        if (wanted) {
            move(c, FLAG_A, a);
            if (zx && bits < 32) (bits == 8 ? seb : seh)(c, FLAG_A, a);
        }
        if (!variable) rd = emit_out(t, A0, i->dst, bits);
    }
    if (variable) {
        andi(c, A1, hostreg(ECX), 31);
        if (wanted) move(c, FLAG_B, A1);
        if (!memory) rd = emit_out(t, A0, i->dst, bits);
        y = val_host(FLAG_B);
    }
    shift(c, i->op, rd, a, n, A1, variable);
    if (memory) {
        emit_store(t, i, rd, at, bits);
        if (wanted) {
            move(c, FLAG_A, V0);
            if (zx && bits < 32) (bits == 8 ? seb : seh)(c, FLAG_A, V0);
        }
    } else {
        emit_put(t, i->dst, rd, bits);
    }
    if (wanted) flags_set_recipe(t, recipe_of(i->op), bits, val_host(FLAG_A), y);
    return true;
}

/* ROL, ROR by a constant: CF and OF from the result r, the other flags stay. */
static bool emit_rotate(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    unsigned n = i->imm & 31;
    const struct item *it = &t->trace->item[t->k];
    bool left = i->op == OP_ROL, wanted = ((it->real | it->shown) & (FL_CF | FL_OF)) != 0;
    bool variable = i->form == FORM_RR;
    if ((i->form != FORM_RI && !variable) || i->size != S32 || i->dst / 4 == ESP) return false;
    if (variable && wanted) return false;
    if (!variable && n == 0) return true;
    if (wanted && !flags_to_memory(t)) return false;
    enum reg r = emit_out(t, V0, i->dst, 32);
    if (variable) {
        enum reg by = hostreg(ECX);
        if (left) {
            subu(c, A0, ZERO, by);
            by = A0;
        }
        rotrv(c, r, r, by);
    } else {
        rotr(c, r, r, left ? 32 - n : n);
    }
    emit_put(t, i->dst, r, 32);
    if (!wanted) return true;
    /* Bit 32 of the carry vector is CF, bit 31 CF ^ OF: ROL: bits 0 and 31 of r; ROR: 31 and 30. */
    ld(c, A0, CPU_OFFSET(flag_carry), CPU);
    dext(c, A1, r, left ? 31 : 30, 1);
    dext(c, V1, r, left ? 0 : 31, 1);
    dsll(c, V1, V1, 1);
    or_(c, A1, A1, V1);
    dsrl32(c, V1, A0, 1);
    dsll32(c, V1, V1, 1);
    dext(c, A0, A0, 0, 31);
    or_(c, A0, A0, V1);
    dsll(c, A1, A1, 31);
    or_(c, A0, A0, A1);
    sd(c, A0, CPU_OFFSET(flag_carry), CPU);
    return true;
}

bool emit_shift(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_SHL:
    case OP_SHR:
    case OP_SAR: return emit_simple(t, i, insn_bits(i));
    case OP_ROL:
    case OP_ROR: return emit_rotate(t, i);
    default: return false;
    }
}
