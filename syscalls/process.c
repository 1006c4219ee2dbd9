/* Processes: fork, vfork and clone without shared memory, exit, wait, kill, process groups and sessions. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "syscalls/aio.h"
#include "syscalls/clone.h"
#include "syscalls/rusage.h"
#include "syscalls/vfork.h"

/* The process ends with its last thread, and with that one's status. */
long call_exit(struct call *c)
{
    thread_ends(c->s);
    c->outcome = c->s->p->thread_count == 1 ? SYS_EXIT : SYS_THREAD_EXIT;
    if (c->outcome == SYS_EXIT) vfork_give_back(c->s);
    c->status = (int)(c->arg[0] & 0xff);
    return 0;
}

long call_exit_group(struct call *c)
{
    threads_end(c->s->p);
    vfork_give_back(c->s);
    c->outcome = SYS_EXIT;
    c->status = (int)(c->arg[0] & 0xff);
    lost_tell(c->s, c->status);
    return 0;
}

/* --- fork ---------------------------------------------------------------------------------------------- */

static int host_signal(uint32_t guest)
{
    if (guest == 0) return 0;
    int h = guest <= G_NSIG ? signo_to_host((int)guest) : 0;
    return h ? h : -1; /* which the host refuses */
}

enum {
    FORK_FLAGS = G_CSIGNAL | G_CLONE_VFORK | G_CLONE_SETTLS | G_CLONE_PARENT_SETTID | G_CLONE_CHILD_CLEARTID |
                 G_CLONE_DETACHED | G_CLONE_UNTRACED | G_CLONE_CHILD_SETTID | G_CLONE_PTRACE,
    HOST_FLAGS = G_CLONE_FS | G_CLONE_PIDFD | G_CLONE_PARENT | G_CLONE_NEWNS | G_CLONE_SYSVSEM |
                 G_CLONE_NEWCGROUP | G_CLONE_NEWUTS | G_CLONE_NEWIPC | G_CLONE_NEWUSER | G_CLONE_NEWPID |
                 G_CLONE_NEWNET, /* and G_CLONE_IO: what is the host's to do, which has the same numbers */
    THREAD_FLAGS = G_CLONE_VM | G_CLONE_FS | G_CLONE_FILES | G_CLONE_SIGHAND | G_CLONE_THREAD |
                   G_CLONE_SYSVSEM | G_CLONE_SETTLS | G_CLONE_PARENT_SETTID | G_CLONE_CHILD_CLEARTID |
                   G_CLONE_DETACHED | G_CLONE_UNTRACED | G_CLONE_CHILD_SETTID | G_CSIGNAL,
};

static void flush_logs(struct sys *s)
{
    if (s->p->opt.strace) fflush(s->p->opt.strace);
    if (s->p->opt.log_unimp) fflush(s->p->opt.log_unimp);
}

enum kind { FORK, FORK_AND_WAIT, SHARE_AND_WAIT };

/* How the host's child shall be. */
struct child {
    uint32_t flags; /* of HOST_FLAGS */
    int signal;     /* of its end, the host's number */
    int pidfd;      /* with G_CLONE_PIDFD: which descriptor it is */
};

/* The C library's fork() knows one kind only. Where its others are, the rest of its state fits the child too:
 * nobody else is inside of it now. */
static pid_t make_child(void *ctx)
{
    struct child *k = ctx;
    if (!k->flags && k->signal == SIGCHLD) return fork();
    return (pid_t)syscall(SYS_clone, (unsigned long)k->flags | (unsigned)k->signal, 0, &k->pidfd, 0, 0);
}

static long fork_guest(struct call *c, enum kind kind, struct child *k)
{
    int ends[2];
    long r = kind == FORK ? 0 : vfork_begin(c->s, ends);
    if (r) return r;
    flush_logs(c->s);
    turn_stop(&c->s->p->turn); /* a copy of memory as it is at one moment */
    pid_t pid = mm_fork_as(c->mm, make_child, k);
    if (pid == 0) {
        threads_forked(c->s);
        catch_forked(c->s);
        aio_forked(c->s->p);
        vfork_forked(c->s);
        if (kind != FORK) vfork_in_child(c->s, ends, kind == SHARE_AND_WAIT);
        return 0;
    }
    if (kind != FORK) vfork_in_parent(c->s, ends, pid > 0);
    return sys_result(pid);
}

