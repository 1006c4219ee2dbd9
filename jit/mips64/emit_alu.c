/* Emitters of the two- and one-operand integer operations. Operands of 8 and 16 bits are sign-extended. The
 * flags become a recipe: a comparison of registers emits nothing at all. */
#include "jit/mips64/translate.h"

static bool is_logic(unsigned op)
{
    return op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_TEST;
}

static bool writes(unsigned op)
{
    return op != OP_CMP && op != OP_TEST;
}

static int32_t immediate(const struct insn *i, int bits)
{
    if (bits == 8) return (int8_t)i->imm;
    if (bits == 16) return (int16_t)i->imm;
    return (int32_t)i->imm;
}

static bool fits(int32_t v)
{
    return v > INT16_MIN && v <= INT16_MAX;
}

/* The low `n` bits of v are clear, all others set: n, or 0. */
static unsigned clear_low(int32_t v)
{
    uint32_t low = ~(uint32_t)v;
    return low && (low & (low + 1)) == 0 && v < 0 ? (unsigned)__builtin_popcount(low) : 0;
}

/* rd = a op constant. */
static void compute_constant(struct tr *t, unsigned op, enum reg rd, enum reg a, int32_t v)
{
    struct code *c = &t->c;
    bool is_unsigned = v >= 0 && v <= 0xffff;
    if ((op == OP_ADD || op == OP_SUB) && fits(v)) {
        addiu(c, rd, a, op == OP_ADD ? v : -v);
    } else if ((op == OP_AND || op == OP_TEST) && is_unsigned) {
        andi(c, rd, a, v);
    } else if (op == OP_AND && clear_low(v) && rd == a) {
        ins(c, rd, ZERO, 0, clear_low(v));
    } else if (op == OP_OR && v == -1) {
        li(c, rd, -1);
    } else if (op == OP_OR && is_unsigned) {
        ori(c, rd, a, v);
    } else if (op == OP_XOR && is_unsigned) {
        xori(c, rd, a, v);
    } else if (op == OP_XOR && v == -1) {
        nor(c, rd, a, ZERO);
    } else {
        enum reg k = SCRATCH;
        li(c, k, v);
        switch (op) {
        case OP_ADD: addu(c, rd, a, k); break;
        case OP_SUB: subu(c, rd, a, k); break;
        case OP_OR: or_(c, rd, a, k); break;
        case OP_XOR: xor_(c, rd, a, k); break;
        default: and_(c, rd, a, k); break;
        }
    }
}

/* rd = a op b: right in the low bits; in 32 bits sign-extended. */
static void compute(struct tr *t, unsigned op, enum reg rd, enum reg a, enum reg b)
{
    struct code *c = &t->c;
    switch (op) {
    case OP_ADD: addu(c, rd, a, b); break;
    case OP_SUB: subu(c, rd, a, b); break;
    case OP_OR: or_(c, rd, a, b); break;
    case OP_XOR: xor_(c, rd, a, b); break;
    case OP_INC: addiu(c, rd, a, 1); break;
    case OP_DEC: addiu(c, rd, a, -1); break;
    case OP_NEG: subu(c, rd, ZERO, a); break;
    case OP_NOT: nor(c, rd, a, ZERO); break;
    default: and_(c, rd, a, b); break;
    }
}

static enum recipe_kind recipe_of(unsigned op)
{
    switch (op) {
    case OP_ADD: return RECIPE_ADD;
    case OP_SUB: return RECIPE_SUB;
    case OP_CMP: return RECIPE_CMP;
    case OP_INC: return RECIPE_INC;
    case OP_DEC: return RECIPE_DEC;
    case OP_NEG: return RECIPE_NEG;
    default: return RECIPE_LOGIC;
    }
}

static bool is_step(unsigned op)
{
    return op == OP_INC || op == OP_DEC;
}

