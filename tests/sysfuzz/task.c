/* Likely calls about times, memory, signals and processes. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"
#include "tests/sysfuzz/hostile.h"
#include "tests/sysfuzz/likely.h"

static long last_timer, last_page;

static uint32_t fd(enum fd_kind kind)
{
    return (uint32_t)fds[kind];
}

static void set(uint32_t a[6], uint32_t v0, uint32_t v1, uint32_t v2, uint32_t v3)
{
    a[0] = v0, a[1] = v1, a[2] = v2, a[3] = v3;
}

/* --- Times --------------------------------------------------------------------------------------------- */

static uint32_t soon_twice(bool wide)
{
    uint32_t ns = below(100000);
    return wide ? WORDS(0, 0, ns, 0, 0, 0, ns, 0) : WORDS(0, ns, 0, ns);
}

static bool times(unsigned nr, uint32_t a[6])
{
    static const uint32_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                      CLOCK_BOOTTIME};
    uint32_t clock = clocks[below(4)];
    bool wide = nr >= 403;
    switch (nr) {
    case SYS_nanosleep: set(a, likely_soon(false), likely_space(8), 0, 0); break;
    case SYS_clock_nanosleep:
    case SYS_clock_nanosleep_time64: set(a, clock, 0, likely_soon(wide), likely_space(16)); break;
    case SYS_clock_gettime:
    case SYS_clock_getres:
    case SYS_clock_gettime64:
    case SYS_clock_getres_time64: set(a, clock, likely_space(16), 0, 0); break;
    case SYS_clock_adjtime:
    case SYS_clock_adjtime64: set(a, CLOCK_REALTIME, likely_space(208), 0, 0); break;
    case SYS_adjtimex: a[0] = likely_space(128); break;
    case SYS_timer_create:
        set(a, clock % 2, below(2) ? 0 : WORDS(1, SIGUSR1, below(2)), likely_space(4), 0);
        break;
    case SYS_timer_settime:
    case SYS_timer_settime64:
        set(a, (uint32_t)last_timer, 0, soon_twice(wide), below(2) ? 0 : likely_space(32));
        break;
    case SYS_timer_gettime:
    case SYS_timer_gettime64:
    case SYS_timer_getoverrun:
    case SYS_timer_delete: set(a, (uint32_t)last_timer, likely_space(32), 0, 0); break;
    case SYS_timerfd_create: set(a, clock % 2, 04000, 0, 0); break;
    case SYS_timerfd_settime:
    case SYS_timerfd_settime64:
        set(a, fd(FD_TIMER), 0, soon_twice(wide), below(2) ? 0 : likely_space(32));
        break;
    case SYS_timerfd_gettime:
    case SYS_timerfd_gettime64: set(a, fd(FD_TIMER), likely_space(32), 0, 0); break;
    case SYS_getitimer: set(a, below(3), likely_space(16), 0, 0); break;
    case SYS_setitimer: set(a, 1 + below(2), WORDS(0, 0, 0, 5000), likely_space(16), 0); break;
    case SYS_sched_rr_get_interval:
    case SYS_sched_rr_get_interval_time64: set(a, 0, likely_space(16), 0, 0); break;
    default: return false;
    }
    return true;
}

/* --- Memory -------------------------------------------------------------------------------------------- */

