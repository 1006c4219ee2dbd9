/* Threads: clone() that makes one, the words that its end is told by (set_tid_address, robust futexes), and
 * its end. The host thread itself is tier/'s to make; who may run when is turn.c's. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/clone.h"
#include "syscalls/hostdefs.h"
#include "syscalls/seccomp.h"

void sys_attach(struct sys *s, struct cpu *cpu)
{
    s->cpu = cpu;
    interp_use_turn(cpu->interp, &s->p->turn);
}

void sys_on_thread(struct sys *s, sys_start_thread *fn, void *ctx)
{
    s->p->start_thread = fn;
    s->p->start_ctx = ctx;
}

void sys_yield_turn(struct sys *s)
{
    if (!__atomic_load_n(&s->p->turn.wanted, __ATOMIC_RELAXED)) return;
    turn_give(&s->p->turn);
    turn_take(&s->p->turn, s->cpu);
}

/* --- beginning ----------------------------------------------------------------------------------------- */

/* A copy of its creator, but for what the kernel does not hand on. */
static struct sys *new_thread(const struct call *c, uint32_t flags)
{
    struct sys *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->mm = c->s->mm;
    s->p = c->s->p;
    s->mask = c->s->mask;
    s->alt_flags = G_SS_DISABLE;
    s->last_trap = c->s->last_trap;
    s->clear_tid = flags & G_CLONE_CHILD_CLEARTID ? c->arg[4] : 0;
    seccomp_share(c->s, s);
    s->unshared = (flags & G_CLONE_FS ? 0 : CLONE_FS) | (flags & G_CLONE_FILES ? 0 : CLONE_FILES);
    return s;
}

static long set_up(struct call *c, uint32_t flags, struct cpu *cpu)
{
    cpu->gpr[EAX] = 0;
    if (c->arg[1]) cpu->gpr[ESP] = c->arg[1];
    struct call child = *c;
    child.cpu = cpu;
    return flags & G_CLONE_SETTLS ? tls_set_area(&child, c->arg[3], false) : 0;
}

/* Who begins has all signals blocked, until its own mask is set. */
static bool start(struct call *c, struct sys *s, const struct cpu *as)
{
    struct process *p = c->s->p;
    sem_t begun;
    sem_init(&begun, 0, 0);
    s->begun = &begun;
    sigset_t old;
    sys_block_signals(&old);
    bool first = !p->turn.shared;
    turn_share(&p->turn, c->s->cpu);
    bool done = p->start_thread(p->start_ctx, s, as, &s->cpu);
    /* With its first thread the host's C library takes the handler of the signal that changes ids. */
    for (int g = G_SIGRTMIN; first && g < G_SIGRTMIN + 2; g++)
        signal_fix_host(c->s, g);
    while (done && sem_wait(&begun))
        continue;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, _NSIG / 8);
    sem_destroy(&begun);
    return done;
}

static void enter_list(struct sys *s)
{
    s->next_thread = s->p->threads;
    s->p->threads = s;
    s->p->thread_count++;
}

long thread_clone(struct call *c, uint32_t flags)
{
    struct sys *s = new_thread(c, flags);
    struct cpu *as = malloc(sizeof *as);
    long r = s && as && c->s->p->start_thread ? 0 : -G_EAGAIN;
    if (!r) {
        cpu_copy(as, c->cpu);
        r = set_up(c, flags, as);
    }
    if (!r && !start(c, s, as)) r = -G_EAGAIN;
    free(as);
    if (r) {
        if (s) seccomp_leave(s);
        free(s);
        return r;
    }
    enter_list(s);
    uint32_t tid = (uint32_t)s->tid;
    /* As in the kernel, a word that cannot be written is nobody's error. */
    if ((flags & G_CLONE_PARENT_SETTID) && mm_write(c->mm, c->arg[2], &tid, 4)) return (long)tid;
    if ((flags & G_CLONE_CHILD_SETTID) && mm_write(c->mm, c->arg[4], &tid, 4)) return (long)tid;
    return (long)tid;
}

