/* Traces: which blocks a translation is made of, and which flags matter where. Owns the choice only; what the
 * blocks become is the emitters'. */
#include "jit/mips64/trace.h"

/* --- the choice -------------------------------------------------------------------------------------- */

enum { INLINE_DEPTH = 6, COPIES = 16 };

struct builder {
    struct interp *in;
    struct trace *t;
    gaddr returns[INLINE_DEPTH]; /* of the calls we are in */
    unsigned depth;
    unsigned copied; /* instructions of blocks that are translated already */
};

bool ends_natively(const struct insn *i)
{
    if (i->op == OP_FALL) return true;
    if (i->size == S16 || i->prefix & (PFX_SEG & ~PFX_MISALIGNED)) return false;
    if (i->op == OP_RET_IMM && i->imm > 8192) return false; /* ESP's offset has 16 bits, with a sign */
    switch (i->op) {
    case OP_JCC:
    case OP_JMP:
    case OP_CALL:
    case OP_CALL_IND:
    case OP_JMP_IND:
    case OP_RET:
    case OP_RET_IMM:
    case OP_LOOP:
    case OP_LOOPE:
    case OP_LOOPNE:
    case OP_JECXZ: return true;
    default: return false;
    }
}

static bool in_trace(const struct trace *t, const struct block *b)
{
    for (unsigned k = 0; k < t->blocks; k++)
        if (t->block[k] == b) return true;
    return false;
}

static void add(struct trace *t, struct block *b, unsigned record, unsigned role)
{
    t->item[t->count++] = (struct item){.rec = &b->rec[record], .block = b, .role = role};
}

static bool has_room(const struct trace *t, const struct block *b)
{
    return t->blocks < TRACE_BLOCKS && t->count + b->records <= TRACE_RECORDS &&
           t->insns + b->insns <= TRACE_INSNS;
}

/* The block at eip if the trace should run on into it. */
static struct block *next_block(struct builder *g, gaddr eip)
{
    struct block *b = block_expected(g->in, eip);
    if (!b || b->alone || block_executions(b) == 0 || in_trace(g->t, b) || !has_room(g->t, b)) return NULL;
    if (!block_may_translate(g->in, b) || !interp_links(g->in)) return NULL;
    return guess_wants_more(b) ? NULL : b;
}

/* The same where only one way leads on: a few instructions are translated once more rather than jumped to. */
static struct block *only_block(struct builder *g, gaddr eip)
{
    struct block *b = next_block(g, eip);
    if (!b || !b->native) return b;
    if (g->copied + b->insns > COPIES) return NULL;
    g->copied += b->insns;
    return b;
}

/* Where there is another way too: not if there is code for it already. */
static struct block *likely_block(struct builder *g, gaddr eip)
{
    struct block *b = next_block(g, eip);
    return b && b->native && g->depth == 0 ? NULL : b;
}

/* Of the two ways on from a conditional jump the one that ran more often; by default not the way back. */
static bool prefers_taken(struct builder *g, const struct insn *jump)
{
    struct block *taken = block_expected(g->in, jump->imm),
                 *fall = block_expected(g->in, insn_next_eip(jump));
    uint32_t t = taken ? block_executions(taken) : 0, f = fall ? block_executions(fall) : 0;
    if (t == f) return false;
    return t > f;
}

/* An indirect jump leads on if it is known where it mostly goes. A call saves more than a jump by that. */
static struct block *follow_guess(struct builder *g, struct item *it)
{
    struct block *next = NULL;
    gaddr to;
    enum guess sure = guess_jump(it->block, &to);
    bool call = it->rec->op == OP_CALL_IND;
    if (call && sure >= GUESS_MAYBE && g->depth < INLINE_DEPTH) next = only_block(g, to);
    if (!call && sure >= GUESS_LIKELY) next = only_block(g, to);
    it->guess = next || sure == GUESS_SURE;
    if (!next) return NULL;
    it->role = call ? ROLE_INTO : ROLE_GUESS;
    if (call) g->returns[g->depth++] = insn_next_eip(it->rec);
    return next;
}

