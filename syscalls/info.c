/* What the system says of itself: uname, sysinfo, random numbers, and small per-process settings. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"
#include "syscalls/seccomp.h"

static void fill_names(struct sys *s, struct utsname *u)
{
    uname(u);
    memset(u->machine, 0, sizeof u->machine);
    strcpy(u->machine, "i686");
    if (s->p->opt.uname_release) snprintf(u->release, sizeof u->release, "%s", s->p->opt.uname_release);
}

/* struct new_utsname: six fields of 65 bytes, as the host's. */
long call_uname(struct call *c)
{
    struct utsname u;
    fill_names(c->s, &u);
    return mm_write(c->mm, c->arg[0], &u, sizeof u);
}

/* The older forms: five fields of 65 bytes, or of 9. */
static long old_names(struct call *c, uint32_t size)
{
    struct utsname u;
    fill_names(c->s, &u);
    const char *field[] = {u.sysname, u.nodename, u.release, u.version, u.machine};
    char out[5 * 65] = {0};
    for (uint32_t i = 0; i < 5; i++)
        memcpy(out + i * size, field[i], strnlen(field[i], size - 1));
    return mm_write(c->mm, c->arg[0], out, 5 * size);
}

long call_olduname(struct call *c)
{
    return old_names(c, 65);
}

long call_oldolduname(struct call *c)
{
    return old_names(c, 9);
}

long call_sethostname(struct call *c)
{
    char name[65];
    if (c->arg[1] >= sizeof name) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[0], name, c->arg[1])) return -G_EFAULT;
    return sys_result(sethostname(name, c->arg[1]));
}

long call_setdomainname(struct call *c)
{
    char name[65];
    if (c->arg[1] >= sizeof name) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[0], name, c->arg[1])) return -G_EFAULT;
    return sys_result(setdomainname(name, c->arg[1]));
}

/* Sizes beyond 32 bits are given in pages (compat_sysinfo). */
long call_sysinfo(struct call *c)
{
    struct sysinfo h;
    sysinfo(&h);
    unsigned unit = h.mem_unit, shift = 0;
    bool wide = (h.totalram | h.totalswap) > UINT32_MAX;
    for (; wide && unit < GPAGE; unit <<= 1)
        shift++;
    struct guest_sysinfo g = {
        .uptime = (int32_t)h.uptime,
        .totalram = (uint32_t)(h.totalram >> shift),
        .freeram = (uint32_t)(h.freeram >> shift),
        .sharedram = (uint32_t)(h.sharedram >> shift),
        .bufferram = (uint32_t)(h.bufferram >> shift),
        .totalswap = (uint32_t)(h.totalswap >> shift),
        .freeswap = (uint32_t)(h.freeswap >> shift),
        .procs = h.procs,
        .totalhigh = (uint32_t)(h.totalhigh >> shift),
        .freehigh = (uint32_t)(h.freehigh >> shift),
        .mem_unit = unit,
    };
    for (int i = 0; i < 3; i++)
        g.loads[i] = (uint32_t)h.loads[i];
    return mm_write(c->mm, c->arg[0], &g, sizeof g);
}

long call_getrandom(struct call *c)
{
    struct xfer x;
    if (!flags_known(FT_GRND, c->arg[2])) return -G_EINVAL;
    long r = xfer_begin(c, &x, c->arg[0], c->arg[1], true);
    if (r) return r;
    long done = 0;
    for (int i = 0; i < x.count; i++) {
        long a[6] = {(long)x.iov[i].iov_base, (long)x.iov[i].iov_len, (int)c->arg[2]};
        r = sys_wait(c, RESTART_SYS, SYS_getrandom, a);
        if (r < 0) break;
        done += r;
    }
    return xfer_end(c, &x, done ? done : r);
}

long call_getcpu(struct call *c)
{
    unsigned cpu, node;
    syscall(SYS_getcpu, &cpu, &node, NULL);
    if (c->arg[0] && mm_write(c->mm, c->arg[0], &cpu, 4)) return -G_EFAULT;
    return c->arg[1] ? mm_write(c->mm, c->arg[1], &node, 4) : 0;
}

/* It is remembered, and handed on by execve; the host process stays as it is. */
long call_personality(struct call *c)
{
    enum { QUERY = -1 };
    uint32_t old = c->s->p->personality;
    if (c->arg[0] == (uint32_t)QUERY) return old;
    c->s->p->personality = c->arg[0];
    mm_set_read_implies_exec(c->mm, c->arg[0] & READ_IMPLIES_EXEC);
    return old;
}

long call_set_tid_address(struct call *c)
{
    c->s->clear_tid = c->arg[0];
    return c->s->tid;
}

enum { ROBUST_HEAD_SIZE = 12 };

long call_set_robust_list(struct call *c)
{
    if (c->arg[1] != ROBUST_HEAD_SIZE) return -G_EINVAL;
    c->s->robust_list = c->arg[0];
    return 0;
}

