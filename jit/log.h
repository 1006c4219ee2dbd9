/* What a translator tells about its work: counters, and events for whoever logs them. It keeps them up to
 * date and calls; what is printed, and where, belongs to others. */
#ifndef JIT_LOG_H
#define JIT_LOG_H

#include <stdint.h>

#include "interp/block.h"

enum jit_refusal {
#define REFUSAL(name, text) REFUSE_##name,
#define DEOPT(name, text)
#include "jit/reasons.def"
#undef REFUSAL
#undef DEOPT
    JIT_REFUSALS
};

enum jit_deopt {
#define REFUSAL(name, text)
#define DEOPT(name, text) DEOPT_##name,
#include "jit/reasons.def"
#undef REFUSAL
#undef DEOPT
    JIT_DEOPTS
};

struct jit_counters {
    uint64_t translations, blocks, guest_insns, host_words; /* made, and what is in them */
    uint64_t dropped;                                       /* translations that were given up */
    uint64_t chained;                                       /* jumps from one to another */
    uint64_t checked;                                       /* entries that were replayed (--check) */
    uint64_t code_bytes, flushes; /* code memory: in use; emptied because it was full */
    uint64_t entered, left;       /* while ways out are counted: entries; returns to C code */
    uint64_t nanoseconds;         /* spent in translation, if that is measured */
    uint64_t refusals[JIT_REFUSALS], deopts[JIT_DEOPTS];
};

/* From this host word to the next span's (or the end) the code implements a record. */
struct jit_span {
    uint32_t word;
    const struct insn *rec; /* NULL: nothing of the guest's, such as an entry or an exit */
    bool helped;            /* it calls the interpreter's function */
};

/* A finished translation. */
struct jit_view {
    const struct block *const *blocks; /* in the order they are expected to run */
    unsigned block_count;
    const uint32_t *code;
    uint32_t words;
    const struct jit_span *spans; /* by word */
    uint32_t span_count;
};

/* --check found that a translation is wrong. */
struct check;
struct jit_difference {
    const struct jit_view *view;
    const struct check *check; /* jit/check.h */
};

/* Any function may be NULL. None is called in a signal handler. */
struct jit_log {
    void (*translated)(void *self, const struct jit_view *v);
    void (*refused)(void *self, const struct block *b, enum jit_refusal why);
    /* The translation of the block at `from` is left for the one at `to` by a direct jump from now on. */
    void (*chained)(void *self, gaddr from, gaddr to);
    void (*deopt)(void *self, gaddr eip, enum jit_deopt why);
    void (*flushed)(void *self);
    /* Counted (jit_count): b ran `times` times more in the translation that begins with `head`; the way from
     * block `from` to address `to` was taken so often. */
    void (*ran)(void *self, const struct block *b, const struct block *head, uint64_t times);
    void (*edge)(void *self, gaddr from, gaddr to, uint64_t times);
    void (*differs)(void *self, const struct jit_difference *d); /* the end: the guest's state is of no use */
    void *self;
};

#endif