/* Decides how the trace goes on from the last item; NULL: it ends there. */
static struct block *follow(struct builder *g)
{
    struct item *it = &g->t->item[g->t->count - 1];
    const struct insn *i = it->rec;
    struct block *next;
    it->role = ROLE_END;
    switch (ends_natively(i) ? i->op : OP_EXIT) {
    case OP_JMP:
    case OP_FALL:
        next = only_block(g, i->imm);
        if (next) it->role = ROLE_FOLLOW;
        return next;
    case OP_JCC:
        it->taken = prefers_taken(g, i);
        if ((it->taken ? i->imm : insn_next_eip(i)) == g->t->block[0]->eip) return NULL; /* a loop */
        next = likely_block(g, it->taken ? i->imm : insn_next_eip(i));
        if (!next) {
            it->taken = !it->taken;
            next = likely_block(g, it->taken ? i->imm : insn_next_eip(i));
        }
        if (next)
            it->role = ROLE_BRANCH;
        else
            it->taken = !it->taken;
        return next;
    case OP_CALL:
        next = g->depth < INLINE_DEPTH ? only_block(g, i->imm) : NULL;
        if (next) {
            it->role = ROLE_INTO;
            g->returns[g->depth++] = insn_next_eip(i);
            return next;
        }
        return NULL;
    case OP_CALL_IND:
    case OP_JMP_IND: return follow_guess(g, it);
    case OP_RET:
    case OP_RET_IMM:
        if (g->depth == 0) return NULL;
        it->expect = g->returns[g->depth - 1];
        next = next_block(g, it->expect);
        if (!next) return NULL;
        g->depth--;
        it->role = ROLE_BACK;
        return next;
    default: return NULL;
    }
}

/* Not a call or a return: no loop is closed by these alone. */
static bool jumps(const struct item *last)
{
    return last->role == ROLE_FOLLOW || last->role == ROLE_BRANCH || last->role == ROLE_GUESS;
}

void trace_build(struct interp *in, struct block *b, struct trace *t)
{
    struct builder g = {.in = in, .t = t};
    t->count = t->blocks = t->insns = t->depends = 0;
    bool back = false;
    while (b) {
        bool first = t->count == 0;
        t->block[t->blocks++] = b;
        t->insns += b->insns;
        unsigned begin = t->count;
        for (unsigned k = 0; k < b->records; k++)
            add(t, b, k, ROLE_PLAIN);
        t->item[begin].loops = back;
        if (first) t->item[0].entry = true;
        struct block *next = follow(&g);
        back = next && next->eip <= b->eip && jumps(&t->item[t->count - 1]);
        b = next;
    }
}

/* --- flags ------------------------------------------------------------------------------------------- */

enum { LOOK_AHEAD = 4 };

/* To leave a flag alone is no use of it. */
static unsigned reads(const struct insn *i)
{
    switch (i->op) {
    case OP_RCL:
    case OP_RCR:
    case OP_CMC: return FL_CF;
    case OP_INC:
    case OP_DEC:
    case OP_SAHF:
    case OP_CMPXCHG8B: return 0;
    default: break;
    }
    switch (op_info[i->op].group) {
    case GROUP_shift:
    case GROUP_mul:
    case GROUP_str: return 0;
    case GROUP_bit: return i->op == OP_SALC ? FL_CF : 0;
    default: return lower_reads_flags(i);
    }
}

/* May the count be 0? */
static bool may_shift_nothing(const struct insn *i)
{
    if (i->op == OP_SHLD_CL || i->op == OP_SHRD_CL) return true;
    if (i->op == OP_RCL || i->op == OP_RCR) return i->form == FORM_RR || i->form == FORM_MR || i->imm != 1;
    if (i->op != OP_SHLD && i->op != OP_SHRD && (i->form == FORM_RR || i->form == FORM_MR)) return true;
    return (i->imm & 31) == 0;
}

/* May it leave the flags alone that it writes? */
static bool may_keep(const struct insn *i)
{
    switch (op_info[i->op].group) {
    case GROUP_shift: return may_shift_nothing(i);
    case GROUP_mul: return i->op == OP_DIV || i->op == OP_IDIV;
    case GROUP_str: return i->prefix & (PFX_REP | PFX_REPNE);
    default: return false;
    }
}

