/* Signals that come all the time do not show in calls that do not wait: opening files and devices, reading
 * and writing what is there. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int ticks;

static void tick(int signo)
{
    ticks += signo == SIGALRM;
}

int main(void)
{
    struct sigaction act = {.sa_handler = tick}; /* without SA_RESTART */
    sigaction(SIGALRM, &act, NULL);
    int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600), ends[2], bad[4] = {0}, seen = 0;
    char byte = 'x';
    if (file < 0 || pipe(ends) || write(file, &byte, 1) != 1) return 1;
    for (int i = 0; i < 8000; i++) {
        if (ticks == seen) {
            struct itimerval soon = {.it_value = {0, 50 + i % 64}};
            seen++;
            setitimer(ITIMER_REAL, &soon, NULL);
        }
        int fd = open(i & 1 ? "/dev/null" : "file", O_RDONLY);
        if (fd < 0) bad[0]++;
        close(fd);
        bad[1] += pread(file, &byte, 1, 0) != 1;
        bad[2] += write(ends[1], &byte, 1) != 1;
        bad[3] += read(ends[0], &byte, 1) != 1;
    }
    printf("not opened %d, not read %d, not written to a pipe %d, not read from it %d, ticks %d\n", bad[0],
           bad[1], bad[2], bad[3], ticks > 10);
    return 0;
}
