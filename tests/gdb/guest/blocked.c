/* Blocked in a system call until something comes. */
#include <stdio.h>
#include <unistd.h>

int twice(int x)
{
    return 2 * x;
}

int main(void)
{
    char c = 0;
    ssize_t n = read(0, &c, 1);
    printf("%zd %c\n", n, c);
    return 0;
}
