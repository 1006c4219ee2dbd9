/* What a debugger is tried on: a hot loop, stores to watch, a signal handler, a second thread, the x87, a
 * child, and a crash at the end. The test finds lines by the words in capitals. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

volatile int spinning = 1, turns, counter, from_thread, read_me = 5, handled;
volatile double half = 0.5;
volatile long double wide;
char buffer[64];

int add(int a, int b)
{
    return a + b; /* ADD */
}

__attribute__((noinline)) static int work(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum += i ^ sum << 1;       /* LOOP */
        if (i == 50000) counter++; /* COUNT */
    }
    return sum; /* WORKED */
}

static void handler(int signo)
{
    handled += signo; /* HANDLER */
}

static void *thread(void *arg)
{
    from_thread = *(int *)arg; /* THREAD */
    return NULL;               /* THREAD END */
}

static int compute(void)
{
    long double x = wide;
    x = x * half; /* COMPUTE */
    wide = x;
    return 0; /* COMPUTED */
}

static int child(void)
{
    int status = 0;
    pid_t pid = fork();
    if (!pid) _exit(add(1, 2)); /* the debugger must not hear of this */
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(int argc, char **argv)
{
    int value = 42, ends[2], *nowhere = NULL;
    pthread_t t;
    (void)argv;
    signal(SIGUSR1, handler); /* MAIN */
    while (spinning)
        turns++; /* SPIN */
    counter += work(100000) != 0;
    raise(SIGUSR1);
    value += read_me; /* READ */
    wide = 3.0L;
    compute();
    pthread_create(&t, NULL, thread, &value);
    pthread_join(t, NULL);
    if (pipe(ends) || write(ends[1], "hello", 5) != 5 || read(ends[0], buffer, 5) != 5) return 9;
    if (child() != 3) return 8;
    printf("%d %d %d %s %d\n", counter, from_thread, handled, buffer, add(20, 22)); /* PRINT */
    fflush(stdout);
    if (argc > 1) *nowhere = 1; /* CRASH */
    return 7;
}
