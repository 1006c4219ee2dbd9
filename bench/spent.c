/* Runs a program and writes what it spent, as one line of JSON:
 *
 *     spent FILE SECONDS PROGRAM [ARGUMENT…]
 *
 * {"status": 0, "seconds": 0.25, "kilobytes": 1200, "instructions": 123, "no_instructions": "why not"}:
 * status as a shell shows it, wall time, peak memory, instructions in user mode (null where the kernel does
 * not count them, with the reason; children count). The program is killed, with status 124, when it takes
 * more than SECONDS. A process apart from the driver, since a child's peak memory begins with that of the one
 * that started it. */
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t too_long;
static pid_t child;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void on_alarm(int number)
{
    (void)number;
    too_long = 1;
    kill(child, SIGKILL);
}

/* Starts with the child's exec. Returns a descriptor, or -1 with errno. */
static int count_instructions(pid_t pid)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE,
                                   .size = sizeof attr,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .disabled = 1,
                                   .inherit = 1,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1,
                                   .enable_on_exec = 1};

    return (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The child waits for a byte, so that everything is counted from its first instruction. */
static void become(char **argv, const int gate[2])
{
    char byte;

    close(gate[1]);
    if (read(gate[0], &byte, 1) == 1) execvp(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static int shell_status(int status)
{
    if (too_long) return 124;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void report(FILE *to, int status, double seconds, long kilobytes, int counter, const char *no_counter)
{
    uint64_t instructions;

    fprintf(to, "{\"status\": %d, \"seconds\": %.6f, \"kilobytes\": %ld, ", status, seconds, kilobytes);
    if (counter >= 0 && read(counter, &instructions, sizeof instructions) == (ssize_t)sizeof instructions)
        fprintf(to, "\"instructions\": %llu}\n", (unsigned long long)instructions);
    else
        fprintf(to, "\"instructions\": null, \"no_instructions\": \"perf_event_open: %s\"}\n", no_counter);
}

int main(int argc, char **argv)
{
    int gate[2], status = 0;
    struct rusage use;

    if (argc < 4 || pipe(gate) != 0) {
        fprintf(stderr, "usage: spent FILE SECONDS PROGRAM [ARGUMENT…]\n");
        return 2;
    }
    FILE *to = fopen(argv[1], "we");
    if (to == NULL) {
        perror(argv[1]);
        return 2;
    }
    child = fork();
    if (child == 0) become(argv + 3, gate);
    int counter = child > 0 ? count_instructions(child) : -1;
    const char *no_counter = counter < 0 ? strerror(errno) : "nothing read";
    double start = now();

    signal(SIGALRM, on_alarm);
    alarm((unsigned)atoi(argv[2]));
    if (child < 0 || write(gate[1], "", 1) != 1) {
        perror("spent");
        return 2;
    }
    while (wait4(child, &status, 0, &use) < 0 && errno == EINTR)
        ;
    report(to, shell_status(status), now() - start, use.ru_maxrss, counter, no_counter);
    return fclose(to) != 0;
}
