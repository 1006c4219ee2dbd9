/* Emitters of bit tests and scans and of the instructions that work on single flags. Where only CF changes,
 * the other flags are in memory and CF is a recipe of its own. */
#include "jit/mips64/translate.h"

static bool wants(const struct tr *t, unsigned flags)
{
    const struct item *it = &t->trace->item[t->k];
    return ((it->real | it->shown) & flags) != 0;
}

/* What is wanted of the flags other than CF goes to memory, if it is not there. */
static bool only_carry_changes(struct tr *t)
{
    if (!wants(t, FL_ARITH & ~FL_CF) || t->flags.kind == RECIPE_CARRY) return true;
    return flags_to_memory(t);
}

static void set_carry(struct tr *t, struct val x)
{
    flags_set_recipe(t, RECIPE_CARRY, 32, x, (struct val){0});
}

/* --- bit tests --------------------------------------------------------------------------------------- */

/* A bit's number: a constant, or in register `by`. */
struct place {
    bool variable;
    enum reg by;
    unsigned n;
};

/* rd = that bit of v. */
static void get_bit(struct code *c, enum reg rd, enum reg v, const struct place *p)
{
    if (!p->variable) {
        ext(c, rd, v, p->n, 1);
    } else {
        srlv(c, rd, v, p->by);
        andi(c, rd, rd, 1);
    }
}

/* rd = v with that bit changed; uses SCRATCH. */
static void change_bit(struct code *c, unsigned op, enum reg rd, enum reg v, const struct place *p)
{
    if (op != OP_BTC && !p->variable) {
        if (op == OP_BTS) li(c, SCRATCH, 1);
        if (rd != v) move(c, rd, v);
        ins(c, rd, op == OP_BTS ? SCRATCH : ZERO, p->n, 1);
        return;
    }
    li(c, SCRATCH, p->variable ? 1 : (int32_t)(1u << p->n));
    if (p->variable) sllv(c, SCRATCH, SCRATCH, p->by);
    if (op == OP_BTR) nor(c, SCRATCH, SCRATCH, ZERO);
    (op == OP_BTS ? or_ : op == OP_BTR ? and_ : xor_)(c, rd, v, SCRATCH);
}

static struct place find_place(struct tr *t, const struct insn *i, int bits)
{
    struct place p = {.variable = i->form == FORM_RR || i->form == FORM_MR,
                      .n = i->imm & (unsigned)(bits - 1)};
    if (!p.variable) return p;
    p.by = emit_get(t, A1, i->src & ~3u, 32);
    if (bits == 16) {
        andi(&t->c, A1, p.by, 15);
        p.by = A1;
    }
    return p;
}

static void test_register(struct tr *t, const struct insn *i, int bits, bool want)
{
    struct code *c = &t->c;
    values_ready(t, i->dst, i->form == FORM_RR ? i->src : i->dst);
    struct place p = find_place(t, i, bits);
    enum reg v = emit_get(t, V0, i->dst, 32);
    if (i->op == OP_BT) {
        if (want) get_bit(c, FLAG_A, v, &p);
        return;
    }
    if (want) get_bit(c, V1, v, &p);
    enum reg rd = emit_out(t, A0, i->dst, bits);
    change_bit(c, i->op, rd, v, &p);
    emit_put(t, i->dst, rd, bits);
    if (want) move(c, FLAG_A, V1);
}

/* A register offset reaches beyond the operand: it is signed, in bits. */
static struct address bit_address(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    struct address at = emit_address(t, i);
    if (i->form == FORM_MI) return at;
    enum reg by = emit_get(t, A1, i->src, bits);
    sra(c, A0, by, bits == 16 ? 4 : 5);
    sll(c, A0, A0, bits == 16 ? 1 : 2);
    daddu(c, ADDRESS, at.base, A0);
    at.base = ADDRESS;
    return at;
}

static void test_memory(struct tr *t, const struct insn *i, int bits, bool want)
{
    struct code *c = &t->c;
    struct address at = bit_address(t, i, bits);
    struct place p = find_place(t, i, bits);
    struct label again = {0};
    emit_update_begin(t, i, at, bits, &again);
    if (want) get_bit(c, i->op == OP_BT ? FLAG_A : V1, V0, &p);
    if (i->op == OP_BT) return;
    change_bit(c, i->op, A0, V0, &p);
    emit_update_end(t, i, A0, at, bits, &again);
    if (want) move(c, FLAG_A, V1);
}

static bool emit_test(struct tr *t, const struct insn *i)
{
    int bits = insn_bits(i);
    bool want = wants(t, FL_CF);
    if (i->form == FORM_MR && i->prefix & PFX_A16) return false;
    if (want && !only_carry_changes(t)) return false;
    (form_has_memory(i->form) ? test_memory : test_register)(t, i, bits, want);
    if (want) set_carry(t, val_host(FLAG_A));
    return true;
}

/* --- scans ------------------------------------------------------------------------------------------- */

/* A zero source leaves the destination. The flags are those of the result 0 or 1: "found". */
static bool emit_bit_scan(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int bits = insn_bits(i);
    enum reg v;
    value_settle(t, i->dst / 4); /* it may stay */
    if (i->form == FORM_RM) {
        v = V0;
        emit_load_operand(t, i, V0, bits, false);
    } else {
        v = emit_get_zx(t, V0, i->src, bits);
    }
    if (i->op == OP_BSF) {
        subu(c, A0, ZERO, v);
        and_(c, A0, A0, v);
        clz(c, A0, A0);
    } else {
        clz(c, A0, v);
    }
    xori(c, A0, A0, 31);
    if (flags_wanted(t)) sltu(c, FLAG_A, ZERO, v);
    enum reg d = emit_out(t, A1, i->dst, bits), old = emit_get_low(t, A1, i->dst, bits);
    if (d != old) move(c, d, old);
    movn(c, d, A0, v);
    emit_put(t, i->dst, d, bits);
    if (flags_wanted(t)) flags_set_recipe(t, RECIPE_LOGIC, 32, val_host(FLAG_A), (struct val){0});
    return true;
}

/* --- single flags ------------------------------------------------------------------------------------ */

static bool emit_carry(struct tr *t, const struct insn *i)
{
    if (!wants(t, FL_CF)) return true;
    if (!only_carry_changes(t)) return false;
    if (i->op != OP_CMC) {
        set_carry(t, val_const(i->op == OP_STC));
        return true;
    }
    if (!flags_carry(t, FLAG_A)) return false;
    xori(&t->c, FLAG_A, FLAG_A, 1);
    set_carry(t, val_host(FLAG_A));
    return true;
}

static bool emit_direction(struct tr *t, const struct insn *i)
{
    li(&t->c, V0, i->op == OP_CLD ? 1 : -1);
    sw(&t->c, V0, CPU_OFFSET(df), CPU);
    return true;
}

static bool emit_salc(struct tr *t)
{
    if (!flags_carry(t, A0)) return false;
    emit_out(t, V0, 4 * EAX, 8);
    subu(&t->c, A0, ZERO, A0);
    emit_put(t, 4 * EAX, A0, 8);
    return true;
}

bool emit_bit(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_BSF:
    case OP_BSR: return emit_bit_scan(t, i);
    case OP_CLC:
    case OP_STC:
    case OP_CMC: return emit_carry(t, i);
    case OP_CLD:
    case OP_STD: return emit_direction(t, i);
    case OP_SALC: return emit_salc(t);
    default: return emit_test(t, i);
    }
}