unsigned flags_replaced(const struct insn *i)
{
    return may_keep(i) ? 0 : op_info[i->op].writes;
}

/* Notes that the translation is wrong when b changes. */
static bool depend_on(struct trace *t, struct block *b)
{
    for (unsigned k = 0; k < t->depends; k++)
        if (t->depend[k] == b) return true;
    if (t->depends == TRACE_DEPENDS) return false;
    t->depend[t->depends++] = b;
    return true;
}

/* Walks the records at eip: which of `live` are read (or, `shown`: may be seen at a fault or an unknown
 * successor) before they are overwritten? */
static unsigned live_at(struct interp *in, struct trace *t, gaddr eip, unsigned live, bool shown, int depth)
{
    unsigned found = 0;
    struct block *b = depth == LOOK_AHEAD ? block_get(in, eip) : block_find(in, eip);
    if (!b || b->alone || !depend_on(t, b)) return live;
    const struct insn *i = b->rec;
    for (unsigned k = 0; k < b->records && live; k++, i++) {
        if (shown && lower_shows_flags(i)) return found | live;
        found |= live & reads(i);
        live &= ~flags_replaced(i);
    }
    if (!live) return found;
    const struct insn *last = &b->rec[b->records - 1];
    if (!(op_info[last->op].traits & DIRECT)) return shown ? found | live : found;
    if (depth == 0) return shown ? found | live : found;
    found |= live_at(in, t, last->imm, live, shown, depth - 1);
    if (op_info[last->op].traits & COND && last->op != OP_CALL)
        found |= live_at(in, t, insn_next_eip(last), live, shown, depth - 1);
    return found;
}

unsigned flags_read_at(struct interp *in, struct trace *t, gaddr eip)
{
    return live_at(in, t, eip, FL_ARITH, false, LOOK_AHEAD);
}

unsigned flags_shown_at(struct interp *in, struct trace *t, gaddr eip)
{
    return live_at(in, t, eip, FL_ARITH, true, LOOK_AHEAD);
}

/* Flags read at the way out of an item, other than to the next one. */
static unsigned read_aside(struct interp *in, struct trace *t, const struct item *it)
{
    const struct insn *i = it->rec;
    switch (it->role) {
    case ROLE_BRANCH: return flags_read_at(in, t, it->taken ? insn_next_eip(i) : i->imm);
    case ROLE_END:
        if (!ends_natively(i)) return FL_ARITH;
        if (it->guess) return flags_read_at(in, t, it->block->rec[it->block->records + EXIT_TAKEN].imm);
        if (it->expect) return flags_read_at(in, t, it->expect);
        if (!(op_info[i->op].traits & DIRECT)) return 0;
        if (i->op == OP_CALL || !(op_info[i->op].traits & COND)) return flags_read_at(in, t, i->imm);
        return flags_read_at(in, t, i->imm) | flags_read_at(in, t, insn_next_eip(i));
    case ROLE_CALL: return i->op == OP_CALL ? flags_read_at(in, t, i->imm) : 0;
    default: return 0;
    }
}

void trace_liveness(struct interp *in, struct trace *t)
{
    unsigned real = 0, shown = FL_ARITH;
    for (unsigned k = t->count; k-- > 0;) {
        struct item *it = &t->item[k];
        bool ends = it->role == ROLE_END || it->role == ROLE_CALL;
        if (ends) real = 0, shown = FL_ARITH;
        if (ends || it->role == ROLE_BRANCH) {
            real |= read_aside(in, t, it);
            shown = FL_ARITH;
        }
        it->real = (uint16_t)real;
        it->shown = (uint16_t)shown;
        unsigned replaced = flags_replaced(it->rec);
        real = (real & ~replaced) | reads(it->rec);
        bool leaves = it->loops || it->guess || it->expect;
        shown = lower_shows_flags(it->rec) || leaves ? FL_ARITH : shown & ~replaced;
    }
}
