/* A trace: the guest blocks that one translation is made of, in the order they are expected to run. */
#ifndef JIT_MIPS64_TRACE_H
#define JIT_MIPS64_TRACE_H

#include "interp/block.h"

enum { TRACE_RECORDS = 400, TRACE_BLOCKS = 40, TRACE_INSNS = 160, TRACE_DEPENDS = 256 };

/* What a record is to the trace. */
enum role {
    ROLE_PLAIN,  /* runs, and the next item follows */
    ROLE_FOLLOW, /* a jump whose target is the next item: nothing to do */
    ROLE_BRANCH, /* a conditional jump; one way leads on, the other leaves */
    ROLE_GUESS,  /* an indirect jump; it leads on if it goes where it is expected to */
    ROLE_INTO,   /* a call whose callee is the next item */
    ROLE_BACK,   /* a return to the next item, if it is to item.expect */
    ROLE_CALL,   /* a call; the next item is where it returns to, and begins afresh */
    ROLE_END,    /* leaves in all cases */
};

struct item {
    struct insn *rec;
    struct block *block;
    uint8_t role;
    bool taken;     /* of a conditional jump: the taken way is the likely one, in ROLE_BRANCH the way on */
    bool guess;     /* of an indirect jump: its expected target is tested for first */
    bool entry;     /* first record of a stretch that begins afresh: a way in */
    bool loops;     /* a jump in the trace leads back to this record: a poll */
    gaddr expect;   /* of a return in a call of the trace: its address; 0: of none */
    uint8_t depth;  /* calls of the trace that have not returned: trace->frame[0..depth) of now */
    uint16_t real;  /* flags that are read after it */
    uint16_t shown; /* flags that a fault or an exit after it may show */
};

struct trace {
    struct item item[TRACE_RECORDS];
    unsigned count;
    struct block *block[TRACE_BLOCKS];
    unsigned blocks;
    struct block *depend[TRACE_DEPENDS]; /* whose use of flags was relied on */
    unsigned depends;
    unsigned insns;
};

/* guess.c. How sure is it where the indirect jump at b's end goes? */
enum guess { GUESS_NONE, GUESS_MAYBE, GUESS_LIKELY, GUESS_SURE };
/* *to: there. It stays the same as long as b is part of a translation, and the target of the exit record
 * EXIT_TAKEN is it. */
enum guess guess_jump(struct block *b, gaddr *to);
/* It was wrong: it is interpreted by itself until more is known. */
bool guess_wants_more(const struct block *b);
/* So often it may be wrong before it is given up; 0: it is not given up any more. */
int32_t guess_patience(const struct block *b);

/* Builds the trace from b on. */
void trace_build(struct interp *in, struct block *b, struct trace *t);
/* Fills in the items' flag liveness. */
void trace_liveness(struct interp *in, struct trace *t);

/* Which flags are read at the block's entry, on any way? Which may be shown before they are overwritten? */
unsigned flags_read_at(struct interp *in, struct trace *t, gaddr eip);
unsigned flags_shown_at(struct interp *in, struct trace *t, gaddr eip);

/* Flags that the instruction gives new values in any case. */
unsigned flags_replaced(const struct insn *i);

/* Can the translator end a block with this record itself? */
bool ends_natively(const struct insn *i);

#endif
