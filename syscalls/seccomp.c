/* seccomp: the guest's filters judge the guest's calls by their i386 numbers; tierrun's own calls they do not
 * concern. Owns each thread's mode and list of filters, and how an exec hands them on. Programs are cbpf.c's.
 */
#include "syscalls/seccomp.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/cbpf.h"

enum { MAX_ERRNO = 4095, SYS_SECCOMP_CODE = 1, EACH_MORE = 4 };

/* Threads have lists whose older parts they share. */
struct filter {
    struct filter *older;
    uint32_t refs, len;
    struct sock_filter insn[];
};

static struct filter *filter_new(uint32_t len)
{
    struct filter *f = malloc(sizeof *f + len * sizeof *f->insn);
    if (f) *f = (struct filter){.refs = 1, .len = len};
    return f;
}

static struct filter *keep(struct filter *f)
{
    if (f) f->refs++;
    return f;
}

static void drop(struct filter *f)
{
    while (f && !--f->refs) {
        struct filter *older = f->older;
        free(f);
        f = older;
    }
}

static void use(struct sys *s, struct filter *f)
{
    struct filter *old = s->filters;
    s->filters = keep(f);
    s->seccomp = SECCOMP_MODE_FILTER;
    drop(old);
}

unsigned seccomp_filters(const struct sys *s)
{
    unsigned n = 0;
    for (const struct filter *f = s->filters; f; f = f->older)
        n++;
    return n;
}

void seccomp_init(struct sys *s)
{
    s->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1;
}

void seccomp_share(const struct sys *from, struct sys *to)
{
    to->seccomp = from->seccomp;
    to->no_new_privs = from->no_new_privs;
    to->filters = keep(from->filters);
}

void seccomp_leave(struct sys *s)
{
    drop(s->filters);
    s->filters = NULL;
}

/* --- What becomes of a call ----------------------------------------------------------------------------- */

