/* Files of /proc and /sys that must tell of the guest: which they are, and how they are opened. Each becomes
 * a memory file with the text of the moment it was opened, as good as the kernel's for a reader that starts
 * at 0. They are recognised by the path that the guest says and, as links and folders lead there in many
 * ways, by what the host calls the file that it has opened. */
#include "syscalls/proc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

const char proc_prefix[] = "tierrun:";

/* --- Names ---------------------------------------------------------------------------------------------- */

static const struct sys *thread_of(struct call *c, long tid)
{
    const struct sys *s = c->s->p->threads;
    while (s && s->tid != tid)
        s = s->next_thread;
    return s;
}

/* "123/rest": the number and what follows the slash; NULL. */
static const char *after_number(const char *path, long *number)
{
    char *end;
    *number = isdigit((unsigned char)*path) ? strtol(path, &end, 10) : -1;
    return *number >= 0 && *end == '/' ? end + 1 : NULL;
}

/* What follows /proc/self/, /proc/thread-self/, /proc/PID/ and their task/TID/, if that is this process;
 * NULL. */
static const char *own(struct call *c, const char *path, const struct sys **thread)
{
    long number;
    const char *rest;
    if (strncmp(path, "/proc/", 6)) return NULL;
    path += 6;
    *thread = c->s->p->threads;
    if (!strncmp(path, "self/", 5)) {
        rest = path + 5;
    } else if (!strncmp(path, "thread-self/", 12)) {
        *thread = c->s;
        rest = path + 12;
    } else {
        rest = after_number(path, &number);
        if (!rest || (number != getpid() && !(*thread = thread_of(c, number)))) return NULL;
    }
    if (number = -1, !strncmp(rest, "task/", 5) && after_number(rest + 5, &number)) {
        rest = after_number(rest + 5, &number);
        *thread = thread_of(c, number);
    }
    return *thread ? rest : NULL;
}

bool path_is_proc_self(struct call *c, const char *path, const char *leaf)
{
    const struct sys *thread;
    const char *rest = own(c, path, &thread);
    return rest && !strcmp(rest, leaf);
}

/* The writer for a path of the host's /proc or /sys. */
static proc_writer *recognize(struct call *c, const char *path, struct proc_file *f)
{
    static const char cpus[] = "/sys/devices/system/cpu/";
    const char *rest = own(c, path, &f->thread);
    f->leaf = rest ? rest : path;
    if (rest) {
        snprintf(f->host, sizeof f->host, "/proc/self/task/%d/%.20s", f->thread->tid, rest);
        return proc_self_writer(rest);
    }
    if (!strcmp(path, "/proc/cpuinfo")) return proc_cpuinfo;
    if (strncmp(path, cpus, sizeof cpus - 1)) return NULL;
    path += sizeof cpus - 1;
    if (!strcmp(path, "modalias")) return proc_cpu_alias;
    return !strncmp(path, "cpu", 3) && isdigit((unsigned char)path[3]) &&
                   !strcmp(path + strcspn(path, "/"), "/uevent")
               ? proc_cpu_event
               : NULL;
}

/* What the host calls an open file; false if it is not of one of these file systems. */
static bool host_name(int fd, char name[PATH_MAX])
{
    char link[32];
    struct stat st;
    struct statfs fs;
    if (fstat(fd, &st) || major(st.st_dev)) return false; /* these have no device */
    if (fstatfs(fd, &fs) || (fs.f_type != PROC_SUPER_MAGIC && fs.f_type != SYSFS_MAGIC)) return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, PATH_MAX - 1);
    if (n > 0) name[n] = 0;
    return n > 0;
}

