/* What the files of this folder share: a guest process's kernel-side state, one system call in flight, and
 * the conversions between guest and host numbers. Not for other folders; syscalls.h is.
 *
 * Handlers are `long call_NAME(struct call *c)`. They return the guest's result: a value, or a negative
 * guest errno, or one of the restart codes below. Descriptor arguments have been checked by the
 * dispatcher: a reserved one has become -1, which the host answers with EBADF. */
#ifndef SYSCALLS_SYS_H
#define SYSCALLS_SYS_H

#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>

#include "syscalls/abi.h"
#include "syscalls/flags.h"
#include "syscalls/syscalls.h"
#include "interp/turn.h"

/* Linux-internal results of an interrupted call (include/linux/errno.h); sys_deliver resolves them. */
enum restart {
    RESTART_SYS = 512,    /* again, if no handler runs or it has SA_RESTART */
    RESTART_NOINTR = 513, /* always again */
    RESTART_NOHAND = 514, /* again only if no handler runs */
    RESTART_BLOCK = 516,  /* as NOHAND, through restart_syscall with the time that is left */
};

enum { G_NSIG = 64, RESERVED_FDS = 16, RECENT_CALLS = 16, HELD_MAX = 8 };

struct call;

struct guest_action {
    uint32_t handler, flags, restorer;
    uint64_t mask;
};

/* A signal that the host handler caught and the guest has not seen yet. */
struct caught {
    volatile sig_atomic_t full;
    int signo; /* guest's number */
    siginfo_t info;
};

struct recent_call {
    uint32_t nr, arg[6];
    long result;
};

/* A guest process: what its threads share. Read and written with the turn (turn.c). */
struct process {
    struct sys_options opt;
    char exe[PATH_MAX];  /* absolute host path of the guest program */
    char root[PATH_MAX]; /* the sysroot's, or "" */

    struct guest_action action[G_NSIG + 1];
    sys_set_host_signal *set_host;
    sys_around_exec *around_exec;
    void *around_exec_ctx;

    struct turn turn;
    struct sys *threads;
    unsigned thread_count;
    sys_debug_signal *debug; /* NULL: no debugger */
    void *debug_ctx;
    sys_start_thread *start_thread;
    void *start_ctx;

    /* descriptors and limits: fd.c, limits.c */
    int fd_base;                        /* first of RESERVED_FDS descriptors that the guest cannot reach */
    uint64_t nofile;                    /* the guest's soft limit */
    struct rlimit limit_as, limit_data; /* the guest's, which mm enforces */
    int host_largefile;                 /* the host kernel's O_LARGEFILE */

    uint32_t personality, host_personality;
    void *nowhere; /* a page that always faults: stands for guest addresses that are not accessible */
    uint64_t calls;
    struct recent_call recent[RECENT_CALLS];
    bool *told_missing; /* shared by all that fork makes of it */
    bool told_threads, told_foreign, has_signalfd, has_memory_fd;
    int lender;      /* vfork.c: where its parent waits; -1: nobody does */
    bool lends;      /* … and hears what changes in memory */
    struct aio *aio; /* contexts: aio.c */
    char lost[64];   /* the shared library that was looked for last, in vain: lost.c */
};

/* A thread that waits for a word which the host's futex cannot reach: futex.c. */
struct parked {
    gaddr at;
    uint32_t bits;  /* 0: it does not */
    uint32_t woken; /* what it waits for instead */
};

/* A guest thread as the kernel sees it. */
struct sys {
    struct mm *mm;
    struct process *p;
    struct cpu *cpu;
    struct sys *next_thread;
    struct parked parked;

    /* signals: signal.c, catch.c, deliver.c */
    uint64_t mask;       /* the guest's signal mask, bit signo-1 */
    uint64_t saved_mask; /* to return to after sigsuspend and the like, while restore_mask */
    bool restore_mask;
    struct caught caught;
    struct caught held[HELD_MAX]; /* caught, but blocked by the guest where the host cannot block */
    volatile sig_atomic_t window; /* in sys_wait: a signal must end the host call */
    volatile sig_atomic_t kicking;
    timer_t kick_timer;
    pid_t kick_owner; /* the host thread that made the timer: fork does not inherit it */
    uint32_t alt_sp, alt_size, alt_flags;
    struct trap last_trap; /* thread.trap_nr, error_code and cr2, as every frame shows them */
    long (*restart_fn)(struct call *c);
    struct timespec restart_until;
    uint32_t restart_arg[4];
    uint32_t interrupted_nr; /* EAX to restart with */

