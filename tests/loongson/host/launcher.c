/* A program for the host that a guest's execve starts (--launcher): ends with status 5 if a misaligned access
 * goes well, as it does in every program on Linux for MIPS, and by SIGBUS if it does not. */
#include <stdint.h>

int main(void)
{
    static uint64_t cells[2] = {0x0500000000000000, 0};
    int32_t value = 0;
    __asm__ volatile("lw %0, 7(%1)" : "=r"(value) : "r"(cells) : "memory");
    return value;
}
