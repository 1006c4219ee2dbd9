/* Calls that mean something: arguments with which most of them succeed, drawn as often as those without
 * sense. Each call's way to its own success stands here, by what it is about. */
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "tests/guest/sys/raw.h"
#include "tests/sysfuzz/hostile.h"
#include "tests/sysfuzz/likely.h"

static long last_watch;

static uint32_t any_file(void)
{
    static const char *const names[] = {"f0", "f1", "f2", "f3", "d0/x", "short"};
    return put_text(names[below(sizeof names / sizeof *names)]);
}

static uint32_t a_folder(void)
{
    static const char *const names[] = {"d0", "d1", "d2", "."};
    return put_text(names[below(4)]);
}

static uint32_t fd(enum fd_kind kind)
{
    return (uint32_t)fds[kind];
}

uint32_t likely_fd(void)
{
    return fd(below(FD_KINDS));
}

uint32_t likely_space(size_t n)
{
    uint8_t nothing[512] = {0};
    return put(nothing, n < sizeof nothing ? n : sizeof nothing);
}

uint32_t likely_soon(bool wide)
{
    uint32_t ns = below(100000);
    return wide ? WORDS(0, 0, ns, 0) : WORDS(0, ns);
}

static void set(uint32_t a[6], uint32_t v0, uint32_t v1, uint32_t v2, uint32_t v3)
{
    a[0] = v0, a[1] = v1, a[2] = v2, a[3] = v3;
}

/* --- Waiting for descriptors --------------------------------------------------------------------------- */

static uint32_t poll_list(uint32_t n)
{
    struct pollfd list[16];
    for (uint32_t i = 0; i < n; i++)
        list[i] = (struct pollfd){below(6) ? (int)likely_fd() : (int)descriptor(), (short)rnd(), 0};
    return put(list, n * sizeof *list);
}

static bool waits(unsigned nr, uint32_t a[6])
{
    uint32_t n = below(16), none = below(2) ? 0 : likely_space(8);
    bool wide = nr >= 403;
    switch (nr) {
    case SYS_poll: set(a, poll_list(n), n, below(2), 0); break;
    case SYS_ppoll:
    case SYS_ppoll_time64: set(a, poll_list(n), n, likely_soon(wide), none), a[4] = 8; break;
    case SYS_select:
        a[0] = WORDS(below(60), likely_space(128), likely_space(128), none, likely_soon(false));
        break;
    case SYS__newselect:
    case SYS_pselect6:
    case SYS_pselect6_time64:
        set(a, below(80), likely_space(128), likely_space(128), 0);
        a[4] = likely_soon(wide), a[5] = below(2) ? 0 : WORDS(none, 8);
        break;
    case SYS_epoll_create: a[0] = 1; break;
    case SYS_epoll_create1: a[0] = 0; break;
    case SYS_epoll_ctl:
        set(a, fd(FD_EPOLL), 1 + below(3), likely_fd(), WORDS(rnd() & 0x1f, rnd(), rnd()));
        break;
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
        set(a, fd(FD_EPOLL), likely_space(12 * 16), 16, below(2)), a[4] = none, a[5] = 8;
        break;
    case SYS_epoll_pwait2:
        set(a, fd(FD_EPOLL), likely_space(12 * 16), 16, likely_soon(true)), a[4] = none, a[5] = 8;
        break;
    case SYS_inotify_init1: a[0] = 04000; break;
    case SYS_inotify_add_watch: set(a, fd(FD_INOTIFY), below(2) ? any_file() : a_folder(), 0xfff, 0); break;
    case SYS_inotify_rm_watch: set(a, fd(FD_INOTIFY), (uint32_t)last_watch, 0, 0); break;
    case SYS_eventfd:
    case SYS_eventfd2: set(a, below(9), 04000, 0, 0); break;
    case SYS_signalfd:
    case SYS_signalfd4: set(a, below(2) ? ~0u : fd(FD_SIGNAL), WORDS(rnd(), rnd()), 8, 04000); break;
    default: return false;
    }
    return true;
}

/* --- Bytes --------------------------------------------------------------------------------------------- */

