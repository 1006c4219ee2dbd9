/* Emitters of string moves and stores. A repeated one is a loop of eight elements, then of one. ECX, ESI and
 * EDI advance only when all accesses of a turn are done: so a fault in the middle leaves what a CPU leaves,
 * but for elements that the next attempt stores again with the same values. */
#include "jit/mips64/translate.h"

enum { WIDE = 8, HUGE_SHIFT = 14 }; /* longer runs are the interpreter's: it looks for signals in between */

/* apart: misaligned words, in two halves. Of a store the upper one first: there a new page may refuse. */
static void load(struct code *c, enum reg r, int offset, enum reg base, int width, bool apart)
{
    if (apart) {
        lwr(c, r, offset, base);
        lwl(c, r, offset + 3, base);
        return;
    }
    (width == 1 ? lbu : width == 2 ? lhu : lw)(c, r, offset, base);
}

static void store(struct code *c, enum reg r, int offset, enum reg base, int width, bool apart)
{
    if (apart) {
        swl(c, r, offset + 3, base);
        swr(c, r, offset, base);
        return;
    }
    (width == 1 ? sb : width == 2 ? sh : sw)(c, r, offset, base);
}

/* By as many bytes as SCRATCH says. */
static void advance(struct tr *t, unsigned r)
{
    addu(&t->c, hostreg(r), hostreg(r), SCRATCH);
    emit_put(t, 4 * r, hostreg(r), 32);
}

static bool emit_once(struct tr *t, const struct insn *i, int width)
{
    struct code *c = &t->c;
    bool loads = i->op != OP_STOS, stores = i->op != OP_LODS;
    enum reg v = V0;
    if (loads) emit_out(t, V0, 4 * ESI, 32);
    if (stores) emit_out(t, V0, 4 * EDI, 32);
    if (!stores) emit_out(t, V0, 4 * EAX, 32);
    if (loads) {
        daddu(c, A0, hostreg(ESI), GUEST_BASE);
        emit_load(t, i, V0, (struct address){A0, 0}, 8 * width, false);
    } else {
        v = hostreg(EAX);
    }
    if (stores) {
        daddu(c, A1, hostreg(EDI), GUEST_BASE);
        emit_store(t, i, v, (struct address){A1, 0}, 8 * width);
    } else {
        emit_put(t, 4 * EAX, V0, 8 * width);
    }
    lw(c, SCRATCH, CPU_OFFSET(df), CPU);
    if (width > 1) sll(c, SCRATCH, SCRATCH, __builtin_ctz((unsigned)width));
    if (stores) advance(t, EDI);
    if (loads) advance(t, ESI);
    return true;
}

static const uint8_t temps[WIDE] = {V0, V1, AT, ADDRESS, A2, A3, A4, A5};

static void emit_wide(struct tr *t, bool loads, int width, bool apart, struct label *done,
                      struct label *single)
{
    struct code *c = &t->c;
    struct label again = {0};
    sltiu(c, V1, hostreg(ECX), WIDE);
    if (loads) { /* the elements of a turn must not overlap */
        subu(c, V0, hostreg(EDI), hostreg(ESI));
        sltiu(c, V0, V0, WIDE * width);
        or_(c, V1, V1, V0);
    }
    bne(c, V1, ZERO, single);
    nop(c);
    bind_label(c, &again);
    for (int k = 0; loads && k < WIDE; k++)
        load(c, (enum reg)temps[k], k * width, A0, width, apart);
    for (int k = 0; k < WIDE; k++)
        store(c, loads ? (enum reg)temps[k] : hostreg(EAX), k * width, A1, width, apart);
    addiu(c, hostreg(ECX), hostreg(ECX), -WIDE);
    addiu(c, hostreg(EDI), hostreg(EDI), WIDE * width);
    if (loads) {
        addiu(c, hostreg(ESI), hostreg(ESI), WIDE * width);
        daddiu(c, A0, A0, WIDE * width);
    }
    sltiu(c, SCRATCH, hostreg(ECX), WIDE);
    beq(c, SCRATCH, ZERO, &again);
    daddiu(c, A1, A1, WIDE * width);
    beq(c, hostreg(ECX), ZERO, done);
    nop(c);
}

