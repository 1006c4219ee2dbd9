/* seccomp: both modes, what each action does to a call, which filters are refused, several filters, threads.
 * Each in a child of its own. */
#define _GNU_SOURCE
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "tests/guest/sys/raw.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LOAD(m)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, m))
#define RET(v)   BPF_STMT(BPF_RET | BPF_K, v)
/* Call `nr` gets `action`. */
#define ON(nr, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), RET(action)

static long install(const struct sock_filter *f, unsigned len, unsigned flags)
{
    struct sock_fprog prog = {len, (struct sock_filter *)f};
    return raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

static void no_privileges(void)
{
    raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void show_status(void)
{
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, "NoNewPrivs", 10) || !strncmp(line, "Seccomp", 7)) fputs(line, stdout);
    if (f) fclose(f);
}

/* --- actions ---------------------------------------------------------------------------------------- */

static void on_sys(int signo, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    greg_t *r = u->uc_mcontext.gregs;
    printf("signal %d code %d errno %d syscall %d arch %#x at eip %d, eax %d ebx %d ecx %d\n", signo,
           info->si_code, info->si_errno, info->si_syscall, info->si_arch,
           (int)info->si_call_addr == r[REG_EIP], r[REG_EAX], r[REG_EBX], r[REG_ECX]);
    uint8_t *at = (uint8_t *)info->si_call_addr;
    printf("after %02x %02x\n", at[-2], at[-1]);
    if (info->si_errno == 7) r[REG_EAX] = 12345;
}

static void actions(void)
{
    struct sock_filter f[] = {LOAD(arch),
                              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 1, 0),
                              RET(SECCOMP_RET_KILL_PROCESS),
                              LOAD(nr),
                              ON(SYS_getppid, SECCOMP_RET_ERRNO | 5),
                              ON(SYS_getpgrp, SECCOMP_RET_ERRNO | 0),
                              ON(SYS_getuid32, SECCOMP_RET_ERRNO | 0xffff),
                              ON(SYS_getgid32, SECCOMP_RET_TRACE | 9),
                              ON(SYS_geteuid32, SECCOMP_RET_USER_NOTIF),
                              ON(SYS_umask, SECCOMP_RET_LOG),
                              ON(SYS_sync, SECCOMP_RET_TRAP | 7),
                              ON(SYS_nice, SECCOMP_RET_TRAP),
                              ON(SYS_getsid, SECCOMP_RET_ERRNO | 512),
                              ON(9999, SECCOMP_RET_ERRNO | 1),
                              RET(SECCOMP_RET_ALLOW)};
    struct sigaction a = {.sa_sigaction = on_sys, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &a, NULL);
    no_privileges();
    show_status();
    SHOW(install(f, COUNT(f), 0));
    show_status();
    SHOW(raw(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0));
    SHOW(raw(SYS_getppid));
    SHOW(raw(SYS_getpgrp));
    SHOW(raw(SYS_getuid32));
    SHOW(raw(SYS_getgid32));
    SHOW(raw(SYS_geteuid32));
    SHOW(raw(SYS_umask, 022));
    SHOW(raw(SYS_sync, 1, 2));
    SHOW(raw(SYS_nice, 3, 4));
    SHOW(raw(SYS_getsid, 0));
    SHOW(raw(9999));
    SHOW(raw(9998));
    fflush(stdout);
    signal(SIGSYS, SIG_IGN);
    raw(SYS_sync);
    puts("not reached");
}

/* Which argument is which, and that their upper halves are 0. */
static void arguments(void)
{
    no_privileges();
    for (unsigned i = 0; i < 6; i++) {
        const uint32_t at = offsetof(struct seccomp_data, args) + 8 * i;
        struct sock_filter f[] = {LOAD(nr),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5000 + i, 0, 5),
                                  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at + 4),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
                                  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80000000 + i, 0, 1),
                                  RET(SECCOMP_RET_ERRNO | (100 + i)),
                                  RET(SECCOMP_RET_ALLOW)};
        install(f, COUNT(f), 0);
    }
    for (int i = 0; i < 7; i++)
        SHOW(raw(5000 + i, 0x80000000, 0x80000001, 0x80000002, 0x80000003, 0x80000004, 0x80000005));
    SHOW(raw(5003, 0, 1, 2, 3, 4, 5));
}

