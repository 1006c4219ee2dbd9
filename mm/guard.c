/* Copies that survive host faults: a file truncated under its mapping, a page that another thread unmaps.
 * The host's SIGSEGV/SIGBUS handler must call mm_host_fault_sig() first; while a copy of this file runs in
 * the faulting thread, that function does not return and the copy reports failure. */
#include "mm/space.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>

static __thread struct {
    sigjmp_buf env;
    volatile sig_atomic_t armed;
} guard;

bool mm_host_fault_sig(void)
{
    if (!guard.armed) return false;
    guard.armed = 0;
    sigset_t faults;
    sigemptyset(&faults);
    sigaddset(&faults, SIGSEGV);
    sigaddset(&faults, SIGBUS);
    pthread_sigmask(SIG_UNBLOCK, &faults, NULL);
    siglongjmp(guard.env, 1);
}

/* Everything between ARM and DISARM may fault; the signal fences keep it there. */
#define ARM()                                      \
    do {                                           \
        if (sigsetjmp(guard.env, 0)) return false; \
        guard.armed = 1;                           \
        __atomic_signal_fence(__ATOMIC_SEQ_CST);   \
    } while (0)
#define DISARM()                                 \
    do {                                         \
        __atomic_signal_fence(__ATOMIC_SEQ_CST); \
        guard.armed = 0;                         \
    } while (0)

#define COPY_ONE(type)                            \
    do {                                          \
        type value;                               \
        if ((uintptr_t)from % sizeof value)       \
            memcpy(&value, from, sizeof value);   \
        else                                      \
            value = *(const volatile type *)from; \
        if ((uintptr_t)to % sizeof value)         \
            memcpy(to, &value, sizeof value);     \
        else                                      \
            *(volatile type *)to = value;         \
    } while (0)

void copy_operand(void *to, const void *from, size_t n)
{
    switch (n) {
    case 1: COPY_ONE(uint8_t); break;
    case 2: COPY_ONE(uint16_t); break;
    case 4: COPY_ONE(uint32_t); break;
    case 8: COPY_ONE(uint64_t); break;
    default: memmove(to, from, n); /* the other side can be guest memory too: /proc/self/mem */
    }
}

__attribute__((noinline)) bool guard_copy(void *to, const void *from, size_t n)
{
    ARM();
    copy_operand(to, from, n);
    DISARM();
    return true;
}

__attribute__((noinline)) bool guard_copy_string(char *to, const char *from, size_t n, size_t *len)
{
    *len = n;
    ARM();
    char *end = memccpy(to, from, 0, n);
    if (end) *len = (size_t)(end - to);
    DISARM();
    return true;
}

__attribute__((noinline)) bool guard_zero(void *to, size_t n)
{
    ARM();
    memset(to, 0, n);
    DISARM();
    return true;
}
