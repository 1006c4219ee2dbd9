/* What the hostile guest draws: numbers, pointers and what stands there, names, descriptors. */
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/guest/sys/raw.h"
#include "tests/sysfuzz/hostile.h"

static const uint32_t ioctls[] = {
#define IOCTL(name, number, how, bytes) number,
#include "syscalls/ioctl.def"
};
enum { IOCTLS = sizeof ioctls / sizeof *ioctls };

uint8_t *ground;
int fds[FD_KINDS];
static __thread uint32_t state;

void seed_random(uint64_t seed)
{
    state = (uint32_t)(seed * 0x9e3779b97f4a7c15 >> 32) | 1;
}

uint32_t rnd(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state * 0x9e3779b1u >> 4;
}

uint32_t below(uint32_t n)
{
    return rnd() % n;
}

/* --- Where pointers lead ------------------------------------------------------------------------------- */

/* Read-write, read-only, nothing, read-write, no access, a file's page and one beyond its end, code, and a
 * hole at the end. */
void make_ground(void)
{
    int fd = open("short", O_RDWR | O_CREAT, 0600);
    if (fd >= 0 && ftruncate(fd, 100)) exit(98);
    ground = mmap(ground, GROUND * PAGE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | (ground ? MAP_FIXED : 0), -1, 0);
    if (ground == MAP_FAILED) exit(98);
    mprotect(ground + 2 * PAGE, PAGE, PROT_READ);
    munmap(ground + 3 * PAGE, PAGE);
    mprotect(ground + 5 * PAGE, PAGE, PROT_NONE);
    mmap(ground + 6 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    mprotect(ground + 9 * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    munmap(ground + 11 * PAGE, PAGE);
    close(fd);
}

uint32_t odd_number(void)
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

uint32_t pointer(void)
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

uint32_t size(void)
{
    return below(3) ? below(200) : odd_number();
}

uint32_t descriptor(void)
{
    switch (below(8)) {
    case 0: return nofile - 24 + below(48); /* tierrun's own are about there */
    case 1: return 3 + odd_number() % (UINT_MAX - 3);
    case 2: return 3 + below(40);
    default: return (uint32_t)fds[below(FD_KINDS)];
    }
}

/* --- What stands there --------------------------------------------------------------------------------- */

void *place(size_t n)
{
    uint8_t *end = ground + 2 * PAGE;
    size_t room = n < PAGE ? 2 * PAGE - n : PAGE;
    return below(5) ? ground + below((uint32_t)room) / 4 * 4 : end - n;
}

/* One in a few ends where the readable and writable pages do; of those, one in a few beyond. */
uint32_t put(const void *bytes, size_t n)
{
    uint8_t *at = place(n), *end = ground + 2 * PAGE;
    if (n && at + n == end && !below(4)) at += 1 + below((uint32_t)(n < 8 ? n : 8));
    memcpy(at, bytes, at + n > end ? (size_t)(end - at) : n);
    return (uint32_t)(uintptr_t)at;
}

uint32_t put_text(const char *s)
{
    return put(s, strlen(s) + 1);
}

/* Paths of tierrun's own descriptors and of those about them, by all the ways that lead there. */
static uint32_t proc_path(void)
{
    static const char *const where[] = {
        "/proc/self", "/proc/thread-self", "/proc/%d",         "/proc/self/task/%d",
        "/dev",       "/../proc/self",     "/proc/%d/task/%d", "pr"};
    static const char *const leaf[] = {"fd",     "fdinfo",  "maps",  "smaps",     "mem",          "stat",
                                       "status", "auxv",    "task",  "map_files", "exe",          "cmdline",
                                       "limits", "environ", "statm", "syscall",   "personality",  "root",
                                       "cwd",    "ns",      "net",   "numa_maps", "smaps_rollup", "pagemap",
                                       "comm",   "io",      "wchan", "oom_score", "mountinfo",    "timers"};
    char path[128], name[64];
    if (!below(12)) return put_text(below(2) ? "/proc/cpuinfo" : "/sys/devices/system/cpu/cpu0/uevent");
    snprintf(name, sizeof name, where[below(sizeof where / sizeof *where)], (int)self, (int)self);
    const char *what = leaf[below(3) ? below(sizeof leaf / sizeof *leaf) : below(2)];
    if (what == leaf[0] || what == leaf[1])
        snprintf(path, sizeof path, "%s/%s/%d", name, what, (int)descriptor());
    else
        snprintf(path, sizeof path, "%s/%s", name, what);
    return put_text(path);
}

uint32_t text(void)
{
    static const char *const names[] = {
        "f0", "f1",   "f2",        "d0",     "d0/x",     "l0",        ".",         "",    "/dev/null",
        "d1", "f0/x", "user.x",    "user.y", "l1",       "/dev/zero", "/dev/full", "l2",  "short",
        "..", "d0/y", "/dev/ptmx", "/",      "d0/../f1", "f3",        "/tmp",      "fifo"};
    if (!below(8)) return pointer();
    if (!below(4)) return proc_path();
    if (!below(40)) memset(ground, 'a', 2 * PAGE);
    return put_text(names[below(sizeof names / sizeof *names)]);
}

/* A structure of words: numbers, pointers, descriptors. Iovecs, message headers and the like come about. */
uint32_t words(void)
{
    uint32_t w[24];
    if (!below(5)) return pointer();
    for (unsigned i = 0; i < 24; i++) {
        switch (below(5)) {
        case 0: w[i] = pointer(); break;
        case 1: w[i] = size(); break;
        case 2: w[i] = descriptor(); break;
        case 3: w[i] = below(8); break;
        default: w[i] = odd_number(); break;
        }
    }
    return put(w, 4 * (1 + below(24)));
}

/* Not long: a call that sleeps only takes time. */
static uint32_t short_time(void)
{
    uint32_t w[4] = {0};
    w[below(3)] = below(100);
    return below(10) ? put(w, sizeof w) : words();
}

uint32_t argument(unsigned kind)
{
    if (kind == A_END && below(20)) return 0;
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

/* --- Descriptors --------------------------------------------------------------------------------------- */

static void open_sockets(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, &fds[FD_DGRAM]);
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, &fds[FD_STREAM]);
    fds[FD_UDP] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    fds[FD_TCP] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    fds[FD_NETLINK] = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, 0);
    fds[FD_LISTEN] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    socklen_t n = sizeof any;
    bind(fds[FD_LISTEN], (struct sockaddr *)&any, sizeof any);
    listen(fds[FD_LISTEN], 2);
    getsockname(fds[FD_LISTEN], (struct sockaddr *)&any, &n);
    connect(fds[FD_TCP], (struct sockaddr *)&any, n);
}