long call_fork(struct call *c)
{
    return fork_guest(c, FORK, &(struct child){.signal = SIGCHLD});
}

long call_vfork(struct call *c)
{
    return fork_guest(c, SHARE_AND_WAIT, &(struct child){.signal = SIGCHLD});
}

static long refuse_shared_memory(struct sys *s)
{
    if (!s->p->told_threads)
        fputs("tierrun: the program wants a process that shares its memory (clone with CLONE_VM, without "
              "CLONE_THREAD), which this version of tierrun does not have; it gets ENOSYS.\n",
              stderr);
    s->p->told_threads = true;
    return -G_ENOSYS;
}

static long start_child(struct call *c, uint32_t flags)
{
    uint32_t tid = (uint32_t)getpid();
    if (c->arg[1]) c->cpu->gpr[ESP] = c->arg[1];
    if ((flags & G_CLONE_CHILD_SETTID) && mm_write(c->mm, c->arg[4], &tid, 4)) return 0;
    if (flags & G_CLONE_CHILD_CLEARTID) c->s->clear_tid = c->arg[4];
    if (flags & G_CLONE_SETTLS) return tls_set_area(c, c->arg[3], false);
    return 0;
}

long process_clone(struct call *c, gaddr pidfd)
{
    uint32_t flags = c->arg[0];
    enum kind kind = !(flags & G_CLONE_VFORK) ? FORK : flags & G_CLONE_VM ? SHARE_AND_WAIT : FORK_AND_WAIT;
    if (kind == SHARE_AND_WAIT) flags &= ~(uint32_t)G_CLONE_VM;
    if ((flags & G_CLONE_THREAD) && !(flags & G_CLONE_SIGHAND)) return -G_EINVAL;
    if ((flags & G_CLONE_SIGHAND) && !(flags & G_CLONE_VM)) return -G_EINVAL;
    if ((flags & G_CLONE_THREAD) && !(flags & ~(uint32_t)THREAD_FLAGS)) return thread_clone(c, flags);
    if (flags & G_CLONE_VM) return refuse_shared_memory(c->s);
    struct child k = {flags & (HOST_FLAGS | G_CLONE_IO), host_signal(flags & G_CSIGNAL), -1};
    if (flags & ~(FORK_FLAGS | HOST_FLAGS | G_CLONE_IO) || k.signal < 0) {
        if (c->s->p->opt.log_unimp)
            fprintf(c->s->p->opt.log_unimp, "unimp: clone with flags %#x: EINVAL\n", c->arg[0]);
        return -G_EINVAL;
    }
    long pid = fork_guest(c, kind, &k);
    if (pid == 0) return start_child(c, flags);
    uint32_t tid = (uint32_t)pid;
    if (pid > 0 && flags & G_CLONE_PIDFD && mm_write(c->mm, pidfd, &k.pidfd, 4)) return pid;
    if (pid > 0 && (flags & G_CLONE_PARENT_SETTID) && mm_write(c->mm, c->arg[2], &tid, 4)) return pid;
    return pid;
}

/* clone(flags, stack, parent_tid, tls, child_tid). */
long call_clone(struct call *c)
{
    const uint32_t same_word = G_CLONE_PARENT_SETTID | G_CLONE_DETACHED;
    if (c->arg[0] & G_CLONE_PIDFD && c->arg[0] & same_word) return -G_EINVAL;
    return process_clone(c, c->arg[2]);
}

/* --- wait ---------------------------------------------------------------------------------------------- */

