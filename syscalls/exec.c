/* execve: the guest's next program runs in a new tierrun, started by the host's execve with our own options
 * before the program's name. What the new tierrun would refuse must be refused here, while the caller still
 * exists. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/seccomp.h"
#include "syscalls/vfork.h"

/* Bytes of all strings, each with a pointer: bprm_stack_limits(). The host's own look at it is exact. */
enum { SCRIPT_DEPTH = 5, MAX_ARG_STRLEN = 131072, MAX_ARG_BYTES = 6 << 20, POINTER = 8 };
enum kind { GUEST = 1, FOREIGN }; /* results of check(), beside negative errnos */

/* --- What the file is ---------------------------------------------------------------------------------- */

static long check_file(const char *path)
{
    struct stat st;
    if (stat(path, &st)) return sys_result(-1);
    if (!S_ISREG(st.st_mode)) return -G_EACCES;
    return sys_result(faccessat(AT_FDCWD, path, X_OK, AT_EACCESS));
}

static bool is_i386(const Elf32_Ehdr *e)
{
    return !memcmp(e->e_ident, ELFMAG, SELFMAG) && (e->e_machine == EM_386 || e->e_machine == EM_IAMCU);
}

static bool good_table(const Elf32_Ehdr *e)
{
    enum { MOST = 0x10000 / sizeof(Elf32_Phdr) }; /* load_elf_phdrs() */
    return e->e_phentsize == sizeof(Elf32_Phdr) && e->e_phnum && e->e_phnum <= MOST;
}

static bool has_whole(int fd, off_t from, size_t n)
{
    struct stat st;
    return !fstat(fd, &st) && from <= st.st_size && (off_t)n <= st.st_size - from;
}

/* What load_elf_binary() asks of a program interpreter while the caller still exists. */
static long check_library(const char *path)
{
    Elf32_Ehdr e;
    long r = check_file(path);
    int fd = r ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return r ? r : sys_result(-1);
    if (pread(fd, &e, sizeof e, 0) != sizeof e)
        r = -G_EIO;
    else if (!is_i386(&e) || !good_table(&e) || !has_whole(fd, e.e_phoff, e.e_phnum * sizeof(Elf32_Phdr)))
        r = -G_ELIBBAD;
    close(fd);
    return r;
}

/* A dynamically linked program needs its loader, the first that it names. */
static long check_interp(struct sys *s, int fd, const Elf32_Ehdr *e)
{
    Elf32_Phdr p;
    if (!has_whole(fd, e->e_phoff, e->e_phnum * sizeof p)) return -G_ENOEXEC;
    for (unsigned i = 0; i < e->e_phnum; i++) {
        if (pread(fd, &p, sizeof p, (off_t)(e->e_phoff + i * sizeof p)) != sizeof p) return -G_ENOEXEC;
        if (p.p_type != PT_INTERP) continue;
        char name[PATH_MAX], host[PATH_MAX];
        if (p.p_filesz < 2 || p.p_filesz > sizeof name) return -G_ENOEXEC;
        if (pread(fd, name, p.p_filesz, p.p_offset) != (ssize_t)p.p_filesz) return -G_EIO;
        if (name[p.p_filesz - 1]) return -G_ENOEXEC;
        mm_sysroot_path(s->p->opt.sysroot, *name ? name : ".", host, sizeof host);
        return check_library(host);
    }
    return 0;
}

/* What is an i386 program to the kernel never runs but in tierrun, whatever else its header says. */
static long check_elf(struct sys *s, int fd)
{
    Elf32_Ehdr e;
    ssize_t n = pread(fd, &e, sizeof e, 0);
    if (n < 0) return sys_result(-1);
    if (n < (ssize_t)sizeof e || memcmp(e.e_ident, ELFMAG, SELFMAG)) return -G_ENOEXEC;
    if (!is_i386(&e)) return FOREIGN;
    if ((e.e_type != ET_EXEC && e.e_type != ET_DYN) || !good_table(&e)) return -G_ENOEXEC;
    long r = check_interp(s, fd, &e);
    if (r) return r;
    return e.e_ident[EI_CLASS] == ELFCLASS32 && e.e_ident[EI_DATA] == ELFDATA2LSB ? GUEST : -G_ENOEXEC;
}

