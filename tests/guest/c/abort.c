/* A program that dies: what it has written stays, and the signal is the guest's.
 * @variants: O0 O2 pie musl
 * @status: signal 6 */
#include <stdlib.h>
#include "tests/guest/guest.h"

int main(void)
{
    printf("before\n");
    fflush(stdout);
    fprintf(stderr, "dying\n");
    abort();
}
