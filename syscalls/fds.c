/* Descriptors that are not files: eventfd, signalfd, inotify, memfd. */
#include "syscalls/fds.h"

#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"
#include "syscalls/sys.h"

static long make_eventfd(struct call *c, uint32_t flags)
{
    if (!flags_known(FT_EVENTFD, flags)) return -G_EINVAL;
    return fd_result(c, eventfd(c->arg[0], (int)flags_to_host(FT_EVENTFD, flags)));
}

long call_eventfd(struct call *c)
{
    return make_eventfd(c, 0);
}

long call_eventfd2(struct call *c)
{
    return make_eventfd(c, c->arg[1]);
}

static long make_inotify(struct call *c, uint32_t flags)
{
    if (!flags_known(FT_INOTIFY, flags)) return -G_EINVAL;
    return fd_result(c, inotify_init1((int)flags_to_host(FT_INOTIFY, flags)));
}

long call_inotify_init(struct call *c)
{
    return make_inotify(c, 0);
}

long call_inotify_init1(struct call *c)
{
    return make_inotify(c, c->arg[0]);
}

/* Event masks and struct inotify_event are the same everywhere. */
long call_inotify_add_watch(struct call *c)
{
    char p[PATH_MAX];
    enum { DONT_FOLLOW = 0x02000000 };
    long r = path_arg(c, c->arg[1], c->arg[2] & DONT_FOLLOW ? PATH_NOFOLLOW : PATH_FOLLOW, p);
    return r ? r : sys_result(inotify_add_watch((int)c->arg[0], p, c->arg[2]));
}

long call_inotify_rm_watch(struct call *c)
{
    return sys_result(inotify_rm_watch((int)c->arg[0], (int)c->arg[1]));
}

long call_memfd_create(struct call *c)
{
    enum { NAME_MAX_LEN = 249 };
    char name[NAME_MAX_LEN + 1];
    if (!flags_known(FT_MEMFD, c->arg[1])) return -G_EINVAL;
    long r = mm_read_string(c->mm, c->arg[0], name, sizeof name);
    if (r < 0) return r == -G_ENAMETOOLONG ? -G_EINVAL : r;
    return fd_result(c, memfd_create(name, flags_to_host(FT_MEMFD, c->arg[1])));
}

/* Not on every machine. */
long call_memfd_secret(struct call *c)
{
    if (c->arg[0] && c->arg[0] != flags_to_guest(FT_OPEN, O_CLOEXEC)) return -G_EINVAL;
    return fd_result(c, syscall(SYS_memfd_secret, flags_to_host(FT_OPEN, c->arg[0])));
}

/* --- signalfd ------------------------------------------------------------------------------------------ */

static long make_signalfd(struct call *c, uint32_t flags)
{
    uint64_t mask;
    sigset_t host;
    int fd = (int)c->arg[0];
    long r = signal_get_mask(c, c->arg[1], c->arg[2], &mask);
    if (r) return r;
    if (!flags_known(FT_SIGNALFD, flags)) return -G_EINVAL;
    sigset_to_host(mask, &host);
    int host_flags = (int)flags_to_host(FT_SIGNALFD, flags);
    r = fd_result(c, syscall(SYS_signalfd4, fd, &host, (size_t)_NSIG / 8, host_flags));
    if (r >= 0) c->s->p->has_signalfd = true;
    return r;
}

long call_signalfd(struct call *c)
{
    return make_signalfd(c, 0);
}

long call_signalfd4(struct call *c)
{
    return make_signalfd(c, c->arg[3]);
}

static bool is_called(int fd, const char *kind)
{
    char name[64], link[64] = "";
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return readlink(name, link, sizeof link - 1) > 0 && !strcmp(link, kind);
}

bool fds_is_signalfd(int fd)
{
    return is_called(fd, "anon_inode:[signalfd]");
}

bool fds_is_eventfd(int fd)
{
    return is_called(fd, "anon_inode:[eventfd]");
}

/* Records have one layout; the signal's number is the host's. */
long fds_read_signals(struct call *c)
{
    enum { MOST = 16 };
    struct signalfd_siginfo info[MOST];
    size_t n = c->arg[2] < sizeof info ? c->arg[2] : sizeof info;
    long a[6] = {(int)c->arg[0], (long)info, (long)n};
    long r = sys_wait(c, RESTART_SYS, SYS_read, a);
    if (r <= 0) return r;
    for (long i = 0; i < r / (long)sizeof *info; i++)
        info[i].ssi_signo = (uint32_t)signo_to_guest((int)info[i].ssi_signo);
    return mm_write(c->mm, c->arg[1], info, (size_t)r) ? -G_EFAULT : r;
}
