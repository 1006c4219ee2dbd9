/* Translates one block: record by record through an emitter, or by a call of the step engine's own handler.
 * Owns the order of things in a translation; the emitters own what an instruction becomes. */
#include <stdlib.h>

#include "interp/sem.h"
#include "jit/mips64/translate.h"

void emit_pointer(struct tr *t, enum reg rt, const void *p)
{
    li64(&t->c, rt, (uintptr_t)p);
}

void emit_jump(struct tr *t, const uint32_t *to)
{
    emit(&t->c, word_j(to));
    nop(&t->c);
}

/* --- marks ------------------------------------------------------------------------------------------- */

static bool grow(void **array, size_t *room, size_t need, size_t size)
{
    if (need <= *room) return true;
    size_t n = *room ? 2 * *room : 1024;
    void *p = realloc(*array, n * size);
    if (!p) return false;
    *array = p;
    *room = n;
    return true;
}

/* From here on the code implements record k. */
static bool mark(struct tr *t, unsigned k)
{
    struct jit *j = t->j;
    if (!grow((void **)&j->marks, &j->mark_room, j->mark_count + 1, sizeof *j->marks)) return false;
    j->marks[j->mark_count++] = (struct mark){(uint32_t)(t->c.at - j->mem.begin), (uint16_t)k};
    return true;
}

/* --- helpers and leaving ----------------------------------------------------------------------------- */

static void store_registers(struct code *c)
{
#define X(guest, host) sw(c, host, CPU_OFFSET(gpr[guest]), CPU);
    HOSTREGS(X)
#undef X
}

static void load_registers(struct code *c)
{
#define X(guest, host) lw(c, host, CPU_OFFSET(gpr[guest]), CPU);
    HOSTREGS(X)
#undef X
}

/* x87 register forms neither read nor write general registers. */
static bool leaves_registers(const struct insn *i)
{
    return op_info[i->op].group == GROUP_x87 && i->form != FORM_M && i->op != OP_FNSTSW_AX;
}

/* Calls the step engine's handler of record i. NULL from it: it trapped, the state is in struct cpu. */
static void emit_helper(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    bool light = leaves_registers(i);
    if (!light) store_registers(c);
    emit_pointer(t, T9, (const void *)(uintptr_t)sem_step(i));
    emit_pointer(t, A1, i);
    move(c, A0, CPU);
    jalr(c, T9);
    move(c, A2, GUEST_BASE);
    beq(c, V0, ZERO, light ? &t->leave_here : &t->leave_null);
    nop(c);
    if (!light) load_registers(c);
}

void emit_leave(struct tr *t, const struct insn *to)
{
    emit_pointer(t, EXIT_TO, to);
    emit_jump(t, t->j->leave);
}

/* --- exits ------------------------------------------------------------------------------------------- */

/* Where the two words lie that a chained edge turns into a jump; kept in the exit record. */
static void set_site(struct tr *t, struct insn *edge)
{
    edge->disp = (uint32_t)(t->c.at - t->j->mem.begin);
}

void emit_exit(struct tr *t, unsigned which, bool backward)
{
    struct insn *edge = &t->b->rec[t->b->records + which];
    struct label stop = {0};
    if (backward) {
        lw(&t->c, T9, CPU_OFFSET(poll), CPU);
        bne(&t->c, T9, ZERO, &stop);
        nop(&t->c);
    }
    set_site(t, edge);
    nop(&t->c); /* chained: j target */
    nop(&t->c);
    if (backward) bind_label(&t->c, &stop);
    emit_leave(t, edge);
}

/* --- the block --------------------------------------------------------------------------------------- */

static bool emit_native(struct tr *t, const struct insn *i, bool flags)
{
    bool stores = i->form == FORM_M || i->form == FORM_MR || i->form == FORM_MI || i->op == OP_PUSH;
    if (op_info[i->op].jit != JIT_NATIVE) return false;
    if (i->prefix & PFX_LOCK || (i->prefix & PFX_MISALIGNED && stores)) return false;
    switch (op_info[i->op].group) {
    case GROUP_alu: return emit_alu(t, i, flags);
    case GROUP_data: return emit_data(t, i, flags);
    case GROUP_shift: return emit_shift(t, i, flags);
    case GROUP_mul: return emit_mul(t, i, flags);
    case GROUP_stack: return emit_stack(t, i, flags);
    default: return false;
    }
}

