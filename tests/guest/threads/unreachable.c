/* futex words beside a page of another protection, which the futex of a host with larger pages cannot reach:
 * wakes that change no word, bit sets, requeueing, FUTEX_WAKE_OP, an owner's death. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint32_t *a, *b;
static _Atomic unsigned back;

static long futex(uint32_t *w, int op, uint32_t v, uint32_t v2, uint32_t *w2, uint32_t v3)
{
    return syscall(SYS_futex, w, op | FUTEX_PRIVATE_FLAG, v, v2, w2, v3);
}

static void *wait_on_a(void *bits)
{
    long r = futex(a, FUTEX_WAIT_BITSET, 0, 0, NULL, (uint32_t)(uintptr_t)bits);
    back += r == 0 ? 1 : 1000;
    return NULL;
}

/* Requeueing from a word to itself changes nothing, and says how many wait there. */
static void settle(uint32_t *w, int n)
{
    while (futex(w, FUTEX_CMP_REQUEUE, 0, 99, w, *w) != n)
        usleep(500);
}

static void *die_with(void *m)
{
    pthread_mutex_lock(m);
    return NULL;
}

int main(void)
{
    char *room = mmap(NULL, 131072, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *page = (char *)(((uintptr_t)room + 65535) & -65536ul) + 4096;
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
    a = (void *)page, b = a + 1;
    pthread_t t[4];
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, wait_on_a, (void *)(1ul << i));
    settle(a, 4);
    printf("bit 4: %ld\n", futex(a, FUTEX_WAKE_BITSET, 9, 0, NULL, 4));
    printf("no such bit: %ld\n", futex(a, FUTEX_WAKE_BITSET, 9, 0, NULL, 64));
    settle(a, 3);
    printf("one is woken, one moved: %ld\n", futex(a, FUTEX_CMP_REQUEUE, 1, 1, b, 0));
    settle(a, 1);
    settle(b, 1);
    printf("another value: %ld\n", futex(a, FUTEX_CMP_REQUEUE, 1, 1, b, 7));
    uint32_t op = FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_LT, 3);
    printf("both: %ld", futex(a, FUTEX_WAKE_OP, 1, 9, b, op));
    printf(", %u\n", *b);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    printf("back: %u\n", back);
    op = FUTEX_OP((FUTEX_OP_ANDN | FUTEX_OP_OPARG_SHIFT), 2, FUTEX_OP_CMP_EQ, 4);
    printf("nobody: %ld", futex(a, FUTEX_WAKE_OP, 1, 9, b, op));
    printf(", %u\n", *b);
    pthread_mutex_t *m = (void *)(page + 64);
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(m, &attr);
    pthread_create(t, NULL, die_with, m);
    pthread_join(*t, NULL);
    printf("after its owner: %d\n", pthread_mutex_lock(m));
    return 0;
}
