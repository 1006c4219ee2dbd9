/* observe: runs one guest program under fixed conditions and writes down what a user would see of it.
 * Owns the conditions (working directory, environment, limits, time) and the record; it compares nothing.
 *
 *   observe [-t SECONDS] [-d DIRECTORY] [-e PATH] [-i INPUT] [-p] -o PREFIX program [args…]
 *
 * writes PREFIX.out, PREFIX.err and PREFIX.status ("exit N", "signal N" in i386's numbers, or "timeout"). -e
 * sets the program's $PATH. With -p the program has a terminal: PREFIX.out then holds what it wrote there,
 * INPUT is typed into it, and PREFIX.err is empty.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* GLIBC_TUNABLES makes glibc choose the same string and math routines on a CPU with SSE as on one without, so
 * that a difference in the output is the emulator's and not glibc's. */
static char *guest_env[] = {
    "PATH=/usr/bin:/bin",
    "HOME=/",
    "LC_ALL=C",
    "TZ=UTC0",
    "TERM=vt100",
    "GUEST_TEST=one two",
    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-SSE2,-SSSE3,-SSE4_1,-SSE4_2,-AVX,-AVX2,-FMA,-FMA4,-ERMS",
    NULL,
};

struct job {
    const char *directory, *input, *prefix;
    int seconds;
    int terminal;
    char **argv;
};

static void die(const char *what)
{
    fprintf(stderr, "observe: %s: %s\n", what, strerror(errno));
    exit(125);
}

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int create(const char *prefix, const char *suffix)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) die(path);
    return fd;
}

static void limit(int resource, rlim_t to)
{
    struct rlimit old;
    getrlimit(resource, &old);
    if (to > old.rlim_max) to = old.rlim_max;
    setrlimit(resource, &(struct rlimit){to, old.rlim_max});
}

static void become(const struct job *job)
{
    if (job->directory && chdir(job->directory) < 0) die(job->directory);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_STACK, 8 << 20);
    umask(022);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int signo = 1; signo < NSIG; signo++)
        signal(signo, SIG_DFL);
    for (int fd = 3; fd < 1024; fd++) /* of make or of a shell: a program may count its descriptors */
        close(fd);
    execve(job->argv[0], job->argv, guest_env);
    die(job->argv[0]);
}

static pid_t start_with_files(const struct job *job)
{
    int in = open(job->input ? job->input : "/dev/null", O_RDONLY | O_CLOEXEC);
    if (in < 0) die(job->input);
    int out = create(job->prefix, "out"), err = create(job->prefix, "err");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        setsid();
        dup2(in, 0);
        dup2(out, 1);
        dup2(err, 2);
        become(job);
    }
    close(in);
    close(out);
    close(err);
    return pid;
}

static pid_t start_with_terminal(const struct job *job, int *master)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    /* Nothing is echoed or edited: what is typed before the program reads keys must not show how slow it
     * began. */
    struct termios keys = {.c_oflag = OPOST | ONLCR, .c_cflag = CS8 | CREAD, .c_cc = {[VMIN] = 1}};
    cfsetspeed(&keys, B38400);
    close(create(job->prefix, "err"));
    pid_t pid = forkpty(master, NULL, &keys, &size);
    if (pid < 0) die("forkpty");
    if (pid == 0) become(job);
    return pid;
}

/* Types the whole input, then copies what the program writes until it closes the terminal or time is up. */
static void serve_terminal(const struct job *job, int master, long long deadline_ms)
{
    int out = create(job->prefix, "out");
    char buf[4096];
    int in = job->input ? open(job->input, O_RDONLY) : -1;
    if (in >= 0) {
        ssize_t n = read(in, buf, sizeof buf);
        if (n > 0 && write(master, buf, (size_t)n) != n) die("terminal");
        close(in);
    }
    for (;;) {
        struct pollfd p = {.fd = master, .events = POLLIN};
        long long left = deadline_ms - now_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0) break;
        ssize_t n = read(master, buf, sizeof buf);
        if (n <= 0) break; /* EIO: the last process closed it */
        if (write(out, buf, (size_t)n) != n) die("output");
    }
    close(out);
}

/* Waits until the deadline, then kills the whole session. false: it had to be killed. */
static int wait_until(pid_t pid, long long deadline_ms, int *status)
{
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    while (waitpid(pid, status, WNOHANG) == 0) {
        long long left = deadline_ms - now_ms();
        if (left <= 0) {
            kill(-pid, SIGKILL);
            waitpid(pid, status, 0);
            return 0;
        }
        struct timespec wait = {left / 1000, left % 1000 * 1000000};
        sigtimedwait(&chld, NULL, &wait);
    }
    return 1;
}

static char *search_path(const char *directories)
{
    char *text = malloc(strlen(directories) + sizeof "PATH=");
    if (!text) die("PATH");
    return strcat(strcpy(text, "PATH="), directories);
}

/* Signals that MIPS numbers otherwise. */
static int i386_number(int signo)
{
    switch (signo) {
    case SIGBUS: return 7;
    case SIGUSR1: return 10;
    case SIGUSR2: return 12;
    case SIGCHLD: return 17;
    case SIGSYS: return 31;
    default: return signo;
    }
}

static struct job parse(int argc, char **argv)
{
    struct job job = {.seconds = 10};
    int c;
    while ((c = getopt(argc, argv, "+t:d:e:i:o:p")) != -1) {
        switch (c) {
        case 't': job.seconds = atoi(optarg); break;
        case 'd': job.directory = optarg; break;
        case 'e': guest_env[0] = search_path(optarg); break;
        case 'i': job.input = optarg; break;
        case 'o': job.prefix = optarg; break;
        case 'p': job.terminal = 1; break;
        default: exit(125);
        }
    }
    job.argv = argv + optind;
    if (!job.prefix || !*job.argv) {
        fprintf(stderr, "usage: observe [-t SECONDS] [-d DIRECTORY] [-e PATH] [-i INPUT] [-p] -o PREFIX "
                        "program [args...]\n");
        exit(125);
    }
    return job;
}

int main(int argc, char **argv)
{
    struct job job = parse(argc, argv);
    long long deadline = now_ms() + job.seconds * 1000LL;
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);

    int master, status = 0;
    pid_t pid = job.terminal ? start_with_terminal(&job, &master) : start_with_files(&job);
    if (job.terminal) serve_terminal(&job, master, deadline);
    int in_time = wait_until(pid, deadline, &status);

    char text[32];
    int n = !in_time              ? sprintf(text, "timeout\n")
            : WIFSIGNALED(status) ? sprintf(text, "signal %d\n", i386_number(WTERMSIG(status)))
                                  : sprintf(text, "exit %d\n", WEXITSTATUS(status));
    int fd = create(job.prefix, "status");
    if (write(fd, text, (size_t)n) != n) die("status");
    return 0;
}
