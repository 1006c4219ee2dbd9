/* Files by name: open, links, directories, modes, owners, times' names. What a call does to an open file is
 * io.c's and fcntl.c's; stat is stat.c's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "syscalls/proc.h"
#include "syscalls/sys.h"

enum {
    G_O_PATH = 010000000,
    G_O_LARGEFILE = 0100000,
    G_AT_SYMLINK_NOFOLLOW = 0x100,
    G_AT_EMPTY_PATH = 0x1000
};

/* Without O_LARGEFILE, a file that off_t cannot measure is not opened (generic_file_open). */
static bool is_large(int fd)
{
    struct stat st;
    return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > INT32_MAX;
}

static long open_at(struct call *c, int dir, gaddr path, uint32_t flags, uint32_t mode)
{
    char p[PATH_MAX];
    long r = path_at(c, dir, path, (flags & 0400000) ? PATH_NOFOLLOW : PATH_FOLLOW, p);
    if (r) return r;
    int host_flags = (int)(flags_to_host(FT_OPEN, flags & ~3u) | (flags & 3));
    if (!(flags & G_O_PATH)) {
        int made = proc_open(c, p, host_flags);
        if (made != PROC_NOT_OURS) return fd_result(c, made);
    }
    long a[6] = {dir, (long)p, host_flags, mode};
    r = sys_wait(c, RESTART_SYS, SYS_openat, a);
    lost_note(c->s, p, r);
    if (r >= 0 && !(flags & G_O_PATH)) {
        int made = proc_opened(c, (int)r, host_flags);
        if (made != PROC_NOT_OURS) return fd_result(c, made);
    }
    if (r >= 0 && !(flags & (G_O_LARGEFILE | G_O_PATH)) && is_large((int)r)) {
        close((int)r);
        return -G_EOVERFLOW;
    }
    if (r >= 0 && host_flags & O_TRUNC) mm_file_resized(c->mm, (int)r);
    return r < 0 ? r : fd_result(c, r);
}

long call_open(struct call *c)
{
    return open_at(c, AT_FDCWD, c->arg[0], c->arg[1], c->arg[2]);
}

long call_creat(struct call *c)
{
    return open_at(c, AT_FDCWD, c->arg[0], 01101, c->arg[1]); /* O_CREAT | O_WRONLY | O_TRUNC */
}

long call_openat(struct call *c)
{
    return open_at(c, (int)c->arg[0], c->arg[1], c->arg[2], c->arg[3]);
}

/* struct open_how: flags, mode and how to walk the path, 64 bits each. */
long call_openat2(struct call *c)
{
    enum { MAX_SIZE = 4096, WORDS = 3 };
    uint64_t how[MAX_SIZE / 8] = {0};
    char p[PATH_MAX];
    uint32_t size = c->arg[3];
    if (size < WORDS * sizeof *how) return -G_EINVAL;
    if (size > MAX_SIZE) return -G_E2BIG;
    if (mm_read(c->mm, c->arg[2], how, size)) return -G_EFAULT;
    for (size_t i = WORDS; i < MAX_SIZE / 8; i++)
        if (how[i]) return -G_E2BIG;
    if (how[0] > UINT32_MAX || !flags_known(FT_OPEN, (uint32_t)how[0] & ~3u)) return -G_EINVAL;
    bool nofollow = how[0] & 0400000;
    long r = path_at(c, (int)c->arg[0], c->arg[1], nofollow ? PATH_NOFOLLOW : PATH_FOLLOW, p);
    if (r) return r;
    how[0] = flags_to_host(FT_OPEN, (uint32_t)how[0] & ~3u) | (how[0] & 3);
    int made = how[0] & O_PATH ? PROC_NOT_OURS : proc_open(c, p, (int)how[0]);
    if (made != PROC_NOT_OURS) return fd_result(c, made);
    long a[6] = {(int)c->arg[0], (long)p, (long)how, WORDS * sizeof *how};
    r = sys_wait(c, RESTART_SYS, SYS_openat2, a);
    if (r == -G_ENOSYS && !how[2]) { /* before Linux 5.6 */
        if (how[1] & ~(uint64_t)07777 || (how[1] && !(how[0] & (O_CREAT | __O_TMPFILE)))) return -G_EINVAL;
        a[2] = (long)how[0];
        a[3] = (long)how[1];
        r = sys_wait(c, RESTART_SYS, SYS_openat, a);
    }
    if (r >= 0 && how[0] & O_TRUNC) mm_file_resized(c->mm, (int)r);
    made = r < 0 || how[0] & O_PATH ? PROC_NOT_OURS : proc_opened(c, (int)r, (int)how[0]);
    return r < 0 ? r : fd_result(c, made != PROC_NOT_OURS ? made : r);
}

