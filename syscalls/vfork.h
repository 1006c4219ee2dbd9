/* vfork's wait, and the memory that the child gives back. */
#ifndef SYSCALLS_VFORK_H
#define SYSCALLS_VFORK_H

#include "mm/journal.h"
#include "syscalls/sys.h"

/* Around the fork. `ends`: the parent's and the child's; 0 or a guest errno. */
MUST_CHECK long vfork_begin(struct sys *s, int ends[2]);
void vfork_in_child(struct sys *s, const int ends[2], bool shares);
/* Waits until the child has called exec or has ended, if there is one (`made`). Keeps errno. */
void vfork_in_parent(struct sys *s, const int ends[2], bool made);

/* Before exec, and when the process has ended: what memory is now. */
void vfork_give_back(struct sys *s);
/* In a child of whatever kind: the lender is its parent's. */
void vfork_forked(struct sys *s);

#endif