/* One element a turn, up or down, until ECX is 0. */
static void emit_single(struct tr *t, bool loads, int width, int by, bool apart)
{
    struct code *c = &t->c;
    struct label again = {0};
    bind_label(c, &again);
    if (loads) load(c, V0, 0, A0, width, apart);
    store(c, loads ? V0 : hostreg(EAX), 0, A1, width, apart);
    addiu(c, hostreg(ECX), hostreg(ECX), -1);
    addiu(c, hostreg(EDI), hostreg(EDI), by);
    if (loads) {
        addiu(c, hostreg(ESI), hostreg(ESI), by);
        daddiu(c, A0, A0, by);
    }
    bne(c, hostreg(ECX), ZERO, &again);
    daddiu(c, A1, A1, by);
}

static bool emit_repeated(struct tr *t, const struct insn *i, int width)
{
    struct code *c = &t->c;
    struct label done = {0}, single = {0}, down = {0};
    bool loads = i->op == OP_MOVS, apart = i->prefix & PFX_MISALIGNED;
    t->keep = true; /* what the flags follow from: a later element may fault */
    halves_leave(t);
    for (unsigned k = 0; k < 3; k++)
        if (k != 1 || loads) emit_out(t, V0, 4 * (const unsigned[]){ECX, ESI, EDI}[k], 32);
    srl(c, V0, hostreg(ECX), HUGE_SHIFT);
    bne(c, V0, ZERO, exit_to_record(t, (struct insn *)(uintptr_t)i));
    daddu(c, A1, hostreg(EDI), GUEST_BASE);
    beq(c, hostreg(ECX), ZERO, &done);
    daddu(c, A0, hostreg(ESI), GUEST_BASE);
    state_mark(t);
    if (t->j->ordered) sync_(c); /* the elements have no order among them (SDM vol. 3, fast strings) */
    bool down_here = !apart && !t->j->ordered; /* downwards they have one */
    lw(c, SCRATCH, CPU_OFFSET(df), CPU);
    bltz(c, SCRATCH, down_here ? &down : exit_to_record(t, (struct insn *)(uintptr_t)i));
    nop(c);
    if (apart) { /* a first element across two pages: either may refuse */
        andi(c, V0, hostreg(EDI), GPAGE - 1);
        sltiu(c, V0, V0, GPAGE - 3);
        beq(c, V0, ZERO, exit_by_guard(t));
        nop(c);
    }
    emit_wide(t, loads, width, apart, &done, &single);
    bind_label(c, &single);
    emit_single(t, loads, width, width, apart);
    if (down_here) {
        beq(c, ZERO, ZERO, &done);
        nop(c);
        bind_label(c, &down);
        emit_single(t, loads, width, -width, false);
    }
    bind_label(c, &done);
    state_clobber(t);
    return true;
}

bool emit_str(struct tr *t, const struct insn *i)
{
    int width = insn_bits(i) / 8;
    bool repeated = i->prefix & (PFX_REP | PFX_REPNE);
    values_settle(t);
    if (i->op == OP_CMPS || i->op == OP_SCAS) return emit_scan(t, i);
    if (i->prefix & (PFX_SEG & ~PFX_MISALIGNED) || i->prefix & PFX_A16) return false;
    if (i->prefix & PFX_MISALIGNED && width != 4 && repeated) { /* rare: the interpreter does it */
        exit_here_to_record(t, (struct insn *)(uintptr_t)i);
        return true;
    }
    switch (i->op) {
    case OP_MOVS:
    case OP_STOS: return repeated ? emit_repeated(t, i, width) : emit_once(t, i, width);
    case OP_LODS: return repeated ? false : emit_once(t, i, width);
    default: return false;
    }
}