/* --- One path ------------------------------------------------------------------------------------------ */

static long access_at(struct call *c, int dir, gaddr path, uint32_t mode, uint32_t flags)
{
    char p[PATH_MAX];
    long r = path_at(c, dir, path, flags & G_AT_SYMLINK_NOFOLLOW, p);
    if (r) return r;
    if (!flags) return sys_result(syscall(SYS_faccessat, dir, p, mode));
    enum { G_AT_EACCESS = 0x200 };
    if (flags & ~(G_AT_EACCESS | G_AT_SYMLINK_NOFOLLOW | G_AT_EMPTY_PATH)) return -G_EINVAL;
    return sys_result(syscall(SYS_faccessat2, dir, p, mode, flags));
}

long call_access(struct call *c)
{
    return access_at(c, AT_FDCWD, c->arg[0], c->arg[1], 0);
}

long call_faccessat(struct call *c)
{
    return access_at(c, (int)c->arg[0], c->arg[1], c->arg[2], 0);
}

long call_faccessat2(struct call *c)
{
    return access_at(c, (int)c->arg[0], c->arg[1], c->arg[2], c->arg[3]);
}

long call_chdir(struct call *c)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    return r ? r : sys_result(chdir(p));
}

long call_fchdir(struct call *c)
{
    return sys_result(fchdir((int)c->arg[0]));
}

long call_chroot(struct call *c)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    if (!r) r = sys_result(chroot(p));
    if (!r) c->s->p->opt.sysroot = NULL; /* its name means nothing there */
    return r;
}

long call_getcwd(struct call *c)
{
    char p[PATH_MAX];
    long n = syscall(SYS_getcwd, p, sizeof p);
    if (n < 0) return sys_result(n);
    if ((uint32_t)n > c->arg[1]) return -G_ERANGE;
    long r = mm_write(c->mm, c->arg[0], p, (size_t)n);
    return r ? r : n;
}

static long mkdir_at(struct call *c, int dir, gaddr path, uint32_t mode)
{
    char p[PATH_MAX];
    long r = path_arg(c, path, PATH_NOFOLLOW, p);
    return r ? r : sys_result(mkdirat(dir, p, mode));
}

long call_mkdir(struct call *c)
{
    return mkdir_at(c, AT_FDCWD, c->arg[0], c->arg[1]);
}

long call_mkdirat(struct call *c)
{
    return mkdir_at(c, (int)c->arg[0], c->arg[1], c->arg[2]);
}

static long unlink_at(struct call *c, int dir, gaddr path, int flags)
{
    char p[PATH_MAX];
    long r = path_arg(c, path, PATH_NOFOLLOW, p);
    return r ? r : sys_result(unlinkat(dir, p, flags));
}

long call_unlink(struct call *c)
{
    return unlink_at(c, AT_FDCWD, c->arg[0], 0);
}

long call_rmdir(struct call *c)
{
    return unlink_at(c, AT_FDCWD, c->arg[0], AT_REMOVEDIR);
}

long call_unlinkat(struct call *c)
{
    return unlink_at(c, (int)c->arg[0], c->arg[1], (int)c->arg[2]);
}

/* A 16- or 32-bit device number of the guest: 8 or 20 bits of minor around 12 of major (new_decode_dev). */
static dev_t device(uint32_t dev)
{
    return makedev((dev & 0xfff00) >> 8, (dev & 0xff) | (dev >> 12 & 0xfff00));
}

static long mknod_at(struct call *c, int dir, gaddr path, uint32_t mode, uint32_t dev)
{
    char p[PATH_MAX];
    long r = path_arg(c, path, PATH_NOFOLLOW, p);
    return r ? r : sys_result(mknodat(dir, p, mode, device(dev)));
}

long call_mknod(struct call *c)
{
    return mknod_at(c, AT_FDCWD, c->arg[0], c->arg[1], c->arg[2]);
}

