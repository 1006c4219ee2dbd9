/* Emitters of shifts and rotates. A count of 0 changes nothing: where the count is in CL, the flags from
 * before are in memory then, and the recipe says so. */
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

/* The count in CL may be 0, which leaves the flags that there are: then they go to memory, or, if they came
 * with the entry, the interpreter does it. */
static bool zero_keeps_flags(struct tr *t)
{
    struct code *c = &t->c;
    struct label other = {0};
    if (t->flags.kind == RECIPE_MEMORY) return true;
    andi(c, SCRATCH, hostreg(ECX), 31);
    if (t->flags.kind == RECIPE_ENTRY) {
        beq(c, SCRATCH, ZERO, exit_by_guard(t));
        nop(c);
        return true;
    }
    bne(c, SCRATCH, ZERO, &other);
    nop(c);
    if (!flags_to_memory(t)) return false;
    bind_label(c, &other);
    return true;
}

/* FLAG_A = v, an operand. */
static void keep_operand(struct tr *t, enum reg v)
{
    if (v != FLAG_A) move(&t->c, FLAG_A, v);
}

/* What is shifted, in a register: as far as it matters. */
static enum reg operand(struct tr *t, const struct insn *i, int bits, bool in_place)
{
    if (i->op == OP_SAR) return emit_get(t, V0, i->dst, bits);
    if (i->op == OP_SHL) return emit_get_low(t, V0, i->dst, bits);
    if (!in_place) return emit_get_zx(t, V0, i->dst, bits);
    return emit_get_low(t, V0, i->dst & ~1u, 32);
}

/* How many bits a word of `width` has then. */
static unsigned shifted(unsigned op, unsigned width, unsigned n)
{
    if (op == OP_SHL) return width + n < WORD ? width + n : WORD;
    if (op == OP_SAR && width == WORD) return WORD;
    return width > n ? width - n : 0;
}

/* SHL, SHR, SAR. */
static bool emit_simple(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    bool variable = i->form == FORM_RR || i->form == FORM_MR,
         memory = i->form == FORM_MR || i->form == FORM_MI;
    unsigned n = i->imm & 31;
    bool wanted = flags_wanted(t);
    unsigned width = value_width(t, i->dst / 4);
    struct address at = {ZERO, 0};
    struct val y = val_const((int32_t)n);
    if (!variable && n == 0 && !memory) return true;
    if (!variable && n == 0) return false;
    if (variable && wanted && !(memory ? flags_to_memory(t) : zero_keeps_flags(t))) return false;
    enum reg a = V0, rd = A0;
    bool zx = i->op == OP_SHR;
    bool in_place = zx && bits < 32 && !variable && !memory && n < (unsigned)bits;
    if (memory) {
        at = emit_address(t, i);
        emit_load(t, i, V0, at, bits, !zx);
    } else {
        if (wanted) keep_operand(t, emit_get(t, FLAG_A, i->dst, bits));
        a = operand(t, i, bits, in_place);
        if (!variable) rd = emit_out(t, A0, i->dst, bits);
    }
    if (variable) {
        if (wanted) andi(c, FLAG_B, hostreg(ECX), 31);
        if (!memory) rd = emit_out(t, A0, i->dst, bits);
        y = val_host(FLAG_B);
    }
    if (in_place)
        ext(c, rd, a, n + (i->dst & 1) * 8, (unsigned)bits - n);
    else
        shift(c, i->op, rd, a, n, hostreg(ECX), variable);
    if (memory) {
        emit_store(t, i, rd, at, bits);
        if (wanted && bits == 32)
            move(c, FLAG_A, V0);
        else if (wanted)
            emit_extend(c, FLAG_A, V0, bits);
    } else {
        emit_put(t, i->dst, rd, bits);
        if (bits == 32 && !variable) state_narrow(t, i->dst, shifted(i->op, width, n));
    }
    if (wanted) flags_set_recipe(t, recipe_of(i->op), bits, val_host(FLAG_A), y);
    return true;
}

/* --- rotates ----------------------------------------------------------------------------------------- */

static bool wants(const struct tr *t, unsigned flags)
{
    const struct item *it = &t->trace->item[t->k];
    return ((it->real | it->shown) & flags) != 0;
}