/* INC and DEC keep CF: where it is from now on. Before the operand changes. */
static bool old_carry(struct tr *t, struct val *y)
{
    const struct item *it = &t->trace->item[t->k];
    *y = val_const(0);
    if (!((it->real | it->shown) & FL_CF)) return true;
    if (t->flags.kind == RECIPE_LOGIC) return true;
    if (!flags_carry(t, FLAG_B)) return false;
    *y = val_host(FLAG_B);
    return true;
}

/* --- comparisons: nothing is written ----------------------------------------------------------------- */

/* TEST with a small mask: no need to extend. */
static bool short_test(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    int32_t v = immediate(i, bits);
    if (i->op != OP_TEST || i->form != FORM_RI || v < 0 || v > 0xffff || i->dst / 4 == ESP) return false;
    int32_t k;
    if (value_is_constant(t, i->dst, bits, &k)) {
        flags_set_recipe(t, RECIPE_LOGIC, bits, val_const(k & v), (struct val){0});
        return true;
    }
    enum reg r = emit_get(t, V0, i->dst & ~3u, 32);
    if (bits == 8 && i->dst & 1) {
        ext(c, FLAG_A, r, 8, 8);
        r = FLAG_A;
    }
    andi(c, FLAG_A, r, v);
    flags_set_recipe(t, RECIPE_LOGIC, bits, val_host(FLAG_A), (struct val){0});
    return true;
}

static bool emit_comparison(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    bool wanted = flags_wanted(t);
    struct val x, y;
    if (!wanted && !form_has_memory(i->form)) return true;
    if (wanted && short_test(t, i, bits)) return true;
    if (form_has_memory(i->form)) {
        unsigned other = i->form == FORM_RM ? i->dst : i->src;
        if (i->form != FORM_MI && t->trace->item[t->k].real) values_ready(t, other, other);
        enum reg loaded = !wanted ? V0 : i->form == FORM_RM ? FLAG_B : FLAG_A;
        emit_load_operand(t, i, loaded, bits, true);
        if (!wanted) return true;
        x = i->form == FORM_RM ? val_guest(t, i->dst, bits) : val_host(loaded);
        y = i->form == FORM_RM   ? val_host(loaded)
            : i->form == FORM_MI ? val_const(immediate(i, bits))
                                 : val_guest(t, i->src, bits);
    } else {
        if (t->trace->item[t->k].real) values_ready(t, i->dst, i->form == FORM_RR ? i->src : i->dst);
        val_guest(t, i->dst, bits); /* what it settles, y must see */
        y = i->form == FORM_RI ? val_const(immediate(i, bits)) : val_guest(t, i->src, bits);
        x = val_guest(t, i->dst, bits);
    }
    if (i->op == OP_TEST && !(i->form == FORM_RR && i->dst == i->src)) {
        struct recipe as = {.kind = RECIPE_LOGIC, .bits = (uint8_t)bits, .x = x, .y = y};
        enum reg a = flags_value(t, &as, &x, V0);
        if (y.kind == VAL_CONST)
            compute_constant(t, OP_TEST, FLAG_A, a, y.c);
        else
            and_(c, FLAG_A, a, flags_value(t, &as, &y, V1));
        x = val_host(FLAG_A);
    }
    if (i->op == OP_TEST) y = (struct val){0};
    flags_set_recipe(t, recipe_of(i->op), bits, x, y);
    return true;
}

/* --- to a register ----------------------------------------------------------------------------------- */

static bool emit_zero(struct tr *t, const struct insn *i)
{
    if (!value_set(t, i->dst / 4, (struct value){REG_ZERO, 0})) return false;
    if (!flags_wanted(t)) return true;
    if (i->op == OP_XOR)
        flags_set_recipe(t, RECIPE_LOGIC, 32, val_const(0), (struct val){0});
    else
        flags_set_recipe(t, RECIPE_CMP, 32, val_const(0), val_const(0));
    return true;
}

/* ADD and SUB of a constant to ESP: pending. */
static bool emit_esp_sum(struct tr *t, const struct insn *i)
{
    int32_t v = i->op == OP_ADD ? (int32_t)i->imm : -(int32_t)i->imm;
    if (!fits(v) || !fits(t->esp + v) || t->esp + v > 16384 || t->esp + v < -16384) return false;
    t->esp += v;
    if (flags_wanted(t))
        flags_set_recipe(t, recipe_of(i->op), 32, val_guest(t, 4 * ESP, 32), val_const((int32_t)i->imm));
    return true;
}

