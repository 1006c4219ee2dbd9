/* Code that is rewritten while it is linked and hot: by its caller, and by itself for its next instruction.
 */
#include <string.h>
#include <sys/mman.h>

#include "tests/guest/guest.h"

typedef int function(void);

int main(void)
{
    unsigned char *code =
        mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int sum = 0;

    for (int k = 0; k < 20000; k++) {
        code[0] = 0xb8; /* mov eax, k; ret */
        memcpy(code + 1, &k, 4);
        code[5] = 0xc3;
        sum += ((function *)code)();
        if (k % 3) sum ^= ((function *)code)();
    }
    printf("%d\n", sum);

    /* mov byte [the next instruction's operand], 5; mov al, 1; ret */
    unsigned char own[] = {0xc6, 0x05, 0, 0, 0, 0, 5, 0xb0, 1, 0xc3}, *at = code + 64, *operand = at + 8;
    memcpy(own + 2, &operand, 4);
    memcpy(at, own, sizeof own);
    for (int k = 0; k < 10; k++) {
        printf("%d ", ((function *)at)() & 255);
        *operand = 1;
    }
    puts("");
    return 0;
}
