/* A profile: what ran where, how often, and what became of it. The same structure is filled while a guest
 * runs, written to a file, read back, and shown. Owns no file format. */
#ifndef PROFILE_MODEL_H
#define PROFILE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "interp/block.h"
#include "jit/log.h"

/* PROF_HOT: executions from which on the translation of a block pays: one costs as much as interpreting it
 * 200 times. */
enum { PROF_HOT = 200 };
enum { PROF_VERSION = 1, PROF_BUCKETS = 1 << 14, PROF_CALLS = 512, PROF_MOMENTS = 128 };

/* A line of guest code and what implements it. */
struct prof_line {
    gaddr eip;
    char *guest; /* NULL: nothing of the guest's: ways in and out */
    char *host;  /* instructions, each ends with a newline */
};

enum { PROF_HELPED = 1 << 15 }; /* in prof_block.op: translated code calls the interpreter's function */

/* What was found out about a block's code, for its translations in later runs. Bit k: of its record k. */
struct prof_facts {
    uint64_t misaligned; /* its access was seen misaligned where the host traps that */
    uint64_t by_helper;  /* assumptions about it failed */
    bool eager_flags;
    uint8_t setbacks, wrong_guesses;
    struct jump_votes went;
};

struct prof_block {
    struct block_fact count; /* first: the interpreter counts here */
    struct prof_block *next; /* of the same bucket */
    gaddr eip;
    uint32_t bytes, insns;
    uint64_t hash;     /* of its bytes: other code at the same address is another block */
    uint16_t *op;      /* of each instruction; NULL: not known (read from a file) */
    uint16_t *words;   /* host instructions for each, in the last translation that has it; NULL as op */
    double translated; /* executions in translated code: an estimate if only some of the time is counted */
    uint64_t pending, last;      /* counted and not yet part of that; the last such portion */
    unsigned promotions, traces; /* translations that begin with it; that contain it */
    double promoted_at;          /* seconds from the start; of the first */
    double promoted_after;       /* executions until then */
    uint32_t host_bytes;         /* of the last translation that begins with it */
    uint32_t trace_insns;
    uint64_t deopt[JIT_DEOPTS], refusal[JIT_REFUSALS];
    struct prof_facts facts;
    char *module, *symbol, *source; /* NULL: not known */
    uint32_t offset;                /* from the symbol's start */
    struct prof_line *line;         /* of the hottest */
    unsigned lines;
};

struct prof_edge {
    struct prof_edge *next;
    gaddr from, to; /* block, address */
    uint64_t pending, last;
    double times;
};

struct prof_deopt { /* where a deoptimization was, until its block is known */
    struct prof_deopt *next;
    gaddr eip;
    unsigned why;
    uint64_t times;
};

struct prof_call {
    char *name;
    uint64_t times;
    double seconds;
};

/* How much ran until a moment, for the timeline. */
struct prof_moment {
    double seconds, interpreted, translated; /* guest instructions */
};

struct prof {
    struct prof_block *bucket[PROF_BUCKETS];
    struct prof_edge *edges[PROF_BUCKETS];
    struct prof_deopt *deopts[PROF_BUCKETS];
    struct prof_block **block; /* all, hottest first, once prof_sort() was called */
    size_t blocks, room;
    struct prof_call call[PROF_CALLS]; /* by number while running; name NULL: none */
    struct prof_moment moment[PROF_MOMENTS];
    unsigned moments;
    double tail; /* what `last` stands for beyond `translated`, as a factor */

    char *program, *program_id, *tierrun, *host, *tier, *x87, *ended;
    int pid;
    bool dbl;     /* read by prof_read_hot(): the double model of the x87 was in use */
    bool sampled; /* translated code was counted some of the time */
    double seconds, translation_seconds;
    uint64_t translations, dropped, chained, code_bytes, code_room, flushes, host_words;
    uint64_t decoded, lookups, faults, rewritten; /* blocks whose code changed */
    uint64_t system_calls, deopt_total[JIT_DEOPTS], refusal_total[JIT_REFUSALS];
    uint64_t exits[EXIT_REASONS];
    uint64_t hot, excluded, checked,
        trace_insns;        /* for --stats only, as the next two: entries into translated */
    uint64_t entered, left; /* code while it was counted, and returns from it to C */
};

