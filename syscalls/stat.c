/* stat in its four layouts (struct stat, stat64, statx, and statfs's two) with the kernel's overflow rules.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "syscalls/ids.h"
#include "syscalls/sys.h"

enum { G_AT_SYMLINK_NOFOLLOW = 0x100 };

/* new_encode_dev */
static uint32_t encode_device(dev_t dev)
{
    return (minor(dev) & 0xff) | major(dev) << 8 | (minor(dev) & ~0xffu) << 12;
}

static long put_stat(struct call *c, gaddr to, const struct stat *st)
{
    struct guest_stat g = {
        .dev = encode_device(st->st_dev),
        .ino = (uint32_t)st->st_ino,
        .mode = (uint16_t)st->st_mode,
        .nlink = (uint16_t)st->st_nlink,
        .uid = ids_to_16(st->st_uid),
        .gid = ids_to_16(st->st_gid),
        .rdev = encode_device(st->st_rdev),
        .size = (uint32_t)st->st_size,
        .blksize = (uint32_t)st->st_blksize,
        .blocks = (uint32_t)st->st_blocks,
        .atime = (uint32_t)st->st_atim.tv_sec,
        .atime_nsec = (uint32_t)st->st_atim.tv_nsec,
        .mtime = (uint32_t)st->st_mtim.tv_sec,
        .mtime_nsec = (uint32_t)st->st_mtim.tv_nsec,
        .ctime = (uint32_t)st->st_ctim.tv_sec,
        .ctime_nsec = (uint32_t)st->st_ctim.tv_nsec,
    };
    if (g.ino != st->st_ino || g.nlink != st->st_nlink || st->st_size > INT32_MAX) return -G_EOVERFLOW;
    return mm_write(c->mm, to, &g, sizeof g);
}

/* The kernel stores member by member: what the padding held stays (cp_stat64). */
static long put_stat64(struct call *c, gaddr to, const struct stat *st)
{
    struct guest_stat64 g = {
        .dev = encode_device(st->st_dev),
        .ino32 = (uint32_t)st->st_ino,
        .mode = st->st_mode,
        .nlink = (uint32_t)st->st_nlink,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .rdev = encode_device(st->st_rdev),
        .size = st->st_size,
        .blksize = (uint32_t)st->st_blksize,
        .blocks = (uint64_t)st->st_blocks,
        .atime = (uint32_t)st->st_atim.tv_sec,
        .atime_nsec = (uint32_t)st->st_atim.tv_nsec,
        .mtime = (uint32_t)st->st_mtim.tv_sec,
        .mtime_nsec = (uint32_t)st->st_mtim.tv_nsec,
        .ctime = (uint32_t)st->st_ctim.tv_sec,
        .ctime_nsec = (uint32_t)st->st_ctim.tv_nsec,
        .ino = st->st_ino,
    };
    gaddr middle = offsetof(struct guest_stat64, ino32), end = offsetof(struct guest_stat64, size);
    if (mm_write(c->mm, to, &g.dev, sizeof g.dev)) return -G_EFAULT;
    if (mm_write(c->mm, to + middle, &g.ino32, offsetof(struct guest_stat64, pad3) - middle))
        return -G_EFAULT;
    return mm_write(c->mm, to + end, (const char *)&g + end, sizeof g - end);
}

typedef long put_fn(struct call *c, gaddr to, const struct stat *st);

static long stat_at(struct call *c, int dir, gaddr path, uint32_t flags, gaddr to, put_fn *put)
{
    char p[PATH_MAX];
    struct stat st;
    if (!flags_known(FT_AT, flags)) return -G_EINVAL;
    long r = path_at(c, dir, path, flags & G_AT_SYMLINK_NOFOLLOW, p);
    if (!r) r = sys_result(fstatat(dir, p, &st, (int)flags));
    return r ? r : put(c, to, &st);
}

static long stat_fd(struct call *c, put_fn *put)
{
    struct stat st;
    long r = sys_result(fstat((int)c->arg[0], &st));
    return r ? r : put(c, c->arg[1], &st);
}

long call_stat(struct call *c)
{
    return stat_at(c, AT_FDCWD, c->arg[0], 0, c->arg[1], put_stat);
}

long call_lstat(struct call *c)
{
    return stat_at(c, AT_FDCWD, c->arg[0], G_AT_SYMLINK_NOFOLLOW, c->arg[1], put_stat);
}

