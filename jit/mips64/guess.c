/* Guesses: where an indirect jump is expected to go, by where it went while it was interpreted. What tests
 * for that is in the translation (emit_ctl.c). Owns block->guess. */
#include "jit/mips64/jit.h"
#include "jit/mips64/trace.h"

enum { MOST_WRONG = 2, PATIENCE = 1000, ENOUGH = 16 };

/* A majority's votes are what it has more than all others together. */
static enum guess sureness(const struct jump_votes *w)
{
    if (w->votes * 8 >= w->jumps * 7) return GUESS_SURE;
    if (w->jumps < ENOUGH) return GUESS_NONE;
    if (w->votes * 2 >= w->jumps) return GUESS_LIKELY;
    return w->votes * 4 >= w->jumps ? GUESS_MAYBE : GUESS_NONE;
}

enum guess guess_jump(struct block *b, gaddr *to)
{
    struct insn *taken = &b->rec[b->records + EXIT_TAKEN];
    if (!b->translations) {
        b->guess = b->went.jumps ? sureness(&b->went) : GUESS_NONE;
        taken->imm = b->went.to;
    }
    *to = taken->imm;
    return b->guess;
}

bool guess_wants_more(const struct block *b)
{
    return b->wrong_guesses && b->went.jumps < ENOUGH;
}

int32_t guess_patience(const struct block *b)
{
    return b->wrong_guesses == 0 ? PATIENCE : b->wrong_guesses < MOST_WRONG ? 8 * PATIENCE : 0;
}

/* The jump is observed again before it is translated again. */
void guess_failed(struct jit *j, const struct site *s)
{
    struct block *b = block_of(s->to);
    report_deopt(j, s->to->eip, DEOPT_GUESS);
    b->wrong_guesses++;
    b->went = (struct jump_votes){0};
    while (b->translations)
        translation_again(j, ((struct member *)b->translations)->of);
    block_count(j->in, b);
    jit_forget_jumps(j);
}