/* A wait status has the signal in the guest's number; the layout is the same everywhere. */
static uint32_t status_to_guest(int status)
{
    if (WIFSIGNALED(status)) return (uint32_t)((status & ~0x7f) | signo_to_guest(WTERMSIG(status)));
    if (WIFSTOPPED(status)) return (uint32_t)((status & ~0xff00) | signo_to_guest(WSTOPSIG(status)) << 8);
    return (uint32_t)status;
}

static long wait_for(struct call *c, int options, gaddr usage)
{
    int status = 0;
    struct rusage ru;
    if (!flags_known(FT_WAIT, (uint32_t)options) || (options & WEXITED) || (options & (int)WNOWAIT))
        return -G_EINVAL;
    long a[6] = {(int)c->arg[0], (long)&status, (int)flags_to_host(FT_WAIT, (uint32_t)options), (long)&ru};
    long pid = sys_wait(c, RESTART_SYS, SYS_wait4, a);
    if (pid <= 0) return pid;
    uint32_t g = status_to_guest(status);
    if (c->arg[1] && mm_write(c->mm, c->arg[1], &g, sizeof g)) return -G_EFAULT;
    if (usage && rusage_put(c, usage, &ru)) return -G_EFAULT;
    return pid;
}

long call_waitpid(struct call *c)
{
    return wait_for(c, (int)c->arg[2], 0);
}

long call_wait4(struct call *c)
{
    return wait_for(c, (int)c->arg[2], c->arg[3]);
}

long call_waitid(struct call *c)
{
    siginfo_t info;
    struct rusage ru;
    memset(&info, 0, sizeof info);
    int type = value_to_host(FT_WAITID, c->arg[0]);
    if (type < 0 || !flags_known(FT_WAIT, c->arg[3])) return -G_EINVAL;
    long a[6] = {type, (int)c->arg[1], (long)&info, (int)flags_to_host(FT_WAIT, c->arg[3]), (long)&ru};
    long r = sys_wait(c, RESTART_SYS, SYS_waitid, a);
    if (r < 0) return r;
    struct guest_siginfo g;
    memset(&g, 0, sizeof g);
    if (info.si_pid) siginfo_to_guest(&info, G_SIGCHLD, &g);
    if (info.si_pid && c->arg[4] && rusage_put(c, c->arg[4], &ru)) return -G_EFAULT;
    /* The kernel writes these six members and leaves the rest (waitid, 32-bit). */
    enum { WRITTEN = 24 };
    return c->arg[2] ? mm_write(c->mm, c->arg[2], &g, WRITTEN) : 0;
}

/* --- Sending signals ----------------------------------------------------------------------------------- */

long call_kill(struct call *c)
{
    return sys_result(syscall(SYS_kill, (int)c->arg[0], host_signal(c->arg[1])));
}

long call_tkill(struct call *c)
{
    return sys_result(syscall(SYS_tkill, (int)c->arg[0], host_signal(c->arg[1])));
}

long call_tgkill(struct call *c)
{
    return sys_result(syscall(SYS_tgkill, (int)c->arg[0], (int)c->arg[1], host_signal(c->arg[2])));
}

/* --- Who and where ------------------------------------------------------------------------------------- */

long call_getpid(struct call *c)
{
    (void)c;
    return getpid();
}

long call_gettid(struct call *c)
{
    (void)c;
    return syscall(SYS_gettid);
}

long call_getppid(struct call *c)
{
    (void)c;
    return getppid();
}

long call_getpgrp(struct call *c)
{
    (void)c;
    return getpgrp();
}

long call_getpgid(struct call *c)
{
    return sys_result(getpgid((pid_t)c->arg[0]));
}

long call_setpgid(struct call *c)
{
    return sys_result(setpgid((pid_t)c->arg[0], (pid_t)c->arg[1]));
}

long call_getsid(struct call *c)
{
    return sys_result(getsid((pid_t)c->arg[0]));
}

long call_setsid(struct call *c)
{
    (void)c;
    return sys_result(setsid());
}

long call_umask(struct call *c)
{
    return umask(c->arg[0]);
}