void open_some(void)
{
    sigset_t set;
    char name[32];
    struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    fds[FD_FILE] = open("f0", O_RDWR | O_CREAT, 0600);
    fds[FD_XATTR] = open("f1", O_RDWR | O_CREAT | O_NONBLOCK, 0600);
    fds[FD_ZERO] = open("/dev/zero", O_RDWR);
    fds[FD_DIR] = open(".", O_RDONLY | O_DIRECTORY);
    raw(SYS_pipe2, &fds[FD_PIPE_OUT], O_NONBLOCK);
    raw(SYS_pipe2, &fds[FD_PIPE2_OUT], O_NONBLOCK);
    open_sockets();
    fds[FD_EVENT] = eventfd(1, EFD_NONBLOCK);
    fds[FD_PTY] = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (!unlockpt(fds[FD_PTY]) && !ptsname_r(fds[FD_PTY], name, sizeof name))
        fds[FD_TTY] = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    fds[FD_MEMFD] = memfd_create("m", MFD_ALLOW_SEALING);
    fds[FD_EPOLL] = epoll_create1(0);
    fds[FD_TIMER] = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    fds[FD_INOTIFY] = inotify_init1(IN_NONBLOCK);
    fds[FD_MEM] = open("/proc/self/mem", O_RDWR);
    fds[FD_PROC] = open("/proc/self", O_RDONLY | O_DIRECTORY);
    fds[FD_SIGNAL] = signalfd(-1, &set, SFD_NONBLOCK);
    snprintf(name, sizeof name, "/hostile-%d", (int)self);
    fds[FD_QUEUE] = mq_open(name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr);
    mq_unlink(name);
    fds[FD_PID] = (int)raw(SYS_pidfd_open, self, 0);
    for (unsigned k = 0; k < 20; k++)
        raw(SYS_write, fds[k % 2 ? FD_DGRAM : FD_STREAM], name, sizeof name);
    raw(SYS_write, fds[FD_PIPE_IN], name, sizeof name);
    raw(SYS_ftruncate, fds[FD_FILE], PAGE);
    raw(SYS_ftruncate, fds[FD_MEMFD], PAGE);
}