static void strictest(void)
{
    const uint32_t action[] = {SECCOMP_RET_LOG, SECCOMP_RET_ERRNO | 3, SECCOMP_RET_ERRNO | 4,
                               SECCOMP_RET_TRACE | 1, SECCOMP_RET_ERRNO | 2};
    no_privileges();
    for (unsigned i = 0; i < COUNT(action); i++) {
        struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, action[i]), RET(SECCOMP_RET_ALLOW)};
        SHOW(install(f, COUNT(f), i & 1 ? SECCOMP_FILTER_FLAG_LOG : SECCOMP_FILTER_FLAG_SPEC_ALLOW));
        long r = raw(SYS_getppid);
        printf("%s\n", r > 0 ? "done" : result(r));
    }
    show_status();
    fflush(stdout);
    if (fork()) {
        wait(NULL);
        return;
    }
    SHOW(raw(SYS_getppid));
    show_status();
}

static void killed_process(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, SECCOMP_RET_KILL_PROCESS), RET(SECCOMP_RET_ALLOW)};
    struct sigaction a = {.sa_sigaction = on_sys, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &a, NULL);
    install(f, COUNT(f), 0);
    raw(SYS_getppid);
}

static void killed_alone(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, SECCOMP_RET_KILL_THREAD), RET(SECCOMP_RET_ALLOW)};
    install(f, COUNT(f), 0);
    raw(SYS_getppid);
}

static void killed_unknown(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, 0x12340000), RET(SECCOMP_RET_ALLOW)};
    install(f, COUNT(f), 0);
    raw(SYS_getppid);
}

static void trapped_blocked(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, SECCOMP_RET_TRAP), RET(SECCOMP_RET_ALLOW)};
    struct sigaction a = {.sa_sigaction = on_sys, .sa_flags = SA_SIGINFO};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSYS);
    sigaction(SIGSYS, &a, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    install(f, COUNT(f), 0);
    raw(SYS_getppid);
}

static void strict(void)
{
    SHOW(raw(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, 0));
    SHOW(raw(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, 1));
    fflush(stdout);
    long r = raw(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
    raw(SYS_write, 1, "in strict mode\n", 15);
    raw(SYS_exit, r + 5);
}

static void strict_killed(void)
{
    raw(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, 0);
    raw(SYS_write, 1, "in strict mode\n", 15);
    raw(SYS_getpid);
}

/* --- threads ---------------------------------------------------------------------------------------- */

static volatile int stage;

static void reach(int n)
{
    __atomic_store_n(&stage, n, __ATOMIC_SEQ_CST);
    raw(SYS_futex, &stage, 1, 1000, 0, 0, 0);
}

static void await(int n)
{
    for (int now; (now = __atomic_load_n(&stage, __ATOMIC_SEQ_CST)) < n;)
        raw(SYS_futex, &stage, 0, now, 0, 0, 0);
}

static void *other(void *arg)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getpgrp, SECCOMP_RET_ERRNO | 8), RET(SECCOMP_RET_ALLOW)};
    reach(1);
    await(2);
    SHOW(raw(SYS_getppid));
    SHOW(raw(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(install(f, COUNT(f), 0));
    reach(3);
    await(4);
    return NULL;
}

static void *killed_thread(void *arg)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, SECCOMP_RET_KILL_THREAD), RET(SECCOMP_RET_ALLOW)};
    install(f, COUNT(f), 0);
    raw(SYS_getppid);
    return NULL;
}

static void threads(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, SECCOMP_RET_ERRNO | 6), RET(SECCOMP_RET_ALLOW)};
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    await(1);
    no_privileges();
    SHOW(install(f, COUNT(f), SECCOMP_FILTER_FLAG_TSYNC));
    reach(2);
    await(3);
    printf("refused %d\n", install(f, COUNT(f), SECCOMP_FILTER_FLAG_TSYNC) > 0);
    SHOW(install(f, COUNT(f), SECCOMP_FILTER_FLAG_TSYNC | 16));
    SHOW(raw(SYS_getpgrp) > 0);
    reach(4);
    pthread_join(t, NULL);
    SHOW(install(f, COUNT(f), SECCOMP_FILTER_FLAG_TSYNC));
    pthread_create(&t, NULL, killed_thread, NULL);
    pthread_join(t, NULL);
    puts("that one is gone");
}

/* --- what is refused -------------------------------------------------------------------------------- */

