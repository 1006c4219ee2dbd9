/* Reading directories. Owns how a 64-bit directory position becomes a 32-bit one.
 *
 * ext4 gives 64-bit processes positions of 63 hash bits, and 32-bit ones the upper half of these. A guest
 * that saw the 64-bit ones would fail with EOVERFLOW in readdir(), so positions beyond 31 bits are cut to
 * their upper half, which is what the guest would have got from the kernel; seeking puts them back. The file
 * systems where that happened are remembered, since small positions are meant literally on all others. */
#include "syscalls/dir.h"

#include <ctype.h>
#include <dirent.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/proc.h"

struct host_dirent {
    uint64_t ino;
    int64_t off;
    uint16_t reclen;
    uint8_t type;
    char name[];
};

struct guest_dirent { /* getdents: the type is the record's last byte */
    uint32_t ino, off;
    uint16_t reclen;
    char name[];
};

enum { MIN_BATCH = 512, MAX_BATCH = 32768, NAME_AT = offsetof(struct guest_dirent, name), NAME_AT64 = 19 };
enum { HASHED_MAX = 8 };

static dev_t hashed_dev[HASHED_MAX]; /* file systems with 63-bit positions */
static unsigned hashed;

static bool is_hashed(int fd)
{
    struct stat st;
    if (fstat(fd, &st)) return false;
    for (unsigned i = 0; i < hashed; i++)
        if (hashed_dev[i] == st.st_dev) return true;
    return false;
}

static void note_hashed(int fd)
{
    struct stat st;
    if (hashed < HASHED_MAX && !is_hashed(fd) && !fstat(fd, &st)) hashed_dev[hashed++] = st.st_dev;
}

static int64_t small_offset(int fd, int64_t off)
{
    if (off <= INT32_MAX) return off;
    if (off != INT64_MAX) note_hashed(fd); /* others use the greatest number as the end, too */
    return off >> 32;
}

int64_t dir_seek(struct call *c, int fd, int64_t offset, uint32_t whence)
{
    (void)c;
    int host = value_to_host(FT_WHENCE, whence);
    if (host < 0) return -G_EINVAL;
    bool shift = hashed && is_hashed(fd);
    struct stat st;
    if (shift) shift = !fstat(fd, &st) && S_ISDIR(st.st_mode);
    if (shift && host == SEEK_SET && offset > INT32_MAX) return -G_EINVAL;
    if (shift && host == SEEK_SET && offset > 0) offset <<= 32;
    int64_t r = sys_result(lseek(fd, offset, host));
    return shift && r > INT32_MAX ? r >> 32 : r;
}

static size_t align(size_t n, size_t to)
{
    return (n + to - 1) & -to;
}

/* One record in the guest's format; its length, or a negative guest errno. */
static long put_old(struct call *c, int fd, const struct host_dirent *d, gaddr to, uint32_t room)
{
    size_t name = strlen(d->name), len = align(NAME_AT + name + 2, 4);
    uint8_t rec[NAME_AT + 256 + 8] = {0};
    if (len > room) return -G_EINVAL;
    if (d->ino > UINT32_MAX) return -G_EOVERFLOW;
    struct guest_dirent head = {(uint32_t)d->ino, (uint32_t)small_offset(fd, d->off), (uint16_t)len};
    memcpy(rec, &head, NAME_AT);
    memcpy(rec + NAME_AT, d->name, name);
    rec[len - 1] = d->type;
    return mm_write(c->mm, to, rec, len) ? -G_EFAULT : (long)len;
}

static long put_64(struct call *c, int fd, const struct host_dirent *d, gaddr to, uint32_t room)
{
    size_t name = strlen(d->name), len = align(NAME_AT64 + name + 1, 8);
    uint8_t rec[NAME_AT64 + 256 + 8] = {0};
    if (len > room) return -G_EINVAL;
    int64_t off = small_offset(fd, d->off);
    uint16_t reclen = (uint16_t)len;
    memcpy(rec, &d->ino, 8);
    memcpy(rec + 8, &off, 8);
    memcpy(rec + 16, &reclen, 2);
    rec[18] = d->type;
    memcpy(rec + NAME_AT64, d->name, name);
    return mm_write(c->mm, to, rec, len) ? -G_EFAULT : (long)len;
}

/* A descriptor of tierrun's own, in a list of them. */
static bool is_hidden(struct call *c, const char *name)
{
    return isdigit((unsigned char)*name) && fd_usable(c->s, (uint32_t)strtoul(name, NULL, 10)) < 0;
}

typedef long put_fn(struct call *c, int fd, const struct host_dirent *d, gaddr to, uint32_t room);

/* What does not fit into the guest's buffer, or cannot be given, goes back by seeking. */
static long get_entries(struct call *c, put_fn *put)
{
    int fd = (int)c->arg[0];
    uint32_t room = c->arg[2], done = 0;
    uint8_t *batch = malloc(MAX_BATCH);
    if (!batch) return -G_ENOMEM;
    int64_t last = lseek(fd, 0, SEEK_CUR);
    size_t want = room < MIN_BATCH ? MIN_BATCH : room > MAX_BATCH ? MAX_BATCH : room;
    long n = sys_result(syscall(SYS_getdents64, fd, batch, want));
    long r = 0;
    bool some_hidden = n > 0 && proc_lists_fds(fd);
    for (long at = 0; at < n;) {
        const struct host_dirent *d = (const struct host_dirent *)(batch + at);
        if (some_hidden && is_hidden(c, d->name))
            r = 0;
        else
            r = put(c, fd, d, c->arg[1] + done, room - done);
        if (r < 0) break;
        done += (uint32_t)r;
        at += d->reclen;
        last = d->off;
    }
    free(batch);
    if (n < 0) return n;
    if (r < 0) lseek(fd, last, SEEK_SET);
    return r < 0 && !done ? r : (long)done;
}

/* One entry with its own position, not the next one's. */
long call_readdir(struct call *c)
{
    int fd = (int)c->arg[0];
    uint8_t batch[MIN_BATCH];
    const struct host_dirent *d = (const struct host_dirent *)batch;
    int64_t at;
    do {
        at = lseek(fd, 0, SEEK_CUR);
        long n = sys_result(syscall(SYS_getdents64, fd, batch, sizeof batch));
        if (n <= 0) return n;
        lseek(fd, d->off, SEEK_SET);
    } while (proc_lists_fds(fd) && is_hidden(c, d->name));
    if (d->ino > UINT32_MAX) return -G_EOVERFLOW;
    struct guest_dirent head = {(uint32_t)d->ino, (uint32_t)small_offset(fd, at), (uint16_t)strlen(d->name)};
    if (mm_write(c->mm, c->arg[1], &head, NAME_AT)) return -G_EFAULT;
    return mm_write(c->mm, c->arg[1] + NAME_AT, d->name, head.reclen + 1u) ? -G_EFAULT : 1;
}

long call_getdents(struct call *c)
{
    return get_entries(c, put_old);
}

long call_getdents64(struct call *c)
{
    return get_entries(c, put_64);
}