void sys_thread_begin(struct sys *s)
{
    sem_t *begun = s->begun;
    if (s->unshared) unshare((int)s->unshared);
    s->begun = NULL;
    s->tid = (pid_t)syscall(SYS_gettid);
    sem_post(begun);
    turn_take(&s->p->turn, s->cpu);
    signal_set_mask(s, s->mask);
}

/* --- ending -------------------------------------------------------------------------------------------- */

static void wake_word(struct sys *s, gaddr at)
{
    struct iovec iov[2];
    size_t n = 4;
    if (mm_span(s->mm, at, &n, false, iov) == 1 && n == 4)
        syscall(SYS_futex, iov[0].iov_base, FUTEX_WAKE, 1, NULL, NULL, 0);
    else
        futex_unpark(s, at, UINT32_MAX, 1);
}

/* handle_futex_death: the word says that its owner is gone, and one waiter hears of it. */
static void owner_died(struct sys *s, gaddr at, bool pi)
{
    uint32_t v;
    if ((at & 3) || mm_read(s->mm, at, &v, sizeof v)) return;
    if ((v & FUTEX_TID_MASK) != (uint32_t)s->tid) return;
    uint32_t dead = (v & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    if (mm_write(s->mm, at, &dead, sizeof dead)) return;
    if (!pi && (v & FUTEX_WAITERS)) wake_word(s, at);
}

/* exit_robust_list. An entry's lowest bit says that its futex hands priorities on. */
static void walk_robust_list(struct sys *s)
{
    enum { LIMIT = 2048, PI = 1 };
    uint32_t head[3]; /* first entry, offset of the futex word, entry in the making */
    if (!s->robust_list || mm_read(s->mm, s->robust_list, head, sizeof head)) return;
    uint32_t entry = head[0], next;
    for (int k = 0; k < LIMIT && (entry & ~(uint32_t)PI) != s->robust_list; k++, entry = next) {
        bool more = !mm_read(s->mm, entry & ~(uint32_t)PI, &next, sizeof next);
        if ((entry & ~(uint32_t)PI) != (head[2] & ~(uint32_t)PI))
            owner_died(s, (entry & ~(uint32_t)PI) + head[1], entry & PI);
        if (!more) break;
    }
    if (head[2]) owner_died(s, (head[2] & ~(uint32_t)PI) + head[1], head[2] & PI);
}

void thread_ends(struct sys *s)
{
    static const uint32_t zero;
    walk_robust_list(s);
    s->robust_list = 0;
    if (!s->clear_tid || s->p->thread_count < 2) return;
    if (!mm_write(s->mm, s->clear_tid, &zero, sizeof zero)) wake_word(s, s->clear_tid);
    s->clear_tid = 0;
}

void threads_end(struct process *p)
{
    for (struct sys *s = p->threads; s; s = s->next_thread)
        thread_ends(s);
}

static void leave_list(struct sys *s)
{
    struct sys **at = &s->p->threads;
    while (*at != s)
        at = &(*at)->next_thread;
    *at = s->next_thread;
    s->p->thread_count--;
}

void sys_thread_done(struct sys *s)
{
    struct process *p = s->p;
    catch_hand_on(s);
    leave_list(s);
    if (s->kick_owner == s->tid) timer_delete(s->kick_timer);
    seccomp_leave(s);
    turn_give(&p->turn);
    free(s);
}

/* The other threads' structures are theirs no more, but a copy of the parent's. */
void threads_forked(struct sys *s)
{
    struct process *p = s->p;
    for (struct sys *t = p->threads, *next; t; t = next) {
        next = t->next_thread;
        if (t == s) continue;
        seccomp_leave(t);
        free(t);
    }
    s->next_thread = NULL;
    s->tid = getpid();
    s->robust_list = s->clear_tid = 0;
    p->threads = s;
    p->thread_count = 1;
    turn_init(&p->turn, p->turn.single);
}
