/* Blocks: runs of decoded instructions with one entry, the links between them, and their invalidation.
 *
 * Records of a block: one an instruction (two when an address needs an EA record), the last one ends the
 * block, then two exit records: EXIT_FALL (fall-through successor) and EXIT_TAKEN. A link that is not made
 * yet points to its exit record, which asks for the successor:
 *     last.to  →  first record of the taken successor,         or &exit[EXIT_TAKEN]
 *     exit[EXIT_FALL].to  →  that of the fall-through one,     or &exit[EXIT_FALL] */
#ifndef INTERP_BLOCK_H
#define INTERP_BLOCK_H

#include "interp/insn.h"
#include "interp/interp.h"
#include "interp/turn.h"

enum { EXIT_FALL, EXIT_TAKEN, EXIT_RECORDS };
enum { BLOCK_MAX_INSNS = 64 };
enum { BLOCK_HASH_BITS = 16 };

/* Where an indirect jump went while it was interpreted: of the targets it had, the one with a majority of
 * votes if there is one. */
struct jump_votes {
    gaddr to;
    uint32_t votes, jumps;
};

/* Blocks lie one after the other in chunks of memory; a chunk is freed when its last block is. */
struct chunk {
    unsigned live; /* blocks, and 1 while it is being filled */
    size_t used;   /* bytes of mem */
    char mem[];
};

struct block {
    gaddr eip;
    uint32_t bytes;   /* of guest code, from eip on */
    uint16_t records; /* without the exit records */
    uint16_t insns;
    uint32_t visits; /* entries through the look-up */
    bool optimized;
    uint8_t setbacks;     /* translations that failed or were given up */
    uint32_t countdown;   /* entries until it is hot; 0: they are not counted (heat.c) */
    uint32_t counted;     /* counted - countdown: entries so far; 0: all were look-ups */
    handler_fn *first_fn; /* rec[0]'s own handler; rec[0].fn may be a counting or a translator's one */
    struct block *next_on_page[2]; /* for the first and the last page it touches */
    struct block *next_retired;
    struct insn *in; /* exit records (of any block) whose links lead here: the first one … */
    struct insn *next_in[EXIT_RECORDS]; /* … and what follows this block's own ones in such lists */
    struct block *next_hash;
    void *native;       /* its translation's entry; NULL: none */
    void *translations; /* those it is part of: the translator's list */
    uint64_t by_helper; /* bit k: its assumptions about rec[k] failed, which is left to the interpreter's
                           function */
    uint64_t by_page; /* bit k: rec[k] has met a host page of mixed protection: looks at the guest's first */
    uint8_t doubts;   /* enum doubt: what its translations take for granted of XMM registers no more */
    bool alone;       /* it is looked up each time: neither linked nor optimized nor translated */
    uint8_t *copy; /* alone: the code that it was decoded from, to be compared; NULL: made anew each time */
    bool eager_flags;      /* its translation wants the flags in struct cpu */
    uint8_t guess;         /* what its translations expect of the indirect jump that ends it (guess.c) … */
    uint8_t wrong_guesses; /* … and how often that was given up */
    struct jump_votes went;
    uint16_t live_out;       /* flags that may be read after it, when optimized */
    struct block_fact *fact; /* where its executions are counted; NULL: they are not */
    struct chunk *chunk;
    struct insn rec[];
};

/* Values with which cpu->recover resumes; others belong to who set it. */
enum { RESUME_HOST_FAULT = 1, RESUME_GUEST_FAULT, RESUME_LEFT, RESUME_VALUES };

enum interp_recovery {
    RECOVERY_NONE,    /* not a translation's fault */
    RECOVERY_RECORD,  /* cpu->at is to be run */
    RECOVERY_LEFT,    /* cpu->eip and cpu->exit say what next */
    RECOVERY_RESUMED, /* the context was mended: the host goes on there */
};

