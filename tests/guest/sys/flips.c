/* @variants: O2
 * A word that another process changes all the time, which --check must not take for a wrong translation. */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHANGES = 20, TRIES = 1000 };

static volatile unsigned *word;

/* Not so long that all of it were one block's business. */
static __attribute__((noinline)) unsigned next_value(unsigned last)
{
    unsigned tries = 0;
    while (*word == last && ++tries < TRIES) {}
    return *word;
}

static void change_until_alone(pid_t parent)
{
    while (getppid() == parent) {
        ++*word;
        for (volatile int pause = 0; pause < 300; pause++) {}
    }
    _exit(0);
}

int main(void)
{
    pid_t self = getpid(), child;
    unsigned seen = 0, last = 0;

    word = mmap(NULL, sizeof *word, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (word == MAP_FAILED) return 1;
    child = fork();
    if (!child) change_until_alone(self);
    while (seen < CHANGES) {
        unsigned value = next_value(last);
        seen += value != last;
        last = value;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    puts("changed");
    return 0;
}
