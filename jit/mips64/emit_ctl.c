/* Emitters of what ends a guest block: jumps, calls, returns. */
#include "jit/mips64/effects.h"
#include "jit/mips64/translate.h"

static unsigned other_way(const struct item *it)
{
    return it->taken ? EXIT_FALL : EXIT_TAKEN;
}

static int count_bits(const struct insn *i)
{
    return i->prefix & PFX_A16 ? 16 : 32;
}

/* A register that is 0 if the new count is. */
static enum reg count_down(struct tr *t, const struct insn *i)
{
    enum reg r = emit_out(t, V1, 4 * ECX, count_bits(i));
    addiu(&t->c, r, hostreg(ECX), -1);
    emit_put(t, 4 * ECX, r, count_bits(i));
    return emit_get_zx(t, V1, 4 * ECX, count_bits(i));
}

/* Branches to `to` if the conditional jump is taken (or, `taken` false, if it is not). */
static bool branch_way(struct tr *t, const struct insn *i, bool taken, struct label *to)
{
    struct code *c = &t->c;
    uint32_t slot;
    enum reg r;
    if (i->op != OP_JCC) value_settle(t, ECX);
    switch (i->op) {
    case OP_JCC: return emit_condition(t, taken ? i->aux : i->aux ^ 1, to);
    case OP_JECXZ:
        r = emit_get_zx(t, V1, 4 * ECX, count_bits(i));
        slot = slot_word(c, REG_BIT(r));
        (taken ? beq : bne)(c, r, ZERO, to);
        emit(c, slot);
        return true;
    case OP_LOOP:
        r = count_down(t, i);
        (taken ? bne : beq)(c, r, ZERO, to);
        nop(c);
        return true;
    default: /* LOOPE, LOOPNE: the flags may follow from ECX */
        if (!emit_truth(t, A0, i->op == OP_LOOPE ? CC_E : CC_NE, false)) return false;
        r = count_down(t, i);
        movz(c, A0, ZERO, r);
        (taken ? bne : beq)(c, A0, ZERO, to);
        nop(c);
        return true;
    }
}

/* Which way a conditional jump goes, if that is known; else false. */
static bool is_decided(const struct tr *t, const struct item *it, bool *taken)
{
    return it->rec->op == OP_JCC && condition_is_known(t, it->rec->aux, taken);
}

/* One way leads on, the other leaves. */
static void emit_branch_item(struct tr *t, struct item *it)
{
    bool taken;
    if (is_decided(t, it, &taken)) {
        if (taken != it->taken) exit_here(t, it, other_way(it)); /* the items that follow never run */
        return;
    }
    struct label *aside = exit_aside(t, it, other_way(it));
    if (branch_way(t, it->rec, !it->taken, aside)) exit_state(t);
}

/* Both ways leave. */
static void emit_last_branch(struct tr *t, struct item *it)
{
    bool taken;
    if (is_decided(t, it, &taken)) {
        exit_here(t, it, taken ? EXIT_TAKEN : EXIT_FALL);
        return;
    }
    struct label *aside = exit_aside(t, it, other_way(it));
    if (!branch_way(t, it->rec, !it->taken, aside)) return;
    exit_state(t);
    exit_here(t, it, it->taken ? EXIT_TAKEN : EXIT_FALL);
}

/* --- calls ------------------------------------------------------------------------------------------- */

/* V0 = return address, pushed. */
static void push_return(struct tr *t, const struct insn *i)
{
    li(&t->c, V0, (int32_t)insn_next_eip(i));
    emit_store(t, i, V0, emit_stack_slot(t, -4), 32);
    t->esp -= 4;
}

/* The return prediction's new entry, but for where the code returns to: the call's delay slot stores RA. V0
 * is the return address, unless frames were told of since. */
static void push_ring(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (t->inside) li(c, V0, (int32_t)insn_next_eip(i));
    daddiu(c, RING, RING, -(int)sizeof(struct ring_entry));
    sd(c, V0, offsetof(struct ring_entry, eip), RING);
}

