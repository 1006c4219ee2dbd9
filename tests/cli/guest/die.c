/* Dies as its argument says. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((noinline)) static void bad_store(volatile int *p)
{
    *p = 1;
}

__attribute__((noinline)) static int divide(volatile int by)
{
    return 10 / by;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (!strcmp(how, "null")) bad_store(NULL);
    if (!strcmp(how, "readonly")) bad_store(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (!strcmp(how, "jump")) ((void (*)(void))0x10)();
    if (!strcmp(how, "divide")) return divide(0);
    if (!strcmp(how, "ud2")) __asm__ volatile("ud2");
    if (!strcmp(how, "sse")) __asm__ volatile("addps %xmm1, %xmm0");
    if (!strcmp(how, "fence")) __asm__ volatile("sfence");
    if (!strcmp(how, "nonsense")) __asm__ volatile(".byte 0x0f, 0x04");
    if (!strcmp(how, "hlt")) __asm__ volatile("hlt");
    if (!strcmp(how, "int3")) __asm__ volatile("int3");
    if (!strcmp(how, "abort")) abort();
    if (!strcmp(how, "signal")) kill(getpid(), atoi(argv[2]));
    return 3;
}
