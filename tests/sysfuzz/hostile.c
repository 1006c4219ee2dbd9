/* A guest that makes random system calls with hostile arguments: hostile SEED ROUNDS CALLS. A round is a
 * child process that makes CALLS calls, or fewer if one of them ends it, which is its right. What must not
 * happen is that tierrun itself breaks: run.sh looks for that. Arguments are drawn by the kinds that
 * table.def gives them, and one in a few without regard to them.
 *
 * No call may reach beyond this program's folder and its own processes: see spare(). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/args.h"
#include "tests/guest/sys/raw.h"

static const struct {
    unsigned nr;
    unsigned char arg[6];
} calls[] = {
#define CALL(nr, name, handler, result, args) {nr, args},
#include "syscalls/table.def"
};

static const uint32_t ioctls[] = {
#define IOCTL(name, number, how, bytes) number,
#include "syscalls/ioctl.def"
};

enum {
    COUNT = sizeof calls / sizeof *calls,
    IOCTLS = sizeof ioctls / sizeof *ioctls,
    PAGE = 4096,
    OFTEN = 48
};

static uint64_t state;
static uint32_t nofile;
static uint8_t *ground; /* pages of all sorts, see playground() */
static pid_t self;

static uint32_t rnd(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static uint32_t below(uint32_t n)
{
    return rnd() % n;
}

/* --- Where pointers lead ---------------------------------------------------------------------------------
 */

enum { GROUND = 12 };

/* Read-write, read-only, nothing, read-write, no access, a file's page and one beyond its end, code, and a
 * hole at the end. */
static void playground(void)
{
    int fd = open("short", O_RDWR | O_CREAT, 0600);
    if (fd >= 0 && ftruncate(fd, 100)) exit(98);
    ground = mmap(NULL, GROUND * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ground == MAP_FAILED) exit(98);
    mprotect(ground + 2 * PAGE, PAGE, PROT_READ);
    munmap(ground + 3 * PAGE, PAGE);
    mprotect(ground + 5 * PAGE, PAGE, PROT_NONE);
    mmap(ground + 6 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    mprotect(ground + 9 * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    munmap(ground + 11 * PAGE, PAGE);
    close(fd);
}

static uint32_t odd_number(void)
{
    static const uint32_t edges[] = {0,          1,          0x7fffffff, 0x80000000, 0xffffffff,
                                     0xfffff000, 0xffffe000, 0xffffdfff, 0x80000001, 0x7ffff000,
                                     0xfffffffe, 4096,       65536,      0xfffffff8, 0x56555000,
                                     0x40000000, 1024,       1025,       0x7ffff001, 128};
    switch (below(4)) {
    case 0: return edges[below(sizeof edges / sizeof *edges)];
    case 1: return below(20);
    case 2: return rnd() >> below(32);
    default: return edges[below(sizeof edges / sizeof *edges)] - below(40);
    }
}

static uint32_t pointer(void)
{
    uint32_t page = (uint32_t)(uintptr_t)ground + below(GROUND + 1) * PAGE;
    switch (below(8)) {
    case 0: return odd_number();
    case 1:
    case 2: return page - below(64);
    case 3: return page - below(64) * 4;
    default: return (uint32_t)(uintptr_t)ground + below(2 * PAGE - 512);
    }
}

static uint32_t size(void)
{
    return below(3) ? below(200) : odd_number();
}

static uint32_t descriptor(void)
{
    switch (below(8)) {
    case 0: return nofile - 8 + below(40); /* tierrun's own are about there */
    case 1: return 3 + odd_number() % (UINT_MAX - 3);
    default: return 3 + below(24);
    }
}

/* --- What stands there -----------------------------------------------------------------------------------
 */

static uint32_t text(void)
{
    static const char *const names[] = {"f0",
                                        "f1",
                                        "f2",
                                        "d0",
                                        "d0/x",
                                        "l0",
                                        ".",
                                        "",
                                        "/proc/self/maps",
                                        "/proc/self/exe",
                                        "/proc/self/fd/3",
                                        "/proc/self/mem",
                                        "/proc/self/stat",
                                        "/dev/null",
                                        "/dev/zero",
                                        "/dev/full",
                                        "/dev/ptmx",
                                        "/proc/self/fd",
                                        "f0/x",
                                        "d0/../f1",
                                        "user.x",
                                        "/proc/self/auxv",
                                        "/proc/cpuinfo",
                                        "/proc/self/smaps",
                                        "/proc/self/task",
                                        "/proc/self/cmdline",
                                        "l1"};
    if (!below(8)) return pointer();
    char *at = (char *)ground + below(2 * PAGE - 256), *end = (char *)ground + 2 * PAGE;
    const char *name = names[below(sizeof names / sizeof *names)];
    size_t n = strlen(name) + 1;
    if (!below(6)) at = end - n + below(2); /* ends where the readable page does, or one too late */
    if (at + n > end) {
        memcpy(at, name, (size_t)(end - at));
    } else {
        memcpy(at, name, n);
    }
    if (!below(40)) memset(ground, 'a', 2 * PAGE);
    return (uint32_t)(uintptr_t)at;
}

/* A structure of words: numbers, pointers, descriptors. Iovecs, message headers and the like come about. */
static uint32_t words(void)
{
    uint32_t *w = (uint32_t *)(ground + below(2 * PAGE - 256) / 4 * 4);
    if (!below(5)) return pointer();
    if (!below(4)) w = (uint32_t *)(ground + 2 * PAGE - 4 * below(16));
    for (unsigned i = 0; i < 24 && (uint8_t *)(w + i) < ground + 2 * PAGE; i++) {
        switch (below(5)) {
        case 0: w[i] = pointer(); break;
        case 1: w[i] = size(); break;
        case 2: w[i] = descriptor(); break;
        case 3: w[i] = below(8); break;
        default: w[i] = odd_number(); break;
        }
    }
    return (uint32_t)(uintptr_t)w;
}

/* Not long: a call that sleeps only takes time. */
static uint32_t short_time(void)
{
    uint32_t *w = (uint32_t *)(ground + below(PAGE) / 4 * 4);
    memset(w, 0, 16);
    w[below(3)] = below(100);
    return below(10) ? (uint32_t)(uintptr_t)w : words();
}

static uint32_t argument(unsigned kind)
{
    if (!below(12)) return below(2) ? odd_number() : words();
    switch (kind) {
    case A_END: return 0;
    case A_INT: return below(3) ? below(10) : odd_number();
    case A_UINT: return size();
    case A_HEX: return below(3) ? 1u << below(32) : odd_number();
    case A_OCT: return rnd() & 0777;
    case A_FD: return descriptor();
    case A_DIRFD: return below(3) ? (uint32_t)AT_FDCWD : descriptor();
    case A_STR:
    case A_PATH: return text();
    case A_SIG: return below(70);
    case A_TIMESPEC:
    case A_TIMESPEC64: return short_time();
    case A_IOCTL: return below(8) ? ioctls[below(IOCTLS)] : rnd();
    case A_PTR:
    case A_ARGV:
    case A_SIGSET: return below(2) ? words() : pointer();
    case A_BUF:
    case A_OUTBUF:
    case A_OUTSTR:
    case A_FDS:
    case A_STATUS: return pointer();
    default: return below(2) ? below(8) : below(2) ? 1u << below(24) : odd_number(); /* flags */
    }
}

/* --- What is spared ---------------------------------------------------------------------------------------
 */

/* false: not this call. Signals and the like go to this process alone; nothing waits for the disk. */
static int spare(unsigned nr, uint32_t a[6])
{
    switch (nr) {
    case SYS_exit:
    case SYS_exit_group:
    case SYS_sync:
    case SYS_syncfs:
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_pause:
    case SYS_vfork:
    case SYS_setsid:
    case SYS_setpgid:
    case SYS_sched_setscheduler:
    case SYS_reboot: return 0;
    case SYS_fork:
    case SYS_clone: return !below(60);
    case SYS_execve:
    case SYS_execveat: return !below(20);
    case SYS_sigsuspend:
    case SYS_rt_sigsuspend:
    case SYS_sigreturn:
    case SYS_rt_sigreturn: return !below(200);
    case SYS_kill:
    case SYS_tkill:
    case SYS_rt_sigqueueinfo: a[0] = (uint32_t)self; return !below(20);
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo: a[0] = a[1] = (uint32_t)self; return !below(20);
    case SYS_close_range: a[0] |= 3; return !below(20);
    case SYS_fcntl:
    case SYS_fcntl64:
        if (a[1] == F_SETOWN) a[2] = (uint32_t)self;
        return 1;
    case SYS_fallocate: /* the limit on file sizes does not bound what is allocated beyond the end */
        a[3] = a[5] = 0;
        a[2] %= 1 << 20;
        a[4] %= 1 << 20;
        return 1;
    case SYS_setpriority:
    case SYS_nice:
    case SYS_sched_setaffinity: return 0;
    case SYS_prlimit64:
        a[0] = 0;
        return a[1] != RLIMIT_NOFILE && a[1] != RLIMIT_STACK; /* the sanitizers' own need them */
    case SYS_setrlimit: return a[0] != RLIMIT_NOFILE && a[0] != RLIMIT_STACK;
    case SYS_alarm:
    case SYS_setitimer: return !below(20);
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_mremap:
    case SYS_mmap:
    case SYS_mmap2: /* mostly the playground, or the round is over at once */
        if (below(40) &&
            (a[0] < (uint32_t)(uintptr_t)ground || a[0] > (uint32_t)(uintptr_t)ground + GROUND * PAGE))
            a[0] = (uint32_t)(uintptr_t)ground + below(GROUND) * PAGE;
        if (below(40)) a[1] = a[1] % (PAGE * GROUND - (a[0] - (uint32_t)(uintptr_t)ground) + 1);
        return nr != SYS_mmap || !below(4);
    case SYS_process_vm_readv:
    case SYS_process_vm_writev: a[0] = (uint32_t)self; return 1;
    default: return 1;
    }
}

/* --- A round ----------------------------------------------------------------------------------------------
 */

static void wake(int signo)
{
    (void)signo;
}

static void tick(void)
{
    struct itimerval soon = {{0, 3000}, {0, 3000}};
    struct sigaction sa = {.sa_handler = wake};
    sigset_t none;
    sigemptyset(&none);
    sigaction(SIGALRM, &sa, NULL);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
}

static void open_some(void)
{
    int fd[2];
    open("f0", O_RDWR | O_CREAT, 0600);
    open("/dev/zero", O_RDONLY);
    open(".", O_RDONLY | O_DIRECTORY);
    if (pipe2(fd, O_NONBLOCK) || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fd)) exit(97);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd)) exit(97);
    socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, 0);
    eventfd(1, EFD_NONBLOCK);
    posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    memfd_create("m", 0);
    raw(SYS_epoll_create, 1);
    raw(SYS_timerfd_create, 1, O_NONBLOCK);
    raw(SYS_inotify_init1, O_NONBLOCK);
    open("/proc/self/mem", O_RDWR);
}

