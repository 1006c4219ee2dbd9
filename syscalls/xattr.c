/* Extended attributes: the same names, values and flags everywhere. */
#include <linux/limits.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

/* The file of a call: a host path, or a descriptor. The three host calls take either as their first argument.
 */
struct target {
    char path[PATH_MAX];
    long arg;
};

enum file_kind { BY_PATH, BY_LINK, BY_FD };

static long get_target(struct call *c, enum file_kind kind, struct target *t)
{
    t->arg = kind == BY_FD ? (int)c->arg[0] : (long)t->path;
    return kind == BY_FD ? 0 : path_arg(c, c->arg[0], kind == BY_LINK ? PATH_NOFOLLOW : PATH_FOLLOW, t->path);
}

static long get_name(struct call *c, char name[XATTR_NAME_MAX + 1])
{
    long n = mm_read_string(c->mm, c->arg[1], name, XATTR_NAME_MAX + 1);
    return n == -G_ENAMETOOLONG || n == 0 ? -G_ERANGE : n;
}

static long set(struct call *c, enum file_kind kind, long nr)
{
    struct target t;
    char name[XATTR_NAME_MAX + 1];
    uint32_t size = c->arg[3];
    long r = get_target(c, kind, &t);
    if (!r) r = get_name(c, name);
    if (r < 0) return r;
    if (size > XATTR_SIZE_MAX) return -G_E2BIG;
    void *value = malloc(size ? size : 1);
    if (!value) return -G_ENOMEM;
    r = mm_read(c->mm, c->arg[2], value, size);
    if (!r) r = sys_result(syscall(nr, t.arg, name, value, (size_t)size, (int)c->arg[4]));
    free(value);
    return r;
}

/* Gets a value (name given) or the list of names; a size of 0 asks how long that is. */
static long fetch(struct call *c, struct target *t, const char *name, gaddr to, uint32_t size, long nr)
{
    if (size > XATTR_SIZE_MAX) size = XATTR_SIZE_MAX;
    void *value = malloc(size ? size : 1);
    if (!value) return -G_ENOMEM;
    long r = name ? syscall(nr, t->arg, name, value, (size_t)size) : syscall(nr, t->arg, value, (size_t)size);
    r = sys_result(r);
    if (r > 0 && size && mm_write(c->mm, to, value, (size_t)r)) r = -G_EFAULT;
    free(value);
    return r;
}

static long get(struct call *c, enum file_kind kind, long nr)
{
    struct target t;
    char name[XATTR_NAME_MAX + 1];
    long r = get_target(c, kind, &t);
    if (!r) r = get_name(c, name);
    return r < 0 ? r : fetch(c, &t, name, c->arg[2], c->arg[3], nr);
}

static long list(struct call *c, enum file_kind kind, long nr)
{
    struct target t;
    long r = get_target(c, kind, &t);
    return r ? r : fetch(c, &t, NULL, c->arg[1], c->arg[2], nr);
}

static long drop(struct call *c, enum file_kind kind, long nr)
{
    struct target t;
    char name[XATTR_NAME_MAX + 1];
    long r = get_target(c, kind, &t);
    if (!r) r = get_name(c, name);
    return r < 0 ? r : sys_result(syscall(nr, t.arg, name));
}

#define THREE(verb, host_name)                     \
    long call_##host_name(struct call *c)          \
    {                                              \
        return verb(c, BY_PATH, SYS_##host_name);  \
    }                                              \
    long call_l##host_name(struct call *c)         \
    {                                              \
        return verb(c, BY_LINK, SYS_l##host_name); \
    }                                              \
    long call_f##host_name(struct call *c)         \
    {                                              \
        return verb(c, BY_FD, SYS_f##host_name);   \
    }

THREE(set, setxattr)
THREE(get, getxattr)
THREE(list, listxattr)
THREE(drop, removexattr)