long call_fstat(struct call *c)
{
    return stat_fd(c, put_stat);
}

long call_stat64(struct call *c)
{
    return stat_at(c, AT_FDCWD, c->arg[0], 0, c->arg[1], put_stat64);
}

long call_lstat64(struct call *c)
{
    return stat_at(c, AT_FDCWD, c->arg[0], G_AT_SYMLINK_NOFOLLOW, c->arg[1], put_stat64);
}

long call_fstat64(struct call *c)
{
    return stat_fd(c, put_stat64);
}

long call_fstatat64(struct call *c)
{
    return stat_at(c, (int)c->arg[0], c->arg[1], c->arg[3], c->arg[2], put_stat64);
}

/* struct statx has one layout on all machines. */
long call_statx(struct call *c)
{
    char p[PATH_MAX];
    struct statx st;
    if (!flags_known(FT_AT, c->arg[2])) return -G_EINVAL;
    long r = path_at(c, (int)c->arg[0], c->arg[1], c->arg[2] & G_AT_SYMLINK_NOFOLLOW, p);
    if (!r) r = sys_result(syscall(SYS_statx, (int)c->arg[0], p, (int)c->arg[2], c->arg[3], &st));
    return r ? r : mm_write(c->mm, c->arg[4], &st, sizeof st);
}

/* --- File systems -------------------------------------------------------------------------------------- */

/* Counts beyond 32 bits are an error, except "unknown" file counts of all ones (put_compat_statfs). */
static long put_statfs(struct call *c, gaddr to, const struct statfs *st)
{
    uint64_t wide =
        st->f_blocks | st->f_bfree | st->f_bavail | (uint64_t)st->f_bsize | (uint64_t)st->f_frsize;
    bool files_fit = st->f_files == UINT64_MAX || st->f_files <= UINT32_MAX;
    bool free_fit = st->f_ffree == UINT64_MAX || st->f_ffree <= UINT32_MAX;
    if (wide > UINT32_MAX || !files_fit || !free_fit) return -G_EOVERFLOW;
    struct guest_statfs g = {
        .type = (uint32_t)st->f_type,
        .bsize = (uint32_t)st->f_bsize,
        .blocks = (uint32_t)st->f_blocks,
        .bfree = (uint32_t)st->f_bfree,
        .bavail = (uint32_t)st->f_bavail,
        .files = (uint32_t)st->f_files,
        .ffree = (uint32_t)st->f_ffree,
        .namelen = (uint32_t)st->f_namelen,
        .frsize = (uint32_t)st->f_frsize,
        .flags = (uint32_t)st->f_flags,
    };
    memcpy(g.fsid, &st->f_fsid, sizeof g.fsid);
    return mm_write(c->mm, to, &g, sizeof g);
}

static long put_statfs64(struct call *c, gaddr to, uint32_t size, const struct statfs *st)
{
    struct guest_statfs64 g = {
        .type = (uint32_t)st->f_type,
        .bsize = (uint32_t)st->f_bsize,
        .blocks = st->f_blocks,
        .bfree = st->f_bfree,
        .bavail = st->f_bavail,
        .files = st->f_files,
        .ffree = st->f_ffree,
        .namelen = (uint32_t)st->f_namelen,
        .frsize = (uint32_t)st->f_frsize,
        .flags = (uint32_t)st->f_flags,
    };
    if (size != sizeof g) return -G_EINVAL;
    memcpy(g.fsid, &st->f_fsid, sizeof g.fsid);
    return mm_write(c->mm, to, &g, sizeof g);
}

static long statfs_of_path(struct call *c, struct statfs *st)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    return r ? r : sys_result(statfs(p, st));
}

long call_statfs(struct call *c)
{
    struct statfs st;
    long r = statfs_of_path(c, &st);
    return r ? r : put_statfs(c, c->arg[1], &st);
}

long call_fstatfs(struct call *c)
{
    struct statfs st;
    long r = sys_result(fstatfs((int)c->arg[0], &st));
    return r ? r : put_statfs(c, c->arg[1], &st);
}

long call_statfs64(struct call *c)
{
    struct statfs st;
    long r = statfs_of_path(c, &st);
    return r ? r : put_statfs64(c, c->arg[2], c->arg[1], &st);
}

long call_fstatfs64(struct call *c)
{
    struct statfs st;
    long r = sys_result(fstatfs((int)c->arg[0], &st));
    return r ? r : put_statfs64(c, c->arg[2], c->arg[1], &st);
}
