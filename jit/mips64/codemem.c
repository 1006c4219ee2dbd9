/* Code memory: one writable and executable mapping within one 256 MiB jump region. Reserve, then commit or
 * (by doing nothing) abort; patches of single words. */
#include <sys/mman.h>

#include "jit/mips64/jit.h"

enum { LARGEST = 64 * 1024 / 4 }; /* words a translation may need: well within branch range */

bool codemem_new(struct jit *j, size_t bytes)
{
    enum { REGION = 256 << 20 };
    char *p = mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return false;
    /* Of two halves at least one does not cross a region's border. */
    if (((uintptr_t)p ^ (uintptr_t)(p + bytes - 1)) / REGION) {
        munmap(p, bytes);
        p += bytes;
    } else {
        munmap(p + bytes, bytes);
    }
    j->code = j->next = (uint32_t *)(void *)p;
    j->limit = j->code + bytes / 4;
    return true;
}

struct code codemem_reserve(struct jit *j)
{
    uint32_t *end = j->limit - j->next > LARGEST ? j->next + LARGEST : j->limit;
    return (struct code){.at = j->next, .begin = j->next, .end = end};
}

void codemem_commit(struct jit *j, const struct code *c)
{
    __builtin___clear_cache((char *)c->begin, (char *)c->at);
    j->next = c->at;
}

void codemem_patch(struct jit *j, uint32_t *at, uint32_t word)
{
    (void)j;
    *at = word;
    __builtin___clear_cache((char *)at, (char *)(at + 1));
}