/* That of another process is not ours to know. */
long call_get_robust_list(struct call *c)
{
    uint32_t size = ROBUST_HEAD_SIZE;
    const struct sys *s = c->s;
    for (s = c->arg[0] ? c->s->p->threads : c->s; s && c->arg[0] && s->tid != (pid_t)c->arg[0];)
        s = s->next_thread;
    if (!s) return kill((pid_t)c->arg[0], 0) && errno == ESRCH ? -G_ESRCH : -G_EPERM;
    if (mm_write(c->mm, c->arg[2], &size, 4)) return -G_EFAULT;
    return mm_write(c->mm, c->arg[1], &s->robust_list, 4);
}

/* --- prctl: what concerns the guest alone or is harmless ----------------------------------------------- */

static long process_name(struct call *c)
{
    char name[16] = {0};
    if (c->arg[0] == PR_GET_NAME) {
        prctl(PR_GET_NAME, name);
        return mm_write(c->mm, c->arg[1], name, sizeof name);
    }
    long r = mm_read_string(c->mm, c->arg[1], name, sizeof name);
    if (r == -G_EFAULT) return r;
    name[15] = 0;
    return sys_result(prctl(PR_SET_NAME, name));
}

static long put_int(struct call *c, int option)
{
    int v;
    long r = sys_result(prctl(option, &v));
    if (!r && option == PR_GET_PDEATHSIG) v = v ? signo_to_guest(v) : 0;
    return r ? r : mm_write(c->mm, c->arg[1], &v, 4);
}

/* RDTSC always works here. */
static long tsc_mode(struct call *c)
{
    int32_t enabled = PR_TSC_ENABLE;
    if ((int)c->arg[0] == PR_SET_TSC) return c->arg[1] == PR_TSC_ENABLE ? 0 : -G_EINVAL;
    return mm_write(c->mm, c->arg[1], &enabled, sizeof enabled);
}

long call_prctl(struct call *c)
{
    switch ((int)c->arg[0]) {
    case PR_SET_NAME:
    case PR_GET_NAME: return process_name(c);
    case PR_SET_PDEATHSIG:
        if (c->arg[1] > G_NSIG || (c->arg[1] && !signo_to_host((int)c->arg[1]))) return -G_EINVAL;
        return sys_result(prctl(PR_SET_PDEATHSIG, c->arg[1] ? signo_to_host((int)c->arg[1]) : 0));
    case PR_GET_PDEATHSIG:
    case PR_GET_CHILD_SUBREAPER: return put_int(c, (int)c->arg[0]);
    case PR_GET_TSC:
    case PR_SET_TSC: return tsc_mode(c);
    case PR_GET_TIMING: return PR_TIMING_STATISTICAL;
    case PR_SET_TIMING: return c->arg[1] == PR_TIMING_STATISTICAL ? 0 : -G_EINVAL;
    case PR_GET_DUMPABLE:
    case PR_SET_DUMPABLE:
    case PR_GET_KEEPCAPS:
    case PR_SET_KEEPCAPS:
    case PR_SET_CHILD_SUBREAPER:
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
    case PR_CAP_AMBIENT:
    case PR_GET_SECUREBITS:
    case PR_SET_SECUREBITS:
    case PR_GET_THP_DISABLE:
    case PR_SET_THP_DISABLE:
    case PR_SET_MEMORY_MERGE:
    case PR_GET_MEMORY_MERGE:
    case PR_SET_IO_FLUSHER:
    case PR_GET_IO_FLUSHER:
    case PR_MCE_KILL:
    case PR_MCE_KILL_GET:
    case PR_TASK_PERF_EVENTS_DISABLE:
    case PR_TASK_PERF_EVENTS_ENABLE:
    case PR_GET_SPECULATION_CTRL:
    case PR_SET_SPECULATION_CTRL:
    case PR_SET_TIMERSLACK:
    case PR_GET_TIMERSLACK:
        return sys_result(prctl((int)c->arg[0], (unsigned long)c->arg[1], (unsigned long)c->arg[2],
                                (unsigned long)c->arg[3], (unsigned long)c->arg[4]));
    case PR_SET_NO_NEW_PRIVS: return seccomp_set_no_new_privs(c);
    case PR_GET_NO_NEW_PRIVS:
        return c->arg[1] || c->arg[2] || c->arg[3] || c->arg[4] ? -G_EINVAL : c->s->no_new_privs;
    case PR_SET_SECCOMP: return seccomp_set_mode(c, c->arg[1], c->arg[2]);
    case PR_GET_SECCOMP: return c->s->seccomp;
    case PR_GET_TID_ADDRESS: return mm_write(c->mm, c->arg[1], &c->s->clear_tid, 4);
    case PR_SET_MM: return -G_EPERM; /* tierrun's own memory is not to be described anew */
    default: return -G_EINVAL;
    }
}

/* CPUID can be executed, and that is all that can be said of it. */
long call_arch_prctl(struct call *c)
{
    enum { GET_CPUID = 0x1011, SET_CPUID = 0x1012 };
    if (c->arg[0] == GET_CPUID) return 1;
    if (c->arg[0] != SET_CPUID) return -G_EINVAL;
    return c->arg[1] ? 0 : -errno_to_guest(ENODEV);
}

