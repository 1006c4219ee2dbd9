/* futex between processes on shared memory: wait, wake, limits in time, requeue, bitsets, what does not
 * match. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/asleep.h"
#include "tests/guest/sys/raw.h"

int main(void)
{
    /* At a multiple of 64 KiB, so that the word can be reached directly whatever the host's page is. */
    char *room = mmap(NULL, 196608, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    room = (char *)(((uintptr_t)room + 65535) & -65536);
    uint32_t *w = mmap(room, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    int32_t t[2] = {0, 20000000};
    int64_t t64[2] = {0, 20000000};
    SHOW(raw(SYS_futex, w, FUTEX_WAIT, 1, 0));
    SHOW(raw(SYS_futex, w, FUTEX_WAIT, 0, t));
    SHOW(raw(422, w, FUTEX_WAIT_PRIVATE, 0, t64));
    SHOW(raw(SYS_futex, w, FUTEX_WAKE, 10));
    t[1] = 1000000000;
    SHOW(raw(SYS_futex, w, FUTEX_WAIT, 0, t));
    t[1] = -1;
    SHOW(raw(SYS_futex, w, FUTEX_WAIT, 0, t));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    t[0] = now.tv_sec - 1, t[1] = 0;
    SHOW(raw(SYS_futex, w, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, t, 0, 1));
    SHOW(raw(SYS_futex, w, FUTEX_WAIT_BITSET, 0, t, 0, 0));
    SHOW(raw(SYS_futex, w, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 1, 0));
    SHOW(raw(SYS_futex, w, 77, 0, 0));
    SHOW(raw(SYS_futex, (char *)w + 1, FUTEX_WAKE, 1));
    pid_t waiter[3];
    for (int i = 0; i < 3; i++)
        if (!(waiter[i] = fork())) {
            while (!w[0])
                raw(SYS_futex, w, FUTEX_WAIT, 0, 0);
            _exit(10 + i);
        }
    for (int i = 0; i < 3; i++)
        wait_asleep(waiter[i]);
    SHOW(raw(SYS_futex, w, FUTEX_CMP_REQUEUE, 0, 1, w + 2, 5));
    SHOW(raw(SYS_futex, w, FUTEX_CMP_REQUEUE, 0, 1, w + 2, 0));
    w[0] = 1;
    SHOW(raw(SYS_futex, w + 2, FUTEX_WAKE, 9));
    SHOW(raw(SYS_futex, w, FUTEX_WAKE, 9));
    int status, sum = 0;
    for (int i = 0; i < 3; i++) {
        wait(&status);
        sum += WEXITSTATUS(status);
    }
    printf("sum %d\n", sum);
    /* One page alone, 4 KiB above such a multiple: the same, but for who counts the woken. */
    uint32_t *odd =
        mmap(room + 69632, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    t[0] = 0, t[1] = 20000000;
    SHOW(raw(SYS_futex, odd, FUTEX_WAIT, 1, 0));
    SHOW(raw(SYS_futex, odd, FUTEX_WAIT, 0, t));
    SHOW(raw(SYS_futex, odd, FUTEX_WAKE, 1));
    SHOW(raw(SYS_futex, odd, FUTEX_CMP_REQUEUE, 0, 1, odd + 2, 5));
    waiter[0] = fork();
    if (!waiter[0]) {
        while (!*odd)
            raw(SYS_futex, odd, FUTEX_WAIT, 0, 0);
        _exit(33);
    }
    wait_asleep(waiter[0]);
    *odd = 1;
    raw(SYS_futex, odd, FUTEX_WAKE, 1);
    wait(&status);
    printf("woken %d\n", WEXITSTATUS(status));
    return 0;
}
