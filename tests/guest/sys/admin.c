/* Mounting by descriptors, in a namespace of its own; swap space, accounting and quotas where there are none;
 * fanotify, waiting for several futexes, and what else came with the newest numbers. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

enum {
    ARCH_PRCTL = 384,
    OPEN_TREE = 428,
    MOVE_MOUNT,
    FSOPEN,
    FSCONFIG,
    FSMOUNT,
    FSPICK,
    MOUNT_SETATTR = 442,
    QUOTACTL_FD,
    MRELEASE = 448,
    WAITV = 449,
    CACHESTAT = 451,
    FCHMODAT2 = 452
};

static bool put(const char *path, const char *format, int number)
{
    char text[64];
    int n = snprintf(text, sizeof text, format, number), fd = open(path, O_WRONLY);
    bool done = write(fd, text, n) == n;
    close(fd);
    return done;
}

/* A user namespace's mounts do not reach others. */
static bool own_mounts(void)
{
    int uid = getuid(), gid = getgid();
    return !unshare(CLONE_NEWUSER | CLONE_NEWNS) && put("/proc/self/uid_map", "0 %d 1", uid) &&
           put("/proc/self/setgroups", "deny", 0) && put("/proc/self/gid_map", "0 %d 1", gid);
}

static void mounts(void)
{
    mkdir("at", 0700), mkdir("copy", 0700);
    if (!own_mounts()) {
        puts("not allowed");
        return;
    }
    int fs = (int)raw(FSOPEN, "tmpfs", 1);
    SHOW(raw(FSCONFIG, fs, 1, "size", "64k", 0));
    SHOW(raw(FSCONFIG, fs, 1, "mode", "0751", 0));
    SHOW(raw(FSCONFIG, fs, 1, "nonsense", "x", 0));
    SHOW(raw(FSCONFIG, fs, 1, "size", 4, 0));
    SHOW(raw(FSCONFIG, fs, 0, 4, 0, 0));
    SHOW(raw(FSCONFIG, fs, 0, "noswap", "x", 0));
    SHOW(raw(FSCONFIG, fs, 77, 0, 0, 0));
    SHOW(raw(FSCONFIG, fs, 6, 0, 0, 0));
    int m = (int)raw(FSMOUNT, fs, 1, 8); /* MOUNT_ATTR_NOEXEC */
    SHOW(raw(MOVE_MOUNT, m, "", AT_FDCWD, "at", 4));
    struct stat st;
    printf("mode %o", stat("at", &st) ? 0 : st.st_mode);
    int fd = open("at/file", O_RDWR | O_CREAT, 0600);
    printf(", a file %d\n", fd >= 0 && write(fd, "x", 1) == 1);
    close(fd);
    int copy = (int)raw(OPEN_TREE, AT_FDCWD, "at", 1 | O_CLOEXEC);
    SHOW(raw(MOVE_MOUNT, copy, "", AT_FDCWD, "copy", 4));
    uint64_t attr[4] = {1};
    SHOW(raw(MOUNT_SETATTR, AT_FDCWD, "copy", 0, attr, 32));
    printf("there %d, read only %d\n", !access("copy/file", F_OK), access("copy/file", W_OK));
    SHOW(raw(MOUNT_SETATTR, AT_FDCWD, "copy", 0, attr, 8));
    SHOW(raw(MOUNT_SETATTR, AT_FDCWD, "copy", 0, 4, 32));
    int pick = (int)raw(FSPICK, AT_FDCWD, "at", 0);
    SHOW(raw(FSCONFIG, pick, 1, "size", "128k", 0));
    SHOW(raw(FSCONFIG, pick, 7, 0, 0, 0));
    SHOW(raw(SYS_umount2, "copy", 0));
    SHOW(raw(SYS_umount2, "at", 2));
    SHOW(raw(FSOPEN, "no such type", 0));
    SHOW(raw(OPEN_TREE, AT_FDCWD, "none", 0));
    SHOW(raw(MOVE_MOUNT, -1, "", -1, "", 0));
    SHOW(raw(FSPICK, AT_FDCWD, "none", 0));
    SHOW(raw(FSMOUNT, -1, 0, 0));
}

static void machine(void)
{
    uint32_t room[20];
    SHOW(raw(SYS_swapon, "none", 0));
    SHOW(raw(SYS_swapon, "text", 0));
    SHOW(raw(SYS_swapoff, "text"));
    SHOW(raw(SYS_acct, "none"));
    SHOW(raw(SYS_acct, "."));
    SHOW(raw(SYS_quotactl, 0x80000700, "/dev/none", 0, room));
    SHOW(raw(SYS_quotactl, 0x80000700, 0, 0, 4));
    SHOW(raw(SYS_quotactl, 0x80000400, "text", 0, room));
    SHOW(raw(SYS_quotactl, 0x80000100, 0, 0, 0));
    SHOW(raw(SYS_quotactl, 0, 0, 0, 0));
    SHOW(raw(QUOTACTL_FD, -1, 0x80000700, 0, room));
    SHOW(raw(MRELEASE, -1, 0));
    SHOW(raw(MRELEASE, -1, 1));
    SHOW(raw(ARCH_PRCTL, 0x1011, 0));
    SHOW(raw(ARCH_PRCTL, 0x1012, 1));
    SHOW(raw(ARCH_PRCTL, 0x1001, room));
}