static bool memory(unsigned nr, uint32_t a[6])
{
    uint32_t page = (uint32_t)(uintptr_t)ground + below(GROUND) * PAGE, n = (1 + below(3)) * PAGE;
    uint32_t own = last_page ? (uint32_t)last_page : page;
    bool file = below(2);
    switch (nr) {
    case SYS_mmap:
        a[0] = WORDS(0, n, below(8), file ? 1 + below(2) : 0x22, file ? fd(FD_MEMFD) : ~0u, 0);
        break;
    case SYS_mmap2:
        set(a, 0, n, below(8), file ? 1 + below(2) : 0x22), a[4] = file ? likely_fd() : ~0u, a[5] = 0;
        break;
    case SYS_munmap:
    case SYS_mprotect: set(a, own, n, 1 + below(7), 0); break;
    case SYS_mremap: set(a, own, PAGE, n, 1), a[4] = 0; break;
    case SYS_madvise: set(a, page, PAGE, below(22), 0); break;
    case SYS_msync: set(a, page, PAGE, 4, 0); break;
    case SYS_mincore: set(a, page, PAGE, likely_space(4), 0); break;
    case SYS_mlock:
    case SYS_munlock:
    case SYS_mlock2: set(a, page, PAGE, below(2), 0); break;
    case SYS_brk: a[0] = below(2) ? 0 : (uint32_t)raw(SYS_brk, 0) + below(2 * PAGE); break;
    case SYS_membarrier: set(a, 0, 0, 0, 0); break;
    case SYS_modify_ldt: set(a, below(2) ? 17 : 0, WORDS(below(32), page, 0xfff, 0x51), 16, 0); break;
    case SYS_get_thread_area: a[0] = WORDS(12 + below(3), 0, 0, 0); break;
    case SYS_set_thread_area: a[0] = WORDS(13 + below(2), page, 0xfff, 0x51); break;
    case SYS_futex:
    case SYS_futex_time64: {
        static const uint8_t ops[] = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10};
        uint32_t at = likely_space(16) & ~3u;
        set(a, at, ops[below(sizeof ops)] | (below(2) ? 0x80 : 0), below(3),
            likely_soon(nr == SYS_futex_time64));
        a[4] = at + 8, a[5] = below(2) ? ~0u : rnd();
        break;
    }
    case SYS_set_robust_list: set(a, WORDS(0, 0, 0), 12, 0, 0); break;
    case SYS_get_robust_list: set(a, 0, likely_space(4), likely_space(4), 0); break;
    default: return false;
    }
    return true;
}

/* --- Processes and signals ----------------------------------------------------------------------------- */

static void wake(int signo)
{
    (void)signo;
}

static bool signals(unsigned nr, uint32_t a[6])
{
    static const uint32_t flags[] = {4, 0x10000000, 0x08000000, 0x40000000, 0};
    uint32_t harmless[] = {SIGUSR1, SIGUSR2, SIGCHLD, SIGURG, SIGWINCH, 40, 63}, signo = harmless[below(7)];
    uint32_t action = WORDS((uint32_t)(uintptr_t)wake, flags[below(5)], 0, 0, 0);
    switch (nr) {
    case SYS_rt_sigaction: set(a, signo, action, likely_space(20), 8); break;
    case SYS_sigaction:
        set(a, signo & 31, WORDS((uint32_t)(uintptr_t)wake, 0, flags[below(5)], 0), likely_space(16), 0);
        break;
    case SYS_signal: set(a, signo & 31, below(2) ? 1 : (uint32_t)(uintptr_t)wake, 0, 0); break;
    case SYS_rt_sigprocmask: set(a, below(3), WORDS(1u << 22, 0), likely_space(8), 8); break;
    case SYS_sigprocmask: set(a, below(3), WORDS(1u << 22), likely_space(4), 0); break;
    case SYS_rt_sigpending: set(a, likely_space(8), 8, 0, 0); break;
    case SYS_sigpending: a[0] = likely_space(4); break;
    case SYS_rt_sigtimedwait:
    case SYS_rt_sigtimedwait_time64:
        set(a, WORDS(1u << 22, 0), likely_space(128), likely_soon(nr > 400), 8);
        break;
    case SYS_rt_sigsuspend: set(a, WORDS(0, 0), 8, 0, 0); break;
    case SYS_sigaltstack:
        set(a, below(2) ? 0 : WORDS((uint32_t)(uintptr_t)ground, 0, PAGE), likely_space(12), 0, 0);
        break;
    case SYS_kill:
    case SYS_tkill: set(a, (uint32_t)self, SIGURG, 0, 0); break;
    case SYS_tgkill: set(a, (uint32_t)self, (uint32_t)self, SIGURG, 0); break;
    case SYS_rt_sigqueueinfo: set(a, (uint32_t)self, SIGURG, WORDS(SIGURG, 0, ~0u, 0, 0, 0), 0); break;
    case SYS_rt_tgsigqueueinfo:
        set(a, (uint32_t)self, (uint32_t)self, SIGURG, WORDS(SIGURG, 0, ~0u, 0, 0, 0));
        break;
    default: return false;
    }
    return true;
}