#define TRY(...)                                                           \
    do {                                                                   \
        struct sock_filter f[] = {__VA_ARGS__};                            \
        printf("%s: %s\n", #__VA_ARGS__, result(install(f, COUNT(f), 0))); \
    } while (0)

#define S     BPF_STMT
#define J     BPF_JUMP
#define ALLOW RET(SECCOMP_RET_ALLOW)

static void programs(void)
{
    no_privileges();
    TRY(S(BPF_LD | BPF_IMM, 0));
    TRY(S(BPF_RET | BPF_A, 0), S(BPF_LD | BPF_IMM, 0));
    TRY(S(BPF_LD | BPF_W | BPF_ABS, 62), ALLOW);
    TRY(S(BPF_LD | BPF_W | BPF_ABS, 64), ALLOW);
    TRY(S(BPF_LD | BPF_W | BPF_ABS, 60), ALLOW);
    TRY(S(BPF_LD | BPF_H | BPF_ABS, 0), ALLOW);
    TRY(S(BPF_LD | BPF_W | BPF_IND, 0), ALLOW);
    TRY(S(BPF_LDX | BPF_B | BPF_MSH, 0), ALLOW);
    TRY(S(BPF_LD | BPF_W | BPF_ABS, 0xfffff004), ALLOW);
    TRY(S(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW);
    TRY(S(BPF_ALU | BPF_DIV | BPF_K, 3), ALLOW);
    TRY(S(BPF_ALU | BPF_MOD | BPF_K, 3), ALLOW);
    TRY(S(BPF_ALU | BPF_LSH | BPF_K, 32), ALLOW);
    TRY(S(BPF_ALU | BPF_RSH | BPF_K, 31), ALLOW);
    TRY(S(BPF_ALU | BPF_NEG, 0), ALLOW);
    TRY(S(BPF_ALU | BPF_XOR | BPF_X, 0), ALLOW);
    TRY(S(BPF_ALU | 0xb0, 0), ALLOW);
    TRY(S(BPF_LD | BPF_MEM, 0), ALLOW);
    TRY(S(BPF_ST, 16), ALLOW);
    TRY(S(BPF_ST, 15), S(BPF_LDX | BPF_MEM, 15), ALLOW);
    TRY(J(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), S(BPF_ST, 3), S(BPF_LD | BPF_MEM, 3), ALLOW);
    TRY(J(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0), S(BPF_ST, 3), S(BPF_LD | BPF_MEM, 3), ALLOW);
    TRY(J(BPF_JMP | BPF_JA, 1, 0, 0), ALLOW);
    TRY(J(BPF_JMP | BPF_JA, 0xffffffff, 0, 0), ALLOW);
    TRY(J(BPF_JMP | BPF_JA, 1, 0, 0), S(BPF_LD | BPF_MEM, 0), ALLOW);
    TRY(J(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0), ALLOW);
    TRY(J(BPF_JMP | BPF_JSET | BPF_K, 0, 0, 1), ALLOW);
    TRY(S(BPF_RET | BPF_X, 0));
    TRY(S(BPF_LD | BPF_LEN | BPF_W, 0), S(BPF_LDX | BPF_LEN | BPF_W, 0), ALLOW);
    TRY(S(BPF_MISC | BPF_TAX, 0), S(BPF_MISC | BPF_TXA, 0), ALLOW);
    TRY(S(0xffff, 0), ALLOW);
    SHOW(install(NULL, 1, 0));
    SHOW(install((void *)16, 1, 0));
    SHOW(install(NULL, 0, 0));
    SHOW(install(NULL, 4097, 0));
    SHOW(raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, 16));
    SHOW(raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, 0));
    SHOW(raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0x80, 16));
    SHOW(raw(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, 0));
    SHOW(raw(SYS_seccomp, 99, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_SECCOMP, 3, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static void available(void)
{
    const uint32_t action[] = {
        SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,  SECCOMP_RET_ERRNO,
        SECCOMP_RET_TRACE,        SECCOMP_RET_LOG,         SECCOMP_RET_ALLOW, 0x12340000,
        SECCOMP_RET_ERRNO | 1};
    for (unsigned i = 0; i < COUNT(action); i++)
        SHOW(raw(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action[i]));
    SHOW(raw(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 1, &action[0]));
    SHOW(raw(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, 16));
    uint16_t size[3] = {0};
    SHOW(raw(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, size));
    printf("sizes %u %u %u\n", size[0], size[1], size[2]);
    SHOW(raw(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, 16));
}

static void unprivileged(void)
{
    struct sock_filter f[] = {ALLOW};
    if (raw(SYS_setresuid32, 65534, 65534, 65534)) return;
    SHOW(install(f, 1, 0));
    SHOW(install(f, 0, 0));
    SHOW(install(NULL, 1, 0));
    no_privileges();
    SHOW(install(f, 1, 0));
}

/* --- programs compute ------------------------------------------------------------------------------- */

/* What the program of two words makes of them, as an errno of ten bits. */
static void computes(uint16_t code, uint32_t a, uint32_t b)
{
    static uint32_t call = 7000;
    call++;
    struct sock_filter f[] = {LOAD(nr),
                              J(BPF_JMP | BPF_JEQ | BPF_K, call, 1, 0),
                              ALLOW,
                              S(BPF_LD | BPF_IMM, b),
                              S(BPF_ST, 5),
                              S(BPF_LDX | BPF_MEM, 5),
                              LOAD(args[1]),
                              {code, 0, 0, b},
                              S(BPF_STX, 6),
                              S(BPF_ALU | BPF_AND | BPF_K, 1023),
                              S(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
                              S(BPF_RET | BPF_A, 0)};
    long r = install(f, COUNT(f), 0);
    if (r) printf("install %ld\n", r);
    printf("%#x %#x %#x: %ld\n", code, a, b, raw(call, 0, a));
}

static void arithmetic(void)
{
    const uint16_t op[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH};
    no_privileges();
    for (unsigned i = 0; i < COUNT(op); i++) {
        computes(BPF_ALU | op[i] | BPF_K, 0xfffffff7, 5);
        computes(BPF_ALU | op[i] | BPF_X, 0x12345678, 29);
    }
    computes(BPF_ALU | BPF_NEG, 77, 0);
    computes(BPF_LD | BPF_W | BPF_LEN, 77, 0);
    computes(BPF_MISC | BPF_TXA, 77, 3);
    fflush(stdout);
    computes(BPF_ALU | BPF_DIV | BPF_X, 77, 0);
}

static void jumps(void)
{
    const uint16_t op[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
    no_privileges();
    for (unsigned i = 0; i < 2 * COUNT(op); i++) {
        struct sock_filter f[] = {LOAD(nr),
                                  J(BPF_JMP | BPF_JEQ | BPF_K, 7000 + i, 0, 6),
                                  S(BPF_LDX | BPF_IMM, 0x80000001),
                                  LOAD(args[0]),
                                  {BPF_JMP | op[i / 2] | (i & 1 ? BPF_X : BPF_K), 1, 2, 0x80000001},
                                  RET(SECCOMP_RET_ERRNO | 1),
                                  J(BPF_JMP | BPF_JA, 1, 0, 0),
                                  RET(SECCOMP_RET_ERRNO | 2),
                                  ALLOW};
        install(f, COUNT(f), 0);
        printf("%u: %ld %ld %ld %ld\n", i, raw(7000 + i, 1), raw(7000 + i, 0x80000001),
               raw(7000 + i, 0x80000002), raw(7000 + i, 0x7ffffffe));
    }
}

/* --- and over exec ---------------------------------------------------------------------------------- */

static char *self;

static void executes(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_getppid, SECCOMP_RET_ERRNO | 6), ALLOW};
    struct sock_filter g[] = {LOAD(nr), ON(SYS_getpgrp, SECCOMP_RET_ERRNO | 7), ALLOW};
    char *argv[] = {self, "executed", NULL}, *env[] = {"A=1", "TIERRUN_SECCOMP=5", NULL};
    no_privileges();
    install(f, COUNT(f), 0);
    install(g, COUNT(g), 0);
    fflush(stdout);
    SHOW(raw(SYS_execve, "/nowhere", argv, env));
    fflush(stdout);
    raw(SYS_execve, self, argv, env);
}

static void refused(void)
{
    struct sock_filter f[] = {LOAD(nr), ON(SYS_execve, SECCOMP_RET_ERRNO | 6), ALLOW};
    char *argv[] = {self, "executed", NULL};
    no_privileges();
    install(f, COUNT(f), 0);
    SHOW(raw(SYS_execve, self, argv, NULL));
}

static int executed(void)
{
    SHOW(raw(SYS_getppid));
    SHOW(raw(SYS_getpgrp));
    SHOW(raw(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0));
    SHOW(raw(SYS_dup, 1));
    show_status();
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } part[] = {{"actions", actions},
                {"arguments", arguments},
                {"strictest", strictest},
                {"killed_process", killed_process},
                {"killed_alone", killed_alone},
                {"killed_unknown", killed_unknown},
                {"trapped_blocked", trapped_blocked},
                {"strict", strict},
                {"strict_killed", strict_killed},
                {"threads", threads},
                {"programs", programs},
                {"available", available},
                {"unprivileged", unprivileged},
                {"arithmetic", arithmetic},
                {"jumps", jumps},
                {"executes", executes},
                {"refused", refused}};
    self = argv[0];
    if (argc > 1) return executed();
    for (unsigned i = 0; i < COUNT(part); i++) {
        int status;
        printf("--- %s\n", part[i].name);
        fflush(stdout);
        if (!fork()) {
            part[i].run();
            fflush(stdout);
            exit(0);
        }
        wait(&status);
        printf("status %#x\n", status & ~0x80);
    }
    return 0;
}
