/* Files by handle: struct file_handle is the same everywhere. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "syscalls/sys.h"

union handle {
    struct file_handle h;
    uint8_t bytes[8 + MAX_HANDLE_SZ];
};

enum { HEAD = 8 };

long call_name_to_handle_at(struct call *c)
{
    enum { G_AT_EMPTY_PATH = 0x1000, G_AT_SYMLINK_FOLLOW = 0x400 };
    union handle h;
    char p[PATH_MAX];
    int mount;
    if (c->arg[4] & ~(uint32_t)(G_AT_EMPTY_PATH | G_AT_SYMLINK_FOLLOW)) return -G_EINVAL;
    long r = path_at(c, (int)c->arg[0], c->arg[1],
                     c->arg[4] & G_AT_SYMLINK_FOLLOW ? PATH_FOLLOW : PATH_NOFOLLOW, p);
    if (!r && mm_read(c->mm, c->arg[2], &h.h, HEAD)) r = -G_EFAULT;
    if (!r && h.h.handle_bytes > MAX_HANDLE_SZ) r = -G_EINVAL;
    if (r) return r;
    r = sys_result(name_to_handle_at((int)c->arg[0], p, &h.h, &mount, (int)c->arg[4]));
    if (r && r != -G_EOVERFLOW) return r;
    size_t n = HEAD + (r ? 0 : h.h.handle_bytes);
    if (mm_write(c->mm, c->arg[3], &mount, sizeof mount) || mm_write(c->mm, c->arg[2], &h, n))
        return -G_EFAULT;
    return r;
}

long call_open_by_handle_at(struct call *c)
{
    union handle h;
    if (mm_read(c->mm, c->arg[1], &h.h, HEAD)) return -G_EFAULT;
    if (h.h.handle_bytes > MAX_HANDLE_SZ || !h.h.handle_bytes) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[1] + HEAD, h.bytes + HEAD, h.h.handle_bytes)) return -G_EFAULT;
    int flags = (int)(flags_to_host(FT_OPEN, c->arg[2] & ~3u) | (c->arg[2] & 3));
    return fd_result(c, open_by_handle_at((int)c->arg[0], &h.h, flags));
}
