/* clone3: a structure instead of clone()'s words, and handlers that the child does without. */
#include <string.h>

#include "syscalls/clone.h"
#include "syscalls/sys.h"

enum { FIRST_SIZE = 64 /* of the first version of the structure */, MAX_TIDS = 32 };
#define G_CLONE_CLEAR_SIGHAND (UINT64_C(1) << 32)

struct guest_clone_args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size,
        cgroup;
};
static_assert(sizeof(struct guest_clone_args) == 88, "struct clone_args");

/* What a newer program says beyond what is known here must be nothing. */
static long get_args(struct call *c, gaddr at, uint32_t size, struct guest_clone_args *a)
{
    uint8_t more;
    memset(a, 0, sizeof *a);
    if (size > GPAGE) return -G_E2BIG;
    if (size < FIRST_SIZE) return -G_EINVAL;
    if (mm_read(c->mm, at, a, size < sizeof *a ? size : sizeof *a)) return -G_EFAULT;
    for (uint32_t i = sizeof *a; i < size; i++) {
        if (mm_read(c->mm, at + i, &more, 1)) return -G_EFAULT;
        if (more) return -G_E2BIG;
    }
    return 0;
}

static bool good(const struct guest_clone_args *a)
{
    bool of_other = a->flags & (G_CLONE_THREAD | G_CLONE_PARENT);
    if (a->flags & ~(UINT32_MAX | G_CLONE_CLEAR_SIGHAND) || a->flags & (G_CLONE_DETACHED | G_CSIGNAL))
        return false;
    if (a->exit_signal > G_NSIG || (of_other && a->exit_signal)) return false;
    if (a->flags & G_CLONE_SIGHAND && a->flags & G_CLONE_CLEAR_SIGHAND) return false;
    if (a->flags & G_CLONE_PIDFD && a->flags & G_CLONE_PARENT_SETTID && a->pidfd == a->parent_tid)
        return false;
    return !a->stack == !a->stack_size && !a->set_tid == !a->set_tid_size && a->set_tid_size <= MAX_TIDS;
}

/* What was caught is the default's again, what was ignored still is. */
static void clear_handlers(struct sys *s)
{
    for (int g = 1; g <= G_NSIG; g++) {
        bool ignored = s->p->action[g].handler == G_SIG_IGN;
        s->p->action[g] = (struct guest_action){.handler = ignored ? G_SIG_IGN : G_SIG_DFL};
        signal_fix_host(s, g);
    }
}

/* clone3(arguments, their size). Which number a process gets is not the guest's to say, nor its control
 * group. */
long call_clone3(struct call *c)
{
    struct guest_clone_args a;
    long r = get_args(c, c->arg[0], c->arg[1], &a);
    if (r) return r;
    if (!good(&a)) {
        if (c->s->p->opt.log_unimp)
            fprintf(c->s->p->opt.log_unimp, "unimp: clone3 with flags %#llx: EINVAL\n",
                    (unsigned long long)a.flags);
        return -G_EINVAL;
    }
    if (a.set_tid) return -G_EPERM;
    struct call as = *c;
    as.arg[0] = (uint32_t)a.flags | (uint32_t)a.exit_signal;
    as.arg[1] = (uint32_t)(a.stack + a.stack_size);
    as.arg[2] = (uint32_t)a.parent_tid;
    as.arg[3] = (uint32_t)a.tls;
    as.arg[4] = (uint32_t)a.child_tid;
    r = process_clone(&as, (uint32_t)a.pidfd);
    if (r == 0 && a.flags & G_CLONE_CLEAR_SIGHAND) clear_handlers(c->s);
    return r;
}
