/* The layouts of struct stat, stat64, statx, statfs and statfs64, byte by byte against each other, for a file
 * whose every property is known; and what does not fit. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/guest/sys/raw.h"

struct old { /* struct __old_kernel_stat's successor, number 106 */
    uint32_t dev, ino;
    uint16_t mode, nlink, uid, gid;
    uint32_t rdev, size, blksize, blocks, atime, atime_n, mtime, mtime_n, ctime, ctime_n, u4, u5;
};

struct __attribute__((packed)) wide {
    uint64_t dev;
    uint32_t pad0, ino32, mode, nlink, uid, gid;
    uint64_t rdev;
    uint32_t pad3;
    uint64_t size;
    uint32_t blksize;
    uint64_t blocks;
    uint32_t atime, atime_n, mtime, mtime_n, ctime, ctime_n;
    uint64_t ino;
};

static void show(const char *name)
{
    struct old o;
    struct wide w;
    struct statx x;
    char guard[8];
    memset(&o, 0xaa, sizeof o);
    memset(&w, 0xaa, sizeof w);
    long ro = raw(SYS_lstat, name, &o), rw = raw(SYS_lstat64, name, &w);
    long rx = raw(SYS_statx, -100, name, AT_SYMLINK_NOFOLLOW, 0x7ff, &x);
    printf("%s: lstat %s lstat64 %s statx %s\n", name, result(ro), result(rw), result(rx));
    if (rw) return;
    printf("  mode %o nlink %u uid %u gid %u rdev %llx size %llu blocks %llu atime %u.%u mtime %u.%u\n",
           w.mode, w.nlink, w.uid, w.gid, w.rdev, w.size, w.blocks, w.atime, w.atime_n, w.mtime, w.mtime_n);
    printf("  inode twice %d, pads %x %x\n", w.ino32 == (uint32_t)w.ino, w.pad0, w.pad3);
    printf(
        "  statx: mode %o nlink %u size %llu blocks %llu mtime %lld.%u rdev %u:%u same device %d inode %d\n",
        x.stx_mode, x.stx_nlink, x.stx_size, x.stx_blocks, x.stx_mtime.tv_sec, x.stx_mtime.tv_nsec,
        x.stx_rdev_major, x.stx_rdev_minor, (x.stx_dev_minor & 0xff) + x.stx_dev_major * 256 == w.dev,
        x.stx_ino == w.ino);
    if (ro) return;
    printf("  old: mode %o nlink %u uid %u gid %u rdev %x size %u blksize same %d blocks %u mtime %u.%u tail "
           "%x %x\n",
           o.mode, o.nlink, o.uid, o.gid, o.rdev, o.size, o.blksize == w.blksize, o.blocks, o.mtime,
           o.mtime_n, o.u4, o.u5);
    printf("  old: device same %d inode same %d ctime same %d\n", o.dev == (uint32_t)w.dev,
           o.ino == (uint32_t)w.ino, o.ctime == w.ctime && o.ctime_n == w.ctime_n);
}

int main(void)
{
    enter_scratch();
    umask(022);
    int fd = open("file", O_RDWR | O_CREAT | O_LARGEFILE, 0654);
    if (write(fd, "hello", 5) != 5) return 1;
    int32_t times[4] = {1000000001, 111, 1234567890, 987654321};
    SHOW(raw(SYS_utimensat, -100, "file", times, 0));
    link("file", "second");
    symlink("file", "link");
    mkdir("dir", 01777);
    mkfifo("fifo", 0600);
    raw(SYS_utimensat, -100, "link", times, AT_SYMLINK_NOFOLLOW);
    raw(SYS_utimensat, -100, "fifo", times, 0);
    show("file");
    show("link");
    show("fifo");
    show("missing");
    struct old o;
    struct wide w;
    SHOW(raw(SYS_fstat, fd, &o));
    SHOW(raw(SYS_fstat64, fd, &w));
    SHOW(raw(SYS_fstatat64, -100, "link", &w, 0));
    printf("mode %o\n", w.mode);
    SHOW(raw(SYS_fstatat64, -100, "link", &w, AT_SYMLINK_NOFOLLOW));
    printf("mode %o\n", w.mode);
    SHOW(raw(SYS_fstatat64, fd, "", &w, AT_EMPTY_PATH));
    SHOW(raw(SYS_fstatat64, fd, "", &w, 0));
    SHOW(raw(SYS_fstatat64, -100, "file", &w, 0x80000));
    /* A file that 32 bits do not measure. */
    SHOW(raw(SYS_ftruncate64, fd, 0x80000000u, 1));
    raw(SYS_utimensat, -100, "file", times, 0);
    show("file");
    SHOW(raw(SYS_fstat, fd, &o));
    SHOW(raw(SYS_open, "file", O_RDONLY & ~0100000));
    SHOW(raw(SYS_open, "file", 0100000) >= 0);
    int64_t at;
    SHOW(raw(SYS__llseek, fd, 1, 0x10, &at, SEEK_SET));
    printf("at %lld\n", (long long)at);
    SHOW(raw(SYS_lseek, fd, 0, SEEK_CUR));
    SHOW(raw(SYS_lseek, fd, 0, 9));
    SHOW(raw(SYS_lseek, fd, -1, SEEK_SET));
    SHOW(raw(SYS_ftruncate, fd, 100));
    SHOW(raw(SYS_ftruncate, fd, -1));
    SHOW(raw(SYS_truncate64, "file", 7, 0));
    SHOW(raw(SYS_truncate, "dir", 7));
    SHOW(raw(SYS_pread64, fd, &w, 5, -1, -1));
    uint32_t sf[21], sf32[16];
    memset(sf, 0xaa, sizeof sf);
    SHOW(raw(SYS_statfs64, "/proc", 84, sf));
    printf("type %x bsize %u blocks %u namelen %u frsize %u flags %x spare %x\n", sf[0], sf[1], sf[2], sf[14],
           sf[15], sf[16] & ~0x1020, sf[20]);
    SHOW(raw(SYS_statfs64, "/proc", 88, sf));
    SHOW(raw(SYS_statfs, "/proc", sf32));
    printf("type %x bsize %u blocks %u namelen %u frsize %u\n", sf32[0], sf32[1], sf32[2], sf32[9], sf32[10]);
    SHOW(raw(SYS_fstatfs64, fd, 84, sf));
    leave_scratch();
    return 0;
}