/* Vectors of all lengths, whose ranges cross page ends and the ground's holes. */
uint32_t likely_vector(uint32_t *n)
{
    uint32_t v[2 * 24];
    *n = below(24);
    for (uint32_t i = 0; i < *n; i++) {
        v[2 * i] = below(3) ? likely_space(256) : pointer();
        v[2 * i + 1] = below(6) ? below(256) : below(2) ? 0 : size();
    }
    return put(v, *n * 8);
}

static bool bytes(unsigned nr, uint32_t a[6])
{
    static const enum fd_kind with_place[] = {FD_FILE, FD_MEMFD, FD_ZERO, FD_MEM, FD_XATTR};
    uint32_t n, from = fd(with_place[below(5)]);
    switch (nr) {
    case SYS_read:
    case SYS_write: set(a, likely_fd(), likely_space(256), below(256), 0); break;
    case SYS_readv:
    case SYS_writev: a[1] = likely_vector(&n), a[0] = likely_fd(), a[2] = n; break;
    case SYS_pread64:
    case SYS_pwrite64:
        set(a, from, likely_space(256), below(256), below(3) ? below(PAGE) : pointer()), a[4] = 0;
        break;
    case SYS_preadv:
    case SYS_pwritev:
    case SYS_preadv2:
    case SYS_pwritev2:
        a[1] = likely_vector(&n), a[0] = from, a[2] = n, a[3] = below(PAGE), a[4] = a[5] = 0;
        break;
    case SYS_lseek: set(a, from, below(PAGE), below(5), 0); break;
    case SYS__llseek: set(a, from, 0, below(PAGE), likely_space(8)), a[4] = below(3); break;
    case SYS_sendfile:
    case SYS_sendfile64:
        set(a, fd(FD_PIPE_IN), fd(FD_FILE), below(2) ? 0 : WORDS(below(PAGE), 0), below(PAGE));
        break;
    case SYS_splice:
        set(a, fd(FD_FILE), below(2) ? 0 : WORDS(0, 0), fd(FD_PIPE_IN), 0), a[4] = below(PAGE), a[5] = 2;
        break;
    case SYS_tee: set(a, fd(FD_PIPE_OUT), fd(FD_PIPE2_IN), below(PAGE), 2); break;
    case SYS_vmsplice: a[1] = likely_vector(&n), a[0] = fd(FD_PIPE_IN), a[2] = n, a[3] = 2; break;
    case SYS_copy_file_range:
        set(a, fd(FD_FILE), WORDS(0, 0), fd(FD_XATTR), 0), a[4] = below(PAGE), a[5] = 0;
        break;
    case SYS_readahead:
    case SYS_fadvise64:
    case SYS_fadvise64_64: set(a, fd(FD_FILE), 0, 0, PAGE), a[4] = below(4), a[5] = below(4); break;
    case SYS_sync_file_range: set(a, fd(FD_FILE), 0, 0, PAGE), a[4] = 0, a[5] = 2; break;
    case SYS_fallocate: set(a, fd(FD_FILE), below(4), 0, 0), a[4] = below(PAGE), a[5] = 0; break;
    case SYS_ftruncate:
    case SYS_ftruncate64: set(a, from, below(2 * PAGE), 0, 0); break;
    case SYS_truncate:
    case SYS_truncate64: set(a, any_file(), below(2 * PAGE), 0, 0); break;
    case SYS_getrandom: set(a, likely_space(256), below(256), below(4), 0); break;
    case SYS_getdents:
    case SYS_getdents64: set(a, fd(FD_DIR), (uint32_t)(uintptr_t)ground, below(2 * PAGE), 0); break;
    case SYS_process_vm_readv:
    case SYS_process_vm_writev: a[1] = likely_vector(&a[2]), a[3] = likely_vector(&a[4]), a[5] = 0; break;
    default: return false;
    }
    return true;
}

/* --- Names --------------------------------------------------------------------------------------------- */

