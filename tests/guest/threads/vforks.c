/* @seconds: 8
 * @needs: exec
 * @variants: O2 O0 musl
 * Children that have their parent's memory until they call exec or end: what they write, map, unmap and
 * protect is the parent's; their descriptors, directory, masks and handlers are their own. Also out of a
 * thread while others run, write beside it and rewrite code; and what posix_spawn says of a program that is
 * not there. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { PAGE = 4096, STACK = 65536 };
static char stack[4][STACK] __attribute__((aligned(16)));
static volatile int word = 1, zero_before, caught;
static char *volatile area;

static int wait_for(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* As vfork, on a stack of its own. */
static int lend(int (*child)(void *), void *arg)
{
    pid_t pid = clone(child, stack[0] + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, arg);
    return pid < 0 ? -errno : wait_for(pid);
}

/* --- memory -------------------------------------------------------------------------------------------- */

static int writes(void *arg)
{
    word = 2;
    zero_before++;
    strcpy(arg, "a local variable");
    char *list = NULL;
    for (int i = 0; i < 3000; i++) {
        char *p = malloc(100);
        *(char **)p = list;
        list = p;
    }
    area = list;
    return 5;
}

static int changes_mappings(void *arg)
{
    char *fresh = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(fresh + PAGE, "mapped by the child");
    mprotect(fresh, PAGE, PROT_NONE);
    char *moved = mremap(arg, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    strcpy(moved + 2 * PAGE, "longer");
    madvise(moved + PAGE, PAGE, MADV_DONTNEED);
    int fd = open("/proc/self/exe", O_RDONLY);
    char *file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    close(fd);
    file[1] = 'e';
    char *both = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(both, "shared");
    char **out = (char **)(fresh + PAGE + 100);
    out[0] = moved, out[1] = file, out[2] = both;
    munmap(fresh + 2 * PAGE, PAGE);
    area = fresh;
    return 6;
}

static void memory(void)
{
    char local[32] = "";
    printf("wrote: %d", lend(writes, local));
    int n = 0;
    for (char *p = area, *next; p; p = next, n++) {
        next = *(char **)p;
        free(p);
    }
    printf(" %d %d %s %d\n", word, zero_before, local, n);

    char *old = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(old, "moved");
    printf("mapped: %d", lend(changes_mappings, old));
    char **out = (char **)(area + PAGE + 100);
    printf(" %s, %s %s %.4s %s\n", area + PAGE, out[0], out[0] + 2 * PAGE, out[1], out[2]);
    unsigned char in;
    int ends[2], r = mincore(area + 2 * PAGE, PAGE, &in);
    printf("a hole: %d %d\n", r, errno);
    if (pipe(ends)) return;
    r = (int)write(ends[1], area, 1);
    printf("forbidden: %d %d\n", r, errno);
    close(ends[0]);
    close(ends[1]);
}

/* --- what is the child's own --------------------------------------------------------------------------- */

static void handler(int signo)
{
    caught += signo;
}

static int own_things(void *arg)
{
    int *ends = arg;
    sigset_t all;
    close(ends[0]);
    dup2(ends[1], 200);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGTERM, handler);
    if (chdir("/proc")) return 1;
    return write(200, "x", 1) == 1 ? 7 : 1;
}

static int signals_both(void *arg)
{
    (void)arg;
    kill(getppid(), SIGUSR1); /* has to wait */
    int before = caught;
    raise(SIGUSR2);
    return caught - before == SIGUSR2 && before == 0 ? 8 : 1;
}

static int kills_itself(void *arg)
{
    word = 3;
    kill(getpid(), arg ? SIGKILL : SIGTERM);
    return 1;
}

static void own(void)
{
    int ends[2];
    char byte, where[200] = "";
    sigset_t mask;
    struct sigaction sa;
    if (pipe(ends)) return;
    signal(SIGUSR1, handler);
    signal(SIGUSR2, handler);
    printf("own: %d", lend(own_things, ends));
    sigprocmask(SIG_SETMASK, NULL, &mask);
    sigaction(SIGUSR1, NULL, &sa);
    printf(" %zd %d %d", read(ends[0], &byte, 1), fcntl(200, F_GETFD), sigismember(&mask, SIGHUP));
    printf(" %d %d\n", sa.sa_handler == handler, getcwd(where, sizeof where) && strcmp(where, "/proc"));
    printf("signals: %d", lend(signals_both, NULL));
    printf(" %d\n", caught == SIGUSR1 + SIGUSR2);
    printf("killed: %d %d\n", lend(kills_itself, NULL), lend(kills_itself, "KILL"));
}

