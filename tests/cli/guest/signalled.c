/* A loop without calls that only a signal's handler ends, ten times: a child sends each signal when the loop
 * runs. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = 10 };

static volatile sig_atomic_t seen;

static void on_signal(int signo)
{
    (void)signo;
    seen++;
}

int main(void)
{
    int ready[2];
    signal(SIGUSR1, on_signal);
    if (pipe(ready)) return 99;
    pid_t child = fork();
    if (child == 0) {
        char c;
        while (read(ready[0], &c, 1) == 1 && c) {
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
            kill(getppid(), SIGUSR1);
        }
        _exit(0);
    }
    unsigned long rounds = 0;
    for (int k = 0; k < SIGNALS; k++) {
        write(ready[1], "x", 1);
        while (seen == k)
            rounds++;
    }
    write(ready[1], "", 1);
    wait(NULL);
    printf("signals: %d, %s\n", (int)seen, rounds > 1000 ? "many rounds" : "few rounds");
    return 0;
}
