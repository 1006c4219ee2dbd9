/* Preloaded into tierrun: a host function that faults stands for a bug of tierrun. HOW says which fault. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

int sysinfo(struct sysinfo *info)
{
    const char *how = getenv("HOW");
    if (how && !strcmp(how, "read")) return *(volatile int *)16;
    if (how && !strcmp(how, "illegal")) __builtin_trap();
    memset(info, 0, sizeof *info);
    return 0;
}