/* All filters are asked; the strictest answer holds, of equal ones that of the newest. */
static uint32_t answer(const struct call *c, uint32_t nr)
{
    uint32_t data[CBPF_WORDS] = {nr, AUDIT_ARCH_I386, c->cpu->eip}, strictest = SECCOMP_RET_ALLOW;
    for (int i = 0; i < 6; i++)
        data[4 + 2 * i] = c->arg[i];
    for (const struct filter *f = c->s->filters; f; f = f->older) {
        uint32_t a = cbpf_run(f->insn, data);
        if ((int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(strictest & SECCOMP_RET_ACTION_FULL))
            strictest = a;
    }
    return strictest;
}

/* A thread that is not the last one goes alone, as by exit. */
static bool end(struct call *c, bool alone, int signo)
{
    if (alone && c->s->p->thread_count > 1) {
        thread_ends(c->s);
        c->outcome = SYS_THREAD_EXIT;
    } else {
        c->outcome = deliver_death(c->s, signo, &c->status);
    }
    return false;
}

/* The handler is to see the registers as they were before the call. */
static bool trap(struct call *c, uint32_t nr, uint32_t data)
{
    siginfo_t info = {.si_signo = SIGSYS, .si_code = SYS_SECCOMP_CODE, .si_errno = (int)data};
    info.si_call_addr = (void *)(uintptr_t)c->cpu->eip;
    info.si_syscall = (int)nr;
    info.si_arch = AUDIT_ARCH_I386;
    c->outcome = deliver_forced(c->s, c->cpu, G_SIGSYS, &info, &c->status);
    return false;
}

static bool instead(struct call *c, uint32_t value)
{
    c->cpu->gpr[EAX] = value; /* not as a result, which might be taken for that of an interrupted call */
    return false;
}

static bool strict_allows(uint32_t nr)
{
    enum { EXIT = 1, READ = 3, WRITE = 4, SIGRETURN = 119 };
    return nr == EXIT || nr == READ || nr == WRITE || nr == SIGRETURN;
}

bool seccomp_allows(struct call *c, uint32_t nr, long *result)
{
    if (c->s->seccomp == SECCOMP_MODE_DISABLED) return true;
    bool filtered = c->s->seccomp == SECCOMP_MODE_FILTER;
    if (!filtered && strict_allows(nr)) return true;
    *result = -G_ENOSYS;
    c->no_result = true;
    if (!filtered) return end(c, true, G_SIGKILL);
    uint32_t a = answer(c, nr), data = a & SECCOMP_RET_DATA;
    switch (a & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_ALLOW: c->no_result = false; return true;
    case SECCOMP_RET_ERRNO:
        *result = -(long)(data < MAX_ERRNO ? data : MAX_ERRNO);
        return instead(c, (uint32_t)*result);
    case SECCOMP_RET_TRAP: *result = (int32_t)nr; return trap(c, nr, data);
    case SECCOMP_RET_TRACE: /* there is no tracer … */
    case SECCOMP_RET_USER_NOTIF: /* … and nobody who listens */ return instead(c, (uint32_t)-G_ENOSYS);
    case SECCOMP_RET_KILL_THREAD: return end(c, true, G_SIGSYS);
    default: return end(c, false, G_SIGSYS);
    }
}

/* --- Setting it ----------------------------------------------------------------------------------------- */

static bool is_admin(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    return !syscall(SYS_capget, &head, data) && data[0].effective >> CAP_SYS_ADMIN & 1;
}

static long get_filter(struct call *c, gaddr at, struct filter **out)
{
    struct {
        uint16_t len, unused;
        uint32_t insn;
    } prog; /* struct sock_fprog of i386 */
    static_assert(sizeof(struct sock_filter) == 8, "the same everywhere");
    if (mm_read(c->mm, at, &prog, sizeof prog)) return -G_EFAULT;
    if (!prog.len || prog.len > BPF_MAXINSNS) return -G_EINVAL;
    if (!c->s->no_new_privs && !is_admin()) return -G_EACCES;
    if (!prog.insn) return -G_EINVAL;
    struct filter *f = filter_new(prog.len);
    if (!f) return -G_ENOMEM;
    long r = mm_read(c->mm, prog.insn, f->insn, prog.len * sizeof *f->insn);
    if (!r && !cbpf_valid(f->insn, f->len)) r = -G_EINVAL;
    if (r)
        free(f);
    else
        *out = f;
    return r;
}

/* The kernel counts instructions of another kind, into which it translates these: some more. */
static bool fits(const struct sys *s, uint32_t len)
{
    enum { MAX_INSNS_PER_PATH = 32768 };
    for (const struct filter *f = s->filters; f; f = f->older)
        len += f->len + EACH_MORE;
    return len <= MAX_INSNS_PER_PATH;
}

/* The thread whose filters are not among the caller's, which it could therefore not take over; 0: none. */
static pid_t apart(const struct sys *s)
{
    for (const struct sys *t = s->p->threads; t; t = t->next_thread) {
        const struct filter *f = s->filters;
        if (t == s || t->seccomp == SECCOMP_MODE_DISABLED) continue;
        while (f && f != t->filters)
            f = f->older;
        if (t->seccomp != SECCOMP_MODE_FILTER || f != t->filters) return t->tid;
    }
    return 0;
}

static long attach(struct sys *s, struct filter *f, uint32_t flags)
{
    if (!fits(s, f->len)) return -G_ENOMEM;
    pid_t other = flags & SECCOMP_FILTER_FLAG_TSYNC ? apart(s) : 0;
    if (other) return flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -G_ESRCH : other;
    f->older = keep(s->filters);
    use(s, f);
    for (struct sys *t = s->p->threads; t && flags & SECCOMP_FILTER_FLAG_TSYNC; t = t->next_thread) {
        use(t, f);
        t->no_new_privs |= s->no_new_privs;
    }
    return 0;
}

/* A listener would be told of calls through a descriptor, by requests that nobody serves here. */
static long set_filter(struct call *c, uint32_t flags, gaddr at)
{
    const uint32_t known = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
                           SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
    struct filter *f;
    if ((flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) && c->s->p->opt.log_unimp)
        fputs("unimp: seccomp with SECCOMP_FILTER_FLAG_NEW_LISTENER: EINVAL\n", c->s->p->opt.log_unimp);
    if (flags & ~known) return -G_EINVAL;
    long r = get_filter(c, at, &f);
    if (r) return r;
    r = c->s->seccomp == SECCOMP_MODE_STRICT ? -G_EINVAL : attach(c->s, f, flags);
    drop(f);
    return r;
}

static long set_strict(struct sys *s)
{
    if (s->seccomp == SECCOMP_MODE_FILTER) return -G_EINVAL;
    s->seccomp = SECCOMP_MODE_STRICT;
    return 0;
}

static long is_available(struct call *c, gaddr at)
{
    uint32_t action;
    if (mm_read(c->mm, at, &action, sizeof action)) return -G_EFAULT;
    switch (action) {
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_ERRNO:
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_ALLOW: return 0;
    default: return -G_EOPNOTSUPP;
    }
}

/* Of structures that are the same everywhere. */
static long put_sizes(struct call *c, gaddr at)
{
    static const struct seccomp_notif_sizes sizes = {
        sizeof(struct seccomp_notif), sizeof(struct seccomp_notif_resp), sizeof(struct seccomp_data)};
    return mm_write(c->mm, at, &sizes, sizeof sizes);
}

/* seccomp(operation, flags, argument). */
long call_seccomp(struct call *c)
{
    uint32_t flags = c->arg[1];
    if (c->arg[0] == SECCOMP_SET_MODE_FILTER) return set_filter(c, flags, c->arg[2]);
    if (flags) return -G_EINVAL;
    switch (c->arg[0]) {
    case SECCOMP_SET_MODE_STRICT: return c->arg[2] ? -G_EINVAL : set_strict(c->s);
    case SECCOMP_GET_ACTION_AVAIL: return is_available(c, c->arg[2]);
    case SECCOMP_GET_NOTIF_SIZES: return put_sizes(c, c->arg[2]);
    default: return -G_EINVAL;
    }
}

long seccomp_set_mode(struct call *c, uint32_t mode, gaddr filter)
{
    switch (mode) {
    case SECCOMP_MODE_STRICT: return set_strict(c->s);
    case SECCOMP_MODE_FILTER: return set_filter(c, 0, filter);
    default: return -G_EINVAL;
    }
}

/* TSYNC gives it to other threads, which the host's own flag cannot be given to; they get that when they
 * exec. */
long seccomp_set_no_new_privs(struct call *c)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, (unsigned long)c->arg[1], (unsigned long)c->arg[2],
              (unsigned long)c->arg[3], (unsigned long)c->arg[4]))
        return sys_result(-1);
    c->s->no_new_privs = true;
    return 0;
}

