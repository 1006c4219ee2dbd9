/* io_setup, io_submit, io_getevents: what comes back of each kind of request, what is refused when, full
 * queues, descriptors of events, time limits, and that a child has no contexts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

static uint32_t id;

static long submit(struct iocb *q)
{
    struct iocb *list[1] = {q};
    return raw(SYS_io_submit, id, 1, list);
}

static struct iocb request(int what, int fd, const void *buf, unsigned n, long long at)
{
    return (struct iocb){.aio_data = 0x1122334455667788ull,
                         .aio_lio_opcode = what,
                         .aio_fildes = fd,
                         .aio_buf = (uintptr_t)buf,
                         .aio_nbytes = n,
                         .aio_offset = at};
}

static void result_of(const char *what, struct iocb q)
{
    struct io_event e = {0};
    struct timespec none = {0};
    long done = submit(&q);
    printf("%s: %s, ", what, result(done));
    long n = raw(SYS_io_getevents, id, done == 1, 1, &e, done == 1 ? NULL : &none);
    printf("%ld event", n);
    if (n == 1)
        printf(": %lld, data %d, itself %d, more %lld", (long long)e.res, e.data == q.aio_data,
               e.obj == (uintptr_t)&q, (long long)e.res2);
    putchar('\n');
}

static void kinds(int fd)
{
    char in[32] = "";
    struct iovec v[2] = {{"vec", 3}, {"tor", 3}}, w[2] = {{in, 2}, {in + 2, 8}};
    result_of("write", request(IOCB_CMD_PWRITE, fd, "0123456789", 10, 0));
    result_of("write beyond", request(IOCB_CMD_PWRITE, fd, "end", 3, 10));
    result_of("read", request(IOCB_CMD_PREAD, fd, in, 5, 3));
    printf("%s\n", in);
    result_of("at the end", request(IOCB_CMD_PREAD, fd, in, 5, 13));
    result_of("vectors", request(IOCB_CMD_PWRITEV, fd, v, 2, 2));
    result_of("into vectors", request(IOCB_CMD_PREADV, fd, w, 2, 0));
    printf("%s\n", in);
    result_of("sync", request(IOCB_CMD_FSYNC, fd, NULL, 0, 0));
    result_of("data sync", request(IOCB_CMD_FDSYNC, fd, NULL, 0, 0));
    result_of("bad buffer", request(IOCB_CMD_PREAD, fd, (void *)16, 5, 0));
    result_of("no descriptor", request(IOCB_CMD_PREAD, 77, in, 5, 0));
    result_of("sync of a buffer", request(IOCB_CMD_FSYNC, fd, in, 1, 0));
    result_of("no such kind", request(99, fd, in, 1, 0));
    int r = open("file", O_RDONLY);
    result_of("write where one may read", request(IOCB_CMD_PWRITE, r, in, 1, 0));
    int p[2];
    if (pipe(p)) return;
    result_of("into a pipe", request(IOCB_CMD_PWRITE, p[1], "pipe", 5, 0));
    result_of("out of it", request(IOCB_CMD_PREAD, p[0], in, 32, 0));
    printf("%s\n", in);
    struct iocb q = request(IOCB_CMD_PREAD, fd, in, 1, 0);
    q.aio_reserved2 = 1;
    result_of("reserved", q);
    close(r), close(p[0]), close(p[1]);
}

static void queue(int fd)
{
    struct iocb q[3];
    struct iocb *list[3] = {&q[0], &q[1], &q[2]};
    struct io_event e[4] = {{0}};
    struct timespec soon = {0, 20000000};
    uint64_t told = 0;
    int tell = eventfd(0, EFD_NONBLOCK);
    for (int i = 0; i < 3; i++) {
        q[i] = request(IOCB_CMD_PREAD, fd, e, 0, 0);
        q[i].aio_data = i;
        q[i].aio_flags = IOCB_FLAG_RESFD, q[i].aio_resfd = tell;
    }
    SHOW(raw(SYS_io_submit, id, 3, list));
    SHOW(raw(SYS_io_getevents, id, 3, 4, e, 0));
    printf("in order %d\n", e[0].data == 0 && e[1].data == 1 && e[2].data == 2);
    printf("read %d", (int)read(tell, &told, sizeof told));
    printf(", told %llu\n", (unsigned long long)told);
    SHOW(raw(SYS_io_getevents, id, 1, 4, e, &soon));
    SHOW(raw(SYS_io_getevents, id, 5, 4, e, &soon));
    SHOW(raw(SYS_io_getevents, id, -1, 4, e, &soon));
    SHOW(raw(SYS_io_getevents, id, 0, 0, 0, 0));
    list[1] = (void *)16;
    SHOW(raw(SYS_io_submit, id, 3, list));
    SHOW(raw(SYS_io_getevents, id, 1, 4, 16, 0));
    SHOW(raw(SYS_io_getevents, id, 1, 4, e, 0));
    SHOW(raw(SYS_io_submit, id, 1, 16));
    SHOW(raw(SYS_io_submit, id, -1, list));
    SHOW(raw(SYS_io_submit, id, 0, 16));
    SHOW(raw(SYS_io_cancel, id, list[0], e));
    q[0].aio_resfd = fd;
    SHOW(submit(&q[0]));
    close(tell);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    enter_scratch();
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    uint32_t other = 0;
    SHOW(raw(SYS_io_setup, 8, &id));
    SHOW(raw(SYS_io_setup, 8, &id));
    SHOW(raw(SYS_io_setup, 0, &other));
    SHOW(raw(SYS_io_setup, 1, 16));
    SHOW(raw(SYS_io_setup, 1 << 24, &other));
    SHOW(raw(SYS_io_setup, 1 << 23, &other));
    SHOW(raw(SYS_io_setup, 1, &other));
    printf("two of them %d\n", other && id && other != id);
    kinds(fd);
    queue(fd);
    if (!fork()) {
        printf("the child's: %s\n", result(raw(SYS_io_destroy, id)));
        _exit(0);
    }
    wait(NULL);
    SHOW(raw(SYS_io_destroy, other));
    SHOW(raw(SYS_io_destroy, other));
    SHOW(raw(SYS_io_getevents, other, 0, 0, 0, 0));
    SHOW(raw(SYS_io_destroy, id));
    SHOW(raw(SYS_io_destroy, 0));
    leave_scratch();
    return 0;
}
