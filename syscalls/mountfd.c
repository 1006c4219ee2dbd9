/* Mounting by descriptors: a file system is opened, configured, mounted, and moved to where it shall be.
 * Numbers and structures are the same on all machines. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { MAX_WORD = 256, MAX_BLOB = 1 << 20 };

long call_open_tree(struct call *c)
{
    char p[PATH_MAX];
    long r = path_at(c, (int)c->arg[0], c->arg[1], c->arg[2] & AT_SYMLINK_NOFOLLOW, p);
    return r ? r : fd_result(c, syscall(SYS_open_tree, (int)c->arg[0], p, c->arg[2]));
}

long call_move_mount(struct call *c)
{
    enum { FROM_LINKS = 1, TO_LINKS = 0x10 };
    char from[PATH_MAX], to[PATH_MAX];
    uint32_t flags = c->arg[4];
    long r = path_at(c, (int)c->arg[0], c->arg[1], flags & FROM_LINKS ? PATH_FOLLOW : PATH_NOFOLLOW, from);
    if (!r) r = path_at(c, (int)c->arg[2], c->arg[3], flags & TO_LINKS ? PATH_FOLLOW : PATH_NOFOLLOW, to);
    return r ? r : sys_result(syscall(SYS_move_mount, (int)c->arg[0], from, (int)c->arg[2], to, flags));
}

long call_fsopen(struct call *c)
{
    char type[MAX_WORD];
    long n = mm_read_string(c->mm, c->arg[0], type, sizeof type);
    if (n < 0) return n == -G_ENAMETOOLONG ? -G_EINVAL : n;
    return fd_result(c, syscall(SYS_fsopen, type, c->arg[1]));
}

long call_fsmount(struct call *c)
{
    return fd_result(c, syscall(SYS_fsmount, (int)c->arg[0], c->arg[1], c->arg[2]));
}

long call_fspick(struct call *c)
{
    enum { NOFOLLOW = 2 };
    char p[PATH_MAX];
    long r = path_at(c, (int)c->arg[0], c->arg[1], c->arg[2] & NOFOLLOW ? PATH_NOFOLLOW : PATH_FOLLOW, p);
    return r ? r : fd_result(c, syscall(SYS_fspick, (int)c->arg[0], p, c->arg[2]));
}

/* --- fsconfig: what the value is depends on the command ------------------------------------------------ */

enum { SET_FLAG, SET_STRING, SET_BINARY, SET_PATH, SET_PATH_EMPTY, SET_FD };

/* Its number or the folder's is in the last argument. */
static int descriptor_or_number(const struct call *c)
{
    bool is_fd = c->arg[1] >= SET_PATH && c->arg[1] <= SET_FD;
    return is_fd ? fd_usable(c->s, c->arg[4]) : (int)c->arg[4];
}

static long fetch_value(struct call *c, char *value)
{
    switch (c->arg[1]) {
    case SET_STRING: {
        long n = mm_read_string(c->mm, c->arg[3], value, MAX_WORD);
        return n == -G_ENAMETOOLONG ? -G_EINVAL : n < 0 ? n : 0;
    }
    case SET_BINARY:
        if (c->arg[4] > MAX_BLOB) return -G_EINVAL;
        return mm_read(c->mm, c->arg[3], value, c->arg[4]);
    case SET_PATH:
    case SET_PATH_EMPTY: return path_at(c, descriptor_or_number(c), c->arg[3], PATH_FOLLOW, value);
    default: return 0;
    }
}

long call_fsconfig(struct call *c)
{
    char key[MAX_WORD], *value = c->arg[3] ? malloc(MAX_BLOB) : NULL;
    long r = 0;
    if ((int)c->arg[0] < 0) r = -G_EINVAL;
    if (!r && c->arg[3]) r = value ? fetch_value(c, value) : -G_ENOMEM;
    if (!r && c->arg[2]) {
        long n = mm_read_string(c->mm, c->arg[2], key, sizeof key);
        r = n == -G_ENAMETOOLONG ? -G_EINVAL : n < 0 ? n : 0;
    }
    if (!r)
        r = sys_result(syscall(SYS_fsconfig, (int)c->arg[0], c->arg[1], c->arg[2] ? key : NULL, value,
                               descriptor_or_number(c)));
    free(value);
    return r;
}

long call_mount_setattr(struct call *c)
{
    enum { MAX_SIZE = 4096 };
    union {
        uint8_t bytes[MAX_SIZE];
        struct {
            uint64_t set, clear, propagation, userns;
        } a;
    } room = {{0}};
    char p[PATH_MAX];
    uint32_t size = c->arg[4];
    if (size > MAX_SIZE) return -G_E2BIG;
    long r = path_at(c, (int)c->arg[0], c->arg[1], c->arg[2] & AT_SYMLINK_NOFOLLOW, p);
    if (!r && mm_read(c->mm, c->arg[3], room.bytes, size)) r = -G_EFAULT;
    if (!r && room.a.userns && fd_usable(c->s, (uint32_t)room.a.userns) < 0) r = -G_EBADF;
    return r ? r
             : sys_result(syscall(SYS_mount_setattr, (int)c->arg[0], p, c->arg[2], room.bytes, (size_t)size));
}
