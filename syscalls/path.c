/* Guest paths to host paths: the sysroot, and /proc/self where the truth would be tierrun's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "syscalls/proc.h"

/* A name in a folder of the sysroot which only the host's folder has: what was made under its absolute path
 * may be there, and is found as if it were asked for by that. */
static bool on_host_only(struct call *c, int dir, const char *name, char out[PATH_MAX])
{
    struct stat st;
    const char *root = c->s->p->root;
    char link[32], folder[PATH_MAX], whole[PATH_MAX];
    if (!*root || !*name || !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || errno != ENOENT) return false;
    if (dir == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    ssize_t n = readlink(link, folder, sizeof folder - 2);
    if (n < 0) return false;
    strcpy(folder + n, "/");
    const char *guests = mm_guest_path(root, folder);
    if (guests == folder || snprintf(whole, sizeof whole, "%s%s", guests, name) >= (int)sizeof whole)
        return false;
    if (lstat(whole, &st)) return false;
    strcpy(out, whole);
    return true;
}

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
    } else if (path[0] == '/' || !on_host_only(c, dir, path, out)) {
        memcpy(out, path, (size_t)n + 1);
    }
    return 0;
}

long path_arg(struct call *c, gaddr from, int nofollow, char out[PATH_MAX])
{
    return path_at(c, AT_FDCWD, from, nofollow, out);
}
