/* Conditions from the current flags recipe: as a branch, or as a value. Most are one comparison. */
#include "interp/flags.h"
#include "jit/mips64/effects.h"
#include "jit/mips64/translate.h"

/* A condition brought down to one thing a MIPS branch can ask. */
struct test {
    enum { TEST_EQ, TEST_NE, TEST_LTZ, TEST_GEZ, TEST_LEZ, TEST_GTZ, TEST_TRUE, TEST_FALSE } kind;
    enum reg a, b; /* EQ, NE: a ? b; the others: a ? 0; TRUE: a != 0; FALSE: a == 0 */
};

static struct test truth_of(enum reg r, unsigned cc)
{
    return (struct test){cc & 1 ? TEST_FALSE : TEST_TRUE, r, ZERO};
}

static bool small(int32_t c)
{
    return c >= INT16_MIN && c < INT16_MAX;
}

/* V0 = a < b (signed or not); b may be a small constant. */
static void below(struct tr *t, const struct recipe *r, enum reg a, bool is_signed, bool or_equal, bool swap)
{
    struct code *c = &t->c;
    const struct val *y = &r->y;
    if (!swap && y->kind == VAL_CONST && small(y->c) && !(or_equal && !is_signed && y->c == -1)) {
        (is_signed ? slti : sltiu)(c, V0, a, y->c + or_equal);
        return;
    }
    enum reg b = flags_value(t, r, y, V1);
    if (swap)
        (is_signed ? slt : sltu)(c, V0, b, a);
    else
        (is_signed ? slt : sltu)(c, V0, a, b);
}

/* Conditions of a - y, where a is in a register. */
static struct test compare(struct tr *t, const struct recipe *r, enum reg a, unsigned cc)
{
    struct code *c = &t->c;
    bool zero = r->y.kind == VAL_CONST && r->y.c == 0;
    bool constant = r->y.kind == VAL_CONST && small(r->y.c) && r->y.c != -1;
    switch (cc >> 1) {
    case CC_E >> 1: return (struct test){cc & 1 ? TEST_NE : TEST_EQ, a, flags_value(t, r, &r->y, V1)};
    case CC_B >> 1:
        if (zero) return truth_of(ZERO, cc);
        below(t, r, a, false, false, false);
        return truth_of(V0, cc);
    case CC_BE >> 1: /* a <= y: a < y + 1, or not y < a */
        if (zero) return (struct test){cc & 1 ? TEST_NE : TEST_EQ, a, ZERO};
        below(t, r, a, false, constant, !constant);
        return truth_of(V0, constant ? cc : cc ^ 1);
    case CC_L >> 1:
        if (zero) return (struct test){cc & 1 ? TEST_GEZ : TEST_LTZ, a, ZERO};
        below(t, r, a, true, false, false);
        return truth_of(V0, cc);
    case CC_LE >> 1:
        if (zero) return (struct test){cc & 1 ? TEST_GTZ : TEST_LEZ, a, ZERO};
        below(t, r, a, true, constant, !constant);
        return truth_of(V0, constant ? cc : cc ^ 1);
    case CC_S >> 1:
        if (!zero) {
            dsubu(c, V0, a, flags_value(t, r, &r->y, V1));
            emit_extend(c, V0, V0, r->bits);
            a = V0;
        }
        return (struct test){cc & 1 ? TEST_GEZ : TEST_LTZ, a, ZERO};
    default: /* O */
        dsubu(c, V0, a, flags_value(t, r, &r->y, V1));
        emit_extend(c, V1, V0, r->bits);
        return (struct test){cc & 1 ? TEST_EQ : TEST_NE, V0, V1};
    }
}

/* Conditions of a result x = a + y (exactly s in 64 bits). */
static struct test after_sum(struct tr *t, enum reg x, enum reg s, unsigned cc, int bits)
{
    struct code *c = &t->c;
    switch (cc >> 1) {
    case CC_O >> 1: emit_extend(c, V1, s, bits); return (struct test){cc & 1 ? TEST_EQ : TEST_NE, s, V1};
    case CC_L >> 1: return (struct test){cc & 1 ? TEST_GEZ : TEST_LTZ, s, ZERO};
    default: /* LE */
        slt(c, V0, s, ZERO);
        sltiu(c, V1, x, 1);
        or_(c, V0, V0, V1);
        return truth_of(V0, cc);
    }
}