extern const char *const prof_deopt_name[JIT_DEOPTS], *const prof_deopt_text[JIT_DEOPTS];
extern const char *const prof_refusal_name[JIT_REFUSALS], *const prof_refusal_text[JIT_REFUSALS];

struct prof *prof_new(void); /* NULL: no memory */

/* The block; made if need be, NULL without memory. */
struct prof_block *prof_block(struct prof *p, gaddr eip, uint32_t bytes, uint32_t insns, uint64_t hash);
static inline unsigned prof_bucket(gaddr a)
{
    return a * 2654435761u >> 18; /* Fibonacci hashing, 14 bits */
}
/* The block that begins there; NULL: none. */
static inline struct prof_block *prof_find(const struct prof *p, gaddr eip)
{
    struct prof_block *b = p->bucket[prof_bucket(eip)];
    while (b && b->eip != eip)
        b = b->next;
    return b;
}
/* The block that has address a; NULL: none. */
struct prof_block *prof_block_at(const struct prof *p, gaddr a);
void prof_add_edge(struct prof *p, gaddr from, gaddr to, uint64_t times);
void prof_add_deopt(struct prof *p, gaddr eip, unsigned why);
/* What is pending stands for `weight` times as much. */
void prof_fold(struct prof *p, double weight);
/* Guest instructions that are pending. */
double prof_pending(const struct prof *p);
/* What is pending is not counted. */
void prof_discard(struct prof *p);
/* The deoptimizations noted so far become the blocks'. */
void prof_settle_deopts(struct prof *p);
/* All counts are as at the beginning, what is known of the blocks stays. */
void prof_reset(struct prof *p);

static inline double prof_translated(const struct prof *p, const struct prof_block *b)
{
    return b->translated + p->tail * (double)b->last;
}
static inline double prof_edge_times(const struct prof *p, const struct prof_edge *e)
{
    return e->times + p->tail * (double)e->last;
}
/* Guest instructions that a block executed: what profiles are sorted by. */
static inline double prof_insns(const struct prof *p, const struct prof_block *b)
{
    return ((double)b->count.interpreted + prof_translated(p, b)) * b->insns;
}
struct prof_sum {
    double interpreted, translated; /* guest instructions */
    size_t executed;                /* blocks that ran */
};
struct prof_sum prof_sum(const struct prof *p);
/* Fills p->block, most instructions first. */
bool prof_sort(struct prof *p);
/* "symbol+0x12", or the address; into out. */
const char *prof_name(const struct prof_block *b, char *out, size_t size);

/* --- functions: blocks of one symbol ------------------------------------------------------------------ */

struct prof_function {
    const char *module, *symbol;
    double interpreted, translated; /* guest instructions */
    uint64_t deopts, refusals;
};
/* Most instructions first; NULL without memory. */
struct prof_function *prof_functions(const struct prof *p, size_t *count);

/* --- formats ------------------------------------------------------------------------------------------ */

#define PROF_FORMATS(X) X(text) X(json) X(callgrind) X(folded)
enum prof_format {
#define X(name) PROF_##name,
    PROF_FORMATS(X)
#undef X
};
/* The format of that name; -1: there is none. */
int prof_format(const char *name);

/* top: how many blocks and functions are listed; 0: all that ran. p is sorted. */
void prof_write(const struct prof *p, enum prof_format f, unsigned top, FILE *out);
void prof_write_text(const struct prof *p, unsigned top, FILE *out);
void prof_write_json(const struct prof *p, FILE *out);
void prof_write_callgrind(const struct prof *p, FILE *out);
void prof_write_folded(const struct prof *p, FILE *out);
void prof_write_diff(struct prof *before, struct prof *after, unsigned top, FILE *out);
void prof_write_html(const struct prof *p, unsigned top, FILE *out);
void prof_write_coverage(const struct prof *p, FILE *out);
void prof_write_stats(const struct prof *p, FILE *out);
/* The life of block b in sentences. */
void prof_write_why(const struct prof *p, const struct prof_block *b, FILE *out);
/* The same for all blocks at an address, or of a symbol. false: there are none. */
bool prof_write_whys(const struct prof *p, const char *place, FILE *out);

/* A profile in JSON; NULL: one sentence in `why`. Sorted. */
struct prof *prof_read(const char *path, char *why, size_t size);
/* Only which blocks were hot, how often they ran, and what was found out about them. */
struct prof *prof_read_hot(const char *path, char *why, size_t size);

#endif
