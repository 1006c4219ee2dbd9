/* Limits, identities and what the system says of itself, as far as it is the same everywhere. */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "tests/guest/sys/raw.h"

struct wide {
    uint64_t cur, max;
};

int main(void)
{
    uint32_t narrow[2], old[2];
    struct wide w;
    for (int i = 0; i < 17; i++) {
        if (i == 4) continue; /* core size: tierrun may have its own */
        long r = raw(SYS_ugetrlimit, i, narrow), o = raw(SYS_getrlimit, i, old),
             p = raw(SYS_prlimit64, 0, i, 0, &w);
        if (r) {
            printf("limit %d: %s %s %s\n", i, result(r), result(o), result(p));
            continue;
        }
        printf("limit %d: %x %x, old %x %x, wide %llx %llx\n", i, narrow[0], narrow[1], old[0], old[1],
               (unsigned long long)w.cur, (unsigned long long)w.max);
    }
    uint32_t set[2] = {100, 200};
    SHOW(raw(SYS_setrlimit, RLIMIT_NOFILE, set));
    SHOW(raw(SYS_ugetrlimit, RLIMIT_NOFILE, narrow));
    printf("%u %u\n", narrow[0], narrow[1]);
    SHOW(raw(SYS_dup2, 1, 99));
    SHOW(raw(SYS_dup2, 1, 100));
    SHOW(raw(SYS_fcntl, 1, 0, 100));
    int n = 0;
    while (dup(1) >= 0)
        n++;
    printf("descriptors until %s: %d\n", strerror(errno), n);
    set[0] = 300;
    SHOW(raw(SYS_setrlimit, RLIMIT_NOFILE, set));
    set[0] = 0x4000000, set[1] = -1;
    SHOW(raw(SYS_setrlimit, RLIMIT_AS, set));
    SHOW(raw(SYS_ugetrlimit, RLIMIT_AS, narrow));
    printf("%x %x\n", narrow[0], narrow[1]);
    SHOW(raw(SYS_prlimit64, 999999, RLIMIT_CPU, 0, &w));
    for (int fd = 3; fd < 100; fd++)
        close(fd);

    struct utsname u;
    memset(&u, 0xaa, sizeof u);
    SHOW(raw(SYS_uname, &u));
    printf("%s, an x86 %d\n", u.sysname, strstr(u.machine, "86") != NULL); /* i686, or x86_64 natively */
    char small[5 * 65], tiny[5 * 9];
    SHOW(raw(109, small));
    printf("%s, an x86 %d\n", small, strstr(small + 4 * 65, "86") != NULL);
    SHOW(raw(59, tiny));
    printf("%s, an x86 %d\n", tiny, strstr(tiny + 4 * 9, "86") != NULL);
    struct sysinfo si;
    SHOW(raw(SYS_sysinfo, &si));
    printf("unit %u, memory sane %d\n", si.mem_unit, (uint64_t)si.totalram * si.mem_unit > 1 << 20);
    SHOW(raw(SYS_personality, -1));
    SHOW(raw(SYS_personality, ADDR_NO_RANDOMIZE));
    SHOW(raw(SYS_personality, -1));
    uint32_t r[3], e[3];
    uint16_t r16[3];
    SHOW(raw(SYS_getresuid32, r, r + 1, r + 2));
    SHOW(raw(SYS_getresuid, r16, r16 + 1, r16 + 2));
    printf("%d %d\n", r[0] == getuid() && r[1] == geteuid(), r[0] == r16[0]);
    SHOW(raw(SYS_getuid) == raw(SYS_getuid32));
    SHOW(raw(SYS_setuid32, getuid()));
    SHOW(raw(SYS_setresgid, -1, -1, -1));
    long groups = raw(SYS_getgroups32, 0, 0);
    uint32_t list[64];
    printf("groups %d\n", groups == raw(SYS_getgroups32, 64, list) && groups == raw(SYS_getgroups, 0, 0));
    SHOW(raw(SYS_getgroups32, -1, list));
    char name[16];
    SHOW(raw(SYS_prctl, PR_SET_NAME, "a name that is too long"));
    SHOW(raw(SYS_prctl, PR_GET_NAME, name));
    printf("%s\n", name);
    int sig = 77;
    SHOW(raw(SYS_prctl, PR_SET_PDEATHSIG, 10));
    SHOW(raw(SYS_prctl, PR_GET_PDEATHSIG, &sig));
    printf("%d\n", sig);
    SHOW(raw(SYS_prctl, 12345, 0));
    SHOW(raw(SYS_sched_yield));
    SHOW(raw(SYS_sched_getscheduler, 0));
    SHOW(raw(SYS_sched_get_priority_max, SCHED_FIFO));
    SHOW(raw(SYS_sched_get_priority_min, 77));
    int priority = 5;
    SHOW(raw(SYS_sched_getparam, 0, &priority));
    printf("%d\n", priority);
    uint32_t set_of[32];
    memset(set_of, 0, sizeof set_of);
    SHOW(raw(SYS_sched_getaffinity, 0, 128, set_of) > 0);
    printf("some processor %d\n", set_of[0] != 0);
    SHOW(raw(SYS_sched_getaffinity, 0, 3, set_of));
    SHOW(raw(SYS_getpriority, 0, 0));
    SHOW(raw(SYS_nice, 3));
    SHOW(raw(SYS_getpriority, 0, 0));
    uint32_t cpu = 99999, node = 99999;
    SHOW(raw(318, &cpu, &node, 0));
    printf("sane %d\n", cpu < 10000 && node < 10000);
    uint32_t bytes[8] = {0};
    SHOW(raw(SYS_getrandom, bytes, 32, 0));
    printf("random %d\n", (bytes[0] | bytes[1] | bytes[7]) != 0);
    SHOW(raw(SYS_getrandom, bytes, 32, 77));
    SHOW(raw(SYS_set_robust_list, bytes, 12));
    SHOW(raw(SYS_set_robust_list, bytes, 24));
    SHOW(raw(SYS_set_tid_address, bytes) == getpid());
    return 0;
}