static uint32_t prctl_option(void)
{
    static const uint8_t options[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 13, 14, 15, 16, 19, 21, 22,
                                      23, 24, 25, 26, 27, 28, 29, 30, 33, 35, 36, 37, 38, 39, 40, 41, 42};
    return options[below(sizeof options)];
}

static bool processes(unsigned nr, uint32_t a[6])
{
    uint32_t room = likely_space(144);
    switch (nr) {
    case SYS_prctl: set(a, prctl_option(), below(2) ? room : below(3), 0, 0), a[4] = 0; break;
    case SYS_seccomp: set(a, 1, below(8), WORDS(1, WORDS(6, 0x7fff0000)), 0); break; /* allows all */
    case SYS_add_key: set(a, put_text("user"), put_text("a key"), room, below(64)); break;
    case SYS_request_key: set(a, put_text("user"), put_text("a key"), 0, 0); break;
    case SYS_keyctl: set(a, below(32), 0, room, below(256)), a[4] = 0; break;
    case SYS_clone:
        set(a, SIGCHLD | (below(3) ? 0 : 0x01300000), 0, likely_space(4), 0), a[4] = likely_space(4);
        break;
    case SYS_clone3:
        set(a, WORDS(0, below(2), 0, 0, 0, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0, 0), 64, 0, 0);
        break;
    case SYS_waitpid: set(a, ~0u, room, WNOHANG, 0); break;
    case SYS_wait4: set(a, ~0u, room, WNOHANG, room); break;
    case SYS_waitid: set(a, P_ALL, 0, room, WNOHANG | WEXITED), a[4] = 0; break;
    case SYS_prlimit64: set(a, 0, below(16), 0, room); break;
    case SYS_getrlimit:
    case SYS_ugetrlimit: set(a, below(16), room, 0, 0); break;
    case SYS_setrlimit: set(a, below(2) ? RLIMIT_CORE : RLIMIT_AS, WORDS(0xffffff, ~0u), 0, 0); break;
    case SYS_getrusage: set(a, below(2) ? 0 : ~0u, room, 0, 0); break;
    case SYS_personality: a[0] = below(2) ? ~0u : 8; break;
    case SYS_unshare: a[0] = below(2) ? 0x400 : 0x200; break;
    case SYS_execve:
        set(a, put_text(below(2) ? "/bin/true" : "/proc/self/exe"),
            WORDS(put_text("x"), put_text("1"), put_text("0"), 0), WORDS(0), 0);
        break;
    case SYS_execveat:
        set(a, (uint32_t)AT_FDCWD, put_text("/bin/true"), WORDS(put_text("x"), 0), WORDS(0)), a[4] = 0;
        break;
    default: return false;
    }
    return true;
}

