/* Descriptors that belong to tierrun. Owns the reserved range: RESERVED_FDS numbers just above the guest's
 * soft limit, so that no guest can reach them by accident; the soft limit is raised by as much. Where the
 * hard limit leaves no room, they are the last ones of the range, at most half of it, and the guest's limit
 * ends below them. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "syscalls/sys.h"

/* The C library says O_LARGEFILE is 0 on a 64-bit host, but the kernel sets it in every open file: it is the
 * bit that a directory's flags have beyond those asked for. */
static int find_largefile_bit(void)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int flags = fd < 0 ? 0 : fcntl(fd, F_GETFL);
    if (fd >= 0) close(fd);
    return flags & ~(O_ACCMODE | O_DIRECTORY);
}

bool fd_init(struct sys *s)
{
    s->p->host_largefile = find_largefile_bit();
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r)) r.rlim_cur = r.rlim_max = 1024;
    s->p->nofile = r.rlim_cur;
    uint64_t base = r.rlim_cur > INT_MAX / 2 ? INT_MAX / 2 : r.rlim_cur;
    uint64_t few = r.rlim_max / 2, own = few < RESERVED_FDS ? few : RESERVED_FDS;
    if (base + own > r.rlim_max) base = r.rlim_max - own;
    if (base + own > r.rlim_cur) {
        r.rlim_cur = base + own;
        if (setrlimit(RLIMIT_NOFILE, &r)) base = s->p->nofile - own;
    }
    s->p->fd_base = (int)base;
    return s->p->fd_base > STDERR_FILENO;
}

int fd_usable(const struct sys *s, uint32_t fd)
{
    bool reserved = (int)fd >= s->p->fd_base && (int)fd < s->p->fd_base + RESERVED_FDS;
    return reserved || mm_owns_fd(s->mm, (int)fd) ? -1 : (int)fd;
}

long fd_result(struct call *c, long fd)
{
    if (fd == -1) return -errno_to_guest(errno);
    if (fd < 0) return fd;
    if ((uint64_t)fd < c->s->p->nofile && fd_usable(c->s, (uint32_t)fd) >= 0) return fd;
    close((int)fd);
    return -G_EMFILE;
}

long fd_pair_result(struct call *c, const int fd[2], gaddr to)
{
    long r = fd_result(c, fd[0]), r1 = fd_result(c, fd[1]);
    if (r >= 0 && r1 >= 0 && !mm_write(c->mm, to, fd, 2 * sizeof *fd)) return 0;
    if (r >= 0) close(fd[0]);
    if (r1 >= 0) close(fd[1]);
    return r < 0 || r1 < 0 ? -G_EMFILE : -G_EFAULT;
}

int sys_hide_fd(struct sys *s, int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, s->p->fd_base);
    if (high < 0) return -1;
    close(fd);
    return high;
}

void fd_before_exec(struct sys *s, bool failed)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r)) return;
    r.rlim_cur = failed ? (rlim_t)s->p->fd_base + RESERVED_FDS : s->p->nofile;
    if (r.rlim_cur > r.rlim_max) r.rlim_cur = r.rlim_max;
    setrlimit(RLIMIT_NOFILE, &r);
}
