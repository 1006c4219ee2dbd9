/* Processes by descriptor, and comparing processes. */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

/* The only flag is O_NONBLOCK. */
long call_pidfd_open(struct call *c)
{
    enum { G_O_NONBLOCK = 04000 };
    if (c->arg[1] & ~(uint32_t)G_O_NONBLOCK) return -G_EINVAL;
    return fd_result(c, syscall(SYS_pidfd_open, (int)c->arg[0], flags_to_host(FT_OPEN, c->arg[1])));
}

long call_pidfd_send_signal(struct call *c)
{
    struct guest_siginfo g;
    siginfo_t info;
    int signo = c->arg[1] <= G_NSIG ? signo_to_host((int)c->arg[1]) : 0;
    if (c->arg[1] && !signo) return -G_EINVAL;
    if (c->arg[2] && mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    if (c->arg[2] && g.signo != (int32_t)c->arg[1]) return -G_EINVAL;
    if (c->arg[2]) {
        siginfo_to_host(&g, &info);
        siginfo_mark_sent(&info); /* it is refused for others, whatever it is */
    }
    return sys_result(
        syscall(SYS_pidfd_send_signal, (int)c->arg[0], signo, c->arg[2] ? &info : NULL, c->arg[3]));
}

/* Another guest's tierrun hides the same numbers as this one, usually. */
long call_pidfd_getfd(struct call *c)
{
    return fd_result(c, syscall(SYS_pidfd_getfd, (int)c->arg[0], fd_usable(c->s, c->arg[1]), c->arg[2]));
}

/* The kinds that compare something of tierrun's as the guest's; descriptors are the guest's own. */
long call_kcmp(struct call *c)
{
    enum { FILES = 0, LAST = 5 };
    if (c->arg[2] > LAST) return -G_EINVAL;
    bool fds = c->arg[2] == FILES;
    return sys_result(syscall(SYS_kcmp, (int)c->arg[0], (int)c->arg[1], c->arg[2],
                              fds ? (long)fd_usable(c->s, c->arg[3]) : (long)c->arg[3],
                              fds ? (long)fd_usable(c->s, c->arg[4]) : (long)c->arg[4]));
}
