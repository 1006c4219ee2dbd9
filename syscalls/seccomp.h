/* Filters of system calls: which the guest has, and what they say of its calls. */
#ifndef SYSCALLS_SECCOMP_H
#define SYSCALLS_SECCOMP_H

#include "syscalls/sys.h"

/* Whether the guest may make this call. If not, what happens instead has happened: `*result` and c are as
 * after the call. */
bool seccomp_allows(struct call *c, uint32_t nr, long *result);
/* prctl's door to it. */
long seccomp_set_mode(struct call *c, uint32_t mode, gaddr filter);
long seccomp_set_no_new_privs(struct call *c);

void seccomp_init(struct sys *s);
void seccomp_share(const struct sys *from, struct sys *to); /* with a thread that is made */
void seccomp_leave(struct sys *s);
unsigned seccomp_filters(const struct sys *s);

/* exec: a descriptor with the filters for the next tierrun, in its environment's variable SECCOMP_VARIABLE.
 */
#define SECCOMP_VARIABLE "TIERRUN_SECCOMP"
int seccomp_hand_on(struct sys *s); /* -1: there is no memory */

#endif
