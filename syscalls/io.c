/* Reading, writing and positioning open files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/dir.h"
#include "syscalls/fds.h"
#include "syscalls/proc.h"

/* One host call for a prepared transfer: `one` for a single piece, `many` for iovecs; `at` is the file
 * position of the p-calls, `flags` RWF_ bits. */
struct op {
    long one, many;
    bool positioned;
    int64_t at;
    uint32_t flags;
};

static long run(struct call *c, struct xfer *x, const struct op *op)
{
    long fd = (int)c->arg[0];
    long pos = op->positioned ? (long)op->at : 0;
    long r;
    if (procmem_is(c, (int)fd))
        return xfer_end(c, x, procmem_move(c, (int)fd, x, op->positioned ? &op->at : NULL));
    if (x->count == 1 && !op->flags && op->one) {
        long a[6] = {fd, (long)x->iov[0].iov_base, (long)x->iov[0].iov_len, pos};
        r = sys_wait(c, RESTART_SYS, op->one, a);
    } else {
        long a[6] = {fd, (long)x->iov, x->count, pos, 0, op->flags};
        r = sys_wait(c, RESTART_SYS, op->many, a);
    }
    return xfer_end(c, x, r);
}

static long single(struct call *c, bool to_guest, const struct op *op)
{
    struct xfer x;
    long r = xfer_begin(c, &x, c->arg[1], c->arg[2], to_guest);
    return r ? r : run(c, &x, op);
}

static long vector(struct call *c, bool to_guest, const struct op *op)
{
    struct xfer x;
    long r = xfer_begin_vec(c, &x, c->arg[1], c->arg[2], to_guest);
    if (r) {
        /* A bad descriptor is noticed before a bad vector. */
        r = fcntl((int)c->arg[0], F_GETFD) < 0 ? sys_result(-1) : r;
        xfer_end(c, &x, 0);
        return r;
    }
    return run(c, &x, op);
}

static int64_t pair(uint32_t low, uint32_t high)
{
    return (int64_t)(low | (uint64_t)high << 32);
}

long call_read(struct call *c)
{
    if (c->s->p->has_signalfd && fds_is_signalfd((int)c->arg[0])) return fds_read_signals(c);
    return single(c, true, &(struct op){.one = SYS_read, .many = SYS_readv});
}

long call_write(struct call *c)
{
    return single(c, false, &(struct op){.one = SYS_write, .many = SYS_writev});
}

long call_pread64(struct call *c)
{
    int64_t at = pair(c->arg[3], c->arg[4]);
    return single(c, true, &(struct op){SYS_pread64, SYS_preadv, true, at, 0});
}

long call_pwrite64(struct call *c)
{
    int64_t at = pair(c->arg[3], c->arg[4]);
    return single(c, false, &(struct op){SYS_pwrite64, SYS_pwritev, true, at, 0});
}

long call_readv(struct call *c)
{
    return vector(c, true, &(struct op){.one = SYS_read, .many = SYS_readv});
}

long call_writev(struct call *c)
{
    return vector(c, false, &(struct op){.one = SYS_write, .many = SYS_writev});
}

long call_preadv(struct call *c)
{
    int64_t at = pair(c->arg[3], c->arg[4]);
    return vector(c, true, &(struct op){SYS_pread64, SYS_preadv, true, at, 0});
}

long call_pwritev(struct call *c)
{
    int64_t at = pair(c->arg[3], c->arg[4]);
    return vector(c, false, &(struct op){SYS_pwrite64, SYS_pwritev, true, at, 0});
}

long call_preadv2(struct call *c)
{
    int64_t at = pair(c->arg[3], c->arg[4]);
    return vector(c, true, &(struct op){0, SYS_preadv2, true, at, c->arg[5]});
}

long call_pwritev2(struct call *c)
{
    int64_t at = pair(c->arg[3], c->arg[4]);
    return vector(c, false, &(struct op){0, SYS_pwritev2, true, at, c->arg[5]});
}

/* --- Position ------------------------------------------------------------------------------------------ */

long call_lseek(struct call *c)
{
    /* A position beyond 32 bits is cut, as a 64-bit kernel does for its 32-bit tasks. */
    return (int32_t)dir_seek(c, (int)c->arg[0], (int32_t)c->arg[1], c->arg[2]);
}

long call__llseek(struct call *c)
{
    int64_t r = dir_seek(c, (int)c->arg[0], pair(c->arg[2], c->arg[1]), c->arg[4]);
    if (r < 0) return (long)r;
    return mm_write(c->mm, c->arg[3], &r, sizeof r);
}

/* --- Whole files --------------------------------------------------------------------------------------- */

