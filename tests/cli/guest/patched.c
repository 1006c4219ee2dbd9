/* A function that is rewritten after it has run, one beside it, and both after mprotect(): what each returns
 * shows which changes of code are noticed. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { BESIDE = 64, PAGE = 4096 };

static void put(unsigned char *at, unsigned char n)
{
    memcpy(at, (unsigned char[]){0xb8, n, 0, 0, 0, 0xc3}, 6); /* mov eax, n; ret */
}

static int call(unsigned char *at)
{
    int sum = 0;
    for (int i = 0; i < 100; i++)
        sum += ((int (*)(void))(void *)at)();
    return sum / 100;
}

int main(void)
{
    enum { ALL = PROT_READ | PROT_WRITE | PROT_EXEC };
    unsigned char *page = mmap(NULL, PAGE, ALL, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return 99;
    put(page, 1);
    put(page + BESIDE, 2);
    printf("made %d %d\n", call(page), call(page + BESIDE));
    put(page, 3);
    printf("rewritten %d %d\n", call(page), call(page + BESIDE));
    put(page, 4);
    put(page + BESIDE, 5);
    mprotect(page, PAGE, PROT_READ | PROT_EXEC);
    printf("protected %d %d\n", call(page), call(page + BESIDE));
    return 0;
}
