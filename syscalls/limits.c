/* Resource limits and usage. Owns the guest's view of the two limits that tierrun itself changes: descriptors
 * (fd.c keeps some above the guest's) and core size (a core of tierrun would tell nothing of the guest).
 * Address space limits are the guest's alone, and mm keeps them: the host process needs more than a 32-bit
 * one. Its own are set far above what it can ever reach, and so tell the tierrun that execve starts, and
 * others that ask for them, what the guest's are. (qemu-user sets neither.) */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/rusage.h"

enum { G_RLIM_INFINITY = -1 };
static const rlim_t APART = 1ull << 60;

static struct rlimit *kept_limit(struct sys *s, int host)
{
    return host == RLIMIT_AS ? &s->p->limit_as : host == RLIMIT_DATA ? &s->p->limit_data : NULL;
}

static rlim_t lift(rlim_t guest)
{
    return guest < APART ? guest + APART : guest;
}

static rlim_t lower(rlim_t host)
{
    return host >= APART && host < 2 * APART ? host - APART : host;
}

static int get_lowered(pid_t pid, int host, struct rlimit *r)
{
    int e = prlimit(pid, (__rlimit_resource_t)host, NULL, r);
    if (host != RLIMIT_AS && host != RLIMIT_DATA) return e;
    r->rlim_cur = lower(r->rlim_cur);
    r->rlim_max = lower(r->rlim_max);
    return e;
}

void limits_init(struct sys *s)
{
    get_lowered(0, RLIMIT_AS, &s->p->limit_as);
    get_lowered(0, RLIMIT_DATA, &s->p->limit_data);
    mm_set_quota(s->mm, s->p->limit_as.rlim_cur, s->p->limit_data.rlim_cur);
}

void limits_of_guest(struct sys *s, int host, struct rlimit *r)
{
    getrlimit((__rlimit_resource_t)host, r);
    if (host == RLIMIT_NOFILE) r->rlim_cur = s->p->nofile;
    if (kept_limit(s, host)) *r = *kept_limit(s, host);
}

/* Limits as the guest sees them. The host's RLIMIT_ names are in the guest's order only by FT_RLIMIT. */
static long get_limit(struct sys *s, pid_t pid, uint32_t what, struct rlimit *r)
{
    int host = value_to_host(FT_RLIMIT, what);
    if (host < 0) return -G_EINVAL;
    if (pid && pid != getpid()) return sys_result(get_lowered(pid, host, r));
    limits_of_guest(s, host, r);
    return 0;
}

static long set_limit(struct sys *s, pid_t pid, uint32_t what, const struct rlimit *r)
{
    int host = value_to_host(FT_RLIMIT, what);
    struct rlimit h = *r;
    if (host < 0) return -G_EINVAL;
    bool own = !pid || pid == getpid();
    struct rlimit *kept = own ? kept_limit(s, host) : NULL;
    if (kept) {
        if (h.rlim_cur > h.rlim_max) return -G_EINVAL;
        if (h.rlim_max > kept->rlim_max && geteuid() != 0) return -G_EPERM;
        *kept = h;
        mm_set_quota(s->mm, s->p->limit_as.rlim_cur, s->p->limit_data.rlim_cur);
        h = (struct rlimit){lift(h.rlim_cur), lift(h.rlim_max)};
        setrlimit((__rlimit_resource_t)host, &h); /* for the next program, if the host's hard limit lets it */
        return 0;
    }
    if (own && host == RLIMIT_NOFILE) {
        if (h.rlim_cur > h.rlim_max) return -G_EINVAL;
        rlim_t need = (rlim_t)s->p->fd_base + RESERVED_FDS;
        if (h.rlim_cur < need && need <= h.rlim_max) h.rlim_cur = need;
    }
    if (prlimit(pid, (__rlimit_resource_t)host, &h, NULL)) return sys_result(-1);
    if (own && host == RLIMIT_NOFILE) s->p->nofile = r->rlim_cur;
    if (own && host == RLIMIT_STACK) mm_set_stack_limit(s->mm, r->rlim_cur);
    return 0;
}

static uint32_t narrow(rlim_t v)
{
    return v > 0xffffffff ? (uint32_t)G_RLIM_INFINITY : (uint32_t)v;
}