/* --- exec: each filter, the oldest first, as its length and its instructions ---------------------------- */

static bool write_all(int fd, const struct filter *f)
{
    size_t n = f->len * sizeof *f->insn;
    if (f->older && !write_all(fd, f->older)) return false;
    return write(fd, &f->len, sizeof f->len) == sizeof f->len && write(fd, f->insn, n) == (ssize_t)n;
}

int seccomp_hand_on(struct sys *s)
{
    if (s->no_new_privs) prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
    int fd = memfd_create("seccomp", MFD_CLOEXEC), high = fd < 0 ? -1 : sys_hide_fd(s, fd);
    if (high < 0 && fd >= 0) close(fd);
    if (high >= 0 && write_all(high, s->filters) && !lseek(high, 0, SEEK_SET) && !fcntl(high, F_SETFD, 0))
        return high;
    if (high >= 0) close(high);
    return -1;
}

bool sys_take_filters(struct sys *s, int fd)
{
    uint32_t len;
    ssize_t n;
    while ((n = read(fd, &len, sizeof len)) == sizeof len && len && len <= BPF_MAXINSNS) {
        struct filter *f = filter_new(len);
        size_t size = len * sizeof *f->insn;
        if (!f || read(fd, f->insn, size) != (ssize_t)size || !cbpf_valid(f->insn, len) || attach(s, f, 0)) {
            free(f);
            return false;
        }
        drop(f);
    }
    close(fd);
    return n == 0;
}