/* --- Scheduling ---------------------------------------------------------------------------------------- */

long call_sched_yield(struct call *c)
{
    struct turn *t = &c->s->p->turn;
    turn_give(t);
    sched_yield();
    turn_take(t, c->s->cpu);
    return 0;
}

long call_sched_getaffinity(struct call *c)
{
    cpu_set_t set;
    uint32_t len = c->arg[1];
    if (len & 3) return -G_EINVAL;
    CPU_ZERO(&set);
    long n = syscall(SYS_sched_getaffinity, (int)c->arg[0], sizeof set, &set);
    if (n < 0) return sys_result(n);
    if (len < (uint32_t)n) {
        for (uint32_t i = len; i < (uint32_t)n; i++)
            if (((uint8_t *)&set)[i]) return -G_EINVAL;
        n = len;
    }
    return mm_write(c->mm, c->arg[2], &set, (size_t)n) ? -G_EFAULT : n;
}

long call_sched_setaffinity(struct call *c)
{
    cpu_set_t set;
    size_t n = c->arg[1] < sizeof set ? c->arg[1] : sizeof set;
    CPU_ZERO(&set);
    if (mm_read(c->mm, c->arg[2], &set, n)) return -G_EFAULT;
    return sys_result(syscall(SYS_sched_setaffinity, (int)c->arg[0], sizeof set, &set));
}

long call_sched_getscheduler(struct call *c)
{
    return sys_result(sched_getscheduler((pid_t)c->arg[0]));
}

long call_sched_setscheduler(struct call *c)
{
    struct sched_param p;
    if (mm_read(c->mm, c->arg[2], &p.sched_priority, 4)) return -G_EFAULT;
    return sys_result(sched_setscheduler((pid_t)c->arg[0], (int)c->arg[1], &p));
}

long call_sched_getparam(struct call *c)
{
    struct sched_param p;
    long r = sys_result(sched_getparam((pid_t)c->arg[0], &p));
    return r ? r : mm_write(c->mm, c->arg[1], &p.sched_priority, 4);
}

long call_sched_setparam(struct call *c)
{
    struct sched_param p;
    if (mm_read(c->mm, c->arg[1], &p.sched_priority, 4)) return -G_EFAULT;
    return sys_result(sched_setparam((pid_t)c->arg[0], &p));
}

long call_sched_get_priority_max(struct call *c)
{
    return sys_result(sched_get_priority_max((int)c->arg[0]));
}

long call_sched_get_priority_min(struct call *c)
{
    return sys_result(sched_get_priority_min((int)c->arg[0]));
}

static long put_interval(struct call *c, long (*put)(struct call *, gaddr, const struct timespec *))
{
    struct timespec ts;
    long r = sys_result(sched_rr_get_interval((pid_t)c->arg[0], &ts));
    return r ? r : put(c, c->arg[1], &ts);
}

long call_sched_rr_get_interval(struct call *c)
{
    return put_interval(c, time_put_spec32);
}

long call_sched_rr_get_interval_time64(struct call *c)
{
    return put_interval(c, time_put_spec64);
}

/* --- Others -------------------------------------------------------------------------------------------- */

/* Capability headers and sets have one layout; version 3 has two sets, the older ones may have one. */
static long capabilities(struct call *c, long nr)
{
    enum { VERSION_1 = 0x19980330, SET = 12 };
    uint32_t header[2], data[6] = {0};
    if (mm_read(c->mm, c->arg[0], header, sizeof header)) return -G_EFAULT;
    size_t size = header[0] == VERSION_1 ? SET : 2 * SET;
    bool setting = nr == SYS_capset;
    if (setting && mm_read(c->mm, c->arg[1], data, size)) return -G_EFAULT;
    long r = sys_result(syscall(nr, header, c->arg[1] ? data : NULL));
    if (mm_write(c->mm, c->arg[0], header, sizeof header)) return -G_EFAULT;
    return r || setting || !c->arg[1] ? r : mm_write(c->mm, c->arg[1], data, size);
}

long call_capget(struct call *c)
{
    return capabilities(c, SYS_capget);
}

long call_capset(struct call *c)
{
    return capabilities(c, SYS_capset);
}

long call_syslog(struct call *c)
{
    struct xfer x;
    long r = xfer_begin(c, &x, c->arg[1], c->arg[1] ? c->arg[2] : 0, true);
    if (r) return r;
    long a[6] = {(int)c->arg[0], c->arg[1] ? (long)x.iov[0].iov_base : 0, (long)x.iov[0].iov_len};
    return xfer_end(c, &x, sys_wait(c, RESTART_SYS, SYS_syslog, a));
}

/* One thread needs no barrier against others; what the host offers is what the guest may ask for. */
long call_membarrier(struct call *c)
{
    return sys_result(syscall(SYS_membarrier, (int)c->arg[0], c->arg[1], (int)c->arg[2]));
}
