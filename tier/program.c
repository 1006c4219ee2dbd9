/* Finding the guest program. Owns PATH, the sysroot's part in it, and scripts; ELF belongs to mm. */
#include "tier/program.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tier/options.h"
#include "tier/text.h"

/* A script may name a script as its interpreter, five deep (Linux, fs/exec.c: exec_binprm). */
enum { SCRIPT_DEPTH = 5 };

static bool is_file(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The host path of a guest path. */
static char *host_path(const char *sysroot, const char *path)
{
    char out[PATH_MAX];
    mm_sysroot_path(sysroot, path, out, sizeof out);
    return text_format("%s", out);
}

/* execvp's search; a file that may not be executed is passed over. */
static char *search_path(const char *name, const char *sysroot, bool only_sysroot)
{
    const char *list = getenv("PATH");
    if (!list) list = "/usr/local/bin:/usr/bin:/bin";
    for (;;) {
        size_t n = strcspn(list, ":");
        char *candidate = n ? text_format("%.*s/%s", (int)n, list, name) : text_format("%s", name);
        char *found = host_path(sysroot, candidate);
        bool elsewhere = only_sysroot && !strcmp(found, candidate);
        free(candidate);
        if (!elsewhere && is_file(found) && !access(found, X_OK)) return found;
        free(found);
        if (!list[n]) return NULL;
        list += n + 1;
    }
}

static char *find_file(const char *name, const char *sysroot)
{
    if (strchr(name, '/')) return host_path(sysroot, name);
    if (is_file(name)) return text_format("%s", name);
    /* All of PATH in the sysroot first: the host's program of that name is rarely one for i386. */
    char *found = sysroot ? search_path(name, sysroot, true) : NULL;
    if (!found) found = search_path(name, sysroot, false);
    return found || access(name, F_OK) ? found : text_format("%s", name);
}

static int check_file(const char *path, char *why, size_t size)
{
    struct stat st;
    if (stat(path, &st)) {
        int missing = errno == ENOENT || errno == ENOTDIR;
        snprintf(why, size, "%s: %s", path, missing ? "no such program" : strerror(errno));
        return missing ? STATUS_NOT_FOUND : STATUS_NOT_EXEC;
    }
    if (S_ISDIR(st.st_mode)) {
        snprintf(why, size, "%s: is a directory, not a program", path);
        return STATUS_NOT_EXEC;
    }
    if (!S_ISREG(st.st_mode)) {
        snprintf(why, size, "%s: is not a regular file", path);
        return STATUS_NOT_EXEC;
    }
    if (access(path, X_OK)) {
        snprintf(why, size, "%s: may not be executed: %s; chmod +x may help", path, strerror(errno));
        return STATUS_NOT_EXEC;
    }
    return 0;
}

/* What the sentence about the file leaves open: who wants it, and that it was looked for in the wrong folder.
 */
static void explain(const struct program *p, const char *sysroot, char *why, size_t size)
{
    struct stat st;
    size_t n = strlen(why);
    if (p->script)
        n += (size_t)snprintf(why + n, size - n, "; the script %s names it in its #! line", p->script);
    if (sysroot && n < size && (stat(sysroot, &st) || !S_ISDIR(st.st_mode)))
        snprintf(why + n, size - n, "; -L %s is not a directory", sysroot);
}

static int count(char **list)
{
    int n = 0;
    while (list[n])
        n++;
    return n;
}

/* argv of the interpreter: its name, the line's argument, the script, the script's arguments. */
static void prepend(struct program *p, const struct mm_script *line, const char *script)
{
    char **argv = text_alloc((size_t)(p->argc + 3) * sizeof *argv);
    int n = 0;
    argv[n++] = text_format("%s", line->interp);
    if (line->arg[0]) argv[n++] = text_format("%s", line->arg);
    argv[n++] = text_format("%s", script);
    for (int i = 1; i < p->argc; i++)
        argv[n++] = p->argv[i];
    p->argv = argv;
    p->argc = n;
}

/* Replaces a script by its interpreter until there is a program. */
static int follow_scripts(struct program *p, const char *sysroot, char *why, size_t size)
{
    struct mm_script line;
    const char *script = p->execfn;
    for (int depth = 0;; depth++) {
        int status = check_file(p->path, why, size);
        if (status) return status;
        int is_script = mm_script(p->path, &line);
        if (is_script == 0) return 0;
        if (is_script == -G_ENOEXEC)
            snprintf(why, size, "%s: its #! line names no interpreter", p->path);
        else if (is_script < 0)
            snprintf(why, size, "%s: cannot be read, and tierrun must read a program to run it", p->path);
        else if (depth == SCRIPT_DEPTH)
            snprintf(why, size, "%s: too many scripts interpret each other", p->path);
        if (is_script < 0 || depth == SCRIPT_DEPTH) return STATUS_NOT_EXEC;
        prepend(p, &line, script);
        script = p->argv[0];
        free(p->script);
        p->script = p->path;
        p->path = host_path(sysroot, script);
    }
}

int program_find(struct program *p, char **argv, const char *argv0, const char *sysroot, char *why,
                 size_t size)
{
    const char *name = argv[0];
    p->argc = count(argv);
    p->argv = text_alloc(((size_t)p->argc + 1) * sizeof *p->argv);
    memcpy(p->argv, argv, (size_t)p->argc * sizeof *argv);
    if (argv0) p->argv[0] = (char *)argv0;
    p->path = find_file(name, sysroot);
    p->script = NULL;
    int status = STATUS_NOT_FOUND;
    if (p->path) {
        p->execfn = strchr(name, '/') ? name : p->path;
        status = follow_scripts(p, sysroot, why, size);
    } else {
        snprintf(why, size, "%s: no such program here or in PATH", name);
    }
    if (status) explain(p, sysroot, why, size);
    return status;
}

int program_load(const struct program *p, struct mm *mm, const char *sysroot, struct mm_image *image,
                 char *why, size_t size)
{
    enum mm_load_status loaded = mm_load_elf(mm, p->path, sysroot, image, why, size);
    if (loaded == MM_LOAD_OK) return 0;
    explain(p, sysroot, why, size);
    return loaded == MM_LOAD_NOT_FOUND ? STATUS_NOT_FOUND : STATUS_NOT_EXEC;
}
