/* Ways out of a translation: the jumps that chaining patches, the stubs of conditional ones, and what is done
 * before a jump: pending ESP, flags. Owns no link: those are edges.c's. */
#include <stdlib.h>
#include <string.h>

#include "jit/mips64/effects.h"
#include "jit/mips64/translate.h"

void emit_pointer(struct tr *t, enum reg rt, const void *p)
{
    li64(&t->c, rt, (uintptr_t)p);
}

uint32_t jump_word(const uint32_t *to, bool links)
{
    return links ? word_jal(to) : word_j(to);
}

/* --- state ------------------------------------------------------------------------------------------- */

/* What the block at eip does with the flags it is given. */
static void flag_needs(struct tr *t, int64_t eip, bool *read, bool *shown)
{
    const struct block *to = eip == ANYWHERE ? NULL : block_find(t->j->in, (gaddr)eip);
    *read = eip != ANYWHERE && flags_read_at(t->j->in, t->trace, (gaddr)eip) != 0;
    if (to && to->eager_flags) *read = true;
    *shown = eip == ANYWHERE || flags_shown_at(t->j->in, t->trace, (gaddr)eip) != 0;
}

/* A way out that leads elsewhere passes on what came with the entry. */
static void loop_is_left(struct tr *t)
{
    t->loop.flags_used |= t->flags.kind == RECIPE_ENTRY;
    t->loop.fip_used |= t->x87.fip_entry || t->flags.kind == RECIPE_ENTRY; /* ORIGIN is passed on as well */
}

/* Does a jump to eip come to this translation's own entry? */
static bool goes_round(const struct tr *t, gaddr eip)
{
    bool same = !t->has_x87 || (t->x87.known && t->x87.cw_known && x87_known_key(&t->x87) == t->key);
    if (t->sse != SSE_NONE && !t->sse_known) return false;
    return eip == t->trace->item[0].rec->eip && !t->in_memory && same && t->flags.kind != RECIPE_ENTRY;
}

static bool stays(const struct tr *t, const struct val *v)
{
    if (v->kind == VAL_NONE) return false; /* HI and LO */
    return v->kind != VAL_GUEST || (v->n / 4 != ESP && !(t->loop.written >> v->n / 4 & 1));
}

/* Are the flags the same at the next entry, without anything done? */
static bool flags_stay(const struct tr *t)
{
    if (!t->loop.back || t->loop.flags_used || t->flags.kind >= RECIPE_MUL) return false;
    return stays(t, &t->flags.x) && (t->flags.kind == RECIPE_LOGIC || stays(t, &t->flags.y));
}