static bool scheduling(unsigned nr, uint32_t a[6])
{
    uint32_t room = likely_space(144), me = (uint32_t)self;
    switch (nr) {
    case SYS_getpgid:
    case SYS_getsid:
    case SYS_sched_getscheduler: a[0] = below(2) ? 0 : me; break;
    case SYS_sched_getparam: set(a, 0, room, 0, 0); break;
    case SYS_sched_setparam: set(a, 0, WORDS(0), 0, 0); break;
    case SYS_sched_getaffinity: set(a, 0, 128, room, 0); break;
    case SYS_sched_setaffinity: set(a, 0, 4, WORDS(~0u), 0); break;
    case SYS_sched_setscheduler: set(a, 0, 0, WORDS(0), 0); break;
    case SYS_setpriority: set(a, 0, 0, 0, 0); break;
    case SYS_sched_getattr: set(a, 0, room, 56, 0); break;
    case SYS_sched_setattr: set(a, 0, WORDS(48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0); break;
    case SYS_sched_get_priority_max:
    case SYS_sched_get_priority_min: a[0] = below(4); break;
    case SYS_getpriority: set(a, 0, 0, 0, 0); break;
    case SYS_ioprio_get: set(a, 1, 0, 0, 0); break;
    case SYS_ioprio_set: set(a, 1, 0, 0x4004, 0); break;
    default: return false;
    }
    return true;
}

static bool identities(unsigned nr, uint32_t a[6])
{
    uint32_t room = likely_space(144);
    switch (nr) {
    case SYS_getresuid:
    case SYS_getresgid:
    case SYS_getresuid32:
    case SYS_getresgid32:
    case SYS_getcpu: set(a, room, likely_space(4), likely_space(4), 0); break;
    case SYS_setuid:
    case SYS_setuid32:
    case SYS_setgid:
    case SYS_setgid32:
        a[0] = (uint32_t)raw(nr == SYS_setuid || nr == SYS_setuid32 ? SYS_getuid32 : SYS_getgid32);
        break;
    case SYS_setreuid:
    case SYS_setregid:
    case SYS_setreuid32:
    case SYS_setregid32:
    case SYS_setresuid:
    case SYS_setresgid:
    case SYS_setresuid32:
    case SYS_setresgid32: set(a, ~0u, ~0u, ~0u, 0); break;
    case SYS_getgroups:
    case SYS_getgroups32: set(a, below(2) * 20, room, 0, 0); break;
    case SYS_capget: set(a, WORDS(0x20080522, 0), likely_space(24), 0, 0); break;
    case SYS_capset: set(a, WORDS(0x20080522, 0), WORDS(0, 0, 0, 0, 0, 0), 0, 0); break;
    case SYS_setgroups:
    case SYS_setgroups32: set(a, 1, WORDS(0), 0, 0); break;
    default: return false;
    }
    return true;
}

/* Most of these only its own namespaces' root may do. */
static bool system_wide(unsigned nr, uint32_t a[6])
{
    uint32_t room = likely_space(144);
    switch (nr) {
    case SYS_mount: set(a, put_text("none"), put_text("d0"), put_text("tmpfs"), 0), a[4] = 0; break;
    case SYS_umount2:
    case SYS_umount:
    case SYS_chroot: set(a, put_text(nr == SYS_chroot ? "/" : "d0"), 0, 0, 0); break;
    case SYS_pivot_root: set(a, put_text("d0"), put_text("d0"), 0, 0); break;
    case SYS_sethostname:
    case SYS_setdomainname: set(a, put_text("hostile"), 7, 0, 0); break;
    case SYS_setns: set(a, fd(FD_PID), 0x04000000, 0, 0); break;
    case SYS_open_by_handle_at: set(a, fd(FD_DIR), WORDS(8, 1, 0, 0), 0, 0); break;
    case SYS_syslog: set(a, 10, room, 100, 0); break;
    case SYS_uname:
    case SYS_olduname:
    case SYS_oldolduname: a[0] = likely_space(390); break;
    case SYS_sysinfo:
    case SYS_times:
    case SYS_time: a[0] = room; break;
    case SYS_gettimeofday: set(a, room, likely_space(8), 0, 0); break;
    default: return false;
    }
    return true;
}

bool likely_task(unsigned nr, uint32_t a[6])
{
    return times(nr, a) || memory(nr, a) || signals(nr, a) || processes(nr, a) || scheduling(nr, a) ||
           identities(nr, a) || system_wide(nr, a);
}

void likely_task_result(unsigned nr, const uint32_t a[6], long result)
{
    uint32_t low = (uint32_t)(uintptr_t)ground;
    bool mapped = nr == SYS_mmap || nr == SYS_mmap2;
    if (nr == SYS_timer_create && !result && a[2] >= low && a[2] <= low + 2 * PAGE - 4)
        last_timer = *(int *)(uintptr_t)a[2];
    if (mapped && (result > 0 || result < -4095)) last_page = result;
}
