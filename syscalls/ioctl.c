/* ioctl for terminals, files, block devices and sockets, by the table ioctl.def. Others are ENOTTY, and say
 * so with -d unimp. */
#include "syscalls/hostdefs.h"
#include "syscalls/ioctl.h"

#include <linux/blkpg.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/if_tun.h>
#include <linux/loop.h>
#include <linux/nsfs.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum how {
    VALUE,
    IN,
    OUT,
    INOUT,
    IFREQ,
    GET_TERMIOS,
    SET_TERMIOS,
    GET_TERMIO,
    SET_TERMIO,
    GET_LOCKED,
    SET_LOCKED,
    NEWFD,
    FD,
    IN_FD,
    GET_LONG,
    GEOMETRY,
    GET_LOOP,
    SET_LOOP,
    ROUTE,
    STAMP,
    INTERFACES,
    IFMAP,
    EXTENTS,
    PARTITION,
    BRIDGES,
    ETHTOOL,
    GET_TERMIOS2,
    SET_TERMIOS2
};

struct request {
    const char *name;
    uint32_t guest;
    unsigned long host;
    uint16_t how, bytes;
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
    union {
        uint64_t words[38];
        uint32_t fd;
    } room = {{0}};
    bool in = q->how != OUT, out = q->how != IN && q->how != IN_FD;
    if (in && mm_read(c->mm, c->arg[2], &room, q->bytes)) return -G_EFAULT;
    if (q->how == IN_FD && fd_usable(c->s, room.fd) < 0) return -G_EBADF;
    long a[6] = {(int)c->arg[0], (long)q->host, (long)&room};
    long r = sys_wait(c, RESTART_SYS, SYS_ioctl, a);
    if (r < 0 || !out) return r;
    return mm_write(c->mm, c->arg[2], &room, q->bytes) ? -G_EFAULT : r;
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
    case GET_TERMIO: return termio_get(c, fd, c->arg[2]);
    case SET_TERMIO: return termio_set(c, fd, q->host, c->arg[2]);
    case GET_LOCKED: return termios_get_locked(c, fd, c->arg[2]);
    case SET_LOCKED: return termios_set_locked(c, fd, c->arg[2]);
    case FD:
        if (fd_usable(c->s, c->arg[2]) < 0) return -G_EBADF;
        return sys_wait(c, RESTART_SYS, SYS_ioctl, a);
    case GET_LONG: return ioctl_get_long(c, q->host);
    case GEOMETRY: return ioctl_geometry(c, q->host);
    case GET_LOOP: return ioctl_get_loop(c);
    case SET_LOOP: return ioctl_set_loop(c);
    case ROUTE: return ioctl_route(c, q->host);
    case STAMP: return ioctl_stamp(c, q->host);
    case INTERFACES: return ioctl_interfaces(c, q->host);
    case IFMAP: return ioctl_ifmap(c, q->host);
    case EXTENTS: return ioctl_extents(c, q->host);
    case PARTITION: return ioctl_partition(c, q->host);
    case BRIDGES: return ioctl_bridges(c, q->host);
    case ETHTOOL: return ioctl_ethtool(c, q->host);
    case GET_TERMIOS2: return termios2_get(c, fd, c->arg[2]);
    case SET_TERMIOS2: return termios2_set(c, fd, q->host, c->arg[2]);
    default: return by_copy(c, q);
    }
}
