/* A guest that makes random system calls with hostile arguments: hostile SEED ROUNDS CALLS [COVER]. A round
 * is a child process that makes CALLS calls, or fewer if one of them ends it, which is its right; one in four
 * has threads that make them at the same time. What must not happen is that tierrun itself breaks: run.sh
 * looks for that. Arguments are such that the call has something to do (likely.c), or are drawn by the kinds
 * that table.def gives them, one in a few without regard to them (draw.c). What is not called: spare.c.
 * COVER: a file for a line a call: its number, how often it was made and has succeeded, the kinds of errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"
#include "tests/sysfuzz/hostile.h"

static const struct {
    unsigned nr;
    const char *name;
    unsigned char arg[6];
} calls[] = {
#define CALL(nr, name, handler, result, args) {nr, #name, args},
#include "syscalls/table.def"
};

enum {
    COUNT = sizeof calls / sizeof *calls,
    NUMBERS = 470,
    ERRORS = 134,
    OFTEN = 48,
    ANEW = 600,
    THREADS = 3,
    AT_ONCE = 12
};

uint32_t nofile;
pid_t self;

/* Shared by all, and written to by calls that were given its address: see sane(). */
static struct record {
    uint32_t made[AT_ONCE]; /* by the process in this place */
    struct {
        uint32_t made, back, good; /* begun, returned from, succeeded */
        uint8_t error[ERRORS];
    } of[NUMBERS];
} * record;
static unsigned my_place;

static void count(uint32_t *n)
{
    __atomic_add_fetch(n, 1, __ATOMIC_RELAXED);
}

static void note_begin(unsigned nr)
{
    count(&record->made[my_place]);
    if (nr < NUMBERS) count(&record->of[nr].made);
}

/* What these come back with is that they have waited, or that they did not do what they are for. */
static bool is_good(unsigned nr, long result)
{
    switch (nr) {
    case SYS_pause:
    case SYS_sigsuspend:
    case SYS_rt_sigsuspend: return result == -EINTR;
    case SYS_exit:
    case SYS_exit_group:
    case SYS_execve:
    case SYS_execveat:
    case SYS_sigreturn:
    case SYS_rt_sigreturn: return false;
    default: return result >= 0 || result < -4095;
    }
}

static void note_end(unsigned nr, long result)
{
    if (nr >= NUMBERS) return;
    count(&record->of[nr].back);
    if (is_good(nr, result))
        count(&record->of[nr].good);
    else if (result < 0 && result > -ERRORS)
        record->of[nr].error[-result] = 1;
}

static bool leaves(unsigned nr)
{
    return !is_good(nr, 0) && !is_good(nr, -EINTR);
}

/* --- A round ------------------------------------------------------------------------------------------- */

static void wake(int signo)
{
    (void)signo;
}

static __thread sigjmp_buf back;
static __thread long whose; /* the thread that it is of: one that a call has made shares these */
static int crashes;

/* What a call has done to memory need not be the round's end. */
static void crash(int signo)
{
    enum { MOST = 40 };
    if (raw(SYS_gettid) != whose) raw(SYS_exit, signo);
    if (++crashes > MOST) raw(SYS_exit_group, signo);
    siglongjmp(back, 1);
}

static void tick(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS};
    struct sigaction fault = {.sa_handler = crash, .sa_flags = SA_NODEFER};
    static const int harmless[] = {SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, 40, 63};
    struct itimerval soon = {{0, 1000}, {0, 1000}};
    struct sigaction sa = {.sa_handler = wake};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        sigaction(harmless[i], &sa, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &fault, NULL);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGIO, SIG_IGN);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
}

/* A child that borrows the stack must not return: it ends at once. */
static long vfork_and_leave(void)
{
    long r = SYS_vfork;
    __asm__ volatile("int $0x80\n\t"
                     "testl %%eax, %%eax\n\t"
                     "jnz 1f\n\t"
                     "movl $1, %%eax\n\t"
                     "xorl %%ebx, %%ebx\n\t"
                     "int $0x80\n"
                     "1:"
                     : "+a"(r)
                     :
                     : "ebx", "memory", "cc");
    return r;
}

