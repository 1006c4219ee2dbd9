/* Prints what it was given: `args`, `env NAME…`, `exe`, `stack`, `release`, `name`, `uptime`, `clone`; or
 * does `exec PROGRAM ARGS…`, `exit N`. `in DIR` before these does it there. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

static int show_args(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        printf("%s[%s]", i ? " " : "", argv[i]);
    putchar('\n');
    return 0;
}

static int show_env(char **names)
{
    for (; *names; names++) {
        const char *v = getenv(*names);
        printf("%s=%s\n", *names, v ? v : "(unset)");
    }
    return 0;
}

static int show_exe(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    printf("%.*s\n", n < 0 ? 0 : (int)n, path);
    return n < 0;
}

/* A process that shares its parent's memory: tierrun has none. */
static int show_clone(void)
{
    for (int i = 0; i < 2; i++)
        printf("%d\n", syscall(SYS_clone, 0x100 /* CLONE_VM */ | SIGCHLD, NULL) == -1 ? errno : 0);
    return 0;
}

static int show_uptime(void)
{
    struct sysinfo info;
    sysinfo(&info);
    printf("up %d\n", info.uptime > 0);
    return 0;
}

static int show_name(void)
{
    char name[17] = "";
    prctl(PR_GET_NAME, name);
    puts(name);
    return 0;
}

static int show_stack(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_STACK, &limit);
    volatile char deep[700 << 10]; /* fails if the stack is smaller than it should be */
    deep[0] = 1;
    printf("stack reaches %d\n", deep[0]);
    return 0;
}

static int show_release(void)
{
    struct utsname u;
    uname(&u);
    printf("%s %s\n", u.release, u.machine);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 3 && !strcmp(argv[1], "in")) {
        if (chdir(argv[2])) return 1;
        argv[2] = argv[0];
        argc -= 2;
        argv += 2;
    }
    const char *what = argc > 1 ? argv[1] : "args";
    if (!strcmp(what, "env")) return show_env(argv + 2);
    if (!strcmp(what, "exe")) return show_exe();
    if (!strcmp(what, "stack")) return show_stack();
    if (!strcmp(what, "release")) return show_release();
    if (!strcmp(what, "name")) return show_name();
    if (!strcmp(what, "uptime")) return show_uptime();
    if (!strcmp(what, "clone")) return show_clone();
    if (!strcmp(what, "exit")) return atoi(argv[2]);
    if (!strcmp(what, "exec")) {
        execv(argv[2], argv + 2);
        perror(argv[2]);
        return 1;
    }
    return show_args(argc, argv);
}