static void store_ra(struct tr *t)
{
    sd(&t->c, RA, offsetof(struct ring_entry, code), RING);
}

static struct frame *frame_of(struct tr *t, const struct item *call)
{
    struct frame *f = t->frame;
    while (f->call != call)
        f++;
    return f;
}

/* A jump that does not link, because the flags are still those of ORIGIN: the return prediction is given the
 * landing before the entry. */
static void push_ring_unlinked(struct tr *t, struct item *it)
{
    push_ring(t, it->rec);
    emit_pointer(t, V0, frame_of(t, it)->landing);
    sd(&t->c, V0, offsetof(struct ring_entry, code), RING);
}

static void emit_call(struct tr *t, struct item *it)
{
    struct code *c = &t->c;
    struct recipe r;
    struct insn *edge = &it->block->rec[it->block->records + EXIT_TAKEN];
    push_return(t, it->rec);
    bool links = exit_flags(t, edge->imm, &r);
    exit_frames(t);
    if (!links) {
        push_ring_unlinked(t, it);
        struct site *s = new_site(t, SITE_EDGE, edge, false, &r);
        emit(c, jump_word(c->at + 2, false));
        nop(c);
        site_cold(t, s);
        emit_leave(t, s);
        count_site(t, s);
        return;
    }
    push_ring(t, it->rec);
    struct site *s = new_site(t, SITE_EDGE, edge, true, &r);
    uint32_t *jump = c->at;
    emit(c, 0);
    store_ra(t);
    emit_landing(t, it);
    if (!c->overflow) *jump = word_jal(c->at);
    site_cold(t, s);
    emit_leave(t, s);
    count_site(t, s);
}

/* The target of an indirect jump or call: in rd, if it comes from memory or is ESP; else where it stays. */
static enum reg indirect_target(struct tr *t, const struct insn *i, enum reg rd)
{
    if (i->form != FORM_M) {
        value_settle(t, i->dst / 4);
        return emit_get(t, rd, i->dst, 32);
    }
    emit_load_operand(t, i, rd, 32, true);
    return rd;
}

static void call_indirect(struct tr *t, struct item *it, enum reg to)
{
    struct code *c = &t->c;
    struct recipe r;
    struct label miss = {0};
    push_return(t, it->rec);
    bool links = exit_flags(t, ANYWHERE, &r);
    exit_frames(t);
    if (links)
        push_ring(t, it->rec);
    else
        push_ring_unlinked(t, it);
    emit_jump_lookup(t, to, &miss);
    if (links) {
        new_site(t, SITE_AWAY, NULL, true, &r);
        jalr(c, A0);
        store_ra(t);
        emit_landing(t, it);
    } else {
        jr(c, A0);
        nop(c);
    }
    bind_label(c, &miss);
    daddiu(c, RING, RING, sizeof(struct ring_entry)); /* its entry was not completed */
    leave_away(t, to, &r);
}

/* --- guesses ----------------------------------------------------------------------------------------- */

/* Goes on where the indirect jump is expected to go. */
static void emit_guess(struct tr *t, struct item *it)
{
    struct code *c = &t->c;
    uint32_t expected = it->block->rec[it->block->records + EXIT_TAKEN].imm;
    struct label *other = exit_elsewhere(t);
    enum reg to = indirect_target(t, it->rec, V0), k = emit_word(t, expected);
    uint32_t slot = slot_word(c, REG_BIT(to) | REG_BIT(k));
    bne(c, to, k, other);
    exit_state(t);
    emit(c, slot);
    if (!slot) slot_open(c);
}

void emit_elsewhere(struct tr *t, struct item *it)
{
    enum reg to = V1;
    if (it->rec->form == FORM_M)
        move(&t->c, V1, V0);
    else
        to = indirect_target(t, it->rec, V1);
    if (it->rec->op == OP_CALL_IND)
        call_indirect(t, it, to);
    else
        exit_indirect(t, to);
}

/* --- returns ----------------------------------------------------------------------------------------- */

