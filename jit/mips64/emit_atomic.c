/* Updates of memory, atomic ones too, and the exchanges. Where an x86 operation is atomic, so is a loop of ll
 * and sc between two syncs: of aligned words only, all else is the interpreter's. */
#include "jit/mips64/translate.h"

static bool is_atomic(const struct insn *i)
{
    return i->prefix & PFX_LOCK || (i->op == OP_XCHG && form_has_memory(i->form));
}

bool update_is_possible(const struct insn *i)
{
    if (!is_atomic(i)) return true;
    return i->size == S32 && !(i->prefix & PFX_MISALIGNED) && i->op != OP_CMPXCHG8B;
}

void emit_update_begin(struct tr *t, const struct insn *i, struct address at, int bits, struct label *again)
{
    if (!is_atomic(i)) {
        emit_load(t, i, V0, at, bits, true);
        return;
    }
    state_mark(t);
    sync_(&t->c);
    bind_label(&t->c, again);
    ll(&t->c, V0, at.offset, at.base);
}

void emit_update_end(struct tr *t, const struct insn *i, enum reg v, struct address at, int bits,
                     struct label *again)
{
    struct code *c = &t->c;
    if (!is_atomic(i)) {
        emit_store(t, i, v, at, bits);
        return;
    }
    move(c, SCRATCH, v);
    sc(c, SCRATCH, at.offset, at.base);
    beq(c, SCRATCH, ZERO, again);
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

bool emit_exchange(struct tr *t, const struct insn *i)
{
    int bits = insn_bits(i);
    switch (i->op) {
    case OP_XADD: exchange_and_add(t, i, bits); break;
    case OP_CMPXCHG: compare_and_exchange(t, i, bits); break;
    case OP_XCHG:
        if (!update_is_possible(i)) return false;
        exchange(t, i, bits);
        break;
    default: return false;
    }
    return true;
}