bool exit_flags(struct tr *t, int64_t eip, struct recipe *r)
{
    bool read, shown;
    flag_needs(t, eip, &read, &shown);
    emit_sync_esp(t);
    t->keep = read || shown;
    t->reads_flags = t->shows_flags = false;
    values_settle(t);
    fcom_leave(t, shown || read);
    t->loop.carries = t->loop.back && xmm_loop_back(t);
    if (!t->loop.carries) xmm_leave(t);
    if (!t->loop.back) loop_is_left(t);
    x87_leave(t, t->loop.back && !t->loop.fip_used);
    if (t->flags.kind == RECIPE_ENTRY) {
        if (read) t->restart = true;
        *r = t->flags;
        return false;
    }
    if (read && !flags_to_memory(t)) return false;
    if (shown && flags_stay(t)) {
        *r = t->flags;
        return true;
    }
    *r = shown || read ? flags_to_registers(t, t->flags) : (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

struct site *new_site(struct tr *t, enum site_kind kind, struct insn *to, bool links, const struct recipe *r)
{
    struct site *s = calloc(1, sizeof *s);
    if (!s) {
        t->c.overflow = true; /* the translation is given up as a whole */
        return NULL;
    }
    s->word = (uint32_t)(t->c.at - t->j->mem.begin);
    s->kind = kind;
    s->links = links;
    s->flags = *r;
    s->x87_known = t->has_x87 && t->x87.known && t->x87.cw_known;
    s->x87_key = x87_known_key(&t->x87);
    s->fip_stale = t->x87.known && t->x87.fip_stale;
    s->fip = t->x87.fip;
    s->fip_entry = t->x87.known && t->x87.fip_entry;
    s->sse = t->sse_known ? t->sse : SSE_NONE;
    s->own = t->loop.back;
    s->again = t->loop.back && t->loop.carries;
    s->to = to;
    s->next_of = t->sites;
    t->sites = s;
    return s;
}

void site_cold(struct tr *t, struct site *s)
{
    if (s) s->cold = (uint32_t)(t->c.at - t->j->mem.begin);
}

/* --- leaving ------------------------------------------------------------------------------------------ */

void emit_leave(struct tr *t, const struct site *s)
{
    emit_pointer(t, A0, s);
    emit(&t->c, word_j(t->j->leave));
    nop(&t->c);
}

/* In the delay slot of a jump: a signal that wants control makes it fault. */
static void emit_poll(struct code *c)
{
    lw(c, AT, POLL_OFFSET, CPU);
}

void emit_poll_here(struct tr *t)
{
    state_mark(t);
    t->mark[t->marks - 1].polls = true;
    emit_poll(&t->c);
}

/* Not chained yet, its jump goes to the words after it, which leave. */
static struct site *leave_edge(struct tr *t, struct insn *edge, gaddr from)
{
    struct code *c = &t->c;
    struct recipe r;
    bool backward = edge->imm <= from;
    t->loop.back = goes_round(t, edge->imm);
    bool links = exit_flags(t, edge->imm, &r);
    exit_frames(t);
    uint32_t slot = backward ? 0 : slot_word(c, REG_BIT(RA));
    struct site *s = new_site(t, SITE_EDGE, edge, links, &r);
    emit(c, jump_word(c->at + 2, links));
    if (backward)
        emit_poll(c);
    else
        emit(c, slot);
    t->loop.back = false;
    site_cold(t, s);
    xmm_leave(t);
    emit_leave(t, s);
    count_site(t, s);
    return s;
}

void exit_after_return(struct tr *t, struct insn *edge)
{
    struct site *s = leave_edge(t, edge, UINT32_MAX);
    if (s) s->returns = true;
}

void exit_here(struct tr *t, struct item *it, unsigned which)
{
    leave_edge(t, &it->block->rec[it->block->records + which], it->rec->eip);
}

/* All registers are stored when a site leaves: nothing needs to move. */
static struct recipe flags_as_they_are(struct tr *t)
{
    return t->flags.kind >= RECIPE_MUL ? flags_to_registers(t, t->flags) : t->flags;
}

static struct site *leave_to_record(struct tr *t, struct insn *i)
{
    emit_sync_esp(t);
    t->keep = true;
    values_settle(t);
    fcom_leave(t, true);
    xmm_leave(t);
    x87_leave(t, false);
    struct recipe r = flags_as_they_are(t);
    struct site *s = new_site(t, SITE_RECORD, i, false, &r);
    emit_leave(t, s);
    return s;
}

void exit_here_to_record(struct tr *t, struct insn *i)
{
    leave_to_record(t, i);
}

static void leave_by_guard(struct tr *t, const struct stub *stub)
{
    struct site *s = leave_to_record(t, stub->to);
    if (!s) return;
    s->guard = stub->guard;
    s->seldom = stub->seldom;
    s->blame = stub->blame;
    s->last = stub->last;
    s->doubt = stub->doubt;
}

/* --- stubs ------------------------------------------------------------------------------------------- */

static struct label *new_stub(struct tr *t, enum stub_kind kind, struct insn *to, gaddr from)
{
    if (t->stubs == STUBS) {
        t->c.overflow = true;
        t->stubs--;
    }
    struct stub *s = &t->stub[t->stubs++];
    *s = (struct stub){.kind = kind, .to = to, .from = from, .item = (uint16_t)t->k};
    exit_state(t);
    if (kind == STUB_EDGE || kind == STUB_V0 || kind == STUB_ELSEWHERE) loop_is_left(t);
    return &s->label;
}

void exit_state(struct tr *t)
{
    struct stub *s = &t->stub[t->stubs - 1];
    s->flags = t->flags;
    s->esp = t->esp;
    s->frame = t->inside;
    s->x87 = t->x87;
    s->xmm = t->xmm;
    s->sse_known = t->sse_known;
    memcpy(s->wide, t->wide, sizeof s->wide);
    memcpy(s->value, t->value, sizeof s->value);
}

struct label *exit_aside(struct tr *t, struct item *it, unsigned which)
{
    return new_stub(t, STUB_EDGE, &it->block->rec[it->block->records + which], it->rec->eip);
}

struct label *exit_to_record(struct tr *t, struct insn *i)
{
    return new_stub(t, STUB_RECORD, i, 0);
}

struct label *exit_by_guard(struct tr *t)
{
    struct label *l = exit_to_record(t, t->trace->item[t->k].rec);
    struct stub *s = &t->stub[t->stubs - 1];
    s->guard = true;
    s->blame = s->last = (uint16_t)t->k;
    return l;
}

struct label *exit_to_other(struct tr *t)
{
    return new_stub(t, STUB_OTHER, NULL, 0);
}

struct label *exit_trap(struct tr *t, bool light)
{
    return new_stub(t, light ? STUB_TRAP_LIGHT : STUB_TRAP, NULL, 0);
}

struct label *exit_to_v0(struct tr *t)
{
    return new_stub(t, STUB_V0, NULL, 0);
}

struct label *exit_elsewhere(struct tr *t)
{
    return new_stub(t, STUB_ELSEWHERE, t->trace->item[t->k].rec, 0);
}

/* What a helper changed is in struct cpu already. */
static void leave_trap(struct tr *t, bool light)
{
    struct recipe r = {.kind = RECIPE_MEMORY};
    if (light) values_settle(t);
    emit_pointer(t, A0, new_site(t, SITE_TRAP, NULL, false, &r));
    emit(&t->c, word_j(light ? t->j->leave : t->j->leave_clean));
    nop(&t->c);
}

/* The state is as at the entry. */
static void leave_other(struct tr *t)
{
    struct site *s = new_site(t, SITE_OTHER, &t->trace->block[0]->rec[0], false, &t->flags);
    emit(&t->c, jump_word(t->c.at + 2, false));
    nop(&t->c);
    site_cold(t, s);
    emit_leave(t, s);
    count_site(t, s);
}

static void restore_state(struct tr *t, const struct stub *s)
{
    t->k = s->item;
    t->flags = s->flags;
    t->esp = s->esp;
    t->inside = s->frame;
    t->x87 = s->x87;
    t->xmm = s->xmm;
    t->sse_known = s->sse_known;
    memcpy(t->wide, s->wide, sizeof t->wide);
    memcpy(t->value, s->value, sizeof t->value);
}

/* An indirect jump to elsewhere than expected. When it has no more patience it leaves, to be run once more.
 */
static void leave_elsewhere(struct tr *t, struct stub *s)
{
    struct code *c = &t->c;
    struct item *it = &t->trace->item[s->item];
    struct label out = {0};
    int32_t patience = guess_patience(it->block);
    struct site *last = NULL;
    if (patience) {
        bind_label(c, &out);
        last = leave_to_record(t, it->rec);
        restore_state(t, s);
    }
    bind_label(c, &s->label);
    if (last) {
        last->guess = true;
        last->patience = patience;
        emit_pointer(t, A1, &last->patience);
        lw(c, A0, 0, A1);
        addiu(c, A0, A0, -1);
        bltz(c, A0, &out);
        sw(c, A0, 0, A1);
    }
    state_mark_afresh(t);
    emit_elsewhere(t, it);
}

/* Do both leave in the same way? Checks of one instruction mostly do. */
static bool leave_alike(const struct stub *a, const struct stub *b)
{
    return a->back && b->back && a->item == b->item && xmm_same_dirty(&a->xmm, &b->xmm) &&
           recipe_same(&a->flags, &b->flags) && a->esp == b->esp &&
           !memcmp(a->value, b->value, sizeof a->value);
}

/* A check of values: a zero may go back, all else leaves, together with the stub before if that does the
 * same. */
static void leave_by_check(struct tr *t, struct stub *s, const struct stub *before)
{
    struct code *c = &t->c;
    sse_zero_back(t, s);
    if (before && leave_alike(s, before)) {
        struct label out = {.bound = before->leaves};
        beq(c, ZERO, ZERO, &out);
        nop(c);
        s->leaves = before->leaves;
    } else {
        s->leaves = c->at;
        leave_by_guard(t, s);
    }
}

void exits_finish(struct tr *t)
{
    for (unsigned k = 0; k < t->stubs; k++) {
        struct stub *s = &t->stub[k];
        restore_state(t, s);
        if (s->kind == STUB_ELSEWHERE) {
            leave_elsewhere(t, s);
            continue;
        }
        bind_label(&t->c, &s->label);
        switch (s->kind) {
        case STUB_EDGE: leave_edge(t, s->to, s->from); break;
        case STUB_TRAP:
        case STUB_TRAP_LIGHT: leave_trap(t, s->kind == STUB_TRAP_LIGHT); break;
        case STUB_OTHER: leave_other(t); break;
        case STUB_RECORD:
            if (s->back)
                leave_by_check(t, s, k ? s - 1 : NULL);
            else
                leave_by_guard(t, s);
            break;
        case STUB_V0:
            move(&t->c, V1, V0);
            exit_indirect(t, V1);
            break;
        }
    }
}

/* --- calls inside the trace ---------------------------------------------------------------------------- */

/* Where the call returns to: entered from a return with ORIGIN set. What was known of the x87 and of MXCSR at
 * the call the callee may have changed. */
void emit_landing(struct tr *t, struct item *call)
{
    struct recipe entry = {.kind = RECIPE_ENTRY};
    struct insn *edge = &call->block->rec[call->block->records + EXIT_FALL];
    struct site *s = new_site(t, SITE_LANDING, edge, false, &entry);
    if (s) {
        s->x87_known = s->fip_stale = s->fip_entry = false;
        s->sse = SSE_NONE;
    }
    emit(&t->c, jump_word(t->c.at + 2, false));
    nop(&t->c);
    site_cold(t, s);
    emit_leave(t, s);
    count_site(t, s);
}

/* Outermost first. */
static void tell_frame(struct tr *t, const struct frame *f)
{
    struct code *c = &t->c;
    if (!f) return;
    tell_frame(t, f->outer);
    daddiu(c, RING, RING, -(int)sizeof(struct ring_entry));
    li(c, V0, (int32_t)insn_next_eip(f->call->rec));
    sd(c, V0, offsetof(struct ring_entry, eip), RING);
    emit_pointer(t, V0, f->landing);
    sd(c, V0, offsetof(struct ring_entry, code), RING);
}

void exit_frames(struct tr *t)
{
    tell_frame(t, t->inside);
}

/* --- indirect ---------------------------------------------------------------------------------------- */

void emit_jump_lookup(struct tr *t, enum reg to, struct label *miss)
{
    struct code *c = &t->c;
    ld(c, SCRATCH, CPU_OFFSET(jit.jumps), CPU);
    dins(c, SCRATCH, to, JUMP_ENTRY_BITS, JUMP_BITS);
    ld(c, A1, offsetof(struct jump_entry, eip), SCRATCH);
    bne(c, A1, to, miss);
    ld(c, A0, offsetof(struct jump_entry, code), SCRATCH);
}

/* Goes on at a guest address that is not in the table. */
void leave_away(struct tr *t, enum reg to, const struct recipe *r)
{
    sw(&t->c, to, CPU_OFFSET(eip), CPU);
    emit_leave(t, new_site(t, SITE_AWAY, NULL, false, r));
}

void exit_indirect(struct tr *t, enum reg to)
{
    struct code *c = &t->c;
    struct recipe r;
    struct label miss = {0};
    bool links = exit_flags(t, ANYWHERE, &r);
    emit_jump_lookup(t, to, &miss);
    struct site *s = new_site(t, SITE_AWAY, NULL, links, &r);
    if (s) s->target = to;
    if (links)
        jalr(c, A0);
    else
        jr(c, A0);
    emit_poll(c);
    bind_label(c, &miss);
    leave_away(t, to, &r);
}
