/* Hosts without an x87. */
#include "tests/fpu/vectors.h"

bool host_has_x87(void)
{
    return false;
}

void host_execute(struct encoding e, struct machine *m)
{
    (void)e;
    (void)m;
    __builtin_trap(); /* callers ask host_has_x87 first */
}
