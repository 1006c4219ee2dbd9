/* Descriptors that belong to tierrun. Owns the reserved range: RESERVED_FDS numbers just above the guest's
 * soft limit, so that no guest can reach them by accident; the soft limit is raised by as much. Where the
 * hard limit leaves no room, they are the last ones of the range and the guest's limit ends below them. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "syscalls/sys.h"

void fd_init(struct sys *s)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r)) r.rlim_cur = r.rlim_max = 1024;
    s->nofile = r.rlim_cur;
    uint64_t base = r.rlim_cur > INT_MAX / 2 ? INT_MAX / 2 : r.rlim_cur;
    if (base + RESERVED_FDS > r.rlim_max) base = r.rlim_max - RESERVED_FDS;
    if (base + RESERVED_FDS > r.rlim_cur) {
        r.rlim_cur = base + RESERVED_FDS;
        if (setrlimit(RLIMIT_NOFILE, &r)) base = s->nofile - RESERVED_FDS;
    }
    s->fd_base = (int)base;
}

int fd_usable(const struct sys *s, uint32_t fd)
{
    return (int)fd >= s->fd_base && (int)fd < s->fd_base + RESERVED_FDS ? -1 : (int)fd;
}

long fd_result(struct call *c, long fd)
{
    if (fd == -1) return -errno_to_guest(errno);
    if (fd < 0) return fd;
    if ((uint64_t)fd < c->s->nofile && fd_usable(c->s, (uint32_t)fd) >= 0) return fd;
    close((int)fd);
    return -G_EMFILE;
}

int fd_hide(struct sys *s, int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, s->fd_base);
    if (high < 0) return -1;
    close(fd);
    return high;
}

int sys_hide_fd(struct sys *s, int fd)
{
    return fd_hide(s, fd);
}