static volatile uint32_t *made; /* shared by all: how many calls there have been */

static void round_of(unsigned n)
{
    uint32_t a[6];
    self = getpid();
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    playground();
    open_some();
    for (unsigned i = 0; i < n; i++) {
        unsigned k = below(COUNT), nr = below(30) ? calls[k].nr : below(470);
        if (i % OFTEN == 0) tick();
        for (int j = 0; j < 6; j++)
            a[j] = argument(below(15) ? calls[k].arg[j] : below(A_TABLES));
        if (!spare(nr, a)) continue;
        long r = raw(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        if (getpid() != self) raw(SYS_exit_group, 0);
        if (nr == SYS_clone && r == 0) raw(SYS_exit, 0);
        ++*made;
    }
}

/* The child's end; one that makes no calls any more (it blocked the signals that would wake it) is killed. */
static void await(pid_t child)
{
    enum { PATIENCE = 60 };
    uint32_t last = *made;
    for (int idle = 0; idle < PATIENCE; idle++) {
        if (waitpid(child, NULL, WNOHANG) != 0) return;
        poll(NULL, 0, 10);
        if (*made != last) idle = 0;
        last = *made;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 10, n = argc > 3 ? (unsigned)atoi(argv[3]) : 1000;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    nofile = (uint32_t)files.rlim_cur;
    made = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    mkdir("d0", 0700);
    if (made == MAP_FAILED || (symlink("f1", "l0") && errno != EEXIST)) return 96;
    symlink("l1", "l1");
    for (unsigned i = 0; i < rounds; i++) {
        state = (seed + i) * 0x9e3779b97f4a7c15 | 1;
        pid_t child = fork();
        if (child == 0) {
            round_of(n);
            _exit(0);
        }
        await(child);
        kill(-child, SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
    printf("\n%u calls\n", *made);
    return 0;
}
