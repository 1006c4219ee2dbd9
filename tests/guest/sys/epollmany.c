/* epoll_wait gives as many events as are there and asked for, thousands of them too. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WANTED = 9000, SPARE = 50, PAGE = 4096 };

int main(void)
{
    struct rlimit limit;
    int ep = epoll_create1(0), fd = eventfd(1, 0), n = 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    while (n < WANTED && (rlim_t)n + SPARE < limit.rlim_max) {
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)n};
        if (epoll_ctl(ep, EPOLL_CTL_ADD, dup(fd), &e)) break;
        n++;
    }
    struct epoll_event *got = calloc((size_t)n, sizeof *got);
    unsigned char *seen = calloc((size_t)n, 1);
    int ready = epoll_wait(ep, got, n, 0), distinct = 0;
    for (int i = 0; i < ready; i++)
        distinct += !seen[got[i].data.u32]++;
    printf("all %d, each once %d\n", ready == n, distinct == n);
    /* Room for two only: those are told, the third is not lost. */
    char *room = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(room + PAGE, PAGE, PROT_NONE);
    ready = epoll_wait(ep, (struct epoll_event *)(room + PAGE - 2 * sizeof *got), 3, 0);
    printf("in front of a page that is not there: %d\n", ready);
    ready = epoll_wait(ep, (struct epoll_event *)(room + PAGE), 3, 0);
    printf("on it: %d, EFAULT %d\n", ready, ready < 0 && errno == EFAULT);
    return 0;
}
