/* The smallest start: i686-linux-gnu-gcc -static -o hello hello.c && tierrun ./hello */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("hello from i386, a pointer has %d bits; called as %s with %d arguments\n",
           (int)(8 * sizeof(void *)), argv[0], argc - 1);
    return 0;
}
