/* Hosts without an x87. */
#include "tests/fpu/vectors.h"

bool host_has_x87(void)
{
    return false;
}

void host_run(const uint8_t *insn, unsigned n, struct x87 *x, uint8_t *memory)
{
    (void)insn;
    (void)n;
    (void)x;
    (void)memory;
    __builtin_trap();
}

void host_execute(struct encoding e, struct machine *m)
{
    (void)e;
    (void)m;
    __builtin_trap(); /* callers ask host_has_x87 first */
}
