/* A build without a disassembler for the host: words stay words. */
#include "tier/hostasm.h"

bool hostasm(const uint32_t *at, char *out, size_t size)
{
    (void)at, (void)out, (void)size;
    return false;
}
