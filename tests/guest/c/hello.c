/* The smallest program: start-up, one write, an exit status.
 * @variants: O0 O1 O2 O3 Os pie dyn musl mdyn
 * @status: exit 42 */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("hello, world (%d argument%s)\n", argc, argc == 1 ? "" : "s");
    return argv[argc] ? 1 : 42;
}