/* What a translator wants to be told. Each gets `self` first; all may be NULL. */
struct interp_hooks {
    /* b has run often: worth translating. Sets b->native and a handler in rec[0].fn; else b stays
     * interpreted, and block_set_back() makes that a matter of time. */
    void (*hot)(void *self, struct block *b);
    void (*dropped)(void *self,
                    struct block *b); /* b's translation is no longer right; its links still stand */
    /* A host fault at this machine context. If it is in a translation, writes the registers back and sets
     * cpu->at. Async-signal-safe. */
    enum interp_recovery (*recover_sig)(void *self, struct cpu *cpu, int signo, const siginfo_t *info,
                                        void *machine_context);
    /* Control is wanted soon: cpu->poll was set, maybe by another thread. Async-signal-safe. And: it was had,
     * go on; cpu may be another one than before. */
    void (*ask_sig)(void *self, struct cpu *cpu);
    void (*resume)(void *self, struct cpu *cpu);
    /* Later, outside of the signal handler; `often`: the record has faulted some times. */
    void (*faulted)(void *self, struct cpu *cpu, bool often);
    void (*forget)(void *self, struct cpu *cpu); /* cpu will not run any more */
    void *self;
};

/* A copy of code bytes (draft.c). */
enum { CODE_WINDOW = 512, CODE_WINDOWS = 64 };
struct code_window {
    gaddr at;   /* a multiple of CODE_WINDOW */
    unsigned n; /* bytes; 0: none */
    uint8_t bytes[CODE_WINDOW + DECODE_PADDING];
};

/* A page that holds code and is written. */
struct written_page {
    uint8_t stores;   /* CHECKED_PAGE: it is not watched */
    uint8_t wait;     /* how often it was watched again */
    uint16_t entries; /* of its code, since it is not watched */
};

struct interp {
    struct interp_hooks hooks;
    struct mm *mm;
    struct interp_options opt;
    struct block **hash;          /* [1 << BLOCK_HASH_BITS], by eip: too hot for a library's table */
    struct block **page_blocks;   /* [GPAGES]: blocks that touch the page */
    struct chunk *filling;        /* the chunk that new blocks come from */
    handler_fn *exit_handler;     /* of exit records */
    struct block *retired;        /* dead, maybe still running: freed at the next look-up */
    struct written_page *written; /* [GPAGES] */
    bool some_checked;            /* a page has reached CHECKED_PAGE */
    bool changed;                 /* some block died since the last look-up */
    uint8_t faults[256];          /* host faults of records, counted by a hash of their address */
    struct interp_stats stats;
    interp_trace_fn *trace_new, *trace_exec;
    void *trace_ctx;
    struct code_window windows[CODE_WINDOWS];
    gaddr *breaks; /* breaks.c: sorted */
    unsigned break_count, break_room;
    bool exact;           /* a record is run by the step engine itself: not in a call of translated code */
    struct turn *turn;    /* NULL: there is one processor */
    struct cpu *cpu;      /* the one that has the turn; others may know records that are gone */
    uint64_t jumps_epoch; /* counts when that may be so */
};

/* The block at eip, decoded if need be; NULL without memory. Its first bytes may not be fetchable: then its
 * only record raises the fault. */
struct block *block_get(struct interp *in, gaddr eip);
struct block *block_find(struct interp *in, gaddr eip); /* NULL if not decoded yet */
/* The same, but it is decoded now if it is expected to run often (interp_options.expects). */
struct block *block_expected(struct interp *in, gaddr eip);

/* Code that cannot be watched is alone: what may change elsewhere (mm_is_shared), pages that are written so
 * often that each store's fault costs more than comparing, and what cannot be fetched. */
enum { CHECKED_PAGE = 128 };

static inline struct block *block_of_first(const struct insn *rec)
{
    return (struct block *)((char *)(uintptr_t)rec - offsetof(struct block, rec));
}

/* Indirect jump `last` of a block goes to `to`. */
static inline void block_note_jump(const struct insn *last, gaddr to)
{
    struct jump_votes *went = &block_of_first(last[1 + EXIT_TAKEN].to)->went;
    went->jumps++;
    if (went->to == to) {
        went->votes++;
    } else if (went->votes) {
        went->votes--;
    } else {
        went->to = to;
        went->votes = 1;
    }
}

