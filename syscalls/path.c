/* Guest paths to host paths: the sysroot, and /proc/self where the truth would be tierrun's. */
#include <fcntl.h>
#include <string.h>

#include "syscalls/proc.h"

long path_at(struct call *c, int dir, gaddr from, int nofollow, char out[PATH_MAX])
{
    char path[PATH_MAX];
    long n = mm_read_string(c->mm, from, path, sizeof path);
    if (n < 0) return n;
    enum proc_kind kind = proc_kind(c, dir, path);
    if (kind == PROC_HIDDEN_FD) return -G_ENOENT;
    if (nofollow == PATH_FOLLOW && kind == PROC_EXE) {
        memcpy(out, c->s->p->exe, PATH_MAX);
    } else if (path[0] == '/' && c->s->p->opt.sysroot) {
        if (nofollow)
            mm_sysroot_link(c->s->p->opt.sysroot, path, out, PATH_MAX);
        else
            mm_sysroot_path(c->s->p->opt.sysroot, path, out, PATH_MAX);
    } else {
        memcpy(out, path, (size_t)n + 1);
    }
    return 0;
}

long path_arg(struct call *c, gaddr from, int nofollow, char out[PATH_MAX])
{
    return path_at(c, AT_FDCWD, from, nofollow, out);
}
