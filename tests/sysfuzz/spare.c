/* What the hostile guest does not call: no call may reach beyond its folder and its own processes, nor end
 * the round at once, nor wait for the disk. */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "tests/guest/sys/raw.h"
#include "tests/sysfuzz/hostile.h"

/* Mostly the ground behind its first two pages, which are written to without a look, or what was mapped. */
static void spare_memory(unsigned nr, uint32_t a[6])
{
    uint32_t low = (uint32_t)(uintptr_t)ground, high = low + GROUND * PAGE;
    if (nr == SYS_mmap || (nr == SYS_mmap2 && !(a[3] & 0x10))) return;
    bool on_ground = a[0] >= low + 2 * PAGE && a[0] < high;
    bool mapped = a[0] > 0x20000000 && a[0] + PAGE < low && a[1] <= 4 * PAGE;
    if (!on_ground && !mapped && below(200)) a[0] = low + (2 + below(GROUND - 2)) * PAGE;
    if (a[0] >= low && a[0] < high && below(200)) a[1] = a[1] % (high - a[0] + 1);
}

/* Keyrings are the machine's, but for the one of the process. */
#define OWN_KEYRING ((uint32_t)KEY_SPEC_PROCESS_KEYRING)

static bool spare_keys(uint32_t a[6])
{
    if (a[0] != KEYCTL_JOIN_SESSION_KEYRING && a[0] != KEYCTL_CAPABILITIES) a[1] = OWN_KEYRING;
    if (a[0] == KEYCTL_GET_PERSISTENT || a[0] == KEYCTL_LINK || a[0] == KEYCTL_UNLINK) a[2] = OWN_KEYRING;
    if (a[0] == KEYCTL_MOVE) a[2] = a[3] = OWN_KEYRING;
    return a[0] != KEYCTL_SESSION_TO_PARENT;
}

bool spare(unsigned nr, uint32_t a[6])
{
    switch (nr) {
    case SYS_sync:
    case SYS_syncfs:
    case SYS_setsid:
    case SYS_setpgid:
    case SYS_acct:
    case SYS_reboot: return false;
    case SYS_exit:
    case SYS_exit_group: return !below(500);
    case SYS_fsync:
    case SYS_fdatasync: return !below(100);
    case SYS_pause: return !below(20);
    case SYS_sched_setaffinity: a[0] = 0; return true;
    case SYS_sched_setscheduler: /* nothing that makes the rest of the round slow */
        a[0] = 0;
        return a[1] != SCHED_IDLE && a[1] != SCHED_BATCH;
    case SYS_setpriority:
        a[0] = a[1] = 0;
        a[2] = (uint32_t)(20 - raw(SYS_getpriority, 0, 0)) - below(2);
        return true;
    case SYS_nice: a[0] = 0u - below(2); return true;
    case SYS_fork:
    case SYS_vfork:
    case SYS_clone:
    case SYS_clone3: return !below(30);
    case SYS_execve:
    case SYS_execveat: return !below(100);
    case SYS_sigsuspend:
    case SYS_rt_sigsuspend: return !below(20);
    case SYS_sigreturn:
    case SYS_rt_sigreturn: return !below(400);
    case SYS_kill:
    case SYS_tkill:
    case SYS_rt_sigqueueinfo: a[0] = (uint32_t)self; return a[1] == 23 || !below(100);
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo: a[0] = a[1] = (uint32_t)self; return a[2] == 23 || !below(100);
    case SYS_pidfd_open: a[0] = (uint32_t)self; return true;
    case SYS_pidfd_send_signal: return a[1] == 0 || !below(100);
    case SYS_close: return !below(10);
    case SYS_shutdown: return !below(5);
    case SYS_close_range:
        if (a[0] < 60) a[0] = a[0] > 2 ? a[0] : 3;
        return a[0] >= 60 || !below(50);
    case SYS_fcntl:
    case SYS_fcntl64:
        if (a[1] == F_SETOWN) a[2] = (uint32_t)self;
        return true;
    case SYS_fallocate: /* the limit on file sizes does not bound what is allocated beyond the end */
        a[3] = a[5] = 0;
        a[2] %= 1 << 20;
        a[4] %= 1 << 20;
        return true;
    case SYS_prlimit64:
        a[0] = 0;
        return a[1] != RLIMIT_NOFILE && a[1] != RLIMIT_STACK; /* the sanitizers' own need them */
    case SYS_setrlimit: return a[0] != RLIMIT_NOFILE && a[0] != RLIMIT_STACK;
    case SYS_alarm:
    case SYS_setitimer: return !below(20);
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_mremap:
    case SYS_mmap:
    case SYS_mmap2: spare_memory(nr, a); return true;
    case SYS_process_vm_readv:
    case SYS_process_vm_writev: a[0] = (uint32_t)self; return true;
    case SYS_prctl: return a[0] != PR_SET_SECCOMP || a[1] != SECCOMP_MODE_STRICT || !below(500);
    case SYS_seccomp: return a[0] != SECCOMP_SET_MODE_STRICT || !below(500);
    case SYS_add_key: a[4] = OWN_KEYRING; return true;
    case SYS_request_key: /* it is never asked for from outside */
        a[2] = 0;
        a[3] = OWN_KEYRING;
        return true;
    case SYS_keyctl: return spare_keys(a);
    default: return true;
    }
}