/* ADD, SUB, INC and DEC of a constant to what is not needed yet: nor are the flags, other than at a fault. */
static bool emit_sum(struct tr *t, const struct insn *i)
{
    const struct item *it = &t->trace->item[t->k];
    struct val y = val_const((int32_t)i->imm);
    if (i->op != OP_ADD && i->op != OP_SUB && !is_step(i->op)) return false;
    if (it->real || (i->form != FORM_RI && i->form != FORM_R) || i->dst / 4 == ESP) return false;
    struct value v = value_of(t, i->dst / 4);
    uint32_t by = is_step(i->op) ? 1 : i->imm;
    v.c = (int32_t)((uint32_t)v.c + (i->op == OP_ADD || i->op == OP_INC ? by : -by));
    if (v.base != REG_ZERO && !fits(v.c)) return false;
    if (is_step(i->op) && it->shown && !old_carry(t, &y)) return false;
    if (is_step(i->op)) t->keep = false; /* y is all that stays */
    if (!value_set(t, i->dst / 4, v)) return false;
    if (it->shown) flags_set_recipe(t, recipe_of(i->op), 32, val_guest(t, i->dst, 32), y);
    return true;
}

/* Do zeros leave the other operand as it is? */
static bool mixes(unsigned op)
{
    return op == OP_OR || op == OP_XOR;
}

/* A constant and part of a register, without taking that part out. */
static bool emit_in_place(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned at = i->dst & 1 ? 8 : 0;
    uint32_t mask = (bits == 8 ? 0xffu : 0xffffu) << at, v = i->op == OP_NOT ? mask : i->imm << at & mask;
    bool constant = i->op == OP_NOT || (i->form == FORM_RI && is_logic(i->op));
    if (bits == 32 || !constant || i->dst / 4 == ESP) return false;
    unsigned zeros = (unsigned)__builtin_popcount(~v & mask), width = value_width(t, i->dst / 4);
    unsigned low = zeros ? (unsigned)__builtin_ctz(~v & mask) : 0;
    bool clears = i->op == OP_AND && (~v & mask) >> low == (1u << zeros) - 1;
    if (clears) value_settle(t, i->dst / 4);
    enum reg a = emit_get(t, V0, i->dst & ~3u, 32), r = emit_out(t, V0, i->dst & ~3u, 32);
    if (i->op == OP_OR) {
        ori(c, r, a, (int)v);
    } else if (i->op != OP_AND) {
        xori(c, r, a, (int)v);
    } else if (clears) {
        if (zeros) ins(c, r, ZERO, low, zeros);
    } else {
        li(c, SCRATCH, (int32_t)(v | ~mask));
        and_(c, r, a, SCRATCH);
    }
    emit_put(t, i->dst & ~3u, r, 32);
    state_narrow(t, i->dst, width > at + (unsigned)bits ? width : at + (unsigned)bits);
    if (i->op == OP_AND && width <= at + (unsigned)bits && v >> at) state_narrow(t, i->dst, bits_of(v));
    if (flags_wanted(t) && i->op != OP_NOT)
        flags_set_recipe(t, RECIPE_LOGIC, bits, val_guest(t, i->dst, bits), (struct val){0});
    return true;
}

/* How many bits the result may have, from those of the operands. */
static unsigned result_width(unsigned op, unsigned a, unsigned b)
{
    switch (op) {
    case OP_AND: return a < b ? a : b;
    case OP_OR:
    case OP_XOR: return a > b ? a : b;
    default: return WORD;
    }
}