/* Follows #! lines to the program that will run. */
static long check(struct sys *s, const char *path)
{
    char p[PATH_MAX];
    struct mm_script line;
    snprintf(p, sizeof p, "%s", path);
    for (int depth = 0; depth <= SCRIPT_DEPTH; depth++) {
        long r = check_file(p);
        if (r) return r;
        int script = mm_script(p, &line);
        if (script < 0) return script;
        if (script) {
            mm_sysroot_path(s->p->opt.sysroot, line.interp, p, sizeof p);
            continue;
        }
        int fd = open(p, O_RDONLY | O_CLOEXEC);
        if (fd < 0) return sys_result(-1);
        r = check_elf(s, fd);
        close(fd);
        return r;
    }
    return -G_ELOOP;
}

/* --- Argument lists ------------------------------------------------------------------------------------ */

static void free_list(char **list)
{
    for (char **p = list; p && *p; p++)
        free(*p);
    free(list);
}

/* Copies a guest array of strings; `list` is NULL-terminated whatever happens. A null array is an empty one.
 */
static long get_list(struct call *c, gaddr array, char ***list)
{
    uint32_t room = 64, n = 0, p = 0;
    size_t bytes = 0;
    char *text = malloc(MAX_ARG_STRLEN);
    char **v = calloc(room + 1, sizeof *v);
    long r = v && text ? 0 : -G_ENOMEM;
    while (!r && array) {
        if (mm_read(c->mm, array + 4 * n, &p, 4)) r = -G_EFAULT;
        if (r || !p) break;
        long len = mm_read_string(c->mm, p, text, MAX_ARG_STRLEN);
        if (len < 0)
            r = len == -G_ENAMETOOLONG ? -G_E2BIG : len;
        else if ((bytes += (size_t)len + 1 + POINTER) > MAX_ARG_BYTES)
            r = -G_E2BIG;
        else if (!(v[n++] = strdup(text)))
            r = -G_ENOMEM;
        if (!r && n == room) {
            char **more = realloc(v, (2 * room + 1) * sizeof *v);
            if (!more)
                r = -G_ENOMEM;
            else
                v = more, memset(v + room, 0, (room + 1) * sizeof *v), room *= 2;
        }
    }
    free(text);
    *list = v;
    return r;
}