static void one_call(void)
{
    uint32_t a[6] = {0};
    unsigned k = below(COUNT), nr = below(30) ? calls[k].nr : below(NUMBERS);
    bool drawn = below(5) < 2 || !likely(nr, a);
    for (int j = 0; j < 6 && drawn; j++)
        a[j] = argument(below(15) ? calls[k].arg[j] : below(A_TABLES));
    if (!spare(nr, a)) return;
    note_begin(nr);
    long r = nr == SYS_vfork ? vfork_and_leave() : raw(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    bool child = getpid() != self;
    if ((nr == SYS_clone || nr == SYS_clone3) && r == 0 && !child) raw(SYS_exit, 0);
    if (child) raw(SYS_exit_group, 0);
    note_end(nr, r);
    likely_result(nr, a, r);
}

struct part {
    uint64_t seed;
    unsigned calls;
    bool first;
};

static void *part_of_round(void *arg)
{
    const struct part *p = arg;
    volatile unsigned i = 0;
    seed_random(p->seed);
    whose = raw(SYS_gettid);
    if (sigsetjmp(back, 0)) make_ground();
    for (; i < p->calls; i++) {
        if (i % OFTEN == 0) tick();
        if (p->first && i % ANEW == 0) {
            raw(SYS_close_range, 3, nofile - 1, 0);
            open_some();
        }
        one_call();
    }
    return NULL;
}

static void round_of(uint64_t seed, unsigned n)
{
    struct part p[1 + THREADS];
    pthread_t thread[1 + THREADS];
    unsigned threads = seed % 4 ? 0 : THREADS;
    self = getpid();
    seed_random(seed);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    raw(SYS_close_range, 3, nofile - 1, 0); /* COVER's, which no call is to write to */
    make_ground();
    for (unsigned t = threads + 1; t-- > 0;) {
        p[t] = (struct part){seed * 7 + t, n / (threads + 1), t == 0};
        if (t) pthread_create(&thread[t], NULL, part_of_round, &p[t]);
    }
    part_of_round(&p[0]);
    raw(SYS_exit_group, 0); /* with the threads that have not ended */
}

/* --- Several rounds at once ---------------------------------------------------------------------------- */

static struct place {
    pid_t child;
    uint32_t last;
    int idle;
} places[AT_ONCE];

static struct record kept;
static uint64_t total;

/* Counts of a call are never more than all that were made. */
static bool sane(unsigned n)
{
    uint64_t most = total;
    for (int i = 0; i < AT_ONCE; i++) {
        if (record->made[i] > n) return false;
        most += record->made[i];
    }
    for (int k = 0; k < NUMBERS; k++)
        if (record->of[k].made > most || record->of[k].good > record->of[k].made) return false;
    return true;
}

static void end_round(struct place *p, unsigned n)
{
    kill(-p->child, SIGKILL);
    if (sane(n))
        kept = *record;
    else
        *record = kept;
    total += record->made[p - places];
    p->child = 0;
}

/* One that makes no calls any more (it blocked the signals that would wake it) is killed. */
static bool is_over(struct place *p)
{
    enum { PATIENCE = 40 };
    uint32_t now = record->made[p - places];
    if (waitpid(p->child, NULL, WNOHANG) != 0) return true;
    p->idle = now == p->last ? p->idle + 1 : 0;
    p->last = now;
    if (p->idle < PATIENCE) return false;
    kill(p->child, SIGKILL);
    waitpid(p->child, NULL, 0);
    return true;
}

static void run_rounds(uint64_t seed, unsigned rounds, unsigned n)
{
    unsigned begun = 0, running = 0;
    while (begun < rounds || running) {
        for (unsigned i = 0; i < AT_ONCE; i++) {
            struct place *p = &places[i];
            if (p->child && is_over(p)) end_round(p, n), running--;
            if (p->child || begun == rounds) continue;
            my_place = i;
            record->made[i] = kept.made[i] = 0;
            *p = (struct place){fork(), 0, 0};
            if (p->child == 0) round_of(seed + begun, n);
            begun++;
            if (p->child > 0)
                running++;
            else
                p->child = 0;
        }
        poll(NULL, 0, 10);
    }
}

/* --- What was made ------------------------------------------------------------------------------------- */

static void report(FILE *out)
{
    fprintf(out, "made %llu\n", (unsigned long long)total);
    for (unsigned k = 0; k < COUNT; k++) {
        unsigned nr = calls[k].nr;
        if (nr >= NUMBERS) continue;
        uint32_t good = leaves(nr) ? record->of[nr].made - record->of[nr].back : record->of[nr].good;
        fprintf(out, "%u %s %u %u", nr, calls[k].name, record->of[nr].made, good);
        for (int e = 1; e < ERRORS; e++)
            if (record->of[nr].error[e]) fprintf(out, " %s", strerrorname_np(e) ? strerrorname_np(e) : "?");
        putc('\n', out);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2; /* as a round may call it */
    uint64_t seed = strtoull(argv[1], NULL, 0);
    unsigned rounds = (unsigned)atoi(argv[2]), n = (unsigned)atoi(argv[3]);
    FILE *cover = argc > 4 ? fopen(argv[4], "we") : NULL; /* the rounds close it, and may hide its folder */
    void *apart = (void *)0x1f000000;                     /* where no call is led */
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    nofile = (uint32_t)files.rlim_cur;
    record = mmap(apart, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    mkdir("d0", 0700);
    if (record == MAP_FAILED || (symlink("f1", "l0") && errno != EEXIST)) return 96;
    symlink("l1", "l1");
    run_rounds(seed, rounds, n);
    if (cover) report(cover);
    return 0;
}
