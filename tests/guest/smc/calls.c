/* Code that system calls write: into pages whose old code has run, with its counters beside it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/smc/code.h"

static char *page;
static uint32_t next = 1000;
static char image[FUNCTION];

static void before(void)
{
    put_function(page + 100, ++next);
    put_function(image, next + 500);
    if (call_hot(page + 100) != next) printf("old code\n");
}

static void after(const char *what, long r)
{
    printf("%s: %s %s\n", what, r == FUNCTION ? "all" : "not all",
           call_hot(page + 100) == next + 500 ? "new" : "old");
}

int main(void)
{
    int p[2], s[2], fd = memfd_create("code", 0);
    struct iovec v[2] = {{NULL, 2}, {NULL, FUNCTION - 2}};
    page = code_pages(2);
    v[0].iov_base = page + 100, v[1].iov_base = page + 102;
    if (pipe(p) || socketpair(AF_UNIX, SOCK_STREAM, 0, s)) return 1;
    for (int round = 0; round < 3; round++) {
        struct iovec from = {image, FUNCTION};
        before();
        after("process_vm_writev", process_vm_writev(getpid(), &from, 1, v, 2, 0));
        before();
        after("process_vm_readv", process_vm_readv(getpid(), v, 2, &from, 1, 0));
        before(), write(p[1], image, FUNCTION);
        after("read", read(p[0], page + 100, FUNCTION));
        before(), write(p[1], image, FUNCTION);
        after("readv", readv(p[0], v, 2));
        before(), pwrite(fd, image, FUNCTION, 0);
        after("pread", pread(fd, page + 100, FUNCTION, 0));
        before(), send(s[0], image, FUNCTION, 0);
        after("recv", recv(s[1], page + 100, FUNCTION, 0));
        before(), send(s[0], image, FUNCTION, 0);
        struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
        after("recvmsg", recvmsg(s[1], &m, 0));
    }
    /* Results beside code: written, and the code still runs. */
    put_function(page + 100, 77);
    uint32_t sum = 0;
    int bytes;
    struct timespec *t = (void *)(page + 200);
    for (int i = 0; i < 200; i++) {
        sum += call_function(page + 100);
        if (clock_gettime(CLOCK_MONOTONIC, t) || t->tv_nsec < 0) printf("clock_gettime\n");
        if (syscall(SYS_gettimeofday, page + 300, NULL)) printf("gettimeofday\n");
        if (ioctl(p[0], FIONREAD, page + 400)) printf("ioctl\n");
        if (pipe((int *)(page + 500))) printf("pipe\n");
        close(((int *)(page + 500))[0]), close(((int *)(page + 500))[1]);
        memcpy(&bytes, page + 400, 4);
        if (bytes) printf("%d bytes\n", bytes);
    }
    printf("%u\n", sum);
    return 0;
}
