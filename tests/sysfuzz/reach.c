/* A guest that has descriptors 0, 1 and 2 only looks for others: those would be tierrun's. By number,
 * by the names of /proc, through links, folders and a child's names, by being sent and by being taken.
 * Likewise for addresses that are tierrun's. */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static int found;

static void reached(bool there, const char *how, int fd)
{
    if (!there) return;
    fprintf(stderr, "descriptor %d can be reached by %s\n", fd, how);
    found++;
}

static bool can_be_sent(int through, int fd)
{
    char room[CMSG_SPACE(sizeof fd)] = "";
    struct iovec v = {room, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    *h = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
    return sendmsg(through, &m, MSG_DONTWAIT) >= 0;
}

static bool in_io_submit(int fd)
{
    uint32_t context = 0;
    uint64_t request[8] = {0, 0, (uint64_t)(uint32_t)fd << 32};
    uint32_t list[1] = {(uint32_t)(uintptr_t)request};
    raw(SYS_io_setup, 1, &context);
    long r = raw(SYS_io_submit, context, 1, list);
    raw(SYS_io_destroy, context);
    return r != -EBADF;
}

/* With what a program does with a number. */
static void by_number(int fd, const int tools[4])
{
    struct stat st;
    struct pollfd p = {fd, POLLIN | POLLOUT, 0};
    struct epoll_event e = {EPOLLIN, {0}};
    int n;
    reached(fstat(fd, &st) == 0, "fstat", fd);
    reached(fcntl(fd, F_GETFD) >= 0, "fcntl", fd);
    reached(dup(fd) >= 0, "dup", fd);
    reached(ioctl(fd, 0x541b, &n) == 0 || errno != EBADF, "ioctl", fd);
    reached(write(fd, "", 0) == 0 || errno != EBADF, "write", fd);
    reached(poll(&p, 1, 0) != 1 || p.revents != POLLNVAL, "poll", fd);
    reached(epoll_ctl(tools[0], EPOLL_CTL_ADD, fd, &e) == 0 || errno != EBADF, "epoll_ctl", fd);
    reached(can_be_sent(tools[1], fd), "SCM_RIGHTS", fd);
    reached(raw(SYS_pidfd_getfd, tools[2], fd, 0) >= 0, "pidfd_getfd", fd);
    reached(raw(SYS_ioctl, tools[3], 0x40049409, fd) != -EBADF, "FICLONE", fd);
    reached(in_io_submit(fd), "io_submit", fd);
    reached(close(fd) == 0, "close", fd);
}

static void by_name(const char *name, int fd)
{
    struct stat st;
    char text[256];
    reached(lstat(name, &st) == 0, name, fd);
    reached(stat(name, &st) == 0, name, fd);
    reached(readlink(name, text, sizeof text) >= 0, name, fd);
    int got = open(name, O_RDONLY);
    reached(got >= 0, name, fd);
    if (got >= 0) close(got);
}

static void by_names(int fd, pid_t child, int folder)
{
    static const char *const forms[] = {"/proc/self/fd/%d", "/proc/thread-self/fd/%d", "/dev/fd/%d",
                                        "/proc/self/fdinfo/%d", "/proc/self/../self/fd/%d"};
    char name[64];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(name, sizeof name, forms[i], fd);
        by_name(name, fd);
    }
    snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)child, fd);
    by_name(name, fd);
    snprintf(name, sizeof name, "/proc/%d/task/%d/fd/%d", (int)getpid(), (int)getpid(), fd);
    by_name(name, fd);
    snprintf(name, sizeof name, "%d", fd);
    reached(openat(folder, name, O_RDONLY) >= 0, "openat", fd);
    reached(faccessat(folder, name, F_OK, 0) == 0, "faccessat", fd);
    reached(linkat(folder, name, AT_FDCWD, "stolen", AT_SYMLINK_FOLLOW) == 0, "linkat", fd);
    if (chdir("/proc/self/fd")) return;
    by_name(name, fd);
    if (fchdir(3)) exit(1);
}

static void listed(const char *folder, int most)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    while (d && (e = readdir(d)))
        reached(atoi(e->d_name) > most, folder, atoi(e->d_name));
    if (d) closedir(d);
}

/* What is received into the address that such an option names would be anywhere in tierrun. */
static void option_with_address(void)
{
    uint32_t value[16] = {0};
    socklen_t n = sizeof value;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    reached(getsockopt(s, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, value, &n) == 0, "TCP_ZEROCOPY_RECEIVE", s);
}

/* Memory that is read from its own file onto itself: both ends of the copy are the guest's. */
static void onto_itself(void)
{
    static char page[4096] __attribute__((aligned(4096))), wanted[4096];
    int fd = open("/proc/self/mem", O_RDWR);
    for (unsigned i = 0; i < sizeof page; i++)
        page[i] = wanted[i] = (char)(i * 7 >> 2);
    memmove(wanted + 100, wanted, 3000);
    memmove(wanted, wanted + 50, 3000);
    bool moved = pread64(fd, page + 100, 3000, (off64_t)(uintptr_t)page) == 3000 &&
                 pread64(fd, page, 3000, (off64_t)(uintptr_t)page + 50) == 3000;
    reached(!moved || memcmp(page, wanted, sizeof page), "an overlapping copy", fd);
    close(fd);
}

int main(void)
{
    enum { BEHIND = 64, OURS = 20 };
    struct rlimit r;
    int pair[2], tools[4];
    raw(SYS_close_range, 3, ~0u, 0); /* what is inherited is the guest's own */
    int here = open(".", O_RDONLY | O_DIRECTORY), folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    if (here != 3 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || getrlimit(RLIMIT_NOFILE, &r)) return 1;
    tools[0] = epoll_create1(0), tools[1] = pair[0];
    tools[2] = (int)raw(SYS_pidfd_open, getpid(), 0), tools[3] = open("file", O_RDWR | O_CREAT, 0600);
    int high = r.rlim_cur > 1 << 20 ? 1 << 20 : (int)r.rlim_cur;
    for (int fd = OURS; fd < high + BEHIND; fd++) {
        if (fd > 100 && fd < high - BEHIND) continue;
        by_number(fd, tools);
        by_names(fd, child, folder);
    }
    char name[64], mem[64];
    snprintf(name, sizeof name, "/proc/%d/fd", (int)child);
    snprintf(mem, sizeof mem, "/proc/%d/mem", (int)child);
    option_with_address();
    onto_itself();
    listed("/proc/self/fd", OURS);
    listed(name, OURS);
    reached(open(mem, O_RDWR) >= 0, mem, -1);
    kill(child, SIGKILL);
    return found != 0;
}
