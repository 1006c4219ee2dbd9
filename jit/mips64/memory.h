/* Code memory: where translated code lives and how it is written. Owns the mapping, its protection and the
 * flushing of caches; what the code does and who may still be inside is the caller's.
 *
 * Reserve, then commit or abort; patch single words of what was committed. Everything lies in one 256 MiB
 * jump region, so j and jal reach every translation; if it can be, in the region of tierrun's own code.
 *
 * By default the mapping is writable and executable. With wx it is writable only between reserve and
 * commit or abort, inside patch, and between open and close, and only the pages that are written (and those
 * between them); no thread may run translated code meanwhile. */
#ifndef JIT_MIPS64_MEMORY_H
#define JIT_MIPS64_MEMORY_H

#include "jit/mips64/encode.h"

struct codemem {
    uint32_t *begin, *next, *end;
    uint32_t *kept;      /* what is before it outlives a generation */
    unsigned generation; /* counts resets */
    bool wx;
    unsigned writers;         /* open calls without their close */
    char *writable, *written; /* wx: the pages that are writable now */
};

/* false: no memory. `bytes` is at most 256 MiB. */
bool codemem_new(struct codemem *cm, size_t bytes, bool wx);
void codemem_free(struct codemem *cm);

/* Room for max_words. Full: the answer's begin is NULL, and what is emitted into it overflows. A reservation
 * that was not full must be committed or aborted before the next. */
struct code codemem_reserve(struct codemem *cm, size_t max_words);
void codemem_commit(struct codemem *cm, const struct code *c);
void codemem_abort(struct codemem *cm, const struct code *c);

/* Replaces one word of committed code. */
void codemem_patch(struct codemem *cm, uint32_t *at, uint32_t word);
/* Around several patches: pages change their protection once. May be nested. */
void codemem_open(struct codemem *cm);
void codemem_close(struct codemem *cm);

/* What was committed so far (trampolines) outlives every reset. */
void codemem_keep(struct codemem *cm);
/* Begins a new generation: all but what is kept is given up and will be overwritten. */
void codemem_reset(struct codemem *cm);

static inline bool codemem_has(const struct codemem *cm, const void *p)
{
    return (const char *)p >= (const char *)cm->begin && (const char *)p < (const char *)cm->next;
}

#endif
