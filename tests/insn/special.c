/* What no row of the table says. */
#include "tests/insn/gen.h"

void gen_special(struct gen *g)
{
    (void)g;
}