static void watching(void)
{
    _Alignas(8) char event[256];
    int f = (int)raw(SYS_fanotify_init, 3, O_RDONLY | O_LARGEFILE); /* CLOEXEC, NONBLOCK */
    SHOW(raw(SYS_fanotify_init, 0x777777, 0));
    if (f < 0) {
        puts("not allowed");
        return;
    }
    SHOW(raw(SYS_fanotify_mark, f, 1, 0x20 | 8, 0, AT_FDCWD, "text")); /* FAN_OPEN, FAN_CLOSE_WRITE */
    SHOW(raw(SYS_fanotify_mark, f, 1, 0x20, 0, AT_FDCWD, "none"));
    SHOW(raw(SYS_fanotify_mark, f, 1, 0, 0, AT_FDCWD, "text"));
    close(open("text", O_WRONLY));
    int n = (int)read(f, event, sizeof event);
    struct fanotify_event_metadata *e = (void *)event;
    for (; FAN_EVENT_OK(e, n); e = FAN_EVENT_NEXT(e, n)) {
        char text[5] = "";
        read(e->fd, text, 4);
        printf("event %llx, ours %d, %s\n", (unsigned long long)e->mask, e->pid == getpid(), text);
        close(e->fd);
    }
    close(f);
}

/* The child wakes what its parent waits for until it is told that it was heard. */
static void several(void)
{
    struct wait {
        uint64_t value, at;
        uint32_t flags, zero;
    };
    enum { LARGEST = 65536 }; /* the words' page is theirs alone, whatever the size of pages is */
    uintptr_t room =
        (uintptr_t)mmap(NULL, 2 * LARGEST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile uint32_t *w = (void *)((room + LARGEST - 1) & -(uintptr_t)LARGEST);
    struct wait v[3] = {{0, (uint32_t)&w[0], 2, 0}, {0, (uint32_t)&w[1], 2, 0}, {0, (uint32_t)&w[2], 2, 0}};
    struct {
        int64_t s, ns;
    } past = {1, 0};
    SHOW(raw(WAITV, v, 3, 0, &past, CLOCK_MONOTONIC));
    SHOW(raw(WAITV, v, 3, 1, &past, CLOCK_MONOTONIC));
    SHOW(raw(WAITV, v, 0, 0, &past, CLOCK_MONOTONIC));
    SHOW(raw(WAITV, v, 129, 0, &past, CLOCK_MONOTONIC));
    SHOW(raw(WAITV, 4, 3, 0, &past, CLOCK_MONOTONIC));
    SHOW(raw(WAITV, v, 3, 0, &past, 77));
    w[1] = 5;
    SHOW(raw(WAITV, v, 3, 0, 0, 0));
    w[1] = 0;
    if (!fork()) {
        while (!w[3])
            raw(SYS_futex, &w[2], 1, 1);
        _exit(0);
    }
    SHOW(raw(WAITV, v, 3, 0, 0, 0));
    w[3] = 1;
    wait(NULL);
}

static void newest(void)
{
    uint64_t range[2] = {0, 0}, found[5];
    struct stat st;
    symlink("text", "link");
    SHOW(raw(FCHMODAT2, AT_FDCWD, "text", 0640, 0));
    SHOW(raw(FCHMODAT2, AT_FDCWD, "link", 0604, 0x100));
    SHOW(raw(FCHMODAT2, AT_FDCWD, "none", 0604, 0x100));
    SHOW(raw(FCHMODAT2, AT_FDCWD, "text", 0604, 0x400));
    printf("mode %o\n", stat("text", &st) ? 0 : st.st_mode);
    int fd = open("text", O_RDONLY);
    SHOW(raw(FCHMODAT2, fd, "", 0600, 0x1000));
    SHOW(raw(CACHESTAT, fd, range, found, 0));
    printf("%llu in memory\n", (unsigned long long)found[0]);
    SHOW(raw(CACHESTAT, fd, range, found, 1));
    SHOW(raw(CACHESTAT, fd, 4, found, 0));
    SHOW(raw(CACHESTAT, 77, range, found, 0));
    close(fd);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    enter_scratch();
    int fd = open("text", O_WRONLY | O_CREAT, 0600);
    write(fd, "text", 4);
    close(fd);
    machine();
    watching();
    several();
    newest();
    if (!fork()) {
        mounts();
        _exit(0);
    }
    wait(NULL);
    leave_scratch();
    return 0;
}
