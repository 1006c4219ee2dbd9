/* What concerns the whole machine: swap space, accounting, quotas, watching what is opened. Whether the guest
 * may do it is the host's to say. */
#include <errno.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"
#include "syscalls/sys.h"

long call_swapon(struct call *c)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    return r ? r : sys_result(swapon(p, (int)c->arg[1]));
}

long call_swapoff(struct call *c)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    return r ? r : sys_result(swapoff(p));
}

long call_acct(struct call *c)
{
    char p[PATH_MAX];
    long r = c->arg[0] ? path_arg(c, c->arg[0], PATH_FOLLOW, p) : 0;
    return r ? r : sys_result(acct(c->arg[0] ? p : NULL));
}

/* --- quotas --------------------------------------------------------------------------------------------- */

enum { Q_SYNC = 0x800001, Q_ON, Q_OFF, Q_GETFMT, Q_GETINFO, Q_SETINFO, Q_GETQUOTA, Q_SETQUOTA, Q_GETNEXT };

/* How many bytes there are at the address: a host's structures may end with padding more. */
static size_t quota_bytes(uint32_t command)
{
    switch (command) {
    case Q_GETFMT: return 4;
    case Q_GETINFO:
    case Q_SETINFO: return 24;
    case Q_GETQUOTA:
    case Q_SETQUOTA: return 68;
    case Q_GETNEXT: return 72;
    default: return 0;
    }
}

/* nr is the host's call; `subject` what has quotas, by name or by descriptor. Commands of XFS are not
 * known: there is nothing at their address. */
static long quota(struct call *c, long nr, uint32_t command, long subject, long fd)
{
    enum { SUBCOMMAND_SHIFT = 8 };
    union {
        char path[PATH_MAX];
        uint8_t bytes[72];
    } room;
    uint32_t sub = command >> SUBCOMMAND_SHIFT;
    size_t n = quota_bytes(sub);
    bool in = sub == Q_SETINFO || sub == Q_SETQUOTA, by_fd = nr == SYS_quotactl_fd;
    memset(room.bytes, 0, sizeof room.bytes);
    bool known = sub >= Q_SYNC && sub <= Q_GETNEXT;
    long r = sub == Q_ON ? path_arg(c, c->arg[3], PATH_FOLLOW, room.path) : 0;
    if (!r && in && mm_read(c->mm, c->arg[3], room.bytes, n)) r = -G_EFAULT;
    if (r) return r;
    r = sys_result(syscall(nr, by_fd ? fd : (long)(int)command, by_fd ? (long)command : subject,
                           (int)c->arg[2], known ? room.bytes : c->s->p->nowhere));
    return r || in || !n ? r : mm_write(c->mm, c->arg[3], room.bytes, n);
}

long call_quotactl(struct call *c)
{
    char special[PATH_MAX];
    long r = c->arg[1] ? path_arg(c, c->arg[1], PATH_FOLLOW, special) : 0;
    return r ? r : quota(c, SYS_quotactl, c->arg[0], c->arg[1] ? (long)special : 0, 0);
}

long call_quotactl_fd(struct call *c)
{
    return quota(c, SYS_quotactl_fd, c->arg[1], 0, (int)c->arg[0]);
}

/* --- fanotify: events have one layout ------------------------------------------------------------------ */

long call_fanotify_init(struct call *c)
{
    uint32_t events = c->arg[1];
    return fd_result(c, syscall(SYS_fanotify_init, c->arg[0],
                                (uint32_t)flags_to_host(FT_OPEN, events & ~3u) | (events & 3)));
}

/* The mask has 64 bits, in two words. A null path stands for the folder itself. */
long call_fanotify_mark(struct call *c)
{
    enum { DONT_FOLLOW = 4 };
    char p[PATH_MAX];
    uint64_t mask = c->arg[2] | (uint64_t)c->arg[3] << 32;
    int follow = c->arg[1] & DONT_FOLLOW ? PATH_NOFOLLOW : PATH_FOLLOW;
    long r = c->arg[5] ? path_at(c, (int)c->arg[4], c->arg[5], follow, p) : 0;
    return r ? r
             : sys_result(syscall(SYS_fanotify_mark, (int)c->arg[0], c->arg[1], mask, (int)c->arg[4],
                                  c->arg[5] ? p : NULL));
}

/* --- and --------------------------------------------------------------------------------------------------
 */

long call_process_mrelease(struct call *c)
{
    return sys_result(syscall(SYS_process_mrelease, (int)c->arg[0], c->arg[1]));
}

/* How much of a file is in memory. */
long call_cachestat(struct call *c)
{
    uint64_t range[2], found[5];
    if (mm_read(c->mm, c->arg[1], range, sizeof range)) return -G_EFAULT;
    long r = sys_result(syscall(SYS_cachestat, (int)c->arg[0], range, found, c->arg[3]));
    return r ? r : mm_write(c->mm, c->arg[2], found, sizeof found);
}