static bool attributes(unsigned nr, uint32_t a[6])
{
    if (nr < SYS_setxattr || nr > SYS_fremovexattr) return false;
    bool by_fd = (nr - SYS_setxattr) % 3 == 2, lists = nr >= SYS_listxattr && nr <= SYS_flistxattr;
    a[0] = by_fd ? fd(FD_XATTR) : any_file();
    a[1] = lists ? likely_space(256) : put_text(below(2) ? "user.x" : "user.y");
    a[2] = lists ? below(256) : likely_space(256);
    a[3] = below(256), a[4] = 0;
    return true;
}

static bool names(unsigned nr, uint32_t a[6])
{
    uint32_t here = (uint32_t)AT_FDCWD, name = any_file();
    switch (nr) {
    case SYS_open: set(a, name, 0102 | (below(2) ? 04000 : 0), 0700, 0); break;
    case SYS_openat: set(a, here, name, 0102, 0700); break;
    case SYS_openat2: set(a, here, name, WORDS(0102, 0, 0700, 0, 0, 0), 24); break;
    case SYS_creat:
    case SYS_chmod: set(a, name, 0700, 0, 0); break;
    case SYS_fchmodat: set(a, here, name, 0700, 0); break;
    case SYS_access: set(a, name, below(8), 0, 0); break;
    case SYS_faccessat:
    case SYS_faccessat2: set(a, here, name, below(8), 0); break;
    case SYS_mkdir: set(a, a_folder(), 0700, 0, 0); break;
    case SYS_mkdirat: set(a, here, a_folder(), 0700, 0); break;
    case SYS_rmdir:
    case SYS_chdir: set(a, nr == SYS_chdir ? put_text(".") : a_folder(), 0, 0, 0); break;
    case SYS_fchdir: a[0] = fd(FD_DIR); break;
    case SYS_mknod: set(a, put_text("fifo"), S_IFIFO | 0600, 0, 0); break;
    case SYS_mknodat: set(a, here, put_text("f3"), S_IFREG | 0600, 0); break;
    case SYS_unlink: a[0] = below(2) ? name : put_text("fifo"); break;
    case SYS_unlinkat: set(a, here, name, 0, 0); break;
    case SYS_link: set(a, name, any_file(), 0, 0); break;
    case SYS_linkat: set(a, here, name, here, any_file()), a[4] = 0; break;
    case SYS_symlink:
        set(a, put_text(below(2) ? "/proc/self" : "f1"), put_text(below(2) ? "pr" : "l2"), 0, 0);
        break;
    case SYS_symlinkat: set(a, put_text("f1"), here, put_text("l2"), 0); break;
    case SYS_rename: set(a, name, any_file(), 0, 0); break;
    case SYS_renameat:
    case SYS_renameat2: set(a, here, name, here, any_file()), a[4] = 0; break;
    case SYS_readlink:
        set(a, put_text(below(2) ? "l0" : "/proc/self/exe"), likely_space(200), below(200), 0);
        break;
    case SYS_readlinkat: set(a, here, put_text("l0"), likely_space(200), 200); break;
    case SYS_chown:
    case SYS_lchown:
    case SYS_chown32:
    case SYS_lchown32: set(a, name, ~0u, ~0u, 0); break;
    case SYS_fchownat: set(a, here, name, ~0u, ~0u), a[4] = 0; break;
    case SYS_fchown:
    case SYS_fchown32: set(a, fd(FD_FILE), ~0u, ~0u, 0); break;
    case SYS_fchmod: set(a, fd(FD_FILE), 0600, 0, 0); break;
    case SYS_utime:
    case SYS_utimes: set(a, name, below(2) ? 0 : WORDS(1, 2, 3, 4), 0, 0); break;
    case SYS_futimesat:
    case SYS_utimensat:
    case SYS_utimensat_time64: set(a, here, name, below(2) ? 0 : WORDS(1, 2, 3, 4, 5, 6, 7, 8), 0); break;
    case SYS_name_to_handle_at: set(a, here, name, WORDS(128, 0), likely_space(4)), a[4] = 0; break;
    case SYS_getcwd: set(a, likely_space(256), 256, 0, 0); break;
    case SYS_memfd_create: set(a, name, below(4), 0, 0); break;
    default: return attributes(nr, a);
    }
    return true;
}