static struct test by_carry(struct tr *t, enum reg x, unsigned cc)
{
    flags_carry(t, A1);
    if (cc >> 1 == CC_BE >> 1) {
        sltiu(&t->c, V0, x, 1);
        or_(&t->c, A1, A1, V0);
    }
    return truth_of(A1, cc);
}

/* E, NE, S, NS, P, NP: of the result alone. */
static bool of_result(unsigned cc)
{
    return cc >> 1 == CC_E >> 1 || cc >> 1 == CC_S >> 1 || cc >> 1 == CC_P >> 1;
}

static struct test by_result(struct tr *t, enum reg x, unsigned cc)
{
    struct code *c = &t->c;
    if (cc >> 1 == CC_E >> 1) return (struct test){cc & 1 ? TEST_NE : TEST_EQ, x, ZERO};
    if (cc >> 1 == CC_S >> 1) return (struct test){cc & 1 ? TEST_GEZ : TEST_LTZ, x, ZERO};
    dsrl(c, V0, x, 4);
    xor_(c, V0, V0, x);
    andi(c, V0, V0, 15);
    li(c, V1, 0x9669); /* bit n: n has even parity */
    srlv(c, V0, V1, V0);
    andi(c, V0, V0, 1);
    return truth_of(V0, cc);
}

static bool is_carry(unsigned cc)
{
    return cc >> 1 == CC_B >> 1 || cc >> 1 == CC_BE >> 1;
}

/* Equality and unsigned order of short operands whose registers hold no more than them. */
static void zero_extend(const struct tr *t, struct recipe *r, unsigned cc)
{
    bool is_signed = cc >> 1 != CC_E >> 1 && !is_carry(cc), constant = r->y.kind == VAL_CONST;
    if (is_signed || r->bits == 32 || !val_is_zx(t, &r->x, r->bits)) return;
    if (!constant && !val_is_zx(t, &r->y, r->bits)) return;
    if (constant) r->y.c &= r->bits == 8 ? 0xff : 0xffff;
    r->bits = 32;
}

static struct test from_sum(struct tr *t, const struct recipe *r, unsigned cc)
{
    struct code *c = &t->c;
    bool adds = r->kind == RECIPE_ADD || r->kind == RECIPE_INC;
    bool steps = r->kind == RECIPE_INC || r->kind == RECIPE_DEC;
    struct recipe result = {.bits = r->bits, .x = r->x, .y = val_const(0)};
    if (of_result(cc)) zero_extend(t, &result, cc);
    enum reg x = flags_value(t, &result, &r->x, A0), y = V1;
    if (of_result(cc)) return by_result(t, x, cc);
    if (is_carry(cc) && (adds || steps)) return by_carry(t, x, cc);
    if (steps)
        li(c, V1, 1);
    else
        y = flags_value(t, r, &r->y, V1);
    (adds ? dsubu : daddu)(c, A1, x, y);
    emit_extend(c, A1, A1, r->bits);
    if (adds) {
        daddu(c, V0, A1, y);
        return after_sum(t, x, V0, cc, r->bits);
    }
    struct recipe as = {.kind = RECIPE_CMP, .bits = r->bits, .y = steps ? val_const(1) : r->y};
    return compare(t, &as, A1, cc);
}

