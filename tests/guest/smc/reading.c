/* @seconds: 8
 * A read() that waits for code while another thread runs what is in the page. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <errno.h>
static char *page;
static int p[2];
static long got;
static int err;
static void *rd(void *a)
{
    got = read(p[0], page + 100, 6);
    err = errno;
    return 0;
}
int main()
{
    page = mmap(0, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pipe(p);
    unsigned char c[6] = {0xb8, 5, 0, 0, 0, 0xc3};
    memcpy(page + 100, c, 6);
    memcpy(page + 200, c, 6);
    int s = ((int (*)(void))(page + 100))();
    pthread_t t;
    pthread_create(&t, 0, rd, 0);
    usleep(5000);
    for (int i = 0; i < 100; i++)
        s += ((int (*)(void))(page + 200))(), s += ((int (*)(void))(page + 100))();
    c[1] = 9;
    write(p[1], c, 6);
    pthread_join(t, 0);
    printf("%ld %d %d\n", got, got < 0 ? err : 0, ((int (*)(void))(page + 100))());
}