/* Flags other than CF and OF stay: they go to memory if they are wanted, or if the count may be 0. */
static bool others_to_memory(struct tr *t, bool variable)
{
    bool all = variable || wants(t, FL_ARITH & ~(FL_CF | FL_OF));
    return !wants(t, FL_CF | FL_OF) || !all || flags_to_memory(t);
}

/* Bits 1 and 0 of v become bits 32 (CF) and 31 (CF ^ OF) of the carry vector. */
static void replace_cf_of(struct code *c, enum reg v)
{
    ld(c, SCRATCH, CPU_OFFSET(flag_carry), CPU);
    dins(c, SCRATCH, v, 31, 2);
    sd(c, SCRATCH, CPU_OFFSET(flag_carry), CPU);
}

/* A register or memory operand that is changed, zero-extended in V0. */
static struct address get_operand(struct tr *t, const struct insn *i, int bits)
{
    struct address at = {ZERO, 0};
    if (i->form == FORM_MR || i->form == FORM_MI) {
        at = emit_address(t, i);
        emit_load(t, i, V0, at, bits, false);
    } else {
        enum reg a = emit_get_zx(t, V0, i->dst, bits);
        if (a != V0) move(&t->c, V0, a);
    }
    return at;
}

static void put_operand(struct tr *t, const struct insn *i, enum reg v, struct address at, int bits)
{
    if (at.base != ZERO) {
        emit_store(t, i, v, at, bits);
    } else {
        emit_out(t, AT, i->dst, bits);
        emit_put(t, i->dst, v, bits);
    }
}

/* ROL, ROR: 8 and 16 bits are repeated up to 32, so that bits 31, 30 and 0 of the result are what the flags
 * follow from at any width. */