static bool is_fusable(const struct insn *i)
{
    return (i->op == OP_CMP || i->op == OP_TEST) && !(i->prefix & PFX_LOCK);
}

static bool emit_block(struct tr *t)
{
    struct block *b = t->b;
    unsigned last = b->records - 1;
    for (unsigned k = 0; k < last; k++) {
        const struct insn *i = &b->rec[k];
        if (!mark(t, k)) return false;
        if (k + 1 == last && i[1].op == OP_JCC && is_fusable(i) &&
            emit_fused(t, i, op_info[i->op].writes & t->live[last]))
            return true;
        if (!emit_native(t, i, op_info[i->op].writes & t->live[k])) emit_helper(t, i);
    }
    if (!mark(t, last)) return false;
    emit_end(t, &b->rec[last]);
    return true;
}

static bool register_translation(struct tr *t, size_t marks_before)
{
    struct jit *j = t->j;
    if (!grow((void **)&j->translations, &j->translation_room, j->translation_count + 1,
              sizeof *j->translations))
        return false;
    j->translations[j->translation_count++] = (struct translation){
        .block = t->b,
        .first = (uint32_t)(t->c.begin - j->mem.begin),
        .end = (uint32_t)(t->c.at - j->mem.begin),
        .marks = (uint32_t)marks_before,
        .mark_count = (uint32_t)(j->mark_count - marks_before),
    };
    return true;
}

enum { LARGEST = 64 * 1024 / 4 }; /* words a translation may need: well within branch range */

/* A block of one record that the interpreter must run: its translation would only come back to itself. */
static bool is_pointless(const struct block *b)
{
    return b->records == 1 && !ends_natively(&b->rec[0]);
}

bool translate(struct jit *j, struct block *b)
{
    if (is_pointless(b)) return false;
    struct tr t = {.j = j, .b = b, .c = codemem_reserve(&j->mem, LARGEST)};
    if (!t.c.begin) return false;
    size_t marks_before = j->mark_count;
    lower_live(b, t.live);
    bool done = emit_block(&t);
    if (t.leave_null.uses) {
        bind_label(&t.c, &t.leave_null);
        emit_jump(&t, j->leave_clean);
    }
    if (t.leave_here.uses) {
        bind_label(&t.c, &t.leave_here);
        emit_jump(&t, j->leave);
    }
    if (!done || t.c.overflow || !register_translation(&t, marks_before)) {
        codemem_abort(&j->mem, &t.c);
        j->mark_count = marks_before;
        return false;
    }
    codemem_commit(&j->mem, &t.c);
    b->native = t.c.begin;
    return true;
}

/* --- trampolines ------------------------------------------------------------------------------------- */

static const uint8_t saved[] = {S0, S1, S2, S3, S4, S5, S6, S7, GP, CPU, RA};
enum { SAVED = sizeof saved, FRAME = (SAVED * 8 + 15) & ~15 };

static void emit_return(struct code *c)
{
    for (int k = 0; k < SAVED; k++)
        ld(c, saved[k], 8 * k, SP);
    jr(c, RA);
    daddiu(c, SP, SP, FRAME);
}

/* enter(cpu, base, native) and the ways out; all in one piece at the start of code memory. */
bool trampolines_new(struct jit *j)
{
    struct code c = codemem_reserve(&j->mem, LARGEST);
    j->enter = (enter_fn *)(uintptr_t)c.at;
    daddiu(&c, SP, SP, -FRAME);
    for (int k = 0; k < SAVED; k++)
        sd(&c, saved[k], 8 * k, SP);
    move(&c, CPU, A0);
    move(&c, GUEST_BASE, A1);
    load_registers(&c);
    jr(&c, A2);
    nop(&c);
    j->leave = c.at;
    store_registers(&c);
    j->leave_clean = c.at;
    emit_return(&c);
    if (c.overflow) return false;
    codemem_commit(&j->mem, &c);
    return true;
}