/* Is it a process that tierrun runs? Its numbers are hidden as this one's, and its memory is the host's. */
static bool is_tierrun(long pid)
{
    char exe[32];
    struct stat one, other;
    snprintf(exe, sizeof exe, "/proc/%ld/exe", pid);
    return !stat("/proc/self/exe", &one) && !stat(exe, &other) && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* What follows /proc/PID/ and its task/TID/ in the host's name of a file, if tierrun runs that; NULL. */
static const char *of_tierrun(const char *name)
{
    long pid, tid;
    const char *rest = strncmp(name, "/proc/", 6) ? NULL : after_number(name + 6, &pid), *in_task;
    if (!rest || !is_tierrun(pid)) return NULL;
    in_task = strncmp(rest, "task/", 5) ? NULL : after_number(rest + 5, &tid);
    return in_task ? in_task : rest;
}

/* --- Opening -------------------------------------------------------------------------------------------- */

/* One that cannot be written if the guest asked for that. */
static int limited(int fd, int flags)
{
    char link[32];
    if ((flags & O_ACCMODE) != O_RDONLY) return fd;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int limited = open(link, O_RDONLY | (flags & O_CLOEXEC));
    if (limited < 0) return fd;
    close(fd);
    return limited;
}

static int make(struct call *c, const struct proc_file *f, proc_writer *write_it, int flags)
{
    char *text = NULL, name[128];
    size_t size = 0;
    if (write_it == proc_none) return errno = ENOENT, -1;
    if (write_it != proc_memory && (flags & O_ACCMODE) != O_RDONLY) return errno = EACCES, -1;
    FILE *out = open_memstream(&text, &size);
    if (!out) return -1;
    write_it(c, f, out);
    fclose(out);
    if (*f->leaf == '/')
        snprintf(name, sizeof name, "%s%s", proc_prefix, f->leaf);
    else
        snprintf(name, sizeof name, "%s/proc/%d/%s", proc_prefix, f->thread->tid, f->leaf);
    int fd = memfd_create(name, MFD_ALLOW_SEALING | (flags & O_CLOEXEC ? MFD_CLOEXEC : 0));
    bool done = fd >= 0 && write(fd, text, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0;
    if (done) fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL);
    free(text);
    if (!done && fd >= 0) close(fd);
    if (done && write_it == proc_memory) c->s->p->has_memory_fd = true;
    return done ? limited(fd, flags) : -1;
}

int proc_open(struct call *c, const char *path, int flags)
{
    struct proc_file f;
    proc_writer *write_it = recognize(c, path, &f);
    if (write_it) return make(c, &f, write_it, flags);
    const char *rest = of_tierrun(path);
    if (rest && !strcmp(rest, "mem")) return errno = EACCES, -1; /* all of another tierrun, not its guest's */
    return PROC_NOT_OURS;
}

int proc_opened(struct call *c, int fd, int flags)
{
    char name[PATH_MAX];
    int made = host_name(fd, name) ? proc_open(c, name, flags) : PROC_NOT_OURS;
    int why = errno;
    if (made != PROC_NOT_OURS) close(fd);
    errno = why;
    return made;
}

size_t proc_link_text(char *text, size_t n)
{
    static const char before[] = "/memfd:tierrun:", after[] = " (deleted)";
    size_t skip = sizeof before - 1, cut = sizeof after - 1;
    if (n < skip + cut || memcmp(text, before, skip) || memcmp(text + n - cut, after, cut)) return n;
    memmove(text, text + skip, n - skip - cut);
    return n - skip - cut;
}

/* --- Links and descriptors ------------------------------------------------------------------------------ */

/* The folder that a path names a file of, as the host calls it if it is in /proc. */
static bool folder_of(struct call *c, int dir, const char *path, char name[PATH_MAX])
{
    char folder[PATH_MAX], where[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(n ? n : 1), n ? path : slash ? "/" : ".");
    mm_sysroot_path(c->s->p->opt.sysroot, folder, where, sizeof where);
    int fd = openat(dir, where, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool found = fd >= 0 && host_name(fd, name);
    if (fd >= 0) close(fd);
    return found;
}

static bool is_fd_folder(const char *name)
{
    const char *rest = of_tierrun(name);
    return rest && (!strcmp(rest, "fd") || !strcmp(rest, "fdinfo"));
}

enum proc_kind proc_kind(struct call *c, int dir, const char *path)
{
    char name[PATH_MAX];
    const struct sys *thread;
    const char *slash = strrchr(path, '/'), *leaf = slash ? slash + 1 : path;
    bool exe = !strcmp(leaf, "exe");
    bool hidden = isdigit((unsigned char)*leaf) && !leaf[strspn(leaf, "0123456789")] &&
                  fd_usable(c->s, (uint32_t)strtoul(leaf, NULL, 10)) < 0;
    if (!exe && !hidden) return PROC_PLAIN;
    if (exe && path_is_proc_self(c, path, "exe")) return PROC_EXE;
    if (!folder_of(c, dir, path, name)) return PROC_PLAIN;
    if (hidden) return is_fd_folder(name) ? PROC_HIDDEN_FD : PROC_PLAIN;
    size_t n = strlen(name);
    snprintf(name + n, sizeof name - n, "/exe");
    const char *rest = own(c, name, &thread);
    return rest && !strcmp(rest, "exe") ? PROC_EXE : PROC_PLAIN;
}

bool proc_lists_fds(int dir)
{
    char name[PATH_MAX];
    return host_name(dir, name) && is_fd_folder(name);
}