static int32_t popped(const struct insn *i)
{
    return 4 + (i->op == OP_RET_IMM ? (int32_t)i->imm : 0);
}

static void emit_return(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct recipe r;
    struct label miss = {0};
    emit_load(t, i, V1, emit_stack_slot(t, 0), 32, true);
    t->esp += popped(i);
    if (t->esp > 32000) emit_sync_esp(t);
    bool links = exit_flags(t, ANYWHERE, &r);
    exit_frames(t); /* only if it returns to elsewhere than its call */
    ld(c, V0, offsetof(struct ring_entry, eip), RING);
    bne(c, V0, V1, &miss);
    ld(c, A0, offsetof(struct ring_entry, code), RING);
    if (links) {
        new_site(t, SITE_AWAY, NULL, true, &r);
        jalr(c, A0);
    } else {
        jr(c, A0);
    }
    daddiu(c, RING, RING, sizeof(struct ring_entry));
    bind_label(c, &miss);
    ld(c, RING, CPU_OFFSET(jit.ring_top), CPU); /* what is there is of no use any more */
    t->flags = r;
    exit_indirect(t, V1);
}

/* A call whose callee follows. */
static void emit_into(struct tr *t, struct item *it)
{
    struct frame *f = frame_of(t, it);
    if (it->guess) emit_guess(t, it);
    emit_store(t, it->rec, emit_word(t, insn_next_eip(it->rec)), emit_stack_slot(t, -4), 32);
    t->esp -= 4;
    f->outer = t->inside;
    t->inside = f;
}

/* A return whose call is in the trace: what follows is where it goes. */
static void emit_return_inside(struct tr *t, struct item *it)
{
    struct code *c = &t->c;
    emit_load(t, it->rec, V0, emit_stack_slot(t, 0), 32, true);
    t->esp += popped(it->rec);
    if (t->esp > 16384) emit_sync_esp(t);
    t->inside = t->inside->outer;
    struct label *other = exit_to_v0(t);
    bne(c, V0, emit_word(t, it->expect), other);
    nop(c);
    slot_open(c);
}

/* The same where the trace ends: often it goes to its beginning. */
static void emit_return_edge(struct tr *t, struct item *it)
{
    const struct item *call = t->inside->call;
    emit_return_inside(t, it);
    exit_after_return(t, &call->block->rec[call->block->records + EXIT_FALL]);
}

/* --- the end ----------------------------------------------------------------------------------------- */

static void emit_end(struct tr *t, struct item *it)
{
    struct insn *i = it->rec;
    if (!ends_natively(i)) {
        exit_here_to_record(t, i);
        return;
    }
    switch (i->op) {
    case OP_JCC:
    case OP_JECXZ:
    case OP_LOOP:
    case OP_LOOPE:
    case OP_LOOPNE: emit_last_branch(t, it); break;
    case OP_CALL: emit_call(t, it); break;
    case OP_CALL_IND:
        if (!it->guess)
            call_indirect(t, it, indirect_target(t, i, V1));
        else
            emit_guess(t, it), emit_call(t, it);
        break;
    case OP_JMP_IND:
        if (!it->guess)
            exit_indirect(t, indirect_target(t, i, V1));
        else
            emit_guess(t, it), exit_here(t, it, EXIT_TAKEN);
        break;
    case OP_RET:
    case OP_RET_IMM:
        if (it->expect)
            emit_return_edge(t, it);
        else
            emit_return(t, i);
        break;
    default: exit_here(t, it, EXIT_TAKEN); break;
    }
}

void emit_ctl(struct tr *t, struct item *it)
{
    switch (it->role) {
    case ROLE_FOLLOW: break;
    case ROLE_BRANCH: emit_branch_item(t, it); break;
    case ROLE_GUESS: emit_guess(t, it); break;
    case ROLE_INTO: emit_into(t, it); break;
    case ROLE_BACK: emit_return_inside(t, it); break;
    default: emit_end(t, it); break;
    }
}