static bool emit_rotate(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned n = i->imm & 31;
    bool left = i->op == OP_ROL, wanted = wants(t, FL_CF | FL_OF);
    bool variable = i->form == FORM_RR || i->form == FORM_MR, memory = form_has_memory(i->form);
    struct label none = {0};
    if (!variable && n == 0) return !memory;
    if (!others_to_memory(t, variable)) return false;
    if (bits == 32 && !memory && !variable && i->dst / 4 != ESP) { /* in place */
        enum reg a = emit_get(t, V0, i->dst, 32), r = emit_out(t, V0, i->dst, 32);
        rotr(c, r, a, left ? 32 - n : n);
        emit_put(t, i->dst, r, 32);
        if (wanted) move(c, V0, r);
    } else {
        struct address at = get_operand(t, i, bits);
        if (bits == 8) ins(c, V0, V0, 8, 8);
        if (bits < 32) ins(c, V0, V0, 16, 16);
        if (variable && left) subu(c, A0, ZERO, hostreg(ECX));
        if (variable)
            rotrv(c, V0, V0, left ? A0 : hostreg(ECX));
        else
            rotr(c, V0, V0, left ? 32 - n : n);
        if (variable) andi(c, A1, hostreg(ECX), 31);
        put_operand(t, i, V0, at, bits);
    }
    if (!wanted) return true;
    if (variable) {
        beq(c, A1, ZERO, &none);
        nop(c);
    }
    if (left)
        rotr(c, V0, V0, 31);
    else
        dext(c, V0, V0, 30, 2);
    replace_cf_of(c, V0);
    bind_label(c, &none);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

/* RCL, RCR by 1. */
static bool emit_carry_rotate_1(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    bool wanted = wants(t, FL_CF | FL_OF);
    unsigned top = (unsigned)bits - 1;
    if (!others_to_memory(t, false) || !flags_carry(t, A1)) return false;
    struct address at = get_operand(t, i, bits);
    if (i->op == OP_RCL) {
        if (bits == 32) dext(c, V0, V0, 0, 32);
        dsll(c, V0, V0, 1);
        or_(c, V0, V0, A1);
        dext(c, V1, V0, top, 2);
        if (bits == 32) sll(c, V0, V0, 0);
    } else {
        andi(c, V1, V0, 1); /* CF */
        ext(c, A0, V0, top, 1);
        xor_(c, A0, A0, A1); /* OF: old top ^ new top */
        xor_(c, A0, A0, V1);
        dsll(c, V1, V1, 1);
        or_(c, V1, V1, A0);
        srl(c, V0, V0, 1);
        ins(c, V0, A1, top, 1);
    }
    put_operand(t, i, V0, at, bits);
    if (!wanted) return true;
    replace_cf_of(c, V1);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

/* V0 turned to the left by A1, or by n if that is not 0, as a ring of so many bits; uses A0, SCRATCH. */
static void turn_ring(struct code *c, unsigned ring, unsigned n, bool left)
{
    if (n) {
        unsigned back = ring - n;
        (n < 32 ? dsll : dsll32)(c, A0, V0, n & 31);
        (back < 32 ? dsrl : dsrl32)(c, V0, V0, back & 31);
    } else {
        li(c, SCRATCH, (int32_t)ring);
        subu(c, SCRATCH, SCRATCH, A1);
        dsllv(c, A0, V0, left ? A1 : SCRATCH);
        dsrlv(c, V0, V0, left ? SCRATCH : A1);
    }
    or_(c, V0, V0, A0);
}

/* V1 = bits for replace_cf_of() after the ring in V0 was turned: CF is its top. */
static void ring_flags(struct code *c, int bits, bool left)
{
    if (left) {
        dext(c, V1, V0, (unsigned)bits - 1, 2);
        return;
    }
    dext(c, A0, V0, (unsigned)bits - 2, 3); /* OF: the two below it differ */
    srl(c, V1, A0, 1);
    srl(c, SCRATCH, A0, 2);
    xor_(c, A0, A0, SCRATCH);
    andi(c, A0, A0, 1);
    xor_(c, V1, V1, A0);
}

/* A1 = the count in CL, modulo the ring. */
static void ring_count(struct code *c, int bits)
{
    andi(c, A1, hostreg(ECX), 31);
    if (bits == 32) return;
    li(c, SCRATCH, bits + 1);
    divu(c, A1, SCRATCH);
    mfhi(c, A1);
}

/* RCL, RCR: the operand and CF above it are a ring. */
static bool emit_carry_rotate(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned ring = (unsigned)bits + 1, n = (i->imm & 31) % ring;
    bool wanted = wants(t, FL_CF | FL_OF), left = i->op == OP_RCL;
    bool variable = i->form == FORM_RR || i->form == FORM_MR;
    struct label none = {0};
    if (!variable && i->imm == 1) return emit_carry_rotate_1(t, i, bits);
    if (!variable && n == 0) return !form_has_memory(i->form);
    if (!others_to_memory(t, variable) || !flags_carry(t, A1)) return false;
    struct address at = get_operand(t, i, bits);
    if (bits == 32) dext(c, V0, V0, 0, 32);
    dins(c, V0, A1, (unsigned)bits, 1);
    if (variable) ring_count(c, bits);
    turn_ring(c, ring, variable ? 0 : left ? n : ring - n, left);
    ring_flags(c, bits, left);
    if (bits == 32) sll(c, V0, V0, 0);
    put_operand(t, i, V0, at, bits);
    if (!wanted) return true;
    if (variable) {
        beq(c, A1, ZERO, &none);
        nop(c);
    }
    replace_cf_of(c, V1);
    bind_label(c, &none);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

/* --- double shifts ----------------------------------------------------------------------------------- */

/* Flags of result A0, sign-extended, of a shift of V0; V1 = CF. */
static void double_flags(struct code *c, unsigned bits)
{
    sd(c, A0, CPU_OFFSET(flag_res), CPU);
    xor_(c, A0, A0, V0); /* the top bit: OF */
    ext(c, A0, A0, bits - 1, 1);
    xor_(c, A0, A0, V1);
    dins(c, A0, V1, 1, 1);
    dsll(c, A0, A0, 31);
    sd(c, A0, CPU_OFFSET(flag_carry), CPU);
}

/* A0 = V0 and b shifted by n or A1, sign-extended. */
static void double_shift(struct code *c, enum reg b, bool left, unsigned n, bool variable)
{
    if (variable) { /* by 0..31 in 64 bits */
        dsll32(c, A0, left ? V0 : b, 0);
        dins(c, A0, left ? b : V0, 0, 32);
        (left ? dsllv : dsrlv)(c, A0, A0, A1);
        if (left)
            dsra32(c, A0, A0, 0);
        else
            sll(c, A0, A0, 0);
    } else {
        (left ? sll : srl)(c, A0, V0, n);
        (left ? srl : sll)(c, A1, b, 32 - n);
        or_(c, A0, A0, A1);
    }
}

/* V1 = CF, which is the last bit shifted out of V0 (in 32 bits never more than these). */
static void double_carry(struct code *c, bool left, unsigned n, bool variable)
{
    if (variable) {
        if (left) subu(c, A1, ZERO, A1);
        if (!left) addiu(c, A1, A1, -1);
        srlv(c, V1, V0, A1);
        andi(c, V1, V1, 1);
    } else {
        ext(c, V1, V0, left ? 32 - n : n - 1, 1);
    }
}

/* Of 16 bits CPUs shift the 48 bits V0:b:V0. A0 = the result, V1 = CF. */
static void double_shift_short(struct code *c, enum reg b, bool left, unsigned n, bool variable)
{
    move(c, A0, V0);
    ins(c, A0, b, 16, 16);
    dext(c, A0, A0, 0, 32);
    dins(c, A0, V0, 32, 16);
    if (left) {
        if (variable)
            dsllv(c, A0, A0, A1);
        else
            dsll(c, A0, A0, n);
        dext(c, V1, A0, 48, 1);
        dsra32(c, A0, A0, 0);
    } else if (variable) {
        addiu(c, SCRATCH, A1, -1);
        dsrlv(c, V1, A0, SCRATCH);
        andi(c, V1, V1, 1);
        dsrlv(c, A0, A0, A1);
    } else {
        dext(c, V1, A0, n - 1, 1);
        dsrl(c, A0, A0, n);
    }
    seh(c, A0, A0);
}

static bool emit_double(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    bool left = i->op == OP_SHLD || i->op == OP_SHLD_CL, variable = i->op >= OP_SHLD_CL;
    unsigned n = i->imm & 31;
    bool wanted = flags_wanted(t);
    struct label none = {0};
    if (!variable && n == 0) return !form_has_memory(i->form);
    if (variable && wanted && !flags_to_memory(t)) return false;
    struct address at = get_operand(t, i, bits);
    enum reg b = emit_get(t, V1, i->src, bits);
    if (variable) andi(c, A1, hostreg(ECX), 31);
    (bits == 32 ? double_shift : double_shift_short)(c, b, left, n, variable);
    put_operand(t, i, A0, at, bits);
    if (!wanted) return true;
    if (variable) {
        beq(c, A1, ZERO, &none);
        nop(c);
    }
    if (bits == 32) double_carry(c, left, n, variable);
    double_flags(c, (unsigned)bits);
    bind_label(c, &none);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

/* The same instruction with a constant count, if that is what is in CL. */
static bool with_count(struct tr *t, const struct insn *i, struct insn *as)
{
    int32_t n;
    if (!value_is_constant(t, 4 * ECX, 8, &n)) return false;
    *as = *i;
    if (i->op == OP_SHLD_CL || i->op == OP_SHRD_CL)
        as->op = i->op == OP_SHLD_CL ? OP_SHLD : OP_SHRD;
    else
        as->form = i->form == FORM_RR ? FORM_RI : FORM_MI;
    as->imm = (uint32_t)n & 31;
    const struct item *it = &t->trace->item[t->k];
    t->keep = ((it->real | it->shown) & ~flags_replaced(as)) != 0;
    return true;
}

bool emit_shift(struct tr *t, const struct insn *i)
{
    struct insn as;
    bool two = i->form == FORM_RR || i->form == FORM_MR, by_cl = i->op < OP_SHLD ? two : i->op >= OP_SHLD_CL;
    if (by_cl && with_count(t, i, &as))
        i = &as;
    else if (by_cl)
        value_settle(t, ECX);
    switch (i->op) {
    case OP_SHL:
    case OP_SHR:
    case OP_SAR: return emit_simple(t, i, insn_bits(i));
    case OP_ROL:
    case OP_ROR: return emit_rotate(t, i, insn_bits(i));
    case OP_RCL:
    case OP_RCR: return emit_carry_rotate(t, i, insn_bits(i));
    default: return emit_double(t, i, insn_bits(i));
    }
}