/* From the two words in struct cpu. */
static struct test from_memory(struct tr *t, unsigned cc)
{
    struct code *c = &t->c;
    switch (cc >> 1) {
    case CC_O >> 1:
    case CC_L >> 1:
    case CC_LE >> 1:
        ld(c, V0, CPU_OFFSET(flag_carry), CPU);
        dsrl(c, V1, V0, 31);
        dsrl32(c, V0, V0, 0);
        xor_(c, V0, V0, V1); /* bit 0: OF */
        if (cc >> 1 != CC_O >> 1) {
            lw(c, V1, CPU_OFFSET(flag_res) + 4, CPU);
            srl(c, V1, V1, 31);
            xor_(c, V0, V0, V1);
        }
        andi(c, V0, V0, 1);
        if (cc >> 1 == CC_LE >> 1) {
            lw(c, V1, CPU_OFFSET(flag_res), CPU);
            sltiu(c, V1, V1, 1);
            or_(c, V0, V0, V1);
        }
        return truth_of(V0, cc);
    case CC_S >> 1:
        lw(c, V0, CPU_OFFSET(flag_res) + 4, CPU);
        return (struct test){cc & 1 ? TEST_GEZ : TEST_LTZ, V0, ZERO};
    case CC_P >> 1:
        lw(c, A0, CPU_OFFSET(flag_res), CPU);
        lw(c, A1, CPU_OFFSET(flag_res) + 4, CPU);
        xor_(c, A0, A0, A1);
        andi(c, A0, A0, 0xff);
        return by_result(t, A0, cc);
    default:
        lw(c, A0, CPU_OFFSET(flag_res), CPU);
        if (cc >> 1 == CC_E >> 1) return by_result(t, A0, cc);
        return by_carry(t, A0, cc);
    }
}

static struct test from_shift(struct tr *t, const struct recipe *r, unsigned cc)
{
    struct code *c = &t->c;
    unsigned n = (unsigned)r->y.c;
    enum reg x = flags_value(t, r, &r->x, A0);
    if (r->kind == RECIPE_SHL) {
        dsll(c, A0, x, n);
    } else if (r->kind == RECIPE_SHR) {
        dext(c, A0, x, n, (unsigned)r->bits - n);
    } else {
        dsra(c, A0, x, n);
    }
    emit_extend(c, A0, A0, r->bits);
    return is_carry(cc) ? by_carry(t, A0, cc) : by_result(t, A0, cc);
}

/* CF, PF and ZF in their places, the others clear. */
static struct test from_bits(struct tr *t, const struct recipe *r, unsigned cc)
{
    static const uint8_t bits[] = {[CC_B >> 1] = FL_CF,
                                   [CC_E >> 1] = FL_ZF,
                                   [CC_BE >> 1] = FL_CF | FL_ZF,
                                   [CC_P >> 1] = FL_PF,
                                   [CC_LE >> 1] = FL_ZF};
    andi(&t->c, V0, flags_value(t, r, &r->x, V0), bits[cc >> 1]);
    return (struct test){cc & 1 ? TEST_EQ : TEST_NE, V0, ZERO};
}

/* false: nothing for it. */
static bool reduce(struct tr *t, unsigned cc, struct test *out)
{
    const struct recipe r = t->flags;
    switch (r.kind) {
    case RECIPE_ENTRY: t->restart = true; return false;
    case RECIPE_MEMORY: *out = from_memory(t, cc); return true;
    case RECIPE_CMP:
    case RECIPE_LOGIC: {
        struct recipe as = r;
        if (r.kind == RECIPE_LOGIC) as.y = val_const(0);
        zero_extend(t, &as, cc);
        enum reg x = flags_value(t, &as, &as.x, A0);
        if (cc >> 1 == CC_P >> 1 && r.kind == RECIPE_CMP) {
            dsubu(&t->c, A0, x, flags_value(t, &r, &r.y, V1));
            x = A0;
        }
        if (cc >> 1 == CC_P >> 1) {
            andi(&t->c, A0, x, 0xff);
            *out = by_result(t, A0, cc);
            return true;
        }
        *out = compare(t, &as, x, cc);
        return true;
    }
    case RECIPE_ADD:
    case RECIPE_SUB:
    case RECIPE_INC:
    case RECIPE_DEC:
        if (cc >> 1 == CC_P >> 1) {
            andi(&t->c, A0, flags_value(t, &r, &r.x, A0), 0xff);
            *out = by_result(t, A0, cc);
            return true;
        }
        *out = from_sum(t, &r, cc);
        return true;
    case RECIPE_BITS: *out = from_bits(t, &r, cc); return true;
    case RECIPE_CARRY:
        if (cc >> 1 == CC_BE >> 1) break;
        *out = cc >> 1 == CC_B >> 1 ? truth_of(flags_value(t, &r, &r.x, A1), cc) : from_memory(t, cc);
        return true;
    case RECIPE_SHL:
    case RECIPE_SHR:
    case RECIPE_SAR:
        if ((of_result(cc) || is_carry(cc)) && r.y.kind == VAL_CONST && r.y.c < r.bits) {
            *out = from_shift(t, &r, cc);
            if (cc >> 1 != CC_P >> 1) return true;
        }
        break;
    default: break;
    }
    if (!flags_to_memory(t)) return false;
    *out = from_memory(t, cc);
    return true;
}

