/* The translator: the public face of jit. A build links one back-end: this host's own, or jit/none.c.
 * A translation is entered as the handler of its block's first record, so the interpreter runs it like any
 * other record; it gives back the record to go on with. */
#ifndef JIT_JIT_H
#define JIT_JIT_H

#include <stdbool.h>
#include <stddef.h>

#include "jit/log.h"

struct jit;

/* NULL: this build can translate. Else one sentence that says why it cannot, for --tier=jit. */
const char *jit_unavailable(void);

/* One line for people: what the translator is for, and what it found of this host. At most `size` bytes. */
void jit_describe(char *line, size_t size);

struct jit_options {
    size_t code_bytes; /* room for translated code */
    bool wx;           /* code memory is never writable and executable at once */
    bool x87_double;   /* the guest's x87 is of the double model */
    bool counts;       /* translations can be counted (jit_count), and are from the start */
    bool timed;        /* the time spent in translation is measured */
    uint32_t check;    /* each check-th entry is replayed in the interpreter and compared; 0: none */
    /* Both outlive the translator. */
    struct jit_counters *counters;
    const struct jit_log *log;
};

/* Attaches a translator to the interpreter: from now on blocks that it finds hot are translated. NULL with
 * one sentence in *why if code memory cannot be had. */
struct jit *jit_new(struct interp *in, const struct jit_options *opt, const char **why);

/* The process is about to execute another program (on), or failed to: what an execve hands on and the
 * translator changed for itself becomes as it is by default, or the translator's again. */
void jit_hand_on(struct jit *j, bool on);
/* For a profile. Switches counting on or off; while nobody is inside. */
void jit_count(struct jit *j, bool on);
/* Tells the log what was counted since it was last asked: ran(), edge(). */
void jit_counted(struct jit *j);
/* Shows the translations there are, if they can be counted. */
void jit_views(struct jit *j, void (*see)(void *self, const struct jit_view *v), void *self);

#endif