/* Makes the link that exit record `edge` stands for. */
void block_link(const struct insn *edge, struct block *to);
/* Forgets blocks with bytes in [from, from+len); their memory lives until block_reap(). */
void block_drop_range(struct interp *in, gaddr from, uint32_t len);
/* The same where the code has not changed, but how it is to be run. */
void block_redo_range(struct interp *in, gaddr from, uint32_t len);
void block_drop_all(struct interp *in);
void block_reap(struct interp *in);
bool block_tables_new(struct interp *in); /* false: no memory */
void block_tables_free(struct interp *in);

/* An empty jump cache, of which all is zero yet, and an empty return stack. */
void block_begin_jumps(struct cpu *cpu);
/* Does cpu know no block that is gone? Then go on; else block_renew_cpu() makes it forget all. */
static inline bool block_is_known(const struct interp *in, const struct cpu *cpu)
{
    return cpu->jumps_epoch == in->jumps_epoch;
}
void block_renew_cpu(struct interp *in, struct cpu *cpu);
/* Before something changes that others may be running: they are stopped until the turn is given away. */
static inline void interp_stop_others(struct interp *in)
{
    if (in->turn) turn_stop(in->turn);
}
/* cpu has the turn, and goes on without it, in guest code; it comes back. */
static inline void interp_go_in(struct interp *in, struct cpu *cpu)
{
    if (!block_is_known(in, cpu)) block_renew_cpu(in, cpu);
    if (turn_is_free(in->turn)) turn_go_in(in->turn, cpu);
}
static inline void interp_come_out(struct interp *in, struct cpu *cpu)
{
    if (turn_is_inside(cpu)) turn_come_out(in->turn, cpu);
    in->cpu = cpu;
}

/* Translated code's call of `step`, record i's handler in the step engine. If i stores to code, its own
 * block's perhaps, what follows is looked up. */
const struct insn *interp_call_step(struct cpu *cpu, const struct insn *i, uint8_t *base, handler_fn *step);

/* lower.c: chooses handlers. First a quick choice, then (hot blocks) dead flags across blocks and fusion. */
void lower_block(struct block *b);
/* May the record fault or trap? Then the guest can see all flags as they are before it. */
bool lower_shows_flags(const struct insn *i);
unsigned lower_reads_flags(const struct insn *i);
/* The block that an exit record belongs to. */
struct block *block_of_exit(const struct insn *edge);
struct block *block_of(const struct insn *rec);
void optimize_block(struct interp *in, struct block *b);
/* May blocks be linked to each other? Not if each entry is counted or traced. */
bool interp_links(const struct interp *in);

/* breaks.c: the first breakpoint at or above eip; NO_BREAK if there is none. */
static const uint64_t NO_BREAK = UINT64_C(1) << 32;
uint64_t breaks_find(const struct interp *in, gaddr eip);
static inline uint64_t breaks_next(const struct interp *in, gaddr eip)
{
    return in->break_count ? breaks_find(in, eip) : NO_BREAK;
}

/* heat.c: entries are counted until a block is hot; as visits until it is optimized. */
/* Counts b's entries from now on, if there is a translator: the later it is hot the more setbacks it had. */
void block_count(struct interp *in, struct block *b);
/* b's last counted entry went off: if without the turn, the translator is asked now. */
void block_ask_if_due(struct interp *in, struct block *b);
static inline bool block_is_counted_out(const struct block *b)
{
    return b->counted && !b->countdown;
}
/* b's translation failed or was given up: the interpreter runs it, and it must become hot again. */
void block_set_back(struct interp *in, struct block *b);
/* Its first record has the handler again that interprets it. */
void block_interpret(struct block *b);
/* Is it interpreted, and settled: neither translated nor counted until it is hot? */
bool block_is_settled(const struct block *b);
/* Gives rec[0] another handler for when it is interpreted. */
void block_set_first(struct block *b, handler_fn *fn);
/* May it be translated (--nojit)? Traces ask for each block. */
bool block_may_translate(const struct interp *in, const struct block *b);
/* How often b was entered, as far as it was counted: translated and settled blocks are not. */
static inline uint32_t block_executions(const struct block *b)
{
    return b->counted ? b->counted - b->countdown : b->visits;
}

#endif
