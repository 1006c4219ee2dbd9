/* @seconds: 8
 * @needs: exec
 * @variants: O2 musl
 * Processes out of a process with threads: fork while others run and hold locks, what the child has, handlers
 * of pthread_atfork, vfork, posix_spawn, system(). */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int stop;
static volatile unsigned long spins;
static __thread int own = 5;
extern char **environ;

static void *spin(void *arg)
{
    while (!stop)
        spins++, free(malloc(spins % 1000));
    return arg;
}

static void before(void)
{
    printf("before\n");
}

static void in_parent(void)
{
    spins++;
}

static void in_child(void)
{
    printf("child\n");
    fflush(stdout);
}

static int wait_for(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void *forker(void *arg)
{
    own = 9;
    pid_t pid = fork();
    if (!pid) { /* here the one thread is the first, and can make others */
        pthread_t t;
        void *r = NULL;
        stop = 1;
        free(malloc(100));
        if (own != 9 || getpid() != syscall(SYS_gettid)) _exit(90);
        if (pthread_create(&t, NULL, spin, (void *)3) || pthread_join(t, &r)) _exit(91);
        _exit(20 + (int)(long)r);
    }
    return (void *)(long)wait_for(pid);
}

int main(int argc, char **argv)
{
    pthread_t t[2], f;
    if (argc > 1) return atoi(argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, spin, NULL);
    for (int i = 0; i < 10; i++) {
        void *r;
        pthread_create(&f, NULL, forker, NULL);
        pthread_join(f, &r);
        if ((long)r != 23) printf("child of a thread: %ld\n", (long)r);
    }
    for (int i = 0; i < 10; i++) {
        pid_t pid = fork();
        if (!pid) {
            free(malloc(5000));
            _exit(i);
        }
        if (wait_for(pid) != i) printf("child %d\n", i);
    }
    pthread_atfork(before, in_parent, in_child);
    pid_t pid = fork();
    if (!pid) _exit(7);
    printf("%d\n", wait_for(pid));
    pid = vfork();
    if (!pid) {
        execl("/proc/self/exe", "forks", "31", NULL);
        _exit(1);
    }
    printf("vfork: %d\n", wait_for(pid));
    char *arguments[] = {"forks", "32", NULL};
    int r = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, arguments, environ);
    printf("spawned: %d %d\n", r, wait_for(pid));
    stop = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    printf("%d\n", spins > 0);
    return 0;
}
