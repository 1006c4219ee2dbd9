/* i386 Linux system calls and guest signals: the public face of syscalls.
 * Owns descriptors' and signals' guest view, --strace, guest signal frames. Executes no guest code. */
#ifndef SYSCALLS_SYSCALLS_H
#define SYSCALLS_SYSCALLS_H

#include <signal.h>

#include "interp/cpu.h"
#include "mm/mm.h"

struct sys; /* a guest thread; one a host thread. The first one's functions also make and free the process */

struct sys_options {
    const char *sysroot;       /* -L; NULL: none. Guest absolute paths are looked up there first */
    const char *exe;           /* host path of the guest program: what /proc/self/exe tells the guest */
    char **self;               /* tierrun's own path and options, NULL-terminated: execve's prefix */
    FILE *strace;              /* NULL: off */
    FILE *log_unimp;           /* unknown system calls; NULL: off */
    const char *uname_release; /* -r RELEASE; NULL: the host's */
    bool foreign_ok;           /* execve runs programs for the host natively */
    bool catches_ends; /* SIGHUP, SIGINT and SIGTERM are always caught, as there is something to do at the end
                        */
    bool one_at_a_time; /* one thread at a time runs guest code: it is watched */
    const struct mm_image *img;
};

/* Call it before any host handler is installed: what is ignored now is what the guest inherits as ignored.
 * NULL: *why says why not. */
struct sys *sys_new(struct mm *mm, const struct sys_options *opt, const char **why);
void sys_free(struct sys *s);

enum sys_outcome {
    SYS_RESUME,      /* go on at cpu->eip */
    SYS_EXIT,        /* the guest has exited: *status is its exit code (0..255) */
    SYS_THREAD_EXIT, /* this thread has ended, others go on */
    SYS_KILLED,      /* the guest dies by signal *status, the host's number (default action, core or not) */
};

/* Executes the system call that cpu's registers describe (int 0x80 convention); result in EAX.
 * Restarts (ERESTARTSYS …) are resolved by sys_deliver. */
enum sys_outcome sys_call(struct sys *s, struct cpu *cpu, int *status);

/* Delivers pending guest signals at this instruction boundary: builds frames, or acts by default. */
enum sys_outcome sys_deliver(struct sys *s, struct cpu *cpu, int *status);

/* The guest raised cpu->trap: deliver that signal now (forced if blocked or ignored, as the kernel does). */
enum sys_outcome sys_trap(struct sys *s, struct cpu *cpu, int *status);

/* From the host's signal handler: queue for the guest and set cpu->poll. Async-signal-safe. */
void sys_host_signal_sig(struct sys *s, struct cpu *cpu, int signo, const siginfo_t *info, void *ucontext);

/* The host handler that tier/ installs for asynchronous signals; syscalls calls it back to (un)install
 * when the guest changes a disposition: handler == true: catch; false: SIG_DFL or SIG_IGN as given. */
typedef void sys_set_host_signal(int signo, bool handler, bool ignore);
void sys_on_disposition(struct sys *s, sys_set_host_signal *fn);

/* Told before the host's execve (handing_on), and after one that failed (not): for what an execve hands on.
 */
typedef void sys_around_exec(void *ctx, bool handing_on);
void sys_on_exec(struct sys *s, sys_around_exec *fn, void *ctx);

/* The filters of system calls that the program before an execve had; closes fd. false: that is no list of
 * them. */
bool sys_take_filters(struct sys *s, int fd);

/* Moves a descriptor of tierrun's own (a log, say) to a number that the guest cannot reach and closes the old
 * one. The new number, or -1: then the old one is as it was. */
int sys_hide_fd(struct sys *s, int fd);

/* --- threads: thread.c ------------------------------------------------------------------------------------
 * Guest threads are host threads. All of this is called with the turn (interp/turn.h); blocking host calls
 * are made without. */

/* The first thread's processor; it has the turn from the beginning. */
void sys_attach(struct sys *s, struct cpu *cpu);
/* Others wait and want the turn: gives it away and waits for the next one. Cheap if nobody does. */
void sys_yield_turn(struct sys *s);

/* Starts a host thread that calls sys_thread_begin(), runs guest code with `child` and a copy of `from`,
 * which *cpu shows before it begins, and calls sys_thread_done() when it came back with SYS_THREAD_EXIT.
 * false: it could not be made. */
typedef bool sys_start_thread(void *ctx, struct sys *child, const struct cpu *from, struct cpu **cpu);
void sys_on_thread(struct sys *s, sys_start_thread *fn, void *ctx);
void sys_thread_begin(struct sys *s); /* all host signals are blocked */
/* Gives the turn away; frees s unless it is the first thread's. All host signals are blocked. */
void sys_thread_done(struct sys *s);
/* All host signals, also those that the host's C library keeps for itself and pthread_sigmask() leaves out,
 * as the guest's library uses them. old: what was blocked; or NULL. */
void sys_block_signals(sigset_t *old);

/* --- a debugger: debug.c ------------------------------------------------------------------------------- */

struct process; /* the guest process, which outlives its threads */
struct process *sys_process(struct sys *s);

/* Asked for each signal before a thread of the guest gets it: gives the one to deliver instead, or 0. The
 * thread may be stopped there, and its registers be changed. Also, the guest's threads take turns from now
 * on, and no signal ends the guest without this question. `siginfo` is what a handler would get. */
enum { SYS_SIGINFO = 128 };
typedef int sys_debug_signal(void *ctx, struct cpu *cpu, int guest_signo, const uint8_t siginfo[SYS_SIGINFO]);
void sys_debug(struct process *p, sys_debug_signal *fn, void *ctx);
void sys_debug_end(struct process *p);
/* Takes the turn and gives it away: who has it can be sure that no other thread runs guest code or changes
 * memory. `cpu` is the caller's; that of a debugger's own thread is a mere name. */
void sys_debug_hold(struct process *p, struct cpu *cpu);
void sys_debug_release(struct process *p);
/* Threads that are blocked in host calls come back from them, to make them again, if it can be had. */
void sys_debug_nudge(struct process *p);
/* The host's number of a guest signal, and back; 0: it has none. */
int sys_host_signo(int guest_signo);
int sys_guest_signo(int host_signo);

/* The last system calls for a crash report, newest last; writes at most n lines. */
void sys_print_recent(struct sys *s, FILE *out, int n);

/* Counts for --stats. */
uint64_t sys_calls_made(const struct sys *s);
const char *sys_call_name(uint32_t number); /* NULL: there is no such call */
/* --list-syscalls: a line a number, with what tierrun does for it. */
void sys_list_calls(FILE *out);

#endif
