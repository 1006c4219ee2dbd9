/* Processes: fork and wait, exit statuses and signals of children, pipes between them, exec of this very
 * program by its path, and the environment that children get.
 * @variants: O0 O2 Os pie musl */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/guest/guest.h"

static void report(const char *what, pid_t pid)
{
    int status = 0;
    pid_t got = waitpid(pid, &status, 0);
    printf("%s: %s", what, got == pid ? "" : "not waited for ");
    if (WIFEXITED(status))
        printf("exit %d\n", WEXITSTATUS(status));
    else
        printf("signal %d\n", WTERMSIG(status));
}

static void children(void)
{
    static const int codes[] = {0, 1, 42, 255, 256 + 7};
    for (int i = 0; i < 5; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) _exit(codes[i]);
        report("child", pid);
    }
    static const int signals[] = {SIGKILL, SIGTERM, SIGABRT, SIGUSR1};
    for (int i = 0; i < 4; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            raise(signals[i]);
            _exit(99);
        }
        report("killed", pid);
    }
}

/* A pipeline: numbers, squares of them, their sum. */
static void pipeline(void)
{
    int a[2], b[2];
    fflush(stdout);
    if (pipe(a) || pipe(b)) exit(1);
    pid_t first = fork();
    if (first == 0) {
        close(a[0]), close(b[0]), close(b[1]);
        for (uint32_t i = 0; i < 5000; i++)
            if (write(a[1], &i, sizeof i) != sizeof i) _exit(1);
        _exit(0);
    }
    pid_t second = fork();
    if (second == 0) {
        uint32_t v;
        close(a[1]), close(b[0]);
        while (read(a[0], &v, sizeof v) == sizeof v) {
            v *= v;
            if (write(b[1], &v, sizeof v) != sizeof v) _exit(1);
        }
        _exit(0);
    }
    close(a[0]), close(a[1]), close(b[1]);
    uint32_t v, sum = 0;
    while (read(b[0], &v, sizeof v) == sizeof v)
        sum += v;
    printf("sum of squares %u\n", sum);
    close(b[0]);
    report("first", first);
    report("second", second);
}

static void execute(const char *path)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        char *argv[] = {"renamed", "child", "with space", "", NULL}, *env[] = {"ONLY=this", NULL};
        execve(path, argv, env);
        printf("execve: errno %d\n", errno);
        fflush(stdout);
        _exit(1);
    }
    report("executed", pid);
}

int main(int argc, char **argv)
{
    extern char **environ;
    if (argc > 1 && !strcmp(argv[1], "child")) {
        printf("%s %d [%s] [%s] %s %d\n", argv[0], argc, argv[2], argv[3], environ[0] ? environ[0] : "-",
               environ[0] && environ[1]);
        return 17;
    }
    children();
    pipeline();
    if (strchr(argv[0], '/')) execute(argv[0]);
    execute("/no/such/program");
    execute("/proc");
    FILE *f = fopen("text", "w");
    fputs("neither ELF nor script\n", f), fclose(f), chmod("text", 0755);
    execute("./text");
    pid_t pid = fork();
    if (pid == 0) {
        alarm(1);
        for (;;)
            pause();
    }
    report("alarm", pid);
    errno = 0;
    printf("no child: %d %d\n", wait(NULL), errno == ECHILD);
    return 0;
}