    /* thread.c */
    pid_t tid;
    uint32_t clear_tid, robust_list;
    uint32_t unshared; /* host clone flags of what it does not share with its creator */
    sem_t *begun;      /* its creator waits there for `tid` */

    int seccomp; /* mode; seccomp.c */
    struct filter *filters;
    bool no_new_privs;
};

struct call {
    struct sys *s;
    struct mm *mm;
    struct cpu *cpu;
    uint32_t arg[6];
    bool no_result; /* EAX and eip are already as they must be (sigreturn) */
    enum sys_outcome outcome;
    int status;
};

/* --- errno.c ------------------------------------------------------------------------------------------ */
int errno_to_guest(int host);
int errno_to_host(int guest);
const char *errno_name(int guest); /* "ENOENT", or NULL */
long sys_result(long host_result); /* -1 becomes the negative guest errno of `errno` */

/* --- signo.c ------------------------------------------------------------------------------------------ */
int signo_to_guest(int host); /* 0 if the guest has no such signal */
int signo_to_host(int guest); /* 0 likewise */
const char *signo_name(int guest, char buf[16]);
uint64_t sigset_to_guest(const sigset_t *host);
void sigset_to_host(uint64_t guest, sigset_t *host);

/* --- wait.c: host calls that may block ----------------------------------------------------------------- */
/* Makes the raw host call `nr`. If a guest signal has been caught before or during it, the result is
 * -on_signal (a restart code or G_EINTR); no signal can slip in between the look and the wait. */
long sys_wait(struct call *c, int on_signal, long nr, const long args[6]);

/* --- fd.c ----------------------------------------------------------------------------------------------- */
bool fd_init(struct sys *s);     /* false: there are too few for both */
void limits_init(struct sys *s); /* limits.c */
void limits_of_guest(struct sys *s, int host_limit, struct rlimit *r);
int fd_usable(const struct sys *s, uint32_t guest_fd); /* -1 for one that is tierrun's */
void fd_before_exec(struct sys *s, bool failed);       /* the guest's own limit, or back again */
long fd_result(struct call *c, long host_result);      /* a new descriptor: EMFILE above the guest's limit */
long fd_pair_result(struct call *c, const int fd[2],
                    gaddr to); /* two of them, which the guest is told there */

/* --- path.c -------------------------------------------------------------------------------------------- */
enum { PATH_FOLLOW = 0, PATH_NOFOLLOW = 1 };
/* Fetches the guest's path and finds what it names on the host: sysroot, /proc/self/exe. 0 or -errno. */
MUST_CHECK long path_arg(struct call *c, gaddr path, int nofollow, char out[PATH_MAX]);
/* The same for a call that has a directory to start from. */
MUST_CHECK long path_at(struct call *c, int dir, gaddr path, int nofollow, char out[PATH_MAX]);
/* /proc/self/LEAF, /proc/thread-self/…, /proc/PID/… */
bool path_is_proc_self(struct call *c, const char *path, const char *leaf);

/* --- xfer.c: guest buffers for the host's read and write
 * ------------------------------------------------------ */
struct xfer {
    struct iovec *iov; /* host side */
    int count;
    struct bounce *bounce; /* pieces that are not directly accessible */
    int bounces;
    bool to_guest;
    struct iovec small[4];
};
/* `vec` is a guest array of n guest iovecs. 0 or -errno. Inaccessible parts become s->nowhere, so that the
 * host kernel decides when EFAULT is the answer. */
MUST_CHECK long xfer_begin_vec(struct call *c, struct xfer *x, gaddr vec, uint32_t n, bool to_guest);
MUST_CHECK long xfer_begin(struct call *c, struct xfer *x, gaddr buf, uint32_t n, bool to_guest);
long xfer_end(struct call *c, struct xfer *x,
              long result); /* copies back, frees; returns `result` or -EFAULT */

/* --- time conversions: timeval.c ----------------------------------------------------------------------- */
MUST_CHECK long time_get_spec32(struct call *c, gaddr a, struct timespec *ts);
MUST_CHECK long time_get_spec64(struct call *c, gaddr a, struct timespec *ts);
MUST_CHECK long time_put_spec32(struct call *c, gaddr a, const struct timespec *ts);
MUST_CHECK long time_put_spec64(struct call *c, gaddr a, const struct timespec *ts);
MUST_CHECK long time_get_val32(struct call *c, gaddr a, struct timeval *tv);
MUST_CHECK long time_put_val32(struct call *c, gaddr a, const struct timeval *tv);