/* --- exec ---------------------------------------------------------------------------------------------- */

static int fails_in_exec(void *arg)
{
    word = 4;
    execl(arg, "nothing", NULL);
    word += errno == ENOENT ? 10 : 20;
    return 127;
}

static int executes(void *arg)
{
    word = 5;
    execl("/proc/self/exe", "vforks", arg, NULL);
    return 1;
}

/* The inner child's writes come through the outer one. A child of fork does not keep the parent waiting. */
static int nests(void *arg)
{
    pid_t pid = clone(executes, stack[1] + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, "33");
    int inner = word == 5 ? wait_for(pid) : 1;
    pid = fork();
    if (!pid) {
        word = 99;
        pause();
    }
    *(pid_t *)arg = pid;
    word += 100;
    return inner;
}

static void spawns(void)
{
    char *args[] = {"vforks", "34", NULL};
    pid_t pid;
    printf("not there: %d", lend(fails_in_exec, "/nonexistent/program"));
    printf(" %d\n", word);
    printf("executed: %d", lend(executes, "32"));
    printf(" %d\n", word);
    printf("nested: %d", lend(nests, &pid));
    printf(" %d %d\n", word, kill(pid, SIGKILL));
    printf("spawn: %d", posix_spawnp(&pid, "nonexistent-program", NULL, NULL, args, environ));
    printf(" %d", posix_spawn(&pid, "/dev/null", NULL, NULL, args, environ));
    printf(" %d", posix_spawn(&pid, "/proc/self/exe", NULL, NULL, args, environ));
    printf(" %d\n", wait_for(pid));
    printf("system: %d", WEXITSTATUS(system("exit 35")));
    printf(" %d\n", WEXITSTATUS(system("exec /nonexistent/program 2>/dev/null")));
    pid = vfork();
    if (!pid) {
        execl("/nonexistent/program", "nothing", NULL);
        word = errno;
        _exit(127);
    }
    printf("vfork: %d %d\n", wait_for(pid), word);
}

/* --- threads ------------------------------------------------------------------------------------------- */

static volatile int stop, rounds[2];
static volatile unsigned char beside[PAGE];
static unsigned char *code;

/* Bytes beside the child's: both are there in the end. */
static void *write_beside(void *arg)
{
    for (unsigned char k = 0; !stop; k++, rounds[0]++)
        for (int i = 0; i < PAGE; i += 2)
            beside[i] = k;
    for (int i = 0; i < PAGE; i += 2)
        beside[i] = 77;
    return arg;
}

/* mov eax, k; ret */
static void *rewrite(void *arg)
{
    for (int k = 0; !stop; k++, rounds[1]++) {
        memcpy(code + 1, &k, sizeof k);
        if (((int (*)(void))code)() != k) return "wrong";
    }
    return arg;
}

static int writes_beside(void *arg)
{
    int before[2] = {rounds[0], rounds[1]};
    for (int i = 1; i < PAGE; i += 2)
        beside[i] = (unsigned char)(i + *(int *)arg);
    *(int *)arg = before[0] >= 0 && before[1] >= 0;
    return 9;
}

static void *borrow(void *arg)
{
    int good = 0;
    for (int i = 0; i < 8; i++) {
        int k = i;
        good += lend(writes_beside, &k) == 9 && k == 1;
        for (int j = 1; j < PAGE; j += 2)
            if (beside[j] != (unsigned char)(i + j)) good = -1000;
        int seen[2] = {rounds[0], rounds[1]};
        while (seen[0] == rounds[0] || seen[1] == rounds[1])
            sched_yield();
    }
    *(int *)arg = good;
    return NULL;
}

static void threads(void)
{
    pthread_t t[3];
    int good = 0;
    void *r;
    code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, "\xb8\0\0\0\0\xc3", 6);
    pthread_create(&t[0], NULL, write_beside, NULL);
    pthread_create(&t[1], NULL, rewrite, NULL);
    pthread_create(&t[2], NULL, borrow, &good);
    pthread_join(t[2], NULL);
    stop = 1;
    pthread_join(t[0], NULL);
    pthread_join(t[1], &r);
    int sum = 0;
    for (int i = 0; i < PAGE; i++)
        sum += beside[i];
    printf("threads: %d %s %d\n", good, r ? (char *)r : "right", sum);
}

int main(int argc, char **argv)
{
    if (argc > 1) return atoi(argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    memory();
    own();
    spawns();
    threads();
    return 0;
}
