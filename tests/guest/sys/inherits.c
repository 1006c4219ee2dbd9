/* RLIMIT_AS and RLIMIT_DATA hold for the next program as well, and for whom it starts; others can ask for
 * them. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MB = 1 << 20 };

static void show(const char *who, pid_t pid)
{
    struct rlimit space = {0, 0}, data = {0, 0};
    int failed = prlimit(pid, RLIMIT_AS, NULL, &space) | prlimit(pid, RLIMIT_DATA, NULL, &data);
    printf("%s: %d, %lu %lu, data %lu %lu\n", who, failed, (unsigned long)(space.rlim_cur / MB),
           (unsigned long)(space.rlim_max / MB), (unsigned long)(data.rlim_cur / MB),
           (unsigned long)(data.rlim_max / MB));
}

static int has(size_t mb)
{
    void *p = mmap(NULL, mb * MB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && !munmap(p, mb * MB);
}

static int next_program(char **argv)
{
    show("after execve", 0);
    printf("100 MB %d, 300 MB %d\n", has(100), has(300));
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (!child) {
        show("parent, as its child sees it", parent);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    struct rlimit r = {500 * MB, 500 * MB};
    if (strcmp(argv[1], "first")) return 0;
    setrlimit(RLIMIT_AS, &r);
    argv[1] = "second";
    return -execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    struct rlimit space = {200 * MB, 1000 * MB}, data = {300 * MB, RLIM_INFINITY};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1) return next_program(argv);
    if (setrlimit(RLIMIT_AS, &space) || setrlimit(RLIMIT_DATA, &data)) return 1;
    show("at first", 0);
    return -execv("/proc/self/exe", (char *[]){argv[0], "first", NULL});
}
