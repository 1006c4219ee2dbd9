/* Heat: counts how often blocks are entered and tells the translator of those that become hot. Owns the
 * countdown. It begins when a block is optimized: before that nothing links to it, so each entry is a visit.
 * While it runs, a block's first record has the counting handler below: all entries, also those of a loop's
 * next iteration, go through it. When it is over, that record has the translator's handler, or its own: a
 * settled block costs nothing. */
#include "interp/engine_fast.h"

#include "interp/block.h"

enum { SETBACKS = 16 }; /* then a block stays interpreted */

bool block_may_translate(const struct interp *in, const struct block *b)
{
    return !in->opt.may_translate || in->opt.may_translate(in->opt.may_translate_ctx, b->eip, b->bytes);
}

/* For a profile: counts for ever. */
HANDLER(count_fact)
{
    struct block *b = block_of_first(i);
    b->fact->interpreted++;
    RUN_AS(b->first_fn);
}

void block_interpret(struct block *b)
{
    insn_set_fn(&b->rec[0], b->fact ? count_fact : b->first_fn);
}

bool block_is_settled(const struct block *b)
{
    return b->rec[0].fn == (b->fact ? count_fact : b->first_fn);
}

void block_set_first(struct block *b, handler_fn *fn)
{
    if (b->rec[0].fn == b->first_fn) insn_set_fn(&b->rec[0], fn);
    b->first_fn = fn;
}

static void settle(struct block *b)
{
    b->counted = block_executions(b);
    b->countdown = 0;
    block_interpret(b);
}

static void ask(struct interp *in, struct block *b)
{
    if (!block_may_translate(in, b)) {
        in->stats.excluded++;
        settle(b);
        return;
    }
    in->stats.hot++;
    optimize_block(in, b);
    in->hooks.hot(in->hooks.self, b);
    if (!b->native && !b->countdown) settle(b);
}

/* The block's countdown is over: it goes on as the translator has it. A handler of its own, so that the other
 * one has nothing to save. */
__attribute__((noinline)) HANDLER(promote)
{
    if (turn_is_inside(cpu)) {
        cpu->edge = NULL;
        LEAVE(LOOKUP, i->eip);
    }
    ask(cpu->interp, block_of_first(i));
    DISPATCH(i);
}

/* Threads may count at once: an entry may get lost, the end does not. */
static inline bool is_last_entry(struct block *b)
{
    uint32_t left = __atomic_load_n(&b->countdown, __ATOMIC_RELAXED);
    if (left) left--;
    __atomic_store_n(&b->countdown, left, __ATOMIC_RELAXED);
    return left == 0;
}

HANDLER(count_entry)
{
    struct block *b = block_of_first(i);
    if (UNLIKELY(is_last_entry(b))) RUN_AS(promote);
    RUN_AS(b->first_fn);
}

HANDLER(count_both)
{
    struct block *b = block_of_first(i);
    if (UNLIKELY(is_last_entry(b))) RUN_AS(promote);
    b->fact->interpreted++;
    RUN_AS(b->first_fn);
}

static bool is_counting(const struct block *b)
{
    return b->rec[0].fn == count_entry || b->rec[0].fn == count_both;
}

void block_ask_if_due(struct interp *in, struct block *b)
{
    if (block_is_counted_out(b) && is_counting(b)) ask(in, b);
}

static bool loops(const struct block *b)
{
    const struct insn *last = &b->rec[b->records - 1];
    return op_info[last->op].traits & DIRECT && last->imm == b->eip;
}

void block_count(struct interp *in, struct block *b)
{
    if (!in->hooks.hot) return;
    uint64_t n = (uint64_t)(loops(b) ? in->opt.hot_loop : in->opt.hot) << b->setbacks;
    if (n > UINT32_MAX / 2) n = UINT32_MAX / 2;
    uint32_t seen = b->counted || !b->visits ? 0 : b->visits - 1; /* the last one is just beginning */
    if (n <= seen) n = seen + 1;
    b->counted = (b->counted ? block_executions(b) : 0) + (uint32_t)n;
    b->countdown = (uint32_t)n - seen;
    insn_set_fn(&b->rec[0], b->fact ? count_both : count_entry);
}

void block_set_back(struct interp *in, struct block *b)
{
    if (b->setbacks < SETBACKS) {
        b->setbacks++;
        block_count(in, b);
    } else {
        settle(b);
    }
}