static size_t length(char **list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

/* tierrun OPTIONS -0=ARGV0 PATH ARGS…; a path that looks like an option gets its directory. */
static char **command(struct sys *s, const char *path, char **argv)
{
    size_t self = length(s->p->opt.self), args = length(argv);
    char **v = calloc(self + args + 4, sizeof *v), *zero = NULL, *name = NULL;
    if (!v || asprintf(&zero, "-0=%s", args ? argv[0] : "") < 0 ||
        asprintf(&name, *path == '-' ? "./%s" : "%s", path) < 0) {
        free(zero);
        free(v);
        return NULL;
    }
    memcpy(v, s->p->opt.self, self * sizeof *v);
    v[self] = zero;
    v[self + 1] = name;
    for (size_t i = 1; i < args; i++)
        v[self + 1 + i] = argv[i];
    return v;
}

/* --- Running it ---------------------------------------------------------------------------------------- */

void sys_on_exec(struct sys *s, sys_around_exec *fn, void *ctx)
{
    s->p->around_exec = fn;
    s->p->around_exec_ctx = ctx;
}

/* Filters judge i386 calls. What runs without tierrun is judged by nobody; man's scripts are to run, though.
 */
static void tell_foreign(struct sys *s, const char *path)
{
    if (s->p->told_foreign) return;
    fprintf(
        stderr,
        "tierrun: %s is a program of the host's own: it runs without the guest's seccomp filters, which are "
        "for i386 system calls.\n",
        path);
    s->p->told_foreign = true;
}

/* Returns only with an error. `path` is the guest's name for the program, `host` where it is. */
static long replace(struct call *c, const char *path, const char *host, char **argv, char **envp)
{
    struct sys *s = c->s;
    struct sigaction old[2];
    long kind = check(s, host);
    if (kind < 0) return kind;
    if (kind == FOREIGN && !s->p->opt.foreign_ok) return -G_ENOEXEC;
    if (kind == FOREIGN && s->filters) tell_foreign(s, path);
    char *empty[] = {"", NULL};
    char **v = kind == FOREIGN ? (argv[0] ? argv : empty) : command(s, path, argv);
    if (!v) return -G_ENOMEM;
    vfork_give_back(s);
    signal_before_exec(s, old);
    fd_before_exec(s, false);
    personality(s->p->personality & ~(uint32_t)READ_IMPLIES_EXEC);
    if (s->p->around_exec) s->p->around_exec(s->p->around_exec_ctx, true);
    execve(kind == FOREIGN ? host : v[0], v, envp);
    /* In a chroot tierrun may have no name; the kernel may know it all the same (binfmt_misc), or another way
     * to run it, which knows nothing of filters. */
    if (kind == GUEST && errno == ENOENT && !s->filters) execve(host, argv[0] ? argv : empty, envp);
    long r = -errno_to_guest(errno);
    if (s->p->around_exec) s->p->around_exec(s->p->around_exec_ctx, false);
    fd_before_exec(s, true);
    personality(s->p->host_personality);
    signal_exec_failed(s, old);
    if (kind == GUEST) {
        size_t self = length(s->p->opt.self);
        free(v[self]);
        free(v[self + 1]);
        free(v);
    }
    return r;
}

/* The descriptor with them, or -2. `envp` names it to the next tierrun, which shows its guest nothing of it.
 */
static int hand_on_filters(struct sys *s, char ***envp)
{
    size_t n = length(*envp);
    int fd = seccomp_hand_on(s);
    char **v = calloc(n + 2, sizeof *v);
    if (fd < 0 || !v || asprintf(&v[0], SECCOMP_VARIABLE "=%d", fd) < 0) {
        if (fd >= 0) close(fd);
        free(v);
        return -2;
    }
    size_t name = strlen(SECCOMP_VARIABLE "="), kept = 1;
    for (size_t i = 0; i < n; i++)
        if (strncmp((*envp)[i], v[0], name))
            v[kept++] = (*envp)[i];
        else
            free((*envp)[i]);
    free(*envp);
    *envp = v;
    return fd;
}

static long exec(struct call *c, const char *path, const char *host, gaddr args, gaddr env)
{
    char **argv = NULL, **envp = NULL;
    long r = check(c->s, host);
    if (r > 0) r = get_list(c, args, &argv);
    if (!r) r = get_list(c, env, &envp);
    int filters = !r && c->s->filters ? hand_on_filters(c->s, &envp) : -1;
    if (filters < -1) r = -G_ENOMEM;
    if (!r) r = replace(c, path, host, argv, envp);
    if (filters >= 0) close(filters);
    free_list(argv);
    free_list(envp);
    return r;
}

/* The name that the new tierrun looks up under the sysroot as the guest did; /proc/self/exe would be itself.
 * A relative name may have led to another folder. */
static const char *shown(struct call *c, const char *path, const char *host)
{
    if (*host == '/' && *path != '/') return host;
    return path_is_proc_self(c, path, "exe") ? c->s->p->exe : path;
}

long call_execve(struct call *c)
{
    char path[PATH_MAX], host[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, host);
    if (!r) r = mm_read_string(c->mm, c->arg[0], path, sizeof path);
    return r < 0 ? r : exec(c, shown(c, path, host), host, c->arg[1], c->arg[2]);
}

/* What a script's interpreter would have to open is closed by then. */
static bool is_closed_script(const char *host, int fd_flags)
{
    struct mm_script line;
    return (fd_flags & FD_CLOEXEC) && !check_file(host) && mm_script(host, &line) > 0;
}

/* A descriptor's file has a name only through /proc; it must survive the exec to be opened there. The guest
 * is told the name that Linux gives it. */
long call_execveat(struct call *c)
{
    enum { NOFOLLOW = 0x100, EMPTY_PATH = 0x1000 };
    char path[PATH_MAX], host[PATH_MAX];
    int dir = (int)c->arg[0];
    if (c->arg[4] & ~(uint32_t)(NOFOLLOW | EMPTY_PATH)) return -G_EINVAL;
    long r = path_at(c, dir, c->arg[1], PATH_FOLLOW, host);
    if (!r) r = mm_read_string(c->mm, c->arg[1], path, sizeof path);
    if (r < 0) return r;
    if (!*path && !(c->arg[4] & EMPTY_PATH)) return -G_ENOENT;
    if (*path == '/' || *host == '/' || dir == AT_FDCWD)
        return exec(c, shown(c, path, host), host, c->arg[2], c->arg[3]);
    int flags = fcntl(dir, F_GETFD);
    if (flags < 0) return sys_result(-1);
    char name[PATH_MAX];
    snprintf(host, sizeof host, *path ? "/proc/self/fd/%d/%s" : "/proc/self/fd/%d%s", dir, path);
    snprintf(name, sizeof name, *path ? "/dev/fd/%d/%s" : "/dev/fd/%d%s", dir, path);
    struct stat st;
    if ((c->arg[4] & NOFOLLOW) && !lstat(host, &st) && S_ISLNK(st.st_mode) && *path) return -G_ELOOP;
    if (is_closed_script(host, flags)) return -G_ENOENT;
    fcntl(dir, F_SETFD, 0);
    r = exec(c, access(name, F_OK) ? host : name, host, c->arg[2], c->arg[3]);
    fcntl(dir, F_SETFD, flags);
    return r;
}