static rlim_t widen(uint32_t v)
{
    return v == (uint32_t)G_RLIM_INFINITY ? RLIM_INFINITY : v;
}

long call_ugetrlimit(struct call *c)
{
    struct rlimit r;
    long e = get_limit(c->s, 0, c->arg[0], &r);
    if (e) return e;
    struct guest_rlimit g = {narrow(r.rlim_cur), narrow(r.rlim_max)};
    return mm_write(c->mm, c->arg[1], &g, sizeof g);
}

/* The oldest form knows infinity as the greatest signed number. */
long call_getrlimit(struct call *c)
{
    struct rlimit r;
    long e = get_limit(c->s, 0, c->arg[0], &r);
    if (e) return e;
    struct guest_rlimit g = {narrow(r.rlim_cur), narrow(r.rlim_max)};
    if (g.cur > INT32_MAX) g.cur = INT32_MAX;
    if (g.max > INT32_MAX) g.max = INT32_MAX;
    return mm_write(c->mm, c->arg[1], &g, sizeof g);
}

long call_setrlimit(struct call *c)
{
    struct guest_rlimit g;
    if (mm_read(c->mm, c->arg[1], &g, sizeof g)) return -G_EFAULT;
    struct rlimit r = {widen(g.cur), widen(g.max)};
    return set_limit(c->s, 0, c->arg[0], &r);
}

long call_prlimit64(struct call *c)
{
    struct guest_rlimit64 g;
    struct rlimit old, new;
    pid_t pid = (pid_t)c->arg[0];
    if (c->arg[2] && mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    long e = get_limit(c->s, pid, c->arg[1], &old);
    if (!e && c->arg[2]) {
        new = (struct rlimit){g.cur, g.max};
        e = set_limit(c->s, pid, c->arg[1], &new);
    }
    if (e || !c->arg[3]) return e;
    g = (struct guest_rlimit64){old.rlim_cur, old.rlim_max};
    return mm_write(c->mm, c->arg[3], &g, sizeof g);
}

/* --- Usage --------------------------------------------------------------------------------------------- */

long rusage_put(struct call *c, gaddr to, const struct rusage *ru)
{
    struct guest_rusage g = {
        .utime = {(int32_t)ru->ru_utime.tv_sec, (int32_t)ru->ru_utime.tv_usec},
        .stime = {(int32_t)ru->ru_stime.tv_sec, (int32_t)ru->ru_stime.tv_usec},
        .field = {(int32_t)ru->ru_maxrss, (int32_t)ru->ru_ixrss, (int32_t)ru->ru_idrss, (int32_t)ru->ru_isrss,
                  (int32_t)ru->ru_minflt, (int32_t)ru->ru_majflt, (int32_t)ru->ru_nswap,
                  (int32_t)ru->ru_inblock, (int32_t)ru->ru_oublock, (int32_t)ru->ru_msgsnd,
                  (int32_t)ru->ru_msgrcv, (int32_t)ru->ru_nsignals, (int32_t)ru->ru_nvcsw,
                  (int32_t)ru->ru_nivcsw},
    };
    return mm_write(c->mm, to, &g, sizeof g);
}

long call_getrusage(struct call *c)
{
    struct rusage ru;
    int who = value_to_host(FT_RUSAGE, c->arg[0]);
    if (who == -1 && c->arg[0] != UINT32_MAX) return -G_EINVAL;
    long r = sys_result(getrusage(who, &ru));
    return r ? r : rusage_put(c, c->arg[1], &ru);
}

long call_getpriority(struct call *c)
{
    return sys_result(syscall(SYS_getpriority, (int)c->arg[0], (int)c->arg[1]));
}

long call_setpriority(struct call *c)
{
    return sys_result(syscall(SYS_setpriority, (int)c->arg[0], (int)c->arg[1], (int)c->arg[2]));
}

/* The new value is not told; 20 - nice is what getpriority gives. */
long call_nice(struct call *c)
{
    long now = 20 - syscall(SYS_getpriority, PRIO_PROCESS, 0), want = now + (int)c->arg[0];
    return sys_result(setpriority(PRIO_PROCESS, 0, (int)want));
}