/* struct sigevent: timer.c */
MUST_CHECK long timer_get_event(struct call *c, gaddr at, struct sigevent *ev);

/* --- signals
 * ------------------------------------------------------------------------------------------------ */
void signal_init(struct sys *s);
void signal_set_mask(struct sys *s, uint64_t mask); /* the guest's mask, mirrored to the host's */
uint64_t signal_host_mask_of(uint64_t guest_mask);  /* without the signals that tierrun itself needs */
void signal_fix_host(struct sys *s, int signo);     /* host disposition from the guest's */
void signal_before_exec(struct sys *s, struct sigaction old[2]);
void signal_exec_failed(struct sys *s, const struct sigaction old[2]); /* ignored signals and the full mask */
bool signal_pending(const struct sys *s); /* something that sys_deliver would take */
bool signal_is_ignored(const struct sys *s, int signo);
MUST_CHECK long signal_get_mask(struct call *c, gaddr set, uint32_t size, uint64_t *mask);
/* A mask for the time of one waiting host call that takes one (ppoll …): *host is what to give it. After the
 * call the old mask is back, at once, or, if the call was interrupted, when the signal has been delivered. */
void signal_mask_begin(struct call *c, uint64_t mask, sigset_t *host);
long signal_mask_end(struct call *c, long result);
void catch_stop_kick(struct sys *s);
void catch_kick(struct sys *s);          /* from another thread: ends its host call, if that waits just now */
void catch_release_kicks(struct sys *s); /* guest signals that came under the kick's number */
uint64_t catch_unblock_kick(uint64_t host_mask);
bool catch_is_kick(const siginfo_t *info);
void catch_forked(struct sys *s);
/* Back to the kernel, while it is blocked. */
void catch_requeue(const struct sys *s, int guest_signo, const siginfo_t *info);
void catch_hand_on(struct sys *s); /* at a thread's end, all blocked: what it caught for the process */

struct guest_siginfo;
void siginfo_to_guest(const siginfo_t *h, int guest_signo, struct guest_siginfo *g);
void siginfo_to_host(const struct guest_siginfo *g, siginfo_t *h);
void siginfo_mark_sent(siginfo_t *h); /* before the guest queues it for itself: it is no fault of ours */

/* A signal that the guest cannot refuse, for which a handler may be called. */
enum sys_outcome deliver_forced(struct sys *s, struct cpu *cpu, int g, const siginfo_t *info, int *status);
/* The guest ends by signal g, whatever its disposition. */
enum sys_outcome deliver_death(struct sys *s, int g, int *status);
/* sys_deliver with the result of the call that has just ended (0: none): restarts are resolved by it. */
enum sys_outcome deliver(struct sys *s, struct cpu *cpu, long result, int *status);

/* Builds a frame for `signo` and points the CPU at its handler. false: the stack is not writable. */
bool frame_push(struct sys *s, struct cpu *cpu, int signo, const siginfo_t *info);
long frame_altstack_flags(const struct sys *s, uint32_t sp);

/* --- thread.c ------------------------------------------------------------------------------------------ */
/* futex.c: wakes up to `count` threads of this process that are parked there; says how many. With the turn.
 */
unsigned futex_unpark(struct sys *s, gaddr at, uint32_t bits, unsigned count);
/* process.c: clone(), of which arg[] is; the child's descriptor is told in the word at `pidfd`. */
long process_clone(struct call *c, gaddr pidfd);
/* clone() with CLONE_VM and CLONE_THREAD. */
long thread_clone(struct call *c, uint32_t flags);
/* What its robust futexes and the word of set_tid_address want when a thread ends. */
void thread_ends(struct sys *s);
void threads_end(struct process *p); /* the same for all, when the process does */
void threads_forked(struct sys *s);  /* in the child: the others do not exist */

/* --- lost.c: libraries that are not there */
void lost_note(struct sys *s, const char *path, long result); /* of opening it */
void lost_tell(const struct sys *s, int status);              /* at the end */

/* --- segments: tls.c
 * ---------------------------------------------------------------------------------------- */
MUST_CHECK long tls_set_area(struct call *c, gaddr desc, bool allocate);

/* --- strace.c
 * ------------------------------------------------------------------------------------------------- */
struct call_row;
void strace_enter(struct call *c, const struct call_row *row, uint32_t nr);
void strace_result(struct call *c, const struct call_row *row, uint32_t nr, long result);
void strace_signal(struct sys *s, int signo, const siginfo_t *info);

#endif