/* x - y, both sign-extended from so many bits. */
static bool truth_of_difference(unsigned cc, int64_t x, int64_t y, int bits)
{
    int64_t r = (int64_t)((uint64_t)(x - y) << (64 - bits)) >> (64 - bits);
    bool truth;
    switch (cc >> 1) {
    case CC_O >> 1: truth = r != x - y; break;
    case CC_B >> 1: truth = (uint64_t)x < (uint64_t)y; break;
    case CC_E >> 1: truth = x == y; break;
    case CC_BE >> 1: truth = (uint64_t)x <= (uint64_t)y; break;
    case CC_S >> 1: truth = r < 0; break;
    case CC_P >> 1: truth = !(__builtin_popcount((unsigned)r & 0xff) & 1); break;
    case CC_L >> 1: truth = x < y; break;
    default: truth = x <= y; break;
    }
    return truth != (cc & 1);
}

bool condition_is_known(const struct tr *t, unsigned cc, bool *truth)
{
    const struct recipe *r = &t->flags;
    bool compares = r->kind == RECIPE_CMP && r->y.kind == VAL_CONST;
    if ((!compares && r->kind != RECIPE_LOGIC) || r->x.kind != VAL_CONST) return false;
    *truth = truth_of_difference(cc, r->x.c, compares ? r->y.c : 0, r->bits);
    return true;
}

bool emit_condition(struct tr *t, unsigned cc, struct label *to)
{
    struct code *c = &t->c;
    struct test q;
    if (t->flags.kind == RECIPE_FCOM) {
        fcom_branch(t, cc, to);
        return true;
    }
    if (!reduce(t, cc, &q)) return false;
    bool both = q.kind == TEST_EQ || q.kind == TEST_NE;
    uint32_t slot = slot_word(c, REG_BIT(q.a) | (both ? REG_BIT(q.b) : 0));
    switch (q.kind) {
    case TEST_EQ: beq(c, q.a, q.b, to); break;
    case TEST_NE: bne(c, q.a, q.b, to); break;
    case TEST_LTZ: bltz(c, q.a, to); break;
    case TEST_GEZ: bgez(c, q.a, to); break;
    case TEST_LEZ: blez(c, q.a, to); break;
    case TEST_GTZ: bgtz(c, q.a, to); break;
    case TEST_TRUE: bne(c, q.a, ZERO, to); break;
    case TEST_FALSE: beq(c, q.a, ZERO, to); break;
    }
    if (!slot) slot = value_slot_word(t);
    emit(c, slot);
    if (!slot) slot_open(c);
    return true;
}

bool emit_truth(struct tr *t, enum reg rd, unsigned cc, bool one)
{
    struct code *c = &t->c;
    struct test q;
    if (t->flags.kind == RECIPE_FCOM) {
        fcom_truth(t, rd, cc);
        return true;
    }
    if (!reduce(t, cc, &q)) return false;
    switch (q.kind) {
    case TEST_EQ:
    case TEST_NE:
        if (q.b != ZERO) {
            xor_(c, rd, q.a, q.b);
            q.a = rd;
        }
        if (q.kind == TEST_EQ)
            sltiu(c, rd, q.a, 1);
        else if (one)
            sltu(c, rd, ZERO, q.a);
        else if (rd != q.a)
            move(c, rd, q.a);
        break;
    case TEST_LTZ: slt(c, rd, q.a, ZERO); break;
    case TEST_GEZ:
        slt(c, rd, q.a, ZERO);
        xori(c, rd, rd, 1);
        break;
    case TEST_LEZ: slti(c, rd, q.a, 1); break;
    case TEST_GTZ: slt(c, rd, ZERO, q.a); break;
    case TEST_TRUE:
        if (rd != q.a) move(c, rd, q.a);
        break;
    case TEST_FALSE: xori(c, rd, q.a, 1); break;
    }
    return true;
}
