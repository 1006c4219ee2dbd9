/* clone3: processes, a stack of the child's own, vfork, threads, handlers that are cleared, and what is
 * refused. */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static int stack[16384], word, other;

static uint64_t at(const void *p)
{
    return (uintptr_t)p;
}

/* The child calls fn, on its own stack if it has one. */
static long make(const struct clone_args *a, size_t size, void (*fn)(void))
{
    long r;
    __asm__ volatile("int $0x80\n\t"
                     "testl %%eax, %%eax\n\t"
                     "jnz 1f\n\t"
                     "call *%%esi\n"
                     "1:"
                     : "=a"(r)
                     : "a"(SYS_clone3), "b"(a), "c"(size), "S"(fn)
                     : "memory", "cc", "edx");
    return r;
}

static void ends(void)
{
    raw(SYS_exit_group, 9);
}

static void shows_stack(void)
{
    int here;
    raw(SYS_exit_group, &here > stack && &here < stack + 16384 ? 5 : 6);
}

static void shows_word(void)
{
    bool same = word == raw(SYS_gettid);
    raw(SYS_exit_group, same ? 7 : 8);
}

static void writes(void)
{
    word = 77;
    raw(SYS_exit_group, 4);
}

static void thread(void)
{
    other = raw(SYS_gettid) != raw(SYS_getpid) ? 1 : 2;
    raw(SYS_exit, 0);
}

static void handler(int signo) {}

static void shows_handlers(void)
{
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGSEGV, SIGCHLD};
    for (int i = 0; i < 4; i++) {
        struct sigaction a;
        sigaction(signals[i], NULL, &a);
        printf("signal %d: %s, flags %x\n", signals[i],
               a.sa_handler == SIG_DFL   ? "default"
               : a.sa_handler == SIG_IGN ? "ignored"
                                         : "caught",
               a.sa_flags & ~0x04000000);
    }
    fflush(stdout);
    raw(SYS_exit_group, 0);
}

static void shows_end(const char *title, long pid)
{
    int status = -1;
    printf("%s: %s", title, pid > 0 ? "made" : result(pid));
    printf(", waited for %d", waitpid((pid_t)pid, &status, __WALL) == pid);
    printf(", status %x\n", status);
    fflush(stdout);
}

static void processes(void)
{
    struct clone_args a = {.exit_signal = SIGCHLD};
    shows_end("process", make(&a, sizeof a, ends));
    shows_end("of the first size", make(&a, 64, ends));
    a.stack = at(stack), a.stack_size = sizeof stack;
    shows_end("on its stack", make(&a, sizeof a, shows_stack));
    a = (struct clone_args){.exit_signal = SIGCHLD, .flags = CLONE_CHILD_SETTID, .child_tid = at(&word)};
    shows_end("with its number", make(&a, sizeof a, shows_word));
    printf("here %d\n", word);
    a = (struct clone_args){.exit_signal = SIGCHLD, .flags = CLONE_PARENT_SETTID, .parent_tid = at(&word)};
    long pid = make(&a, sizeof a, ends);
    printf("told %d\n", word == pid);
    shows_end("that", pid);
    a = (struct clone_args){.exit_signal = SIGCHLD, .flags = CLONE_VM | CLONE_VFORK};
    a.stack = at(stack), a.stack_size = sizeof stack;
    shows_end("vfork", make(&a, sizeof a, writes));
    printf("word %d\n", word);
}

static void handlers(void)
{
    struct clone_args a = {.exit_signal = SIGCHLD, .flags = CLONE_CLEAR_SIGHAND};
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL);
    sigaction(SIGUSR2, &(struct sigaction){.sa_handler = SIG_IGN, .sa_flags = SA_RESTART}, NULL);
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = handler}, NULL);
    fflush(stdout);
    shows_end("cleared", make(&a, sizeof a, shows_handlers));
    a.flags = 0;
    shows_end("not cleared", make(&a, sizeof a, shows_handlers));
}

static void threads(void)
{
    struct clone_args a = {.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                    CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
                           .child_tid = at(&word),
                           .parent_tid = at(&word),
                           .stack = at(stack),
                           .stack_size = sizeof stack};
    long tid = make(&a, sizeof a, thread);
    for (int now; (now = __atomic_load_n(&word, __ATOMIC_SEQ_CST));)
        raw(SYS_futex, &word, 0, now, 0, 0, 0);
    printf("thread %d, %d\n", tid > 0, other);
}

static void refused(const char *title, struct clone_args a, size_t size)
{
    fflush(stdout);
    long r = make(&a, size, ends);
    if (r > 0) waitpid((pid_t)r, NULL, __WALL);
    printf("%s: %s\n", title, r > 0 ? "made" : result(r));
}

int main(void)
{
    struct {
        struct clone_args a;
        uint64_t more;
    } longer = {.a.exit_signal = SIGCHLD};
    processes();
    handlers();
    threads();
    fflush(stdout);
    SHOW(make(&longer.a, 63, ends));
    SHOW(make(&longer.a, 4097, ends));
    SHOW(make((void *)16, 64, ends));
    SHOW(make(NULL, 0, ends));
    shows_end("longer", make(&longer.a, sizeof longer, ends));
    longer.more = 1;
    SHOW(make(&longer.a, sizeof longer, ends));
#define TRY(...) refused(#__VA_ARGS__, (struct clone_args){__VA_ARGS__}, sizeof(struct clone_args))
    TRY(.exit_signal = 65);
    TRY(.exit_signal = 0x100);
    TRY(.flags = 17);
    TRY(.flags = CLONE_DETACHED);
    TRY(.flags = 1ull << 40);
    TRY(.flags = CLONE_THREAD);
    TRY(.flags = CLONE_SIGHAND);
    TRY(.flags = CLONE_SIGHAND | CLONE_VM | CLONE_CLEAR_SIGHAND);
    TRY(.flags = CLONE_PARENT, .exit_signal = SIGCHLD);
    TRY(.stack = 4096);
    TRY(.stack_size = 4096);
    TRY(.stack = 0xfffff000, .stack_size = 0x2000, .exit_signal = SIGCHLD);
    TRY(.stack = 1ull << 33, .stack_size = 4096, .exit_signal = SIGCHLD);
    TRY(.set_tid_size = 1);
    TRY(.set_tid = 16);
    TRY(.set_tid = 16, .set_tid_size = 33);
    return 0;
}