long call_mknodat(struct call *c)
{
    return mknod_at(c, (int)c->arg[0], c->arg[1], c->arg[2], c->arg[3]);
}

static long truncate_to(struct call *c, int64_t length)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    if (!r) r = sys_result(truncate(p, length));
    if (!r) mm_path_resized(c->mm, p);
    return r;
}

long call_truncate(struct call *c)
{
    return truncate_to(c, (int32_t)c->arg[1]);
}

long call_truncate64(struct call *c)
{
    return truncate_to(c, (int64_t)(c->arg[1] | (uint64_t)c->arg[2] << 32));
}

/* --- Two paths ----------------------------------------------------------------------------------------- */

static long rename_at(struct call *c, int from, gaddr old, int to, gaddr new, uint32_t flags)
{
    char p[PATH_MAX], q[PATH_MAX];
    long r = path_arg(c, old, PATH_NOFOLLOW, p);
    if (!r) r = path_arg(c, new, PATH_NOFOLLOW, q);
    return r ? r : sys_result(syscall(SYS_renameat2, from, p, to, q, flags));
}

long call_rename(struct call *c)
{
    return rename_at(c, AT_FDCWD, c->arg[0], AT_FDCWD, c->arg[1], 0);
}

long call_renameat(struct call *c)
{
    return rename_at(c, (int)c->arg[0], c->arg[1], (int)c->arg[2], c->arg[3], 0);
}

long call_renameat2(struct call *c)
{
    return rename_at(c, (int)c->arg[0], c->arg[1], (int)c->arg[2], c->arg[3], c->arg[4]);
}

static long link_at(struct call *c, int from, gaddr old, int to, gaddr new, uint32_t flags)
{
    char p[PATH_MAX], q[PATH_MAX];
    long r = path_at(c, from, old, PATH_NOFOLLOW, p);
    if (!r) r = path_at(c, to, new, PATH_NOFOLLOW, q);
    return r ? r : sys_result(linkat(from, p, to, q, (int)flags));
}

long call_link(struct call *c)
{
    return link_at(c, AT_FDCWD, c->arg[0], AT_FDCWD, c->arg[1], 0);
}

long call_linkat(struct call *c)
{
    return link_at(c, (int)c->arg[0], c->arg[1], (int)c->arg[2], c->arg[3], c->arg[4]);
}

/* The text of a link is not a path to be looked up. */
static long symlink_at(struct call *c, gaddr text, int dir, gaddr path)
{
    char t[PATH_MAX], p[PATH_MAX];
    long r = mm_read_string(c->mm, text, t, sizeof t);
    if (r >= 0) r = path_arg(c, path, PATH_NOFOLLOW, p);
    return r ? r : sys_result(symlinkat(t, dir, p));
}

long call_symlink(struct call *c)
{
    return symlink_at(c, c->arg[0], AT_FDCWD, c->arg[1]);
}

long call_symlinkat(struct call *c)
{
    return symlink_at(c, c->arg[0], (int)c->arg[1], c->arg[2]);
}

static long readlink_at(struct call *c, int dir, gaddr path, gaddr buf, uint32_t size)
{
    char p[PATH_MAX], text[PATH_MAX];
    if ((int32_t)size <= 0) return -G_EINVAL;
    long r = path_at(c, dir, path, PATH_NOFOLLOW, p);
    if (r) return r;
    ssize_t n;
    if (proc_kind(c, dir, p) == PROC_EXE) {
        const char *exe = mm_guest_path(c->s->p->root, c->s->p->exe);
        n = (ssize_t)strlen(exe);
        memcpy(text, exe, (size_t)n);
    } else {
        n = readlinkat(dir, p, text, sizeof text);
        if (n < 0) return sys_result(n);
        n = (ssize_t)proc_link_text(text, (size_t)n);
    }
    if ((uint32_t)n > size) n = size;
    r = mm_write(c->mm, buf, text, (size_t)n);
    return r ? r : n;
}

long call_readlink(struct call *c)
{
    return readlink_at(c, AT_FDCWD, c->arg[0], c->arg[1], c->arg[2]);
}

long call_readlinkat(struct call *c)
{
    return readlink_at(c, (int)c->arg[0], c->arg[1], c->arg[2], c->arg[3]);
}