static bool status(unsigned nr, uint32_t a[6])
{
    uint32_t name = below(2) ? any_file() : text(), room = likely_space(144);
    switch (nr) {
    case SYS_stat:
    case SYS_lstat:
    case SYS_stat64:
    case SYS_lstat64:
    case SYS_statfs: set(a, name, room, 0, 0); break;
    case SYS_statfs64: set(a, name, 84, room, 0); break;
    case SYS_fstat:
    case SYS_fstat64:
    case SYS_fstatfs: set(a, likely_fd(), room, 0, 0); break;
    case SYS_fstatfs64: set(a, likely_fd(), 84, room, 0); break;
    case SYS_fstatat64: set(a, (uint32_t)AT_FDCWD, name, room, below(2) ? 0 : 0x100); break;
    case SYS_statx: set(a, (uint32_t)AT_FDCWD, name, 0, 0xfff), a[4] = likely_space(256); break;
    default: return false;
    }
    return true;
}

/* --- Descriptors themselves ---------------------------------------------------------------------------- */

static uint32_t control_argument(uint32_t command)
{
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: return below(2) ? 3 : nofile - below(40);
    case F_SETFL: return 04000;
    case F_SETSIG: return below(65);
    case F_SETPIPE_SZ: return 4096;
    case F_SETLEASE: return 2;
    case 15:
    case 16: return WORDS(1, (uint32_t)self); /* an owner */
    default: return below(3) ? WORDS(below(3), 0, 0, 8, 0, 0) : rnd() & 0xff;
    }
}

static bool descriptors(unsigned nr, uint32_t a[6])
{
    static const uint32_t commands[] = {0,  1,  2,    3,    4,    5,    6,    8,    9,    10,   11, 12, 13,
                                        15, 16, 1024, 1025, 1026, 1030, 1031, 1032, 1033, 1034, 36, 37};
    uint32_t room = likely_space(8);
    switch (nr) {
    case SYS_close: return false;
    case SYS_dup: a[0] = likely_fd(); break;
    case SYS_dup2:
    case SYS_dup3: set(a, likely_fd(), below(2) ? 40 + below(20) : nofile - below(32), 0, 0); break;
    case SYS_pipe:
    case SYS_pipe2: set(a, room, 04000, 0, 0); break;
    case SYS_flock: set(a, fd(FD_FILE), below(2) ? 5 : 8, 0, 0); break;
    case SYS_ioctl:
        set(a, below(2) ? fd(FD_PTY + below(2)) : likely_fd(), argument(A_IOCTL),
            below(5) ? likely_space(64) : likely_fd(), 0);
        break;
    case SYS_fcntl:
    case SYS_fcntl64:
        a[0] = likely_fd(), a[1] = commands[below(sizeof commands / sizeof *commands)];
        a[2] = control_argument(a[1]);
        break;
    case SYS_close_range:
        set(a, below(2) ? 60 + below(20) : nofile - below(32), nofile + below(20), below(2) * 4, 0);
        break;
    case SYS_pidfd_open: set(a, (uint32_t)self, 0, 0, 0); break;
    case SYS_pidfd_getfd: set(a, fd(FD_PID), below(2) ? likely_fd() : nofile - below(32), 0, 0); break;
    case SYS_pidfd_send_signal: set(a, fd(FD_PID), 0, 0, 0); break;
    case SYS_kcmp: set(a, (uint32_t)self, (uint32_t)self, below(6), likely_fd()), a[4] = likely_fd(); break;
    default: return false;
    }
    return true;
}

bool likely(unsigned nr, uint32_t a[6])
{
    bool found = waits(nr, a) || bytes(nr, a) || names(nr, a) || status(nr, a) || descriptors(nr, a) ||
                 likely_task(nr, a) || likely_message(nr, a);
    /* … but for one of them. */
    if (found && !below(3)) a[below(6)] = argument(1 + below(A_TABLES - 1));
    return found;
}

void likely_result(unsigned nr, const uint32_t a[6], long result)
{
    if (nr == SYS_inotify_add_watch && result > 0) last_watch = result;
    likely_task_result(nr, a, result);
    likely_message_result(nr, a, result);
}
