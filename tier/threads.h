/* Guest threads as host threads. */
#ifndef TIER_THREADS_H
#define TIER_THREADS_H

#include "tier/vm.h"

/* Lets the guest make threads. `finish` ends tierrun when one of them has ended the process. */
struct ending;
typedef void threads_finish(struct vthread *v, const struct ending *end);
void threads_attach(struct vm *vm, threads_finish *finish);
/* The first thread has ended and others go on: does not return. */
_Noreturn void threads_leave_first(struct vthread *v);

#endif
