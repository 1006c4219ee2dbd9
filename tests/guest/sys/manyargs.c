/* execve takes more arguments than 65536; too many bytes of them are E2BIG. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 70000, TOO_MANY = 1000000, LONGEST = 131072 };

int main(int argc, char **argv)
{
    if (argc > 1) {
        printf("%d arguments, the last is %s\n", argc, argv[argc - 1]);
        return 0;
    }
    static char *none[] = {NULL}, *list[TOO_MANY + 1], text[LONGEST + 1];
    for (int i = 0; i < TOO_MANY; i++)
        list[i] = "a";
    int r = execve("/proc/self/exe", list, none);
    printf("a million: %d, E2BIG %d\n", r, errno == E2BIG);
    memset(text, 'x', LONGEST);
    list[1] = text;
    list[2] = NULL;
    r = execve("/proc/self/exe", list, none);
    printf("one that is too long: %d, E2BIG %d\n", r, errno == E2BIG);
    fflush(stdout);
    list[1] = list[2] = "a";
    list[MANY - 1] = "z";
    list[MANY] = NULL;
    execve("/proc/self/exe", list, none);
    perror("execve");
    return 1;
}
