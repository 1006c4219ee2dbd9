/* ioctl for terminals, files and the commonest of sockets, by the table ioctl.def. Others are ENOTTY, and say
 * so with -d unimp. */
#include "syscalls/ioctl.h"

#include <linux/fs.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum how { VALUE, IN, OUT, INOUT, IFREQ, GET_TERMIOS, SET_TERMIOS, NEWFD };

struct request {
    const char *name;
    uint32_t guest;
    unsigned long host;
    uint8_t how, bytes;
};

static const struct request requests[] = {
#define IOCTL(name, number, how, bytes) {#name, number, name, how, bytes},
#include "syscalls/ioctl.def"
#undef IOCTL
};

static const struct request *find(uint32_t guest)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (requests[i].guest == guest) return &requests[i];
    return NULL;
}

const char *ioctl_name(uint32_t guest)
{
    const struct request *r = find(guest);
    return r ? r->name : NULL;
}

/* The host may touch more than the guest's structure has (struct ifreq is 40 bytes there). */
static long by_copy(struct call *c, const struct request *q)
{
    uint64_t room[8] = {0};
    bool in = q->how != OUT, out = q->how != IN;
    if (in && mm_read(c->mm, c->arg[2], room, q->bytes)) return -G_EFAULT;
    long a[6] = {(int)c->arg[0], (long)q->host, (long)room};
    long r = sys_wait(c, RESTART_SYS, SYS_ioctl, a);
    if (r < 0 || !out) return r;
    return mm_write(c->mm, c->arg[2], room, q->bytes) ? -G_EFAULT : r;
}

long call_ioctl(struct call *c)
{
    int fd = (int)c->arg[0];
    const struct request *q = find(c->arg[1]);
    if (!q) {
        if (c->s->p->opt.log_unimp)
            fprintf(c->s->p->opt.log_unimp, "unimp: ioctl %#x on descriptor %d: ENOTTY\n", c->arg[1], fd);
        return -G_ENOTTY;
    }
    long a[6] = {fd, (long)q->host, c->arg[2]};
    switch ((enum how)q->how) {
    case VALUE: return sys_wait(c, RESTART_SYS, SYS_ioctl, a);
    case NEWFD:
        a[2] = (long)flags_to_host(FT_OPEN, c->arg[2] & ~3u) | (c->arg[2] & 3);
        return fd_result(c, sys_wait(c, RESTART_SYS, SYS_ioctl, a));
    case GET_TERMIOS: return termios_get(c, fd, c->arg[2]);
    case SET_TERMIOS: return termios_set(c, fd, q->host, c->arg[2]);
    default: return by_copy(c, q);
    }
}