static bool emit_to_register(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned width = value_width(t, i->dst / 4), other = WORD;
    bool wanted = flags_wanted(t) && i->op != OP_NOT;
    enum reg b = ZERO;
    struct val y = {0};
    values_ready(t, i->dst, i->form == FORM_RR ? i->src : i->dst);
    if (is_step(i->op) && wanted) {
        if (!old_carry(t, &y)) return false;
        t->keep = false; /* y is all that stays: the old operands, one may be this register, do not */
    }
    bool whole = bits < 32 && mixes(i->op) && !(i->dst & 1) && i->dst / 4 != ESP;
    if (i->form == FORM_RM) {
        b = wanted && !is_logic(i->op) ? FLAG_B : V1;
        emit_load_operand(t, i, b, bits, !whole);
        y = val_host(b);
    } else if (i->form == FORM_RI) {
        y = val_const(immediate(i, bits));
    } else if (i->form == FORM_RR) {
        bool changes = wanted && !is_logic(i->op) && i->src / 4 == i->dst / 4;
        b = (changes ? emit_get : emit_get_low)(t, V1, i->src, bits);
        other = value_width(t, i->src / 4);
        whole &= state_is_zx(t, i->src, bits);
        if (changes) {
            move(c, FLAG_B, b);
            y = val_host(FLAG_B);
        }
    }
    int put = whole ? 32 : bits;
    enum reg a = emit_get_low(t, V0, i->dst, bits), rd = emit_out(t, V0, i->dst, put);
    if (i->form == FORM_RI)
        compute_constant(t, i->op, rd, a, y.c);
    else
        compute(t, i->op, rd, a, b);
    emit_put(t, i->dst, rd, put);
    if (i->form == FORM_RI) other = bits_of(i->imm);
    if (whole) other = (unsigned)bits;
    if (put == 32 && i->form != FORM_R) state_narrow(t, i->dst, result_width(i->op, width, other));
    if (!wanted) return true;
    if (i->form == FORM_RR && y.kind == VAL_NONE) y = val_guest(t, i->src, bits);
    struct val x = val_guest(t, i->dst, bits);
    if (is_logic(i->op)) y = (struct val){0};
    flags_set_recipe(t, recipe_of(i->op), bits, x, y);
    return true;
}

/* --- to memory --------------------------------------------------------------------------------------- */

static bool emit_to_memory(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    bool wanted = flags_wanted(t) && i->op != OP_NOT;
    if (is_step(i->op) && t->flags.kind >= RECIPE_SHL && t->flags.kind < RECIPE_MUL && !flags_to_memory(t))
        return false; /* for old_carry() */
    struct address at = emit_address(t, i);
    struct label again = {0};
    struct val y = {0};
    enum reg b = ZERO;
    emit_update_begin(t, i, at, bits, &again);
    if (i->form == FORM_MI) {
        y = val_const(immediate(i, bits));
        compute_constant(t, i->op, A0, V0, y.c);
    } else {
        if (i->form == FORM_MR) {
            b = emit_get_low(t, V1, i->src, bits);
            y = val_guest(t, i->src, bits);
        }
        compute(t, i->op, A0, V0, b);
    }
    emit_update_end(t, i, A0, at, bits, &again);
    if (!wanted) return true;
    if (is_step(i->op) && !old_carry(t, &y)) return false;
    if (bits == 32)
        move(c, FLAG_A, A0);
    else
        emit_extend(c, FLAG_A, A0, bits);
    flags_set_recipe(t, recipe_of(i->op), bits, val_host(FLAG_A), is_logic(i->op) ? (struct val){0} : y);
    return true;
}

/* --- ADC and SBB: flags go to memory at once --------------------------------------------------------- */

/* rd = a with b and the carry A0. */
static void sum_with_carry(struct code *c, const struct insn *i, enum reg rd, enum reg a, enum reg b)
{
    bool add = i->op == OP_ADC;
    (add ? daddu : dsubu)(c, rd, a, b);
    (add ? daddu : dsubu)(c, rd, rd, A0);
}

static enum reg second_operand(struct tr *t, const struct insn *i, int bits)
{
    if (i->form != FORM_RI && i->form != FORM_MI) return emit_get(t, A1, i->src, bits);
    li(&t->c, A1, immediate(i, bits));
    return A1;
}

