/* When another process waits in the kernel. */
#ifndef TESTS_GUEST_SYS_ASLEEP_H
#define TESTS_GUEST_SYS_ASLEEP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char process_state(pid_t pid)
{
    char name[32], text[256], state = '?';
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *f = fopen(name, "r");
    if (!f) exit(98);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    const char *after_name = strrchr(text, ')');
    if (after_name) state = after_name[2];
    fclose(f);
    return state;
}

/* Returns when single-threaded `pid` sleeps: seen ten times in a row, as an emulator may sleep for moments of
 * its own. */
static void wait_asleep(pid_t pid)
{
    for (int seen = 0; seen < 10; usleep(1000))
        seen = process_state(pid) == 'S' ? seen + 1 : 0;
}

#endif
