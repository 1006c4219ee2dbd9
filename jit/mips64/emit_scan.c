/* Emitters of string comparisons. A repeated one is a loop that is left for the interpreter now and then: it
 * looks for signals. Registers advance after each element; the flags change when all is over, as a fault in
 * the middle must show the old ones. */
#include "jit/mips64/translate.h"

enum { BUDGET = 16384 }; /* elements */

static void load(struct code *c, enum reg r, enum reg base, int bits)
{
    (bits == 8 ? lb : bits == 16 ? lh : lw)(c, r, 0, base);
}

static void advance(struct tr *t, unsigned r, int by)
{
    addiu(&t->c, hostreg(r), hostreg(r), by);
    emit_put(t, 4 * r, hostreg(r), 32);
}

/* It goes on where the loop was left. */
static struct label *to_interpreter(struct tr *t, const struct insn *i)
{
    return exit_to_record(t, (struct insn *)(uintptr_t)i);
}

/* Elements are at A1 and, of CMPS, at A0. Strings that run downwards and a count of 0 are the interpreter's.
 */
static void begin(struct tr *t, const struct insn *i, bool repeated)
{
    struct code *c = &t->c;
    lw(c, SCRATCH, CPU_OFFSET(df), CPU);
    bltz(c, SCRATCH, exit_by_guard(t));
    nop(c);
    if (repeated) {
        beq(c, hostreg(ECX), ZERO, to_interpreter(t, i));
        nop(c);
    }
    daddu(c, A1, hostreg(EDI), GUEST_BASE);
    if (i->op == OP_CMPS) daddu(c, A0, hostreg(ESI), GUEST_BASE);
    state_mark(t);
}

/* One element: V1 = the destination's, and of CMPS V0 = the source's. */
static void element(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    order_load(t);
    load(c, V1, A1, bits);
    if (i->op == OP_CMPS) {
        order_load(t);
        load(c, V0, A0, bits);
        advance(t, ESI, bits / 8);
    }
    advance(t, EDI, bits / 8);
}

static void until(struct tr *t, const struct insn *i, enum reg a, int bits)
{
    struct code *c = &t->c;
    struct label again = {0}, done = {0};
    li(c, SCRATCH, BUDGET);
    bind_label(c, &again);
    element(t, i, bits);
    advance(t, ECX, -1);
    if (i->op == OP_CMPS) daddiu(c, A0, A0, bits / 8);
    (i->prefix & PFX_REPNE ? beq : bne)(c, a, V1, &done);
    daddiu(c, A1, A1, bits / 8);
    beq(c, hostreg(ECX), ZERO, &done);
    addiu(c, SCRATCH, SCRATCH, -1);
    bne(c, SCRATCH, ZERO, &again);
    nop(c);
    beq(c, ZERO, ZERO, to_interpreter(t, i));
    nop(c);
    bind_label(c, &done);
}

bool emit_scan(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int bits = insn_bits(i);
    bool repeated = i->prefix & (PFX_REP | PFX_REPNE);
    if (i->prefix & (PFX_A16 | PFX_SEG | PFX_MISALIGNED)) return false;
    t->keep = true; /* what the old flags follow from: a later element may fault */
    emit_out(t, V0, 4 * EDI, 32);
    if (i->op == OP_CMPS) emit_out(t, V0, 4 * ESI, 32);
    if (repeated) emit_out(t, V0, 4 * ECX, 32);
    begin(t, i, repeated);
    enum reg a = i->op == OP_SCAS ? emit_get(t, V0, 4 * EAX, bits) : V0;
    if (repeated)
        until(t, i, a, bits);
    else
        element(t, i, bits);
    if (!flags_wanted(t)) return true;
    move(c, FLAG_A, a);
    move(c, FLAG_B, V1);
    flags_set_recipe(t, RECIPE_CMP, bits, val_host(FLAG_A), val_host(FLAG_B));
    return true;
}