static bool emit_carry_to_memory(struct tr *t, const struct insn *i, int bits)
{
    struct label again = {0};
    if (i->form == FORM_MR) values_ready(t, i->src, i->src);
    if (!flags_carry(t, A0)) return false;
    struct address at = emit_address(t, i);
    enum reg b = second_operand(t, i, bits);
    emit_update_begin(t, i, at, bits, &again);
    sum_with_carry(&t->c, i, V1, V0, b);
    emit_update_end(t, i, V1, at, bits, &again);
    if (flags_wanted(t)) flags_store_sum(t, V0, b, V1, bits);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

static bool emit_with_carry(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    enum reg b = V1;
    if (form_has_memory(i->form) && i->form != FORM_RM) return emit_carry_to_memory(t, i, bits);
    values_ready(t, i->dst, i->form == FORM_RR ? i->src : i->dst);
    if (!flags_carry(t, A0)) return false;
    if (i->form == FORM_RM)
        emit_load_operand(t, i, V1, bits, true);
    else
        b = second_operand(t, i, bits);
    enum reg a = emit_get(t, ADDRESS, i->dst, bits);
    sum_with_carry(c, i, V0, a, b);
    if (flags_wanted(t)) flags_store_sum(t, a, b, V0, bits);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    if (bits == 32) sll(c, V0, V0, 0);
    emit_out(t, AT, i->dst, bits);
    emit_put(t, i->dst, V0, bits);
    return true;
}

/* Is there an instruction that has the constant in itself? */
static bool is_immediate(unsigned op, int32_t k)
{
    if (op == OP_ADC || op == OP_SBB || op > OP_NOT) return false;
    return is_logic(op) ? k >= 0 && k <= 0xffff : fits(k);
}

/* The same instruction with a constant for a source register that holds one. */
static bool with_constant(struct tr *t, const struct insn *i, int bits, struct insn *as)
{
    int32_t k;
    if (i->form != FORM_RR && i->form != FORM_MR) return false;
    if (!value_is_constant(t, i->src, bits, &k) || !is_immediate(i->op, k)) return false;
    *as = *i;
    as->form = i->form == FORM_RR ? FORM_RI : FORM_MI;
    as->imm = (uint32_t)k;
    return true;
}

/* AND, OR and XOR of two constants. */
static bool emit_known_logic(struct tr *t, const struct insn *i)
{
    int32_t k;
    if (i->form != FORM_RI || !is_logic(i->op) || !value_is_constant(t, i->dst, 32, &k)) return false;
    uint32_t v = (uint32_t)k;
    v = i->op == OP_AND ? v & i->imm : i->op == OP_OR ? v | i->imm : v ^ i->imm;
    if (!value_set(t, i->dst / 4, (struct value){REG_ZERO, (int32_t)v})) return false;
    if (flags_wanted(t)) flags_set_recipe(t, RECIPE_LOGIC, 32, val_const((int32_t)v), (struct val){0});
    return true;
}

bool emit_alu(struct tr *t, const struct insn *i)
{
    int bits = insn_bits(i);
    struct insn as;
    bool same = i->form == FORM_RR && i->dst == i->src && bits == 32;
    if (same && (i->op == OP_XOR || i->op == OP_SUB) && emit_zero(t, i)) return true;
    if (with_constant(t, i, bits, &as)) i = &as;
    if (i->op > OP_NOT) return emit_exchange(t, i);
    if (!writes(i->op)) return emit_comparison(t, i, bits);
    if (i->op == OP_ADC || i->op == OP_SBB) return emit_with_carry(t, i, bits);
    if (form_has_memory(i->form) && i->form != FORM_RM) return emit_to_memory(t, i, bits);
    if (bits == 32 && (emit_sum(t, i) || emit_known_logic(t, i))) return true;
    if (i->form == FORM_RI && i->dst / 4 == ESP && bits == 32 && (i->op == OP_ADD || i->op == OP_SUB) &&
        emit_esp_sum(t, i))
        return true;
    return emit_in_place(t, i, bits) || emit_to_register(t, i, bits);
}
