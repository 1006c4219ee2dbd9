/* Updates of memory, atomic ones too, and the exchanges. Where an x86 operation is atomic, so is a loop of ll
 * and sc between two syncs, on the aligned word or doubleword that has the operand; if none has, it is the
 * interpreter's. */
#include "jit/mips64/translate.h"

static bool is_atomic(const struct insn *i)
{
    return i->prefix & PFX_LOCK || (i->op == OP_XCHG && form_has_memory(i->form));
}

bool update_is_possible(const struct insn *i)
{
    return !is_atomic(i) || i->size != S32 || !(i->prefix & PFX_MISALIGNED);
}

/* Of an operand of 8 or 16 bits: the word around it, its address, and the operand's place there in bits. They
 * were addresses of the cache. */
#define WORD_AT A2
#define PLACE   A3
#define WORD    A4
#define MERGED  A5

static void find_word(struct tr *t, struct address at, int bits)
{
    struct code *c = &t->c;
    daddiu(c, ADDRESS, at.base, at.offset);
    halves_leave(t);
    state_clobber_arguments(t);
    andi(c, PLACE, ADDRESS, 3);
    if (bits == 16) { /* across two words */
        xori(c, SCRATCH, PLACE, 3);
        beq(c, SCRATCH, ZERO, exit_by_guard(t));
    }
    sll(c, PLACE, PLACE, 3);
    move(c, WORD_AT, ADDRESS);
    dins(c, WORD_AT, ZERO, 0, 2);
}

void emit_update_begin(struct tr *t, const struct insn *i, struct address at, int bits, struct label *again)
{
    struct code *c = &t->c;
    if (!is_atomic(i)) {
        emit_load(t, i, V0, at, bits, true);
        return;
    }
    values_settle(t);
    if (bits < 32) find_word(t, at, bits);
    state_mark(t);
    sync_(c);
    bind_label(c, again);
    if (bits == 32) {
        ll(c, V0, at.offset, at.base);
    } else {
        ll(c, WORD, 0, WORD_AT);
        srlv(c, V0, WORD, PLACE);
        emit_extend(c, V0, V0, bits);
    }
}

void emit_update_end(struct tr *t, const struct insn *i, enum reg v, struct address at, int bits,
                     struct label *again)
{
    struct code *c = &t->c;
    if (!is_atomic(i)) {
        emit_store(t, i, v, at, bits);
        return;
    }
    enum reg result = bits == 32 ? SCRATCH : MERGED;
    if (bits == 32) {
        move(c, SCRATCH, v);
        sc(c, SCRATCH, at.offset, at.base);
    } else {
        li(c, SCRATCH, (1 << bits) - 1);
        sllv(c, SCRATCH, SCRATCH, PLACE);
        sllv(c, MERGED, v, PLACE);
        xor_(c, MERGED, MERGED, WORD);
        and_(c, MERGED, MERGED, SCRATCH);
        xor_(c, MERGED, MERGED, WORD);
        sc(c, MERGED, 0, WORD_AT);
    }
    beq(c, result, ZERO, again);
    nop(c);
    sync_(c);
}

/* --- exchanges --------------------------------------------------------------------------------------- */

/* V0 = destination operand, sign-extended. */
static struct address begin(struct tr *t, const struct insn *i, int bits, struct label *again)
{
    struct address at = {ZERO, 0};
    if (form_has_memory(i->form)) {
        at = emit_address(t, i);
        emit_update_begin(t, i, at, bits, again);
    } else {
        enum reg v = emit_get(t, V0, i->dst, bits);
        if (v != V0) move(&t->c, V0, v);
    }
    return at;
}

/* Old value and sum change places; the sum wins when both are one register. */
static void exchange_and_add(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    struct label again = {0};
    enum reg b = emit_get(t, A1, i->src, bits);
    struct address at = begin(t, i, bits, &again);
    addu(c, A0, V0, b);
    if (at.base != ZERO) emit_update_end(t, i, A0, at, bits, &again);
    emit_out(t, V1, i->src, bits);
    emit_put(t, i->src, V0, bits);
    if (at.base == ZERO) {
        emit_out(t, V1, i->dst, bits);
        emit_put(t, i->dst, A0, bits);
    }
    if (!flags_wanted(t)) return;
    if (bits == 32)
        move(c, FLAG_A, A0);
    else
        emit_extend(c, FLAG_A, A0, bits);
    move(c, FLAG_B, V0);
    flags_set_recipe(t, RECIPE_ADD, bits, val_host(FLAG_A), val_host(FLAG_B));
}

