/* prctl: what a program may ask and set for itself. Each is set in a child of its own. */
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static void capabilities(void)
{
    SHOW(raw(SYS_prctl, PR_CAPBSET_READ, CAP_NET_RAW, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAPBSET_READ, CAP_NET_RAW, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAPBSET_DROP, 99, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
    SHOW(raw(SYS_prctl, PR_CAP_AMBIENT, 9, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_GET_SECUREBITS, 0, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_SECUREBITS, 1, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_GET_SECUREBITS, 0, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_SECUREBITS, 0x1000, 0, 0, 0));
}

static void time_keeping(void)
{
    uint32_t mode = 77;
    SHOW(raw(SYS_prctl, PR_GET_TSC, &mode, 0, 0, 0));
    printf("mode %u\n", mode);
    SHOW(raw(SYS_prctl, PR_GET_TSC, 16, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_TSC, 7, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_GET_TIMING, 0, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_TIMING, PR_TIMING_STATISTICAL, 0, 0, 0));
    SHOW(raw(SYS_prctl, PR_SET_TIMING, PR_TIMING_TIMESTAMP, 0, 0, 0));
}

static void others(void)
{
    enum { GET_TID_ADDRESS = 40, MCE_KILL_GET = 34 };
    uint32_t address[2] = {77, 77}, word;
    SHOW(raw(SYS_set_tid_address, &word) > 0);
    SHOW(raw(SYS_prctl, GET_TID_ADDRESS, address, 0, 0, 0));
    printf("there %d\n", address[0] == (uint32_t)&word);
    SHOW(raw(SYS_prctl, MCE_KILL_GET, 0, 0, 0, 0));
    SHOW(raw(SYS_prctl, MCE_KILL_GET, 1, 0, 0, 0));
}

int main(void)
{
    static void (*const parts[])(void) = {capabilities, time_keeping, others};
    for (int i = 0; i < 3; i++) {
        fflush(stdout);
        if (fork()) {
            wait(NULL);
            continue;
        }
        parts[i]();
        exit(0);
    }
    return 0;
}