static long send_file(struct call *c, uint32_t size)
{
    int64_t at = 0;
    gaddr where = c->arg[2];
    if (where && mm_read(c->mm, where, &at, size)) return -G_EFAULT;
    off_t off = size == 4 ? (int32_t)at : at;
    long a[6] = {(int)c->arg[0], (int)c->arg[1], where ? (long)&off : 0, c->arg[3]};
    long r = sys_wait(c, RESTART_SYS, SYS_sendfile, a);
    if (r < 0 || !where) return r;
    at = off;
    return mm_write(c->mm, where, &at, size) ? -G_EFAULT : r;
}

long call_sendfile(struct call *c)
{
    return send_file(c, 4);
}

long call_sendfile64(struct call *c)
{
    return send_file(c, 8);
}

/* Both take two descriptors, each with a 64-bit position of its own or none. */
static long between(struct call *c, long nr)
{
    int64_t off[2] = {0, 0};
    for (int i = 0; i < 2; i++)
        if (c->arg[1 + 2 * i] && mm_read(c->mm, c->arg[1 + 2 * i], &off[i], 8)) return -G_EFAULT;
    long a[6] = {(int)c->arg[0], c->arg[1] ? (long)&off[0] : 0,
                 (int)c->arg[2], c->arg[3] ? (long)&off[1] : 0,
                 c->arg[4],      c->arg[5]};
    long r = sys_wait(c, RESTART_SYS, nr, a);
    for (int i = 0; i < 2 && r >= 0; i++)
        if (c->arg[1 + 2 * i] && mm_write(c->mm, c->arg[1 + 2 * i], &off[i], 8)) return -G_EFAULT;
    return r;
}

long call_copy_file_range(struct call *c)
{
    return between(c, SYS_copy_file_range);
}

long call_splice(struct call *c)
{
    return between(c, SYS_splice);
}

long call_tee(struct call *c)
{
    long a[6] = {(int)c->arg[0], (int)c->arg[1], c->arg[2], c->arg[3]};
    return sys_wait(c, RESTART_SYS, SYS_tee, a);
}

/* Bytes are copied, not pages lent: who gives pages away must not look at them again. */
long call_vmsplice(struct call *c)
{
    enum { NONBLOCK = 2, ALL = 15 };
    if (c->arg[3] & ~(uint32_t)ALL) return -G_EINVAL;
    int mode = fcntl((int)c->arg[0], F_GETFL);
    if (mode < 0 || fcntl((int)c->arg[0], F_GETPIPE_SZ) < 0) return -G_EBADF;
    bool out = (mode & O_ACCMODE) == O_WRONLY;
    struct pollfd ready = {.fd = (int)c->arg[0], .events = out ? POLLOUT : POLLIN};
    if (c->arg[3] & NONBLOCK && poll(&ready, 1, 0) == 0) return -G_EAGAIN;
    return out ? call_writev(c) : call_readv(c);
}

static long truncate_fd(struct call *c, int64_t length)
{
    long r = sys_result(ftruncate((int)c->arg[0], length));
    if (!r) mm_file_resized(c->mm, (int)c->arg[0]);
    return r;
}

long call_ftruncate(struct call *c)
{
    return truncate_fd(c, (int32_t)c->arg[1]);
}

long call_ftruncate64(struct call *c)
{
    return truncate_fd(c, (int64_t)pair(c->arg[1], c->arg[2]));
}

long call_fallocate(struct call *c)
{
    int64_t at = pair(c->arg[2], c->arg[3]), len = pair(c->arg[4], c->arg[5]);
    return sys_result(fallocate((int)c->arg[0], (int)c->arg[1], at, len));
}

/* Advice: POSIX_FADV_ numbers are the same on all hosts that we know. */
long call_fadvise64(struct call *c)
{
    int r = posix_fadvise((int)c->arg[0], pair(c->arg[1], c->arg[2]), c->arg[3], (int)c->arg[4]);
    return r ? -errno_to_guest(r) : 0;
}

long call_fadvise64_64(struct call *c)
{
    int r =
        posix_fadvise((int)c->arg[0], pair(c->arg[1], c->arg[2]), pair(c->arg[3], c->arg[4]), (int)c->arg[5]);
    return r ? -errno_to_guest(r) : 0;
}

long call_readahead(struct call *c)
{
    return sys_result(readahead((int)c->arg[0], pair(c->arg[1], c->arg[2]), c->arg[3]));
}

long call_sync_file_range(struct call *c)
{
    int64_t at = pair(c->arg[1], c->arg[2]), len = pair(c->arg[3], c->arg[4]);
    return sys_result(sync_file_range((int)c->arg[0], at, len, c->arg[5]));
}

long call_sync(struct call *c)
{
    (void)c;
    sync();
    return 0;
}

long call_syncfs(struct call *c)
{
    return sys_result(syncfs((int)c->arg[0]));
}

long call_fsync(struct call *c)
{
    return sys_result(fsync((int)c->arg[0]));
}

long call_fdatasync(struct call *c)
{
    return sys_result(fdatasync((int)c->arg[0]));
}

long call_close(struct call *c)
{
    return sys_result(syscall(SYS_close, (int)c->arg[0]));
}