/* The destination is written in either case. */
static void compare_and_exchange(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    struct label again = {0};
    enum reg acc = emit_get(t, V1, 4 * EAX, bits), new = emit_get(t, A1, i->src, bits);
    struct address at = begin(t, i, bits, &again);
    xor_(c, SCRATCH, V0, acc);
    move(c, A0, V0);
    movz(c, A0, new, SCRATCH);
    if (at.base != ZERO) emit_update_end(t, i, A0, at, bits, &again);
    if (flags_wanted(t)) {
        move(c, FLAG_A, acc);
        move(c, FLAG_B, V0);
        flags_set_recipe(t, RECIPE_CMP, bits, val_host(FLAG_A), val_host(FLAG_B));
    }
    emit_out(t, AT, 4 * EAX, bits);
    emit_put(t, 4 * EAX, V0, bits); /* what it was, if they were equal */
    if (at.base != ZERO) return;
    emit_out(t, AT, i->dst, bits);
    emit_put(t, i->dst, A0, bits);
}

static void exchange(struct tr *t, const struct insn *i, int bits)
{
    struct label again = {0};
    enum reg b = emit_get(t, A1, i->src, bits);
    struct address at = begin(t, i, bits, &again);
    if (at.base != ZERO) {
        emit_update_end(t, i, b, at, bits, &again);
    } else {
        emit_out(t, V1, i->dst, bits);
        emit_put(t, i->dst, b, bits);
    }
    emit_out(t, V1, i->src, bits);
    emit_put(t, i->src, V0, bits);
}

/* --- eight bytes ------------------------------------------------------------------------------------- */

/* ZF in struct cpu: is A0 0? The other flags stay (interp/cpu.h): to clear ZF, a bit that is neither sign nor
 * parity; to set it, parity moves to the upper half. */
static void replace_zero(struct code *c)
{
    ld(c, V0, CPU_OFFSET(flag_res), CPU);
    andi(c, V1, V0, 0xff);
    dsrl32(c, AT, V0, 0);
    xor_(c, V1, V1, AT);
    dsll32(c, V1, V1, 0);
    ori(c, V0, V0, 0x100);
    movz(c, V0, V1, A0);
    sd(c, V0, CPU_OFFSET(flag_res), CPU);
}

/* Found equal to EDX:EAX it becomes ECX:EBX; else it goes to EDX:EAX. */
static bool compare_and_exchange_8(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct label again = {0};
    const struct item *it = &t->trace->item[t->k];
    bool others = (it->real | it->shown) & ~FL_ZF, locked = is_atomic(i);
    if (i->prefix & PFX_MISALIGNED) return false;
    locked |= t->j->shared;
    if (others && !flags_to_memory(t)) return false;
    struct address at = emit_address(t, i);
    dsll32(c, A0, hostreg(EDX), 0);
    dins(c, A0, hostreg(EAX), 0, 32);
    dsll32(c, A1, hostreg(ECX), 0);
    dins(c, A1, hostreg(EBX), 0, 32);
    state_mark(t);
    if (locked) sync_(c);
    bind_label(c, &again);
    lld(c, V0, at.offset, at.base);
    xor_(c, SCRATCH, V0, A0);
    move(c, V1, V0);
    movz(c, V1, A1, SCRATCH);
    scd(c, V1, at.offset, at.base);
    beq(c, V1, ZERO, &again);
    nop(c);
    if (locked) sync_(c);
    xor_(c, A0, V0, A0);
    emit_out(t, V1, 4 * EAX, 32);
    emit_out(t, V1, 4 * EDX, 32);
    sll(c, hostreg(EAX), V0, 0);
    emit_put(t, 4 * EAX, hostreg(EAX), 32);
    dsra32(c, hostreg(EDX), V0, 0);
    emit_put(t, 4 * EDX, hostreg(EDX), 32);
    if (others) {
        replace_zero(c);
    } else if (flags_wanted(t)) {
        dsrl32(c, V0, A0, 0);
        or_(c, FLAG_A, V0, A0);
        sll(c, FLAG_A, FLAG_A, 0);
        flags_set_recipe(t, RECIPE_LOGIC, 32, val_host(FLAG_A), (struct val){0});
    }
    return true;
}

bool emit_exchange(struct tr *t, const struct insn *i)
{
    int bits = insn_bits(i);
    values_settle(t);
    switch (i->op) {
    case OP_XADD: exchange_and_add(t, i, bits); break;
    case OP_CMPXCHG: compare_and_exchange(t, i, bits); break;
    case OP_CMPXCHG8B: return compare_and_exchange_8(t, i);
    case OP_XCHG:
        if (!update_is_possible(i)) return false;
        exchange(t, i, bits);
        break;
    default: return false;
    }
    return true;
}
