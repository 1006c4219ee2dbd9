/* Copies of a process: made in other ways than fork()'s, and one that tells what it changes: for system calls
 * that share memory between processes. Beside mm.h, which everybody includes. */
#ifndef MM_JOURNAL_H
#define MM_JOURNAL_H

#include "mm/mm.h"

enum mm_change_kind { MM_BYTES, MM_MAP, MM_UNMAP, MM_PROTECT, MM_REMAP, MM_BRK, MM_ADVISE };
struct mm_change {
    uint32_t kind, arg[5];
    uint64_t offset;
    uint32_t n; /* bytes that come with it, at most MM_CHANGE_BYTES */
};
enum { MM_CHANGE_BYTES = 16384 };
typedef void mm_tell(void *ctx, const struct mm_change *c, const void *bytes, int fd);

/* mm_fork() with another call in fork's place, which returns as fork does. */
typedef pid_t mm_make_child(void *ctx);
pid_t mm_fork_as(struct mm *mm, mm_make_child *make, void *ctx);

/* From now on each call that changes mappings is told; bytes in private memory that differ from what was told
 * of them last are when mm_journal_tell() is called. false: no memory. A child of fork does not go on with
 * it. */
MUST_CHECK bool mm_journal_begin(struct mm *mm, mm_tell *tell, void *ctx);
void mm_journal_tell(struct mm *mm);
/* Does in another process what was told. */
void mm_journal_apply(struct mm *mm, const struct mm_change *c, const void *bytes, int fd);

#endif
