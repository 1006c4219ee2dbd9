/* A guest whose counts are known: turns TIMES [fork|own|exec PROGRAM|closed|crash|wait]. The block
 * `spin_loop` runs TIMES times, `step` is called SEVEN times. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEVEN = 7 };

void spin(unsigned times);
__asm__(".text\n.globl spin, spin_loop\n.type spin, @function\n.type spin_loop, @function\n"
        "spin: mov 4(%esp), %ecx\n"
        "jmp spin_loop\n"
        "nop\n"
        "spin_loop: dec %ecx\n"
        "jnz spin_loop\n"
        "ret\n");

static volatile unsigned steps;

__attribute__((noinline)) static void step(void)
{
    steps++;
}

static volatile sig_atomic_t own;

static void on_usr2(int signo)
{
    own = signo;
}

int main(int argc, char **argv)
{
    const char *then = argc > 2 ? argv[2] : "";
    for (int k = 0; k < SEVEN; k++)
        step();
    if (!strcmp(then, "fork")) {
        if (!fork()) {
            spin(1000);
            _exit(3);
        }
        wait(NULL);
    }
    if (!strcmp(then, "own")) {
        signal(SIGUSR2, on_usr2);
        raise(SIGUSR2);
    }
    spin((unsigned)atoi(argv[1]));
    puts(own ? "its own handler ran" : "done");
    fflush(stdout);
    if (!strcmp(then, "closed")) close(2);
    if (!strcmp(then, "exec")) execv(argv[3], argv + 3);
    if (!strcmp(then, "crash")) *(volatile int *)4 = 1;
    char byte;
    return !strcmp(then, "wait") && read(0, &byte, 1) != 1;
}
