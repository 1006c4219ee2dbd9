/* Makes and gives up again, over and over: threads, code that is rewritten and mapped anew, signals that are
 * left by siglongjmp, children of fork and vfork, descriptors. After each lot it says so, and goes on after a
 * line of input: then somebody has looked at what tierrun has kept. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOTS = 4, ROUNDS = 12, THREADS = 3, RWX = PROT_READ | PROT_WRITE | PROT_EXEC };

static sigjmp_buf back;

/* mov eax, n; ret */
static unsigned call_new(unsigned char *at, unsigned n)
{
    memcpy(at, "\xb8\0\0\0\0\xc3", 6);
    memcpy(at + 1, &n, sizeof n);
    return ((unsigned (*)(void))at)();
}

static void *work(void *arg)
{
    unsigned char *code = mmap(NULL, 4096, RWX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < 40; i++)
        if (call_new(code + i * 64, i) != i) exit(2);
    mmap(code, 4096, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (call_new(code, 7) != 7) exit(2);
    munmap(code, 4096);
    return arg;
}

static void leave(int signo)
{
    siglongjmp(back, signo);
}

static void end_of(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 5 << 8) exit(3);
}

static void children(void)
{
    volatile int written = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(5);
    end_of(pid);
    pid = vfork();
    if (pid == 0) {
        written = 1;
        execl("/nonexistent", "nothing", NULL);
        _exit(5);
    }
    end_of(pid);
    if (!written) exit(4);
}

static void make_and_give_up(void)
{
    pthread_t t[THREADS];
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, work, NULL)) exit(1);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (volatile int i = 0; i < 20; i++)
        if (!sigsetjmp(back, 1)) raise(SIGUSR1);
    for (int i = 0; i < 20; i++)
        close(open("/proc/self/maps", O_RDONLY));
    children();
}

int main(void)
{
    char line[16];
    signal(SIGUSR1, leave);
    for (int lot = 0; lot < LOTS; lot++) {
        for (int i = 0; i < ROUNDS; i++)
            make_and_give_up();
        printf("lot %d\n", lot);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin)) return 1;
    }
    return 0;
}
