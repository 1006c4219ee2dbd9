/* Guest paths to host paths: the sysroot, and /proc/self where the truth would be tierrun's. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "syscalls/sys.h"

bool path_is_proc_self(const char *path, const char *leaf)
{
    if (strncmp(path, "/proc/", 6)) return false;
    path += 6;
    if (!strncmp(path, "self/", 5)) return !strcmp(path + 5, leaf);
    if (!strncmp(path, "thread-self/", 12)) return !strcmp(path + 12, leaf);
    char *end;
    long pid = strtol(path, &end, 10);
    return end != path && *end == '/' && pid == getpid() && !strcmp(end + 1, leaf);
}

long path_arg(struct call *c, gaddr from, int nofollow, char out[PATH_MAX])
{
    char path[PATH_MAX];
    long n = mm_read_string(c->mm, from, path, sizeof path);
    if (n < 0) return n;
    if (nofollow == PATH_FOLLOW && path_is_proc_self(path, "exe")) {
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
