/* The smallest useful program: how much a process costs before and after its one line of output. */
#include <stdio.h>

int main(void)
{
    puts("hello, world");
    return 0;
}
