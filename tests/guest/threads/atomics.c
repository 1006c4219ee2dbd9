/* @seconds: 10
 * Locked instructions from four threads: every form, misaligned, across a page, eight
 * bytes wide; plain accesses that must not tear. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

enum { THREADS = 4, ROUNDS = 3000 };

static char *page;
static uint32_t sums[8];
static uint64_t wide, plain;
static uint32_t torn;

#define LOCKED(insn)                 \
    for (int i = 0; i < rounds; i++) \
    __asm__ volatile(insn : : "r"(at), "r"(1) : "memory", "cc", "eax", "ecx")

static void add(uint32_t *at, int rounds)
{
    LOCKED("lock; addl %1, (%0)");
    LOCKED("lock; incl (%0)");
    LOCKED("lock; subl $-1, (%0)");
    LOCKED("mov %1, %%eax; lock; xaddl %%eax, (%0)");
    LOCKED("1: movl (%0), %%eax; lea 1(%%eax), %%ecx; lock; cmpxchgl %%ecx, (%0); jne 1b");
}

/* Those that are their own inverse, and narrow ones. */
static void toggle(uint32_t *at)
{
    int rounds = ROUNDS;
    LOCKED("lock; btcl $3, (%0)");
    LOCKED("lock; xorl $0x50005, (%0)");
    LOCKED("lock; xorw $0x5500, (%0)");
    LOCKED("lock; xorb $0x11, (%0)");
    LOCKED("lock; notl (%0)");
}

static void narrow(uint32_t *at)
{
    int rounds = ROUNDS;
    LOCKED("lock; addw $1, (%0)");
    LOCKED("lock; addb $1, 3(%0)");
}

/* Both halves are the same. */
static void store_wide(uint64_t *at, uint32_t n)
{
    uint64_t v = n | (uint64_t)n << 32;
    __asm__ volatile("fildll %1; fistpll %0" : "=m"(*at) : "m"(v));
}

static uint64_t load_wide(uint64_t *at)
{
    uint64_t v;
    __asm__ volatile("fildll %1; fistpll %0" : "=m"(v) : "m"(*at));
    return v;
}

static void *work(void *arg)
{
    add(&sums[0], ROUNDS);
    add((uint32_t *)((char *)&sums[1] + 1), ROUNDS);
    toggle(&sums[4]);
    toggle((uint32_t *)(page + 64));
    narrow(&sums[5]);
    narrow((uint32_t *)(page + 129));
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t old = wide, new;
        do
            new = old + 0x100000001ull;
        while (!__atomic_compare_exchange_n(&wide, &old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
        store_wide(&plain, (uint32_t)i);
        uint64_t seen = load_wide(&plain);
        if ((uint32_t)seen != seen >> 32) torn = 1;
    }
    return NULL;
}

static volatile uint32_t spin_lock;
static uint32_t guarded;

static void *spinner(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t taken = 1;
        for (;;) {
            __asm__ volatile("xchgl %0, %1" : "+r"(taken), "+m"(spin_lock));
            if (!taken) break;
            sched_yield();
        }
        guarded++;
        spin_lock = 0;
    }
    return NULL;
}

static void all(void *(*fn)(void *))
{
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, fn, NULL)) puts("create");
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
}

int main(void)
{
    page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    all(work);
    /* Across pages: once, as kernels make who does it wait for half a second. */
    __asm__ volatile("lock; addl $0x12345678, (%0)" : : "r"(page + 4094) : "memory", "cc");
    uint32_t v;
    __builtin_memcpy(&v, &sums[0], 4), printf("%08x", v);
    __builtin_memcpy(&v, (char *)&sums[1] + 1, 4), printf(" %08x", v);
    __builtin_memcpy(&v, page + 4094, 4), printf(" %08x", v);
    printf("\n");
    __builtin_memcpy(&v, page + 129, 4);
    printf("%08x %08x %08x %08x\n", sums[4], *(uint32_t *)(page + 64), sums[5], v);
    printf("%016llx torn %u\n", (unsigned long long)wide, torn);
    all(spinner);
    printf("guarded %u\n", guarded);
    return 0;
}
