/* Executes files one after the other and tells what became of each: launch SECONDS DIRECTORY [PROGRAM…]. Each
 * file m… of DIRECTORY is executed, or PROGRAM… with its name behind; a line is its name and the error's
 * number, or exit status or signal; "late" for one that had to be killed after SECONDS. What it says to
 * standard error is in the file's name with .err. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char **command, *environment[2]; /* what the sanitizers are told, and nothing else */
static int prefix, seconds;

static _Noreturn void execute(const char *file, int told)
{
    char name[300];
    snprintf(name, sizeof name, "%s.err", file);
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDWR), 0);
    dup2(0, 1);
    dup2(open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), 2);
    command[prefix] = (char *)file;
    execve(command[0], command, environment);
    int error = errno;
    _exit(write(told, &error, sizeof error) != sizeof error);
}

/* Ends with the writing end of the pipe: by execve or by exit. */
static int error_of(int fd)
{
    int error = 0;
    if (read(fd, &error, sizeof error) < 0) error = -1;
    close(fd);
    return error;
}

static bool wait_for(pid_t child, int *status)
{
    for (int tenths = 0; tenths < 200 * seconds; tenths++) {
        if (waitpid(child, status, WNOHANG) == child) return true;
        poll(NULL, 0, tenths < 20 ? 1 : 5);
    }
    kill(-child, SIGKILL);
    waitpid(child, status, 0);
    return false;
}

/* Others may have as many processes as this user may for a moment. */
static pid_t fork_at_last(void)
{
    pid_t child;
    while ((child = fork()) < 0 && errno == EAGAIN)
        poll(NULL, 0, 20);
    if (child < 0) exit(2);
    return child;
}

static void launch(const char *file)
{
    int told[2], status = 0;
    if (pipe2(told, O_CLOEXEC)) exit(2);
    pid_t child = fork_at_last();
    if (child == 0) execute(file, told[1]);
    close(told[1]);
    int error = error_of(told[0]);
    bool in_time = wait_for(child, &status);
    kill(-child, SIGKILL); /* what it may have left */
    if (error)
        printf("%s error %d\n", file, error);
    else if (!in_time)
        printf("%s late\n", file);
    else if (WIFSIGNALED(status))
        printf("%s signal %d\n", file, WTERMSIG(status));
    else
        printf("%s exit %d\n", file, WEXITSTATUS(status));
    fflush(stdout);
}

static int is_mutant(const struct dirent *d)
{
    return d->d_name[0] == 'm' && !strchr(d->d_name, '.');
}

int main(int argc, char **argv)
{
    struct dirent **list;
    struct rlimit none = {0, 0};
    if (argc < 3 || chdir(argv[2])) return 2;
    seconds = atoi(argv[1]);
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, "ASAN_OPTIONS=", 13)) environment[0] = *e;
    prefix = argc - 3;
    command = calloc((size_t)prefix + 2, sizeof *command);
    if (!command) return 2;
    memcpy(command, argv + 3, (size_t)prefix * sizeof *command);
    setrlimit(RLIMIT_CORE, &none);
    personality(ADDR_NO_RANDOMIZE); /* the same end each time */
    int n = scandir(".", &list, is_mutant, alphasort);
    for (int i = 0; i < n; i++)
        launch(list[i]->d_name);
    return n <= 0;
}
