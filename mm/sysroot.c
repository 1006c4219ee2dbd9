/* Guest paths under the sysroot. Links are resolved as if the sysroot were the root: absolute ones start
 * there, and `..` stays there. What it does not have is looked for on the host, under the path as it was
 * given; but what could only be made in the sysroot, as the host has no such folder, is there. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mm/space.h"

enum { PATH_SIZE = 4096, MAX_LINKS = 40 };

struct walk {
    char *out; /* the root and what has been walked so far */
    size_t size, root, len;
    char rest[PATH_SIZE];
    int links;
    bool last_missing; /* all was found but the last name */
};

static void go_up(struct walk *w)
{
    while (w->len > w->root && w->out[w->len - 1] != '/')
        w->len--;
    if (w->len > w->root) w->len--;
    w->out[w->len] = 0;
}

static bool go_down(struct walk *w, const char *name, size_t n)
{
    if (w->len + n + 2 > w->size) return false;
    w->out[w->len++] = '/';
    memcpy(w->out + w->len, name, n);
    w->len += n;
    w->out[w->len] = 0;
    return true;
}

/* Puts a link's target before what is left of the path. */
static bool take_link(struct walk *w, const char *left)
{
    char target[PATH_SIZE];
    ssize_t n = readlink(w->out, target, sizeof target);
    size_t more = strlen(left) + 1;
    if (n <= 0 || w->links++ == MAX_LINKS || (size_t)n + 1 + more > sizeof w->rest) return false;
    memmove(w->rest + n + 1, left, more);
    memcpy(w->rest, target, (size_t)n);
    w->rest[n] = '/';
    if (more == 1) w->rest[n] = 0;
    go_up(w);
    if (target[0] == '/') w->out[w->len = w->root] = 0;
    return true;
}

static bool walk(struct walk *w, bool follow)
{
    struct stat st;
    for (const char *p = w->rest;;) {
        while (*p == '/')
            p++;
        size_t n = strcspn(p, "/");
        const char *left = p + n;
        if (n == 0) return w->len > w->root || (go_down(w, "", 0) && !lstat(w->out, &st));
        if (n == 2 && !memcmp(p, "..", 2)) {
            go_up(w);
        } else if (n != 1 || *p != '.') {
            if (!go_down(w, p, n)) return false;
            if (lstat(w->out, &st)) {
                w->last_missing = errno == ENOENT && !left[strspn(left, "/")];
                return false;
            }
            if (S_ISLNK(st.st_mode) && (follow || *left)) {
                if (!take_link(w, left)) return false;
                left = w->rest;
            } else if (*left && !S_ISDIR(st.st_mode)) {
                return false;
            }
        }
        p = left;
    }
}

/* In a sysroot these are empty folders, for file systems to be mounted there. */
static bool is_mount_point(const char *path)
{
    static const char *const points[] = {"/proc", "/sys", "/dev", "/tmp", "/run"};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (!strcmp(path, points[i])) return true;
    return false;
}

static bool host_has_folder_of(const char *path)
{
    char folder[PATH_SIZE];
    size_t n = strlen(path);
    while (n > 0 && path[n - 1] == '/')
        n--;
    while (n > 0 && path[n - 1] != '/')
        n--;
    memcpy(folder, path, n);
    folder[n] = 0;
    return n == 0 || !access(folder, F_OK);
}

static void find(const char *sysroot, const char *path, bool follow, char *out, size_t size)
{
    struct walk w = {.out = out, .size = size};
    if (sysroot && *sysroot && *path == '/' && strlen(path) < sizeof w.rest && strlen(sysroot) < size) {
        strcpy(w.rest, path);
        strcpy(out, sysroot);
        w.root = w.len = strlen(out);
        if (walk(&w, follow) ? !is_mount_point(out + w.root) : w.last_missing && !host_has_folder_of(path))
            return;
    }
    snprintf(out, size, "%s", path);
}

void mm_sysroot_path(const char *sysroot, const char *path, char *out, size_t size)
{
    find(sysroot, path, true, out, size);
}

void mm_sysroot_link(const char *sysroot, const char *path, char *out, size_t size)
{
    find(sysroot, path, false, out, size);
}

const char *mm_guest_path(const char *root, const char *path)
{
    size_t n = root ? strlen(root) : 0;
    return n > 1 && !strncmp(path, root, n) && path[n] == '/' ? path + n : path;
}
