/* Descriptors that are not files: eventfd, signalfd, inotify, memfd. */
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

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
